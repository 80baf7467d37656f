//! What a search found, counted: by company, family, level, region and workplace, over all hits.

use super::search::{Search, filter, words};
use super::{QueryError, Snapshot, Source};
use crate::corpus::Corpus;
use crate::index::PostingIndex;
use crate::posting::Workplace;
use crate::taxonomy::Taxonomy;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Companies counted by name.
pub const COMPANIES: usize = 100;
/// Postings of a company that are read for how they write its name.
const READ_FOR_NAME: usize = 8;

/// A value and how many postings of how many employers have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacetCount {
    /// Name of a company, id of a family, number of a level, code of a country, `remote` or `other`;
    /// empty where unknown.
    pub value: String,
    /// Postings.
    pub postings: usize,
    /// Employers.
    pub employers: usize,
}

/// The answer. Values with most postings come first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facets {
    /// What it was computed from.
    pub snapshot: Snapshot,
    /// Postings found.
    pub postings: usize,
    /// Their employers.
    pub employers: usize,
    /// Companies with most postings, at most [`COMPANIES`], by the name that their postings write.
    pub company: Vec<FacetCount>,
    /// Role families.
    pub family: Vec<FacetCount>,
    /// Levels.
    pub level: Vec<FacetCount>,
    /// Countries.
    pub region: Vec<FacetCount>,
    /// Remote or not.
    pub workplace: Vec<FacetCount>,
}

/// Postings and employers by value.
#[derive(Default)]
struct Counts(BTreeMap<String, (usize, BTreeSet<u64>)>);

impl Counts {
    fn add(&mut self, value: String, employer: Option<u64>) {
        let (postings, employers) = self.0.entry(value).or_default();
        *postings += 1;
        employers.extend(employer);
    }

    fn take(self) -> Vec<FacetCount> {
        let counted = self.0.into_iter();
        let mut counts: Vec<FacetCount> = counted
            .map(|(value, (postings, employers))| FacetCount { value, postings, employers: employers.len() })
            .collect();
        counts.sort_by(|a, b| b.postings.cmp(&a.postings).then_with(|| a.value.cmp(&b.value)));
        counts
    }
}

/// Counts what `question` finds; its order, pay and limit play no part.
///
/// # Errors
/// When a name of the question is unknown, or the index cannot be read.
pub fn facets(
    index: &PostingIndex,
    corpus: &Corpus,
    taxonomy: &Taxonomy,
    question: &Search,
) -> Result<Facets, QueryError> {
    let rows = index.rows(&filter(index, taxonomy, question)?, &words(corpus, question)?)?;
    let (mut family, mut level, mut region, mut workplace) =
        (Counts::default(), Counts::default(), Counts::default(), Counts::default());
    let mut employers: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for at in 0..rows.len() {
        let head = rows.head(at);
        if let Some(employer) = head.employer {
            employers.entry(employer).or_default().push(head.id);
        }
        family.add(rows.family(at).to_owned(), head.employer);
        level.add(head.facts.level().map(|l| l.to_string()).unwrap_or_default(), head.employer);
        // A posting for several countries counts in each.
        head.facts.regions().for_each(|country| region.add(country.to_string(), head.employer));
        if !head.facts.has_region() {
            region.add(String::new(), head.employer);
        }
        let place = match head.facts.workplace() {
            Some(Workplace::Remote) => "remote",
            Some(_) => "other",
            None => "",
        };
        workplace.add(place.to_owned(), head.employer);
    }
    Ok(Facets {
        snapshot: Source::Index(index).snapshot()?,
        postings: rows.len(),
        employers: employers.len(),
        company: companies(index, employers)?,
        family: family.take(),
        level: level.take(),
        region: region.take(),
        workplace: workplace.take(),
    })
}

/// The companies with most postings. A company that postings write in several ways has the name that
/// most of those read write.
fn companies(index: &PostingIndex, postings: BTreeMap<u64, Vec<u64>>) -> Result<Vec<FacetCount>, QueryError> {
    let mut largest: Vec<(u64, Vec<u64>)> = postings.into_iter().collect();
    largest.sort_by_key(|(employer, ids)| (Reverse(ids.len()), *employer));
    largest.truncate(COMPANIES);
    let mut found = Vec::new();
    for (_, ids) in largest {
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for name in index.companies(ids.get(..READ_FOR_NAME).unwrap_or(&ids))? {
            *names.entry(name.trim().to_owned()).or_default() += 1;
        }
        let usual = names.into_iter().max_by_key(|(name, times)| (*times, Reverse(name.clone())));
        let value = usual.map(|(name, _)| name).unwrap_or_default();
        found.push(FacetCount { value, postings: ids.len(), employers: 1 });
    }
    found.sort_by(|a, b| b.postings.cmp(&a.postings).then_with(|| a.value.cmp(&b.value)));
    Ok(found)
}
