//! A user's own concepts and names, added to the built-in vocabulary.
//!
//! Two notations are read: TOML, for what people write, and the table of concepts (see
//! `data/taxonomy/SOURCES.md`), for what `rungs taxonomy import` writes. A concept with the id of
//! a known one adds its forms, codes and relations to it.
//!
//! ```toml
//! block = ["Acme Flow Foundation"]       # words that are no skill
//!
//! [[skill]]
//! id = "acme-flow"
//! label = "Acme Flow"
//! kind = "tool"
//! forms = ["AcmeFlow", "~=Flow"]         # marks: `=` exact case, `~` ambiguous, `!` never
//! implies = ["python"]
//!
//! [[skill]]
//! id = "python"                          # known: more names for it
//! forms = ["Py3K"]
//! ```

use super::Taxonomy;
use super::tables::merge::Merged;
use super::tables::names::key;
use super::tables::pack::{pack, unpack};
use super::tables::read::{self, TableError};
use super::tables::{Concept, Form, KINDS, Rank, kind, variants};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    block: Vec<String>,
    #[serde(default)]
    skill: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    label: Option<String>,
    kind: Option<String>,
    #[serde(default)]
    area: String,
    #[serde(default)]
    forms: Vec<String>,
    #[serde(default)]
    esco: String,
    #[serde(default)]
    onet: String,
    #[serde(default)]
    broader: Vec<String>,
    #[serde(default)]
    related: Vec<String>,
    #[serde(default)]
    implies: Vec<String>,
    #[serde(default)]
    version_of: Vec<String>,
}

/// What a file adds: concepts with their lines, and words that block.
#[derive(Default)]
struct Addition {
    concepts: Vec<(usize, Concept)>,
    block: Vec<String>,
}

impl Taxonomy {
    /// This vocabulary with the concepts and names of `texts` added; see the notation above.
    ///
    /// ```
    /// use rungs::taxonomy::Taxonomy;
    /// let own = "[[skill]]\nid = \"python\"\nforms = [\"Py3K\"]\n";
    /// let taxonomy = Taxonomy::builtin().with_extra(own)?;
    /// let skill = taxonomy.resolve("py3k").unwrap();
    /// assert_eq!(taxonomy.skill(skill).id, "python");
    /// # Ok::<(), Vec<rungs::taxonomy::TableError>>(())
    /// ```
    ///
    /// # Errors
    /// Everything that is wrong with the text, each with its line.
    pub fn with_extra(&self, text: &str) -> Result<Self, Vec<TableError>> {
        let addition = read_addition(text, |id| self.by_id(id).is_some())?;
        let mut merged = unpack(&self.packed);
        add(&mut merged, addition);
        Ok(Self::new(pack(&merged)))
    }
}

fn add(merged: &mut Merged, addition: Addition) {
    let mut places: HashMap<String, usize> =
        merged.concepts.iter().enumerate().map(|(i, c)| (c.id.clone(), i)).collect();
    let mut fresh: Vec<Concept> = addition.concepts.into_iter().map(|(_, concept)| concept).collect();
    variants::extend(&mut fresh);
    // The user's word counts more than ours: forms given here leave their old owners.
    let claimed: HashSet<u64> = fresh
        .iter()
        .flat_map(|c| &c.forms)
        .filter(|f| f.rank == Rank::Hand)
        .map(|f| key(&f.text).0)
        .collect();
    for concept in &mut merged.concepts {
        concept.forms.retain(|f| !claimed.contains(&key(&f.text).0));
    }
    for concept in fresh {
        match places.get(&concept.id) {
            Some(&at) => join(&mut merged.concepts[at], concept),
            None => {
                places.insert(concept.id.clone(), merged.concepts.len());
                merged.concepts.push(concept);
            }
        }
    }
    merged.concepts.sort_by(|a, b| a.id.cmp(&b.id));
    merged.blockers.extend(addition.block.into_iter().map(|text| Form {
        exact: text.starts_with('='),
        text: text.trim_start_matches('=').to_owned(),
        ambiguous: false,
        running: true,
        rank: Rank::Block,
    }));
}

