//! What a body says about rank: years asked for, people led, scope, guidance, who one reports to.
//!
//! One pass over the tokens with one table look-up each. Phrases are data:
//! `data/level/cues.tsv`.

use super::Origin;
use super::table::{first_wins, rows};
use crate::text::Phrases;
use crate::text::filter;
use crate::text::tokens::{Token, TokenKind, fold_hash};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// What a cue speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CueKind {
    /// Years of experience asked for; the value is the fewest years.
    Years,
    /// People led; the value is their number, where stated.
    PeopleLed,
    /// Managers led.
    ManagersLed,
    /// Budget or profit and loss.
    Budget,
    /// Works for the whole organisation or with its executives.
    OrgWide,
    /// Sets technical direction, is an authority.
    Direction,
    /// Makes strategy.
    Strategy,
    /// Owns a roadmap.
    Roadmap,
    /// Works over several teams.
    CrossTeam,
    /// Mentors others.
    Mentoring,
    /// Works under guidance, or is for beginners.
    Guided,
    /// Hires.
    Hiring,
    /// On call, in shifts or by the hour.
    OnCall,
    /// Who the role reports to; the value is that person's level, 5–8.
    ReportsTo,
    /// Degree named; the value is its EQF level minus 2: 4 bachelor, 5 master, 6 doctor.
    Degree,
    /// An employer at its very beginning.
    Stage,
    /// Open to several levels.
    MultiLevel,
}

impl CueKind {
    /// Every kind, in a fixed order.
    pub const ALL: [Self; 17] = [
        Self::Years,
        Self::PeopleLed,
        Self::ManagersLed,
        Self::Budget,
        Self::OrgWide,
        Self::Direction,
        Self::Strategy,
        Self::Roadmap,
        Self::CrossTeam,
        Self::Mentoring,
        Self::Guided,
        Self::Hiring,
        Self::OnCall,
        Self::ReportsTo,
        Self::Degree,
        Self::Stage,
        Self::MultiLevel,
    ];

    /// The kind's name in tables and features.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Years => "years",
            Self::PeopleLed => "people-led",
            Self::ManagersLed => "managers-led",
            Self::Budget => "budget",
            Self::OrgWide => "org-wide",
            Self::Direction => "direction",
            Self::Strategy => "strategy",
            Self::Roadmap => "roadmap",
            Self::CrossTeam => "cross-team",
            Self::Mentoring => "mentoring",
            Self::Guided => "guided",
            Self::Hiring => "hiring",
            Self::OnCall => "on-call",
            Self::ReportsTo => "reports-to",
            Self::Degree => "degree",
            Self::Stage => "stage",
            Self::MultiLevel => "multi-level",
        }
    }
}

/// Something in the text that speaks for or against rank.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cue {
    /// What it speaks of.
    pub kind: CueKind,
    /// The figure, in the unit of the kind.
    pub value: Option<f32>,
    /// Where it was found.
    pub origin: Origin,
    /// First byte there.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The words.
    pub text: String,
}

/// Most years that are believed: more is the employer's age, not a demand.
const MAX_YEARS: f32 = 20.0;
/// Most people that one is said to lead directly.
const MAX_PEOPLE: f32 = 500.0;
/// Words around a figure of years within which "experience" must stand.
const YEARS_WINDOW: usize = 9;

struct Lexicon {
    phrases: Phrases<(CueKind, Option<f32>)>,
    years: filter::Lexicon<(), 16>,
    experience: FxHashSet<u64>,
    numbers: filter::Lexicon<f32, 16>,
    team_of: u64,
    of: u64,
}

impl Lexicon {
    fn builtin() -> &'static Self {
        static LEXICON: OnceLock<Lexicon> = OnceLock::new();
        LEXICON.get_or_init(|| {
            let mut phrases = Vec::new();
            for row in rows(include_str!("../../data/level/cues.tsv")) {
                let [kind, value, forms] = row[..] else { continue };
                let Some(kind) = CueKind::ALL.into_iter().find(|k| k.name() == kind) else { continue };
                phrases.extend(forms.split('|').map(|form| (form, (kind, value.parse().ok()))));
            }
            Self {
                phrases: first_wins(phrases),
                years: YEAR_WORDS.iter().map(|word| (fold_hash(word), ())).collect(),
                experience: EXPERIENCE_WORDS.iter().map(|word| fold_hash(word)).collect(),
                numbers: NUMBERS.iter().map(|(word, n)| (fold_hash(word), *n)).collect(),
                team_of: fold_hash("team"),
                of: fold_hash("of"),
            }
        })
    }
}

const YEAR_WORDS: &[&str] = &[
    "years", "year", "yrs", "yr", "jahre", "jahren", "ans", "années", "år", "años", "jaar", "anni", "anos",
    "năm",
];
const EXPERIENCE_WORDS: &[&str] = &[
    "experience",
    "experienced",
    "erfahrung",
    "berufserfahrung",
    "expérience",
    "erfarenhet",
    "experiencia",
    "ervaring",
    "werkervaring",
    "esperienza",
    "experiência",
    "working",
    "work",
    "nghiệm",
    "background",
    "hands",
    "practice",
    "relevant",
    "professional",
    "arbetslivserfarenhet",
    "industry",
];
const NUMBERS: &[(&str, f32)] = &[
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("twelve", 12.0),
    ("fifteen", 15.0),
    ("zwei", 2.0),
    ("drei", 3.0),
    ("fünf", 5.0),
    ("deux", 2.0),
    ("trois", 3.0),
    ("cinq", 5.0),
    ("dos", 2.0),
    ("tres", 3.0),
    ("cinco", 5.0),
    ("två", 2.0),
    ("tre", 3.0),
    ("fem", 5.0),
    ("twee", 2.0),
    ("drie", 3.0),
    ("vijf", 5.0),
];

