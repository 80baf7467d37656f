//! One request from asking to packed postings: everything that needs no database, so that it can
//! run beside others.

use super::Filter;
use super::http::{Ask, Http, HttpError, Reply, Share, to_utf8};
use super::keys;
use super::rules::reserves;
use super::sources::{
    Address, Board, Listing, Page, ParseError, Rejected, Request, Source, Step, Tier, note_portal,
};
use crate::corpus::{Prepared, Validator};
use crate::posting::{Posting, PostingKey};
use jiff::Timestamp;
use reqwest::header::{self, HeaderName, HeaderValue};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::time::{Duration, SystemTime};
use url::Url;

/// How a gzip file begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// How long a validator without an `ETag` is trusted.
const MODIFIED_TRUST: Duration = Duration::from_secs(24 * 3600);

/// Everything that a request needs to be made and read.
pub(super) struct Visit {
    pub(super) http: Http,
    pub(super) source: &'static Source,
    pub(super) board: Board,
    pub(super) request: Request,
    /// Where it really goes: the request's address, or that of a mirror.
    pub(super) url: Url,
    pub(super) validator: Option<Validator>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    /// Keys that must not be stored.
    pub(super) secret: Vec<keys::Pair>,
    pub(super) filter: Option<Filter>,
    pub(super) keep_body: bool,
}

/// How a request ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It was read.
    Read(Box<Visited>),
    /// The server, or the hash of the body, says that nothing changed.
    NotModified,
    /// It is somewhere else.
    Moved(Url),
    /// It is gone (404, 410), or the portal says that there is no such board.
    Gone(String),
    /// Too many requests (429, 503).
    Throttled(Option<Duration>, u16),
    /// Not allowed (401, 403, 451, `tdm-reservation`).
    Blocked(String),
    /// Neither host nor network was met: no name, no way.
    Unreached(String),
    /// It may go better next time.
    Transient(String),
    /// It will not go better next time.
    Failed(String),
}

/// What a body held, packed.
#[derive(Debug)]
pub(super) struct Visited {
    pub(super) postings: Vec<Prepared>,
    /// Postings that the filter leaves out.
    pub(super) left_out: Vec<PostingKey>,
    pub(super) listings: Vec<Listing>,
    pub(super) addresses: Vec<Address>,
    pub(super) next: Vec<Request>,
    pub(super) rows: u64,
    pub(super) advertised_total: Option<u64>,
    pub(super) truncated: Option<String>,
    pub(super) rejected: Vec<Rejected>,
    pub(super) company: Option<String>,
    pub(super) closed: Vec<PostingKey>,
    pub(super) validator: Validator,
    pub(super) body: Option<Vec<u8>>,
    /// Held until what the body held is stored.
    _share: Share,
}

impl Visit {
    /// Makes the request. Returns how it ended, and how long the server took.
    pub(super) async fn run(self) -> (Outcome, Duration) {
        let fresh = self.validator.as_ref().filter(|v| v.adapter == self.source.version);
        let etag = fresh.and_then(|v| v.etag.as_deref());
        let modified = fresh
            .filter(|v| v.etag.is_some() || is_recent(v.stored))
            .and_then(|v| v.last_modified.as_deref());
        let body = self.request.body.as_deref();
        let ask = Ask { body, etag, modified, headers: &self.headers, first: None };
        let started = std::time::Instant::now();
        let outcome = match self.http.send(&self.url, &ask).await {
            Ok(reply) => {
                let took = reply.took;
                return (self.judge(reply), took);
            }
            Err(HttpError::Unreached(why)) => Outcome::Unreached(why),
            Err(error) if error.is_transient() => Outcome::Transient(error.to_string()),
            Err(error) => Outcome::Failed(error.to_string()),
        };
        (outcome, started.elapsed())
    }

    /// How an answer is taken.
    pub(super) fn judge(&self, mut reply: Reply) -> Outcome {
        let status = reply.status;
        match status {
            200..=299 => self.read(reply),
            304 if self.validator.is_some() => Outcome::NotModified,
            301 | 302 | 303 | 307 | 308 => match moved(&self.url, &reply) {
                Ok(url) => Outcome::Moved(url),
                Err(why) => Outcome::Failed(why),
            },
            404 | 410 if self.source.missing_is_empty && matches!(self.request.step, Step::List { .. }) => {
                reply.body.clear();
                self.read(reply)
            }
            404 | 410 => Outcome::Gone(format!("status {status}")),
            429 | 503 => Outcome::Throttled(retry_after(&reply), status),
            401 | 403 | 451 => Outcome::Blocked(format!("status {status}")),
            304 | 408 | 500..=599 => Outcome::Transient(format!("status {status}")),
            _ => Outcome::Failed(format!("status {status}")),
        }
    }

