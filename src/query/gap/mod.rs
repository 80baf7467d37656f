//! The gap: what the roles several levels ahead ask for, and what of it a person lacks.
//!
//! A gap is depth needed minus depth held, weighted by demand; holding a skill at too little depth
//! is a gap, too. Gates (licences, degrees, permits) are met, not met or unknown, and never part
//! of a score. From level 5 on both tracks are answered side by side, never averaged.

mod band;
mod coverage;
mod craft;
mod credentials;
mod experience;
mod field;
mod focus;
mod gates;
mod hold;
mod kindred;
mod same;

use band::all_ahead;
pub use band::{AHEAD, AHEAD_TO, Aim, Widened};
pub use coverage::{
    Ask, Coverage, Covered, DUTY_WEIGHT, JUDGED_MUSTS, Market, Measure, PREFERRED_WEIGHT, importance,
};
pub(in crate::query) use craft::ADVANTAGE;
pub use experience::{
    EXPERIENCES, Figure, distribution, experience_name, experience_named, figure, figures, interest_in,
};
pub use field::DEPTH_EMPLOYERS;
pub use focus::{FEW_AREAS, Focus, Order, Reason, SetAside, WOULD_DRAIN};
pub use gates::{GateName, are_alternatives, named as gate_named, state as gate_state};
pub use hold::{Holding, Holdings, MOST_CREDIT, RELATIONS, THROUGH, by_degree};
pub use kindred::{Kindred, carries_over, kindred_families};
pub use same::are_one;

use super::cohort::Cohort;
use super::contrast::Contrast;
use super::scope::{self, CohortCard, FORK_LEVEL, LevelCount, Scope};
use super::stats::{Share, null_when_few};
use super::{QueryError, Snapshot, Source};
use crate::coded::Rows;
use crate::extract::ExperienceKind;
use crate::level::Track;
use crate::profile::{Place, Profile};
use crate::taxonomy::{Kind, Taxonomy};
use band::Question;
use field::Person;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// The question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GapRequest {
    /// Part of the market; its family defaults to the profile's.
    pub scope: Scope,
    /// Levels compared with.
    pub levels: Aim,
}

/// What is asked for less than this many times as often as at one's own level is no hint.
const HINTING_RISE: f64 = 1.25;

/// [`Place::level_reason`] where the level was given with the question.
pub const GIVEN_LEVEL: &str = "given as --own-level";

/// Why a skill is a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapKind {
    /// Not in the profile.
    Missing,
    /// In the profile, at less depth than is asked for.
    TooShallow,
    /// Held deep enough by its own word, but nothing in the profile proves it.
    Unproven,
    /// Not held, or too shallow; but most postings that ask for it take a skill instead that is held.
    Answered,
    /// Held.
    Met,
}

/// One skill of the target roles.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SkillGap {
    /// Taxonomy id.
    pub id: String,
    /// Label.
    pub label: String,
    /// Kind of concept.
    pub kind: Kind,
    /// Postings that ask for it, of the target cohort.
    pub asked: Share,
    /// Postings that require it.
    pub required: Share,
    /// Postings that ask for it at one's own level; null where that has too few employers.
    #[serde(serialize_with = "null_when_few")]
    pub own: Share,
    /// What it is to the level, with the test; `None` when too rare to test.
    pub contrast: Option<Contrast>,
    /// Weight: share required + 0.7 share as duty + 0.4 share welcome.
    pub weight: f64,
    /// Order of the answer: weight × what is lacking × how much more the target surely asks for it
    /// than one's own level ([`Contrast::lift`], the end of its interval nearer to 1, 0.5 to 3) × interest (0 to 2).
    pub priority: f64,
    /// Depth needed, 1–4: the employers' median.
    pub need: u8,
    /// Employers who state a depth; with fewer than three, `need` is "working".
    pub need_stated_by: u32,
    /// Depth held; 0 when not held.
    pub have: u8,
    /// What `have` rests on.
    pub have_basis: String,
    /// `have` is told from a degree, not named as a skill.
    pub derived: bool,
    /// Credit for it, 0–1: 1 when held deep enough; through a relation at most one half.
    pub credit: f64,
    /// The held skill that gives credit through a relation, and which relation.
    pub via: Option<String>,
    /// Share, by weight, of the postings asking for it that take a held skill instead, 0–1; `None`
    /// below eight employers that ask for it.
    pub answered: Option<f64>,
    /// Interest stated, −2 to 2.
    pub interest: Option<i8>,
    /// Why it is a gap.
    pub gap: GapKind,
}

