//! Latency of search, counts and gap at 10,000, 100,000 and (with `RUNGS_BENCH_MILLION=1`)
//! 1,000,000 postings: p50, p95 and mean CPU time of each question, and the memory of the process.
//! `RUNGS_BENCH_SIZE` asks at one size alone.
//!
//! Two markets: a made-up one, whose words and skills are drawn by a fixed rule with the frequencies
//! that English text and real ads show; and the bundled market, replicated under other employers,
//! both in an index and as rows in memory. Neither needs data, and every run is the same.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use rungs::coded::{CodedSkill, Filter, Rows, SkillCodes};
use rungs::extract::{Experience, Extraction, Gate, Provenance, SkillClaim, Span, Strength};
use rungs::index::{PostingIndex, SearchRequest, SearchWords};
use rungs::level::{LevelEstimate, Track};
use rungs::market::Market;
use rungs::posting::{Facts, Markup, Posting, PostingKey};
use rungs::profile::Profile;
use rungs::query::cohort::Cohort;
use rungs::query::features::tally;
use rungs::query::gap::{GapRequest, gap};
use rungs::query::stats::Random;
use rungs::query::{Snapshot, Source};
use rungs::taxonomy::{Kind, Taxonomy};
use std::time::{Duration, Instant};

/// Questions asked of each kind.
const ASKED: usize = 25;
/// Skills of a posting, as many as real ones have in the median.
const SKILLS: usize = 18;
/// Words of a posting's body.
const WORDS: usize = 120;
const FAMILIES: usize = 45;

fn main() {
    let million = std::env::var_os("RUNGS_BENCH_MILLION").is_some();
    let sizes: &[usize] = if million { &[10_000, 100_000, 1_000_000] } else { &[10_000, 100_000] };
    let one: Option<usize> = std::env::var("RUNGS_BENCH_SIZE").ok().map(|size| size.parse().unwrap());
    println!("{:>9}  {:<32} {:>9} {:>9} {:>9}", "postings", "question", "p50", "p95", "CPU");
    for size in one.map_or(sizes.to_vec(), |size| vec![size]) {
        let mut random = Random(1);
        let pool = pool();
        let made_up = (0..size).map(|i| posting(i, size, &pool, &mut random));
        indexed(size, made_up, |index| measure(index, size));
        real(size);
        println!("{size:>9}  memory of the process at most {} MiB", peak_mib());
    }
}

/// Asks `questions` of an index of `postings`.
fn indexed(
    size: usize,
    postings: impl Iterator<Item = (Posting, Extraction)>,
    questions: impl FnOnce(&PostingIndex),
) {
    let folder = tempfile::tempdir().unwrap();
    let mut index = PostingIndex::recreate(folder.path()).unwrap();
    let started = Instant::now();
    index.fill(postings, "bench").unwrap();
    println!("{size:>9}  built in {:.1} s", started.elapsed().as_secs_f64());
    questions(&index);
}

/// Counts and gap over real figures: the bundled market, replicated to `size` rows under other
/// employers, from memory and from an index.
fn real(size: usize) {
    let rows = replicated(size);
    let snapshot = Snapshot::of_rows("replicated", rows.len());
    ask_real(size, "rows", Source::Rows(&rows, &snapshot));
    let codes = SkillCodes::new(Taxonomy::builtin());
    let postings = (0..rows.len()).map(|at| posting_of(&rows, at, &codes));
    indexed(size, postings, |index| ask_real(size, "index", Source::Index(index)));
}

fn ask_real(size: usize, from: &str, source: Source<'_>) {
    let family = Some("software-engineering".to_owned());
    let filter = Filter { levels: Some(6..=7), family: family.clone(), ..Filter::default() };
    counts(size, &format!("counts of levels 6-7, real {from}"), source, &filter);
    counts(size, &format!("counts of a family, real {from}"), source, &Filter { levels: None, ..filter });
    let profile = Profile { level: Some(4), family, ..Profile::default() };
    let today = jiff::civil::date(2026, 1, 1);
    time(size, &format!("gap, real {from}"), || {
        let answer = gap(source, Taxonomy::builtin(), &profile, &GapRequest::default(), today).unwrap();
        answer.targets.len() as u64
    });
}

