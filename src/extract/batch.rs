//! NDJSON in, NDJSON out: the same order, all cores, memory that does not grow with the input.
//!
//! One thread reads, the workers parse, extract and write JSON, the caller's thread writes in
//! order. At most `IN_FLIGHT` chunks a worker exist at any time.

use super::{Extraction, Input, Scratch, extract};
use crate::level::Fields;
use crate::posting::Markup;
use crate::posting::names::field;
use crate::taxonomy::Taxonomy;
use serde::de::{Deserializer, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use thiserror::Error;

/// Longest line that is read, in bytes; a longer one is reported and skipped.
pub const MAX_LINE_BYTES: usize = 32 << 20;
const TOO_LONG: &str = "the line is longer than 32 MiB";
/// Lines are handed to the workers in chunks of about this many bytes.
const CHUNK_BYTES: usize = 512 << 10;
/// Room for what a chunk gives, in times its bytes: the usual share, so that it is not copied as it grows.
const OUT_FOR_IN: usize = 3;
/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// Chunks that wait or are worked on, per worker.
const IN_FLIGHT: usize = 4;

/// Why a batch run stopped.
#[derive(Debug, Error)]
pub enum BatchError {
    /// The input could not be read.
    #[error("reading failed: {0}")]
    Read(#[source] io::Error),
    /// The output could not be written.
    #[error("writing failed: {0}")]
    Write(#[source] io::Error),
    /// The program itself failed on a line.
    #[error(
        "a fault of rungs on line {line}; the lines before it are done\n  Take the line out to go on, and report it."
    )]
    Fault {
        /// The line, from 1.
        line: u64,
    },
}

/// Counts of a batch run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Lines read, but for blank ones.
    pub lines: u64,
    /// Lines that were no posting.
    pub errors: u64,
    /// Bytes read.
    pub bytes: u64,
}

/// Text that may be missing or `null`; borrowed from the line where it holds no escapes.
#[derive(Debug, Default)]
pub(crate) struct Text<'a>(Option<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or null")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Some(Cow::Borrowed(text))))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Some(Cow::Owned(text.to_owned()))))
            }
            fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
                Ok(Text(None))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl Text<'_> {
    pub(crate) fn or_empty(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    fn given(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.trim().is_empty())
    }

    /// As text where it is one; a value of another kind says nothing and spoils nothing.
    fn loose<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Text<'a>, D::Error> {
        let raw = <&'de RawValue>::deserialize(deserializer)?;
        Ok(serde_json::from_str(raw.get()).unwrap_or_default())
    }
}

/// A posting as a line gives it.
#[derive(Deserialize)]
pub(crate) struct Record<'a> {
    #[serde(borrow, default)]
    pub(crate) id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) title: Text<'a>,
    #[serde(borrow, default)]
    pub(crate) company: Text<'a>,
    #[serde(borrow, default)]
    pub(crate) description: Text<'a>,
    #[serde(default)]
    html: Option<bool>,
    #[serde(borrow, default, deserialize_with = "Text::loose")]
    department: Text<'a>,
    #[serde(borrow, default, deserialize_with = "Text::loose")]
    experience_level: Text<'a>,
    #[serde(borrow, default, deserialize_with = "Text::loose")]
    employment_type: Text<'a>,
}

impl Record<'_> {
    /// How the description is written, as far as the line says.
    pub(crate) fn markup(&self) -> Markup {
        if self.html == Some(true) { Markup::Html } else { Markup::Text }
    }

    /// What structured fields say of rank and department.
    pub(crate) fn fields(&self) -> Fields<'_> {
        Fields {
            department: self.department.given(),
            level: self.experience_level.given(),
            employment: self.employment_type.given(),
            ..Fields::default()
        }
    }
}

#[derive(Serialize)]
struct Failure<'a> {
    id: Option<&'a RawValue>,
    line: u64,
    error: &'a str,
}

/// Extracts every line of `input` into `output` on all cores, one line out per line in, in the
/// same order. Blank lines, and a byte order mark before the first, are passed by.
///
/// # Errors
/// When the input cannot be read, the output cannot be written, or the program fails on a line. A
/// line that is no posting is no error: it gives a line with `error`.
pub fn run(input: impl BufRead + Send, output: &mut impl Write) -> Result<Totals, BatchError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    run_on(threads, Taxonomy::builtin(), input, output)
}

