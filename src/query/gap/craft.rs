//! What belongs to a trade: skills that its postings ask for more than postings of other trades do.
//!
//! Employers also name what they sell and the world they sell it in: a product manager reads "cloud" in
//! postings of cloud vendors, a manager of engineers "compliance" in those of banks. Counted alone such
//! a word looks like a skill of the trade. Compared with other trades it does not: the revealed
//! comparative advantage of the family, its share over the mean share of the other families
//! (A. Alabdulkareem et al., "Unpacking the polarization of workplace skills", *Science Advances* 4,
//! 2018), tells what the trade itself asks for. Families count alike, however many postings they have.

use crate::coded::{CodedSkill, Rows, SkillCode};
use crate::extract::Strength;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// How much more often than the mean of other families a family must ask for a skill of its own.
pub(in crate::query) const ADVANTAGE: f64 = 3.0;
/// Other families, and postings of each, without which nothing is compared.
const FAMILIES: usize = 8;
const POSTINGS: u32 = 20;
/// Rows counted at once.
const CHUNK: usize = 8192;

/// Those of `skills` that are of the craft of `family`, as the postings of `market` have it; all of them
/// where the market has too few families to compare.
pub(super) fn craft(market: &Rows, family: &str, skills: &[SkillCode]) -> FxHashSet<SkillCode> {
    let number: FxHashMap<SkillCode, usize> = skills.iter().copied().zip(0..).collect();
    let counts = count(market, &number);
    let share = |counts: &Counts, at: usize| f64::from(counts.asking[at]) / f64::from(counts.postings.max(1));
    let own = market.families.find(family).and_then(|own| counts.get(own as usize));
    let others: Vec<&Counts> = (0..counts.len())
        .filter(|at| !["", family].contains(&market.families.word(*at as u32)))
        .map(|at| &counts[at])
        .filter(|other| other.postings >= POSTINGS)
        .collect();
    let own = own.filter(|own| own.postings >= POSTINGS && others.len() >= FAMILIES);
    let belongs = |at: usize| {
        own.is_none_or(|own| {
            let elsewhere = others.iter().map(|other| share(other, at)).sum::<f64>() / others.len() as f64;
            share(own, at) >= ADVANTAGE * elsewhere
        })
    };
    number.into_iter().filter(|(_, at)| belongs(*at)).map(|(code, _)| code).collect()
}

/// Postings of one family, and those of them that ask for each skill.
#[derive(Clone)]
struct Counts {
    postings: u32,
    asking: Vec<u32>,
}

/// By number of the family.
fn count(rows: &Rows, number: &FxHashMap<SkillCode, usize>) -> Vec<Counts> {
    let empty = || vec![Counts { postings: 0, asking: vec![0; number.len()] }; rows.families.list().len()];
    let chunks: Vec<usize> = (0..rows.len()).step_by(CHUNK).collect();
    let part = |from: &usize| {
        let mut counts = empty();
        let mut asked: Vec<usize> = Vec::new();
        for at in (*from..(from + CHUNK).min(rows.len())).filter(|at| rows.asks(*at)) {
            let family = &mut counts[rows.family_number(at) as usize];
            family.postings += 1;
            let is_asked = |skill: &CodedSkill| skill.strength > Strength::Context;
            asked.clear();
            asked.extend(rows.skills(at).filter(is_asked).filter_map(|skill| number.get(&skill.skill)));
            asked.sort_unstable();
            asked.dedup();
            asked.iter().for_each(|skill| family.asking[*skill] += 1);
        }
        counts
    };
    chunks.par_iter().map(part).reduce(empty, |mut sum, other| {
        for (sum, other) in sum.iter_mut().zip(other) {
            sum.postings += other.postings;
            sum.asking.iter_mut().zip(other.asking).for_each(|(sum, n)| *sum += n);
        }
        sum
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::Market;

    #[test]
    fn a_trade_is_told_from_the_world_around_it() {
        let market = Market::bundled().unwrap().rows;
        for (family, id, expected) in [
            ("software-engineering", "distributed-systems", true),
            ("software-engineering", "compliance", false),
            ("product-management", "product-strategy", true),
            ("product-management", "databases", false),
            ("data-analytics-bi", "data-quality", true),
            ("data-analytics-bi", "project-management", false),
            ("finance-accounting", "audit", true),
        ] {
            let code = SkillCode::of(id);
            assert_eq!(craft(&market, family, &[code]).contains(&code), expected, "{family} {id}");
        }
    }

    #[test]
    fn where_nothing_can_be_compared_everything_belongs() {
        let market = Market::bundled().unwrap().rows;
        let code = SkillCode::of("compliance");
        assert!(craft(&market, "no-such-family", &[code]).contains(&code));
        let alone = market.select(|at| market.family(at) == "software-engineering");
        assert!(craft(&alone, "software-engineering", &[code]).contains(&code));
    }
}
