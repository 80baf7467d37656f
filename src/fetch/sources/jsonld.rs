//! schema.org JobPosting on web pages: JSON-LD with the damage seen in the wild, microdata, RDFa.

use super::fields::{self, add_location, at, day, first_text, join_place, number, raw, text};
use super::{markup, pay, posting, scripts, scrub};
use crate::posting::{Markup, Pay, Posting, Workplace};
use scraper::{ElementRef, Html, Selector};
use serde_json::{Map, Value};

/// How deep a JobPosting may stand inside other objects.
const DEPTH: usize = 6;

/// Longest description taken from marked-up elements, in bytes; the rest of a longer one is left.
const DESCRIPTION_CAP: usize = 1 << 20;

/// What all marked-up elements of a page may give and cost together, in bytes of text and nodes:
/// elements within each other would else give the innermost text as often as there are elements.
const TAKEN_CAP: usize = 16 << 20;

/// Every JobPosting of a page, as schema.org objects. `damaged` counts scripts that name a
/// JobPosting but cannot be read.
pub(super) struct Found {
    pub(super) jobs: Vec<Value>,
    pub(super) damaged: usize,
}

/// Finds the postings of a page. Most state them in a script, for which no tree is built.
pub(super) fn find(html: &str) -> Found {
    let mut found = Found { jobs: Vec::new(), damaged: 0 };
    for text in scripts::json_ld(html) {
        match values(text) {
            values if values.is_empty() && text.contains("JobPosting") => found.damaged += 1,
            values => values.into_iter().for_each(|value| collect(value, 0, &mut found.jobs)),
        }
    }
    if found.jobs.is_empty() && html.contains("JobPosting") {
        found.jobs = microdata(&Html::parse_document(html));
    }
    found
}

/// The JSON values of a script, repaired where needed.
fn values(text: &str) -> Vec<Value> {
    let mut text = text.trim();
    for (open, close) in
        [("<![CDATA[", "]]>"), ("//<![CDATA[", "//]]>"), ("<!--", "-->"), ("/*<![CDATA[*/", "/*]]>*/")]
    {
        if let Some(inner) = text.strip_prefix(open) {
            text = inner.trim_end().strip_suffix(close).unwrap_or(inner).trim();
        }
    }
    let text = text.trim_end_matches(';');
    let read = |text: &str| -> Vec<Value> {
        serde_json::Deserializer::from_str(text).into_iter().map_while(Result::ok).collect()
    };
    let plain = read(text);
    if !plain.is_empty() {
        return plain;
    }
    let decoded = if text.contains("&quot;") { markup::decode(text) } else { text.to_owned() };
    read(&repair(&decoded))
}

