//! What the section model is told of a block: its words, pairs of neighbours, and marks of what it is and where it stands.

use super::Section;
use super::blocks::{Block, BlockKind};
use super::headings::{self, Reading};
use super::tokens::{Token, TokenKind, fold_hash};
use super::weights::pair;
use super::welcome::{is_welcome, main_part};
use std::sync::OnceLock;

/// The score from which a heading is certain, and from which it is likely.
const CERTAIN: i32 = 7;
const LIKELY: i32 = 5;
/// A block with fewer blocks between it and its heading is near it.
const NEAR: usize = 6;

/// Any run of digits.
pub(super) const NUMBER: &str = "<number>";
/// Stands before the first word.
const START: &str = "<start>";
const KINDS: [&str; 3] = ["<heading>", "<item>", "<paragraph>"];
const FIFTHS: [&str; 5] = ["<fifth 1>", "<fifth 2>", "<fifth 3>", "<fifth 4>", "<fifth 5>"];
const LENGTHS: [&str; 4] = ["<to 3 words>", "<to 8 words>", "<to 25 words>", "<longer>"];
const OPENS: &str = "<opens>";
const WELCOME: &str = "<welcome>";
/// What a heading says, by how telling it is; and where a block stands below it.
const TELLING: [&str; 3] = ["certain", "likely", "hardly"];
const PLACES: [&str; 3] = ["near", "far below", "after the list of"];

const KIND: usize = 0;
const FIFTH: usize = KIND + KINDS.len();
const LENGTH: usize = FIFTH + FIFTHS.len();
const OPENING: usize = LENGTH + LENGTHS.len();
const WISH: usize = OPENING + 1;
const SAID: usize = WISH + 1;
/// What a heading may say: one of the sections, or nothing.
const NOTHING: usize = Section::ALL.len();
const PLACED: usize = SAID + (NOTHING + 1) * TELLING.len();
const COUNT: usize = PLACED + (NOTHING + 1) * PLACES.len();

/// A set of marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks(u128);

const _: () = assert!(COUNT <= 128);

impl Marks {
    fn add(&mut self, mark: usize) {
        self.0 |= 1 << mark;
    }

    fn each(self, mut each: impl FnMut(usize)) {
        let mut left = self.0;
        while left != 0 {
            each(left.trailing_zeros() as usize);
            left &= left - 1;
        }
    }
}

/// Names of marks as the table has them, and their hashes.
#[derive(Debug)]
struct Table {
    names: Vec<String>,
    hashes: Vec<u64>,
    number: u64,
    start: u64,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let fixed = KINDS.iter().chain(&FIFTHS).chain(&LENGTHS).chain([&OPENS, &WELCOME]);
        let mut names: Vec<String> = fixed.map(|name| (*name).to_owned()).collect();
        for words in [TELLING, PLACES] {
            let sections = Section::ALL.iter().map(|section| section.name()).chain(["nothing"]);
            names.extend(sections.flat_map(|section| words.map(|word| format!("<{word} {section}>"))));
        }
        let hashes = names.iter().map(|name| fold_hash(name)).collect();
        Table { names, hashes, number: fold_hash(NUMBER), start: fold_hash(START) }
    })
}

