//! The gap on made-up and bundled markets: one definition of coverage, alternatives, determinism,
//! explanations whose sums give the number they explain, and snapshots that agree with texts.

use crate::market::{self, FAMILY, TODAY};
use rungs::coded::{CodedSkill, Rows, SkillCode};
use rungs::corpus::Corpus;
use rungs::extract::{ExperienceKind, GateKind, Strength};
use rungs::index::PostingIndex;
use rungs::level::Track;
use rungs::market::Market;
use rungs::profile::Profile;
use rungs::query::bridge::{STEEPEST, bridges};
use rungs::query::demand::demand;
use rungs::query::explain::{self, Subject, explain};
use rungs::query::gap::{GapKind, GapRequest, Holdings, experience_name, gap, gate_label};
use rungs::query::scope::Scope;
use rungs::query::stats::Random;
use rungs::query::{Snapshot, Source};
use rungs::taxonomy::Taxonomy;

fn backend_engineer() -> Profile {
    let mut profile = Profile::from_toml(include_str!("../../data/profiles/backend-engineer.toml")).unwrap();
    profile.resolve(Taxonomy::builtin());
    profile
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() < 2e-4, "{a} is not {b}");
}

#[test]
fn gap_plan_and_explanation_give_the_same_coverage() {
    let taxonomy = Taxonomy::builtin();
    let bundled = Market::bundled().unwrap();
    let snapshot = Snapshot::of_market(&bundled.card);
    let source = Source::Rows(&bundled.rows, &snapshot);
    let profile = backend_engineer();
    let request =
        GapRequest { scope: Scope { family: Some(FAMILY.into()), ..Scope::default() }, levels: Some(6..=7) };
    let answer = gap(source, taxonomy, &profile, &request, TODAY).unwrap();
    let explained = explain::coverage(source, taxonomy, &profile, &request, TODAY).unwrap();
    assert_eq!(answer.targets.len(), explained.len());
    for (target, explained) in answer.targets.iter().zip(&explained) {
        let covered = target.market.cover(&Holdings::new(taxonomy, &profile));
        let coverage = &target.coverage;
        close(coverage.musts.share.unwrap(), covered.must);
        close(coverage.all.share.unwrap(), covered.all);
        close(coverage.evidenced.share.unwrap(), covered.proven);
        let [must, all] = explained.sums.map(|(held, asked)| held / asked);
        close(must, covered.must);
        close(all, covered.all);
        assert!(coverage.all_met <= coverage.all_but_one && coverage.all_but_one <= coverage.half_met);
        assert!(coverage.half_met <= coverage.postings);
        assert!(coverage.musts.low < coverage.musts.share && coverage.musts.share < coverage.musts.high);
    }
}

#[test]
fn one_of_two_alternatives_is_enough() {
    // Every employer asks for "Kubernetes or Terraform", which the person half holds.
    let alternative = |rows: &Rows, at: usize| -> Vec<u64> {
        let codes = [SkillCode::of("kubernetes"), SkillCode::of("terraform")];
        let mut skills: Vec<CodedSkill> = rows.skills(at).filter(|s| !codes.contains(&s.skill)).collect();
        skills.extend(codes.map(|skill| CodedSkill {
            skill,
            strength: Strength::Required,
            depth: 2,
            years: 0,
            group: 1,
        }));
        skills.iter().map(|s| s.pack()).collect()
    };
    let plain = market::rows();
    let mut rows = plain.pick(&[]);
    for at in 0..plain.len() {
        let skills = alternative(&plain, at);
        rows.push(
            plain.head(at),
            skills,
            plain.packed_experience(at).iter().copied(),
            plain.gate_numbers(at).iter().copied(),
        );
    }
    let person = market::person(&[("terraform", 3, None)]);
    let answer = market::gap_of(&rows, &person);
    let target = &answer.targets[0];
    let kubernetes = target.skills.iter().find(|s| s.id == "kubernetes").unwrap();
    assert_eq!((kubernetes.gap, kubernetes.answered), (GapKind::Answered, 1.0));
    assert!(target.focus.iter().all(|area| !area.skills.contains(&"kubernetes".to_owned())));
    let ask = target.market.asks.iter().find(|ask| ask.any_of.len() == 2).unwrap();
    assert_eq!(ask.any_of, ["kubernetes", "terraform"]);
    // The pair is one must of several: with it met, coverage is above what Terraform alone would give.
    let without = market::gap_of(&rows, &market::person(&[("git", 3, None)]));
    assert!(target.coverage.musts.share > without.targets[0].coverage.musts.share);
}

#[test]
fn the_order_of_rows_changes_no_byte() {
    let rows = market::rows();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut random = Random(5);
    for i in (1..order.len()).rev() {
        order.swap(i, random.below(i + 1));
    }
    let json = |rows: &Rows| serde_json::to_string(&market::gap_of(rows, &market::usual())).unwrap();
    assert_eq!(json(&rows), json(&rows.pick(&order)));
}

