//! The terms of a title: which are hidden, which is the head, what marks it.
//!
//! A title is cut into segments at commas, brackets and dashes. The first segment that names
//! an occupation or rank has the **head** ("engineer", "director"); words of rank before it, or
//! alone in a segment, **mark** it ("senior", "II"). What follows "to", "of" or "for" after the
//! head names something else.

use super::ladder::{self, Marks};
use super::terms::{Role, Term, Terms};
use super::{Origin, Reason, Track};
use crate::text::tokens::{Token, TokenKind, fold_hash};
use std::ops::Range;

/// A term found in a title.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit<'t> {
    pub(super) term: &'t Term,
    pub(super) first: usize,
    pub(super) last: usize,
}

/// The title's tokens with the segment each lies in.
pub(super) struct Scan<'a> {
    pub(super) title: &'a str,
    pub(super) tokens: Vec<Token>,
    pub(super) segment: Vec<u16>,
    pub(super) hits: Vec<Hit<'static>>,
    /// Tokens that belong to somebody else's title or to an object.
    pub(super) hidden: Vec<bool>,
}

/// The chosen head.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) class: &'static str,
    pub(super) level: f32,
    pub(super) track: Option<Track>,
    pub(super) first: usize,
    pub(super) last: usize,
}

impl<'a> Scan<'a> {
    pub(super) fn new(title: &'a str, tokens: Vec<Token>, segment: Vec<u16>, terms: &'static Terms) -> Self {
        let mut scan = Scan { title, hidden: vec![false; tokens.len()], tokens, segment, hits: Vec::new() };
        let mut first = 0;
        while first < scan.tokens.len() {
            first = match scan.term_at(terms, first) {
                Some((ids, last)) => {
                    for id in ids {
                        scan.hits.push(Hit { term: terms.term(id), first, last });
                    }
                    last + 1
                }
                None => first + 1,
            };
        }
        scan
    }

    /// The terms that start at token `first`, and their last token.
    fn term_at(&self, terms: &Terms, first: usize) -> Option<(Vec<u32>, usize)> {
        let rest = self.segment.iter().skip(first).take_while(|s| **s == self.segment[first]).count();
        if let Some((id, covered)) = terms.ranks.longest(self.title, &self.tokens[..first + rest], first) {
            return Some((vec![id], first + covered - 1));
        }
        if self.tokens[first].kind == TokenKind::Symbol {
            return None;
        }
        let word = self.tokens[first].of(self.title);
        if word.chars().any(|c| c >= '\u{1100}') {
            let ids: Vec<u32> =
                terms.pieces.iter().filter(|(piece, _)| word.contains(piece)).map(|(_, id)| *id).collect();
            return (!ids.is_empty()).then_some((ids, first));
        }
        if word.len() < 7 {
            return None;
        }
        let word = word.to_lowercase();
        let (_, id) =
            terms.suffixes.iter().find(|(end, _)| word.len() > end.len() + 1 && word.ends_with(end))?;
        Some((vec![*id], first))
    }

    pub(super) fn reason(&self, tokens: Range<usize>, says: impl Into<String>) -> Reason {
        let start = self.tokens.get(tokens.start).map_or(0, |t| t.start as usize);
        let end = self.tokens.get(tokens.end.saturating_sub(1)).map_or(start, |t| t.end as usize);
        Reason::at(Origin::Title, self.title.get(start..end).unwrap_or_default(), start..end, says)
    }

    /// Hides object phrases, and what follows "to" or a preposition after a head.
    pub(super) fn cut_objects(&mut self) {
        let prepositions = PREPOSITIONS.map(fold_hash);
        let (to, and, ampersand) = (fold_hash("to"), fold_hash("and"), fold_hash("&"));
        let mut hide_from: Vec<(usize, u16)> = Vec::new();
        for hit in &self.hits {
            if hit.term.role == Role::Mask {
                self.hidden[hit.first..=hit.last].fill(true);
            }
            let names_boss = self.tokens[hit.last].hash == to || hit.term.class == "assistant-to";
            if names_boss && hit.term.role == Role::Fixed {
                hide_from.push((hit.last + 1, self.segment[hit.last]));
            }
        }
        for segment in 0..=self.segment.last().copied().unwrap_or(0) {
            let Some(head) = self.hits.iter().find(|hit| {
                self.segment[hit.first] == segment
                    && !self.hidden[hit.first]
                    && matches!(hit.term.role, Role::Head | Role::Fixed | Role::Suffix)
            }) else {
                continue;
            };
            let high = head.term.level >= 6.0;
            let stop =
                (head.last + 1..self.tokens.len()).take_while(|i| self.segment[*i] == segment).find(|i| {
                    prepositions.contains(&self.tokens[*i].hash)
                        || (high && (self.tokens[*i].hash == and || self.tokens[*i].hash == ampersand))
                        || self.hits.iter().any(|hit| hit.first == *i && hit.term.role == Role::Stop)
                });
            hide_from.extend(stop.map(|i| (i, segment)));
        }
        for (from, segment) in hide_from {
            for i in from..self.tokens.len() {
                if self.segment[i] == segment {
                    self.hidden[i] = true;
                }
            }
        }
    }

