//! The gap on made-up and bundled markets: one definition of coverage, alternatives, determinism,
//! explanations whose sums give the number they explain, and snapshots that agree with texts.

use crate::market::{self, Demand, FAMILY, TODAY};
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
use rungs::query::gap::{Aim, GapKind, GapRequest, GateName, GateState, Holdings, experience_name, gap};
use rungs::query::scope::Scope;
use rungs::query::stats::Random;
use rungs::query::{Snapshot, Source};
use rungs::render;
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
    let request = GapRequest {
        scope: Scope { family: Some(FAMILY.into()), ..Scope::default() },
        levels: Aim::At(6..=7),
    };
    let answer = gap(source, taxonomy, &profile, &request, TODAY).unwrap();
    let explained = explain::coverage(source, taxonomy, &profile, &request, TODAY).unwrap();
    assert_eq!(answer.targets.len(), explained.len());
    for (target, explained) in answer.targets.iter().zip(&explained) {
        let covered = target.market.cover(&Holdings::new(taxonomy, &profile));
        let coverage = &target.coverage;
        close(coverage.musts.share.unwrap(), covered.must.unwrap());
        close(coverage.all.share.unwrap(), covered.all.unwrap());
        close(coverage.evidenced.share.unwrap(), covered.proven.unwrap());
        let [must, all] = explained.sums.map(|(held, asked)| held / asked);
        close(must, covered.must.unwrap());
        close(all, covered.all.unwrap());
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
    assert_eq!((kubernetes.gap, kubernetes.answered), (GapKind::Answered, Some(1.0)));
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
    request.levels = Aim::At(4..=5);
    let rows = market::rows();
    let snapshot = Snapshot::of_rows("made-up", rows.len());
    let source = Source::Rows(&rows, &snapshot);
    let answer = gap(source, Taxonomy::builtin(), &market::usual(), &request, TODAY).unwrap();
    let tracks: Vec<Option<Track>> = answer.targets.iter().map(|t| t.cohort.track).collect();
    assert_eq!(tracks, [Some(Track::Ic), Some(Track::Management)]);
}

#[test]
fn an_area_is_named_by_what_many_employers_ask_for() {
    // Five of forty employers ask for one skill at the greatest depth, twenty for another.
    let ahead = [("elasticsearch", 8, 4), ("terraform", 2, 2), ("kubernetes", 1, 3), ("mentoring", 1, 3)];
    let ahead: Vec<Demand> = ahead.into_iter().map(|(id, nth, depth)| Demand(id, nth, depth)).collect();
    let mut rows = ahead;
    rows.extend(["apache-kafka", "distributed-systems", "postgresql"].map(|id| Demand(id, 3, 3)));
    let answer = market::gap_of(&market::rows_with(&rows), &market::person(&[("git", 3, None)]));
    let target = &answer.targets[0];
    let rare = target.skills.iter().find(|skill| skill.id == "elasticsearch").unwrap();
    assert_eq!(rare.asked.employers_with, 5);
    assert!(target.focus.len() >= 3);
    for area in target.focus.iter().filter(|area| area.experience.is_none()) {
        let head = target.skills.iter().find(|skill| skill.id == area.skills[0]).unwrap();
        assert!(head.asked.employers_with >= 8, "{}", area.name);
        assert_eq!(area.name, head.label);
    }
    assert!(target.focus.iter().any(|area| area.experience.is_some()), "experience is worked on, too");
}

#[test]
fn what_a_rating_leaves_out_is_named() {
    let mut hater = market::usual();
    hater.skills.iter_mut().filter(|s| s.name == "kubernetes").for_each(|s| s.interest = Some(-2));
    let answer = market::gap_of(&market::rows(), &hater);
    let target = &answer.targets[0];
    assert!(target.focus.iter().all(|area| !area.skills.contains(&"kubernetes".to_owned())));
    let aside: Vec<&str> = target.set_aside.iter().map(|aside| aside.name.as_str()).collect();
    assert_eq!(aside, ["Kubernetes"]);
    for page in [render::gap_in_short(&answer), render::gap(&answer, 20)] {
        let mut out = Vec::new();
        page.write(render::Style::Markdown, &mut out).unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert!(shown.contains("you rated it −2") && shown.contains("Kubernetes, 40/40"), "{shown}");
    }
}

#[test]
fn what_accountants_do_counts_for_what_is_made_of_it() {
    let taxonomy = Taxonomy::builtin();
    let check = |held: &[&str], wanted: &str, least: f64| {
        let held: Vec<(&str, u8, Option<i8>)> = held.iter().map(|id| (*id, 3, None)).collect();
        let person = market::person(&held);
        let (credit, via) = Holdings::new(taxonomy, &person).of(wanted).credit(3);
        assert!(credit >= least && credit < 1.0, "{held:?} for {wanted}: {credit} {via:?}");
    };
    check(&["financial-statements"], "financial-reporting", 0.5);
    check(&["gaap"], "financial-reporting", 0.25);
    check(&["budgeting"], "financial-planning-and-analysis", 0.25);
    check(&["forecasting"], "financial-planning-and-analysis", 0.25);
    check(&["financial-planning-and-analysis"], "forecasting", 0.5);
    check(&["reconciliation"], "month-end-close", 0.25);
}

