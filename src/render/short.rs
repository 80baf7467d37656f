//! The gap in short: where you are, the target, and what to do about it.

use super::page::{Page, bold};
use super::{cohort_line, experience_label, family_name, level_name, shown_share, snapshot_line};
use crate::query::gap::{ExperienceGap, Gap, GapKind, GateState, SkillGap, Target};
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
        "k of n employers ask for it; % of postings, an employer counting for at most 5, with the 90 % interval; then the same at your own level",
    );
    page.line(snapshot_line(&answer.snapshot));
    let first = answer.targets.iter().flat_map(|t| &t.skills).find(|s| is_open(s));
    let explain = first.map(|skill| format!(" · rungs explain \"{}\"", skill.label)).unwrap_or_default();
    page.next(format!("rungs plan · rungs gap --full{explain}"));
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
    let mut lines: Vec<String> = skills.map(skill_line).collect();
    let rises = |facet: &&ExperienceGap| {
        facet.shown_by.is_none() && facet.asked.share.unwrap_or(0.0) > facet.own.share.unwrap_or(0.0)
    };
    lines.extend(target.experience.iter().filter(rises).take(EXPERIENCE).map(experience_line));
    let unmet = target.gates.iter().filter(|gate| gate.state == GateState::NotMet).take(GATES);
    lines
        .extend(unmet.map(|gate| {
            format!("{}: required by {}; not met", bold(&gate.value), employers(&gate.required))
        }));
    if lines.is_empty() {
        page.line("nothing is missing that this part of the market asks for");
    }
    for (i, line) in lines.into_iter().enumerate() {
        page.line(format!("{}. {line}", i + 1));
    }
}

/// Whether there is something to do about a skill.
fn is_open(skill: &SkillGap) -> bool {
    !matches!(skill.gap, GapKind::Met | GapKind::Answered)
}

fn employers(share: &Share) -> String {
    format!("{} of {} employers", share.employers_with, share.employers)
}

fn asked(asked: &Share, own: &Share) -> String {
    format!("{}, {}; {} at your level", employers(asked), shown_share(asked), shown_share(own))
}

fn skill_line(skill: &SkillGap) -> String {
    let what = match skill.gap {
        GapKind::Missing => match &skill.via {
            Some(via) => format!("learn it; near it you have {via}"),
            None => "not in your profile".to_owned(),
        },
        GapKind::TooShallow => format!("go deeper: depth {} of {}", skill.have, skill.need),
        GapKind::Unproven | GapKind::Answered | GapKind::Met => {
            "prove it: nothing in your profile shows it".to_owned()
        }
    };
    format!("{}: {}. {what}", bold(&skill.label), asked(&skill.asked, &skill.own))
}

fn experience_line(facet: &ExperienceGap) -> String {
    let shown = "your history does not show it";
    format!("{}: {}. {shown}", bold(&experience_label(facet.kind)), asked(&facet.asked, &facet.own))
}
