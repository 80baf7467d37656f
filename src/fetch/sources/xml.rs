//! XML as a tree: small, without document types or entities of its own, limited in depth.

use super::markup;
use super::types::ParseError;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

/// Deepest nesting read.
const DEPTH: usize = 32;

/// An element.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    /// Name without its prefix.
    pub(super) name: String,
    /// Text directly in it, entities decoded.
    pub(super) text: String,
    pub(super) children: Vec<Node>,
    /// Attributes, by name without prefix.
    attributes: Vec<(String, String)>,
}

impl Node {
    /// The first child of that name.
    pub(super) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Children of that name.
    pub(super) fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Trimmed text of the first child of that name, unless empty.
    pub(super) fn text_of(&self, name: &str) -> Option<String> {
        let text = self.child(name)?.text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a document.
///
/// # Errors
/// When it is cut off or malformed (worth another attempt), or has a document type.
pub(super) fn parse(body: &[u8]) -> Result<Node, ParseError> {
    build(body, &mut |_, node| Some(node))
}

/// Reads a document whose root has very many children: each is handed over with the root's name
/// and dropped. Returns the name of the root.
///
/// # Errors
/// As [`parse`]; children before the fault have been handed over then.
pub(super) fn each_child(body: &[u8], mut each: impl FnMut(&str, Node)) -> Result<String, ParseError> {
    let root = build(body, &mut |open, node| match open {
        [_, root] => {
            each(&root.name, node);
            None
        }
        _ => Some(node),
    })?;
    Ok(root.name)
}

/// Builds the tree of what `keep` returns of the elements it is given, with those around them.
fn build(body: &[u8], keep: &mut dyn FnMut(&[Node], Node) -> Option<Node>) -> Result<Node, ParseError> {
    let text = String::from_utf8_lossy(body);
    let mut reader = Reader::from_str(&text);
    let mut open = vec![Node::default()];
    let broken = |why: &dyn std::fmt::Display| ParseError::Transient(format!("no valid XML: {why}"));
    loop {
        match reader.read_event().map_err(|error| broken(&error))? {
            Event::Start(_) if open.len() > DEPTH => {
                return Err(ParseError::Drift("XML nested too deep".into()));
            }
            Event::Start(start) => open.push(element(&start)),
            Event::Empty(start) => adopt(&mut open, element(&start), keep),
            Event::End(_) if open.len() > 1 => {
                if let Some(done) = open.pop() {
                    adopt(&mut open, done, keep);
                }
            }
            Event::Text(text) => append(&mut open, &text.into_inner()),
            Event::CData(data) => append(&mut open, &data.into_inner()),
            Event::GeneralRef(entity) => append(&mut open, &decode_reference(&entity)),
            Event::DocType(_) => {
                return Err(ParseError::Drift("XML with a document type is not read".into()));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    match (open.pop(), open.is_empty()) {
        (Some(mut root), true) => match root.children.pop() {
            Some(document) => Ok(document),
            None => Err(broken(&"no element")),
        },
        _ => Err(broken(&"it ends in the middle")),
    }
}

fn element(start: &quick_xml::events::BytesStart<'_>) -> Node {
    let attributes = start.attributes().flatten().map(|attribute| {
        let name = attribute.key.local_name().into_inner().to_owned();
        (name, markup::decode(&attribute.value))
    });
    Node {
        name: start.local_name().into_inner().to_owned(),
        attributes: attributes.collect(),
        ..Node::default()
    }
}

fn adopt(open: &mut [Node], node: Node, keep: &mut dyn FnMut(&[Node], Node) -> Option<Node>) {
    if let Some(node) = keep(open, node)
        && let Some(parent) = open.last_mut()
    {
        parent.children.push(node);
    }
}

fn append(open: &mut [Node], text: &str) {
    if let Some(node) = open.last_mut() {
        node.text.push_str(text);
    }
}

/// Predefined and numeric entities; others stay as written, since none can be declared.
fn decode_reference(entity: &BytesRef<'_>) -> String {
    let name: &str = entity;
    markup::decode(&format!("&{name};"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_elements_text_and_attributes() {
        let node = parse(b"<?xml version='1.0'?><a x:k='1 &amp; 2'><b>R&amp;D &#252;</b><b><![CDATA[<p>x</p>]]></b><c/></a>").unwrap();
        let texts: Vec<&str> = node.all("b").map(|b| b.text.as_str()).collect();
        assert_eq!(texts, ["R&D ü", "<p>x</p>"]);
        assert_eq!(node.attribute("k"), Some("1 & 2"));
        assert_eq!((node.text_of("c"), node.text_of("none")), (None, None));
    }

    #[test]
    fn hands_over_the_children_of_the_root() {
        let mut seen = Vec::new();
        let root = each_child(b"<a><b>1</b><b><c>2</c></b><b/></a>", |root, node| {
            seen.push((root.to_owned(), node.text_of("c"), node.text));
        });
        let expected = [(None, "1"), (Some("2"), ""), (None, "")];
        let expected = expected.map(|(c, text)| ("a".to_owned(), c.map(str::to_owned), text.to_owned()));
        assert_eq!((root.unwrap().as_str(), seen.as_slice()), ("a", expected.as_slice()));
        assert!(each_child(b"<a><b/>", |_, _| {}).is_err());
    }

    #[test]
    fn refuses_what_is_cut_off_or_declares_entities() {
        assert!(matches!(parse(b"<a><b>x</b>"), Err(ParseError::Transient(_))));
        assert!(matches!(parse(b""), Err(ParseError::Transient(_))));
        let bomb = b"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>";
        assert!(matches!(parse(bomb), Err(ParseError::Drift(_))));
        let deep = "<a>".repeat(100);
        assert!(parse(deep.as_bytes()).is_err());
    }
}
