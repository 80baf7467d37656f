//! Every answer in every form: `--json`, `--csv` and `--md` exist, give the same bytes twice, and name
//! the snapshot that they come from.

use std::path::Path;
use std::process::Command;

/// A home with the bundled sample, indexed.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample/boards");
    for args in [vec!["import", "-q", &sample.to_string_lossy()], vec!["index", "-q"]] {
        let (code, _, said) = rungs(home.path(), &args);
        assert_eq!(code, 0, "{said}");
    }
    home
}

fn rungs(home: &Path, args: &[&str]) -> (i32, String, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_rungs")).args(args).env("RUNGS_HOME", home).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (out.status.code().unwrap(), text(&out.stdout), text(&out.stderr))
}

/// The id of the snapshot that a JSON answer names; of several in a list they are one.
fn snapshot_of(json: &str) -> String {
    let answer: serde_json::Value = serde_json::from_str(json).unwrap();
    let first = if answer.is_array() { &answer[0] } else { &answer };
    first["snapshot"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn every_answer_in_every_form_is_the_same_twice_and_names_its_snapshot() {
    let home = home();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let engineer = root.join("data/profiles/backend-engineer.toml");
    let profile = ["--profile", &engineer.to_string_lossy()];
    let own = [&profile[..], &["--own-level", "3", "--level", "4..5", "--from", "own"]].concat();
    let market = [&profile[..], &["--ahead", "2", "--from", "market"]].concat();
    let questions: Vec<(Vec<&str>, &[&str])> = vec![
        (vec!["gap"], &own),
        (vec!["gap", "--full"], &own),
        (vec!["gap", "--full"], &market),
        (vec!["bridge"], &market),
        (vec!["search", "engineer"], &[]),
        (vec!["search", "engineer", "--facets"], &[]),
        (vec!["explain", "Python"], &own),
        (vec!["explain", "people-led"], &own),
        (vec!["explain", "coverage"], &own),
        (vec!["explain", "bridges"], &market),
        (vec!["demand", "--from", "own"], &[]),
        (
            vec![
                "demand",
                "--family",
                "software-engineering",
                "--level",
                "6..",
                "--trend",
                "365",
                "--from",
                "market",
            ],
            &[],
        ),
        (vec!["families"], &[]),
    ];
    for (question, more) in questions {
        let ask = |form: &str| {
            let args = [&question[..], more, &[form]].concat();
            let first = rungs(home.path(), &args);
            assert_eq!(first.0, 0, "{args:?}: {}", first.2);
            assert_eq!(first.1, rungs(home.path(), &args).1, "{args:?}: the same question, the same bytes");
            first.1
        };
        let id = snapshot_of(&ask("--json"));
        assert!(id.len() >= 12 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
        let csv = ask("--csv");
        let mut rows = csv::Reader::from_reader(csv.as_bytes());
        assert_eq!(rows.headers().unwrap().get(0), Some("snapshot"), "{question:?}: {csv}");
        let mut count = 0;
        for row in rows.records() {
            assert_eq!(row.unwrap().get(0), Some(&*id), "{question:?}");
            count += 1;
        }
        assert!(count > 0, "{question:?} has no row");
        let md = ask("--md");
        assert!(md.contains(&id), "{question:?}: {md}");
    }
}

#[test]
fn two_forms_at_once_are_refused() {
    let home = tempfile::tempdir().unwrap();
    for forms in [["--json", "--csv"], ["--json", "--md"], ["--csv", "--md"]] {
        let args = [&["families"][..], &forms].concat();
        assert_eq!(rungs(home.path(), &args).0, 2, "{forms:?}");
    }
}
