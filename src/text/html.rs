//! A tolerant reader of HTML that keeps offsets: never fails, allocates nothing of its own.
//!
//! It knows tags, not trees: what breaks a line, what is a list item, a heading or bold, and what
//! is not shown. That is all a posting needs, and broken markup cannot confuse it for long.

use super::lines::{LineKind, Lines};
use memchr::{memchr, memchr2, memmem};

/// What a tag does to the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Block,
    Item,
    List,
    Heading(u8),
    Break,
    Cell,
    Bold,
    /// Its content is no text at all.
    Raw,
    Inline,
}

/// Tags that do something, sorted by name. (A table: as a `match` on text it takes the compiler
/// minutes to optimise.)
const TAGS: &[(&str, Tag)] = &[
    ("address", Tag::Block),
    ("article", Tag::Block),
    ("aside", Tag::Block),
    ("b", Tag::Bold),
    ("blockquote", Tag::Block),
    ("body", Tag::Block),
    ("br", Tag::Break),
    ("button", Tag::Block),
    ("caption", Tag::Block),
    ("center", Tag::Block),
    ("dd", Tag::Item),
    ("details", Tag::Block),
    ("dir", Tag::List),
    ("div", Tag::Block),
    ("dl", Tag::List),
    ("dt", Tag::Block),
    ("fieldset", Tag::Block),
    ("figcaption", Tag::Block),
    ("figure", Tag::Block),
    ("footer", Tag::Block),
    ("form", Tag::Block),
    ("h1", Tag::Heading(1)),
    ("h2", Tag::Heading(2)),
    ("h3", Tag::Heading(3)),
    ("h4", Tag::Heading(4)),
    ("h5", Tag::Heading(5)),
    ("h6", Tag::Heading(6)),
    ("head", Tag::Block),
    ("header", Tag::Block),
    ("hgroup", Tag::Block),
    ("hr", Tag::Block),
    ("html", Tag::Block),
    ("iframe", Tag::Raw),
    ("legend", Tag::Block),
    ("li", Tag::Item),
    ("main", Tag::Block),
    ("menu", Tag::List),
    ("nav", Tag::Block),
    ("noscript", Tag::Raw),
    ("object", Tag::Raw),
    ("ol", Tag::List),
    ("option", Tag::Block),
    ("p", Tag::Block),
    ("pre", Tag::Block),
    ("script", Tag::Raw),
    ("section", Tag::Block),
    ("select", Tag::Raw),
    ("strong", Tag::Bold),
    ("style", Tag::Raw),
    ("summary", Tag::Block),
    ("svg", Tag::Raw),
    ("table", Tag::Block),
    ("tbody", Tag::Block),
    ("td", Tag::Cell),
    ("template", Tag::Raw),
    ("textarea", Tag::Raw),
    ("th", Tag::Cell),
    ("thead", Tag::Block),
    ("title", Tag::Block),
    ("tr", Tag::Block),
    ("ul", Tag::List),
];

/// The names of `TAGS` as numbers, in the same order.
const KEYS: [u128; TAGS.len()] = {
    let mut keys = [0; TAGS.len()];
    let mut i = 0;
    while i < TAGS.len() {
        let (name, mut key, mut at) = (TAGS[i].0.as_bytes(), [0; 16], 0);
        while at < name.len() {
            key[at] = name[at];
            at += 1;
        }
        keys[i] = u128::from_be_bytes(key);
        i += 1;
    }
    keys
};

fn tag(name: Name) -> Tag {
    let known = KEYS.binary_search(&u128::from_be_bytes(name));
    known.map_or(Tag::Inline, |at| TAGS[at].1)
}

/// Elements that have no content.
const VOID: &[&[u8]] = &[b"br", b"img", b"hr", b"input", b"meta", b"link", b"wbr", b"col"];

/// Longest tag name that matters.
const NAME: usize = 10;
/// A tag name in lower case, filled up with zeros.
type Name = [u8; 16];

/// A quoted attribute longer than this is taken for a quote that never closes, in bytes. (Longer
/// ones are inline images, which hold no `>` anyway.)
const LONGEST_QUOTE: usize = 4 << 10;
/// A tag with quotes longer than this ends at its first `>`.
const LONGEST_TAG: usize = 64 << 10;
/// After this many searches that ran to the end in vain, no more are made: time stays linear.
const VAIN_SEARCHES: u8 = 8;

/// Reads `html` into `lines`.
pub(super) fn read(html: &str, lines: &mut Lines) {
    Reader { html, bytes: html.as_bytes(), lines, vain: 0, closed_tags: true }.run();
}

struct Reader<'t, 'l> {
    html: &'t str,
    bytes: &'t [u8],
    lines: &'l mut Lines,
    vain: u8,
    /// There may still be a `>` ahead.
    closed_tags: bool,
}

