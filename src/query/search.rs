//! Finding postings: names resolved, snippets shown, empty results explained.

use super::{QueryError, Snapshot, Source};
use crate::coded::{Condition, Filter, Region, SkillCode};
use crate::corpus::Corpus;
use crate::index::{Hit, PostingIndex, SearchRequest, SearchWords, Sort};
use crate::level::Track;
use crate::posting::{Posting, PostingKey, Workplace};
use crate::taxonomy::{SkillRef, Taxonomy};
use crate::text::Document;
use serde::Serialize;
use std::ops::{Range, RangeInclusive};

/// Suggestions for an unknown name.
const SUGGESTIONS: usize = 4;

/// The question, as people ask it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Words; empty for all postings.
    pub text: String,
    /// Words may differ by one letter.
    pub fuzzy: bool,
    /// Postings like this one, instead of words.
    pub similar: Option<PostingKey>,
    /// Levels.
    pub levels: Option<RangeInclusive<u8>>,
    /// Track.
    pub track: Option<Track>,
    /// Role family id.
    pub family: Option<String>,
    /// Country.
    pub region: Option<Region>,
    /// Workplace.
    pub workplace: Option<Workplace>,
    /// Published on this day or later, days since 1970-01-01.
    pub since: Option<i32>,
    /// Closed postings, too.
    pub all: bool,
    /// Employer's name or part of it.
    pub company: Option<String>,
    /// Skills, by any name.
    pub skills: Vec<String>,
    /// At least this much pay a year, in this currency.
    pub pay: Option<(String, u32)>,
    /// Order.
    pub sort: Sort,
    /// Most results.
    pub limit: usize,
}

/// A posting found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FoundPosting {
    /// Posting key, the handle for `--similar`.
    pub key: String,
    /// Title.
    pub title: String,
    /// Company; empty when unknown.
    pub company: String,
    /// Locations, joined by ` · `.
    pub location: String,
    /// Level 1–8.
    pub level: Option<u8>,
    /// Track.
    pub track: Option<Track>,
    /// Role family id.
    pub family: Option<String>,
    /// Day of publication.
    pub posted: Option<jiff::civil::Date>,
    /// Not known to be closed.
    pub open: bool,
    /// Address of the posting.
    pub url: Option<String>,
    /// Keys of its copies on other boards, which count once together with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<String>,
    /// Score of the words, comparable within this answer only.
    pub score: f32,
    /// The telling part of the text; empty when there are no words to show.
    pub snippet: String,
    /// Bytes of the snippet that match.
    pub highlights: Vec<Range<usize>>,
    /// The one condition it fails; only for near misses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub misses: Option<Condition>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SearchAnswer {
    /// What it was computed from.
    pub snapshot: Snapshot,
    /// Postings that match words and conditions.
    pub total: u64,
    /// Postings that match the words alone.
    pub matched: u64,
    /// The best of them.
    pub postings: Vec<FoundPosting>,
    /// By condition: postings that would be added by dropping it alone.
    pub without: Vec<(Condition, u64)>,
    /// By condition: postings left out only because they do not say.
    pub unknown: Vec<(Condition, u64)>,
    /// When nothing was found: postings that fail just one condition.
    pub near: Vec<FoundPosting>,
}

/// Searches.
///
/// # Errors
/// [`QueryError::Unknown`] with suggestions when a skill, company, family or posting is not known;
/// else when index or corpus cannot be read.
pub fn search(
    index: &PostingIndex,
    corpus: &Corpus,
    taxonomy: &Taxonomy,
    question: &Search,
) -> Result<SearchAnswer, QueryError> {
    let words = words(corpus, question)?;
    let request = SearchRequest {
        filter: filter(index, taxonomy, question)?,
        words: words.clone(),
        pay: question.pay.clone(),
        sort: question.sort,
        // The posting itself is the most similar one.
        limit: question.limit + usize::from(question.similar.is_some()),
    };
    let mut found = index.search(&request)?;
    if let Some(key) = &question.similar {
        found.hits.retain(|hit| hit.key != *key);
        found.hits.truncate(question.limit);
    }
    let show = |hits: Vec<Hit>| -> Result<Vec<FoundPosting>, QueryError> {
        let snippets = index.snippets(&words)?;
        hits.into_iter()
            .map(|hit| {
                let stored = corpus.get(&hit.key)?;
                let posting = stored.as_ref().map(|s| &s.posting);
                let text = posting.map(visible).unwrap_or_default();
                let (snippet, highlights) = snippets.of(&text);
                let copies = corpus.copies(&hit.key)?.iter().map(ToString::to_string).collect();
                Ok(present(hit, posting, copies, snippet, highlights))
            })
            .collect()
    };
    Ok(SearchAnswer {
        snapshot: Source::Index(index).snapshot()?,
        total: found.total,
        matched: found.matched,
        postings: show(found.hits)?,
        without: found.lost,
        unknown: found.unknown,
        near: show(found.near)?,
    })
}

