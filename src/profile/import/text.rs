//! CVs as text: Markdown, plain text, and the text of DOCX and PDF files.
//!
//! Headings divide a CV into parts; within work, a line with a span of dates begins a job. What a
//! rule does not cover goes into the job's highlights or is noted, never guessed into a field.

use super::super::{Certificate, Degree, Job, Month, Profile, ProfileSkill, SpokenLanguage};
use super::Imported;
use super::json_resume::{cefr, depth_of};

/// Longest line that is read, in characters: no line of a CV is longer than a page.
const LONGEST_LINE: usize = 4000;
/// Most lines that are read.
const MOST_LINES: usize = 5000;
/// A list entry longer than this is a sentence, in words.
const LONGEST_NAME: usize = 6;

/// Parts of a CV, and the headings that begin them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Top,
    Summary,
    Work,
    Education,
    Skills,
    Languages,
    Certificates,
    Other,
}

const HEADINGS: &[(Part, &[&str])] = &[
    (
        Part::Summary,
        &["summary", "profile", "about", "about me", "professional summary", "objective", "overview"],
    ),
    (
        Part::Work,
        &[
            "experience",
            "work experience",
            "professional experience",
            "employment",
            "employment history",
            "work history",
            "career history",
            "relevant experience",
            "work",
        ],
    ),
    (
        Part::Education,
        &["education", "education and training", "academic background", "qualifications", "degrees"],
    ),
    (
        Part::Skills,
        &[
            "skills",
            "technical skills",
            "key skills",
            "core skills",
            "core competencies",
            "competencies",
            "technologies",
            "top skills",
            "tools",
            "skills and tools",
            "areas of expertise",
            "skills & tools",
        ],
    ),
    (Part::Languages, &["languages", "language skills", "spoken languages"]),
    (
        Part::Certificates,
        &[
            "certifications",
            "certificates",
            "licences",
            "licenses",
            "licences and certifications",
            "licenses & certifications",
            "certifications and licenses",
            "registrations",
        ],
    ),
    (
        Part::Other,
        &[
            "interests",
            "hobbies",
            "references",
            "publications",
            "awards",
            "honors",
            "volunteering",
            "volunteer work",
            "contact",
            "projects",
            "personal projects",
            "courses",
        ],
    ),
];

pub(super) fn read(text: &str, format: &'static str) -> Imported {
    let mut profile = Profile::default();
    let mut notes = Vec::new();
    let mut part = Part::Top;
    for (number, raw) in text.lines().enumerate().take(MOST_LINES) {
        let end = raw.char_indices().nth(LONGEST_LINE).map_or(raw.len(), |(at, _)| at);
        let raw = &raw[..end];
        let line = plain(raw);
        if line.is_empty() {
            continue;
        }
        if let Some(next) = heading(&line) {
            part = next;
            continue;
        }
        let is_item = raw.trim_start().starts_with(['-', '*', '•', '·', '–', '▪', '◦', '+']);
        match part {
            Part::Top => top(&mut profile, &line),
            Part::Summary => push_line(&mut profile.summary, &line),
            Part::Work => work(&mut profile, &line, is_item, raw),
            Part::Education => education(&mut profile, &line, is_item),
            Part::Skills => add_skills(&mut profile, &line),
            Part::Languages => profile.languages.extend(split_list(&line).iter().map(|l| language(l))),
            Part::Certificates => profile.certificates.push(certificate(&line)),
            Part::Other => notes.push(format!("line {}: {line}", number + 1)),
        }
    }
    if text.lines().nth(MOST_LINES).is_some() {
        notes.push(format!("everything after line {MOST_LINES}"));
    }
    for job in profile.work.iter().filter(|job| job.start.is_none()) {
        notes.push(format!("no dates for `{}`", job.title));
    }
    Imported::of(profile, format, notes)
}

