//! `rungs extract`: NDJSON postings in, NDJSON extractions out.

use super::{CliError, Global, Outcome, io, ui};
use crate::extract::batch;
use std::path::{Path, PathBuf};

/// Arguments of `rungs extract`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// NDJSON file of {id, title, company?, description, html?, department?, experience_level?,
    /// employment_type?}, plain or .gz/.zst; - reads stdin
    #[arg(default_value = "-")]
    path: PathBuf,
    /// Write here instead of stdout
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let input = io::lines(io::open(&args.path)?);
    let mut output = io::create(args.output.as_deref())?;
    let named = args.output.as_deref().unwrap_or(Path::new("stdout"));
    let totals = batch::run(input, &mut output).map_err(|error| match error {
        batch::BatchError::Read(source) => CliError::file("cannot read", &args.path, source),
        batch::BatchError::Write(source) => CliError::file("cannot write", named, source),
    })?;
    if totals.errors == 0 {
        return Ok(Outcome::Done);
    }
    if !global.quiet {
        ui::say(format_args!(
            "{} of {} lines are no postings; their lines in the output say why",
            totals.errors, totals.lines
        ));
    }
    Ok(Outcome::Partial)
}
