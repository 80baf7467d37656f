//! What kind of job: one of the role families of `data/level/families.tsv`.
//!
//! Phrases of the title weigh most: the longest, and among equals the last of the first segment
//! ("sales *engineer*"). Words of title and body add log-linear weights
//! (`data/level/family_words.tsv`, made by `rungs train family`), so that a title that says little
//! ("Associate", a bureau's code) is decided by the body.

use super::table::{first_wins, rows};
use super::{Origin, Reason};
use crate::text::Phrases;
use crate::text::tokens::{Token, TokenKind, tokenize};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use std::sync::OnceLock;

/// A role family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Family {
    /// Stable id, e.g. `software-engineering`.
    pub id: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// Beginnings of ISCO-08 codes of its occupations.
    pub isco: Vec<&'static str>,
    /// Beginnings of SOC 2018 codes of its occupations.
    pub soc: Vec<&'static str>,
}

/// A family, with its doubt and its reasons.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FamilyEstimate {
    /// Id of the most likely family.
    pub id: &'static str,
    /// Id of the next likely one, where it is not far behind.
    pub second: Option<&'static str>,
    /// Probability that `id` is right, 0–1.
    pub confidence: f32,
    /// The words that decided.
    pub reasons: Vec<Reason>,
}

/// A body as a reader sees it.
#[derive(Clone, Copy, Debug)]
pub struct Body<'a> {
    /// Visible text.
    pub text: &'a str,
    /// Its tokens.
    pub tokens: &'a [Token],
}

/// What is known of a role when its family is asked for. The title alone will do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'a> {
    /// Title as published.
    pub title: &'a str,
    /// Employer, empty where unknown.
    pub company: &'a str,
    /// The body.
    pub body: Option<Body<'a>>,
    /// Taxonomy areas or ids of the skills asked for.
    pub skills: &'a [&'a str],
}

/// Tokens of a body that are read; the rest of a long one says little new.
const BODY_TOKENS: usize = 500;
/// Most reasons given.
const REASONS: usize = 3;
/// A second family is named when it is at least this likely.
const SECOND: f32 = 0.15;

/// The families and the words that speak for them.
pub(super) struct Families {
    pub(super) all: Vec<Family>,
    phrases: Phrases<u32>,
    /// Per word of a title or body: families by number and their weights.
    words: FxHashMap<u64, Vec<(u8, f32)>>,
    bias: Vec<f32>,
}

impl Families {
    pub(super) fn builtin() -> &'static Self {
        static FAMILIES: OnceLock<Families> = OnceLock::new();
        FAMILIES.get_or_init(Self::load)
    }

    fn load() -> Self {
        let mut all = Vec::new();
        let mut phrases = Vec::new();
        for row in rows(include_str!("../../data/level/families.tsv")) {
            let [id, label, isco, soc, heads] = row[..] else { continue };
            let number = u32::try_from(all.len()).unwrap_or(u32::MAX);
            phrases.extend(heads.split('|').map(|head| (head, number)));
            let codes = |cell: &'static str| cell.split(',').collect();
            all.push(Family { id, label, isco: codes(isco), soc: codes(soc) });
        }
        let bias = vec![0.0; all.len()];
        Self { all, phrases: first_wins(phrases), words: FxHashMap::default(), bias }
    }
}

/// Every family, in the order of their ids.
#[must_use]
pub fn all() -> &'static [Family] {
    &Families::builtin().all
}

/// The label of the family `id`; the id itself where there is no such family.
#[must_use]
pub fn label(id: &str) -> &str {
    all().iter().find(|family| family.id == id).map_or(id, |family| family.label)
}

/// A phrase of the title that names a family.
struct Named {
    family: usize,
    first: usize,
    last: usize,
    weight: f32,
}

/// The kind of job; `None` where nothing speaks for any.
///
/// ```
/// use rungs::level::family::{Evidence, estimate};
/// let family = estimate(&Evidence { title: "Staff Nurse, ICU", ..Evidence::default() }).unwrap();
/// assert_eq!(family.id, "nursing");
/// ```
#[must_use]
pub fn estimate(evidence: &Evidence<'_>) -> Option<FamilyEstimate> {
    let families = Families::builtin();
    let mut tokens = Vec::new();
    tokenize(evidence.title, &mut tokens);
    let named = families.named(evidence.title, &tokens);
    let mut scores = families.bias.clone();
    for name in &named {
        scores[name.family] += name.weight;
    }
    let heard = families.add_words(evidence, &tokens, &mut scores);
    if named.is_empty() && !heard {
        return None;
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
    let (&best, &next) = (order.first()?, order.get(1)?);
    let sum: f32 = scores.iter().map(|s| (s - scores[best]).exp()).sum();
    let reasons = named.iter().filter(|name| name.family == best).take(REASONS).map(|name| {
        let (start, end) = (tokens[name.first].start as usize, tokens[name.last].end as usize);
        let words = evidence.title.get(start..end).unwrap_or_default();
        Reason::at(Origin::Title, words, start..end, format!("names {}", families.all[best].label))
    });
    Some(FamilyEstimate {
        id: families.all[best].id,
        second: ((scores[next] - scores[best]).exp() / sum > SECOND).then(|| families.all[next].id),
        confidence: 1.0 / sum,
        reasons: reasons.collect(),
    })
}

impl Families {
    /// Phrases of the title that name families, weighed by length and place.
    fn named(&self, title: &str, tokens: &[Token]) -> Vec<Named> {
        let mut named: Vec<Named> = Vec::new();
        let segment_end = tokens
            .iter()
            .position(|t| matches!(t.of(title), "," | "(" | "|" | "–" | "—" | ":" | "[" | "@"))
            .unwrap_or(tokens.len());
        let mut first = 0;
        while first < tokens.len() {
            let Some((family, covered)) = self.phrases.longest(title, tokens, first) else {
                first += 1;
                continue;
            };
            let last = first + covered - 1;
            let mut weight = 2.0 + 1.3 * (covered as f32 - 1.0).min(3.0);
            weight += if last < segment_end { 0.5 } else { -0.5 };
            if last + 1 == segment_end {
                weight += 1.0;
            }
            named.push(Named { family: family as usize, first, last, weight });
            first += covered;
        }
        named
    }

    /// Adds the weights of words; `false` when none is known.
    fn add_words(&self, evidence: &Evidence<'_>, title: &[Token], scores: &mut [f32]) -> bool {
        let mut seen = FxHashSet::default();
        let body = evidence.body.map_or(&[][..], |body| body.tokens);
        let words = title.iter().chain(body.iter().take(BODY_TOKENS));
        for token in words.filter(|t| t.kind == TokenKind::Word && seen.insert(t.hash)) {
            for (family, weight) in self.words.get(&token.hash).into_iter().flatten() {
                scores[*family as usize] += weight;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_name_families() {
        for (title, expected) in [
            ("Senior Software Engineer", "software-engineering"),
            ("Staff Nurse, ICU", "nursing"),
            ("HGV Class 1 Driver", "transport-driving"),
            ("Account Executive, Mid-Market", "sales"),
        ] {
            let id = estimate(&Evidence { title, ..Evidence::default() }).map(|f| f.id);
            assert_eq!(id, Some(expected), "{title}");
        }
        assert_eq!(estimate(&Evidence::default()), None);
    }
}
