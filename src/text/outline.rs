//! What the section model sees of a document, written out so that the model can be learned.

use super::document::Document;
use super::sections::{NUMBER, Name, Place, features, is_welcome};
use super::{BlockKind, headings};
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
    /// It is the first of its line.
    pub opens: bool,
    /// What its words say if it is a heading: the number of the section, and the score.
    pub heading: Option<(u8, i32)>,
    /// It says that what it names is welcome rather than a must.
    pub welcome: bool,
    /// Its words in order, lower case, numbers as `<number>`.
    pub words: Vec<String>,
    /// Features of its place and length.
    pub place: Vec<String>,
}

/// The blocks of a document, in order.
#[must_use]
pub fn outline(document: &Document) -> Vec<Outline> {
    let text = document.visible();
    let blocks = document.blocks().iter().map(|block| {
        let tokens = document.tokens_of(block);
        let (mut words, mut place) = (Vec::new(), Vec::new());
        features(text, tokens, Place::of(block, text.len()), |_, name| match name {
            Name::Word(word) => words.push(word.of(text).to_lowercase()),
            Name::Number => words.push(NUMBER.to_owned()),
            Name::Place(mark) => place.push(mark.to_owned()),
            Name::Pair => {}
        });
        let original = document.original(block.range());
        let kind = match block.kind {
            BlockKind::Heading => "heading",
            BlockKind::Item => "item",
            BlockKind::Paragraph => "paragraph",
        };
        let heading = headings::read(text, tokens).filter(|_| block.kind == BlockKind::Heading);
        Outline {
            start: original.start,
            end: original.end,
            kind,
            opens: block.opens,
            heading: heading.map(|reading| (reading.section as u8, reading.score)),
            welcome: is_welcome(text, tokens),
            words,
            place,
        }
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
        assert!(
            blocks[0].heading.is_some_and(|(section, _)| section == crate::text::Section::Required as u8)
        );
        assert_eq!(blocks[1].words, ["<number>", "years", "of", "rust"]);
        assert_eq!(blocks[1].place[0], "<item>");
        assert_eq!(&body[blocks[2].start..blocks[2].end], "Kubernetes is a plus");
        assert!(blocks[2].welcome && !blocks[1].welcome);
    }
}
