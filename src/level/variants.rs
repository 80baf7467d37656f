//! Titles for several levels: "Senior/Principal Product Manager", "Engineer II/III",
//! "(Senior) Consultant", "Software Engineer II / Tech Lead".
//!
//! Such a title is several titles in one. Each is read by itself, and the levels found are the
//! ends of an interval.

use super::ladder;
use super::terms::{Role, Term, Terms};
use crate::text::tokens::{Token, TokenKind, fold_hash};
use std::ops::Range;

/// A title as tokens, before it is known how many titles it is.
pub(super) struct Whole<'a> {
    pub(super) title: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) segment: &'a [u16],
    pub(super) terms: &'static Terms,
}

/// Marks that are steps of a ladder.
const STEPS: [&str; 9] =
    ["intern", "trainee", "entry", "junior", "mid", "senior", "staff", "principal", "distinguished"];
/// Heads that are ranks rather than occupations.
const RANKS: [&str; 11] = [
    "manager",
    "director-fn",
    "vp",
    "svp",
    "evp",
    "head-of",
    "lead",
    "team-lead",
    "tech-lead",
    "associate",
    "specialist",
];
/// Joints between any two ranks …
const EITHER: [&str; 7] = ["/", "|", "~", "or", "oder", "ou", "eller"];
/// … and between two steps, where they cannot name a second thing.
const STEP_JOINTS: [&str; 8] = ["to", "and", "&", "bis", "und", "y", "–", "+"];

/// One of the ranks that a title names side by side.
struct Element {
    tokens: Range<usize>,
    /// Only marks, numerals and codes.
    steps: bool,
}