/// A way of working, or a word too wide to compare, that the target roles ask for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WayOfWorking {
    /// Taxonomy id.
    pub id: String,
    /// Label.
    pub label: String,
    /// Postings of the target cohort that ask for it.
    pub asked: Share,
    /// Postings that ask for it at one's own level; null where that has too few employers.
    #[serde(serialize_with = "null_when_few")]
    pub own: Share,
    /// What it is to the level; `None` when too rare to test.
    pub contrast: Option<Contrast>,
    /// Interest stated, −2 to 2.
    pub interest: Option<i8>,
}

/// An experience facet of the target roles.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExperienceGap {
    /// Kind of scope.
    pub kind: ExperienceKind,
    /// Postings of the target cohort with it.
    pub asked: Share,
    /// Postings at one's own level with it; null where that has too few employers.
    #[serde(serialize_with = "null_when_few")]
    pub own: Share,
    /// The test; `None` when too rare.
    pub contrast: Option<Contrast>,
    /// The figure stated (years, people, …); `None` below eight employers that state one.
    pub figure: Option<Figure>,
    /// Words of the profile that show it.
    pub shown_by: Option<String>,
    /// Where nothing shows it: what tells of a beginning, words of the history or a skill at less than working depth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begun_by: Option<String>,
}

/// Whether a gate is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateState {
    /// The profile shows it.
    Met,
    /// Not shown, but employers take experience instead, and there is enough of it.
    MetByExperience,
    /// Not shown; employers take experience instead, of which there is too little or none known.
    OrEquivalent,
    /// The profile shows that it is not met.
    NotMet,
    /// The profile says nothing about it.
    Unknown,
}

/// A gate of the target roles.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GateGap {
    /// Which.
    #[serde(flatten)]
    pub name: GateName,
    /// Postings that require it.
    pub required: Share,
    /// Met, not met or unknown.
    pub state: GateState,
    /// What decides it where experience may stand in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
}

/// The answer for one target cohort.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Target {
    /// The cohort.
    pub cohort: CohortCard,
    /// What to make of its figures where employers are few.
    pub warning: Option<String>,
    /// How much of it the person covers.
    pub coverage: Coverage,
    /// What coverage is computed from.
    #[serde(skip)]
    pub market: Market,
    /// Three or four areas to work on, in the order in which to begin.
    pub focus: Vec<Focus>,
    /// What could be an area, and is none because the person would hate it.
    pub set_aside: Vec<SetAside>,
    /// Skills by [`SkillGap::priority`], the largest first.
    pub skills: Vec<SkillGap>,
    /// Experience, most asked first.
    pub experience: Vec<ExperienceGap>,
    /// Ways of working that are asked for; no profile can show them, so they are no part of
    /// coverage. Those that define the level come first.
    pub working: Vec<WayOfWorking>,
    /// Words that say too little to compare ("engineering", "design"), most asked first; no part of
    /// coverage either.
    pub generic: Vec<WayOfWorking>,
    /// Gates that at least one employer in twenty requires.
    pub gates: Vec<GateGap>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gap {
    /// What it was computed from.
    pub snapshot: Snapshot,
    /// Where the person stands.
    pub place: Place,
    /// Role family compared with.
    pub family: Option<String>,
    /// The part of the market asked about.
    pub scope: Scope,
    /// The levels asked about.
    #[serde(skip)]
    pub asked: Aim,
    /// The cohort at the person's own level.
    pub own: CohortCard,
    /// How much of the musts of that cohort the person covers: what to measure [`Target::coverage`] by.
    pub own_coverage: Measure,
    /// One target, or both tracks side by side. Empty when there is too little data.
    pub targets: Vec<Target>,
    /// How much data there is, by level.
    pub levels: Vec<LevelCount>,
    /// Families with most employers, when the profile's is unknown or has too little data.
    pub families: Vec<(String, usize, usize)>,
    /// Where the levels asked about gave too few areas: what they are, and the levels answered instead.
    pub widened: Option<Widened>,
    /// Target cohorts that had fewer than eight employers, and no areas from kindred families either.
    pub too_little: Vec<CohortCard>,
    /// For those: the kindred family with most employers at their levels.
    pub nearest: Option<String>,
    /// What a careful reader should know.
    pub notes: Vec<String>,
}

