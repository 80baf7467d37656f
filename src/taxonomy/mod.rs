//! The vocabulary of skills: what they are called, how people write them, what they belong to.
//!
//! [`Taxonomy`] is immutable once built. The built-in one comes from the tables under
//! `data/taxonomy/`; [`Taxonomy::find`] reads tokens and gives every form it knows,
//! leftmost-longest. Whether an ambiguous form ("Go", "Excel") is meant as the skill is decided
//! by [`Taxonomy::judge`] from its surroundings.
//!
//! This module does not know what a posting is, and does no I/O.

pub mod ambiguity;
mod extra;
pub mod import;
mod matcher;
mod suggest;
mod tables;

pub use matcher::Match;
pub use suggest::Suggester;
pub use tables::read::TableError;

use crate::text::tables::{cells, lines};
use crate::text::tokens::{Token, tokenize};
use ambiguity::{Features, Line, Place, Weighed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use tables::Rank;
use tables::pack::{AMBIGUOUS, EXACT, NO_SKILL, Packed, RUNNING, SENSES};

/// What sort of thing a concept is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Languages, frameworks, platforms, protocols.
    Technology,
    /// Products one operates.
    Tool,
    /// A field of knowledge.
    Knowledge,
    /// A way of working.
    Method,
    /// Something one can do.
    Skill,
    /// A way of being.
    Attitude,
    /// A human language.
    Language,
    /// A certificate, licence or clearance.
    Certificate,
    /// A degree or other formal qualification.
    Degree,
    /// An industry.
    Domain,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Technology,
        Self::Tool,
        Self::Knowledge,
        Self::Method,
        Self::Skill,
        Self::Attitude,
        Self::Language,
        Self::Certificate,
        Self::Degree,
        Self::Domain,
    ];

    /// Its name in the tables and in output, e.g. `technology`.
    #[must_use]
    pub fn name(self) -> &'static str {
        tables::KINDS[self as usize]
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }
}

/// A concept's place in one [`Taxonomy`]. Not stable between taxonomies: store ids instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SkillRef(pub u32);

/// One concept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skill {
    /// Stable readable id, e.g. `kubernetes`.
    pub id: String,
    /// Usual written name.
    pub label: String,
    /// Kind.
    pub kind: Kind,
    /// Area of work, e.g. `programming-language`.
    pub area: String,
    /// ESCO concept URI.
    pub esco: Option<String>,
    /// O*NET name or code.
    pub onet: Option<String>,
    /// Ids of broader concepts.
    pub broader: Vec<String>,
    /// Ids of concepts that stand close.
    pub related: Vec<String>,
    /// Ids of concepts that knowing this one entails.
    pub implies: Vec<String>,
    /// Ids of what this is a version of.
    pub version_of: Vec<String>,
}

/// How a name counts in running text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Counts {
    /// Wherever it stands.
    Always,
    /// Wherever it stands in exactly this case.
    Exact,
    /// Where the surroundings speak for it.
    Ambiguous,
    /// Not at all: known as a name that stands alone.
    Name,
}

/// One name of a concept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Form<'t> {
    /// As the table writes it.
    pub text: &'t str,
    /// How it counts.
    pub counts: Counts,
    /// Where it comes from.
    pub source: &'static str,
    /// Cue words that decide, where the form is ambiguous and has some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cues: Option<&'static str>,
}

/// The vocabulary.
#[derive(Debug)]
pub struct Taxonomy {
    /// In order of their ids.
    skills: Vec<Skill>,
    packed: Packed,
}

static BUILTIN: OnceLock<Taxonomy> = OnceLock::new();

/// Room for [`Taxonomy::judge`], to be used again.
#[derive(Debug, Default)]
pub struct Judge {
    weighed: Vec<Weighed>,
    likely: Vec<f32>,
}

