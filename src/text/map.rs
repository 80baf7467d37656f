//! The way from visible text back to the bytes it was read from.

use std::ops::Range;

/// A run of visible text and the run of original bytes it came from.
///
/// Both runs have the same length where text was copied; they differ where an entity was decoded
/// or where a character (a line break) was put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    visible: u32,
    original: u32,
    visible_len: u32,
    original_len: u32,
}

/// Maps ranges of visible text to ranges of the original.
#[derive(Clone, Debug, Default)]
pub(super) struct OffsetMap {
    segments: Vec<Segment>,
}

impl OffsetMap {
    pub(super) fn clear(&mut self) {
        self.segments.clear();
    }

    /// Bytes copied as they are.
    pub(super) fn copied(&mut self, visible: usize, original: usize, len: usize) {
        if len == 0 {
            return;
        }
        if let Some(last) = self.segments.last_mut()
            && last.visible_len == last.original_len
            && (last.visible + last.visible_len) as usize == visible
            && (last.original + last.original_len) as usize == original
        {
            last.visible_len += len as u32;
            last.original_len += len as u32;
            return;
        }
        self.replaced(visible, len, original, len);
    }

    /// Original bytes that became other visible bytes.
    pub(super) fn replaced(
        &mut self,
        visible: usize,
        visible_len: usize,
        original: usize,
        original_len: usize,
    ) {
        self.segments.push(Segment {
            visible: visible as u32,
            original: original as u32,
            visible_len: visible_len as u32,
            original_len: original_len as u32,
        });
    }

    /// Forgets everything from `visible` on.
    pub(super) fn truncate(&mut self, visible: usize) {
        while let Some(last) = self.segments.last_mut() {
            if last.visible as usize >= visible {
                self.segments.pop();
                continue;
            }
            let keep = visible - last.visible as usize;
            if keep < last.visible_len as usize && last.visible_len == last.original_len {
                last.visible_len = keep as u32;
                last.original_len = keep as u32;
            }
            break;
        }
    }

    /// The original bytes of a visible range; an empty range stays empty.
    pub(super) fn original(&self, visible: Range<usize>) -> Range<usize> {
        if visible.is_empty() {
            let at = self.find(visible.start).map_or(0, |s| within(s, visible.start));
            return at..at;
        }
        let start = self.find(visible.start).map_or(0, |s| within(s, visible.start));
        let end = self.find(visible.end - 1).map_or(start, |s| {
            if s.visible_len == s.original_len {
                within(s, visible.end - 1) + 1
            } else {
                (s.original + s.original_len) as usize
            }
        });
        start..end.max(start)
    }

    fn find(&self, visible: usize) -> Option<&Segment> {
        let after = self.segments.partition_point(|s| s.visible as usize <= visible);
        self.segments.get(after.saturating_sub(1))
    }
}

fn within(segment: &Segment, visible: usize) -> usize {
    let original = segment.original as usize;
    if segment.visible_len == segment.original_len {
        original + (visible - segment.visible as usize).min(segment.visible_len as usize)
    } else {
        original
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_go_back_over_copies_and_replacements() {
        // "a&amp;b<br>c" is seen as "a&b\nc".
        let mut map = OffsetMap::default();
        map.copied(0, 0, 1);
        map.replaced(1, 1, 1, 5);
        map.copied(2, 6, 1);
        map.replaced(3, 1, 7, 4);
        map.copied(4, 11, 1);
        for (visible, original) in [
            (0..1, 0..1),
            (0..2, 0..6),
            (1..2, 1..6),
            (1..3, 1..7),
            (4..5, 11..12),
            (0..5, 0..12),
            (2..2, 6..6),
        ] {
            assert_eq!(map.original(visible.clone()), original, "{visible:?}");
        }
    }

    #[test]
    fn truncating_forgets_the_rest() {
        let mut map = OffsetMap::default();
        map.copied(0, 0, 10);
        map.truncate(4);
        map.copied(4, 20, 3);
        assert_eq!(map.original(2..4), 2..4);
        assert_eq!(map.original(4..7), 20..23);
    }
}
