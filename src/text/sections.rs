//! Which section a sentence belongs to: its own words, the heading above it, its neighbours.
//!
//! A conditional random field over the sentences of a posting: words and pairs of words
//! (`data/text/sections.tsv`), what the heading says, by how telling it is and how far above, and
//! what tends to follow what (`data/text/structure.tsv`); the best path over all sentences wins.
//! Both tables are learned at once by `data/text/build/sections.py`.

use super::Section;
use super::blocks::{Block, BlockKind};
use super::filter::Filter;
use super::headings::{self, Reading};
use super::phrases::Phrases;
use super::tokens::{Token, TokenKind, fold_hash};
use super::weights::{CLASSES, Weights, pair};
use std::sync::OnceLock;

const _: () = assert!(CLASSES == Section::ALL.len());

/// Learned weights of words, in units of 1/`SCALE`: `data/text/sections.tsv` as `build.rs` packs it.
const WORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/sections.bin"));
/// Learned weights of the chain: `name<TAB>` and one number for each section.
const CHAIN: &str = include_str!("../../data/text/structure.tsv");
/// Units of the words' weights.
const SCALE: f32 = 40.0;
/// The score from which a heading is certain, and from which it is likely.
const CERTAIN: i32 = 7;
const LIKELY: i32 = 5;
/// The score from which a heading names its own section whatever follows.
const SURE: i32 = 6;
/// A sentence with fewer sentences between it and its heading is near it.
const NEAR: usize = 6;

type Scores = [f32; CLASSES];

/// The linear model of words.
#[derive(Debug)]
struct Words {
    weights: Weights<'static>,
    /// Most pairs of words are in no model.
    filter: Filter<32768>,
}

/// The features of a sentence that were counted: what is said twice counts once, as in training.
#[derive(Debug, Default)]
struct Seen {
    /// A bit for each slot of the table.
    bits: Vec<u64>,
    slots: Vec<usize>,
}

impl Seen {
    /// Begins another sentence.
    fn begin(&mut self, slots: usize) {
        self.bits.resize(slots.div_ceil(64), 0);
        for slot in self.slots.drain(..) {
            self.bits[slot / 64] = 0;
        }
    }

    /// False where it was counted before.
    #[inline]
    fn add(&mut self, slot: usize) -> bool {
        let (bits, bit) = (&mut self.bits[slot / 64], 1 << (slot % 64));
        let fresh = *bits & bit == 0;
        if fresh {
            *bits |= bit;
            self.slots.push(slot);
        }
        fresh
    }
}

impl Words {
    fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Words> = OnceLock::new();
        BUILTIN.get_or_init(|| {
            let weights = Weights::new(WORDS);
            Self { weights, filter: weights.hashes().collect() }
        })
    }

    fn score(&self, text: &str, tokens: &[Token], place: Place, seen: &mut Seen) -> Scores {
        seen.begin(self.weights.slots());
        let mut sums = [0_i32; CLASSES];
        features(text, tokens, place, |hash, _| {
            if self.filter.may_hold(hash)
                && let Some((slot, weights)) = self.weights.find(hash)
                && seen.add(slot)
            {
                for class in 0..CLASSES {
                    sums[class] += i32::from(weights[class] as i8);
                }
            }
        });
        let mut scores = [0.0; CLASSES];
        for class in 0..CLASSES {
            scores[class] = sums[class] as f32 / SCALE;
        }
        scores
    }
}

/// What a heading may say: one of the sections, or nothing at all.
const SAYS: usize = CLASSES + 1;

/// The chain: what speaks for a section besides the words, in the order of the table.
#[derive(Debug)]
struct Chain {
    /// By kind and whether the sentence opens its line.
    kind: [Scores; 4],
    /// By what the heading above says and how telling it is.
    telling: [[Scores; 3]; SAYS],
    /// By what the heading above says and where the sentence stands below it.
    place: [[Scores; 4]; SAYS],
    /// By the section before, for each kind of joint.
    change: [[Scores; CLASSES]; 4],
    /// The first sentence.
    start: Scores,
    /// A sentence that calls what it names welcome.
    welcome: Scores,
    /// How much the words of a heading count that is in no table.
    unread: Scores,
}

