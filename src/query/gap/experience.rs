//! Experience that the roles ask for, and whether the history shows it.

use super::ExperienceGap;
use super::field::{Field, SMALLEST_SHARE};
use crate::extract::ExperienceKind;
use crate::profile::Profile;
use crate::query::cohort::{Cohort, Tally};
use crate::query::contrast::Contrast;
use crate::query::features;
use crate::query::stats::{is_enough, median};
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::collections::BTreeMap;

/// Every kind of experience with its name for people.
pub const EXPERIENCES: [(ExperienceKind, &str); 16] = [
    (ExperienceKind::Years, "years of experience"),
    (ExperienceKind::PeopleLed, "leading people"),
    (ExperienceKind::ManagersLed, "leading managers"),
    (ExperienceKind::Mentoring, "mentoring"),
    (ExperienceKind::Hiring, "hiring"),
    (ExperienceKind::Budget, "a budget"),
    (ExperienceKind::Scale, "work at scale"),
    (ExperienceKind::OnCall, "being on call"),
    (ExperienceKind::Stakeholders, "working with stakeholders"),
    (ExperienceKind::Geography, "working across countries"),
    (ExperienceKind::Regulated, "a regulated field"),
    (ExperienceKind::Travel, "travel"),
    (ExperienceKind::Stage, "a start-up or growing company"),
    (ExperienceKind::Strategy, "setting direction"),
    (ExperienceKind::Guided, "working under guidance"),
    (ExperienceKind::ReportsTo, "whom the role reports to"),
];

/// What a kind of experience is called.
#[must_use]
pub fn experience_name(kind: ExperienceKind) -> &'static str {
    EXPERIENCES.iter().find(|(known, _)| *known == kind).map_or("", |(_, name)| name)
}

/// The figure that employers state for an experience.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Median over employers, each with the median of its postings.
    pub median: f64,
    /// Employers that state one.
    pub employers_with: u32,
    /// Employers in all.
    pub employers: u32,
}

/// Figures that each employer states for `kind`: of a posting the largest, of an employer the median.
#[must_use]
pub fn figures(cohort: &Cohort, kind: ExperienceKind) -> Vec<f64> {
    let rows = cohort.rows();
    let of_row = |at: usize| {
        let stated = rows.experience(at).filter(|facet| facet.kind == kind).filter_map(|facet| facet.min);
        stated.map(f64::from).reduce(f64::max)
    };
    let of_employer =
        |span: &std::ops::Range<usize>| median(&span.clone().filter_map(of_row).collect::<Vec<_>>());
    cohort.employers().iter().filter_map(of_employer).collect()
}

/// The figure to show of `stated`; `None` below eight employers that state one.
#[must_use]
pub fn figure(stated: &[f64], employers: usize) -> Option<Figure> {
    let middle = median(stated).filter(|_| is_enough(stated.len()))?;
    Some(Figure { median: middle, employers_with: stated.len() as u32, employers: employers as u32 })
}

impl Field<'_> {
    /// Experience that `cohort` asks for, most asked first.
    pub(super) fn asked_experience(&self, cohort: &Cohort) -> Vec<ExperienceGap> {
        let tally = features::tally(cohort);
        let contrasts = self.contrasts(cohort, &tally);
        self.experience(cohort, &tally, |kind| contrasts.get(&features::experience(kind)).copied())
    }

    /// As [`asked_experience`](Self::asked_experience), of what is counted already.
    pub(super) fn experience(
        &self,
        cohort: &Cohort,
        tally: &Tally,
        contrast: impl Fn(ExperienceKind) -> Option<Contrast>,
    ) -> Vec<ExperienceGap> {
        // Working under guidance is what one leaves behind.
        let kinds = EXPERIENCES.iter().map(|(kind, _)| *kind).filter(|kind| *kind != ExperienceKind::Guided);
        let mut list: Vec<ExperienceGap> = kinds
            .map(|kind| (kind, self.person.shows(kind)))
            .map(|(kind, shown_by)| ExperienceGap {
                kind,
                asked: tally.share(features::experience(kind)),
                own: self.own_tally.share(features::experience(kind)),
                contrast: contrast(kind),
                figure: figure(&figures(cohort, kind), cohort.employers().len()),
                begun_by: if shown_by.is_none() { self.person.has_begun(kind) } else { None },
                shown_by,
            })
            .filter(|gap| gap.asked.share.is_some_and(|share| share >= SMALLEST_SHARE))
            .collect();
        list.sort_by(|a, b| {
            let share = |g: &ExperienceGap| g.asked.share.unwrap_or(0.0);
            share(b).total_cmp(&share(a)).then_with(|| (a.kind as u8).cmp(&(b.kind as u8)))
        });
        list
    }
}

/// The interest that the profile states in an activity of this name; in an experience also under the name of
/// a skill that is the same thing.
#[must_use]
pub fn interest_in(profile: &Profile, name: &str) -> Option<i8> {
    let same = |other: &str| other.trim().eq_ignore_ascii_case(name);
    let stated = profile.activities.iter().find(|(phrase, _)| same(phrase)).map(|(_, interest)| *interest);
    stated.or_else(|| {
        let (kind, _) = EXPERIENCES.iter().find(|(_, known)| *known == name)?;
        let mut skills = profile
            .skills
            .iter()
            .filter(|skill| skill.id.as_deref().is_some_and(|id| super::same::are_one(*kind, id)));
        skills.find_map(|skill| skill.interest)
    })
}

/// Employers by figure stated, in ascending order: the distribution behind a [`Figure`].
#[must_use]
pub fn distribution(stated: &[f64]) -> Vec<(f64, u32)> {
    let mut counts: BTreeMap<u64, u32> = BTreeMap::new();
    for value in stated.iter().filter(|value| **value >= 0.0) {
        // Bits of numbers that are not negative sort as the numbers do.
        *counts.entry(value.to_bits()).or_default() += 1;
    }
    counts.into_iter().map(|(bits, employers)| (f64::from_bits(bits), employers)).collect()
}

/// Kinds by name, for look-ups.
#[must_use]
pub fn experience_named(name: &str) -> Option<ExperienceKind> {
    let folded = name.trim().to_lowercase().replace([' ', '_'], "-");
    let by_name: FxHashMap<String, ExperienceKind> =
        EXPERIENCES.iter().map(|(kind, words)| (words.replace(' ', "-"), *kind)).collect();
    let by_id = serde_json::from_value(serde_json::Value::String(folded.clone())).ok();
    by_id.or_else(|| by_name.get(&folded).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_found_by_id_and_by_name() {
        for (name, expected) in [
            ("people-led", Some(ExperienceKind::PeopleLed)),
            ("People led", Some(ExperienceKind::PeopleLed)),
            ("leading people", Some(ExperienceKind::PeopleLed)),
            ("on-call", Some(ExperienceKind::OnCall)),
            ("kubernetes", None),
        ] {
            assert_eq!(experience_named(name), expected, "{name}");
        }
    }

    #[test]
    fn a_figure_needs_eight_employers() {
        assert_eq!(figure(&[5.0; 7], 40), None);
        let found = figure(&[2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], 40).unwrap();
        assert_eq!((found.median, found.employers_with, found.employers), (5.5, 8, 40));
        assert_eq!(distribution(&[5.0, 2.0, 5.0]), [(2.0, 1), (5.0, 2)]);
    }
}
