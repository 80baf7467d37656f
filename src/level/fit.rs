//! Fitting the model: proportional odds over intervals of levels, and log-odds of the track.
//!
//! Employers, not rows, count: a row weighs `1/√n` of its employer's `n` rows, every employer has
//! an offset of its own that is thrown away after fitting (its cut points differ from others'),
//! and a feature must be seen with several employers. Weights shrink towards zero, that is
//! towards the rules. Full-batch AdaGrad with fixed steps: the same data give the same weights.

use super::cues::Cue;
use super::fields::Told;
use super::model::{LEVELS, Model, features, sigmoid};
use super::{Evidence, Track, title};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// A role whose level or track an employer or portal has told.
#[derive(Clone, Debug, Default)]
pub struct Example {
    /// Who told: the unit that is left out in validation.
    pub group: String,
    /// Title as published.
    pub title: String,
    /// Employer as published.
    pub company: String,
    /// What the body says.
    pub cues: Vec<Cue>,
    /// Interval of levels, 1–8, where told.
    pub level: Option<(u8, u8)>,
    /// Track, where told.
    pub track: Option<Track>,
    /// Told by a portal's coarse scale, beside a whole body.
    pub portal: bool,
}

/// Iterations of the optimiser.
const STEPS: usize = 300;
/// Its step size.
const RATE: f32 = 0.15;
/// Shrinkage of the weights of titles: strong, since with an employer left out the rules alone do
/// nearly as well, and weaker shrinkage carries one employer's ladder over to others.
const SHRINK: f32 = 30.0;
/// Shrinkage of the weights of bodies.
const SHRINK_CUES: f32 = 1.0;
/// Shrinkage of employers' offsets.
const SHRINK_OFFSET: f32 = 1.0;
/// Shrinkage of track weights.
const SHRINK_TRACK: f32 = 0.15;
/// A feature must be seen with so many employers or portals …
const FEWEST_GROUPS: usize = 2;
/// … and in so many rows.
const FEWEST_ROWS: usize = 4;
/// Width used while fitting; the final one is chosen on employers left out.
const FITTING_TAU: f32 = 0.45;

/// One example as numbers.
struct Row {
    start: f32,
    rule: Option<Track>,
    features: Vec<(usize, f32)>,
    group: usize,
    weight: f32,
    level: Option<(u8, u8)>,
    track: Option<Track>,
}

struct Design {
    rows: Vec<Row>,
    names: Vec<String>,
    groups: usize,
}

/// Fits a model to `examples`, in two steps.
///
/// Words of titles are weighed by what employers say, words of bodies by what portals say: a
/// portal's scale is too coarse to tell a director from a manager, and employers' rows here have
/// no bodies.
#[must_use]
pub fn fit(examples: &[Example]) -> Fitted {
    let (portals, employers): (Vec<&Example>, Vec<&Example>) = examples.iter().partition(|e| e.portal);
    let titles = design(&employers, |name| !is_of_body(name));
    let level_of = |row: &Row, score: f32| row.level.map(|told| level_slope(score, told));
    let level = descend(&titles, SHRINK, level_of, |row| row.start);
    let track = descend(
        &titles,
        SHRINK_TRACK,
        |row, score| row.track.map(|told| sigmoid(score) - f32::from(told == Track::Management)),
        |row| Model::default().track_score(row.rule, &[]),
    );
    let mut model = Model { level: named(&titles, &level), track: named(&titles, &track), tau: FITTING_TAU };
    let mut bodies = design(&portals, is_of_body);
    for (row, example) in bodies.rows.iter_mut().zip(portals.iter().filter(|e| !is_open(e))) {
        let reading = title::read(&example.title, &[&example.company]);
        row.start = model.score(row.start, &features(&reading, &Told::default(), &evidence(example)));
    }
    let cues = descend(&bodies, SHRINK_CUES, level_of, |row| row.start);
    model.level.extend(named(&bodies, &cues));
    Fitted { model }
}

fn is_of_body(name: &str) -> bool {
    ["cue:", "years", "reports-to"].iter().any(|start| name.starts_with(start))
}

