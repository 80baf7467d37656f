//! The language of a text, told by its small words.

use super::filter::Lexicon;
use super::tokens::{Token, TokenKind, fold_hash};
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// Words read from the middle of the text on.
const SAMPLE: usize = 400;
/// Fewer small words than this tell nothing.
const LEAST: u32 = 4;
/// The winner needs so many times the words of the second, in tenths.
const LEAD_TENTHS: u32 = 13;

/// Small words by language; a word of several languages counts for each of them.
const SMALL: [(&str, &str); 12] = [
    (
        "en",
        "the and of to in for with you our we is are will as on be have your that this from by at an or it who can not",
    ),
    (
        "de",
        "der die das und mit in für von dich du wir ist im den dein deine zu ein eine auf bei als sie oder auch dir werden unser unsere ihre nicht des dem sind",
    ),
    (
        "fr",
        "le la les et des de du en pour vous nous une un est au aux sur avec dans votre vos notre par que qui sont ou ce",
    ),
    (
        "es",
        "el la los las y de del en para con una un por que se es tu su al como nuestro nuestra más son o lo",
    ),
    (
        "nl",
        "de het een en van voor met je in op wij bij ons onze is zijn als dat jij te aan jouw om wat naar ben werken",
    ),
    (
        "sv",
        "och att i en ett för som med på av vi du är till har din ditt kan den det om våra vår eller hos inom samt",
    ),
    ("it", "il la di e per con un una che del della dei nel le gli al sono in si da"),
    ("pt", "o a os as e de da do em para com uma um que se por nos na no você mais são ou"),
    (
        "da",
        "og at i en et for som med på af vi du er til har din dit kan den det om vores eller hos samt dig",
    ),
    ("pl", "i w z na do oraz dla się jest że o od przez nie lub w twoje po jako"),
    ("vi", "và các của cho với trong có được là công việc theo về hoặc kinh nghiệm tại những làm"),
    ("fi", "ja on sekä että tai joka sinun meillä kanssa myös voi olet ovat tai työ"),
];

fn words() -> &'static Lexicon<u16, 128> {
    static WORDS: OnceLock<Lexicon<u16, 128>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut words = FxHashMap::default();
        for (bit, (_, list)) in SMALL.iter().enumerate() {
            for word in list.split(' ') {
                *words.entry(fold_hash(word)).or_insert(0) |= 1 << bit;
            }
        }
        words.into()
    })
}

/// The language's ISO 639-1 code, or `None` where too little speaks for any.
pub(super) fn detect(tokens: &[Token]) -> Option<&'static str> {
    let from = tokens.len().saturating_sub(SAMPLE) / 2;
    let mut counts = [0_u32; SMALL.len()];
    let words = words();
    for token in tokens.iter().skip(from).take(SAMPLE).filter(|t| t.kind == TokenKind::Word) {
        let mut languages = words.get(token.hash).copied().unwrap_or_default();
        while languages != 0 {
            counts[languages.trailing_zeros() as usize] += 1;
            languages &= languages - 1;
        }
    }
    let best = (0..SMALL.len()).max_by_key(|i| (counts[*i], SMALL.len() - i))?;
    let second = (0..SMALL.len()).filter(|i| *i != best).map(|i| counts[i]).max().unwrap_or(0);
    (counts[best] >= LEAST && counts[best] * 10 >= second * LEAD_TENTHS).then_some(SMALL[best].0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens::tokenize;

    #[test]
    fn small_words_tell_the_language() {
        for (text, expected) in [
            ("We are looking for an engineer who will work with our team in Berlin", Some("en")),
            (
                "Wir suchen für unser Team in Berlin eine Person, die mit uns arbeitet und du bist gern dabei",
                Some("de"),
            ),
            (
                "Nous cherchons une personne pour notre équipe et vous êtes avec nous dans les bureaux",
                Some("fr"),
            ),
            (
                "Vi söker dig som har erfarenhet av arbete inom vård och är van att arbeta med människor",
                Some("sv"),
            ),
            ("Wij zoeken een collega die met ons aan het werk wil en je bent van harte welkom", Some("nl")),
            (
                "Buscamos una persona para nuestro equipo con experiencia en el sector y que se una",
                Some("es"),
            ),
            ("Rust, Kubernetes", None),
            ("", None),
        ] {
            let mut tokens = Vec::new();
            tokenize(text, &mut tokens);
            assert_eq!(detect(&tokens), expected, "{text}");
        }
    }
}
