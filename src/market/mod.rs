//! The market snapshot: figures of many real postings in one small file, with no text of anyone.
//!
//! A [`Market`] is a [`Card`] that says what it was made from, and one anonymous
//! row per posting, as [`Rows`]. `query` counts them exactly as it counts
//! those of an index. Employers are numbers, dates are months.

mod build;
mod card;
mod columns;
mod file;

pub use card::{Card, MonthSpan, SourceCard};

use crate::coded::Rows;
use thiserror::Error;

/// Why a snapshot cannot be read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MarketError {
    /// Reading or writing failed.
    #[error("the snapshot could not be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// The bytes are no snapshot.
    #[error("not a market snapshot, or a damaged one: {0}")]
    Damaged(&'static str),
    /// It was written by a newer version.
    #[error("the snapshot has format {0}, this program reads {known}; use a newer program", known = file::FORMAT)]
    Newer(u32),
    /// It was written by an older version.
    #[error("the snapshot has format {0}, this program reads {known}; make it anew with `rungs snapshot build`", known = file::FORMAT)]
    Older(u32),
}

/// A market snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct Market {
    /// What it was made from.
    pub card: Card,
    /// One row per posting.
    pub rows: Rows,
}

/// The snapshot that comes with the program.
static BUNDLED: &[u8] = include_bytes!("../../data/market/market.rungs");

impl Market {
    /// The snapshot that comes with the program: figures of real postings; see its [`Card`].
    ///
    /// # Errors
    /// When the program was built with a damaged file.
    pub fn bundled() -> Result<Self, MarketError> {
        Self::read(&mut &*BUNDLED)
    }

    /// The card of the snapshot that comes with the program.
    ///
    /// # Errors
    /// As [`bundled`](Self::bundled).
    pub fn bundled_card() -> Result<Card, MarketError> {
        Self::read_card(&mut &*BUNDLED)
    }
}