#[test]
fn without_employers_at_ones_own_level_nothing_is_level_defining() {
    let rows = market::rows().select(|_| true);
    let rows = rows.select(|at| rows.head(at).facts.level() == Some(5));
    let answer = market::gap_of(&rows, &market::usual());
    assert!(!answer.targets.is_empty() && !answer.own.is_enough());
    for skill in answer.targets.iter().flat_map(|t| &t.skills) {
        assert_eq!(skill.contrast, None, "{}", skill.id);
    }
    let json = serde_json::to_value(&answer).unwrap();
    assert!(json["targets"][0]["skills"][0]["own"].is_null());
}

#[test]
fn targets_that_reach_level_5_are_answered_on_both_tracks() {
    let mut request = market::request();
    request.levels = Some(4..=5);
    let rows = market::rows();
    let snapshot = Snapshot::of_rows("made-up", rows.len());
    let source = Source::Rows(&rows, &snapshot);
    let answer = gap(source, Taxonomy::builtin(), &market::usual(), &request, TODAY).unwrap();
    let tracks: Vec<Option<Track>> = answer.targets.iter().map(|t| t.cohort.track).collect();
    assert_eq!(tracks, [Some(Track::Ic), Some(Track::Management)]);
}

#[test]
fn every_kind_of_number_is_explained_without_texts() {
    let taxonomy = Taxonomy::builtin();
    let rows = market::rows();
    let snapshot = Snapshot::of_rows("made-up", rows.len());
    let source = Source::Rows(&rows, &snapshot);
    let scope = Scope { family: Some(FAMILY.into()), track: Some(Track::Ic), ..Scope::default() };
    let ask = |subject: &Subject| explain(source, None, taxonomy, subject, &scope, &(5..=5), 3).unwrap();
    let answer = market::gap_of(&rows, &market::usual());
    let target = &answer.targets[0];
    let skill = ask(&Subject::Skill(taxonomy.by_id("terraform").unwrap()));
    let in_gap = target.skills.iter().find(|s| s.id == "terraform").unwrap();
    assert_eq!((skill.asked, skill.required), (in_gap.asked, in_gap.required), "the same figure");
    assert_eq!(skill.depths, [0, 20, 0, 0]);
    assert!(skill.quotes.is_empty());
    let led = ask(&Subject::Experience(ExperienceKind::PeopleLed));
    let in_gap = target.experience.iter().find(|e| e.kind == ExperienceKind::PeopleLed).unwrap();
    assert_eq!(led.asked, in_gap.asked);
    assert_eq!((led.figure, led.figures), (in_gap.figure, vec![(6.0, 20)]));
    let degree = ask(&Subject::Gate(GateKind::Degree, "bachelor".into()));
    assert_eq!(degree.required, target.gates[0].required);
}

/// Whatever name a row of the gap has, `explain` gives the same employers for it.
#[test]
fn explain_answers_what_the_row_of_the_gap_says() {
    let taxonomy = Taxonomy::builtin();
    let bundled = Market::bundled().unwrap();
    let snapshot = Snapshot::of_market(&bundled.card);
    let source = Source::Rows(&bundled.rows, &snapshot);
    let scope = Scope { family: Some(FAMILY.into()), track: Some(Track::Ic), ..Scope::default() };
    let request = GapRequest { scope: scope.clone(), levels: Some(7..=8) };
    let answer = gap(source, taxonomy, &backend_engineer(), &request, TODAY).unwrap();
    let target = &answer.targets[0];
    let check = |row: &str, name: &str, with: u32, of: u32, first_only: bool| {
        let subjects = explain::subjects(taxonomy, name).unwrap_or_else(|e| panic!("{name}: {e}"));
        let subjects = if first_only { &subjects[..1] } else { &subjects[..] };
        let same = subjects.iter().any(|subject| {
            let told = explain(source, None, taxonomy, subject, &scope, &(7..=8), 0).unwrap();
            let share = if told.row == "gate" { told.required } else { told.asked };
            told.row == row && (share.employers_with, share.employers) == (with, of)
        });
        assert!(same, "{row} {name}: {with}/{of}");
    };
    for skill in target.skills.iter().take(25) {
        check("skill", &skill.label, skill.asked.employers_with, skill.asked.employers, false);
    }
    for way in target.working.iter().take(12) {
        check("skill", &way.label, way.asked.employers_with, way.asked.employers, false);
    }
    assert!(target.experience.len() > 4 && !target.gates.is_empty());
    for facet in &target.experience {
        let name = experience_name(facet.kind);
        check("experience", name, facet.asked.employers_with, facet.asked.employers, true);
        let labelled = format!("{name} (experience)");
        check("experience", &labelled, facet.asked.employers_with, facet.asked.employers, true);
    }
    for gate in &target.gates {
        for name in [gate_label(gate.kind, &gate.value), gate_label(gate.kind, &gate.value).replace(':', "")]
        {
            check("gate", &name, gate.required.employers_with, gate.required.employers, true);
        }
    }
    assert!(explain::subjects(taxonomy, "no such thing at all").is_err());
    assert_eq!(explain::subjects(taxonomy, "mentoring").unwrap().len(), 2, "the experience and the skill");
}

