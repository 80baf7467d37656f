//! Rows as columns of small integers, which pack well, and back.
//!
//! Skills, experience facets and words are numbered in the order of first use and written once.
//! Employers become numbers from 1, 0 where nobody is named; days the first of their month. Decoding trusts nothing: any
//! inconsistency gives `None`.

use crate::coded::{Fingerprint, RowFacts, RowHead, Rows};
use rustc_hash::FxHashMap;

/// Columns in the order of the file.
#[derive(Clone, Copy)]
enum Column {
    /// Role families, one a line.
    Families,
    /// Gates, one a line.
    GateWords,
    /// Codes of skills, 4 bytes each.
    SkillCodes,
    /// Packed experience facets, 8 bytes each.
    Facets,
    Employer,
    Facts,
    /// Months since 1970 plus one; 0 unknown.
    Month,
    Fingerprint,
    Family,
    SkillCount,
    SkillNumber,
    /// Years, depth and strength: the low bits of a packed skill.
    SkillAsk,
    FacetCount,
    FacetNumber,
    GateCount,
    GateNumber,
}

const COLUMNS: usize = Column::GateNumber as usize + 1;

/// Bits of a packed skill below its code.
const ASK_BITS: u32 = 16;

/// Day 0 of [`RowFacts::day`].
const EPOCH: jiff::civil::Date = jiff::civil::Date::constant(1970, 1, 1);

/// Year and month of a day since 1970.
pub(super) fn month_of(day: i32) -> (i16, i8) {
    let date = EPOCH.saturating_add(jiff::Span::new().try_days(day).unwrap_or_default());
    (date.year(), date.month())
}

/// First day of a month, in days since 1970.
fn first_day(months: u64) -> Option<i32> {
    let year = i16::try_from(1970 + months / 12).ok()?;
    let date = jiff::civil::Date::new(year, (months % 12) as i8 + 1, 1).ok()?;
    i32::try_from(date.duration_since(EPOCH).as_hours() / 24).ok()
}

#[derive(Default)]
struct Out {
    columns: [Vec<u8>; COLUMNS],
}

impl Out {
    fn put(&mut self, column: Column, mut value: u64) {
        let bytes = &mut self.columns[column as usize];
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
    }

    fn put_bytes(&mut self, column: Column, bytes: &[u8]) {
        self.columns[column as usize].extend_from_slice(bytes);
    }
}

/// Numbers things in the order of first use; says whether one is new.
#[derive(Default)]
struct Numbers(FxHashMap<u64, u64>);

impl Numbers {
    fn of(&mut self, thing: u64) -> (u64, bool) {
        let next = self.0.len() as u64;
        let number = *self.0.entry(thing).or_insert(next);
        (number, number == next)
    }
}

/// Writes rows as columns.
pub(super) fn encode(rows: &Rows) -> Vec<u8> {
    let mut out = Out::default();
    out.put_bytes(Column::Families, rows.families.list().join("\n").as_bytes());
    out.put_bytes(Column::GateWords, rows.gate_words.list().join("\n").as_bytes());
    let (mut employers, mut skills, mut facets) =
        (Numbers::default(), Numbers::default(), Numbers::default());
    for at in 0..rows.len() {
        let head = rows.head(at);
        out.put(Column::Employer, head.employer.map_or(0, |employer| employers.of(employer).0 + 1));
        out.put(Column::Facts, head.facts.with_day(None).0);
        let month = head.facts.day().map_or(0, |day| {
            let (year, month) = month_of(day);
            u64::try_from((i32::from(year) - 1970) * 12 + i32::from(month)).unwrap_or(0)
        });
        out.put(Column::Month, month);
        out.put_bytes(Column::Fingerprint, &head.fingerprint.0.to_le_bytes());
        out.put(Column::Family, head.family.into());
        out.put(Column::SkillCount, rows.packed_skills(at).len() as u64);
        for packed in rows.packed_skills(at) {
            let (number, new) = skills.of(packed >> ASK_BITS);
            if new {
                out.put_bytes(Column::SkillCodes, &((packed >> ASK_BITS) as u32).to_le_bytes());
            }
            out.put(Column::SkillNumber, number);
            out.put(Column::SkillAsk, packed & ((1 << ASK_BITS) - 1));
        }
        out.put(Column::FacetCount, rows.packed_experience(at).len() as u64);
        for packed in rows.packed_experience(at) {
            let (number, new) = facets.of(*packed);
            if new {
                out.put_bytes(Column::Facets, &packed.to_le_bytes());
            }
            out.put(Column::FacetNumber, number);
        }
        out.put(Column::GateCount, rows.gate_numbers(at).len() as u64);
        for number in rows.gate_numbers(at) {
            out.put(Column::GateNumber, u64::from(*number));
        }
    }
    let mut bytes = Vec::new();
    for column in &out.columns {
        bytes.extend_from_slice(&(column.len() as u64).to_le_bytes());
        bytes.extend_from_slice(column);
    }
    bytes
}

