//! Reads the table form of the vocabulary: one concept a line, tab-separated.
//!
//! Columns: id, label, kind, forms, area, relations. Forms are separated by `|`; a mark in front
//! says how a form counts: `=` only in exactly this case, `~` only where the surroundings speak
//! for it, `!` never (for a label that must not match by itself).

use super::{Kind, Skill};
use thiserror::Error;

/// What is wrong with a line of a table.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("line {line}: {problem}")]
pub struct TableError {
    /// Line number, from 1.
    pub line: usize,
    /// What is wrong and what is expected.
    pub problem: String,
}

/// A surface form and how it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) text: String,
    pub(crate) exact_case: bool,
    pub(crate) ambiguous: bool,
}

/// One line.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) skill: Skill,
    pub(crate) forms: Vec<Form>,
}

pub(crate) fn parse(text: &str) -> Vec<Result<Row, TableError>> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(i, line)| row(line).map_err(|problem| TableError { line: i + 1, problem }))
        .collect()
}

fn row(line: &str) -> Result<Row, String> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [id, label, kind, forms, area, relations] = cells[..] else {
        return Err(format!("{} columns where 6 are expected", cells.len()));
    };
    let kind: Kind = serde_json::from_value(serde_json::Value::String(kind.to_owned()))
        .map_err(|_| format!("`{kind}` is no kind of concept"))?;
    let mut skill = Skill {
        id: id.to_owned(),
        label: label.to_owned(),
        kind,
        area: area.to_owned(),
        esco: None,
        onet: None,
        broader: Vec::new(),
        related: Vec::new(),
        implies: Vec::new(),
        version_of: Vec::new(),
    };
    for relation in relations.split(';').filter(|r| !r.is_empty()) {
        let (name, ids) = relation.split_once(':').ok_or_else(|| format!("`{relation}` is no relation"))?;
        let ids = ids.split(',').map(|id| id.trim().to_owned());
        match name.trim() {
            "broader" => skill.broader.extend(ids),
            "related" => skill.related.extend(ids),
            "implies" => skill.implies.extend(ids),
            "version-of" => skill.version_of.extend(ids),
            other => return Err(format!("`{other}` is no kind of relation")),
        }
    }
    let mut read: Vec<Form> = Vec::new();
    let mut bare_label = true;
    for form in forms.split('|').map(str::trim).filter(|f| !f.is_empty()) {
        let text = form.trim_start_matches(['~', '=', '!']);
        let marks = &form[..form.len() - text.len()];
        if text == label {
            bare_label = false;
        }
        if !marks.contains('!') {
            read.push(Form {
                text: text.to_owned(),
                exact_case: marks.contains('='),
                ambiguous: marks.contains('~'),
            });
        }
    }
    if bare_label {
        read.push(Form { text: label.to_owned(), exact_case: false, ambiguous: false });
    }
    Ok(Row { skill, forms: read })
}
