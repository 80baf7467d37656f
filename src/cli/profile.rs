//! `rungs profile`: import, show, set, check.

use super::gap::read_profile;
use super::output::{self, Form};
use super::{CliError, Global, Home, Outcome, ui};
use crate::profile::Profile;
use crate::query::search::skill;
use crate::render;
use crate::taxonomy::Taxonomy;
use std::fs;
use std::path::{Path, PathBuf};

/// Arguments of `rungs profile`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Make profile.toml from a CV: JSON Resume, LinkedIn ZIP, Europass, RenderCV, Word, Markdown, text
    Import(ImportArgs),
    /// Show the profile as rungs understands it
    Show(ShowArgs),
    /// Change single values
    Set(SetArgs),
    /// Say what is missing or not understood
    Check(ShowArgs),
}

#[derive(Debug, clap::Args)]
struct ImportArgs {
    /// The CV
    file: PathBuf,
    /// Write here; by default profile.toml of the home
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Overwrite what is there
    #[arg(long)]
    force: bool,
}

#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// The profile; by default profile.toml of the home
    #[arg(value_name = "FILE")]
    profile: Option<PathBuf>,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rungs profile set --level 4 --family software-engineering
  rungs profile set --skill Kubernetes --depth 2 --interest 1")]
struct SetArgs {
    /// The profile; by default profile.toml of the home
    #[arg(long, short, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Your level
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=8))]
    level: Option<u8>,
    /// Your role family
    #[arg(long, value_name = "ID")]
    family: Option<String>,
    /// The skill that the options below are about; added when new
    #[arg(long, value_name = "NAME")]
    skill: Option<String>,
    /// 1 awareness, 2 working, 3 practitioner, 4 expert
    #[arg(long, requires = "skill", value_parser = clap::value_parser!(u8).range(1..=4))]
    depth: Option<u8>,
    /// Years of use
    #[arg(long, requires = "skill")]
    years: Option<f32>,
    /// -2 would drain me … 2 would love it
    #[arg(long, requires = "skill", allow_hyphen_values = true, value_parser = clap::value_parser!(i8).range(-2..=2))]
    interest: Option<i8>,
    /// What proves it; may be given several times
    #[arg(long, requires = "skill", value_name = "TEXT")]
    evidence: Vec<String>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let home = Home::find(global)?;
    let path = |given: &Option<PathBuf>| given.clone().unwrap_or_else(|| home.profile());
    match &args.action {
        Action::Import(args) => import(args, args.output.clone().unwrap_or_else(|| home.profile()), global),
        Action::Show(args) => {
            let read = read_profile(&path(&args.profile))?;
            let place = read.profile.place(Taxonomy::builtin(), ui::today());
            output::answer(global, args.form, &read.profile, |p| render::profile(p, &place))?;
            Ok(Outcome::Done)
        }
        Action::Check(args) => {
            let read = read_profile(&path(&args.profile))?;
            let place = read.profile.place(Taxonomy::builtin(), ui::today());
            let findings = read.profile.check(&place, &read.unknown_skills);
            output::answer(global, args.form, &findings, |f| render::findings(f))?;
            Ok(if findings.is_empty() { Outcome::Done } else { Outcome::Nothing })
        }
        Action::Set(args) => set(args, &path(&args.profile)),
    }
}

fn import(args: &ImportArgs, to: PathBuf, global: &Global) -> Result<Outcome, CliError> {
    if to.exists() && !args.force {
        return Err(CliError::Input(format!(
            "{} is there already\n  Give --force to overwrite it, or -o to write elsewhere.",
            to.display()
        )));
    }
    let read = read_profile(&args.file)?;
    save(&read.profile, &to)?;
    output::answer(global, Form::TEXT, &read, render::imported)?;
    ui::say(format_args!("written to {}; look through it, it is yours to edit", to.display()));
    Ok(if read.not_understood.is_empty() { Outcome::Done } else { Outcome::Partial })
}

fn set(args: &SetArgs, path: &Path) -> Result<Outcome, CliError> {
    let mut profile = if path.exists() { read_profile(path)?.profile } else { Profile::default() };
    profile.level = args.level.or(profile.level);
    profile.family = args.family.clone().or(profile.family);
    if let Some(name) = &args.skill {
        let taxonomy = Taxonomy::builtin();
        let at = skill(taxonomy, name)?;
        let held = profile.skill_mut(taxonomy.skill(at));
        held.depth = args.depth.or(held.depth);
        held.years = args.years.or(held.years);
        held.interest = args.interest.or(held.interest);
        held.evidence.extend(args.evidence.iter().cloned());
    }
    save(&profile, path)?;
    Ok(Outcome::Done)
}

/// Writes a profile in one piece: a file cut short would be the loss of someone's own words.
pub(super) fn save(profile: &Profile, path: &Path) -> Result<(), CliError> {
    let text = profile.to_toml().map_err(|e| CliError::Stage(e.to_string()))?;
    let draft = path.with_extension("toml.new");
    let failed = |e| CliError::file("cannot write", path, e);
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(&draft, text).map_err(failed)?;
    fs::rename(&draft, path).map_err(failed)
}
