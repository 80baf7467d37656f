//! `rungs train level`: fits the level model, with one employer left out at a time.

use super::super::{CliError, Global, Outcome, io, ui};
use super::{Data, sets};
use crate::level::fit::{Example, Fitted, chances, fit};
use crate::level::{LevelEstimate, Track};
use crate::text::tokens::{fold_hash, tokenize};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

/// Widths tried, in hundredths of a level.
const WIDTHS: std::ops::RangeInclusive<u8> = 20..=90;

/// Counts of how well levels were told.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Score {
    levels: u32,
    exact: u32,
    within_one: u32,
    distance: u32,
    tracks: u32,
    track_right: u32,
}

impl Score {
    fn add(&mut self, told: &Example, value: Option<u8>, track: Option<Track>) {
        if let Some((low, high)) = told.level {
            let value = value.unwrap_or(0);
            let off = u32::from(low.saturating_sub(value).max(value.saturating_sub(high)));
            self.levels += 1;
            self.exact += u32::from(off == 0);
            self.within_one += u32::from(off <= 1);
            self.distance += off;
        }
        if let Some(side) = told.track {
            self.tracks += 1;
            self.track_right += u32::from(track == Some(side));
        }
    }

    fn row(&self, name: &str, method: &str) -> String {
        let share = |k: u32, n: u32| {
            if n == 0 { "    –".into() } else { format!("{:.3}", f64::from(k) / f64::from(n)) }
        };
        format!(
            "{name:<22} {method:<10} {:>5}  {:>5} {:>5} {:>5}  {:>5} {:>5}",
            self.levels,
            share(self.exact, self.levels),
            share(self.within_one, self.levels),
            share(self.distance, self.levels),
            self.tracks,
            share(self.track_right, self.tracks)
        )
    }
}

