//! Near-duplicates: one ad per town, re-posts. They are linked by a fingerprint, never deleted.
//!
//! **Reference:** M. Charikar, "Similarity estimation techniques from rounding algorithms",
//! STOC 2002 (simhash), over shingles of three words.

use crate::text::tokens::{TokenKind, tokenize};

/// A 64-bit simhash of the words of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub u64);

/// Two texts whose fingerprints differ in at most this many bits count as near-duplicates.
///
/// Three of 64 bits is the threshold that G. S. Manku, A. Jain and A. Das Sarma found right for
/// web pages ("Detecting near-duplicates for web crawling", WWW 2007).
pub(super) const NEAR_BITS: u32 = 3;

impl Fingerprint {
    /// Whether two texts are nearly the same.
    #[must_use]
    pub fn is_near(self, other: Self) -> bool {
        (self.0 ^ other.0).count_ones() <= NEAR_BITS
    }
}

/// The fingerprint of `text`; tags and punctuation count as white space.
#[must_use]
pub fn fingerprint(text: &str) -> Fingerprint {
    let mut tokens = Vec::new();
    tokenize(text, &mut tokens);
    let mut sums = [0i32; 64];
    let mut window = [0u64; 3];
    let mut in_tag = false;
    for token in &tokens {
        match (token.kind, token.of(text)) {
            (TokenKind::Symbol, "<") => in_tag = true,
            (TokenKind::Symbol, ">") => in_tag = false,
            (TokenKind::Word, _) if !in_tag => {
                window = [window[1], window[2], token.hash];
                let mut shingle = spread(window[0] ^ spread(window[1] ^ spread(window[2])));
                for sum in &mut sums {
                    *sum += if shingle & 1 == 1 { 1 } else { -1 };
                    shingle >>= 1;
                }
            }
            _ => {}
        }
    }
    Fingerprint(sums.iter().enumerate().fold(0, |bits, (i, sum)| bits | u64::from(*sum > 0) << i))
}

/// The finaliser of splitmix64: spreads entropy over all bits.
fn spread(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AD: &str = "We build bridges for small towns. You will plan, draw and check steel \
        structures with a team of nine, talk to mayors, and see your work stand for a century. \
        You have a degree in civil engineering and five years on sites.";

    #[test]
    fn markup_does_not_count_and_one_town_hardly() {
        let html = format!("<p class='x y z'>{AD}</p>");
        assert_eq!(fingerprint(AD), fingerprint(&html));
    }

    #[test]
    fn other_texts_are_far() {
        let other = "Our nurses care for patients on the night shift of the surgical ward, give \
            medication, and teach students. A licence and two years in a hospital are needed.";
        assert!(!fingerprint(AD).is_near(fingerprint(other)));
    }
}
