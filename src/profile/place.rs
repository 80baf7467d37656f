//! Where a person stands: level, track, family and depth of skills, each with its reason.

use super::import::named;
use super::{Job, Month, Profile, ProfileSkill, leading, years_covered};
use crate::extract::{ExperienceKind, Extraction, Input, Scratch, extract};
use crate::level::{self, Track};
use crate::posting::Markup;
use crate::taxonomy::{Kind, SkillRef, Taxonomy};
use serde::Serialize;

/// Years in work from which each level is likely when no title speaks: entry, intermediate,
/// senior. Years alone never make more than a senior.
const YEARS_OF_LEVEL: [(f32, u8); 3] = [(5.0, 4), (2.0, 3), (0.0, 2)];

/// Years of use from which a skill counts as working and as practitioner's depth when the
/// profile does not say. Years alone never make an expert.
const YEARS_OF_DEPTH: [(f32, u8); 2] = [(3.0, 3), (0.5, 2)];

/// Where a person stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Place {
    /// Level 1–8.
    pub level: u8,
    /// Why, in plain words.
    pub level_reason: String,
    /// Track.
    pub track: Option<Track>,
    /// Role family id.
    pub family: Option<String>,
    /// Why, in plain words.
    pub family_reason: String,
    /// Years in work, overlaps counted once.
    pub years: f32,
}

/// A skill as the person holds it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Held {
    /// Depth 1–4; `None` when nothing speaks for any.
    pub depth: Option<u8>,
    /// What the depth rests on: `stated`, `years of use`, or `named only`.
    pub basis: &'static str,
    /// Something beside the name proves it.
    pub proven: bool,
}

/// Whether the title says that the job is there to learn the trade.
fn is_training(job: &Job) -> bool {
    level::estimate(&level::Evidence { title: &job.title, ..level::Evidence::default() }).value == Some(1)
}

impl Profile {
    /// Where this person stands on `today`; what the profile states wins over what is told from
    /// its history.
    #[must_use]
    pub fn place(&self, taxonomy: &Taxonomy, today: jiff::civil::Date) -> Place {
        let years = self.years_in_work(today);
        let latest = self.latest_job();
        let seen = latest.map(|job| read_job(taxonomy, job).0);
        let title = latest.map_or("", |job| job.title.as_str());
        let (level, level_reason) = match (self.level, seen.as_ref().and_then(|e| e.level.value)) {
            (Some(level), _) => (level, "stated in the profile".to_owned()),
            (None, Some(level)) => (level, format!("told from the latest title, `{title}`")),
            (None, None) => {
                let level = YEARS_OF_LEVEL.iter().find(|(from, _)| years >= *from).map_or(2, |(_, l)| *l);
                (level, format!("told from {years} years in work, since no title tells"))
            }
        };
        let (family, family_reason) = match (&self.family, seen.as_ref().and_then(|e| e.family.clone())) {
            (Some(family), _) => (Some(family.clone()), "stated in the profile".to_owned()),
            (None, Some(family)) => (Some(family), format!("told from the latest title, `{title}`")),
            (None, None) => (None, "neither stated nor told by the latest title".to_owned()),
        };
        let track = self.track.or_else(|| seen.and_then(|e| e.level.track));
        Place { level, level_reason, track, family, family_reason, years }
    }

    /// Years in work until `today`, overlapping jobs counted once. Traineeships and jobs beside one's studies are
    /// not what postings mean by years of experience, so they count only where there is nothing else.
    #[must_use]
    pub fn years_in_work(&self, today: jiff::civil::Date) -> f32 {
        let spans = |counts: &dyn Fn(&Job) -> bool| -> Vec<(i32, i32)> {
            self.work.iter().filter(|job| counts(job)).filter_map(|job| job.months(today)).collect()
        };
        let only_training = self.work.iter().all(is_training);
        years_covered(&spans(&|job| only_training || !is_training(job)))
    }

    /// The job that lasts or ended last; of several the one that began last.
    fn latest_job(&self) -> Option<&Job> {
        self.work.iter().filter(|job| !job.title.trim().is_empty()).max_by_key(|job| {
            (job.end.map_or(i32::MAX, Month::past), job.start.map_or(i32::MIN, Month::first))
        })
    }

