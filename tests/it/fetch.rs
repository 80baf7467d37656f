//! Runs of the fetcher against scripted servers: what is stored, what is closed, what is asked for.

use crate::server::{Hit, Reply, Server};
use crate::shared;
use rungs::corpus::{CloseReason, Corpus, Status};
use rungs::fetch::pace::Politeness;
use rungs::fetch::sources::{Board, source};
use rungs::fetch::{self, FetchError, FetchOptions, Summary};
use rungs::posting::{Posting, PostingKey};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// A corpus in a folder of its own.
pub(crate) fn corpus() -> (TempDir, Corpus) {
    let folder = tempfile::tempdir().unwrap();
    let corpus = Corpus::open(&folder.path().join("corpus.sqlite")).unwrap();
    (folder, corpus)
}

/// Options that fetch `boards` from a server on this machine, without waiting.
pub(crate) fn options(server: &Server, boards: &[&str]) -> FetchOptions {
    let boards: Vec<Board> = boards.iter().map(|board| fetch::parse_target(board).unwrap()).collect();
    FetchOptions {
        base_urls: boards.iter().map(|board| (board.source.clone(), server.url())).collect(),
        boards,
        allow_private: true,
        politeness: Politeness::unpaced(8),
        retries: vec![Duration::from_millis(20); 3],
        patience: Duration::from_secs(3),
        ..FetchOptions::default()
    }
}

pub(crate) fn run(corpus: &mut Corpus, options: &FetchOptions) -> Summary {
    loop {
        match fetch::run(corpus, options, &mut |_| {}) {
            // A process that another test starts holds what is open here until it has begun.
            Err(FetchError::Running(_)) => thread::sleep(Duration::from_millis(5)),
            done => return done.unwrap(),
        }
    }
}

/// A Greenhouse board of our own making.
pub(crate) fn greenhouse(ids: &[u64]) -> String {
    let jobs: Vec<Value> = ids
        .iter()
        .map(|id| {
            json!({"id": id, "title": format!("Cook {id}"), "company_name": "Acme", "location": {"name": "Oslo"},
                "absolute_url": format!("https://boards.greenhouse.io/acme/jobs/{id}"),
                "content": "&lt;p&gt;Cook.&lt;/p&gt;", "first_published": "2026-05-01T00:00:00Z"})
        })
        .collect();
    json!({"jobs": jobs, "meta": {"total": ids.len()}}).to_string()
}

/// Answers for the files of rules with "not found" and for everything else with `page`.
pub(crate) fn site(page: impl Fn(&Hit) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |hit| match hit.path.as_str() {
        "/robots.txt" | "/.well-known/tdmrep.json" => Reply::new(404, ""),
        _ => page(hit),
    })
}

pub(crate) fn key(id: u64) -> PostingKey {
    PostingKey { source: "greenhouse".into(), board: "acme".into(), native_id: id.to_string() }
}

pub(crate) fn is_open(corpus: &Corpus, id: u64) -> bool {
    corpus.get(&key(id)).unwrap().unwrap().status.is_open()
}

#[test]
fn the_three_first_portals_are_read_over_http() {
    let server = site(|hit| {
        match hit.path.as_str() {
        "/v1/boards/acme/jobs?content=true" => Reply::ok(greenhouse(&[1, 2])),
        "/posting-api/job-board/acme?includeCompensation=true" => Reply::ok(
            json!({"jobs": [{"id": "a", "title": "Nurse", "isListed": true, "jobUrl": "https://jobs.ashbyhq.com/acme/a",
                "descriptionHtml": "<p>Care</p>"}]})
            .to_string(),
        ),
        "/v0/postings/acme?mode=json&skip=0&limit=100" => Reply::ok(
            json!([{"id": "l", "text": "Clerk", "categories": {}, "descriptionPlain": "File"}]).to_string(),
        ),
        _ => Reply::new(404, "{}"),
    }
    });
    let (_folder, mut corpus) = corpus();
    let summary = run(&mut corpus, &options(&server, &["greenhouse:acme", "ashby:acme", "lever:acme"]));
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!(summary.total(|b| b.new), 4);
    assert_eq!(summary.requests, 4, "three boards and one robots.txt");
    let agent = &server.hits()[0].headers["user-agent"];
    assert!(agent.starts_with("rungs/"), "{agent}");
    assert_eq!(corpus.board("greenhouse", "acme").unwrap().unwrap().name.as_deref(), Some("Acme"));
}

