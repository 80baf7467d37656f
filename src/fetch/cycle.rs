//! What the end of a look at a board means: complete or partial, alive or gone, when to look again.

use crate::corpus::{BoardRow, BoardState, CycleEnd};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// Shortest and longest pause between looks at a board.
const PAUSE: (u64, u64) = (3600, 7 * 24 * 3600);

/// Pause after the first look.
const FIRST_PAUSE: u64 = 24 * 3600;

/// How far apart answers that a board does not exist must be to count as two.
const STRIKE_SPACING: SignedDuration = SignedDuration::from_hours(6);

/// Strikes that make a board gone; one more when it was fine a short while ago.
const STRIKES: u32 = 2;

/// See [`STRIKES`].
const RECENTLY_FINE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Looks in a row that must show a collapsed list before it is believed.
const COLLAPSED_LOOKS: u32 = 3;

/// A list has collapsed when it keeps less than one in this many open postings…
const COLLAPSE: u64 = 5;

/// … of at least this many.
const COLLAPSE_FROM: u64 = 20;

/// What was found out in a look.
#[derive(Clone, Debug)]
pub(super) enum Look {
    /// The list was read; `fault` says why it is not complete.
    Listed {
        /// First thing that went wrong.
        fault: Option<String>,
    },
    /// The list did not change.
    Unchanged,
    /// The portal says that there is no such board.
    NoSuchBoard(String),
}

/// What the end of a look means.
#[derive(Clone, Debug)]
pub(super) struct Judgement {
    pub(super) end: CycleEnd,
    /// Postings not seen in this look may be closed.
    pub(super) settle: bool,
    /// The board is gone: all its postings are closed.
    pub(super) gone: bool,
}

/// Judges a look at `row` that ended at `now`, when `open` of its postings were open before.
pub(super) fn judge(row: &BoardRow, look: &Look, open: u64, now: Timestamp) -> Judgement {
    match look {
        Look::Listed { fault: Some(why) } => partial(row, why, now),
        Look::Listed { fault: None } => listed(row, open, now),
        Look::Unchanged => {
            // The same complete list: what it lacked is missing once more.
            let mut judged = complete(row, now);
            "unchanged".clone_into(&mut judged.end.outcome);
            judged
        }
        Look::NoSuchBoard(why) => strike(row, why, now),
    }
}

fn listed(row: &BoardRow, open: u64, now: Timestamp) -> Judgement {
    if let Some(total) = row.cycle_total.filter(|total| row.cycle_found < *total) {
        return partial(row, &format!("{} of {total} rows", row.cycle_found), now);
    }
    let collapsed =
        (row.cycle_found == 0 && open > 0) || (open >= COLLAPSE_FROM && row.cycle_found * COLLAPSE < open);
    if collapsed && row.strikes + 1 < COLLAPSED_LOOKS {
        let why = format!("{} rows where {open} postings were open: to be confirmed", row.cycle_found);
        let mut judged = partial(row, &why, now);
        judged.end.state = BoardState::Suspect;
        judged.end.strikes = row.strikes + 1;
        return judged;
    }
    complete(row, now)
}

fn complete(row: &BoardRow, now: Timestamp) -> Judgement {
    let pause = match (row.last_complete, row.cycle_changes) {
        (None, _) => FIRST_PAUSE,
        (Some(_), 0) => row.pause.saturating_mul(3) / 2,
        (Some(_), _) => row.pause / 2,
    }
    .clamp(PAUSE.0, PAUSE.1);
    let end = CycleEnd {
        complete: true,
        outcome: "complete".into(),
        state: BoardState::Active,
        strikes: 0,
        struck: None,
        due: later(now, pause),
        pause,
    };
    Judgement { end, settle: true, gone: false }
}

/// Nothing is concluded from a look that failed but that it is to be tried again.
fn partial(row: &BoardRow, why: &str, now: Timestamp) -> Judgement {
    let end = CycleEnd {
        complete: false,
        outcome: format!("partial: {why}"),
        state: row.state,
        strikes: row.strikes,
        struck: row.struck,
        due: later(now, PAUSE.0),
        pause: row.pause,
    };
    Judgement { end, settle: false, gone: false }
}