    /// Experience facets that the history shows, with the words that show them.
    #[must_use]
    pub fn shown_experience(&self, taxonomy: &Taxonomy) -> Vec<(ExperienceKind, String)> {
        let told = self.work.iter().flat_map(leading::shown);
        let read = self.work.iter().flat_map(|job| {
            let (read, text) = read_job(taxonomy, job);
            let facets = read.experience.into_iter().filter_map(|facet| {
                let line = line_around(&text, facet.span.start);
                let told = facet.kind != ExperienceKind::Strategy
                    || leading::sets_direction(line, &facet.span.surface);
                told.then(|| (facet.kind, line.to_owned()))
            });
            facets.collect::<Vec<_>>()
        });
        let mut shown = Vec::new();
        told.chain(read).for_each(|one| {
            if !shown.contains(&one) {
                shown.push(one);
            }
        });
        shown
    }

    /// The line of the history that tells of having been in charge for some hours, of a ward on nights, of a shift: a
    /// beginning of leading people.
    #[must_use]
    pub fn in_charge(&self) -> Option<String> {
        self.work.iter().find_map(leading::in_charge)
    }

    /// Skills that the words of the history name and the profile does not list, with the line that names
    /// each: what an import of the same words would add.
    #[must_use]
    pub fn shown_skills(&self, taxonomy: &Taxonomy) -> Vec<(SkillRef, String)> {
        let mut shown: Vec<(SkillRef, String)> = Vec::new();
        let mut add = |found: Option<SkillRef>, line: &str| {
            let new = found.filter(|at| self.skill(&taxonomy.skill(*at).id).is_none());
            if let Some(at) = new.filter(|at| shown.iter().all(|(known, _)| known != at)) {
                shown.push((at, line.to_owned()));
            }
        };
        for job in &self.work {
            for (kind, line) in leading::shown(job) {
                leading::skills(kind).iter().for_each(|name| add(taxonomy.resolve(name), &line));
            }
            for line in job.text().lines() {
                let named = named::read(taxonomy, line).sure.into_iter();
                // A way of being is shown by nothing that one did once.
                let named = named.filter(|at| taxonomy.skill(*at).kind != Kind::Attitude);
                named.for_each(|at| add(Some(at), line.trim()));
            }
        }
        shown
    }

    /// The skill with this id, when the profile lists it.
    #[must_use]
    pub fn skill(&self, id: &str) -> Option<&ProfileSkill> {
        self.skills.iter().find(|skill| skill.id.as_deref() == Some(id))
    }
}

impl Job {
    /// First month and the month past the last, until `today` while it lasts.
    #[must_use]
    pub fn months(&self, today: jiff::civil::Date) -> Option<(i32, i32)> {
        let end = self.end.unwrap_or_else(|| Month::of(today));
        Some((self.start?.first(), end.past()))
    }

