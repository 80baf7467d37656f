//! Looks that were stopped in the middle and go on: what they store and close is what one that was
//! left in peace stores and closes.

use crate::fetch::{corpus, options, run, site};
use crate::server::{Hit, Reply, Server};
use crate::sites;
use rungs::corpus::{Corpus, Status};
use rungs::fetch::FetchOptions;
use serde_json::json;
use std::sync::{Arc, Mutex};

/// A page of a Lever site; rows without an id cannot be read.
fn lever(hit: &Hit, ids: &[Option<u64>]) -> Reply {
    let skip: usize = hit.path.split("skip=").nth(1).unwrap().split('&').next().unwrap().parse().unwrap();
    let row = |id: &Option<u64>| match id {
        Some(id) => json!({"id": id.to_string(), "text": "Cook", "categories": {}, "descriptionPlain": "x"}),
        None => json!({"text": "Cook", "categories": {}, "descriptionPlain": "x"}),
    };
    Reply::ok(json!(ids.iter().skip(skip).take(100).map(row).collect::<Vec<_>>()).to_string())
}

/// A Lever site whose rows can be replaced.
fn changing(ids: Vec<Option<u64>>) -> (Server, Arc<Mutex<Vec<Option<u64>>>>) {
    let ids = Arc::new(Mutex::new(ids));
    let served = Arc::clone(&ids);
    (site(move |hit| lever(hit, &served.lock().unwrap())), ids)
}

/// Looks at the board, one request a run.
fn in_pieces(corpus: &mut Corpus, options: &FetchOptions) -> u64 {
    let mut closed = 0;
    for _ in 0..99 {
        let piece = run(corpus, &FetchOptions { budget: Some(1), ..options.clone() });
        closed += piece.total(|b| b.closed);
        if piece.left == 0 {
            return closed;
        }
        assert!(piece.boards[0].outcome.contains("the budget is used up"), "{:?}", piece.boards);
    }
    panic!("it never ends");
}

fn status(corpus: &Corpus, id: u64) -> Status {
    let stored = corpus.changes_since(0, 9999).unwrap();
    stored.into_iter().find(|s| s.posting.key.native_id == id.to_string()).unwrap().status
}

#[test]
fn a_look_in_pieces_closes_what_a_whole_one_closes() {
    let all: Vec<Option<u64>> = (0..250).map(Some).collect();
    let (server, served) = changing(all.clone());
    let (_folder, mut corpus) = corpus();
    let options = options(&server, &["lever:acme"]);
    assert!(run(&mut corpus, &options).is_complete());

    // One posting is gone: the look is proven complete in its last piece, and closes it.
    served.lock().unwrap().retain(|id| *id != Some(7));
    assert_eq!(in_pieces(&mut corpus, &options), 1);
    assert!(!status(&corpus, 7).is_open());
    let board = corpus.board("lever", "acme").unwrap().unwrap();
    assert_eq!((board.outcome.as_deref(), board.cycle), (Some("complete"), None));

    // A row that the first piece could not read may be the one that seems to be gone, also to
    // the piece that ends the look.
    *served.lock().unwrap() = all.iter().map(|id| id.filter(|id| *id != 8)).collect();
    for look in 1..=3 {
        let closed = in_pieces(&mut corpus, &options);
        assert_eq!((closed, status(&corpus, 8).is_open()), (u64::from(look == 3), look < 3), "look {look}");
    }
    // Nothing of that is left for the look after.
    served.lock().unwrap().retain(|id| id.is_some_and(|id| id != 9));
    assert_eq!(in_pieces(&mut corpus, &options), 1);
}

#[test]
fn pages_that_could_not_be_read_are_remembered_by_the_look_that_goes_on() {
    let server = sites::site(|hit| match hit.path.as_str() {
        "/robots.txt" => Reply::new(404, ""),
        "/sitemap.xml" => Reply::ok(sites::urlset(0..3, &hit.headers["host"])),
        "/jobs/0" => Reply::new(400, ""),
        path => Reply::ok(sites::page(path)),
    });
    let (_folder, mut corpus) = corpus();
    let options = sites::options_for(&server);
    in_pieces(&mut corpus, &options);
    let board = corpus.boards().unwrap().remove(0);
    assert_eq!(board.outcome.as_deref(), Some("complete, 1 postings could not be read"));
    assert_eq!(sites::titles(&corpus), ["/jobs/1", "/jobs/2"]);
}

#[test]
fn requests_of_boards_that_a_run_leaves_out_wait_for_one_that_does_not() {
    let all: Vec<Option<u64>> = (0..150).map(Some).collect();
    let (server, _) = changing(all);
    let (_folder, mut corpus) = corpus();
    let both = options(&server, &["lever:acme", "lever:globex"]);
    let one = options(&server, &["lever:acme"]);
    let piece = run(&mut corpus, &FetchOptions { budget: Some(3), ..both.clone() });
    assert_eq!(piece.left, 2, "a page of each: {piece:?}");
    server.forget();
    assert!(run(&mut corpus, &one).is_complete());
    assert_eq!((server.count("/v0/postings/acme"), server.count("/v0/postings/globex")), (1, 0));
    let waiting = corpus.waiting_boards().unwrap();
    assert_eq!(waiting, [("lever".to_owned(), "globex".to_owned(), 1)]);
    server.forget();
    let summary = run(&mut corpus, &FetchOptions { due: true, boards: Vec::new(), ..both });
    assert!(summary.is_complete(), "{summary:?}");
    assert_eq!((server.count("/v0/postings/acme"), server.count("/v0/postings/globex")), (0, 1));
}
