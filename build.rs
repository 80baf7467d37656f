//! Joins the vocabulary tables under `data/taxonomy/` into one text that the library embeds.

use std::path::Path;
use std::{env, fs, io};

/// Header line of a table of concepts; other files in the folder have other headers.
const HEADER: &str = "id\tlabel\tkind\tforms\tarea\trelations";

fn main() -> io::Result<()> {
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    let folder = Path::new(&root).join("data/taxonomy");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<_> = fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    let mut joined = String::new();
    for file in files {
        let path = file.path();
        if path.extension().is_none_or(|e| e != "tsv") {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let mut lines = text.lines();
        if lines.next() == Some(HEADER) {
            for line in lines {
                joined.push_str(line);
                joined.push('\n');
            }
        }
    }
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("skills.tsv"), joined)
}