    /// Summary and highlights as one text, a line each.
    #[must_use]
    pub fn text(&self) -> String {
        let lines = self.summary.iter().chain(&self.highlights).map(String::as_str);
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl ProfileSkill {
    /// How the person holds this skill.
    #[must_use]
    pub fn held(&self) -> Held {
        let proven = !self.evidence.is_empty();
        let by_years = self.years.and_then(|years| YEARS_OF_DEPTH.iter().find(|(from, _)| years >= *from));
        match (self.depth, by_years) {
            (Some(depth), _) => Held { depth: Some(depth), basis: "stated", proven },
            (None, Some((_, depth))) => Held { depth: Some(*depth), basis: "years of use", proven },
            (None, None) => Held { depth: None, basis: "named only", proven },
        }
    }
}

/// The line of `text` that holds byte `at`, whole: a word torn out of it proves nothing.
fn line_around(text: &str, at: usize) -> &str {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    text.get(start..).unwrap_or_default().lines().next().unwrap_or_default().trim_start_matches("- ").trim()
}

/// Reads a job as if it were a posting: the same words mean the same on both sides. What one did is
/// read as duties. Gives the text that was read, which the extraction's offsets count in.
fn read_job(taxonomy: &Taxonomy, job: &Job) -> (Extraction, String) {
    let mut text = String::from("Responsibilities\n");
    for line in job.text().lines().filter(|line| !line.trim().is_empty()) {
        text.push_str("- ");
        text.push_str(line.trim());
        text.push('\n');
    }
    let input = Input {
        title: &job.title,
        company: job.company.as_deref().unwrap_or_default(),
        description: &text,
        markup: Markup::Text,
        ..Input::default()
    };
    (extract(taxonomy, &input, &mut Scratch::default()), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(title: &str, start: &str, end: Option<&str>) -> Job {
        Job {
            title: title.into(),
            start: Month::parse(start),
            end: end.and_then(Month::parse),
            ..Job::default()
        }
    }

    #[test]
    fn overlapping_jobs_count_once_and_the_running_one_is_the_latest() {
        let today = jiff::civil::date(2024, 6, 15);
        let profile = Profile {
            work: vec![job("Nurse", "2020-01", None), job("Night nurse", "2020-01", Some("2024-06"))],
            ..Profile::default()
        };
        assert_eq!(profile.years_in_work(today), 4.5);
        assert_eq!(profile.latest_job().map(|j| j.title.as_str()), Some("Nurse"));
    }

    #[test]
    fn traineeships_count_only_where_there_is_nothing_else() {
        let today = jiff::civil::date(2024, 1, 1);
        let years = |work| Profile { work, ..Profile::default() }.years_in_work(today);
        let intern = || job("Working student, Marketing", "2018-01", Some("2019-12"));
        assert_eq!(years(vec![intern(), job("Data Analyst", "2020-01", Some("2022-12"))]), 3.0);
        assert_eq!(years(vec![intern()]), 2.0);
    }

    #[test]
    fn years_alone_never_make_an_expert() {
        let held = |years, depth| ProfileSkill { years, depth, ..ProfileSkill::default() }.held();
        assert_eq!(held(Some(30.0), None).depth, Some(3));
        assert_eq!(held(Some(1.0), None).depth, Some(2));
        assert_eq!(held(Some(30.0), Some(1)).depth, Some(1));
        assert_eq!(held(None, None).depth, None);
    }

    #[test]
    fn evidence_of_scope_is_a_whole_line() {
        let shown = |line: &str| {
            let work = vec![Job { title: "Analyst".into(), highlights: vec![line.into()], ..Job::default() }];
            Profile { work, ..Profile::default() }.shown_experience(Taxonomy::builtin())
        };
        let line = "Defined the technical strategy and roadmap of two teams";
        assert!(shown(line).contains(&(ExperienceKind::Strategy, line.to_owned())));
        let shown = shown("Kept slides for the product roadmap");
        assert!(!shown.iter().any(|(kind, _)| *kind == ExperienceKind::Strategy), "{shown:?}");
    }

    #[test]
    fn skills_of_the_history_are_those_that_the_profile_does_not_list() {
        let line = "Weekly reporting on sales in SQL and Tableau";
        let work = vec![Job { title: "Analyst".into(), highlights: vec![line.into()], ..Job::default() }];
        let sql = ProfileSkill { name: "SQL".into(), id: Some("sql".into()), ..ProfileSkill::default() };
        let profile = Profile { work, skills: vec![sql], ..Profile::default() };
        let shown = profile.shown_skills(Taxonomy::builtin());
        let taxonomy = Taxonomy::builtin();
        let tableau = taxonomy.by_id("tableau").unwrap();
        assert!(shown.contains(&(tableau, line.to_owned())), "{shown:?}");
        assert!(shown.iter().all(|(at, _)| taxonomy.skill(*at).id != "sql"), "{shown:?}");
    }

    #[test]
    fn what_is_stated_wins() {
        let profile = Profile { level: Some(5), family: Some("nursing".into()), ..Profile::default() };
        let place = profile.place(Taxonomy::builtin(), jiff::civil::date(2024, 6, 15));
        assert_eq!((place.level, place.family.as_deref()), (5, Some("nursing")));
    }
}
