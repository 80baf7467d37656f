//! Phrases over tokens: a trie whose edges are token hashes, longest match first.

use crate::text::tokens::{Token, TokenKind, tokenize};
use rustc_hash::FxHashMap;

/// A set of phrases, each with the values that were given for it.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    edges: FxHashMap<(u32, u64), u32>,
    leaves: FxHashMap<u32, Vec<u32>>,
    nodes: u32,
}

impl Phrases {
    /// Adds `phrase` with `value`; a phrase may have several values.
    pub(super) fn insert(&mut self, phrase: &str, value: u32) {
        let mut tokens = Vec::new();
        tokenize(phrase, &mut tokens);
        if tokens.is_empty() {
            return;
        }
        let mut node = 0;
        for token in &tokens {
            let next = self.nodes + 1;
            node = *self.edges.entry((node, token.hash)).or_insert(next);
            self.nodes = self.nodes.max(node);
        }
        let values = self.leaves.entry(node).or_default();
        if !values.contains(&value) {
            values.push(value);
        }
    }

    /// The longest phrase that starts at token `first`: its values and its last token.
    #[inline]
    pub(super) fn longest(&self, tokens: &[Token], first: usize) -> Option<(&[u32], usize)> {
        let mut node = *self.edges.get(&(0, tokens.get(first)?.hash))?;
        let mut last = first;
        let mut best = self.leaves.get(&node).map(|values| (values.as_slice(), first));
        while let Some(token) = tokens.get(last + 1) {
            if token.kind == TokenKind::Symbol && token.gap {
                break;
            }
            let Some(&next) = self.edges.get(&(node, token.hash)) else { break };
            node = next;
            last += 1;
            if let Some(values) = self.leaves.get(&node) {
                best = Some((values, last));
            }
        }
        best
    }

    /// The values of exactly these tokens.
    pub(super) fn exact(&self, tokens: &[Token]) -> Option<&[u32]> {
        let mut node = 0;
        for token in tokens {
            node = *self.edges.get(&(node, token.hash))?;
        }
        self.leaves.get(&node).map(Vec::as_slice)
    }
}

/// Rows of an embedded table: cells by tab, the header line and empty lines left out.
pub(super) fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .skip(1)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_phrase_wins() {
        let mut phrases = Phrases::default();
        phrases.insert("staff", 1);
        phrases.insert("staff nurse", 2);
        let mut tokens = Vec::new();
        tokenize("Staff Nurse, Staff engineer", &mut tokens);
        assert_eq!(phrases.longest(&tokens, 0), Some((&[2][..], 1)));
        assert_eq!(phrases.longest(&tokens, 3), Some((&[1][..], 3)));
        assert_eq!(phrases.longest(&tokens, 4), None);
        assert_eq!(phrases.exact(&tokens[0..2]), Some(&[2][..]));
    }
}
