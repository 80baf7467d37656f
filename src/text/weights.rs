//! The vectors of the section model as one table of bytes: packed by `build.rs`, read where it lies.
//!
//! A perfect hash: every feature stands in a slot of its own, which its hash and the number of its bucket tell, so that
//! nothing is searched. The numbers are found when the table is packed, the fullest buckets first (D. Belazzougui,
//! F. C. Botelho, M. Dietzfelbinger, "Hash, displace, and compress", ESA 2009). The bytes are the vectors of all slots,
//! then their tags (a part of the feature's hash), then the buckets' numbers.

use crate::text::tokens::fold_hash;
use std::collections::BTreeMap;

/// Numbers of a feature's vector.
pub(crate) const WIDTH: usize = 24;
/// Bytes of a tag and of a bucket's number; slots of a bucket.
const TAG: usize = 4;
const NUMBER: usize = 2;
const BUCKET: usize = 4;

/// A feature's hash and vector.
type Row = (u64, [u8; WIDTH]);

/// Packs `feature<TAB>` and two hexadecimal digits (an `i8`) for each number a line; lines that begin with `#` are left
/// out.
///
/// # Errors
/// The number of a line, from 1, that is not written so.
#[allow(dead_code, reason = "build.rs and tests alone pack")]
pub(crate) fn pack(table: &str) -> Result<Vec<u8>, usize> {
    let mut rows: BTreeMap<u64, [u8; WIDTH]> = BTreeMap::new();
    for (number, line) in table.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let (name, vector) =
            line.split_once('\t').and_then(|(name, hex)| Some((name, bytes(hex)?))).ok_or(number + 1)?;
        rows.insert(hash_of(name), vector);
    }
    let rows: Vec<Row> = rows.into_iter().collect();
    // One slot in forty stays free: with none, the last feature would hardly find its own.
    let mut buckets = (rows.len() + rows.len() / 40).div_ceil(BUCKET).max(1);
    loop {
        if let Some(packed) = placed(&rows, buckets) {
            return Ok(packed);
        }
        buckets += buckets.div_ceil(8);
    }
}

/// The table with so many buckets; `None` where a bucket finds no number.
fn placed(rows: &[Row], buckets: usize) -> Option<Vec<u8>> {
    let slots = buckets * BUCKET;
    let mut members: Vec<Vec<&Row>> = vec![Vec::new(); buckets];
    rows.iter().for_each(|row| members[bucket(row.0, buckets)].push(row));
    let mut order: Vec<usize> = (0..buckets).collect();
    order.sort_by_key(|at| std::cmp::Reverse(members[*at].len()));
    let (mut vectors, mut tags) = (vec![[0_u8; WIDTH]; slots], vec![[0_u8; TAG]; slots]);
    let (mut numbers, mut taken) = (vec![[0_u8; NUMBER]; buckets], vec![false; slots]);
    for at in order {
        let members = &members[at];
        let number = (0..=u16::MAX).find(|number| {
            let here: Vec<usize> = members.iter().map(|row| slot(row.0, *number, slots)).collect();
            here.iter().enumerate().all(|(i, slot)| !taken[*slot] && !here[..i].contains(slot))
        })?;
        numbers[at] = number.to_le_bytes();
        for (hash, vector) in members {
            let at = slot(*hash, number, slots);
            (vectors[at], tags[at], taken[at]) = (*vector, tag(*hash).to_le_bytes(), true);
        }
    }
    Some([vectors.as_flattened(), tags.as_flattened(), numbers.as_flattened()].concat())
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
    vectors: &'b [[u8; WIDTH]],
    tags: &'b [[u8; TAG]],
    numbers: &'b [[u8; NUMBER]],
}

impl<'b> Weights<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        let buckets = bytes.len() / ((WIDTH + TAG) * BUCKET + NUMBER);
        let (vectors, rest) = bytes.split_at(buckets * BUCKET * WIDTH);
        let (tags, numbers) = rest.split_at(buckets * BUCKET * TAG);
        Self { vectors: vectors.as_chunks().0, tags: tags.as_chunks().0, numbers: numbers.as_chunks().0 }
    }

    /// Number of slots.
    pub(crate) fn slots(&self) -> usize {
        self.vectors.len()
    }

    /// The slot where the feature stands if it has a vector, and whether it does. Of unknown features one in two
    /// thousand million is taken for another.
    #[inline]
    pub(crate) fn find(&self, hash: u64) -> (usize, bool) {
        let number = self.numbers.get(bucket(hash, self.numbers.len())).copied().unwrap_or_default();
        let at = slot(hash, u16::from_le_bytes(number), self.tags.len());
        (at, self.tags.get(at).is_some_and(|found| u32::from_le_bytes(*found) == tag(hash)))
    }

    /// The vector in a slot: bytes that mean an `i8`.
    #[inline]
    pub(crate) fn vector(&self, slot: usize) -> &'b [u8; WIDTH] {
        &self.vectors[slot]
    }
}

/// The bucket of a hash.
#[inline]
fn bucket(hash: u64, buckets: usize) -> usize {
    part((hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32, buckets)
}

/// The slot of a hash in a bucket of this number.
#[inline]
fn slot(hash: u64, number: u16, slots: usize) -> usize {
    let moved = hash.rotate_left(32) ^ u64::from(number).wrapping_mul(0xd6e8_feb8_6659_fd93);
    part((moved.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32, slots)
}

/// Which of `parts` equal parts of all numbers `number` lies in.
#[inline]
fn part(number: u32, parts: usize) -> usize {
    ((u64::from(number) * parts as u64) >> 32) as usize
}

/// What is kept of a hash; never 0, which stands in free slots.
#[inline]
fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32 | 1
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
    fn every_feature_of_a_large_table_has_a_slot_of_its_own() {
        let table: String = (0..9000).map(|n| format!("w{n}\t{}{n:04x}\n", "00".repeat(WIDTH - 2))).collect();
        let bytes = pack(&table).unwrap();
        let weights = Weights::new(&bytes);
        assert!(weights.slots() < 9300, "{}", weights.slots());
        for n in 0..9000_u16 {
            let (slot, found) = weights.find(fold_hash(&format!("w{n}")));
            assert!(found && weights.vector(slot)[WIDTH - 2..] == n.to_be_bytes(), "{n}");
        }
        assert!((9000..90000).all(|n| !weights.find(fold_hash(&format!("w{n}"))).1));
    }

    #[test]
    fn what_was_packed_is_found() {
        let row = |name: &str, first: &str| format!("{name}\t{first}{}\n", "00".repeat(WIDTH - 1));
        let rows = [("rust", "01"), ("we_are", "80"), ("_", "07"), ("rust", "05")]
            .map(|(name, first)| row(name, first));
        let bytes = pack(&format!("# a remark\n{}", rows.concat())).unwrap();
        let weights = Weights::new(&bytes);
        let first = |hash| match weights.find(hash) {
            (slot, true) => Some(weights.vector(slot)[0] as i8),
            (_, false) => None,
        };
        assert_eq!(first(fold_hash("Rust")), Some(5));
        assert_eq!(first(pair(fold_hash("we"), fold_hash("are"))), Some(-128));
        assert_eq!(first(fold_hash("_")), Some(7));
        assert_eq!(first(fold_hash("we")), None);
        assert_eq!(Weights::new(&[]).find(1), (0, false));
        assert!(!Weights::new(&pack("").unwrap()).find(1).1);
        assert_eq!(pack(&(row("go", "01") + &row("c", "x1"))), Err(2));
        assert_eq!(pack("go\t01\n"), Err(1));
    }
}
