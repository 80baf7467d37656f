//! The dumbbell, the bars of what is held, and the two tracks side by side.

use super::Report;
use super::html::{Html, Scale, at, esc, grid, whisker};
use crate::level::Track;
use crate::query::contrast::Tier;
use crate::query::gap::{GapKind, SkillGap, Target};
use crate::query::stats::Share;
use crate::render::{percent, shown_share};
use std::fmt::Write as _;

/// Skills in a chart.
pub(super) const SKILLS: usize = 20;

/// A legend: a class of mark and what it means.
pub(super) fn legend(out: &mut Html, entries: &[(&str, &str)]) {
    out.raw("<ul class=\"legend\">");
    for (mark, meaning) in entries {
        out.raw(&format!("<li>{mark}{}</li>", esc(meaning)));
    }
    out.raw("</ul>\n");
}

/// A small drawing of 22 by 14 for a legend.
pub(super) fn swatch(content: &str) -> String {
    format!("<svg class=\"swatch\" viewBox=\"0 0 22 14\" aria-hidden=\"true\">{content}</svg>")
}

/// A status as a shape and a word: full, half and empty circle, a question mark.
pub(super) fn status(gap: GapKind) -> String {
    let (shape, word) = match gap {
        GapKind::Met => ("<circle class=\"f-have\" cx=\"7\" cy=\"7\" r=\"6\"/>", "have"),
        GapKind::TooShallow => (
            "<circle class=\"o-partial\" cx=\"7\" cy=\"7\" r=\"5.5\"/><path class=\"f-partial\" d=\"M7 1a6 6 0 0 0 0 12z\"/>",
            "too shallow",
        ),
        GapKind::Unproven => (
            "<circle class=\"o-have\" cx=\"7\" cy=\"7\" r=\"5.5\"/><circle class=\"f-have\" cx=\"7\" cy=\"7\" r=\"2.5\"/>",
            "not proven",
        ),
        GapKind::Answered => (
            "<circle class=\"o-have\" cx=\"7\" cy=\"7\" r=\"5.5\"/><path class=\"f-have\" d=\"M4 6h6v2H4z\"/>",
            "another will do",
        ),
        GapKind::Missing => ("<circle class=\"o-missing\" cx=\"7\" cy=\"7\" r=\"5.5\"/>", "missing"),
    };
    format!("<svg class=\"mark\" viewBox=\"0 0 14 14\" aria-hidden=\"true\">{shape}</svg>{word}")
}

/// Skills by how much the target asks for them.
pub(super) fn by_weight(target: &Target) -> Vec<&SkillGap> {
    let mut skills: Vec<&SkillGap> = target.skills.iter().collect();
    skills.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.id.cmp(&b.id)));
    skills
}

/// The skills of the dumbbell: those that rise or are asked for most, the largest rise first.
fn risen(target: &Target) -> Vec<&SkillGap> {
    let mut skills: Vec<&SkillGap> = by_weight(target).into_iter().take(2 * SKILLS).collect();
    let defining = |s: &SkillGap| s.contrast.is_some_and(|c| c.tier == Tier::LevelDefining);
    skills.sort_by_key(|s| !defining(s));
    skills.truncate(SKILLS);
    let rise = |s: &SkillGap| s.asked.share.unwrap_or(0.0) - s.own.share.unwrap_or(0.0);
    skills.sort_by(|a, b| rise(b).total_cmp(&rise(a)).then_with(|| a.id.cmp(&b.id)));
    skills
}

fn dot(class: &str, share: Option<f64>, scale: Scale) -> String {
    share.map_or_else(String::new, |p| {
        format!("<circle class=\"{class}\" cx=\"{}\" cy=\"14\" r=\"6\"/>", at(scale.of(p)))
    })
}

fn interval(class: &str, share: &Share, y: f64, scale: Scale) -> String {
    match (share.low, share.high) {
        (Some(low), Some(high)) => whisker(class, scale.of(low), scale.of(high), y),
        _ => String::new(),
    }
}

/// The scale that holds these shares with their intervals.
fn scale(shares: impl Iterator<Item = Share>) -> Scale {
    Scale::over(shares.filter_map(|share| share.high.or(share.share)))
}

