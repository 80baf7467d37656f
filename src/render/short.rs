//! The gap in short: where you are, the target, and what to do about it.

use super::page::{Page, Side, Table, bold, clean};
use super::{
    cohort_line, employers, experience_label, family_name, gate_state, level_name, percent, shown_share,
    snapshot_line,
};
use crate::extract::ExperienceKind;
use crate::query::gap::{Focus, Gap, GapKind, GateState, SkillGap, Target};
use crate::query::stats::Share;

/// Rows of a cohort that has too little data.
const SKILLS: usize = 5;
/// Conditions named for each target.
const CONDITIONS: usize = 4;

/// Lays out the few lines that matter; `gap` lays out the rest.
#[must_use]
pub fn gap_in_short(answer: &Gap) -> Page {
    if answer.targets.is_empty() {
        return super::gap(answer, SKILLS);
    }
    let mut page = Page::default();
    super::data::gap(&mut page, answer);
    let place = &answer.place;
    let family = answer.family.as_deref().map_or_else(|| "family unknown".to_owned(), family_name);
    page.title(format!("you: level {} ({}), {family}", place.level, level_name(place.level)));
    page.line(format!(
        "level {}; family {}; {} years in work",
        place.level_reason, place.family_reason, place.years
    ));
    for target in &answer.targets {
        lay(&mut page, target);
    }
    for card in &answer.too_little {
        page.line(format!("too little data: {}; at least 8 employers are needed", cohort_line(card)));
    }
    page.line(
        "employers: k of n ask for it; asked: share of postings, an employer counting for at most 5, with its 90 % interval; your level: the share there",
    );
    page.line(snapshot_line(&answer.snapshot));
    if let Some(target) = answer.targets.first()
        && let Some(area) = target.focus.first()
    {
        let options = super::gap::cohort_options(answer, &target.cohort);
        page.next(format!("rungs explain {}{options}", super::quoted(&area.name)));
    }
    page.next("rungs plan · rungs gap --full");
    page
}

fn lay(page: &mut Page, target: &Target) {
    page.title(format!("ahead: {}", cohort_line(&target.cohort)));
    if let (Some(share), Some(low), Some(high)) =
        (target.coverage.musts.share, target.coverage.musts.low, target.coverage.musts.high)
    {
        page.line(format!(
            "you cover {:.0} % ({:.0}–{:.0}) of the musts; every must-have is met in {} of {} postings ({} employers)",
            share * 100.0,
            low * 100.0,
            high * 100.0,
            target.coverage.all_met,
            target.coverage.postings,
            target.coverage.all_met_employers
        ));
    }
    // The areas are those of the plan: asked for by enough employers, and something one can work on.
    let rows: Vec<Vec<String>> = target.focus.iter().filter_map(|area| area_row(target, area)).collect();
    if rows.is_empty() {
        page.line("nothing to work on that enough employers of this part of the market ask for");
    }
    page.table(Table {
        columns: vec![
            ("what to do", Side::Left),
            ("employers", Side::Right),
            ("asked", Side::Right),
            ("your level", Side::Right),
            ("you", Side::Left),
        ],
        rows: rows.into_iter().enumerate().map(|(i, row)| numbered(i, row)).collect(),
        flexible: 0,
    });
    let conditions = conditions(target);
    if !conditions.is_empty() {
        page.line(format!("conditions, nothing to work on: {}", conditions.join("; ")));
    }
}

fn area_row(target: &Target, area: &Focus) -> Option<Vec<String>> {
    if let Some(kind) = area.experience {
        let facet = target.experience.iter().find(|facet| facet.kind == kind)?;
        return Some(row(&experience_label(kind), "", &facet.asked, Some(&facet.own), "not shown"));
    }
    let label = |id: &String| target.skills.iter().find(|skill| skill.id == *id);
    let also: Vec<&str> = area.skills.iter().skip(1).filter_map(label).map(|s| s.label.as_str()).collect();
    let also = if also.is_empty() { String::new() } else { format!(" (also {})", also.join(", ")) };
    Some(skill_row(label(area.skills.first()?)?, &also))
}

/// What is asked of one's life rather than of one's work, with what the profile does not show.
fn conditions(target: &Target) -> Vec<String> {
    let kinds = [ExperienceKind::Years, ExperienceKind::Travel, ExperienceKind::Stage];
    let facets = target.experience.iter().filter(|f| f.shown_by.is_none() && kinds.contains(&f.kind));
    let facets = facets.map(|facet| (experience_label(facet.kind), &facet.asked, "not shown"));
    let gates = target.gates.iter().filter_map(|gate| {
        let met = matches!(gate.state, GateState::Met | GateState::MetByExperience);
        (!met).then(|| (clean(&gate.name.label()), &gate.required, gate_state(gate.state)))
    });
    let mut all: Vec<(String, &Share, &str)> = facets.chain(gates).collect();
    all.sort_by(|a, b| b.1.employers_with.cmp(&a.1.employers_with).then_with(|| a.0.cmp(&b.0)));
    let words =
        |(name, share, state): (String, &Share, &str)| format!("{name}, {} ({state})", employers(share));
    all.into_iter().take(CONDITIONS).map(words).collect()
}

fn numbered(i: usize, mut row: Vec<String>) -> Vec<String> {
    if let Some(first) = row.first_mut() {
        *first = format!("{}. {first}", i + 1);
    }
    row
}

fn row(name: &str, also: &str, asked: &Share, own: Option<&Share>, you: &str) -> Vec<String> {
    let own = own.map_or_else(String::new, |own| own.share.map_or_else(|| shown_share(own), percent));
    vec![format!("{}{also}", bold(name)), employers(asked), shown_share(asked), own, you.to_owned()]
}

fn skill_row(skill: &SkillGap, also: &str) -> Vec<String> {
    let you = match skill.gap {
        GapKind::Missing => "missing".to_owned(),
        GapKind::TooShallow => format!("depth {} of {}", skill.have, skill.need),
        GapKind::Unproven | GapKind::Answered | GapKind::Met => "not proven".to_owned(),
    };
    row(&skill.label, also, &skill.asked, Some(&skill.own), &you)
}
