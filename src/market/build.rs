//! From a corpus to a snapshot.

use super::{Card, Market};
use crate::coded::{Rows, code};
use crate::corpus::{Corpus, CorpusError, Status};
use crate::extract::{Input, Scratch, extract};
use crate::taxonomy::Taxonomy;
use rayon::prelude::*;

/// Postings extracted at once.
const BATCH: usize = 1024;

impl Market {
    /// Extracts and codes every posting of `corpus` whose body is in `language` (ISO 639-1; all
    /// languages when `None`), for a snapshot made on the day `made` (`YYYY-MM-DD`). `progress` is
    /// told how many postings were read.
    ///
    /// # Errors
    /// When the corpus cannot be read.
    pub fn build(
        corpus: &Corpus,
        taxonomy: &Taxonomy,
        language: Option<&str>,
        made: &str,
        mut progress: impl FnMut(u64),
    ) -> Result<Self, CorpusError> {
        let mut rows = Rows::default();
        let mut sources = Vec::new();
        let (mut seq, mut read) = (0, 0);
        loop {
            let batch = corpus.changes_since(seq, BATCH)?;
            let Some(last) = batch.last() else { break };
            seq = last.seq;
            read += batch.len() as u64;
            let coded: Vec<_> = batch
                .par_iter()
                .filter(|stored| stored.copy_of.is_none())
                .map_init(Scratch::default, |scratch, stored| {
                    let extraction = extract(taxonomy, &Input::of(&stored.posting), scratch);
                    let wanted = language.is_none_or(|wanted| extraction.language.as_deref() == Some(wanted));
                    wanted.then(|| (code(&stored.posting, &extraction), stored))
                })
                .collect();
            for (row, stored) in coded.into_iter().flatten() {
                rows.push_coded(rows.len() as u64, &row, !matches!(stored.status, Status::Closed { .. }));
                sources.push(stored.posting.key.source.clone());
            }
            progress(read);
        }
        let names: Vec<&str> = sources.iter().map(String::as_str).collect();
        Ok(Self { card: Card::of(&rows, &names, made), rows })
    }
}
