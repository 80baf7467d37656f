//! The fast fields of one segment.

use super::schema;
use crate::coded::RowFacts;
use std::sync::Arc;
use tantivy::columnar::{Column, ColumnIndex, ColumnValues, StrColumn};
use tantivy::{DocId, SegmentReader};

/// Columns of one segment, open for reading.
pub(super) struct Columns {
    facts: Column<u64>,
    employer: Arc<dyn ColumnValues<u64>>,
    fingerprint: Arc<dyn ColumnValues<u64>>,
    /// Ordinals of the segment's own dictionary.
    pub(super) family: Option<StrColumn>,
    pub(super) gates: Option<StrColumn>,
    skills: Column<u64>,
    experience: Column<u64>,
    pay: Column<u64>,
}

impl Columns {
    pub(super) fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        // A segment in which no posting has a value has no column.
        let column = |name| {
            let column = fast.column_opt::<u64>(name)?;
            Ok::<_, tantivy::TantivyError>(
                column.unwrap_or_else(|| Column::build_empty_column(segment.max_doc())),
            )
        };
        Ok(Self {
            facts: column(schema::FACTS)?,
            employer: column(schema::EMPLOYER)?.first_or_default_col(0),
            fingerprint: column(schema::FINGERPRINT)?.first_or_default_col(0),
            family: fast.str(schema::FAMILY)?,
            gates: fast.str(schema::GATES)?,
            skills: column(schema::SKILLS)?,
            experience: column(schema::EXPERIENCE)?,
            pay: column(schema::PAY)?,
        })
    }

    pub(super) fn facts(&self, doc: DocId) -> RowFacts {
        RowFacts(self.facts.first(doc).unwrap_or_default())
    }

    /// Packed facts of each of `docs`, of which there are as many as in `facts`.
    pub(super) fn all_facts(&self, docs: &[DocId], facts: &mut [u64]) {
        match &self.facts.index {
            // Every posting has facts: they are read at once.
            ColumnIndex::Full => self.facts.values.get_vals(docs, facts),
            _ => docs.iter().zip(facts).for_each(|(doc, facts)| *facts = self.facts(*doc).0),
        }
    }

    pub(super) fn fingerprint(&self, doc: DocId) -> u64 {
        self.fingerprint.get_val(doc)
    }

    /// `None` where nobody is named: no employer has the hash 0.
    pub(super) fn employer(&self, doc: DocId) -> Option<u64> {
        Some(self.employer.get_val(doc)).filter(|hash| *hash != 0)
    }

    pub(super) fn skills(&self, doc: DocId) -> impl Iterator<Item = u64> + '_ {
        self.skills.values_for_doc(doc)
    }

    /// Puts the packed skills of a posting into `packed`, whatever was there: one call for all of them.
    pub(super) fn all_skills(&self, doc: DocId, packed: &mut Vec<u64>) {
        let rows = self.skills.index.value_row_ids(doc);
        packed.clear();
        packed.resize(rows.len(), 0);
        self.skills.values.get_range(u64::from(rows.start), packed);
    }

    pub(super) fn experience(&self, doc: DocId) -> impl Iterator<Item = u64> + '_ {
        self.experience.values_for_doc(doc)
    }

    pub(super) fn gates(&self, doc: DocId) -> impl Iterator<Item = u64> + '_ {
        self.gates.iter().flat_map(move |column| column.ords().values_for_doc(doc))
    }

    pub(super) fn pay(&self, doc: DocId) -> Option<u64> {
        self.pay.first(doc)
    }

    /// Ordinal of the family in the segment's dictionary.
    pub(super) fn family_ord(&self, doc: DocId) -> Option<u64> {
        self.family.as_ref().and_then(|column| column.ords().first(doc))
    }
}

/// Every word of a segment's dictionary, by ordinal.
pub(super) fn dictionary(column: Option<&StrColumn>) -> Vec<String> {
    let Some(column) = column else { return Vec::new() };
    let mut words = Vec::with_capacity(column.num_terms());
    if let Ok(mut stream) = column.dictionary().stream() {
        while stream.advance() {
            words.push(String::from_utf8_lossy(stream.key()).into_owned());
        }
    }
    // A dictionary that cannot be read to its end leaves the rest unnamed.
    words.resize(column.num_terms(), String::new());
    words
}