/// Compares `profile` (resolved) with the roles ahead of it.
///
/// # Errors
/// When the source cannot be read.
pub fn gap(
    source: Source<'_>,
    taxonomy: &Taxonomy,
    profile: &Profile,
    request: &GapRequest,
    today: jiff::civil::Date,
) -> Result<Gap, QueryError> {
    let mut place = profile.place(taxonomy, today);
    let family = request.scope.family.clone().or_else(|| place.family.clone());
    if request.scope.family.is_some() && request.scope.family != place.family {
        place.family_reason = "given as --family".to_owned();
    }
    let scope = Scope { family: family.clone(), ..request.scope.clone() };
    let rows = scope.rows(source)?;
    let mut answer = Gap {
        snapshot: source.snapshot()?,
        family,
        scope,
        asked: request.levels.clone(),
        own: CohortCard::of(&Cohort::new(&Rows::default()), &(place.level..=place.level), None),
        own_coverage: Measure::default(),
        targets: Vec::new(),
        levels: scope::levels(&rows),
        families: Vec::new(),
        widened: None,
        too_little: Vec::new(),
        nearest: None,
        notes: Vec::new(),
        place,
    };
    if let Some(family) = &answer.family {
        let person = Person::new(taxonomy, profile, &answer.place);
        let trades = Trades::of(source)?;
        let trades = trades.rows();
        let question = Question { person: &person, scope: &answer.scope, family, rows: &rows, trades };
        let (band, widened) = question.answered(&request.levels)?;
        answer.own = band.own;
        answer.own_coverage = band.own_coverage;
        answer.targets = band.targets;
        answer.too_little = band.too_little;
        answer.nearest = band.nearest;
        answer.widened = widened;
        show_years(&mut answer);
        answer.notes = notes(&rows, &answer, &band.levels);
        answer.notes.extend(answer.scope.unknown_notes(source)?);
    }
    if answer.targets.is_empty() {
        let everywhere = Scope { family: None, ..request.scope.clone() }.rows(source)?;
        answer.families = scope::families(&everywhere);
        let narrowed = answer.scope.narrowed_by();
        if rows.is_empty() && !narrowed.is_empty() {
            answer.notes.push(format!("no posting of the family passes {}", narrowed.join(" and ")));
        }
    }
    Ok(answer)
}

impl Gap {
    /// The levels answered.
    #[must_use]
    pub fn levels_answered(&self) -> RangeInclusive<u8> {
        let widened = self.widened.as_ref().map(|widened| widened.from_level..=widened.to_level);
        widened.unwrap_or_else(|| self.asked.levels(self.place.level))
    }

    /// Why more levels are answered than were asked about, in a sentence.
    #[must_use]
    pub fn why_widened(&self) -> Option<String> {
        let answered = !self.targets.is_empty();
        self.widened.as_ref().map(|widened| widened.in_words(&self.levels, answered))
    }

    /// Whether exact levels were asked about that leave out some of those ahead.
    #[must_use]
    pub fn is_narrow(&self) -> bool {
        let mut ahead = all_ahead(self.place.level);
        matches!(&self.asked, Aim::At(levels) if !ahead.all(|level| levels.contains(&level)))
    }
}

/// A market that holds other trades, too: an index need not, the bundled one does.
enum Trades<'a> {
    Given(&'a Rows, &'a Snapshot),
    Bundled(Box<(crate::market::Market, Snapshot)>),
}

impl<'a> Trades<'a> {
    fn of(source: Source<'a>) -> Result<Self, QueryError> {
        if let Source::Rows(rows, snapshot) = source {
            return Ok(Self::Given(rows, snapshot));
        }
        let market = crate::market::Market::bundled()?;
        let snapshot = Snapshot::of_market(&market.card);
        Ok(Self::Bundled(Box::new((market, snapshot))))
    }

