//! Which skills define a level: what one cohort asks for more than another, beyond chance.
//!
//! **Sources**: log-odds with an informative prior, B. L. Monroe, M. P. Colaresi and K. M. Quinn,
//! "Fightin' Words", *Political Analysis* 16 (2008), in its binomial form (a skill is present in a
//! posting or not); counts are employer-weighted and scaled to the effective sample size, so that
//! clustering enters the variance. Several tests at once: Benjamini–Hochberg. Within employers:
//! N. Mantel and W. Haenszel, JNCI 22 (1959).
//!
//! Splitting employers at random must find nothing: that placebo is a permanent test.

use super::cohort::{Cohort, Tally, weight};
use super::features::once;
use super::stats::{estimate, is_enough, q_values, quantile, two_sided};
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::ops::Range;

/// Strength of the prior, in postings.
const PRIOR: f64 = 20.0;
/// Only features with at least this many employers in one of the cohorts are tested: an employer with
/// postings in both must not count twice. And only what as many employers ask for is called more
/// asked for: three of twenty-five define no level, however rare it is elsewhere.
const TESTED_EMPLOYERS: u32 = 5;
/// Largest false discovery rate.
const FALSE_DISCOVERY: f64 = 0.10;
/// Smallest difference of shares that is called a difference …
const FLOOR: f64 = 0.10;
/// … or the smallest ratio, when the larger share is at least [`FLOOR`].
const LIFT: f64 = 1.5;
/// A share from which a skill is common.
pub const COMMON: f64 = 0.25;

/// What a skill is to a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Asked for clearly more than at one's own level.
    LevelDefining,
    /// Common at both levels.
    Core,
    /// Common at the target; whether it is at one's own level, too, cannot be told from chance.
    Common,
    /// Asked for clearly less than at one's own level.
    Fading,
    /// The shares differ, but turn around among employers that advertise at both levels: the
    /// difference comes from which employers advertise, not from the level.
    Composition,
    /// Uncommon, and no clear difference.
    Rare,
}

/// The contrast among employers with postings in both cohorts that name the skill in either.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Within {
    /// Log-odds ratio of Mantel and Haenszel; above 0 when the target asks more.
    pub log_odds: f64,
    /// 90 % interval, over employers.
    pub interval: (f64, f64),
    /// Employers.
    pub employers: u32,
}

/// One feature in two cohorts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Contrast {
    /// Share in the target cohort, 0–1.
    pub target: f64,
    /// Share in one's own cohort, 0–1.
    pub own: f64,
    /// Share in the target ÷ share in one's own cohort, both drawn towards the whole field's by the
    /// prior: on thin data it stays near 1.
    pub lift: f64,
    /// Log-odds difference with prior; above 0 when the target asks more.
    pub delta: f64,
    /// `delta` in standard errors.
    pub z: f64,
    /// False discovery rate at which the difference would be called.
    pub q: f64,
    /// The same within employers; `None` below eight that have postings in both and name it.
    pub within: Option<Within>,
    /// What the skill is to the level.
    pub tier: Tier,
}

impl Contrast {
    /// The difference turns around within employers, beyond chance.
    fn turns(&self) -> bool {
        self.within.is_some_and(|within| {
            let clear = within.interval.0 * within.interval.1 > 0.0;
            clear && within.log_odds * self.delta < 0.0
        })
    }
}

/// Compares `target` with `own` for every feature for which `wanted` holds. `whole` gives the
/// prior: the feature's share of all postings of the field.
#[must_use]
pub fn contrast(
    target: &Tally,
    own: &Tally,
    whole: impl Fn(u64) -> f64,
    wanted: impl Fn(u64) -> bool,
) -> FxHashMap<u64, Contrast> {
    let mut features: Vec<u64> = target.sums.keys().chain(own.sums.keys()).copied().collect();
    features.sort_unstable();
    features.dedup();
    features
        .retain(|f| wanted(*f) && target.sum(*f).employers.max(own.sum(*f).employers) >= TESTED_EMPLOYERS);
    let tested: Vec<Contrast> = features.iter().map(|f| log_odds(target, own, whole(*f), *f)).collect();
    let p_values: Vec<f64> = tested.iter().map(|one| two_sided(one.z)).collect();
    let q = q_values(&p_values);
    features
        .into_iter()
        .zip(tested.into_iter().zip(q))
        .map(|(feature, (one, q))| {
            let more = if one.target > one.own { target } else { own };
            let called = if more.sum(feature).employers >= TESTED_EMPLOYERS { q } else { 1.0 };
            (feature, Contrast { q, tier: tier(one.target, one.own, called), ..one })
        })
        .collect()
}

/// Shares, difference of log-odds and its z-score; what it is called follows from all features.
fn log_odds(target: &Tally, own: &Tally, base: f64, feature: u64) -> Contrast {
    let prior = |share: f64| (PRIOR * share).max(1e-6);
    let (alpha, beta) = (prior(base), prior(1.0 - base));
    let side = |tally: &Tally| {
        let (p, n) = estimate(&tally.sum(feature), &tally.base);
        (p, p * n + alpha, (1.0 - p) * n + beta)
    };
    let (p_target, yes_target, no_target) = side(target);
    let (p_own, yes_own, no_own) = side(own);
    let delta = (yes_target / no_target).ln() - (yes_own / no_own).ln();
    let variance = 1.0 / yes_target + 1.0 / no_target + 1.0 / yes_own + 1.0 / no_own;
    let drawn = |yes: f64, no: f64| yes / (yes + no);
    Contrast {
        target: p_target,
        own: p_own,
        lift: drawn(yes_target, no_target) / drawn(yes_own, no_own),
        delta,
        z: delta / variance.sqrt(),
        q: 1.0,
        within: None,
        tier: Tier::Rare,
    }
}

