//! Long runs: killed and gone on with, polite by the server's own log.

use crate::fetch::{corpus, run};
use crate::server::{Hit, Reply, Server};
use crate::shared;
use rungs::corpus::Corpus;
use rungs::fetch::FetchOptions;
use rungs::fetch::pace::{Pace, Politeness};
use rungs::fetch::sources::Board;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// Requests that the command line has under way at once to a mirror.
const IN_FLIGHT: usize = 32;

/// A mirror: Ashby boards by name, and a career site of `pages` postings.
fn mirror(boards: BTreeMap<String, Vec<u8>>, pages: usize) -> Server {
    Server::start(move |hit| {
        let host = hit.headers.get("host").cloned().unwrap_or_default();
        if let Some(name) = hit.path.strip_prefix("/posting-api/job-board/") {
            let name = name.split('?').next().unwrap_or("").replace("%20", " ");
            return boards.get(&name).map_or(Reply::new(404, ""), |body| Reply::ok(body.clone()));
        }
        match hit.path.as_str() {
            "/robots.txt" => Reply::ok("User-agent: *\nAllow: /\n"),
            "/sitemap.xml" => {
                let urls: String = (0..pages)
                    .map(|n| {
                        format!("<url><loc>http://{host}/jobs/{n}</loc><lastmod>2026-01-02</lastmod></url>")
                    })
                    .collect();
                Reply::ok(format!("<urlset>{urls}</urlset>"))
            }
            path => Reply::ok(format!(
                "<html><script type='application/ld+json'>{{\"@type\":\"JobPosting\",\"title\":\"Cook {path}\",\
                 \"description\":\"<p>Cook at {path}.</p>\",\"hiringOrganization\":{{\"name\":\"Acme\"}}}}</script></html>"
            )),
        }
    })
}

fn synthetic(count: usize) -> BTreeMap<String, Vec<u8>> {
    let board = |name: &str| {
        let jobs: Vec<_> = (0..20)
            .map(|n| {
                serde_json::json!({"id": format!("{name}-{n}"), "title": format!("Nurse {n}"), "isListed": true,
                    "jobUrl": format!("https://jobs.ashbyhq.com/{name}/{n}"), "descriptionHtml": "<p>Care.</p>".repeat(50)})
            })
            .collect();
        serde_json::to_vec(&serde_json::json!({ "jobs": jobs })).unwrap()
    };
    (0..count).map(|n| format!("board{n}")).map(|name| (name.clone(), board(&name))).collect()
}

fn command(home: &Path, server: &Server, list: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rungs"));
    let url = server.url();
    let url = url.as_str().trim_end_matches('/');
    command
        .arg("--home")
        .arg(home)
        .args(["--quiet", "fetch", "--allow-private", "--boards"])
        .arg(list)
        .args(["--base-url", &format!("ashby={url}"), "--base-url", &format!("site={url}")])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn digest(home: &Path) -> (String, u64, usize) {
    let corpus = Corpus::open_read_only(&home.join("data/corpus/rungs.sqlite")).unwrap();
    let open = corpus.stats().unwrap().open;
    (corpus.snapshot_id().unwrap(), open, corpus.waiting_boards().unwrap().len())
}

/// Kills a crawl again and again, lets it end, and holds it against one that was left in peace.
#[allow(clippy::print_stderr)]
fn kill_and_go_on(boards: BTreeMap<String, Vec<u8>>, pages: usize, kills: usize) {
    let folder = tempfile::tempdir().unwrap();
    let server = mirror(boards.clone(), pages);
    let list = folder.path().join("boards.toml");
    let mut text: String =
        boards.keys().map(|name| format!("[[board]]\nprovider = \"ashby\"\ntoken = {name:?}\n")).collect();
    let site = format!("http~127.0.0.1~{}", server.address.port());
    text.push_str(&format!("[[board]]\nprovider = \"site\"\ntoken = \"{site}\"\n"));
    fs::write(&list, text).unwrap();

    let peace = folder.path().join("peace");
    let started = Instant::now();
    let output = command(&peace, &server, &list).stdout(Stdio::piped()).output().unwrap();
    let in_peace = started.elapsed();
    let table = String::from_utf8_lossy(&output.stdout);
    let trouble: Vec<&str> = table.lines().filter(|line| !line.ends_with("complete")).collect();
    assert!(output.status.success(), "{trouble:#?}");
    let requests = server.hits().len();
    server.forget();

    let war = folder.path().join("war");
    let started = Instant::now();
    let (mut killed, mut in_the_crawl) = (0, 0);
    // Each run gets on by a random part of the requests, so that the last kills still meet a crawl
    // that is not done.
    let share = requests / kills;
    for round in 0..kills {
        let mut child = command(&war, &server, &list).spawn().unwrap();
        let enough = server.asked() + 1 + share * (round * 7919 % 100) / 50;
        while server.asked() < enough && child.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        killed += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        in_the_crawl += usize::from(server.count("/jobs/") < pages);
    }
    assert!(command(&war, &server, &list).status().unwrap().success());
    assert_eq!(digest(&war), digest(&peace));
    // A run that begins after all is done looks at the lists again, so only the crawl counts:
    // postings' pages, which are asked for once unless a kill loses their answer.
    let again = server.count("/jobs/").saturating_sub(pages);
    assert!(killed > 0, "no run was killed before its end; {requests} requests are too few");
    assert!(again <= killed * IN_FLIGHT, "{again} pages asked for again after {killed} kills");
    eprintln!(
        "{requests} requests in {:.1} s; with {killed} of {kills} runs killed, {in_the_crawl} of them before the last page, \
         {:.1} s and {again} pages asked for again (at most {} allowed)",
        in_peace.as_secs_f64(),
        started.elapsed().as_secs_f64(),
        killed * IN_FLIGHT
    );
}

#[test]
fn a_killed_crawl_goes_on_and_ends_as_if_nothing_had_been() {
    kill_and_go_on(synthetic(40), 300, 8);
}

/// The full measure: the recorded boards, 5,000 pages, 50 kills. Takes minutes.
#[test]
#[ignore = "takes minutes; run with --release -- --ignored"]
fn fifty_kills_in_a_crawl_of_the_recorded_boards() {
    let Some(archive) = shared("data/payloads/ashby_boards.tar.zst") else { return };
    let unpacked = zstd::decode_all(fs::File::open(archive).unwrap()).unwrap();
    let mut boards = BTreeMap::new();
    for entry in tar::Archive::new(unpacked.as_slice()).entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().into_owned();
        if path.extension().is_some_and(|e| e == "json") {
            let mut body = Vec::new();
            entry.read_to_end(&mut body).unwrap();
            // Files are named after boards, with spaces as in addresses.
            let name = path.file_stem().unwrap().to_string_lossy().replace("%20", " ");
            boards.insert(name, body);
        }
    }
    kill_and_go_on(boards, 5000, 50);
}

