//! Reading labelled sets.

use super::super::{CliError, io};
use crate::level::fit::Example;
use crate::level::{Track, cues};
use crate::posting::{Markup, employer_key};
use crate::text::Document;
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use std::io::BufRead;
use std::path::Path;

/// Employers that appear under several names in the sets: they are left out together.
const SAME_EMPLOYER: &[(&str, &str)] = &[
    ("superhuman", "grammarly"),
    ("clear corporate", "clear"),
    ("integral ad science", "integraladscience"),
];

/// Lines of a file, plain or packed.
pub(super) fn lines(path: &Path) -> Result<Vec<String>, CliError> {
    let read: Result<Vec<String>, _> = io::lines(io::open(path)?).lines().collect();
    read.map_err(|e| CliError::file("cannot read", path, e))
}

/// Rows of a table with a header line, by column name.
pub(super) fn table(path: &Path) -> Result<Vec<BTreeMap<String, String>>, CliError> {
    let lines = lines(path)?;
    let mut rows = lines.iter().map(|line| line.split('\t').map(str::to_owned));
    let header: Vec<String> = rows.next().map(Iterator::collect).unwrap_or_default();
    Ok(rows.map(|cells| header.iter().cloned().zip(cells).collect()).collect())
}

/// Reads NDJSON records; lines of another shape are an error.
pub(super) fn records<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Vec<T>, CliError> {
    let parse = |(i, line): (usize, &String)| {
        serde_json::from_str(line)
            .map_err(|e| CliError::Input(format!("{} line {}: {e}", path.display(), i + 1)))
    };
    lines(path)?.iter().enumerate().map(parse).collect()
}

fn group(employer: &str) -> String {
    let key = employer_key(employer);
    SAME_EMPLOYER.iter().find(|(alias, _)| *alias == key).map_or(key, |(_, name)| (*name).to_owned())
}

fn track(word: &str) -> Option<Track> {
    match word {
        "ic" => Some(Track::Ic),
        "mgmt" | "management" => Some(Track::Management),
        _ => None,
    }
}

/// Titles with the level that the employer itself assigned, each (employer, title) once.
pub(super) fn employer_levels(data: &Path) -> Result<Vec<Example>, CliError> {
    let mut seen = HashSet::new();
    let mut examples = Vec::new();
    for row in table(&data.join("labelled/employer_levels/dev.tsv"))? {
        let cell = |name: &str| row.get(name).map_or("", String::as_str);
        if seen.insert((cell("employer").to_owned(), cell("title").to_owned())) {
            let level = cell("mapped_level").parse().ok().map(|level: u8| (level, level));
            examples.push(Example {
                group: group(cell("employer")),
                title: cell("title").to_owned(),
                company: cell("employer").to_owned(),
                cues: Vec::new(),
                level,
                track: track(cell("track")),
                portal: false,
            });
        }
    }
    Ok(examples)
}

#[derive(Deserialize)]
struct BoardRow {
    title: String,
    company: String,
    levels: BTreeMap<String, serde_json::Value>,
}

/// Titles with employers' raw codes, as intervals where `codes` knows the employer's scale.
pub(super) fn board_levels(data: &Path, codes: &Path) -> Result<Vec<Example>, CliError> {
    let mut meaning = BTreeMap::new();
    for row in table(codes)? {
        let cell = |name: &str| row.get(name).map_or("", String::as_str).trim().to_owned();
        let (low, high) = (cell("low").parse::<u8>(), cell("high").parse::<u8>());
        if let (Ok(low), Ok(high)) = (low, high) {
            meaning.insert((cell("company"), cell("raw")), (low, high, track(&cell("track"))));
        }
    }
    let mut seen = HashSet::new();
    let mut examples = Vec::new();
    for row in records::<BoardRow>(&data.join("labelled/greenhouse_levels/dev.jsonl"))? {
        let company = row.company.trim().to_owned();
        let told = row.levels.values().find_map(|raw| {
            let raw = raw.as_str().or_else(|| raw.get(0)?.as_str())?;
            meaning.get(&(company.clone(), raw.trim().to_owned()))
        });
        let Some(&(low, high, side)) = told else { continue };
        if seen.insert((company.clone(), row.title.clone())) {
            let level = Some((low, high));
            examples.push(Example {
                group: group(&company),
                title: row.title,
                company,
                cues: Vec::new(),
                level,
                track: side,
                portal: false,
            });
        }
    }
    Ok(examples)
}

#[derive(Deserialize)]
struct PortalRow {
    title: Option<String>,
    company: Option<String>,
    description: Option<String>,
    html: Option<bool>,
    scheme: String,
    rank_lo: usize,
    rank_hi: usize,
}

/// Whole postings with the portal's level, as the interval it is.
pub(super) fn portal_levels(data: &Path) -> Result<Vec<Example>, CliError> {
    let mut document = Document::default();
    let rows = records::<PortalRow>(&data.join("labelled/portal_levels/dev.jsonl.zst"))?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let markup = if row.html == Some(true) { Markup::Html } else { Markup::Text };
            document.read(row.description.as_deref().unwrap_or_default(), markup);
            let mut found = Vec::new();
            cues::read(document.visible(), document.tokens(), &mut found);
            Example {
                level: Some(portal_interval(&row)),
                group: format!("portal {}", row.scheme),
                title: row.title.unwrap_or_default(),
                company: row.company.unwrap_or_default(),
                cues: found,
                track: None,
                portal: true,
            }
        })
        .collect())
}

/// The portal's rank 0 (intern) to 7 (executive) as levels. LinkedIn's "Mid-Senior" spans
/// our 3 to 7, and its "Entry" and "Associate" reach further up than their names.
fn portal_interval(row: &PortalRow) -> (u8, u8) {
    const LOW: [u8; 8] = [1, 2, 2, 3, 4, 5, 7, 8];
    const HIGH: [u8; 8] = [1, 2, 3, 3, 4, 6, 8, 8];
    let (low, high) = (LOW[row.rank_lo.min(7)], HIGH[row.rank_hi.min(7)]);
    match (row.scheme.as_str(), row.rank_lo, row.rank_hi) {
        ("linkedin" | "arbeitnow", 3, 5) => (3, 7),
        ("linkedin", 1, 1) => (1, 3),
        ("linkedin", 2, 2) => (2, 4),
        ("topcv_vi", 1, 3) => (2, 4),
        _ => (low, high),
    }
}
