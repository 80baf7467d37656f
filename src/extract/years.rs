//! Years of experience: `5+ years`, `three to five years`, `mindestens 10 Jahre`, and the many
//! years that are something else (ages, contracts, company histories, vesting).

use super::mentions::Named;
use super::skills::span;
use super::types::{Experience, ExperienceKind, Strength};
use crate::text::filter::Lexicon;
use crate::text::tokens::{Token, TokenKind, fold_hash};
use crate::text::{Block, BlockKind, Document, Section};
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// Most years that anyone asks for; larger figures are something else.
const MOST_YEARS: f32 = 30.0;
/// How far before and after the figure its meaning is looked for, in tokens.
const NEAR: usize = 12;

/// Stated years of experience, by token positions within their sentence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stated {
    /// First token of the figure.
    pub(super) first: usize,
    /// Last token: the word `years`.
    pub(super) last: usize,
    pub(super) min: f32,
    pub(super) max: Option<f32>,
    /// The sentence says that they are years of experience.
    pub(super) sure: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    /// A length of time, in years and in any of our languages.
    Unit(Unit),
    /// `experience`, and what stands for it.
    Experience,
    /// A word that says that the years are something else.
    Trap,
    /// The same of schools and degrees: before the years they only say what else is asked for.
    School,
    /// Before the years: they are a span of the past or stand for something else, whatever follows.
    Span,
    /// The employer speaks of itself.
    Own,
    /// A number word.
    Number(u8),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Year,
    Month,
    Decade,
}

impl Unit {
    /// So many of it in years, to the hundredth.
    fn years(self, figure: f32) -> f32 {
        match self {
            Self::Year => figure,
            Self::Month => (figure / 12.0 * 100.0).round() / 100.0,
            Self::Decade => figure * 10.0,
        }
    }
}

#[inline]
fn word(token: &Token) -> Option<Word> {
    words().get(token.hash).copied()
}

fn words() -> &'static Lexicon<Word, 128> {
    static WORDS: OnceLock<Lexicon<Word, 128>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut words = FxHashMap::default();
        let mut add = |list: &str, value: Word| {
            for word in list.split(' ') {
                words.insert(fold_hash(word), value);
            }
        };
        add("year years yr yrs yoe jahr jahre jahren jahres jährige jähriger jähriges jährigen an ans année années año años jaar jaren år års", Word::Unit(Unit::Year));
        add("month months mos monat monate monaten mois meses maanden månader månaders", Word::Unit(Unit::Month));
        add("decade decades jahrzehnt jahrzehnte décennie década", Word::Unit(Unit::Decade));
        add(
            "experience experiences experienced exp background expertise erfahrung erfahrungen berufserfahrung \
             praxiserfahrung expérience experiencia ervaring werkervaring erfarenhet arbetslivserfarenhet \
             arbetserfarenhet working work practice practical hands career track role roles industry field \
             leadership professional relevant relevante relevanter leading managing building developing designing \
             construyendo trabajando desarrollando liderando gestionando diseñando",
            Word::Experience,
        );
        add(
            "old older age aged ago history program programme contract fixed term warranty vest vesting \
             founded since anniversary employment tenure sabbatical plan outlook roadmap \
             befristet seit vor hiring hire service outlook citizenship residency lease loan mortgage \
             curriculum cycle employees powered serving served collective average growth \
             award awards row within first half",
            Word::Trap,
        );
        add(
            "degree diploma graduated graduation undergraduate graduate university college school study studies \
             student",
            Word::School,
        );
        add(
            "last past next every each per substituted substitute substitution lieu credited equated equals letzten vergangenen \
             senaste siste dernières derniers últimos afgelopen =",
            Word::Span,
        );
        add("we our us company team firm agency s have has wir unser unsere unserer nous notre vi vår våra", Word::Own);
        for (value, list) in [
            (0, "zero"),
            (1, "one a ein eine einem einer eins un une uno dos1 een één en ett"),
            (2, "two zwei deux dos twee två couple"),
            (3, "three drei trois tres drie tre"),
            (4, "four vier quatre cuatro fyra"),
            (5, "five fünf cinq cinco vijf fem"),
            (6, "six sechs seis zes sex"),
            (7, "seven sieben sept siete zeven sju"),
            (8, "eight acht huit ocho åtta"),
            (9, "nine neun neuf nueve negen nio"),
            (10, "ten zehn dix diez tien tio"),
            (12, "twelve zwölf"),
            (15, "fifteen fünfzehn"),
            (18, "eighteen achtzehn"),
            (20, "twenty zwanzig"),
        ] {
            add(list, Word::Number(value));
        }
        words.into()
    })
}

