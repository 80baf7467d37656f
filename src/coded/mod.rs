//! What statistics count of a posting: one anonymous row of small codes.
//!
//! A [`Coded`] row has no title, address or sentence. The index keeps it in fast fields and the
//! market snapshot in columns; `query` counts [`Rows`] and does not care where they came from.

mod filter;
mod near;
mod pack;
mod region;
mod rows;

pub use filter::{Condition, Failed, Filter};
pub use near::{Fingerprint, fingerprint};
pub use pack::RowFacts;
pub use region::{Region, regions};
pub use rows::{RowHead, Rows, Words};

use crate::extract::{Extraction, Gate, GateKind, SkillClaim, Span, Strength};
use crate::level::Track;
use crate::posting::{Posting, Workplace};
use crate::taxonomy::SkillRef;
use crate::text::tokens::fold_hash;

/// Bytes between a degree and its last field of study, at most.
const DEGREE_WORDS: usize = 240;
/// What ends the sentence or the line that asks for a degree, in text and in markup as published.
const BREAKS: [&str; 8] = ["\n", ". ", "</li", "</p", "<br", "&lt;/li", "&lt;/p", "&lt;br"];

/// A skill's code: 32 bits of the hash of its taxonomy id, the same in every build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SkillCode(pub u32);

impl SkillCode {
    /// The code of a taxonomy id.
    #[must_use]
    pub fn of(id: &str) -> Self {
        let hash = fold_hash(id);
        Self((hash ^ (hash >> 32)) as u32)
    }
}

/// A skill as one posting asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CodedSkill {
    /// Which skill.
    pub skill: SkillCode,
    /// How strongly.
    pub strength: Strength,
    /// How deep, 1–4; 0 when the posting does not say.
    pub depth: u8,
    /// Years asked for, whole, at most 31; 0 when the posting does not say.
    pub years: u8,
    /// Skills of one posting with the same number stand for each other ("Go or Rust"): one of them
    /// is asked for. 0 stands alone; at most [`CodedSkill::GROUPS`].
    pub group: u8,
}

impl CodedSkill {
    /// Most groups of alternatives in one posting.
    pub const GROUPS: u8 = 63;

    /// Packed into one integer: code (32 bits), group (6), years (5), depth (3) and strength (2),
    /// from high bits to low.
    #[must_use]
    pub fn pack(self) -> u64 {
        u64::from(self.skill.0) << 16
            | u64::from(self.group.min(Self::GROUPS)) << 10
            | u64::from(self.years.min(31)) << 5
            | u64::from(self.depth & 7) << 2
            | self.strength as u64 & 3
    }

    /// The reverse of [`pack`](Self::pack); `None` for an integer that it does not make.
    #[must_use]
    pub fn unpack(packed: u64) -> Option<Self> {
        Some(Self {
            skill: SkillCode(u32::try_from(packed >> 16).ok()?),
            strength: pack::strength_of(packed & 3)?,
            depth: (packed >> 2 & 7) as u8,
            years: (packed >> 5 & 31) as u8,
            group: (packed >> 10 & 63) as u8,
        })
    }
}

/// One posting, for counting.
#[derive(Clone, Debug, PartialEq)]
pub struct Coded {
    /// Hash of the employer's folded name; `None` where nobody is named.
    pub employer: Option<u64>,
    /// Role family id, empty when unknown.
    pub family: String,
    /// Level 1–8; `None` when unknown.
    pub level: Option<u8>,
    /// Interval of the level.
    pub level_range: (u8, u8),
    /// Track, where known.
    pub track: Option<Track>,
    /// Countries that the locations name, at most [`RowFacts::REGIONS`].
    pub regions: Vec<Region>,
    /// Where the work is done.
    pub workplace: Option<Workplace>,
    /// First publication, days since 1970-01-01.
    pub day: Option<i32>,
    /// For linking near-duplicates.
    pub fingerprint: Fingerprint,
    /// Skills asked for, and those merely named.
    pub skills: Vec<CodedSkill>,
    /// Experience facets that are asked for or part of the role, with their figure.
    pub experience: Vec<CodedExperience>,
    /// Gates.
    pub gates: Vec<CodedGate>,
}

/// An experience facet, for counting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CodedExperience {
    /// Kind of scope.
    pub kind: crate::extract::ExperienceKind,
    /// The figure stated (people, years, dollars …).
    pub min: Option<f32>,
    /// Asked for, welcome or part of the role.
    pub strength: Strength,
}