    fn read(&self, mut reply: Reply) -> Outcome {
        if self.source.tier != Tier::Documented && reserves(&reply) {
            return Outcome::Blocked("the site reserves its texts (tdm-reservation)".into());
        }
        let body_hash: [u8; 32] = Sha256::digest(&reply.body).into();
        let same = |v: &Validator| v.adapter == self.source.version && v.body_hash == body_hash;
        if self.validator.as_ref().is_some_and(same) {
            return Outcome::NotModified;
        }
        // A packed sitemap is no text yet.
        let text = match reply.body.starts_with(&GZIP) {
            true => Cow::Borrowed(reply.body.as_slice()),
            false => match to_utf8(&reply.body, reply.header(header::CONTENT_TYPE)) {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            },
        };
        match (self.source.parse)(&self.board, &self.request, &text) {
            Ok(page) => match self.pack(page, &mut reply, body_hash) {
                Ok(visited) => Outcome::Read(Box::new(visited)),
                Err(why) => Outcome::Failed(why),
            },
            Err(ParseError::NotABoard(why) | ParseError::Gone(why)) => Outcome::Gone(why),
            Err(error @ ParseError::Transient(_)) => Outcome::Transient(error.to_string()),
            Err(error @ ParseError::Drift(_)) => Outcome::Failed(error.to_string()),
        }
    }

    fn pack(&self, mut page: Page, reply: &mut Reply, body_hash: [u8; 32]) -> Result<Visited, String> {
        let body = std::mem::take(&mut reply.body);
        let body = self.keep_body.then_some(body);
        let listed = page.listings.iter_mut().map(|listing| &mut listing.posting);
        let led_to = matches!(self.request.step, Step::Detail { .. }).then_some(self.request.url.as_str());
        for posting in page.postings.iter_mut().chain(listed) {
            if let Some(url) = &mut posting.url {
                *url = keys::without(&self.secret, url).into_owned();
            }
            note_portal(posting, led_to);
        }
        let keep = |posting: &Posting| self.filter.as_ref().is_none_or(|filter| filter(posting));
        let (kept, left_out): (Vec<Posting>, Vec<Posting>) = page.postings.into_iter().partition(keep);
        let (listings, skipped): (Vec<Listing>, Vec<Listing>) =
            page.listings.into_iter().partition(|listing| keep(&listing.posting));
        let postings: Result<Vec<Prepared>, _> =
            kept.into_iter().map(|posting| Prepared::new(&posting)).collect();
        let left_out = left_out.into_iter().chain(skipped.into_iter().map(|l| l.posting)).map(|p| p.key);
        let text = |name| reply.header(name).map(str::to_owned);
        Ok(Visited {
            postings: postings.map_err(|error| error.to_string())?,
            left_out: left_out.collect(),
            listings,
            addresses: page.addresses,
            next: page.next,
            rows: page.rows,
            advertised_total: page.advertised_total,
            truncated: page.truncated,
            rejected: page.rejected,
            company: page.company,
            closed: page.closed,
            validator: Validator {
                etag: text(header::ETAG),
                last_modified: text(header::LAST_MODIFIED),
                body_hash,
                adapter: self.source.version,
                stored: Timestamp::now(),
            },
            body,
            _share: std::mem::take(&mut reply.share),
        })
    }
}

fn is_recent(stored: Timestamp) -> bool {
    Duration::try_from(Timestamp::now().duration_since(stored)).is_ok_and(|age| age < MODIFIED_TRUST)
}

/// Where a redirect leads. Never from https to http.
pub(super) fn moved(from: &Url, reply: &Reply) -> Result<Url, String> {
    let target = reply.header(header::LOCATION).ok_or("a redirect to nowhere")?;
    // What follows the question mark may be a key that the server repeats.
    let shown = target.split('?').next().unwrap_or("");
    let to = from.join(target).map_err(|error| format!("a redirect to `{shown}`: {error}"))?;
    if from.scheme() == "https" && to.scheme() != "https" {
        return Err(format!("a redirect from https to {shown}"));
    }
    Ok(to)
}

/// `Retry-After`, in seconds or as a date.
pub(super) fn retry_after(reply: &Reply) -> Option<Duration> {
    let text = reply.header(header::RETRY_AFTER)?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or(Duration::ZERO))
}

/// Whether the step's answer can be recognised as unchanged: a first page, or a single posting.
pub(super) fn is_conditional(request: &Request) -> bool {
    match &request.step {
        Step::List { at, .. } => *at == 0,
        Step::Detail { .. } => true,
        Step::Part { .. } | Step::Sitemap { .. } => false,
    }
}
