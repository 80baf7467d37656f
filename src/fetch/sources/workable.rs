//! Workable: the account's widget, one row per location.

use super::fields::{self, add_location, day, flag, items, join_place, raw, text};
use super::types::{Board, Page, ParseError, Request};
use super::{markup, merge_copies, posting, scrub};
use crate::posting::{Markup, Posting, Workplace};
use serde_json::Value;
use url::Url;

pub(super) fn detect(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    let mut path = url.path_segments()?.filter(|part| !part.is_empty());
    match host {
        "apply.workable.com" => match path.next()? {
            "api" => path.nth(3).map(str::to_owned),
            "j" => None,
            token => Some(token.to_owned()),
        },
        _ => {
            let name = host.strip_suffix(".workable.com")?;
            (name != "www" && name != "jobs" && !name.contains('.')).then(|| name.to_owned())
        }
    }
}

pub(super) fn native_id(url: &Url) -> Option<String> {
    let mut path = url.path_segments()?;
    (url.host_str()? == "apply.workable.com" && path.any(|part| part == "j")).then_some(())?;
    path.next().filter(|id| !id.is_empty()).map(str::to_owned)
}

pub(super) fn start(board: &Board) -> Vec<Request> {
    let account = super::path_segment(&board.token);
    vec![Request::list(format!("https://apply.workable.com/api/v1/widget/accounts/{account}?details=true"))]
}

pub(super) fn parse(board: &Board, _request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let doc = fields::json(body)?;
    let Some(jobs) = doc.get("jobs").and_then(Value::as_array) else {
        return Err(ParseError::Drift("no `jobs` list".into()));
    };
    let company = text(&doc, "name");
    let mut page = fields::read_records("jobs", jobs, |job| {
        let mut found = record(&board.token, job)?;
        found.company.clone_from(&company);
        Ok(Some(found))
    })?;
    page.postings = merge_copies(page.postings);
    page.company = company;
    Ok(page)
}

pub(super) fn is_record(value: &Value) -> bool {
    value.get("shortcode").is_some() && value.get("title").is_some()
}

pub(super) fn record(board: &str, job: &Value) -> Result<Posting, String> {
    let mut found = posting("workable", board, text(job, "shortcode"), text(job, "title"));
    for place in items(job, "locations").iter().filter(|place| flag(place, "hidden") != Some(true)) {
        add_location(
            &mut found.locations,
            join_place(&[text(place, "city"), text(place, "region"), text(place, "country")]),
        );
    }
    if found.locations.is_empty() {
        add_location(
            &mut found.locations,
            join_place(&[text(job, "city"), text(job, "state"), text(job, "country")]),
        );
    }
    found.description = markup::decode_body(raw(job, "description"));
    found.markup = Markup::Html;
    found.truncated = found.description.is_empty();
    found.url = text(job, "url");
    found.posted = day(job, "published_on").or_else(|| day(job, "created_at"));
    found.facts.department = text(job, "department");
    found.facts.employment_type = text(job, "employment_type");
    found.facts.level = text(job, "experience");
    found.facts.industry = text(job, "industry");
    found.facts.workplace = flag(job, "telecommuting").filter(|remote| *remote).map(|_| Workplace::Remote);
    scrub::finish(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_of_one_job_become_one_posting() {
        let row = |city: &str| {
            json!({"title": "Cook", "shortcode": "A1", "city": city, "country": "Norway", "telecommuting": false,
                "experience": "Mid-Senior level", "published_on": "2026-01-02", "description": "<p>Cook</p>",
                "url": "https://apply.workable.com/j/A1"})
        };
        let body = json!({"name": "Acme", "jobs": [row("Oslo"), row("Bergen")]}).to_string();
        let board = Board::new("workable", "acme");
        let page = parse(&board, &start(&board)[0], body.as_bytes()).unwrap();
        assert_eq!((page.rows, page.postings.len()), (2, 1));
        let found = &page.postings[0];
        assert_eq!(found.locations, ["Oslo, Norway", "Bergen, Norway"]);
        assert_eq!(
            (found.company.as_deref(), found.facts.level.as_deref()),
            (Some("Acme"), Some("Mid-Senior level"))
        );
        assert_eq!(
            native_id(&Url::parse("https://apply.workable.com/acme/j/A1/").unwrap()).as_deref(),
            Some("A1")
        );
    }
}
