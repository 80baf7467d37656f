//! What an ambiguous word's surroundings say: case, place in the line, neighbours, cue words.

use super::rules::Rule;
use super::words::{
    ASKS, DEGREES, DETERMINERS, EXAMPLES, EXPERIENCE, FUNCTION_WORDS, JOINT, LEADS, Lists, PEOPLE,
    PREPOSITIONS, PRONOUNS, READER, ROLES, SKILL_NOUNS, SPOKEN, TECH_NOUNS, TELLS,
};
use super::{Context, Line, Weighed};
use crate::taxonomy::{Kind, Match};
use crate::text::tokens::{Token, TokenKind};
use std::ops::Range;

/// Names of the features, in the order of [`Features::values`]. All are 0 or 1 unless said.
pub const NAMES: [&str; 41] = [
    "bias",
    "canonical",     // written as the form is, which has a capital
    "lower",         // the form has a capital, the text has none
    "caps",          // all capitals, which the form is not
    "start",         // a capital at the start of a line or sentence
    "plain",         // the form has no capital, nor has the text
    "title",         // both neighbours are capitalised words
    "list-sure-l",   // an enumeration's item before is a certain skill of the same class
    "list-sure-r",   // … the item after
    "list-maybe-l",  // … before, itself ambiguous
    "list-maybe-r",  // … after
    "separated",     // separators on both sides
    "near",          // a certain skill of the same class within six tokens of the line
    "line",          // ln(1 + certain skills of the same class in the line), 30 tokens either way
    "determiner",    // "the", "our", "a" before
    "to",            // "to" before
    "preposition",   // "with", "in", "using" before
    "pronoun",       // "we", "you", "will" before
    "tech-noun",     // "developer", "framework", "code" after
    "function-word", // "to", "the", "for" after
    "skill-noun",    // "skills", "experience", "knowledge" after
    "degree",        // "strong", "excellent", "highly" before
    "alone",         // the line holds nothing else
    "hyphen",        // joined to a neighbour by a hyphen
    "ampersand",     // joined to a neighbour by `&` without spaces
    "experience",    // "experience", "proficient", "knowledge" among the four words before
    "parenthesis",   // `(` before
    "example",       // "such as", "including", "e.g." among the four words before
    "version",       // a version follows
    "possessive",    // 's follows
    "cue",           // a cue word of the form's rule, or its pattern of neighbours
    "not-cue",       // a cue word against
    "role",          // "engineer", "team", "company" after: names a role or an organisation
    "domain",        // the concept is an industry
    "degree-kind",   // … a degree
    "attitude",      // … a way of being
    "asks",          // the line speaks of experience, skills, knowledge
    "tells",         // … of the employer
    "you",           // … to the reader
    "department",    // names those one works with: "with Sales and Legal", "the finance team"
    "prior",         // log odds of the form itself, from labelled text
];

/// Number of features.
pub const COUNT: usize = NAMES.len();

/// Which set of weights judges a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Ambiguous names of technologies and tools.
    Technical,
    /// Ambiguous words for everything else.
    Other,
    /// Unambiguous words for everything else: named, but perhaps of a role or an organisation.
    Certain,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 3] = [Self::Technical, Self::Other, Self::Certain];

    /// Its name in the table of weights.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Other => "other",
            Self::Certain => "certain",
        }
    }
}

/// What is known about one mention.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    /// Which weights count.
    pub class: Class,
    /// Values, named by [`NAMES`].
    pub values: [f32; COUNT],
}

/// Where a word stands that has a weight of its own; technologies are judged without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In the line, outside of the mention.
    Line,
    /// First of the mention.
    First,
    /// Last of the mention.
    Last,
}

impl Place {
    /// Every place.
    pub const ALL: [Self; 3] = [Self::Line, Self::First, Self::Last];

    /// What its rows in the table of weights begin with; no form of a name does.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Self::Line => "*line",
            Self::First => "*first",
            Self::Last => "*last",
        }
    }

    /// What a word in this place is looked up by.
    pub(super) fn key(self, word: u64) -> u64 {
        word.rotate_left(self as u32)
    }
}

