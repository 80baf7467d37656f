//! Training the family model on titles that name their family.
//!
//! Two steps. Titles with a clear head phrase label their bodies, and a log-linear model learns
//! the words of bodies. That model then labels titles without a clear phrase, and a second one
//! learns the words and pairs of words of titles. Stochastic AdaGrad in a fixed order: the same
//! postings give the same weights.

use super::{Families, pair, words_of_role};
use crate::text::Document;
use crate::text::tokens::{Token, TokenKind, tokenize};
use rustc_hash::{FxHashMap, FxHashSet};

/// A posting to learn from.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    title: Vec<u64>,
    body: Vec<u64>,
    /// Family that the title's phrase names clearly.
    label: Option<u8>,
}

/// A phrase must lead by this much to label a posting.
const CLEAR: f32 = 2.0;
/// A body must be this likely of one family to label its title.
const SURE: f32 = 0.8;
/// Most postings that one family is learned from.
const MOST_PER_FAMILY: usize = 900;
/// Most postings with one and the same title.
const MOST_PER_TITLE: usize = 12;
/// A word of bodies must be seen in so many postings …
const FEWEST: u32 = 12;
/// … and one of titles in so many titles.
const FEWEST_TITLES: u32 = 5;
/// Times that every posting is read.
const EPOCHS: usize = 8;
/// Step size.
const RATE: f32 = 0.2;
/// What the optimiser takes as seen before the first step.
const HISTORY: f32 = 3e-3;
/// Shrinkage at every step.
const SHRINK: f32 = 1e-4;
/// Weights of words of titles that lie closer to the word's median are left out of the table …
const LEAST_TITLE: f32 = 1.2;
/// … and of words of bodies.
const LEAST_BODY: f32 = 1.0;

/// Collects samples and the spelling of their words.
#[derive(Debug, Default)]
pub struct Trainer {
    samples: Vec<Sample>,
    spelling: FxHashMap<u64, String>,
    per_family: FxHashMap<u8, usize>,
    per_title: FxHashMap<u64, usize>,
    tokens: Vec<Token>,
}

impl Trainer {
    /// Adds a posting; what its family has enough of is left out.
    pub fn add(&mut self, title: &str, body: &Document) {
        let families = Families::builtin();
        let mut tokens = std::mem::take(&mut self.tokens);
        tokenize(title, &mut tokens);
        let label = clear_label(families, title, &tokens);
        let same = tokens.iter().fold(0, |hash, token| pair(hash, token.hash));
        let titles = self.per_title.entry(same).or_default();
        *titles += 1;
        let few = *titles <= MOST_PER_TITLE;
        let room = label.is_none_or(|label| {
            let count = self.per_family.entry(label).or_default();
            *count += usize::from(few);
            *count <= MOST_PER_FAMILY
        });
        if few && room && !tokens.is_empty() {
            let title_words = self.spell_title(title, &tokens);
            let body_words = self.spell_body(body);
            self.samples.push(Sample { title: title_words, body: body_words, label });
        }
        self.tokens = tokens;
    }

    /// Adds the title of an occupation with its SOC code; `false` where no family has the code.
    pub fn add_occupation(&mut self, title: &str, soc: &str) -> bool {
        let all = &Families::builtin().all;
        let codes =
            all.iter().enumerate().flat_map(|(i, family)| family.soc.iter().map(move |code| (i, *code)));
        let fitting = codes.filter(|(_, code)| !code.is_empty() && soc.starts_with(code));
        let Some((family, _)) = fitting.max_by_key(|(i, code)| (code.len(), std::cmp::Reverse(*i))) else {
            return false;
        };
        let mut tokens = std::mem::take(&mut self.tokens);
        tokenize(title, &mut tokens);
        let title = self.spell_title(title, &tokens);
        self.samples.push(Sample { title, body: Vec::new(), label: u8::try_from(family).ok() });
        self.tokens = tokens;
        true
    }

