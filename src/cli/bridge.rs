//! `rungs bridge`: roles between here and there.

use super::gap::{Asked, TargetArgs};
use super::output::{self, Form};
use super::{CliError, Global, Home, Outcome, ui};
use crate::query::QueryError;
use crate::query::bridge::{Bridges, bridges};
use crate::render;
use crate::taxonomy::Taxonomy;
use std::ops::RangeInclusive;

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
    let answer = answer(&args.target, &Home::find(global)?)?;
    output::answer(global, args.form, &answer, render::bridges)?;
    Ok(if answer.paths.is_empty() { Outcome::Nothing } else { Outcome::Done })
}

/// The roles between here and there.
pub(super) fn answer(target: &TargetArgs, home: &Home) -> Result<Bridges, CliError> {
    let taxonomy = Taxonomy::builtin();
    let profile = target.profile(home)?;
    let place = profile.place(taxonomy, ui::today());
    let Asked { scope, first, levels, loaded } = target.cohort(home, taxonomy)?;
    let family = scope.family.clone().ok_or_else(|| {
        CliError::Input("the role family is not known: give --family, or set `family` in the profile".into())
    })?;
    let from = (place.family, place.level);
    let to = |levels: &_| bridges(loaded.source(), taxonomy, &profile, from.clone(), &family, levels, &scope);
    Ok(far_enough(&first, &levels, to)?)
}

/// The bridges `to` the levels asked about `first`. Where no role there has employers enough: to all `levels`
/// that `gap` answers, where every way ends with the first step up.
pub(super) fn far_enough(
    first: &RangeInclusive<u8>,
    levels: &RangeInclusive<u8>,
    to: impl Fn(&RangeInclusive<u8>) -> Result<Bridges, QueryError>,
) -> Result<Bridges, QueryError> {
    let near = to(first)?;
    if near.answered || first == levels { Ok(near) } else { to(levels) }
}
