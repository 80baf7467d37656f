//! Searching: the best postings, and why the others fell out.

use super::columns::{Columns, dictionary};
use super::words::{SearchWords, family_meant, plain_terms, title_factor};
use super::{IndexError, PostingIndex, pay, tokenizer};
use crate::coded::{Condition, Failed, Filter, RowFacts, Words};
use crate::posting::PostingKey;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::query::{Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::snippet::SnippetGenerator;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TantivyDocument, Term};

/// Longest snippet, in characters.
const SNIPPET_CHARS: usize = 180;
/// How much more a posting counts whose role family is the one that the words name, as a factor:
/// enough that a nurse stands before a recruiter of nurses, whatever the length of their texts.
const FAMILY_BOOST: f32 = 2.0;
/// Postings that the words alone rank first, of which the titles are read for the final order; more
/// where more are wanted.
const TITLES_READ: usize = 200;
/// Postings shown when the filters leave none.
const NEAR_MISSES: usize = 3;

/// The order of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Best match first.
    #[default]
    Relevance,
    /// Newest first; postings without a date last.
    Date,
    /// Highest level first; postings without a level last.
    Level,
}

/// A search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchRequest {
    /// Words.
    pub words: SearchWords,
    /// Conditions.
    pub filter: Filter,
    /// At least this much pay a year, in this currency (ISO 4217).
    pub pay: Option<(String, u32)>,
    /// Order.
    pub sort: Sort,
    /// Most results wanted.
    pub limit: usize,
}

/// A posting found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Identity.
    pub key: PostingKey,
    /// Title as published.
    pub title: String,
    /// Company as published; empty when unknown.
    pub company: String,
    /// Locations as published, joined by ` · `.
    pub location: String,
    /// Small facts.
    pub facts: RowFacts,
    /// Role family id; empty when unknown.
    pub family: String,
    /// Score of the words; only comparable within one search.
    pub score: f32,
    /// The one condition it fails, for near misses.
    pub misses: Option<Condition>,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The best postings, in order.
    pub hits: Vec<Hit>,
    /// Postings that match the words and pass every condition.
    pub total: u64,
    /// Postings that match the words.
    pub matched: u64,
    /// By condition: postings that fail it and no other.
    pub lost: Vec<(Condition, u64)>,
    /// By condition: postings left out only because they have no value to check.
    pub unknown: Vec<(Condition, u64)>,
    /// The best postings that fail just one condition; filled when there are no hits.
    pub near: Vec<Hit>,
}

impl PostingIndex {
    /// Runs a search.
    ///
    /// # Errors
    /// [`IndexError::Query`] when the words are no query; else when the index cannot be read.
    pub fn search(&self, request: &SearchRequest) -> Result<Found, IndexError> {
        let query = self.ranking(&request.words)?;
        let pay = match &request.pay {
            None => None,
            Some((code, least)) => Some((
                pay::currency(code)
                    .ok_or_else(|| IndexError::Query(format!("`{code}` is no three-letter currency code")))?,
                *least,
            )),
        };
        let terms = match request.sort {
            Sort::Relevance => plain_terms(&request.words),
            Sort::Date | Sort::Level => Vec::new(),
        };
        let wanted = if terms.is_empty() { request.limit } else { request.limit.max(TITLES_READ) };
        let collector = Best {
            filter: request.filter.clone(),
            pay,
            sort: request.sort,
            limit: wanted,
            meant: family_meant(&request.words),
        };
        let searcher = self.reader.searcher();
        let mut tally = searcher.search(&query, &collector).map_err(|e| self.engine(e))?;
        if !terms.is_empty() {
            self.by_title(&mut tally.best, &terms)?;
            tally.best.truncate(request.limit);
        }
        let per_condition = |count: &dyn Fn(usize) -> u64| -> Vec<(Condition, u64)> {
            Condition::ALL.into_iter().map(|c| (c, count(c as usize))).filter(|(_, n)| *n > 0).collect()
        };
        Ok(Found {
            total: tally.by_failed.first().copied().unwrap_or(0),
            matched: tally.by_failed.iter().sum(),
            lost: per_condition(&|c| tally.by_failed[1 << c]),
            unknown: per_condition(&|c| tally.unknown[c]),
            near: if tally.best.is_empty() { self.hits(&tally.near)? } else { Vec::new() },
            hits: self.hits(&tally.best)?,
        })
    }

