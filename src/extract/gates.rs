//! Gates: what one has or has not. Degrees, licences, clearances, permits, checks, languages, certificates.

use super::cues::{Asked, cues};
use super::mentions::{Named, negated};
use super::scope::{Group, is_asking, near, range_of, starts_upper};
use super::skills::span;
use super::types::{Gate, GateKind, Provenance, Strength};
use crate::taxonomy::{Kind, Taxonomy};
use crate::text::tokens::Token;
use crate::text::{Block, BlockKind, Document, Section};
use std::ops::Range;

/// Degrees from the least to the most.
const DEGREES: [&str; 6] = ["school", "vocational", "associate", "bachelor", "master", "doctor"];
/// Two degrees with so many tokens between them may be one demand ("a BS with 5 years or an MS with 3").
const SAME_DEMAND: usize = 16;
/// How far behind a gate the words that say how strongly it is asked for may stand, in tokens.
const BEHIND: usize = 24;
/// A language's level stands at most so many tokens before or behind it.
const LEVEL_NEAR: usize = 9;
/// A name that is less likely than this to be meant opens no gate.
const LIKELY: f32 = 0.5;

/// A gate of the sentence being read, with its tokens.
struct Placed {
    gate: Gate,
    found: Range<usize>,
}

/// How sure words are of a CEFR level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// They imply it: "fluent".
    Implied,
    /// They name a level of another scale.
    OtherScale,
    /// They name it.
    Stated,
}

/// Words that tell how well a language is known.
#[derive(Clone, Debug)]
pub(super) struct Level {
    pub(super) cefr: &'static str,
    pub(super) sure: Sure,
    pub(super) found: Range<usize>,
}

/// Adds a level to those of the sentence. Of words right behind each other the first counts ("basic proficiency"),
/// of a choice the lower level ("fluent or native", "B2/C1").
pub(super) fn add_level(text: &str, tokens: &[Token], levels: &mut Vec<Level>, level: Level) {
    if let Some(last) = levels.last_mut()
        && last.sure == level.sure
        && level.found.start - last.found.end <= 1
    {
        let between = &tokens[last.found.end..level.found.start];
        let choice = between
            .first()
            .is_some_and(|t| OR.contains(&t.of(text)) || matches!(t.of(text), "to" | "bis" | "–"));
        if between.is_empty() || choice {
            let range = last.sure == Sure::Stated || choice;
            if range && level.cefr < last.cefr {
                last.cefr = level.cefr;
            }
            last.found.end = level.found.end;
            return;
        }
    }
    levels.push(level);
}

/// The gates of one sentence.
pub(super) struct Reader<'d> {
    document: &'d Document,
    block: &'d Block,
    placed: Vec<Placed>,
}

impl<'d> Reader<'d> {
    pub(super) fn new(document: &'d Document, block: &'d Block) -> Self {
        Self { document, block, placed: Vec::new() }
    }

    /// A phrase of the table that opens a gate.
    pub(super) fn phrase(&mut self, kind: GateKind, value: &str, found: Range<usize>) {
        let (text, tokens, block) =
            (self.document.visible(), self.document.tokens_of(self.block), self.block);
        let asking = is_asking(block.section);
        let counts = match kind {
            GateKind::Degree => asking && is_degree(text, tokens, &found, value),
            GateKind::BackgroundCheck | GateKind::WorkPermit | GateKind::Clearance => {
                block.section != Section::Company
            }
            _ => asking,
        };
        if !counts || block.kind == BlockKind::Heading && kind != GateKind::Clearance {
            return;
        }
        if kind == GateKind::Degree && block.section == Section::Duties && !demanded(text, tokens, &found) {
            return;
        }
        if kind == GateKind::Degree && self.joins_degree(text, tokens, value, &found) {
            return;
        }
        let strength = strength(text, tokens, block, &found);
        self.push(kind, value.to_owned(), strength, found);
    }

    fn push(&mut self, kind: GateKind, value: String, strength: Strength, found: Range<usize>) {
        let Some(range) = range_of(self.document.tokens_of(self.block), &found) else { return };
        let gate = Gate {
            kind,
            value,
            detail: None,
            alternatives: Vec::new(),
            or_equivalent: false,
            strength,
            provenance: Provenance::Explicit,
            span: span(self.document, range),
        };
        self.placed.push(Placed { gate, found });
    }

