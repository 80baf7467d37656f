//! Where a number comes from: how it is computed, from what, and the postings with their sentences.
//!
//! Sentences are not stored. The posting is read from the corpus and extracted again, so that an
//! explanation cannot disagree with the extractor. The bundled market has figures only: there is
//! nothing to quote.

use super::cohort::{Cohort, Tally};
use super::gap::{self, Figure, GateName, Holdings, MOST_CREDIT, Market};
use super::scope::{self, CohortCard, Scope};
use super::search::skill;
use super::stats::{Share, estimate};
use super::{QueryError, Snapshot, Source};
use crate::coded::{SkillCode, SkillCodes};
use crate::corpus::Corpus;
use crate::extract::{ExperienceKind, Extraction, Gate, GateKind, Input, Scratch, Span, Strength, extract};
use crate::index::PostingIndex;
use crate::level::Track;
use crate::posting::Posting;
use crate::profile::Profile;
use crate::query::features::{self, What};
use crate::taxonomy::{SkillRef, Taxonomy};
use crate::text::Document;
use serde::Serialize;
use std::ops::RangeInclusive;

/// Skills named as asked for beside the one explained.
const BESIDE: usize = 8;
/// Ratio to chance from which a skill counts as asked for beside another, and employers needed.
const BESIDE_LIFT: f64 = 1.2;
const BESIDE_EMPLOYERS: u32 = 3;
/// Rows of the market shown behind a coverage, the heaviest first.
const COVERAGE_ROWS: usize = 40;
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

/// What is explained.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// The share of a skill.
    Skill(SkillRef),
    /// The share and figures of an experience.
    Experience(ExperienceKind),
    /// The share of a gate.
    Gate(GateName),
}

/// A skill that is asked for beside another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Beside {
    /// Label.
    pub label: String,
    /// Share among the postings that ask for the one explained.
    pub given: Share,
    /// Share among all postings of the cohort.
    pub overall: Share,
}

/// The explanation of one share in a cohort.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// What it was computed from.
    pub snapshot: Snapshot,
    /// What kind of row of the gap it is: `skill`, `experience` or `gate`.
    pub row: &'static str,
    /// Taxonomy id, kind of experience, or gate.
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
    /// Employers by depth stated, 1–4; only of skills.
    pub depths: [u32; 4],
    /// The figure that employers state; only of experience.
    pub figure: Option<Figure>,
    /// Employers by figure stated; only of experience.
    pub figures: Vec<(f64, u32)>,
    /// What is asked for beside it; only of skills.
    pub beside: Vec<Beside>,
    /// How the share is computed, in words.
    pub formula: &'static str,
    /// Quotes, at most one posting an employer first. None from the bundled market.
    pub quotes: Vec<Quote>,
    /// What else has this name: mentoring is an experience and a skill.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Explanation>,
}

/// Everything that `what` names, as rows of the gap are called: experience and gates first, then the
/// skill of that name; never empty.
///
/// # Errors
/// When nothing has that name.
pub fn subjects(taxonomy: &Taxonomy, what: &str) -> Result<Vec<Subject>, QueryError> {
    let what = what.trim();
    // "Language models" is a skill, "language: english" a gate.
    let named = gap::gate_named(what).filter(|_| what.contains(':') || skill(taxonomy, what).is_err());
    if let Some(gate) = named {
        return Ok(vec![Subject::Gate(gate)]);
    }
    let (name, experience_only) = match what.strip_suffix("(experience)") {
        Some(name) => (name.trim(), true),
        None => (what, false),
    };
    let mut found: Vec<Subject> = gap::experience_named(name).map(Subject::Experience).into_iter().collect();
    match skill(taxonomy, name) {
        Ok(at) => {
            // Beside an experience only a skill of just that name, not one that it is another word for.
            let label = &taxonomy.skill(at).label;
            if found.is_empty() || !experience_only && label.eq_ignore_ascii_case(name) {
                found.push(Subject::Skill(at));
            }
        }
        Err(error) if found.is_empty() => return Err(error),
        Err(_) => {}
    }
    Ok(found)
}

/// How shares are computed, for people.
pub const FORMULA: &str = "share = Σ w·x / Σ w over postings, x = 1 when the posting asks for it, \
w = min(1, 5 / postings of the employer); interval: 90 % Wilson on the effective sample size \
p(1−p)/V, V = the variance between employers (ratio estimator)";

