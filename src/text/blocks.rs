//! Lines into blocks: headings, items, sentences; and the section each belongs to.

use super::Section;
use super::headings;
use super::lines::{Line, LineKind, Lines, blank};
use super::tokens::{Token, TokenKind};
use std::ops::Range;

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// Names what follows.
    Heading,
    /// A sentence of a list item.
    Item,
    /// A sentence of running text.
    Paragraph,
}

/// A heading, or one sentence of an item or a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// First byte in the visible text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Heading, item or paragraph.
    pub kind: BlockKind,
    /// What the part of the posting it stands in is for.
    pub section: Section,
    /// It is the first of its line: a list item or paragraph begins here.
    pub opens: bool,
    pub(super) first_token: u32,
    pub(super) last_token: u32,
}

impl Block {
    /// Its range in the visible text.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// A line of running text longer than this may hide headings and bullets, in bytes.
const LONG_LINE: usize = 320;
/// Most tokens of one sentence. Readers of a sentence compare its parts with each other, so that this also
/// bounds the time that a body without any full stop takes.
const LONGEST_SENTENCE: usize = 256;
/// Longest heading, in words and in bytes.
const HEADING_WORDS: usize = 14;
const HEADING_BYTES: usize = 120;

/// Divides the lines into blocks; sections are given later.
pub(super) fn divide(lines: &Lines, tokens: &[Token], blocks: &mut Vec<Block>) {
    blocks.clear();
    let mut divider = Divider { text: &lines.visible, tokens, next: 0, blocks };
    for (i, line) in lines.lines.iter().enumerate() {
        let following = lines.lines.get(i + 1);
        divider.line(line, following);
    }
}

struct Divider<'t> {
    text: &'t str,
    tokens: &'t [Token],
    /// First token not yet in a block.
    next: usize,
    blocks: &'t mut Vec<Block>,
}

/// A line without its bullet and Markdown marks.
struct Bare {
    start: usize,
    end: usize,
    /// It began with a bullet or a number.
    bullet: bool,
    /// It is marked as a heading (`#`) or is bold as a whole (`**…**`).
    marked: bool,
    /// Where the bold words that it begins with end.
    lead: usize,
}

impl<'t> Divider<'t> {
    fn line(&mut self, line: &Line, following: Option<&Line>) {
        for part in soft_lines(self.text, line) {
            let bare = strip(self.text, &part);
            if bare.start >= bare.end {
                continue;
            }
            let tokens = self.span(bare.start, bare.end);
            let heading = is_heading(self.text, &self.tokens[tokens.clone()], &part, &bare, following);
            if heading {
                self.push(tokens, bare.start..bare.end, BlockKind::Heading, true);
                continue;
            }
            let kind = if bare.bullet || part.kind == LineKind::Item {
                BlockKind::Item
            } else {
                BlockKind::Paragraph
            };
            self.body(tokens, &bare, kind, part.opens || bare.bullet);
        }
    }

    /// A line that is no heading: perhaps with a heading in front, then sentences.
    fn body(&mut self, tokens: Range<usize>, bare: &Bare, kind: BlockKind, opens: bool) {
        let mut from = tokens.start;
        let mut start = bare.start;
        if let Some(after) = self.lead_in(&tokens, bare) {
            let end = self.tokens[after - 1].end as usize;
            self.push(from..after, start..end, BlockKind::Heading, true);
            from = after;
            while from < tokens.end && is_joint(self.tokens[from].of(self.text)) {
                from += 1;
            }
            let Some(first) = self.tokens.get(from).filter(|_| from < tokens.end) else { return };
            start = first.start as usize;
        }
        let long = bare.end - start > LONG_LINE || self.hides_headings(from..tokens.end);
        self.sentences(from..tokens.end, start, bare.end, kind, opens, long);
    }

    /// A short line that lost its breaks: "Requirements: … Nice to have: … Benefits: …".
    fn hides_headings(&self, tokens: Range<usize>) -> bool {
        let all = &self.tokens[..tokens.end];
        if !all[tokens.start..].iter().any(|token| token.mark(self.text) == b':') {
            return false;
        }
        let named = tokens.filter(|&at| {
            all[at].kind == TokenKind::Word
                && headings::phrase_at(self.text, all, at)
                    .is_some_and(|(_, len)| all.get(at + len).is_some_and(|t| t.mark(self.text) == b':'))
        });
        named.take(2).count() == 2
    }

