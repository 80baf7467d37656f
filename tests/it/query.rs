//! Index, search, gap and explain over the bundled sample, as a user meets them.

use rungs::coded::{Condition, Filter};
use rungs::corpus::{CloseReason, Corpus};
use rungs::index::{IndexError, PostingIndex, SearchWords, Sort};
use rungs::level::Track;
use rungs::posting::{Facts, Markup, Posting, PostingKey, Workplace};
use rungs::query::facets::facets;
use rungs::query::search::{Search, search};
use rungs::taxonomy::Taxonomy;
use std::path::Path;

fn posting(id: &str, title: &str, company: &str, body: &str) -> Posting {
    Posting {
        key: PostingKey { source: "ashby".into(), board: "sample".into(), native_id: id.into() },
        title: title.into(),
        company: Some(company.into()),
        locations: vec!["Berlin, Germany".into()],
        description: body.into(),
        markup: Markup::Text,
        url: None,
        posted: Some(jiff::civil::date(2026, 5, 1)),
        language: None,
        truncated: false,
        facts: Facts::default(),
    }
}

fn now(second: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_780_000_000 + second).unwrap()
}

fn store(corpus: &mut Corpus, postings: &[Posting], second: i64) {
    let mut batch = corpus.batch().unwrap();
    for posting in postings {
        batch.upsert(posting, now(second)).unwrap();
    }
    batch.commit().unwrap();
}

fn sample() -> Vec<Posting> {
    vec![
        posting(
            "1",
            "Senior Platform Engineer",
            "Acme GmbH",
            "Requirements\n- Five years of Kubernetes and Go\n- You maintain our platform engineering tools",
        ),
        posting("2", "Platform Engineer", "Bolt Ltd", "Requirements\n- Experience with Kubernetes\n- Python"),
        posting("3", "Head of Maintenance", "Crane AG", "You maintain cranes and email the crew"),
    ]
}

/// A corpus and an index of it in a temporary folder.
struct World {
    folder: tempfile::TempDir,
    corpus: Corpus,
    index: PostingIndex,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut corpus = Corpus::open(&folder.path().join("corpus.sqlite")).unwrap();
        store(&mut corpus, &sample(), 0);
        let mut index = PostingIndex::create(&folder.path().join("index")).unwrap();
        index.update(&corpus, |_| {}).unwrap();
        Self { folder, corpus, index }
    }

    fn search(&self, question: &Search) -> rungs::query::search::SearchAnswer {
        let question = Search { limit: 10, ..question.clone() };
        search(&self.index, &self.corpus, Taxonomy::builtin(), &question).unwrap()
    }

    fn keys(&self, text: &str) -> Vec<String> {
        let answer = self.search(&Search { text: text.into(), ..Search::default() });
        answer.postings.iter().map(|p| p.key.rsplit(':').next().unwrap().to_owned()).collect()
    }
}

#[test]
fn only_what_changed_is_indexed_again() {
    let mut world = World::new();
    assert_eq!(world.index.update(&world.corpus, |_| {}).unwrap().written, 0);
    let mut changed = sample();
    changed[1].title = "Site Reliability Engineer".into();
    store(&mut world.corpus, &changed, 60);
    let mut batch = world.corpus.batch().unwrap();
    batch.close(&changed[2].key, now(90), CloseReason::PageGone).unwrap();
    batch.commit().unwrap();
    let report = world.index.update(&world.corpus, |_| {}).unwrap();
    assert_eq!((report.written, report.total), (2, 3));
    assert_eq!(world.keys("\"site reliability\""), ["2"]);
    assert_eq!(world.keys("cranes"), Vec::<String>::new(), "closed postings are left out");
    assert_eq!(world.index.committed().unwrap().snapshot, world.corpus.snapshot_id().unwrap());
    let rows = |filter: &Filter| world.index.rows(filter, &SearchWords::All).unwrap();
    assert_eq!(rows(&Filter::default()).len(), 3, "what was replaced is no row");
    assert_eq!(rows(&Filter { open: true, ..Filter::default() }).len(), 2);
    let again = PostingIndex::open(&world.folder.path().join("index")).unwrap();
    assert_eq!(again.committed().unwrap(), world.index.committed().unwrap());
}

