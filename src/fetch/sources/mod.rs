//! The sources: one file each, pure functions, no I/O.
//!
//! A [`Source`] says which requests to make for a [`Board`] and reads what comes back. What
//! sends the requests, waits, retries and stores is elsewhere, so an adapter can be tested with
//! nothing but recorded bodies.

mod ashby;
pub(crate) mod fields;
mod greenhouse;
mod lever;
pub(crate) mod markup;
pub(crate) mod pay;
mod plain;
mod records;
pub(crate) mod scrub;
mod types;

pub use records::{Found, find_records};
pub use scrub::mask_emails;
pub use types::{Board, Listing, Page, ParseError, Rejected, Request, Step, Tier};

use crate::posting::{Facts, Markup, Posting, PostingKey, Workplace};
use url::Url;

/// A source of postings.
#[derive(Debug)]
pub struct Source {
    /// Source kind, e.g. `greenhouse`: the first part of a posting's identity.
    pub kind: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// How it may be used.
    pub tier: Tier,
    /// Goes up when the adapter reads more or otherwise, so that unchanged bodies are read again.
    pub version: u32,
    /// Complete looks in a row that a posting must miss before it counts as closed: 1 where the
    /// list is the portal's own record, more where it is a page or a feed.
    pub misses_to_close: u32,
    /// The board that an address belongs to.
    pub detect: fn(&Url) -> Option<String>,
    /// The native id in a posting's address.
    pub native_id: fn(&Url) -> Option<String>,
    /// The requests that begin a look at a board.
    pub start: fn(&Board) -> Vec<Request>,
    /// Reads the answer to a request.
    pub parse: fn(&Board, &Request, &[u8]) -> Result<Page, ParseError>,
}

/// Every source, in the order in which addresses are tried.
pub static SOURCES: &[Source] = &[
    Source {
        kind: "greenhouse",
        name: "Greenhouse",
        tier: Tier::Documented,
        version: 1,
        misses_to_close: 1,
        detect: greenhouse::detect,
        native_id: greenhouse::native_id,
        start: greenhouse::start,
        parse: greenhouse::parse,
    },
    Source {
        kind: "lever",
        name: "Lever",
        tier: Tier::Documented,
        version: 1,
        misses_to_close: 1,
        detect: lever::detect,
        native_id: lever::native_id,
        start: lever::start,
        parse: lever::parse,
    },
    Source {
        kind: "ashby",
        name: "Ashby",
        tier: Tier::Documented,
        version: 1,
        misses_to_close: 1,
        detect: ashby::detect,
        native_id: ashby::native_id,
        start: ashby::start,
        parse: ashby::parse,
    },
];

/// The source of a kind.
#[must_use]
pub fn source(kind: &str) -> Option<&'static Source> {
    SOURCES.iter().find(|source| source.kind == kind)
}

/// The board that an address belongs to, and its source.
///
/// ```
/// use rungs::fetch::sources::detect;
/// let url = "https://jobs.lever.co/acme/".parse().unwrap();
/// assert_eq!(detect(&url).unwrap().to_string(), "lever:acme");
/// ```
#[must_use]
pub fn detect(url: &Url) -> Option<Board> {
    SOURCES.iter().find_map(|source| Some(Board::new(source.kind, (source.detect)(url)?)))
}

/// A posting with nothing but its identity and title.
fn posting(source: &str, board: &str, id: Option<String>, title: Option<String>) -> Posting {
    Posting {
        key: PostingKey {
            source: source.to_owned(),
            board: board.to_owned(),
            native_id: id.unwrap_or_default(),
        },
        title: markup::line(&title.unwrap_or_default()),
        company: None,
        locations: Vec::new(),
        description: String::new(),
        markup: Markup::Text,
        url: None,
        posted: None,
        language: None,
        truncated: false,
        facts: Facts::default(),
    }
}

/// Remote, hybrid or on site, from the words that portals use.
fn workplace(text: &str) -> Option<Workplace> {
    let text = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["hybrid"]) {
        Some(Workplace::Hybrid)
    } else if has(&["remote", "fully", "telecommut", "anywhere"]) {
        Some(Workplace::Remote)
    } else if has(&["onsite", "on-site", "on site", "on_site", "in office", "in-office", "office"]) {
        Some(Workplace::Onsite)
    } else {
        None
    }
}

/// Text as one segment of an address's path.
fn path_segment(text: &str) -> String {
    let mut url = Url::parse("https://x.invalid/").ok();
    if let Some(url) = &mut url
        && let Ok(mut path) = url.path_segments_mut()
    {
        path.clear().push(text);
    }
    url.map_or_else(String::new, |url| url.path().trim_start_matches('/').to_owned())
}
