//! From forty gaps to three or four areas, and the order in which to begin.
//!
//! An area is named after one gap that many employers ask for, that belongs to the trade
//! ([`craft`](super::craft)), and that has a [`Reason`]; it counts as much as that gap alone does, skill or
//! experience. What else is in it only comes along.
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
use super::field::{Person, distinctiveness, liking};
use super::hold::{BROADER_STEPS, BY_TITLE, is_case_of};
use super::{ExperienceGap, GapKind, Kindred, SkillGap, same};
use crate::coded::SkillCode;
use crate::extract::{ExperienceKind, Strength};
use crate::profile::Profile;
use crate::query::cohort::{Cohort, weight};
use crate::query::contrast::{COMMON, Contrast, Tier};
use crate::query::stats::{Share, is_enough, quantile};
use crate::taxonomy::{Kind, Skill, Taxonomy};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

/// Most areas: more than four at once is a wish list.
pub(super) const AREAS: usize = 4;
/// Fewer areas than these are too few for a plan: more levels are answered together, kindred families
/// asked, and hints given.
pub const FEW_AREAS: usize = 3;
/// Most areas of experience and of skills: a plan has both, where there are both.
const EXPERIENCE_AREAS: usize = 3;
const SKILL_AREAS: usize = 3;
/// Most skills of an area.
const AREA_SKILLS: usize = 4;
/// Employers that must ask for a skill, and share of postings, before it comes along in an area.
const AREA_EMPLOYERS: u32 = 3;
const AREA_SHARE: f64 = 0.10;
/// Employers that must ask for what an area is named after: eight, or this many where they are this part
/// of a small cohort.
const NAMING_EMPLOYERS: u32 = 5;
const NAMING_PART: f64 = 0.25;
/// Share of postings that must ask for it.
const NAMING_SHARE: f64 = 0.15;
/// Ids that are in no area; reviewed by people.
const TOO_WIDE: &str = include_str!("../../../data/gap/too-wide.txt");
/// Areas of the vocabulary that are about leading people.
const PEOPLE_AREAS: [&str; 2] = ["leadership", "management"];
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

/// Why something is worth an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Asked for clearly more than at one's own level.
    Rises,
    /// Common at the target; not clearly more than at one's own level.
    Common,
}

/// Three or four of these are what a person works on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Focus {
    /// The skill or the experience that it is named after.
    pub name: String,
    /// The experience that it is about; `None` for skills.
    pub experience: Option<ExperienceKind>,
    /// Taxonomy ids, the one it is named after first; empty for experience.
    pub skills: Vec<String>,
    /// Why.
    pub reason: Reason,
    /// What orders the areas: share of postings that ask for what it is named after × what is lacking ×
    /// how surely it is asked for more than at one's own level × interest.
    pub size: f64,
    /// What within this answer's gaps should come before.
    pub after: Vec<Order>,
    /// Whose figures these are where they are not of the target's own cohort, which has too few employers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kindred: Option<Kindred>,
}

/// What would be an area but for the interest stated.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SetAside {
    /// The skill or the experience.
    pub name: String,
    /// Postings that ask for it.
    pub asked: Share,
    /// Those are of kindred families, not of the target's own cohort.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub kindred: bool,
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

/// The gaps of `skills` that can be part of an area. What only lacks a proof is not to be learnt.
pub(super) fn candidates(skills: &[SkillGap]) -> impl Iterator<Item = &SkillGap> {
    let to_learn = |skill: &&SkillGap| matches!(skill.gap, GapKind::Missing | GapKind::TooShallow);
    skills.iter().filter(to_learn).filter(|skill| skill.priority > 0.0 && is_workable(skill)).take(GAPS)
}

