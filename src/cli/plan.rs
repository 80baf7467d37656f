//! `rungs plan`: a plan from the gap, kept in a folder of files that people edit.

mod files;
mod review;

use super::gap::{TargetArgs, read_profile};
use super::output::{self, Form};
use super::source::Loaded;
use super::{CliError, Global, Home, Outcome, ui};
use crate::corpus::Corpus;
use crate::index::PostingIndex;
use crate::level::Track;
use crate::plan::focus::Subject;
use crate::plan::log::Event;
use crate::plan::{self, Material, Plan, PlanQuote, evidence, focus, markdown, other, sync};
use crate::profile::Profile;
use crate::query::Source;
use crate::query::gap::{Aim, Gap, GapRequest, Target, gap};
use crate::query::scope::Scope;
use crate::render;
use crate::taxonomy::Taxonomy;
pub(super) use files::Files;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Quotes for each focus area.
const QUOTES: usize = 2;

/// Arguments of `rungs plan`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:
  rungs plan --hours-per-week 4           make the plan, or renew it: what you wrote stays
  rungs plan --track management --level 6..7
  rungs plan sync                         after ticking boxes in plan.md
  rungs plan check                        what changed: you, and the market

Files (in the folder plan of the home): plan.md is yours to edit; plan.json, plan.ics and manager.md
are written from it; progress.jsonl is only added to. links.toml may hold links of your own:
  Kubernetes = [\"https://…\"]")]
pub(super) struct Args {
    #[command(subcommand)]
    step: Option<Step>,
    #[command(flatten)]
    target: TargetArgs,
    /// Hours a week you have for it; decides how many actions are open at a time
    #[arg(long, value_name = "HOURS", value_parser = hours)]
    hours_per_week: Option<f32>,
    /// Begin anew: first day today, the old files are copied to the archive
    #[arg(long)]
    restart: bool,
    /// Print plan.md (with --json: plan.json) to stdout and write nothing
    #[arg(long, conflicts_with = "restart")]
    dry_run: bool,
    /// Folder of the plan's files; by default plan in the home
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, clap::Subcommand)]
enum Step {
    /// Carry ticks from plan.md into plan.json, plan.ics and progress.jsonl
    Sync(review::SyncArgs),
    /// Read ticks back, compute the gap on today's data: your progress and the market's drift
    Check(review::CheckArgs),
}

/// Reads hours a week.
fn hours(text: &str) -> Result<f32, String> {
    let hours: f32 = text.parse().map_err(|_| format!("`{text}` is no number of hours, e.g. 3 or 2.5"))?;
    if hours > 0.0 && hours <= 60.0 { Ok(hours) } else { Err("hours a week go from above 0 to 60".into()) }
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    match &args.step {
        None => make(args, global),
        Some(Step::Sync(step)) => review::sync(step, global),
        Some(Step::Check(step)) => review::check(step, global),
    }
}

fn make(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let home = Home::find(global)?;
    let files = Files::at(&home, args.dir.as_deref());
    let today = ui::today();
    let profile = args.target.profile(&home)?;
    let request = args.target.request()?;
    let data = Data::of(args.target.open(&home, &profile, &request)?, &home);
    let answer = gap(data.source(), Taxonomy::builtin(), &profile, &request, today)?;
    let Some(target) = plan::target(&answer, request.scope.track) else {
        ui::say("too little data for a plan");
        output::answer(global, args.form, &answer, |answer| render::gap(answer, 0))?;
        return Ok(Outcome::Nothing);
    };
    let mut old = if args.restart { None } else { files.plan()? };
    let document = files.document()?;
    let mut events: Vec<Event> = Vec::new();
    if let (Some(old), Some(document)) = (&mut old, &document) {
        events = sync::sync(old, document, today);
    }
    let begun = Begun {
        day: today,
        links: files.links()?,
        hours: args.hours_per_week.or(old.as_ref().and_then(|o| o.pace.hours_per_week)),
    };
    let mut made = build(&data, &answer, target, &request, &profile, &begun, old.as_ref())?;
    // Calendars take an update only when its number is higher, so it never goes back.
    if let Ok(Some(before)) = files.plan()
        && before.id == made.id
    {
        made.revision = made.revision.max(before.revision + 1);
    }
    let removed = match (&old, &document) {
        (Some(old), Some(document)) => sync::removed(old, document),
        _ => BTreeSet::new(),
    };
    let found = document.filter(|_| !args.restart).unwrap_or_default();
    let text = markdown::merge(&markdown::blocks(&made), &found, &removed);
    if args.dry_run && global.json {
        output::json(&made)?;
        return Ok(Outcome::Done);
    }
    if args.dry_run {
        return files::print(&text);
    }
    let other_target = old.as_ref().is_some_and(|old| !sync::same_target(old, &made));
    if args.restart || other_target {
        files.archive(today)?;
    }
    files.write_all(&made, &text, today)?;
    if old.as_ref().is_none_or(|old| old.id != made.id) {
        events.push(Event::Made { snapshot: made.market.snapshot.clone(), coverage: made.coverage });
    }
    files.log(&made, today, &events)?;
    output::answer(global, args.form, &made, render::plan)?;
    ui::say(format_args!(
        "written: {}, with manager.md (a page for your manager), plan.ics (your calendar) and plan.json beside it\n  \
         then: rungs plan sync, rungs plan check",
        files.markdown().display()
    ));
    let own = profile.place(Taxonomy::builtin(), today).family;
    if let Some(family) = request.scope.family.as_ref().filter(|family| Some(*family) != own.as_ref()) {
        ui::say(format_args!("  to stay with this family: rungs profile set --family {family}"));
    }
    Ok(Outcome::Done)
}

