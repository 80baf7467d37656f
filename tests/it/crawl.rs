//! T5: a crawl that is killed again and again stores, closes and asks for what one in peace does.

use crate::server::{Reply, Server};
use crate::shared;
use rungs::corpus::{Corpus, Status};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Requests that the command line has under way at once to a mirror.
const IN_FLIGHT: usize = 32;

/// Boards by name, as served.
type Boards = BTreeMap<String, Vec<u8>>;

/// What becomes of the boards: some postings go, some change.
fn second_edition(boards: &Boards) -> Boards {
    let change = |body: &[u8]| {
        let mut doc: Value = serde_json::from_slice(body).unwrap();
        let jobs = doc["jobs"].as_array_mut().unwrap();
        let mut number = 0;
        jobs.retain(|_| (number += 1, number % 5 != 0).1);
        for job in jobs.iter_mut().step_by(3) {
            job["title"] = json!(format!("{} (new)", job["title"].as_str().unwrap_or("")));
        }
        serde_json::to_vec(&doc).unwrap()
    };
    boards.iter().map(|(name, body)| (name.clone(), change(body))).collect()
}

/// A mirror with two editions: Ashby boards by name, and a career site of `pages` postings, of which
/// every sixth goes and every fourth changes.
fn mirror(boards: &Boards, pages: usize, edition: &Arc<AtomicUsize>) -> Server {
    let editions = [boards.clone(), second_edition(boards)];
    let edition = Arc::clone(edition);
    Server::start(move |hit| {
        let edition = edition.load(Ordering::SeqCst);
        let host = hit.headers.get("host").cloned().unwrap_or_default();
        if let Some(name) = hit.path.strip_prefix("/posting-api/job-board/") {
            let name = name.split('?').next().unwrap_or("").replace("%20", " ");
            return editions[edition].get(&name).map_or(Reply::new(404, ""), |body| Reply::ok(body.clone()));
        }
        match hit.path.as_str() {
            "/robots.txt" => Reply::ok("User-agent: *\nAllow: /\n"),
            "/sitemap.xml" => {
                let urls: String = (0..pages)
                    .filter(|n| edition == 0 || n % 6 != 5)
                    .map(|n| {
                        let day = if edition == 1 && n % 4 == 1 { 3 } else { 2 };
                        format!(
                            "<url><loc>http://{host}/jobs/{n}</loc><lastmod>2026-01-0{day}</lastmod></url>"
                        )
                    })
                    .collect();
                Reply::ok(format!("<urlset>{urls}</urlset>"))
            }
            path => Reply::ok(format!(
                "<html><script type='application/ld+json'>{{\"@type\":\"JobPosting\",\"title\":\"Cook {path} in {edition}\",\
                 \"description\":\"<p>Cook at {path}.</p>\",\"hiringOrganization\":{{\"name\":\"Acme\"}}}}</script></html>"
            )),
        }
    })
}

fn synthetic(count: usize) -> Boards {
    let board = |name: &str| {
        let jobs: Vec<_> = (0..20)
            .map(|n| {
                json!({"id": format!("{name}-{n}"), "title": format!("Nurse {n}"), "isListed": true,
                    "jobUrl": format!("https://jobs.ashbyhq.com/{name}/{n}"), "descriptionHtml": "<p>Care.</p>".repeat(50)})
            })
            .collect();
        serde_json::to_vec(&json!({ "jobs": jobs })).unwrap()
    };
    (0..count).map(|n| format!("board{n}")).map(|name| (name.clone(), board(&name))).collect()
}

