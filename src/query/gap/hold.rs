//! How a person holds a skill: by name, by words of the history, by degree, or through a relation to
//! what is held.

use super::credentials;
use crate::profile::{Profile, ProfileSkill};
use crate::taxonomy::{Kind, Skill, SkillRef, Taxonomy};
use rustc_hash::FxHashMap;

/// Depth assumed of a skill that a profile merely names.
const NAMED_DEPTH: u8 = 1;
/// Depth at which a degree in a subject shows knowledge of it: working.
const DEGREE_DEPTH: u8 = 2;
/// Depth at which a job title shows the skill that it names: working.
const TITLE_DEPTH: u8 = 2;
/// How the basis of what a job title shows begins.
pub(super) const BY_TITLE: &str = "job title";
/// How a held skill is related to the one asked for, in words, the closest first.
pub const RELATIONS: [&str; 3] = ["entails", "is a case of", "is related to"];
/// How the basis of what another held skill shows begins.
pub const THROUGH: &str = "through ";
/// Depth at which words of the history show a skill that the profile does not list: working.
const HISTORY_DEPTH: u8 = 2;
/// Ends of job titles with those of the skill that they name.
const TITLES: [(&str, &str); 6] = [
    ("analyst", "analysis"),
    ("engineer", "engineering"),
    ("manager", "management"),
    ("designer", "design"),
    ("developer", "development"),
    ("scientist", "science"),
];
/// Degrees below this rank (vocational training) are of no subject.
const LEAST_DEGREE: usize = 1;
/// Most credit through a relation: half of the skill itself.
pub const MOST_CREDIT: f64 = 0.5;
/// Credit for a held skill that entails, is a case of, or is related to the one asked for, where it is
/// not deep enough to show the one asked for itself. Shown as a bridge.
const CREDIT_ENTAILS: f64 = MOST_CREDIT;
const CREDIT_CASE: f64 = 0.4;
const CREDIT_RELATED: f64 = 0.25;
/// Steps upwards within which a held skill counts as a case of a broader one.
pub(super) const BROADER_STEPS: u8 = 3;

/// How a skill is held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Holding {
    /// Depth held, 0 when not held.
    pub have: u8,
    /// What `have` rests on.
    pub basis: String,
    /// Depth that something beside the name proves, 0 for none.
    pub shown: u8,
    /// Told from the history, a degree, a job title or a held skill, not named as a skill.
    pub derived: bool,
    /// The subject of a degree: deep enough wherever the subject is asked for.
    pub subject: bool,
    /// Credit through the best relation of another held skill, and which.
    pub via: Option<(f64, String)>,
}

impl Holding {
    /// Credit 0–1 for the skill at depth `need`, and the bridge that gives it, if one does.
    ///
    /// More skills or depth never give less: the better of what is held and the best bridge counts.
    #[must_use]
    pub fn credit(&self, need: u8) -> (f64, Option<String>) {
        let direct = if self.subject { 1.0 } else { part(self.have, need) };
        match &self.via {
            Some((credit, via)) if *credit > direct => (*credit, Some(via.clone())),
            _ => (direct, None),
        }
    }

    /// The part of the credit that something in the profile proves.
    #[must_use]
    pub fn proven_credit(&self, need: u8) -> f64 {
        if self.subject { 1.0 } else { part(self.shown, need) }
    }

    /// Whether it is held deep enough for `need`.
    #[must_use]
    pub fn meets(&self, need: u8) -> bool {
        self.subject || self.have >= need
    }

    /// Whether something in the profile proves it at depth `need`.
    #[must_use]
    pub fn proves(&self, need: u8) -> bool {
        self.subject || self.shown >= need
    }
}

fn part(have: u8, need: u8) -> f64 {
    f64::from(have.min(need)) / f64::from(need.max(1))
}

/// Everything that one person holds.
#[derive(Clone, Debug)]
pub struct Holdings<'a> {
    taxonomy: &'a Taxonomy,
    held: FxHashMap<&'a str, Holding>,
    /// Ids that the profile says are not held, whatever else speaks for them.
    denied: Vec<&'a str>,
    /// In order of the profile, for the same answer every time.
    order: Vec<&'a str>,
    /// By skill: places in the order of what is held and has a relation to it.
    linked: FxHashMap<&'a str, Vec<usize>>,
}

