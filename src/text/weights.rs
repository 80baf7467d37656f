//! The vectors of the section model as one table of bytes: packed by `build.rs`, read where it lies.
//!
//! A table of slots, a power of two of them: the hash of a feature and its vector. A feature stands in the slot
//! that its hash names or in the next free one.

use crate::text::tokens::fold_hash;

/// Numbers of a feature's vector.
pub(crate) const WIDTH: usize = 16;
/// Bytes of a hash and a vector.
const SLOT: usize = 8 + WIDTH;

/// Packs `feature<TAB>` and two hexadecimal digits (an `i8`) for each number a line; lines that begin with `#` are left
/// out.
///
/// # Errors
/// The number of a line, from 1, that is not written so.
#[allow(dead_code, reason = "build.rs and tests alone pack")]
pub(crate) fn pack(table: &str) -> Result<Vec<u8>, usize> {
    let mut slots = vec![[0_u8; SLOT]; (table.lines().count() * 2).next_power_of_two()];
    for (number, line) in table.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let (name, vector) =
            line.split_once('\t').and_then(|(name, hex)| Some((name, bytes(hex)?))).ok_or(number + 1)?;
        let hash = hash_of(name);
        let mut at = place(hash, slots.len());
        while ![0, hash].contains(&key(&slots[at])) {
            at = (at + 1) & (slots.len() - 1);
        }
        let (key, numbers) = slots[at].split_at_mut(SLOT - WIDTH);
        key.copy_from_slice(&hash.to_le_bytes());
        numbers.copy_from_slice(&vector);
    }
    Ok(slots.into_flattened())
}

/// The bytes that hexadecimal digits stand for; `None` unless there are [`WIDTH`].
#[allow(dead_code, reason = "build.rs and tests alone pack")]
fn bytes(hex: &str) -> Option<[u8; WIDTH]> {
    let mut bytes = [0; WIDTH];
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()?;
    }
    (hex.len() == 2 * WIDTH).then_some(bytes)
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

    /// The slot of a feature, and its vector: bytes that mean an `i8`.
    #[inline]
    pub(crate) fn find(&self, hash: u64) -> Option<(usize, &'b [u8; WIDTH])> {
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
        let row = |name: &str, first: &str| format!("{name}\t{first}{}\n", "00".repeat(WIDTH - 1));
        let rows = [("rust", "01"), ("we_are", "80"), ("_", "07"), ("rust", "05")]
            .map(|(name, first)| row(name, first));
        let bytes = pack(&format!("# a remark\n{}", rows.concat())).unwrap();
        let weights = Weights::new(&bytes);
        let first = |hash| weights.find(hash).map(|(_, row)| row[0] as i8);
        assert_eq!(weights.hashes().count(), 3);
        assert_eq!(first(fold_hash("Rust")), Some(5));
        assert_eq!(first(pair(fold_hash("we"), fold_hash("are"))), Some(-128));
        assert_eq!(first(fold_hash("_")), Some(7));
        assert_eq!(first(fold_hash("we")), None);
        assert_eq!(Weights::new(&[]).find(1), None);
        assert_eq!(pack(&(row("go", "01") + &row("c", "x1"))), Err(2));
        assert_eq!(pack("go\t01\n"), Err(1));
    }
}
