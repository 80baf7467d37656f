//! The focus areas of a plan: those of the gap, in its order.
//!
//! Which skills belong together, what comes first, and which experience joins them is the gap's to
//! say ([`Target::focus`]). Here they are paired with their figures, and what is not among them is
//! said.

use crate::query::gap::{ExperienceGap, GapKind, Kindred, SkillGap, Target, WOULD_DRAIN, are_one};

/// What an area is about.
#[derive(Clone, Debug)]
pub enum Subject<'a> {
    /// Skills, the leading one first; never empty.
    Skills(Vec<&'a SkillGap>),
    /// A kind of experience; with whose figures, where they are of kindred families.
    Experience(&'a ExperienceGap, Option<&'a Kindred>),
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
    /// The gap's areas.
    pub areas: Vec<Focus<'a>>,
    /// Gaps left for later, largest first.
    pub later: Vec<&'a SkillGap>,
    /// Gaps that the person would hate to close.
    pub set_aside: Vec<&'a SkillGap>,
}

/// The focus areas of `target`.
#[must_use]
pub fn areas(target: &Target) -> Focuses<'_> {
    let mut found = Focuses::default();
    for (at, area) in target.focus.iter().enumerate() {
        let grounds = |before: &[String]| area.after.iter().any(|order| before.contains(&order.first));
        let after = target.focus[..at].iter().position(|before| grounds(&before.skills));
        let gap = |id: &String| target.skills.iter().find(|gap| gap.id == *id);
        let subject = match area.experience {
            Some(_) => target.figures(area).map(|gap| Subject::Experience(gap, area.kindred.as_ref())),
            None => Some(Subject::Skills(area.skills.iter().filter_map(gap).collect())),
        };
        found.areas.extend(subject.map(|subject| Focus { subject, after }));
    }
    let taken = |gap: &SkillGap| {
        let same = |kind| are_one(kind, &gap.id);
        target.focus.iter().any(|area| area.skills.contains(&gap.id) || area.experience.is_some_and(same))
    };
    let open = target.skills.iter().filter(|gap| !matches!(gap.gap, GapKind::Met | GapKind::Answered));
    (found.set_aside, found.later) = open
        .filter(|gap| !taken(gap))
        .partition(|gap| gap.interest.is_some_and(|interest| interest <= WOULD_DRAIN));
    found
}
