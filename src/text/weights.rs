//! The words of the section model as one table of bytes: packed by `build.rs`, read where it lies.
//!
//! A table of slots, a power of two of them: the hash of a feature and its weights. A feature stands in the slot
//! that its hash names or in the next free one.

use crate::text::tokens::fold_hash;

/// Number of weights of a feature: one for each section.
pub(crate) const CLASSES: usize = 8;
/// Bytes of a hash and its weights.
const SLOT: usize = 8 + CLASSES;

/// Packs `feature<TAB>` and one whole number for each section a line; lines that begin with `#` are left out.
#[allow(dead_code, reason = "build.rs and tests alone pack")]
pub(crate) fn pack(table: &str) -> Vec<u8> {
    let lines = || table.lines().filter(|line| !line.starts_with('#'));
    let mut slots = vec![[0_u8; SLOT]; (lines().count() * 2).next_power_of_two()];
    for line in lines() {
        let mut cells = line.split('\t');
        let hash = hash_of(cells.next().unwrap_or_default());
        let mut at = place(hash, slots.len());
        while ![0, hash].contains(&key(&slots[at])) {
            at = (at + 1) & (slots.len() - 1);
        }
        let (name, weights) = slots[at].split_at_mut(SLOT - CLASSES);
        name.copy_from_slice(&hash.to_le_bytes());
        weights.fill(0);
        for (weight, cell) in weights.iter_mut().zip(cells) {
            *weight = cell.parse::<i8>().unwrap_or(0) as u8;
        }
    }
    slots.into_flattened()
}

/// A packed table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights<'b> {
    slots: &'b [[u8; SLOT]],
}

impl<'b> Weights<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { slots: bytes.as_chunks().0 }
    }

    /// Number of slots.
    pub(crate) fn slots(&self) -> usize {
        self.slots.len()
    }

    /// The hashes of all features.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = u64> {
        self.slots.iter().map(key).filter(|key| *key != 0)
    }

    /// The slot of a feature, and its weights: bytes that mean an `i8`.
    #[inline]
    pub(crate) fn find(&self, hash: u64) -> Option<(usize, &'b [u8; CLASSES])> {
        let mut at = place(hash, self.slots.len());
        loop {
            let slot = self.slots.get(at)?;
            match key(slot) {
                0 => return None,
                found if found == hash => return Some((at, slot.last_chunk()?)),
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }
}

#[inline]
fn key(slot: &[u8; SLOT]) -> u64 {
    slot.first_chunk().map_or(0, |key| u64::from_le_bytes(*key))
}

#[inline]
fn place(hash: u64, slots: usize) -> usize {
    (hash ^ (hash >> 32)) as usize & slots.wrapping_sub(1)
}

/// The hash of two neighbours.
#[inline]
pub(crate) fn pair(left: u64, right: u64) -> u64 {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_found() {
        let bytes = pack("# a remark\nrust\t1\t-2\t3\t0\t0\t0\t0\t127\nwe_are\t-128\n_\t7\nrust\t5\n");
        let weights = Weights::new(&bytes);
        let first = |hash| weights.find(hash).map(|(_, row)| row[0] as i8);
        assert_eq!(weights.hashes().count(), 3);
        assert_eq!(first(fold_hash("Rust")), Some(5));
        assert_eq!(first(pair(fold_hash("we"), fold_hash("are"))), Some(-128));
        assert_eq!(first(fold_hash("_")), Some(7));
        assert_eq!(first(fold_hash("we")), None);
        assert_eq!(Weights::new(&[]).find(1), None);
    }
}
