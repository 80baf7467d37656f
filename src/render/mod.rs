//! Answers as text for a terminal, Markdown and CSV. JSON needs no layout: answers serialise.
//!
//! A function per answer lays it out as a [`Page`]; the page knows how to be written.

mod bridge;
mod data;
mod facets;
mod families;
mod fetched;
mod gap;
mod ics;
mod page;
mod plan;
mod profile;
mod report;
mod search;
mod short;

pub use bridge::{bridges, bridges_explained, demand};
pub use facets::facets;
pub use families::families;
pub use fetched::fetched;
pub use gap::{coverage_explained, explanation, gap};
pub use ics::calendar;
pub use page::{Page, Style};
pub use plan::{check, manager_page, plan};
pub use profile::{findings, imported, profile};
pub use report::{Color, PALETTE, Report, contrast, report};
pub use search::search;
pub use short::gap_in_short;

use crate::level::Track;
use crate::level::name as level_name;
use crate::query::Snapshot;
use crate::query::gap::{GateGap, GateState, Kindred};
use crate::query::scope::CohortCard;
use crate::query::stats::Share;

fn track_name(track: Option<Track>) -> &'static str {
    match track {
        None => "all tracks",
        Some(Track::Ic) => "individual contributors",
        Some(Track::Management) => "management",
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A coverage to the point, or that there are too few employers for one.
fn percent_or_few(share: Option<f64>) -> String {
    share.map_or_else(|| "– (too few employers)".to_owned(), percent)
}

/// A coverage to a tenth of a point, or a dash where there are too few employers.
fn exactly(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

/// A change in points, or a dash where there are too few employers.
fn points(change: Option<f64>) -> String {
    change.map_or_else(|| "–".to_owned(), |change| format!("{:+.1}", change * 100.0))
}

/// A share as people read it: `42 % (30–55)`, or `k of n` below eight employers.
fn shown_share(share: &Share) -> String {
    match (share.share, share.low, share.high) {
        (Some(p), Some(low), Some(high)) => {
            format!("{} ({:.0}–{:.0})", percent(p), low * 100.0, high * 100.0)
        }
        _ => format!("{} of {}", share.employers_with, share.employers),
    }
}

/// Employers asking, of all.
fn employers(share: &Share) -> String {
    format!("{}/{}", share.employers_with, share.employers)
}

/// A bar of `width` columns for a share 0–1, in eighths.
fn bar(share: f64, width: usize) -> String {
    const PARTS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let eighths = (share.clamp(0.0, 1.0) * width as f64 * 8.0).round() as usize;
    let mut bar = "█".repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        bar.push(PARTS[eighths % 8]);
    }
    bar
}

fn cohort_line(card: &CohortCard) -> String {
    let levels = if card.from_level == card.to_level {
        format!("level {} ({})", card.from_level, level_name(card.from_level))
    } else {
        format!("levels {}–{}", card.from_level, card.to_level)
    };
    let folded = match card.folded {
        0 => String::new(),
        n => format!(", {n} near-duplicates folded"),
    };
    let thin = if card.is_thin() { " · thin" } else { "" };
    format!(
        "{levels}, {}: {} postings of {} employers{folded}{thin}",
        track_name(card.track),
        card.postings,
        card.employers
    )
}

/// Whose figures an area of kindred families has.
fn kindred_in_words(kindred: &Kindred) -> String {
    let families: Vec<String> = kindred.families.iter().map(|id| family_name(id)).collect();
    format!("{} ({})", families.join("; "), kindred.cohort.in_words())
}

/// Where a cohort's postings are.
fn places(card: &CohortCard) -> String {
    let mut named: Vec<String> =
        card.countries.iter().map(|count| format!("{} {}", count.country, count.postings)).collect();
    if card.somewhere > 0 {
        named.push(format!("not told {}", card.somewhere));
    }
    format!("postings by country: {}", named.join(", "))
}

/// What to make of figures of so few employers.
fn thin_warning(employers: usize) -> String {
    format!("THIN DATA — only {employers} employers: take the areas and their order as a hint only")
}

fn snapshot_line(snapshot: &Snapshot) -> String {
    let made = snapshot.made.as_ref().map(|day| format!(", made {day}")).unwrap_or_default();
    format!("snapshot {} ({}, {} postings{made})", snapshot.id, snapshot.source, snapshot.postings)
}

/// Whether a gate is met, in words.
fn gate_state(state: GateState) -> &'static str {
    match state {
        GateState::Met => "met",
        GateState::MetByExperience => "met by experience",
        GateState::OrEquivalent => "not met, nor by experience yet",
        GateState::NotMet => "not met",
        GateState::Unknown => "the profile does not say",
    }
}

/// Whether a gate is met, and what decides it.
fn gate_standing(gate: &GateGap) -> String {
    let basis = gate.basis.as_deref().map(|basis| format!(": {basis}")).unwrap_or_default();
    format!("{}{basis}", gate_state(gate.state))
}

/// A value as a shell takes it in one piece.
pub(crate) fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+,=".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', "'\\''"))
}

/// A family as people know it.
fn family_name(id: &str) -> String {
    crate::level::family::label(id).to_owned()
}

/// A kind of experience as people know it.
fn experience_label(kind: crate::extract::ExperienceKind) -> String {
    crate::plan::experience_name(kind).to_owned()
}

/// The word a serialisable name is written as, e.g. `people-led`.
fn word(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn values_in_commands_stay_in_one_piece() {
        for (value, expected) in [
            ("ashby:acme:7f2", "ashby:acme:7f2"),
            ("file:pivotal energy:p7", "'file:pivotal energy:p7'"),
            ("file:o'neill:1", r"'file:o'\''neill:1'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(value), expected);
        }
    }
}
