//! The frontier: requests still to be made, kept on disk so that memory does not grow with them
//! and a killed run goes on where it was.
//!
//! A request is ready, leased (in flight), done, failed, or put aside because the run under way
//! does not include its board. Done and failed ones stay until the
//! look at their board ends, so that a page met twice is fetched once.

use super::{Batch, Corpus, CorpusError};
use jiff::Timestamp;
use rusqlite::params;

/// Values of the `state` column.
const READY: i64 = 0;
const LEASED: i64 = 1;
const DONE: i64 = 2;
const FAILED: i64 = 3;
const ASIDE: i64 = 4;

/// A request taken from the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedRequest {
    /// Its number in the queue.
    pub id: i64,
    /// Source kind of its board.
    pub source: String,
    /// Its board.
    pub board: String,
    /// The request, JSON.
    pub request: String,
    /// Attempts made before this one.
    pub attempts: u32,
}

impl Corpus {
    /// What waits: (host, earliest time it is due, number of requests).
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn waiting_hosts(&self) -> Result<Vec<(String, Timestamp, u64)>, CorpusError> {
        let mut statement =
            self.db.prepare("SELECT host, min(due), count(*) FROM queue WHERE state = 0 GROUP BY host")?;
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, super::stored::timestamp(row.get(1)?), row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Boards with unanswered requests, put aside or not, and how many.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn waiting_boards(&self) -> Result<Vec<(String, String, u64)>, CorpusError> {
        let mut statement = self.db.prepare(
            "SELECT source, board, count(*) FROM queue INDEXED BY queue_by_board \
             WHERE state IN (0, 1, 4) GROUP BY source, board",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Hosts that a board's requests wait for in the run under way.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn hosts_of(&self, source: &str, board: &str) -> Result<Vec<String>, CorpusError> {
        let mut statement = self.db.prepare(
            "SELECT DISTINCT host FROM queue WHERE source = ?1 AND board = ?2 AND state IN (0, 1) ORDER BY host",
        )?;
        let rows = statement.query_map([source, board], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Batch<'_> {
    /// Queues a request unless the look under way already has it. Returns whether it is new.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn enqueue(
        &mut self,
        (source, board): (&str, &str),
        fingerprint: &[u8; 32],
        host: &str,
        request: &str,
    ) -> Result<bool, CorpusError> {
        let added = self
            .tx
            .prepare_cached(
                "INSERT OR IGNORE INTO queue (source, board, fingerprint, host, request) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![source, board, fingerprint, host, request])?;
        Ok(added == 1)
    }

    /// Takes up to `limit` requests of `host` that are due, oldest first, and leases them.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn claim(
        &mut self,
        host: &str,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<QueuedRequest>, CorpusError> {
        let claimed: Vec<QueuedRequest> = self
            .tx
            .prepare_cached(
                "SELECT id, source, board, request, attempts FROM queue \
                 WHERE state = 0 AND host = ?1 AND due <= ?2 ORDER BY due, id LIMIT ?3",
            )?
            .query_map(params![host, now.as_millisecond(), limit as u64], |row| {
                Ok(QueuedRequest {
                    id: row.get(0)?,
                    source: row.get(1)?,
                    board: row.get(2)?,
                    request: row.get(3)?,
                    attempts: row.get(4)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        for request in &claimed {
            self.tx
                .prepare_cached("UPDATE queue SET state = ?2, leased = ?3 WHERE id = ?1")?
                .execute(params![request.id, LEASED, now.as_millisecond()])?;
        }
        Ok(claimed)
    }

    /// Gives back every lease, and for each of the `waiting` boards (see
    /// [`Corpus::waiting_boards`]) makes its requests ready when the run under way includes it,
    /// else puts them aside for one that does. Rows that are where they belong are not touched,
    /// so that going on with a million requests takes no time.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn restart_queue<'b>(
        &mut self,
        waiting: impl Iterator<Item = (&'b str, &'b str, bool)>,
    ) -> Result<(), CorpusError> {
        self.tx
            .prepare_cached("UPDATE queue SET state = ?1, leased = NULL WHERE state = ?2")?
            .execute([READY, LEASED])?;
        for (source, board, is_included) in waiting {
            let (from, to) = if is_included { (ASIDE, READY) } else { (READY, ASIDE) };
            self.tx
                .prepare_cached(
                    "UPDATE queue INDEXED BY queue_by_board SET state = ?4 \
                     WHERE source = ?1 AND board = ?2 AND state = ?3",
                )?
                .execute(params![source, board, from, to])?;
        }
        Ok(())
    }

    /// When the next waiting request of `host` is due.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn next_due(&self, host: &str) -> Result<Option<Timestamp>, CorpusError> {
        let due: Option<i64> = self
            .tx
            .prepare_cached("SELECT min(due) FROM queue WHERE state = 0 AND host = ?1")?
            .query_row([host], |row| row.get(0))?;
        Ok(due.map(super::stored::timestamp))
    }

    /// A request is answered.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn finish(&mut self, id: i64) -> Result<(), CorpusError> {
        self.set_state(id, DONE, None)
    }

    /// A request failed for good.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn give_up(&mut self, id: i64, fault: &str) -> Result<(), CorpusError> {
        self.set_state(id, FAILED, Some(fault))
    }

    fn set_state(&mut self, id: i64, state: i64, fault: Option<&str>) -> Result<(), CorpusError> {
        self.tx
            .prepare_cached("UPDATE queue SET state = ?2, leased = NULL, fault = ?3 WHERE id = ?1")?
            .execute(params![id, state, fault])?;
        Ok(())
    }

    /// A request is to be made again, not before `due`; `counted` when the attempt counts
    /// against the limit of attempts.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn retry(&mut self, id: i64, due: Timestamp, counted: bool, fault: &str) -> Result<(), CorpusError> {
        self.tx
            .prepare_cached(
                "UPDATE queue SET state = 0, leased = NULL, due = ?2, attempts = attempts + ?3, fault = ?4 \
                 WHERE id = ?1",
            )?
            .execute(params![id, due.as_millisecond(), i64::from(counted), fault])?;
        Ok(())
    }
}
