//! The gap and its explanations.

use super::page::{Page, Side, Table, bold, clean};
use super::{
    bar, cohort_line, data, employers, experience_label, family_name, level_name, shown_share, snapshot_line,
    word,
};
use crate::query::contrast::Tier;
use crate::query::explain::{Explanation, Quote};
use crate::query::gap::{Coverage, Gap, GapKind, GateState, Measure, SkillGap, Target, WayOfWorking};

/// Columns of a bar.
const BAR: usize = 10;

/// Lays out a gap with at most `limit` skills a target.
#[must_use]
pub fn gap(answer: &Gap, limit: usize) -> Page {
    let mut page = Page::default();
    data::gap(&mut page, answer);
    let place = &answer.place;
    page.title(format!(
        "you: level {} ({}), {}",
        place.level,
        level_name(place.level),
        answer.family.as_deref().map_or_else(|| "family unknown".to_owned(), family_name)
    ));
    page.line(format!("level {}; family {}", place.level_reason, place.family_reason));
    page.line(format!("your level in the market: {}", cohort_line(&answer.own)));
    page.line(snapshot_line(&answer.snapshot));
    for target in &answer.targets {
        lay_target(&mut page, target, limit);
    }
    if answer.targets.is_empty() {
        too_little(&mut page, answer);
    }
    for note in &answer.notes {
        page.line(format!("note: {note}"));
    }
    if let Some(first) = answer.targets.first().and_then(|t| t.skills.first()) {
        page.line("shares are of postings, an employer counting for at most 5; intervals are 90 %");
        page.next(format!("rungs explain \"{}\"", first.label));
    }
    page
}

fn lay_target(page: &mut Page, target: &Target, limit: usize) {
    page.title(cohort_line(&target.cohort));
    coverage(page, &target.coverage);
    let mut open = Table { columns: skill_columns(), flexible: 8, ..Table::default() };
    let gaps = target.skills.iter().filter(|s| s.gap != GapKind::Met);
    open.rows = gaps.take(limit).map(skill_row).collect();
    page.table(open);
    let met: Vec<&str> = target
        .skills
        .iter()
        .filter(|s| s.gap == GapKind::Met)
        .take(limit)
        .map(|s| s.label.as_str())
        .collect();
    if !met.is_empty() {
        page.line(format!("held and shown: {}", met.join(", ")));
    }
    focus(page, target);
    working(page, target);
    let mut experience = Table {
        columns: vec![
            ("experience", Side::Left),
            ("asked", Side::Right),
            ("employers", Side::Right),
            ("own level", Side::Right),
            ("typical", Side::Right),
            ("your history shows", Side::Left),
        ],
        flexible: 5,
        ..Table::default()
    };
    for facet in &target.experience {
        experience.rows.push(vec![
            experience_label(facet.kind),
            shown_share(&facet.asked),
            employers(&facet.asked),
            shown_share(&facet.own),
            facet.figure.map(|(middle, n)| format!("{middle} (n {n})")).unwrap_or_default(),
            facet.shown_by.as_deref().map_or_else(|| "–".to_owned(), clean),
        ]);
    }
    page.table(experience);
    let mut gates = Table {
        columns: vec![
            ("gate", Side::Left),
            ("required", Side::Right),
            ("employers", Side::Right),
            ("you", Side::Left),
        ],
        ..Table::default()
    };
    for gate in &target.gates {
        gates.rows.push(vec![
            format!("{} {}", word(gate.kind), clean(&gate.value)),
            shown_share(&gate.required),
            employers(&gate.required),
            match gate.state {
                GateState::Met => "met".to_owned(),
                GateState::NotMet => "not met".to_owned(),
                GateState::Unknown => "the profile does not say".to_owned(),
            },
        ]);
    }
    page.table(gates);
}

fn coverage(page: &mut Page, coverage: &Coverage) {
    let shown = |m: &Measure| match (m.share, m.low, m.high) {
        (Some(p), Some(low), Some(high)) => {
            format!("{:.0} % ({:.0}–{:.0})", p * 100.0, low * 100.0, high * 100.0)
        }
        _ => "–".to_owned(),
    };
    page.line(format!(
        "you cover {} of the musts, {} of all that is asked, {} with evidence",
        shown(&coverage.musts),
        shown(&coverage.all),
        shown(&coverage.evidenced)
    ));
    page.line(format!(
        "every must-have met in {} of {} postings ({} of {} employers); all but one in {} more; at least half in {}",
        coverage.all_met,
        coverage.postings,
        coverage.all_met_employers,
        coverage.employers,
        coverage.one_missing,
        coverage.half_met
    ));
}

fn working(page: &mut Page, target: &Target) {
    let named = |rises: bool| -> Vec<String> {
        let tier = |w: &&WayOfWorking| w.contrast.is_some_and(|c| c.tier == Tier::LevelDefining) == rises;
        let shown = target.working.iter().filter(tier).take(6);
        shown
            .map(|w| format!("{} {} (own level {})", w.label, shown_share(&w.asked), shown_share(&w.own)))
            .collect()
    };
    let (rising, others) = (named(true), named(false));
    if !rising.is_empty() {
        page.line(format!("ways of working asked for more than at your level: {}", rising.join(", ")));
    }
    if !others.is_empty() {
        page.line(format!("ways of working asked for as much at your level: {}", others.join(", ")));
    }
}