fn tier(target: f64, own: f64, q: f64) -> Tier {
    let floor = |more: f64, less: f64| more - less >= FLOOR || (more >= FLOOR && more >= LIFT * less);
    if q <= FALSE_DISCOVERY && floor(target, own) {
        Tier::LevelDefining
    } else if q <= FALSE_DISCOVERY && floor(own, target) {
        Tier::Fading
    } else if target >= COMMON && own >= COMMON {
        Tier::Core
    } else if target >= COMMON {
        Tier::Common
    } else {
        Tier::Rare
    }
}

/// Adds the contrast within employers that have postings in both cohorts, and calls
/// [`Tier::Composition`] what it turns around.
///
/// `features` lists the features of a row of either cohort. An employer's postings weigh as
/// everywhere; half a count is added to both sums (J. B. S. Haldane, Ann. Hum. Genet. 20, 1956), so
/// that a skill named on one side only has a ratio, too; the variance is that between employers.
pub fn add_within(
    contrasts: &mut FxHashMap<u64, Contrast>,
    target: &Cohort,
    own: &Cohort,
    features: impl Fn(&Cohort, usize, &mut Vec<u64>),
) {
    let by_employer: FxHashMap<Option<u64>, &Range<usize>> =
        own.employers().iter().map(|span| (own.rows().head(span.start).employer, span)).collect();
    // Of each feature: a·d/n and b·c/n of every employer that names it on either side.
    let mut parts: FxHashMap<u64, Vec<(f64, f64)>> = FxHashMap::default();
    for span in target.employers() {
        let employer = target.rows().head(span.start).employer;
        let Some(&other) = by_employer.get(&employer) else { continue };
        let (heavy_target, heavy_own) = (weight(span), weight(other));
        let (n_target, n_own) = (span.len() as f64 * heavy_target, other.len() as f64 * heavy_own);
        let mut counts: FxHashMap<u64, (f64, f64)> = FxHashMap::default();
        let mut list = Vec::new();
        for at in span.clone() {
            list.clear();
            features(target, at, &mut list);
            once(&mut list);
            list.iter().for_each(|f| counts.entry(*f).or_default().0 += heavy_target);
        }
        for at in other.clone() {
            list.clear();
            features(own, at, &mut list);
            once(&mut list);
            list.iter().for_each(|f| counts.entry(*f).or_default().1 += heavy_own);
        }
        let n = n_target + n_own;
        for (feature, (a, c)) in counts {
            parts.entry(feature).or_default().push((a * (n_own - c) / n, (n_target - a) * c / n));
        }
    }
    for (feature, contrast) in contrasts.iter_mut() {
        contrast.within = parts.get(feature).and_then(|parts| within(parts));
        if matches!(contrast.tier, Tier::LevelDefining | Tier::Fading) && contrast.turns() {
            contrast.tier = Tier::Composition;
        }
    }
}

fn within(parts: &[(f64, f64)]) -> Option<Within> {
    let employers = parts.len() as u32;
    if !is_enough(parts.len()) {
        return None;
    }
    let (sum_target, sum_own) = parts.iter().fold((0.5, 0.5), |(r, s), (a, b)| (r + a, s + b));
    let squares: f64 = parts.iter().map(|(r, s)| (r / sum_target - s / sum_own).powi(2)).sum();
    let n = f64::from(employers);
    let half = quantile(employers) * (n / (n - 1.0) * squares).sqrt();
    let log_odds = f64::ln(sum_target / sum_own);
    Some(Within { log_odds, interval: (log_odds - half, log_odds + half), employers })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_is_common_at_both_levels() {
        for (target, own, q, expected) in [
            (0.6, 0.5, 0.9, Tier::Core),
            (0.3, 0.1, 0.9, Tier::Common),
            (0.1, 0.1, 0.9, Tier::Rare),
            (0.3, 0.1, 0.01, Tier::LevelDefining),
            (0.1, 0.3, 0.01, Tier::Fading),
        ] {
            assert_eq!(tier(target, own, q), expected, "{target} {own} {q}");
        }
    }

    #[test]
    fn within_employers_needs_eight_and_an_interval() {
        assert_eq!(within(&[(1.0, 0.0); 7]), None);
        let rises = within(&[(1.0, 0.1); 12]).unwrap();
        assert!(rises.interval.0 > 0.0, "{rises:?}");
        let even: Vec<(f64, f64)> =
            (0..12).map(|i| if i % 2 == 0 { (1.0, 0.0) } else { (0.0, 1.0) }).collect();
        let even = within(&even).unwrap();
        assert!(even.log_odds == 0.0 && even.interval.0 < 0.0 && even.interval.1 > 0.0, "{even:?}");
    }

    #[test]
    fn what_turns_around_within_employers_is_composition() {
        let mut contrast = Contrast {
            target: 0.5,
            own: 0.2,
            lift: 2.0,
            delta: 1.0,
            z: 4.0,
            q: 0.001,
            within: within(&[(0.1, 1.0); 12]),
            tier: Tier::LevelDefining,
        };
        assert!(contrast.turns());
        contrast.within = within(&[(1.0, 0.1); 12]);
        assert!(!contrast.turns());
    }
}
