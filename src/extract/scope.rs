//! Experience facets, and the phrases that open gates: what a sentence says besides skills.

use super::gates::{self, Level, Sure};
use super::mentions::Named;
use super::skills::span;
use super::types::{Experience, ExperienceKind, Gate, GateKind, Strength};
use super::{scale, years};
use crate::taxonomy::Taxonomy;
use crate::text::filter::Lexicon;
use crate::text::tokens::{Token, TokenKind, fold_hash};
use crate::text::{BlockKind, Document, Phrases, Section};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::OnceLock;

/// `kind<TAB>value<TAB>where<TAB>phrase|phrase|…`; the head of the file says what the cells mean.
const TABLE: &str = include_str!("../../data/extract/scope.tsv");
/// A figure this many tokens from its word still speaks of it.
const NEAR: usize = 7;
/// A word of a row's group stands at most so many tokens before or behind its phrase.
const GROUP_BEFORE: usize = 5;
const GROUP_AFTER: usize = 4;
/// A word that denies stands at most so many tokens before what it denies.
const DENIED_WITHIN: usize = 4;
/// Those who are led stand at most so many tokens behind the verb.
const LED_WITHIN: usize = 6;

/// Words of which one must stand near a phrase for it to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Own,
    Recruit,
    Care,
    Hours,
    Trips,
    Firm,
    With,
    Language,
    Equivalent,
    /// Those who are led; the verb stands before them.
    Led,
    /// Words after which a verb of leading leads nobody.
    Apart,
    /// Words that make a noun of "lead".
    Noun,
    Not,
    /// Words that may stand behind those who are led.
    Behind,
}

