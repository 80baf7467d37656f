//! What can go wrong with a corpus, and what to do about it.

use rusqlite::ErrorCode;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why the corpus could not be opened, read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CorpusError {
    /// There is no corpus yet.
    #[error("there is no corpus at {}\n  Fill one with `rungs fetch` or `rungs import`.", .0.display())]
    Absent(PathBuf),
    /// The folder of the corpus could not be made.
    #[error("cannot make the folder {} of the corpus: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An error with the file it happened to.
    #[error("corpus {}: {source}", path.display())]
    At {
        /// The file.
        path: PathBuf,
        /// What happened.
        source: Box<CorpusError>,
    },
    /// The disk is full.
    #[error(
        "the disk is full\n  Free some space and run the same command again: what was committed is kept."
    )]
    Full,
    /// The file is damaged or no SQLite file.
    #[error(
        "the file is damaged or not a corpus ({0})\n  Move it away and import or fetch again, or restore a copy."
    )]
    Corrupt(String),
    /// Another process holds the file.
    #[error("another process is writing to it\n  Wait until it is done, or stop it.")]
    Busy,
    /// A newer program wrote the file.
    #[error(
        "it was written by a newer version (schema {found}, this program knows {known})\n  Update rungs."
    )]
    Newer {
        /// The file's schema version.
        found: i64,
        /// This program's.
        known: i64,
    },
    /// An older program wrote the file, which is open for reading only.
    #[error(
        "it was written by an older version (schema {found}, this program wants {known})\n  Run `rungs fetch` or `rungs import` once to bring it up to date."
    )]
    Older {
        /// The file's schema version.
        found: i64,
        /// This program's.
        known: i64,
    },
    /// A stored posting cannot be read back.
    #[error("stored posting {key} cannot be read: {what}\n  Import or fetch its board again.")]
    Unreadable {
        /// Which posting.
        key: String,
        /// What is wrong with it.
        what: String,
    },
    /// Any other refusal of SQLite.
    #[error("{0}")]
    Sql(#[source] rusqlite::Error),
}

impl CorpusError {
    /// The same error with the file it happened to.
    #[must_use]
    pub(super) fn at(self, path: &Path) -> Self {
        Self::At { path: path.to_owned(), source: Box::new(self) }
    }
}

impl From<rusqlite::Error> for CorpusError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(error.to_string()),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Sql(error),
        }
    }
}
