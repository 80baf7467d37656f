//! CVs as text: Markdown, plain text, and the text of DOCX and PDF files.
//!
//! Headings divide a CV into parts; [`super::jobs`] reads work. What a rule does not cover goes into
//! the job's highlights or is noted, never guessed into a field.

use super::super::{Certificate, Degree, Profile, ProfileSkill, SpokenLanguage};
use super::Imported;
use super::headings::{self, Part};
use super::jobs::{self, Line, title_and_company};
use super::json_resume::{cefr, depth_of};
use super::span::span;
use crate::taxonomy::Taxonomy;

/// Words of a certificate in a list, at most, and certificates that make one.
const MOST_WORDS: usize = 5;
const FEWEST_LISTED: usize = 3;

/// Longest line that is read, in characters: no line of a CV is longer than a page.
const LONGEST_LINE: usize = 4000;
/// Most lines that are read.
const MOST_LINES: usize = 5000;
/// A list entry longer than this is a sentence, in words.
const LONGEST_NAME: usize = 6;
/// A line of at least so many characters may have been wrapped.
const FULL_LINE: usize = 50;
/// Words before the day on which a certificate ends.
const EXPIRES: &[&str] = &[
    "expires",
    "expiry",
    "expiring",
    "valid until",
    "valid through",
    "valid to",
    "gültig bis",
    "valable jusqu",
];

/// What stands beside the profile in a CV's text.
pub(super) struct Cv {
    profile: Profile,
    notes: Vec<String>,
    beside: Vec<String>,
}

pub(super) fn read(text: &str, format: &'static str) -> Imported {
    let mut cv = Cv { profile: Profile::default(), notes: Vec::new(), beside: Vec::new() };
    let lines = lines(text);
    let mut work: Vec<Line> = Vec::new();
    let mut skills: Vec<Line> = Vec::new();
    let mut top: Vec<Line> = Vec::new();
    let (mut part, mut level) = (Part::Top, 0);
    for (line, depth) in lines {
        if let Some(next) = headings::part(&line.text).filter(|_| !line.item || depth > 0) {
            (part, level) = (next, depth);
            continue;
        }
        // A heading as high as that of the part, which nobody knows, ends the part.
        if (1..=level).contains(&depth) && !(part == Part::Work && jobs::is_title(&line.text)) {
            part = Part::Other;
        }
        match part {
            Part::Top => top.push(line),
            Part::Work => work.push(line),
            Part::Skills => match skills.last_mut().filter(|last| wrapped(last, &line)) {
                Some(last) => last.text = format!("{} {}", last.text, line.text),
                None => skills.push(line),
            },
            _ => cv.line(part, &line),
        }
    }
    skills.iter().for_each(|line| add_skills(&mut cv.profile, &line.text));
    if work.is_empty() && !top.is_empty() {
        // Nothing heads the jobs: whatever follows the first dates is one.
        let mut jobs = jobs::read(&top[1..], &mut Vec::new());
        jobs.retain(|job| job.start.is_some());
        cv.profile.work = jobs;
    }
    let named = if cv.profile.work.is_empty() { top.len() } else { 1 };
    top.iter().take(named).for_each(|line| self::top(&mut cv.profile, &line.text));
    if !work.is_empty() {
        cv.profile.work = jobs::read(&work, &mut cv.notes);
    }
    if text.lines().nth(MOST_LINES).is_some() {
        cv.notes.push(format!("everything after line {MOST_LINES}"));
    }
    for job in cv.profile.work.iter().filter(|job| job.start.is_none()) {
        cv.notes.push(format!("no dates for `{}`", job.title));
    }
    Imported { beside: cv.beside, ..Imported::of(cv.profile, format, cv.notes) }
}

impl Cv {
    /// A line of any part but the top and work.
    fn line(&mut self, part: Part, line: &Line) {
        let profile = &mut self.profile;
        match part {
            Part::Top | Part::Work | Part::Skills => {}
            Part::Summary => push_line(&mut profile.summary, &line.text),
            Part::Education => education(profile, &line.text, line.item),
            Part::Languages => profile.languages.extend(split_list(&line.text).iter().map(|l| language(l))),
            Part::Certificates => {
                profile.certificates.extend(certificates(&line.text).into_iter().map(certificate));
            }
            Part::Beside => self.beside.push(line.text.clone()),
            Part::Other => self.notes.push(format!("line {}: {}", line.number, line.text)),
        }
    }
}

