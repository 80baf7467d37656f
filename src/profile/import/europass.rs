//! Europass CVs, old (`SkillsPassport`) and new (`Candidate`, HR Open), as XML or JSON.
//!
//! Both forms of both generations become one tree of names and texts, which is then asked for the
//! names that each generation uses.

use super::super::{Certificate, Degree, Job, Month, Profile, ProfileError, ProfileSkill, SpokenLanguage};
use super::Imported;
use super::json_resume::cefr;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use serde_json::Value;

pub(super) const FORMAT: &str = "Europass";

/// Deepest nesting that is read: real CVs have about a dozen.
const MAX_DEPTH: usize = 64;

/// An element, or a field of JSON.
#[derive(Debug, Default)]
struct Node {
    name: String,
    text: String,
    children: Vec<Node>,
}

impl Node {
    fn all<'n>(&'n self, name: &str, out: &mut Vec<&'n Node>) {
        for child in &self.children {
            if child.name.eq_ignore_ascii_case(name) {
                out.push(child);
            } else {
                child.all(name, out);
            }
        }
    }

    /// Every descendant of this name, outermost ones only.
    fn every(&self, name: &str) -> Vec<&Node> {
        let mut out = Vec::new();
        self.all(name, &mut out);
        out
    }

    /// The text of the first descendant along `path`, markup taken out.
    fn find(&self, path: &[&str]) -> Option<String> {
        let mut node = self;
        for name in path {
            node = node.every(name).into_iter().next()?;
        }
        let text = if node.text.trim().is_empty() { node.find(&["Label"])? } else { node.text.clone() };
        let document = crate::text::Document::new(&text, crate::posting::Markup::Html);
        Some(document.visible().trim().to_owned()).filter(|t| !t.is_empty())
    }

    fn first(&self, paths: &[&[&str]]) -> Option<String> {
        paths.iter().find_map(|path| self.find(path))
    }
}

pub(super) fn looks_like_json(text: &str) -> bool {
    text.contains("\"SkillsPassport\"")
        || text.contains("\"LearnerInfo\"")
        || text.contains("\"CandidateProfile\"")
}

pub(super) fn looks_like_xml(text: &str) -> bool {
    text.trim_start().starts_with('<')
        && (text.contains("SkillsPassport") || text.contains("LearnerInfo") || text.contains("Candidate"))
}

pub(super) fn read_json(text: &str) -> Result<Imported, ProfileError> {
    let value: Value = serde_json::from_str(text)
        .map_err(|e| ProfileError::Format { format: FORMAT, problem: e.to_string() })?;
    let mut root = Node::default();
    add_json(&mut root, "", &value, 0);
    read(&root)
}

fn add_json(parent: &mut Node, name: &str, value: &Value, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    if let Value::Array(items) = value {
        items.iter().for_each(|item| add_json(parent, name, item, depth + 1));
        return;
    }
    let mut node = Node { name: name.to_owned(), ..Node::default() };
    match value {
        Value::String(text) => node.text = text.clone(),
        Value::Number(number) => node.text = number.to_string(),
        Value::Bool(flag) => node.text = flag.to_string(),
        Value::Object(fields) => fields.iter().for_each(|(k, v)| add_json(&mut node, k, v, depth + 1)),
        _ => {}
    }
    parent.children.push(node);
}

