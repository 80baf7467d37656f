//! What the section model sees of a document, written out so that the model can be learned.

use super::BlockKind;
use super::document::Document;
use super::signs::{Above, NUMBER, Name, signs};
use super::tokens::is_invisible;
use serde::Serialize;

/// One block as the section model sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outline {
    /// Where it lies in the body as published, in bytes.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// `heading`, `item` or `paragraph`.
    pub kind: &'static str,
    /// Its words in order, lower case, numbers as `<number>`.
    pub words: Vec<String>,
    /// Marks of what it is and where it stands.
    pub marks: Vec<String>,
}

/// In lower case, without what no reader sees: what words are looked up by.
fn without_invisible(word: &str) -> String {
    word.chars().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).collect()
}

/// The blocks of a document, in order.
#[must_use]
pub fn outline(document: &Document) -> Vec<Outline> {
    let text = document.visible();
    let mut above = Above::begin(text);
    let blocks = document.blocks().iter().map(|block| {
        let tokens = document.tokens_of(block);
        let (mut words, mut marks) = (Vec::new(), Vec::new());
        signs(text, tokens, above.step(text, tokens, block), |_, name| match name {
            Name::Word(word) => words.push(without_invisible(word.of(text))),
            Name::Number => words.push(NUMBER.to_owned()),
            Name::Mark(mark) => marks.push(mark.to_owned()),
            Name::Pair => {}
        });
        let original = document.original(block.range());
        let kind = match block.kind {
            BlockKind::Heading => "heading",
            BlockKind::Item => "item",
            BlockKind::Paragraph => "paragraph",
        };
        Outline { start: original.start, end: original.end, kind, words, marks }
    });
    blocks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posting::Markup;

    #[test]
    fn blocks_are_written_as_the_model_sees_them() {
        let body = "Requirements\n- 5 years of Rust\n- Kubernetes is a plus";
        let blocks = outline(&Document::new(body, Markup::Text));
        assert_eq!(blocks[0].kind, "heading");
        assert!(blocks[0].marks.contains(&"<certain required>".to_owned()));
        assert_eq!(blocks[1].words, ["<number>", "years", "of", "rust"]);
        assert_eq!(blocks[1].marks[0], "<item>");
        assert!(blocks[1].marks.contains(&"<near required>".to_owned()));
        assert_eq!(&body[blocks[2].start..blocks[2].end], "Kubernetes is a plus");
        let welcome = |block: &Outline| block.marks.contains(&"<welcome>".to_owned());
        assert!(welcome(&blocks[2]) && !welcome(&blocks[1]));
    }
}
