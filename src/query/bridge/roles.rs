//! The roles of the graph: what postings of a family at a level ask for.

use super::Node;
use crate::coded::{CodedGate, Rows, SkillCode, SkillCodes};
use crate::extract::{ExperienceKind, GateKind, Strength};
use crate::profile::Profile;
use crate::query::cohort::{Cohort, Tally};
use crate::query::features::{self, What};
use crate::query::gap::{
    ADVANTAGE, DUTY_WEIGHT, EXPERIENCES, GateState, PREFERRED_WEIGHT, carries_over, gate_state,
};
use crate::query::scope::part;
use crate::query::stats::{estimate, is_enough, is_thin};
use crate::taxonomy::Taxonomy;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Skills of a node that are compared, by weight.
const NODE_SKILLS: usize = 60;
/// Skills asked for by a smaller share, or by fewer employers, are no part of a node.
pub(super) const SMALLEST_SHARE: f64 = 0.10;
const FEWEST_EMPLOYERS: u32 = 3;
/// Of few employers so many, and so large a part, must ask for what a step is said to add.
const SAID_EMPLOYERS: u32 = 5;
const SAID_PART: f64 = 0.25;
/// Where employers agree on fewer skills there is nothing to compare.
const FEWEST_SKILLS: usize = 5;
/// Share of a role's postings from which a licence guards the profession, and a degree.
const GUARDING_LICENCE: f64 = 0.25;
const GUARDING_DEGREE: f64 = 0.50;
/// Postings of a node that are counted; more would change nothing but the time.
const NODE_POSTINGS: usize = 3000;

/// A skill that a role asks for.
pub(super) struct Ask {
    pub(super) skill: SkillCode,
    pub(super) weight: f64,
    /// Share of postings.
    pub(super) asked: f64,
    pub(super) employers: u32,
    /// It belongs to the trade: other families' roles ask for it far less.
    pub(super) craft: bool,
}

/// A node with what it asks for.
pub(super) struct Role {
    pub(super) node: Node,
    /// The heaviest first.
    pub(super) asks: Vec<Ask>,
    pub(super) weight: f64,
    /// Share of postings that ask for a skill, of all skills.
    all: FxHashMap<SkillCode, f64>,
    /// Experience of a rank, with the share of postings and the employers that ask for it.
    pub(super) experience: Vec<(ExperienceKind, f64, u32)>,
    /// The gate that guards it, when the profile does not show it, and employers that require it.
    pub(super) guard: Option<(String, u32)>,
}

impl Role {
    /// Skills that one has after a time in this role: those that more than `least` of its postings ask for.
    pub(super) fn gained(&self, least: f64) -> impl Iterator<Item = SkillCode> + '_ {
        self.asks.iter().filter(move |ask| ask.asked > least).map(|ask| ask.skill)
    }

    /// Share of postings that ask for a skill, part of the node or not.
    pub(super) fn asked(&self, skill: SkillCode) -> f64 {
        self.all.get(&skill).copied().unwrap_or_default()
    }

    /// Share of postings that ask for an experience.
    pub(super) fn asked_experience(&self, kind: ExperienceKind) -> f64 {
        self.experience.iter().find(|(known, ..)| *known == kind).map_or(0.0, |(_, asked, _)| *asked)
    }

    /// Whether so many employers speak for the role, also where it has few.
    pub(super) fn is_said(&self, employers: u32) -> bool {
        let part = f64::from(employers) >= SAID_PART * self.node.employers as f64;
        employers >= FEWEST_EMPLOYERS && (!self.node.thin || employers >= SAID_EMPLOYERS && part)
    }
}

/// Every role of `rows` that has employers enough, and whose employers agree on enough.
pub(super) fn roles(rows: &Rows, taxonomy: &Taxonomy, profile: &Profile, codes: &SkillCodes) -> Vec<Role> {
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
        if asks.len() < FEWEST_SKILLS {
            continue;
        }
        roles.push(Role {
            node: Node {
                family: family.to_owned(),
                level,
                employers: cohort.employers().len(),
                postings: cohort.rows().len(),
                thin: is_thin(cohort.employers().len()),
            },
            weight: asks.iter().map(|ask| ask.weight).sum(),
            all: shares(&tally),
            experience: experience(&tally),
            guard: guard(&cohort, &tally, taxonomy, profile),
            asks,
        });
    }
    mark_craft(&mut roles);
    roles
}

/// Experience of a rank that a role asks for.
fn experience(tally: &Tally) -> Vec<(ExperienceKind, f64, u32)> {
    let kinds = EXPERIENCES.iter().map(|(kind, _)| *kind).filter(|kind| carries_over(*kind));
    let sums = kinds.map(|kind| (kind, tally.sum(features::experience(kind))));
    sums.map(|(kind, sum)| (kind, estimate(&sum, &tally.base).0, sum.employers)).collect()
}

/// Share of postings that ask for each skill.
fn shares(tally: &Tally) -> FxHashMap<SkillCode, f64> {
    let skills = tally.sums.keys().filter_map(|feature| features::asked_skill(*feature));
    skills.map(|skill| (skill, estimate(&tally.sum(What::Asked.of(skill)), &tally.base).0)).collect()
}

/// Tells what belongs to a trade: the revealed comparative advantage, as in `gap`'s areas, over the roles.
fn mark_craft(roles: &mut [Role]) {
    let mut all: FxHashMap<SkillCode, f64> = FxHashMap::default();
    let mut of_family: FxHashMap<(String, SkillCode), f64> = FxHashMap::default();
    let mut counts: FxHashMap<String, usize> = FxHashMap::default();
    for role in &*roles {
        *counts.entry(role.node.family.clone()).or_default() += 1;
        for ask in &role.asks {
            *all.entry(ask.skill).or_default() += ask.asked;
            *of_family.entry((role.node.family.clone(), ask.skill)).or_default() += ask.asked;
        }
    }
    let number = roles.len();
    for role in roles {
        let others = (number - counts[&role.node.family]).max(1) as f64;
        for ask in &mut role.asks {
            let own = of_family[&(role.node.family.clone(), ask.skill)];
            ask.craft = ask.asked >= ADVANTAGE * (all[&ask.skill] - own) / others;
        }
    }
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

/// What a role asks for, the heaviest first.
fn asks(tally: &Tally, taxonomy: &Taxonomy, codes: &SkillCodes) -> Vec<Ask> {
    let share = |feature: u64| estimate(&tally.sum(feature), &tally.base).0;
    let mut asks: Vec<Ask> = tally
        .sums
        .keys()
        .filter_map(|feature| features::asked_skill(*feature))
        .filter(|code| codes.get(*code).is_some_and(|at| features::is_comparable(taxonomy.skill(at))))
        .map(|skill| Ask {
            skill,
            weight: share(What::Required.of(skill))
                + DUTY_WEIGHT * share(What::Duty.of(skill))
                + PREFERRED_WEIGHT * share(What::Preferred.of(skill)),
            asked: share(What::Asked.of(skill)),
            employers: tally.sum(What::Asked.of(skill)).employers,
            craft: false,
        })
        .filter(|ask| ask.asked >= SMALLEST_SHARE && ask.employers >= FEWEST_EMPLOYERS)
        .collect();
    asks.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.skill.cmp(&b.skill)));
    asks.truncate(NODE_SKILLS);
    asks
}