impl Whole<'_> {
    /// For every title that this one stands for, which tokens are its own; nothing for a title
    /// that is just one.
    pub(super) fn variants(&self) -> Vec<Vec<bool>> {
        let mut at = 0;
        while at < self.tokens.len() {
            let Some(first) = self.element(at) else {
                at += 1;
                continue;
            };
            at = first.tokens.end;
            let group = self.group(first);
            if let (Some(from), Some(to)) = (group.first(), group.last())
                && group.len() > 1
            {
                let span = from.tokens.start..to.tokens.end;
                return group
                    .iter()
                    .map(|own| self.kept(|i| !span.contains(&i) || own.tokens.contains(&i)))
                    .collect();
            }
        }
        self.optional().or_else(|| self.sides()).unwrap_or_default()
    }

    fn kept(&self, keep: impl Fn(usize) -> bool) -> Vec<bool> {
        (0..self.tokens.len()).map(keep).collect()
    }

    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.of(self.title))
    }

    /// The longest run of rank words that begins at `at`.
    fn element(&self, at: usize) -> Option<Element> {
        let mut steps = true;
        let mut end = at;
        while let Some((step, covered)) = self.rank(end) {
            if end > at && self.hyphenated(end) {
                break;
            }
            steps &= step;
            end += covered;
        }
        (end > at).then_some(Element { tokens: at..end, steps })
    }

    /// A rank word at `at`: whether it is a step of a ladder, and how many tokens it has.
    fn rank(&self, at: usize) -> Option<(bool, usize)> {
        let term = |tokens: &[Token]| {
            let (id, covered) = self.terms.ranks.longest(self.title, tokens, at)?;
            Some((self.terms.term(id), covered))
        };
        let of = |(term, covered): (&Term, usize)| match term.role {
            Role::Mark if STEPS.contains(&term.class) => Some((true, covered)),
            Role::Head | Role::Fixed if RANKS.contains(&term.class) => Some((false, covered)),
            _ => None,
        };
        let alone = self.tokens.get(..=at)?;
        if let Some(found) = term(self.tokens).and_then(of).or_else(|| term(alone).and_then(of)) {
            return Some(found);
        }
        let word = self.word(at);
        let code = ladder::letter_code(word).is_some()
            || (ladder::numeral(word).is_some() && self.may_be_numeral(at));
        code.then_some((true, 1))
    }

    /// A numeral is a step after an occupation, a rank, a scale's name or another numeral.
    fn may_be_numeral(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        let word = self.word(before);
        let after_joint = at > 1
            && (EITHER.contains(&word) || STEP_JOINTS.contains(&word) || word == "," || self.hyphenated(at));
        let scale = ["band", "level", "grade", "gs", "lv", "lvl"];
        scale.contains(&word.to_lowercase().as_str())
            || (after_joint && ladder::numeral(self.word(before - 1)).is_some())
            || (self.hyphenated(at) && ladder::numeral(word).is_some())
            || self.is_occupation(before)
    }

    fn is_occupation(&self, at: usize) -> bool {
        let one = self.tokens.get(..=at).unwrap_or_default();
        self.terms.ranks.longest(self.title, one, at).is_some_and(|(id, _)| {
            matches!(self.terms.term(id).role, Role::Head | Role::Fixed | Role::Mark | Role::Weak)
        })
    }

    /// A hyphen without spaces stands before this token.
    fn hyphenated(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).and_then(|i| self.tokens.get(i)) else { return false };
        let Some(token) = self.tokens.get(at) else { return false };
        matches!(self.title.get(before.end as usize..token.start as usize), Some("-" | "–"))
    }

    /// The ranks joined to `first`.
    fn group(&self, first: Element) -> Vec<Element> {
        let mut group = vec![first];
        let mut firmly = false;
        while let Some(last) = group.last() {
            let end = last.tokens.end;
            let word = self.word(end).to_lowercase();
            let either = EITHER.contains(&word.as_str());
            let of_steps = STEP_JOINTS.contains(&word.as_str());
            let hyphen = self.hyphenated(end);
            let next = if hyphen {
                self.element(end)
            } else if either || of_steps || word == "," {
                self.element(end + 1).or_else(|| self.element(end + 2).filter(|_| word == ","))
            } else {
                None
            };
            let Some(next) = next else { break };
            let both = last.steps && next.steps;
            if !(either || both) || (hyphen && !self.is_range(last, &next)) {
                break;
            }
            firmly |= word != ",";
            group.push(next);
        }
        if !firmly {
            group.truncate(1);
        }
        group
    }

    /// "I-III", "L4-L6", "Mid-Senior"; but "Senior-Staff" is one rank.
    fn is_range(&self, left: &Element, right: &Element) -> bool {
        let code = |e: &Element| {
            let word = self.word(e.tokens.start);
            ladder::letter_code(word).is_some() || ladder::numeral(word).is_some()
        };
        let low =
            ["mid", "junior", "entry", "jr"].contains(&self.word(left.tokens.start).to_lowercase().as_str());
        low || (code(left) && code(right))
    }

    /// "(Senior) Consultant": with and without.
    fn optional(&self) -> Option<Vec<Vec<bool>>> {
        let at = (0..self.tokens.len()).find(|i| {
            self.word(*i) == "("
                && self.rank(i + 1).is_some_and(|(step, covered)| {
                    step && self.word(i + 1 + covered) == ")"
                        && self.tokens.get(i + 2 + covered).is_some_and(|t| t.kind == TokenKind::Word)
                })
                && ladder::numeral(self.word(i + 1)).is_none()
        })?;
        let covered = self.rank(at + 1)?.1;
        let brackets = [at, at + 1 + covered];
        let inside = at..at + 2 + covered;
        Some(vec![self.kept(|i| !inside.contains(&i)), self.kept(|i| !brackets.contains(&i))])
    }

    /// "Engineer II / Senior Engineer": both sides name an occupation.
    fn sides(&self) -> Option<Vec<Vec<bool>>> {
        let joints = ["/", "or", "oder"].map(fold_hash);
        let at = (1..self.tokens.len()).find(|i| joints.contains(&self.tokens[*i].hash))?;
        let segment = self.segment[at];
        let named = |range: &mut dyn Iterator<Item = usize>| {
            range.filter(|i| self.segment[*i] == segment).any(|i| {
                let one = self.tokens.get(..=i).unwrap_or_default();
                let found = self.terms.ranks.longest(self.title, one, i);
                found.is_some_and(|(id, _)| self.terms.term(id).role == Role::Head)
            })
        };
        let both = named(&mut (0..at)) && named(&mut (at + 1..self.tokens.len()));
        let here = |i: usize| self.segment[i] == segment;
        both.then(|| vec![self.kept(|i| i < at || !here(i)), self.kept(|i| i > at || !here(i))])
    }
}
