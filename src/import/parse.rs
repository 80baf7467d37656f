//! From a unit of text to packed postings: the part that runs on all cores.

use super::Rejection;
use super::plain;
use super::read::Origin;
use crate::corpus::Prepared;
use crate::fetch::sources::{Found, Rejected, find_in_markup, find_records, note_portal};
use crate::fetch::to_utf8;
use crate::posting::Posting;
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::Value;
use std::sync::Arc;

/// What a unit of text is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// One JSON document.
    Json,
    /// Lines of JSON.
    Lines,
    /// Rows of a table, as lines of JSON.
    Rows,
    /// XML or HTML.
    Markup,
}

/// Why a saved web page gives nothing.
const PAGE_WITHOUT_JOBS: &str = "a web page that does not mark its jobs (no schema.org JobPosting in it); \
many careers pages are drawn by a script: give their address to `rungs fetch`";

/// Text to parse.
pub(super) struct Unit {
    pub(super) origin: Arc<Origin>,
    pub(super) kind: Kind,
    pub(super) text: Vec<u8>,
    /// Number of its first line, for [`Kind::Lines`].
    pub(super) first_line: u64,
}

/// What a unit held.
pub(super) struct Parsed {
    /// The first unit of its file.
    pub(super) begins_file: bool,
    pub(super) bytes: u64,
    pub(super) seen_at: Timestamp,
    pub(super) postings: Vec<Prepared>,
    pub(super) unlisted: u64,
    pub(super) rejections: Vec<Rejection>,
}

impl Parsed {
    fn new(seen_at: Timestamp) -> Self {
        Self {
            begins_file: false,
            bytes: 0,
            seen_at,
            postings: Vec::new(),
            unlisted: 0,
            rejections: Vec::new(),
        }
    }

    /// A whole file that was not stored.
    pub(super) fn file_rejection(origin: &Origin, reason: &str, skipped: bool) -> Self {
        let mut parsed = Self::new(origin.written);
        parsed.begins_file = true;
        let (place, reason) = (origin.place.clone(), reason.to_owned());
        parsed.rejections.push(Rejection { place, reason, skipped });
        parsed
    }

    /// A record that was not stored.
    pub(super) fn rejection(origin: &Origin, place: &str, reason: &str) -> Self {
        let mut parsed = Self::new(origin.written);
        parsed.reject(origin, place, reason.to_owned());
        parsed
    }

    fn reject(&mut self, origin: &Origin, place: &str, reason: String) {
        let separator = if place.is_empty() { "" } else { ": " };
        let place = format!("{}{separator}{place}", origin.place);
        self.rejections.push(Rejection { place, reason, skipped: false });
    }

    fn keep(&mut self, origin: &Origin, place: &str, mut posting: Posting) {
        note_portal(&mut posting, None);
        match Prepared::new(&posting) {
            Ok(prepared) => self.postings.push(prepared),
            Err(error) => self.reject(origin, place, error.to_string()),
        }
    }

    /// Takes what a whole file held, or notes that it is `foreign`.
    fn take_document(&mut self, origin: &Origin, found: Found, foreign: &str) {
        if !found.known && found.rejected.is_empty() {
            let (place, reason) = (origin.place.clone(), foreign.to_owned());
            self.rejections.push(Rejection { place, reason, skipped: true });
        }
        self.take(origin, "", found);
    }

    /// Takes what a document held, its places told within `place`.
    fn take(&mut self, origin: &Origin, place: &str, found: Found) {
        self.unlisted += found.unlisted;
        for posting in found.postings {
            self.keep(origin, place, posting);
        }
        for rejected in found.rejected {
            let separator = if place.is_empty() || rejected.place.is_empty() { "" } else { ", " };
            self.reject(origin, &format!("{place}{separator}{}", rejected.place), rejected.reason);
        }
    }
}

