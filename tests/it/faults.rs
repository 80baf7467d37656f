//! Everything that servers do wrong: after each fault nothing is closed, the board says why, and
//! the number of requests is the intended one. Every fault is met after a good run and followed by
//! another, which must find the board as if nothing had been.

use crate::fetch::{corpus, greenhouse, is_open, key, options, run, site};
use crate::server::{Reply, Server, Stream};
use rungs::fetch::http::Limits;
use rungs::fetch::{FetchOptions, Summary};
use rungs::posting::PostingKey;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// For servers that are slow on purpose; elsewhere a busy machine must not look like one.
fn impatient() -> Limits {
    Limits {
        total: Duration::from_millis(500),
        rate_window: Duration::from_millis(200),
        rate_bytes: 100,
        ..Limits::default()
    }
}

/// What lies between tries, before jitter.
const PAUSE: Duration = Duration::from_millis(20);

fn quick(server: &Server) -> FetchOptions {
    let mut options = options(server, &["greenhouse:acme"]);
    options.politeness.breaker_failures = 99;
    options.retries = vec![PAUSE; RETRIED - 1];
    options
}

/// What is expected of a run that meets a fault.
struct Expected {
    outcome: &'static str,
    /// Requests for the board, retries included.
    requests: usize,
}

fn meet(name: &str, fault: Reply, expected: &Expected) -> Summary {
    let next = Arc::new(Mutex::new(Reply::ok(greenhouse(&[1, 2]))));
    let served = Arc::clone(&next);
    let server = site(move |_| served.lock().unwrap().clone());
    let (_folder, mut corpus) = corpus();
    let patient = quick(&server);
    let limits = if expected.outcome == "too slow" { impatient() } else { Limits::default() };
    let options = FetchOptions { limits, ..patient.clone() };
    assert!(run(&mut corpus, &patient).is_complete());
    let before = corpus.snapshot_id().unwrap();

    *next.lock().unwrap() = fault;
    server.forget();
    let summary = run(&mut corpus, &options);
    let outcome = &summary.boards[0].outcome;
    assert!(outcome.contains(expected.outcome), "{name}: {outcome}");
    assert!(!summary.boards[0].complete, "{name}");
    let asked: Vec<Instant> = server
        .hits()
        .iter()
        .filter(|hit| hit.path.starts_with("/v1/boards/acme"))
        .map(|hit| hit.at)
        .collect();
    assert_eq!(asked.len(), expected.requests, "{name}: {outcome}");
    if expected.requests == RETRIED {
        // Jitter leaves half of a pause at least.
        let least = asked.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap();
        assert!(least >= PAUSE / 2, "{name}: tried again after {least:?}");
    }
    assert_eq!(corpus.snapshot_id().unwrap(), before, "{name}: nothing may change");

    *next.lock().unwrap() = Reply::ok(greenhouse(&[1, 2]));
    assert!(run(&mut corpus, &patient).is_complete(), "{name}: it must recover");
    assert_eq!(corpus.snapshot_id().unwrap(), before, "{name}");
    summary
}

/// Once, and three retries.
const RETRIED: usize = 4;

#[test]
fn statuses_that_may_pass_are_retried_and_others_are_not() {
    for (name, status, outcome, requests) in [
        ("500", 500, "status 500", RETRIED),
        ("502", 502, "status 502", RETRIED),
        ("408", 408, "status 408", RETRIED),
        ("400", 400, "status 400", 1),
        ("401", 401, "status 401", 1),
        ("403", 403, "status 403", 1),
        ("451", 451, "status 451", 1),
        ("404", 404, "no such board", 1),
        ("410", 410, "no such board", 1),
    ] {
        meet(name, Reply::new(status, "{}"), &Expected { outcome, requests });
    }
}

#[test]
fn bodies_that_are_not_the_board() {
    let deep = format!("{{\"jobs\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    for (name, body, outcome, requests) in [
        ("200 with nothing", "", "it is empty", RETRIED),
        ("200 with a web page", "<html>Just a moment</html>", "a web page instead of JSON", RETRIED),
        ("JSON cut off without a length", "{\"jobs\":[{\"id\":1,", "no valid JSON", RETRIED),
        ("JSON nested ten thousand deep", deep.as_str(), "no valid JSON", RETRIED),
        ("another shape", "{\"data\":[]}", "unknown shape", 1),
        ("an empty list where there was one", "{\"jobs\":[],\"meta\":{\"total\":0}}", "to be confirmed", 1),
        ("fewer rows than advertised", "{\"jobs\":[],\"meta\":{\"total\":2}}", "0 of 2 rows", 1),
        (
            "records that cannot be read",
            "{\"jobs\":[{\"id\":1},{\"id\":2}],\"meta\":{\"total\":2}}",
            "unknown shape",
            1,
        ),
    ] {
        meet(name, Reply::ok(body), &Expected { outcome, requests });
    }
}

