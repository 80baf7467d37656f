//! Roles between here and there, and targets one may not have thought of.
//!
//! Nodes are (family, level) with at least eight employers. A step from one to the next costs the
//! weighted share of what the next asks for that is not yet held; what a role commonly asks for
//! counts as gained there, the person's present role included: such skills are assumed, and marked.
//! Paths of at most three steps are tried one by one; the best path has the least steep step, and
//! none is steeper than [`STEEPEST`], but for the direct road up within one's own family, which is always
//! named first; a detour over other families is named only where it is no steeper than that. After J. Kanders et al., *Mapping Career Causeways* (Nesta,
//! 2020), where a move is viable when more than 0.3 of the skills are shared.
//!
//! Professions that a licence or degree guards which the profile does not show are no way and no
//! suggestion; they are named with the reason.
//!
//! A path is not a forecast: postings show what roles ask for, not who moved where.

use super::cohort::{Cohort, Tally};
use super::features::{self, What};
use super::gap::{DUTY_WEIGHT, GateState, Holdings, PREFERRED_WEIGHT, gate_state};
use super::scope::{self, Scope, part};
use super::stats::{estimate, is_enough, is_thin};
use super::{QueryError, Snapshot, Source};
use crate::coded::{CodedGate, Rows, SkillCode, SkillCodes};
use crate::extract::{GateKind, Strength};
use crate::profile::Profile;
use crate::taxonomy::Taxonomy;
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Most steps of a path.
const STEPS: usize = 3;
/// Paths shown.
const PATHS: usize = 3;
/// Roles named where no path leads over another family, and what they may leave uncovered: what shares less is no
/// neighbour.
const NEAREST: usize = 2;
const NEAREST_COST: f64 = 0.85;
/// Unexpected targets shown.
const UNEXPECTED: usize = 5;
/// Skills of a node that are compared, by weight.
const NODE_SKILLS: usize = 60;
/// Skills asked for by a smaller share, or by fewer employers, are no part of a node.
const SMALLEST_SHARE: f64 = 0.10;
const FEWEST_EMPLOYERS: u32 = 3;
/// A skill asked for by more than this share of a role's postings counts as gained in that role; of
/// one's present role, whose skills the profile would name, by more than half.
const GAINED: f64 = 0.25;
const ASSUMED: f64 = 0.50;
/// A step that leaves more than this uncovered is no bridge: less than 0.3 is shared.
pub const STEEPEST: f64 = 0.70;
/// An unexpected target must ask for this many skills that the person holds by their own word.
const BROUGHT: usize = 2;
/// Share of a role's postings from which a licence guards the profession, and a degree.
const GUARDING_LICENCE: f64 = 0.25;
const GUARDING_DEGREE: f64 = 0.50;
/// Postings of a node that are counted; more would change nothing but the time.
const NODE_POSTINGS: usize = 3000;
/// Skills named as what a step adds.
const ADDED: usize = 6;
/// How much a full point of interest moves an unexpected target.
const LIKING: f64 = 0.10;

/// A role in the graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Role family id.
    pub family: String,
    /// Level 1–8.
    pub level: u8,
    /// Employers, at least eight.
    pub employers: usize,
    /// Postings.
    pub postings: usize,
    /// Fewer than thirty employers.
    pub thin: bool,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The role reached.
    pub to: Node,
    /// Weighted share of what it asks for that is not held before the step, 0–1.
    pub cost: f64,
    /// Labels of the most weighted skills that the step adds.
    pub adds: Vec<String>,
    /// Everything that `cost` is computed from, the heaviest first.
    pub asks: Vec<RoleAsk>,
    /// The step skips a level.
    pub jump: bool,
}

/// One skill of a role, as the cost of a step counts it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RoleAsk {
    /// Label.
    pub label: String,
    /// Weight: share required + 0.7 share as duty + 0.4 share welcome.
    pub weight: f64,
    /// Whether it is held before the step.
    pub held: Held,
}

/// Whether a skill is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Held {
    /// The profile says so.
    Profile,
    /// Not in the profile; common in the present role or in one on the way.
    Assumed,
    /// No.
    New,
}

/// A profession that is no suggestion because of a gate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Guarded {
    /// The role.
    pub role: Node,
    /// The gate, e.g. `licence nursing`.
    pub gate: String,
    /// Employers that require it.
    pub employers: u32,
}

