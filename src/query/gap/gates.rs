//! Whether a profile shows that a gate is met.
//!
//! What no word ([`credentials`]) shows is unknown, never "not met": only degrees have an order in which one can fall
//! short.

use super::GateState;
use super::credentials::{
    self, degree_rank, has_phrase, is_any_licence, is_driving, rank_of, shows_licence, study_years, words,
};
use crate::coded::CodedGate;
use crate::extract::GateKind;
use crate::profile::{Profile, SpokenLanguage};
use crate::taxonomy::{Kind, Taxonomy};
use serde::Serialize;

/// How a gate is named where experience will do instead.
const OR_EQUIVALENT: &str = " or equivalent experience";

/// Which gate: what employers ask for, whatever their number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct GateName {
    /// Kind.
    pub kind: GateKind,
    /// Value, e.g. `bachelor`.
    pub value: String,
    /// Experience will do instead.
    pub or_equivalent: bool,
}

impl GateName {
    /// What the gate is called: `degree: doctor`, `degree: bachelor or equivalent experience`.
    #[must_use]
    pub fn label(&self) -> String {
        let or = if self.or_equivalent { OR_EQUIVALENT } else { "" };
        format!("{}: {}{or}", kind_word(self.kind).replace('-', " "), self.shown_value())
    }

    /// The value in words: certificates and languages as the vocabulary calls them, where that leads back.
    #[must_use]
    pub fn shown_value(&self) -> &str {
        let taxonomy = Taxonomy::builtin();
        let concept = taxonomy.by_id(&self.value).filter(|_| is_concept(self.kind));
        let label = concept.map(|at| (at, taxonomy.skill(at).label.as_str()));
        label
            .filter(|(at, label)| taxonomy.resolve(label) == Some(*at))
            .map_or(&self.value, |(_, label)| label)
    }

    /// Whether a posting's gate is this one, however strongly it is asked for.
    #[must_use]
    pub fn is(&self, gate: &CodedGate) -> bool {
        gate.kind == self.kind
            && gate.or_equivalent == self.or_equivalent
            && gate.value.to_lowercase() == self.value.to_lowercase()
    }
}

/// The gate of this name, as [`GateName::label`] writes it, with or without the colon; its value in
/// lower case.
#[must_use]
pub fn named(name: &str) -> Option<GateName> {
    let folded = name.to_lowercase().replace(['-', '_'], " ");
    KINDS.iter().find_map(|kind| {
        let word = kind_word(*kind).replace('-', " ");
        folded.strip_prefix(&word)?;
        // The words of a kind are as long with hyphens as without.
        let value = name.get(word.len()..).filter(|rest| rest.starts_with([':', ' ']))?;
        let value = value.trim_start_matches(':').trim().to_lowercase();
        let bare = value.strip_suffix(OR_EQUIVALENT);
        let or_equivalent = bare.is_some();
        let value = bare.map_or(value.clone(), str::to_owned);
        let taxonomy = Taxonomy::builtin();
        let known = || taxonomy.by_id(&value).or_else(|| taxonomy.resolve(&value));
        let concept = is_concept(*kind).then(known).flatten();
        let concept =
            concept.filter(|at| matches!(taxonomy.skill(*at).kind, Kind::Certificate | Kind::Language));
        let value = concept.map_or(value, |at| taxonomy.skill(at).id.clone());
        (!value.is_empty()).then_some(GateName { kind: *kind, value, or_equivalent })
    })
}

/// Groups of certificates of which any one will do; reviewed by people.
const ANY_ONE: &str = include_str!("../../../data/gap/any-one.txt");

/// Whether two gates are certificates of which employers take any one.
#[must_use]
pub fn are_alternatives(a: &GateName, b: &GateName) -> bool {
    let mut groups = ANY_ONE.lines().filter(|line| !line.starts_with('#'));
    let holds = |group: &str, gate: &GateName| {
        gate.kind == GateKind::Certificate && group.split(' ').any(|id| id == gate.value)
    };
    groups.any(|group| holds(group, a) && holds(group, b))
}