    /// Hits that count, in order.
    pub(super) fn open_hits(&self) -> impl Iterator<Item = &Hit<'static>> {
        self.hits.iter().filter(|hit| {
            !self.hidden[hit.first] && !matches!(hit.term.role, Role::Mask | Role::Stop | Role::Open)
        })
    }

    /// The last occupation or rank of the first segment that has one.
    pub(super) fn head(&self, terms: &Terms) -> Option<Head> {
        let strong = |hit: &&Hit<'static>| {
            matches!(hit.term.role, Role::Head | Role::Fixed | Role::Suffix)
                || (hit.term.role == Role::Piece && hit.term.class != "senior-cjk")
        };
        let chosen = match self.open_hits().find(strong) {
            Some(first) => {
                let segment = self.segment[first.first];
                let here = |hit: &&Hit<'static>| self.segment[hit.first] == segment;
                self.open_hits().filter(strong).filter(here).last()?
            }
            None => self.open_hits().find(|hit| hit.term.role == Role::Weak)?,
        };
        let mut head = Head {
            class: chosen.term.class,
            level: chosen.term.level,
            track: chosen.term.track,
            first: chosen.first,
            last: chosen.last,
        };
        if let Some(chief) = self.chief_officer(&head) {
            return Some(chief);
        }
        if head.class == "manager" && chosen.term.role == Role::Head {
            self.kind_of_manager(terms, &mut head);
        }
        Some(head)
    }

    /// "Chief … Officer", whatever stands between.
    fn chief_officer(&self, head: &Head) -> Option<Head> {
        let officer = self.tokens[head.last].hash == fold_hash("officer");
        let chief = self.open_hits().find(|hit| hit.term.class == "chief" && hit.first < head.first)?;
        let class = "chief-officer";
        officer.then_some(Head {
            class,
            level: 8.0,
            track: Some(Track::Management),
            first: chief.first,
            last: head.last,
        })
    }

    /// A manager of things, of people, or of what comes after the comma.
    fn kind_of_manager(&self, terms: &Terms, head: &mut Head) {
        let segment = self.segment[head.first];
        for words in [3, 2, 1] {
            let Some(from) = head.first.checked_sub(words) else { continue };
            if self.segment[from] != segment {
                continue;
            }
            let near = &self.tokens[from..head.first];
            if let Some((id, covered)) = terms.beside.longest(self.title, near, 0)
                && covered == words
            {
                let beside = terms.term(id);
                let class = if beside.role == Role::Thing { "manager-thing" } else { "manager-team" };
                (head.class, head.level, head.track) = (class, beside.level, beside.track);
                return;
            }
        }
        let marked = |i: usize| {
            self.hits.iter().any(|hit| {
                (hit.first..=hit.last).contains(&i) && matches!(hit.term.role, Role::Mark | Role::Head)
            })
        };
        let leads = (0..head.first)
            .filter(|i| self.segment[*i] == segment)
            .all(|i| marked(i) || self.tokens[i].kind == TokenKind::Symbol);
        if leads {
            (head.class, head.level, head.track) = ("manager-comma", 5.0, Some(Track::Management));
        } else {
            head.class = "manager-bare";
        }
    }

    pub(super) fn collect_marks(&self, head: Option<&Head>, marks: &mut Marks) {
        let home = head.map(|head| self.segment[head.first]);
        for hit in self.open_hits() {
            let segment = self.segment[hit.first];
            let is_head = head.is_some_and(|head| head.first == hit.first);
            let at_home = home == Some(segment);
            let before = head.is_some_and(|head| hit.first < head.first);
            let alone = self.is_all_marks(segment);
            let class = match hit.term.role {
                Role::Mark
                    if hit.term.class == "chief" && head.is_some_and(|h| h.class == "chief-officer") =>
                {
                    continue;
                }
                Role::Mark if at_home || alone || home.is_none() || is_entry(hit.term.class) => {
                    hit.term.class
                }
                Role::Piece if !is_head || hit.term.class == "senior-cjk" => hit.term.class,
                Role::Head if !is_head && at_home && before => match hit.term.class {
                    "lead" => "lead",
                    "associate" => "associate",
                    "assistant" => "assistant",
                    "executive" => "executive",
                    _ => continue,
                },
                Role::Fixed | Role::Head if !is_head && !at_home && leads(hit.term.class) => "lead",
                _ => continue,
            };
            marks.add(class, hit.first..hit.last + 1);
        }
    }

    /// A segment with nothing but marks and symbols, e.g. `, Senior` or `(Staff)`.
    fn is_all_marks(&self, segment: u16) -> bool {
        let mut words = 0;
        for (i, token) in self.tokens.iter().enumerate() {
            if self.segment[i] != segment || token.kind == TokenKind::Symbol {
                continue;
            }
            let marked = |hit: &Hit<'static>| {
                (hit.first..=hit.last).contains(&i) && matches!(hit.term.role, Role::Mark | Role::Head)
            };
            if !self.hits.iter().any(marked) && ladder::numeral(token.of(self.title)).is_none() {
                return false;
            }
            words += 1;
        }
        words > 0
    }

    /// Numerals and codes: `II`, `L5`, `IC4`, `Band 7`, `GS-13`.
    pub(super) fn collect_codes(&self, head: Option<&Head>, marks: &mut Marks) {
        let after_rank = |i: usize| {
            i > 0
                && self.hits.iter().any(|hit| {
                    hit.last + 1 == i
                        && matches!(
                            hit.term.role,
                            Role::Head | Role::Fixed | Role::Mark | Role::Weak | Role::Suffix
                        )
                })
        };
        let health =
            head.is_some_and(|head| head.class.contains("nurse") || head.class.contains("clinician"));
        for (i, token) in self.tokens.iter().enumerate() {
            if self.hidden[i] || token.kind == TokenKind::Symbol {
                continue;
            }
            let word = token.of(self.title);
            let before = i.checked_sub(1).map_or("", |p| self.tokens[p].of(self.title));
            let ends = self.segment.get(i + 1).is_none_or(|next| *next != self.segment[i]);
            if let Some(code) = ladder::scale_code(before, word, health) {
                marks.code = Some(code);
                marks.note(format!("code:{}", before.to_lowercase()), i - 1..i + 1);
            } else if let (Some(code), true) =
                (ladder::letter_code(word), ends || after_rank(i) || word.starts_with("IC"))
            {
                let family = word.trim_end_matches(|c: char| c.is_ascii_digit()).to_lowercase();
                marks.code = Some(code);
                marks.note(format!("code:{family}"), i..i + 1);
            } else if let (Some(step), true, None) = (ladder::numeral(word), after_rank(i), marks.numeral) {
                marks.numeral = Some(step);
                marks.note(format!("numeral:{step}"), i..i + 1);
            }
        }
    }
}

