//! A plan as blocks of Markdown.

use super::super::level_means;
use super::super::maker::{kind_word, sentence_case};
use super::super::{Action, FocusArea, Interview, Milestone, Plan, PlanGate, Status};
use super::Block;
use crate::query::gap::GateState;

/// The blocks of `plan`, in order.
#[must_use]
pub fn blocks(plan: &Plan) -> Vec<Block> {
    let mut out = vec![head(plan)];
    if let Some(warning) = &plan.warning {
        let mut lines = vec![String::from("## First: is this the right target?"), String::new()];
        lines.push(inline(&warning.text));
        lines.extend(warning.others.iter().map(|other| format!("- Instead: {}", inline(other))));
        out.push(block("warn", lines));
    }
    for (i, area) in plan.focus.iter().enumerate() {
        out.push(area_head(i + 1, area));
        out.extend(area.actions.iter().map(action));
    }
    out.push(block("talks", vec!["## People to talk to".into()]));
    out.extend(plan.interviews.iter().map(interview));
    out.push(block("dates", vec!["## Days to look back and ahead".into()]));
    out.extend(plan.milestones.iter().map(milestone));
    out.push(list("weekly", "## Every week, a quarter of an hour", &plan.reflection));
    if !plan.gates.is_empty() {
        out.push(gates(plan));
    }
    if !plan.later.is_empty() || !plan.set_aside.is_empty() {
        out.push(later(plan));
    }
    out.push(list("notes", "## What a careful reader should know", &plan.notes));
    out
}

fn block(id: &str, lines: Vec<String>) -> Block {
    Block { id: id.to_owned(), lines: lines.into_iter().map(|line| line.trim_end().to_owned()).collect() }
}

fn checkbox(status: Status) -> &'static str {
    if status == Status::Done { "- [x]" } else { "- [ ]" }
}

fn list(id: &str, title: &str, items: &[String]) -> Block {
    let mut lines = vec![title.to_owned(), String::new()];
    lines.extend(items.iter().map(|item| format!("- {}", inline(item))));
    block(id, lines)
}

fn head(plan: &Plan) -> Block {
    let held = |share: Option<f64>, of: &str| {
        share.map_or_else(|| format!("too few employers to say {of}"), |p| format!("{:.0} % {of}", p * 100.0))
    };
    let pace = plan.pace.hours_per_week.map_or_else(String::new, |h| format!(" · {h} hours a week"));
    let mut lines = vec![
        format!("# Plan: {}", inline(&plan.target.in_words())),
        String::new(),
        format!(
            "Begun {} at level {}, against {} postings of {} employers (snapshot {}, {}){pace}.",
            plan.created,
            plan.you.level,
            plan.target.postings,
            plan.target.employers,
            inline(&plan.market.snapshot),
            inline(&plan.market.source)
        ),
        format!(
            "At level {} one answers for {}.",
            plan.target.from_level,
            level_means(plan.target.from_level, plan.target.track)
        ),
        if plan.target.is_thin() {
            "Too few employers to say how much of it you held on the first day.".to_owned()
        } else {
            format!(
                "On the first day you held: {}, {}, {}.",
                held(plan.coverage.must, "of what is required there"),
                held(plan.coverage.all, "of all that is asked for"),
                held(plan.coverage.proven, "with proof")
            )
        },
        format!(
            "At most {} open at a time. Tick boxes, write what you like anywhere; `rungs plan sync` reads it.",
            match plan.pace.parallel {
                1 => "one action".to_owned(),
                n => format!("{n} actions"),
            }
        ),
    ];
    if plan.target.is_thin() {
        lines.push(format!(
            "**Thin data: only {} employers.** Take the areas and their order as a hint, and ask people first.",
            plan.target.employers
        ));
    }
    if plan.focus.is_empty() {
        lines.push(
            "No gap is asked for by enough employers to plan for it. `rungs gap --full` has what there is; talk with \
people who do the role first."
                .into(),
        );
    }
    block("head", lines)
}

