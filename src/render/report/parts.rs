//! The sections that are mostly text.

use super::Report;
use super::charts::{legend, swatch};
use super::graph::{graph, role};
use super::html::{Html, Scale, at, esc, grid, whisker};
use crate::extract::ExperienceKind;
use crate::plan::{Action, ActionKind, Status, experience_name, level_means};
use crate::query::gap::{JUDGED_MUSTS, Measure};
use crate::render::gap::KINDRED;
use crate::render::{gate_standing, percent, shown_share};
use std::fmt::Write as _;

/// Level, coverage with intervals, and the same posting by posting.
pub(super) fn standing(report: &Report<'_>) -> String {
    let mut out = Html::default();
    let place = &report.gap.place;
    let cohort = &report.target.cohort;
    out.p(&format!(
        "You are at level {} ({}): {}. There you answer for {}. At level {} it is {}.",
        place.level,
        crate::level::name(place.level),
        place.level_reason.replace('`', "\""),
        level_means(place.level, place.track),
        cohort.from_level,
        level_means(cohort.from_level, cohort.track)
    ));
    if !cohort.is_enough() {
        out.p("Too few employers to say how much of it you cover.");
        return out.take();
    }
    let coverage = &report.target.coverage;
    out.figure("How much of what the target asks for you hold, weighted by demand. Whiskers are 90 % intervals over employers.");
    legend(
        &mut out,
        &[(&swatch("<rect class=\"f-have\" x=\"1\" y=\"3\" width=\"20\" height=\"8\"/>"), "held")],
    );
    out.axis("share of demand", Scale::WHOLE);
    let mut rows = Vec::new();
    let measures = [
        ("of what is required", &coverage.musts),
        ("of all that is asked for", &coverage.all),
        ("of all, with proof", &coverage.evidenced),
    ];
    for (name, measure) in measures {
        let text = shown(measure);
        out.row(name, &bar(measure), &format!("{name}: {text}"), &measure.share.map_or("–".into(), percent));
        rows.push(vec![name.to_owned(), text]);
    }
    out.figures("coverage", &["measure", "held (90 % interval)"], &rows);
    out.end_figure();
    out.p(&format!(
        "Posting by posting: of {} postings with at least {JUDGED_MUSTS} musts you meet every must in {} (of {} employers), \
all or all but one in {}, and at least half in {}. An average says less than that.",
        coverage.postings,
        coverage.all_met,
        coverage.all_met_employers,
        coverage.all_but_one,
        coverage.half_met
    ));
    out.take()
}

fn shown(measure: &Measure) -> String {
    match (measure.share, measure.low, measure.high) {
        (Some(p), Some(low), Some(high)) => {
            format!("{} ({:.0}–{:.0})", percent(p), low * 100.0, high * 100.0)
        }
        _ => "too few employers".to_owned(),
    }
}

fn bar(measure: &Measure) -> String {
    let mut drawing = grid();
    if let Some(share) = measure.share {
        let _ =
            write!(drawing, "<rect class=\"f-have\" x=\"0\" y=\"8\" width=\"{}\" height=\"12\"/>", at(share));
    }
    if let (Some(low), Some(high)) = (measure.low, measure.high) {
        drawing += &whisker("w-own", low, high, 14.0);
    }
    drawing
}

/// Kinds of experience and gates.
pub(super) fn experience(report: &Report<'_>) -> String {
    let mut out = Html::default();
    let rows: Vec<Vec<String>> = report
        .target
        .experience
        .iter()
        .filter(|gap| gap.kind != ExperienceKind::ReportsTo)
        .map(|gap| {
            vec![
                experience_name(gap.kind).to_owned(),
                shown_share(&gap.asked),
                shown_share(&gap.own),
                gap.figure.map_or_else(String::new, |f| {
                    format!("{} ({} of {} employers)", f.median, f.employers_with, f.employers)
                }),
                match (&gap.shown_by, gap.kind) {
                    (_, ExperienceKind::Years) => format!("{} years in work", report.gap.place.years),
                    (Some(words), _) => words.clone(),
                    (None, _) => gap
                        .begun_by
                        .as_ref()
                        .map_or_else(|| "nothing shows it yet".to_owned(), |skill| format!("begun: {skill}")),
                },
            ]
        })
        .collect();
    if !rows.is_empty() {
        let columns = ["experience", "target", "your level", "middle figure", "your history"];
        out.table("Experience that the roles ask for", &columns, &rows);
    }
    kindred(&mut out, report);
    let rows: Vec<Vec<String>> = report
        .target
        .gates
        .iter()
        .map(|gate| vec![gate.name.label(), shown_share(&gate.required), gate_standing(gate)])
        .collect();
    if !rows.is_empty() {
        out.table(
            "Conditions, met or not; never part of a score",
            &["condition", "required by", "you"],
            &rows,
        );
    }
    out.take()
}

/// Areas that have figures of kindred families.
fn kindred(out: &mut Html, report: &Report<'_>) {
    let areas = report.target.focus.iter().filter_map(|area| area.kindred.as_ref());
    let rows: Vec<Vec<String>> = areas
        .clone()
        .map(|kindred| {
            let asks = &kindred.figures;
            let alone = format!("{} of {}", kindred.alone.employers_with, kindred.alone.employers);
            vec![
                experience_name(asks.kind).to_owned(),
                shown_share(&asks.asked),
                shown_share(&asks.own),
                alone,
            ]
        })
        .collect();
    let Some(first) = areas.clone().next() else { return };
    out.table(
        "Experience that kindred families ask for; no part of coverage",
        &["experience", "target", "your level", "employers of your own family"],
        &rows,
    );
    out.small(&format!("Figures of {}, bundled market.", crate::render::kindred_in_words(first)));
}

