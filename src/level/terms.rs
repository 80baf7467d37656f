//! The words of titles: what each says about rank. Tables `data/level/terms.tsv` and
//! `sectors.tsv`.

use super::Track;
use super::table::{first_wins, rows};
use crate::text::Phrases;
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// What a term does in a title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Open to anybody: a talent pool, or all levels.
    Open,
    /// What follows names somebody else ("assistant *to* the director").
    Stop,
    /// Looks like rank and is none ("*lead generation* specialist").
    Mask,
    /// A role of several words with a level of its own ("staff nurse").
    Fixed,
    /// An occupation ("engineer").
    Head,
    /// A field that stands for an occupation where no other is named ("Principal, Finance").
    Weak,
    /// A rank put to an occupation ("senior").
    Mark,
    /// A word that makes the manager beside it one of things ("product manager").
    Thing,
    /// A word that makes the manager beside it one of people ("store manager").
    Team,
    /// The end of a compound ("Vertriebs*leiter*").
    Suffix,
    /// A piece of a word of scripts without spaces.
    Piece,
    /// Names a sector.
    Sector,
}

/// One row of the table.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) role: Role,
    /// Kind of role or rank, e.g. `engineer`, `director-fn`, `senior`; also the model's feature.
    pub(super) class: &'static str,
    /// Usual level, 1–8; 0 where it depends on what it is put to.
    pub(super) level: f32,
    pub(super) track: Option<Track>,
}

/// All terms, ready for matching.
#[derive(Debug, Default)]
pub(super) struct Terms {
    pub(super) all: Vec<Term>,
    /// Everything that decides rank.
    pub(super) ranks: Phrases<u32>,
    /// Words before "manager".
    pub(super) beside: Phrases<u32>,
    pub(super) sectors: Phrases<u32>,
    /// Ends of compounds, longest first.
    pub(super) suffixes: Vec<(&'static str, u32)>,
    /// Pieces of words, longest first.
    pub(super) pieces: Vec<(&'static str, u32)>,
    /// Level and track of a class within a sector.
    pub(super) sector_levels: FxHashMap<(&'static str, &'static str), (f32, Option<Track>)>,
}

impl Terms {
    pub(super) fn builtin() -> &'static Self {
        static TERMS: OnceLock<Terms> = OnceLock::new();
        TERMS.get_or_init(Self::load)
    }

    fn load() -> Self {
        let mut terms = Self::default();
        let (mut ranks, mut beside, mut sectors) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows(include_str!("../../data/level/terms.tsv")) {
            let [role, class, level, track, forms] = row[..] else { continue };
            let Some(role) = role_of(role) else { continue };
            let id = u32::try_from(terms.all.len()).unwrap_or(u32::MAX);
            terms.all.push(Term { role, class, level: number(level), track: track_of(track) });
            for form in forms.split('|') {
                match role {
                    Role::Suffix => terms.suffixes.push((form, id)),
                    Role::Piece => terms.pieces.push((form, id)),
                    Role::Sector => sectors.push((form, id)),
                    Role::Thing | Role::Team => beside.push((form, id)),
                    _ => ranks.push((form, id)),
                }
            }
        }
        terms.ranks = first_wins(ranks);
        terms.beside = first_wins(beside);
        terms.sectors = first_wins(sectors);
        terms.suffixes.sort_by_key(|(form, _)| std::cmp::Reverse(form.len()));
        terms.pieces.sort_by_key(|(form, _)| std::cmp::Reverse(form.len()));
        for row in rows(include_str!("../../data/level/sectors.tsv")) {
            let [sector, class, level, track] = row[..] else { continue };
            terms.sector_levels.insert((sector, class), (number(level), track_of(track)));
        }
        terms
    }

    pub(super) fn term(&self, id: u32) -> &Term {
        &self.all[id as usize]
    }
}

fn number(cell: &str) -> f32 {
    cell.parse().unwrap_or(0.0)
}

fn track_of(cell: &str) -> Option<Track> {
    match cell {
        "i" => Some(Track::Ic),
        "m" => Some(Track::Management),
        _ => None,
    }
}

fn role_of(cell: &str) -> Option<Role> {
    Some(match cell {
        "open" => Role::Open,
        "stop" => Role::Stop,
        "mask" => Role::Mask,
        "fixed" => Role::Fixed,
        "head" => Role::Head,
        "weak" => Role::Weak,
        "mark" => Role::Mark,
        "thing" => Role::Thing,
        "team" => Role::Team,
        "suffix" => Role::Suffix,
        "piece" => Role::Piece,
        "sector" => Role::Sector,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_tables_is_read() {
        for row in rows(include_str!("../../data/level/terms.tsv")) {
            assert_eq!(row.len(), 5, "{row:?}");
            assert!(role_of(row[0]).is_some(), "{row:?}");
            assert!((0.0..=8.0).contains(&number(row[2])), "{row:?}");
        }
        for row in rows(include_str!("../../data/level/sectors.tsv")) {
            assert_eq!(row.len(), 4, "{row:?}");
            assert!((1.0..=8.0).contains(&number(row[2])), "{row:?}");
        }
        assert!(Terms::builtin().all.len() > 150);
    }
}
