//! Arguments that several commands share, and how their values are read.

use super::CliError;
use crate::coded::Region;
use crate::level::{self, Track};
use crate::posting::Workplace;
use crate::query::scope::Scope;
use crate::query::search::closest;
use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use std::ffi::OsStr;
use std::ops::RangeInclusive;

/// Which part of the market.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct ScopeArgs {
    /// Role family, e.g. software-engineering
    #[arg(long, value_name = "ID", value_parser = Family, hide_possible_values = true)]
    pub(super) family: Option<String>,
    /// ic (individual contributors) or management
    #[arg(long, value_name = "TRACK", value_parser = Tracks, hide_possible_values = true)]
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

/// A role family, by its id or its label. Unknown ones are refused: an empty answer about a family
/// that does not exist would look like one about a family without postings.
#[derive(Clone, Debug)]
pub(super) struct Family;

impl TypedValueParser for Family {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        let text = value.to_string_lossy();
        let known = |f: &&level::family::Family| {
            f.id.eq_ignore_ascii_case(&text) || f.label.eq_ignore_ascii_case(&text)
        };
        if let Some(family) = level::family::all().iter().find(known) {
            return Ok(family.id.to_owned());
        }
        let named = level::family::all()
            .iter()
            .flat_map(|f| [(f.id, f.id.replace('-', " ")), (f.id, f.label.to_owned())]);
        let names: Vec<(&str, String)> = named.collect();
        let mut close: Vec<&str> = Vec::new();
        let wanted = text.replace(['-', '_'], " ");
        for name in closest(names.iter().map(|(_, name)| name.as_str()), &wanted) {
            let ids = names.iter().filter(|(_, known)| known == name).map(|(id, _)| *id);
            ids.for_each(|id| {
                if !close.contains(&id) {
                    close.push(id)
                }
            });
        }
        // What is no family may be the title of a job.
        let title = level::family::Evidence { title: &text, ..Default::default() };
        if let Some(family) = level::family::estimate(&title).filter(|_| close.is_empty()) {
            close.push(family.id);
        }
        let close = if close.is_empty() { String::new() } else { format!(" close: {};", close.join(", ")) };
        Err(refused(command, format!("no family `{text}`;{close} see `rungs families`")))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(
            level::family::all().iter().map(|family| PossibleValue::new(family.id).help(family.label)),
        ))
    }
}

/// `ic` or `management`, with the usual other words.
#[derive(Clone, Debug)]
pub(super) struct Tracks;

impl TypedValueParser for Tracks {
    type Value = Track;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Track, clap::Error> {
        track(&value.to_string_lossy()).map_err(|problem| refused(command, problem))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(["ic", "management"].into_iter().map(PossibleValue::new)))
    }
}

/// A range of levels; completions offer the single ones.
#[derive(Clone, Debug)]
pub(super) struct Levels;

impl TypedValueParser for Levels {
    type Value = RangeInclusive<u8>;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        levels(&value.to_string_lossy()).map_err(|problem| refused(command, problem))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((1..=8).map(|at| PossibleValue::new(at.to_string()).help(level::name(at)))))
    }
}

fn refused(command: &clap::Command, problem: String) -> clap::Error {
    clap::Error::raw(ErrorKind::ValueValidation, format!("{problem}\n")).with_cmd(command)
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

/// Reads `4` or `senior`.
pub(super) fn level(text: &str) -> Result<u8, String> {
    level_of(&text.to_lowercase()).ok_or_else(|| {
        let known: Vec<String> = (1..=8).map(|level| format!("{level} {}", level::name(level))).collect();
        format!("`{text}` is no level; write a number or one of its names: {}", known.join("; "))
    })
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

/// Countries, ISO 3166-1 alpha-2.
const ISO_CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/// Reads a country code.
pub(super) fn region(text: &str) -> Result<Region, String> {
    let code = if text.eq_ignore_ascii_case("uk") { "GB" } else { text };
    let known = Region::from_code(code).filter(|region| ISO_CODES.split(' ').any(|iso| iso == region.code()));
    known.ok_or_else(|| {
        let close = if text.len() > 2 { crate::coded::regions(text).into_iter().next() } else { None };
        let close = close.map(|region| format!(" close: {region};")).unwrap_or_default();
        format!("no region `{text}`;{close} write a two-letter country code, e.g. DE")
    })
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
    fn single_levels() {
        for (text, expected) in
            [("4", Some(4)), ("Senior", Some(4)), ("lead", Some(5)), ("0", None), ("-2", None)]
        {
            assert_eq!(level(text).ok(), expected, "{text}");
        }
        assert!(level("boss").unwrap_err().contains("4 senior"));
    }

    #[test]
    fn unknown_names_are_refused_with_what_is_close() {
        let command = clap::Command::new("rungs");
        let family = |text: &str| Family.parse_ref(&command, None, OsStr::new(text));
        assert_eq!(family("Nursing").unwrap(), "nursing");
        let error = family("nursin").unwrap_err().to_string();
        assert!(
            error.contains("no family `nursin`; close: nursing") && error.contains("rungs families"),
            "{error}"
        );
        assert!(family("").is_err());
        assert!(region("ZZ").is_err() && region("uk").is_ok());
        assert!(region("Germany").unwrap_err().contains("close: DE"));
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