pub(super) fn parse(unit: Unit) -> Parsed {
    let mut parsed = Parsed::new(unit.origin.written);
    parsed.bytes = unit.text.len() as u64;
    parsed.begins_file = unit.first_line <= 1;
    let text = to_utf8(&unit.text, None);
    match unit.kind {
        Kind::Json => document(&unit.origin, &text, &mut parsed),
        Kind::Lines => lines(&unit, "line", &text, &mut parsed),
        Kind::Rows => lines(&unit, "row", &text, &mut parsed),
        Kind::Markup => {
            let found = find_in_markup(&text, &unit.origin.stem);
            let head = text.get(..1000).unwrap_or(&text).to_lowercase();
            let is_page = head.contains("<html") || head.contains("<!doctype html");
            let foreign = if is_page { PAGE_WITHOUT_JOBS } else { "XML, but no postings" };
            parsed.take_document(&unit.origin, found, foreign);
        }
    }
    parsed
}

fn document(origin: &Origin, text: &str, parsed: &mut Parsed) {
    let doc: Value = match serde_json::from_str(text) {
        Ok(doc) => doc,
        Err(error) => return parsed.reject(origin, "", format!("no valid JSON: {error}")),
    };
    if let Some(recorded) = doc.get("fetched_at").and_then(Value::as_str).and_then(recorded_at) {
        parsed.seen_at = recorded;
    }
    let mut found = find_records(&doc, &origin.stem);
    let items = doc.as_array().map_or(std::slice::from_ref(&doc), Vec::as_slice);
    if !found.known && items.iter().any(plain::is_like_one) {
        for (index, item) in items.iter().enumerate() {
            let place = if doc.is_array() { format!("[{index}]") } else { String::new() };
            by_hand(item, place, &origin.stem, &mut found);
        }
        found.known = true;
    } else if doc.is_array() {
        // Neighbours of a portal's record that are none of it may still be postings.
        for rejected in std::mem::take(&mut found.rejected) {
            let index: Option<usize> = rejected
                .place
                .strip_prefix('[')
                .and_then(|p| p.strip_suffix(']'))
                .and_then(|p| p.parse().ok());
            match index.and_then(|at| items.get(at)).filter(|item| plain::is_like_one(item)) {
                Some(item) => by_hand(item, rejected.place, &origin.stem, &mut found),
                None => found.rejected.push(rejected),
            }
        }
    }
    parsed.take_document(
        origin,
        found,
        "JSON, but no postings: neither of a known portal nor with `title` and `description`",
    );
}

/// Adds a record that no portal sent.
fn by_hand(value: &Value, place: String, stem: &str, found: &mut Found) {
    match plain::record(value) {
        Ok(record) => {
            let more = find_records(&record, stem);
            found.postings.extend(more.postings);
            found.rejected.extend(more.rejected.into_iter().map(|r| Rejected { place: place.clone(), ..r }));
        }
        Err(reason) => found.rejected.push(Rejected { place, reason }),
    }
}

/// When a wrapper says that its payload was recorded; without a zone it is taken as UTC.
fn recorded_at(text: &str) -> Option<Timestamp> {
    let local = || text.parse::<DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    text.parse().ok().or_else(|| local().map(|time| time.timestamp()))
}

fn lines(unit: &Unit, what: &str, text: &str, parsed: &mut Parsed) {
    // The first row of a table holds its names.
    let first = unit.first_line + u64::from(matches!(unit.kind, Kind::Rows));
    for (number, line) in (first..).zip(text.lines()) {
        // Some recorders wrote several values into one line without a separator.
        for (index, value) in serde_json::Deserializer::from_str(line).into_iter::<Value>().enumerate() {
            let place = match index {
                0 => format!("{what} {number}"),
                _ => format!("{what} {number}, value {}", index + 1),
            };
            let value = match value {
                Ok(value) => value,
                Err(error) => {
                    parsed.reject(&unit.origin, &place, format!("no valid JSON: {error}"));
                    break;
                }
            };
            let mut found = find_records(&value, &unit.origin.stem);
            if !found.known && found.rejected.is_empty() {
                by_hand(&value, String::new(), &unit.origin.stem, &mut found);
            }
            parsed.take(&unit.origin, &place, found);
        }
    }
}
