//! The role families, and which of them can be answered.

use super::page::{Page, Side, Table, bold};
use super::snapshot_line;
use crate::query::families::FamilyCounts;

/// Lays out the families.
#[must_use]
pub fn families(answer: &FamilyCounts) -> Page {
    let mut page = Page::default();
    let mut table = Table {
        columns: vec![
            ("family", Side::Left),
            ("name", Side::Left),
            ("employers", Side::Right),
            ("postings", Side::Right),
            ("levels answered", Side::Left),
        ],
        flexible: 1,
        ..Table::default()
    };
    for family in &answer.families {
        let levels: Vec<String> = family.answered().map(|level| level.to_string()).collect();
        table.rows.push(vec![
            bold(family.id),
            family.label.to_owned(),
            family.employers.to_string(),
            family.postings.to_string(),
            if levels.is_empty() { "–".to_owned() } else { levels.join(" ") },
        ]);
    }
    page.table(table);
    page.line(
        "levels answered: those with at least 8 employers; neighbouring levels together may have enough",
    );
    page.line(snapshot_line(&answer.snapshot));
    page.data(
        &[
            "snapshot",
            "id",
            "label",
            "isco",
            "employers",
            "postings",
            "level_1",
            "level_2",
            "level_3",
            "level_4",
            "level_5",
            "level_6",
            "level_7",
            "level_8",
        ],
        answer
            .families
            .iter()
            .map(|family| {
                let mut row = vec![answer.snapshot.id.clone(), family.id.to_owned(), family.label.to_owned()];
                row.extend([
                    family.isco.join(" "),
                    family.employers.to_string(),
                    family.postings.to_string(),
                ]);
                row.extend(family.levels.iter().map(ToString::to_string));
                row
            })
            .collect(),
    );
    page.next("rungs demand --family ID --level 5..");
    page
}
