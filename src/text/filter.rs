//! Which hashes are certainly not in a table: most words of a posting are in none.

/// A Bloom filter with one bit a hash.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    bits: Vec<u64>,
}

impl Default for Filter {
    fn default() -> Self {
        Self::new(6)
    }
}

impl Filter {
    /// A filter of two to the power of `power` bits (at least 6).
    pub(crate) fn new(power: u32) -> Self {
        Self { bits: vec![0; 1 << power.saturating_sub(6)] }
    }

    pub(crate) fn add(&mut self, hash: u64) {
        let (word, mask) = self.place(hash);
        self.bits[word] |= mask;
    }

    /// False when `hash` was never added; true when it was, and now and then when it was not.
    #[inline(always)]
    pub(crate) fn may_hold(&self, hash: u64) -> bool {
        let (word, mask) = self.place(hash);
        self.bits[word] & mask != 0
    }

    #[inline(always)]
    fn place(&self, hash: u64) -> (usize, u64) {
        let folded = hash ^ (hash >> 29);
        ((folded >> 6) as usize & (self.bits.len() - 1), 1 << (folded & 63))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_held() {
        let mut filter = Filter::new(12);
        let hash = |i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (0..100).for_each(|i| filter.add(hash(i)));
        assert!((0..100).all(|i| filter.may_hold(hash(i))));
        assert!((100..10_000).filter(|i| filter.may_hold(hash(*i))).count() < 600);
    }
}
