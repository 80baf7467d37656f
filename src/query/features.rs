//! What is counted of a row: skills by strength and depth, experience facets, gates.

use super::cohort::{Cohort, Tally};
use crate::coded::{CodedExperience, CodedSkill, Rows, SkillCode};
use crate::extract::{ExperienceKind, Strength};
use crate::taxonomy::{Kind, Skill};
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// What a feature says of its skill; the upper half of the feature's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Asked for: required, preferred or a duty.
    Asked,
    /// Named as a duty.
    Duty,
    /// Welcome.
    Preferred,
    /// A must.
    Required,
    /// Asked for, with this depth stated; 0: with any depth.
    Depth(u8),
}

impl What {
    fn number(self) -> u64 {
        match self {
            Self::Asked => 1,
            Self::Duty => 2,
            Self::Preferred => 3,
            Self::Required => 4,
            Self::Depth(depth) => 8 + u64::from(depth & 7),
        }
    }

    /// The feature's number for `skill`.
    #[must_use]
    pub fn of(self, skill: SkillCode) -> u64 {
        self.number() << 32 | u64::from(skill.0)
    }
}

const EXPERIENCE: u64 = 16 << 32;
const GATE: u64 = 17 << 32;

/// The feature's number of an experience facet.
#[must_use]
pub fn experience(kind: ExperienceKind) -> u64 {
    EXPERIENCE | kind as u64
}

/// Whether a feature is an experience facet.
#[must_use]
pub fn is_experience(feature: u64) -> bool {
    feature & !0xffff_ffff == EXPERIENCE
}

/// The feature's number of a gate, by its number among the rows' gate words.
#[must_use]
pub fn gate(word: u32) -> u64 {
    GATE | u64::from(word)
}

/// The skill of a feature that says "asked for".
#[must_use]
pub fn asked_skill(feature: u64) -> Option<SkillCode> {
    (feature >> 32 == What::Asked.number()).then_some(SkillCode(feature as u32))
}

/// Areas of the vocabulary whose skills are ways of working: every role asks for them, and that a
/// profile does not name them says nothing.
const WAYS_OF_WORKING: [&str; 4] = ["self-management", "interpersonal", "thinking", "communication"];

/// Whether a concept is a way of working rather than something one holds at a depth.
#[must_use]
pub fn is_way_of_working(concept: &Skill) -> bool {
    concept.kind == Kind::Attitude || WAYS_OF_WORKING.contains(&concept.area.as_str())
}

/// Ids of concepts that say too little to compare; reviewed by people.
static TOO_LITTLE: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../data/gap/too-little.txt").lines();
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

/// Whether a concept is a word such as "engineering" or "design", whose meaning differs from posting to
/// posting: nobody lacks it who has the job.
#[must_use]
pub fn says_too_little(concept: &Skill) -> bool {
    TOO_LITTLE.contains(concept.id.as_str())
}

/// Area of the vocabulary whose concepts name what one studied ("a STEM field").
const DEGREES: &str = "degree";

/// Whether a concept is something one can hold at a depth and a profile can show: languages, degrees
/// with their fields of study and certificates are gates, industries are experience, ways of working and words that say too
/// little are answered apart.
#[must_use]
pub fn is_comparable(concept: &Skill) -> bool {
    let degree = concept.area == DEGREES || concept.label.ends_with(" degree");
    let gate = matches!(concept.kind, Kind::Language | Kind::Degree | Kind::Certificate | Kind::Domain);
    !gate && !degree && !is_way_of_working(concept) && !says_too_little(concept)
}

/// Counts every feature of a cohort.
#[must_use]
pub fn tally(cohort: &Cohort) -> Tally {
    cohort.tally(|at, list| of_row(cohort.rows(), at, list))
}

/// Counts only which skills are asked for.
#[must_use]
pub fn tally_asked(cohort: &Cohort) -> Tally {
    cohort.tally(|at, list| asked_of_row(cohort.rows(), at, list))
}

/// Puts "asked for" of every skill of a row into `list`; of a skill named twice, twice.
pub fn asked_of_row(rows: &Rows, at: usize, list: &mut Vec<u64>) {
    let asked = rows.skills(at).filter(|s| s.strength > Strength::Context);
    list.extend(asked.map(|s| What::Asked.of(s.skill)));
}

/// Puts what levels are told apart by into `list`, some of it twice: skills asked for and experience.
pub fn compared_of_row(rows: &Rows, at: usize, list: &mut Vec<u64>) {
    asked_of_row(rows, at, list);
    let facets = rows.experience(at).filter(|CodedExperience { strength, .. }| *strength > Strength::Context);
    list.extend(facets.map(|facet| experience(facet.kind)));
}

/// Puts every feature of a row into `list`, some of them twice.
pub fn of_row(rows: &Rows, at: usize, list: &mut Vec<u64>) {
    compared_of_row(rows, at, list);
    for CodedSkill { skill, strength, depth, .. } in rows.skills(at) {
        let how = match strength {
            Strength::Context => continue,
            Strength::Duty => What::Duty,
            Strength::Preferred => What::Preferred,
            Strength::Required => What::Required,
        };
        list.push(how.of(skill));
        if (1..=4).contains(&depth) {
            list.extend([What::Depth(depth).of(skill), What::Depth(0).of(skill)]);
        }
    }
    list.extend(rows.gate_numbers(at).iter().map(|word| gate(*word)));
}

/// Leaves each feature of a row once.
pub fn once(list: &mut Vec<u64>) {
    list.sort_unstable();
    list.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taxonomy::Taxonomy;

    #[test]
    fn words_that_say_too_little_are_known_and_not_compared() {
        assert!(TOO_LITTLE.len() > 5);
        for id in TOO_LITTLE.iter() {
            let taxonomy = Taxonomy::builtin();
            let at = taxonomy.by_id(id).unwrap_or_else(|| panic!("{id} is no concept"));
            assert!(!is_comparable(taxonomy.skill(at)), "{id}");
        }
    }
}