/// By half: titles, hits, titles with a track, tracks told right.
type Halves = BTreeMap<&'static str, (u32, u32, u32, u32)>;
type Table = BTreeMap<(String, &'static str), Score>;

pub(super) fn run(args: &Data, global: &Global) -> Result<Outcome, CliError> {
    let employers = sets::employer_levels(&args.data)?;
    let boards = sets::board_levels(&args.data, Path::new("data/level/employer_codes.tsv"))?;
    let portals = sets::portal_levels(&args.data)?;
    let told =
        |examples: &[Example]| examples.iter().filter(|e| e.level.is_some() || e.track.is_some()).count();
    if !global.quiet {
        ui::say(format_args!(
            "{} titles of employers, {} of boards, {} postings of portals",
            told(&employers),
            told(&boards),
            portals.len()
        ));
    }
    let mut table = Table::new();
    let mut outside = Vec::new();
    if args.check {
        measure(&Fitted::builtin(), &employers, &mut table, "built-in");
    } else {
        leave_one_out(&employers, &boards, &portals, &mut table, &mut outside);
    }
    baselines(&employers, &mut table);
    let everything: Vec<Example> = [&employers[..], &boards, &portals].concat();
    let fitted = if args.check { Fitted::builtin() } else { finish(fit(&everything), &outside) };
    measure(&fitted, &portals, &mut table, "fitted");
    measure(&Fitted::rules(), &portals, &mut table, "rules");
    let traps = traps(&fitted, &args.labels)?;
    print(&table, &traps, &outside, fitted.width(), global)?;
    if let Some(path) = &args.output {
        fs::write(path, fitted.table()).map_err(|e| CliError::file("cannot write", path, e))?;
    }
    Ok(Outcome::Done)
}

/// An employer's level, and the point given by a model that never saw that employer.
struct Outside {
    level: u8,
    score: f32,
    /// `1/√n` of its employer, so that one large employer does not set the width.
    weight: f32,
}

fn leave_one_out(
    employers: &[Example],
    boards: &[Example],
    portals: &[Example],
    table: &mut Table,
    outside: &mut Vec<Outside>,
) {
    let groups: BTreeSet<&str> = employers.iter().map(|e| e.group.as_str()).collect();
    for group in groups {
        let rest = [employers, boards, portals]
            .concat()
            .into_iter()
            .filter(|e| e.group != group)
            .collect::<Vec<_>>();
        let fitted = fit(&rest);
        let own: Vec<&Example> = employers.iter().filter(|e| e.group == group).collect();
        let weight = 1.0 / (own.iter().filter(|e| e.level.is_some()).count().max(1) as f32).sqrt();
        for told in own {
            let estimate = fitted.estimate(told);
            count(table, told, &estimate, "left out");
            if let (Some((level, _)), Some(score)) = (told.level, fitted.score(told)) {
                outside.push(Outside { level, score, weight });
            }
        }
    }
}

fn count(table: &mut Table, told: &Example, estimate: &LevelEstimate, method: &'static str) {
    let names = if told.group.starts_with("portal ") {
        [told.group.clone(), "all portals".into()]
    } else {
        [told.group.clone(), "all employers".into()]
    };
    for name in names {
        table.entry((name, method)).or_default().add(told, estimate.value, estimate.track);
    }
}

fn measure(fitted: &Fitted, examples: &[Example], table: &mut Table, method: &'static str) {
    for told in examples {
        count(table, told, &fitted.estimate(told), method);
    }
}

/// What people usually do: the rules without a model, and a list of keywords.
fn baselines(employers: &[Example], table: &mut Table) {
    measure(&Fitted::rules(), employers, table, "rules");
    for told in employers {
        let (level, management) = keyword(&told.title);
        let track = if management { Track::Management } else { Track::Ic };
        let estimate = LevelEstimate { value: Some(level), track: Some(track), ..LevelEstimate::unknown() };
        count(table, told, &estimate, "keywords");
    }
}

/// The highest keyword of the title, and whether it is one of managers; 3 where there is none.
fn keyword(title: &str) -> (u8, bool) {
    const WORDS: [(&str, u8, bool); 14] = [
        ("intern", 1, false),
        ("junior", 2, false),
        ("associate", 2, false),
        ("senior", 4, false),
        ("sr", 4, false),
        ("lead", 5, false),
        ("staff", 5, false),
        ("manager", 5, true),
        ("principal", 6, false),
        ("director", 7, true),
        ("head", 7, true),
        ("vp", 8, true),
        ("president", 8, true),
        ("chief", 8, true),
    ];
    let mut tokens = Vec::new();
    tokenize(title, &mut tokens);
    let found = WORDS.iter().filter(|(word, ..)| tokens.iter().any(|t| t.hash == fold_hash(word)));
    found
        .max_by_key(|(_, level, _)| *level)
        .map_or((3, false), |(_, level, management)| (*level, *management))
}

/// Chooses the width under which the employers left out are least surprising.
fn finish(mut fitted: Fitted, outside: &[Outside]) -> Fitted {
    let surprise = |hundredths: u8| -> f32 {
        let width = f32::from(hundredths) / 100.0;
        outside
            .iter()
            .map(|o| -o.weight * chances(o.score, width)[usize::from(o.level) - 1].max(1e-4).ln())
            .sum()
    };
    let best = WIDTHS.min_by(|a, b| surprise(*a).total_cmp(&surprise(*b))).unwrap_or(45);
    fitted.set_width(f32::from(best) / 100.0);
    fitted
}

/// Trap titles in range, by half: `made` may be looked at when rules are mended, `held` may not.
fn traps(fitted: &Fitted, labels: &Path) -> Result<Halves, CliError> {
    let mut halves = Halves::new();
    for row in sets::table(&labels.join("trap_titles.tsv"))? {
        let cell = |name: &str| row.get(name).map_or("", String::as_str);
        let (Ok(low), Ok(high)) = (cell("low").parse::<u8>(), cell("high").parse::<u8>()) else { continue };
        let told = Example { title: cell("title").to_owned(), ..Example::default() };
        let estimate = fitted.estimate(&told);
        let open = (low, high) == (1, 8);
        let hit = estimate.value.map_or(open, |value| !open && (low..=high).contains(&value));
        let half = if fold_hash(cell("title")) & 1 == 0 { "made" } else { "held" };
        let entry = halves.entry(half).or_default();
        entry.0 += 1;
        entry.1 += u32::from(hit);
        let side = match cell("track") {
            "ic" => Track::Ic,
            "management" => Track::Management,
            _ => continue,
        };
        entry.2 += 1;
        entry.3 += u32::from(estimate.track == Some(side));
    }
    Ok(halves)
}

/// Share of right values by how sure the model was, for employers left out.
fn calibration(outside: &[Outside], width: f32) -> Vec<(f32, f32, u32)> {
    let mut bins = vec![(0.0, 0u32, 0u32); 10];
    for o in outside {
        let chances = chances(o.score, width);
        let chance = chances.iter().copied().fold(0.0, f32::max);
        let bin = &mut bins[((chance * 10.0) as usize).min(9)];
        bin.0 += chance;
        bin.1 += u32::from(chances[usize::from(o.level) - 1] >= chance);
        bin.2 += 1;
    }
    let filled = bins.into_iter().filter(|bin| bin.2 > 0);
    filled.map(|(sum, right, n)| (sum / n as f32, right as f32 / n as f32, n)).collect()
}

fn print(
    table: &Table,
    traps: &Halves,
    outside: &[Outside],
    width: f32,
    global: &Global,
) -> Result<(), CliError> {
    let mut out = io::stdout();
    let mut text = String::new();
    use std::fmt::Write as _;
    if global.json {
        let rows: Vec<_> = table
            .iter()
            .map(|((set, method), score)| serde_json::json!({"set": set, "method": method, "score": score}))
            .collect();
        let _ = writeln!(text, "{}", serde_json::json!({"sets": rows, "traps": traps}));
    } else {
        let _ =
            writeln!(text, "{:<22} {:<10} {:>5}  exact  ±1    MAE    {:>4} track", "set", "method", "n", "n");
        for ((set, method), score) in table {
            let _ = writeln!(text, "{}", score.row(set, method));
        }
        for (half, (n, hits, tracks, right)) in traps {
            let _ = writeln!(text, "trap titles, {half}: {hits} of {n} in range, track {right} of {tracks}");
        }
        for (said, was, n) in calibration(outside, width) {
            let _ = writeln!(text, "confidence {said:.2}: right {was:.2} (n {n})");
        }
    }
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))
}
