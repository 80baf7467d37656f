//! Joins the tables into one list of concepts: hand-made ones first, then the codes and names of
//! ESCO, O*NET and the package registries.
//!
//! A registry's concept joins ours when its label is one of our forms, when the ids made from
//! the labels are equal, or when `merge.tsv` says so; else it becomes a concept of its own.

use super::names::{code, key, runs, slug};
use super::{Concept, Form, Rank, kind, variants};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::collections::BTreeMap;

/// Everything that is joined.
#[derive(Debug, Default)]
pub(crate) struct Tables<'t> {
    /// Concepts written by hand, ids unique.
    pub(crate) concepts: Vec<Concept>,
    /// UUID, type (`K` knowledge, `S` skill), label, alternative labels.
    pub(crate) esco: Vec<[&'t str; 4]>,
    /// Names of technologies.
    pub(crate) onet: Vec<&'t str>,
    /// Name, sources, kinds, aliases.
    pub(crate) technologies: Vec<[&'t str; 4]>,
    /// ESCO UUID or O*NET name to our id; `-` leaves it out.
    pub(crate) exceptions: HashMap<&'t str, &'t str>,
    /// Words that are no skill by themselves.
    pub(crate) blocked: Vec<&'t str>,
}

/// Concepts in the order of their ids, and forms that block shorter ones.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    pub(crate) concepts: Vec<Concept>,
    pub(crate) blockers: Vec<Form>,
}

pub(crate) fn merge(tables: Tables<'_>) -> Merged {
    let mut work = Work::new(tables.concepts, &tables.blocked, tables.exceptions);
    for row in &tables.esco {
        work.esco(row);
    }
    for name in &tables.onet {
        work.onet(name);
    }
    for row in &tables.technologies {
        work.technology(row);
    }
    let mut concepts = work.concepts;
    let known = concepts.len();
    variants::extend(&mut concepts[work.hand.min(known)..]);
    for concept in &mut concepts {
        concept.forms.retain(|f| f.rank == Rank::Hand || !work.blocked.contains(&key(&f.text).0));
    }
    concepts.sort_by(|a, b| a.id.cmp(&b.id));
    let blockers = tables
        .blocked
        .iter()
        .filter(|f| key(f).1 > 1)
        .map(|f| {
            let text = f.trim_start_matches('=');
            Form {
                text: text.to_owned(),
                exact: text.len() < f.len(),
                ambiguous: false,
                running: true,
                rank: Rank::Block,
            }
        })
        .collect();
    Merged { concepts, blockers }
}

struct Work<'t> {
    concepts: Vec<Concept>,
    /// How many of them were written by hand.
    hand: usize,
    by_id: BTreeMap<String, usize>,
    codes: HashSet<u32>,
    by_form: HashMap<u64, usize>,
    exceptions: HashMap<&'t str, &'t str>,
    blocked: HashSet<u64>,
}

impl<'t> Work<'t> {
    fn new(mut concepts: Vec<Concept>, blocked: &[&str], exceptions: HashMap<&'t str, &'t str>) -> Self {
        variants::extend(&mut concepts);
        let by_id = concepts.iter().enumerate().map(|(i, c)| (c.id.clone(), i)).collect();
        let mut by_form = HashMap::default();
        // Labels first, then what is written by hand, then what is generated.
        for (i, concept) in concepts.iter().enumerate() {
            by_form.entry(key(&concept.label).0).or_insert(i);
        }
        for rank in [Rank::Hand, Rank::HandVariant] {
            for (i, concept) in concepts.iter().enumerate() {
                for form in concept.forms.iter().filter(|f| f.rank == rank && f.running) {
                    by_form.entry(key(&form.text).0).or_insert(i);
                }
            }
        }
        let blocked = blocked.iter().map(|f| key(f.trim_start_matches('=')).0).collect();
        let codes = concepts.iter().map(|c| code(&c.id)).collect();
        Self { hand: concepts.len(), concepts, by_id, codes, by_form, exceptions, blocked }
    }

    /// Our concept for a name, when there is one.
    fn known(&self, name: &str) -> Option<usize> {
        self.by_form.get(&key(name).0).copied()
    }

