//! Arguments that several commands share, and how their values are read.

use super::CliError;
use crate::coded::Region;
use crate::level::{self, Track};
use crate::posting::Workplace;
use crate::query::scope::Scope;
use std::ops::RangeInclusive;

/// Which part of the market.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct ScopeArgs {
    /// Role family, e.g. software-engineering
    #[arg(long, value_name = "ID")]
    pub(super) family: Option<String>,
    /// ic (individual contributors) or management
    #[arg(long, value_parser = track)]
    pub(super) track: Option<Track>,
    /// Country, as a two-letter code
    #[arg(long, value_name = "CODE", value_parser = region)]
    pub(super) region: Option<Region>,
    /// Only remote postings
    #[arg(long)]
    pub(super) remote: bool,
    /// Published since: 90d, 12w, 6m, 1y, or a day (2026-01-31)
    #[arg(long, value_name = "WHEN")]
    pub(super) since: Option<String>,
}

impl ScopeArgs {
    /// The scope meant, as of `today`.
    pub(super) fn scope(&self, today: jiff::civil::Date) -> Result<Scope, CliError> {
        Ok(Scope {
            family: self.family.clone(),
            track: self.track,
            region: self.region,
            workplace: self.remote.then_some(Workplace::Remote),
            since: self.since.as_deref().map(|when| since(when, today)).transpose()?,
            open: false,
        })
    }
}

/// A level by its number or by one of its names, such as `senior` or `director`.
fn level_of(text: &str) -> Option<u8> {
    let has_name =
        |level: &u8| level::name(*level).split(", ").flat_map(|n| n.split(" or ")).any(|n| n == text);
    match text.parse() {
        Ok(number) => Some(number).filter(|number| (1..=8).contains(number)),
        Err(_) => (1..=8).find(has_name),
    }
}

/// Reads `5..`, `..4`, `3..5` (both included) or `4`; `senior..` and the like, too.
pub(super) fn levels(text: &str) -> Result<RangeInclusive<u8>, String> {
    let error =
        || format!("`{text}` is no range of levels; write 5.., ..4, 3..5 (both included), 4 or senior..");
    let level = |part: &str, open: u8| match part.trim() {
        "" => Ok(open),
        given => level_of(&given.to_lowercase()).ok_or_else(error),
    };
    let (low, high) = match text.split_once("..") {
        Some(("", "")) => return Err(error()),
        Some((low, high)) => (level(low, 1)?, level(high.trim_start_matches('='), 8)?),
        None if text.trim().is_empty() => return Err(error()),
        None => (level(text, 1)?, level(text, 8)?),
    };
    if low > high { Err(error()) } else { Ok(low..=high) }
}

/// Reads `ic` or `management`.
pub(super) fn track(text: &str) -> Result<Track, String> {
    match text.to_lowercase().as_str() {
        "ic" => Ok(Track::Ic),
        "management" | "mgmt" | "manager" => Ok(Track::Management),
        _ => Err(format!("`{text}` is no track; write ic or management")),
    }
}

/// Reads a country code.
pub(super) fn region(text: &str) -> Result<Region, String> {
    let code = if text.eq_ignore_ascii_case("uk") { "GB" } else { text };
    Region::from_code(code).ok_or_else(|| format!("`{text}` is no two-letter country code, e.g. DE"))
}

/// Reads `EUR 80000`, `EUR80000` or `80000 EUR`.
pub(super) fn pay(text: &str) -> Result<(String, u32), String> {
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match (letters.len(), digits.parse()) {
        (3, Ok(amount)) => Ok((letters.to_uppercase(), amount)),
        _ => Err(format!("`{text}` is no yearly pay; write a currency and an amount, e.g. EUR80000")),
    }
}

/// Reads a span back from `today` (`90d`, `12w`, `6m`, `1y`) or a day, as days since 1970-01-01.
pub(super) fn since(text: &str, today: jiff::civil::Date) -> Result<i32, CliError> {
    let error = || {
        CliError::Input(format!("`{text}` is no time; write 90d, 12w, 6m, 1y or a day such as 2026-01-31"))
    };
    let day = match text.parse::<jiff::civil::Date>() {
        Ok(day) => day,
        Err(_) => {
            let at = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(error)?;
            let (number, unit) = text.split_at(at);
            let number: i64 = number.parse().map_err(|_| error())?;
            let span = jiff::Span::new();
            let span = match unit {
                "d" => span.try_days(number),
                "w" => span.try_weeks(number),
                "m" => span.try_months(number),
                "y" => span.try_years(number),
                _ => return Err(error()),
            };
            span.and_then(|span| today.checked_sub(span)).map_err(|_| error())?
        }
    };
    Ok(self::day(day))
}

/// Days since 1970-01-01.
pub(super) fn day(day: jiff::civil::Date) -> i32 {
    let hours = day.duration_since(jiff::civil::Date::constant(1970, 1, 1)).as_hours();
    i32::try_from(hours / 24).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn level_ranges() {
        for (text, expected) in [
            ("5..", Some(5..=8)),
            ("3..5", Some(3..=5)),
            ("3..=5", Some(3..=5)),
            ("..4", Some(1..=4)),
            ("4", Some(4..=4)),
            ("", None),
            ("..", None),
            ("9", None),
            ("5..3", None),
            ("four", None),
            ("senior..", Some(4..=8)),
            ("Entry..Senior", Some(2..=4)),
            ("director", Some(7..=7)),
            ("vice president..", Some(8..=8)),
        ] {
            assert_eq!(levels(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn times() {
        let today = jiff::civil::date(1970, 3, 2);
        for (text, expected) in [
            ("10d", Some(50)),
            ("1w", Some(53)),
            ("2m", Some(1)),
            ("1970-01-31", Some(30)),
            ("90", None),
            ("9x", None),
            ("99999999999999999999d", None),
            ("99999999y", None),
        ] {
            assert_eq!(since(text, today).ok(), expected, "{text}");
        }
    }

    #[test]
    fn pay_in_any_order() {
        assert_eq!(pay("eur 80,000"), Ok(("EUR".into(), 80_000)));
        assert!(pay("80000").is_err());
    }
}