    fn rows(&self) -> (&Rows, &Snapshot) {
        match self {
            Self::Given(rows, snapshot) => (rows, snapshot),
            Self::Bundled(bundled) => (&bundled.0.rows, &bundled.1),
        }
    }
}

impl Target {
    /// A cohort of too few employers: nothing of its own is said.
    fn without_data(cohort: CohortCard) -> Self {
        let warning = format!(
            "TOO LITTLE DATA — {}: all its areas have figures of kindred families",
            cohort.in_words()
        );
        Self {
            cohort,
            warning: Some(warning),
            coverage: Coverage::default(),
            market: Market::default(),
            focus: Vec::new(),
            set_aside: Vec::new(),
            skills: Vec::new(),
            experience: Vec::new(),
            working: Vec::new(),
            generic: Vec::new(),
            gates: Vec::new(),
        }
    }

    /// Areas with figures of this target's own cohort.
    #[must_use]
    pub fn own_areas(&self) -> usize {
        self.focus.iter().filter(|area| area.kindred.is_none()).count()
    }

    /// Skills that are lacking and could be worked on, that more ask for than at one's own level, but that too few agree
    /// on: those of no area, by [`SkillGap::priority`].
    #[must_use]
    pub fn hints(&self) -> Vec<&SkillGap> {
        let is_it = |area: &Focus, skill: &SkillGap| {
            area.skills.contains(&skill.id) || area.experience.is_some_and(|kind| are_one(kind, &skill.id))
        };
        let free = |skill: &&SkillGap| !self.focus.iter().any(|area| is_it(area, skill));
        let rises = |skill: &&SkillGap| {
            skill.asked.share.zip(skill.own.share).is_none_or(|(there, here)| there >= HINTING_RISE * here)
        };
        focus::candidates(&self.skills).filter(free).filter(rises).collect()
    }

    /// The figures of an area of experience: of this target's own cohort, or of kindred families.
    #[must_use]
    pub fn figures<'a>(&'a self, area: &'a Focus) -> Option<&'a ExperienceGap> {
        let own = || self.experience.iter().find(|facet| Some(facet.kind) == area.experience);
        area.kindred.as_ref().map(|kindred| &kindred.figures).or_else(own)
    }
}

/// Years in work answer what is asked in years.
fn show_years(answer: &mut Gap) {
    let years = answer.place.years;
    let facets = answer.targets.iter_mut().flat_map(|target| &mut target.experience);
    for facet in facets.filter(|facet| facet.kind == ExperienceKind::Years && years > 0.0) {
        facet.shown_by = Some(format!("{years} years in work"));
    }
}

/// The tracks to answer: the one asked for; both from the fork on; else no difference is made.
pub(crate) fn tracks(asked: Option<Track>, levels: &RangeInclusive<u8>) -> Vec<Option<Track>> {
    match asked {
        Some(track) => vec![Some(track)],
        None if *levels.end() >= FORK_LEVEL => vec![Some(Track::Ic), Some(Track::Management)],
        None => vec![None],
    }
}

fn notes(rows: &Rows, answer: &Gap, levels: &RangeInclusive<u8>) -> Vec<String> {
    let mut notes = scope::left_out_notes(rows);
    let unknown = (0..rows.len()).filter(|at| rows.head(*at).facts.level().is_none()).count();
    if unknown > 0 {
        notes.push(format!(
            "{unknown} of {} postings of this family have no level and are left out",
            rows.len()
        ));
    }
    if answer.targets.iter().any(|t| t.cohort.track.is_some()) {
        let trackless = (0..rows.len())
            .map(|at| rows.head(at).facts)
            .filter(|f| f.level().is_some_and(|l| levels.contains(&l)))
            .filter(|f| ![Track::Ic, Track::Management].iter().any(|t| scope::on_track(*f, Some(*t))))
            .count();
        if trackless > 0 {
            notes.push(format!(
                "{trackless} postings at these levels belong to no clear track and are left out"
            ));
        }
    }
    if !answer.own.is_enough() {
        notes.push(format!(
            "only {} employers at your own level: what is level-defining cannot be told",
            answer.own.employers
        ));
    }
    notes
}
