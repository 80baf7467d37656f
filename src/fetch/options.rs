//! What a run is told, and what it tells.

use super::http::{HttpError, Limits, Lookup};
use super::pace::Politeness;
use super::sources::{Board, Rejected};
use crate::corpus::{BoardState, CorpusError};
use crate::posting::Posting;
use serde::Serialize;
use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use thiserror::Error;
use url::Url;

/// Says which postings are wanted, from what a list says about them.
pub type Filter = Arc<dyn Fn(&Posting) -> bool + Send + Sync>;

/// What to fetch and how.
#[derive(Clone)]
pub struct FetchOptions {
    /// Boards to look at now.
    pub boards: Vec<Board>,
    /// Also look at every known board that is due.
    pub due: bool,
    /// Where to reach whoever runs this; goes into the user agent.
    pub contact: Option<String>,
    /// Mirrors: requests of a source go to this scheme, host and port instead.
    pub base_urls: HashMap<String, Url>,
    /// Also connect to private and loopback addresses: for tests and mirrors.
    pub allow_private: bool,
    /// Limits of one exchange.
    pub limits: Limits,
    /// Spacing of requests.
    pub politeness: Politeness,
    /// Requests under way at once, all hosts together.
    pub in_flight: usize,
    /// Requests to make at most, robots files included.
    pub budget: Option<u64>,
    /// Which postings are wanted; others are neither asked for nor stored.
    pub filter: Option<Filter>,
    /// Keep raw bodies in the corpus. They hold whatever the portal sent, people's names included.
    pub keep_bodies: bool,
    /// Pauses before further attempts after a passing fault; their number is that of retries.
    pub retries: Vec<Duration>,
    /// Longest wait for a host that asks for one; what is left then waits for the next run.
    pub patience: Duration,
    /// Headers with the user's own keys, by source.
    pub keys: HashMap<String, Vec<(String, String)>>,
    /// Query parameters with the user's own keys, by source. Never stored.
    pub key_params: HashMap<String, Vec<(String, String)>>,
    /// Further certificates to trust (PEM).
    pub roots: Vec<Vec<u8>>,
    /// Looks names up instead of the system, for tests.
    pub lookup: Option<Lookup>,
    /// When set, finishes what is in flight and stops.
    pub stop: Option<&'static AtomicBool>,
}

impl Default for FetchOptions {
    fn default() -> Self {
        Self {
            boards: Vec::new(),
            due: false,
            contact: None,
            base_urls: HashMap::new(),
            allow_private: false,
            limits: Limits::default(),
            politeness: Politeness::default(),
            in_flight: 16,
            budget: None,
            filter: None,
            keep_bodies: false,
            retries: [1, 4, 15, 60].map(Duration::from_secs).to_vec(),
            patience: Duration::from_secs(300),
            keys: HashMap::new(),
            key_params: HashMap::new(),
            roots: Vec::new(),
            lookup: None,
            stop: None,
        }
    }
}

impl fmt::Debug for FetchOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FetchOptions").field("boards", &self.boards).finish_non_exhaustive()
    }
}

/// Why a run could not begin or go on. Trouble with single boards is in their reports.
#[derive(Debug, Error)]
pub enum FetchError {
    /// The corpus refused.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// HTTP could not be set up.
    #[error("cannot set up HTTP: {0}")]
    Setup(#[from] HttpError),
    /// Another run holds the corpus.
    #[error("another `rungs fetch` is running on this corpus ({})\n  Wait until it is done, or stop it.", .0.display())]
    Running(PathBuf),
    /// The runtime or the lock file could not be made.
    #[error("cannot start fetching: {0}")]
    Io(#[from] std::io::Error),
    /// No adapter is called that.
    #[error("unknown source `{0}`\n  `rungs boards list --sources` names them.")]
    UnknownSource(String),
}

/// How a look at a board ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BoardReport {
    /// Source kind.
    pub source: String,
    /// The board's token.
    pub board: String,
    /// The employer's name as the board gives it.
    pub name: Option<String>,
    /// The listing was proven complete.
    pub complete: bool,
    /// Neither its host nor the network was met; its requests wait for the next run.
    pub unreached: bool,
    /// In words.
    pub outcome: String,
    /// Rows that its list held.
    pub found: u64,
    /// Postings never seen before.
    pub new: u64,
    /// Postings that changed.
    pub changed: u64,
    /// Postings that were closed and are open again.
    pub reopened: u64,
    /// Postings closed.
    pub closed: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// Requests made, retries included.
    pub requests: u64,
    /// Requests for single postings among them.
    pub details: u64,
    /// Whether the board still answers.
    pub state: Option<BoardState>,
}

/// What happens during a run.
#[derive(Debug)]
pub enum Event<'e> {
    /// The run begins with this many boards, some of them left over from a run before.
    Start {
        /// Boards to look at.
        boards: usize,
        /// Of these, boards whose look goes on where an earlier run left it.
        resumed: usize,
    },
    /// Answers were stored.
    Progress {
        /// Boards done.
        boards: usize,
        /// Requests answered.
        requests: u64,
        /// Requests waiting.
        waiting: u64,
    },
    /// A look at a board ended.
    Board(&'e BoardReport),
    /// A record could not be read.
    Rejected(&'e Board, &'e Rejected),
    /// A host is left alone for a while, or something else that people want to know.
    Note(String),
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Boards, in the order in which they ended.
    pub boards: Vec<BoardReport>,
    /// Requests answered, robots files included.
    pub requests: u64,
    /// Stopped by the user.
    pub interrupted: bool,
    /// The budget was used up.
    pub budget_spent: bool,
    /// Why the network seems to be away, when hosts were left for that reason.
    pub no_network: Option<String>,
    /// Requests that wait for the next run.
    pub left: u64,
    /// Seconds from start to end.
    pub seconds: f64,
}

impl Summary {
    /// Whether every board was looked at completely.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.left == 0 && self.boards.iter().all(|board| board.complete)
    }

    /// Sums a number over all boards.
    #[must_use]
    pub fn total(&self, number: impl Fn(&BoardReport) -> u64) -> u64 {
        self.boards.iter().map(number).sum()
    }
}