/// A line without Markdown's marks.
fn plain(raw: &str) -> String {
    let line = raw.trim().trim_start_matches(['#', '>', '•', '·', '▪', '◦']).trim();
    let line = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).unwrap_or(line);
    let line = line.strip_prefix("– ").unwrap_or(line);
    let mut out = line.replace("**", "").replace("__", "").replace('`', "");
    // [text](address) becomes text.
    while let (Some(middle), Some(open)) = (out.find("]("), out.find('[')) {
        let Some(close) = out[middle..].find(')') else { break };
        if open > middle {
            break;
        }
        out = format!("{}{}{}", &out[..open], &out[open + 1..middle], &out[middle + close + 1..]);
    }
    out.trim().to_owned()
}

fn heading(line: &str) -> Option<Part> {
    let name = line.trim_end_matches(':').to_lowercase();
    let name = name.trim();
    HEADINGS.iter().find(|(_, names)| names.contains(&name)).map(|(part, _)| *part)
}

fn top(profile: &mut Profile, line: &str) {
    let contact =
        line.contains('@') || line.contains("http") || line.chars().filter(char::is_ascii_digit).count() > 5;
    match (contact, &profile.name, &profile.headline) {
        (true, ..) => {}
        (_, None, _) => profile.name = Some(line.to_owned()),
        (_, Some(_), None) => profile.headline = Some(line.to_owned()),
        _ => push_line(&mut profile.summary, line),
    }
}

fn push_line(to: &mut Option<String>, line: &str) {
    let text = to.get_or_insert_default();
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}

/// A line of the work part: the head of a job, its dates, or something done there.
fn work(profile: &mut Profile, line: &str, is_item: bool, raw: &str) {
    let dates = span(line);
    if is_item
        && dates.is_none()
        && let Some(job) = profile.work.last_mut()
    {
        job.highlights.push(line.to_owned());
        return;
    }
    if let Some((before, start, end)) = &dates {
        let named = profile.work.last_mut().filter(|job| job.start.is_none() && job.highlights.is_empty());
        match named {
            // The dates of the job named on the line before.
            Some(job) => {
                (job.start, job.end) = (*start, *end);
                if job.company.is_none() && !before.is_empty() {
                    job.company = Some(before.clone());
                }
            }
            None => {
                let (title, company) = title_and_company(before);
                profile.work.push(Job { title, company, start: *start, end: *end, ..Job::default() });
            }
        }
        return;
    }
    let is_head = raw.trim_start().starts_with('#') || (words(line) <= 12 && !line.ends_with('.'));
    match profile.work.last_mut() {
        Some(job) if job.start.is_some() && job.company.is_none() && job.highlights.is_empty() && is_head => {
            job.company = Some(line.to_owned());
        }
        Some(job) if job.start.is_none() && job.company.is_none() && job.highlights.is_empty() && is_head => {
            job.company = Some(line.to_owned());
        }
        Some(job) if !is_head => push_line(&mut job.summary, line),
        _ => {
            let (title, company) = title_and_company(line);
            profile.work.push(Job { title, company, ..Job::default() });
        }
    }
}

fn education(profile: &mut Profile, line: &str, is_item: bool) {
    let (text, end) = match span(line) {
        Some((before, start, end)) => (before, end.or(start)),
        None => (line.to_owned(), None),
    };
    match profile.degrees.last_mut() {
        Some(degree) if degree.end.is_none() && end.is_some() && text.is_empty() => degree.end = end,
        Some(degree) if degree.institution.is_none() && !is_item && end.is_none() => {
            degree.institution = Some(text)
        }
        _ if text.is_empty() => {}
        _ => {
            let (name, institution) = title_and_company(&text);
            profile.degrees.push(Degree { name, institution, end, field: None });
        }
    }
}

/// "Heading: a, b, c" gives a, b and c; a level in brackets gives the depth.
fn add_skills(profile: &mut Profile, line: &str) {
    let list = line.split_once(':').map_or(line, |(_, list)| list);
    for entry in split_list(list) {
        let (name, level) = match entry.split_once('(') {
            Some((name, level)) if depth_of(level.trim_end_matches(')')).is_some() => {
                (name.trim().to_owned(), depth_of(level.trim_end_matches(')')))
            }
            _ => (entry.clone(), None),
        };
        if !profile.skills.iter().any(|s| s.name == name) {
            profile.skills.push(ProfileSkill { name, depth: level, ..ProfileSkill::default() });
        }
    }
}

