//! Skills named in one sentence: how strongly, how deep, for how long, and what would do instead.

use super::cues::{Asked, Cue, cues};
use super::types::Strength;
use super::years::Stated;
use crate::taxonomy::{Judge, Match, SkillRef, Taxonomy};
use crate::text::filter::{Filter, Lexicon};
use crate::text::tokens::{Token, TokenKind, fold_hash};
use crate::text::{BlockKind, Section};
use std::sync::OnceLock;

/// A form that is less likely than this to mean its skill is no mention. Chosen so that, of experts' knowledge spans,
/// two in three are still found; as few mentions are wrong as that leaves (`docs/STATUS.md`).
const LIKELY: f32 = 0.83;
/// The same among requirements, which name skills.
const LIKELY_ASKED: f32 = 0.72;
/// The same where the employer speaks of itself.
const LIKELY_TOLD: f32 = 0.90;
/// The depth of plain "experience with".
const WORKING: u8 = 2;
/// From so many years on, experience is a practitioner's.
const PRACTISED: f32 = 3.0;
/// Skills with at most this many joining words between them stand in one list.
const JOINED: usize = 3;
/// A second depth cue within this many tokens belongs to the first ("strong … experience with").
const SAME_PHRASE: usize = 3;

/// One skill named in a sentence; positions are tokens of the sentence.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) skill: SkillRef,
    pub(super) first: usize,
    pub(super) last: usize,
    /// Probability that the skill is meant.
    pub(super) likely: f32,
    pub(super) strength: Strength,
    pub(super) depth: Option<u8>,
    /// Tokens of the words that set the depth.
    pub(super) depth_cue: Option<(usize, usize)>,
    pub(super) years: Option<f32>,
    pub(super) example: bool,
    /// Skills with the same number are alternatives; 0 is none.
    pub(super) choice: u32,
}

/// A cue and where it stands.
#[derive(Clone, Copy, Debug)]
struct Placed {
    cue: Cue,
    first: usize,
    last: usize,
}

/// Buffers and what is known of the sentence being read.
#[derive(Debug, Default)]
pub(super) struct Reader {
    matches: Vec<Match>,
    judge: Judge,
    placed: Vec<Placed>,
    pub(super) named: Vec<Named>,
    /// For each of `named`, the last one of the list it stands in.
    ends: Vec<usize>,
    /// For each of `named`, how the next one of its list is joined to it.
    joints: Vec<Joint>,
    choices: u32,
}

/// A sentence to read.
#[derive(Clone, Copy)]
pub(super) struct Sentence<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: &'t [Token],
    pub(super) kind: BlockKind,
    pub(super) section: Section,
    pub(super) stated: &'t [Stated],
}

impl Reader {
    /// Begins another posting.
    pub(super) fn begin(&mut self) {
        self.choices = 0;
    }

    /// Reads one sentence into `named`, in order of the text.
    pub(super) fn read(&mut self, taxonomy: &Taxonomy, sentence: &Sentence<'_>) {
        let Sentence { text, tokens, .. } = *sentence;
        self.named.clear();
        taxonomy.find(text, tokens, &mut self.matches);
        let likely = taxonomy.judge(text, tokens, &self.matches, &mut self.judge);
        for (found, &likely) in self.matches.iter().zip(likely) {
            if likely >= enough(sentence.section) {
                self.named.push(Named {
                    skill: found.skill,
                    first: found.first,
                    last: found.last,
                    likely,
                    strength: Strength::Context,
                    depth: None,
                    depth_cue: None,
                    years: None,
                    example: false,
                    choice: 0,
                });
            }
        }
        if self.named.is_empty() {
            return;
        }
        self.place(text, tokens);
        self.lists(sentence);
        for i in 0..self.named.len() {
            self.depth(sentence, i);
            let strength = self.strength(sentence, i);
            self.named[i].strength = strength;
        }
        self.years(sentence);
    }

    /// Finds the cues of the sentence. Words that are part of a skill's name are no cues.
    fn place(&mut self, text: &str, tokens: &[Token]) {
        self.placed.clear();
        let cues = cues();
        let mut at = 0;
        let mut skill = 0;
        while at < tokens.len() {
            while self.named.get(skill).is_some_and(|n| n.last < at) {
                skill += 1;
            }
            if let Some(named) = self.named.get(skill).filter(|n| n.first <= at) {
                at = named.last + 1;
                continue;
            }
            match cues.longest(text, tokens, at) {
                Some((cue, len)) => {
                    let last = at + len - 1;
                    self.place_one(text, tokens, Placed { cue, first: at, last });
                    at += len;
                }
                None => at += 1,
            }
        }
    }

