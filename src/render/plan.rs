//! The plan at the terminal, its deltas, and the page for the talk with one's manager.

use super::gap::KINDRED;
use super::page::{Page, Side, Table, bold, clean};
use super::{exactly, percent_or_few, points, thin_warning};
use crate::plan::delta::Delta;
use crate::plan::{Action, Coverage, Plan, PlanTarget, Status};
use jiff::civil::Date;

/// A plan as an overview: areas, what to do now, where the files are.
#[must_use]
pub fn plan(plan: &Plan) -> Page {
    let mut page = Page::default();
    page.title(format!("plan: {}", clean(&plan.target.in_words())));
    page.line(format!(
        "begun {} at level {}; {} postings of {} employers, snapshot {} ({})",
        plan.created,
        plan.you.level,
        plan.target.postings,
        plan.target.employers,
        plan.market.snapshot,
        plan.market.source
    ));
    if plan.target.is_thin() {
        page.line(thin_warning(plan.target.employers));
    } else {
        page.line(covered("on the first day you held", &plan.coverage));
    }
    if let Some(warning) = &plan.warning {
        page.title("first: is this the right target?");
        page.line(clean(&warning.text));
        warning.others.iter().for_each(|other| page.line(format!("instead: {}", clean(other))));
    }
    let mut areas = Table {
        columns: vec![
            ("", Side::Right),
            ("focus area", Side::Left),
            ("asked", Side::Right),
            ("employers", Side::Right),
            ("own level", Side::Right),
            ("need", Side::Right),
            ("have", Side::Right),
            ("done", Side::Right),
        ],
        flexible: 1,
        ..Table::default()
    };
    for (i, area) in plan.focus.iter().enumerate() {
        let done = area.actions.iter().filter(|a| a.status == Status::Done).count();
        let lead = area.skills.first();
        let percent = |share: Option<f64>| share.map_or("–".into(), |p| format!("{:.0} %", p * 100.0));
        areas.rows.push(vec![
            (i + 1).to_string(),
            format!("{}{}", bold(&area.name), if area.kindred.is_empty() { "" } else { KINDRED }),
            percent(area.demand.share),
            format!("{}/{}", area.demand.employers_with, area.demand.employers),
            percent(area.own_level.share),
            lead.map_or("–".into(), |s| s.need.to_string()),
            lead.map_or("–".into(), |s| s.have.to_string()),
            format!("{done}/{}", area.actions.len()),
        ]);
    }
    page.table(areas);
    page.title(format!("now, at most {} at a time", plan.pace.parallel));
    for action in plan.now() {
        page.item(clean(&action.text), vec![format!("first step: {}", clean(&action.first_step))]);
    }
    plan.notes.iter().for_each(|note| page.line(format!("note: {}", clean(note))));
    page
}

fn covered(who: &str, coverage: &Coverage) -> String {
    let parts = coverage.named().map(|(name, share)| format!("{name} {}", percent_or_few(share)));
    format!("{who}: {}", parts.join(", "))
}

/// What changed since the plan was made: ticks, one's own progress, the market's drift.
#[must_use]
pub fn check(plan: &Plan, delta: &Delta, hints: &[String], today: Date) -> Page {
    let mut page = Page::default();
    page.title(format!("plan: {}", clean(&plan.target.in_words())));
    let (mut done, mut open, mut late) = (0, 0, Vec::new());
    for action in plan.actions() {
        match action.status {
            Status::Done => done += 1,
            Status::Open => {
                open += 1;
                if action.due.is_some_and(|due| due < today) {
                    late.push(action);
                }
            }
            Status::Dropped => {}
        }
    }
    page.line(format!("{done} actions done, {open} open, {} of them past their milestone", late.len()));
    page.table(deltas(delta));
    page.line("you + market = change; in points of coverage, each the mean over both orders");
    for (label, before, now) in &delta.moved_you {
        page.line(format!("you: {} from depth {before} to {now}", clean(label)));
    }
    for (label, before, now) in &delta.moved_market {
        let way = if now > before { "more" } else { "less" };
        page.line(format!("market: {way} demand for {} (weight {before:.2} to {now:.2})", clean(label)));
    }
    let past: Vec<&Action> = late;
    for action in past.iter().take(5) {
        let due = action.due.map(|due| due.to_string()).unwrap_or_default();
        page.item(clean(&action.text), vec![format!("was to be looked at by {due}")]);
    }
    hints.iter().for_each(|hint| page.line(format!("note: {}", clean(hint))));
    page
}

fn deltas(delta: &Delta) -> Table {
    let mut table = Table {
        columns: vec![
            ("coverage", Side::Left),
            ("then", Side::Right),
            ("now", Side::Right),
            ("change", Side::Right),
            ("you", Side::Right),
            ("market", Side::Right),
        ],
        ..Table::default()
    };
    let parts = [delta.before, delta.now, delta.you, delta.market].map(|coverage| coverage.named());
    let [before, now, you, market] = parts;
    for i in 0..before.len() {
        table.rows.push(vec![
            before[i].0.to_owned(),
            exactly(before[i].1),
            exactly(now[i].1),
            points(you[i].1.zip(market[i].1).map(|(you, market)| you + market)),
            points(you[i].1),
            points(market[i].1),
        ]);
    }
    table
}

/// The target as one says it to somebody who does not know the scale.
fn aim(target: &PlanTarget) -> String {
    let (from, to) = (super::level_name(target.from_level), super::level_name(target.to_level));
    let levels = match target.to_level.saturating_sub(target.from_level) {
        0 => from.to_owned(),
        1 => format!("{from}, then {to}"),
        _ => format!("from {from} to {to}"),
    };
    let (family, track) = (super::family_name(&target.family), super::track_name(target.track));
    format!("{family}, {track}, {levels} (levels {}–{} of 8)", target.from_level, target.to_level)
}

/// One page for the talk with one's manager, as Markdown.
#[must_use]
pub fn manager_page(plan: &Plan, today: Date) -> String {
    let mut page = Page::default();
    page.title("For our talk: where I would like to go");
    page.line(format!(
        "My aim: {}. I am at level {} today ({}).",
        clean(&aim(&plan.target)),
        plan.you.level,
        clean(&plan.you.level_reason)
    ));
    let kindred = plan.focus.iter().any(|area| !area.kindred.is_empty());
    let marked = if kindred { format!(", those marked{KINDRED} of more") } else { String::new() };
    page.line(format!(
        "The figures are from {} postings of {} employers{marked}; they say what employers ask for, not what you expect.",
        plan.target.postings, plan.target.employers
    ));
    if plan.target.is_thin() {
        page.line(thin_warning(plan.target.employers));
    }
    page.title("What I would work on");
    if plan.focus.is_empty() {
        page.line(
            "Too few employers agree on what the role asks for; first I would talk with people who do it.",
        );
    }
    for area in &plan.focus {
        let why = area.why.first().map(|why| clean(why)).unwrap_or_default();
        let good = area.good.first().map(|good| clean(good)).unwrap_or_default();
        let kindred = if area.kindred.is_empty() { "" } else { KINDRED };
        page.item(format!("{}{kindred}", bold(&area.name)), vec![why, format!("Good looks like: {good}")]);
    }
    page.title("What I ask of you");
    for ask in &plan.asks {
        page.item(clean(ask), Vec::new());
    }
    page.title("What you might ask me");
    for ask in &plan.manager_asks {
        page.item(clean(ask), Vec::new());
    }
    let next = plan.milestones.iter().find(|m| m.status == Status::Open && m.date >= today);
    if let Some(next) = next {
        page.title("When we look again");
        page.line(next.date.to_string());
    }
    page.markdown()
}
