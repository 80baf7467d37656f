//! The one tokeniser: vocabulary, matcher and search index all read text through it.
//!
//! A token is either a **word** (a run of letters, digits and combining marks) or a **symbol**
//! (any other visible character). White space and hyphens separate words and are no tokens, so
//! `problem-solving` and `problem solving` are the same two words. Symbols are tokens, so
//! that a phrase never matches across a comma or a full stop, and `C`, `C++` and `C#` differ.
//!
//! Invisible format characters (zero-width space, soft hyphen, byte-order mark) inside a word
//! belong to it and do not count for its identity.
//!
//! Chinese, Japanese and Korean letters are written without a gap before and after Latin names: a word
//! ends where one script gives way to the other, so that `熟悉Java开发` holds `Java`.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters and digits.
    Word,
    /// One visible character that is neither letter, digit, space nor hyphen.
    Symbol,
}

/// A token's place in the text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// FNV-1a hash of the folded token (lower case, invisible characters left out).
    pub hash: u64,
    /// Word or symbol.
    pub kind: TokenKind,
    /// A gap (space or hyphen) lies between the token before and this one.
    pub gap: bool,
}

impl Token {
    /// The token's text within the string it was read from.
    #[inline]
    #[must_use]
    pub fn of<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start as usize..self.end as usize]
    }

    /// The symbol, where it is one of ASCII; what else a token is makes no ASCII character: 0 for words, the
    /// first byte of another symbol.
    #[inline]
    pub(crate) fn mark(&self, text: &str) -> u8 {
        match self.kind {
            TokenKind::Symbol => text.as_bytes()[self.start as usize],
            TokenKind::Word => 0,
        }
    }
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// Hash of a token as it would be read from `word`: folded to lower case.
///
/// ```
/// use rungs::text::tokens::{fold_hash, tokenize};
/// let mut tokens = Vec::new();
/// tokenize("KUBERNETES", &mut tokens);
/// assert_eq!(tokens[0].hash, fold_hash("kubernetes"));
/// ```
#[must_use]
pub fn fold_hash(word: &str) -> u64 {
    word.chars().fold(FNV_OFFSET, |hash, c| match c {
        _ if c.is_ascii() => mix(hash, u32::from(c.to_ascii_lowercase())),
        _ if is_invisible(c) => hash,
        _ => c.to_lowercase().fold(hash, |hash, low| mix(hash, low as u32)),
    })
}

/// One step of the hash. Takes a character, not a byte, so that the ASCII fast path and the
/// Unicode path agree.
#[inline(always)]
fn mix(hash: u64, c: u32) -> u64 {
    (hash ^ u64::from(c)).wrapping_mul(FNV_PRIME)
}

pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

/// Characters that join words without being tokens: the hyphens.
fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}')
}

const SPACE: u8 = 0;
const LETTER: u8 = 1;
const SYMBOL: u8 = 2;
const WIDE: u8 = 3;

const CLASS: [u8; 256] = {
    let mut class = [SYMBOL; 256];
    let mut i = 0;
    while i < 256 {
        let b = i as u8;
        class[i] = if b >= 128 {
            WIDE
        } else if b.is_ascii_alphanumeric() {
            LETTER
        } else if b <= b' ' || b == b'-' || b == 127 {
            SPACE
        } else {
            SYMBOL
        };
        i += 1;
    }
    class
};

/// The letters and digits of ASCII in lower case; 0 for every other byte.
const LOW: [u8; 256] = {
    let mut low = [0; 256];
    let mut i = 0;
    while i < 256 {
        if CLASS[i] == LETTER {
            low[i] = (i as u8).to_ascii_lowercase();
        }
        i += 1;
    }
    low
};

/// Reads the tokens of `text` into `out`, which is cleared first.
///
/// Offsets are 32-bit: text beyond 4 GiB is left unread. Never fails and never panics.
///
/// ```
/// use rungs::text::tokens::tokenize;
/// let mut tokens = Vec::new();
/// let text = "C++, Node.js & problem-solving";
/// tokenize(text, &mut tokens);
/// let words: Vec<&str> = tokens.iter().map(|t| t.of(text)).collect();
/// assert_eq!(words, ["C", "+", "+", ",", "Node", ".", "js", "&", "problem", "solving"]);
/// ```
pub fn tokenize(text: &str, out: &mut Vec<Token>) {
    out.clear();
    let bytes = text.as_bytes();
    let len = bytes.len().min(u32::MAX as usize - 8);
    let mut i = 0;
    let mut gap = true;
    while i < len {
        match CLASS[bytes[i] as usize] {
            SPACE => {
                gap = true;
                i += 1;
            }
            LETTER => {
                i = word(text, i, gap, out);
                gap = false;
            }
            SYMBOL => {
                let hash = mix(FNV_OFFSET, u32::from(bytes[i]));
                push(out, i, i + 1, hash, TokenKind::Symbol, gap);
                gap = false;
                i += 1;
            }
            _ => {
                let Some(c) = text[i..].chars().next() else { break };
                if c.is_alphanumeric() {
                    i = word(text, i, gap, out);
                    gap = false;
                } else {
                    if c.is_whitespace() || is_hyphen(c) || is_invisible(c) || c.is_control() {
                        gap |= !is_invisible(c);
                    } else {
                        push(out, i, i + c.len_utf8(), mix(FNV_OFFSET, c as u32), TokenKind::Symbol, gap);
                        gap = false;
                    }
                    i += c.len_utf8();
                }
            }
        }
    }
}

