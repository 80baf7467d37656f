//! The vocabulary from outside: its commands, and how right it is on labelled text.

use crate::{rungs, shared};
use ::rungs::taxonomy::{Judge, Kind, Match, Taxonomy};
use ::rungs::text::tokens::{Token, tokenize};
use serde_json::Value;
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn skill_shows_a_concept_and_suggests_for_a_misspelling() {
    let shown = rungs(&["skill", "K8S", "--json"], "");
    assert_eq!(shown.status.code(), Some(0));
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(shown["id"], "kubernetes");
    let unknown = rungs(&["skill", "kubernets"], "");
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("Kubernetes"), "{}", text(&unknown.stderr));
}

#[test]
fn names_of_a_list_become_concepts() {
    let done = rungs(&["skill", "--resolve"], "MS Excel\n\nGO\nqqqq zzzz\n");
    assert_eq!(done.status.code(), Some(3));
    let lines: Vec<String> = text(&done.stdout).lines().map(str::to_owned).collect();
    assert_eq!(lines, ["MS Excel\tmicrosoft-excel\tMicrosoft Excel", "GO\tgo\tGo", "qqqq zzzz\t\t"]);
}

#[test]
fn additions_are_checked_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.toml");
    let path = file.to_str().unwrap();
    std::fs::write(&file, "[[skill]]\nid = \"acme-flow\"\nlabel = \"Acme Flow\"\nkind = \"gadget\"\n")
        .unwrap();
    let bad = rungs(&["taxonomy", "check", path], "");
    assert_eq!(bad.status.code(), Some(1));
    assert!(text(&bad.stdout).contains("own.toml:1: `gadget` is no kind"), "{}", text(&bad.stdout));
    assert_eq!(rungs(&["--taxonomy", path, "skill", "python"], "").status.code(), Some(2));
    std::fs::write(&file, "[[skill]]\nid = \"acme-flow\"\nlabel = \"Acme Flow\"\nkind = \"tool\"\n").unwrap();
    assert_eq!(rungs(&["taxonomy", "check", path], "").status.code(), Some(0));
    let used = rungs(&["--taxonomy", path, "skill", "--resolve"], "acme flow\n");
    assert_eq!(text(&used.stdout), "acme flow\tacme-flow\tAcme Flow\n");
}

#[test]
fn imports_read_the_official_files() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().to_str().unwrap();
    assert_eq!(rungs(&["taxonomy", "import", "esco", dir], "").status.code(), Some(2));
    let skills = "conceptUri,skillType,preferredLabel,altLabels\nhttp://data.europa.eu/esco/skill/0-1,knowledge,Quuxkunde,\n";
    std::fs::write(folder.path().join("skills_de.csv"), skills).unwrap();
    let out = folder.path().join("esco.tsv");
    let done = rungs(&["taxonomy", "import", "esco", dir, "--out", out.to_str().unwrap()], "");
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let used = rungs(&["--taxonomy", out.to_str().unwrap(), "skill", "--resolve"], "quuxkunde\n");
    assert_eq!(text(&used.stdout), "quuxkunde\tquuxkunde\tQuuxkunde\n");
}

#[test]
fn about_names_the_sources() {
    let about = text(&rungs(&["about"], "").stdout);
    for owed in ["European Commission", "USDOL/ETA", "CC BY 4.0", "linguist-languages"] {
        assert!(about.contains(owed), "{owed}");
    }
}

/// A text's matches with their byte ranges and probabilities.
fn mentions(body: &str) -> Vec<(usize, usize, &'static str, f32)> {
    let taxonomy = Taxonomy::builtin();
    let (mut tokens, mut matches): (Vec<Token>, Vec<Match>) = (Vec::new(), Vec::new());
    tokenize(body, &mut tokens);
    taxonomy.find(body, &tokens, &mut matches);
    let place = |m: &Match| (tokens[m.first].start as usize, tokens[m.last].end as usize);
    let mut judge = Judge::default();
    let likely = taxonomy.judge(body, &tokens, &matches, &mut judge);
    let judged = matches.iter().zip(likely).map(|(m, &likely)| {
        let (start, end) = place(m);
        (start, end, taxonomy.skill(m.skill).id.as_str(), likely)
    });
    judged.collect()
}

