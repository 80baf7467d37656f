//! Finding postings in any JSON that a portal might have sent, wrapped however it may be.
//!
//! Recorded payloads come whole, in pieces, or wrapped by whoever recorded them. So records are
//! recognised one by one, wherever in the document they stand.

use super::types::Rejected;
use super::xml;
use super::{
    ashby, feed, greenhouse, hackernews, jsonfeeds, jsonld, keyed, lever, merge_copies, pages, personio,
    pinpoint, plain, recruitee, rippling, site, workable, workday,
};
use crate::posting::Posting;
use serde_json::Value;

/// How deep records are looked for.
const DEPTH: usize = 8;

/// A kind of record: how to tell it, which board it names, how to read it.
struct Shape {
    source: &'static str,
    is: fn(&Value) -> bool,
    board: fn(&Value) -> Option<String>,
    read: Read,
}

/// How a record is read: as one posting, as one or none (unlisted), as several.
enum Read {
    One(fn(&str, &Value) -> Result<Posting, String>),
    Maybe(fn(&str, &Value) -> Result<Option<Posting>, String>),
    Several(fn(&str, &Value) -> Result<Vec<Posting>, String>),
}

/// In the order in which they are tried: the pickier first.
const SHAPES: &[Shape] = &[
    Shape { source: "own", is: plain::is_own, board: no_board, read: Read::Maybe(plain::own) },
    Shape { source: "plain", is: plain::is_record, board: no_board, read: Read::Maybe(plain::record) },
    Shape {
        source: "greenhouse",
        is: greenhouse::is_record,
        board: greenhouse::board_of,
        read: Read::One(greenhouse::record),
    },
    Shape { source: "lever", is: lever::is_record, board: lever::board_of, read: Read::One(lever::record) },
    Shape { source: "ashby", is: ashby::is_record, board: ashby::board_of, read: Read::Maybe(ashby::record) },
    Shape { source: "workable", is: workable::is_record, board: no_board, read: Read::One(workable::record) },
    Shape {
        source: "recruitee",
        is: recruitee::is_record,
        board: recruitee::board_of,
        read: Read::Maybe(recruitee::record),
    },
    Shape {
        source: "pinpoint",
        is: pinpoint::is_record,
        board: pinpoint::board_of,
        read: Read::One(pinpoint::record),
    },
    Shape {
        source: "rippling",
        is: rippling::is_record,
        board: rippling::board_of,
        read: Read::One(rippling::record),
    },
    Shape { source: "breezy", is: pages::is_breezy, board: no_board, read: Read::One(pages::breezy) },
    Shape {
        source: "workday",
        is: workday::is_detail,
        board: workday::board_of,
        read: Read::One(workday::whole),
    },
    Shape { source: "workday", is: workday::is_record, board: no_board, read: Read::One(workday::record) },
    Shape {
        source: "smartrecruiters",
        is: pages::is_smartrecruiters,
        board: pages::board_of_smartrecruiters,
        read: Read::One(pages::smartrecruiters),
    },
    Shape {
        source: "hackernews",
        is: hackernews::is_record,
        board: no_board,
        read: Read::Several(hackernews::records),
    },
    Shape {
        source: "remotive",
        is: jsonfeeds::is_remotive,
        board: no_board,
        read: Read::One(jsonfeeds::remotive),
    },
    Shape {
        source: "arbeitnow",
        is: jsonfeeds::is_arbeitnow,
        board: no_board,
        read: Read::One(jsonfeeds::arbeitnow),
    },
    Shape {
        source: "remoteok",
        is: jsonfeeds::is_remoteok,
        board: no_board,
        read: Read::One(jsonfeeds::remoteok),
    },
    Shape {
        source: "himalayas",
        is: jsonfeeds::is_himalayas,
        board: no_board,
        read: Read::One(jsonfeeds::himalayas),
    },
    Shape { source: "usajobs", is: keyed::is_usajobs, board: no_board, read: Read::One(keyed::usajobs) },
    Shape { source: "adzuna", is: keyed::is_adzuna, board: no_board, read: Read::One(keyed::adzuna) },
    Shape { source: "site", is: jsonld::is_job, board: no_board, read: Read::One(jsonld_record) },
];

