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
