//! From fast fields into [`Rows`]: one pass, no text is read, nothing is allocated per posting.

use super::columns::{Columns, dictionary};
use super::{IndexError, PostingIndex, SearchWords};
use crate::coded::{Filter, Rows};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader, Term};

impl PostingIndex {
    /// The postings that pass `filter` and match `words`, as rows. A row's id is the handle for
    /// [`keys`](Self::keys).
    ///
    /// # Errors
    /// When the index cannot be read or the words are no query.
    pub fn rows(&self, filter: &Filter, words: &SearchWords) -> Result<Rows, IndexError> {
        let mut query = self.query(words)?;
        if let Some(family) = &filter.family {
            let term = Term::from_field_text(self.fields.family, family);
            let family: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
            query = Box::new(BooleanQuery::intersection(vec![family, query]));
        }
        let collector = RowCollector { filter: filter.clone() };
        self.reader.searcher().search(&query, &collector).map_err(|e| self.engine(e))
    }
}

struct RowCollector {
    filter: Filter,
}

struct SegmentRows {
    segment: u32,
    filter: Filter,
    columns: Columns,
    /// Number in `rows.families` of every ordinal; the last entry is "unknown".
    families: Vec<u32>,
    rows: Rows,
}

impl Collector for RowCollector {
    type Fruit = Rows;
    type Child = SegmentRows;

    fn for_segment(&self, ordinal: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentRows> {
        let columns = Columns::open(segment)?;
        let mut rows = Rows::default();
        let mut families: Vec<u32> =
            dictionary(columns.family.as_ref()).iter().map(|word| rows.families.number(word)).collect();
        families.push(rows.families.number(""));
        Ok(SegmentRows { segment: ordinal, filter: self.filter.clone(), columns, families, rows })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, parts: Vec<Rows>) -> tantivy::Result<Rows> {
        let mut parts = parts.into_iter();
        let mut all = parts.next().unwrap_or_default();
        for part in parts {
            all.append(&part);
        }
        Ok(all)
    }
}

impl SegmentCollector for SegmentRows {
    type Fruit = Rows;

    fn collect(&mut self, doc: DocId, _: Score) {
        let columns = &self.columns;
        let facts = columns.facts(doc);
        if !self.filter.failed_facts(facts).none() {
            return;
        }
        let unknown = self.families.len() - 1;
        let ordinal = columns.family_ord(doc).map_or(unknown, |ord| ord as usize);
        let family = self.families.get(ordinal).copied().unwrap_or_default();
        let skills = || columns.skills(doc);
        if self.filter.failed(&self.rows.families, facts, family, columns.employer(doc), skills()).none() {
            // Gates hold the segment's ordinals until the harvest.
            self.rows.push(
                columns.head(self.segment, doc, family),
                skills(),
                columns.experience(doc),
                columns.gates(doc).map(|ord| ord as u32),
            );
        }
    }

    fn harvest(mut self) -> Rows {
        let words = dictionary(self.columns.gates.as_ref());
        self.rows.name_gates(|ord| words.get(ord as usize).map_or("", String::as_str));
        self.rows
    }
}