    fn esco(&mut self, [uuid, kind_mark, label, alternatives]: &[&str; 4]) {
        let bare = label.split(" (").next().unwrap_or(label);
        let joined = match self.exceptions.get(uuid) {
            Some(&"-") => return,
            Some(id) => self.by_id.get(*id).copied(),
            None => self
                .known(label)
                .or_else(|| self.by_id.get(&slug(label)).copied())
                .or_else(|| (bare.len() < label.len()).then(|| self.known(bare)).flatten())
                .filter(|&i| i < self.hand && (self.concepts[i].esco.is_empty() || self.labelled(i, bare))),
        };
        let at = joined.unwrap_or_else(|| {
            let kind = kind(if *kind_mark == "K" { "knowledge" } else { "skill" }).unwrap_or_default();
            self.add(label, kind, "esco", &uuid[..uuid.len().min(4)])
        });
        let known_before = !self.concepts[at].esco.is_empty() && !self.labelled(at, bare);
        if !known_before {
            self.concepts[at].esco = (*uuid).to_owned();
        }
        let knowledge = *kind_mark == "K";
        self.form(at, label, Rank::EscoLabel, runs(label, knowledge));
        for alternative in alternatives.split('|').filter(|a| !a.is_empty()) {
            self.form(at, alternative, Rank::EscoAlternative, runs(alternative, false));
        }
    }

    fn labelled(&self, at: usize, name: &str) -> bool {
        key(&self.concepts[at].label).0 == key(name).0
    }

    fn onet(&mut self, name: &str) {
        let short = short_product(name);
        let joined = match self.exceptions.get(name) {
            Some(&"-") => return,
            Some(id) => self.by_id.get(*id).copied(),
            None => self.known(name).or_else(|| short.iter().find_map(|s| self.known(s))),
        };
        let at =
            joined.unwrap_or_else(|| self.add(name, kind("tool").unwrap_or_default(), "software", "onet"));
        if self.concepts[at].onet.is_empty() || self.labelled(at, name) {
            name.clone_into(&mut self.concepts[at].onet);
        }
        let running = key(name).1 > 1 && !name.contains(',') && !generic_software(name);
        self.form(at, name, Rank::Onet, running || telling_shape(name));
    }

    fn technology(&mut self, [name, sources, _, aliases]: &[&str; 4]) {
        let aliases = aliases.split('|').filter(|a| !a.is_empty());
        let joined = self.known(name).or_else(|| {
            aliases
                .clone()
                .filter(|a| a.len() > 4)
                .find_map(|a| self.known(a))
                .filter(|_| !sources.contains("linguist"))
        });
        let at = match joined {
            Some(at) => at,
            None if sources.contains("linguist") => {
                self.add(name, kind("technology").unwrap_or_default(), "programming-language", "language")
            }
            None => return,
        };
        self.form(at, name, Rank::Registry, false);
        for alias in aliases {
            self.form(at, alias, Rank::Registry, false);
        }
    }

    /// A new concept; `mark` tells its id from an equal one.
    fn add(&mut self, label: &str, kind: u8, area: &str, mark: &str) -> usize {
        let mut id = slug(label);
        while id.is_empty() || self.by_id.contains_key(&id) || self.codes.contains(&code(&id)) {
            id = format!("{id}-{mark}");
        }
        self.codes.insert(code(&id));
        let at = self.concepts.len();
        self.by_id.insert(id.clone(), at);
        self.concepts.push(Concept::new(&id, label, kind, area));
        at
    }

    /// Adds a form unless another concept has it already.
    fn form(&mut self, at: usize, text: &str, rank: Rank, running: bool) {
        let (key, tokens) = key(text);
        if tokens == 0 {
            return;
        }
        let owner = *self.by_form.entry(key).or_insert(at);
        if owner == at && !self.concepts[at].forms.iter().any(|f| f.text.eq_ignore_ascii_case(text)) {
            self.concepts[at].forms.push(Form {
                text: text.to_owned(),
                exact: false,
                ambiguous: false,
                running,
                rank,
            });
        }
    }
}

