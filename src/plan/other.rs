//! "Maybe not this target": what of its core the person would rather not do, and roles without it.

use super::evidence::RoleActivity;
use crate::level::Track;
use crate::profile::Profile;
use crate::query::gap::{
    Aim, Gap, GapRequest, Holdings, Target, WOULD_DRAIN, experience_name, gap, interest_in,
};
use crate::query::scope::{self, Scope};
use crate::query::{QueryError, Source};
use crate::taxonomy::Taxonomy;
use std::ops::RangeInclusive;

/// Share of employers from which something belongs to the core of a role.
const CORE: f64 = 0.25;
/// Families looked at, those with most employers first, and roles offered.
const LOOKED_AT: usize = 6;
const OFFERED: usize = 3;
/// Another role asks for what is disliked less than this much of what the target does.
const MUCH_LESS: f64 = 0.5;

/// Something at the core of a target that the person would rather not do.
#[derive(Clone, Debug, PartialEq)]
pub struct Disliked {
    /// Its name.
    pub name: String,
    /// Employers that ask for it, and all.
    pub employers: (u32, u32),
    /// Taxonomy id, where it is a skill.
    skill: Option<String>,
}

/// What the profile dislikes strongly of what is core to `target`.
#[must_use]
pub fn disliked(target: &Target, profile: &Profile, activities: &[RoleActivity]) -> Vec<Disliked> {
    let hates = |interest: Option<i8>| interest.is_some_and(|i| i <= WOULD_DRAIN);
    let mut found: Vec<Disliked> = target
        .skills
        .iter()
        .filter(|skill| hates(skill.interest) && skill.asked.share.unwrap_or(0.0) >= CORE)
        .map(|skill| Disliked {
            name: skill.label.clone(),
            employers: (skill.asked.employers_with, skill.asked.employers),
            skill: Some(skill.id.clone()),
        })
        .collect();
    for gap in &target.experience {
        let name = experience_name(gap.kind).to_owned();
        if hates(interest_in(profile, &name)) && gap.asked.share.unwrap_or(0.0) >= CORE {
            found.push(Disliked {
                name,
                employers: (gap.asked.employers_with, gap.asked.employers),
                skill: None,
            });
        }
    }
    for activity in activities {
        let share = f64::from(activity.employers_with) / f64::from(activity.employers.max(1));
        if hates(interest_in(profile, &activity.phrase)) && share >= CORE {
            found.push(Disliked {
                name: activity.phrase.clone(),
                employers: (activity.employers_with, activity.employers),
                skill: None,
            });
        }
    }
    found
}

/// Roles at `levels` that ask much less for what is disliked, closest to the profile first: the
/// other track of the same family, and other families. A sentence each.
///
/// # Errors
/// When the source cannot be read.
pub fn others(
    source: Source<'_>,
    taxonomy: &Taxonomy,
    profile: &Profile,
    found: &[Disliked],
    target: &Target,
    own: &Gap,
    today: jiff::civil::Date,
) -> Result<Vec<String>, QueryError> {
    let ids: Vec<&str> = found.iter().filter_map(|d| d.skill.as_deref()).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let holdings = Holdings::new(taxonomy, profile);
    let levels = target.cohort.from_level..=target.cohort.to_level;
    let limit = MUCH_LESS * asked(target, &ids);
    let mut offers: Vec<(Option<f64>, String)> = Vec::new();
    let mut offer = |family: &str, other: &Target| {
        // Of so few employers nobody knows what they ask for.
        if other.cohort.is_enough() && asked(other, &ids) < limit {
            let covered = other.market.cover(&holdings).all;
            offers.push((covered, sentence(family, other.cohort.track, other, covered)));
        }
    };
    let family = own.family.as_deref().unwrap_or_default();
    for other in own.targets.iter().filter(|other| other.cohort.track != target.cohort.track) {
        offer(family, other);
    }
    for name in other_families(source, family, &levels)? {
        let scope = Scope { family: Some(name.clone()), track: target.cohort.track, ..Scope::default() };
        let request = GapRequest { scope, levels: Aim::At(levels.clone()) };
        for other in &gap(source, taxonomy, profile, &request, today)?.targets {
            offer(&name, other);
        }
    }
    offers.sort_by(|a, b| b.0.unwrap_or(0.0).total_cmp(&a.0.unwrap_or(0.0)).then_with(|| a.1.cmp(&b.1)));
    Ok(offers.into_iter().take(OFFERED).map(|(_, sentence)| sentence).collect())
}

/// The largest share with which a target asks for one of these skills.
fn asked(target: &Target, ids: &[&str]) -> f64 {
    let shares = target.skills.iter().filter(|s| ids.contains(&s.id.as_str())).filter_map(|s| s.asked.share);
    shares.fold(0.0, f64::max)
}

fn sentence(family: &str, track: Option<Track>, other: &Target, covered: Option<f64>) -> String {
    let track = match track {
        None => "",
        Some(Track::Ic) => ", individual contributors",
        Some(Track::Management) => ", management",
    };
    let levels = match (other.cohort.from_level, other.cohort.to_level) {
        (from, to) if from == to => format!("level {from}"),
        (from, to) => format!("levels {from}–{to}"),
    };
    let employers = other.cohort.employers;
    match covered {
        Some(part) => format!(
            "{family}{track}, {levels}: you cover {:.0} % of what {employers} employers ask for",
            part * 100.0
        ),
        None => format!("{family}{track}, {levels}: {employers} employers"),
    }
}

/// Families with most employers at these levels, without `family`.
fn other_families(
    source: Source<'_>,
    family: &str,
    levels: &RangeInclusive<u8>,
) -> Result<Vec<String>, QueryError> {
    let rows = Scope::default().rows(source)?;
    let cohort = scope::part(&rows, levels, None);
    let families = scope::families(cohort.rows());
    Ok(families.into_iter().map(|(name, ..)| name).filter(|name| name != family).take(LOOKED_AT).collect())
}
