//! Postings from files: portal payloads as they come over the wire, and NDJSON.
//!
//! What a file is, is told from its content: packed (gzip, zstd, tar), in which charset, one
//! JSON document or many, a CSV table, XML or a web page. Of a posting only title and text are needed. One thread reads, all cores parse, one writes.
//! Every record is stored or reported with its place; nothing is dropped in silence.
//!
//! A record counts as seen when its file says it was recorded (`fetched_at`), else when the file
//! was last written. Older records never overwrite newer ones, so the order of files makes no
//! difference and importing twice changes nothing.

mod charset;
mod parse;
mod plain;
mod read;
mod walk;

use crate::corpus::{Change, Corpus, CorpusError};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use thiserror::Error;

/// Largest document (one JSON value, XML file, web page or tar member) read, in bytes: 64 MiB.
pub const DOCUMENT_CAP: usize = 64 << 20;

/// Longest line of NDJSON read, in bytes: 16 MiB. Longer ones are reported and skipped.
pub const LINE_CAP: usize = 16 << 20;

/// Parsed batches that may wait for the writer.
const WAITING: usize = 2;

/// Why an import stopped.
#[derive(Debug, Error)]
pub enum ImportError {
    /// A path that was named is not there.
    #[error("cannot read {}: {source}", path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The corpus refused.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
}

/// A record or file that was not stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// File, member, line or index, e.g. `boards.tar.zst/acme.json: jobs[3]`.
    pub place: String,
    /// Why.
    pub reason: String,
    /// The whole file is of a kind that holds no postings; not a loss.
    pub skipped: bool,
}

/// What happens during an import.
#[derive(Debug)]
pub enum Event<'e> {
    /// A batch was stored; how many bytes (unpacked) and records so far.
    Progress {
        /// Bytes read so far.
        bytes: u64,
        /// Records stored or found unchanged so far.
        records: u64,
    },
    /// Something was not stored.
    Rejected(&'e Rejection),
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Files read, members of archives counted one by one.
    pub files: u64,
    /// Bytes read, unpacked.
    pub bytes: u64,
    /// Postings never seen before.
    pub new: u64,
    /// Postings that changed.
    pub changed: u64,
    /// Postings that were closed and are open again.
    pub reopened: u64,
    /// Postings that the corpus has already.
    pub unchanged: u64,
    /// Records that their employer does not list.
    pub unlisted: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// Files that hold no postings.
    pub skipped: u64,
    /// New, changed, reopened and unchanged postings by source.
    pub sources: BTreeMap<String, u64>,
    /// Stopped before the end; everything stored so far is kept.
    pub interrupted: bool,
}

impl Summary {
    /// Records that were stored or are in the corpus already.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.new + self.changed + self.reopened + self.unchanged
    }
}

/// Imports files and folders (recursively, in sorted order; `-` is stdin).
///
/// Stops at the next batch when `stop` is set; what was stored is kept.
///
/// # Errors
/// When a named path is not there, or the corpus refuses. Trouble with single files and records
/// is reported through `on` instead.
pub fn run(
    corpus: &mut Corpus,
    paths: &[PathBuf],
    stop: &AtomicBool,
    on: &mut dyn FnMut(Event<'_>),
) -> Result<Summary, ImportError> {
    for path in paths.iter().filter(|path| path.as_os_str() != "-") {
        path.symlink_metadata().map_err(|source| ImportError::Path { path: path.clone(), source })?;
    }
    let started = Timestamp::now();
    let mut batch = corpus.batch()?;
    let run = batch.begin_run("import", started)?;
    batch.commit()?;
    let (send, receive) = mpsc::sync_channel(WAITING);
    let mut summary = Summary::default();
    let stored = std::thread::scope(|scope| {
        scope.spawn(move || read::run(paths, &|batch| send.send(batch).is_ok()));
        for parsed in receive {
            store(corpus, parsed, &mut summary, on)?;
            if stop.load(Ordering::Relaxed) {
                summary.interrupted = true;
                break;
            }
        }
        Ok::<(), ImportError>(())
    });
    stored?;
    let outcome = if summary.interrupted { "interrupted" } else { "done" };
    let mut batch = corpus.batch()?;
    let json = serde_json::to_string(&summary).unwrap_or_default();
    batch.end_run(run, Timestamp::now(), outcome, &json)?;
    batch.commit()?;
    Ok(summary)
}

/// Stores a parsed batch in one transaction.
fn store(
    corpus: &mut Corpus,
    parsed: Vec<parse::Parsed>,
    summary: &mut Summary,
    on: &mut dyn FnMut(Event<'_>),
) -> Result<(), ImportError> {
    let mut batch = corpus.batch()?;
    for unit in parsed {
        summary.files += u64::from(unit.begins_file);
        summary.bytes += unit.bytes;
        summary.unlisted += unit.unlisted;
        for posting in unit.postings {
            let source = posting.key().source.clone();
            let slot = match batch.upsert_prepared(posting, unit.seen_at)? {
                Change::New => &mut summary.new,
                Change::Changed => &mut summary.changed,
                Change::Reopened => &mut summary.reopened,
                Change::Unchanged => &mut summary.unchanged,
            };
            *slot += 1;
            *summary.sources.entry(source).or_default() += 1;
        }
        for rejection in &unit.rejections {
            *(if rejection.skipped { &mut summary.skipped } else { &mut summary.rejected }) += 1;
            on(Event::Rejected(rejection));
        }
    }
    batch.commit()?;
    on(Event::Progress { bytes: summary.bytes, records: summary.records() });
    Ok(())
}

/// Unpacks gzip or zstd, told by the first bytes; anything else passes as it is.
///
/// # Errors
/// When the first bytes cannot be read or the decoder cannot be set up.
pub fn unpack(reader: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    let head = reader.fill_buf()?;
    if head.starts_with(&[0x1f, 0x8b]) {
        Ok(Box::new(flate2::bufread::MultiGzDecoder::new(reader)))
    } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        Ok(Box::new(zstd::stream::read::Decoder::with_buffer(reader)?))
    } else {
        Ok(Box::new(reader))
    }
}