/// Share at one's own level and at the target, with intervals and one's own status.
pub(super) fn dumbbell(report: &Report<'_>) -> String {
    let skills = risen(report.target);
    if skills.is_empty() {
        return String::new();
    }
    let mut out = Html::default();
    out.figure(
        "Share of postings that ask for each skill: at your own level and at the target. Whiskers are 90 % \
intervals over employers. At the right, how you hold it.",
    );
    legend(
        &mut out,
        &[
            (&swatch("<circle class=\"o-own\" cx=\"11\" cy=\"7\" r=\"5\"/>"), "your level"),
            (&swatch("<circle class=\"f-target\" cx=\"11\" cy=\"7\" r=\"6\"/>"), "the target"),
            (
                &swatch(
                    "<line class=\"w-target\" x1=\"1\" x2=\"21\" y1=\"7\" y2=\"7\"/><line class=\"w-target\" x1=\"1\" x2=\"1\" y1=\"3\" y2=\"11\"/><line class=\"w-target\" x1=\"21\" x2=\"21\" y1=\"3\" y2=\"11\"/>",
                ),
                "90 % interval",
            ),
        ],
    );
    let scale = scale(skills.iter().flat_map(|skill| [skill.own, skill.asked]));
    out.axis("share of postings", scale);
    let mut rows = Vec::new();
    for skill in skills {
        let mut drawing = grid();
        if let (Some(own), Some(target)) = (skill.own.share, skill.asked.share) {
            let _ = write!(
                drawing,
                "<line class=\"between\" x1=\"{}\" x2=\"{}\" y1=\"14\" y2=\"14\"/>",
                at(scale.of(own)),
                at(scale.of(target))
            );
        }
        drawing += &interval("w-own", &skill.own, 22.0, scale);
        drawing += &interval("w-target", &skill.asked, 6.0, scale);
        drawing += &dot("o-own", skill.own.share, scale);
        drawing += &dot("f-target", skill.asked.share, scale);
        let says = format!(
            "{}: target {}, your level {}; depth {} of {}",
            skill.label,
            shown_share(&skill.asked),
            shown_share(&skill.own),
            skill.have,
            skill.need
        );
        out.row(&skill.label, &drawing, &says, &status(skill.gap));
        rows.push(dumbbell_row(skill));
    }
    out.axis("share of postings", scale);
    out.figures(
        "demand at your level and at the target",
        &["skill", "target", "employers", "your level", "to the level", "depth needed", "depth held"],
        &rows,
    );
    out.end_figure();
    out.take()
}

fn dumbbell_row(skill: &SkillGap) -> Vec<String> {
    vec![
        skill.label.clone(),
        shown_share(&skill.asked),
        format!("{} of {}", skill.asked.employers_with, skill.asked.employers),
        shown_share(&skill.own),
        skill.contrast.map_or("too rare to test", |c| tier(c.tier)).to_owned(),
        depth(skill.need),
        depth(skill.have),
    ]
}

fn depth(depth: u8) -> String {
    if depth == 0 { "–".to_owned() } else { format!("{depth} {}", crate::plan::depth_name(depth)) }
}

pub(super) fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::LevelDefining => "level-defining",
        Tier::Core => "common at both",
        Tier::Common => "common there",
        Tier::Composition => "other employers",
        Tier::Fading => "fades out",
        Tier::Rare => "rare",
    }
}

/// A bar split into have, partly have and missing, by demand.
struct Split {
    have: f64,
    partial: f64,
    missing: f64,
    counts: [usize; 3],
}

fn split<'s>(skills: impl Iterator<Item = (&'s SkillGap, f64)>) -> Split {
    let mut split = Split { have: 0.0, partial: 0.0, missing: 0.0, counts: [0; 3] };
    for (skill, weight) in skills.filter(|(_, weight)| *weight > 0.0) {
        let part = if skill.have >= skill.need {
            split.have += weight;
            0
        } else if skill.credit > 0.0 {
            split.partial += weight;
            1
        } else {
            split.missing += weight;
            2
        };
        split.counts[part] += 1;
    }
    split
}

/// What is held, partly held and missing: of the musts, and of what is welcome or a duty.
pub(super) fn held(report: &Report<'_>) -> String {
    let skills = &report.target.skills;
    if skills.is_empty() {
        return String::new();
    }
    let must = split(skills.iter().map(|s| (s, s.required.share.unwrap_or(0.0))));
    let nice = split(skills.iter().map(|s| (s, (s.weight - s.required.share.unwrap_or(0.0)).max(0.0))));
    let mut out = Html::default();
    out.figure("Each bar is all demand of its kind; the parts are weighted by how many postings ask.");
    let box_of = |class: &str| {
        swatch(&format!("<rect class=\"{class}\" x=\"1\" y=\"1\" width=\"20\" height=\"12\" rx=\"2\"/>"))
    };
    legend(
        &mut out,
        &[
            (&box_of("b-have"), "have, deep enough"),
            (&box_of("b-partial"), "partly: too shallow, or through a related skill"),
            (&box_of("b-missing"), "missing"),
        ],
    );
    let mut rows = Vec::new();
    for (name, split) in [("required", must), ("welcome or a duty", nice)] {
        let all = split.have + split.partial + split.missing;
        if all <= 0.0 {
            continue;
        }
        let parts = [split.have / all, split.partial / all, split.missing / all];
        let (mut x, mut drawing) = (0.0, String::new());
        for (class, part) in ["b-have", "b-partial", "b-missing"].iter().zip(parts) {
            let _ = write!(
                drawing,
                "<rect class=\"{class}\" x=\"{}\" y=\"4\" width=\"{}\" height=\"20\"/>",
                at(x),
                at(part)
            );
            x += part;
        }
        let says = format!(
            "{name}: have {}, partly {}, missing {}",
            percent(parts[0]),
            percent(parts[1]),
            percent(parts[2])
        );
        out.row(name, &drawing, &says, &format!("{} deep enough", percent(parts[0])));
        let cell = |i: usize| format!("{} ({} skills)", percent(parts[i]), split.counts[i]);
        rows.push(vec![name.to_owned(), cell(0), cell(1), cell(2)]);
    }
    out.figures("what is held, by demand", &["demand", "have", "partly", "missing"], &rows);
    out.end_figure();
    lists(&mut out, report.target);
    out.take()
}