impl Chain {
    fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Chain> = OnceLock::new();
        BUILTIN.get_or_init(|| Self::parse(CHAIN))
    }

    fn parse(table: &str) -> Self {
        let mut rows = table.lines().filter(|line| !line.starts_with('#')).map(|line| {
            let mut row = [0.0; CLASSES];
            let cells = line.split('\t').skip(1);
            row.iter_mut().zip(cells).for_each(|(weight, cell)| *weight = cell.parse().unwrap_or(0.0));
            row
        });
        let mut next = || rows.next().unwrap_or_default();
        Self {
            kind: std::array::from_fn(|_| next()),
            telling: std::array::from_fn(|_| std::array::from_fn(|_| next())),
            place: std::array::from_fn(|_| std::array::from_fn(|_| next())),
            change: std::array::from_fn(|_| std::array::from_fn(|_| next())),
            start: next(),
            welcome: next(),
            unread: next(),
        }
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

pub(super) const NUMBER: &str = "<number>";
const START: &str = "<start>";
const ITEM: [&str; 2] = ["<paragraph>", "<item>"];
const FIFTH: [&str; 5] = ["<fifth 1>", "<fifth 2>", "<fifth 3>", "<fifth 4>", "<fifth 5>"];
const LENGTH: [&str; 4] = ["<to 3 words>", "<to 8 words>", "<to 25 words>", "<longer>"];

/// How a feature is written in the model's file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Name<'t> {
    Word(&'t Token),
    /// Digits.
    Number,
    /// The word before and this one.
    Pair,
    Place(&'static str),
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

/// The sentence without what is only welcome after its last semicolon: "five years of Go; Rust is a plus" asks for Go.
fn main_part<'a>(text: &str, tokens: &'a [Token]) -> &'a [Token] {
    match tokens.iter().rposition(|token| token.mark(text) == b';') {
        Some(at) if at > 0 && is_welcome(text, &tokens[at + 1..]) => &tokens[..at],
        _ => tokens,
    }
}

/// "Fluent English (German a plus)" asks for English: only what stands in the brackets is a wish.
fn wishes_in_brackets(text: &str, tokens: &[Token]) -> bool {
    let Some(open) = tokens.iter().rposition(|token| token.mark(text) == b'(') else { return false };
    // Of a list, the last entry says it for all.
    let last =
        tokens.iter().rposition(|token| token.mark(text) == b',').map_or(open, |comma| comma.max(open));
    // "A degree (nice to have)": then it is said of what stands before.
    let begins = &tokens[open + 1..tokens.len().min(open + 4)];
    open > 0
        && is_welcome(text, &tokens[last + 1..])
        && !is_welcome(text, begins)
        && !is_welcome(text, &tokens[..open])
}

/// Every feature of a sentence: words, pairs of neighbours, and its place.
#[inline]
pub(super) fn features<'t>(
    text: &str,
    tokens: &'t [Token],
    place: Place,
    mut each: impl FnMut(u64, Name<'t>),
) {
    let marks = marks();
    let mut before = marks[1];
    for token in main_part(text, tokens) {
        let first = text.as_bytes()[token.start as usize];
        let (hash, name) = if first.is_ascii_digit() {
            (marks[0], Name::Number)
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
    let length = match tokens.len() {
        0..=3 => 0,
        4..=8 => 1,
        9..=25 => 2,
        _ => 3,
    };
    let fifth = usize::from(place.fifth.min(4));
    let item = usize::from(place.item);
    each(marks[2 + item], Name::Place(ITEM[item]));
    each(marks[4 + fifth], Name::Place(FIFTH[fifth]));
    each(marks[9 + length], Name::Place(LENGTH[length]));
}

/// Where a sentence stands: what the headings above said, and what stood between.
#[derive(Debug)]
struct Above {
    /// The section that the last heading that tells announces, or [`CLASSES`].
    says: usize,
    /// 0 certain, 1 likely, 2 hardly.
    telling: usize,
    /// Words of a heading since then that is in no table.
    unread: Option<Scores>,
    /// Nothing stands between the heading and the sentence.
    fresh: bool,
    /// A list has begun; it has ended.
    listed: bool,
    ended: bool,
    /// Sentences since the heading.
    distance: usize,
    /// The sentence before is an item.
    item: bool,
}

impl Above {
    fn none() -> Self {
        Self {
            says: CLASSES,
            telling: 0,
            unread: None,
            fresh: true,
            listed: false,
            ended: false,
            distance: 0,
            item: false,
        }
    }

    fn heading(&mut self, text: &str, tokens: &[Token], place: Place, seen: &mut Seen) {
        match headings::read(text, tokens) {
            Some(Reading { section, score }) => {
                self.says = section as usize;
                self.telling = if score >= CERTAIN { 0 } else { 1 + usize::from(score < LIKELY) };
                self.unread = None;
            }
            None => self.unread = Some(Words::builtin().score(text, tokens, place, seen)),
        }
        (self.fresh, self.listed, self.ended, self.distance) = (true, false, false, 0);
    }

    /// Goes on to a sentence: its place below the heading and how it joins the one before.
    fn step(&mut self, item: bool, opens: bool) -> (usize, usize) {
        if self.listed && !item && opens {
            (self.listed, self.ended) = (false, true);
        }
        self.listed |= item;
        let place = match (&self.unread, self.ended) {
            (Some(_), _) => 3,
            (_, true) => 2,
            _ => usize::from(self.distance >= NEAR),
        };
        let joint = match (self.fresh, opens, item && self.item) {
            (true, ..) => 0,
            (_, false, _) => 1,
            (_, _, true) => 2,
            _ => 3,
        };
        (self.fresh, self.item) = (false, item);
        self.distance += 1;
        (place, joint)
    }
}

/// Room for [`assign`], to be used again.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Where each section of each block is best reached from.
    paths: Vec<[u8; CLASSES]>,
    seen: Seen,
}

/// Gives every block its section.
pub(super) fn assign(text: &str, tokens: &[Token], blocks: &mut [Block], scratch: &mut Scratch) {
    let (words, chain) = (Words::builtin(), Chain::builtin());
    let Scratch { paths, seen } = scratch;
    paths.clear();
    let mut best: Option<Scores> = None;
    let mut above = Above::none();
    for block in blocks.iter() {
        let own = &tokens[block.first_token as usize..block.last_token as usize];
        let place = Place::of(block, text.len());
        if block.kind == BlockKind::Heading {
            above.heading(text, own, place, seen);
            paths.push(std::array::from_fn(|class| class as u8));
            continue;
        }
        let item = block.kind == BlockKind::Item;
        let (below, joint) = above.step(item, block.opens);
        let mut scores = words.score(text, own, place, seen);
        let kind = usize::from(item) * 2 + usize::from(block.opens);
        let welcome = is_welcome(text, own);
        for class in 0..CLASSES {
            scores[class] += chain.kind[kind][class]
                + chain.telling[above.says][above.telling][class]
                + chain.place[above.says][below][class];
            if let Some(said) = &above.unread {
                scores[class] += said[class] * chain.unread[class];
            }
            if welcome {
                scores[class] += chain.welcome[class];
            }
        }
        paths.push(step(&mut best, &scores, chain, joint));
    }
    let mut class = best.as_ref().map_or(0, top);
    for (block, from) in blocks.iter_mut().zip(paths.iter()).rev() {
        block.section = Section::ALL[class];
        class = usize::from(from[class]);
    }
    let wishes =
        blocks.iter_mut().filter(|b| b.kind != BlockKind::Heading && b.section == Section::Preferred);
    for block in wishes {
        if wishes_in_brackets(text, &tokens[block.first_token as usize..block.last_token as usize]) {
            block.section = Section::Required;
        }
    }
    name_headings(text, tokens, blocks);
}

/// The sentence says that what it names is welcome, and nothing in it is a must.
pub(super) fn is_welcome(text: &str, tokens: &[Token]) -> bool {
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
        match tokens[at].mark(text) {
            b'(' => inside += 1,
            b')' => inside = inside.saturating_sub(1),
            b',' | b';' => parted = true,
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
fn step(best: &mut Option<Scores>, scores: &Scores, chain: &Chain, joint: usize) -> [u8; CLASSES] {
    let mut from = [0_u8; CLASSES];
    let Some(before) = best else {
        *best = Some(std::array::from_fn(|class| scores[class] + chain.start[class]));
        return from;
    };
    let change = &chain.change[joint];
    let mut reached = [f32::MIN; CLASSES];
    for (last, row) in change.iter().enumerate() {
        for class in 0..CLASSES {
            let score = before[last] + row[class];
            if score > reached[class] {
                (reached[class], from[class]) = (score, last as u8);
            }
        }
    }
    for class in 0..CLASSES {
        before[class] = reached[class] + scores[class];
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
