//! What an employer published: [`Posting`], its identity and its facts.
//!
//! A posting is identified by where it was published, never by what it says: (source kind,
//! board, native id). What it says is summed up in [`Posting::content_hash`], which leaves
//! markup out, so that a re-rendered page is no change.
//!
//! This module does no I/O and does not know how a posting was fetched.

pub mod names;
mod pay;

pub use pay::{Pay, PayPeriod};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use url::Url;

/// The kind of place a posting came from, e.g. `greenhouse` or `lever`; `file` for imports.
///
/// A short lower-case word. Kept open (a string, not an enum) because sources are data to all
/// but the adapters that read them.
pub type SourceKind = String;

/// Where a posting lives: the identity that survives edits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PostingKey {
    /// Portal kind, e.g. `ashby`.
    pub source: SourceKind,
    /// The employer's board on that portal (its token), e.g. `stripe`.
    pub board: String,
    /// The portal's own id of the posting.
    pub native_id: String,
}

impl fmt::Display for PostingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.source, self.board, self.native_id)
    }
}

impl PostingKey {
    /// Reads what [`Display`](fmt::Display) writes: `source:board:native-id`.
    ///
    /// Only the native id may itself hold colons.
    ///
    /// ```
    /// use rungs::posting::PostingKey;
    /// let key = PostingKey::parse("ashby:acme:7f:2").unwrap();
    /// assert_eq!(key.native_id, "7f:2");
    /// assert_eq!(key.to_string(), "ashby:acme:7f:2");
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ':');
        let (source, board, native_id) = (parts.next()?, parts.next()?, parts.next()?);
        if source.is_empty() || native_id.is_empty() {
            return None;
        }
        Some(Self { source: source.to_owned(), board: board.to_owned(), native_id: native_id.to_owned() })
    }
}

/// How the body of a posting is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Markup {
    /// Plain text, perhaps with Markdown habits.
    #[default]
    Text,
    /// An HTML fragment or page.
    Html,
}

/// Where the work is done, as the employer's own field says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Workplace {
    /// From anywhere, or anywhere in a region.
    Remote,
    /// Partly on site.
    Hybrid,
    /// At the employer's place.
    Onsite,
}

/// The employer's own structured fields, kept when on the allow-list of the source.
///
/// Never holds names or addresses of people: adapters leave them at the door.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The employer's level, in its own words or code, e.g. `IC4`, `Mid-Senior level`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Individual contributor or manager, in the employer's words, e.g. `IC`, `MG`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track: Option<String>,
    /// Years of experience the portal's own field asks for, as written there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years: Option<String>,
    /// Department name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Team name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Employment type as written, e.g. `FullTime`, `Contract`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employment_type: Option<String>,
    /// Remote, hybrid or on site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workplace: Option<Workplace>,
    /// Pay range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay: Option<Pay>,
    /// The posting of a portal that this one is a copy of, as its address names it, e.g.
    /// `greenhouse:4011` on an employer's own page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portal_id: Option<String>,
    /// The employer's requisition number, which links copies of one posting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requisition: Option<String>,
    /// Industry or sector as the portal names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub industry: Option<String>,
    /// Skills that the portal itself lists: noisy, for comparison only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub portal_skills: Vec<String>,
}

/// One published posting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Posting {
    /// Identity.
    pub key: PostingKey,
    /// Title as published, trimmed.
    pub title: String,
    /// The employer's name as published; the board token where the portal gives no name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub company: Option<String>,
    /// Every location, as published.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub locations: Vec<String>,
    /// The body as published: evidence offsets point into this very string.
    pub description: String,
    /// How `description` is written.
    #[serde(default)]
    pub markup: Markup,
    /// Address of the posting's own page.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub url: Option<String>,
    /// First publication, as a calendar day in UTC.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub posted: Option<jiff::civil::Date>,
    /// Language code the portal states, e.g. `en`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub language: Option<String>,
    /// The body is known to be cut short by the portal.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub truncated: bool,
    /// Structured fields.
    #[serde(default)]
    pub facts: Facts,
}

