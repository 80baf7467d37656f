//! The gap: what the roles several levels ahead ask for, and what of it a person lacks.
//!
//! A gap is depth needed minus depth held, weighted by demand; holding a skill at too little depth
//! is a gap, too. Gates (licences, degrees, permits) are met, not met or unknown, and never part
//! of a score. From level 5 on both tracks are answered side by side, never averaged.

mod coverage;
mod craft;
mod experience;
mod field;
mod focus;
mod gates;
mod hold;
mod kindred;
mod same;

pub use coverage::{
    Ask, Coverage, Covered, DUTY_WEIGHT, JUDGED_MUSTS, Market, Measure, PREFERRED_WEIGHT, importance,
};
pub use experience::{
    EXPERIENCES, Figure, distribution, experience_name, experience_named, figure, figures, interest_in,
};
pub use field::DEPTH_EMPLOYERS;
pub use focus::{FEW_AREAS, Focus, Order, Reason, SetAside, WOULD_DRAIN};
pub use gates::{GateName, named as gate_named, state as gate_state};
pub use hold::{Holding, Holdings, MOST_CREDIT, by_degree};
pub use kindred::{Kindred, KindredAsk};
pub use same::are_one;

use super::cohort::Cohort;
use super::contrast::Contrast;
use super::scope::{self, CohortCard, FORK_LEVEL, LevelCount, Scope};
use super::stats::{Share, null_when_few};
use super::{QueryError, Snapshot, Source};
use crate::coded::{Rows, SkillCode};
use crate::extract::ExperienceKind;
use crate::level::Track;
use crate::profile::{Place, Profile};
use crate::taxonomy::{Kind, Taxonomy};
use field::Field;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Levels ahead when nobody says otherwise: from this many …
pub const AHEAD: u8 = 2;
/// … to this many levels above one's own.
pub const AHEAD_TO: u8 = 3;

/// The question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GapRequest {
    /// Part of the market; its family defaults to the profile's.
    pub scope: Scope,
    /// Levels compared with; default own + 2 to own + 3.
    pub levels: Option<RangeInclusive<u8>>,
}

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
    /// Target cohorts that had fewer than eight employers.
    pub too_little: Vec<CohortCard>,
    /// When there was too little data for any area: levels above one's own that together have enough
    /// employers.
    pub enough_at: Option<LevelRange>,
    /// Where a track has too little data for three areas: what kindred families ask for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kindred: Vec<Kindred>,
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
    let levels = request.levels.clone().unwrap_or_else(|| levels_ahead(place.level, AHEAD));
    let scope = Scope { family: family.clone(), ..request.scope.clone() };
    let rows = scope.rows(source)?;
    let mut answer = Gap {
        snapshot: source.snapshot()?,
        family,
        scope: scope.clone(),
        own: CohortCard::of(&Cohort::new(&Rows::default()), &(place.level..=place.level), None),
        own_coverage: Measure::default(),
        targets: Vec::new(),
        levels: Vec::new(),
        families: Vec::new(),
        too_little: Vec::new(),
        enough_at: None,
        kindred: Vec::new(),
        notes: Vec::new(),
        place,
    };
    if answer.family.is_some() {
        let part = |track| (track, scope::part(&rows, &levels, track));
        let (field, (cohorts, counts)) = rayon::join(
            || Field::new(&rows, taxonomy, profile, &answer.place, &levels),
            || {
                let mut tracks = tracks(request.scope.track, &levels);
                // The person's own track first.
                tracks.sort_by_key(|track| *track != answer.place.track);
                (tracks.into_iter().map(part).collect::<Vec<_>>(), scope::levels(&rows))
            },
        );
        answer.levels = counts;
        answer.own = field.own_card.clone();
        answer.own_coverage = field.own_coverage();
        let targets = cohorts.par_iter().map(|(track, cohort)| {
            let card = CohortCard::of(cohort, &levels, *track);
            if card.is_enough() { Ok(field.target(cohort, card)) } else { Err(card) }
        });
        let mut answered: Vec<&Cohort> = Vec::new();
        for (target, (_, cohort)) in targets.collect::<Vec<_>>().into_iter().zip(&cohorts) {
            match target {
                Ok(target) => {
                    answer.targets.push(target);
                    answered.push(cohort);
                }
                Err(card) => answer.too_little.push(card),
            }
        }
        // An index need not hold other trades; the bundled market does.
        let bundled;
        let (trades, of_trades) = match source {
            Source::Rows(rows, snapshot) => (rows, snapshot.clone()),
            Source::Index(_) => {
                bundled = crate::market::Market::bundled()?;
                (&bundled.rows, Snapshot::of_market(&bundled.card))
            }
        };
        choose_areas(trades, taxonomy, profile, &mut answer, &answered);
        answer.kindred = ask_kin((trades, &of_trades), &field.shown, &answer, &levels)?;
        show_years(&mut answer);
        answer.notes = notes(&rows, &answer, &levels);
        answer.notes.extend(scope.unknown_notes(source)?);
    }
    if answer.family.is_none() {
        answer.levels = scope::levels(&rows);
    }
    if answer.targets.iter().all(|target| target.focus.is_empty()) {
        answer.enough_at = enough_at(&rows, &answer.place, request.scope.track, &levels);
    }
    if answer.targets.is_empty() {
        let everywhere = Scope { family: None, ..request.scope.clone() }.rows(source)?;
        answer.families = scope::families(&everywhere);
        let narrowed = scope.narrowed_by();
        if rows.is_empty() && !narrowed.is_empty() {
            answer.notes.push(format!("no posting of the family passes {}", narrowed.join(" and ")));
        }
    }
    Ok(answer)
}

