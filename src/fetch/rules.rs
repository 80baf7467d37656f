//! The robots file of a host: how it is fetched, and what it means for a source's tier.
//!
//! By RFC 9309: a redirect is followed five times, also to other hosts, and what is found counts
//! for the host that was asked (2.3.1.2). "Not found" and its kin (4xx) allow everything
//! (2.3.1.3). A file that cannot be had, because the server fails or because its redirects lead
//! nowhere that may be followed, forbids everything (2.3.1.4) but to a documented interface. Of a
//! long file the first 500 KiB count (2.5).

use super::AGENT;
use super::http::{Ask, Http, HttpError, Reply, Share, to_utf8};
use super::pace::LONGEST_CRAWL_DELAY;
use super::robots::{Robots, SIZE_CAP};
use super::sources::Tier;
use super::visit::{moved, retry_after};
use crate::corpus::RobotsRow;
use jiff::Timestamp;
use memchr::{memchr, memmem, memrchr};
use reqwest::header::{HeaderMap, HeaderName};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Redirects of a robots file that are followed.
const HOPS: usize = 5;

/// What a site's reservation is called, as a header, as a `<meta>` and in its file.
const RESERVATION: &str = "tdm-reservation";

/// Where a site says for which of its paths it reserves texts.
const RESERVATIONS: &str = "/.well-known/tdmrep.json";

/// Bytes of that file that are read.
const RESERVATIONS_CAP: usize = 64 << 10;

/// A robots file as it came.
#[derive(Debug)]
pub(super) struct RobotsFile {
    pub(super) row: RobotsRow,
    /// How long the server asks to be left alone.
    pub(super) wait: Option<Duration>,
    /// Why there is none, in words, where its status does not say so.
    pub(super) fault: Option<String>,
}

impl RobotsFile {
    fn new(status: u16, body: String) -> Self {
        Self { row: RobotsRow { fetched: Timestamp::now(), status, body }, wait: None, fault: None }
    }

    /// A file that cannot be had: what it forbids is not known.
    fn unreachable(why: impl ToString) -> Self {
        Self { fault: Some(why.to_string()), ..Self::new(0, String::new()) }
    }

    /// Why nothing is known of what it forbids; `None` where that is known.
    pub(super) fn unknown(&self) -> Option<String> {
        if is_readable(self.row.status) {
            return None;
        }
        Some(match (self.row.status, &self.fault) {
            (0, Some(fault)) => format!("cannot be had: {fault}"),
            (0, None) => "cannot be had".to_owned(),
            (status, _) => format!("has status {status}"),
        })
    }
}

/// Fetches the robots file of the host of `url`, `pause` apart where it takes several requests.
///
/// # Errors
/// When its name cannot be looked up or there is no network: that says nothing about the host.
pub(super) async fn fetch_robots(http: &Http, url: &Url, pause: Duration) -> Result<RobotsFile, HttpError> {
    let mut target = match url.join("/robots.txt") {
        Ok(target) => target,
        Err(error) => return Ok(RobotsFile::unreachable(error)),
    };
    for hop in 0..=HOPS {
        let reply = match http.send(&target, &Ask { first: Some(SIZE_CAP), ..Ask::default() }).await {
            Ok(reply) => reply,
            Err(error @ HttpError::Unreached(_)) if hop == 0 => return Err(error),
            Err(error) => return Ok(RobotsFile::unreachable(error)),
        };
        match reply.status {
            200..=299 => {
                let text = to_utf8(&reply.body, None).into_owned();
                // A web page in place of a robots file says nothing about robots.
                let is_page = text.trim_start().starts_with('<');
                return Ok(match is_page {
                    true => RobotsFile::new(404, String::new()),
                    false => RobotsFile::new(reply.status, text),
                });
            }
            300..=399 => match moved(&target, &reply) {
                Ok(to) => target = to,
                Err(why) => return Ok(RobotsFile::unreachable(why)),
            },
            status @ (429 | 503) => {
                return Ok(RobotsFile {
                    wait: retry_after(&reply),
                    ..RobotsFile::new(status, String::new())
                });
            }
            status => return Ok(RobotsFile::new(status, String::new())),
        }
        tokio::time::sleep(pause).await;
    }
    Ok(RobotsFile::unreachable(format!("more than {HOPS} redirects in a row")))
}