    /// Identities of rows by their ids, in the same order.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn keys(&self, ids: &[u64]) -> Result<Vec<PostingKey>, IndexError> {
        let searcher = self.reader.searcher();
        ids.iter()
            .map(|id| {
                let doc: TantivyDocument = searcher.doc(address(*id)).map_err(|e| self.engine(e))?;
                self.key(&doc)
            })
            .collect()
    }

    /// Companies of rows by their ids, as the postings write them, or the board of those that name none.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn companies(&self, ids: &[u64]) -> Result<Vec<String>, IndexError> {
        let searcher = self.reader.searcher();
        let company = |id: &u64| {
            let doc: TantivyDocument = searcher.doc(address(*id)).map_err(|e| self.engine(e))?;
            let name = doc.get_first(self.fields.company).and_then(|value| value.as_str().map(str::to_owned));
            // Of a board that belongs to one employer, its postings need not name it.
            Ok(match name.filter(|name| !name.trim().is_empty()) {
                Some(name) => name,
                None => self.key(&doc)?.board,
            })
        };
        ids.iter().map(company).collect()
    }

    /// Prepares snippets that show where `words` occur.
    ///
    /// # Errors
    /// When the words are no query or the index cannot be read.
    pub fn snippets(&self, words: &SearchWords) -> Result<Snippets, IndexError> {
        let query = self.query(words)?;
        let mut generator =
            SnippetGenerator::create(&self.reader.searcher(), query.as_ref(), self.fields.body)
                .map_err(|e| self.engine(e))?;
        generator.set_max_num_chars(SNIPPET_CHARS);
        Ok(Snippets(generator))
    }

    /// Hashes of the employers whose name has every word of `name`.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn employers_named(&self, name: &str) -> Result<Vec<u64>, IndexError> {
        let terms = tokenizer::terms(name);
        if terms.is_empty() {
            return Ok(Vec::new());
        }
        let words: Vec<Box<dyn Query>> = terms
            .iter()
            .map(|word| {
                let term = Term::from_field_text(self.fields.company, word);
                Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn Query>
            })
            .collect();
        let query = tantivy::query::BooleanQuery::intersection(words);
        let rows = self.reader.searcher().search(&query, &Employers).map_err(|e| self.engine(e))?;
        Ok(rows)
    }

    fn hits(&self, ranked: &[Ranked]) -> Result<Vec<Hit>, IndexError> {
        let searcher = self.reader.searcher();
        let text = |doc: &TantivyDocument, field: Field| {
            doc.get_first(field).and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
        };
        let hit = |ranked: &Ranked| {
            let address = address(ranked.id);
            let doc: TantivyDocument = searcher.doc(address)?;
            let columns = Columns::open(searcher.segment_reader(address.segment_ord))?;
            let mut family = String::new();
            if let (Some(ord), Some(column)) = (columns.family_ord(address.doc_id), &columns.family) {
                column.ord_to_str(ord, &mut family)?;
            }
            Ok((doc, columns.facts(address.doc_id), family))
        };
        ranked
            .iter()
            .map(|ranked| {
                let (doc, facts, family) = hit(ranked).map_err(|e| self.engine(e))?;
                Ok(Hit {
                    key: self.key(&doc)?,
                    title: text(&doc, self.fields.title),
                    company: text(&doc, self.fields.company),
                    location: text(&doc, self.fields.location),
                    facts,
                    family,
                    score: f32::from_bits(ranked.score),
                    misses: ranked.misses,
                })
            })
            .collect()
    }

    /// Orders postings anew by how far their titles are what was asked for.
    fn by_title(&self, ranked: &mut [Ranked], terms: &[String]) -> Result<(), IndexError> {
        let searcher = self.reader.searcher();
        for ranked in &mut *ranked {
            let doc: TantivyDocument = searcher.doc(address(ranked.id)).map_err(|e| self.engine(e))?;
            let title = doc.get_first(self.fields.title).and_then(|value| value.as_str()).unwrap_or_default();
            ranked.score = (f32::from_bits(ranked.score) * title_factor(title, terms)).to_bits();
        }
        ranked.sort_unstable_by_key(|ranked| Reverse(*ranked));
        Ok(())
    }

    fn key(&self, doc: &TantivyDocument) -> Result<PostingKey, IndexError> {
        doc.get_first(self.fields.key)
            .and_then(|v| PostingKey::parse(v.as_str()?))
            .ok_or_else(|| IndexError::Outdated(self.dir.clone()))
    }
}