/// Lines with text, and the depth of those that Markdown marks as headings.
fn lines(text: &str) -> Vec<(Line, usize)> {
    let mut lines = Vec::new();
    let mut apart = true;
    for (number, raw) in text.lines().enumerate().take(MOST_LINES) {
        let end = raw.char_indices().nth(LONGEST_LINE).map_or(raw.len(), |(at, _)| at);
        let raw = raw[..end].trim();
        let text = plain(raw);
        if !text.chars().any(char::is_alphanumeric) {
            apart = true;
            continue;
        }
        let depth = raw.chars().take_while(|c| *c == '#').count();
        let bold = raw.starts_with("**");
        let item = !bold
            && raw.starts_with(['-', '*', '•', '·', '–', '▪', '◦', '+', '●', '‣', '○'])
            && raw.chars().nth(1).is_some_and(char::is_whitespace);
        lines.push((Line { number: number + 1, text, item, marked: depth > 0 || bold, apart }, depth));
        apart = false;
    }
    lines
}

/// A line without Markdown's marks.
fn plain(raw: &str) -> String {
    let line =
        raw.trim().trim_start_matches(['#', '>', '•', '·', '▪', '◦', '●', '‣', '○', '\u{f0b7}']).trim();
    let line = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).unwrap_or(line);
    let line = line.strip_prefix("– ").unwrap_or(line);
    let line = line.strip_prefix("+ ").unwrap_or(line);
    let mut out = line.replace("**", "").replace("__", "").replace('`', "");
    for (joined, apart) in [('ﬀ', "ff"), ('ﬁ', "fi"), ('ﬂ', "fl"), ('ﬃ', "ffi"), ('ﬄ', "ffl")] {
        if out.contains(joined) {
            out = out.replace(joined, apart);
        }
    }
    let out_of_emphasis = out.trim().strip_prefix(['*', '_']).and_then(|t| t.strip_suffix(['*', '_']));
    if let Some(inner) = out_of_emphasis {
        out = inner.to_owned();
    }
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

fn top(profile: &mut Profile, line: &str) {
    let contact =
        line.contains('@') || line.contains("http") || line.chars().filter(char::is_ascii_digit).count() > 5;
    match (contact, &profile.name, &profile.headline) {
        (true, ..) => {}
        (_, None, _) => profile.name = Some(line.to_owned()),
        (_, Some(_), _) if profile.location.is_none() && is_place(line) => {
            profile.location = Some(line.to_owned());
        }
        (_, Some(_), None) => profile.headline = Some(line.to_owned()),
        _ => push_line(&mut profile.summary, line),
    }
}

/// "London, UK": two or three short names that are neither a title nor skills.
fn is_place(line: &str) -> bool {
    let parts: Vec<&str> = line.split(',').map(str::trim).collect();
    let name = |part: &&str| {
        words(part) <= 3
            && part.starts_with(char::is_uppercase)
            && part.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-' | '\'' | '’'))
            && Taxonomy::builtin().resolve(part).is_none()
    };
    (2..=3).contains(&parts.len()) && parts.iter().all(name) && !parts.iter().any(|part| jobs::is_title(part))
}

pub(super) fn push_line(to: &mut Option<String>, line: &str) {
    let text = to.get_or_insert_default();
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}