/// As [`run`], with so many worker threads (at least one) and this vocabulary.
///
/// # Errors
/// As [`run`].
pub fn run_on(
    threads: usize,
    taxonomy: &Taxonomy,
    input: impl BufRead + Send,
    output: &mut impl Write,
) -> Result<Totals, BatchError> {
    each_line(threads, input, output, |line, number, scratch: &mut Scratch, out| {
        one(taxonomy, line, number, scratch, out)
    })
}

/// Works on every line of `input` with `threads` threads, writing what `work` puts out in the order
/// of the lines. `work` gets the line, its number and its thread's state; `false` counts an error.
///
/// # Errors
/// As [`run`], and when `work` panics: what comes before that line is written.
pub(crate) fn each_line<S: Default>(
    threads: usize,
    input: impl BufRead + Send,
    output: &mut impl Write,
    work: impl Fn(&[u8], u64, &mut S, &mut Vec<u8>) -> bool + Sync,
) -> Result<Totals, BatchError> {
    let threads = threads.max(1);
    // Room for every chunk in flight: neither workers nor reader wait on a full channel while
    // the writer waits for them.
    let (to_workers, from_reader) = sync_channel::<Chunk>(threads * IN_FLIGHT);
    let (to_writer, from_workers) = sync_channel::<Done>(threads * IN_FLIGHT);
    // A permit for each chunk in flight; the writer gives it back.
    let (give_back, permits) = sync_channel::<()>(threads * IN_FLIGHT);
    for _ in 0..threads * IN_FLIGHT {
        let _ = give_back.send(());
    }
    let from_reader = Mutex::new(from_reader);
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || read(input, &permits, &to_workers));
        for _ in 0..threads {
            let (from_reader, to_writer, work) = (&from_reader, to_writer.clone(), &work);
            scope.spawn(move || work_chunks(work, from_reader, &to_writer));
        }
        drop(to_writer);
        let written = write(&from_workers, &give_back, output);
        // A reader that waits for a permit must learn that none will come; workers that wait to
        // send, that no one reads.
        drop((give_back, from_workers));
        let mut totals = written?;
        let read = reader.join().unwrap_or_else(|_| Err(io::Error::other("the reading thread stopped")));
        totals.bytes = read.map_err(BatchError::Read)?;
        Ok(totals)
    })
}

/// Whole lines, or one line that is too long to be read.
struct Chunk {
    number: u64,
    first_line: u64,
    bytes: Vec<u8>,
    too_long: bool,
}

struct Done {
    number: u64,
    out: Vec<u8>,
    lines: u64,
    errors: u64,
    /// The line on which the work panicked; nothing after it was done.
    fault: Option<u64>,
}

fn read(mut input: impl BufRead, permits: &Receiver<()>, to_workers: &SyncSender<Chunk>) -> io::Result<u64> {
    let (mut total, mut line, mut number) = (0, 1, 0);
    let mut carry = Vec::new();
    loop {
        let (mut bytes, too_long) = next_chunk(&mut input, &mut carry, &mut total)?;
        if bytes.is_empty() && !too_long {
            return Ok(total);
        }
        if number == 0 && bytes.starts_with(MARK) {
            bytes.drain(..MARK.len());
        }
        let lines = if too_long { 1 } else { count_lines(&bytes) };
        if permits.recv().is_err() {
            return Ok(total);
        }
        if to_workers.send(Chunk { number, first_line: line, bytes, too_long }).is_err() {
            return Ok(total);
        }
        line += lines;
        number += 1;
    }
}

fn count_lines(bytes: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', bytes).count() as u64;
    feeds + u64::from(bytes.last().is_some_and(|b| *b != b'\n'))
}

/// The next whole lines; what was read beyond them stays in `carry`. `true` marks a line too
/// long to be read, which is skipped.
fn next_chunk(input: &mut impl BufRead, carry: &mut Vec<u8>, total: &mut u64) -> io::Result<(Vec<u8>, bool)> {
    let mut chunk = std::mem::take(carry);
    let mut searched = 0;
    loop {
        if chunk.len() >= CHUNK_BYTES {
            if let Some(at) = memchr::memrchr(b'\n', &chunk[searched..]) {
                *carry = chunk.split_off(searched + at + 1);
                return Ok((chunk, false));
            }
            searched = chunk.len();
            if chunk.len() > MAX_LINE_BYTES {
                skip_line(input, total)?;
                return Ok((Vec::new(), true));
            }
        }
        let read = input.fill_buf()?;
        if read.is_empty() {
            return Ok((chunk, false));
        }
        // A reader over memory gives everything at once: that would be one chunk for one worker.
        let len = read.len().min(CHUNK_BYTES);
        chunk.extend_from_slice(&read[..len]);
        input.consume(len);
        *total += len as u64;
    }
}

