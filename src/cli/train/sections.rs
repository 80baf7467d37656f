//! `rungs train sections`: learns the section model that the program has compiled in.

use super::super::{CliError, Global, Outcome, io, ui};
use crate::posting::Markup;
use crate::text::{BlockKind, Document, Section, Trainer};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use std::io::BufRead;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How many examples one labelled sentence counts as.
const LABEL_WEIGHT: f32 = 4.0;
/// Most postings read of one file: no single source shall set the tone.
const MOST_OF_ONE: usize = 4000;

/// Arguments of `rungs train sections`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// NDJSON files of postings whose headings teach
    #[arg(required = true)]
    postings: Vec<PathBuf>,
    /// Section labels (tests/data/labels/sections.tsv): dev rows teach, postings with held rows are left out
    #[arg(long, value_name = "PATH")]
    labels: Option<PathBuf>,
    /// Records with `duties`, `minimum` and `preferred` fields
    #[arg(long, value_name = "PATH")]
    fields: Option<PathBuf>,
    /// Second round: learn from every sentence as the present model reads it
    #[arg(long)]
    again: bool,
    /// Write the model here
    #[arg(long, short, default_value = "data/text/sections.tsv")]
    output: PathBuf,
}

#[derive(Deserialize)]
struct Posting {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    html: Option<bool>,
}

/// Labelled ranges by posting; `None` for a posting that is held back.
type Labels = FxHashMap<String, Option<Vec<(Range<usize>, Section)>>>;

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let labels = args.labels.as_deref().map(read_labels).transpose()?.unwrap_or_default();
    let mut trainer = Trainer::default();
    let mut document = Document::default();
    for path in &args.postings {
        let mut texts = FxHashSet::default();
        for line in io::lines(io::open(path)?).lines() {
            let line = line.map_err(|e| CliError::file("cannot read", path, e))?;
            let Ok(posting) = serde_json::from_str::<Posting>(&line) else { continue };
            let body = posting.description.unwrap_or_default();
            let label = labels.get(posting.id.as_deref().unwrap_or_default());
            if label.is_none() && (texts.len() >= MOST_OF_ONE || !texts.insert(body.len())) {
                continue;
            }
            document.read(&body, if posting.html == Some(true) { Markup::Html } else { Markup::Text });
            match label {
                None if args.again => trainer.add_as_read(&document),
                None => trainer.add_by_headings(&document),
                Some(None) => {}
                Some(Some(labels)) => add_labelled(&mut trainer, &document, labels),
            }
        }
    }
    if let Some(path) = &args.fields {
        add_fields(&mut trainer, path)?;
    }
    let table = trainer.learn();
    io::replace_text(&args.output, &table)?;
    if !global.quiet {
        for (section, count) in Section::ALL.iter().zip(trainer.examples()) {
            ui::say(format_args!("{:<10} {count} sentences", section.name()));
        }
        ui::say(format_args!("{} features in {}", table.lines().count(), args.output.display()));
    }
    Ok(Outcome::Done)
}

fn read_labels(path: &Path) -> Result<Labels, CliError> {
    let mut labels = Labels::default();
    for line in io::lines(io::open(path)?).lines().skip(1) {
        let line = line.map_err(|e| CliError::file("cannot read", path, e))?;
        let cells: Vec<&str> = line.split('\t').collect();
        let [_, id, start, end, section, split] = cells[..] else { continue };
        let (Ok(start), Ok(end), Some(section)) = (start.parse(), end.parse(), Section::from_name(section))
        else {
            return Err(CliError::Input(format!("{}: no label: {line}", path.display())));
        };
        let entry = labels.entry(id.to_owned()).or_insert_with(|| Some(Vec::new()));
        match entry {
            Some(list) if split == "dev" => list.push((start..end, section)),
            _ => *entry = None,
        }
    }
    Ok(labels)
}

fn add_labelled(trainer: &mut Trainer, document: &Document, labels: &[(Range<usize>, Section)]) {
    for block in document.blocks().iter().filter(|b| b.kind != BlockKind::Heading) {
        let own = document.original(block.range());
        let inside = |label: &&(Range<usize>, Section)| label.0.start < own.end && own.start < label.0.end;
        if let Some((_, section)) = labels.iter().find(inside) {
            trainer.add(document, block, *section, LABEL_WEIGHT);
        }
    }
}

fn add_fields(trainer: &mut Trainer, path: &Path) -> Result<(), CliError> {
    let fields =
        [("duties", Section::Duties), ("minimum", Section::Required), ("preferred", Section::Preferred)];
    for line in io::lines(io::open(path)?).lines() {
        let line = line.map_err(|e| CliError::file("cannot read", path, e))?;
        let Ok(record) = serde_json::from_str::<serde_json::Value>(&line) else { continue };
        for (name, section) in fields {
            let text = record.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
            let document = Document::new(text, Markup::Text);
            for block in document.blocks() {
                trainer.add(&document, block, section, 1.0);
            }
        }
    }
    Ok(())
}
