//! From forty gaps to three or four areas, and the order in which to begin.
//!
//! Skills that employers ask for together and that are akin (by the vocabulary, or of one kind)
//! belong to one area: co-occurrence
//! θ(s,t) = n(s,t) / max(n(s), n(t)), as in A. Alabdulkareem et al., "Unpacking the polarization of
//! workplace skills", *Science Advances* 4 (2018). What comes first follows from asymmetric
//! conditional shares: where postings that ask for t mostly ask for s, but not the other way
//! round, s is the ground that t stands on (M. Hosseinioun, F. Neffke, L. Zhang and H. Youn,
//! "Nested human capital", arXiv 2303.15629). Both are associations, not causes, so an order counts
//! only where the vocabulary says that the one entails, or is a case of, the other.

use super::experience::{experience_name, interest_in};
use super::hold::{BROADER_STEPS, is_case_of};
use super::{ExperienceGap, GapKind, SkillGap, same};
use crate::coded::SkillCode;
use crate::extract::{ExperienceKind, Strength};
use crate::profile::Profile;
use crate::query::cohort::{Cohort, weight};
use crate::query::contrast::{Contrast, Tier};
use crate::query::stats::{is_enough, quantile};
use crate::taxonomy::{Kind, Skill, Taxonomy};
use rustc_hash::FxHashMap;
use serde::Serialize;

/// Most areas: more than four at once is a wish list.
const AREAS: usize = 4;
/// Most skills of an area.
const AREA_SKILLS: usize = 4;
/// Employers that must ask for a skill or an experience before one should work on it.
const AREA_EMPLOYERS: u32 = 3;
/// Share of postings that must ask for a skill.
const AREA_SHARE: f64 = 0.10;
/// Ids that are in no area; reviewed by people.
const TOO_WIDE: &str = include_str!("../../../data/gap/too-wide.txt");
/// Share from which an experience is worth an area.
const EXPERIENCE_SHARE: f64 = 0.15;
/// What an experience counts that defines the level, and one that fades out.
const DEFINING: f64 = 1.5;
const FADING: f64 = 0.4;
/// Areas of the vocabulary that are about leading people.
const PEOPLE_AREAS: [&str; 2] = ["leadership", "management"];
/// Most areas of experience: the second only where skills were taken into it.
const EXPERIENCE_AREAS: usize = 2;
/// An interest of this much sets something aside.
pub const WOULD_DRAIN: i8 = -2;
/// Gaps that take part.
const GAPS: usize = 36;
/// Co-occurrence from which a skill joins an area, and the least ratio to chance.
const TOGETHER: f64 = 0.25;
const TOGETHER_LIFT: f64 = 1.3;
/// Difference of conditional shares, and ratio to chance, from which one skill is the ground of
/// another.
const GROUND: f64 = 0.15;
const GROUND_LIFT: f64 = 1.5;

/// Three or four of these are what a person works on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Focus {
    /// Named after its most telling skill, or the experience.
    pub name: String,
    /// The experience that it is about; `None` for skills.
    pub experience: Option<ExperienceKind>,
    /// Taxonomy ids, the most telling one first; empty for experience.
    pub skills: Vec<String>,
    /// Sum of the priorities of its skills.
    pub size: f64,
    /// What within this answer's gaps should come before.
    pub after: Vec<Order>,
}

/// One skill is the ground that another stands on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Order {
    /// Taxonomy id of the skill to begin with.
    pub first: String,
    /// Taxonomy id of the skill that builds on it.
    pub then: String,
    /// Share of postings with `then` that ask for `first`.
    pub first_given_then: f64,
    /// Share of postings with `first` that ask for `then`.
    pub then_given_first: f64,
    /// 90 % interval of the difference, over employers.
    pub difference: (f64, f64),
    /// Employers that ask for both.
    pub employers: u32,
}

/// Bundles the gaps of `skills` by how `cohort` asks for them together; the most pressing experience
/// that the history does not show is an area, too.
pub(super) fn areas(
    taxonomy: &Taxonomy,
    cohort: &Cohort,
    skills: &[SkillGap],
    experience: &[ExperienceGap],
    profile: &Profile,
) -> Vec<Focus> {
    let open = skills.iter().filter(|s| is_open(s) && is_workable(s));
    let gaps: Vec<&SkillGap> =
        open.filter(|skill| !same::said_otherwise(skill, skills, experience)).take(GAPS).collect();
    let codes: Vec<SkillCode> = gaps.iter().map(|s| SkillCode::of(&s.id)).collect();
    let pairs = Pairs::count(cohort, &codes);
    let orders = pairs.orders(taxonomy, &gaps);
    let mut focus: Vec<Focus> =
        bundles(taxonomy, &gaps, &pairs).iter().map(|area| describe(area, &gaps, &pairs, &orders)).collect();
    let chosen = best_experience(experience, skills, profile);
    focus.truncate(AREAS - chosen.len());
    focus.extend(chosen.iter().map(|gap| Focus {
        name: experience_name(gap.kind).to_owned(),
        experience: Some(gap.kind),
        skills: Vec::new(),
        size: gap.asked.share.unwrap_or(0.0),
        after: Vec::new(),
    }));
    put_in_order(&mut focus);
    only_earlier_ground(&mut focus, skills);
    focus
}

