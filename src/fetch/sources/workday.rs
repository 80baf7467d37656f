//! Workday: an undocumented list by POST, twenty rows at a time, and one answer per posting.
//!
//! Only where the tenant's robots file allows it. The total stands on the first page alone, and
//! some tenants end at 2,000 rows whatever they have, so lists as long as that are read in parts
//! (`facets`).

use super::facets::{self, Applied, WINDOW};
use super::fields::{self, add_location, count, day, items, raw, text};
use super::types::{Board, Listing, Page, ParseError, Rejected, Request, Step};
use super::{posting, scrub};
use crate::posting::{Markup, Posting};
use serde_json::{Value, json};
use url::Url;

/// Rows in one request: more is refused.
const PAGE: u64 = 20;

/// Token `tenant.wd5/Site`.
pub(super) fn detect(url: &Url) -> Option<String> {
    let host = url.host_str()?.strip_suffix(".myworkdayjobs.com")?;
    let mut path = url.path_segments()?.filter(|part| !part.is_empty());
    let is_language = |part: &str| part.len() == 5 && part.as_bytes().get(2) == Some(&b'-');
    let site = match path.next()? {
        "wday" => path.nth(2)?,
        language if is_language(language) => path.next()?,
        site => site,
    };
    (host.contains('.') && site != "job").then(|| format!("{host}/{site}"))
}

/// Address of the interface of a board.
fn api(board: &Board) -> Option<String> {
    let (host, site) = board.token.split_once('/')?;
    let tenant = host.split('.').next()?;
    Some(format!("https://{host}.myworkdayjobs.com/wday/cxs/{tenant}/{site}"))
}

/// A page of the list, or of the part of it to which facets are applied.
fn list(board: &Board, applied: &Applied, step: Step) -> Option<Request> {
    let offset = offset(&step);
    let body =
        json!({"appliedFacets": applied, "limit": PAGE, "offset": offset, "searchText": ""}).to_string();
    Some(Request { body: Some(body), step, ..Request::list(format!("{}/jobs", api(board)?)) })
}

fn offset(step: &Step) -> u64 {
    match step {
        Step::List { at, .. } | Step::Part { at, .. } => *at,
        _ => 0,
    }
}

/// The facets that a request asked for.
fn applied(request: &Request) -> Applied {
    let body: Option<Value> = request.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
    body.as_ref().and_then(|body| body.get("appliedFacets")?.as_object()).cloned().unwrap_or_default()
}

pub(super) fn start(board: &Board) -> Vec<Request> {
    list(board, &Applied::new(), Step::List { at: 0, after: None }).into_iter().collect()
}

pub(super) fn parse(board: &Board, request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let doc = fields::json(body)?;
    match &request.step {
        Step::Detail { posting, .. } => detail(board, posting, &doc),
        Step::List { at, after } | Step::Part { at, after, .. } => {
            rows(board, request, *at, after.as_deref(), &doc)
        }
        Step::Sitemap { .. } => Err(ParseError::Drift("no sitemaps here".into())),
    }
}

fn rows(
    board: &Board,
    request: &Request,
    at: u64,
    after: Option<&str>,
    doc: &Value,
) -> Result<Page, ParseError> {
    let Some(rows) = doc.get("jobPostings").and_then(Value::as_array) else {
        return Err(ParseError::Drift("no `jobPostings`".into()));
    };
    let total = count(doc, "total").filter(|total| *total > 0);
    if at == 0 && total.is_some_and(|total| total >= WINDOW) {
        let (parts, hidden) = parts(board, request, total.unwrap_or(0), doc);
        if !parts.next.is_empty() {
            return Ok(parts);
        }
        if let Some(why) = hidden {
            let whole = page(board, request, at, rows);
            return Ok(Page { truncated: Some(why), advertised_total: total, ..whole });
        }
    }
    let first = rows.first().and_then(|row| text(row, "externalPath"));
    if at > 0 && first.is_some() && first.as_deref() == after {
        let why = format!("the list repeats from row {at}: this tenant shows no more");
        return Ok(Page { truncated: Some(why), rows: 0, ..Page::default() });
    }
    // A part's total is none of the whole list.
    let is_whole = matches!(request.step, Step::List { .. });
    fields::check_drift(Page {
        advertised_total: total.filter(|_| is_whole),
        ..page(board, request, at, rows)
    })
}

/// The rows of one answer, and the request for the next.
fn page(board: &Board, request: &Request, at: u64, rows: &[Value]) -> Page {
    let mut page = Page { rows: rows.len() as u64, ..Page::default() };
    for (index, row) in rows.iter().enumerate() {
        match listing(board, row) {
            Ok(listing) => page.listings.push(listing),
            Err(reason) => page.rejected.push(Rejected { place: format!("jobPostings[{index}]"), reason }),
        }
    }
    if page.rows == PAGE {
        let after = rows.first().and_then(|row| text(row, "externalPath"));
        let at = at + PAGE;
        let step = match request.step {
            Step::Part { rows, .. } => Step::Part { at, after, rows },
            _ => Step::List { at, after },
        };
        page.next.extend(list(board, &applied(request), step));
    }
    page
}

