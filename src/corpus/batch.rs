//! Writing: one transaction that keeps postings, their sequence numbers and the snapshot digest
//! in step.

use super::CorpusError;
use super::stats::Fold;
use super::stored::{CloseReason, Prepared, unpack};
use crate::posting::{Posting, PostingKey};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

/// What storing a posting changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Never seen before.
    New,
    /// Its content or facts differ from what is stored.
    Changed,
    /// The same but for markup.
    Unchanged,
    /// It was closed and is open again (changed or not).
    Reopened,
}

/// A transaction on the corpus. Nothing is kept until [`commit`](Self::commit).
#[derive(Debug)]
pub struct Batch<'c> {
    pub(super) tx: Transaction<'c>,
    seq: i64,
    fold: Fold,
}

/// The columns of a stored posting that decide what an update means.
struct Known {
    id: i64,
    digest: [u8; 32],
    closed: bool,
    /// Last look at it: when it was seen, or found closed.
    latest: i64,
    canonical: Option<String>,
}

impl Known {
    /// Whether a record with `digest`, seen at `seen_at`, is older news than what is stored.
    ///
    /// Of two different records from the same instant the one with the larger digest counts,
    /// so that the order of importing makes no difference.
    fn is_newer_than(&self, digest: &[u8; 32], seen_at: Timestamp) -> bool {
        (self.latest, &self.digest) > (seen_at.as_millisecond(), digest)
    }
}

impl<'c> Batch<'c> {
    pub(super) fn begin(tx: Transaction<'c>) -> Result<Self, CorpusError> {
        let seq = tx.query_row("SELECT coalesce(max(seq), 0) FROM postings", [], |row| row.get(0))?;
        let fold = Fold::read(&tx)?;
        Ok(Self { tx, seq, fold })
    }

    /// Keeps everything done in this batch.
    ///
    /// # Errors
    /// [`CorpusError::Full`] and the like; then nothing of the batch is kept.
    pub fn commit(self) -> Result<(), CorpusError> {
        self.fold.write(&self.tx)?;
        self.tx.commit()?;
        Ok(())
    }

