//! How much of what a market asks for a person holds: Σ weight · credit ÷ Σ weight.
//!
//! One function for every pair of a profile and a market, so that deltas compare like with like.

use super::{Basis, Coverage, HeldSkill, SkillWeight};
use crate::profile::{Profile, ProfileSkill};
use crate::query::gap::{Target, hold};
use crate::query::stats::Share;
use crate::taxonomy::Taxonomy;

/// Coverage of `market` by `profile` (resolved).
#[must_use]
pub fn coverage(taxonomy: &Taxonomy, profile: &Profile, market: &[SkillWeight]) -> Coverage {
    let (mut must, mut all, mut proven) = (Mean::default(), Mean::default(), Mean::default());
    for skill in market {
        let held = hold(taxonomy, profile, &skill.id);
        let credit = held.credit(skill.need).0;
        must.add(skill.required, credit);
        all.add(skill.weight, credit);
        proven.add(skill.weight, if held.proven { credit } else { 0.0 });
    }
    Coverage { must: must.value(), all: all.value(), proven: proven.value() }
}

/// A weighted mean.
#[derive(Default)]
struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    fn add(&mut self, weight: f64, value: f64) {
        self.sum += weight * value;
        self.weight += weight;
    }

    fn value(&self) -> f64 {
        if self.weight > 0.0 { self.sum / self.weight } else { 0.0 }
    }
}

/// What later deltas need of a target and a profile.
#[must_use]
pub fn basis(target: &Target, profile: &Profile) -> Basis {
    let market = target.skills.iter().map(|skill| SkillWeight {
        id: skill.id.clone(),
        weight: rounded(skill.weight),
        required: rounded(share_or_part(&skill.required)),
        need: skill.need,
    });
    let mut market: Vec<SkillWeight> = market.collect();
    market.sort_by(|a, b| a.id.cmp(&b.id));
    let mut held: Vec<HeldSkill> = profile
        .skills
        .iter()
        .filter_map(|skill| {
            let how = skill.held();
            Some(HeldSkill { id: skill.id.clone()?, depth: how.depth.unwrap_or(1), proven: how.proven })
        })
        .collect();
    held.sort_by(|a, b| a.id.cmp(&b.id));
    held.dedup_by(|a, b| a.id == b.id);
    Basis { market, profile: held }
}

/// The profile of a basis: its skills and nothing else.
#[must_use]
pub fn profile_of(basis: &Basis) -> Profile {
    let skill = |held: &HeldSkill| ProfileSkill {
        name: held.id.clone(),
        id: Some(held.id.clone()),
        depth: Some(held.depth),
        evidence: if held.proven { vec![String::from("shown")] } else { Vec::new() },
        ..ProfileSkill::default()
    };
    Profile { skills: basis.profile.iter().map(skill).collect(), ..Profile::default() }
}

fn share_or_part(share: &Share) -> f64 {
    share.share.unwrap_or_else(|| f64::from(share.employers_with) / f64::from(share.employers.max(1)))
}

/// Four decimals: what is stored must not depend on the last bits of a sum.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}