/// Time that hosts with a crawl delay ask for.
const CRAWL_DELAY: Duration = Duration::from_millis(400);

/// What hosts that had enough ask for.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Whether a host of the audit asks for a crawl delay.
fn delays(host: usize) -> bool {
    host.is_multiple_of(20)
}

/// Whether a host of the audit says "too many" once; half of those with a delay do.
fn throttles(host: usize) -> bool {
    host % 10 == 1 || host.is_multiple_of(40)
}

/// A site of the audit: some ask for a delay, some say "too many" once, all close a path.
fn audited(host: usize, pages: usize) -> impl Fn(&Hit) -> Reply + Send + Sync + 'static {
    move |hit| {
        let name = hit.headers.get("host").cloned().unwrap_or_default();
        match hit.path.as_str() {
            "/robots.txt" => {
                let delay = if delays(host) { "Crawl-delay: 0.4\n" } else { "" };
                Reply::ok(format!("User-agent: *\nDisallow: /jobs/secret\n{delay}"))
            }
            "/sitemap.xml" => {
                let pages = if delays(host) { 5 } else { pages };
                let urls: String = (0..pages)
                    .map(|n| if n % 10 == 9 { format!("secret-{n}") } else { n.to_string() })
                    .map(|n| {
                        format!("<url><loc>http://{name}/jobs/{n}</loc><lastmod>2026-01-02</lastmod></url>")
                    })
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
}

#[cfg(target_os = "linux")]
#[test]
fn the_servers_own_log_shows_no_impolite_request() {
    // 200 hosts, above 10,000 requests: every address of 127/8 is this machine.
    let (hosts, pages) = (200, 57);
    let servers: Vec<Server> = (0..hosts)
        .map(|host| {
            let address = IpAddr::V4(Ipv4Addr::new(127, 0, 1, u8::try_from(host + 1).unwrap()));
            Server::at(address, 0, None, Arc::new(audited(host, pages)))
        })
        .collect();
    let boards =
        servers.iter().map(|s| Board::new("site", format!("http~{}~{}", s.address.ip(), s.address.port())));
    let options = FetchOptions {
        boards: boards.collect(),
        allow_private: true,
        in_flight: 64,
        politeness: Politeness {
            default: Pace { interval: Duration::from_millis(2), in_flight: 2 },
            adapt: false,
            ..Politeness::default()
        },
        ..FetchOptions::default()
    };
    let (_folder, mut corpus) = corpus();
    let summary = run(&mut corpus, &options);
    let (mut requests, mut delayed, mut held) = (0, 0, 0);
    for (host, server) in servers.iter().enumerate() {
        let hits = server.hits();
        requests += hits.len();
        assert!(hits.iter().all(|hit| !hit.path.starts_with("/jobs/secret")), "host {host}");
        assert!(hits.iter().all(|hit| hit.in_flight <= 2), "host {host}");
        assert_eq!(hits[0].path, "/robots.txt");
        if delays(host) {
            assert!(hits.iter().all(|hit| hit.in_flight == 1), "host {host}: one at a time");
            for pair in hits.windows(2) {
                let gap = pair[1].at - pair[0].at;
                assert!(gap >= CRAWL_DELAY, "host {host}: {gap:?} after {}", pair[0].path);
                delayed += 1;
            }
        }
        if let Some(at) = hits.iter().find(|hit| throttles(host) && hit.path == "/jobs/3").map(|hit| hit.at) {
            // Where two may be under way, the other one cannot be called back when the answer comes.
            let grace = if delays(host) { Duration::ZERO } else { Duration::from_millis(50) };
            let inside = |hit: &&Hit| hit.at > at + grace && hit.at < at + RETRY_AFTER;
            let count = hits.iter().filter(inside).count();
            assert_eq!(count, 0, "host {host}: requests within Retry-After");
            held += 1;
        }
    }
    assert_eq!((delayed, held), (10 * 6 + 5, 25), "gaps and holds looked at");
    assert!(requests > 10_000, "{requests}");
    assert!(summary.left == 0, "{} left", summary.left);
}
