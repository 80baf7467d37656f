//! `rungs import`: postings from files into the corpus.

use super::{CliError, Global, Home, Outcome, stop, ui};
use crate::corpus::{Corpus, CorpusError};
use crate::import::{self, Event, ImportError, Summary};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Rejections shown one by one; the rest is counted.
const SHOWN: u64 = 20;

/// Arguments of `rungs import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rungs import jobs.ndjson               {\"title\": …, \"description\": …} a line; company, location, url, posted, id if known
  rungs import jobs.csv                  the same as columns
  rungs import saved-boards/             every file of a folder

Exit codes: 0 all stored · 1 no postings there · 2 none could be read · 3 some could not be read")]
pub(super) struct Args {
    /// Files or folders: portal payloads, NDJSON, JSON, CSV, XML, web pages; plain, .gz, .zst or .tar; - is stdin
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Show every record that was not stored, not just the first ones
    #[arg(long)]
    all_rejected: bool,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let mut corpus = Corpus::open(&Home::find(global)?.corpus())?;
    let stop = stop::on_interrupt();
    let bar = ui::progress(global.quiet, None, "postings");
    bar.set_message("importing");
    let (mut shown, mut hidden) = (0, 0);
    let result = import::run(&mut corpus, &args.paths, stop, &mut |event| match event {
        Event::Progress { records, .. } => bar.set_position(records),
        Event::Rejected(rejection) if rejection.skipped || args.all_rejected || shown < SHOWN => {
            shown += u64::from(!rejection.skipped);
            let verb = if rejection.skipped { "skipped" } else { "not stored" };
            bar.suspend(|| ui::say(format_args!("{verb}: {}: {}", rejection.place, rejection.reason)));
        }
        Event::Rejected(_) => hidden += 1,
    });
    bar.finish_and_clear();
    let summary = result.map_err(|error| match error {
        ImportError::Path { path, source } => CliError::file("cannot read", &path, source),
        ImportError::Corpus(error) => error.into(),
    })?;
    if hidden > 0 {
        ui::say(format_args!("… and {hidden} more not stored (--all-rejected shows them)"));
    }
    print(&summary, global)?;
    if summary.records() == 0 && summary.rejected > 0 && !summary.interrupted {
        return Err(CliError::Input(format!(
            "nothing was stored: none of {} records could be read\n  The reasons stand above; a posting needs a `title` and a `description`.",
            summary.rejected
        )));
    }
    Ok(outcome(&summary))
}

/// A source in words.
fn source_name(source: &str) -> String {
    let name = match source {
        "file" => "your own records",
        "site" => "web pages that mark their jobs",
        "feed" => "RSS and Atom feeds",
        "hackernews" => "Hacker News, Who is hiring?",
        "smartrecruiters" => "SmartRecruiters",
        "remoteok" => "Remote OK",
        "usajobs" => "USAJOBS",
        other => {
            let mut letters = other.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            return format!("{first}{}", letters.as_str().replace('_', " "));
        }
    };
    name.to_owned()
}

fn outcome(summary: &Summary) -> Outcome {
    if summary.interrupted {
        Outcome::Interrupted
    } else if summary.rejected > 0 {
        Outcome::Partial
    } else if summary.records() == 0 && summary.unlisted == 0 {
        Outcome::Nothing
    } else {
        Outcome::Done
    }
}

fn print(summary: &Summary, global: &Global) -> Result<(), CliError> {
    let mut out = super::io::stdout();
    let written = if global.json {
        serde_json::to_writer(&mut out, summary).map_err(std::io::Error::from).and_then(|()| writeln!(out))
    } else {
        table(&mut out, summary)
    };
    written.and_then(|()| out.flush()).map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
    if summary.interrupted {
        ui::say("interrupted; what was stored is kept. Run the same command again to go on.");
    } else if summary.records() == 0 {
        ui::say("no postings found");
    }
    Ok(())
}

fn table(out: &mut dyn Write, summary: &Summary) -> std::io::Result<()> {
    for (source, count) in &summary.sources {
        writeln!(out, "{count:>9}  {}", source_name(source))?;
    }
    writeln!(
        out,
        "{:>9}  postings: {} new, {} changed, {} reopened, {} unchanged",
        summary.records(),
        summary.new,
        summary.changed,
        summary.reopened,
        summary.unchanged
    )?;
    writeln!(
        out,
        "{:>9}  files read, {} without postings; {} records not stored, {} unlisted by their employer",
        summary.files, summary.skipped, summary.rejected, summary.unlisted
    )
}

impl From<CorpusError> for CliError {
    fn from(error: CorpusError) -> Self {
        match error {
            CorpusError::Absent(_) => Self::Input(error.to_string()),
            other => Self::Stage(other.to_string()),
        }
    }
}
