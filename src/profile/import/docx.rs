//! Word documents: the paragraphs of `word/document.xml`, read on as plain text.

use super::super::ProfileError;
use super::archive::Archive;
use quick_xml::Reader;
use quick_xml::events::Event;

pub(super) const FORMAT: &str = "Word document";

/// The text of the document: a line per paragraph, list items marked, table cells apart.
pub(super) fn text(bytes: &[u8]) -> Result<String, ProfileError> {
    let mut archive = Archive::open(bytes, FORMAT)?;
    let xml = archive.text("document.xml")?.ok_or_else(|| ProfileError::Format {
        format: FORMAT,
        problem: "there is no word/document.xml in it".into(),
    })?;
    let mut reader = Reader::from_str(&xml);
    let mut out = String::new();
    let mut in_text = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) if tag.local_name().as_ref() == "br" => out.push('\n'),
            Ok(Event::Start(tag)) => match tag.local_name().as_ref() {
                "t" => in_text = true,
                "numPr" => out.push_str("- "),
                _ => {}
            },
            Ok(Event::Empty(tag)) if tag.local_name().as_ref() == "tab" => out.push('\t'),
            Ok(Event::End(tag)) => match tag.local_name().as_ref() {
                "t" => in_text = false,
                "p" => out.push('\n'),
                "tc" => out.push('\t'),
                _ => {}
            },
            Ok(Event::Text(text)) if in_text => out.push_str(&text.xml10_content()),
            Ok(Event::GeneralRef(entity)) if in_text => out.push_str(&super::europass::entity(&entity)),
            Ok(Event::Eof) => return Ok(out),
            Ok(_) => {}
            Err(error) => {
                return Err(ProfileError::Format { format: FORMAT, problem: error.to_string() });
            }
        }
    }
}
