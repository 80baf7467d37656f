//! Profiles: what was read, how it is understood, what is missing.

use super::level_name;
use super::page::{Page, Side, Table, bold, clean};
use crate::profile::{Imported, Place, Profile};

/// Lays out an import.
#[must_use]
pub fn imported(read: &Imported) -> Page {
    let mut page = Page::default();
    let profile = &read.profile;
    page.title(format!("read as {}", read.format));
    page.line(format!(
        "{} jobs, {} skills ({} of them named only by your history), {} languages, {} certificates, {} degrees",
        profile.work.len(),
        profile.skills.len(),
        read.from_history.len(),
        profile.languages.len(),
        profile.certificates.len(),
        profile.degrees.len()
    ));
    if !read.from_history.is_empty() {
        page.line(format!(
            "added from your history, with the words that name them: {}",
            list(&read.from_history)
        ));
    }
    if !read.perhaps.is_empty() {
        page.line(format!(
            "perhaps also: {}; add with `rungs profile set --skill NAME`",
            list(&read.perhaps)
        ));
    }
    if !read.unknown_skills.is_empty() {
        page.line(format!("not in the vocabulary, kept but not compared: {}", list(&read.unknown_skills)));
    }
    for problem in &read.not_understood {
        page.line(format!("not understood: {}", clean(problem)));
    }
    page.next("rungs profile show");
    page
}

fn list(names: &[String]) -> String {
    clean(&names.join(", "))
}

/// Lays out a profile as it is understood; `shown` are the skills that only the history names, each with
/// the words that name it.
#[must_use]
pub fn profile(profile: &Profile, place: &Place, shown: &[(&str, String)]) -> Page {
    let mut page = Page::default();
    super::data::profile(&mut page, profile);
    let who = [&profile.name, &profile.headline, &profile.location];
    let who: Vec<&str> = who.into_iter().filter_map(Option::as_deref).collect();
    page.title(if who.is_empty() { "profile".to_owned() } else { clean(&who.join(" · ")) });
    page.line(format!("level {} ({}): {}", place.level, level_name(place.level), clean(&place.level_reason)));
    page.line(format!(
        "family {}: {}; {} years in work",
        place.family.as_deref().map_or_else(|| "unknown".to_owned(), super::family_name),
        clean(&place.family_reason),
        place.years
    ));
    for job in &profile.work {
        let place =
            job.company.as_deref().map_or_else(String::new, |company| format!(", {}", clean(company)));
        let (from, to) = (job.start.map(|m| m.to_string()), job.end.map(|m| m.to_string()));
        let to = to.unwrap_or_else(|| "today".to_owned());
        let when = from.map_or_else(|| "no dates".to_owned(), |from| format!("{from} to {to}"));
        page.line(format!("job: {}{place}, {when}", clean(&job.title)));
    }
    let mut skills = Table {
        columns: vec![
            ("skill", Side::Left),
            ("depth", Side::Right),
            ("from", Side::Left),
            ("years", Side::Right),
            ("last used", Side::Right),
            ("interest", Side::Right),
            ("evidence", Side::Left),
        ],
        flexible: 6,
        ..Table::default()
    };
    for skill in &profile.skills {
        let held = skill.held();
        let unknown = if skill.id.is_none() { " (not in the vocabulary)" } else { "" };
        skills.rows.push(vec![
            format!("{}{unknown}", bold(&skill.name)),
            held.depth.map_or_else(|| "–".to_owned(), |d| d.to_string()),
            held.basis.to_owned(),
            skill.years.map(|y| y.to_string()).unwrap_or_default(),
            skill.last_used.map(|m| m.to_string()).unwrap_or_default(),
            skill.interest.map(|i| format!("{i:+}")).unwrap_or_default(),
            skill.evidence.first().map(|e| clean(e)).unwrap_or_default(),
        ]);
    }
    page.table(skills);
    if !shown.is_empty() {
        let shown = shown.iter().map(|(label, words)| format!("{label} (“{}”)", clean(words)));
        page.line(format!(
            "your history also shows, counted as working knowledge: {}; `rungs profile set --without NAME` where that is wrong",
            shown.collect::<Vec<_>>().join("; ")
        ));
    }
    page.next("rungs gap");
    page
}

/// Lays out what a check found.
#[must_use]
pub fn findings(findings: &[String]) -> Page {
    let mut page = Page::default();
    if findings.is_empty() {
        page.line("nothing is missing");
    }
    findings.iter().for_each(|finding| page.line(clean(finding)));
    page.next("rungs gap");
    page
}
