//! Jobs in the text of a CV.
//!
//! The dates of a job are its anchor. Title and employer stand on the line of the dates or on the
//! lines beside it, in an order that differs from CV to CV; which is which is told by whether
//! words name an occupation, as for the titles of postings.

use super::super::{Job, Month};
use super::span::{Span, span};
use crate::level::{Evidence, estimate};

/// Longest line that names a title or an employer, in words.
const LONGEST_HEAD: usize = 12;

/// A line of the work part.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Line of the file, from 1.
    pub(super) number: usize,
    /// Without marks.
    pub(super) text: String,
    /// An item of a list.
    pub(super) item: bool,
    /// Marked as a heading or set in bold.
    pub(super) marked: bool,
    /// An empty line stands before it.
    pub(super) apart: bool,
}

/// Where a job begins: the line of its dates, or a marked line without any.
struct Anchor {
    at: usize,
    span: Option<Span>,
}

/// A job's head: the lines it takes, and what they say.
struct Head {
    from: usize,
    to: usize,
    title: String,
    company: Option<String>,
}

/// Reads the jobs of the work part, and notes lines that belong to none.
pub(super) fn read(lines: &[Line], notes: &mut Vec<String>) -> Vec<Job> {
    let anchors = anchors(lines);
    let mut heads: Vec<(Head, Option<Span>)> = Vec::new();
    for anchor in anchors {
        let lower = heads.last().map_or(0, |(head, _)| head.to + 1);
        if anchor.at < lower {
            continue;
        }
        let head = Around { lines, lower, at: anchor.at }.head(anchor.span.as_ref());
        heads.push((head, anchor.span));
    }
    let first = heads.first().map_or(lines.len(), |(head, _)| head.from);
    notes.extend(lines.iter().take(first).map(|line| format!("line {}: {}", line.number, line.text)));
    let mut jobs = Vec::new();
    for (i, (head, span)) in heads.iter().enumerate() {
        let end = heads.get(i + 1).map_or(lines.len(), |(next, _)| next.from);
        let (start, last) = span.as_ref().map_or((None, None), |s| (s.start, s.end));
        let mut job = Job { title: head.title.clone(), company: head.company.clone(), ..Job::default() };
        (job.start, job.end) = ordered(start, last);
        for line in lines.get(head.to + 1..end).unwrap_or_default() {
            done(&mut job, line);
        }
        jobs.push(job);
    }
    jobs
}

/// A span written backwards is one written oddly, not one of negative length.
fn ordered(start: Option<Month>, end: Option<Month>) -> (Option<Month>, Option<Month>) {
    match (start, end) {
        (Some(a), Some(b)) if b < a => (Some(b), Some(a)),
        other => other,
    }
}

fn anchors(lines: &[Line]) -> Vec<Anchor> {
    let dated: Vec<Option<Span>> = lines.iter().map(dates_of_job).collect();
    let mut anchors = Vec::new();
    for (at, (line, dates)) in lines.iter().zip(&dated).enumerate() {
        let near = dated.iter().skip(at + 1).take(2).any(Option::is_some)
            || (at > 0 && dated.get(at - 1).is_some_and(Option::is_some));
        if dates.is_some() {
            anchors.push(Anchor { at, span: dates.clone() });
        } else if line.marked && !line.item && !near && is_title(&line.text) {
            anchors.push(Anchor { at, span: None });
        }
    }
    if anchors.is_empty() {
        let titles = lines.iter().enumerate().filter(|(_, line)| is_head(line) && is_title(&line.text));
        anchors.extend(titles.map(|(at, _)| Anchor { at, span: None }));
    }
    anchors
}

/// The dates of a line that dates a job, not of a sentence with a year in it.
fn dates_of_job(line: &Line) -> Option<Span> {
    let span = span(&line.text)?;
    let (before, after) = (words(&span.before), words(&span.after));
    let bare = span.before.is_empty() && span.after.is_empty();
    let named = before <= LONGEST_HEAD + 4 && after <= 8 && !is_sentence(&span.before);
    let fits = if line.item {
        span.range && named && after == 0 && before > 0 && is_title(&span.before)
    } else if span.range {
        named
    } else {
        bare || (after == 0 && named && is_title(&span.before))
    };
    fits.then_some(span)
}

