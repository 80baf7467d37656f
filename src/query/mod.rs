//! Questions and answers: search, cohorts, demand, gap.
//!
//! Pure computation over [`Rows`], which come from the index or from a market
//! snapshot ([`Source`]); knows nothing of printing or of arguments. Answers are serialisable;
//! every one names the snapshot it came from. The employer is the unit of independence
//! throughout; see [`stats`].

pub mod bridge;
pub mod cohort;
pub mod contrast;
pub mod demand;
pub mod explain;
pub mod facets;
pub mod families;
pub mod features;
pub mod gap;
pub mod scope;
pub mod search;
pub mod stats;

use crate::coded::{Filter, Rows};
use crate::corpus::CorpusError;
use crate::index::{IndexError, PostingIndex, SearchWords};
use serde::Serialize;
use thiserror::Error;

/// Why a question cannot be answered.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The index cannot be used.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The corpus cannot be used.
    #[error(transparent)]
    Corpus(#[from] Box<CorpusError>),
    /// A name in the question is not known; the message has suggestions.
    #[error("{0}")]
    Unknown(String),
}

impl From<CorpusError> for QueryError {
    fn from(error: CorpusError) -> Self {
        Self::Corpus(Box::new(error))
    }
}

/// What an answer was computed from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// Digest of the content: the same id and question give the same answer.
    pub id: String,
    /// `index` or `market`.
    pub source: &'static str,
    /// Postings in it.
    pub postings: u64,
}

/// Where rows come from.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// The user's own index.
    Index(&'a PostingIndex),
    /// Rows in memory with the id of their snapshot, e.g. of the bundled market.
    Rows(&'a Rows, &'a str),
}

impl Source<'_> {
    /// The rows that pass `filter`.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn rows(&self, filter: &Filter) -> Result<Rows, QueryError> {
        match self {
            Self::Index(index) => Ok(index.rows(filter, &SearchWords::All)?),
            Self::Rows(rows, _) => Ok(rows.select(|at| {
                let head = rows.head(at);
                let skills = rows.packed_skills(at).iter().copied();
                filter.failed(&rows.families, head.facts, head.family, head.employer, skills).none()
            })),
        }
    }

    /// What it is.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn snapshot(&self) -> Result<Snapshot, QueryError> {
        Ok(match self {
            Self::Index(index) => {
                Snapshot { id: index.committed()?.snapshot, source: "index", postings: index.len() }
            }
            Self::Rows(rows, id) => {
                Snapshot { id: (*id).to_owned(), source: "market", postings: rows.len() as u64 }
            }
        })
    }
}
