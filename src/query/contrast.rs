//! Which skills define a level: what one cohort asks for more than another, beyond chance.
//!
//! **Sources**: log-odds with an informative prior, B. L. Monroe, M. P. Colaresi and K. M. Quinn,
//! "Fightin' Words", *Political Analysis* 16 (2008), in its binomial form (a skill is present in a
//! posting or not); counts are employer-weighted and scaled to the effective sample size, so that
//! clustering enters the variance. Several tests at once: Benjamini–Hochberg. Within employers:
//! N. Mantel and W. Haenszel, JNCI 22 (1959).
//!
//! Splitting employers at random must find nothing: that placebo is a permanent test.

use super::cohort::{Cohort, Tally};
use super::stats::{MIN_EMPLOYERS, estimate, q_values, two_sided};
use rustc_hash::FxHashMap;
use serde::Serialize;

/// Strength of the prior, in postings.
const PRIOR: f64 = 20.0;
/// Only features with at least this many employers in both cohorts together are tested.
const TESTED_EMPLOYERS: u32 = 5;
/// Largest false discovery rate.
const FALSE_DISCOVERY: f64 = 0.10;
/// Smallest difference of shares that is called a difference …
const FLOOR: f64 = 0.10;
/// … or the smallest ratio, when the larger share is at least [`FLOOR`].
const LIFT: f64 = 1.5;
/// A share from which a skill is common.
const COMMON: f64 = 0.25;

/// What a skill is to a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Asked for clearly more than at one's own level.
    LevelDefining,
    /// Common at both levels.
    Core,
    /// Asked for clearly less than at one's own level.
    Fading,
    /// Uncommon, and no clear difference.
    Rare,
}

/// One feature in two cohorts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Contrast {
    /// Share in the target cohort, 0–1.
    pub target: f64,
    /// Share in one's own cohort, 0–1.
    pub own: f64,
    /// Log-odds difference with prior; above 0 when the target asks more.
    pub delta: f64,
    /// `delta` in standard errors.
    pub z: f64,
    /// False discovery rate at which the difference would be called.
    pub q: f64,
    /// Within employers that have postings in both: log-odds ratio of Mantel and Haenszel, and the
    /// number of such employers. `None` below eight.
    pub within: Option<(f64, u32)>,
    /// What the skill is to the level.
    pub tier: Tier,
}

impl Contrast {
    /// The difference turns around when only employers with both kinds of postings are counted:
    /// it may come from which employers advertise, not from the level.
    #[must_use]
    pub fn composition(&self) -> bool {
        self.within.is_some_and(|(log_odds, _)| log_odds * self.delta < 0.0)
    }
}

/// Compares `target` with `own` for every feature for which `wanted` holds. `whole` gives the
/// prior: all postings of the field.
#[must_use]
pub fn contrast(
    target: &Tally,
    own: &Tally,
    whole: &Tally,
    wanted: impl Fn(u64) -> bool,
) -> FxHashMap<u64, Contrast> {
    let mut features: Vec<u64> = target.sums.keys().chain(own.sums.keys()).copied().collect();
    features.sort_unstable();
    features.dedup();
    features.retain(|f| wanted(*f) && target.sum(*f).employers + own.sum(*f).employers >= TESTED_EMPLOYERS);
    let tested: Vec<(f64, f64, f64, f64)> =
        features.iter().map(|f| log_odds(target, own, whole, *f)).collect();
    let p_values: Vec<f64> = tested.iter().map(|(.., z)| two_sided(*z)).collect();
    let q = q_values(&p_values);
    features
        .into_iter()
        .zip(tested.into_iter().zip(q))
        .map(|(feature, ((p_target, p_own, delta, z), q))| {
            let tier = tier(p_target, p_own, q);
            (feature, Contrast { target: p_target, own: p_own, delta, z, q, within: None, tier })
        })
        .collect()
}

/// Shares, difference of log-odds and its z-score.
fn log_odds(target: &Tally, own: &Tally, whole: &Tally, feature: u64) -> (f64, f64, f64, f64) {
    let (base, _) = estimate(&whole.sum(feature), &whole.base);
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
    (p_target, p_own, delta, delta / variance.sqrt())
}

fn tier(target: f64, own: f64, q: f64) -> Tier {
    let floor = |more: f64, less: f64| more - less >= FLOOR || (more >= FLOOR && more >= LIFT * less);
    if q <= FALSE_DISCOVERY && floor(target, own) {
        Tier::LevelDefining
    } else if q <= FALSE_DISCOVERY && floor(own, target) {
        Tier::Fading
    } else if target >= COMMON {
        Tier::Core
    } else {
        Tier::Rare
    }
}

/// Adds the contrast within employers that have postings in both cohorts.
///
/// `features` lists the features of a row of either cohort.
pub fn add_within(
    contrasts: &mut FxHashMap<u64, Contrast>,
    target: &Cohort,
    own: &Cohort,
    features: impl Fn(&Cohort, usize, &mut Vec<u64>),
) {
    let by_employer: FxHashMap<u64, usize> = own
        .employers()
        .iter()
        .enumerate()
        .map(|(i, span)| (own.rows().head(span.start).employer, i))
        .collect();
    let mut both = 0u32;
    // Σ ad/n and Σ bc/n of Mantel and Haenszel, by feature. A feature that an employer names on
    // neither side adds nothing to either sum.
    let mut sums: FxHashMap<u64, (f64, f64)> = FxHashMap::default();
    for span in target.employers() {
        let employer = target.rows().head(span.start).employer;
        let Some(&other) = by_employer.get(&employer) else { continue };
        let other = own.employers()[other].clone();
        both += 1;
        let (n_target, n_own) = (span.len() as f64, other.len() as f64);
        let mut counts: FxHashMap<u64, (f64, f64)> = FxHashMap::default();
        let mut list = Vec::new();
        for at in span.clone() {
            list.clear();
            features(target, at, &mut list);
            list.iter().for_each(|f| counts.entry(*f).or_default().0 += 1.0);
        }
        for at in other {
            list.clear();
            features(own, at, &mut list);
            list.iter().for_each(|f| counts.entry(*f).or_default().1 += 1.0);
        }
        let n = n_target + n_own;
        for (feature, (a, c)) in counts {
            let sum = sums.entry(feature).or_default();
            sum.0 += a * (n_own - c) / n;
            sum.1 += (n_target - a) * c / n;
        }
    }
    if both < MIN_EMPLOYERS {
        return;
    }
    for (feature, contrast) in contrasts.iter_mut() {
        if let Some((for_target, for_own)) = sums.get(feature)
            && *for_target > 0.0
            && *for_own > 0.0
        {
            contrast.within = Some(((for_target / for_own).ln(), both));
        }
    }
}