/// The lines around an anchor; none before `lower` are free.
struct Around<'a> {
    lines: &'a [Line],
    lower: usize,
    at: usize,
}

impl Around<'_> {
    /// The line `n` above the anchor, when it can be part of the head.
    fn above(&self, n: usize) -> Option<&Line> {
        let at = self.at.checked_sub(n).filter(|at| *at >= self.lower)?;
        self.lines.get(at).filter(|line| is_head(line))
    }

    /// The line `n` below the anchor, when it can be part of the head.
    fn below(&self, n: usize) -> Option<&Line> {
        let line = self.lines.get(self.at + n).filter(|line| is_head(line) && !line.marked)?;
        dates_of_job(line).is_none().then_some(line)
    }

    /// Whether the line `n` above begins something: not the last words of the job before.
    fn begins(&self, n: usize) -> bool {
        let Some(at) = self.at.checked_sub(n) else { return false };
        at == 0
            || self.lines.get(at).is_some_and(|line| line.apart || line.marked)
            || self.lines.get(at - 1).is_some_and(|line| line.item)
    }

    fn taking(&self, above: usize, below: usize, title: &str, company: Option<&str>) -> Head {
        Head {
            from: self.at - above,
            to: self.at + below,
            title: title.to_owned(),
            company: company.map(str::to_owned).filter(|c| !c.is_empty()),
        }
    }

    fn split(&self, above: usize, below: usize, text: &str) -> Head {
        let (title, company) = title_and_company(text);
        self.taking(above, below, &title, company.as_deref())
    }

    fn head(&self, span: Option<&Span>) -> Head {
        let line = self.lines.get(self.at).map_or("", |line| line.text.as_str());
        match span {
            None => self.with_text(line),
            Some(span) if !span.before.is_empty() => {
                let head = self.with_text(&span.before);
                let company = head.company.or_else(|| Some(span.after.clone()).filter(|a| !a.is_empty()));
                Head { company, ..head }
            }
            // "2019 – 2022  Title, Employer"
            Some(span) if !span.after.is_empty() => self.with_text(&span.after),
            Some(_) => self.of_lines(),
        }
    }

    /// The anchor holds nothing but dates.
    fn of_lines(&self) -> Head {
        let Some(one) = self.above(1) else {
            let Some(next) = self.below(1) else { return self.taking(0, 0, "", None) };
            let (title, company) = title_and_company(&next.text);
            return match (company, self.below(2)) {
                (None, Some(second)) => self.taking(0, 2, &title, Some(&second.text)),
                (company, _) => self.taking(0, 1, &title, company.as_deref()),
            };
        };
        let whole = parts(&one.text).len() > 1 && is_title(parts(&one.text)[0]);
        let Some(two) = self.above(2) else { return self.split(1, 0, &one.text) };
        if is_title(&two.text) && !whole {
            return self.taking(2, 0, &two.text, Some(&one.text));
        }
        if whole || !self.begins(2) {
            return self.split(1, 0, &one.text);
        }
        if is_title(&one.text) {
            return self.taking(2, 0, &one.text, Some(&two.text));
        }
        self.taking(2, 0, &two.text, Some(&one.text))
    }

    /// The anchor holds words beside its dates.
    fn with_text(&self, text: &str) -> Head {
        let parts = parts(text);
        if parts.len() > 1 && parts.iter().any(|part| is_title(part)) {
            return self.split(0, 0, text);
        }
        if is_title(text) {
            // The employer is on the next line, or heads the block.
            if let Some(next) = self.below(1).filter(|next| !next.apart || !is_title(&next.text)) {
                return self.taking(0, 1, text, Some(&next.text));
            }
            if let Some(one) = self.above(1).filter(|one| self.begins(1) && !is_title(&one.text)) {
                return self.taking(1, 0, text, Some(&one.text));
            }
            return self.taking(0, 0, text, None);
        }
        // An employer or a place: the title is on a line beside it.
        if let Some(one) = self.above(1).filter(|one| is_title(&one.text)) {
            return self.taking(1, 0, &one.text, Some(text));
        }
        if let (Some(one), Some(two)) = (self.above(1), self.above(2).filter(|two| is_title(&two.text))) {
            return self.taking(2, 0, &two.text, Some(&one.text));
        }
        if let Some(next) = self.below(1).filter(|next| is_title(&next.text)) {
            return self.taking(0, 1, &next.text, Some(text));
        }
        if parts.len() > 1 {
            return self.split(0, 0, text);
        }
        match self.above(1).filter(|_| self.begins(1)) {
            Some(one) => self.taking(1, 0, &one.text, Some(text)),
            None => match self.below(1) {
                Some(next) => self.taking(0, 1, text, Some(&next.text)),
                None => self.taking(0, 0, text, None),
            },
        }
    }
}

