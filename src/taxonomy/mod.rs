//! The vocabulary of skills: what they are called, how people write them, what they belong to.
//!
//! [`Taxonomy`] is immutable once built. The built-in one comes from the tables under
//! `data/taxonomy/`; [`Taxonomy::find`] reads tokens and gives every form it knows,
//! leftmost-longest. Whether an ambiguous form ("Go", "Excel") is meant as the skill is decided
//! by [`Taxonomy::judge`] from its surroundings.
//!
//! This module does not know what a posting is, and does no I/O.

mod matcher;
mod table;

pub use matcher::Match;
pub use table::TableError;

use crate::text::tokens::Token;
use matcher::Trie;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

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

/// The vocabulary.
#[derive(Debug)]
pub struct Taxonomy {
    skills: Vec<Skill>,
    by_id: FxHashMap<String, SkillRef>,
    trie: Trie,
}

impl Taxonomy {
    /// The vocabulary compiled into the program, built on first use.
    ///
    /// ```
    /// let taxonomy = rungs::taxonomy::Taxonomy::builtin();
    /// assert!(taxonomy.by_id("kubernetes").is_some());
    /// ```
    #[must_use]
    pub fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Taxonomy> = OnceLock::new();
        BUILTIN.get_or_init(|| {
            let rows = table::parse(include_str!(concat!(env!("OUT_DIR"), "/skills.tsv")));
            Self::from_rows(rows.into_iter().filter_map(Result::ok))
        })
    }

    fn from_rows(rows: impl Iterator<Item = table::Row>) -> Self {
        let mut skills = Vec::new();
        let mut by_id = FxHashMap::default();
        let mut trie = Trie::default();
        for row in rows {
            let this = SkillRef(u32::try_from(skills.len()).unwrap_or(u32::MAX));
            if by_id.insert(row.skill.id.clone(), this).is_some() {
                continue;
            }
            for form in &row.forms {
                trie.insert(form, this);
            }
            skills.push(row.skill);
        }
        Self { skills, by_id, trie }
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
        self.by_id.get(id).copied()
    }

    /// Every concept, in the order of their [`SkillRef`]s.
    pub fn iter(&self) -> impl Iterator<Item = (SkillRef, &Skill)> {
        self.skills.iter().enumerate().map(|(i, s)| (SkillRef(u32::try_from(i).unwrap_or(u32::MAX)), s))
    }

    /// Finds every known form in `tokens` of `text`, leftmost-longest, into `out` (cleared first).
    ///
    /// Matches do not overlap and come in the order of the text. Ambiguous forms are included
    /// and marked: ask [`judge`](Self::judge).
    pub fn find(&self, text: &str, tokens: &[Token], out: &mut Vec<Match>) {
        self.trie.find(text, tokens, out);
    }

    /// Probability (0–1) that `matches[index]` means its skill, from case and neighbours.
    ///
    /// `matches` are those of [`find`](Self::find) over the same `text` and `tokens`.
    #[must_use]
    pub fn judge(&self, _text: &str, _tokens: &[Token], matches: &[Match], index: usize) -> f32 {
        let this = &matches[index];
        if !this.ambiguous {
            return 0.95;
        }
        let near = |other: &Match| !other.ambiguous && other.first.abs_diff(this.first) <= 8;
        if matches.iter().any(near) { 0.8 } else { 0.2 }
    }

    /// The concept that a name means when it stands alone, as in a list of skills.
    ///
    /// The whole name must be one known form; ambiguous forms count here.
    ///
    /// ```
    /// let taxonomy = rungs::taxonomy::Taxonomy::builtin();
    /// let skill = taxonomy.resolve("k8s").unwrap();
    /// assert_eq!(taxonomy.skill(skill).id, "kubernetes");
    /// ```
    #[must_use]
    pub fn resolve(&self, name: &str) -> Option<SkillRef> {
        let (mut tokens, mut matches) = (Vec::new(), Vec::new());
        crate::text::tokens::tokenize(name, &mut tokens);
        self.trie.find_folded(&tokens, &mut matches);
        match matches.as_slice() {
            [only] if only.first == 0 && only.last + 1 == tokens.len() => Some(only.skill),
            _ => None,
        }
    }
}
