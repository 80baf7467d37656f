//! Leftmost-longest matching of phrases over tokens.

use super::SkillRef;
use super::tables::pack::{AMBIGUOUS, EXACT, LONG, NO_SKILL, Packed, ROOT, SYMBOLS, VERSIONED};
use crate::text::tokens::{Token, TokenKind, fold_hash};

/// A known form found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// The concept it names.
    pub skill: SkillRef,
    /// First token.
    pub first: usize,
    /// Last token, inclusive. A version that follows the form belongs to it.
    pub last: usize,
    /// The form counts only where its surroundings speak for it.
    pub ambiguous: bool,
    /// The form it is written as.
    pub(super) form: u32,
}

/// A form that fits at a place.
#[derive(Clone, Copy)]
struct Hit {
    form: usize,
    last: usize,
}

/// Finds every form in `tokens` of `text`, leftmost-longest, into `out` (cleared first).
pub(super) fn find(packed: &Packed, text: &str, tokens: &[Token], out: &mut Vec<Match>) {
    out.clear();
    let mut first = 0;
    while let Some(token) = tokens.get(first) {
        let next = tokens.get(first + 1).map(|t| t.hash);
        let hit =
            if packed.may_start(token.hash, next) { longest(packed, text, tokens, first) } else { None };
        let hit = hit.or_else(|| glued_version(packed, text, tokens, first));
        let Some(mut hit) = hit else {
            first += 1;
            continue;
        };
        if packed.form_flags[hit.form] & VERSIONED != 0 {
            hit.last = version_end(text, tokens, hit.last);
        }
        let skill = packed.form_skill[hit.form];
        if skill != NO_SKILL && !in_address(text, tokens, first, hit.last) {
            let ambiguous = packed.form_flags[hit.form] & AMBIGUOUS != 0;
            out.push(Match {
                skill: SkillRef(skill),
                first,
                last: hit.last,
                ambiguous,
                form: hit.form as u32,
            });
        }
        first = hit.last + 1;
    }
}

/// The longest form that starts at `first`.
#[inline]
fn longest(packed: &Packed, text: &str, tokens: &[Token], first: usize) -> Option<Hit> {
    let mut node = ROOT;
    let mut best = None;
    for (last, token) in (first..).zip(&tokens[first..]) {
        let Some(edge) = packed.step(node, token.hash) else { break };
        if edge.has_forms()
            && let Some(form) = packed.forms_of(edge).find(|&f| fits(packed, f, text, tokens, first, last))
        {
            best = Some(Hit { form, last });
        }
        if !edge.has_edges() {
            break;
        }
        node = edge.node();
    }
    best
}

/// Whether a form whose tokens are those of `first..=last` is really written there.
#[inline]
fn fits(packed: &Packed, form: usize, text: &str, tokens: &[Token], first: usize, last: usize) -> bool {
    let flags = packed.form_flags[form];
    if flags & (EXACT | SYMBOLS | LONG) == 0 {
        return true;
    }
    let found = &tokens[first..=last];
    if flags & LONG != 0 && breaks_line(text, found) {
        return false;
    }
    if flags & EXACT != 0 && !same_but_gaps(packed.text(form), written(text, found)) {
        return false;
    }
    flags & SYMBOLS == 0 || symbols_fit(packed.text(form), text, tokens, first, last)
}

fn written<'t>(text: &'t str, found: &[Token]) -> &'t str {
    match (found.first(), found.last()) {
        (Some(first), Some(last)) => text.get(first.start as usize..last.end as usize).unwrap_or_default(),
        _ => "",
    }
}

/// A phrase does not go on in the next line: there the next item of a list begins.
fn breaks_line(text: &str, found: &[Token]) -> bool {
    found.windows(2).any(|pair| {
        pair[1].gap && {
            let gap = text.as_bytes().get(pair[0].end as usize..pair[1].start as usize).unwrap_or_default();
            gap.contains(&b'\n')
        }
    })
}

/// Equal, not counting spaces and hyphens.
fn same_but_gaps(form: &str, written: &str) -> bool {
    let solid = |s: &'_ str| -> Vec<char> { s.chars().filter(|c| !c.is_whitespace() && *c != '-').collect() };
    form == written || solid(form) == solid(written)
}

/// Symbols that may stand apart from their neighbours: `CI / CD`, `R & D`.
const LOOSE: [&str; 6] = ["/", "&", "(", ")", ",", ":"];

/// Whether the symbols of a form are as close to its words as the form writes them.
///
/// Texts that were tokenised write `. NET` and `C #`: apart is accepted where the case is exactly
/// the form's and has a capital. A form that begins with a symbol begins a word.
fn symbols_fit(form: &str, text: &str, tokens: &[Token], first: usize, last: usize) -> bool {
    let begins_apart = tokens[first].gap
        || tokens[first].kind == TokenKind::Word
        || first == 0
        || tokens[first - 1].kind == TokenKind::Symbol;
    if !begins_apart {
        return false;
    }
    let found = &tokens[first..=last];
    let tight = found.windows(2).all(|pair| {
        let loose = pair.iter().any(|t| t.kind == TokenKind::Symbol && LOOSE.contains(&t.of(text)));
        let symbol = pair.iter().any(|t| t.kind == TokenKind::Symbol);
        !pair[1].gap || loose || !symbol
    });
    tight
        || form.contains(' ')
        || (form.contains(char::is_uppercase)
            && same_but_gaps(form, written(text, found))
            // "… in C. # of employees": only one of the two sides stands apart by accident.
            && !found.windows(2).any(|pair| pair[0].of(text) == "." && pair[1].gap && !tokens[first].gap))
}