    /// A heading in front of a line: `Responsibilities: …`, `<b>What you bring</b> – …`. Gives
    /// the token after it.
    fn lead_in(&self, tokens: &Range<usize>, bare: &Bare) -> Option<usize> {
        let line = &self.tokens[tokens.clone()];
        let colon = line.iter().take(HEADING_WORDS).position(|t| t.mark(self.text) == b':');
        let bold = line.iter().take_while(|t| (t.end as usize) <= bare.lead).count();
        let len = match (bold, colon) {
            (0, None) => return None,
            (0, Some(colon)) => colon,
            (bold, Some(colon)) if colon <= bold + 1 => colon.min(bold),
            (bold, _) if bold <= HEADING_WORDS => bold,
            _ => return None,
        };
        if len == 0 || len >= line.len() {
            return None;
        }
        let reading = headings::read(self.text, &line[..len])?;
        let need = if colon == Some(len) || bold == len { 5 } else { 7 };
        (reading.score >= need && len <= 8).then_some(tokens.start + len)
    }

    /// Cuts running text into sentences, bullets and the headings that hide in it.
    fn sentences(
        &mut self,
        tokens: Range<usize>,
        start: usize,
        end: usize,
        kind: BlockKind,
        opens: bool,
        long: bool,
    ) {
        let mut piece = Piece { first: tokens.start, start, kind, opens };
        let mut at = tokens.start;
        while at < tokens.end {
            // Within a short line only symbols cut.
            if !long && self.tokens[at].kind == TokenKind::Word {
                at += 1;
                continue;
            }
            // (tokens that end this piece, tokens dropped after them, what follows)
            let (until, next, kind, opens) = match self.cut(at, &tokens, long) {
                Cut::None => {
                    at += 1;
                    continue;
                }
                Cut::After => (at + 1, at + 1, piece.kind, false),
                Cut::Bullet => (at, at + 1, BlockKind::Item, true),
                Cut::Dash if at == piece.first => {
                    at += 1;
                    continue;
                }
                Cut::Dash => (at, at, BlockKind::Item, true),
                Cut::Heading(len) => {
                    self.close(&piece, at);
                    let until = at + len;
                    let range = self.tokens[at].start as usize..self.tokens[until - 1].end as usize;
                    self.push(at..until, range, BlockKind::Heading, true);
                    let joints = self.tokens[until..tokens.end]
                        .iter()
                        .take_while(|t| is_joint(t.of(self.text)))
                        .count();
                    piece.first = until + joints;
                    (piece.first, piece.first, BlockKind::Paragraph, true)
                }
            };
            self.close(&piece, until);
            let start = self.tokens.get(next).map_or(end, |t| t.start as usize);
            piece = Piece { first: next, start, kind, opens };
            // A dash stands before its token: do not find it again.
            at = if next == at { at + 1 } else { next };
        }
        if piece.first < tokens.end && piece.start < end {
            self.push(piece.first..tokens.end, piece.start..end, piece.kind, piece.opens);
        }
    }

    fn close(&mut self, piece: &Piece, until: usize) {
        if until > piece.first {
            let end = self.tokens[until - 1].end as usize;
            self.push(piece.first..until, piece.start..end, piece.kind, piece.opens);
        }
    }

    /// Whether the text is cut at token `at`.
    fn cut(&self, at: usize, tokens: &Range<usize>, long: bool) -> Cut {
        let token = &self.tokens[at];
        if token.kind == TokenKind::Symbol {
            let next = self.tokens[..tokens.end].get(at + 1);
            return match self.text.as_bytes()[token.start as usize] {
                b'.' | b'!' | b'?' if next.is_some_and(|n| n.gap) && self.ends_sentence(at) => Cut::After,
                b'.' | b'!' | b'?' if at > tokens.start && next.is_some_and(|n| self.is_glued(at, n)) => {
                    Cut::After
                }
                b if b >= 128 && is_bullet(token.of(self.text)) => {
                    let free = token.gap || at == tokens.start;
                    let lost = !joins(token.of(self.text)) && next.is_some_and(|n| self.starts_upper(n));
                    if free || lost { Cut::Bullet } else { Cut::None }
                }
                b'*' if long && token.gap && next.is_some_and(|n| n.gap) => Cut::Bullet,
                _ => Cut::None,
            };
        }
        if long && token.gap && self.starts_upper(token) {
            if let Some((_, len)) = headings::phrase_at(self.text, &self.tokens[..tokens.end], at)
                && self.stands_as_heading(at, len, tokens)
            {
                return Cut::Heading(len);
            }
            if at > tokens.start && self.after_dash(at) {
                return Cut::Dash;
            }
        }
        Cut::None
    }

    fn starts_upper(&self, token: &Token) -> bool {
        match self.text.as_bytes()[token.start as usize] {
            ascii @ 0..128 => ascii.is_ascii_uppercase(),
            _ => starts_upper(token.of(self.text)),
        }
    }

