//! Skills that one line of a CV names.
//!
//! A posting must be asked whether it wants what it names; a person tells what they did. So a name
//! that can mean one thing only counts wherever it stands, an ambiguous one sooner than in a posting,
//! and what was done counts in the past tense: "administered medications". Words that name everything
//! and nothing ("design") are offered, not added.

use crate::taxonomy::{Judge, Kind, Match, SkillRef, Taxonomy};
use crate::text::tokens::tokenize;

/// Ambiguous names less likely than this are only offered. In postings the bound is 0.5.
const LIKELY: f32 = 0.4;
/// The same behind words such as "in" and "using", in the case that names are written in.
const LIKELY_USED: f32 = 0.08;
/// Ambiguous names less likely than this are not even offered.
const PERHAPS: f32 = 0.15;
/// Most words between a verb and the end of what it was done to.
const OBJECT: usize = 4;
/// Words before the name of a tool.
const USING: &[&str] = &["in", "with", "using", "via", "on"];
/// Words that name no skill on their own in running text.
const GENERIC: &[&str] = &[
    "design",
    "reporting",
    "reports",
    "planning",
    "engineering",
    "management",
    "development",
    "analysis",
    "research",
    "testing",
    "operations",
    "communication",
    "training",
    "documentation",
    "documents",
    "support",
    "leadership",
    "coordination",
    "administration",
    "production",
    "maintenance",
    "education",
    "quality",
    "safety",
    "security",
    "integration",
    "innovation",
    "strategy",
    "delivery",
    "compliance",
];
/// Last words of names that say where somebody worked: "emergency department" is a place, and a skill
/// only for those who say what they did there.
const PLACES: &[&str] =
    &["department", "departments", "room", "unit", "units", "ward", "wards", "centre", "center", "clinic"];
/// Past tenses that are not made with -ed, and their gerunds.
const IRREGULAR: &[(&str, &str)] = &[
    ("ran", "running"),
    // "Building" is a house, too: "built the standard cost" is no building standard.
    ("built", "build"),
    ("wrote", "writing"),
    ("led", "leading"),
    ("made", "making"),
    ("gave", "giving"),
    ("took", "taking"),
    ("taught", "teaching"),
    ("drew", "drawing"),
    ("kept", "keeping"),
    ("drove", "driving"),
    ("set", "setting"),
    ("sold", "selling"),
];
/// What people write otherwise than the vocabulary: words in this order, none to three words between
/// each two, and a name of the vocabulary.
const SAID: &[(&[&str], &str)] = &[
    (
        &["administered|administer|administering|gave|passed", "medication|medications|meds|drugs"],
        "medication administration",
    ),
    (&["daily|weekly|monthly|quarterly", "reporting|reports"], "reporting"),
    (&["mechanical|mechanically", "ventilation|ventilated|ventilators"], "ventilator management"),
    (&["ventilated", "patient|patients"], "ventilator management"),
    (&["wrote|authored|drafted|writing", "design", "document|documents|docs"], "functional specifications"),
];

/// Words of a line that tells what is not finished: a "CPA candidate" has no CPA.
const UNFINISHED: &[&str] =
    &["candidate", "progress", "pursuing", "studying", "preparing", "towards", "toward", "parts", "enrolled"];

/// What a line names.
#[derive(Debug, Default)]
pub(in crate::profile) struct Named {
    /// Skills that count.
    pub(in crate::profile) sure: Vec<SkillRef>,
    /// Skills that it may mean.
    pub(super) perhaps: Vec<SkillRef>,
}

/// Reads one line.
pub(in crate::profile) fn read(taxonomy: &Taxonomy, line: &str) -> Named {
    let mut named = Named::default();
    let words: Vec<String> = line
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '&' | '-' | '/'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let said = said(taxonomy, &words);
    let unfinished = words.iter().any(|word| UNFINISHED.contains(&word.as_str()));
    let (mut tokens, mut matches) = (Vec::new(), Vec::new());
    tokenize(line, &mut tokens);
    taxonomy.find(line, &tokens, &mut matches);
    let mut judge = Judge::default();
    let likely = taxonomy.judge(line, &tokens, &matches, &mut judge);
    for (found, &likely) in matches.iter().zip(likely) {
        let word = |at: usize| tokens.get(at).map_or("", |token| token.of(line));
        if said.iter().any(|(_, taken)| taken.contains(&word(found.first).to_lowercase())) {
            continue;
        }
        if unfinished && taxonomy.skill(found.skill).kind == Kind::Certificate {
            named.perhaps.push(found.skill);
            continue;
        }
        let last = word(found.last).to_lowercase();
        let alone = found.first == found.last && GENERIC.contains(&last.as_str());
        let generic = alone || PLACES.contains(&last.as_str());
        if !generic && (!found.ambiguous || likely >= enough(found, &word)) {
            named.sure.push(found.skill);
        } else if generic || likely >= PERHAPS {
            named.perhaps.push(found.skill);
        }
    }
    named.sure.extend(said.into_iter().map(|(skill, _)| skill));
    // A way of being is not told by one thing done: "helped others" is no empathy.
    let done = done(taxonomy, &words);
    named.sure.extend(done.into_iter().filter(|skill| taxonomy.skill(*skill).kind != Kind::Attitude));
    named.sure.extend(shared(taxonomy, &words));
    for skills in [&mut named.sure, &mut named.perhaps] {
        skills.sort_unstable_by_key(|skill| skill.0);
        skills.dedup();
    }
    named.perhaps.retain(|skill| !named.sure.contains(skill));
    named
}

