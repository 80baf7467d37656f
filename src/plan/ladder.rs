//! Skills by level: how demand rises and falls on the way up.

use crate::coded::SkillCode;
use crate::query::features::{self, What};
use crate::query::scope::{self, Scope};
use crate::query::stats::Share;
use crate::query::{QueryError, Source};
use serde::Serialize;

/// Demand of some skills at every level.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ladder {
    /// Levels with at least one employer, lowest first.
    pub levels: Vec<Rung>,
}

/// One level.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rung {
    /// Level 1–8.
    pub level: u8,
    /// Employers.
    pub employers: usize,
    /// Share of each skill asked about, in the order asked.
    pub shares: Vec<Share>,
}

/// Demand for the skills with these taxonomy ids, level by level, over both tracks.
///
/// # Errors
/// When the source cannot be read.
pub fn ladder(source: Source<'_>, scope: &Scope, ids: &[&str]) -> Result<Ladder, QueryError> {
    let rows = scope.rows(source)?;
    let mut levels = Vec::new();
    for level in 1..=8 {
        let cohort = scope::part(&rows, &(level..=level), scope.track);
        let employers = cohort.employers().len();
        if employers == 0 {
            continue;
        }
        let tally = features::tally_asked(&cohort);
        let shares = ids.iter().map(|id| tally.share(What::Asked.of(SkillCode::of(id)))).collect();
        levels.push(Rung { level, employers, shares });
    }
    Ok(Ladder { levels })
}