/// Calls `each` for the words around and in a mention that may have weights of their own.
pub(super) fn words(view: &View<'_>, mut each: impl FnMut(Place, &Token)) {
    view.words_near(LINE).for_each(|token| each(Place::Line, token));
    let Context { line: Line { tokens, .. }, found, .. } = view.context;
    for (place, at) in [(Place::First, found.first), (Place::Last, found.last)] {
        tokens.get(at).into_iter().for_each(|token| each(place, token));
    }
}

/// Whether a kind is judged with the weights of technologies.
pub(super) fn technical(kind: Kind) -> bool {
    matches!(kind, Kind::Technology | Kind::Tool)
}

/// Whether the line speaks of speaking.
pub(super) fn spoken(view: &View<'_>) -> bool {
    view.lists_near(8) & SPOKEN != 0
}

/// Longest list of departments, in tokens.
const LIST: usize = 24;
/// Farthest token that still counts as the same line.
pub(super) const LINE: usize = 30;

/// The lists that any of these words is in.
fn lists(words: &[Weighed]) -> Lists {
    words.iter().fold(0, |lists, word| lists | word.lists)
}

fn one_of(word: &str, list: &[&str]) -> bool {
    list.iter().any(|w| word.eq_ignore_ascii_case(w))
}

/// The features of a mention, given what is known of its form: the rule for it, its log odds, and whether it
/// names a department, too.
pub(super) fn features(view: &View<'_>, rule: Option<&Rule>, prior: f32, department: bool) -> Features {
    let context = view.context;
    let mut values = [0.0; COUNT];
    let mut at = 0;
    let mut push = |value: f32| {
        values[at] = value;
        at += 1;
    };
    let bit = |b: bool| f32::from(u8::from(b));
    push(1.0);
    let (form_capital, form_small) = cases(context.form);
    let written = view.written();
    let (capital, small) = cases(written);
    let (lower, caps, form_caps) = (!capital, written.len() > 1 && !small, !form_small);
    push(bit(form_capital && (written == context.form || written.starts_with(context.form))));
    push(bit(form_capital && lower));
    push(bit(caps && !form_caps));
    push(bit(view.at_start() && !lower && !caps));
    push(bit(!form_capital && lower));
    let (left_word, right_word) = (view.left_word(), view.right_word());
    let text = |word: Option<&Token>| word.map(|word| view.text(word));
    push(bit(capitalised(text(left_word)) && capitalised(text(right_word))));
    let (left, right) = (view.list_neighbour(false), view.list_neighbour(true));
    push(bit(left == Some(true)));
    push(bit(right == Some(true)));
    push(bit(left == Some(false)));
    push(bit(right == Some(false)));
    push(bit(view.separated()));
    let (near, line) = view.certain_skills();
    push(bit(near));
    push((1.0 + line as f32).ln());
    let (on_left, on_right) = (view.lists_beside(false, 1), view.lists_beside(true, 1));
    push(bit(on_left & DETERMINERS != 0));
    push(bit(text(left_word).is_some_and(|word| word.eq_ignore_ascii_case("to"))));
    push(bit(on_left & PREPOSITIONS != 0));
    push(bit(on_left & PRONOUNS != 0));
    push(bit(on_right & TECH_NOUNS != 0));
    push(bit(on_right & FUNCTION_WORDS != 0));
    push(bit(on_right & SKILL_NOUNS != 0));
    push(bit(on_left & DEGREES != 0));
    push(bit(view.alone()));
    push(bit(view.glued('-')));
    push(bit(view.glued('&')));
    let before = view.lists_left(4);
    push(bit(before & EXPERIENCE != 0));
    push(bit(text(view.symbol(false)) == Some("(")));
    push(bit(before & EXAMPLES != 0));
    push(bit(written.ends_with(|c: char| c.is_ascii_digit() || c == '+') && written != context.form));
    push(bit(view.possessive()));
    let (cue, against) = rule.map_or((false, false), |rule| rule.applies(view));
    push(bit(cue));
    push(bit(against));
    push(bit(on_right & ROLES != 0));
    push(bit(context.kind == Kind::Domain));
    push(bit(context.kind == Kind::Degree));
    push(bit(context.kind == Kind::Attitude));
    let (line, _) = view.line();
    push(bit(line & ASKS != 0));
    push(bit(line & TELLS != 0));
    push(bit(line & READER != 0));
    push(bit(department && view.worked_with()));
    push(prior);
    let class = match (technical(context.kind), context.found.ambiguous) {
        (true, _) => Class::Technical,
        (false, true) => Class::Other,
        (false, false) => Class::Certain,
    };
    Features { class, values }
}

