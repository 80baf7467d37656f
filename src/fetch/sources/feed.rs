//! RSS and Atom feeds, and Teamtailor, whose job list is one.
//!
//! A board is the feed's address. Entries are recognised by `guid` or link.

use super::fields::{self, add_location, parse_day};
use super::types::{Board, Page, ParseError, Rejected, Request, Step};
use super::xml::{self, Node};
use super::{address, markup, posting, scrub};
use crate::posting::{Markup, Posting};
use url::Url;

/// Rows of Teamtailor in one request.
const TEAMTAILOR_PAGE: u64 = 100;

/// Any address that looks like a feed.
pub(super) fn detect(url: &Url) -> Option<String> {
    let path = url.path().to_lowercase();
    let is_feed = [".rss", ".xml", ".atom", "/feed", "/rss"]
        .iter()
        .any(|ending| path.trim_end_matches('/').ends_with(ending));
    if !is_feed || path.contains("sitemap") {
        return None;
    }
    address::token_of(url)
}

pub(super) fn start(board: &Board) -> Vec<Request> {
    address::url_of(&board.token).map(Request::list).into_iter().collect()
}

pub(super) fn parse(board: &Board, _request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    fields::check_drift(read("feed", &board.token, &xml::parse(body)?)?)
}

pub(super) fn detect_teamtailor(url: &Url) -> Option<String> {
    let name = url.host_str()?.strip_suffix(".teamtailor.com")?;
    (name != "www" && name != "app").then(|| name.to_owned())
}

pub(super) fn start_teamtailor(board: &Board) -> Vec<Request> {
    teamtailor_url(board, 0).map(Request::list).into_iter().collect()
}

fn teamtailor_url(board: &Board, offset: u64) -> Option<String> {
    let site = match board.token.contains(['.', '~']) {
        true => address::url_of(&board.token)?,
        false => Url::parse(&format!("https://{}.teamtailor.com", board.token)).ok()?,
    };
    site.join(&format!("/jobs.rss?per_page={TEAMTAILOR_PAGE}&offset={offset}")).ok().map(String::from)
}

pub(super) fn parse_teamtailor(board: &Board, request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let mut page = fields::check_drift(read("teamtailor", &board.token, &xml::parse(body)?)?)?;
    let first = page.postings.first().map(|posting| posting.key.native_id.clone());
    if let Step::List { at, after } = &request.step {
        if *at > 0 && first.is_some() && &first == after {
            return Err(ParseError::Drift(format!("the page at row {at} repeats the one before")));
        }
        let next = at + TEAMTAILOR_PAGE;
        if page.rows >= TEAMTAILOR_PAGE
            && let Some(url) = teamtailor_url(board, next)
        {
            page.next.push(Request::list_at(url, next, first));
        }
    }
    Ok(page)
}

/// Reads the entries of a feed.
///
/// # Errors
/// When it is neither RSS nor Atom.
pub(super) fn read(source: &str, board: &str, root: &Node) -> Result<Page, ParseError> {
    let (holder, entry) = match root.name.as_str() {
        "rss" => (root.child("channel").unwrap_or(root), "item"),
        "RDF" => (root, "item"),
        "feed" => (root, "entry"),
        other => return Err(ParseError::Drift(format!("<{other}> is no feed"))),
    };
    let mut page = Page::default();
    for (index, item) in holder.all(entry).enumerate() {
        page.rows += 1;
        match record(source, board, item) {
            Ok(found) => page.postings.push(found),
            Err(reason) => page.rejected.push(Rejected { place: format!("{entry}[{index}]"), reason }),
        }
    }
    Ok(page)
}

