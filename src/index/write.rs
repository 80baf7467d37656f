//! From the corpus into the index: only what changed.

use super::{IndexError, PostingIndex, pay};
use crate::coded::{RowFacts, code};
use crate::corpus::Corpus;
use crate::extract::{Extraction, Input, Scratch, Strength, extract};
use crate::posting::Posting;
use crate::taxonomy::Taxonomy;
use crate::text::Document;
use rayon::prelude::*;
use tantivy::indexer::LogMergePolicy;
use tantivy::{IndexWriter, TantivyDocument, Term};

/// Memory for postings not yet written, over all writer threads.
const WRITER_BYTES: usize = 96 << 20;
/// Postings extracted at once.
const BATCH: usize = 512;
/// Postings between commits: at most this many are indexed again after a crash.
const COMMIT_EVERY: u64 = 20_000;
/// A segment with more deleted postings than this share is merged. The engine's own default
/// never merges for deletions.
const DELETED_SHARE: f32 = 0.3;

/// What an update did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct UpdateReport {
    /// Postings written: new, changed, closed and reopened ones.
    pub written: u64,
    /// Postings in the index afterwards.
    pub total: u64,
}

/// The state of the corpus that the index holds; travels in the payload of every commit.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Committed {
    /// Sequence number of the last posting taken.
    pub seq: u64,
    /// [`Corpus::snapshot_id`] at that time; empty while an update has not come to its end.
    pub snapshot: String,
    /// [`Corpus::name`] of the corpus that the postings were taken from.
    pub corpus: String,
}

impl PostingIndex {
    /// Brings the index up to date with `corpus`; `progress` is told how many were written.
    ///
    /// # Errors
    /// When the corpus cannot be read or the index cannot be written. What was committed before
    /// is kept, and the next update goes on from there.
    pub fn update(
        &mut self,
        corpus: &Corpus,
        mut progress: impl FnMut(u64),
    ) -> Result<UpdateReport, IndexError> {
        let taxonomy = Taxonomy::builtin();
        let mut writer: IndexWriter =
            self.index.writer_with_num_threads(1, WRITER_BYTES).map_err(|e| self.engine(e))?;
        let mut policy = LogMergePolicy::default();
        policy.set_del_docs_ratio_before_merge(DELETED_SHARE);
        writer.set_merge_policy(Box::new(policy));
        let snapshot = corpus.snapshot_id()?;
        let mut state = self.committed()?;
        let name = corpus.name()?;
        if state.corpus != name || state.seq > corpus.stats()?.seq {
            // Another corpus than last time, or one that lost postings: nothing in the index is known
            // to be right.
            writer.delete_all_documents().map_err(|e| self.engine(e))?;
            state = Committed { corpus: name, ..Committed::default() };
        }
        let mut report = UpdateReport::default();
        let mut since_commit = 0;
        loop {
            let changed = corpus.changes_since(state.seq, BATCH)?;
            let Some(last) = changed.last() else { break };
            state = Committed { seq: last.seq, snapshot: String::new(), ..state };
            let documents: Vec<(Term, TantivyDocument)> = changed
                .par_iter()
                .filter(|stored| stored.copy_of.is_none())
                .map_init(Scratch::default, |scratch, stored| {
                    let extraction = extract(taxonomy, &Input::of(&stored.posting), scratch);
                    self.document(&stored.posting, &extraction, stored.status.is_open())
                })
                .collect();
            for stored in changed.iter().filter(|stored| stored.copy_of.is_some()) {
                writer.delete_term(self.handle(&stored.posting));
            }
            for (key, document) in documents {
                writer.delete_term(key);
                writer.add_document(document).map_err(|e| self.engine(e))?;
            }
            report.written += changed.len() as u64;
            since_commit += changed.len() as u64;
            progress(report.written);
            if since_commit >= COMMIT_EVERY {
                self.commit(&mut writer, &state)?;
                since_commit = 0;
            }
        }
        if state.snapshot != snapshot {
            state.snapshot = snapshot;
            self.commit(&mut writer, &state)?;
        }
        writer.wait_merging_threads().map_err(|e| self.engine(e))?;
        self.reader.reload().map_err(|e| self.engine(e))?;
        report.total = self.len();
        Ok(report)
    }