impl Posting {
    /// SHA-256 over title, visible words of the body, locations and pay, in hexadecimal.
    ///
    /// Markup and white space are left out of the body (tags become word breaks), so that the
    /// same text served with other classes or re-indented is no change. Locations are sorted,
    /// since portals re-order them.
    #[must_use]
    pub fn content_hash(&self) -> String {
        let mut hash = Sha256::new();
        hash_words(&mut hash, &self.title, Markup::Text);
        hash_words(&mut hash, &self.description, self.markup);
        let mut locations: Vec<&str> = self.locations.iter().map(|l| l.trim()).collect();
        locations.sort_unstable();
        for location in locations {
            hash_words(&mut hash, location, Markup::Text);
        }
        if let Some(pay) = &self.facts.pay {
            hash.update(pay.to_string().as_bytes());
        }
        use fmt::Write;
        hash.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// What all copies of a posting have in common, on whatever boards they stand: the portal's id
    /// of it, else address and title together. `None` where neither tells it from others.
    #[must_use]
    pub fn canonical(&self) -> Option<String> {
        if let Some(id) = &self.facts.portal_id {
            return Some(id.clone());
        }
        if GLOBAL_IDS.contains(&self.key.source.as_str()) {
            return Some(format!("{}:{}", self.key.source, self.key.native_id));
        }
        let address = bare_address(self.url.as_deref()?)?;
        let hash = Sha256::new().chain_update(address).chain_update([0]).chain_update(words(&self.title));
        Some(hash.finalize().iter().take(12).fold("at:".to_owned(), |hex, byte| format!("{hex}{byte:02x}")))
    }

    /// The key employers are counted by: the company's name folded to lower-case letters and
    /// digits without legal forms; else the board, where a board is one employer's. `None` where
    /// nobody is named: a file or an aggregator with many nameless postings is no employer.
    ///
    /// ```
    /// use rungs::posting::employer_key;
    /// assert_eq!(employer_key("Acme, Inc."), "acme");
    /// assert_eq!(employer_key("ACME"), "acme");
    /// assert_eq!(employer_key("FlexIT Consulting GmbH"), "flexit consulting");
    /// ```
    #[must_use]
    pub fn employer(&self) -> Option<String> {
        let named = |name: &str| {
            let key = employer_key(name);
            (!key.is_empty() && !NO_NAMES.contains(&key.as_str())).then_some(key)
        };
        let own_board = EMPLOYER_BOARDS.contains(&self.key.source.as_str());
        self.company.as_deref().and_then(named).or_else(|| named(&self.key.board).filter(|_| own_board))
    }
}

/// Portals whose ids of postings are unique among all their boards.
pub const GLOBAL_IDS: &[&str] = &["ashby", "greenhouse", "lever", "rippling", "workable"];

/// Query parameters that say where a reader came from, besides all `utm_…`.
const TRACKING: &[&str] = &["fbclid", "gclid", "gh_src", "lever-source", "ref", "source", "src"];

/// An address without what makes no difference: scheme, `www.`, tracking, the order of its query, a
/// place on the page. `None` for a site's front page, which is no posting's.
fn bare_address(address: &str) -> Option<String> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let is_tracking = |name: &str| name.starts_with("utm_") || TRACKING.contains(&name);
    let mut query: Vec<_> = url.query_pairs().filter(|(name, _)| !is_tracking(name)).collect();
    query.sort();
    let path = url.path().trim_end_matches('/');
    // Some sites are one page, drawn by a script.
    let place = url.fragment().filter(|fragment| fragment.starts_with(['/', '!']));
    if path.is_empty() && query.is_empty() && place.is_none() {
        return None;
    }
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    Some(format!("{host}{path}?{query:?}#{}", place.unwrap_or("")))
}

/// Portals on which a board belongs to one employer.
const EMPLOYER_BOARDS: &[&str] = &[
    "ashby",
    "breezy",
    "greenhouse",
    "icims",
    "jobvite",
    "lever",
    "personio",
    "pinpoint",
    "recruitee",
    "rippling",
    "smartrecruiters",
    "teamtailor",
    "workable",
    "workday",
];

/// What stands in the company's place when there is none; folded.
const NO_NAMES: &[&str] = &[
    "anonymous",
    "confidential",
    "company confidential",
    "n a",
    "na",
    "nan",
    "none",
    "null",
    "undisclosed",
    "unknown",
];

/// Legal forms at the end of a company's name that do not distinguish employers.
const LEGAL_FORMS: &[&str] = &[
    "inc",
    "incorporated",
    "llc",
    "ltd",
    "limited",
    "gmbh",
    "ag",
    "se",
    "kg",
    "co",
    "corp",
    "corporation",
    "company",
    "plc",
    "bv",
    "nv",
    "ab",
    "as",
    "oy",
    "sa",
    "sas",
    "sarl",
    "srl",
    "spa",
    "pty",
    "pte",
    "ug",
    "mbh",
    "lp",
    "llp",
    "pbc",
];