fn address(id: u64) -> DocAddress {
    DocAddress::new((id >> 32) as u32, id as u32)
}

/// Makes snippets for one search.
pub struct Snippets(SnippetGenerator);

impl std::fmt::Debug for Snippets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Snippets")
    }
}

impl Snippets {
    /// The telling part of `text`, and which bytes of that part match; empty when nothing does.
    #[must_use]
    pub fn of(&self, text: &str) -> (String, Vec<Range<usize>>) {
        let snippet = self.0.snippet(text);
        (snippet.fragment().to_owned(), snippet.highlighted().to_vec())
    }
}

/// A posting in the order of results; greater is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ranked {
    /// Sort key before the score.
    first: i64,
    /// Bits of a score that is never negative, which sort as the score does.
    score: u32,
    /// Ties are broken by the older document.
    tie: Reverse<u64>,
    id: u64,
    /// The one condition that failed, for near misses.
    misses: Option<Condition>,
}

struct Best {
    filter: Filter,
    pay: Option<(u64, u32)>,
    sort: Sort,
    limit: usize,
    /// The role family that the words name.
    meant: Option<&'static str>,
}

/// Counts and the best postings.
struct Tally {
    /// Number of postings by the set of conditions that they fail.
    by_failed: Vec<u64>,
    unknown: [u64; Condition::ALL.len()],
    best: Vec<Ranked>,
    near: Vec<Ranked>,
}

struct SegmentBest {
    segment: u32,
    filter: Filter,
    pay: Option<(u64, u32)>,
    sort: Sort,
    limit: usize,
    /// Number of the family that the words name.
    meant: Option<u32>,
    columns: Columns,
    families: Words,
    family_numbers: Vec<u32>,
    by_failed: Vec<u64>,
    unknown: [u64; Condition::ALL.len()],
    best: BinaryHeap<Reverse<Ranked>>,
    near: BinaryHeap<Reverse<Ranked>>,
}

impl Collector for Best {
    type Fruit = Tally;
    type Child = SegmentBest;

