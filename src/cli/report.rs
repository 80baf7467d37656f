//! `rungs report`: one HTML file to look at together.

use super::bridge::far_enough;
use super::gap::TargetArgs;
use super::plan::{Data, Files};
use super::{CliError, Global, Home, Outcome, output, ui};
use crate::plan::ladder::ladder;
use crate::plan::{self, Plan};
use crate::profile::Profile;
use crate::query::bridge::{Bridges, bridges};
use crate::query::gap::{Gap, Target, gap};
use crate::query::scope::{CohortCard, Scope};
use crate::render::{self, Report};
use crate::taxonomy::Taxonomy;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Skills followed over the levels.
const RUNGS: usize = 18;

/// Arguments of `rungs report`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rungs report                           writes report.html in the home
  rungs report -o report.html --ahead 2
  rungs report -o - --track management > report.html

The file loads nothing from anywhere, works without scripts and prints on A4.")]
pub(super) struct Args {
    #[command(flatten)]
    target: TargetArgs,
    /// Where to write it, - for stdout; by default report.html in the home
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let home = Home::find(global)?;
    if let Some(path) = &args.output {
        is_there(path)?;
    }
    let taxonomy = Taxonomy::builtin();
    let profile = args.target.profile(&home)?;
    let request = args.target.request()?;
    let data = Data::of(args.target.open(&home, &profile, &request)?, &home);
    let mut answer = gap(data.source(), taxonomy, &profile, &request, ui::today())?;
    args.target.explain_level(&mut answer.place);
    let Some(target) = plan::target(&answer, request.scope.track) else {
        ui::say("too little data for a report; `rungs gap` shows what there is and what would help");
        return Ok(Outcome::Nothing);
    };
    let scope = Scope { family: answer.family.clone(), ..request.scope.clone() };
    let skills = climbing(target);
    let ids: Vec<&str> = skills.iter().map(|(id, _)| id.as_str()).collect();
    let rungs: Vec<String> = skills.iter().map(|(_, label)| label.clone()).collect();
    let ladder = ladder(data.source(), &scope, &ids)?;
    let bridges = ways(&data, &profile, &answer, target, &scope)?;
    let on_track = Scope { track: target.cohort.track, ..scope.clone() };
    let label =
        |id: &str| taxonomy.by_id(id).map_or_else(|| id.to_owned(), |at| taxonomy.skill(at).label.clone());
    let quotes = data.quotes(&on_track, target)?;
    let quotes: Vec<_> = quotes.into_iter().map(|(id, quotes)| (label(&id), quotes)).collect();
    let files = Files::at(&home, None);
    let plan = files.plan()?.filter(|plan| is_for(plan, &answer, target));
    let report = Report {
        gap: &answer,
        target,
        rungs: &rungs,
        ladder: &ladder,
        bridges: Some(&bridges),
        quotes: &quotes,
        plan: plan.as_ref(),
        log: &files.entries()?,
        today: ui::today(),
    };
    let path = args.output.clone().unwrap_or_else(|| home.root().join("report.html"));
    let html = render::report(&report);
    if global.json && path == Path::new("-") {
        return Err(CliError::Input("--json and -o - both write to stdout; name a file".into()));
    }
    let outcome = write(&path, &html)?;
    if global.json {
        output::json(&Written { written: &path, bytes: html.len(), target: &target.cohort })?;
    }
    Ok(outcome)
}

/// A folder that a person named and that is not there is a slip of the pen: it is not made.
fn is_there(path: &Path) -> Result<(), CliError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists());
    folder.map_or(Ok(()), |folder| {
        Err(CliError::Input(format!(
            "the folder {} does not exist, so {} cannot be written; make it first, or name another",
            folder.display(),
            path.display()
        )))
    })
}

/// What was written, for `--json`.
#[derive(Serialize)]
struct Written<'a> {
    written: &'a Path,
    bytes: usize,
    target: &'a CohortCard,
}

fn write(path: &Path, html: &str) -> Result<Outcome, CliError> {
    if path == Path::new("-") {
        let mut out = super::io::stdout();
        let written = out.write_all(html.as_bytes()).and_then(|()| out.flush());
        written.map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
        return Ok(Outcome::Done);
    }
    super::io::replace_text(path, html)?;
    ui::say(format_args!("written: {} ({} kB)", path.display(), html.len().div_ceil(1000)));
    Ok(Outcome::Done)
}

/// Id and label of the skills whose demand moves most between one's own level and the target.
fn climbing(target: &Target) -> Vec<(String, String)> {
    let rise = |skill: &crate::query::gap::SkillGap| {
        (skill.asked.share.unwrap_or(0.0) - skill.own.share.unwrap_or(0.0)).abs()
    };
    let mut skills: Vec<_> = target.skills.iter().collect();
    skills.sort_by(|a, b| rise(b).total_cmp(&rise(a)).then_with(|| a.id.cmp(&b.id)));
    skills.into_iter().take(RUNGS).map(|skill| (skill.id.clone(), skill.label.clone())).collect()
}

fn ways(
    data: &Data,
    profile: &Profile,
    answer: &Gap,
    target: &Target,
    scope: &Scope,
) -> Result<Bridges, CliError> {
    let from = (answer.place.family.clone(), answer.place.level);
    let levels = target.cohort.from_level..=target.cohort.to_level;
    let family = answer.family.as_deref().unwrap_or_default();
    let first = answer.asked.levels(answer.place.level);
    let to = |levels: &_| {
        bridges(data.source(), Taxonomy::builtin(), profile, from.clone(), family, levels, scope)
    };
    Ok(far_enough(&first, &levels, to)?)
}

/// Whether the plan aims at what the report is about.
fn is_for(plan: &Plan, answer: &Gap, target: &Target) -> bool {
    Some(&plan.target.family) == answer.family.as_ref()
        && (plan.target.from_level, plan.target.to_level)
            == (target.cohort.from_level, target.cohort.to_level)
        && plan.target.track == target.cohort.track
}