/// A gate, for counting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodedGate {
    /// Kind.
    pub kind: GateKind,
    /// Normalised value, e.g. `bachelor`.
    pub value: String,
    /// Required or preferred.
    pub strength: Strength,
    /// Experience will do instead; only of degrees.
    pub or_equivalent: bool,
}

/// Codes a posting and what was extracted from it.
#[must_use]
pub fn code(posting: &Posting, extraction: &Extraction) -> Coded {
    Coded {
        employer: posting.employer().map(|name| fold_hash(&name)),
        family: extraction.family.clone().unwrap_or_default(),
        level: extraction.level.value,
        level_range: (extraction.level.low, extraction.level.high),
        track: extraction.level.track,
        regions: countries(&posting.locations),
        workplace: posting.facts.workplace.or(extraction.facts.workplace.as_ref().map(|fact| fact.value)),
        day: posting.posted.map(days_since_epoch),
        fingerprint: fingerprint(&posting.description),
        skills: code_skills(&posting.description, extraction),
        experience: extraction
            .experience
            .iter()
            .filter(|e| e.strength > Strength::Context)
            .map(|e| CodedExperience { kind: e.kind, min: e.min.map(|m| m as f32), strength: e.strength })
            .collect(),
        gates: extraction
            .gates
            .iter()
            .map(|g| CodedGate {
                kind: g.kind,
                value: g.value.clone(),
                strength: g.strength,
                or_equivalent: g.or_equivalent && g.kind == GateKind::Degree,
            })
            .collect(),
    }
}

/// Codes claims; those whose telling mentions offer each other as alternatives, equally strongly,
/// share a group.
fn code_skills(text: &str, extraction: &Extraction) -> Vec<CodedSkill> {
    let claims = &extraction.skills;
    let asked: Vec<(Strength, Option<u8>)> =
        claims.iter().map(|claim| beside_degrees(claim, text, &extraction.gates)).collect();
    let mut groups = vec![0u8; claims.len()];
    let mut last = 0;
    for i in 0..claims.len() {
        if groups[i] != 0 || last == CodedSkill::GROUPS {
            continue;
        }
        let claim = &claims[i];
        let offers = |j: usize| {
            asked[j].0 == asked[i].0
                && claim.alternatives.contains(&claims[j].id)
                && claims[j].alternatives.contains(&claim.id)
        };
        let others: Vec<usize> = (0..claims.len()).filter(|&j| j != i && offers(j)).collect();
        if !others.is_empty() {
            last += 1;
            groups[i] = last;
            others.into_iter().for_each(|j| groups[j] = last);
        }
    }
    let coded = claims.iter().zip(asked).zip(groups).map(|((claim, (strength, depth)), group)| CodedSkill {
        skill: SkillCode::of(&claim.id),
        strength,
        depth: depth.unwrap_or(0).min(4),
        years: claim.years.map_or(0, |y| y.clamp(0.0, 31.0) as u8),
        group,
    });
    coded.collect()
}

/// How strongly and how deep a skill is asked for where it is not the subject of a degree: "a degree in
/// economics or finance" asks for a degree, which is a gate, and for no skill in finance.
fn beside_degrees(claim: &SkillClaim, text: &str, gates: &[Gate]) -> (Strength, Option<u8>) {
    if !is_subject(&claim.span, text, gates) {
        return (claim.strength, claim.depth);
    }
    let others = claim.more.iter().filter(|mention| !is_subject(&mention.span, text, gates));
    others.max_by_key(|mention| mention.strength).map_or((Strength::Context, None), |m| (m.strength, m.depth))
}

/// Whether these words stand among the fields of study of a degree that is asked for in the same breath.
fn is_subject(words: &Span, text: &str, gates: &[Gate]) -> bool {
    let surface = words.surface.to_lowercase();
    let degrees = gates.iter().filter(|gate| gate.kind == GateKind::Degree);
    let named = degrees.filter(|gate| gate.detail.as_deref().is_some_and(|fields| fields.contains(&surface)));
    named.map(|gate| &gate.span).any(|degree| {
        let (first, then) = if degree.start <= words.start { (degree, words) } else { (words, degree) };
        let between = text.get(first.end..then.start.max(first.end)).unwrap_or_default();
        between.len() <= DEGREE_WORDS && !BREAKS.iter().any(|ends| between.contains(ends))
    })
}

/// Every country that the locations name, each once, in their order.
fn countries(locations: &[String]) -> Vec<Region> {
    let mut found: Vec<Region> = Vec::new();
    for country in locations.iter().flat_map(|line| regions(line)) {
        if found.len() < RowFacts::REGIONS && !found.contains(&country) {
            found.push(country);
        }
    }
    found
}