/// Escapes raw control characters in strings; drops comments and trailing commas outside them.
fn repair(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut in_string = false;
    while let Some(c) = chars.next() {
        if in_string {
            match c {
                '"' => in_string = false,
                '\\' => {
                    out.push(c);
                    out.extend(chars.next());
                    continue;
                }
                c if c.is_control() => {
                    out.push_str(&format!("\\u{:04x}", u32::from(c)));
                    continue;
                }
                _ => {}
            }
            out.push(c);
            continue;
        }
        match (c, chars.peek()) {
            ('"', _) => {
                in_string = true;
                out.push(c);
            }
            ('/', Some('/')) => while chars.next_if(|c| *c != '\n').is_some() {},
            ('/', Some('*')) => {
                let mut star = false;
                for c in chars.by_ref().skip(1) {
                    if star && c == '/' {
                        break;
                    }
                    star = c == '*';
                }
            }
            ('}' | ']', _) => {
                let kept = out.trim_end().len();
                if out.trim_end().ends_with(',') {
                    out.truncate(kept - 1);
                }
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// Whether a JSON object is a schema.org JobPosting.
pub(super) fn is_job(value: &Value) -> bool {
    let named =
        |kind: &Value| kind.as_str().is_some_and(|kind| kind.rsplit(['/', ':']).next() == Some("JobPosting"));
    match value.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().any(named),
        Some(kind) => named(kind),
        None => false,
    }
}

fn collect(value: Value, depth: usize, jobs: &mut Vec<Value>) {
    if depth > DEPTH {
        return;
    }
    match value {
        Value::Array(items) => items.into_iter().for_each(|item| collect(item, depth + 1, jobs)),
        value if is_job(&value) => jobs.push(value),
        Value::Object(fields) => {
            fields.into_iter().for_each(|(_, field)| collect(field, depth + 1, jobs));
        }
        _ => {}
    }
}

/// JobPostings marked up with `itemprop` (microdata) or `property` (RDFa), as the same kind of
/// object. Descriptions keep their HTML.
fn microdata(page: &Html) -> Vec<Value> {
    let Ok(scopes) = Selector::parse("[itemtype*=\"JobPosting\"], [typeof*=\"JobPosting\"]") else {
        return Vec::new();
    };
    let mut left = TAKEN_CAP;
    page.select(&scopes)
        .map_while(|scope| (left > 0).then(|| Value::Object(item(scope, 0, &mut left))))
        .collect()
}

/// The properties of an element. What was taken of the page is subtracted from `left`; when that
/// is used up, nothing more is taken.
fn item(scope: ElementRef<'_>, depth: usize, left: &mut usize) -> Map<String, Value> {
    let mut fields = Map::new();
    let kind = scope.value().attr("itemtype").or(scope.value().attr("typeof"));
    let kind = kind.and_then(|kind| kind.rsplit(['/', ':']).next()).unwrap_or("");
    fields.insert("@type".into(), kind.into());
    let mut queue: Vec<ElementRef<'_>> = scope.child_elements().collect();
    queue.reverse();
    while let Some(element) = queue.pop() {
        *left = left.saturating_sub(1);
        if *left == 0 {
            break;
        }
        let nested = ["itemscope", "typeof"].iter().any(|name| element.value().attr(name).is_some());
        let property_name = element.value().attr("itemprop").or(element.value().attr("property"));
        let mut whole = false;
        if let Some(name) = property_name.and_then(|name| name.rsplit([':', '/']).next()) {
            let value = if nested && depth < DEPTH {
                Value::Object(item(element, depth + 1, left))
            } else if let Some(value) = attribute(element) {
                value.into()
            } else {
                whole = true;
                content(element, name, left).into()
            };
            keep(&mut fields, name, value);
        }
        // An element that was taken whole holds nothing new.
        if !nested && !whole {
            let mut children: Vec<_> = element.child_elements().collect();
            children.reverse();
            queue.extend(children);
        }
    }
    fields
}

/// Keeps the first value of a property. Several elements of one description are its paragraphs.
fn keep(fields: &mut Map<String, Value>, name: &str, value: Value) {
    match (fields.get_mut(name), value) {
        (Some(Value::String(known)), Value::String(more)) if name == "description" => {
            known.push('\n');
            known.push_str(&more);
            cut(known);
        }
        (Some(_), _) => {}
        (None, mut value) => {
            if let Value::String(text) = &mut value {
                cut(text);
            }
            fields.insert(name.to_owned(), value);
        }
    }
}

/// Cuts a text to the cap, between characters.
fn cut(text: &mut String) {
    if text.len() > DESCRIPTION_CAP {
        let end = (0..=DESCRIPTION_CAP).rev().find(|place| text.is_char_boundary(*place));
        text.truncate(end.unwrap_or(0));
    }
}

fn attribute<'e>(element: ElementRef<'e>) -> Option<&'e str> {
    ["content", "datetime", "href"].iter().find_map(|name| element.value().attr(name))
}

/// What an element holds: HTML where a property is more than a line.
fn content(element: ElementRef<'_>, name: &str, left: &mut usize) -> String {
    let text = match name {
        "description" | "responsibilities" | "qualifications" => element.inner_html(),
        _ => markup::line(&element.text().collect::<String>()),
    };
    *left = left.saturating_sub(text.len() + element.descendants().count());
    text
}

/// A JobPosting as a posting. `id` is used where the page gives no identifier.
pub(super) fn record(source: &str, board: &str, id: &str, job: &Value) -> Result<Posting, String> {
    let mut found = posting(source, board, Some(id.to_owned()), first_text(job, &["title", "name"]));
    found.company = match at(job, "hiringOrganization") {
        Some(Value::String(name)) => Some(name.trim().to_owned()),
        Some(organisation) => text(organisation, "name"),
        None => None,
    };
    for place in one_or_many(at(job, "jobLocation")) {
        add_location(&mut found.locations, location(place));
    }
    found.description = body(job);
    let html = markup::looks_like_html(&found.description);
    found.markup = if html { Markup::Html } else { Markup::Text };
    found.truncated = found.description.is_empty();
    found.url = text(job, "url");
    found.posted = day(job, "datePosted");
    found.language = text(job, "inLanguage");
    found.facts.employment_type =
        one_or_many(at(job, "employmentType")).find_map(Value::as_str).map(str::to_owned);
    found.facts.industry = text(job, "industry");
    found.facts.requisition = first_text(job, &["/identifier/value", "identifier"]);
    found.facts.pay = at(job, "baseSalary").and_then(base_salary);
    let remote = raw(job, "jobLocationType").to_uppercase().contains("TELECOMMUTE");
    found.facts.workplace = remote.then_some(Workplace::Remote);
    scrub::finish(found)
}

/// The description, and the sections that some sites give apart from it.
fn body(job: &Value) -> String {
    let mut body = markup::decode_body(raw(job, "description"));
    for (field, heading) in
        [("responsibilities", "Responsibilities"), ("qualifications", "Qualifications"), ("skills", "Skills")]
    {
        let part = markup::decode_body(raw(job, field));
        if !part.trim().is_empty() && !body.contains(part.trim()) {
            body.push('\n');
            markup::section(&mut body, heading, &part);
        }
    }
    body
}

fn one_or_many(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    match value {
        Some(Value::Array(items)) => items.iter().collect::<Vec<_>>(),
        Some(value) => vec![value],
        None => Vec::new(),
    }
    .into_iter()
}

fn location(place: &Value) -> Option<String> {
    if let Value::String(name) = place {
        return Some(name.trim().to_owned());
    }
    match at(place, "address") {
        Some(Value::String(address)) => Some(address.trim().to_owned()),
        Some(address) => {
            let country = first_text(address, &["/addressCountry/name", "addressCountry"]);
            join_place(&[text(address, "addressLocality"), text(address, "addressRegion"), country])
        }
        None => text(place, "name"),
    }
}

fn base_salary(salary: &Value) -> Option<Pay> {
    let value = at(salary, "value").unwrap_or(salary);
    let amount = |name| number(value, name);
    let single = || match value {
        Value::Object(_) => amount("value"),
        _ => fields::number(salary, "value"),
    };
    let (min, max) = (amount("minValue").or_else(single), amount("maxValue").or_else(single));
    let currency = first_text(salary, &["currency", "/value/currency"]);
    let period = first_text(salary, &["/value/unitText", "unitText"]).and_then(|unit| pay::period(&unit));
    pay::range(min, max, currency, period)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: &str = r#"{"@context":"https://schema.org/","@type":"JobPosting","title":"Cook","description":"<p>Cook</p>",
        "datePosted":"2026-06-07","hiringOrganization":{"@type":"Organization","name":"Acme"},
        "jobLocation":{"@type":"Place","address":{"addressLocality":"Oslo","addressCountry":{"name":"Norway"}}},
        "baseSalary":{"currency":"NOK","value":{"minValue":10,"maxValue":20,"unitText":"HOUR"}}}"#;

    fn page(script: &str) -> String {
        format!(
            "<html><head><script type=\"application/ld+json\">{script}</script></head><body>x</body></html>"
        )
    }

    #[test]
    fn reads_postings_however_they_are_wrapped_or_damaged() {
        let newline = JOB.replace("<p>Cook</p>", "<p>Cook\n\tand bake</p>");
        for script in [
            JOB.to_owned(),
            format!("[{JOB}]"),
            format!("{{\"@graph\":[{{\"@type\":\"WebSite\"}},{JOB}]}}"),
            format!("<![CDATA[{JOB}]]>"),
            format!("<!--{JOB}-->"),
            format!("{JOB};"),
            format!("{{\"@type\":\"WebSite\"}}{JOB}"),
            newline,
            JOB.replace("\"title\"", "// role\n\"title\""),
            JOB.replace("\"Acme\"}", "\"Acme\",}"),
            JOB.replace("\"JobPosting\"", "[\"JobPosting\",\"Thing\"]"),
            JOB.replace("\"JobPosting\"", "\"http://schema.org/JobPosting\""),
            JOB.replace('"', "&quot;"),
        ] {
            let found = find(&page(&script));
            assert_eq!(found.jobs.len(), 1, "{script}");
            let posting = record("site", "acme.example", "1", &found.jobs[0]).unwrap();
            assert_eq!((posting.title.as_str(), posting.company.as_deref()), ("Cook", Some("Acme")));
            assert_eq!(posting.locations, ["Oslo, Norway"]);
            assert_eq!(posting.facts.pay.unwrap().to_string(), "NOK 10–20 a hour");
        }
        let encoded = page(JOB).replace("ld+json", "ld&#x2B;json");
        assert_eq!(find(&encoded).jobs.len(), 1);
        let unquoted = page(JOB).replace("\"application/ld+json\"", "application/ld+json");
        assert_eq!(find(&unquoted).jobs.len(), 1);
    }

    #[test]
    fn counts_what_it_cannot_read() {
        let broken = find(&page("{\"@type\":\"JobPosting\",\"title\":"));
        assert_eq!((broken.jobs.len(), broken.damaged), (0, 1));
        let other = find(&page("{\"@type\":\"WebSite\"}"));
        assert_eq!((other.jobs.len(), other.damaged), (0, 0));
    }

    #[test]
    fn reads_microdata() {
        let html = "<div itemscope itemtype=\"https://schema.org/JobPosting\"><h1 itemprop=title>Cook</h1>\
            <meta itemprop=datePosted content=2026-01-02><div itemprop=description><p>Cook</p></div>\
            <div itemprop=hiringOrganization itemscope itemtype=\"https://schema.org/Organization\"><b itemprop=name>Acme</b></div>\
            <div itemprop=jobLocation itemscope><span itemprop=address itemscope><i itemprop=addressLocality>Oslo</i></span></div></div>";
        let found = find(html);
        let posting = record("site", "acme.example", "1", &found.jobs[0]).unwrap();
        assert_eq!((posting.title.as_str(), posting.description.as_str()), ("Cook", "<p>Cook</p>"));
        assert_eq!((posting.company.as_deref(), posting.locations[0].as_str()), (Some("Acme"), "Oslo"));
        assert_eq!(posting.posted.unwrap().to_string(), "2026-01-02");
        let rdfa = html
            .replace("itemscope itemtype", "typeof")
            .replace("itemprop", "property")
            .replace("itemscope", "typeof=x");
        let posting = record("site", "acme.example", "1", &find(&rdfa).jobs[0]).unwrap();
        assert_eq!((posting.title.as_str(), posting.company.as_deref()), ("Cook", Some("Acme")));
    }
    #[test]
    fn elements_within_each_other_give_their_text_once() {
        let job = |inner: &str| {
            format!(
                "<div itemscope itemtype=\"https://schema.org/JobPosting\"><h1 itemprop=title>Cook</h1>{inner}</div>"
            )
        };
        let text = "We cook. ".repeat(200);
        for open in ["<div itemprop=description>", "<div itemprop=qualifications>", "<div itemprop=x>"] {
            let found = find(&job(&format!("{}{text}", open.repeat(300))));
            let size: usize = found.jobs.iter().map(|job| job.to_string().len()).sum();
            assert!(size < 3 * (300 * open.len() + text.len()), "{open}: {size}");
        }
        let paragraphs = find(&job("<p itemprop=description>One</p><p itemprop=description>Two</p>"));
        assert_eq!(paragraphs.jobs[0]["description"], "One\nTwo");
        let linked = find(&job("<a itemprop=url href=/1><b itemprop=industry>Food</b></a>"));
        assert_eq!((&linked.jobs[0]["url"], &linked.jobs[0]["industry"]), (&"/1".into(), &"Food".into()));
    }

    #[test]
    fn postings_within_each_other_stop_at_what_a_page_may_give() {
        let open = "<div itemscope itemtype=JobPosting itemprop=description>";
        let html = format!("{}{}", open.repeat(600), "a ".repeat(50_000));
        let size: usize = find(&html).jobs.iter().map(|job| job.to_string().len()).sum();
        assert!(size < 2 * TAKEN_CAP, "{size}");
        let long = format!(
            "<div itemscope itemtype=JobPosting><div itemprop=description>{}",
            "ö".repeat(DESCRIPTION_CAP)
        );
        assert_eq!(find(&long).jobs[0]["description"].as_str().unwrap().len(), DESCRIPTION_CAP);
    }
}
