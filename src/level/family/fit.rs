//! Training the family model.
//!
//! First on titles that name their family: titles with a clear phrase of a job label their bodies,
//! and a log-linear model learns the words of bodies. That model then labels titles without a clear
//! phrase, and a second one learns the words and pairs of words of titles. Then both are tuned on
//! postings labelled by reading: the scores are the very sum that [`super::estimate`] forms, the
//! phrases stay as they are, and the weights shrink towards those of the first step. Steps are taken
//! in a fixed order: the same postings give the same weights.

use super::linear::{Learner, Linear, best, chances};
use super::{BODY_WORDS, Families, MOST_TOKENS, TITLE_WORDS, pair, scale, words_of_role};
use crate::text::Document;
use crate::text::tokens::{Token, TokenKind, tokenize};
use rustc_hash::{FxHashMap, FxHashSet};

/// A posting whose family, if any, is told by the phrases of its title.
#[derive(Clone, Debug, Default)]
struct Sample {
    title: Vec<u64>,
    body: Vec<u64>,
    label: Option<u8>,
}

/// A posting whose family was found by reading.
#[derive(Clone, Debug)]
struct Read {
    title: Vec<u64>,
    body: Vec<u64>,
    /// Scores of the families by phrases of the title.
    phrases: Vec<f32>,
    family: usize,
    /// Families that would be right too.
    also: Vec<usize>,
    /// Equal for equal titles, so that no title is learned and judged by.
    same: u64,
}

/// How postings labelled by reading are answered when others teach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validation {
    /// Postings.
    pub all: u32,
    /// Right by the label.
    pub right: u32,
    /// Right by the label or the second one.
    pub right_or_also: u32,
}

/// A phrase must lead by this much to label a posting.
const CLEAR: f32 = 2.0;
/// A body must be this likely of one family to label its title …
const SURE: f32 = 0.8;
/// … and have so many words that are known.
const SURE_WORDS: usize = 30;
/// Most postings that one family is learned from.
const MOST_PER_FAMILY: usize = 900;
/// Most postings with one and the same title.
const MOST_PER_TITLE: usize = 12;
/// A word of bodies must be seen in so many postings …
const FEWEST: u32 = 25;
/// … and one of titles in so many titles.
const FEWEST_TITLES: u32 = 5;
/// Times that every posting is read.
const EPOCHS: usize = 4;
/// Step size.
const RATE: f32 = 0.2;
/// Shrinkage at every step.
const SHRINK: f32 = 1e-4;
/// Weights of words of titles that lie closer to the word's median are left out …
const LEAST_TITLE: f32 = 1.2;
/// … and of words of bodies.
const LEAST_BODY: f32 = 1.0;
/// Words of read postings that the first step did not learn join when so many bodies …
const FEWEST_READ: u32 = 8;
/// … or titles have them.
const FEWEST_READ_TITLES: u32 = 3;
/// Times that every read posting is gone through; chosen with the next two by cross-validation.
const TUNING_EPOCHS: usize = 8;
/// Step size on read postings.
const TUNING_RATE: f32 = 0.15;
/// Shrinkage towards the weights of the first step.
const TUNING_SHRINK: f32 = 3e-4;
/// Tuned weights closer to the word's median are left out.
const LEAST_TUNED: f32 = 0.3;

/// Collects samples and the spelling of their words.
#[derive(Debug, Default)]
pub struct Trainer {
    samples: Vec<Sample>,
    read: Vec<Read>,
    spelling: FxHashMap<u64, String>,
    per_family: FxHashMap<u8, usize>,
    per_title: FxHashMap<u64, usize>,
    tokens: Vec<Token>,
}

/// What titles that name their family have taught.
pub struct Learned<'a> {
    trainer: &'a Trainer,
    named: Words,
}

/// Both tables.
#[derive(Clone)]
struct Words {
    title: Linear,
    body: Linear,
}

