//! The sources: one file each, pure functions, no I/O.
//!
//! A [`Source`] says which requests to make for a [`Board`] and reads what comes back. What
//! sends the requests, waits, retries and stores is elsewhere, so an adapter can be tested with
//! nothing but recorded bodies.

mod address;
mod ashby;
mod facets;
mod feed;
mod fields;
mod greenhouse;
mod hackernews;
mod jsonfeeds;
mod jsonld;
mod keyed;
mod lever;
mod markup;
mod pages;
mod pay;
mod personio;
mod pinpoint;
mod plain;
mod records;
mod recruitee;
mod rippling;
mod scripts;
mod scrub;
mod site;
mod table;
mod types;
mod workable;
mod workday;
mod xml;

pub use records::{Found, find_in_markup, find_records};
pub use scrub::mask_emails;
pub use site::{is_about_jobs, listing_of};
pub use table::SOURCES;
pub use types::{Address, Board, Listing, Page, ParseError, Rejected, Request, Step, Tier};

use crate::posting::{Facts, GLOBAL_IDS, Markup, Posting, PostingKey, Workplace};
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
    /// An address that is not found is read as an empty body: where a file may well be absent.
    pub missing_is_empty: bool,
    /// The same board in another region of the portal: asked for when this one does not know it.
    pub elsewhere: fn(&Board) -> Option<Board>,
    /// The board that an address belongs to.
    pub detect: fn(&Url) -> Option<String>,
    /// The native id in a posting's address, where ids are unique among all boards of the portal.
    pub native_id: fn(&Url) -> Option<String>,
    /// The requests that begin a look at a board.
    pub start: fn(&Board) -> Vec<Request>,
    /// Reads the answer to a request.
    pub parse: fn(&Board, &Request, &[u8]) -> Result<Page, ParseError>,
}

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

/// The posting of a portal that an address leads to, be it on an employer's own page.
///
/// ```
/// use rungs::fetch::sources::portal_id;
/// let url = "https://acme.example/careers?gh_jid=4011".parse().unwrap();
/// assert_eq!(portal_id(&url).as_deref(), Some("greenhouse:4011"));
/// ```
#[must_use]
pub fn portal_id(url: &Url) -> Option<String> {
    SOURCES.iter().find_map(|source| Some(format!("{}:{}", source.kind, (source.native_id)(url)?)))
}

/// Notes of which portal's posting this is a copy, when an address of it says so: its own, that
/// of the page that was asked for, or where that led.
pub fn note_portal(posting: &mut Posting, led_to: Option<&str>) {
    if GLOBAL_IDS.contains(&posting.key.source.as_str()) {
        return;
    }
    let addresses = [posting.url.as_deref(), Some(&posting.key.native_id), led_to];
    let mut urls = addresses.into_iter().flatten().filter_map(|address| Url::parse(address).ok());
    if let Some(id) = urls.find_map(|url| portal_id(&url)) {
        posting.facts.portal_id = Some(id);
    }
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

/// Rows of one posting (Workable sends one per location) become one, with all locations.
fn merge_copies(postings: Vec<Posting>) -> Vec<Posting> {
    let mut merged: Vec<Posting> = Vec::with_capacity(postings.len());
    let mut places: std::collections::HashMap<PostingKey, usize> = std::collections::HashMap::new();
    for posting in postings {
        match places.get(&posting.key).and_then(|place| merged.get_mut(*place)) {
            Some(known) => {
                for location in posting.locations {
                    fields::add_location(&mut known.locations, Some(location));
                }
            }
            None => {
                places.insert(posting.key.clone(), merged.len());
                merged.push(posting);
            }
        }
    }
    merged
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