fn skip_line(input: &mut impl BufRead, total: &mut u64) -> io::Result<()> {
    loop {
        let read = input.fill_buf()?;
        if read.is_empty() {
            return Ok(());
        }
        let feed = memchr::memchr(b'\n', read);
        let used = feed.map_or(read.len(), |at| at + 1);
        input.consume(used);
        *total += used as u64;
        if feed.is_some() {
            return Ok(());
        }
    }
}

fn work_chunks<S: Default>(
    work: &(impl Fn(&[u8], u64, &mut S, &mut Vec<u8>) -> bool + Sync),
    from_reader: &Mutex<Receiver<Chunk>>,
    to_writer: &SyncSender<Done>,
) {
    let mut state = S::default();
    loop {
        let chunk = match from_reader.lock() {
            Ok(receiver) => receiver.recv(),
            Err(_) => return,
        };
        let Ok(chunk) = chunk else { return };
        let done = work_chunk(work, &chunk, &mut state);
        if to_writer.send(done).is_err() {
            return;
        }
    }
}

fn work_chunk<S>(
    work: &(impl Fn(&[u8], u64, &mut S, &mut Vec<u8>) -> bool + Sync),
    chunk: &Chunk,
    state: &mut S,
) -> Done {
    let out = Vec::with_capacity(chunk.bytes.len() * OUT_FOR_IN);
    let mut done = Done { number: chunk.number, out, lines: 0, errors: 0, fault: None };
    if chunk.too_long {
        fail(&mut done.out, None, chunk.first_line, TOO_LONG);
        (done.lines, done.errors) = (1, 1);
    }
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', &chunk.bytes).chain([chunk.bytes.len()]);
    for (number, end) in (chunk.first_line..).zip(ends) {
        let line = &chunk.bytes[start..end];
        start = end + 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let written = done.out.len();
        // A chunk that never came back would make the writer wait for ever. What a panic leaves
        // half done is not used: the line is taken back, and the run ends with it.
        let worked = catch_unwind(AssertUnwindSafe(|| work(line, number, state, &mut done.out)));
        let Ok(is_posting) = worked else {
            done.out.truncate(written);
            done.fault = Some(number);
            return done;
        };
        done.errors += u64::from(!is_posting);
        done.lines += 1;
    }
    done
}

fn write(
    from_workers: &Receiver<Done>,
    give_back: &SyncSender<()>,
    output: &mut impl Write,
) -> Result<Totals, BatchError> {
    let mut totals = Totals::default();
    let mut waiting: BTreeMap<u64, Done> = BTreeMap::new();
    let mut next = 0;
    for done in from_workers {
        waiting.insert(done.number, done);
        while let Some(done) = waiting.remove(&next) {
            output.write_all(&done.out).map_err(BatchError::Write)?;
            if let Some(line) = done.fault {
                output.flush().map_err(BatchError::Write)?;
                return Err(BatchError::Fault { line });
            }
            totals.lines += done.lines;
            totals.errors += done.errors;
            next += 1;
            // The reader may have ended: then nobody takes the permit.
            let _ = give_back.try_send(());
        }
    }
    output.flush().map_err(BatchError::Write)?;
    Ok(totals)
}

/// Extracts one line; `false` when it is no posting.
fn one(taxonomy: &Taxonomy, line: &[u8], number: u64, scratch: &mut Scratch, out: &mut Vec<u8>) -> bool {
    let record = match parse(line) {
        Ok(record) => record,
        Err((id, error)) => {
            fail(out, id, number, &error);
            return false;
        }
    };
    let input = Input {
        title: record.title.or_empty(),
        company: record.company.or_empty(),
        description: record.description.or_empty(),
        markup: record.markup(),
        fields: record.fields(),
    };
    put(out, record.id, &extract(taxonomy, &input, scratch));
    true
}

/// Writes `{"id":…,` and the fields of the extraction.
fn put(out: &mut Vec<u8>, id: Option<&RawValue>, extraction: &Extraction) {
    out.extend_from_slice(b"{\"id\":");
    out.extend_from_slice(id.map_or("null", RawValue::get).as_bytes());
    let brace = out.len();
    // Writing plain data to memory does not fail.
    let _ = serde_json::to_writer(Memory(out), extraction);
    if let Some(byte) = out.get_mut(brace) {
        *byte = b',';
    }
    out.push(b'\n');
}

