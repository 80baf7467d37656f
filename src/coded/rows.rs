//! Many coded postings in columns: what every statistic reads, wherever the rows came from.
//!
//! The index fills [`Rows`] from its fast fields and the market snapshot from its file; `query`
//! sees no difference. A row costs about 60 bytes plus 8 a skill.

use super::{Coded, CodedExperience, CodedGate, CodedSkill, Fingerprint, RowFacts};
use crate::extract::Strength;
use rustc_hash::FxHashMap;

/// Words stored once and referred to by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    list: Vec<String>,
    by_word: FxHashMap<String, u32>,
}

impl Words {
    /// The number of `word`, which is added when new.
    pub fn number(&mut self, word: &str) -> u32 {
        if let Some(&number) = self.by_word.get(word) {
            return number;
        }
        let number = self.list.len() as u32;
        self.list.push(word.to_owned());
        self.by_word.insert(word.to_owned(), number);
        number
    }

    /// The number of `word`, when it is known.
    #[must_use]
    pub fn find(&self, word: &str) -> Option<u32> {
        self.by_word.get(word).copied()
    }

    /// The word behind a number; empty for a number that was never given out.
    #[must_use]
    pub fn word(&self, number: u32) -> &str {
        self.list.get(number as usize).map_or("", String::as_str)
    }

    /// All words, in the order of their numbers.
    #[must_use]
    pub fn list(&self) -> &[String] {
        &self.list
    }
}

/// Postings in columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// Role families by number; the empty word is "unknown".
    pub families: Words,
    /// Gates by number, as [`CodedGate::to_word`] writes them.
    pub gate_words: Words,
    ids: Vec<u64>,
    facts: Vec<RowFacts>,
    /// 0 for none.
    employers: Vec<u64>,
    fingerprints: Vec<Fingerprint>,
    family: Vec<u32>,
    /// Whether a row asks for anything that could be read.
    asks: Vec<bool>,
    skills: Vec<u64>,
    skill_ends: Vec<u32>,
    experience: Vec<u64>,
    experience_ends: Vec<u32>,
    gates: Vec<u32>,
    gate_ends: Vec<u32>,
}

/// One row: the parts that are not lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowHead {
    /// Handle of the posting where the row came from (a document of the index); row number in a
    /// market snapshot.
    pub id: u64,
    /// Small facts.
    pub facts: RowFacts,
    /// Hash of the employer's folded name; `None` where nobody is named.
    pub employer: Option<u64>,
    /// For linking near-duplicates.
    pub fingerprint: Fingerprint,
    /// Number of the role family in [`Rows::families`].
    pub family: u32,
}

impl Rows {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// No rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// Adds a row. Skills are packed [`CodedSkill`]s, experience packed [`CodedExperience`]s,
    /// gates numbers in [`gate_words`](Self::gate_words).
    pub fn push(
        &mut self,
        head: RowHead,
        skills: impl IntoIterator<Item = u64>,
        experience: impl IntoIterator<Item = u64>,
        gates: impl IntoIterator<Item = u32>,
    ) {
        self.ids.push(head.id);
        self.facts.push(head.facts);
        self.employers.push(head.employer.unwrap_or(0));
        self.fingerprints.push(head.fingerprint);
        self.family.push(head.family);
        let before = (self.skills.len(), self.experience.len(), self.gates.len());
        self.skills.extend(skills);
        self.skill_ends.push(self.skills.len() as u32);
        self.experience.extend(experience);
        self.experience_ends.push(self.experience.len() as u32);
        self.gates.extend(gates);
        self.gate_ends.push(self.gates.len() as u32);
        let asked =
            |packed: &u64| CodedSkill::unpack(*packed).is_some_and(|s| s.strength > Strength::Context);
        let asks = self.experience.len() > before.1
            || self.gates.len() > before.2
            || self.skills[before.0..].iter().any(asked);
        self.asks.push(asks);
    }

    /// Adds a coded posting under `id`.
    pub fn push_coded(&mut self, id: u64, row: &Coded, open: bool) {
        let gates: Vec<u32> = row.gates.iter().map(|gate| self.gate_words.number(&gate.to_word())).collect();
        let head = RowHead {
            id,
            facts: RowFacts::new(row, open),
            employer: row.employer,
            fingerprint: row.fingerprint,
            family: self.families.number(&row.family),
        };
        self.push(head, row.skills.iter().map(|s| s.pack()), row.experience.iter().map(|e| e.pack()), gates);
    }

    /// The parts of row `at` that are not lists.
    ///
    /// # Panics
    /// When `at` is not below [`len`](Self::len); so do the other accessors.
    #[must_use]
    pub fn head(&self, at: usize) -> RowHead {
        RowHead {
            id: self.ids[at],
            facts: self.facts[at],
            employer: Some(self.employers[at]).filter(|hash| *hash != 0),
            fingerprint: self.fingerprints[at],
            family: self.family[at],
        }
    }

    /// Whether row `at` asks for a skill, an experience or a gate.
    #[must_use]
    pub fn asks(&self, at: usize) -> bool {
        self.asks[at]
    }