fn join(old: &mut Concept, new: Concept) {
    let label_again = new.label == old.label;
    old.forms.extend(new.forms);
    if !new.label.is_empty() && !label_again {
        old.label = new.label;
    }
    for (code, given) in [(&mut old.esco, new.esco), (&mut old.onet, new.onet)] {
        if !given.is_empty() {
            *code = given;
        }
    }
    for (ids, more) in [
        (&mut old.broader, new.broader),
        (&mut old.related, new.related),
        (&mut old.implies, new.implies),
        (&mut old.version_of, new.version_of),
    ] {
        for id in more {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
}

fn read_addition(text: &str, known: impl Fn(&str) -> bool) -> Result<Addition, Vec<TableError>> {
    let (addition, mut errors) =
        if text.starts_with(read::HEADER) { from_table(text) } else { from_toml(text, &known) };
    let fresh: HashSet<&str> = addition.concepts.iter().map(|(_, c)| c.id.as_str()).collect();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (line, concept) in &addition.concepts {
        if let Some(first) = seen.insert(&concept.id, *line) {
            errors.push(TableError {
                line: *line,
                problem: format!("`{}` is already on line {first}", concept.id),
            });
        }
        let relations = [&concept.broader, &concept.related, &concept.implies, &concept.version_of];
        for id in relations.into_iter().flatten().filter(|id| !known(id) && !fresh.contains(id.as_str())) {
            errors.push(TableError { line: *line, problem: format!("there is no concept `{id}`") });
        }
    }
    if errors.is_empty() {
        return Ok(addition);
    }
    errors.sort_by_key(|e| e.line);
    Err(errors)
}

fn from_table(text: &str) -> (Addition, Vec<TableError>) {
    let (mut addition, mut errors) = (Addition::default(), Vec::new());
    for row in read::concepts(text) {
        match row {
            Ok(row) => addition.concepts.push(row),
            Err(e) => errors.push(e),
        }
    }
    (addition, errors)
}

fn from_toml(text: &str, known: &impl Fn(&str) -> bool) -> (Addition, Vec<TableError>) {
    let line_of = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count() + 1;
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(e) => {
            let line = e.span().map_or(1, |s| line_of(s.start));
            return (Addition::default(), vec![TableError { line, problem: e.message().to_owned() }]);
        }
    };
    let (mut addition, mut errors) = (Addition { block: file.block, ..Addition::default() }, Vec::new());
    for entry in file.skill {
        let line = line_of(entry.span().start);
        let entry = entry.into_inner();
        let is_known = known(&entry.id);
        match concept(entry, is_known) {
            Ok(concept) => addition.concepts.push((line, concept)),
            Err(problem) => errors.push(TableError { line, problem }),
        }
    }
    (addition, errors)
}

fn concept(entry: Entry, known: bool) -> Result<Concept, String> {
    read::check_id(&entry.id)?;
    let kind_name = match (&entry.kind, known) {
        (Some(kind), _) => kind.as_str(),
        (None, true) => KINDS[0],
        (None, false) => return Err(format!("`{}` is new and needs a kind: {}", entry.id, KINDS.join(", "))),
    };
    let kind = kind(kind_name)
        .ok_or_else(|| format!("`{kind_name}` is no kind of concept; kinds are {}", KINDS.join(", ")))?;
    let label = entry.label.unwrap_or_default();
    if label.is_empty() && !known {
        return Err(format!("`{}` is new and needs a label", entry.id));
    }
    if let Some(bad) = entry.forms.iter().chain([&label, &entry.area]).find(|f| f.contains(['\t', '\n', '|']))
    {
        return Err(format!("`{bad}` holds a tab, a line feed or `|`"));
    }
    let mut forms = read::forms(&label, &entry.forms.join("|"))?;
    forms.retain(|f| !f.text.is_empty());
    Ok(Concept {
        forms,
        esco: entry.esco.rsplit('/').next().unwrap_or_default().to_owned(),
        onet: entry.onet,
        broader: entry.broader,
        related: entry.related,
        implies: entry.implies,
        version_of: entry.version_of,
        ..Concept::new(&entry.id, &label, kind, &entry.area)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_concepts_and_names() {
        let text = "block = [\"Flow Traders\"]\n[[skill]]\nid = \"acme-flow\"\nlabel = \"Acme Flow\"\nkind = \"tool\"\n\
                    forms = [\"AcmeFlow\"]\nimplies = [\"python\"]\n[[skill]]\nid = \"python\"\nforms = [\"Py3K\"]\n";
        let taxonomy = Taxonomy::builtin().with_extra(text).unwrap();
        for (name, id) in
            [("acmeflow", "acme-flow"), ("Acme Flow", "acme-flow"), ("py3k", "python"), ("Python", "python")]
        {
            let skill = taxonomy.resolve(name).unwrap();
            assert_eq!(taxonomy.skill(skill).id, id, "{name}");
        }
        assert_eq!(taxonomy.len(), Taxonomy::builtin().len() + 1);
        let python = taxonomy.skill(taxonomy.by_id("python").unwrap());
        assert_eq!(python.label, "Python");
    }

    #[test]
    fn mistakes_name_their_line() {
        for (text, line, part) in [
            ("[[skill]]\nid = \"x\"\n", 1, "needs a kind"),
            ("\n[[skill]]\nid = \"X y\"\nlabel = \"X\"\nkind = \"tool\"", 2, "is no id"),
            ("[[skill]]\nid = \"x\"\nlabel = \"X\"\nkind = \"thing\"", 1, "no kind of concept"),
            (
                "[[skill]]\nid = \"x\"\nlabel = \"X\"\nkind = \"tool\"\nbroader = [\"nowhere\"]",
                1,
                "no concept `nowhere`",
            ),
            ("a = 1\n[[skill]", 2, ""),
            ("id\tlabel\tkind\tforms\tarea\trelations\nx\tX\ttool", 2, "3 columns"),
        ] {
            let errors = Taxonomy::builtin().with_extra(text).unwrap_err();
            assert_eq!(errors[0].line, line, "{text}: {errors:?}");
            assert!(errors[0].problem.contains(part), "{text}: {errors:?}");
        }
    }
}
