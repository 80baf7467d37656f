//! Portals whose lists are web pages: iCIMS, Jobvite, SmartRecruiters' career pages, Breezy.
//!
//! A list page names postings by links; the posting's own page holds a schema.org JobPosting.
//! Only where robots allow it.

use super::fields::{self, add_location, day, first_text, raw, text};
use super::jsonld;
use super::types::{Board, Listing, Page, ParseError, Rejected, Request, Step};
use super::{markup, posting, scrub};
use crate::posting::{Markup, Posting};
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;
use url::Url;

/// How a portal's list page is read.
struct Portal {
    source: &'static str,
    /// Links to postings.
    links: &'static str,
    /// Within the card or row of a link: where it is.
    place: &'static str,
    /// The native id in a posting's address.
    id: fn(&Url) -> Option<String>,
    /// Address of the list's page `n`, from 0.
    page: fn(&Board, u64) -> String,
    /// Whether there are further pages: until one says that it is the last, or shows nothing. How
    /// many postings a page has is for each employer to set, so a short one proves nothing.
    paged: bool,
    /// What a page says whose posting is closed.
    closed: &'static [&'static str],
}

const ICIMS: Portal = Portal {
    source: "icims",
    links: "a.iCIMS_Anchor[href*=\"/jobs/\"]",
    place: ".header.left span:not(.sr-only)",
    id: id_icims,
    page: |board, n| format!("https://careers-{}.icims.com/jobs/search?ss=1&in_iframe=1&pr={n}", board.token),
    paged: true,
    closed: &["requested job could not be found", "no longer accepting applications"],
};

const JOBVITE: Portal = Portal {
    source: "jobvite",
    links: "a[href*=\"/job/\"]",
    place: ".jv-job-list-location",
    id: id_jobvite,
    page: |board, _| format!("https://jobs.jobvite.com/{}/jobs", board.token),
    paged: false,
    closed: &["job listing is no longer available"],
};

const SMARTRECRUITERS: Portal = Portal {
    source: "smartrecruiters",
    links: "a[href*=\"jobs.smartrecruiters.com/\"], a[href*=\"/oneclick-ui/\"]",
    place: ".job-desc, [itemprop=\"addressLocality\"]",
    id: id_smartrecruiters,
    page: |board, n| format!("https://careers.smartrecruiters.com/{}/api/more?search=&page={n}", board.token),
    paged: true,
    closed: &["jobad--empty-state"],
};

pub(super) fn detect_icims(url: &Url) -> Option<String> {
    let name = url.host_str()?.strip_suffix(".icims.com")?;
    name.strip_prefix("careers-").map(str::to_owned)
}

pub(super) fn detect_jobvite(url: &Url) -> Option<String> {
    (url.host_str()? == "jobs.jobvite.com").then_some(())?;
    url.path_segments()?.find(|part| !part.is_empty()).map(str::to_owned)
}

pub(super) fn detect_smartrecruiters(url: &Url) -> Option<String> {
    let mut path = url.path_segments()?.filter(|part| !part.is_empty());
    match url.host_str()? {
        "careers.smartrecruiters.com" | "jobs.smartrecruiters.com" => path.next().map(str::to_owned),
        "api.smartrecruiters.com" => path.nth(2).map(str::to_owned),
        _ => None,
    }
}

fn id_icims(url: &Url) -> Option<String> {
    let mut path = url.path_segments()?;
    path.any(|part| part == "jobs").then_some(())?;
    path.next().filter(|id| is_number(id)).map(str::to_owned)
}

fn id_jobvite(url: &Url) -> Option<String> {
    let mut path = url.path_segments()?;
    path.any(|part| part == "job").then_some(())?;
    path.next().filter(|id| !id.is_empty()).map(str::to_owned)
}

