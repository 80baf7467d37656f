//! The gap in short: where you are, the target, and what to do about it.

use super::page::{Page, Side, Table, bold, clean};
use super::{
    cohort_line, employers, experience_label, family_name, gate_standing, level_name, percent, places,
    shown_share, snapshot_line,
};
use crate::extract::ExperienceKind;
use crate::query::gap::{
    Aim, FEW_AREAS, Focus, Gap, GateGap, GateState, JUDGED_MUSTS, RELATIONS, Reason, SkillGap, THROUGH,
    Target, are_alternatives,
};
use crate::query::stats::Share;

/// Rows of a cohort that has too little data.
const SKILLS: usize = 5;
/// Conditions named for each target.
const CONDITIONS: usize = 4;
/// Employers that must agree before a skill is named as a hint, or a condition at all.
const HINTING: u32 = 4;
/// What the columns and their words mean.
const LEGEND: &str = "employers: k of n ask for it. asked: share of postings, an employer counting for at most 5, with its 90 % interval; your level: the share there. order: how many ask for it, how much more than at your level, what you lack and like. not shown: no words of your history show it; begun: a line of it, or a skill at depth 1, tells of a beginning. depth: 1 awareness, 2 working, 3 practitioner, 4 expert; in part, near: a case of it, or a related skill, is held. rises: asked for more than at your level, beyond chance; common: a quarter or more ask for it.";

/// Lays out the few lines that matter; `gap` lays out the rest.
#[must_use]
pub fn gap_in_short(answer: &Gap) -> Page {
    let mut page = Page::default();
    super::data::gap(&mut page, answer);
    let place = &answer.place;
    let family = answer.family.as_deref().map_or_else(|| "family unknown".to_owned(), family_name);
    page.title(format!("you: level {} ({}), {family}", place.level, level_name(place.level)));
    if answer.targets.is_empty() {
        page.line(snapshot_line(&answer.snapshot));
        super::gap::widened(&mut page, answer);
        super::gap::too_little(&mut page, answer, false);
        return page;
    }
    page.line(format!(
        "level {}; family {}; {} years in work",
        place.level_reason, place.family_reason, place.years
    ));
    super::gap::widened(&mut page, answer);
    for target in &answer.targets {
        lay(&mut page, answer, target);
    }
    for card in &answer.too_little {
        page.line(format!("too little data: {}; at least 8 employers are needed", cohort_line(card)));
    }
    page.line(LEGEND);
    page.line(snapshot_line(&answer.snapshot));
    let planned = crate::plan::target(answer, answer.scope.track).filter(|target| !target.focus.is_empty());
    let Some(target) = planned else {
        let again = super::gap::asked_again(answer, super::gap::other_family(answer));
        page.next(match answer.is_narrow() {
            true => format!("rungs gap{again}"),
            false => format!("rungs gap --full{again}{}", super::gap::levels_asked(answer)),
        });
        return page;
    };
    let options = super::gap::cohort_options(answer, &target.cohort);
    page.line("`rungs gap --full` has every table, `rungs explain` the evidence of every row");
    let own_level = super::gap::own_level(answer);
    page.next(format!("rungs plan{}{own_level}", if is_usual(answer) { "" } else { &options }));
    // Of one family at a time there is evidence: areas of kindred families have their figures beside them.
    if let Some(area) = target.focus.iter().find(|area| area.kindred.is_none()) {
        page.next(format!("rungs explain {}{options}", super::quoted(&area.name)));
    }
    page
}

/// Whether the question without options is the same.
fn is_usual(answer: &Gap) -> bool {
    let whole = answer.scope.narrowed_by().is_empty() && answer.scope.track.is_none();
    answer.family == answer.place.family && whole && answer.asked == Aim::default()
}

