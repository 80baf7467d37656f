//! Greenhouse job boards: the whole board in one documented answer.

use super::fields::{self, add_location, at, day, first_text, items, raw, text};
use super::types::{Board, Page, ParseError, Request};
use super::{markup, pay, posting, scrub};
use crate::posting::{Facts, Markup, Pay, Posting};
use serde_json::Value;
use url::Url;

/// Tokens that are no board although they stand where one does.
const NOT_BOARDS: &[&str] = &["embed", "ai_opt_out_request", "v1", "users"];

/// Board token in a page's or interface's address.
pub(super) fn detect(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    if !(host == "greenhouse.io" || host.ends_with(".greenhouse.io")) {
        return None;
    }
    let mut path = url.path_segments()?.filter(|part| !part.is_empty());
    let first = path.next()?;
    let token = match first {
        "v1" => path.nth(1)?.to_owned(),
        "embed" => url.query_pairs().find(|(name, _)| name == "for")?.1.into_owned(),
        token => token.to_owned(),
    };
    let token = token.to_lowercase();
    if NOT_BOARDS.contains(&token.as_str()) {
        return None;
    }
    Some(if host.contains(".eu.") { format!("{token}@eu") } else { token })
}

/// The id in a posting's address, also in `gh_jid=` on an employer's own page.
pub(super) fn native_id(url: &Url) -> Option<String> {
    let id = url.query_pairs().find(|(name, _)| name == "gh_jid").map(|(_, id)| id.into_owned());
    id.or_else(|| {
        detect(url)?;
        url.path_segments()?.next_back().map(str::to_owned)
    })
    .filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
}

pub(super) fn start(board: &Board) -> Vec<Request> {
    let (token, region) = board.name_and_region();
    let region = region.map(|region| format!("{region}.")).unwrap_or_default();
    vec![Request::list(format!(
        "https://boards-api.{region}greenhouse.io/v1/boards/{token}/jobs?content=true"
    ))]
}

pub(super) fn parse(board: &Board, _request: &Request, body: &[u8]) -> Result<Page, ParseError> {
    let doc = fields::json(body)?;
    let Some(jobs) = doc.get("jobs").and_then(Value::as_array) else {
        return Err(match text(&doc, "error") {
            Some(error) => ParseError::NotABoard(error),
            None => ParseError::Drift("no `jobs` list".into()),
        });
    };
    let mut page = fields::read_records("jobs", jobs, |job| record(&board.token, job).map(Some))?;
    page.advertised_total = fields::count(&doc, "/meta/total");
    page.company = jobs.iter().find_map(|job| text(job, "company_name"));
    Ok(page)
}

/// Whether a JSON object is a job of this portal.
pub(super) fn is_record(value: &Value) -> bool {
    value.get("absolute_url").is_some() && value.get("id").is_some() && value.get("title").is_some()
}

/// The board that a job's own address names.
pub(super) fn board_of(value: &Value) -> Option<String> {
    detect(&Url::parse(raw(value, "absolute_url")).ok()?)
}

/// One job, from a list with or without content or from its own page.
pub(super) fn record(board: &str, job: &Value) -> Result<Posting, String> {
    let mut found = posting("greenhouse", board, text(job, "id"), text(job, "title"));
    found.company = text(job, "company_name");
    add_location(&mut found.locations, text(job, "/location/name"));
    for office in items(job, "offices") {
        add_location(&mut found.locations, first_text(office, &["location", "name"]));
    }
    found.description = markup::decode_body(raw(job, "content"));
    found.markup = Markup::Html;
    found.truncated = found.description.is_empty();
    // Every job of this portal has one: a record without it is somebody's digest of the list.
    found.url = Some(text(job, "absolute_url").ok_or("no `absolute_url`")?);
    found.posted = day(job, "first_published").or_else(|| day(job, "updated_at"));
    found.language = text(job, "language");
    found.facts.department = items(job, "departments").iter().find_map(|d| text(d, "name"));
    found.facts.requisition = text(job, "requisition_id");
    found.facts.pay = items(job, "pay_input_ranges").iter().find_map(pay_range);
    for field in items(job, "metadata") {
        read_metadata(&mut found.facts, field);
    }
    scrub::finish(found)
}

/// Pay in cents, as `pay_transparency=true` gives it.
fn pay_range(value: &Value) -> Option<Pay> {
    let amount = |name| fields::number(value, name).map(|cents| cents / 100.0);
    let title = text(value, "title").unwrap_or_default();
    pay::range(amount("min_cents"), amount("max_cents"), text(value, "currency_type"), pay::period(&title))
}

