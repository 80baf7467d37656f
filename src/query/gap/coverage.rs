//! How much of what the roles ask for a person covers: three measures with intervals, and posting
//! by posting, which is more honest than any average.
//!
//! A [`Market`] lists what a cohort asks for; [`Market::cover`] is the one definition of coverage,
//! for the gap, the plan and the report. Alternatives ("Go or Rust") are one thing asked for: the
//! best of them counts. Gates are no part of it, and none of it says how likely anyone is to be
//! hired.

use super::hold::Holdings;
use crate::coded::SkillCode;
use crate::extract::Strength;
use crate::query::cohort::{Cohort, weight};
use crate::query::stats::{is_enough, ratio_interval, weighted_median};
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
    /// Median over postings of the share of musts met, no employer counting for more than the cap;
    /// `None` below eight employers.
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
    /// Employers that ask for any of it; below eight there is no coverage.
    #[serde(default)]
    pub asking: u32,
    /// Employers that require any of it; below eight there is no coverage of what is required.
    #[serde(default)]
    pub requiring: u32,
    /// Depth needed of each skill, 1–4.
    pub need: BTreeMap<String, u8>,
}

/// Shares of what a market asks for that a person holds, 0–1; each `None` below eight employers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Covered {
    /// Of what is required.
    pub must: Option<f64>,
    /// Of everything asked for.
    pub all: Option<f64>,
    /// Of everything asked for, counting only what something in the profile proves.
    pub proven: Option<f64>,
}