#[test]
fn an_unchanged_board_costs_one_request_and_changes_nothing() {
    for with_etag in [true, false] {
        let server = site(move |hit| {
            if hit.headers.get("if-none-match").is_some_and(|etag| etag == "\"v1\"") {
                return Reply::new(304, "");
            }
            let reply = Reply::ok(greenhouse(&[1, 2]));
            if with_etag { reply.with("ETag", "\"v1\"") } else { reply }
        });
        let (_folder, mut corpus) = corpus();
        let options = options(&server, &["greenhouse:acme"]);
        run(&mut corpus, &options);
        let before = (corpus.snapshot_id().unwrap(), corpus.stats().unwrap().seq);
        server.forget();
        let again = run(&mut corpus, &options);
        assert_eq!(again.boards[0].outcome, "unchanged");
        assert!(again.is_complete());
        assert_eq!(server.hits().len(), 1, "robots.txt is remembered");
        assert_eq!((corpus.snapshot_id().unwrap(), corpus.stats().unwrap().seq), before);
        assert!(is_open(&corpus, 1));
    }
}

#[test]
fn validators_are_trusted_for_a_day_and_by_the_adapter_that_read_the_body() {
    let server = site(|hit| match hit.headers.get("if-modified-since") {
        Some(_) => Reply::new(304, ""),
        None => Reply::ok(greenhouse(&[1])).with("Last-Modified", "Tue, 05 May 2026 06:07:08 GMT"),
    });
    let (folder, mut corpus) = corpus();
    let options = options(&server, &["greenhouse:acme"]);
    run(&mut corpus, &options);
    let was_asked = |corpus: &mut Corpus| {
        server.forget();
        assert_eq!(run(corpus, &options).total(|b| b.changed + b.new + b.closed), 0);
        server.hits()[0].headers.get("if-modified-since").cloned()
    };
    assert_eq!(was_asked(&mut corpus).as_deref(), Some("Tue, 05 May 2026 06:07:08 GMT"));
    let db = rusqlite::Connection::open(folder.path().join("corpus.sqlite")).unwrap();
    db.execute("UPDATE validators SET stored = stored - 25 * 3600 * 1000", []).unwrap();
    assert_eq!(was_asked(&mut corpus), None, "a date alone is trusted for a day");
    db.execute("UPDATE validators SET stored = stored + 25 * 3600 * 1000, adapter = 0", []).unwrap();
    assert_eq!(was_asked(&mut corpus), None, "another version of the adapter reads it again");
    let (version, stored): (u32, i64) =
        db.query_row("SELECT adapter, stored FROM validators", [], |r| Ok((r.get(0)?, r.get(1)?))).unwrap();
    assert_eq!(version, source("greenhouse").unwrap().version);
    assert!(stored > jiff::Timestamp::now().as_millisecond() - 60_000);
}

