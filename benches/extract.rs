//! Extraction over real postings where the shared data is there, else over the bundled sample.
//!
//! `cargo bench --bench extract`

#![allow(clippy::print_stderr)]
#![allow(missing_docs)]

use divan::counter::{BytesCount, ItemsCount};
use rungs::extract::batch::run_on;
use rungs::extract::{Input, Scratch, extract};
use rungs::posting::Markup;
use rungs::taxonomy::Taxonomy;
use rungs::text::Document;
use rungs::text::tokens::tokenize;
use std::path::PathBuf;
use std::sync::OnceLock;

fn main() {
    divan::main();
}

/// NDJSON of the benchmark.
fn input() -> &'static [u8] {
    static INPUT: OnceLock<Vec<u8>> = OnceLock::new();
    INPUT.get_or_init(|| {
        let root = std::env::var_os("RUNGS_SHARED")
            .map(PathBuf::from)
            .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"));
        let path = root.join("data/postings/bench10k.jsonl.zst");
        match std::fs::File::open(&path).and_then(zstd::decode_all) {
            Ok(bytes) => bytes,
            Err(error) => {
                eprintln!("{}: {error}; using the bundled sample", path.display());
                include_str!("../tests/data/sample.ndjson").repeat(50).into_bytes()
            }
        }
    })
}

fn bodies() -> &'static [(String, Markup)] {
    static BODIES: OnceLock<Vec<(String, Markup)>> = OnceLock::new();
    BODIES.get_or_init(|| {
        let read = |line: &[u8]| {
            let value: serde_json::Value = serde_json::from_slice(line).ok()?;
            let html = value.get("html").and_then(serde_json::Value::as_bool) == Some(true);
            let body = value.get("description")?.as_str()?.to_owned();
            Some((body, if html { Markup::Html } else { Markup::Text }))
        };
        input().split(|b| *b == b'\n').filter_map(read).collect()
    })
}

#[divan::bench(args = [1, 2], sample_count = 5)]
fn ndjson_to_ndjson(bencher: divan::Bencher<'_, '_>, threads: usize) {
    let lines = input().split(|b| *b == b'\n').filter(|l| !l.is_empty()).count();
    bencher
        .counter(ItemsCount::new(lines))
        .counter(BytesCount::new(input().len()))
        .bench(|| run_on(threads, Taxonomy::builtin(), input(), &mut std::io::sink()).is_ok());
}

#[divan::bench(sample_count = 5)]
fn document(bencher: divan::Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(bodies().len())).bench_local(|| {
        let mut document = Document::default();
        bodies().iter().for_each(|(body, markup)| document.read(body, *markup));
    });
}

/// Tags, entities and text told apart, and nothing else: what reading HTML costs at least.
#[divan::bench(sample_count = 5)]
fn html_tokenise_only(bencher: divan::Bencher<'_, '_>) {
    let html: Vec<&str> = bodies()
        .iter()
        .filter(|(_, markup)| *markup == Markup::Html)
        .map(|(body, _)| body.as_str())
        .collect();
    let bytes: usize = html.iter().map(|body| body.len()).sum();
    bencher
        .counter(ItemsCount::new(html.len()))
        .counter(BytesCount::new(bytes))
        .bench_local(|| html.iter().map(|body| scan(body)).sum::<usize>());
}

/// How many bytes of `body` are text, tags left out and references counted as one.
fn scan(body: &str) -> usize {
    let bytes = body.as_bytes();
    let (mut at, mut shown) = (0, 0);
    while let Some(next) = memchr::memchr2(b'<', b'&', &bytes[at..]) {
        shown += next;
        at += next;
        // A reference is short; a tag may be as long as it likes.
        let (close, reach) =
            if bytes[at] == b'<' { (b'>', bytes.len()) } else { (b';', bytes.len().min(at + 12)) };
        let end = memchr::memchr(close, &bytes[at..reach]).map_or(1, |len| len + 1);
        shown += usize::from(close == b';');
        at += end;
    }
    shown + bytes.len() - at
}

/// Bodies that nobody means well with: 10 MB of one line, of open elements, of references, of one repeated claim.
const HOSTILE: [(&str, &str); 6] = [
    ("one line", "Python and Java with 5+ years of experience "),
    ("deep nesting", "<div><b>"),
    ("entities", "&amp;&#67;&nbsp;"),
    ("bullets", "- Bachelor's degree in\n"),
    ("sums", "$100,000 - "),
    ("escaped", "&amp;lt;p&amp;gt;"),
];
/// Bytes of a hostile body.
const HOSTILE_BYTES: usize = 10 << 20;

#[divan::bench(args = HOSTILE.map(|(name, _)| name), sample_count = 1, sample_size = 1)]
fn hostile(bencher: divan::Bencher<'_, '_>, name: &str) {
    let part = HOSTILE.iter().find(|(known, _)| *known == name).map_or("", |(_, part)| part);
    let description = part.repeat(HOSTILE_BYTES / part.len());
    let input =
        Input { title: "Engineer", description: &description, markup: Markup::Html, ..Input::default() };
    bencher
        .counter(BytesCount::new(description.len()))
        .bench_local(|| extract(Taxonomy::builtin(), &input, &mut Scratch::default()).skills.len());
}

#[divan::bench(sample_count = 5)]
fn tokenise_only(bencher: divan::Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(bodies().len())).bench_local(|| {
        let mut tokens = Vec::new();
        bodies().iter().for_each(|(body, _)| tokenize(body, &mut tokens));
    });
}