/// How a feature is written in the table of the model.
#[derive(Clone, Copy, Debug)]
pub(super) enum Name<'t> {
    Word(&'t Token),
    /// Digits.
    Number,
    /// The word before and this one.
    Pair,
    Mark(&'t str),
}

/// Calls `each` with every feature of a block: words, pairs of neighbours, and its marks.
#[inline]
pub(super) fn signs<'t>(text: &str, tokens: &'t [Token], marks: Marks, mut each: impl FnMut(u64, Name<'t>)) {
    let table = table();
    let mut before = table.start;
    for token in main_part(text, tokens) {
        let first = text.as_bytes()[token.start as usize];
        let (hash, name) = if first.is_ascii_digit() {
            (table.number, Name::Number)
        } else if token.kind == TokenKind::Symbol
            && !matches!(first, b'$' | b'%' | b'?' | b'!' | b'@' | b'+' | b':' | 128..)
        {
            continue;
        } else {
            (token.hash, Name::Word(token))
        };
        each(hash, name);
        each(pair(before, hash), Name::Pair);
        before = hash;
    }
    marks.each(|mark| each(table.hashes[mark], Name::Mark(&table.names[mark])));
}

/// What stands above the blocks that are read one after the other.
#[derive(Debug)]
pub(super) struct Above {
    /// Bytes of the text.
    length: usize,
    /// The section that the last heading that tells announces, or [`NOTHING`].
    says: usize,
    /// 0 certain, 1 likely, 2 hardly.
    telling: usize,
    /// A list has begun; it has ended.
    listed: bool,
    ended: bool,
    /// Blocks since the heading.
    distance: usize,
}

impl Above {
    /// Before the first block of a text.
    pub(super) fn begin(text: &str) -> Self {
        Self { length: text.len(), says: NOTHING, telling: 0, listed: false, ended: false, distance: 0 }
    }

    /// Goes on to the next block: its marks.
    pub(super) fn step(&mut self, text: &str, tokens: &[Token], block: &Block) -> Marks {
        let mut marks = Marks::default();
        marks.add(FIFTH + (block.start * 5 / self.length.max(1)).min(4));
        marks.add(LENGTH + [4, 9, 26].iter().filter(|limit| tokens.len() >= **limit).count());
        if block.kind == BlockKind::Heading {
            marks.add(KIND);
            self.heading(headings::read(text, tokens));
            marks.add(SAID + self.says * TELLING.len() + self.telling);
            return marks;
        }
        let item = block.kind == BlockKind::Item;
        if self.listed && !item && block.opens {
            (self.listed, self.ended) = (false, true);
        }
        self.listed |= item;
        let place = if self.ended { 2 } else { usize::from(self.distance >= NEAR) };
        self.distance += 1;
        marks.add(KIND + if item { 1 } else { 2 });
        if block.opens {
            marks.add(OPENING);
        }
        if is_welcome(text, tokens) {
            marks.add(WISH);
        }
        marks.add(SAID + self.says * TELLING.len() + self.telling);
        marks.add(PLACED + self.says * PLACES.len() + place);
        marks
    }

    /// A heading that tells nothing leaves what the one before said, as hardly telling.
    fn heading(&mut self, reading: Option<Reading>) {
        match reading {
            Some(Reading { section, score }) => {
                self.says = section as usize;
                self.telling = if score >= CERTAIN { 0 } else { 1 + usize::from(score < LIKELY) };
            }
            None => self.telling = 2,
        }
        (self.listed, self.ended, self.distance) = (false, false, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posting::Markup;
    use crate::text::Document;

    /// The marks of every block but the fifth it stands in and its length.
    fn marks(body: &str) -> Vec<Vec<String>> {
        let document = Document::new(body, Markup::Text);
        let text = document.visible();
        let mut above = Above::begin(text);
        let of_block = |block: &Block| {
            let tokens = document.tokens_of(block);
            let mut names = Vec::new();
            signs(text, tokens, above.step(text, tokens, block), |_, name| {
                if let Name::Mark(mark) = name {
                    names.push(mark.to_owned());
                }
            });
            names.retain(|name| !FIFTHS.contains(&name.as_str()) && !LENGTHS.contains(&name.as_str()));
            names
        };
        document.blocks().iter().map(of_block).collect()
    }

    #[test]
    fn blocks_know_what_stands_above() {
        let items: String = (0..7).map(|n| format!("- Thing number {n} to know\n")).collect();
        let found = marks(&format!("We build boats.\n\nRequirements\n{items}Talk to us.\n"));
        assert_eq!(found[0], ["<paragraph>", "<opens>", "<certain nothing>", "<near nothing>"]);
        assert_eq!(found[1], ["<heading>", "<certain required>"]);
        assert_eq!(found[2], ["<item>", "<opens>", "<certain required>", "<near required>"]);
        assert_eq!(found[8], ["<item>", "<opens>", "<certain required>", "<far below required>"]);
        let last = ["<paragraph>", "<opens>", "<certain required>", "<after the list of required>"];
        assert_eq!(found[9], last);
    }

    #[test]
    fn every_mark_has_a_name_of_its_own() {
        let names = &table().names;
        assert_eq!(names.len(), COUNT);
        assert!(names.iter().enumerate().all(|(n, name)| !names[..n].contains(name)));
    }
}
