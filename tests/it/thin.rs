//! Trades of few employers: more levels are answered together, and kindred families complete the areas.

use crate::market::{self, AHEAD, Demand, FAMILY, OWN, TODAY};
use rungs::coded::{CodedExperience, Rows};
use rungs::extract::{ExperienceKind, Strength};
use rungs::level::Track;
use rungs::plan;
use rungs::profile::Profile;
use rungs::query::explain;
use rungs::query::gap::{Aim, FEW_AREAS, Focus, Gap, GapRequest, Target, gap};
use rungs::query::scope::Scope;
use rungs::query::{Snapshot, Source};
use rungs::render;
use rungs::taxonomy::Taxonomy;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

/// A trade that has kin, and one of them.
const TRADE: &str = "maintenance-technicians";
const KIN: &str = "construction-trades";

/// Employers of a family with a posting each at a level, every `nth` of which asks for `kinds`.
#[derive(Clone, Copy)]
struct Group<'a> {
    family: &'a str,
    level: u8,
    track: Option<Track>,
    employers: u64,
    demands: &'a [Demand],
    kinds: &'a [ExperienceKind],
    nth: u64,
}

impl Default for Group<'_> {
    fn default() -> Self {
        let kinds = &[ExperienceKind::PeopleLed];
        Self { family: TRADE, level: 3, track: None, employers: 40, demands: OWN, kinds, nth: 0 }
    }
}

fn rows(groups: &[Group<'_>]) -> Rows {
    let mut rows = Rows::default();
    let mut id = 0;
    for group in groups {
        for employer in 0..group.employers {
            let mut row = market::row(employer, group.level, group.track, group.family, group.demands);
            // Employers of two families are not the same ones.
            row.employer = row.employer.map(|one| one + 1000 * group.family.len() as u64);
            let asked = |kind: &_| CodedExperience { kind: *kind, min: None, strength: Strength::Required };
            let asks = group.nth > 0 && employer.is_multiple_of(group.nth);
            row.experience = group.kinds.iter().filter(|_| asks).map(asked).collect();
            rows.push_coded(id, &row, true);
            id += 1;
        }
    }
    rows
}

fn of(family: &str, profile: Profile) -> Profile {
    Profile { family: Some(family.into()), ..profile }
}

fn answer(rows: &Rows, profile: &Profile, levels: Aim, track: Option<Track>) -> Gap {
    let request = GapRequest { scope: Scope { track, ..Scope::default() }, levels };
    let snapshot = Snapshot::of_rows("made-up", rows.len());
    gap(Source::Rows(rows, &snapshot), Taxonomy::builtin(), profile, &request, TODAY).unwrap()
}

fn levels(target: &Target) -> (u8, u8) {
    (target.cohort.from_level, target.cohort.to_level)
}

#[test]
fn two_levels_that_give_three_areas_are_enough() {
    let answer = answer(&market::rows(), &market::usual(), Aim::default(), None);
    assert!(answer.targets[0].own_areas() >= FEW_AREAS);
    assert_eq!(answer.widened, None);
    assert!(answer.targets.iter().all(|target| levels(target) == (5, 6)));
    assert_eq!(answer.levels_answered(), 5..=6);
}

/// Employers of the usual family.
fn usual_group(level: u8, track: Option<Track>, employers: u64, demands: &[Demand]) -> Group<'_> {
    Group { family: FAMILY, level, track, employers, demands, ..Group::default() }
}

/// Four employers two levels ahead, and forty one level ahead.
fn few_ahead() -> Rows {
    rows(&[
        usual_group(3, None, 40, OWN),
        usual_group(4, None, 40, AHEAD),
        usual_group(5, Some(Track::Ic), 4, AHEAD),
    ])
}

