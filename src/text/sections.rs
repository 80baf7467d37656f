//! Which section a sentence belongs to: its own words, the heading above it, its neighbours.
//!
//! The words speak through a linear model (`data/text/sections.tsv`, learned by `rungs train`);
//! headings add to it; a change of section costs, so that a list stays together. The best path
//! over all sentences wins.

use super::Section;
use super::blocks::{Block, BlockKind};
use super::headings::{self, Reading};
use super::phrases::Phrases;
use super::tokens::{Token, TokenKind, fold_hash};
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// Number of sections.
pub(super) const CLASSES: usize = Section::ALL.len();

/// Learned weights: `feature<TAB>` and one whole number for each section, in units of 1/`SCALE`.
const MODEL: &str = include_str!("../../data/text/sections.tsv");
/// Units of the model's weights.
pub(super) const SCALE: f32 = 20.0;
/// The words of one sentence speak for a section at most this much more than for the mean.
const LOUDEST: f32 = 6.0;
/// What a heading that is certain of its section adds to it.
const HEADING: f32 = 4.0;
/// What such a heading takes from the sections that its own is easily mistaken for: duties,
/// required and preferred are told apart by headings rather than by words.
const RIVALS: f32 = 2.5;
/// The score from which a heading is certain.
const CERTAIN: f32 = 7.0;
/// The score from which a heading names its own section whatever follows.
const SURE: i32 = 6;
/// Of what a heading said, what remains below a sub-heading that says nothing.
const INHERITED: f32 = 0.7;
/// The same for a paragraph that follows the heading's list.
const AFTER_LIST: f32 = 0.45;
/// Cost of a change of section: within a line, from item to item, at a paragraph, below a heading.
const CHANGE_WITHIN: f32 = 3.0;
const CHANGE_ITEM: f32 = 2.5;
const CHANGE_PARAGRAPH: f32 = 1.2;
const CHANGE_HEADING: f32 = 0.3;

/// Sections that ask for something.
const ASKING: [Section; 3] = [Section::Duties, Section::Required, Section::Preferred];

type Scores = [f32; CLASSES];

/// The linear model.
#[derive(Debug, Default)]
pub(super) struct Model {
    weights: FxHashMap<u64, [i8; CLASSES]>,
}

impl Model {
    fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Model> = OnceLock::new();
        BUILTIN.get_or_init(|| Self::parse(MODEL))
    }

    fn parse(table: &str) -> Self {
        let mut weights = FxHashMap::default();
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let Some(name) = cells.next() else { continue };
            let mut row = [0_i8; CLASSES];
            for (weight, cell) in row.iter_mut().zip(cells) {
                *weight = cell.parse().unwrap_or(0);
            }
            weights.insert(hash_of(name), row);
        }
        Self { weights }
    }

    fn score(&self, text: &str, tokens: &[Token], place: Place) -> Scores {
        let mut sums = [0_i32; CLASSES];
        features(text, tokens, place, |hash, _| {
            if let Some(row) = self.weights.get(&hash) {
                for (sum, weight) in sums.iter_mut().zip(row) {
                    *sum += i32::from(*weight);
                }
            }
        });
        let mut scores = sums.map(|sum| sum as f32 / SCALE);
        let mean = scores.iter().sum::<f32>() / CLASSES as f32;
        scores.iter_mut().for_each(|score| *score = (*score - mean).clamp(-LOUDEST, LOUDEST));
        scores
    }
}

/// What counts of a sentence besides its words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) item: bool,
    /// Fifth of the posting it stands in, 0–4.
    pub(super) fifth: u8,
}

impl Place {
    pub(super) fn of(block: &Block, length: usize) -> Self {
        let fifth = (block.start * 5 / length.max(1)).min(4);
        Self { item: block.kind == BlockKind::Item, fifth: fifth as u8 }
    }
}

