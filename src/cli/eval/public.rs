//! Labelled sets that others published.

use super::own::sentence_sections;
use super::score::{Classes, Random, Spans, share, spans};
use super::{CliError, Report};
use crate::extract::{Input, Scratch, SkillClaim, Strength, extract};
use crate::posting::Markup;
use crate::taxonomy::{Kind, Taxonomy};
use crate::text::{Document, Section};
use serde_json::Value;
use std::ops::Range;

/// Headings that employers write, by field; one is drawn for each posting.
const HEADINGS: [&[&str]; 3] = [
    &[
        "Responsibilities:",
        "What you'll do",
        "The role",
        "Your tasks",
        "In this role, you will:",
        "Key responsibilities",
        "A day in the life",
        "How you'll make an impact",
        "ESSENTIAL DUTIES",
        "What You'll Own",
        "Day to day",
        "The job",
        "Scope of work:",
        "What you will be doing",
    ],
    &[
        "Minimum qualifications:",
        "Requirements",
        "What you'll bring",
        "You might be a fit if you:",
        "The must-haves",
        "Who you are",
        "What we're looking for",
        "Basic Qualifications",
        "About you",
        "REQUIRED SKILLS & EXPERIENCE",
        "What you need",
        "Your profile",
        "Skills and experience we need",
        "You have:",
    ],
    &[
        "Preferred qualifications:",
        "Nice to have",
        "Bonus points",
        "Bonus points if you have:",
        "It's a plus if you have",
        "Desired skills",
        "What would set you apart",
        "Preferred experience",
        "NICE-TO-HAVES",
        "Extra credit",
        "Ways to stand out from the crowd",
        "Even better if you have",
        "Pluses",
        "Ideally, you also have:",
    ],
];
/// Every fifth of the first 600 records of the public set taught the section model
/// (`data/text/build/sections.py`): they say nothing about how good it is.
const TAUGHT_EVERY: usize = 5;
const TAUGHT_BELOW: usize = 600;
/// Seed of the order and choice of headings.
const SEED: u64 = 20_260_101;

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The three fields of each posting as one text, in shuffled order, under headings drawn at
/// random (or none); every line is to be read as of its own field.
pub(super) fn required_preferred(records: &[Value], headings: bool) -> Result<Report, CliError> {
    let names = ["duties", "minimum", "preferred"];
    let sections = [Section::Duties, Section::Required, Section::Preferred];
    let mut random = Random(SEED);
    let mut classes = Classes::default();
    let mut report = Report::default();
    for (number, record) in records.iter().enumerate() {
        let mut order = [0, 1, 2];
        for i in (1..order.len()).rev() {
            order.swap(i, random.below(i + 1));
        }
        let (mut body, mut gold) = (String::new(), Vec::new());
        for field in order {
            let heading = HEADINGS[field][random.below(HEADINGS[field].len())];
            if headings {
                body.push_str(heading);
                body.push('\n');
            }
            for line in text(record, names[field]).lines().map(str::trim).filter(|l| !l.is_empty()) {
                gold.push((field, body.len()..body.len() + line.len()));
                body.push_str(line);
                body.push('\n');
            }
            body.push('\n');
        }
        if headings && number % TAUGHT_EVERY == 0 && number < TAUGHT_BELOW {
            continue;
        }
        let document = Document::new(&body, Markup::Text);
        classes.group();
        for (field, range) in gold {
            let section = sentence_sections(&document, &range).unwrap_or(Section::Other);
            let predicted = sections.iter().position(|s| *s == section).unwrap_or(sections.len());
            classes.add(field, predicted);
            if predicted != field {
                let line: String = body[range].chars().take(100).collect();
                report.errors.push(format!("{} not {}: {line}", section.name(), names[field]));
            }
        }
    }
    report.metrics.push(classes.macro_f1("macro F1", names.len()));
    report.metrics.push(classes.accuracy("accuracy"));
    for (i, name) in names.iter().enumerate() {
        report.metrics.extend(classes.class(name, i));
    }
    Ok(report)
}

/// Sentences of one document, joined to one body: the body and where each sentence lies.
fn join(sentences: &[&Value], field: &str) -> (String, Vec<Range<usize>>) {
    let mut body = String::new();
    let mut ranges = Vec::new();
    for sentence in sentences {
        let line = text(sentence, field).replace('\n', " ");
        ranges.push(body.len()..body.len() + line.len());
        body.push_str(&line);
        body.push('\n');
    }
    (body, ranges)
}

fn documents(records: &[Value]) -> Vec<Vec<&Value>> {
    let mut documents: Vec<Vec<&Value>> = Vec::new();
    for record in records {
        match documents.last_mut() {
            Some(last) if text(last[0], "doc") == text(record, "doc") => last.push(record),
            _ => documents.push(vec![record]),
        }
    }
    documents
}

