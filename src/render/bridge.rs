//! Bridges and demand.

use super::page::{Page, Side, Table, bold};
use super::{
    bar, cohort_line, data, employers, family_name, level_name, percent, shown_share, snapshot_line, word,
};
use crate::query::bridge::{Bridges, Node, Path, STEEPEST, Step, Unexpected};
use crate::query::demand::Demand;
use crate::query::stats::{MIN_EMPLOYERS, is_enough};

/// Columns of a bar.
const BAR: usize = 10;

fn role(node: &Node) -> String {
    let thin = if node.thin { " · thin" } else { "" };
    format!("{}, level {} ({}){thin}", family_name(&node.family), node.level, level_name(node.level))
}

/// What to call a path beside its number.
fn road(path: &Path) -> &'static str {
    if !path.direct {
        ""
    } else if path.steepest > STEEPEST {
        ", the direct road through your own family, steep as it is"
    } else {
        ", the direct road through your own family"
    }
}

/// What stands where a step adds nothing to name.
const NOTHING: &str = "nothing that rises and enough employers name";

/// What a step adds.
pub(super) fn added(step: &Step) -> String {
    match &step.adds[..] {
        [] => NOTHING.to_owned(),
        adds => adds.join(", "),
    }
}

/// What is brought to a role: skills of the profile, then those that the present role makes likely.
fn brought(target: &Unexpected) -> String {
    let held = target.shared.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    match &target.assumed[..] {
        [] => held,
        assumed => {
            let assumed = assumed.iter().take(2).cloned().collect::<Vec<_>>().join(", ");
            format!("{held} (from your role, not in the profile: {assumed})")
        }
    }
}

/// Lays out paths and unexpected targets.
#[must_use]
pub fn bridges(answer: &Bridges) -> Page {
    let mut page = Page::default();
    data::bridges(&mut page, answer);
    let (family, low, high) = &answer.to;
    page.title(format!("from level {} to {}, levels {low}–{high}", answer.from.1, family_name(family)));
    page.line(format!(
        "{} roles with at least {MIN_EMPLOYERS} employers that agree on five skills; {}",
        answer.nodes,
        snapshot_line(&answer.snapshot)
    ));
    for (i, path) in answer.paths.iter().enumerate() {
        page.title(format!("path {}{}: steepest step {} new", i + 1, road(path), percent(path.steepest)));
        let mut table = Table {
            columns: vec![
                ("role", Side::Left),
                ("new", Side::Right),
                ("employers", Side::Right),
                ("adds", Side::Left),
            ],
            flexible: 3,
            ..Table::default()
        };
        for step in &path.steps {
            let jump = if step.jump { " · skips a level" } else { "" };
            table.rows.push(vec![
                format!("{}{jump}", role(&step.to)),
                percent(step.cost),
                step.to.employers.to_string(),
                added(step),
            ]);
        }
        page.table(table);
    }
    if answer.paths.is_empty() {
        page.line(match answer.answered {
            true => format!(
                "no path of at most three steps: on every one a step has more than {} new, or leads through a trade that is no neighbour",
                percent(STEEPEST)
            ),
            false => format!(
                "no path: no role of {} at levels {low}–{high} has {MIN_EMPLOYERS} employers here that agree on what they ask for",
                family_name(family)
            ),
        });
        page.next(if answer.answered { "rungs bridge --ahead 1" } else { "rungs gap" });
    }
    if answer.unexpected.is_empty() {
        page.line(format!(
            "no neighbour in another family one level up: none of those with 30 employers leaves {} or less new to you and asks for three skills of its trade that your profile names",
            percent(STEEPEST)
        ));
    } else {
        page.title("you may not have thought of");
        let mut table = Table {
            columns: vec![
                ("role", Side::Left),
                ("new", Side::Right),
                ("interest", Side::Right),
                ("you bring", Side::Left),
                ("adds", Side::Left),
            ],
            flexible: 4,
            ..Table::default()
        };
        for target in &answer.unexpected {
            table.rows.push(vec![
                role(&target.role),
                percent(target.cost),
                target.interest.map_or_else(|| "–".to_owned(), |i| format!("{i:+.1}")),
                brought(target),
                target.adds.iter().take(4).cloned().collect::<Vec<_>>().join(", "),
            ]);
        }
        page.table(table);
    }
    for guarded in &answer.guarded {
        page.line(format!(
            "left out: {}: {} of {} employers require a {} that your profile does not show",
            role(&guarded.role),
            guarded.employers,
            guarded.role.employers,
            guarded.gate
        ));
    }
    for note in &answer.notes {
        page.line(format!("note: {note}"));
    }
    if let Some(own) = answer.own {
        page.line(format!(
            "by the same measure {} of what your present role asks for is not in your profile: profiles leave much out",
            percent(own)
        ));
    }
    page.line("new: weighted share of what the role asks for that you would not yet hold, what is related to a skill of yours in part; adds: what is neither held nor shown and asked for clearly more often than in the role before, or, of another trade, what it asks for most. What your present role and the steps before usually ask for counts as held, where `rungs gap` counts only what your profile shows. Postings say what roles ask for, not who moved where.");
    page
}