/// Folds an employer's name for counting; see [`Posting::employer`].
#[must_use]
pub fn employer_key(name: &str) -> String {
    let folded = words(name);
    let mut words: Vec<&str> = folded.split(' ').collect();
    while words.len() > 1 && words.last().is_some_and(|w| LEGAL_FORMS.contains(w)) {
        words.pop();
    }
    words.join(" ")
}

/// The words of `text` in lower case, one space between them.
fn words(text: &str) -> String {
    let lowered = text.to_lowercase();
    let words = lowered.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Feeds the words of `text` to `hash`, tags skipped when it is HTML, one space between words.
fn hash_words(hash: &mut Sha256, text: &str, markup: Markup) {
    let mut rest = text;
    loop {
        let (visible, after) = match (markup, rest.find('<')) {
            (Markup::Html, Some(open)) => match rest[open..].find('>') {
                Some(close) => (&rest[..open], &rest[open + close + 1..]),
                None => (rest, ""),
            },
            _ => (rest, ""),
        };
        for word in visible.split_whitespace() {
            hash.update(word.as_bytes());
            hash.update(b" ");
        }
        if after.is_empty() {
            break;
        }
        rest = after;
    }
    hash.update([0]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posting(description: &str, markup: Markup) -> Posting {
        Posting {
            key: PostingKey { source: "ashby".into(), board: "acme".into(), native_id: "1".into() },
            title: "Engineer".into(),
            company: Some("Acme Inc.".into()),
            locations: vec!["Berlin".into(), "Paris".into()],
            description: description.into(),
            markup,
            url: None,
            posted: None,
            language: None,
            truncated: false,
            facts: Facts::default(),
        }
    }

    #[test]
    fn content_hash_ignores_markup_space_and_location_order() {
        let first = posting("<p class=\"a\">Build  things</p>", Markup::Html);
        let mut second = posting("<p>\n Build things </p>", Markup::Html);
        second.locations.reverse();
        assert_eq!(first.content_hash(), second.content_hash());
        let third = posting("<p>Build other things</p>", Markup::Html);
        assert_ne!(first.content_hash(), third.content_hash());
    }

    #[test]
    fn content_hash_reads_a_lone_angle_bracket_as_text() {
        let first = posting("latency < 5 ms", Markup::Html);
        let second = posting("latency < 9 ms", Markup::Html);
        assert_ne!(first.content_hash(), second.content_hash());
    }

    #[test]
    fn copies_have_one_canonical_id_and_others_another() {
        let of = |source: &str, id: &str, url: &str, title: &str| {
            let mut one = posting("x", Markup::Text);
            (one.key.source, one.key.native_id, one.url) = (source.into(), id.into(), Some(url.into()));
            one.title = title.into();
            one.canonical()
        };
        assert_eq!(of("greenhouse", "77", "https://acme.com", "Cook").as_deref(), Some("greenhouse:77"));
        let first = of("site", "1", "https://www.acme.com/jobs/7/?b=2&utm_source=x&a=1#apply", "Cook (m/w)");
        assert!(first.is_some());
        assert_eq!(first, of("feed", "guid", "http://acme.com/jobs/7?a=1&b=2&ref=feed", "COOK m/w"));
        for (url, title) in [
            ("https://acme.com/jobs/7?a=1&b=2", "Baker"),
            ("https://acme.com/jobs/8?a=1&b=2", "Cook (m/w)"),
            ("https://acme.com/jobs/7?a=1", "Cook (m/w)"),
            ("https://acme.com/jobs/7?a=1&b=2#/other", "Cook (m/w)"),
        ] {
            assert_ne!(of("site", "1", url, title), first, "{url} {title}");
        }
        for url in ["https://acme.com/", "http://acme.com/?utm_source=x#jobs", "mailto:x", "none"] {
            assert_eq!(of("site", "1", url, "Cook"), None, "{url}");
        }
    }

    #[test]
    fn a_board_stands_for_the_employer_only_where_it_is_one() {
        let mut nameless = posting("x", Markup::Text);
        for (source, company, expected) in [
            ("ashby", None, Some("acme")),
            ("ashby", Some("Confidential"), Some("acme")),
            ("file", None, None),
            ("adzuna", Some(" - "), None),
            ("file", Some("N/A"), None),
            ("file", Some("Acme Ltd"), Some("acme")),
        ] {
            nameless.key.source = source.into();
            nameless.company = company.map(str::to_owned);
            assert_eq!(nameless.employer().as_deref(), expected, "{source} {company:?}");
        }
    }
}
