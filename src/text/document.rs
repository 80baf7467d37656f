//! A posting's body as a reader sees it.

use super::blocks::{self, Block};
use super::lines::Lines;
use super::map::OffsetMap;
use super::sections;
use super::tokens::{Token, tokenize};
use super::{html, language};
use crate::posting::Markup;
use memchr::memmem;
use std::ops::Range;

/// HTML that was escaped again and again is unescaped at most this many times.
const MOST_ESCAPES: usize = 3;
/// Text beyond this many bytes is left unread.
const MOST_BYTES: usize = 1 << 30;
/// Plain text with no line feed and this many written-out `\n` had its line feeds escaped.
const WRITTEN_FEEDS: usize = 2;

/// Visible text, its blocks and tokens, and the way back to the original bytes.
///
/// A document is a set of buffers: [`read`](Self::read) fills it anew, so that one document per
/// thread serves any number of postings.
///
/// ```
/// use rungs::{posting::Markup, text::Document};
/// let body = "<p><b>Requirements</b></p><ul><li>C&#43;&#43; and R&amp;D</li></ul>";
/// let doc = Document::new(body, Markup::Html);
/// let item = doc.blocks()[1];
/// assert_eq!(doc.text(item.range()), "C++ and R&D");
/// assert_eq!(&body[doc.original(item.range())], "C&#43;&#43; and R&amp;D");
/// ```
#[derive(Debug, Default)]
pub struct Document {
    lines: Lines,
    /// Maps of the unescaping rounds, innermost last.
    rounds: Vec<OffsetMap>,
    tokens: Vec<Token>,
    blocks: Vec<Block>,
    sections: sections::Scratch,
}

impl Document {
    /// Reads `body` into a new document.
    #[must_use]
    pub fn new(body: &str, markup: Markup) -> Self {
        let mut document = Self::default();
        document.read(body, markup);
        document
    }

    /// Reads `body`, forgetting what was read before. Any text will do: nothing can fail.
    pub fn read(&mut self, body: &str, markup: Markup) {
        let mut body = cut(body, MOST_BYTES);
        self.rounds.clear();
        let mut unescaped = String::new();
        while self.rounds.len() < MOST_ESCAPES && html::looks_escaped(body) {
            let (text, map) = unescape(body);
            self.rounds.push(map);
            unescaped = text;
            body = &unescaped;
        }
        let is_html = markup == Markup::Html || html::looks_like_html(body);
        let written;
        if !is_html && has_written_feeds(body) {
            let (text, map) = unwrite(body);
            self.rounds.push(map);
            written = text;
            body = &written;
        }
        self.lines.clear(!is_html || markup == Markup::Text);
        if is_html {
            html::read(body, &mut self.lines);
        } else {
            read_plain(body, &mut self.lines);
        }
        drop(unescaped);
        tokenize(&self.lines.visible, &mut self.tokens);
        blocks::divide(&self.lines, &self.tokens, &mut self.blocks);
        sections::assign(&self.lines.visible, &self.tokens, &mut self.blocks, &mut self.sections);
    }

    /// The visible text: one line per line as shown.
    #[must_use]
    pub fn visible(&self) -> &str {
        &self.lines.visible
    }

    /// ISO 639-1 code of the language, told by its small words; `None` where too little tells.
    #[must_use]
    pub fn language(&self) -> Option<&'static str> {
        language::detect(&self.tokens)
    }

    /// Headings, items and sentences in order. They do not overlap.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Every token of the visible text.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The tokens of one block; their offsets count from the start of the visible text.
    #[must_use]
    pub fn tokens_of(&self, block: &Block) -> &[Token] {
        self.tokens.get(block.first_token as usize..block.last_token as usize).unwrap_or_default()
    }

    /// A range of the visible text, as it stands there; empty when it cuts a character.
    #[must_use]
    pub fn text(&self, visible: Range<usize>) -> &str {
        self.lines.visible.get(visible).unwrap_or_default()
    }

    /// The bytes of the original that a range of the visible text was read from.
    #[must_use]
    pub fn original(&self, visible: Range<usize>) -> Range<usize> {
        self.rounds.iter().rev().fold(self.lines.map.original(visible), |range, map| map.original(range))
    }

    /// A range of the visible text with runs of white space folded to one space.
    #[must_use]
    pub fn surface(&self, visible: Range<usize>) -> String {
        let text = self.text(visible);
        if is_folded(text.as_bytes()) {
            return text.to_owned();
        }
        let mut folded = String::with_capacity(text.len());
        for word in text.split_whitespace() {
            if !folded.is_empty() {
                folded.push(' ');
            }
            folded.push_str(word);
        }
        folded
    }
}

