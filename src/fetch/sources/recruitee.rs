//! Recruitee: the offers of an employer's career site in one answer.

use super::fields::{self, add_location, at, day, first_text, flag, items, join_place, number, raw, text};
use super::types::{Board, Page, ParseError, Request};
use super::{address, markup, pay, posting, scrub};
use crate::posting::{Markup, Posting, Workplace};
use serde_json::Value;
use url::Url;

pub(super) fn detect(url: &Url) -> Option<String> {
    let name = url.host_str()?.strip_suffix(".recruitee.com")?;
    (!matches!(name, "www" | "api" | "app" | "support")).then(|| name.to_owned())
}

/// Tokens with a dot are career sites on an address of their own.
pub(super) fn start(board: &Board) -> Vec<Request> {
    let url = if board.token.contains(['.', '~']) {
        address::url_of(&board.token).and_then(|url| url.join("/api/offers/").ok()).map(String::from)
    } else {
        Some(format!("https://{}.recruitee.com/api/offers/", board.token))
    };
    url.into_iter().map(Request::list).collect()
}

pub(super) fn parse(board: &Board, _request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let doc = fields::json(body)?;
    let Some(offers) = doc.get("offers").and_then(Value::as_array) else {
        return Err(ParseError::Drift("no `offers` list".into()));
    };
    let mut page = fields::read_records("offers", offers, |offer| record(&board.token, offer))?;
    page.company = offers.iter().find_map(|offer| text(offer, "company_name"));
    Ok(page)
}

pub(super) fn is_record(value: &Value) -> bool {
    value.get("careers_url").is_some() && value.get("slug").is_some() && value.get("title").is_some()
}

pub(super) fn board_of(value: &Value) -> Option<String> {
    detect(&Url::parse(raw(value, "careers_url")).ok()?)
}

/// One offer; `None` unless it is published.
pub(super) fn record(board: &str, offer: &Value) -> Result<Option<Posting>, String> {
    if text(offer, "status").is_some_and(|status| status != "published") {
        return Ok(None);
    }
    let mut found = posting("recruitee", board, text(offer, "id"), text(offer, "title"));
    found.company = text(offer, "company_name");
    for place in items(offer, "locations") {
        add_location(
            &mut found.locations,
            join_place(&[text(place, "city"), text(place, "state"), text(place, "country")]),
        );
    }
    if found.locations.is_empty() {
        let whole =
            text(offer, "location").or_else(|| join_place(&[text(offer, "city"), text(offer, "country")]));
        add_location(&mut found.locations, whole);
    }
    markup::section(&mut found.description, "", &markup::decode_body(raw(offer, "description")));
    markup::section(&mut found.description, "", &markup::decode_body(raw(offer, "requirements")));
    found.markup = if markup::looks_like_html(&found.description) { Markup::Html } else { Markup::Text };
    found.truncated = found.description.is_empty();
    found.url = text(offer, "careers_url");
    found.posted = day(offer, "published_at").or_else(|| day(offer, "created_at"));
    found.facts.department = text(offer, "department");
    found.facts.employment_type = first_text(offer, &["employment_type_code", "employment_type"]);
    found.facts.level = text(offer, "experience_code");
    let on = |name| flag(offer, name) == Some(true);
    found.facts.workplace = match (on("remote"), on("hybrid"), on("on_site")) {
        (_, true, _) => Some(Workplace::Hybrid),
        (true, ..) => Some(Workplace::Remote),
        (.., true) => Some(Workplace::Onsite),
        _ => None,
    };
    found.facts.pay = at(offer, "salary").and_then(|salary| {
        let period = pay::period(raw(salary, "period"));
        pay::range(number(salary, "min"), number(salary, "max"), text(salary, "currency"), period)
    });
    scrub::finish(found).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_published_offers() {
        let offer = |status: &str| {
            json!({"id": 7, "slug": "cook", "title": "Cook", "status": status, "careers_url": "https://acme.recruitee.com/o/cook",
                "description": "<p>Cook</p>", "requirements": "<p>Knives</p>", "published_at": "2026-07-17 11:00:39 UTC",
                "locations": [{"city": "Oslo", "country": "Norway"}], "remote": true, "hybrid": true,
                "experience_code": "experienced", "salary": {"min": "10", "max": "20", "currency": "EUR", "period": "hour"}})
        };
        let board = Board::new("recruitee", "acme");
        let body = json!({"offers": [offer("published"), offer("internal")]}).to_string();
        let page = parse(&board, &start(&board)[0], body.as_bytes()).unwrap();
        assert_eq!((page.rows, page.postings.len()), (2, 1));
        let found = &page.postings[0];
        assert_eq!(found.description, "<p>Cook</p>\n<p>Knives</p>\n");
        assert_eq!(found.facts.workplace, Some(Workplace::Hybrid));
        assert_eq!(found.facts.pay.as_ref().unwrap().to_string(), "EUR 10–20 a hour");
        assert_eq!(board_of(&offer("x")).as_deref(), Some("acme"));
        let own = Board::new("recruitee", "jobs.acme.example");
        assert_eq!(start(&own)[0].url, "https://jobs.acme.example/api/offers/");
    }
}
