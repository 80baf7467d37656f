//! The 8-level scale, its two tracks, and how far up a role is.
//!
//! 1 trainee · 2 entry · 3 intermediate · 4 senior · 5 staff, lead or manager · 6 principal or
//! senior manager · 7 distinguished or director · 8 fellow, vice president and above. Scope of
//! responsibility decides, not the word in the title.

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
