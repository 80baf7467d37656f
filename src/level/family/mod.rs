//! What kind of job: one of the role families of `data/level/families.tsv`.
//!
//! Phrases of the title weigh most: the longest, and among equals the last of the first segment
//! ("sales *engineer*"); generic ones ("executive director") yield to the rest
//! (`data/level/family_phrases.tsv`). Words of title and body add log-linear weights
//! (`data/level/family_words.tsv`, made by `rungs train family`), so that a title that says little
//! ("Associate", a bureau's code) is decided by the body.

pub mod fit;
mod linear;

use super::table::{first_wins, rows};
use super::title::MOST_TOKENS;
use super::{Origin, Reason};
use crate::text::filter::Lexicon;
use crate::text::tables;
use crate::text::tokens::{Token, TokenKind, fold_hash, tokenize};
use crate::text::{Document, Phrases, Section};
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

/// What is known of a role when its family is asked for. The title alone will do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'a> {
    /// Title as published.
    pub title: &'a str,
    /// Employer, empty where unknown.
    pub company: &'a str,
    /// Department or team, empty where unknown.
    pub department: &'a str,
    /// The body.
    pub body: Option<&'a Document>,
}

/// Words of a body that are read; the rest of a long one says little new.
const BODY_TOKENS: usize = 300;
/// Most reasons given.
const REASONS: usize = 3;
/// A second family is named when it is at least this likely.
const SECOND: f32 = 0.15;

/// How much the log-odds of words of the title count beside its phrases.
const TITLE_WORDS: f32 = 0.3;
/// The same for words of the body.
const BODY_WORDS: f32 = 1.0;
/// Share of a department's phrases beside those of the title.
const DEPARTMENT: f32 = 0.4;
/// Weight of a phrase of one word; longer ones weigh more.
const PHRASE: f32 = 2.0;
/// The same for a phrase that fits many kinds of jobs, or names a field rather than a job.
const WEAK_PHRASE: f32 = 0.6;

/// What a phrase in a title stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Meaning {
    /// An object that names no job ("data warehouse").
    Object,
    /// A job of this family.
    Job(u8),
    /// A job of this family, or of others.
    Generic(u8),
    /// A field of work of this family.
    Field(u8),
}

/// Weights of words by family, in one piece: a look-up a word, then a run of memory.
struct Weights {
    /// Number of a word's row; most words of a body have none.
    rows: Lexicon<u32, 4096>,
    /// Where each row ends in `cells`.
    ends: Vec<u32>,
    /// Families and tenths of their weights.
    cells: Vec<(u8, i8)>,
}

/// The families and the words that speak for them.
pub(super) struct Families {
    pub(super) all: Vec<Family>,
    phrases: Phrases<Meaning>,
    title: Weights,
    body: Weights,
}

impl Families {
    pub(super) fn builtin() -> &'static Self {
        static FAMILIES: OnceLock<Families> = OnceLock::new();
        FAMILIES.get_or_init(Self::load)
    }

    fn load() -> Self {
        let mut all: Vec<Family> = Vec::new();
        let mut heads = Vec::new();
        for row in rows(include_str!("../../../data/level/families.tsv")) {
            let [id, label, isco, soc, forms] = row[..] else { continue };
            let Ok(number) = u8::try_from(all.len()) else { break };
            heads.extend(forms.split('|').map(|form| (form, number)));
            let codes = |cell: &'static str| cell.split(',').collect();
            all.push(Family { id, label, isco: codes(isco), soc: codes(soc) });
        }
        let number = |id: &str| all.iter().position(|family| family.id == id).unwrap_or(0) as u8;
        let (mut phrases, mut generic) = (Vec::new(), FxHashSet::default());
        let mut fields = Vec::new();
        for row in rows(include_str!("../../../data/level/family_phrases.tsv")) {
            let [kind, family, forms] = row[..] else { continue };
            match kind {
                "object" => phrases.extend(forms.split('|').map(|form| (form, Meaning::Object))),
                "weak" => generic.extend(forms.split('|')),
                "job" => {
                    heads.splice(0..0, forms.split('|').map(|form| (form, number(family)))).for_each(drop)
                }
                _ => fields.extend(forms.split('|').map(|form| (form, Meaning::Field(number(family))))),
            }
        }
        phrases.extend(heads.into_iter().map(|(form, family)| {
            (form, if generic.contains(form) { Meaning::Generic(family) } else { Meaning::Job(family) })
        }));
        phrases.extend(fields);
        let table: Vec<_> = rows(include_str!("../../../data/level/family_words.tsv")).collect();
        let (title, body) = (Weights::new(&table, "title"), Weights::new(&table, "body"));
        Self { all, phrases: first_wins(phrases), title, body }
    }
}

/// The key of a word, or of two.
fn key(words: &str) -> u64 {
    match words.split_once(' ') {
        Some((a, b)) => pair(fold_hash(a), fold_hash(b)),
        None => fold_hash(words),
    }
}

/// One of the weights of a word, which the table parts by commas: `family:tenths`.
fn cell(cell: &str) -> Option<(u8, i8)> {
    let colon = cell.bytes().position(|byte| byte == b':')?;
    Some((cell.get(..colon)?.parse().ok()?, cell.get(colon + 1..)?.parse().ok()?))
}

