//! RenderCV's YAML (<https://rendercv.com>): `cv.sections`, where the kind of an entry is told by
//! its fields and not by the name of its section.
//!
//! Reads the part of YAML that RenderCV documents use: block maps and lists, quoted and plain
//! scalars, folded and literal blocks, flow lists. Anchors, tags and several documents are not
//! needed and not read, so that no file can make the reader expand anything.

use super::super::{Degree, Job, Month, Profile, ProfileError, ProfileSkill};
use super::Imported;
use super::text::split_list;

pub(super) const FORMAT: &str = "RenderCV";

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 32;

#[derive(Clone, Debug, PartialEq)]
enum Yaml {
    Text(String),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    fn get(&self, name: &str) -> Option<&Yaml> {
        match self {
            Self::Map(fields) => fields.iter().find(|(k, _)| k == name).map(|(_, v)| v),
            _ => None,
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        match self.get(name)? {
            Self::Text(text) if !text.is_empty() && text != "null" => Some(text.clone()),
            _ => None,
        }
    }

    fn texts(&self, name: &str) -> Vec<String> {
        match self.get(name) {
            Some(Self::List(items)) => items.iter().filter_map(Self::as_text).collect(),
            _ => Vec::new(),
        }
    }

    fn as_text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

pub(super) fn looks_like(text: &str) -> bool {
    text.lines().any(|line| line.trim_end() == "cv:") && text.lines().any(|l| l.trim() == "sections:")
}

pub(super) fn read(text: &str) -> Result<Imported, ProfileError> {
    let problem = |problem: String| ProfileError::Format { format: FORMAT, problem };
    let mut lines = Lines::new(text);
    let root = lines.node(0, 0).map_err(problem)?;
    let cv = root.get("cv").ok_or_else(|| problem("there is no `cv:`".into()))?;
    let mut notes = Vec::new();
    let mut profile = Profile {
        name: cv.text("name"),
        headline: cv.text("headline").or_else(|| cv.text("label")),
        ..Profile::default()
    };
    let Some(Yaml::Map(sections)) = cv.get("sections") else {
        return Err(problem("`cv.sections` is no map".into()));
    };
    for (section, entries) in sections {
        let Yaml::List(entries) = entries else { continue };
        for entry in entries {
            if !add(&mut profile, section, entry) {
                notes.push(format!("an entry of `{section}`"));
            }
        }
    }
    Ok(Imported::of(profile, FORMAT, notes))
}

/// Adds an entry by the fields it has; whether it was understood.
fn add(profile: &mut Profile, section: &str, entry: &Yaml) -> bool {
    let month = |field: &str| entry.text(field).and_then(|text| Month::parse_words(&text));
    let end = || month("end_date").or_else(|| month("date"));
    if let Some(title) = entry.text("position") {
        profile.work.push(Job {
            title,
            company: entry.text("company"),
            start: month("start_date"),
            end: end(),
            summary: entry.text("summary"),
            highlights: entry.texts("highlights"),
        });
    } else if let Some(institution) = entry.text("institution") {
        let area = entry.text("area");
        profile.degrees.push(Degree {
            name: entry.text("degree").or_else(|| area.clone()).unwrap_or_else(|| institution.clone()),
            field: area,
            institution: Some(institution),
            end: end(),
        });
    } else if let Some(details) = entry.text("details") {
        let lower = format!("{section} {}", entry.text("label").unwrap_or_default()).to_lowercase();
        if lower.contains("language") && !lower.contains("programming") {
            profile.languages.extend(split_list(&details).iter().map(|l| super::text::language(l)));
        } else {
            let names = split_list(&details).into_iter();
            profile.skills.extend(names.map(|name| ProfileSkill { name, ..ProfileSkill::default() }));
        }
    } else if let Yaml::Text(line) = entry {
        let summary = profile.summary.get_or_insert_default();
        if !summary.is_empty() {
            summary.push('\n');
        }
        summary.push_str(line);
    } else {
        return false;
    }
    true
}

/// Lines that count, with their indent.
struct Lines<'t> {
    list: Vec<(usize, &'t str, usize)>,
    all: Vec<&'t str>,
    at: usize,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let all: Vec<&str> = text.lines().collect();
        let list = all
            .iter()
            .enumerate()
            .filter(|(_, l)| !l.trim().is_empty() && !l.trim_start().starts_with('#') && l.trim() != "---")
            .map(|(number, l)| (l.len() - l.trim_start_matches(' ').len(), l.trim(), number))
            .collect();
        Self { list, all, at: 0 }
    }

    fn peek(&self) -> Option<(usize, &'t str)> {
        self.list.get(self.at).map(|(indent, line, _)| (*indent, *line))
    }

    /// The node whose lines are indented by at least `indent`.
    fn node(&mut self, indent: usize, depth: usize) -> Result<Yaml, String> {
        if depth > MAX_DEPTH {
            return Err("it is nested more than 32 deep".into());
        }
        match self.peek() {
            Some((found, line)) if found >= indent => {
                if line == "-" || line.starts_with("- ") {
                    self.items(found, depth)
                } else {
                    self.fields(found, depth)
                }
            }
            _ => Ok(Yaml::Text(String::new())),
        }
    }

    fn items(&mut self, indent: usize, depth: usize) -> Result<Yaml, String> {
        let mut items = Vec::new();
        while let Some((found, line)) = self.peek() {
            if found != indent || !(line == "-" || line.starts_with("- ")) {
                break;
            }
            let rest = line[1..].trim_start();
            let shift = line.len() - rest.len();
            if rest.is_empty() {
                self.at += 1;
                items.push(self.node(indent + 1, depth + 1)?);
            } else if field(rest).is_some() {
                // The first field of a map stands behind the dash: read it as a line of its own.
                let (_, _, number) = self.list[self.at];
                self.list[self.at] = (indent + shift, rest, number);
                items.push(self.fields(indent + shift, depth + 1)?);
            } else {
                self.at += 1;
                items.push(self.scalar(rest, indent));
            }
        }
        Ok(Yaml::List(items))
    }

    fn fields(&mut self, indent: usize, depth: usize) -> Result<Yaml, String> {
        let mut fields = Vec::new();
        while let Some((found, line)) = self.peek() {
            if found != indent {
                break;
            }
            let Some((name, rest)) = field(line) else {
                return Err(format!(
                    "line {}: `{line}` is neither a field nor an item",
                    self.list[self.at].2 + 1
                ));
            };
            self.at += 1;
            let value = if rest.is_empty() {
                // Items may stand at the indent of their field.
                let same = self.peek().is_some_and(|(i, l)| i == indent && (l == "-" || l.starts_with("- ")));
                self.node(if same { indent } else { indent + 1 }, depth + 1)?
            } else {
                self.scalar(rest, indent)
            };
            fields.push((name.to_owned(), value));
        }
        Ok(Yaml::Map(fields))
    }

    /// A scalar that begins with `rest` and may go on in lines indented deeper than `indent`.
    fn scalar(&mut self, rest: &str, indent: usize) -> Yaml {
        if matches!(rest, "|" | "|-" | "|+" | ">" | ">-" | ">+") {
            return self.block(rest.starts_with('|'), indent);
        }
        if let Some(inner) = rest.strip_prefix('[').and_then(|r| r.strip_suffix(']')) {
            return Yaml::List(split_list(inner).iter().map(|item| Yaml::Text(unquote(item))).collect());
        }
        let mut text = rest.to_owned();
        while let Some((found, line)) = self.peek() {
            if found <= indent || field(line).is_some() || line.starts_with("- ") {
                break;
            }
            text.push(' ');
            text.push_str(line);
            self.at += 1;
        }
        Yaml::Text(unquote(&text))
    }

    fn block(&mut self, literal: bool, indent: usize) -> Yaml {
        let mut text: Vec<&str> = Vec::new();
        while let Some((found, line, number)) = self.list.get(self.at).copied() {
            if found <= indent {
                break;
            }
            text.push(self.all.get(number).map_or(line, |l| l.trim()));
            self.at += 1;
        }
        Yaml::Text(text.join(if literal { "\n" } else { " " }))
    }
}

/// `name: rest`, where the colon ends the line or is followed by a space.
fn field(line: &str) -> Option<(&str, &str)> {
    if line.starts_with(['"', '\'', '[', '{']) {
        return None;
    }
    let at = line.find(": ").or_else(|| line.ends_with(':').then(|| line.len() - 1))?;
    let name = &line[..at];
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '&'));
    plain.then(|| (name, line[at + 1..].trim()))
}