/// Bodies by corpus and id, for the ids wanted.
fn bodies(shared: &Path, wanted: &HashMap<String, Vec<String>>) -> HashMap<(String, String), String> {
    #[derive(serde::Deserialize)]
    struct Row {
        id: String,
        description: Option<String>,
    }
    let mut found = HashMap::new();
    for (corpus, ids) in wanted {
        let file = std::fs::File::open(shared.join(format!("{corpus}.jsonl.zst"))).unwrap();
        for line in BufReader::new(zstd::Decoder::new(file).unwrap()).lines() {
            if let Ok(row) = serde_json::from_str::<Row>(&line.unwrap())
                && ids.contains(&row.id)
            {
                found.entry((corpus.clone(), row.id)).or_insert(row.description.unwrap_or_default());
            }
        }
    }
    found
}

#[test]
#[allow(clippy::print_stderr)]
fn ambiguous_words_are_judged_right_where_nothing_was_tuned() {
    let Some(folder) = shared("data/postings/corpus") else { return };
    let labels =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/labels/ambiguous.tsv"))
            .unwrap();
    let rows: Vec<Vec<&str>> = labels.lines().skip(1).map(|l| l.split('\t').collect()).collect();
    let rows: Vec<_> = rows.into_iter().filter(|r| r[7] == "held" && !["3", "4"].contains(&r[6])).collect();
    let mut wanted: HashMap<String, Vec<String>> = HashMap::new();
    for row in &rows {
        wanted.entry(row[2].to_owned()).or_default().push(row[3].to_owned());
    }
    let bodies = bodies(&folder, &wanted);
    // Names of products, and common words that are names of skills too: (hits, false alarms, misses).
    let mut counts = [(0u32, 0u32, 0u32); 2];
    for row in rows {
        let kind = Taxonomy::builtin().by_id(row[1]).map(|skill| Taxonomy::builtin().skill(skill).kind);
        let common = !matches!(kind, Some(Kind::Technology | Kind::Tool));
        let (hits, false_alarms, misses) = &mut counts[usize::from(common)];
        let body = &bodies[&(row[2].to_owned(), row[3].to_owned())];
        let (start, end): (usize, usize) = (row[4].parse().unwrap(), row[5].parse().unwrap());
        let over = mentions(body).into_iter().find(|m| m.0 <= start && end <= m.1);
        // Inside a longer name the verdict on the word alone says nothing.
        if over.is_some_and(|m| (m.0, m.1) != (start, end)) {
            continue;
        }
        let said = over.is_some_and(|m| m.2 == row[1] && m.3 >= 0.5);
        match (said, row[6] == "1") {
            (true, true) => *hits += 1,
            (true, false) => *false_alarms += 1,
            (false, true) => *misses += 1,
            (false, false) => {}
        }
    }
    for ((hits, false_alarms, misses), least) in counts.into_iter().zip([(0.93, 0.85), (0.75, 0.75)]) {
        let (precision, recall) = (share(hits, hits + false_alarms), share(hits, hits + misses));
        eprintln!("precision {precision:.3}, recall {recall:.3} of {} words", hits + false_alarms + misses);
        assert!(precision >= least.0 && recall >= least.1, "precision {precision:.3}, recall {recall:.3}");
    }
}

fn share(part: u32, whole: u32) -> f64 {
    f64::from(part) / f64::from(whole.max(1))
}

#[test]
fn knowledge_named_in_sentences_is_found() {
    let Some(file) = shared("data/labelled/skillspan/dev.jsonl") else { return };
    let (mut spans, mut found, mut said, mut right) = (0u32, 0u32, 0u32, 0u32);
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let body = row["text"].as_str().unwrap();
        let byte = |chars: &Value| {
            let at = usize::try_from(chars.as_u64().unwrap()).unwrap();
            body.char_indices().nth(at).map_or(body.len(), |(i, _)| i)
        };
        let gold: Vec<(usize, usize, bool)> = row["spans"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| (byte(&s["start"]), byte(&s["end"]), s["layer"] == "knowledge"))
            .collect();
        // The bar that requirements are read with.
        let ours: Vec<_> = mentions(body).into_iter().filter(|m| m.3 >= 0.74).collect();
        let overlap = |a: (usize, usize), b: (usize, usize)| a.0 < b.1 && b.0 < a.1;
        said += u32::try_from(ours.len()).unwrap();
        right += u32::try_from(
            ours.iter().filter(|m| gold.iter().any(|g| overlap((m.0, m.1), (g.0, g.1)))).count(),
        )
        .unwrap();
        for span in gold.iter().filter(|g| g.2) {
            spans += 1;
            found += u32::from(ours.iter().any(|m| overlap((m.0, m.1), (span.0, span.1))));
        }
    }
    let (recall, precision) = (share(found, spans), share(right, said));
    assert!(recall >= 0.65 && precision >= 0.65, "recall {recall:.3}, precision {precision:.3}");
}