#[test]
fn where_two_levels_are_too_thin_all_levels_ahead_are_answered() {
    let rows = few_ahead();
    let wide = answer(&rows, &market::usual(), Aim::default(), None);
    let widened = wide.widened.as_ref().unwrap();
    let sentence = wide.why_widened().unwrap();
    let instead: Vec<_> = widened.instead_of.iter().map(|card| (card.track, card.employers)).collect();
    assert_eq!(instead, [(Some(Track::Ic), 4), (Some(Track::Management), 0)]);
    assert_eq!((widened.from_level, widened.to_level), (4, 8));
    assert_eq!(
        sentence,
        "levels 5–6, individual contributors: 4 employers; levels 5–6, management: 0 employers: \
         too few agree on 3 areas to work on, so levels 4–8 are answered together \
         (employers on any track: level 4: 40, level 5: 4)"
    );
    assert_eq!((wide.targets.len(), levels(&wide.targets[0])), (1, (4, 8)));
    assert!(wide.targets[0].own_areas() >= FEW_AREAS);
    assert_eq!(wide.levels_answered(), 4..=8);
    for page in [render::gap_in_short(&wide), render::gap(&wide, 20)] {
        for style in [render::Style::Markdown, render::Style::Text { width: 120, color: false }] {
            assert!(shown(&page, style).replace('\n', " ").contains("are answered together"));
        }
    }
    assert_eq!(serde_json::to_value(&wide).unwrap()["widened"]["from_level"], 4);
}

