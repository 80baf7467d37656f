//! Months, as profiles write them, and the time that several spans cover together.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A month of the calendar. Reads `YYYY`, `YYYY-MM` and `YYYY-MM-DD`; a bare year means its
/// January at the start of a span and its December at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i16,
    /// 1–12; `None` where only the year is known.
    month: Option<u8>,
}

/// Names of months in English, German, French, Spanish, Dutch and Swedish; a beginning of three
/// letters is enough.
const MONTHS: [&str; 12] = [
    "january|januar|janvier|enero|januari|jänner",
    "february|februar|février|fevrier|febrero|februari|feber",
    "march|märz|maerz|mars|marzo|maart|mrz|mrt",
    "april|avril|abril",
    "may|mai|mayo|mei|maj",
    "june|juni|juin|junio",
    "july|juli|juillet|julio",
    "august|août|aout|agosto|augustus|augusti",
    "september|septembre|septiembre|sept",
    "october|oktober|octobre|octubre",
    "november|novembre|noviembre",
    "december|dezember|décembre|decembre|diciembre",
];

impl Month {
    /// The month of a calendar day.
    #[must_use]
    pub fn of(day: jiff::civil::Date) -> Self {
        Self { year: day.year(), month: u8::try_from(day.month()).ok() }
    }

    /// A month of a year; `None` where the month is not 1–12.
    #[must_use]
    pub fn new(year: i16, month: Option<u8>) -> Option<Self> {
        (month.is_none_or(|m| (1..=12).contains(&m)) && (1900..=2200).contains(&year))
            .then_some(Self { year, month })
    }

    /// Reads `YYYY`, `YYYY-MM`, `YYYY-MM-DD`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('-');
        let year = parts.next().filter(|y| y.len() == 4)?.parse().ok()?;
        let month = match parts.next() {
            None => None,
            Some(month) => Some(month.parse().ok()?),
        };
        Self::new(year, month)
    }

    /// Reads a date as people write it: `Jul 2024`, `Juli 2024`, `07/2024`, `2024-07`, `2024`.
    #[must_use]
    pub fn parse_words(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(month) = Self::parse(text) {
            return Some(month);
        }
        let (first, year) = text.rsplit_once([' ', '/', '.'])?;
        let year: i16 = year.trim().parse().ok()?;
        let first = first.trim().trim_end_matches(['.', ',']).to_lowercase();
        let first = first.split([' ', '/']).next()?;
        let named = MONTHS
            .iter()
            .position(|names| first.len() >= 3 && names.split('|').any(|name| name.starts_with(first)));
        let month = match named {
            Some(at) => u8::try_from(at + 1).ok(),
            None => first.parse().ok(),
        };
        month.and_then(|month| Self::new(year, Some(month)))
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.year
    }

    /// Months since year 0, as the beginning of a span.
    #[must_use]
    pub fn first(self) -> i32 {
        i32::from(self.year) * 12 + i32::from(self.month.unwrap_or(1)) - 1
    }

    /// Months since year 0 up to and with this month, as the end of a span.
    #[must_use]
    pub fn past(self) -> i32 {
        i32::from(self.year) * 12 + i32::from(self.month.unwrap_or(12))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.month {
            Some(month) => write!(f, "{:04}-{month:02}", self.year),
            None => write!(f, "{:04}", self.year),
        }
    }
}

impl TryFrom<String> for Month {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is no date; write YYYY, YYYY-MM or YYYY-MM-DD"))
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

/// Years covered by `spans` of months (start, end past), overlaps counted once.
#[must_use]
pub fn years_covered(spans: &[(i32, i32)]) -> f32 {
    let mut sorted: Vec<(i32, i32)> = spans.iter().copied().filter(|(start, end)| end > start).collect();
    sorted.sort_unstable();
    let (mut months, mut reached) = (0, i32::MIN);
    for (start, end) in sorted {
        months += (end - start.max(reached)).max(0);
        reached = reached.max(end);
    }
    (months as f32 / 12.0 * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, expected) in [
            ("2019", Some("2019")),
            ("2019-03", Some("2019-03")),
            ("2019-03-31", Some("2019-03")),
            ("2019-13", None),
            ("19", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(Month::parse(text).map(|m| m.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn reads_dates_in_words() {
        for (text, expected) in [
            ("Jul 2024", Some("2024-07")),
            ("September 2019", Some("2019-09")),
            ("Sept. 2019", Some("2019-09")),
            ("07/2024", Some("2024-07")),
            ("März 2019", Some("2019-03")),
            ("août 2019", Some("2019-08")),
            ("Okt. 2019", Some("2019-10")),
            ("Jul 1, 2024", Some("2024-07")),
            ("2024", Some("2024")),
            ("Present", None),
            ("for 2015", None),
            ("13/2024", None),
        ] {
            assert_eq!(Month::parse_words(text).map(|m| m.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn years_are_a_union_never_a_sum() {
        let span = |a: &str, b: &str| (Month::parse(a).unwrap().first(), Month::parse(b).unwrap().past());
        assert_eq!(years_covered(&[span("2019", "2020"), span("2020-01", "2021-12")]), 3.0);
        assert_eq!(years_covered(&[span("2021", "2020")]), 0.0);
        assert_eq!(years_covered(&[]), 0.0);
    }
}
