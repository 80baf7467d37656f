//! Our robots matcher against the assertions of Google's own tests.

use crate::shared;
use rungs::fetch::robots::Robots;
use serde_json::Value;

/// The part of an address that robots rules are held against, as Google's tests pass it: not
/// normalised.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("/", |slash| &rest[slash..])
}

#[test]
fn all_145_google_cases_hold() {
    let Some(path) = shared("data/robots/google_cases.jsonl") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let mut cases = 0;
    let mut wrong = Vec::new();
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        // The file keeps the bytes of the C++ strings as characters of the same number.
        let body: Vec<u8> = case["robots"].as_str().unwrap().chars().map(|c| c as u8).collect();
        let robots = Robots::parse(&body);
        let verdict = robots.check(case["ua"].as_str().unwrap(), path_of(case["url"].as_str().unwrap()));
        cases += 1;
        if Value::Bool(verdict.allowed) != case["allowed"] {
            wrong.push(format!("{} line {}: {verdict:?}", case["test"], case["line"]));
        }
    }
    assert_eq!((cases, wrong), (145, Vec::new()));
}