/// Memory to write JSON to. Most of what it is given is one byte: a quote, a comma, a brace.
struct Memory<'o>(&'o mut Vec<u8>);

impl Write for Memory<'_> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match bytes {
            [byte] => self.0.push(*byte),
            _ => self.0.extend_from_slice(bytes),
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes the line for what is no posting.
pub(crate) fn fail(out: &mut Vec<u8>, id: Option<&RawValue>, line: u64, error: &str) {
    let _ = serde_json::to_writer(&mut *out, &Failure { id, line, error });
    out.push(b'\n');
}

/// Reads a line; on error, the id where it can still be told, and what is wrong.
pub(crate) fn parse(line: &[u8]) -> Result<Record<'_>, (Option<&RawValue>, String)> {
    if line.len() > MAX_LINE_BYTES {
        return Err((None, TOO_LONG.into()));
    }
    let text = std::str::from_utf8(line).map_err(|e| (None, format!("not UTF-8: {e}")))?;
    let record: Record<'_> = serde_json::from_str(text).map_err(|error| {
        #[derive(Deserialize)]
        struct OnlyId<'a> {
            #[serde(borrow, default)]
            id: Option<&'a RawValue>,
        }
        let id = serde_json::from_str::<OnlyId<'_>>(text).ok().and_then(|only| only.id);
        (id, format!("not a posting: {error}"))
    })?;
    if record.title.given().is_some() && record.description.given().is_some() {
        return Ok(record);
    }
    let record = by_other_names(text, record);
    if record.title.given().is_none() && record.description.given().is_none() {
        return Err((record.id, "not a posting: neither title nor description".into()));
    }
    Ok(record)
}

