//! `rungs families`: the kinds of jobs that postings are sorted into.

use super::{CliError, Global, Outcome, io};
use crate::level::family;
use std::io::Write;
use std::path::Path;

/// Arguments of `rungs families`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let mut out = io::stdout();
    let written = if global.json {
        serde_json::to_writer(&mut out, family::all()).map_err(Into::into).and_then(|()| writeln!(out))
    } else {
        family::all().iter().try_for_each(|family| {
            writeln!(out, "{:<30} {:<48} ISCO {}", family.id, family.label, family.isco.join(" "))
        })
    };
    written.and_then(|()| out.flush()).map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
    Ok(Outcome::Done)
}
