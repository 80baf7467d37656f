//! Leftmost-longest matching of phrases over tokens: a trie whose edges are token hashes.

use super::SkillRef;
use super::table::Form;
use crate::text::tokens::{Token, TokenKind, tokenize};
use rustc_hash::FxHashMap;

/// A known form found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// The concept it names.
    pub skill: SkillRef,
    /// First token.
    pub first: usize,
    /// Last token, inclusive.
    pub last: usize,
    /// The form counts only where its surroundings speak for it.
    pub ambiguous: bool,
}

#[derive(Clone, Debug)]
struct Leaf {
    skill: SkillRef,
    ambiguous: bool,
    /// The form as it must be written, when case matters.
    exact: Option<Box<str>>,
}

#[derive(Debug, Default)]
pub(super) struct Trie {
    edges: FxHashMap<(u32, u64), u32>,
    leaves: FxHashMap<u32, Vec<Leaf>>,
    nodes: u32,
}

impl Trie {
    pub(super) fn insert(&mut self, form: &Form, skill: SkillRef) {
        let mut tokens = Vec::new();
        tokenize(&form.text, &mut tokens);
        if tokens.is_empty() {
            return;
        }
        let mut node = 0;
        for token in &tokens {
            let next = self.nodes + 1;
            node = *self.edges.entry((node, edge(token))).or_insert(next);
            self.nodes = self.nodes.max(node);
        }
        let exact = form.exact_case.then(|| form.text.clone().into_boxed_str());
        self.leaves.entry(node).or_default().push(Leaf { skill, ambiguous: form.ambiguous, exact });
    }

    pub(super) fn find(&self, text: &str, tokens: &[Token], out: &mut Vec<Match>) {
        self.walk(tokens, out, |leaf, first, last| match &leaf.exact {
            None => true,
            Some(exact) => {
                let written = &text[tokens[first].start as usize..tokens[last].end as usize];
                written == exact.as_ref()
            }
        });
    }

    /// As [`find`](Self::find), but case never matters.
    pub(super) fn find_folded(&self, tokens: &[Token], out: &mut Vec<Match>) {
        self.walk(tokens, out, |_, _, _| true);
    }

    fn walk(&self, tokens: &[Token], out: &mut Vec<Match>, fits: impl Fn(&Leaf, usize, usize) -> bool) {
        out.clear();
        let mut first = 0;
        while first < tokens.len() {
            let mut best = None;
            let mut node = 0;
            for (last, token) in tokens.iter().enumerate().skip(first) {
                if last > first && token.kind == TokenKind::Symbol && token.gap {
                    break;
                }
                let Some(&next) = self.edges.get(&(node, edge(token))) else { break };
                node = next;
                if let Some(leaves) = self.leaves.get(&node)
                    && let Some(leaf) = leaves.iter().find(|leaf| fits(leaf, first, last))
                {
                    best = Some(Match { skill: leaf.skill, first, last, ambiguous: leaf.ambiguous });
                }
            }
            first = match best {
                Some(found) => {
                    out.push(found);
                    found.last + 1
                }
                None => first + 1,
            };
        }
    }
}

/// An edge's label: the token, and whether it stands apart from a symbol before it.
fn edge(token: &Token) -> u64 {
    token.hash
}