fn shown(page: &render::Page, style: render::Style) -> String {
    let mut out = Vec::new();
    page.write(style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn one_track_alone_is_widened_too() {
    let rows = few_ahead();
    let ic = answer(&rows, &market::usual(), Aim::default(), Some(Track::Ic));
    assert_eq!(ic.widened.as_ref().map(|widened| widened.instead_of.len()), Some(1));
    assert_eq!(levels(&ic.targets[0]), (4, 8));
}

#[test]
fn exact_levels_are_answered_exactly() {
    let rows = few_ahead();
    let exact = answer(&rows, &market::usual(), Aim::At(5..=6), None);
    assert!(exact.widened.is_none() && exact.targets.is_empty() && exact.is_narrow());
    let page = shown(&render::gap_in_short(&exact), render::Style::Markdown);
    assert!(page.contains("leaving out --level") && !page.contains("are answered together"), "{page}");
    let all = answer(&rows, &market::usual(), Aim::At(4..=8), None);
    let wide = answer(&rows, &market::usual(), Aim::default(), None);
    assert!(!all.is_narrow());
    assert!(!answer(&rows, &market::usual(), Aim::At(1..=8), None).is_narrow(), "nothing ahead is left out");
    assert_eq!((&all.targets, &all.own), (&wide.targets, &wide.own), "the same question");
}

#[test]
fn more_levels_that_say_no_more_are_not_answered() {
    let group = |level, track, demands| Group {
        family: FAMILY,
        level,
        track,
        employers: 20,
        demands,
        ..Group::default()
    };
    let rows = rows(&[group(3, None, OWN), group(5, Some(Track::Ic), &[Demand("kubernetes", 1, 3)])]);
    let answer = answer(&rows, &market::person(&[("git", 3, None)]), Aim::default(), None);
    assert_eq!(answer.targets[0].own_areas(), 1);
    assert_eq!((answer.widened, levels(&answer.targets[0])), (None, (5, 6)));
}

#[test]
fn where_employers_are_many_few_areas_widen_nothing() {
    // Somebody who has most of what two levels ahead ask for, and little of what one level ahead asks for.
    for (employers, expected) in [(200, false), (20, true)] {
        let rows = rows(&[
            usual_group(3, None, 40, OWN),
            usual_group(4, None, 300, AHEAD),
            usual_group(5, Some(Track::Ic), employers, OWN),
        ]);
        let answer = answer(&rows, &market::usual(), Aim::default(), None);
        assert_eq!(answer.widened.is_some(), expected, "{employers} employers");
        assert_eq!(answer.targets[0].own_areas() >= FEW_AREAS, expected, "{employers} employers");
    }
}

#[test]
fn levels_that_have_too_few_together_are_not_said_to_be_answered() {
    let rows = rows(&[
        Group { family: FAMILY, ..Group::default() },
        Group { family: FAMILY, level: 4, employers: 3, ..Group::default() },
    ]);
    let answer = answer(&rows, &market::usual(), Aim::default(), None);
    assert!(answer.targets.is_empty());
    let sentence = answer.why_widened().unwrap();
    assert!(!sentence.contains("answered"), "{sentence}");
    assert!(sentence.ends_with("have too few employers as well (employers on any track: level 4: 3)"));
}

/// Three kinds of experience, each of which another kindred family asks for two levels ahead.
const ASKED_BY_KIN: [(&str, &[ExperienceKind]); 3] = [
    (KIN, &[ExperienceKind::PeopleLed]),
    ("engineering-civil-mechanical", &[ExperienceKind::Mentoring]),
    ("manufacturing-production", &[ExperienceKind::Budget]),
];
const KINDS: &[ExperienceKind] =
    &[ExperienceKind::PeopleLed, ExperienceKind::Mentoring, ExperienceKind::Budget];

/// Kin with many employers at level 3, with `below` at level 4, and with forty on `track` at level 5, all of
/// which ask for what [`ASKED_BY_KIN`] says.
fn kin(track: Track, below: u64) -> Vec<Group<'static>> {
    let of = |(family, kinds)| {
        let group = Group { family, kinds, ..Group::default() };
        let fourth = Group { level: 4, track: Some(track), employers: below, ..group };
        [group, fourth, Group { level: 5, track: Some(track), nth: 1, ..group }]
    };
    ASKED_BY_KIN.into_iter().flat_map(of).collect()
}

#[test]
fn enough_areas_of_kin_are_better_than_one_of_ones_own() {
    const ONE_MORE: &[Demand] = &[Demand("git", 1, 2), Demand("kubernetes", 1, 3)];
    let track = Some(Track::Ic);
    for (below, widened) in [(400, false), (0, true)] {
        let trade = [
            Group::default(),
            Group {
                level: 4,
                employers: 20,
                track,
                demands: ONE_MORE,
                kinds: KINDS,
                nth: 10,
                ..Group::default()
            },
            Group { level: 5, employers: 3, track, ..Group::default() },
        ];
        let rows = rows(&[&trade[..], &kin(Track::Ic, below)].concat());
        let answer = answer(&rows, &skilled(), Aim::default(), track);
        // Where kin at level 4 ask for none of it, all levels together have but one area.
        let all = self::answer(&rows, &skilled(), Aim::At(4..=8), track);
        assert_eq!((all.targets[0].own_areas(), all.targets[0].focus.len() >= FEW_AREAS), (1, widened));
        assert_eq!(answer.widened.is_some(), widened, "{below}");
        assert!(answer.targets[0].focus.len() >= FEW_AREAS, "{:?}", answer.targets[0].focus);
    }
}

/// A trade whose individual contributors two levels ahead are `employers` and ask for one thing more, and whose
/// managers are three.
fn managers_of_kin_alone(employers: u64) -> Rows {
    const ONE_MORE: &[Demand] = &[Demand("git", 1, 2), Demand("kubernetes", 1, 3)];
    let ahead = |track, employers| Group {
        level: 5,
        track: Some(track),
        employers,
        demands: ONE_MORE,
        ..Group::default()
    };
    let trade = [Group::default(), ahead(Track::Ic, employers), ahead(Track::Management, 3)];
    rows(&[&trade[..], &kin(Track::Management, 0)].concat())
}

#[test]
fn a_plan_is_for_the_track_that_has_employers() {
    for (employers, expected) in [(29, Track::Ic), (12, Track::Ic), (3, Track::Management)] {
        let rows = managers_of_kin_alone(employers);
        let answer = answer(&rows, &skilled(), Aim::At(5..=6), None);
        let managers = answer.targets.iter().find(|t| t.cohort.track == Some(Track::Management)).unwrap();
        assert_eq!((managers.cohort.employers, managers.own_areas()), (3, 0));
        assert!(managers.focus.len() >= FEW_AREAS, "{:?}", managers.focus);
        let target = plan::target(&answer, None).unwrap();
        assert_eq!(target.cohort.track, Some(expected), "{employers} employers");
    }
}

#[test]
fn a_track_of_kindred_areas_alone_is_said_to_have_no_data() {
    let rows = managers_of_kin_alone(40);
    let mut hater = skilled();
    hater.skills.extend(market::person(&[("kubernetes", 0, Some(-2))]).skills);
    hater.track = Some(Track::Management);
    let snapshot = Snapshot::of_rows("made-up", rows.len());
    let (source, taxonomy) = (Source::Rows(&rows, &snapshot), Taxonomy::builtin());
    let answer = answer(&rows, &hater, Aim::At(5..=6), None);
    assert_eq!(answer.targets[0].cohort.employers, 3, "the person's own track first");
    let page = shown(&render::gap(&answer, 20), render::Style::Markdown);
    assert!(page.contains("rungs explain") && page.contains("--track ic"), "{page}");
    // It is no role that asks for less of what one hates.
    let target = &answer.targets[1];
    let disliked = plan::other::disliked(target, &hater, &[]);
    assert_eq!(disliked.len(), 1);
    let others = plan::other::others(source, taxonomy, &hater, &disliked, target, &answer, TODAY).unwrap();
    assert!(others.iter().all(|other| !other.contains("management")), "{others:?}");
    // No other track to plan for, and no coverage.
    let material = plan::Material {
        gap: &answer,
        scope: &answer.scope,
        profile: &hater,
        taxonomy,
        hours_per_week: None,
        quotes: BTreeMap::new(),
        activities: Vec::new(),
        links: BTreeMap::new(),
        disliked,
        others,
        today: TODAY,
    };
    let notes = plan::make(&material, target).notes.join("\n");
    assert!(!notes.contains("the other track has data"), "{notes}");
    let request = GapRequest { scope: Scope::default(), levels: Aim::At(5..=6) };
    let sums = explain::coverage(source, taxonomy, &hater, &request, TODAY).unwrap();
    let page = shown(&render::coverage_explained(&sums), render::Style::Markdown);
    assert!(
        page.contains("too little data for a coverage") && !page.contains("0.000 held / 0.000"),
        "{page}"
    );
}

#[test]
fn kin_do_not_overrule_what_ones_own_family_tells() {
    // Every other at one's own level and ahead: core. Its kin ask for it ahead only.
    // Or surely fewer of its own ask for it than of kin.
    for (below, nth, of_kin, expected) in [(2, 2, 1, 0), (0, 4, 1, 0), (0, 4, 3, 1)] {
        let track = Some(Track::Ic);
        let rows = rows(&[
            Group { nth: below, ..Group::default() },
            Group { level: 5, track, employers: 16, nth, ..Group::default() },
            Group { family: KIN, ..Group::default() },
            Group { family: KIN, level: 5, track, nth: of_kin, ..Group::default() },
        ]);
        let (_, areas) = kindred_areas(&rows, &skilled());
        assert_eq!(areas.len(), expected, "every {nth}th, of kin every {of_kin}th: {areas:?}");
    }
}

#[test]
fn what_rises_by_the_mix_of_families_alone_is_no_area() {
    // A family that asks for it has few of the employers at level 3 and most of those at level 5.
    for (below, expected) in [(2, 0), (0, 1)] {
        let rows = rows(&[
            Group::default(),
            Group { level: 5, track: Some(Track::Ic), employers: 9, nth: 5, ..Group::default() },
            Group { family: "engineering-civil-mechanical", employers: 120, ..Group::default() },
            Group { family: KIN, employers: 10, nth: below, ..Group::default() },
            Group { family: KIN, level: 5, track: Some(Track::Ic), nth: 3, ..Group::default() },
        ]);
        let (_, areas) = kindred_areas(&rows, &skilled());
        assert_eq!(areas.len(), expected, "every {below}th at level 3: {areas:?}");
    }
}

/// A trade with `employers` on the target track of which every fifth asks for `kind`, and kin of which every other asks
/// for `kind` there and every `below`-th at level 3.
fn kindred_rows(employers: u64, kind: ExperienceKind, below: u64) -> Rows {
    kindred_rows_beside(5, employers, kind, below)
}

/// The same; of the trade's own employers every `nth` asks for it, too.
fn kindred_rows_beside(nth: u64, employers: u64, kind: ExperienceKind, below: u64) -> Rows {
    let (track, kinds) = (Some(Track::Ic), &[kind]);
    rows(&[
        Group::default(),
        Group { level: 5, track, employers, kinds, nth, ..Group::default() },
        Group { family: KIN, kinds, nth: below, ..Group::default() },
        Group { family: KIN, level: 5, track, kinds, nth: 2, ..Group::default() },
    ])
}

/// Somebody who has every skill of the trade.
fn skilled() -> Profile {
    of(TRADE, market::person(&["git", "python", "sql", "docker"].map(|id| (id, 3, None))))
}

fn kindred_areas(rows: &Rows, profile: &Profile) -> (Gap, Vec<Focus>) {
    let answer = answer(rows, profile, Aim::At(5..=6), Some(Track::Ic));
    let areas = answer.targets.iter().flat_map(|target| target.focus.clone()).collect();
    (answer, areas)
}

#[test]
fn kindred_families_complete_the_areas_of_a_thin_trade() {
    let rows = kindred_rows(10, ExperienceKind::PeopleLed, 0);
    let (answer, areas) = kindred_areas(&rows, &skilled());
    let [area] = &areas[..] else { panic!("{areas:?}") };
    assert_eq!(area.experience, Some(ExperienceKind::PeopleLed));
    let kindred = area.kindred.as_ref().unwrap();
    assert_eq!(kindred.families[0], TRADE);
    assert!(kindred.families.iter().any(|id| id == KIN));
    let asked = &kindred.figures.asked;
    assert_eq!((asked.employers_with, asked.employers, kindred.cohort.employers), (22, 50, 50));
    assert_eq!((kindred.alone.employers_with, kindred.alone.employers), (2, 10));
    assert_eq!(kindred.figures.own.employers, 80, "the same families at one's own level");
    let target = &answer.targets[0];
    assert_eq!(target.figures(area).map(|facet| facet.asked), Some(*asked));
    assert_eq!(target.own_areas(), 0);
    let own = target.experience.iter().map(|facet| (facet.kind, facet.asked.employers_with));
    assert!(own.eq([(ExperienceKind::PeopleLed, 2)]), "no part of the trade's own figures");
    let page = shown(&render::gap_in_short(&answer), render::Style::Markdown);
    assert!(page.contains("(kindred families)") && page.contains("; your own 2/10)"), "{page}");
    let csv = shown(&render::gap(&answer, 20), render::Style::Csv);
    let row = csv.lines().find(|line| line.contains("kindred-experience,people-led")).unwrap();
    assert!(row.contains("maintenance-technicians construction-trades"), "{row}");
}

#[test]
fn kindred_families_say_nothing_of_what_is_not_of_the_rank() {
    let person = skilled;
    let hater = Profile { activities: [("leading people".to_owned(), -2)].into(), ..person() };
    let mut leader = person();
    leader.skills.extend(market::person(&[("people-management", 3, None)]).skills);
    for (kind, employers, below, profile, why) in [
        (ExperienceKind::PeopleLed, 10, 2, person(), "as common at one's own level"),
        (ExperienceKind::Regulated, 10, 0, person(), "of the field"),
        (ExperienceKind::PeopleLed, 40, 0, person(), "the trade speaks for itself"),
        (ExperienceKind::PeopleLed, 10, 0, hater.clone(), "hated"),
        (ExperienceKind::PeopleLed, 10, 0, leader, "held as a skill"),
        (ExperienceKind::PeopleLed, 10, 0, of(FAMILY, person()), "of no kin"),
    ] {
        let (_, areas) = kindred_areas(&kindred_rows(employers, kind, below), &profile);
        assert!(areas.is_empty(), "{why}: {areas:?}");
    }
    for (nth, employers, expected) in [(0, 10, 0), (10, 10, 0), (5, 10, 1), (0, 7, 1)] {
        let silent = kindred_rows_beside(nth, employers, ExperienceKind::PeopleLed, 0);
        let (_, areas) = kindred_areas(&silent, &person());
        assert_eq!(areas.len(), expected, "every {nth}th of one's own {employers} employers: {areas:?}");
    }
    // Too few of one's own to say anything: what kin ask for is set aside, too, beside what is left.
    let kin = |below| {
        const BOTH: &[ExperienceKind] = &[ExperienceKind::PeopleLed, ExperienceKind::Hiring];
        let track = Some(Track::Ic);
        rows(&[
            Group::default(),
            Group { level: 5, track, employers: 7, ..Group::default() },
            Group { family: KIN, kinds: &BOTH[..1], nth: below, ..Group::default() },
            Group { family: KIN, level: 5, track, kinds: BOTH, nth: 2, ..Group::default() },
        ])
    };
    let (answer, _) = kindred_areas(&kin(0), &hater);
    let aside: Vec<_> = answer.targets[0].set_aside.iter().map(|a| (a.name.as_str(), a.kindred)).collect();
    assert_eq!(aside, [("leading people", true)]);
    for page in [render::gap_in_short(&answer), render::gap(&answer, 20)] {
        let page = shown(&page, render::Style::Markdown);
        assert!(page.contains("leading people, 20/47 (kindred families)"), "{page}");
    }
    let (answer, _) = kindred_areas(&kin(2), &hater);
    assert_eq!(answer.targets[0].set_aside, [], "as common at one's own level: it would be no area");
}

#[test]
fn experience_that_is_common_at_ones_own_level_is_no_area() {
    for (below, expected) in [(2, 0), (0, 1)] {
        let rows = rows(&[
            Group { nth: below, ..Group::default() },
            Group { level: 5, track: Some(Track::Ic), nth: 2, ..Group::default() },
        ]);
        let (_, areas) = kindred_areas(&rows, &skilled());
        assert_eq!(areas.len(), expected, "every {below}th at one's own level: {areas:?}");
    }
}

#[test]
fn an_experience_counts_under_the_name_of_a_skill_too() {
    // Every trade asks for the skill, so it is no craft of one; fourteen employers ahead of one do.
    const LEADS: &[Demand] = &[Demand("git", 1, 2), Demand("team-leadership", 2, 2)];
    let trades = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let others = trades.map(|family| Group { family, demands: LEADS, ..Group::default() });
    let area = |(below, nth): (u64, u64), profile: &Profile| {
        let own = Group { nth: below, ..Group::default() };
        let ahead = Group {
            level: 5,
            track: Some(Track::Ic),
            employers: 14,
            demands: LEADS,
            nth,
            ..Group::default()
        };
        let rows = rows(&others.into_iter().chain([own, ahead]).collect::<Vec<_>>());
        let (_, areas) = kindred_areas(&rows, profile);
        areas.into_iter().map(|area| (area.name, area.experience)).collect::<Vec<_>>()
    };
    assert_eq!(area((0, 0), &skilled()), [("team leadership".to_owned(), None)]);
    let led = ("leading people".to_owned(), Some(ExperienceKind::PeopleLed));
    assert_eq!(area((0, 1), &skilled()), [led], "as an experience, where enough name it");
    assert_eq!(area((1, 3), &skilled()), [], "asked for less than at one's own level");
    let mut leader = skilled();
    leader.skills.extend(market::person(&[("people-management", 3, None)]).skills);
    assert_eq!(area((0, 0), &leader), [], "shown, though nobody names it as such");
    let hater = Profile { activities: [("leading people".to_owned(), -2)].into(), ..skilled() };
    assert_eq!(area((0, 0), &hater), []);
}

#[test]
fn a_track_without_data_has_areas_of_kindred_families_alone() {
    let (answer, areas) = kindred_areas(&kindred_rows(3, ExperienceKind::Mentoring, 0), &skilled());
    assert!(areas.len() == 1 && answer.too_little.is_empty());
    let target = &answer.targets[0];
    assert_eq!(target.cohort.employers, 3);
    assert!(target.skills.is_empty() && target.gates.is_empty() && target.coverage.musts.share.is_none());
    assert!(target.warning.as_ref().is_some_and(|warning| warning.contains("kindred families")));
    // Where not even they say anything, there is none, and one of them is named.
    let silent = kindred_rows(3, ExperienceKind::Regulated, 0);
    let (answer, _) = kindred_areas(&silent, &skilled());
    assert_eq!((answer.targets.len(), answer.too_little.len()), (0, 1));
    assert_eq!(answer.nearest.as_deref(), Some(KIN));
    let page = shown(&render::gap_in_short(&answer), render::Style::Markdown);
    let again = format!("rungs gap --family {KIN} --track ic --level 5..6");
    assert!(
        page.contains(&again) && page.lines().any(|line| line.contains("rungs gap --track ic`")),
        "{page}"
    );
}

/// The program on the bundled market with a profile of the repository.
fn output(home: &Path, name: &str, args: &[&str]) -> Output {
    let profile = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("data/profiles/{name}.toml"));
    Command::new(env!("CARGO_BIN_EXE_rungs"))
        .args(args)
        .arg("--profile")
        .arg(profile)
        .env("RUNGS_HOME", home)
        .output()
        .unwrap()
}