/// What was done in a job: an item, the rest of one, or prose.
fn done(job: &mut Job, line: &Line) {
    let goes_on = line.text.starts_with(char::is_lowercase) && !line.apart;
    match job.highlights.last_mut() {
        _ if line.item => job.highlights.push(line.text.clone()),
        Some(last) if goes_on => {
            last.push(' ');
            last.push_str(&line.text);
        }
        Some(_) => job.highlights.push(line.text.clone()),
        None => super::text::push_line(&mut job.summary, &line.text),
    }
}

/// A line that can name a title or an employer.
fn is_head(line: &Line) -> bool {
    !line.item && words(&line.text) <= LONGEST_HEAD && !is_sentence(&line.text)
}

/// Ends like a sentence, or begins with what somebody did.
fn is_sentence(text: &str) -> bool {
    const DID: &[&str] = &[
        "led",
        "ran",
        "built",
        "wrote",
        "made",
        "kept",
        "held",
        "won",
        "taught",
        "drove",
        "grew",
        "set",
        "cut",
        "took",
        "was",
        "were",
        "brought",
        "gave",
        "did",
        "responsible",
        "i",
        "my",
        "we",
    ];
    let ends = text.ends_with('.') && words(text) > 3 && !text.ends_with("Inc.") && !text.ends_with("Co.");
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    let inflected = first.len() > 4 && first.ends_with("ed") && !is_title(text);
    let opens = matches!(first.as_str(), "in" | "from" | "between" | "during");
    ends || opens || ((DID.contains(&first.as_str()) || inflected) && words(text) > 1)
}

/// Names an occupation, as titles of postings do; a company's form of law says otherwise.
pub(super) fn is_title(text: &str) -> bool {
    const FORMS: &[&str] = &[
        "ltd",
        "limited",
        "inc",
        "gmbh",
        "ag",
        "llc",
        "plc",
        "corp",
        "bv",
        "ab",
        "sa",
        "sarl",
        "se",
        "kg",
        "hospital",
        "university",
    ];
    let last = text.split(|c: char| !c.is_alphanumeric()).rfind(|word| !word.is_empty()).unwrap_or_default();
    !FORMS.contains(&last.to_lowercase().as_str())
        && estimate(&Evidence { title: text, ..Evidence::default() }).value.is_some()
}

/// The pieces of "Title | Employer | City", by the strongest mark that divides.
fn parts(text: &str) -> Vec<&str> {
    let marks = [
        "\t", " | ", " — ", " – ", " · ", " • ", " @ ", " at ", " bei ", " chez ", " bij ", " hos ", " - ",
        ", ",
    ];
    let mark = marks.iter().find(|mark| text.contains(**mark));
    let pieces = mark.map_or_else(|| vec![text], |mark| split_outside(text, mark));
    pieces
        .into_iter()
        // What was cut off with the dates may have closed a bracket.
        .map(|p| if p.contains(')') { p } else { p.split('(').next().unwrap_or(p) })
        .map(|p| p.trim_matches([' ', ',', '|', '–', '—', '-', '·', '(']))
        .filter(|p| !p.is_empty())
        .collect()
}

/// `text` cut at every `mark` that stands in no brackets: "Acme (software, 320 staff)" is one piece.
fn split_outside<'a>(text: &'a str, mark: &str) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(mark) {
        let before = text.get(..at).unwrap_or_default();
        let open = before.matches('(').count() > before.matches(')').count();
        if !open && at >= start {
            pieces.push(text.get(start..at).unwrap_or_default());
            start = at + mark.len();
        }
    }
    pieces.push(text.get(start..).unwrap_or_default());
    pieces
}

