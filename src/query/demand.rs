//! What a cohort asks for, and whether that is changing.
//!
//! A trend compares two windows of time on the same employers (a panel), so that a change in who
//! advertises is not taken for a change in what is asked. It is reported only where the interval of
//! the difference, over employers, leaves out zero after control of the false discovery rate.
//! Postings are divided into windows first and near-duplicates folded within each: an ad that is
//! posted again is demand in both windows.

use super::cohort::{Cohort, weight};
use super::features::{self, What, once};
use super::scope::{self, CohortCard, LevelCount, Scope};
use super::stats::{Share, estimate, is_enough, q_values, quantile, two_sided_t};
use super::{QueryError, Snapshot, Source};
use crate::coded::{Rows, SkillCode, SkillCodes};
use crate::taxonomy::{Kind, Taxonomy};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use std::ops::RangeInclusive;

/// Skills asked for by a smaller share are left out.
const SMALLEST_SHARE: f64 = 0.02;
/// Largest false discovery rate among reported trends: where nothing changes, more than nine
/// answers in ten must report none.
const FALSE_DISCOVERY: f64 = 0.05;

/// One skill in a cohort.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SkillDemand {
    /// Taxonomy id.
    pub id: String,
    /// Label.
    pub label: String,
    /// Kind of concept.
    pub kind: Kind,
    /// Postings that ask for it.
    pub asked: Share,
    /// Postings that require it.
    pub required: Share,
    /// Postings that welcome it.
    pub preferred: Share,
    /// Change between the windows, where it can be told from chance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trend: Option<Trend>,
}

/// A change on the same employers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Trend {
    /// Share in the earlier window, 0–1.
    pub before: f64,
    /// Share in the later window.
    pub after: f64,
    /// 90 % interval of the difference.
    pub difference: (f64, f64),
    /// False discovery rate at which it would be called.
    pub q: f64,
}

/// The two windows of a trend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Panel {
    /// Length of each window, days.
    pub days: i32,
    /// Last day of the later window, days since 1970-01-01.
    pub last: i32,
    /// Employers with postings in both.
    pub employers: usize,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Demand {
    /// What it was computed from.
    pub snapshot: Snapshot,
    /// Role family; `None` for all.
    pub family: Option<String>,
    /// The cohort.
    pub cohort: CohortCard,
    /// Skills, most asked first.
    pub skills: Vec<SkillDemand>,
    /// The panel, when trends were asked for; below eight employers none are given.
    pub panel: Option<Panel>,
    /// How much data there is, by level.
    pub levels: Vec<LevelCount>,
    /// What a careful reader should know.
    pub notes: Vec<String>,
}

/// Demand in the postings of `scope` at `levels`; with `window`, trends between the last so many
/// days until `today` and as many before.
///
/// # Errors
/// When the source cannot be read.
pub fn demand(
    source: Source<'_>,
    taxonomy: &Taxonomy,
    scope: &Scope,
    levels: &RangeInclusive<u8>,
    window: Option<i32>,
    today: i32,
) -> Result<Demand, QueryError> {
    let rows = scope.rows(source)?;
    let cohort = scope::part(&rows, levels, scope.track);
    let tally = features::tally(&cohort);
    let codes = SkillCodes::new(taxonomy);
    let wanted = rows.select(|at| scope::is_part(rows.head(at).facts, levels, scope.track));
    let (panel, trends) = match window.and_then(|days| panel(&wanted, days, today)) {
        None => (None, FxHashMap::default()),
        Some((panel, before, after)) => (Some(panel), trends(&before, &after)),
    };
    let asked = tally.sums.keys().filter_map(|feature| features::asked_skill(*feature));
    let mut skills: Vec<SkillDemand> = asked
        .filter(|code| estimate(&tally.sum(What::Asked.of(*code)), &tally.base).0 >= SMALLEST_SHARE)
        .filter_map(|code| {
            let concept = taxonomy.skill(codes.get(code)?);
            Some(SkillDemand {
                id: concept.id.clone(),
                label: concept.label.clone(),
                kind: concept.kind,
                asked: tally.share(What::Asked.of(code)),
                required: tally.share(What::Required.of(code)),
                preferred: tally.share(What::Preferred.of(code)),
                trend: trends.get(&code).copied(),
            })
        })
        .collect();
    skills.sort_by(|a, b| {
        let size = |s: &SkillDemand| (s.asked.share.unwrap_or(0.0), s.asked.employers_with);
        let (a_size, b_size) = (size(a), size(b));
        b_size.0.total_cmp(&a_size.0).then(b_size.1.cmp(&a_size.1)).then_with(|| a.id.cmp(&b.id))
    });
    Ok(Demand {
        snapshot: source.snapshot()?,
        family: scope.family.clone(),
        cohort: CohortCard::of(&cohort, levels, scope.track),
        skills,
        panel,
        levels: scope::levels(&rows),
        notes: [scope::left_out_notes(&rows), scope.unknown_notes(source)?].concat(),
    })
}