fn days_since_epoch(date: jiff::civil::Date) -> i32 {
    date.duration_since(jiff::civil::Date::constant(1970, 1, 1)).as_hours() as i32 / 24
}

/// Finds the concept behind each code of a vocabulary.
#[derive(Debug)]
pub struct SkillCodes {
    by_code: rustc_hash::FxHashMap<SkillCode, SkillRef>,
}

impl SkillCodes {
    /// The codes of every concept of `taxonomy`.
    #[must_use]
    pub fn new(taxonomy: &crate::taxonomy::Taxonomy) -> Self {
        Self { by_code: taxonomy.iter().map(|(at, skill)| (SkillCode::of(&skill.id), at)).collect() }
    }

    /// The concept with this code, unless the vocabulary lacks it.
    #[must_use]
    pub fn get(&self, code: SkillCode) -> Option<SkillRef> {
        self.by_code.get(&code).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_two_concepts_share_a_code() {
        let taxonomy = crate::taxonomy::Taxonomy::builtin();
        assert_eq!(SkillCodes::new(taxonomy).by_code.len(), taxonomy.len());
    }

    fn coded(text: &str) -> Coded {
        let posting = Posting {
            key: crate::posting::PostingKey {
                source: "file".into(),
                board: "x".into(),
                native_id: "1".into(),
            },
            title: "Engineer".into(),
            company: Some("Acme".into()),
            locations: vec!["Berlin, Germany; London".into(), "Paris, France".into()],
            description: text.into(),
            markup: crate::posting::Markup::Text,
            url: None,
            posted: None,
            language: None,
            truncated: false,
            facts: crate::posting::Facts::default(),
        };
        let input = crate::extract::Input::of(&posting);
        let taxonomy = crate::taxonomy::Taxonomy::builtin();
        code(&posting, &crate::extract::extract(taxonomy, &input, &mut crate::extract::Scratch::default()))
    }

    #[test]
    fn alternatives_share_a_group_and_what_stands_alone_has_none() {
        let row =
            coded("Requirements\n- Experience with Kotlin or Rust\n- Kubernetes\n- MySQL or PostgreSQL");
        let group = |id: &str| {
            let code = SkillCode::of(id);
            row.skills.iter().find(|s| s.skill == code).map(|s| s.group)
        };
        let (kotlin, mysql) = (group("kotlin").unwrap(), group("mysql").unwrap());
        assert!(kotlin != 0 && mysql != 0 && kotlin != mysql, "{kotlin} {mysql}");
        assert_eq!((group("rust"), group("postgresql")), (Some(kotlin), Some(mysql)));
        assert_eq!(group("kubernetes"), Some(0));
    }

    #[test]
    fn the_subject_of_a_degree_is_no_skill_that_is_asked_for() {
        let strength = |text: &str, id: &str| {
            let row = coded(&format!("Requirements\n{text}"));
            row.skills.iter().find(|s| s.skill == SkillCode::of(id)).map(|s| s.strength)
        };
        let degree = "- Bachelor's degree in Engineering, Economics, Statistics or similar";
        assert_eq!(strength(degree, "economics"), Some(Strength::Context));
        assert_eq!(strength(degree, "statistics"), Some(Strength::Context));
        let both = format!("{degree}\n- SQL\n- You know statistics and can explain it to others");
        assert_eq!(strength(&both, "statistics"), Some(Strength::Required));
        assert_eq!(strength(&both, "sql"), Some(Strength::Required));
    }

    #[test]
    fn a_posting_in_three_countries_is_in_each_of_them() {
        let facts = RowFacts::new(&coded("x"), true);
        for code in ["DE", "GB", "FR"] {
            assert!(facts.is_in(Region::from_code(code).unwrap()), "{code}");
        }
        assert!(!facts.is_in(Region::from_code("US").unwrap()));
    }

    proptest! {
        #[test]
        fn packing_is_reversible(code: u32, depth in 0u8..5, years in 0u8..32, group in 0u8..64, strength in 0u64..4) {
            let strength = pack::strength_of(strength).unwrap();
            let skill = CodedSkill { skill: SkillCode(code), strength, depth, years, group };
            prop_assert_eq!(CodedSkill::unpack(skill.pack()), Some(skill));
        }

        #[test]
        fn unpacking_never_panics(packed: u64) {
            let _ = CodedSkill::unpack(packed);
        }
    }
}