/// Keeps an employer's own field when its name says that it is a level, a track, an employment
/// type, a work place or a pay range; everything else is dropped unread, people's names first.
fn read_metadata(facts: &mut Facts, field: &Value) {
    let name = raw(field, "name").to_lowercase();
    let kind = raw(field, "value_type");
    if kind == "user" || kind == "long_text" {
        return;
    }
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if kind == "currency_range" {
        if facts.pay.is_none() && has(&["pay", "salary", "range"]) && !has(&["budget"]) {
            facts.pay = currency_range(field);
        }
        return;
    }
    let Some(value) = text(field, "value").or_else(|| text(field, "/value/0")) else { return };
    let slot = if has(&["level"]) && !has(&["salary", "education", "experience", "language"]) {
        &mut facts.level
    } else if name == "career track" || name == "ic or mg" || name == "job track" {
        &mut facts.track
    } else if has(&["employment type", "time type", "worker type"]) {
        &mut facts.employment_type
    } else {
        if has(&["workplace", "location type", "remote"]) && facts.workplace.is_none() {
            facts.workplace = super::workplace(&value);
        }
        return;
    };
    if slot.is_none() {
        *slot = Some(value);
    }
}

fn currency_range(field: &Value) -> Option<Pay> {
    let value = at(field, "value")?;
    // 0.01 stands for "none" on some boards: no posted wage is below 1.
    let amount = |name| fields::number(value, name).filter(|amount| *amount >= 1.0);
    pay::range(amount("min_value"), amount("max_value"), text(value, "unit"), None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posting::Workplace;

    #[test]
    fn finds_the_board_in_addresses() {
        for (url, board, id) in [
            ("https://boards.greenhouse.io/acme/jobs/123", Some("acme"), Some("123")),
            ("https://job-boards.eu.greenhouse.io/acme", Some("acme@eu"), None),
            ("https://boards-api.greenhouse.io/v1/boards/Acme/jobs?content=true", Some("acme"), None),
            ("https://boards.greenhouse.io/embed/job_board?for=acme", Some("acme"), None),
            ("https://boards.greenhouse.io/embed/job_board", None, None),
            ("https://acme.com/careers?gh_jid=77", None, Some("77")),
            ("https://greenhouse.io.evil.example/acme", None, None),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(detect(&url).as_deref(), board, "{url}");
            assert_eq!(native_id(&url).as_deref(), id, "{url}");
        }
    }

    #[test]
    fn keeps_level_like_metadata_and_drops_people() {
        let job = serde_json::json!({
            "id": 5, "title": "Staff Engineer &amp; Lead", "absolute_url": "https://boards.greenhouse.io/acme/jobs/5",
            "content": "&lt;p&gt;Ask jo@acme.example&lt;/p&gt;", "first_published": "2026-03-10T23:02:20-04:00",
            "metadata": [
                {"name": "Dropboxer Level", "value_type": "single_select", "value": "IC5"},
                {"name": "CFO Approver", "value_type": "user", "value": {"name": "Jo Doe", "email": "jo@acme.example"}},
                {"name": "Career Track", "value_type": "single_select", "value": "Individual Contributor"},
                {"name": "Baseline Budgeted Salary", "value_type": "currency_range",
                 "value": {"unit": "USD", "min_value": "1.0", "max_value": "2.0"}},
                {"name": "Pay Transparency Range", "value_type": "currency_range",
                 "value": {"unit": "USD", "min_value": "90000.0", "max_value": "120000.0"}},
                {"name": "Workplace Type", "value_type": "single_select", "value": "Hybrid"},
                {"name": "Recruiting Team Responsible", "value_type": "single_select", "value": "Jo's team"}
            ]
        });
        let found = record("acme", &job).unwrap();
        assert_eq!(found.title, "Staff Engineer & Lead");
        assert_eq!(found.description, "<p>Ask xx@xxxx.xxxxxxx</p>");
        assert_eq!(found.posted.unwrap().to_string(), "2026-03-11");
        assert_eq!(found.facts.level.as_deref(), Some("IC5"));
        assert_eq!(found.facts.track.as_deref(), Some("Individual Contributor"));
        assert_eq!(found.facts.workplace, Some(Workplace::Hybrid));
        assert_eq!(found.facts.pay.as_ref().unwrap().to_string(), "USD 90000–120000");
        let kept = serde_json::to_string(&found).unwrap();
        assert!(!kept.contains("Jo Doe") && !kept.contains("Jo's"), "{kept}");
    }
}