    /// Number of postings kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Nothing kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    fn spell_title(&mut self, title: &str, tokens: &[Token]) -> Vec<u64> {
        let words: Vec<&Token> = tokens.iter().filter(|t| t.kind == TokenKind::Word).collect();
        let mut keys = Vec::new();
        for (i, token) in words.iter().enumerate() {
            let word = token.of(title).to_lowercase();
            if let Some(next) = words.get(i + 1) {
                let key = pair(token.hash, next.hash);
                let both = format!("{word} {}", next.of(title).to_lowercase());
                self.spelling.entry(key).or_insert(both);
                keys.push(key);
            }
            self.spelling.entry(token.hash).or_insert(word);
            keys.push(token.hash);
        }
        unique(keys)
    }

    fn spell_body(&mut self, body: &Document) -> Vec<u64> {
        let mut keys = Vec::new();
        for token in words_of_role(body) {
            let word = token.of(body.visible());
            if word.chars().all(char::is_alphabetic) && word.len() > 1 {
                self.spelling.entry(token.hash).or_insert_with(|| word.to_lowercase());
                keys.push(token.hash);
            }
        }
        unique(keys)
    }

    /// Learns both models and writes them as the table that the program embeds.
    #[must_use]
    pub fn table(&self) -> String {
        let classes = Families::builtin().all.len();
        let labelled: Vec<(&[u64], u8)> = self
            .samples
            .iter()
            .filter(|s| !s.body.is_empty())
            .filter_map(|s| Some((s.body.as_slice(), s.label?)))
            .collect();
        let body = Linear::fit(&labelled, classes, FEWEST);
        let told: Vec<(&[u64], u8)> = self
            .samples
            .iter()
            .filter_map(|s| Some((s.title.as_slice(), s.label.or_else(|| body.sure(&s.body))?)))
            .collect();
        let title = Linear::fit(&told, classes, FEWEST_TITLES);
        let mut text = String::from("part\twords\tweights\n");
        title.write(&mut text, "title", LEAST_TITLE, &self.spelling);
        body.write(&mut text, "body", LEAST_BODY, &self.spelling);
        text
    }
}

fn unique(mut keys: Vec<u64>) -> Vec<u64> {
    let mut seen = FxHashSet::default();
    keys.retain(|key| seen.insert(*key));
    keys
}

/// The family that the phrases of the title name clearly.
fn clear_label(families: &Families, title: &str, tokens: &[Token]) -> Option<u8> {
    let mut scores = vec![0.0f32; families.all.len()];
    for named in families.named(title, tokens) {
        scores[named.family] += named.weight;
    }
    let best = (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]))?;
    let next = (0..scores.len()).filter(|i| *i != best).map(|i| scores[i]).fold(0.0, f32::max);
    (scores[best] - next >= CLEAR).then(|| u8::try_from(best).ok()).flatten()
}

/// A log-linear model over present words.
struct Linear {
    index: FxHashMap<u64, usize>,
    keys: Vec<u64>,
    classes: usize,
    weights: Vec<f32>,
}

impl Linear {
    fn fit(samples: &[(&[u64], u8)], classes: usize, fewest: u32) -> Self {
        let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
        for (words, _) in samples {
            for word in *words {
                *seen.entry(*word).or_default() += 1;
            }
        }
        let mut keys: Vec<u64> = seen.iter().filter(|(_, n)| **n >= fewest).map(|(key, _)| *key).collect();
        keys.sort_unstable();
        let index = keys.iter().enumerate().map(|(i, key)| (*key, i)).collect();
        let mut model = Self { index, classes, weights: vec![0.0; keys.len() * classes], keys };
        let mut history = vec![HISTORY; model.weights.len()];
        for _ in 0..EPOCHS {
            // A fixed stride instead of a shuffle, so that sources mix.
            let stride = 7919;
            for i in 0..samples.len() {
                let (words, label) = samples[(i * stride) % samples.len()];
                model.learn(words, usize::from(label), &mut history);
            }
        }
        model
    }

