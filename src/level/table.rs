//! Reading the embedded tables of this module.

use crate::text::Phrases;
use crate::text::tables::{cells, lines};

/// Rows of an embedded table: cells by tab; the header line, empty lines and `#` lines left out.
pub(super) fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    lines(table)
        .skip(1)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| cells(line, b'\t').collect())
}

/// Phrases in which the first of two equal ones counts.
pub(super) fn first_wins<T: Copy>(mut phrases: Vec<(&'static str, T)>) -> Phrases<T> {
    phrases.reverse();
    Phrases::new(phrases)
}
