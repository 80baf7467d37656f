//! Lever postings: documented, paged by a hundred; requirements stand in `lists`.

use super::fields::{self, add_location, at, day, items, number, raw, text};
use super::types::{Board, Page, ParseError, Request, Step};
use super::{markup, pay, posting, scrub};
use crate::posting::{Markup, Posting};
use serde_json::Value;
use url::Url;

/// Rows asked for in one request.
const PAGE: u64 = 100;

pub(super) fn detect(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    let mut path = url.path_segments()?.filter(|part| !part.is_empty());
    let token = match host {
        "jobs.lever.co" | "jobs.eu.lever.co" => path.next()?,
        "api.lever.co" | "api.eu.lever.co" => path.nth(2)?,
        _ => return None,
    };
    Some(if host.contains(".eu.") { format!("{token}@eu") } else { token.to_owned() })
}

/// A site that the portal does not know may be one of its European customers.
pub(super) fn elsewhere(board: &Board) -> Option<Board> {
    board.name_and_region().1.is_none().then(|| Board::new("lever", format!("{}@eu", board.token)))
}

pub(super) fn native_id(url: &Url) -> Option<String> {
    detect(url)?;
    let id = url.path_segments()?.rfind(|part| !part.is_empty() && *part != "apply")?;
    (id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')).then(|| id.to_owned())
}

fn list_url(board: &Board, skip: u64) -> String {
    let (token, region) = board.name_and_region();
    let region = region.map(|region| format!("{region}.")).unwrap_or_default();
    format!("https://api.{region}lever.co/v0/postings/{token}?mode=json&skip={skip}&limit={PAGE}")
}

pub(super) fn start(board: &Board) -> Vec<Request> {
    vec![Request::list(list_url(board, 0))]
}

pub(super) fn parse(board: &Board, request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let doc = fields::json(body)?;
    let Some(rows) = doc.as_array() else {
        return Err(match fields::flag(&doc, "ok") {
            Some(false) => ParseError::NotABoard(text(&doc, "error").unwrap_or_default()),
            _ => ParseError::Drift("no list of postings".into()),
        });
    };
    let mut page = fields::read_records("", rows, |row| record(&board.token, row).map(Some))?;
    let first = rows.first().and_then(|row| text(row, "id"));
    // Further pages are asked for in the region that knew the first one.
    let home = Url::parse(&request.url).ok().and_then(|url| detect(&url));
    let home = home.map_or_else(|| board.clone(), |token| Board::new("lever", token));
    if let Step::List { at, after } = &request.step {
        if at > &0 && first.is_some() && &first == after {
            return Err(ParseError::Drift(format!("the page at row {at} repeats the one before")));
        }
        if page.rows == PAGE {
            page.next.push(Request::list_at(list_url(&home, at + PAGE), at + PAGE, first));
        }
    }
    Ok(page)
}

pub(super) fn is_record(value: &Value) -> bool {
    value.get("text").is_some()
        && value.get("id").is_some()
        && (value.get("categories").is_some() || value.get("hostedUrl").is_some())
}

pub(super) fn board_of(value: &Value) -> Option<String> {
    detect(&Url::parse(raw(value, "hostedUrl")).ok()?)
}

pub(super) fn record(board: &str, row: &Value) -> Result<Posting, String> {
    let mut found = posting("lever", board, text(row, "id"), text(row, "text"));
    add_location(&mut found.locations, text(row, "/categories/location"));
    for location in items(row, "/categories/allLocations") {
        add_location(&mut found.locations, location.as_str().map(|name| name.trim().to_owned()));
    }
    (found.description, found.markup) = description(row);
    found.truncated = found.description.is_empty();
    found.url = text(row, "hostedUrl");
    found.posted = day(row, "createdAt");
    found.facts.department = text(row, "/categories/department");
    found.facts.team = text(row, "/categories/team");
    found.facts.employment_type = text(row, "/categories/commitment");
    found.facts.level = text(row, "/categories/level");
    found.facts.workplace = super::workplace(raw(row, "workplaceType"));
    if let Some(salary) = at(row, "salaryRange") {
        let period = pay::period(raw(salary, "interval"));
        found.facts.pay =
            pay::range(number(salary, "min"), number(salary, "max"), text(salary, "currency"), period);
    }
    scrub::finish(found)
}

/// Opening, lists with their headings, closing: as one HTML body, or as text where the portal
/// gave only that.
fn description(row: &Value) -> (String, Markup) {
    let mut body = String::new();
    if raw(row, "description").is_empty()
        && raw(row, "additional").is_empty()
        && items(row, "lists").is_empty()
    {
        for field in ["descriptionPlain", "additionalPlain", "salaryDescriptionPlain"] {
            let part = raw(row, field).trim();
            if !part.is_empty() {
                body.push_str(part);
                body.push_str("\n\n");
            }
        }
        return (body.trim_end().to_owned(), Markup::Text);
    }
    markup::section(&mut body, "", raw(row, "description"));
    for list in items(row, "lists") {
        let content = raw(list, "content");
        let content =
            if content.contains("<ul") { content.to_owned() } else { format!("<ul>{content}</ul>") };
        markup::section(&mut body, raw(list, "text"), &content);
    }
    markup::section(&mut body, "", raw(row, "additional"));
    markup::section(&mut body, "", raw(row, "salaryDescription"));
    (body, Markup::Html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_the_parts_of_the_body_and_reads_pay() {
        let row = serde_json::json!({
            "id": "a60fb104-ce93-4ba0-8763-ffb075b3eed1", "text": "Engineer", "createdAt": 1_553_186_035_299_i64,
            "hostedUrl": "https://jobs.eu.lever.co/acme/a60fb104-ce93-4ba0-8763-ffb075b3eed1",
            "description": "<div>We build.</div>", "additional": "<p>Perks</p>",
            "lists": [{"text": "You have", "content": "<li>Go</li>"}],
            "categories": {"location": "Oslo", "allLocations": ["Oslo", "Bergen"], "commitment": "Full-time"},
            "workplaceType": "hybrid",
            "salaryRange": {"min": 10, "max": 20, "currency": "nok", "interval": "per-hour-wage"}
        });
        let found = record("acme@eu", &row).unwrap();
        assert_eq!(
            found.description,
            "<div>We build.</div>\n<h3>You have</h3>\n<ul><li>Go</li></ul>\n<p>Perks</p>\n"
        );
        assert_eq!(found.locations, ["Oslo", "Bergen"]);
        assert_eq!(found.facts.pay.unwrap().to_string(), "NOK 10–20 a hour");
        assert_eq!(board_of(&row).as_deref(), Some("acme@eu"));
        assert_eq!(native_id(&Url::parse(&found.url.unwrap()).unwrap()), Some(found.key.native_id));
    }

    #[test]
    fn pages_until_a_short_page_and_notices_a_repeated_one() {
        let board = Board::new("lever", "acme");
        let rows: Vec<Value> = (0..100)
            .map(|n| serde_json::json!({"id": n, "text": "x", "categories": {}, "descriptionPlain": "y"}))
            .collect();
        let body = serde_json::to_vec(&rows).unwrap();
        let page = parse(&board, &start(&board)[0], &body).unwrap();
        assert_eq!(page.next.len(), 1);
        assert!(page.next[0].url.contains("skip=100"));
        assert!(matches!(parse(&board, &page.next[0], &body), Err(ParseError::Drift(_))));
        let last = serde_json::to_vec(&rows[..1][..]).unwrap();
        assert_eq!(parse(&board, &start(&board)[0], &last).unwrap().next, []);
        let unknown = br#"{"ok":false,"error":"Document not found"}"#;
        assert!(matches!(parse(&board, &start(&board)[0], unknown), Err(ParseError::NotABoard(_))));
    }
}