/// Finds the years stated in one sentence.
pub(super) fn find(text: &str, tokens: &[Token], kind: BlockKind, section: Section, out: &mut Vec<Stated>) {
    out.clear();
    let words = words();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Word) {
        let unit = match words.get(token.hash) {
            Some(Word::Unit(unit)) => *unit,
            None if starts_with_digit(text, token) && glued_unit(text, token).is_some() => Unit::Year,
            _ => continue,
        };
        let Some(figure) = figure(text, tokens, at, unit) else { continue };
        if let Some(sure) = meant(text, tokens, &figure, unit, kind, section) {
            out.push(Stated { sure, ..figure });
            if unit == Unit::Year {
                out.extend(of_them(text, tokens, &figure));
            }
        }
    }
}

#[inline]
fn starts_with_digit(text: &str, token: &Token) -> bool {
    text.as_bytes().get(token.start as usize).is_some_and(u8::is_ascii_digit)
}

/// The figure of "5yrs", which is one token.
fn glued_unit(text: &str, token: &Token) -> Option<f32> {
    let written = token.of(text);
    let digits = written.bytes().take_while(u8::is_ascii_digit).count();
    let unit = written.get(digits..).filter(|unit| (1..=2).contains(&digits) && unit.len() >= 2)?;
    let known = ["yrs", "yr", "years", "year", "yoe", "jahre", "ans"];
    known.iter().any(|known| known.eq_ignore_ascii_case(unit)).then(|| written[..digits].parse().ok())?
}

/// How far behind the years their part may stand, in tokens.
const PART: usize = 14;

/// "…, two of them leading Z", "…, of which 3 in management", "…, with 2+ as a lead": a part of the years before.
fn of_them(text: &str, tokens: &[Token], whole: &Stated) -> Option<Stated> {
    let end = tokens.len().min(whole.last + 1 + PART);
    for at in whole.last + 1..end {
        let here = |i: usize, words: &[&str]| is(text, tokens, Some(i), words);
        if here(at, &[".", ";"]) || matches!(word(&tokens[at]), Some(Word::Unit(_))) {
            return None;
        }
        let Some((first, min)) = number(text, tokens, at + 1).filter(|(first, _)| *first == at) else {
            continue;
        };
        let next = at + 1 + usize::from(here(at + 1, &["+"]));
        let behind = here(next, &["of"]) && here(next + 1, &["them", "which", "those", "whom"]);
        let mut lead = at.checked_sub(1)?;
        while here(lead, &["least", "at", "minimum", "mindestens", "min"]) && lead > whole.last {
            lead -= 1;
        }
        let which = here(lead, &["which", "davon", "varav", "dont", "waarvan"]);
        let with = here(lead, &["with", "including"])
            && here(next, &["in", "as", "leading", "managing", "at", "within"]);
        let unit =
            (next..=next + 2).any(|i| tokens.get(i).is_some_and(|t| matches!(word(t), Some(Word::Unit(_)))));
        if (behind || which || with) && !unit && min < whole.min && min > 0.0 {
            let last = if behind { next + 1 } else { next - 1 };
            return Some(Stated { first, last, min, max: None, sure: true });
        }
    }
    None
}

/// The token at `at` is one of `words`.
// Not inlined: a function full of these and of `number` keeps LLVM's constraint elimination busy
// for many minutes.
#[inline(never)]
fn is(text: &str, tokens: &[Token], at: Option<usize>, words: &[&str]) -> bool {
    let token = at.and_then(|at| tokens.get(at));
    token.is_some_and(|t| words.iter().any(|w| t.of(text).eq_ignore_ascii_case(w)))
}

