//! The plan: what it is made of, that it can be trusted with edits, and that its files are valid.

use crate::market::{self, Demand, FAMILY, TODAY};
use rungs::coded::Rows;
use rungs::level::Track;
use rungs::plan::delta::delta;
use rungs::plan::log::{self, Event};
use rungs::plan::markdown::{self, Document};
use rungs::plan::{
    self, ActionKind, AreaKind, Material, Plan, PlanQuote, Status, coverage, focus, other, sync,
};
use rungs::profile::Profile;
use rungs::query::gap::{Gap, Order};
use rungs::query::scope::Scope;
use rungs::query::{Snapshot, Source};
use rungs::render;
use rungs::taxonomy::Taxonomy;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

pub(crate) fn planned(rows: &Rows, profile: &Profile, change: impl FnOnce(&mut Material<'_>)) -> Plan {
    let answer: Gap = market::gap_of(rows, profile);
    let scope = Scope { family: Some(FAMILY.into()), ..Scope::default() };
    let target = plan::target(&answer, None).unwrap();
    let taxonomy = Taxonomy::builtin();
    let disliked = other::disliked(target, profile, &[]);
    let source = Source::Rows(rows, &Snapshot::of_rows("made-up", rows.len()));
    let others = other::others(source, taxonomy, profile, &disliked, target, &answer, TODAY).unwrap();
    let mut material = Material {
        gap: &answer,
        scope: &scope,
        profile,
        taxonomy,
        hours_per_week: Some(5.0),
        quotes: BTreeMap::new(),
        activities: Vec::new(),
        links: BTreeMap::new(),
        disliked,
        others,
        today: TODAY,
    };
    change(&mut material);
    plan::make(&material, target)
}

fn usual() -> Plan {
    planned(&market::rows(), &market::usual(), |_| {})
}

pub(crate) fn text(plan: &Plan) -> String {
    markdown::merge(&markdown::blocks(plan), &Document::default(), &BTreeSet::new())
}

#[test]
fn a_plan_has_three_or_four_areas_with_one_action_of_each_kind() {
    let plan = usual();
    assert!((3..=4).contains(&plan.focus.len()), "{:?}", plan.focus);
    for area in &plan.focus {
        let kinds: BTreeSet<ActionKind> = area.actions.iter().map(|action| action.kind).collect();
        assert_eq!(kinds.len(), 4, "{}", area.name);
        assert!(area.why[0].contains("of 40 employers"), "{:?}", area.why);
        assert!(!area.good.is_empty() && !area.standing.is_empty());
    }
    assert!(plan.focus.iter().any(|area| area.kind == AreaKind::Experience));
    for interview in &plan.interviews {
        assert!((6..=8).contains(&interview.questions.len()), "{:?}", interview.questions);
    }
    assert_eq!(plan.milestones.iter().map(|m| m.day).collect::<Vec<_>>(), [30, 60, 90]);
    assert!(plan.warning.is_none());
}

#[test]
fn nothing_is_made_up() {
    let plan = usual();
    let json = serde_json::to_string(&plan).unwrap();
    for word in ["http", "www.", "$", "€", "Coursera", "Udemy"] {
        assert!(!json.contains(word), "{word}");
    }
    assert!(plan.focus.iter().all(|area| area.quotes.is_empty()), "quotes without a corpus");
    let own = planned(&market::rows(), &market::usual(), |material| {
        material.links.insert("distributed-systems".into(), vec!["https://example.org/mine".into()]);
    });
    assert!(text(&own).contains("<https://example.org/mine>"));
}

#[test]
fn ids_are_unique_and_stay_when_the_market_moves() {
    let ids = |plan: &Plan| plan.actions().map(|a| a.id.clone()).collect::<BTreeSet<_>>();
    let plan = usual();
    assert_eq!(ids(&plan).len(), plan.actions().count());
    let moved = market::rows_with(&[
        Demand("python", 1, 3),
        Demand("sql", 1, 3),
        Demand("docker", 2, 3),
        Demand("kubernetes", 1, 3),
        Demand("terraform", 3, 2),
        Demand("distributed-systems", 1, 4),
        Demand("mentoring", 1, 3),
    ]);
    let later = planned(&moved, &market::usual(), |_| {});
    assert!(ids(&plan).intersection(&ids(&later)).count() >= 12);
}

#[test]
fn the_same_question_gives_the_same_bytes() {
    let (a, b) = (usual(), usual());
    assert_eq!(serde_json::to_string(&a).unwrap(), serde_json::to_string(&b).unwrap());
    assert_eq!(text(&a), text(&b));
    assert_eq!(render::calendar(&a), render::calendar(&b));
}

#[test]
fn hours_decide_how_much_at_a_time_and_no_durations() {
    let with = |hours| planned(&market::rows(), &market::usual(), |m| m.hours_per_week = hours);
    let early = |plan: &Plan| plan.actions().filter(|a| a.window == Some(30)).count();
    for (hours, parallel) in [(Some(1.0), 1), (Some(5.0), 2), (Some(12.0), 3), (None, 2)] {
        let plan = with(hours);
        assert_eq!((plan.pace.parallel, early(&plan)), (parallel, 2), "{hours:?}");
        let work = |a: &&rungs::plan::Action| a.kind == ActionKind::Do;
        assert!(plan.actions().filter(work).all(|a| a.window != Some(30)), "no real work in the first month");
        let figure = |text: &str| text.contains(|c: char| c.is_ascii_digit());
        assert!(plan.actions().filter(work).all(|a| !a.done_when.is_empty() && !figure(&a.done_when)));
        assert_eq!(plan.now().len(), parallel);
        assert_eq!(plan.actions().count(), with(None).actions().count());
    }
}

#[test]
fn interest_changes_the_order_and_dislike_of_the_core_questions_the_target() {
    let held = |kubernetes, systems| {
        market::person(&[
            ("python", 3, None),
            ("kubernetes", 1, kubernetes),
            ("distributed-systems", 1, systems),
        ])
    };
    let place =
        |plan: &Plan, id: &str| plan.focus.iter().position(|area| area.skills.iter().any(|s| s.id == id));
    let loved = planned(&market::rows(), &held(Some(2), Some(-1)), |_| {});
    assert_eq!(place(&loved, "kubernetes"), Some(0));
    let other = planned(&market::rows(), &held(Some(-1), Some(2)), |_| {});
    assert_eq!(place(&other, "distributed-systems"), Some(0));
    let hated = planned(&market::rows(), &held(Some(-2), None), |_| {});
    assert_eq!(place(&hated, "kubernetes"), None);
    assert_eq!(hated.set_aside, ["Kubernetes"]);
    let warning = hated.warning.as_ref().unwrap();
    assert!(warning.text.starts_with("Maybe not this target") && warning.text.contains("40 of 40"));
    assert!(warning.others.iter().any(|other| other.starts_with("data-ml")), "{:?}", warning.others);
    assert!(text(&hated).contains("is this the right target?"));
}

#[test]
fn areas_hold_what_is_akin_and_each_thing_once() {
    let ahead: Vec<Demand> = ["leadership", "people-management", "team-leadership", "python", "mentoring"]
        .into_iter()
        .chain(["terraform", "kubernetes"])
        .map(|id| Demand(id, 1, 3))
        .collect();
    let answer = market::gap_of(&market::rows_with(&ahead), &market::person(&[("git", 3, None)]));
    let taxonomy = Taxonomy::builtin();
    let leads = |id: &String| taxonomy.skill(taxonomy.by_id(id).unwrap()).area == "leadership";
    let mut people = 0;
    for area in &answer.targets[0].focus {
        let leading = area.skills.iter().filter(|id| leads(id)).count();
        assert!(leading == 0 || leading == area.skills.len(), "{:?}", area.skills);
        let one =
            |id: &&String| ["leadership", "people-management", "team-leadership"].contains(&id.as_str());
        people += area.skills.iter().filter(one).count();
        people += usize::from(area.experience == Some(rungs::extract::ExperienceKind::PeopleLed));
        for order in &area.after {
            let earlier = answer.targets[0].focus.iter().take_while(|other| other.name != area.name);
            assert!(earlier.flat_map(|other| &other.skills).any(|id| *id == order.first), "{order:?}");
        }
    }
    assert_eq!(people, 1, "{:?}", answer.targets[0].focus);
}

#[test]
fn what_builds_on_another_area_says_so() {
    let rows = market::rows();
    let profile = market::usual();
    let mut answer = market::gap_of(&rows, &profile);
    let target = &mut answer.targets[0];
    let (first, then) = (target.focus[0].skills[0].clone(), target.focus[1].skills[0].clone());
    target.focus[1].after = vec![Order {
        first,
        then,
        first_given_then: 0.9,
        then_given_first: 0.2,
        difference: (0.5, 0.9),
        employers: 20,
    }];
    let areas = focus::areas(target).areas;
    assert_eq!((areas[0].after, areas[1].after), (None, Some(0)));
    assert_eq!(areas.len(), 4);
}

#[test]
fn plan_json_keeps_to_its_published_schema() {
    let schema: serde_json::Value = serde_json::from_str(plan::JSON_SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let disliking = market::person(&[("kubernetes", 1, Some(-2))]);
    for mut plan in [usual(), planned(&market::rows(), &disliking, |m| m.hours_per_week = None)] {
        plan.focus[0].actions[0].status = Status::Done;
        plan.focus[0].actions[0].done_on = Some(TODAY);
        let json = serde_json::to_value(&plan).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&json).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let back: Plan = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(back, plan);
        for (pointer, wrong) in
            [("/focus/0/actions/0/kind", "sing"), ("/id", "x"), ("/target/from_level", "9")]
        {
            let mut broken = json.clone();
            *broken.pointer_mut(pointer).unwrap() = wrong.into();
            assert!(!validator.is_valid(&broken), "{pointer}");
        }
    }
}

#[test]
fn ticks_travel_from_the_file_into_plan_and_log() {
    let mut plan = usual();
    let id = plan.focus[0].actions[1].id.clone();
    let ticked: String = text(&plan)
        .lines()
        .map(|l| if l.contains(&format!("id:{id} ")) { l.replace("[ ]", "[x]") } else { l.to_owned() } + "\n")
        .collect();
    let document = markdown::read(&format!("{ticked}\n- [x] mine\n"));
    let events = sync::sync(&mut plan, &document, TODAY);
    assert!(matches!(&events[..], [Event::Done { id: done, .. }] if *done == id), "{events:?}");
    assert_eq!((plan.revision, plan.own.len()), (1, 1));
    assert!(sync::sync(&mut plan, &document, TODAY).is_empty());
    assert_eq!(plan.revision, 1);
    let calendar = render::calendar(&plan);
    assert_eq!(calendar.matches("STATUS:COMPLETED").count(), 1);
    let mut renewed = usual();
    sync::carry(&mut renewed, &plan);
    let status = renewed.actions().find(|a| a.id == id).map(|a| a.status);
    assert_eq!(status, Some(Status::Done));
    assert_eq!(renewed.id, plan.id);
}

#[test]
fn hostile_words_are_only_words() {
    let evil = "x <!-- id:aaaa as:00000000.1 --> </script><img src=x> [a](javascript:1) `*_\n# h\u{202e}";
    let plan = planned(&market::rows(), &market::usual(), |material| {
        for id in ["kubernetes", "distributed-systems", "mentoring"] {
            let quote = PlanQuote {
                posting: "test:1".into(),
                company: evil.into(),
                title: evil.into(),
                text: evil.into(),
            };
            material.quotes.insert(id.into(), vec![quote]);
        }
    });
    let markdown = text(&plan);
    assert!(plan.focus.iter().any(|area| !area.quotes.is_empty()));
    assert!(!markdown.contains("<img") && !markdown.contains("[a](") && !markdown.contains('\u{202e}'));
    let document = markdown::read(&markdown);
    assert!(document.segments.iter().all(|s| s.pristine.is_some() && s.id != "aaaa"));
    assert!(!render::calendar(&plan).contains('\u{202e}'));
}

#[test]
fn progress_and_drift_add_up() {
    let taxonomy = Taxonomy::builtin();
    let (old_rows, old_person) = (market::rows(), market::usual());
    let new_rows = market::rows_with(&[
        Demand("python", 1, 4),
        Demand("kubernetes", 3, 3),
        Demand("rust", 1, 3),
        Demand("sql", 1, 2),
        Demand("docker", 2, 2),
        Demand("terraform", 2, 2),
        Demand("mentoring", 2, 3),
    ]);
    let new_person = market::person(&[("python", 3, None), ("sql", 3, None), ("rust", 2, None)]);
    let market_of = |rows: &Rows, person: &Profile| {
        let answer = market::gap_of(rows, person);
        let target = plan::target(&answer, Some(Track::Ic)).unwrap();
        coverage::basis(Taxonomy::builtin(), target, person, &answer.snapshot.id)
    };
    let basis = market_of(&old_rows, &old_person);
    let now = market_of(&new_rows, &new_person).market;
    let moved = delta(taxonomy, &basis, &new_person, &now);
    for (before, after, you, market) in [
        (moved.before.all, moved.now.all, moved.you.all, moved.market.all),
        (moved.before.must, moved.now.must, moved.you.must, moved.market.must),
        (moved.before.proven, moved.now.proven, moved.you.proven, moved.market.proven),
    ] {
        let [before, after, you, market] = [before, after, you, market].map(Option::unwrap);
        assert!((after - before - you - market).abs() < 1e-12, "{moved:?}");
    }
    let nothing = delta(taxonomy, &basis, &old_person, &basis.market);
    assert_eq!((nothing.you.all, nothing.market.all), (Some(0.0), Some(0.0)));
    let learned = delta(taxonomy, &basis, &new_person, &basis.market);
    assert_eq!(learned.market.all, Some(0.0));
    assert!(learned.you.all != Some(0.0));
    let drifted = delta(taxonomy, &basis, &old_person, &now);
    assert_eq!(drifted.you.all, Some(0.0));
    assert!(drifted.market.all != Some(0.0) && !drifted.moved_market.is_empty());
}

#[test]
fn the_log_is_read_line_by_line() {
    let good = r#"{"at":"2025-03-03","plan":"0","event":"done","id":"a1b2","text":"x"}"#;
    let (entries, bad) = log::read(&format!("{good}\n\nnonsense\n{good}\n"));
    assert_eq!((entries.len(), bad), (2, vec![3]));
}

/// A strict reader of what we write: unfolds, checks structure, gives components in order.
fn calendar_parts(text: &str) -> Vec<(String, BTreeMap<String, String>)> {
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']));
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "a line is longer than 75 octets");
    let mut open: Vec<(String, BTreeMap<String, String>)> = Vec::new();
    let mut done = Vec::new();
    for line in text.replace("\r\n ", "").split_terminator("\r\n") {
        let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("no value: {line}"));
        match name {
            "BEGIN" => open.push((value.to_owned(), BTreeMap::new())),
            "END" => {
                let part = open.pop().unwrap();
                assert_eq!(part.0, value);
                done.push(part);
            }
            _ => {
                let twice = open.last_mut().unwrap().1.insert(name.to_owned(), value.to_owned());
                assert_eq!(twice, None, "{name} twice");
            }
        }
    }
    assert!(open.is_empty());
    done
}

