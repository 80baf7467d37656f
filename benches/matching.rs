//! Matching speed: our trie beside its two ceilings and beside byte automata, on the same
//! phrases and the same text.
//!
//! ```sh
//! cargo bench --bench matching
//! RUNGS_BENCH_TEXT=postings.txt cargo bench --bench matching    # your own text
//! ```
//!
//! Without a text of your own, 4 MB or so are put together from the vocabulary's labels and filler
//! sentences: fair between the engines, but denser in skills than postings are.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use daachorse::{DoubleArrayAhoCorasickBuilder, MatchKind};
use divan::Bencher;
use divan::counter::BytesCount;
use rungs::taxonomy::{Judge, Taxonomy};
use rungs::text::tokens::{Token, tokenize};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

fn main() {
    println!("{} phrases, {} bytes of text", PHRASES.len(), TEXT.len());
    divan::main();
}

static TEXT: LazyLock<String> = LazyLock::new(|| match std::env::var("RUNGS_BENCH_TEXT") {
    Ok(path) => std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("cannot read {path}: {e}")),
    Err(_) => synthetic(),
});

/// Every phrase of running text, lower case, once.
static PHRASES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut phrases: Vec<String> = Taxonomy::builtin().running_forms().map(str::to_lowercase).collect();
    phrases.sort_unstable();
    phrases.dedup();
    phrases
});

static LOWER: LazyLock<String> = LazyLock::new(|| TEXT.to_lowercase());

fn synthetic() -> String {
    let mut text = String::new();
    for (i, (_, skill)) in Taxonomy::builtin().iter().enumerate() {
        text.push_str(
            "You will join a small team that builds and runs what our customers see every day, with ",
        );
        text.push_str(&skill.label);
        text.push_str(if i % 3 == 0 { ".\n" } else { ", and you will explain your choices to others. " });
    }
    text
}

#[divan::bench]
fn load_the_vocabulary(bencher: Bencher<'_, '_>) {
    bencher.bench(Taxonomy::load);
}

#[divan::bench]
fn ceiling_tokenise(bencher: Bencher<'_, '_>) {
    let mut tokens: Vec<Token> = Vec::new();
    bencher.counter(BytesCount::of_str(TEXT.as_str())).bench_local(|| {
        tokenize(&TEXT, &mut tokens);
        tokens.len()
    });
}

#[divan::bench]
fn ceiling_tokenise_and_word_id(bencher: Bencher<'_, '_>) {
    let mut words: FxHashMap<u64, u32> = FxHashMap::default();
    let mut tokens: Vec<Token> = Vec::new();
    for phrase in PHRASES.iter() {
        tokenize(phrase, &mut tokens);
        for token in &tokens {
            let next = u32::try_from(words.len()).unwrap_or(u32::MAX);
            words.entry(token.hash).or_insert(next);
        }
    }
    bencher.counter(BytesCount::of_str(TEXT.as_str())).bench_local(|| {
        tokenize(&TEXT, &mut tokens);
        tokens.iter().filter_map(|t| words.get(&t.hash)).fold(0u64, |sum, id| sum + u64::from(*id))
    });
}

#[divan::bench]
fn rungs_find(bencher: Bencher<'_, '_>) {
    let taxonomy = Taxonomy::builtin();
    let (mut tokens, mut matches) = (Vec::new(), Vec::new());
    bencher.counter(BytesCount::of_str(TEXT.as_str())).bench_local(|| {
        tokenize(&TEXT, &mut tokens);
        taxonomy.find(&TEXT, &tokens, &mut matches);
        matches.len()
    });
}

#[divan::bench]
fn rungs_find_and_judge(bencher: Bencher<'_, '_>) {
    let taxonomy = Taxonomy::builtin();
    let (mut tokens, mut matches, mut judge) = (Vec::new(), Vec::new(), Judge::default());
    bencher.counter(BytesCount::of_str(TEXT.as_str())).bench_local(|| {
        tokenize(&TEXT, &mut tokens);
        taxonomy.find(&TEXT, &tokens, &mut matches);
        let likely = taxonomy.judge(&TEXT, &tokens, &matches, &mut judge);
        likely.iter().filter(|&&likely| likely >= 0.5).count()
    });
}

/// Whether a byte range is not cut out of a longer word.
fn whole_words(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let word = |i: usize| bytes.get(i).is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 128);
    let cut_before = start > 0 && word(start - 1) && word(start);
    let cut_after = word(end - 1) && word(end);
    !cut_before && !cut_after
}

#[divan::bench(sample_count = 10)]
fn aho_corasick_leftmost_longest(bencher: Bencher<'_, '_>) {
    let automaton = aho_corasick::AhoCorasick::builder()
        .match_kind(aho_corasick::MatchKind::LeftmostLongest)
        .kind(Some(aho_corasick::AhoCorasickKind::ContiguousNFA))
        .build(PHRASES.iter())
        .unwrap();
    bencher.counter(BytesCount::of_str(LOWER.as_str())).bench_local(|| {
        automaton.find_iter(LOWER.as_str()).filter(|m| whole_words(&LOWER, m.start(), m.end())).count()
    });
}

#[divan::bench(sample_count = 10)]
fn daachorse_leftmost_longest(bencher: Bencher<'_, '_>) {
    let automaton = DoubleArrayAhoCorasickBuilder::new()
        .match_kind(MatchKind::LeftmostLongest)
        .build::<_, _, u32>(PHRASES.iter())
        .unwrap();
    bencher.counter(BytesCount::of_str(LOWER.as_str())).bench_local(|| {
        automaton
            .leftmost_find_iter(LOWER.as_str())
            .filter(|m| whole_words(&LOWER, m.start(), m.end()))
            .count()
    });
}