pub(super) fn read_xml(text: &str) -> Result<Imported, ProfileError> {
    let problem = |problem: String| ProfileError::Format { format: FORMAT, problem };
    let mut reader = Reader::from_str(text);
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().map_err(|e| problem(e.to_string()))? {
            Event::Start(tag) => {
                if open.len() > MAX_DEPTH {
                    return Err(problem("it is nested more than 64 deep".into()));
                }
                open.push(element(&tag));
            }
            Event::Empty(tag) => {
                let node = element(&tag);
                open.last_mut().ok_or_else(|| problem("no root".into()))?.children.push(node);
            }
            Event::End(_) => {
                let node = open.pop().ok_or_else(|| problem("an end without a start".into()))?;
                open.last_mut().ok_or_else(|| problem("an end without a start".into()))?.children.push(node);
            }
            Event::Text(words) => {
                let words = words.xml10_content();
                open.last_mut().ok_or_else(|| problem("no root".into()))?.text.push_str(&words);
            }
            Event::CData(words) => {
                let words = words.xml10_content();
                open.last_mut().ok_or_else(|| problem("no root".into()))?.text.push_str(&words);
            }
            Event::GeneralRef(name) => {
                let words = entity(&name);
                open.last_mut().ok_or_else(|| problem("no root".into()))?.text.push_str(&words);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let mut open = open.into_iter();
    let mut root = open.next().unwrap_or_default();
    root.children.extend(open);
    read(&root)
}

/// The five entities of XML and numbers; others are left out, never expanded.
pub(super) fn entity(name: &BytesRef<'_>) -> String {
    if let Ok(Some(c)) = name.resolve_char_ref() {
        return c.to_string();
    }
    match name.as_ref() {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
    .to_owned()
}

/// An element with its attributes as children.
fn element(tag: &BytesStart<'_>) -> Node {
    let mut node = Node { name: tag.local_name().as_ref().to_owned(), ..Node::default() };
    for attribute in tag.attributes().flatten() {
        node.children.push(Node {
            name: attribute.key.local_name().as_ref().to_owned(),
            text: attribute.value.clone().into_owned(),
            children: Vec::new(),
        });
    }
    node
}

fn read(root: &Node) -> Result<Imported, ProfileError> {
    let mut notes = Vec::new();
    let mut profile = Profile {
        name: name(root),
        headline: root.first(&[&["Headline", "Description"], &["ExecutiveSummary"]]),
        ..Profile::default()
    };
    let jobs = root.every("WorkExperience").into_iter().filter(|n| n.find(&["Position"]).is_some());
    for job in jobs.chain(root.every("PositionHistory")) {
        match job.first(&[&["Position", "Label"], &["Position"], &["PositionTitle"]]) {
            None => notes.push("a position without a title".to_owned()),
            Some(title) => profile.work.push(Job {
                title,
                company: job.first(&[&["Employer", "Name"], &["OrganizationName"]]),
                start: month(job, &["From", "StartDate"]),
                end: month(job, &["To", "EndDate"]),
                summary: job.first(&[&["Activities"], &["Description"]]),
                highlights: Vec::new(),
            }),
        }
    }
    for degree in root.every("Education").into_iter().chain(root.every("EducationOrganizationAttendance")) {
        let name = degree.first(&[&["Title"], &["DegreeName"], &["DegreeType", "Name"], &["ProgramName"]]);
        if let Some(name) = name {
            profile.degrees.push(Degree {
                name,
                field: degree.first(&[&["Field"], &["MajorProgramName"]]),
                institution: degree.first(&[&["Organisation", "Name"], &["OrganizationName"]]),
                end: month(degree, &["To", "EndDate"]),
            });
        }
    }
    profile.languages = languages(root);
    for certificate in root.every("Certification").into_iter().chain(root.every("License")) {
        if let Some(name) =
            certificate.first(&[&["CertificationName"], &["LicenseName"], &["Name"], &["Title"]])
        {
            profile.certificates.push(Certificate {
                name,
                issuer: None,
                date: month(certificate, &["Date"]),
                ..Certificate::default()
            });
        }
    }
    profile.skills = skills(root);
    if profile == Profile::default() {
        return Err(ProfileError::Format {
            format: FORMAT,
            problem: "it holds neither work, education, languages nor skills".into(),
        });
    }
    Ok(Imported::of(profile, FORMAT, notes))
}

fn name(root: &Node) -> Option<String> {
    let parts = [
        root.first(&[&["PersonName", "FirstName"], &["PersonName", "GivenName"]]),
        root.first(&[&["PersonName", "Surname"], &["PersonName", "FamilyName"]]),
    ];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" ")).filter(|n| !n.is_empty())
}

fn languages(root: &Node) -> Vec<SpokenLanguage> {
    let mut out = Vec::new();
    for node in root.every("MotherTongue") {
        if let Some(name) = node.first(&[&["Description", "Label"], &["Description"]]) {
            out.push(SpokenLanguage { name, level: Some("native".into()) });
        }
    }
    for node in root.every("ForeignLanguage") {
        if let Some(name) = node.first(&[&["Description", "Label"], &["Description"]]) {
            let level =
                node.first(&[&["ProficiencyLevel", "SpokenInteraction"], &["ProficiencyLevel", "Listening"]]);
            out.push(SpokenLanguage { name, level: level.map(|l| cefr(&l)) });
        }
    }
    for node in root.every("PersonCompetency").into_iter().filter(|n| is_language(n)) {
        if let Some(name) = node.first(&[&["CompetencyName"], &["CompetencyID"]]) {
            out.push(SpokenLanguage { name, level: node.find(&["ScoreText"]).map(|l| cefr(&l)) });
        }
    }
    out
}

fn is_language(competency: &Node) -> bool {
    competency.find(&["TaxonomyID"]).is_some_and(|t| t.to_lowercase().contains("language"))
}

/// Named competencies, and the free descriptions of the old form split at commas, semicolons and
/// lines; a long piece is a sentence, not a skill.
fn skills(root: &Node) -> Vec<ProfileSkill> {
    let mut names: Vec<String> = Vec::new();
    for node in root.every("PersonCompetency").into_iter().filter(|n| !is_language(n)) {
        names.extend(node.first(&[&["CompetencyName"], &["CompetencyID"]]));
    }
    for heading in ["Communication", "Organisational", "JobRelated", "Computer", "Other"] {
        for node in root.every("Skills").iter().flat_map(|s| s.every(heading)) {
            let text = node.find(&["Description"]).unwrap_or_default();
            names.extend(super::text::split_list(&text));
        }
    }
    names.dedup();
    names.into_iter().map(|name| ProfileSkill { name, ..ProfileSkill::default() }).collect()
}

/// A date: text, or year and month apart (`month="--08"` in the old XML).
fn month(node: &Node, names: &[&str]) -> Option<Month> {
    let date = names.iter().find_map(|name| node.every(name).into_iter().next())?;
    let number = |name: &str| {
        let digits: String = date.find(&[name])?.chars().filter(char::is_ascii_digit).collect();
        digits.parse::<i16>().ok()
    };
    if let Some(year) = number("year") {
        return Month::new(year, number("month").and_then(|m| u8::try_from(m).ok()));
    }
    let text = date.find(&["FormattedDateTime"]).unwrap_or_else(|| date.text.clone());
    Month::parse_words(&text)
}