/// Employers by skill, strength and depth: what a cohort is counted to.
fn counts(size: usize, what: &str, source: Source<'_>, filter: &Filter) {
    time(size, what, || {
        let cohort = Cohort::new(&source.rows(filter).unwrap());
        let counted = tally(&cohort);
        assert!(!counted.sums.is_empty());
        u64::from(counted.base.postings)
    });
}

/// A posting that is coded to row `at`, with a text of its own.
fn posting_of(rows: &Rows, at: usize, codes: &SkillCodes) -> (Posting, Extraction) {
    let head = rows.head(at);
    let mut random = Random(head.fingerprint.0 ^ at as u64);
    let mut pool = Random(0);
    let (mut made, mut read) = posting(at, 1000, &["sql".to_owned()], &mut pool);
    made.title = "w1 engineer".into();
    made.company = head.employer.map(|employer| format!("employer {employer}"));
    made.description = (0..12).map(|_| format!("x{} ", random.below(1 << 30))).collect();
    made.posted = head.facts.day().map(|day| {
        let first = jiff::civil::Date::constant(1970, 1, 1);
        first.saturating_add(jiff::Span::new().days(day))
    });
    read.level.value = head.facts.level();
    (read.level.low, read.level.high) = head.facts.level_range();
    read.level.track = head.facts.track();
    read.family = Some(rows.family(at).to_owned()).filter(|family| !family.is_empty());
    let id = |code| codes.get(code).map(|at| Taxonomy::builtin().skill(at).id.clone());
    let skills: Vec<CodedSkill> = rows.skills(at).filter(|skill| id(skill.skill).is_some()).collect();
    let alternatives = |skill: &CodedSkill| {
        let others = skills.iter().filter(|o| skill.group != 0 && o.group == skill.group && *o != skill);
        others.filter_map(|other| id(other.skill)).collect()
    };
    read.skills = skills
        .iter()
        .map(|skill| SkillClaim {
            id: id(skill.skill).unwrap(),
            strength: skill.strength,
            depth: (skill.depth > 0).then_some(skill.depth),
            alternatives: alternatives(skill),
            ..claim("", &mut random)
        })
        .collect();
    let span = || Span { start: 0, end: 1, surface: String::new() };
    let experience = rows.experience(at).map(|one| Experience {
        kind: one.kind,
        min: one.min.map(f64::from),
        max: None,
        unit: None,
        value: None,
        strength: one.strength,
        span: span(),
    });
    read.experience = experience.collect();
    let gates = rows.gates(at).map(|gate| Gate {
        kind: gate.kind,
        value: gate.value,
        detail: None,
        alternatives: Vec::new(),
        or_equivalent: gate.or_equivalent,
        strength: gate.strength,
        provenance: Provenance::Explicit,
        span: span(),
    });
    read.gates = gates.collect();
    (made, read)
}

fn replicated(size: usize) -> Rows {
    let market = Market::bundled().unwrap().rows;
    let mut rows = market.pick(&[]);
    for i in 0..size {
        let at = i % market.len();
        // Each round has employers and texts of its own, so that nothing folds across rounds.
        let round = Random((i / market.len()) as u64).bits();
        let mut head = market.head(at);
        head.id = i as u64;
        head.employer = head.employer.map(|employer| employer.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ round);
        head.fingerprint.0 ^= round;
        rows.push(
            head,
            market.packed_skills(at).iter().copied(),
            market.packed_experience(at).iter().copied(),
            market.gate_numbers(at).iter().copied(),
        );
    }
    rows
}

fn measure(index: &PostingIndex, size: usize) {
    let search = |text: &str, filter: Filter| SearchRequest {
        words: SearchWords::Text { text: text.into(), fuzzy: false },
        filter,
        limit: 10,
        ..SearchRequest::default()
    };
    let levels = || Filter { levels: Some(5..=8), open: true, ..Filter::default() };
    time(size, "search one common word", || index.search(&search("w3", levels())).unwrap().total);
    time(size, "search a phrase", || index.search(&search("\"w1 w2\"", Filter::default())).unwrap().total);
    time(size, "search all, three filters", || {
        let filter = Filter { family: Some("family-3".into()), track: Some(Track::Ic), ..levels() };
        index.search(&search("", filter)).unwrap().total
    });
    let family = Filter { family: Some("family-3".into()), ..Filter::default() };
    time(size, "rows of a family", || index.rows(&family, &SearchWords::All).unwrap().len() as u64);
    time(size, "rows of a level band", || index.rows(&levels(), &SearchWords::All).unwrap().len() as u64);
    let cohort = Filter { family: Some("family-3".into()), ..levels() };
    counts(size, "counts of a family's levels", Source::Index(index), &cohort);
    counts(size, "counts of all families' levels", Source::Index(index), &levels());
    let taxonomy = Taxonomy::builtin();
    let profile = Profile { level: Some(4), family: Some("family-3".into()), ..Profile::default() };
    let today = jiff::civil::date(2026, 1, 1);
    time(size, "gap", || {
        let answer = gap(Source::Index(index), taxonomy, &profile, &GapRequest::default(), today).unwrap();
        answer.targets.len() as u64
    });
}