impl<'a> Holdings<'a> {
    /// What `profile` (resolved) holds.
    #[must_use]
    pub fn new(taxonomy: &'a Taxonomy, profile: &'a Profile) -> Self {
        let mut holdings = Self::empty(taxonomy);
        for skill in &profile.skills {
            match (skill.id.as_deref(), skill.depth) {
                (Some(id), Some(0)) => holdings.denied.push(id),
                (Some(id), _) => holdings.add(id, named(skill)),
                (None, _) => {}
            }
        }
        for (concept, line) in profile.shown_skills(taxonomy) {
            let basis = format!("history: {line}");
            let (have, shown) = (HISTORY_DEPTH, HISTORY_DEPTH);
            let holding = Holding { have, shown, basis, derived: true, ..Holding::default() };
            holdings.add(&taxonomy.skill(concept).id, holding);
        }
        for (concept, degree) in by_degree(taxonomy, profile) {
            let basis = format!("degree: {degree}");
            let (have, shown) = (DEGREE_DEPTH, DEGREE_DEPTH);
            let holding = Holding { have, shown, basis, derived: true, subject: true, via: None };
            holdings.add(&taxonomy.skill(concept).id, holding);
        }
        if let Some((concept, title)) = by_title(taxonomy, profile) {
            let basis = format!("{BY_TITLE}: {title}");
            let (have, shown) = (TITLE_DEPTH, TITLE_DEPTH);
            let holding = Holding { have, shown, basis, derived: true, ..Holding::default() };
            holdings.add(&taxonomy.skill(concept).id, holding);
        }
        holdings.link();
        holdings
    }

    /// Notes what each skill that is held has a relation to, so that [`of`](Self::of) need not try all.
    fn link(&mut self) {
        for (place, id) in self.order.iter().enumerate() {
            let Some(skill) = self.taxonomy.by_id(id).map(|at| self.taxonomy.skill(at)) else { continue };
            let mut others: Vec<&str> = Vec::new();
            wholes(self.taxonomy, skill, BROADER_STEPS, &mut others);
            others.extend(kinds_by_name(self.taxonomy, skill));
            others.extend(
                [&skill.implies, &skill.version_of, &skill.related].into_iter().flatten().map(String::as_str),
            );
            others.sort_unstable();
            others.dedup();
            others.into_iter().for_each(|other| self.linked.entry(other).or_default().push(place));
        }
    }