fn education(profile: &mut Profile, line: &str, is_item: bool) {
    let (text, end) = match span(line) {
        Some(dates) => {
            let text = if dates.before.is_empty() { dates.after } else { dates.before };
            (text, dates.end.filter(|_| dates.range).or(dates.start))
        }
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

/// Whether a comma list goes on in the next line in the middle of a name: "…, distributed" "systems".
/// Otherwise each line is a list of its own.
fn wrapped(last: &Line, next: &Line) -> bool {
    let ends = last.text.ends_with([',', '.', ';', ':', '|']) || !last.text.contains(',');
    if ends || next.item || next.marked || next.apart || next.text.contains(':') {
        return false;
    }
    let before = last.text.rsplit([',', ':']).next().unwrap_or_default().trim();
    let after = next.text.split(',').next().unwrap_or_default().trim();
    let goes_on = next.text.starts_with(char::is_lowercase) && last.text.chars().count() >= FULL_LINE;
    goes_on || Taxonomy::builtin().resolve(&format!("{before} {after}")).is_some()
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

/// A certificate keeps its whole name: dashes and commas are part of many. Only a bar or a word
/// divides its issuer from it.
/// The certificates of a line. A name, its issuer and a year stand between commas, too; three or more short names
/// without a lone year are a list.
fn certificates(line: &str) -> Vec<&str> {
    let pieces: Vec<&str> = line.split([',', ';']).map(str::trim).filter(|piece| !piece.is_empty()).collect();
    let short = |piece: &&str| piece.split_whitespace().count() <= MOST_WORDS;
    let year = |piece: &&str| !piece.chars().any(char::is_alphabetic);
    let list = pieces.len() >= FEWEST_LISTED && pieces.iter().all(|piece| short(piece) && !year(piece));
    if list { pieces } else { vec![line] }
}

fn certificate(line: &str) -> Certificate {
    let lower = line.to_lowercase();
    let end = EXPIRES.iter().filter_map(|word| lower.find(word)).min();
    // Lower case may be of another length; then the line is read as a whole.
    let (line, end) = match end.filter(|at| lower.len() == line.len() && line.is_char_boundary(*at)) {
        Some(at) => (line.split_at(at).0, span(line.split_at(at).1).and_then(|dates| dates.start)),
        None => (line, None),
    };
    let line =
        line.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ',' | '-' | '–' | '|' | ';'));
    let (name, date) = match span(line) {
        Some(dates) if dates.before.is_empty() => (dates.after, dates.start),
        Some(dates) => (dates.before, dates.start),
        None => (line.to_owned(), None),
    };
    let divided = [" | ", " issued by "].iter().find_map(|mark| name.split_once(mark));
    let (name, issuer) = match divided {
        Some((name, issuer)) => (name.trim().to_owned(), Some(issuer.trim().to_owned())),
        None => (name.trim().to_owned(), None),
    };
    Certificate { name, issuer, date, expires: end }
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

#[cfg(test)]
mod tests {
    use super::*;

    const CV: &str = "# Kim Example\nElectrician\nkim@example.org\n\n## Experience\n\n\
### Lead electrician, Example Power Ltd\n*Mar 2019 – Present*\n- Ran a crew of six on hospital sites\n- Tested and certified to BS 7671\n\n\
**Electrician** | Other Sparks | 2014-05 - 2019-02\n- Installed distribution boards\n\n\
## Skills\nTrades: fault finding, conduit bending (advanced), PLC programming\n\n## Languages\nEnglish (native), German – B1\n\n\
## Education\nApprenticeship, Example College, 2010 - 2014\n\n## Certifications\n18th Edition, 2019\n\n## Hobbies\nSailing\n";

    #[test]
    fn a_place_below_the_name_is_no_headline() {
        for (lines, place, headline) in [
            ("London, UK\nData Analyst", Some("London, UK"), Some("Data Analyst")),
            ("Data Analyst\nSan José, Costa Rica", Some("San José, Costa Rica"), Some("Data Analyst")),
            ("Python, Kubernetes", None, Some("Python, Kubernetes")),
            ("Nurse, Manager", None, Some("Nurse, Manager")),
        ] {
            let cv = format!("Kim Example\n{lines}\n\nExperience\n\nData Analyst\n2019 – 2022\n");
            let p = read(&cv, "plain text").profile;
            assert_eq!((p.location.as_deref(), p.headline.as_deref()), (place, headline), "{lines}");
        }
    }

    #[test]
    fn certificates_in_one_line_are_several() {
        let names = |line: &str| {
            let read = read(&format!("Kim Example\n\nCertifications\n\n{line}\n"), "plain text");
            read.profile.certificates.into_iter().map(|c| c.name).collect::<Vec<_>>()
        };
        assert_eq!(names("PMP (2021), OSHA 30, LEED Green Associate").len(), 3);
        assert_eq!(names("Solutions Architect Associate, Amazon, 2023").len(), 1);
        assert_eq!(names("Certified Scrum Master, Scrum Alliance").len(), 1);
    }

    #[test]
    fn a_certificate_is_not_awarded_on_the_day_it_ends() {
        for (line, name, date, expires) in [
            ("BLS, 2021, expires June 2026", "BLS", Some("2021"), Some("2026-06")),
            ("ACLS (valid until 2025-03)", "ACLS", None, Some("2025-03")),
            ("18th Edition, 2019", "18th Edition", Some("2019"), None),
        ] {
            let read = certificate(line);
            let text = |month: Option<super::super::super::Month>| month.map(|m| m.to_string());
            let found = (read.name.as_str(), text(read.date), text(read.expires));
            assert_eq!(found, (name, date.map(str::to_owned), expires.map(str::to_owned)), "{line}");
        }
    }

    #[test]
    fn a_list_that_is_wrapped_keeps_its_names_whole() {
        let names = |lines: &str| {
            let p = read(&format!("Kim Example\n\nSkills\n{lines}\n"), "plain text").profile;
            p.skills.into_iter().map(|s| s.name).collect::<Vec<_>>().join("|")
        };
        assert_eq!(names("Python, distributed\nsystems, SQL"), "Python|distributed systems|SQL");
        assert_eq!(names("Python, SQL\nTableau, Excel"), "Python|SQL|Tableau|Excel");
        assert_eq!(names("Python, SQL,\nTableau"), "Python|SQL|Tableau");
    }

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
}
