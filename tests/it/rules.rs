//! robots.txt over HTTP: fetched first, believed by tier, and every fault of it.

use crate::fetch::{corpus, greenhouse, options, run};
use crate::server::{Reply, Server};
use crate::sites;
use std::io::Write;
use std::time::Duration;

#[test]
fn robots_rules_and_their_faults_by_tier() {
    // A documented interface is stopped only by a rule; an undocumented one also by silence.
    for (robots, status, documented, gated) in [
        ("", 404, true, true),
        ("User-agent: *\nDisallow: /", 200, false, false),
        ("User-agent: rungs\nAllow: /\nUser-agent: *\nDisallow: /", 200, true, true),
        ("<html>not a robots file</html>", 200, true, true),
        ("", 500, true, false),
        ("", 503, true, false),
        ("", 429, true, false),
        ("User-agent: *\nContent-Signal: ai-input=no", 200, true, false),
    ] {
        let server = Server::start(move |hit| match hit.path.as_str() {
            "/robots.txt" => Reply::new(status, robots),
            path if path.starts_with("/v1") => Reply::ok(greenhouse(&[1])),
            _ => Reply::ok("<table><tr><td><a href=\"/acme/job/x1\">Cook</a></td></tr></table>"),
        });
        for (board, expected) in [("greenhouse:acme", documented), ("jobvite:acme", gated)] {
            let (_folder, mut corpus) = corpus();
            server.forget();
            let mut options = options(&server, &[board]);
            options.politeness.hold = Duration::from_millis(20);
            let summary = run(&mut corpus, &options);
            let asked = server.hits().iter().any(|hit| hit.path != "/robots.txt");
            assert_eq!(asked, expected, "{board} under {status} {robots:?}: {:?}", summary.boards[0].outcome);
        }
    }
}

#[test]
fn a_robots_file_with_too_many_headers_forbids_what_needs_one() {
    for (board, expected) in [("greenhouse:acme", true), ("jobvite:acme", false)] {
        let server = Server::start(move |hit| match hit.path.as_str() {
            "/robots.txt" => Reply::ok("User-agent: *\nDisallow: /").with("X-Filler", "x".repeat(100_000)),
            path if path.starts_with("/v1") => Reply::ok(greenhouse(&[1])),
            _ => Reply::ok("<table></table>"),
        });
        let (_folder, mut corpus) = corpus();
        let summary = run(&mut corpus, &options(&server, &[board]));
        let asked = server.hits().iter().any(|hit| hit.path != "/robots.txt");
        assert_eq!(asked, expected, "{board}: {:?}", summary.boards[0].outcome);
    }
}

#[test]
fn a_robots_file_that_asks_for_an_hour_closes_the_host_for_an_hour() {
    for (status, board) in [(429, "greenhouse:acme"), (503, "greenhouse:acme"), (429, "jobvite:acme")] {
        let server = Server::start(move |hit| match hit.path.as_str() {
            "/robots.txt" => Reply::new(status, "").with("Retry-After", "3600"),
            _ => Reply::ok(greenhouse(&[1])),
        });
        let (_folder, mut corpus) = corpus();
        for asked in [1, 0] {
            server.forget();
            let summary = run(&mut corpus, &options(&server, &[board]));
            assert_eq!((server.hits().len(), summary.left), (asked, 1), "{status} {board}: {summary:?}");
        }
    }
}

/// Whether boards of a documented and of an undocumented portal are asked for, and what became of
/// the second, under a robots file at `/robots.txt` and whatever it leads to.
fn asked_under(robots: impl Fn(&str, &str) -> Reply + Send + Sync + Clone + 'static) -> (bool, bool, String) {
    let mut found = (false, false, String::new());
    for board in ["greenhouse:acme", "jobvite:acme"] {
        let robots = robots.clone();
        let server = Server::start(move |hit| match hit.path.as_str() {
            path if path.contains("robots") => robots(path, &hit.headers["host"]),
            path if path.starts_with("/v1") => Reply::ok(greenhouse(&[1])),
            _ => Reply::ok("<table></table>"),
        });
        let (_folder, mut corpus) = corpus();
        let mut options = options(&server, &[board]);
        options.limits.total = Duration::from_secs(5);
        let summary = run(&mut corpus, &options);
        let asked = server.hits().iter().any(|hit| !hit.path.contains("robots"));
        match board {
            "greenhouse:acme" => found.0 = asked,
            _ => (found.1, found.2) = (asked, summary.boards[0].outcome.clone()),
        }
    }
    found
}