/// The employers with postings in both of the last two windows of `days` days, as two cohorts with
/// the same employers in the same order. The last window ends with the latest posting, but not after
/// `today`: dates in the future are mistakes or plans.
fn panel(rows: &Rows, days: i32, today: i32) -> Option<(Panel, Cohort, Cohort)> {
    let day = |at: usize| rows.head(at).facts.day();
    let last = (0..rows.len()).filter_map(day).filter(|day| *day <= today).max()?;
    let window =
        |from: i32, to: i32| Cohort::of(rows, |at| day(at).is_some_and(|day| day > from && day <= to));
    let (early, late) = (window(last - 2 * days, last - days), window(last - days, last));
    let employers = |cohort: &Cohort| -> FxHashSet<Option<u64>> {
        cohort.employers().iter().map(|span| cohort.rows().head(span.start).employer).collect()
    };
    let (in_early, in_late) = (employers(&early), employers(&late));
    let both = |cohort: &Cohort| {
        Cohort::of(cohort.rows(), |at| {
            let employer = cohort.rows().head(at).employer;
            in_early.contains(&employer) && in_late.contains(&employer)
        })
    };
    let (early, late) = (both(&early), both(&late));
    Some((Panel { days, last, employers: early.employers().len() }, early, late))
}

/// Trends that can be told from chance, by skill.
fn trends(before: &Cohort, after: &Cohort) -> FxHashMap<SkillCode, Trend> {
    let n = before.employers().len();
    if !is_enough(n) || n != after.employers().len() {
        return FxHashMap::default();
    }
    let (early, late) = (Window::count(before), Window::count(after));
    let mut codes: Vec<SkillCode> = early.total.keys().chain(late.total.keys()).copied().collect();
    codes.sort_unstable();
    codes.dedup();
    let tested: Vec<(SkillCode, f64, f64, f64)> = codes
        .into_iter()
        .filter_map(|code| {
            let (p, q) = (early.share(code), late.share(code));
            let squares: f64 =
                (0..n).map(|e| (late.influence(e, code, q) - early.influence(e, code, p)).powi(2)).sum();
            let error = (n as f64 / (n as f64 - 1.0) * squares).sqrt();
            // When every employer changed alike, the variance says nothing: one more employer who
            // did not change bounds it.
            let least = (q - p).abs() / (n as f64 + 1.0);
            (p != q).then_some((code, p, q, error.max(least)))
        })
        .collect();
    let p_values: Vec<f64> =
        tested.iter().map(|(_, p, q, error)| two_sided_t((q - p) / error, n as f64 - 1.0)).collect();
    let half = quantile(n as u32);
    tested
        .into_iter()
        .zip(q_values(&p_values))
        .filter_map(|((code, p, q, error), false_rate)| {
            let difference = (q - p - half * error, q - p + half * error);
            let clear = false_rate <= FALSE_DISCOVERY && difference.0 * difference.1 > 0.0;
            clear.then_some((code, Trend { before: p, after: q, difference, q: false_rate }))
        })
        .collect()
}

/// Weighted counts of one window, employer by employer.
struct Window {
    employers: Vec<(f64, FxHashMap<SkillCode, f64>)>,
    total: FxHashMap<SkillCode, f64>,
    weight: f64,
}

