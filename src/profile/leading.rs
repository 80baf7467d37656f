//! People led, mentored and hired, and others worked with, as a CV says it: postings ask for
//! "mentoring" and "stakeholders", people write "Mentored four engineers" and "with the sales team".

use super::Job;
use crate::extract::ExperienceKind;

/// Verbs that say by themselves what was done.
const TEACHING: &[&str] = &[
    "mentored",
    "mentor",
    "coached",
    "coach",
    "precept",
    "precepted",
    "precepting",
    "preceptor",
    "preceptors",
    "preceptorship",
    "upskilled",
    "onboarded",
    "angeleitet",
    "eingearbeitet",
];
const HIRED: &[&str] = &[
    "hired",
    "hire",
    "hiring",
    "recruited",
    "recruit",
    "recruiting",
    "interviewed",
    "interview",
    "eingestellt",
];
/// Verbs of leading; whom, stands close behind.
const LED: &[&str] = &[
    "led",
    "lead",
    "managed",
    "manage",
    "supervised",
    "supervise",
    "oversee",
    "line-manage",
    "headed",
    "ran",
    "oversaw",
    "directed",
    "line-managed",
    "leitete",
    "führte",
    "leitung",
    "staffing",
    "supervising",
    "leading",
    "managing",
];
/// Roles that lead people by their name.
const ROLES: &[&[&str]] = &[
    &["charge", "nurse"],
    &["shift", "lead"],
    &["shift", "leader"],
    &["shift", "supervisor"],
    &["shift", "manager"],
    &["team", "lead"],
    &["team", "leader"],
    &["schichtleiter"],
    &["schichtleiterin"],
    &["teamleiter"],
    &["teamleiterin"],
];
/// Words close before a role that somebody else has: "reported to the charge nurse".
const OTHERS: &[&str] = &["to", "with", "under", "by", "from", "the", "our", "for", "every", "each"];
/// Those who are led.
const PEOPLE: &[&str] = &[
    "team",
    "teams",
    "crew",
    "crews",
    "squad",
    "group",
    "staff",
    "people",
    "engineers",
    "developers",
    "nurses",
    "analysts",
    "reports",
    "representatives",
    "reps",
    "agents",
    "advisors",
    "advisers",
    "officers",
    "operators",
    "associates",
    "workers",
    "drivers",
    "teachers",
    "scientists",
    "surveyors",
    "inspectors",
    "supervisors",
    "superintendents",
    "foremen",
    "electricians",
    "technicians",
    "accountants",
    "designers",
    "managers",
    "employees",
    "assistants",
    "apprentices",
    "members",
    "candidates",
    "mitarbeiter",
    "mitarbeitern",
    "mitarbeitende",
    "colleagues",
    "juniors",
    "carers",
    "trainees",
    "interns",
    "specialists",
    "consultants",
];
/// What turns "led the team meeting" into something else, right behind the people.
const THINGS: &[&str] = &["meeting", "meetings", "project", "projects", "budget", "portal", "process"];
/// Those on the other side of one's work …
const SIDES: &[&str] = &[
    "clients",
    "client",
    "executives",
    "stakeholders",
    "auditors",
    "regulators",
    "authorities",
    "departments",
    "managers",
    "directors",
    "leadership",
    "board",
    "contractors",
    "subcontractors",
    "architects",
    "suppliers",
    "vendors",
    "physicians",
];
/// … or the teams of other trades, by what they do.
const OTHER_TRADES: &[&str] = &[
    "product",
    "claims",
    "sales",
    "marketing",
    "finance",
    "operations",
    "legal",
    "design",
    "business",
    "support",
    "procurement",
    "hr",
    "commercial",
    "leadership",
    "management",
];
const TEAMS: &[&str] = &["team", "teams", "department", "managers", "leads", "colleagues"];
/// Words of which one stands before those worked with.
const WITH: &[&str] = &["with", "for", "to", "alongside", "between", "across"];
/// Words between a verb of leading and those who are led, at most; more for verbs that are said of people only: one
/// leads "the migration of five teams", too.
const NEAR: usize = 4;
const NEAR_OF_PEOPLE: usize = 6;
/// Verbs that are said of people only.
const OF_PEOPLE: &[&str] = &[
    "supervised",
    "supervise",
    "supervising",
    "line-managed",
    "line-manage",
    "recruit",
    "recruited",
    "recruiting",
];