#[test]
fn what_leaves_a_complete_list_is_closed_and_what_returns_reopens() {
    let ids = Arc::new(Mutex::new(vec![1, 2, 3]));
    let served = Arc::clone(&ids);
    let server = site(move |_| Reply::ok(greenhouse(&served.lock().unwrap())));
    let (_folder, mut corpus) = corpus();
    let options = options(&server, &["greenhouse:acme"]);
    run(&mut corpus, &options);
    *ids.lock().unwrap() = vec![1, 3];
    let second = run(&mut corpus, &options);
    assert_eq!((second.total(|b| b.closed), is_open(&corpus, 2)), (1, false));
    *ids.lock().unwrap() = vec![1, 2, 3, 4];
    let third = run(&mut corpus, &options);
    assert_eq!((third.total(|b| b.reopened), third.total(|b| b.new)), (1, 1));
    assert_eq!(corpus.get(&key(2)).unwrap().unwrap().reopened, 1);
    assert_eq!(corpus.get(&key(2)).unwrap().unwrap().status, Status::Open);
}

#[test]
fn a_board_that_is_gone_closes_its_postings_and_one_that_returns_reopens_them() {
    let gone = Arc::new(Mutex::new(false));
    let served = Arc::clone(&gone);
    let server = site(move |_| match *served.lock().unwrap() {
        true => Reply::new(404, "{}"),
        false => Reply::ok(greenhouse(&[1, 2])),
    });
    let (folder, mut corpus) = corpus();
    let options = options(&server, &["greenhouse:acme"]);
    run(&mut corpus, &options);
    *gone.lock().unwrap() = true;
    let db = rusqlite::Connection::open(folder.path().join("corpus.sqlite")).unwrap();
    // It was fine a short while ago, so that three answers count, six hours apart.
    for (answer, closed) in [(1, 0), (2, 0), (3, 0), (4, 2)] {
        let summary = run(&mut corpus, &options);
        assert_eq!((summary.total(|b| b.closed), summary.is_complete()), (closed, false), "answer {answer}");
        let said = &summary.boards[0].outcome;
        assert!(said.contains(if closed > 0 { "gone" } else { "to be confirmed" }), "{said}");
        if answer > 1 {
            db.execute("UPDATE boards SET struck = struck - 6 * 3600 * 1000", []).unwrap();
        }
    }
    assert!(matches!(
        corpus.get(&key(1)).unwrap().unwrap().status,
        Status::Closed { reason: CloseReason::BoardGone, .. }
    ));
    *gone.lock().unwrap() = false;
    let back = run(&mut corpus, &options);
    assert_eq!((back.total(|b| b.reopened), back.is_complete()), (2, true));
}

#[test]
fn a_list_that_did_not_change_still_lacks_what_it_lacked() {
    let list = |ids: &[u32]| -> String {
        let rows = ids.iter().map(|id| format!("<tr><td><a href='/acme/job/x{id}'>Cook {id}</a></td></tr>"));
        format!("<table>{}</table>", rows.collect::<String>())
    };
    let shown = Arc::new(Mutex::new(list(&[1, 2])));
    let served = Arc::clone(&shown);
    let server = site(move |hit| match hit.path.as_str() {
        "/acme/jobs" => Reply::ok(served.lock().unwrap().clone()),
        path => Reply::ok(crate::sites::page(path)),
    });
    let (_folder, mut corpus) = corpus();
    let options = options(&server, &["jobvite:acme"]);
    assert_eq!(run(&mut corpus, &options).total(|b| b.new), 2);
    *shown.lock().unwrap() = list(&[1]);
    // This portal's list has to lack a posting twice.
    for (outcome, closed) in [("complete", 0), ("unchanged", 1), ("unchanged", 0)] {
        let summary = run(&mut corpus, &options);
        assert_eq!((summary.boards[0].outcome.as_str(), summary.total(|b| b.closed)), (outcome, closed));
    }
}

