//! The tables of the corpus and how an older file is brought up to date.

use super::CorpusError;
use rusqlite::{Connection, TransactionBehavior};

/// What marks a SQLite file as a corpus of this program (`PRAGMA application_id`): "rung".
const APPLICATION_ID: i32 = 0x7275_6e67;

/// One step per schema version; `user_version` counts the steps taken. Append only.
const STEPS: &[&str] = &[
    "
CREATE TABLE meta (
    name TEXT PRIMARY KEY, value BLOB NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE boards (
    source TEXT NOT NULL, board TEXT NOT NULL,
    name TEXT, state TEXT NOT NULL DEFAULT 'active', strikes INTEGER NOT NULL DEFAULT 0,
    struck INTEGER, added INTEGER NOT NULL,
    cycle INTEGER, cycle_found INTEGER NOT NULL DEFAULT 0, cycle_total INTEGER, cycle_fault TEXT,
    cycle_changes INTEGER NOT NULL DEFAULT 0, cycle_capped INTEGER NOT NULL DEFAULT 0,
    last_try INTEGER, last_complete INTEGER, outcome TEXT, due INTEGER NOT NULL DEFAULT 0,
    pause INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, board)
) WITHOUT ROWID, STRICT;

CREATE TABLE postings (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL, board TEXT NOT NULL, native_id TEXT NOT NULL,
    seq INTEGER NOT NULL, content_hash TEXT NOT NULL, digest BLOB NOT NULL,
    employer TEXT NOT NULL, posted TEXT,
    first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, changed_at INTEGER NOT NULL,
    status INTEGER NOT NULL, misses INTEGER NOT NULL DEFAULT 0,
    closed_at INTEGER, close_reason TEXT, reopened INTEGER NOT NULL DEFAULT 0,
    stamp TEXT,
    UNIQUE (source, board, native_id)
) STRICT;
CREATE UNIQUE INDEX postings_by_seq ON postings (seq);

CREATE TABLE documents (
    posting INTEGER PRIMARY KEY REFERENCES postings (id) ON DELETE CASCADE,
    json BLOB NOT NULL
) STRICT;

CREATE TABLE runs (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER,
    outcome TEXT, summary TEXT
) STRICT;

CREATE TABLE queue (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL, board TEXT NOT NULL, fingerprint BLOB NOT NULL, host TEXT NOT NULL,
    request TEXT NOT NULL, due INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
    state INTEGER NOT NULL DEFAULT 0, leased INTEGER, fault TEXT,
    UNIQUE (source, board, fingerprint),
    FOREIGN KEY (source, board) REFERENCES boards (source, board) ON DELETE CASCADE
) STRICT;
CREATE INDEX queue_ready ON queue (state, host, due, id);

CREATE TABLE validators (
    fingerprint BLOB PRIMARY KEY, etag TEXT, last_modified TEXT, body_hash BLOB NOT NULL,
    adapter INTEGER NOT NULL, stored INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE robots (
    origin TEXT PRIMARY KEY, fetched INTEGER NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE holds (
    host TEXT PRIMARY KEY, until INTEGER NOT NULL, reason TEXT NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE bodies (
    hash BLOB PRIMARY KEY, stored INTEGER NOT NULL, zstd BLOB NOT NULL
) WITHOUT ROWID, STRICT;
",
    "
INSERT OR IGNORE INTO meta (name, value) VALUES ('corpus', CAST(lower(hex(randomblob(8))) AS BLOB));
",
    // A look that is under way did not write down so far what it could not read: it counts as one
    // that could not read something.
    "
ALTER TABLE boards ADD COLUMN cycle_rejected INTEGER NOT NULL DEFAULT 0;
ALTER TABLE boards ADD COLUMN cycle_unread INTEGER NOT NULL DEFAULT 0;
UPDATE boards SET cycle_rejected = 1 WHERE cycle IS NOT NULL;
CREATE INDEX queue_by_board ON queue (source, board, state);
",
    // Copies of one posting on several boards are linked by what they have in common.
    "
ALTER TABLE postings ADD COLUMN canonical TEXT;
UPDATE postings SET canonical = source || ':' || native_id
    WHERE source IN ('ashby', 'greenhouse', 'lever', 'rippling', 'workable');
CREATE INDEX postings_by_canonical ON postings (canonical) WHERE canonical IS NOT NULL;
",
];

/// The schema version this program writes.
pub(super) fn version() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Takes the steps that `db` still lacks, all or none.
pub(super) fn migrate(db: &mut Connection) -> Result<(), CorpusError> {
    let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    check(found)?;
    if found == version() {
        return Ok(());
    }
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have migrated while this one waited for the lock.
    let found: i64 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    check(found)?;
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", version())?;
    tx.commit()?;
    Ok(())
}

/// Refuses a file that a newer program wrote.
pub(super) fn check(found: i64) -> Result<(), CorpusError> {
    if found > version() {
        return Err(CorpusError::Newer { found, known: version() });
    }
    Ok(())
}
