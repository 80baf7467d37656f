//! What roles of a level ask for in kindred families, where one's own has too few employers to say.
//!
//! Only experience of a rank (leading people, budgets, hiring …) carries over from one profession to its
//! kin, so only that becomes an area, where the same families ask for it clearly more than at the person's own
//! level; marked with whose figures it has, and no part of coverage. Figures are of the bundled market,
//! which holds other trades, too.
//!
//! Figures of all families together may rise only because another family has more of the employers at the
//! target (Simpson's paradox). So nothing rises that any of the families with enough employers at both levels
//! asks for less at the target than at the person's own. And kin do not overrule one's own family: what its
//! few employers tell to be as common at one's own level, to be asked for less, or to come from who
//! advertises, is no area; neither is, where they are enough to say something, what fewer than two of them name, or
//! what they surely ask for less often than kin do.

use super::band::Question;
use super::field::Field;
use super::focus::{self, AREAS};
use super::{ExperienceGap, Focus, SetAside, SkillGap, Target};
use crate::coded::Rows;
use crate::extract::ExperienceKind;
use crate::level::Track;
use crate::query::cohort::{Cohort, Tally};
use crate::query::contrast::Tier;
use crate::query::features;
use crate::query::scope::{self, CohortCard, Scope};
use crate::query::stats::{Share, is_enough};
use crate::query::{QueryError, Snapshot, Source};
use serde::Serialize;
use std::ops::RangeInclusive;

/// Groups of families; reviewed by people.
const TABLE: &str = include_str!("../../../data/gap/kindred.txt");

/// What a single employer names is that employer's, not the family's.
const NAMED: u32 = 2;

/// Whose figures an area has that one's own family has too few employers for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Kindred {
    /// Family ids, one's own first.
    pub families: Vec<String>,
    /// Their cohort.
    pub cohort: CohortCard,
    /// The figures; `own` is of the same families at one's own level.
    pub figures: ExperienceGap,
    /// Postings of the target's own cohort that ask for it.
    pub alone: Share,
    /// What they were computed from: the bundled market.
    pub snapshot: Snapshot,
}

/// The family and those whose figures its areas of `kind` may have; empty where it has no kin, or where the
/// experience does not carry over.
#[must_use]
pub fn kindred_families(family: &str, kind: ExperienceKind) -> Vec<&'static str> {
    if carries_over(kind) { kin(family) } else { Vec::new() }
}

/// The family and its kin; empty where it has none.
fn kin(family: &str) -> Vec<&'static str> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let groups = lines.map(|line| line.split(' ')).filter(|group| group.clone().any(|id| id == family));
    let mut all: Vec<&str> = groups.flatten().collect();
    all.sort_unstable_by_key(|id| (*id != family, *id));
    all.dedup();
    all
}

/// Whether an experience is of the rank of a role. What is of its field or of its employer (rules, load,
/// shifts, countries) is not asked of one profession because it is asked of another.
#[must_use]
pub fn carries_over(kind: ExperienceKind) -> bool {
    use ExperienceKind as K;
    matches!(
        kind,
        K::PeopleLed | K::ManagersLed | K::Mentoring | K::Hiring | K::Budget | K::Stakeholders | K::Strategy
    )
}

/// Whether many employers ask for it, and clearly more than at the person's own level: what does not rise is
/// not of the rank.
fn rises(facet: &ExperienceGap) -> bool {
    focus::is_often_asked(&facet.asked)
        && facet.contrast.is_some_and(|contrast| contrast.tier == Tier::LevelDefining)
}

/// Whether the target's own employers tell that an experience does not rise.
fn is_told(target: &Target, kind: ExperienceKind) -> bool {
    let own = target.experience.iter().find(|facet| facet.kind == kind).and_then(|facet| facet.contrast);
    own.is_some_and(|own| matches!(own.tier, Tier::Core | Tier::Fading | Tier::Composition))
}

/// Whether the target's own employers are enough to say something, and speak against what kin say of an experience:
/// hardly any of them names it, or surely fewer than of kin.
fn is_contradicted(alone: &Tally, kin: &ExperienceGap) -> bool {
    let share = alone.share(features::experience(kin.kind));
    let fewer = share.high.zip(kin.asked.low).is_some_and(|(own, kin)| own < kin);
    is_enough(share.employers as usize) && (share.employers_with < NAMED || fewer)
}

/// A family and its kin at some levels.
pub(super) struct Kin<'a> {
    families: Vec<&'static str>,
    levels: RangeInclusive<u8>,
    rows: Rows,
    snapshot: &'a Snapshot,
    field: Field<'a>,
}

