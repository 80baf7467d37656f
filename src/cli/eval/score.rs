//! Scores with intervals: accuracy, precision, recall, F1.

use serde::Serialize;

/// Bootstrap resamples behind an interval.
const RESAMPLES: usize = 500;
/// Seed of the resampling: the same labels give the same interval.
const SEED: u64 = 0x5eed_0000_0000_0001;

/// One figure and its 95 % interval.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Metric {
    pub(super) name: String,
    pub(super) value: f64,
    pub(super) low: f64,
    pub(super) high: f64,
    /// Units (labels, spans, sentences) behind it.
    pub(super) n: usize,
}

/// A share with its Wilson interval.
pub(super) fn share(name: impl Into<String>, hits: usize, n: usize) -> Metric {
    const Z: f64 = 1.959_964;
    let (k, total) = (hits as f64, n as f64);
    if n == 0 {
        return Metric { name: name.into(), value: 0.0, low: 0.0, high: 1.0, n };
    }
    let p = k / total;
    let centre = (p + Z * Z / (2.0 * total)) / (1.0 + Z * Z / total);
    let half = Z / (1.0 + Z * Z / total) * (p * (1.0 - p) / total + Z * Z / (4.0 * total * total)).sqrt();
    Metric { name: name.into(), value: p, low: (centre - half).max(0.0), high: (centre + half).min(1.0), n }
}

/// A pseudo-random sequence (SplitMix64).
#[derive(Clone, Debug)]
pub(super) struct Random(pub(super) u64);

impl Random {
    /// A number below `n` (0 when `n` is 0).
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % (n.max(1) as u64)).unwrap_or(0)
    }
}

/// The value of `score` over all groups, and the 2.5 % and 97.5 % points over resampled groups.
///
/// Groups (postings) are the unit, since labels within one posting are not independent.
pub(super) fn bootstrap<T: Clone>(
    name: impl Into<String>,
    groups: &[T],
    n: usize,
    score: impl Fn(&[T]) -> f64,
) -> Metric {
    let value = score(groups);
    let mut random = Random(SEED);
    let mut values: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let sample: Vec<T> = groups.iter().map(|_| groups[random.below(groups.len())].clone()).collect();
            score(&sample)
        })
        .collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values.get((values.len() as f64 * share) as usize).copied().unwrap_or(value);
    Metric { name: name.into(), value, low: at(0.025), high: at(0.975), n }
}

/// Gold and predicted class of every unit, by posting.
#[derive(Clone, Debug, Default)]
pub(super) struct Classes {
    groups: Vec<Vec<(usize, usize)>>,
}

impl Classes {
    pub(super) fn group(&mut self) {
        self.groups.push(Vec::new());
    }

    pub(super) fn add(&mut self, gold: usize, predicted: usize) {
        if let Some(group) = self.groups.last_mut() {
            group.push((gold, predicted));
        }
    }

    fn len(&self) -> usize {
        self.groups.iter().map(Vec::len).sum()
    }

    pub(super) fn accuracy(&self, name: &str) -> Metric {
        let hits = self.groups.iter().flatten().filter(|(g, p)| g == p).count();
        share(name, hits, self.len())
    }

    /// Mean of the F1 of the classes that occur in the gold labels.
    pub(super) fn macro_f1(&self, name: &str, classes: usize) -> Metric {
        bootstrap(name, &self.groups, self.len(), |groups| {
            let scores: Vec<f64> = (0..classes)
                .map(|class| counts(groups, class))
                .filter(|(_, _, wanted)| *wanted > 0)
                .map(|(hits, found, wanted)| f1(hits, found, wanted))
                .collect();
            scores.iter().sum::<f64>() / scores.len().max(1) as f64
        })
    }

    /// Precision, recall and F1 of one class.
    pub(super) fn class(&self, name: &str, class: usize) -> [Metric; 3] {
        let (hits, found, wanted) = counts(&self.groups, class);
        [
            share(format!("{name} precision"), hits, found),
            share(format!("{name} recall"), hits, wanted),
            bootstrap(format!("{name} F1"), &self.groups, wanted, |groups| {
                let (hits, found, wanted) = counts(groups, class);
                f1(hits, found, wanted)
            }),
        ]
    }

    /// How often each gold class was read as another: `(gold, predicted, times)`, most first.
    pub(super) fn confusions(&self) -> Vec<(usize, usize, usize)> {
        let mut pairs: Vec<(usize, usize)> =
            self.groups.iter().flatten().filter(|(g, p)| g != p).copied().collect();
        pairs.sort_unstable();
        let mut counted: Vec<_> =
            pairs.chunk_by(|a, b| a == b).map(|same| (same[0].0, same[0].1, same.len())).collect();
        counted.sort_by_key(|(_, _, times)| std::cmp::Reverse(*times));
        counted
    }
}

fn counts(groups: &[Vec<(usize, usize)>], class: usize) -> (usize, usize, usize) {
    let all = || groups.iter().flatten();
    (
        all().filter(|(g, p)| *g == class && *p == class).count(),
        all().filter(|(_, p)| *p == class).count(),
        all().filter(|(g, _)| *g == class).count(),
    )
}

/// Harmonic mean of precision and recall.
fn f1(hits: usize, found: usize, wanted: usize) -> f64 {
    if found + wanted == 0 { 0.0 } else { 2.0 * hits as f64 / (found + wanted) as f64 }
}

/// Found and wanted spans of one posting.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spans {
    /// Found spans that are right.
    pub(super) right: usize,
    /// Found spans.
    pub(super) found: usize,
    /// Wanted spans that were found.
    pub(super) met: usize,
    /// Wanted spans.
    pub(super) wanted: usize,
}

/// Precision, recall and F1 of spans.
pub(super) fn spans(name: &str, groups: &[Spans]) -> [Metric; 3] {
    let sum = |groups: &[Spans]| {
        groups.iter().fold(Spans::default(), |a, b| Spans {
            right: a.right + b.right,
            found: a.found + b.found,
            met: a.met + b.met,
            wanted: a.wanted + b.wanted,
        })
    };
    let all = sum(groups);
    [
        share(format!("{name} precision"), all.right, all.found),
        share(format!("{name} recall"), all.met, all.wanted),
        bootstrap(format!("{name} F1"), groups, all.wanted, |groups| {
            let all = sum(groups);
            let precision = all.right as f64 / all.found.max(1) as f64;
            let recall = all.met as f64 / all.wanted.max(1) as f64;
            if precision + recall == 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) }
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_what_they_are_by_hand() {
        let mut classes = Classes::default();
        classes.group();
        for (gold, predicted) in [(0, 0), (0, 0), (0, 1), (1, 1)] {
            classes.add(gold, predicted);
        }
        assert_eq!(classes.accuracy("a").value, 0.75);
        // F1 of class 0 is 0.8, of class 1 2/3.
        assert!((classes.macro_f1("f", 2).value - (0.8 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
        assert_eq!(classes.confusions(), [(0, 1, 1)]);
    }

    #[test]
    fn intervals_hold_the_value_and_repeat() {
        let metric = share("x", 45, 50);
        assert!(metric.low < 0.9 && metric.high > 0.9 && metric.low > 0.78 && metric.high < 0.97);
        let groups = [
            Spans { right: 3, found: 4, met: 3, wanted: 6 },
            Spans { right: 1, found: 1, met: 1, wanted: 1 },
        ];
        let (a, b) = (spans("s", &groups), spans("s", &groups));
        assert_eq!(a[2].low, b[2].low);
        assert!(a[2].low <= a[2].value && a[2].value <= a[2].high);
    }
}