fn area_head(number: usize, area: &FocusArea) -> Block {
    let mut lines = vec![format!("## {number}. {}", inline(&area.name)), String::new()];
    if !area.kindred.is_empty() {
        lines.push("*From kindred families, no part of coverage.*".into());
        lines.push(String::new());
    }
    if let Some(first) = &area.after {
        lines.push(format!("Builds on: {}.", inline(first)));
        lines.push(String::new());
    }
    let mut part = |title: &str, sentences: &[String]| {
        lines.push(format!("**{title}**"));
        lines.push(String::new());
        lines.extend(sentences.iter().map(|sentence| format!("- {}", inline(sentence))));
        lines.push(String::new());
    };
    part("Why", &area.why);
    let quotes: Vec<String> =
        area.quotes.iter().map(|q| format!("“{}” ({}, {})", q.text, q.company, q.posting)).collect();
    if !quotes.is_empty() {
        part("In their words", &quotes);
    }
    part("What good looks like", &area.good);
    part("Where you are", &area.standing);
    lines.push(String::from("**What to do**"));
    block(&area.id, lines)
}

fn action(action: &Action) -> Block {
    let kind = kind_word(action.kind);
    let mut lines =
        vec![format!("{} **{}:** {}", checkbox(action.status), sentence_case(kind), inline(&action.text))];
    lines.extend(details(action));
    block(&action.id, lines)
}

/// The steps of an action; of one that no milestone looks at yet, only what it is done by.
fn details(action: &Action) -> Vec<String> {
    let mut lines = Vec::new();
    if action.due.is_some() {
        lines.push(format!("  - First step, half an hour at most: {}", inline(&action.first_step)));
        lines.push(format!("  - {}", inline(&action.trigger)));
    }
    lines.push(format!("  - Done when {}.", inline(&action.done_when)));
    lines.extend(action.links.iter().map(|link| format!("  - Your link: {}", link_text(link))));
    lines.push(match action.due {
        Some(day) => format!("  - Look at it by {day}"),
        None => "  - After the last milestone; its first step is told when its time comes".to_owned(),
    });
    lines
}

fn interview(interview: &Interview) -> Block {
    let mut lines = vec![format!("{} {}", checkbox(interview.action.status), inline(&interview.action.text))];
    lines.extend(details(&interview.action));
    lines.push("  - Ask:".into());
    lines.extend(interview.questions.iter().map(|question| format!("    - {}", inline(question))));
    block(&interview.action.id, lines)
}

fn milestone(milestone: &Milestone) -> Block {
    let mut lines =
        vec![format!("{} **Day {}, {}**", checkbox(milestone.status), milestone.day, milestone.date)];
    lines.extend(milestone.goals.iter().map(|goal| format!("  - {}", inline(goal))));
    block(&milestone.id, lines)
}

fn gates(plan: &Plan) -> Block {
    let line = |gate: &PlanGate| {
        let state = match gate.state {
            GateState::Met => "you have it",
            GateState::MetByExperience => "your experience stands in for it",
            GateState::OrEquivalent => "experience would do instead; yours may not be enough yet",
            GateState::NotMet => "you do not have it",
            GateState::Unknown => "your profile does not say",
        };
        format!("{}: required by {} of {} employers; {state}", gate.name, gate.employers_with, gate.employers)
    };
    let items: Vec<String> = plan.gates.iter().map(line).collect();
    list("gates", "## Conditions, met or not", &items)
}

fn later(plan: &Plan) -> Block {
    let mut items = Vec::new();
    if !plan.later.is_empty() {
        let named = plan.later.iter().map(|later| {
            let share = later.share.map_or_else(String::new, |share| format!(" {:.0} %", share * 100.0));
            format!("{}{share}", later.label)
        });
        items
            .push(format!("For later, with the share of postings: {}", named.collect::<Vec<_>>().join(", ")));
    }
    if !plan.set_aside.is_empty() {
        items.push(format!(
            "Set aside, since you say that they would drain you: {}",
            plan.set_aside.join(", ")
        ));
    }
    list("later", "## Not now", &items)
}

/// A link of the user's as Markdown, or as plain text when it is no web address.
fn link_text(link: &str) -> String {
    let web = link.starts_with("https://") || link.starts_with("http://");
    let plain = !link.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>'));
    if web && plain { format!("<{link}>") } else { inline(link) }
}

/// Text of others as one line in which nothing is markup.
pub(super) fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        for c in word.chars() {
            match c {
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '\\' | '`' | '*' | '_' | '[' | ']' => out.extend(['\\', c]),
                c if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {}
                c => out.push(c),
            }
        }
    }
    out
}
