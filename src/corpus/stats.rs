//! What the corpus holds, in numbers, and the digest that names its content.

use super::stored::timestamp;
use super::{Batch, Corpus, CorpusError};
use crate::posting::PostingKey;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs;

/// Name of the [`Fold`] in the `meta` table.
const FOLD: &str = "snapshot";

/// A digest of a set that does not depend on the order in which it was built: the sum of the
/// SHA-256 of every (identity, digest, open or closed), in four lanes of 64 bits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fold([u64; 4]);

impl Fold {
    pub(super) fn read(db: &Connection) -> Result<Self, CorpusError> {
        let bytes: Option<[u8; 32]> = db
            .prepare_cached("SELECT value FROM meta WHERE name = ?1")?
            .query_row([FOLD], |row| row.get(0))
            .optional()?;
        Ok(bytes.map_or_else(Self::default, |bytes| Self(lanes(&bytes))))
    }

    pub(super) fn write(&self, db: &Connection) -> Result<(), CorpusError> {
        db.prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?
            .execute(params![FOLD, self.bytes()])?;
        Ok(())
    }

    pub(super) fn add(&mut self, key: &PostingKey, digest: &[u8; 32], closed: bool) {
        for (lane, value) in self.0.iter_mut().zip(row_lanes(key, digest, closed)) {
            *lane = lane.wrapping_add(value);
        }
    }

    pub(super) fn remove(&mut self, key: &PostingKey, digest: &[u8; 32], closed: bool) {
        for (lane, value) in self.0.iter_mut().zip(row_lanes(key, digest, closed)) {
            *lane = lane.wrapping_sub(value);
        }
    }

    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (chunk, lane) in bytes.chunks_exact_mut(8).zip(self.0) {
            chunk.copy_from_slice(&lane.to_le_bytes());
        }
        bytes
    }
}

fn lanes(bytes: &[u8; 32]) -> [u64; 4] {
    let mut lanes = [0; 4];
    for (lane, chunk) in lanes.iter_mut().zip(bytes.chunks_exact(8)) {
        *lane = chunk.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    }
    lanes
}

fn row_lanes(key: &PostingKey, digest: &[u8; 32], closed: bool) -> [u64; 4] {
    let hash = Sha256::new()
        .chain_update(key.to_string())
        .chain_update([0, u8::from(closed)])
        .chain_update(digest)
        .finalize();
    lanes(&hash.into())
}

/// Postings of one source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceCount {
    /// Source kind, e.g. `ashby`.
    pub source: String,
    /// Boards with at least one posting.
    pub boards: u64,
    /// Postings not known to be closed.
    pub open: u64,
    /// Closed postings.
    pub closed: u64,
}

/// One run of `fetch` or `import`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunRow {
    /// `fetch` or `import`.
    pub kind: String,
    /// When it began.
    pub started: Timestamp,
    /// When it ended; `None` when it was killed or still runs.
    pub ended: Option<Timestamp>,
    /// `done`, `partial`, `interrupted` or `failed`.
    pub outcome: Option<String>,
    /// The run's own summary, JSON.
    pub summary: Option<String>,
}

/// What the corpus holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Postings by source, most first.
    pub sources: Vec<SourceCount>,
    /// Postings not known to be closed.
    pub open: u64,
    /// Closed postings.
    pub closed: u64,
    /// Different employers of open postings; see [`crate::posting::Posting::employer`].
    pub employers: u64,
    /// Earliest and latest publication day of open postings.
    pub posted: Option<(String, String)>,
    /// Earliest and latest look at any posting.
    pub seen: Option<(Timestamp, Timestamp)>,
    /// Highest sequence number.
    pub seq: u64,
    /// Size of the file and its write-ahead log, in bytes.
    pub file_bytes: u64,
    /// The latest run.
    pub last_run: Option<RunRow>,
}

