use super::*;
use crate::posting::{Facts, Markup, Posting, PostingKey};
use jiff::Timestamp;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

fn posting(id: &str, text: &str) -> Posting {
    Posting {
        key: PostingKey { source: "ashby".into(), board: "acme".into(), native_id: id.into() },
        title: "Engineer".into(),
        company: Some("Acme".into()),
        locations: vec!["Berlin".into()],
        description: text.into(),
        markup: Markup::Html,
        url: None,
        posted: Some(jiff::civil::date(2026, 5, 4)),
        language: None,
        truncated: false,
        facts: Facts::default(),
    }
}

fn corpus() -> (tempfile::TempDir, Corpus) {
    let folder = tempfile::tempdir().unwrap();
    let corpus = Corpus::open(&folder.path().join("deep/er/c.sqlite")).unwrap();
    (folder, corpus)
}

fn store(corpus: &mut Corpus, posting: &Posting, seen: i64) -> Change {
    let mut batch = corpus.batch().unwrap();
    let change = batch.upsert(posting, at(seen)).unwrap();
    batch.commit().unwrap();
    change
}

fn close(corpus: &mut Corpus, id: &str, when: i64) -> bool {
    let mut batch = corpus.batch().unwrap();
    let closed = batch.close(&posting(id, "").key, at(when), CloseReason::Delisted).unwrap();
    batch.commit().unwrap();
    closed
}

#[test]
fn a_posting_goes_through_its_life_and_the_sequence_follows() {
    let (_folder, mut corpus) = corpus();
    let first = posting("1", "<p>Build</p>");
    assert_eq!(store(&mut corpus, &first, 0), Change::New);
    assert_eq!(store(&mut corpus, &first, 1), Change::Unchanged);
    assert_eq!(store(&mut corpus, &posting("1", "<p class=x>Build</p>"), 2), Change::Unchanged);
    let kept = corpus.get(&first.key).unwrap().unwrap();
    assert_eq!((kept.seq, kept.posting.description.as_str()), (1, "<p>Build</p>"));
    assert_eq!((kept.first_seen, kept.last_seen), (at(0), at(2)));

    assert_eq!(store(&mut corpus, &posting("1", "<p>Run</p>"), 3), Change::Changed);
    assert!(close(&mut corpus, "1", 4));
    assert!(!close(&mut corpus, "1", 5), "closing twice changes nothing");
    let closed = corpus.get(&first.key).unwrap().unwrap();
    assert_eq!(closed.status, Status::Closed { at: at(4), reason: CloseReason::Delisted });
    assert_eq!(closed.seq, 3);
    assert_eq!(store(&mut corpus, &posting("1", "<p>Run</p>"), 6), Change::Reopened);
    let open = corpus.get(&first.key).unwrap().unwrap();
    assert_eq!((open.status, open.reopened, open.seq), (Status::Open, 1, 4));
}

#[test]
fn a_changed_fact_is_a_change() {
    let (_folder, mut corpus) = corpus();
    let mut posting = posting("1", "x");
    store(&mut corpus, &posting, 0);
    posting.facts.level = Some("IC4".into());
    assert_eq!(store(&mut corpus, &posting, 1), Change::Changed);
    assert_eq!(corpus.get(&posting.key).unwrap().unwrap().posting.facts.level.as_deref(), Some("IC4"));
}

