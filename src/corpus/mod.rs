//! The store of postings: one SQLite file that survives crashes, and what changed when.
//!
//! Only this module speaks SQL. Writing goes through a [`Batch`], a transaction: all of it is
//! kept or none. Every posting that is new, changed, closed or reopened gets the next sequence
//! number, so that readers follow along with [`Corpus::changes_since`].
//!
//! Durability: write-ahead log with `synchronous=NORMAL`. A killed process loses nothing that was
//! committed. A power cut may lose the last commits, never consistency; what is lost so is
//! fetched or imported again by the next run, so paying an fsync per page would buy nothing.

mod batch;
mod boards;
mod crawl;
mod error;
mod queue;
mod read;
mod schema;
mod stats;
mod stored;

pub use batch::{Batch, Change};
pub use boards::{BoardRow, BoardState, CycleEnd, Progress};
pub use crawl::{Hold, RobotsRow, Validator};
pub use error::CorpusError;
pub use queue::QueuedRequest;
pub use stats::{RunRow, SourceCount, Stats};
pub use stored::{CloseReason, Prepared, Status, StoredPosting};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long to wait for another process's transaction before giving up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Page cache of SQLite, in KiB (negative means KiB in its pragma).
const CACHE_KIB: i64 = -8192;

/// Statements kept compiled.
const STATEMENT_CACHE: usize = 64;

/// The corpus: a SQLite file of postings, boards and crawl state.
#[derive(Debug)]
pub struct Corpus {
    db: Connection,
    path: PathBuf,
}

impl Corpus {
    /// Opens the corpus at `path` for reading and writing, making it (and its folder) when absent.
    ///
    /// # Errors
    /// When the file cannot be made or opened, is no corpus, is damaged, or was written by a
    /// newer version of this program.
    pub fn open(path: &Path) -> Result<Self, CorpusError> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .map_err(|source| CorpusError::Folder { path: folder.to_owned(), source })?;
        }
        Self::open_file(path).map_err(|error| error.at(path))
    }

    fn open_file(path: &Path) -> Result<Self, CorpusError> {
        let mut db = Connection::open(path)?;
        settle(&db)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "NORMAL")?;
        db.pragma_update(None, "foreign_keys", true)?;
        schema::migrate(&mut db)?;
        Ok(Self { db, path: path.to_owned() })
    }

    /// Opens an existing corpus for reading only.
    ///
    /// # Errors
    /// [`CorpusError::Absent`] when there is no file; else as [`open`](Self::open).
    pub fn open_read_only(path: &Path) -> Result<Self, CorpusError> {
        if !path.is_file() {
            return Err(CorpusError::Absent(path.to_owned()));
        }
        Self::open_existing(path).map_err(|error| error.at(path))
    }

    fn open_existing(path: &Path) -> Result<Self, CorpusError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)?;
        settle(&db)?;
        let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
        schema::check(found)?;
        if found < schema::version() {
            return Err(CorpusError::Older { found, known: schema::version() });
        }
        Ok(Self { db, path: path.to_owned() })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Begins a transaction. Dropping the batch without [`Batch::commit`] undoes it.
    ///
    /// # Errors
    /// [`CorpusError::Busy`] when another process writes for longer than ten seconds.
    pub fn batch(&mut self) -> Result<Batch<'_>, CorpusError> {
        Batch::begin(self.db.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }
}

fn settle(db: &Connection) -> Result<(), CorpusError> {
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    db.pragma_update(None, "cache_size", CACHE_KIB)?;
    Ok(())
}

#[cfg(test)]
mod tests;
