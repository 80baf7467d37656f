//! Statistics of shares when postings come in clusters: the employer is the unit of independence.
//!
//! **Sources**
//! - Ratio estimator for clusters and its linearised variance: W. G. Cochran, *Sampling
//!   Techniques*, 3rd ed., Wiley 1977, §9A.
//! - Interval: E. B. Wilson, "Probable inference, the law of succession, and statistical
//!   inference", JASA 22 (1927), with the effective sample size in place of n as E. L. Korn and
//!   B. I. Graubard do in "Confidence intervals for proportions with small expected number of
//!   positive counts estimated from survey data", *Survey Methodology* 24 (1998).
//! - False discovery rate: Y. Benjamini and Y. Hochberg, JRSS B 57 (1995).

use serde::Serialize;

/// Two-sided 90 % quantile of the normal distribution: intervals are 90 % intervals.
pub const Z90: f64 = 1.644_853_627;

/// Fewer employers than this give no percentage: only "k of n".
pub const MIN_EMPLOYERS: u32 = 8;

/// Fewer employers than this earn the badge "thin".
pub const THIN_EMPLOYERS: u32 = 30;

/// Whether so many employers allow a percentage; every answer, page and file goes by this.
#[must_use]
pub fn is_enough(employers: usize) -> bool {
    employers >= MIN_EMPLOYERS as usize
}

/// Whether so many employers are few: what is said of them has the badge.
#[must_use]
pub fn is_thin(employers: usize) -> bool {
    employers < THIN_EMPLOYERS as usize
}

/// What is added up over employers for one feature.
///
/// K is the weight of an employer's postings with the feature, M that of all its postings.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum {
    /// Σ K.
    pub k: f64,
    /// Σ K².
    pub kk: f64,
    /// Σ K·M.
    pub km: f64,
    /// Employers with K > 0.
    pub employers: u32,
    /// Postings with the feature.
    pub postings: u32,
}

impl Sum {
    /// Adds an employer with weight `k` of postings with the feature among `m`.
    pub fn add(&mut self, k: f64, m: f64, postings: u32) {
        self.k += k;
        self.kk += k * k;
        self.km += k * m;
        self.employers += 1;
        self.postings += postings;
    }
}

/// What is added up over all employers, whatever the feature.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Base {
    /// Σ M.
    pub m: f64,
    /// Σ M².
    pub mm: f64,
    /// Employers.
    pub employers: u32,
    /// Postings.
    pub postings: u32,
}

/// A share of postings with its doubt.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// Share 0–1: weighted so that no employer counts for more than the cap. `None` below eight
    /// employers, where a percentage would only pretend.
    pub share: Option<f64>,
    /// Lower end of the 90 % interval.
    pub low: Option<f64>,
    /// Upper end of the 90 % interval.
    pub high: Option<f64>,
    /// Employers with at least one such posting.
    pub employers_with: u32,
    /// Employers in all.
    pub employers: u32,
    /// Postings with the feature.
    pub postings_with: u32,
    /// Postings in all.
    pub postings: u32,
    /// Independent observations that the postings are worth.
    pub effective: f64,
    /// Fewer than thirty employers.
    pub thin: bool,
}

/// Serialises a share as null where there are too few employers to give one.
pub(super) fn null_when_few<S: serde::Serializer>(share: &Share, to: S) -> Result<S::Ok, S::Error> {
    share.share.map(|_| share).serialize(to)
}

/// Share and effective sample size: p = ΣK / ΣM and n = p(1−p) / V with
/// V = E/(E−1) · Σ(K − pM)² / (ΣM)².
///
/// Where the variance says nothing (p is 0 or 1, or a single employer), n is the number of
/// employers; and it is never more than the weight of all postings.
#[must_use]
pub fn estimate(sum: &Sum, base: &Base) -> (f64, f64) {
    if base.m <= 0.0 {
        return (0.0, 0.0);
    }
    let employers = f64::from(base.employers);
    let p = (sum.k / base.m).clamp(0.0, 1.0);
    let squares = sum.kk - 2.0 * p * sum.km + p * p * base.mm;
    let variance = employers / (employers - 1.0).max(1.0) * squares.max(0.0) / (base.m * base.m);
    let spread = p * (1.0 - p);
    if spread <= 1e-12 || variance <= spread / base.m.max(1.0) * 1e-9 || base.employers < 2 {
        return (p, employers);
    }
    (p, (spread / variance).min(base.m).max(1.0))
}