/// Title and employer of one line, whichever comes first.
pub(super) fn title_and_company(text: &str) -> (String, Option<String>) {
    let parts = parts(text);
    let title = parts.iter().position(|part| is_title(part)).unwrap_or(0);
    let company = parts.iter().enumerate().find(|(i, _)| *i != title).map(|(_, part)| (*part).to_owned());
    (parts.get(title).map_or_else(String::new, |part| (*part).to_owned()), company)
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

#[cfg(test)]
mod tests {
    use super::super::text;

    /// Title, employer, start, end and number of lines of every job, `;` between jobs.
    fn check(lines: &str, expected: &str) {
        let read = text::read(&format!("Kim Example\n\nExperience\n\n{lines}\n"), "plain text");
        let shown = read.profile.work.iter().map(|job| {
            let month = |m: Option<super::Month>| m.map_or_else(|| "–".to_owned(), |m| m.to_string());
            format!(
                "{} | {} | {} {} | {}",
                job.title,
                job.company.as_deref().unwrap_or("–"),
                month(job.start),
                month(job.end),
                job.text().lines().count()
            )
        });
        assert_eq!(shown.collect::<Vec<_>>().join("; "), expected, "{lines}");
    }

    #[test]
    fn the_layouts_that_people_use() {
        check(
            "Staff Nurse\nSt Example Hospital, Leeds\nJuly 2020 to present\n- Mentored four nurses\n- Ran audits\n\n\
Healthcare Assistant\nOther House, York\nJan 2018 - Mar 2020\n- Cared for people",
            "Staff Nurse | St Example Hospital, Leeds | 2020-07 – | 2; \
Healthcare Assistant | Other House, York | 2018-01 2020-03 | 1",
        );
        check(
            "Software Engineer | Example Ltd | 2019 – 2022\n- Built things",
            "Software Engineer | Example Ltd | 2019 2022 | 1",
        );
        check("Example Ltd — Data Analyst (2019 – 2022)", "Data Analyst | Example Ltd | 2019 2022 | 0");
        check(
            "Team Lead, Acme AB (software, 320 staff), Jan 2020 – Feb 2022",
            "Team Lead | Acme AB | 2020-01 2022-02 | 0",
        );
        check("Electrician at Sparks & Sons, 2015-2018", "Electrician | Sparks & Sons | 2015 2018 | 0");
        check(
            "Data Analyst (2019 – 2022)\nExample Ltd\n- Built",
            "Data Analyst | Example Ltd | 2019 2022 | 1",
        );
        check(
            "Example Ltd, Leeds   2019 – 2022\nData Analyst\n- Built",
            "Data Analyst | Example Ltd, Leeds | 2019 2022 | 1",
        );
        check(
            "Example Ltd\nData Analyst\n2019 – 2022\n- Built",
            "Data Analyst | Example Ltd | 2019 2022 | 1",
        );
        check(
            "03/2019 – heute  Projektleiter\nBeispiel GmbH\n- Führte",
            "Projektleiter | Beispiel GmbH | 2019-03 – | 1",
        );
    }

    #[test]
    fn without_bullets_lines_stay_with_their_job() {
        // As the text of a PDF: no bullets, no empty lines.
        let text = "Staff Nurse\nSt Example Hospital, Leeds\nJuly 2020 to present\nMentored four nurses\n\
Ran the audit of medication\nCharge Nurse\nOther Hospital\n2016 – 2020\nHired two nurses";
        let read = text::read(&format!("Kim\nExperience\n{text}"), "plain text");
        let work = &read.profile.work;
        let titles: Vec<&str> = work.iter().map(|job| job.title.as_str()).collect();
        assert_eq!(titles, ["Staff Nurse", "Charge Nurse"]);
        assert_eq!(work[0].summary.as_deref(), Some("Mentored four nurses\nRan the audit of medication"));
        assert_eq!(work[1].company.as_deref(), Some("Other Hospital"));
    }

    #[test]
    fn sentences_with_years_are_no_jobs() {
        check(
            "Data Analyst, Example Ltd, 2015 – 2022\n- Cut costs from 2019 to 2021 by moving reports\n\
In 2019 and 2020 I led the move to a new warehouse.",
            "Data Analyst | Example Ltd | 2015 2022 | 2",
        );
    }
}