    /// What is held and may have a relation to `wanted`, in order.
    fn linked_to(&self, wanted: &Skill) -> Vec<&'a str> {
        let mut places = self.linked.get(wanted.id.as_str()).cloned().unwrap_or_default();
        let held = wanted.related.iter().filter(|id| self.held.contains_key(id.as_str()));
        places.extend(held.filter_map(|id| self.order.iter().position(|known| known == id)));
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(|place| self.order[place]).collect()
    }

    /// What was held on another day: id, depth, depth proven, and whether it is the subject of a degree.
    pub fn of_then(taxonomy: &'a Taxonomy, held: impl Iterator<Item = (&'a str, u8, u8, bool)>) -> Self {
        let mut holdings = Self::empty(taxonomy);
        for (id, have, shown, subject) in held {
            holdings.add(id, Holding { have, shown, subject, ..Holding::default() });
        }
        holdings.link();
        holdings
    }

    fn empty(taxonomy: &'a Taxonomy) -> Self {
        Self {
            taxonomy,
            held: FxHashMap::default(),
            denied: Vec::new(),
            order: Vec::new(),
            linked: FxHashMap::default(),
        }
    }

    /// Adds a holding; of two for the same skill the deeper one stays, and what either proves.
    fn add(&mut self, id: &'a str, holding: Holding) {
        if self.denied.contains(&id) {
            return;
        }
        match self.held.get_mut(id) {
            None => {
                self.order.push(id);
                self.held.insert(id, holding);
            }
            Some(known) => {
                let shown = known.shown.max(holding.shown);
                let subject = known.subject || holding.subject;
                if holding.have > known.have {
                    *known = holding;
                }
                (known.shown, known.subject) = (shown, subject);
            }
        }
    }

    /// Ids of what is held, each with how.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &Holding)> {
        self.order.iter().filter_map(|id| Some((*id, self.held.get(id)?)))
    }

    /// How the skill `id` is held, and the best bridge to it.
    #[must_use]
    pub fn of(&self, id: &str) -> Holding {
        if self.denied.contains(&id) {
            return Holding::default();
        }
        let mut holding = self.held.get(id).cloned().unwrap_or_default();
        let Some(wanted) = self.taxonomy.by_id(id).map(|at| self.taxonomy.skill(at)) else { return holding };
        let mut best: Option<(f64, String)> = None;
        for held in self.linked_to(wanted).into_iter().filter(|held| *held != id) {
            let Some(at) = self.taxonomy.by_id(held) else { continue };
            if let Some(case) = self.held.get(held)
                && shows(self.taxonomy, self.taxonomy.skill(at), wanted)
            {
                // What entails it or is a case of it at one depth is the whole of it at one less.
                let deeper = case.have.saturating_sub(1) > holding.have;
                holding.shown = holding.shown.max(case.shown.saturating_sub(1));
                if deeper {
                    holding.have = case.have - 1;
                    holding.derived = true;
                    holding.basis = format!("{THROUGH}{}", self.taxonomy.skill(at).label);
                }
            }
            if let Some((credit, how)) = relation(self.taxonomy, self.taxonomy.skill(at), wanted)
                && best.as_ref().is_none_or(|(most, _)| credit > *most)
            {
                best = Some((credit, format!("{} {how} it", self.taxonomy.skill(at).label)));
            }
        }
        holding.via = best;
        holding
    }
}

fn named(skill: &ProfileSkill) -> Holding {
    let held = skill.held();
    let have = held.depth.unwrap_or(NAMED_DEPTH);
    let shown = if held.proven { have } else { 0 };
    Holding { have, shown, basis: held.basis.to_owned(), ..Holding::default() }
}

/// Subjects of the profile's degrees that are knowledge in the vocabulary, each with the degree's name.
pub fn by_degree(taxonomy: &Taxonomy, profile: &Profile) -> Vec<(SkillRef, String)> {
    let mut found = Vec::new();
    for degree in &profile.degrees {
        if credentials::degree_rank(&degree.name).is_none_or(|rank| rank < LEAST_DEGREE) {
            continue;
        }
        let shown = match &degree.field {
            Some(field) => format!("{}, {field}", degree.name),
            None => degree.name.clone(),
        };
        let in_name = degree.name.rsplit_once(" in ").map(|(_, subject)| subject);
        let bare = degree.name.split_once(' ').map(|(_, subject)| subject);
        let subjects = degree.field.as_deref().into_iter().chain(in_name).chain(bare);
        let parts =
            subjects.flat_map(|s| s.split([',', '/', '&', ';']).flat_map(|s| s.split(" and ")).chain([s]));
        for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
            if let Some(at) = taxonomy.resolve(part)
                && taxonomy.skill(at).kind == Kind::Knowledge
                && !found.iter().any(|(known, _)| *known == at)
            {
                found.push((at, shown.clone()));
            }
        }
    }
    found
}

/// The skill that the latest job's title names (a Data Analyst does data analysis), and the title.
fn by_title<'a>(taxonomy: &Taxonomy, profile: &'a Profile) -> Option<(SkillRef, &'a str)> {
    let title = profile.work.first()?.title.as_str();
    let words = credentials::words(title);
    let (skill, at) = words.iter().enumerate().find_map(|(at, word)| {
        TITLES.iter().find(|(person, _)| person == word).map(|(_, skill)| (*skill, at))
    })?;
    // "Senior Data Analyst": the longest part before it that makes a name.
    let names = (0..at).map(|from| format!("{} {skill}", words[from..at].join(" ")));
    let concept = names.into_iter().find_map(|name| taxonomy.resolve(&name))?;
    Some((concept, title))
}

