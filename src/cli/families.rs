//! `rungs families`: the kinds of jobs that postings are sorted into, and which can be answered.

use super::output::{self, Form};
use super::source::Loaded;
use super::{CliError, Global, Home, Outcome};
use crate::query::families::families;
use crate::query::scope::Scope;
use crate::render;

/// Arguments of `rungs families`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    form: Form,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let loaded = Loaded::open(&Home::find(global)?, None, &Scope::default(), &(1..=8))?;
    let answer = families(loaded.source())?;
    output::answer(global, args.form, &answer, render::families)?;
    Ok(Outcome::Done)
}