fn lay(page: &mut Page, answer: &Gap, target: &Target) {
    page.title(format!("ahead: {}", cohort_line(&target.cohort)));
    if target.cohort.postings > 0 {
        page.line(places(&target.cohort));
    }
    coverage(page, answer, target);
    // The areas are those of the plan: asked for by enough employers, and something one can work on.
    let rows: Vec<Vec<String>> = target.focus.iter().filter_map(|area| area_row(target, area)).collect();
    if target.own_areas() < FEW_AREAS && !target.skills.is_empty() {
        hints(page, target);
    }
    page.table(Table {
        columns: vec![
            ("what to do", Side::Left),
            ("employers", Side::Right),
            ("asked", Side::Right),
            ("your level", Side::Right),
            ("you", Side::Left),
            ("why", Side::Left),
        ],
        rows: rows.into_iter().enumerate().map(|(i, row)| numbered(i, row)).collect(),
        flexible: 0,
    });
    super::gap::kindred(page, target);
    if !target.set_aside.is_empty() {
        let named = target.set_aside.iter().take(CONDITIONS);
        let named = named.map(super::gap::set_aside);
        let named = named.collect::<Vec<_>>().join("; ");
        page.line(format!("left out because you rated it −2, though it is asked for: {named}"));
    }
    let conditions = conditions(target);
    if !conditions.is_empty() {
        page.line(format!("conditions, not skills: {}", conditions.join("; ")));
    }
}

/// How much is covered, beside the same at one's own level. A mean over few employers says more of which
/// employers they are than of the person.
fn coverage(page: &mut Page, answer: &Gap, target: &Target) {
    let covered = &target.coverage;
    if target.cohort.is_thin() {
        page.line(super::gap::TOO_FEW_TO_COVER);
        return;
    }
    let (Some(share), Some(low), Some(high)) = (covered.musts.share, covered.musts.low, covered.musts.high)
    else {
        return;
    };
    let own = answer.own_coverage.share.map_or_else(String::new, |own| {
        format!("; compare with {} of those at your own level", percent(own))
    });
    page.line(format!(
        "you cover {} ({:.0}–{:.0}) of the musts{own}",
        percent(share),
        low * 100.0,
        high * 100.0
    ));
    page.line(format!(
        "every must is met in {} of the {} postings that name {JUDGED_MUSTS} or more of them",
        covered.all_met, covered.postings
    ));
}

/// What is lacking and asked for most, where too few employers agree to call it an area.
fn hints(page: &mut Page, target: &Target) {
    let agreed = |skill: &&&SkillGap| skill.asked.employers_with >= HINTING;
    let hints = target.hints();
    let named: Vec<String> = hints
        .iter()
        .filter(agreed)
        .take(SKILLS)
        .map(|s| format!("{}, {}", s.label, employers(&s.asked)))
        .collect();
    let what = if target.own_areas() == 0 { "to name anything" } else { "to name more" };
    let hints = if named.is_empty() { String::new() } else { format!("; hints only: {}", named.join("; ")) };
    page.line(format!("too few employers agree {what} to work on{hints}"));
}

fn area_row(target: &Target, area: &Focus) -> Option<Vec<String>> {
    let why = match area.reason {
        Reason::Rises => "rises",
        Reason::Common => "common",
    };
    if area.experience.is_some() {
        let facet = target.figures(area)?;
        let whose = area.kindred.as_ref().map_or_else(String::new, |kindred| {
            format!("{}; your own {})", super::gap::KINDRED.trim_end_matches(')'), employers(&kindred.alone))
        });
        let you = if facet.begun_by.is_some() { "begun" } else { "not shown" };
        return Some(row(&area.name, &whose, &facet.asked, &facet.own, [you, why]));
    }
    let label = |id: &String| target.skills.iter().find(|skill| skill.id == *id);
    let named = |skill: &SkillGap| {
        let deeper = if skill.have > 0 { "deeper " } else { "" };
        format!("{deeper}{}", skill.label)
    };
    let also: Vec<String> = area.skills.iter().skip(1).filter_map(label).map(named).collect();
    let also = if also.is_empty() { String::new() } else { format!(" (also {})", also.join(", ")) };
    let head = label(area.skills.first()?)?;
    let you = match (head.have, head.have_basis.strip_prefix(THROUGH)) {
        (0, _) => head.via.as_deref().map_or_else(|| "missing".to_owned(), near),
        (_, Some(case)) => format!("in part: {case}"),
        (have, None) => format!("depth {have} of {}", head.need),
    };
    Some(row(&head.label, &also, &head.asked, &head.own, [&you, why]))
}

