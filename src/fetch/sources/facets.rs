//! Workday lists beyond its result window: divided by facets until each part is below it.
//!
//! An answer names facets (job family, time type, location) and how many postings each value has.
//! Values are grouped into requests of fewer rows than the window; a value beyond it is divided
//! again by another facet. A posting may have several values of a facet or none, so nothing is
//! concluded from the parts: the look is complete when the distinct postings that all of them
//! showed are as many as the whole list has.

use super::fields::{count, items, raw, text};
use serde_json::{Map, Value};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Where some tenants stop.
pub(super) const WINDOW: u64 = 2000;

/// Facets applied at once at most.
const DEPTH: usize = 4;

/// Values of one facet in one request at most.
const VALUES: usize = 100;

/// Facets applied to a request, as its body names them.
pub(super) type Applied = Map<String, Value>;

/// A part of a list.
#[derive(Debug, PartialEq)]
pub(super) struct Part {
    pub(super) applied: Applied,
    /// Rows it should have, by the facet's own counts.
    pub(super) rows: u64,
}

/// A facet: its name, and how many postings each value has.
struct Facet {
    name: String,
    values: Vec<(String, u64)>,
}

impl Facet {
    fn sum(&self) -> u64 {
        self.values.iter().map(|(_, rows)| rows).sum()
    }

    fn largest(&self) -> u64 {
        self.values.iter().map(|(_, rows)| *rows).max().unwrap_or(0)
    }
}

/// Divides a list of `rows` rows that came with `doc`; `None` where no facet does.
pub(super) fn divide(doc: &Value, applied: &Applied, rows: u64) -> Option<Vec<Part>> {
    if applied.len() >= DEPTH {
        return None;
    }
    let helps =
        |facet: &Facet| facet.sum() >= rows && facet.largest() < rows && !applied.contains_key(&facet.name);
    let facet = facets(doc).into_iter().filter(helps).min_by_key(|facet| (facet.largest(), facet.sum()))?;
    Some(group(facet, applied))
}

/// Large values first, each into the first group that has room.
fn group(mut facet: Facet, applied: &Applied) -> Vec<Part> {
    facet.values.sort_by_key(|(_, rows)| Reverse(*rows));
    let mut groups: Vec<(Vec<Value>, u64)> = Vec::new();
    for (id, rows) in facet.values {
        let room = groups
            .iter_mut()
            .find(|(values, sum)| sum.saturating_add(rows) < WINDOW && values.len() < VALUES);
        match room {
            Some((values, sum)) => {
                values.push(id.into());
                *sum += rows;
            }
            None => groups.push((vec![id.into()], rows)),
        }
    }
    let part = |(values, rows): (Vec<Value>, u64)| {
        let mut applied = applied.clone();
        applied.insert(facet.name.clone(), Value::Array(values));
        Part { applied, rows }
    };
    groups.into_iter().map(part).collect()
}

/// How many rows a list has that says it has exactly as many as the window: what two facets
/// agree on. A single facet may count postings twice or leave some out.
pub(super) fn agreed_total(doc: &Value) -> Option<u64> {
    let mut votes: BTreeMap<u64, usize> = BTreeMap::new();
    for facet in facets(doc) {
        *votes.entry(facet.sum()).or_default() += 1;
    }
    let agreed = votes.into_iter().filter(|(sum, votes)| *votes > 1 && *sum >= WINDOW);
    agreed.max_by_key(|(sum, votes)| (*votes, *sum)).map(|(sum, _)| sum)
}

/// The facets of an answer. Some stand within a group of facets.
fn facets(doc: &Value) -> Vec<Facet> {
    let nested = |facet| items(facet, "values").iter().filter(|value| value.get("facetParameter").is_some());
    let all = items(doc, "facets").iter().flat_map(|facet| std::iter::once(facet).chain(nested(facet)));
    all.filter_map(|facet| {
        let value =
            |value: &Value| Some((text(value, "id")?, count(value, "count").filter(|rows| *rows > 0)?));
        let values: Vec<_> = items(facet, "values").iter().filter_map(value).collect();
        (!values.is_empty()).then(|| Facet { name: raw(facet, "facetParameter").to_owned(), values })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn facet(name: &str, counts: &[u64]) -> Value {
        let values: Vec<Value> = counts
            .iter()
            .enumerate()
            .map(|(n, rows)| json!({"id": format!("{name}{n}"), "count": rows}))
            .collect();
        json!({"facetParameter": name, "values": values})
    }

    #[test]
    fn the_facet_that_divides_finest_is_taken_and_its_values_are_grouped() {
        let doc = json!({"facets": [
            facet("time", &[4500, 500]),
            {"facetParameter": "places", "values": [facet("town", &[1200, 1100, 1500, 700, 900])]},
            facet("kind", &[10, 20]),
        ]});
        let parts = divide(&doc, &Applied::new(), 5000).unwrap();
        let rows: Vec<u64> = parts.iter().map(|part| part.rows).collect();
        assert_eq!(rows, [1500, 1900, 1100, 900]);
        assert_eq!(parts[1].applied, json!({"town": ["town0", "town3"]}).as_object().unwrap().clone());
        let deeper = divide(&doc, &parts[0].applied, 5000).unwrap();
        assert_eq!((deeper.len(), deeper[0].rows, deeper[0].applied.len()), (2, 4500, 2));
        assert_eq!(divide(&json!({"facets": [facet("kind", &[10, 20])]}), &Applied::new(), 5000), None);
    }

    #[test]
    fn a_hidden_total_is_what_two_facets_agree_on() {
        let total = |counts: &[&[u64]]| {
            let facets: Vec<Value> = counts.iter().map(|counts| facet("f", counts)).collect();
            agreed_total(&json!({ "facets": facets }))
        };
        assert_eq!(total(&[&[3000, 500], &[2500, 1000], &[4000]]), Some(3500));
        assert_eq!(total(&[&[3000, 500], &[2500]]), None);
    }
}
