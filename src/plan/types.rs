//! The plan as data: what `plan.json` holds.

use crate::level::Track;
pub use crate::query::gap::Covered as Coverage;
use crate::query::gap::{GateState, Market};
use crate::query::stats::is_thin;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// [`SCHEMA`](super::SCHEMA).
    pub schema: String,
    /// Names this plan for good; made from target and first day.
    pub id: String,
    /// Counts changes; calendars need it to accept an update.
    pub revision: u32,
    /// First day.
    pub created: Date,
    /// Day of the last change.
    pub updated: Date,
    /// The data it was computed from.
    pub market: MarketRef,
    /// The roles aimed at.
    pub target: PlanTarget,
    /// Where the person stood.
    pub you: You,
    /// How much at a time.
    pub pace: Pace,
    /// Coverage of what the target asks for on the first day, on the market of [`Basis::snapshot`].
    pub coverage: Coverage,
    /// Something speaks against this target.
    pub warning: Option<Warning>,
    /// Focus areas, in the order to take them up.
    pub focus: Vec<FocusArea>,
    /// Conversations with people who do the job.
    pub interviews: Vec<Interview>,
    /// Days to look back and ahead.
    pub milestones: Vec<Milestone>,
    /// Weekly questions.
    pub reflection: Vec<String>,
    /// What to ask one's manager for.
    pub asks: Vec<String>,
    /// What a manager should ask.
    pub manager_asks: Vec<String>,
    /// Conditions that are met or not, and never part of a score.
    pub gates: Vec<PlanGate>,
    /// What else a fifth of the target's postings ask for and this plan leaves for later, the largest first.
    pub later: Vec<Later>,
    /// Skills left out because the person said they would drain them.
    pub set_aside: Vec<String>,
    /// The user's own items in `plan.md`.
    pub own: Vec<OwnItem>,
    /// What a careful reader should know.
    pub notes: Vec<String>,
    /// What later deltas are computed from.
    pub basis: Basis,
}

/// The data a plan was computed from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarketRef {
    /// Id of the snapshot.
    pub snapshot: String,
    /// `index` or `market`.
    pub source: String,
    /// Postings in it.
    pub postings: u64,
}

/// The roles aimed at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanTarget {
    /// Role family id.
    pub family: String,
    /// Lowest level.
    pub from_level: u8,
    /// Highest level.
    pub to_level: u8,
    /// Track; none where the levels do not tell tracks apart.
    pub track: Option<Track>,
    /// Country the data was narrowed to.
    pub region: Option<String>,
    /// Only remote postings.
    pub remote: bool,
    /// Published on this day or later, in days since 1970-01-01.
    pub since: Option<i32>,
    /// Postings, near-duplicates folded.
    pub postings: usize,
    /// Employers.
    pub employers: usize,
}

/// Where the person stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct You {
    /// Level 1–8.
    pub level: u8,
    /// Why, in plain words.
    pub level_reason: String,
}

/// How much at a time. There is no estimate of durations in a plan: nobody knows them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    /// Hours a week, where stated.
    pub hours_per_week: Option<f32>,
    /// Actions to have open at the same time.
    pub parallel: usize,
}

/// Something speaks against the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// What, in a sentence.
    pub text: String,
    /// What the target asks for at its core and the person would rather not do.
    pub disliked: Vec<String>,
    /// Roles at the same levels that ask less for it, in a sentence each.
    pub others: Vec<String>,
}

/// A share of employers' demand as stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Demand {
    /// Share of postings 0–1; none below eight employers.
    pub share: Option<f64>,
    /// Lower end of the 90 % interval.
    pub low: Option<f64>,
    /// Upper end of the 90 % interval.
    pub high: Option<f64>,
    /// Employers with such a posting.
    pub employers_with: u32,
    /// Employers in all.
    pub employers: u32,
}

/// What a focus area is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AreaKind {
    /// Skills.
    Skills,
    /// A kind of experience.
    Experience,
}

/// A focus area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FocusArea {
    /// Stable id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Skills or experience.
    pub kind: AreaKind,
    /// Ids of the families that the figures are of, where the target's own has too few employers; else empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kindred: Vec<String>,
    /// Skills of the area, the leading one first; empty for experience.
    pub skills: Vec<PlanSkill>,
    /// Demand for the leading skill or the experience at the target.
    pub demand: Demand,
    /// The same at one's own level.
    pub own_level: Demand,
    /// Why, in sentences.
    pub why: Vec<String>,
    /// Sentences of postings, from the user's own corpus.
    pub quotes: Vec<PlanQuote>,
    /// What good looks like.
    pub good: Vec<String>,
    /// Where the person stands.
    pub standing: Vec<String>,
    /// Name of the area that should come first, where one does.
    pub after: Option<String>,
    /// What to do.
    pub actions: Vec<Action>,
}

/// A skill of a focus area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanSkill {
    /// Taxonomy id.
    pub id: String,
    /// Label.
    pub label: String,
    /// Depth needed, 1–4.
    pub need: u8,
    /// Depth held, 0–4.
    pub have: u8,
    /// `missing`, `too-shallow` or `unproven`.
    pub gap: String,
    /// Demand at the target.
    pub demand: Demand,
    /// Interest stated, −2 to 2.
    pub interest: Option<i8>,
}

