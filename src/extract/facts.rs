//! Facts that the body states: pay, workplace, employment type.

use super::types::BodyFacts;
use crate::posting::{Pay, PayPeriod, Workplace};
use crate::text::tokens::Token;
use crate::text::{Block, Document, Phrases, Section};
use std::sync::OnceLock;

/// Least and most that anyone pays, by period.
const HOURLY: (f64, f64) = (5.0, 400.0);
const MONTHLY: (f64, f64) = (300.0, 60_000.0);
const YEARLY: (f64, f64) = (8_000.0, 3_000_000.0);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// The sentence is about pay.
    Pay,
    /// The sum is something else.
    Other,
    Period(PayPeriod),
    Place(Workplace),
    /// What stands after it is not so.
    Not,
    Type(&'static str),
}

fn words() -> &'static Phrases<Word> {
    static WORDS: OnceLock<Phrases<Word>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let lists: [(Word, &str); 18] = [
            (Word::Pay, "salary|salaries|pay|compensation|base pay|pay range|wage|ote|on target earnings|remuneration|gehalt|jahresgehalt|bruttojahresgehalt|lohn|stundenlohn|vergütung|salaire|rémunération|salario|salaris|lön|rate|pay rate|base|per annum|annually|tarif|entgelt"),
            (Word::Other, "bonus|bonuses|stipend|funding|raised|raise|series a|series b|series c|series d|revenue|arr|allowance|reimbursement|sign-on|signing|referral|budget|valuation|401k|401(k)|assets|fund|investment|gmv|turnover|equity|stock|donation|discount|gift|award|premium|deductible|insurance|tuition|per diem|market|value|loan|loans|portfolio|sales|transactions|profit|contribution|credit|commission|million|billion|m|b|mm|bn|zuschuss|umsatz|bonuszahlung|prämie"),
            (Word::Period(PayPeriod::Hour), "per hour|an hour|hourly|/hour|/ hour|/hr|/ hr|per hr|pro stunde|stundenlohn|/h|hour|hr|par heure|per uur|timme"),
            (Word::Period(PayPeriod::Day), "per day|a day|/day|daily rate|day rate|tagessatz|pro tag"),
            (Word::Period(PayPeriod::Week), "per week|a week|/week|weekly"),
            (Word::Period(PayPeriod::Month), "per month|a month|/month|monthly|pro monat|monatlich|brutto im monat|par mois|al mes|per maand|per månad|/mo"),
            (Word::Period(PayPeriod::Year), "per year|a year|/year|/yr|annual|annually|per annum|p.a.|pa|yearly|pro jahr|jährlich|jahresgehalt|bruttojahresgehalt|par an|al año|per jaar"),
            (Word::Place(Workplace::Remote), "fully remote|100% remote|100 % remote|remote-first|remote first|work from anywhere|remote position|remote role|remote job|work remotely|remote work|remote|work from home|home-based|home based|telework|telecommute|distributed team|vollständig remote|télétravail|teletrabajo|thuiswerken|distansarbete|remote-only"),
            (Word::Place(Workplace::Hybrid), "hybrid|hybrid role|hybrid work|hybrid working|hybrid schedule|days in the office|days in office|days per week in the office|days a week in the office|days per week in office|days onsite|days on-site|mobiles arbeiten|homeoffice|home office|hybrides arbeiten|hybride|hybrido|days per week onsite"),
            (Word::Place(Workplace::Onsite), "on-site|onsite|on site|in-office|in office|in-person|in person|vor ort|in our office|100% onsite|sur site|presencial|op kantoor|på plats|fully onsite"),
            (Word::Not, "not|no|non|cannot|isn t|kein|keine|nicht"),
            (Word::Type("full-time"), "full-time|full time|fulltime|vollzeit|temps plein|tiempo completo|fulltid|heltid|voltijd|jornada completa|fte"),
            (Word::Type("part-time"), "part-time|part time|teilzeit|temps partiel|tiempo parcial|deltid|parttime|media jornada|minijob"),
            (Word::Type("contract"), "contract|contract position|contract role|contract-to-hire|contractor|1099|corp-to-corp|c2c|fixed-term|fixed term|befristet|freelance|freelancer|freiberuflich|cdd"),
            (Word::Type("internship"), "internship|intern|praktikum|stage|prácticas|praktik|werkstudent|working student|co-op|traineeship"),
            (Word::Type("temporary"), "temporary position|temporary role|temp-to-hire|seasonal|zeitarbeit|temporary"),
            (Word::Type("permanent"), "permanent|permanent position|unbefristet|festanstellung|cdi|contrato indefinido|tillsvidareanställning|vast contract"),
            (Word::Type("apprenticeship"), "apprenticeship|berufsausbildung|alternance|lärling"),
        ];
        // A later list wins where two hold the same phrase.
        Phrases::new(lists.into_iter().flat_map(|(word, list)| list.split('|').map(move |phrase| (phrase, word))))
    })
}

