//! `rungs train blocks`: what the section model sees of postings, for `data/text/build/sections.py`.

use super::super::{CliError, Outcome, io};
use crate::posting::Markup;
use crate::text::{Document, outline};
use serde::Deserialize;
use serde_json::json;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

/// Arguments of `rungs train blocks`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// NDJSON files of postings; `-` is standard input
    #[arg(required = true)]
    postings: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Posting {
    id: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    html: Option<bool>,
}

pub(super) fn run(args: &Args) -> Result<Outcome, CliError> {
    let mut document = Document::default();
    let mut out = io::stdout();
    let unwritten = |e| CliError::file("cannot write", Path::new("stdout"), e);
    for path in &args.postings {
        for line in io::lines(io::open(path)?).lines() {
            let line = line.map_err(|e| CliError::file("cannot read", path, e))?;
            let Ok(posting) = serde_json::from_str::<Posting>(&line) else { continue };
            let markup = if posting.html == Some(true) { Markup::Html } else { Markup::Text };
            document.read(posting.description.as_deref().unwrap_or_default(), markup);
            let row = json!({"id": posting.id, "blocks": outline(&document)});
            writeln!(out, "{row}").map_err(unwritten)?;
        }
    }
    out.flush().map_err(unwritten)?;
    Ok(Outcome::Done)
}
