//! `progress.jsonl`: what happened, a line each, only ever added to.

use super::Coverage;
use super::delta::Delta;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Day.
    pub at: Date,
    /// Plan it belongs to.
    pub plan: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event {
    /// A plan was made.
    Made {
        /// Snapshot it was made from.
        snapshot: String,
        /// Coverage on that day.
        coverage: Coverage,
    },
    /// An item was ticked.
    Done {
        /// Its id.
        id: String,
        /// Its text.
        text: String,
    },
    /// A tick was taken back.
    Reopened {
        /// Its id.
        id: String,
        /// Its text.
        text: String,
    },
    /// An item was removed from `plan.md`.
    Dropped {
        /// Its id.
        id: String,
        /// Its text.
        text: String,
    },
    /// Coverage was computed again.
    Checked {
        /// Snapshot it was computed from.
        snapshot: String,
        /// What changed since the plan was made.
        delta: Box<Delta>,
    },
}

/// Reads a log: its entries, and the numbers of lines that are none (from 1).
#[must_use]
pub fn read(text: &str) -> (Vec<Entry>, Vec<usize>) {
    let mut entries = Vec::new();
    let mut unreadable = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(entry) => entries.push(entry),
            Err(_) => unreadable.push(i + 1),
        }
    }
    (entries, unreadable)
}
