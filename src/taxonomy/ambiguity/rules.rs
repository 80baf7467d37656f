//! Cue words for single ambiguous forms, from `data/taxonomy/ambiguous.tsv`.
//!
//! Columns: form, concept, cues. Cues are separated by `;`, each `where:word,word` with
//! `left`/`right` (the word directly beside), `near` (within eight tokens of the line), and the
//! same with `not-` in front for words that speak against.

use super::features::{View, one_of};

/// The cue words of one form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rule {
    left: Vec<&'static str>,
    right: Vec<&'static str>,
    near: Vec<&'static str>,
    not_left: Vec<&'static str>,
    not_right: Vec<&'static str>,
    not_near: Vec<&'static str>,
}

/// How far `near` reaches (tokens).
const NEAR: usize = 8;

impl Rule {
    /// Reads the third column.
    pub(super) fn parse(cues: &'static str) -> Result<Self, String> {
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
            list.extend(words.split(',').map(str::trim).filter(|w| !w.is_empty()));
        }
        Ok(rule)
    }

    /// Whether a cue for, and a cue against, is there.
    pub(super) fn applies(&self, view: &View<'_>) -> (bool, bool) {
        let beside = |left: &[&str], right: &[&str]| {
            let any = |word: Option<&str>, list: &[&str]| word.is_some_and(|w| one_of(w, list));
            any(view.left_word().or_else(|| view.symbol(false)), left)
                || any(view.right_word().or_else(|| view.symbol(true)), right)
        };
        let near = |list: &[&str]| !list.is_empty() && view.words_near(NEAR).any(|w| one_of(w, list));
        (
            beside(&self.left, &self.right) || near(&self.near),
            beside(&self.not_left, &self.not_right) || near(&self.not_near),
        )
    }
}