/// The parts of a list that reaches the window, and, where its total is not to be known or
/// nothing divides it, why it cannot be complete.
fn parts(board: &Board, request: &Request, total: u64, doc: &Value) -> (Page, Option<String>) {
    let real = match &request.step {
        Step::Part { rows, .. } => Some((*rows).max(total)),
        _ if total > WINDOW => Some(total),
        _ => facets::agreed_total(doc),
    };
    let applied = applied(request);
    let parts = facets::divide(doc, &applied, real.unwrap_or(total)).unwrap_or_default();
    let request_of =
        |part: facets::Part| list(board, &part.applied, Step::Part { at: 0, after: None, rows: part.rows });
    let next: Vec<Request> = parts.into_iter().filter_map(request_of).collect();
    let why = match real {
        None => Some(format!("a total of exactly {WINDOW} is the window of this portal")),
        Some(real) if next.is_empty() && total == WINDOW && real >= WINDOW => {
            Some(format!("no facet divides {real} rows, of which this tenant shows {WINDOW}"))
        }
        Some(_) => None,
    };
    let advertised_total = real.filter(|_| matches!(request.step, Step::List { .. }));
    (Page { next, advertised_total, truncated: why.clone(), ..Page::default() }, why)
}

fn listing(board: &Board, row: &Value) -> Result<Listing, String> {
    let path = text(row, "externalPath").ok_or("no `externalPath`")?;
    let mut found = record(&board.token, row)?;
    let api = api(board).ok_or("a token without a site")?;
    found.url = found.url.or_else(|| Some(format!("{}{path}", api.replace("/wday/cxs", ""))));
    Ok(Listing { posting: found, detail: Some(Request::list(format!("{api}{path}"))), unsure: false })
}

fn detail(board: &Board, listed: &Posting, doc: &Value) -> Result<Page, ParseError> {
    let Some(info) = doc.get("jobPostingInfo") else {
        return Err(ParseError::Drift("no `jobPostingInfo`".into()));
    };
    let mut found = whole(&board.token, info).map_err(ParseError::Drift)?;
    found.key = listed.key.clone();
    found.company = text(doc, "/hiringOrganization/name");
    let company = found.company.clone();
    Ok(Page { postings: vec![found], company, ..Page::default() })
}

/// A row of the list.
pub(super) fn is_record(value: &Value) -> bool {
    value.get("externalPath").is_some() && value.get("title").is_some()
}

/// A posting's own answer.
pub(super) fn is_detail(value: &Value) -> bool {
    value.get("jobReqId").is_some() && value.get("jobDescription").is_some()
}

pub(super) fn board_of(value: &Value) -> Option<String> {
    detect(&Url::parse(raw(value, "externalUrl")).ok()?)
}

/// The last part of a path names the posting; copies on other sites of a tenant get `-1`.
fn native_id(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let requisition = name.rsplit_once('_').map_or(name, |(_, id)| id);
    let copy = requisition
        .rsplit_once('-')
        .filter(|(id, copy)| copy.len() == 1 && id.chars().any(|c| c.is_ascii_digit()));
    copy.map_or(requisition, |(id, _)| id).to_owned()
}

pub(super) fn record(board: &str, row: &Value) -> Result<Posting, String> {
    let id = text(row, "externalPath").map(|path| native_id(&path));
    let mut found = posting("workday", board, id, text(row, "title"));
    let place = text(row, "locationsText").filter(|place| !place.ends_with(" Locations"));
    add_location(&mut found.locations, place);
    found.truncated = true;
    found.markup = Markup::Html;
    found.facts.workplace = super::workplace(raw(row, "remoteType"));
    found.facts.requisition = items(row, "bulletFields").first().and_then(Value::as_str).map(str::to_owned);
    scrub::finish(found)
}