#[test]
fn a_posting_whose_own_page_is_gone_is_closed_whatever_the_list_says() {
    let status = Arc::new(Mutex::new(200));
    let served = Arc::clone(&status);
    // The day changes with the status, so that the page is worth a look.
    let server = crate::sites::site(move |hit| match (hit.path.as_str(), *served.lock().unwrap()) {
        ("/robots.txt", _) => Reply::new(404, ""),
        ("/sitemap.xml", status) => {
            let map = crate::sites::urlset(0..2, &hit.headers["host"]);
            Reply::ok(map.replace("2026-01-02", if status == 200 { "2026-01-02" } else { "2026-01-03" }))
        }
        ("/jobs/1", status) => Reply::new(status, crate::sites::page("Potter 1")),
        (path, _) => Reply::ok(crate::sites::page(path)),
    });
    let (_folder, mut corpus) = corpus();
    let options = crate::sites::options_for(&server);
    assert!(run(&mut corpus, &options).is_complete());
    for (answer, closed) in [(403, 0), (410, 1)] {
        *status.lock().unwrap() = answer;
        assert_eq!(run(&mut corpus, &options).total(|b| b.closed), closed, "{answer}");
    }
    let stored = corpus.changes_since(0, 9).unwrap();
    let closed: Vec<_> = stored.iter().filter(|stored| !stored.status.is_open()).collect();
    assert_eq!(closed.len(), 1);
    assert!(matches!(closed[0].status, Status::Closed { reason: CloseReason::PageGone, .. }));
}

/// The records of a recorded Greenhouse snapshot by id, and what its adapter makes of them.
fn recorded(board: &str, text: &str) -> BTreeMap<u64, (Value, Posting)> {
    let doc: Value = serde_json::from_str(text).unwrap();
    let board = Board::new("greenhouse", board);
    let source = source("greenhouse").unwrap();
    let page = (source.parse)(&board, &(source.start)(&board)[0], text.as_bytes()).unwrap();
    assert!(page.rejected.is_empty());
    let mut postings: BTreeMap<String, Posting> =
        page.postings.into_iter().map(|posting| (posting.key.native_id.clone(), posting)).collect();
    let jobs = doc["jobs"].as_array().unwrap().iter();
    jobs.map(|job| {
        let id = job["id"].as_u64().unwrap();
        (id, (job.clone(), postings.remove(&id.to_string()).unwrap()))
    })
    .collect()
}

/// What counts as a change, by definition: the content hash (title, visible text, locations, pay
/// whatever their markup and order) or a fact beside it.
type Content = (String, Value);

fn content(posting: &Posting) -> Content {
    let Posting { company, url, posted, language, truncated, facts, .. } = posting;
    (posting.content_hash(), json!([company, url, posted, language, truncated, facts]))
}

/// Fields in which two records differ.
fn fields_that_differ<'v>(old: &'v Value, new: &'v Value) -> Vec<&'v str> {
    let (old, new) = (old.as_object().unwrap(), new.as_object().unwrap());
    let names: BTreeSet<&str> = old.keys().chain(new.keys()).map(String::as_str).collect();
    // White space is none of the content.
    let words = |value: Option<&Value>| -> Option<String> {
        let text = value?.get("name").or(value)?.as_str()?;
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let same = |name: &&str| {
        let (old, new) = (old.get(*name), new.get(*name));
        old == new || words(old).is_some_and(|old| Some(old) == words(new))
    };
    names.into_iter().filter(|name| !same(name)).collect()
}

/// The one file of the timeline that Greenhouse never sent: whoever recorded it kept five fields of
/// each job under names of their own (`url` for `absolute_url`, a bare `location`).
const DIGEST: &str = "affirm_2025-10-26";

#[test]
fn a_list_in_a_shape_that_the_portal_does_not_send_is_drift_and_changes_nothing() {
    let Some(folder) = shared("data/payloads/greenhouse_timeline") else { return };
    let read = |name: &str| std::fs::read_to_string(folder.join(name).with_extension("json")).unwrap();
    let (good, digest) = (read("affirm_2025-11-29"), read(DIGEST));
    let body = Arc::new(Mutex::new(good.clone()));
    let served = Arc::clone(&body);
    let server = site(move |_| Reply::ok(served.lock().unwrap().clone()));
    let (_home, mut corpus) = corpus();
    let options = options(&server, &["greenhouse:affirm"]);
    assert!(run(&mut corpus, &options).is_complete());
    let before = corpus.snapshot_id().unwrap();
    *body.lock().unwrap() = digest;
    let summary = run(&mut corpus, &options);
    let outcome = &summary.boards[0].outcome;
    assert!(outcome.contains("unknown shape: 165 of 165 records are unreadable"), "{outcome}");
    assert!(outcome.contains("no `absolute_url`"), "{outcome}");
    assert_eq!(corpus.snapshot_id().unwrap(), before, "nothing is closed, nothing is changed");
    *body.lock().unwrap() = good;
    assert!(run(&mut corpus, &options).is_complete());
    assert_eq!(corpus.snapshot_id().unwrap(), before);
}

#[test]
fn the_recorded_timeline_opens_changes_and_closes_exactly_as_a_diff_says() {
    let Some(folder) = shared("data/payloads/greenhouse_timeline") else { return };
    let mut files: BTreeMap<String, Vec<std::path::PathBuf>> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name != DIGEST {
            files.entry(name.split('_').next().unwrap().to_owned()).or_default().push(path);
        }
    }
    assert_eq!(files.len(), 4);
    thread::scope(|scope| {
        for (board, paths) in files {
            scope.spawn(move || follow_timeline(&board, paths));
        }
    });
}

