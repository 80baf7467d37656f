//! `rungs demo`: the whole road on a fresh machine, without network.
//!
//! Serves the bundled sample boards on loopback, fetches them over HTTP, extracts and indexes
//! them, and compares a sample profile. Everything in the sample is fictional, and it says so.

mod sample;
mod server;

use super::{CliError, Global, Outcome, ui};
use crate::corpus::Corpus;
use crate::fetch::pace::Politeness;
use crate::fetch::{self, FetchOptions, sources::Board};
use crate::index::PostingIndex;
use crate::profile;
use crate::query::Source;
use crate::query::gap::{AHEAD, Gap, GapRequest, gap};
use crate::render::{self, Page};
use crate::taxonomy::Taxonomy;
use server::Server;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Skills shown for each target.
const SKILLS: usize = 12;
/// Requests to the sample server at once.
const IN_FLIGHT: usize = 8;

/// Arguments of `rungs demo`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: rungs demo --keep /tmp/demo && rungs --home /tmp/demo search nurse")]
pub(super) struct Args {
    /// Keep corpus, index and profile in this folder, to look around afterwards
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// A folder that goes away with the demo, unless it is to be kept.
struct Stage {
    root: PathBuf,
    keep: bool,
}

impl Drop for Stage {
    fn drop(&mut self) {
        if !self.keep {
            // What cannot be removed lies in the system's folder for temporary files.
            let _ = fs::remove_dir_all(&self.root);
        }
    }
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let stage = Stage {
        root: args
            .keep
            .clone()
            .unwrap_or_else(|| std::env::temp_dir().join(format!("rungs-demo-{}", std::process::id()))),
        keep: args.keep.is_some(),
    };
    let home = super::Home::at(&stage.root);
    fs::create_dir_all(&stage.root).map_err(|e| CliError::file("cannot make", &stage.root, e))?;
    let tell = |text: String| {
        if !global.quiet {
            ui::say(text);
        }
    };
    tell(format!(
        "The sample is fictional: {} invented employers, postings written for this project.\n\
         It shows how rungs works, and says nothing about any real market.\n",
        sample::BOARDS.len()
    ));
    let mut corpus = Corpus::open(&home.corpus())?;
    tell(step("fetched", || fetch_sample(&mut corpus))?);
    tell(step("indexed", || index_sample(&home, &corpus))?);
    let profile = home.profile();
    fs::write(&profile, sample::PROFILE).map_err(|e| CliError::file("cannot write", &profile, e))?;
    let answer = compare(&home)?;
    tell(format!(
        "compared Sam Sample (fictional), a backend engineer, with roles {AHEAD} and more levels up\n"
    ));
    super::output::answer(global, super::output::Form::default(), &answer, |answer: &Gap| -> Page {
        render::gap(answer, SKILLS).without_next()
    })?;
    tell(next(args.keep.as_deref()));
    Ok(if answer.targets.is_empty() { Outcome::Nothing } else { Outcome::Done })
}

/// Runs one step; says what it did and how long it took.
fn step(verb: &str, work: impl FnOnce() -> Result<String, CliError>) -> Result<String, CliError> {
    let began = Instant::now();
    let done = work()?;
    Ok(format!("{verb} {done} in {:.2} s", began.elapsed().as_secs_f64()))
}

fn fetch_sample(corpus: &mut Corpus) -> Result<String, CliError> {
    let pages: BTreeMap<String, Vec<u8>> = sample::BOARDS
        .iter()
        .map(|(token, text)| (format!("/v1/boards/{token}/jobs"), text.as_bytes().to_vec()))
        .collect();
    let server = Server::start(pages)
        .map_err(|e| CliError::Stage(format!("cannot serve the sample on 127.0.0.1: {e}")))?;
    let base = server.base_url().parse().map_err(|e| CliError::Stage(format!("{e}")))?;
    let options = FetchOptions {
        boards: sample::BOARDS.iter().map(|(token, _)| Board::new("greenhouse", *token)).collect(),
        base_urls: HashMap::from([("greenhouse".to_owned(), base)]),
        allow_private: true,
        politeness: Politeness::unpaced(IN_FLIGHT),
        ..FetchOptions::default()
    };
    let summary = fetch::run(corpus, &options, &mut |_| {}).map_err(|e| CliError::Stage(e.to_string()))?;
    if !summary.is_complete() {
        return Err(CliError::Stage("the sample could not be fetched whole over 127.0.0.1".into()));
    }
    let postings: u64 = summary.boards.iter().map(|board| board.found).sum();
    Ok(format!("{postings} postings of {} boards from {}", summary.boards.len(), server.base_url()))
}

fn index_sample(home: &super::Home, corpus: &Corpus) -> Result<String, CliError> {
    let mut index = PostingIndex::create(&home.index())?;
    let report = index.update(corpus, |_| {})?;
    Ok(format!("{} postings", report.total))
}

fn compare(home: &super::Home) -> Result<Gap, CliError> {
    let taxonomy = Taxonomy::builtin();
    let today = ui::today();
    let person = profile::import(taxonomy, "profile.toml", sample::PROFILE.as_bytes(), today)
        .map_err(|e| CliError::Stage(e.to_string()))?
        .profile;
    let index = PostingIndex::open(&home.index())?;
    Ok(gap(Source::Index(&index), taxonomy, &person, &GapRequest::default(), today)?)
}

fn next(kept: Option<&Path>) -> String {
    match kept {
        Some(root) => {
            let home = root.display();
            format!(
                "\nnext: rungs --home {home} search \"platform engineering\" --level 5..\n      \
                 rungs --home {home} explain kubernetes --profile {home}/profile.toml"
            )
        }
        None => "\nnext: rungs demo --keep DIR     keep the sample and look around in it\n      \
                 rungs gap --profile FILE   compare yourself with the bundled figures of real postings"
            .to_owned(),
    }
}
