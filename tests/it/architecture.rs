//! Holds every `crate::` import against the table of who may know whom, so that data keeps
//! flowing one way.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module and the modules it may import. A module may always import itself.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("posting", &[]),
    ("text", &["posting"]),
    ("taxonomy", &["text"]),
    ("level", &["text", "taxonomy"]),
    ("extract", &["posting", "text", "taxonomy", "level"]),
    ("coded", &["posting", "text", "taxonomy", "level", "extract"]),
    ("corpus", &["posting"]),
    ("fetch", &["posting", "corpus"]),
    ("import", &["posting", "corpus", "fetch"]),
    ("index", &["posting", "text", "taxonomy", "level", "extract", "coded", "corpus"]),
    ("profile", &["posting", "text", "taxonomy", "level", "extract"]),
    ("market", &["posting", "text", "taxonomy", "level", "extract", "coded", "corpus"]),
    (
        "query",
        &["posting", "text", "taxonomy", "level", "extract", "coded", "corpus", "index", "market", "profile"],
    ),
    (
        "plan",
        &[
            "posting", "text", "taxonomy", "level", "extract", "coded", "corpus", "index", "market",
            "profile", "query",
        ],
    ),
    (
        "render",
        &["posting", "text", "taxonomy", "level", "extract", "coded", "market", "profile", "query", "plan"],
    ),
    (
        "cli",
        &[
            "posting", "text", "taxonomy", "level", "extract", "coded", "corpus", "fetch", "import", "index",
            "market", "profile", "query", "plan", "render",
        ],
    ),
];

/// Crates that only one module may speak to.
const OWNED_CRATES: &[(&str, &[&str])] = &[
    ("rusqlite", &["corpus"]),
    ("tantivy", &["index"]),
    ("reqwest", &["fetch"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
];

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// Code of a file without comments and without its trailing unit tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The top-level modules named after `crate::` in `code`, also within `use crate::{a, b::c}`.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let word = |text: &str| -> String {
            text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
        };
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut item = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        found.push(word(&item));
                        item.clear();
                        continue;
                    }
                    _ => {}
                }
                item.push(c);
            }
            found.push(word(&item));
        } else {
            found.push(word(rest));
        }
    }
    found.retain(|module| !module.is_empty());
    found
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let table: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 10, "the sources were not found");
    let mut broken = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&root).unwrap();
        let module =
            relative.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs");
        if matches!(module, "lib" | "main") {
            continue;
        }
        let code = code(&file);
        let allowed = table.get(module).unwrap_or_else(|| panic!("`{module}` is not in the import table"));
        for import in imports(&code) {
            if import != module && !allowed.contains(&import.as_str()) {
                broken.push(format!("{} imports crate::{import}", relative.display()));
            }
        }
        for (name, owners) in OWNED_CRATES {
            if code.contains(&format!("{name}::")) && !owners.contains(&module) {
                broken.push(format!("{} speaks to {name}", relative.display()));
            }
        }
    }
    assert!(broken.is_empty(), "imports against the flow of data:\n{}", broken.join("\n"));
}

#[test]
fn the_reader_of_imports_sees_groups() {
    let code = "use crate::{posting::{Pay, Posting}, text};\nlet x = crate::level::f();";
    assert_eq!(imports(code), ["posting", "text", "level"]);
}
