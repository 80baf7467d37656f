//! `rungs bridge`: roles between here and there.

use super::gap::{Asked, TargetArgs};
use super::output::{self, Form};
use super::{CliError, Global, Home, Outcome, ui};
use crate::query::bridge::bridges;
use crate::render;
use crate::taxonomy::Taxonomy;

/// Arguments of `rungs bridge`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rungs bridge --ahead 2
  rungs bridge --family product-management --level 6")]
pub(super) struct Args {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    form: Form,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let home = Home::find(global)?;
    let taxonomy = Taxonomy::builtin();
    let profile = args.target.profile(&home)?;
    let place = profile.place(taxonomy, ui::today());
    let Asked { scope, levels, loaded } = args.target.cohort(&home, taxonomy)?;
    let family = scope.family.clone().ok_or_else(|| {
        CliError::Input("the role family is not known: give --family, or set `family` in the profile".into())
    })?;
    let from = (place.family, place.level);
    let answer = bridges(loaded.source(), taxonomy, &profile, from, &family, &levels, &scope)?;
    output::answer(global, args.form, &answer, render::bridges)?;
    Ok(if answer.paths.is_empty() { Outcome::Nothing } else { Outcome::Done })
}