fn follow_timeline(board: &str, mut paths: Vec<std::path::PathBuf>) {
    paths.sort();
    let body = Arc::new(Mutex::new(String::new()));
    let served = Arc::clone(&body);
    let server = site(move |_| Reply::ok(served.lock().unwrap().clone()));
    let (_home, mut corpus) = corpus();
    let options = options(&server, &[&format!("greenhouse:{board}")]);
    let mut open: BTreeMap<u64, Value> = BTreeMap::new();
    // What is stored, of those that are closed as well.
    let mut stored: BTreeMap<u64, Content> = BTreeMap::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let next = recorded(board, &text);
        *body.lock().unwrap() = text;
        let summary = run(&mut corpus, &options);
        let (mut new, mut reopened, mut changed) = (0, 0, 0);
        for (id, (record, posting)) in &next {
            let known = stored.get(id);
            new += u64::from(known.is_none());
            reopened += u64::from(known.is_some() && !open.contains_key(id));
            let same = open.get(id).is_some_and(|old| old == record);
            let content = known.filter(|_| same).cloned().unwrap_or_else(|| content(posting));
            if let (Some(known), Some(old)) = (known, open.get(id)) {
                let is_change = *known != content;
                changed += u64::from(is_change);
                let fields = fields_that_differ(old, record);
                // An edit that is none by definition touches nothing that is kept.
                let silent = [
                    "updated_at",
                    "content",
                    "metadata",
                    "internal_job_id",
                    "application_deadline",
                    "education",
                    "employment",
                ];
                let all_silent = fields.iter().all(|field| silent.contains(field));
                assert!(is_change || all_silent, "{}: {id}: {fields:?}", path.display());
                assert!(!is_change || !fields.is_empty(), "{}: {id}", path.display());
            }
            stored.insert(*id, content);
        }
        let closed = open.keys().filter(|id| !next.contains_key(id)).count() as u64;
        let outcome = &summary.boards[0].outcome;
        let total = |number: fn(&fetch::BoardReport) -> u64| summary.total(number);
        let found = (total(|b| b.new), total(|b| b.changed), total(|b| b.reopened), total(|b| b.closed));
        assert_eq!(found, (new, changed, reopened, closed), "{}: {outcome}", path.display());
        open = next.into_iter().map(|(id, (record, _))| (id, record)).collect();
        let again = run(&mut corpus, &options);
        assert_eq!((again.boards[0].outcome.as_str(), again.total(|b| b.details)), ("unchanged", 0));
    }
}
