//! Which part of the market a question is about, and how much data there is.

use super::cohort::{Cohort, LeftOut, left_out};
use super::stats::{is_enough, is_thin};
use super::{QueryError, Source};
use crate::coded::{Condition, Filter, Region, RowFacts, Rows};
use crate::level::Track;
use crate::posting::Workplace;
use rustc_hash::FxHashSet;
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// A part of the market: everything but the level.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Scope {
    /// Role family id.
    pub family: Option<String>,
    /// Track.
    pub track: Option<Track>,
    /// Country.
    pub region: Option<Region>,
    /// Workplace.
    pub workplace: Option<Workplace>,
    /// Published on this day or later, days since 1970-01-01.
    pub since: Option<i32>,
    /// Only postings not known to be closed. Closed ones are demand, too, so this is rarely wanted.
    pub open: bool,
}

impl Scope {
    /// Options that narrow it down beyond family and track, as one types them.
    #[must_use]
    pub fn narrowed_by(&self) -> Vec<&'static str> {
        let asked = [
            (self.region.is_some(), Condition::Region),
            (self.workplace.is_some(), Condition::Workplace),
            (self.since.is_some(), Condition::Since),
            (self.open, Condition::Open),
        ];
        asked.into_iter().filter(|(asked, _)| *asked).map(|(_, condition)| condition.option()).collect()
    }

    /// The conditions of this scope on rows; the track is left to [`part`].
    #[must_use]
    pub fn filter(&self) -> Filter {
        Filter {
            family: self.family.clone(),
            region: self.region,
            workplace: self.workplace,
            since: self.since,
            open: self.open,
            ..Filter::default()
        }
    }

    /// The rows of this scope, of all levels and tracks.
    ///
    /// # Errors
    /// When the source cannot be read.
    pub fn rows(&self, source: Source<'_>) -> Result<Rows, QueryError> {
        source.rows(&self.filter())
    }
}

impl Scope {
    /// A note for every condition that left postings out only because they have no value for it.
    ///
    /// # Errors
    /// When the source cannot be read.
    pub fn unknown_notes(&self, source: Source<'_>) -> Result<Vec<String>, QueryError> {
        let asked = [
            (self.region.is_some(), Condition::Region, "country"),
            (self.workplace.is_some(), Condition::Workplace, "workplace"),
            (self.since.is_some(), Condition::Since, "date"),
        ];
        if asked.iter().all(|(asked, ..)| !asked) {
            return Ok(Vec::new());
        }
        let unknown = source.unknown(&self.filter())?;
        let note = |(condition, postings): &(Condition, u64)| {
            let (.., what) = asked.iter().find(|(_, known, _)| known == condition)?;
            let option = condition.option();
            Some(format!("{postings} postings have no {what} and are left out by {option}"))
        };
        Ok(unknown.iter().filter_map(note).collect())
    }
}

/// Notes on the rows that are in no cohort.
#[must_use]
pub fn left_out_notes(rows: &Rows) -> Vec<String> {
    let (mut nameless, mut silent) = (0, 0);
    for at in 0..rows.len() {
        match left_out(rows, at) {
            Some(LeftOut::Nameless) => nameless += 1,
            Some(LeftOut::Silent) => silent += 1,
            None => {}
        }
    }
    let mut notes = Vec::new();
    if nameless > 0 {
        notes.push(format!("{nameless} of {} postings name no employer and are left out", rows.len()));
    }
    if silent > 0 {
        notes.push(format!(
            "{silent} of {} postings ask for nothing that could be read (most have no body) and are left out",
            rows.len()
        ));
    }
    notes
}

/// From this level on, the two tracks ask for different things.
pub const FORK_LEVEL: u8 = 5;

/// Whether a posting with these facts belongs to `track`. Below the fork, postings that name no
/// track are individual contributors' as a matter of course.
#[must_use]
pub fn on_track(facts: RowFacts, track: Option<Track>) -> bool {
    let below = || facts.level().is_some_and(|level| level < FORK_LEVEL);
    match track {
        None => true,
        Some(Track::Ic) if facts.track().is_none() => below(),
        wanted => facts.track() == wanted,
    }
}

/// Whether a posting with these facts has one of `levels` and is on `track`.
#[must_use]
pub fn is_part(facts: RowFacts, levels: &RangeInclusive<u8>, track: Option<Track>) -> bool {
    facts.level().is_some_and(|level| levels.contains(&level)) && on_track(facts, track)
}

/// The cohort of `rows` with these levels and this track.
#[must_use]
pub fn part(rows: &Rows, levels: &RangeInclusive<u8>, track: Option<Track>) -> Cohort {
    Cohort::of(rows, |at| is_part(rows.head(at).facts, levels, track))
}

