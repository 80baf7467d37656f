//! Words that say how strongly and how deep a skill is asked for.

use crate::text::Phrases;
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// `what<TAB>value<TAB>phrase|phrase|…`; the head of the file says what the values mean.
const TABLE: &str = include_str!("../../data/extract/cues.tsv");

/// How strongly words ask for the skills near them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Preferred,
    Required,
    Not,
}

/// What a phrase says, of what stands after it (`ahead`) and before it (`behind`).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cue {
    pub(super) ahead: Option<Asked>,
    pub(super) behind: Option<Asked>,
    pub(super) depth_ahead: Option<u8>,
    pub(super) depth_behind: Option<u8>,
    /// Examples follow.
    pub(super) example: bool,
    /// Any one of what follows will do.
    pub(super) one_of: bool,
    /// What was said does not reach beyond this.
    pub(super) stop: bool,
}

/// The cue phrases of all languages.
pub(super) fn cues() -> &'static Phrases<Cue> {
    static CUES: OnceLock<Phrases<Cue>> = OnceLock::new();
    CUES.get_or_init(|| {
        let mut merged: FxHashMap<&str, Cue> = FxHashMap::default();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.splitn(3, '\t');
            let (Some(what), Some(value), Some(phrases)) = (cells.next(), cells.next(), cells.next()) else {
                continue;
            };
            for phrase in phrases.split('|') {
                add(merged.entry(phrase).or_default(), what, value);
            }
        }
        Phrases::new(merged)
    })
}

fn add(cue: &mut Cue, what: &str, value: &str) {
    let (value, direction) = value.split_at(value.len().saturating_sub(1));
    let (ahead, behind) = (direction != "b", direction != "f");
    match what {
        "strength" => {
            let asked = match value {
                "p" => Asked::Preferred,
                "r" => Asked::Required,
                _ => Asked::Not,
            };
            cue.ahead = if ahead { Some(asked) } else { cue.ahead };
            cue.behind = if behind { Some(asked) } else { cue.behind };
        }
        "depth" => {
            let depth = value.parse().ok();
            cue.depth_ahead = if ahead { depth } else { cue.depth_ahead };
            cue.depth_behind = if behind { depth } else { cue.depth_behind };
        }
        "example" => cue.example = true,
        "oneof" => cue.one_of = true,
        "stop" => cue.stop = true,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_says_something() {
        for (i, line) in TABLE.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            let known = match cells[..] {
                ["strength", "pf" | "pb" | "pa" | "rf" | "rb" | "ra" | "nf" | "nb", _] => true,
                ["depth", value, _] => {
                    matches!(value.as_bytes(), [b'1'..=b'4', b'a' | b'f' | b'b'])
                }
                ["example" | "oneof" | "stop", "f", _] => true,
                _ => false,
            };
            assert!(known, "line {}: {line}", i + 1);
        }
    }
}
