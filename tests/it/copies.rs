//! One posting on several boards: every copy is stored, and all together count once.

use crate::fetch::{corpus, greenhouse, options, run, site};
use crate::server::{Reply, Server};
use crate::sites::{options_for, page};
use rungs::corpus::Corpus;
use rungs::fetch::FetchOptions;
use rungs::fetch::sources::Board;
use rungs::index::PostingIndex;
use rungs::query::search::{Search, search};
use rungs::taxonomy::Taxonomy;
use serde_json::json;
use std::sync::{Arc, Mutex};

/// Keys of the postings that an index counts, each with its copies, by what a search says.
fn counted(corpus: &Corpus, index: &mut PostingIndex) -> Vec<(String, Vec<String>)> {
    index.update(corpus, |_| {}).unwrap();
    let all = Search { limit: 50, all: true, ..Search::default() };
    let found = search(index, corpus, Taxonomy::builtin(), &all).unwrap();
    assert_eq!((found.total, index.len()), (found.postings.len() as u64, found.total));
    let mut keys: Vec<_> = found.postings.into_iter().map(|found| (found.key, found.copies)).collect();
    keys.sort();
    keys
}

/// A career site whose page shows the board's posting 1, and one of its own.
fn career_site() -> Server {
    crate::sites::site(|hit| match hit.path.as_str() {
        "/robots.txt" => Reply::new(404, ""),
        "/sitemap.xml" => Reply::ok(
            "<urlset><url><loc>http://{host}/careers/cook?gh_jid=1</loc><lastmod>2026-01-02</lastmod></url>\
             <url><loc>http://{host}/careers/own</loc><lastmod>2026-01-02</lastmod></url></urlset>",
        ),
        path if path.contains("gh_jid") => Reply::ok(page("Cook at Acme")),
        _ => Reply::ok(page("Cook 2")),
    })
}

fn feed_of(server: &Server) -> Board {
    Board::new("feed", format!("http~127.0.0.1~{}/jobs.rss", server.address.port()))
}

#[test]
fn copies_of_one_posting_are_stored_each_and_count_once() {
    let ids = Arc::new(Mutex::new(vec![1, 2]));
    let served = Arc::clone(&ids);
    let board = site(move |_| Reply::ok(greenhouse(&served.lock().unwrap())));
    let pages = career_site();
    let feed = site(|_| {
        Reply::ok(
            "<rss><channel><item><guid>f1</guid><title>Acme: Cook</title>\
             <link>https://boards.greenhouse.io/acme/jobs/1?gh_src=feed</link>\
             <description>We cook for other people.</description></item></channel></rss>",
        )
    });
    let from_board = options(&board, &["greenhouse:acme"]);
    let from_site = options_for(&pages);
    let from_feed = FetchOptions { boards: vec![feed_of(&feed)], ..options(&feed, &[]) };
    let own = || ("greenhouse:acme:1".to_owned(), 2);
    let short = |found: Vec<(String, Vec<String>)>| -> Vec<(String, usize)> {
        let host = format!("127.0.0.1:{}", pages.address.port());
        let name = |key: String| key.rsplit_once(&host).map_or(key.clone(), |(_, path)| path.to_owned());
        found.into_iter().map(|(key, copies)| (name(key), copies.len())).collect()
    };
    // Whatever comes first.
    for order in [[&from_board, &from_site, &from_feed], [&from_feed, &from_site, &from_board]] {
        *ids.lock().unwrap() = vec![1, 2];
        let (_folder, mut corpus) = corpus();
        let folder = tempfile::tempdir().unwrap();
        let mut index = PostingIndex::create(folder.path()).unwrap();
        for options in order {
            assert!(run(&mut corpus, options).is_complete());
            counted(&corpus, &mut index);
        }
        assert_eq!(corpus.stats().unwrap().open, 5, "every copy is stored");
        let plain = |key: &str| (key.to_owned(), 0);
        let all = [own(), plain("greenhouse:acme:2"), plain("/careers/own")];
        let found = short(counted(&corpus, &mut index));
        assert!(found.len() == 3 && all.iter().all(|one| found.contains(one)), "{found:?}");

        // Of copies an open one counts.
        *ids.lock().unwrap() = vec![2];
        assert_eq!(run(&mut corpus, &from_board).total(|b| b.closed), 1);
        let found = short(counted(&corpus, &mut index));
        assert!(found.len() == 3 && !found.contains(&own()), "{found:?}");
        let other = found.iter().find(|(_, copies)| *copies == 2).unwrap();
        assert!(other.0.starts_with("feed:"), "{found:?}");
        *ids.lock().unwrap() = vec![1, 2];
        assert_eq!(run(&mut corpus, &from_board).total(|b| b.reopened), 1);
        assert!(short(counted(&corpus, &mut index)).contains(&own()));
    }
}