/// What it prints where that goes well.
fn run(home: &Path, name: &str, args: &[&str]) -> String {
    let out = output(home, name, args);
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// The figures of areas of kindred families.
fn kindred_figures(areas: &[serde_json::Value]) -> serde_json::Value {
    areas.iter().map(|area| area["kindred"]["figures"].clone()).collect()
}

#[test]
fn a_nurse_and_an_electrician_get_areas_and_a_plan() {
    let schema: serde_json::Value = serde_json::from_str(plan::JSON_SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for name in ["nurse", "electrician"] {
        let home = tempfile::tempdir().unwrap();
        let home = home.path();
        let json = |args: &[&str]| -> serde_json::Value {
            serde_json::from_str(&run(home, name, &[args, &["--json"]].concat())).unwrap()
        };
        let answer = json(&["gap"]);
        let (from, to) = (&answer["widened"]["from_level"], &answer["widened"]["to_level"]);
        assert_eq!((from.as_u64(), to.as_u64()), (Some(4), Some(8)), "{name}");
        let targets = answer["targets"].as_array().unwrap();
        let areas = |target: &serde_json::Value| target["focus"].as_array().unwrap().clone();
        // Thirteen employers of nurse managers agree on one thing; what kin ask for far more often is not made theirs.
        let with_kin = name != "nurse";
        let few = if with_kin { FEW_AREAS } else { 1 };
        let full = targets.iter().find(|target| areas(target).len() >= few).unwrap();
        let kindred: Vec<_> = areas(full).into_iter().filter(|area| !area["kindred"].is_null()).collect();
        // What a history or a skill tells of a beginning is said beside the area.
        let begun = if with_kin { &kindred_figures(&kindred) } else { &full["experience"] };
        assert!(begun.as_array().unwrap().iter().any(|facet| facet["begun_by"].is_string()), "{name}");
        assert_eq!(!kindred.is_empty(), with_kin);
        assert!(kindred.iter().all(|area| area["kindred"]["alone"].is_object()));
        assert!(run(home, name, &["gap", "--md"]).contains("are answered together"));
        // What follows the answer is about the same roles.
        let made = json(&["plan"]);
        let errors: Vec<String> = validator.iter_errors(&made).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        assert_eq!((&made["target"]["from_level"], &made["target"]["to_level"]), (from, to));
        assert_eq!(made["target"]["track"], full["cohort"]["track"]);
        let names = |areas: &[serde_json::Value]| -> Vec<String> {
            areas.iter().map(|area| area["name"].as_str().unwrap().to_lowercase()).collect()
        };
        let planned = made["focus"].as_array().unwrap();
        assert_eq!(names(planned), names(&areas(full)));
        assert_eq!(planned.iter().any(|area| !area["kindred"].is_null()), with_kin);
        let document = std::fs::read_to_string(home.join("plan/plan.md")).unwrap();
        assert_eq!(document.contains("From kindred families"), with_kin);
        assert!(document.contains("are answered together"));
        let checked = json(&["plan", "check"]);
        assert_eq!(checked["target"], made["target"]);
        // No role at the levels asked about first has employers enough; of trades' level 4 only nurses' employers agree.
        let bridges: serde_json::Value =
            serde_json::from_slice(&output(home, name, &["bridge", "--json"]).stdout).unwrap();
        assert_eq!((bridges["to"][1].as_u64(), bridges["to"][2].as_u64()), (Some(4), Some(8)));
        let agree = name == "nurse";
        assert_eq!(
            (bridges["paths"].as_array().unwrap().is_empty(), &bridges["answered"]),
            (!agree, &agree.into())
        );
        // The other track's own family has fewer than eight employers at the nearer levels.
        let other = json(&["plan", "--track", "management", "--level", "5..6", "--restart"]);
        assert!(validator.is_valid(&other), "{other}");
        assert_eq!(json(&["plan", "check"])["target"], other["target"]);
        // Had they been enough when the plan was made, their silence would be no market to compare with.
        let file = home.join("plan/plan.json");
        let mut stored: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        stored["basis"]["market"]["asks"] =
            serde_json::json!([{ "any_of": ["git"], "weight": 1.0, "required": 1.0 }]);
        std::fs::write(&file, stored.to_string()).unwrap();
        let checked = output(home, name, &["plan", "check"]);
        assert_eq!(
            checked.status.code(),
            (other["target"]["employers"].as_u64() < Some(8)).then_some(1).or(Some(0))
        );
        // Figures of kindred families are explained family by family.
        let explained = output(home, name, &["explain", "stakeholders", "--track", "management"]);
        let said = String::from_utf8_lossy(&explained.stderr);
        assert!(said.contains("kindred families") && said.contains("--family"), "{said}");
        let report = run(home, name, &["report", "-o", "-"]);
        assert!(report.contains("are answered together"));
        assert_eq!(report.contains("kindred families ask for"), with_kin);
    }
}

#[test]
fn what_is_held_in_part_and_what_will_do_instead_is_said() {
    let home = tempfile::tempdir().unwrap();
    let page = run(home.path(), "accountant", &["gap", "--md"]);
    assert!(page.contains("in part: financial statements") && page.contains("deeper GAAP"), "{page}");
    // Any one certificate of the profession will do: they are named together.
    let line = page.lines().find(|line| line.contains("certificate: CPA, ")).unwrap();
    assert!(
        line.contains(" or ACA, ") && line.contains(" or CIMA, ") && !line.contains("certificate: ACA"),
        "{line}"
    );
    let page = run(home.path(), "nurse", &["gap", "--md"]);
    let line = page.lines().find(|line| line.contains("conditions, not skills")).unwrap();
    assert!(line.contains("being on call, "), "{line}");
    assert!(!page.contains("prescribing"), "three of 22 are no hint: {page}");
}