pub(super) fn language(entry: &str) -> SpokenLanguage {
    let at = entry.find(['(', '-', '–', ':']).unwrap_or(entry.len());
    let (name, level) = entry.split_at(at);
    let level = level.trim_matches(|c: char| !c.is_alphanumeric());
    SpokenLanguage { name: name.trim().to_owned(), level: Some(cefr(level)).filter(|l| !l.is_empty()) }
}

fn certificate(line: &str) -> Certificate {
    let (name, date) = match span(line) {
        Some((before, start, _)) => (before, start),
        None => (line.to_owned(), None),
    };
    let (name, issuer) = title_and_company(&name);
    Certificate { name, issuer, date }
}

/// Entries of a list of names; pieces that are sentences are left out.
pub(super) fn split_list(text: &str) -> Vec<String> {
    let mut entries = Vec::new();
    let mut depth = 0;
    let mut entry = String::new();
    for c in text.chars().chain([',']) {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth <= 0 && matches!(c, ',' | ';' | '|' | '•' | '·' | '\n' | '\t') {
            let name = entry.trim().trim_end_matches('.').trim();
            if !name.is_empty() && words(name) <= LONGEST_NAME {
                entries.push(name.to_owned());
            }
            entry.clear();
        } else {
            entry.push(c);
        }
    }
    entries
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// "Title, Company", "Title at Company", "Title | Company", "Title — Company".
fn title_and_company(text: &str) -> (String, Option<String>) {
    let text = text.trim().trim_end_matches([',', '|', '(', '–', '—', '-', '·']).trim();
    for mark in [" at ", " @ ", " | ", " — ", " – ", " · ", " - ", ", "] {
        if let Some((title, company)) = text.split_once(mark) {
            return (title.trim().to_owned(), Some(company.trim().to_owned()).filter(|c| !c.is_empty()));
        }
    }
    (text.to_owned(), None)
}

/// Start and end; an end is absent while it lasts.
type Dated = (String, Option<Month>, Option<Month>);

/// The text before a span of dates ("Mar 2019 – Present", "2015-2018"), and the span.
fn span(line: &str) -> Option<Dated> {
    let cells: Vec<(usize, &str)> = line.split_word_starts().filter(|(_, word)| !word.is_empty()).collect();
    let mut found: Vec<(usize, Option<Month>)> = Vec::new();
    let mut i = 0;
    while i < cells.len() {
        let (at, word) = cells[i];
        let pair = cells.get(i + 1).and_then(|(_, next)| Month::parse_words(&format!("{word} {next}")));
        let lasting = matches!(
            word.to_lowercase().as_str(),
            "present" | "now" | "current" | "today" | "ongoing" | "heute" | "date"
        );
        if word.chars().next().is_some_and(char::is_alphabetic)
            && let Some(month) = pair
        {
            found.push((at, Some(month)));
            i += 1;
        } else if let Some(month) = Month::parse_words(word).filter(|_| word.len() >= 4) {
            found.push((at, Some(month)));
        } else if lasting && !found.is_empty() {
            found.push((at, None));
        }
        i += 1;
    }
    let (at, start) = *found.first()?;
    let end = found.get(1).and_then(|(_, end)| *end);
    let single = found.len() == 1;
    let before =
        line[..at].trim().trim_end_matches(['(', ',', '|', '–', '—', '-', '·', ':', '*', '_']).trim();
    Some((before.to_owned(), start, if single { start } else { end }))
}

/// Words of a line with the place where each begins; dashes, brackets, commas and emphasis divide, except
/// the dash in `2019-03`.
trait WordStarts {
    fn split_word_starts(&self) -> impl Iterator<Item = (usize, &str)>;
}

impl WordStarts for str {
    fn split_word_starts(&self) -> impl Iterator<Item = (usize, &str)> {
        let bytes = self.as_bytes();
        let is_date_dash = move |at: usize| {
            at >= 4
                && bytes[at - 4..at].iter().all(u8::is_ascii_digit)
                && bytes.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_digit))
                && !bytes.get(at + 3).is_some_and(u8::is_ascii_digit)
        };
        let mut start = 0;
        let mut cuts: Vec<(usize, usize)> = Vec::new();
        for (at, c) in self.char_indices().chain([(self.len(), ' ')]) {
            let divides = c.is_whitespace()
                || matches!(c, '(' | ')' | ',' | '–' | '—' | '|' | '·' | '*' | '_')
                || (c == '-' && !is_date_dash(at));
            if divides {
                cuts.push((start, at));
                start = at + c.len_utf8();
            }
        }
        cuts.into_iter().map(move |(from, to)| (from, self.get(from..to).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CV: &str = "# Kim Example\nElectrician\nkim@example.org\n\n## Experience\n\n\
### Lead electrician, Example Power Ltd\n*Mar 2019 – Present*\n- Ran a crew of six on hospital sites\n- Tested and certified to BS 7671\n\n\
**Electrician** | Other Sparks | 2014-05 - 2019-02\n- Installed distribution boards\n\n\
## Skills\nTrades: fault finding, conduit bending (advanced), PLC programming\n\n## Languages\nEnglish (native), German – B1\n\n\
## Education\nApprenticeship, Example College, 2010 - 2014\n\n## Certifications\n18th Edition, 2019\n\n## Hobbies\nSailing\n";

    #[test]
    fn reads_a_cv_as_people_write_it() {
        let read = read(CV, "Markdown");
        let p = &read.profile;
        assert_eq!((p.name.as_deref(), p.headline.as_deref()), (Some("Kim Example"), Some("Electrician")));
        let jobs: Vec<_> = p
            .work
            .iter()
            .map(|j| {
                (
                    j.title.as_str(),
                    j.company.as_deref(),
                    j.start.map(|m| m.to_string()),
                    j.end.map(|m| m.to_string()),
                    j.highlights.len(),
                )
            })
            .collect();
        assert_eq!(
            jobs,
            [
                ("Lead electrician", Some("Example Power Ltd"), Some("2019-03".into()), None, 2),
                ("Electrician", Some("Other Sparks"), Some("2014-05".into()), Some("2019-02".into()), 1),
            ]
        );
        let skills: Vec<_> = p.skills.iter().map(|s| (s.name.as_str(), s.depth)).collect();
        assert_eq!(
            skills,
            [("fault finding", None), ("conduit bending", Some(3)), ("PLC programming", None)]
        );
        let languages: Vec<_> = p.languages.iter().map(|l| (l.name.as_str(), l.level.as_deref())).collect();
        assert_eq!(languages, [("English", Some("native")), ("German", Some("b1"))]);
        assert_eq!(p.degrees[0].name, "Apprenticeship");
        assert_eq!(p.certificates[0].name, "18th Edition");
        assert_eq!(read.not_understood, ["line 28: Sailing"]);
    }

    #[test]
    fn spans_of_dates() {
        for (line, expected) in [
            ("Nurse, 2015-2018", Some(("Nurse", "2015", Some("2018")))),
            ("Nurse (July 2015 – present)", Some(("Nurse", "2015-07", None))),
            ("Nurse | 03/2015 - 04/2016", Some(("Nurse", "2015-03", Some("2016-04")))),
            ("Cared for 2015 patients a year", None),
            ("no dates", None),
        ] {
            let found = span(line).filter(|(_, s, e)| s != e);
            let found = found.map(|(b, s, e)| (b, s.unwrap().to_string(), e.map(|e| e.to_string())));
            let expected = expected.map(|(b, s, e)| (b.to_owned(), s.to_owned(), e.map(str::to_owned)));
            assert_eq!(found, expected, "{line}");
        }
    }
}
