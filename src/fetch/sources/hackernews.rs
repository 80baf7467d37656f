//! Hacker News, "Ask HN: Who is hiring?": one comment per employer, often with several roles.

use super::fields::{self, add_location, day, first_text, items, raw, text};
use super::types::{Board, Page, ParseError, Request, Step};
use super::{markup, pay, posting, scrub};
use crate::posting::{Markup, Posting};
use serde_json::Value;
use url::Url;

/// The one board.
const BOARD: &str = "whoishiring";

/// Words that tell a role from a place, a technology or a condition.
const ROLE_WORDS: &[&str] = &[
    "engineer",
    "engineers",
    "developer",
    "developers",
    "manager",
    "designer",
    "scientist",
    "analyst",
    "lead",
    "architect",
    "researcher",
    "director",
    "head",
    "officer",
    "specialist",
    "consultant",
    "intern",
    "programmer",
    "administrator",
    "devops",
    "sre",
    "recruiter",
    "marketer",
    "sales",
    "writer",
    "founding",
    "cto",
    "vp",
];

/// Most roles taken from one comment; a longer list is prose, not roles.
const ROLES: usize = 12;

pub(super) fn detect(url: &Url) -> Option<String> {
    matches!(url.host_str()?, "news.ycombinator.com" | "hn.algolia.com").then(|| BOARD.to_owned())
}

/// The latest monthly thread; its comments are the next request.
pub(super) fn start(_board: &Board) -> Vec<Request> {
    vec![Request::list(
        "https://hn.algolia.com/api/v1/search_by_date?tags=story,author_whoishiring&hitsPerPage=10",
    )]
}

pub(super) fn parse(_board: &Board, request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let doc = fields::json(body)?;
    if matches!(request.step, Step::List { at: 0, .. }) {
        let hits = items(&doc, "hits");
        let thread = hits.iter().find(|hit| raw(hit, "title").to_lowercase().contains("who is hiring"));
        let Some(id) = thread.and_then(|hit| text(hit, "objectID")) else {
            return Err(ParseError::Drift("no thread asks who is hiring".into()));
        };
        let url = format!("https://hn.algolia.com/api/v1/items/{id}");
        return Ok(Page { next: vec![Request::list_at(url, 1, None)], ..Page::default() });
    }
    let Some(comments) = doc.get("children").and_then(Value::as_array) else {
        return Err(ParseError::Drift("no `children`".into()));
    };
    let mut page = Page { rows: comments.len() as u64, ..Page::default() };
    for comment in comments {
        // Deleted comments have no text, and talk about the thread has no bars.
        page.postings.extend(roles_of(comment));
    }
    Ok(page)
}

/// A comment, in the interface's shape or that of two common recorders.
pub(super) fn is_record(value: &Value) -> bool {
    let comment = value.get("text").is_some_and(Value::is_string)
        && value.get("id").is_some_and(Value::is_number)
        && (value.get("author").is_some() || value.get("by").is_some())
        && value.get("categories").is_none();
    let mapped = value.get("full_html").is_some() && raw(value, "url").contains("news.ycombinator.com/item");
    comment || mapped
}

pub(super) fn records(_board: &str, comment: &Value) -> Result<Vec<Posting>, String> {
    Ok(roles_of(comment))
}

/// The postings of a comment: one per role that its first line names. Who wrote it is not kept.
fn roles_of(comment: &Value) -> Vec<Posting> {
    let body = match raw(comment, "text") {
        "" => raw(comment, "full_html"),
        text => text,
    };
    let line = body.split("<p>").next().unwrap_or("");
    let line = markup::line(&markup::without_tags(line));
    let parts: Vec<&str> = line.split('|').map(str::trim).filter(|part| !part.is_empty()).collect();
    let Some((company, rest)) = parts.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return Vec::new();
    };
    let address = text(comment, "url");
    let linked = address.as_deref().and_then(|url| url.rsplit_once("id=")).map(|(_, id)| id.to_owned());
    let Some(id) = first_text(comment, &["id", "objectID"]).or(linked) else { return Vec::new() };
    let roles = roles(rest);
    let several = roles.len() > 1;
    let build = |(index, role): (usize, &String)| {
        let native_id = if several { format!("{id}-{}", index + 1) } else { id.clone() };
        let mut found = posting("hackernews", BOARD, Some(native_id), Some(role.clone()));
        found.company = Some((*company).to_owned());
        found.description = body.to_owned();
        found.markup = Markup::Html;
        found.url = Some(format!("https://news.ycombinator.com/item?id={id}"));
        found.posted = day(comment, "created_at").or_else(|| day(comment, "time"));
        for part in rest.iter().filter(|part| !has_role_word(part)) {
            found.facts.workplace = found.facts.workplace.or_else(|| super::workplace(part));
            found.facts.pay = found.facts.pay.or_else(|| pay::from_text(part));
        }
        let place = rest.iter().find(|part| is_place(part) && !roles.iter().any(|role| role == **part));
        add_location(&mut found.locations, place.map(|place| (*place).to_owned()));
        scrub::finish(found).ok()
    };
    roles.iter().enumerate().filter_map(build).collect()
}