    fn place_one(&mut self, text: &str, tokens: &[Token], mut placed: Placed) {
        let before = placed.first.checked_sub(1).map_or("", |b| tokens[b].of(text));
        // "would like", "you'd like", "feel like"
        if placed.cue.example && placed.first == placed.last {
            let verb = ["would", "d", "you", "we", "feel", "look", "looks", "i", "if"];
            if verb.iter().any(|v| v.eq_ignore_ascii_case(before)) {
                return;
            }
        }
        // "strong … experience with": one phrase, its first word counts.
        if let (Some(_), Some(previous)) = (placed.cue.depth_ahead, self.placed.last())
            && let Some(depth) = previous.cue.depth_ahead
            && placed.first - previous.last <= SAME_PHRASE
            && tokens[previous.last + 1..placed.first].iter().all(|t| t.kind == TokenKind::Word)
            && !self.named.iter().any(|n| n.first > previous.last && n.first < placed.first)
        {
            placed.cue.depth_ahead = Some(depth);
            placed.first = previous.first;
        }
        self.placed.push(placed);
    }

    /// Finds lists: examples and alternatives.
    fn lists(&mut self, sentence: &Sentence<'_>) {
        let Sentence { text, tokens, .. } = *sentence;
        self.ends.clear();
        self.joints.clear();
        let mut first = 0;
        for last in 0..self.named.len() {
            let next = self.named.get(last + 1);
            if let Some(joint) = next.and_then(|next| joint(tokens, &self.named[last], next)) {
                self.joints.push(joint);
                continue;
            }
            self.joints.push(Joint::And);
            self.ends.resize(last + 1, last);
            self.list(text, tokens, first, last);
            first = last + 1;
        }
    }

    fn list(&mut self, text: &str, tokens: &[Token], first: usize, last: usize) {
        let begin = self.named[first].first;
        let near = |p: &&Placed| p.last < begin && begin - p.last <= JOINED + 1;
        let example = self.placed.iter().rev().find(near).is_some_and(|p| p.cue.example);
        let one_of = self
            .placed
            .iter()
            .any(|p| p.cue.one_of && p.last < begin && no_stop(text, tokens, p.last + 1, begin));
        if example {
            self.named[first..=last].iter_mut().for_each(|n| n.example = true);
        }
        if one_of && last > first {
            self.choices += 1;
            self.named[first..=last].iter_mut().for_each(|n| n.choice = self.choices);
            return;
        }
        // "A, B or C": all three, unless an "and" parts them.
        let mut start = first;
        let mut has_or = false;
        for i in first..=last {
            let joint = self.joints[i];
            has_or |= joint == Joint::Or;
            if joint == Joint::And {
                if has_or {
                    self.choices += 1;
                    self.named[start..=i].iter_mut().for_each(|n| n.choice = self.choices);
                }
                start = i + 1;
                has_or = false;
            }
        }
    }

    /// The depth asked for: the nearest cue ahead whose reach includes the skill, else one right
    /// behind its list.
    fn depth(&mut self, sentence: &Sentence<'_>, i: usize) {
        let Sentence { text, tokens, .. } = *sentence;
        let named = &self.named[i];
        let ahead = self
            .placed
            .iter()
            .rev()
            .find(|p| {
                p.last < named.first && p.cue.depth_ahead.is_some() && !is_theirs(text, tokens, sentence, p)
            })
            .filter(|p| reaches(text, tokens, &self.placed, p.last + 1, named.first))
            .copied();
        let behind = self.behind(text, tokens, i, |cue| cue.depth_behind.is_some(), true);
        let behind = behind.filter(|p| !describes_next(text, tokens, p));
        let bracketed =
            behind.is_some_and(|p| tokens[p.first].of(text) == "(" || before_is(text, tokens, p.first, "("));
        let chosen = match (ahead, behind) {
            (Some(a), Some(b)) => {
                let stronger = b.cue.depth_behind == Some(4) || bracketed;
                if stronger { Some((b, b.cue.depth_behind)) } else { Some((a, a.cue.depth_ahead)) }
            }
            (Some(a), None) => Some((a, a.cue.depth_ahead)),
            (None, Some(b)) => Some((b, b.cue.depth_behind)),
            (None, None) => None,
        };
        if let Some((placed, depth)) = chosen {
            let cue = Some((placed.first, placed.last));
            let named = &mut self.named[i];
            (named.depth, named.depth_cue) = (depth, cue);
        }
    }

