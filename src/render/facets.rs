//! What a search found, counted.

use super::page::{Page, Side, Table, bold};
use super::{family_name, level_name, snapshot_line};
use crate::query::facets::{FacetCount, Facets};

/// Values shown of each facet; `--csv` and `--json` give all.
const SHOWN: usize = 12;

/// Lays out the counts.
#[must_use]
pub fn facets(answer: &Facets) -> Page {
    let mut page = Page::default();
    page.title(format!("{} postings of {} employers", answer.postings, answer.employers));
    page.line(snapshot_line(&answer.snapshot));
    let mut rows = Vec::new();
    let groups: [(&str, &[FacetCount]); 5] = [
        ("company", &answer.company),
        ("family", &answer.family),
        ("level", &answer.level),
        ("region", &answer.region),
        ("workplace", &answer.workplace),
    ];
    for (name, counts) in groups {
        let mut table = Table {
            columns: vec![(name, Side::Left), ("postings", Side::Right), ("employers", Side::Right)],
            ..Table::default()
        };
        for count in counts {
            rows.push(vec![
                answer.snapshot.id.clone(),
                name.to_owned(),
                count.value.clone(),
                count.postings.to_string(),
                count.employers.to_string(),
            ]);
        }
        for count in counts.iter().take(SHOWN) {
            let shown = [count.postings.to_string(), count.employers.to_string()];
            table.rows.push([vec![bold(&value(name, &count.value))], shown.to_vec()].concat());
        }
        page.title(name);
        page.table(table);
    }
    page.data(&["snapshot", "facet", "value", "postings", "employers"], rows);
    page
}

fn value(facet: &str, value: &str) -> String {
    match (facet, value) {
        (_, "") => "unknown".to_owned(),
        ("family", id) => family_name(id),
        ("level", level) => {
            level.parse().map_or_else(|_| level.to_owned(), |at| format!("{at} {}", level_name(at)))
        }
        (_, value) => value.to_owned(),
    }
}