#[test]
fn coverage_stands_beside_that_of_ones_own_level() {
    let held = ["python", "sql", "docker", "git"].map(|id| (id, 2, None));
    let answer = market::gap_of(&market::rows(), &market::person(&held));
    assert_eq!(answer.own_coverage.share, Some(1.0));
    assert!(answer.targets[0].coverage.musts.share < Some(0.5));
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
    let name = GateName { kind: GateKind::Degree, value: "bachelor".into(), or_equivalent: false };
    let degree = ask(&Subject::Gate(name));
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
    let request = GapRequest { scope: scope.clone(), levels: Aim::At(7..=8) };
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
        for name in [gate.name.label(), gate.name.label().replace(':', "")] {
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
    let direct = &answer.paths[0];
    assert!(direct.direct, "the direct road comes first");
    let levels: Vec<u8> = direct.steps.iter().map(|step| step.to.level).collect();
    assert_eq!(levels, [5, 6], "level by level");
    assert!(direct.steps.iter().all(|step| step.to.family == FAMILY));
    assert!(answer.paths[1..].iter().all(|path| !path.direct && path.steepest <= STEEPEST));
    for path in &answer.paths {
        let before = &path.steps[..path.steps.len() - 1];
        assert!(before.iter().all(|step| step.to.level < 6), "already at the target's level: {before:?}");
    }
    let adds: Vec<&String> = direct.steps.iter().flat_map(|step| &step.adds).collect();
    assert!(adds.iter().any(|label| *label == "setting direction"), "experience that rises: {adds:?}");
    assert!((1..adds.len()).all(|at| !adds[..at].contains(&adds[at])), "named once: {adds:?}");
    let related = |ask: &rungs::query::bridge::RoleAsk| ask.new > 0.0 && ask.new < ask.weight;
    assert!(direct.steps.iter().flat_map(|step| &step.asks).any(related), "a related skill counts in part");
    for step in answer.paths.iter().flat_map(|path| &path.steps) {
        let (new, all) =
            step.asks.iter().fold((0.0, 0.0), |(new, all), ask| (new + ask.new, all + ask.weight));
        close(new / all, step.cost);
    }
    assert!(!answer.unexpected.is_empty() && answer.own.is_some_and(|own| own > 0.2 && own < 0.8));
    for target in &answer.unexpected {
        assert!(target.cost <= STEEPEST && target.shared.len() >= 3, "{target:?}");
        assert!(target.role.level == 5 && !target.role.thin, "{target:?}");
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
        levels: Aim::At(5..=5),
    };
    let source = Source::Rows(&rows, &snapshot);
    let answer = gap(source, Taxonomy::builtin(), &market::usual(), &request, TODAY).unwrap();
    assert!(answer.targets.is_empty());
    assert!(answer.notes.iter().any(|note| note.contains("--since")), "{:?}", answer.notes);
}

/// The made-up market, of whose degree gates every other one takes experience instead.
fn degrees_or_equivalent() -> Rows {
    let plain = market::rows();
    let mut rows = plain.pick(&[]);
    let strict = rows.gate_words.find("degree:3:bachelor").unwrap();
    let open = rows.gate_words.number("degree:3+:bachelor");
    for at in 0..plain.len() {
        rows.push(
            plain.head(at),
            plain.packed_skills(at).iter().copied(),
            plain.packed_experience(at).iter().copied(),
            [if at % 8 < 4 { open } else { strict }],
        );
    }
    rows
}

#[test]
fn a_degree_or_equivalent_experience_is_a_gate_of_its_own() {
    let rows = degrees_or_equivalent();
    let mut person = market::usual();
    let state = |person: &Profile| {
        let answer = market::gap_of(&rows, person);
        let mut gates: Vec<(bool, GateState, u32)> = answer.targets[0]
            .gates
            .iter()
            .map(|gate| (gate.name.or_equivalent, gate.state, gate.required.employers_with))
            .collect();
        gates.sort_by_key(|gate| gate.0);
        gates
    };
    // Nobody states years here, so that a bachelor's four years are what is needed.
    assert_eq!(state(&person), [(false, GateState::Unknown, 20), (true, GateState::OrEquivalent, 20)]);
    let job = |start: &str| rungs::profile::Job {
        title: "Software engineer".into(),
        start: rungs::profile::Month::parse(start),
        ..rungs::profile::Job::default()
    };
    person.work.push(job("2020-01"));
    assert_eq!(state(&person), [(false, GateState::Unknown, 20), (true, GateState::MetByExperience, 20)]);
    person.work[0] = job("2023-01");
    assert_eq!(state(&person)[1].1, GateState::OrEquivalent);
    person.degrees.push(rungs::profile::Degree { name: "BSc".into(), ..Default::default() });
    assert_eq!(state(&person), [(false, GateState::Met, 20), (true, GateState::Met, 20)]);
    let answer = market::gap_of(&rows, &market::usual());
    let page = render::gap(&answer, 20);
    let mut text = Vec::new();
    page.write(render::Style::Markdown, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("degree: bachelor or equivalent experience"), "{text}");
    let name = GateName { kind: GateKind::Degree, value: "bachelor".into(), or_equivalent: true };
    assert_eq!(explain::subjects(Taxonomy::builtin(), &name.label()).unwrap(), [Subject::Gate(name)]);
}

/// Words after which a figure is no share of employers.
fn percentages(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.contains('%') && !line.contains("intervals are 90 %")).collect()
}