#[test]
fn connections_that_break_or_crawl() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    let reset: Reply = Reply::Fault(Arc::new(|stream: &mut dyn Stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"jobs\":");
    }));
    let stall: Reply = Reply::Fault(Arc::new(|_| thread::sleep(Duration::from_millis(700))));
    for (name, fault, outcome) in [
        ("closed without an answer", Reply::raw(""), ""),
        ("shorter than its length", reset, ""),
        (
            "chunked and cut off",
            Reply::raw(format!("{head}Transfer-Encoding: chunked\r\n\r\n5\r\n{{\"job\r\n")),
            "",
        ),
        (
            "closed in the middle of JSON",
            Reply::raw(format!("{head}Connection: close\r\n\r\n{{\"jobs\":[")),
            "no valid JSON",
        ),
        ("no HTTP", Reply::raw("SSH-2.0-OpenSSH\r\n"), ""),
        ("a head that never comes", stall, "too slow"),
        (
            "a body byte by byte",
            Reply::drip(
                &format!("{head}Content-Length: 9999\r\n\r\n"),
                b"{".to_vec(),
                Duration::from_millis(60),
            ),
            "too slow",
        ),
        (
            "a head byte by byte",
            Reply::drip("HTTP/1.1 200 OK\r\n", b"x".to_vec(), Duration::from_millis(100)),
            "too slow",
        ),
    ] {
        meet(name, fault, &Expected { outcome, requests: RETRIED });
    }
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// So many megabytes of spaces, a thousandth of that packed.
pub(crate) fn bomb(megabytes: usize) -> Vec<u8> {
    gzip(&vec![b' '; 1 << 20]).repeat(megabytes)
}

#[test]
fn bombs_and_bodies_without_end_stop_at_the_limits() {
    let bomb = bomb(256);
    let cut = gzip(greenhouse(&[1, 2]).as_bytes());
    let endless =
        Reply::drip("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", vec![b' '; 1 << 16], Duration::ZERO);
    for (name, fault, outcome, requests) in [
        ("a gzip bomb", Reply::ok(bomb).with("Content-Encoding", "gzip"), "too large", 1),
        (
            "gzip cut off",
            Reply::ok(cut[..cut.len() / 2].to_vec()).with("Content-Encoding", "gzip"),
            "damaged or cut off",
            RETRIED,
        ),
        (
            "an encoding nobody asked for",
            Reply::ok("x").with("Content-Encoding", "br"),
            "unknown content encoding",
            1,
        ),
        (
            "zstd that nobody asked for",
            Reply::ok("x").with("Content-Encoding", "zstd"),
            "unknown content encoding",
            1,
        ),
        (
            "a length of 2 GB",
            Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n"),
            "too large",
            1,
        ),
        ("a body without end", endless, "too large", 1),
        ("100 kB of headers", Reply::ok("{}").with("X-Filler", "x".repeat(100_000)), "too large", 1),
    ] {
        meet(name, fault, &Expected { outcome, requests });
    }
    // A megabyte of headers is refused by the HTTP library, as a broken answer.
    let filler = Reply::ok("{}").with("X-Filler", "x".repeat(1 << 20));
    meet("1 MB of headers", filler, &Expected { outcome: "", requests: RETRIED });
}

#[test]
fn redirects_pass_every_gate_again() {
    for (name, location, outcome, requests) in [
        ("in a circle", "/v1/boards/acme/jobs?content=true", "circle", 2),
        ("to another scheme", "file:///etc/passwd", "only http and https", 1),
        ("with a password", "http://user:secret@127.0.0.1/", "user name or password", 1),
        ("to nowhere", "http://[", "a redirect to", 1),
    ] {
        let fault = Reply::new(302, "").with("Location", location);
        meet(name, fault, &Expected { outcome, requests });
    }
    // Each hop is another address: given up after five.
    let server = site(|hit| {
        let hop = hit.path.len();
        Reply::new(301, "").with("Location", format!("/v1/boards/acme/{}", "x".repeat(hop)))
    });
    let (_folder, mut corpus) = corpus();
    let summary = run(&mut corpus, &quick(&server));
    assert!(summary.boards[0].outcome.contains("more than 5 redirects"), "{:?}", summary.boards);
    assert_eq!(server.count("/v1"), 6);
}

