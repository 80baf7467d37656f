//! What questions are answered from: the user's own index.

use super::{CliError, Home};
use crate::index::PostingIndex;
use crate::query::Source;

/// An open source of rows.
pub(super) struct Loaded {
    index: PostingIndex,
}

impl Loaded {
    /// Opens the index of `home`.
    pub(super) fn open(home: &Home) -> Result<Self, CliError> {
        Ok(Self { index: PostingIndex::open(&home.index())? })
    }

    /// The source.
    pub(super) fn source(&self) -> Source<'_> {
        Source::Index(&self.index)
    }
}