    /// The first cue after skill `i` that speaks of it: right after its list (`close`), or at
    /// least in its clause.
    fn behind(
        &self,
        text: &str,
        tokens: &[Token],
        i: usize,
        wanted: impl Fn(&Cue) -> bool,
        close: bool,
    ) -> Option<Placed> {
        let end = self.ends[i];
        let placed = self.placed.iter().find(|p| p.first > self.named[i].last && wanted(&p.cue))?;
        let bracket = before_is(text, tokens, placed.first, "(") || tokens[placed.first].of(text) == "(";
        // "Skilled in A, B a plus": of a bare comma list that something else began, only the last.
        let opened = |p: &Placed| tokens[p.last + 1..self.named[i].first].iter().any(|t| t.of(text) == "(");
        let begun = self
            .placed
            .iter()
            .any(|p| p.last < self.named[i].first && p.cue.depth_ahead.is_some() && !opened(p));
        let bare = self.joints[i..end].iter().all(|joint| *joint == Joint::Comma);
        let from = if bracket || begun && bare { i } else { end };
        let skill = &self.named[from];
        if placed.first <= skill.last {
            return None;
        }
        let gap = &tokens[skill.last + 1..placed.first];
        let near = if close || bracket { gap.len() <= 2 } else { gap.len() <= 16 };
        let other = self.named[from + 1..].iter().any(|n| n.first < placed.first);
        let commas = gap.iter().filter(|t| matches!(t.of(text), ";" | "." | ":")).count();
        let clean = if close || bracket { !other && !gap.iter().any(|t| t.of(text) == ",") } else { !other };
        let reaches = near && clean && commas == 0 && no_stop(text, tokens, skill.last + 1, placed.first);
        (reaches && !self.in_brackets(text, tokens, self.named[i].last + 1, placed.first)).then_some(*placed)
    }

    /// "English (German is a plus)": what is said within brackets is said of the skill that stands there.
    fn in_brackets(&self, text: &str, tokens: &[Token], from: usize, to: usize) -> bool {
        let between = &tokens[from.min(to)..to];
        let Some(open) = between.iter().rposition(|t| t.of(text) == "(") else { return false };
        !between[open..].iter().any(|t| t.of(text) == ")")
            && self.named.iter().any(|n| n.first > from + open && n.last < to)
    }

    fn strength(&self, sentence: &Sentence<'_>, i: usize) -> Strength {
        let Sentence { text, tokens, section, .. } = *sentence;
        let named = &self.named[i];
        let asked = self.asked(text, tokens, i);
        match (section, asked) {
            (_, Some(Asked::Not)) => Strength::Context,
            (Section::Company | Section::Benefits | Section::Legal | Section::Apply, _) => Strength::Context,
            (_, Some(Asked::Preferred)) => Strength::Preferred,
            (Section::Preferred, None) if self.is_apart_from_the_wish(text, tokens, i) => Strength::Required,
            (Section::Preferred, _) => Strength::Preferred,
            (Section::Required, _) => Strength::Required,
            (Section::Duties, Some(Asked::Required)) if named.depth.is_some() => Strength::Required,
            (Section::Duties, _) => Strength::Duty,
            (Section::Other, Some(Asked::Required)) => Strength::Required,
            (Section::Other, None) => {
                let asks = named.depth.is_some() || !sentence.stated.is_empty();
                match (asks, sentence.kind) {
                    (true, _) => Strength::Required,
                    (false, BlockKind::Item) => Strength::Duty,
                    (false, _) => Strength::Context,
                }
            }
        }
    }

    /// "Very good knowledge of X, Y is a plus" reads as a wish for Y's sake; who has to know X well is not asked
    /// for X as a wish.
    fn is_apart_from_the_wish(&self, text: &str, tokens: &[Token], i: usize) -> bool {
        self.named[i].depth.is_some_and(|depth| depth > WORKING)
            && (i + 1..self.named.len()).any(|j| self.asked(text, tokens, j) == Some(Asked::Preferred))
    }