/// Key of two words that follow each other.
fn pair(left: u64, right: u64) -> u64 {
    (left.rotate_left(23) ^ right).wrapping_mul(0x9e37_79b9_7f4a_7c15)
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
    /// The phrase names a job, not a field of work.
    job: bool,
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
    tokens.truncate(MOST_TOKENS);
    let named = families.named(evidence.title, &tokens);
    let mut scores = vec![0.0f32; families.all.len()];
    for name in &named {
        scores[name.family] += name.weight;
    }
    if !evidence.department.is_empty() {
        let mut words = Vec::new();
        tokenize(evidence.department, &mut words);
        words.truncate(MOST_TOKENS);
        for name in families.named(evidence.department, &words) {
            scores[name.family] += name.weight * DEPARTMENT;
        }
    }
    let heard = families.add_words(evidence, &tokens, &mut scores);
    if named.is_empty() && !heard {
        return None;
    }
    let first = |but: Option<usize>| {
        let rest = (0..scores.len()).filter(|family| Some(*family) != but);
        rest.max_by(|a, b| scores[*a].total_cmp(&scores[*b]).then(b.cmp(a)))
    };
    let best = first(None)?;
    let next = first(Some(best))?;
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
        let ends = |t: &Token| matches!(t.of(title), "," | "(" | "|" | "–" | "—" | ":" | "[" | "@" | "/");
        let segment_end = tokens.iter().position(ends).unwrap_or(tokens.len());
        let mut first = 0;
        while first < tokens.len() {
            let Some((meaning, covered)) = self.phrases.longest(title, tokens, first) else {
                first += 1;
                continue;
            };
            let last = first + covered - 1;
            let longer = 1.3 * (covered as f32 - 1.0).min(3.0);
            let (family, mut weight) = match meaning {
                Meaning::Object => {
                    first += covered;
                    continue;
                }
                Meaning::Job(family) => (family, PHRASE + longer),
                Meaning::Generic(family) => (family, WEAK_PHRASE),
                Meaning::Field(family) => (family, 1.0 + longer / 2.0),
            };
            let job = matches!(meaning, Meaning::Job(_));
            if job {
                weight += if last < segment_end { 0.5 } else { -0.5 };
                weight += if last + 1 == segment_end { 1.0 } else { 0.0 };
            }
            named.push(Named { family: usize::from(family), first, last, weight, job });
            first += covered;
        }
        named
    }

    /// Adds the weights of words; `false` when none is known.
    fn add_words(&self, evidence: &Evidence<'_>, title: &[Token], scores: &mut [f32]) -> bool {
        let words: Vec<u64> = title.iter().filter(|t| t.kind == TokenKind::Word).map(|t| t.hash).collect();
        let pairs = words.windows(2).map(|two| pair(two[0], two[1]));
        let heard = self.title.hear(pairs.chain(words.iter().copied()), TITLE_WORDS, scores);
        let body = evidence.body.into_iter().flat_map(words_of_role).map(|token| token.hash);
        self.body.hear(body, BODY_WORDS, scores) | heard
    }
}

/// Words of a body: what one does and must know, then what else there is. Benefits, legal lines
/// and how to apply speak of no kind of job.
fn words_of_role(body: &Document) -> Vec<&Token> {
    let of_role =
        |section: Section| matches!(section, Section::Duties | Section::Required | Section::Preferred);
    let other = |section: Section| matches!(section, Section::Company | Section::Other);
    let mut words = Vec::with_capacity(BODY_TOKENS);
    for wanted in [of_role, other] {
        for block in body.blocks().iter().filter(|block| wanted(block.section)) {
            for token in body.tokens_of(block).iter().filter(|token| token.kind == TokenKind::Word) {
                if words.len() == BODY_TOKENS {
                    return words;
                }
                words.push(token);
            }
        }
    }
    words
}

impl Weights {
    /// Reads the rows of one part of the table.
    fn new(table: &[Vec<&str>], part: &str) -> Self {
        let (mut rows, mut ends, mut cells) = (FxHashMap::default(), Vec::new(), Vec::new());
        for row in table {
            let [of, words, weights] = row[..] else { continue };
            if of == part {
                cells.extend(tables::cells(weights, b',').filter_map(cell));
                rows.insert(key(words), u32::try_from(ends.len()).unwrap_or(u32::MAX));
                ends.push(u32::try_from(cells.len()).unwrap_or(u32::MAX));
            }
        }
        Self { rows: rows.into(), ends, cells }
    }

    fn row(&self, row: u32) -> &[(u8, i8)] {
        let end = |row: usize| self.ends.get(row).map_or(0, |end| *end as usize);
        let row = row as usize;
        let start = row.checked_sub(1).map_or(0, end);
        self.cells.get(start..end(row)).unwrap_or_default()
    }

    /// Adds the weights of the words that are known to `scores`, each once and the less the more
    /// there are; `false` when none is known.
    fn hear(&self, words: impl Iterator<Item = u64>, share: f32, scores: &mut [f32]) -> bool {
        let mut seen = vec![0_u64; self.ends.len() / 64 + 1];
        // One for every number that a family may have.
        let (mut tenths, mut known) = ([0_i32; 1 << u8::BITS], 0);
        for word in words {
            let Some(&row) = self.rows.get(word) else { continue };
            let (bits, bit) = (&mut seen[row as usize / 64], 1 << (row % 64));
            if *bits & bit != 0 {
                continue;
            }
            *bits |= bit;
            known += 1;
            for (family, weight) in self.row(row) {
                tenths[usize::from(*family)] += i32::from(*weight);
            }
        }
        let share = share * scale(known) / 10.0;
        scores.iter_mut().zip(tenths).for_each(|(score, sum)| *score += sum as f32 * share);
        known > 0
    }
}

/// Many words say less each.
fn scale(words: usize) -> f32 {
    1.0 / (words.max(1) as f32).sqrt()
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
