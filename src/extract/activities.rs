//! What one would do all day: verb and object of the duties.

use super::skills::span;
use super::types::Activity;
use crate::text::tokens::{Token, TokenKind, fold_hash};
use crate::text::{Block, BlockKind, Document, Section};
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// Base forms, one a line.
const VERBS: &str = include_str!("../../data/extract/verbs.txt");
/// A verb further from the start of its sentence than this is no duty, in tokens.
const VERB_WITHIN: usize = 5;
/// Longest run of words read for an object.
const OBJECT: usize = 7;
/// Of an object, so many last words are kept: enough to name it, few enough to count it.
const KEPT: usize = 2;

/// Every form of the verbs we know, to its base form.
fn verbs() -> &'static FxHashMap<u64, &'static str> {
    static FORMS: OnceLock<FxHashMap<u64, &'static str>> = OnceLock::new();
    FORMS.get_or_init(|| {
        let mut forms = FxHashMap::default();
        for base in VERBS.lines().map(str::trim).filter(|line| !line.is_empty()) {
            for form in [base.to_owned(), third_person(base), gerund(base), doubled(base)] {
                forms.entry(fold_hash(&form)).or_insert(base);
            }
        }
        forms
    })
}

fn third_person(base: &str) -> String {
    match base.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if base.ends_with(['s', 'x', 'o']) || base.ends_with("ch") || base.ends_with("sh") => {
            format!("{base}es")
        }
        _ => format!("{base}s"),
    }
}

fn gerund(base: &str) -> String {
    match base.strip_suffix('e') {
        Some(stem) if !base.ends_with("ee") => format!("{stem}ing"),
        _ => format!("{base}ing"),
    }
}

/// "plan" → "planning".
fn doubled(base: &str) -> String {
    let last = base.chars().last().unwrap_or('g');
    format!("{base}{last}ing")
}

/// Reads the activities of one sentence of the duties.
pub(super) fn read(document: &Document, block: &Block, out: &mut Vec<Activity>) {
    if block.section != Section::Duties || block.kind == BlockKind::Heading {
        return;
    }
    let (text, tokens) = (document.visible(), document.tokens_of(block));
    let Some(mut at) = first_verb(text, tokens, block.kind == BlockKind::Item) else { return };
    let mut found: Vec<(&'static str, usize)> = Vec::new();
    // "Design, build and maintain …"
    while let Some(verb) = tokens.get(at).and_then(|t| verbs().get(&t.hash)) {
        found.push((verb, at));
        at += 1;
        while tokens.get(at).is_some_and(|t| matches!(t.of(text), "," | "and" | "or" | "&" | "/")) {
            at += 1;
        }
    }
    let Some(last) = found.last() else { return };
    let Some((object, end)) = object(text, tokens, last.1 + 1) else { return };
    for (verb, first) in &found {
        let range = tokens[*first].start as usize..tokens[end].end as usize;
        out.push(Activity {
            phrase: format!("{verb} {object}"),
            verb: (*verb).to_owned(),
            span: span(document, range),
        });
    }
}

/// Where the sentence's first verb stands: at once in an item, after "you will" elsewhere.
fn first_verb(text: &str, tokens: &[Token], item: bool) -> Option<usize> {
    let mut told = item;
    for (at, token) in tokens.iter().take(VERB_WITHIN).enumerate() {
        let word = token.of(text);
        if told && verbs().contains_key(&token.hash) {
            return Some(at);
        }
        let leads = [
            "you",
            "will",
            "ll",
            "to",
            "your",
            "role",
            "is",
            "also",
            "responsible",
            "for",
            "’",
            "'",
            "the",
            "this",
            "who",
        ]
        .iter()
        .any(|lead| word.eq_ignore_ascii_case(lead));
        told |= matches!(word, "will" | "ll" | "to" | "for");
        if !leads && !word.ends_with("ly") {
            return None;
        }
    }
    None
}

/// The object that begins at `from`: its last words in lower case, and its last token.
fn object(text: &str, tokens: &[Token], from: usize) -> Option<(String, usize)> {
    let mut words: Vec<String> = Vec::new();
    let mut end = None;
    for (at, token) in tokens.iter().enumerate().skip(from).take(OBJECT) {
        let word = token.of(text);
        let lower = word.to_lowercase();
        if words.is_empty() && is_small(&lower) {
            continue;
        }
        if token.kind == TokenKind::Symbol
            || ends_object(&lower)
            || verbs().contains_key(&token.hash) && lower.ends_with("ing")
        {
            break;
        }
        words.push(lower);
        end = Some(at);
    }
    let kept = words.len().saturating_sub(KEPT);
    let object = words[kept..].join(" ");
    (object.len() > 2).then_some((object, end?))
}

/// Words before an object that say nothing of it.
fn is_small(word: &str) -> bool {
    SMALL.contains(&word)
}

const SMALL: &[&str] = &[
    "the", "a", "an", "our", "your", "their", "all", "any", "new", "and", "with", "closely", "on", "to",
    "in", "various", "other", "both", "its", "across", "for", "as", "of", "high", "quality", "key",
    "complex",
];

/// Words that an object does not reach beyond.
fn ends_object(word: &str) -> bool {
    ENDS.contains(&word)
}

const ENDS: &[&str] = &[
    "for",
    "to",
    "with",
    "in",
    "on",
    "of",
    "by",
    "from",
    "using",
    "through",
    "across",
    "that",
    "which",
    "while",
    "and",
    "or",
    "at",
    "as",
    "into",
    "within",
    "per",
    "via",
    "including",
    "such",
    "where",
    "so",
    "who",
    "when",
    "based",
    "related",
    "between",
    "is",
    "are",
    "under",
    "during",
    "throughout",
    "against",
    "over",
    "around",
    "about",
    "upon",
    "toward",
    "towards",
    "how",
    "what",
    "whether",
    "if",
    "up",
    "out",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posting::Markup;

    #[test]
    fn duties_become_countable_phrases() {
        for (line, expected) in [
            ("Review the designs of other engineers", &["review designs"][..]),
            ("Mentoring junior engineers in your team", &["mentor junior engineers"]),
            (
                "Design, build and maintain scalable data pipelines for customers",
                &["design data pipelines", "build data pipelines", "maintain data pipelines"],
            ),
            ("You will plan the budget", &["plan budget"]),
            ("Coffee is free", &[]),
        ] {
            let document = Document::new(&format!("Responsibilities:\n- {line}"), Markup::Text);
            let mut found = Vec::new();
            document.blocks().iter().for_each(|block| read(&document, block, &mut found));
            let phrases: Vec<&str> = found.iter().map(|a| a.phrase.as_str()).collect();
            assert_eq!(phrases, expected, "{line}");
        }
    }
}
