//! A cohort: postings that are compared as one, with duplicates folded and employers weighed.

use super::stats::{Base, Share, Sum, share};
use crate::coded::Rows;
use crate::extract::Strength;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::ops::Range;

/// An employer counts for at most this many postings.
///
/// With a cap of 5 and cluster-robust intervals, splitting employers at random calls about 5 % of
/// skills distinctive at a nominal 5 %; without, it is 60 %.
pub const EMPLOYER_CAP: f64 = 5.0;

/// Rows of a cohort: sorted by employer, near-duplicates of one employer folded.
#[derive(Clone, Debug)]
pub struct Cohort {
    rows: Rows,
    employers: Vec<Range<usize>>,
    /// Postings folded into another of the same employer.
    pub folded: usize,
    /// Postings left out because they name no employer.
    pub nameless: usize,
    /// Postings left out because nothing was found that they ask for: most have no body, and they
    /// would count as employers who do not ask for a skill.
    pub silent: usize,
}

/// Why a posting is in no cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// It names no employer, and the employer is the unit of independence.
    Nameless,
    /// Nothing was found that it asks for.
    Silent,
}

/// Why row `at` is in no cohort, if it is in none.
#[must_use]
pub fn left_out(rows: &Rows, at: usize) -> Option<LeftOut> {
    if rows.head(at).employer.is_none() {
        return Some(LeftOut::Nameless);
    }
    let asks = rows.skills(at).any(|skill| skill.strength > Strength::Context)
        || !rows.packed_experience(at).is_empty()
        || !rows.gate_numbers(at).is_empty();
    (!asks).then_some(LeftOut::Silent)
}

impl Cohort {
    /// Folds near-duplicates (same employer, same level, nearly the same text), sorts, and leaves
    /// out what [`left_out`] says.
    ///
    /// The result does not depend on the order of `rows`.
    #[must_use]
    pub fn new(rows: &Rows) -> Self {
        let (mut nameless, mut silent) = (0, 0);
        let mut order: Vec<usize> = Vec::with_capacity(rows.len());
        for at in 0..rows.len() {
            match left_out(rows, at) {
                None => order.push(at),
                Some(LeftOut::Nameless) => nameless += 1,
                Some(LeftOut::Silent) => silent += 1,
            }
        }
        // Reposts: the latest copy is the one that is kept.
        order.sort_by_cached_key(|&at| {
            let head = rows.head(at);
            (head.employer, Reverse(head.facts.day()), head.fingerprint, head.facts.0, head.id)
        });
        let mut kept: Vec<usize> = Vec::with_capacity(order.len());
        let mut near = Near::default();
        let mut employer = None;
        for &at in &order {
            let head = rows.head(at);
            if employer != head.employer {
                near.clear();
                employer = head.employer;
            }
            if near.insert(head.fingerprint.0, head.facts.level().unwrap_or(0)) {
                kept.push(at);
            }
        }
        let folded = order.len() - kept.len();
        let rows = rows.pick(&kept);
        let mut employers: Vec<Range<usize>> = Vec::new();
        for at in 0..rows.len() {
            match employers.last_mut() {
                Some(last) if rows.head(last.start).employer == rows.head(at).employer => last.end = at + 1,
                _ => employers.push(at..at + 1),
            }
        }
        Self { rows, employers, folded, nameless, silent }
    }

    /// The rows that are left.
    #[must_use]
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// Rows of each employer.
    #[must_use]
    pub fn employers(&self) -> &[Range<usize>] {
        &self.employers
    }

    /// Counts features: `features` puts the features of a row into the list, each at most once.
    pub fn tally(&self, mut features: impl FnMut(usize, &mut Vec<u64>)) -> Tally {
        let mut tally = Tally::default();
        let mut here: FxHashMap<u64, u32> = FxHashMap::default();
        let mut list = Vec::new();
        for span in &self.employers {
            let weight = weight(span);
            let m = span.len() as f64 * weight;
            tally.base.m += m;
            tally.base.mm += m * m;
            tally.base.employers += 1;
            tally.base.postings += span.len() as u32;
            for at in span.clone() {
                list.clear();
                features(at, &mut list);
                for feature in &list {
                    *here.entry(*feature).or_default() += 1;
                }
            }
            for (feature, count) in here.drain() {
                tally.sums.entry(feature).or_default().add(f64::from(count) * weight, m, count);
            }
        }
        tally
    }
}

/// Weight of each posting of an employer with these rows: 1, less beyond [`EMPLOYER_CAP`].
#[must_use]
pub fn weight(span: &Range<usize>) -> f64 {
    (EMPLOYER_CAP / span.len() as f64).min(1.0)
}