fn time(size: usize, what: &str, mut ask: impl FnMut() -> u64) {
    let mut times: Vec<Duration> = Vec::new();
    let mut found = 0;
    let before = cpu_ms();
    for _ in 0..ASKED {
        let started = Instant::now();
        found = ask();
        times.push(started.elapsed());
    }
    times.sort();
    let show = |at: usize| format!("{:.1} ms", times[at].as_secs_f64() * 1000.0);
    let cpu = (cpu_ms() - before) as f64 / ASKED as f64;
    let (half, most) = (show(ASKED / 2), show(ASKED * 95 / 100));
    println!("{size:>9}  {what:<32} {half:>9} {most:>9} {cpu:>6.1} ms  ({found})");
}

/// Time that all threads of this process have run, as Linux counts it in ticks of 10 ms; 0 elsewhere.
/// It tells how much a question takes on a machine that others use, too.
fn cpu_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit_once(") ").map_or("", |(_, after)| after);
    after.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10
}

/// Ids of skills of kinds that gaps compare.
fn pool() -> Vec<String> {
    let kinds = [Kind::Technology, Kind::Tool, Kind::Method];
    let skills = Taxonomy::builtin().iter().filter(|(_, s)| kinds.contains(&s.kind));
    skills.map(|(_, s)| s.id.clone()).take(2000).collect()
}

/// A number below `n`, small ones far likelier, as words and skills are distributed.
fn zipf(random: &mut Random, n: usize) -> usize {
    ((n as f64).powf(random.unit()) as usize - 1).min(n - 1)
}

fn posting(number: usize, size: usize, pool: &[String], random: &mut Random) -> (Posting, Extraction) {
    let employer = zipf(random, size / 8);
    let body: Vec<String> = (0..WORDS).map(|_| format!("w{}", zipf(random, 20_000))).collect();
    let posting = Posting {
        key: PostingKey { source: "bench".into(), board: "b".into(), native_id: number.to_string() },
        title: format!("w{} engineer", zipf(random, 2000)),
        company: Some(format!("Employer {employer}")),
        locations: vec!["Berlin, Germany".into()],
        description: body.join(" "),
        markup: Markup::Text,
        url: None,
        posted: None,
        language: None,
        truncated: false,
        facts: Facts::default(),
    };
    let skills: Vec<SkillClaim> =
        (0..SKILLS).map(|_| claim(&pool[zipf(random, pool.len())], random)).collect();
    let extraction = Extraction {
        language: Some("en".into()),
        level: LevelEstimate {
            value: Some(1 + random.below(8) as u8),
            low: 1,
            high: 8,
            track: Some(if random.below(3) == 0 { Track::Management } else { Track::Ic }),
            confidence: 1.0,
            reasons: Vec::new(),
        },
        family: Some(format!("family-{}", random.below(FAMILIES))),
        years: Default::default(),
        skills,
        experience: Vec::new(),
        activities: Vec::new(),
        gates: Vec::new(),
        facts: Default::default(),
        notes: Vec::new(),
    };
    (posting, extraction)
}

fn claim(id: &str, random: &mut Random) -> SkillClaim {
    let strength = [Strength::Duty, Strength::Preferred, Strength::Required][random.below(3)];
    SkillClaim {
        id: id.to_owned(),
        label: String::new(),
        esco: None,
        onet: None,
        kind: Kind::Technology,
        span: Span { start: 0, end: 1, surface: String::new() },
        strength,
        depth: Some(1 + random.below(4) as u8),
        depth_cue: None,
        years: None,
        section: rungs::text::Section::Required,
        provenance: Provenance::Explicit,
        confidence: 1.0,
        alternatives: Vec::new(),
        example: false,
        more: Vec::new(),
    }
}

/// The largest resident set so far, as Linux counts it; 0 elsewhere.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}