/// The share of `sum` in `base`, with its interval.
#[must_use]
pub fn share(sum: &Sum, base: &Base) -> Share {
    let (p, effective) = estimate(sum, base);
    let enough = is_enough(base.employers as usize);
    let (low, high) = wilson(p, effective, quantile(base.employers));
    Share {
        share: enough.then_some(p),
        low: enough.then_some(low),
        high: enough.then_some(high),
        employers_with: sum.employers,
        employers: base.employers,
        postings_with: sum.postings,
        postings: base.postings,
        effective,
        thin: is_thin(base.employers as usize),
    }
}

/// A share Σa / Σb (0 ≤ a ≤ b) over employers with its 90 % interval: Wilson's, on the effective
/// sample size r(1−r) / V with V the linearised variance between employers. `None` when Σb is 0.
#[must_use]
pub fn ratio_interval(parts: &[(f64, f64)]) -> Option<(f64, f64, f64)> {
    let (mut sum, mut base) = (Sum::default(), Base::default());
    for (a, b) in parts {
        sum.add(*a, *b, 1);
        base.m += b;
        base.mm += b * b;
        base.employers += 1;
    }
    if base.m <= 0.0 {
        return None;
    }
    let (r, effective) = estimate(&sum, &base);
    let (low, high) = wilson(r, effective, quantile(base.employers));
    Some((r, low, high))
}

/// The median; of an even number of values the mean of the two in the middle.
#[must_use]
pub fn median(values: &[f64]) -> Option<f64> {
    let mut weighted: Vec<(f64, f64)> = values.iter().map(|value| (*value, 1.0)).collect();
    weighted_median(&mut weighted)
}

/// The median of (value, weight) pairs, which are sorted by value: half of the weight lies on either
/// side.
#[must_use]
pub fn weighted_median(values: &mut [(f64, f64)]) -> Option<f64> {
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = values.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut below = 0.0;
    for (at, (value, weight)) in values.iter().enumerate() {
        below += weight;
        if (below - half).abs() < 1e-9 {
            return Some(values.get(at + 1).map_or(*value, |(next, _)| (value + next) / 2.0));
        }
        if below > half {
            return Some(*value);
        }
    }
    None
}

/// Quantile for the interval with the variance estimated from `employers` clusters: Student's t
/// with one degree of freedom less, by the expansion of E. A. Cornish and R. A. Fisher.
pub(super) fn quantile(employers: u32) -> f64 {
    let freedom = f64::from(employers.saturating_sub(1).max(1));
    let z = Z90;
    let (z3, z5) = (z.powi(3), z.powi(5));
    z + (z3 + z) / (4.0 * freedom) + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * freedom * freedom)
}

/// Wilson's score interval for a share `p` seen in `n` independent observations.
#[must_use]
pub fn wilson(p: f64, n: f64, z: f64) -> (f64, f64) {
    if n <= 0.0 {
        return (0.0, 1.0);
    }
    let z2 = z * z;
    let middle = p + z2 / (2.0 * n);
    let half = z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    (((middle - half) / scale).clamp(0.0, 1.0), ((middle + half) / scale).clamp(0.0, 1.0))
}

