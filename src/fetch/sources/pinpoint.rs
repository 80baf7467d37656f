//! Pinpoint: an employer's postings in one answer.

use super::fields::{self, add_location, day, first_text, number, raw, text};
use super::types::{Board, Page, ParseError, Request};
use super::{markup, pay, posting, scrub};
use crate::posting::{Markup, Posting};
use serde_json::Value;
use url::Url;

/// Parts of the body: the field, and the field with its heading.
const PARTS: &[(&str, &str)] = &[
    ("description", ""),
    ("key_responsibilities", "key_responsibilities_header"),
    ("skills_knowledge_expertise", "skills_knowledge_expertise_header"),
    ("benefits", "benefits_header"),
];

pub(super) fn detect(url: &Url) -> Option<String> {
    let name = url.host_str()?.strip_suffix(".pinpointhq.com")?;
    (name != "www" && name != "app").then(|| name.to_owned())
}

pub(super) fn start(board: &Board) -> Vec<Request> {
    vec![Request::list(format!("https://{}.pinpointhq.com/postings.json", board.token))]
}

pub(super) fn parse(board: &Board, _request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let doc = fields::json(body)?;
    let Some(rows) = doc.get("data").and_then(Value::as_array) else {
        return Err(ParseError::Drift("no `data` list".into()));
    };
    fields::read_records("data", rows, |row| record(&board.token, row).map(Some))
}

pub(super) fn is_record(value: &Value) -> bool {
    value.get("title").is_some() && value.get("workplace_type").is_some() && value.get("path").is_some()
}

pub(super) fn board_of(value: &Value) -> Option<String> {
    detect(&Url::parse(raw(value, "url")).ok()?)
}

pub(super) fn record(board: &str, row: &Value) -> Result<Posting, String> {
    let mut found = posting("pinpoint", board, text(row, "id"), text(row, "title"));
    add_location(&mut found.locations, first_text(row, &["/location/name", "/location/city"]));
    for (field, heading) in PARTS {
        markup::section(&mut found.description, raw(row, heading), raw(row, field));
    }
    found.markup = Markup::Html;
    found.truncated = found.description.is_empty();
    found.url = text(row, "url");
    found.posted = day(row, "published_at");
    found.facts.department = text(row, "/job/department/name");
    found.facts.requisition = text(row, "/job/requisition_id");
    found.facts.employment_type = first_text(row, &["employment_type_text", "employment_type"]);
    found.facts.workplace = super::workplace(raw(row, "workplace_type"));
    found.facts.pay = pay::range(
        number(row, "compensation_minimum"),
        number(row, "compensation_maximum"),
        text(row, "compensation_currency"),
        pay::period(raw(row, "compensation_frequency")),
    );
    scrub::finish(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn joins_the_sections_with_their_headings() {
        let row = json!({"id": "p1", "title": "Clerk", "path": "/en/p1", "url": "https://acme.pinpointhq.com/en/p1",
            "description": "<p>File.</p>", "skills_knowledge_expertise_header": "You bring",
            "skills_knowledge_expertise": "<p>Care</p>", "workplace_type": "onsite", "location": {"name": "Leeds"},
            "compensation_minimum": 20000.0, "compensation_maximum": 25000.0, "compensation_currency": "GBP",
            "compensation_frequency": "year"});
        assert!(is_record(&row));
        let found = record("acme", &row).unwrap();
        assert_eq!(found.description, "<p>File.</p>\n<h3>You bring</h3>\n<p>Care</p>\n");
        assert_eq!(found.facts.pay.unwrap().to_string(), "GBP 20000–25000 a year");
    }
}
