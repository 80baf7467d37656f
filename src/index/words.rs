//! The words of a search as a query: what matches, and what ranks first.
//!
//! Scores are BM25 over title, body and company; a word in the title counts [`TITLE_BOOST`] times,
//! and the words next to each other in the title as much again. Titles that are the words, or have
//! them as their head, count by a factor more ([`title_factor`]), and so do postings of the family
//! that words which name a role ("nurse", "data engineer") stand for ([`family_meant`]).

use super::{IndexError, PostingIndex, tokenizer};
use crate::level::family::{self, Evidence};
use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, MoreLikeThisQuery, Occur, PhraseQuery, Query, QueryParser,
};
use tantivy::schema::{Field, OwnedValue};

/// How much more a word in the title counts than one in the body.
const TITLE_BOOST: f32 = 3.0;
/// How much more a posting counts whose title is the words and nothing else, as a factor.
const WHOLE_TITLE: f32 = 2.5;
/// The same for a title whose head the words are: "Senior *Nurse*, Cardiology".
const HEAD_OF_TITLE: f32 = 2.0;
/// Words of a posting by which others are compared with it.
const SIMILAR_TERMS: usize = 40;
/// Longest query, in bytes.
const LONGEST_QUERY: usize = 4096;
/// Deepest nesting of a query: brackets and negations within each other. The parser of queries recurses.
const DEEPEST_QUERY: usize = 64;

/// The words of a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SearchWords {
    /// All postings.
    #[default]
    All,
    /// A query: words (all must occur), `"phrases"`, `AND`/`OR`/`NOT`, `-word`, `title:word`.
    Text {
        /// The query as typed.
        text: String,
        /// Words may differ by one letter.
        fuzzy: bool,
    },
    /// Postings whose words are like these.
    Like {
        /// Title.
        title: String,
        /// Visible body.
        body: String,
    },
}

impl PostingIndex {
    /// What matches `words`.
    pub(super) fn query(&self, words: &SearchWords) -> Result<Box<dyn Query>, IndexError> {
        let f = &self.fields;
        match words {
            SearchWords::All => Ok(Box::new(AllQuery)),
            SearchWords::Text { text, .. } if text.trim().is_empty() => Ok(Box::new(AllQuery)),
            SearchWords::Text { text, fuzzy } => self.parsed(text, *fuzzy),
            SearchWords::Like { title, body } => {
                let value = |field: Field, text: &str| (field, vec![OwnedValue::from(text.to_owned())]);
                Ok(Box::new(
                    MoreLikeThisQuery::builder()
                        .with_max_query_terms(SIMILAR_TERMS)
                        .with_min_term_frequency(1)
                        .with_min_doc_frequency(2)
                        .with_document_fields(vec![value(f.title, title), value(f.body, body)]),
                ))
            }
        }
    }

    /// As [`Self::query`], and postings whose title has all the words in a row score higher.
    pub(super) fn ranking(&self, words: &SearchWords) -> Result<Box<dyn Query>, IndexError> {
        let query = self.query(words)?;
        let terms = plain_terms(words);
        let terms: Vec<Term> =
            terms.iter().map(|word| Term::from_field_text(self.fields.title, word)).collect();
        if terms.len() < 2 {
            return Ok(query);
        }
        let in_a_row = BoostQuery::new(Box::new(PhraseQuery::new(terms)), TITLE_BOOST);
        Ok(Box::new(BooleanQuery::new(vec![(Occur::Must, query), (Occur::Should, Box::new(in_a_row))])))
    }

    fn parsed(&self, text: &str, fuzzy: bool) -> Result<Box<dyn Query>, IndexError> {
        check(text)?;
        let f = &self.fields;
        let fields = [f.title, f.body, f.company];
        let mut parser = QueryParser::for_index(&self.index, fields.to_vec());
        parser.set_conjunction_by_default();
        parser.set_field_boost(f.title, TITLE_BOOST);
        if fuzzy {
            for field in fields {
                parser.set_field_fuzzy(field, false, 1, true);
            }
        }
        let text = tokenizer::guard_symbols(text);
        parser.parse_query(&text).map_err(|error| {
            IndexError::Query(format!(
                "`{text}` is no query ({error}); put words with signs into quotes: \"…\""
            ))
        })
    }
}

/// The words of a query without operators, as one would write a title.
fn plain(words: &SearchWords) -> Option<String> {
    let SearchWords::Text { text, .. } = words else { return None };
    let is_operator = |word: &str| {
        matches!(word, "AND" | "OR" | "NOT")
            || word.starts_with(['-', '+'])
            || word.contains([':', '(', ')', '[', ']', '{', '}', '*', '^', '~'])
    };
    (!text.split_whitespace().any(is_operator)).then(|| text.replace('"', " "))
}

/// The terms of a query without operators; none where it has some.
pub(super) fn plain_terms(words: &SearchWords) -> Vec<String> {
    plain(words).map(|text| tokenizer::terms(&text)).unwrap_or_default()
}

/// How much more a posting counts whose title is `terms`, or whose title's first part ends with them:
/// there stands what the job is.
pub(super) fn title_factor(title: &str, terms: &[String]) -> f32 {
    if tokenizer::terms(title) == terms {
        return WHOLE_TITLE;
    }
    let head = title.split([',', '(', '|', '–', '—', ':', '[', '@', '/']).next().unwrap_or(title);
    let head = head.split(" - ").next().unwrap_or(head);
    if tokenizer::terms(head).ends_with(terms) { HEAD_OF_TITLE } else { 1.0 }
}

