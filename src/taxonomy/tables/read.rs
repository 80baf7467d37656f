//! Reads the tables. Tab-separated, one header line, one row a line.
//!
//! A table of concepts has the columns id, label, kind, forms, area, relations. Forms are
//! separated by `|`; a mark in front says how a form counts: `=` only in exactly this case, `~`
//! only where the surroundings speak for it, `!` never (for a label that must not match by
//! itself). Relations are `name:id,id` separated by `;` with the names `broader`, `related`,
//! `implies`, `version-of` and, for its code, `esco`.

use super::{Concept, Form, KINDS, Rank, kind};
use std::fmt;

/// Header of a table of concepts.
pub(crate) const HEADER: &str = "id\tlabel\tkind\tforms\tarea\trelations";

/// What is wrong with a line of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableError {
    /// Line number, from 1.
    pub line: usize,
    /// What is wrong and what is expected.
    pub problem: String,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for TableError {}

/// Reads a table of concepts, header included; each concept comes with its line.
pub(crate) fn concepts(text: &str) -> Vec<Result<(usize, Concept), TableError>> {
    let header = text.lines().next().unwrap_or_default();
    if header != HEADER {
        let problem = format!("the header is not `{}`", HEADER.replace('\t', " "));
        return vec![Err(TableError { line: 1, problem })];
    }
    rows(text, concept).collect()
}

/// Reads a table of `N` columns.
#[allow(dead_code, reason = "build.rs alone reads the registries' tables")]
pub(crate) fn cells<const N: usize>(text: &str) -> Vec<Result<(usize, [&str; N]), TableError>> {
    rows(text, |line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let found = cells.len();
        cells.try_into().map_err(|_| format!("{found} columns where {N} are expected"))
    })
    .collect()
}

fn rows<'t, T>(
    text: &'t str,
    read: impl Fn(&'t str) -> Result<T, String>,
) -> impl Iterator<Item = Result<(usize, T), TableError>> {
    text.lines()
        .enumerate()
        .skip(1)
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        .map(move |(i, line)| match read(line) {
            Ok(row) => Ok((i + 1, row)),
            Err(problem) => Err(TableError { line: i + 1, problem }),
        })
}

fn concept(line: &str) -> Result<Concept, String> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [id, label, kind_name, forms, area, relations] = cells[..] else {
        return Err(format!("{} columns where 6 are expected", cells.len()));
    };
    check_id(id)?;
    if label.trim().is_empty() {
        return Err("the label is empty".to_owned());
    }
    let kind = kind(kind_name)
        .ok_or_else(|| format!("`{kind_name}` is no kind of concept; kinds are {}", KINDS.join(", ")))?;
    let mut concept = Concept::new(id, label, kind, area);
    for relation in relations.split(';').map(str::trim).filter(|r| !r.is_empty()) {
        let (name, ids) = relation.split_once(':').ok_or_else(|| format!("`{relation}` is no relation"))?;
        let mut ids = ids.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
        match name.trim() {
            "broader" => concept.broader.extend(ids),
            "related" => concept.related.extend(ids),
            "implies" => concept.implies.extend(ids),
            "version-of" => concept.version_of.extend(ids),
            "esco" => concept.esco = ids.next().unwrap_or_default(),
            other => return Err(format!("`{other}` is no kind of relation")),
        }
    }
    concept.forms = self::forms(label, forms)?;
    Ok(concept)
}

/// An id is lower-case letters, digits and hyphens.
pub(crate) fn check_id(id: &str) -> Result<(), String> {
    let fine = |c: char| c == '-' || c.is_ascii_digit() || (c.is_alphabetic() && !c.is_uppercase());
    if id.is_empty() || !id.chars().all(fine) {
        return Err(format!("`{id}` is no id: lower-case letters, digits and hyphens"));
    }
    Ok(())
}

/// Reads the forms of a concept; the label counts too unless the list says how it does.
pub(crate) fn forms(label: &str, list: &str) -> Result<Vec<Form>, String> {
    let mut read: Vec<Form> = Vec::new();
    let mut bare_label = true;
    for form in list.split('|').map(str::trim).filter(|f| !f.is_empty()) {
        let text = form.trim_start_matches(['~', '=', '!']);
        let marks = &form[..form.len() - text.len()];
        if !text.chars().any(char::is_alphanumeric) {
            return Err(format!("the form `{form}` has neither letter nor digit"));
        }
        if text == label {
            bare_label = false;
        }
        read.push(Form {
            text: text.to_owned(),
            exact: marks.contains('='),
            ambiguous: marks.contains('~'),
            running: !marks.contains('!'),
            rank: Rank::Hand,
        });
    }
    if bare_label {
        read.insert(
            0,
            Form { text: label.to_owned(), exact: false, ambiguous: false, running: true, rank: Rank::Hand },
        );
    }
    Ok(read)
}
