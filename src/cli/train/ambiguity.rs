//! `rungs train ambiguity`: fits the weights that decide whether an ambiguous word means its skill, and
//! measures them.
//!
//! Reads NDJSON: `{"text": …, "mentions": [{"start", "end", "concept", "yes", "asked", "held"}]}`, offsets in
//! bytes; `concept` may be null where any will do. What is the right thing but not `asked` for is no mention
//! of a skill where its name is a common word, and says nothing where it is a name of its own. `data/taxonomy/build/mentions.py` writes it. Deterministic.
//! Mentions with `held` are measured only.

use super::super::{CliError, Global, Outcome, io, ui};
use crate::taxonomy::ambiguity::{COUNT, Class, NAMES, Place, always_counts};
use crate::taxonomy::{Match, Taxonomy};
use crate::text::tokens::{Token, tokenize};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

/// Strength of the ridge that keeps weights small.
const RIDGE: f64 = 1.0;
/// Rounds of gradient descent; the fit has settled long before.
const ROUNDS: usize = 4000;
/// Taken off the log odds of everything but technologies: a skill wrongly claimed costs a reader
/// more than one missed among many mentions.
const CAUTION: f64 = 0.14;
/// How much a mention counts that was read for its word, beside a word of experts' sentences, where
/// names are common words: experts mark whole phrases, so "design" of "design and build services" too.
const LABELLED: f64 = 8.0;
/// Strength of the ridge on the weights of single words.
const WORD_RIDGE: f64 = 40.0;
/// A word has a weight of its own when so many mentions of the dev part stand with it.
const WORD_SEEN: usize = 5;
/// Weights of words nearer to nothing than this are left out of the table.
const WORD_COUNTS: f64 = 0.05;
/// Mentions of a class average that a form's own share is drawn towards.
const PRIOR_WEIGHT: f64 = 2.0;

/// Arguments of `rungs train ambiguity`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// NDJSON of labelled mentions; - reads stdin
    mentions: PathBuf,
    /// Write the weights here
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Also print every labelled mention of the dev part that comes out wrong
    #[arg(long)]
    mistakes: bool,
}

#[derive(Deserialize)]
struct Line {
    text: String,
    mentions: Vec<Label>,
}

#[derive(Deserialize)]
struct Label {
    start: usize,
    end: usize,
    concept: Option<String>,
    yes: bool,
    #[serde(default = "asked")]
    asked: bool,
    #[serde(default)]
    held: bool,
}

fn asked() -> bool {
    true
}

struct Example {
    form: (String, String),
    class: Class,
    values: [f32; COUNT],
    /// Words with weights of their own, as numbers of the vocabulary.
    words: Vec<usize>,
    yes: bool,
    held: bool,
    /// From a posting whose label names a concept, not from a sentence with experts' spans.
    labelled: bool,
    /// For looking at mistakes.
    context: String,
}

impl Example {
    fn weight(&self) -> f64 {
        if self.labelled && self.class != Class::Technical { LABELLED } else { 1.0 }
    }
}

/// Counts of right and wrong answers.
#[derive(Default)]
struct Score {
    hits: u32,
    false_alarms: u32,
    misses: u32,
}

impl Score {
    fn add(&mut self, said: bool, is: bool) {
        match (said, is) {
            (true, true) => self.hits += 1,
            (true, false) => self.false_alarms += 1,
            (false, true) => self.misses += 1,
            (false, false) => {}
        }
    }

    fn show(&self, name: &str) {
        let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
        ui::say(format_args!(
            "{name}: precision {:.3}, recall {:.3} (hits {}, false alarms {}, misses {})",
            share(self.hits, self.hits + self.false_alarms),
            share(self.hits, self.hits + self.misses),
            self.hits,
            self.false_alarms,
            self.misses
        ));
    }
}

