//! The gap in short: where you are, the target, and what to do about it.

use super::page::{Page, Side, Table, bold};
use super::{
    cohort_line, employers, experience_label, family_name, level_name, percent, shown_share, snapshot_line,
};
use crate::query::gap::{ExperienceGap, Gap, GapKind, GateState, SkillGap, Target, gate_label};
use crate::query::stats::Share;

/// Skills, kinds of experience and gates shown for each target.
const SKILLS: usize = 5;
const EXPERIENCE: usize = 2;
const GATES: usize = 1;

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
        && let Some(skill) = target.skills.iter().find(|skill| is_open(skill))
    {
        let options = super::gap::cohort_options(answer, &target.cohort);
        page.next(format!("rungs explain \"{}\"{options}", skill.label));
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
    let skills = target.skills.iter().filter(|skill| is_open(skill)).take(SKILLS);
    let mut rows: Vec<Vec<String>> = skills.map(skill_row).collect();
    let rises = |facet: &&ExperienceGap| {
        facet.shown_by.is_none() && facet.asked.share.unwrap_or(0.0) > facet.own.share.unwrap_or(0.0)
    };
    let facets = target.experience.iter().filter(rises).take(EXPERIENCE);
    rows.extend(
        facets.map(|facet| row(&experience_label(facet.kind), &facet.asked, Some(&facet.own), "not shown")),
    );
    let unmet = target.gates.iter().filter(|gate| gate.state == GateState::NotMet).take(GATES);
    rows.extend(unmet.map(|gate| row(&gate_label(gate.kind, &gate.value), &gate.required, None, "not met")));
    if rows.is_empty() {
        page.line("nothing is missing that this part of the market asks for");
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
}

fn numbered(i: usize, mut row: Vec<String>) -> Vec<String> {
    if let Some(first) = row.first_mut() {
        *first = format!("{}. {first}", i + 1);
    }
    row
}

fn row(name: &str, asked: &Share, own: Option<&Share>, you: &str) -> Vec<String> {
    let own = own.map_or_else(String::new, |own| own.share.map_or_else(|| shown_share(own), percent));
    vec![bold(name), employers(asked), shown_share(asked), own, you.to_owned()]
}

fn skill_row(skill: &SkillGap) -> Vec<String> {
    let you = match (skill.gap, &skill.via) {
        (GapKind::Missing, Some(_)) => "have related".to_owned(),
        (GapKind::Missing, None) => "missing".to_owned(),
        (GapKind::TooShallow, _) => format!("depth {} of {}", skill.have, skill.need),
        (GapKind::Unproven | GapKind::Answered | GapKind::Met, _) => "not proven".to_owned(),
    };
    row(&skill.label, &skill.asked, Some(&skill.own), &you)
}

/// Whether there is something to do about a skill.
fn is_open(skill: &SkillGap) -> bool {
    !matches!(skill.gap, GapKind::Met | GapKind::Answered)
}
