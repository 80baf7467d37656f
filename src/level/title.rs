//! Reading a title: in order, object phrases masked first, then the head, then what marks it.
//!
//! A title is cut into segments at commas, brackets and dashes. The first segment that names
//! an occupation or rank has the **head** ("engineer", "director"); words of rank before it, or
//! alone in a segment, **mark** it ("senior", "II"). What follows "to", "of" or "for" after the
//! head names something else. The sector (a bank, a school) may give a head another level.

use super::ladder::{self, Marks};
use super::terms::{Role, Term, Terms};
use super::variants::Whole;
use super::{Origin, Reason, Track};
use crate::text::tokens::{Token, TokenKind, fold_hash, tokenize};
use std::borrow::Cow;
use std::ops::Range;

/// What a title says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Reading {
    /// The level that rules give, as a point on the scale; `None` where nothing speaks for one.
    pub(super) prior: Option<f32>,
    /// A title for several levels: both ends.
    pub(super) band: Option<(f32, f32)>,
    /// Open to anybody: a talent pool, or all levels.
    pub(super) open: bool,
    /// Track that rules give.
    pub(super) track: Option<Track>,
    /// Names of what was seen, for the model.
    pub(super) features: Vec<Cow<'static, str>>,
    /// The words that decided.
    pub(super) reasons: Vec<Reason>,
}

/// A term found in a title.
#[derive(Clone, Copy, Debug)]
struct Hit<'t> {
    term: &'t Term,
    first: usize,
    last: usize,
}

/// The title's tokens with the segment each lies in.
struct Scan<'a> {
    title: &'a str,
    tokens: Vec<Token>,
    segment: Vec<u16>,
    hits: Vec<Hit<'static>>,
    /// Tokens that belong to somebody else's title or to an object.
    hidden: Vec<bool>,
}

/// Reads `title`; `context` is employer and department, which may name the sector.
pub(super) fn read(title: &str, context: &[&str]) -> Reading {
    let terms = Terms::builtin();
    let mut tokens = Vec::new();
    tokenize(title, &mut tokens);
    let segment = segments(title, &tokens);
    let variants = Whole { title, tokens: &tokens, segment: &segment, terms }.variants();
    let mut several: Vec<Reading> = variants
        .iter()
        .map(|kept| {
            let own = (0..tokens.len()).filter(|i| kept[*i]);
            let (tokens, segment) = own.map(|i| (tokens[i], segment[i])).unzip();
            read_one(Scan::new(title, tokens, segment, terms), context)
        })
        .collect();
    let whole = read_one(Scan::new(title, tokens, segment, terms), context);
    several.retain(|reading| reading.prior.is_some());
    if whole.open || several.len() < 2 { whole } else { span(several) }
}

/// Levels closer than this are one.
const ONE_LEVEL: f32 = 0.3;

/// One reading of a title that stands for several: the middle of their levels, with its ends.
fn span(several: Vec<Reading>) -> Reading {
    let levels = || several.iter().filter_map(|reading| reading.prior);
    let (low, high) = (levels().fold(8.0, f32::min), levels().fold(1.0, f32::max));
    let middle = (low + high) / 2.0;
    let off = |reading: &Reading| reading.prior.map_or(8.0, |level| (level - middle).abs());
    let mut reasons: Vec<Reason> = several.iter().flat_map(|reading| reading.reasons.clone()).collect();
    let mut seen = Vec::new();
    reasons.retain(|reason| {
        let place = (reason.start, reason.end, reason.says.clone());
        !seen.contains(&place) && {
            seen.push(place);
            true
        }
    });
    let Some(nearest) = several.into_iter().rev().min_by(|a, b| off(a).total_cmp(&off(b))) else {
        return Reading::default();
    };
    if high - low < ONE_LEVEL {
        return nearest;
    }
    Reading { prior: Some(middle), band: Some((low, high)), reasons, ..nearest }
}

fn read_one(mut scan: Scan<'_>, context: &[&str]) -> Reading {
    let (terms, title) = (Terms::builtin(), scan.title);
    let headless = !scan.hits.iter().any(|hit| matches!(hit.term.role, Role::Head | Role::Fixed));
    let is_open = |hit: &&Hit<'_>| hit.term.role == Role::Open && (headless || hit.term.class != "pool-weak");
    if let Some(open) = scan.hits.iter().find(is_open) {
        let reason = scan.reason(open.first..open.last + 1, "open to several levels");
        return Reading { open: true, reasons: vec![reason], ..Reading::default() };
    }
    scan.cut_objects();
    let sectors = sectors(terms, title, context);
    let mut marks = Marks::default();
    let head = scan.head(terms);
    scan.collect_marks(head.as_ref(), &mut marks);
    scan.collect_codes(head.as_ref(), &mut marks);
    if head.is_none() && marks.is_empty() {
        return Reading { features: vec!["head:none".into()], ..Reading::default() };
    }
    finish(&scan, terms, head, &marks, &sectors)
}

