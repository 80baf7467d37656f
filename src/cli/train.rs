//! `rungs train`: makes the weights of the models from labelled data, and measures them.
//!
//! The data are not part of the project; `data/level/MODEL_CARD.md` says what they are.

mod ambiguity;
mod blocks;
mod family;
mod level;
mod sets;

use super::{CliError, Global, Outcome};
use std::path::PathBuf;

/// Arguments of `rungs train`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    model: Model,
}

#[derive(Debug, clap::Subcommand)]
enum Model {
    /// The judge of ambiguous words, from labelled mentions
    Ambiguity(ambiguity::Args),
    /// The level and track model, validated with one employer left out at a time
    Level(Data),
    /// The family model, learned from postings whose titles name their family
    Family(family::Args),
    /// Postings cut into blocks, for learning what part of a posting a sentence belongs to
    Blocks(blocks::Args),
}

/// Where the data are and where the weights go.
#[derive(Debug, clap::Args)]
struct Data {
    /// Folder with `labelled/` and `postings/`
    data: PathBuf,
    /// Write the weights here
    #[arg(long, short, value_name = "PATH", conflicts_with = "check")]
    output: Option<PathBuf>,
    /// Only measure the weights compiled in
    #[arg(long)]
    check: bool,
    /// Folder with the project's own label files
    #[arg(long, value_name = "DIR", default_value = "tests/data/labels")]
    labels: PathBuf,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    match &args.model {
        Model::Ambiguity(args) => ambiguity::run(args, global),
        Model::Level(data) => level::run(data, global),
        Model::Family(args) => family::run(args, global),
        Model::Blocks(args) => blocks::run(args),
    }
}
