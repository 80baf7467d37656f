//! Every source against payloads of our own in its portal's shape (`tests/data/sources`), and
//! `docs/SOURCES.md` against the table in code.

use rungs::fetch::sources::{Board, Page, ParseError, Request, SOURCES, Step, Tier, source};
use rungs::posting::{Posting, PostingKey};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sources")
}

/// What the list said about a posting whose own page is read.
fn listed(source: &str, board: &str) -> Posting {
    let key = PostingKey { source: source.into(), board: board.into(), native_id: "1".into() };
    let mut posting: Posting =
        serde_json::from_value(serde_json::json!({"key": key, "title": "Kiln Keeper", "description": ""}))
            .unwrap();
    posting.url = Some("https://pottery.example/careers/1".into());
    posting
}

fn read(kind: &str, token: &str, file: &str) -> Result<Page, ParseError> {
    let source = source(kind).unwrap();
    let board = Board::new(kind, token);
    let first = (source.start)(&board).remove(0);
    let detail = |url: &str| Request {
        step: Step::Detail { posting: Box::new(listed(kind, token)), stamp: String::new() },
        ..Request::list(url)
    };
    let stem = file.split('.').next().unwrap();
    let request = match (kind, stem) {
        ("site", "sitemap") => Request { step: Step::Sitemap { depth: 0 }, ..first },
        ("site", "robots") => first,
        ("hackernews", "thread" | "odd") => {
            Request::list_at("https://hn.algolia.com/api/v1/items/901", 1, None)
        }
        ("site", _) | (_, "detail" | "closed" | "expired") => detail("https://pottery.example/careers/1"),
        _ => first,
    };
    let body = fs::read(folder().join(kind).join(file)).unwrap();
    (source.parse)(&board, &request, &body)
}

/// What came of a body, in one line: whole postings, postings to be asked for, further requests,
/// unreadable records, closed postings, and the first title with its employer, level and place.
fn summary(result: &Result<Page, ParseError>) -> String {
    let page = match result {
        Ok(page) => page,
        Err(error) => {
            let kind = match error {
                ParseError::Transient(_) => "transient",
                ParseError::Drift(_) => "drift",
                ParseError::NotABoard(_) => "not a board",
                ParseError::Gone(_) => "gone",
            };
            return kind.to_owned();
        }
    };
    let counts = [
        ("whole", page.postings.len()),
        ("listed", page.listings.len()),
        ("addresses", page.addresses.len()),
        ("next", page.next.len()),
        ("rejected", page.rejected.len()),
        ("closed", page.closed.len()),
    ];
    let mut parts: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    if let Some(total) = page.advertised_total {
        parts.push(format!("of {total}"));
    }
    let first = page.postings.first().or_else(|| page.listings.first().map(|listing| &listing.posting));
    if let Some(first) = first {
        let facts = [
            Some(first.title.clone()),
            first.company.clone(),
            first.facts.level.clone(),
            first.locations.first().cloned(),
            first.posted.map(|day| day.to_string()),
            first.facts.workplace.map(|place| format!("{place:?}")),
            first.facts.pay.as_ref().map(ToString::to_string),
        ];
        parts.push(
            facts.into_iter().flatten().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(" / "),
        );
    }
    parts.join("; ")
}

#[test]
fn every_source_reads_its_payloads() {
    let table = include_str!("../data/sources/expected.tsv");
    let mut wrong = Vec::new();
    let mut listed = BTreeSet::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let &[kind, token, file, expected] = columns.as_slice() else { panic!("{line}") };
        let found = summary(&read(kind, token, file));
        if found != expected {
            wrong.push(format!("{kind}\t{token}\t{file}\t{found}"));
        }
        listed.insert(format!("{kind}/{file}"));
    }
    assert!(wrong.is_empty(), "found instead:\n{}", wrong.join("\n"));
    for source in SOURCES {
        let files = fs::read_dir(folder().join(source.kind)).unwrap();
        let names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        assert!(names.len() >= 2, "{} needs a good and an odd payload", source.kind);
        for name in names {
            assert!(
                listed.contains(&format!("{}/{name}", source.kind)),
                "{}/{name} is not in the table",
                source.kind
            );
        }
    }
}

#[test]
fn bodies_are_kept_whole_and_addresses_masked() {
    for (kind, token, file, part) in [
        ("greenhouse", "x", "odd.json", "<li>Three years with gas kilns</li>"),
        ("lever", "x", "list.json", "What you bring"),
        ("personio", "x", "list.xml", "Your profile"),
        ("pinpoint", "x", "list.json", "Key responsibilities"),
        ("hackernews", "whoishiring", "thread.json", "xxxx@xxxxxxx.xxxxxxx"),
        ("usajobs", "clerk", "list.json", "Duties\nMend pots.\nWrite reports."),
        ("site", "pottery.example", "odd.html", "<p>Clay.</p>"),
        ("smartrecruiters", "x", "detail.html", "You keep the kilns running."),
    ] {
        let page = read(kind, token, file).unwrap();
        let body = &page.postings[0].description;
        assert!(body.contains(part), "{kind}/{file}: {body}");
    }
    assert!(read("adzuna", "gb/kiln", "list.json").unwrap().postings[0].truncated);
}

#[test]
fn the_document_has_a_row_for_every_source_and_says_what_the_code_does() {
    let text = include_str!("../../docs/SOURCES.md");
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| provider"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert_eq!(rows.len(), SOURCES.len());
    for (row, source) in rows.iter().zip(SOURCES) {
        let &[kind, _token, endpoint, paging, level, tier, closes] = row.as_slice() else {
            panic!("{row:?}")
        };
        assert_eq!(kind, source.kind, "the order is that of the table");
        let expected = match source.tier {
            Tier::Documented => "documented",
            Tier::RobotsGated => "robots-gated",
            Tier::Keyed => "keyed",
        };
        assert_eq!(tier, expected, "{kind}");
        let misses = if source.misses_to_close == u32::MAX {
            "never".to_owned()
        } else {
            source.misses_to_close.to_string()
        };
        assert_eq!(closes, misses, "{kind}");
        assert!(!paging.is_empty() && !level.is_empty(), "{kind}");
        let board = match kind {
            "workday" => "{tenant}.wd5/{site}",
            "adzuna" => "{cc}/x",
            "feed" | "site" => continue,
            _ => "token",
        };
        let asked = (source.start)(&Board::new(kind, board)).remove(0).url;
        let host = asked.split('/').nth(2).unwrap().rsplit('.').take(2).collect::<Vec<_>>();
        let domain = format!("{}.{}", host[1], host[0]);
        let named = endpoint.contains(&domain) || kind == "workday" && endpoint.contains("/wday/cxs/");
        assert!(named, "{kind}: {endpoint} does not name {domain}");
    }
}

#[test]
fn documents_name_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut code = fs::read_to_string(root.join("src/fetch/robots/mod.rs")).unwrap();
    for file in fs::read_dir(root.join("tests/it")).unwrap() {
        code.push_str(&fs::read_to_string(file.unwrap().path()).unwrap());
    }
    let text = include_str!("../../docs/FETCHING.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix("` |"));
    let mut named = 0;
    for row in rows {
        let tests = row
            .rsplit('|')
            .next()
            .unwrap()
            .split('`')
            .filter(|name| name.contains('_') && !name.contains(' '));
        for name in tests {
            assert!(code.contains(&format!("fn {name}(")), "no test is called {name}");
            named += 1;
        }
    }
    assert!(named > 40, "{named}");
}
