//! LinkedIn's data export ("Get a copy of your data"), a ZIP of CSV files.
//!
//! Only the files that a profile needs are opened; messages, contacts and advertising data are
//! never read. Columns are found by their names, in any order; an export in another language has
//! other names, which is said rather than guessed.

use super::super::{Certificate, Degree, Job, Month, Profile, ProfileError, ProfileSkill, SpokenLanguage};
use super::json_resume::cefr;
use super::{Imported, archive};

pub(super) const FORMAT: &str = "LinkedIn export";

/// Files that are read for the skills they show, and their columns.
const BESIDE: &[(&str, &[&str])] = &[
    ("Projects.csv", &["Title", "Description"]),
    ("Volunteering.csv", &["Role", "Description"]),
    ("Publications.csv", &["Name", "Description"]),
];
/// Files about the person that are not read.
const NOT_READ: &[&str] =
    &["Courses.csv", "Honors.csv", "Organizations.csv", "Patents.csv", "Test Scores.csv"];

pub(super) fn read(bytes: &[u8]) -> Result<Imported, ProfileError> {
    let mut reader = Reader { archive: archive::Archive::open(bytes, FORMAT)?, not_understood: Vec::new() };
    let mut profile = Profile::default();
    reader.rows("Profile.csv", |row| {
        let names = [row.get("First Name"), row.get("Last Name")];
        profile.name =
            Some(names.into_iter().flatten().collect::<Vec<_>>().join(" ")).filter(|n| !n.is_empty());
        profile.headline = row.get("Headline");
        profile.summary = row.get("Summary");
        Ok(())
    })?;
    reader.rows("Positions.csv", |row| {
        profile.work.push(Job {
            title: row.get("Title").ok_or("it has no Title")?,
            company: row.get("Company Name"),
            start: row.month("Started On"),
            end: row.month("Finished On"),
            summary: row.get("Description"),
            highlights: Vec::new(),
        });
        Ok(())
    })?;
    reader.rows("Skills.csv", |row| {
        let name = row.get("Name").ok_or("it has no Name")?;
        profile.skills.push(ProfileSkill { name, ..ProfileSkill::default() });
        Ok(())
    })?;
    reader.rows("Certifications.csv", |row| {
        profile.certificates.push(Certificate {
            name: row.get("Name").ok_or("it has no Name")?,
            issuer: row.get("Authority"),
            date: row.month("Started On"),
            ..Certificate::default()
        });
        Ok(())
    })?;
    reader.rows("Education.csv", |row| {
        profile.degrees.push(Degree {
            name: row.get("Degree Name").or_else(|| row.get("School Name")).ok_or("it has no name")?,
            field: None,
            institution: row.get("School Name"),
            end: row.month("End Date"),
        });
        Ok(())
    })?;
    reader.rows("Languages.csv", |row| {
        let name = row.get("Name").ok_or("it has no Name")?;
        profile.languages.push(SpokenLanguage { name, level: row.get("Proficiency").map(|p| cefr(&p)) });
        Ok(())
    })?;
    let mut beside = Vec::new();
    for (name, columns) in BESIDE {
        reader.rows(name, |row| {
            beside.extend(columns.iter().filter_map(|column| row.get(column)));
            Ok(())
        })?;
    }
    for name in reader.archive.names() {
        let name = name.rsplit('/').next().unwrap_or_default();
        if NOT_READ.contains(&name) {
            reader.not_understood.push(format!("{name}: not read, a profile has no place for it"));
        }
    }
    if profile == Profile::default() {
        return Err(ProfileError::Format {
            format: FORMAT,
            problem: format!(
                "no Positions.csv, Skills.csv or Profile.csv with the English column names\n  {}",
                reader.not_understood.join("; ")
            ),
        });
    }
    Ok(Imported { beside, ..Imported::of(profile, FORMAT, reader.not_understood) })
}

struct Reader<'a> {
    archive: archive::Archive<'a>,
    not_understood: Vec<String>,
}

struct Row<'r> {
    headers: &'r csv::StringRecord,
    cells: &'r csv::StringRecord,
    /// What of the row was not understood.
    odd: Vec<String>,
}

impl Row<'_> {
    fn get(&self, column: &str) -> Option<String> {
        let at = self.headers.iter().position(|h| h.trim().trim_start_matches('\u{feff}') == column)?;
        self.cells.get(at).map(|c| c.trim().to_owned()).filter(|c| !c.is_empty())
    }

    /// An odd date is noted; what it belongs to is kept.
    fn month(&mut self, column: &str) -> Option<Month> {
        let text = self.get(column)?;
        let month = Month::parse_words(&text);
        if month.is_none() {
            self.odd.push(format!("{column} `{text}` is no date"));
        }
        month
    }
}

impl Reader<'_> {
    /// Calls `each` for every row of the CSV file `name`, if there is one.
    fn rows(
        &mut self,
        name: &str,
        mut each: impl FnMut(&mut Row<'_>) -> Result<(), String>,
    ) -> Result<(), ProfileError> {
        let Some(text) = self.archive.text(name)? else { return Ok(()) };
        let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let headers = table.headers().cloned().unwrap_or_default();
        for (i, record) in table.records().enumerate() {
            let problems = match &record {
                Ok(cells) => {
                    let mut row = Row { headers: &headers, cells, odd: Vec::new() };
                    let failed = each(&mut row).err();
                    row.odd.into_iter().chain(failed).collect()
                }
                Err(error) => vec![error.to_string()],
            };
            let place = |problem| format!("{name} row {}: {problem}", i + 2);
            self.not_understood.extend(problems.into_iter().map(place));
        }
        Ok(())
    }
}