    /// The full stop at `at`, which a gap follows, ends a sentence.
    fn ends_sentence(&self, at: usize) -> bool {
        let next = self.tokens[at + 1].of(self.text);
        let begins =
            next.chars().next().is_some_and(|c| !c.is_lowercase() && !matches!(c, ',' | ';' | ')' | '.'));
        let Some(before) = at.checked_sub(1).map(|b| self.tokens[b].of(self.text)) else { return false };
        let one_letter = before.chars().count() == 1 && before.chars().all(char::is_alphabetic);
        begins && !one_letter && !ABBREVIATIONS.iter().any(|a| a.eq_ignore_ascii_case(before))
    }

    /// The stop at `at` lost the space after it: "from you.Flexibility". Not "Node.js", "Booking.com", "asp.Net", nor
    /// within addresses and names of programs.
    fn is_glued(&self, at: usize, next: &Token) -> bool {
        let before = &self.tokens[at - 1];
        let (stop, word) = (&self.tokens[at], before.of(self.text));
        let (after, mut letters) = (next.of(self.text), next.of(self.text).chars());
        let touches = |a: &Token, b: &Token| a.end == b.start;
        let is_symbol = |token: &Token| token.kind == TokenKind::Symbol;
        let runs_on = |from: usize| match &self.tokens[from.min(self.tokens.len())..] {
            [second, third, ..] if second.mark(self.text) == b'.' => {
                touches(next, second) && touches(second, third)
            }
            [second, ..] => {
                touches(next, second) && matches!(second.mark(self.text), b'=' | b'/' | b'@' | b'_' | b'(')
            }
            [] => false,
        };
        let in_address = at > 1 && is_symbol(&self.tokens[at - 2]) && touches(&self.tokens[at - 2], before);
        before.end == stop.start
            && stop.end == next.start
            && word.len() > 2
            && word.chars().all(char::is_lowercase)
            && letters.next().is_some_and(char::is_uppercase)
            && letters.next().is_some_and(char::is_lowercase)
            && letters.all(|c| !c.is_uppercase())
            && !in_address
            && !runs_on(at + 2)
            && word != "www"
            && !ABBREVIATIONS.contains(&word)
            && !matches!(after, "Net" | "Js" | "Com" | "Org" | "Io" | "Ai" | "De")
    }

    /// A spaced hyphen stands before the word at `at`, and it joins no two sums ("USD $90,000 - USD $120,000").
    fn after_dash(&self, at: usize) -> bool {
        if self.tokens.get(at + 1).is_some_and(|next| matches!(next.of(self.text), "$" | "€" | "£")) {
            return false;
        }
        let between = &self.text[self.tokens[at - 1].end as usize..self.tokens[at].start as usize];
        between.len() > 2 && between.trim() == "-" && between.starts_with(blank) && between.ends_with(blank)
    }

    /// The heading phrase of `len` tokens at `at` is meant as a heading within running text.
    fn stands_as_heading(&self, at: usize, len: usize, tokens: &Range<usize>) -> bool {
        let Some(next) = self.tokens[..tokens.end].get(at + len) else { return false };
        let before = if at > tokens.start { self.tokens[at - 1].of(self.text) } else { "." };
        let free = matches!(before, "." | "!" | "?" | ":" | ";" | ")" | "…" | "•" | "*");
        let next = next.of(self.text);
        if next == ":" {
            return free || before.chars().any(char::is_lowercase) && len <= 6;
        }
        let opens = next.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit());
        let titled = self.tokens[at..at + len]
            .iter()
            .all(|t| t.kind == TokenKind::Symbol || starts_upper(t.of(self.text)) || (t.end - t.start) <= 3);
        let words = self.tokens[at..at + len].iter().filter(|t| t.kind == TokenKind::Word).count();
        opens && titled && words >= 2 && (free || starts_lower(before))
    }

    /// The tokens that lie in `start..end`; moves on.
    fn span(&mut self, start: usize, end: usize) -> Range<usize> {
        while self.tokens.get(self.next).is_some_and(|t| (t.start as usize) < start) {
            self.next += 1;
        }
        let first = self.next;
        while self.tokens.get(self.next).is_some_and(|t| (t.end as usize) <= end) {
            self.next += 1;
        }
        first..self.next
    }

    /// Adds a block; what is longer than any sentence is cut into several.
    fn push(&mut self, tokens: Range<usize>, range: Range<usize>, kind: BlockKind, opens: bool) {
        let (mut first, mut start, mut opens) = (tokens.start, range.start, opens);
        while tokens.end - first > LONGEST_SENTENCE {
            let last = first + LONGEST_SENTENCE;
            self.push_one(first..last, start..self.tokens[last - 1].end as usize, kind, opens);
            (first, start, opens) = (last, self.tokens[last].start as usize, false);
        }
        self.push_one(first..tokens.end, start..range.end, kind, opens);
    }

    fn push_one(&mut self, tokens: Range<usize>, range: Range<usize>, kind: BlockKind, opens: bool) {
        let text = self.text.get(range.clone()).unwrap_or_default();
        let inked = text.trim_end_matches(blank);
        if inked.is_empty() {
            return;
        }
        self.blocks.push(Block {
            start: range.start,
            end: range.start + inked.len(),
            kind,
            section: Section::Other,
            opens,
            first_token: u32::try_from(tokens.start).unwrap_or(u32::MAX),
            last_token: u32::try_from(tokens.end).unwrap_or(u32::MAX),
        });
    }
}

