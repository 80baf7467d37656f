//! The official downloads of ESCO and O*NET as tables of concepts for [`Taxonomy::with_extra`].
//!
//! Sources: the ESCO classification as CSV (<https://esco.ec.europa.eu/en/use-esco/download>, any
//! version and language) and O*NET's "Technology Skills" text file
//! (<https://www.onetcenter.org/database.html>). What is known already keeps its id.

use super::Taxonomy;
use super::tables::names::{runs, slug};
use super::tables::read::HEADER;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read;
use thiserror::Error;

/// Why a download could not be read.
#[derive(Debug, Error)]
pub enum ImportError {
    /// A file is not what it should be.
    #[error("{file} is not as expected: {source}")]
    Csv {
        /// Which file.
        file: &'static str,
        /// What the reader said.
        source: csv::Error,
    },
    /// Nothing in it.
    #[error("{0} holds no rows; is this the official file?")]
    Empty(&'static str),
}

/// A table and what is in it.
#[derive(Debug, PartialEq, Eq)]
pub struct Imported {
    /// The table of concepts.
    pub table: String,
    /// Rows that add to known concepts.
    pub known: usize,
    /// Rows of new concepts.
    pub new: usize,
}

#[derive(Deserialize)]
struct EscoSkill {
    #[serde(rename = "conceptUri")]
    uri: String,
    #[serde(rename = "skillType", default)]
    kind: String,
    #[serde(rename = "preferredLabel")]
    label: String,
    #[serde(rename = "altLabels", default)]
    alternative: String,
    #[serde(rename = "hiddenLabels", default)]
    hidden: String,
}

#[derive(Deserialize)]
struct EscoBroader {
    #[serde(rename = "conceptUri")]
    uri: String,
    #[serde(rename = "broaderUri")]
    broader: String,
}

#[derive(Deserialize)]
struct EscoRelated {
    #[serde(rename = "originalSkillUri")]
    uri: String,
    #[serde(rename = "relatedSkillUri")]
    related: String,
}

#[derive(Deserialize)]
struct OnetTechnology {
    #[serde(rename = "Example")]
    name: String,
    #[serde(rename = "Commodity Title", default)]
    commodity: String,
}

/// Reads `skills_*.csv` and, where given, `broaderRelationsSkillPillar_*.csv` and
/// `skillSkillRelations_*.csv`.
///
/// # Errors
/// When a file is no such CSV or has no rows.
pub fn esco(
    taxonomy: &Taxonomy,
    skills: impl Read,
    broader: Option<impl Read>,
    related: Option<impl Read>,
) -> Result<Imported, ImportError> {
    let rows: Vec<EscoSkill> = rows(skills, b',', "the table of skills")?;
    let mut ids = Ids::new(taxonomy);
    let by_uri: HashMap<&str, &str> =
        taxonomy.iter().filter_map(|(_, s)| Some((s.esco.as_deref()?, s.id.as_str()))).collect();
    let id_of: HashMap<&str, String> = rows
        .iter()
        .map(|row| (row.uri.as_str(), ids.of(by_uri.get(row.uri.as_str()).copied(), &row.label)))
        .collect();
    let mut relations: HashMap<String, [Vec<&str>; 2]> = HashMap::new();
    let mut relate = |from: &str, to: &str, which: usize| {
        if let (Some(from), Some(to)) = (id_of.get(from), id_of.get(to))
            && from != to
        {
            relations.entry(from.clone()).or_default()[which].push(to);
        }
    };
    if let Some(file) = broader {
        let broader: Vec<EscoBroader> = self::rows(file, b',', "the table of broader concepts")?;
        broader.iter().for_each(|r| relate(&r.uri, &r.broader, 0));
    }
    if let Some(file) = related {
        let related: Vec<EscoRelated> = self::rows(file, b',', "the table of related skills")?;
        related.iter().for_each(|r| relate(&r.uri, &r.related, 1));
    }
    let mut table = Table::new(taxonomy);
    for row in &rows {
        let Some(id) = id_of.get(row.uri.as_str()) else { continue };
        let knowledge = row.kind.starts_with("knowledge");
        let kind = if knowledge { "knowledge" } else { "skill" };
        let mut forms = vec![(row.label.as_str(), knowledge)];
        let others = row.alternative.lines().chain(row.hidden.lines());
        forms.extend(others.map(str::trim).filter(|a| !a.is_empty()).map(|a| (a, false)));
        let mut notes = format!("esco:{}", row.uri.rsplit('/').next().unwrap_or_default());
        for (name, list) in ["broader", "related"].iter().zip(relations.get(id).into_iter().flatten()) {
            if !list.is_empty() {
                notes.push_str(&format!(";{name}:{}", list.join(",")));
            }
        }
        table.add(id, &row.label, kind, "esco", &forms, &notes);
    }
    Ok(table.done())
}

/// Reads O*NET's `Technology Skills.txt`.
///
/// # Errors
/// When the file is no such table or has no rows.
pub fn onet(taxonomy: &Taxonomy, technologies: impl Read) -> Result<Imported, ImportError> {
    let rows: Vec<OnetTechnology> = rows(technologies, b'\t', "the table of technologies")?;
    let names: BTreeMap<&str, &str> = rows.iter().map(|r| (r.name.as_str(), r.commodity.as_str())).collect();
    let mut ids = Ids::new(taxonomy);
    let mut table = Table::new(taxonomy);
    for (name, commodity) in names {
        let id = ids.of(None, name);
        table.add(&id, name, "tool", &slug(commodity), &[(name, false)], "");
    }
    Ok(table.done())
}

fn rows<T: for<'d> Deserialize<'d>>(
    file: impl Read,
    delimiter: u8,
    name: &'static str,
) -> Result<Vec<T>, ImportError> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).quoting(delimiter == b',').from_reader(file);
    let rows: Result<Vec<T>, csv::Error> = reader.deserialize().collect();
    let rows = rows.map_err(|source| ImportError::Csv { file: name, source })?;
    if rows.is_empty() { Err(ImportError::Empty(name)) } else { Ok(rows) }
}