/// Two-sided p-value of a standard normal `z`.
///
/// Error function after W. J. Cody as given in Abramowitz and Stegun 7.1.26 (error < 1.5e-7).
#[must_use]
pub fn two_sided(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let poly = t
        * (0.254_829_592
            + t * (-0.284_496_736 + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
    (poly * (-x * x).exp()).clamp(0.0, 1.0)
}

/// Two-sided p-value of Student's `t` with `freedom` degrees of freedom (at least 3 for an error
/// below 0.002), by the normal deviate of D. L. Wallace, "Bounds on normal approximations to
/// Student's and the chi-square distributions", Ann. Math. Stat. 30 (1959).
#[must_use]
pub fn two_sided_t(t: f64, freedom: f64) -> f64 {
    let shrink = (8.0 * freedom + 1.0) / (8.0 * freedom + 3.0);
    two_sided(shrink * (freedom * (t * t / freedom).ln_1p()).sqrt())
}

/// Benjamini–Hochberg q-values, in the order of `p_values`.
#[must_use]
pub fn q_values(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut q = vec![1.0; p_values.len()];
    let mut least = 1.0f64;
    for (rank, &at) in order.iter().enumerate().rev() {
        least = least.min(p_values[at] * p_values.len() as f64 / (rank + 1) as f64);
        q[at] = least;
    }
    q
}

/// A seeded generator for bootstraps and simulations: splitmix64 (G. L. Steele, D. Lea and
/// C. H. Flood, OOPSLA 2014). The same seed gives the same figures everywhere.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// A number below `n`, which must not be 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// A number in 0–1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() < tolerance, "{a} is not {b}");
    }

    #[test]
    fn wilson_agrees_with_published_figures() {
        // 15 of 50 at 95 %: 0.1910 to 0.4375 (Brown, Cai and DasGupta 2001 give this interval).
        let (low, high) = wilson(0.3, 50.0, 1.959_964);
        close(low, 0.1910, 5e-4);
        close(high, 0.4375, 5e-4);
        assert_eq!(wilson(0.5, 0.0, 1.96), (0.0, 1.0));
    }

    #[test]
    fn p_values_and_quantiles() {
        close(two_sided(1.959_964), 0.05, 1e-5);
        close(two_sided(0.0), 1.0, 1e-6);
        close(quantile(1_000_000), Z90, 1e-4);
        close(quantile(11), 1.812, 2e-3);
        close(quantile(31), 1.697, 1e-3);
    }

    #[test]
    fn p_values_of_students_t() {
        // Tabulated: the two-sided 5 % points.
        for (freedom, t) in [(7.0, 2.3646), (10.0, 2.2281), (30.0, 2.0423), (120.0, 1.9799)] {
            close(two_sided_t(t, freedom), 0.05, 1e-3);
        }
        assert!(two_sided_t(2.0, 7.0) > two_sided(2.0));
    }

    #[test]
    fn medians_are_true_medians() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0]), Some(2.0));
        assert_eq!(median(&[5.0, 1.0, 2.0]), Some(2.0));
        // Ten postings of one employer weigh as much as five.
        let mut values = vec![(1.0, 0.5); 10];
        values.extend([(0.0, 1.0); 6]);
        assert_eq!(weighted_median(&mut values), Some(0.0));
    }

    #[test]
    fn a_share_of_nothing_met_has_no_empty_interval() {
        let (share, low, high) = ratio_interval(&[(0.0, 3.0); 12]).unwrap();
        assert!(share == 0.0 && low == 0.0 && high > 0.1, "{high}");
    }

    #[test]
    fn q_values_agree_with_the_definition() {
        let q = q_values(&[0.01, 0.04, 0.03, 0.20]);
        for (found, expected) in q.iter().zip([0.04, 0.053_333, 0.053_333, 0.20]) {
            close(*found, expected, 1e-5);
        }
        assert!(q_values(&[]).is_empty());
    }

    #[test]
    fn one_employer_with_many_postings_is_little_information() {
        let mut base = Base::default();
        let mut sum = Sum::default();
        for employer in 0..20 {
            let m = if employer == 0 { 100.0 } else { 1.0 };
            base.m += m;
            base.mm += m * m;
            base.employers += 1;
            base.postings += m as u32;
            if employer == 0 {
                sum.add(m, m, m as u32);
            }
        }
        let (p, n) = estimate(&sum, &base);
        // By hand: variance 20/19 · (16² + 19 · 0.84²) / 119² = 0.020, so n = 0.84 · 0.16 / 0.020.
        assert!(p > 0.8 && (n - 6.73).abs() < 0.01, "{p} {n}");
    }

    #[test]
    fn independent_postings_give_back_their_number() {
        let base = Base { m: 400.0, mm: 400.0, employers: 400, postings: 400 };
        let mut sum = Sum::default();
        for _ in 0..100 {
            sum.add(1.0, 1.0, 1);
        }
        let (p, n) = estimate(&sum, &base);
        close(p, 0.25, 1e-9);
        close(n, 400.0, 1.1);
    }
}