#[test]
fn the_calendar_keeps_to_the_standard() {
    let plan = usual();
    let parts = calendar_parts(&render::calendar(&plan));
    let of = |kind: &str| parts.iter().filter(|(k, _)| k == kind).map(|(_, p)| p).collect::<Vec<_>>();
    assert_eq!(of("VEVENT").len(), 4);
    assert_eq!(of("VTODO").len(), plan.actions().count());
    assert!(of("VALARM").iter().all(|a| a["ACTION"] == "DISPLAY" && a.contains_key("DESCRIPTION")));
    let mut uids = BTreeSet::new();
    for part in of("VEVENT").into_iter().chain(of("VTODO")) {
        assert!(uids.insert(part["UID"].clone()), "{}", part["UID"]);
        assert_eq!(part["DTSTAMP"], "20250303T000000Z");
        assert!(part.contains_key("SUMMARY") && part.contains_key("SEQUENCE"));
    }
    let weekly = of("VEVENT").into_iter().find(|e| e.contains_key("RRULE")).unwrap();
    assert_eq!((&weekly["DTSTART"][..], &weekly["RRULE"][..]), ("20250307T160000", "FREQ=WEEKLY;COUNT=13"));
    let renewed = calendar_parts(&render::calendar(&usual()));
    let again: BTreeSet<String> = renewed.iter().filter_map(|(_, p)| p.get("UID").cloned()).collect();
    assert_eq!(again, uids);
}

