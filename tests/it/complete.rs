//! Lists that are hard to read whole: beyond a portal's window, in another region, very long,
//! changing while they are read. What is not proven complete says so and closes nothing.

use crate::fetch::{corpus, options, run, site};
use crate::server::{Hit, Reply};
use rungs::corpus::Corpus;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// Rows that the made-up tenant shows at most, whatever is asked for.
const WINDOW: usize = 2000;

/// Postings of the made-up tenant.
const ROWS: usize = 2300;

/// Values of a posting for each facet. Towns overlap: every tenth posting is in two.
fn values(n: usize, facet: &str) -> Vec<String> {
    match facet {
        "family" => vec![if n < 2250 { "craft" } else { "office" }.to_owned()],
        "time" => vec![if n.is_multiple_of(50) { "part" } else { "full" }.to_owned()],
        _ if n.is_multiple_of(10) => vec![format!("town{}", n % 7), format!("town{}", n % 7 + 1)],
        _ => vec![format!("town{}", n % 7)],
    }
}

/// A tenant that shows no more than its window: totals end there, and rows beyond repeat.
fn tenant(hit: &Hit, facets: &[&str]) -> Reply {
    let Some(at) = hit.path.find("/job/") else {
        let ask: Value = serde_json::from_str(&hit.body).unwrap();
        let applied = ask["appliedFacets"].as_object().unwrap();
        let wanted = |n: &usize| {
            applied.iter().all(|(facet, wanted)| {
                let wanted = wanted.as_array().unwrap();
                values(*n, facet).iter().any(|value| wanted.contains(&json!(value)))
            })
        };
        let rows: Vec<usize> = (0..ROWS).filter(wanted).collect();
        let offset = ask["offset"].as_u64().unwrap() as usize;
        let offset = if offset >= WINDOW { 0 } else { offset };
        let shown: Vec<Value> = rows.iter().skip(offset).take(20)
            .map(|n| json!({"title": format!("Potter {n}"), "externalPath": format!("/job/Bergen/Potter_R{n}")}))
            .collect();
        let facets: Vec<Value> = facets
            .iter()
            .map(|facet| {
                let mut counts = std::collections::BTreeMap::new();
                rows.iter()
                    .flat_map(|n| values(*n, facet))
                    .for_each(|value| *counts.entry(value).or_insert(0) += 1);
                let values: Vec<Value> =
                    counts.iter().map(|(id, count)| json!({"id": id, "count": count})).collect();
                json!({"facetParameter": facet, "values": values})
            })
            .collect();
        return Reply::ok(
            json!({"total": rows.len().min(WINDOW), "jobPostings": shown, "facets": facets}).to_string(),
        );
    };
    let id = hit.path[at..].rsplit('_').next().unwrap();
    Reply::ok(
        json!({"jobPostingInfo": {"title": "Potter", "jobReqId": id, "jobDescription": "<p>Clay.</p>"}})
            .to_string(),
    )
}

#[test]
fn a_tenant_beyond_its_window_is_read_in_parts_and_proven_whole() {
    let server = site(|hit| tenant(hit, &["family", "time", "town"]));
    let (_folder, mut corpus) = corpus();
    let options = options(&server, &["workday:acme.wd5/Jobs"]);
    let summary = run(&mut corpus, &options);
    let board = &summary.boards[0];
    assert_eq!((board.outcome.as_str(), board.complete), ("complete", true));
    assert_eq!((board.found, board.new), (ROWS as u64, ROWS as u64), "each posting counts once");
    server.forget();
    let again = run(&mut corpus, &options);
    assert!(again.boards[0].complete, "{:?}", again.boards[0]);
    assert_eq!((again.total(|b| b.details), again.total(|b| b.found)), (0, ROWS as u64));
}

#[test]
fn a_tenant_that_nothing_divides_stays_partial_and_says_why() {
    for (facets, outcome) in [
        (&[][..], "window of this portal"),
        (&["family"][..], "window of this portal"),
        (&["family", "time"][..], "no facet divides"),
    ] {
        let server = site(move |hit| tenant(hit, facets));
        let (_folder, mut corpus) = corpus();
        let mut options = options(&server, &["workday:acme.wd5/Jobs"]);
        options.budget = Some(400);
        options.filter = Some(Arc::new(|_| false));
        let summary = run(&mut corpus, &options);
        let board = &summary.boards[0];
        assert!(!board.complete && board.outcome.contains(outcome), "{facets:?}: {}", board.outcome);
    }
}

