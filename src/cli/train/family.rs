//! `rungs train family`: learns the words of families from postings and from labels made by
//! reading, judges that by cross-validation, and measures the family compiled in.

use super::super::{CliError, Global, Outcome, io, ui};
use super::{Data, sets};
use crate::level::family::fit::{Trainer, Validation};
use crate::level::family::{Evidence, estimate};
use crate::posting::Markup;
use crate::text::Document;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

/// Titles of occupations with SOC codes: O*NET, CC BY 4.0.
const OCCUPATIONS: &str = "taxonomy/onet/alt_titles.tsv";

/// Arguments of `rungs train family`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    data: Data,
    /// Judge what is learned: teach with all but one of N parts of the labels, for each part
    #[arg(long, value_name = "N", conflicts_with = "check", value_parser = clap::value_parser!(u64).range(2..))]
    folds: Option<u64>,
}

#[derive(Deserialize)]
struct Record {
    id: String,
    title: Option<String>,
    company: Option<String>,
    description: Option<String>,
    html: Option<bool>,
}

/// A label: the family, another that would be right too, and the half it belongs to.
struct Label {
    family: String,
    also: String,
    split: String,
}

/// Right and all answers of one half.
#[derive(Default)]
struct Tally {
    right: u32,
    right_or_also: u32,
    title_only: u32,
    all: u32,
    wrong: Vec<String>,
    /// Right and all by family.
    families: BTreeMap<String, (u32, u32)>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let (Args { data, folds }, mut trainer) = (args, Trainer::default());
    let labels = labels(&data.labels)?;
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut document = Document::default();
    let wanted: BTreeSet<&str> = labels.keys().map(|(corpus, _)| corpus.as_str()).collect();
    for (corpus, path) in corpora(&data.data)? {
        if data.check && !wanted.contains(corpus.as_str()) {
            continue;
        }
        if !global.quiet {
            ui::say(format_args!("{corpus}: {} postings kept so far", trainer.len()));
        }
        for line in io::lines(io::open(&path)?).lines() {
            let line = line.map_err(|e| CliError::file("cannot read", &path, e))?;
            let Ok(record) = serde_json::from_str::<Record>(&line) else { continue };
            let label = labels.get(&(corpus.clone(), record.id));
            if label.is_none() && data.check {
                continue;
            }
            let markup = if record.html == Some(true) { Markup::Html } else { Markup::Text };
            document.read(record.description.as_deref().unwrap_or_default(), markup);
            let title = record.title.as_deref().unwrap_or_default();
            match label {
                Some(label) if data.check => {
                    tally(&mut tallies, label, title, record.company.as_deref(), &document);
                }
                Some(label) if label.split == "dev" => {
                    trainer.add_read(title, &document, &label.family, label.also.split(','));
                }
                Some(_) => {}
                None => trainer.add(title, &document),
            }
        }
    }
    if data.check {
        print(&tallies, global)?;
        return Ok(Outcome::Done);
    }
    for row in sets::table(&data.data.join(OCCUPATIONS))? {
        if let (Some(title), Some(soc)) = (row.get("alt"), row.get("soc")) {
            trainer.add_occupation(title, soc);
        }
    }
    let model = trainer.learn();
    if let Some(folds) = folds {
        print_validation(*folds, model.validate(*folds), global)?;
    }
    if let Some(path) = &data.output {
        fs::write(path, model.table()).map_err(|e| CliError::file("cannot write", path, e))?;
    }
    Ok(Outcome::Done)
}

fn labels(folder: &Path) -> Result<BTreeMap<(String, String), Label>, CliError> {
    let rows = sets::table(&folder.join("families.tsv"))?;
    let label = |row: &BTreeMap<String, String>| {
        let cell = |name: &str| row.get(name).cloned().unwrap_or_default();
        (
            (cell("corpus"), cell("id")),
            Label { family: cell("family"), also: cell("also"), split: cell("split") },
        )
    };
    Ok(rows.iter().map(label).collect())
}