/// How coverage is computed, for people.
pub const COVERAGE_FORMULA: &str = "coverage = Σ weight · credit / Σ weight over everything asked for; \
weight = Σ over postings of w (must 1, duty 0.7, welcome 0.4), per posting; credit = depth held / depth \
needed, at most 1, or at most 0.5 through a related skill; of alternatives the best counts";

/// Where texts are, when there are any.
pub type Texts<'a> = Option<(&'a PostingIndex, &'a Corpus)>;

/// Explains the share of `subject` among the postings of `scope` at `levels`, with at most `limit`
/// quotes from `texts`, whose index is the source.
///
/// # Errors
/// When source or corpus cannot be read.
pub fn explain(
    source: Source<'_>,
    texts: Texts<'_>,
    taxonomy: &Taxonomy,
    subject: &Subject,
    scope: &Scope,
    levels: &RangeInclusive<u8>,
    limit: usize,
) -> Result<Explanation, QueryError> {
    let rows = scope.rows(source)?;
    let cohort = scope::part(&rows, levels, scope.track);
    // Of a skill these are features of the tally; experience and gates are counted by strength here.
    let tally = match subject {
        Subject::Skill(_) => features::tally(&cohort),
        _ => cohort.tally(|at, list| {
            let found = strength_in(&cohort, at, taxonomy, subject);
            list.extend(found.into_iter().flat_map(|strength| [0, 1 + strength as u64]));
        }),
    };
    let (id, label) = name(taxonomy, subject);
    let feature = |what: What, strength: Strength| match subject {
        Subject::Skill(_) => what.of(SkillCode::of(&id)),
        _ => 1 + strength as u64,
    };
    let asked = match subject {
        Subject::Skill(_) => What::Asked.of(SkillCode::of(&id)),
        _ => 0,
    };
    let stated = match subject {
        Subject::Experience(kind) => gap::figures(&cohort, *kind),
        _ => Vec::new(),
    };
    let picked = pick(&cohort, taxonomy, subject, limit);
    Ok(Explanation {
        snapshot: source.snapshot()?,
        cohort: CohortCard::of(&cohort, levels, scope.track),
        asked: tally.share(asked),
        required: tally.share(feature(What::Required, Strength::Required)),
        duty: tally.share(feature(What::Duty, Strength::Duty)),
        preferred: tally.share(feature(What::Preferred, Strength::Preferred)),
        depths: match subject {
            Subject::Skill(_) => {
                [1, 2, 3, 4].map(|depth| tally.sum(What::Depth(depth).of(SkillCode::of(&id))).employers)
            }
            _ => [0; 4],
        },
        figure: gap::figure(&stated, cohort.employers().len()),
        figures: gap::distribution(&stated),
        beside: match subject {
            Subject::Skill(_) => beside(&cohort, &tally, taxonomy, SkillCode::of(&id)),
            _ => Vec::new(),
        },
        formula: FORMULA,
        quotes: quotes(texts, taxonomy, subject, &cohort, &picked)?,
        also: Vec::new(),
        row: match subject {
            Subject::Skill(_) => "skill",
            Subject::Experience(_) => "experience",
            Subject::Gate(_) => "gate",
        },
        id,
        label,
    })
}

fn name(taxonomy: &Taxonomy, subject: &Subject) -> (String, String) {
    match subject {
        Subject::Skill(skill) => {
            let concept = taxonomy.skill(*skill);
            (concept.id.clone(), concept.label.clone())
        }
        Subject::Experience(kind) => {
            let id = serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(str::to_owned));
            (id.unwrap_or_default(), gap::experience_name(*kind).to_owned())
        }
        Subject::Gate(gate) => {
            let words = gate.label();
            (words.clone(), words)
        }
    }
}

/// How strongly row `at` asks for the subject, if it does.
fn strength_in(cohort: &Cohort, at: usize, taxonomy: &Taxonomy, subject: &Subject) -> Option<Strength> {
    let rows = cohort.rows();
    let found = match subject {
        Subject::Skill(skill) => {
            let code = SkillCode::of(&taxonomy.skill(*skill).id);
            rows.skills(at).filter(|s| s.skill == code).map(|s| s.strength).max()
        }
        Subject::Experience(kind) => {
            rows.experience(at).filter(|e| e.kind == *kind).map(|e| e.strength).max()
        }
        Subject::Gate(name) => rows.gates(at).filter(|gate| name.is(gate)).map(|gate| gate.strength).max(),
    };
    found.filter(|strength| *strength > Strength::Context)
}

