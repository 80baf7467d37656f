//! The JSON-LD scripts of a page, found without building its tree.
//!
//! Scripts are text: nothing in them but their end tag is markup, so looking for tags from `<` to
//! `<` and stepping over comments finds the same ones as a parser of HTML.

use super::markup;
use memchr::{memchr, memmem};

/// The texts of scripts whose type is JSON-LD.
pub(super) fn json_ld(html: &str) -> impl Iterator<Item = &str> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            let (tag, content, after) = next_script(rest)?;
            rest = after;
            // `&#x2B;json` came from a template that encodes too much.
            if markup::decode(kind(tag)).to_ascii_lowercase().contains("ld+json") {
                return Some(content);
            }
        }
    })
}

/// The attributes of the next script, its text, and what follows.
fn next_script(mut html: &str) -> Option<(&str, &str, &str)> {
    loop {
        html = html.get(memchr(b'<', html.as_bytes())?..)?;
        if let Some(comment) = html.strip_prefix("<!--") {
            html = comment.get(memmem::find(comment.as_bytes(), b"-->")?..)?;
        } else if let Some(tag) = strip_name(html, "<script") {
            let end = tag_end(tag)?;
            let text = tag.get(end + 1..)?;
            let close = closing(text);
            return Some((tag.get(..end)?, text.get(..close)?, text.get(close..)?));
        } else {
            html = html.get(1..)?;
        }
    }
}

/// What follows a name in a tag, if that is the tag's name.
fn strip_name<'h>(html: &'h str, name: &str) -> Option<&'h str> {
    let rest = html.get(name.len()..)?;
    let ends = rest.starts_with(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>');
    (ends && html.get(..name.len())?.eq_ignore_ascii_case(name)).then_some(rest)
}

/// Where a tag ends: at the first `>` outside of quotes.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            // A quote opens a value only after an equals sign.
            (None, b'"' | b'\'') if before == b'=' => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    None
}

/// Where a script's text ends: at its end tag, else at the end of the page.
fn closing(text: &str) -> usize {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| memmem::find(rest.as_bytes(), b"</")) {
        if text.get(from + at..).is_some_and(|tag| strip_name(tag, "</script").is_some()) {
            return from + at;
        }
        from += at + 2;
    }
    text.len()
}

/// The value of the attribute `type`.
fn kind(tag: &str) -> &str {
    let lower = tag.to_ascii_lowercase();
    let value = lower.match_indices("type").find_map(|(at, name)| {
        let stands_alone = tag.get(..at)?.ends_with(|c: char| c.is_ascii_whitespace() || "\"'/".contains(c));
        let value = tag.get(at + name.len()..)?.trim_start().strip_prefix('=')?;
        stands_alone.then(|| value.trim_start())
    });
    let Some(value) = value else { return "" };
    let quoted = value.strip_prefix(['"', '\'']).map(|rest| rest.split(['"', '\'']));
    let plain = || value.split(|c: char| c.is_ascii_whitespace());
    quoted.map_or_else(|| plain().next(), |mut parts| parts.next()).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::{Html, Selector};

    /// What a parser of HTML finds.
    fn by_tree(html: &str) -> Vec<String> {
        let page = Html::parse_document(html);
        page.select(&Selector::parse("script[type]").unwrap())
            .filter(|script| {
                let kind = script.value().attr("type").unwrap_or("").to_ascii_lowercase();
                markup::decode(&kind).contains("ld+json")
            })
            .map(|script| script.text().collect())
            .collect()
    }

    #[test]
    fn finds_what_a_parser_finds() {
        for (html, count) in [
            ("<script type=\"application/ld+json\">{1}</script>", 1),
            (
                "<script type='application/ld+json'>{1}</script><SCRIPT TYPE=application/ld+json>{2}</SCRIPT >",
                2,
            ),
            ("<script id=x type=application/ld+json defer>{1}</script>", 1),
            ("<script data-type='x' type = \"application/ld&#x2B;json\">{1}</script>", 1),
            ("<!-- <script type='application/ld+json'>{1}</script> --><p>", 0),
            ("<script>'<script type=\"application/ld+json\">'</script>", 0),
            ("<script type='application/ld+json'>{\"a\":\"</p><!-- x -->\"}</script>", 1),
            ("<script type='application/ld+json' data-x='a>b'>{1}</script>", 1),
            ("<scripts type='application/ld+json'>{1}</scripts>", 0),
            ("<script type='text/javascript'>{1}</script>", 0),
            ("<p>5 < 6 <script type='application/ld+json'>é{1}", 1),
            ("", 0),
        ] {
            let found: Vec<&str> = json_ld(html).collect();
            assert_eq!(found.len(), count, "{html}");
            assert_eq!(found, by_tree(html), "{html}");
        }
    }
}
