//! The ordinal model: rules give a point on the scale, weights move it, and the distance to the
//! cut between two levels gives the probability of each.
//!
//! `P(level ≤ k) = σ((k + ½ − s) / τ)` with `s` the moved point and `τ` the model's width. Weights are
//! data, `data/level/weights.tsv`, made by `rungs train level`.

use super::cues::CueKind;
use super::fields::Told;
use super::table::rows;
use super::title::Reading;
use super::{Evidence, LevelEstimate, Origin, Reason, Track, ladder};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::OnceLock;

/// Number of levels.
pub(super) const LEVELS: usize = 8;
/// Where a title without any word of rank or occupation starts.
const NO_TITLE: f32 = 3.0;
/// Weight of levels outside the interval of a structured field with words that employers share.
const OUTSIDE_WORDS: f32 = 5e-4;
/// The same for an employer's own code.
const OUTSIDE_CODE: f32 = 1e-5;
/// Share of the probability that may lie below or above the interval given out.
const TAIL: f32 = 0.1;

/// A named feature and its value.
pub(super) type Feature = (Cow<'static, str>, f32);

/// The weights.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    /// Moves on the scale, in levels.
    pub(super) level: FxHashMap<String, f32>,
    /// Log-odds of management.
    pub(super) track: FxHashMap<String, f32>,
    /// Width of the steps, in levels.
    pub(super) tau: f32,
}

impl Model {
    pub(super) fn builtin() -> &'static Self {
        static MODEL: OnceLock<Model> = OnceLock::new();
        MODEL.get_or_init(|| Self::parse(rows(include_str!("../../data/level/weights.tsv"))))
    }

    /// Reads rows of `target, feature, weight`.
    pub(super) fn parse<'a>(rows: impl Iterator<Item = Vec<&'a str>>) -> Self {
        let mut model = Self { tau: 0.45, ..Self::default() };
        for row in rows {
            let [target, feature, weight] = row[..] else { continue };
            let Ok(weight) = weight.parse() else { continue };
            match target {
                "level" => drop(model.level.insert(feature.to_owned(), weight)),
                "track" => drop(model.track.insert(feature.to_owned(), weight)),
                "tau" => model.tau = weight,
                _ => {}
            }
        }
        model
    }

    /// The point on the scale.
    pub(super) fn score(&self, start: f32, features: &[Feature]) -> f32 {
        start
            + features.iter().map(|(name, x)| self.level.get(name.as_ref()).unwrap_or(&0.0) * x).sum::<f32>()
    }

    /// Log-odds that the role manages people.
    pub(super) fn track_score(&self, rule: Option<Track>, features: &[Feature]) -> f32 {
        let start = match rule {
            Some(Track::Management) => 2.0,
            Some(Track::Ic) => -2.5,
            None => -0.4,
        };
        start
            + features.iter().map(|(name, x)| self.track.get(name.as_ref()).unwrap_or(&0.0) * x).sum::<f32>()
    }

    /// Probability of each level at the point `score`.
    pub(super) fn distribution(&self, score: f32) -> [f32; LEVELS] {
        let below = |k: usize| if k == LEVELS { 1.0 } else { sigmoid((k as f32 + 0.5 - score) / self.tau) };
        std::array::from_fn(|i| below(i + 1) - if i == 0 { 0.0 } else { below(i) })
    }

    pub(super) fn estimate(&self, reading: Reading, fields: Told, evidence: &Evidence<'_>) -> LevelEstimate {
        let features = features(&reading, &fields, evidence);
        let mut reasons = reading.reasons.clone();
        reasons.extend(cue_reasons(evidence));
        if fields.level.is_none() && nothing_known(&reading, evidence) {
            return LevelEstimate { reasons, ..LevelEstimate::unknown() };
        }
        let score = self.score(reading.prior.unwrap_or(NO_TITLE), &features);
        let mut chances = self.distribution(score);
        if let Some((low, high)) = fields.level {
            restrict(&mut chances, low, high, if fields.own_code { OUTSIDE_CODE } else { OUTSIDE_WORDS });
            let raw = evidence.fields.level.or(evidence.fields.employment).unwrap_or_default().to_owned();
            let says = format!("the employer's own level: {low}–{high}");
            reasons.push(Reason { text: raw, origin: Origin::Field, start: None, end: None, says });
        }
        let best = (0..LEVELS).max_by(|a, b| chances[*a].total_cmp(&chances[*b])).unwrap_or(2);
        let (mut low, mut high) = interval(&chances);
        if let Some((from, to)) = reading.band {
            (low, high) = (low.min(ladder::round(from)), high.max(ladder::round(to)));
        }
        let management = sigmoid(self.track_score(reading.track, &features)) > 0.5;
        let told = if management { Track::Management } else { Track::Ic };
        LevelEstimate {
            value: Some(best as u8 + 1),
            low,
            high,
            track: Some(fields.track.unwrap_or(told)),
            confidence: chances[best],
            reasons,
        }
    }
}

