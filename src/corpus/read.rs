//! Reading postings back.

use super::stored::{Status, StoredPosting, timestamp, unpack};
use super::{Corpus, CorpusError};
use crate::posting::PostingKey;
use rusqlite::{OptionalExtension, Row, params};

/// The columns that [`Packed::read`] reads, in its order; the last is the copy on another board that
/// comes first: an open one, the portal's own, the first by name.
const COLUMNS: &str = "p.source, p.board, p.native_id, p.seq, p.content_hash, p.first_seen, p.last_seen, \
    p.changed_at, p.status, p.misses, p.closed_at, p.close_reason, p.reopened, d.json, \
    (SELECT o.source || ':' || o.board || ':' || o.native_id FROM postings o \
     WHERE o.canonical = p.canonical AND (o.source, o.board) <> (p.source, p.board) \
     AND (o.status = 2, o.canonical <> o.source || ':' || o.native_id, o.source, o.board, o.native_id) \
       < (p.status = 2, p.canonical <> p.source || ':' || p.native_id, p.source, p.board, p.native_id) \
     ORDER BY o.status = 2, o.canonical <> o.source || ':' || o.native_id, o.source, o.board, o.native_id \
     LIMIT 1)";

/// A stored posting before its body is unpacked.
struct Packed {
    key: PostingKey,
    seq: u64,
    content_hash: String,
    times: [i64; 3],
    status: Status,
    reopened: u32,
    json: Vec<u8>,
    copy_of: Option<String>,
}

impl Packed {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let reason: Option<String> = row.get(11)?;
        Ok(Self {
            key: PostingKey { source: row.get(0)?, board: row.get(1)?, native_id: row.get(2)? },
            seq: row.get(3)?,
            content_hash: row.get(4)?,
            times: [row.get(5)?, row.get(6)?, row.get(7)?],
            status: Status::from_columns(row.get(8)?, row.get(9)?, row.get(10)?, reason.as_deref()),
            reopened: row.get(12)?,
            json: row.get(13)?,
            copy_of: row.get(14)?,
        })
    }

    fn unpack(self) -> Result<StoredPosting, CorpusError> {
        let [first_seen, last_seen, changed_at] = self.times.map(timestamp);
        Ok(StoredPosting {
            seq: self.seq,
            posting: unpack(&self.key, &self.json)?,
            first_seen,
            last_seen,
            changed_at,
            status: self.status,
            reopened: self.reopened,
            content_hash: self.content_hash,
            copy_of: self.copy_of.as_deref().and_then(PostingKey::parse),
        })
    }
}

impl Corpus {
    /// The posting with this identity, open or closed.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn get(&self, key: &PostingKey) -> Result<Option<StoredPosting>, CorpusError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM postings p JOIN documents d ON d.posting = p.id \
             WHERE p.source = ?1 AND p.board = ?2 AND p.native_id = ?3"
        );
        let found = self
            .db
            .prepare_cached(&sql)?
            .query_row(params![key.source, key.board, key.native_id], Packed::read)
            .optional()?;
        found.map(Packed::unpack).transpose()
    }

    /// Copies of a posting on other boards, in the order of their names.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn copies(&self, key: &PostingKey) -> Result<Vec<PostingKey>, CorpusError> {
        let mut statement = self.db.prepare_cached(
            "SELECT o.source, o.board, o.native_id FROM postings p JOIN postings o \
             ON o.canonical = p.canonical AND (o.source, o.board) <> (p.source, p.board) \
             WHERE p.source = ?1 AND p.board = ?2 AND p.native_id = ?3 \
             ORDER BY o.source, o.board, o.native_id",
        )?;
        let rows = statement.query_map(params![key.source, key.board, key.native_id], |row| {
            Ok(PostingKey { source: row.get(0)?, board: row.get(1)?, native_id: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Calls `each` with every posting whose sequence number is above `after` (0: all), in the
    /// order of sequence numbers, one at a time. Holds one snapshot of the file throughout.
    ///
    /// # Errors
    /// When the file cannot be read, or the first error of `each`.
    pub fn for_each<E: From<CorpusError>>(
        &self,
        after: u64,
        mut each: impl FnMut(StoredPosting) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!(
            "SELECT {COLUMNS} FROM postings p JOIN documents d ON d.posting = p.id \
             WHERE p.seq > ?1 ORDER BY p.seq"
        );
        let sql_error = |error: rusqlite::Error| E::from(CorpusError::from(error));
        let mut statement = self.db.prepare_cached(&sql).map_err(sql_error)?;
        let rows = statement.query_map([after], Packed::read).map_err(sql_error)?;
        for row in rows {
            each(row.map_err(sql_error)?.unpack()?)?;
        }
        Ok(())
    }

    /// At most `limit` postings whose sequence number is above `seq`, in order: what is new,
    /// changed, closed or reopened since. A posting that changed twice comes once.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn changes_since(&self, seq: u64, limit: usize) -> Result<Vec<StoredPosting>, CorpusError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM postings p JOIN documents d ON d.posting = p.id \
             WHERE p.seq > ?1 ORDER BY p.seq LIMIT ?2"
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        let rows = statement.query_map(params![seq, limit as u64], Packed::read)?;
        rows.map(|row| row?.unpack()).collect()
    }
}
