//! A person's own level, from their history of jobs.

use super::cues::{self, Cue, CueKind};
use super::{Evidence, LevelEstimate, Origin, Reason, Track, estimate};
use crate::text::tokens::tokenize;

/// One job of a person's history. Dates are months: year × 12 + month − 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Job<'a> {
    /// Title held.
    pub title: &'a str,
    /// Employer, empty where unknown.
    pub company: &'a str,
    /// First month.
    pub start: Option<i32>,
    /// Last month; `None` for the present job.
    pub end: Option<i32>,
    /// What the person says of it.
    pub text: &'a str,
}

/// Weight of a job halves with so many months since its end.
const HALF_LIFE_MONTHS: f32 = 48.0;
/// Months that a job of unknown length is taken to have lasted.
const UNKNOWN_MONTHS: i32 = 18;
/// Fewest years that are usual before a level is held.
const YEARS_BEFORE: [f32; 9] = [0.0, 0.0, 0.0, 1.0, 3.0, 5.0, 7.0, 8.0, 10.0];

/// The level that a history speaks for; `now` is the present month.
///
/// The title held last weighs most; years (their union, so that parallel jobs count once) hold
/// back a title that runs ahead of them by more than a level. It is a guess to be confirmed.
///
/// ```
/// use rungs::level::own::{Job, own};
/// let month = |year: i32| year * 12;
/// let jobs = [
///     Job { title: "Software Engineer", start: Some(month(2016)), end: Some(month(2020)), ..Job::default() },
///     Job { title: "Senior Software Engineer", start: Some(month(2020)), ..Job::default() },
/// ];
/// assert_eq!(own(&jobs, month(2024)).value, Some(4));
/// ```
#[must_use]
pub fn own(history: &[Job<'_>], now: i32) -> LevelEstimate {
    let told: Vec<(&Job<'_>, LevelEstimate)> =
        history.iter().map(|job| (job, of_job(job))).filter(|(_, level)| level.value.is_some()).collect();
    let recency = |job: &Job<'_>| {
        let ago = (now - job.end.unwrap_or(now)).max(0) as f32;
        let months = job.start.map_or(UNKNOWN_MONTHS, |start| job.end.unwrap_or(now) - start).max(1) as f32;
        0.5f32.powf(ago / HALF_LIFE_MONTHS) * (months / 12.0).clamp(0.3, 1.5)
    };
    let latest = told.iter().max_by(|a, b| {
        let key = |job: &Job<'_>| (job.end.unwrap_or(i32::MAX), job.start.unwrap_or(i32::MIN));
        key(a.0).cmp(&key(b.0)).then(a.1.value.cmp(&b.1.value))
    });
    let Some((last, level)) = latest else { return LevelEstimate::unknown() };
    let sum: f32 = told.iter().map(|(job, _)| recency(job)).sum();
    let mean: f32 =
        told.iter().map(|(job, level)| recency(job) * f32::from(level.value.unwrap_or(3))).sum::<f32>() / sum;
    let years = union_years(history, now);
    let titled = f32::from(level.value.unwrap_or(3));
    let point = held_back(0.75 * titled + 0.25 * mean.max(titled - 1.0), years);
    let value = super::ladder::round(point);
    let mut estimate = level.clone();
    estimate.low = estimate.low.min(value).max(value.saturating_sub(1).max(1));
    estimate.high = estimate.high.max(value).min((value + 1).min(8));
    estimate.value = Some(value);
    estimate.confidence = level.confidence * if value == level.value.unwrap_or(0) { 1.0 } else { 0.7 };
    estimate.track = if value < 4 { Some(Track::Ic) } else { level.track };
    estimate.reasons.insert(0, said(last.title, "title held last"));
    if let Some(years) = years {
        estimate.reasons.push(said(&format!("{years:.1} years"), "of work, parallel jobs counted once"));
    }
    estimate
}

fn said(text: &str, says: &str) -> Reason {
    Reason { text: text.to_owned(), origin: Origin::Field, start: None, end: None, says: says.to_owned() }
}

/// A title far ahead of the years worked counts for less.
fn held_back(point: f32, years: Option<f32>) -> f32 {
    let Some(years) = years else { return point };
    let earned = (1..=8usize).filter(|level| YEARS_BEFORE[*level] <= years).max().unwrap_or(1) as f32;
    if point > earned + 1.0 { (point + earned + 1.0) / 2.0 } else { point }
}

fn of_job(job: &Job<'_>) -> LevelEstimate {
    let (mut tokens, mut found): (Vec<_>, Vec<Cue>) = (Vec::new(), Vec::new());
    tokenize(job.text, &mut tokens);
    cues::read(job.text, &tokens, &mut found);
    // A person's own words about mentors and teams are scope; "years" and degrees are no demand.
    found.retain(|cue| {
        !matches!(cue.kind, CueKind::Years | CueKind::Degree | CueKind::Guided | CueKind::MultiLevel)
    });
    let mut level =
        estimate(&Evidence { title: job.title, company: job.company, cues: &found, ..Evidence::default() });
    // Offsets into one of several texts mean nothing to the reader of a history.
    for reason in &mut level.reasons {
        (reason.start, reason.end) = (None, None);
    }
    level
}

/// Years covered by the jobs whose beginning is known.
fn union_years(history: &[Job<'_>], now: i32) -> Option<f32> {
    let spans = history.iter().filter_map(|job| Some((job.start?, job.end.unwrap_or(now))));
    let mut spans: Vec<(i32, i32)> = spans.filter(|(start, end)| end >= start).collect();
    spans.sort_unstable();
    let mut months = 0;
    let mut until = i32::MIN;
    for (start, end) in &spans {
        months += (end - (*start).max(until)).max(0);
        until = until.max(*end);
    }
    (!spans.is_empty()).then_some(months as f32 / 12.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(title: &'static str, from: i32, to: Option<i32>) -> Job<'static> {
        Job { title, start: Some(from * 12), end: to.map(|year| year * 12), ..Job::default() }
    }

    #[test]
    fn histories_have_levels() {
        for (history, expected) in [
            (vec![], None),
            (vec![job("Marketing Intern", 2025, None)], Some(1)),
            (vec![job("Engineer", 2015, Some(2020)), job("Engineering Manager", 2020, None)], Some(5)),
            // A fresh graduate's title runs ahead of the years.
            (vec![job("Chief Technology Officer", 2025, None)], Some(6)),
            (vec![job("Registered Nurse", 2019, Some(2026))], Some(3)),
        ] {
            assert_eq!(own(&history, 2026 * 12).value, expected, "{history:?}");
        }
    }

    #[test]
    fn parallel_jobs_count_once() {
        let history = [job("Engineer", 2018, Some(2022)), job("Teacher", 2020, Some(2022))];
        assert_eq!(union_years(&history, 2026 * 12), Some(4.0));
        assert_eq!(union_years(&[Job::default()], 2026 * 12), None);
    }
}
