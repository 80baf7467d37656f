//! Our own labels: rows that point into postings of a corpus that is not part of the project.

use super::score::{Classes, share};
use super::{CliError, Report, io};
use crate::extract::{Experience, ExperienceKind, Extraction, Input, Scratch, SkillClaim, Strength, extract};
use crate::posting::Markup;
use crate::taxonomy::Taxonomy;
use crate::text::{BlockKind, Document, Section};
use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::BufRead;
use std::ops::Range;
use std::path::Path;

/// One row of a label file.
#[derive(Debug)]
struct Label {
    /// Bytes of the description.
    range: Range<usize>,
    /// The other cells, by column name.
    cells: FxHashMap<String, String>,
}

impl Label {
    fn cell(&self, name: &str) -> &str {
        self.cells.get(name).map_or("", String::as_str)
    }
}

/// A posting and its labels.
#[derive(Debug)]
pub(super) struct Labelled {
    posting: Posting,
    labels: Vec<Label>,
}

#[derive(Debug, Deserialize)]
struct Posting {
    id: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    company: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    html: Option<bool>,
}

impl Posting {
    fn body(&self) -> &str {
        self.description.as_deref().unwrap_or_default()
    }

    fn markup(&self) -> Markup {
        if self.html == Some(true) { Markup::Html } else { Markup::Text }
    }

    fn extract(&self) -> Extraction {
        let input = Input {
            title: self.title.as_deref().unwrap_or_default(),
            company: self.company.as_deref().unwrap_or_default(),
            description: self.body(),
            markup: self.markup(),
            ..Input::default()
        };
        extract(Taxonomy::builtin(), &input, &mut Scratch::default())
    }
}

/// Reads the labels of `split` and the postings they point into.
pub(super) fn read(path: &Path, postings: &Path, split: Option<&str>) -> Result<Vec<Labelled>, CliError> {
    let mut rows = csv::ReaderBuilder::new().delimiter(b'\t').quoting(false).from_reader(io::open(path)?);
    let bad = |what: String| CliError::Input(format!("{}: {what}", path.display()));
    let header = rows.headers().map_err(|e| bad(e.to_string()))?.clone();
    let mut wanted: BTreeMap<(String, String), Vec<Label>> = BTreeMap::new();
    for row in rows.records() {
        let row = row.map_err(|e| bad(e.to_string()))?;
        let cells: FxHashMap<String, String> =
            header.iter().zip(row.iter()).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect();
        let label = Label { range: 0..0, cells };
        if split.is_some_and(|split| label.cell("split") != split) {
            continue;
        }
        let number =
            |name| label.cell(name).parse().map_err(|_| bad(format!("column `{name}` is no offset")));
        let label = Label { range: number("start")?..number("end")?, ..label };
        wanted.entry((label.cell("corpus").to_owned(), label.cell("id").to_owned())).or_default().push(label);
    }
    let corpora: std::collections::BTreeSet<String> =
        wanted.keys().map(|(corpus, _)| corpus.clone()).collect();
    let mut found = Vec::new();
    for corpus in corpora {
        for line in io::lines(io::open(&postings.join(format!("{corpus}.jsonl.zst")))?).lines() {
            let line = line.map_err(|e| CliError::file("cannot read", &postings.join(&corpus), e))?;
            let Ok(posting) = serde_json::from_str::<Posting>(&line) else { continue };
            if let Some(labels) = wanted.remove(&(corpus.clone(), posting.id.clone())) {
                found.push(Labelled { posting, labels });
            }
        }
    }
    Ok(found)
}

/// The section that most bytes of `range` of the original are in.
fn section_of(document: &Document, range: &Range<usize>) -> Section {
    let mut bytes = [0_usize; Section::ALL.len()];
    for block in document.blocks() {
        let own = document.original(block.range());
        let shared = own.end.min(range.end).saturating_sub(own.start.max(range.start));
        bytes[block.section as usize] += shared;
    }
    Section::ALL.into_iter().rev().max_by_key(|s| bytes[*s as usize]).unwrap_or(Section::Other)
}

