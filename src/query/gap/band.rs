//! Which levels answer a question: those asked about, or all that are ahead where those are too thin.
//!
//! Two levels of a small trade have few employers, and few employers agree on little. Where nobody asked
//! for exact levels, every track has few employers and none gives three areas, the same question is asked
//! over every level ahead. Where employers are many, few areas mean that the reader has most of it.

use super::field::{Field, Person};
use super::focus;
use super::kindred::Kin;
use super::{FEW_AREAS, Measure, Target, craft, tracks};
use crate::coded::{Rows, SkillCode};
use crate::level::Track;
use crate::query::cohort::Cohort;
use crate::query::scope::{self, CohortCard, LevelCount, Scope};
use crate::query::{QueryError, Snapshot};
use rayon::prelude::*;
use serde::Serialize;
use std::ops::RangeInclusive;

/// Levels ahead when nobody says otherwise: from this many …
pub const AHEAD: u8 = 2;
/// … to this many levels above one's own.
pub const AHEAD_TO: u8 = 3;
/// The highest level.
const TOP: u8 = 8;

/// Which levels to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aim {
    /// From this many levels above one's own, and the one above; where these have few employers and give
    /// fewer than [`FEW_AREAS`] areas, all levels ahead together.
    Ahead(u8),
    /// These, whatever they give.
    At(RangeInclusive<u8>),
}

impl Default for Aim {
    fn default() -> Self {
        Self::Ahead(AHEAD)
    }
}

impl Aim {
    /// The levels asked about first by somebody at level `own`.
    #[must_use]
    pub fn levels(&self, own: u8) -> RangeInclusive<u8> {
        match self {
            Self::Ahead(ahead) => levels_ahead(own, *ahead),
            Self::At(levels) => levels.clone(),
        }
    }
}

/// Own + `ahead` and the level above it, within the scale.
fn levels_ahead(own: u8, ahead: u8) -> RangeInclusive<u8> {
    let from = own.saturating_add(ahead).clamp(1, TOP);
    from..=(from + AHEAD_TO - AHEAD).min(TOP)
}

/// Every level above `own`.
pub(super) fn all_ahead(own: u8) -> RangeInclusive<u8> {
    (own + 1).min(TOP)..=TOP
}

/// Why more levels are answered together than were asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Widened {
    /// The cohorts at the levels asked about, one a track; none has three areas of its own.
    pub instead_of: Vec<CohortCard>,
    /// Lowest level answered.
    pub from_level: u8,
    /// Highest level answered.
    pub to_level: u8,
}

impl Widened {
    /// In a sentence, with how the employers of the family spread over `levels`; `answered` says whether
    /// there is an answer at last.
    pub(super) fn in_words(&self, levels: &[LevelCount], answered: bool) -> String {
        let thin: Vec<String> = self.instead_of.iter().map(CohortCard::in_words).collect();
        let (from, to) = (self.from_level, self.to_level);
        let within =
            levels.iter().filter_map(|count| Some((count.level.filter(|l| (from..=to).contains(l))?, count)));
        let spread: Vec<String> =
            within.map(|(level, count)| format!("level {level}: {}", count.employers)).collect();
        let spread = if spread.is_empty() { "none".to_owned() } else { spread.join(", ") };
        let outcome = if answered {
            format!("so levels {from}–{to} are answered together")
        } else {
            format!("and levels {from}–{to} together have too few employers as well")
        };
        format!(
            "{}: too few agree on {FEW_AREAS} areas to work on, {outcome} (employers on any track: {spread})",
            thin.join("; ")
        )
    }
}

/// A question but for its levels.
pub(super) struct Question<'a> {
    pub(super) person: &'a Person<'a>,
    /// Part of the market asked about, its family known.
    pub(super) scope: &'a Scope,
    pub(super) family: &'a str,
    /// Its postings.
    pub(super) rows: &'a Rows,
    /// A market that holds other trades, too, and what it is.
    pub(super) trades: (&'a Rows, &'a Snapshot),
}

/// What some levels answer.
pub(super) struct Band {
    pub(super) levels: RangeInclusive<u8>,
    pub(super) own: CohortCard,
    pub(super) own_coverage: Measure,
    pub(super) targets: Vec<Target>,
    pub(super) too_little: Vec<CohortCard>,
    /// Where a track has no answer: the kindred family with most employers on it.
    pub(super) nearest: Option<String>,
}

