//! `rungs demand`: what a part of the market asks for.

use super::args::{Levels, ScopeArgs};
use super::output::{self, Form};
use super::source::{From, Loaded};
use super::{CliError, Global, Home, Outcome, ui};
use crate::query::demand::demand;
use crate::query::stats::{MIN_EMPLOYERS, is_enough};
use crate::render;
use crate::taxonomy::Taxonomy;
use std::ops::RangeInclusive;

/// Arguments of `rungs demand`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rungs demand --family nursing --level 4..
  rungs demand --family data-analytics-bi --trend 90 --csv > demand.csv")]
pub(super) struct Args {
    #[command(flatten)]
    scope: ScopeArgs,
    /// Levels: 5.., ..4, 3..5 (both included) or 4
    #[arg(long, short, value_parser = Levels, hide_possible_values = true, default_value = "1..8")]
    level: RangeInclusive<u8>,
    /// Compare the last DAYS with as many before, on the same employers
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i32).range(7..=1825))]
    trend: Option<i32>,
    /// Answer from the bundled market or from your own postings; by default from your own where at
    /// least 8 employers have such postings
    #[arg(long, value_name = "SOURCE", value_enum, hide_possible_values = true)]
    from: Option<From>,
    /// Most skills
    #[arg(long, short = 'n', default_value_t = 30, value_name = "N")]
    limit: usize,
    #[command(flatten)]
    form: Form,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let scope = args.scope.scope(ui::today())?;
    let loaded = Loaded::open(&Home::find(global)?, args.from, &scope, &args.level)?;
    let answer = demand(
        loaded.source(),
        Taxonomy::builtin(),
        &scope,
        &args.level,
        args.trend,
        super::args::day(ui::today()),
    )?;
    output::answer(global, args.form, &answer, |answer| render::demand(answer, args.limit))?;
    if args.trend.is_some() && answer.panel.is_none_or(|p| !is_enough(p.employers)) {
        ui::say(format_args!(
            "no trend: fewer than {MIN_EMPLOYERS} employers have dated postings in both windows"
        ));
    }
    Ok(if answer.skills.is_empty() { Outcome::Nothing } else { Outcome::Done })
}