/// Lays out what the steps of the paths are computed from.
#[must_use]
pub fn bridges_explained(answer: &Bridges) -> Page {
    let mut page = Page::default();
    data::bridges_explained(&mut page, answer);
    page.line(snapshot_line(&answer.snapshot));
    page.line("new = Σ weight of what is not held / Σ weight of what the role asks for (skills of at least 10 % of its postings and three employers; one that is related to a skill held counts in part); weight = share required + 0.7 share as duty + 0.4 share welcome; assumed = not in the profile, but asked for by half of the postings of the present role, or a quarter of those of a role on the way");
    for (i, path) in answer.paths.iter().enumerate() {
        for step in &path.steps {
            let all: f64 = step.asks.iter().map(|ask| ask.weight).sum();
            let new: f64 = step.asks.iter().map(|ask| ask.new).sum();
            page.title(format!(
                "path {}, {}: new {new:.3} / {all:.3} = {}",
                i + 1,
                role(&step.to),
                percent(new / all.max(1e-9))
            ));
            let mut table = Table {
                columns: vec![
                    ("asked for", Side::Left),
                    ("weight", Side::Right),
                    ("new", Side::Right),
                    ("held", Side::Left),
                ],
                ..Table::default()
            };
            for ask in &step.asks {
                table.rows.push(vec![
                    ask.label.clone(),
                    format!("{:.3}", ask.weight),
                    format!("{:.3}", ask.new),
                    word(ask.held),
                ]);
            }
            page.table(table);
        }
    }
    if answer.paths.is_empty() {
        page.line("no path of at most three steps");
        page.next("rungs explain bridges --ahead 1 · rungs gap --ahead 1");
    }
    page
}

/// Lays out demand with at most `limit` skills.
#[must_use]
pub fn demand(answer: &Demand, limit: usize) -> Page {
    let mut page = Page::default();
    data::demand(&mut page, answer);
    page.title(format!(
        "{}: {}",
        answer.family.as_deref().map_or_else(|| "all families".to_owned(), family_name),
        cohort_line(&answer.cohort)
    ));
    page.line(snapshot_line(&answer.snapshot));
    let trends = answer.skills.iter().take(limit).any(|skill| skill.trend.is_some());
    let mut table = Table {
        columns: vec![
            ("skill", Side::Left),
            ("kind", Side::Left),
            ("", Side::Left),
            ("asked", Side::Right),
            ("employers", Side::Right),
            ("required", Side::Right),
        ],
        ..Table::default()
    };
    if trends {
        table.columns.push(("change", Side::Right));
    }
    for skill in answer.skills.iter().take(limit) {
        let mut row = vec![
            bold(&skill.label),
            word(skill.kind),
            bar(skill.asked.share.unwrap_or(0.0), BAR),
            shown_share(&skill.asked),
            employers(&skill.asked),
            shown_share(&skill.required),
        ];
        if trends {
            row.push(skill.trend.map_or_else(String::new, |t| {
                let pp = |x: f64| format!("{:+.0}", x * 100.0);
                format!("{} pp ({} to {})", pp(t.after - t.before), pp(t.difference.0), pp(t.difference.1))
            }));
        }
        table.rows.push(row);
    }
    page.table(table);
    if let Some(panel) = answer.panel {
        let what = match (trends, is_enough(panel.employers)) {
            (true, _) => "empty where it cannot be told from chance",
            (false, true) => "none of these skills changed beyond chance, so there is no such column",
            (false, false) => "too few for a trend",
        };
        page.line(format!(
            "change: last {} days against the {} before, on the {} employers with postings in both; {what}",
            panel.days, panel.days, panel.employers
        ));
    }
    for note in &answer.notes {
        page.line(format!("note: {note}"));
    }
    if !answer.cohort.is_enough() {
        page.line(format!("fewer than {MIN_EMPLOYERS} employers: shares would only pretend"));
    }
    page
}
