//! The market snapshot: figures of many real postings in one small file, with no text of anyone.
//!
//! A [`Market`] is a [`Card`] that says what it was made from, and one anonymous
//! row per posting, as [`Rows`]. `query` counts them exactly as it counts
//! those of an index. Employers are numbers, dates are months.

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
}

/// A market snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct Market {
    /// What it was made from.
    pub card: Card,
    /// One row per posting.
    pub rows: Rows,
}
