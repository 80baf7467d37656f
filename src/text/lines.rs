//! Visible text being gathered line by line, with the way back to the original.

use super::entities;
use super::map::OffsetMap;
use memchr::memchr;
use std::ops::Range;

/// What the markup says a line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum LineKind {
    /// Nothing special.
    #[default]
    Text,
    /// A list item, or a later line of one.
    Item,
    /// A heading of this rank.
    Heading(u8),
}

/// One line as a reader sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: LineKind,
    /// Everything in it is bold.
    pub(super) bold: bool,
    /// Where the bold words that it begins with end; `start` when it begins with none.
    pub(super) lead: usize,
    /// It begins a paragraph or an item (not a mere `<br>` or line feed).
    pub(super) opens: bool,
}

/// Gathers lines. Kept between texts for its buffers.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) visible: String,
    pub(super) map: OffsetMap,
    pub(super) lines: Vec<Line>,
    line: Line,
    /// The kind of the block that lines belong to now.
    kind: LineKind,
    lists: u32,
    items: u32,
    bolds: u32,
    bold_bytes: usize,
    plain_bytes: usize,
    /// Line feeds end lines (plain text), or are spaces (HTML).
    feeds_break: bool,
    read_to: usize,
}

impl Lines {
    pub(super) fn clear(&mut self, feeds_break: bool) {
        self.visible.clear();
        self.map.clear();
        self.lines.clear();
        self.line = Line { opens: true, ..Line::default() };
        self.kind = LineKind::Text;
        (self.lists, self.items, self.bolds) = (0, 0, 0);
        (self.bold_bytes, self.plain_bytes, self.read_to) = (0, 0, 0);
        self.feeds_break = feeds_break;
    }

    /// Copies `range` of `source`, line feeds included.
    pub(super) fn text(&mut self, source: &str, range: Range<usize>) {
        if !self.feeds_break {
            self.copy(source, range);
            return;
        }
        let mut at = range.start;
        while let Some(n) = memchr(b'\n', &source.as_bytes()[at..range.end]) {
            self.copy(source, at..at + n);
            self.read_to = at + n;
            self.end_line();
            if self.items == 0 {
                self.line.opens = true;
            }
            at += n + 1;
        }
        self.copy(source, at..range.end);
    }

    fn copy(&mut self, source: &str, range: Range<usize>) {
        let text = &source[range.clone()];
        if text.is_empty() {
            return;
        }
        self.map.copied(self.visible.len(), range.start, text.len());
        self.visible.push_str(text);
        self.read_to = range.end;
        self.count(text);
    }

    /// Keeps account of how much of the line is bold.
    fn count(&mut self, text: &str) {
        if self.bolds > 0 || self.line.lead > 0 || self.plain_bytes == 0 {
            let inked = text.trim().len();
            if self.bolds > 0 {
                self.bold_bytes += inked;
                if self.plain_bytes == 0 {
                    self.line.lead = self.visible.len();
                }
            } else if !matches!(text.trim(), "" | ":") {
                self.plain_bytes += inked;
            }
        }
    }

    /// Decodes the reference at the `&` at `at`, or takes it for an ampersand; returns where to
    /// read on.
    pub(super) fn reference(&mut self, source: &str, at: usize) -> usize {
        let Some((c, len)) = entities::decode(&source.as_bytes()[at..]) else {
            self.copy(source, at..at + 1);
            return at + 1;
        };
        if c == '\n' && self.feeds_break {
            self.end_line();
            return at + len;
        }
        let mut utf8 = [0; 4];
        let text = c.encode_utf8(&mut utf8);
        self.map.replaced(self.visible.len(), text.len(), at, len);
        self.visible.push(c);
        self.read_to = at + len;
        self.count(&*text);
        at + len
    }

    /// Ends the line; the next one belongs to the same block.
    pub(super) fn end_line(&mut self) {
        let start = self.line.start;
        let text = &self.visible[start..];
        let inked = text.trim_matches(blank);
        if inked.is_empty() {
            self.visible.truncate(start);
            self.map.truncate(start);
        } else {
            let from = start + (text.len() - text.trim_start_matches(blank).len());
            let line = Line {
                start: from,
                end: from + inked.len(),
                kind: self.kind,
                bold: self.plain_bytes == 0 && self.bold_bytes > 0,
                lead: self.line.lead.clamp(from, from + inked.len()),
                opens: self.line.opens,
            };
            self.lines.push(line);
            self.map.replaced(self.visible.len(), 1, self.read_to, 0);
            self.visible.push('\n');
            self.line.opens = false;
        }
        self.line.start = self.visible.len();
        self.line.lead = 0;
        (self.bold_bytes, self.plain_bytes) = (0, 0);
    }

    /// Begins another block.
    pub(super) fn block(&mut self, kind: LineKind) {
        self.end_line();
        self.kind = if self.items > 0 && kind == LineKind::Text { LineKind::Item } else { kind };
        if self.kind != LineKind::Item {
            self.line.opens = true;
        }
    }

    /// Begins a list.
    pub(super) fn list(&mut self) {
        self.block(LineKind::Text);
        self.lists += 1;
    }

    /// Ends a list, and with it the items that were never closed.
    pub(super) fn end_list(&mut self) {
        self.end_line();
        self.lists = self.lists.saturating_sub(1);
        self.leave(self.items.min(self.lists));
    }

    /// Begins a list item; one of the same list that was never closed ends.
    pub(super) fn item(&mut self) {
        self.end_line();
        self.items = self.lists.max(1);
        self.kind = LineKind::Item;
        self.line.opens = true;
    }

    /// Ends a list item. More closings than openings do no harm.
    pub(super) fn end_item(&mut self) {
        self.end_line();
        self.leave(self.items.saturating_sub(1));
    }

    fn leave(&mut self, items: u32) {
        self.items = items;
        self.kind = if items > 0 { LineKind::Item } else { LineKind::Text };
        self.line.opens = true;
    }

    /// Bold begins or ends.
    pub(super) fn bold(&mut self, on: bool) {
        self.bolds = if on { self.bolds + 1 } else { self.bolds.saturating_sub(1) };
    }
}

/// White space and what is as invisible.
pub(super) fn blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
        || c.is_control()
}