/// A way to a target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Path {
    /// Steps in order.
    pub steps: Vec<Step>,
    /// Cost of the steepest step.
    pub steepest: f64,
    /// Sum of the costs.
    pub total: f64,
    /// The direct road: the next levels of one's own family. It is listed however steep it is.
    pub direct: bool,
}

/// A target in another family.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unexpected {
    /// The role.
    pub role: Node,
    /// Weighted share of what it asks for that is not held.
    pub cost: f64,
    /// Mean interest in what it asks for, where interest is stated, −2 to 2.
    pub interest: Option<f64>,
    /// Labels of what the profile holds already.
    pub shared: Vec<String>,
    /// Labels of what is not in the profile, but common in the present role.
    pub assumed: Vec<String>,
    /// Labels of what would be new.
    pub adds: Vec<String>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bridges {
    /// What it was computed from.
    pub snapshot: Snapshot,
    /// Family and level of the person.
    pub from: (Option<String>, u8),
    /// Family and levels aimed at.
    pub to: (String, u8, u8),
    /// Roles with enough employers to be in the graph.
    pub nodes: usize,
    /// Best paths: the direct road within one's own family, then the least steep first.
    pub paths: Vec<Path>,
    /// Whether the target itself has enough employers to be in the graph.
    pub answered: bool,
    /// When no path leads over another family: the least steep first steps that there are elsewhere.
    pub nearest: Vec<(Node, f64)>,
    /// Targets at the same levels in other families, best first.
    pub unexpected: Vec<Unexpected>,
    /// Professions left out because a licence or degree guards them that the profile does not show.
    pub guarded: Vec<Guarded>,
    /// What a careful reader should know.
    pub notes: Vec<String>,
}

/// A node with what it asks for.
struct Role {
    node: Node,
    /// Skill, weight, and share of postings that ask for it; heaviest first.
    asks: Vec<(SkillCode, f64, f64)>,
    weight: f64,
    /// The gate that guards it, when the profile does not show it, and employers that require it.
    guard: Option<(String, u32)>,
}

/// Skills by how they are held.
type Holds = FxHashMap<SkillCode, Held>;

impl Role {
    /// Skills that one has after a time in this role.
    fn gained(&self, least: f64) -> impl Iterator<Item = SkillCode> + '_ {
        self.asks.iter().filter(move |(.., asked)| *asked > least).map(|(code, ..)| *code)
    }
}

/// Finds paths for `profile` (resolved), who stands at `from`, to `family` at `levels`.
///
/// # Errors
/// When the source cannot be read.
pub fn bridges(
    source: Source<'_>,
    taxonomy: &Taxonomy,
    profile: &Profile,
    from: (Option<String>, u8),
    family: &str,
    levels: &RangeInclusive<u8>,
    scope: &Scope,
) -> Result<Bridges, QueryError> {
    let rows = Scope { family: None, ..scope.clone() }.rows(source)?;
    let codes = SkillCodes::new(taxonomy);
    let roles = roles(&rows, taxonomy, profile, &codes);
    let holdings = Holdings::new(taxonomy, profile);
    let mut held: Holds = FxHashMap::default();
    // What one's own role commonly asks for counts as gained there, as it does on every later step.
    let own = roles.iter().find(|r| from.0.as_deref() == Some(&r.node.family) && r.node.level == from.1);
    held.extend(own.into_iter().flat_map(|role| role.gained(ASSUMED)).map(|code| (code, Held::Assumed)));
    held.extend(shown(&roles, &holdings, taxonomy, &codes).map(|code| (code, Held::Profile)));
    let search = Search { roles: &roles, taxonomy, codes: &codes, from: &from, family, levels };
    let mut paths = Vec::new();
    search.walk(&from, &held, &mut Vec::new(), &mut paths);
    paths.retain(|path| path.direct || path.steepest <= STEEPEST);
    paths.sort_by(|a: &Path, b: &Path| {
        a.steepest
            .total_cmp(&b.steepest)
            .then(a.total.total_cmp(&b.total))
            .then_with(|| names(a).cmp(&names(b)))
    });
    // The direct road comes first whatever its steps cost: level by level where there is one.
    let jumps = |path: &Path| path.steps.iter().filter(|step| step.jump).count();
    let direct = (0..paths.len()).filter(|at| paths[*at].direct).min_by_key(|at| (jumps(&paths[*at]), *at));
    if let Some(at) = direct {
        let path = paths.remove(at);
        // A detour that is steeper than the direct road is none.
        paths.retain(|other| !other.direct && other.steepest <= path.steepest);
        paths.insert(0, path);
    }
    let (unexpected, guarded) = search.unexpected(profile, &held);
    let answered = roles.iter().any(|r| r.node.family == family && levels.contains(&r.node.level));
    let detour = paths.iter().any(|path| !path.direct);
    Ok(Bridges {
        nearest: if detour || !answered { Vec::new() } else { search.nearest(&held) },
        answered,
        snapshot: source.snapshot()?,
        notes: [scope::left_out_notes(&rows), scope.unknown_notes(source)?].concat(),
        to: (family.to_owned(), *levels.start(), *levels.end()),
        nodes: roles.len(),
        paths: distinct(paths),
        unexpected,
        guarded,
        from,
    })
}