impl Trainer {
    /// Adds a posting; what its family has enough of is left out.
    pub fn add(&mut self, title: &str, body: &Document) {
        let families = Families::builtin();
        let mut tokens = std::mem::take(&mut self.tokens);
        tokenize(title, &mut tokens);
        let label = clear_label(families, title, &tokens);
        let titles = self.per_title.entry(same(&tokens)).or_default();
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

    /// Adds a posting labelled by reading, with the families that would be right too; `false` where
    /// there is no such family.
    pub fn add_read<'a>(
        &mut self,
        title: &str,
        body: &Document,
        family: &str,
        also: impl Iterator<Item = &'a str>,
    ) -> bool {
        let families = Families::builtin();
        let number = |id: &str| families.all.iter().position(|family| family.id == id);
        let Some(family) = number(family) else { return false };
        let also = also.filter_map(number).collect();
        let mut tokens = std::mem::take(&mut self.tokens);
        tokenize(title, &mut tokens);
        tokens.truncate(MOST_TOKENS);
        let mut phrases = vec![0.0; families.all.len()];
        for named in families.named(title, &tokens) {
            phrases[named.family] += named.weight;
        }
        let (title, body) = (self.spell_title(title, &tokens), self.spell_body(body));
        self.read.push(Read { title, body, phrases, family, also, same: same(&tokens) });
        self.tokens = tokens;
        true
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
        self.samples.len() + self.read.len()
    }

    /// Nothing kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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

    /// Learns from the titles that name their family; read postings tune that.
    #[must_use]
    pub fn learn(&self) -> Learned<'_> {
        let classes = Families::builtin().all.len();
        let labelled: Vec<(&[u64], u8)> = self
            .samples
            .iter()
            .filter(|s| !s.body.is_empty())
            .filter_map(|s| Some((s.body.as_slice(), s.label?)))
            .collect();
        let mut body = learned(&labelled, classes, FEWEST);
        let told: Vec<(&[u64], u8)> = self
            .samples
            .iter()
            .filter_map(|s| Some((s.title.as_slice(), s.label.or_else(|| sure(&body, &s.body))?)))
            .collect();
        let mut title = learned(&told, classes, FEWEST_TITLES);
        title.settle(LEAST_TITLE);
        body.settle(LEAST_BODY);
        let bodies = self.read.iter().map(|read| read.body.as_slice());
        body.widen(bodies, FEWEST_READ);
        title.widen(self.read.iter().map(|read| read.title.as_slice()), FEWEST_READ_TITLES);
        Learned { trainer: self, named: Words { title, body } }
    }
}

impl Learned<'_> {
    /// The table that the program embeds, tuned on all read postings.
    #[must_use]
    pub fn table(&self) -> String {
        let words = tuned(&self.named, &self.trainer.read.iter().collect::<Vec<_>>());
        let mut text = String::from("part\twords\tweights\n");
        words.title.write(&mut text, "title", &self.trainer.spelling);
        words.body.write(&mut text, "body", &self.trainer.spelling);
        text
    }

    /// Tunes on all but one of `folds` parts of the read postings and judges that part, for each.
    #[must_use]
    pub fn validate(&self, folds: u64) -> Validation {
        let mut found = Validation::default();
        for fold in 0..folds {
            let (judged, taught): (Vec<&Read>, Vec<&Read>) =
                self.trainer.read.iter().partition(|read| read.same % folds == fold);
            let words = tuned(&self.named, &taught);
            for read in judged {
                let answer = best(&words.scores(read).0);
                let right = |family| family == read.family || read.also.contains(&family);
                found.all += 1;
                found.right += u32::from(answer == Some(read.family));
                found.right_or_also += u32::from(answer.is_some_and(right));
            }
        }
        found
    }
}

impl Words {
    /// Scores of the families, and what they were made of: rows and share of title and body.
    fn scores(&self, read: &Read) -> (Vec<f32>, [(Vec<usize>, f32); 2]) {
        let mut scores = read.phrases.clone();
        let (title, body) = (self.title.known(&read.title), self.body.known(&read.body));
        let shares = (TITLE_WORDS * scale(title.len()), BODY_WORDS * scale(body.len()));
        self.title.add(&title, shares.0, &mut scores);
        self.body.add(&body, shares.1, &mut scores);
        (scores, [(title, shares.0), (body, shares.1)])
    }
}