/// The areas of `person` in a target whose `cohort` asks for `skills` and `experience`; only those of `craft`
/// count.
pub(super) fn areas(
    person: &Person<'_>,
    cohort: &Cohort,
    (skills, experience): (&[SkillGap], &[ExperienceGap]),
    craft: &FxHashSet<SkillCode>,
) -> Vec<Focus> {
    let (taxonomy, profile) = (person.taxonomy, person.profile);
    let gaps: Vec<&SkillGap> = candidates(skills)
        .filter(|skill| {
            craft.contains(&SkillCode::of(&skill.id)) || stands_for_experience(skill, experience, person)
        })
        .filter(|skill| !same::said_otherwise(skill, skills, experience))
        .collect();
    let codes: Vec<SkillCode> = gaps.iter().map(|s| SkillCode::of(&s.id)).collect();
    let pairs = Pairs::count(cohort, &codes);
    let orders = pairs.orders(taxonomy, &gaps);
    let names = |at: &usize| can_name(&gaps[*at].asked, gaps[*at].contrast);
    let heads: Vec<usize> = (0..gaps.len()).filter(names).collect();
    let mut focus: Vec<Focus> = bundles(taxonomy, &gaps, &pairs, heads)
        .iter()
        .filter_map(|area| describe(area, &gaps, &pairs, &orders))
        .collect();
    let mut gained = experiences((skills, experience), &gaps, profile);
    if !gained.is_empty() {
        focus.truncate(SKILL_AREAS);
    }
    gained.truncate(if focus.is_empty() { AREAS } else { EXPERIENCE_AREAS });
    focus.extend(gained);
    focus.sort_by(|a, b| b.size.total_cmp(&a.size).then_with(|| a.name.cmp(&b.name)));
    focus.truncate(AREAS);
    put_in_order(&mut focus);
    only_earlier_ground(&mut focus, skills);
    focus
}

/// Whether a skill is one thing with an experience that too few name as such, and that is neither shown nor
/// hated. No experience is a trade's own, and so it need not be under the name of a skill.
fn stands_for_experience(skill: &SkillGap, experience: &[ExperienceGap], person: &Person<'_>) -> bool {
    let Some(kind) = same::experience_of(&skill.id) else { return false };
    // What many name as such is told by that: an area, or none for a reason.
    let named = experience.iter().any(|facet| facet.kind == kind && is_often_asked(&facet.asked));
    !named && person.shows(kind).is_none() && liking(interest_in(person.profile, experience_name(kind))) > 0.0
}

/// What is in no area because the person would hate it.
pub(super) fn set_aside(
    skills: &[SkillGap],
    experience: &[ExperienceGap],
    profile: &Profile,
) -> Vec<SetAside> {
    let hated = |interest: Option<i8>| interest.is_some_and(|interest| interest <= WOULD_DRAIN);
    let skills = skills.iter().filter(|s| is_open(s) && hated(s.interest) && is_workable(s));
    let skills = skills.map(|s| SetAside { name: s.label.clone(), asked: s.asked, kindred: false });
    let experience = experience.iter().filter(|gap| gap.shown_by.is_none() && can_be_gained(gap.kind));
    let experience = experience.map(|gap| (experience_name(gap.kind), gap.asked));
    let experience = experience.filter(|(name, _)| hated(interest_in(profile, name)));
    let experience =
        experience.map(|(name, asked)| SetAside { name: name.to_owned(), asked, kindred: false });
    skills.chain(experience).collect()
}

/// Why what is `asked` for is worth an area, if it is.
fn reason(asked: &Share, contrast: Option<Contrast>) -> Option<Reason> {
    match contrast.map(|contrast| contrast.tier) {
        Some(Tier::LevelDefining) => Some(Reason::Rises),
        Some(Tier::Core | Tier::Common) => Some(Reason::Common),
        Some(_) => None,
        None => asked.share.is_some_and(|share| share >= COMMON).then_some(Reason::Common),
    }
}

/// Whether enough employers and postings ask for it.
pub(super) fn is_often_asked(asked: &Share) -> bool {
    let part = f64::from(asked.employers_with) >= NAMING_PART * f64::from(asked.employers);
    let many = is_enough(asked.employers_with as usize) || part && asked.employers_with >= NAMING_EMPLOYERS;
    many && asked.share.is_some_and(|share| share >= NAMING_SHARE)
}

/// Whether many employers ask for it, and for a reason: then an area can be named after it.
fn can_name(asked: &Share, contrast: Option<Contrast>) -> bool {
    is_often_asked(asked) && reason(asked, contrast).is_some()
}