/// Whether a robots file of this status says what may be fetched: "too many requests" says no more
/// than a server that fails.
pub(super) fn is_readable(status: u16) -> bool {
    (200..500).contains(&status) && status != 429
}

/// What the file of reservations of an origin is remembered as.
pub(super) fn reservations_of(origin: &str) -> String {
    format!("{origin}{RESERVATIONS}")
}

/// Fetches the file of reservations of the host of `url`. One that cannot be had, or is elsewhere,
/// reserves nothing.
pub(super) async fn fetch_reservations(http: &Http, url: &Url) -> RobotsFile {
    let target = match url.join(RESERVATIONS) {
        Ok(target) => target,
        Err(error) => return RobotsFile::unreachable(error),
    };
    match http.send(&target, &Ask { first: Some(RESERVATIONS_CAP), ..Ask::default() }).await {
        Ok(reply) if reply.status == 200 => RobotsFile::new(200, to_utf8(&reply.body, None).into_owned()),
        Ok(reply) => RobotsFile { wait: retry_after(&reply), ..RobotsFile::new(reply.status, String::new()) },
        Err(error) => RobotsFile::unreachable(error),
    }
}

/// What a file of reservations says, as rules of the same kind: the most specific one decides.
fn reserved(file: &str) -> Robots {
    let rules: Vec<Value> = serde_json::from_str(file).unwrap_or_default();
    let line = |rule: &Value| {
        let location = rule.get("location")?.as_str().filter(|at| !at.contains(['\n', '\r', '#']))?;
        let is_reserved = rule.get(RESERVATION).is_some_and(|value| *value == 1 || value == "1");
        Some(format!("{}: {location}\n", if is_reserved { "Disallow" } else { "Allow" }))
    };
    let lines: String = rules.iter().filter_map(line).collect();
    Robots::parse(format!("User-agent: *\n{lines}").as_bytes())
}

/// What a host says about robots, and about texts that it reserves.
#[derive(Clone, Debug)]
pub(super) struct HostRules {
    file: Arc<RobotsFile>,
    robots: Arc<Robots>,
    /// `None` as long as it was not asked.
    reserved: Option<Arc<Robots>>,
}

impl HostRules {
    pub(super) fn new(file: RobotsFile) -> Self {
        let robots = Robots::parse(file.row.body.as_bytes());
        Self { file: Arc::new(file), robots: Arc::new(robots), reserved: None }
    }

    /// With what its file of reservations says.
    pub(super) fn reserving(self, file: &str) -> Self {
        Self { reserved: Some(Arc::new(reserved(file))), ..self }
    }

    /// Whether a source of this tier has to ask for the file of reservations first, and may.
    pub(super) fn lacks_reservations(&self, tier: Tier) -> bool {
        tier == Tier::RobotsGated && self.reserved.is_none() && self.robots.check(AGENT, RESERVATIONS).allowed
    }

    /// The rules of a file that was fetched before.
    pub(super) fn known(row: RobotsRow) -> Self {
        Self::new(RobotsFile { row, wait: None, fault: None })
    }

    pub(super) fn crawl_delay(&self) -> Option<Duration> {
        self.robots.crawl_delay(AGENT)
    }

    /// The answer to `url` where it asks for the robots file itself, which needs no second request.
    pub(super) fn answer_to(&self, url: &Url) -> Option<Reply> {
        let row = &self.file.row;
        let is_file = url.path() == "/robots.txt" && url.query().is_none();
        (is_file && is_readable(row.status)).then(|| Reply {
            status: row.status,
            headers: HeaderMap::new(),
            body: row.body.clone().into_bytes(),
            took: Duration::ZERO,
            share: Share::default(),
        })
    }

