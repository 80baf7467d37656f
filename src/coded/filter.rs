//! Which postings are meant: the conditions of searches and cohorts, and which of them a row fails.

use super::{CodedSkill, Region, RowFacts, SkillCode, Words};
use crate::extract::Strength;
use crate::level::Track;
use crate::posting::Workplace;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// A condition, for naming the one that emptied a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Condition {
    /// [`Filter::levels`].
    Level,
    /// [`Filter::track`].
    Track,
    /// [`Filter::family`].
    Family,
    /// [`Filter::region`].
    Region,
    /// [`Filter::workplace`].
    Workplace,
    /// [`Filter::since`].
    Since,
    /// [`Filter::open`].
    Open,
    /// [`Filter::employers`].
    Company,
    /// [`Filter::skills`].
    Skill,
    /// Pay at least what was asked for; the index alone knows pay.
    Pay,
}

impl Condition {
    /// Every condition, in the order of their bits.
    pub const ALL: [Self; 10] = [
        Self::Level,
        Self::Track,
        Self::Family,
        Self::Region,
        Self::Workplace,
        Self::Since,
        Self::Open,
        Self::Company,
        Self::Skill,
        Self::Pay,
    ];

    /// The command-line option that sets it.
    #[must_use]
    pub fn option(self) -> &'static str {
        match self {
            Self::Level => "--level",
            Self::Track => "--track",
            Self::Family => "--family",
            Self::Region => "--region",
            Self::Workplace => "--remote",
            Self::Since => "--since",
            Self::Open => "--open",
            Self::Company => "--company",
            Self::Skill => "--skill",
            Self::Pay => "--pay",
        }
    }
}

/// Conditions that a row fails, and those it fails for want of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failed {
    /// A bit for every failed [`Condition`].
    pub bits: u16,
    /// Those of them for which the row has no value.
    pub unknown: u16,
}

impl Failed {
    /// Notes that `condition` failed; `known` is whether the row has a value at all.
    pub fn add(&mut self, condition: Condition, known: bool) {
        self.bits |= 1 << condition as u16;
        self.unknown |= u16::from(!known) << condition as u16;
    }

    /// Nothing failed.
    #[must_use]
    pub fn none(self) -> bool {
        self.bits == 0
    }

    /// The one condition that failed, when it is just one.
    #[must_use]
    pub fn only(self) -> Option<Condition> {
        (self.bits.count_ones() == 1)
            .then(|| Condition::ALL.into_iter().find(|c| self.bits == 1 << *c as u16))
            .flatten()
    }
}

/// Conditions on coded postings. Absent ones hold for every row; a row without a value fails a
/// condition on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Levels wanted, 1–8.
    pub levels: Option<RangeInclusive<u8>>,
    /// Track wanted.
    pub track: Option<Track>,
    /// Role family id wanted.
    pub family: Option<String>,
    /// Country wanted.
    pub region: Option<Region>,
    /// Workplace wanted.
    pub workplace: Option<Workplace>,
    /// Published on this day or later, days since 1970-01-01.
    pub since: Option<i32>,
    /// Only postings not known to be closed.
    pub open: bool,
    /// One of these employers, by hash.
    pub employers: Option<Vec<u64>>,
    /// Every one of these skills is asked for (stronger than [`Strength::Context`]).
    pub skills: Vec<SkillCode>,
}

impl Filter {
    /// Which conditions a row fails. `family` is its number in `families`; `skills` is asked only
    /// where there is a condition on them.
    #[must_use]
    pub fn failed<S: IntoIterator<Item = u64>>(
        &self,
        families: &Words,
        facts: RowFacts,
        family: u32,
        employer: Option<u64>,
        skills: impl FnOnce() -> S,
    ) -> Failed {
        let mut failed = self.failed_facts(facts);
        if let Some(wanted) = &self.family
            && families.word(family) != wanted
        {
            failed.add(Condition::Family, !families.word(family).is_empty());
        }
        if let Some(wanted) = &self.employers
            && !employer.is_some_and(|one| wanted.contains(&one))
        {
            failed.add(Condition::Company, employer.is_some());
        }
        if !self.skills.is_empty() && !has_all(&self.skills, skills()) {
            failed.add(Condition::Skill, true);
        }
        failed
    }

    /// Which of the conditions on small facts fail.
    #[must_use]
    pub fn failed_facts(&self, facts: RowFacts) -> Failed {
        let mut failed = Failed::default();
        if let Some(levels) = &self.levels {
            match facts.level() {
                Some(level) if levels.contains(&level) => {}
                other => failed.add(Condition::Level, other.is_some()),
            }
        }
        if self.track.is_some() && facts.track() != self.track {
            failed.add(Condition::Track, facts.track().is_some());
        }
        if let Some(region) = self.region
            && !facts.is_in(region)
        {
            failed.add(Condition::Region, facts.has_region());
        }
        if self.workplace.is_some() && facts.workplace() != self.workplace {
            failed.add(Condition::Workplace, facts.workplace().is_some());
        }
        if let Some(since) = self.since {
            match facts.day() {
                Some(day) if day >= since => {}
                other => failed.add(Condition::Since, other.is_some()),
            }
        }
        if self.open && !facts.open() {
            failed.add(Condition::Open, true);
        }
        failed
    }
}

/// Whether every one of `wanted` is among the packed skills and more than mere context.
fn has_all(wanted: &[SkillCode], skills: impl IntoIterator<Item = u64>) -> bool {
    let mut missing: Vec<SkillCode> = wanted.to_vec();
    for packed in skills {
        if let Some(skill) = CodedSkill::unpack(packed)
            && skill.strength > Strength::Context
        {
            missing.retain(|code| *code != skill.skill);
        }
    }
    missing.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_value_fails_and_is_counted_apart() {
        let filter = Filter { levels: Some(5..=8), since: Some(10), ..Filter::default() };
        let failed = filter.failed_facts(RowFacts::default());
        assert_eq!(failed.bits, 1 << Condition::Level as u16 | 1 << Condition::Since as u16);
        assert_eq!(failed.unknown, failed.bits);
        assert_eq!(failed.only(), None);
    }

    #[test]
    fn a_posting_of_no_family_is_of_none_asked_for() {
        let mut families = Words::default();
        let (none, nursing) = (families.number(""), families.number("nursing"));
        let filter = Filter { family: Some("nursing".into()), ..Filter::default() };
        let ask = |family| filter.failed(&families, RowFacts(0), family, None, || []);
        assert!(ask(nursing).none());
        assert_eq!(ask(none).unknown, 1 << Condition::Family as u16);
    }

    #[test]
    fn one_failure_is_named() {
        let filter = Filter { levels: Some(5..=8), ..Filter::default() };
        let failed = filter.failed_facts(RowFacts(3));
        assert_eq!((failed.only(), failed.unknown), (Some(Condition::Level), 0));
        assert!(filter.failed_facts(RowFacts(6)).none());
    }

    #[test]
    fn skills_named_in_passing_are_not_asked_for() {
        let code = SkillCode(7);
        let skill = |strength| CodedSkill { skill: code, strength, depth: 0, years: 0, group: 0 }.pack();
        assert!(has_all(&[code], [skill(Strength::Duty)]));
        assert!(!has_all(&[code], [skill(Strength::Context)]));
    }

    #[test]
    fn bits_are_those_of_the_list() {
        for (at, condition) in Condition::ALL.into_iter().enumerate() {
            assert_eq!(at, condition as usize);
        }
    }
}