    /// What the words around skill `i` say, whatever section it stands in.
    fn asked(&self, text: &str, tokens: &[Token], i: usize) -> Option<Asked> {
        let named = &self.named[i];
        if negated(text, tokens, named.first, named.last) {
            return Some(Asked::Not);
        }
        let behind = self.behind(text, tokens, i, |cue| cue.behind.is_some(), false);
        if let Some(placed) = behind {
            return placed.cue.behind;
        }
        let ahead = self
            .placed
            .iter()
            .rev()
            .find(|p| p.last < named.first && p.cue.ahead.is_some())
            .filter(|p| reaches(text, tokens, &self.placed, p.last + 1, named.first))?;
        // "Not" speaks of what follows at once only.
        let far = named.first - ahead.last > JOINED + 3;
        if ahead.cue.ahead == Some(Asked::Not) && far {
            return None;
        }
        // "X is preferred; Y": a cue that looks back has found what it speaks of.
        let looked_back = ahead.cue.behind.is_some()
            && self.named.iter().any(|n| n.last < ahead.first && ahead.first - n.last <= 4)
            && tokens.get(ahead.last + 1).is_none_or(|t| t.of(text) != ":");
        if looked_back { None } else { ahead.cue.ahead }
    }

    /// Attaches stated years to the skills they speak of.
    fn years(&mut self, sentence: &Sentence<'_>) {
        let Sentence { text, tokens, stated, .. } = *sentence;
        for (s, years) in stated.iter().enumerate() {
            let until = stated.get(s + 1).map_or(tokens.len(), |next| next.first);
            let ahead = self.named.iter().position(|n| {
                n.first > years.last && n.first < until && no_stop(text, tokens, years.last + 1, n.first)
            });
            // "Python: 3 years", "SQL (2 years)"
            let behind = self.named.iter().rposition(|n| {
                n.last < years.first
                    && years.first - n.last <= 2
                    && matches!(tokens[n.last + 1].of(text), ":" | "(" | "–" | "-")
            });
            let Some(first) = behind.or(ahead) else { continue };
            let mut last = first;
            while behind.is_none() && last < self.ends[first] && self.named[last + 1].first < until {
                last += 1;
            }
            for named in &mut self.named[first..=last] {
                if named.years.is_none_or(|known| known < years.min) {
                    named.years = Some(years.min);
                }
                // Years say how deep where no other word does, and more than "experience" does.
                if named.depth.is_none_or(|depth| depth == WORKING) {
                    named.depth = Some(if years.min < PRACTISED { WORKING } else { WORKING + 1 });
                    named.depth_cue = Some((years.first, years.last));
                }
            }
        }
    }
}

/// How likely a form must be to be a mention in this section.
fn enough(section: Section) -> f32 {
    match section {
        Section::Required | Section::Preferred => LIKELY_ASKED,
        Section::Company | Section::Benefits | Section::Legal | Section::Apply => LIKELY_TOLD,
        Section::Duties | Section::Other => LIKELY,
    }
}

/// How far before and after its words a negation in two parts may stand, in tokens.
const NEGATED_BEFORE: usize = 5;
const NEGATED_AFTER: usize = 6;
/// Words that begin one.
const NO: [&str; 10] =
    ["no", "kein", "keine", "keinerlei", "keinen", "aucun", "aucune", "geen", "ingen", "inga"];

/// "No … experience necessary", "keine Kenntnisse in … erforderlich": what stands between is not asked for.
pub(super) fn negated(text: &str, tokens: &[Token], first: usize, last: usize) -> bool {
    static OPENING: OnceLock<Filter<16>> = OnceLock::new();
    let opening = OPENING.get_or_init(|| NO.into_iter().map(fold_hash).collect());
    let is = |token: &Token, list: &[&str]| list.iter().any(|word| token.of(text).eq_ignore_ascii_case(word));
    let before = &tokens[first.saturating_sub(NEGATED_BEFORE).min(first)..first];
    let no = before.iter().rposition(|t| opening.may_hold(t.hash) && is(t, &NO));
    let Some(no) = no else { return false };
    let after = tokens.get(last + 1..tokens.len().min(last + 1 + NEGATED_AFTER)).unwrap_or_default();
    let closing = after.iter().position(|t| {
        is(
            t,
            &[
                "required",
                "needed",
                "necessary",
                "erforderlich",
                "nötig",
                "notwendig",
                "benötigt",
                "requis",
                "requise",
                "nécessaire",
                "vereist",
                "nodig",
                "krävs",
            ],
        )
    });
    let clean = |tokens: &[Token]| !tokens.iter().any(|t| matches!(t.of(text), ";" | "." | ":" | ","));
    closing.is_some_and(|closing| clean(&before[no..]) && clean(&after[..closing]))
}

