//! Single questions outside of a run: a page, a robots file, whether a board is who it claims.

use super::http::{Ask, Guard, Http, HttpError, to_utf8};
use super::keys;
use super::options::FetchOptions;
use super::robots::Robots;
use super::rules::{HostRules, fetch_robots};
use super::seed;
use super::settle::target;
use super::sources::{Board, ParseError, Source, Tier, source};
use super::visit::moved;
use crate::posting::employer_key;
use reqwest::header;
use serde::Serialize;
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;
use thiserror::Error;
use url::Url;

/// Pages read to find a board, redirects included.
const PAGES: usize = 6;

/// Pause between requests.
const PAUSE: Duration = Duration::from_secs(1);

/// Why a question has no answer.
#[derive(Debug, Error)]
pub enum ProbeError {
    /// The request failed.
    #[error("cannot fetch {url}: {source}")]
    Http {
        /// What was asked for.
        url: String,
        /// What happened.
        source: HttpError,
    },
    /// Nobody can say what is allowed.
    #[error("the robots.txt of {url} {why}, so nothing may be fetched")]
    Unknown {
        /// What was asked for.
        url: String,
        /// Why the file cannot be read.
        why: String,
    },
    /// Not allowed.
    #[error("{url} may not be fetched: {why}")]
    Forbidden {
        /// What was asked for.
        url: String,
        /// By which rule.
        why: String,
    },
    /// Another answer than a page.
    #[error("{url} answers {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// HTTP status.
        status: u16,
    },
    /// An answer that is no list of postings.
    #[error("{url}: {why}")]
    Unreadable {
        /// What was asked for.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// No runtime.
    #[error("cannot start fetching: {0}")]
    Io(#[from] std::io::Error),
}

impl ProbeError {
    /// Whether the question was answered, with no: it is not allowed, or there is nothing.
    #[must_use]
    pub fn is_answer(&self) -> bool {
        matches!(self, Self::Forbidden { .. } | Self::Status { status: 404 | 410, .. })
    }
}

/// What a board says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// Source kind and token.
    pub board: String,
    /// The employer's name as the board itself gives it.
    pub company: Option<String>,
    /// Rows on its first page.
    pub rows: u64,
    /// Whether the name is the expected one; `None` when none was expected or given.
    pub matches: Option<bool>,
}

fn unfetched(url: &Url, source: HttpError) -> ProbeError {
    ProbeError::Http { url: url.to_string(), source }
}

fn ask<T>(
    options: &FetchOptions,
    url: &Url,
    act: impl AsyncFnOnce(&Http) -> Result<T, ProbeError>,
) -> Result<T, ProbeError> {
    let guard = Guard { allow_private: options.allow_private, lookup: options.lookup.clone() };
    let http = Http::new(&super::engine::agent(options), guard, options.limits, &options.roots)
        .map_err(|source| unfetched(url, source))?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(act(&http))
}

/// The robots file of the host of `url`; an empty one where there is none.
///
/// # Errors
/// When it cannot be had, so that nothing is known of what it forbids.
pub fn robots_of(url: &Url, options: &FetchOptions) -> Result<Robots, ProbeError> {
    ask(options, url, async |http| {
        let file = fetch_robots(http, url, PAUSE).await.map_err(|source| unfetched(url, source))?;
        match file.unknown() {
            Some(why) => Err(ProbeError::Unknown { url: url.to_string(), why }),
            None => Ok(Robots::parse(file.row.body.as_bytes())),
        }
    })
}

/// The boards behind a careers page or a company's site: the address itself, else what the page
/// names, else what the pages about jobs name that it links to.
///
/// # Errors
/// When the page may not or cannot be fetched.
pub fn find_boards(url: &Url, options: &FetchOptions) -> Result<Vec<Board>, ProbeError> {
    if let Some(board) = seed::portal_of(url) {
        return Ok(vec![board]);
    }
    ask(options, url, async |http| {
        let mut known = HashMap::new();
        let mut seen = HashSet::new();
        let mut pages = VecDeque::from([url.clone()]);
        // The page that was asked for has not come yet, or has not yet been followed to its end.
        let mut is_first = true;
        while let Some(url) = pages.pop_front().filter(|_| seen.len() < PAGES) {
            if !seen.insert(url.clone()) {
                continue;
            }
            match read_page(http, &mut known, &url).await {
                Err(error) if is_first => return Err(error),
                Err(_) => {}
                Ok(Seen::Moved(next)) => match seed::portal_of(&next) {
                    // A careers page that leads to a portal names its board by that.
                    Some(board) => return Ok(vec![board]),
                    None => pages.push_front(next),
                },
                Ok(Seen::Page(page)) => {
                    let found = seed::boards_in_page(&page);
                    if !found.is_empty() {
                        return Ok(found);
                    }
                    if std::mem::take(&mut is_first) {
                        pages.extend(seed::career_links(&page, &url));
                    }
                }
            }
        }
        Ok(Vec::new())
    })
}

