//! Rows as integers: what fast fields and columns hold.
//!
//! Every packing is reversible, and unpacking an integer that packing does not make gives `None`
//! or "unknown", never a panic: the integers come from files.

use super::{CodedExperience, CodedGate, Region};
use crate::extract::{ExperienceKind, GateKind, Strength};
use crate::level::Track;
use crate::posting::Workplace;

/// The small facts of one posting in 64 bits.
///
/// From low bits to high: level (4), interval (4 + 4), track (2), workplace (2), open (1), a
/// country (10), day (17), two more countries (10 + 10). Zero means unknown throughout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RowFacts(pub u64);

const LOW: u32 = 4;
const HIGH: u32 = 8;
const TRACK: u32 = 12;
const WORKPLACE: u32 = 14;
const OPEN: u32 = 16;
const REGION: u32 = 17;
const DAY: u32 = 27;
/// Days are stored from 1 on; 2^17 days reach into the year 2328.
const LAST_DAY: i32 = (1 << 17) - 2;
/// Where each country is.
const COUNTRIES: [u32; RowFacts::REGIONS] = [REGION, 44, 54];

impl RowFacts {
    /// Most countries kept of one posting.
    pub const REGIONS: usize = 3;

    /// Packs the facts of `row`; `open` is whether the posting is not known to be closed.
    #[must_use]
    pub fn new(row: &super::Coded, open: bool) -> Self {
        let track = match row.track {
            None => 0u64,
            Some(Track::Ic) => 1,
            Some(Track::Management) => 2,
        };
        let workplace = match row.workplace {
            None => 0u64,
            Some(Workplace::Remote) => 1,
            Some(Workplace::Hybrid) => 2,
            Some(Workplace::Onsite) => 3,
        };
        let countries = row.regions.iter().zip(COUNTRIES).map(|(region, at)| region_code(*region) << at);
        Self(
            u64::from(row.level.unwrap_or(0) & 15)
                | u64::from(row.level_range.0 & 15) << LOW
                | u64::from(row.level_range.1 & 15) << HIGH
                | track << TRACK
                | workplace << WORKPLACE
                | u64::from(open) << OPEN
                | countries.fold(0, |all, one| all | one),
        )
        .with_day(row.day)
    }

    /// The same facts with another day of publication, days since 1970-01-01.
    #[must_use]
    pub fn with_day(self, day: Option<i32>) -> Self {
        let day = day.map_or(0, |day| day.clamp(0, LAST_DAY) as u64 + 1);
        Self(self.0 & !(((1 << 17) - 1) << DAY) | day << DAY)
    }

    fn bits(self, at: u32, width: u32) -> u64 {
        self.0 >> at & ((1 << width) - 1)
    }

    /// Level 1–8, where known.
    #[must_use]
    pub fn level(self) -> Option<u8> {
        match self.bits(0, 4) as u8 {
            level @ 1..=8 => Some(level),
            _ => None,
        }
    }

    /// Interval of the level; `1..=8` where nothing is known.
    #[must_use]
    pub fn level_range(self) -> (u8, u8) {
        let (low, high) = (self.bits(LOW, 4) as u8, self.bits(HIGH, 4) as u8);
        (low.clamp(1, 8), if high == 0 { 8 } else { high.min(8) })
    }

    /// Track, where known.
    #[must_use]
    pub fn track(self) -> Option<Track> {
        match self.bits(TRACK, 2) {
            1 => Some(Track::Ic),
            2 => Some(Track::Management),
            _ => None,
        }
    }

    /// Where the work is done, where known.
    #[must_use]
    pub fn workplace(self) -> Option<Workplace> {
        match self.bits(WORKPLACE, 2) {
            1 => Some(Workplace::Remote),
            2 => Some(Workplace::Hybrid),
            3 => Some(Workplace::Onsite),
            _ => None,
        }
    }

    /// Not known to be closed.
    #[must_use]
    pub fn open(self) -> bool {
        self.bits(OPEN, 1) == 1
    }

    /// Countries known, at most [`REGIONS`](Self::REGIONS).
    pub fn regions(self) -> impl Iterator<Item = Region> {
        COUNTRIES.into_iter().filter_map(move |at| {
            let code = self.bits(at, 10);
            let letter = |bits: u64| (1..=26).contains(&bits).then(|| (b'A' + bits as u8 - 1) as char);
            let (first, second) = (letter(code >> 5)?, letter(code & 31)?);
            Region::from_code(&String::from_iter([first, second]))
        })
    }

    /// Whether `region` is among the countries; quicker than [`regions`](Self::regions).
    #[must_use]
    pub fn is_in(self, region: Region) -> bool {
        let code = region_code(region);
        COUNTRIES.into_iter().any(|at| self.bits(at, 10) == code)
    }

    /// Whether a country is known.
    #[must_use]
    pub fn has_region(self) -> bool {
        self.bits(REGION, 10) != 0
    }

    /// First publication, days since 1970-01-01, where known.
    #[must_use]
    pub fn day(self) -> Option<i32> {
        match self.bits(DAY, 17) {
            0 => None,
            day => i32::try_from(day - 1).ok(),
        }
    }
}

fn region_code(region: Region) -> u64 {
    region.code().bytes().fold(0, |code, letter| code << 5 | u64::from(letter - b'A' + 1))
}

const STRENGTHS: [Strength; 4] = [Strength::Context, Strength::Duty, Strength::Preferred, Strength::Required];

const KINDS: [ExperienceKind; 16] = [
    ExperienceKind::Years,
    ExperienceKind::PeopleLed,
    ExperienceKind::ManagersLed,
    ExperienceKind::Mentoring,
    ExperienceKind::Hiring,
    ExperienceKind::Budget,
    ExperienceKind::Scale,
    ExperienceKind::OnCall,
    ExperienceKind::Stakeholders,
    ExperienceKind::Geography,
    ExperienceKind::Regulated,
    ExperienceKind::Travel,
    ExperienceKind::Stage,
    ExperienceKind::Strategy,
    ExperienceKind::Guided,
    ExperienceKind::ReportsTo,
];

