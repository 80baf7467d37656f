//! What a cohort asks for, and whether that is changing.
//!
//! A trend compares two windows of time on the same employers (a panel), so that a change in who
//! advertises is not taken for a change in what is asked. It is reported only where the interval of
//! the difference, over employers, leaves out zero after control of the false discovery rate.

use super::cohort::{Cohort, EMPLOYER_CAP};
use super::features::{self, What};
use super::scope::{self, CohortCard, LevelCount, Scope};
use super::stats::{MIN_EMPLOYERS, Share, estimate, q_values, quantile, two_sided};
use super::{QueryError, Snapshot, Source};
use crate::coded::{Rows, SkillCode, SkillCodes};
use crate::taxonomy::{Kind, Taxonomy};
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::ops::RangeInclusive;

/// Skills asked for by a smaller share are left out.
const SMALLEST_SHARE: f64 = 0.02;
/// Largest false discovery rate among reported trends.
const FALSE_DISCOVERY: f64 = 0.10;

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
}

/// Demand in the postings of `scope` at `levels`; with `window`, trends between the last so many
/// days and as many before.
///
/// # Errors
/// When the source cannot be read.
pub fn demand(
    source: Source<'_>,
    taxonomy: &Taxonomy,
    scope: &Scope,
    levels: &RangeInclusive<u8>,
    window: Option<i32>,
) -> Result<Demand, QueryError> {
    let rows = scope.rows(source)?;
    let cohort = scope::part(&rows, levels, scope.track);
    let tally = features::tally(&cohort);
    let codes = SkillCodes::new(taxonomy);
    let (panel, trends) = match window.and_then(|days| panel(&cohort, days)) {
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
    })
}

/// The employers with postings in both of the last two windows of `days` days, as two cohorts with
/// the same employers in the same order.
fn panel(cohort: &Cohort, days: i32) -> Option<(Panel, Cohort, Cohort)> {
    let rows = cohort.rows();
    let day = |at: usize| rows.head(at).facts.day();
    let last = (0..rows.len()).filter_map(day).max()?;
    let (middle, first) = (last - days, last - 2 * days);
    let late = |at: usize| day(at).is_some_and(|d| d > middle);
    let early = |at: usize| day(at).is_some_and(|d| d > first && d <= middle);
    let mut picked: (Vec<usize>, Vec<usize>) = Default::default();
    let mut employers = 0;
    for span in cohort.employers() {
        if span.clone().any(late) && span.clone().any(early) {
            employers += 1;
            picked.0.extend(span.clone().filter(|at| early(*at)));
            picked.1.extend(span.clone().filter(|at| late(*at)));
        }
    }
    let part = |picked: &[usize]| Cohort::new(&rows.pick(picked));
    Some((Panel { days, last, employers }, part(&picked.0), part(&picked.1)))
}

/// Trends that can be told from chance, by skill.
fn trends(before: &Cohort, after: &Cohort) -> FxHashMap<SkillCode, Trend> {
    let n = before.employers().len();
    if n < MIN_EMPLOYERS as usize || n != after.employers().len() {
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
            (error > 0.0).then_some((code, p, q, error))
        })
        .collect();
    let p_values: Vec<f64> = tested.iter().map(|(_, p, q, error)| two_sided((q - p) / error)).collect();
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
            let weight = (EMPLOYER_CAP / span.len() as f64).min(1.0);
            let mut counts: FxHashMap<SkillCode, f64> = FxHashMap::default();
            for at in span.clone() {
                list.clear();
                features::asked_of_row(rows, at, &mut list);
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
