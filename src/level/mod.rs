//! The 8-level scale, its two tracks, and how far up a role is.
//!
//! 1 trainee · 2 entry · 3 intermediate · 4 senior · 5 staff, lead or manager · 6 principal or
//! senior manager · 7 distinguished or director · 8 fellow, vice president and above. Scope of
//! responsibility decides, not the word in the title.
//!
//! [`estimate`] reads the title in order (object phrases masked first), gives it a place on the
//! scale by rule, and moves that place by what a fitted ordinal model says of the words seen and
//! of the [`Cue`]s of the body. The employer's own structured field wins where it is known.
//! Tables and weights are data under `data/level/`; `MODEL_CARD.md` there has the scores.

pub mod cues;
pub mod family;
mod fields;
pub mod fit;
mod ladder;
mod model;
pub mod own;
mod scan;
mod table;
mod terms;
mod title;
mod variants;

pub use cues::{Cue, CueKind};
pub use family::FamilyEstimate;

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Individual contributor or manager of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Track {
    /// Individual contributor: leads by craft.
    Ic,
    /// Leads people.
    Management,
}

/// Where a word or fact that speaks for a level was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// In the title; ranges are bytes of the title.
    Title,
    /// In the body; ranges are bytes of the description as given.
    Description,
    /// In a structured field of the employer; no range.
    Field,
}

/// One reason for a level: the words and what they say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// What was read, e.g. `Staff` or `8+ years`.
    pub text: String,
    /// Where.
    pub origin: Origin,
    /// First byte there, where there is a text.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub start: Option<usize>,
    /// One past the last byte.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub end: Option<usize>,
    /// What it says, in plain words, e.g. `title word for level 5`.
    pub says: String,
}

impl Reason {
    /// A reason read from a text at `range`.
    #[must_use]
    pub fn at(origin: Origin, text: &str, range: Range<usize>, says: impl Into<String>) -> Self {
        Self {
            text: text.to_owned(),
            origin,
            start: Some(range.start),
            end: Some(range.end),
            says: says.into(),
        }
    }
}

/// An estimate of a level, with its doubt and its reasons.
///
/// `value` is `None` where nothing speaks for any level ("talent community"); `low..=high` is
/// then `1..=8`. A posting for several levels has an interval and its middle as value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelEstimate {
    /// Most likely level, 1–8.
    pub value: Option<u8>,
    /// Lower end of the interval, 1–8.
    pub low: u8,
    /// Upper end of the interval, 1–8.
    pub high: u8,
    /// Track, where it can be told.
    pub track: Option<Track>,
    /// Probability that `value` is right, 0–1.
    pub confidence: f32,
    /// Why.
    pub reasons: Vec<Reason>,
}

impl LevelEstimate {
    /// Nothing is known.
    #[must_use]
    pub fn unknown() -> Self {
        Self { value: None, low: 1, high: 8, track: None, confidence: 0.0, reasons: Vec::new() }
    }
}

/// Short name of a level, e.g. `senior` for 4.
#[must_use]
pub fn name(level: u8) -> &'static str {
    match level {
        0 | 1 => "trainee",
        2 => "entry",
        3 => "intermediate",
        4 => "senior",
        5 => "staff, lead or manager",
        6 => "principal or senior manager",
        7 => "distinguished or director",
        _ => "fellow, vice president or above",
    }
}

/// Structured fields of an employer or portal, in their own words or codes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fields<'a> {
    /// Department or team.
    pub department: Option<&'a str>,
    /// Level, e.g. `IC4`, `Mid-Senior level`.
    pub level: Option<&'a str>,
    /// Track, e.g. `IC`, `People Manager`.
    pub track: Option<&'a str>,
    /// Years of experience asked for, e.g. `5-7 years`.
    pub years: Option<&'a str>,
    /// Kind of employment: tells traineeships, and nothing else of rank.
    pub employment: Option<&'a str>,
}

/// What is known of a role when its level is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'a> {
    /// Title as published.
    pub title: &'a str,
    /// Employer, empty where unknown.
    pub company: &'a str,
    /// What the employer's structured fields say.
    pub fields: Fields<'a>,
    /// What the body says; see [`cues::read`].
    pub cues: &'a [Cue],
}

/// How far up the scale a role is, and why.
///
/// ```
/// use rungs::level::{Evidence, Track, estimate};
/// let level = estimate(&Evidence { title: "Senior Staff Software Engineer", ..Evidence::default() });
/// assert_eq!((level.value, level.track), (Some(6), Some(Track::Ic)));
/// let masked = estimate(&Evidence { title: "Assistant to the Director", ..Evidence::default() });
/// assert!(masked.value.unwrap() < 5);
/// ```
#[must_use]
pub fn estimate(evidence: &Evidence<'_>) -> LevelEstimate {
    let context = [evidence.company, evidence.fields.department.unwrap_or_default()];
    let reading = title::read(evidence.title, &context);
    let field = fields::read(evidence);
    model::Model::builtin().estimate(reading, field, evidence)
}
