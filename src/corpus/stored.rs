//! A posting as the corpus keeps it: packed, digested, with its history.

use super::CorpusError;
use crate::posting::{Posting, PostingKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// Compression level of stored postings and bodies: zstd's default, 3.
pub(super) const ZSTD_LEVEL: i32 = 3;

/// Largest stored record that is unpacked, in bytes; nothing larger is ever stored.
pub(super) const UNPACKED_CAP: usize = 64 << 20;

/// Why a posting is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// A provably complete listing of its board no longer holds it.
    Delisted,
    /// Its own page said so (404 or 410, or a closing notice).
    PageGone,
    /// Its board is gone for good.
    BoardGone,
}

impl CloseReason {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Delisted => "delisted",
            Self::PageGone => "page_gone",
            Self::BoardGone => "board_gone",
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "page_gone" => Self::PageGone,
            "board_gone" => Self::BoardGone,
            _ => Self::Delisted,
        }
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Delisted => "no longer listed",
            Self::PageGone => "its page is gone",
            Self::BoardGone => "its board is gone",
        })
    }
}

/// Whether a posting can still be applied to, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "is")]
pub enum Status {
    /// Seen in the latest look at its board.
    Open,
    /// Not seen in the last `misses` complete looks at a listing that is not authoritative.
    Missing {
        /// Complete looks in a row without it.
        misses: u32,
    },
    /// Closed.
    Closed {
        /// When that was found out.
        at: Timestamp,
        /// How.
        reason: CloseReason,
    },
}

impl Status {
    /// Reads the columns: status is 0 open, 1 missing, 2 closed.
    pub(super) fn from_columns(code: i64, misses: u32, at: Option<i64>, reason: Option<&str>) -> Self {
        match code {
            0 => Self::Open,
            1 => Self::Missing { misses },
            _ => Self::Closed {
                at: timestamp(at.unwrap_or(0)),
                reason: CloseReason::from_name(reason.unwrap_or("")),
            },
        }
    }

    /// Open or missing: not known to be closed.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Closed { .. })
    }
}

/// A posting with its history.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StoredPosting {
    /// Position in the order of changes; see [`super::Corpus::changes_since`].
    pub seq: u64,
    /// What the employer published.
    pub posting: Posting,
    /// First time it was seen here.
    pub first_seen: Timestamp,
    /// Last time it was seen.
    pub last_seen: Timestamp,
    /// Last time that its content or facts changed.
    pub changed_at: Timestamp,
    /// Open, missing or closed.
    pub status: Status,
    /// How often it came back after being closed.
    pub reopened: u32,
    /// [`Posting::content_hash`].
    pub content_hash: String,
    /// The posting that counts in its stead: the same one on another board ([`Posting::canonical`]).
    /// Of copies an open one counts, the portal's own before others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_of: Option<PostingKey>,
}

/// A posting packed for storing: the part of the work that needs no database, so that it can be
/// done by many threads at once.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(super) key: PostingKey,
    pub(super) content_hash: String,
    /// SHA-256 over everything but markup and the order of locations.
    pub(super) digest: [u8; 32],
    pub(super) employer: String,
    pub(super) canonical: Option<String>,
    pub(super) posted: Option<String>,
    /// A listing without its body: must not erase a body known from before.
    pub(super) bodiless: bool,
    pub(super) json: Vec<u8>,
    /// Kept only for bodiless records, which may have to be merged.
    pub(super) posting: Option<Box<Posting>>,
}

impl Prepared {
    /// Packs `posting`.
    ///
    /// # Errors
    /// [`CorpusError::Unreadable`] when it cannot be packed (larger than 64 MiB).
    pub fn new(posting: &Posting) -> Result<Self, CorpusError> {
        let bodiless = posting.description.is_empty();
        let content_hash = posting.content_hash();
        Ok(Self {
            key: posting.key.clone(),
            digest: digest(posting, &content_hash)?,
            content_hash,
            employer: posting.employer().unwrap_or_default(),
            canonical: posting.canonical(),
            posted: posting.posted.map(|date| date.to_string()),
            json: pack(posting)?,
            posting: bodiless.then(|| Box::new(posting.clone())),
            bodiless,
        })
    }

    /// The identity of the posting.
    #[must_use]
    pub fn key(&self) -> &PostingKey {
        &self.key
    }
}

/// What decides whether a stored posting changed: the content hash, and every fact beside it.
fn digest(posting: &Posting, content_hash: &str) -> Result<[u8; 32], CorpusError> {
    let facts = (
        &posting.company,
        &posting.url,
        posting.posted,
        &posting.language,
        posting.truncated,
        &posting.facts,
    );
    let facts = serde_json::to_vec(&facts).map_err(|e| unreadable(&posting.key, &e))?;
    Ok(Sha256::new().chain_update(content_hash).chain_update(facts).finalize().into())
}

fn pack(posting: &Posting) -> Result<Vec<u8>, CorpusError> {
    let json = serde_json::to_vec(posting).map_err(|e| unreadable(&posting.key, &e))?;
    if json.len() > UNPACKED_CAP {
        return Err(unreadable(&posting.key, &"larger than 64 MiB"));
    }
    zstd::bulk::compress(&json, ZSTD_LEVEL).map_err(|e| unreadable(&posting.key, &e))
}

pub(super) fn unpack(key: &PostingKey, packed: &[u8]) -> Result<Posting, CorpusError> {
    let json = zstd::stream::decode_all(packed).map_err(|e| unreadable(key, &e))?;
    serde_json::from_slice(&json).map_err(|e| unreadable(key, &e))
}

fn unreadable(key: &PostingKey, what: &dyn fmt::Display) -> CorpusError {
    CorpusError::Unreadable { key: key.to_string(), what: what.to_string() }
}

/// A stored number of milliseconds as a time; they come from [`Timestamp::as_millisecond`].
pub(super) fn timestamp(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}