/// The number at the start of the last part: `744000138728139-data-science-intern`.
fn id_smartrecruiters(url: &Url) -> Option<String> {
    let last = url.path_segments()?.next_back()?;
    last.split('-').next().filter(|id| is_number(id)).map(str::to_owned)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn start_icims(board: &Board) -> Vec<Request> {
    vec![Request::list((ICIMS.page)(board, 0))]
}

pub(super) fn start_jobvite(board: &Board) -> Vec<Request> {
    vec![Request::list((JOBVITE.page)(board, 0))]
}

pub(super) fn start_smartrecruiters(board: &Board) -> Vec<Request> {
    vec![Request::list((SMARTRECRUITERS.page)(board, 0))]
}

pub(super) fn parse_icims(board: &Board, request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    parse(&ICIMS, board, request, body)
}

pub(super) fn parse_jobvite(board: &Board, request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    parse(&JOBVITE, board, request, body)
}

pub(super) fn parse_smartrecruiters(
    board: &Board,
    request: &Request,
    body: &[u8],
) -> Result<Page, ParseError> {
    parse(&SMARTRECRUITERS, board, request, body)
}

fn parse(portal: &Portal, board: &Board, request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let html = String::from_utf8_lossy(body);
    match &request.step {
        Step::Detail { posting, .. } => detail(posting, &html, portal.closed),
        Step::List { at, after } => list(portal, board, *at, after.as_deref(), request, &html),
        _ => Err(ParseError::Drift("neither a list nor a posting".into())),
    }
}

fn list(
    portal: &Portal,
    board: &Board,
    at: u64,
    after: Option<&str>,
    request: &Request,
    html: &str,
) -> Result<Page, ParseError> {
    let base = Url::parse(&request.url).map_err(|error| ParseError::Drift(error.to_string()))?;
    let document = Html::parse_document(html);
    let selector = |css: &str| Selector::parse(css).map_err(|error| ParseError::Drift(error.to_string()));
    let (links, place) = (selector(portal.links)?, selector(portal.place)?);
    let mut page = Page::default();
    for link in document.select(&links) {
        let Some(url) = link.value().attr("href").and_then(|href| base.join(href).ok()) else { continue };
        let Some(id) = (portal.id)(&url) else { continue };
        let mut found = posting(portal.source, &board.token, Some(id), Some(title(link)));
        if page.listings.iter().any(|listing: &Listing| listing.posting.key == found.key) {
            continue;
        }
        page.rows += 1;
        let card = card_of(link);
        let text = card.and_then(|card| card.select(&place).next()).map(|e| e.text().collect::<String>());
        add_location(&mut found.locations, text.map(|text| markup::line(&text)));
        found.url = Some(url.to_string());
        found.truncated = true;
        found.markup = Markup::Html;
        match scrub::finish(found) {
            Ok(posting) => page.listings.push(Listing {
                posting,
                detail: Some(Request::list(url.as_str())),
                unsure: false,
            }),
            Err(reason) => page.rejected.push(Rejected { place: url.to_string(), reason }),
        }
    }
    let first = page.listings.first().map(|listing| listing.posting.key.native_id.clone());
    if at > 0 && first.is_some() && first.as_deref() == after {
        return Err(ParseError::Drift(format!("page {at} repeats the one before")));
    }
    let last = pages(html, at + 1).is_some_and(|pages| at + 1 >= pages);
    if portal.paged && page.rows > 0 && !last {
        page.next.push(Request::list_at((portal.page)(board, at + 1), at + 1, first));
    }
    Ok(page)
}

/// How many pages there are, where page `number` says so ("Page 1 of 7").
fn pages(html: &str, number: u64) -> Option<u64> {
    let (_, after) = html.split_once(&format!("Page {number} of "))?;
    after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The title: a heading within the link, else the link's text.
fn title(link: ElementRef<'_>) -> String {
    let heading = Selector::parse("h1, h2, h3, h4").ok().and_then(|heading| link.select(&heading).next());
    heading.unwrap_or(link).text().collect()
}

/// The row or card that a link stands in.
fn card_of(link: ElementRef<'_>) -> Option<ElementRef<'_>> {
    link.ancestors()
        .filter_map(ElementRef::wrap)
        .find(|element| matches!(element.value().name(), "tr" | "li" | "article"))
}

/// A posting's own page.
fn detail(listed: &Posting, html: &str, closed: &[&str]) -> Result<Page, ParseError> {
    let found = jsonld::find(html);
    let Some(job) = found.jobs.first() else {
        if closed.iter().any(|notice| html.contains(notice)) {
            return Ok(Page { closed: vec![listed.key.clone()], ..Page::default() });
        }
        return Err(ParseError::Drift("no JobPosting on the page".into()));
    };
    let key = &listed.key;
    let mut read = jsonld::record(&key.source, &key.board, &key.native_id, job).map_err(ParseError::Drift)?;
    read.url = listed.url.clone().or(read.url);
    if read.locations.is_empty() {
        read.locations.clone_from(&listed.locations);
    }
    let company = read.company.clone();
    Ok(Page { postings: vec![read], company, ..Page::default() })
}

pub(super) fn detect_breezy(url: &Url) -> Option<String> {
    let name = url.host_str()?.strip_suffix(".breezy.hr")?;
    (name != "www" && name != "app").then(|| name.to_owned())
}

pub(super) fn start_breezy(board: &Board) -> Vec<Request> {
    vec![Request::list(format!("https://{}.breezy.hr/json", board.token))]
}

/// The list is JSON, the bodies are on the postings' pages.
pub(super) fn parse_breezy(board: &Board, request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    if let Step::Detail { posting, .. } = &request.step {
        return detail(posting, &String::from_utf8_lossy(body), &["no longer available"]);
    }
    let doc = fields::json(body)?;
    let Some(rows) = doc.as_array() else { return Err(ParseError::Drift("no list".into())) };
    let mut page = fields::read_records("", rows, |row| breezy(&board.token, row).map(Some))?;
    page.company = rows.iter().find_map(|row| text(row, "/company/name"));
    page.listings = std::mem::take(&mut page.postings)
        .into_iter()
        .map(|posting| Listing { detail: posting.url.clone().map(Request::list), posting, unsure: false })
        .collect();
    Ok(page)
}

pub(super) fn is_breezy(value: &Value) -> bool {
    value.get("friendly_id").is_some() && value.get("name").is_some()
}

pub(super) fn breezy(board: &str, row: &Value) -> Result<Posting, String> {
    let mut found = posting("breezy", board, text(row, "id"), text(row, "name"));
    found.company = text(row, "/company/name");
    add_location(&mut found.locations, first_text(row, &["/location/name", "/location/city"]));
    found.truncated = true;
    found.markup = Markup::Html;
    found.url = text(row, "url");
    found.posted = day(row, "published_date");
    found.facts.department = text(row, "department");
    found.facts.employment_type = first_text(row, &["/type/name", "type"]);
    found.facts.pay = super::pay::from_text(raw(row, "salary"));
    scrub::finish(found)
}

/// SmartRecruiters' own interface, which its robots file closes: read from files only.
pub(super) fn is_smartrecruiters(value: &Value) -> bool {
    value.get("name").is_some() && value.get("releasedDate").is_some() && value.get("company").is_some()
}

pub(super) fn board_of_smartrecruiters(value: &Value) -> Option<String> {
    text(value, "/company/identifier")
}

pub(super) fn smartrecruiters(board: &str, row: &Value) -> Result<Posting, String> {
    let mut found = posting("smartrecruiters", board, text(row, "id"), text(row, "name"));
    found.company = text(row, "/company/name");
    let place = [text(row, "/location/city"), text(row, "/location/region"), text(row, "/location/country")];
    add_location(
        &mut found.locations,
        text(row, "/location/fullLocation").or_else(|| fields::join_place(&place)),
    );
    for section in ["companyDescription", "jobDescription", "qualifications", "additionalInformation"] {
        let part = |field: &str| text(row, &format!("/jobAd/sections/{section}/{field}")).unwrap_or_default();
        markup::section(&mut found.description, &part("title"), &part("text"));
    }
    found.markup = Markup::Html;
    found.truncated = found.description.is_empty();
    found.url = text(row, "postingUrl");
    found.posted = day(row, "releasedDate");
    found.language = text(row, "/language/code");
    found.facts.level = text(row, "/experienceLevel/label");
    found.facts.department = text(row, "/department/label");
    found.facts.industry = text(row, "/industry/label");
    found.facts.employment_type = text(row, "/typeOfEmployment/label");
    found.facts.requisition = text(row, "refNumber");
    if fields::at(row, "/location/remote") == Some(&Value::Bool(true)) {
        found.facts.workplace = super::workplace("remote");
    }
    scrub::finish(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const JOB: &str = "<script type='application/ld+json'>{\"@type\":\"JobPosting\",\"title\":\"Cook\",\
        \"description\":\"<p>x</p>\",\"hiringOrganization\":{\"name\":\"Acme\"}}</script>";

    fn follow(
        parse: fn(&Board, &Request, &[u8]) -> Result<Page, ParseError>,
        listing: &Listing,
        board: &Board,
        body: &str,
    ) -> Page {
        let mut request = listing.detail.clone().unwrap();
        request.step = Step::Detail { posting: Box::new(listing.posting.clone()), stamp: String::new() };
        parse(board, &request, body.as_bytes()).unwrap()
    }

    #[test]
    fn icims_cards_lead_to_postings() {
        let card = |id: u64| {
            format!(
                "<li class=\"iCIMS_JobCardItem\"><div class=\"header left\"><span class=\"sr-only\">Job Locations</span><span>US</span></div>\
                 <a href=\"https://careers-acme.icims.com/jobs/{id}/cook/job?in_iframe=1\" class=\"iCIMS_Anchor\">\
                 <span class=\"sr-only\">Job Title</span><h3>Cook {id}</h3></a></li>"
            )
        };
        let board = Board::new("icims", "acme");
        let full: String = (0..20).map(card).collect();
        let page = parse_icims(&board, &start_icims(&board)[0], full.as_bytes()).unwrap();
        assert_eq!((page.listings.len(), page.next.len()), (20, 1));
        let first = &page.listings[0];
        assert_eq!((first.posting.title.as_str(), first.posting.locations[0].as_str()), ("Cook 0", "US"));
        assert!(parse_icims(&board, &page.next[0], full.as_bytes()).is_err(), "a page that repeats");
        assert_eq!(follow(parse_icims, first, &board, JOB).postings[0].key, first.posting.key);
        let gone = follow(parse_icims, first, &board, "<p>The requested job could not be found</p>");
        assert_eq!(gone.closed, std::slice::from_ref(&first.posting.key));
    }

    #[test]
    fn jobvite_rows_lead_to_postings() {
        let body = "<table><tr><td><a href=\"/acme/job/octx\">Cook</a></td><td class=\"jv-job-list-location\">Oslo</td></tr></table>";
        let board = Board::new("jobvite", "acme");
        let page = parse_jobvite(&board, &start_jobvite(&board)[0], body.as_bytes()).unwrap();
        let listing = &page.listings[0];
        assert_eq!(
            (listing.posting.key.native_id.as_str(), listing.posting.locations[0].as_str()),
            ("octx", "Oslo")
        );
        assert_eq!(listing.detail.as_ref().unwrap().url, "https://jobs.jobvite.com/acme/job/octx");
    }

    #[test]
    fn smartrecruiters_links_and_records() {
        let body = "<li><a href=\"https://jobs.smartrecruiters.com/Acme/744000-cook\"><h4>Cook</h4></a></li>";
        let board = Board::new("smartrecruiters", "Acme");
        let page = parse_smartrecruiters(&board, &start_smartrecruiters(&board)[0], body.as_bytes()).unwrap();
        assert_eq!(page.listings[0].posting.key.native_id, "744000");
        let row = json!({"id": "1", "name": "Cook", "releasedDate": "2026-07-20T20:54:18.136Z", "company": {"name": "Acme", "identifier": "Acme"},
            "location": {"city": "Oslo", "country": "no", "remote": true}, "experienceLevel": {"label": "Director"},
            "jobAd": {"sections": {"qualifications": {"title": "You have", "text": "<p>Knives</p>"}}},
            "creator": {"name": "Jo Doe"}});
        assert!(is_smartrecruiters(&row));
        let found = smartrecruiters("Acme", &row).unwrap();
        assert_eq!(found.description, "<h3>You have</h3>\n<p>Knives</p>\n");
        assert!(!serde_json::to_string(&found).unwrap().contains("Jo Doe"));
    }

    #[test]
    fn breezy_lists_in_json_and_details_in_html() {
        let board = Board::new("breezy", "acme");
        let body = json!([{"id": "b1", "friendly_id": "b1-cook", "name": "Cook", "url": "https://acme.breezy.hr/p/b1-cook",
            "company": {"name": "Acme"}, "location": {"name": "Oslo"}, "type": {"name": "Full-Time"}}]);
        let page = parse_breezy(&board, &start_breezy(&board)[0], body.to_string().as_bytes()).unwrap();
        let listing = &page.listings[0];
        let read = follow(parse_breezy, listing, &board, JOB);
        assert_eq!(
            (read.postings[0].key.native_id.as_str(), read.postings[0].locations[0].as_str()),
            ("b1", "Oslo")
        );
    }
}