/// What postings that ask for `code` ask for more than others do.
fn beside(cohort: &Cohort, tally: &Tally, taxonomy: &Taxonomy, code: SkillCode) -> Vec<Beside> {
    let asks = |at: usize| {
        let asked =
            |skill: crate::coded::CodedSkill| skill.skill == code && skill.strength > Strength::Context;
        cohort.rows().skills(at).any(asked)
    };
    let with = Cohort::of(cohort.rows(), asks);
    let given = features::tally_asked(&with);
    let codes = SkillCodes::new(taxonomy);
    let others =
        given.sums.keys().filter_map(|feature| features::asked_skill(*feature)).filter(|c| *c != code);
    let mut found: Vec<(f64, Beside)> = others
        .filter_map(|other| {
            let concept = taxonomy.skill(codes.get(other)?);
            let feature = What::Asked.of(other);
            let share = estimate(&given.sum(feature), &given.base).0;
            let overall = estimate(&tally.sum(feature), &tally.base).0;
            let telling = given.sum(feature).employers >= BESIDE_EMPLOYERS && share >= BESIDE_LIFT * overall;
            (telling && features::is_comparable(concept)).then(|| {
                let label = concept.label.clone();
                (share, Beside { label, given: given.share(feature), overall: tally.share(feature) })
            })
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.label.cmp(&b.1.label)));
    found.into_iter().take(BESIDE).map(|(_, beside)| beside).collect()
}

fn quotes(
    texts: Texts<'_>,
    taxonomy: &Taxonomy,
    subject: &Subject,
    cohort: &Cohort,
    picked: &[usize],
) -> Result<Vec<Quote>, QueryError> {
    let Some((index, corpus)) = texts else { return Ok(Vec::new()) };
    let keys = index.keys(&picked.iter().map(|at| cohort.rows().head(*at).id).collect::<Vec<_>>())?;
    let mut quotes = Vec::new();
    let mut scratch = Scratch::default();
    for key in keys {
        // A posting that the corpus has lost since the index was built has nothing to show.
        let Some(stored) = corpus.get(&key)? else { continue };
        let extraction = extract(taxonomy, &Input::of(&stored.posting), &mut scratch);
        quotes.extend(quote(&stored.posting, &extraction, taxonomy, subject));
    }
    Ok(quotes)
}

/// One row behind a coverage.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CoverageRow {
    /// Labels of which one will do.
    pub any_of: Vec<String>,
    /// Weight among everything asked for.
    pub weight: f64,
    /// Weight among what is required.
    pub required: f64,
    /// Depth needed of the one that counts, 1–4, and depth held.
    pub depth: (u8, u8),
    /// Credit 0–1.
    pub credit: f64,
    /// The held skill that gives credit through a relation, and which relation.
    pub via: Option<String>,
}

/// The explanation of a coverage: the sums and the heaviest of their rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CoverageExplained {
    /// What it was computed from.
    pub snapshot: Snapshot,
    /// The cohort.
    pub cohort: CohortCard,
    /// The result, with intervals and posting by posting.
    pub coverage: gap::Coverage,
    /// Things asked for in all.
    pub asks: usize,
    /// Σ weight · credit and Σ weight: of what is required, then of everything.
    pub sums: [(f64, f64); 2],
    /// The heaviest rows.
    pub rows: Vec<CoverageRow>,
    /// How it is computed, in words.
    pub formula: &'static str,
}

