//! Which hashes are certainly not in a table: most words of a posting are in none.

use rustc_hash::FxHashMap;

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
        ((hash >> 6) as usize & (WORDS - 1), 1 << (hash & 63))
    }
}

/// Values by hashes that are good ones already: a power of two of slots, at least half of them free; a hash stands in the
/// slot that it names or in the next free one.
#[derive(Clone, Debug)]
pub(crate) struct Table<V> {
    slots: Vec<Option<(u64, V)>>,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { slots: Vec::new() }
    }
}

impl<V> From<FxHashMap<u64, V>> for Table<V> {
    fn from(known: FxHashMap<u64, V>) -> Self {
        let mut slots = Vec::new();
        slots.resize_with((known.len() * 2).next_power_of_two(), || None);
        let mut table = Self { slots };
        for (hash, value) in known {
            let mut at = table.place(hash);
            while table.slots[at].is_some() {
                at = table.next(at);
            }
            table.slots[at] = Some((hash, value));
        }
        table
    }
}

impl<V> Table<V> {
    #[inline]
    pub(crate) fn get(&self, hash: u64) -> Option<&V> {
        let mut at = self.place(hash);
        while let Some((found, value)) = self.slots.get(at)? {
            if *found == hash {
                return Some(value);
            }
            at = self.next(at);
        }
        None
    }

    #[inline]
    fn place(&self, hash: u64) -> usize {
        (hash ^ (hash >> 32)) as usize & self.slots.len().wrapping_sub(1)
    }

    #[inline]
    fn next(&self, at: usize) -> usize {
        (at + 1) & self.slots.len().wrapping_sub(1)
    }
}

/// What is known of words, by their hashes, with a [`Filter`] of so many words before it.
#[derive(Clone, Debug)]
pub(crate) struct Lexicon<V, const WORDS: usize> {
    known: Table<V>,
    filter: Filter<WORDS>,
}

impl<V, const WORDS: usize> Default for Lexicon<V, WORDS> {
    fn default() -> Self {
        Self { known: Table::default(), filter: Filter::default() }
    }
}

impl<V, const WORDS: usize> From<FxHashMap<u64, V>> for Lexicon<V, WORDS> {
    fn from(known: FxHashMap<u64, V>) -> Self {
        let filter = known.keys().copied().collect();
        Self { known: known.into(), filter }
    }
}

impl<V, const WORDS: usize> FromIterator<(u64, V)> for Lexicon<V, WORDS> {
    fn from_iter<I: IntoIterator<Item = (u64, V)>>(words: I) -> Self {
        words.into_iter().collect::<FxHashMap<u64, V>>().into()
    }
}

impl<V, const WORDS: usize> Lexicon<V, WORDS> {
    /// What is known of the word with this hash.
    #[inline]
    pub(crate) fn get(&self, hash: u64) -> Option<&V> {
        if self.filter.may_hold(hash) { self.known.get(hash) } else { None }
    }

    /// Whether anything is.
    #[inline]
    pub(crate) fn holds(&self, hash: u64) -> bool {
        self.get(hash).is_some()
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

    #[test]
    fn a_table_holds_what_it_was_made_of() {
        let hashes = [0, 1, 8, 9, 1 << 40, u64::MAX];
        let table: Table<usize> = hashes.into_iter().zip(0..).collect::<FxHashMap<_, _>>().into();
        for (i, hash) in hashes.into_iter().enumerate() {
            assert_eq!(table.get(hash), Some(&i), "{hash}");
        }
        assert_eq!((table.get(2), table.get(16), Table::<u8>::default().get(0)), (None, None, None));
    }

    #[test]
    fn a_lexicon_knows_its_words_only() {
        let lexicon: Lexicon<u8, 1> = [(1, 10), (2, 20), (1, 30)].into_iter().collect();
        assert_eq!([1, 2, 3].map(|hash| lexicon.get(hash).copied()), [Some(30), Some(20), None]);
        assert!(lexicon.holds(1) && !lexicon.holds(65));
    }
}
