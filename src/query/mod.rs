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
pub mod features;
pub mod gap;
pub mod scope;
pub mod search;
pub mod stats;

use crate::coded::{Condition, Failed, Filter, Rows};
use crate::corpus::CorpusError;
use crate::index::{IndexError, PostingIndex, SearchRequest, SearchWords};
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

fn failed(rows: &Rows, at: usize, filter: &Filter) -> Failed {
    let head = rows.head(at);
    let skills = rows.packed_skills(at).iter().copied();
    filter.failed(&rows.families, head.facts, head.family, head.employer, skills)
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
            Self::Rows(rows, _) => Ok(rows.select(|at| failed(rows, at, filter).none())),
        }
    }

    /// By condition: postings that fail `filter` only because they have no value for it.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn unknown(&self, filter: &Filter) -> Result<Vec<(Condition, u64)>, QueryError> {
        match self {
            Self::Index(index) => {
                let request = SearchRequest { filter: filter.clone(), ..SearchRequest::default() };
                Ok(index.search(&request)?.unknown)
            }
            Self::Rows(rows, _) => {
                let mut counts = [0u64; Condition::ALL.len()];
                for at in 0..rows.len() {
                    let failed = failed(rows, at, filter);
                    if !failed.none() && failed.bits == failed.unknown {
                        for condition in Condition::ALL {
                            counts[condition as usize] += u64::from(failed.unknown >> condition as u16 & 1);
                        }
                    }
                }
                let all = Condition::ALL.into_iter().map(|c| (c, counts[c as usize]));
                Ok(all.filter(|(_, postings)| *postings > 0).collect())
            }
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
