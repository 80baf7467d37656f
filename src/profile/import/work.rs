//! Skills that the words of a history name, with those words as evidence.

use super::super::place::read_job;
use super::super::{Job, Month, Profile, ProfileSkill, leading, years_covered};
use crate::extract::{Extraction, Provenance};
use crate::taxonomy::Taxonomy;
use std::collections::BTreeMap;

/// Claims less sure than this are left out of a profile.
const SURE: f32 = 0.5;
/// Sentences kept as evidence of one skill.
const QUOTES: usize = 3;

/// What the history says of one skill.
#[derive(Default)]
struct Use {
    label: String,
    spans: Vec<(i32, i32)>,
    last: Option<Month>,
    quotes: Vec<String>,
}

/// Adds years, last use and evidence to the skills of `profile` from its jobs, titles, certificates
/// and the words `beside` them, and adds the skills that only these name. Returns the labels of the
/// added ones.
///
/// Skills of the profile without an id are resolved first, so that none is added twice.
pub(super) fn add_skills_of_history(
    profile: &mut Profile,
    beside: &[String],
    taxonomy: &Taxonomy,
    today: jiff::civil::Date,
) -> Vec<String> {
    profile.resolve(taxonomy);
    let mut uses = Uses { taxonomy, uses: BTreeMap::new() };
    for job in &profile.work {
        let last = Some(job.end.unwrap_or_else(|| Month::of(today)));
        let (extraction, text) = read_job(taxonomy, job);
        uses.claims(extraction, &text, job.months(today), last);
        for (kind, line) in leading::shown(job) {
            let skill = leading::skill(kind).and_then(|name| taxonomy.resolve(name));
            if let Some(skill) = skill.map(|at| taxonomy.skill(at)) {
                uses.add(&skill.id, &skill.label, &line, job.months(today), last);
            }
        }
        uses.line(&job.title, job.months(today), last);
    }
    for certificate in &profile.certificates {
        uses.line(&certificate.name, None, certificate.date);
    }
    for words in beside {
        uses.line(words, None, None);
    }
    let uses = uses.uses;
    let mut added = Vec::new();
    for (id, used) in uses {
        let at = profile.skills.iter().position(|skill| skill.id.as_deref() == Some(&id));
        let at = at.unwrap_or_else(|| {
            added.push(used.label.clone());
            profile.skills.push(ProfileSkill {
                name: used.label.clone(),
                id: Some(id),
                ..ProfileSkill::default()
            });
            profile.skills.len() - 1
        });
        let skill = &mut profile.skills[at];
        let years = years_covered(&used.spans);
        skill.years = skill.years.or((years > 0.0).then_some(years));
        skill.last_used = skill.last_used.or(used.last);
        for quote in used.quotes {
            if !skill.evidence.contains(&quote) {
                skill.evidence.push(quote);
            }
        }
    }
    added
}

/// What the whole history says of every skill.
struct Uses<'t> {
    taxonomy: &'t Taxonomy,
    uses: BTreeMap<String, Use>,
}

impl Uses<'_> {
    fn add(&mut self, id: &str, label: &str, quote: &str, span: Option<(i32, i32)>, last: Option<Month>) {
        let used = self.uses.entry(id.to_owned()).or_default();
        used.label = label.to_owned();
        used.spans.extend(span);
        used.last = used.last.max(last);
        if used.quotes.len() < QUOTES && !used.quotes.iter().any(|known| known == quote) {
            used.quotes.push(quote.to_owned());
        }
    }

    fn claims(&mut self, read: Extraction, text: &str, span: Option<(i32, i32)>, last: Option<Month>) {
        for claim in read.skills {
            if claim.confidence >= SURE && claim.provenance != Provenance::Inferred {
                self.add(&claim.id, &claim.label, line_around(text, claim.span.start), span, last);
            }
        }
    }

    /// Skills that a title, a certificate or a project names.
    fn line(&mut self, words: &str, span: Option<(i32, i32)>, last: Option<Month>) {
        let job = Job { summary: Some(words.to_owned()), ..Job::default() };
        let (extraction, text) = read_job(self.taxonomy, &job);
        self.claims(extraction, &text, span, last);
    }
}

/// The line of `text` that holds byte `at`.
fn line_around(text: &str, at: usize) -> &str {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    text.get(start..).unwrap_or_default().lines().next().unwrap_or_default().trim_start_matches("- ").trim()
}