/// What the profile shows of what the roles ask for: by name, or through what entails it or is a case of
/// it.
fn shown<'a>(
    roles: &'a [Role],
    holdings: &'a Holdings<'_>,
    taxonomy: &'a Taxonomy,
    codes: &'a SkillCodes,
) -> impl Iterator<Item = SkillCode> + 'a {
    let mut asked: Vec<SkillCode> =
        roles.iter().flat_map(|role| &role.asks).map(|(code, ..)| *code).collect();
    asked.sort_unstable();
    asked.dedup();
    let have =
        |code: &SkillCode| codes.get(*code).is_some_and(|at| holdings.of(&taxonomy.skill(at).id).have > 0);
    asked.into_iter().filter(have)
}

fn names(path: &Path) -> Vec<(&str, u8)> {
    path.steps.iter().map(|s| (s.to.family.as_str(), s.to.level)).collect()
}

/// The best paths that differ in their first step; a detour before a path already there is none.
fn distinct(paths: Vec<Path>) -> Vec<Path> {
    let mut kept: Vec<Path> = Vec::new();
    for path in paths {
        let roles = |p: &Path| p.steps.iter().map(|s| s.to.clone()).collect::<Vec<Node>>();
        let known = |k: &Path| {
            let (kept, new) = (roles(k), roles(&path));
            kept.first() == new.first() || new.ends_with(&kept)
        };
        if kept.len() < PATHS && !kept.iter().any(known) {
            kept.push(path);
        }
    }
    kept
}

fn roles(rows: &Rows, taxonomy: &Taxonomy, profile: &Profile, codes: &SkillCodes) -> Vec<Role> {
    let mut groups: BTreeMap<(&str, u8), Vec<usize>> = BTreeMap::new();
    for at in 0..rows.len() {
        if let (family, Some(level)) = (rows.family(at), rows.head(at).facts.level())
            && !family.is_empty()
        {
            groups.entry((family, level)).or_default().push(at);
        }
    }
    let mut roles = Vec::new();
    for ((family, level), mut members) in groups {
        // Employers are hashes, so the first ones by number are a fair sample.
        members.sort_by_key(|&at| (rows.head(at).employer, rows.head(at).fingerprint));
        members.truncate(NODE_POSTINGS);
        let cohort = part(&rows.pick(&members), &(level..=level), None);
        if !is_enough(cohort.employers().len()) {
            continue;
        }
        let tally = features::tally(&cohort);
        let asks = asks(&tally, taxonomy, codes);
        roles.push(Role {
            node: Node {
                family: family.to_owned(),
                level,
                employers: cohort.employers().len(),
                postings: cohort.rows().len(),
                thin: is_thin(cohort.employers().len()),
            },
            weight: asks.iter().map(|(_, weight, _)| weight).sum(),
            guard: guard(&cohort, &tally, taxonomy, profile),
            asks,
        });
    }
    roles
}

/// The gate that guards a profession and that the profile does not show.
fn guard(cohort: &Cohort, tally: &Tally, taxonomy: &Taxonomy, profile: &Profile) -> Option<(String, u32)> {
    let words = cohort.rows().gate_words.list().iter().enumerate();
    let gates = words.filter_map(|(number, word)| Some((number as u32, CodedGate::from_word(word)?)));
    let mut guards: Vec<(String, u32)> = gates
        // Where experience will do instead of a degree, the degree guards nothing.
        .filter(|(_, gate)| gate.strength == Strength::Required && !gate.or_equivalent)
        .filter_map(|(number, gate)| {
            let (least, name) = match gate.kind {
                GateKind::Licence => (GUARDING_LICENCE, "licence"),
                GateKind::Degree => (GUARDING_DEGREE, "degree"),
                _ => return None,
            };
            let sum = tally.sum(features::gate(number));
            let state = gate_state(taxonomy, profile, &gate);
            // A profile that names no degree may only leave it out; a licence one would name.
            let open =
                state == GateState::Met || gate.kind == GateKind::Degree && state == GateState::Unknown;
            let guards = estimate(&sum, &tally.base).0 >= least && !open;
            guards.then(|| (format!("{name} {}", gate.value), sum.employers))
        })
        .collect();
    guards.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    guards.into_iter().next()
}

