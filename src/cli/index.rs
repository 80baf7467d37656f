//! `rungs index`: the corpus into the search index.

use super::{CliError, Global, Home, Outcome, ui};
use crate::corpus::Corpus;
use crate::index::{IndexError, PostingIndex};
use std::io::Write;
use std::path::Path;

/// Arguments of `rungs index`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Build it anew, whatever is there
    #[arg(long)]
    rebuild: bool,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let home = Home::find(global)?;
    let corpus = Corpus::open_read_only(&home.corpus())?;
    let mut index = if args.rebuild {
        PostingIndex::recreate(&home.index())
    } else {
        PostingIndex::create(&home.index())
    }?;
    let waiting = corpus.stats()?.seq.saturating_sub(index.committed()?.seq);
    let bar = ui::progress(global.quiet, Some(waiting), "postings");
    bar.set_message("indexing");
    let report = index.update(&corpus, |written| bar.set_position(written));
    bar.finish_and_clear();
    let report = report?;
    let mut out = super::io::stdout();
    let written = if global.json {
        serde_json::to_writer(&mut out, &report).map_err(std::io::Error::from).and_then(|()| writeln!(out))
    } else {
        writeln!(out, "{} postings written, {} in the index", report.written, report.total)
    };
    written.and_then(|()| out.flush()).map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
    if report.total == 0 {
        ui::say("the corpus is empty\n  Fill it with `rungs fetch` or `rungs import`.");
        return Ok(Outcome::Nothing);
    }
    Ok(Outcome::Done)
}

impl From<IndexError> for CliError {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Missing(_) | IndexError::Outdated(_) | IndexError::Query(_) => {
                Self::Input(error.to_string())
            }
            IndexError::Corpus(corpus) => (*corpus).into(),
            other => Self::Stage(other.to_string()),
        }
    }
}
