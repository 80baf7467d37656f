//! Where a number comes from: the postings and their sentences.
//!
//! Sentences are not stored. The posting is read from the corpus and extracted again, so that an
//! explanation cannot disagree with the extractor.

use super::cohort::Cohort;
use super::scope::{self, CohortCard, Scope};
use super::stats::Share;
use super::{QueryError, Snapshot, Source};
use crate::coded::SkillCode;
use crate::corpus::Corpus;
use crate::extract::{Extraction, Input, Scratch, SkillClaim, Strength, extract};
use crate::index::PostingIndex;
use crate::level::Track;
use crate::posting::Posting;
use crate::query::features::{self, What};
use crate::taxonomy::{SkillRef, Taxonomy};
use crate::text::Document;
use serde::Serialize;
use std::ops::RangeInclusive;

/// Longest quote, in characters.
const QUOTE_CHARS: usize = 240;

/// One posting that asks for the skill.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quote {
    /// Posting key.
    pub posting: String,
    /// Title.
    pub title: String,
    /// Employer.
    pub company: String,
    /// Address of the posting.
    pub url: Option<String>,
    /// Level 1–8.
    pub level: Option<u8>,
    /// How strongly it asks.
    pub strength: Strength,
    /// Depth asked for, 1–4.
    pub depth: Option<u8>,
    /// Years asked for.
    pub years: Option<f32>,
    /// The sentence, as a reader sees it.
    pub sentence: String,
    /// First byte of the words in the description as published.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// The explanation of one skill's share in a cohort.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// What it was computed from.
    pub snapshot: Snapshot,
    /// Taxonomy id.
    pub id: String,
    /// Label.
    pub label: String,
    /// The cohort.
    pub cohort: CohortCard,
    /// Postings that ask for it.
    pub asked: Share,
    /// Postings that require it.
    pub required: Share,
    /// Postings that name it as a duty.
    pub duty: Share,
    /// Postings that welcome it.
    pub preferred: Share,
    /// Employers by depth stated, 1–4.
    pub depths: [u32; 4],
    /// How the share is computed, in words.
    pub formula: &'static str,
    /// Quotes, at most one posting an employer first.
    pub quotes: Vec<Quote>,
}

/// How shares are computed, for people.
pub const FORMULA: &str = "share = Σ w·x / Σ w over postings, x = 1 when the posting asks for it, \
w = min(1, 5 / postings of the employer); interval: 90 % Wilson on the effective sample size \
p(1−p)/V, V = the variance between employers (ratio estimator)";

/// Explains the share of `skill` among the postings of `scope` at `levels`, with at most `limit`
/// quotes.
///
/// # Errors
/// When index or corpus cannot be read.
pub fn explain(
    index: &PostingIndex,
    corpus: &Corpus,
    taxonomy: &Taxonomy,
    skill: SkillRef,
    scope: &Scope,
    levels: &RangeInclusive<u8>,
    limit: usize,
) -> Result<Explanation, QueryError> {
    let source = Source::Index(index);
    let concept = taxonomy.skill(skill);
    let code = SkillCode::of(&concept.id);
    let rows = scope.rows(source)?;
    let cohort = scope::part(&rows, levels, scope.track);
    let tally = features::tally(&cohort);
    let picked = pick(&cohort, code, limit);
    let keys = index.keys(&picked.iter().map(|at| cohort.rows().head(*at).id).collect::<Vec<_>>())?;
    let mut quotes = Vec::new();
    let mut scratch = Scratch::default();
    for key in keys {
        // A posting that the corpus has lost since the index was built has nothing to show.
        let Some(stored) = corpus.get(&key)? else { continue };
        let posting = stored.posting;
        let extraction = extract(taxonomy, &Input::of(&posting), &mut scratch);
        if let Some(claim) = extraction.skills.iter().find(|c| c.id == concept.id) {
            quotes.push(quote(&posting, &extraction, claim));
        }
    }
    Ok(Explanation {
        snapshot: source.snapshot()?,
        id: concept.id.clone(),
        label: concept.label.clone(),
        cohort: CohortCard::of(&cohort, levels, scope.track),
        asked: tally.share(What::Asked.of(code)),
        required: tally.share(What::Required.of(code)),
        duty: tally.share(What::Duty.of(code)),
        preferred: tally.share(What::Preferred.of(code)),
        depths: [1, 2, 3, 4].map(|depth| tally.sum(What::Depth(depth).of(code)).employers),
        formula: FORMULA,
        quotes,
    })
}

/// Rows to quote: one an employer in turn, the strongest first.
fn pick(cohort: &Cohort, code: SkillCode, limit: usize) -> Vec<usize> {
    let mut found: Vec<(usize, std::cmp::Reverse<Strength>, Option<u64>, usize)> = Vec::new();
    for span in cohort.employers() {
        let mut here: Vec<(Strength, usize)> = span
            .clone()
            .filter_map(|at| {
                let skill = cohort.rows().skills(at).find(|s| s.skill == code)?;
                (skill.strength > Strength::Context).then_some((skill.strength, at))
            })
            .collect();
        here.sort_by_key(|(strength, at)| (std::cmp::Reverse(*strength), *at));
        for (turn, (strength, at)) in here.into_iter().enumerate() {
            found.push((turn, std::cmp::Reverse(strength), cohort.rows().head(at).employer, at));
        }
    }
    found.sort_unstable();
    found.into_iter().take(limit).map(|(.., at)| at).collect()
}

fn quote(posting: &Posting, extraction: &Extraction, claim: &SkillClaim) -> Quote {
    Quote {
        posting: posting.key.to_string(),
        title: posting.title.clone(),
        company: posting.company.clone().unwrap_or_default(),
        url: posting.url.clone(),
        level: extraction.level.value,
        strength: claim.strength,
        depth: claim.depth,
        years: claim.years,
        sentence: sentence(posting, claim.span.start, claim.span.end),
        start: claim.span.start,
        end: claim.span.end,
    }
}

/// The sentence of `posting` around bytes `start..end` of its description, as a reader sees it.
#[must_use]
pub fn sentence(posting: &Posting, start: usize, end: usize) -> String {
    let document = Document::new(&posting.description, posting.markup);
    let around = document.blocks().iter().find(|block| {
        let original = document.original(block.range());
        original.start <= start && start < original.end
    });
    let middle = posting.description.get(start..end).unwrap_or_default();
    around.map_or_else(|| middle.to_owned(), |block| shorten(&document.surface(block.range()), middle))
}

/// Cuts `text` to [`QUOTE_CHARS`] characters around `middle`.
fn shorten(text: &str, middle: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= QUOTE_CHARS {
        return text.to_owned();
    }
    let at = text.find(middle).map_or(0, |byte| text[..byte].chars().count());
    let from = at.saturating_sub(QUOTE_CHARS / 2).min(chars.len() - QUOTE_CHARS);
    let cut: String = chars[from..from + QUOTE_CHARS].iter().collect();
    let start = if from > 0 { "…" } else { "" };
    let end = if from + QUOTE_CHARS < chars.len() { "…" } else { "" };
    format!("{start}{cut}{end}")
}

/// Levels and track of a cohort in words, e.g. `level 6–7, management`.
#[must_use]
pub fn describe(levels: &RangeInclusive<u8>, track: Option<Track>) -> String {
    let levels = if levels.start() == levels.end() {
        format!("level {}", levels.start())
    } else {
        format!("levels {}–{}", levels.start(), levels.end())
    };
    match track {
        None => levels,
        Some(Track::Ic) => format!("{levels}, individual contributors"),
        Some(Track::Management) => format!("{levels}, management"),
    }
}
