//! `rungs about`: versions, and whom the vocabulary is owed to.

use super::{CliError, Global, Outcome, io};
use crate::taxonomy::Taxonomy;
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// Where the vocabulary comes from, as the repository says it.
const SOURCES: &str = include_str!("../../data/taxonomy/SOURCES.md");

/// Arguments of `rungs about`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

#[derive(Serialize)]
struct About {
    version: &'static str,
    licence: &'static str,
    concepts: usize,
    sources: &'static str,
}

pub(super) fn run(_args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let about = About {
        version: env!("CARGO_PKG_VERSION"),
        licence: env!("CARGO_PKG_LICENSE"),
        concepts: Taxonomy::builtin().len(),
        sources: SOURCES,
    };
    let mut out = io::stdout();
    let written = if global.json {
        serde_json::to_writer(&mut out, &about).map_err(Into::into).and_then(|()| writeln!(out))
    } else {
        writeln!(out, "rungs {} ({}), {} concepts\n\n{SOURCES}", about.version, about.licence, about.concepts)
    };
    written.and_then(|()| out.flush()).map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
    Ok(Outcome::Done)
}
