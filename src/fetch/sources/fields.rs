//! Reading portal JSON leniently: one odd field never costs a record.

use super::types::{Page, ParseError, Rejected};
use crate::posting::Posting;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

/// Share of unreadable records above which a list counts as changed in shape.
const DRIFT_SHARE: f64 = 0.2;

/// Milliseconds from here on: 10^11 seconds would be the year 5138.
const MILLIS_FROM: i64 = 100_000_000_000;

/// The value at `path`: a key, or a JSON pointer when it begins with `/`.
pub(crate) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let found = if path.starts_with('/') { value.pointer(path) } else { value.get(path) };
    found.filter(|found| !found.is_null())
}

/// Text or number at `path`, trimmed; `None` when empty.
pub(crate) fn text(value: &Value, path: &str) -> Option<String> {
    let text = match at(value, path)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The first of several fields that holds text.
pub(crate) fn first_text(value: &Value, paths: &[&str]) -> Option<String> {
    paths.iter().find_map(|path| text(value, path))
}

/// The string at `path`, untouched: bodies keep their bytes.
pub(crate) fn raw<'v>(value: &'v Value, path: &str) -> &'v str {
    at(value, path).and_then(Value::as_str).unwrap_or("")
}

/// The items of the array at `path`; none when there is no array.
pub(crate) fn items<'v>(value: &'v Value, path: &str) -> &'v [Value] {
    at(value, path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A number, also one written as text.
pub(crate) fn number(value: &Value, path: &str) -> Option<f64> {
    match at(value, path)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().replace(',', "").parse().ok(),
        _ => None,
    }
    .filter(|number: &f64| number.is_finite())
}

/// A whole count.
pub(crate) fn count(value: &Value, path: &str) -> Option<u64> {
    match at(value, path)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// True or false, also written as text or number.
pub(crate) fn flag(value: &Value, path: &str) -> Option<bool> {
    match at(value, path)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => match text.to_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        },
        Value::Number(number) => number.as_i64().map(|n| n != 0),
        _ => None,
    }
}

/// The day at `path`, in UTC.
pub(crate) fn day(value: &Value, path: &str) -> Option<Date> {
    match at(value, path)? {
        Value::Number(number) => epoch_day(number.as_i64()?),
        Value::String(text) => parse_day(text),
        _ => None,
    }
}

/// A day from seconds or milliseconds since 1970.
fn epoch_day(number: i64) -> Option<Date> {
    let time = if number.abs() >= MILLIS_FROM {
        Timestamp::from_millisecond(number)
    } else {
        Timestamp::from_second(number)
    };
    Some(time.ok()?.to_zoned(jiff::tz::TimeZone::UTC).date())
}

/// Reads ISO 8601, RFC 2822, `2026-08-05 08:57:20 UTC` and epoch numbers; as a day in UTC.
pub(crate) fn parse_day(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.to_zoned(jiff::tz::TimeZone::UTC).date());
    }
    if let Some(date) = text.get(..10).and_then(|head| head.parse::<Date>().ok()) {
        return Some(date);
    }
    if let Ok(time) = jiff::fmt::rfc2822::parse(text) {
        return Some(time.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date());
    }
    text.parse().ok().filter(|number: &i64| *number > 100_000_000).and_then(epoch_day)
}

/// Adds `location` unless it is empty or there already.
pub(crate) fn add_location(locations: &mut Vec<String>, location: Option<String>) {
    if let Some(location) = location
        && !location.is_empty()
        && !locations.contains(&location)
    {
        locations.push(location);
    }
}

/// The parts that there are, joined by `, `, equal neighbours once; `None` when there are none.
pub(crate) fn join_place(parts: &[Option<String>]) -> Option<String> {
    let mut named: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
    named.dedup();
    (!named.is_empty()).then(|| named.join(", "))
}

/// Parses a body as JSON. A body that is cut off or is a web page is worth another attempt.
pub(crate) fn json(body: &[u8]) -> Result<Value, ParseError> {
    serde_json::from_slice(body).map_err(|error| {
        let start = body.iter().find(|byte| !byte.is_ascii_whitespace());
        match start {
            None => ParseError::Transient("it is empty".into()),
            Some(b'<') => ParseError::Transient("a web page instead of JSON".into()),
            Some(_) => ParseError::Transient(format!("no valid JSON: {error}")),
        }
    })
}

/// Reads every record of a list, sorting the readable from the rest.
///
/// # Errors
/// [`ParseError::Drift`] when more than a fifth of them cannot be read.
pub(crate) fn read_records(
    name: &str,
    records: &[Value],
    mut read: impl FnMut(&Value) -> Result<Option<Posting>, String>,
) -> Result<Page, ParseError> {
    let mut page = Page { rows: records.len() as u64, ..Page::default() };
    for (index, record) in records.iter().enumerate() {
        match read(record) {
            Ok(Some(posting)) => page.postings.push(posting),
            Ok(None) => {}
            Err(reason) => page.rejected.push(Rejected { place: format!("{name}[{index}]"), reason }),
        }
    }
    check_drift(page)
}

/// A page of which too many records cannot be read has another shape.
pub(crate) fn check_drift(page: Page) -> Result<Page, ParseError> {
    if page.rejected.len() as f64 > page.rows as f64 * DRIFT_SHARE {
        let first = page.rejected.first().map(|r| format!("{}: {}", r.place, r.reason)).unwrap_or_default();
        let (bad, all) = (page.rejected.len(), page.rows);
        return Err(ParseError::Drift(format!("{bad} of {all} records are unreadable, first {first}")));
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_every_way_portals_write_them() {
        for (text, expected) in [
            ("2026-08-05T11:45:06.679Z", Some("2026-08-05")),
            ("2026-03-10T20:02:20-04:00", Some("2026-03-11")),
            ("2026-07-17 11:00:39 UTC", Some("2026-07-17")),
            ("2026-08-15T08:00:00+0200", Some("2026-08-15")),
            ("2026-06-30", Some("2026-06-30")),
            ("Sat, 22 Aug 2026 06:25:52 GMT", Some("2026-08-22")),
            ("1784791828", Some("2026-07-23")),
            ("1553186035299", Some("2019-03-21")),
            ("2013-08", None),
            ("New York City residency is generally required", None),
            ("2026-99-99", None),
            ("", None),
        ] {
            assert_eq!(parse_day(text).map(|day| day.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_few_bad_records_are_reported_and_many_are_drift() {
        let read = |value: &Value| match value.as_u64() {
            Some(_) => Ok(None),
            None => Err("no number".to_owned()),
        };
        let few: Vec<Value> = serde_json::from_str("[1,2,3,4,\"x\"]").unwrap();
        let page = read_records("jobs", &few, read).unwrap();
        assert_eq!(page.rejected, [Rejected { place: "jobs[4]".into(), reason: "no number".into() }]);
        let many: Vec<Value> = serde_json::from_str("[1,2,{},\"x\"]").unwrap();
        assert!(matches!(read_records("jobs", &many, read), Err(ParseError::Drift(_))));
    }
}