#[test]
fn a_site_that_the_portal_does_not_know_is_asked_for_in_europe() {
    let row = json!([{"id": "l", "text": "Clerk", "categories": {}, "descriptionPlain": "File"}]).to_string();
    // A mirror stands for both regions, so the second question of the same path is Europe's.
    let server = site(move |hit| match hit.before {
        0 => Reply::new(404, "{\"ok\":false,\"error\":\"Document not found\"}"),
        _ => Reply::ok(row.clone()),
    });
    let (_folder, mut corpus) = corpus();
    let summary = run(&mut corpus, &options(&server, &["lever:acme"]));
    assert_eq!((summary.boards[0].outcome.as_str(), summary.boards[0].new), ("complete", 1));
    assert_eq!(server.count("/v0/postings/acme"), 2);

    let server = site(|_| Reply::new(404, ""));
    let summary = run(&mut corpus, &options(&server, &["lever:nobody"]));
    assert!(summary.boards[0].outcome.contains("no such board"), "{:?}", summary.boards[0]);
    assert_eq!(server.count("/v0/postings/nobody"), 2);
    let summary = run(&mut corpus, &options(&server, &["lever:acme@eu"]));
    assert_eq!(server.count("/v0/postings/acme"), 1, "its region is known: {:?}", summary.boards[0]);
}

#[test]
fn later_pages_of_a_european_site_are_asked_for_in_europe() {
    // What is closed at the global host is open at the European one: were the second page asked
    // for there, it would not be found.
    let server = site(|hit| {
        let skip: u64 = hit.path.split("skip=").nth(1).unwrap().split('&').next().unwrap().parse().unwrap();
        if skip == 0 && hit.before == 0 {
            return Reply::new(404, "{\"ok\":false,\"error\":\"Document not found\"}");
        }
        let rows = (skip..230.min(skip + 100)).map(
            |n| json!({"id": n.to_string(), "text": "Clerk", "categories": {}, "descriptionPlain": "File"}),
        );
        Reply::ok(json!(rows.collect::<Vec<_>>()).to_string())
    });
    let (folder, mut corpus) = corpus();
    let mut options = options(&server, &["lever:acme"]);
    options.budget = Some(3);
    run(&mut corpus, &options);
    let queue = rusqlite::Connection::open(folder.path().join("corpus.sqlite")).unwrap();
    let asked: Vec<String> = queue
        .prepare("SELECT json_extract(request, '$.url') FROM queue ORDER BY id")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let page = |host: &str, skip| format!("https://{host}/v0/postings/acme?mode=json&skip={skip}&limit=100");
    assert_eq!(
        asked,
        [page("api.lever.co", 0), page("api.eu.lever.co", 0), page("api.eu.lever.co", 100)],
        "robots.txt and two pages are within the budget"
    );
    options.budget = None;
    let summary = run(&mut corpus, &options);
    assert_eq!((summary.boards[0].outcome.as_str(), open(&corpus)), ("complete", 230));
    assert_eq!(server.count("/v0/postings/acme"), 4);
}

/// An Ashby board of so many postings, 20 kB each.
fn large(name: &str, jobs: usize) -> String {
    let body = "<p>You throw, glaze and fire.</p>".repeat(600);
    let job = |n| {
        json!({"id": format!("{name}{n}"), "title": "Potter", "isListed": true, "descriptionHtml": body,
            "jobUrl": format!("https://jobs.ashbyhq.com/{name}/{n}")})
    };
    json!({"jobs": (0..jobs).map(job).collect::<Vec<_>>()}).to_string()
}

