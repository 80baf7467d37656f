//! The data card: what a snapshot was made from, and what it does not cover.

use crate::coded::Rows;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// First and last month of publication, as `YYYY-MM`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthSpan {
    /// First.
    pub first: Option<String>,
    /// Last.
    pub last: Option<String>,
}

/// One source of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCard {
    /// Name of the source.
    pub name: String,
    /// Postings taken from it.
    pub postings: u64,
    /// Employers among them.
    pub employers: u64,
    /// When they were published.
    pub months: MonthSpan,
}

/// What a snapshot holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Short id: a digest of the content.
    pub id: String,
    /// Day it was made, `YYYY-MM-DD`.
    pub made: String,
    /// Version of the program that extracted it.
    pub program: String,
    /// Concepts in the vocabulary that was used.
    pub concepts: u64,
    /// Postings.
    pub postings: u64,
    /// Employers.
    pub employers: u64,
    /// Postings that name no employer: in the file, but in no cohort.
    pub nameless: u64,
    /// Months of publication.
    pub months: MonthSpan,
    /// Postings per family id, the unknown under an empty name.
    pub families: BTreeMap<String, u64>,
    /// Postings per level, 0 for unknown.
    pub levels: BTreeMap<u8, u64>,
    /// Sources.
    pub sources: Vec<SourceCard>,
}

impl Card {
    /// Counts `rows` for a card made on the day `made`; `source_of` names each row's source.
    #[must_use]
    pub fn of(rows: &Rows, source_of: &[&str], made: &str) -> Self {
        let mut by_source: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut families = BTreeMap::new();
        let mut levels = BTreeMap::new();
        for at in 0..rows.len() {
            let source = source_of.get(at).copied().unwrap_or_default();
            by_source.entry(source).or_default().push(at);
            *families.entry(rows.family(at).to_owned()).or_default() += 1;
            *levels.entry(rows.head(at).facts.level().unwrap_or(0)).or_default() += 1;
        }
        let all: Vec<usize> = (0..rows.len()).collect();
        Self {
            id: String::new(),
            made: made.to_owned(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            concepts: crate::taxonomy::Taxonomy::builtin().len() as u64,
            postings: rows.len() as u64,
            employers: employers(rows, &all),
            nameless: all.iter().filter(|at| rows.head(**at).employer.is_none()).count() as u64,
            months: months(rows, &all),
            families,
            levels,
            sources: by_source
                .into_iter()
                .map(|(name, picked)| SourceCard {
                    name: name.to_owned(),
                    postings: picked.len() as u64,
                    employers: employers(rows, &picked),
                    months: months(rows, &picked),
                })
                .collect(),
        }
    }
}

fn employers(rows: &Rows, picked: &[usize]) -> u64 {
    picked.iter().filter_map(|at| rows.head(*at).employer).collect::<BTreeSet<_>>().len() as u64
}

fn months(rows: &Rows, picked: &[usize]) -> MonthSpan {
    let days = picked.iter().filter_map(|at| rows.head(*at).facts.day());
    let name = |day: i32| {
        let (year, month) = super::columns::month_of(day);
        format!("{year:04}-{month:02}")
    };
    MonthSpan { first: days.clone().min().map(name), last: days.max().map(name) }
}
