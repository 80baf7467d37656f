//! Job sites that publish their postings as a JSON feed: Remotive, Arbeitnow, Remote OK, Himalayas.
//!
//! Each is one board of many employers. A feed is a window on the latest postings, so a posting
//! that left it is not thereby closed.

use super::fields::{self, add_location, count, day, first_text, flag, items, number, raw, text};
use super::types::{Board, Page, ParseError, Request, Step};
use super::{markup, pay, posting, scrub};
use crate::posting::{Markup, PayPeriod, Posting, Workplace};
use serde_json::Value;
use url::Url;

/// The one board of such a site.
pub(super) const ALL: &str = "all";

/// Rows of Himalayas in one request: what its interface gives at most.
const HIMALAYAS_PAGE: u64 = 20;

fn on_host(url: &Url, host: &str) -> Option<String> {
    let name = url.host_str()?;
    (name == host || name.strip_prefix("www.") == Some(host)).then(|| ALL.to_owned())
}

pub(super) fn detect_remotive(url: &Url) -> Option<String> {
    on_host(url, "remotive.com")
}

pub(super) fn detect_arbeitnow(url: &Url) -> Option<String> {
    on_host(url, "arbeitnow.com")
}

pub(super) fn detect_remoteok(url: &Url) -> Option<String> {
    on_host(url, "remoteok.com")
}

pub(super) fn detect_himalayas(url: &Url) -> Option<String> {
    on_host(url, "himalayas.app")
}

pub(super) fn start_remotive(_board: &Board) -> Vec<Request> {
    vec![Request::list("https://remotive.com/api/remote-jobs")]
}

pub(super) fn start_arbeitnow(_board: &Board) -> Vec<Request> {
    vec![Request::list("https://www.arbeitnow.com/api/job-board-api?page=1")]
}

pub(super) fn start_remoteok(_board: &Board) -> Vec<Request> {
    vec![Request::list("https://remoteok.com/api")]
}

pub(super) fn start_himalayas(_board: &Board) -> Vec<Request> {
    vec![Request::list(himalayas_url(0))]
}

fn himalayas_url(offset: u64) -> String {
    format!("https://himalayas.app/jobs/api?limit={HIMALAYAS_PAGE}&offset={offset}")
}

fn position(request: &Request) -> u64 {
    match request.step {
        Step::List { at, .. } => at,
        _ => 0,
    }
}

pub(super) fn parse_remotive(_board: &Board, _request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let doc = fields::json(body)?;
    read(&doc, "jobs", remotive)
}

pub(super) fn parse_arbeitnow(_board: &Board, request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let doc = fields::json(body)?;
    let mut page = read(&doc, "data", arbeitnow)?;
    if page.rows > 0 && text(&doc, "/links/next").is_some() {
        let next = position(request) + 1;
        let url = format!("https://www.arbeitnow.com/api/job-board-api?page={}", next + 1);
        page.next.push(Request::list_at(url, next, None));
    }
    Ok(page)
}

pub(super) fn parse_remoteok(_board: &Board, _request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let doc = fields::json(body)?;
    let Some(rows) = doc.as_array() else { return Err(ParseError::Drift("no list".into())) };
    // The first element is the terms of use.
    fields::read_records("", rows, |row| match row.get("legal") {
        Some(_) => Ok(None),
        None => remoteok(ALL, row).map(Some),
    })
}

pub(super) fn parse_himalayas(_board: &Board, request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let doc = fields::json(body)?;
    let mut page = read(&doc, "jobs", himalayas)?;
    page.advertised_total = count(&doc, "totalCount");
    let next = position(request) + page.rows;
    if page.rows > 0 && page.advertised_total.is_some_and(|total| next < total) {
        page.next.push(Request::list_at(himalayas_url(next), next, None));
    }
    Ok(page)
}

