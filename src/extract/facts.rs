//! Facts that the body states: pay, workplace, employment type.

use super::pay;
use super::skills::span;
use super::types::{BodyFacts, Fact, Span};
use crate::posting::{Pay, PayPeriod, Workplace};
use crate::text::tokens::Token;
use crate::text::{Block, BlockKind, Document, Phrases, Section};
use std::ops::Range;
use std::sync::OnceLock;

/// `what<TAB>value<TAB>phrase|phrase|…`; the head of the file says what the values mean.
const TABLE: &str = include_str!("../../data/extract/facts.tsv");
/// "Not" stands at most so many tokens before what is not so ("not a fully remote role").
const NOT_BEFORE: usize = 3;
/// "… is not an option" stands at most so many tokens behind it.
const NOT_BEHIND: usize = 8;
/// "Experience" within so many tokens behind "full-time" says that it is not the contract.
const TYPE_BEHIND: usize = 5;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// The sentence is about pay.
    Pay,
    /// Pay, with what is not sure.
    Ote,
    /// The sum is something else.
    Other,
    Period(PayPeriod),
    /// "Up to".
    Cap,
    Place(Workplace),
    /// What stands after it is not so.
    Not,
    Type(&'static str),
    Nothing,
}

/// A word of the table and its tokens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) word: Word,
    pub(super) first: usize,
    /// One past the last.
    pub(super) end: usize,
}

fn phrases() -> &'static Phrases<Word> {
    static WORDS: OnceLock<Phrases<Word>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(row);
        Phrases::new(rows.flat_map(|(word, list)| list.split('|').map(move |phrase| (phrase, word))))
    })
}

fn row(line: &'static str) -> Option<(Word, &'static str)> {
    let mut cells = line.splitn(3, '\t');
    let (what, value, list) = (cells.next()?, cells.next()?, cells.next()?);
    let named = serde_json::Value::String(value.to_owned());
    let word = match what {
        "pay" => Word::Pay,
        "ote" => Word::Ote,
        "other" => Word::Other,
        "period" => Word::Period(serde_json::from_value(named).ok()?),
        "cap" => Word::Cap,
        "place" => Word::Place(serde_json::from_value(named).ok()?),
        "not" => Word::Not,
        "type" => Word::Type(value),
        "none" => Word::Nothing,
        _ => return None,
    };
    Some((word, list))
}

/// What speaks for one workplace: how much, and the words that say most.
#[derive(Clone, Debug, Default)]
struct Votes {
    weight: u16,
    longest: usize,
    said: Range<usize>,
}

impl Votes {
    fn add(&mut self, words: usize, said: Range<usize>) {
        self.weight = self.weight.saturating_add(1 + words.min(3) as u16);
        if words > self.longest {
            (self.longest, self.said) = (words, said);
        }
    }
}

/// What is known so far of one posting; ranges are of the visible text.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    words: Vec<Found>,
    pay: Option<(Pay, Range<usize>, u8)>,
    /// By [`Workplace`].
    places: [Votes; 3],
    /// A place that a heading ends with ("Work remotely:"): what follows may say no.
    asked: Option<(Workplace, usize, Range<usize>)>,
    types: Vec<(&'static str, Range<usize>)>,
    /// The heading before speaks of pay.
    pay_heading: bool,
}

impl Gathered {
    /// Forgets the posting before.
    pub(super) fn begin(&mut self) {
        let words = std::mem::take(&mut self.words);
        *self = Self { words, ..Self::default() };
    }