/// How likely an ambiguous name must be. "in Spring 2019" names no tool.
fn enough<'a>(found: &Match, word: &impl Fn(usize) -> &'a str) -> f32 {
    let before = found.first.checked_sub(1).map_or("", word);
    let used = USING.iter().any(|using| using.eq_ignore_ascii_case(before));
    let capital = word(found.first).starts_with(char::is_uppercase);
    let year = word(found.last + 1).starts_with(|c: char| c.is_ascii_digit());
    if used && capital && !year { LIKELY_USED } else { LIKELY }
}

/// Skills that [`SAID`] tells, with the words that told them.
fn said(taxonomy: &Taxonomy, words: &[String]) -> Vec<(SkillRef, Vec<String>)> {
    let mut told = Vec::new();
    for (pattern, name) in SAID {
        let mut taken = Vec::new();
        let mut from = 0;
        for (i, any) in pattern.iter().enumerate() {
            let room = if i == 0 { words.len() } else { OBJECT };
            let mut near = words.iter().enumerate().skip(from).take(room);
            let Some((at, word)) = near.find(|(_, word)| any.split('|').any(|one| one == word.as_str()))
            else {
                break;
            };
            taken.push(word.clone());
            from = at + 1;
        }
        if taken.len() == pattern.len()
            && let Some(skill) = taxonomy.resolve(name)
        {
            told.push((skill, taken));
        }
    }
    told
}

/// Skills whose name is the gerund of what was done: "managed contracts", managing contracts.
fn done(taxonomy: &Taxonomy, words: &[String]) -> Vec<SkillRef> {
    let article = |word: &str| matches!(word, "the" | "a" | "an" | "all" | "our" | "their" | "new");
    let mut found = Vec::new();
    for (at, verb) in words.iter().enumerate() {
        let object: Vec<&str> = words
            .iter()
            .skip(at + 1)
            .map(String::as_str)
            .skip_while(|word| article(word))
            .take(OBJECT)
            .collect();
        for gerund in gerunds(verb) {
            let longest = (1..=object.len()).rev().filter_map(|n| object.get(..n));
            let name = longest.map(|object| format!("{gerund} {}", object.join(" ")));
            found.extend(name.filter_map(|name| unambiguous(taxonomy, &name)).next());
        }
    }
    found
}

/// Gerunds that a past tense may have.
fn gerunds(verb: &str) -> Vec<String> {
    if let Some((_, gerund)) = IRREGULAR.iter().find(|(past, _)| *past == verb) {
        return vec![(*gerund).to_owned()];
    }
    let Some(stem) = verb.strip_suffix("ed").filter(|stem| stem.len() > 2) else { return Vec::new() };
    match stem.strip_suffix('i') {
        Some(stem) => vec![format!("{stem}ying")],
        None => vec![format!("{stem}ing")],
    }
}

/// "Patient and family education" names patient education, too.
fn shared(taxonomy: &Taxonomy, words: &[String]) -> Vec<SkillRef> {
    let both = words.windows(4).filter_map(|four| match four {
        [one, and, _, head] if and == "and" || and == "&" => Some(format!("{one} {head}")),
        _ => None,
    });
    both.filter_map(|name| unambiguous(taxonomy, &name)).collect()
}

/// The skill that a phrase names as a whole, wherever it stands.
fn unambiguous(taxonomy: &Taxonomy, phrase: &str) -> Option<SkillRef> {
    let (mut tokens, mut matches) = (Vec::new(), Vec::new());
    tokenize(phrase, &mut tokens);
    taxonomy.find(phrase, &tokens, &mut matches);
    match matches[..] {
        [Match { skill, first: 0, last, ambiguous: false, .. }] if last + 1 == tokens.len() => Some(skill),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ids that count; those that only may be meant do not show.
    fn check(line: &str, expected: &[&str]) {
        let taxonomy = Taxonomy::builtin();
        let named = read(taxonomy, line);
        let mut ids: Vec<&str> = named.sure.iter().map(|skill| taxonomy.skill(*skill).id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, expected, "{line}");
    }

    #[test]
    fn what_people_write_of_what_they_did() {
        for (line, expected) in [
            ("Ran A/B tests with the product team", &["a-b-testing"][..]),
            ("Built dashboards in Tableau", &["dashboards", "tableau"]),
            ("Led a quality improvement project", &["quality-improvement"]),
            ("Built the standard cost roll-up", &[]),
            ("CPA candidate (2 of 4 parts passed)", &[]),
            ("Chart in Epic", &["epic-ehr"]),
            ("Patient and family education", &["patient-education"]),
            ("administered medications", &["medication-administration"]),
            ("Monthly KPI reports in Excel", &["kpis", "microsoft-excel", "reporting"]),
            ("Weekly reporting on sales in SQL", &["reporting", "sql"]),
            ("Designed the system architecture of the billing service", &["system-design"]),
            ("Wrote the design documents", &["functional-specifications"]),
            (
                "Cared for patients on mechanical ventilation, CRRT",
                &["patient-care", "ventilator-management"],
            ),
            ("Managed contracts with suppliers", &["contract-management"]),
        ] {
            check(line, expected);
        }
    }

    #[test]
    fn words_that_mean_anything_do_not_count() {
        for line in
            ["Let colleagues go home on time", "Planning and reporting", "Joined engineering in Spring 2019"]
        {
            check(line, &[]);
        }
    }

    #[test]
    fn what_does_not_count_is_offered() {
        let taxonomy = Taxonomy::builtin();
        for (line, expected) in [
            ("Responsible for reporting", "reporting"),
            ("Worked nights in the emergency department", "emergency medicine"),
        ] {
            let perhaps = read(taxonomy, line).perhaps;
            let labels: Vec<&str> =
                perhaps.iter().map(|skill| taxonomy.skill(*skill).label.as_str()).collect();
            assert_eq!(labels, [expected], "{line}");
        }
    }
}
