//! What a posting requires, how strongly, how deep, and the words that say so.
//!
//! A pure function of one posting: no I/O, no globals, the same bytes in give the same bytes
//! out on any number of threads.

mod types;

pub use types::*;

pub mod batch;

use crate::level::LevelEstimate;
use crate::posting::Markup;
use crate::taxonomy::Taxonomy;

/// What extraction reads of a posting.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Title, empty where there is none.
    pub title: &'a str,
    /// Employer, empty where unknown: its own name is no skill.
    pub company: &'a str,
    /// Body as published; every offset points into this string.
    pub description: &'a str,
    /// How the body is written. Plain text that plainly is HTML is read as HTML.
    pub markup: Markup,
}

/// Buffers of one worker, kept between postings so that extraction allocates little.
#[derive(Debug, Default)]
pub struct Scratch {}

/// Extracts everything one posting says. Never fails: poor input gives a poor result with a note.
#[must_use]
pub fn extract(_taxonomy: &Taxonomy, _input: &Input<'_>, _scratch: &mut Scratch) -> Extraction {
    Extraction {
        language: None,
        level: LevelEstimate::unknown(),
        family: None,
        years: Years::default(),
        skills: Vec::new(),
        experience: Vec::new(),
        activities: Vec::new(),
        gates: Vec::new(),
        facts: BodyFacts::default(),
        notes: Vec::new(),
    }
}