#[test]
fn bridges_are_never_too_steep_and_say_what_is_assumed() {
    let taxonomy = Taxonomy::builtin();
    let bundled = Market::bundled().unwrap();
    let snapshot = Snapshot::of_market(&bundled.card);
    let source = Source::Rows(&bundled.rows, &snapshot);
    let from = (Some(FAMILY.to_owned()), 4);
    let answer =
        bridges(source, taxonomy, &backend_engineer(), from, FAMILY, &(6..=7), &Scope::default()).unwrap();
    assert!(!answer.paths.is_empty());
    let plain = |path: &rungs::query::bridge::Path| path.steps.iter().all(|step| step.to.family == FAMILY);
    let first = answer.paths.iter().position(plain);
    assert!(first.is_none_or(|at| at == 0), "the way within one's own family comes first");
    for path in &answer.paths {
        let before = &path.steps[..path.steps.len() - 1];
        assert!(before.iter().all(|step| step.to.level < 6), "already at the target's level: {before:?}");
    }
    for step in answer.paths.iter().flat_map(|path| &path.steps) {
        assert!(step.cost <= STEEPEST, "{step:?}");
        let (new, all) = step.asks.iter().fold((0.0, 0.0), |(new, all), ask| {
            let counts = ask.held == rungs::query::bridge::Held::New;
            (new + if counts { ask.weight } else { 0.0 }, all + ask.weight)
        });
        close(new / all, step.cost);
    }
    for target in &answer.unexpected {
        assert!(target.cost <= STEEPEST && target.shared.len() >= 2, "{target:?}");
        assert!(target.assumed.iter().all(|label| !target.shared.contains(label)));
    }
}

#[test]
fn a_snapshot_gives_the_shares_of_the_texts_it_was_made_from() {
    let taxonomy = Taxonomy::builtin();
    let folder = tempfile::tempdir().unwrap();
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample/boards");
    let run = |args: &[&str]| {
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_rungs"))
            .args(args)
            .env("RUNGS_HOME", folder.path())
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    };
    run(&["import", "-q", &sample.to_string_lossy()]);
    let corpus = Corpus::open(&folder.path().join("data/corpus/rungs.sqlite")).unwrap();
    let mut index = PostingIndex::create(&folder.path().join("index")).unwrap();
    index.update(&corpus, |_| {}).unwrap();
    let mut market = Market::build(&corpus, taxonomy, None, "2026-11-22", |_| {}).unwrap();
    let mut bytes = Vec::new();
    market.write(&mut bytes).unwrap();
    let market = Market::read(&mut bytes.as_slice()).unwrap();
    let snapshot = Snapshot::of_market(&market.card);
    let ask =
        |source: Source<'_>| demand(source, taxonomy, &Scope::default(), &(1..=8), None, 30_000).unwrap();
    let (texts, figures) = (ask(Source::Index(&index)), ask(Source::Rows(&market.rows, &snapshot)));
    assert!(!texts.skills.is_empty());
    // Counts agree exactly, shares but for the order in which employers are added up.
    assert_eq!(texts.skills.len(), figures.skills.len());
    for skill in &texts.skills {
        let other = figures.skills.iter().find(|other| other.id == skill.id).unwrap();
        for (a, b) in [(skill.asked, other.asked), (skill.required, other.required)] {
            let counts =
                |s: rungs::query::stats::Share| (s.employers_with, s.employers, s.postings_with, s.postings);
            assert_eq!(counts(a), counts(b), "{}", skill.id);
            let shares = |s: rungs::query::stats::Share| [s.share.unwrap(), s.low.unwrap(), s.high.unwrap()];
            let far = shares(a).iter().zip(shares(b)).any(|(a, b)| (a - b).abs() > 1e-12);
            assert!(!far, "{}: {a:?} {b:?}", skill.id);
        }
    }
    assert_eq!(texts.cohort.employers, figures.cohort.employers);
}

#[test]
fn a_filter_that_leaves_nothing_is_named() {
    let rows = market::rows();
    let snapshot = Snapshot::of_rows("made-up", rows.len());
    let request = GapRequest {
        scope: Scope { family: Some(FAMILY.into()), since: Some(90_000), ..Scope::default() },
        levels: Some(5..=5),
    };
    let source = Source::Rows(&rows, &snapshot);
    let answer = gap(source, Taxonomy::builtin(), &market::usual(), &request, TODAY).unwrap();
    assert!(answer.targets.is_empty());
    assert!(answer.notes.iter().any(|note| note.contains("--since")), "{:?}", answer.notes);
}
