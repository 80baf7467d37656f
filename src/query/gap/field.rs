//! One person held against one part of the market.

use super::{ExperienceGap, GapKind, GateGap, GateState, SkillGap, Target, WayOfWorking};
use crate::coded::{CodedGate, Rows, SkillCode, SkillCodes};
use crate::extract::{ExperienceKind, GateKind, Strength};
use crate::profile::Profile;
use crate::query::cohort::{Cohort, Tally};
use crate::query::contrast::{self, Contrast, Tier};
use crate::query::features::{self, What};
use crate::query::scope::{self, CohortCard};
use crate::query::stats::{MIN_EMPLOYERS, estimate};
use crate::taxonomy::{Kind, Skill, Taxonomy};
use rustc_hash::FxHashMap;
use std::ops::RangeInclusive;

/// Weight of a duty and of a welcome skill, a must being 1.
const DUTY_WEIGHT: f64 = 0.7;
const PREFERRED_WEIGHT: f64 = 0.4;
/// Depth needed when too few employers state one: working.
const USUAL_DEPTH: u8 = 2;
/// Employers that must state a depth before their median counts.
const DEPTH_EMPLOYERS: u32 = 3;
/// Depth assumed of a skill that a profile merely names.
const NAMED_DEPTH: u8 = 1;
/// Skills asked for by a smaller share are left out of the answer.
const SMALLEST_SHARE: f64 = 0.05;

/// What a skill that is held but not proven still lacks.
const UNPROVEN: f64 = 0.15;
/// Share of postings from which a gate is shown.
const SMALLEST_GATE: f64 = 0.05;
/// Credit for a held skill that entails, is a case of, or is related to the one asked for. Shown
/// as a bridge, never as the skill itself.
const CREDIT_IMPLIES: f64 = 0.8;
const CREDIT_NARROWER: f64 = 0.5;
const CREDIT_RELATED: f64 = 0.3;
/// Steps upwards within which a held skill counts as a case of a broader one.
const BROADER_STEPS: u8 = 3;

/// What all targets of one question share.
pub(super) struct Field<'a> {
    taxonomy: &'a Taxonomy,
    codes: SkillCodes,
    profile: &'a Profile,
    own: Cohort,
    own_tally: Tally,
    pub(super) own_card: CohortCard,
    whole: Tally,
    shown: Vec<(ExperienceKind, String)>,
}

impl<'a> Field<'a> {
    pub(super) fn new(
        rows: &'a Rows,
        taxonomy: &'a Taxonomy,
        profile: &'a Profile,
        own_level: u8,
        levels: &RangeInclusive<u8>,
    ) -> Self {
        // One's own level alone; when it has too few employers, its neighbours below the target.
        let mut own_levels = own_level..=own_level;
        let mut own = scope::part(rows, &own_levels, None);
        if own.employers().len() < MIN_EMPLOYERS as usize {
            let top = (own_level + 1).min(levels.start().saturating_sub(1)).max(own_level);
            own_levels = own_level.saturating_sub(1).max(1)..=top;
            own = scope::part(rows, &own_levels, None);
        }
        Self {
            taxonomy,
            codes: SkillCodes::new(taxonomy),
            profile,
            own_tally: features::tally(&own),
            own_card: CohortCard::of(&own, &own_levels, None),
            own,
            whole: features::tally(&Cohort::new(rows)),
            shown: profile.shown_experience(taxonomy),
        }
    }

    pub(super) fn target(&self, cohort: Cohort, card: CohortCard) -> Target {
        let tally = features::tally(&cohort);
        let mut contrasts = contrast::contrast(&tally, &self.own_tally, &self.whole, |feature| {
            features::asked_skill(feature).is_some() || features::is_experience(feature)
        });
        contrast::add_within(&mut contrasts, &cohort, &self.own, |c, at, list| {
            features::of_row(c.rows(), at, list);
        });
        let mut skills: Vec<SkillGap> = tally
            .sums
            .keys()
            .filter_map(|feature| features::asked_skill(*feature))
            .filter_map(|code| self.skill(&tally, code, contrasts.get(&What::Asked.of(code)).copied()))
            .collect();
        skills.sort_by(|a, b| {
            b.priority
                .total_cmp(&a.priority)
                .then(b.weight.total_cmp(&a.weight))
                .then_with(|| a.id.cmp(&b.id))
        });
        let experience =
            self.experience(&cohort, &tally, |kind| contrasts.get(&features::experience(kind)).copied());
        let coverage = self.coverage(&cohort, |code| need(&tally, code).0);
        Target {
            cohort: card,
            coverage,
            working: self.working(&tally, |code| contrasts.get(&What::Asked.of(code)).copied()),
            focus: super::focus::areas(&cohort, &skills),
            skills,
            experience,
            gates: self.gates(&cohort, &tally),
        }
    }