fn command(home: &Path, server: &Server, what: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rungs"));
    let url = server.url();
    let url = url.as_str().trim_end_matches('/');
    command
        .arg("--home")
        .arg(home)
        .args(["--quiet", "fetch", "--allow-private"])
        .args(["--base-url", &format!("ashby={url}"), "--base-url", &format!("site={url}")])
        .args(what)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// All that a store says about postings and boards but for points in time: its snapshot (which
/// covers every posting and whether it is closed), why and after how many misses, and how each look ended.
fn state(home: &Path) -> (String, BTreeMap<String, String>) {
    let corpus = Corpus::open_read_only(&home.join("data/corpus/rungs.sqlite")).unwrap();
    assert_eq!(corpus.waiting_boards().unwrap(), [], "nothing waits");
    let stored = corpus.changes_since(0, usize::MAX >> 1).unwrap().into_iter().map(|stored| {
        let status = match stored.status {
            Status::Closed { reason, .. } => format!("closed: {reason}"),
            status => format!("{status:?}"),
        };
        (stored.posting.key.to_string(), format!("{} {status} {}", stored.posting.title, stored.reopened))
    });
    let boards = corpus.boards().unwrap().into_iter().map(|row| {
        assert_eq!(row.cycle, None, "no look is under way");
        let said = (row.state, row.strikes, row.outcome, row.name, row.pause, row.cycle_found);
        (format!("{}:{}", row.source, row.board), format!("{said:?}"))
    });
    (corpus.snapshot_id().unwrap(), stored.chain(boards).collect())
}

/// Crawls both editions of the mirror, killed `kills` times in each: the first run names the
/// boards, the others go on with what is left. Returns kills and requests.
fn crawl(home: &Path, list: &Path, server: &Server, edition: &AtomicUsize, kills: usize) -> (usize, usize) {
    server.forget();
    let named = ["--boards", list.to_str().unwrap()];
    let mut killed = 0;
    // Each run gets on by a random part of the requests, so that the last kills still meet a crawl
    // that is not done.
    let share = |of: usize| of / kills.max(1);
    for number in 0..2 {
        edition.store(number, Ordering::SeqCst);
        let in_this = server.asked();
        let mut of = 0;
        for round in 0..=kills {
            let what: &[&str] = if round == 0 { &named } else { &["--all"] };
            let mut child = command(home, server, what).spawn().unwrap();
            if round == kills {
                assert!(child.wait().unwrap().success(), "edition {number}");
                break;
            }
            // How much there is to do is known when the lists were read.
            of = of.max(Corpus::open_read_only(&home.join("data/corpus/rungs.sqlite")).map_or(0, |corpus| {
                let left: u64 = corpus.waiting_boards().unwrap_or_default().iter().map(|b| b.2).sum();
                server.asked() - in_this + left as usize
            }));
            let enough = server.asked() + 1 + share(of) * (round * 7919 % 100) / 100;
            while server.asked() < enough && child.try_wait().unwrap().is_none() {
                thread::sleep(Duration::from_millis(1));
            }
            let ended = child.try_wait().unwrap();
            child.kill().unwrap();
            child.wait().unwrap();
            if let Some(status) = ended {
                assert!(status.success(), "edition {number}");
                break;
            }
            killed += 1;
        }
    }
    (killed, server.asked())
}

/// Kills a crawl again and again, lets it end, and holds it against one that was left in peace.
#[allow(clippy::print_stderr)]
fn kill_and_go_on(boards: &Boards, pages: usize, kills: usize) {
    let folder = tempfile::tempdir().unwrap();
    let edition = Arc::new(AtomicUsize::new(0));
    let server = mirror(boards, pages, &edition);
    let list = folder.path().join("boards.toml");
    let mut text: String =
        boards.keys().map(|name| format!("[[board]]\nprovider = \"ashby\"\ntoken = {name:?}\n")).collect();
    let site = format!("http~127.0.0.1~{}", server.address.port());
    text.push_str(&format!("[[board]]\nprovider = \"site\"\ntoken = \"{site}\"\n"));
    fs::write(&list, text).unwrap();
    let (peace, war) = (folder.path().join("peace"), folder.path().join("war"));

    let started = Instant::now();
    let (_, requests) = crawl(&peace, &list, &server, &edition, 0);
    let in_peace = started.elapsed();
    let started = Instant::now();
    let (killed, in_war) = crawl(&war, &list, &server, &edition, kills.div_ceil(2));

    let (snapshot, rows) = state(&peace);
    let closed = rows.values().filter(|row| row.contains("closed: ")).count();
    let missing = rows.values().filter(|row| row.contains("Missing { misses: 1 }")).count();
    assert!(closed >= boards.len() / 2 && missing >= pages / 6, "{closed} closed, {missing} missing");
    let (found, in_war_rows) = state(&war);
    let differ: Vec<_> =
        rows.iter().filter(|(key, row)| in_war_rows.get(*key) != Some(row)).take(5).collect();
    assert!(differ.is_empty() && rows.len() == in_war_rows.len(), "otherwise in peace: {differ:#?}");
    assert_eq!(found, snapshot);
    // A kill costs what was in flight, whatever it was.
    let again = in_war.saturating_sub(requests);
    assert!(killed >= kills / 2, "{killed} of {kills} runs were killed before their end");
    assert!(again <= killed * IN_FLIGHT, "{again} requests made again after {killed} kills");
    eprintln!(
        "{requests} requests in {:.1} s; with {killed} kills {:.1} s and {again} requests made again (at most {} \
         allowed); {closed} postings closed, {missing} missing once, in both",
        in_peace.as_secs_f64(),
        started.elapsed().as_secs_f64(),
        killed * IN_FLIGHT
    );
}

#[test]
fn a_killed_crawl_goes_on_and_ends_as_if_nothing_had_been() {
    kill_and_go_on(&synthetic(40), 300, 8);
}

/// The full measure: the recorded boards, 5,000 pages, 50 kills. Takes minutes.
#[test]
#[ignore = "takes minutes; run with --release -- --ignored"]
fn fifty_kills_in_a_crawl_of_the_recorded_boards() {
    let Some(archive) = shared("data/payloads/ashby_boards.tar.zst") else { return };
    let unpacked = zstd::decode_all(fs::File::open(archive).unwrap()).unwrap();
    let mut boards = Boards::new();
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
    kill_and_go_on(&boards, 5000, 50);
}