fn no_board(_value: &Value) -> Option<String> {
    None
}

/// A schema.org JobPosting that stands by itself in a JSON file.
fn jsonld_record(board: &str, value: &Value) -> Result<Posting, String> {
    let id = ["url", "identifier", "title"].iter().find_map(|name| super::fields::text(value, name));
    let id = id.or_else(|| super::fields::text(value, "/identifier/value"));
    jsonld::record("site", board, &id.ok_or("neither url nor identifier")?, value)
}

/// What a document holds.
#[derive(Debug, Default)]
pub struct Found {
    /// Postings, in document order.
    pub postings: Vec<Posting>,
    /// Records that could not be read.
    pub rejected: Vec<Rejected>,
    /// Records that are no public posting: unlisted by their employer, or talk in a thread.
    pub unlisted: u64,
    /// The document is a list of a known portal, be it an empty one.
    pub known: bool,
}

/// Finds every posting in `doc`. Records that name no board get `board`, unless another record
/// of the same document names one.
#[must_use]
pub fn find_records(doc: &Value, board: &str) -> Found {
    let mut found = Found::default();
    let wrapper = doc.get("company").and_then(Value::as_str).map(str::trim);
    let fallback = wrapper.filter(|name| !name.is_empty() && !name.contains([':', ' '])).unwrap_or(board);
    let named = first_board(doc, 0);
    let mut visit = Visit { fallback, named, found: &mut found };
    visit.value(doc, "", 0);
    found.postings = merge_copies(std::mem::take(&mut found.postings));
    found.known |= !found.postings.is_empty() || found.unlisted > 0 || is_empty_list(doc);
    found
}

/// Finds every posting in XML (Personio, RSS, Atom) or on a web page (schema.org JobPosting).
#[must_use]
pub fn find_in_markup(text: &str, board: &str) -> Found {
    let head = text.trim_start().get(..200).unwrap_or(text).to_lowercase();
    let is_page = head.starts_with("<!doctype html") || head.contains("<html");
    if !is_page && let Ok(root) = xml::parse(text.as_bytes()) {
        if root.name == "workzag-jobs" {
            let page = personio::read(board, &root);
            return Found { postings: page.postings, rejected: page.rejected, unlisted: 0, known: true };
        }
        if let Ok(page) = feed::read("feed", board, &root) {
            return Found { postings: page.postings, rejected: page.rejected, unlisted: 0, known: true };
        }
    }
    let (postings, rejected) = site::read_page(text, board);
    let known = !postings.is_empty();
    Found { postings, rejected, unlisted: 0, known }
}

/// An empty list as the portals send it.
fn is_empty_list(doc: &Value) -> bool {
    let empty = |key: &str| doc.get(key).and_then(Value::as_array).is_some_and(Vec::is_empty);
    ["jobs", "offers", "items", "results", "data", "content", "jobPostings"].iter().any(|key| empty(key))
        || doc.as_array().is_some_and(Vec::is_empty)
}

fn shape_of(value: &Value) -> Option<&'static Shape> {
    if !value.is_object() {
        return None;
    }
    SHAPES.iter().find(|shape| (shape.is)(value))
}

/// The first board that any record of the document names, with its source.
fn first_board(value: &Value, depth: usize) -> Option<(&'static str, String)> {
    if depth > DEPTH {
        return None;
    }
    if let Some(shape) = shape_of(value) {
        return (shape.board)(value).map(|board| (shape.source, board));
    }
    match value {
        Value::Array(items) => items.iter().find_map(|item| first_board(item, depth + 1)),
        Value::Object(fields) => fields.values().find_map(|field| first_board(field, depth + 1)),
        _ => None,
    }
}

struct Visit<'a> {
    fallback: &'a str,
    named: Option<(&'static str, String)>,
    found: &'a mut Found,
}

