//! JSON Resume, schema 1.2 (<https://jsonresume.org/schema>).
//!
//! Real files are loose: fields are missing, dates are odd, skill levels are free words. What
//! cannot be read is noted and left out; only text that is no JSON is an error.

use super::super::{Certificate, Degree, Job, Month, Profile, ProfileError, ProfileSkill, SpokenLanguage};
use super::Imported;
use serde_json::Value;

/// Tells JSON Resume from rungs' own JSON by the fields that only it has.
pub(super) fn looks_like(text: &str) -> bool {
    let Ok(Value::Object(root)) = serde_json::from_str::<Value>(text) else { return false };
    let first = |list: &str| root.get(list).and_then(|l| l.get(0));
    root.contains_key("basics")
        || root.contains_key("education")
        || first("work").is_some_and(|job| job.get("position").is_some() || job.get("startDate").is_some())
        || first("skills").is_some_and(|skill| skill.get("keywords").is_some())
}

pub(super) fn read(text: &str) -> Result<Imported, ProfileError> {
    let root: Value = serde_json::from_str(text)
        .map_err(|e| ProfileError::Format { format: "JSON Resume", problem: e.to_string() })?;
    let mut reader = Reader { not_understood: Vec::new() };
    let basics = &root["basics"];
    let profile = Profile {
        name: string(basics, "name"),
        headline: string(basics, "label"),
        summary: string(basics, "summary"),
        work: reader.list(&root, "work", Reader::job),
        skills: reader.skills(&root),
        languages: reader.list(&root, "languages", |_, item, _| {
            let level = string(item, "fluency").map(|f| cefr(&f));
            Some(SpokenLanguage { name: string(item, "language")?, level })
        }),
        certificates: reader.list(&root, "certificates", |reader, item, place| {
            Some(Certificate {
                name: string(item, "name")?,
                issuer: string(item, "issuer"),
                date: reader.month(item, "date", place),
                ..Certificate::default()
            })
        }),
        degrees: reader.list(&root, "education", |reader, item, place| {
            Some(Degree {
                name: string(item, "studyType").or_else(|| string(item, "area"))?,
                field: string(item, "area"),
                institution: string(item, "institution"),
                end: reader.month(item, "endDate", place),
            })
        }),
        ..Profile::default()
    };
    let beside = reader.beside(&root);
    Ok(Imported { beside, ..Imported::of(profile, "JSON Resume", reader.not_understood) })
}

/// Parts that are read into the profile.
const READ: &[&str] =
    &["basics", "work", "skills", "languages", "certificates", "education", "$schema", "meta"];
/// Parts that are read for the skills they show.
const BESIDE: &[&str] = &["projects", "volunteer", "publications"];

struct Reader {
    not_understood: Vec<String>,
}

impl Reader {
    /// The words of the parts that show skills; every other part with something in it is named.
    fn beside(&mut self, root: &Value) -> Vec<String> {
        let mut out = Vec::new();
        for (name, part) in root.as_object().into_iter().flatten() {
            if is_empty(part) || READ.contains(&name.as_str()) {
                continue;
            }
            if BESIDE.contains(&name.as_str()) {
                words(part, 0, &mut out);
            } else {
                let entries = part.as_array().map_or(1, Vec::len);
                self.not_understood
                    .push(format!("{name} ({entries}): not read, a profile has no place for it"));
            }
        }
        out
    }

    /// Every item of the list `name` that `read` understands; others are noted.
    fn list<T>(
        &mut self,
        root: &Value,
        name: &str,
        read: impl Fn(&mut Self, &Value, &str) -> Option<T>,
    ) -> Vec<T> {
        let Some(items) = root.get(name).and_then(Value::as_array) else { return Vec::new() };
        let mut out = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let place = format!("{name}[{i}]");
            match read(self, item, &place) {
                Some(value) => out.push(value),
                None => self.not_understood.push(format!("{place}: it has no name")),
            }
        }
        out
    }

    fn job(&mut self, item: &Value, place: &str) -> Option<Job> {
        Some(Job {
            title: string(item, "position").or_else(|| string(item, "title"))?,
            company: string(item, "name").or_else(|| string(item, "company")),
            start: self.month(item, "startDate", place),
            end: self.month(item, "endDate", place),
            summary: string(item, "summary").or_else(|| string(item, "description")),
            highlights: strings(item, "highlights"),
        })
    }

    /// A skill's name is often a heading ("Web development") and the skills are its keywords; both
    /// are kept. The heading's level holds for its keywords.
    fn skills(&mut self, root: &Value) -> Vec<ProfileSkill> {
        let mut out: Vec<ProfileSkill> = Vec::new();
        let Some(items) = root.get("skills").and_then(Value::as_array) else { return out };
        for (i, item) in items.iter().enumerate() {
            let depth = string(item, "level").and_then(|word| {
                let depth = depth_of(&word);
                if depth.is_none() {
                    self.not_understood.push(format!("skills[{i}].level: `{word}`"));
                }
                depth
            });
            let names = string(item, "name").or_else(|| item.as_str().map(str::to_owned));
            for name in names.into_iter().chain(strings(item, "keywords")) {
                if !out.iter().any(|skill| skill.name == name) {
                    out.push(ProfileSkill { name, depth, ..ProfileSkill::default() });
                }
            }
        }
        out
    }

    fn month(&mut self, item: &Value, field: &str, place: &str) -> Option<Month> {
        let text = string(item, field)?;
        let month = Month::parse(&text);
        if month.is_none() && !text.eq_ignore_ascii_case("present") {
            self.not_understood.push(format!("{place}.{field}: `{text}` is no date"));
        }
        month
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(fields) => fields.values().all(is_empty),
        _ => false,
    }
}