/// The last token of a match with the version that follows it: `Python 3.x`, `Java 17+`, `Vue v3`.
fn version_end(text: &str, tokens: &[Token], last: usize) -> usize {
    let word = |i: usize| tokens.get(i).filter(|t| t.kind == TokenKind::Word).map(|t| t.of(text));
    let symbol = |i: usize, s: &[&str]| {
        tokens.get(i).is_some_and(|t| !t.gap && t.kind == TokenKind::Symbol && s.contains(&t.of(text)))
    };
    let number = |i: usize| {
        let digits = word(i).map(|w| w.strip_prefix(['v', 'V']).unwrap_or(w));
        digits.is_some_and(|d| (1..=4).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_digit()))
    };
    // The form may end with a version itself: "Python 3", "Java 17".
    let mut end = match (number(last + 1), number(last)) {
        (true, _) => last + 1,
        (false, true) => last,
        _ => return last,
    };
    while symbol(end + 1, &[".", "/"])
        && word(end + 2).is_some_and(|w| {
            !tokens[end + 2].gap
                && w.len() <= 4
                && w.bytes().all(|b| b.is_ascii_digit() || b == b'x' || b == b'X')
        })
    {
        end += 2;
    }
    if symbol(end + 1, &["+"]) {
        end += 1;
    }
    // "Java 5+ years": the number counts years, people or money.
    if word(end + 1).is_some_and(counted) || end > last && breaks_line(text, &tokens[last..=last + 1]) {
        return last;
    }
    end
}

/// Words before which a number is no version.
fn counted(word: &str) -> bool {
    const UNITS: [&str; 16] = [
        "year", "years", "yr", "yrs", "y", "month", "months", "jahre", "jahren", "ans", "jaar", "år", "days",
        "hours", "to", "or",
    ];
    UNITS.iter().any(|u| word.eq_ignore_ascii_case(u))
}

/// Fewest letters of a name to which a version may be glued: `python3`, `java8`.
const GLUED_LETTERS: usize = 3;

#[cold]
fn glued(packed: &Packed, name: &str) -> Option<usize> {
    let edge = packed.step(ROOT, fold_hash(name))?;
    if !edge.has_forms() {
        return None;
    }
    packed.forms_of(edge).find(|&f| packed.form_flags[f] & (VERSIONED | EXACT | AMBIGUOUS) == VERSIONED)
}

fn glued_version(packed: &Packed, text: &str, tokens: &[Token], first: usize) -> Option<Hit> {
    let token = &tokens[first];
    let last_byte = *text.as_bytes().get((token.end as usize).checked_sub(1)?)?;
    if !last_byte.is_ascii_digit() || token.kind != TokenKind::Word {
        return None;
    }
    let name = token.of(text).trim_end_matches(|c: char| c.is_ascii_digit());
    if name.len() < GLUED_LETTERS || name.len() + 4 < token.of(text).len() {
        return None;
    }
    let form = glued(packed, name)?;
    let mut last = first;
    // "python3.x", "es6+"
    let adjacent = |i: usize| tokens.get(i).filter(|t| !t.gap).map(|t| t.of(text));
    if adjacent(first + 1) == Some(".")
        && adjacent(first + 2)
            .is_some_and(|w| w.len() <= 3 && w.bytes().all(|b| b.is_ascii_digit() || b == b'x'))
    {
        last = first + 2;
    }
    if adjacent(last + 1) == Some("+") {
        last += 1;
    }
    Some(Hit { form, last })
}

/// Whether the match is part of a web or e-mail address.
fn in_address(text: &str, tokens: &[Token], first: usize, last: usize) -> bool {
    let adjacent = |i: usize| tokens.get(i).filter(|t| !t.gap).map(|t| t.of(text));
    let before = |n: usize| first.checked_sub(n).and_then(|i| tokens.get(i)).map(|t| t.of(text));
    let glued = !tokens[first].gap;
    let domain = adjacent(last + 1) == Some(".")
        && adjacent(last + 2).is_some_and(|w| {
            ["com", "org", "net", "io", "de", "co", "uk", "eu", "gov", "edu", "ai", "html", "php"]
                .iter()
                .any(|d| w.eq_ignore_ascii_case(d))
        });
    let named = glued && (before(1) == Some("@") || (before(1) == Some(".") && before(2) == Some("www")));
    let path = glued
        && before(1) == Some("/")
        && (before(2) == Some("/") || before(2).is_some_and(|w| w == "com" || w == "org"));
    let extension = glued
        && before(1) == Some(".")
        && text
            .get(tokens[first].start as usize..tokens[last].end as usize)
            .is_some_and(|w| !w.contains(char::is_uppercase))
        && first >= 2
        && !tokens[first - 1].gap
        && tokens[first - 2].kind == TokenKind::Word;
    let scheme = adjacent(last + 1) == Some(":") && adjacent(last + 2) == Some("/");
    domain || named || path || extension || scheme || adjacent(last + 1) == Some("@")
}
