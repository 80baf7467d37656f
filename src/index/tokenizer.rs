//! The project's tokeniser as tantivy wants it: words, lower case, English stems.
//!
//! Reads text through [`crate::text::tokens`], so that vocabulary, matcher and index agree on
//! what a word is. Symbols are no search terms, except that `+` and `#` right behind a word
//! belong to it (`c++`, `c#`).

use crate::text::tokens::{self, TokenKind};
use tantivy::tokenizer::{Language, LowerCaser, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer};

/// The name under which fields refer to the analyser.
pub(super) const NAME: &str = "rungs_en";

/// Words longer than this are cut from the index, not stored: they are no words.
const MAX_WORD_BYTES: usize = 64;

/// The analyser of titles and bodies.
pub(super) fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(Words).filter(LowerCaser).filter(Stemmer::new(Language::English)).build()
}

/// The terms of `text`, as the index holds them.
pub(super) fn terms(text: &str) -> Vec<String> {
    let mut analyzer = analyzer();
    let mut stream = analyzer.token_stream(text);
    let mut terms = Vec::new();
    while stream.advance() {
        terms.push(stream.token().text.clone());
    }
    terms
}

/// Puts words that end in `+` or `#` into quotes, where the query language would read the signs
/// as operators. What is quoted already stays as it is.
pub(super) fn guard_symbols(query: &str) -> String {
    let mut quoted = false;
    let guarded: Vec<String> = query
        .split(' ')
        .map(|word| {
            let was_quoted = quoted;
            quoted ^= word.matches('"').count() % 2 == 1;
            let bare = word.trim_end_matches(['+', '#']);
            let signs = bare.len() < word.len() && bare.ends_with(char::is_alphanumeric);
            if signs && !was_quoted && !word.contains('"') { format!("\"{word}\"") } else { word.to_owned() }
        })
        .collect();
    guarded.join(" ")
}

#[derive(Clone, Default)]
struct Words;

struct WordStream {
    tokens: std::vec::IntoIter<Token>,
    current: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream {
        let mut read = Vec::new();
        tokens::tokenize(text, &mut read);
        let mut words: Vec<Token> = Vec::with_capacity(read.len());
        for token in &read {
            match token.kind {
                TokenKind::Word if token.end - token.start <= MAX_WORD_BYTES as u32 => words.push(Token {
                    offset_from: token.start as usize,
                    offset_to: token.end as usize,
                    position: words.len(),
                    text: token.of(text).to_owned(),
                    position_length: 1,
                }),
                TokenKind::Symbol if !token.gap && matches!(token.of(text), "+" | "#") => {
                    if let Some(last) = words.last_mut()
                        && last.offset_to == token.start as usize
                    {
                        last.text.push_str(token.of(text));
                        last.offset_to = token.end as usize;
                    }
                }
                _ => {}
            }
        }
        WordStream { tokens: words.into_iter(), current: Token::default() }
    }
}

impl TokenStream for WordStream {
    fn advance(&mut self) -> bool {
        match self.tokens.next() {
            Some(token) => {
                self.current = token;
                true
            }
            None => false,
        }
    }

    fn token(&self) -> &Token {
        &self.current
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_stems_of_whole_words() {
        assert_eq!(terms("Maintaining AI platforms"), ["maintain", "ai", "platform"]);
        assert_eq!(terms("C++, C# & Node.js"), ["c++", "c#", "node", "js"]);
    }

    #[test]
    fn signs_of_words_are_no_operators() {
        for (query, expected) in [
            ("c++ engineer", "\"c++\" engineer"),
            ("\"c++ engineer\" C#", "\"c++ engineer\" \"C#\""),
            ("+must -not title:lead", "+must -not title:lead"),
        ] {
            assert_eq!(guard_symbols(query), expected);
        }
    }
}