fn read(
    doc: &Value,
    list: &str,
    record: fn(&str, &Value) -> Result<Posting, String>,
) -> Result<Page, ParseError> {
    let Some(rows) = doc.get(list).and_then(Value::as_array) else {
        return Err(ParseError::Drift(format!("no `{list}` list")));
    };
    fields::read_records(list, rows, |row| record(ALL, row).map(Some))
}

pub(super) fn is_remotive(value: &Value) -> bool {
    value.get("candidate_required_location").is_some() && value.get("company_name").is_some()
}

pub(super) fn is_arbeitnow(value: &Value) -> bool {
    value.get("slug").is_some() && value.get("job_types").is_some() && value.get("company_name").is_some()
}

pub(super) fn is_remoteok(value: &Value) -> bool {
    value.get("position").is_some_and(Value::is_string)
        && value.get("company").is_some_and(Value::is_string)
        && value.get("epoch").or(value.get("apply_url")).is_some()
}

pub(super) fn is_himalayas(value: &Value) -> bool {
    value.get("companyName").is_some() && value.get("guid").is_some() && value.get("title").is_some()
}

pub(super) fn remotive(_board: &str, row: &Value) -> Result<Posting, String> {
    let mut found =
        body(posting("remotive", ALL, text(row, "id"), text(row, "title")), raw(row, "description"));
    found.company = text(row, "company_name");
    add_location(&mut found.locations, text(row, "candidate_required_location"));
    found.url = text(row, "url");
    found.posted = day(row, "publication_date");
    found.facts.employment_type = text(row, "job_type");
    found.facts.industry = text(row, "category");
    found.facts.pay = text(row, "salary").and_then(|salary| pay::from_text(&salary));
    found.facts.workplace = Some(Workplace::Remote);
    found.facts.portal_skills = words(row, "tags");
    scrub::finish(found)
}

pub(super) fn arbeitnow(_board: &str, row: &Value) -> Result<Posting, String> {
    let mut found =
        body(posting("arbeitnow", ALL, text(row, "slug"), text(row, "title")), raw(row, "description"));
    found.company = text(row, "company_name");
    add_location(&mut found.locations, text(row, "location"));
    found.url = text(row, "url");
    found.posted = day(row, "created_at");
    found.facts.employment_type = words(row, "job_types").into_iter().next();
    found.facts.workplace = flag(row, "remote").filter(|remote| *remote).map(|_| Workplace::Remote);
    found.facts.portal_skills = words(row, "tags");
    scrub::finish(found)
}

pub(super) fn remoteok(_board: &str, row: &Value) -> Result<Posting, String> {
    let mut found =
        body(posting("remoteok", ALL, text(row, "id"), text(row, "position")), raw(row, "description"));
    found.company = text(row, "company").map(|name| markup::line(&name));
    add_location(&mut found.locations, text(row, "location"));
    found.url = text(row, "url");
    found.posted = day(row, "date").or_else(|| day(row, "epoch"));
    let year = Some(PayPeriod::Year);
    found.facts.pay =
        pay::range(number(row, "salary_min"), number(row, "salary_max"), Some("USD".into()), year);
    found.facts.workplace = Some(Workplace::Remote);
    found.facts.portal_skills = words(row, "tags");
    scrub::finish(found)
}

pub(super) fn himalayas(_board: &str, row: &Value) -> Result<Posting, String> {
    let mut found =
        body(posting("himalayas", ALL, text(row, "guid"), text(row, "title")), raw(row, "description"));
    if found.description.is_empty() {
        found.description = raw(row, "excerpt").to_owned();
        found.truncated = true;
    }
    found.company = text(row, "companyName");
    for place in items(row, "locationRestrictions") {
        let name = place.as_str().map(str::to_owned).or_else(|| text(place, "name"));
        add_location(&mut found.locations, name);
    }
    found.url = first_text(row, &["applicationLink", "guid"]);
    found.posted = day(row, "pubDate");
    found.facts.employment_type = text(row, "employmentType");
    found.facts.level = Some(words(row, "seniority").join(", ")).filter(|level| !level.is_empty());
    found.facts.industry = words(row, "parentCategories").into_iter().next();
    let period = pay::period(raw(row, "salaryPeriod"));
    found.facts.pay =
        pay::range(number(row, "minSalary"), number(row, "maxSalary"), text(row, "currency"), period);
    found.facts.workplace = Some(Workplace::Remote);
    scrub::finish(found)
}