/// The role family that the words name when read as a title; `None` when no phrase of theirs names
/// one, so that "on call" favours nobody.
pub(super) fn family_meant(words: &SearchWords) -> Option<&'static str> {
    let title = plain(words)?;
    let meant = family::estimate(&Evidence { title: &title, ..Evidence::default() })?;
    (!meant.reasons.is_empty()).then_some(meant.id)
}

/// Refuses queries that nobody writes by hand.
fn check(text: &str) -> Result<(), IndexError> {
    if text.len() > LONGEST_QUERY {
        return Err(IndexError::Query(format!(
            "the query is {} bytes long; at most {LONGEST_QUERY} are read\n  To find postings like a text, use --similar.",
            text.len()
        )));
    }
    let negations = text.split_whitespace().filter(|word| *word == "NOT").count();
    let signs = text.chars().filter(|c| matches!(c, '-' | '+')).count();
    let opened = text.chars().filter(|c| matches!(c, '(' | '[' | '{')).count();
    if opened > DEEPEST_QUERY || negations > DEEPEST_QUERY || signs > LONGEST_QUERY / 8 {
        return Err(IndexError::Query(format!(
            "the query has more than {DEEPEST_QUERY} brackets or negations; write a simpler one"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Input, Scratch, extract};
    use crate::index::SearchRequest;
    use crate::posting::{Markup, Posting, PostingKey};
    use crate::taxonomy::Taxonomy;

    fn text(text: &str) -> SearchWords {
        SearchWords::Text { text: text.to_owned(), fuzzy: false }
    }

    /// Titles in the order in which `words` find them among postings of our own.
    fn found(words: &str) -> Result<Vec<String>, IndexError> {
        let postings = [
            (
                "Recruiter, International Nursing",
                "You recruit nurses abroad: source candidates, screen each nurse, and keep hiring managers posted on nurse pipelines and nurse agencies.",
            ),
            (
                "Software Engineer, Nurse Scheduling",
                "You build what plans the shifts of nurses. Nurses test it.",
            ),
            (
                "Senior Nurse, Cardiology",
                "You look after patients of the heart ward by day and by night, take part in rounds, write \
                 down what was given and what was seen, and teach those who are new to the ward.",
            ),
            ("Ward Clerk", "You keep the lists of the ward, for nurse and doctor alike."),
            (
                "Engineer, Data Centre",
                "You keep the cooling of the data centre running. Data is what it holds.",
            ),
            ("Data Engineer", "You build the pipelines that others rely on."),
        ];
        let folder = tempfile::tempdir().unwrap();
        let mut index = PostingIndex::create(&folder.path().join("index")).unwrap();
        let mut scratch = Scratch::default();
        let postings = postings.iter().enumerate().map(|(number, (title, body))| {
            let key = PostingKey::parse(&format!("file:acme:{number}")).unwrap();
            let posting: Posting = serde_json::from_value(serde_json::json!({
                "key": key, "title": title, "description": body, "markup": Markup::Text
            }))
            .unwrap();
            let extraction = extract(Taxonomy::builtin(), &Input::of(&posting), &mut scratch);
            (posting, extraction)
        });
        index.fill(postings, "own").unwrap();
        let request = SearchRequest { words: text(words), limit: 10, ..SearchRequest::default() };
        Ok(index.search(&request)?.hits.into_iter().map(|hit| hit.title).collect())
    }

    #[test]
    fn roles_that_the_words_name_come_first() {
        for (words, first) in [
            ("nurse", "Senior Nurse, Cardiology"),
            ("data engineer", "Data Engineer"),
            ("\"nurse\"", "Senior Nurse, Cardiology"),
        ] {
            let found = found(words).unwrap();
            assert_eq!(found.first().map(String::as_str), Some(first), "{words}: {found:?}");
        }
        let nurses = found("nurse").unwrap();
        assert_eq!((nurses.len(), nurses.last().map(String::as_str)), (4, Some("Ward Clerk")), "{nurses:?}");
    }

    #[test]
    fn titles_count_by_their_heads() {
        for (title, factor) in [
            ("Nurse", WHOLE_TITLE),
            ("Senior Nurse, Cardiology", HEAD_OF_TITLE),
            ("Staff Nurse - Nights", HEAD_OF_TITLE),
            ("Nurse Recruiter", 1.0),
            ("Recruiter, International Nursing", 1.0),
            ("", 1.0),
        ] {
            assert_eq!(title_factor(title, &tokenizer::terms("nurse")), factor, "{title}");
        }
    }

    #[test]
    fn only_words_that_name_a_role_mean_a_family() {
        for (words, family) in [
            ("nurse", Some("nursing")),
            ("\"staff nurse\"", Some("nursing")),
            ("nurse -agency", None),
            ("title:nurse", None),
            ("nurse OR midwife", None),
            ("on call", None),
            ("", None),
        ] {
            assert_eq!(family_meant(&text(words)), family, "{words}");
        }
    }

    #[test]
    fn queries_that_would_overflow_the_parser_are_refused_for_every_caller() {
        for (text, good) in [
            ("nurse AND (triage OR \"wound care\") -agency".to_owned(), true),
            ("(".repeat(64) + "a" + &")".repeat(64), true),
            ("(".repeat(65) + "a" + &")".repeat(65), false),
            ("NOT ".repeat(65) + "a", false),
            ("-".repeat(2000) + "a", false),
            ("a".repeat(4097), false),
        ] {
            assert_eq!(check(&text).is_ok(), good, "{}", text.get(..20).unwrap_or(&text));
        }
        assert!(matches!(found(&"(".repeat(100_000)), Err(IndexError::Query(_))));
    }
}