#[test]
fn below_eight_employers_no_page_and_no_file_gives_a_percentage() {
    // Forty employers at the target, of whom seven ask for a skill that can be compared.
    let plain = market::rows();
    let mut rows = plain.pick(&[]);
    for at in 0..plain.len() {
        let head = plain.head(at);
        let few = head.facts.level() != Some(5) || head.employer.is_some_and(|employer| employer <= 7);
        let skills = if few { plain.packed_skills(at).to_vec() } else { Vec::new() };
        rows.push(head, skills, plain.packed_experience(at).iter().copied(), plain.gate_numbers(at).to_vec());
    }
    let person = market::usual();
    let answer = market::gap_of(&rows, &person);
    let target = &answer.targets[0];
    assert!(target.cohort.is_enough() && target.coverage.musts.employers == 7);
    let covered = target.market.cover(&Holdings::new(Taxonomy::builtin(), &person));
    assert_eq!(covered, rungs::query::gap::Covered::default(), "no figure where the gap has a dash");
    let measures = [target.coverage.musts, target.coverage.all, target.coverage.evidenced];
    assert!(measures.iter().all(|measure| measure.share.is_none()));
    assert_eq!(target.coverage.median, None);
    let plan = crate::plan::planned(&rows, &person, |_| {});
    let json = serde_json::to_value(&plan).unwrap();
    for part in ["must", "all", "proven"] {
        assert!(json["coverage"][part].is_null(), "{part}");
    }
    let text = crate::plan::text(&plan);
    assert!(text.contains("too few employers to say"), "{text}");
    assert!(!text.contains("% of what is required"), "{text}");
    // The whole target below eight: nothing anywhere.
    let seven = plain.select(|at| plain.head(at).employer.is_some_and(|employer| employer <= 7));
    let answer = market::gap_of(&seven, &person);
    assert!(answer.targets.is_empty());
    for page in [render::gap(&answer, 20), render::gap_in_short(&answer)] {
        for style in
            [render::Style::Text { width: 120, color: false }, render::Style::Markdown, render::Style::Csv]
        {
            let mut out = Vec::new();
            page.write(style, &mut out).unwrap();
            let out = String::from_utf8(out).unwrap();
            assert_eq!(percentages(&out), Vec::<&str>::new());
        }
    }
    let snapshot = Snapshot::of_rows("made-up", seven.len());
    let scope = Scope { family: Some(FAMILY.into()), track: Some(Track::Ic), ..Scope::default() };
    let source = Source::Rows(&seven, &snapshot);
    let subject = Subject::Skill(Taxonomy::builtin().by_id("python").unwrap());
    let told = explain(source, None, Taxonomy::builtin(), &subject, &scope, &(5..=5), 0).unwrap();
    assert!(told.asked.share.is_none() && told.beside.iter().all(|other| other.overall.share.is_none()));
    let mut out = Vec::new();
    render::explanation(&told).write(render::Style::Markdown, &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    let formula = |line: &&&str| line.contains("Wilson");
    assert!(percentages(&out).iter().filter(|line| !formula(line)).count() == 0, "{out}");
}

#[test]
fn below_thirty_employers_everything_has_the_badge() {
    let plain = market::rows();
    let twelve = plain.select(|at| plain.head(at).employer.is_some_and(|employer| employer <= 12));
    for (rows, thin) in [(&twelve, true), (&plain, false)] {
        let answer = market::gap_of(rows, &market::usual());
        let target = &answer.targets[0];
        assert_eq!(target.cohort.is_thin(), thin);
        assert!(target.skills.iter().all(|skill| skill.asked.thin == thin));
        let page = |style| {
            let mut out = Vec::new();
            render::gap(&answer, 20).write(style, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(page(render::Style::Markdown).contains("THIN DATA"), thin);
        let csv = page(render::Style::Csv);
        let column = csv.lines().next().unwrap().split(',').position(|name| name == "thin").unwrap();
        let first = csv.lines().nth(1).unwrap().split(',').nth(column);
        assert_eq!(first, Some(if thin { "true" } else { "false" }), "{csv}");
    }
}