pub(super) fn whole(board: &str, info: &Value) -> Result<Posting, String> {
    let mut found = posting("workday", board, text(info, "jobReqId"), text(info, "title"));
    add_location(&mut found.locations, text(info, "location"));
    for place in items(info, "additionalLocations") {
        add_location(&mut found.locations, place.as_str().map(str::to_owned));
    }
    found.description = raw(info, "jobDescription").to_owned();
    found.markup = Markup::Html;
    found.url = text(info, "externalUrl");
    found.posted = day(info, "startDate");
    found.facts.employment_type = text(info, "timeType");
    found.facts.workplace = super::workplace(raw(info, "remoteType"));
    found.facts.requisition = text(info, "jobReqId");
    scrub::finish(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board() -> Board {
        Board::new("workday", "acme.wd5/Jobs")
    }

    fn body(ids: std::ops::Range<u64>, total: u64) -> Vec<u8> {
        let rows: Vec<Value> = ids
            .map(|n| json!({"title": "Cook", "externalPath": format!("/job/Oslo/Cook_R{n}-1"), "locationsText": "3 Locations"}))
            .collect();
        serde_json::to_vec(&json!({"total": total, "jobPostings": rows})).unwrap()
    }

    #[test]
    fn finds_tenant_and_site() {
        for (url, token) in [
            ("https://acme.wd5.myworkdayjobs.com/en-US/Jobs/job/x", Some("acme.wd5/Jobs")),
            ("https://acme.wd5.myworkdayjobs.com/Jobs", Some("acme.wd5/Jobs")),
            ("https://acme.wd5.myworkdayjobs.com/wday/cxs/acme/Jobs/jobs", Some("acme.wd5/Jobs")),
            ("https://acme.example/", None),
        ] {
            assert_eq!(detect(&Url::parse(url).unwrap()).as_deref(), token);
        }
    }

    #[test]
    fn pages_by_post_and_notices_the_window() {
        let first = start(&board()).remove(0);
        assert_eq!(first.url, "https://acme.wd5.myworkdayjobs.com/wday/cxs/acme/Jobs/jobs");
        let page = parse(&board(), &first, &body(0..20, 45)).unwrap();
        assert_eq!((page.advertised_total, page.listings.len()), (Some(45), 20));
        assert_eq!(page.listings[0].posting.key.native_id, "R0");
        assert_eq!(
            page.listings[0].detail.as_ref().unwrap().url,
            "https://acme.wd5.myworkdayjobs.com/wday/cxs/acme/Jobs/job/Oslo/Cook_R0-1"
        );
        let repeated = parse(&board(), &page.next[0], &body(0..20, 0)).unwrap();
        assert!(repeated.truncated.is_some() && repeated.next.is_empty());
        let later = parse(&board(), &page.next[0], &body(20..25, 0)).unwrap();
        assert_eq!((later.advertised_total, later.next.len()), (None, 0));
        let window = parse(&board(), &first, &body(0..20, 2000)).unwrap();
        assert!(window.truncated.is_some() && window.listings.len() == 20 && window.next.len() == 1);
        let beyond = parse(&board(), &first, &body(0..20, 5000)).unwrap();
        assert!(beyond.truncated.is_none() && beyond.next.len() == 1, "some tenants page on");
    }

    #[test]
    fn a_list_beyond_the_window_is_read_in_parts() {
        let facet = |name: &str, counts: &[(&str, u64)]| {
            let values: Vec<Value> =
                counts.iter().map(|(id, rows)| json!({"id": id, "count": rows})).collect();
            json!({"facetParameter": name, "values": values})
        };
        let facets = [
            facet("jobFamilyGroup", &[("a", 2500), ("b", 300)]),
            facet("timeType", &[("full", 2600), ("part", 200)]),
        ];
        let mut doc: Value = serde_json::from_slice(&body(0..20, 2000)).unwrap();
        doc["facets"] = json!(facets);
        let page = parse(&board(), &start(&board())[0], doc.to_string().as_bytes()).unwrap();
        assert_eq!((page.advertised_total, page.rows, page.listings.len()), (Some(2800), 0, 0));
        assert_eq!(page.next.len(), 2);
        assert!(
            page.next[0].body.as_deref().unwrap().contains(r#""appliedFacets":{"jobFamilyGroup":["a"]}"#)
        );
        doc["facets"] = json!([facet("timeType", &[("full", 1900), ("part", 600)])]);
        let deeper = parse(&board(), &page.next[0], doc.to_string().as_bytes()).unwrap();
        assert_eq!((deeper.advertised_total, deeper.next.len()), (None, 2));
        let rows = parse(&board(), &deeper.next[0], &body(0..20, 1900)).unwrap();
        assert_eq!((rows.advertised_total, rows.rows), (None, 20));
        assert!(matches!(rows.next[0].step, Step::Part { at: 20, rows: 1900, .. }));
    }

    #[test]
    fn a_posting_keeps_the_identity_of_its_row() {
        let page = parse(&board(), &start(&board())[0], &body(7..8, 1)).unwrap();
        let mut request = page.listings[0].detail.clone().unwrap();
        request.step =
            Step::Detail { posting: Box::new(page.listings[0].posting.clone()), stamp: String::new() };
        let doc = json!({"jobPostingInfo": {"title": "Cook", "jobDescription": "<p>x</p>", "jobReqId": "R7",
            "location": "Oslo", "additionalLocations": ["Bergen"], "startDate": "2026-01-02", "timeType": "Full time"},
            "hiringOrganization": {"name": "Acme"}});
        let page = parse(&board(), &request, doc.to_string().as_bytes()).unwrap();
        assert_eq!(page.postings[0].locations, ["Oslo", "Bergen"]);
        assert_eq!(page.company.as_deref(), Some("Acme"));
    }
}
