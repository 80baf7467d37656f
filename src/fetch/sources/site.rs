//! Any career site: robots.txt names sitemaps, sitemaps name pages, pages hold JobPostings.
//!
//! Only pages whose address looks like a posting's are fetched. A sitemap's `lastmod` is the
//! stamp of a page: one that did not change is not fetched again.

use super::fields::parse_day;
use super::jsonld;
use super::types::{Address, Board, Listing, Page, ParseError, Rejected, Request, Step};
use super::xml;
use super::{address, posting, scrub};
use crate::fetch::robots::Robots;
use crate::posting::{Markup, Posting};
use flate2::read::MultiGzDecoder;
use std::borrow::Cow;
use std::io::Read;
use url::Url;

/// Indexes of sitemaps followed below each other.
const DEPTH: u8 = 3;

/// Sitemaps and pages taken from one body: what the protocol allows in one file.
const ENTRIES: usize = 50_000;

/// A sitemap unpacked, in bytes: what the protocol allows.
const UNPACKED: u64 = 60 << 20;

/// Parts of an address that only postings and their lists have.
const JOB_WORDS: &[&str] = &[
    "job",
    "jobs",
    "career",
    "careers",
    "vacancy",
    "vacancies",
    "position",
    "positions",
    "opening",
    "openings",
    "stellenangebot",
    "stellenangebote",
    "stelle",
    "stellen",
    "karriere",
    "jobb",
    "lediga",
    "emploi",
    "emplois",
    "offre",
    "offres",
    "empleo",
    "empleos",
    "vacature",
    "vacatures",
    "opportunity",
    "opportunities",
    "recruit",
    "role",
    "roles",
    "requisition",
    "praca",
    "lavoro",
];

pub(super) fn detect(url: &Url) -> Option<String> {
    matches!(url.scheme(), "http" | "https").then_some(())?;
    let mut whole = url.clone();
    whole.set_query(None);
    whole.set_fragment(None);
    address::token_of(&whole)
}

pub(super) fn start(board: &Board) -> Vec<Request> {
    let robots = address::url_of(&board.token).and_then(|url| url.join("/robots.txt").ok());
    robots.map(Request::list).into_iter().collect()
}

pub(super) fn parse(board: &Board, request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    match &request.step {
        Step::List { .. } | Step::Part { .. } => Ok(sitemaps(board, body)),
        Step::Sitemap { depth } => sitemap(board, *depth, body),
        Step::Detail { posting, .. } => page(board, posting, body),
    }
}

fn sitemap_request(url: &Url, depth: u8) -> Request {
    Request { step: Step::Sitemap { depth }, ..Request::list(url.as_str()) }
}

/// The sitemaps that robots.txt names, else the usual place. A site without robots.txt answers
/// its request with "not found", so the usual place is asked for first of all then.
fn sitemaps(board: &Board, robots: &[u8]) -> Page {
    let Some(site) = address::url_of(&board.token) else { return Page::default() };
    let robots = Robots::parse(robots);
    let named = robots.sitemaps().iter().filter_map(|sitemap| site.join(sitemap).ok());
    let mut next: Vec<Request> = named.take(ENTRIES).map(|url| sitemap_request(&url, 0)).collect();
    if next.is_empty() {
        next.extend(usual_place(board));
    }
    Page { next, ..Page::default() }
}

/// `/sitemap.xml`, for sites that have no robots file.
pub(super) fn usual_place(board: &Board) -> Option<Request> {
    let url = address::url_of(&board.token)?.join("/sitemap.xml").ok()?;
    Some(sitemap_request(&url, 0))
}

fn sitemap(board: &Board, depth: u8, body: &[u8]) -> Result<Page, ParseError> {
    let mut page = Page::default();
    let within = address::url_of(&board.token);
    let root = xml::each_child(&unpacked(body)?, |root, entry| {
        let Some(url) = entry.text_of("loc").and_then(|url| Url::parse(&url).ok()) else { return };
        if page.next.len() + page.addresses.len() >= ENTRIES {
            page.truncated = Some(format!("more than {ENTRIES} entries in one sitemap"));
        } else if root == "sitemapindex" {
            page.next.push(sitemap_request(&url, depth + 1));
        } else if root == "urlset" && is_job_page(&url, within.as_ref()) {
            page.addresses.push(Address { url: url.into(), modified: entry.text_of("lastmod") });
        }
    })?;
    match root.as_str() {
        "sitemapindex" if depth >= DEPTH => {
            Ok(Page { truncated: Some("sitemap indexes nested too deep".into()), ..Page::default() })
        }
        "sitemapindex" => Ok(page),
        "urlset" => {
            page.rows = page.addresses.len() as u64;
            page.addresses.shrink_to_fit();
            Ok(page)
        }
        other => Err(ParseError::Drift(format!("<{other}> is no sitemap"))),
    }
}

