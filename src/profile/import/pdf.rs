//! The text of PDF files, line by line, read on as plain text.
//!
//! Files of others may be broken or made to do harm: unpacked sizes and pages are bounded, and the
//! reader runs on a thread of its own whose panics become an error.

use super::super::ProfileError;
use lopdf::{Document, LoadOptions};
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
    for number in pages.keys().take(MAX_PAGES) {
        let page = document.extract_text_with_limit(&[*number], MAX_UNPACKED).map_err(|e| e.to_string())?;
        text.push_str(&page);
        text.push('\n');
        if text.len() > MAX_TEXT {
            return Err("it holds more text than any CV".into());
        }
    }
    Ok(text)
}
