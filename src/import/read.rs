//! From paths to units of text: what a file is, told by its content.

use super::charset::{self, Utf16Reader};
use super::parse::{self, Kind, Parsed, Unit};
use super::{DOCUMENT_CAP, LINE_CAP, plain, walk};
use jiff::Timestamp;
use rayon::prelude::*;
use serde::de::IgnoredAny;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Text parsed at once, in bytes: enough for all cores, little enough to hold a few times.
const BATCH: usize = 8 << 20;

/// Units parsed at once at most.
const BATCH_UNITS: usize = 512;

/// Text of NDJSON that one core parses in one go, in bytes.
const CHUNK: usize = 512 << 10;

/// How much of a file is looked at to tell what it is, in bytes.
const HEAD: usize = 1 << 20;

/// Why a file of no kind is passed over.
const NO_KIND: &str = "neither JSON, XML, HTML nor a CSV table with columns such as title and description";

/// Where text comes from.
#[derive(Debug)]
pub(super) struct Origin {
    /// For people: path, and member of the archive.
    pub(super) place: String,
    /// Board of records that name none: the file's name up to its first dot.
    pub(super) stem: String,
    /// When the file was last written.
    pub(super) written: Timestamp,
}

/// Takes parsed batches; false means that no more are wanted.
pub(super) type Sink<'s> = &'s dyn Fn(Vec<Parsed>) -> bool;

/// Reads all of `paths` and hands on what they hold, parsed.
pub(super) fn run(paths: &[PathBuf], sink: Sink<'_>) {
    let mut reader = Reader { sink, units: Vec::new(), bytes: 0, wanted: true };
    for path in paths {
        if path.as_os_str() == "-" {
            let origin = Origin { place: "stdin".into(), stem: "stdin".into(), written: Timestamp::now() };
            reader.member(origin, Box::new(io::stdin()), 0);
            continue;
        }
        walk::walk(path, &mut |path, readable| {
            match readable {
                Ok(()) => reader.file(path),
                Err(error) => reader.failed(&origin(path, None), &format!("cannot read: {error}")),
            }
            reader.wanted
        });
    }
    reader.flush();
}

fn origin(path: &Path, written: Option<SystemTime>) -> Origin {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem: String = name.split('.').next().unwrap_or_default().replace(':', "-");
    let now = Timestamp::now();
    let written = written.and_then(|time| Timestamp::try_from(time).ok()).unwrap_or(now);
    Origin { place: path.display().to_string(), stem, written: written.min(now) }
}

struct Reader<'s> {
    sink: Sink<'s>,
    units: Vec<Unit>,
    bytes: usize,
    wanted: bool,
}

