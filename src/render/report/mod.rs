//! The report: one HTML file to look at together. No network, no scripts; charts are inline SVG in
//! percentages, so that they fit any width without scaling their text. Every chart has its figures
//! as a table below it. Every text of others passes through [`html::esc`].

mod charts;
mod graph;
mod heat;
mod html;
mod parts;
mod progress;
mod style;

pub use style::{Color, PALETTE, contrast};

use crate::plan::ladder::Ladder;
use crate::plan::log::Entry;
use crate::plan::{Plan, PlanQuote};
use crate::query::bridge::Bridges;
use crate::query::gap::{Gap, Target};
use html::{Html, esc};
use jiff::civil::Date;

/// What a report shows.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// The gap.
    pub gap: &'a Gap,
    /// The one of its targets that the report is about.
    pub target: &'a Target,
    /// Labels of the skills in `ladder`.
    pub rungs: &'a [String],
    /// Demand by level for those skills.
    pub ladder: &'a Ladder,
    /// Roles between here and there.
    pub bridges: Option<&'a Bridges>,
    /// Sentences of the user's own corpus, by skill.
    pub quotes: &'a [(String, Vec<PlanQuote>)],
    /// The plan, where there is one.
    pub plan: Option<&'a Plan>,
    /// What happened since.
    pub log: &'a [Entry],
    /// The day.
    pub today: Date,
}

/// A section: its anchor, its title, its content.
type Section = (&'static str, &'static str, String);

/// The report as one HTML file.
#[must_use]
pub fn report(report: &Report<'_>) -> String {
    let sections: Vec<Section> = [
        ("standing", "Where you stand", parts::standing(report)),
        ("skills", "What the roles ahead ask for", charts::dumbbell(report)),
        ("held", "What you have and what you lack", charts::held(report)),
        ("levels", "The same skills, level by level", heat::heat(report)),
        ("experience", "Experience and conditions", parts::experience(report)),
        ("tracks", "Individual contributor or manager", charts::tracks(report)),
        ("ways", "Ways there", parts::ways(report)),
        ("words", "In the employers' words", parts::quotes(report)),
        ("plan", "The plan", parts::plan(report)),
        ("progress", "Progress", progress::progress(report)),
        ("method", "How to read this", parts::method(report)),
    ]
    .into_iter()
    .filter(|(.., content)| !content.is_empty())
    .collect();
    let mut out = Html::default();
    out.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
    // Nothing may be fetched, even if something should slip through.
    out.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
    out.raw(&format!(
        "<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n",
        esc(&title(report)),
        style::css()
    ));
    out.raw(html::PATTERNS);
    out.raw("<a class=\"skip\" href=\"#main\">Skip to the report</a>\n");
    header(&mut out, report, &sections);
    out.raw("<main id=\"main\">\n");
    for (id, title, content) in &sections {
        out.raw(&format!("<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n"));
        out.raw(&format!("<h2 id=\"{id}-title\">{title}</h2>\n{content}</section>\n"));
    }
    out.raw("</main>\n<footer>\n");
    let snapshot = &report.gap.snapshot;
    out.p(&format!(
        "Made by rungs on {}, from snapshot {} ({}, {} postings). Nothing in this file is loaded from anywhere.",
        report.today, snapshot.id, snapshot.source, snapshot.postings
    ));
    out.raw("</footer>\n</body>\n</html>\n");
    out.take()
}

fn title(report: &Report<'_>) -> String {
    let family = report.gap.family.as_deref().map_or_else(|| "Roles".to_owned(), super::family_name);
    format!("{family}: from level {} to {}", report.gap.place.level, levels(report.target))
}

/// The levels of a target in words.
fn levels(target: &Target) -> String {
    match (target.cohort.from_level, target.cohort.to_level) {
        (from, to) if from == to => format!("level {from}"),
        (from, to) => format!("levels {from}–{to}"),
    }
}

fn header(out: &mut Html, report: &Report<'_>, sections: &[Section]) {
    let cohort = &report.target.cohort;
    out.raw(&format!("<header>\n<h1>{}</h1>\n", esc(&title(report))));
    out.p(&format!(
        "{} postings of {} employers, {}; compared with {} postings of {} employers at your own level. {}.",
        cohort.postings,
        cohort.employers,
        super::track_name(cohort.track),
        report.gap.own.postings,
        report.gap.own.employers,
        report.today
    ));
    if let Some(sentence) = report.gap.why_widened() {
        out.p(&format!("{sentence}."));
    }
    if cohort.is_thin() {
        out.p(&super::thin_warning(cohort.employers));
    }
    out.raw("<nav aria-label=\"Contents\">\n<ul>\n");
    for (id, title, _) in sections {
        out.raw(&format!("<li><a href=\"#{id}\">{title}</a></li>\n"));
    }
    out.raw("</ul>\n</nav>\n</header>\n");
}

#[cfg(test)]
mod tests;
