//! The statistics against markets whose truth is known: a placebo that must find nothing, a
//! control that must find something, and intervals that must cover what they claim to.

use crate::shared;
use rungs::coded::{CodedSkill, Fingerprint, RowFacts, RowHead, Rows, SkillCode};
use rungs::extract::Strength;
use rungs::query::cohort::{Cohort, Tally};
use rungs::query::contrast::{Tier, contrast};
use rungs::query::features::{What, asked_skill, is_experience, tally, tally_asked};
use rungs::query::stats::Random;
use rungs::text::tokens::fold_hash;
use std::collections::BTreeMap;
use std::io::BufRead;

/// Shares of false calls allowed at a nominal 5 %.
const MOST_FALSE: f64 = 0.07;

/// A market in which employers differ a lot and some are huge, as real ones are.
struct Market {
    random: Random,
    skills: usize,
    next: u64,
}

impl Market {
    fn new(seed: u64) -> Self {
        Self { random: Random(seed), skills: 120, next: 0 }
    }

    /// Postings of one employer: mostly a few, now and then dozens.
    fn size(&mut self) -> usize {
        ((1.0 / (1.0 - self.random.unit()).powf(0.9)) as usize).clamp(1, 80)
    }

    /// The base share of a skill, between 5 % and 60 %.
    fn base(skill: usize) -> f64 {
        0.05 + 0.55 * (skill as f64 * 0.618_034).fract()
    }

    /// Adds an employer whose own habits scatter around `share` of each skill.
    fn employer(&mut self, rows: &mut Rows, share: &dyn Fn(usize) -> f64) {
        let employer = self.next;
        self.next += 1;
        let habits: Vec<f64> = (0..self.skills)
            .map(|skill| {
                // Two thirds of employers always or never name a skill; others toss a coin.
                let p = share(skill);
                if self.random.unit() < 0.67 { f64::from(u8::from(self.random.unit() < p)) } else { p }
            })
            .collect();
        for _ in 0..self.size() {
            let mut skills = Vec::new();
            for (skill, habit) in habits.iter().enumerate() {
                if self.random.unit() < *habit {
                    skills.push(packed(skill as u32));
                }
            }
            let head = RowHead {
                id: rows.len() as u64,
                facts: RowFacts::default(),
                employer: Some(employer + 1),
                fingerprint: Fingerprint(self.random.bits()),
                family: 0,
            };
            rows.push(head, skills, [], []);
        }
    }

    fn cohort(&mut self, employers: usize, share: &dyn Fn(usize) -> f64) -> Cohort {
        let mut rows = Rows::default();
        rows.families.number("");
        for _ in 0..employers {
            self.employer(&mut rows, share);
        }
        Cohort::new(&rows)
    }
}

fn packed(skill: u32) -> u64 {
    CodedSkill { skill: SkillCode(skill), strength: Strength::Required, depth: 0, years: 0, group: 0 }.pack()
}

/// Share of |z| > 1.96, number of discoveries and number of tests of a comparison.
fn calls(target: &Tally, own: &Tally, whole: &Tally) -> (usize, usize, usize) {
    let common = |feature: u64| {
        let share = whole.part(feature);
        asked_skill(feature).is_some() && (0.05..=0.60).contains(&share)
    };
    let found = contrast(target, own, |f| whole.part(f), common);
    let false_calls = found.values().filter(|c| c.z.abs() > 1.96).count();
    let discoveries = found.values().filter(|c| matches!(c.tier, Tier::LevelDefining | Tier::Fading)).count();
    (false_calls, discoveries, found.len())
}

/// Splits the employers of `rows` at random `runs` times and compares the halves.
fn placebo(rows: &Rows, runs: u64) -> (f64, usize) {
    let whole = Cohort::new(rows);
    let whole_tally = tally_asked(&whole);
    let (mut false_calls, mut tests, mut quiet) = (0, 0, 0);
    for run in 0..runs {
        let side = |at: usize| {
            let mut random = Random(rows.head(at).employer.unwrap_or(0) ^ (run << 32) ^ 0x5eed);
            random.bits();
            random.bits() & 1 == 0
        };
        let (left, right) = (Cohort::new(&rows.select(side)), Cohort::new(&rows.select(|at| !side(at))));
        let (calls, discoveries, n) = calls(&tally_asked(&left), &tally_asked(&right), &whole_tally);
        false_calls += calls;
        tests += n;
        quiet += usize::from(discoveries == 0);
    }
    (false_calls as f64 / tests.max(1) as f64, quiet)
}

