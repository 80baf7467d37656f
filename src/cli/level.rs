//! `rungs level`: how far up the scale roles are, and why.

use super::{CliError, Global, Outcome, io, ui};
use crate::extract::batch;
use crate::level::{Cue, Evidence, FamilyEstimate, LevelEstimate, Track, cues, estimate, family};
use crate::text::Document;
use serde::Serialize;
use serde_json::value::RawValue;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `rungs level`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// NDJSON file of {id, title, company?, description?, department?, experience_level?,
    /// employment_type?}, plain or .gz/.zst; - reads stdin
    #[arg(default_value = "-", conflicts_with = "title")]
    path: PathBuf,
    /// Tell the level of this title alone
    #[arg(long, value_name = "TITLE")]
    title: Option<String>,
    /// Employer of --title, which may tell the sector
    #[arg(long, value_name = "NAME", default_value = "", requires = "title")]
    company: String,
}

/// Buffers of one worker.
#[derive(Default)]
struct Buffers {
    document: Document,
    cues: Vec<Cue>,
}

#[derive(Serialize)]
struct Line<'a> {
    id: Option<&'a RawValue>,
    level: LevelEstimate,
    family: Option<FamilyEstimate>,
}

#[derive(Serialize)]
struct Answer<'a> {
    title: &'a str,
    level: LevelEstimate,
    family: Option<FamilyEstimate>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    match &args.title {
        Some(title) => one_title(title, &args.company, global),
        None if args.path != Path::new("-") && !args.path.exists() => Err(CliError::Input(format!(
            "there is no file {0}; of a title tells `rungs level --title \"{0}\"`",
            args.path.display()
        ))),
        None => lines(&args.path, global),
    }
}

fn one_title(title: &str, company: &str, global: &Global) -> Result<Outcome, CliError> {
    let level = estimate(&Evidence { title, company, ..Evidence::default() });
    let family = family::estimate(&family::Evidence { title, company, ..family::Evidence::default() });
    let known = level.value.is_some();
    let mut out = io::stdout();
    let written = if global.json {
        serde_json::to_writer(&mut out, &Answer { title, level, family })
            .map_err(Into::into)
            .and_then(|()| writeln!(out))
    } else {
        out.write_all(readable(&level, family.as_ref()).as_bytes())
    };
    written.and_then(|()| out.flush()).map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
    Ok(if known { Outcome::Done } else { Outcome::Nothing })
}

/// The answer for people, one fact a line.
fn readable(level: &LevelEstimate, family: Option<&FamilyEstimate>) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    let _ = match level.value {
        Some(value) => writeln!(
            text,
            "level   {value} ({}), likely {}–{}, confidence {:.0} %",
            crate::level::name(value),
            level.low,
            level.high,
            level.confidence * 100.0
        ),
        None => writeln!(text, "level   unknown: nothing in the title speaks for one"),
    };
    if let Some(track) = level.track {
        let track = if track == Track::Ic { "individual contributor" } else { "management" };
        let _ = writeln!(text, "track   {track}");
    }
    if let Some(family) = family {
        let _ = writeln!(
            text,
            "family  {} ({}), confidence {:.0} %",
            family.id,
            family::label(family.id),
            family.confidence * 100.0
        );
    }
    for reason in &level.reasons {
        let _ = writeln!(text, "why     “{}”: {}", reason.text, reason.says);
    }
    if let Some((word, alone, value)) = contradicted(level) {
        let _ = writeln!(
            text,
            "note    “{word}” is in the name of level {alone}; with the rest of this title it makes level {value}, by what postings with such titles ask for"
        );
    }
    text
}

/// A word of the title that is in the name of another level and not in that of its own, with that
/// level and its own: "Principal" of a title at level 5.
fn contradicted(level: &LevelEstimate) -> Option<(&str, u8, u8)> {
    let value = level.value?;
    let names = |level: u8, word: &str| {
        crate::level::name(level).split([' ', ',']).any(|part| part.eq_ignore_ascii_case(word))
    };
    if level.reasons.iter().any(|reason| names(value, &reason.text)) {
        return None;
    }
    level.reasons.iter().find_map(|reason| {
        let alone = (1..=8).find(|other| names(*other, &reason.text))?;
        Some((reason.text.as_str(), alone, value))
    })
}

fn lines(path: &Path, global: &Global) -> Result<Outcome, CliError> {
    let input = io::lines(io::open(path)?);
    let mut output = io::stdout();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let totals = batch::each_line(threads, input, &mut output, one_line).map_err(|error| match error {
        fault @ batch::BatchError::Fault { .. } => CliError::Input(format!("{}: {fault}", path.display())),
        batch::BatchError::Read(source) => CliError::file("cannot read", path, source),
        batch::BatchError::Write(source) => CliError::file("cannot write", Path::new("stdout"), source),
    })?;
    if totals.errors == 0 {
        return Ok(Outcome::Done);
    }
    if !global.quiet {
        ui::say(format_args!(
            "{} of {} lines are no postings; their lines in the output say why",
            totals.errors, totals.lines
        ));
    }
    Ok(Outcome::Partial)
}

/// Tells the level and family of one line; `false` when it is no posting.
fn one_line(line: &[u8], number: u64, buffers: &mut Buffers, out: &mut Vec<u8>) -> bool {
    let record = match batch::parse(line) {
        Ok(record) => record,
        Err((id, error)) => {
            batch::fail(out, id, number, &error);
            return false;
        }
    };
    let Buffers { document, cues } = buffers;
    document.read(record.description.or_empty(), record.markup());
    cues::read(document.visible(), document.tokens(), cues);
    for cue in cues.iter_mut() {
        let original = document.original(cue.start..cue.end);
        (cue.start, cue.end) = (original.start, original.end);
    }
    let (title, company) = (record.title.or_empty(), record.company.or_empty());
    let fields = record.fields();
    let level = estimate(&Evidence { title, company, fields, cues });
    let body = Some(&*document);
    let department = fields.department.unwrap_or_default();
    let family = family::estimate(&family::Evidence { title, company, department, body });
    // Writing plain data to memory does not fail.
    let _ = serde_json::to_writer(&mut *out, &Line { id: record.id, level, family });
    out.push(b'\n');
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_contradicts_the_title_is_explained() {
        for (title, noted) in
            [("Principal Data Analyst", true), ("Senior Data Analyst", false), ("Data Analyst", false)]
        {
            let level = estimate(&Evidence { title, ..Evidence::default() });
            assert_eq!(readable(&level, None).contains("note "), noted, "{title}");
        }
    }
}
