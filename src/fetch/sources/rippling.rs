//! Rippling: a paged list and one answer per posting.

use super::fields::{self, add_location, count, day, first_text, items, number, raw, text};
use super::types::{Board, Listing, Page, ParseError, Rejected, Request, Step};
use super::{markup, pay, posting, scrub};
use crate::posting::{Markup, Posting};
use serde_json::Value;
use url::Url;

/// Rows asked for in one request.
const PAGE: u64 = 1000;

const API: &str = "https://api.rippling.com/platform/api/ats/v2/board";

pub(super) fn detect(url: &Url) -> Option<String> {
    let mut path = url.path_segments()?.filter(|part| !part.is_empty());
    match url.host_str()? {
        "ats.rippling.com" => path.find(|part| part.len() != 5 || !part.contains('-')).map(str::to_owned),
        "api.rippling.com" => path.skip_while(|part| *part != "board").nth(1).map(str::to_owned),
        _ => None,
    }
}

pub(super) fn native_id(url: &Url) -> Option<String> {
    detect(url)?;
    let mut path = url.path_segments()?;
    path.any(|part| part == "jobs").then_some(())?;
    path.next().filter(|id| !id.is_empty()).map(str::to_owned)
}

fn list_url(board: &Board, page: u64) -> String {
    format!("{API}/{}/jobs?page={page}&pageSize={PAGE}", super::path_segment(&board.token))
}

pub(super) fn start(board: &Board) -> Vec<Request> {
    vec![Request::list(list_url(board, 0))]
}

pub(super) fn parse(board: &Board, request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let doc = fields::json(body)?;
    match &request.step {
        Step::Detail { posting, .. } => detail(posting, &doc),
        Step::List { at, .. } => list(board, *at, &doc),
        _ => Err(ParseError::Drift("neither a list nor a posting".into())),
    }
}

fn list(board: &Board, at: u64, doc: &Value) -> Result<Page, ParseError> {
    let Some(rows) = doc.get("items").and_then(Value::as_array) else {
        return Err(ParseError::Drift("no `items` list".into()));
    };
    let mut page = Page { rows: rows.len() as u64, ..Page::default() };
    for (index, row) in rows.iter().enumerate() {
        match record(&board.token, row) {
            Ok(posting) => {
                let id = super::path_segment(&posting.key.native_id);
                let url = format!("{API}/{}/jobs/{id}", super::path_segment(&board.token));
                page.listings.push(Listing { posting, detail: Some(Request::list(url)), unsure: false });
            }
            Err(reason) => page.rejected.push(Rejected { place: format!("items[{index}]"), reason }),
        }
    }
    page.advertised_total = count(doc, "totalItems");
    if count(doc, "totalPages").is_some_and(|pages| at + 1 < pages) {
        page.next.push(Request::list_at(list_url(board, at + 1), at + 1, None));
    }
    fields::check_drift(page)
}

fn detail(listed: &Posting, doc: &Value) -> Result<Page, ParseError> {
    let mut found = listed.clone();
    markup::section(&mut found.description, "", raw(doc, "/description/company"));
    markup::section(&mut found.description, "", raw(doc, "/description/role"));
    if found.description.is_empty() {
        return Err(ParseError::Drift("no `description`".into()));
    }
    found.truncated = false;
    found.posted = day(doc, "createdOn").or(found.posted);
    found.company = text(doc, "companyName").or(found.company);
    found.facts.employment_type = first_text(doc, &["/employmentType/label", "employmentType"]);
    found.facts.pay = items(doc, "payRangeDetails").iter().find_map(|range| {
        let period = pay::period(raw(range, "frequency"));
        pay::range(number(range, "rangeStart"), number(range, "rangeEnd"), text(range, "currency"), period)
    });
    let company = found.company.clone();
    let found = scrub::finish(found).map_err(ParseError::Drift)?;
    Ok(Page { postings: vec![found], company, ..Page::default() })
}

pub(super) fn is_record(value: &Value) -> bool {
    value.get("uuid").is_some() && value.get("name").is_some() && value.get("workLocation").is_some()
}

pub(super) fn board_of(value: &Value) -> Option<String> {
    detect(&Url::parse(raw(value, "url")).ok()?)
}

/// A row of the list: everything but the body.
pub(super) fn record(board: &str, row: &Value) -> Result<Posting, String> {
    let mut found = posting("rippling", board, first_text(row, &["id", "uuid"]), text(row, "name"));
    add_location(&mut found.locations, text(row, "/workLocation/label"));
    for place in items(row, "locations") {
        add_location(&mut found.locations, first_text(place, &["name", "label"]));
    }
    found.facts.workplace = found.locations.iter().find_map(|place| super::workplace(place));
    found.markup = Markup::Html;
    found.truncated = true;
    found.url = text(row, "url");
    found.facts.department = first_text(row, &["/department/name", "/department/label"]);
    scrub::finish(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_then_asks_for_each_posting() {
        let board = Board::new("rippling", "acme");
        let row = json!({"id": "u1", "name": "Cook", "url": "https://ats.rippling.com/acme/jobs/u1",
            "department": {"name": "Kitchen"}, "locations": [{"name": "Remote (US)"}]});
        let body = json!({"items": [row], "totalItems": 2, "totalPages": 2}).to_string();
        let page = parse(&board, &start(&board)[0], body.as_bytes()).unwrap();
        assert_eq!((page.next.len(), page.advertised_total), (1, Some(2)));
        let listing = &page.listings[0];
        let mut request = listing.detail.clone().unwrap();
        assert!(request.url.ends_with("/acme/jobs/u1"));
        request.step = Step::Detail { posting: Box::new(listing.posting.clone()), stamp: String::new() };
        let body = json!({"description": {"role": "<p>Cook</p>", "company": "<p>We eat</p>"}, "createdOn": "2026-01-02",
            "payRangeDetails": [{"rangeStart": 1, "rangeEnd": 2, "currency": "USD", "frequency": "HOUR"}]});
        let page = parse(&board, &request, body.to_string().as_bytes()).unwrap();
        assert_eq!(page.postings[0].description, "<p>We eat</p>\n<p>Cook</p>\n");
        assert_eq!(page.postings[0].title, "Cook");
    }
}
