//! Ashby job boards: the whole board in one documented answer, with pay.

use super::fields::{self, add_location, day, flag, items, number, raw, text};
use super::types::{Board, Page, ParseError, Request};
use super::{markup, pay, posting, scrub};
use crate::posting::{Markup, Pay, Posting, Workplace};
use serde_json::Value;
use url::Url;

pub(super) fn detect(url: &Url) -> Option<String> {
    let mut path = url.path_segments()?.filter(|part| !part.is_empty());
    let token = match url.host_str()? {
        "jobs.ashbyhq.com" => path.next()?,
        "api.ashbyhq.com" => path.nth(2)?,
        _ => return None,
    };
    Some(markup_free(token))
}

/// A token as people write it: percent-encoding undone (tokens may hold spaces).
fn markup_free(token: &str) -> String {
    url::form_urlencoded::parse(format!("t={}", token.replace('+', "%2B")).as_bytes())
        .next()
        .map_or_else(|| token.to_owned(), |(_, value)| value.into_owned())
}

/// The id in a posting's address, also in `ashby_jid=` on an employer's own page.
pub(super) fn native_id(url: &Url) -> Option<String> {
    let id = url.query_pairs().find(|(name, _)| name == "ashby_jid").map(|(_, id)| id.into_owned());
    id.or_else(|| {
        detect(url)?;
        let mut parts = url.path_segments()?.filter(|part| !part.is_empty() && *part != "application");
        parts.nth(1).map(str::to_owned)
    })
    .filter(|id| id.len() == 36)
}

pub(super) fn start(board: &Board) -> Vec<Request> {
    let mut url = "https://api.ashbyhq.com/posting-api/job-board/".to_owned();
    url.push_str(&super::path_segment(&board.token));
    url.push_str("?includeCompensation=true");
    vec![Request::list(url)]
}

pub(super) fn parse(board: &Board, _request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let doc = fields::json(body)?;
    let Some(jobs) = doc.get("jobs").and_then(Value::as_array) else {
        return Err(ParseError::Drift("no `jobs` list".into()));
    };
    fields::read_records("jobs", jobs, |job| record(&board.token, job))
}

pub(super) fn is_record(value: &Value) -> bool {
    value.get("id").is_some()
        && value.get("title").is_some()
        && (value.get("jobUrl").is_some() || value.get("isListed").is_some())
}

pub(super) fn board_of(value: &Value) -> Option<String> {
    detect(&Url::parse(raw(value, "jobUrl")).ok()?)
}

/// One job; `None` when the employer does not list it.
pub(super) fn record(board: &str, job: &Value) -> Result<Option<Posting>, String> {
    if flag(job, "isListed") == Some(false) {
        return Ok(None);
    }
    let mut found = posting("ashby", board, text(job, "id"), text(job, "title"));
    add_location(&mut found.locations, text(job, "location"));
    for place in items(job, "secondaryLocations") {
        add_location(&mut found.locations, text(place, "location"));
    }
    (found.description, found.markup) = match raw(job, "descriptionHtml") {
        "" => (raw(job, "descriptionPlain").to_owned(), Markup::Text),
        html => (markup::decode_body(html), Markup::Html),
    };
    found.truncated = found.description.is_empty();
    found.url = text(job, "jobUrl");
    found.posted = day(job, "publishedAt");
    found.facts.department = text(job, "department");
    found.facts.team = text(job, "team");
    found.facts.employment_type = text(job, "employmentType");
    // `isRemote` is also set for hybrid work, so it counts only where nothing else is said.
    found.facts.workplace = super::workplace(raw(job, "workplaceType"))
        .or_else(|| flag(job, "isRemote").filter(|remote| *remote).map(|_| Workplace::Remote));
    found.facts.pay = items(job, "/compensation/summaryComponents").iter().find_map(salary);
    scrub::finish(found).map(Some)
}

/// The salary component; equity, bonus and commission are not pay for a period.
fn salary(component: &Value) -> Option<Pay> {
    if raw(component, "compensationType") != "Salary" {
        return None;
    }
    let period = pay::period(raw(component, "interval"));
    pay::range(
        number(component, "minValue"),
        number(component, "maxValue"),
        text(component, "currencyCode"),
        period,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_job_and_leaves_out_unlisted_ones() {
        let board = Board::new("ashby", "Acme Labs");
        assert_eq!(
            start(&board)[0].url,
            "https://api.ashbyhq.com/posting-api/job-board/Acme%20Labs?includeCompensation=true"
        );
        let job = |listed: bool| {
            serde_json::json!({
                "id": "7", "title": " Nurse ", "isListed": listed, "isRemote": true, "workplaceType": "Hybrid",
                "jobUrl": "https://jobs.ashbyhq.com/Acme%20Labs/7", "location": "Leeds",
                "secondaryLocations": [{"location": "York"}, {"location": "Leeds"}],
                "descriptionHtml": "<p>Care</p>", "publishedAt": "2026-04-07T17:12:35.753+00:00",
                "compensation": {"summaryComponents": [
                    {"compensationType": "EquityPercentage", "interval": "NONE", "minValue": 1, "maxValue": 2},
                    {"compensationType": "Salary", "interval": "1 YEAR", "currencyCode": "GBP",
                     "minValue": 32000, "maxValue": 35000}]}
            })
        };
        let body = serde_json::to_vec(&serde_json::json!({"jobs": [job(true), job(false)]})).unwrap();
        let page = parse(&board, &start(&board)[0], &body).unwrap();
        assert_eq!((page.rows, page.postings.len()), (2, 1));
        let found = &page.postings[0];
        assert_eq!((found.title.as_str(), found.locations.len()), ("Nurse", 2));
        assert_eq!(found.facts.workplace, Some(Workplace::Hybrid));
        assert_eq!(found.facts.pay.as_ref().unwrap().to_string(), "GBP 32000–35000 a year");
        assert_eq!(board_of(&job(true)).as_deref(), Some("Acme Labs"));
    }

    #[test]
    fn says_why_a_body_is_no_board() {
        let board = Board::new("ashby", "acme");
        for (body, expected) in [
            ("", "unreadable answer: it is empty"),
            ("<html>", "unreadable answer: a web page instead of JSON"),
            ("{\"jobs\":[{\"id\":\"1\"", "unreadable answer: no valid JSON"),
            ("{\"data\":[]}", "the answer has an unknown shape: no `jobs` list"),
        ] {
            let error = parse(&board, &start(&board)[0], body.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