pub(super) fn strength_of(code: u64) -> Option<Strength> {
    STRENGTHS.into_iter().find(|s| *s as u64 == code)
}

impl CodedExperience {
    /// Packed into one integer: the figure's 32 bits, kind and strength, from high bits to low.
    #[must_use]
    pub fn pack(self) -> u64 {
        let figure = self.min.unwrap_or(f32::NAN).to_bits();
        u64::from(figure) << 16 | (self.kind as u64) << 8 | self.strength as u64
    }

    /// The reverse of [`pack`](Self::pack); `None` for an integer that it does not make.
    #[must_use]
    pub fn unpack(packed: u64) -> Option<Self> {
        let figure = f32::from_bits((packed >> 16) as u32);
        Some(Self {
            kind: KINDS.into_iter().find(|kind| *kind as u64 == packed >> 8 & 255)?,
            min: (!figure.is_nan()).then_some(figure),
            strength: strength_of(packed & 255)?,
        })
    }
}

const GATES: [(GateKind, &str); 8] = [
    (GateKind::Degree, "degree"),
    (GateKind::Licence, "licence"),
    (GateKind::Clearance, "clearance"),
    (GateKind::WorkPermit, "work-permit"),
    (GateKind::Language, "language"),
    (GateKind::Certificate, "certificate"),
    (GateKind::Driving, "driving"),
    (GateKind::BackgroundCheck, "background-check"),
];

impl CodedGate {
    /// As one word: `kind:strength:value`, e.g. `degree:3:bachelor`; where experience will do instead,
    /// `degree:3+:bachelor`.
    #[must_use]
    pub fn to_word(&self) -> String {
        let kind = GATES.iter().find(|(kind, _)| *kind == self.kind).map_or("", |(_, name)| name);
        let or = if self.or_equivalent { "+" } else { "" };
        format!("{kind}:{}{or}:{}", self.strength as u8, self.value)
    }

    /// The reverse of [`to_word`](Self::to_word).
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let mut parts = word.splitn(3, ':');
        let (kind, strength, value) = (parts.next()?, parts.next()?, parts.next()?);
        let bare = strength.strip_suffix('+');
        Some(Self {
            kind: GATES.iter().find(|(_, name)| *name == kind)?.0,
            strength: strength_of(bare.unwrap_or(strength).parse().ok()?)?,
            value: value.to_owned(),
            or_equivalent: bare.is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Coded, Fingerprint};
    use super::*;
    use proptest::prelude::*;

    fn row() -> Coded {
        Coded {
            employer: Some(1),
            family: String::new(),
            level: None,
            level_range: (1, 8),
            track: None,
            regions: Vec::new(),
            workplace: None,
            day: None,
            fingerprint: Fingerprint(0),
            skills: Vec::new(),
            experience: Vec::new(),
            gates: Vec::new(),
        }
    }

    #[test]
    fn nothing_known_stays_unknown() {
        let facts = RowFacts::new(&row(), false);
        assert_eq!((facts.level(), facts.level_range(), facts.track()), (None, (1, 8), None));
        assert_eq!((facts.workplace(), facts.regions().next(), facts.day()), (None, None, None));
        assert!(!facts.open() && !facts.has_region());
    }

    #[test]
    fn gates_survive_the_way_through_words() {
        for (kind, _) in GATES {
            for or_equivalent in [false, true] {
                let gate =
                    CodedGate { kind, value: "a:b".into(), strength: Strength::Preferred, or_equivalent };
                assert_eq!(CodedGate::from_word(&gate.to_word()), Some(gate));
            }
        }
        assert_eq!(CodedGate::from_word("degree"), None);
    }

    proptest! {
        #[test]
        fn facts_are_reversible(level in 1u8..9, low in 1u8..9, high in 1u8..9, day in 0i32..40_000,
                                one in "[A-Z]{2}", two in "[A-Z]{2}", open: bool) {
            let mut row = row();
            row.level = Some(level);
            row.level_range = (low, high);
            row.track = Some(Track::Management);
            row.workplace = Some(Workplace::Hybrid);
            row.day = Some(day);
            row.regions = [&one, &two].into_iter().filter_map(|code| Region::from_code(code)).collect();
            let facts = RowFacts::new(&row, open);
            prop_assert_eq!(facts.level(), row.level);
            prop_assert_eq!(facts.level_range(), row.level_range);
            prop_assert_eq!(facts.track(), row.track);
            prop_assert_eq!(facts.workplace(), row.workplace);
            prop_assert_eq!(facts.day(), row.day);
            prop_assert_eq!(facts.regions().collect::<Vec<_>>(), row.regions.clone());
            prop_assert!(row.regions.iter().all(|region| facts.is_in(*region)));
            prop_assert_eq!(facts.with_day(None).with_day(row.day), facts);
            prop_assert_eq!(facts.open(), open);
        }

        #[test]
        fn experience_is_reversible(kind in 0usize..16, min in proptest::option::of(-1e6f32..1e9), strength in 0u64..4) {
            let one = CodedExperience { kind: KINDS[kind], min, strength: strength_of(strength).unwrap() };
            prop_assert_eq!(CodedExperience::unpack(one.pack()), Some(one));
        }

        #[test]
        fn any_integer_can_be_read(packed: u64) {
            let facts = RowFacts(packed);
            let _ = (facts.level(), facts.level_range(), facts.track(), facts.regions().count(), facts.day());
            let _ = CodedExperience::unpack(packed);
        }
    }
}