pub(super) fn run(args: &Args, _global: &Global) -> Result<Outcome, CliError> {
    let taxonomy = Taxonomy::builtin();
    let mut seen = Seen { mistakes: args.mistakes, ..Seen::default() };
    for (number, line) in io::lines(io::open(&args.mentions)?).lines().enumerate() {
        let line = line.map_err(|e| CliError::file("cannot read", &args.mentions, e))?;
        let line: Line = serde_json::from_str(&line)
            .map_err(|e| CliError::Input(format!("{} line {}: {e}", args.mentions.display(), number + 1)))?;
        seen.read(taxonomy, &line);
    }
    seen.vocabulary.prune(&mut seen.examples);
    let mut weights: Vec<(&str, String, f64)> = Vec::new();
    let mut priors = BTreeMap::new();
    for class in Class::ALL {
        let mut mine: Vec<&mut Example> = seen.examples.iter_mut().filter(|e| e.class == class).collect();
        priors.extend(set_priors(&mut mine));
    }
    let mut fit = Fit::of(&seen.examples, seen.vocabulary.names.len());
    for class in [Class::Other, Class::Certain] {
        fit.classes[class as usize][0] -= CAUTION;
    }
    for class in Class::ALL {
        let mine: Vec<&Example> = seen.examples.iter().filter(|e| e.class == class).collect();
        measure(class, &mine, &fit, &mut seen.fixed);
        if args.mistakes {
            for e in mine.iter().filter(|e| !e.held && fit.says(e) != e.yes) {
                ui::say(format_args!("mistake\t{}\t{}\t{}\t{}", class.name(), e.yes, e.form.1, e.context));
            }
        }
        let named = NAMES.iter().zip(fit.classes[class as usize]);
        weights.extend(named.map(|(name, w)| (class.name(), (*name).to_owned(), w)));
    }
    weights.extend(priors.into_iter().map(|((form, id), w)| ("prior", format!("{form}\t{id}"), w)));
    let words = seen.vocabulary.names.into_iter().zip(fit.words);
    let mut words: Vec<_> = words.filter(|(_, w)| w.abs() >= WORD_COUNTS).collect();
    words.sort_by(|a, b| a.0.cmp(&b.0));
    weights.extend(words.into_iter().map(|((place, word), w)| (place.mark(), word, w)));
    match &args.output {
        Some(path) => io::replace(path, |out| {
            write(out, &weights).map_err(|e| CliError::file("cannot write", path, e))
        })?,
        None => write(&mut io::stdout(), &weights)
            .map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?,
    }
    Ok(Outcome::Done)
}

fn write(out: &mut dyn Write, weights: &[(&str, String, f64)]) -> std::io::Result<()> {
    writeln!(out, "class\tname\tweight")?;
    for (class, name, weight) in weights {
        match *class {
            "prior" => writeln!(out, "{name}\t{weight:.3}")?,
            class => writeln!(out, "{class}\t{name}\t{weight:.3}")?,
        }
    }
    out.flush()
}

/// Says how often the fit is right, on what it learned from and on what was held back.
fn measure(class: Class, mine: &[&Example], fit: &Fit, fixed: &mut [Score; 2]) {
    for held in [false, true] {
        let name = format!("{} {}", class.name(), if held { "held" } else { "dev" });
        let score = |labelled: bool| {
            let mut score = Score::default();
            let chosen = mine.iter().filter(|e| e.held == held && e.labelled == labelled);
            chosen.for_each(|e| score.add(fit.says(e), e.yes));
            score
        };
        score(false).show(&format!("{name}, words in experts' sentences"));
        let mut labelled = score(true);
        labelled.show(&format!("{name}, labelled words that are judged"));
        if class == Class::Technical {
            let all = &fixed[usize::from(held)];
            labelled.hits += all.hits;
            labelled.false_alarms += all.false_alarms;
            labelled.misses += all.misses;
            labelled.show(&format!("{name}, all labelled words, found or not"));
        }
    }
}

/// What was read.
#[derive(Default)]
struct Seen {
    examples: Vec<Example>,
    vocabulary: Vocabulary,
    /// Labelled words that no judge has a say on, dev and held.
    fixed: [Score; 2],
    /// Whether to say which of them come out wrong.
    mistakes: bool,
}

