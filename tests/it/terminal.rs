//! The program at the terminal: completions, manual pages, settings.

use std::path::Path;
use std::process::{Command, Output};

fn rungs(home: &Path, args: &[&str], set: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rungs"))
        .args(args)
        .env_clear()
        .env("HOME", home)
        .current_dir(home)
        .envs(set.iter().copied())
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn completions_know_every_command() {
    let home = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let script = stdout(&rungs(home.path(), &["completions", shell], &[]));
        for command in ["gap", "plan", "report", "explain", "config"] {
            assert!(script.contains(command), "{shell}: {command}");
        }
        let file = home.path().join(shell);
        std::fs::write(&file, script).unwrap();
        // Where the shell is there, it has to accept the script.
        if let Ok(check) = Command::new(shell).arg("-n").arg(&file).output() {
            assert!(check.status.success(), "{shell}: {}", String::from_utf8_lossy(&check.stderr));
        }
    }
}

#[test]
fn every_command_has_a_page_and_help_with_examples() {
    let home = tempfile::tempdir().unwrap();
    let pages = home.path().join("man1");
    assert!(rungs(home.path(), &["man", "--dir", "man1"], &[]).status.success());
    for command in ["gap", "plan", "plan-check", "report", "config"] {
        let page = std::fs::read_to_string(pages.join(format!("rungs-{command}.1"))).unwrap();
        assert!(page.contains(".SH NAME"), "{command}");
    }
    for command in ["gap", "explain", "plan", "report", "completions", "config"] {
        let help = stdout(&rungs(home.path(), &[command, "--help"], &[]));
        assert!(help.contains("Examples:"), "{command}");
    }
}

#[test]
fn settings_come_from_option_environment_file_default_in_this_order() {
    let home = tempfile::tempdir().unwrap();
    let ahead = |set: &[(&str, &str)]| {
        let json = stdout(&rungs(home.path(), &["config", "--json"], set));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let list = json["settings"].as_array().unwrap();
        let ahead = list.iter().find(|s| s["name"] == "ahead").unwrap();
        (ahead["value"].as_str().unwrap().to_owned(), ahead["from"].as_str().unwrap().to_owned())
    };
    assert_eq!(ahead(&[]), ("2".into(), "default".into()));
    let file = home.path().join("settings.toml");
    std::fs::write(&file, "ahead = 3\nhome = \"/tmp/somewhere\"\n").unwrap();
    let config = ("RUNGS_CONFIG", file.to_str().unwrap());
    assert_eq!(ahead(&[config]), ("3".into(), "file".into()));
    assert_eq!(ahead(&[config, ("RUNGS_AHEAD", "1")]), ("1".into(), "environment".into()));
    let help = stdout(&rungs(home.path(), &["gap", "-h"], &[config]));
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("[default: 3]") && help.contains("RUNGS_AHEAD"), "{help}");
    let status = stdout(&rungs(home.path(), &["status"], &[config]));
    assert!(status.contains("/tmp/somewhere"), "{status}");
    std::fs::write(&file, "ahaed = 3\n").unwrap();
    let wrong = rungs(home.path(), &["status"], &[config]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("ahaed"));
}

#[test]
fn the_file_is_written_once_and_never_overwritten() {
    let home = tempfile::tempdir().unwrap();
    let init = || stdout(&rungs(home.path(), &["config", "--init"], &[]));
    assert!(init().starts_with("written: "));
    assert!(init().contains("left alone"));
    assert!(home.path().join(".config/rungs/config.toml").is_file() || !cfg!(target_os = "linux"));
}
