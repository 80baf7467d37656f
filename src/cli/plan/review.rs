//! `rungs plan sync` and `rungs plan check`.

use super::super::output::{self, Form};
use super::super::source::{From, Loaded};
use super::super::{CliError, Global, Home, Outcome, ui};
use super::files::Files;
use super::{Data, on_track, read_profile, request_of};
use crate::plan::delta::{Delta, delta};
use crate::plan::log::Event;
use crate::plan::{ActionKind, Plan, PlanTarget, Status, sync};
use crate::profile::Profile;
use crate::query::gap::{Target, gap};
use crate::render;
use crate::taxonomy::Taxonomy;
use serde::Serialize;
use std::path::PathBuf;

/// Arguments of `rungs plan sync`.
#[derive(Debug, clap::Args)]
pub(super) struct SyncArgs {
    /// Folder of the plan's files; by default plan in the home
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Arguments of `rungs plan check`.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// The profile; by default profile.toml of the home
    #[arg(long, short, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// Folder of the plan's files; by default plan in the home
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    form: Form,
}

/// Reads ticks back and writes what follows from them.
fn read_back(files: &Files) -> Result<(Plan, Vec<Event>), CliError> {
    let mut plan = files.needed()?;
    let Some(document) = files.document()? else {
        return Err(CliError::Input(format!(
            "{} is not there; `rungs plan` writes it again",
            files.markdown().display()
        )));
    };
    let before = plan.revision;
    let events = sync::sync(&mut plan, &document, ui::today());
    if plan.revision != before {
        files.write_made(&plan, ui::today())?;
        files.log(&plan, ui::today(), &events)?;
    }
    Ok((plan, events))
}

pub(super) fn sync(args: &SyncArgs, global: &Global) -> Result<Outcome, CliError> {
    let files = Files::at(&Home::find(global)?, args.dir.as_deref());
    let (_, events) = read_back(&files)?;
    if global.json {
        let json = serde_json::to_string(&events).map_err(|e| CliError::Stage(e.to_string()))?;
        return super::files::print(&format!("{json}\n"));
    }
    let mut text = String::new();
    for event in &events {
        let (what, name) = match event {
            Event::Done { text, .. } => ("done", text),
            Event::Reopened { text, .. } => ("open again", text),
            Event::Dropped { text, .. } => ("removed", text),
            Event::Made { .. } | Event::Checked { .. } => continue,
        };
        text.push_str(&format!("{what}: {name}\n"));
    }
    if events.is_empty() {
        text.push_str("nothing new in plan.md\n");
    }
    super::files::print(&text)
}

/// What changed since the plan was made. The plan itself is in `plan.json`.
#[derive(Serialize)]
struct Checked {
    #[serde(skip)]
    plan: Plan,
    target: PlanTarget,
    actions: Counts,
    delta: Delta,
    notes: Vec<String>,
}

/// Actions by where they stand.
#[derive(Serialize)]
struct Counts {
    done: usize,
    open: usize,
    dropped: usize,
}

impl Counts {
    fn of(plan: &Plan) -> Self {
        let count = |status| plan.actions().filter(|action| action.status == status).count();
        Self { done: count(Status::Done), open: count(Status::Open), dropped: count(Status::Dropped) }
    }
}

pub(super) fn check(args: &CheckArgs, global: &Global) -> Result<Outcome, CliError> {
    let home = Home::find(global)?;
    let files = Files::at(&home, args.dir.as_deref());
    let today = ui::today();
    let (plan, _) = read_back(&files)?;
    let path = args.profile.clone().unwrap_or_else(|| home.profile());
    let profile = read_profile(&path)?.profile;
    let request = request_of(&plan);
    let levels = plan.target.from_level..=plan.target.to_level;
    // The market that the plan was made from, so that its drift is the market's own.
    let from = if plan.market.source == "index" { From::Own } else { From::Market };
    let data = Data::of(Loaded::open(&home, Some(from), &request.scope, &levels)?, &home);
    let taxonomy = Taxonomy::builtin();
    let answer = gap(data.source(), taxonomy, &profile, &request, today)?;
    // Kindred families complete areas, not the market; what had none then is not compared with any.
    let comparable = |target: &&Target| target.cohort.is_enough() || plan.basis.market.asks.is_empty();
    let mut targets = answer.targets.iter().filter(|target| on_track(target, plan.target.track));
    let Some(target) = targets.find(comparable) else {
        ui::say("today's data has too few employers for the plan's target: nothing to compare with");
        return Ok(Outcome::Nothing);
    };
    let market = target.market.clone();
    let delta = delta(taxonomy, &plan.basis, &profile, &market);
    let notes = notes(&plan, &profile);
    let snapshot = answer.snapshot.id.clone();
    files.log(&plan, today, &[Event::Checked { snapshot, delta: Box::new(delta.clone()) }])?;
    let checked = Checked { target: plan.target.clone(), actions: Counts::of(&plan), plan, delta, notes };
    output::answer(global, args.form, &checked, |c| render::check(&c.plan, &c.delta, &c.notes, today))?;
    Ok(Outcome::Done)
}

/// What the ticks say and the profile does not know yet.
fn notes(plan: &Plan, profile: &Profile) -> Vec<String> {
    let mut notes = Vec::new();
    for area in &plan.focus {
        let proved = area.actions.iter().any(|a| a.kind == ActionKind::Prove && a.status == Status::Done);
        let Some(lead) = area.skills.first().filter(|_| proved) else { continue };
        let held = profile.skill(&lead.id);
        if held.is_none_or(|skill| skill.evidence.is_empty()) {
            notes.push(format!(
                "you ticked the proof of {}; name it as evidence in the profile, so that it counts",
                lead.label
            ));
        }
    }
    let done = plan.actions().filter(|action| action.status == Status::Done).count();
    let days = plan.updated.since(plan.created).map_or(0, |span| span.get_days());
    if done > 0 && days > 0 {
        notes.push(format!("your own pace so far: {done} actions in {days} days"));
    }
    notes.push(String::from("do you still want this role? If your interest changed, say so in the profile"));
    notes
}