#[test]
fn boards_of_many_megabytes_are_read_whole_and_few_at_a_time() {
    let bodies: Vec<String> = (0..4).map(|n| large(&format!("b{n}"), 150)).collect();
    assert!(bodies[0].len() > 2 << 20, "above what counts as large");
    let whole = large("whole", 500);
    assert!(whole.len() > 8 << 20);
    let server = site(move |hit| match hit.path.split(['/', '?']).nth(3).unwrap() {
        "whole" => Reply::ok(whole.clone()),
        name => Reply::ok(bodies[name[1..].parse::<usize>().unwrap()].clone()),
    });
    let (_folder, mut corpus) = corpus();
    let boards = ["ashby:b0", "ashby:b1", "ashby:b2", "ashby:b3", "ashby:whole"];
    let summary = run(&mut corpus, &options(&server, &boards));
    assert!(summary.is_complete(), "{:?}", summary.boards);
    assert_eq!(summary.total(|b| b.new), 4 * 150 + 500);
}

/// A list in pages of 20 whose total is told anew on each.
fn himalayas(hit: &Hit, total: u64, rows: u64) -> Reply {
    let offset: u64 = hit.path.rsplit("offset=").next().unwrap().parse().unwrap();
    let jobs: Vec<Value> = (offset..rows.min(offset + 20))
        .map(|n| json!({"guid": format!("https://himalayas.app/{n}"), "title": "Clerk", "companyName": "Acme", "description": "x"}))
        .collect();
    Reply::ok(json!({"totalCount": total, "jobs": jobs}).to_string())
}

fn open(corpus: &Corpus) -> u64 {
    corpus.stats().unwrap().open
}

#[test]
fn totals_that_shrink_grow_or_lie_close_nothing() {
    let (total, rows) = (Arc::new(AtomicU64::new(60)), Arc::new(AtomicU64::new(60)));
    let drifts = Arc::new(AtomicBool::new(false));
    let (told, had, moving) = (Arc::clone(&total), Arc::clone(&rows), Arc::clone(&drifts));
    let server = site(move |hit| {
        let later = u64::from(!hit.path.ends_with("offset=0") && moving.load(Ordering::SeqCst));
        himalayas(hit, told.load(Ordering::SeqCst) + later * 5, had.load(Ordering::SeqCst))
    });
    let (_folder, mut corpus) = corpus();
    let options = options(&server, &["himalayas:all"]);
    assert!(run(&mut corpus, &options).is_complete());
    for (name, said, shown, moves) in
        [("rows are missing", 60, 45, false), ("the total grows while it is read", 60, 60, true)]
    {
        total.store(said, Ordering::SeqCst);
        rows.store(shown, Ordering::SeqCst);
        drifts.store(moves, Ordering::SeqCst);
        let summary = run(&mut corpus, &options);
        assert!(!summary.boards[0].complete, "{name}: {:?}", summary.boards[0]);
        assert_eq!(open(&corpus), 60, "{name}");
    }
}

#[test]
fn records_that_cannot_be_read_are_no_closed_postings() {
    let bad = Arc::new(AtomicUsize::new(0));
    let served = Arc::clone(&bad);
    let server = site(move |_| {
        let bad = served.load(Ordering::SeqCst);
        let positions: String = (0..10)
            .map(|n| match n < bad {
                true => format!("<position><id/><name>Cook {n}</name></position>"),
                false => format!("<position><id>{n}</id><name>Cook {n}</name></position>"),
            })
            .collect();
        Reply::ok(format!("<workzag-jobs>{positions}</workzag-jobs>"))
    });
    let (_folder, mut corpus) = corpus();
    let options = options(&server, &["personio:acme"]);
    assert!(run(&mut corpus, &options).is_complete());
    bad.store(1, Ordering::SeqCst);
    let summary = run(&mut corpus, &options);
    assert_eq!((summary.total(|b| b.rejected), summary.total(|b| b.closed), open(&corpus)), (1, 0, 10));
    bad.store(9, Ordering::SeqCst);
    let summary = run(&mut corpus, &options);
    assert!(summary.boards[0].outcome.contains("unknown shape"), "{:?}", summary.boards[0].outcome);
    assert_eq!(open(&corpus), 10);
    bad.store(0, Ordering::SeqCst);
    assert!(run(&mut corpus, &options).is_complete());
}
