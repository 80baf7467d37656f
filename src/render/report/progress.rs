//! Progress: coverage over time, and what of its change is one's own.

use super::Report;
use super::charts::{legend, swatch};
use super::html::{Html, at, grid};
use crate::plan::log::{Entry, Event};
use crate::plan::{Coverage, Status};
use crate::render::exactly;
use jiff::civil::Date;
use std::fmt::Write as _;

/// Height of the plot's field, in pixels.
const HEIGHT: f64 = 130.0;

pub(super) fn progress(report: &Report<'_>) -> String {
    let Some(plan) = report.plan else { return String::new() };
    let log: Vec<&Entry> = report.log.iter().filter(|entry| entry.plan == plan.id).collect();
    let mut points: Vec<(Date, Coverage)> = Vec::new();
    for entry in &log {
        let coverage = match &entry.event {
            Event::Made { coverage, .. } => *coverage,
            Event::Checked { delta, .. } => delta.now,
            _ => continue,
        };
        // Of several on one day the last counts.
        points.retain(|(day, _)| *day != entry.at);
        points.push((entry.at, coverage));
    }
    let done = plan.actions().filter(|action| action.status == Status::Done).count();
    let all = plan.actions().filter(|action| action.status != Status::Dropped).count();
    let mut out = Html::default();
    out.p(&format!("{done} of {all} actions are ticked, since {}.", plan.created));
    if points.len() > 1 {
        line(&mut out, &points);
    } else {
        out.small("A line appears here after rungs plan check on another day.");
    }
    let last = log.iter().rev().find_map(|entry| match &entry.event {
        Event::Checked { delta, .. } => Some((entry.at, delta)),
        _ => None,
    });
    if let Some((day, delta)) = last {
        let both = delta.you.named().into_iter().zip(delta.market.named());
        let parts: Vec<(&str, f64, f64)> =
            both.filter_map(|((name, you), (_, market))| Some((name, you?, market?))).collect();
        if !parts.is_empty() {
            parts_chart(&mut out, day, &parts);
        }
    }
    out.take()
}

/// Coverage over time as two lines.
fn line(out: &mut Html, points: &[(Date, Coverage)]) {
    let (Some((first, _)), Some((last, _))) = (points.first(), points.last()) else { return };
    let days = |from: Date, to: Date| f64::from(from.until(to).map_or(0, |span| span.get_days()));
    let whole = days(*first, *last).max(1.0);
    let x = |day: Date| at(0.06 + 0.92 * days(*first, day) / whole);
    let y = |share: f64| 8.0 + HEIGHT * (1.0 - share.clamp(0.0, 1.0));
    out.figure("Coverage of what the target asks for, on every day it was checked.");
    legend(
        out,
        &[
            (
                &swatch(
                    "<line class=\"l-target\" x1=\"0\" x2=\"22\" y1=\"7\" y2=\"7\"/><circle class=\"f-target\" cx=\"11\" cy=\"7\" r=\"4\"/>",
                ),
                "all asked for",
            ),
            (
                &swatch(
                    "<line class=\"l-own\" x1=\"0\" x2=\"22\" y1=\"7\" y2=\"7\"/><rect class=\"f-own\" x=\"7\" y=\"3\" width=\"8\" height=\"8\"/>",
                ),
                "required",
            ),
        ],
    );
    let mut drawing = String::new();
    for share in [0.0, 0.5, 1.0] {
        let _ = write!(
            drawing,
            "<line class=\"grid\" x1=\"6%\" x2=\"98%\" y1=\"{0:.1}\" y2=\"{0:.1}\"/><text x=\"0\" y=\"{1:.1}\">{2:.0} %</text>",
            y(share),
            y(share) + 4.0,
            share * 100.0
        );
    }
    for name in ["target", "own"] {
        let of = |coverage: &Coverage| if name == "target" { coverage.all } else { coverage.must };
        for pair in points.windows(2) {
            let [(a, from), (b, to)] = pair else { continue };
            let (Some(from), Some(to)) = (of(from), of(to)) else { continue };
            let _ = write!(
                drawing,
                "<line class=\"l-{name}\" x1=\"{}\" y1=\"{:.1}\" x2=\"{}\" y2=\"{:.1}\"/>",
                x(*a),
                y(from),
                x(*b),
                y(to)
            );
        }
        for (day, coverage) in points {
            let Some(share) = of(coverage) else { continue };
            let _ = match name {
                "target" => write!(
                    drawing,
                    "<circle class=\"f-target\" cx=\"{}\" cy=\"{:.1}\" r=\"4\"/>",
                    x(*day),
                    y(share)
                ),
                _ => write!(
                    drawing,
                    "<svg x=\"{}\" y=\"{:.1}\" overflow=\"visible\"><rect class=\"f-own\" x=\"-4\" y=\"-4\" width=\"8\" height=\"8\"/></svg>",
                    x(*day),
                    y(share)
                ),
            };
        }
    }
    let _ = write!(
        drawing,
        "<text x=\"6%\" y=\"160\">{first}</text><text x=\"98%\" y=\"160\" text-anchor=\"end\">{last}</text>"
    );
    out.raw(&format!(
        "<svg class=\"plot\" role=\"img\" aria-label=\"Coverage from {first} to {last}\">{drawing}</svg>\n"
    ));
    let rows: Vec<Vec<String>> = points
        .iter()
        .map(|(day, c)| vec![day.to_string(), exactly(c.must), exactly(c.all), exactly(c.proven)])
        .collect();
    out.figures("coverage over time", &["day", "required", "all asked for", "with proof"], &rows);
    out.end_figure();
}

/// One's own part and the market's, left and right of nothing.
fn parts_chart(out: &mut Html, day: Date, parts: &[(&str, f64, f64)]) {
    let most = parts.iter().flat_map(|(_, a, b)| [a.abs(), b.abs()]).fold(0.05, f64::max);
    out.figure(&format!(
        "What changed between the first day and {day}, in points of coverage: your own part and the market's. \
They add up to the whole change. The ends of the scale are {:.0} points.",
        most * 100.0
    ));
    let box_of = |class: &str| {
        swatch(&format!("<rect class=\"{class}\" x=\"1\" y=\"2\" width=\"20\" height=\"10\"/>"))
    };
    legend(out, &[(&box_of("f-target"), "you (upper bar)"), (&box_of("o-own"), "the market (lower bar)")]);
    let mut rows = Vec::new();
    for (name, you, market) in parts {
        let mut drawing = grid();
        for (class, value, y) in [("f-target", *you, 4), ("o-own", *market, 16)] {
            let reach = value.abs() / most / 2.0;
            let from = if value < 0.0 { 0.5 - reach } else { 0.5 };
            let _ = write!(
                drawing,
                "<rect class=\"{class}\" x=\"{}\" y=\"{y}\" width=\"{}\" height=\"8\"/>",
                at(from),
                at(reach)
            );
        }
        let says = format!("{name}: you {:+.1}, market {:+.1} points", you * 100.0, market * 100.0);
        out.row(name, &drawing, &says, &format!("{:+.1}", (you + market) * 100.0));
        rows.push(vec![
            (*name).to_owned(),
            format!("{:+.1}", you * 100.0),
            format!("{:+.1}", market * 100.0),
            format!("{:+.1}", (you + market) * 100.0),
        ]);
    }
    out.figures("change in points", &["coverage", "you", "the market", "together"], &rows);
    out.end_figure();
}
