//! Skills that the words of a history name, with those words as evidence.

use super::super::place::read_job;
use super::super::{Month, Profile, ProfileSkill, years_covered};
use crate::extract::Provenance;
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

/// Adds years, last use and evidence to the skills of `profile` from its jobs, and adds the
/// skills that only the jobs name. Returns the labels of the added ones.
///
/// Skills of the profile without an id are resolved first, so that none is added twice.
pub(super) fn add_skills_of_history(
    profile: &mut Profile,
    taxonomy: &Taxonomy,
    today: jiff::civil::Date,
) -> Vec<String> {
    profile.resolve(taxonomy);
    let mut uses: BTreeMap<String, Use> = BTreeMap::new();
    for job in &profile.work {
        let (extraction, text) = read_job(taxonomy, job);
        for claim in extraction.skills {
            if claim.confidence < SURE || claim.provenance == Provenance::Inferred {
                continue;
            }
            let used = uses.entry(claim.id).or_default();
            used.label = claim.label;
            used.spans.extend(job.months(today));
            used.last = used.last.max(Some(job.end.unwrap_or_else(|| Month::of(today))));
            if used.quotes.len() < QUOTES {
                used.quotes.push(line_around(&text, claim.span.start).to_owned());
            }
        }
    }
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

/// The line of `text` that holds byte `at`.
fn line_around(text: &str, at: usize) -> &str {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    text.get(start..).unwrap_or_default().lines().next().unwrap_or_default().trim_start_matches("- ").trim()
}