    /// "Bachelor's or Master's degree": one demand, which the lower degree meets.
    fn joins_degree(&mut self, text: &str, tokens: &[Token], value: &str, found: &Range<usize>) -> bool {
        let Some(last) = self.placed.last_mut().filter(|last| last.gate.kind == GateKind::Degree) else {
            return false;
        };
        let between = &tokens[last.found.end.min(found.start)..found.start];
        let words = between.iter().rev().map(|t| t.of(text));
        let joint = words.clone().find(|word| !ARTICLES.iter().any(|a| a.eq_ignore_ascii_case(word)));
        let or = joint.is_some_and(|word| OR.iter().any(|or| or.eq_ignore_ascii_case(word)));
        let listed = joint == Some(",") && between.len() <= 3;
        let parted = words.clone().any(|word| matches!(word, ";" | "." | ":"))
            || words.clone().any(|word| PARTING.iter().any(|p| p.eq_ignore_ascii_case(word)));
        if between.len() > SAME_DEMAND || parted || !(or || listed || between.is_empty()) {
            return false;
        }
        let gate = &mut last.gate;
        // "JD degree": the word itself adds nothing.
        let plain = between.len() <= 2 && !or && tokens[found.start].of(text).eq_ignore_ascii_case("degree");
        if !plain && gate.value != value && !gate.alternatives.iter().any(|a| a == value) {
            gate.alternatives.push(value.to_owned());
            let rank = |value: &str| DEGREES.iter().position(|degree| *degree == value);
            if rank(value) < rank(&gate.value) {
                let place = gate.alternatives.len() - 1;
                std::mem::swap(&mut gate.value, &mut gate.alternatives[place]);
            }
        }
        last.found.end = found.end;
        let whole = last.found.clone();
        let asked = strength(text, tokens, self.block, &whole);
        last.gate.strength = asked;
        if let Some(range) = range_of(tokens, &whole) {
            last.gate.span = span(self.document, range);
        }
        true
    }

    /// Languages and certificates that the vocabulary found in the sentence.
    pub(super) fn named(&mut self, taxonomy: &Taxonomy, named: &[Named], levels: &[Level]) {
        if !(is_asking(self.block.section)) {
            return;
        }
        for (i, name) in named.iter().enumerate() {
            let skill = taxonomy.skill(name.skill);
            // "Japanese (N2)": the level makes sure what the name alone does not.
            let levelled = skill.kind == Kind::Language && !levels.is_empty();
            if name.likely < LIKELY && !levelled {
                continue;
            }
            match skill.kind {
                Kind::Language => self.language(&skill.id, named, i, levels),
                Kind::Certificate => self.certificate(&skill.id, name),
                _ => continue,
            }
            if let Some(placed) =
                self.placed.last_mut().filter(|p| name.choice != 0 && p.gate.value == skill.id)
            {
                let same =
                    named.iter().filter(|other| other.choice == name.choice && other.skill != name.skill);
                let others =
                    same.map(|other| taxonomy.skill(other.skill)).filter(|other| other.kind == skill.kind);
                placed.gate.alternatives = others.map(|other| other.id.clone()).collect();
            }
        }
    }

    fn language(&mut self, id: &str, named: &[Named], i: usize, levels: &[Level]) {
        let (text, tokens) = (self.document.visible(), self.document.tokens_of(self.block));
        let name = &named[i];
        let level = level_of(text, tokens, named, i, levels);
        let found = name.first..name.last + 1;
        let alone = tokens.len() <= named.len() * 2 + 2 && self.block.section != Section::Duties;
        let cued = || behind(text, tokens, found.end).is_some();
        let asked = level.is_some() || alone || near(Group::Language, tokens, &found) || cued();
        if !asked || self.block.section == Section::Other && level.is_none() {
            return;
        }
        let strength = self.strength_of(name);
        self.push(GateKind::Language, id.to_owned(), strength, found);
        if let (Some(placed), Some(level)) = (self.placed.last_mut(), level) {
            placed.gate.detail = Some(level.cefr.to_owned());
            let stated = level.sure == Sure::Stated;
            placed.gate.provenance = if stated { Provenance::Explicit } else { Provenance::Inferred };
            let whole = placed.found.start.min(level.found.start)..placed.found.end.max(level.found.end);
            if let Some(range) = range_of(tokens, &whole) {
                placed.gate.span = span(self.document, range);
            }
        }
    }

