//! Rows as columns of small integers, which pack well, and back.
//!
//! Words (families, regions, skill ids …) are numbered in the order of first use and written
//! once. Decoding trusts nothing: any inconsistency gives `None`.

use crate::coded::{Coded, CodedExperience, CodedGate, CodedSkill, Fingerprint, Region, SkillCode};
use crate::extract::{ExperienceKind, GateKind, Strength};
use crate::level::Track;
use crate::posting::Workplace;
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Columns in the order of the file.
#[derive(Clone, Copy)]
enum Column {
    Words,
    Skills,
    Employer,
    Family,
    Level,
    Range,
    Track,
    Region,
    Workplace,
    Month,
    Fingerprint,
    SkillCount,
    SkillNumber,
    SkillAsk,
    SkillYears,
    ExperienceCount,
    ExperienceKind,
    ExperienceFigure,
    GateCount,
    GateKind,
    GateValue,
}

const COLUMNS: usize = Column::GateValue as usize + 1;

/// Day 0 of [`Coded::day`].
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
    words: FxHashMap<String, u64>,
    employers: FxHashMap<u64, u64>,
    skills: FxHashMap<SkillCode, u64>,
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

    /// The number of a word; 0 is the empty word.
    fn word(&mut self, word: &str) -> u64 {
        if word.is_empty() {
            return 0;
        }
        if let Some(number) = self.words.get(word) {
            return *number;
        }
        let number = self.words.len() as u64 + 1;
        self.words.insert(word.to_owned(), number);
        let bytes = &mut self.columns[Column::Words as usize];
        bytes.extend_from_slice(word.replace('\n', " ").as_bytes());
        bytes.push(b'\n');
        number
    }

    fn skill(&mut self, skill: SkillCode) -> u64 {
        let next = self.skills.len() as u64;
        let number = *self.skills.entry(skill).or_insert(next);
        if number == next {
            self.columns[Column::Skills as usize].extend_from_slice(&skill.0.to_le_bytes());
        }
        number
    }
}