impl Reader<'_, '_> {
    fn run(mut self) {
        let mut at = 0;
        while at < self.bytes.len() {
            let next = memchr2(b'<', b'&', &self.bytes[at..]).map_or(self.bytes.len(), |n| at + n);
            self.lines.text(self.html, at..next);
            if next == self.bytes.len() {
                break;
            }
            at = if self.bytes[next] == b'&' {
                self.lines.reference(self.html, next)
            } else {
                self.markup(next)
            };
        }
        self.lines.end_line();
    }

    /// Reads what begins with the `<` at `at`; returns where it ends.
    fn markup(&mut self, at: usize) -> usize {
        match self.bytes.get(at + 1) {
            Some(b'!') => self.declaration(at),
            Some(b'?') => self.after_close(at),
            Some(b'/') if self.bytes.get(at + 2).is_some_and(u8::is_ascii_alphabetic) => {
                let (name, _) = name(&self.bytes[at + 2..]);
                close(tag(name), self.lines);
                self.after_close(at)
            }
            Some(b) if b.is_ascii_alphabetic() => match self.tag_end(at + 1) {
                Some(end) => self.open(at, end),
                None => self.literal(at),
            },
            _ => self.literal(at),
        }
    }

    /// A `<` that begins nothing.
    fn literal(&mut self, at: usize) -> usize {
        self.lines.text(self.html, at..at + 1);
        at + 1
    }

    fn after_close(&mut self, at: usize) -> usize {
        memchr(b'>', &self.bytes[at..]).map_or(self.bytes.len(), |n| at + n + 1)
    }

    /// `<!-- … -->`, `<![CDATA[ … ]]>`, `<!doctype …>`. CDATA content is text.
    fn declaration(&mut self, at: usize) -> usize {
        let rest = &self.bytes[at..];
        if rest.starts_with(b"<!--") && self.vain < VAIN_SEARCHES {
            // "<!-->" is a whole comment too.
            if let Some(n) = memmem::find(&rest[2..], b"-->") {
                return at + 2 + n + 3;
            }
            self.vain += 1;
        }
        if rest.starts_with(b"<![CDATA[") {
            let end = memmem::find(rest, b"]]>").map_or(self.bytes.len(), |n| at + n);
            self.lines.text(self.html, at + 9..end);
            return (end + 3).min(self.bytes.len());
        }
        self.after_close(at)
    }

    /// One past the `>` that ends the tag, quotes respected unless they never close. `None`
    /// when there is no `>` at all: a lone `<` in running text.
    fn tag_end(&mut self, from: usize) -> Option<usize> {
        if !self.closed_tags {
            return None;
        }
        let bytes = self.bytes;
        let Some(first) = memchr(b'>', &bytes[from..]).map(|n| from + n + 1) else {
            self.closed_tags = false;
            return None;
        };
        if memchr2(b'"', b'\'', &bytes[from..first]).is_none() {
            return Some(first);
        }
        let mut at = from;
        while at < bytes.len() && at - from < LONGEST_TAG {
            match bytes[at] {
                b'>' => return Some(at + 1),
                quote @ (b'"' | b'\'') if bytes[at - 1] == b'=' => {
                    let window = &bytes[at + 1..bytes.len().min(at + 1 + LONGEST_QUOTE)];
                    match memchr(quote, window) {
                        Some(n) => at += n + 2,
                        None => return Some(first),
                    }
                }
                _ => at += 1,
            }
        }
        Some(first)
    }

    /// Does what the tag between `at` and `end` says; returns where to read on.
    fn open(&mut self, at: usize, end: usize) -> usize {
        let (name, len) = name(&self.bytes[at + 1..]);
        let tag = tag(name);
        let name = &name[..len];
        let attributes = &self.bytes[(at + 1 + len).min(end)..end];
        match tag {
            Tag::Raw => {
                self.lines.end_line();
                if attributes.ends_with(b"/>") {
                    return end;
                }
                let unclosed = if matches!(name, b"script" | b"style") { self.bytes.len() } else { end };
                return self.element_end(end, name).unwrap_or(unclosed);
            }
            _ if attributes.len() > 6 && hidden(attributes) => {
                if let Some(after) = self.element_end(end, name) {
                    self.lines.end_line();
                    return after;
                }
            }
            Tag::Break => self.lines.end_line(),
            Tag::Block | Tag::Cell => self.lines.block(LineKind::Text),
            Tag::Item => self.lines.item(),
            Tag::List => self.lines.list(),
            Tag::Heading(level) => self.lines.block(LineKind::Heading(level)),
            Tag::Bold => self.lines.bold(true),
            Tag::Inline => {}
        }
        end
    }

