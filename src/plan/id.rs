//! Stable ids: the same thing has the same id in every version of a plan.

use std::collections::BTreeSet;

/// Gives out ids and never the same one twice.
#[derive(Debug, Default)]
pub struct Ids {
    taken: BTreeSet<String>,
}

impl Ids {
    /// The id of the thing that `key` names: four hexadecimal digits of its digest, the next ones
    /// where another thing has those.
    pub fn of(&mut self, key: &str) -> String {
        let mut turn = 0u32;
        loop {
            let salted = if turn == 0 { key.to_owned() } else { format!("{key}\n{turn}") };
            let id = format!("{:04x}", digest(&salted) & 0xffff);
            if self.taken.insert(id.clone()) {
                return id;
            }
            turn += 1;
        }
    }
}

/// FNV-1a, 64 bits (G. Fowler, L. C. Noll, K.-P. Vo), folded: short names, not secrets.
#[must_use]
pub fn digest(text: &str) -> u32 {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_stable_and_distinct() {
        let mut ids = Ids::default();
        let first = ids.of("do:kubernetes");
        assert_eq!(first, Ids::default().of("do:kubernetes"));
        let mut all: BTreeSet<String> = (0..5000).map(|n| ids.of(&format!("thing {n}"))).collect();
        all.insert(first);
        assert_eq!(all.len(), 5001);
    }

    #[test]
    fn the_digest_is_fnv_1a() {
        // The published test vector of the 64-bit hash of "a" is af63dc4c8601ec8c.
        assert_eq!(digest("a"), 0x8601_ec8c ^ 0xaf63_dc4c);
    }
}