    fn known(&self, words: &[u64]) -> Vec<usize> {
        words.iter().filter_map(|word| self.index.get(word).copied()).collect()
    }

    fn chances(&self, known: &[usize]) -> Vec<f32> {
        let mut scores = vec![0.0f32; self.classes];
        let scale = scale(known.len());
        for word in known {
            let row = &self.weights[word * self.classes..(word + 1) * self.classes];
            scores.iter_mut().zip(row).for_each(|(score, weight)| *score += weight * scale);
        }
        let top = scores.iter().copied().fold(f32::MIN, f32::max);
        scores.iter_mut().for_each(|score| *score = (*score - top).exp());
        let sum: f32 = scores.iter().sum();
        scores.iter_mut().for_each(|score| *score /= sum);
        scores
    }

    fn learn(&mut self, words: &[u64], label: usize, history: &mut [f32]) {
        let known = self.known(words);
        let scale = scale(known.len());
        let mut slopes = self.chances(&known);
        slopes[label] -= 1.0;
        for word in known {
            let from = word * self.classes;
            for (class, slope) in slopes.iter().enumerate() {
                let at = from + class;
                let gradient = slope * scale + SHRINK * self.weights[at];
                history[at] += gradient * gradient;
                self.weights[at] -= RATE * gradient / history[at].sqrt();
            }
        }
    }

    /// The family these words are surely of.
    fn sure(&self, words: &[u64]) -> Option<u8> {
        let known = self.known(words);
        if known.len() < 30 {
            return None;
        }
        let chances = self.chances(&known);
        let best = (0..chances.len()).max_by(|a, b| chances[*a].total_cmp(&chances[*b]))?;
        (chances[best] >= SURE).then(|| u8::try_from(best).ok()).flatten()
    }

    /// Writes the weights as they lie from each word's median: what all families have in common
    /// says nothing of any.
    fn write(&self, text: &mut String, part: &str, least: f32, spelling: &FxHashMap<u64, String>) {
        use std::fmt::Write;
        let mut lines: Vec<(&str, String)> = Vec::new();
        for (i, key) in self.keys.iter().enumerate() {
            let row = &self.weights[i * self.classes..(i + 1) * self.classes];
            let mut sorted = row.to_vec();
            sorted.sort_by(f32::total_cmp);
            let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
            let kept: Vec<String> = row
                .iter()
                .enumerate()
                .map(|(class, weight)| (class, weight - median))
                .filter(|(_, weight)| weight.abs() >= least)
                .map(|(class, weight)| format!("{class}:{:.0}", weight * 10.0))
                .collect();
            if let (Some(word), false) = (spelling.get(key), kept.is_empty()) {
                lines.push((word, kept.join(",")));
            }
        }
        lines.sort_unstable();
        for (word, weights) in lines {
            let _ = writeln!(text, "{part}\t{word}\t{weights}");
        }
    }
}

/// Many words say less each.
pub(super) fn scale(words: usize) -> f32 {
    1.0 / (words.max(1) as f32).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posting::Markup;

    #[test]
    fn words_of_bodies_are_learned_from_titles() {
        let mut trainer = Trainer::default();
        for (title, body) in [("Staff Nurse", "patients ward wards"), ("Software Engineer", "code compilers")]
        {
            for i in 0..20 {
                let title = format!("{title} {i}");
                trainer.add(&title, &Document::new(body, Markup::Text));
            }
        }
        let table = trainer.table();
        let nursing = Families::builtin().all.iter().position(|f| f.id == "nursing").unwrap();
        let line = table.lines().find(|line| line.starts_with("body\tpatients\t")).unwrap();
        assert!(line.contains(&format!("{nursing}:")), "{line}");
    }
}