/// Whether gates of this kind have concepts of the vocabulary as values.
fn is_concept(kind: GateKind) -> bool {
    matches!(kind, GateKind::Certificate | GateKind::Language)
}

const KINDS: [GateKind; 8] = [
    GateKind::Degree,
    GateKind::Licence,
    GateKind::Clearance,
    GateKind::WorkPermit,
    GateKind::Language,
    GateKind::Certificate,
    GateKind::Driving,
    GateKind::BackgroundCheck,
];

fn kind_word(kind: GateKind) -> String {
    serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Years in work, and the years that the roles ask for anyway.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Experience {
    /// Years in work.
    pub(super) years: f64,
    /// Years asked for by the middle employer; 0 where too few state them.
    pub(super) asked: f64,
}

/// Whether `profile` meets `gate`; where experience decides, in which words.
///
/// Experience stands in for a degree when it covers what is asked for anyway and, on top, the years of
/// study that the degree takes beyond the one that is held; for a doctorate years alone never do.
pub(super) fn judge(
    taxonomy: &Taxonomy,
    profile: &Profile,
    gate: &CodedGate,
    experience: Experience,
) -> (GateState, Option<String>) {
    let state = state(taxonomy, profile, gate);
    if state == GateState::Met || !gate.or_equivalent {
        return (state, None);
    }
    let asked_rank = rank_of(&gate.value.to_lowercase());
    // What stands in for a doctorate is no number of years: it is training for research, or the way into a profession.
    if asked_rank.is_some_and(credentials::is_doctorate) {
        return (GateState::OrEquivalent, Some("no number of years stands in for a doctorate".to_owned()));
    }
    let study = |rank: Option<usize>| rank.map_or(0.0, study_years);
    let instead = (study(asked_rank) - study(highest_degree(profile))).max(0.0);
    let needed = experience.asked + instead;
    let state = if experience.years >= needed { GateState::MetByExperience } else { GateState::OrEquivalent };
    let years = experience.years;
    let basis = format!(
        "{years} years in work of the {needed} that it takes: {} asked for, {instead} for the degree",
        experience.asked
    );
    (state, Some(basis))
}

/// Whether `profile` shows `gate`, without regard to what would do instead.
#[must_use]
pub fn state(taxonomy: &Taxonomy, profile: &Profile, gate: &CodedGate) -> GateState {
    let value = gate.value.to_lowercase();
    let held = || profile.certificates.iter().map(|certificate| certificate.name.as_str());
    let found = |met: bool| if met { GateState::Met } else { GateState::Unknown };
    match gate.kind {
        GateKind::Degree => match (rank_of(&value), highest_degree(profile)) {
            (Some(need), Some(have)) if have >= need => GateState::Met,
            (Some(_), Some(_)) => GateState::NotMet,
            _ => GateState::Unknown,
        },
        GateKind::Licence => found(held().any(|name| shows_licence(name, &value))),
        GateKind::Certificate => {
            let as_skill = profile.skills.iter().any(|skill| skill.id.as_deref() == Some(value.as_str()));
            found(as_skill || held().any(|name| shows_certificate(taxonomy, name, &value)))
        }
        GateKind::Language => {
            let mut spoken = profile.languages.iter().filter(|spoken| is_language(taxonomy, spoken, &value));
            match spoken.next() {
                Some(spoken) if is_beginner(spoken) => GateState::NotMet,
                spoken => found(spoken.is_some()),
            }
        }
        GateKind::Driving => found(held().any(is_driving)),
        _ => GateState::Unknown,
    }
}

fn is_language(taxonomy: &Taxonomy, spoken: &SpokenLanguage, value: &str) -> bool {
    taxonomy.resolve(&spoken.name).is_some_and(|at| taxonomy.skill(at).id == value)
}

/// Beginners do not count: a posting that names a language means work in it.
fn is_beginner(spoken: &SpokenLanguage) -> bool {
    let level = spoken.level.as_deref().unwrap_or_default().to_lowercase();
    matches!(level.as_str(), "a1" | "a2")
}

fn shows_certificate(taxonomy: &Taxonomy, name: &str, value: &str) -> bool {
    let same = taxonomy.resolve(name).is_some_and(|at| taxonomy.skill(at).id == value);
    same || value == "any" && is_any_licence(name)
        || value != "any" && has_phrase(&words(name), &words(value))
}

fn highest_degree(profile: &Profile) -> Option<usize> {
    profile.degrees.iter().filter_map(|degree| degree_rank(&degree.name)).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Strength;
    use crate::profile::{Certificate, Degree};

    fn check(kind: GateKind, value: &str, degree: &str, certificate: &str) -> GateState {
        let mut profile = Profile::default();
        if !degree.is_empty() {
            profile.degrees.push(Degree { name: degree.into(), ..Degree::default() });
        }
        if !certificate.is_empty() {
            profile.certificates.push(Certificate { name: certificate.into(), ..Certificate::default() });
        }
        let gate =
            CodedGate { kind, value: value.into(), strength: Strength::Required, or_equivalent: false };
        state(Taxonomy::builtin(), &profile, &gate)
    }

    #[test]
    fn a_language_is_met_by_those_who_speak_it() {
        for (name, level, expected) in [
            ("English", None, GateState::Met),
            ("english", Some("b2"), GateState::Met),
            ("English", Some("A2"), GateState::NotMet),
            ("German", Some("native"), GateState::Unknown),
        ] {
            let spoken = SpokenLanguage { name: name.into(), level: level.map(str::to_owned) };
            let profile = Profile { languages: vec![spoken], ..Profile::default() };
            let gate = CodedGate {
                kind: GateKind::Language,
                value: "english".into(),
                strength: Strength::Required,
                or_equivalent: false,
            };
            assert_eq!(state(Taxonomy::builtin(), &profile, &gate), expected, "{name} {level:?}");
        }
    }

    #[test]
    fn degrees_rank_by_whole_words() {
        use GateState::{Met, NotMet, Unknown};
        for (need, held, expected) in [
            ("bachelor", "High school diploma", NotMet),
            ("master", "High school diploma", NotMet),
            ("school", "High school diploma", Met),
            ("school", "BSc (Hons) Physics", Met),
            ("doctor", "Certificate in sales promotion", Unknown),
            ("bachelor", "Ausbildung zum Bankkaufmann", NotMet),
            ("vocational", "Ausbildung zum Bankkaufmann", Met),
            ("bachelor", "Bachelor of Science in Nursing", Met),
            ("master", "Bachelor of Science", NotMet),
            ("master", "M.Sc. Informatik", Met),
            ("master", "Dipl.-Ing. Maschinenbau", Met),
            ("bachelor", "Associate degree", NotMet),
            ("doctor", "Ph.D. in Chemistry", Met),
            ("master", "Scrum Master training", Unknown),
            ("bachelor", "", Unknown),
        ] {
            assert_eq!(check(GateKind::Degree, need, held, ""), expected, "{need}: {held}");
        }
    }

    #[test]
    fn licences_are_met_by_what_shows_them() {
        use GateState::{Met, Unknown};
        for (need, held, expected) in [
            ("any", "First aid course of the Company", Unknown),
            ("nursing", "Registered Nurse licence", Met),
            ("nursing", "Registered Nurse (RN)", Met),
            ("nursing", "NMC Pin", Met),
            ("nursing", "LPN", Met),
            ("any", "Registered Nurse licence", Met),
            ("nursing", "Intern", Unknown),
            ("accounting", "CPA", Met),
            ("accounting", "CPAP therapy", Unknown),
            ("any", "Driving licence class B", Unknown),
            ("any", "", Unknown),
        ] {
            assert_eq!(check(GateKind::Licence, need, "", held), expected, "{need}: {held}");
        }
        assert_eq!(check(GateKind::Driving, "license", "", "Driving licence class B"), Met);
        assert_eq!(check(GateKind::Clearance, "secret", "", "Secret"), Unknown);
    }

    #[test]
    fn experience_stands_in_for_a_degree_only_where_employers_say_so() {
        use GateState::{Met, MetByExperience, NotMet, OrEquivalent, Unknown};
        // Degree held, needed, or equivalent, years in work, years asked for anyway.
        for (held, need, or_equivalent, years, asked, expected) in [
            ("", "bachelor", true, 9.0, 5.0, MetByExperience),
            ("", "bachelor", true, 8.9, 5.0, OrEquivalent),
            ("", "bachelor", false, 30.0, 5.0, Unknown),
            ("Ausbildung", "bachelor", true, 7.0, 5.0, MetByExperience),
            ("BSc", "master", true, 7.0, 5.0, MetByExperience),
            ("BSc", "master", true, 6.0, 5.0, OrEquivalent),
            ("BSc", "master", false, 30.0, 0.0, NotMet),
            ("MSc", "bachelor", true, 0.0, 5.0, Met),
            ("MSc", "doctor", true, 30.0, 5.0, OrEquivalent),
            ("PhD", "doctor", true, 0.0, 5.0, Met),
        ] {
            let degrees = (!held.is_empty()).then(|| Degree { name: held.into(), ..Degree::default() });
            let profile = Profile { degrees: degrees.into_iter().collect(), ..Profile::default() };
            let gate = CodedGate {
                kind: GateKind::Degree,
                value: need.into(),
                strength: Strength::Required,
                or_equivalent,
            };
            let (state, basis) = judge(Taxonomy::builtin(), &profile, &gate, Experience { years, asked });
            assert_eq!(state, expected, "{held} {need} {or_equivalent} {years}");
            assert_eq!(basis.is_some(), or_equivalent && state != Met);
        }
    }

    #[test]
    fn the_table_of_alternatives_names_certificates() {
        for id in ANY_ONE.lines().filter(|line| !line.starts_with('#')).flat_map(|line| line.split(' ')) {
            let concept = Taxonomy::builtin().by_id(id).map(|at| Taxonomy::builtin().skill(at).kind);
            assert_eq!(concept, Some(crate::taxonomy::Kind::Certificate), "{id}");
        }
        let gate =
            |value: &str| GateName { kind: GateKind::Certificate, value: value.into(), or_equivalent: false };
        assert!(are_alternatives(&gate("cpa"), &gate("aca")));
        assert!(!are_alternatives(&gate("cpa"), &gate("cfa")));
    }

    #[test]
    fn names_lead_back_to_their_gates() {
        for or_equivalent in [false, true] {
            let gate = GateName { kind: GateKind::Degree, value: "bachelor".into(), or_equivalent };
            assert_eq!(named(&gate.label()), Some(gate.clone()));
            assert_eq!(named(&gate.label().replace(':', "")), Some(gate));
        }
        let taxonomy = Taxonomy::builtin();
        let tables = [
            include_str!("../../../data/taxonomy/credentials.tsv"),
            include_str!("../../../data/taxonomy/languages.tsv"),
        ];
        for id in tables.iter().flat_map(|table| table.lines()).filter_map(|line| line.split('\t').next()) {
            let Some(concept) = taxonomy.by_id(id).map(|at| taxonomy.skill(at)) else { continue };
            let kind = match concept.kind {
                Kind::Certificate => GateKind::Certificate,
                Kind::Language => GateKind::Language,
                _ => continue,
            };
            let gate = GateName { kind, value: concept.id.clone(), or_equivalent: false };
            assert_eq!(named(&gate.label()), Some(gate));
        }
        for (value, label) in [
            ("nurse-practitioner-license", "certificate: Nurse Practitioner licence"),
            ("cpa", "certificate: CPA"),
        ] {
            let gate = GateName { kind: GateKind::Certificate, value: value.into(), or_equivalent: false };
            assert_eq!(gate.label(), label);
            assert_eq!(named(label), Some(gate.clone()));
            assert_eq!(named(&format!("certificate: {value}")), Some(gate), "ids do, too");
        }
        assert_eq!(named("kubernetes"), None);
    }
}
