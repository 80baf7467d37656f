//! What a run would do, without doing it.

use super::options::FetchOptions;
use super::pace::key_of;
use super::settle::target;
use super::sources::{Board, Tier, source};
use crate::corpus::{Corpus, CorpusError};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Requests to one group of hosts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HostPlan {
    /// Politeness key, e.g. `greenhouse.io`.
    pub host: String,
    /// Boards on it.
    pub boards: u64,
    /// Requests known now: first pages, the files of rules, and what an earlier run left. Further
    /// pages and postings' own pages come on top as lists are read.
    pub requests: u64,
    /// Seconds that these take at the host's pace.
    pub seconds: u64,
}

/// What a run would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// By group of hosts.
    pub hosts: Vec<HostPlan>,
    /// Seconds for all of them: hosts are fetched side by side.
    pub seconds: u64,
}

/// Counts the requests that [`super::run`] with the same options would begin with.
///
/// # Errors
/// When the corpus cannot be read.
pub fn plan(corpus: &Corpus, options: &FetchOptions) -> Result<Plan, CorpusError> {
    let mut boards = options.boards.clone();
    if options.due {
        let now = Timestamp::now();
        let due = corpus.boards()?.into_iter().filter(|row| row.due <= now || row.cycle.is_some());
        boards.extend(due.map(|row| Board { source: row.source, token: row.board }));
    }
    boards.sort();
    boards.dedup();
    let left: HashMap<Board, u64> = corpus
        .waiting_boards()?
        .into_iter()
        .map(|(source, board, count)| (Board::new(&source, board), count))
        .collect();
    let mut hosts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for board in &boards {
        let Some(source) = source(&board.source) else { continue };
        for (index, request) in (source.start)(board).iter().enumerate() {
            let Ok(url) = target(options, source, board, request) else { continue };
            // The robots file, and that of reservations.
            let rules = if source.tier == Tier::RobotsGated { 2 } else { 1 };
            let entry = hosts.entry(key_of(&url)).or_insert((0, rules));
            if index == 0 {
                entry.0 += 1;
                entry.1 += left.get(board).copied().unwrap_or(0).saturating_sub(1);
            }
            entry.1 += 1;
        }
    }
    let hosts: Vec<HostPlan> = hosts
        .into_iter()
        .map(|(host, (boards, requests))| {
            let pace = options.politeness.pace(&host);
            let seconds = pace.interval.mul_f64(requests as f64).as_secs();
            HostPlan { host, boards, requests, seconds }
        })
        .collect();
    let seconds = hosts.iter().map(|host| host.seconds).max().unwrap_or(0);
    Ok(Plan { hosts, seconds })
}