/// A number at `tokens[..end]`, read backwards: its first token and value.
#[inline(never)]
fn number(text: &str, tokens: &[Token], end: usize) -> Option<(usize, f32)> {
    let last = end.checked_sub(1)?;
    let token = tokens.get(last)?;
    if token.kind != TokenKind::Word {
        return None;
    }
    let written = token.of(text);
    if written.bytes().all(|b| b.is_ascii_digit()) && written.len() <= 2 {
        let whole: f32 = written.parse().ok()?;
        // "2.5", "2,5"
        if last >= 2
            && !token.gap
            && !tokens[last - 1].gap
            && matches!(tokens[last - 1].of(text), "." | ",")
            && let Ok(before) = tokens[last - 2].of(text).parse::<f32>()
        {
            return Some((last - 2, before + whole / 10_f32.powi(written.len() as i32)));
        }
        return Some((last, whole));
    }
    if let Some(Word::Number(value)) = word(token) {
        return Some((last, f32::from(value)));
    }
    if let Some(whole) = written.strip_suffix('½') {
        // "1½", "1 ½", "½"
        let apart = whole.is_empty().then(|| number(text, tokens, last)).flatten();
        return match apart {
            Some((first, whole)) => Some((first, whole + 0.5)),
            None if whole.is_empty() => Some((last, 0.5)),
            None => whole.parse().ok().map(|whole: f32| (last, whole + 0.5)),
        };
    }
    if is(text, tokens, Some(last), &["half"]) && is(text, tokens, last.checked_sub(2), &["and"]) {
        return number(text, tokens, last - 2).map(|(first, whole)| (first, whole + 0.5));
    }
    // "What we look for3+ years": a line end was lost.
    let letters = written.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &written[letters.len()..];
    let lost = letters.len() >= LOST_END && digits.len() <= 2 && letters.chars().all(char::is_alphabetic);
    if lost { digits.parse().ok().map(|value| (last, value)) } else { None }
}

/// A word of at least so many letters that figures are glued to had a line end behind it.
const LOST_END: usize = 3;

/// The number that a word stands for ("five").
pub(super) fn number_word(token: &Token) -> Option<f64> {
    match word(token)? {
        Word::Number(value) => Some(f64::from(value)),
        _ => None,
    }
}

/// Words between a figure and its unit that change nothing.
const FILLERS: &[&str] =
    &["full", "solid", "consecutive", "additional", "further", "total", "complete", "continuous"];

/// The figure before the unit at `at`: one number or a range.
fn figure(text: &str, tokens: &[Token], at: usize, unit: Unit) -> Option<Stated> {
    let glued = starts_with_digit(text, &tokens[at]).then(|| glued_unit(text, &tokens[at])).flatten();
    let mut end = at;
    // "5+ years", "5 plus years", "5 or more years", "5 full years", "(5) years"
    let mut open = false;
    loop {
        let last = end.checked_sub(1);
        if glued.is_some() {
            break;
        }
        let filler = is(text, tokens, last, FILLERS);
        if filler || is(text, tokens, last, &["+", "plus", "more", "mehr", "más", "ou"]) {
            open |= !filler;
            end -= 1;
        } else if is(text, tokens, last, &["or", "oder", "o"]) && end < at
            || is(text, tokens, last, &[")"]) && number(text, tokens, end - 1).is_some()
        {
            end -= 1;
        } else {
            break;
        }
    }
    let (mut first, value) = match glued {
        Some(value) => (at, value),
        None => number(text, tokens, end)?,
    };
    // "five (5) years": the word before says the same.
    if is(text, tokens, first.checked_sub(1), &["("]) {
        if let Some((before, same)) = number(text, tokens, first - 1)
            && same == value
        {
            first = before;
        } else {
            first -= 1;
        }
    }
    let (mut min, mut max) = (value, None);
    // "3-5", "3 – 5", "3 to 5", "3+ to 5", "between 3 and 5", "3 or 4"
    let mut before = first;
    let hyphen = first.checked_sub(1).and_then(|b| tokens.get(b)).is_some_and(|b| {
        text.get(b.end as usize..tokens[first].start as usize)
            .is_some_and(|gap| gap.contains(['-', '‐', '‑']))
    });
    let between =
        is(text, tokens, first.checked_sub(3), &["between", "zwischen", "entre", "tussen", "mellan"]);
    if is(text, tokens, before.checked_sub(1), &["–", "—", "~", "/", "\\"])
        || is(text, tokens, before.checked_sub(1), &["to", "bis", "à", "a", "tot", "till", "or", "oder"])
        || between && is(text, tokens, before.checked_sub(1), &["and", "und", "et", "y", "en", "och"])
    {
        before -= 1;
    }
    if before != first || hyphen {
        let plus = usize::from(is(text, tokens, before.checked_sub(1), &["+"]));
        if let Some((low_first, low)) = number(text, tokens, before - plus)
            && low < value
        {
            (min, max, first) = (low, Some(value), low_first);
        }
    }
    if open {
        max = None;
    }
    let (min, max) = (unit.years(min), max.map(|max| unit.years(max)));
    (min <= MOST_YEARS && !months(text, tokens, at)).then_some(Stated {
        first,
        last: at,
        min,
        max,
        sure: false,
    })
}

fn months(text: &str, tokens: &[Token], unit: usize) -> bool {
    tokens.get(unit + 1).is_some_and(|t| t.of(text) == "/")
        && tokens.get(unit + 2).is_some_and(|t| t.of(text) == "month")
}