/// What is known so far of one posting.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    pay: Option<(Pay, u8)>,
    places: [u16; 3],
    types: Vec<&'static str>,
}

impl Gathered {
    /// Reads one block.
    pub(super) fn read(&mut self, document: &Document, block: &Block) {
        let (text, tokens) = (document.visible(), document.tokens_of(block));
        let (mut pay_words, mut period) = (false, None);
        let mut at = 0;
        let mut not = false;
        while at < tokens.len() {
            let Some((word, len)) = words().longest(text, tokens, at) else {
                not = false;
                at += 1;
                continue;
            };
            match word {
                Word::Pay => pay_words = true,
                Word::Other => {}
                Word::Period(found) => period = period.or(Some(found)),
                Word::Place(place) if !not => self.places[place as usize] += 1 + len.min(3) as u16,
                Word::Place(_) => {}
                Word::Type(found) => self.employment(found, block, len),
                Word::Not => {}
            }
            not = word == Word::Not;
            at += len;
        }
        let sums = tokens.iter().any(|t| is_currency(t.of(text)).is_some());
        if sums && block.section != Section::Company {
            self.pay(text, tokens, pay_words, period, block.section);
        }
    }

    fn employment(&mut self, found: &'static str, block: &Block, len: usize) {
        // "Contract", "stage", "intern" in running text are mostly other things.
        let strict = len == 1 && matches!(found, "contract" | "internship" | "temporary");
        let short = block.end - block.start < 60;
        if (!strict || short && block.section == Section::Other) && !self.types.contains(&found) {
            self.types.push(found);
        }
    }

    fn pay(
        &mut self,
        text: &str,
        tokens: &[Token],
        pay_words: bool,
        period: Option<PayPeriod>,
        section: Section,
    ) {
        let Some((first, low, currency, after)) = first_sum(text, tokens) else { return };
        // "$18.50/hr to $22.75/hr", "3.200 € – 3.800 €": unit and currency stand between the sums.
        let mut after = after;
        let unit = tokens.get(after).is_some_and(|t| is_currency(t.of(text)).is_some());
        if unit && sum_at(text, tokens, after + 1).is_none() {
            after += 1;
        }
        if tokens.get(after).is_some_and(|t| t.of(text) == "/") {
            after = tokens.len().min(after + 2);
        }
        let (mut high, mut end) = (None, after);
        let joined = tokens.get(after).map(|t| t.of(text));
        let hyphen = tokens.get(after).is_some_and(|t| {
            text.get(tokens[after - 1].end as usize..t.start as usize).is_some_and(|gap| gap.contains('-'))
        });
        let skip =
            usize::from(matches!(joined, Some("–" | "—" | "to" | "bis" | "and" | "à" | "a" | "und" | "−")));
        if (hyphen || skip > 0)
            && let Some((value, next)) = sum_at(text, tokens, after + skip)
        {
            (high, end) = (Some(value), next);
        }
        let mut low = low;
        // "120-150k": the thousand counts for both.
        if let Some(high) = high
            && low < 1000.0
            && high >= 1000.0 * low / 2.0
        {
            low *= 1000.0;
        }
        let near =
            tokens[first.saturating_sub(5)..first].iter().chain(&tokens[end..tokens.len().min(end + 4)]);
        let other = near.enumerate().any(|(i, _)| {
            let at = if i < first.min(5) { first.saturating_sub(5) + i } else { end + i - first.min(5) };
            matches!(words().longest(text, tokens, at), Some((Word::Other, _)))
        });
        let top = high.unwrap_or(low);
        let guessed = match top {
            v if v < HOURLY.1 => PayPeriod::Hour,
            v if v < YEARLY.0 => PayPeriod::Month,
            _ => PayPeriod::Year,
        };
        let stated = period.filter(|p| plausible(*p, top));
        let period = stated.unwrap_or(guessed);
        let range = high.is_some_and(|high| high >= low && high <= low * 6.0);
        // A single sum among the benefits is mostly a perk, by the month or once: a stipend is not a salary.
        let salary = range || matches!(stated, Some(PayPeriod::Hour | PayPeriod::Year));
        let said = pay_words || section == Section::Benefits && salary;
        if !plausible(period, top)
            || other
            || high.is_some() && !range
            || !(said || range && guessed == PayPeriod::Year)
        {
            return;
        }
        let rank = u8::from(range) * 2 + u8::from(pay_words);
        if self.pay.as_ref().is_none_or(|(_, known)| *known < rank) {
            let pay =
                Pay { min: Some(low), max: high, currency: Some(currency.to_owned()), period: Some(period) };
            self.pay = Some((pay, rank));
        }
    }