/// A robots file after so many redirects.
fn redirected(hops: usize, file: &'static str) -> impl Fn(&str, &str) -> Reply + Send + Sync + Clone {
    move |path, _| {
        let hop: usize = path.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0);
        match hop < hops {
            true => Reply::new(301, "").with("Location", format!("/robots{}", hop + 1)),
            false => Reply::ok(file),
        }
    }
}

fn to(location: &'static str) -> impl Fn(&str, &str) -> Reply + Send + Sync + Clone {
    move |path, host| match path {
        "/robots.txt" => Reply::new(302, "").with("Location", location.replace("{host}", host)),
        _ => Reply::new(404, ""),
    }
}

#[test]
fn a_robots_file_is_followed_five_times_and_what_cannot_be_followed_is_unreachable() {
    const OPEN: &str = "User-agent: *\nAllow: /";
    const SHUT: &str = "User-agent: *\nDisallow: /";
    assert!(asked_under(redirected(5, OPEN)).1);
    let (documented, gated, outcome) = asked_under(redirected(5, SHUT));
    assert_eq!((documented, gated), (false, false), "it is read at the fifth: {outcome}");
    let (documented, gated, outcome) = asked_under(redirected(6, OPEN));
    assert_eq!((documented, gated), (true, false), "not read, so what it forbids is not known");
    assert!(outcome.contains("cannot be had: more than 5 redirects"), "{outcome}");
    for (location, why) in [
        ("ftp://{host}/robots", "only http and https"),
        ("http://user:secret@{host}/robots", "user name or password"),
        ("http://[", "a redirect to"),
        ("http://127.0.0.1:9/robots", "cannot be had"),
    ] {
        let (documented, gated, outcome) = asked_under(to(location));
        assert_eq!((documented, gated), (true, false), "{location}: {outcome}");
        assert!(outcome.contains(why), "{location}: {outcome}");
    }
    // What lies behind the redirect is "not found": that is an answer.
    assert!(asked_under(to("http://{host}/robots")).1);
}

#[test]
fn a_robots_file_on_another_host_counts_for_the_host_that_was_asked() {
    let other = Server::start(|_| Reply::ok("User-agent: *\nDisallow: /acme"));
    let elsewhere = format!("{}robots.txt", other.url());
    let (_, gated, outcome) =
        asked_under(move |_, _| Reply::new(302, "").with("Location", elsewhere.clone()));
    assert!(!gated && outcome.contains("robots.txt line 2"), "{outcome}");
    assert_eq!(other.count("/robots.txt"), 2, "once for each board");
}

#[test]
fn of_a_robots_file_the_first_half_megabyte_counts() {
    let filler = "# nothing\n".repeat(52_000);
    let robots = format!(
        "User-agent: *\nDisallow: /jobs/1\n{filler}Disallow: /jobs/2\nSitemap: http://{{host}}/no.xml\n"
    );
    assert!(robots.len() > 500 << 10);
    let server = sites::site(move |hit| match hit.path.as_str() {
        "/robots.txt" => Reply::ok(robots.clone()),
        "/sitemap.xml" => Reply::ok(sites::urlset(1..4, &hit.headers["host"])),
        path => Reply::ok(sites::page(path)),
    });
    let (_folder, mut corpus) = corpus();
    run(&mut corpus, &sites::options_for(&server));
    assert_eq!(sites::titles(&corpus), ["/jobs/2", "/jobs/3"]);
    assert_eq!((server.count("/jobs/1"), server.count("/no.xml")), (0, 0));
}

