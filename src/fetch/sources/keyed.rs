//! Search interfaces that want the user's own key: USAJOBS and Adzuna.
//!
//! A board is a search: `usajobs:data scientist`, `adzuna:gb/data scientist`. What a search
//! returns is a window, so nothing is closed by leaving it. Keys are added when a request is
//! sent and never stored. Adzuna cuts descriptions short: its postings are marked so.

use super::fields::{self, add_location, at, count, day, first_text, flag, items, number, raw, text};
use super::types::{Board, Page, ParseError, Request, Step};
use super::{markup, pay, posting, scrub};
use crate::posting::{Markup, PayPeriod, Posting};
use serde_json::Value;
use url::Url;

/// Rows in one request.
const USAJOBS_PAGE: u64 = 500;
const ADZUNA_PAGE: u64 = 50;

/// Board of postings read from files, where the search is not known.
const SEARCH: &str = "search";

pub(super) fn detect_none(_url: &Url) -> Option<String> {
    None
}

fn with_query(base: &str, pairs: &[(&str, &str)]) -> Option<Request> {
    Url::parse_with_params(base, pairs).ok().map(|url| Request::list(url.as_str()))
}

fn usajobs_page(board: &Board, page: u64) -> Option<Request> {
    let (rows, number) = (USAJOBS_PAGE.to_string(), (page + 1).to_string());
    let pairs =
        [("ResultsPerPage", rows.as_str()), ("Page", number.as_str()), ("Keyword", board.token.as_str())];
    let mut request = with_query("https://data.usajobs.gov/api/Search", &pairs)?;
    request.step = Step::List { at: page, after: None };
    Some(request)
}

fn adzuna_page(board: &Board, page: u64) -> Option<Request> {
    let (country, what) = board.token.split_once('/')?;
    let rows = ADZUNA_PAGE.to_string();
    let base = format!("https://api.adzuna.com/v1/api/jobs/{country}/search/{}", page + 1);
    let mut request = with_query(&base, &[("results_per_page", &rows), ("what", what)])?;
    request.step = Step::List { at: page, after: None };
    Some(request)
}

pub(super) fn start_usajobs(board: &Board) -> Vec<Request> {
    usajobs_page(board, 0).into_iter().collect()
}

pub(super) fn start_adzuna(board: &Board) -> Vec<Request> {
    adzuna_page(board, 0).into_iter().collect()
}

fn page_number(request: &Request) -> u64 {
    match request.step {
        Step::List { at, .. } => at,
        _ => 0,
    }
}

pub(super) fn parse_usajobs(board: &Board, request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let doc = fields::json(body)?;
    let Some(rows) = doc.pointer("/SearchResult/SearchResultItems").and_then(Value::as_array) else {
        return Err(ParseError::Drift("no `SearchResultItems`".into()));
    };
    let mut page =
        fields::read_records("SearchResultItems", rows, |row| usajobs(&board.token, row).map(Some))?;
    page.advertised_total = count(&doc, "/SearchResult/SearchResultCountAll");
    let next = page_number(request) + 1;
    if count(&doc, "/SearchResult/UserArea/NumberOfPages").is_some_and(|pages| next < pages) {
        page.next.extend(usajobs_page(board, next));
    }
    Ok(page)
}

pub(super) fn parse_adzuna(board: &Board, request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let doc = fields::json(body)?;
    let Some(rows) = doc.get("results").and_then(Value::as_array) else {
        return Err(ParseError::Drift("no `results`".into()));
    };
    let mut page = fields::read_records("results", rows, |row| adzuna(&board.token, row).map(Some))?;
    page.advertised_total = count(&doc, "count");
    let next = page_number(request) + 1;
    if page.rows == ADZUNA_PAGE {
        page.next.extend(adzuna_page(board, next));
    }
    Ok(page)
}

pub(super) fn is_usajobs(value: &Value) -> bool {
    value.get("MatchedObjectDescriptor").is_some()
}

pub(super) fn is_adzuna(value: &Value) -> bool {
    value.get("redirect_url").is_some() && value.get("title").is_some()
}