#[test]
fn one_page_on_two_boards_counts_once_and_other_titles_do_not_hide() {
    let server = career_site();
    let (_folder, mut corpus) = corpus();
    let folder = tempfile::tempdir().unwrap();
    let mut index = PostingIndex::create(folder.path()).unwrap();
    let mut options = options_for(&server);
    let below = format!("{}/careers", options.boards[0].token);
    options.boards.push(Board::new("site", below));
    assert!(run(&mut corpus, &options).is_complete());
    assert_eq!(corpus.stats().unwrap().open, 4);
    let found = counted(&corpus, &mut index);
    assert_eq!(found.iter().map(|(_, copies)| copies.len()).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn rows_of_one_requisition_are_one_posting() {
    // Copies of one requisition beside each other, and across pages of 20.
    let paths: Vec<String> = (0..30)
        .map(|n| match n {
            1 => "/job/Oslo/Cook_R0-1".to_owned(),
            25 => "/job/Bergen/Cook_R3-2".to_owned(),
            n => format!("/job/Oslo/Cook_R{n}"),
        })
        .collect();
    let server = site(move |hit| match hit.path.find("/job/") {
        None => {
            let ask: serde_json::Value = serde_json::from_str(&hit.body).unwrap();
            let at = ask["offset"].as_u64().unwrap() as usize;
            let rows: Vec<_> = paths[at..30.min(at + 20)]
                .iter()
                .map(|path| json!({"title": "Cook", "externalPath": path, "locationsText": path.split('/').nth(2)}))
                .collect();
            Reply::ok(json!({"total": 30, "jobPostings": rows}).to_string())
        }
        Some(at) => {
            let (place, id) = hit.path[at + 5..].split_once("/Cook_").unwrap();
            let id = id.split('-').next().unwrap();
            Reply::ok(
                json!({"jobPostingInfo": {"title": "Cook", "jobReqId": id, "location": place,
                    "jobDescription": "<p>You cook.</p>"}})
                .to_string(),
            )
        }
    });
    let (_folder, mut corpus) = corpus();
    let options = options(&server, &["workday:acme.wd5/Jobs"]);
    let first = run(&mut corpus, &options);
    assert_eq!((first.total(|b| b.new), first.total(|b| b.details)), (28, 28), "{first:?}");
    assert!(first.is_complete(), "{first:?}");
    let before = corpus.snapshot_id().unwrap();
    for look in 2..4 {
        let again = run(&mut corpus, &options);
        let counts = (again.total(|b| b.details), again.total(|b| b.changed), again.is_complete());
        assert_eq!(counts, (0, 0, true), "look {look}");
    }
    assert_eq!(corpus.snapshot_id().unwrap(), before);
}

#[test]
fn recorded_copies_of_recorded_boards_count_once() {
    let Some(folder) = crate::shared("data/payloads") else { return };
    let home = tempfile::tempdir().unwrap();
    let path = |what: &str| folder.join(what).to_string_lossy().into_owned();
    // The feed names the boards' own addresses; it is read first.
    for what in ["rss_generic/open-jobs-data_new-jobs.xml", "greenhouse", "greenhouse_boards_list"] {
        crate::rungs(&["--home", &home.path().to_string_lossy(), "import", "-q", &path(what)], "");
    }
    let corpus = Corpus::open_read_only(&home.path().join("data/corpus/rungs.sqlite")).unwrap();
    let (mut copies, mut same, mut all) = (0, 0, 0);
    for stored in corpus.changes_since(0, 100_000).unwrap() {
        all += 1;
        let Some(own) = &stored.copy_of else { continue };
        copies += 1;
        let original = corpus.get(own).unwrap().unwrap();
        assert_eq!(original.copy_of, None, "{own}");
        assert_eq!(stored.posting.canonical(), original.posting.canonical(), "{own}");
        let id = &own.native_id;
        assert!(own.source == "greenhouse" && stored.posting.url.unwrap().contains(id), "{own}");
        same += usize::from(stored.posting.title.contains(&original.posting.title));
    }
    assert!(copies > 40 && all > 1000, "{copies} copies among {all}");
    // Recorded on other days: one was renamed between.
    assert!(same * 10 > copies * 9, "{same} of {copies} have one title");
}
