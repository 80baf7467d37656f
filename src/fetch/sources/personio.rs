//! Personio: the XML feed of an employer's job page.

use super::fields::{self, add_location, parse_day};
use super::types::{Board, Page, ParseError, Rejected, Request};
use super::xml::{self, Node};
use super::{markup, merge_copies, posting, scrub};
use crate::posting::{Markup, Posting};
use url::Url;

pub(super) fn detect(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    if let Some(name) = host.strip_suffix(".jobs.personio.de") {
        return Some(name.to_owned());
    }
    host.strip_suffix(".jobs.personio.com").map(|name| format!("{name}@com"))
}

pub(super) fn start(board: &Board) -> Vec<Request> {
    let (name, region) = board.name_and_region();
    let ending = region.unwrap_or("de");
    vec![Request::list(format!("https://{name}.jobs.personio.{ending}/xml?language=en"))]
}

pub(super) fn parse(board: &Board, _request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let root = xml::parse(body)?;
    if root.name != "workzag-jobs" {
        return Err(ParseError::Drift(format!("<{}> instead of <workzag-jobs>", root.name)));
    }
    fields::check_drift(read(&board.token, &root))
}

/// Reads the positions of a feed.
pub(super) fn read(board: &str, root: &Node) -> Page {
    let mut page = Page::default();
    for (index, position) in root.all("position").enumerate() {
        page.rows += 1;
        match record(board, position) {
            Ok(found) => page.postings.push(found),
            Err(reason) => page.rejected.push(Rejected { place: format!("position[{index}]"), reason }),
        }
    }
    page.company = root.children.iter().find_map(|position| position.text_of("subcompany"));
    page.postings = merge_copies(std::mem::take(&mut page.postings));
    page
}

fn record(board: &str, position: &Node) -> Result<Posting, String> {
    let id = position.text_of("id").or_else(|| position.attribute("id").map(str::to_owned));
    let address = position.text_of("url");
    let own = address.as_deref().and_then(|url| detect(&Url::parse(url).ok()?));
    let board = own.as_deref().unwrap_or(board);
    let mut found = posting("personio", board, id, position.text_of("name"));
    found.company = position.text_of("subcompany");
    add_location(&mut found.locations, position.text_of("office"));
    if let Some(more) = position.child("additionalOffices") {
        for office in more.all("office") {
            add_location(&mut found.locations, Some(office.text.trim().to_owned()));
        }
    }
    if let Some(parts) = position.child("jobDescriptions") {
        for part in parts.all("jobDescription") {
            let heading = part.text_of("name").unwrap_or_default();
            let content = part.child("value").map(|value| value.text.as_str()).unwrap_or("");
            markup::section(&mut found.description, &heading, content);
        }
    }
    found.markup = Markup::Html;
    found.truncated = found.description.is_empty();
    found.url = address.or_else(|| {
        let (name, region) = board.split_once('@').unwrap_or((board, "de"));
        Some(format!("https://{name}.jobs.personio.{region}/job/{}", found.key.native_id))
    });
    found.posted = position.text_of("createdAt").and_then(|text| parse_day(&text));
    found.facts.department = position.text_of("department");
    found.facts.employment_type = position.text_of("schedule").or_else(|| position.text_of("employmentType"));
    found.facts.level = position.text_of("seniority");
    found.facts.years = position.text_of("yearsOfExperience");
    found.facts.industry = position.text_of("occupationCategory");
    scrub::finish(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_positions_once_each() {
        let position = "<position><id>9</id><subcompany>Acme SE &amp; Co. KG</subcompany><office>Munich</office>\
            <additionalOffices><office>Berlin</office></additionalOffices><name>Data Engineer</name>\
            <jobDescriptions><jobDescription><name>You have</name><value><![CDATA[<ul><li>SQL</li></ul>]]></value>\
            </jobDescription></jobDescriptions><seniority>experienced</seniority><yearsOfExperience>7-10</yearsOfExperience>\
            <createdAt>2024-11-13T14:10:41+00:00</createdAt></position>";
        let body = format!("<?xml version='1.0'?><workzag-jobs>{position}{position}</workzag-jobs>");
        let board = Board::new("personio", "acme");
        let page = parse(&board, &start(&board)[0], body.as_bytes()).unwrap();
        assert_eq!((page.rows, page.postings.len()), (2, 1));
        let found = &page.postings[0];
        assert_eq!(found.description, "<h3>You have</h3>\n<ul><li>SQL</li></ul>\n");
        assert_eq!(found.locations, ["Munich", "Berlin"]);
        assert_eq!(
            (found.facts.level.as_deref(), found.facts.years.as_deref()),
            (Some("experienced"), Some("7-10"))
        );
        assert_eq!(page.company.as_deref(), Some("Acme SE & Co. KG"));
        let html = parse(&board, &start(&board)[0], b"<html></html>");
        assert!(matches!(html, Err(ParseError::Drift(_))));
    }
}
