//! The heat map: skills by level. It is a table, so that it is its own figures.

use super::Report;
use super::html::{Html, esc};
use crate::query::stats::Share;
use std::fmt::Write as _;

/// Lower ends of the steps of colour 1 to 5, as shares.
const STEPS: [f64; 5] = [0.05, 0.15, 0.30, 0.50, 0.70];

/// Step of colour for a share.
fn step(share: f64) -> usize {
    STEPS.iter().filter(|from| share >= **from).count()
}

pub(super) fn heat(report: &Report<'_>) -> String {
    let levels = &report.ladder.levels;
    if levels.len() < 2 || report.rungs.is_empty() {
        return String::new();
    }
    let mut out = Html::default();
    out.figure(
        "Share of postings of each level that ask for the skill, in per cent; the darker, the more. Hatched: \
fewer than 30 employers. Below 8 employers no share is given, only how many of them ask.",
    );
    out.raw("<section class=\"heat scroll\" aria-label=\"Skills by level\" tabindex=\"0\"><table><caption>Columns are levels; outlined are yours and the target</caption>\n<thead><tr><th scope=\"col\">skill</th>");
    let goal = report.target.cohort.from_level..=report.target.cohort.to_level;
    let class = |level: u8| match level {
        l if l == report.gap.place.level => "now",
        l if goal.contains(&l) => "goal",
        _ => "",
    };
    for rung in levels {
        out.raw(&format!(
            "<th scope=\"col\" class=\"{}\"><abbr title=\"{}, {} employers\">{}</abbr></th>",
            class(rung.level),
            esc(crate::level::name(rung.level)),
            rung.employers,
            rung.level
        ));
    }
    out.raw("</tr></thead>\n<tbody>\n");
    for (i, label) in report.rungs.iter().enumerate() {
        out.raw(&format!("<tr><th scope=\"row\">{}</th>", esc(label)));
        for rung in levels {
            out.raw(&rung.shares.get(i).map_or_else(|| "<td></td>".to_owned(), cell));
        }
        out.raw("</tr>\n");
    }
    out.raw("</tbody></table></section>\n");
    out.raw("<ul class=\"legend\">");
    for (i, from) in STEPS.iter().enumerate() {
        out.raw(&format!("<li><span class=\"swatch h{}\"></span>from {:.0} %</li>", i + 1, from * 100.0));
    }
    out.raw("<li><span class=\"swatch thin\"></span>thin</li></ul>\n");
    let mut rows: Vec<Vec<String>> = Vec::new();
    for rung in levels {
        let name = format!("{} {}", rung.level, crate::level::name(rung.level));
        rows.push(vec![name, rung.employers.to_string()]);
    }
    out.figures("employers behind each level", &["level", "employers"], &rows);
    out.end_figure();
    out.take()
}

fn cell(share: &Share) -> String {
    let mut classes = String::new();
    let text = match share.share {
        Some(p) => {
            let _ = write!(classes, "h{}", step(p));
            format!("{:.0}", p * 100.0)
        }
        None => format!("{}/{}", share.employers_with, share.employers),
    };
    // A hatch would make text on dark steps hard to read, so thin cells stay uncoloured below it.
    if share.thin {
        classes = if share.share.is_none() { "thin few".into() } else { "thin".into() };
    }
    format!("<td class=\"{classes}\">{text}</td>")
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn steps_of_colour() {
        for (share, expected) in [(0.0, 0), (0.05, 1), (0.29, 2), (0.3, 3), (0.69, 4), (1.0, 5)] {
            assert_eq!(step(share), expected, "{share}");
        }
    }
}