    pub(super) fn facts(self) -> BodyFacts {
        let [remote, hybrid, onsite] = self.places;
        let workplace = if hybrid > 0 {
            Some(Workplace::Hybrid)
        } else if remote > onsite {
            Some(Workplace::Remote)
        } else if onsite > remote {
            Some(Workplace::Onsite)
        } else {
            None
        };
        // What says more of the contract than of the hours comes first.
        let order =
            ["internship", "apprenticeship", "contract", "temporary", "part-time", "full-time", "permanent"];
        let employment_type = order.into_iter().find(|kind| self.types.contains(kind)).map(str::to_owned);
        BodyFacts { pay: self.pay.map(|(pay, _)| pay), workplace, employment_type }
    }
}

fn plausible(period: PayPeriod, value: f64) -> bool {
    let (least, most) = match period {
        PayPeriod::Hour => HOURLY,
        PayPeriod::Day => (40.0, 4_000.0),
        PayPeriod::Week => (100.0, 20_000.0),
        PayPeriod::Month => MONTHLY,
        PayPeriod::Year => YEARLY,
    };
    (least..=most).contains(&value)
}

fn is_currency(word: &str) -> Option<&'static str> {
    // Most words are none, and their first byte says so.
    if !matches!(
        word.as_bytes().first()?,
        b'$' | b'U' | b'E' | b'e' | b'G' | b'C' | b'S' | b'k' | b'A' | b'P' | b'I' | 128..
    ) {
        return None;
    }
    Some(match word {
        "$" | "USD" | "US$" => "USD",
        "€" | "EUR" | "Euro" | "euro" | "Euros" => "EUR",
        "£" | "GBP" => "GBP",
        "CHF" => "CHF",
        "SEK" | "kr" => "SEK",
        "CAD" => "CAD",
        "AUD" => "AUD",
        "PLN" => "PLN",
        "INR" | "₹" => "INR",
        _ => return None,
    })
}

/// The first sum with a currency beside it: its first token, value, currency and what follows it.
fn first_sum(text: &str, tokens: &[Token]) -> Option<(usize, f64, &'static str, usize)> {
    for at in 0..tokens.len() {
        let Some(mut currency) = is_currency(tokens[at].of(text)) else { continue };
        if let Some((value, mut after)) = sum_at(text, tokens, at + 1) {
            // "$120,000 CAD"
            let next = tokens.get(after).map_or("", |t| t.of(text));
            if let Some(named) = is_currency(next).filter(|_| next.len() > 2 && next.is_ascii()) {
                if currency == "USD" {
                    currency = named;
                }
                after += 1;
            }
            return Some((at, value, currency, after));
        }
        // "60.000 €", "50.000 – 60.000 EUR"
        let back = (at.saturating_sub(8)..at).find_map(|from| {
            let (value, after) = sum_at(text, tokens, from)?;
            let upper = sum_at(text, tokens, after + 1).map(|(_, end)| end);
            (after == at || upper == Some(at) || sum_at(text, tokens, after).map(|(_, end)| end) == Some(at))
                .then_some((from, value, after))
        });
        if let Some((from, value, after)) = back {
            return Some((from, value, currency, after));
        }
    }
    None
}