#[test]
fn retry_after_is_waited_for_in_seconds_and_as_a_date() {
    for date in [false, true] {
        let server = site(move |hit| {
            if hit.before > 0 {
                return Reply::ok(greenhouse(&[1, 2]));
            }
            let at = std::time::SystemTime::now() + Duration::from_secs(2);
            let value = if date { httpdate::fmt_http_date(at) } else { "1".into() };
            Reply::new(429, "").with("Retry-After", value)
        });
        let (_folder, mut corpus) = corpus();
        let summary = run(&mut corpus, &options(&server, &["greenhouse:acme"]));
        assert!(summary.is_complete(), "{summary:?}");
        let hits: Vec<Instant> =
            server.hits().iter().filter(|hit| hit.path.starts_with("/v1")).map(|hit| hit.at).collect();
        assert_eq!(hits.len(), 2);
        let least = if date { 900 } else { 1000 };
        assert!(hits[1] - hits[0] >= Duration::from_millis(least), "{:?}", hits[1] - hits[0]);
    }
}

#[test]
fn a_host_that_asks_for_an_hour_is_left_and_the_next_run_still_knows() {
    let server = site(|_| Reply::new(503, "").with("Retry-After", "3600"));
    let (_folder, mut corpus) = corpus();
    let options = options(&server, &["greenhouse:acme"]);
    let started = Instant::now();
    let first = run(&mut corpus, &options);
    assert!(started.elapsed() < Duration::from_secs(3));
    assert_eq!((first.left, first.boards[0].complete), (1, false));
    let outcome = &first.boards[0].outcome;
    assert!(outcome.starts_with("left for the next run: 127.0.0.1: status 503; it is asked"), "{outcome}");
    server.forget();
    let second = run(&mut corpus, &options);
    assert_eq!((second.left, server.hits().len()), (1, 0), "the hour is not over: {second:?}");
    assert_eq!(corpus.holds().unwrap().len(), 1);
}

#[test]
fn a_host_that_says_too_many_again_and_again_is_left_for_the_next_run() {
    for status in [429, 503] {
        let server = site(move |_| Reply::new(status, ""));
        let (_folder, mut corpus) = corpus();
        let mut options = options(&server, &["greenhouse:acme", "greenhouse:globex"]);
        options.politeness.default.in_flight = 1;
        options.politeness.hold = PAUSE;
        let summary = run(&mut corpus, &options);
        let hits: Vec<Instant> =
            server.hits().iter().filter(|hit| hit.path.starts_with("/v1")).map(|hit| hit.at).collect();
        assert_eq!((hits.len(), summary.left), (5, 2), "{summary:?}");
        assert!(hits.windows(2).all(|pair| pair[1] - pair[0] >= PAUSE), "{status}: {hits:?}");
        let outcome = &summary.boards[0].outcome;
        assert!(outcome.contains(&format!("status {status} 5 times in a row")), "{outcome}");
        assert_eq!(corpus.stats().unwrap().open, 0);
    }
}

#[test]
fn a_502_that_passes_is_retried_once() {
    let server = site(|hit| if hit.before == 0 { Reply::new(502, "") } else { Reply::ok(greenhouse(&[1])) });
    let (_folder, mut corpus) = corpus();
    let summary = run(&mut corpus, &options(&server, &["greenhouse:acme"]));
    assert!(summary.is_complete());
    assert_eq!(server.count("/v1"), 2);
}

#[test]
fn a_burst_of_403_opens_the_breaker() {
    let server = site(|_| Reply::new(403, ""));
    let (_folder, mut corpus) = corpus();
    let boards: Vec<String> = (0..20).map(|n| format!("greenhouse:acme{n}")).collect();
    let boards: Vec<&str> = boards.iter().map(String::as_str).collect();
    let mut options = options(&server, &boards);
    options.politeness.default.in_flight = 1;
    let summary = run(&mut corpus, &options);
    assert_eq!(server.count("/v1"), 3, "three failures, then the host is left alone");
    assert_eq!(summary.left, 17);
}

