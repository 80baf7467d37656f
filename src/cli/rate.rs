//! `rungs rate`: would you like to learn or do these things?

use super::gap::TargetArgs;
use super::profile::{edit, save};
use super::source::Loaded;
use super::{CliError, Global, Home, Outcome, ui};
use crate::query::gap::gap;
use crate::query::search::skill;
use crate::taxonomy::Taxonomy;
use std::io::{BufRead, IsTerminal};

/// Skills asked about.
const ASKED: usize = 15;

/// Arguments of `rungs rate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rungs rate                                # asks one by one; Enter skips, q stops
  rungs rate --set Kubernetes=2 --set Hiring=-1")]
pub(super) struct Args {
    #[command(flatten)]
    target: TargetArgs,
    /// A rating without being asked: NAME=-2 … NAME=2
    #[arg(long, value_name = "NAME=N", value_parser = rating)]
    set: Vec<(String, i8)>,
}

fn rating(text: &str) -> Result<(String, i8), String> {
    let error = || format!("`{text}` is no rating; write NAME=-2 … NAME=2");
    let (name, value) = text.rsplit_once('=').ok_or_else(error)?;
    let value: i8 = value.trim().parse().map_err(|_| error())?;
    if (-2..=2).contains(&value) { Ok((name.trim().to_owned(), value)) } else { Err(error()) }
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let home = Home::find(global)?;
    let taxonomy = Taxonomy::builtin();
    let path = args.target.profile.clone().unwrap_or_else(|| home.profile());
    // Refused before anything is asked, not after.
    let mut edit = edit(&path)?;
    let profile = args.target.profile(&home)?;
    let mut ratings = args.set.clone();
    if ratings.is_empty() {
        if !std::io::stdin().is_terminal() {
            return Err(CliError::Input(
                "there is nobody to ask: stdin is no terminal\n  Give ratings as --set NAME=N.".into(),
            ));
        }
        let loaded = Loaded::open(&home)?;
        let request = args.target.request(&profile)?;
        let answer = gap(loaded.source(), taxonomy, &profile, &request, ui::today())?;
        let mut labels: Vec<String> = Vec::new();
        for skill in answer.targets.iter().flat_map(|t| t.skills.iter().take(ASKED)) {
            if skill.interest.is_none() && !labels.contains(&skill.label) {
                labels.push(skill.label.clone());
            }
        }
        labels.truncate(ASKED);
        ratings = ask(&labels)?;
    }
    for (name, value) in &ratings {
        let at = skill(taxonomy, name)?;
        edit.rate_skill(taxonomy, taxonomy.skill(at), *value);
    }
    if ratings.is_empty() {
        ui::say("nothing rated");
        return Ok(Outcome::Nothing);
    }
    save(edit, &path)?;
    ui::say(format_args!("{} ratings written to {}", ratings.len(), path.display()));
    Ok(Outcome::Done)
}

/// Asks for every label; Enter skips, `q` stops.
fn ask(labels: &[String]) -> Result<Vec<(String, i8)>, CliError> {
    ui::say(
        "Would you like to learn or do this?  -2 would drain me … 2 would love it · Enter skips · q stops",
    );
    let mut ratings = Vec::new();
    let mut lines = std::io::stdin().lock().lines();
    for (i, label) in labels.iter().enumerate() {
        loop {
            ui::say(format_args!("{}/{}  {label}", i + 1, labels.len()));
            let Some(line) = lines.next() else { return Ok(ratings) };
            let line = line.map_err(|e| CliError::Stage(format!("stdin cannot be read: {e}")))?;
            match (line.trim(), line.trim().parse::<i8>()) {
                ("q", _) => return Ok(ratings),
                ("", _) => break,
                (_, Ok(value)) if (-2..=2).contains(&value) => {
                    ratings.push((label.clone(), value));
                    break;
                }
                _ => ui::say("a whole number from -2 to 2, Enter or q"),
            }
        }
    }
    Ok(ratings)
}