fn record(source: &str, board: &str, item: &Node) -> Result<Posting, String> {
    let link = item.text_of("link").or_else(|| item.child("link")?.attribute("href").map(str::to_owned));
    let id = item.text_of("guid").or_else(|| item.text_of("id")).or_else(|| link.clone());
    let title = item.text_of("title").map(|title| markup::line(&title));
    let mut found = posting(source, board, id, title);
    if source == "feed" {
        split_company(&mut found);
    }
    let body = ["encoded", "content", "description", "summary"].iter().find_map(|name| item.text_of(name));
    found.description = markup::decode_body(&body.unwrap_or_default());
    found.markup = if markup::looks_like_html(&found.description) { Markup::Html } else { Markup::Text };
    found.truncated = found.description.is_empty();
    found.url = link;
    found.posted =
        ["pubDate", "published", "updated", "date"].iter().find_map(|name| parse_day(&item.text_of(name)?));
    for name in ["region", "location"] {
        add_location(&mut found.locations, item.text_of(name));
    }
    for place in item.child("locations").into_iter().flat_map(|places| places.all("location")) {
        add_location(&mut found.locations, place.text_of("name").or_else(|| place.text_of("city")));
    }
    found.facts.department = item.text_of("department");
    found.facts.employment_type = item.text_of("type");
    found.facts.industry = item.text_of("category");
    found.facts.workplace = item.text_of("remoteStatus").and_then(|status| super::workplace(&status));
    scrub::finish(found)
}

/// Job feeds write `Company: Role`.
fn split_company(found: &mut Posting) {
    if let Some((company, role)) = found.title.split_once(": ")
        && !company.is_empty()
        && !role.is_empty()
    {
        found.company = Some(company.to_owned());
        found.title = role.to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RSS: &str = "<rss version=\"2.0\" xmlns:tt=\"https://teamtailor.com/locations\"><channel><title>Jobs</title>\
        <item><title>Globex: Cook &amp;amp; Baker</title><link>https://x.example/1</link><guid>g1</guid>\
        <description>&lt;p&gt;Cook&lt;/p&gt;</description><pubDate>Fri, 30 May 2025 08:00:00 +0000</pubDate>\
        <region>Anywhere</region><remoteStatus>fully</remoteStatus><tt:department>Kitchen</tt:department>\
        <tt:locations><tt:location><tt:name>Oslo</tt:name></tt:location></tt:locations></item>\
        <item><title></title></item></channel></rss>";

    #[test]
    fn reads_rss_and_reports_empty_entries() {
        let read =
            |rss: &str| parse(&Board::new("feed", "x.example/jobs.rss"), &Request::list("x"), rss.as_bytes());
        assert!(matches!(read(RSS), Err(ParseError::Drift(_))), "half of it is unreadable");
        let more = "<item><title>Clerk</title><guid>g2</guid></item>".repeat(4);
        let page = read(&RSS.replace("</channel>", &format!("{more}</channel>"))).unwrap();
        let found = &page.postings[0];
        assert_eq!((found.company.as_deref(), found.title.as_str()), (Some("Globex"), "Cook & Baker"));
        assert_eq!((found.description.as_str(), found.key.native_id.as_str()), ("<p>Cook</p>", "g1"));
        assert_eq!(found.posted.unwrap().to_string(), "2025-05-30");
        assert_eq!(page.rejected.len(), 1);
    }

    #[test]
    fn reads_teamtailor_with_places_and_titles_as_they_are() {
        let board = Board::new("teamtailor", "acme");
        let request = start_teamtailor(&board).remove(0);
        assert_eq!(request.url, "https://acme.teamtailor.com/jobs.rss?per_page=100&offset=0");
        assert!(parse_teamtailor(&board, &request, RSS.as_bytes()).is_err(), "half of it is unreadable");
        let whole = RSS.replace("<item><title></title></item>", "");
        let page = parse_teamtailor(&board, &request, whole.as_bytes()).unwrap();
        let found = &page.postings[0];
        assert_eq!((found.title.as_str(), found.company.as_deref()), ("Globex: Cook & Baker", None));
        assert_eq!(found.locations, ["Anywhere", "Oslo"]);
        assert_eq!(found.facts.department.as_deref(), Some("Kitchen"));
        assert!(found.facts.workplace.is_some());
    }

    #[test]
    fn reads_atom() {
        let atom = b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>Clerk</title><id>urn:1</id>\
            <link href='https://x.example/2'/><content type='html'>&lt;b&gt;x&lt;/b&gt;</content>\
            <updated>2026-01-02T00:00:00Z</updated></entry></feed>";
        let page = parse(&Board::new("feed", "x"), &Request::list("x"), atom).unwrap();
        assert_eq!(page.postings[0].url.as_deref(), Some("https://x.example/2"));
        let page = parse(&Board::new("feed", "x"), &Request::list("x"), b"<html/>");
        assert!(matches!(page, Err(ParseError::Drift(_))));
    }
}
