//! What a crawl remembers about addresses and hosts: validators, robots files, holds, bodies.

use super::stored::{UNPACKED_CAP, ZSTD_LEVEL, timestamp};
use super::{Batch, Corpus, CorpusError};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

/// What a server said to identify a body by, and the hash of the body that it identified.
///
/// Kept only for bodies that came whole and could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validator {
    /// `ETag`, as sent.
    pub etag: Option<String>,
    /// `Last-Modified`, as sent.
    pub last_modified: Option<String>,
    /// SHA-256 of the decoded body.
    pub body_hash: [u8; 32],
    /// Version of the adapter that read the body: another version must read it again.
    pub adapter: u32,
    /// When the body was fetched.
    pub stored: Timestamp,
}

/// A robots file as fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RobotsRow {
    /// When.
    pub fetched: Timestamp,
    /// HTTP status; 0 when the host could not be reached.
    pub status: u16,
    /// Text, empty unless the status is a success.
    pub body: String,
}

/// A host that asked to be left alone for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Politeness key of the host.
    pub host: String,
    /// Until when.
    pub until: Timestamp,
    /// Why, in words.
    pub reason: String,
}

impl Corpus {
    /// Hosts on hold.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn holds(&self) -> Result<Vec<Hold>, CorpusError> {
        let mut statement = self.db.prepare("SELECT host, until, reason FROM holds ORDER BY host")?;
        let rows = statement.query_map([], |row| {
            Ok(Hold { host: row.get(0)?, until: timestamp(row.get(1)?), reason: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A stored body by its SHA-256.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn body(&self, hash: &[u8; 32]) -> Result<Option<Vec<u8>>, CorpusError> {
        let sql = "SELECT zstd FROM bodies WHERE hash = ?1";
        let packed: Option<Vec<u8>> =
            self.db.prepare_cached(sql)?.query_row(params![hash], |row| row.get(0)).optional()?;
        packed
            .map(|packed| zstd::bulk::decompress(&packed, UNPACKED_CAP))
            .transpose()
            .map_err(|error| CorpusError::Corrupt(format!("a stored body: {error}")))
    }
}

impl Batch<'_> {
    /// The validator of a request.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn validator(&self, fingerprint: &[u8; 32]) -> Result<Option<Validator>, CorpusError> {
        let sql = "SELECT etag, last_modified, body_hash, adapter, stored FROM validators \
                   WHERE fingerprint = ?1";
        let found = self.tx.prepare_cached(sql)?.query_row(params![fingerprint], |row| {
            Ok(Validator {
                etag: row.get(0)?,
                last_modified: row.get(1)?,
                body_hash: row.get(2)?,
                adapter: row.get(3)?,
                stored: timestamp(row.get(4)?),
            })
        });
        Ok(found.optional()?)
    }

    /// The robots file of an origin (`https://host`).
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn robots(&self, origin: &str) -> Result<Option<RobotsRow>, CorpusError> {
        let sql = "SELECT fetched, status, body FROM robots WHERE origin = ?1";
        let found = self.tx.prepare_cached(sql)?.query_row([origin], |row| {
            Ok(RobotsRow { fetched: timestamp(row.get(0)?), status: row.get(1)?, body: row.get(2)? })
        });
        Ok(found.optional()?)
    }

    /// Remembers a validator.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn keep_validator(
        &mut self,
        fingerprint: &[u8; 32],
        validator: &Validator,
    ) -> Result<(), CorpusError> {
        self.tx
            .prepare_cached(
                "INSERT OR REPLACE INTO validators (fingerprint, etag, last_modified, body_hash, adapter, \
                 stored) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                fingerprint,
                validator.etag,
                validator.last_modified,
                validator.body_hash,
                validator.adapter,
                validator.stored.as_millisecond()
            ])?;
        Ok(())
    }

    /// Remembers a robots file.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn keep_robots(&mut self, origin: &str, robots: &RobotsRow) -> Result<(), CorpusError> {
        self.tx
            .prepare_cached(
                "INSERT OR REPLACE INTO robots (origin, fetched, status, body) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![origin, robots.fetched.as_millisecond(), robots.status, robots.body])?;
        Ok(())
    }

    /// Puts a host on hold.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn keep_hold(&mut self, hold: &Hold) -> Result<(), CorpusError> {
        self.tx
            .prepare_cached("INSERT OR REPLACE INTO holds (host, until, reason) VALUES (?1, ?2, ?3)")?
            .execute(params![hold.host, hold.until.as_millisecond(), hold.reason])?;
        Ok(())
    }

    /// Forgets holds that are over.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn drop_holds(&mut self, now: Timestamp) -> Result<(), CorpusError> {
        self.tx.prepare_cached("DELETE FROM holds WHERE until <= ?1")?.execute([now.as_millisecond()])?;
        Ok(())
    }

    /// Stores a raw body under its SHA-256, once.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn keep_body(&mut self, hash: &[u8; 32], body: &[u8], at: Timestamp) -> Result<(), CorpusError> {
        let packed = zstd::bulk::compress(body, ZSTD_LEVEL)
            .map_err(|error| CorpusError::Corrupt(format!("a body could not be packed: {error}")))?;
        self.tx
            .prepare_cached("INSERT OR IGNORE INTO bodies (hash, stored, zstd) VALUES (?1, ?2, ?3)")?
            .execute(params![hash, at.as_millisecond(), packed])?;
        Ok(())
    }
}