    fn skill(&self, tally: &Tally, code: SkillCode, contrast: Option<Contrast>) -> Option<SkillGap> {
        let concept = self.comparable(code)?;
        let part = |what: What| estimate(&tally.sum(what.of(code)), &tally.base).0;
        if part(What::Asked) < SMALLEST_SHARE {
            return None;
        }
        let (need, need_stated_by) = need(tally, code);
        let held = self.hold(&concept.id);
        let have = held.have;
        let gap = match have {
            0 => GapKind::Missing,
            have if have < need => GapKind::TooShallow,
            _ if !held.proven => GapKind::Unproven,
            _ => GapKind::Met,
        };
        let (credit, via) = held.credit(need);
        let interest = self.profile.interest(&concept.id);
        let weight =
            part(What::Required) + DUTY_WEIGHT * part(What::Duty) + PREFERRED_WEIGHT * part(What::Preferred);
        let lacking = if gap == GapKind::Unproven { UNPROVEN } else { 1.0 - credit };
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
            have,
            have_basis: held.basis.clone(),
            credit,
            via,
            interest,
            gap,
        })
    }

    /// The concept behind a code when it is something one can hold at a depth and a profile can
    /// show: languages, degrees and certificates are gates, industries are experience, and ways of
    /// working are answered apart.
    pub(super) fn comparable(&self, code: SkillCode) -> Option<&'a Skill> {
        let concept = self.taxonomy.skill(self.codes.get(code)?);
        let gate = matches!(concept.kind, Kind::Language | Kind::Degree | Kind::Certificate | Kind::Domain);
        (!gate && !features::is_way_of_working(concept)).then_some(concept)
    }

    /// How the person holds the skill `id`, and the best bridge to it.
    pub(super) fn hold(&self, id: &str) -> Holding {
        hold(self.taxonomy, self.profile, id)
    }

    /// Ways of working that the roles ask for: those that define the level first, then by share.
    fn working(&self, tally: &Tally, contrast: impl Fn(SkillCode) -> Option<Contrast>) -> Vec<WayOfWorking> {
        let mut list: Vec<WayOfWorking> = tally
            .sums
            .keys()
            .filter_map(|feature| features::asked_skill(*feature))
            .filter_map(|code| {
                let concept = self.taxonomy.skill(self.codes.get(code)?);
                let asked = tally.share(What::Asked.of(code));
                let often = asked.share.is_some_and(|p| p >= SMALLEST_SHARE);
                (often && features::is_way_of_working(concept)).then(|| WayOfWorking {
                    id: concept.id.clone(),
                    label: concept.label.clone(),
                    asked,
                    own: self.own_tally.share(What::Asked.of(code)),
                    contrast: contrast(code),
                    interest: self.profile.interest(&concept.id),
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

    fn experience(
        &self,
        cohort: &Cohort,
        tally: &Tally,
        contrast: impl Fn(ExperienceKind) -> Option<Contrast>,
    ) -> Vec<ExperienceGap> {
        let mut figures: FxHashMap<ExperienceKind, Vec<f32>> = FxHashMap::default();
        for at in 0..cohort.rows().len() {
            for facet in cohort.rows().experience(at) {
                figures.entry(facet.kind).or_default().extend(facet.min);
            }
        }
        let mut list: Vec<ExperienceGap> = figures
            .into_iter()
            // Working under guidance is what one leaves behind.
            .filter(|(kind, _)| *kind != ExperienceKind::Guided)
            .map(|(kind, mut stated)| {
                stated.sort_by(f32::total_cmp);
                ExperienceGap {
                    kind,
                    asked: tally.share(features::experience(kind)),
                    own: self.own_tally.share(features::experience(kind)),
                    contrast: contrast(kind),
                    figure: stated.get(stated.len() / 2).map(|middle| (*middle, stated.len())),
                    shown_by: self.shown.iter().find(|(k, _)| *k == kind).map(|(_, words)| words.clone()),
                }
            })
            .filter(|gap| gap.asked.share.is_none_or(|share| share >= SMALLEST_SHARE))
            .collect();
        list.sort_by(|a, b| {
            let share = |g: &ExperienceGap| g.asked.share.unwrap_or(0.0);
            share(b).total_cmp(&share(a)).then_with(|| (a.kind as u8).cmp(&(b.kind as u8)))
        });
        list
    }

    fn gates(&self, cohort: &Cohort, tally: &Tally) -> Vec<GateGap> {
        let words: &Rows = cohort.rows();
        let mut list: Vec<GateGap> = words
            .gate_words
            .list()
            .iter()
            .enumerate()
            .filter_map(|(number, word)| Some((features::gate(number as u32), CodedGate::from_word(word)?)))
            .filter(|(_, gate)| gate.strength == Strength::Required)
            .filter(|(feature, _)| estimate(&tally.sum(*feature), &tally.base).0 >= SMALLEST_GATE)
            .map(|(feature, gate)| GateGap {
                kind: gate.kind,
                state: self.gate_state(&gate),
                value: gate.value,
                required: tally.share(feature),
            })
            .collect();
        list.sort_by(|a, b| {
            let with = |g: &GateGap| g.required.employers_with;
            with(b).cmp(&with(a)).then_with(|| a.value.cmp(&b.value))
        });
        list
    }

    fn gate_state(&self, gate: &CodedGate) -> GateState {
        let value = gate.value.to_lowercase();
        match gate.kind {
            GateKind::Degree => match (degree_rank(&value), self.highest_degree()) {
                (Some(need), Some(have)) if have >= need => GateState::Met,
                (Some(_), Some(_)) => GateState::NotMet,
                _ => GateState::Unknown,
            },
            GateKind::Certificate | GateKind::Licence => {
                let same = |name: &str| {
                    name.to_lowercase().contains(&value)
                        || self.taxonomy.resolve(name).is_some_and(|at| self.taxonomy.skill(at).id == value)
                };
                let held = self.profile.certificates.iter().any(|c| same(&c.name));
                if held { GateState::Met } else { GateState::Unknown }
            }
            _ => GateState::Unknown,
        }
    }

    fn highest_degree(&self) -> Option<u8> {
        self.profile.degrees.iter().filter_map(|d| degree_rank(&d.name.to_lowercase())).max()
    }
}

/// How much more the target asks for it than one's own level: the ratio of shares within bounds.
/// What is asked for as much at one's own level is probably held, only not written down.
fn distinctiveness(contrast: Option<Contrast>) -> f64 {
    contrast.map_or(1.0, |c| ((c.target + 0.02) / (c.own + 0.02)).clamp(0.5, 3.0))
}

/// Interest moves priority: nobody gets good at what drains them.
fn liking(interest: Option<i8>) -> f64 {
    1.0 + 0.5 * f64::from(interest.unwrap_or(0))
}

/// How `profile` (resolved) holds the skill `id`, and the best bridge to it.
#[must_use]
pub fn hold(taxonomy: &Taxonomy, profile: &Profile, id: &str) -> Holding {
    if let Some(skill) = profile.skill(id) {
        let held = skill.held();
        let have = held.depth.unwrap_or(NAMED_DEPTH);
        return Holding { have, basis: held.basis.to_owned(), proven: held.proven, via: None };
    }
    let mut best: Option<(f64, String)> = None;
    if let Some(wanted) = taxonomy.by_id(id).map(|at| taxonomy.skill(at)) {
        for held in profile.skills.iter().filter_map(|s| s.id.as_deref()) {
            let Some(at) = taxonomy.by_id(held) else { continue };
            if let Some((credit, how)) = relation(taxonomy, taxonomy.skill(at), wanted)
                && best.as_ref().is_none_or(|(most, _)| credit > *most)
            {
                best = Some((credit, format!("{} {how} it", taxonomy.skill(at).label)));
            }
        }
    }
    Holding { have: 0, basis: String::new(), proven: false, via: best }
}

/// What `held` is worth for `wanted`, and in which words.
fn relation(taxonomy: &Taxonomy, held: &Skill, wanted: &Skill) -> Option<(f64, &'static str)> {
    if held.implies.contains(&wanted.id) || held.version_of.contains(&wanted.id) {
        Some((CREDIT_IMPLIES, "entails"))
    } else if is_case_of(taxonomy, held, &wanted.id, BROADER_STEPS) {
        Some((CREDIT_NARROWER, "is a case of"))
    } else if held.related.contains(&wanted.id) || wanted.related.contains(&held.id) {
        Some((CREDIT_RELATED, "is related to"))
    } else {
        None
    }
}

fn is_case_of(taxonomy: &Taxonomy, held: &Skill, wanted: &str, steps: u8) -> bool {
    let further = |id: &str| taxonomy.by_id(id).map(|at| taxonomy.skill(at));
    held.broader.iter().any(|id| {
        id == wanted
            || (steps > 1 && further(id).is_some_and(|up| is_case_of(taxonomy, up, wanted, steps - 1)))
    })
}

/// How a skill is held.
#[derive(Clone, Debug, PartialEq)]
pub struct Holding {
    /// Depth held, 0 when not held.
    pub have: u8,
    /// What `have` rests on.
    pub basis: String,
    /// Something beside the name proves it.
    pub proven: bool,
    /// Credit through the best relation of a held skill, and which; only where not held itself.
    pub via: Option<(f64, String)>,
}

impl Holding {
    /// Credit for the skill at depth `need`, and the bridge that gives it, if one does.
    #[must_use]
    pub fn credit(&self, need: u8) -> (f64, Option<String>) {
        let direct = f64::from(self.have.min(need)) / f64::from(need.max(1));
        match &self.via {
            Some((credit, via)) if *credit > direct => (*credit, Some(via.clone())),
            _ => (direct, None),
        }
    }
}

/// What a skill asked for with this strength weighs: a must 1.
pub(super) fn importance(strength: Strength) -> f64 {
    match strength {
        Strength::Context => 0.0,
        Strength::Duty => DUTY_WEIGHT,
        Strength::Preferred => PREFERRED_WEIGHT,
        Strength::Required => 1.0,
    }
}

/// Depth needed: the weighted median of the depths stated, and how many employers state one.
fn need(tally: &Tally, code: SkillCode) -> (u8, u32) {
    let stated: Vec<(u8, f64, u32)> = (1..=4)
        .map(|depth| {
            let sum = tally.sum(What::Depth(depth).of(code));
            (depth, sum.k, sum.employers)
        })
        .collect();
    let employers = stated.iter().map(|(_, _, employers)| employers).sum();
    if employers < DEPTH_EMPLOYERS {
        return (USUAL_DEPTH, employers);
    }
    let half = stated.iter().map(|(_, weight, _)| weight).sum::<f64>() / 2.0;
    let mut below = 0.0;
    for (depth, weight, _) in &stated {
        below += weight;
        if below >= half {
            return (*depth, employers);
        }
    }
    (USUAL_DEPTH, employers)
}

/// Ranks of degrees, for "at least": the words that postings and profiles use.
fn degree_rank(name: &str) -> Option<u8> {
    const RANKS: [(&[&str], u8); 5] = [
        (&["phd", "ph.d", "doctor", "dphil", "promotion"], 5),
        (&["master", "msc", "m.sc", "mba", "meng", "m.s.", "diplom", "magister"], 4),
        (&["bachelor", "bsc", "b.sc", "beng", "b.a", "b.s.", "bs", "ba", "degree", "undergraduate"], 3),
        (&["associate", "foundation degree", "hnd"], 2),
        (&["apprentice", "vocational", "ausbildung", "diploma", "high-school", "high school", "a-level"], 1),
    ];
    RANKS.iter().find(|(words, _)| words.iter().any(|w| name.contains(w))).map(|(_, rank)| *rank)
}
