//! What a plan keeps of a market and a person, so that later deltas compare like with like.
//!
//! Coverage itself is the gap's: [`Market::cover`](crate::query::gap::Market::cover).

use super::{Basis, HeldSkill};
use crate::profile::{Profile, ProfileSkill};
use crate::query::gap::{Holdings, Target};
use crate::taxonomy::Taxonomy;

/// The deepest of the scale.
const DEEPEST: u8 = 4;

/// What later deltas need of a target and a profile (resolved).
#[must_use]
pub fn basis(taxonomy: &Taxonomy, target: &Target, profile: &Profile, snapshot: &str) -> Basis {
    let holdings = Holdings::new(taxonomy, profile);
    let mut held: Vec<HeldSkill> = holdings
        .iter()
        .map(|(id, how)| {
            // A degree's subject is deep enough for whatever is asked.
            let depth = |stated: u8| if how.subject { DEEPEST } else { stated };
            HeldSkill { id: id.to_owned(), depth: depth(how.have), shown: depth(how.shown) }
        })
        .collect();
    held.sort_by(|a, b| a.id.cmp(&b.id));
    Basis { market: target.market.clone(), profile: held, snapshot: snapshot.to_owned() }
}

/// The profile of a basis: its skills and nothing else.
#[must_use]
pub fn profile_of(basis: &Basis) -> Profile {
    let entry = |id: &str, depth: u8, evidence: Vec<String>| ProfileSkill {
        name: id.to_owned(),
        id: Some(id.to_owned()),
        depth: Some(depth),
        evidence,
        ..ProfileSkill::default()
    };
    // What is proven at less depth than is held is a second entry; the deeper of both counts.
    let skills = basis.profile.iter().flat_map(|held| {
        let shown = (held.shown > 0).then(|| entry(&held.id, held.shown, vec![String::from("shown")]));
        let word = (held.depth > held.shown).then(|| entry(&held.id, held.depth, Vec::new()));
        shown.into_iter().chain(word)
    });
    Profile { skills: skills.collect(), ..Profile::default() }
}