/// A title that says nothing, or is open to all, with a body that says nothing either.
fn nothing_known(reading: &Reading, evidence: &Evidence<'_>) -> bool {
    reading.open || (reading.prior.is_none() && evidence.cues.iter().all(|cue| cue.kind != CueKind::Years))
}

/// Every feature of a role, by name.
pub(super) fn features(reading: &Reading, fields: &Told, evidence: &Evidence<'_>) -> Vec<Feature> {
    let mut out: Vec<Feature> = reading.features.iter().map(|name| (name.clone(), 1.0)).collect();
    let unmarked = !reading.features.iter().any(|name| name.starts_with("mark:"));
    let start = reading.prior.unwrap_or(NO_TITLE);
    let most = |kind| {
        let of_kind = evidence.cues.iter().filter(move |cue| cue.kind == kind);
        of_kind.filter_map(|cue| cue.value).fold(None, |a: Option<f32>, b| Some(a.map_or(b, |a| a.max(b))))
    };
    if let Some(years) = fields.years.or_else(|| most(CueKind::Years)) {
        let beyond = ((years.min(15.0) - usual_years(start)) / 5.0).clamp(-1.5, 1.5);
        out.push(("years".into(), beyond));
        if unmarked {
            out.push(("years|unmarked".into(), beyond));
        }
    }
    if let Some(boss) = most(CueKind::ReportsTo) {
        out.push(("reports-to".into(), (boss - 1.0 - start).clamp(-2.0, 2.0)));
    }
    for kind in CueKind::ALL {
        if matches!(kind, CueKind::Years | CueKind::ReportsTo)
            || !evidence.cues.iter().any(|cue| cue.kind == kind)
        {
            continue;
        }
        let name = match (kind, most(kind)) {
            (CueKind::Degree, Some(degree)) => format!("cue:degree-{degree}"),
            _ => format!("cue:{}", kind.name()),
        };
        if unmarked {
            out.push((format!("{name}|unmarked").into(), 1.0));
        }
        out.push((name.into(), 1.0));
    }
    out
}

/// Years of experience that are usual at a point of the scale.
fn usual_years(level: f32) -> f32 {
    const USUAL: [f32; 9] = [0.0, 0.0, 1.0, 3.0, 5.0, 7.0, 8.5, 10.0, 12.0];
    let at = level.clamp(1.0, 8.0);
    let (low, part) = (at.floor() as usize, at.fract());
    let high = USUAL.get(low + 1).copied().unwrap_or(12.0);
    USUAL[low] + (high - USUAL[low]) * part
}

fn cue_reasons(evidence: &Evidence<'_>) -> Vec<Reason> {
    let mut seen = Vec::new();
    let mut reasons = Vec::new();
    for cue in evidence.cues {
        if seen.contains(&cue.kind) || matches!(cue.kind, CueKind::Degree | CueKind::OnCall) {
            continue;
        }
        seen.push(cue.kind);
        reasons.push(Reason::at(cue.origin, &cue.text, cue.start..cue.end, says(cue.kind)));
    }
    reasons
}