    fn certificate(&mut self, id: &str, name: &Named) {
        let found = name.first..name.last + 1;
        let known = self.placed.iter().any(|p| p.found.start < found.end && found.start < p.found.end);
        let demand = match self.block.section {
            Section::Required | Section::Preferred => true,
            _ => name.strength > Strength::Duty || name.depth.is_some(),
        };
        if known || !demand || self.block.kind == BlockKind::Heading {
            return;
        }
        let strength = self.strength_of(name);
        let (kind, value) = match id {
            _ if id.ends_with("clearance") => (GateKind::Clearance, id.trim_end_matches("-clearance")),
            "driving-licence" | "hgv-licence" | "pcv-licence" | "cdl" | "motorcycle-licence" => {
                (GateKind::Driving, "license")
            }
            "dbs-check" => (GateKind::BackgroundCheck, "background"),
            _ => (GateKind::Certificate, id),
        };
        let value = match value {
            "security" | "sc" | "dv" | "nato" => "any",
            value => value,
        };
        self.push(kind, value.to_owned(), strength, found);
    }

    /// How strongly a name is asked for: as its own words say, else as a phrase there would be.
    fn strength_of(&self, name: &Named) -> Strength {
        match name.strength {
            Strength::Preferred if self.block.section != Section::Preferred => Strength::Preferred,
            _ => {
                let (text, tokens) = (self.document.visible(), self.document.tokens_of(self.block));
                strength(text, tokens, self.block, &(name.first..name.last + 1))
            }
        }
    }

    /// Completes the gates and hands on those that are not known yet.
    pub(super) fn finish(self, gates: &mut Vec<Gate>) {
        let (text, tokens) = (self.document.visible(), self.document.tokens_of(self.block));
        for Placed { mut gate, found } in self.placed {
            if gate.kind == GateKind::Degree {
                let within = tokens.get(found.start + 1..found.end).unwrap_or_default();
                // "Degree in" is one phrase: its last word leads to the fields.
                let last = tokens[found.end - 1].of(text);
                let leads = found.len() > 1 && last != "degree" && LEADS.contains(&last);
                let behind = tokens.get(found.end - usize::from(leads)..).unwrap_or_default();
                gate.detail = fields(text, behind).or_else(|| fields(text, within));
            }
            if matches!(gate.kind, GateKind::Degree | GateKind::Certificate | GateKind::Licence) {
                gate.or_equivalent = has_equivalent(text, tokens, found.end);
            }
            // One gate of a kind and value: the first that asks most.
            let same = |g: &Gate| g.kind == gate.kind && g.value == gate.value;
            // "Secret" and "clearance" of any kind are one demand.
            let vague = matches!(gate.kind, GateKind::Clearance | GateKind::Licence);
            let said = |g: &Gate| vague && g.kind == gate.kind && g.value != "any" && gate.value == "any";
            if !gates.iter().any(|g| (same(g) || said(g)) && g.strength >= gate.strength) {
                gates.retain(|g| !(vague && g.kind == gate.kind && g.value == "any" && gate.value != "any"));
                gates.push(gate);
            }
        }
    }
}

const ARTICLES: [&str; 12] =
    ["a", "an", "the", "advanced", "higher", "ein", "eine", "einen", "einem", "un", "une", "en"];
const OR: [&str; 10] = ["or", "oder", "ou", "o", "/", "of", "eller", "bzw", "y/o", "respektive"];
/// Words that part two degrees: what stands before them is settled.
const PARTING: [&str; 8] =
    ["required", "preferred", "equivalent", "plus", "desired", "minimum", "erforderlich", "desirable"];