/// Every text below `value` but addresses and dates, a sentence each.
fn words(value: &Value, depth: u8, out: &mut Vec<String>) {
    match value {
        Value::String(text) if !text.contains("://") && text.chars().any(char::is_alphabetic) => {
            out.push(text.trim().to_owned());
        }
        Value::Array(items) if depth < 4 => items.iter().for_each(|item| words(item, depth + 1, out)),
        Value::Object(fields) if depth < 4 => fields.values().for_each(|field| words(field, depth + 1, out)),
        _ => {}
    }
}

fn string(item: &Value, field: &str) -> Option<String> {
    item.get(field)?.as_str().map(|s| s.trim().to_owned()).filter(|s| !s.is_empty())
}

fn strings(item: &Value, field: &str) -> Vec<String> {
    let list = item.get(field).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|v| v.as_str().map(|s| s.trim().to_owned())).filter(|s| !s.is_empty()).collect()
}

/// The usual words for how well one can do something; others are not guessed.
pub(super) fn depth_of(word: &str) -> Option<u8> {
    match word.trim().to_lowercase().as_str() {
        "beginner" | "basic" | "novice" | "awareness" | "familiar" => Some(1),
        "intermediate" | "working" | "competent" => Some(2),
        "advanced" | "proficient" | "practitioner" | "senior" => Some(3),
        "expert" | "master" => Some(4),
        _ => None,
    }
}

/// What says that a language was learnt first.
const NATIVE: &[&str] =
    &["native", "mother", "bilingual", "muttersprach", "maternelle", "materna", "moedertaal", "modersmål"];

/// A CEFR level where the words name or mean one, else the words.
pub(super) fn cefr(words: &str) -> String {
    let lower = words.to_lowercase();
    let named = lower
        .split(|c: char| !c.is_alphanumeric())
        .find(|w| matches!(*w, "a1" | "a2" | "b1" | "b2" | "c1" | "c2"))
        .map(str::to_owned);
    named.unwrap_or_else(|| match lower.trim() {
        l if NATIVE.iter().any(|word| l.contains(word)) => "native".into(),
        "fluent" | "full professional" | "full professional proficiency" => "c1".into(),
        "professional working" | "professional working proficiency" => "b2".into(),
        "limited working" | "limited working proficiency" | "intermediate" => "b1".into(),
        "elementary" | "elementary proficiency" | "beginner" | "basic" => "a2".into(),
        _ => lower,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESUME: &str = r#"{
        "basics": {"name": "A. Person", "label": "Backend engineer"},
        "work": [
            {"name": "Example Ltd", "position": "Software engineer", "startDate": "2019-03", "endDate": "",
             "highlights": ["Ran the payment service"]},
            {"name": "No title Ltd", "startDate": "Spring 2018"}
        ],
        "skills": [{"name": "Web development", "level": "Wizard", "keywords": ["HTML", "CSS"]},
                   {"name": "Kubernetes", "level": "Intermediate"}],
        "languages": [{"language": "English", "fluency": "Native speaker"}, {"language": "French", "fluency": "Fluent (C1)"}],
        "education": [{"institution": "Example University", "area": "Informatics", "studyType": "Bachelor", "endDate": "2018-06-30"}],
        "certificates": [{"name": "CKA", "date": "2021-11-07"}],
        "projects": [{"name": "Timetable", "description": "A planner in Rust", "url": "https://x.example/"}],
        "interests": [{"name": "Sailing"}], "awards": [], "references": []
    }"#;

    #[test]
    fn reads_the_known_and_notes_the_rest() {
        assert!(looks_like(RESUME));
        let read = read(RESUME).unwrap();
        let profile = &read.profile;
        assert_eq!(profile.work.len(), 1);
        assert_eq!(profile.work[0].end, None);
        let names: Vec<&str> = profile.skills.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["Web development", "HTML", "CSS", "Kubernetes"]);
        assert_eq!(profile.skills[3].depth, Some(2));
        let levels: Vec<_> = profile.languages.iter().filter_map(|l| l.level.as_deref()).collect();
        assert_eq!(levels, ["native", "c1"]);
        assert_eq!(profile.degrees[0].end.map(|m| m.to_string()).as_deref(), Some("2018-06"));
        assert_eq!(
            read.not_understood,
            [
                "work[1]: it has no name",
                "skills[0].level: `Wizard`",
                "interests (1): not read, a profile has no place for it"
            ]
        );
        assert_eq!(read.beside, ["A planner in Rust", "Timetable"]);
    }

    #[test]
    fn any_json_is_read_without_harm() {
        for text in ["{}", r#"{"basics": 3, "work": {"a": 1}, "skills": [1, null, {"keywords": [2]}]}"#] {
            let read = read(text).unwrap();
            assert!(read.profile.work.is_empty());
        }
        assert!(read("{").is_err());
    }
}
