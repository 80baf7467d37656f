//! Importing files: what is read, what is reported, and that nothing is lost or doubled.

use crate::shared;
use rungs::corpus::Corpus;
use rungs::import::{self, Event, LINE_CAP, Rejection, Summary};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

struct Imported {
    summary: Summary,
    rejections: Vec<Rejection>,
}

fn import(corpus: &mut Corpus, paths: &[PathBuf]) -> Imported {
    let mut rejections = Vec::new();
    let summary = import::run(corpus, paths, &AtomicBool::new(false), &mut |event| {
        if let Event::Rejected(rejection) = event {
            rejections.push(rejection.clone());
        }
    })
    .unwrap();
    Imported { summary, rejections }
}

fn fresh(folder: &Path) -> Corpus {
    Corpus::open(&folder.join("corpus.sqlite")).unwrap()
}

fn line(id: u32) -> String {
    format!(r#"{{"id":"test:{id}","title":"Cook","company":"Acme","html":false,"description":"Cook {id}"}}"#)
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn every_packing_and_charset_gives_the_same_postings() {
    let text = format!("{}\n{}\n", line(1), line(2).replace("Cook 2", "Köche für Köln"));
    let mut tarball = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mtime(1_700_000_000);
    tarball.append_data(&mut header, "inner/jobs.jsonl", text.as_bytes()).unwrap();
    let tarball = tarball.into_inner().unwrap();
    let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin1: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let array = format!("[{}]", text.trim().replace('\n', ","));
    let mut ids = Vec::new();
    for (name, bytes) in [
        ("plain.jsonl", text.clone().into_bytes()),
        ("no-extension", text.clone().into_bytes()),
        ("packed.gz", gz(text.as_bytes())),
        ("packed.zst", zstd::encode_all(text.as_bytes(), 1).unwrap()),
        ("packed.tar.zst", zstd::encode_all(tarball.as_slice(), 1).unwrap()),
        ("packed.tar.gz", gz(&tarball)),
        ("marked", format!("\u{feff}{text}").into_bytes()),
        ("marked.jsonl", format!("\u{feff}{text}").into_bytes()),
        ("marked.ndjson.gz", gz(format!("\u{feff}{text}").as_bytes())),
        ("marked-latin1.jsonl", [b"\xef\xbb\xbf".as_slice(), &latin1].concat()),
        ("blank.jsonl", format!("\n{}\r\n \r\n\n", text.replace('\n', "\r\n\n")).into_bytes()),
        ("wide", utf16),
        ("latin1.json", latin1),
        ("array.json", array.into_bytes()),
        ("joined", text.replace('\n', "").into_bytes()),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), bytes).unwrap();
        let home = tempfile::tempdir().unwrap();
        let mut corpus = fresh(home.path());
        let done = import(&mut corpus, &[folder.path().to_owned()]);
        assert_eq!((done.summary.new, done.rejections.len()), (2, 0), "{name}: {:?}", done.rejections);
        ids.push((corpus.snapshot_id().unwrap(), name));
    }
    assert!(ids.iter().all(|(id, _)| *id == ids[0].0), "{ids:?}");
}

#[test]
fn one_bad_record_costs_itself_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    let text = [&line(1), "{\"id\": broken", "", "{\"hello\":1}", &line(2), "[]", "7"].join("\n");
    fs::write(&path, text).unwrap();
    let home = tempfile::tempdir().unwrap();
    let done = import(&mut fresh(home.path()), &[path]);
    assert_eq!(done.summary.new, 2);
    let places: Vec<&str> =
        done.rejections.iter().map(|r| r.place.rsplit("a.jsonl: ").next().unwrap()).collect();
    assert_eq!(places, ["line 2", "line 4", "line 7"]);
    assert!(done.rejections[0].reason.contains("no valid JSON"));
}

#[test]
fn what_holds_no_postings_is_said_not_stored() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("binary", b"\x7fELF\0\0\0\x01".as_slice()),
        ("empty", b""),
        ("foreign.json", br#"{"questions":[{"label":"why"}]}"#),
        ("readme.md", b"# Read me"),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    fs::write(folder.path().join("board.json"), br#"{"jobs":[],"apiVersion":"1"}"#).unwrap();
    let home = tempfile::tempdir().unwrap();
    let done = import(&mut fresh(home.path()), &[folder.path().to_owned()]);
    assert_eq!((done.summary.skipped, done.summary.rejected, done.summary.records()), (4, 0, 0));
    assert_eq!(done.summary.files, 5);
}

#[test]
fn a_line_beyond_the_cap_is_reported_and_the_next_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let giant = format!(r#"{{"id":"test:9","html":false,"description":"{}"}}"#, "x".repeat(LINE_CAP + 10));
    fs::write(folder.path().join("a.jsonl"), format!("{}\n{giant}\n{}\n", line(1), line(2))).unwrap();
    let home = tempfile::tempdir().unwrap();
    let done = import(&mut fresh(home.path()), &[folder.path().to_owned()]);
    assert_eq!(done.summary.new, 2);
    assert_eq!(done.rejections.len(), 1);
    assert!(done.rejections[0].place.ends_with("a.jsonl: line 2"), "{:?}", done.rejections);
}

#[test]
fn a_cut_off_archive_keeps_what_came_before_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let text: String = (0..50_000).map(|id| line(id) + "\n").collect();
    let packed = zstd::encode_all(text.as_bytes(), 1).unwrap();
    fs::write(folder.path().join("a.jsonl.zst"), &packed[..packed.len() / 2]).unwrap();
    let home = tempfile::tempdir().unwrap();
    let done = import(&mut fresh(home.path()), &[folder.path().to_owned()]);
    assert!(done.summary.new > 1000, "{:?}", done.summary);
    assert_eq!(done.rejections.len(), 1, "{:?}", done.rejections);
    assert!(done.rejections[0].reason.starts_with("cannot read"));
}