#[test]
fn splitting_made_up_employers_at_random_finds_nothing() {
    let mut market = Market::new(7);
    let mut rows = Rows::default();
    rows.families.number("");
    (0..240).for_each(|_| market.employer(&mut rows, &Market::base));
    let (false_calls, quiet) = placebo(&rows, 30);
    eprintln!("placebo, made-up market: {:.1} % false, {quiet} of 30 runs quiet", false_calls * 100.0);
    assert!(false_calls <= MOST_FALSE, "{false_calls}");
    assert!(quiet >= 27, "{quiet} of 30 runs without a discovery");
}

#[test]
fn a_real_difference_is_found() {
    let mut market = Market::new(11);
    let risen = |skill: usize| skill.is_multiple_of(12);
    let own = market.cohort(150, &|s| if risen(s) { 0.08 } else { Market::base(s) });
    let target = market.cohort(100, &|s| if risen(s) { 0.45 } else { Market::base(s) });
    // Both were made by one market, so that their words are the same.
    let (families, gates) = (own.rows().families.clone(), own.rows().gate_words.clone());
    let both = Rows::of_parts(families, gates, &[own.rows().clone(), target.rows().clone()]);
    let whole = tally_asked(&Cohort::new(&both));
    let found = contrast(&tally_asked(&target), &tally_asked(&own), |f| whole.part(f), |_| true);
    let tier = |skill: usize| found[&What::Asked.of(SkillCode(skill as u32))].tier;
    let hits = (0..120).filter(|s| risen(*s) && tier(*s) == Tier::LevelDefining).count();
    let wrong = (0..120).filter(|s| !risen(*s) && tier(*s) == Tier::LevelDefining).count();
    assert!(hits >= 9, "{hits} of 10 found");
    assert!(wrong <= 2, "{wrong} called wrongly");
}

#[test]
fn intervals_cover_what_they_claim() {
    for employers in [12, 30, 100] {
        let (mut covered, mut all) = (0, 0);
        for run in 0..60 {
            let mut market = Market::new(1000 + run);
            let tally = tally_asked(&market.cohort(employers, &Market::base));
            for skill in 0..market.skills {
                let share = tally.share(What::Asked.of(SkillCode(skill as u32)));
                let (Some(low), Some(high)) = (share.low, share.high) else { continue };
                all += 1;
                covered += usize::from((low..=high).contains(&Market::base(skill)));
            }
        }
        let cover = f64::from(covered as u32) / f64::from(all as u32);
        eprintln!("90 % intervals with {employers} employers cover {:.1} %", cover * 100.0);
        assert!((0.87..=0.93).contains(&cover), "{employers} employers: {cover}");
    }
}

/// Rows of the bundled market in one family at these levels.
fn bundled(family: &str, levels: std::ops::RangeInclusive<u8>) -> Rows {
    let rows = rungs::market::Market::bundled().unwrap().rows;
    let wanted = |at: usize| {
        rows.family(at) == family && rows.head(at).facts.level().is_some_and(|level| levels.contains(&level))
    };
    rows.select(wanted)
}

/// What the gap compares: skills asked for and experience.
fn compared(feature: u64) -> bool {
    asked_skill(feature).is_some() || is_experience(feature)
}

#[test]
fn splitting_a_bundled_level_at_random_finds_nothing() {
    // The product's own road: every feature is tallied, and the gap's own filter applies.
    let rows = bundled("software-engineering", 4..=4);
    let whole = tally(&Cohort::new(&rows));
    let (mut false_calls, mut tests, mut quiet) = (0, 0, 0);
    const RUNS: u64 = 20;
    for run in 0..RUNS {
        let side = |at: usize| {
            let mut random =
                Random(rows.head(at).employer.unwrap_or(0).wrapping_mul(31) ^ (run << 32) ^ 0xface);
            random.bits();
            random.bits() & 1 == 0
        };
        let half = |left: bool| tally(&Cohort::new(&rows.select(|at| side(at) == left)));
        let found = contrast(&half(true), &half(false), |f| whole.part(f), compared);
        let called = |tier: Tier| matches!(tier, Tier::LevelDefining | Tier::Fading);
        quiet += u64::from(found.values().all(|c| !called(c.tier)));
        // At a nominal 5 %, features common enough for the normal approximation.
        let common = found.iter().filter(|(f, _)| {
            let share = whole.part(**f);
            (0.05..=0.60).contains(&share)
        });
        for (_, contrast) in common {
            tests += 1;
            false_calls += usize::from(contrast.z.abs() > 1.96);
        }
    }
    let share = false_calls as f64 / f64::from(tests.max(1));
    eprintln!(
        "placebo, bundled software engineers of level 4: {:.1} % false of {tests}, {quiet} of {RUNS} runs quiet",
        share * 100.0
    );
    assert!(share <= MOST_FALSE, "{share}");
    assert!(10 * quiet >= 9 * RUNS, "{quiet} of {RUNS} runs without a discovery");
}