/// Paths over other roles, and targets one may not have thought of.
pub(super) fn ways(report: &Report<'_>) -> String {
    let Some(bridges) = report.bridges else { return String::new() };
    if bridges.paths.is_empty() && bridges.unexpected.is_empty() {
        return String::new();
    }
    let mut out = Html::default();
    graph(&mut out, bridges);
    let rows: Vec<Vec<String>> = bridges
        .unexpected
        .iter()
        .map(|other| {
            vec![
                role(&other.role),
                percent(other.cost),
                other.interest.map_or_else(|| "not rated".to_owned(), |i| format!("{i:+.1}")),
                other.shared.join(", "),
                other.adds.join(", "),
            ]
        })
        .collect();
    if !rows.is_empty() {
        out.h3("You may not have thought of");
        out.table(
            "Roles of other fields, one level up",
            &["role", "new", "interest", "you have", "it adds"],
            &rows,
        );
    }
    out.small("A way shows what roles ask for, not who moved where: it is no forecast.");
    out.take()
}

/// Sentences of the user's own corpus.
pub(super) fn quotes(report: &Report<'_>) -> String {
    let mut out = Html::default();
    for (skill, quotes) in report.quotes.iter().filter(|(_, quotes)| !quotes.is_empty()) {
        out.h3(skill);
        for quote in quotes {
            out.raw(&format!(
                "<blockquote><p>{}</p><footer>{}, {} ({})</footer></blockquote>\n",
                esc(&quote.text),
                esc(&quote.company),
                esc(&quote.title),
                esc(&quote.posting)
            ));
        }
    }
    out.take()
}

/// The plan: areas, actions, milestones.
pub(super) fn plan(report: &Report<'_>) -> String {
    let Some(plan) = report.plan else { return String::new() };
    let mut out = Html::default();
    if let Some(warning) = &plan.warning {
        out.raw("<div class=\"warn\">\n");
        out.p(&warning.text);
        out.list(&warning.others);
        out.raw("</div>\n");
    }
    out.p(&format!(
        "For {}; begun on {}, at most {} actions open at a time.",
        plan.target.in_words(),
        plan.created,
        plan.pace.parallel
    ));
    out.raw("<div class=\"cards\">\n");
    for (i, area) in plan.focus.iter().enumerate() {
        let kindred = if area.kindred.is_empty() { "" } else { KINDRED };
        out.raw(&format!("<div class=\"card\">\n<h3>{}. {}{kindred}</h3>\n", i + 1, esc(&area.name)));
        if let Some(why) = area.why.first() {
            out.small(why);
        }
        if let Some(good) = area.good.first() {
            out.p(&format!("Good looks like: {good}"));
        }
        out.raw("<ul class=\"todo\">\n");
        area.actions.iter().for_each(|action| out.raw(&todo(action)));
        out.raw("</ul>\n</div>\n");
    }
    out.raw("</div>\n");
    out.h3("Days to look back and ahead");
    out.raw("<div class=\"days\">\n");
    for milestone in &plan.milestones {
        out.raw("<div>\n");
        out.raw(&format!("<h4>Day {}: {}</h4>\n", milestone.day, milestone.date));
        let goals: Vec<String> = milestone.goals.iter().map(|goal| capitalised(goal)).collect();
        out.list(&goals);
        out.raw("</div>\n");
    }
    out.raw("</div>\n");
    out.take()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

/// An action with a box that is ticked or not, as a shape and in words.
fn todo(action: &Action) -> String {
    let kind = match action.kind {
        ActionKind::People => "People",
        ActionKind::Learn => "Learn",
        ActionKind::Do => "Do",
        ActionKind::Prove => "Prove",
    };
    let (tick, word) = match action.status {
        Status::Done => ("<path class=\"o-have\" d=\"M3 7l3 3 5-6\"/>", "done: "),
        Status::Dropped => ("<path class=\"o-missing\" d=\"M3 7h8\"/>", "dropped: "),
        Status::Open => ("", "open: "),
    };
    format!(
        "<li><svg class=\"mark\" viewBox=\"0 0 14 14\" role=\"img\" aria-label=\"{word}\"><rect class=\"o-target\" x=\"1\" y=\"1\" width=\"12\" height=\"12\" rx=\"2\"/>{tick}</svg><span><strong>{kind}:</strong> {}</span></li>\n",
        esc(&action.text)
    )
}

/// How the figures came about, and what they do not say.
pub(super) fn method(report: &Report<'_>) -> String {
    let mut out = Html::default();
    let items: Vec<String> = [
        "Shares are of postings; an employer counts for at most five of them, because postings of one employer resemble each other. Intervals are 90 % and reckon with that.",
        "Level-defining is what the target asks for clearly more than your own level, after control of false discoveries.",
        "Depth runs from 1 (awareness) over 2 (working) and 3 (practitioner) to 4 (expert). What is needed is the middle of what employers state.",
        "What your profile does not name counts as missing. That is about the profile, not about you.",
        "Postings are what employers write. They are neither the job itself nor who is hired: talk with people who do it.",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain(report.gap.notes.iter().cloned())
    .collect();
    out.list(&items);
    out.take()
}
