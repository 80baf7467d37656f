//! `rungs status`, and `rungs` alone: what there is, how old it is, and what to do next.

use super::plan::Files;
use super::{CliError, Global, Home, Outcome};
use crate::corpus::{Corpus, CorpusError, Stats};
use crate::index::PostingIndex;
use crate::plan::Status;
use jiff::Timestamp;
use serde::Serialize;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `rungs status`.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Args {}

#[derive(Serialize)]
struct Report {
    home: PathBuf,
    found_by: &'static str,
    corpus: Option<CorpusReport>,
    index: Option<IndexReport>,
    profile: Option<PathBuf>,
    plan: Option<PlanReport>,
    next: Next,
}

#[derive(Serialize)]
struct CorpusReport {
    path: PathBuf,
    snapshot: String,
    #[serde(flatten)]
    stats: Stats,
}

#[derive(Serialize)]
struct IndexReport {
    path: PathBuf,
    bytes: u64,
    /// When it was last written.
    built: Option<Timestamp>,
    /// The corpus has changed since, or another version built it.
    stale: bool,
}

#[derive(Serialize)]
struct PlanReport {
    path: PathBuf,
    target: String,
    done: usize,
    actions: usize,
    /// The first milestone that is not reached.
    next: Option<jiff::civil::Date>,
}

/// The next sensible command, and why.
#[derive(Serialize)]
struct Next {
    command: &'static str,
    why: &'static str,
}

pub(super) fn run(_args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let home = Home::find(global)?;
    let corpus = match Corpus::open_read_only(&home.corpus()) {
        Ok(corpus) => Some(CorpusReport {
            path: corpus.path().to_owned(),
            snapshot: corpus.snapshot_id()?,
            stats: corpus.stats()?,
        }),
        Err(CorpusError::Absent(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let index = index(&home, corpus.as_ref());
    let profile = Some(home.profile()).filter(|path| path.is_file());
    let plan = plan(&home);
    let next = match &plan {
        Some(_) if profile.is_some() => Next {
            command: "rungs plan check",
            why: "tick in plan.md what is done; this tells what changed: you, and the market",
        },
        _ => next(corpus.as_ref(), index.as_ref().map(|index| index.stale), profile.is_some()),
    };
    let (root, found_by) = (home.root().to_owned(), home.found_by);
    let report = Report { home: root, found_by, corpus, index, profile, plan, next };
    let mut out = super::io::stdout();
    let written = if global.json {
        serde_json::to_writer(&mut out, &report).map_err(std::io::Error::from).and_then(|()| writeln!(out))
    } else {
        text(&mut out, &report)
    };
    written.and_then(|()| out.flush()).map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
    Ok(Outcome::Done)
}

fn index(home: &Home, corpus: Option<&CorpusReport>) -> Option<IndexReport> {
    let path = home.index();
    let bytes = folder_bytes(&path)?;
    let written = fs::metadata(path.join("meta.json")).and_then(|meta| meta.modified()).ok();
    let committed = PostingIndex::open(&path).and_then(|index| index.committed()).map(|c| c.snapshot).ok();
    let stale = corpus.is_some_and(|corpus| committed.as_ref() != Some(&corpus.snapshot));
    Some(IndexReport { path, bytes, built: written.and_then(|time| Timestamp::try_from(time).ok()), stale })
}

/// The plan as it was written last; what is wrong with its files `rungs plan` says.
fn plan(home: &Home) -> Option<PlanReport> {
    let files = Files::at(home, None);
    let plan = files.plan().ok().flatten()?;
    let open = plan.milestones.iter().filter(|milestone| milestone.status == Status::Open);
    Some(PlanReport {
        path: files.markdown(),
        target: plan.target.in_words(),
        done: plan.actions().filter(|action| action.status == Status::Done).count(),
        actions: plan.actions().filter(|action| action.status != Status::Dropped).count(),
        next: open.map(|milestone| milestone.date).min(),
    })
}

/// `stale` is that of the index, when there is one.
fn next(corpus: Option<&CorpusReport>, stale: Option<bool>, profile: bool) -> Next {
    let postings = corpus.map_or(0, |c| c.stats.open + c.stats.closed);
    let (command, why) = match (postings, stale, profile) {
        (0, _, false) => (
            "rungs profile import cv.docx",
            "describe yourself; roles are then compared with the bundled market snapshot (`rungs demo` shows the whole road on a fictional sample)",
        ),
        (0, _, true) => ("rungs gap --ahead 2", "compare your profile with the bundled market snapshot"),
        (_, None, _) => {
            ("rungs index", "make the corpus searchable; until then answers come from the bundled market")
        }
        (_, Some(true), _) => ("rungs index", "the corpus has changed since the index was built"),
        (_, Some(false), false) => {
            ("rungs profile import cv.docx", "describe yourself, so that roles can be compared with you")
        }
        (_, Some(false), true) => ("rungs gap --ahead 2", "compare your profile with roles two levels up"),
    };
    Next { command, why }
}

/// Size of the files directly in `dir`; `None` where the folder does not exist.
fn folder_bytes(dir: &Path) -> Option<u64> {
    let entries = fs::read_dir(dir).ok()?;
    Some(entries.filter_map(|e| e.ok()?.metadata().ok()).filter(fs::Metadata::is_file).map(|m| m.len()).sum())
}

fn text(out: &mut dyn Write, report: &Report) -> std::io::Result<()> {
    writeln!(out, "home     {}  (found by {})", report.home.display(), report.found_by)?;
    match &report.corpus {
        None => writeln!(out, "corpus   none yet")?,
        Some(CorpusReport { snapshot, stats, .. }) => {
            writeln!(
                out,
                "corpus   {} postings open, {} closed, {} employers, {} · snapshot {}",
                stats.open,
                stats.closed,
                stats.employers,
                size(stats.file_bytes),
                snapshot
            )?;
            if let Some((first, last)) = &stats.posted {
                writeln!(out, "         published {first} to {last}")?;
            }
            if let Some(run) = &stats.last_run {
                writeln!(
                    out,
                    "         last {} {} ({})",
                    run.kind,
                    run.started.strftime("%Y-%m-%d %H:%M UTC"),
                    run.outcome.as_deref().unwrap_or("not ended")
                )?;
            }
        }
    }
    match &report.index {
        None => writeln!(out, "index    none yet")?,
        Some(index) => {
            let built = index.built.map(|time| format!(", built {}", time.strftime("%Y-%m-%d %H:%M UTC")));
            let state = if index.stale { "; the corpus has changed since" } else { "" };
            let (path, built) = (index.path.display(), built.unwrap_or_default());
            writeln!(out, "index    {path}, {}{built}{state}", size(index.bytes))?;
        }
    }
    match &report.profile {
        None => writeln!(out, "profile  none yet")?,
        Some(path) => writeln!(out, "profile  {}", path.display())?,
    }
    if let Some(plan) = &report.plan {
        let next = plan.next.map_or_else(String::new, |day| format!("; look at it on {day}"));
        let PlanReport { path, target, done, actions, .. } = plan;
        writeln!(out, "plan     {}: {target}; {done} of {actions} actions done{next}", path.display())?;
    }
    writeln!(out, "\nnext: {}\n      {}", report.next.command, report.next.why)
}

fn size(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}
