//! What a heading says about the text below it.

use super::Section;
use super::phrases::Phrases;
use super::tokens::{Token, TokenKind};
use std::sync::OnceLock;

/// Cue phrases by section, with weights: `section<TAB>weight<TAB>phrase|phrase|…`.
const CUES: &str = include_str!("../../data/text/headings.tsv");

/// A heading whose winning section scores less than this says nothing.
const TELLING: i32 = 2;
/// Added when one phrase is the whole heading.
const WHOLE: i32 = 3;

#[derive(Clone, Copy)]
struct Cue {
    section: Section,
    weight: i32,
}

/// What was read from a heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) section: Section,
    /// Weight of the evidence: how much the words speak for the section.
    pub(super) score: i32,
}

fn cues() -> &'static Phrases<Cue> {
    static CUE_SET: OnceLock<Phrases<Cue>> = OnceLock::new();
    CUE_SET.get_or_init(|| Phrases::new(CUES.lines().filter(|l| !l.starts_with('#')).flat_map(row)))
}

fn row(line: &str) -> Vec<(&str, Cue)> {
    let mut cells = line.splitn(3, '\t');
    let (Some(section), Some(weight), Some(phrases)) = (cells.next(), cells.next(), cells.next()) else {
        return Vec::new();
    };
    let (Some(section), Ok(weight)) = (Section::from_name(section), weight.parse()) else {
        return Vec::new();
    };
    phrases.split('|').map(|phrase| (phrase, Cue { section, weight })).collect()
}

/// Reads a heading. `None` when it does not tell.
pub(super) fn read(text: &str, tokens: &[Token]) -> Option<Reading> {
    let words = tokens.iter().filter(|t| t.kind == TokenKind::Word).count();
    let mut scores = [0_i32; Section::ALL.len()];
    let mut at = 0;
    while at < tokens.len() {
        let Some((cue, len)) = cues().longest(text, tokens, at) else {
            at += 1;
            continue;
        };
        let covered = tokens[at..at + len].iter().filter(|t| t.kind == TokenKind::Word).count();
        let whole = if covered == words { WHOLE } else { 0 };
        scores[cue.section as usize] += cue.weight + whole;
        at += len;
    }
    // "Preferred qualifications", "equal benefits": the rarer, more telling section wins a tie.
    let best = Section::ALL.into_iter().max_by_key(|s| scores[*s as usize])?;
    let score = scores[best as usize];
    (score >= TELLING).then_some(Reading { section: best, score })
}

/// The longest heading phrase that begins at `tokens[at]`, and how many tokens it covers; only
/// phrases that are headings by themselves.
pub(super) fn phrase_at(text: &str, tokens: &[Token], at: usize) -> Option<(Section, usize)> {
    let (cue, len) = cues().longest(text, tokens, at)?;
    (cue.weight >= 4).then_some((cue.section, len))
}