fn focus(page: &mut Page, target: &Target) {
    if target.focus.is_empty() {
        return;
    }
    let label = |id: &String| {
        target.skills.iter().find(|s| s.id == *id).map_or_else(|| id.clone(), |s| s.label.clone())
    };
    let mut table = Table {
        columns: vec![("focus area", Side::Left), ("skills", Side::Left), ("build on", Side::Left)],
        flexible: 1,
        ..Table::default()
    };
    for (i, area) in target.focus.iter().enumerate() {
        let skills: Vec<String> = area.skills.iter().map(label).collect();
        let mut ground: Vec<String> =
            area.after.iter().filter(|o| !area.skills.contains(&o.first)).map(|o| label(&o.first)).collect();
        ground.dedup();
        ground.truncate(3);
        table.rows.push(vec![
            format!("{}. {}", i + 1, bold(&area.name)),
            skills.join(", "),
            ground.join(", "),
        ]);
    }
    page.table(table);
}

fn skill_columns() -> Vec<(&'static str, Side)> {
    vec![
        ("skill", Side::Left),
        ("", Side::Left),
        ("asked", Side::Right),
        ("employers", Side::Right),
        ("own level", Side::Right),
        ("tier", Side::Left),
        ("need", Side::Right),
        ("have", Side::Right),
        ("gap", Side::Left),
    ]
}

fn skill_row(skill: &SkillGap) -> Vec<String> {
    let tier = skill.contrast.map_or("rare".to_owned(), |c| match c.tier {
        Tier::LevelDefining => "level-defining".to_owned(),
        other => word(other),
    });
    let via = skill.via.as_deref().map(|via| format!(" ({via})")).unwrap_or_default();
    vec![
        bold(&skill.label),
        bar(skill.asked.share.unwrap_or(0.0), BAR),
        shown_share(&skill.asked),
        employers(&skill.asked),
        shown_share(&skill.own),
        tier,
        format!("{}{}", skill.need, if skill.need_stated_by < 3 { "?" } else { "" }),
        if skill.have == 0 { "–".to_owned() } else { skill.have.to_string() },
        format!("{}{via}", word(skill.gap).replace('-', " ")),
    ]
}

/// An honest "too little data", with what there is and what would help.
fn too_little(page: &mut Page, answer: &Gap) {
    page.title("too little data for an answer");
    for card in &answer.too_little {
        page.line(format!("{}; at least 8 employers are needed", cohort_line(card)));
    }
    if answer.family.is_none() {
        page.line("the profile's role family is not known: give --family, or set `family` in the profile");
    }
    let mut levels = Table {
        columns: vec![("level", Side::Left), ("employers", Side::Right), ("postings", Side::Right)],
        ..Table::default()
    };
    if answer.family.is_some() {
        for count in &answer.levels {
            let name = count.level.map_or("unknown".to_owned(), |l| format!("{l} {}", level_name(l)));
            levels.rows.push(vec![name, count.employers.to_string(), count.postings.to_string()]);
        }
        page.table(levels);
    }
    let mut families = Table {
        columns: vec![("family", Side::Left), ("employers", Side::Right), ("postings", Side::Right)],
        ..Table::default()
    };
    for (family, employers, postings) in answer.families.iter().take(12) {
        families.rows.push(vec![family_name(family), employers.to_string(), postings.to_string()]);
    }
    page.table(families);
    if let Some(band) = answer.enough_at {
        page.line(format!("levels {}–{} together have {} employers", band.from, band.to, band.employers));
        page.next(format!("rungs gap --level {}..{}", band.from, band.to));
    }
    page.line("what helps: --ahead with fewer levels, a wider --region, or more boards (`rungs fetch`, `rungs import`)");
}

/// Lays out an explanation.
#[must_use]
pub fn explanation(answer: &Explanation) -> Page {
    let mut page = Page::default();
    data::explanation(&mut page, answer);
    page.title(format!("{} ({})", answer.label, answer.id));
    page.line(cohort_line(&answer.cohort));
    let mut shares = Table {
        columns: vec![
            ("", Side::Left),
            ("share", Side::Right),
            ("employers", Side::Right),
            ("postings", Side::Right),
        ],
        ..Table::default()
    };
    let named = [
        ("asked for", &answer.asked),
        ("required", &answer.required),
        ("as a duty", &answer.duty),
        ("welcome", &answer.preferred),
    ];
    for (name, share) in named {
        let postings = format!("{}/{}", share.postings_with, share.postings);
        shares.rows.push(vec![name.to_owned(), shown_share(share), employers(share), postings]);
    }
    page.table(shares);
    let depth = answer.depths;
    page.line(format!(
        "depth stated by employers: awareness {}, working {}, practitioner {}, expert {}",
        depth[0], depth[1], depth[2], depth[3]
    ));
    page.line(answer.formula);
    page.line(snapshot_line(&answer.snapshot));
    for quote in &answer.quotes {
        lay_quote(&mut page, quote);
    }
    if let Some(first) = answer.quotes.first() {
        page.next(format!("rungs search --similar {}", first.posting));
    }
    page
}

fn lay_quote(page: &mut Page, quote: &Quote) {
    let mut how = vec![word(quote.strength)];
    how.extend(quote.depth.map(|d| format!("depth {d}")));
    how.extend(quote.years.map(|y| format!("{y} years")));
    how.extend(quote.level.map(|l| format!("level {l}")));
    let company =
        if quote.company.is_empty() { String::new() } else { format!(" · {}", clean(&quote.company)) };
    let place = quote.url.as_deref().map_or_else(|| quote.posting.clone(), clean);
    page.item(
        format!("{}{company}", bold(&quote.title)),
        vec![format!("“{}”", clean(&quote.sentence)), format!("{} · {place}", how.join(", "))],
    );
}
