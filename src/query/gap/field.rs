//! One person held against one part of the market.

use super::coverage::{Asks, DUTY_WEIGHT, Measure, PREFERRED_WEIGHT, Worth, coverage};
use super::gates::{self, Experience, GateName};
use super::hold::Holdings;
use super::{ExperienceGap, GapKind, GateGap, SkillGap, Target, WayOfWorking};
use crate::coded::{CodedGate, Rows, SkillCode, SkillCodes};
use crate::extract::{ExperienceKind, Strength};
use crate::profile::{Place, Profile};
use crate::query::cohort::{Cohort, Members, Shares, Tally};
use crate::query::contrast::{self, Contrast, Tier};
use crate::query::features::{self, What};
use crate::query::scope::{self, CohortCard};
use crate::query::stats::{Z90, estimate, is_enough};
use crate::taxonomy::{Skill, Taxonomy};
use rustc_hash::FxHashMap;
use std::ops::RangeInclusive;

/// Depth needed when too few employers state one: working.
const USUAL_DEPTH: u8 = 2;
/// Employers that must state a depth before their median counts.
pub const DEPTH_EMPLOYERS: u32 = 3;
/// Skills asked for by a smaller share are left out of the answer.
pub(super) const SMALLEST_SHARE: f64 = 0.05;
/// What a skill that is held but not proven still lacks.
const UNPROVEN: f64 = 0.15;
/// Share of postings from which a gate is shown.
const SMALLEST_GATE: f64 = 0.05;
/// Part of a skill's postings that must take a held skill instead before it is no gap.
const ANSWERED: f64 = 0.5;

/// The person, read once for everything that is asked about them.
pub(super) struct Person<'a> {
    pub(super) taxonomy: &'a Taxonomy,
    codes: SkillCodes,
    pub(super) profile: &'a Profile,
    pub(super) place: &'a Place,
    holdings: Holdings<'a>,
    /// Experience that the history shows, with the words that show it.
    shown: Vec<(ExperienceKind, String)>,
    /// Years in work.
    in_work: f64,
}

impl<'a> Person<'a> {
    pub(super) fn new(taxonomy: &'a Taxonomy, profile: &'a Profile, place: &'a Place) -> Self {
        Self {
            taxonomy,
            codes: SkillCodes::new(taxonomy),
            profile,
            place,
            holdings: Holdings::new(taxonomy, profile),
            shown: profile.shown_experience(taxonomy),
            in_work: (f64::from(place.years) * 10.0).round() / 10.0,
        }
    }

    /// What shows an experience: words of the history, or a skill that the profile lists and that is one thing
    /// with it.
    pub(super) fn shows(&self, kind: ExperienceKind) -> Option<String> {
        let words = self.shown.iter().find(|(known, _)| *known == kind).map(|(_, words)| words.clone());
        words.or_else(|| self.held_as(kind, USUAL_DEPTH))
    }

    /// What of an experience has begun: words that tell of it for some hours, or a skill at less than working depth.
    pub(super) fn has_begun(&self, kind: ExperienceKind) -> Option<String> {
        let words = (kind == ExperienceKind::PeopleLed).then(|| self.profile.in_charge()).flatten();
        words.or_else(|| self.held_as(kind, 1))
    }

    /// The skill that is one thing with an experience, held at `depth` at least.
    fn held_as(&self, kind: ExperienceKind, depth: u8) -> Option<String> {
        let skills = super::same::skills(kind).filter_map(|id| self.taxonomy.by_id(id));
        let skills = skills.map(|at| self.taxonomy.skill(at));
        let mut held = skills.filter(|skill| self.holdings.of(&skill.id).have >= depth);
        held.next().map(|skill| format!("your skill: {}", skill.label))
    }
}

/// What all targets at some levels share: the person, and the part of the market around them.
pub(super) struct Field<'a> {
    pub(super) person: &'a Person<'a>,
    own: Cohort,
    pub(super) own_tally: Tally,
    pub(super) own_card: CohortCard,
    whole: Shares,
}