/// A sentence that has begun.
struct Piece {
    first: usize,
    start: usize,
    kind: BlockKind,
    opens: bool,
}

enum Cut {
    None,
    /// After this token: it ends a sentence.
    After,
    /// This token is a bullet.
    Bullet,
    /// A dash before this token is a bullet.
    Dash,
    /// So many tokens from this one are a heading.
    Heading(usize),
}

/// What a full stop may follow without ending a sentence.
const ABBREVIATIONS: &[&str] = &[
    "inc", "ltd", "co", "corp", "sr", "jr", "dr", "mr", "mrs", "ms", "st", "vs", "approx", "ca", "bzw", "nr",
    "no", "etc", "eg", "ie", "inkl", "prof", "dept", "ph", "incl", "ggf", "usw", "evtl", "max", "min", "bl",
    "resp",
];

fn starts_upper(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

fn starts_lower(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_lowercase)
}

/// What stands between a heading and its text.
fn is_joint(token: &str) -> bool {
    matches!(token, ":" | "-" | "–" | "—" | "*" | "|" | "•")
}

/// Bullets that also stand between two words: "A·B", "C→D".
fn joins(bullet: &str) -> bool {
    matches!(bullet, "·" | "∙" | "→" | "➔" | "➜")
}

fn is_bullet(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_bullet_char) && chars.next().is_none()
}

fn is_bullet_char(c: char) -> bool {
    matches!(
        c,
        '•' | '·'
            | '●'
            | '▪'
            | '▫'
            | '■'
            | '□'
            | '◦'
            | '○'
            | '‣'
            | '⁃'
            | '➢'
            | '➤'
            | '►'
            | '▶'
            | '✓'
            | '✔'
            | '✅'
            | '☑'
            | '★'
            | '❖'
            | '❯'
            | '→'
            | '➔'
            | '➜'
            | '\u{f0b7}'
            | '\u{f0a7}'
            | '∙'
            | '◆'
            | '◾'
            | '⚫'
            | '🔹'
            | '🔸'
    )
}

/// Lines of HTML text that only line feeds separate: cut where the line feeds were plainly meant.
#[inline(never)]
fn soft_lines<'t>(text: &'t str, line: &Line) -> impl Iterator<Item = Line> + use<'t> {
    let body = text.get(line.start..line.end).unwrap_or_default();
    let feeds = memchr::memchr_iter(b'\n', body.as_bytes()).count();
    let meant = feeds > 0 && {
        let begins = body.split('\n').skip(1).filter(|l| !l.trim().is_empty());
        let (all, fresh) = begins.fold((0, 0), |(all, fresh), next| {
            let first = next.trim_start_matches(blank).chars().next();
            (all + 1, fresh + usize::from(first.is_some_and(|c| !c.is_lowercase())))
        });
        fresh * 10 >= all * 8
    };
    let (line, end) = (*line, line.start + body.len());
    let mut next = Some(line.start);
    std::iter::from_fn(move || {
        let from = next?;
        let rest = text.as_bytes().get(from..end).filter(|_| meant).unwrap_or_default();
        let feed = memchr::memchr(b'\n', rest).map(|n| from + n);
        next = feed.map(|feed| feed + 1);
        let to = feed.unwrap_or(end);
        let opens = line.opens || from > line.start;
        Some(Line { start: from, end: to, lead: line.lead.clamp(from, to), opens, ..line })
    })
}