fn asks(tally: &Tally, taxonomy: &Taxonomy, codes: &SkillCodes) -> Vec<(SkillCode, f64, f64)> {
    let share = |feature: u64| estimate(&tally.sum(feature), &tally.base).0;
    let mut asks: Vec<(SkillCode, f64, f64)> = tally
        .sums
        .keys()
        .filter_map(|feature| features::asked_skill(*feature))
        .filter(|code| codes.get(*code).is_some_and(|at| features::is_comparable(taxonomy.skill(at))))
        .filter_map(|code| {
            let asked = share(What::Asked.of(code));
            let weight = share(What::Required.of(code))
                + DUTY_WEIGHT * share(What::Duty.of(code))
                + PREFERRED_WEIGHT * share(What::Preferred.of(code));
            let named = tally.sum(What::Asked.of(code)).employers >= FEWEST_EMPLOYERS;
            (asked >= SMALLEST_SHARE && named).then_some((code, weight, asked))
        })
        .collect();
    asks.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    asks.truncate(NODE_SKILLS);
    asks
}

struct Search<'a> {
    roles: &'a [Role],
    taxonomy: &'a Taxonomy,
    codes: &'a SkillCodes,
    from: &'a (Option<String>, u8),
    family: &'a str,
    levels: &'a RangeInclusive<u8>,
}

