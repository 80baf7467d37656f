//! Pay as a sentence states it: ranges and single sums, their currency and period.
//!
//! Sums of other things (funding, stipends, bonuses, budgets) are left: the words around them say so.

use super::facts::{Found, Word};
use crate::posting::{Pay, PayPeriod};
use crate::text::Section;
use crate::text::filter::Filter;
use crate::text::tokens::{Token, fold_hash};
use std::ops::Range;
use std::sync::OnceLock;

/// Least and most that anyone pays, by period, in units about as large as a dollar.
const HOURLY: (f64, f64) = (5.0, 400.0);
const DAILY: (f64, f64) = (40.0, 4_000.0);
const WEEKLY: (f64, f64) = (100.0, 20_000.0);
const MONTHLY: (f64, f64) = (300.0, 60_000.0);
const YEARLY: (f64, f64) = (8_000.0, 3_000_000.0);
/// The upper end of a range is at most so many times the lower.
const WIDEST: f64 = 6.0;
/// Words that say what a sum is stand at most so many tokens before it, and behind it.
const BEFORE: usize = 6;
const BEHIND: usize = 4;
/// A period further behind its sum than this is another's.
const PERIOD_BEHIND: usize = 8;
/// One lakh.
const LAKH: f64 = 100_000.0;

/// Currencies: code, how many of it are about a dollar, and what it is written as.
const CURRENCIES: [(&str, f64, &[&str]); 33] = [
    ("USD", 1.0, &["$", "USD", "US$", "usd"]),
    ("EUR", 1.0, &["€", "EUR", "Euro", "euro", "Euros", "euros", "eur"]),
    ("GBP", 1.0, &["£", "GBP", "gbp"]),
    ("CHF", 1.0, &["CHF", "SFr"]),
    ("CAD", 1.4, &["CAD", "CDN"]),
    ("AUD", 1.5, &["AUD"]),
    ("NZD", 1.6, &["NZD"]),
    ("SGD", 1.3, &["SGD"]),
    ("HKD", 7.8, &["HKD"]),
    ("SEK", 10.0, &["SEK", "kr", "kronor"]),
    ("NOK", 10.0, &["NOK"]),
    ("DKK", 7.0, &["DKK"]),
    ("PLN", 4.0, &["PLN", "zł", "zl"]),
    ("CZK", 22.0, &["CZK", "Kč"]),
    ("HUF", 350.0, &["HUF"]),
    ("RON", 4.5, &["RON"]),
    ("INR", 80.0, &["INR", "₹", "Rs", "LPA", "lpa", "lakh", "lakhs", "Lakh", "Lakhs", "lacs", "Lacs"]),
    ("JPY", 140.0, &["JPY", "¥", "円"]),
    ("CNY", 7.0, &["CNY", "RMB"]),
    ("KRW", 1300.0, &["KRW", "₩"]),
    ("VND", 24_000.0, &["VND", "VNĐ"]),
    ("PHP", 56.0, &["PHP", "₱"]),
    ("THB", 35.0, &["THB"]),
    ("IDR", 15_000.0, &["IDR"]),
    ("MYR", 4.5, &["MYR", "RM"]),
    ("AED", 3.7, &["AED"]),
    ("SAR", 3.7, &["SAR"]),
    ("ILS", 3.7, &["ILS", "₪"]),
    ("ZAR", 18.0, &["ZAR"]),
    ("BRL", 5.0, &["BRL"]),
    ("MXN", 18.0, &["MXN"]),
    ("TRY", 30.0, &["TRY", "₺"]),
    ("UAH", 40.0, &["UAH", "₴"]),
];

/// What letters right before a dollar sign make of it.
const DOLLARS: [(&str, &str); 9] = [
    ("C", "CAD"),
    ("CA", "CAD"),
    ("CAD", "CAD"),
    ("A", "AUD"),
    ("AU", "AUD"),
    ("S", "SGD"),
    ("NZ", "NZD"),
    ("HK", "HKD"),
    ("R", "BRL"),
];

/// The currency that a token names.
#[inline]
pub(super) fn currency(text: &str, token: &Token) -> Option<&'static str> {
    static FILTER: OnceLock<Filter<64>> = OnceLock::new();
    let filter = FILTER.get_or_init(|| {
        CURRENCIES.iter().flat_map(|(.., written)| *written).map(|word| fold_hash(word)).collect()
    });
    if filter.may_hold(token.hash) { written_so(token.of(text)) } else { None }
}