/// A skill that is not held, though a related one is: `via` says which, and how they are related.
fn near(via: &str) -> String {
    let via = via.strip_suffix(" it").unwrap_or(via);
    let name = RELATIONS.iter().find_map(|how| via.strip_suffix(how)).unwrap_or(via).trim_end();
    format!("near: {name}")
}

/// Whether enough employers ask for a condition: four, or three that are a quarter of them. Of certificates of which
/// any one will do all count (an employer that names two of them twice).
fn is_condition(asked: &Share, others: u32) -> bool {
    let with = asked.employers_with + others;
    with >= HINTING || with + 1 == HINTING && 4 * with >= asked.employers
}

/// What is asked of one's life rather than of one's work, with what the profile does not show.
fn conditions(target: &Target) -> Vec<String> {
    let kinds = [ExperienceKind::Years, ExperienceKind::Travel, ExperienceKind::OnCall];
    let facets = target.experience.iter().filter(|f| f.shown_by.is_none() && kinds.contains(&f.kind));
    let facets = facets.map(|facet| (experience_label(facet.kind), &facet.asked, "not shown".to_owned()));
    let gates = target.gates.iter().filter(|gate| !is_met(gate) && stands_first(gate, &target.gates));
    let gates = gates.map(|gate| {
        let others = || others_of(gate, &target.gates);
        let with = others().map(|other| other.required.employers_with).sum();
        let named = others()
            .map(|other| format!(" or {}, {}", other.name.shown_value(), employers(&other.required)))
            .collect();
        (clean(&gate.name.label()), &gate.required, with, named, gate_standing(gate))
    });
    let facets = facets.map(|(name, asked, state)| (name, asked, 0, String::new(), state));
    let asked = facets.chain(gates).filter(|(_, asked, others, ..)| is_condition(asked, *others));
    let mut all: Vec<(String, &Share, String, String)> =
        asked.map(|(name, asked, _, others, state)| (name, asked, others, state)).collect();
    all.sort_by(|a, b| b.1.employers_with.cmp(&a.1.employers_with).then_with(|| a.0.cmp(&b.0)));
    let words = |(name, share, others, state): (String, &Share, String, String)| {
        format!("{name}, {}{others} ({state})", employers(share))
    };
    all.into_iter().take(CONDITIONS).map(words).collect()
}

fn is_met(gate: &GateGap) -> bool {
    matches!(gate.state, GateState::Met | GateState::MetByExperience)
}

/// Certificates of which any one will do, as `gate` is one of them, but for `gate` itself.
fn others_of<'a>(gate: &'a GateGap, all: &'a [GateGap]) -> impl Iterator<Item = &'a GateGap> {
    all.iter()
        .filter(|other| other.name.value != gate.name.value && are_alternatives(&gate.name, &other.name))
}

/// Whether `gate` speaks for all certificates of which any one will do: most employers ask for it, and none is met.
fn stands_first(gate: &GateGap, all: &[GateGap]) -> bool {
    let asked = |gate: &GateGap| gate.required.employers_with;
    let first = |other: &GateGap| (asked(gate), &other.name) > (asked(other), &gate.name);
    others_of(gate, all).all(|other| other.state != GateState::Met && first(other))
}

fn numbered(i: usize, mut row: Vec<String>) -> Vec<String> {
    if let Some(first) = row.first_mut() {
        *first = format!("{}. {first}", i + 1);
    }
    row
}

fn row(name: &str, also: &str, asked: &Share, own: &Share, [you, why]: [&str; 2]) -> Vec<String> {
    let own = own.share.map_or_else(|| shown_share(own), percent);
    let rest = [employers(asked), shown_share(asked), own, you.to_owned(), why.to_owned()];
    std::iter::once(format!("{}{also}", bold(name))).chain(rest).collect()
}
