//! From a gap to a plan.

use super::evidence::RoleActivity;
use super::focus;
use super::id::{Ids, digest};
use super::maker::Maker;
use super::other::Disliked;
use super::words;
use super::{
    Action, ActionKind, FocusArea, Interview, Later, MarketRef, Pace, Plan, PlanGate, PlanQuote, PlanTarget,
    SCHEMA, Warning, You, coverage,
};
use crate::level::Track;
use crate::profile::Profile;
use crate::query::gap::{FEW_AREAS, Gap, Holdings, SkillGap, Target};
use crate::query::scope::Scope;
use crate::taxonomy::Taxonomy;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Days to look back and ahead.
pub(super) const MILESTONES: [u16; 3] = [30, 60, 90];
/// Actions open at a time by hours a week: up to three hours one, up to seven two, more three.
const PARALLEL: [(f32, usize); 2] = [(3.0, 1), (7.0, 2)];
const MOST_PARALLEL: usize = 3;
/// Actions open at a time when no hours are stated.
const USUAL_PARALLEL: usize = 2;
/// Actions looked at by one milestone, for each that is open at a time.
const A_WINDOW: usize = 2;
/// Actions looked at in the first month: a conversation, and the first step of the first area. Real
/// work is nothing for the first month.
const FIRST_WINDOW: usize = 2;
/// Share of postings from which a gap is named as "for later".
const LATER_SHARE: f64 = 0.20;
/// Most gaps named as "for later".
const LATER: usize = 20;

/// What a plan is made of.
#[derive(Clone, Debug)]
pub struct Material<'a> {
    /// The gap.
    pub gap: &'a Gap,
    /// The part of the market asked about.
    pub scope: &'a Scope,
    /// The person, resolved.
    pub profile: &'a Profile,
    /// The vocabulary.
    pub taxonomy: &'a Taxonomy,
    /// Hours a week.
    pub hours_per_week: Option<f32>,
    /// Quotes by taxonomy id; only from the user's own corpus.
    pub quotes: BTreeMap<String, Vec<PlanQuote>>,
    /// What people in the role do.
    pub activities: Vec<RoleActivity>,
    /// The user's own links by taxonomy id.
    pub links: BTreeMap<String, Vec<String>>,
    /// What is disliked of the target's core.
    pub disliked: Vec<Disliked>,
    /// Roles without it, a sentence each.
    pub others: Vec<String>,
    /// The day.
    pub today: Date,
}

/// The target to plan for: the track asked for; else one with many employers, then a thin one with areas,
/// then one of too few employers, whose areas are of kindred families alone; of equals one with areas enough
/// for a plan, then the profile's track. None when the gap has none.
#[must_use]
pub fn target(gap: &Gap, wanted: Option<Track>) -> Option<&Target> {
    let track = wanted.or(gap.place.track);
    let rank = |target: &&Target| {
        let on_track = target.cohort.track == track;
        let enough = target.focus.len() >= FEW_AREAS;
        let many = !target.cohort.is_thin();
        let speaks = many || target.cohort.is_enough() && !target.focus.is_empty();
        (wanted.is_some() && on_track, speaks, many, enough, on_track)
    };
    // Of equals the first.
    gap.targets.iter().rev().max_by_key(rank)
}

/// Makes a plan for `target`, which is one of the gap's.
#[must_use]
pub fn make(material: &Material<'_>, target: &Target) -> Plan {
    let focuses = focus::areas(target);
    let goal = plan_target(material, target);
    let pace = pace(material.hours_per_week);
    let mut maker = Maker { material, target, ids: Ids::default() };
    let mut areas: Vec<FocusArea> = Vec::new();
    for (turn, focus) in focuses.areas.iter().enumerate() {
        let mut area = maker.area(focus, turn);
        area.after = focus.after.and_then(|at| areas.get(at)).map(|first| first.name.clone());
        areas.push(area);
    }
    let mut interviews = maker.interviews(&areas);
    schedule(material.today, pace.parallel, &mut interviews, &mut areas);
    let milestones = maker.milestones(&interviews, &areas);
    let basis = coverage::basis(material.taxonomy, target, material.profile, &material.gap.snapshot.id);
    Plan {
        schema: SCHEMA.to_owned(),
        id: format!("{:08x}", digest(&format!("{goal:?} {}", material.today))),
        revision: 0,
        created: material.today,
        updated: material.today,
        market: MarketRef {
            snapshot: material.gap.snapshot.id.clone(),
            source: material.gap.snapshot.source.to_owned(),
            postings: material.gap.snapshot.postings,
        },
        you: You { level: material.gap.place.level, level_reason: material.gap.place.level_reason.clone() },
        coverage: basis.market.cover(&Holdings::new(material.taxonomy, material.profile)),
        warning: warning(material),
        asks: asks(&areas),
        gates: gates(target),
        later: later(&focuses.later),
        set_aside: focuses.set_aside.iter().map(|gap| gap.label.clone()).collect(),
        notes: notes(material, target),
        reflection: words::REFLECTION.map(str::to_owned).to_vec(),
        manager_asks: words::MANAGER_ASKS.map(str::to_owned).to_vec(),
        own: Vec::new(),
        target: goal,
        pace,
        focus: areas,
        interviews,
        milestones,
        basis,
    }
}