/// What builds on a skill that is missing says so only where an earlier area is about that skill.
fn only_earlier_ground(focus: &mut [Focus], skills: &[SkillGap]) {
    let held = |id: &String| skills.iter().any(|skill| skill.id == *id && skill.have > 0);
    let mut earlier: Vec<String> = Vec::new();
    for area in focus {
        area.after.retain(|order| held(&order.first) || earlier.contains(&order.first));
        earlier.extend(area.skills.iter().cloned());
    }
}

/// Whether two skills may be in one area: kin by the vocabulary or of one kind, and never the
/// leading of people beside something else.
fn are_akin(taxonomy: &Taxonomy, a: &SkillGap, b: &SkillGap) -> bool {
    let concept = |gap: &SkillGap| taxonomy.by_id(&gap.id).map(|at| taxonomy.skill(at));
    let (Some(a), Some(b)) = (concept(a), concept(b)) else { return false };
    let leads = |skill: &Skill| PEOPLE_AREAS.contains(&skill.area.as_str());
    let linked = |a: &Skill, b: &Skill| {
        [&a.broader, &a.related, &a.implies, &a.version_of].iter().any(|ids| ids.contains(&b.id))
    };
    let siblings = a.broader.iter().any(|up| b.broader.contains(up));
    // Skills "of one kind" would be anything that people do.
    let same_kind = a.kind == b.kind && a.kind != Kind::Skill;
    leads(a) == leads(b) && (linked(a, b) || linked(b, a) || siblings || a.area == b.area || same_kind)
}

/// Whether the vocabulary says that `then` stands on `first`: it entails it or is a case of it.
fn stands_on(taxonomy: &Taxonomy, then: &str, first: &str) -> bool {
    let concept = taxonomy.by_id(then).map(|at| taxonomy.skill(at));
    concept.is_some_and(|then| {
        then.implies.iter().any(|id| id == first) || is_case_of(taxonomy, then, first, BROADER_STEPS)
    })
}

/// Something is left to do, and the person would not hate it.
fn is_open(skill: &SkillGap) -> bool {
    let open = !matches!(skill.gap, GapKind::Met | GapKind::Answered);
    open && skill.priority > 0.0 && skill.interest.is_none_or(|interest| interest > WOULD_DRAIN)
}

/// Whether a skill can be in an area: enough employers and postings ask for it, it is no vague word, and it is
/// not the subject of a degree that the person holds.
fn is_workable(skill: &SkillGap) -> bool {
    let vague = || TOO_WIDE.lines().any(|line| line.trim() == skill.id);
    let often = skill.asked.share.is_some_and(|share| share >= AREA_SHARE);
    often && skill.asked.employers_with >= AREA_EMPLOYERS && !skill.derived && !vague()
}

/// Areas as numbers of gaps: each grows around the most pressing free one.
fn bundles(taxonomy: &Taxonomy, gaps: &[&SkillGap], pairs: &Pairs) -> Vec<Vec<usize>> {
    let mut free: Vec<usize> = (0..gaps.len()).collect();
    free.sort_by(|a, b| gaps[*b].priority.total_cmp(&gaps[*a].priority).then(a.cmp(b)));
    let mut areas: Vec<Vec<usize>> = Vec::new();
    while areas.len() < AREAS {
        if free.is_empty() {
            break;
        }
        let mut area = vec![free.remove(0)];
        while area.len() < AREA_SKILLS {
            let closeness =
                |i: usize| area.iter().map(|&j| pairs.theta(i, j)).sum::<f64>() / area.len() as f64;
            let akin = |i: usize| area.iter().all(|&j| are_akin(taxonomy, gaps[i], gaps[j]));
            let joins = |i: &&usize| {
                closeness(**i) >= TOGETHER && pairs.lift(**i, area[0]) >= TOGETHER_LIFT && akin(**i)
            };
            let best = free
                .iter()
                .filter(joins)
                .max_by(|a, b| closeness(**a).total_cmp(&closeness(**b)).then_with(|| b.cmp(a)));
            let Some(&best) = best else { break };
            free.retain(|i| *i != best);
            area.push(best);
        }
        areas.push(area);
    }
    areas
}

