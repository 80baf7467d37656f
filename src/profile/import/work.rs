//! Skills that the words of a history name, with those words as evidence.

use super::super::{Month, Profile, ProfileSkill, leading, years_covered};
use super::named;
use crate::taxonomy::Taxonomy;
use std::collections::{BTreeMap, BTreeSet};

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
/// added ones, and of those that may be meant.
///
/// Skills of the profile without an id are resolved first, so that none is added twice.
pub(super) fn add_skills_of_history(
    profile: &mut Profile,
    beside: &[String],
    taxonomy: &Taxonomy,
    today: jiff::civil::Date,
) -> Added {
    profile.resolve(taxonomy);
    let mut uses = Uses { taxonomy, uses: BTreeMap::new(), perhaps: BTreeSet::new() };
    for job in &profile.work {
        let last = Some(job.end.unwrap_or_else(|| Month::of(today)));
        for line in job.text().lines() {
            uses.line(line, job.months(today), last);
        }
        for (kind, line) in leading::shown(job) {
            for at in leading::skills(kind).iter().filter_map(|name| taxonomy.resolve(name)) {
                let skill = taxonomy.skill(at);
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
    let Uses { uses, perhaps, .. } = uses;
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
    let held = |id: &str| profile.skills.iter().any(|skill| skill.id.as_deref() == Some(id));
    let skills = perhaps.iter().filter_map(|id| taxonomy.by_id(id)).map(|at| taxonomy.skill(at));
    let perhaps = skills.filter(|skill| !held(&skill.id)).map(|skill| skill.label.clone()).collect();
    Added { added, perhaps }
}

/// Labels of the skills that a history names.
pub(super) struct Added {
    /// Those that were added.
    pub(super) added: Vec<String>,
    /// Those that it may mean.
    pub(super) perhaps: Vec<String>,
}

/// What the whole history says of every skill.
struct Uses<'t> {
    taxonomy: &'t Taxonomy,
    uses: BTreeMap<String, Use>,
    /// Ids of what the history may mean.
    perhaps: BTreeSet<String>,
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

    /// Skills that a line names.
    fn line(&mut self, words: &str, span: Option<(i32, i32)>, last: Option<Month>) {
        let taxonomy = self.taxonomy;
        let named = named::read(taxonomy, words);
        for skill in named.sure.iter().map(|at| taxonomy.skill(*at)) {
            self.add(&skill.id, &skill.label, words.trim(), span, last);
        }
        self.perhaps.extend(named.perhaps.iter().map(|at| taxonomy.skill(*at).id.clone()));
    }
}