/// Whether holding `held` shows `wanted`, too: it entails it or is a case of it.
fn shows(taxonomy: &Taxonomy, held: &Skill, wanted: &Skill) -> bool {
    held.implies.contains(&wanted.id) || is_case(taxonomy, held, wanted)
}

/// Whether `held` is a case of `wanted`, by the vocabulary or by its name.
fn is_case(taxonomy: &Taxonomy, held: &Skill, wanted: &Skill) -> bool {
    is_case_of(taxonomy, held, &wanted.id, BROADER_STEPS)
        || kinds_by_name(taxonomy, held).any(|id| id == wanted.id)
}

/// What `skill` is a kind of by its name, which in English ends with it: preventive maintenance is
/// maintenance. Only of what people do and know: names of products end with anything.
fn kinds_by_name<'a>(taxonomy: &'a Taxonomy, skill: &'a Skill) -> impl Iterator<Item = &'a str> {
    let is_done = |skill: &Skill| matches!(skill.kind, Kind::Skill | Kind::Method | Kind::Knowledge);
    let spaces = skill.label.match_indices(' ').filter(move |_| is_done(skill));
    let ends = spaces.filter_map(|(at, _)| skill.label.get(at + 1..));
    let kinds = ends.filter_map(|end| Some((end, taxonomy.skill(taxonomy.resolve(end)?))));
    kinds
        .filter(move |(end, kind)| is_done(kind) && kind.label.eq_ignore_ascii_case(end))
        .map(|(_, kind)| kind.id.as_str())
}

/// What `held` is worth for `wanted`, and in which words.
fn relation(taxonomy: &Taxonomy, held: &Skill, wanted: &Skill) -> Option<(f64, &'static str)> {
    if held.implies.contains(&wanted.id) || held.version_of.contains(&wanted.id) {
        Some((CREDIT_ENTAILS, RELATIONS[0]))
    } else if is_case(taxonomy, held, wanted) {
        Some((CREDIT_CASE, RELATIONS[1]))
    } else if held.related.contains(&wanted.id) || wanted.related.contains(&held.id) {
        Some((CREDIT_RELATED, RELATIONS[2]))
    } else {
        None
    }
}

/// Puts the ids of what `skill` is a case of, within `steps` upwards, into `found`; some twice.
fn wholes<'a>(taxonomy: &'a Taxonomy, skill: &'a Skill, steps: u8, found: &mut Vec<&'a str>) {
    for id in &skill.broader {
        found.push(id);
        if steps > 1
            && let Some(up) = taxonomy.by_id(id)
        {
            wholes(taxonomy, taxonomy.skill(up), steps - 1, found);
        }
    }
}

