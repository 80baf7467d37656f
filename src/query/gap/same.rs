//! What is one thing under several names: an experience, and the skills that postings call it by.

use super::{ExperienceGap, GapKind, SkillGap};
use crate::extract::ExperienceKind;

/// Groups of one meaning; reviewed by people.
const TABLE: &str = include_str!("../../../data/gap/same-meaning.txt");

/// The groups: a kind of experience, and the ids of its skills.
fn groups() -> impl Iterator<Item = (ExperienceKind, impl Iterator<Item = &'static str>)> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let (kind, ids) = line.split_once('\t')?;
        let kind = serde_json::from_value(serde_json::Value::String(kind.to_owned())).ok()?;
        Some((kind, ids.split(' ')))
    })
}

/// Ids of the skills that are one thing with an experience.
pub(super) fn skills(kind: ExperienceKind) -> impl Iterator<Item = &'static str> {
    groups().filter(move |(known, _)| *known == kind).flat_map(|(_, ids)| ids)
}

/// Whether the experience and the skill `id` are one thing.
#[must_use]
pub fn are_one(kind: ExperienceKind, id: &str) -> bool {
    skills(kind).any(|other| other == id)
}

/// The experience that is one thing with the skill `id`.
pub(super) fn experience_of(id: &str) -> Option<ExperienceKind> {
    groups().map(|(kind, _)| kind).find(|kind| are_one(*kind, id))
}

fn is_held(skill: &SkillGap) -> bool {
    matches!(skill.gap, GapKind::Met | GapKind::Unproven | GapKind::Answered)
}

fn share(skill: &SkillGap) -> f64 {
    skill.asked.share.unwrap_or(0.0)
}

/// Whether an open skill is worked on under another name: as an experience that more ask for or that
/// the history shows, or as a skill of the same meaning that more ask for or that is held.
#[must_use]
pub(super) fn said_otherwise(skill: &SkillGap, skills: &[SkillGap], experience: &[ExperienceGap]) -> bool {
    let Some(kind) = experience_of(&skill.id) else { return false };
    let ids: Vec<&str> = self::skills(kind).collect();
    let asked_more =
        |facet: &ExperienceGap| facet.shown_by.is_some() || facet.asked.share.unwrap_or(0.0) >= share(skill);
    let stronger = |other: &SkillGap| {
        let more = share(other).total_cmp(&share(skill)).then_with(|| skill.id.cmp(&other.id)).is_gt();
        other.id != skill.id && ids.contains(&other.id.as_str()) && (is_held(other) || more)
    };
    experience.iter().any(|facet| facet.kind == kind && asked_more(facet)) || skills.iter().any(stronger)
}

/// Whether an experience is held as one of `skills`, or worked on as one of the `gaps`.
pub(super) fn is_a_skill(facet: &ExperienceGap, skills: &[SkillGap], gaps: &[&SkillGap]) -> bool {
    let same = |skill: &SkillGap| are_one(facet.kind, &skill.id);
    skills.iter().any(|skill| same(skill) && is_held(skill)) || gaps.iter().any(|skill| same(skill))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taxonomy::Taxonomy;

    #[test]
    fn the_table_names_what_there_is() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(groups().count(), lines, "every kind of experience is one");
        for id in groups().flat_map(|(_, ids)| ids) {
            assert!(Taxonomy::builtin().by_id(id).is_some(), "{id}");
        }
        assert!(are_one(ExperienceKind::PeopleLed, "people-management"));
        assert!(!are_one(ExperienceKind::Mentoring, "people-management"));
    }
}