fn says(kind: CueKind) -> &'static str {
    match kind {
        CueKind::Years => "years of experience asked for",
        CueKind::PeopleLed => "leads people",
        CueKind::ManagersLed => "leads managers",
        CueKind::Budget => "answers for a budget",
        CueKind::OrgWide => "works for the whole organisation",
        CueKind::Direction => "sets direction",
        CueKind::Strategy => "makes strategy",
        CueKind::Roadmap => "works on the roadmap",
        CueKind::CrossTeam => "works over several teams",
        CueKind::Mentoring => "mentors others",
        CueKind::Guided => "works under guidance or is for beginners",
        CueKind::Hiring => "hires",
        CueKind::OnCall => "on call or in shifts",
        CueKind::ReportsTo => "says who the role reports to",
        CueKind::Degree => "degree",
        CueKind::Stage => "an employer at its beginning, where titles run high",
        CueKind::MultiLevel => "open to several levels",
    }
}

/// Weighs down the levels outside `low..=high` and brings the sum to one.
fn restrict(chances: &mut [f32; LEVELS], low: u8, high: u8, outside: f32) {
    let best = (0..LEVELS).max_by(|a, b| chances[*a].total_cmp(&chances[*b])).unwrap_or(2);
    for (i, chance) in chances.iter_mut().enumerate() {
        // Of levels that the title speaks against, the nearest one is the most likely.
        *chance = chance.max(1e-3 * 0.5f32.powf(best.abs_diff(i) as f32 / 2.0));
        if !(low..=high).contains(&(i as u8 + 1)) {
            *chance *= outside;
        }
    }
    let sum: f32 = chances.iter().sum();
    chances.iter_mut().for_each(|chance| *chance /= sum);
}

/// The levels left when [`TAIL`] is cut off at either end.
fn interval(chances: &[f32; LEVELS]) -> (u8, u8) {
    let end = |order: &[usize]| {
        let mut sum = 0.0;
        let beyond = |i: &&usize| {
            sum += chances[**i];
            sum > TAIL
        };
        order.iter().find(beyond).copied()
    };
    let up: [usize; LEVELS] = std::array::from_fn(|i| i);
    let down: [usize; LEVELS] = std::array::from_fn(|i| LEVELS - 1 - i);
    let (low, high) = (end(&up).unwrap_or(0), end(&down).unwrap_or(LEVELS - 1));
    (low as u8 + 1, high as u8 + 1)
}

pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_sum_to_one_and_peak_at_the_point() {
        let model = Model { tau: 0.3, ..Model::default() };
        for score in [-2.0, 1.0, 3.2, 5.9, 8.0, 11.0] {
            let chances = model.distribution(score);
            assert!((chances.iter().sum::<f32>() - 1.0).abs() < 1e-4);
            let best = (0..LEVELS).max_by(|a, b| chances[*a].total_cmp(&chances[*b])).unwrap();
            assert_eq!(best as u8 + 1, ladder::round(score), "{score}");
        }
    }

    #[test]
    fn a_field_decides_where_it_is_known() {
        let mut chances = Model { tau: 0.3, ..Model::default() }.distribution(3.0);
        restrict(&mut chances, 6, 7, OUTSIDE_CODE);
        let (low, high) = interval(&chances);
        assert!(low >= 6 && high <= 7, "{low} {high}");
        let mut words = Model { tau: 0.3, ..Model::default() }.distribution(3.0);
        restrict(&mut words, 6, 8, OUTSIDE_WORDS);
        let best = (0..LEVELS).max_by(|a, b| words[*a].total_cmp(&words[*b])).unwrap();
        assert_eq!(best + 1, 6);
    }
}