struct In<'a> {
    columns: [&'a [u8]; COLUMNS],
    skill_codes: Vec<u32>,
    facets: Vec<u64>,
}

/// The first column of a snapshot and the bytes after it.
// Unrolled over all columns within `In::new`, this keeps LLVM's constraint elimination busy for
// many minutes.
#[inline(never)]
fn first_column(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)
}

impl<'a> In<'a> {
    fn new(mut bytes: &'a [u8]) -> Option<Self> {
        let mut columns: [&[u8]; COLUMNS] = [&[]; COLUMNS];
        for column in &mut columns {
            (*column, bytes) = first_column(bytes)?;
        }
        let (codes, odd_codes) = columns[Column::SkillCodes as usize].as_chunks::<4>();
        let (facets, odd_facets) = columns[Column::Facets as usize].as_chunks::<8>();
        (odd_codes.is_empty() && odd_facets.is_empty() && bytes.is_empty()).then_some(Self {
            columns,
            skill_codes: codes.iter().map(|code| u32::from_le_bytes(*code)).collect(),
            facets: facets.iter().map(|facet| u64::from_le_bytes(*facet)).collect(),
        })
    }

    fn words(&self, column: Column) -> Option<std::str::Split<'a, char>> {
        Some(std::str::from_utf8(self.columns[column as usize]).ok()?.split('\n'))
    }

    fn take(&mut self, column: Column) -> Option<u64> {
        let bytes = &mut self.columns[column as usize];
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = bytes.split_first()?;
            *bytes = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn take_number(&mut self, column: Column) -> Option<u32> {
        u32::try_from(self.take(column)?).ok()
    }

    /// As many as the count says, which costs at least a byte each, so a wrong count ends soon.
    fn take_list<T>(&mut self, count: Column, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.take(count)?;
        (0..count).map(|_| one(self)).collect()
    }
}

/// Reads columns back; `None` when they do not fit together.
pub(super) fn decode(bytes: &[u8]) -> Option<Rows> {
    let mut input = In::new(bytes)?;
    let mut rows = Rows::default();
    for word in input.words(Column::Families)? {
        rows.families.number(word);
    }
    for word in input.words(Column::GateWords)? {
        rows.gate_words.number(word);
    }
    while !input.columns[Column::Employer as usize].is_empty() {
        let head = decode_head(&mut input, &rows)?;
        let skills = input.take_list(Column::SkillCount, |input| {
            let number = input.take_number(Column::SkillNumber)?;
            let code = *input.skill_codes.get(number as usize)?;
            let ask = input.take(Column::SkillAsk).filter(|ask| *ask < 1 << ASK_BITS)?;
            Some(u64::from(code) << ASK_BITS | ask)
        })?;
        let facets = input.take_list(Column::FacetCount, |input| {
            let number = input.take_number(Column::FacetNumber)?;
            input.facets.get(number as usize).copied()
        })?;
        let known = rows.gate_words.list().len();
        let gates = input.take_list(Column::GateCount, |input| {
            input.take_number(Column::GateNumber).filter(|number| (*number as usize) < known)
        })?;
        rows.push(head, skills, facets, gates);
    }
    let read = |column: Column| input.columns[column as usize].is_empty();
    (read(Column::SkillNumber) && read(Column::GateNumber) && read(Column::Fingerprint)).then_some(rows)
}

