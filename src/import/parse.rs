//! From a unit of text to packed postings: the part that runs on all cores.

use super::Rejection;
use super::read::Origin;
use crate::corpus::Prepared;
use crate::fetch::sources::{Found, find_in_markup, find_records};
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
    /// XML or HTML.
    Markup,
}

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

    fn keep(&mut self, origin: &Origin, place: &str, posting: &Posting) {
        match Prepared::new(posting) {
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
        for posting in &found.postings {
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
        Kind::Lines => lines(&unit, &text, &mut parsed),
        Kind::Markup => {
            let found = find_in_markup(&text, &unit.origin.stem);
            parsed.take_document(&unit.origin, found, "XML or HTML, but no postings");
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
    let found = find_records(&doc, &origin.stem);
    parsed.take_document(origin, found, "JSON, but no postings of a known portal");
}

/// When a wrapper says that its payload was recorded; without a zone it is taken as UTC.
fn recorded_at(text: &str) -> Option<Timestamp> {
    let local = || text.parse::<DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    text.parse().ok().or_else(|| local().map(|time| time.timestamp()))
}

fn lines(unit: &Unit, text: &str, parsed: &mut Parsed) {
    for (number, line) in (unit.first_line..).zip(text.lines()) {
        // Some recorders wrote several values into one line without a separator.
        for (index, value) in serde_json::Deserializer::from_str(line).into_iter::<Value>().enumerate() {
            let place = match index {
                0 => format!("line {number}"),
                _ => format!("line {number}, value {}", index + 1),
            };
            let value = match value {
                Ok(value) => value,
                Err(error) => {
                    parsed.reject(&unit.origin, &place, format!("no valid JSON: {error}"));
                    break;
                }
            };
            let found = find_records(&value, &unit.origin.stem);
            if !found.known && found.rejected.is_empty() {
                parsed.reject(&unit.origin, &place, "not a posting".into());
            }
            parsed.take(&unit.origin, &place, found);
        }
    }
}