/// Explains the coverage of each target of `request`.
///
/// # Errors
/// When the source cannot be read.
pub fn coverage(
    source: Source<'_>,
    taxonomy: &Taxonomy,
    profile: &Profile,
    request: &gap::GapRequest,
    today: jiff::civil::Date,
) -> Result<Vec<CoverageExplained>, QueryError> {
    let answer = gap::gap(source, taxonomy, profile, request, today)?;
    let holdings = Holdings::new(taxonomy, profile);
    let explained = answer.targets.into_iter().map(|target| {
        let mut rows = coverage_rows(&target.market, taxonomy, &holdings);
        let sum = |weight: fn(&CoverageRow) -> f64| {
            rows.iter().fold((0.0, 0.0), |(a, b), row| (a + weight(row) * row.credit, b + weight(row)))
        };
        let sums = [sum(|row| row.required), sum(|row| row.weight)];
        let asks = rows.len();
        rows.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.any_of.cmp(&b.any_of)));
        rows.truncate(COVERAGE_ROWS);
        CoverageExplained {
            snapshot: answer.snapshot.clone(),
            cohort: target.cohort,
            coverage: target.coverage,
            asks,
            sums,
            rows,
            formula: COVERAGE_FORMULA,
        }
    });
    Ok(explained.collect())
}

fn coverage_rows(market: &Market, taxonomy: &Taxonomy, holdings: &Holdings<'_>) -> Vec<CoverageRow> {
    let label =
        |id: &String| taxonomy.by_id(id).map_or_else(|| id.clone(), |at| taxonomy.skill(at).label.clone());
    let row = |ask: &gap::Ask| {
        let mut row = CoverageRow {
            any_of: ask.any_of.iter().map(label).collect(),
            weight: ask.weight,
            required: ask.required,
            depth: (0, 0),
            credit: 0.0,
            via: None,
        };
        for id in &ask.any_of {
            let (need, held) = (market.need.get(id).copied().unwrap_or(1), holdings.of(id));
            let (credit, via) = held.credit(need);
            debug_assert!(via.is_none() || credit <= MOST_CREDIT);
            if row.depth.0 == 0 || credit > row.credit {
                (row.depth, row.credit, row.via) = ((need, held.have), credit, via);
            }
        }
        row
    };
    market.asks.iter().map(row).collect()
}

/// Rows to quote: one an employer in turn, the strongest first.
fn pick(cohort: &Cohort, taxonomy: &Taxonomy, subject: &Subject, limit: usize) -> Vec<usize> {
    let mut found: Vec<(usize, std::cmp::Reverse<Strength>, Option<u64>, usize)> = Vec::new();
    for span in cohort.employers() {
        let mut here: Vec<(Strength, usize)> =
            span.clone().filter_map(|at| Some((strength_in(cohort, at, taxonomy, subject)?, at))).collect();
        here.sort_by_key(|(strength, at)| (std::cmp::Reverse(*strength), *at));
        for (turn, (strength, at)) in here.into_iter().enumerate() {
            found.push((turn, std::cmp::Reverse(strength), cohort.rows().head(at).employer, at));
        }
    }
    found.sort_unstable();
    found.into_iter().take(limit).map(|(.., at)| at).collect()
}

/// The words of `posting` that ask for the subject most strongly.
fn quote(
    posting: &Posting,
    extraction: &Extraction,
    taxonomy: &Taxonomy,
    subject: &Subject,
) -> Option<Quote> {
    let mut found: Vec<(Strength, &Span, Option<u8>, Option<f32>)> = match subject {
        Subject::Skill(skill) => {
            let id = &taxonomy.skill(*skill).id;
            let claims = extraction.skills.iter().filter(|claim| claim.id == *id);
            claims.map(|c| (c.strength, &c.span, c.depth, c.years)).collect()
        }
        Subject::Experience(kind) => {
            let facets = extraction.experience.iter().filter(|e| e.kind == *kind);
            facets.map(|e| (e.strength, &e.span, None, None)).collect()
        }
        Subject::Gate(name) => {
            let same = |g: &&Gate| {
                let or_equivalent = g.or_equivalent && g.kind == GateKind::Degree;
                g.kind == name.kind
                    && g.value.to_lowercase() == name.value
                    && or_equivalent == name.or_equivalent
            };
            extraction.gates.iter().filter(same).map(|g| (g.strength, &g.span, None, None)).collect()
        }
    };
    found.sort_by_key(|(strength, span, ..)| (std::cmp::Reverse(*strength), span.start));
    let (strength, span, depth, years) = found.into_iter().next()?;
    Some(Quote {
        posting: posting.key.to_string(),
        title: posting.title.clone(),
        company: posting.company.clone().unwrap_or_default(),
        url: posting.url.clone(),
        level: extraction.level.value,
        strength,
        depth,
        years,
        sentence: sentence(posting, span.start, span.end),
        start: span.start,
        end: span.end,
    })
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