/// Plain ASCII with no white space but single spaces between words, as most evidence is.
fn is_folded(text: &[u8]) -> bool {
    let mut before = b' ';
    for &byte in text {
        if !matches!(byte, b' '..=b'~') || byte == b' ' && before == b' ' {
            return false;
        }
        before = byte;
    }
    before != b' '
}

/// The longest beginning of `text` of at most `most` bytes.
fn cut(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    &text[..end]
}

fn read_plain(body: &str, lines: &mut Lines) {
    let bytes = body.as_bytes();
    let mut at = 0;
    while let Some(n) = memchr::memchr(b'&', &bytes[at..]) {
        lines.text(body, at..at + n);
        at = lines.reference(body, at + n);
    }
    lines.text(body, at..bytes.len());
    lines.end_line();
}

/// Decodes one layer of character references.
fn unescape(body: &str) -> (String, OffsetMap) {
    let (mut text, mut map) = (String::with_capacity(body.len()), OffsetMap::default());
    let bytes = body.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let next = memchr::memchr(b'&', &bytes[at..]).map_or(bytes.len(), |n| at + n);
        map.copied(text.len(), at, next - at);
        text.push_str(&body[at..next]);
        at = next;
        if at == bytes.len() {
            break;
        }
        let (c, len) = super::entities::decode(&bytes[at..]).unwrap_or(('&', 1));
        map.replaced(text.len(), c.len_utf8(), at, len);
        text.push(c);
        at += len;
    }
    (text, map)
}

fn has_written_feeds(body: &str) -> bool {
    memchr::memchr(b'\n', body.as_bytes()).is_none()
        && memmem::find_iter(body.as_bytes(), b"\\n").take(WRITTEN_FEEDS).count() == WRITTEN_FEEDS
}

