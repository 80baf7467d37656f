//! Answers as rows for programs: plain numbers, every row, the snapshot and the cohort in each.

use super::page::{Page, clean};
use super::word;
use crate::profile::Profile;
use crate::query::Snapshot;
use crate::query::bridge::Bridges;
use crate::query::demand::Demand;
use crate::query::explain::{CoverageExplained, Explanation};
use crate::query::gap::{Gap, Target};
use crate::query::scope::CohortCard;
use crate::query::search::SearchAnswer;
use crate::query::stats::Share;

/// A number of four decimals, or nothing.
fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| format!("{value:.4}"))
}

/// Share, ends of the interval, employers with it and in all, and whether those are few.
fn cells(share: &Share) -> [String; 6] {
    [
        number(share.share),
        number(share.low),
        number(share.high),
        share.employers_with.to_string(),
        share.employers.to_string(),
        share.thin.to_string(),
    ]
}

/// Snapshot, levels and track.
fn cohort(snapshot: &Snapshot, card: &CohortCard) -> Vec<String> {
    vec![
        snapshot.id.clone(),
        card.from_level.to_string(),
        card.to_level.to_string(),
        card.track.map(word).unwrap_or_default(),
    ]
}

pub(super) fn gap(page: &mut Page, answer: &Gap) {
    let rows = answer.targets.iter().flat_map(|target| target_rows(answer, target)).collect();
    page.data(
        &[
            "snapshot",
            "from_level",
            "to_level",
            "track",
            "family",
            "row",
            "id",
            "label",
            "share",
            "low",
            "high",
            "employers_k",
            "employers_n",
            "thin",
            "own_share",
            "own_low",
            "own_high",
            "own_employers_k",
            "own_employers_n",
            "own_thin",
            "tier",
            "need",
            "have",
            "gap",
            "interest",
            "shown_by",
        ],
        rows,
    );
}

fn target_rows(answer: &Gap, target: &Target) -> Vec<Vec<String>> {
    let row = |kind: &str, id: &str, label: &str, asked: &Share, own: Option<&Share>, rest: [String; 6]| {
        let mut row = cohort(&answer.snapshot, &target.cohort);
        row.push(answer.family.clone().unwrap_or_default());
        row.extend([kind.to_owned(), clean(id), clean(label)]);
        row.extend(cells(asked));
        row.extend(own.map_or_else(Default::default, cells));
        row.extend(rest);
        row
    };
    let tier = |contrast: Option<crate::query::contrast::Contrast>| {
        contrast.map(|c| word(c.tier)).unwrap_or_default()
    };
    let none = String::new;
    let skills = target.skills.iter().map(|s| {
        let interest = s.interest.map(|i| i.to_string()).unwrap_or_default();
        let rest = [tier(s.contrast), s.need.to_string(), s.have.to_string(), word(s.gap), interest, none()];
        row("skill", &s.id, &s.label, &s.asked, Some(&s.own), rest)
    });
    let working = target.working.iter().map(|w| {
        let interest = w.interest.map(|i| i.to_string()).unwrap_or_default();
        let rest = [tier(w.contrast), none(), none(), none(), interest, none()];
        row("working", &w.id, &w.label, &w.asked, Some(&w.own), rest)
    });
    let generic = target.generic.iter().map(|w| {
        let rest = [tier(w.contrast), none(), none(), none(), none(), none()];
        row("generic", &w.id, &w.label, &w.asked, Some(&w.own), rest)
    });
    let experience = target.experience.iter().map(|e| {
        let need = e.figure.map(|figure| figure.median.to_string()).unwrap_or_default();
        let shown = e.shown_by.as_deref().map(clean).unwrap_or_default();
        let rest = [tier(e.contrast), need, none(), none(), none(), shown];
        row("experience", &word(e.kind), &super::experience_label(e.kind), &e.asked, Some(&e.own), rest)
    });
    let gates = target.gates.iter().map(|g| {
        let basis = g.basis.as_deref().map(clean).unwrap_or_default();
        let rest = [none(), none(), none(), word(g.state), none(), basis];
        row("gate", &word(g.name.kind), &g.name.label(), &g.required, None, rest)
    });
    // The family column says whose figures these are.
    let kindred = target.focus.iter().filter_map(|area| {
        let kindred = area.kindred.as_ref()?;
        let asks = &kindred.figures;
        let rest = [tier(asks.contrast), none(), none(), none(), none(), none()];
        let label = super::experience_label(asks.kind);
        let mut row = row("kindred-experience", &word(asks.kind), &label, &asks.asked, Some(&asks.own), rest);
        row[0].clone_from(&kindred.snapshot.id);
        row[4] = kindred.families.join(" ");
        Some(row)
    });
    skills.chain(working).chain(generic).chain(experience).chain(kindred).chain(gates).collect()
}

pub(super) fn demand(page: &mut Page, answer: &Demand) {
    let rows = answer.skills.iter().map(|skill| {
        let mut row = cohort(&answer.snapshot, &answer.cohort);
        row.push(answer.family.clone().unwrap_or_default());
        row.extend([skill.id.clone(), skill.label.clone(), word(skill.kind)]);
        row.extend(cells(&skill.asked));
        row.extend([number(skill.required.share), number(skill.preferred.share)]);
        let trend = skill.trend;
        row.push(number(trend.map(|t| t.after - t.before)));
        row.push(number(trend.map(|t| t.difference.0)));
        row.push(number(trend.map(|t| t.difference.1)));
        row
    });
    page.data(
        &[
            "snapshot",
            "from_level",
            "to_level",
            "track",
            "family",
            "id",
            "label",
            "kind",
            "share",
            "low",
            "high",
            "employers_k",
            "employers_n",
            "thin",
            "required_share",
            "preferred_share",
            "change",
            "change_low",
            "change_high",
        ],
        rows.collect(),
    );
}