/// Sitemaps come packed without saying so in a header.
fn unpacked(body: &[u8]) -> Result<Cow<'_, [u8]>, ParseError> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(body));
    }
    let mut out = Vec::new();
    let read = MultiGzDecoder::new(body).take(UNPACKED + 1).read_to_end(&mut out);
    read.map_err(|error| ParseError::Transient(format!("packed sitemap: {error}")))?;
    if out.len() as u64 > UNPACKED {
        return Err(ParseError::Drift("a sitemap of more than 60 MiB".into()));
    }
    Ok(Cow::Owned(out))
}

/// Whether an address is on the site, below the board's path, and has a word of the trade
/// followed by something.
fn is_job_page(url: &Url, site: Option<&Url>) -> bool {
    let Some(site) = site else { return false };
    let same_host = url.host_str().map(without_www) == site.host_str().map(without_www);
    let below = site.path() == "/" || url.path().starts_with(site.path());
    let Some(parts) = url.path_segments() else { return false };
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let named = |part: &&str| names_jobs(part);
    let leads =
        parts.iter().position(&named).is_some_and(|at| at + 1 < parts.len() || parts[at].contains('-'));
    let by_query = parts.iter().any(named) && url.query().is_some();
    same_host && below && (leads || by_query || url.host_str().is_some_and(is_job_host) && !parts.is_empty())
}