impl<'a> Field<'a> {
    pub(super) fn new(rows: &Rows, person: &'a Person<'a>, levels: &RangeInclusive<u8>) -> Self {
        let ((own, own_card), whole) = rayon::join(
            || own_cohort(rows, person.place.level, levels),
            || {
                let members = Members::of(rows, |_| true);
                members.shares(rows, |at, list| features::compared_of_row(rows, at, list))
            },
        );
        Self {
            person,
            own_tally: own.tally(|at, list| features::compared_of_row(own.rows(), at, list)),
            own_card,
            own,
            whole,
        }
    }

    /// One target, but for its areas: what belongs to the trade is told for all targets together.
    pub(super) fn target(&self, cohort: &Cohort, card: CohortCard) -> Target {
        let tally = features::tally(cohort);
        let contrasts = self.contrasts(cohort, &tally);
        let of_skill = |code: SkillCode| contrasts.get(&What::Asked.of(code)).copied();
        let worth = self.worth(&tally);
        let asks = Asks::of(cohort, &worth);
        let answered =
            cohort.tally(|at, list| list.extend(asks.answered(at).map(|code| What::Asked.of(code))));
        let mut skills: Vec<SkillGap> = tally
            .sums
            .keys()
            .filter_map(|feature| features::asked_skill(*feature))
            .filter_map(|code| self.skill(&tally, code, of_skill(code), &answered))
            .collect();
        skills.sort_by(|a, b| {
            b.priority
                .total_cmp(&a.priority)
                .then(b.weight.total_cmp(&a.weight))
                .then_with(|| a.id.cmp(&b.id))
        });
        let experience =
            self.experience(cohort, &tally, |kind| contrasts.get(&features::experience(kind)).copied());
        let (coverage, market) =
            coverage(cohort, &asks, |code| Some((self.comparable(code)?.id.clone(), need(&tally, code).0)));
        let warning = card.is_thin().then(|| {
            format!("THIN DATA — {}: take the order of skills and areas as a hint only", card.in_words())
        });
        Target {
            warning,
            cohort: card,
            coverage,
            market,
            working: self.asked_apart(&tally, of_skill, features::is_way_of_working),
            generic: self.asked_apart(&tally, of_skill, |concept| {
                features::says_too_little(concept) && !features::is_way_of_working(concept)
            }),
            focus: Vec::new(),
            set_aside: super::focus::set_aside(&skills, &experience, self.person.profile),
            gates: self.gates(cohort, &tally, self.years(&experience)),
            skills,
            experience,
        }
    }

    /// How much of the musts at one's own level the profile covers: the measure for every other coverage,
    /// since no profile names all that its owner can do.
    pub(super) fn own_coverage(&self) -> Measure {
        let tally = features::tally(&self.own);
        let asks = Asks::of(&self.own, &self.worth(&tally));
        coverage(&self.own, &asks, |_| None).0.musts
    }

    /// Years in work beside those that the roles ask for.
    fn years(&self, experience: &[ExperienceGap]) -> Experience {
        let stated = experience.iter().find(|facet| facet.kind == ExperienceKind::Years);
        let asked = stated.and_then(|facet| facet.figure).map_or(0.0, |figure| figure.median);
        Experience { years: self.person.in_work, asked }
    }

    /// What differs between the target and one's own level; nothing where that has too few employers.
    pub(super) fn contrasts(&self, cohort: &Cohort, tally: &Tally) -> FxHashMap<u64, Contrast> {
        if !self.own_card.is_enough() {
            return FxHashMap::default();
        }
        let mut contrasts = contrast::contrast(
            tally,
            &self.own_tally,
            |feature| self.whole.of(feature),
            |feature| features::asked_skill(feature).is_some() || features::is_experience(feature),
        );
        contrast::add_within(&mut contrasts, cohort, &self.own, |c, at, list| {
            features::compared_of_row(c.rows(), at, list);
        });
        contrasts
    }