/// Whether a text has capitals, and whether it has small letters.
fn cases(text: &str) -> (bool, bool) {
    if text.is_ascii() {
        let bytes = text.as_bytes();
        return (bytes.iter().any(u8::is_ascii_uppercase), bytes.iter().any(u8::is_ascii_lowercase));
    }
    (text.chars().any(char::is_uppercase), text.chars().any(char::is_lowercase))
}

fn capitalised(word: Option<&str>) -> bool {
    word.is_some_and(|w| w.starts_with(char::is_uppercase))
}

/// The line around a mention.
pub(super) struct View<'a> {
    context: &'a Context<'a>,
    /// First and last token of the same line, as far as anyone looks.
    from: usize,
    to: usize,
}

impl<'a> View<'a> {
    pub(super) fn new(context: &'a Context<'a>) -> Self {
        let tokens = context.line.tokens;
        let (first, last) = (context.found.first, context.found.last);
        let broken = |i: usize| {
            tokens[i].gap && {
                let gap =
                    context.line.text.as_bytes().get(tokens[i - 1].end as usize..tokens[i].start as usize);
                // Nearly all gaps are one space: no need to search.
                gap.is_some_and(|gap| gap != b" " && gap.contains(&b'\n'))
            }
        };
        let (mut from, mut to) = (first.saturating_sub(LINE), (last + LINE).min(tokens.len() - 1));
        if context.line.feeds {
            from = (from + 1..=first).rev().find(|&i| broken(i)).unwrap_or(from);
            to = (last + 1..=to).find(|&i| broken(i)).map_or(to, |i| i - 1);
        }
        Self { context, from, to }
    }

