//! The focus areas of a plan: those of the gap, and one kind of experience.
//!
//! Which skills belong together and what comes first is the gap's to say ([`Target::focus`]). Here
//! one kind of experience joins them when the roles ahead ask for it and the history does not show
//! it, and what the person would hate is set aside, and said.

use crate::extract::ExperienceKind;
use crate::profile::Profile;
use crate::query::contrast::{Contrast, Tier};
use crate::query::gap::{ExperienceGap, GapKind, SkillGap, Target};

/// Most areas: more than four at once is a wish list.
pub const MOST_AREAS: usize = 4;
/// Most skills of one area.
const MOST_SKILLS: usize = 4;
/// What an experience counts that defines the level, and one that fades out.
const DEFINING: f64 = 1.5;
const FADING: f64 = 0.4;
/// Share from which an experience is worth an area.
const EXPERIENCE_SHARE: f64 = 0.15;
/// An interest of this much sets something aside.
pub(super) const WOULD_DRAIN: i8 = -2;

/// What an area is about.
#[derive(Clone, Debug)]
pub enum Subject<'a> {
    /// Skills, the leading one first; never empty.
    Skills(Vec<&'a SkillGap>),
    /// A kind of experience.
    Experience(&'a ExperienceGap),
}

/// A focus area before it is written out.
#[derive(Clone, Debug)]
pub struct Focus<'a> {
    /// What it is about.
    pub subject: Subject<'a>,
    /// Index of the area that should come first.
    pub after: Option<usize>,
}

/// The areas in order, and what is not among them.
#[derive(Clone, Debug, Default)]
pub struct Focuses<'a> {
    /// At most [`MOST_AREAS`].
    pub areas: Vec<Focus<'a>>,
    /// Gaps left for later, largest first.
    pub later: Vec<&'a SkillGap>,
    /// Gaps that the person would hate to close.
    pub set_aside: Vec<&'a SkillGap>,
}

/// The focus areas of `target` for `profile`.
#[must_use]
pub fn areas<'a>(target: &'a Target, profile: &Profile) -> Focuses<'a> {
    let experience = best_experience(target, profile);
    let for_skills = MOST_AREAS - usize::from(experience.is_some());
    let mut found = Focuses::default();
    for area in target.focus.iter().take(for_skills) {
        let gap = |id: &String| target.skills.iter().find(|gap| gap.id == *id);
        let skills: Vec<&SkillGap> = area.skills.iter().filter_map(gap).take(MOST_SKILLS).collect();
        let first = |ids: &[&SkillGap]| area.after.iter().any(|o| ids.iter().any(|gap| gap.id == o.first));
        let after = found.areas.iter().position(|before: &Focus<'_>| match &before.subject {
            Subject::Skills(ids) => first(ids),
            Subject::Experience(_) => false,
        });
        if !skills.is_empty() {
            found.areas.push(Focus { subject: Subject::Skills(skills), after });
        }
    }
    found.areas.extend(experience.map(|gap| Focus { subject: Subject::Experience(gap), after: None }));
    let taken: Vec<&str> = found
        .areas
        .iter()
        .flat_map(|area| match &area.subject {
            Subject::Skills(skills) => skills.iter().map(|gap| gap.id.as_str()).collect(),
            Subject::Experience(_) => Vec::new(),
        })
        .collect();
    let open = target.skills.iter().filter(|gap| gap.gap != GapKind::Met);
    let (aside, later) = open
        .filter(|gap| !taken.contains(&gap.id.as_str()))
        .partition(|gap| gap.interest.is_some_and(|interest| interest <= WOULD_DRAIN));
    found.set_aside = aside;
    found.later = later;
    found
}

fn tier_factor(contrast: Option<Contrast>) -> f64 {
    match contrast.map(|c| c.tier) {
        Some(Tier::LevelDefining) => DEFINING,
        Some(Tier::Fading) => FADING,
        _ => 1.0,
    }
}

/// 0.5 at −2, 1 when nothing is said, 1.5 at +2.
fn interest_factor(interest: Option<i8>) -> f64 {
    1.0 + 0.25 * f64::from(interest.unwrap_or(0).clamp(-2, 2))
}

/// Kinds of experience that one can set out to gain.
fn can_be_gained(kind: ExperienceKind) -> bool {
    use ExperienceKind as K;
    matches!(
        kind,
        K::PeopleLed
            | K::ManagersLed
            | K::Mentoring
            | K::Hiring
            | K::Budget
            | K::Scale
            | K::OnCall
            | K::Stakeholders
            | K::Geography
            | K::Regulated
            | K::Strategy
    )
}

/// The most pressing experience that the history does not show.
fn best_experience<'a>(target: &'a Target, profile: &Profile) -> Option<&'a ExperienceGap> {
    let scored = target.experience.iter().filter(|gap| gap.shown_by.is_none() && can_be_gained(gap.kind));
    let mut best: Option<(f64, &ExperienceGap)> = None;
    for gap in scored {
        let share = gap.asked.share.unwrap_or(0.0);
        let name = super::experience_name(gap.kind);
        let interest = interest_in(profile, &name);
        // Mentoring and the like are skills, too: one area about it is enough.
        let led = target.focus.iter().any(|area| area.name.eq_ignore_ascii_case(&name));
        if share < EXPERIENCE_SHARE || led || interest.is_some_and(|i| i <= WOULD_DRAIN) {
            continue;
        }
        let score = share * tier_factor(gap.contrast) * interest_factor(interest);
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, gap));
        }
    }
    best.map(|(_, gap)| gap)
}

/// The interest that the profile states in an activity or experience of this name.
#[must_use]
pub fn interest_in(profile: &Profile, name: &str) -> Option<i8> {
    let same = |other: &str| other.trim().eq_ignore_ascii_case(name);
    profile.activities.iter().find(|(phrase, _)| same(phrase)).map(|(_, interest)| *interest)
}