impl Seen {
    fn read(&mut self, taxonomy: &Taxonomy, line: &Line) {
        let (mut tokens, mut matches): (Vec<Token>, Vec<Match>) = (Vec::new(), Vec::new());
        tokenize(&line.text, &mut tokens);
        taxonomy.find(&line.text, &tokens, &mut matches);
        let place = |m: &Match| (tokens[m.first].start as usize, tokens[m.last].end as usize);
        for label in &line.mentions {
            let at = matches.iter().position(|m| place(m).0 <= label.start && place(m).1 >= label.end);
            let right_concept = |i: usize| {
                let id = &taxonomy.skill(matches[i].skill).id;
                label.concept.as_ref().is_none_or(|c| c == id)
            };
            match at {
                Some(i) if judged(taxonomy, &matches[i]) && right_concept(i) => {
                    let (features, words) = taxonomy.evidence(&line.text, &tokens, &matches, i);
                    if !label.asked && (features.class == Class::Technical || !matches[i].ambiguous) {
                        continue;
                    }
                    let form = taxonomy.form(&matches[i]).to_lowercase();
                    let words = if features.class == Class::Technical { Vec::new() } else { words };
                    self.examples.push(Example {
                        form: (form, taxonomy.skill(matches[i].skill).id.clone()),
                        class: features.class,
                        values: features.values,
                        words: words.into_iter().map(|word| self.vocabulary.number(word)).collect(),
                        yes: label.yes && label.asked,
                        held: label.held,
                        labelled: label.concept.is_some(),
                        context: around(&line.text, label.start, label.end),
                    });
                }
                _ if label.concept.is_none() || !label.asked => {}
                // Inside a longer name the verdict on the word alone says nothing.
                Some(i) if place(&matches[i]) != (label.start, label.end) => {}
                Some(i) => self.fixed(line, label, right_concept(i)),
                None => self.fixed(line, label, false),
            }
        }
    }

    fn fixed(&mut self, line: &Line, label: &Label, said: bool) {
        self.fixed[usize::from(label.held)].add(said, label.yes);
        if self.mistakes && said != label.yes && !label.held {
            let concept = label.concept.as_deref().unwrap_or_default();
            let context = around(&line.text, label.start, label.end);
            ui::say(format_args!("fixed\t{}\t{concept}\t{context}", label.yes));
        }
    }
}

/// Whether the model has a say.
fn judged(taxonomy: &Taxonomy, found: &Match) -> bool {
    found.ambiguous || !always_counts(taxonomy.skill(found.skill).kind)
}