/// The roles that the parts after the company name.
fn roles(parts: &[&str]) -> Vec<String> {
    let named = parts.iter().filter(|part| has_role_word(part)).flat_map(|part| split_roles(part));
    let roles: Vec<String> = named.take(ROLES).collect();
    if roles.is_empty() {
        return parts.first().map(|part| (*part).to_owned()).into_iter().collect();
    }
    roles
}

/// `Backend Engineer, Data Scientist and Designer` are three roles; `Engineer, Payments` is one.
fn split_roles(part: &str) -> Vec<String> {
    let pieces: Vec<&str> = part
        .split([',', ';', '/', '&'])
        .flat_map(|piece| piece.split(" and "))
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
        .collect();
    if pieces.len() > 1 && pieces.iter().all(|piece| has_role_word(piece)) {
        return pieces.into_iter().map(str::to_owned).collect();
    }
    vec![part.to_owned()]
}

fn has_role_word(part: &str) -> bool {
    let lower = part.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).any(|word| ROLE_WORDS.contains(&word))
}

fn is_place(part: &&&str) -> bool {
    let lower = part.to_lowercase();
    let other = ["http", "full", "part-time", "contract", "$", "€", "£", "visa", "equity", "salary"];
    !has_role_word(part) && !other.iter().any(|word| lower.contains(word)) && part.len() < 80
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_comment_may_hold_several_roles() {
        let titles = |text: &str| -> Vec<String> {
            roles_of(&json!({"id": 7, "author": "jo", "text": text})).into_iter().map(|p| p.title).collect()
        };
        for (text, expected) in [
            (
                "Acme | Backend Engineer, Data Scientist | Oslo | Remote<p>We cook.",
                vec!["Backend Engineer", "Data Scientist"],
            ),
            ("Acme | Senior Engineer, Payments | Oslo", vec!["Senior Engineer, Payments"]),
            ("Acme (YC S20) | Oslo | ONSITE | Staff Engineer", vec!["Staff Engineer"]),
            ("Acme | Full-time<p>x", vec!["Full-time"]),
            ("Is this thread only for the US?", vec![]),
        ] {
            assert_eq!(titles(text), expected, "{text}");
        }
    }

    #[test]
    fn reads_the_thread_without_keeping_who_wrote() {
        let board = Board::new("hackernews", BOARD);
        let first = json!({"hits": [{"objectID": "1", "title": "Ask HN: Who wants to be hired?"},
            {"objectID": "2", "title": "Ask HN: Who is hiring? (July 2026)"}]});
        let page = parse(&board, &start(&board)[0], first.to_string().as_bytes()).unwrap();
        assert!(page.next[0].url.ends_with("/items/2"));
        let thread = json!({"children": [
            {"id": 9, "author": "secret_name", "created_at": "2026-07-01T14:00:00Z",
             "text": "Acme | SRE &amp; DevOps Engineer | Oslo | $100k - $120k | ONSITE<p>Mail jo@acme.example"},
            {"id": 10, "author": "x", "text": null}]});
        let page = parse(&board, &page.next[0], thread.to_string().as_bytes()).unwrap();
        assert_eq!((page.rows, page.postings.len()), (2, 2));
        let found = &page.postings[0];
        assert_eq!((found.key.native_id.as_str(), found.title.as_str()), ("9-1", "SRE"));
        assert_eq!(found.locations, ["Oslo"]);
        assert_eq!(found.facts.pay.as_ref().unwrap().to_string(), "USD 100000–120000");
        let json = serde_json::to_string(found).unwrap();
        assert!(!json.contains("secret_name") && !json.contains("jo@acme"), "{json}");
    }
}