pub(super) fn words(corpus: &Corpus, question: &Search) -> Result<SearchWords, QueryError> {
    let Some(key) = &question.similar else {
        return Ok(SearchWords::Text { text: question.text.clone(), fuzzy: question.fuzzy });
    };
    let posting = corpus
        .get(key)?
        .ok_or_else(|| QueryError::Unknown(format!("there is no posting `{key}` in the corpus")))?
        .posting;
    Ok(SearchWords::Like { body: visible(&posting), title: posting.title })
}

pub(super) fn filter(
    index: &PostingIndex,
    taxonomy: &Taxonomy,
    question: &Search,
) -> Result<Filter, QueryError> {
    let employers = match &question.company {
        None => None,
        Some(name) => {
            let found = index.employers_named(name)?;
            if found.is_empty() {
                return Err(QueryError::Unknown(format!(
                    "no posting is of a company named `{name}`\n  Names are matched by whole words."
                )));
            }
            Some(found)
        }
    };
    let skills = question
        .skills
        .iter()
        .map(|name| skill(taxonomy, name).map(|at| SkillCode::of(&taxonomy.skill(at).id)));
    Ok(Filter {
        levels: question.levels.clone(),
        track: question.track,
        family: question.family.clone(),
        region: question.region,
        workplace: question.workplace,
        since: question.since,
        open: !question.all,
        employers,
        skills: skills.collect::<Result<_, _>>()?,
    })
}

fn present(
    hit: Hit,
    posting: Option<&Posting>,
    copies: Vec<String>,
    snippet: String,
    highlights: Vec<Range<usize>>,
) -> FoundPosting {
    FoundPosting {
        key: hit.key.to_string(),
        title: hit.title,
        company: hit.company,
        location: hit.location,
        level: hit.facts.level(),
        track: hit.facts.track(),
        family: Some(hit.family).filter(|f| !f.is_empty()),
        posted: posting.and_then(|p| p.posted),
        open: hit.facts.open(),
        url: posting.and_then(|p| p.url.clone()),
        copies,
        score: hit.score,
        snippet,
        highlights,
        misses: hit.misses,
    }
}

fn visible(posting: &Posting) -> String {
    Document::new(&posting.description, posting.markup).visible().to_owned()
}

/// The skill that `name` means.
///
/// # Errors
/// [`QueryError::Unknown`] with the closest known names.
pub fn skill(taxonomy: &Taxonomy, name: &str) -> Result<SkillRef, QueryError> {
    taxonomy.by_id(name).or_else(|| taxonomy.resolve(name)).ok_or_else(|| {
        let close = closest(taxonomy.iter().map(|(_, s)| s.label.as_str()), name);
        QueryError::Unknown(unknown("skill", name, &close))
    })
}

/// The sentence that says a name is not known and which ones come close.
#[must_use]
pub fn unknown(what: &str, name: &str, close: &[&str]) -> String {
    match close {
        [] => format!("no {what} is called `{name}`"),
        some => format!("no {what} is called `{name}`\n  Close: {}", some.join(", ")),
    }
}

/// The names closest to `name`: those that share a beginning or a word, or differ by few letters.
#[must_use]
pub fn closest<'a>(names: impl Iterator<Item = &'a str>, name: &str) -> Vec<&'a str> {
    let wanted = name.to_lowercase();
    let mut scored: Vec<(usize, &str)> = names
        .filter_map(|candidate| {
            let lower = candidate.to_lowercase();
            let distance = edits(&wanted, &lower);
            let contains = lower.split_whitespace().any(|w| w == wanted) || lower.starts_with(&wanted);
            let allowed = 1 + wanted.chars().count() / 4;
            (distance <= allowed || (contains && wanted.len() > 1)).then_some((distance, candidate))
        })
        .collect();
    scored.sort_unstable();
    scored.into_iter().take(SUGGESTIONS).map(|(_, name)| name).collect()
}

/// Edit distance of Levenshtein, swaps of neighbours not counted apart.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let change = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_names_are_suggested() {
        let names = ["Kubernetes", "Kafka", "Apache Spark", "Python"];
        for (name, expected) in [
            ("kubernets", vec!["Kubernetes"]),
            ("spark", vec!["Apache Spark"]),
            ("zzz", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(closest(names.into_iter(), name), expected, "{name}");
        }
    }
}
