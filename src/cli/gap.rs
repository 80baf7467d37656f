//! `rungs gap`: what the roles ahead ask for, and what of it is missing.

use super::args::{self, Levels, ScopeArgs};
use super::output::{self, Form};
use super::source::{From, Loaded};
use super::{CliError, Global, Home, Outcome, ui};
use crate::profile::{self, Imported, Place, Profile};
use crate::query::gap::{AHEAD, Aim, GIVEN_LEVEL, GapRequest, gap};
use crate::query::scope::Scope;
use crate::render;
use crate::taxonomy::Taxonomy;
use std::io::Read;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Skills shown for each target.
const SKILLS: usize = 20;

/// Which roles, relative to whom.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct TargetArgs {
    /// The profile; by default profile.toml of the home
    #[arg(long, short, value_name = "FILE")]
    pub(super) profile: Option<PathBuf>,
    /// Levels ahead of your own, and the one above; where these have few employers and too few areas to work
    /// on, all levels ahead together
    #[arg(long, value_name = "N", default_value_t = AHEAD, value_parser = clap::value_parser!(u8).range(0..=7))]
    ahead: u8,
    /// Your own level (1–8, or its name), instead of what the profile says
    #[arg(long, value_name = "N", value_parser = args::level, allow_negative_numbers = true)]
    own_level: Option<u8>,
    /// Compare with exactly these levels instead: 5.., 6..7 or 6
    #[arg(long, short, value_parser = Levels, hide_possible_values = true, conflicts_with = "ahead")]
    level: Option<RangeInclusive<u8>>,
    #[command(flatten)]
    pub(super) scope: ScopeArgs,
    /// Answer from the bundled market or from your own postings; by default from your own where at
    /// least 8 employers ask for such roles
    #[arg(long, value_name = "SOURCE", value_enum, hide_possible_values = true)]
    from: Option<From>,
}

impl TargetArgs {
    /// Opens what answers the question `request` about `profile`.
    pub(super) fn open(
        &self,
        home: &Home,
        profile: &Profile,
        request: &GapRequest,
    ) -> Result<Loaded, CliError> {
        let place = profile.place(Taxonomy::builtin(), ui::today());
        let mut scope = request.scope.clone();
        scope.family = scope.family.or(place.family);
        Loaded::open(home, self.from, &scope, &request.levels.levels(place.level))
    }

    /// The profile meant, its names resolved, with its own level when one was given.
    pub(super) fn profile(&self, home: &Home) -> Result<Profile, CliError> {
        let path = self.profile.clone().unwrap_or_else(|| home.profile());
        let read = read_profile(&path)?;
        for problem in &read.not_understood {
            ui::say(format_args!("not understood: {problem}"));
        }
        if !read.unknown_skills.is_empty() {
            ui::say(format_args!(
                "not in the vocabulary, so not compared: {}",
                read.unknown_skills.join(", ")
            ));
        }
        let mut profile = read.profile;
        profile.level = self.own_level.or(profile.level);
        Ok(profile)
    }

    /// Says where the level comes from, when not from the profile.
    pub(super) fn explain_level(&self, place: &mut Place) {
        if self.own_level.is_some() {
            place.level_reason = GIVEN_LEVEL.to_owned();
        }
    }

    /// The cohort that `gap` answers about, and what answers. When family and levels are given, no profile
    /// is needed.
    pub(super) fn cohort(&self, home: &Home, taxonomy: &Taxonomy) -> Result<Asked, CliError> {
        let mut request = self.request()?;
        if let (Some(_), Aim::At(levels)) = (&request.scope.family, &request.levels) {
            let loaded = Loaded::open(home, self.from, &request.scope, levels)?;
            return Ok(Asked { first: levels.clone(), levels: levels.clone(), scope: request.scope, loaded });
        }
        let profile = self.profile(home)?;
        let loaded = self.open(home, &profile, &request)?;
        let levels = match &request.levels {
            Aim::At(levels) => levels.clone(),
            Aim::Ahead(_) => {
                gap(loaded.source(), taxonomy, &profile, &request, ui::today())?.levels_answered()
            }
        };
        let place = profile.place(taxonomy, ui::today());
        request.scope.family = request.scope.family.or(place.family);
        Ok(Asked { scope: request.scope, first: request.levels.levels(place.level), levels, loaded })
    }

    /// The question.
    pub(super) fn request(&self) -> Result<GapRequest, CliError> {
        let levels = self.level.clone().map_or(Aim::Ahead(self.ahead), Aim::At);
        Ok(GapRequest { scope: self.scope.scope(ui::today())?, levels })
    }
}

/// One cohort, and what answers questions about it.
pub(super) struct Asked {
    pub(super) scope: Scope,
    /// The levels asked about first.
    pub(super) first: RangeInclusive<u8>,
    /// The levels answered.
    pub(super) levels: RangeInclusive<u8>,
    pub(super) loaded: Loaded,
}

/// Arguments of `rungs gap`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rungs gap --profile data/profiles/backend-engineer.toml --ahead 2
  rungs gap --own-level 4 --track management --region DE
  rungs gap --full                       every table, not only what to do
  rungs gap --full --md > gap.md
  rungs gap --csv > gap.csv              every row, as data")]
pub(super) struct Args {
    #[command(flatten)]
    target: TargetArgs,
    /// Every table: skills with intervals and tiers, focus areas, experience, gates
    #[arg(long)]
    full: bool,
    /// Most skills for each target, with --full
    #[arg(long, short = 'n', default_value_t = SKILLS, value_name = "N")]
    limit: usize,
    #[command(flatten)]
    form: Form,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let home = Home::find(global)?;
    let profile = args.target.profile(&home)?;
    let request = args.target.request()?;
    let loaded = args.target.open(&home, &profile, &request)?;
    let mut answer = gap(loaded.source(), Taxonomy::builtin(), &profile, &request, ui::today())?;
    args.target.explain_level(&mut answer.place);
    output::answer(global, args.form, &answer, |answer| match args.full {
        true => render::gap(answer, args.limit),
        false => render::gap_in_short(answer),
    })?;
    Ok(if answer.targets.is_empty() { Outcome::Nothing } else { Outcome::Done })
}

/// Reads a profile of any known format.
pub(super) fn read_profile(path: &Path) -> Result<Imported, CliError> {
    let is_own = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"));
    if path != Path::new("-") && !path.exists() {
        if !is_own {
            return Err(CliError::Input(format!("there is no file {}", path.display())));
        }
        return Err(CliError::Input(format!(
            "there is no profile at {}\n  Make one from your CV: rungs profile import cv.docx\n  or by hand: rungs profile set --level 4 --family nursing",
            path.display()
        )));
    }
    let mut bytes = Vec::new();
    let file = super::io::open(path)?;
    file.take(profile::MAX_FILE_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| CliError::file("cannot read", path, e))?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    profile::import(Taxonomy::builtin(), &name, &bytes, ui::today())
        .map_err(|e| CliError::Input(format!("{}: {e}", path.display())))
}