fn is_open(example: &Example) -> bool {
    title::read(&example.title, &[&example.company]).open
}

/// Weights by name, without those that hardly move anything.
fn named(design: &Design, weights: &[f32]) -> FxHashMap<String, f32> {
    let kept = design.names.iter().zip(weights).filter(|(_, w)| w.abs() >= 0.005);
    kept.map(|(name, w)| (name.clone(), *w)).collect()
}

/// A fitted model.
#[derive(Clone, Debug)]
pub struct Fitted {
    model: Model,
}

impl Fitted {
    /// The model compiled into the program.
    #[must_use]
    pub fn builtin() -> Self {
        Self { model: Model::builtin().clone() }
    }

    /// The rules alone.
    #[must_use]
    pub fn rules() -> Self {
        Self { model: Model { tau: FITTING_TAU, ..Model::default() } }
    }

    /// What the model says of an example.
    #[must_use]
    pub fn estimate(&self, example: &Example) -> super::LevelEstimate {
        let evidence = evidence(example);
        let reading = title::read(&example.title, &[&example.company]);
        self.model.estimate(reading, Told::default(), &evidence)
    }

    /// The example's point on the scale; `None` where nothing speaks for one.
    #[must_use]
    pub fn score(&self, example: &Example) -> Option<f32> {
        let reading = title::read(&example.title, &[&example.company]);
        let features = features(&reading, &Told::default(), &evidence(example));
        (!reading.open).then(|| self.model.score(reading.prior.unwrap_or(3.0), &features))
    }

    /// Width of the steps, in levels.
    #[must_use]
    pub fn width(&self) -> f32 {
        self.model.tau
    }

    /// Sets the width of the steps.
    pub fn set_width(&mut self, tau: f32) {
        self.model.tau = tau;
    }

    /// The model as the table that the program embeds.
    #[must_use]
    pub fn table(&self) -> String {
        use std::fmt::Write;
        let mut text = String::from("target\tfeature\tweight\n");
        let _ = writeln!(text, "tau\t-\t{:.3}", self.model.tau);
        for (target, weights) in [("level", &self.model.level), ("track", &self.model.track)] {
            for (name, weight) in weights.iter().collect::<BTreeMap<_, _>>() {
                let _ = writeln!(text, "{target}\t{name}\t{weight:.3}");
            }
        }
        text
    }
}

/// Probability of each level, 1–8, at a point of the scale with steps of this width.
#[must_use]
pub fn chances(score: f32, width: f32) -> [f32; LEVELS] {
    Model { tau: width, ..Model::default() }.distribution(score)
}

fn evidence(example: &Example) -> Evidence<'_> {
    Evidence { title: &example.title, company: &example.company, cues: &example.cues, ..Evidence::default() }
}

fn design(examples: &[&Example], wanted: impl Fn(&str) -> bool) -> Design {
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for example in examples {
        *groups.entry(&example.group).or_default() += 1;
    }
    let number: BTreeMap<&str, usize> = groups.keys().enumerate().map(|(i, group)| (*group, i)).collect();
    let read: Vec<_> = examples
        .iter()
        .map(|example| {
            let reading = title::read(&example.title, &[&example.company]);
            let mut features = features(&reading, &Told::default(), &evidence(example));
            features.retain(|(name, _)| wanted(name));
            (example, reading, features)
        })
        .collect();
    let mut seen: BTreeMap<&str, (FxHashSet<&str>, usize)> = BTreeMap::new();
    for (example, _, features) in &read {
        for (name, _) in features {
            let (with, rows) = seen.entry(name).or_default();
            with.insert(&example.group);
            *rows += 1;
        }
    }
    let names: Vec<String> = seen
        .iter()
        .filter(|(_, (with, rows))| with.len() >= FEWEST_GROUPS && *rows >= FEWEST_ROWS)
        .map(|(name, _)| (*name).to_owned())
        .collect();
    let index: FxHashMap<&str, usize> =
        names.iter().enumerate().map(|(i, name)| (name.as_str(), i)).collect();
    let rows = read
        .iter()
        .filter(|(_, reading, _)| !reading.open)
        .map(|(example, reading, features)| Row {
            start: reading.prior.unwrap_or(3.0),
            rule: reading.track,
            features: features
                .iter()
                .filter_map(|(name, x)| Some((*index.get(name.as_ref())?, *x)))
                .collect(),
            group: number.get(example.group.as_str()).copied().unwrap_or(0),
            weight: 1.0 / (groups.get(example.group.as_str()).copied().unwrap_or(1) as f32).sqrt(),
            level: example.level,
            track: example.track,
        })
        .collect();
    Design { rows, groups: groups.len(), names }
}

