//! How ranks add up: the level of a head with its marks, numerals and codes.

use super::Track;
use std::ops::Range;

/// What is put to a head.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Marks {
    /// Class and tokens of each mark, in order.
    pub(super) seen: Vec<(String, Range<usize>)>,
    /// Step of a ladder, "II".
    pub(super) numeral: Option<u8>,
    /// Level and track of a code, "L5".
    pub(super) code: Option<(f32, Option<Track>)>,
}

impl Marks {
    pub(super) fn add(&mut self, class: &str, tokens: Range<usize>) {
        if !self.has(class) {
            self.seen.push((class.to_owned(), tokens));
        }
    }

    /// A code or numeral: shown as a reason and given to the model.
    pub(super) fn note(&mut self, name: String, tokens: Range<usize>) {
        self.seen.push((name, tokens));
    }

    pub(super) fn has(&self, class: &str) -> bool {
        self.seen.iter().any(|(seen, _)| seen == class)
    }

    /// Nothing but places and pieces of occupations.
    pub(super) fn of_no_rank(&self) -> bool {
        let none = ["global", "regional", "interim", "specialist-cjk", "engineer-cjk", "manager-cjk"];
        self.seen.iter().all(|(seen, _)| none.contains(&seen.as_str()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }
}

/// Where a title stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) level: f32,
    pub(super) track: Option<Track>,
}

/// The level of `head`, whose usual level is `base`, with its marks.
pub(super) fn place(head: &str, base: f32, track: Option<Track>, marks: &Marks) -> Place {
    let mut level = marked(head, base, marks);
    let mut side = track_of(head, track, marks);
    if let Some(step) = marks.numeral {
        level = stepped(level, base, step, marks);
    }
    if let Some((coded, coded_track)) = marks.code {
        level = coded;
        side = coded_track.or(side);
    }
    Place { level: level.clamp(1.0, 8.0), track: side }
}

fn is_people(head: &str) -> bool {
    matches!(head, "manager-team" | "manager-comma" | "eng-manager" | "retail-manager" | "gm" | "team-lead")
}

/// Occupations of business, where "principal" follows "senior" without "staff" between.
fn is_business(head: &str) -> bool {
    let classes = ["analyst", "consultant", "coordinator", "accountant"];
    classes.contains(&head) || head.ends_with("-partner")
}

/// Level with marks but without numerals and codes.
fn marked(head: &str, base: f32, marks: &Marks) -> f32 {
    let has = |class| marks.has(class);
    if has("intern") || has("intern-suffix") || has("intern-cjk") {
        return 1.0;
    }
    if has("trainee") {
        return 1.5;
    }
    if has("chief") {
        return if head == "specialist" { 8.0 } else { 6.8f32.max(base) };
    }
    let mut level = base;
    let executive = base >= 6.0;
    if has("associate") {
        level = match head {
            _ if base >= 7.0 => base - 0.9,
            _ if executive => base - 0.5,
            _ if is_people(head) => base - 1.0,
            "manager-thing" | "manager-bare" => 2.4,
            _ => level.min(base - 0.8).max(2.0),
        };
    }
    if has("assistant") || has("assistant-mark") {
        level = match head {
            _ if executive => base - 1.0,
            "manager-thing" => 2.8,
            "manager-bare" | "manager-comma" | "manager" => 3.3,
            _ if is_people(head) => base - 0.9,
            _ => (base - 1.0).clamp(1.7, 4.0),
        };
    }
    if has("deputy") {
        level -= if base >= 5.0 { 0.6 } else { 0.4 };
    }
    if has("entry") || has("entry-cjk") {
        level = if base > 4.5 { base - 1.0 } else { 2.0 };
    } else if has("junior") || has("junior-cjk") {
        level = if base > 4.0 { base - 1.2 } else { (base - 0.8).clamp(1.7, 2.2) };
    } else if has("mid") && base < 4.0 {
        level = level.clamp(2.8, 3.2);
    } else if has("returner") && base < 4.0 {
        level = 3.0;
    }
    ranked(head, base, level, marks).max(if has("supervisory") { 4.8 } else { 0.0 })
}

/// Level with the words of higher rank.
fn ranked(head: &str, base: f32, level: f32, marks: &Marks) -> f32 {
    let has = |class| marks.has(class);
    let senior = has("senior") || has("senior-cjk");
    let lowly = base < 2.5;
    if has("distinguished") {
        return 7.0;
    }
    if has("fellow") {
        return 7.6;
    }
    if has("principal") {
        let associate = has("associate");
        return if senior {
            6.8
        } else if associate {
            5.2
        } else if is_business(head) {
            5.4
        } else {
            6.0f32.max(base)
        };
    }
    if has("staff") && base < 5.6 {
        return if senior { 6.1 } else { 5.1 };
    }
    if has("lead") || has("lead-mark") || has("lead-cjk") {
        let led = if lowly { base + 1.0 } else { 4.9f32.max(base) };
        return if senior { led + 0.2 } else { led };
    }
    if has("managing") || has("executive") {
        return if base < 5.0 { (base + 1.8).min(5.6) } else { (base + 0.4).min(8.0) };
    }
    if has("founding-mark") {
        return 4.4f32.max(base);
    }
    if senior {
        return level + senior_step(head, base);
    }
    level
}

/// What "senior" adds.
fn senior_step(head: &str, base: f32) -> f32 {
    match head {
        "manager-comma" | "eng-manager" => 0.9,
        "manager-thing" | "craft-manager" | "owner" => 0.7,
        "manager-bare" => 0.8,
        "director-fn" | "vp" | "head-of" | "account-director" => 0.3,
        "partner" => 0.6,
        "lead" | "tech-lead" => 0.3,
        _ if base >= 7.0 => 0.2,
        _ if base >= 5.0 => 0.8,
        _ => 0.9,
    }
}

/// Level at a step of a ladder.
fn stepped(level: f32, base: f32, step: u8, marks: &Marks) -> f32 {
    let step = f32::from(step);
    if marks.has("senior") || marks.has("staff") || marks.has("principal") || marks.has("lead") || base >= 4.5
    {
        return level + 0.35 * (step - 1.0);
    }
    if marks.has("associate") || marks.has("junior") || marks.has("intern") {
        return level + 0.2 * (step - 1.0);
    }
    let from_first = [2.2, 3.0, 3.7, 4.6, 5.4, 6.0];
    let at = from_first[(step as usize).clamp(1, 6) - 1];
    // A clerk II is not an engineer II.
    if base < 3.0 { at - (3.0 - base) * 0.8 } else { at }
}

fn track_of(head: &str, track: Option<Track>, marks: &Marks) -> Option<Track> {
    let low = ["intern", "intern-suffix", "trainee", "entry", "junior", "staff", "distinguished", "fellow"];
    if low.iter().any(|class| marks.has(class)) {
        return Some(Track::Ic);
    }
    if marks.has("supervisory") || marks.has("lead-cjk") {
        return Some(Track::Management);
    }
    if marks.has("principal") {
        return if is_people(head) || matches!(head, "director-fn" | "principal-head") {
            track
        } else {
            Some(Track::Ic)
        };
    }
    if marks.has("chief") && head == "specialist" {
        return Some(Track::Management);
    }
    if track == Some(Track::Ic) && marks.has("lead") {
        return None;
    }
    track
}

/// Years of experience that a title asks for: "(5+ years)", "(경력 3년 이상)"; not "2 year contract".
pub(super) fn years_in(title: &str) -> Option<(f32, Range<usize>)> {
    const UNITS: [&str; 9] = ["years", "year", "yrs", "yr", "年", "년", "jahre", "años", "ans"];
    const DEMANDS: [&str; 8] = ["experience", "exp", "경력", "이상", "以上", "経験", "經驗", "+"];
    let lower = title.to_lowercase();
    if lower.len() != title.len() || !DEMANDS.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let bytes = lower.as_bytes();
    let is_digit = |i: &usize| bytes.get(*i).is_some_and(u8::is_ascii_digit);
    let first = (0..bytes.len()).find(|i| {
        let after = lower.get(*i..).unwrap_or_default();
        let unit = after.trim_start_matches(|c: char| c.is_ascii_digit() || " +-–~".contains(c));
        is_digit(i) && UNITS.iter().any(|word| unit.starts_with(word))
    })?;
    let digits = (first..bytes.len()).take_while(is_digit).count();
    let years: f32 = lower.get(first..first + digits)?.parse().ok()?;
    (years <= 20.0).then_some((years, first..first + digits))
}

/// The level of one who works by craft and has so many years of experience.
pub(super) fn of_years(years: f32) -> f32 {
    const AT: [f32; 11] = [1.9, 2.0, 2.6, 3.0, 3.5, 4.0, 4.2, 4.6, 4.9, 5.0, 5.2];
    AT[(years as usize).min(AT.len() - 1)]
}

/// Nearest whole level.
pub(super) fn round(level: f32) -> u8 {
    level.round().clamp(1.0, 8.0) as u8
}

/// Codes of a named scale: `Band 7`, `GS-13`, `Level 3`, `Grade 6`.
pub(super) fn scale_code(scale: &str, value: &str, health: bool) -> Option<(f32, Option<Track>)> {
    let scale = scale.to_lowercase();
    let digits = value.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: usize = digits.parse().ok()?;
    let at = |table: &[f32]| table.get(number).copied().filter(|level| *level > 0.0);
    let level = match scale.as_str() {
        "gs" => at(&[0.0, 1.2, 1.2, 1.4, 1.8, 2.0, 2.0, 2.0, 2.4, 2.6, 2.8, 3.1, 3.6, 4.4, 5.3, 6.4]),
        "band" if value.ends_with(['a', 'A']) && number == 8 => Some(5.3),
        "band" if value.ends_with(['b', 'B']) && number == 8 => Some(5.8),
        "band" if value.ends_with(['c', 'C', 'd', 'D']) && number == 8 => Some(6.5),
        "band" => at(&[0.0, 1.2, 1.6, 1.9, 2.2, 2.6, 3.6, 4.5, 5.6, 7.5]),
        "grade" if number == 6 => Some(6.0),
        "grade" if number == 7 => Some(5.2),
        "level" | "lvl" | "lv" if !health => at(&[0.0, 2.1, 2.7, 3.2, 4.1, 5.0, 5.7, 6.5]),
        _ => None,
    }?;
    Some((level, None))
}

/// Codes in one word: `L5`, `E6`, `IC4`, `P3`, `M2`, `D1`.
pub(super) fn letter_code(word: &str) -> Option<(f32, Option<Track>)> {
    let at = word.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = word.split_at(at);
    let number: usize = digits.parse().ok()?;
    let (table, track): (&[f32], Option<Track>) = match letters {
        "L" => (&[0.0, 1.5, 2.0, 2.4, 3.2, 4.1, 5.1, 6.1, 7.0, 7.6, 8.0], None),
        "E" => (&[0.0, 0.0, 0.0, 2.2, 3.2, 4.2, 5.3, 6.2, 7.0, 8.0], Some(Track::Ic)),
        "IC" => (&[0.0, 2.0, 2.4, 3.1, 4.0, 5.0, 6.0, 6.8, 7.6], Some(Track::Ic)),
        "P" => (&[0.0, 2.0, 2.8, 3.6, 4.6, 5.4, 6.3, 7.0], Some(Track::Ic)),
        "M" => (&[0.0, 5.0, 5.3, 5.9, 6.6, 7.0, 7.6], Some(Track::Management)),
        "D" => (&[0.0, 7.0, 7.3, 7.6], Some(Track::Management)),
        "JL" => (&[0.0, 0.0, 0.0, 2.0, 3.0, 4.2, 5.2, 6.2], None),
        _ => return None,
    };
    table.get(number).copied().filter(|level| *level > 0.0).map(|level| (level, track))
}

/// A roman or arabic step of a ladder, 1–6.
pub(super) fn numeral(word: &str) -> Option<u8> {
    Some(match word {
        "I" | "1" => 1,
        "II" | "ll" | "2" | "ii" => 2,
        "III" | "lll" | "3" | "iii" => 3,
        "IV" | "4" | "iv" => 4,
        "V" | "5" => 5,
        "VI" | "6" => 6,
        _ => return None,
    })
}
