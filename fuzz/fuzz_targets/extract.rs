//! Any bytes as a posting: no panic, and every claim's words are where it says they are.
//!
//! `cargo +nightly fuzz run extract`

#![no_main]

use libfuzzer_sys::fuzz_target;
use rungs::extract::{Input, Scratch, Span, extract};
use rungs::posting::Markup;
use rungs::taxonomy::Taxonomy;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (title, description) = text.split_once('\n').unwrap_or(("", &text));
    for markup in [Markup::Text, Markup::Html] {
        let input = Input { title, company: "Acme", description, markup, ..Input::default() };
        let found = extract(Taxonomy::builtin(), &input, &mut Scratch::default());
        for claim in &found.skills {
            check(description, &claim.span);
            claim.depth_cue.iter().chain(claim.more.iter().map(|m| &m.span)).for_each(|s| check(description, s));
        }
        found.experience.iter().for_each(|e| check(description, &e.span));
        found.activities.iter().for_each(|a| check(description, &a.span));
        found.gates.iter().for_each(|g| check(description, &g.span));
        let facts = &found.facts;
        facts.pay.iter().for_each(|fact| check(description, &fact.span));
        facts.workplace.iter().for_each(|fact| check(description, &fact.span));
        facts.employment_type.iter().for_each(|fact| check(description, &fact.span));
    }
});

/// The range lies on character boundaries and is not empty; where nothing in it needs decoding, its words are the
/// surface, white space folded.
fn check(description: &str, span: &Span) {
    let words = description.get(span.start..span.end);
    assert!(words.is_some_and(|words| !words.is_empty()), "{span:?}");
    assert!(!span.surface.is_empty(), "{span:?}");
    let words = words.unwrap_or_default();
    if !words.contains(['<', '&', '\\', '>']) {
        let folded: Vec<&str> = words.split_whitespace().collect();
        assert_eq!(folded.join(" "), span.surface);
    }
}
