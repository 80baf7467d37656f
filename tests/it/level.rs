//! `rungs level`, `rungs families` and `rungs train` from the outside.

use crate::{rungs, shared};
use std::process::Output;

fn lines(output: &Output) -> Vec<serde_json::Value> {
    String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_line_gets_a_line_and_bad_ones_say_why() {
    let input = "{\"id\":1,\"title\":\"Staff Nurse\"}\nnonsense\n\
        {\"id\":3,\"title\":\"Engineer\",\"description\":\"<p>10+ years of experience</p>\",\"html\":true}\n";
    let output = rungs(&["level", "-"], input);
    assert_eq!(output.status.code(), Some(3));
    let lines = lines(&output);
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["id"], 1);
    assert_eq!(lines[0]["family"]["id"], "nursing");
    assert!(lines[1]["error"].as_str().unwrap().starts_with("not a posting"));
    let reasons = lines[2]["level"]["reasons"].as_array().unwrap();
    let years = reasons.iter().find(|reason| reason["text"] == "10+ years").unwrap();
    let description = "<p>10+ years of experience</p>";
    let (start, end) = (years["start"].as_u64().unwrap() as usize, years["end"].as_u64().unwrap() as usize);
    assert_eq!(&description[start..end], "10+ years");
}

#[test]
fn a_title_is_told_for_people_and_for_programs() {
    let output = rungs(&["level", "--title", "Staff Nurse, ICU"], "");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("individual contributor") && text.contains("“Staff Nurse”"), "{text}");
    let output = rungs(&["level", "--title", "VP Sales", "--json"], "");
    assert_eq!(lines(&output)[0]["level"]["value"], 8);
    assert_eq!(rungs(&["level", "--title", "Talent Community"], "").status.code(), Some(1));
}

#[test]
fn families_are_listed_with_their_codes() {
    let output = rungs(&["families", "--json"], "");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let families = answer["families"].as_array().unwrap();
    assert_eq!(families.len(), 46);
    assert!(families.iter().all(|f| f["isco"].is_array() && f["levels"].as_array().unwrap().len() == 8));
    assert!(answer["snapshot"]["id"].is_string());
}

#[test]
fn trap_titles_are_in_range() {
    let table = include_str!("../data/labels/trap_titles.tsv");
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    let input: String =
        rows.iter().map(|row| format!("{}\n", serde_json::json!({"title": row[0]}))).collect();
    let told = lines(&rungs(&["level"], &input));
    assert_eq!(told.len(), rows.len());
    let right = rows.iter().zip(&told).filter(|(row, told)| {
        let (low, high): (u64, u64) = (row[1].parse().unwrap(), row[2].parse().unwrap());
        match told["level"]["value"].as_u64() {
            Some(value) => (low, high) != (1, 8) && (low..=high).contains(&value),
            None => (low, high) == (1, 8),
        }
    });
    let share = right.count() as f64 / rows.len() as f64;
    assert!(share >= 0.9, "{share}");
}

#[test]
fn measured_on_employers_levels() {
    let Some(data) = shared("data") else { return };
    let output = rungs(&["train", "level", data.to_str().unwrap(), "--check", "--json", "-q"], "");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let report = &lines(&output)[0];
    let all = |method: &str| {
        let sets = report["sets"].as_array().unwrap();
        sets.iter().find(|s| s["set"] == "all employers" && s["method"] == method).unwrap()["score"].clone()
    };
    let share =
        |score: &serde_json::Value, k: &str, n: &str| score[k].as_f64().unwrap() / score[n].as_f64().unwrap();
    let (ours, words) = (all("built-in"), all("keywords"));
    assert!(share(&ours, "exact", "levels") > share(&words, "exact", "levels") + 0.05, "{ours} {words}");
    assert!(share(&ours, "exact", "levels") >= 0.63, "{ours}");
    assert!(share(&ours, "within_one", "levels") >= 0.92, "{ours}");
    assert!(share(&ours, "track_right", "tracks") >= 0.95, "{ours}");
}

#[test]
fn measured_on_labelled_families() {
    let Some(data) = shared("data") else { return };
    let labels = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/labels");
    let args = ["train", "family", data.to_str().unwrap(), "--check", "--json", "-q", "--labels", labels];
    let output = rungs(&args, "");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let halves = lines(&output);
    let held = halves.iter().find(|half| half["split"] == "held").unwrap();
    assert!(held["right"].as_f64().unwrap() >= 0.75, "{held}");
    assert!(held["right_or_also"].as_f64().unwrap() >= 0.85, "{held}");
}

#[test]
fn structured_fields_and_several_levels_reach_the_answer() {
    let input = "{\"id\":1,\"title\":\"Engineer\",\"experience_level\":\"Senior\"}\n\
        {\"id\":2,\"title\":\"Senior/Principal Product Manager\"}\n\
        {\"id\":3,\"title\":\"Associate\",\"department\":\"Human Resources\"}\n";
    let lines = lines(&rungs(&["level", "-"], input));
    assert_eq!(lines[0]["level"]["value"], 4);
    let several = &lines[1]["level"];
    assert_eq!((&several["low"], &several["value"], &several["high"]), (&4.into(), &5.into(), &6.into()));
    assert_eq!(lines[2]["family"]["id"], "hr-recruiting");
}
