//! Spans of dates as they stand in lines of a CV.

use super::super::Month;

/// Words for an end that has not come, in the languages of the headings.
const LASTING: &[&str] = &[
    "present",
    "now",
    "current",
    "currently",
    "today",
    "ongoing",
    "date",
    "heute",
    "jetzt",
    "laufend",
    "gegenwart",
    "aktuell",
    "aujourd'hui",
    "aujourd’hui",
    "présent",
    "actuel",
    "actuellement",
    "jour",
    "actualidad",
    "presente",
    "actual",
    "hoy",
    "heden",
    "nu",
    "nuvarande",
    "pågående",
    "idag",
];

/// Words before a beginning that lasts.
const SINCE: &[&str] = &["since", "seit", "depuis", "desde", "sinds", "sedan"];

/// Dates of a line, and the text on both sides.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) before: String,
    pub(super) after: String,
    pub(super) start: Option<Month>,
    /// Absent while it lasts.
    pub(super) end: Option<Month>,
    /// Two dates, or one that lasts; else a single date, which is both start and end.
    pub(super) range: bool,
}

/// The first dates of a line ("Mar 2019 – Present", "2015-2018", "seit 2019").
pub(super) fn span(line: &str) -> Option<Span> {
    let cells: Vec<(usize, &str)> = words(line).filter(|(_, word)| !word.is_empty()).collect();
    let mut found: Vec<(usize, usize, Option<Month>)> = Vec::new();
    let mut since = None;
    let mut i = 0;
    while i < cells.len() && found.len() < 2 {
        let (at, word) = cells[i];
        let lower = word.to_lowercase();
        let next = cells.get(i + 1);
        let pair = next.and_then(|(_, next)| Month::parse_words(&format!("{word} {next}")));
        if let (Some(month), true, Some((to, second))) = (pair, word.starts_with(char::is_alphabetic), next) {
            found.push((at, to + second.len(), Some(month)));
            i += 1;
        } else if let Some(month) = Month::parse_words(word).filter(|_| word.len() >= 4) {
            found.push((at, at + word.len(), Some(month)));
        } else if !found.is_empty() && LASTING.contains(&lower.as_str()) {
            found.push((at, at + word.len(), None));
        } else if found.is_empty() && SINCE.contains(&lower.as_str()) {
            since = Some(at);
        }
        i += 1;
    }
    let (at, mut past, start) = *found.first()?;
    let mut end = start;
    if let Some((_, to, second)) = found.get(1) {
        (past, end) = (*to, *second);
    }
    let lasts = since.is_some() && found.len() == 1;
    let edge = |c: char| {
        c.is_whitespace()
            || matches!(c, '(' | ')' | '[' | ']' | ',' | '|' | '–' | '—' | '-' | '·' | ':' | '*' | '_' | '.')
    };
    Some(Span {
        before: line.get(..since.unwrap_or(at)).unwrap_or_default().trim_matches(edge).to_owned(),
        after: line.get(past..).unwrap_or_default().trim_matches(edge).to_owned(),
        start,
        end: if lasts { None } else { end },
        range: found.len() == 2 || lasts,
    })
}

/// Words of a line with the place where each begins; dashes, brackets, commas and emphasis divide,
/// except the dash in `2019-03`.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = line.as_bytes();
    let is_date_dash = move |at: usize| {
        at >= 4
            && bytes[at - 4..at].iter().all(u8::is_ascii_digit)
            && bytes.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_digit))
            && !bytes.get(at + 3).is_some_and(u8::is_ascii_digit)
    };
    let mut start = 0;
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    for (at, c) in line.char_indices().chain([(line.len(), ' ')]) {
        let divides = c.is_whitespace()
            || matches!(c, '(' | ')' | '[' | ']' | ',' | '–' | '—' | '|' | '·' | '*' | '_')
            || (c == '-' && !is_date_dash(at));
        if divides {
            cuts.push((start, at));
            start = at + c.len_utf8();
        }
    }
    cuts.into_iter().map(move |(from, to)| (from, line.get(from..to).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_people_write_them() {
        for (line, expected) in [
            ("Nurse, 2015-2018", Some(("Nurse", "2015", Some("2018"), ""))),
            ("Nurse (July 2015 – present)", Some(("Nurse", "2015-07", None, ""))),
            ("Nurse | 03/2015 - 04/2016", Some(("Nurse", "2015-03", Some("2016-04"), ""))),
            ("July 2020 to present", Some(("", "2020-07", None, ""))),
            ("2019 – 2022", Some(("", "2019", Some("2022"), ""))),
            ("Jan 2018 - Mar 2020", Some(("", "2018-01", Some("2020-03"), ""))),
            ("01.2018 – heute Pflegekraft", Some(("", "2018-01", None, "Pflegekraft"))),
            ("seit März 2019", Some(("", "2019-03", None, ""))),
            ("Depuis mars 2019 : infirmière", Some(("", "2019-03", None, "infirmière"))),
            ("mei 2019 – heden", Some(("", "2019-05", None, ""))),
            ("enero de 2019 - actualidad", None),
            ("Cared for 2015 patients a year", None),
            ("no dates", None),
        ] {
            let found = span(line).filter(|span| span.range);
            let text = |month: Month| month.to_string();
            let found =
                found.map(|s| (s.before, s.start.map(text).unwrap_or_default(), s.end.map(text), s.after));
            let expected =
                expected.map(|(b, s, e, a)| (b.to_owned(), s.to_owned(), e.map(str::to_owned), a.to_owned()));
            if line.starts_with("enero") {
                // The month is lost behind "de"; the year is not.
                assert_eq!(found.map(|f| f.1), Some("2019".into()), "{line}");
                continue;
            }
            assert_eq!(found, expected, "{line}");
        }
    }
}