fn written_so(word: &str) -> Option<&'static str> {
    CURRENCIES.iter().find(|(.., written)| written.contains(&word)).map(|(code, ..)| *code)
}

/// A sum and the tokens it is written with, its currency's among them.
#[derive(Clone, Debug)]
struct Sum {
    first: usize,
    end: usize,
    value: f64,
    currency: Option<&'static str>,
    /// It is written in lakhs.
    lakhs: bool,
}

/// Pay as found, and how telling it is.
pub(super) struct Stated {
    pub(super) pay: Pay,
    pub(super) found: Range<usize>,
    pub(super) rank: u8,
}

/// What one sentence says of pay. `told`: a heading before it speaks of pay.
pub(super) fn read(
    text: &str,
    tokens: &[Token],
    words: &[Found],
    section: Section,
    told: bool,
) -> Option<Stated> {
    let sums = sums(text, tokens);
    let mut best: Option<Stated> = None;
    let mut i = 0;
    while i < sums.len() {
        let (low, high) = match sums.get(i + 1).filter(|high| ranges(text, tokens, words, &sums[i], high)) {
            Some(high) => (&sums[i], Some(high)),
            None => (&sums[i], None),
        };
        i += 1 + usize::from(high.is_some());
        let context = Context { text, tokens, words, section, told };
        if let Some(stated) = context.judge(low, high)
            && best.as_ref().is_none_or(|best| best.rank < stated.rank)
        {
            best = Some(stated);
        }
    }
    best
}

struct Context<'t> {
    text: &'t str,
    tokens: &'t [Token],
    words: &'t [Found],
    section: Section,
    told: bool,
}

impl Context<'_> {
    fn judge(&self, low: &Sum, high: Option<&Sum>) -> Option<Stated> {
        let currency = low.currency.or(high.and_then(|high| high.currency))?;
        let (low_value, high_value) = scaled(low, high);
        let found = low.first..high.map_or(low.end, |high| high.end);
        if high_value.is_some_and(|high| high < low_value || high > low_value * WIDEST) || self.other(&found)
        {
            return None;
        }
        let unit = CURRENCIES.iter().find(|(code, ..)| *code == currency).map_or(1.0, |(_, unit, _)| *unit);
        let top = high_value.unwrap_or(low_value) / unit;
        let guessed = match top {
            v if v < HOURLY.1 => PayPeriod::Hour,
            v if v < YEARLY.0 => PayPeriod::Month,
            _ => PayPeriod::Year,
        };
        let stated = self.period(&found).filter(|(period, _)| plausible(*period, top));
        let period = stated.map_or(guessed, |(period, _)| period);
        let said = self.words.iter().any(|word| matches!(word.word, Word::Pay | Word::Ote)) || self.told;
        // A single sum among the benefits is mostly a perk, by the month or once: a stipend is no salary.
        let salary = high.is_some() || matches!(stated, Some((PayPeriod::Hour | PayPeriod::Year, _)));
        let benefit = self.section == Section::Benefits && salary && !self.capped(low.first);
        if !plausible(period, top) || !(said || benefit || high.is_some() && guessed == PayPeriod::Year) {
            return None;
        }
        let (min, max) = match high_value {
            None if self.capped(low.first) => (None, Some(low_value)),
            high => (Some(low_value), high),
        };
        let end = stated.map_or(found.end, |(_, end)| end.max(found.end));
        let mut rank = u8::from(high.is_some()) * 4 + u8::from(said) * 2 + u8::from(stated.is_some());
        if self.with_bonus(&found) {
            rank = 0;
        }
        let pay = Pay { min, max, currency: Some(currency.to_owned()), period: Some(period) };
        Some(Stated { pay, found: found.start..end, rank })
    }

    /// The period that stands nearest, and the end of its words where they stand right behind the sum.
    fn period(&self, found: &Range<usize>) -> Option<(PayPeriod, usize)> {
        let periods = || {
            self.words.iter().filter_map(|word| match word.word {
                Word::Period(period) => Some((word, period)),
                _ => None,
            })
        };
        let behind =
            periods().find(|(word, _)| word.first >= found.end && word.first < found.end + PERIOD_BEHIND);
        if let Some((word, period)) = behind {
            let close = word.first <= found.end + 1;
            return Some((period, if close { word.end } else { 0 }));
        }
        let inside = periods().find(|(word, _)| word.first >= found.start && word.first < found.end);
        let before = || periods().rev().find(|(word, _)| word.end <= found.start);
        inside.or_else(before).or_else(|| periods().next()).map(|(_, period)| (period, 0))
    }

    /// The words right around the sum say that it is something else than pay.
    fn other(&self, found: &Range<usize>) -> bool {
        let at = |at: usize| self.words.iter().find(|word| word.first == at).map(|word| word.word);
        for before in (found.start.saturating_sub(BEFORE)..found.start).rev() {
            match at(before) {
                Some(Word::Other) => return true,
                Some(Word::Pay | Word::Ote) => break,
                _ => {}
            }
            if matches!(self.tokens[before].of(self.text), "," | ";" | "." | ")" | "+" | "plus" | "|") {
                break;
            }
        }
        for behind in found.end..self.tokens.len().min(found.end + BEHIND) {
            let word = self.tokens[behind].of(self.text);
            if matches!(
                word,
                "," | ";" | "." | "(" | ")" | "+" | "plus" | "and" | "with" | "und" | "|" | "depending"
            ) {
                break;
            }
            if at(behind) == Some(Word::Other) {
                return true;
            }
        }
        false
    }

    /// "Up to" stands right before the sum.
    fn capped(&self, first: usize) -> bool {
        self.words.iter().any(|word| word.word == Word::Cap && word.end <= first && word.end + 1 >= first)
    }

    /// The sum holds what is not sure: on-target earnings.
    fn with_bonus(&self, found: &Range<usize>) -> bool {
        let before = self.words.iter().rev().find(|word| {
            word.end <= found.start
                && found.start - word.end < BEFORE
                && matches!(word.word, Word::Pay | Word::Ote)
        });
        let behind = self
            .words
            .iter()
            .any(|word| word.word == Word::Ote && word.first >= found.end && word.first <= found.end + 1);
        behind || before.is_some_and(|word| word.word == Word::Ote)
    }
}

