//! The scale of what one works on: `10M+ users`, `petabytes of data`, `$5m ARR`, `200 stores`.

use super::skills::span;
use super::types::{Experience, ExperienceKind, Strength};
use crate::text::filter::Lexicon;
use crate::text::tokens::{Token, TokenKind, fold_hash};
use crate::text::{Block, Document, Phrases};
use std::sync::OnceLock;

/// `value<TAB>unit<TAB>least<TAB>phrase|phrase|…`
const TABLE: &str = include_str!("../../data/extract/scale.tsv");
/// At most this many words stand between a figure and what it counts ("10M monthly paying users").
const BETWEEN: usize = 4;
/// Bytes of a terabyte and a petabyte.
const TERA: f64 = 1e12;
const PETA: f64 = 1e15;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Counted {
    value: &'static str,
    unit: &'static str,
    least: f64,
}

fn counted() -> &'static Phrases<Counted> {
    static PHRASES: OnceLock<Phrases<Counted>> = OnceLock::new();
    PHRASES.get_or_init(|| {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
            let mut cells = line.split('\t');
            let (value, unit) = (cells.next()?, cells.next()?);
            let least = cells.next()?.parse().ok()?;
            Some((Counted { value, unit, least }, cells.next()?))
        });
        Phrases::new(rows.flat_map(|(counted, phrases)| phrases.split('|').map(move |p| (p, counted))))
    })
}

/// A figure and the tokens it is written with.
struct Quantity {
    first: usize,
    /// One past the last token.
    end: usize,
    figure: f64,
    currency: Option<&'static str>,
}

/// Bytes that a figure of scale may begin with: most words begin with none.
const MAY_BEGIN: [bool; 256] = {
    let mut may = [false; 256];
    let (mut i, bytes) = (0, b"$0123456789dDtThHmMbBpP\xc2\xe2");
    while i < bytes.len() {
        may[bytes[i] as usize] = true;
        i += 1;
    }
    may
};

/// Reads the scale that one sentence states.
pub(super) fn read(document: &Document, block: &Block, strength: Strength, out: &mut Vec<Experience>) {
    let (text, tokens) = (document.visible(), document.tokens_of(block));
    let mut at = 0;
    while at < tokens.len() {
        let first = text.as_bytes().get(tokens[at].start as usize);
        if !first.is_some_and(|&first| MAY_BEGIN[first as usize]) {
            at += 1;
            continue;
        }
        let Some(quantity) = quantity(text, tokens, at) else {
            at += 1;
            continue;
        };
        at = quantity.end;
        let Some((counted, first, end)) = subject(text, tokens, &quantity) else { continue };
        let (figure, unit) = match (counted.unit, quantity.currency) {
            ("petabytes", None) => (quantity.figure * PETA, "bytes"),
            ("terabytes", None) => (quantity.figure * TERA, "bytes"),
            ("money", Some(currency)) => (quantity.figure, currency),
            ("money", None) | (_, Some(_)) => continue,
            (unit, None) => (quantity.figure, unit),
        };
        if quantity.figure < counted.least {
            continue;
        }
        let range = tokens[first].start as usize..tokens[end - 1].end as usize;
        out.push(Experience {
            kind: ExperienceKind::Scale,
            min: Some(figure),
            max: None,
            unit: Some(unit.to_owned()),
            value: Some(counted.value.to_owned()),
            strength,
            span: span(document, range),
        });
        at = at.max(end);
    }
}

/// What a figure counts: after it, or of money also before it ("a quota of $1M"); with the tokens from the one to
/// the other.
fn subject(text: &str, tokens: &[Token], quantity: &Quantity) -> Option<(Counted, usize, usize)> {
    let mut words = 0;
    let mut at = quantity.end;
    while words <= BETWEEN {
        let Some(token) = tokens.get(at) else { break };
        if let Some((counted, len)) = counted().longest(text, tokens, at) {
            return Some((counted, quantity.first, at + len));
        }
        let symbol = token.kind == TokenKind::Symbol;
        let word = token.of(text);
        if symbol && !matches!(word, "+" | "’" | "'" | "/")
            || is_figure(token, text)
            || NO_SUBJECT.contains(&word)
        {
            break;
        }
        words += usize::from(!symbol);
        at += 1;
    }
    quantity.currency?;
    let from = quantity.first.saturating_sub(BETWEEN);
    (from..quantity.first).rev().find_map(|at| {
        let (counted, len) = counted().longest(text, tokens, at)?;
        (counted.unit == "money" && at + len <= quantity.first).then_some((counted, at, quantity.end))
    })
}

/// A figure of these counts nothing behind them.
const NO_SUBJECT: [&str; 18] = [
    "years", "year", "yrs", "months", "month", "days", "hours", "weeks", "minutes", "Jahre", "Jahren",
    "star", "stars", "Star", "percent", "who", "that", "while",
];

fn is_figure(token: &Token, text: &str) -> bool {
    token.of(text).starts_with(|c: char| c.is_ascii_digit())
}