/// The chosen head.
#[derive(Clone, Copy, Debug)]
struct Head {
    class: &'static str,
    level: f32,
    track: Option<Track>,
    first: usize,
    last: usize,
}

fn finish(
    scan: &Scan<'_>,
    terms: &Terms,
    head: Option<Head>,
    marks: &Marks,
    sectors: &[&'static str],
) -> Reading {
    let mut reading = Reading::default();
    let mut head_class = "none";
    let mut level = 3.0;
    let mut track = None;
    let class = match head {
        Some(head) => {
            (head_class, level, track) = (head.class, head.level, head.track);
            head.class
        }
        None if marks.has("principal") => "principal-head",
        None if marks.has("senior") => "senior-head",
        None => "none",
    };
    for sector in sectors {
        if let Some((usual, side)) = terms.sector_levels.get(&(*sector, class)) {
            (level, track) = (*usual, side.or(track));
            reading.features.push(format!("sector:{sector}:{class}").into());
            head_class = class;
        }
    }
    if let Some(head) = head {
        let says = format!("{} for level {}", what(head_class), ladder::round(level));
        reading.reasons.push(scan.reason(head.first..head.last + 1, says));
    }
    reading.features.push(format!("head:{head_class}").into());
    for (class, range) in &marks.seen {
        reading.features.push(format!("mark:{class}").into());
        reading.features.push(format!("{class}+{head_class}").into());
        reading.reasons.push(scan.reason(range.clone(), format!("word of rank: {class}")));
    }
    let place = ladder::place(head_class, level, track, marks);
    reading.prior = Some(place.level);
    reading.track = place.track;
    if let (true, Some((years, range))) = (marks.is_empty(), ladder::years_in(scan.title))
        && level < LED
    {
        let by_years = ladder::of_years(years);
        reading.prior = Some(by_years.clamp(place.level - YEARS_MOVE, place.level + YEARS_MOVE));
        let words = scan.title.get(range.clone()).unwrap_or_default();
        reading.reasons.push(Reason::at(Origin::Title, words, range, "years of experience asked for"));
    }
    reading
}

/// Heads from this level on lead others, and years in the title say little of them.
const LED: f32 = 4.6;
/// Years in a title move an unmarked one by so much at most.
const YEARS_MOVE: f32 = 1.5;

/// Plain words for a class of heads.
fn what(class: &str) -> &'static str {
    match class {
        "manager-thing" => "manager of things, usual",
        "manager-team" | "manager-comma" => "manager of people, usual",
        _ => "role, usual",
    }
}

fn sectors(terms: &Terms, title: &str, context: &[&str]) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut tokens = Vec::new();
    for text in std::iter::once(&title).chain(context) {
        tokenize(text, &mut tokens);
        for first in 0..tokens.len() {
            let Some((id, _)) = terms.sectors.longest(text, &tokens, first) else { continue };
            let class = terms.term(id).class;
            if !found.contains(&class) {
                found.push(class);
            }
        }
    }
    found
}