#[test]
fn a_path_that_is_not_there_is_an_error_before_anything_is_stored() {
    let home = tempfile::tempdir().unwrap();
    let paths = [home.path().join("no/such/file")];
    let error = import::run(&mut fresh(home.path()), &paths, &AtomicBool::new(false), &mut |_| {});
    assert!(error.unwrap_err().to_string().contains("no/such/file"));
}

#[test]
fn the_recorded_payloads_are_stored_or_reported_and_the_second_time_nothing_changes() {
    let Some(payloads) = shared("data/payloads") else { return };
    let home = tempfile::tempdir().unwrap();
    let mut corpus = fresh(home.path());
    let boards = [payloads.join("ashby_boards.tar.zst"), payloads.join("greenhouse_timeline")];
    let first = import(&mut corpus, &boards);
    assert_eq!(first.summary.sources["ashby"], 9396, "{:?}", first.summary);
    assert!(first.rejections.iter().all(|r| r.place.contains("affirm_2025-10-26")), "{:?}", first.rejections);
    let before = (corpus.snapshot_id().unwrap(), corpus.stats().unwrap().seq);
    let second = import(&mut corpus, &boards).summary;
    assert_eq!((second.new, second.changed, second.unchanged), (0, 0, first.summary.records()));
    assert_eq!((corpus.snapshot_id().unwrap(), corpus.stats().unwrap().seq), before);
    corpus
        .for_each(0, |row| {
            let text = &row.posting.description;
            assert_eq!(rungs::fetch::sources::mask_emails(text), *text, "{}", row.posting.key);
            Ok::<_, rungs::corpus::CorpusError>(())
        })
        .unwrap();
}

#[test]
fn a_giant_first_record_costs_no_other() {
    let padded = |id: u32, size: usize| line(id).replace(&format!("Cook {id}"), &"x ".repeat(size / 2));
    let mib = 1 << 20;
    for (first, total, stored, lost) in [(2 * mib, 3, 3, 0), (17 * mib, 3, 2, 1)] {
        let mut text = padded(0, first);
        for id in 1..total {
            text.push('\n');
            text.push_str(&line(id));
        }
        let folder = tempfile::tempdir().unwrap();
        // A name that does not say what the file is.
        let path = folder.path().join("export.json");
        fs::write(&path, text).unwrap();
        let done = import(&mut fresh(folder.path()), &[path]);
        assert_eq!(
            (done.summary.new, done.rejections.len()),
            (stored, lost),
            "{first}: {:?}",
            done.rejections
        );
    }
}

#[test]
fn a_title_and_a_text_make_a_posting_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let lines = write(
        "jobs.ndjson",
        b"{\"title\":\"Cook\",\"description\":\"Cooks\"}\n{\"company\":\"Acme\"}\n{\"title\":\"Chef\",\"text\":\"Leads\",\"location\":\"Leeds\"}\n",
    );
    let array = write(
        "jobs.json",
        br#"[{"title":"Cook","description":"Cooks"},{"title":"Chef","text":"Leads","location":"Leeds"}]"#,
    );
    let table = write(
        "jobs.csv",
        b"Title,Company,Description,City\nCook,,Cooks,\nChef,,\"Leads\",Leeds\nNobody,,,\n",
    );
    let latin = write("latin.csv", b"title;description\nK\xf6chin;kocht in K\xf6ln\n");
    let page = write("careers.html", b"<!doctype html><html><body><div id=root></div></body></html>");
    let other = write("other.txt", b"just words, no table");
    let expected: [(PathBuf, u64, &[&str]); 6] = [
        (lines, 2, &["line 2: no `title`"]),
        (array, 2, &[]),
        (table, 2, &["row 4: no `description`"]),
        (latin, 1, &[]),
        (page, 0, &["does not mark its jobs"]),
        (other, 0, &["CSV table"]),
    ];
    let mut keys = Vec::new();
    for (path, stored, reasons) in expected {
        let home = tempfile::tempdir().unwrap();
        let mut corpus = fresh(home.path());
        let done = import(&mut corpus, std::slice::from_ref(&path));
        let told: Vec<String> =
            done.rejections.iter().map(|r| format!("{}: {}", r.place, r.reason)).collect();
        assert_eq!(done.summary.new, stored, "{}: {told:?}", path.display());
        assert_eq!(told.len(), reasons.len(), "{told:?}");
        for (told, reason) in told.iter().zip(reasons) {
            assert!(told.contains(reason), "{told}");
        }
        // Twice changes nothing, though no record has an id.
        assert_eq!(import(&mut corpus, &[path]).summary.new, 0);
        keys.push(corpus.snapshot_id().unwrap());
    }
    assert_eq!(keys[0], keys[1]);
}