    /// Packed skills of row `at`.
    #[must_use]
    pub fn packed_skills(&self, at: usize) -> &[u64] {
        part(&self.skills, &self.skill_ends, at)
    }

    /// Packed experience facets of row `at`.
    #[must_use]
    pub fn packed_experience(&self, at: usize) -> &[u64] {
        part(&self.experience, &self.experience_ends, at)
    }

    /// Numbers of the gates of row `at`.
    #[must_use]
    pub fn gate_numbers(&self, at: usize) -> &[u32] {
        part(&self.gates, &self.gate_ends, at)
    }

    /// Skills of row `at`.
    pub fn skills(&self, at: usize) -> impl Iterator<Item = CodedSkill> + '_ {
        self.packed_skills(at).iter().filter_map(|packed| CodedSkill::unpack(*packed))
    }

    /// Experience facets of row `at`.
    pub fn experience(&self, at: usize) -> impl Iterator<Item = CodedExperience> + '_ {
        self.packed_experience(at).iter().filter_map(|packed| CodedExperience::unpack(*packed))
    }

    /// Gates of row `at`.
    pub fn gates(&self, at: usize) -> impl Iterator<Item = CodedGate> + '_ {
        self.gate_numbers(at).iter().filter_map(|n| CodedGate::from_word(self.gate_words.word(*n)))
    }

    /// Number of the role family of row `at` in [`families`](Self::families).
    #[must_use]
    pub fn family_number(&self, at: usize) -> u32 {
        self.family[at]
    }

    /// The role family of row `at`; empty when unknown.
    #[must_use]
    pub fn family(&self, at: usize) -> &str {
        self.families.word(self.family[at])
    }

    /// The rows for which `keep` holds, in the same order, with the same words.
    #[must_use]
    pub fn select(&self, keep: impl Fn(usize) -> bool) -> Self {
        let picked: Vec<usize> = (0..self.len()).filter(|&at| keep(at)).collect();
        self.pick(&picked)
    }

    /// The rows at `picked`, in that order; a row may come more than once.
    #[must_use]
    pub fn pick(&self, picked: &[usize]) -> Self {
        let mut out =
            Self { families: self.families.clone(), gate_words: self.gate_words.clone(), ..Self::default() };
        let sum = |size: fn(&Self, usize) -> usize| picked.iter().map(|&at| size(self, at)).sum();
        out.reserve(
            picked.len(),
            sum(|rows, at| rows.packed_skills(at).len()),
            sum(|rows, at| rows.packed_experience(at).len()),
            sum(|rows, at| rows.gate_numbers(at).len()),
        );
        for &at in picked {
            out.push(
                self.head(at),
                self.packed_skills(at).iter().copied(),
                self.packed_experience(at).iter().copied(),
                self.gate_numbers(at).iter().copied(),
            );
        }
        out
    }

    /// Makes room for so many rows, skills, facets and gates.
    fn reserve(&mut self, rows: usize, skills: usize, experience: usize, gates: usize) {
        self.ids.reserve_exact(rows);
        self.facts.reserve_exact(rows);
        self.employers.reserve_exact(rows);
        self.fingerprints.reserve_exact(rows);
        self.family.reserve_exact(rows);
        self.asks.reserve_exact(rows);
        self.skills.reserve_exact(skills);
        self.skill_ends.reserve_exact(rows);
        self.experience.reserve_exact(experience);
        self.experience_ends.reserve_exact(rows);
        self.gates.reserve_exact(gates);
        self.gate_ends.reserve_exact(rows);
    }

    /// All rows of `parts` in their order; their numbers of families and gates are those of
    /// `families` and `gate_words`, whatever words they have themselves.
    #[must_use]
    pub fn of_parts(families: Words, gate_words: Words, parts: &[Self]) -> Self {
        let mut all = Self { families, gate_words, ..Self::default() };
        let sum = |size: fn(&Self) -> usize| parts.iter().map(size).sum();
        all.reserve(
            sum(Self::len),
            sum(|part| part.skills.len()),
            sum(|part| part.experience.len()),
            sum(|part| part.gates.len()),
        );
        for part in parts {
            let ends = |ends: &mut Vec<u32>, before: usize, new: &[u32]| {
                ends.extend(new.iter().map(|end| before as u32 + end));
            };
            ends(&mut all.skill_ends, all.skills.len(), &part.skill_ends);
            ends(&mut all.experience_ends, all.experience.len(), &part.experience_ends);
            ends(&mut all.gate_ends, all.gates.len(), &part.gate_ends);
            all.ids.extend_from_slice(&part.ids);
            all.facts.extend_from_slice(&part.facts);
            all.employers.extend_from_slice(&part.employers);
            all.fingerprints.extend_from_slice(&part.fingerprints);
            all.family.extend_from_slice(&part.family);
            all.asks.extend_from_slice(&part.asks);
            all.skills.extend_from_slice(&part.skills);
            all.experience.extend_from_slice(&part.experience);
            all.gates.extend_from_slice(&part.gates);
        }
        all
    }
}

fn part<'a, T>(all: &'a [T], ends: &[u32], at: usize) -> &'a [T] {
    let start = if at == 0 { 0 } else { ends[at - 1] as usize };
    &all[start..ends[at] as usize]
}