fn plausible(period: PayPeriod, value: f64) -> bool {
    let (least, most) = match period {
        PayPeriod::Hour => HOURLY,
        PayPeriod::Day => DAILY,
        PayPeriod::Week => WEEKLY,
        PayPeriod::Month => MONTHLY,
        PayPeriod::Year => YEARLY,
    };
    (least..=most).contains(&value)
}

/// Both ends of a range in the same unit: "120-150k", "$100k – 130", "12–18 LPA".
fn scaled(low: &Sum, high: Option<&Sum>) -> (f64, Option<f64>) {
    let lakhs = low.lakhs || high.is_some_and(|high| high.lakhs);
    let lakh = |sum: &Sum| if lakhs && sum.value < 1000.0 { sum.value * LAKH } else { sum.value };
    let (mut least, mut most) = (lakh(low), high.map(lakh));
    if let Some(most) = &mut most {
        if least < 1000.0 && *most >= 1000.0 * least / 2.0 {
            least *= 1000.0;
        } else if *most < 1000.0 && least >= 1000.0 && *most * 1000.0 >= least {
            *most *= 1000.0;
        }
    }
    (least, most)
}

/// Only words that join two ends of a range stand between the sums.
fn ranges(text: &str, tokens: &[Token], words: &[Found], low: &Sum, high: &Sum) -> bool {
    if low.currency.is_none() && high.currency.is_none() || high.first < low.end || high.first - low.end > 6 {
        return false;
    }
    let hyphen = |at: usize| {
        let before = tokens[at - 1].end as usize;
        text.get(before..tokens[at].start as usize).is_some_and(|gap| gap.contains(['-', '‐', '‑']))
    };
    let joints =
        ["–", "—", "−", "~", "to", "bis", "and", "à", "a", "und", "y", "tot", "till", "až", "do", "e", "\\"];
    let mut joined = hyphen(high.first);
    let mut at = low.end;
    while at < high.first {
        let word = tokens[at].of(text);
        joined |= joints.contains(&word) || hyphen(at);
        let period = words.iter().find(|w| w.first == at && matches!(w.word, Word::Period(_)));
        if !joints.contains(&word) && period.is_none() && !matches!(word, "/" | "." | "per") {
            return false;
        }
        at = period.map_or(at + 1, |word| word.end);
    }
    joined
}

