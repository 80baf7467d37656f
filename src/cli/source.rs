//! What questions are answered from: the user's own index, or the market snapshot that comes with
//! the program.

use super::{CliError, Home, ui};
use crate::index::{IndexError, PostingIndex};
use crate::market::{Market, MarketError};
use crate::query::Source;

/// An open source of rows.
pub(super) enum Loaded {
    /// The user's own postings.
    Index(PostingIndex),
    /// The bundled figures, and how answers name them.
    Market(Box<Market>, String),
}

impl Loaded {
    /// Opens the index of `home`; where there is none, the bundled snapshot, and says so.
    pub(super) fn open(home: &Home) -> Result<Self, CliError> {
        match PostingIndex::open(&home.index()) {
            Ok(index) if !index.is_empty() => return Ok(Self::Index(index)),
            Ok(_) | Err(IndexError::Missing(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let market = Market::bundled()?;
        ui::say(format_args!(
            "no postings of your own yet; using the bundled market snapshot: {} postings of {} employers, {} to {}, made {}",
            market.card.postings,
            market.card.employers,
            market.card.months.first.as_deref().unwrap_or("?"),
            market.card.months.last.as_deref().unwrap_or("?"),
            market.card.made,
        ));
        let name = market.name();
        Ok(Self::Market(Box::new(market), name))
    }

    /// The source.
    pub(super) fn source(&self) -> Source<'_> {
        match self {
            Self::Index(index) => Source::Index(index),
            Self::Market(market, name) => Source::Rows(&market.rows, name),
        }
    }
}

impl From<MarketError> for CliError {
    fn from(error: MarketError) -> Self {
        Self::Stage(error.to_string())
    }
}