/// Reads the cues of a visible text into `out` (cleared first); `tokens` are those of `text`.
///
/// Ranges are bytes of `text`; a caller whose evidence lies elsewhere maps them.
///
/// ```
/// use rungs::level::{cues, CueKind};
/// let text = "You bring 8+ years of experience and will mentor engineers.";
/// let mut tokens = Vec::new();
/// rungs::text::tokens::tokenize(text, &mut tokens);
/// let mut found = Vec::new();
/// cues::read(text, &tokens, &mut found);
/// assert_eq!(found[0].kind, CueKind::Years);
/// assert_eq!(found[0].value, Some(8.0));
/// assert_eq!(&text[found[1].start..found[1].end], "mentor engineers");
/// ```
pub fn read(text: &str, tokens: &[Token], out: &mut Vec<Cue>) {
    out.clear();
    let lexicon = Lexicon::builtin();
    let mut push = |kind, value, first: usize, last: usize| {
        let (start, end) = (tokens[first].start as usize, tokens[last].end as usize);
        let words = text.get(start..end).unwrap_or_default().to_owned();
        out.push(Cue { kind, value, origin: Origin::Description, start, end, text: words });
    };
    let mut i = 0;
    while i < tokens.len() {
        let token = &tokens[i];
        if token.kind == TokenKind::Symbol {
            i += 1;
            continue;
        }
        if let Some(((kind, value), covered)) = lexicon.phrases.longest(text, tokens, i) {
            push(kind, value, i, i + covered - 1);
            i += covered;
            continue;
        }
        if lexicon.years.holds(token.hash) {
            if let Some((value, first)) = lexicon.years_before(text, tokens, i) {
                push(CueKind::Years, Some(value), first, i);
            }
        } else if token.hash == lexicon.team_of
            && tokens.get(i + 1).is_some_and(|next| next.hash == lexicon.of)
            && let Some(number) = tokens.get(i + 2).and_then(|t| lexicon.number(text, t))
            && (2.0..=MAX_PEOPLE).contains(&number)
        {
            push(CueKind::PeopleLed, Some(number), i, i + 2);
        }
        i += 1;
    }
}

impl Lexicon {
    fn number(&self, text: &str, token: &Token) -> Option<f32> {
        let word = token.of(text);
        if word.as_bytes().first().is_some_and(u8::is_ascii_digit) {
            return word.parse().ok().filter(|n| *n >= 0.0);
        }
        self.numbers.get(token.hash).copied()
    }

    /// The fewest years named before the word "years" at `at`, where it is about experience.
    fn years_before(&self, text: &str, tokens: &[Token], at: usize) -> Option<(f32, usize)> {
        let from = at.saturating_sub(5);
        let figures: Vec<(f32, usize)> = (from..at)
            .rev()
            .take_while(|i| tokens[*i].of(text) != "." || tokens.get(i + 1).is_some_and(|next| !next.gap))
            .filter_map(|i| self.number(text, &tokens[i]).map(|n| (n, i)))
            .collect();
        let (value, first) = figures.iter().copied().min_by(|a, b| a.0.total_cmp(&b.0))?;
        if value > MAX_YEARS || at - first > 5 {
            return None;
        }
        let near = tokens.get(first.saturating_sub(4)..(at + YEARS_WINDOW).min(tokens.len()))?;
        near.iter().any(|t| self.experience.contains(&t.hash)).then_some((value, first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens::tokenize;

    fn found(text: &str) -> Vec<(CueKind, Option<f32>)> {
        let (mut tokens, mut out) = (Vec::new(), Vec::new());
        tokenize(text, &mut tokens);
        read(text, &tokens, &mut out);
        for cue in &out {
            assert_eq!(&text[cue.start..cue.end], cue.text);
        }
        out.into_iter().map(|cue| (cue.kind, cue.value)).collect()
    }

    #[test]
    fn reads_years_of_experience_only() {
        for (text, expected) in [
            ("5+ years of experience with Rust", Some(5.0)),
            ("between 3 and 5 years' relevant experience", Some(3.0)),
            ("3-5 yrs experience", Some(3.0)),
            ("At least eight (8) years of professional work", Some(8.0)),
            ("Mindestens 3 Jahre Berufserfahrung", Some(3.0)),
            ("Our company is 25 years old", None),
            ("Founded 10 years ago in Berlin", None),
            ("years of experience", None),
        ] {
            let years =
                found(text).into_iter().find(|(kind, _)| *kind == CueKind::Years).and_then(|(_, v)| v);
            assert_eq!(years, expected, "{text}");
        }
    }

    #[test]
    fn reads_scope() {
        assert_eq!(found("lead a team of 12 nurses")[0], (CueKind::PeopleLed, None));
        assert_eq!(found("a team of 12 nurses")[0], (CueKind::PeopleLed, Some(12.0)));
        assert_eq!(found("reporting to the CTO")[0], (CueKind::ReportsTo, Some(7.0)));
        assert!(found("We build boats.").is_empty());
    }

    #[test]
    fn every_row_of_the_table_is_read() {
        for row in rows(include_str!("../../data/level/cues.tsv")) {
            assert_eq!(row.len(), 3, "{row:?}");
            assert!(CueKind::ALL.iter().any(|kind| kind.name() == row[0]), "{row:?}");
        }
    }
}
