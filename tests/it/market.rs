//! A small made-up market for tests: employers, levels and skills as given.

use rungs::coded::{Coded, CodedExperience, CodedGate, CodedSkill, Fingerprint, Rows, SkillCode};
use rungs::extract::{ExperienceKind, GateKind, Strength};
use rungs::level::Track;
use rungs::profile::{Profile, ProfileSkill};
use rungs::query::gap::{Aim, Gap, GapRequest, gap};
use rungs::query::scope::Scope;
use rungs::query::{Snapshot, Source};
use rungs::taxonomy::Taxonomy;

pub(crate) const FAMILY: &str = "software-engineering";
pub(crate) const TODAY: jiff::civil::Date = jiff::civil::date(2025, 3, 3);

/// Employers of each level; enough for percentages.
pub(crate) const EMPLOYERS: u64 = 40;

/// A skill that every `nth` employer of a level requires at a depth.
pub(crate) struct Demand(pub(crate) &'static str, pub(crate) u64, pub(crate) u8);

pub(crate) const OWN: &[Demand] =
    &[Demand("python", 1, 2), Demand("sql", 2, 2), Demand("docker", 2, 2), Demand("git", 1, 2)];
pub(crate) const AHEAD: &[Demand] = &[
    Demand("python", 1, 3),
    Demand("sql", 2, 3),
    Demand("docker", 2, 3),
    Demand("kubernetes", 1, 3),
    Demand("terraform", 2, 2),
    Demand("distributed-systems", 1, 4),
    Demand("mentoring", 1, 3),
    Demand("apache-kafka", 3, 3),
];

pub(crate) fn row(employer: u64, level: u8, track: Option<Track>, family: &str, demands: &[Demand]) -> Coded {
    let asked = demands.iter().filter(|d| employer.is_multiple_of(d.1));
    let high = level >= 5;
    let led =
        CodedExperience { kind: ExperienceKind::PeopleLed, min: Some(6.0), strength: Strength::Required };
    let degree = CodedGate {
        kind: GateKind::Degree,
        value: "bachelor".into(),
        strength: Strength::Required,
        or_equivalent: false,
    };
    Coded {
        employer: Some(employer + 1),
        family: family.to_owned(),
        level: Some(level),
        level_range: (level, level),
        track,
        regions: Vec::new(),
        workplace: None,
        day: Some(20_000),
        fingerprint: Fingerprint(
            employer.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(level) ^ (family.len() as u64) << 32,
        ),
        skills: asked
            .map(|d| CodedSkill {
                skill: SkillCode::of(d.0),
                strength: Strength::Required,
                depth: d.2,
                years: 0,
                group: 0,
            })
            .collect(),
        experience: if high && employer.is_multiple_of(2) { vec![led] } else { Vec::new() },
        gates: vec![degree],
    }
}

/// Rows of two levels of software engineering, and of one other family at the same height.
pub(crate) fn rows_with(ahead: &[Demand]) -> Rows {
    let mut rows = Rows::default();
    let mut id = 0;
    let mut add = |row: Coded| {
        rows.push_coded(id, &row, true);
        id += 1;
    };
    for employer in 0..EMPLOYERS {
        add(row(employer, 3, None, FAMILY, OWN));
        add(row(employer, 5, Some(Track::Ic), FAMILY, ahead));
        add(row(employer, 5, Some(Track::Management), FAMILY, &ahead[6..]));
        add(row(employer, 5, Some(Track::Ic), "data-ml", OWN));
    }
    rows
}

pub(crate) fn rows() -> Rows {
    rows_with(AHEAD)
}

/// Somebody at level 3 with these skills: id, depth, interest.
pub(crate) fn person(skills: &[(&str, u8, Option<i8>)]) -> Profile {
    let skill = |(id, depth, interest): &(&str, u8, Option<i8>)| ProfileSkill {
        name: (*id).to_owned(),
        id: Some((*id).to_owned()),
        depth: (*depth > 0).then_some(*depth),
        interest: *interest,
        ..ProfileSkill::default()
    };
    Profile {
        level: Some(3),
        family: Some(FAMILY.into()),
        track: Some(Track::Ic),
        skills: skills.iter().map(skill).collect(),
        ..Profile::default()
    }
}

pub(crate) fn usual() -> Profile {
    person(&[("python", 3, None), ("sql", 2, None), ("kubernetes", 1, None), ("git", 3, None)])
}

pub(crate) fn request() -> GapRequest {
    let scope = Scope { family: Some(FAMILY.into()), ..Scope::default() };
    GapRequest { scope, levels: Aim::At(5..=5) }
}

pub(crate) fn gap_of(rows: &Rows, profile: &Profile) -> Gap {
    gap(
        Source::Rows(rows, &Snapshot::of_rows("made-up", rows.len())),
        Taxonomy::builtin(),
        profile,
        &request(),
        TODAY,
    )
    .unwrap()
}
