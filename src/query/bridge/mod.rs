//! Roles between here and there, and roles one may not have thought of.
//!
//! Nodes are (family, level) with at least eight employers that agree on five skills. A step from one to the next costs
//! the weighted share of what the next asks for that is not yet held; what a role commonly asks for counts as
//! gained there, the person's present role included: such skills are assumed, and marked. A skill that is only
//! related to one held counts in part, as in the gap. Paths of at most three steps are tried one by one. The direct road
//! up within one's own family is always named first. A detour over other families is named only where it is neither
//! steeper than that nor dearer in all, and where each of its roles in other families is a neighbour: thirty employers, no
//! step of more than [`STEEPEST`]
//! new (J. Kanders et al., *Mapping Career Causeways*, Nesta, 2020: a move is viable when more than 0.3 of the skills are
//! shared), and at least three skills of that trade that the profile names, since words that every trade uses
//! ("reporting", "research") make no neighbours. Neighbours one level up are the roles one may not have thought of.
//!
//! Professions that a licence or degree guards which the profile does not show are no way and no
//! suggestion; they are named with the reason.
//!
//! A path is not a forecast: postings show what roles ask for, not who moved where.

mod roles;

use super::gap::{Holdings, are_one, experience_name};
use super::scope::{self, Scope};
use super::{QueryError, Snapshot, Source};
use crate::coded::{SkillCode, SkillCodes};
use crate::extract::ExperienceKind;
use crate::profile::Profile;
use crate::taxonomy::Taxonomy;
use roles::{Ask, Role, SMALLEST_SHARE};
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::ops::RangeInclusive;

/// Most steps of a path.
const STEPS: usize = 3;
/// Paths shown.
const PATHS: usize = 3;
/// Unexpected roles shown.
const UNEXPECTED: usize = 5;
/// A skill asked for by more than this share of a role's postings counts as gained in that role; of
/// one's present role, whose skills the profile would name, by more than half.
const GAINED: f64 = 0.25;
const ASSUMED: f64 = 0.50;
/// A step that leaves more than this uncovered is no bridge: less than 0.3 is shared.
pub const STEEPEST: f64 = 0.70;
/// A neighbour must ask for this many skills of its trade that the profile names.
const BROUGHT: usize = 3;
/// Things named as what a step adds.
const ADDED: usize = 6;
/// A step up adds what is asked for so many times as often as in the role before.
const RISES: f64 = 1.25;
/// Skills with a stated interest from which a role is said to be liked.
const RATED: usize = 2;
/// How much a full point of interest moves an unexpected role.
const LIKING: f64 = 0.10;
/// Depth at which a related skill is measured: working.
const USUAL_DEPTH: u8 = 2;

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
    /// Skills and experience of a rank that the step adds: neither held nor shown, and asked for clearly more often than
    /// in the role before, what rises most first; where no such role is known, or it is of another family, what is most
    /// asked for of the trade.
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
    /// Employers that ask for it.
    pub employers: u32,
    /// Whether it is held before the step.
    pub held: Held,
    /// The part of `weight` that is new.
    pub new: f64,
}

/// Whether a skill is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Held {
    /// The profile says so.
    Profile,
    /// A related skill is held, which counts by its depth and how it is related.
    Related,
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

/// A neighbour in another family, one level up.
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
    /// Labels of what is new and of its trade, the heaviest first.
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
    /// Roles with enough employers that agree on enough to be in the graph.
    pub nodes: usize,
    /// Best paths: the direct road within one's own family, then the least steep first.
    pub paths: Vec<Path>,
    /// Whether a role at the target is in the graph.
    pub answered: bool,
    /// By the same measure: the part of the person's present role that the profile does not name. Where it is large the
    /// profile leaves much out, and every step looks steep.
    pub own: Option<f64>,
    /// Neighbours in other families, one level up, best first.
    pub unexpected: Vec<Unexpected>,
    /// Professions left out because a licence or degree guards them that the profile does not show.
    pub guarded: Vec<Guarded>,
    /// What a careful reader should know.
    pub notes: Vec<String>,
}