pub(super) fn bridges(page: &mut Page, answer: &Bridges) {
    let mut rows = Vec::new();
    for (i, path) in answer.paths.iter().enumerate() {
        for (at, step) in path.steps.iter().enumerate() {
            rows.push(vec![
                answer.snapshot.id.clone(),
                if path.direct { "direct" } else { "path" }.to_owned(),
                (i + 1).to_string(),
                (at + 1).to_string(),
                step.to.family.clone(),
                step.to.level.to_string(),
                number(Some(step.cost)),
                step.to.employers.to_string(),
                step.to.thin.to_string(),
                step.adds.join("; "),
            ]);
        }
    }
    for (i, target) in answer.unexpected.iter().enumerate() {
        rows.push(vec![
            answer.snapshot.id.clone(),
            "unexpected".to_owned(),
            (i + 1).to_string(),
            "1".to_owned(),
            target.role.family.clone(),
            target.role.level.to_string(),
            number(Some(target.cost)),
            target.role.employers.to_string(),
            target.role.thin.to_string(),
            target.adds.join("; "),
        ]);
    }
    page.data(
        &["snapshot", "row", "rank", "step", "family", "level", "new_share", "employers_n", "thin", "adds"],
        rows,
    );
}

pub(super) fn bridges_explained(page: &mut Page, answer: &Bridges) {
    let mut rows = Vec::new();
    for (i, path) in answer.paths.iter().enumerate() {
        for (at, step) in path.steps.iter().enumerate() {
            for ask in &step.asks {
                rows.push(vec![
                    answer.snapshot.id.clone(),
                    (i + 1).to_string(),
                    (at + 1).to_string(),
                    step.to.family.clone(),
                    step.to.level.to_string(),
                    ask.label.clone(),
                    number(Some(ask.weight)),
                    word(ask.held),
                    number(Some(ask.new)),
                ]);
            }
        }
    }
    page.data(&["snapshot", "path", "step", "family", "level", "label", "weight", "held", "new"], rows);
}

pub(super) fn coverage(page: &mut Page, answer: &[CoverageExplained]) {
    let mut rows = Vec::new();
    for explained in answer {
        for ask in &explained.rows {
            let mut row = cohort(&explained.snapshot, &explained.cohort);
            row.extend([ask.any_of.join(" or "), number(Some(ask.weight)), number(Some(ask.required))]);
            row.extend([ask.depth.0.to_string(), ask.depth.1.to_string(), number(Some(ask.credit))]);
            row.push(ask.via.clone().unwrap_or_default());
            rows.push(row);
        }
    }
    page.data(
        &[
            "snapshot",
            "from_level",
            "to_level",
            "track",
            "any_of",
            "weight",
            "required_weight",
            "need",
            "have",
            "credit",
            "via",
        ],
        rows,
    );
}

pub(super) fn explanation(page: &mut Page, answer: &Explanation) {
    let named = std::iter::once(answer).chain(&answer.also).flat_map(|answer| {
        [
            (answer, "asked", &answer.asked),
            (answer, "required", &answer.required),
            (answer, "duty", &answer.duty),
            (answer, "preferred", &answer.preferred),
        ]
    });
    let rows = named.into_iter().map(|(answer, name, share)| {
        let mut row = cohort(&answer.snapshot, &answer.cohort);
        row.extend([answer.id.clone(), answer.label.clone(), name.to_owned()]);
        row.extend(cells(share));
        row.extend([share.postings_with.to_string(), share.postings.to_string()]);
        row
    });
    page.data(
        &[
            "snapshot",
            "from_level",
            "to_level",
            "track",
            "id",
            "label",
            "strength",
            "share",
            "low",
            "high",
            "employers_k",
            "employers_n",
            "thin",
            "postings_k",
            "postings_n",
        ],
        rows.collect(),
    );
}

pub(super) fn search(page: &mut Page, answer: &SearchAnswer) {
    let rows = answer.postings.iter().map(|posting| {
        vec![
            answer.snapshot.id.clone(),
            posting.key.clone(),
            clean(&posting.title),
            clean(&posting.company),
            clean(&posting.location),
            posting.level.map(|level| level.to_string()).unwrap_or_default(),
            posting.track.map(word).unwrap_or_default(),
            posting.family.clone().unwrap_or_default(),
            posting.posted.map(|day| day.to_string()).unwrap_or_default(),
            posting.open.to_string(),
            posting.url.as_deref().map(clean).unwrap_or_default(),
            clean(&posting.snippet),
        ]
    });
    page.data(
        &[
            "snapshot", "key", "title", "company", "location", "level", "track", "family", "posted", "open",
            "url", "snippet",
        ],
        rows.collect(),
    );
}

pub(super) fn profile(page: &mut Page, profile: &Profile) {
    let rows = profile.skills.iter().map(|skill| {
        let held = skill.held();
        vec![
            skill.id.clone().unwrap_or_default(),
            clean(&skill.name),
            held.depth.map(|depth| depth.to_string()).unwrap_or_default(),
            held.basis.to_owned(),
            skill.years.map(|years| years.to_string()).unwrap_or_default(),
            skill.last_used.map(|month| month.to_string()).unwrap_or_default(),
            skill.interest.map(|interest| interest.to_string()).unwrap_or_default(),
            clean(&skill.evidence.join("; ")),
        ]
    });
    page.data(
        &["id", "name", "depth", "basis", "years", "last_used", "interest", "evidence"],
        rows.collect(),
    );
}