#[test]
fn an_index_that_is_missing_or_of_another_version_is_said_to_be() {
    let world = World::new();
    let dir = world.folder.path().join("index");
    assert!(matches!(PostingIndex::open(&dir.join("none")), Err(IndexError::Missing(_))));
    std::fs::write(dir.join("rungs-index.json"), "{\"format\":0}").unwrap();
    assert!(matches!(PostingIndex::open(&dir), Err(IndexError::Outdated(_))));
    let rebuilt = PostingIndex::create(&dir).unwrap();
    assert!(rebuilt.is_empty() && rebuilt.committed().unwrap().seq == 0);
}

#[test]
fn an_index_of_another_corpus_is_built_anew() {
    let mut world = World::new();
    // Another corpus with more changes, whose sequence numbers go beyond those of the first.
    let mut other = Corpus::open(&world.folder.path().join("other.sqlite")).unwrap();
    let postings: Vec<Posting> =
        (0..9).map(|i| posting(&format!("x{i}"), "Welder", "Fern KG", &format!("weld {i}"))).collect();
    store(&mut other, &postings, 0);
    let report = world.index.update(&other, |_| {}).unwrap();
    assert_eq!((report.written, report.total), (9, 9));
    assert_eq!(world.index.committed().unwrap().corpus, other.name().unwrap());
    assert_ne!(other.name().unwrap(), world.corpus.name().unwrap());
    assert_eq!(world.keys("platform"), Vec::<String>::new());
}

#[test]
fn words_phrases_and_signs_mean_what_people_mean() {
    let world = World::new();
    for (text, expected) in [
        ("platform engineer", vec!["1", "2"]),
        ("\"platform engineering tools\"", vec!["1"]),
        ("kubernetes -python", vec!["1"]),
        ("maintaining cranes", vec!["3"]),
        ("ai", vec![]),
        ("c++", vec![]),
        ("title:platform python", vec!["2"]),
    ] {
        let mut found = world.keys(text);
        found.sort();
        assert_eq!(found, expected, "{text}");
    }
    let fuzzy = Search { text: "kubernetas".into(), fuzzy: true, ..Search::default() };
    assert_eq!(world.search(&fuzzy).total, 2);
}

