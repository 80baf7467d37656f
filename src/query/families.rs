//! Which families a source can answer, level by level.

use super::stats::is_enough;
use super::{QueryError, Snapshot, Source};
use crate::coded::Filter;
use crate::level::family;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A family, and how many employers ask for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FamilyCount {
    /// Id.
    pub id: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// Beginnings of ISCO-08 codes of its occupations.
    pub isco: Vec<&'static str>,
    /// Employers.
    pub employers: usize,
    /// Postings.
    pub postings: usize,
    /// Employers at the levels 1 to 8.
    pub levels: [usize; 8],
}

impl FamilyCount {
    /// Levels with enough employers for percentages.
    pub fn answered(&self) -> impl Iterator<Item = u8> {
        (1..=8u8).zip(self.levels).filter(|(_, employers)| is_enough(*employers)).map(|(at, _)| at)
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FamilyCounts {
    /// What it was computed from.
    pub snapshot: Snapshot,
    /// Every family, by id.
    pub families: Vec<FamilyCount>,
}

/// Counts the employers of every family.
///
/// # Errors
/// When the source cannot be read.
pub fn families(source: Source<'_>) -> Result<FamilyCounts, QueryError> {
    let rows = source.rows(&Filter::default())?;
    let mut seen: BTreeMap<&str, (usize, [BTreeSet<u64>; 9])> = BTreeMap::new();
    for at in 0..rows.len() {
        let head = rows.head(at);
        let (postings, levels) = seen.entry(rows.family(at)).or_default();
        *postings += 1;
        if let Some(employers) = levels.get_mut(usize::from(head.facts.level().unwrap_or(0))) {
            employers.extend(head.employer);
        }
    }
    let counts = family::all().iter().map(|family| {
        let (postings, levels) = seen.remove(family.id).unwrap_or_default();
        FamilyCount {
            id: family.id,
            label: family.label,
            isco: family.isco.clone(),
            employers: levels.iter().flatten().collect::<BTreeSet<_>>().len(),
            postings,
            levels: std::array::from_fn(|at| levels.get(at + 1).map_or(0, BTreeSet::len)),
        }
    });
    Ok(FamilyCounts { families: counts.collect(), snapshot: source.snapshot()? })
}