impl Search<'_> {
    /// Tries every step from `at` with the skills `held`, depth first.
    fn walk(&self, at: &(Option<String>, u8), held: &Holds, steps: &mut Vec<Step>, paths: &mut Vec<Path>) {
        for role in self.roles {
            let node = &role.node;
            let same = at.0.as_deref() == Some(&node.family);
            let rise = i32::from(node.level) - i32::from(at.1);
            let is_target = node.family == self.family && self.levels.contains(&node.level);
            // Another family at most one level up; two levels only within one's own, to the target.
            let allowed = match rise {
                0 => !same,
                1 => true,
                2 => same && is_target,
                _ => false,
            };
            // Where one has been, or stands already, is no step ahead.
            let behind = self.from.0.as_deref() == Some(&node.family) && node.level <= self.from.1;
            let visited = behind || steps.iter().any(|s| s.to == *node);
            // The last step must arrive; those before stay below the target.
            let last = steps.len() + 1 == STEPS;
            let too_high = node.level >= *self.levels.start();
            if !allowed || visited || (!is_target && (last || too_high)) {
                continue;
            }
            // A guarded profession is no way; as the target asked for, its gate is the gap's to show.
            let guarded = role.guard.is_some() && !same && node.family != self.family;
            let cost = self.cost(role, held);
            let direct =
                same && node.family == self.family && steps.iter().all(|s| s.to.family == self.family);
            if guarded || (cost > STEEPEST && !direct) {
                continue;
            }
            // What a step before adds is named there alone.
            let mut adds = self.labels(role, |code| !held.contains_key(&code));
            adds.retain(|label| !steps.iter().any(|step| step.adds.contains(label)));
            adds.truncate(ADDED);
            let asks = self.role_asks(role, held);
            steps.push(Step { to: node.clone(), cost, adds, asks, jump: rise == 2 });
            if is_target {
                let costs = || steps.iter().map(|s| s.cost);
                paths.push(Path {
                    steepest: costs().fold(0.0, f64::max),
                    total: costs().sum(),
                    direct,
                    steps: steps.clone(),
                });
            } else {
                let mut gained = held.clone();
                role.gained(GAINED).for_each(|code| {
                    gained.entry(code).or_insert(Held::Assumed);
                });
                self.walk(&(Some(node.family.clone()), node.level), &gained, steps, paths);
            }
            steps.pop();
        }
    }

    /// Roles of other families, at one's own level or the next, with the least that is new.
    fn nearest(&self, held: &Holds) -> Vec<(Node, f64)> {
        let from = self.from;
        let reach = |node: &Node| (from.1..=from.1 + 1).contains(&node.level);
        let other = |node: &Node| from.0.as_deref() != Some(&node.family) && node.family != self.family;
        let open = self.roles.iter().filter(|r| reach(&r.node) && other(&r.node) && r.guard.is_none());
        let mut found: Vec<(Node, f64)> =
            open.map(|role| (role.node.clone(), self.cost(role, held))).collect();
        found.retain(|(_, cost)| *cost <= NEAREST_COST);
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.family.cmp(&b.0.family)));
        found.truncate(NEAREST);
        found
    }

    /// Weighted share of what `role` asks for that is not held.
    fn cost(&self, role: &Role, held: &Holds) -> f64 {
        let missing: f64 =
            role.asks.iter().filter(|(code, ..)| !held.contains_key(code)).map(|(_, w, _)| w).sum();
        if role.weight > 0.0 { missing / role.weight } else { 1.0 }
    }

    fn role_asks(&self, role: &Role, held: &Holds) -> Vec<RoleAsk> {
        let ask = |(code, weight, _): &(SkillCode, f64, f64)| {
            let label = self.taxonomy.skill(self.codes.get(*code)?).label.clone();
            Some(RoleAsk { label, weight: *weight, held: held.get(code).copied().unwrap_or(Held::New) })
        };
        role.asks.iter().filter_map(ask).collect()
    }

    /// Labels of what `role` asks for, the heaviest first.
    fn labels(&self, role: &Role, keep: impl Fn(SkillCode) -> bool) -> Vec<String> {
        let kept = role.asks.iter().map(|(code, ..)| *code).filter(|code| keep(*code));
        kept.filter_map(|code| self.codes.get(code)).map(|at| self.taxonomy.skill(at).label.clone()).collect()
    }

    /// The first few of [`labels`](Self::labels).
    fn first_labels(&self, role: &Role, keep: impl Fn(SkillCode) -> bool) -> Vec<String> {
        let mut labels = self.labels(role, keep);
        labels.truncate(ADDED);
        labels
    }

    /// Roles at the target levels in other families, by what is held and liked; and the guarded ones
    /// that would else be among them.
    fn unexpected(&self, profile: &Profile, held: &Holds) -> (Vec<Unexpected>, Vec<Guarded>) {
        let own = self.from.0.as_deref();
        let held_liked = profile.skills.iter().filter_map(|s| Some((s.id.as_deref()?, s.interest?)));
        let liking: FxHashMap<SkillCode, f64> = held_liked
            .chain(profile.interests.iter().map(|(id, interest)| (id.as_str(), *interest)))
            .map(|(id, interest)| (SkillCode::of(id), f64::from(interest)))
            .collect();
        let mut found: Vec<(f64, Unexpected)> = Vec::new();
        let mut guarded: Vec<Guarded> = Vec::new();
        for role in self.roles {
            let elsewhere = role.node.family != self.family && Some(role.node.family.as_str()) != own;
            let cost = self.cost(role, held);
            let how = |code: SkillCode, wanted: Held| held.get(&code) == Some(&wanted);
            let brought = role.asks.iter().filter(|(code, ..)| how(*code, Held::Profile)).count();
            if !elsewhere || !self.levels.contains(&role.node.level) || cost > STEEPEST || brought < BROUGHT {
                continue;
            }
            if let Some((gate, employers)) = &role.guard {
                guarded.push(Guarded { role: role.node.clone(), gate: gate.clone(), employers: *employers });
                continue;
            }
            let interest = interest(role, &liking);
            let unexpected = Unexpected {
                role: role.node.clone(),
                cost,
                interest,
                shared: self.first_labels(role, |code| how(code, Held::Profile)),
                assumed: self.first_labels(role, |code| how(code, Held::Assumed)),
                adds: self.first_labels(role, |code| !held.contains_key(&code)),
            };
            found.push((cost - LIKING * interest.unwrap_or(0.0), unexpected));
        }
        found.sort_by(|a, b| {
            let role = |u: &Unexpected| (u.role.family.clone(), u.role.level);
            a.0.total_cmp(&b.0).then_with(|| role(&a.1).cmp(&role(&b.1)))
        });
        (found.into_iter().take(UNEXPECTED).map(|(_, unexpected)| unexpected).collect(), guarded)
    }
}

/// Mean interest in what a role asks for, by weight, where interest is stated.
fn interest(role: &Role, liking: &FxHashMap<SkillCode, f64>) -> Option<f64> {
    let rated = role.asks.iter().filter_map(|(code, weight, _)| Some((*weight, *liking.get(code)?)));
    let (sum, weight) = rated.fold((0.0, 0.0), |(sum, all), (weight, i)| (sum + weight * i, all + weight));
    (weight > 0.0).then(|| sum / weight)
}