impl Covered {
    /// The three shares with what people call them.
    #[must_use]
    pub fn named(&self) -> [(&'static str, Option<f64>); 3] {
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
        let of = |employers: u32, mean: Mean| is_enough(employers as usize).then(|| mean.value());
        Covered { must: of(self.requiring, must), all: of(self.asking, all), proven: of(self.asking, proven) }
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

/// What the rows of a cohort ask for of the skills that can be compared: alternatives together.
pub(super) struct Asks {
    /// The skills, in order of their codes, each with what it is worth.
    skills: Vec<(SkillCode, Worth)>,
    /// Numbers of skills: those of one thing asked for stand together.
    members: Vec<u32>,
    /// How strongly each thing is asked for, and where its members end.
    list: Vec<(Strength, u32)>,
    /// Where the things end that each row asks for.
    ends: Vec<u32>,
}

impl Asks {
    pub(super) fn of(cohort: &Cohort, worth: &FxHashMap<SkillCode, Worth>) -> Self {
        let mut skills: Vec<(SkillCode, Worth)> = worth.iter().map(|(code, worth)| (*code, *worth)).collect();
        skills.sort_unstable_by_key(|(code, _)| *code);
        let numbers: FxHashMap<SkillCode, u32> = skills.iter().map(|(code, _)| *code).zip(0..).collect();
        let mut asks = Self { skills, members: Vec::new(), list: Vec::new(), ends: Vec::new() };
        let mut here: Vec<(u8, u32, Strength)> = Vec::new();
        for at in 0..cohort.rows().len() {
            here.clear();
            let asked = cohort.rows().skills(at).filter(|s| s.strength > Strength::Context);
            here.extend(asked.filter_map(|s| Some((s.group, *numbers.get(&s.skill)?, s.strength))));
            here.sort_by_key(|(group, number, _)| (*group, *number));
            for same in here.chunk_by(|a, b| a.0 != 0 && a.0 == b.0) {
                asks.members.extend(same.iter().map(|(_, number, _)| *number));
                let strength = same.iter().map(|(.., strength)| *strength).max().unwrap_or(Strength::Context);
                asks.list.push((strength, asks.members.len() as u32));
            }
            asks.ends.push(asks.list.len() as u32);
        }
        asks
    }

    /// What row `at` asks for: how strongly, and the numbers of the skills of which one will do.
    fn row(&self, at: usize) -> impl Iterator<Item = (Strength, &[u32])> {
        let from = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        (from..self.ends[at] as usize).map(|i| {
            let first = if i == 0 { 0 } else { self.list[i - 1].1 as usize };
            let (strength, end) = self.list[i];
            (strength, &self.members[first..end as usize])
        })
    }

    fn worth(&self, number: u32) -> Worth {
        self.skills[number as usize].1
    }

    /// Skills of row `at` that are not held deep enough while an alternative to them is.
    pub(super) fn answered(&self, at: usize) -> impl Iterator<Item = SkillCode> {
        let choices = self.row(at).map(|(_, members)| members).filter(|members| members.len() > 1);
        let answered = choices.filter(|members| members.iter().any(|n| self.worth(*n).met));
        answered.flatten().filter(|n| !self.worth(**n).met).map(|n| self.skills[*n as usize].0)
    }
}

/// Weights of everything asked for, and as a must, by the numbers of the skills of which one will do.
struct Weights {
    /// Of what has no alternative.
    alone: Vec<(f64, f64)>,
    choices: FxHashMap<Vec<u32>, (f64, f64)>,
}

impl Weights {
    fn add(&mut self, members: &[u32], weight: f64, required: f64) {
        let sum = match members {
            [one] => &mut self.alone[*one as usize],
            _ => match self.choices.get_mut(members) {
                Some(known) => known,
                None => self.choices.entry(members.to_vec()).or_default(),
            },
        };
        sum.0 += weight;
        sum.1 += required;
    }
}

/// Coverage of `cohort`, which asks for `asks`, and the market that it is.
pub(super) fn coverage(
    cohort: &Cohort,
    asks: &Asks,
    id_of: impl Fn(SkillCode) -> Option<(String, u8)>,
) -> (Coverage, Market) {
    let mut coverage = Coverage::default();
    let (mut musts, mut all, mut evidenced) = (Vec::new(), Vec::new(), Vec::new());
    let mut shares: Vec<(f64, f64)> = Vec::new();
    let mut weights = Weights { alone: vec![(0.0, 0.0); asks.skills.len()], choices: FxHashMap::default() };
    for span in cohort.employers() {
        let weight = weight(span);
        let (mut must, mut any, mut proven) = ((0.0, 0.0), (0.0, 0.0), 0.0);
        let before = (coverage.postings, coverage.all_met);
        for at in span.clone() {
            let (mut asked, mut met) = (0usize, 0usize);
            for (strength, members) in asks.row(at) {
                let Some(best) = members.iter().map(|n| asks.worth(*n)).reduce(Worth::best) else { continue };
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
                weights.add(members, heavy, if required { weight } else { 0.0 });
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
    coverage.median = weighted_median(&mut shares).filter(|_| is_enough(coverage.employers));
    [coverage.musts, coverage.all, coverage.evidenced] = [musts, all, evidenced].map(|parts| measure(&parts));
    let postings = cohort.employers().iter().map(|s| s.len() as f64 * weight(s)).sum();
    let mut market = market(asks, &weights, postings, id_of);
    (market.asking, market.requiring) = (coverage.all.employers, coverage.musts.employers);
    (coverage, market)
}

/// The market of these weights, per posting of `postings` weighted ones.
fn market(
    asks: &Asks,
    weights: &Weights,
    postings: f64,
    id_of: impl Fn(SkillCode) -> Option<(String, u8)>,
) -> Market {
    let mut market = Market::default();
    let scale = postings.max(1.0);
    let mut add = |members: &[u32], (weight, required): (f64, f64)| {
        let codes = members.iter().map(|n| asks.skills[*n as usize].0);
        let known: BTreeMap<String, u8> = codes.filter_map(&id_of).collect();
        let any_of = known.keys().cloned().collect();
        market.asks.push(Ask {
            any_of,
            weight: rounded(weight / scale),
            required: rounded(required / scale),
        });
        market.need.extend(known);
    };
    for (number, sums) in weights.alone.iter().enumerate().filter(|(_, sums)| sums.0 > 0.0) {
        add(&[number as u32], *sums);
    }
    weights.choices.iter().for_each(|(members, sums)| add(members, *sums));
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
        Some((share, low, high)) if is_enough(counting.len()) => {
            Measure { share: Some(share), low: Some(low), high: Some(high), employers }
        }
        _ => Measure { employers, ..Measure::default() },
    }
}
