//! What only the user's own corpus can tell: sentences of postings, and what people do all day.

use super::PlanQuote;
use crate::corpus::Corpus;
use crate::extract::{Input, Scratch, extract};
use crate::index::PostingIndex;
use crate::query::explain::{Subject, explain};
use crate::query::scope::{self, Scope};
use crate::query::search::skill;
use crate::query::{QueryError, Source};
use crate::taxonomy::Taxonomy;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// Postings read for activities; the target cohort of one family has rarely more.
const READ_POSTINGS: usize = 400;
/// Activities kept.
const ACTIVITIES: usize = 12;
/// Longest phrase of an activity that makes a readable question, in characters.
const PHRASE_CHARS: usize = 60;

/// Something that people in the target role do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleActivity {
    /// Phrase, verb first.
    pub phrase: String,
    /// Employers that name it.
    pub employers_with: u32,
    /// Employers read.
    pub employers: u32,
}

/// At most `limit` quotes for `name` of the cohort, each of another employer.
///
/// # Errors
/// When index or corpus cannot be read.
pub fn quotes(
    index: &PostingIndex,
    corpus: &Corpus,
    taxonomy: &Taxonomy,
    name: &str,
    scope: &Scope,
    levels: &RangeInclusive<u8>,
    limit: usize,
) -> Result<Vec<PlanQuote>, QueryError> {
    let skill = skill(taxonomy, name)?;
    let texts = Some((index, corpus));
    let subject = Subject::Skill(skill);
    let found = explain(Source::Index(index), texts, taxonomy, &subject, scope, levels, limit)?.quotes;
    Ok(found
        .into_iter()
        .map(|q| PlanQuote { posting: q.posting, company: q.company, title: q.title, text: q.sentence })
        .collect())
}

/// What people do in the cohort, most employers first. Empty where postings do not say.
///
/// # Errors
/// When index or corpus cannot be read.
pub fn activities(
    index: &PostingIndex,
    corpus: &Corpus,
    taxonomy: &Taxonomy,
    scope: &Scope,
    levels: &RangeInclusive<u8>,
) -> Result<Vec<RoleActivity>, QueryError> {
    let rows = scope.rows(Source::Index(index))?;
    let cohort = scope::part(&rows, levels, scope.track);
    let picked: Vec<usize> = (0..cohort.rows().len()).take(READ_POSTINGS).collect();
    let ids: Vec<u64> = picked.iter().map(|at| cohort.rows().head(*at).id).collect();
    let mut by_phrase: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    let mut employers = BTreeSet::new();
    let mut scratch = Scratch::default();
    for (at, key) in picked.iter().zip(index.keys(&ids)?) {
        let Some(stored) = corpus.get(&key)? else { continue };
        let employer = cohort.rows().head(*at).employer;
        employers.extend(employer);
        let extraction = extract(taxonomy, &Input::of(&stored.posting), &mut scratch);
        for activity in extraction.activities {
            if activity.phrase.chars().count() <= PHRASE_CHARS {
                by_phrase.entry(activity.phrase).or_default().extend(employer);
            }
        }
    }
    let all = u32::try_from(employers.len()).unwrap_or(u32::MAX);
    let mut list: Vec<RoleActivity> = by_phrase
        .into_iter()
        .map(|(phrase, with)| RoleActivity { phrase, employers_with: with.len() as u32, employers: all })
        // What a single employer names is that employer's, not the role's.
        .filter(|activity| activity.employers_with > 1)
        .collect();
    list.sort_by(|a, b| b.employers_with.cmp(&a.employers_with).then_with(|| a.phrase.cmp(&b.phrase)));
    list.truncate(ACTIVITIES);
    Ok(list)
}