#[test]
fn beginners_and_seniors_of_the_bundled_market_differ_as_they_should() {
    let (own, target) = (bundled("software-engineering", 1..=2), bundled("software-engineering", 4..=5));
    let whole = tally(&Cohort::new(&bundled("software-engineering", 1..=8)));
    let (own, target) = (Cohort::new(&own), Cohort::new(&target));
    let found = contrast(&tally(&target), &tally(&own), |f| whole.part(f), compared);
    let called = |tier: Tier| found.values().filter(|c| c.tier == tier).count();
    let (rising, fading) = (called(Tier::LevelDefining), called(Tier::Fading));
    eprintln!(
        "positive control: {} employers of levels 4-5 against {} of levels 1-2: {rising} rise, {fading} fade, of {} tested",
        target.employers().len(),
        own.employers().len(),
        found.len()
    );
    assert!(rising >= 5 && fading >= 5, "{rising} {fading}");
    let tier = |id: &str| found[&What::Asked.of(SkillCode::of(id))].tier;
    let named = |tier: Tier| {
        let taxonomy = rungs::taxonomy::Taxonomy::builtin();
        let codes = rungs::coded::SkillCodes::new(taxonomy);
        let mut ids: Vec<String> = found
            .iter()
            .filter(|(_, contrast)| contrast.tier == tier)
            .filter_map(|(f, _)| Some(taxonomy.skill(codes.get(asked_skill(*f)?)?).id.clone()))
            .collect();
        ids.sort();
        ids
    };
    eprintln!("  rise: {:?}\n  fade: {:?}", named(Tier::LevelDefining), named(Tier::Fading));
    // Known beforehand: seniors are asked to guide others, beginners to be enrolled somewhere.
    assert_eq!(tier("mentoring"), Tier::LevelDefining);
    let guided = &found[&rungs::query::features::experience(rungs::extract::ExperienceKind::Guided)];
    assert!(guided.delta < 0.0, "{guided:?}");
}

/// Words that at least this many postings of the sample have are the "skills" of the placebo on
/// real text: it needs no vocabulary and thus cannot be tuned through one.
const COMMON_WORD: usize = 30;

#[test]
fn splitting_real_employers_at_random_finds_nothing() {
    let Some(path) = shared("data/postings/bench10k.jsonl.zst") else { return };
    let file = std::fs::File::open(path).unwrap();
    let reader = std::io::BufReader::new(zstd::Decoder::new(file).unwrap());
    let mut postings: Vec<(u64, Vec<u32>, u64)> = Vec::new();
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for line in reader.lines().take(5000) {
        let value: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = |field: &str| value[field].as_str().unwrap_or_default().to_owned();
        let (company, body) = (text("company"), text("description"));
        if company.is_empty() {
            continue;
        }
        let mut tokens = Vec::new();
        rungs::text::tokens::tokenize(&body, &mut tokens);
        let mut words: Vec<u32> = tokens.iter().map(|t| (t.hash ^ (t.hash >> 32)) as u32).collect();
        words.sort_unstable();
        words.dedup();
        words.iter().for_each(|w| *counts.entry(*w).or_default() += 1);
        let employer = fold_hash(&rungs::posting::employer_key(&company));
        postings.push((employer, words, rungs::coded::fingerprint(&body).0));
    }
    // Every seventh common word: a few hundred of them are enough, and quick.
    let common: BTreeMap<u32, usize> =
        counts.into_iter().filter(|(word, n)| *n >= COMMON_WORD && word.is_multiple_of(7)).collect();
    let mut rows = Rows::default();
    rows.families.number("");
    for (id, (employer, words, fingerprint)) in postings.into_iter().enumerate() {
        let head = RowHead {
            id: id as u64,
            facts: RowFacts::default(),
            employer: Some(employer),
            fingerprint: Fingerprint(fingerprint),
            family: 0,
        };
        rows.push(head, words.into_iter().filter(|w| common.contains_key(w)).map(packed), [], []);
    }
    let (false_calls, quiet) = placebo(&rows, 20);
    eprintln!(
        "placebo, {} real postings of {} employers, {} words: {:.1} % false, {quiet} of 20 runs quiet",
        rows.len(),
        Cohort::new(&rows).employers().len(),
        common.len(),
        false_calls * 100.0
    );
    assert!(false_calls <= MOST_FALSE, "{false_calls}");
    assert!(quiet >= 18, "{quiet} of 20 runs without a discovery");
}
