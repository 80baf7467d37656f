//! Which section a block belongs to: its own words, its neighbours', the heading's above.
//!
//! Every feature of a block (`signs.rs`) has a vector in `data/text/sections.tsv`; a small network (`network.rs`) tells the
//! section from the sums. Both are learned by `data/text/build/sections.py`.

use super::Section;
use super::blocks::{Block, BlockKind};
use super::network::{CLASSES, Near, Network, Says};
use super::signs::{Above, Marks, signs};
use super::tokens::Token;
use super::weights::{WIDTH, Weights};
use super::welcome::wishes_in_brackets;
use std::sync::OnceLock;

const _: () = assert!(CLASSES == Section::ALL.len());

/// Learned vectors of features: `data/text/sections.tsv` as `build.rs` packs it.
const VECTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/sections.bin"));

/// So many bytes can be added up in 16 bits.
const SMALL_SUM: usize = 256;

/// The model.
#[derive(Debug)]
struct Model {
    vectors: Weights<'static>,
    network: Box<Network>,
}

/// The features of a block that were counted: what is said twice counts once, as in training.
#[derive(Debug, Default)]
struct Seen {
    /// A bit for each slot of the table.
    bits: Vec<u64>,
    slots: Vec<usize>,
    /// Hashes of the block's features, then the slots of those that have a vector.
    features: Vec<u64>,
}

impl Seen {
    /// Begins another block.
    fn begin(&mut self, slots: usize) {
        self.bits.resize(slots.div_ceil(64), 0);
        for slot in self.slots.drain(..) {
            self.bits[slot / 64] = 0;
        }
        self.features.clear();
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

impl Model {
    fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Model> = OnceLock::new();
        BUILTIN.get_or_init(|| Self { vectors: Weights::new(VECTORS), network: Network::builtin() })
    }

    /// What a block says. Most of the time goes into waiting for the table, so features are gathered first, then those
    /// without a vector sieved out, then the vectors added: then nothing waits for what came before.
    fn says(&self, text: &str, tokens: &[Token], marks: Marks, seen: &mut Seen) -> Says {
        seen.begin(self.vectors.slots());
        signs(text, tokens, marks, |hash, _| seen.features.push(hash));
        let mut kept = 0;
        for at in 0..seen.features.len() {
            let (slot, found) = self.vectors.find(seen.features[at]);
            seen.features[kept] = slot as u64;
            kept += usize::from(found);
        }
        let mut sums = [0_i32; WIDTH];
        let mut from = 0;
        while from < kept {
            let to = kept.min(from + SMALL_SUM);
            let mut small = [0_i16; WIDTH];
            for at in from..to {
                let slot = seen.features[at] as usize;
                if seen.add(slot) {
                    for (sum, number) in small.iter_mut().zip(self.vectors.vector(slot)) {
                        *sum = sum.wrapping_add(i16::from(*number as i8));
                    }
                }
            }
            sums.iter_mut().zip(small).for_each(|(sum, small)| *sum += i32::from(small));
            from = to;
        }
        self.network.says(&sums)
    }
}

/// Room for [`assign`], to be used again.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    says: Vec<Says>,
    near: Vec<Near>,
    seen: Seen,
}

/// Gives every block its section.
pub(super) fn assign(text: &str, tokens: &[Token], blocks: &mut [Block], scratch: &mut Scratch) {
    let model = Model::builtin();
    let Scratch { says, near, seen } = scratch;
    let own = |block: &Block| &tokens[block.first_token as usize..block.last_token as usize];
    says.clear();
    near.clear();
    let mut above = Above::begin(text);
    for block in blocks.iter() {
        let marks = above.step(text, own(block), block);
        says.push(model.says(text, own(block), marks, seen));
    }
    let mut over = model.network.above(None);
    for (at, block) in blocks.iter().enumerate() {
        if block.kind == BlockKind::Heading {
            near.push(model.network.near(says, at, &model.network.above(None)));
            over = model.network.above(says.get(at));
        } else {
            near.push(model.network.near(says, at, &over));
        }
    }
    for (at, block) in blocks.iter_mut().enumerate() {
        block.section = Section::ALL[model.network.section(says, near, at)];
        let wishes = block.section == Section::Preferred && block.kind != BlockKind::Heading;
        if wishes && wishes_in_brackets(text, own(block)) {
            block.section = Section::Required;
        }
    }
}