/// The kinds of leading that the lines of a job show, with the line.
pub(super) fn shown(job: &Job) -> Vec<(ExperienceKind, String)> {
    let mut shown = Vec::new();
    for line in job.text().lines() {
        let words: Vec<String> = line
            .split(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'')
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let mut kinds: Vec<ExperienceKind> = (0..words.len()).filter_map(|at| kind(&words, at)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        shown.extend(kinds.into_iter().map(|kind| (kind, line.trim().to_owned())));
    }
    shown
}

/// What the word at `at` says was done.
fn kind(words: &[String], at: usize) -> Option<ExperienceKind> {
    let word = words.get(at)?.as_str();
    let people = || {
        let reach = if OF_PEOPLE.contains(&word) { NEAR_OF_PEOPLE } else { NEAR };
        let near = words.iter().enumerate().skip(at + 1).take(reach);
        let mut found = near.filter(|(_, word)| PEOPLE.contains(&word.as_str()));
        found.any(|(i, _)| words.get(i + 1).is_none_or(|next| !THINGS.contains(&next.as_str())))
    };
    if TEACHING.contains(&word) && (word != "onboarded" || people()) {
        return Some(ExperienceKind::Mentoring);
    }
    if HIRED.contains(&word) && (word == "hired" || people()) {
        return Some(ExperienceKind::Hiring);
    }
    if works_with(words, at) {
        return Some(ExperienceKind::Stakeholders);
    }
    (LED.contains(&word) && people() || role(words, at)).then_some(ExperienceKind::PeopleLed)
}

/// Whether the word at `at` names others whom the work is done with or for.
fn works_with(words: &[String], at: usize) -> bool {
    let is = |at: usize, list: &[&str]| words.get(at).is_some_and(|word| list.contains(&word.as_str()));
    let before = words.get(at.saturating_sub(3)..at).unwrap_or_default();
    let others = is(at, SIDES) || is(at, OTHER_TRADES) && is(at + 1, TEAMS);
    others && before.iter().any(|word| WITH.contains(&word.as_str()))
}

/// Whether a role that leads people begins at `at`, and is that of the writer.
fn role(words: &[String], at: usize) -> bool {
    let behind = words.get(at..).unwrap_or_default();
    let begins = |role: &&[&str]| role.len() <= behind.len() && role.iter().zip(behind).all(|(r, w)| r == w);
    let before = words.get(at.saturating_sub(3)..at).unwrap_or_default();
    ROLES.iter().any(begins)
        && (before.iter().any(|word| word == "as")
            || !before.iter().any(|word| OTHERS.contains(&word.as_str())))
}

/// What one may be in charge of for some hours.
const IN_CHARGE_OF: &[&str] = &[
    "ward", "wards", "shift", "shifts", "unit", "units", "floor", "floors", "night", "nights", "crew",
    "crews", "team", "site", "sites", "station", "clinic", "kitchen", "store", "shop", "line",
];

/// The line that tells of having been in charge of a ward, a shift or a crew: a beginning of leading people, without
/// the role.
pub(super) fn in_charge(job: &Job) -> Option<String> {
    let says = |line: &&str| {
        let words: Vec<String> = line
            .split(|c: char| !c.is_alphanumeric())
            .filter(|w| !w.is_empty())
            .map(str::to_lowercase)
            .collect();
        let begins = words.windows(3).position(|three| three == ["in", "charge", "of"]);
        let of = begins.and_then(|at| words.get(at + 3..)).unwrap_or_default();
        of.iter().take(NEAR).any(|word| IN_CHARGE_OF.contains(&word.as_str()))
    };
    job.text().lines().find(says).map(|line| line.trim().to_owned())
}

/// Verbs of those who set a direction, and do not follow one.
const SET: &[&str] = &[
    "set",
    "owned",
    "own",
    "defined",
    "drove",
    "shaped",
    "created",
    "developed",
    "established",
    "wrote",
    "authored",
    "led",
    "proposed",
    "formulated",
];

/// Whether a line says that its writer set a direction: a verb stands before the `noun`. A lone
/// "roadmap" says nothing.
pub(super) fn sets_direction(line: &str, noun: &str) -> bool {
    let before = line.find(noun).and_then(|at| line.get(..at)).unwrap_or_default().to_lowercase();
    before.split(|c: char| !c.is_alphanumeric()).any(|word| SET.contains(&word))
        || noun.split_whitespace().next().is_some_and(|word| SET.contains(&word.to_lowercase().as_str()))
}

/// The skills that a kind of leading shows, by names of the vocabulary.
pub(super) fn skills(kind: ExperienceKind) -> &'static [&'static str] {
    match kind {
        ExperienceKind::Mentoring => &["mentoring"],
        ExperienceKind::Hiring => &["hiring"],
        ExperienceKind::PeopleLed => &["team leadership", "people management"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taxonomy::Taxonomy;

    #[test]
    fn being_in_charge_for_some_hours_is_a_beginning() {
        for (line, expected) in [
            ("Preceptor for two students; in charge of the ward on nights", true),
            ("In charge of the night shift when the supervisor is away", true),
            ("In charge of invoices", false),
            ("Ran the ward", false),
        ] {
            let job = Job { highlights: vec![line.to_owned()], ..Job::default() };
            assert_eq!(in_charge(&job).is_some(), expected, "{line}");
        }
    }

    #[test]
    fn what_people_write_about_leading() {
        use ExperienceKind::{Hiring, Mentoring, PeopleLed, Stakeholders};
        for (line, expected) in [
            ("Mentored four engineers", vec![Mentoring]),
            ("Hired 5 engineers", vec![Hiring]),
            ("Led a team of 6", vec![PeopleLed]),
            ("led and mentored a group of nurses", vec![PeopleLed, Mentoring]),
            ("Preceptor for new graduate nurses", vec![Mentoring]),
            ("Precepted students", vec![Mentoring]),
            ("Managed four developers and hired two", vec![PeopleLed, Hiring]),
            ("Ran a crew of six on hospital sites", vec![PeopleLed]),
            ("Lead six field sales representatives in the north", vec![PeopleLed]),
            ("Manage six sales reps", vec![PeopleLed]),
            ("Recruit, coach and appraise the team", vec![Mentoring, Hiring]),
            ("Mentor three graduate engineers", vec![Mentoring]),
            ("Recruit patients for trials", vec![]),
            ("Led the migration to Kubernetes", vec![]),
            ("Led the rollout to over 200 employees", vec![]),
            ("Led the migration of five teams", vec![]),
            ("Managed the team budget", vec![]),
            ("Ran the payment service", vec![]),
            ("Interviewed patients", vec![]),
            ("Relief charge nurse two shifts a month, staffing up to 14 nurses", vec![PeopleLed]),
            ("Shift lead on the night line", vec![PeopleLed]),
            ("Served as the charge nurse", vec![PeopleLed]),
            ("supervised 6 technicians", vec![PeopleLed]),
            ("Reported to the charge nurse", vec![]),
            ("Read A/B tests with the product team", vec![Stakeholders]),
            ("Gathered requirements for three public clients", vec![Stakeholders]),
            ("Presented to the board", vec![Stakeholders]),
            ("Partner with plant managers on cost decisions", vec![Stakeholders]),
            ("Reported monthly results to senior leadership", vec![Stakeholders]),
            ("Supervise a project engineer and two superintendents", vec![PeopleLed]),
            ("Reported to the plant manager", vec![]),
            ("Worked in the claims team", vec![]),
            ("Built the product", vec![]),
        ] {
            let job = Job { highlights: vec![line.into()], ..Job::default() };
            let kinds: Vec<ExperienceKind> = shown(&job).into_iter().map(|(kind, _)| kind).collect();
            assert_eq!(kinds, expected, "{line}");
        }
    }

    #[test]
    fn a_noun_alone_sets_no_direction() {
        for (line, expected) in [
            ("Presented the roadmap", false),
            ("roadmap", false),
            ("Set the roadmap of three teams", true),
            ("Owned and kept up the roadmap", true),
        ] {
            assert_eq!(sets_direction(line, "roadmap"), expected, "{line}");
        }
    }

    #[test]
    fn the_skills_have_names_of_the_vocabulary() {
        for kind in [ExperienceKind::Mentoring, ExperienceKind::Hiring, ExperienceKind::PeopleLed] {
            assert!(!skills(kind).is_empty());
            assert!(skills(kind).iter().all(|name| Taxonomy::builtin().resolve(name).is_some()), "{kind:?}");
        }
    }
}