    /// Whether a source of this tier may fetch `url`.
    pub(super) fn check(&self, tier: Tier, url: &Url) -> Result<(), String> {
        if let Some(why) = self.file.unknown().filter(|_| tier != Tier::Documented) {
            return Err(format!("its robots.txt {why}, so nothing may be fetched"));
        }
        let mut path = url.path().to_owned();
        if let Some(query) = url.query() {
            path.push('?');
            path.push_str(query);
        }
        let verdict = self.robots.check(AGENT, &path);
        if !verdict.allowed {
            let line = verdict.line.unwrap_or(0);
            return Err(format!("robots.txt line {line}: {}", verdict.rule.unwrap_or_default()));
        }
        let reserved = self.reserved.as_ref().filter(|_| tier == Tier::RobotsGated);
        if reserved.is_some_and(|reserved| !reserved.check(AGENT, &path).allowed) {
            return Err(format!("the site reserves its texts ({RESERVATIONS})"));
        }
        match (self.robots.no_ai_input(AGENT), self.crawl_delay()) {
            (Some(line), _) if tier == Tier::RobotsGated => {
                Err(format!("robots.txt line {line}: ai-input=no"))
            }
            (_, Some(delay)) if delay > LONGEST_CRAWL_DELAY => {
                Err(format!("its robots.txt asks for {} s between requests", delay.as_secs()))
            }
            _ => Ok(()),
        }
    }
}

/// Whether an answer reserves its text against mining: the header `tdm-reservation: 1`, or a
/// `<meta>` of that name (W3C TDM Reservation Protocol).
pub(super) fn reserves(reply: &Reply) -> bool {
    reply.header(HeaderName::from_static(RESERVATION)) == Some("1") || is_reserved_page(&reply.body)
}

fn is_reserved_page(body: &[u8]) -> bool {
    memmem::find_iter(body, RESERVATION).any(|at| {
        let start = body.get(..at).and_then(|before| memrchr(b'<', before)).unwrap_or(at);
        let rest = body.get(start..).unwrap_or_default();
        let tag = rest.get(..memchr(b'>', rest).unwrap_or(0)).unwrap_or_default();
        let tag: String = String::from_utf8_lossy(tag).to_lowercase().replace(['"', '\'', ' '], "");
        tag.starts_with("<meta") && tag.contains("content=1")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_reservations_name_paths() {
        let file = r##"[{"location": "/", "tdm-reservation": 1}, {"location": "/jobs/*", "tdm-reservation": 0},
            {"location": "/jobs/secret", "tdm-reservation": "1"}, {"location": 7}, {"location": "/x\n#"}]"##;
        for (file, path, expected) in [
            (file, "/about", true),
            (file, "/jobs/7", false),
            (file, "/jobs/secret/7", true),
            ("<html></html>", "/about", false),
            ("{\"location\": \"/\", \"tdm-reservation\": 1}", "/about", false),
            ("", "/", false),
        ] {
            assert_eq!(!reserved(file).check(AGENT, path).allowed, expected, "{path}");
        }
    }

    #[test]
    fn pages_say_that_they_are_reserved() {
        for (page, expected) in [
            ("<head><meta name=\"tdm-reservation\" content=\"1\"></head>", true),
            ("<META content='1' name='tdm-reservation'/>", true),
            ("<meta name=tdm-reservation content=0><meta name=x content=1>", false),
            ("<p>What does tdm-reservation content=1 mean?</p>", false),
            ("tdm-reservation", false),
            ("<meta name=\"robots\" content=\"1\">", false),
        ] {
            assert_eq!(is_reserved_page(page.as_bytes()), expected, "{page}");
        }
    }
}