/// How much a gap counts as an area.
fn size(skill: &SkillGap) -> f64 {
    let lacking = if skill.weight > 0.0 { skill.priority / skill.weight } else { 0.0 };
    skill.asked.share.unwrap_or(0.0) * lacking
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

/// Something is left to do.
fn is_open(skill: &SkillGap) -> bool {
    !matches!(skill.gap, GapKind::Met | GapKind::Answered)
}

/// Whether a skill can be in an area: enough employers and postings ask for it, it is no vague word, and it is
/// not what the person's job title says: how deep that goes, no title tells.
fn is_workable(skill: &SkillGap) -> bool {
    let vague = || TOO_WIDE.lines().any(|line| line.trim() == skill.id);
    let often = skill.asked.share.is_some_and(|share| share >= AREA_SHARE);
    often
        && skill.asked.employers_with >= AREA_EMPLOYERS
        && !skill.have_basis.starts_with(BY_TITLE)
        && !vague()
}

/// Areas as numbers of gaps: each grows around the largest free one of `heads`, which names it.
fn bundles(taxonomy: &Taxonomy, gaps: &[&SkillGap], pairs: &Pairs, mut heads: Vec<usize>) -> Vec<Vec<usize>> {
    heads.sort_by(|a, b| size(gaps[*b]).total_cmp(&size(gaps[*a])).then(a.cmp(b)));
    let mut free: Vec<usize> = (0..gaps.len()).collect();
    let mut areas: Vec<Vec<usize>> = Vec::new();
    for head in heads {
        if areas.len() == AREAS || !free.contains(&head) {
            continue;
        }
        free.retain(|i| *i != head);
        let mut area = vec![head];
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

fn describe(area: &[usize], gaps: &[&SkillGap], pairs: &Pairs, orders: &[Order]) -> Option<Focus> {
    let (&head, others) = area.split_first()?;
    let mut members: Vec<usize> = others.to_vec();
    members.sort_by(|a, b| size(gaps[*b]).total_cmp(&size(gaps[*a])).then(a.cmp(b)));
    members.insert(0, head);
    let ids: Vec<String> = members.iter().map(|&i| gaps[i].id.clone()).collect();
    // Ground outside the area counts only where it is asked for together with the area's head.
    let related = |order: &Order| {
        let ground = gaps.iter().position(|gap| gap.id == order.first);
        ground.is_some_and(|i| !members.contains(&i) && pairs.theta(i, head) >= TOGETHER)
    };
    let mut after: Vec<Order> = Vec::new();
    for order in orders.iter().filter(|o| ids.contains(&o.then) && related(o)) {
        if !after.iter().any(|known| known.first == order.first) {
            after.push(order.clone());
        }
    }
    Some(Focus {
        name: gaps[head].label.clone(),
        experience: None,
        reason: reason(&gaps[head].asked, gaps[head].contrast)?,
        size: size(gaps[head]),
        after,
        skills: ids,
        kindred: None,
    })
}

/// Kinds of experience that one can set out to gain; travel and being on call are asked of one's life.
fn can_be_gained(kind: ExperienceKind) -> bool {
    use ExperienceKind as K;
    !matches!(kind, K::Years | K::Travel | K::OnCall | K::Stage | K::Guided | K::ReportsTo)
}

/// Experience that the history does not show and that can be an area, the largest first.
pub(super) fn experiences(
    (skills, experience): (&[SkillGap], &[ExperienceGap]),
    gaps: &[&SkillGap],
    profile: &Profile,
) -> Vec<Focus> {
    let mut found: Vec<Focus> = Vec::new();
    // What is common at one's own level, too, comes with one's work: few write it down.
    let is_core = |gap: &ExperienceGap| gap.contrast.is_some_and(|contrast| contrast.tier == Tier::Core);
    let open = experience.iter().filter(|gap| gap.shown_by.is_none() && can_be_gained(gap.kind));
    for gap in open.filter(|gap| !is_core(gap)) {
        let share = gap.asked.share.unwrap_or(0.0);
        let interest = interest_in(profile, experience_name(gap.kind));
        let Some(reason) = reason(&gap.asked, gap.contrast).filter(|_| can_name(&gap.asked, gap.contrast))
        else {
            continue;
        };
        let size = share * distinctiveness(gap.contrast) * liking(interest);
        if size > 0.0 && !same::is_a_skill(gap, skills, gaps) {
            found.push(Focus {
                name: experience_name(gap.kind).to_owned(),
                experience: Some(gap.kind),
                skills: Vec::new(),
                reason,
                size,
                after: Vec::new(),
                kindred: None,
            });
        }
    }
    found.sort_by(|a, b| b.size.total_cmp(&a.size).then_with(|| a.name.cmp(&b.name)));
    found
}

/// No area before one that holds its ground, unless each is ground of the other.
fn put_in_order(focus: &mut Vec<Focus>) {
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