/// Reads the word that starts at `start`; returns where it ends.
#[inline]
fn word(text: &str, start: usize, gap: bool, out: &mut Vec<Token>) -> usize {
    let bytes = text.as_bytes();
    let mut hash = FNV_OFFSET;
    let letters = bytes[start..].iter().map(|b| LOW[*b as usize]).take_while(|low| *low != 0);
    let mut i = start;
    for low in letters {
        hash = mix(hash, u32::from(low));
        i += 1;
    }
    let mut end = i;
    if i < bytes.len() && bytes[i] >= 128 {
        let mut script = (end > start).then_some(false);
        for c in text[i..].chars() {
            if c.is_alphanumeric() || is_combining(c) {
                if !is_combining(c) && script.replace(is_cjk(c)).is_some_and(|before| before != is_cjk(c)) {
                    break;
                }
                hash = c.to_lowercase().fold(hash, |h, low| mix(h, low as u32));
                i += c.len_utf8();
                end = i;
            } else if is_invisible(c) {
                i += c.len_utf8();
            } else {
                break;
            }
        }
    }
    push(out, start, end, hash, TokenKind::Word, gap);
    i.max(end)
}

/// Han, Kana, Bopomofo and Hangul, with their marks and full-width forms of the same.
fn is_cjk(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ffdc}' | '\u{20000}'..='\u{3ffff}')
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

#[inline]
fn push(out: &mut Vec<Token>, start: usize, end: usize, hash: u64, kind: TokenKind, gap: bool) {
    out.push(Token { start: start as u32, end: end as u32, hash, kind, gap });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        let mut tokens = Vec::new();
        tokenize(text, &mut tokens);
        tokens.iter().map(|t| t.of(text).to_owned()).collect()
    }

    #[test]
    fn reads_what_people_write() {
        for (text, expected) in [
            ("", vec![]),
            (" \u{a0}\n- ", vec![]),
            (".NET/C#", vec![".", "NET", "/", "C", "#"]),
            ("Straße naïve", vec!["Straße", "naïve"]),
            ("don’t", vec!["don", "’", "t"]),
            ("e\u{301}clair", vec!["e\u{301}clair"]),
            ("日本語 OK", vec!["日本語", "OK"]),
            ("熟悉Java开发", vec!["熟悉", "Java", "开发"]),
            ("3年以上のPython3経験", vec!["3", "年以上の", "Python3", "経験"]),
            ("Java를 C#과", vec!["Java", "를", "C", "#", "과"]),
            ("ÄrzteПитон", vec!["ÄrzteПитон"]),
            ("データ・ベース", vec!["データ", "・", "ベース"]),
            ("Kuber\u{200b}netes", vec!["Kuber\u{200b}netes"]),
            ("🚀 Rust🚀", vec!["🚀", "Rust", "🚀"]),
        ] {
            assert_eq!(words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn folding_is_the_same_on_both_paths() {
        for (left, right) in [("ÄRZTE", "ärzte"), ("Kuber\u{200b}netes", "kubernetes"), ("Café", "CAFÉ")]
        {
            let (mut a, mut b) = (Vec::new(), Vec::new());
            tokenize(left, &mut a);
            tokenize(right, &mut b);
            assert_eq!(a[0].hash, b[0].hash, "{left} {right}");
            assert_eq!(a[0].hash, fold_hash(right));
        }
    }

    proptest! {
        #[test]
        fn tokens_lie_in_order_on_char_boundaries(text in "\\PC*|[a-z +.#\u{200b}\u{a0}é🚀-]{0,40}") {
            let mut tokens = Vec::new();
            tokenize(&text, &mut tokens);
            let mut last = 0;
            for token in &tokens {
                prop_assert!(token.start >= last && token.end > token.start);
                prop_assert!(text.is_char_boundary(token.start as usize) && text.is_char_boundary(token.end as usize));
                last = token.end;
            }
        }
    }
}