/// Endings of O*NET's names that people leave out.
const PRODUCT_ENDINGS: [&str; 9] = [
    " software",
    " system",
    " systems",
    " suite",
    " platform",
    " application",
    " tool",
    " tools",
    " language",
];

/// Makers that people leave out.
const MAKERS: [&str; 22] = [
    "Microsoft ",
    "Adobe ",
    "Oracle ",
    "IBM ",
    "Apache ",
    "Atlassian ",
    "Autodesk ",
    "Google ",
    "Intuit ",
    "SAP ",
    "Apple ",
    "Amazon ",
    "Dassault Systemes ",
    "Bentley ",
    "Salesforce ",
    "VMware ",
    "Cisco ",
    "Trimble ",
    "Blackboard ",
    "Red Hat ",
    "Sage ",
    "Progress ",
];

/// The names that people use for an O*NET product, likeliest first.
fn short_product(name: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut bare = name;
    while let Some(shorter) = PRODUCT_ENDINGS.iter().find_map(|e| bare.strip_suffix(e)) {
        bare = shorter;
        found.push(bare);
    }
    // "Amazon Web Services AWS": the abbreviation follows the name.
    if let Some((long, last)) = bare.rsplit_once(' ')
        && last.len() > 1
        && last.chars().all(|c| c.is_uppercase() || c.is_ascii_digit())
    {
        let initials: String = long.split([' ', '-']).filter_map(|w| w.chars().next()).collect();
        if initials.to_uppercase().contains(last) || last.chars().all(|c| initials.to_uppercase().contains(c))
        {
            found.push(long);
            found.push(last);
        }
    }
    if let Some(product) = MAKERS.iter().find_map(|m| bare.strip_prefix(m))
        && product.chars().count() > 3
        && product.chars().next().is_some_and(char::is_uppercase)
    {
        found.push(product);
    }
    found
}

/// "Email software" and the like: what follows the first word is lower case throughout.
fn generic_software(name: &str) -> bool {
    name.split(' ').skip(1).all(|w| w.chars().all(|c| !c.is_uppercase() && !c.is_ascii_digit()))
        && name.split(' ').next().is_some_and(|w| w.chars().skip(1).all(char::is_lowercase))
        && !PRODUCT_ENDINGS.iter().any(|e| name.ends_with(e) && name.len() > e.len() + 12)
}

/// A single word that no ordinary word looks like: `AutoCAD`, `MATLAB`, `ArcGIS`.
fn telling_shape(name: &str) -> bool {
    !name.contains(' ')
        && name.chars().count() >= 5
        && name.chars().skip(1).any(char::is_uppercase)
        && name.chars().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_lose_their_makers() {
        for (name, short) in [
            ("Amazon Web Services AWS software", "AWS"),
            ("Microsoft Excel", "Excel"),
            ("Atlassian JIRA", "JIRA"),
            ("Structured query language SQL", "SQL"),
        ] {
            assert!(short_product(name).contains(&short), "{name}: {:?}", short_product(name));
        }
    }

    #[test]
    fn esco_joins_ours_and_keeps_its_code() {
        let mut ours = Concept::new("project-management", "project management", 3, "management");
        ours.forms.push(Form {
            text: "project management".into(),
            exact: false,
            ambiguous: false,
            running: true,
            rank: Rank::Hand,
        });
        let tables = Tables {
            concepts: vec![ours],
            esco: vec![
                ["u-1", "S", "project management", "manage projects well"],
                ["u-2", "K", "carpentry", ""],
            ],
            blocked: vec!["Series C"],
            ..Tables::default()
        };
        let merged = merge(tables);
        assert_eq!(merged.concepts.len(), 2);
        assert_eq!((merged.concepts[0].id.as_str(), merged.concepts[0].esco.as_str()), ("carpentry", "u-2"));
        assert_eq!(merged.concepts[1].esco, "u-1");
        assert!(merged.concepts[1].forms.iter().any(|f| f.text == "manage projects well"));
        assert_eq!(merged.blockers.len(), 1);
    }
}
