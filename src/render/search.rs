//! Search results.

use super::page::{BOLD, PLAIN, Page, bold, clean};
use super::{level_name, snapshot_line, word};
use crate::query::search::{FoundPosting, SearchAnswer};
use std::ops::Range;

/// Lays out an answer.
#[must_use]
pub fn search(answer: &SearchAnswer) -> Page {
    let mut page = Page::default();
    super::data::search(&mut page, answer);
    page.title(match answer.total {
        0 => "nothing found".to_owned(),
        1 => "1 posting".to_owned(),
        n => format!("{n} postings, {} shown", answer.postings.len()),
    });
    page.line(snapshot_line(&answer.snapshot));
    for posting in &answer.postings {
        item(&mut page, posting);
    }
    if answer.total == 0 {
        empty(&mut page, answer);
    }
    for (condition, count) in &answer.unknown {
        page.line(format!(
            "{count} postings left out because they do not say what {} asks",
            condition.option()
        ));
    }
    if let Some(first) = answer.postings.first() {
        page.next(format!("rungs search --similar {}", super::quoted(&first.key.to_string())));
    }
    page
}

/// Says which condition emptied the result, and shows what came close.
fn empty(page: &mut Page, answer: &SearchAnswer) {
    if answer.snapshot.postings == 0 {
        page.line("0 postings indexed: search needs postings of your own, the bundled market has no texts");
        page.next("rungs fetch URL or rungs import PATH, then rungs index");
        return;
    }
    if answer.matched == 0 {
        page.line("no posting matches the words; try fewer of them, or --fuzzy");
        return;
    }
    page.line(format!("{} postings match the words, none passes every condition", answer.matched));
    let mut without = answer.without.clone();
    without.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (condition, count) in &without {
        page.line(format!("without {}: {count}", condition.option()));
    }
    if without.is_empty() {
        page.line("at least two conditions rule out every one of them");
    }
    if !answer.near.is_empty() {
        page.title("nearest misses");
        answer.near.iter().for_each(|posting| item(page, posting));
    }
    if let Some((condition, _)) = without.first() {
        page.next(format!("the same without {}", condition.option()));
    }
}

fn item(page: &mut Page, posting: &FoundPosting) {
    let mut facts = Vec::new();
    if let Some(level) = posting.level {
        let track = posting.track.map(|t| format!(", {}", word(t))).unwrap_or_default();
        facts.push(format!("level {level} ({}{track})", level_name(level)));
    } else {
        facts.push("level unknown".to_owned());
    }
    facts.extend([clean(&posting.location)].into_iter().filter(|l| !l.is_empty()));
    facts.extend(posting.posted.map(|d| d.to_string()));
    if !posting.open {
        facts.push("closed".into());
    }
    let company =
        if posting.company.is_empty() { String::new() } else { format!(" · {}", clean(&posting.company)) };
    let mut lines = vec![facts.join(" · ")];
    if !posting.snippet.is_empty() {
        lines.push(highlighted(&posting.snippet, &posting.highlights));
    }
    if let Some(condition) = posting.misses {
        lines.push(format!("misses {}", condition.option()));
    }
    lines.push(posting.url.as_deref().map(clean).unwrap_or_else(|| posting.key.clone()));
    if !posting.copies.is_empty() {
        lines.push(format!("also {}", clean(&posting.copies.join(", "))));
    }
    page.item(format!("{}{company}", bold(&posting.title)), lines);
}

/// The snippet with its matches marked.
fn highlighted(snippet: &str, ranges: &[Range<usize>]) -> String {
    let mut out = String::new();
    let mut at = 0;
    let plain = |text: &str| {
        let spaced = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
        spaced.filter(|c| !c.is_control() && !matches!(*c, BOLD | PLAIN)).collect::<String>()
    };
    for range in ranges {
        out.push_str(&plain(snippet.get(at..range.start).unwrap_or_default()));
        out.push(BOLD);
        out.push_str(&plain(snippet.get(range.clone()).unwrap_or_default()));
        out.push(PLAIN);
        at = range.end;
    }
    out.push_str(&plain(snippet.get(at..).unwrap_or_default()));
    out.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_are_marked_and_lines_joined() {
        let text = "Run\n  platform teams";
        assert_eq!(
            highlighted(text, std::slice::from_ref(&(6..14))),
            format!("Run {BOLD}platform{PLAIN} teams")
        );
        assert_eq!(highlighted("ä", &[]), "ä");
    }
}
