//! The audit: what 200 servers saw of a crawl of more than 10,000 requests, by their own logs.

use crate::fetch::{corpus, run};
use crate::server::{Hit, Reply, Server};
use rungs::fetch::FetchOptions;
use rungs::fetch::pace::{Pace, Politeness};
use rungs::fetch::sources::Board;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

const HOSTS: usize = 200;

/// Pages of a host; every tenth is closed to robots.
const PAGES: usize = 57;

/// Requests under way at once, all hosts together, and to one host.
const IN_FLIGHT: usize = 64;
const AT_ONE_HOST: usize = 2;

/// Time from one request to the next at hosts that ask for nothing.
const INTERVAL: Duration = Duration::from_millis(5);

/// What hosts that had enough ask for.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// How long an answer takes, so that requests at once are seen to be.
const WORK: Duration = Duration::from_millis(2);

/// What a host's robots file asks for: half of them want some time between requests.
fn crawl_delay(host: usize) -> Option<Duration> {
    match host {
        _ if host.is_multiple_of(20) => Some(Duration::from_millis(400)),
        _ if host.is_multiple_of(2) => Some(Duration::from_millis(30)),
        _ => None,
    }
}

/// Pages of a host, fewer where each takes long.
fn pages(host: usize) -> usize {
    if host.is_multiple_of(20) { 5 } else { PAGES }
}

/// Whether a host says "too many" once; with and without a delay.
fn throttles(host: usize) -> bool {
    host % 10 < 2
}

fn answer(host: usize, hit: &Hit) -> Reply {
    let name = hit.headers.get("host").cloned().unwrap_or_default();
    match hit.path.as_str() {
        "/robots.txt" => {
            let delay = crawl_delay(host).map(|delay| format!("Crawl-delay: {}\n", delay.as_secs_f64()));
            Reply::ok(format!("User-agent: *\nDisallow: /jobs/secret\n{}", delay.unwrap_or_default()))
        }
        "/sitemap.xml" => {
            let urls: String = (0..pages(host))
                .map(|n| if n % 10 == 9 { format!("secret-{n}") } else { n.to_string() })
                .map(|n| format!("<url><loc>http://{name}/jobs/{n}</loc><lastmod>2026-01-02</lastmod></url>"))
                .collect();
            Reply::ok(format!("<urlset>{urls}</urlset>"))
        }
        "/jobs/3" if throttles(host) && hit.before == 0 => {
            Reply::new(429, "").with("Retry-After", RETRY_AFTER.as_secs().to_string())
        }
        _ => Reply::ok(
            "<script type='application/ld+json'>{\"@type\":\"JobPosting\",\"title\":\"Cook\",\"description\":\"x\"}</script>",
        ),
    }
}

/// Looks for impolite requests in one server's log. Returns how many gaps a delay was held
/// against, and how many windows after "too many" were looked at.
fn audit(host: usize, hits: &[Hit]) -> (usize, usize) {
    let at_once = if crawl_delay(host).is_some() { 1 } else { AT_ONE_HOST };
    assert_eq!(hits[0].path, "/robots.txt", "host {host}: its rules come first");
    assert_eq!(hits.iter().filter(|hit| hit.path == "/robots.txt").count(), 1, "host {host}: once");
    for hit in hits {
        assert!(!hit.path.starts_with("/jobs/secret"), "host {host}: {}", hit.path);
        assert!(hit.in_flight <= at_once, "host {host}: {} at once", hit.in_flight);
        let agent = &hit.headers["user-agent"];
        assert!(agent.starts_with("rungs/") && agent.ends_with("(+https://example.org/us)"), "{agent}");
    }
    let mut gaps = 0;
    match crawl_delay(host) {
        Some(delay) => {
            for pair in hits.windows(2) {
                let gap = pair[1].at - pair[0].at;
                assert!(gap >= delay, "host {host}: {gap:?} after {}", pair[0].path);
                gaps += 1;
            }
        }
        // Single gaps are shorter or longer by what the way takes; all together they cannot be.
        None => {
            let span = hits[hits.len() - 1].at - hits[0].at;
            let least = INTERVAL * u32::try_from(hits.len() - 1).unwrap();
            assert!(span + 4 * INTERVAL >= least, "host {host}: {} requests in {span:?}", hits.len());
        }
    }
    let Some(at) = hits.iter().find(|hit| throttles(host) && hit.path == "/jobs/3").map(|hit| hit.at) else {
        return (gaps, 0);
    };
    // Where two may be under way, the other one cannot be called back when the answer comes.
    let grace = if at_once == 1 { Duration::ZERO } else { Duration::from_millis(50) };
    let inside = hits.iter().filter(|hit| hit.at > at + grace && hit.at < at + RETRY_AFTER).count();
    assert_eq!(inside, 0, "host {host}: requests within Retry-After");
    (gaps, 1)
}

#[cfg(target_os = "linux")]
#[test]
fn the_servers_own_log_shows_no_impolite_request() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    // Every address of 127/8 is this machine.
    let servers: Vec<Server> = (0..HOSTS)
        .map(|host| {
            let address = IpAddr::V4(Ipv4Addr::new(127, 0, 1, u8::try_from(host + 1).unwrap()));
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            let handler = move |hit: &Hit| {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::sleep(WORK);
                now.fetch_sub(1, Ordering::SeqCst);
                answer(host, hit)
            };
            Server::at(address, 0, None, Arc::new(handler))
        })
        .collect();
    let boards =
        servers.iter().map(|s| Board::new("site", format!("http~{}~{}", s.address.ip(), s.address.port())));
    let options = FetchOptions {
        boards: boards.collect(),
        contact: Some("https://example.org/us".into()),
        allow_private: true,
        in_flight: IN_FLIGHT,
        politeness: Politeness {
            default: Pace { interval: INTERVAL, in_flight: AT_ONE_HOST },
            adapt: false,
            ..Politeness::default()
        },
        ..FetchOptions::default()
    };
    let (_folder, mut corpus) = corpus();
    let summary = run(&mut corpus, &options);
    let (mut requests, mut gaps, mut windows) = (0, 0, 0);
    for (host, server) in servers.iter().enumerate() {
        let hits = server.hits();
        let (with_delay, throttled) = audit(host, &hits);
        (requests, gaps, windows) = (requests + hits.len(), gaps + with_delay, windows + throttled);
    }
    assert!(requests > 10_000, "{requests}");
    assert!(gaps > 4_500, "{gaps} gaps were held against a Crawl-delay");
    assert_eq!(windows, HOSTS / 5, "windows after \"too many\"");
    let most = most.load(Ordering::SeqCst);
    assert!((AT_ONE_HOST + 1..=IN_FLIGHT).contains(&most), "{most} at once");
    assert_eq!(summary.left, 0);
}