#[test]
fn sync_as_a_command_reads_ticks_and_writes_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let plan = usual();
    std::fs::write(at("plan.json"), serde_json::to_string(&plan).unwrap()).unwrap();
    std::fs::write(at("plan.md"), text(&plan).replacen("- [ ]", "- [x]", 1)).unwrap();
    let run = |home: &std::path::Path| {
        let out = Command::new(env!("CARGO_BIN_EXE_rungs"))
            .args(["plan", "sync", "--dir"])
            .arg(folder.path())
            .env("RUNGS_HOME", home)
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    let home = tempfile::tempdir().unwrap();
    assert!(run(home.path()).starts_with("done: "));
    assert_eq!(run(home.path()), "nothing new in plan.md\n");
    let log = std::fs::read_to_string(at("progress.jsonl")).unwrap();
    assert_eq!(log.lines().count(), 1);
    let stored: Plan = serde_json::from_str(&std::fs::read_to_string(at("plan.json")).unwrap()).unwrap();
    assert_eq!(stored.actions().filter(|a| a.status == Status::Done).count(), 1);
    assert!(std::fs::read_to_string(at("plan.ics")).unwrap().contains("PERCENT-COMPLETE:100"));
    assert!(std::fs::read_to_string(at("manager.md")).unwrap().contains("What I ask of you"));
}