/// The models of the first step, tuned on read postings and brought to what the table says.
fn tuned(named: &Words, read: &[&Read]) -> Words {
    let mut words = named.clone();
    let learner = |model: &Linear| Learner::new(model, TUNING_RATE, TUNING_SHRINK);
    let (mut title, mut body) = (learner(&named.title), learner(&named.body));
    for i in mixed(read.len(), TUNING_EPOCHS) {
        let (scores, [of_title, of_body]) = words.scores(read[i]);
        let mut slopes = chances(scores);
        slopes[read[i].family] -= 1.0;
        title.step(&mut words.title, &of_title.0, of_title.1, &slopes);
        body.step(&mut words.body, &of_body.0, of_body.1, &slopes);
    }
    words.title.settle(LEAST_TUNED);
    words.body.settle(LEAST_TUNED);
    words
}

/// A model of the words alone.
fn learned(samples: &[(&[u64], u8)], classes: usize, fewest: u32) -> Linear {
    let mut model = Linear::new(classes);
    model.widen(samples.iter().map(|(words, _)| *words), fewest);
    let mut learner = Learner::new(&model, RATE, SHRINK);
    for i in mixed(samples.len(), EPOCHS) {
        let (words, label) = samples[i];
        let known = model.known(words);
        let share = scale(known.len());
        let mut slopes = model.chances(&known);
        slopes[usize::from(label)] -= 1.0;
        learner.step(&mut model, &known, share, &slopes);
    }
    model
}

/// So many numbers of samples, gone through with a fixed stride instead of a shuffle, so that
/// sources mix.
fn mixed(samples: usize, epochs: usize) -> impl Iterator<Item = usize> {
    (0..epochs).flat_map(move |_| (0..samples).map(move |i| (i * 7919) % samples))
}

/// The family that a body is surely of.
fn sure(model: &Linear, body: &[u64]) -> Option<u8> {
    let known = model.known(body);
    if known.len() < SURE_WORDS {
        return None;
    }
    let chances = model.chances(&known);
    let best = best(&chances)?;
    (chances[best] >= SURE).then(|| u8::try_from(best).ok()).flatten()
}

fn unique(mut keys: Vec<u64>) -> Vec<u64> {
    let mut seen = FxHashSet::default();
    keys.retain(|key| seen.insert(*key));
    keys
}

/// Equal for titles of the same tokens.
fn same(tokens: &[Token]) -> u64 {
    tokens.iter().fold(0, |hash, token| pair(hash, token.hash))
}

/// The family that phrases for jobs name clearly; those for fields of work stand in titles of
/// other jobs too.
fn clear_label(families: &Families, title: &str, tokens: &[Token]) -> Option<u8> {
    let mut scores = vec![0.0f32; families.all.len()];
    for named in families.named(title, tokens).iter().filter(|named| named.job) {
        scores[named.family] += named.weight;
    }
    let best = best(&scores)?;
    let next = (0..scores.len()).filter(|i| *i != best).map(|i| scores[i]).fold(0.0, f32::max);
    (scores[best] - next >= CLEAR).then(|| u8::try_from(best).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posting::Markup;

    fn line_of<'a>(table: &'a str, word: &str) -> &'a str {
        table.lines().find(|line| line.starts_with(&format!("body\t{word}\t"))).unwrap()
    }

    #[test]
    fn words_of_bodies_are_learned_from_titles_and_from_reading() {
        let mut trainer = Trainer::default();
        for (title, body) in [("Staff Nurse", "patients ward wards"), ("Software Engineer", "code compilers")]
        {
            for i in 0..40 {
                let title = format!("{title} {i}");
                trainer.add(&title, &Document::new(body, Markup::Text));
            }
        }
        for i in 0..40 {
            let (title, body) = (format!("Wanted {i}"), Document::new("lathes and mills", Markup::Text));
            assert!(trainer.add_read(
                &title,
                &body,
                "manufacturing-production",
                ["maintenance-technicians"].into_iter()
            ));
        }
        assert!(!trainer.add_read("Wanted", &Document::default(), "no-such-family", std::iter::empty()));
        let table = trainer.learn().table();
        assert_eq!(table, trainer.learn().table(), "the same postings give the same table");
        for (word, family) in [("patients", "nursing"), ("lathes", "manufacturing-production")] {
            let number = Families::builtin().all.iter().position(|f| f.id == family).unwrap();
            let line = line_of(&table, word);
            assert!(line.contains(&format!("{number}:")), "{line}");
        }
        let found = trainer.learn().validate(4);
        assert_eq!((found.all, found.right), (40, 40));
    }
}
