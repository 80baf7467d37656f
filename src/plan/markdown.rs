//! `plan.md`: written for people, edited by people, read back without losing a word of theirs.
//!
//! Every generated block ends its first line with `<!-- id:a1b2 as:3f9c01de.5 -->`: its id, a digest
//! of its text without the tick, and its number of lines. A block that still has its digest is
//! renewed; one that was edited is left as it is. What stands between blocks is the owner's and
//! stays where it is. A block the owner removed does not come back.

use super::id::digest;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

mod write;

pub use write::blocks;

/// A generated block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Id.
    pub id: String,
    /// Lines, the first without its mark.
    pub lines: Vec<String>,
}

/// A block as it was found in a file, with what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Id.
    pub id: String,
    /// Lines up to the next block, as they are.
    pub lines: Vec<String>,
    /// Generated lines at the beginning; none when the owner edited them.
    pub pristine: Option<usize>,
    /// The tick of its checkbox, where it has one.
    pub ticked: Option<bool>,
}

impl Segment {
    /// The owner's lines after an unedited block; of an edited one, all of it.
    #[must_use]
    pub fn own(&self) -> &[String] {
        let own = self.lines.get(self.pristine.unwrap_or(0)..).unwrap_or_default();
        let end = own.iter().rposition(|line| !line.trim().is_empty()).map_or(0, |at| at + 1);
        &own[..end]
    }
}

/// A `plan.md` as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Lines before the first block: the owner's.
    pub preamble: Vec<String>,
    /// Blocks in order.
    pub segments: Vec<Segment>,
}

/// Title over what newer versions of a plan no longer have.
const KEPT: &str = "kept";

/// Reads a `plan.md`. Never fails: what is no block of ours belongs to the owner.
#[must_use]
pub fn read(text: &str) -> Document {
    let mut document = Document::default();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.trim_end();
        // A block that was copied has its id twice: the copy is the owner's text.
        match mark(line).filter(|mark| seen.insert(mark.id.to_owned())) {
            Some(mark) => document.segments.push(Segment {
                id: mark.id.to_owned(),
                lines: vec![line.to_owned()],
                pristine: None,
                ticked: tick(line),
            }),
            None => match document.segments.last_mut() {
                Some(segment) => segment.lines.push(line.to_owned()),
                None => document.preamble.push(line.to_owned()),
            },
        }
    }
    for segment in &mut document.segments {
        segment.pristine = pristine(&segment.lines);
    }
    document
}

/// `text` with the marks that its lines lost: some editors drop comments and write other bullets. A line that reads as
/// the first line of one of `blocks`, whatever its bullet and tick, is that block's, unless the block stands elsewhere
/// with its mark.
#[must_use]
pub fn remarked(text: &str, blocks: &[Block]) -> String {
    let known: BTreeSet<&str> = text.lines().filter_map(mark).map(|mark| mark.id).collect();
    let mut lost: BTreeMap<&str, VecDeque<&Block>> = BTreeMap::new();
    for block in blocks.iter().filter(|block| !known.contains(block.id.as_str())) {
        let first = block.lines.first().map_or("", String::as_str);
        lost.entry(said(first)).or_default().push_back(block);
    }
    let mut out = String::with_capacity(text.len());
    for line in text.trim_start_matches('\u{feff}').split_inclusive('\n') {
        let bare = line.trim_end();
        out.push_str(bare);
        if let Some(block) = lost.get_mut(said(bare)).and_then(VecDeque::pop_front) {
            out.push_str(&format!(" <!-- id:{} {} -->", block.id, mark_of(&block.lines)));
        }
        out.push_str(&line[bare.len()..]);
    }
    out
}

/// What a line says behind its bullet and checkbox.
fn said(line: &str) -> &str {
    match tick(line) {
        Some(_) => line.split_once(']').map_or(line, |(_, text)| text).trim(),
        None => line.trim(),
    }
}

impl Document {
    /// Ticks by id.
    #[must_use]
    pub fn ticks(&self) -> BTreeMap<&str, bool> {
        self.segments.iter().filter_map(|s| Some((s.id.as_str(), s.ticked?))).collect()
    }

    /// Checkboxes that the owner wrote: text and tick.
    #[must_use]
    pub fn own_items(&self) -> Vec<(String, bool)> {
        let lines = self.preamble.iter().chain(self.segments.iter().flat_map(|s| &s.lines));
        lines
            .filter(|line| mark(line).is_none())
            .filter_map(|line| {
                let ticked = tick(line)?;
                let text = line.split_once(']').map_or("", |(_, text)| text).trim();
                (!text.is_empty()).then(|| (text.to_owned(), ticked))
            })
            .collect()
    }
}