impl Reader<'_> {
    fn file(&mut self, path: &Path) {
        let opened = File::open(path).and_then(|file| {
            let meta = file.metadata()?;
            if !meta.is_file() {
                return Err(io::Error::other("not a plain file"));
            }
            Ok((file, meta.modified().ok()))
        });
        match opened {
            Ok((file, written)) => self.member(origin(path, written), Box::new(file), 0),
            Err(error) => self.failed(&origin(path, None), &format!("cannot read: {error}")),
        }
    }

    /// Reads a file or a member of an archive (`depth` archives down).
    fn member(&mut self, origin: Origin, reader: Box<dyn Read + Send>, depth: u8) {
        let origin = Arc::new(origin);
        if let Err(error) = self.unpacked(&origin, reader, depth) {
            self.failed(&origin, &format!("cannot read: {error}"));
        }
    }

    fn unpacked(&mut self, origin: &Arc<Origin>, reader: Box<dyn Read + Send>, depth: u8) -> io::Result<()> {
        let mut reader = super::unpack(reader)?;
        let mut head = Vec::new();
        reader.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
        if head.get(257..262) == Some(b"ustar") {
            if depth > 0 {
                self.failed(origin, "an archive in an archive");
                return Ok(());
            }
            return self.archive(origin, Cursor::new(head).chain(reader));
        }
        let encoding = charset::of_mark(&head);
        if let Some(encoding) = encoding.filter(|encoding| charset::is_wide(encoding)) {
            let mut reader = Utf16Reader::new(Cursor::new(head).chain(reader), encoding);
            let mut head = Vec::new();
            reader.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
            return self.text(origin, head, reader);
        }
        self.text(origin, head, reader)
    }

    fn archive(&mut self, origin: &Arc<Origin>, reader: impl Read) -> io::Result<()> {
        let mut archive = tar::Archive::new(reader);
        for entry in archive.entries()? {
            let mut entry = entry?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let path = entry.path()?.into_owned();
            let seconds = i64::try_from(entry.header().mtime().unwrap_or(0)).unwrap_or(0);
            let written = Timestamp::from_second(seconds).unwrap_or(origin.written);
            let member = Origin {
                place: format!("{}/{}", origin.place, path.display()),
                written: written.min(Timestamp::now()),
                ..self::origin(&path, None)
            };
            let mut bytes = Vec::new();
            entry.by_ref().take(DOCUMENT_CAP as u64 + 1).read_to_end(&mut bytes)?;
            if bytes.len() > DOCUMENT_CAP {
                self.failed(&member, "larger than 64 MiB; unpack the archive and import the file");
            } else {
                self.member(member, Box::new(Cursor::new(bytes)), 1);
            }
            if !self.wanted {
                break;
            }
        }
        Ok(())
    }

    /// Reads text whose beginning is `head`.
    fn text(&mut self, origin: &Arc<Origin>, mut head: Vec<u8>, reader: impl Read) -> io::Result<()> {
        let mut reader = BufReader::new(reader);
        whole_line(&mut head, &mut reader)?;
        if head.starts_with(b"\xef\xbb\xbf") {
            head.drain(..3);
        }
        let Some(first) = head.iter().find(|byte| !byte.is_ascii_whitespace()) else {
            self.skipped(origin, "it is empty");
            return Ok(());
        };
        let kind = match first {
            b'{' | b'[' if is_lines(&origin.place, &head) => {
                return self.lines(origin, Cursor::new(head).chain(reader), 0);
            }
            b'{' | b'[' => Kind::Json,
            b'<' => Kind::Markup,
            _ => {
                return match plain::delimiter(&head) {
                    Some(delimiter) => self.rows(origin, Cursor::new(head).chain(reader), delimiter),
                    None => {
                        self.skipped(origin, NO_KIND);
                        Ok(())
                    }
                };
            }
        };
        self.document(origin, kind, head, reader)
    }

    /// Reads one document. A JSON value beyond the cap is given up; if more lines follow it, the
    /// file was NDJSON with a giant first line, and is read as such.
    fn document(
        &mut self,
        origin: &Arc<Origin>,
        kind: Kind,
        mut text: Vec<u8>,
        mut reader: impl BufRead,
    ) -> io::Result<()> {
        let room = (DOCUMENT_CAP + 1).saturating_sub(text.len()) as u64;
        reader.by_ref().take(room).read_to_end(&mut text)?;
        if matches!(kind, Kind::Json) && begins_lines(&text) {
            return self.lines(origin, Cursor::new(text).chain(reader), 0);
        }
        if text.len() <= DOCUMENT_CAP {
            self.add(Unit { origin: Arc::clone(origin), kind, text, first_line: 0 });
            return Ok(());
        }
        self.failed(origin, "larger than 64 MiB as one document");
        if matches!(kind, Kind::Json) && !text.contains(&b'\n') {
            skip_line(&mut reader)?;
            return self.lines(origin, reader, 1);
        }
        Ok(())
    }

    /// Reads lines, in chunks that one core parses; `before` lines were read already.
    fn lines(&mut self, origin: &Arc<Origin>, mut reader: impl BufRead, before: u64) -> io::Result<()> {
        let mut next = before + 1;
        let (mut text, mut first_line) = (Vec::with_capacity(CHUNK), next);
        loop {
            let start = text.len();
            let length = reader.by_ref().take(LINE_CAP as u64 + 1).read_until(b'\n', &mut text)?;
            if length > LINE_CAP {
                text.truncate(start);
                self.rejected(origin, &format!("line {next}"), "the line is longer than 16 MiB");
                skip_line(&mut reader)?;
            }
            next += 1;
            if text.len() >= CHUNK || length == 0 || length > LINE_CAP {
                let text = std::mem::replace(&mut text, Vec::with_capacity(CHUNK));
                self.add(Unit { origin: Arc::clone(origin), kind: Kind::Lines, text, first_line });
                first_line = next;
            }
            if length == 0 || !self.wanted {
                return Ok(());
            }
        }
    }

    /// Reads the rows of a table, in chunks that one core parses.
    fn rows(&mut self, origin: &Arc<Origin>, reader: impl Read, delimiter: u8) -> io::Result<()> {
        let mut rows = plain::Rows::new(reader, delimiter, LINE_CAP);
        let (mut next, mut first) = (1, 1);
        let mut text = String::with_capacity(CHUNK);
        loop {
            let row = rows.next();
            match &row {
                Some(Ok(row)) => {
                    text.push_str(row);
                    text.push('\n');
                    next += 1;
                }
                Some(Err(reason)) => self.rejected(origin, &format!("row {}", next + 1), reason),
                None => {}
            }
            let ended = !matches!(row, Some(Ok(_))) || !self.wanted;
            if text.len() >= CHUNK || ended {
                let text = std::mem::replace(&mut text, String::with_capacity(CHUNK)).into_bytes();
                self.add(Unit { origin: Arc::clone(origin), kind: Kind::Rows, text, first_line: first });
                first = next;
            }
            if ended {
                return Ok(());
            }
        }
    }

    fn add(&mut self, unit: Unit) {
        self.bytes += unit.text.len();
        self.units.push(unit);
        if self.bytes >= BATCH || self.units.len() >= BATCH_UNITS {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.bytes = 0;
        let units = std::mem::take(&mut self.units);
        if self.wanted && !units.is_empty() {
            let parsed: Vec<Parsed> = units.into_par_iter().map(parse::parse).collect();
            self.wanted = (self.sink)(parsed);
        }
    }

    fn failed(&mut self, origin: &Origin, reason: &str) {
        self.report(parse::Parsed::file_rejection(origin, reason, false));
    }

    fn skipped(&mut self, origin: &Origin, reason: &str) {
        self.report(parse::Parsed::file_rejection(origin, reason, true));
    }

    fn rejected(&mut self, origin: &Origin, place: &str, reason: &str) {
        self.report(parse::Parsed::rejection(origin, place, reason));
    }

    /// Hands on a report after everything read before it, to keep the order of the input.
    fn report(&mut self, parsed: Parsed) {
        self.flush();
        if self.wanted {
            self.wanted = (self.sink)(vec![parsed]);
        }
    }
}