fn body(mut found: Posting, text: &str) -> Posting {
    found.description = markup::decode_body(text);
    let html = markup::looks_like_html(&found.description);
    found.markup = if html { Markup::Html } else { Markup::Text };
    found.truncated = found.description.is_empty();
    found
}

fn words(row: &Value, path: &str) -> Vec<String> {
    items(row, path).iter().filter_map(|word| word.as_str().map(|word| word.trim().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_feed_gives_its_postings() {
        let remotive = json!({"id": 1, "title": "Cook", "company_name": "Acme", "candidate_required_location": "Worldwide",
            "salary": "$40,000 - $50,000", "description": "<p>x</p>", "publication_date": "2026-07-15T08:30:00"});
        let arbeitnow = json!({"slug": "cook-1", "title": "Cook", "company_name": "Acme", "job_types": ["full time"],
            "tags": [], "description": "<p>x</p>", "remote": true, "location": "Berlin", "created_at": 1_785_792_634});
        let remoteok = json!({"id": "1", "position": "Cook", "company": "A &amp; B", "epoch": 1_785_704_722, "tags": ["food"],
            "description": "x", "salary_min": 0, "salary_max": 50000});
        let himalayas = json!({"guid": "https://himalayas.app/x", "title": "Cook", "companyName": "Acme", "seniority": ["Senior"],
            "locationRestrictions": ["Norway"], "description": "<p>x</p>", "minSalary": 10, "maxSalary": 20,
            "currency": "EUR", "salaryPeriod": "hourly", "pubDate": 1_785_798_080});
        let request = |start: fn(&Board) -> Vec<Request>| start(&Board::new("x", ALL)).remove(0);
        let board = Board::new("x", ALL);
        let pages = [
            parse_remotive(
                &board,
                &request(start_remotive),
                json!({"jobs": [remotive]}).to_string().as_bytes(),
            ),
            parse_arbeitnow(
                &board,
                &request(start_arbeitnow),
                json!({"data": [arbeitnow]}).to_string().as_bytes(),
            ),
            parse_remoteok(
                &board,
                &request(start_remoteok),
                json!([{"legal": "terms"}, remoteok]).to_string().as_bytes(),
            ),
            parse_himalayas(
                &board,
                &request(start_himalayas),
                json!({"jobs": [himalayas], "totalCount": 1}).to_string().as_bytes(),
            ),
        ];
        let found: Vec<Posting> = pages.into_iter().map(|page| page.unwrap().postings.remove(0)).collect();
        let pays: Vec<String> = found
            .iter()
            .map(|f| f.facts.pay.as_ref().map_or_else(String::new, ToString::to_string))
            .collect();
        assert_eq!(pays, ["USD 40000–50000", "", "USD 50000 a year", "EUR 10–20 a hour"]);
        assert_eq!(found[2].company.as_deref(), Some("A & B"));
        assert_eq!(found[3].facts.level.as_deref(), Some("Senior"));
    }

    #[test]
    fn feeds_with_pages_are_read_to_the_end() {
        let board = Board::new("himalayas", ALL);
        let body = json!({"jobs": [{"guid": "1", "companyName": "A", "title": "B", "description": "c"}], "totalCount": 2});
        let page = parse_himalayas(&board, &start_himalayas(&board)[0], body.to_string().as_bytes()).unwrap();
        assert!(page.next[0].url.ends_with("offset=1"));
        let last = parse_himalayas(&board, &page.next[0], body.to_string().as_bytes()).unwrap();
        assert!(last.next.is_empty());
    }
}
