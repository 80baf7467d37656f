//! The employer's own structured fields: its words or codes for level, track and years.
//!
//! Codes mean different things with different employers, so a code counts only where
//! `data/level/employer_codes.tsv` has that employer; words have their usual meaning
//! (`data/level/fields.tsv`).

use super::table::rows;
use super::{Evidence, Track};
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// What structured fields say.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Told {
    /// Interval of levels.
    pub(super) level: Option<(u8, u8)>,
    /// Track.
    pub(super) track: Option<Track>,
    /// Fewest years of experience.
    pub(super) years: Option<f32>,
    /// The interval comes from this employer's own table: it decides.
    pub(super) own_code: bool,
}

type Meaning = (u8, u8, Option<Track>);

struct Tables {
    codes: FxHashMap<(String, String), Meaning>,
    words: FxHashMap<&'static str, Meaning>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let (mut codes, mut words) = (FxHashMap::default(), FxHashMap::default());
        for row in rows(include_str!("../../data/level/employer_codes.tsv")) {
            let [company, _, raw, low, high, track] = row[..] else { continue };
            if let Some(meaning) = meaning(low, high, track) {
                codes.insert((fold(company), fold(raw)), meaning);
            }
        }
        for row in rows(include_str!("../../data/level/fields.tsv")) {
            let [low, high, track, forms] = row[..] else { continue };
            if let Some(meaning) = meaning(low, high, track) {
                words.extend(forms.split('|').map(|form| (form, meaning)));
            }
        }
        Tables { codes, words }
    })
}

fn meaning(low: &str, high: &str, track: &str) -> Option<Meaning> {
    Some((low.parse().ok()?, high.parse().ok()?, track_word(track)))
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn track_word(word: &str) -> Option<Track> {
    match fold(word).as_str() {
        "ic" | "individual contributor" | "professional - ic" | "ic - professional" | "no" => Some(Track::Ic),
        "m" | "management" | "manager" | "people manager" | "mg" | "mgmt" | "yes" => Some(Track::Management),
        _ => None,
    }
}

/// Reads the structured fields of `evidence`.
pub(super) fn read(evidence: &Evidence<'_>) -> Told {
    let mut fields = Told::default();
    let given = &evidence.fields;
    if let Some(raw) = given.level {
        let tables = tables();
        let own = tables.codes.get(&(fold(evidence.company), fold(raw)));
        fields.own_code = own.is_some();
        if let Some(&(low, high, track)) = own.or_else(|| tables.words.get(fold(raw).as_str())) {
            (fields.level, fields.track) = (Some((low, high)), track);
        }
    }
    if let (None, Some(kind)) = (fields.level, given.employment) {
        let level = tables().words.get(fold(kind).as_str()).copied();
        fields.level = level.filter(|(_, high, _)| *high == 1).map(|(low, high, _)| (low, high));
    }
    if let Some(track) = given.track.and_then(track_word) {
        fields.track = Some(track);
    }
    fields.years = given.years.and_then(first_number);
    fields
}

fn first_number(text: &str) -> Option<f32> {
    let from = text.find(|c: char| c.is_ascii_digit())?;
    let digits: String = text.get(from..)?.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|years| *years <= 20.0)
}

#[cfg(test)]
mod tests {
    use super::super::Fields;
    use super::*;

    fn level(company: &str, raw: &str) -> Option<(u8, u8)> {
        {
            let fields = Fields { level: Some(raw), ..Fields::default() };
            read(&Evidence { company, fields, ..Evidence::default() }).level
        }
    }

    #[test]
    fn codes_count_only_with_their_employer() {
        assert_eq!(level("Reddit", "ic5"), Some((5, 5)));
        assert_eq!(level("Somebody Else", "IC5"), None);
        assert_eq!(level("", "Mid-Senior level"), Some((3, 7)));
    }

    #[test]
    fn years_and_track_are_read() {
        let given = Fields { years: Some("5-7 years"), track: Some("MG"), ..Fields::default() };
        let fields = read(&Evidence { fields: given, ..Evidence::default() });
        assert_eq!((fields.years, fields.track), (Some(5.0), Some(Track::Management)));
    }
}