/// Gives each name an id: the known concept's, or a new one.
struct Ids<'t> {
    taxonomy: &'t Taxonomy,
    taken: HashSet<String>,
}

impl<'t> Ids<'t> {
    fn new(taxonomy: &'t Taxonomy) -> Self {
        Self { taxonomy, taken: HashSet::new() }
    }

    fn of(&mut self, known: Option<&str>, label: &str) -> String {
        let known =
            known.or_else(|| self.taxonomy.resolve(label).map(|s| self.taxonomy.skill(s).id.as_str()));
        if let Some(id) = known.filter(|id| !self.taken.contains(*id)) {
            self.taken.insert(id.to_owned());
            return id.to_owned();
        }
        let base = slug(label);
        let mut id = base.clone();
        let mut number = 2;
        while id.is_empty() || self.taken.contains(&id) || self.taxonomy.by_id(&id).is_some() {
            id = format!("{base}-{number}");
            number += 1;
        }
        self.taken.insert(id.clone());
        id
    }
}

struct Table<'t> {
    taxonomy: &'t Taxonomy,
    imported: Imported,
}

impl<'t> Table<'t> {
    fn new(taxonomy: &'t Taxonomy) -> Self {
        Self { taxonomy, imported: Imported { table: format!("{HEADER}\n"), known: 0, new: 0 } }
    }

    /// Adds a row. Each form says whether it may be a single word; names that another concept has are left to it.
    fn add(&mut self, id: &str, label: &str, kind: &str, area: &str, forms: &[(&str, bool)], notes: &str) {
        let clean = |text: &str| text.replace(['\t', '|', '\n', '\r'], " ").trim().to_owned();
        let known = self.taxonomy.by_id(id).map(|s| self.taxonomy.skill(s));
        let mut cells: Vec<String> = Vec::new();
        for (form, one_word) in forms {
            let form = clean(form).trim_start_matches(['~', '=', '!']).to_owned();
            let free = self.taxonomy.resolve(&form).is_none();
            if free && form.chars().any(char::is_alphanumeric) {
                cells.push(if runs(&form, *one_word) { form } else { format!("!{form}") });
            }
        }
        let (label, kind) = match known {
            Some(skill) => {
                self.imported.known += 1;
                // The label stands here for reading only: as a form it is ours already.
                cells.push(format!("!{}", skill.label));
                (skill.label.clone(), skill.kind.name())
            }
            None => {
                self.imported.new += 1;
                (clean(label), kind)
            }
        };
        self.imported
            .table
            .push_str(&format!("{id}\t{label}\t{kind}\t{}\t{area}\t{notes}\n", cells.join("|")));
    }

    fn done(self) -> Imported {
        self.imported
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn esco_in_another_language_adds_names() {
        let taxonomy = Taxonomy::builtin();
        let uri = taxonomy.skill(taxonomy.by_id("project-management").unwrap()).esco.clone().unwrap();
        let skills = format!(
            "conceptUri,skillType,preferredLabel,altLabels\n{uri},knowledge,Projektlenkung,\"Lenken von Projekten\nProjektsteuerung\"\n\
             http://data.europa.eu/esco/skill/0-1,skill/competence,Fantasieren lernen,\n"
        );
        let related =
            format!("originalSkillUri,relatedSkillUri\nhttp://data.europa.eu/esco/skill/0-1,{uri}\n");
        let imported = esco(taxonomy, skills.as_bytes(), None::<&[u8]>, Some(related.as_bytes())).unwrap();
        assert_eq!((imported.known, imported.new), (1, 1));
        let larger = taxonomy.with_extra(&imported.table).unwrap();
        for (name, id) in [
            ("Projektlenkung", "project-management"),
            ("Fantasieren lernen", "fantasieren-lernen"),
            ("project management", "project-management"),
        ] {
            let skill = larger.resolve(name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(larger.skill(skill).id, id);
        }
        let fresh = larger.skill(larger.by_id("fantasieren-lernen").unwrap());
        assert_eq!(fresh.related, ["project-management"]);
    }

    #[test]
    fn onet_names_join_ours() {
        let taxonomy = Taxonomy::builtin();
        let file = "O*NET-SOC Code\tExample\tCommodity Code\tCommodity Title\n11-1011.00\tPython\t1\tDevelopment environment software\n\
                    11-1011.00\tQuux Planner 9\t1\tProject management software\n";
        let imported = onet(taxonomy, file.as_bytes()).unwrap();
        assert_eq!((imported.known, imported.new), (1, 1));
        assert!(taxonomy.with_extra(&imported.table).is_ok());
    }

    #[test]
    fn wrong_files_are_refused() {
        let taxonomy = Taxonomy::builtin();
        assert!(esco(taxonomy, &b"a,b\n1,2\n"[..], None::<&[u8]>, None::<&[u8]>).is_err());
        assert!(onet(taxonomy, &b"Example\n"[..]).is_err());
    }
}