fn describe(area: &[usize], gaps: &[&SkillGap], pairs: &Pairs, orders: &[Order]) -> Focus {
    let telling = |i: &usize| {
        let delta = gaps[*i].contrast.map_or(0.0, |c| c.delta.max(0.0));
        gaps[*i].priority * (1.0 + delta)
    };
    let mut members: Vec<usize> = area.to_vec();
    members.sort_by(|a, b| telling(b).total_cmp(&telling(a)).then(a.cmp(b)));
    let ids: Vec<String> = members.iter().map(|&i| gaps[i].id.clone()).collect();
    // Ground outside the area counts only where it is asked for together with the area's head.
    let related = |order: &Order| {
        let ground = gaps.iter().position(|gap| gap.id == order.first);
        ground.is_some_and(|i| !members.contains(&i) && pairs.theta(i, members[0]) >= TOGETHER)
    };
    let mut after: Vec<Order> = Vec::new();
    for order in orders.iter().filter(|o| ids.contains(&o.then) && related(o)) {
        if !after.iter().any(|known| known.first == order.first) {
            after.push(order.clone());
        }
    }
    Focus {
        name: gaps[members[0]].label.clone(),
        experience: None,
        size: members.iter().map(|&i| gaps[i].priority).sum(),
        after,
        skills: ids,
    }
}

/// Kinds of experience that one can set out to gain.
fn can_be_gained(kind: ExperienceKind) -> bool {
    use ExperienceKind as K;
    !matches!(kind, K::Years | K::Travel | K::Stage | K::Guided | K::ReportsTo)
}