/// From so many years on, "more than" them are an employer's.
const BOASTED: f32 = 20.0;
/// A trap that so few tokens part from `experience` belongs to it ("customer service experience").
const NO_TRAP: usize = 3;

/// Whether the years are years of experience: `Some(true)` when the sentence says so,
/// `Some(false)` when its place makes it likely, `None` when they are something else.
fn meant(
    text: &str,
    tokens: &[Token],
    figure: &Stated,
    unit: Unit,
    kind: BlockKind,
    section: Section,
) -> Option<bool> {
    let before = &tokens[figure.first.saturating_sub(NEAR / 2)..figure.first];
    let after = &tokens[figure.last + 1..tokens.len().min(figure.last + 1 + NEAR)];
    let clause = |tokens: &[Token]| {
        tokens.iter().position(|t| matches!(t.of(text), ";" | "." | "!" | "?")).unwrap_or(tokens.len())
    };
    let after = &after[..clause(after)];
    let experience = after.iter().position(|t| word(t) == Some(Word::Experience));
    let trapped = |t: &Token| matches!(word(t), Some(Word::Trap | Word::School | Word::Span));
    // "post-graduate experience" and "customer service experience" are experience.
    let post = fold_hash("post");
    let own_words = |at: usize| {
        let behind = after.iter().skip(at + 1).take(NO_TRAP);
        let behind = behind.take_while(|t| t.of(text) != ",");
        at > 0 && after[at - 1].hash == post || at > 1 && behind.into_iter().any(is_experience)
    };
    let trap = (0..after.len().min(4)).find(|&at| trapped(&after[at]) && !own_words(at));
    let near = || before.iter().rev().take(5);
    if near().any(|t| word(t) == Some(Word::Span)) {
        return None;
    }
    let trap_before = near().take(4).any(trapped);
    let asking = matches!(section, Section::Required | Section::Preferred | Section::Other | Section::Duties);
    if trap.is_some_and(|trap| experience.is_none_or(|e| trap < e)) {
        return None;
    }
    // Months and decades are mostly something else: they must be of experience, in so many words.
    let told = after.iter().take(NEAR / 2).any(is_experience);
    if unit != Unit::Year && !(told && asking && !trap_before) {
        return None;
    }
    let more = before
        .iter()
        .rev()
        .take(2)
        .any(|t| is(text, std::slice::from_ref(t), Some(0), &["over", "than", "über"]));
    if more && figure.min >= BOASTED {
        return None;
    }
    if !asking && kind != BlockKind::Heading {
        // Elsewhere the sentence itself must speak of experience, and not of the employer's.
        let own = before.iter().any(|t| word(t) == Some(Word::Own));
        return (experience.is_some() && trap.is_none() && !trap_before && !own).then_some(true);
    }
    if trap_before && experience.is_none() {
        return None;
    }
    // "Twice a year", "$90,000 a year" are no year of experience, and "our 20 years" are the employer's.
    let article = is(
        text,
        tokens,
        Some(figure.first),
        &["a", "an", "ein", "eine", "einem", "einer", "un", "une", "en", "ett", "een", "één"],
    );
    let ours =
        is(text, tokens, figure.first.checked_sub(1), &["our", "unsere", "unserer", "notre", "combined"]);
    if article && experience.is_none() || ours {
        return None;
    }
    if experience.is_some() {
        // "A degree and five years of experience": the years are their own demand.
        let school = near().take(4).all(|t| word(t) != Some(Word::Trap));
        return (!trap_before || section == Section::Required || school && told).then_some(true);
    }
    let said = before.iter().any(|t| word(t) == Some(Word::Experience));
    (said || section == Section::Required || section == Section::Preferred).then_some(said)
}

/// `experience` itself, not what may stand for it.
fn is_experience(token: &Token) -> bool {
    static WORDS: OnceLock<Vec<u64>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        "experience experiences exp erfahrung erfahrungen berufserfahrung praxiserfahrung expérience experiencia ervaring \
         werkervaring erfarenhet arbetslivserfarenhet arbetserfarenhet"
            .split(' ')
            .map(fold_hash)
            .collect()
    });
    words.contains(&token.hash)
}

