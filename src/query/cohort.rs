//! A cohort: postings that are compared as one, with duplicates folded and employers weighed.

use super::stats::{Base, Share, Sum, estimate, share};
use crate::coded::{Fingerprint, Rows};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
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

/// Which rows make up a cohort, where they are.
#[derive(Clone, Debug, Default)]
pub struct Members {
    /// Rows by employer, near-duplicates folded.
    list: Vec<usize>,
    /// Places in the list of each employer.
    employers: Vec<Range<usize>>,
    folded: usize,
    nameless: usize,
    silent: usize,
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
    (!rows.asks(at)).then_some(LeftOut::Silent)
}

impl Members {
    /// Those of `rows` for which `keep` holds: near-duplicates folded (same employer, same level,
    /// nearly the same text), sorted, and without what [`left_out`] says.
    #[must_use]
    pub fn of(rows: &Rows, keep: impl Fn(usize) -> bool) -> Self {
        let mut members = Self::default();
        let mut order: Vec<Place> = Vec::new();
        for at in (0..rows.len()).filter(|&at| keep(at)) {
            match left_out(rows, at) {
                None => order.push(Place::new(rows, at)),
                Some(LeftOut::Nameless) => members.nameless += 1,
                Some(LeftOut::Silent) => members.silent += 1,
            }
        }
        order.par_sort_unstable_by(|a, b| a.key.cmp(&b.key).then_with(|| a.rest(rows).cmp(&b.rest(rows))));
        members.list.reserve_exact(order.len());
        let mut near = Near::default();
        for of_employer in order.chunk_by(|a, b| a.employer() == b.employer()) {
            near.clear();
            let start = members.list.len();
            for place in of_employer {
                let head = rows.head(place.at as usize);
                if near.insert(head.fingerprint, head.facts.level().unwrap_or(0)) {
                    members.list.push(place.at as usize);
                }
            }
            members.employers.push(start..members.list.len());
        }
        members.folded = order.len() - members.list.len();
        members
    }

    /// Shares of features, without intervals: `features` puts the features of a row of `rows`, which
    /// these are members of, into the list.
    ///
    /// Rows are read as they lie in memory and on all cores; sums are of whole numbers, so that they
    /// are the same in any order.
    pub fn shares(&self, rows: &Rows, features: impl Fn(usize, &mut Vec<u64>) + Sync) -> Shares {
        let mut weights = vec![0u64; rows.len()];
        for span in &self.employers {
            let heavy = (weight(span) * Shares::ONE).round() as u64;
            self.list[span.clone()].iter().for_each(|&at| weights[at] = heavy);
        }
        let whole = weights.iter().sum();
        let parts: Vec<FxHashMap<u64, u64>> = weights
            .par_chunks(SHARE_ROWS)
            .enumerate()
            .map(|(chunk, weights)| {
                let mut counts = Counts::default();
                let mut list = Vec::new();
                for (at, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0) {
                    list.clear();
                    features(chunk * SHARE_ROWS + at, &mut list);
                    counts.row(&list);
                    counts.weigh(*weight);
                }
                counts.into_weights()
            })
            .collect();
        let mut sums: FxHashMap<u64, u64> = FxHashMap::default();
        for (feature, sum) in parts.into_iter().flatten() {
            *sums.entry(feature).or_default() += sum;
        }
        Shares { sums, whole }
    }
}

/// Rows that one worker adds up in one go.
const SHARE_ROWS: usize = 1 << 15;

/// Shares of features among all rows of a field.
#[derive(Clone, Debug, Default)]
pub struct Shares {
    /// Weights in parts of [`Shares::ONE`].
    sums: FxHashMap<u64, u64>,
    whole: u64,
}

impl Shares {
    /// What a posting of full weight counts: weights are whole multiples of its inverse.
    const ONE: f64 = (1u64 << 32) as f64;

    /// The share of a feature, 0–1; 0 when nobody has it.
    #[must_use]
    pub fn of(&self, feature: u64) -> f64 {
        let sum = self.sums.get(&feature).copied().unwrap_or(0);
        if self.whole == 0 { 0.0 } else { sum as f64 / self.whole as f64 }
    }
}

/// A row on its way to its place in a cohort.
struct Place {
    /// Employer, then the latest day first, then the higher bits of the fingerprint: of reposts the
    /// latest copy is the one that is kept.
    key: u128,
    at: u32,
}

/// Bits of a day in [`Place::key`], and of a fingerprint.
const DAY_BITS: u32 = 17;
const TEXT_BITS: u32 = 64 - DAY_BITS;