fn decode_head(input: &mut In<'_>, rows: &Rows) -> Option<RowHead> {
    let employer = input.take(Column::Employer)?;
    let facts = RowFacts(input.take(Column::Facts)?);
    let month = input.take(Column::Month)?;
    let (fingerprint, rest) = input.columns[Column::Fingerprint as usize].split_first_chunk::<8>()?;
    input.columns[Column::Fingerprint as usize] = rest;
    Some(RowHead {
        id: rows.len() as u64,
        facts: facts.with_day(month.checked_sub(1).and_then(first_day)),
        employer: Some(employer).filter(|number| *number != 0),
        fingerprint: Fingerprint(u64::from_le_bytes(*fingerprint)),
        family: input
            .take_number(Column::Family)
            .filter(|number| (*number as usize) < rows.families.list().len())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coded::{Coded, CodedExperience, CodedGate, CodedSkill, Region, SkillCode};
    use crate::extract::{ExperienceKind, GateKind, Strength};
    use crate::level::Track;
    use crate::market::{Card, Market};
    use crate::posting::Workplace;
    use proptest::prelude::*;

    fn coded(employer: Option<u64>, family: &str, level: Option<u8>, day: Option<i32>) -> Coded {
        Coded {
            employer,
            family: family.into(),
            level,
            level_range: (3, 5),
            track: Some(Track::Management),
            regions: Region::from_code("DE").into_iter().chain(Region::from_code("AT")).collect(),
            workplace: Some(Workplace::Hybrid),
            day,
            fingerprint: Fingerprint(u64::MAX - 3),
            skills: vec![CodedSkill {
                skill: SkillCode::of("rust"),
                strength: Strength::Required,
                depth: 3,
                years: 5,
                group: 2,
            }],
            experience: vec![CodedExperience {
                kind: ExperienceKind::PeopleLed,
                min: Some(8.0),
                strength: Strength::Duty,
            }],
            gates: vec![CodedGate {
                kind: GateKind::Degree,
                value: "bachelor".into(),
                strength: Strength::Preferred,
                or_equivalent: false,
            }],
        }
    }

    fn rows(employers: [Option<u64>; 3], day: i32) -> Rows {
        let mut rows = Rows::default();
        rows.push_coded(0, &coded(employers[0], "nursing", Some(4), Some(day)), true);
        rows.push_coded(1, &coded(employers[1], "", None, None), false);
        rows.push_coded(2, &coded(employers[2], "nursing", Some(8), None), true);
        rows
    }

    fn packed() -> Vec<u8> {
        let rows = rows([Some(7), None, Some(7)], 20_027);
        let mut market = Market { card: Card::of(&rows, &["a", "b", "a"], "2026-11-22"), rows };
        let mut bytes = Vec::new();
        market.write(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_snapshot_comes_back_as_it_was_but_for_employers_and_days() {
        let back = Market::read(&mut packed().as_slice()).unwrap();
        assert_eq!((back.card.postings, back.card.employers), (3, 1));
        assert_eq!(back.card.sources[0].postings, 2);
        assert_eq!(month_of(20_027), (2024, 10));
        assert_eq!(back.rows, rows([Some(1), None, Some(1)], 20_027 - 30));
    }

    proptest! {
        // Packing at the strongest level is slow; a few dozen places of damage are enough.
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn damage_is_noticed_and_never_panics(at in 0usize..400, bit in 0u8..8) {
            let mut bytes = packed();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            if let Ok(back) = Market::read(&mut bytes.as_slice()) {
                prop_assert_eq!(back.rows.len(), 3);
            }
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
            let _ = decode(&bytes);
            let _ = Market::read(&mut bytes.as_slice());
        }
    }
}