impl<'a> Scan<'a> {
    fn new(title: &'a str, tokens: Vec<Token>, segment: Vec<u16>, terms: &'static Terms) -> Self {
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

    fn reason(&self, tokens: Range<usize>, says: impl Into<String>) -> Reason {
        let start = self.tokens.get(tokens.start).map_or(0, |t| t.start as usize);
        let end = self.tokens.get(tokens.end.saturating_sub(1)).map_or(start, |t| t.end as usize);
        Reason::at(Origin::Title, self.title.get(start..end).unwrap_or_default(), start..end, says)
    }

    /// Hides object phrases, and what follows "to" or a preposition after a head.
    fn cut_objects(&mut self) {
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
    fn open_hits(&self) -> impl Iterator<Item = &Hit<'static>> {
        self.hits.iter().filter(|hit| {
            !self.hidden[hit.first] && !matches!(hit.term.role, Role::Mask | Role::Stop | Role::Open)
        })
    }

    /// The last occupation or rank of the first segment that has one.
    fn head(&self, terms: &Terms) -> Option<Head> {
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

    fn collect_marks(&self, head: Option<&Head>, marks: &mut Marks) {
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
                Role::Piece if !is_head => hit.term.class,
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
    fn collect_codes(&self, head: Option<&Head>, marks: &mut Marks) {
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
fn segments(title: &str, tokens: &[Token]) -> Vec<u16> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(title: &str, context: &[&str]) -> Option<u8> {
        let reading = read(title, context);
        for reason in &reading.reasons {
            if let (Some(start), Some(end)) = (reason.start, reason.end) {
                assert_eq!(&title[start..end], reason.text);
            }
        }
        reading.prior.map(ladder::round)
    }

    #[test]
    fn objects_are_masked_before_ranks_are_read() {
        for (title, expected) in [
            ("Assistant to the Director", 3),
            ("Executive Assistant to the CEO", 3),
            ("Lead Generation Specialist", 3),
            ("Account Executive", 3),
            ("Staff Nurse", 3),
            ("Member of Technical Staff", 4),
            ("Principal Member of Technical Staff", 6),
            ("Director of Partner Marketing", 7),
            ("Head of Internship Programs", 6),
        ] {
            assert_eq!(at(title, &[]), Some(expected), "{title}");
        }
    }

    #[test]
    fn marks_numerals_and_codes_move_a_head() {
        for (title, expected) in [
            ("Software Engineer", 3),
            ("Software Engineer II", 3),
            ("Software Engineer IV", 5),
            ("Senior Software Engineer", 4),
            ("Sr. Staff, Machine Learning", 6),
            ("Machine Learning Engineer, Staff", 5),
            ("Engineer (IC4)", 4),
            ("Software Engineering Internship", 1),
            ("Senior Manager, Revenue", 6),
            ("Senior Product Manager", 4),
            ("Softwareentwicklerin (m/w/d)", 3),
            ("Vertriebsleiter DACH", 6),
            ("Java Developer (5+ years experience)", 4),
            ("Engineer, 2 year contract", 3),
            ("Insights Lead", 4),
            ("Principal, Financial Planning & Analysis", 5),
            ("Principal Software Engineer", 6),
            ("\u{c2dc}\u{b2c8}\u{c5b4} \u{b514}\u{c790}\u{c774}\u{b108}", 4),
        ] {
            assert_eq!(at(title, &[]), Some(expected), "{title}");
        }
    }

    #[test]
    fn sectors_give_ranks_other_levels() {
        assert_eq!(at("Vice President", &[]), Some(8));
        assert_eq!(at("Vice President", &["Deutsche Bank"]), Some(5));
        assert_eq!(at("Principal", &["Hill High School"]), Some(8));
        assert_eq!(at("Principal, Strategy", &[]), Some(6));
    }

    #[test]
    fn titles_for_several_levels_are_intervals_or_open() {
        assert_eq!(
            read("Senior/Staff Engineer", &[]).band.map(|(a, b)| (a.round(), b.round())),
            Some((4.0, 5.0))
        );
        for (title, low, high, point) in [
            ("Senior/Principal Product Manager", 4, 6, 5),
            ("Software Engineer II/III", 3, 4, 3),
            ("Engineer I-III", 2, 4, 3),
            ("Mid-Senior Software Engineer", 3, 4, 4),
            ("Junior to Senior Developer", 2, 4, 3),
            ("Data Scientist - Junior, Mid and Senior", 2, 4, 3),
            ("(Senior) Consultant SAP", 3, 4, 4),
            ("Manager / Director, Finance", 5, 7, 6),
            ("Software Engineer II / Senior Software Engineer", 3, 4, 4),
            ("IC3-IC5 Backend Engineer", 3, 5, 4),
        ] {
            let reading = read(title, &[]);
            let band = reading.band.map(|(a, b)| (ladder::round(a), ladder::round(b)));
            assert_eq!(band, Some((low, high)), "{title}");
            assert_eq!(reading.prior.map(ladder::round), Some(point), "{title}");
        }
        for title in ["Senior-Staff Engineer", "Sales and Marketing Director", "24/7 Support Engineer"] {
            assert_eq!(read(title, &[]).band, None, "{title}");
        }
        assert!(read("Engineer (all levels)", &[]).open);
        assert!(read("Join our Talent Community", &[]).open);
        assert_eq!(at("", &[]), None);
        assert_eq!(at("\u{1f680} -- , /", &[]), None);
    }
}