/// A sum written at `at`: its value and the token after it. A currency sign before it is passed.
#[inline(never)]
fn sum_at(text: &str, tokens: &[Token], at: usize) -> Option<(f64, usize)> {
    let at = at + usize::from(tokens.get(at).is_some_and(|t| is_currency(t.of(text)).is_some()));
    let word = tokens.get(at)?.of(text);
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 7 {
        return None;
    }
    let mut number = word[..digits].to_owned();
    let mut rest = &word[digits..];
    let mut next = at + 1;
    // "45 000 €"
    while rest.is_empty()
        && digits <= 3
        && let Some(group) = tokens.get(next)
        && group.gap
        && group.of(text).len() == 3
        && group.of(text).bytes().all(|b| b.is_ascii_digit())
    {
        number.push_str(group.of(text));
        next += 1;
    }
    while rest.is_empty()
        && let (Some(mark), Some(group)) = (tokens.get(next), tokens.get(next + 1))
        && !mark.gap
        && !group.gap
        && matches!(mark.of(text), "," | "." | "’" | "'")
    {
        let group = group.of(text);
        let len = group.bytes().take_while(u8::is_ascii_digit).count();
        match len {
            3 => number.push_str(&group[..3]),
            1 | 2 => {
                number.push('.');
                number.push_str(&group[..len]);
            }
            _ => break,
        }
        rest = &group[len..];
        next += 2;
        if len != 3 {
            break;
        }
    }
    let scale = match rest {
        "" => 1.0,
        "k" | "K" | "T" => 1000.0,
        _ => return None,
    };
    // "120 k"
    let spaced = rest.is_empty() && tokens.get(next).is_some_and(|t| matches!(t.of(text), "k" | "K"));
    let scale = if spaced { 1000.0 } else { scale };
    let value: f64 = number.parse().ok()?;
    Some((value * scale, next + usize::from(spaced)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::posting::Markup;

    fn read(body: &str) -> BodyFacts {
        let document = Document::new(body, Markup::Text);
        let mut gathered = Gathered::default();
        document.blocks().iter().for_each(|block| gathered.read(&document, block));
        gathered.facts()
    }

    #[test]
    fn pay_is_read_and_other_sums_are_not() {
        use PayPeriod::{Hour, Year};
        for (line, expected) in [
            (
                "The salary range is $120,000 - $150,000 per year.",
                Some((120_000.0, Some(150_000.0), "USD", Year)),
            ),
            ("Salary: $120k–150k", Some((120_000.0, Some(150_000.0), "USD", Year))),
            ("Pay: $18.50 - $22 per hour", Some((18.5, Some(22.0), "USD", Hour))),
            ("Gehalt: 50.000 – 60.000 € brutto pro Jahr", Some((50_000.0, Some(60_000.0), "EUR", Year))),
            ("Base salary of £45,000", Some((45_000.0, None, "GBP", Year))),
            ("A $2,000 learning stipend every year", None),
            ("We raised $40 million in Series B funding", None),
            ("Sign-on bonus of $10,000", None),
        ] {
            let pay = read(&format!("Benefits:\n- {line}")).pay;
            let read = pay.as_ref().and_then(|p| Some((p.min?, p.max, p.currency.as_deref()?, p.period?)));
            assert_eq!(read, expected, "{line}");
        }
    }

    #[test]
    fn workplace_and_employment_type_are_read() {
        let facts = read("This is a full-time, fully remote position. We are not hybrid.");
        assert_eq!(facts.workplace, Some(Workplace::Remote));
        assert_eq!(facts.employment_type.as_deref(), Some("full-time"));
        assert_eq!(read("We work hybrid, three days in the office.").workplace, Some(Workplace::Hybrid));
    }
}