/// A figure that tells scale and begins at `at`: `10M`, `$1.5 billion`, `100,000`, `millions`, `petabyte`.
fn quantity(text: &str, tokens: &[Token], at: usize) -> Option<Quantity> {
    let token = tokens.get(at)?;
    let currency = match token.of(text).as_bytes() {
        [b'$'] => Some("USD"),
        [b'0'..=b'9', ..] => None,
        [first, ..] if first.is_ascii() => return in_words(text, tokens, at),
        _ => match token.of(text) {
            "€" => Some("EUR"),
            "£" => Some("GBP"),
            _ => return None,
        },
    };
    let first = at;
    let (mut figure, mut end) = digits(text, tokens, at + usize::from(currency.is_some()))?;
    if let Some(token) = tokens.get(end)
        && let Some(times) = magnitude(token.of(text))
    {
        figure *= times;
        end += 1;
    }
    // "Windows 2012 servers": a plain figure like a year's is no count.
    let year = end == first + 1 && currency.is_none() && (1990.0..=2100.0).contains(&figure);
    // "5 years", "20 %" and a date's parts count nothing of scale; neither does a version's number.
    let glued = first
        .checked_sub(1)
        .and_then(|b| tokens.get(b))
        .is_some_and(|b| matches!(b.of(text), "." | "," | ":" | "/" | "#") && !tokens[first].gap);
    (!glued && !year).then_some(Quantity { first, end, figure, currency })
}

/// Digits with thousands' marks, a decimal part and a suffix (`1.5M`); and the token after them.
fn digits(text: &str, tokens: &[Token], at: usize) -> Option<(f64, usize)> {
    let mut number = String::new();
    let mut at = at;
    loop {
        let word = tokens.get(at)?.of(text);
        let len = word.bytes().take_while(u8::is_ascii_digit).count();
        if len == 0 || len > 12 {
            return None;
        }
        number.push_str(&word[..len]);
        at += 1;
        if len < word.len() {
            let times = magnitude(&word[len..])?;
            return Some((number.parse::<f64>().ok()? * times, at));
        }
        let (Some(mark), Some(next)) = (tokens.get(at), tokens.get(at + 1)) else {
            return Some((number.parse().ok()?, at));
        };
        let group = next.of(text).bytes().take_while(u8::is_ascii_digit).count();
        match mark.of(text) {
            "," if !mark.gap && !next.gap && group == 3 && next.of(text).len() >= 3 => at += 1,
            "." if !mark.gap && !next.gap && group > 0 && !number.contains('.') => {
                // "1.000" in German, "1.5" in English.
                if group != 3 {
                    number.push('.');
                }
                at += 1;
            }
            _ => return Some((number.parse().ok()?, at)),
        }
    }
}

fn magnitude(word: &str) -> Option<f64> {
    Some(match word.to_ascii_lowercase().as_str() {
        "k" | "thousand" | "tausend" => 1e3,
        "m" | "mm" | "mn" | "mio" | "million" | "millionen" | "millions" => 1e6,
        "b" | "bn" | "billion" | "billions" | "mrd" | "milliarden" => 1e9,
        "t" | "trillion" => 1e12,
        _ => return None,
    })
}

/// "millions of", "hundreds of thousands of", "petabyte-scale", "multi-terabyte".
fn in_words(text: &str, tokens: &[Token], at: usize) -> Option<Quantity> {
    let figure = small(&tokens[at])?;
    let quantity = |end, figure| Some(Quantity { first: at, end, figure, currency: None });
    if figure == 1.0 {
        return quantity(at, figure);
    }
    let of = tokens.get(at + 1).is_some_and(|t| matches!(t.of(text), "of" | "von"));
    if figure < 1e3 && of {
        let times = tokens.get(at + 2).and_then(small).filter(|times| *times >= 1e3);
        return times.map_or_else(|| quantity(at + 2, figure), |times| quantity(at + 3, figure * times));
    }
    quantity(at + 1 + usize::from(of), figure)
}

/// A word that tells how many: tens to billions; 1 for those that tell both figure and unit.
fn small(token: &Token) -> Option<f64> {
    static WORDS: OnceLock<Lexicon<f64, 16>> = OnceLock::new();
    let words =
        WORDS.get_or_init(|| IN_WORDS.iter().map(|(word, figure)| (fold_hash(word), *figure)).collect());
    words.get(token.hash).copied()
}

const IN_WORDS: [(&str, f64); 12] = [
    ("dozens", 24.0),
    ("tens", 10.0),
    ("hundreds", 100.0),
    ("thousands", 1e3),
    ("millions", 1e6),
    ("millionen", 1e6),
    ("billions", 1e9),
    ("trillions", 1e12),
    ("petabytes", 1.0),
    ("petabyte", 1.0),
    ("terabytes", 1.0),
    ("terabyte", 1.0),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posting::Markup;

    #[test]
    fn figures_of_scale_are_read_and_others_are_not() {
        for (line, expected) in [
            ("Build services used by millions of users", Some((1e6, "users"))),
            ("Systems that serve 10M+ monthly active users", Some((1e7, "users"))),
            ("Scaled APIs to 50,000 requests per second", Some((5e4, "requests per second"))),
            ("Pipelines over hundreds of thousands of events", Some((1e5, "requests"))),
            ("Experience with petabyte-scale data", Some((1e15, "bytes"))),
            ("Datasets of 20 TB", Some((2e13, "bytes"))),
            ("Carry a quota of $1.5M", Some((1.5e6, "USD"))),
            ("Managed a €20 million portfolio", Some((2e7, "EUR"))),
            ("Support 120 stores across the country", Some((120.0, "sites"))),
            ("Verantwortung für 2,5 Mio. Kunden", None),
            ("5 years of experience with users", None),
            ("Python 3.11 and 2 services", None),
            ("40 hours per week", None),
            ("Administer Windows 2012 servers", None),
            ("10+ years in corporate facilities", None),
        ] {
            let document = Document::new(&format!("Requirements:\n- {line}"), Markup::Text);
            let mut found = Vec::new();
            document.blocks().iter().for_each(|b| read(&document, b, Strength::Required, &mut found));
            let read = found.first().map(|e| (e.min.unwrap_or(0.0), e.unit.as_deref().unwrap_or("")));
            assert_eq!(read, expected, "{line}");
        }
    }
}