    fn skill(
        &self,
        tally: &Tally,
        code: SkillCode,
        contrast: Option<Contrast>,
        answered: &Tally,
    ) -> Option<SkillGap> {
        let concept = self.comparable(code)?;
        let part = |what: What| estimate(&tally.sum(what.of(code)), &tally.base).0;
        let asked = part(What::Asked);
        // What a single employer names is that employer's, not the role's.
        if asked < SMALLEST_SHARE || tally.sum(What::Asked.of(code)).employers < 2 {
            return None;
        }
        let (need, need_stated_by) = need(tally, code);
        let held = self.person.holdings.of(&concept.id);
        let answered = (estimate(&answered.sum(What::Asked.of(code)), &answered.base).0 / asked).min(1.0);
        let gap = match held.have {
            _ if !held.meets(need) && answered >= ANSWERED => GapKind::Answered,
            0 => GapKind::Missing,
            _ if !held.meets(need) => GapKind::TooShallow,
            _ if !held.proves(need) => GapKind::Unproven,
            _ => GapKind::Met,
        };
        let (credit, via) = held.credit(need);
        let interest = self.person.profile.interest(&concept.id);
        let weight =
            part(What::Required) + DUTY_WEIGHT * part(What::Duty) + PREFERRED_WEIGHT * part(What::Preferred);
        let lacking = if gap == GapKind::Unproven { UNPROVEN } else { (1.0 - credit) * (1.0 - answered) };
        Some(SkillGap {
            id: concept.id.clone(),
            label: concept.label.clone(),
            kind: concept.kind,
            asked: tally.share(What::Asked.of(code)),
            required: tally.share(What::Required.of(code)),
            own: self.own_tally.share(What::Asked.of(code)),
            priority: weight * lacking * distinctiveness(contrast) * liking(interest),
            contrast,
            weight,
            need,
            need_stated_by,
            have: held.have,
            have_basis: held.basis,
            derived: held.derived,
            credit,
            via,
            answered: is_enough(tally.sum(What::Asked.of(code)).employers as usize).then_some(answered),
            interest,
            gap,
        })
    }

    /// The concept behind a code when it is something one can hold at a depth and a profile can
    /// show: languages, degrees and certificates are gates, industries are experience, and ways of
    /// working are answered apart.
    pub(super) fn comparable(&self, code: SkillCode) -> Option<&'a Skill> {
        let concept = self.person.taxonomy.skill(self.person.codes.get(code)?);
        features::is_comparable(concept).then_some(concept)
    }

    /// What every comparable skill of the cohort is worth for the person.
    fn worth(&self, tally: &Tally) -> FxHashMap<SkillCode, Worth> {
        let asked = tally.sums.keys().filter_map(|feature| features::asked_skill(*feature));
        asked
            .filter_map(|code| {
                let held = self.person.holdings.of(&self.comparable(code)?.id);
                let need = need(tally, code).0;
                let worth = Worth {
                    met: held.meets(need),
                    credit: held.credit(need).0,
                    proven: held.proven_credit(need),
                };
                Some((code, worth))
            })
            .collect()
    }

    /// Those `wanted` of what the roles ask for and is not compared: those that define the level first,
    /// then by share.
    fn asked_apart(
        &self,
        tally: &Tally,
        contrast: impl Fn(SkillCode) -> Option<Contrast>,
        wanted: fn(&Skill) -> bool,
    ) -> Vec<WayOfWorking> {
        let mut list: Vec<WayOfWorking> = tally
            .sums
            .keys()
            .filter_map(|feature| features::asked_skill(*feature))
            .filter_map(|code| {
                let concept = self.person.taxonomy.skill(self.person.codes.get(code)?);
                let asked = tally.share(What::Asked.of(code));
                let often = asked.share.is_some_and(|p| p >= SMALLEST_SHARE);
                (often && wanted(concept)).then(|| WayOfWorking {
                    id: concept.id.clone(),
                    label: concept.label.clone(),
                    asked,
                    own: self.own_tally.share(What::Asked.of(code)),
                    contrast: contrast(code),
                    interest: self.person.profile.interest(&concept.id),
                })
            })
            .collect();
        let rises = |w: &WayOfWorking| w.contrast.is_some_and(|c| c.tier == Tier::LevelDefining);
        list.sort_by(|a, b| {
            let share = |w: &WayOfWorking| w.asked.share.unwrap_or(0.0);
            rises(b).cmp(&rises(a)).then(share(b).total_cmp(&share(a))).then_with(|| a.id.cmp(&b.id))
        });
        list
    }

    /// Gates that are required. Those who take experience instead of a degree are a gate of their own;
    /// both are shown where together they are often required.
    fn gates(&self, cohort: &Cohort, tally: &Tally, experience: Experience) -> Vec<GateGap> {
        let words = cohort.rows().gate_words.list().iter().enumerate();
        let gates: Vec<(u64, CodedGate)> = words
            .filter_map(|(number, word)| Some((features::gate(number as u32), CodedGate::from_word(word)?)))
            .filter(|(_, gate)| gate.strength == Strength::Required)
            .collect();
        let share = |feature: u64| estimate(&tally.sum(feature), &tally.base).0;
        let mut together: FxHashMap<(u8, &str), f64> = FxHashMap::default();
        for (feature, gate) in &gates {
            *together.entry((gate.kind as u8, gate.value.as_str())).or_default() += share(*feature);
        }
        let often = |gate: &CodedGate| together[&(gate.kind as u8, gate.value.as_str())] >= SMALLEST_GATE;
        let mut list: Vec<GateGap> = gates
            .iter()
            .filter(|(feature, gate)| often(gate) && tally.sum(*feature).employers > 0)
            .map(|(feature, gate)| {
                let (state, basis) =
                    gates::judge(self.person.taxonomy, self.person.profile, gate, experience);
                let CodedGate { kind, value, or_equivalent, .. } = gate.clone();
                let name = GateName { kind, value, or_equivalent };
                GateGap { name, state, basis, required: tally.share(*feature) }
            })
            .collect();
        list.sort_by(|a, b| {
            let with = |g: &GateGap| g.required.employers_with;
            with(b)
                .cmp(&with(a))
                .then_with(|| a.name.value.cmp(&b.name.value))
                .then_with(|| a.name.label().cmp(&b.name.label()))
        });
        list
    }
}

