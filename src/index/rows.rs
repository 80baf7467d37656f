//! From fast fields into [`Rows`]: one pass on all cores, in blocks of postings; no text is read, and
//! nothing is allocated per posting.

use super::columns::{Columns, dictionary};
use super::{IndexError, PostingIndex, SearchWords};
use crate::coded::{Filter, Fingerprint, RowFacts, RowHead, Rows, Words};
use rayon::prelude::*;
use tantivy::query::{AllQuery, BooleanQuery, EnableScoring, Query, TermQuery, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, SegmentReader, TERMINATED, Term};

/// Postings that one worker reads in one go: the pieces are the same on every machine.
const CHUNK: DocId = 1 << 15;
/// Postings whose facts are read at once.
const BLOCK: usize = 256;

impl PostingIndex {
    /// The postings that pass `filter` and match `words`, as rows. A row's id is the handle for
    /// [`keys`](Self::keys).
    ///
    /// # Errors
    /// When the index cannot be read or the words are no query.
    pub fn rows(&self, filter: &Filter, words: &SearchWords) -> Result<Rows, IndexError> {
        let query = self.of_family(filter, self.query(words)?);
        let searcher = self.reader.searcher();
        let weight =
            query.weight(EnableScoring::disabled_from_searcher(&searcher)).map_err(|e| self.engine(e))?;
        let (mut families, mut gates) = (Words::default(), Words::default());
        let opened = searcher.segment_readers().iter().zip(0..);
        let segments = opened
            .map(|(reader, number)| Segment::open(reader, number, &mut families, &mut gates))
            .collect::<tantivy::Result<Vec<Segment<'_>>>>()
            .map_err(|e| self.engine(e))?;
        let chunks: Vec<(&Segment<'_>, DocId)> = segments
            .iter()
            .flat_map(|segment| {
                (0..segment.reader.max_doc()).step_by(CHUNK as usize).map(move |at| (segment, at))
            })
            .collect();
        let parts = chunks
            .par_iter()
            .map(|(segment, from)| segment.read(weight.as_ref(), filter, &families, *from))
            .collect::<tantivy::Result<Vec<Rows>>>()
            .map_err(|e| self.engine(e))?;
        Ok(Rows::of_parts(families, gates, &parts))
    }

    /// `query` within the family of `filter`, which the index finds without looking at others.
    fn of_family(&self, filter: &Filter, query: Box<dyn Query>) -> Box<dyn Query> {
        let Some(family) = &filter.family else { return query };
        let term = Term::from_field_text(self.fields.family, family);
        let family: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
        if query.is::<AllQuery>() {
            return family;
        }
        Box::new(BooleanQuery::intersection(vec![family, query]))
    }
}

/// One segment, open for reading.
struct Segment<'a> {
    number: u32,
    reader: &'a SegmentReader,
    columns: Columns,
    /// Number of the family by ordinal; the last entry is "unknown".
    families: Vec<u32>,
    /// Number of the gate by ordinal.
    gates: Vec<u32>,
}

impl<'a> Segment<'a> {
    fn open(
        reader: &'a SegmentReader,
        number: u32,
        families: &mut Words,
        gates: &mut Words,
    ) -> tantivy::Result<Self> {
        let columns = Columns::open(reader)?;
        let numbers = |words: &mut Words, column| -> Vec<u32> {
            dictionary(column).iter().map(|word| words.number(word)).collect()
        };
        let mut family_numbers = numbers(families, columns.family.as_ref());
        family_numbers.push(families.number(""));
        let gates = numbers(gates, columns.gates.as_ref());
        Ok(Self { number, reader, columns, families: family_numbers, gates })
    }

    /// The rows among the [`CHUNK`] postings from `from` on.
    fn read(
        &self,
        weight: &dyn Weight,
        filter: &Filter,
        families: &Words,
        from: DocId,
    ) -> tantivy::Result<Rows> {
        let end = from.saturating_add(CHUNK).min(self.reader.max_doc());
        let mut scorer = weight.scorer(self.reader, 1.0)?;
        let mut doc = if scorer.doc() < from { scorer.seek(from) } else { scorer.doc() };
        let mut reading =
            Reading { segment: self, filter, families, rows: Rows::default(), packed: Vec::new() };
        let mut block: Vec<DocId> = Vec::with_capacity(BLOCK);
        let alive = self.reader.alive_bitset();
        while doc < end && doc != TERMINATED {
            if alive.is_none_or(|alive| alive.is_alive(doc)) {
                block.push(doc);
            }
            if block.len() == BLOCK {
                reading.block(&mut block);
            }
            doc = scorer.advance();
        }
        reading.block(&mut block);
        Ok(reading.rows)
    }
}

/// A chunk that is being read.
struct Reading<'a> {
    segment: &'a Segment<'a>,
    filter: &'a Filter,
    families: &'a Words,
    rows: Rows,
    /// Room for the packed lists of one posting.
    packed: Vec<u64>,
}

impl Reading<'_> {
    /// Adds those postings of `block` that pass, and empties it.
    fn block(&mut self, block: &mut Vec<DocId>) {
        let (segment, columns) = (self.segment, &self.segment.columns);
        let mut facts = [0; BLOCK];
        let facts = &mut facts[..block.len()];
        columns.all_facts(block, facts);
        for (&doc, &facts) in block.iter().zip(facts.iter()) {
            let facts = RowFacts(facts);
            if !self.filter.failed_facts(facts).none() {
                continue;
            }
            let unknown = segment.families.len() - 1;
            let ordinal = columns.family_ord(doc).map_or(unknown, |ord| ord as usize);
            let family = segment.families.get(ordinal).copied().unwrap_or_default();
            let employer = columns.employer(doc);
            if !self.filter.failed(self.families, facts, family, employer, || columns.skills(doc)).none() {
                continue;
            }
            let head = RowHead {
                id: u64::from(segment.number) << 32 | u64::from(doc),
                facts,
                employer,
                fingerprint: Fingerprint(columns.fingerprint(doc)),
                family,
            };
            columns.all_skills(doc, &mut self.packed);
            let gate = |ord: u64| segment.gates.get(ord as usize).copied();
            self.rows.push(
                head,
                self.packed.iter().copied(),
                columns.experience(doc),
                columns.gates(doc).filter_map(gate),
            );
        }
        block.clear();
    }
}