impl Taxonomy {
    /// The vocabulary compiled into the program, read on first use.
    ///
    /// ```
    /// let taxonomy = rungs::taxonomy::Taxonomy::builtin();
    /// assert!(taxonomy.by_id("kubernetes").is_some());
    /// ```
    #[must_use]
    pub fn builtin() -> &'static Self {
        BUILTIN.get_or_init(Self::load)
    }

    /// Reads the vocabulary compiled into the program anew; [`builtin`](Self::builtin) does so once.
    #[must_use]
    pub fn load() -> Self {
        Self::new(Packed::from_parts(
            include_str!(concat!(env!("OUT_DIR"), "/concepts.tsv")),
            include_str!(concat!(env!("OUT_DIR"), "/forms.txt")),
            include_bytes!(concat!(env!("OUT_DIR"), "/tables.bin")),
        ))
    }

    fn new(packed: Packed) -> Self {
        let skills = lines(&packed.concepts).filter_map(skill).collect();
        Self { skills, packed }
    }

    /// Makes this the vocabulary that [`builtin`](Self::builtin) gives from now on: for a program
    /// whose user has additions. False, and without effect, once `builtin` was used.
    pub fn install(self) -> bool {
        BUILTIN.set(self).is_ok()
    }

    /// Number of concepts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.skills.len()
    }

    /// No concepts at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.skills.is_empty()
    }

    /// The concept at `skill`.
    ///
    /// # Panics
    /// When `skill` comes from another taxonomy with more concepts.
    #[must_use]
    pub fn skill(&self, skill: SkillRef) -> &Skill {
        &self.skills[skill.0 as usize]
    }

    /// The concept with this id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<SkillRef> {
        let at = self.skills.binary_search_by(|s| s.id.as_str().cmp(id)).ok()?;
        u32::try_from(at).ok().map(SkillRef)
    }

    /// Every concept, in the order of their [`SkillRef`]s and ids.
    pub fn iter(&self) -> impl Iterator<Item = (SkillRef, &Skill)> {
        self.skills.iter().enumerate().map(|(i, s)| (SkillRef(u32::try_from(i).unwrap_or(u32::MAX)), s))
    }

    /// The forms that [`find`](Self::find) looks for, those that only block others included.
    pub fn running_forms(&self) -> impl Iterator<Item = &str> {
        let running = |i: &usize| self.packed.form_flags[*i] & RUNNING != 0;
        (0..self.packed.forms()).filter(running).map(|i| self.packed.text(i))
    }

    /// Finds every known form in `tokens` of `text`, leftmost-longest, into `out` (cleared first).
    ///
    /// Matches do not overlap and come in the order of the text. Ambiguous forms are included
    /// and marked: ask [`judge`](Self::judge).
    pub fn find(&self, text: &str, tokens: &[Token], out: &mut Vec<Match>) {
        matcher::find(&self.packed, text, tokens, out);
        for index in 0..out.len() {
            if self.packed.form_flags[out[index].form as usize] & SENSES != 0 {
                let sense = self.sense(text, tokens, out, index);
                out[index] = sense;
            }
        }
    }

    /// Of the concepts that an ambiguous word may mean, the likeliest; the first where all are alike.
    fn sense(&self, text: &str, tokens: &[Token], matches: &[Match], index: usize) -> Match {
        let mut senses = vec![matches[index]];
        while let Some(last) = senses.last().copied()
            && self.packed.form_flags[last.form as usize] & SENSES != 0
        {
            let form = last.form + 1;
            senses.push(Match { form, skill: SkillRef(self.packed.form_skill[form as usize]), ..last });
        }
        let near = ambiguity::near(&matches[index], tokens.len());
        let mut weighed = Vec::new();
        ambiguity::weigh(&tokens[near.clone()], &mut weighed);
        let feeds = ambiguity::feeds(text, tokens);
        let line = Line { text, tokens, weighed: &weighed, from: near.start, feeds, matches };
        let chance = |found: &Match| self.context(line, *found, index, ambiguity::judge);
        let mut best = (senses[0], chance(&senses[0]));
        for other in &senses[1..] {
            let chance = chance(other);
            if chance > best.1 {
                best = (*other, chance);
            }
        }
        best.0
    }

    /// Probability (0–1) of each of `matches` that it means its skill, from case and neighbours.
    ///
    /// `matches` are those of [`find`](Self::find) over the same `text` and `tokens`.
    pub fn judge<'j>(
        &self,
        text: &str,
        tokens: &[Token],
        matches: &[Match],
        judge: &'j mut Judge,
    ) -> &'j [f32] {
        let counts =
            |found: &Match| !found.ambiguous && ambiguity::always_counts(self.skill(found.skill).kind);
        judge.likely.clear();
        let mut feeds = false;
        if !matches.iter().all(counts) {
            ambiguity::weigh(tokens, &mut judge.weighed);
            feeds = ambiguity::feeds(text, tokens);
        }
        for (index, found) in matches.iter().enumerate() {
            judge.likely.push(if counts(found) {
                CERTAIN
            } else {
                let line = Line { text, tokens, weighed: &judge.weighed, from: 0, feeds, matches };
                self.context(line, *found, index, ambiguity::judge)
            });
        }
        &judge.likely
    }

    /// What [`judge`](Self::judge) decides a match from: features, and the words that it weighs one by one (in
    /// lower case). For learning the weights.
    ///
    /// # Panics
    /// When there is no match at `index`.
    #[must_use]
    pub fn evidence(
        &self,
        text: &str,
        tokens: &[Token],
        matches: &[Match],
        index: usize,
    ) -> (Features, Vec<(Place, String)>) {
        let mut weighed = Vec::new();
        ambiguity::weigh(tokens, &mut weighed);
        let feeds = ambiguity::feeds(text, tokens);
        let line = Line { text, tokens, weighed: &weighed, from: 0, feeds, matches };
        self.context(line, matches[index], index, |seen| (ambiguity::features(seen), ambiguity::words(seen)))
    }

    fn context<T>(
        &self,
        line: Line<'_>,
        found: Match,
        index: usize,
        then: impl Fn(&ambiguity::Context<'_>) -> T,
    ) -> T {
        let skill = self.skill(found.skill);
        let kind_of = |skill: SkillRef| self.skill(skill).kind;
        then(&ambiguity::Context {
            line,
            index,
            found,
            form: self.form(&found),
            id: &skill.id,
            kind: skill.kind,
            kind_of: &kind_of,
        })
    }

    /// The form of a match as the table writes it.
    #[must_use]
    pub fn form(&self, found: &Match) -> &str {
        self.packed.text(found.form as usize)
    }

    /// Every name with its number; those of forms that only block others left out.
    fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        (0..self.packed.forms())
            .filter(|&form| self.packed.form_skill[form] != NO_SKILL)
            .map(|form| (form, self.packed.text(form)))
    }

    fn name(&self, form: usize) -> &str {
        self.packed.text(form)
    }

    /// Whether the form was written for this vocabulary, not taken from a registry.
    fn is_ours(&self, form: usize) -> bool {
        self.packed.form_rank[form] <= Rank::HandVariant as u8
    }

    fn named(&self, form: usize) -> SkillRef {
        SkillRef(self.packed.form_skill[form])
    }

    /// The names of a concept, in no order that means anything.
    #[must_use]
    pub fn forms(&self, skill: SkillRef) -> Vec<Form<'_>> {
        let id = &self.skill(skill).id;
        (0..self.packed.forms())
            .filter(|&form| self.packed.form_skill[form] == skill.0)
            .map(|form| {
                let (text, flags) = (self.packed.text(form), self.packed.form_flags[form]);
                let counts = match (flags & RUNNING != 0, flags & AMBIGUOUS != 0, flags & EXACT != 0) {
                    (false, _, _) => Counts::Name,
                    (_, true, _) => Counts::Ambiguous,
                    (_, _, true) => Counts::Exact,
                    _ => Counts::Always,
                };
                Form { text, counts, source: self.source(form), cues: ambiguity::rule_text(text, id) }
            })
            .collect()
    }

    fn source(&self, form: usize) -> &'static str {
        match Rank::ALL.get(self.packed.form_rank[form] as usize) {
            Some(Rank::Hand) => "ours",
            Some(Rank::HandVariant) => "ours, other spelling",
            Some(Rank::EscoLabel | Rank::EscoAlternative) => "ESCO",
            Some(Rank::EscoVariant) => "ESCO, other spelling",
            Some(Rank::Onet) => "O*NET",
            _ => "package registry",
        }
    }

    /// Number of names by their source.
    #[must_use]
    pub fn sources(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for (form, _) in self.names() {
            *counts.entry(self.source(form)).or_default() += 1;
        }
        counts
    }

    /// The concept that a name means when it stands alone, as in a list of skills.
    ///
    /// The whole name must be one known form, whatever its case; ambiguous forms count here. A
    /// version, a remark in parentheses at the end and a last word like "skills" may be left out.
    ///
    /// ```
    /// let taxonomy = rungs::taxonomy::Taxonomy::builtin();
    /// for name in ["k8s", "Kubernetes 1.29", "Kubernetes experience"] {
    ///     let skill = taxonomy.resolve(name).unwrap();
    ///     assert_eq!(taxonomy.skill(skill).id, "kubernetes");
    /// }
    /// ```
    #[must_use]
    pub fn resolve(&self, name: &str) -> Option<SkillRef> {
        let mut tokens = Vec::new();
        let mut whole = |name: &str| {
            tokenize(name, &mut tokens);
            self.packed.name(&tokens).map(|form| self.named(form)).or_else(|| self.versioned(name, &tokens))
        };
        let without = |ending: &str| {
            let (rest, last) = name.trim_end().rsplit_once(' ')?;
            last.eq_ignore_ascii_case(ending).then_some(rest)
        };
        whole(name)
            .or_else(|| whole(name.trim().strip_suffix(')')?.rsplit_once('(')?.0))
            .or_else(|| whole(LAST_WORDS.iter().find_map(|ending| without(ending))?))
    }

    /// The concept of a name that a version follows: `Python 3.x`, `Java 17+`.
    fn versioned(&self, name: &str, tokens: &[Token]) -> Option<SkillRef> {
        let mut matches = Vec::new();
        self.find(name, tokens, &mut matches);
        match matches[..] {
            [Match { skill, first: 0, last, .. }] if last + 1 == tokens.len() => Some(skill),
            _ => None,
        }
    }

    /// The concepts of a name, or of each of several names written as one: `AWS/GCP`, `HTML & CSS`.
    /// Empty unless every part is known.
    #[must_use]
    pub fn resolve_all(&self, name: &str) -> Vec<SkillRef> {
        if let Some(skill) = self.resolve(name) {
            return vec![skill];
        }
        let parts = name.split(['/', ',', '&', '|', ';', '+']).flat_map(|part| part.split(" and "));
        let parts = parts.flat_map(|part| part.split(" or ")).map(str::trim);
        parts.map(|part| self.resolve(part)).collect::<Option<Vec<_>>>().unwrap_or_default()
    }
}

