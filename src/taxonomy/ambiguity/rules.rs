//! Cue words for single ambiguous forms, from `data/taxonomy/ambiguous.tsv`.
//!
//! Columns: form, concept, cues. Cues are separated by `;`, each `where:word,word` with
//! `left`/`right` (the word directly beside), `near` (within eight tokens of the line), and the
//! same with `not-` in front for words that speak against.

use super::features::View;
use crate::text::tokens::{Token, fold_hash};

/// The cue words of one form, as the hashes of their tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rule {
    left: Vec<u64>,
    right: Vec<u64>,
    near: Vec<u64>,
    not_left: Vec<u64>,
    not_right: Vec<u64>,
    not_near: Vec<u64>,
}

/// How far `near` reaches (tokens).
const NEAR: usize = 8;

impl Rule {
    /// Reads the third column.
    pub(super) fn parse(cues: &str) -> Result<Self, String> {
        let mut rule = Self::default();
        for cue in cues.split(';').map(str::trim).filter(|c| !c.is_empty()) {
            let (place, words) = cue.split_once(':').ok_or_else(|| format!("`{cue}` has no `:`"))?;
            let list = match place {
                "left" => &mut rule.left,
                "right" => &mut rule.right,
                "near" => &mut rule.near,
                "not-left" => &mut rule.not_left,
                "not-right" => &mut rule.not_right,
                "not-near" => &mut rule.not_near,
                other => return Err(format!("`{other}` is no place of a cue")),
            };
            list.extend(words.split(',').map(str::trim).filter(|w| !w.is_empty()).map(fold_hash));
        }
        Ok(rule)
    }

    /// Whether a cue for, and a cue against, is there.
    pub(super) fn applies(&self, view: &View<'_>) -> (bool, bool) {
        let any = |token: Option<&Token>, list: &[u64]| token.is_some_and(|t| list.contains(&t.hash));
        let left = view.left_word().or_else(|| view.symbol(false));
        let right = view.right_word().or_else(|| view.symbol(true));
        let beside = |on_left: &[u64], on_right: &[u64]| any(left, on_left) || any(right, on_right);
        let near = |list: &[u64]| !list.is_empty() && view.words_near(NEAR).any(|w| list.contains(&w.hash));
        (
            beside(&self.left, &self.right) || near(&self.near),
            beside(&self.not_left, &self.not_right) || near(&self.not_near),
        )
    }
}