/// Fills title, company and description from the other names that `import` knows them by.
fn by_other_names<'a>(line: &str, mut record: Record<'a>) -> Record<'a> {
    let Ok(value) = serde_json::from_str(line) else { return record };
    for (name, text) in [
        ("title", &mut record.title),
        ("company", &mut record.company),
        ("description", &mut record.description),
    ] {
        if text.given().is_none() {
            text.0 = field(&value, name).map(Cow::Owned);
        }
    }
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8], threads: usize) -> (Vec<serde_json::Value>, Totals) {
        let mut out = Vec::new();
        let totals = run_on(threads, Taxonomy::builtin(), input, &mut out).unwrap();
        let read = |line: &[u8]| serde_json::from_slice(line).unwrap();
        (out.split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(read).collect(), totals)
    }

    #[test]
    fn every_line_gives_a_line_in_the_same_order() {
        let mut input = Vec::new();
        for i in 0..5000 {
            let body = "We use words. ".repeat(i % 70);
            input.extend(
                format!("{{\"id\":{i},\"title\":\"Engineer\",\"description\":\"{body}\"}}\n").bytes(),
            );
        }
        let (one, totals) = lines(&input, 1);
        let (four, _) = lines(&input, 4);
        assert_eq!(totals, Totals { lines: 5000, errors: 0, bytes: input.len() as u64 });
        assert_eq!(one, four);
        assert!(one.iter().enumerate().all(|(i, line)| line["id"] == i));
    }

    #[test]
    fn structured_fields_reach_the_level() {
        let input = b"{\"id\":1,\"title\":\"Engineer\",\"experience_level\":\"Director\"}\n{\"id\":2,\"title\":\"Engineer\",\"employment_type\":\"Internship\"}\n{\"id\":3,\"title\":\"Engineer\",\"experience_level\":7,\"department\":[\"x\"]}";
        let (out, totals) = lines(input, 1);
        let levels: Vec<_> = out.iter().map(|line| line["level"]["value"].as_u64()).collect();
        assert_eq!((totals.errors, levels), (0, vec![Some(6), Some(1), Some(3)]));
    }

    #[test]
    fn what_is_no_posting_is_said_and_passed_by() {
        let input = b"{\"id\":\"a\",\"title\":\"x\"}\n\nnonsense\n{\"id\":7}\n{\"id\":8,\"title\":5}\n\xff\n{\"title\":null,\"description\":\"x\"}";
        let (out, totals) = lines(input, 2);
        assert_eq!((totals.lines, totals.errors), (6, 4));
        let errors: Vec<_> = out.iter().map(|line| line["error"].as_str().unwrap_or("").to_owned()).collect();
        assert_eq!(errors[0], "");
        assert!(errors[1].starts_with("not a posting: "));
        assert_eq!(errors[2], "not a posting: neither title nor description");
        assert_eq!(out[3]["id"], 8);
        assert!(errors[4].starts_with("not UTF-8"));
        assert_eq!(out[4]["line"], 6, "blank lines count for the numbers");
        assert_eq!((errors[5].as_str(), &out[5]["id"]), ("", &serde_json::Value::Null));
    }

    #[test]
    fn a_mark_and_blank_lines_cost_no_posting_and_are_no_fault() {
        for (input, ids) in [
            ("\u{feff}{\"id\":1,\"title\":\"x\"}\n{\"id\":2,\"title\":\"x\"}\n", 2),
            ("\n  \n{\"id\":1,\"title\":\"x\"}\r\n\r\n\t\n{\"id\":2,\"title\":\"x\"}\n\n", 2),
            ("\u{feff}\r\n{\"id\":1,\"title\":\"x\"}", 1),
            ("\u{feff}", 0),
            ("\n\n", 0),
        ] {
            let (out, totals) = lines(input.as_bytes(), 2);
            assert_eq!(totals, Totals { lines: ids, errors: 0, bytes: input.len() as u64 }, "{input:?}");
            let read: Vec<_> = out.iter().map(|line| line["id"].as_u64().unwrap()).collect();
            assert_eq!(read, (1..=ids).collect::<Vec<_>>(), "{input:?}");
        }
    }

    #[test]
    fn a_line_on_which_the_work_panics_ends_the_run_with_what_came_before() {
        let input: String = (1..=300_000).map(|number| format!("{number}\n")).collect();
        for threads in [1, 3] {
            let mut out = Vec::new();
            let result = each_line(threads, input.as_bytes(), &mut out, |line, number, (): &mut (), out| {
                out.extend_from_slice(line);
                out.push(b'\n');
                assert!(number != 200_000, "on purpose");
                true
            });
            assert!(matches!(result, Err(BatchError::Fault { line: 200_000 })), "{result:?}");
            let before: String = (1..200_000).map(|number| format!("{number}\n")).collect();
            assert!(out == before.as_bytes(), "{threads} threads: {} bytes", out.len());
        }
    }

    #[test]
    fn a_title_or_a_text_by_any_name_is_enough() {
        for (line, title, error) in [
            (r#"{"id":1,"title":"Senior Cook"}"#, "Senior Cook", None),
            (r#"{"id":1,"title":"Cook","description":""}"#, "Cook", None),
            (r#"{"id":1,"Job_Title":"Cook","text":"You cook.","employer":{"name":"Acme"}}"#, "Cook", None),
            (r#"{"id":1,"description":"You cook."}"#, "", None),
            (r#"{"id":1,"title":"","description":" "}"#, "", Some("neither title nor description")),
            (r#"{"id":1,"company":"Acme"}"#, "", Some("neither title nor description")),
            (r#"["Cook"]"#, "", Some("not a posting: ")),
        ] {
            match parse(line.as_bytes()) {
                Ok(record) => assert_eq!((record.title.or_empty(), None), (title, error), "{line}"),
                Err((_, said)) => assert!(error.is_some_and(|error| said.contains(error)), "{line}: {said}"),
            }
        }
        let text = br#"{"job_title":"Cook","text":"You cook.","company_name":"Acme"}"#;
        let record = parse(text).unwrap();
        assert_eq!((record.description.or_empty(), record.company.or_empty()), ("You cook.", "Acme"));
    }

    #[test]
    fn a_line_too_long_is_skipped_alone() {
        let mut input = vec![b'x'; MAX_LINE_BYTES + CHUNK_BYTES];
        input.extend_from_slice(b"\n{\"id\":1,\"title\":\"x\"}\n");
        let (out, totals) = lines(&input, 2);
        assert_eq!((totals.lines, totals.errors, out.len()), (2, 1, 2));
        assert_eq!(out[0]["error"], "the line is longer than 32 MiB");
        assert_eq!(out[1]["id"], 1);
    }

    struct Broken;
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::from(io::ErrorKind::StorageFull))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_ends_the_run() {
        let input = "{\"id\":1,\"title\":\"x\"}\n".repeat(200_000);
        let result = run_on(2, Taxonomy::builtin(), input.as_bytes(), &mut Broken);
        assert!(matches!(result, Err(BatchError::Write(e)) if e.kind() == io::ErrorKind::StorageFull));
    }
}
