//! What changed since a plan was made: one's own progress and the market's drift, as two numbers
//! that add up.
//!
//! Coverage depends on a profile and a market. Besides old on old and new on new, the old profile is
//! held against the new market and the new profile against the old market. One's own part is the
//! mean of what the profile changes on either market, the market's part the mean of what the market
//! changes for either profile: the Shapley value of two causes (L. S. Shapley, 1953), which shares
//! out the whole difference and prefers neither order.

use super::coverage::held_then;
use super::{Basis, Coverage};
use crate::profile::Profile;
use crate::query::gap::{Holdings, Market};
use crate::taxonomy::Taxonomy;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Skills named that moved most.
const MOVERS: usize = 5;
/// A smaller change of demand is not named, in share of postings.
const SMALLEST_MOVE: f64 = 0.05;

/// The four coverages and the two parts of the difference.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Delta {
    /// Profile and market of the first day.
    pub before: Coverage,
    /// Profile and market of today.
    pub now: Coverage,
    /// Profile of the first day, market of today.
    pub old_profile_new_market: Coverage,
    /// Profile of today, market of the first day.
    pub new_profile_old_market: Coverage,
    /// One's own progress.
    pub you: Coverage,
    /// The market's drift.
    pub market: Coverage,
    /// Skills held deeper or less deep than then: label, depth before and now.
    pub moved_you: Vec<(String, u8, u8)>,
    /// Skills whose demand moved most: label, weight before and now.
    pub moved_market: Vec<(String, f64, f64)>,
}

/// Compares the first day (`basis`) with `profile` (resolved) and `market` of today.
#[must_use]
pub fn delta(taxonomy: &Taxonomy, basis: &Basis, profile: &Profile, market: &Market) -> Delta {
    let (old, new) = (held_then(taxonomy, basis), Holdings::new(taxonomy, profile));
    let before = basis.market.cover(&old);
    let now = market.cover(&new);
    let old_new = market.cover(&old);
    let new_old = basis.market.cover(&new);
    // Where either market has too few employers for a figure, neither part has one.
    let part = |of: fn(&Coverage) -> Option<f64>| {
        let (oo, on, no, nn) = (of(&before)?, of(&old_new)?, of(&new_old)?, of(&now)?);
        Some((((no - oo) + (nn - on)) / 2.0, ((on - oo) + (nn - no)) / 2.0))
    };
    let (must, all, proven) = (part(|c| c.must), part(|c| c.all), part(|c| c.proven));
    Delta {
        before,
        now,
        old_profile_new_market: old_new,
        new_profile_old_market: new_old,
        you: Coverage { must: must.map(|m| m.0), all: all.map(|a| a.0), proven: proven.map(|p| p.0) },
        market: Coverage { must: must.map(|m| m.1), all: all.map(|a| a.1), proven: proven.map(|p| p.1) },
        moved_you: moved_you(taxonomy, &old, &new, market),
        moved_market: moved_market(taxonomy, &basis.market, market),
    }
}

fn label(taxonomy: &Taxonomy, id: &str) -> String {
    taxonomy.by_id(id).map_or_else(|| id.to_owned(), |at| taxonomy.skill(at).label.clone())
}

/// Skills of the market whose depth in the profile changed, the heaviest first.
fn moved_you(
    taxonomy: &Taxonomy,
    old: &Holdings<'_>,
    new: &Holdings<'_>,
    market: &Market,
) -> Vec<(String, u8, u8)> {
    let weights = weights(market);
    let mut moved: Vec<(f64, String, u8, u8)> = weights
        .iter()
        .map(|(id, weight)| (*weight, *id, old.of(id).have, new.of(id).have))
        .filter(|(.., before, now)| before != now)
        .map(|(weight, id, before, now)| (weight, label(taxonomy, id), before, now))
        .collect();
    moved.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    moved.into_iter().take(MOVERS).map(|(_, label, before, now)| (label, before, now)).collect()
}

/// Skills whose weight changed most.
fn moved_market(taxonomy: &Taxonomy, old: &Market, new: &Market) -> Vec<(String, f64, f64)> {
    let (old, new) = (weights(old), weights(new));
    let mut both: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    old.iter().for_each(|(id, weight)| both.entry(id).or_default().0 = *weight);
    new.iter().for_each(|(id, weight)| both.entry(id).or_default().1 = *weight);
    let mut moved: Vec<(String, f64, f64)> = both
        .into_iter()
        .filter(|(_, (before, now))| (now - before).abs() >= SMALLEST_MOVE)
        .map(|(id, (before, now))| (label(taxonomy, id), before, now))
        .collect();
    moved.sort_by(|a, b| (b.2 - b.1).abs().total_cmp(&(a.2 - a.1).abs()).then_with(|| a.0.cmp(&b.0)));
    moved.truncate(MOVERS);
    moved
}

/// Weight of every skill, alone or as an alternative.
fn weights(market: &Market) -> BTreeMap<&str, f64> {
    let mut weights: BTreeMap<&str, f64> = BTreeMap::new();
    for ask in &market.asks {
        for id in &ask.any_of {
            *weights.entry(id).or_default() += ask.weight;
        }
    }
    weights
}