/// Words that end the role's own name.
const PREPOSITIONS: [&str; 12] =
    ["of", "for", "in", "at", "with", "on", "from", "voor", "für", "im", "bei", "within"];

fn is_entry(class: &str) -> bool {
    matches!(class, "intern" | "trainee" | "entry" | "returner" | "intern-suffix")
}

fn leads(class: &str) -> bool {
    matches!(class, "lead" | "tech-lead" | "team-lead")
}

/// The segment of each token: a comma, bracket, bar, colon or dash starts another.
pub(super) fn segments(title: &str, tokens: &[Token]) -> Vec<u16> {
    let mut segment = 0;
    let mut out = Vec::with_capacity(tokens.len());
    let mut end = 0;
    for token in tokens {
        let between = title.get(end..token.start as usize).unwrap_or_default();
        let text = token.of(title);
        let breaks = matches!(
            text,
            "," | ";"
                | "|"
                | "("
                | ")"
                | "["
                | "]"
                | "{"
                | "}"
                | "–"
                | "—"
                | ":"
                | "•"
                | "·"
                | "@"
                | "_"
                | "～"
                | "【"
                | "】"
                | "（"
                | "）"
        );
        if breaks || (between.contains('-') && between.len() > 1) {
            segment += 1;
        }
        out.push(segment);
        end = token.end as usize;
    }
    out
}