pub(super) fn is_case_of(taxonomy: &Taxonomy, held: &Skill, wanted: &str, steps: u8) -> bool {
    let further = |id: &str| taxonomy.by_id(id).map(|at| taxonomy.skill(at));
    held.broader.iter().any(|id| {
        id == wanted
            || (steps > 1 && further(id).is_some_and(|up| is_case_of(taxonomy, up, wanted, steps - 1)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Degree;

    fn skill(id: &str, depth: Option<u8>) -> ProfileSkill {
        ProfileSkill { name: id.into(), id: Some(id.into()), depth, ..ProfileSkill::default() }
    }

    #[test]
    fn naming_one_more_skill_never_lowers_credit() {
        let taxonomy = Taxonomy::builtin();
        let ids = ["typescript", "javascript", "postgresql", "sql", "kubernetes", "docker", "react", "aws"];
        let credit = |profile: &Profile, id: &str, need: u8| {
            let holding = Holdings::new(taxonomy, profile).of(id);
            (holding.credit(need).0, holding.proven_credit(need))
        };
        for wanted in ids {
            for extra in ids {
                for (need, depth) in [(2, None), (3, None), (3, Some(1)), (4, Some(2))] {
                    let less = Profile { skills: vec![skill("typescript", Some(3))], ..Profile::default() };
                    let mut more = less.clone();
                    more.skills.push(skill(extra, depth));
                    let (before, after) = (credit(&less, wanted, need), credit(&more, wanted, need));
                    assert!(
                        after.0 >= before.0 && after.1 >= before.1,
                        "{wanted} with {extra}: {before:?} {after:?}"
                    );
                }
            }
        }
        let typed = |depth| Profile { skills: vec![skill("typescript", Some(depth))], ..Profile::default() };
        assert_eq!(credit(&typed(3), "javascript", 2).0, 1.0, "TypeScript entails JavaScript");
        assert_eq!(
            credit(&typed(1), "javascript", 3).0,
            MOST_CREDIT,
            "which one who has heard of it may not know"
        );
    }

    #[test]
    fn the_whole_is_held_through_a_case_of_it_and_through_ones_title() {
        let taxonomy = Taxonomy::builtin();
        for (case, depth, whole, expected) in [
            ("aws", 3, "cloud-computing", 2),
            ("critical-care", 4, "patient-care", 3),
            ("aws", 1, "cloud-computing", 0),
            ("aws", 3, "patient-care", 0),
            ("cloud-computing", 3, "aws", 0),
            ("tableau", 3, "data-visualization", 2),
            ("preventive-maintenance", 2, "maintenance-work", 1),
        ] {
            let profile = Profile { skills: vec![skill(case, Some(depth))], ..Profile::default() };
            let held = Holdings::new(taxonomy, &profile).of(whole);
            assert_eq!((held.have, held.derived), (expected, expected > 0), "{case} {depth}: {whole}");
            assert_eq!(held.basis.starts_with(THROUGH), expected > 0, "{}", held.basis);
        }
        for (title, id, expected) in [
            ("Senior Data Analyst", "data-analysis", 2),
            ("Data Analyst, Finance", "data-analysis", 2),
            ("Nurse", "data-analysis", 0),
            ("Product Manager", "product-management", 2),
        ] {
            let job = crate::profile::Job { title: title.into(), ..Default::default() };
            let profile = Profile { work: vec![job], ..Profile::default() };
            assert_eq!(Holdings::new(taxonomy, &profile).of(id).have, expected, "{title}");
        }
    }

    #[test]
    fn what_the_profile_says_of_a_skill_stands_above_its_history() {
        let taxonomy = Taxonomy::builtin();
        let line = "Weekly reporting on sales in SQL and Tableau";
        let job = crate::profile::Job {
            title: "Clerk".into(),
            highlights: vec![line.into()],
            ..Default::default()
        };
        let held = |depth: Option<Option<u8>>| {
            let skills = depth.map(|depth| skill("sql", depth)).into_iter().collect();
            let profile = Profile { work: vec![job.clone()], skills, ..Profile::default() };
            let holding = Holdings::new(taxonomy, &profile).of("sql");
            (holding.have, holding.basis)
        };
        assert_eq!(held(None), (2, format!("history: {line}")));
        assert_eq!(held(Some(Some(1))).0, 1);
        assert_eq!(held(Some(Some(0))), (0, String::new()));
    }

    #[test]
    fn a_degree_shows_knowledge_of_its_subject_and_says_so() {
        let taxonomy = Taxonomy::builtin();
        let degree = |name: &str, field: Option<&str>| {
            let degree = Degree { name: name.into(), field: field.map(str::to_owned), ..Degree::default() };
            let profile = Profile { degrees: vec![degree], ..Profile::default() };
            let subjects = by_degree(taxonomy, &profile);
            subjects.into_iter().map(|(at, _)| taxonomy.skill(at).id.clone()).collect::<Vec<_>>()
        };
        let computing = taxonomy.resolve("computer science").map(|at| taxonomy.skill(at).id.clone()).unwrap();
        assert!(degree("BSc", Some("Computer Science")).contains(&computing));
        assert!(degree("BSc Computer Science", None).contains(&computing));
        assert!(degree("High school diploma", Some("Computer Science")).is_empty());
        let profile = Profile {
            degrees: vec![Degree {
                name: "BSc".into(),
                field: Some("Computer Science".into()),
                ..Degree::default()
            }],
            ..Profile::default()
        };
        let held = Holdings::new(taxonomy, &profile).of(&computing);
        assert_eq!((held.have, held.shown, held.derived), (2, 2, true));
        assert_eq!(held.basis, "degree: BSc, Computer Science");
        assert!(held.meets(4) && held.proves(4), "a degree in the subject is deep enough");
    }
}