/// Every corpus by name, in order, and the postings of the portals' levels.
fn corpora(data: &Path) -> Result<Vec<(String, PathBuf)>, CliError> {
    let folder = data.join("postings/corpus");
    let entries = fs::read_dir(&folder).map_err(|e| CliError::file("cannot read", &folder, e))?;
    let mut found: Vec<(String, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some((name.strip_suffix(".jsonl.zst")?.to_owned(), entry.path()))
        })
        .collect();
    found.push(("portal_levels".into(), data.join("labelled/portal_levels/dev.jsonl.zst")));
    found.sort();
    Ok(found)
}

fn tally(
    tallies: &mut BTreeMap<String, Tally>,
    label: &Label,
    title: &str,
    company: Option<&str>,
    body: &Document,
) {
    let tally = tallies.entry(label.split.clone()).or_default();
    let company = company.unwrap_or_default();
    let told = estimate(&Evidence { title, company, body: Some(body), ..Evidence::default() });
    let by_title = estimate(&Evidence { title, company, ..Evidence::default() });
    let id = told.as_ref().map_or("none", |family| family.id);
    let right = id == label.family;
    let also = label.also.split(',').any(|also| also == id);
    tally.all += 1;
    tally.right += u32::from(right);
    let family = tally.families.entry(label.family.clone()).or_default();
    *family = (family.0 + u32::from(right), family.1 + 1);
    tally.right_or_also += u32::from(right || also);
    tally.title_only += u32::from(by_title.map_or("none", |family| family.id) == label.family);
    if !right {
        tally.wrong.push(format!("{title:?}: {id}, labelled {} {}", label.family, label.also));
    }
}

fn print_validation(folds: u64, found: Validation, global: &Global) -> Result<(), CliError> {
    let share = |n: u32| f64::from(n) / f64::from(found.all.max(1));
    let (right, also) = (share(found.right), share(found.right_or_also));
    let line = if global.json {
        let all = found.all;
        serde_json::json!({"folds": folds, "n": all, "right": right, "right_or_also": also}).to_string()
    } else {
        format!("{folds} folds  n {}  right {right:.3}  right or second label {also:.3}", found.all)
    };
    writeln!(io::stdout(), "{line}").map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))
}

fn print(tallies: &BTreeMap<String, Tally>, global: &Global) -> Result<(), CliError> {
    let mut out = io::stdout();
    let mut text = String::new();
    use std::fmt::Write as _;
    for (split, tally) in tallies {
        let share = |n: u32| f64::from(n) / f64::from(tally.all.max(1));
        let (right, also, title) = (share(tally.right), share(tally.right_or_also), share(tally.title_only));
        let _ = if global.json {
            writeln!(
                text,
                "{}",
                serde_json::json!({"split": split, "n": tally.all, "right": right, "right_or_also": also, "title_only": title})
            )
        } else {
            writeln!(
                text,
                "{split:<5} n {:>4}  right {right:.3}  right or second label {also:.3}  by title alone {title:.3}",
                tally.all
            )
        };
        // What was wrong is shown for the half that rules may be made on, never for the other.
        for wrong in tally.wrong.iter().filter(|_| split == "dev" && !global.json) {
            let _ = writeln!(text, "  {wrong}");
        }
    }
    if !global.json {
        let _ = writeln!(text, "by family, both halves: {}", by_family(tallies));
    }
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))
}

/// Right answers by family over both halves, so that no row of the held one can be made out.
fn by_family(tallies: &BTreeMap<String, Tally>) -> String {
    let mut all: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for (family, (right, n)) in tallies.values().flat_map(|tally| &tally.families) {
        let entry = all.entry(family).or_default();
        *entry = (entry.0 + right, entry.1 + n);
    }
    let shown: Vec<String> = all.iter().map(|(family, (right, n))| format!("{family} {right}/{n}")).collect();
    shown.join(", ")
}
