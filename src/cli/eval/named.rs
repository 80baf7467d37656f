//! How much of what employers ask for the vocabulary has a name for.

use super::score::share;
use super::{CliError, Report, io};
use crate::extract::{Extraction, Input, Scratch, SkillClaim, Strength, extract};
use crate::posting::Markup;
use crate::taxonomy::Taxonomy;
use crate::text::{BlockKind, Document, Section};
use serde::Deserialize;
use std::io::BufRead;
use std::path::Path;

/// A posting, or an employer's requirements as fields of their own.
#[derive(Debug, Deserialize)]
struct Record {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    company: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    html: Option<bool>,
    #[serde(default)]
    minimum: Option<String>,
    #[serde(default)]
    preferred: Option<String>,
}

impl Record {
    /// The body with its markup. Fields become sections of one.
    fn body(self) -> (String, Markup) {
        match self.description {
            Some(body) => (body, if self.html == Some(true) { Markup::Html } else { Markup::Text }),
            None => {
                let field = |text: Option<String>| text.unwrap_or_default();
                let (minimum, preferred) = (field(self.minimum), field(self.preferred));
                let body = format!("Requirements:\n{minimum}\n\nPreferred qualifications:\n{preferred}\n");
                (body, Markup::Text)
            }
        }
    }
}

/// Shares of requirement lines, and of postings with some, in which a skill is found.
pub(super) fn named(path: &Path) -> Result<Report, CliError> {
    let mut report = Report::default();
    let (mut lines, mut lines_named, mut sections, mut sections_named) = (0, 0, 0, 0);
    for line in io::lines(io::open(path)?).lines() {
        let line = line.map_err(|e| CliError::file("cannot read", path, e))?;
        let Ok(record) = serde_json::from_str::<Record>(&line) else { continue };
        let (title, company) = (record.title.clone(), record.company.clone());
        let (body, markup) = record.body();
        let input = Input {
            title: title.as_deref().unwrap_or_default(),
            company: company.as_deref().unwrap_or_default(),
            description: &body,
            markup,
            ..Input::default()
        };
        let found = extract(Taxonomy::builtin(), &input, &mut Scratch::default());
        let starts = asked(&found);
        let document = Document::new(&body, markup);
        let (mut here, mut here_named) = (0, 0);
        for block in document.blocks() {
            let asks = matches!(block.section, Section::Required | Section::Preferred);
            if !asks || block.kind == BlockKind::Heading {
                continue;
            }
            let range = document.original(block.range());
            let named =
                starts.partition_point(|at| *at < range.start) < starts.partition_point(|at| *at < range.end);
            here += 1;
            here_named += usize::from(named);
            if !named {
                let surface = document.surface(block.range());
                report.errors.push(format!("no name: {}", surface.chars().take(160).collect::<String>()));
            }
        }
        lines += here;
        lines_named += here_named;
        sections += usize::from(here > 0);
        sections_named += usize::from(here_named > 0);
    }
    report.metrics.push(share("requirement lines with a skill", lines_named, lines));
    report.metrics.push(share("requirement sections with a skill", sections_named, sections));
    Ok(report)
}

/// Where the mentions that are asked for begin, in order.
fn asked(found: &Extraction) -> Vec<usize> {
    let mentions = |claim: &SkillClaim| {
        let more: Vec<(usize, Strength)> = claim.more.iter().map(|m| (m.span.start, m.strength)).collect();
        std::iter::once((claim.span.start, claim.strength)).chain(more)
    };
    let mut starts: Vec<usize> = found
        .skills
        .iter()
        .flat_map(mentions)
        .filter(|(_, strength)| *strength > Strength::Context)
        .map(|(start, _)| start)
        .collect();
    starts.sort_unstable();
    starts
}