    /// Reads one block.
    pub(super) fn read(&mut self, document: &Document, block: &Block) {
        let (text, tokens) = (document.visible(), document.tokens_of(block));
        let mut words = std::mem::take(&mut self.words);
        words.clear();
        let (mut at, mut money) = (0, false);
        let phrases = phrases();
        while at < tokens.len() {
            money = money || pay::currency(text, &tokens[at]).is_some();
            match phrases.longest(text, tokens, at) {
                Some((word, len)) => {
                    words.push(Found { word, first: at, end: at + len });
                    at += len;
                }
                None => at += 1,
            }
        }
        if let Some((place, len, range)) = self.asked.take() {
            let no =
                tokens.first().is_some_and(|t| matches!(t.of(text), "No" | "no" | "NO" | "Nein" | "Non"));
            self.vote(place, no, len, range);
        }
        if !words.is_empty() {
            self.places_and_types(text, tokens, &words, block);
        }
        if money && block.section != Section::Company {
            let stated = pay::read(text, tokens, &words, block.section, self.pay_heading);
            if let Some(stated) = stated
                && self.pay.as_ref().is_none_or(|(.., rank)| *rank < stated.rank)
                && let Some(range) = visible(tokens, &stated.found)
            {
                self.pay = Some((stated.pay, range, stated.rank));
            }
        }
        let about_pay = words.iter().any(|found| found.word == Word::Pay);
        self.pay_heading = about_pay && block.kind == BlockKind::Heading;
        self.words = words;
    }

    fn places_and_types(&mut self, text: &str, tokens: &[Token], words: &[Found], block: &Block) {
        for (i, found) in words.iter().enumerate() {
            let Some(range) = visible(tokens, &(found.first..found.end)) else { continue };
            match found.word {
                Word::Place(place) => {
                    let not = i.checked_sub(1).map(|before| words[before]).is_some_and(|before| {
                        before.word == Word::Not && found.first - before.end <= NOT_BEFORE
                    });
                    let len = found.end - found.first;
                    if place == Workplace::Onsite && !says_where(text, tokens, block, found) {
                        continue;
                    }
                    if !not && block.kind == BlockKind::Heading && found.end + 1 >= tokens.len() {
                        self.asked = Some((place, len, range));
                    } else {
                        self.vote(place, not || denied(text, tokens, found.end), len, range);
                    }
                }
                Word::Type(kind) => self.employment((text, tokens), kind, block, found, range),
                _ => {}
            }
        }
    }

    fn vote(&mut self, place: Workplace, not: bool, words: usize, range: Range<usize>) {
        let place = match (place, not) {
            (place, false) => place,
            // What is not remote is done where the others are.
            (Workplace::Remote, true) => Workplace::Onsite,
            (_, true) => return,
        };
        self.places[place as usize].add(words, range);
    }

    fn employment(
        &mut self,
        (text, tokens): (&str, &[Token]),
        kind: &'static str,
        block: &Block,
        found: &Found,
        range: Range<usize>,
    ) {
        // "Contract", "stage", "intern" in running text are mostly other things.
        let one_word = found.end - found.first == 1;
        let strict = one_word && matches!(kind, "contract" | "internship" | "temporary");
        let short = block.end - block.start < 60;
        // "A year of full-time, satisfactory experience" is no contract.
        let hours = matches!(kind, "full-time" | "part-time");
        let behind = tokens.get(found.end..).unwrap_or_default().iter().take(TYPE_BEHIND);
        if hours && behind.into_iter().any(|t| t.of(text).eq_ignore_ascii_case("experience")) {
            return;
        }
        let known = self.types.iter().any(|(known, _)| *known == kind);
        if (!strict || short && block.section == Section::Other) && !known {
            self.types.push((kind, range));
        }
    }

    pub(super) fn facts(&mut self, document: &Document) -> BodyFacts {
        if let Some((place, len, range)) = self.asked.take() {
            self.vote(place, false, len, range);
        }
        let said = |range: &Range<usize>| -> Span { span(document, range.clone()) };
        let [remote, hybrid, onsite] = &self.places;
        let workplace = if hybrid.weight > 0 {
            Some((Workplace::Hybrid, hybrid))
        } else if remote.weight > onsite.weight {
            Some((Workplace::Remote, remote))
        } else if onsite.weight > remote.weight {
            Some((Workplace::Onsite, onsite))
        } else {
            None
        };
        // What says more of the contract than of the hours comes first.
        let order =
            ["internship", "apprenticeship", "contract", "temporary", "part-time", "full-time", "permanent"];
        let employment = order.iter().find_map(|kind| self.types.iter().find(|(known, _)| known == kind));
        BodyFacts {
            pay: self.pay.as_ref().map(|(pay, range, _)| Fact { value: pay.clone(), span: said(range) }),
            workplace: workplace.map(|(value, votes)| Fact { value, span: said(&votes.said) }),
            employment_type: employment
                .map(|(kind, range)| Fact { value: (*kind).to_owned(), span: said(range) }),
        }
    }
}