/// The level that sentence and place give the language `named[i]`: a stated one before one that words imply, one
/// behind the name before one ahead of it.
fn level_of<'l>(
    text: &str,
    tokens: &[Token],
    named: &[Named],
    i: usize,
    levels: &'l [Level],
) -> Option<&'l Level> {
    let (first, last) = (named[i].first, named[i].last);
    let clear = |from: usize, to: usize| {
        !tokens[from.min(to)..to].iter().any(|t| matches!(t.of(text), ";" | "." | "•"))
    };
    // Between the name and the next; of a list ("English and German fluently") what stands behind its last name
    // counts for all, but for what stands in brackets there.
    let mut end = i;
    let mut behind = None;
    while behind.is_none() && end < named.len() {
        let from = named[end].last;
        // "C2-Niveau" may be a name of the same language.
        let other = named[end + 1..].iter().find(|next| next.skill != named[end].skill);
        let until = other.map_or(tokens.len(), |next| next.first);
        behind = levels
            .iter()
            .filter(|l| l.found.start > from && l.found.start < until && l.found.start - from <= LEVEL_NEAR)
            .filter(|l| clear(from + 1, l.found.start))
            .filter(|l| end == i || tokens[l.found.start - 1].of(text) != "(")
            .reduce(|a, b| if b.sure > a.sure { b } else { a });
        let listed = named.get(end + 1).is_some_and(|next| next.first - from <= LISTED);
        end = if listed { end + 1 } else { named.len() };
    }
    // "German (C1) and English": what stands in brackets is the other's.
    let closed = |from: usize| tokens[from.min(first)..first].iter().any(|t| t.of(text) == ")");
    let ahead = levels.iter().rev().find(|level| {
        level.found.end <= first
            && !closed(level.found.end)
            && first - level.found.end <= LEVEL_NEAR
            && clear(level.found.end, first)
    });
    // A level within the name itself: "fluent German".
    let within = levels.iter().find(|level| level.found.start >= first && level.found.end <= last + 1);
    let close = |level: &Level| {
        let between = tokens.get(last + 1..level.found.start).unwrap_or_default();
        between.iter().all(|t| matches!(t.of(text), "(" | ":" | "–" | "—" | "="))
    };
    match (behind, within.or(ahead)) {
        (Some(behind), Some(ahead)) => {
            let better = behind.sure > ahead.sure || behind.sure == ahead.sure && close(behind);
            Some(if better { behind } else { ahead })
        }
        (Some(behind), None) => {
            (behind.sure > Sure::Implied || clear_of_comma(text, tokens, last, behind)).then_some(behind)
        }
        (None, ahead) => ahead,
    }
}

/// Names that so few tokens part stand in one list.
const LISTED: usize = 3;

/// No comma parts a language from the words behind it: "English, excellent Excel skills".
fn clear_of_comma(text: &str, tokens: &[Token], last: usize, level: &Level) -> bool {
    !tokens[last + 1..level.found.start].iter().any(|t| t.of(text) == ",")
}

/// "or equivalent experience", "or 5 years of experience" behind a degree.
fn has_equivalent(text: &str, tokens: &[Token], end: usize) -> bool {
    let whole = 0..tokens.len();
    if Group::Equivalent.any(&tokens[whole]) {
        return true;
    }
    let behind = tokens[end.min(tokens.len())..].iter().take(BEHIND);
    let mut since_or = None;
    for token in behind {
        let word = token.of(text);
        if matches!(word, ";" | ".") {
            return false;
        }
        if OR.iter().any(|or| or.eq_ignore_ascii_case(word)) {
            since_or = Some(0);
        } else if let Some(words) = &mut since_or {
            *words += 1;
            if *words <= 7
                && ["experience", "erfahrung", "berufserfahrung"].iter().any(|e| e.eq_ignore_ascii_case(word))
            {
                return true;
            }
        }
    }
    false
}

/// "Master" the degree, not "Scrum master" or "master the art"; "degree", not "high degree of".
fn is_degree(text: &str, tokens: &[Token], found: &Range<usize>, value: &str) -> bool {
    let before = found.start.checked_sub(1).map_or("", |b| tokens[b].of(text)).to_lowercase();
    let after = tokens.get(found.end).map_or("", |t| t.of(text)).to_lowercase();
    let word = tokens[found.start].of(text);
    // "4+ years if holding a PhD" asks for no PhD.
    if tokens[found.start.saturating_sub(4)..found.start].iter().any(|t| t.of(text) == "if") {
        return false;
    }
    match word.to_lowercase().as_str() {
        "master" => {
            starts_upper(word)
                && !matches!(before.as_str(), "scrum" | "web" | "post" | "task")
                && after != "data"
        }
        "ms" | "ba" | "bs" | "md" | "jd" | "wo" | "hbo" | "licence" | "ma" => {
            found.len() > 1 || matches!(after.as_str(), "degree" | "in" | "/" | "werk")
        }
        "degree" => !["high", "great", "highest", "large", "360", "some", "certain", "this"]
            .contains(&before.as_str()),
        "ausbildung" => !matches!(before.as_str(), "der" | "in"),
        "promotion" => value != "doctor" || starts_upper(word),
        _ => true,
    }
}

