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
    /// The bundled market cannot be used.
    #[error(transparent)]
    Market(#[from] crate::market::MarketError),
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
    /// Day it was made, `YYYY-MM-DD`; `None` for an index, which follows its corpus.
    pub made: Option<String>,
    /// First and last month of publication, `YYYY-MM`, where known.
    pub months: Option<(String, String)>,
    /// Names of the sources of postings, where known.
    pub sources: Vec<String>,
    /// Concepts in the vocabulary.
    pub vocabulary: u64,
    /// Version of the program whose models read the postings.
    pub program: String,
}

impl Snapshot {
    /// A snapshot of `postings` rows in memory, read by this program today.
    #[must_use]
    pub fn of_rows(id: &str, postings: usize) -> Self {
        Self {
            id: id.to_owned(),
            source: "market",
            postings: postings as u64,
            made: None,
            months: None,
            sources: Vec::new(),
            vocabulary: crate::taxonomy::Taxonomy::builtin().len() as u64,
            program: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// The snapshot that `card` describes.
    #[must_use]
    pub fn of_market(card: &crate::market::Card) -> Self {
        Self {
            id: card.id.clone(),
            source: "market",
            postings: card.postings,
            made: Some(card.made.clone()),
            months: card.months.first.clone().zip(card.months.last.clone()),
            sources: card.sources.iter().map(|source| source.name.clone()).collect(),
            vocabulary: card.concepts,
            program: card.program.clone(),
        }
    }
}

fn failed(rows: &Rows, at: usize, filter: &Filter) -> Failed {
    let head = rows.head(at);
    let skills = || rows.packed_skills(at).iter().copied();
    filter.failed(&rows.families, head.facts, head.family, head.employer, skills)
}

/// The rows that pass `filter`, in their order.
fn passing(rows: &Rows, filter: &Filter) -> Rows {
    // Most rows are of another family, which its number tells without a look at anything else.
    let family = filter.family.as_ref().map(|id| rows.families.find(id));
    let of_family = |at: usize| family.is_none_or(|wanted| wanted == Some(rows.family_number(at)));
    rows.select(|at| of_family(at) && failed(rows, at, filter).none())
}

/// Where rows come from.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// The user's own index.
    Index(&'a PostingIndex),
    /// Rows in memory with their snapshot, e.g. of the bundled market.
    Rows(&'a Rows, &'a Snapshot),
}

impl Source<'_> {
    /// The rows that pass `filter`.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn rows(&self, filter: &Filter) -> Result<Rows, QueryError> {
        match self {
            Self::Index(index) => Ok(index.rows(filter, &SearchWords::All)?),
            Self::Rows(rows, _) => Ok(passing(rows, filter)),
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
            Self::Index(index) => Snapshot {
                source: "index",
                ..Snapshot::of_rows(
                    &index.committed()?.snapshot,
                    usize::try_from(index.len()).unwrap_or(usize::MAX),
                )
            },
            Self::Rows(_, snapshot) => (*snapshot).clone(),
        })
    }
}
