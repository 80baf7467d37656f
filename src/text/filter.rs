//! Which hashes are certainly not in a table: most words of a posting are in none.

/// A Bloom filter of 64 times `WORDS` bits, one bit a hash; `WORDS` is a power of two.
#[derive(Clone, Debug)]
pub(crate) struct Filter<const WORDS: usize> {
    bits: Box<[u64; WORDS]>,
}

impl<const WORDS: usize> Default for Filter<WORDS> {
    fn default() -> Self {
        const { assert!(WORDS.is_power_of_two()) };
        Self { bits: Box::new([0; WORDS]) }
    }
}

impl<const WORDS: usize> FromIterator<u64> for Filter<WORDS> {
    fn from_iter<I: IntoIterator<Item = u64>>(hashes: I) -> Self {
        let mut filter = Self::default();
        hashes.into_iter().for_each(|hash| filter.add(hash));
        filter
    }
}

impl<const WORDS: usize> Filter<WORDS> {
    pub(crate) fn add(&mut self, hash: u64) {
        let (word, mask) = Self::place(hash);
        self.bits[word] |= mask;
    }

    /// False when `hash` was never added; true when it was, and now and then when it was not.
    #[inline(always)]
    pub(crate) fn may_hold(&self, hash: u64) -> bool {
        let (word, mask) = Self::place(hash);
        self.bits[word] & mask != 0
    }

    #[inline(always)]
    fn place(hash: u64) -> (usize, u64) {
        let folded = hash ^ (hash >> 29);
        ((folded >> 6) as usize & (WORDS - 1), 1 << (folded & 63))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_held() {
        let hash = |i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let filter: Filter<64> = (0..100).map(hash).collect();
        assert!((0..100).all(|i| filter.may_hold(hash(i))));
        assert!((100..10_000).filter(|i| filter.may_hold(hash(*i))).count() < 600);
    }
}