/// Finds the areas of every target, whose postings are those of `cohorts`.
fn choose_areas(
    trades: &Rows,
    taxonomy: &Taxonomy,
    profile: &Profile,
    answer: &mut Gap,
    cohorts: &[&Cohort],
) {
    let gaps = answer.targets.iter().flat_map(|target| focus::candidates(&target.skills));
    let mut codes: Vec<SkillCode> = gaps.map(|skill| SkillCode::of(&skill.id)).collect();
    codes.sort_unstable();
    codes.dedup();
    let family = answer.family.as_deref().unwrap_or_default();
    let craft = craft::craft(trades, family, &codes);
    for (target, cohort) in answer.targets.iter_mut().zip(cohorts) {
        let asked = (&target.skills[..], &target.experience[..]);
        target.focus = focus::areas(taxonomy, cohort, asked, profile, &craft);
    }
}

/// What kindred families ask for on every track that has too few employers for areas.
fn ask_kin(
    (trades, snapshot): (&Rows, &Snapshot),
    shown: &[(ExperienceKind, String)],
    answer: &Gap,
    levels: &RangeInclusive<u8>,
) -> Result<Vec<Kindred>, QueryError> {
    let thin = answer.targets.iter().filter(|t| t.cohort.is_thin() && t.focus.len() < FEW_AREAS);
    let tracks: Vec<Option<Track>> = thin
        .map(|target| target.cohort.track)
        .chain(answer.too_little.iter().map(|card| card.track))
        .collect();
    let families = kindred::kin(answer.family.as_deref().unwrap_or_default());
    if tracks.is_empty() || families.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Scope { family: None, ..answer.scope.clone() }.rows(Source::Rows(trades, snapshot))?;
    let is_shown = |kind| shown.iter().any(|(known, _)| *known == kind);
    let ask = |track| kindred::kindred(&rows, snapshot, &families, levels, track, is_shown);
    Ok(tracks.into_iter().filter_map(ask).collect())
}

/// Years in work answer what is asked in years.
fn show_years(answer: &mut Gap) {
    let years = answer.place.years;
    let facets = answer.targets.iter_mut().flat_map(|target| &mut target.experience);
    for facet in facets.filter(|facet| facet.kind == ExperienceKind::Years && years > 0.0) {
        facet.shown_by = Some(format!("{years} years in work"));
    }
}

/// Own + `ahead` and the level above it, within the scale.
#[must_use]
pub fn levels_ahead(own: u8, ahead: u8) -> RangeInclusive<u8> {
    let from = (own + ahead).clamp(1, 8);
    from..=(from + AHEAD_TO - AHEAD).min(8)
}

/// Levels and a track with their number of employers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LevelRange {
    /// Lowest level.
    pub from: u8,
    /// Highest level.
    pub to: u8,
    /// Track, where the levels tell tracks apart.
    pub track: Option<Track>,
    /// Employers.
    pub employers: usize,
}

/// What to ask instead of `levels`, which had too little data: on the track asked for or the
/// person's, else on the other one, the highest band of levels above their own that is answered.
fn enough_at(
    rows: &Rows,
    place: &Place,
    asked: Option<Track>,
    levels: &RangeInclusive<u8>,
) -> Option<LevelRange> {
    let first = asked.or(place.track).unwrap_or(Track::Ic);
    let other = if first == Track::Ic { Track::Management } else { Track::Ic };
    let bands = |track: Track| (place.level + 1..=8).rev().map(move |from| (track, from));
    bands(first).chain(bands(other)).find_map(|(track, from)| {
        let band = from..=8;
        // The same levels on the same track are what had too little.
        let known = &band == levels && (asked == Some(track) || asked.is_none());
        let card = CohortCard::of(&scope::part(rows, &band, Some(track)), &band, Some(track));
        (!known && card.is_enough()).then_some(LevelRange {
            from,
            to: 8,
            track: Some(track),
            employers: card.employers,
        })
    })
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