pub(super) fn usajobs(board: &str, row: &Value) -> Result<Posting, String> {
    let board = if row.get("MatchedObjectId").is_some() && board.is_empty() { SEARCH } else { board };
    let id = first_text(row, &["MatchedObjectId", "/MatchedObjectDescriptor/PositionID"]);
    let job = at(row, "MatchedObjectDescriptor").ok_or("no `MatchedObjectDescriptor`")?;
    let mut found = posting("usajobs", board, id, text(job, "PositionTitle"));
    found.company = text(job, "OrganizationName");
    for place in items(job, "PositionLocation") {
        add_location(&mut found.locations, text(place, "LocationName"));
    }
    if found.locations.is_empty() {
        add_location(&mut found.locations, text(job, "PositionLocationDisplay"));
    }
    let details = "/UserArea/Details";
    let part = |name: &str| match at(job, &format!("{details}/{name}")) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        Some(Value::String(text)) => text.clone(),
        _ => String::new(),
    };
    let sections = [
        ("Summary", part("JobSummary")),
        ("Duties", part("MajorDuties")),
        ("Requirements", part("Requirements")),
        ("Qualifications", raw(job, "QualificationSummary").to_owned()),
        ("Education", part("Education")),
    ];
    for (heading, content) in sections {
        if !content.trim().is_empty() {
            found.description.push_str(&format!("{heading}\n{}\n\n", content.trim()));
        }
    }
    found.markup = if markup::looks_like_html(&found.description) { Markup::Html } else { Markup::Text };
    found.url = text(job, "PositionURI");
    found.posted = day(job, "PublicationStartDate");
    let grade = (
        text(job, "/JobGrade/0/Code"),
        text(job, &format!("{details}/LowGrade")),
        text(job, &format!("{details}/HighGrade")),
    );
    found.facts.level = match grade {
        (Some(code), Some(low), Some(high)) if low != high => Some(format!("{code}-{low}/{high}")),
        (Some(code), _, Some(high)) => Some(format!("{code}-{high}")),
        (code, ..) => code,
    };
    found.facts.department = text(job, "DepartmentName");
    found.facts.employment_type = text(job, "/PositionSchedule/0/Name");
    found.facts.industry = text(job, "/JobCategory/0/Name");
    found.facts.requisition = text(job, "PositionID");
    if let Some(pay) = items(job, "PositionRemuneration").first() {
        let period = pay::period(raw(pay, "RateIntervalCode"));
        let (min, max) = (number(pay, "MinimumRange"), number(pay, "MaximumRange"));
        found.facts.pay = pay::range(min, max, Some("USD".into()), period);
    }
    scrub::finish(found)
}

pub(super) fn adzuna(board: &str, row: &Value) -> Result<Posting, String> {
    // Words that were searched for come marked.
    let title = text(row, "title").map(|title| markup::without_tags(&title));
    let mut found = posting("adzuna", board, text(row, "id"), title);
    found.company = text(row, "/company/display_name");
    add_location(&mut found.locations, text(row, "/location/display_name"));
    found.description = raw(row, "description").to_owned();
    found.truncated = true;
    found.url = text(row, "redirect_url");
    found.posted = day(row, "created");
    found.facts.employment_type = first_text(row, &["contract_time", "contract_type"]);
    found.facts.industry = text(row, "/category/label");
    // Predicted pay is the site's guess, not the employer's word.
    if flag(row, "salary_is_predicted") != Some(true) {
        let (min, max) = (number(row, "salary_min"), number(row, "salary_max"));
        found.facts.pay = pay::range(min, max, None, Some(PayPeriod::Year));
    }
    scrub::finish(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn usajobs_pages_and_sections() {
        let row = json!({"MatchedObjectId": "7", "MatchedObjectDescriptor": {"PositionTitle": "Clerk", "OrganizationName": "Dept",
            "QualificationSummary": "One year.", "PositionURI": "https://www.usajobs.gov/job/7", "JobGrade": [{"Code": "GS"}],
            "PositionRemuneration": [{"MinimumRange": "10", "MaximumRange": "20", "RateIntervalCode": "Per Hour"}],
            "UserArea": {"Details": {"JobSummary": "File.", "LowGrade": "11", "HighGrade": "13"}}}});
        let board = Board::new("usajobs", "clerk typist");
        let request = start_usajobs(&board).remove(0);
        assert!(request.url.contains("Keyword=clerk+typist"), "{}", request.url);
        let body = json!({"SearchResult": {"SearchResultCountAll": 2, "UserArea": {"NumberOfPages": "2"}, "SearchResultItems": [row]}});
        let page = parse_usajobs(&board, &request, body.to_string().as_bytes()).unwrap();
        assert_eq!((page.advertised_total, page.next.len()), (Some(2), 1));
        let found = &page.postings[0];
        assert_eq!(found.description, "Summary\nFile.\n\nQualifications\nOne year.\n\n");
        assert_eq!(found.facts.level.as_deref(), Some("GS-11/13"));
        assert_eq!(found.facts.pay.as_ref().unwrap().to_string(), "USD 10–20 a hour");
    }

    #[test]
    fn adzuna_is_marked_as_cut_short_and_guessed_pay_is_left_out() {
        let row = |predicted: &str| {
            json!({"id": "1", "title": "Cook", "redirect_url": "https://x", "description": "We cook…", "salary_min": 10,
                "salary_max": 20, "salary_is_predicted": predicted, "company": {"display_name": "Acme"}})
        };
        let board = Board::new("adzuna", "gb/cook");
        let body = json!({"count": 2, "results": [row("0"), row("1")]}).to_string();
        let page = parse_adzuna(&board, &start_adzuna(&board)[0], body.as_bytes()).unwrap();
        assert!(page.postings.iter().all(|posting| posting.truncated));
        assert!(page.postings[0].facts.pay.is_some() && page.postings[1].facts.pay.is_none());
    }
}