impl Window {
    fn count(cohort: &Cohort) -> Self {
        let mut window = Self { employers: Vec::new(), total: FxHashMap::default(), weight: 0.0 };
        let rows: &Rows = cohort.rows();
        let mut list = Vec::new();
        for span in cohort.employers() {
            let weight = weight(span);
            let mut counts: FxHashMap<SkillCode, f64> = FxHashMap::default();
            for at in span.clone() {
                list.clear();
                features::asked_of_row(rows, at, &mut list);
                once(&mut list);
                for code in list.iter().filter_map(|f| features::asked_skill(*f)) {
                    *counts.entry(code).or_default() += weight;
                    *window.total.entry(code).or_default() += weight;
                }
            }
            window.weight += weight * span.len() as f64;
            window.employers.push((weight * span.len() as f64, counts));
        }
        window
    }

    fn share(&self, code: SkillCode) -> f64 {
        self.total.get(&code).copied().unwrap_or(0.0) / self.weight
    }

    fn influence(&self, employer: usize, code: SkillCode, share: f64) -> f64 {
        let (m, counts) = &self.employers[employer];
        (counts.get(&code).copied().unwrap_or(0.0) - share * m) / self.weight
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coded::{CodedSkill, Fingerprint, RowFacts, RowHead};
    use crate::extract::Strength;
    use crate::query::stats::Random;

    const TODAY: i32 = 20_000;

    fn row(rows: &mut Rows, employer: u64, text: u64, day: i32, skills: &[u32]) {
        let head = RowHead {
            id: rows.len() as u64,
            facts: RowFacts::default().with_day(Some(day)),
            employer: Some(employer),
            fingerprint: Fingerprint(text),
            family: 0,
        };
        let ask = |skill: &u32| CodedSkill {
            skill: SkillCode(*skill),
            strength: Strength::Required,
            depth: 0,
            years: 0,
            group: 0,
        };
        rows.push(head, skills.iter().map(|s| ask(s).pack()), [], []);
    }

    /// Trends between the last 90 days and the 90 before.
    fn found(rows: &Rows) -> (usize, Vec<(u32, Trend)>) {
        let (panel, before, after) = panel(rows, 90, TODAY).unwrap();
        let mut trends: Vec<_> = trends(&before, &after).into_iter().map(|(code, t)| (code.0, t)).collect();
        trends.sort_by_key(|(code, _)| *code);
        (panel.employers, trends)
    }

    #[test]
    fn ads_posted_again_are_no_change() {
        // Nothing changes but that half of the ads are posted again in the later window: those with
        // skill 1 always, as employers repeat what they do not find.
        let mut rows = Rows::default();
        rows.families.number("");
        let mut random = Random(3);
        for employer in 1..=60 {
            for _ in 0..4 {
                let text = random.bits();
                let skills: &[u32] = if random.below(2) == 0 { &[1, 2] } else { &[2, 3] };
                row(&mut rows, employer, text, TODAY - 120, skills);
                row(&mut rows, employer, text, TODAY - 20, skills);
            }
        }
        assert_eq!(found(&rows), (60, Vec::new()));
    }

    #[test]
    fn employers_that_change_at_random_are_no_trend() {
        let mut quiet = 0;
        for seed in 0..200 {
            let mut rows = Rows::default();
            rows.families.number("");
            let mut random = Random(seed);
            for employer in 1..=30 {
                for day in [TODAY - 120, TODAY - 20] {
                    for _ in 0..3 {
                        let skills: Vec<u32> = (1..40).filter(|_| random.below(3) == 0).collect();
                        row(&mut rows, employer, random.bits(), day, &skills);
                    }
                }
            }
            quiet += usize::from(found(&rows).1.is_empty());
        }
        assert!(quiet >= 180, "{quiet} of 200 runs without a trend");
    }

    #[test]
    fn a_change_that_all_employers_make_is_seen() {
        let mut rows = Rows::default();
        rows.families.number("");
        for employer in 1..=12 {
            row(&mut rows, employer, employer << 32, TODAY - 120, &[1]);
            row(&mut rows, employer, employer << 40, TODAY - 20, &[1, 7]);
            // A date in the future does not move the windows.
            row(&mut rows, employer, employer << 20, TODAY + 5000, &[9]);
        }
        let (employers, trends) = found(&rows);
        assert_eq!((employers, trends.len()), (12, 1));
        let (code, trend) = trends[0];
        assert_eq!((code, trend.before, trend.after), (7, 0.0, 1.0));
        assert!(trend.difference.0 > 0.5, "{trend:?}");
    }
}