/// The cohort at one's own level alone; when it has too few employers, with its neighbours below the
/// target.
fn own_cohort(rows: &Rows, own_level: u8, levels: &RangeInclusive<u8>) -> (Cohort, CohortCard) {
    let mut own_levels = own_level..=own_level;
    let mut own = scope::part(rows, &own_levels, None);
    if !is_enough(own.employers().len()) {
        let top = (own_level + 1).min(levels.start().saturating_sub(1)).max(own_level);
        own_levels = own_level.saturating_sub(1).max(1)..=top;
        own = scope::part(rows, &own_levels, None);
    }
    let card = CohortCard::of(&own, &own_levels, None);
    (own, card)
}

/// How much more, or less, the target surely asks for it than one's own level: of the ratio's 90 %
/// interval the end nearer to one, within bounds. Where the test calls no difference it is 1, so that
/// chance orders nothing.
pub(super) fn distinctiveness(contrast: Option<Contrast>) -> f64 {
    let Some(c) = contrast.filter(|c| c.z != 0.0) else { return 1.0 };
    let (ratio, half) = (c.lift.ln(), Z90 * (c.delta / c.z).abs());
    let sure = match c.tier {
        Tier::LevelDefining => (ratio - half).max(0.0),
        Tier::Fading => (ratio + half).min(0.0),
        _ => 0.0,
    };
    sure.exp().clamp(0.5, 3.0)
}

/// Interest moves priority: nobody gets good at what drains them.
pub(super) fn liking(interest: Option<i8>) -> f64 {
    1.0 + 0.5 * f64::from(interest.unwrap_or(0))
}

/// Depth needed: the weighted median of the depths stated, and how many employers state one.
pub(super) fn need(tally: &Tally, code: SkillCode) -> (u8, u32) {
    let employers = tally.sum(What::Depth(0).of(code)).employers;
    if employers < DEPTH_EMPLOYERS {
        return (USUAL_DEPTH, employers);
    }
    let stated = (1..=4u8).map(|depth| (depth, tally.sum(What::Depth(depth).of(code)).k));
    let half = stated.clone().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut below = 0.0;
    for (depth, weight) in stated {
        below += weight;
        if below >= half {
            return (depth, employers);
        }
    }
    (USUAL_DEPTH, employers)
}
