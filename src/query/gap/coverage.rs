//! How much of what the roles ask for a person covers: three measures with intervals, and posting
//! by posting, which is more honest than any average.
//!
//! A [`Market`] lists what a cohort asks for; [`Market::cover`] is the one definition of coverage,
//! for the gap, the plan and the report. Alternatives ("Go or Rust") are one thing asked for: the
//! best of them counts. Gates are no part of it, and none of it says how likely anyone is to be
//! hired.

use super::hold::Holdings;
use crate::coded::{CodedSkill, Rows, SkillCode};
use crate::extract::Strength;
use crate::query::cohort::{Cohort, weight};
use crate::query::stats::{MIN_EMPLOYERS, ratio_interval, weighted_median};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Weight of a duty and of a welcome skill, a must being 1.
pub const DUTY_WEIGHT: f64 = 0.7;
/// Weight of a welcome skill.
pub const PREFERRED_WEIGHT: f64 = 0.4;
/// Postings with fewer musts are not judged one by one: "all but one" of two is half.
pub const JUDGED_MUSTS: usize = 4;

/// What a skill asked for with this strength weighs: a must 1.
#[must_use]
pub fn importance(strength: Strength) -> f64 {
    match strength {
        Strength::Context => 0.0,
        Strength::Duty => DUTY_WEIGHT,
        Strength::Preferred => PREFERRED_WEIGHT,
        Strength::Required => 1.0,
    }
}

/// A share 0–1 with its 90 % interval over employers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Measure {
    /// The share; `None` below eight employers that ask for anything of the kind.
    pub share: Option<f64>,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Employers that ask for anything of the kind.
    pub employers: u32,
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
    /// Postings with at least [`JUDGED_MUSTS`] musts that can be compared; those below count only
    /// these, and each includes the one before it.
    pub postings: usize,
    /// Employers of those postings.
    pub employers: usize,
    /// Postings whose every must is met.
    pub all_met: usize,
    /// Employers of those.
    pub all_met_employers: usize,
    /// Postings with all musts met but one, or all.
    pub all_but_one: usize,
    /// Postings with at least half of the musts met.
    pub half_met: usize,
    /// Median over postings of the share of musts met, no employer counting for more than the cap.
    pub median: Option<f64>,
}

/// One thing asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// Taxonomy ids of which one will do, in order of the alphabet.
    pub any_of: Vec<String>,
    /// Weight among everything asked for.
    pub weight: f64,
    /// Weight among what is required.
    pub required: f64,
}

/// What a cohort asks for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Market {
    /// Everything asked for that a profile can show, in order of the ids.
    pub asks: Vec<Ask>,
    /// Depth needed of each skill, 1–4.
    pub need: BTreeMap<String, u8>,
}

/// Shares of what a market asks for that a person holds, 0–1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Covered {
    /// Of what is required.
    pub must: f64,
    /// Of everything asked for.
    pub all: f64,
    /// Of everything asked for, counting only what something in the profile proves.
    pub proven: f64,
}

