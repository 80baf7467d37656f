//! The fast fields of one segment.

use super::schema;
use crate::coded::{Fingerprint, RowFacts, RowHead};
use std::sync::Arc;
use tantivy::columnar::{Column, ColumnValues, StrColumn};
use tantivy::{DocId, SegmentReader};

/// Columns of one segment, open for reading.
pub(super) struct Columns {
    facts: Arc<dyn ColumnValues<u64>>,
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
            facts: column(schema::FACTS)?.first_or_default_col(0),
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
        RowFacts(self.facts.get_val(doc))
    }

    /// `None` where nobody is named: no employer has the hash 0.
    pub(super) fn employer(&self, doc: DocId) -> Option<u64> {
        Some(self.employer.get_val(doc)).filter(|hash| *hash != 0)
    }

    pub(super) fn skills(&self, doc: DocId) -> impl Iterator<Item = u64> + '_ {
        self.skills.values_for_doc(doc)
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

    pub(super) fn head(&self, segment: u32, doc: DocId, family: u32) -> RowHead {
        RowHead {
            id: u64::from(segment) << 32 | u64::from(doc),
            facts: self.facts(doc),
            employer: self.employer(doc),
            fingerprint: Fingerprint(self.fingerprint.get_val(doc)),
            family,
        }
    }
}

/// Every word of a segment's dictionary, by ordinal.
pub(super) fn dictionary(column: Option<&StrColumn>) -> Vec<String> {
    let Some(column) = column else { return Vec::new() };
    let mut words = Vec::new();
    let mut word = String::new();
    for ord in 0..column.num_terms() as u64 {
        word.clear();
        // An ordinal that cannot be read keeps its place, so that the others stay right.
        let _ = column.ord_to_str(ord, &mut word);
        words.push(word.clone());
    }
    words
}
