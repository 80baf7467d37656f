//! Pay as portals write it, in fields and in words.

use crate::posting::{Pay, PayPeriod};

/// Currency signs and the code they most often stand for on job boards.
const SIGNS: &[(&str, &str)] = &[
    ("CA$", "CAD"),
    ("C$", "CAD"),
    ("A$", "AUD"),
    ("S$", "SGD"),
    ("US$", "USD"),
    ("R$", "BRL"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₹", "INR"),
    ("¥", "JPY"),
    ("zł", "PLN"),
];

/// Codes recognised as words in text.
const CODES: &[&str] = &[
    "USD", "EUR", "GBP", "CAD", "AUD", "CHF", "SEK", "NOK", "DKK", "PLN", "INR", "JPY", "SGD", "BRL", "CZK",
    "NZD", "ILS", "MXN", "ZAR", "KRW", "HKD", "HUF", "RON", "AED",
];

/// A range; `None` when neither end is a positive amount.
pub(crate) fn range(
    min: Option<f64>,
    max: Option<f64>,
    currency: Option<String>,
    period: Option<PayPeriod>,
) -> Option<Pay> {
    let (min, max) = (min.filter(|amount| *amount > 0.0), max.filter(|amount| *amount > 0.0));
    if min.is_none() && max.is_none() {
        return None;
    }
    let (min, max) = match (min, max) {
        (Some(low), Some(high)) if low > high => (Some(high), Some(low)),
        other => other,
    };
    let currency = currency.map(|code| code.trim().to_uppercase()).filter(|code| code.len() == 3);
    Some(Pay { min, max, currency, period })
}

/// The period in words such as `per-year-salary`, `1 HOUR`, `monthly`, `annum`.
pub(crate) fn period(text: &str) -> Option<PayPeriod> {
    let text = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["hour", "hr"]) {
        Some(PayPeriod::Hour)
    } else if has(&["day", "dail", "diem"]) {
        Some(PayPeriod::Day)
    } else if has(&["week"]) {
        Some(PayPeriod::Week)
    } else if has(&["month", "monat"]) {
        Some(PayPeriod::Month)
    } else if has(&["year", "annu", "yr", "jahr"]) {
        Some(PayPeriod::Year)
    } else {
        None
    }
}

/// Reads a salary line such as `$151K – $231K` or `42405.0 65485.0 Annual`.
///
/// Only lines with one or two amounts and a currency or a period are read: anything else says
/// too little to be sure.
pub(crate) fn from_text(text: &str) -> Option<Pay> {
    let amounts = amounts(text);
    let (&first, rest) = amounts.split_first()?;
    let currency = currency(text);
    let period = period(text);
    if rest.len() > 1 || (currency.is_none() && period.is_none()) {
        return None;
    }
    range(Some(first), Some(rest.first().copied().unwrap_or(first)), currency, period)
}

fn currency(text: &str) -> Option<String> {
    let word =
        text.split(|c: char| !c.is_ascii_alphabetic()).find(|word| CODES.contains(word)).map(str::to_owned);
    word.or_else(|| SIGNS.iter().find(|(sign, _)| text.contains(sign)).map(|(_, code)| (*code).to_owned()))
}

/// The amounts in a text, `K` and `k` read as thousands.
fn amounts(text: &str) -> Vec<f64> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let from = rest.get(start..).unwrap_or("");
        let length = from.find(|c: char| !c.is_ascii_digit() && !",.".contains(c)).unwrap_or(from.len());
        let (digits, after) = from.split_at(length);
        let digits = digits.trim_end_matches([',', '.']);
        let plain = match digits.rsplit_once(['.', ',']) {
            // A group of three digits is thousands, whichever sign divides them.
            Some((_, tail)) if tail.len() == 3 => digits.replace([',', '.'], ""),
            _ => digits.replace(',', ""),
        };
        if let Ok(number) = plain.parse::<f64>() {
            let thousands = after.trim_start().starts_with(['k', 'K']);
            found.push(if thousands { number * 1000.0 } else { number });
        }
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salary_lines() {
        for (text, expected) in [
            ("$151K – $231K", Some("USD 151000–231000")),
            ("$120,000 - $150,000", Some("USD 120000–150000")),
            ("42405.0 65485.0 Annual", Some("42405–65485 a year")),
            ("6000 11000 PLN", Some("PLN 6000–11000")),
            ("$22 an hour", Some("USD 22 a hour")),
            ("€60.000 – €75.000 per year", Some("EUR 60000–75000 a year")),
            ("69313.35 69313.35 annum", Some("69313.35 a year")),
            ("250.0", None),
            ("competitive", None),
            ("401k match, 20 days, $100", None),
            ("{\"max\": 0, \"min\": 0}", None),
        ] {
            assert_eq!(from_text(text).map(|pay| pay.to_string()).as_deref(), expected, "{text}");
        }
    }
}
