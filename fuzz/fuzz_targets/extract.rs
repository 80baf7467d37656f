//! Any bytes as a posting: no panic, and every claim's words are where it says they are.
//!
//! `cargo +nightly fuzz run extract`

#![no_main]

use libfuzzer_sys::fuzz_target;
use rungs::extract::{Input, Scratch, extract};
use rungs::posting::Markup;
use rungs::taxonomy::Taxonomy;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let (title, description) = text.split_once('\n').unwrap_or(("", &text));
    for markup in [Markup::Text, Markup::Html] {
        let input = Input { title, company: "Acme", description, markup, ..Input::default() };
        let found = extract(Taxonomy::builtin(), &input, &mut Scratch::default());
        for claim in &found.skills {
            let words = description.get(claim.span.start..claim.span.end);
            assert!(words.is_some(), "{:?}", claim.span);
            for mention in &claim.more {
                assert!(description.get(mention.span.start..mention.span.end).is_some());
            }
        }
        for span in found.experience.iter().map(|e| &e.span).chain(found.gates.iter().map(|g| &g.span)) {
            assert!(description.get(span.start..span.end).is_some(), "{span:?}");
        }
        for activity in &found.activities {
            assert!(description.get(activity.span.start..activity.span.end).is_some());
        }
    }
});
