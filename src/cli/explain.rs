//! `rungs explain`: the postings and sentences behind a number.

use super::gap::TargetArgs;
use super::output::{self, Form};
use super::{CliError, Global, Home, Outcome, ui};
use crate::corpus::Corpus;
use crate::index::PostingIndex;
use crate::query::explain::explain;
use crate::query::search::skill;
use crate::render;
use crate::taxonomy::Taxonomy;

/// Arguments of `rungs explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rungs explain Kubernetes --ahead 2
  rungs explain \"stakeholder management\" --family product-management --level 6..7 --track ic")]
pub(super) struct Args {
    /// Skill, by any of its names
    skill: String,
    #[command(flatten)]
    target: TargetArgs,
    /// Most quotes
    #[arg(long, short = 'n', default_value_t = 8, value_name = "N")]
    limit: usize,
    #[command(flatten)]
    form: Form,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let home = Home::find(global)?;
    let taxonomy = Taxonomy::builtin();
    let skill = skill(taxonomy, &args.skill)?;
    let index = PostingIndex::open(&home.index())?;
    let corpus = Corpus::open_read_only(&home.corpus())?;
    let (scope, levels) = args.target.cohort(&home, taxonomy)?;
    let answer = explain(&index, &corpus, taxonomy, skill, &scope, &levels, args.limit)?;
    output::answer(global, args.form, &answer, render::explanation)?;
    if answer.asked.postings_with == 0 {
        ui::say(format_args!("no posting of this cohort asks for {}", answer.label));
        return Ok(Outcome::Nothing);
    }
    Ok(Outcome::Done)
}