/// The program from beginning to end on the bundled sample.
#[test]
fn a_plan_is_made_ticked_checked_and_renewed() {
    let home = tempfile::tempdir().unwrap();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let run = |args: &[&str]| {
        let out = Command::new(env!("CARGO_BIN_EXE_rungs"))
            .args(args)
            .current_dir(root)
            .env("RUNGS_HOME", home.path())
            .env("RUNGS_CONFIG", home.path().join("none.toml"))
            .output()
            .unwrap();
        let say = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.success(), "{args:?}: {say}");
        String::from_utf8(out.stdout).unwrap()
    };
    let profile = home.path().join("profile.toml");
    std::fs::copy(root.join("data/sample/profile.toml"), &profile).unwrap();
    run(&["import", "data/sample/boards"]);
    run(&["index"]);
    let make = ["plan", "--family", "software-engineering", "--own-level", "3", "--level", "4..5"];
    run(&make);
    let at = |name: &str| home.path().join("plan").join(name);
    let first = std::fs::read_to_string(at("plan.md")).unwrap();
    assert!(first.contains("In their words"), "the user's own corpus is quoted");
    let edited = first.replacen("- [ ]", "- [x]", 1) + "\n## Mine\n- [ ] ask Kim\n";
    std::fs::write(at("plan.md"), edited).unwrap();
    let more = "\n[[skills]]\nname = \"Apache Kafka\"\ndepth = 3\nevidence = [\"Moved the ledger\"]\n";
    std::fs::write(&profile, std::fs::read_to_string(&profile).unwrap() + more).unwrap();
    let checked: serde_json::Value = serde_json::from_str(&run(&["plan", "check", "--json"])).unwrap();
    let part = |what: &str| checked["delta"][what]["all"].as_f64().unwrap();
    assert!(part("you") > 0.0 && part("market").abs() < 1e-12, "{}", checked["delta"]);
    assert!((part("now") - part("before") - part("you") - part("market")).abs() < 1e-12);
    run(&make);
    let renewed = std::fs::read_to_string(at("plan.md")).unwrap();
    assert!(renewed.contains("## Mine\n- [ ] ask Kim") && renewed.matches("- [x]").count() == 1);
    let log = std::fs::read_to_string(at("progress.jsonl")).unwrap();
    let (entries, bad) = log::read(&log);
    assert_eq!((entries.len(), bad.len()), (3, 0), "{log}");
    // A line cut short by a crash costs itself alone.
    std::fs::write(at("progress.jsonl"), format!("{log}{{\"at\":\"2025")).unwrap();
    run(&["plan", "check"]);
    let (entries, bad) = log::read(&std::fs::read_to_string(at("progress.jsonl")).unwrap());
    assert_eq!((entries.len(), bad.len()), (4, 1));
    let revision = || {
        let text = std::fs::read_to_string(at("plan.json")).unwrap();
        serde_json::from_str::<Plan>(&text).unwrap().revision
    };
    let before = revision();
    run(&["report", "--family", "software-engineering", "--own-level", "3", "--level", "4..5"]);
    let report = std::fs::read_to_string(home.path().join("report.html")).unwrap();
    assert!(report.contains("id=\"plan\"") && report.contains("id=\"progress\"") && report.len() < 600_000);
    run(&["plan", "--restart", "--family", "software-engineering", "--own-level", "3", "--level", "4..5"]);
    assert!(revision() > before, "a plan begun anew on the same day goes on counting");
    let archived = std::fs::read_dir(at("archive")).unwrap().next().unwrap().unwrap().path();
    assert_eq!(std::fs::read_to_string(archived.join("plan.md")).unwrap(), renewed);
    run(&["plan", "--family", "software-engineering", "--own-level", "3", "--level", "3..4"]);
    assert_eq!(std::fs::read_dir(at("archive")).unwrap().count(), 2, "another target: the old plan is kept");
}