/// A sentence of a posting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanQuote {
    /// Posting key.
    pub posting: String,
    /// Employer.
    pub company: String,
    /// Title.
    pub title: String,
    /// The sentence.
    pub text: String,
}

/// Kinds of actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActionKind {
    /// Talk with somebody.
    People,
    /// Learn something.
    Learn,
    /// Do it in the present role.
    Do,
    /// Make something that shows it.
    Prove,
}

/// Whether an item is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// To do.
    #[default]
    Open,
    /// Ticked.
    Done,
    /// Removed from `plan.md` by its owner.
    Dropped,
}

/// One action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Stable id.
    pub id: String,
    /// Kind.
    pub kind: ActionKind,
    /// What to do.
    pub text: String,
    /// A first step of half an hour at most.
    pub first_step: String,
    /// When …, then ….
    pub trigger: String,
    /// How one knows that it is done.
    pub done_when: String,
    /// Links of the user's own.
    pub links: Vec<String>,
    /// Milestone to look at it, in days from the first; none: after the last one.
    pub window: Option<u16>,
    /// Day of that milestone.
    pub due: Option<Date>,
    /// Whether it is done.
    pub status: Status,
    /// Day the tick was first seen.
    pub done_on: Option<Date>,
}

/// A conversation with someone who does the job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interview {
    /// The action: whom to find, first step, when.
    #[serde(flatten)]
    pub action: Action,
    /// What to ask.
    pub questions: Vec<String>,
}

/// A day to look back and ahead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// Stable id.
    pub id: String,
    /// Days from the first.
    pub day: u16,
    /// The day.
    pub date: Date,
    /// What should be true by then.
    pub goals: Vec<String>,
    /// Whether it was held.
    pub status: Status,
    /// Day the tick was first seen.
    pub done_on: Option<Date>,
}

/// A condition that is met or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanGate {
    /// What, e.g. `degree: bachelor`.
    pub name: String,
    /// Whether the profile shows it.
    pub state: GateState,
    /// Employers that require it.
    pub employers_with: u32,
    /// Employers in all.
    pub employers: u32,
}

/// A checkbox that the user wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnItem {
    /// Its text.
    pub text: String,
    /// Ticked.
    pub done: bool,
}

/// A gap that a plan leaves for later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "LaterRead")]
pub struct Later {
    /// Skill label.
    pub label: String,
    /// Share of postings that ask for it, 0–1; `None` in plans of before.
    pub share: Option<f64>,
}

/// As plans of before have it, too: a label alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum LaterRead {
    Label(String),
    Whole { label: String, share: Option<f64> },
}

impl From<LaterRead> for Later {
    fn from(read: LaterRead) -> Self {
        match read {
            LaterRead::Label(label) => Self { label, share: None },
            LaterRead::Whole { label, share } => Self { label, share },
        }
    }
}

/// What later deltas are computed from: the market's weights and the skills held on the first day.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// What was asked for.
    pub market: Market,
    /// Skills held.
    pub profile: Vec<HeldSkill>,
    /// Id of the snapshot it was computed from, and coverage then: the plan's `market` is that of its
    /// last renewal.
    pub snapshot: String,
}

/// A skill held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldSkill {
    /// Taxonomy id.
    pub id: String,
    /// Depth, 1–4.
    pub depth: u8,
    /// Depth that something beside the name proves, 0 for none.
    pub shown: u8,
    /// It is the subject of a degree: deep enough wherever it is asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub subject: bool,
}

impl PlanTarget {
    /// Enough employers for figures, but few.
    #[must_use]
    pub fn is_thin(&self) -> bool {
        is_thin(self.employers)
    }

    /// In words, e.g. `software-engineering, levels 5–6, individual contributors`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let levels = if self.from_level == self.to_level {
            format!("level {}", self.from_level)
        } else {
            format!("levels {}–{}", self.from_level, self.to_level)
        };
        let track = match self.track {
            None => "",
            Some(Track::Ic) => ", individual contributors",
            Some(Track::Management) => ", management",
        };
        format!("{}, {levels}{track}", self.family)
    }
}

impl Plan {
    /// Every action in the order of the plan: conversations first, then area by area.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        let interviews = self.interviews.iter().map(|interview| &interview.action);
        interviews.chain(self.focus.iter().flat_map(|area| &area.actions))
    }

    /// As [`actions`](Self::actions), to change them.
    pub fn actions_mut(&mut self) -> impl Iterator<Item = &mut Action> {
        let interviews = self.interviews.iter_mut().map(|interview| &mut interview.action);
        interviews.chain(self.focus.iter_mut().flat_map(|area| &mut area.actions))
    }

    /// The actions to have open now: as many as the pace allows, earliest milestone first.
    #[must_use]
    pub fn now(&self) -> Vec<&Action> {
        let mut open: Vec<&Action> = self.actions().filter(|a| a.status == Status::Open).collect();
        open.sort_by_key(|action| action.window.unwrap_or(u16::MAX));
        open.truncate(self.pace.parallel);
        open
    }
}