fn without_www(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// Whether an address is about jobs: one of its parts, or its host, says so.
#[must_use]
pub fn is_about_jobs(url: &Url) -> bool {
    url.host_str().is_some_and(is_job_host)
        || url.path_segments().is_some_and(|mut parts| parts.any(names_jobs))
}

/// Whether a part of a path has a word of the trade.
fn names_jobs(part: &str) -> bool {
    part.to_lowercase().split(['-', '_', '.']).any(|word| JOB_WORDS.contains(&word))
}

/// `jobs.acme.com`: every page is about jobs.
fn is_job_host(host: &str) -> bool {
    host.split('.').next().is_some_and(|name| name.split('-').any(|word| JOB_WORDS.contains(&word)))
}

/// What is known about a posting before its page is read: its address and when it changed.
#[must_use]
pub fn listing_of(board: &Board, address: Address) -> Listing {
    let Address { url, modified } = address;
    let mut known: Posting = posting("site", &board.token, Some(url.clone()), None);
    known.url = Some(url.clone());
    known.posted = modified.as_deref().and_then(parse_day);
    let unsure = modified.is_none();
    // The stamp is made of what the list says, so the time of day has to be in it.
    known.facts.requisition = modified;
    Listing { posting: known, detail: Some(Request::list(url)), unsure }
}

fn page(board: &Board, known: &Posting, body: &[u8]) -> Result<Page, ParseError> {
    let html = String::from_utf8_lossy(body);
    let found = jsonld::find(&html);
    let mut page = Page::default();
    let single = found.jobs.len() == 1;
    for (index, job) in found.jobs.iter().enumerate() {
        let id = if single {
            known.key.native_id.clone()
        } else {
            format!("{}#{}", known.key.native_id, index + 1)
        };
        match jsonld::record("site", &board.token, &id, job) {
            Ok(mut posting) => {
                posting.url = posting.url.filter(|url| url.starts_with("http")).or_else(|| known.url.clone());
                page.company = page.company.take().or_else(|| posting.company.clone());
                page.postings.push(posting);
            }
            Err(reason) => {
                page.rejected.push(Rejected { place: format!("JobPosting {}", index + 1), reason })
            }
        }
    }
    if found.damaged > 0 {
        let reason = "a JobPosting script that cannot be read".to_owned();
        page.rejected.push(Rejected { place: known.key.native_id.clone(), reason });
    }
    Ok(page)
}

/// Postings of a web page from a file; its address is the `canonical` link, else `fallback`.
pub(super) fn read_page(html: &str, fallback: &str) -> (Vec<Posting>, Vec<Rejected>) {
    let found = jsonld::find(html);
    let (mut postings, mut rejected) = (Vec::new(), Vec::new());
    for (index, job) in found.jobs.iter().enumerate() {
        let url = job.get("url").and_then(|url| url.as_str()).and_then(|url| Url::parse(url).ok());
        let host = url.as_ref().and_then(Url::host_str).unwrap_or("file").to_owned();
        let id = url.map_or_else(|| format!("{fallback}#{}", index + 1), String::from);
        match jsonld::record("site", &host, &id, job).and_then(scrub::finish) {
            Ok(posting) => postings.push(posting),
            Err(reason) => rejected.push(Rejected { place: format!("JobPosting {}", index + 1), reason }),
        }
    }
    for _ in 0..found.damaged {
        let reason = "a JobPosting script that cannot be read".to_owned();
        rejected.push(Rejected { place: "script".into(), reason });
    }
    for posting in &mut postings {
        if posting.markup == Markup::Text && posting.description.contains("&lt;") {
            posting.description = super::markup::decode_body(&posting.description);
        }
    }
    (postings, rejected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board() -> Board {
        Board::new("site", "acme.example")
    }

    #[test]
    fn robots_lead_to_sitemaps_and_these_to_pages() {
        let request = start(&board()).remove(0);
        assert_eq!(request.url, "https://acme.example/robots.txt");
        let named =
            parse(&board(), &request, b"Sitemap: https://acme.example/s.xml.gz\nSitemap: /t.xml").unwrap();
        let urls: Vec<&str> = named.next.iter().map(|r| r.url.as_str()).collect();
        assert_eq!(urls, ["https://acme.example/s.xml.gz", "https://acme.example/t.xml"]);
        let none = parse(&board(), &request, b"User-agent: *").unwrap();
        assert_eq!(none.next[0].url, "https://acme.example/sitemap.xml");

        let index = b"<sitemapindex><sitemap><loc>https://acme.example/a.xml</loc></sitemap></sitemapindex>";
        let page = parse(&board(), &named.next[0], index).unwrap();
        assert_eq!(page.next[0].step, Step::Sitemap { depth: 1 });
        let deep = Request { step: Step::Sitemap { depth: 3 }, ..page.next[0].clone() };
        assert!(parse(&board(), &deep, index).unwrap().truncated.is_some());
    }

    #[test]
    fn only_pages_that_look_like_postings_are_asked_for() {
        let site = Url::parse("https://acme.example/").unwrap();
        for (url, expected) in [
            ("https://acme.example/careers/ex-2027-001", true),
            ("https://www.acme.example/jobs/platform-intern", true),
            ("https://acme.example/about-us", false),
            ("https://acme.example/jobs", false),
            ("https://acme.example/job-cook-oslo", true),
            ("https://acme.example/vacancy?id=7", true),
            ("https://jobs.acme.example/x", false),
            ("https://other.example/jobs/1", false),
        ] {
            assert_eq!(is_job_page(&Url::parse(url).unwrap(), Some(&site)), expected, "{url}");
        }
        let jobs = Url::parse("https://jobs.acme.example/").unwrap();
        assert!(is_job_page(&Url::parse("https://jobs.acme.example/cook-7").unwrap(), Some(&jobs)));
    }

    #[test]
    fn a_page_gives_its_postings_and_says_what_it_could_not_read() {
        let urls = b"<urlset><url><loc>https://acme.example/jobs/1</loc><lastmod>2026-01-02T03:04:05Z</lastmod></url></urlset>";
        let page = parse(&board(), &usual_place(&board()).unwrap(), urls).unwrap();
        let listing = &listing_of(&board(), page.addresses[0].clone());
        let detail = |posting: &Posting| Request {
            step: Step::Detail { posting: Box::new(posting.clone()), stamp: String::new() },
            ..Request::list("https://acme.example/jobs/1")
        };
        let html = b"<script type='application/ld+json'>{\"@type\":\"JobPosting\",\"title\":\"Cook\",\"description\":\"x\"}</script>";
        let read = parse(&board(), &detail(&listing.posting), html).unwrap();
        assert_eq!(read.postings[0].key.native_id, "https://acme.example/jobs/1");
        assert_eq!(read.postings[0].url.as_deref(), Some("https://acme.example/jobs/1"));
        let none = parse(&board(), &detail(&listing.posting), b"<p>About us</p>").unwrap();
        assert_eq!((none.postings.len(), none.rejected.len()), (0, 0));
    }
}
