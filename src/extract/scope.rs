//! Experience facets and gates: what a sentence says besides skills.

use super::cues::cues;
use super::mentions::negated;
use super::skills::span;
use super::types::{Experience, ExperienceKind, Gate, GateKind, Strength};
use crate::text::tokens::{Token, TokenKind};
use crate::text::{Block, BlockKind, Document, Phrases, Section};
use std::ops::Range;
use std::sync::OnceLock;

/// `kind<TAB>value<TAB>where<TAB>phrase|phrase|…`
const TABLE: &str = include_str!("../../data/extract/scope.tsv");
/// A figure this many tokens from its word still speaks of it.
const NEAR: usize = 7;

#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    Experience(ExperienceKind, Option<&'static str>, bool),
    Gate(GateKind, &'static str),
}

fn table() -> &'static Phrases<What> {
    static PHRASES: OnceLock<Phrases<What>> = OnceLock::new();
    PHRASES.get_or_init(|| {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        Phrases::new(
            lines.filter_map(row).flat_map(|(what, phrases)| phrases.split('|').map(move |p| (p, what))),
        )
    })
}

fn row(line: &'static str) -> Option<(What, &'static str)> {
    let mut cells = line.splitn(4, '\t');
    let (kind, value, place, phrases) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    let read = |kind: &str| serde_json::Value::String(kind.to_owned());
    let what = if place == "-" {
        What::Gate(serde_json::from_value(read(kind)).ok()?, value)
    } else {
        let kind = serde_json::from_value(read(kind)).ok()?;
        What::Experience(kind, (value != "-").then_some(value), place == "a")
    };
    Some((what, phrases))
}

/// Reads one sentence's experience facets and gates.
pub(super) fn read(
    document: &Document,
    block: &Block,
    experience: &mut Vec<Experience>,
    gates: &mut Vec<Gate>,
) {
    let (text, tokens) = (document.visible(), document.tokens_of(block));
    let mut at = 0;
    while at < tokens.len() {
        let Some((what, len)) = table().longest(text, tokens, at) else {
            at += 1;
            continue;
        };
        let found = at..at + len;
        match what {
            What::Experience(kind, value, anywhere) => {
                if anywhere && block.section != Section::Legal || is_asking(block.section) {
                    experience.extend(facet(document, block, kind, value, found));
                }
            }
            What::Gate(kind, value) => gates.extend(gate(document, block, kind, value, found, gates)),
        }
        at += len;
    }
}

fn is_asking(section: Section) -> bool {
    matches!(section, Section::Duties | Section::Required | Section::Preferred | Section::Other)
}

fn range_of(tokens: &[Token], found: &Range<usize>) -> Option<Range<usize>> {
    Some(tokens.get(found.start)?.start as usize..tokens.get(found.end.checked_sub(1)?)?.end as usize)
}

fn facet(
    document: &Document,
    block: &Block,
    kind: ExperienceKind,
    value: Option<&str>,
    found: Range<usize>,
) -> Option<Experience> {
    let (text, tokens) = (document.visible(), document.tokens_of(block));
    let strength = match block.section {
        Section::Required => Strength::Required,
        Section::Preferred => Strength::Preferred,
        Section::Duties => Strength::Duty,
        _ => Strength::Context,
    };
    let mut facet = Experience {
        kind,
        min: None,
        max: None,
        unit: None,
        value: value.map(str::to_owned),
        strength,
        span: span(document, range_of(tokens, &found)?),
    };
    match kind {
        ExperienceKind::PeopleLed => {
            let (min, max) = figure(text, tokens, &found, |after| {
                [
                    "people",
                    "engineers",
                    "direct",
                    "reports",
                    "members",
                    "employees",
                    "staff",
                    "person",
                    "developers",
                    "managers",
                    "designers",
                    "Mitarbeitern",
                    "Mitarbeiter",
                    "personen",
                    "software",
                    "individuals",
                    "team",
                    "analysts",
                    "scientists",
                    "nurses",
                ]
                .contains(&after)
            })
            .unzip();
            (facet.min, facet.max) = (min, max.flatten());
            facet.unit = min.map(|_| "people".into());
        }
        ExperienceKind::Travel => {
            if facet_is_perk(block) {
                return None;
            }
            let percent = figure(text, tokens, &found, |after| after == "%" || after == "percent");
            facet.min = percent.map(|(min, _)| min);
            facet.unit = percent.map(|_| "percent".into());
        }
        ExperienceKind::Budget => {
            if let Some((amount, currency)) = amount(text, tokens) {
                (facet.min, facet.unit) = (Some(amount), Some(currency.into()));
            }
        }
        ExperienceKind::ReportsTo => {
            let after = &tokens[found.end..];
            let words = after
                .iter()
                .skip_while(|t| {
                    ["the", "our", "a", "an", "den", "die", "directly", "to"].contains(&t.of(text))
                })
                .take(6)
                .take_while(|t| {
                    t.kind == TokenKind::Word && starts_upper(t.of(text)) || matches!(t.of(text), "of" | "&")
                })
                .map(|t| t.of(text).to_lowercase())
                .collect::<Vec<_>>();
            if words.is_empty() {
                return None;
            }
            facet.value = Some(words.join(" "));
        }
        _ => {}
    }
    Some(facet)
}