impl Question<'_> {
    /// The answer at the levels of `aim`, or at all levels ahead; then also why.
    pub(super) fn answered(&self, aim: &Aim) -> Result<(Band, Option<Widened>), QueryError> {
        let own = self.person.place.level;
        let asked = self.at(aim.levels(own))?;
        let all = all_ahead(own);
        let exactly = matches!(aim, Aim::At(_)) || all == asked.levels;
        if exactly || !asked.is_thin() || asked.own_areas() >= FEW_AREAS {
            return Ok((asked, None));
        }
        let wide = self.at(all)?;
        // More levels that say no more are no better answer.
        if !asked.targets.is_empty() && wide.worth() <= asked.worth() {
            return Ok((asked, None));
        }
        let targets = asked.targets.into_iter().map(|target| target.cohort);
        let mut instead_of: Vec<CohortCard> = targets.chain(asked.too_little).collect();
        instead_of.sort_by_key(|card| card.track);
        let widened = Widened { instead_of, from_level: *wide.levels.start(), to_level: *wide.levels.end() };
        Ok((wide, Some(widened)))
    }

    /// The answer at `levels`.
    fn at(&self, levels: RangeInclusive<u8>) -> Result<Band, QueryError> {
        let mut tracks = tracks(self.scope.track, &levels);
        // The person's own track first.
        tracks.sort_by_key(|track| *track != self.person.place.track);
        let part = |track: Option<Track>| {
            let cohort = scope::part(self.rows, &levels, track);
            (CohortCard::of(&cohort, &levels, track), cohort)
        };
        let (field, cohorts) = rayon::join(
            || Field::new(self.rows, self.person, &levels),
            || tracks.into_iter().map(part).collect::<Vec<(CohortCard, Cohort)>>(),
        );
        let (enough, few): (Vec<_>, Vec<_>) = cohorts.into_iter().partition(|(card, _)| card.is_enough());
        let targets = enough.par_iter().map(|(card, cohort)| field.target(cohort, card.clone()));
        let mut band = Band {
            own: field.own_card.clone(),
            own_coverage: field.own_coverage(),
            targets: targets.collect(),
            too_little: Vec::new(),
            nearest: None,
            levels,
        };
        self.choose_areas(&mut band.targets, enough.iter().map(|(_, cohort)| cohort));
        self.ask_kin(&mut band, &enough, few)?;
        let own = self.person.place.track;
        band.targets.sort_by_key(|target| (target.cohort.track != own, target.cohort.track));
        Ok(band)
    }

    /// Finds the areas of every target, whose postings are those of `cohorts`.
    fn choose_areas<'c>(&self, targets: &mut [Target], cohorts: impl Iterator<Item = &'c Cohort>) {
        let gaps = targets.iter().flat_map(|target| focus::candidates(&target.skills));
        let mut codes: Vec<SkillCode> = gaps.map(|skill| SkillCode::of(&skill.id)).collect();
        codes.sort_unstable();
        codes.dedup();
        let craft = craft::craft(self.trades.0, self.family, &codes);
        for (target, cohort) in targets.iter_mut().zip(cohorts) {
            let asked = (&target.skills[..], &target.experience[..]);
            target.focus = focus::areas(self.person, cohort, asked, &craft);
        }
    }

    /// Adds what kindred families ask for on every track that has few employers (those of the targets are
    /// `enough`) or too `few`.
    fn ask_kin(
        &self,
        band: &mut Band,
        enough: &[(CohortCard, Cohort)],
        few: Vec<(CohortCard, Cohort)>,
    ) -> Result<(), QueryError> {
        let is_short = |target: &Target| target.cohort.is_thin() && target.focus.len() < FEW_AREAS;
        let asked = !few.is_empty() || band.targets.iter().any(is_short);
        let kin = if asked { Kin::of(self, &band.levels)? } else { None };
        let Some(kin) = kin else {
            band.too_little = few.into_iter().map(|(card, _)| card).collect();
            return Ok(());
        };
        for (target, (_, cohort)) in
            band.targets.iter_mut().zip(enough).filter(|(target, _)| is_short(target))
        {
            kin.complete(target, cohort);
        }
        for (card, cohort) in few {
            let mut target = Target::without_data(card);
            kin.complete(&mut target, &cohort);
            if target.focus.is_empty() {
                band.nearest = band.nearest.take().or_else(|| kin.nearest(target.cohort.track));
                band.too_little.push(target.cohort);
            } else {
                band.targets.push(target);
            }
        }
        Ok(())
    }
}

impl Band {
    /// Whether every cohort asked about has few employers.
    fn is_thin(&self) -> bool {
        self.targets.iter().map(|target| &target.cohort).chain(&self.too_little).all(CohortCard::is_thin)
    }

    /// Areas of the target that has most of its own.
    fn own_areas(&self) -> usize {
        self.targets.iter().map(Target::own_areas).max().unwrap_or(0)
    }

    /// What the best target says: areas enough for a plan come first, then areas of its own; then how many tracks are
    /// answered.
    fn worth(&self) -> (usize, usize, usize) {
        let worth = |target: &Target| (target.focus.len().min(FEW_AREAS), target.own_areas());
        let (areas, own) = self.targets.iter().map(worth).max().unwrap_or_default();
        (areas, own, self.targets.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_ahead_end_with_the_scale() {
        for (own, ahead, first, all) in
            [(3, 2, 5..=6, 4..=8), (1, 0, 1..=2, 2..=8), (7, 2, 8..=8, 8..=8), (8, 250, 8..=8, 8..=8)]
        {
            assert_eq!((Aim::Ahead(ahead).levels(own), all_ahead(own)), (first, all), "{own}");
        }
        assert_eq!(Aim::At(4..=4).levels(7), 4..=4);
    }
}