fn visible(tokens: &[Token], found: &Range<usize>) -> Option<Range<usize>> {
    Some(tokens.get(found.start)?.start as usize..tokens.get(found.end.checked_sub(1)?)?.end as usize)
}

/// "In person" of communicating, "on site" of a visit: of the role it speaks in a short line, or beside such words.
fn says_where(text: &str, tokens: &[Token], block: &Block, found: &Found) -> bool {
    if block.kind == BlockKind::Heading || block.end - block.start < 60 || found.end - found.first > 2 {
        return true;
    }
    let near = &tokens[found.first.saturating_sub(WHERE)..tokens.len().min(found.end + WHERE)];
    let told = near.iter().any(|t| WHERE_WORDS.iter().any(|word| word.eq_ignore_ascii_case(t.of(text))));
    told && block.section != Section::Duties
}

/// Words that make a place the role's stand at most so many tokens from it.
const WHERE: usize = 5;
const WHERE_WORDS: [&str; 30] = [
    "role",
    "position",
    "job",
    "work",
    "working",
    "works",
    "based",
    "days",
    "location",
    "office",
    "full",
    "time",
    "fully",
    "must",
    "required",
    "attendance",
    "presence",
    "week",
    "headquarters",
    "hq",
    "company",
    "team",
    "|",
    "stelle",
    "arbeitest",
    "arbeiten",
    "tage",
    "usa",
    "us",
    "ca",
];

/// Words that "not" before them makes a place none.
const DENIED: [&str; 12] = [
    "option",
    "available",
    "possible",
    "offered",
    "permitted",
    "considered",
    "eligible",
    "allowed",
    "supported",
    "accepted",
    "möglich",
    "provided",
];

