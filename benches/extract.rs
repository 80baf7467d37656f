//! Extraction over real postings where the shared data is there, else over the bundled sample.
//!
//! `cargo bench --bench extract`

#![allow(clippy::print_stderr)]
#![allow(missing_docs)]

use divan::counter::{BytesCount, ItemsCount};
use rungs::extract::batch::run_on;
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

#[divan::bench(sample_count = 5)]
fn tokenise_only(bencher: divan::Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(bodies().len())).bench_local(|| {
        let mut tokens = Vec::new();
        bodies().iter().for_each(|(body, _)| tokenize(body, &mut tokens));
    });
}
