//! Fixed phrases looked up in tokens: section cues, depth cues, number words.

use super::filter::{Filter, Table};
use super::tokens::{Token, TokenKind, tokenize};
use rustc_hash::FxHashMap;

const START: u64 = 0x9e37_79b9_7f4a_7c15;

/// A set of phrases, each with a value; finds the longest that begins at a token.
///
/// Apostrophes do not count, so that `you'll`, `you’ll` and `you ll` are one.
#[derive(Debug)]
pub struct Phrases<T> {
    /// By hash of a phrase's beginning: the value when a phrase ends here.
    beginnings: Table<Option<T>>,
    /// Bloom filter over first tokens: most tokens begin no phrase.
    first: Filter<256>,
}

impl<T> Default for Phrases<T> {
    fn default() -> Self {
        Self { beginnings: Table::default(), first: Filter::default() }
    }
}

impl<T: Copy> Phrases<T> {
    /// Builds the set; of a phrase given twice, the last value stays.
    pub fn new<'p>(phrases: impl IntoIterator<Item = (&'p str, T)>) -> Self {
        let (mut beginnings, mut first) = (FxHashMap::default(), Filter::default());
        let mut tokens = Vec::new();
        for (phrase, value) in phrases {
            tokenize(phrase, &mut tokens);
            tokens.retain(|token| !is_apostrophe(token.of(phrase)));
            let mut hash = START;
            for (i, token) in tokens.iter().enumerate() {
                hash = step(hash, token.hash);
                if i == 0 {
                    first.add(token.hash);
                }
                let end = beginnings.entry(hash).or_insert(None);
                if i + 1 == tokens.len() {
                    *end = Some(value);
                }
            }
        }
        Self { beginnings: beginnings.into(), first }
    }

    /// The longest phrase that begins at `tokens[at]`: its value and how many tokens it covers.
    #[inline]
    #[must_use]
    pub fn longest(&self, text: &str, tokens: &[Token], at: usize) -> Option<(T, usize)> {
        let first = tokens.get(at)?;
        if !self.first.may_hold(first.hash) {
            return None;
        }
        let mut hash = START;
        let mut best = None;
        for (i, token) in tokens[at..].iter().enumerate() {
            if i > 0 && token.kind == TokenKind::Symbol && is_apostrophe(token.of(text)) {
                continue;
            }
            hash = step(hash, token.hash);
            match self.beginnings.get(hash) {
                None => break,
                Some(None) => {}
                Some(Some(value)) => best = Some((*value, i + 1)),
            }
        }
        best
    }
}

fn step(hash: u64, token: u64) -> u64 {
    (hash.rotate_left(5) ^ token).wrapping_mul(0x517c_c1b7_2722_0a95)
}

fn is_apostrophe(text: &str) -> bool {
    matches!(text, "'" | "’" | "‘" | "´" | "`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_phrase_wins_and_apostrophes_do_not_count() {
        let phrases =
            Phrases::new([("what you'll do", 1), ("what you will do", 2), ("what you", 3), ("e.g.", 4)]);
        for (text, expected) in [
            ("What you’ll do here", Some((1, 5))),
            ("what you need", Some((3, 2))),
            ("What-you will do", Some((2, 4))),
            ("what", None),
            ("e.g. Rust", Some((4, 4))),
            ("", None),
        ] {
            let mut tokens = Vec::new();
            tokenize(text, &mut tokens);
            assert_eq!(phrases.longest(text, &tokens, 0), expected, "{text}");
        }
    }
}
