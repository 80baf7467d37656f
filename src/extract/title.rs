//! A first guess of the level from the title's words.

use crate::level::{LevelEstimate, Origin, Reason, Track};
use crate::text::tokens::{Token, tokenize};

/// Title words, the level they speak for, and the track where they tell it.
const WORDS: &[(&str, u8, Option<Track>)] = &[
    ("intern", 1, None),
    ("internship", 1, None),
    ("trainee", 1, None),
    ("apprentice", 1, None),
    ("praktikant", 1, None),
    ("werkstudent", 1, None),
    ("junior", 2, None),
    ("jr", 2, None),
    ("graduate", 2, None),
    ("entry", 2, None),
    ("senior", 4, None),
    ("sr", 4, None),
    ("lead", 5, None),
    ("staff", 5, Some(Track::Ic)),
    ("manager", 5, Some(Track::Management)),
    ("principal", 6, Some(Track::Ic)),
    ("director", 7, Some(Track::Management)),
    ("head", 7, Some(Track::Management)),
    ("fellow", 8, Some(Track::Ic)),
    ("vp", 8, Some(Track::Management)),
    ("chief", 8, Some(Track::Management)),
    ("president", 8, Some(Track::Management)),
];

/// The level the title speaks for; 3 where no word tells.
pub(super) fn level(title: &str) -> LevelEstimate {
    let mut tokens: Vec<Token> = Vec::new();
    tokenize(title, &mut tokens);
    if tokens.is_empty() {
        return LevelEstimate::unknown();
    }
    let found = tokens.iter().filter_map(|token| {
        let word = token.of(title);
        let known = WORDS.iter().find(|(known, ..)| word.eq_ignore_ascii_case(known))?;
        Some((token, known))
    });
    match found.max_by_key(|(_, (_, level, _))| *level) {
        Some((token, (_, level, track))) => LevelEstimate {
            value: Some(*level),
            low: level.saturating_sub(1).max(1),
            high: (level + 1).min(8),
            track: *track,
            confidence: 0.6,
            reasons: vec![Reason::at(
                Origin::Title,
                token.of(title),
                token.start as usize..token.end as usize,
                format!("title word for level {level}"),
            )],
        },
        None => {
            LevelEstimate { value: Some(3), low: 2, high: 4, track: None, confidence: 0.4, reasons: vec![] }
        }
    }
}