impl Group {
    const NAMES: [(&'static str, Self); 14] = [
        ("own", Self::Own),
        ("recruit", Self::Recruit),
        ("care", Self::Care),
        ("hours", Self::Hours),
        ("trips", Self::Trips),
        ("firm", Self::Firm),
        ("with", Self::With),
        ("language", Self::Language),
        ("equivalent", Self::Equivalent),
        ("led", Self::Led),
        ("apart", Self::Apart),
        ("noun", Self::Noun),
        ("not", Self::Not),
        ("behind", Self::Behind),
    ];

    fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, group)| *group)
    }

    /// One of `tokens` is a word of the group.
    pub(super) fn any(self, tokens: &[Token]) -> bool {
        let words = &table().words;
        tokens.iter().any(|t| words.get(t.hash).is_some_and(|groups| groups >> self as u32 & 1 == 1))
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    /// Kind, value, counted in every section, and the words that must stand near.
    Experience(ExperienceKind, Option<&'static str>, bool, Option<Group>),
    Gate(GateKind, &'static str),
    /// CEFR level, and how sure the words are of it.
    Level(&'static str, Sure),
    Nothing,
}

struct Table {
    phrases: Phrases<What>,
    /// Words of the groups, a bit a group.
    words: Lexicon<u32, 32>,
}

fn table() -> &'static Table {
    static READ: OnceLock<Table> = OnceLock::new();
    READ.get_or_init(|| {
        let mut words: FxHashMap<u64, u32> = FxHashMap::default();
        let mut phrases = Vec::new();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let Some([kind, value, place, list]) = cells(line) else { continue };
            if kind == "group" {
                for word in list.split('|') {
                    let groups = Group::named(value).map_or(0, |group| 1 << group as u32);
                    *words.entry(fold_hash(word)).or_insert(0) |= groups;
                }
            } else if let Some(what) = what(kind, value, place) {
                phrases.extend(list.split('|').map(|phrase| (phrase, what)));
            }
        }
        Table { phrases: Phrases::new(phrases), words: words.into() }
    })
}

fn cells(line: &'static str) -> Option<[&'static str; 4]> {
    let mut cells = line.splitn(4, '\t');
    Some([cells.next()?, cells.next()?, cells.next()?, cells.next()?])
}

fn what(kind: &'static str, value: &'static str, place: &'static str) -> Option<What> {
    let named = serde_json::Value::String(kind.to_owned());
    Some(match (kind, place.split_once(':').unwrap_or((place, ""))) {
        ("none", _) => What::Nothing,
        ("level", _) => What::Level(value, Sure::Implied),
        ("jlpt", _) => What::Level(value, Sure::OtherScale),
        ("stated", _) => What::Level(value, Sure::Stated),
        (_, ("-", _)) => What::Gate(serde_json::from_value(named).ok()?, value),
        (_, (place, group)) => {
            let kind = serde_json::from_value(named).ok()?;
            let group = if group.is_empty() { None } else { Some(Group::named(group)?) };
            What::Experience(kind, (value != "-").then_some(value), place == "a", group)
        }
    })
}

/// A word of `group` stands near `found`; whom one works with stands behind what one does with them.
pub(super) fn near(group: Group, tokens: &[Token], found: &Range<usize>) -> bool {
    if group == Group::Led {
        return leads(tokens, found);
    }
    let end = found.end.min(tokens.len());
    let before = &tokens[found.start.saturating_sub(GROUP_BEFORE).min(end)..found.start.min(end)];
    let after = &tokens[end..tokens.len().min(end + GROUP_AFTER)];
    group.any(before) || group != Group::With && group.any(after)
}

/// The verb at `found` is said of people: they follow as the head of a phrase ("manage a small team of", not
/// "manage team schedules"), and nothing but what describes them stands between ("lead projects with engineers").
fn leads(tokens: &[Token], found: &Range<usize>) -> bool {
    let is =
        |group: Group, at: usize| tokens.get(at).is_some_and(|token| group.any(std::slice::from_ref(token)));
    // "Lead" is a noun, too: "our lead", "Lead Engineers".
    let is_lead = is(Group::Led, found.start);
    if is_lead && found.start.checked_sub(1).is_some_and(|before| is(Group::Noun, before)) {
        return false;
    }
    let first = found.end + usize::from(is_lead);
    let within = found.end..tokens.len().min(found.end + LED_WITHIN);
    let mut described = within.take_while(|at| !is(Group::Apart, *at));
    described
        .any(|at| at >= first && is(Group::Led, at) && (at + 1 == tokens.len() || is(Group::Behind, at + 1)))
}

/// "No direct reports", "does not supervise staff".
fn is_denied(tokens: &[Token], found: &Range<usize>) -> bool {
    let before = found.start.min(tokens.len());
    Group::Not.any(&tokens[before.saturating_sub(DENIED_WITHIN)..before])
}

/// Reads the experience facets and gates of the sentence that is block `index`.
pub(super) fn read(
    document: &Document,
    index: usize,
    taxonomy: &Taxonomy,
    named: &[Named],
    experience: &mut Vec<Experience>,
    gates: &mut Vec<Gate>,
) {
    let Some(block) = document.blocks().get(index) else { return };
    let (text, tokens) = (document.visible(), document.tokens_of(block));
    let mut gate = gates::Reader::new(document, block);
    let mut levels: Vec<Level> = Vec::new();
    let phrases = &table().phrases;
    let mut at = 0;
    while at < tokens.len() {
        let Some((what, len)) = phrases.longest(text, tokens, at) else {
            at += 1;
            continue;
        };
        let found = at..at + len;
        at += len;
        match what {
            What::Experience(kind, value, anywhere, group) => {
                let counts = anywhere && block.section != Section::Legal || is_asking(block.section);
                let leading = matches!(kind, ExperienceKind::PeopleLed | ExperienceKind::ManagersLed);
                let counts = counts && !(leading && is_denied(tokens, &found));
                if counts && group.is_none_or(|group| near(group, tokens, &found)) {
                    let facet = facet(document, index, kind, value, &found);
                    if kind == ExperienceKind::ReportsTo
                        && let Some(facet) = &facet
                    {
                        // Whom one reports to is no stakeholder besides.
                        at += facet.value.as_deref().map_or(0, |rank| rank.split(' ').count());
                    }
                    experience.extend(facet);
                }
            }
            What::Gate(kind, value) => gate.phrase(kind, value, found),
            What::Level(cefr, sure) => {
                gates::add_level(text, tokens, &mut levels, Level { cefr, sure, found })
            }
            What::Nothing => {}
        }
    }
    if is_asking(block.section) {
        scale::read(document, block, strength(block.section), experience);
    }
    gate.named(taxonomy, named, &levels);
    gate.finish(gates);
}

pub(super) fn is_asking(section: Section) -> bool {
    matches!(section, Section::Duties | Section::Required | Section::Preferred | Section::Other)
}

pub(super) fn range_of(tokens: &[Token], found: &Range<usize>) -> Option<Range<usize>> {
    Some(tokens.get(found.start)?.start as usize..tokens.get(found.end.checked_sub(1)?)?.end as usize)
}

fn strength(section: Section) -> Strength {
    match section {
        Section::Required => Strength::Required,
        Section::Preferred => Strength::Preferred,
        Section::Duties => Strength::Duty,
        _ => Strength::Context,
    }
}

fn facet(
    document: &Document,
    index: usize,
    kind: ExperienceKind,
    value: Option<&str>,
    found: &Range<usize>,
) -> Option<Experience> {
    let block = document.blocks().get(index)?;
    let (text, tokens) = (document.visible(), document.tokens_of(block));
    let mut facet = Experience {
        kind,
        min: None,
        max: None,
        unit: None,
        value: value.map(str::to_owned),
        strength: strength(block.section),
        span: span(document, range_of(tokens, found)?),
    };
    match kind {
        ExperienceKind::PeopleLed | ExperienceKind::ManagersLed => {
            let (min, max) = people(text, tokens, found).unzip();
            (facet.min, facet.max) = (min, max.flatten());
            facet.unit = min.map(|_| "people".into());
        }
        ExperienceKind::Travel => {
            if matches!(block.section, Section::Benefits | Section::Company) {
                return None;
            }
            let share = share(text, tokens, found).or_else(|| share_behind(document, index, found));
            if share.is_some_and(|(_, most)| most == 0.0) {
                return None;
            }
            (facet.min, facet.max) = share.unzip();
            facet.max = facet.max.filter(|max| Some(*max) != facet.min);
            facet.unit = share.map(|_| "percent".into());
        }
        ExperienceKind::Budget => {
            if let Some((amount, currency)) = amount(text, tokens, found) {
                (facet.min, facet.unit) = (Some(amount), Some(currency.into()));
            }
        }
        ExperienceKind::ReportsTo => facet.value = Some(rank(text, &tokens[found.end..])?),
        _ => {}
    }
    Some(facet)
}

/// The title that a role reports to, in lower case.
fn rank(text: &str, after: &[Token]) -> Option<String> {
    let small = ["the", "our", "a", "an", "den", "die", "directly", "to"];
    let titled = |t: &&Token| {
        t.kind == TokenKind::Word && starts_upper(t.of(text)) || matches!(t.of(text), "of" | "&")
    };
    let words: Vec<String> = after
        .iter()
        .skip_while(|t| small.contains(&t.of(text)))
        .take(6)
        .take_while(titled)
        .map(|t| t.of(text).to_lowercase())
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

pub(super) fn starts_upper(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

/// A larger figure beside people is a year, a postcode or a price.
const MOST_COUNTED: f64 = 1000.0;
/// At most so many words stand between a figure and the people it counts ("5 senior backend engineers").
const WORDS_BETWEEN: usize = 3;

/// How many people, and the end of the range: "a team of 5", "8-10 direct reports", "five engineers".
fn people(text: &str, tokens: &[Token], found: &Range<usize>) -> Option<(f64, Option<f64>)> {
    let from = found.start.saturating_sub(NEAR);
    let to = tokens.len().min(found.end + NEAR);
    for at in from..to {
        let Some(value) = count(text, &tokens[at]) else { continue };
        let mut next = at + 1;
        if tokens.get(next).is_some_and(|t| t.of(text) == "/") {
            continue;
        }
        let word = |at: usize| tokens.get(at).map_or("", |t| t.of(text));
        while matches!(word(next), "+" | "–" | "—" | "to" | "or" | "more" | "plus") {
            next += 1;
        }
        let upper = tokens.get(next).and_then(|t| count(text, t)).filter(|upper| *upper > value);
        let after = next + usize::from(upper.is_some());
        let after = after + usize::from(word(after) == "+");
        // "a team of 5"; "of 5 years" counts years.
        let team = at
            .checked_sub(2)
            .is_some_and(|b| word(b + 1) == "of" && word(b).to_lowercase().starts_with("team"));
        let unit = tokens[after.min(tokens.len())..].iter().take(WORDS_BETWEEN + 1);
        let mut told = false;
        for token in unit {
            let word = token.of(text);
            if PEOPLE.iter().any(|p| p.eq_ignore_ascii_case(word)) {
                told = true;
                break;
            }
            if token.kind == TokenKind::Symbol || NO_PEOPLE.iter().any(|p| p.eq_ignore_ascii_case(word)) {
                break;
            }
        }
        let plain = !NO_PEOPLE.iter().any(|p| p.eq_ignore_ascii_case(word(after))) && word(after) != "%";
        if told || team && plain {
            return Some((value, upper));
        }
    }
    None
}

const PEOPLE: &[&str] = &[
    "people",
    "engineers",
    "reports",
    "members",
    "employees",
    "staff",
    "person",
    "developers",
    "managers",
    "designers",
    "mitarbeitern",
    "mitarbeiter",
    "mitarbeitende",
    "mitarbeitenden",
    "personen",
    "individuals",
    "analysts",
    "scientists",
    "nurses",
    "professionals",
    "reps",
    "representatives",
    "technicians",
    "consultants",
    "associates",
    "specialists",
    "supervisors",
    "leads",
    "contributors",
    "ics",
    "fte",
    "ftes",
    "direct",
    "subordinates",
    "executives",
    "agents",
    "researchers",
    "recruiters",
    "colleagues",
    "personnes",
    "personas",
    "medewerkers",
    "medarbetare",
    "headcount",
];

const NO_PEOPLE: &[&str] = &[
    "years",
    "year",
    "yrs",
    "months",
    "hours",
    "days",
    "weeks",
    "percent",
    "minutes",
    "projects",
    "teams",
    "jahre",
    "jahren",
    "clients",
    "customers",
    "ans",
    "años",
    "and",
    "in",
    "with",
];

/// A count of people: digits, or the word for a small number.
fn count(text: &str, token: &Token) -> Option<f64> {
    let word = token.of(text);
    if word.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return word.parse().ok().filter(|value| (1.0..=MOST_COUNTED).contains(value));
    }
    years::number_word(token).filter(|value| *value >= 2.0)
}

/// A share of the time in percent near `found`, and the end of its range.
fn share(text: &str, tokens: &[Token], found: &Range<usize>) -> Option<(f64, f64)> {
    let from = found.start.saturating_sub(NEAR);
    let to = tokens.len().min(found.end + NEAR + 2);
    let percent =
        |at: usize| tokens.get(at).is_some_and(|t| matches!(t.of(text), "%" | "percent" | "Prozent"));
    let value = |at: usize| tokens.get(at)?.of(text).parse::<f64>().ok().filter(|value| *value <= 100.0);
    (from..to).find_map(|at| {
        let low = value(at)?;
        let next = at + 1 + usize::from(percent(at + 1));
        let next =
            next + usize::from(tokens.get(next).is_some_and(|t| matches!(t.of(text), "–" | "—" | "to")));
        match value(next).filter(|high| *high > low && percent(next + 1)) {
            Some(high) => Some((low, high)),
            None => percent(at + 1).then_some((low, low)),
        }
    })
}

/// The share that follows a line "Travel:".
fn share_behind(document: &Document, index: usize, found: &Range<usize>) -> Option<(f64, f64)> {
    let (block, next) = (document.blocks().get(index)?, document.blocks().get(index + 1)?);
    let last = block.kind == BlockKind::Heading && found.end + 1 >= document.tokens_of(block).len();
    last.then(|| share(document.visible(), document.tokens_of(next), &(0..0))).flatten()
}

/// A sum of money near `found`: `$5M`, `€ 2 million`.
fn amount(text: &str, tokens: &[Token], found: &Range<usize>) -> Option<(f64, &'static str)> {
    let from = found.start.saturating_sub(NEAR);
    let to = tokens.len().min(found.end + NEAR);
    let at = from + tokens[from..to].iter().position(|t| matches!(t.of(text), "$" | "€" | "£"))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_led_where_they_follow_the_verb() {
        use crate::extract::{Input, Scratch, extract};
        for (line, expected) in [
            ("Lead a team of five engineers", true),
            ("Manage and develop a growing finance team", true),
            ("Supervise registered nurses and care assistants", true),
            ("You oversee the work of all junior electricians", true),
            ("Day-to-day management of field teams, including audits", true),
            ("Responsible for managing two apprentices", true),
            ("Experience in a supervisory role", true),
            ("Lead projects with engineers", false),
            ("Manage team schedules", false),
            ("Lead cross-functional teams to launch", false),
            ("Learn from senior and lead engineers", false),
            ("Work with our lead, designers and nurses", false),
            ("Manage the expectations of our teams", false),
            ("Manage infrastructure: as a small team, we all help", false),
            ("The role does not supervise staff", false),
            ("It has no direct reports", false),
        ] {
            let body = format!("Requirements:\n- You have worked in a team before\n- {line}");
            let input = Input { title: "Manager", description: &body, ..Input::default() };
            let found = extract(Taxonomy::builtin(), &input, &mut Scratch::default());
            let led = found.experience.iter().any(|facet| facet.kind == ExperienceKind::PeopleLed);
            assert_eq!(led, expected, "{line}");
        }
    }

    #[test]
    fn every_line_of_the_table_says_something() {
        for (i, line) in TABLE.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            let read = cells(line).is_some_and(|[kind, value, place, list]| {
                let group = kind == "group" && Group::named(value).is_some();
                !list.is_empty() && (group || what(kind, value, place).is_some())
            });
            assert!(read, "line {}: {line}", i + 1);
        }
    }
}
