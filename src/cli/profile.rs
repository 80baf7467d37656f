//! `rungs profile`: import, show, set, check.

use super::args::{self, Family, Tracks};
use super::gap::read_profile;
use super::output::{self, Form};
use super::{CliError, Global, Home, Outcome, ui};
use crate::level::Track;
use crate::profile::{Edit, Imported, MAX_FILE_BYTES, SkillChange};
use crate::query::search::skill;
use crate::render;
use crate::taxonomy::Taxonomy;
use serde::Serialize;
use std::fs;
use std::io::{Read, Write};
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
    /// Write here, - for stdout; by default profile.toml of the home
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
  rungs profile set --skill Kubernetes --depth 2 --interest 1
  rungs profile set --without \"emergency medicine\"     # not held, whatever the history seems to say")]
struct SetArgs {
    /// The profile; by default profile.toml of the home
    #[arg(long, short, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Your level: 1–8, or its name, e.g. senior
    #[arg(long, value_parser = args::level, allow_negative_numbers = true)]
    level: Option<u8>,
    /// Your role family
    #[arg(long, value_name = "ID", value_parser = Family, hide_possible_values = true)]
    family: Option<String>,
    /// ic (individual contributors) or management
    #[arg(long, value_name = "TRACK", value_parser = Tracks, hide_possible_values = true)]
    track: Option<Track>,
    /// The skill that the options below are about; added when new
    #[arg(long, value_name = "NAME")]
    skill: Option<String>,
    /// 1 awareness, 2 working, 3 practitioner, 4 expert
    #[arg(long, requires = "skill", value_parser = depth, allow_negative_numbers = true)]
    depth: Option<u8>,
    /// Years of use
    #[arg(long, requires = "skill", value_parser = years, allow_negative_numbers = true)]
    years: Option<f32>,
    /// -2 would drain me … 2 would love it
    #[arg(long, requires = "skill", allow_hyphen_values = true, value_parser = clap::value_parser!(i8).range(-2..=2))]
    interest: Option<i8>,
    /// What proves it; may be given several times
    #[arg(long, requires = "skill", value_name = "TEXT")]
    evidence: Vec<String>,
    /// A skill that you do not hold, though the profile or its history says so; may be given several times
    #[arg(long, value_name = "NAME")]
    without: Vec<String>,
}

fn depth(text: &str) -> Result<u8, String> {
    let depth = text.parse().ok().filter(|depth| (1..=4).contains(depth));
    depth.ok_or_else(|| {
        format!("`{text}` is no depth; write 1 awareness, 2 working, 3 practitioner or 4 expert; --without says that you do not hold a skill")
    })
}

fn years(text: &str) -> Result<f32, String> {
    let years = text.parse().ok().filter(|years| (0.0..=80.0).contains(years));
    years.ok_or_else(|| format!("`{text}` is no number of years; write 0 to 80, e.g. 2.5"))
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let home = Home::find(global)?;
    let path = |given: &Option<PathBuf>| given.clone().unwrap_or_else(|| home.profile());
    match &args.action {
        Action::Import(args) => import(args, args.output.clone().unwrap_or_else(|| home.profile()), global),
        Action::Show(args) => {
            let read = read_profile(&path(&args.profile))?;
            let taxonomy = Taxonomy::builtin();
            let place = read.profile.place(taxonomy, ui::today());
            let shown = read.profile.shown_skills(taxonomy).into_iter();
            let shown: Vec<(&str, String)> =
                shown.map(|(at, words)| (taxonomy.skill(at).label.as_str(), words)).collect();
            output::answer(global, args.form, &read.profile, |p| render::profile(p, &place, &shown))?;
            Ok(Outcome::Done)
        }
        Action::Check(args) => {
            let read = read_profile(&path(&args.profile))?;
            let place = read.profile.place(Taxonomy::builtin(), ui::today());
            let findings = read.profile.check(&place, &read.unknown_skills);
            output::answer(global, args.form, &findings, |f| render::findings(f))?;
            // Remarks are what was asked for, no negative answer.
            Ok(Outcome::Done)
        }
        Action::Set(args) => set(args, &path(&args.profile), global),
    }
}