pub(super) fn sections(labelled: &[Labelled]) -> Report {
    let mut classes = Classes::default();
    let mut report = Report::default();
    for Labelled { posting, labels } in labelled {
        let document = Document::new(posting.body(), posting.markup());
        classes.group();
        for label in labels {
            let Some(gold) = Section::from_name(label.cell("section")) else { continue };
            let predicted = section_of(&document, &label.range);
            classes.add(gold as usize, predicted as usize);
            if gold != predicted {
                let text = posting.body().get(label.range.clone()).unwrap_or_default();
                let short: String = text.chars().take(110).collect();
                report.errors.push(format!("{} not {}: {short}", predicted.name(), gold.name()));
            }
        }
    }
    report.metrics.push(classes.accuracy("accuracy"));
    report.metrics.push(classes.macro_f1("macro F1", Section::ALL.len()));
    for section in Section::ALL {
        report.metrics.extend(classes.class(section.name(), section as usize));
    }
    let confusions = classes.confusions().into_iter().take(12).map(|(gold, predicted, times)| {
        format!("{times} × {} read as {}", Section::ALL[gold].name(), Section::ALL[predicted].name())
    });
    report.errors = confusions.chain(std::mem::take(&mut report.errors)).collect();
    report
}

/// Every mention of a claim: strength, depth, range.
fn mentions(claim: &SkillClaim) -> impl Iterator<Item = (Strength, Option<u8>, Range<usize>)> {
    let own_depth = claim.depth;
    std::iter::once((claim.strength, own_depth, claim.span.start..claim.span.end))
        .chain(claim.more.iter().map(|m| (m.strength, m.depth, m.span.start..m.span.end)))
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> usize {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}

pub(super) fn boilerplate(labelled: &[Labelled]) -> Report {
    let (mut asked, mut wrong, mut named) = (0, 0, 0);
    let mut report = Report::default();
    for Labelled { posting, labels } in labelled {
        let found = posting.extract();
        for claim in &found.skills {
            for (strength, _, range) in mentions(claim) {
                let Some(label) = labels.iter().max_by_key(|l| overlap(&l.range, &range)) else { continue };
                if overlap(&label.range, &range) == 0 {
                    continue;
                }
                let boilerplate = matches!(label.cell("section"), "company" | "benefits" | "legal");
                asked += usize::from(strength > Strength::Context);
                named += usize::from(boilerplate);
                if boilerplate && strength > Strength::Context {
                    wrong += 1;
                    let text: String = posting
                        .body()
                        .get(label.range.clone())
                        .unwrap_or_default()
                        .chars()
                        .take(90)
                        .collect();
                    report.errors.push(format!("{} in {}: {text}", claim.id, label.cell("section")));
                }
            }
        }
    }
    report.metrics.push(share("boilerplate among asked-for", wrong, asked));
    report.metrics.push(share("of boilerplate mentions, asked-for", wrong, named));
    report
}

/// `-` is no figure, empty is none stated.
fn figure(cell: &str) -> Option<f64> {
    cell.parse().ok()
}

pub(super) fn years(labelled: &[Labelled]) -> Report {
    let (mut right, mut kind, mut subjects, mut subject_right, mut n) = (0, 0, 0, 0, 0);
    let mut report = Report::default();
    for Labelled { posting, labels } in labelled {
        let found = posting.extract();
        let stated: Vec<&Experience> =
            found.experience.iter().filter(|e| e.kind == ExperienceKind::Years).collect();
        for label in labels {
            n += 1;
            let best = stated
                .iter()
                .max_by_key(|e| overlap(&(e.span.start..e.span.end), &label.range))
                .filter(|e| overlap(&(e.span.start..e.span.end), &label.range) > 0);
            let trap = label.cell("subject") == "none";
            kind += usize::from(trap == best.is_none());
            let same = match best {
                None => trap,
                Some(e) => !trap && e.min == figure(label.cell("min")) && e.max == figure(label.cell("max")),
            };
            right += usize::from(same);
            if let (Some(e), false) = (best, trap) {
                subjects += 1;
                let role = e.value.as_deref() == Some("role");
                subject_right += usize::from(role == (label.cell("subject") == "role"));
            }
            if !same {
                let body = posting.body();
                let around = body.get(label.range.clone()).unwrap_or_default();
                let after: String =
                    body.get(label.range.end..).unwrap_or_default().chars().take(60).collect();
                report.errors.push(format!(
                    "{}: wanted {} {}–{}, read {:?}: [{around}]{after}",
                    posting.id,
                    label.cell("subject"),
                    label.cell("min"),
                    label.cell("max"),
                    best.map(|e| (e.min, e.max)),
                ));
            }
        }
    }
    report.metrics.push(share("figure right (traps included)", right, n));
    report.metrics.push(share("experience or not", kind, n));
    report.metrics.push(share("role or skill", subject_right, subjects));
    report
}

/// The mention of a skill that best covers a label.
fn mention_at(found: &Extraction, range: &Range<usize>) -> Option<(Strength, Option<u8>)> {
    found
        .skills
        .iter()
        .flat_map(mentions)
        .map(|(strength, depth, own)| (overlap(&own, range), strength, depth))
        .max_by_key(|(shared, strength, _)| (*shared, *strength))
        .filter(|(shared, ..)| *shared > 0)
        .map(|(_, strength, depth)| (strength, depth))
}

fn judged(
    labelled: &[Labelled],
    names: &[&str],
    column: &str,
    read: impl Fn(Strength, Option<u8>) -> usize,
) -> Report {
    let mut classes = Classes::default();
    let mut report = Report::default();
    let (mut known, mut n) = (0, 0);
    for Labelled { posting, labels } in labelled {
        let found = posting.extract();
        classes.group();
        for label in labels {
            let Some(gold) = names.iter().position(|name| *name == label.cell(column)) else { continue };
            n += 1;
            let Some((strength, depth)) = mention_at(&found, &label.range) else { continue };
            known += 1;
            let predicted = read(strength, depth);
            classes.add(gold, predicted);
            if predicted != gold {
                let body = posting.body();
                let from = (label.range.start.saturating_sub(90)..=label.range.start)
                    .find(|i| body.is_char_boundary(*i))
                    .unwrap_or(label.range.start);
                let before = body.get(from..label.range.start).unwrap_or_default();
                let skill = body.get(label.range.clone()).unwrap_or_default();
                let after: String =
                    body.get(label.range.end..).unwrap_or_default().chars().take(40).collect();
                report.errors.push(
                    format!("{} not {}: {before}[{skill}]{after}", names[predicted], names[gold])
                        .replace('\n', " "),
                );
            }
        }
    }
    report.metrics.push(classes.accuracy("accuracy"));
    report.metrics.push(classes.macro_f1("macro F1", names.len()));
    report.metrics.push(share("skills that the vocabulary knows", known, n));
    for (class, name) in names.iter().enumerate() {
        report.metrics.extend(classes.class(name, class));
    }
    report
}

pub(super) fn depth(labelled: &[Labelled]) -> Report {
    judged(labelled, &["0", "1", "2", "3", "4"], "depth", |_, depth| usize::from(depth.unwrap_or(0)))
}

pub(super) fn strength(labelled: &[Labelled]) -> Report {
    let names = ["context", "duty", "preferred", "required"];
    judged(labelled, &names, "strength", |strength, _| strength as usize)
}

/// Blocks that say something, for the sets that are labelled by sentence.
pub(super) fn sentence_sections(document: &Document, range: &Range<usize>) -> Option<Section> {
    let says = document
        .blocks()
        .iter()
        .any(|b| b.kind != BlockKind::Heading && overlap(&document.original(b.range()), range) > 0);
    says.then(|| section_of(document, range))
}
