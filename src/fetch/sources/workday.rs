//! Workday: an undocumented list by POST, twenty rows at a time, and one answer per posting.
//!
//! Only where the tenant's robots file allows it. The total stands on the first page alone, and
//! some tenants end at 2,000 rows whatever their total, which shows as a page that repeats.

use super::fields::{self, add_location, count, day, items, raw, text};
use super::types::{Board, Listing, Page, ParseError, Rejected, Request, Step};
use super::{posting, scrub};
use crate::posting::{Markup, Posting};
use serde_json::{Value, json};
use url::Url;

/// Rows in one request: more is refused.
const PAGE: u64 = 20;

/// Where some tenants stop.
const WINDOW: u64 = 2000;

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

fn list(board: &Board, offset: u64, after: Option<String>) -> Option<Request> {
    let body = json!({"appliedFacets": {}, "limit": PAGE, "offset": offset, "searchText": ""}).to_string();
    let url = format!("{}/jobs", api(board)?);
    Some(Request { body: Some(body), ..Request::list_at(url, offset, after) })
}

pub(super) fn start(board: &Board) -> Vec<Request> {
    list(board, 0, None).into_iter().collect()
}

pub(super) fn parse(board: &Board, request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let doc = fields::json(body)?;
    match &request.step {
        Step::Detail { posting, .. } => detail(board, posting, &doc),
        Step::List { at, after } => rows(board, *at, after.as_deref(), &doc),
        Step::Sitemap { .. } => Err(ParseError::Drift("no sitemaps here".into())),
    }
}

fn rows(board: &Board, at: u64, after: Option<&str>, doc: &Value) -> Result<Page, ParseError> {
    let Some(rows) = doc.get("jobPostings").and_then(Value::as_array) else {
        return Err(ParseError::Drift("no `jobPostings`".into()));
    };
    let mut page = Page { rows: rows.len() as u64, ..Page::default() };
    for (index, row) in rows.iter().enumerate() {
        match listing(board, row) {
            Ok(listing) => page.listings.push(listing),
            Err(reason) => page.rejected.push(Rejected { place: format!("jobPostings[{index}]"), reason }),
        }
    }
    let first = rows.first().and_then(|row| text(row, "externalPath"));
    if at > 0 && first.is_some() && first.as_deref() == after {
        let why = format!("the list repeats from row {at}: this tenant shows no more");
        return Ok(Page { truncated: Some(why), rows: 0, ..Page::default() });
    }
    page.advertised_total = count(doc, "total").filter(|total| *total > 0);
    if at == 0 && page.advertised_total == Some(WINDOW) {
        page.truncated = Some("a total of exactly 2,000 is the window of this portal".into());
    }
    if page.rows == PAGE {
        page.next.extend(list(board, at + PAGE, first));
    }
    Ok(page)
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
        assert!(parse(&board(), &first, &body(0..20, 2000)).unwrap().truncated.is_some());
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
