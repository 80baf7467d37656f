//! Reading a title: in order, object phrases masked first, then the head, then what marks it.
//!
//! A title for several levels is read as several titles (`variants`); each one by its terms
//! (`scan`). The sector (a bank, a school) may give a head another level.

use super::ladder::{self, Marks};
use super::scan::{Head, Hit, Scan, segments};
use super::terms::{Role, Terms};
use super::variants::Whole;
use super::{Origin, Reason, Track};
use crate::text::tokens::tokenize;
use std::borrow::Cow;

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

/// Tokens of a title or a department that are read: the rest is neither, and variants of titles are
/// compared with each other.
pub(super) const MOST_TOKENS: usize = 64;

/// Reads `title`; `context` is employer and department, which may name the sector.
pub(super) fn read(title: &str, context: &[&str]) -> Reading {
    let terms = Terms::builtin();
    let mut tokens = Vec::new();
    tokenize(title, &mut tokens);
    tokens.truncate(MOST_TOKENS);
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
    if let (true, Some((years, range))) = (marks.of_no_rank(), ladder::years_in(scan.title))
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
        tokens.truncate(MOST_TOKENS);
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
            ("Principal Business Analyst", 5),
            ("Principal Software Engineer", 6),
            ("\u{9ad8}\u{7ea7}\u{8f6f}\u{4ef6}\u{5de5}\u{7a0b}\u{5e08}", 4),
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
