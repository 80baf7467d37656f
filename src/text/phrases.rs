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
    /// Bloom filters over first tokens, phrases of one token, and the first two tokens of longer ones: most tokens begin
    /// no phrase, and of those that could most go on in another way.
    first: Filter<256>,
    alone: Filter<256>,
    pairs: Filter<1024>,
}

impl<T> Default for Phrases<T> {
    fn default() -> Self {
        Self {
            beginnings: Table::default(),
            first: Filter::default(),
            alone: Filter::default(),
            pairs: Filter::default(),
        }
    }
}

impl<T: Copy> Phrases<T> {
    /// Builds the set; of a phrase given twice, the last value stays.
    pub fn new<'p>(phrases: impl IntoIterator<Item = (&'p str, T)>) -> Self {
        let mut beginnings = FxHashMap::default();
        let (mut first, mut alone, mut pairs) = (Filter::default(), Filter::default(), Filter::default());
        let mut tokens = Vec::new();
        for (phrase, value) in phrases {
            tokenize(phrase, &mut tokens);
            tokens.retain(|token| !is_apostrophe(token.of(phrase)));
            let mut hash = START;
            for (i, token) in tokens.iter().enumerate() {
                hash = step(hash, token.hash);
                match i {
                    0 => first.add(token.hash),
                    1 => pairs.add(hash),
                    _ => {}
                }
                let end = beginnings.entry(hash).or_insert(None);
                if i + 1 == tokens.len() {
                    *end = Some(value);
                }
            }
            if let [only] = &tokens[..] {
                alone.add(only.hash);
            }
        }
        Self { beginnings: beginnings.into(), first, alone, pairs }
    }

    /// The longest phrase that begins at `tokens[at]`: its value and how many tokens it covers.
    #[inline]
    #[must_use]
    pub fn longest(&self, text: &str, tokens: &[Token], at: usize) -> Option<(T, usize)> {
        let first = tokens.get(at)?;
        if !self.first.may_hold(first.hash) || !self.goes_on(text, first, tokens.get(at + 1)) {
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

    /// False where no phrase begins with `first` and goes on with `second`, nor ends with `first`.
    #[inline]
    fn goes_on(&self, text: &str, first: &Token, second: Option<&Token>) -> bool {
        let begins = |second: &Token| {
            self.pairs.may_hold(step(step(START, first.hash), second.hash))
                || second.kind == TokenKind::Symbol && is_apostrophe(second.of(text))
        };
        second.is_some_and(begins) || self.alone.may_hold(first.hash)
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
        let phrases = Phrases::new([
            ("what you'll do", 1),
            ("what you will do", 2),
            ("what you", 3),
            ("e.g.", 4),
            ("do", 5),
        ]);
        for (text, expected) in [
            ("What you’ll do here", Some((1, 5))),
            ("what you need", Some((3, 2))),
            ("What-you will do", Some((2, 4))),
            ("what", None),
            ("e.g. Rust", Some((4, 4))),
            ("do", Some((5, 1))),
            ("do this", Some((5, 1))),
            ("do's", Some((5, 1))),
            ("", None),
        ] {
            let mut tokens = Vec::new();
            tokenize(text, &mut tokens);
            assert_eq!(phrases.longest(text, &tokens, 0), expected, "{text}");
        }
    }
}
