//! HTML as portals wrap it: entity-encoded once or more, or in pieces.

/// Rounds of decoding at most: some portals encode twice.
const ROUNDS: usize = 3;

/// Undoes entity encoding of a whole HTML body, until it has tags (or has nothing encoded).
pub(crate) fn decode_body(text: &str) -> String {
    let mut body = text.to_owned();
    for _ in 0..ROUNDS {
        if body.contains('<') || !(body.contains("&lt;") || body.contains("amp;lt;")) {
            break;
        }
        body = decode(&body);
    }
    body
}

/// One line of plain text: entities decoded, white space folded.
pub(crate) fn line(text: &str) -> String {
    decode(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Decodes the entities that portals write: the five of XML, `&nbsp;`, and numbers.
pub(crate) fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        match entity(from) {
            Some((decoded, length)) => {
                out.push(decoded);
                rest = from.get(length..).unwrap_or("");
            }
            None => {
                out.push('&');
                rest = from.get(1..).unwrap_or("");
            }
        }
    }
    out.push_str(rest);
    out
}

/// The character that the entity at the start of `text` stands for, and the entity's length.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let decoded = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "ndash" => '–',
        "mdash" => '—',
        "rsquo" => '’',
        _ => {
            let code = name.strip_prefix('#')?;
            let number = match code.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => code.parse().ok()?,
            };
            char::from_u32(number).filter(|c| !c.is_control() || c.is_whitespace())?
        }
    };
    Some((decoded, end + 1))
}

/// A heading and its content as HTML; nothing when there is no content.
pub(crate) fn section(out: &mut String, heading: &str, content: &str) {
    if content.trim().is_empty() {
        return;
    }
    if !heading.trim().is_empty() {
        out.push_str("<h3>");
        out.push_str(&escape(heading.trim()));
        out.push_str("</h3>\n");
    }
    out.push_str(content);
    out.push('\n');
}

/// Text as HTML text.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Whether a text has tags.
pub(crate) fn looks_like_html(text: &str) -> bool {
    // Looked for once: a tag without end must not make every other one look for its own.
    let Some(last) = text.rfind('>') else { return false };
    text.match_indices('<').take_while(|(at, _)| *at < last).any(|(at, _)| {
        let tail = text.get(at + 1..).unwrap_or("");
        let tail = tail.strip_prefix('/').unwrap_or(tail);
        tail.starts_with(|c: char| c.is_ascii_alphabetic())
    })
}

pub(crate) fn without_tags(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_bodies_until_they_have_tags() {
        for (body, expected) in [
            ("&lt;p&gt;R&amp;amp;D&lt;/p&gt;", "<p>R&amp;D</p>"),
            ("&amp;lt;p&amp;gt;x", "<p>x"),
            ("<p>&lt;b&gt;</p>", "<p>&lt;b&gt;</p>"),
            ("plain & simple &#39;x&#39;", "plain & simple &#39;x&#39;"),
        ] {
            assert_eq!(decode_body(body), expected);
        }
        assert_eq!(decode("&#x2B;&#8211;&bogus;&&#0;"), "+–&bogus;&&#0;");
        assert_eq!(line("  Head &amp;\n Tail "), "Head & Tail");
    }

    #[test]
    fn tells_html_from_text() {
        for (text, html) in [
            ("<p>x</p>", true),
            ("a < b > c", false),
            ("x<br/>", true),
            ("<3 you", false),
            ("x > y <p", false),
        ] {
            assert_eq!(looks_like_html(text), html, "{text}");
        }
    }

    #[test]
    fn tags_without_end_take_time_that_grows_with_the_text() {
        for end in ["", ">"] {
            let time = |count: usize| {
                let text = format!("{end}{}", "<a".repeat(count));
                let start = std::time::Instant::now();
                assert!(!looks_like_html(&text));
                start.elapsed()
            };
            // A megabyte was a minute and more when each looked for its own end.
            let spent = (0..3).map(|_| time(1 << 19)).min().unwrap();
            assert!(spent < std::time::Duration::from_secs(1), "{spent:?}");
        }
    }
}