const NUMBER: &str = "<number>";
const START: &str = "<start>";
const ITEM: [&str; 2] = ["<paragraph>", "<item>"];
const FIFTH: [&str; 5] = ["<fifth 1>", "<fifth 2>", "<fifth 3>", "<fifth 4>", "<fifth 5>"];
const LENGTH: [&str; 4] = ["<to 3 words>", "<to 8 words>", "<to 25 words>", "<longer>"];

/// How a feature is written in the model's file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Name<'t> {
    One(&'t str),
    Pair(&'t str, &'t str),
}

fn marks() -> &'static [u64; 13] {
    static MARKS: OnceLock<[u64; 13]> = OnceLock::new();
    MARKS.get_or_init(|| {
        let mut marks = [0; 13];
        let names = [NUMBER, START].into_iter().chain(ITEM).chain(FIFTH).chain(LENGTH);
        marks.iter_mut().zip(names).for_each(|(mark, name)| *mark = fold_hash(name));
        marks
    })
}

/// Every feature of a sentence: words, pairs of neighbours, and its place.
pub(super) fn features<'t>(
    text: &'t str,
    tokens: &[Token],
    place: Place,
    mut each: impl FnMut(u64, Name<'t>),
) {
    let marks = marks();
    let (mut before, mut before_name) = (marks[1], START);
    for token in tokens {
        let written = &text[token.start as usize..token.end as usize];
        let first = written.as_bytes()[0];
        let (hash, name) = if first.is_ascii_digit() {
            (marks[0], NUMBER)
        } else if token.kind == TokenKind::Symbol
            && !matches!(first, b'$' | b'%' | b'?' | b'!' | b'@' | b'+' | b':' | 128..)
        {
            continue;
        } else {
            (token.hash, written)
        };
        each(hash, Name::One(name));
        each(pair(before, hash), Name::Pair(before_name, name));
        (before, before_name) = (hash, name);
    }
    let length = match tokens.len() {
        0..=3 => 0,
        4..=8 => 1,
        9..=25 => 2,
        _ => 3,
    };
    let fifth = usize::from(place.fifth.min(4));
    let item = usize::from(place.item);
    each(marks[2 + item], Name::One(ITEM[item]));
    each(marks[4 + fifth], Name::One(FIFTH[fifth]));
    each(marks[9 + length], Name::One(LENGTH[length]));
}