impl Place {
    fn new(rows: &Rows, at: usize) -> Self {
        let head = rows.head(at);
        // Days are below 2^17 - 1; no day is before all days, and so sorted last.
        let day = head.facts.day().map_or(0, |day| day as u64 + 1);
        let late = (1 << DAY_BITS) - 1 - day;
        let rest = late << TEXT_BITS | head.fingerprint.0 >> DAY_BITS;
        Self { key: u128::from(head.employer.unwrap_or(0)) << 64 | u128::from(rest), at: at as u32 }
    }

    fn employer(&self) -> u64 {
        (self.key >> 64) as u64
    }

    /// What decides between rows with the same key.
    fn rest(&self, rows: &Rows) -> (Fingerprint, u64, u64, u32) {
        let head = rows.head(self.at as usize);
        (head.fingerprint, head.facts.0, head.id, self.at)
    }
}

impl Cohort {
    /// The cohort of all `rows`.
    ///
    /// The result does not depend on their order.
    #[must_use]
    pub fn new(rows: &Rows) -> Self {
        Self::of(rows, |_| true)
    }

    /// The cohort of those of `rows` for which `keep` holds.
    #[must_use]
    pub fn of(rows: &Rows, keep: impl Fn(usize) -> bool) -> Self {
        let Members { list, employers, folded, nameless, silent } = Members::of(rows, keep);
        Self { rows: rows.pick(&list), employers, folded, nameless, silent }
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

    /// Counts features: `features` puts the features of a row into the list.
    pub fn tally(&self, features: impl FnMut(usize, &mut Vec<u64>)) -> Tally {
        tally(&self.employers, features)
    }
}

/// Counts the features of the rows of `employers`; one that a row lists twice counts once.
fn tally(employers: &[Range<usize>], mut features: impl FnMut(usize, &mut Vec<u64>)) -> Tally {
    let mut base = Base::default();
    let mut counts = Counts::default();
    let mut list = Vec::new();
    for span in employers {
        let weight = weight(span);
        let m = span.len() as f64 * weight;
        base.m += m;
        base.mm += m * m;
        base.employers += 1;
        base.postings += span.len() as u32;
        for at in span.clone() {
            list.clear();
            features(at, &mut list);
            counts.row(&list);
        }
        counts.employer(weight, m);
    }
    Tally { base, sums: counts.sums.into_iter().collect() }
}

/// Counts of features, by the number that each has got here.
#[derive(Default)]
struct Counts {
    numbers: FxHashMap<u64, u32>,
    sums: Vec<(u64, Sum)>,
    /// Of each feature: postings of the present employer, and the last row that has it.
    here: Vec<(u32, u32)>,
    /// Features of the present employer.
    touched: Vec<u32>,
    /// Rows so far.
    rows: u32,
    /// Of each feature: weights of the rows with it, where rows are weighed one by one.
    weights: Vec<u64>,
}

impl Counts {
    fn row(&mut self, features: &[u64]) {
        self.rows += 1;
        for &feature in features {
            let number = *self.numbers.entry(feature).or_insert_with(|| {
                self.sums.push((feature, Sum::default()));
                self.here.push((0, 0));
                self.sums.len() as u32 - 1
            });
            let (count, last) = &mut self.here[number as usize];
            if *last == self.rows {
                continue;
            }
            if *count == 0 {
                self.touched.push(number);
            }
            (*count, *last) = (*count + 1, self.rows);
        }
    }

    /// Adds `weight` to the features of the last row, which is an employer of its own here.
    fn weigh(&mut self, weight: u64) {
        self.weights.resize(self.sums.len(), 0);
        for number in self.touched.drain(..) {
            self.here[number as usize].0 = 0;
            self.weights[number as usize] += weight;
        }
    }

    /// The sums of [`weigh`](Self::weigh), by feature.
    fn into_weights(self) -> FxHashMap<u64, u64> {
        self.sums.into_iter().map(|(feature, _)| feature).zip(self.weights).collect()
    }

