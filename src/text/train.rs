//! Learning the section model from postings whose headings tell, and from labels.
//!
//! Multinomial logistic regression by stochastic gradient descent over words and word pairs.
//! Deterministic: the same postings in the same order give the same model.

use super::Section;
use super::blocks::{Block, BlockKind};
use super::document::Document;
use super::headings;
use super::sections::{CLASSES, Name, Place, SCALE, features};
use rustc_hash::FxHashMap;
use std::fmt::Write;

/// A heading with less evidence teaches nothing.
const TEACHES: i32 = 5;
/// Rounds over all examples.
const ROUNDS: usize = 4;
/// First step of the descent; it shrinks with the rounds.
const STEP: f32 = 0.12;
/// Shrinkage of a weight each time its feature is seen.
const DECAY: f32 = 1e-4;
/// A feature of fewer examples is left out.
const RARE: u32 = 30;
/// A weight below this, in units of the file, is as good as none.
const FAINT: i32 = 6;

/// Gathers examples and learns from them.
#[derive(Debug, Default)]
pub struct Trainer {
    ids: FxHashMap<u64, u32>,
    names: Vec<String>,
    seen: Vec<u32>,
    examples: Vec<Example>,
    features: Vec<u32>,
}

#[derive(Debug)]
struct Example {
    first: u32,
    last: u32,
    class: u8,
    weight: f32,
}

impl Trainer {
    /// Adds the sentences below headings that tell their section, as examples of it.
    pub fn add_by_headings(&mut self, document: &Document) {
        let mut taught = None;
        for block in document.blocks() {
            if block.kind == BlockKind::Heading {
                taught = headings::read(document.visible(), document.tokens_of(block))
                    .filter(|reading| reading.score >= TEACHES)
                    .map(|reading| reading.section);
            } else if let Some(section) = taught {
                self.add(document, block, section, 1.0);
            }
        }
    }

    /// Adds every sentence with the section the present model gives it, where headings help: the
    /// second round of learning, which also learns from sentences above the first heading and
    /// from those that do not belong where they stand.
    pub fn add_as_read(&mut self, document: &Document) {
        let tells = |block: &&Block| {
            block.kind == BlockKind::Heading
                && headings::read(document.visible(), document.tokens_of(block))
                    .is_some_and(|reading| reading.score >= TEACHES)
        };
        if document.blocks().iter().filter(tells).count() >= 2 {
            for block in document.blocks().iter().filter(|b| b.kind != BlockKind::Heading) {
                self.add(document, block, block.section, 1.0);
            }
        }
    }

    /// Adds one sentence as an example of `section`, counting as `weight` examples.
    pub fn add(&mut self, document: &Document, block: &Block, section: Section, weight: f32) {
        let first = self.features.len();
        let place = Place::of(block, document.visible().len());
        features(document.visible(), document.tokens_of(block), place, |hash, name| {
            let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
            let id = *self.ids.entry(hash).or_insert(next);
            if id == next {
                self.names.push(match name {
                    Name::One(word) => word.to_lowercase(),
                    Name::Pair(left, right) => format!("{left}_{right}").to_lowercase(),
                });
                self.seen.push(0);
            }
            self.seen[id as usize] += 1;
            self.features.push(id);
        });
        self.examples.push(Example {
            first: u32::try_from(first).unwrap_or(u32::MAX),
            last: u32::try_from(self.features.len()).unwrap_or(u32::MAX),
            class: section as u8,
            weight,
        });
    }

    /// Number of examples of each section, in the order of [`Section::ALL`].
    #[must_use]
    pub fn examples(&self) -> [usize; CLASSES] {
        let mut counts = [0; CLASSES];
        self.examples.iter().for_each(|example| counts[usize::from(example.class)] += 1);
        counts
    }

    /// Learns, and writes the model's table.
    #[must_use]
    pub fn learn(&self) -> String {
        let mut weights = vec![[0.0_f32; CLASSES]; self.names.len()];
        let counts = self.examples();
        let largest = counts.iter().max().copied().unwrap_or(1) as f32;
        // Rare sections count for more, but not in full.
        let balance = counts.map(|count| (largest / count.max(1) as f32).powf(0.5).min(6.0));
        let stride = coprime(self.examples.len());
        for round in 0..ROUNDS {
            let rate = STEP / (1.0 + round as f32);
            for i in 0..self.examples.len() {
                let example = &self.examples[(i * stride + round) % self.examples.len()];
                let rate = rate * example.weight * balance[usize::from(example.class)];
                self.descend(&mut weights, example, rate);
            }
        }
        self.table(&weights)
    }

    fn descend(&self, weights: &mut [[f32; CLASSES]], example: &Example, rate: f32) {
        let features = &self.features[example.first as usize..example.last as usize];
        let kept = || features.iter().map(|id| *id as usize).filter(|id| self.seen[*id] >= RARE);
        let mut scores = [0.0_f32; CLASSES];
        for id in kept() {
            scores.iter_mut().zip(&weights[id]).for_each(|(score, weight)| *score += weight);
        }
        let most = scores.iter().copied().fold(f32::MIN, f32::max);
        let mut shares = scores.map(|score| (score - most).exp());
        let sum: f32 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= sum);
        for id in kept() {
            for (class, weight) in weights[id].iter_mut().enumerate() {
                let wanted = f32::from(u8::from(class == usize::from(example.class)));
                *weight += rate * (wanted - shares[class]) - rate * DECAY * *weight;
            }
        }
    }

    fn table(&self, weights: &[[f32; CLASSES]]) -> String {
        let mut rows: Vec<(&str, [i32; CLASSES])> = Vec::new();
        for (name, row) in self.names.iter().zip(weights) {
            let mean = row.iter().sum::<f32>() / CLASSES as f32;
            let row = row.map(|weight| (((weight - mean) * SCALE).round() as i32).clamp(-127, 127));
            if row.iter().any(|weight| weight.abs() >= FAINT) && !name.contains(['\t', '\n', '\r']) {
                rows.push((name, row));
            }
        }
        rows.sort_unstable();
        let mut table = String::from("# Learned by `rungs train`; do not edit. Columns: feature, then");
        Section::ALL.iter().for_each(|section| {
            let _ = write!(table, " {}", section.name());
        });
        table.push_str(".\n");
        for (name, row) in rows {
            table.push_str(name);
            row.iter().for_each(|weight| {
                let _ = write!(table, "\t{weight}");
            });
            table.push('\n');
        }
        table
    }
}

/// A step that visits every one of `n` examples once, far apart.
fn coprime(n: usize) -> usize {
    let divides = |mut a: usize, mut b: usize| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    (n * 5 / 13..).find(|step| *step > 0 && divides(*step, n) == 1).unwrap_or(1)
}
