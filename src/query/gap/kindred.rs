//! What roles of a level ask for in kindred families, where one's own has too few employers to say.
//!
//! Only experience (leading people, budgets, hiring …) carries over from one profession to its kin, so only that is
//! told, as a hint: it is no area, and no part of coverage. Figures are of the bundled market, which holds other
//! trades, too.

use super::focus::{can_be_gained, is_often_asked};
use crate::coded::Rows;
use crate::extract::ExperienceKind;
use crate::level::Track;
use crate::query::Snapshot;
use crate::query::cohort::Cohort;
use crate::query::features;
use crate::query::scope::{self, CohortCard};
use crate::query::stats::{Share, is_enough};
use serde::Serialize;
use std::ops::RangeInclusive;

/// Groups of families; reviewed by people.
const TABLE: &str = include_str!("../../../data/gap/kindred.txt");
/// Kinds of experience named.
const NAMED: usize = 4;

/// The hint for one track.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Kindred {
    /// Family ids, one's own first.
    pub families: Vec<String>,
    /// Their cohort.
    pub cohort: CohortCard,
    /// Experience that it asks for and the history does not show, most asked first.
    pub experience: Vec<KindredAsk>,
    /// The one of the other families with most employers in the cohort: what to ask about instead.
    pub nearest: Option<String>,
    /// What it was computed from: the bundled market.
    pub snapshot: Snapshot,
}

/// One kind of experience.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct KindredAsk {
    /// Kind.
    pub kind: ExperienceKind,
    /// Postings that ask for it.
    pub asked: Share,
}

/// The family and its kin; empty where it has none.
pub(super) fn kin(family: &str) -> Vec<&'static str> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let groups = lines.map(|line| line.split(' ')).filter(|group| group.clone().any(|id| id == family));
    let mut all: Vec<&str> = groups.flatten().collect();
    all.sort_unstable_by_key(|id| (*id != family, *id));
    all.dedup();
    all
}

/// What `families`, one's own and its kin, among `rows` ask for at `levels` on `track`, where enough employers say, leaving out what the
/// history has `shown`.
pub(super) fn kindred(
    rows: &Rows,
    snapshot: &Snapshot,
    families: &[&str],
    levels: &RangeInclusive<u8>,
    track: Option<Track>,
    shown: impl Fn(ExperienceKind) -> bool,
) -> Option<Kindred> {
    let is_kin = |at: usize| families.contains(&rows.family(at));
    let cohort = Cohort::of(rows, |at| is_kin(at) && scope::is_part(rows.head(at).facts, levels, track));
    let card = CohortCard::of(&cohort, levels, track);
    if !card.is_enough() {
        return None;
    }
    let tally = features::tally(&cohort);
    let kinds = super::EXPERIENCES.iter().map(|(kind, _)| *kind).filter(|kind| can_be_gained(*kind));
    let mut experience: Vec<KindredAsk> = kinds
        .map(|kind| KindredAsk { kind, asked: tally.share(features::experience(kind)) })
        .filter(|ask| is_often_asked(&ask.asked) && !shown(ask.kind))
        .collect();
    experience.sort_by_key(|ask| (std::cmp::Reverse(ask.asked.employers_with), ask.kind as u8));
    experience.truncate(NAMED);
    let (nearest, families) =
        (nearest(&cohort, families), families.iter().map(|id| (*id).to_owned()).collect());
    let snapshot = snapshot.clone();
    (nearest.is_some() || !experience.is_empty()).then_some(Kindred {
        families,
        cohort: card,
        experience,
        nearest,
        snapshot,
    })
}

/// The one of `families` but the first with most employers in the cohort, where they are enough for an answer.
fn nearest(cohort: &Cohort, families: &[&str]) -> Option<String> {
    let employers = |family: &str| {
        let of_family =
            |span: &&std::ops::Range<usize>| (*span).clone().any(|at| cohort.rows().family(at) == family);
        cohort.employers().iter().filter(of_family).count()
    };
    let counted = families.iter().skip(1).map(|family| (employers(family), *family));
    let most = counted.max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(a.1)))?;
    is_enough(most.0).then(|| most.1.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::family;

    #[test]
    fn the_table_names_families() {
        for id in TABLE.lines().filter(|line| !line.starts_with('#')).flat_map(|line| line.split(' ')) {
            assert!(family::all().iter().any(|family| family.id == id), "{id}");
        }
        assert_eq!(kin("security-protective"), ["security-protective", "public-administration-policy"]);
        assert!(kin("software-engineering").is_empty());
    }
}