    fn token(&self, i: usize) -> Option<&'a Token> {
        self.context.line.tokens.get(i).filter(|_| (self.from..=self.to).contains(&i))
    }

    fn beside(&self, right: bool, distance: usize) -> Option<&'a Token> {
        let found = &self.context.found;
        let i = if right { found.last.checked_add(distance)? } else { found.first.checked_sub(distance)? };
        self.token(i)
    }

    fn written(&self) -> &'a str {
        let (first, last) = (
            self.context.line.tokens[self.context.found.first],
            self.context.line.tokens[self.context.found.last],
        );
        self.context.line.text.get(first.start as usize..last.end as usize).unwrap_or_default()
    }

    fn text(&self, token: &Token) -> &'a str {
        token.of(self.context.line.text)
    }

    /// What the words of the line say together, the mention left out: their lists, and the sum of their weights.
    pub(super) fn line(&self) -> (Lists, f32) {
        let found = &self.context.found;
        let (mut lists, mut sum) = (0, 0.0);
        for range in [self.from..found.first, found.last + 1..self.to + 1] {
            for word in self.weighed(range) {
                (lists, sum) = (lists | word.lists, sum + word.weight);
            }
        }
        (lists, sum)
    }

    /// What the words in a range of tokens say.
    fn weighed(&self, range: Range<usize>) -> &'a [Weighed] {
        let Line { weighed, from, .. } = self.context.line;
        weighed.get(range.start.saturating_sub(from)..range.end.saturating_sub(from)).unwrap_or_default()
    }

    /// The lists that the word at `i` is in; none beyond the line.
    fn lists_at(&self, i: usize) -> Lists {
        if (self.from..=self.to).contains(&i) { lists(self.weighed(i..i + 1)) } else { 0 }
    }

    /// The lists of a word so many tokens from the mention.
    fn lists_beside(&self, right: bool, distance: usize) -> Lists {
        let found = &self.context.found;
        let i = if right { Some(found.last + distance) } else { found.first.checked_sub(distance) };
        i.map_or(0, |i| self.lists_at(i))
    }

    /// The lists of the words of the line that are not farther away.
    fn lists_near(&self, distance: usize) -> Lists {
        let found = &self.context.found;
        let from = found.first.saturating_sub(distance).max(self.from);
        let to = found.last.saturating_add(distance).min(self.to);
        lists(self.weighed(from..found.first)) | lists(self.weighed(found.last + 1..to + 1))
    }

    /// The word directly before, when no symbol lies between.
    pub(super) fn left_word(&self) -> Option<&'a Token> {
        self.beside(false, 1).filter(|t| t.kind == TokenKind::Word)
    }

    /// The word directly after.
    pub(super) fn right_word(&self) -> Option<&'a Token> {
        self.beside(true, 1).filter(|t| t.kind == TokenKind::Word)
    }

    /// The symbol directly beside.
    pub(super) fn symbol(&self, right: bool) -> Option<&'a Token> {
        self.beside(right, 1).filter(|t| t.kind == TokenKind::Symbol)
    }

    /// The lists of up to `count` words before, whatever symbols lie between.
    fn lists_left(&self, count: usize) -> Lists {
        let word = |n: &usize| self.beside(false, *n).is_some_and(|token| token.kind == TokenKind::Word);
        let words = (1..=count + 2).filter(word).take(count);
        words.fold(0, |lists, n| lists | self.lists_beside(false, n))
    }

    /// Words of the line, the mention left out.
    pub(super) fn words_near(&self, distance: usize) -> impl Iterator<Item = &'a Token> + '_ {
        let (first, last) = (self.context.found.first, self.context.found.last);
        let from = first.saturating_sub(distance).max(self.from);
        let to = (last.saturating_add(distance)).min(self.to);
        let tokens = self.context.line.tokens;
        let left = tokens.get(from..first).unwrap_or_default();
        let right = tokens.get(last + 1..=to).unwrap_or_default();
        left.iter().chain(right).filter(|t| t.kind == TokenKind::Word)
    }

    fn at_start(&self) -> bool {
        match self.beside(false, 1) {
            None => true,
            Some(t) => {
                t.kind == TokenKind::Symbol
                    && !matches!(self.text(t), "," | "/" | "&" | "(" | "'" | "\"" | "+" | "#")
            }
        }
    }

    fn alone(&self) -> bool {
        let bare = |t: Option<&Token>| {
            t.is_none_or(|t| t.kind == TokenKind::Symbol && !matches!(self.text(t), "," | "/"))
        };
        let ends = |right: bool| match self.beside(right, 1) {
            None => true,
            some => bare(some) && self.beside(right, 2).is_none(),
        };
        ends(false) && ends(true)
    }

    fn separated(&self) -> bool {
        let separator = |t: Option<&Token>| {
            t.is_some_and(|t| match t.kind {
                TokenKind::Symbol => {
                    matches!(self.text(t), "," | "/" | "|" | ";" | "•" | "·" | "(" | ")" | "+")
                }
                TokenKind::Word => {
                    one_of(self.text(t), &["and", "or", "und", "oder", "och", "et", "en", "of"])
                }
            })
        };
        let end = |t: Option<&Token>| t.is_none() || separator(t) || t.is_some_and(|t| self.text(t) == ".");
        separator(self.beside(false, 1)) && end(self.beside(true, 1))
            || end(self.beside(false, 1)) && separator(self.beside(true, 1))
    }

    /// The item before or after in an enumeration: `Some(true)` when it is a certain skill of the
    /// same class, `Some(false)` when it is an ambiguous one.
    fn list_neighbour(&self, right: bool) -> Option<bool> {
        let Context { line: Line { matches, .. }, index, found, .. } = *self.context;
        let other =
            if right { matches.get(index + 1) } else { index.checked_sub(1).and_then(|i| matches.get(i)) }?;
        let between = if right { found.last + 1..other.first } else { other.last + 1..found.first };
        if between.is_empty() || between.len() > 3 {
            return None;
        }
        let joins = between.clone().all(|i| {
            self.token(i).is_some_and(|t| match t.kind {
                TokenKind::Symbol => {
                    matches!(self.text(t), "," | "/" | "&" | "|" | ";" | "•" | "·" | "(" | ")" | "+")
                }
                TokenKind::Word => one_of(
                    self.text(t),
                    &["and", "or", "und", "oder", "och", "et", "vs", "en", "of", "like", "as"],
                ),
            })
        });
        (joins && technical((self.context.kind_of)(other.skill)) == technical(self.context.kind))
            .then_some(!other.ambiguous)
    }

    /// Whether a certain skill of the same class stands within six tokens, and how many there are in the line.
    fn certain_skills(&self) -> (bool, usize) {
        let Context { line: Line { matches, .. }, index, found, .. } = *self.context;
        let class = technical(self.context.kind);
        let (mut near, mut count) = (false, 0);
        let before =
            matches.get(..index).unwrap_or_default().iter().rev().take_while(|m| m.last >= self.from);
        let after = matches.get(index + 1..).unwrap_or_default().iter().take_while(|m| m.first <= self.to);
        for other in before.chain(after) {
            if !other.ambiguous
                && other.skill != found.skill
                && technical((self.context.kind_of)(other.skill)) == class
            {
                count += 1;
                near |= other.first <= found.last + 6 && found.first <= other.last + 6;
            }
        }
        (near, count)
    }

    /// Joined to a neighbouring word by `mark`, without spaces.
    fn glued(&self, mark: char) -> bool {
        let bytes = self.context.line.text.as_bytes();
        let (first, last) = (
            self.context.line.tokens[self.context.found.first],
            self.context.line.tokens[self.context.found.last],
        );
        let word = |i: Option<usize>| i.and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_alphanumeric);
        let is = |i: Option<usize>| i.and_then(|i| bytes.get(i)).is_some_and(|b| char::from(*b) == mark);
        let (start, end) = (first.start as usize, last.end as usize);
        is(start.checked_sub(1)) && word(start.checked_sub(2)) || is(Some(end)) && word(Some(end + 1))
    }

    /// Stands in a list of those whom one works with: before "team" or "stakeholders", or after
    /// "collaborate with". Whoever leads a team knows its craft.
    fn worked_with(&self) -> bool {
        let found = &self.context.found;
        let names = |i: usize| {
            let inside = |m: &Match| (m.first..=m.last).contains(&i);
            self.context.line.matches.iter().any(inside) || capitalised(self.token(i).map(|t| self.text(t)))
        };
        let joins = |t: &Token| {
            matches!(self.text(t), "," | "/" | "&" | "-" | "(" | ")")
                || one_of(self.text(t), &["and", "or", "the", "our", "other", "as", "well"])
        };
        let is = |i: usize, list: Lists| self.lists_at(i) & list != 0;
        let after = (found.last + 1..).take(LIST).find_map(|i| {
            let token = self.token(i)?;
            if is(i, PEOPLE) {
                Some(true)
            } else if names(i) || joins(token) {
                None
            } else {
                Some(false)
            }
        });
        let start = (0..found.first)
            .rev()
            .take(LIST)
            .find(|&i| self.token(i).is_none_or(|t| !names(i) && !joins(t) && !is(i, PEOPLE)));
        let before =
            |n: usize, list: Lists| start.and_then(|i| i.checked_sub(n)).is_some_and(|i| is(i, list));
        let joint = start
            .and_then(|i| self.token(i))
            .is_some_and(|t| one_of(self.text(t), &["with", "between", "across", "alongside"]))
            && (1..=3).any(|n| before(n, JOINT));
        let leads = (0..=3).any(|n| before(n, LEADS));
        after == Some(true) && !leads || joint
    }

    fn possessive(&self) -> bool {
        matches!(self.symbol(true).map(|t| self.text(t)), Some("'" | "\u{2019}"))
            && self.beside(true, 2).is_some_and(|t| self.text(t) == "s" && !t.gap)
    }
}