#[test]
fn older_records_change_nothing_and_order_makes_no_difference() {
    let (_folder, mut corpus) = corpus();
    store(&mut corpus, &posting("1", "new"), 10);
    assert_eq!(store(&mut corpus, &posting("1", "old"), 5), Change::Unchanged);
    close(&mut corpus, "1", 20);
    assert_eq!(store(&mut corpus, &posting("1", "new"), 15), Change::Unchanged);
    assert!(!corpus.get(&posting("1", "").key).unwrap().unwrap().status.is_open());

    let ids = [["a", "b"], ["b", "a"]].map(|order| {
        let (_folder, mut corpus) = self::corpus();
        order.iter().for_each(|text| {
            store(&mut corpus, &posting("1", text), 0);
        });
        corpus.snapshot_id().unwrap()
    });
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn a_listing_without_body_keeps_the_body() {
    let (_folder, mut corpus) = corpus();
    store(&mut corpus, &posting("1", "<p>Build</p>"), 0);
    let mut listing = posting("1", "");
    listing.truncated = true;
    assert_eq!(store(&mut corpus, &listing, 1), Change::Unchanged);
    listing.title = "Senior Engineer".into();
    assert_eq!(store(&mut corpus, &listing, 2), Change::Changed);
    let kept = corpus.get(&listing.key).unwrap().unwrap().posting;
    assert_eq!((kept.title.as_str(), kept.description.as_str()), ("Senior Engineer", "<p>Build</p>"));
    assert!(!kept.truncated);
}

#[test]
fn an_undone_batch_leaves_nothing() {
    let (_folder, mut corpus) = corpus();
    store(&mut corpus, &posting("1", "x"), 0);
    let before = corpus.snapshot_id().unwrap();
    let mut batch = corpus.batch().unwrap();
    batch.upsert(&posting("2", "y"), at(1)).unwrap();
    drop(batch);
    assert_eq!(corpus.snapshot_id().unwrap(), before);
    assert_eq!(corpus.stats().unwrap().open, 1);
}

#[test]
fn changes_since_gives_each_changed_row_once_in_order() {
    let (_folder, mut corpus) = corpus();
    for id in ["1", "2", "3"] {
        store(&mut corpus, &posting(id, "x"), 0);
    }
    store(&mut corpus, &posting("1", "y"), 1);
    close(&mut corpus, "2", 2);
    let ids = |after, limit| -> Vec<(u64, String)> {
        let rows = corpus.changes_since(after, limit).unwrap();
        rows.into_iter().map(|r| (r.seq, r.posting.key.native_id)).collect()
    };
    assert_eq!(ids(0, 9), [(3, "3".into()), (4, "1".into()), (5, "2".into())]);
    assert_eq!(ids(3, 1), [(4, "1".into())]);
    assert_eq!(ids(5, 9), []);
    let mut streamed = Vec::new();
    corpus
        .for_each(3, |row| {
            streamed.push(row.seq);
            Ok::<_, CorpusError>(())
        })
        .unwrap();
    assert_eq!(streamed, [4, 5]);
}

#[test]
fn a_complete_listing_closes_what_it_no_longer_holds() {
    let (_folder, mut corpus) = corpus();
    store(&mut corpus, &posting("1", "x"), 0);
    store(&mut corpus, &posting("2", "x"), 0);
    let mut batch = corpus.batch().unwrap();
    assert_eq!(batch.touch(&posting("1", "").key, at(11)).unwrap(), Some(Change::Unchanged));
    assert_eq!(batch.settle_listing("ashby", "acme", at(10), at(12), 2).unwrap(), 0);
    batch.commit().unwrap();
    let missing = corpus.get(&posting("2", "").key).unwrap().unwrap();
    assert_eq!(missing.status, Status::Missing { misses: 1 });
    let mut batch = corpus.batch().unwrap();
    assert_eq!(batch.settle_listing("ashby", "acme", at(10), at(12), 2).unwrap(), 1);
    batch.commit().unwrap();
    assert!(corpus.get(&posting("1", "").key).unwrap().unwrap().status.is_open());
    assert!(!corpus.get(&posting("2", "").key).unwrap().unwrap().status.is_open());
}

#[test]
fn the_snapshot_names_the_content_and_nothing_else() {
    let (_folder, mut one) = corpus();
    let (_folder, mut two) = corpus();
    assert_eq!(one.snapshot_id().unwrap(), two.snapshot_id().unwrap());
    for (id, seen) in [("1", 0), ("2", 1), ("3", 2)] {
        store(&mut one, &posting(id, "x"), seen);
    }
    for id in ["3", "1", "2"] {
        store(&mut two, &posting(id, "before"), 50);
        store(&mut two, &posting(id, "x"), 70);
    }
    assert_eq!(one.snapshot_id().unwrap(), two.snapshot_id().unwrap());
    close(&mut two, "1", 99);
    assert_ne!(one.snapshot_id().unwrap(), two.snapshot_id().unwrap());
    store(&mut two, &posting("1", "x"), 100);
    assert_eq!(one.snapshot_id().unwrap(), two.snapshot_id().unwrap());
    assert_eq!(two.running_fold(), two.recount());
}

#[test]
fn a_file_that_is_no_corpus_is_refused_with_advice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.sqlite");
    std::fs::write(&path, "this is not a database, it only looks as long as one".repeat(99)).unwrap();
    let message = Corpus::open(&path).unwrap_err().to_string();
    assert!(message.contains("damaged or not a corpus") && message.contains("c.sqlite"), "{message}");
    let absent = Corpus::open_read_only(&folder.path().join("none")).unwrap_err();
    assert!(matches!(absent, CorpusError::Absent(_)), "{absent}");
}

#[test]
fn a_newer_file_is_refused() {
    let (folder, corpus) = corpus();
    corpus.db.pragma_update(None, "user_version", 99).unwrap();
    drop(corpus);
    let path = folder.path().join("deep/er/c.sqlite");
    for message in [Corpus::open(&path).unwrap_err(), Corpus::open_read_only(&path).unwrap_err()] {
        assert!(message.to_string().contains("newer version (schema 99"), "{message}");
    }
}

#[test]
fn a_damaged_page_is_reported_not_crashed_on() {
    let (folder, mut corpus) = corpus();
    for id in 0..200 {
        store(&mut corpus, &posting(&id.to_string(), &"words ".repeat(400)), 0);
    }
    drop(corpus);
    let path = folder.path().join("deep/er/c.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle..].iter_mut().for_each(|byte| *byte = 0xa5);
    std::fs::write(&path, bytes).unwrap();
    let corpus = Corpus::open_read_only(&path).unwrap();
    assert!(corpus.for_each(0, |_| Ok::<_, CorpusError>(())).is_err());
}

#[test]
fn a_full_disk_keeps_what_was_committed() {
    let (_folder, mut corpus) = corpus();
    store(&mut corpus, &posting("1", "x"), 0);
    let pages: i64 = corpus.db.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    corpus.db.pragma_update(None, "max_page_count", pages).unwrap();
    let mut batch = corpus.batch().unwrap();
    let error = (0..10_000)
        .find_map(|id| batch.upsert(&posting(&id.to_string(), &format!("{id}")), at(1)).err())
        .unwrap();
    assert!(matches!(error, CorpusError::Full), "{error}");
    drop(batch);
    assert_eq!(corpus.stats().unwrap().open, 1);
}