fn pair(left: u64, right: u64) -> u64 {
    (left.rotate_left(21) ^ right).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The hash of a feature as its name is written; the words of a pair are parted by `_`.
fn hash_of(name: &str) -> u64 {
    match name.split_once('_') {
        Some((left, right)) if !left.is_empty() && !right.is_empty() => {
            pair(fold_hash(left), fold_hash(right))
        }
        _ => fold_hash(name),
    }
}

/// Gives every block its section.
pub(super) fn assign(text: &str, tokens: &[Token], blocks: &mut [Block], paths: &mut Vec<[u8; CLASSES]>) {
    let model = Model::builtin();
    paths.clear();
    let mut best: Scores = [0.0; CLASSES];
    let mut above: Option<(Section, f32)> = None;
    let (mut fresh, mut listed) = (true, false);
    for block in blocks.iter() {
        let own = &tokens[block.first_token as usize..block.last_token as usize];
        if block.kind == BlockKind::Heading {
            above = match headings::read(text, own) {
                Some(Reading { section, score }) => {
                    Some((section, HEADING * (score as f32 / CERTAIN).min(1.0)))
                }
                None => above.map(|(section, said)| (section, said * INHERITED)),
            };
            (fresh, listed) = (true, false);
            let mut stay = [0; CLASSES];
            stay.iter_mut().zip(0..).for_each(|(from, class)| *from = class);
            paths.push(stay);
            continue;
        }
        let mut scores = model.score(text, own, Place::of(block, text.len()));
        let item = block.kind == BlockKind::Item;
        if listed && !item && block.opens {
            above = above.map(|(section, said)| (section, said * AFTER_LIST));
            listed = false;
        }
        listed |= item;
        if let Some((section, said)) = above {
            scores[section as usize] += said;
            for rival in ASKING.into_iter().filter(|rival| ASKING.contains(&section) && *rival != section) {
                scores[rival as usize] -= said * RIVALS / HEADING;
            }
        }
        let change = match (fresh, block.opens, item) {
            (true, ..) => CHANGE_HEADING,
            (_, false, _) => CHANGE_WITHIN,
            (_, _, true) => CHANGE_ITEM,
            _ => CHANGE_PARAGRAPH,
        };
        fresh = false;
        paths.push(step(&mut best, &scores, change));
    }
    let mut class = top(&best);
    for (block, from) in blocks.iter_mut().zip(paths.iter()).rev() {
        block.section = Section::ALL[class];
        class = usize::from(from[class]);
    }
    for block in blocks.iter_mut().filter(|b| b.kind != BlockKind::Heading && b.section == Section::Required)
    {
        if is_welcome(text, &tokens[block.first_token as usize..block.last_token as usize]) {
            block.section = Section::Preferred;
        }
    }
    name_headings(text, tokens, blocks);
}

/// The sentence says that what it names is welcome, and nothing in it is a must.
fn is_welcome(text: &str, tokens: &[Token]) -> bool {
    static WORDS: OnceLock<Phrases<bool>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let welcome = [
            "a plus",
            "nice to have",
            "is preferred",
            "are preferred",
            "strongly preferred",
            "highly preferred",
            "preferred but not required",
            "desirable",
            "ideally",
            "bonus",
            "bonus points",
            "advantageous",
            "an advantage",
            "an asset",
            "beneficial",
            "preferably",
            "nice-to-have",
            "von vorteil",
            "idealerweise",
            "wünschenswert",
            "ein plus",
            "meriterande",
            "un plus",
            "een pré",
            "een pre",
            "bij voorkeur",
            "deseable",
            "un atout",
            "preferred",
            "optimalerweise",
            "vorteilhaft",
            "fördel",
            "but not required",
            "but not necessary",
            "not required but",
        ];
        let must =
            ["required", "must", "requires", "mandatory", "erforderlich", "zwingend", "minimum", "at least"];
        Phrases::new(welcome.into_iter().map(|w| (w, true)).chain(must.into_iter().map(|w| (w, false))))
    });
    let (mut welcome, mut at, mut inside, mut parted) = (false, 0, 0_u32, false);
    while at < tokens.len() {
        match tokens[at].of(text) {
            "(" => inside += 1,
            ")" => inside = inside.saturating_sub(1),
            "," | ";" => parted = true,
            _ => {}
        }
        match words.longest(text, tokens, at) {
            Some((false, _)) => return false,
            Some((true, len)) => {
                // "A, B a plus": only the last part is welcome, the sentence is not.
                welcome |= inside == 0 && !parted;
                at += len;
            }
            None => at += 1,
        }
    }
    welcome
}

/// One step of the best path: adds `scores`, and says where each class is best reached from.
fn step(best: &mut Scores, scores: &Scores, change: f32) -> [u8; CLASSES] {
    let leader = top(best);
    let switched = best[leader] - change;
    let mut from = [0_u8; CLASSES];
    for class in 0..CLASSES {
        let stays = best[class] >= switched;
        from[class] = if stays { class as u8 } else { leader as u8 };
        best[class] = scores[class] + if stays { best[class] } else { switched };
    }
    from
}

fn top(scores: &Scores) -> usize {
    (0..CLASSES).fold(0, |best, class| if scores[class] > scores[best] { class } else { best })
}

/// A heading belongs to the section it announces, else to what follows it.
fn name_headings(text: &str, tokens: &[Token], blocks: &mut [Block]) {
    let mut next = blocks.last().map_or(Section::Other, |b| b.section);
    for block in blocks.iter_mut().rev() {
        if block.kind == BlockKind::Heading {
            let own = &tokens[block.first_token as usize..block.last_token as usize];
            let reading = headings::read(text, own).filter(|reading| reading.score >= SURE);
            block.section = reading.map_or(next, |reading| reading.section);
        } else {
            next = block.section;
        }
    }
}