/// The word that serde writes for a plain enum.
fn name(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn named<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

/// Writes rows as columns.
pub(super) fn encode(rows: &[Coded]) -> Vec<u8> {
    let mut out = Out::default();
    for row in rows {
        let next = out.employers.len() as u64;
        let employer = *out.employers.entry(row.employer).or_insert(next);
        out.put(Column::Employer, employer);
        let family = out.word(&row.family);
        out.put(Column::Family, family);
        out.put(Column::Level, row.level.unwrap_or(0).into());
        out.put(Column::Range, u64::from(row.level_range.0) << 4 | u64::from(row.level_range.1));
        let track = row.track.map(name).unwrap_or_default();
        let track = out.word(&track);
        out.put(Column::Track, track);
        let region = row.region.map(String::from).unwrap_or_default();
        let region = out.word(&region);
        out.put(Column::Region, region);
        let workplace = row.workplace.map(name).unwrap_or_default();
        let workplace = out.word(&workplace);
        out.put(Column::Workplace, workplace);
        let month = row.day.map_or(0, |day| {
            let (year, month) = month_of(day);
            u64::try_from((i32::from(year) - 1970) * 12 + i32::from(month)).unwrap_or(0)
        });
        out.put(Column::Month, month);
        out.columns[Column::Fingerprint as usize].extend_from_slice(&row.fingerprint.0.to_le_bytes());
        encode_lists(&mut out, row);
    }
    let mut bytes = Vec::new();
    for column in &out.columns {
        bytes.extend_from_slice(&(column.len() as u64).to_le_bytes());
        bytes.extend_from_slice(column);
    }
    bytes
}

fn encode_lists(out: &mut Out, row: &Coded) {
    out.put(Column::SkillCount, row.skills.len() as u64);
    for skill in &row.skills {
        let number = out.skill(skill.skill);
        out.put(Column::SkillNumber, number);
        out.put(Column::SkillAsk, u64::from(skill.depth) << 2 | skill.strength as u64);
        out.put(Column::SkillYears, skill.years.into());
    }
    out.put(Column::ExperienceCount, row.experience.len() as u64);
    for experience in &row.experience {
        let word = out.word(&name(experience.kind));
        out.put(Column::ExperienceKind, word << 2 | experience.strength as u64);
        out.put(Column::ExperienceFigure, experience.min.map_or(0, |min| u64::from(min.to_bits()) + 1));
    }
    out.put(Column::GateCount, row.gates.len() as u64);
    for gate in &row.gates {
        let word = out.word(&name(gate.kind));
        out.put(Column::GateKind, word << 2 | gate.strength as u64);
        let value = out.word(&gate.value);
        out.put(Column::GateValue, value);
    }
}

struct In<'a> {
    columns: [&'a [u8]; COLUMNS],
    words: Vec<&'a str>,
    skills: Vec<SkillCode>,
}

impl<'a> In<'a> {
    fn new(mut bytes: &'a [u8]) -> Option<Self> {
        let mut columns: [&[u8]; COLUMNS] = [&[]; COLUMNS];
        for column in &mut columns {
            let (length, rest) = bytes.split_first_chunk::<8>()?;
            let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
            if length > rest.len() {
                return None;
            }
            (*column, bytes) = rest.split_at(length);
        }
        let words = std::str::from_utf8(columns[Column::Words as usize]).ok()?;
        let (skills, odd) = columns[Column::Skills as usize].as_chunks::<4>();
        (odd.is_empty() && bytes.is_empty()).then_some(())?;
        Some(Self {
            columns,
            words: std::iter::once("").chain(words.lines()).collect(),
            skills: skills.iter().map(|code| SkillCode(u32::from_le_bytes(*code))).collect(),
        })
    }

    // Inlined dozens of times into `decode`, these keep LLVM's constraint elimination busy for
    // many minutes.
    #[inline(never)]
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

    fn word(&self, number: u64) -> Option<&'a str> {
        self.words.get(usize::try_from(number).ok()?).copied()
    }

    #[inline(never)]
    fn take_word(&mut self, column: Column) -> Option<&'a str> {
        let number = self.take(column)?;
        self.word(number)
    }

    #[inline(never)]
    fn take_named<T: DeserializeOwned>(&mut self, column: Column) -> Option<Option<T>> {
        match self.take_word(column)? {
            "" => Some(None),
            word => named(word).map(Some),
        }
    }

    /// A word and a strength that share one number.
    #[inline(never)]
    fn take_asked<T: DeserializeOwned>(&mut self, column: Column) -> Option<(T, Strength)> {
        let both = self.take(column)?;
        Some((named(self.word(both >> 2)?)?, strength(both & 3)))
    }
}

fn strength(code: u64) -> Strength {
    match code & 3 {
        0 => Strength::Context,
        1 => Strength::Duty,
        2 => Strength::Preferred,
        _ => Strength::Required,
    }
}

/// Reads columns back; `None` when they do not fit together.
pub(super) fn decode(bytes: &[u8]) -> Option<Vec<Coded>> {
    let mut input = In::new(bytes)?;
    let mut rows = Vec::new();
    while !input.columns[Column::Employer as usize].is_empty() {
        rows.push(decode_row(&mut input)?);
    }
    let read = |column: Column| input.columns[column as usize].is_empty();
    (read(Column::SkillNumber) && read(Column::GateValue) && read(Column::Fingerprint)).then_some(rows)
}

#[inline(never)]
fn decode_row(input: &mut In<'_>) -> Option<Coded> {
    let employer = input.take(Column::Employer)?;
    let family = input.take_word(Column::Family)?.to_owned();
    let level = u8::try_from(input.take(Column::Level)?).ok().filter(|l| *l <= 8)?;
    let range = input.take(Column::Range)?;
    let track: Option<Track> = input.take_named(Column::Track)?;
    let region: Option<Region> = input.take_named(Column::Region)?;
    let workplace: Option<Workplace> = input.take_named(Column::Workplace)?;
    let month = input.take(Column::Month)?;
    let (fingerprint, rest) = input.columns[Column::Fingerprint as usize].split_first_chunk::<8>()?;
    input.columns[Column::Fingerprint as usize] = rest;
    let fingerprint = Fingerprint(u64::from_le_bytes(*fingerprint));
    Some(Coded {
        employer,
        family,
        level: (level > 0).then_some(level),
        level_range: ((range >> 4 & 15) as u8, (range & 15) as u8),
        track,
        region,
        workplace,
        day: month.checked_sub(1).and_then(first_day),
        fingerprint,
        skills: decode_skills(input)?,
        experience: decode_experience(input)?,
        gates: decode_gates(input)?,
    })
}