/// The names behind the bars.
fn lists(out: &mut Html, target: &Target) {
    let mut rows = Vec::new();
    for skill in by_weight(target).into_iter().take(2 * SKILLS) {
        let gap = match skill.gap {
            GapKind::Met => "have",
            GapKind::Unproven => "not proven",
            GapKind::TooShallow => "too shallow",
            GapKind::Answered => "another will do",
            GapKind::Missing => "missing",
        };
        rows.push(vec![
            skill.label.clone(),
            gap.to_owned(),
            shown_share(&skill.required),
            depth(skill.need),
            depth(skill.have),
            skill.via.clone().unwrap_or_default(),
        ]);
    }
    out.figures(
        "skill by skill",
        &["skill", "you", "required by", "depth needed", "depth held", "a bridge to it"],
        &rows,
    );
}

/// Both tracks of the same levels, skill by skill; nothing unless both have employers enough.
pub(super) fn tracks(report: &Report<'_>) -> String {
    let of = |track| {
        let mut targets = report.gap.targets.iter().filter(|target| target.cohort.is_enough());
        targets.find(|target| target.cohort.track == Some(track))
    };
    let (Some(first), Some(second)) = (of(Track::Ic), of(Track::Management)) else { return String::new() };
    let mut ids: Vec<&SkillGap> = Vec::new();
    for target in [first, second] {
        for skill in by_weight(target).into_iter().take(SKILLS / 2) {
            if !ids.iter().any(|known| known.id == skill.id) {
                ids.push(skill);
            }
        }
    }
    let share = |target: &Target, id: &str| target.skills.iter().find(|s| s.id == id).map(|s| s.asked);
    let mut rows: Vec<(f64, String, Option<Share>, Option<Share>)> = ids
        .into_iter()
        .map(|skill| {
            let (a, b) = (share(first, &skill.id), share(second, &skill.id));
            let p = |share: Option<Share>| share.and_then(|s| s.share).unwrap_or(0.0);
            (p(a) - p(b), skill.label.clone(), a, b)
        })
        .collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut out = Html::default();
    out.figure("The same levels on both tracks. At the top what the individual contributors are asked for more, at the bottom the managers.");
    legend(
        &mut out,
        &[
            (
                &swatch("<circle class=\"f-target\" cx=\"11\" cy=\"7\" r=\"6\"/>"),
                &format!("individual contributors, {} employers", first.cohort.employers),
            ),
            (
                &swatch("<rect class=\"f-own\" x=\"6\" y=\"2\" width=\"10\" height=\"10\"/>"),
                &format!("management, {} employers", second.cohort.employers),
            ),
        ],
    );
    let scale = scale(rows.iter().flat_map(|(.., a, b)| a.iter().chain(b).copied()));
    out.axis("share of postings", scale);
    let shown = |share: Option<Share>| share.map_or_else(|| "below 5 %".to_owned(), |s| shown_share(&s));
    let mut table = Vec::new();
    for (_, label, ic, management) in rows {
        let (a, b) = (ic.and_then(|s| s.share), management.and_then(|s| s.share));
        let mut drawing = grid();
        drawing += &ic.map_or_else(String::new, |s| interval("w-target", &s, 6.0, scale));
        drawing += &management.map_or_else(String::new, |s| interval("w-own", &s, 22.0, scale));
        drawing += &dot("f-target", a, scale);
        if let Some(b) = b {
            let _ = write!(
                drawing,
                "<svg x=\"{}\" y=\"14\" overflow=\"visible\"><rect class=\"f-own\" x=\"-5\" y=\"-5\" width=\"10\" height=\"10\"/></svg>",
                at(scale.of(b))
            );
        }
        let says =
            format!("{label}: individual contributors {}, management {}", shown(ic), shown(management));
        out.row(&label, &drawing, &says, "");
        table.push(vec![label, shown(ic), shown(management)]);
    }
    out.figures("both tracks", &["skill", "individual contributors", "management"], &table);
    out.end_figure();
    out.take()
}