    /// Stores `posting`, seen at `seen_at`.
    ///
    /// A posting that differs only in markup keeps its stored body, so that evidence offsets
    /// stay true. One without a body never erases a body known from before.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn upsert(&mut self, posting: &Posting, seen_at: Timestamp) -> Result<Change, CorpusError> {
        self.upsert_prepared(Prepared::new(posting)?, seen_at)
    }

    /// [`upsert`](Self::upsert) for a posting packed elsewhere.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn upsert_prepared(&mut self, mut new: Prepared, seen_at: Timestamp) -> Result<Change, CorpusError> {
        let Some(known) = self.known(&new.key)? else {
            self.insert(&new, seen_at)?;
            return Ok(Change::New);
        };
        if new.bodiless {
            new = self.with_known_body(new, known.id)?;
        }
        if known.digest == new.digest && !known.closed {
            self.see(known.id, seen_at)?;
            return Ok(Change::Unchanged);
        }
        if known.is_newer_than(&new.digest, seen_at) {
            return Ok(Change::Unchanged);
        }
        if known.digest != new.digest {
            self.tx
                .prepare_cached("UPDATE documents SET json = ?2 WHERE posting = ?1")?
                .execute(params![known.id, new.json])?;
            self.tx
                .prepare_cached(
                    "UPDATE postings SET content_hash = ?2, digest = ?3, employer = ?4, posted = ?5, \
                     changed_at = ?6, canonical = ?7 WHERE id = ?1",
                )?
                .execute(params![
                    known.id,
                    new.content_hash,
                    new.digest,
                    new.employer,
                    new.posted,
                    seen_at.as_millisecond(),
                    new.canonical
                ])?;
        }
        self.fold.remove(&new.key, &known.digest, known.closed);
        self.fold.add(&new.key, &new.digest, false);
        self.reopen(known.id, known.closed, seen_at)?;
        if known.canonical != new.canonical {
            self.bump_copies(&new.key, known.canonical.as_deref())?;
        }
        if known.closed || known.canonical != new.canonical {
            self.bump_copies(&new.key, new.canonical.as_deref())?;
        }
        Ok(if known.closed { Change::Reopened } else { Change::Changed })
    }

    /// Notes that a listing still holds a posting whose body was not fetched again.
    ///
    /// Returns `None` when it is not stored yet.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn touch(&mut self, key: &PostingKey, seen_at: Timestamp) -> Result<Option<Change>, CorpusError> {
        let Some(known) = self.known(key)? else { return Ok(None) };
        if known.closed {
            if known.is_newer_than(&known.digest, seen_at) {
                return Ok(Some(Change::Unchanged));
            }
            self.fold.remove(key, &known.digest, true);
            self.fold.add(key, &known.digest, false);
            self.reopen(known.id, true, seen_at)?;
            self.bump_copies(key, known.canonical.as_deref())?;
            return Ok(Some(Change::Reopened));
        }
        self.see(known.id, seen_at)?;
        Ok(Some(Change::Unchanged))
    }

    /// Notes that every open posting of a board is still listed: its listing did not change.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn touch_board(&mut self, source: &str, board: &str, seen_at: Timestamp) -> Result<u64, CorpusError> {
        let seen = self
            .tx
            .prepare_cached(
                "UPDATE postings SET last_seen = max(last_seen, ?3) \
                 WHERE source = ?1 AND board = ?2 AND status = 0",
            )?
            .execute(params![source, board, seen_at.as_millisecond()])?;
        Ok(seen as u64)
    }

    /// Closes a posting. Returns false when it is not stored or closed already.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn close(
        &mut self,
        key: &PostingKey,
        at: Timestamp,
        reason: CloseReason,
    ) -> Result<bool, CorpusError> {
        let Some(known) = self.known(key)?.filter(|known| !known.closed) else {
            return Ok(false);
        };
        self.seq += 1;
        self.tx
            .prepare_cached(
                "UPDATE postings SET status = 2, closed_at = ?2, close_reason = ?3, seq = ?4 WHERE id = ?1",
            )?
            .execute(params![known.id, at.as_millisecond(), reason.name(), self.seq])?;
        self.fold.remove(key, &known.digest, false);
        self.fold.add(key, &known.digest, true);
        self.bump_copies(key, known.canonical.as_deref())?;
        Ok(true)
    }

    /// After a provably complete listing that began at `since`: postings of the board not seen
    /// since then miss once more, and close when they missed `misses_to_close` times in a row.
    ///
    /// Returns how many were closed.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn settle_listing(
        &mut self,
        source: &str,
        board: &str,
        since: Timestamp,
        at: Timestamp,
        misses_to_close: u32,
    ) -> Result<u64, CorpusError> {
        let missing: Vec<(String, u32)> = self
            .tx
            .prepare_cached(
                "SELECT native_id, misses FROM postings \
                 WHERE source = ?1 AND board = ?2 AND status < 2 AND last_seen < ?3",
            )?
            .query_map(params![source, board, since.as_millisecond()], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let mut closed = 0;
        for (native_id, misses) in missing {
            let key = PostingKey { source: source.into(), board: board.into(), native_id };
            if misses + 1 >= misses_to_close {
                closed += u64::from(self.close(&key, at, CloseReason::Delisted)?);
            } else {
                self.miss(&key, misses + 1)?;
            }
        }
        Ok(closed)
    }

    /// Closes every open posting of a board that is gone. Returns how many there were.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn close_board(&mut self, source: &str, board: &str, at: Timestamp) -> Result<u64, CorpusError> {
        let ids: Vec<String> = self
            .tx
            .prepare_cached("SELECT native_id FROM postings WHERE source = ?1 AND board = ?2 AND status < 2")?
            .query_map([source, board], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut closed = 0;
        for native_id in ids {
            let key = PostingKey { source: source.into(), board: board.into(), native_id };
            closed += u64::from(self.close(&key, at, CloseReason::BoardGone)?);
        }
        Ok(closed)
    }

    /// Postings of a board that were stored before `since` and are not closed.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn open_since_before(&self, source: &str, board: &str, since: Timestamp) -> Result<u64, CorpusError> {
        Ok(self
            .tx
            .prepare_cached(
                "SELECT count(*) FROM postings \
                 WHERE source = ?1 AND board = ?2 AND status < 2 AND first_seen < ?3",
            )?
            .query_row(params![source, board, since.as_millisecond()], |row| row.get(0))?)
    }

    /// Whether a stored posting was seen at or after `since`; `None` when it is not stored.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn seen_since(&self, key: &PostingKey, since: Timestamp) -> Result<Option<bool>, CorpusError> {
        let known = self.known(key)?;
        Ok(known.map(|known| !known.closed && known.latest >= since.as_millisecond()))
    }

    /// The stamp of the listing that the stored body of an open posting was fetched for.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn stamp(&self, key: &PostingKey) -> Result<Option<String>, CorpusError> {
        let stamp = self
            .tx
            .prepare_cached(
                "SELECT stamp FROM postings \
                 WHERE source = ?1 AND board = ?2 AND native_id = ?3 AND status < 2",
            )?
            .query_row(params![key.source, key.board, key.native_id], |row| row.get(0))
            .optional()?;
        Ok(stamp.flatten())
    }

    /// Remembers for which listing the body of a posting was fetched.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn set_stamp(&mut self, key: &PostingKey, stamp: &str) -> Result<(), CorpusError> {
        self.tx
            .prepare_cached(
                "UPDATE postings SET stamp = ?4 WHERE source = ?1 AND board = ?2 AND native_id = ?3",
            )?
            .execute(params![key.source, key.board, key.native_id, stamp])?;
        Ok(())
    }

    fn miss(&mut self, key: &PostingKey, misses: u32) -> Result<(), CorpusError> {
        let Some(known) = self.known(key)? else { return Ok(()) };
        self.tx
            .prepare_cached("UPDATE postings SET status = 1, misses = ?2 WHERE id = ?1")?
            .execute(params![known.id, misses])?;
        Ok(())
    }

    fn known(&self, key: &PostingKey) -> Result<Option<Known>, CorpusError> {
        Ok(self
            .tx
            .prepare_cached(
                "SELECT id, digest, status, last_seen, closed_at, canonical FROM postings \
                 WHERE source = ?1 AND board = ?2 AND native_id = ?3",
            )?
            .query_row(params![key.source, key.board, key.native_id], |row| {
                let (seen, closed): (i64, Option<i64>) = (row.get(3)?, row.get(4)?);
                Ok(Known {
                    id: row.get(0)?,
                    digest: row.get(1)?,
                    closed: row.get::<_, i64>(2)? == 2,
                    latest: seen.max(closed.unwrap_or(seen)),
                    canonical: row.get(5)?,
                })
            })
            .optional()?)
    }

    fn insert(&mut self, new: &Prepared, seen_at: Timestamp) -> Result<(), CorpusError> {
        self.seq += 1;
        self.tx
            .prepare_cached(
                "INSERT INTO postings (source, board, native_id, seq, content_hash, digest, employer, \
                 posted, first_seen, last_seen, changed_at, status, canonical) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, ?9, 0, ?10)",
            )?
            .execute(params![
                new.key.source,
                new.key.board,
                new.key.native_id,
                self.seq,
                new.content_hash,
                new.digest,
                new.employer,
                new.posted,
                seen_at.as_millisecond(),
                new.canonical
            ])?;
        let id = self.tx.last_insert_rowid();
        self.tx
            .prepare_cached("INSERT INTO documents (posting, json) VALUES (?1, ?2)")?
            .execute(params![id, new.json])?;
        self.fold.add(&new.key, &new.digest, false);
        self.bump_copies(&new.key, new.canonical.as_deref())
    }

    /// Which of several copies counts may have changed: readers look at the others again.
    fn bump_copies(&mut self, key: &PostingKey, canonical: Option<&str>) -> Result<(), CorpusError> {
        let copies: Vec<i64> = self
            .tx
            .prepare_cached("SELECT id FROM postings WHERE canonical = ?1 AND (source, board) <> (?2, ?3)")?
            .query_map(params![canonical, key.source, key.board], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for id in copies {
            self.seq += 1;
            self.tx
                .prepare_cached("UPDATE postings SET seq = ?2 WHERE id = ?1")?
                .execute(params![id, self.seq])?;
        }
        Ok(())
    }

    fn see(&mut self, id: i64, seen_at: Timestamp) -> Result<(), CorpusError> {
        self.tx
            .prepare_cached(
                "UPDATE postings SET last_seen = max(last_seen, ?2), status = 0, misses = 0 WHERE id = ?1",
            )?
            .execute(params![id, seen_at.as_millisecond()])?;
        Ok(())
    }

    fn reopen(&mut self, id: i64, closed: bool, seen_at: Timestamp) -> Result<(), CorpusError> {
        self.seq += 1;
        self.tx
            .prepare_cached(
                "UPDATE postings SET status = 0, misses = 0, closed_at = NULL, close_reason = NULL, \
                 reopened = reopened + ?2, last_seen = max(last_seen, ?3), seq = ?4 WHERE id = ?1",
            )?
            .execute(params![id, i64::from(closed), seen_at.as_millisecond(), self.seq])?;
        Ok(())
    }

    fn with_known_body(&self, new: Prepared, id: i64) -> Result<Prepared, CorpusError> {
        let Some(listing) = &new.posting else { return Ok(new) };
        let packed: Vec<u8> = self
            .tx
            .prepare_cached("SELECT json FROM documents WHERE posting = ?1")?
            .query_row([id], |row| row.get(0))?;
        let known = unpack(&new.key, &packed)?;
        if known.description.is_empty() {
            return Ok(new);
        }
        let mut merged = Posting::clone(listing);
        merged.description = known.description;
        merged.markup = known.markup;
        merged.truncated = known.truncated;
        Prepared::new(&merged)
    }
}
