//! Postings that come from no portal: the program's own JSON, and the plain NDJSON record.

use super::fields::{day, first_text, flag, items, raw, text};
use super::{markup, pay, posting, scrub};
use crate::posting::{Markup, Posting, Workplace, employer_key};
use serde_json::Value;
use url::Url;

/// Source kind of records whose id names none.
const FILE: &str = "file";

/// Whether a JSON object is a [`Posting`] as this program writes it.
pub(super) fn is_own(value: &Value) -> bool {
    value.pointer("/key/native_id").is_some() && value.get("description").is_some()
}

pub(super) fn own(_board: &str, value: &Value) -> Result<Option<Posting>, String> {
    let posting: Posting = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    scrub::finish(posting).map(Some)
}

/// Whether a JSON object is a plain record: `id`, `description`, and `company`, `location` or `html`.
pub(super) fn is_record(value: &Value) -> bool {
    let has = |name: &str| value.get(name).is_some();
    has("id")
        && value.get("description").is_some_and(Value::is_string)
        && (value.get("html").is_some_and(Value::is_boolean)
            || (has("company")
                && !value["company"].is_object()
                && has("location")
                && !value["location"].is_object()))
        && !has("key")
        // Remote OK writes the title there.
        && !has("position")
}

/// Reads a plain record. Its `id` may name the source: `glassdoor:pn-0` is posting `pn-0` of the
/// source `glassdoor`; the board is the one its address names, else the employer.
pub(super) fn record(board: &str, value: &Value) -> Result<Option<Posting>, String> {
    let id = text(value, "id").ok_or("no id")?;
    let company = text(value, "company");
    let (source, native_id) = match id.split_once(':').filter(|(kind, _)| is_kind(kind)) {
        Some((kind, rest)) => (kind, rest),
        None => (FILE, id.as_str()),
    };
    let own_board = Url::parse(raw(value, "url")).ok().and_then(|url| super::detect(&url));
    let own_board = own_board.filter(|board| board.source == source).map(|board| board.token);
    let employer = company.as_deref().map(employer_key).filter(|key| !key.is_empty());
    let board = match (&own_board, &employer, source) {
        (Some(board), ..) | (None, Some(board), _) => board.as_str(),
        (None, None, FILE) => board,
        (None, None, source) => source,
    };
    let mut found = posting(source, board, Some(native_id.to_owned()), text(value, "title"));
    found.company = company;
    found.locations = text(value, "location").into_iter().collect();
    found.description = raw(value, "description").to_owned();
    let html = flag(value, "html").unwrap_or_else(|| markup::looks_like_html(&found.description));
    found.markup = if html { Markup::Html } else { Markup::Text };
    found.url = text(value, "url");
    found.posted = day(value, "posted");
    found.language = text(value, "language");
    found.facts.level = text(value, "experience_level");
    found.facts.department = text(value, "department");
    found.facts.employment_type = text(value, "employment_type");
    found.facts.industry = first_text(value, &["industry", "/extra/industry"]);
    found.facts.pay = text(value, "salary").and_then(|salary| pay::from_text(&salary));
    found.facts.workplace = flag(value, "remote").filter(|remote| *remote).map(|_| Workplace::Remote);
    found.facts.portal_skills =
        items(value, "skills").iter().filter_map(|skill| skill.as_str().map(str::to_owned)).collect();
    scrub::finish(found).map(Some)
}

fn is_kind(kind: &str) -> bool {
    !kind.is_empty()
        && !matches!(kind, "http" | "https")
        && kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_id_names_source_and_the_company_the_board() {
        for (id, company, key) in [
            ("glassdoor:pn-0", Some("Acme, Inc."), "glassdoor:acme:pn-0"),
            ("hn_whoishiring:77", None, "hn_whoishiring:hn_whoishiring:77"),
            ("plain-1", None, "file:stem:plain-1"),
            ("http://x/1", Some("Acme"), "file:acme:http://x/1"),
        ] {
            let value =
                json!({"id": id, "company": company, "html": false, "title": "Cook", "description": "x"});
            assert!(is_record(&value));
            assert_eq!(record("stem", &value).unwrap().unwrap().key.to_string(), key);
        }
    }

    #[test]
    fn our_own_json_comes_back_as_it_went() {
        let value = json!({"id": "a:1", "html": true, "title": "Cook", "description": "<p>x</p>", "salary": "$20 an hour",
            "skills": ["knives"], "posted": "2026-01-02"});
        let first = record("stem", &value).unwrap().unwrap();
        let json = serde_json::to_value(&first).unwrap();
        assert!(is_own(&json) && !is_record(&json));
        assert_eq!(own("stem", &json).unwrap().unwrap(), first);
    }
}
