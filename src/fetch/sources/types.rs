//! What adapters are asked and what they answer.

use crate::posting::{Posting, PostingKey};
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// How a source may be used; decides what a missing or forbidding robots file means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// A documented public interface: only an explicit `Disallow` stops us.
    Documented,
    /// Public but undocumented: its robots file must be readable and allow it.
    RobotsGated,
    /// Needs the user's own key.
    Keyed,
}

/// An employer's board on a portal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Board {
    /// Source kind, e.g. `greenhouse`.
    pub source: String,
    /// The board's token there, e.g. `stripe`; a region is written `token@eu`.
    pub token: String,
}

impl Board {
    /// A board of `source`.
    pub fn new(source: &str, token: impl Into<String>) -> Self {
        Self { source: source.to_owned(), token: token.into() }
    }

    /// The token without its region, and the region.
    #[must_use]
    pub fn name_and_region(&self) -> (&str, Option<&str>) {
        match self.token.rsplit_once('@') {
            Some((name, region)) => (name, Some(region)),
            None => (&self.token, None),
        }
    }

    /// The identity of a posting of this board.
    #[must_use]
    pub fn key(&self, native_id: impl Into<String>) -> PostingKey {
        PostingKey { source: self.source.clone(), board: self.token.clone(), native_id: native_id.into() }
    }
}

impl fmt::Display for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source, self.token)
    }
}

/// What a request is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// A page of the board's list.
    List {
        /// Where the page begins, in rows or pages as the portal counts.
        at: u64,
        /// Native id of the first row of the page before, to notice a page that repeats.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    },
    /// A page of a part of the list. Parts may overlap: of their rows, only postings that the look
    /// has not met before count.
    Part {
        /// As in [`Step::List`].
        at: u64,
        /// As in [`Step::List`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
        /// Rows that the part should have.
        rows: u64,
    },
    /// The page of one posting that the list gave without its body.
    Detail {
        /// What the list said about it.
        posting: Box<Posting>,
        /// The stamp of the list, to be remembered when the detail is stored.
        stamp: String,
    },
    /// A sitemap, `depth` indexes down.
    Sitemap {
        /// Indexes above this one.
        depth: u8,
    },
}

/// A request to make. Holds no credentials: those are added when it is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Absolute address.
    pub url: String,
    /// JSON body; a request with one is a POST, else it is a GET.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// What it is for.
    pub step: Step,
    /// Redirects that led here.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub hops: u8,
}

fn is_zero(number: &u8) -> bool {
    *number == 0
}

impl Request {
    /// A GET of the first page of a list.
    pub fn list(url: impl Into<String>) -> Self {
        Self { url: url.into(), body: None, step: Step::List { at: 0, after: None }, hops: 0 }
    }

    /// A GET of the page of a list that begins at `at`.
    pub fn list_at(url: impl Into<String>, at: u64, after: Option<String>) -> Self {
        Self { url: url.into(), body: None, step: Step::List { at, after }, hops: 0 }
    }
}

/// A posting that the list gives without its body.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    /// What the list says; the description is empty.
    pub posting: Posting,
    /// Where the body is. `None` where only what the list says can be had.
    pub detail: Option<Request>,
    /// The list does not say when the posting changed: its page is asked for in every look.
    pub unsure: bool,
}

/// A page that may hold a posting, and all that a sitemap says about it. Sitemaps name tens of
/// thousands, so this is small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Where it is.
    pub url: String,
    /// When it was last changed, as written.
    pub modified: Option<String>,
}

/// A record that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Where in the body, e.g. `jobs[17]`.
    pub place: String,
    /// What is wrong with it.
    pub reason: String,
}

/// What a body holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Whole postings.
    pub postings: Vec<Posting>,
    /// Postings that need another request for their body.
    pub listings: Vec<Listing>,
    /// Pages that may hold postings.
    pub addresses: Vec<Address>,
    /// Further pages of the list, or sitemaps and pages that it leads to.
    pub next: Vec<Request>,
    /// Rows that this page holds by the portal's own count, whatever became of them.
    pub rows: u64,
    /// How many rows the whole list has, as the portal says.
    pub advertised_total: Option<u64>,
    /// Why the list is known to be incomplete although every page was read (a result window).
    pub truncated: Option<String>,
    /// Records that could not be read.
    pub rejected: Vec<Rejected>,
    /// The employer's name as the board itself gives it: the proof of identity.
    pub company: Option<String>,
    /// Postings that their own page says are closed.
    pub closed: Vec<PostingKey>,
}

/// Why a body is not a page of its board.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ParseError {
    /// Broken in a way that another attempt may mend (cut off, an error page with status 200).
    #[error("unreadable answer: {0}")]
    Transient(String),
    /// Whole, but not in the shape this adapter knows: the portal changed.
    #[error("the answer has an unknown shape: {0}")]
    Drift(String),
    /// The portal says that there is no such board.
    #[error("no such board: {0}")]
    NotABoard(String),
    /// The posting is gone.
    #[error("gone: {0}")]
    Gone(String),
}