    fn for_segment(&self, ordinal: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentBest> {
        let columns = Columns::open(segment)?;
        let mut families = Words::default();
        let mut family_numbers: Vec<u32> =
            dictionary(columns.family.as_ref()).iter().map(|word| families.number(word)).collect();
        family_numbers.push(families.number(""));
        Ok(SegmentBest {
            segment: ordinal,
            filter: self.filter.clone(),
            pay: self.pay,
            sort: self.sort,
            limit: self.limit,
            meant: self.meant.map(|family| families.number(family)),
            columns,
            families,
            family_numbers,
            by_failed: vec![0; 1 << Condition::ALL.len()],
            unknown: [0; Condition::ALL.len()],
            best: BinaryHeap::new(),
            near: BinaryHeap::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, parts: Vec<Tally>) -> tantivy::Result<Tally> {
        let mut all = Tally {
            by_failed: vec![0; 1 << Condition::ALL.len()],
            unknown: [0; Condition::ALL.len()],
            best: Vec::new(),
            near: Vec::new(),
        };
        for part in parts {
            for (sum, count) in all.by_failed.iter_mut().zip(part.by_failed) {
                *sum += count;
            }
            for (sum, count) in all.unknown.iter_mut().zip(part.unknown) {
                *sum += count;
            }
            all.best.extend(part.best);
            all.near.extend(part.near);
        }
        for (list, limit) in [(&mut all.best, self.limit), (&mut all.near, NEAR_MISSES)] {
            list.sort_unstable_by_key(|ranked| Reverse(*ranked));
            list.truncate(limit);
        }
        Ok(all)
    }
}

impl SegmentBest {
    /// Number of a posting's family.
    fn family(&self, doc: DocId) -> u32 {
        let unknown = self.family_numbers.len() - 1;
        let ordinal = self.columns.family_ord(doc).map_or(unknown, |ord| ord as usize);
        self.family_numbers.get(ordinal).copied().unwrap_or_default()
    }

    fn failed(&self, doc: DocId, facts: RowFacts, family: u32) -> Failed {
        let columns = &self.columns;
        let employer = self.filter.employers.as_ref().and_then(|_| columns.employer(doc));
        let mut failed = self.filter.failed(&self.families, facts, family, employer, || columns.skills(doc));
        if let Some((currency, least)) = self.pay {
            let enough = columns.pay(doc).and_then(|packed| pay::at_least(packed, currency, least));
            if enough != Some(true) {
                failed.add(Condition::Pay, enough.is_some());
            }
        }
        failed
    }
}

impl SegmentCollector for SegmentBest {
    type Fruit = Tally;

    fn collect(&mut self, doc: DocId, score: Score) {
        let facts = self.columns.facts(doc);
        let family = self.family(doc);
        let failed = self.failed(doc, facts, family);
        let score = if self.meant == Some(family) { score * FAMILY_BOOST } else { score };
        self.by_failed[failed.bits as usize] += 1;
        if !failed.none() && failed.bits == failed.unknown {
            for condition in Condition::ALL {
                self.unknown[condition as usize] += u64::from(failed.unknown >> condition as u16 & 1);
            }
        }
        let (heap, limit) = match (failed.none(), failed.only()) {
            (true, _) => (&mut self.best, self.limit),
            (_, Some(_)) => (&mut self.near, NEAR_MISSES),
            _ => return,
        };
        let first = match self.sort {
            Sort::Relevance => 0,
            Sort::Date => facts.day().map_or(-1, i64::from),
            Sort::Level => facts.level().map_or(-1, i64::from),
        };
        let id = u64::from(self.segment) << 32 | u64::from(doc);
        let ranked =
            Ranked { first, score: score.max(0.0).to_bits(), tie: Reverse(id), id, misses: failed.only() };
        if heap.len() < limit {
            heap.push(Reverse(ranked));
        } else if heap.peek().is_some_and(|worst| worst.0 < ranked) {
            heap.pop();
            heap.push(Reverse(ranked));
        }
    }

    fn harvest(self) -> Tally {
        let list = |heap: BinaryHeap<Reverse<Ranked>>| heap.into_iter().map(|r| r.0).collect();
        Tally {
            by_failed: self.by_failed,
            unknown: self.unknown,
            best: list(self.best),
            near: list(self.near),
        }
    }
}

/// Collects the employers of matching postings.
struct Employers;

struct SegmentEmployers {
    columns: Columns,
    found: Vec<u64>,
}

impl Collector for Employers {
    type Fruit = Vec<u64>;
    type Child = SegmentEmployers;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentEmployers> {
        Ok(SegmentEmployers { columns: Columns::open(segment)?, found: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, parts: Vec<Vec<u64>>) -> tantivy::Result<Vec<u64>> {
        let mut all: Vec<u64> = parts.into_iter().flatten().collect();
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }
}

impl SegmentCollector for SegmentEmployers {
    type Fruit = Vec<u64>;

    fn collect(&mut self, doc: DocId, _: Score) {
        let employer = self.columns.employer(doc);
        if self.found.last() != employer.as_ref() {
            self.found.extend(employer);
        }
    }

    fn harvest(self) -> Vec<u64> {
        self.found
    }
}