#[test]
fn operators_join_words_as_they_say() {
    let world = World::new();
    for (text, expected) in [
        ("kubernetes AND python", vec!["2"]),
        ("python OR cranes", vec!["2", "3"]),
        ("kubernetes AND (python OR go)", vec!["1", "2"]),
        ("kubernetes NOT go", vec!["2"]),
        ("\"email the crew\" OR \"crew the email\"", vec!["3"]),
        ("\"crew the email\"", vec![]),
    ] {
        let mut found = world.keys(text);
        found.sort();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn results_come_in_the_order_asked_for() {
    let mut world = World::new();
    let mut newer = posting("4", "Junior Platform Engineer", "Dove SA", "platform");
    newer.posted = Some(jiff::civil::date(2026, 6, 1));
    let mut undated = posting("5", "Platform Engineer", "Emu SA", "platform");
    undated.posted = None;
    store(&mut world.corpus, &[newer, undated], 60);
    world.index.update(&world.corpus, |_| {}).unwrap();
    let sorted = |sort| {
        let answer = world.search(&Search { text: "platform".into(), sort, ..Search::default() });
        answer.postings.into_iter().map(|p| (p.posted, p.level)).collect::<Vec<_>>()
    };
    let days: Vec<_> = sorted(Sort::Date).into_iter().map(|(day, _)| day).collect();
    assert!(days.is_sorted_by(|a, b| a >= b) && days.len() == 4, "newest first, no day last: {days:?}");
    assert_eq!(days.last(), Some(&None));
    let levels: Vec<_> = sorted(Sort::Level).into_iter().map(|(_, level)| level).collect();
    assert!(levels.is_sorted_by(|a, b| a >= b) && levels[0] > levels[3], "highest first: {levels:?}");
}

#[test]
fn no_filter_lets_a_missing_value_pass() {
    let mut world = World::new();
    let mut bare = posting("4", "Wanted", "", "platform");
    (bare.company, bare.posted) = (None, None);
    bare.key.source = "file".into();
    bare.locations.clear();
    store(&mut world.corpus, &[bare], 60);
    world.index.update(&world.corpus, |_| {}).unwrap();
    let plain = || Search { text: "platform".into(), ..Search::default() };
    assert_eq!(world.search(&plain()).total, 3);
    let germany = rungs::coded::Region::from_code("DE");
    for (condition, question) in [
        (Condition::Level, Search { levels: Some(1..=8), ..plain() }),
        (Condition::Track, Search { track: Some(Track::Ic), ..plain() }),
        (Condition::Region, Search { region: germany, ..plain() }),
        (Condition::Workplace, Search { workplace: Some(Workplace::Remote), ..plain() }),
        (Condition::Since, Search { since: Some(1), ..plain() }),
        (Condition::Company, Search { company: Some("Acme".into()), ..plain() }),
        (Condition::Pay, Search { pay: Some(("EUR".into(), 1)), ..plain() }),
    ] {
        let answer = world.search(&question);
        assert!(answer.postings.iter().all(|p| !p.key.ends_with(":4")), "{condition:?}");
        let unknown = answer.unknown.iter().find(|(one, _)| *one == condition).map(|(_, n)| *n);
        assert!(unknown.is_some_and(|n| n >= 1), "{condition:?}: {:?}", answer.unknown);
    }
}

#[test]
fn facets_name_companies_as_their_postings_do() {
    let mut world = World::new();
    let more = [
        posting("4", "Welder", "ACME gmbh", "weld"),
        posting("5", "Welder", "Acme GmbH", "weld beams"),
        posting("6", "Welder", "Acme GmbH", "weld pipes"),
    ];
    store(&mut world.corpus, &more, 60);
    world.index.update(&world.corpus, |_| {}).unwrap();
    let facets = facets(&world.index, &world.corpus, Taxonomy::builtin(), &Search::default()).unwrap();
    let companies: Vec<(&str, usize)> =
        facets.company.iter().map(|c| (c.value.as_str(), c.postings)).collect();
    assert_eq!(companies, [("Acme GmbH", 4), ("Bolt Ltd", 1), ("Crane AG", 1)]);
    assert_eq!((facets.postings, facets.employers), (6, 3));
    let sum = |counts: &[rungs::query::facets::FacetCount]| counts.iter().map(|c| c.postings).sum::<usize>();
    assert_eq!((sum(&facets.level), sum(&facets.family), sum(&facets.workplace)), (6, 6, 6));
}

#[test]
fn snippets_show_where_it_matched() {
    let world = World::new();
    let answer = world.search(&Search { text: "cranes".into(), ..Search::default() });
    let hit = &answer.postings[0];
    assert_eq!(&hit.snippet[hit.highlights[0].clone()], "cranes");
}

#[test]
fn an_empty_result_names_what_emptied_it() {
    let world = World::new();
    let question = Search {
        text: "platform".into(),
        levels: Some(7..=8),
        skills: vec!["k8s".into()],
        ..Search::default()
    };
    let answer = world.search(&question);
    assert_eq!((answer.total, answer.matched), (0, 2));
    assert_eq!(answer.without, [(Condition::Level, 2)]);
    assert_eq!(answer.near.len(), 2);
    assert!(answer.near.iter().all(|near| near.misses == Some(Condition::Level)));
}

#[test]
fn unknown_names_come_with_suggestions() {
    let world = World::new();
    let ask = |question: &Search| {
        search(&world.index, &world.corpus, Taxonomy::builtin(), question).unwrap_err().to_string()
    };
    let skill = ask(&Search { skills: vec!["Kubernets".into()], ..Search::default() });
    assert!(skill.contains("Kubernetes"), "{skill}");
    let company = ask(&Search { company: Some("Nobody Inc".into()), ..Search::default() });
    assert!(company.contains("Nobody"), "{company}");
}

#[test]
fn filters_on_missing_values_are_counted() {
    let mut world = World::new();
    let mut undated = posting("4", "Platform Engineer", "Dove SA", "platform");
    undated.posted = None;
    store(&mut world.corpus, &[undated], 60);
    world.index.update(&world.corpus, |_| {}).unwrap();
    let answer = world.search(&Search { text: "platform".into(), since: Some(20_000), ..Search::default() });
    assert_eq!(answer.total, 2);
    assert_eq!(answer.unknown, [(Condition::Since, 1)]);
}

#[test]
fn postings_like_one_are_found_without_itself() {
    let mut world = World::new();
    let copy = posting("9", "Cloud Engineer", "Eel BV", &sample()[0].description);
    store(&mut world.corpus, &[copy], 60);
    world.index.update(&world.corpus, |_| {}).unwrap();
    let similar = Search { similar: Some(sample()[0].key.clone()), ..Search::default() };
    let answer = world.search(&similar);
    assert_eq!(answer.postings[0].company, "Eel BV");
    assert!(answer.postings.iter().all(|p| p.key != sample()[0].key.to_string()));
}

#[test]
fn rows_lead_back_to_their_postings() {
    let world = World::new();
    let rows = world.index.rows(&Filter::default(), &SearchWords::All).unwrap();
    let ids: Vec<u64> = (0..rows.len()).map(|at| rows.head(at).id).collect();
    let mut keys: Vec<String> = world.index.keys(&ids).unwrap().iter().map(ToString::to_string).collect();
    keys.sort();
    assert_eq!(keys, ["ashby:sample:1", "ashby:sample:2", "ashby:sample:3"]);
}

/// Runs the program with a home in `folder`: exit code, stdout and stderr.
fn rungs(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_rungs"))
        .args(args)
        .env("RUNGS_HOME", folder)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap(), text(&out.stdout), text(&out.stderr))
}

#[test]
fn the_bundled_sample_answers_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let home = folder.path();
    let (code, _, error) = rungs(home, &["search", "nurse"]);
    assert_eq!(code, 2, "{error}");
    assert!(error.contains("rungs index"), "{error}");
    let sample = root.join("data/sample/boards");
    assert_eq!(rungs(home, &["import", "-q", &sample.to_string_lossy()]).0, 0);
    assert_eq!(rungs(home, &["index", "-q"]).0, 0);
    let (code, first, _) = rungs(home, &["search", "nurse", "--json"]);
    assert_eq!(code, 0);
    assert_eq!(first, rungs(home, &["search", "nurse", "--json"]).1, "the same question, the same bytes");
    let answer: serde_json::Value = serde_json::from_str(&first).unwrap();
    assert!(answer["snapshot"]["id"].as_str().is_some_and(|id| id.len() == 16));
    let profile = root.join("data/profiles/backend-engineer.toml");
    let gap = |more: &[&str]| {
        let profile = profile.to_string_lossy();
        let mut args = vec!["gap", "--profile", &profile, "--family", "software-engineering"];
        args.extend(more);
        rungs(home, &args)
    };
    // Twenty employers are too few for levels this high: that is an answer, with exit code 1.
    let (code, out, _) = gap(&["--level", "8", "--from", "own"]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("too little data"), "{out}");
    // Without --from, a handful of own postings does not take the market away, and it is said.
    let (code, _, said) = gap(&["--level", "6"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("bundled market") && said.contains("of your own"), "{said}");
}

#[test]
fn the_command_proposed_explains_the_same_figure() {
    let folder = tempfile::tempdir().unwrap();
    let profile = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/profiles/backend-engineer.toml");
    let profile = profile.to_string_lossy();
    let asked = ["gap", "--profile", &profile, "--ahead", "2", "--region", "US"];
    let (code, text, _) = rungs(folder.path(), &asked);
    assert_eq!(code, 0, "{text}");
    let planned = text.lines().find_map(|line| line.strip_prefix("next: rungs plan")).unwrap();
    assert!(planned.contains("--region US"), "the plan is of what was asked about: {planned}");
    let proposed = text.lines().find_map(|line| line.strip_prefix("next: rungs explain ")).unwrap();
    let rest = proposed;
    let (skill, options) = match rest.strip_prefix('\'') {
        Some(quoted) => quoted.split_once('\'').unwrap(),
        None => rest.split_once(' ').unwrap(),
    };
    let mut args = vec!["explain", skill];
    args.extend(options.split_whitespace());
    assert!(args.contains(&"--region") && args.contains(&"--track"), "{proposed}");
    args.push("--json");
    let (code, explained, said) = rungs(folder.path(), &args);
    assert_eq!(code, 0, "{said}");
    let (_, json, _) = rungs(folder.path(), &[&asked[..], &["--json"]].concat());
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let (gap, explained) = (read(&json), read(&explained));
    let target = &gap["targets"][0];
    let area = &target["focus"][0];
    let (rows, key, id) = match area["experience"].is_null() {
        true => (&target["skills"], "id", &area["skills"][0]),
        false => (&target["experience"], "kind", &area["experience"]),
    };
    let row = rows.as_array().unwrap().iter().find(|row| row[key] == *id).unwrap();
    assert_eq!(explained["asked"], row["asked"], "{proposed}");
    assert_eq!(explained["snapshot"], gap["snapshot"], "one id everywhere");
    let (_, info, _) = rungs(folder.path(), &["snapshot", "info", "--json"]);
    assert_eq!(read(&info)["id"], gap["snapshot"]["id"]);
    for what in ["coverage", "bridges"] {
        let (code, _, said) = rungs(folder.path(), &["explain", what, "--profile", &profile, "--json"]);
        assert_eq!(code, 0, "{what}: {said}");
    }
}