/// What a plan begins with beside the gap.
struct Begun {
    day: Date,
    links: BTreeMap<String, Vec<String>>,
    hours: Option<f32>,
}

/// Makes the plan; goes on where `old` was.
fn build(
    data: &Data,
    answer: &Gap,
    target: &Target,
    request: &GapRequest,
    profile: &Profile,
    begun: &Begun,
    old: Option<&Plan>,
) -> Result<Plan, CliError> {
    let taxonomy = Taxonomy::builtin();
    let scope = Scope { family: answer.family.clone(), track: target.cohort.track, ..request.scope.clone() };
    let activities = data.activities(&scope, target)?;
    let disliked = other::disliked(target, profile, &activities);
    let others = other::others(data.source(), taxonomy, profile, &disliked, target, answer, begun.day)?;
    let mut material = Material {
        gap: answer,
        scope: &scope,
        profile,
        taxonomy,
        hours_per_week: begun.hours,
        quotes: data.quotes(&scope, target)?,
        activities,
        links: begun.links.clone(),
        disliked,
        others,
        today: begun.day,
    };
    let mut made = plan::make(&material, target);
    if let Some(old) = old {
        if sync::same_target(&made, old) && old.created != begun.day {
            // Milestones count from the first day.
            material.today = old.created;
            made = plan::make(&material, target);
            made.updated = begun.day;
        }
        sync::carry(&mut made, old);
    }
    Ok(made)
}

/// Where rows and texts come from. Without a corpus there is nothing to quote; the rest works.
pub(super) struct Data {
    loaded: Loaded,
    corpus: Option<Corpus>,
}

impl Data {
    /// `loaded` with the texts behind it, where there are any.
    pub(super) fn of(loaded: Loaded, home: &Home) -> Self {
        let corpus = loaded.index().and_then(|_| Corpus::open_read_only(&home.corpus()).ok());
        Self { loaded, corpus }
    }

    fn texts(&self) -> Option<(&PostingIndex, &Corpus)> {
        self.loaded.index().zip(self.corpus.as_ref())
    }

    pub(super) fn source(&self) -> Source<'_> {
        self.loaded.source()
    }

    /// What people of the target do, as postings of one's own say.
    pub(super) fn activities(
        &self,
        scope: &Scope,
        target: &Target,
    ) -> Result<Vec<evidence::RoleActivity>, CliError> {
        let Some((index, corpus)) = self.texts() else { return Ok(Vec::new()) };
        let levels = target.cohort.from_level..=target.cohort.to_level;
        Ok(evidence::activities(index, corpus, Taxonomy::builtin(), scope, &levels)?)
    }

    /// Quotes for the leading skill of each focus area, by taxonomy id.
    pub(super) fn quotes(
        &self,
        scope: &Scope,
        target: &Target,
    ) -> Result<BTreeMap<String, Vec<PlanQuote>>, CliError> {
        let Some((index, corpus)) = self.texts() else { return Ok(BTreeMap::new()) };
        let taxonomy = Taxonomy::builtin();
        let levels = target.cohort.from_level..=target.cohort.to_level;
        let mut quotes = BTreeMap::new();
        for area in focus::areas(target).areas {
            let Subject::Skills(skills) = area.subject else { continue };
            let Some(lead) = skills.first() else { continue };
            let found = evidence::quotes(index, corpus, taxonomy, &lead.id, scope, &levels, QUOTES)?;
            quotes.insert(lead.id.clone(), found);
        }
        Ok(quotes)
    }
}

/// The question that a plan was the answer to.
pub(super) fn request_of(plan: &Plan) -> GapRequest {
    let target = &plan.target;
    GapRequest {
        scope: Scope {
            family: Some(target.family.clone()).filter(|family| !family.is_empty()),
            track: target.track,
            region: target.region.as_deref().and_then(crate::coded::Region::from_code),
            workplace: target.remote.then_some(crate::posting::Workplace::Remote),
            since: target.since,
            open: false,
        },
        levels: Aim::At(target.from_level..=target.to_level),
    }
}

/// Whether a target is on the track that a plan is for.
pub(super) fn on_track(target: &Target, track: Option<Track>) -> bool {
    target.cohort.track == track
}
