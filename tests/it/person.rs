//! The person's side of the command line: profiles, ratings, and the files they live in.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn rungs(home: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rungs"))
        .args(args)
        .env_clear()
        .env("HOME", home)
        .env("RUNGS_HOME", home)
        .current_dir(home)
        .output()
        .unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const RESUME: &str = r#"{"basics":{"name":"Kim Example"},"work":[{"name":"Example Ltd","position":"Software engineer","startDate":"2019-03","highlights":["Ran services on Kubernetes"]}]}"#;

#[test]
fn a_cv_in_another_format_is_never_written_over() {
    let home = tempfile::tempdir().unwrap();
    let resume = home.path().join("resume.json");
    fs::write(&resume, RESUME).unwrap();
    for args in [
        &["rate", "--profile", "resume.json", "--set", "Python=2"][..],
        &["profile", "set", "--profile", "resume.json", "--level", "4"],
        &["profile", "set", "--profile", "resume.json", "--skill", "Python", "--depth", "2"],
    ] {
        let done = rungs(home.path(), args);
        assert_eq!(done.status.code(), Some(2), "{args:?}");
        assert!(stderr(&done).contains("rungs profile import resume.json"), "{}", stderr(&done));
        assert_eq!(fs::read_to_string(&resume).unwrap(), RESUME, "{args:?}");
    }
}