    /// One past the end of the element whose content begins at `from`: its own closing tag,
    /// nested elements of the same name counted. `None` when it never closes.
    fn element_end(&mut self, from: usize, name: &[u8]) -> Option<usize> {
        if VOID.contains(&name) {
            return Some(from);
        }
        if self.vain == VAIN_SEARCHES {
            return None;
        }
        let bytes = self.bytes;
        let is_name = |at: usize| {
            bytes.get(at..at + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
                && !bytes.get(at + name.len()).is_some_and(u8::is_ascii_alphanumeric)
        };
        let mut depth = 1;
        let mut at = from;
        while let Some(n) = memchr(b'<', &bytes[at..]) {
            at += n + 1;
            if bytes.get(at) == Some(&b'/') && is_name(at + 1) {
                depth -= 1;
                if depth == 0 {
                    return Some(self.after_close(at));
                }
            } else if is_name(at) {
                depth += 1;
            }
        }
        self.vain += 1;
        None
    }
}

/// The tag's name in lower case. A name longer than any that matters becomes an unknown one.
fn name(bytes: &[u8]) -> (Name, usize) {
    let mut name = [0; 16];
    let mut len = 0;
    for &b in bytes {
        if !b.is_ascii_alphanumeric() {
            break;
        }
        if len == NAME {
            return ([b'-'; 16], NAME);
        }
        name[len] = b.to_ascii_lowercase();
        len += 1;
    }
    (name, len)
}

fn close(tag: Tag, lines: &mut Lines) {
    match tag {
        Tag::Item => lines.end_item(),
        Tag::List => lines.end_list(),
        Tag::Block | Tag::Heading(_) | Tag::Cell | Tag::Break | Tag::Raw => lines.block(LineKind::Text),
        Tag::Bold => lines.bold(false),
        Tag::Inline => {}
    }
}

/// The attributes say that the element is not shown.
fn hidden(attributes: &[u8]) -> bool {
    let holds = |word: &[u8]| attributes.windows(word.len()).any(|w| w.eq_ignore_ascii_case(word));
    if !holds(b"hidden") && !holds(b"none") {
        return false;
    }
    // What stands in quotes is a value; what stands outside, a name.
    let (mut names, mut values) = (Vec::new(), Vec::new());
    let mut quote = None;
    for &byte in attributes {
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) if byte.is_ascii_whitespace() => {}
            Some(_) => values.push(byte.to_ascii_lowercase()),
            None if matches!(byte, b'"' | b'\'') => {
                quote = Some(byte);
                values.push(b';');
            }
            None => names.push(byte.to_ascii_lowercase()),
        }
    }
    let style = |needle: &[u8]| memmem::find(&values, needle).is_some();
    let mut bare = names.split(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>'));
    style(b"display:none")
        || style(b"visibility:hidden")
        || bare.any(|name| name == b"hidden" || name == b"hidden=")
        || memmem::find(attributes, b"aria-hidden=\"true\"").is_some()
}

/// The text holds tags that only HTML has, whatever its label says.
pub(super) fn looks_like_html(text: &str) -> bool {
    real_tags(text).next().is_some()
}

/// The text holds more escaped tags (`&lt;p&gt;`) than real ones: HTML that was escaped once more.
pub(super) fn looks_escaped(text: &str) -> bool {
    let bytes = text.as_bytes();
    let escaped = memmem::find_iter(bytes, b"&lt;").filter(|at| telling_tag(&bytes[at + 4..], b'&')).count();
    escaped > 0 && real_tags(text).take(escaped).count() < escaped
}

fn real_tags(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'<', bytes).filter(|at| telling_tag(&bytes[at + 1..], b'>'))
}

/// Inline tags whose presence shows that a text is HTML.
const INLINE: &[&[u8]] = &[b"span", b"em", b"i", b"a", b"u", b"font"];

/// A closing tag, or `<br>`, `<p>`, `<li>`, `<ul>` …, follows.
fn telling_tag(bytes: &[u8], close: u8) -> bool {
    let closing = bytes.first() == Some(&b'/');
    let (name, len) = name(if closing { &bytes[1..] } else { bytes });
    let after = bytes.get(usize::from(closing) + len).copied();
    let ends = after == Some(close) || after == Some(b' ') || after == Some(b'/');
    let known = match tag(name) {
        Tag::Inline => INLINE.contains(&&name[..len]),
        Tag::Raw => false,
        _ => true,
    };
    len > 0 && ends && known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_tags_is_sorted() {
        assert!(TAGS.windows(2).all(|w| w[0].0 < w[1].0));
        let tag = |written: &str| tag(name(written.as_bytes()).0);
        assert!(tag("B>") == Tag::Bold && tag("br") == Tag::Break && tag("") == Tag::Inline);
        assert!(TAGS.iter().all(|(written, what)| tag(written) == *what));
    }
}