/// "… is not an option", "… work isn't available for this role".
fn denied(text: &str, tokens: &[Token], from: usize) -> bool {
    let mut not = false;
    for token in tokens[from.min(tokens.len())..].iter().take(NOT_BEHIND) {
        let word = token.of(text).to_lowercase();
        match word.as_str() {
            "unavailable" => return true,
            "not" | "cannot" | "isn" | "nicht" => not = true,
            ";" | "." | "," | "but" => return false,
            word if not && DENIED.contains(&word) => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posting::Markup;

    fn read(body: &str) -> BodyFacts {
        let document = Document::new(body, Markup::Text);
        let mut gathered = Gathered::default();
        document.blocks().iter().for_each(|block| gathered.read(&document, block));
        let facts = gathered.facts(&document);
        let spans = [
            facts.pay.as_ref().map(|fact| &fact.span),
            facts.workplace.as_ref().map(|fact| &fact.span),
            facts.employment_type.as_ref().map(|fact| &fact.span),
        ];
        for span in spans.into_iter().flatten() {
            assert_eq!(body[span.start..span.end], span.surface, "{body}");
        }
        facts
    }

    #[test]
    fn pay_is_read_and_other_sums_are_not() {
        use PayPeriod::{Day, Hour, Month, Year};
        let at = |min: f64, max: Option<f64>, currency, period| Some((Some(min), max, currency, period));
        for (line, expected) in [
            (
                "The salary range is $120,000 - $150,000 per year.",
                at(120_000.0, Some(150_000.0), "USD", Year),
            ),
            ("Salary: $120k–150k", at(120_000.0, Some(150_000.0), "USD", Year)),
            ("Salary: $120k - $150", at(120_000.0, Some(150_000.0), "USD", Year)),
            (
                "Range: USD $152,000 per year - USD$169,000 per year",
                at(152_000.0, Some(169_000.0), "USD", Year),
            ),
            ("Salary: 184,000 USD - 287,500 USD", at(184_000.0, Some(287_500.0), "USD", Year)),
            ("Salary: USD 20.00 - USD 40.00 Hourly", at(20.0, Some(40.0), "USD", Hour)),
            ("Salary Range £53,000 \\- £71,000", at(53_000.0, Some(71_000.0), "GBP", Year)),
            ("Salary: 120-150k USD", at(120_000.0, Some(150_000.0), "USD", Year)),
            ("Pay: $18.50 - $22 per hour", at(18.5, Some(22.0), "USD", Hour)),
            ("Pay: $18/hr", at(18.0, None, "USD", Hour)),
            ("$18.50/hr to $22.75/hr", at(18.5, Some(22.75), "USD", Hour)),
            ("Gehalt: 50.000 – 60.000 € brutto pro Jahr", at(50_000.0, Some(60_000.0), "EUR", Year)),
            ("Gehalt: 3.200 € – 3.800 € im Monat", at(3_200.0, Some(3_800.0), "EUR", Month)),
            ("Base salary of £45,000", at(45_000.0, None, "GBP", Year)),
            ("Salary £28k pa", at(28_000.0, None, "GBP", Year)),
            ("Salary £28k - £32k DOE plus bonus", at(28_000.0, Some(32_000.0), "GBP", Year)),
            ("Salary: £45,000 plus equity", at(45_000.0, None, "GBP", Year)),
            ("Salary: 12-18 LPA", at(1_200_000.0, Some(1_800_000.0), "INR", Year)),
            ("CTC: ₹8,00,000 - ₹12,00,000 per annum", at(800_000.0, Some(1_200_000.0), "INR", Year)),
            ("Salary up to $150k", Some((None, Some(150_000.0), "USD", Year))),
            ("Base salary $100,000, OTE $200,000 - $220,000", at(100_000.0, None, "USD", Year)),
            ("Pay range: CA$90,000 to CA$110,000", at(90_000.0, Some(110_000.0), "CAD", Year)),
            ("Lön: 35 000 - 42 000 kr per månad", at(35_000.0, Some(42_000.0), "SEK", Month)),
            ("Rate: £400 - £450 per day", at(400.0, Some(450.0), "GBP", Day)),
            ("A $2,000 learning stipend every year", None),
            ("A monthly stipend of $3,000", None),
            ("$500 monthly wellness stipend, paid with your salary", None),
            ("We raised $40 million in Series B funding", None),
            ("Sign-on bonus of $10,000", None),
            ("Manage accounts of $50,000 - $100,000 in revenue", None),
        ] {
            let pay = read(&format!("Benefits:\n- {line}")).pay.map(|fact| fact.value);
            let read = pay.as_ref().and_then(|p| Some((p.min, p.max, p.currency.as_deref()?, p.period?)));
            assert_eq!(read, expected, "{line}");
        }
    }

    #[test]
    fn workplace_and_employment_type_are_read() {
        let facts = read("This is a full-time, fully remote position. We are not hybrid.");
        assert_eq!(facts.workplace.map(|fact| fact.value), Some(Workplace::Remote));
        let employment = facts.employment_type.map(|fact| (fact.value, fact.span.surface));
        assert_eq!(employment, Some(("full-time".into(), "full-time".into())));
        use Workplace::{Hybrid, Onsite, Remote};
        for (line, expected) in [
            ("We work hybrid, three days in the office.", Some(Hybrid)),
            ("Remote is not an option.", Some(Onsite)),
            ("This is not a remote role.", Some(Onsite)),
            ("Remote work is not available for this position.", Some(Onsite)),
            ("No hybrid: you work from anywhere.", Some(Remote)),
            ("Experience with hybrid cloud and remote monitoring.", None),
            ("You have full time experience with remote teams.", None),
            ("Work from home, not a call center.", Some(Remote)),
            ("Work remotely: No", Some(Onsite)),
        ] {
            assert_eq!(read(line).workplace.map(|fact| fact.value), expected, "{line}");
        }
        assert_eq!(read("Five years of full-time experience.").employment_type, None);
    }

    #[test]
    fn every_line_of_the_table_says_something() {
        for (i, line) in TABLE.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            assert!(row(line).is_some(), "line {}: {line}", i + 1);
        }
    }
}