/// Last words of a list's items that say nothing of which skill is meant.
const LAST_WORDS: [&str; 10] = [
    "skills",
    "skill",
    "experience",
    "knowledge",
    "proficiency",
    "programming",
    "development",
    "developer",
    "basics",
    "expertise",
];

/// What [`Taxonomy::judge`] says of an unambiguous name of a technology, degree or certificate: the share of such mentions that
/// are right, read by hand (see `data/taxonomy/SOURCES.md`).
const CERTAIN: f32 = 0.95;

/// Where ESCO's concepts live.
const ESCO: &str = "http://data.europa.eu/esco/skill/";

/// Reads a line of the compiled concepts.
fn skill(line: &str) -> Option<Skill> {
    let mut cells = cells(line, b'\t');
    let mut next = || cells.next();
    let list = |ids: &str| match ids {
        "" => Vec::new(),
        _ => ids.split(',').map(str::to_owned).collect(),
    };
    Some(Skill {
        id: next()?.to_owned(),
        label: next()?.to_owned(),
        kind: Kind::from_name(next()?)?,
        area: next()?.to_owned(),
        esco: next().filter(|c| !c.is_empty()).map(|uuid| [ESCO, uuid].concat()),
        onet: next().filter(|c| !c.is_empty()).map(str::to_owned),
        broader: list(next()?),
        related: list(next()?),
        implies: list(next()?),
        version_of: list(next()?),
    })
}

#[cfg(test)]
mod tests;