impl Corpus {
    /// Counts what is stored.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn stats(&self) -> Result<Stats, CorpusError> {
        let sources: Vec<SourceCount> = self
            .db
            .prepare(
                "SELECT source, count(DISTINCT board), sum(status < 2), sum(status = 2) \
                 FROM postings GROUP BY source ORDER BY count(*) DESC, source",
            )?
            .query_map([], |row| {
                Ok(SourceCount {
                    source: row.get(0)?,
                    boards: row.get(1)?,
                    open: row.get(2)?,
                    closed: row.get(3)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        let (employers, first_day, last_day) = self.db.query_row(
            "SELECT count(DISTINCT nullif(employer, '')), min(posted), max(posted) FROM postings WHERE status < 2",
            [],
            |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, Option<String>>(2)?)),
        )?;
        let (first_look, last_look, seq) = self.db.query_row(
            "SELECT min(first_seen), max(last_seen), coalesce(max(seq), 0) FROM postings",
            [],
            |row| Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(1)?, row.get(2)?)),
        )?;
        Ok(Stats {
            open: sources.iter().map(|s| s.open).sum(),
            closed: sources.iter().map(|s| s.closed).sum(),
            sources,
            employers,
            posted: first_day.zip(last_day),
            seen: first_look.zip(last_look).map(|(a, b)| (timestamp(a), timestamp(b))),
            seq,
            file_bytes: self.file_bytes(),
            last_run: self.last_run()?,
        })
    }

    /// A digest of all content: the same postings with the same facts, open or closed, give the
    /// same id, however and whenever they were stored. 16 hexadecimal digits.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn snapshot_id(&self) -> Result<String, CorpusError> {
        let hash = Sha256::digest(Fold::read(&self.db)?.bytes());
        Ok(hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
    }

    /// What names this corpus: 16 random hexadecimal digits, made with the file. Empty for a file of an
    /// older version that was opened for reading only.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn name(&self) -> Result<String, CorpusError> {
        let sql = "SELECT CAST(value AS TEXT) FROM meta WHERE name = 'corpus'";
        Ok(self.db.query_row(sql, [], |row| row.get(0)).optional()?.unwrap_or_default())
    }

    fn last_run(&self) -> Result<Option<RunRow>, CorpusError> {
        let read = |row: &rusqlite::Row<'_>| {
            Ok(RunRow {
                kind: row.get(0)?,
                started: timestamp(row.get(1)?),
                ended: row.get::<_, Option<i64>>(2)?.map(timestamp),
                outcome: row.get(3)?,
                summary: row.get(4)?,
            })
        };
        let sql = "SELECT kind, started, ended, outcome, summary FROM runs ORDER BY id DESC LIMIT 1";
        Ok(self.db.query_row(sql, [], read).optional()?)
    }

    fn file_bytes(&self) -> u64 {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        [self.path.clone().into_os_string(), log]
            .iter()
            .filter_map(|path| fs::metadata(path).ok())
            .map(|meta| meta.len())
            .sum()
    }
}

impl Batch<'_> {
    /// Notes that a run began; returns its number.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn begin_run(&mut self, kind: &str, at: Timestamp) -> Result<i64, CorpusError> {
        self.tx
            .prepare_cached("INSERT INTO runs (kind, started) VALUES (?1, ?2)")?
            .execute(params![kind, at.as_millisecond()])?;
        Ok(self.tx.last_insert_rowid())
    }

    /// Notes how a run ended.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn end_run(
        &mut self,
        run: i64,
        at: Timestamp,
        outcome: &str,
        summary: &str,
    ) -> Result<(), CorpusError> {
        self.tx
            .prepare_cached("UPDATE runs SET ended = ?2, outcome = ?3, summary = ?4 WHERE id = ?1")?
            .execute(params![run, at.as_millisecond(), outcome, summary])?;
        Ok(())
    }
}

#[cfg(test)]
impl Corpus {
    /// The fold counted afresh from the rows, to hold the running one against.
    pub(super) fn recount(&self) -> Fold {
        let mut fold = Fold::default();
        let mut statement =
            self.db.prepare("SELECT source, board, native_id, digest, status FROM postings").unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let key = PostingKey {
                source: row.get(0).unwrap(),
                board: row.get(1).unwrap(),
                native_id: row.get(2).unwrap(),
            };
            fold.add(&key, &row.get(3).unwrap(), row.get::<_, i64>(4).unwrap() == 2);
        }
        fold
    }

    pub(super) fn running_fold(&self) -> Fold {
        Fold::read(&self.db).unwrap()
    }
}