#[inline(never)]
fn decode_skills(input: &mut In<'_>) -> Option<Vec<CodedSkill>> {
    let mut skills = Vec::new();
    for _ in 0..input.take(Column::SkillCount)? {
        let number = usize::try_from(input.take(Column::SkillNumber)?).ok()?;
        let ask = input.take(Column::SkillAsk)?;
        skills.push(CodedSkill {
            skill: *input.skills.get(number)?,
            strength: strength(ask),
            depth: u8::try_from(ask >> 2).ok()?,
            years: u8::try_from(input.take(Column::SkillYears)?).ok()?,
        });
    }
    Some(skills)
}

#[inline(never)]
fn decode_experience(input: &mut In<'_>) -> Option<Vec<CodedExperience>> {
    let mut list = Vec::new();
    for _ in 0..input.take(Column::ExperienceCount)? {
        let (kind, strength): (ExperienceKind, Strength) = input.take_asked(Column::ExperienceKind)?;
        let figure = input.take(Column::ExperienceFigure)?;
        let min = match figure.checked_sub(1) {
            None => None,
            Some(bits) => Some(f32::from_bits(u32::try_from(bits).ok()?)),
        };
        list.push(CodedExperience { kind, min, strength });
    }
    Some(list)
}

#[inline(never)]
fn decode_gates(input: &mut In<'_>) -> Option<Vec<CodedGate>> {
    let mut list = Vec::new();
    for _ in 0..input.take(Column::GateCount)? {
        let (kind, strength): (GateKind, Strength) = input.take_asked(Column::GateKind)?;
        let value = input.take_word(Column::GateValue)?.to_owned();
        list.push(CodedGate { kind, value, strength });
    }
    Some(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{Card, Market};
    use proptest::prelude::*;

    fn rows() -> Vec<Coded> {
        let row = |employer, family: &str, level, day| Coded {
            employer,
            family: family.into(),
            level,
            level_range: (3, 5),
            track: Some(Track::Management),
            region: Region::from_code("DE"),
            workplace: Some(Workplace::Hybrid),
            day,
            fingerprint: Fingerprint(u64::MAX - 3),
            skills: vec![CodedSkill {
                skill: SkillCode::of("rust"),
                strength: Strength::Required,
                depth: 3,
                years: 5,
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
            }],
        };
        vec![
            row(7, "nursing", Some(4), Some(20_027)),
            row(9, "", None, None),
            row(7, "nursing", Some(8), None),
        ]
    }

    #[test]
    fn a_snapshot_comes_back_as_it_was_but_for_employers_and_days() {
        let mut market = Market { card: Card::of(&rows(), &["a", "b", "a"], "2026-11-22"), rows: rows() };
        let mut bytes = Vec::new();
        market.write(&mut bytes).unwrap();
        let back = Market::read(&mut bytes.as_slice()).unwrap();
        assert_eq!(back.card.employers, 2);
        assert_eq!(back.card.sources[0].postings, 2);
        let mut expected = rows();
        for (row, employer) in expected.iter_mut().zip([0, 1, 0]) {
            row.employer = employer;
        }
        expected[0].day = Some(20_027 - 30);
        assert_eq!(month_of(20_027), (2024, 10));
        assert_eq!(back.rows, expected);
    }

    proptest! {
        // Packing at the strongest level is slow; a few dozen places of damage are enough.
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn damage_is_noticed_and_never_panics(at in 0usize..400, bit in 0u8..8) {
            let mut market = Market { card: Card::of(&rows(), &["a", "b", "a"], "2026-11-22"), rows: rows() };
            let mut bytes = Vec::new();
            market.write(&mut bytes).unwrap();
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