/// Runs with a profile and the bundled market.
fn with_profile(args: &[&str], set: &[(&str, &str)]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let profile = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/profiles/backend-engineer.toml");
    fs::copy(profile, home.path().join("profile.toml")).unwrap();
    Command::new(env!("CARGO_BIN_EXE_rungs"))
        .args(args)
        .env_clear()
        .env("RUNGS_HOME", home.path())
        .current_dir(home.path())
        .envs(set.iter().copied())
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn csv_is_data_for_every_answer() {
    for args in [
        &["gap", "--csv"][..],
        &["demand", "--family", "nursing", "--csv"],
        &["bridge", "--csv"],
        &["families", "--csv"],
        &["profile", "show", "--csv"],
    ] {
        let text = stdout(&with_profile(args, &[]));
        let mut table = csv::Reader::from_reader(text.as_bytes());
        let headers = table.headers().unwrap().clone();
        assert!(headers.iter().all(|name| !name.is_empty()), "{args:?}: {headers:?}");
        let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
        assert!(!rows.is_empty(), "{args:?}");
        assert!(rows.iter().flatten().all(|cell| !cell.contains('█')), "{args:?}");
        for name in ["share", "low", "high", "employers_k", "employers_n", "from_level"] {
            if let Some(at) = headers.iter().position(|known| known == name) {
                let plain = |cell: &str| cell.is_empty() || cell.parse::<f64>().is_ok();
                assert!(rows.iter().all(|row| plain(&row[at])), "{args:?} {name}");
            }
        }
        assert!(args[0] != "gap" || rows.len() > 60, "{}", rows.len());
    }
    assert_eq!(with_profile(&["gap", "--csv", "--json"], &[]).status.code(), Some(2));
}

#[test]
fn quiet_leaves_results_and_json_errors_are_json() {
    let quiet = with_profile(&["gap", "-q"], &[]);
    assert!(!stdout(&quiet).is_empty());
    assert_eq!(stderr(&quiet), "");
    let wrong = with_profile(&["gap", "--json", "--profile", "nowhere.toml"], &[]);
    assert_eq!(wrong.status.code(), Some(2));
    let error: serde_json::Value = serde_json::from_str(stderr(&wrong).trim()).unwrap();
    assert_eq!(error["exit_code"], 2);
    assert!(error["error"].as_str().unwrap().contains("rungs profile import"), "{error}");
    for args in [
        &["rate", "--set", "Python=1", "--json"][..],
        &["profile", "set", "--level", "4", "--json"],
        &["report", "--json"],
        &["completions", "bash", "--json"],
    ] {
        let value: serde_json::Value = serde_json::from_str(&stdout(&with_profile(args, &[]))).unwrap();
        assert!(value.is_object(), "{args:?}");
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for columns in ["60", "80"] {
        for args in [&["gap"][..], &["gap", "--full"], &["families"], &["bridge"], &["profile", "show"]] {
            let text = stdout(&with_profile(args, &[("COLUMNS", columns)]));
            let width: usize = columns.parse().unwrap();
            for line in text.lines().filter(|line| !line.starts_with("next: ")) {
                assert!(line.chars().count() <= width, "{args:?}: {line}");
            }
        }
    }
    let wide = stdout(&with_profile(&["gap", "--full"], &[("COLUMNS", "200")]));
    assert!(!wide.contains('…'), "{wide}");
}

#[test]
fn unknown_names_are_refused_everywhere() {
    for args in [
        &["gap", "--family", "nursin"][..],
        &["demand", "--family", "nursin"],
        &["search", "x", "--family", "nursin"],
        &["bridge", "--family", "nursin"],
        &["plan", "--family", "nursin"],
        &["profile", "set", "--family", "nursin"],
        &["gap", "--region", "ZZ"],
        &["gap", "--track", "sideways"],
    ] {
        let refused = with_profile(args, &[]);
        assert_eq!(refused.status.code(), Some(2), "{args:?}");
        assert!(
            !args.contains(&"nursin") || stderr(&refused).contains("close: nursing"),
            "{}",
            stderr(&refused)
        );
    }
}

#[test]
fn the_gap_is_short_and_says_where_its_level_comes_from() {
    let text = stdout(&with_profile(&["gap", "--own-level", "5"], &[]));
    assert!(
        text.contains("given as --own-level") && !text.contains("stated in the profile; family"),
        "{text}"
    );
    assert!(text.contains("Software engineering") && text.lines().count() < 45, "{text}");
    assert!(stdout(&with_profile(&["gap", "--full"], &[])).lines().count() > text.lines().count());
    // What to do are the areas of the plan, in their order.
    let json = stdout(&with_profile(&["gap", "--own-level", "5", "--json"], &[]));
    let answer: serde_json::Value = serde_json::from_str(&json).unwrap();
    for target in answer["targets"].as_array().unwrap() {
        for (at, area) in target["focus"].as_array().unwrap().iter().enumerate() {
            let row = format!("{}. {}", at + 1, area["name"].as_str().unwrap());
            assert!(text.contains(&row), "{row} is not in {text}");
        }
    }
}

#[test]
fn a_fresh_home_says_how_to_begin() {
    let home = tempfile::tempdir().unwrap();
    let text = stdout(&rungs(home.path(), &[]));
    assert!(text.contains("next: rungs profile import cv.docx"), "{text}");
    let help = stdout(&rungs(home.path(), &["help", "--help"]));
    assert!(help.contains("You:") && help.contains("Postings:") && help.contains("Tools:"), "{help}");
    let near = rungs(home.path(), &["serach"]);
    assert!(stderr(&near).contains("search"));
}

#[test]
fn what_holds_no_career_is_refused_and_nothing_is_written() {
    let home = tempfile::tempdir().unwrap();
    for (name, bytes) in
        [("empty.txt", &b""[..]), ("diary.txt", b"Dear diary, nothing."), ("cv.rtf", b"{\\rtf1 x}")]
    {
        fs::write(home.path().join(name), bytes).unwrap();
        let done = rungs(home.path(), &["profile", "import", name]);
        assert_eq!(done.status.code(), Some(2), "{name}: {}", stderr(&done));
        assert!(!home.path().join("profile.toml").exists());
    }
}

#[test]
fn comments_of_a_profile_survive_every_change() {
    let home = tempfile::tempdir().unwrap();
    let profile = home.path().join("profile.toml");
    let text = "# Only for me.\nlevel = 3 # for now\n\n# my first\n[[skills]]\nname = \"Python\"\n";
    fs::write(&profile, text).unwrap();
    let set = rungs(home.path(), &["profile", "set", "--level", "4", "--skill", "Rust", "--depth", "2"]);
    assert_eq!(set.status.code(), Some(0), "{}", stderr(&set));
    let rated = rungs(home.path(), &["rate", "--set", "Python=2", "--set", "Terraform=-1"]);
    assert_eq!(rated.status.code(), Some(0), "{}", stderr(&rated));
    let after = fs::read_to_string(&profile).unwrap();
    for kept in ["# Only for me.", "level = 4 # for now", "# my first", "interest = 2", "depth = 2", "-1"] {
        assert!(after.contains(kept), "{kept}: {after}");
    }
}

#[test]
fn a_search_is_counted_said_to_be_empty_and_gently_corrected() {
    let home = tempfile::tempdir().unwrap();
    let jobs = "{\"title\":\"Staff Nurse\",\"description\":\"Triage and wound care\",\"company\":\"Acme\"}\n\
{\"title\":\"Nurse\",\"description\":\"Triage\",\"company\":\"Other\"}\n{\"company\":\"None\"}\n";
    fs::write(home.path().join("jobs.ndjson"), jobs).unwrap();
    fs::write(home.path().join("bad.ndjson"), "{\"company\":\"None\"}\n").unwrap();
    fs::write(home.path().join("none.txt"), "nothing").unwrap();
    assert_eq!(rungs(home.path(), &["import", "bad.ndjson"]).status.code(), Some(2));
    assert_eq!(rungs(home.path(), &["import", "none.txt"]).status.code(), Some(1));
    rungs(home.path(), &["index"]);
    let empty = rungs(home.path(), &["search", "nurse"]);
    assert_eq!(empty.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&empty.stdout).contains("0 postings indexed"), "{empty:?}");
    let some = rungs(home.path(), &["import", "jobs.ndjson"]);
    assert_eq!(some.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&some.stdout).contains("your own records"));
    let stale = stdout(&rungs(home.path(), &["status"]));
    assert!(stale.contains("next: rungs index") && stale.contains("has changed since"), "{stale}");
    assert!(rungs(home.path(), &["index"]).status.success());
    let csv = stdout(&rungs(home.path(), &["search", "nurse", "--csv"]));
    assert!(csv.starts_with("snapshot,key,title") && csv.lines().count() == 3, "{csv}");
    let facets = stdout(&rungs(home.path(), &["search", "nurse", "--facets"]));
    assert!(facets.contains("2 postings of 2 employers") && facets.contains("Nursing"), "{facets}");
    let wrong = rungs(home.path(), &["search", "kubernets"]);
    assert!(stderr(&wrong).contains("did you mean: Kubernetes"), "{}", stderr(&wrong));
}
