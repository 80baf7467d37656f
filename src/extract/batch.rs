//! NDJSON in, NDJSON out: the same order, all cores, memory that does not grow with the input.

use super::{Extraction, Input, Scratch, extract};
use crate::posting::Markup;
use crate::taxonomy::Taxonomy;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::io::{self, BufRead, Read, Write};
use thiserror::Error;

/// Longest line that is read; a longer one is reported and skipped.
pub const MAX_LINE_BYTES: usize = 32 << 20;

/// A batch is handed to the workers once it holds this many bytes …
const BATCH_BYTES: usize = 4 << 20;
/// … or this many lines.
const BATCH_LINES: usize = 1024;

/// Why a batch run stopped.
#[derive(Debug, Error)]
pub enum BatchError {
    /// The input could not be read.
    #[error("reading failed: {0}")]
    Read(#[source] io::Error),
    /// The output could not be written.
    #[error("writing failed: {0}")]
    Write(#[source] io::Error),
}

/// Counts of a batch run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Lines read.
    pub lines: u64,
    /// Lines that were no posting.
    pub errors: u64,
    /// Bytes read.
    pub bytes: u64,
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(default)]
    id: Option<serde_json::Value>,
    #[serde(borrow, default)]
    title: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    company: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    description: Option<Cow<'a, str>>,
    #[serde(default)]
    html: Option<bool>,
}

#[derive(Serialize)]
struct Line {
    id: Option<serde_json::Value>,
    #[serde(flatten)]
    extraction: Extraction,
}

#[derive(Serialize)]
struct Failure<'a> {
    id: Option<serde_json::Value>,
    line: u64,
    error: &'a str,
}

/// Extracts every line of `input` into `output`, one line out per line in, in the same order.
///
/// # Errors
/// When the input cannot be read or the output cannot be written. A line that is no posting is
/// no error: it gives a line with `error`.
pub fn run(mut input: impl BufRead, output: &mut impl Write) -> Result<Totals, BatchError> {
    let taxonomy = Taxonomy::builtin();
    let mut totals = Totals::default();
    let mut batch: Vec<Result<Vec<u8>, &'static str>> = Vec::new();
    loop {
        batch.clear();
        let mut bytes = 0;
        while bytes < BATCH_BYTES && batch.len() < BATCH_LINES {
            match read_line(&mut input, &mut totals.bytes).map_err(BatchError::Read)? {
                None => break,
                Some(line) => {
                    bytes += line.as_ref().map_or(0, Vec::len);
                    batch.push(line);
                }
            }
        }
        if batch.is_empty() {
            break;
        }
        let first = totals.lines + 1;
        let done: Vec<(Vec<u8>, bool)> = batch
            .par_iter()
            .enumerate()
            .map_init(Scratch::default, |scratch, (i, line)| one(taxonomy, line, first + i as u64, scratch))
            .collect();
        for (line, failed) in &done {
            output.write_all(line).map_err(BatchError::Write)?;
            totals.errors += u64::from(*failed);
        }
        totals.lines += batch.len() as u64;
    }
    output.flush().map_err(BatchError::Write)?;
    Ok(totals)
}

/// Reads one line without its line feed; `Err` for one too long, which is skipped.
fn read_line(input: &mut impl BufRead, total: &mut u64) -> io::Result<Option<Result<Vec<u8>, &'static str>>> {
    let mut line = Vec::new();
    let read = input.by_ref().take(MAX_LINE_BYTES as u64 + 1).read_until(b'\n', &mut line)?;
    *total += read as u64;
    if read == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
        return Ok(Some(Ok(line)));
    }
    if line.len() <= MAX_LINE_BYTES {
        return Ok(Some(Ok(line)));
    }
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() {
            break;
        }
        let (used, ended) = match memchr::memchr(b'\n', chunk) {
            Some(at) => (at + 1, true),
            None => (chunk.len(), false),
        };
        *total += used as u64;
        input.consume(used);
        if ended {
            break;
        }
    }
    Ok(Some(Err("the line is longer than 32 MiB")))
}

fn one(
    taxonomy: &Taxonomy,
    line: &Result<Vec<u8>, &'static str>,
    number: u64,
    scratch: &mut Scratch,
) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let failed = match parse(line) {
        Ok(record) => {
            let input = Input {
                title: record.title.as_deref().unwrap_or_default(),
                company: record.company.as_deref().unwrap_or_default(),
                description: record.description.as_deref().unwrap_or_default(),
                markup: if record.html == Some(true) { Markup::Html } else { Markup::Text },
            };
            let extraction = extract(taxonomy, &input, scratch);
            serde_json::to_writer(&mut out, &Line { id: record.id, extraction }).is_err()
        }
        Err((id, error)) => {
            let _ = serde_json::to_writer(&mut out, &Failure { id, line: number, error: &error });
            true
        }
    };
    out.push(b'\n');
    (out, failed)
}

fn parse<'a>(
    line: &'a Result<Vec<u8>, &'static str>,
) -> Result<Record<'a>, (Option<serde_json::Value>, String)> {
    let line = line.as_ref().map_err(|e| (None, (*e).to_owned()))?;
    let text = std::str::from_utf8(line).map_err(|e| (None, format!("not UTF-8: {e}")))?;
    if text.trim().is_empty() {
        return Err((None, "the line is empty".into()));
    }
    let record: Record<'_> = serde_json::from_str(text).map_err(|e| {
        let id = serde_json::from_str::<serde_json::Value>(text).ok().and_then(|v| v.get("id").cloned());
        (id, format!("not a posting: {e}"))
    })?;
    if record.title.is_none() && record.description.is_none() {
        return Err((record.id, "not a posting: neither title nor description".into()));
    }
    Ok(record)
}
