//! `rungs explain`: what a number was computed from.

use super::gap::{Asked, TargetArgs};
use super::output::{self, Form};
use super::{CliError, Global, Home, Outcome, ui};
use crate::corpus::Corpus;
use crate::level::Track;
use crate::query::explain::{self, Explanation, Subject, explain};
use crate::query::gap::kindred_families;
use crate::query::scope::Scope;
use crate::render;
use crate::taxonomy::Taxonomy;

/// What else has the name is shown from one posting in so many of those that the first has.
const TELLS: u32 = 10;

/// Arguments of `rungs explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rungs explain Kubernetes --ahead 2
  rungs explain \"stakeholder management\" --family product-management --level 6..7 --track ic
  rungs explain people-led               an experience, by its name in `rungs gap`
  rungs explain \"degree: bachelor\"     a gate
  rungs explain coverage                 the sums behind your coverage
  rungs explain bridges                  what each step of a path is computed from")]
pub(super) struct Args {
    /// Skill (by any of its names), experience, gate, `coverage` or `bridges`
    #[arg(value_name = "WHAT")]
    what: String,
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
    match args.what.as_str() {
        "coverage" => return coverage(args, global, &home),
        "bridges" | "bridge" => return ways(args, global, &home),
        _ => {}
    }
    let taxonomy = Taxonomy::builtin();
    let subjects = explain::subjects(taxonomy, &args.what)?;
    let Asked { scope, levels, loaded, .. } = args.target.cohort(&home, taxonomy)?;
    let corpus = loaded.index().and_then(|_| Corpus::open_read_only(&home.corpus()).ok());
    let texts = loaded.index().zip(corpus.as_ref());
    let one = |subject| explain(loaded.source(), texts, taxonomy, subject, &scope, &levels, args.limit);
    let mut answers = subjects.iter().map(one).collect::<Result<Vec<_>, _>>()?.into_iter();
    let Some(mut answer) = answers.next() else { return Ok(Outcome::Nothing) };
    // A skill of the same name that hardly any posting uses would only puzzle.
    answer.also =
        answers.filter(|also| also.asked.postings_with * TELLS >= answer.asked.postings_with).collect();
    output::answer(global, args.form, &answer, render::explanation)?;
    say_of_kin(args, &subjects, &answer, &scope);
    if answer.asked.postings_with == 0 && answer.also.iter().all(|a| a.asked.postings_with == 0) {
        ui::say(format_args!("no posting of this cohort asks for {}", answer.label));
        return Ok(Outcome::Nothing);
    }
    if texts.is_none() {
        ui::say(
            "the bundled market has figures only, so there is nothing to quote; quotes come from postings of your own (`rungs fetch`, `rungs import`)",
        );
    }
    Ok(Outcome::Done)
}

/// Says whose figures an area of kindred families has: each family is explained by itself.
fn say_of_kin(args: &Args, subjects: &[Subject], answer: &Explanation, scope: &Scope) {
    let kind = subjects.iter().find_map(|subject| match subject {
        Subject::Experience(kind) => Some(*kind),
        _ => None,
    });
    let (Some(kind), Some(family)) = (kind, &scope.family) else { return };
    let card = &answer.cohort;
    let [own, others @ ..] = &kindred_families(family, kind)[..] else { return };
    let Some(first) = others.first().filter(|_| card.is_thin()) else { return };
    let track = match card.track {
        Some(Track::Ic) => " --track ic",
        Some(Track::Management) => " --track management",
        None => "",
    };
    ui::say(format_args!(
        "these are figures of {own} alone; an area that `rungs gap` marks (kindred families) has those of {own}, {} together, from the bundled market; one of them: rungs explain {} --family {first} --level {}..{}{track} --from market",
        others.join(", "),
        render::quoted(&args.what),
        card.from_level,
        card.to_level
    ));
}

fn coverage(args: &Args, global: &Global, home: &Home) -> Result<Outcome, CliError> {
    let profile = args.target.profile(home)?;
    let request = args.target.request()?;
    let loaded = args.target.open(home, &profile, &request)?;
    let answer = explain::coverage(loaded.source(), Taxonomy::builtin(), &profile, &request, ui::today())?;
    output::answer(global, args.form, &answer, |answer| render::coverage_explained(answer))?;
    let explained = answer.iter().any(|one| one.cohort.is_enough());
    Ok(if explained { Outcome::Done } else { Outcome::Nothing })
}

fn ways(args: &Args, global: &Global, home: &Home) -> Result<Outcome, CliError> {
    let answer = super::bridge::answer(&args.target, home)?;
    output::answer(global, args.form, &answer, render::bridges_explained)?;
    Ok(if answer.paths.is_empty() { Outcome::Nothing } else { Outcome::Done })
}
