//! Mentions of the whole posting gathered into one claim per skill.

use super::mentions::Named;
use super::types::{Mention, Provenance, SkillClaim, Span, Strength};
use crate::taxonomy::{Kind, SkillRef, Taxonomy};
use crate::text::{Document, Section};
use std::ops::Range;

/// One mention with its place in the visible text.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    skill: SkillRef,
    range: Range<usize>,
    likely: f32,
    strength: Strength,
    depth: Option<u8>,
    depth_cue: Option<Range<usize>>,
    years: Option<f32>,
    section: Section,
    example: bool,
    choice: u32,
}

impl Placed {
    /// A mention of one sentence, whose first token is `tokens[0]`.
    pub(super) fn new(
        named: &Named,
        tokens: &[crate::text::tokens::Token],
        section: Section,
    ) -> Option<Self> {
        let range = |first: usize, last: usize| {
            Some(tokens.get(first)?.start as usize..tokens.get(last)?.end as usize)
        };
        Some(Self {
            skill: named.skill,
            range: range(named.first, named.last)?,
            likely: named.likely,
            strength: named.strength,
            depth: named.depth,
            depth_cue: named.depth_cue.and_then(|(first, last)| range(first, last)),
            years: named.years,
            section,
            example: named.example,
            choice: named.choice,
        })
    }
}

/// The words at `range` of the visible text, as evidence.
pub(super) fn span(document: &Document, range: Range<usize>) -> Span {
    let surface = document.surface(range.clone());
    let original = document.original(range);
    Span { start: original.start, end: original.end, surface }
}

/// Gathers mentions into claims, in order of the text.
pub(super) fn gather(taxonomy: &Taxonomy, document: &Document, placed: &mut [Placed]) -> Vec<SkillClaim> {
    placed.sort_by_key(|mention| (mention.skill, mention.range.start));
    let mut claims: Vec<SkillClaim> = placed
        .chunk_by(|a, b| a.skill == b.skill)
        .map(|same| claim(taxonomy, document, same, placed))
        .collect();
    claims.sort_by_key(|claim| (claim.span.start, claim.span.end));
    claims
}

/// How telling a mention is.
fn weight(mention: &Placed) -> (Strength, bool, bool, u32) {
    let likely = (mention.likely * 1000.0) as u32;
    (mention.strength, mention.years.is_some(), mention.depth.is_some(), likely)
}

fn claim(taxonomy: &Taxonomy, document: &Document, same: &[Placed], all: &[Placed]) -> SkillClaim {
    let mut best = &same[0];
    for mention in same {
        if weight(mention) > weight(best) {
            best = mention;
        }
    }
    let skill = taxonomy.skill(best.skill);
    let deepest = same.iter().filter(|m| m.strength == best.strength).filter(|m| m.depth.is_some());
    let deepest = deepest.reduce(|a, b| if b.depth > a.depth { b } else { a });
    let years = same.iter().filter(|m| m.strength >= Strength::Preferred).filter_map(|m| m.years);
    let mut alternatives: Vec<String> = all
        .iter()
        .filter(|other| best.choice != 0 && other.choice == best.choice && other.skill != best.skill)
        // "A PhD or MSc in Physics": degrees are chosen among degrees.
        .filter(|other| stands_for(taxonomy.skill(other.skill).kind) == stands_for(skill.kind))
        .map(|other| taxonomy.skill(other.skill).id.clone())
        .collect();
    alternatives.sort_unstable();
    alternatives.dedup();
    let more = same.iter().filter(|m| m.range != best.range).map(|mention| Mention {
        span: span(document, mention.range.clone()),
        strength: mention.strength,
        depth: mention.depth,
        section: mention.section,
    });
    SkillClaim {
        id: skill.id.clone(),
        label: skill.label.clone(),
        esco: skill.esco.clone(),
        onet: skill.onet.clone(),
        kind: skill.kind,
        span: span(document, best.range.clone()),
        strength: best.strength,
        depth: deepest.and_then(|m| m.depth),
        depth_cue: deepest.and_then(|m| m.depth_cue.clone()).map(|range| span(document, range)),
        years: years.reduce(f32::max),
        section: best.section,
        provenance: Provenance::Explicit,
        confidence: confidence(best),
        alternatives,
        example: best.example,
        more: more.collect(),
    }
}

/// The kind of which another may stand for one of `kind`; `None` where kinds mix.
fn stands_for(kind: Kind) -> Option<Kind> {
    matches!(kind, Kind::Degree | Kind::Language | Kind::Certificate).then_some(kind)
}

/// Probability that the skill is really asked for.
fn confidence(mention: &Placed) -> f32 {
    let asked = match mention.strength {
        Strength::Required | Strength::Preferred => 1.0,
        Strength::Duty => 0.9,
        Strength::Context => 0.15,
    };
    let unsure = if mention.section == Section::Other { 0.8 } else { 1.0 };
    (mention.likely * asked * unsure * 100.0).round() / 100.0
}
