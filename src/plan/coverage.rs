//! What a plan keeps of a market and a person, so that later deltas compare like with like.
//!
//! Coverage itself is the gap's: [`Market::cover`](crate::query::gap::Market::cover).

use super::{Basis, HeldSkill};
use crate::profile::Profile;
use crate::query::gap::{Holdings, Target};
use crate::taxonomy::Taxonomy;

/// What later deltas need of a target and a profile (resolved).
#[must_use]
pub fn basis(taxonomy: &Taxonomy, target: &Target, profile: &Profile, snapshot: &str) -> Basis {
    let holdings = Holdings::new(taxonomy, profile);
    let held = |(id, how): (&str, &crate::query::gap::Holding)| HeldSkill {
        id: id.to_owned(),
        depth: how.have,
        shown: how.shown,
        subject: how.subject,
    };
    let mut held: Vec<HeldSkill> = holdings.iter().map(held).collect();
    held.sort_by(|a, b| a.id.cmp(&b.id));
    Basis { market: target.market.clone(), profile: held, snapshot: snapshot.to_owned() }
}

/// What the person held on the day of a basis.
#[must_use]
pub fn held_then<'a>(taxonomy: &'a Taxonomy, basis: &'a Basis) -> Holdings<'a> {
    let held = basis.profile.iter();
    Holdings::of_then(taxonomy, held.map(|one| (one.id.as_str(), one.depth, one.shown, one.subject)))
}