/// Whether text is many JSON values rather than one: by its name, else because another value
/// follows the first.
fn is_lines(place: &str, head: &[u8]) -> bool {
    let name = place.to_lowercase();
    if [".jsonl", ".ndjson"].iter().any(|ending| name.contains(ending)) {
        return true;
    }
    let mut values = serde_json::Deserializer::from_slice(head).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => {
            let rest = head.get(values.byte_offset()..).unwrap_or_default();
            rest.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| b"{[".contains(byte))
        }
        // A broken first line does not make the next ones part of it.
        Some(Err(error)) => {
            !error.is_eof()
                && head.starts_with(b"{")
                && error.line() == 1
                && head.contains(&b'\n')
                && head.split(|byte| *byte == b'\n').nth(1).is_some_and(|line| line.starts_with(b"{"))
        }
        None => false,
    }
}

/// Reads the first line of JSON on to its end and a little further, when `head` holds less than that, so
/// that what follows it can be seen. Lines beyond the cap are left as they are.
fn whole_line(head: &mut Vec<u8>, reader: &mut impl BufRead) -> io::Result<()> {
    let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
    if !first.is_some_and(|byte| b"{[\xef".contains(byte)) || head.contains(&b'\n') {
        return Ok(());
    }
    let room = (LINE_CAP + 1).saturating_sub(head.len()) as u64;
    reader.by_ref().take(room).read_until(b'\n', head)?;
    if head.ends_with(b"\n") {
        reader.by_ref().take(HEAD as u64).read_to_end(head)?;
    }
    Ok(())
}

/// Whether two lines that follow each other begin a value each.
fn begins_lines(text: &[u8]) -> bool {
    let mut lines = text.splitn(3, |byte| *byte == b'\n');
    let begins = |line: Option<&[u8]>| line.is_some_and(|line| line.starts_with(b"{"));
    begins(lines.next()) && begins(lines.next())
}

fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        let (length, ended) = match memchr::memchr(b'\n', buffer) {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        reader.consume(length);
        if ended {
            return Ok(());
        }
    }
}
