//! How much of what the roles ask for a person covers: three measures with intervals, and posting
//! by posting, which is more honest than any average.
//!
//! Gates are no part of it, and none of it says how likely anyone is to be hired.

use super::field::Field;
use crate::coded::SkillCode;
use crate::extract::Strength;
use crate::query::cohort::{Cohort, EMPLOYER_CAP};
use crate::query::stats::{MIN_EMPLOYERS, ratio};
use rustc_hash::FxHashMap;
use serde::Serialize;

/// A share 0–1 with its 90 % interval over employers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Measure {
    /// The share; `None` below eight employers.
    pub share: Option<f64>,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// Coverage of one target cohort.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Coverage {
    /// Of everything required: the part held, too shallow ones in proportion.
    pub musts: Measure,
    /// Of everything asked for, by weight (musts 1, duties 0.7, welcome 0.4).
    pub all: Measure,
    /// Of everything asked for, by weight: the part that something in the profile proves.
    pub evidenced: Measure,
    /// Postings that require at least one skill that can be compared.
    pub postings: usize,
    /// Employers of those postings.
    pub employers: usize,
    /// Postings whose every must is met.
    pub all_met: usize,
    /// Employers of those.
    pub all_met_employers: usize,
    /// Postings with one must missing.
    pub one_missing: usize,
    /// Postings with at least half of the musts met (those above included).
    pub half_met: usize,
    /// Median over postings of the share of musts met.
    pub median: Option<f64>,
}

/// What a skill is worth for this person.
#[derive(Clone, Copy)]
struct Worth {
    have: u8,
    credit: f64,
    proven: bool,
}

impl Field<'_> {
    /// Coverage of `cohort`, where `need` gives the depth needed of a skill.
    pub(super) fn coverage(&self, cohort: &Cohort, need: impl Fn(SkillCode) -> u8) -> Coverage {
        let worth = self.worth(cohort, need);
        let mut coverage = Coverage::default();
        let (mut musts, mut all, mut evidenced) = (Vec::new(), Vec::new(), Vec::new());
        let mut shares: Vec<f64> = Vec::new();
        for span in cohort.employers() {
            let weight = (EMPLOYER_CAP / span.len() as f64).min(1.0);
            let (mut must, mut any, mut proven) = ((0.0, 0.0), (0.0, 0.0), 0.0);
            let met_before = coverage.all_met;
            let counted_before = coverage.postings;
            for at in span.clone() {
                let (mut asked, mut met) = (0u32, 0u32);
                for skill in cohort.rows().skills(at) {
                    let Some(worth) = worth.get(&skill.skill) else { continue };
                    let importance = super::field::importance(skill.strength);
                    any.0 += weight * importance * worth.credit;
                    any.1 += weight * importance;
                    proven += weight * importance * if worth.proven { worth.credit } else { 0.0 };
                    if skill.strength == Strength::Required {
                        must.0 += weight * worth.credit;
                        must.1 += weight;
                        asked += 1;
                        met += u32::from(worth.have >= skill.depth.max(1));
                    }
                }
                if asked > 0 {
                    coverage.postings += 1;
                    coverage.all_met += usize::from(met == asked);
                    coverage.one_missing += usize::from(met + 1 == asked);
                    coverage.half_met += usize::from(2 * met >= asked);
                    shares.push(f64::from(met) / f64::from(asked));
                }
            }
            coverage.employers += usize::from(coverage.postings > counted_before);
            coverage.all_met_employers += usize::from(coverage.all_met > met_before);
            musts.push(must);
            all.push(any);
            evidenced.push((proven, any.1));
        }
        shares.sort_by(f64::total_cmp);
        coverage.median = shares.get(shares.len() / 2).copied();
        [coverage.musts, coverage.all, coverage.evidenced] =
            [musts, all, evidenced].map(|parts| measure(&parts));
        coverage
    }

    /// What every comparable skill of the cohort is worth for the person.
    fn worth(&self, cohort: &Cohort, need: impl Fn(SkillCode) -> u8) -> FxHashMap<SkillCode, Worth> {
        let mut worth = FxHashMap::default();
        for at in 0..cohort.rows().len() {
            for skill in cohort.rows().skills(at).filter(|s| s.strength > Strength::Context) {
                if worth.contains_key(&skill.skill) {
                    continue;
                }
                if let Some(concept) = self.comparable(skill.skill) {
                    let held = self.hold(&concept.id);
                    let credit = held.credit(need(skill.skill)).0;
                    worth.insert(skill.skill, Worth { have: held.have, credit, proven: held.proven });
                }
            }
        }
        worth
    }
}

fn measure(parts: &[(f64, f64)]) -> Measure {
    if parts.len() < MIN_EMPLOYERS as usize {
        return Measure::default();
    }
    ratio(parts).map_or_else(Measure::default, |(share, low, high)| Measure {
        share: Some(share),
        low: Some(low),
        high: Some(high),
    })
}