impl Visit<'_> {
    fn value(&mut self, value: &Value, place: &str, depth: usize) {
        if depth > DEPTH {
            return;
        }
        if let Some(shape) = shape_of(value) {
            self.record(shape, value, place);
            return;
        }
        match value {
            Value::Array(items) => {
                let is_list = items.iter().any(|item| shape_of(item).is_some());
                for (index, item) in items.iter().enumerate() {
                    let place = format!("{place}[{index}]");
                    if is_list && shape_of(item).is_none() && !is_notice(item) {
                        let reason = "not a record like its neighbours".to_owned();
                        self.found.rejected.push(Rejected { place, reason });
                    } else {
                        self.value(item, &place, depth + 1);
                    }
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    if field.is_array() || field.is_object() {
                        let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
                        self.value(field, &place, depth + 1);
                    }
                }
            }
            _ => {}
        }
    }

    fn record(&mut self, shape: &Shape, value: &Value, place: &str) {
        let own = (shape.board)(value);
        let named = self.named.as_ref().filter(|(source, _)| *source == shape.source);
        let board = own.as_deref().or(named.map(|(_, board)| board.as_str())).unwrap_or(self.fallback);
        let read = match shape.read {
            Read::One(read) => read(board, value).map(|posting| vec![posting]),
            Read::Maybe(read) => read(board, value).map(|posting| posting.into_iter().collect()),
            Read::Several(read) => read(board, value),
        };
        match read {
            Ok(postings) if postings.is_empty() => self.found.unlisted += 1,
            Ok(postings) => self.found.postings.extend(postings),
            Err(reason) => self.found.rejected.push(Rejected { place: place.to_owned(), reason }),
        }
    }
}

/// The first element of some lists: terms of use.
fn is_notice(value: &Value) -> bool {
    value.get("legal").is_some() || value.get("last_updated").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn job(id: u64, url: &str) -> Value {
        json!({"id": id, "title": "Cook", "absolute_url": url, "content": "x"})
    }

    #[test]
    fn finds_records_however_they_are_wrapped() {
        let plain = "https://boards.greenhouse.io/acme/jobs/1";
        for (doc, board) in [
            (json!({"jobs": [job(1, plain)], "meta": {"total": 1}}), "acme"),
            (
                json!({"company": "acme-wrapped", "jobs": [job(1, "https://acme.example/?gh_jid=1")]}),
                "acme-wrapped",
            ),
            (json!({"jobs": [job(1, "https://acme.example/?gh_jid=1")]}), "stem"),
            (json!({"jobs": [job(2, "https://acme.example/?gh_jid=1"), job(1, plain)]}), "acme"),
            (job(1, plain), "acme"),
            (json!({"pages": [{"sub": {"acme": [job(1, plain)]}}]}), "acme"),
        ] {
            let found = find_records(&doc, "stem");
            assert_eq!(found.postings[0].key.board, board, "{doc}");
            assert!(found.rejected.is_empty());
        }
    }

    #[test]
    fn every_neighbour_of_a_record_is_stored_or_reported() {
        let plain = "https://boards.greenhouse.io/acme/jobs/1";
        let doc = json!({"jobs": [job(1, plain), {"id": null}, 7, {"legal": "terms"}]});
        let found = find_records(&doc, "stem");
        let places: Vec<&str> = found.rejected.iter().map(|r| r.place.as_str()).collect();
        assert_eq!((found.postings.len(), places), (1, vec!["jobs[1]", "jobs[2]"]));
    }

    #[test]
    fn tells_an_empty_board_from_a_foreign_document() {
        for (doc, known) in [
            (json!({"jobs": [], "apiVersion": "1"}), true),
            (json!([]), true),
            (json!({"questions": [{"label": "why"}]}), false),
            (json!({"ok": false, "error": "Document not found"}), false),
        ] {
            assert_eq!(find_records(&doc, "stem").known, known, "{doc}");
        }
    }
}