#[test]
fn a_missing_page_in_the_middle_closes_nothing() {
    let rows = |from: u64, count: u64| -> String {
        let rows: Vec<_> = (from..from + count)
            .map(|n| serde_json::json!({"id": n.to_string(), "text": "Cook", "categories": {}, "descriptionPlain": "x"}))
            .collect();
        serde_json::to_string(&rows).unwrap()
    };
    let broken = Arc::new(AtomicUsize::new(0));
    let state = Arc::clone(&broken);
    let server = site(move |hit| {
        let skip: u64 = hit.path.split("skip=").nth(1).unwrap().split('&').next().unwrap().parse().unwrap();
        match state.load(Ordering::SeqCst) {
            1 if skip == 200 => Reply::new(500, ""),
            2 if skip > 0 => Reply::ok(rows(0, 100)),
            _ => Reply::ok(rows(skip, if skip == 400 { 7 } else { 100 })),
        }
    });
    let (_folder, mut corpus) = corpus();
    let mut options = options(&server, &["lever:acme"]);
    options.politeness.breaker_failures = 99;
    let first = run(&mut corpus, &options);
    assert_eq!((first.total(|b| b.new), first.is_complete()), (407, true));
    for (fault, outcome) in [(1, "page at 200: status 500"), (2, "repeats")] {
        broken.store(fault, Ordering::SeqCst);
        let summary = run(&mut corpus, &options);
        assert!(summary.boards[0].outcome.contains(outcome), "{:?}", summary.boards[0].outcome);
        assert_eq!(corpus.stats().unwrap().open, 407, "nothing is closed by a list that lacks a page");
    }
    broken.store(0, Ordering::SeqCst);
    assert!(run(&mut corpus, &options).is_complete());
    assert_eq!(corpus.stats().unwrap().closed, 0);
}

#[test]
fn charsets_are_told_by_mark_header_and_declaration() {
    let text = greenhouse(&[1]).replace("Cook 1", "Köchin");
    let latin1: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, body, header) in [
        ("latin-1 by header", latin1.clone(), "application/json; charset=iso-8859-1"),
        ("latin-1 undeclared", latin1, "application/json"),
        ("UTF-16 by mark, header lies", utf16, "application/json; charset=utf-8"),
        ("UTF-8, header lies", text.clone().into_bytes(), "application/json; charset=iso-8859-1"),
    ] {
        let server = site(move |_| Reply::ok(body.clone()).with("Content-Type", header));
        let (_folder, mut corpus) = corpus();
        assert!(run(&mut corpus, &options(&server, &["greenhouse:acme"])).is_complete(), "{name}");
        assert_eq!(corpus.get(&key(1)).unwrap().unwrap().posting.title, "Köchin", "{name}");
        assert!(is_open(&corpus, 1));
    }
}

/// Whether any file of a corpus holds these bytes.
fn is_stored(folder: &std::path::Path, needle: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
    })
}

#[test]
fn keys_follow_no_redirect_and_are_not_stored() {
    const KEY: &str = "sesame-0123456789";
    let stranger = site(|_| Reply::ok(r#"{"results":[],"count":0}"#));
    let elsewhere = stranger.url();
    let server = site(move |hit| {
        let found = format!(
            r#"{{"count":51,"results":[{}]}}"#,
            vec![format!(r#"{{"id":"1","title":"Cook","redirect_url":"https://a.example/1?utm={KEY}","description":"We cook."}}"#); 50].join(",")
        );
        match hit.path.contains("/search/1?") {
            true => Reply::ok(found),
            false => Reply::new(302, "").with("Location", format!("{elsewhere}next?app_key={KEY}&page=2")),
        }
    });
    let (folder, mut corpus) = corpus();
    let mut options = options(&server, &["adzuna:gb/cook"]);
    options.key_params.insert("adzuna".into(), vec![("app_key".into(), KEY.into())]);
    options.keys.insert("adzuna".into(), vec![("x-key".into(), KEY.into())]);
    let summary = run(&mut corpus, &options);
    let knows = |hit: &crate::server::Hit| {
        (hit.path.contains(KEY), hit.headers.values().any(|value| value.contains(KEY)))
    };
    let asked = |server: &Server| -> Vec<_> {
        server.hits().iter().filter(|hit| hit.path != "/robots.txt").map(knows).collect()
    };
    assert_eq!(asked(&server), [(true, true); 2], "{summary:?}");
    assert_eq!(asked(&stranger), [(false, false)], "{summary:?}");
    assert_eq!(stranger.count("/next?page=2"), 1);
    let stored =
        corpus.get(&PostingKey { source: "adzuna".into(), board: "gb/cook".into(), native_id: "1".into() });
    assert_eq!(stored.unwrap().unwrap().posting.url.as_deref(), Some("https://a.example/1"));
    assert!(!is_stored(folder.path(), KEY), "{summary:?}");
}