/// Among duties a degree is mostly somebody else's: words must say that it is asked for.
fn demanded(text: &str, tokens: &[Token], found: &Range<usize>) -> bool {
    behind(text, tokens, found.end).is_some()
        || ahead(text, tokens, found.start).is_some()
        || has_equivalent(text, tokens, found.end)
        || tokens[found.clone()]
            .iter()
            .any(|t| DEGREE.iter().any(|word| word.eq_ignore_ascii_case(t.of(text))))
        || tokens.get(found.end).is_some_and(|t| matches!(t.of(text), "degree" | "in" | "Degree"))
}

/// Words that name a degree as one.
const DEGREE: [&str; 8] = [
    "degree",
    "diploma",
    "studium",
    "abschluss",
    "ausbildung",
    "berufsausbildung",
    "hochschulabschluss",
    "school",
];

/// How strongly the words around `found` and its section ask for it: required, preferred, or context where it is not
/// needed.
fn strength(text: &str, tokens: &[Token], block: &Block, found: &Range<usize>) -> Strength {
    if found.end > found.start && negated(text, tokens, found.start, found.end - 1) {
        return Strength::Context;
    }
    // "Required" ahead of a list of what is welcome says little.
    let ahead = || {
        let asked = ahead(text, tokens, found.start)?;
        (asked == Asked::Preferred || block.section != Section::Preferred).then_some(asked)
    };
    if let Some(asked) = behind(text, tokens, found.end).or_else(ahead) {
        return match asked {
            Asked::Not => Strength::Context,
            Asked::Preferred => Strength::Preferred,
            Asked::Required => Strength::Required,
        };
    }
    if block.section == Section::Preferred { Strength::Preferred } else { Strength::Required }
}