fn strike(row: &BoardRow, why: &str, now: Timestamp) -> Judgement {
    let counts = row.struck.is_none_or(|last| now.duration_since(last) >= STRIKE_SPACING);
    let strikes = row.strikes + u32::from(counts);
    let recent = row.last_complete.is_some_and(|last| now.duration_since(last) < RECENTLY_FINE);
    let gone = strikes >= STRIKES + u32::from(recent);
    let (state, pause) = if gone {
        // A board that is gone is probed once a day: it may come back.
        (BoardState::Gone, FIRST_PAUSE)
    } else {
        (BoardState::Suspect, STRIKE_SPACING.as_secs().unsigned_abs())
    };
    let verdict = if gone { "gone" } else { "to be confirmed" };
    let end = CycleEnd {
        complete: false,
        outcome: format!("no such board ({why}): {verdict}"),
        state,
        strikes,
        struck: if counts { Some(now) } else { row.struck },
        due: later(now, pause),
        pause: row.pause,
    };
    Judgement { end, settle: false, gone }
}

fn later(now: Timestamp, seconds: u64) -> Timestamp {
    now.checked_add(Duration::from_secs(seconds)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + hours * 3600).unwrap()
    }

    fn row(found: u64) -> BoardRow {
        BoardRow {
            source: "ashby".into(),
            board: "acme".into(),
            name: None,
            state: BoardState::Active,
            strikes: 0,
            struck: None,
            cycle: Some(at(0)),
            cycle_found: found,
            cycle_total: None,
            cycle_fault: None,
            cycle_changes: 0,
            cycle_capped: false,
            cycle_rejected: 0,
            cycle_unread: 0,
            last_try: None,
            last_complete: None,
            outcome: None,
            due: at(0),
            pause: 0,
        }
    }

    const LISTED: Look = Look::Listed { fault: None };

    #[test]
    fn only_a_proven_listing_settles() {
        assert!(judge(&row(10), &LISTED, 12, at(1)).settle);
        assert!(!judge(&row(10), &Look::Listed { fault: Some("page 3".into()) }, 12, at(1)).settle);
        let short = BoardRow { cycle_total: Some(644), ..row(104) };
        let judged = judge(&short, &LISTED, 12, at(1));
        assert_eq!((judged.settle, judged.end.outcome.as_str()), (false, "partial: 104 of 644 rows"));
        let exact = BoardRow { cycle_total: Some(104), ..row(104) };
        assert!(judge(&exact, &LISTED, 12, at(1)).settle);
    }

    #[test]
    fn a_collapsed_list_is_believed_the_third_time() {
        for (found, open) in [(0, 3), (104, 9_526)] {
            let mut row = row(found);
            for look in 1..=3 {
                let judged = judge(&row, &LISTED, open, at(look));
                assert_eq!(judged.settle, look == 3, "look {look} at {found} of {open}");
                row.strikes = judged.end.strikes;
            }
        }
        assert!(judge(&row(0), &LISTED, 0, at(1)).settle, "an empty board may be empty");
        assert!(judge(&row(3), &LISTED, 19, at(1)).settle, "small boards shrink");
    }

    #[test]
    fn a_board_is_gone_after_two_answers_hours_apart() {
        let no = Look::NoSuchBoard("404".into());
        let mut row = row(0);
        let see = |row: &mut BoardRow, hours| {
            let judged = judge(row, &no, 5, at(hours));
            (row.state, row.strikes, row.struck) = (judged.end.state, judged.end.strikes, judged.end.struck);
            judged.gone
        };
        assert!(!see(&mut row, 0));
        assert!(!see(&mut row, 1), "too soon to count");
        assert_eq!(row.state, BoardState::Suspect);
        assert!(see(&mut row, 7));
        assert_eq!(row.state, BoardState::Gone);
        let recently =
            BoardRow { strikes: 1, struck: Some(at(-9)), last_complete: Some(at(-9)), ..self::row(0) };
        assert!(!judge(&recently, &no, 5, at(0)).gone, "it was fine a few hours ago");
    }

    #[test]
    fn the_pause_follows_the_board() {
        let seen = |changes, pause| BoardRow {
            last_complete: Some(at(-1)),
            cycle_changes: changes,
            pause,
            ..row(5)
        };
        for (row, expected) in [
            (row(5), FIRST_PAUSE),
            (seen(0, 86_400), 129_600),
            (seen(2, 86_400), 43_200),
            (seen(2, 4_000), PAUSE.0),
            (seen(0, 600_000), PAUSE.1),
        ] {
            assert_eq!(judge(&row, &LISTED, 5, at(0)).end.pause, expected);
        }
    }
}