/// Sums by feature.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Sums over all employers.
    pub base: Base,
    /// Sums over the employers with each feature.
    pub sums: FxHashMap<u64, Sum>,
}

impl Tally {
    /// The sum of a feature; zero when nobody has it.
    #[must_use]
    pub fn sum(&self, feature: u64) -> Sum {
        self.sums.get(&feature).copied().unwrap_or_default()
    }

    /// The share of a feature.
    #[must_use]
    pub fn share(&self, feature: u64) -> Share {
        share(&self.sum(feature), &self.base)
    }
}

/// Fingerprints of one employer, for finding near ones without comparing all pairs: two that
/// differ in at most three bits agree in at least one of four blocks of 16 bits.
#[derive(Default)]
struct Near {
    blocks: FxHashMap<(u8, u16, u8), Vec<u64>>,
}

impl Near {
    fn clear(&mut self) {
        self.blocks.clear();
    }

    /// Adds a fingerprint of a level unless a near one is there; whether it was added.
    fn insert(&mut self, bits: u64, level: u8) -> bool {
        let key = |block: u8| (block, (bits >> (16 * block)) as u16, level);
        let this = crate::coded::Fingerprint(bits);
        for block in 0..4 {
            let others = self.blocks.get(&key(block)).map_or(&[][..], Vec::as_slice);
            if others.iter().any(|other| this.is_near(crate::coded::Fingerprint(*other))) {
                return false;
            }
        }
        for block in 0..4 {
            self.blocks.entry(key(block)).or_default().push(bits);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coded::{CodedSkill, Fingerprint, RowFacts, RowHead, SkillCode};

    const ASK: CodedSkill =
        CodedSkill { skill: SkillCode(1), strength: Strength::Required, depth: 0, years: 0, group: 0 };

    fn rows(list: &[(u64, u64, u64)]) -> Rows {
        let mut rows = Rows::default();
        let family = rows.families.number("");
        for (id, (employer, fingerprint, facts)) in list.iter().enumerate() {
            let head = RowHead {
                id: id as u64,
                facts: RowFacts(*facts),
                employer: Some(*employer).filter(|one| *one > 0),
                fingerprint: Fingerprint(*fingerprint),
                family,
            };
            rows.push(head, [ASK.pack()], [], []);
        }
        rows
    }

    #[test]
    fn near_copies_of_one_employer_and_level_are_folded() {
        let list = [(1, 0b0111, 4), (1, 0, 4), (1, 0xffff_0000, 4), (1, 0, 5), (2, 0, 4)];
        let cohort = Cohort::new(&rows(&list));
        assert_eq!((cohort.rows().len(), cohort.folded), (4, 1));
        assert_eq!(cohort.employers(), [0..3, 3..4]);
    }

    #[test]
    fn nameless_and_silent_postings_are_in_no_cohort() {
        // 5,000 postings without a company are not one huge employer.
        let mut list: Vec<(u64, u64, u64)> = (0..5000).map(|i| (0, i * 0x0101_0101_0101, 4)).collect();
        list.push((7, 0, 4));
        let mut rows = rows(&list);
        let head = RowHead { employer: Some(8), ..rows.head(0) };
        let named = CodedSkill { strength: Strength::Context, ..ASK };
        rows.push(head, [named.pack()], [], []);
        let cohort = Cohort::new(&rows);
        assert_eq!((cohort.rows().len(), cohort.nameless, cohort.silent), (1, 5000, 1));
        assert_eq!(cohort.employers().len(), 1);
    }

    #[test]
    fn the_order_of_rows_does_not_matter() {
        let mut list = vec![(3, 9, 4), (1, 0, 4), (2, 0xffff, 4), (1, 0xff00, 4)];
        let employers = |list: &[(u64, u64, u64)]| -> Vec<Option<u64>> {
            let cohort = Cohort::new(&rows(list));
            (0..cohort.rows().len()).map(|at| cohort.rows().head(at).employer).collect()
        };
        let first = employers(&list);
        list.reverse();
        assert_eq!(first, employers(&list));
    }

    #[test]
    fn an_employer_counts_for_no_more_than_the_cap() {
        let mut list: Vec<(u64, u64, u64)> = (0..50).map(|i| (1, i * 0x0101_0101_0101, 4)).collect();
        list.push((2, 1, 4));
        let tally = Cohort::new(&rows(&list)).tally(|_, _| {});
        assert_eq!(tally.base.m, EMPLOYER_CAP + 1.0);
        assert_eq!(tally.base.employers, 2);
    }
}