/// What the first cue behind a gate says. A comma ends its reach, unless the list of its fields goes on.
fn behind(text: &str, tokens: &[Token], from: usize) -> Option<Asked> {
    let mut at = from;
    let mut open = true;
    while at < tokens.len().min(from + BEHIND) {
        if let Some((cue, len)) = cues().longest(text, tokens, at) {
            if open && let Some(asked) = cue.behind {
                return Some(asked);
            }
            open &= !cue.stop;
            at += len;
            continue;
        }
        match tokens[at].of(text) {
            ";" | "." | ":" => return None,
            "," => {
                let next = tokens.get(at + 1).map_or("", |t| t.of(text));
                let cue = cues().longest(text, tokens, at + 1).is_some_and(|(cue, _)| cue.behind.is_some());
                open = cue || matches!(next, "or" | "and" | "oder" | "und" | "ou" | "et");
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// What a cue right before a gate says: "ideally a degree", "Preferred: PMP".
fn ahead(text: &str, tokens: &[Token], first: usize) -> Option<Asked> {
    (first.saturating_sub(5)..first).rev().find_map(|at| {
        let (cue, len) = cues().longest(text, tokens, at)?;
        let clear = at + len <= first
            && !tokens[at + len..first].iter().any(|t| matches!(t.of(text), ";" | "." | ")" | ","));
        cue.ahead.filter(|asked| clear && *asked != Asked::Not)
    })
}

/// Words that lead from a degree to its fields.
const LEADS: [&str; 7] = ["in", "im", "en", "der", "inom", "of", "degree"];

/// The fields of study after a degree: "in Computer Science, Mathematics or a related field".
fn fields(text: &str, after: &[Token]) -> Option<String> {
    let start = after.iter().take(6).position(|t| LEADS.contains(&t.of(text)))?;
    let mut rest = &after[start + 1..];
    while rest.first().is_some_and(|t| matches!(t.of(text), "in" | "," | "preferably" | "ideally")) {
        rest = &rest[1..];
    }
    let stops = [
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
        "equivalent",
        "progress",
    ];
    let figure = |t: &Token| t.of(text).starts_with(|c: char| c.is_ascii_digit());
    let words = rest.iter().take(14).take_while(|t| !stops.contains(&t.of(text)) && !figure(t));
    let (first, last) = words.fold((None, None), |(first, _), t| (first.or(Some(t.start)), Some(t.end)));
    let mut field = text.get(first? as usize..last? as usize)?.to_lowercase();
    // What stood behind the stop had begun.
    while let Some(rest) =
        [",", ":", " or", " and", " an", " a", " /"].iter().find_map(|end| field.strip_suffix(end))
    {
        field = rest.trim_end().to_owned();
    }
    (field.len() > 2).then_some(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Input, Scratch, extract};

    /// `kind value detail strength`, alternatives behind a bar, `=` for "or equivalent", of every gate.
    fn check(line: &str, expected: &[&str]) {
        let body = format!("Requirements:\n- You have built services before\n- {line}");
        let input = Input { title: "Engineer", description: &body, ..Input::default() };
        let found = extract(Taxonomy::builtin(), &input, &mut Scratch::default());
        let shown: Vec<String> = found
            .gates
            .iter()
            .map(|g| {
                assert_eq!(body[g.span.start..g.span.end], g.span.surface);
                let detail = g.detail.as_deref().unwrap_or("-");
                let or = if g.or_equivalent { " =" } else { "" };
                let others = if g.alternatives.is_empty() {
                    String::new()
                } else {
                    format!(" | {}", g.alternatives.join(" "))
                };
                format!("{:?} {} {detail} {:?}{others}{or}", g.kind, g.value, g.strength).to_lowercase()
            })
            .collect();
        assert_eq!(shown, expected, "{line}");
    }

    #[test]
    fn degrees_keep_the_lowest_that_will_do() {
        for (line, expected) in [
            ("Bachelor's degree in Physics", &["degree bachelor physics required"][..]),
            ("Bachelor's or Master's degree in Physics", &["degree bachelor physics required | master"]),
            ("BSc, MSc or PhD in Physics", &["degree bachelor physics required | master doctor"]),
            ("Master's degree or PhD in Physics preferred", &["degree master physics preferred | doctor"]),
            (
                "Bachelor's degree required, Master's preferred",
                &["degree bachelor - required", "degree master - preferred"],
            ),
            ("JD degree", &["degree doctor - required"]),
            ("Degree in Law or equivalent experience", &["degree bachelor law required ="]),
            ("Degree in Law or 5 years of experience", &["degree bachelor law required ="]),
            (
                "Master's degree in Statistics, Mathematics, or a related field preferred",
                &["degree master statistics, mathematics, or a related field preferred"],
            ),
            ("Bachelor's degree, preferably in Physics", &["degree bachelor physics required"]),
            ("2 years of experience if you hold a PhD", &[]),
            ("No degree required", &["degree bachelor - context"]),
        ] {
            check(line, expected);
        }
    }

    #[test]
    fn languages_carry_their_level() {
        for (line, expected) in [
            ("Fluent German (C1)", &["language german c1 required"][..]),
            ("Business-level English", &["language english b2 required"]),
            ("Japanese (JLPT N2 or above)", &["language japanese b2 required"]),
            ("Deutsch als Muttersprache", &["language german c2 required"]),
            ("Deutschkenntnisse auf muttersprachlichem Niveau", &["language german c2 required"]),
            (
                "English (B2/C1) and German (A2)",
                &["language english b2 required", "language german a2 required"],
            ),
            (
                "Fluent English; Spanish is a plus",
                &["language english c1 required", "language spanish - preferred"],
            ),
            (
                "Fluency in French or German",
                &["language french c1 required | german", "language german c1 required | french"],
            ),
            (
                "Deutsch (mindestens C1) und Englisch in Wort und Schrift",
                &["language german c1 required", "language english - required"],
            ),
            (
                "Fluent English (German, Spanish a plus)",
                &[
                    "language english c1 required",
                    "language german c1 preferred",
                    "language spanish c1 preferred",
                ],
            ),
            ("You sell to our German customers", &[]),
        ] {
            check(line, expected);
        }
    }

    #[test]
    fn other_gates_are_read() {
        for (line, expected) in [
            ("PMP certification required", &["certificate pmp - required"][..]),
            ("CISSP preferred", &["certificate cissp - preferred"]),
            (
                "AWS Certified Solutions Architect is a plus",
                &["certificate aws-certified-solutions-architect - preferred"],
            ),
            ("Active Secret security clearance", &["clearance secret - required"]),
            ("Must be authorized to work in the US", &["workpermit authorization - required"]),
            ("You pass a background check", &["backgroundcheck background - required"]),
            ("Valid driver's license", &["driving license - required"]),
            ("Regardless of race, age, citizenship, or disability", &[]),
        ] {
            check(line, expected);
        }
    }
}