/// Takes bullets, numbers and Markdown marks off a line.
fn strip(text: &str, line: &Line) -> Bare {
    let mut bare =
        Bare { start: line.start, end: line.end, bullet: false, marked: line.bold, lead: line.lead };
    bare.trim(text);
    while let Some(len) = bullet_len(&text[bare.start..bare.end]) {
        bare.bullet = true;
        bare.start += len;
        bare.trim(text);
    }
    let body = &text[bare.start..bare.end];
    let hashes = body.len() - body.trim_start_matches('#').len();
    if (1..=6).contains(&hashes) && body[hashes..].starts_with(blank) {
        bare.marked = true;
        bare.start += hashes;
        bare.trim(text);
    }
    for mark in ["**", "__"] {
        let body = &text[bare.start..bare.end];
        if let Some(rest) = body.strip_prefix(mark)
            && let Some(close) = rest.find(mark)
        {
            let after = rest[close + 2..].trim_matches(blank);
            if matches!(after, "" | ":") {
                bare.marked = true;
                bare.end = bare.start + 2 + close;
            } else {
                bare.lead = bare.start + 2 + close;
            }
            bare.start += 2;
            bare.trim(text);
        }
    }
    // Emoji in front of a heading or an item.
    let body = &text[bare.start..bare.end];
    let rest = body.trim_start_matches(|c: char| blank(c) || (c as u32) >= 0x2190 && !c.is_alphanumeric());
    if !rest.is_empty() {
        bare.start += body.len() - rest.len();
    }
    bare.lead = bare.lead.clamp(bare.start, bare.end.max(bare.start));
    bare
}

impl Bare {
    /// Leaves white space out at both ends.
    // Inlined many times into one function, this keeps LLVM's constraint elimination busy for
    // many minutes.
    #[inline(never)]
    fn trim(&mut self, text: &str) {
        let body = text.get(self.start..self.end).unwrap_or_default();
        let trimmed = body.trim_start_matches(blank);
        self.start += body.len() - trimmed.len();
        self.end = self.start + trimmed.trim_end_matches(blank).len();
    }
}

/// Length of the bullet or number that `body` begins with, the space after it left out.
#[inline(never)]
fn bullet_len(body: &str) -> Option<usize> {
    let mut chars = body.chars();
    let first = chars.next()?;
    let second = chars.next();
    let spaced = second.is_none_or(blank);
    match first {
        '-' | '*' | '+' | '>' | 'o' | '–' | '—' | '»' | '~' if spaced && second.is_some() => {
            Some(first.len_utf8())
        }
        '-' | '–' if second.is_some_and(char::is_alphabetic) => Some(first.len_utf8()),
        _ if is_bullet_char(first) && second.is_some() => Some(first.len_utf8()),
        _ if first.is_ascii_digit() || spaced_letter(body) => {
            let digits = body.bytes().take_while(u8::is_ascii_alphanumeric).count();
            let mark = matches!(body.as_bytes().get(digits), Some(b'.' | b')'));
            let space = body.get(digits + 1..).is_some_and(|rest| rest.starts_with(blank));
            (digits <= 2 && mark && space).then_some(digits + 1)
        }
        _ => None,
    }
}

/// `a) `, `b. `: a letter used as a number.
fn spaced_letter(body: &str) -> bool {
    let bytes = body.as_bytes();
    bytes.len() > 2 && bytes[0].is_ascii_lowercase() && bytes[1] == b')'
}

/// The line names what follows rather than saying something.
fn is_heading(text: &str, tokens: &[Token], line: &Line, bare: &Bare, following: Option<&Line>) -> bool {
    let body = &text[bare.start..bare.end];
    let words = tokens.iter().filter(|t| t.kind == TokenKind::Word).count();
    if words == 0 || words > HEADING_WORDS || body.len() > HEADING_BYTES {
        return false;
    }
    let colon = body.ends_with([':', '：']);
    let stop = body.ends_with(['.', ',', ';']) && !body.ends_with("...");
    let item = bare.bullet || line.kind == LineKind::Item;
    if matches!(line.kind, LineKind::Heading(_)) {
        return true;
    }
    let reading = || headings::read(text, tokens).map_or(0, |r| r.score);
    if item {
        let list_follows = following.is_some_and(|next| next.kind == LineKind::Item && !next.opens);
        return (bare.marked || colon) && !stop && words <= 8 && (reading() >= 7 || colon && list_follows);
    }
    if stop {
        return false;
    }
    if bare.marked || colon {
        return true;
    }
    let letters = body.chars().filter(|c| c.is_alphabetic()).count();
    let cased = body.chars().any(char::is_uppercase);
    let figures = body.chars().any(|c| c.is_ascii_digit());
    if letters > 4 && cased && !figures && body.chars().all(|c| !c.is_lowercase()) {
        return words <= 8;
    }
    words <= 8 && reading() >= 7
}