/// The most pressing experience that the history does not show, and a second one when it is what
/// postings also call by the name of an open skill.
fn best_experience<'a>(
    experience: &'a [ExperienceGap],
    skills: &[SkillGap],
    profile: &Profile,
) -> Vec<&'a ExperienceGap> {
    let mut found: Vec<(f64, &ExperienceGap)> = Vec::new();
    for gap in experience.iter().filter(|gap| gap.shown_by.is_none() && can_be_gained(gap.kind)) {
        let share = gap.asked.share.unwrap_or(0.0);
        let interest = interest_in(profile, experience_name(gap.kind));
        if share < EXPERIENCE_SHARE
            || gap.asked.employers_with < AREA_EMPLOYERS
            || same::is_a_skill(gap, skills)
            || interest.is_some_and(|i| i <= WOULD_DRAIN)
        {
            continue;
        }
        // What sets the level apart, not what everybody is asked for.
        let own = gap.contrast.map_or(0.0, |c| c.own);
        found.push(((share - own).max(0.0) * tier_factor(gap.contrast) * interest_factor(interest), gap));
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut chosen: Vec<&ExperienceGap> = Vec::new();
    for (_, gap) in found {
        let takes_in = skills.iter().any(|s| is_open(s) && same::are_one(gap.kind, &s.id));
        if chosen.is_empty() || takes_in && chosen.len() < EXPERIENCE_AREAS {
            chosen.push(gap);
        }
    }
    chosen
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

/// Largest first, but no area before one that holds its ground, unless each is ground of the other.
fn put_in_order(focus: &mut Vec<Focus>) {
    let last = |area: &Focus| area.experience.is_some();
    focus.sort_by(|a, b| {
        last(a).cmp(&last(b)).then(b.size.total_cmp(&a.size)).then_with(|| a.name.cmp(&b.name))
    });
    let builds_on = |a: &Focus, b: &Focus| a.after.iter().filter(|o| b.skills.contains(&o.first)).count();
    let mut rest = std::mem::take(focus);
    while !rest.is_empty() {
        let ready = (0..rest.len()).find(|&i| {
            (0..rest.len()).all(|j| i == j || builds_on(&rest[i], &rest[j]) <= builds_on(&rest[j], &rest[i]))
        });
        focus.push(rest.remove(ready.unwrap_or(0)));
    }
}

/// Counts of skills and pairs of skills, employer by employer.
struct Pairs {
    size: usize,
    /// Weighted postings in all.
    postings: f64,
    /// Per employer: weighted counts of each pair; the diagonal counts the skill itself.
    employers: Vec<FxHashMap<(u16, u16), f64>>,
    total: Vec<f64>,
}

impl Pairs {
    fn count(cohort: &Cohort, codes: &[SkillCode]) -> Self {
        let number: FxHashMap<SkillCode, u16> =
            codes.iter().enumerate().map(|(i, code)| (*code, i as u16)).collect();
        let size = codes.len();
        let mut pairs = Self { size, postings: 0.0, employers: Vec::new(), total: vec![0.0; size * size] };
        let mut here: Vec<u16> = Vec::new();
        for span in cohort.employers() {
            let weight = weight(span);
            let mut counts: FxHashMap<(u16, u16), f64> = FxHashMap::default();
            for at in span.clone() {
                pairs.postings += weight;
                here.clear();
                let asked = cohort.rows().skills(at).filter(|s| s.strength > Strength::Context);
                here.extend(asked.filter_map(|s| number.get(&s.skill).copied()));
                here.sort_unstable();
                here.dedup();
                for (i, &a) in here.iter().enumerate() {
                    for &b in &here[i..] {
                        *counts.entry((a, b)).or_default() += weight;
                    }
                }
            }
            for (&(a, b), count) in &counts {
                pairs.total[usize::from(a) * size + usize::from(b)] += count;
            }
            pairs.employers.push(counts);
        }
        pairs
    }

    fn both(&self, a: usize, b: usize) -> f64 {
        self.total[a.min(b) * self.size + a.max(b)]
    }

    fn theta(&self, a: usize, b: usize) -> f64 {
        let most = self.both(a, a).max(self.both(b, b));
        if most > 0.0 { self.both(a, b) / most } else { 0.0 }
    }

    fn lift(&self, a: usize, b: usize) -> f64 {
        let chance = self.both(a, a) * self.both(b, b) / self.postings.max(1.0);
        if chance > 0.0 { self.both(a, b) / chance } else { 0.0 }
    }

    /// Every pair in which one skill is clearly the ground of the other, the weaker link of a
    /// cycle dropped.
    fn orders(&self, taxonomy: &Taxonomy, gaps: &[&SkillGap]) -> Vec<Order> {
        let mut found: Vec<(usize, usize, Order)> = Vec::new();
        for first in 0..self.size {
            for then in (0..self.size).filter(|then| *then != first) {
                if stands_on(taxonomy, &gaps[then].id, &gaps[first].id)
                    && self.lift(first, then) >= GROUND_LIFT
                    && let Some(order) = self.order(gaps, first, then)
                {
                    found.push((first, then, order));
                }
            }
        }
        let strength = |o: &Order| o.first_given_then - o.then_given_first;
        found.sort_by(|a, b| {
            strength(&b.2).total_cmp(&strength(&a.2)).then_with(|| (a.0, a.1).cmp(&(b.0, b.1)))
        });
        let mut kept: Vec<(usize, usize, Order)> = Vec::new();
        for (first, then, order) in found {
            if !reaches(&kept, then, first) {
                kept.push((first, then, order));
            }
        }
        kept.into_iter().map(|(.., order)| order).collect()
    }

    /// P(first|then) − P(then|first) with the linearised variance of the difference over employers.
    fn order(&self, gaps: &[&SkillGap], first: usize, then: usize) -> Option<Order> {
        let (n_first, n_then, both) =
            (self.both(first, first), self.both(then, then), self.both(first, then));
        if n_first <= 0.0 || n_then <= 0.0 {
            return None;
        }
        let (given_then, given_first) = (both / n_then, both / n_first);
        let difference = given_then - given_first;
        if difference < GROUND {
            return None;
        }
        let key = (first.min(then) as u16, first.max(then) as u16);
        let of = |counts: &FxHashMap<(u16, u16), f64>, key| counts.get(&key).copied().unwrap_or(0.0);
        let (mut squares, mut employers, mut n) = (0.0, 0u32, 0u32);
        for counts in &self.employers {
            let k = of(counts, key);
            let with_first = of(counts, (first as u16, first as u16));
            let with_then = of(counts, (then as u16, then as u16));
            employers += u32::from(k > 0.0);
            n += u32::from(with_first > 0.0 || with_then > 0.0);
            let influence = (k - given_then * with_then) / n_then - (k - given_first * with_first) / n_first;
            squares += influence * influence;
        }
        let freedom = f64::from(n) / f64::from(n.saturating_sub(1).max(1));
        let half = quantile(n) * (freedom * squares).sqrt();
        (is_enough(employers as usize) && difference - half > 0.0).then(|| Order {
            first: gaps[first].id.clone(),
            then: gaps[then].id.clone(),
            first_given_then: given_then,
            then_given_first: given_first,
            difference: (difference - half, difference + half),
            employers,
        })
    }
}

/// Whether the kept orders lead from one skill to another.
fn reaches(kept: &[(usize, usize, Order)], from: usize, to: usize) -> bool {
    let mut seen = vec![from];
    let mut at = 0;
    while at < seen.len() {
        if seen[at] == to {
            return true;
        }
        let next = kept.iter().filter(|(first, ..)| *first == seen[at]).map(|(_, then, _)| *then);
        let new: Vec<usize> = next.filter(|then| !seen.contains(then)).collect();
        seen.extend(new);
        at += 1;
    }
    false
}