/// Skills by how they are held, and how much of each counts.
type Holds = FxHashMap<SkillCode, (Held, f64)>;

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
    let roles = roles::roles(&rows, taxonomy, profile, &codes);
    let profiled = shown(&roles, &Holdings::new(taxonomy, profile), taxonomy, &codes);
    // What one's own role commonly asks for counts as gained there, as it does on every later step.
    let own = roles.iter().find(|r| from.0.as_deref() == Some(&r.node.family) && r.node.level == from.1);
    let shown_kinds = profile.shown_experience(taxonomy).into_iter().map(|(kind, _)| kind).collect();
    let mut held = profiled.clone();
    own.into_iter().flat_map(|role| role.gained(ASSUMED)).for_each(|skill| assume(&mut held, skill));
    let search =
        Search { roles: &roles, taxonomy, codes: &codes, from: &from, family, levels, shown: shown_kinds };
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
        // A detour that is steeper than the direct road, or dearer in all, is none.
        paths.retain(|other| !other.direct && other.steepest <= path.steepest && other.total <= path.total);
        paths.insert(0, path);
    }
    let (unexpected, guarded) = search.unexpected(profile, &held);
    let answered = roles.iter().any(|r| r.node.family == family && levels.contains(&r.node.level));
    Ok(Bridges {
        own: own.map(|role| cost(role, &profiled)),
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

/// What the profile shows of what the roles ask for: by name, or through what is related to it.
fn shown(roles: &[Role], holdings: &Holdings<'_>, taxonomy: &Taxonomy, codes: &SkillCodes) -> Holds {
    let mut asked: Vec<SkillCode> = roles.iter().flat_map(|role| &role.asks).map(|ask| ask.skill).collect();
    asked.sort_unstable();
    asked.dedup();
    let named: Vec<SkillCode> =
        holdings.iter().filter(|(_, held)| held.have > 0).map(|(id, _)| SkillCode::of(id)).collect();
    let how = |skill: SkillCode| {
        if named.contains(&skill) {
            return Some((Held::Profile, 1.0));
        }
        let credit = holdings.of(&taxonomy.skill(codes.get(skill)?).id).credit(USUAL_DEPTH).0;
        (credit > 0.0).then_some((Held::Related, credit))
    };
    asked.into_iter().filter_map(|skill| Some((skill, how(skill)?))).collect()
}

/// Counts a skill as gained on the way.
fn assume(held: &mut Holds, skill: SkillCode) {
    let known = held.entry(skill).or_insert((Held::Assumed, 1.0));
    if known.1 < 1.0 {
        *known = (Held::Assumed, 1.0);
    }
}

/// The part of the weight of `ask` that is new.
fn new(ask: &Ask, held: &Holds) -> f64 {
    ask.weight * (1.0 - held.get(&ask.skill).map_or(0.0, |(_, part)| *part))
}

/// Weighted share of what `role` asks for that is not held.
fn cost(role: &Role, held: &Holds) -> f64 {
    if role.weight > 0.0 {
        role.asks.iter().map(|ask| new(ask, held)).sum::<f64>() / role.weight
    } else {
        1.0
    }
}

/// Whether a role of another family is near: enough of it is held, and the profile names skills of that trade.
fn is_neighbour(role: &Role, held: &Holds) -> bool {
    let named = |ask: &&Ask| ask.craft && held.get(&ask.skill).is_some_and(|(how, _)| *how == Held::Profile);
    !role.node.thin && cost(role, held) <= STEEPEST && role.asks.iter().filter(named).count() >= BROUGHT
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

struct Search<'a> {
    roles: &'a [Role],
    taxonomy: &'a Taxonomy,
    codes: &'a SkillCodes,
    from: &'a (Option<String>, u8),
    family: &'a str,
    levels: &'a RangeInclusive<u8>,
    /// Experience that the profile shows.
    shown: Vec<ExperienceKind>,
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
            let cost = cost(role, held);
            let direct =
                same && node.family == self.family && steps.iter().all(|s| s.to.family == self.family);
            // The family asked for is named whatever guards it: its gate is the gap's to show.
            let own = self.from.0.as_deref() == Some(&node.family);
            let asked_for = same && own || node.family == self.family;
            let open = asked_for || role.guard.is_none() && is_neighbour(role, held);
            if !open || (cost > STEEPEST && !direct) {
                continue;
            }
            let before =
                self.roles.iter().find(|r| same && r.node.family == node.family && r.node.level == at.1);
            let mut adds = self.adds(role, before, held);
            // What a step before adds is named there alone.
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
                role.gained(GAINED).for_each(|skill| assume(&mut gained, skill));
                self.walk(&(Some(node.family.clone()), node.level), &gained, steps, paths);
            }
            steps.pop();
        }
    }

    fn role_asks(&self, role: &Role, held: &Holds) -> Vec<RoleAsk> {
        let ask = |ask: &Ask| {
            Some(RoleAsk {
                label: self.taxonomy.skill(self.codes.get(ask.skill)?).label.clone(),
                weight: ask.weight,
                employers: ask.employers,
                held: held.get(&ask.skill).map_or(Held::New, |(how, _)| *how),
                new: new(ask, held),
            })
        };
        role.asks.iter().filter_map(ask).collect()
    }

    /// What a step to `role` adds, from the role `before` in the same family.
    fn adds(&self, role: &Role, before: Option<&Role>, held: &Holds) -> Vec<String> {
        let is_new = |skill: SkillCode| !held.contains_key(&skill);
        let Some(before) = before else {
            let of_trade = |ask: &&Ask| ask.craft && role.is_said(ask.employers) && is_new(ask.skill);
            let of_trade: Vec<SkillCode> = role.asks.iter().filter(of_trade).map(|ask| ask.skill).collect();
            return self.labels(role, |skill| of_trade.contains(&skill));
        };
        let said = |(kind, asked, employers): &(ExperienceKind, f64, u32)| {
            let rises = *asked >= (RISES * before.asked_experience(*kind)).max(SMALLEST_SHARE);
            rises && role.is_said(*employers) && !self.shown.contains(kind)
        };
        let gained: Vec<_> = role.experience.iter().filter(|facet| said(facet)).collect();
        // What is one thing with an experience is named as that.
        let is_named =
            |id: &str| gained.iter().map(|(kind, ..)| kind).chain(&self.shown).any(|kind| are_one(*kind, id));
        let skills = role.asks.iter().filter(|ask| is_new(ask.skill) && role.is_said(ask.employers));
        let skills = skills.filter(|ask| ask.asked >= RISES * before.asked(ask.skill)).filter_map(|ask| {
            let concept = self.taxonomy.skill(self.codes.get(ask.skill)?);
            let free = !is_named(&concept.id);
            free.then(|| (ask.asked - before.asked(ask.skill), concept.label.clone()))
        });
        let experience = gained.iter().map(|(kind, asked, _)| {
            (asked - before.asked_experience(*kind), experience_name(*kind).to_owned())
        });
        let mut rising: Vec<(f64, String)> = skills.chain(experience).collect();
        rising.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        rising.into_iter().map(|(_, label)| label).collect()
    }

    /// Labels of what `role` asks for, the heaviest first.
    fn labels(&self, role: &Role, keep: impl Fn(SkillCode) -> bool) -> Vec<String> {
        let kept = role.asks.iter().map(|ask| ask.skill).filter(|skill| keep(*skill));
        kept.filter_map(|code| self.codes.get(code)).map(|at| self.taxonomy.skill(at).label.clone()).collect()
    }

    /// The first few of [`labels`](Self::labels).
    fn first_labels(&self, role: &Role, keep: impl Fn(SkillCode) -> bool) -> Vec<String> {
        let mut labels = self.labels(role, keep);
        labels.truncate(ADDED);
        labels
    }

    /// Neighbours in other families, one level up, by what is held and liked; and the guarded ones that would else be
    /// among them.
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
            if !elsewhere || role.node.level != self.from.1.saturating_add(1) || !is_neighbour(role, held) {
                continue;
            }
            let cost = cost(role, held);
            let how =
                |skill: SkillCode, wanted: Held| held.get(&skill).is_some_and(|(how, _)| *how == wanted);
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
                adds: self.adds(role, None, held).into_iter().take(ADDED).collect(),
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

/// Mean interest in what a role asks for, by weight, where interest is stated in more than one thing.
fn interest(role: &Role, liking: &FxHashMap<SkillCode, f64>) -> Option<f64> {
    let rated = role.asks.iter().filter_map(|ask| Some((ask.weight, *liking.get(&ask.skill)?)));
    let rated: Vec<(f64, f64)> = rated.collect();
    let weight: f64 = rated.iter().map(|(weight, _)| weight).sum();
    let sum: f64 = rated.iter().map(|(weight, interest)| weight * interest).sum();
    (rated.len() >= RATED && weight > 0.0).then(|| sum / weight)
}