/// Every figure that a currency stands beside, and every other: it may be the end of a range.
fn sums(text: &str, tokens: &[Token]) -> Vec<Sum> {
    let mut sums = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !tokens[at].of(text).as_bytes()[0].is_ascii_digit() {
            at += 1;
            continue;
        }
        let Some((value, mut end, mut lakhs)) = amount(text, tokens, at) else {
            at += 1;
            continue;
        };
        let named = |at: Option<usize>| at.and_then(|at| tokens.get(at)).and_then(|t| currency(text, t));
        // What the sum before has taken as its own is not this one's.
        let taken = sums.last().map_or(0, |sum: &Sum| sum.end);
        let (mut code, mut first) = (named(at.checked_sub(1).filter(|before| *before >= taken)), at);
        if code.is_some() {
            first -= 1;
            let letters = first.checked_sub(1).map_or("", |b| tokens[b].of(text));
            if code == Some("USD")
                && !tokens[first].gap
                && let Some((_, dollars)) = DOLLARS.iter().find(|(written, _)| *written == letters)
            {
                (code, first) = (Some(*dollars), first - 1);
            } else if code.is_some() && named(first.checked_sub(1).filter(|before| *before >= taken)) == code
            {
                // "USD $152,000"
                first -= 1;
            }
        }
        // "60.000 €", "$120,000 CAD", "12 LPA"
        if let Some(behind) = named(Some(end))
            && (code.is_none() || code == Some("USD") && tokens[end].of(text).len() > 2)
        {
            let word = tokens[end].of(text).to_ascii_lowercase();
            lakhs |= behind == "INR" && word.starts_with('l');
            // "$500 $1000", "USD 20 - USD 40": it belongs to the next sum.
            let next = tokens.get(end + 1).is_some_and(|t| t.of(text).as_bytes()[0].is_ascii_digit());
            let sign = matches!(tokens[end].of(text), "$" | "£") || code.is_some();
            if !(sign && next) {
                (code, end) = (Some(behind), end + 1);
            }
        }
        sums.push(Sum { first, end, value, currency: code, lakhs });
        at = end;
    }
    sums
}

/// A figure at `at`: its value, the token after it, and whether it is in lakhs.
fn amount(text: &str, tokens: &[Token], at: usize) -> Option<(f64, usize, bool)> {
    let word = tokens.get(at)?.of(text);
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 9 {
        return None;
    }
    let mut number = word[..digits].to_owned();
    let mut rest = &word[digits..];
    let mut next = at + 1;
    let all_digits = |t: &Token, len: usize| {
        let word = t.of(text);
        word.len() == len && word.bytes().all(|b| b.is_ascii_digit())
    };
    // "45 000 €", but not the two ends of "120 - 150": a hyphen is no thousands' mark.
    while rest.is_empty()
        && digits <= 3
        && let Some(group) = tokens.get(next)
        && group.gap
        && all_digits(group, 3)
        && text.get(tokens[next - 1].end as usize..group.start as usize).is_some_and(|gap| !gap.contains('-'))
    {
        number.push_str(group.of(text));
        next += 1;
    }
    while rest.is_empty()
        && let (Some(mark), Some(group)) = (tokens.get(next), tokens.get(next + 1))
        && !mark.gap
        && !group.gap
        && matches!(mark.of(text), "," | "." | "’" | "'")
    {
        let word = group.of(text);
        let len = word.bytes().take_while(u8::is_ascii_digit).count();
        // "8,00,000": lakhs are grouped by two.
        let indian = len == 2
            && word.len() == 2
            && tokens.get(next + 2).is_some_and(|t| t.of(text) == "," && !t.gap)
            && tokens.get(next + 3).is_some_and(|t| !t.gap && t.of(text).len() >= 2);
        match len {
            3 => number.push_str(&word[..3]),
            2 if indian => number.push_str(word),
            1 | 2 => {
                number.push('.');
                number.push_str(&word[..len]);
            }
            _ => break,
        }
        rest = &word[len..];
        next += 2;
        if len != 3 && !indian {
            break;
        }
    }
    let thousand = |word: &str| matches!(word, "k" | "K" | "T" | "tsd" | "Tsd");
    let (times, lakhs) = match rest {
        "" => (1.0, false),
        "L" | "LPA" | "Lakhs" | "lpa" | "lakh" | "lakhs" => (1.0, true),
        _ if thousand(rest) || rest == "kr" && number.len() <= 3 => (1000.0, false),
        _ => return None,
    };
    // "120 k"
    let spaced = rest.is_empty() && tokens.get(next).is_some_and(|t| thousand(t.of(text)));
    let times = if spaced { 1000.0 } else { times };
    let value: f64 = number.parse().ok()?;
    Some((value * times, next + usize::from(spaced), lakhs))
}