/// Minimises the loss whose slope in the score is `slope`, from the scores that `start` gives.
fn descend(
    design: &Design,
    shrink: f32,
    slope: impl Fn(&Row, f32) -> Option<f32>,
    start: impl Fn(&Row) -> f32,
) -> Vec<f32> {
    let mut weights = vec![0.0; design.names.len() + design.groups];
    let mut history = vec![1e-3; weights.len()];
    for _ in 0..STEPS {
        let mut gradient: Vec<f32> = weights
            .iter()
            .enumerate()
            .map(|(i, w)| w * if i < design.names.len() { shrink } else { SHRINK_OFFSET })
            .collect();
        for row in &design.rows {
            let offset = design.names.len() + row.group;
            let moved: f32 = row.features.iter().map(|(i, x)| weights[*i] * x).sum();
            let Some(slope) = slope(row, start(row) + moved + weights[offset]) else { continue };
            let slope = slope * row.weight;
            for (i, x) in &row.features {
                gradient[*i] += slope * x;
            }
            gradient[offset] += slope;
        }
        for ((weight, history), gradient) in weights.iter_mut().zip(&mut history).zip(&gradient) {
            *history += gradient * gradient;
            *weight -= RATE * gradient / history.sqrt();
        }
    }
    weights.truncate(design.names.len());
    weights
}

/// Slope of `-log P(low ≤ level ≤ high)` in the score.
fn level_slope(score: f32, (low, high): (u8, u8)) -> f32 {
    let cut = |k: f32| sigmoid((k - score) / FITTING_TAU);
    let top = if usize::from(high) >= LEVELS { 1.0 } else { cut(f32::from(high) + 0.5) };
    let bottom = if low <= 1 { 0.0 } else { cut(f32::from(low) - 0.5) };
    let inside = (top - bottom).max(1e-6);
    (top * (1.0 - top) - bottom * (1.0 - bottom)) / (inside * FITTING_TAU)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(group: &str, title: &str, level: u8) -> Example {
        Example {
            group: group.into(),
            title: title.into(),
            level: Some((level, level)),
            ..Example::default()
        }
    }

    #[test]
    fn weights_move_the_rules_towards_what_employers_say() {
        let mut examples = Vec::new();
        for group in 0..24 {
            let group = &group.to_string();
            for _ in 0..30 {
                examples.push(example(group, "Senior Account Executive", 5));
                examples.push(example(group, "Software Engineer", 3));
            }
        }
        let before = Fitted::rules().estimate(&examples[0]);
        let fitted = fit(&examples);
        assert_eq!(before.value, Some(4));
        assert_eq!(fitted.estimate(&examples[0]).value, Some(5));
        assert_eq!(fitted.estimate(&examples[1]).value, Some(3));
        assert_eq!(fitted.table(), fit(&examples).table());
    }

    #[test]
    fn the_slope_is_that_of_the_loss() {
        let loss = |score: f32| {
            let cut = |k: f32| sigmoid((k - score) / FITTING_TAU);
            -(cut(5.5) - cut(3.5)).ln()
        };
        for score in [2.0, 4.0, 5.2, 6.5] {
            let numeric = (loss(score + 1e-2) - loss(score - 1e-2)) / 2e-2;
            assert!((numeric - level_slope(score, (4, 5))).abs() < 2e-2, "{score}");
        }
    }
}
