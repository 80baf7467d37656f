//! What a sentence calls welcome rather than a must.

use super::phrases::Phrases;
use super::tokens::Token;
use std::sync::OnceLock;

/// The sentence says that what it names is welcome, and nothing in it is a must.
pub(super) fn is_welcome(text: &str, tokens: &[Token]) -> bool {
    static WORDS: OnceLock<Phrases<bool>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let welcome = [
            "a plus",
            "nice to have",
            "is preferred",
            "are preferred",
            "strongly preferred",
            "highly preferred",
            "preferred but not required",
            "desirable",
            "ideally",
            "bonus",
            "bonus points",
            "advantageous",
            "an advantage",
            "an asset",
            "beneficial",
            "preferably",
            "nice-to-have",
            "von vorteil",
            "idealerweise",
            "wünschenswert",
            "ein plus",
            "meriterande",
            "un plus",
            "een pré",
            "een pre",
            "bij voorkeur",
            "deseable",
            "un atout",
            "preferred",
            "optimalerweise",
            "vorteilhaft",
            "fördel",
            "but not required",
            "but not necessary",
            "not required but",
        ];
        let must =
            ["required", "must", "requires", "mandatory", "erforderlich", "zwingend", "minimum", "at least"];
        Phrases::new(welcome.into_iter().map(|w| (w, true)).chain(must.into_iter().map(|w| (w, false))))
    });
    let (mut welcome, mut at, mut inside, mut parted) = (false, 0, 0_u32, false);
    while at < tokens.len() {
        match tokens[at].mark(text) {
            b'(' => inside += 1,
            b')' => inside = inside.saturating_sub(1),
            b',' | b';' => parted = true,
            _ => {}
        }
        match words.longest(text, tokens, at) {
            Some((false, _)) => return false,
            Some((true, len)) => {
                // "A, B a plus": only the last part is welcome, the sentence is not.
                welcome |= inside == 0 && !parted;
                at += len;
            }
            None => at += 1,
        }
    }
    welcome
}

/// The sentence without what is only welcome after its last semicolon: "five years of Go; Rust is a plus" asks for Go.
pub(super) fn main_part<'a>(text: &str, tokens: &'a [Token]) -> &'a [Token] {
    match tokens.iter().rposition(|token| token.mark(text) == b';') {
        Some(at) if at > 0 && is_welcome(text, &tokens[at + 1..]) => &tokens[..at],
        _ => tokens,
    }
}

/// "Fluent English (German a plus)" asks for English: only what stands in the brackets is a wish.
pub(super) fn wishes_in_brackets(text: &str, tokens: &[Token]) -> bool {
    let Some(open) = tokens.iter().rposition(|token| token.mark(text) == b'(') else { return false };
    // Of a list, the last entry says it for all.
    let last =
        tokens.iter().rposition(|token| token.mark(text) == b',').map_or(open, |comma| comma.max(open));
    // "A degree (nice to have)": then it is said of what stands before.
    let begins = &tokens[open + 1..tokens.len().min(open + 4)];
    open > 0
        && is_welcome(text, &tokens[last + 1..])
        && !is_welcome(text, begins)
        && !is_welcome(text, &tokens[..open])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens::tokenize;

    fn tokens(text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        tokenize(text, &mut tokens);
        tokens
    }

    #[test]
    fn a_sentence_is_welcome_where_nothing_in_it_is_a_must() {
        for (text, expected) in [
            ("Rust is a plus", true),
            ("Rust is required, Go is a plus", false),
            ("Go, Rust a plus", false),
            ("English (German is a plus)", false),
            ("Ideally you know Go", true),
            ("Five years of Go", false),
        ] {
            assert_eq!(is_welcome(text, &tokens(text)), expected, "{text}");
        }
    }

    #[test]
    fn a_wish_after_a_semicolon_is_left_out() {
        for (text, kept) in
            [("Five years of Go; Rust is a plus", 4), ("Go; Rust", 3), ("; a plus", 3), ("Go a plus", 3)]
        {
            assert_eq!(main_part(text, &tokens(text)).len(), kept, "{text}");
        }
    }

    #[test]
    fn brackets_wish_for_what_stands_in_them() {
        for (text, expected) in [
            ("Fluent English (German is a plus)", true),
            ("Fluent English (German, French a plus)", true),
            ("A degree (nice to have)", false),
            ("German is a plus (French a plus)", false),
            ("Fluent English (German)", false),
            ("Fluent English, German a plus", false),
        ] {
            assert_eq!(wishes_in_brackets(text, &tokens(text)), expected, "{text}");
        }
    }
}
