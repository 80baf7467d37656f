//! `rungs bench`: how fast this machine extracts, and where the time goes.

use super::{CliError, Global, Outcome, io};
use crate::extract::{Input, Scratch, batch, extract};
use crate::level::{self, Evidence, cues, family};
use crate::taxonomy::Taxonomy;
use crate::text::Document;
use crate::text::tokens::tokenize;
use serde::Serialize;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Fictional postings written for this project, for when nobody names a file.
const SAMPLE: &str = include_str!("../../tests/data/sample.ndjson");
/// The sample is repeated so that a run takes long enough to be timed.
const REPEAT: usize = 100;
/// Stages are timed on at most this many postings.
const STAGED: usize = 10_000;
/// Each figure is the best of so many runs.
const RUNS: usize = 3;

/// Arguments of `rungs bench`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// NDJSON postings, plain or .gz/.zst; a small bundled sample when absent
    path: Option<PathBuf>,
    /// Threads of the full run; all cores when absent
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Report {
    version: &'static str,
    concepts: usize,
    system: String,
    postings: u64,
    bytes: usize,
    threads: usize,
    /// Postings a second, raw NDJSON to NDJSON.
    one_thread: f64,
    all_threads: f64,
    /// Input megabytes (10^6 bytes) a second with all threads.
    megabytes: f64,
    /// Microseconds a posting, one thread.
    stages: Vec<Stage>,
    /// Largest resident memory of this process so far, in MB, where the system tells.
    peak_mb: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Stage {
    name: &'static str,
    microseconds: f64,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let input = read(args.path.as_deref())?;
    let taxonomy = Taxonomy::builtin();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = args.threads.unwrap_or(cores);
    let (postings, one) = timed_run(taxonomy, &input, 1)?;
    if postings == 0 {
        return Err(CliError::Input("there are no postings to time".into()));
    }
    let (_, all) = if threads == 1 { (postings, one) } else { timed_run(taxonomy, &input, threads)? };
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        concepts: taxonomy.len(),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        postings,
        bytes: input.len(),
        threads,
        one_thread: postings as f64 / one,
        all_threads: postings as f64 / all,
        megabytes: input.len() as f64 / 1e6 / all,
        stages: stages(taxonomy, &input),
        peak_mb: peak_mb(),
    };
    print(&report, global)?;
    Ok(Outcome::Done)
}

fn read(path: Option<&Path>) -> Result<Vec<u8>, CliError> {
    let Some(path) = path else { return Ok(SAMPLE.repeat(REPEAT).into_bytes()) };
    let mut bytes = Vec::new();
    io::open(path)?.read_to_end(&mut bytes).map_err(|e| CliError::file("cannot read", path, e))?;
    Ok(bytes)
}

/// Postings read and the seconds of the best run.
fn timed_run(taxonomy: &Taxonomy, input: &[u8], threads: usize) -> Result<(u64, f64), CliError> {
    let (mut best, mut postings) = (f64::MAX, 0);
    for _ in 0..RUNS {
        let start = Instant::now();
        let totals = batch::run_on(threads, taxonomy, input, &mut std::io::sink())
            .map_err(|e| CliError::Stage(e.to_string()))?;
        best = best.min(start.elapsed().as_secs_f64());
        postings = totals.lines - totals.errors;
    }
    Ok((postings, best))
}

/// Times each stage alone over the same postings.
fn stages(taxonomy: &Taxonomy, input: &[u8]) -> Vec<Stage> {
    let lines: Vec<&[u8]> = input.split(|b| *b == b'\n').take(STAGED).collect();
    let records: Vec<_> = lines.iter().filter_map(|line| batch::parse(line).ok()).collect();
    let each = |name, mut work: Box<dyn FnMut(usize) + '_>| {
        let mut best = f64::MAX;
        for _ in 0..RUNS {
            let start = Instant::now();
            (0..records.len()).for_each(&mut work);
            best = best.min(start.elapsed().as_secs_f64());
        }
        Stage { name, microseconds: best * 1e6 / records.len().max(1) as f64 }
    };
    let (mut document, mut tokens, mut scratch) = (Document::default(), Vec::new(), Scratch::default());
    let (mut ranked, mut found) = (Document::default(), Vec::new());
    let (mut matches, mut shown) = (Vec::new(), Document::default());
    let mut out = Vec::new();
    let input_of = |i: usize| {
        let record: &batch::Record<'_> = &records[i];
        Input {
            title: record.title.or_empty(),
            company: record.company.or_empty(),
            description: record.description.or_empty(),
            markup: record.markup(),
            ..Input::default()
        }
    };
    vec![
        each(
            "parse JSON",
            Box::new(|i| {
                std::hint::black_box(batch::parse(lines[i]).is_ok());
            }),
        ),
        each("tokenise only (a ceiling)", Box::new(|i| tokenize(input_of(i).description, &mut tokens))),
        each(
            "document: text, blocks, sections",
            Box::new(|i| {
                let input = input_of(i);
                document.read(input.description, input.markup);
            }),
        ),
        each(
            "document, level and family",
            Box::new(|i| {
                let Input { title, company, description, markup, .. } = input_of(i);
                ranked.read(description, markup);
                cues::read(ranked.visible(), ranked.tokens(), &mut found);
                std::hint::black_box(level::estimate(&Evidence {
                    title,
                    company,
                    cues: &found,
                    ..Evidence::default()
                }));
                let body = Some(&ranked);
                std::hint::black_box(family::estimate(&family::Evidence {
                    title,
                    company,
                    department: "",
                    body,
                }));
            }),
        ),
        each(
            "document and vocabulary",
            Box::new(|i| {
                let input = input_of(i);
                shown.read(input.description, input.markup);
                taxonomy.find(shown.visible(), shown.tokens(), &mut matches);
            }),
        ),
        each(
            "extract",
            Box::new(|i| {
                std::hint::black_box(extract(taxonomy, &input_of(i), &mut scratch));
            }),
        ),
        each("extract and write JSON", {
            let mut scratch = Scratch::default();
            Box::new(move |i| {
                out.clear();
                // Writing plain data to memory does not fail.
                let _ = serde_json::to_writer(&mut out, &extract(taxonomy, &input_of(i), &mut scratch));
            })
        }),
    ]
}

/// Peak resident memory, from the kernel's own account.
fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1000.0)
}

fn print(report: &Report, global: &Global) -> Result<(), CliError> {
    let mut text = String::new();
    if global.json {
        text = serde_json::to_string_pretty(report).map_err(|e| CliError::Stage(e.to_string()))?;
        text.push('\n');
    } else {
        use std::fmt::Write as _;
        let Report { version, concepts, system, postings, bytes, threads, .. } = report;
        let mb = *bytes as f64 / 1e6;
        let _ = writeln!(text, "rungs {version}, {concepts} concepts, {system}");
        let _ = writeln!(text, "{postings} postings, {mb:.1} MB, raw NDJSON to NDJSON, best of {RUNS} runs");
        let _ = writeln!(text, "  1 thread   {:>9.0} postings/s", report.one_thread);
        let _ = writeln!(
            text,
            "  {threads} threads  {:>9.0} postings/s  {:.1} MB/s",
            report.all_threads, report.megabytes
        );
        let _ = writeln!(text, "microseconds a posting, one thread, each stage alone");
        for Stage { name, microseconds } in &report.stages {
            let _ = writeln!(text, "  {name:<34} {microseconds:>8.1}");
        }
        if let Some(peak) = report.peak_mb {
            let _ = writeln!(text, "peak memory {peak:.0} MB, the input held in memory included");
        }
    }
    let mut out = io::stdout();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))
}
