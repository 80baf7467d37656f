//! What people call the fields of a posting that they wrote down or exported themselves.

use serde_json::Value;

/// Fields of the plain record, and the names that files use for them; the first are ours.
pub const FIELDS: &[(&str, &[&str])] = &[
    ("title", &["title", "job_title", "jobtitle", "job title", "position", "role"]),
    (
        "description",
        &[
            "description",
            "text",
            "body",
            "content",
            "job_description",
            "jobdescription",
            "job description",
            "details",
        ],
    ),
    (
        "company",
        &[
            "company",
            "company_name",
            "company name",
            "employer",
            "organization",
            "organisation",
            "hiringorganization",
        ],
    ),
    ("location", &["location", "city", "place", "job_location", "job location"]),
    ("url", &["url", "link", "job_url", "apply_url", "href"]),
    ("posted", &["posted", "date", "date_posted", "dateposted", "posted_at", "published", "published_at"]),
    ("id", &["id", "job_id", "jobid", "guid", "reference"]),
];

/// A field of a JSON object by any of its names, whatever their case; `None` where it is empty.
///
/// ```
/// use rungs::posting::names::field;
/// let record = serde_json::json!({"Job_Title": " Cook ", "text": ""});
/// assert_eq!(field(&record, "title").as_deref(), Some("Cook"));
/// assert_eq!(field(&record, "description"), None);
/// ```
#[must_use]
pub fn field(value: &Value, wanted: &str) -> Option<String> {
    let (_, names) = FIELDS.iter().find(|(name, _)| *name == wanted)?;
    let fields = value.as_object()?;
    let mut found = names.iter().filter_map(|name| {
        let of = |(known, value): (&String, &Value)| {
            known.trim().eq_ignore_ascii_case(name).then(|| plain(value))?
        };
        fields.iter().find_map(of)
    });
    found.next()
}

fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Object(fields) => return fields.get("name").and_then(plain),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}