/// Whether each sentence of an ad asks for anything.
pub(super) fn skill_xl(records: &[Value]) -> Result<Report, CliError> {
    let mut classes = Classes::default();
    let mut report = Report::default();
    for sentences in documents(records) {
        let (body, ranges) = join(&sentences, "sentence");
        let input = Input {
            title: text(sentences[0], "title"),
            company: "",
            description: &body,
            markup: Markup::Text,
            ..Input::default()
        };
        let found = extract(Taxonomy::builtin(), &input, &mut Scratch::default());
        let document = Document::new(&body, Markup::Text);
        classes.group();
        for (sentence, range) in sentences.iter().zip(ranges) {
            let gold = sentence.get("relevant").and_then(Value::as_bool).unwrap_or(false);
            let asked = found.skills.iter().any(|s| asked_in(s, &range));
            let section = sentence_sections(&document, &range);
            let duty = matches!(section, Some(Section::Duties | Section::Required | Section::Preferred));
            let predicted = asked || duty;
            classes.add(usize::from(gold), usize::from(predicted));
            if gold != predicted {
                let line: String = body[range].chars().take(110).collect();
                report.errors.push(format!(
                    "{} ({:?}): {line}",
                    if gold { "missed" } else { "asks not" },
                    section
                ));
            }
        }
    }
    report.metrics.extend(classes.class("asks", 1));
    report.metrics.push(classes.accuracy("accuracy"));
    Ok(report)
}

/// A skill is asked for within `range`.
fn asked_in(claim: &SkillClaim, range: &Range<usize>) -> bool {
    let within = |start: usize, end: usize| start >= range.start && end <= range.end;
    claim.strength > Strength::Context && within(claim.span.start, claim.span.end)
        || claim.more.iter().any(|m| m.strength > Strength::Context && within(m.span.start, m.span.end))
}

/// Spans of skills and knowledge, strictly the same or overlapping.
pub(super) fn skillspan(records: &[Value]) -> Result<Report, CliError> {
    const LAYERS: [&str; 2] = ["knowledge", "skill"];
    let (mut strict, mut loose) = ([const { Vec::new() }; 2], [const { Vec::new() }; 2]);
    let (mut any, mut met, mut wanted) = (Vec::new(), 0, 0);
    let mut report = Report::default();
    for sentences in documents(records) {
        let (body, ranges) = join(&sentences, "text");
        let input =
            Input { title: "", company: "", description: &body, markup: Markup::Text, ..Input::default() };
        let found = extract(Taxonomy::builtin(), &input, &mut Scratch::default());
        let mut gold: [Vec<Range<usize>>; 2] = [const { Vec::new() }; 2];
        for (sentence, range) in sentences.iter().zip(&ranges) {
            for span in sentence.get("spans").and_then(Value::as_array).into_iter().flatten() {
                if let Some(layer) = LAYERS.iter().position(|l| *l == text(span, "layer"))
                    && let Some(own) = chars_to_bytes(&body[range.clone()], span)
                {
                    gold[layer].push(range.start + own.start..range.start + own.end);
                }
            }
        }
        let mut read: [Vec<Range<usize>>; 2] = [const { Vec::new() }; 2];
        for claim in &found.skills {
            let layer = usize::from(matches!(claim.kind, Kind::Skill | Kind::Attitude));
            read[layer].push(claim.span.start..claim.span.end);
            read[layer].extend(claim.more.iter().map(|m| m.span.start..m.span.end));
        }
        for layer in 0..LAYERS.len() {
            strict[layer].push(count(&read[layer], &gold[layer], |a, b| a == b));
            loose[layer].push(count(&read[layer], &gold[layer], touches));
        }
        let all_gold: Vec<_> = gold.concat();
        met += gold[0].iter().filter(|g| read.concat().iter().any(|r| touches(r, g))).count();
        wanted += gold[0].len();
        any.push(count(&read.concat(), &all_gold, touches));
        for range in read.concat().iter().filter(|r| !all_gold.iter().any(|g| touches(r, g))) {
            report.errors.push(format!("no span: {}", body.get(range.clone()).unwrap_or_default()));
        }
    }
    for (layer, name) in LAYERS.iter().enumerate() {
        report.metrics.extend(spans(&format!("{name} strict"), &strict[layer]));
        report.metrics.extend(spans(&format!("{name} loose"), &loose[layer]));
    }
    report.metrics.push(share("knowledge met by a skill of any kind", met, wanted));
    report.metrics.extend(spans("any layer, overlap", &any));
    Ok(report)
}

fn touches(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn count(
    read: &[Range<usize>],
    gold: &[Range<usize>],
    same: impl Fn(&Range<usize>, &Range<usize>) -> bool,
) -> Spans {
    Spans {
        right: read.iter().filter(|r| gold.iter().any(|g| same(r, g))).count(),
        found: read.len(),
        met: gold.iter().filter(|g| read.iter().any(|r| same(r, g))).count(),
        wanted: gold.len(),
    }
}

/// A labelled span in bytes; the file counts characters.
fn chars_to_bytes(sentence: &str, span: &Value) -> Option<Range<usize>> {
    let at = |name| usize::try_from(span.get(name)?.as_u64()?).ok();
    let (start, end) = (at("start")?, at("end")?);
    let byte = |chars: usize| sentence.char_indices().nth(chars).map_or(sentence.len(), |(i, _)| i);
    Some(byte(start)..byte(end))
}
