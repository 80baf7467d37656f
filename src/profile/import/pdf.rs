//! The text of PDF files, line by line, read on as plain text.
//!
//! Files of others may be broken or made to do harm: unpacked sizes and pages are bounded, and the
//! reader runs on a thread of its own whose panics become an error.

use super::super::ProfileError;
use lopdf::content::{Content, Operation};
use lopdf::{Document, Encoding, LoadOptions, Object, ObjectId};
use std::collections::BTreeMap;
use std::thread;

pub(super) const FORMAT: &str = "PDF";

/// Most that a stream of the file may unpack to, in bytes.
const MAX_UNPACKED: usize = 16 << 20;
/// Most pages that are read; no CV has more.
const MAX_PAGES: usize = 60;
/// Most text that is taken, in bytes.
const MAX_TEXT: usize = 4 << 20;
/// Stack of the reading thread, in bytes: nesting is bounded by the reader, not by what is there.
const STACK: usize = 32 << 20;
/// A move up or down by more than this part of the font's size begins a line; less is a raised sign.
const LINE: f32 = 0.5;
/// A gap between the strings of one operation that is a space, in thousandths of the font's size.
const SPACE: f32 = -100.0;

/// The text of the document.
pub(super) fn text(bytes: &[u8]) -> Result<String, ProfileError> {
    let problem = |problem: String| ProfileError::Format { format: FORMAT, problem };
    let read = thread::scope(|scope| {
        let reader = thread::Builder::new().name("pdf".into()).stack_size(STACK);
        let reading = reader.spawn_scoped(scope, || read(bytes));
        reading.map_err(|e| e.to_string())?.join().unwrap_or_else(|_| Err("it is damaged".into()))
    });
    let text =
        read.map_err(|e| problem(format!("{e}\n  Save the CV as .docx or plain text and import that.")))?;
    if text.trim().is_empty() {
        return Err(problem(
            "no text is in it, so it is probably a scan\n  Save the CV as .docx or plain text and import that."
                .into(),
        ));
    }
    Ok(text)
}

fn read(bytes: &[u8]) -> Result<String, String> {
    let options = LoadOptions::with_max_decompressed_size(MAX_UNPACKED);
    let document = Document::load_mem_with_options(bytes, options).map_err(|e| e.to_string())?;
    if document.is_encrypted() {
        return Err("it is encrypted".into());
    }
    let pages = document.get_pages();
    let mut text = String::new();
    for page in pages.values().take(MAX_PAGES) {
        text.push_str(&page_text(&document, *page).map_err(|e| e.to_string())?);
        text.push('\n');
        if text.len() > MAX_TEXT {
            return Err("it holds more text than any CV".into());
        }
    }
    Ok(text)
}

fn page_text(document: &Document, page: ObjectId) -> lopdf::Result<String> {
    let mut encodings = BTreeMap::new();
    for (name, font) in document.get_page_fonts(page)? {
        encodings.insert(name, font.get_font_encoding_with_limit(document, MAX_UNPACKED)?);
    }
    let content = Content::decode(&document.get_page_content_with_limit(page, MAX_UNPACKED)?)?;
    let mut pen =
        Pen { encodings: &encodings, font: None, size: 1.0, row: 0.0, scale: 1.0, text: String::new() };
    content.operations.iter().try_for_each(|operation| pen.operation(operation))?;
    Ok(pen.text)
}

/// What the operations of a page write, line by line: writers of PDF move on by `Td`, `T*` or by a
/// whole matrix, and only the height tells that a line began.
struct Pen<'d> {
    encodings: &'d BTreeMap<Vec<u8>, Encoding<'d>>,
    font: Option<&'d Encoding<'d>>,
    /// Size of the font, in units of the text.
    size: f32,
    /// Height of the line within its text object, in units of the page.
    row: f32,
    /// Units of the page in a unit of the text.
    scale: f32,
    text: String,
}

impl Pen<'_> {
    fn operation(&mut self, operation: &Operation) -> lopdf::Result<()> {
        let operands = &operation.operands;
        let number = |at: usize| operands.get(at).and_then(|o| o.as_float().ok()).unwrap_or_default();
        match operation.operator.as_str() {
            "Tf" => {
                let name = operands.first().and_then(|name| name.as_name().ok());
                self.font = name.and_then(|name| self.encodings.get(name));
                self.size = number(1).abs().max(f32::EPSILON);
            }
            "Td" | "TD" => {
                if number(1).abs() > self.size * LINE {
                    self.line();
                }
                self.row += number(1) * self.scale;
            }
            "Tm" => {
                self.scale = number(3);
                if (self.row - number(5)).abs() > self.size * self.scale.abs() * LINE {
                    self.line();
                }
                self.row = number(5);
            }
            "T*" => self.line(),
            "BT" => (self.row, self.scale) = (0.0, 1.0),
            "ET" => self.line(),
            "Tj" | "TJ" => self.show(operands)?,
            "'" => {
                self.line();
                self.show(operands)?;
            }
            "\"" => {
                self.line();
                self.show(operands.get(2..).unwrap_or_default())?;
            }
            _ => {}
        }
        Ok(())
    }

    fn line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn show(&mut self, operands: &[Object]) -> lopdf::Result<()> {
        let Some(font) = self.font else { return Ok(()) };
        for operand in operands {
            match operand {
                Object::String(bytes, _) => self.text.push_str(&Document::decode_text(font, bytes)?),
                Object::Array(strings) => {
                    self.show(strings)?;
                    self.text.push(' ');
                }
                other if other.as_float().is_ok_and(|gap| gap < SPACE) => self.text.push(' '),
                _ => {}
            }
        }
        Ok(())
    }
}
