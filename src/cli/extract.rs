//! `rungs extract`: NDJSON postings in, NDJSON extractions out.

use super::{CliError, Global, Outcome, io};
use crate::extract::batch;
use std::path::{Path, PathBuf};

/// Arguments of `rungs extract`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// NDJSON file, plain or .gz/.zst; - reads stdin
    #[arg(default_value = "-")]
    path: PathBuf,
    /// Write here instead of stdout
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, _global: &Global) -> Result<Outcome, CliError> {
    let input = io::lines(io::open(&args.path)?);
    let mut output = io::create(args.output.as_deref())?;
    let named = args.output.as_deref().unwrap_or(Path::new("stdout"));
    batch::run(input, &mut output).map_err(|error| match error {
        batch::BatchError::Read(source) => CliError::file("cannot read", &args.path, source),
        batch::BatchError::Write(source) => CliError::file("cannot write", named, source),
    })?;
    Ok(Outcome::Done)
}