fn unquote(text: &str) -> String {
    let text = text.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|t| t.strip_suffix(quote)) {
            return if quote == '"' { inner.replace("\\\"", "\"") } else { inner.replace("''", "'") };
        }
    }
    text.split(" #").next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CV: &str = r#"cv:
  name: Kim Example
  sections:
    summary:
      - I wire hospitals.
    experience:
      - company: Example Power
        position: Lead electrician
        start_date: 2019-03
        end_date: present
        highlights:
          - Ran a crew of six on
            hospital sites
          - "Tested: boards"
    education:
    - institution: Example College
      area: Electrical
      degree: BSc
      end_date: '2014-06'
    skills:
    - label: Trades
      details: fault finding, PLC programming # a note
"#;

    #[test]
    fn entries_are_told_by_their_fields() {
        assert!(looks_like(CV));
        let read = read(CV).unwrap();
        let p = &read.profile;
        assert_eq!(p.work[0].highlights, ["Ran a crew of six on hospital sites", "Tested: boards"]);
        assert_eq!((p.work[0].start.map(|m| m.to_string()), p.work[0].end), (Some("2019-03".into()), None));
        assert_eq!(p.degrees[0].name, "BSc");
        let skills: Vec<&str> = p.skills.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(skills, ["fault finding", "PLC programming"]);
        assert_eq!(p.summary.as_deref(), Some("I wire hospitals."));
    }

    #[test]
    fn odd_files_are_an_error_not_a_panic() {
        for text in [
            "cv:\n  sections:\n    - a\n",
            "cv:\n  sections:\n    x: y\n    ??\n",
            "",
            "cv:\n sections:\n  a:\n   - - - b",
        ] {
            let _ = read(text);
        }
        let deep: String = (0..100).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
        assert!(read(&deep).is_err());
    }
}
