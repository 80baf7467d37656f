//! `rungs taxonomy`: counts of the vocabulary, checks of additions, imports of official downloads.

use super::{CliError, Global, Home, Outcome, io, ui};
use crate::taxonomy::import::{self, Imported};
use crate::taxonomy::{Kind, TableError, Taxonomy};
use clap::{Subcommand, ValueEnum};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `rungs taxonomy`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Count concepts and names by kind and source
    Stats,
    /// Tell what is wrong with a file of additions, by line
    Check {
        /// TOML or table
        file: PathBuf,
    },
    /// Turn an official download into a file of additions for `--taxonomy`
    Import {
        /// Whose download it is
        source: Source,
        /// The folder with the unpacked files
        dir: PathBuf,
        /// Where to write; `taxonomy/SOURCE.tsv` in the home unless given
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Source {
    /// The ESCO classification as CSV, any version and language
    Esco,
    /// The O*NET database as text files
    Onet,
}

#[derive(Serialize)]
struct Stats {
    concepts: usize,
    with_esco_code: usize,
    with_onet_name: usize,
    by_kind: BTreeMap<&'static str, usize>,
    names: usize,
    names_in_running_text: usize,
    names_by_source: BTreeMap<&'static str, usize>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    match &args.action {
        Action::Stats => stats(global),
        Action::Check { file } => check(file, global),
        Action::Import { source, dir, out } => bring(*source, dir, out.as_deref(), global),
    }
}

/// Makes the vocabulary with the additions of `files` the one that the program uses.
pub(super) fn install(files: &[PathBuf]) -> Result<(), CliError> {
    let mut taxonomy: Option<Taxonomy> = None;
    for file in files {
        let text = read(file)?;
        let base = taxonomy.take().unwrap_or_else(Taxonomy::load);
        taxonomy = Some(base.with_extra(&text).map_err(|errors| CliError::Input(report(file, &errors)))?);
    }
    if let Some(taxonomy) = taxonomy {
        taxonomy.install();
    }
    Ok(())
}

fn read(file: &Path) -> Result<String, CliError> {
    let bytes = fs::read(file).map_err(|e| CliError::file("cannot read", file, e))?;
    String::from_utf8(bytes).map_err(|_| {
        CliError::Input(format!("{} is no UTF-8 text; additions are TOML or a table", file.display()))
    })
}

fn report(file: &Path, errors: &[TableError]) -> String {
    let lines: Vec<String> =
        errors.iter().map(|e| format!("{}:{}: {}", file.display(), e.line, e.problem)).collect();
    lines.join("\n")
}

fn stats(global: &Global) -> Result<Outcome, CliError> {
    let taxonomy = Taxonomy::builtin();
    let mut by_kind = BTreeMap::new();
    let count = |kind: Kind| taxonomy.iter().filter(|(_, s)| s.kind == kind).count();
    by_kind.extend(Kind::ALL.map(|kind| (kind.name(), count(kind))));
    let names_by_source = taxonomy.sources();
    let stats = Stats {
        concepts: taxonomy.len(),
        with_esco_code: taxonomy.iter().filter(|(_, s)| s.esco.is_some()).count(),
        with_onet_name: taxonomy.iter().filter(|(_, s)| s.onet.is_some()).count(),
        by_kind,
        names: names_by_source.values().sum(),
        names_in_running_text: taxonomy.running_forms().count(),
        names_by_source,
    };
    write(|out| {
        if global.json {
            serde_json::to_writer_pretty(&mut *out, &stats)?;
            return writeln!(out);
        }
        writeln!(
            out,
            "{} concepts, {} with an ESCO code, {} with an O*NET name",
            stats.concepts, stats.with_esco_code, stats.with_onet_name
        )?;
        stats.by_kind.iter().try_for_each(|(kind, n)| writeln!(out, "  {kind:<24} {n:>7}"))?;
        writeln!(
            out,
            "{} names, {} of them looked for in running text",
            stats.names, stats.names_in_running_text
        )?;
        stats.names_by_source.iter().try_for_each(|(source, n)| writeln!(out, "  {source:<24} {n:>7}"))
    })
}

fn check(file: &Path, global: &Global) -> Result<Outcome, CliError> {
    let result = Taxonomy::builtin().with_extra(&read(file)?);
    let errors = result.as_ref().err().map(Vec::as_slice).unwrap_or_default();
    if global.json {
        #[derive(Serialize)]
        struct Problem<'a> {
            line: usize,
            problem: &'a str,
        }
        let problems: Vec<_> = errors.iter().map(|e| Problem { line: e.line, problem: &e.problem }).collect();
        write(|out| {
            serde_json::to_writer(&mut *out, &problems).map_err(Into::into).and_then(|()| writeln!(out))
        })?;
    } else if !errors.is_empty() {
        write(|out| writeln!(out, "{}", report(file, errors)))?;
    }
    match result {
        Ok(taxonomy) => {
            let more = taxonomy.len() - Taxonomy::builtin().len();
            if !global.quiet {
                ui::say(format_args!("{}: fine, {more} new concepts", file.display()));
            }
            Ok(Outcome::Done)
        }
        Err(_) => Ok(Outcome::Nothing),
    }
}

fn bring(source: Source, dir: &Path, out: Option<&Path>, global: &Global) -> Result<Outcome, CliError> {
    let taxonomy = Taxonomy::builtin();
    let imported = match source {
        Source::Esco => {
            let skills = open(dir, "skills_", ".csv")?.ok_or_else(|| missing(dir, "skills_en.csv"))?;
            let broader = open(dir, "broaderRelationsSkillPillar_", ".csv")?;
            let related = open(dir, "skillSkillRelations_", ".csv")?;
            import::esco(taxonomy, skills, broader, related)
        }
        Source::Onet => {
            let file = open(dir, "Technology Skills", ".txt")?
                .ok_or_else(|| missing(dir, "Technology Skills.txt"))?;
            import::onet(taxonomy, file)
        }
    };
    let Imported { table, known, new } =
        imported.map_err(|e| CliError::Input(format!("{}: {e}", dir.display())))?;
    let name = match source {
        Source::Esco => "taxonomy/esco.tsv",
        Source::Onet => "taxonomy/onet.tsv",
    };
    let path = match out {
        Some(path) => path.to_owned(),
        None => Home::find(global)?.root().join(name),
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|e| CliError::file("cannot make", folder, e))?;
    }
    fs::write(&path, table).map_err(|e| CliError::file("cannot write", &path, e))?;
    if !global.quiet {
        ui::say(format_args!(
            "{}: {known} known concepts got names, {new} are new. Use it with --taxonomy {0}",
            path.display()
        ));
    }
    Ok(Outcome::Done)
}

fn missing(dir: &Path, file: &str) -> CliError {
    CliError::Input(format!(
        "{}: there is no file like {file}; unpack the official download and name its folder",
        dir.display()
    ))
}

/// The first file by name that begins and ends so.
fn open(dir: &Path, begin: &str, end: &str) -> Result<Option<File>, CliError> {
    let entries = fs::read_dir(dir).map_err(|e| CliError::file("cannot read", dir, e))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.sort();
    let fits = |path: &&PathBuf| {
        let name = path.file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
        name.starts_with(begin) && name.ends_with(end)
    };
    match paths.iter().find(fits) {
        Some(path) => File::open(path).map(Some).map_err(|e| CliError::file("cannot read", path, e)),
        None => Ok(None),
    }
}

fn write(fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<Outcome, CliError> {
    let mut out = io::stdout();
    let written = fill(&mut out).and_then(|()| out.flush());
    written.map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
    Ok(Outcome::Done)
}