/// What an address has.
enum Seen {
    Moved(Url),
    Page(String),
}

/// Reads one page, when the rules of its host allow it.
async fn read_page(
    http: &Http,
    known: &mut HashMap<String, HostRules>,
    url: &Url,
) -> Result<Seen, ProbeError> {
    let origin = url.origin().ascii_serialization();
    if !known.contains_key(&origin) {
        let file = fetch_robots(http, url, PAUSE).await.map_err(|source| unfetched(url, source))?;
        known.insert(origin.clone(), HostRules::new(file));
    }
    let rules = known.get(&origin);
    let verdict = rules.map_or(Ok(()), |rules| rules.check(Tier::RobotsGated, url));
    verdict.map_err(|why| ProbeError::Forbidden { url: url.to_string(), why })?;
    tokio::time::sleep(rules.and_then(HostRules::crawl_delay).unwrap_or(PAUSE).max(PAUSE)).await;
    let reply = http.send(url, &Ask::default()).await.map_err(|source| unfetched(url, source))?;
    match reply.status {
        200 => Ok(Seen::Page(to_utf8(&reply.body, reply.header(header::CONTENT_TYPE)).into_owned())),
        300..=399 => {
            let next = moved(url, &reply);
            next.map(Seen::Moved).map_err(|why| ProbeError::Unreadable { url: url.to_string(), why })
        }
        status => Err(ProbeError::Status { url: url.to_string(), status }),
    }
}

/// Asks a board for its first page: is it there, and whose is it?
///
/// # Errors
/// When it may not or cannot be fetched, or there is no such board, in no region of the portal.
pub fn check_board(
    board: &Board,
    expected: Option<&str>,
    options: &FetchOptions,
) -> Result<Identity, ProbeError> {
    let source = source(&board.source).ok_or_else(|| forbidden(board, "unknown provider".into()))?;
    let asked = ask_board(board, source, expected, options);
    match ((source.elsewhere)(board), asked) {
        (Some(other), Err(error)) if matches!(error, ProbeError::Status { status: 404, .. }) => {
            ask_board(&other, source, expected, options).map_err(|_| error)
        }
        (_, asked) => asked,
    }
}

fn forbidden(board: &Board, why: String) -> ProbeError {
    ProbeError::Forbidden { url: board.to_string(), why }
}

fn ask_board(
    board: &Board,
    source: &Source,
    expected: Option<&str>,
    options: &FetchOptions,
) -> Result<Identity, ProbeError> {
    let forbidden = |why: String| forbidden(board, why);
    let request = (source.start)(board).into_iter().next().ok_or_else(|| forbidden("no address".into()))?;
    let url = target(options, source, board, &request).map_err(forbidden)?;
    let shown = keys::without(&keys::secret(options, source.kind), url.as_str()).into_owned();
    ask(options, &url, async |http| {
        let file = fetch_robots(http, &url, PAUSE).await.map_err(|source| unfetched(&url, source))?;
        let rules = HostRules::new(file);
        rules.check(source.tier, &url).map_err(forbidden)?;
        tokio::time::sleep(rules.crawl_delay().unwrap_or(PAUSE).max(PAUSE)).await;
        let headers = match Url::parse(&request.url) {
            Ok(own) => keys::headers(options, source, board, &own),
            Err(_) => Vec::new(),
        };
        let ask = Ask { body: request.body.as_deref(), headers: &headers, ..Ask::default() };
        let reply = http.send(&url, &ask).await.map_err(|source| match source {
            HttpError::Unreached(_) => unfetched(&url, source),
            source => ProbeError::Http { url: shown.clone(), source },
        })?;
        if reply.status != 200 {
            return Err(ProbeError::Status { url: shown.clone(), status: reply.status });
        }
        let text = to_utf8(&reply.body, reply.header(header::CONTENT_TYPE));
        let page = (source.parse)(board, &request, text.as_bytes()).map_err(|error: ParseError| {
            ProbeError::Unreadable { url: shown.clone(), why: error.to_string() }
        })?;
        let matches = expected.zip(page.company.as_deref()).map(|(a, b)| employer_key(a) == employer_key(b));
        Ok(Identity { board: board.to_string(), company: page.company, rows: page.rows, matches })
    })
}