/// Stated years as a piece of experience: of the role, or of the first skill they speak of.
pub(super) fn claim(
    document: &Document,
    block: &Block,
    tokens: &[Token],
    stated: &Stated,
    named: &[Named],
) -> Option<Experience> {
    let range = tokens.get(stated.first)?.start as usize..tokens.get(stated.last)?.end as usize;
    let skill = named.iter().any(|n| n.years == Some(stated.min));
    let strength = match block.section {
        Section::Preferred => Strength::Preferred,
        _ => Strength::Required,
    };
    Some(Experience {
        kind: ExperienceKind::Years,
        min: Some(f64::from(stated.min)),
        max: stated.max.map(f64::from),
        unit: Some("years".into()),
        value: Some(if skill { "skill" } else { "role" }.into()),
        strength,
        span: span(document, range),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens::tokenize;

    fn check(text: &str, expected: Option<(f32, Option<f32>, &str)>) {
        let (mut tokens, mut found) = (Vec::new(), Vec::new());
        tokenize(text, &mut tokens);
        find(text, &tokens, BlockKind::Item, Section::Required, &mut found);
        let read = found.first().map(|s| {
            let (start, end) = (tokens[s.first].start as usize, tokens[s.last].end as usize);
            (s.min, s.max, &text[start..end])
        });
        assert_eq!(read, expected, "{text}");
    }

    #[test]
    fn figures_are_read_as_people_write_them() {
        for (text, expected) in [
            ("5+ years of experience with Rust", Some((5.0, None, "5+ years"))),
            ("3-5 years' experience", Some((3.0, Some(5.0), "3-5 years"))),
            ("3 – 5 years of relevant experience", Some((3.0, Some(5.0), "3 – 5 years"))),
            (
                "Three to eight years of programming experience",
                Some((3.0, Some(8.0), "Three to eight years")),
            ),
            ("between 2 and 4 years of experience", Some((2.0, Some(4.0), "2 and 4 years"))),
            ("one (1) year of industry experience", Some((1.0, None, "one (1) year"))),
            ("1.5-2 years of DevOps experience", Some((1.5, Some(2.0), "1.5-2 years"))),
            ("5 plus years of experience in Java", Some((5.0, None, "5 plus years"))),
            ("mindestens 3 Jahre Erfahrung im Vertrieb", Some((3.0, None, "3 Jahre"))),
            ("minimum 5 ans en gestion de projet", Some((5.0, None, "5 ans"))),
            ("Minst två års erfarenhet", Some((2.0, None, "två års"))),
            ("10 Jahre Berufserfahrung", Some((10.0, None, "10 Jahre"))),
            ("18 months of experience in sales", Some((1.5, None, "18 months"))),
            ("2yrs experience with Go", Some((2.0, None, "2yrs"))),
            ("3-5yrs of experience", Some((3.0, Some(5.0), "3-5yrs"))),
            ("1½ years of experience", Some((1.5, None, "1½ years"))),
            ("two and a half years of experience", Some((2.5, None, "two and a half years"))),
            ("A decade of experience in banking", Some((10.0, None, "A decade"))),
            ("Around 1\\- 2 years of experience", Some((1.0, Some(2.0), "1\\- 2 years"))),
            ("five additional years of experience", Some((5.0, None, "five additional years"))),
            ("Two years of customer service experience", Some((2.0, None, "Two years"))),
            ("What we're looking for4-6 years' experience", Some((4.0, Some(6.0), "for4-6 years"))),
            ("A Master's degree and five years of experience", Some((5.0, None, "five years"))),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn parts_of_the_years_are_read() {
        for (text, expected) in [
            ("Five years in sales, two of them leading a team", &[5.0, 2.0][..]),
            ("7+ years of experience, of which at least 3 in management", &[7.0, 3.0]),
            ("10+ years of experience with 5+ in a leadership role", &[10.0, 5.0]),
            ("5 Jahre Berufserfahrung, davon 2 in leitender Position", &[5.0, 2.0]),
            ("5 years of experience with 2 frameworks", &[5.0]),
            ("5 years of experience including 2 years as a lead", &[5.0, 2.0]),
        ] {
            let (mut tokens, mut found) = (Vec::new(), Vec::new());
            tokenize(text, &mut tokens);
            find(text, &tokens, BlockKind::Item, Section::Required, &mut found);
            let read: Vec<f32> = found.iter().map(|stated| stated.min).collect();
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn other_years_are_no_experience() {
        for text in [
            "You are at least 18 years old",
            "A 4-year degree",
            "2 year contract",
            "Founded 12 years ago",
            "Equity with a 4 year vest",
            "Vor 3 Jahren gegründet",
            "A 12 month contract",
            "Parental leave of 6 months",
            "Education may be substituted for up to two years of the required experience",
            "Doctorate = two years of work experience",
            "In the last 5 years",
            "More than 30 years of market expertise",
        ] {
            check(text, None);
        }
    }
}