/// Turns written-out `\n`, `\r` and `\t` into what they mean.
fn unwrite(body: &str) -> (String, OffsetMap) {
    let (mut text, mut map) = (String::with_capacity(body.len()), OffsetMap::default());
    let mut at = 0;
    while let Some(n) = memchr::memchr(b'\\', &body.as_bytes()[at..]) {
        map.copied(text.len(), at, n);
        text.push_str(&body[at..at + n]);
        at += n;
        let c = match body.as_bytes().get(at + 1) {
            Some(b'n') => '\n',
            Some(b'r' | b't') => ' ',
            _ => {
                map.copied(text.len(), at, 1);
                text.push('\\');
                at += 1;
                continue;
            }
        };
        map.replaced(text.len(), 1, at, 2);
        text.push(c);
        at += 2;
    }
    map.copied(text.len(), at, body.len() - at);
    text.push_str(&body[at..]);
    (text, map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::BlockKind;
    use proptest::prelude::*;

    /// The blocks as `kind section: text` lines.
    fn shown(body: &str, markup: Markup) -> Vec<String> {
        let document = Document::new(body, markup);
        let line = |block: &Block| {
            let kind = match block.kind {
                BlockKind::Heading => "#",
                BlockKind::Item => "-",
                BlockKind::Paragraph => "¶",
            };
            format!("{kind} {}: {}", block.section.name(), document.surface(block.range()))
        };
        document.blocks().iter().map(line).collect()
    }

    fn check(body: &str, markup: Markup, expected: &[&str]) {
        assert_eq!(shown(body, markup), expected, "{body}");
    }

    /// As [`check`] of HTML, whatever the sections.
    fn check_text(body: &str, expected: &[&str]) {
        let document = Document::new(body, Markup::Html);
        let texts: Vec<String> = document.blocks().iter().map(|b| document.surface(b.range())).collect();
        assert_eq!(texts, expected, "{body}");
    }

    const WANTED: &[&str] = &[
        "# duties: What you'll do",
        "- duties: Build things & ship them.",
        "# required: Requirements",
        "- required: Rust",
        "- required: SQL",
    ];

    #[test]
    fn markup_of_every_kind_gives_the_same_blocks() {
        for (body, markup) in [
            (
                "<h2>What you'll do</h2><ul><li>Build things &amp; ship them.</li></ul><p><strong>Requirements</strong></p><ul><li>Rust<li>SQL</ul>",
                Markup::Html,
            ),
            (
                "<div><b>What you'll do:</b><br>• Build things &amp; ship them.<br><br><b>REQUIREMENTS</b><br>- Rust<br>- SQL",
                Markup::Html,
            ),
            (
                "&lt;h3&gt;What you&#39;ll do&lt;/h3&gt;&lt;ul&gt;&lt;li&gt;Build things &amp;amp; ship them.&lt;/li&gt;&lt;/ul&gt;&lt;p&gt;&lt;b&gt;Requirements&lt;/b&gt;&lt;/p&gt;&lt;li&gt;Rust&lt;/li&gt;&lt;li&gt;SQL&lt;/li&gt;",
                Markup::Text,
            ),
            (
                "## What you'll do\r\n- Build things & ship them.\r\n\r\n**Requirements**\r\n* Rust\r\n1. SQL",
                Markup::Text,
            ),
            (
                "What you'll do:\\n- Build things &amp; ship them.\\n\\nREQUIREMENTS\\n- Rust\\n✅ SQL",
                Markup::Text,
            ),
        ] {
            let read: Vec<String> =
                shown(body, markup).iter().map(|l| l.to_lowercase().replace(':', "")).collect();
            let wanted: Vec<String> = WANTED.iter().map(|l| l.to_lowercase().replace(':', "")).collect();
            assert_eq!(read.len(), wanted.len(), "{body}: {read:#?}");
            for (read, wanted) in read.iter().zip(&wanted) {
                assert_eq!(&read[1..], &wanted[1..], "{body}");
            }
        }
    }

    #[test]
    fn bold_lines_are_headings_and_bold_words_are_not() {
        for tag in ["b", "strong"] {
            let body = format!(
                "<p><{tag}>Who you are</{tag}></p><p>You have a <{tag}>strong</{tag}> liking for the tools of the trade.</p>"
            );
            check(
                &body,
                Markup::Html,
                &[
                    "# required: Who you are",
                    "¶ required: You have a strong liking for the tools of the trade.",
                ],
            );
        }
    }

    #[test]
    fn what_is_not_shown_is_not_read() {
        check_text(
            "<p>One<!-- two --><script>three()</script></p><style>p{}</style><div style=\"display:none\">four<div>five</div></div><p>si<b>x</b></p>",
            &["One", "six"],
        );
        check_text("a < b and c<d <unclosed", &["a < b and c<d <unclosed"]);
    }

    #[test]
    fn text_that_lost_its_spaces_is_cut_at_bullets_and_stops() {
        check_text(
            "We expect the same from you.Flexibility is ours.•Plan the rota•Mind the store",
            &["We expect the same from you.", "Flexibility is ours.", "Plan the rota", "Mind the store"],
        );
        for kept in [
            "We use Node.Js and asp.Net at Booking.Com.",
            "Care for A·B and C→D.",
            "from v.Basic",
            "See www.Example.com and docs.Google.com or https://jobs.Example.com/jobs?Title=nurse now",
            "Pay inkl.Bonus, bzw.Erfahrung with pandas.DataFrame",
        ] {
            check_text(kept, &[kept]);
        }
    }

    #[test]
    fn text_that_lost_its_lines_is_cut_at_its_headings() {
        let body = "We build tools for people who like tools and have done so for a long time in many places. \
            Responsibilities: Design services that stay up. Review the designs of others. Required Skills: \
            Five years of Rust in production and a liking for tests. Nice to Have: Kubernetes and some \
            experience with networks that carry a lot of traffic at every hour of the day and of the night.";
        let read = shown(body, Markup::Text);
        let sections: Vec<&str> = read.iter().map(|l| l.split(':').next().unwrap_or("")).collect();
        assert_eq!(
            sections[1..],
            ["# duties", "¶ duties", "¶ duties", "# required", "¶ required", "# preferred", "¶ preferred"],
            "{read:#?}"
        );
    }

    #[test]
    fn offsets_lead_back_through_every_layer() {
        let body = "&lt;p&gt;R&amp;amp;D, caf&amp;eacute; and &lt;i&gt;C&lt;/i&gt;++&lt;/p&gt;";
        let document = Document::new(body, Markup::Text);
        let block = document.blocks()[0];
        assert_eq!(document.surface(block.range()), "R&D, café and C++");
        let visible = document.visible();
        let at = visible.find("café").unwrap();
        assert_eq!(&body[document.original(at..at + "café".len())], "caf&amp;eacute;");
    }

    /// What a reader of `original` sees, told without our reader: tags dropped, references
    /// decoded, spaces folded.
    fn reference_surface(original: &str) -> String {
        let (mut text, mut rest) = (String::new(), original);
        while let Some(c) = rest.chars().next() {
            let after = rest.chars().nth(1);
            if c == '<' && after.is_some_and(|a| a.is_ascii_alphabetic() || matches!(a, '/' | '!' | '?')) {
                rest = rest.find('>').map_or("", |end| &rest[end + 1..]);
            } else if c == '&' {
                let (c, len) = super::super::entities::decode(rest.as_bytes()).unwrap_or(('&', 1));
                text.push(c);
                rest = &rest[len..];
            } else {
                text.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn blocks_and_tokens_lie_on_boundaries_and_show_what_they_say(
            parts in prop::collection::vec(
                prop_oneof![
                    Just("<p>"), Just("</p>"), Just("<li>"), Just("<ul>"), Just("</ul>"), Just("<b>"), Just("</b>"),
                    Just("<br/>"), Just("&amp;"), Just("&nbsp;"), Just("&#128640;"), Just("&lt;"), Just("\u{a0}"),
                    Just("\u{200b}"), Just("🚀"), Just("é"), Just(" "), Just("\n"), Just("- "), Just("**"),
                    Just("Requirements:"), Just("What you'll do"), Just("Rust"), Just("C++"), Just(". "), Just("a"),
                    Just("4–6"), Just("• "), Just("# "), Just("1. "), Just("&"), Just("<h2>"), Just("</h2>"),
                ],
                0..60,
            ),
            html in any::<bool>(),
        ) {
            let body = parts.concat();
            let document = Document::new(&body, if html { Markup::Html } else { Markup::Text });
            let mut last = 0;
            for block in document.blocks() {
                prop_assert!(block.start >= last && block.end > block.start);
                last = block.end;
                prop_assert!(document.visible().get(block.range()).is_some());
                for token in document.tokens_of(block) {
                    let visible = token.start as usize..token.end as usize;
                    prop_assert!(visible.start >= block.start && visible.end <= block.end);
                    let original = body.get(document.original(visible.clone()));
                    prop_assert!(original.is_some());
                    let original = original.unwrap_or_default();
                    prop_assert_eq!(document.surface(visible), reference_surface(original));
                }
            }
        }

        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400), html in any::<bool>()) {
            let body = String::from_utf8_lossy(&bytes);
            let document = Document::new(&body, if html { Markup::Html } else { Markup::Text });
            for block in document.blocks() {
                prop_assert!(body.get(document.original(block.range())).is_some());
            }
        }
    }
}