    /// Adds postings with what was extracted from them, open, and commits them under `snapshot`: for
    /// indexes that have no corpus, as benchmarks and tests make them.
    ///
    /// # Errors
    /// When the index cannot be written.
    pub fn fill(
        &mut self,
        postings: impl Iterator<Item = (Posting, Extraction)>,
        snapshot: &str,
    ) -> Result<(), IndexError> {
        let mut writer: IndexWriter =
            self.index.writer_with_num_threads(1, WRITER_BYTES).map_err(|e| self.engine(e))?;
        for (posting, extraction) in postings {
            let (_, document) = self.document(&posting, &extraction, true);
            writer.add_document(document).map_err(|e| self.engine(e))?;
        }
        self.commit(
            &mut writer,
            &Committed { seq: 0, snapshot: snapshot.to_owned(), corpus: String::new() },
        )?;
        writer.wait_merging_threads().map_err(|e| self.engine(e))?;
        self.reader.reload().map_err(|e| self.engine(e))
    }

    fn commit(&self, writer: &mut IndexWriter, state: &Committed) -> Result<(), IndexError> {
        let mut commit = writer.prepare_commit().map_err(|e| self.engine(e))?;
        commit.set_payload(&format!("{} {} {}", state.seq, state.snapshot, state.corpus));
        commit.commit().map_err(|e| self.engine(e))?;
        Ok(())
    }

    /// Up to where the corpus is in the index.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn committed(&self) -> Result<Committed, IndexError> {
        let meta = self.index.load_metas().map_err(|e| self.engine(e))?;
        let payload = meta.payload.unwrap_or_default();
        let mut parts = payload.split(' ');
        let mut part = || parts.next().unwrap_or_default().to_owned();
        Ok(Committed { seq: part().parse().unwrap_or(0), snapshot: part(), corpus: part() })
    }

    /// What names a posting in the index.
    fn handle(&self, posting: &Posting) -> Term {
        Term::from_field_text(self.fields.key, &posting.key.to_string())
    }

    fn document(&self, posting: &Posting, extraction: &Extraction, open: bool) -> (Term, TantivyDocument) {
        let coded = code(posting, extraction);
        let f = &self.fields;
        let mut doc = TantivyDocument::default();
        doc.add_text(f.key, posting.key.to_string());
        doc.add_text(f.title, &posting.title);
        doc.add_text(f.body, Document::new(&posting.description, posting.markup).visible());
        if let Some(company) = &posting.company {
            doc.add_text(f.company, company);
        }
        doc.add_text(f.location, posting.locations.join(" · "));
        if !coded.family.is_empty() {
            doc.add_text(f.family, &coded.family);
        }
        doc.add_u64(f.facts, RowFacts::new(&coded, open).0);
        if let Some(employer) = coded.employer {
            doc.add_u64(f.employer, employer);
        }
        doc.add_u64(f.fingerprint, coded.fingerprint.0);
        for skill in &coded.skills {
            doc.add_u64(f.skills, skill.pack());
        }
        for experience in &coded.experience {
            doc.add_u64(f.experience, experience.pack());
        }
        for gate in &coded.gates {
            doc.add_text(f.gates, gate.to_word());
        }
        let pay = posting.facts.pay.as_ref().and_then(pay::pack);
        if let Some(packed) =
            pay.or_else(|| extraction.facts.pay.as_ref().and_then(|fact| pay::pack(&fact.value)))
        {
            doc.add_u64(f.pay, packed);
        }
        for skill in extraction.skills.iter().filter(|s| s.strength > Strength::Context) {
            doc.add_text(f.skill, &skill.id);
        }
        (self.handle(posting), doc)
    }
}