/// "Customer experience" among duties is nobody's depth.
fn is_theirs(text: &str, tokens: &[Token], sentence: &Sentence<'_>, placed: &Placed) -> bool {
    let alone = placed.first == placed.last && sentence.section == Section::Duties;
    alone && tokens[placed.first].of(text).eq_ignore_ascii_case("experience")
}

/// Words that tell depth in front of what they describe and behind it.
const ADJECTIVES: [&str; 9] =
    ["advanced", "strong", "basic", "deep", "expert", "solid", "good", "excellent", "intermediate"];
/// Words that may follow one that stands behind its skill.
const AFTER_DEPTH: [&str; 16] = [
    "and",
    "or",
    "level",
    "levels",
    "skill",
    "skills",
    "knowledge",
    "user",
    "users",
    "proficiency",
    "required",
    "preferred",
    "is",
    "in",
    "to",
    "with",
];

/// "Design and build advanced models": the adjective describes what follows, not the skill before it.
fn describes_next(text: &str, tokens: &[Token], placed: &Placed) -> bool {
    let is = |token: &Token, list: &[&str]| list.iter().any(|word| token.of(text).eq_ignore_ascii_case(word));
    let next = tokens.get(placed.last + 1).filter(|t| t.kind == TokenKind::Word);
    placed.first == placed.last
        && is(&tokens[placed.first], &ADJECTIVES)
        && next.is_some_and(|next| !is(next, &AFTER_DEPTH))
}

fn before_is(text: &str, tokens: &[Token], at: usize, what: &str) -> bool {
    at.checked_sub(1).is_some_and(|b| tokens[b].of(text) == what)
}

/// Nothing between the two positions ends a clause.
fn no_stop(text: &str, tokens: &[Token], from: usize, to: usize) -> bool {
    tokens[from.min(to)..to].iter().all(|t| !matches!(t.of(text), ";" | "." | "•" | "|"))
}

/// What a cue before `from` says still holds at `to`.
fn reaches(text: &str, tokens: &[Token], placed: &[Placed], from: usize, to: usize) -> bool {
    let mut depth = 0_i32;
    for token in &tokens[from.min(to)..to] {
        match token.of(text) {
            ";" | "•" | "|" => return false,
            "(" => depth += 1,
            ")" => {
                depth -= 1;
                if depth < 0 {
                    return false;
                }
            }
            _ => {}
        }
    }
    !placed.iter().any(|p| p.first >= from && p.last < to && p.cue.stop)
}

/// How two skills of a list are joined, by what counts more; the words between them also hold [`Joint::Small`] ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Joint {
    Small,
    Comma,
    And,
    Or,
}

/// What the words between two skills of a list may be.
fn joints() -> &'static Lexicon<Joint, 16> {
    static JOINTS: OnceLock<Lexicon<Joint, 16>> = OnceLock::new();
    JOINTS.get_or_init(|| {
        let lists = [
            (Joint::Or, "or oder ou eller bzw /"),
            (Joint::And, "and und et y en och sowie well & +"),
            (Joint::Comma, ", |"),
            (Joint::Small, "( ) the in with mit as also o of"),
        ];
        let words = lists.iter().flat_map(|(joint, list)| list.split(' ').map(move |word| (word, *joint)));
        words.map(|(word, joint)| (fold_hash(word), joint)).collect()
    })
}

/// How two skills that stand in one list are joined: only commas, "and", "or" and small words lie between them.
fn joint(tokens: &[Token], left: &Named, right: &Named) -> Option<Joint> {
    let between = &tokens[(left.last + 1).min(right.first)..right.first];
    if between.len() > JOINED {
        return None;
    }
    let joints = joints();
    let mut most = None;
    for token in between {
        most = most.max(Some(*joints.get(token.hash)?));
    }
    most.or(Some(Joint::Comma))
}
