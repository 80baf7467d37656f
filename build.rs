//! Compiles the vocabulary tables under `data/taxonomy/`, and the words of the section model, into the arrays that
//! the library embeds. A mistake in a table of the vocabulary fails the build and names the file and the line.

#[allow(dead_code, unreachable_pub)]
#[path = "src/taxonomy/tables/mod.rs"]
mod tables;
#[allow(dead_code, unreachable_pub)]
#[path = "src/text/tokens.rs"]
mod tokens;
#[allow(dead_code, unreachable_pub)]
#[path = "src/text/weights.rs"]
mod weights;

mod text {
    pub(crate) use crate::tokens;
}

use rustc_hash::FxHashMap as HashMap;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};
use tables::merge::{Tables, merge};
use tables::read;

fn main() -> ExitCode {
    match problems() {
        Ok(problems) if problems.is_empty() => ExitCode::SUCCESS,
        Ok(problems) => {
            for problem in &problems {
                println!("cargo::error={problem}");
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("cargo::error=cannot compile the tables: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Packs everything; what is wrong with the tables.
fn problems() -> io::Result<Vec<String>> {
    Ok(pack_sections()?.into_iter().chain(compile()?).collect())
}

/// The section model: packs the vectors, and looks at the numbers of the network.
fn pack_sections() -> io::Result<Option<String>> {
    const VECTORS: &str = "data/text/sections.tsv";
    const NETWORK: &str = "data/text/network.tsv";
    for path in [VECTORS, NETWORK, "src/text/weights.rs"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let variable = |name: &str| env::var(name).map(PathBuf::from).map_err(io::Error::other);
    let folder = variable("CARGO_MANIFEST_DIR")?;
    let network = fs::read_to_string(folder.join(NETWORK))?;
    let is_number = |cell: &str| cell.parse::<f32>().is_ok_and(f32::is_finite);
    let bad = |line: &str| !line.starts_with('#') && !line.split('\t').skip(1).all(is_number);
    if let Some(at) = network.lines().position(bad) {
        return Ok(Some(format!("{NETWORK}:{}: a name and numbers are wanted, parted by tabs", at + 1)));
    }
    match weights::pack(&fs::read_to_string(folder.join(VECTORS))?) {
        Ok(packed) => fs::write(variable("OUT_DIR")?.join("sections.bin"), packed).map(|()| None),
        Err(line) => {
            Ok(Some(format!("{VECTORS}:{line}: a name, a tab and {} digits are wanted", 2 * weights::WIDTH)))
        }
    }
}

/// The vocabulary.
fn compile() -> io::Result<Vec<String>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("data/taxonomy");
    for path in ["data/taxonomy", "src/taxonomy/tables", "src/text/tokens.rs", "build.rs"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let mut problems = Vec::new();
    let files = read_all(&folder)?;
    let concepts = concepts(&files, &mut problems);
    let tables = Tables {
        concepts,
        esco: cells(&files, "esco", &mut problems),
        onet: cells::<1>(&files, "onet", &mut problems).into_iter().flatten().collect(),
        technologies: cells(&files, "technologies", &mut problems),
        exceptions: cells::<3>(&files, "merge", &mut problems)
            .into_iter()
            .map(|[from, to, _]| (from, to))
            .collect(),
        blocked: cells::<2>(&files, "blocklist", &mut problems).into_iter().map(|[form, _]| form).collect(),
    };
    if problems.is_empty() {
        let packed = tables::pack::pack(&merge(tables));
        let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
        fs::write(out.join("concepts.tsv"), packed.concepts.as_bytes())?;
        fs::write(out.join("forms.txt"), packed.texts.as_bytes())?;
        fs::write(out.join("tables.bin"), packed.to_bytes())?;
    }
    Ok(problems)
}

/// The tables by the stem of their file names.
fn read_all(folder: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "tsv") {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            files.insert(stem, fs::read_to_string(&path)?);
        }
    }
    Ok(files)
}

/// The concepts of all tables with the header of one, checked across files.
fn concepts(files: &BTreeMap<String, String>, problems: &mut Vec<String>) -> Vec<tables::Concept> {
    let mut places: HashMap<String, String> = HashMap::default();
    let mut codes: HashMap<u32, String> = HashMap::default();
    let mut read = Vec::new();
    for (name, text) in files.iter().filter(|(_, text)| text.lines().next() == Some(read::HEADER)) {
        for row in read::concepts(text) {
            match row {
                Ok((line, concept)) => {
                    let place = format!("data/taxonomy/{name}.tsv:{line}");
                    if let Some(first) = places.insert(concept.id.clone(), place.clone()) {
                        problems.push(format!("{place}: `{}` is already at {first}", concept.id));
                    }
                    let code = tables::names::code(&concept.id);
                    if let Some(other) = codes.insert(code, concept.id.clone()).filter(|o| *o != concept.id) {
                        problems
                            .push(format!("{place}: `{}` and `{other}` hash alike; rename one", concept.id));
                    }
                    read.push((place, concept));
                }
                Err(e) => problems.push(format!("data/taxonomy/{name}.tsv:{}: {}", e.line, e.problem)),
            }
        }
    }
    for (place, concept) in &read {
        let relations = [&concept.broader, &concept.related, &concept.implies, &concept.version_of];
        for id in relations.into_iter().flatten().filter(|id| !places.contains_key(*id)) {
            problems.push(format!("{place}: there is no concept `{id}`"));
        }
    }
    read.into_iter().map(|(_, concept)| concept).collect()
}

/// The rows of a table with `N` columns; none when the file is not there.
fn cells<'f, const N: usize>(
    files: &'f BTreeMap<String, String>,
    name: &str,
    problems: &mut Vec<String>,
) -> Vec<[&'f str; N]> {
    let Some(text) = files.get(name) else { return Vec::new() };
    let mut rows = Vec::new();
    for row in read::cells(text) {
        match row {
            Ok((_, cells)) => rows.push(cells),
            Err(e) => problems.push(format!("data/taxonomy/{name}.tsv:{}: {}", e.line, e.problem)),
        }
    }
    rows
}