/// What a cohort is, for the reader of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CohortCard {
    /// Lowest level.
    pub from_level: u8,
    /// Highest level.
    pub to_level: u8,
    /// Track; `None` for both.
    pub track: Option<Track>,
    /// Postings, near-duplicates folded.
    pub postings: usize,
    /// Near-duplicates that were folded.
    pub folded: usize,
    /// Employers.
    pub employers: usize,
    /// Postings left out because they name no employer.
    pub nameless: usize,
    /// Postings left out because nothing was found that they ask for.
    pub silent: usize,
    /// First and last day of publication known, days since 1970-01-01.
    pub days: Option<(i32, i32)>,
    /// Countries with most postings, at most three; a posting may be in several.
    pub countries: Vec<CountryCount>,
    /// Postings that name no country.
    pub somewhere: usize,
}

/// Postings of one country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CountryCount {
    /// The country.
    pub country: Region,
    /// Postings.
    pub postings: usize,
}

/// Countries named of a cohort.
const COUNTRIES: usize = 3;

/// Countries with most postings, and postings without one.
fn countries(cohort: &Cohort) -> (Vec<CountryCount>, usize) {
    let mut counts: BTreeMap<Region, usize> = BTreeMap::new();
    let mut somewhere = 0;
    for at in 0..cohort.rows().len() {
        let facts = cohort.rows().head(at).facts;
        somewhere += usize::from(!facts.has_region());
        facts.regions().for_each(|country| *counts.entry(country).or_default() += 1);
    }
    let mut most: Vec<CountryCount> =
        counts.into_iter().map(|(country, postings)| CountryCount { country, postings }).collect();
    most.sort_by_key(|count| (std::cmp::Reverse(count.postings), count.country));
    most.truncate(COUNTRIES);
    (most, somewhere)
}

impl CohortCard {
    /// Describes `cohort`.
    #[must_use]
    pub fn of(cohort: &Cohort, levels: &RangeInclusive<u8>, track: Option<Track>) -> Self {
        let days = || (0..cohort.rows().len()).filter_map(|at| cohort.rows().head(at).facts.day());
        let (countries, somewhere) = countries(cohort);
        Self {
            from_level: *levels.start(),
            to_level: *levels.end(),
            track,
            postings: cohort.rows().len(),
            folded: cohort.folded,
            employers: cohort.employers().len(),
            nameless: cohort.nameless,
            silent: cohort.silent,
            days: days().min().zip(days().max()),
            countries,
            somewhere,
        }
    }

    /// Few employers, or too few.
    #[must_use]
    pub fn is_thin(&self) -> bool {
        is_thin(self.employers)
    }

    /// E.g. `levels 5–6, management: 12 employers`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let levels = super::explain::describe(&(self.from_level..=self.to_level), self.track);
        format!("{levels}: {} employers", self.employers)
    }

    /// Enough employers for a percentage.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        is_enough(self.employers)
    }
}

/// Employers and postings of one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LevelCount {
    /// Level 1–8; `None` for postings of unknown level.
    pub level: Option<u8>,
    /// Employers.
    pub employers: usize,
    /// Postings.
    pub postings: usize,
}

/// Employers and postings by level, unknown last.
#[must_use]
pub fn levels(rows: &Rows) -> Vec<LevelCount> {
    let mut by_level: BTreeMap<u8, (FxHashSet<u64>, usize)> = BTreeMap::new();
    for at in (0..rows.len()).filter(|at| left_out(rows, *at).is_none()) {
        let head = rows.head(at);
        let entry = by_level.entry(head.facts.level().unwrap_or(9)).or_default();
        entry.0.extend(head.employer);
        entry.1 += 1;
    }
    by_level
        .into_iter()
        .map(|(level, (employers, postings))| LevelCount {
            level: (level <= 8).then_some(level),
            employers: employers.len(),
            postings,
        })
        .collect()
}

/// Employers and postings by family, most employers first; the unknown family is left out.
#[must_use]
pub fn families(rows: &Rows) -> Vec<(String, usize, usize)> {
    let mut by_family: BTreeMap<&str, (FxHashSet<u64>, usize)> = BTreeMap::new();
    for at in (0..rows.len()).filter(|at| left_out(rows, *at).is_none()) {
        let entry = by_family.entry(rows.family(at)).or_default();
        entry.0.extend(rows.head(at).employer);
        entry.1 += 1;
    }
    by_family.remove("");
    let mut list: Vec<(String, usize, usize)> =
        by_family.into_iter().map(|(name, (e, p))| (name.to_owned(), e.len(), p)).collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    list
}