#[test]
fn a_robots_file_without_end_is_read_as_far_as_it_counts() {
    let rules = "User-agent: *\nDisallow: /acme/jobs\n".to_owned() + &"# nothing\n".repeat(60_000);
    let endless = Reply::drip(
        &format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{rules}"),
        vec![b'#'; 1 << 16],
        Duration::ZERO,
    );
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(rules.as_bytes()).unwrap();
    packed.write_all(&vec![b' '; 64 << 20]).unwrap();
    let bomb = Reply::ok(packed.finish().unwrap()).with("Content-Encoding", "gzip");
    let announced = Reply::raw(format!("HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n{rules}"));
    for (name, reply) in [("endless", endless), ("a bomb", bomb), ("2 GB announced", announced)] {
        let (documented, gated, outcome) = asked_under(move |_, _| reply.clone());
        assert_eq!((documented, gated), (true, false), "{name}");
        assert!(outcome.contains("robots.txt line 2"), "{name}: {outcome}");
    }
}

#[test]
fn whoever_asks_for_more_than_a_minute_between_requests_is_left_out() {
    for (delay, expected) in [("0.01", true), ("61", false)] {
        let file = format!("User-agent: *\nCrawl-delay: {delay}\n");
        let (documented, gated, outcome) = asked_under(move |_, _| Reply::ok(file.clone()));
        assert_eq!((documented, gated), (expected, expected), "{delay}: {outcome}");
        assert!(expected || outcome.contains("asks for 61 s between requests"), "{outcome}");
    }
}

#[test]
fn a_file_of_reservations_is_asked_for_once_a_day_and_heard() {
    const RESERVED: &str = r#"[{"location": "/jobs/1*", "tdm-reservation": 1}]"#;
    for (robots, status, file, stored) in [
        ("", 200, RESERVED, 2),
        ("", 200, "<html>no such page</html>", 3),
        ("", 404, RESERVED, 3),
        ("", 500, RESERVED, 3),
        ("User-agent: *\nDisallow: /.well-known/", 200, RESERVED, 3),
    ] {
        let server = sites::site(move |hit| match hit.path.as_str() {
            "/robots.txt" => Reply::ok(robots),
            "/.well-known/tdmrep.json" => Reply::new(status, file),
            "/sitemap.xml" => Reply::ok(sites::urlset(0..3, &hit.headers["host"])),
            path => Reply::ok(sites::page(path)),
        });
        let (_folder, mut corpus) = corpus();
        let summary = run(&mut corpus, &sites::options_for(&server));
        let outcome = &summary.boards[0].outcome;
        assert_eq!(corpus.stats().unwrap().open, stored, "{status} {file}: {outcome}");
        assert_eq!((summary.is_complete(), server.count("/jobs/")), (stored == 3, stored as usize));
        let asked = usize::from(robots.is_empty());
        assert_eq!(server.count("/.well-known/"), asked, "{status} {file}");
        server.forget();
        run(&mut corpus, &sites::options_for(&server));
        assert_eq!(
            server.count("/.well-known/"),
            usize::from(status == 500),
            "an answer is believed for a day"
        );
        assert_eq!(server.count("/jobs/1"), 0, "{status} {file}");
    }
    // A documented interface is meant to be read.
    let server = Server::start(|hit| match hit.path.starts_with("/v1") {
        true => Reply::ok(greenhouse(&[1])),
        false => Reply::new(404, ""),
    });
    let (_folder, mut corpus) = corpus();
    assert!(run(&mut corpus, &options(&server, &["greenhouse:acme"])).is_complete());
    assert_eq!(server.count("/.well-known/"), 0);
}

#[test]
fn texts_that_are_reserved_are_not_stored() {
    for (name, headers, head) in [
        ("by header", Some("1"), ""),
        ("by meta", None, "<meta name='tdm-reservation' content='1'>"),
        ("not", Some("0"), "<meta name='tdm-reservation' content='0'>"),
    ] {
        let server = sites::site(move |hit| match hit.path.as_str() {
            "/robots.txt" => Reply::new(404, ""),
            "/sitemap.xml" => Reply::ok(sites::urlset(0..1, &hit.headers["host"])),
            path => {
                let reply = Reply::ok(format!("{head}{}", sites::page(path)));
                headers.map_or(reply.clone(), |value| reply.with("TDM-Reservation", value))
            }
        });
        let (_folder, mut corpus) = corpus();
        let summary = run(&mut corpus, &sites::options_for(&server));
        let board = &summary.boards[0];
        assert_eq!(
            (board.new, board.complete),
            (u64::from(name == "not"), name == "not"),
            "{name}: {board:?}"
        );
        assert_eq!(server.count("/jobs/"), 1, "{name}");
    }
}