/// The words around a mention, on one line.
fn around(text: &str, start: usize, end: usize) -> String {
    let from = (start.saturating_sub(60)..=start).find(|&i| text.is_char_boundary(i)).unwrap_or(start);
    let to = (end..=(end + 50).min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(end);
    format!("{}[{}]{}", &text[from..start], &text[start..end], &text[end..to]).replace(['\n', '\t'], " ")
}

/// Sets each example's prior from the other examples of its form, and returns the priors of all.
fn set_priors(examples: &mut [&mut Example]) -> BTreeMap<(String, String), f64> {
    let prior = NAMES.iter().position(|n| *n == "prior").unwrap_or_default();
    let mut counts: BTreeMap<(String, String), (f64, f64)> = BTreeMap::new();
    let (mut all_yes, mut all) = (1.0, 2.0);
    for e in examples.iter().filter(|e| !e.held) {
        let (yes, n) = counts.entry(e.form.clone()).or_default();
        let weight = e.weight();
        *yes += weight * f64::from(u8::from(e.yes));
        *n += weight;
        all_yes += weight * f64::from(u8::from(e.yes));
        all += weight;
    }
    let share = all_yes / all;
    let odds = |yes: f64, n: f64| {
        let p = (yes + PRIOR_WEIGHT * share) / (n + PRIOR_WEIGHT);
        (p / (1.0 - p)).ln() - (share / (1.0 - share)).ln()
    };
    for e in examples.iter_mut() {
        let (yes, n) = counts.get(&e.form).copied().unwrap_or_default();
        let own = e.weight() * f64::from(u8::from(e.yes));
        let value = if e.held { odds(yes, n) } else { odds(yes - own, n - e.weight()) };
        e.values[prior] = value as f32;
    }
    counts.into_iter().filter(|(_, (_, n))| *n >= 3.0).map(|(form, (yes, n))| (form, odds(yes, n))).collect()
}

/// The words with weights of their own, by number.
#[derive(Default)]
struct Vocabulary {
    names: Vec<(Place, String)>,
    numbers: HashMap<(Place, String), usize>,
}

impl Vocabulary {
    fn number(&mut self, word: (Place, String)) -> usize {
        let next = self.names.len();
        let number = *self.numbers.entry(word.clone()).or_insert(next);
        if number == next {
            self.names.push(word);
        }
        number
    }

    /// Keeps the words that are seen often enough to have a weight.
    fn prune(&mut self, examples: &mut [Example]) {
        let mut seen = vec![0; self.names.len()];
        for e in examples.iter().filter(|e| !e.held) {
            let unlike: BTreeSet<usize> = e.words.iter().copied().collect();
            unlike.into_iter().for_each(|word| seen[word] += 1);
        }
        let mut kept = Self::default();
        let numbers: Vec<Option<usize>> = (self.names.iter().zip(&seen))
            .map(|(name, &n)| (n >= WORD_SEEN).then(|| kept.number(name.clone())))
            .collect();
        for e in examples {
            e.words = e.words.iter().filter_map(|&word| numbers[word]).collect();
        }
        *self = kept;
    }
}

/// Weights by class and by word.
struct Fit {
    classes: [[f64; COUNT]; 3],
    words: Vec<f64>,
}

impl Fit {
    fn probability(&self, e: &Example) -> f64 {
        let named = self.classes[e.class as usize].iter().zip(&e.values).map(|(w, v)| w * f64::from(*v));
        let sum: f64 = named.sum::<f64>() + e.words.iter().map(|&word| self.words[word]).sum::<f64>();
        1.0 / (1.0 + (-sum).exp())
    }

    fn says(&self, e: &Example) -> bool {
        self.probability(e) >= 0.5
    }

    /// Logistic regression with a ridge, by gradient descent with momentum.
    fn of(examples: &[Example], words: usize) -> Self {
        let train: Vec<&Example> = examples.iter().filter(|e| !e.held).collect();
        let mut fit = Self { classes: [[0.0; COUNT]; 3], words: vec![0.0; words] };
        let mut speed = Self { classes: [[0.0; COUNT]; 3], words: vec![0.0; words] };
        let mut sizes = [1.0; 3];
        train.iter().for_each(|e| sizes[e.class as usize] += e.weight());
        let step = |weight: &mut f64, speed: &mut f64, slope: f64, n: f64| {
            *speed = 0.9 * *speed - 0.1 * slope / n;
            *weight += *speed;
        };
        for _ in 0..ROUNDS {
            let mut slope = Self { classes: [[0.0; COUNT]; 3], words: vec![0.0; words] };
            for e in &train {
                let error = e.weight() * (fit.probability(e) - f64::from(u8::from(e.yes)));
                for (s, v) in slope.classes[e.class as usize].iter_mut().zip(&e.values) {
                    *s += error * f64::from(*v);
                }
                e.words.iter().for_each(|&word| slope.words[word] += error);
            }
            for (class, n) in sizes.iter().enumerate() {
                for i in 0..COUNT {
                    let weight = &mut fit.classes[class][i];
                    let pull = if i == 0 { 0.0 } else { RIDGE * *weight };
                    step(weight, &mut speed.classes[class][i], slope.classes[class][i] + pull, *n);
                }
            }
            let n = sizes[Class::Other as usize] + sizes[Class::Certain as usize];
            for (i, weight) in fit.words.iter_mut().enumerate() {
                let pull = WORD_RIDGE * *weight;
                step(weight, &mut speed.words[i], slope.words[i] + pull, n);
            }
        }
        fit
    }
}
