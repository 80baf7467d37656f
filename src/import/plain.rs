//! Postings that somebody wrote down by hand or exported from elsewhere: a title and a text are
//! enough. They become the plain NDJSON record, so that one reader reads both.

use crate::fetch::to_utf8;
use crate::posting::names::{FIELDS, field};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::cell::Cell;
use std::fmt::Write;
use std::io::{self, Read};

/// Whether a JSON object says anything that a posting says.
pub(super) fn is_like_one(value: &Value) -> bool {
    field(value, "title").is_some() || field(value, "description").is_some()
}

/// The plain record of an object that has at least a title and a text. Without an id it gets one
/// made of its content, so that importing it twice changes nothing.
pub(super) fn record(value: &Value) -> Result<Value, String> {
    if !value.is_object() {
        return Err("no posting: a JSON object with `title` and `description` is needed".to_owned());
    }
    let mut record = Map::new();
    for (name, _) in FIELDS {
        if let Some(text) = field(value, name) {
            record.insert((*name).to_owned(), text.into());
        }
    }
    let text = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("title").is_empty() {
        return Err("no `title`".to_owned());
    }
    if text("description").is_empty() {
        return Err("no `description` (or `text`)".to_owned());
    }
    let html = ["</", "<br", "<p>", "<li>"].iter().any(|tag| text("description").contains(tag));
    let mut digest = Sha256::new();
    for name in ["title", "company", "location", "description"] {
        digest.update(text(name).as_bytes());
        digest.update([0]);
    }
    let mut id = String::new();
    for byte in digest.finalize().iter().take(8) {
        // Writing to a string does not fail.
        let _ = write!(id, "{byte:02x}");
    }
    record.entry("id").or_insert_with(|| id.into());
    record.insert("html".to_owned(), html.into());
    Ok(Value::Object(record))
}

/// What divides the columns of a table whose first line is `head`, when one of them is a title and
/// one a text.
pub(super) fn delimiter(head: &[u8]) -> Option<u8> {
    let line = head.split(|byte| *byte == b'\n').next()?;
    let line = to_utf8(line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line), None).to_lowercase();
    [b',', b';', b'\t'].into_iter().find(|delimiter| {
        let names = line.split(char::from(*delimiter)).map(|name| name.trim().trim_matches('"'));
        let names: Vec<&str> = names.collect();
        let has = |wanted: &str| {
            let known = FIELDS.iter().find(|(name, _)| *name == wanted);
            known.is_some_and(|(_, known)| names.iter().any(|name| known.contains(name)))
        };
        has("title") && has("description")
    })
}

/// The rows of a table as lines of JSON, one at a time.
pub(super) struct Rows<R> {
    reader: csv::Reader<Capped<R>>,
    names: Vec<String>,
}

impl<R: Read> Rows<R> {
    pub(super) fn new(reader: R, delimiter: u8, cap: usize) -> Self {
        let reader = Capped { inner: reader, left: Cell::new(cap), cap };
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(reader);
        let names = reader.byte_headers().cloned().unwrap_or_default();
        let names =
            names.iter().map(|name| to_utf8(name, None).trim_start_matches('\u{feff}').trim().to_owned());
        Self { names: names.collect(), reader }
    }

    /// The next row, or why it cannot be read; after that nothing follows.
    pub(super) fn next(&mut self) -> Option<Result<String, String>> {
        self.reader.get_ref().renew();
        let mut row = csv::ByteRecord::new();
        match self.reader.read_byte_record(&mut row) {
            Ok(false) => None,
            Ok(true) => {
                let cells = self.names.iter().zip(row.iter());
                let cells =
                    cells.map(|(name, cell)| (name.clone(), Value::from(to_utf8(cell, None).into_owned())));
                Some(Ok(Value::Object(cells.collect()).to_string()))
            }
            Err(error) => Some(Err(error.to_string())),
        }
    }
}

/// A reader that gives up when a single row takes too much: one quote that is never closed would
/// make the rest of the file one cell.
struct Capped<R> {
    inner: R,
    left: Cell<usize>,
    cap: usize,
}

impl<R> Capped<R> {
    fn renew(&self) {
        self.left.set(self.cap);
    }
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(out)?;
        match self.left.get().checked_sub(length) {
            Some(left) => self.left.set(left),
            None => return Err(io::Error::other("the row is longer than 16 MiB; is a quote not closed?")),
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_title_and_a_text_are_enough() {
        let made = record(&json!({"Title": "Cook", "text": "Cooks"})).unwrap();
        assert_eq!(made["html"], false);
        assert_eq!(made["id"].as_str().map(str::len), Some(16));
        assert_eq!(made, record(&json!({"job_title": "Cook", "body": "Cooks"})).unwrap());
        assert_ne!(made, record(&json!({"title": "Cook", "text": "Cooks more"})).unwrap());
        for (value, reason) in [
            (json!({"text": "x"}), "no `title`"),
            (json!({"title": "x", "description": " "}), "no `description` (or `text`)"),
            (json!([1]), "no posting: a JSON object with `title` and `description` is needed"),
        ] {
            assert_eq!(record(&value).unwrap_err(), reason);
        }
    }

    #[test]
    fn rows_become_objects_and_giants_end_the_table() {
        assert_eq!(delimiter(b"Title;Description;City\nx"), Some(b';'));
        assert_eq!(delimiter(b"a,b\nx"), None);
        let mut rows = Rows::new("title,description\nCook,\"Two\nlines\"\n".as_bytes(), b',', 1 << 20);
        assert_eq!(rows.next(), Some(Ok("{\"description\":\"Two\\nlines\",\"title\":\"Cook\"}".into())));
        assert_eq!(rows.next(), None);
        let giant = format!("title,description\nCook,\"{}", "x".repeat(1 << 20));
        let mut rows = Rows::new(giant.as_bytes(), b',', 1 << 17);
        assert!(rows.next().is_some_and(|row| row.is_err()));
    }
}
