//! `rungs extract`: NDJSON postings in, NDJSON extractions out.

use super::{CliError, Global, Outcome, io, ui};
use crate::extract::batch::{self, Totals};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

/// Arguments of `rungs extract`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// NDJSON file of {id, title, company?, description, html?, department?, experience_level?,
    /// employment_type?}, plain or .gz/.zst; - reads stdin. A title or a description is enough, under
    /// any name that `import` knows
    #[arg(default_value = "-")]
    path: PathBuf,
    /// Write here instead of stdout
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let input = io::lines(io::open(&args.path)?);
    let totals = match &args.output {
        Some(path) if path != Path::new("-") => {
            let mut totals = Totals::default();
            io::replace(path, |mut out| {
                totals = extract(input, &mut out, &args.path, path)?;
                Ok(())
            })?;
            totals
        }
        _ => extract(input, &mut io::stdout(), &args.path, Path::new("stdout"))?,
    };
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

fn extract(
    input: impl BufRead + Send,
    output: &mut impl Write,
    from: &Path,
    to: &Path,
) -> Result<Totals, CliError> {
    batch::run(input, output).map_err(|error| match error {
        fault @ batch::BatchError::Fault { .. } => CliError::Input(format!("{}: {fault}", from.display())),
        batch::BatchError::Read(source) => CliError::file("cannot read", from, source),
        batch::BatchError::Write(source) => CliError::file("cannot write", to, source),
    })
}