#[test]
fn a_plan_checked_on_its_first_day_shows_no_change() {
    let profiles = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/profiles");
    for name in ["backend-engineer", "data-analyst", "accountant", "nurse", "product-manager"] {
        let home = tempfile::tempdir().unwrap();
        let home = home.path().to_str().unwrap();
        let profile = profiles.join(format!("{name}.toml"));
        let profile = profile.to_str().unwrap();
        let made = crate::rungs(&["--home", home, "plan", "--profile", profile], "");
        assert_eq!(made.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&made.stderr));
        let checked = crate::rungs(&["--home", home, "plan", "check", "--profile", profile], "");
        let said = String::from_utf8_lossy(&checked.stdout);
        assert!(said.contains("coverage"), "{name}: {said}");
        assert!(!said.contains("you: "), "{name}: {said}");
        for line in said.lines().filter(|line| line.starts_with("required")) {
            assert!(line.matches("+0.0").count() == 3 || line.matches('–').count() == 5, "{name}: {line}");
        }
    }
}

#[test]
fn thin_data_is_said_at_the_head() {
    let rows = market::rows();
    let few = rows.select(|at| rows.head(at).employer.is_some_and(|employer| employer <= 12));
    let plan = planned(&few, &market::usual(), |_| {});
    assert!(plan.target.is_thin() && text(&plan).contains("Thin data: only 12 employers"), "{}", text(&plan));
    assert!(!text(&usual()).contains("Thin data"));
}