/// The text of a plan: `blocks` renewed, everything of the owner's in `old` kept. Blocks with an id
/// in `removed` are left out unless `old` still has them.
#[must_use]
pub fn merge(blocks: &[Block], old: &Document, removed: &BTreeSet<String>) -> String {
    let by_id: BTreeMap<&str, &Segment> = old.segments.iter().map(|s| (s.id.as_str(), s)).collect();
    let mut out = Lines::default();
    if old.preamble.iter().any(|line| !line.is_empty()) {
        out.own(&old.preamble);
    }
    for block in blocks {
        match by_id.get(block.id.as_str()) {
            None if removed.contains(&block.id) => {}
            None => out.block(block, None, &[]),
            Some(segment) if segment.pristine.is_some() => out.block(block, segment.ticked, segment.own()),
            Some(segment) => out.edited(segment),
        }
    }
    let fresh: BTreeSet<&str> = blocks.iter().map(|block| block.id.as_str()).collect();
    let gone = |segment: &&Segment| !fresh.contains(segment.id.as_str()) && segment.id != KEPT;
    let worth = |segment: &&Segment| segment.ticked == Some(true) || !segment.own().is_empty();
    let kept: Vec<&Segment> = old.segments.iter().filter(gone).filter(worth).collect();
    let heading = by_id.get(KEPT).filter(|segment| !segment.own().is_empty());
    if !kept.is_empty() || heading.is_some() {
        let title =
            Block { id: KEPT.to_owned(), lines: vec!["## From earlier versions of this plan".into()] };
        match heading {
            Some(segment) if segment.pristine.is_none() => out.edited(segment),
            other => out.block(&title, None, other.map_or(&[], |segment| segment.own())),
        }
        kept.into_iter().for_each(|segment| out.edited(segment));
    }
    out.finish()
}

/// Lines on their way out, with empty lines between paragraphs and none within lists.
#[derive(Default)]
struct Lines(Vec<String>);

impl Lines {
    fn block(&mut self, block: &Block, ticked: Option<bool>, own: &[String]) {
        let mut lines = block.lines.clone();
        if let Some(first) = lines.first_mut() {
            let mark = mark_of(&block.lines);
            match ticked {
                Some(true) => *first = first.replacen("- [ ]", "- [x]", 1),
                Some(false) => *first = first.replacen("- [x]", "- [ ]", 1),
                None => {}
            }
            *first = format!("{first} <!-- id:{} {mark} -->", block.id);
        }
        self.space_before(lines.first());
        self.0.extend(lines);
        self.own(own);
    }

    fn edited(&mut self, segment: &Segment) {
        self.space_before(segment.lines.first());
        let end = segment.lines.iter().rposition(|l| !l.is_empty()).map_or(0, |at| at + 1);
        self.own(&segment.lines[..end]);
    }

    fn own(&mut self, lines: &[String]) {
        self.0.extend(lines.iter().cloned());
    }

    fn space_before(&mut self, next: Option<&String>) {
        let item = |line: Option<&String>| {
            line.is_some_and(|line| line.trim_start().starts_with("- ") || line.starts_with("  "))
        };
        let last = self.0.last();
        if last.is_some_and(|line| !line.is_empty()) && !(item(last) && item(next)) {
            self.0.push(String::new());
        }
    }

    fn finish(mut self) -> String {
        while self.0.last().is_some_and(String::is_empty) {
            self.0.pop();
        }
        let mut text = self.0.join("\n");
        text.push('\n');
        text
    }
}

/// What a mark says.
struct Mark<'a> {
    id: &'a str,
    digest: &'a str,
    lines: usize,
}

/// The mark at the end of `line`.
fn mark(line: &str) -> Option<Mark<'_>> {
    let inner = line.trim_end().strip_suffix("-->")?;
    let (_, inner) = inner.rsplit_once("<!--")?;
    let (id, check) = inner.trim().strip_prefix("id:")?.split_once(' ')?;
    let (digest, lines) = check.trim().strip_prefix("as:")?.split_once('.')?;
    let known = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric());
    known.then_some(Mark { id, digest, lines: lines.parse().ok()? })
}

/// `as:<digest>.<lines>` of generated lines.
fn mark_of(lines: &[String]) -> String {
    format!("as:{:08x}.{}", digest(&untick(lines)), lines.len())
}

/// The lines as one text that does not depend on the tick.
fn untick(lines: &[String]) -> String {
    let mut text = lines.join("\n");
    if lines.first().and_then(|line| tick(line)) == Some(true) {
        text = text.replacen("[x]", "[ ]", 1).replacen("[X]", "[ ]", 1);
    }
    text
}

/// How many lines at the beginning of a segment are as they were generated; `None` when edited.
fn pristine(lines: &[String]) -> Option<usize> {
    let first = lines.first()?;
    let mark = mark(first)?;
    let mut generated: Vec<String> = lines.get(..mark.lines)?.to_vec();
    let end = first.rfind("<!--")?;
    *generated.first_mut()? = first.get(..end)?.trim_end().to_owned();
    (format!("{:08x}", digest(&untick(&generated))) == mark.digest).then_some(mark.lines)
}

/// The tick of a line that is a checkbox. Marks for "half done" and the like (`[~]`, `[-]`, `[/]`,
/// `[>]`) are no tick, and no removal either.
fn tick(line: &str) -> Option<bool> {
    let rest = line.trim_start();
    let rest = ["- ", "* ", "+ "].iter().find_map(|bullet| rest.strip_prefix(bullet))?;
    match rest.trim_start().get(..3)? {
        "[ ]" | "[~]" | "[-]" | "[/]" | "[>]" => Some(false),
        "[x]" | "[X]" => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
