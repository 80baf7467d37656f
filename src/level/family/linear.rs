//! A log-linear model over the words that are present, as training holds it.

use super::scale;
use rustc_hash::FxHashMap;
use std::fmt::Write;

/// What the optimiser takes as seen before the first step.
const HISTORY: f32 = 3e-3;

/// Weights by word and family, a row a word.
#[derive(Clone)]
pub(super) struct Linear {
    index: FxHashMap<u64, usize>,
    keys: Vec<u64>,
    classes: usize,
    weights: Vec<f32>,
}

/// Stochastic AdaGrad that shrinks towards the weights it began with.
pub(super) struct Learner {
    from: Vec<f32>,
    history: Vec<f32>,
    rate: f32,
    shrink: f32,
}

impl Linear {
    /// No words yet.
    pub(super) fn new(classes: usize) -> Self {
        Self { index: FxHashMap::default(), keys: Vec::new(), classes, weights: Vec::new() }
    }

    /// Adds zero weights for words not yet known that `fewest` of the samples have.
    pub(super) fn widen<'a>(&mut self, samples: impl Iterator<Item = &'a [u64]>, fewest: u32) {
        let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
        for word in samples.flatten() {
            *seen.entry(*word).or_default() += 1;
        }
        let known = |key: &u64| self.index.contains_key(key);
        let mut new: Vec<u64> =
            seen.iter().filter(|(key, n)| **n >= fewest && !known(key)).map(|(key, _)| *key).collect();
        new.sort_unstable();
        self.keys.append(&mut new);
        self.index = self.keys.iter().enumerate().map(|(row, key)| (*key, row)).collect();
        self.weights.resize(self.keys.len() * self.classes, 0.0);
    }

    /// The rows of those words that have one.
    pub(super) fn known(&self, words: &[u64]) -> Vec<usize> {
        words.iter().filter_map(|word| self.index.get(word).copied()).collect()
    }

    /// Adds `share` of the weights of these rows to the scores of the families.
    pub(super) fn add(&self, known: &[usize], share: f32, scores: &mut [f32]) {
        for word in known {
            let row = &self.weights[word * self.classes..(word + 1) * self.classes];
            scores.iter_mut().zip(row).for_each(|(score, weight)| *score += weight * share);
        }
    }

    /// Chances of the families by these words alone.
    pub(super) fn chances(&self, known: &[usize]) -> Vec<f32> {
        let mut scores = vec![0.0; self.classes];
        self.add(known, scale(known.len()), &mut scores);
        chances(scores)
    }

    /// Brings the weights to what the table says: as they lie from each word's median, since what
    /// all families have in common says nothing of any; in tenths; none smaller than `least`.
    pub(super) fn settle(&mut self, least: f32) {
        let mut kept = Self::new(self.classes);
        for (key, row) in self.keys.iter().zip(self.weights.chunks(self.classes)) {
            let mut sorted = row.to_vec();
            sorted.sort_by(f32::total_cmp);
            let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
            let settled = |weight: &f32| {
                let weight = weight - median;
                if weight.abs() < least { 0.0 } else { (weight * 10.0).round().clamp(-127.0, 127.0) / 10.0 }
            };
            let row: Vec<f32> = row.iter().map(settled).collect();
            if row.iter().any(|weight| *weight != 0.0) {
                kept.index.insert(*key, kept.keys.len());
                kept.keys.push(*key);
                kept.weights.extend(row);
            }
        }
        *self = kept;
    }

    /// Writes the settled weights as lines of the table, in the order of the words.
    pub(super) fn write(&self, text: &mut String, part: &str, spelling: &FxHashMap<u64, String>) {
        let mut lines: Vec<(&str, String)> = Vec::new();
        for (key, row) in self.keys.iter().zip(self.weights.chunks(self.classes)) {
            let cells = row.iter().enumerate().filter(|(_, weight)| **weight != 0.0);
            let cells: Vec<String> =
                cells.map(|(class, weight)| format!("{class}:{:.0}", weight * 10.0)).collect();
            if let Some(word) = spelling.get(key) {
                lines.push((word, cells.join(",")));
            }
        }
        lines.sort_unstable();
        for (word, weights) in lines {
            let _ = writeln!(text, "{part}\t{word}\t{weights}");
        }
    }
}

impl Learner {
    pub(super) fn new(model: &Linear, rate: f32, shrink: f32) -> Self {
        let from = model.weights.clone();
        Self { history: vec![HISTORY; from.len()], from, rate, shrink }
    }

    /// Moves the rows of these words one step against the slopes of the families' scores.
    pub(super) fn step(&mut self, model: &mut Linear, known: &[usize], share: f32, slopes: &[f32]) {
        for word in known {
            let first = word * model.classes;
            for (at, slope) in (first..).zip(slopes) {
                let weight = &mut model.weights[at];
                let gradient = slope * share + self.shrink * (*weight - self.from[at]);
                self.history[at] += gradient * gradient;
                *weight -= self.rate * gradient / self.history[at].sqrt();
            }
        }
    }
}

/// Chances of the families from their scores.
pub(super) fn chances(mut scores: Vec<f32>) -> Vec<f32> {
    let top = scores.iter().copied().fold(f32::MIN, f32::max);
    scores.iter_mut().for_each(|score| *score = (*score - top).exp());
    let sum: f32 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= sum);
    scores
}

/// The likeliest family, the first among equals.
pub(super) fn best(scores: &[f32]) -> Option<usize> {
    (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]).then(b.cmp(a)))
}
