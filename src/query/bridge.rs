//! Roles between here and there, and targets one may not have thought of.
//!
//! Nodes are (family, level) with at least eight employers. A step from one to the next costs the
//! weighted share of what the next asks for that is not yet held; what a role commonly asks for
//! counts as gained there, the person's present role included. Paths of at most three steps are tried one by one; the best path has
//! the least steep step. After J. Kanders et al., *Mapping Career Causeways* (Nesta, 2020), where a
//! move is viable when more than 0.3 of the skills are shared.
//!
//! A path is not a forecast: postings show what roles ask for, not who moved where.

use super::cohort::Cohort;
use super::features::{self, What};
use super::scope::{Scope, part};
use super::stats::{MIN_EMPLOYERS, estimate};
use super::{QueryError, Snapshot, Source};
use crate::coded::{Rows, SkillCode, SkillCodes};
use crate::profile::Profile;
use crate::taxonomy::{Kind, Taxonomy};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// Most steps of a path.
const STEPS: usize = 3;
/// Paths shown.
const PATHS: usize = 3;
/// Unexpected targets shown.
const UNEXPECTED: usize = 5;
/// Skills of a node that are compared, by weight.
const NODE_SKILLS: usize = 60;
/// Skills asked for by a smaller share are no part of a node.
const SMALLEST_SHARE: f64 = 0.10;
/// A skill asked for by this share of a role's postings counts as gained in that role.
const GAINED: f64 = 0.25;
/// A step that leaves more than this uncovered is no bridge: less than 0.3 is shared.
const STEEPEST: f64 = 0.70;
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
    /// Employers.
    pub employers: usize,
    /// Postings.
    pub postings: usize,
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
    /// The step skips a level.
    pub jump: bool,
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
    /// Labels of what is held already.
    pub shared: Vec<String>,
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
    /// Best paths, the least steep first.
    pub paths: Vec<Path>,
    /// Targets at the same levels in other families, best first.
    pub unexpected: Vec<Unexpected>,
}

/// A node with what it asks for.
struct Role {
    node: Node,
    /// Skill, weight, depth needed and whether it is commonly asked for; heaviest first.
    asks: Vec<(SkillCode, f64, bool)>,
    weight: f64,
}

impl Role {
    /// Skills that one has after a time in this role.
    fn gained(&self) -> impl Iterator<Item = SkillCode> + '_ {
        self.asks.iter().filter(|(.., common)| *common).map(|(code, ..)| *code)
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
    let roles = roles(&rows, taxonomy, &codes);
    let mut held: FxHashSet<SkillCode> =
        profile.skills.iter().filter_map(|s| s.id.as_deref()).map(SkillCode::of).collect();
    // What one's own role commonly asks for counts as gained there, as it does on every later step.
    let own = roles.iter().find(|r| from.0.as_deref() == Some(&r.node.family) && r.node.level == from.1);
    held.extend(own.into_iter().flat_map(Role::gained));
    let search = Search { roles: &roles, taxonomy, codes: &codes, family, levels };
    let mut paths = Vec::new();
    search.walk(&from, &held, &mut Vec::new(), &mut paths);
    paths.sort_by(|a: &Path, b: &Path| {
        a.steepest
            .total_cmp(&b.steepest)
            .then(a.total.total_cmp(&b.total))
            .then_with(|| names(a).cmp(&names(b)))
    });
    Ok(Bridges {
        snapshot: source.snapshot()?,
        to: (family.to_owned(), *levels.start(), *levels.end()),
        nodes: roles.len(),
        paths: distinct(paths),
        unexpected: search.unexpected(from.0.as_deref(), profile, &held),
        from,
    })
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

fn roles(rows: &Rows, taxonomy: &Taxonomy, codes: &SkillCodes) -> Vec<Role> {
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
        if cohort.employers().len() < MIN_EMPLOYERS as usize {
            continue;
        }
        let asks = asks(&cohort, taxonomy, codes);
        roles.push(Role {
            node: Node {
                family: family.to_owned(),
                level,
                employers: cohort.employers().len(),
                postings: cohort.rows().len(),
            },
            weight: asks.iter().map(|(_, weight, _)| weight).sum(),
            asks,
        });
    }
    roles
}