fn import(args: &ImportArgs, to: PathBuf, global: &Global) -> Result<Outcome, CliError> {
    if to == Path::new("-") {
        let read = read_profile(&args.file)?;
        let text = read.profile.to_toml().map_err(|e| CliError::Stage(e.to_string()))?;
        let mut out = super::io::stdout();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        written.map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
        output::beside(&render::imported(&read), global)?;
        return Ok(imported(&read));
    }
    if to.exists() && !args.force {
        return Err(CliError::Input(format!(
            "{} is there already\n  Give --force to overwrite it, or -o to write elsewhere.",
            to.display()
        )));
    }
    let read = read_profile(&args.file)?;
    let text = read.profile.to_toml().map_err(|e| CliError::Stage(e.to_string()))?;
    if to.exists() {
        let kept = to.with_extension("toml.bak");
        std::fs::copy(&to, &kept).map_err(|e| CliError::file("cannot write", &kept, e))?;
        ui::say(format_args!("the profile that was there, ratings included, is kept as {}", kept.display()));
    }
    super::io::replace_text(&to, &text)?;
    // The result is the file; what was read of the CV is a message about it.
    if global.json {
        output::answer(global, Form::TEXT, &read, render::imported)?;
    }
    output::beside(&render::imported(&read), global)?;
    ui::say(format_args!("written to {}; look through it, it is yours to edit", to.display()));
    Ok(imported(&read))
}

fn imported(read: &Imported) -> Outcome {
    if read.not_understood.is_empty() { Outcome::Done } else { Outcome::Partial }
}

/// What a change wrote.
#[derive(Serialize)]
struct Written<'a> {
    written: &'a Path,
    level: Option<u8>,
    family: Option<&'a str>,
    skill: Option<&'a str>,
    without: &'a [String],
}

fn set(args: &SetArgs, path: &Path, global: &Global) -> Result<Outcome, CliError> {
    let nothing = args.level.is_none() && args.family.is_none() && args.track.is_none();
    if nothing && args.skill.is_none() && args.without.is_empty() {
        return Err(CliError::Input(
            "nothing to change; `rungs profile set --help` shows what can be".to_owned(),
        ));
    }
    let mut edit = edit(path)?;
    if let Some(level) = args.level {
        edit.level(level);
    }
    if let Some(family) = &args.family {
        edit.family(family);
    }
    if let Some(track) = args.track {
        edit.track(track);
    }
    let taxonomy = Taxonomy::builtin();
    for name in &args.without {
        edit.without(taxonomy, taxonomy.skill(skill(taxonomy, name)?));
    }
    if let Some(name) = &args.skill {
        let change = SkillChange {
            depth: args.depth,
            years: args.years,
            interest: args.interest,
            evidence: args.evidence.clone(),
        };
        edit.skill(taxonomy, taxonomy.skill(skill(taxonomy, name)?), &change);
    }
    save(edit, path)?;
    if global.json {
        let (family, skill) = (args.family.as_deref(), args.skill.as_deref());
        output::json(&Written { written: path, level: args.level, family, skill, without: &args.without })?;
    }
    ui::say(format_args!("written to {}", path.display()));
    Ok(Outcome::Done)
}

/// Begins to change the profile at `path`, which is made when it is not there. Only `profile.toml` is
/// ever changed: a CV in another format would come out as something else.
pub(super) fn edit(path: &Path) -> Result<Edit, CliError> {
    if path.extension().is_none_or(|e| !e.eq_ignore_ascii_case("toml")) {
        return Err(CliError::Input(format!(
            "{0} is no profile.toml, and rungs changes nothing else\n  Run `rungs profile import {0}` first.",
            path.display()
        )));
    }
    let mut text = String::new();
    if path.exists() {
        let file = fs::File::open(path).map_err(|e| CliError::file("cannot read", path, e))?;
        file.take(MAX_FILE_BYTES as u64)
            .read_to_string(&mut text)
            .map_err(|e| CliError::Input(format!("{} cannot be read: {e}", path.display())))?;
    }
    Edit::new(&text).map_err(|e| CliError::Input(format!("{}: {e}", path.display())))
}

/// Writes a changed profile in one piece: a file cut short would be the loss of someone's own words.
pub(super) fn save(edit: Edit, path: &Path) -> Result<(), CliError> {
    let text = edit.finish().map_err(|e| CliError::Input(format!("{}: {e}", path.display())))?;
    super::io::replace_text(path, &text)
}
