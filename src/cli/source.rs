//! What questions are answered from: the user's own index, or the market snapshot that comes with
//! the program.

use super::{CliError, Home, ui};
use crate::index::{IndexError, PostingIndex};
use crate::level::Track;
use crate::market::{Market, MarketError};
use crate::query::gap::tracks;
use crate::query::scope::{self, Scope};
use crate::query::stats::{MIN_EMPLOYERS, is_enough};
use crate::query::{Snapshot, Source};
use std::ops::RangeInclusive;

/// Which of the two answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum From {
    /// The bundled market snapshot
    Market,
    /// Your own postings
    Own,
}

/// An open source of rows.
pub(super) enum Loaded {
    /// The user's own postings.
    Index(Box<PostingIndex>),
    /// The bundled figures, and how answers name them.
    Market(Box<Market>, Box<Snapshot>),
}

impl Loaded {
    /// Opens what `from` says. By default the index of `home` where its postings of `scope` at
    /// `levels` have enough employers for an answer, else the bundled market. Says which and why.
    pub(super) fn open(
        home: &Home,
        from: Option<From>,
        scope: &Scope,
        levels: &RangeInclusive<u8>,
    ) -> Result<Self, CliError> {
        if from == Some(From::Market) {
            return Self::market("not from postings of your own");
        }
        let index = match PostingIndex::open(&home.index()) {
            Ok(index) if !index.is_empty() => index,
            Ok(_) | Err(IndexError::Missing(_)) if from.is_none() => {
                return Self::market("no postings of your own yet");
            }
            Ok(index) => index,
            Err(error) => return Err(error.into()),
        };
        let postings = index.len();
        if from == Some(From::Own) {
            ui::say(format_args!("answered from your own {postings} postings, as asked with --from own"));
            return Ok(Self::Index(Box::new(index)));
        }
        let employers = employers(&index, scope, levels)?;
        if is_enough(employers) {
            ui::say(format_args!(
                "answered from your own {postings} postings, where enough employers ask for such roles (--from market for the bundled market)"
            ));
            return Ok(Self::Index(Box::new(index)));
        }
        Self::market(&format!(
            "of your own {postings} postings too few ask for such roles: {MIN_EMPLOYERS} employers are needed (--from own to insist)"
        ))
    }

    fn market(why: &str) -> Result<Self, CliError> {
        let market = Market::bundled()?;
        let card = &market.card;
        ui::say(format_args!(
            "answered from the bundled market snapshot ({why}): {} postings of {} employers, {} to {}, made {}",
            card.postings,
            card.employers,
            card.months.first.as_deref().unwrap_or("?"),
            card.months.last.as_deref().unwrap_or("?"),
            card.made,
        ));
        let snapshot = Snapshot::of_market(card);
        Ok(Self::Market(Box::new(market), Box::new(snapshot)))
    }

    /// The source.
    pub(super) fn source(&self) -> Source<'_> {
        match self {
            Self::Index(index) => Source::Index(index),
            Self::Market(market, snapshot) => Source::Rows(&market.rows, snapshot),
        }
    }

    /// The user's own index, when that answers.
    pub(super) fn index(&self) -> Option<&PostingIndex> {
        match self {
            Self::Index(index) => Some(index),
            Self::Market(..) => None,
        }
    }
}

/// Employers of the target cohort in the user's own postings: of the tracks asked about, the most.
fn employers(index: &PostingIndex, scope: &Scope, levels: &RangeInclusive<u8>) -> Result<usize, CliError> {
    let rows = scope.rows(Source::Index(index))?;
    let of = |track: Option<Track>| scope::part(&rows, levels, track).employers().len();
    Ok(tracks(scope.track, levels).into_iter().map(of).max().unwrap_or(0))
}

impl std::convert::From<MarketError> for CliError {
    fn from(error: MarketError) -> Self {
        Self::Stage(error.to_string())
    }
}