fn plan_target(material: &Material<'_>, target: &Target) -> PlanTarget {
    let scope = material.scope;
    PlanTarget {
        family: material.gap.family.clone().unwrap_or_default(),
        from_level: target.cohort.from_level,
        to_level: target.cohort.to_level,
        track: target.cohort.track,
        region: scope.region.map(|region| region.to_string()),
        remote: scope.workplace.is_some(),
        since: scope.since,
        postings: target.cohort.postings,
        employers: target.cohort.employers,
    }
}

fn pace(hours_per_week: Option<f32>) -> Pace {
    let parallel = hours_per_week.map_or(USUAL_PARALLEL, |hours| {
        PARALLEL.iter().find(|(most, _)| hours <= *most).map_or(MOST_PARALLEL, |(_, n)| *n)
    });
    Pace { hours_per_week, parallel }
}

/// What many postings ask for and no area is about, the largest share first.
fn later(gaps: &[&SkillGap]) -> Vec<Later> {
    let mut often: Vec<(f64, &SkillGap)> =
        gaps.iter().filter_map(|gap| Some((gap.asked.share.filter(|s| *s >= LATER_SHARE)?, *gap))).collect();
    often.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
    let named = often.iter().take(LATER);
    named.map(|(share, gap)| Later { label: gap.label.clone(), share: Some(*share) }).collect()
}

pub(super) fn after(day: Date, days: u16) -> Date {
    day.checked_add(i64::from(days).days()).unwrap_or(day)
}

/// Puts actions before milestones: in order, as many as the pace allows; the rest has no day.
fn schedule(today: Date, parallel: usize, interviews: &mut [Interview], areas: &mut [FocusArea]) {
    let mut order: Vec<&mut Action> = Vec::new();
    let mut talks = interviews.iter_mut().map(|interview| &mut interview.action);
    for area in areas {
        // A conversation before each of the first areas: it may change what comes after it.
        order.extend(talks.next());
        order.extend(area.actions.iter_mut());
    }
    order.extend(talks);
    let later = (parallel * A_WINDOW).max(1);
    for (place, action) in order.into_iter().enumerate() {
        let at = if place < FIRST_WINDOW { 0 } else { 1 + (place - FIRST_WINDOW) / later };
        let window = MILESTONES.get(at).copied();
        action.window = window;
        action.due = window.map(|day| after(today, day));
    }
}

fn warning(material: &Material<'_>) -> Option<Warning> {
    if material.disliked.is_empty() {
        return None;
    }
    let name = |d: &Disliked| format!("{} ({} of {} employers)", d.name, d.employers.0, d.employers.1);
    let disliked: Vec<String> = material.disliked.iter().map(name).collect();
    Some(Warning {
        text: format!(
            "Maybe not this target. You say that it would drain you, and it is at the core of the role: {}.",
            disliked.join("; ")
        ),
        disliked,
        others: material.others.clone(),
    })
}

fn asks(areas: &[FocusArea]) -> Vec<String> {
    let mut asks: Vec<String> = Vec::new();
    for area in areas {
        if let Some(action) = area.actions.iter().find(|action| action.kind == ActionKind::Do) {
            asks.push(format!("{}: {}", area.name, action.text));
        }
    }
    asks.push(String::from(
        "An introduction to one or two people who do this role and love to talk about it.",
    ));
    asks
}

fn gates(target: &Target) -> Vec<PlanGate> {
    target
        .gates
        .iter()
        .map(|gate| PlanGate {
            name: gate.name.label(),
            state: gate.state,
            employers_with: gate.required.employers_with,
            employers: gate.required.employers,
        })
        .collect()
}

fn notes(material: &Material<'_>, target: &Target) -> Vec<String> {
    let mut notes: Vec<String> = material.gap.why_widened().into_iter().collect();
    notes.extend(material.gap.notes.iter().cloned());
    let others = material.gap.targets.iter().filter(|other| other.cohort.track != target.cohort.track);
    // Of kindred areas alone a track has no data.
    for other in others.filter(|other| other.cohort.is_enough()) {
        let track = if other.cohort.track == Some(Track::Management) { "management" } else { "ic" };
        let levels = material.gap.widened.as_ref().map_or_else(String::new, |widened| {
            format!(" --level {}..{}", widened.from_level, widened.to_level)
        });
        notes.push(format!("the other track has data, too: rungs plan --track {track}{levels}"));
    }
    if material.hours_per_week.is_none() {
        notes.push(String::from("no hours a week stated (--hours-per-week): two actions at a time"));
    }
    notes.push(String::from(
        "milestones are days to look, not estimates: how long something takes nobody knows before you do it",
    ));
    notes.push(String::from(
        "postings are what employers write, not what the job is; the conversations are there to find out",
    ));
    notes
}