impl Covered {
    /// The three shares with what people call them.
    #[must_use]
    pub fn named(&self) -> [(&'static str, f64); 3] {
        [("required", self.must), ("all asked for", self.all), ("with proof", self.proven)]
    }
}

impl Market {
    /// How much of it is held: Σ weight · credit ÷ Σ weight, the best alternative counting.
    #[must_use]
    pub fn cover(&self, holdings: &Holdings<'_>) -> Covered {
        let credits: BTreeMap<&str, (f64, f64)> = self
            .need
            .iter()
            .map(|(id, need)| {
                let held = holdings.of(id);
                (id.as_str(), (held.credit(*need).0, held.proven_credit(*need)))
            })
            .collect();
        let (mut must, mut all, mut proven) = (Mean::default(), Mean::default(), Mean::default());
        for ask in &self.asks {
            let known = || ask.any_of.iter().filter_map(|id| credits.get(id.as_str()));
            let credit = known().map(|(credit, _)| *credit).fold(0.0, f64::max);
            must.add(ask.required, credit);
            all.add(ask.weight, credit);
            proven.add(ask.weight, known().map(|(_, proven)| *proven).fold(0.0, f64::max));
        }
        Covered { must: must.value(), all: all.value(), proven: proven.value() }
    }
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

/// What a skill is worth for one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Worth {
    /// Held deep enough.
    pub(super) met: bool,
    /// Credit 0–1.
    pub(super) credit: f64,
    /// The part of the credit that is proven.
    pub(super) proven: f64,
}

impl Worth {
    fn best(self, other: Self) -> Self {
        Self {
            met: self.met || other.met,
            credit: self.credit.max(other.credit),
            proven: self.proven.max(other.proven),
        }
    }
}

/// What row `at` asks for of the skills in `worth`: alternatives together, each list in order.
pub(super) fn asks_of(
    rows: &Rows,
    at: usize,
    worth: &FxHashMap<SkillCode, Worth>,
) -> Vec<(Strength, Vec<SkillCode>)> {
    let mut skills: Vec<CodedSkill> =
        rows.skills(at).filter(|s| s.strength > Strength::Context && worth.contains_key(&s.skill)).collect();
    skills.sort_unstable_by_key(|s| (s.group, s.skill));
    let mut asks: Vec<(Strength, Vec<SkillCode>)> = Vec::new();
    let mut group = 0;
    for skill in skills {
        match asks.last_mut() {
            Some((strength, codes)) if skill.group != 0 && skill.group == group => {
                *strength = skill.strength.max(*strength);
                codes.push(skill.skill);
            }
            _ => asks.push((skill.strength, vec![skill.skill])),
        }
        group = skill.group;
    }
    asks
}

/// Coverage of `cohort` by somebody to whom its skills are worth `worth`, and what it asks for.
pub(super) fn coverage(
    cohort: &Cohort,
    worth: &FxHashMap<SkillCode, Worth>,
    id_of: impl Fn(SkillCode) -> Option<(String, u8)>,
) -> (Coverage, Market) {
    let mut coverage = Coverage::default();
    let (mut musts, mut all, mut evidenced) = (Vec::new(), Vec::new(), Vec::new());
    let mut shares: Vec<(f64, f64)> = Vec::new();
    let mut weights: FxHashMap<Vec<SkillCode>, (f64, f64)> = FxHashMap::default();
    for span in cohort.employers() {
        let weight = weight(span);
        let (mut must, mut any, mut proven) = ((0.0, 0.0), (0.0, 0.0), 0.0);
        let before = (coverage.postings, coverage.all_met);
        for at in span.clone() {
            let (mut asked, mut met) = (0usize, 0usize);
            for (strength, codes) in asks_of(cohort.rows(), at, worth) {
                let Some(best) = codes.iter().filter_map(|c| worth.get(c)).copied().reduce(Worth::best)
                else {
                    continue;
                };
                let heavy = weight * importance(strength);
                any.0 += heavy * best.credit;
                any.1 += heavy;
                proven += heavy * best.proven;
                let required = strength == Strength::Required;
                if required {
                    must.0 += weight * best.credit;
                    must.1 += weight;
                    asked += 1;
                    met += usize::from(best.met);
                }
                let sum = weights.entry(codes).or_default();
                sum.0 += heavy;
                sum.1 += if required { weight } else { 0.0 };
            }
            if asked >= JUDGED_MUSTS {
                coverage.postings += 1;
                coverage.all_met += usize::from(met == asked);
                coverage.all_but_one += usize::from(met + 1 >= asked);
                coverage.half_met += usize::from(2 * met >= asked);
                shares.push((met as f64 / asked as f64, weight));
            }
        }
        coverage.employers += usize::from(coverage.postings > before.0);
        coverage.all_met_employers += usize::from(coverage.all_met > before.1);
        musts.push(must);
        all.push(any);
        evidenced.push((proven, any.1));
    }
    coverage.median = weighted_median(&mut shares);
    [coverage.musts, coverage.all, coverage.evidenced] = [musts, all, evidenced].map(|parts| measure(&parts));
    (coverage, market(weights, cohort.employers().iter().map(|s| s.len() as f64 * weight(s)).sum(), id_of))
}

/// The market of these weights, per posting of `postings` weighted ones.
fn market(
    weights: FxHashMap<Vec<SkillCode>, (f64, f64)>,
    postings: f64,
    id_of: impl Fn(SkillCode) -> Option<(String, u8)>,
) -> Market {
    let mut market = Market::default();
    for (codes, (weight, required)) in weights {
        let known: BTreeMap<String, u8> = codes.iter().filter_map(|code| id_of(*code)).collect();
        let any_of = known.keys().cloned().collect();
        let scale = postings.max(1.0);
        market.asks.push(Ask {
            any_of,
            weight: rounded(weight / scale),
            required: rounded(required / scale),
        });
        market.need.extend(known);
    }
    market.asks.sort_by(|a, b| a.any_of.cmp(&b.any_of));
    market
}

/// Six decimals: what is stored must not depend on the last bits of a sum.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// The share Σa / Σb with its interval, over the employers with b > 0.
fn measure(parts: &[(f64, f64)]) -> Measure {
    let counting: Vec<(f64, f64)> = parts.iter().copied().filter(|(_, b)| *b > 0.0).collect();
    let employers = counting.len() as u32;
    match ratio_interval(&counting) {
        Some((share, low, high)) if employers >= MIN_EMPLOYERS => {
            Measure { share: Some(share), low: Some(low), high: Some(high), employers }
        }
        _ => Measure { employers, ..Measure::default() },
    }
}