    /// Ends an employer whose postings weigh `weight` each and `m` together.
    fn employer(&mut self, weight: f64, m: f64) {
        for number in self.touched.drain(..) {
            let count = std::mem::take(&mut self.here[number as usize].0);
            self.sums[number as usize].1.add(f64::from(count) * weight, m, count);
        }
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

    /// The share of a feature as a number alone, whatever the number of employers.
    #[must_use]
    pub fn part(&self, feature: u64) -> f64 {
        estimate(&self.sum(feature), &self.base).0
    }

    /// The share of a feature.
    #[must_use]
    pub fn share(&self, feature: u64) -> Share {
        share(&self.sum(feature), &self.base)
    }
}

/// Fingerprints of one employer. Few are compared one by one; many without comparing all pairs: two
/// that differ in at most three bits agree in at least one of four blocks of 16 bits.
#[derive(Default)]
struct Near {
    few: Vec<(Fingerprint, u8)>,
    blocks: FxHashMap<(u8, u16, u8), Vec<Fingerprint>>,
}

/// Most fingerprints that are compared one by one.
const FEW: usize = 32;

impl Near {
    fn clear(&mut self) {
        self.few.clear();
        if !self.blocks.is_empty() {
            self.blocks = FxHashMap::default();
        }
    }

    /// Adds a fingerprint of a level unless a near one is there; whether it was added.
    fn insert(&mut self, this: Fingerprint, level: u8) -> bool {
        let key = |block: u8| (block, (this.0 >> (16 * block)) as u16, level);
        let near = |other: &Fingerprint| this.is_near(*other);
        if self.few.iter().any(|(other, at)| *at == level && near(other))
            || !self.blocks.is_empty()
                && (0..4).any(|block| self.blocks.get(&key(block)).is_some_and(|list| list.iter().any(near)))
        {
            return false;
        }
        if self.few.len() < FEW {
            self.few.push((this, level));
        } else {
            for block in 0..4 {
                self.blocks.entry(key(block)).or_default().push(this);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coded::{CodedSkill, Fingerprint, RowFacts, RowHead, SkillCode};
    use crate::extract::Strength;

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

    #[test]
    fn many_fingerprints_fold_as_few_do() {
        let mut random = crate::query::stats::Random(11);
        let mut texts: Vec<(Fingerprint, u8)> = Vec::new();
        for _ in 0..300 {
            let text = match texts.get(random.below(texts.len().max(1))) {
                // Half of them are near to one before, within three bits or just beyond.
                Some((before, _)) if random.below(2) == 0 => {
                    (0..1 + random.below(5)).fold(before.0, |bits, _| bits ^ 1 << random.below(64))
                }
                _ => random.bits(),
            };
            texts.push((Fingerprint(text), random.below(2) as u8));
        }
        let mut near = Near::default();
        let mut kept: Vec<(Fingerprint, u8)> = Vec::new();
        for (text, level) in texts {
            let is_new = !kept.iter().any(|(other, at)| *at == level && text.is_near(*other));
            assert_eq!(near.insert(text, level), is_new);
            if is_new {
                kept.push((text, level));
            }
        }
        assert!(kept.len() > 2 * FEW && kept.len() < 290, "{}", kept.len());
    }

    #[test]
    fn a_feature_counts_once_a_row_and_weighs_as_its_employer() {
        let mut random = crate::query::stats::Random(5);
        let list: Vec<(u64, u64, u64)> =
            (0..200).map(|_| (1 + random.below(30) as u64, random.bits(), 4)).collect();
        let cohort = Cohort::new(&rows(&list));
        // Feature f is in every row whose number f divides, and twice in every fourth.
        let features = |at: usize, list: &mut Vec<u64>| {
            list.extend((1..=7).filter(|f| (at as u64).is_multiple_of(*f)));
            if at.is_multiple_of(4) {
                list.extend_from_within(..);
            }
        };
        let tally = cohort.tally(features);
        for feature in 1..=7u64 {
            let mut by_hand = Sum::default();
            for span in cohort.employers() {
                let count = span.clone().filter(|at| (*at as u64).is_multiple_of(feature)).count() as u32;
                let weight = weight(span);
                if count > 0 {
                    by_hand.add(f64::from(count) * weight, span.len() as f64 * weight, count);
                }
            }
            assert_eq!(tally.sum(feature), by_hand, "{feature}");
        }
        // Shares without intervals are the same as those with.
        let rows = rows(&list);
        let feature = |at: usize, list: &mut Vec<u64>| list.push(rows.head(at).fingerprint.0 % 5);
        let shares = Members::of(&rows, |_| true).shares(&rows, feature);
        let tally = cohort.tally(|at, list| list.push(cohort.rows().head(at).fingerprint.0 % 5));
        for feature in 0..6 {
            assert!((shares.of(feature) - tally.part(feature)).abs() < 1e-9, "{feature}");
        }
    }
}