impl<'a> Kin<'a> {
    /// The kin of the family asked about; none where it has none.
    pub(super) fn of(
        question: &Question<'a>,
        levels: &RangeInclusive<u8>,
    ) -> Result<Option<Self>, QueryError> {
        let families = kin(question.family);
        if families.is_empty() {
            return Ok(None);
        }
        let (trades, snapshot) = question.trades;
        let rows = trades.select(|at| families.contains(&trades.family(at)));
        let scope = Scope { family: None, ..question.scope.clone() };
        let rows = scope.rows(Source::Rows(&rows, snapshot))?;
        let field = Field::new(&rows, question.person, levels);
        Ok(Some(Self { families, levels: levels.clone(), rows, snapshot, field }))
    }

    /// Fills up the areas of `target`, whose own postings are those of `alone`, with what these families
    /// ask for on its track; what its own employers name, too, comes first.
    pub(super) fn complete(&self, target: &mut Target, alone: &Cohort) {
        let cohort = scope::part(&self.rows, &self.levels, target.cohort.track);
        let card = CohortCard::of(&cohort, &self.levels, target.cohort.track);
        if !card.is_enough() {
            return;
        }
        let alone = features::tally(alone);
        let mut asked = self.field.asked_experience(&cohort);
        asked.retain(|facet| carries_over(facet.kind) && rises(facet));
        asked.retain(|facet| !is_told(target, facet.kind) && !is_contradicted(&alone, facet));
        self.keep_what_rises_within(&mut asked, target.cohort.track);
        let profile = self.field.person.profile;
        let in_area = |skill: &&SkillGap| target.focus.iter().any(|area| area.skills.contains(&skill.id));
        let worked_on: Vec<&SkillGap> = target.skills.iter().filter(in_area).collect();
        let mut areas = focus::experiences((&target.skills, &asked), &worked_on, profile);
        areas.retain(|area| target.focus.iter().all(|own| own.experience != area.experience));
        let marked = areas.into_iter().filter_map(|area| self.mark(area, &card, &asked, &alone));
        let mut areas: Vec<Focus> = marked.collect();
        let named = |area: &Focus| area.kindred.as_ref().is_some_and(|kin| kin.alone.employers_with >= NAMED);
        areas.sort_by_key(|area| !named(area));
        areas.truncate(AREAS.saturating_sub(target.focus.len()));
        target.focus.extend(areas);
        for aside in focus::set_aside(&[], &asked, profile) {
            if target.set_aside.iter().all(|known| known.name != aside.name) {
                target.set_aside.push(SetAside { kindred: true, ..aside });
            }
        }
    }

    /// Drops what a family with enough employers at both levels asks for less on `track` at these levels.
    fn keep_what_rises_within(&self, asked: &mut Vec<ExperienceGap>, track: Option<Track>) {
        let own = &self.field.own_card;
        for family in &self.families {
            let rows = self.rows.select(|at| self.rows.family(at) == *family);
            let there = scope::part(&rows, &self.levels, track);
            let here = scope::part(&rows, &(own.from_level..=own.to_level), None);
            let (there, here) = (features::tally(&there), features::tally(&here));
            asked.retain(|facet| {
                let share = |tally: &Tally| tally.share(features::experience(facet.kind)).share;
                share(&there).zip(share(&here)).is_none_or(|(there, here)| there >= here)
            });
        }
    }

    /// `area` with the figures that it has.
    fn mark(
        &self,
        mut area: Focus,
        card: &CohortCard,
        asked: &[ExperienceGap],
        alone: &Tally,
    ) -> Option<Focus> {
        let figures = asked.iter().find(|facet| Some(facet.kind) == area.experience)?;
        area.kindred = Some(Kindred {
            families: self.families.iter().map(|id| (*id).to_owned()).collect(),
            cohort: card.clone(),
            figures: figures.clone(),
            alone: alone.share(features::experience(figures.kind)),
            snapshot: self.snapshot.clone(),
        });
        Some(area)
    }

    /// The one of the other families with most employers on `track`, where they are enough for an answer.
    pub(super) fn nearest(&self, track: Option<Track>) -> Option<String> {
        let cohort: Cohort = scope::part(&self.rows, &self.levels, track);
        let employers = |family: &str| {
            let of_family =
                |span: &&std::ops::Range<usize>| (*span).clone().any(|at| cohort.rows().family(at) == family);
            cohort.employers().iter().filter(of_family).count()
        };
        let counted = self.families.iter().skip(1).map(|family| (employers(family), *family));
        let most = counted.max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(a.1)))?;
        is_enough(most.0).then(|| most.1.to_owned())
    }
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
