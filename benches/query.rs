//! Latency of search and gap at 10,000, 100,000 and (with `RUNGS_BENCH_MILLION=1`) 1,000,000
//! postings: p50 and p95 of each question, and the memory of the process.
//!
//! The postings are made up: words and skills are drawn by a fixed rule with the frequencies that
//! English text and real ads show, so that the benchmark needs no data and every run is the same.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use rungs::coded::{Filter, Rows};
use rungs::extract::{Extraction, Provenance, SkillClaim, Span, Strength};
use rungs::index::{PostingIndex, SearchRequest, SearchWords};
use rungs::level::{LevelEstimate, Track};
use rungs::market::Market;
use rungs::posting::{Facts, Markup, Posting, PostingKey};
use rungs::profile::Profile;
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
    println!("{:>9}  {:<24} {:>9} {:>9}", "postings", "question", "p50", "p95");
    for &size in sizes {
        let folder = tempfile::tempdir().unwrap();
        let mut index = PostingIndex::recreate(folder.path()).unwrap();
        let started = Instant::now();
        let mut random = Random(1);
        let pool = pool();
        index.fill((0..size).map(|i| posting(i, size, &pool, &mut random)), "bench").unwrap();
        println!("{size:>9}  built in {:.1} s", started.elapsed().as_secs_f64());
        measure(&index, size);
        drop(index);
        real(size);
        println!("{size:>9}  memory of the process at most {} MiB", peak_mib());
    }
}

/// The gap over real figures: the bundled market, replicated to `size` rows under other employers.
fn real(size: usize) {
    let rows = replicated(size);
    let snapshot = Snapshot::of_rows("replicated", rows.len());
    let profile =
        Profile { level: Some(4), family: Some("software-engineering".into()), ..Profile::default() };
    let today = jiff::civil::date(2026, 1, 1);
    time(size, "gap, replicated market", || {
        let source = Source::Rows(&rows, &snapshot);
        let answer = gap(source, Taxonomy::builtin(), &profile, &GapRequest::default(), today).unwrap();
        answer.targets.len() as u64
    });
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
    for _ in 0..ASKED {
        let started = Instant::now();
        found = ask();
        times.push(started.elapsed());
    }
    times.sort();
    let show = |at: usize| format!("{:.1} ms", times[at].as_secs_f64() * 1000.0);
    println!("{size:>9}  {what:<24} {:>9} {:>9}  ({found})", show(ASKED / 2), show(ASKED * 95 / 100));
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