fn asks(cohort: &Cohort, taxonomy: &Taxonomy, codes: &SkillCodes) -> Vec<(SkillCode, f64, bool)> {
    let tally = features::tally(cohort);
    let share = |feature: u64| estimate(&tally.sum(feature), &tally.base).0;
    let mut asks: Vec<(SkillCode, f64, bool)> = tally
        .sums
        .keys()
        .filter_map(|feature| features::asked_skill(*feature))
        .filter(|code| {
            let concept = codes.get(*code).map(|at| taxonomy.skill(at));
            concept.is_some_and(|c| {
                let held = matches!(
                    c.kind,
                    Kind::Technology | Kind::Tool | Kind::Knowledge | Kind::Method | Kind::Skill
                );
                held && !features::is_way_of_working(c)
            })
        })
        .filter_map(|code| {
            let asked = share(What::Asked.of(code));
            let weight = share(What::Required.of(code))
                + 0.7 * share(What::Duty.of(code))
                + 0.4 * share(What::Preferred.of(code));
            (asked >= SMALLEST_SHARE).then_some((code, weight, asked >= GAINED))
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
    family: &'a str,
    levels: &'a RangeInclusive<u8>,
}

impl Search<'_> {
    /// Tries every step from `at` with the skills `held`, depth first.
    fn walk(
        &self,
        at: &(Option<String>, u8),
        held: &FxHashSet<SkillCode>,
        steps: &mut Vec<Step>,
        paths: &mut Vec<Path>,
    ) {
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
            let visited = steps.iter().any(|s| s.to == *node);
            // The last step must arrive; those before stay below the target.
            let last = steps.len() + 1 == STEPS;
            if !allowed || visited || (last && !is_target) || node.level > *self.levels.end() {
                continue;
            }
            let cost = self.cost(role, held);
            if cost > STEEPEST && !is_target {
                continue;
            }
            steps.push(Step { to: node.clone(), cost, adds: self.adds(role, held), jump: rise == 2 });
            if is_target {
                let costs = || steps.iter().map(|s| s.cost);
                paths.push(Path {
                    steepest: costs().fold(0.0, f64::max),
                    total: costs().sum(),
                    steps: steps.clone(),
                });
            } else {
                let mut gained = held.clone();
                gained.extend(role.gained());
                self.walk(&(Some(node.family.clone()), node.level), &gained, steps, paths);
            }
            steps.pop();
        }
    }

    /// Weighted share of what `role` asks for that is not held.
    fn cost(&self, role: &Role, held: &FxHashSet<SkillCode>) -> f64 {
        let missing: f64 =
            role.asks.iter().filter(|(code, ..)| !held.contains(code)).map(|(_, w, _)| w).sum();
        if role.weight > 0.0 { missing / role.weight } else { 1.0 }
    }

    fn adds(&self, role: &Role, held: &FxHashSet<SkillCode>) -> Vec<String> {
        self.labels(role, |code| !held.contains(&code))
    }

    fn labels(&self, role: &Role, keep: impl Fn(SkillCode) -> bool) -> Vec<String> {
        let kept = role.asks.iter().map(|(code, ..)| *code).filter(|code| keep(*code));
        kept.filter_map(|code| self.codes.get(code))
            .take(ADDED)
            .map(|at| self.taxonomy.skill(at).label.clone())
            .collect()
    }

    /// Roles at the target levels in other families, by what is held and liked.
    fn unexpected(
        &self,
        own: Option<&str>,
        profile: &Profile,
        held: &FxHashSet<SkillCode>,
    ) -> Vec<Unexpected> {
        let held_liked = profile.skills.iter().filter_map(|s| Some((s.id.as_deref()?, s.interest?)));
        let liking: FxHashMap<SkillCode, f64> = held_liked
            .chain(profile.interests.iter().map(|(id, interest)| (id.as_str(), *interest)))
            .map(|(id, interest)| (SkillCode::of(id), f64::from(interest)))
            .collect();
        let mut found: Vec<(f64, Unexpected)> = self
            .roles
            .iter()
            .filter(|role| self.levels.contains(&role.node.level))
            .filter(|role| role.node.family != self.family && Some(role.node.family.as_str()) != own)
            .map(|role| {
                let cost = self.cost(role, held);
                let rated: Vec<(f64, f64)> = role
                    .asks
                    .iter()
                    .filter_map(|(code, weight, _)| Some((*weight, *liking.get(code)?)))
                    .collect();
                let weight: f64 = rated.iter().map(|(w, _)| w).sum();
                let interest = (weight > 0.0).then(|| rated.iter().map(|(w, i)| w * i).sum::<f64>() / weight);
                let unexpected = Unexpected {
                    role: role.node.clone(),
                    cost,
                    interest,
                    shared: self.labels(role, |code| held.contains(&code)),
                    adds: self.adds(role, held),
                };
                (cost - LIKING * interest.unwrap_or(0.0), unexpected)
            })
            .collect();
        found.sort_by(|a, b| {
            let role = |u: &Unexpected| (u.role.family.clone(), u.role.level);
            a.0.total_cmp(&b.0).then_with(|| role(&a.1).cmp(&role(&b.1)))
        });
        found.into_iter().take(UNEXPECTED).map(|(_, unexpected)| unexpected).collect()
    }
}
