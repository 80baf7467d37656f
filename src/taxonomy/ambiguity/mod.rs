//! Is an ambiguous word meant as the skill? A logistic model over its surroundings, with cue
//! words for single forms.
//!
//! `data/taxonomy/ambiguous.tsv` holds the cue words and `departments.txt` the forms that name a
//! department, too, both written by hand;
//! `data/taxonomy/ambiguity.tsv` the weights, written by `rungs train ambiguity` from labelled
//! mentions.

mod features;
mod rules;
mod words;

pub use features::{COUNT, Class, Features, NAMES, Place};

use super::{Kind, Match, SkillRef};
use crate::text::filter::Lexicon;
use crate::text::tables::{cells, lines};
use crate::text::tokens::{Token, TokenKind, fold_hash};
use features::View;
use rules::Rule;
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;
use std::sync::OnceLock;

/// What a token says wherever it stands in the line of a mention.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weighed {
    /// The lists it is in.
    lists: words::Lists,
    /// Its log odds.
    weight: f32,
}

/// Weighs `tokens` one by one into `out` (cleared first), so that each is looked up once however many names a
/// line holds.
pub(super) fn weigh(tokens: &[Token], out: &mut Vec<Weighed>) {
    let model = Model::get();
    out.clear();
    out.extend(tokens.iter().map(|token| match token.kind {
        TokenKind::Word => model.line.get(token.hash).copied().unwrap_or_default(),
        TokenKind::Symbol => Weighed::default(),
    }));
}

/// The tokens, of so many, that a mention looks at.
pub(super) fn near(found: &Match, tokens: usize) -> Range<usize> {
    found.first.saturating_sub(features::LINE)..(found.last + features::LINE + 1).min(tokens)
}

/// What a mention stands in.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    /// One for each token from this one on, as far as any mention looks.
    pub(super) weighed: &'a [Weighed],
    pub(super) from: usize,
    /// The text may run over several lines.
    pub(super) feeds: bool,
    pub(super) matches: &'a [Match],
}

/// Whether a line feed lies between the first and the last of `tokens`.
pub(super) fn feeds(text: &str, tokens: &[Token]) -> bool {
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return false };
    let within = text.as_bytes().get(first.start as usize..last.end as usize);
    within.is_some_and(|within| memchr::memchr(b'\n', within).is_some())
}

/// A mention and everything around it.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) line: Line<'a>,
    pub(super) index: usize,
    pub(super) found: Match,
    /// The form as the table writes it.
    pub(super) form: &'a str,
    /// Id of the concept.
    pub(super) id: &'a str,
    pub(super) kind: Kind,
    pub(super) kind_of: &'a dyn Fn(SkillRef) -> Kind,
}

/// Weights and cue words.
struct Model {
    /// In the order of [`Class::ALL`].
    weights: [[f32; COUNT]; 3],
    /// By form; few forms have any.
    forms: Lexicon<Vec<Known>, 4096>,
    departments: FxHashSet<u64>,
    /// What words of the line say.
    line: Lexicon<Weighed, 1024>,
    /// Log odds of the first and last words of mentions, by [`Place::key`].
    ends: Lexicon<f32, 1024>,
}

/// What is known of a form of one concept.
struct Known {
    concept: u64,
    /// Log odds.
    prior: f32,
    rule: Option<Box<Rule>>,
}

const WEIGHTS: &str = include_str!("../../../data/taxonomy/ambiguity.tsv");
const DEPARTMENTS: &str = include_str!("../../../data/taxonomy/departments.txt");
const RULES: &str = include_str!("../../../data/taxonomy/ambiguous.tsv");

impl Model {
    fn get() -> &'static Self {
        static MODEL: OnceLock<Model> = OnceLock::new();
        MODEL.get_or_init(Self::read)
    }

    /// Reads the tables; a test makes sure that every line of them is understood.
    fn read() -> Self {
        let mut model = Self {
            weights: [[0.0; COUNT]; 3],
            forms: Lexicon::default(),
            departments: DEPARTMENTS.lines().map(fold_hash).collect(),
            line: Lexicon::default(),
            ends: Lexicon::default(),
        };
        let (mut within, mut ends): (FxHashMap<u64, Weighed>, _) =
            (FxHashMap::default(), FxHashMap::default());
        let mut forms: Forms = FxHashMap::default();
        for (word, lists) in words::all() {
            within.entry(word).or_default().lists |= lists;
        }
        for line in lines(WEIGHTS).skip(1) {
            let mut cells = cells(line, b'\t');
            let (Some(class), Some(name), Some(weight)) = (cells.next(), cells.next(), cells.next()) else {
                continue;
            };
            let weight = weight.parse().unwrap_or_default();
            let known =
                Class::ALL.iter().position(|c| c.name() == class).zip(NAMES.iter().position(|n| *n == name));
            if let Some((class, i)) = known {
                model.weights[class][i] = weight;
            } else if let Some(place) = Place::ALL.iter().find(|place| class == place.mark()) {
                let key = place.key(fold_hash(name));
                match place {
                    Place::Line => within.entry(key).or_default().weight = weight,
                    Place::First | Place::Last => drop(ends.insert(key, weight)),
                }
            } else {
                known_of(&mut forms, class, name).prior = weight;
            }
        }
        for (form, id, cues) in rule_rows() {
            if let Ok(rule) = Rule::parse(cues) {
                known_of(&mut forms, form, id).rule = Some(Box::new(rule));
            }
        }
        (model.line, model.ends, model.forms) = (within.into(), ends.into(), forms.into());
        model
    }

    /// The weight of the first or last word of a mention.
    fn weight(&self, place: Place, token: &Token) -> f32 {
        self.ends.get(place.key(token.hash)).copied().unwrap_or_default()
    }
}