/// "Travel insurance", "travel allowance": a benefit, not a demand.
fn facet_is_perk(block: &Block) -> bool {
    matches!(block.section, Section::Benefits | Section::Company)
}

fn starts_upper(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

/// A larger figure beside people or a share of travel is a year, a postcode or a price.
const MOST_COUNTED: f64 = 1000.0;

/// A whole number near `found` that one of the wanted words follows, and the end of its range.
fn figure(
    text: &str,
    tokens: &[Token],
    found: &Range<usize>,
    wanted: impl Fn(&str) -> bool,
) -> Option<(f64, Option<f64>)> {
    let from = found.start.saturating_sub(NEAR);
    let to = tokens.len().min(found.end + NEAR);
    for at in from..to {
        let Ok(value) = tokens[at].of(text).parse::<f64>() else { continue };
        let next = tokens.get(at + 1).map(|t| t.of(text));
        let counted = at.checked_sub(1).is_some_and(|b| tokens[b].of(text).eq_ignore_ascii_case("of"));
        if value > MOST_COUNTED {
            continue;
        }
        if next.is_some_and(&wanted) || counted && at + 1 == tokens.len() {
            return Some((value, None));
        }
        // "5-8 people", "5 to 8 people"
        let skip = usize::from(matches!(next, Some("–" | "to" | "—")));
        if let Some(upper) = tokens.get(at + 1 + skip).and_then(|t| t.of(text).parse::<f64>().ok())
            && upper > value
            && tokens.get(at + 2 + skip).is_some_and(|t| wanted(t.of(text)))
        {
            return Some((value, Some(upper)));
        }
    }
    None
}

/// A sum of money in the sentence: `$5M`, `€ 2 million`.
fn amount(text: &str, tokens: &[Token]) -> Option<(f64, &'static str)> {
    let at = tokens.iter().position(|t| matches!(t.of(text), "$" | "€" | "£"))?;
    let currency = match tokens[at].of(text) {
        "€" => "EUR",
        "£" => "GBP",
        _ => "USD",
    };
    let mut digits = String::new();
    for token in tokens[at + 1..].iter().take(7) {
        let word = token.of(text);
        if word.bytes().all(|b| b.is_ascii_digit()) {
            digits.push_str(word);
        } else if word == "." {
            digits.push('.');
        } else if word != "," {
            let number: String = word.chars().take_while(char::is_ascii_digit).collect();
            digits.push_str(&number);
            let scale = match word[number.len()..].to_ascii_lowercase().as_str() {
                "k" => 1e3,
                "m" | "mm" | "mio" | "million" | "millionen" => 1e6,
                "b" | "bn" | "billion" => 1e9,
                _ => 1.0,
            };
            return digits.trim_end_matches('.').parse::<f64>().ok().map(|value| (value * scale, currency));
        }
    }
    digits.trim_end_matches('.').parse().ok().map(|value| (value, currency))
}

fn gate(
    document: &Document,
    block: &Block,
    kind: GateKind,
    value: &str,
    found: Range<usize>,
    known: &[Gate],
) -> Option<Gate> {
    let (text, tokens) = (document.visible(), document.tokens_of(block));
    let asking = is_asking(block.section);
    let counts = match kind {
        GateKind::Degree => asking && is_degree(text, tokens, &found, value),
        GateKind::BackgroundCheck | GateKind::WorkPermit | GateKind::Clearance => {
            block.section != Section::Company
        }
        GateKind::Driving | GateKind::Licence => asking,
        _ => asking,
    };
    if !counts || block.kind == BlockKind::Heading && kind != GateKind::Clearance {
        return None;
    }
    let range = range_of(tokens, &found)?;
    let original = document.original(range.clone());
    let strength = gate_strength(text, tokens, block, &found);
    // One gate of a kind and value: the first that asks most.
    if known.iter().any(|g| {
        g.kind == kind && g.value == value && g.strength >= strength && g.span.start <= original.start
    }) {
        return None;
    }
    let words: Vec<String> = tokens.iter().map(|t| t.of(text).to_lowercase()).collect();
    let has = |list: &[&str]| list.iter().any(|w| words.iter().any(|word| word == w));
    let or_equivalent = has(&[
        "equivalent",
        "gleichwertig",
        "gleichwertige",
        "vergleichbar",
        "vergleichbare",
        "equivalente",
        "équivalent",
        "motsvarande",
        "gelijkwaardig",
        "lieu",
    ]) && !has(&["equivalents"]);
    Some(Gate {
        kind,
        value: value.to_owned(),
        detail: (kind == GateKind::Degree).then(|| fields(text, &tokens[found.end..])).flatten(),
        or_equivalent,
        strength,
        span: span(document, range),
    })
}

/// "Master" the degree, not "Scrum master" or "master the art"; "degree", not "high degree of".
fn is_degree(text: &str, tokens: &[Token], found: &Range<usize>, value: &str) -> bool {
    let before = found.start.checked_sub(1).map_or("", |b| tokens[b].of(text)).to_lowercase();
    let after = tokens.get(found.end).map_or("", |t| t.of(text)).to_lowercase();
    let word = tokens[found.start].of(text);
    match word.to_lowercase().as_str() {
        "master" => {
            starts_upper(word)
                && !matches!(before.as_str(), "scrum" | "web" | "post" | "task")
                && after != "data"
        }
        "ms" | "ba" | "bs" | "md" | "jd" | "wo" | "hbo" | "licence" => {
            found.len() > 1 || matches!(after.as_str(), "degree" | "in" | "/" | "werk")
        }
        "degree" => !["high", "great", "highest", "large", "360", "some", "certain", "this"]
            .contains(&before.as_str()),
        "ausbildung" => !matches!(before.as_str(), "der" | "in"),
        "promotion" => value != "doctor" || starts_upper(word),
        _ => true,
    }
}

fn gate_strength(text: &str, tokens: &[Token], block: &Block, found: &Range<usize>) -> Strength {
    use super::cues::Asked;
    if found.end > found.start && negated(text, tokens, found.start, found.end - 1) {
        return Strength::Context;
    }
    if block.section == Section::Preferred {
        return Strength::Preferred;
    }
    let near = tokens.len().min(found.end + 14);
    let mut at = found.end;
    while at < near {
        if let Some((cue, len)) = cues().longest(text, tokens, at) {
            match cue.behind {
                Some(Asked::Preferred) => return Strength::Preferred,
                Some(Asked::Not) => return Strength::Context,
                Some(Asked::Required) => return Strength::Required,
                None => {}
            }
            at += len;
        } else {
            if matches!(tokens[at].of(text), ";" | "." | ",") {
                break;
            }
            at += 1;
        }
    }
    let before = found.start.saturating_sub(4)..found.start;
    for at in before {
        if let Some((cue, _)) = cues().longest(text, tokens, at)
            && cue.ahead == Some(Asked::Preferred)
        {
            return Strength::Preferred;
        }
    }
    if block.section == Section::Duties { Strength::Duty } else { Strength::Required }
}

/// The fields of study after a degree: "in Computer Science, Mathematics or a related field".
fn fields(text: &str, after: &[Token]) -> Option<String> {
    let start = after
        .iter()
        .take(6)
        .position(|t| ["in", "im", "en", "der", "inom", "of", "degree"].contains(&t.of(text)))?;
    let mut rest = &after[start + 1..];
    if rest.first().is_some_and(|t| t.of(text) == "in") {
        rest = &rest[1..];
    }
    let stop = |t: &&Token| {
        ![
            ".",
            ";",
            "(",
            "with",
            "plus",
            "required",
            "preferred",
            "from",
            "and/or",
            "is",
            "mit",
            "strongly",
            "oder",
            "bzw",
            "•",
        ]
        .contains(&t.of(text))
    };
    let words = rest.iter().take(14).take_while(stop);
    let (first, last) = words.fold((None, None), |(first, _), t| (first.or(Some(t.start)), Some(t.end)));
    let field = text.get(first? as usize..last? as usize)?.trim().trim_end_matches([',', ':']).to_lowercase();
    (field.len() > 2).then_some(field)
}