/// What is known of forms, by their hashes.
type Forms = FxHashMap<u64, Vec<Known>>;

/// What is known of a form of a concept, to be written.
fn known_of<'f>(forms: &'f mut Forms, form: &str, concept: &str) -> &'f mut Known {
    let concept = fold_hash(concept);
    let list = forms.entry(fold_hash(form)).or_default();
    let at = list.iter().position(|known| known.concept == concept).unwrap_or_else(|| {
        list.push(Known { concept, prior: 0.0, rule: None });
        list.len() - 1
    });
    &mut list[at]
}

fn rule_rows() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    RULES.lines().skip(1).filter(|l| !l.is_empty()).filter_map(|line| {
        let mut cells = line.split('\t');
        Some((cells.next()?, cells.next()?, cells.next()?))
    })
}

/// Whether the names of a kind count wherever they are not ambiguous. What a gate is made of does:
/// a degree that is named is asked for, or the section says otherwise.
#[must_use]
pub fn always_counts(kind: Kind) -> bool {
    features::technical(kind) || matches!(kind, Kind::Degree | Kind::Certificate)
}

/// The cue words for a form of a concept, as the table writes them.
pub(super) fn rule_text(form: &str, id: &str) -> Option<&'static str> {
    rule_rows().find(|(f, i, _)| f.eq_ignore_ascii_case(form) && *i == id).map(|(_, _, cues)| cues)
}

pub(super) fn features(context: &Context<'_>) -> Features {
    seen(&View::new(context), context)
}

fn seen(view: &View<'_>, context: &Context<'_>) -> Features {
    let model = Model::get();
    let form = fold_hash(context.form);
    let known = model.forms.get(form).and_then(|list| {
        let concept = fold_hash(context.id);
        list.iter().find(|known| known.concept == concept)
    });
    let (prior, rule) = known.map_or((0.0, None), |known| (known.prior, known.rule.as_deref()));
    features::features(view, rule, prior, model.departments.contains(&form))
}

/// The words around and in a mention that may have weights of their own.
pub(super) fn words(context: &Context<'_>) -> Vec<(Place, String)> {
    let mut words = Vec::new();
    let add = |place, token: &Token| words.push((place, token.of(context.line.text).to_lowercase()));
    features::words(&View::new(context), add);
    words
}

/// Probability that the mention means its concept.
pub(super) fn judge(context: &Context<'_>) -> f32 {
    let view = View::new(context);
    if context.kind == Kind::Language && features::spoken(&view) {
        return super::CERTAIN;
    }
    let Features { class, values } = seen(&view, context);
    let model = Model::get();
    let weights = &model.weights[class as usize];
    let mut sum: f32 = weights.iter().zip(&values).map(|(w, v)| w * v).sum();
    if class != Class::Technical {
        let (first, last) =
            (&context.line.tokens[context.found.first], &context.line.tokens[context.found.last]);
        sum += view.line().1 + model.weight(Place::First, first) + model.weight(Place::Last, last);
    }
    1.0 / (1.0 + (-sum).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_understood() {
        assert!(rule_rows().count() > 50);
        for (form, id, cues) in rule_rows() {
            assert!(Rule::parse(cues).is_ok(), "{form} {id} {cues}");
            let skill = super::super::Taxonomy::builtin().by_id(id);
            assert!(skill.is_some(), "{form}: there is no concept {id}");
        }
    }

    #[test]
    fn every_weight_is_a_number() {
        for line in WEIGHTS.lines().skip(1) {
            assert!(line.rsplit('\t').next().is_some_and(|w| w.parse::<f32>().is_ok()), "{line}");
        }
    }
}
