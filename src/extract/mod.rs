//! What a posting requires, how strongly, how deep, and the words that say so.
//!
//! A pure function of one posting: no I/O, no globals, the same bytes in give the same bytes
//! out on any number of threads.
//!
//! One pass: the body becomes a [`Document`] of sentences with sections; every sentence is read
//! for skills (`mentions`), years (`years`); mentions are gathered into claims (`skills`).

mod activities;
mod cues;
mod facts;
mod gates;
mod mentions;
mod pay;
mod scale;
mod scope;
mod skills;
mod types;
mod years;

pub use types::*;

pub mod batch;

use crate::level::{self, LevelEstimate, family};
use crate::posting::{Markup, Posting, employer_key};
use crate::taxonomy::Taxonomy;
use crate::text::tokens::{Token, tokenize};
use crate::text::{BlockKind, Document, Section};
use mentions::{Named, Reader, Sentence};
use years::Stated;

/// A body with fewer words than this says too little to be judged.
const FEW_WORDS: usize = 30;

/// What extraction reads of a posting.
#[derive(Clone, Copy, Debug, Default)]
pub struct Input<'a> {
    /// Title, empty where there is none.
    pub title: &'a str,
    /// Employer, empty where unknown: its own name is no skill.
    pub company: &'a str,
    /// Body as published; every offset points into this string.
    pub description: &'a str,
    /// How the body is written. Plain text that plainly is HTML is read as HTML.
    pub markup: Markup,
    /// What structured fields say of rank and department.
    pub fields: level::Fields<'a>,
}

impl<'a> Input<'a> {
    /// What extraction reads of `posting`.
    #[must_use]
    pub fn of(posting: &'a Posting) -> Self {
        Self {
            title: &posting.title,
            company: posting.company.as_deref().unwrap_or_default(),
            description: &posting.description,
            markup: posting.markup,
            fields: level::Fields {
                department: posting.facts.department.as_deref().or(posting.facts.team.as_deref()),
                level: posting.facts.level.as_deref(),
                track: posting.facts.track.as_deref(),
                years: posting.facts.years.as_deref(),
                employment: posting.facts.employment_type.as_deref(),
            },
        }
    }
}

/// Buffers of one worker, kept between postings so that extraction allocates little.
#[derive(Debug, Default)]
pub struct Scratch {
    document: Document,
    reader: Reader,
    stated: Vec<Stated>,
    mentions: Vec<skills::Placed>,
    company: Vec<Token>,
    cues: Vec<level::Cue>,
    facts: facts::Gathered,
}

/// Extracts everything one posting says. Never fails: poor input gives a poor result with a note.
#[must_use]
pub fn extract(taxonomy: &Taxonomy, input: &Input<'_>, scratch: &mut Scratch) -> Extraction {
    let Scratch { document, reader, stated, mentions, company, cues, facts } = scratch;
    document.read(input.description, input.markup);
    tokenize(&employer_key(input.company), company);
    mentions.clear();
    reader.begin();
    facts.begin();
    let mut role_years = Years::default();
    let (mut experience, mut activities, mut gates) = (Vec::new(), Vec::new(), Vec::new());
    for (at, block) in document.blocks().iter().enumerate() {
        let tokens = document.tokens_of(block);
        years::find(document.visible(), tokens, block.kind, block.section, stated);
        let sentence = Sentence {
            text: document.visible(),
            tokens,
            kind: block.kind,
            section: block.section,
            stated: stated.as_slice(),
        };
        reader.read(taxonomy, &sentence);
        reader.named.retain(|named| !is_own_name(named, tokens, company, block.section));
        mentions.extend(reader.named.iter().filter_map(|n| skills::Placed::new(n, tokens, block.section)));
        experience.extend(
            stated.iter().filter_map(|years| years::claim(document, block, tokens, years, &reader.named)),
        );
        scope::read(document, at, taxonomy, &reader.named, &mut experience, &mut gates);
        activities::read(document, block, &mut activities);
        facts.read(document, block);
        for years in stated.iter().filter(|_| block.section != Section::Preferred) {
            if role_years.min.is_none_or(|known| known < years.min) {
                role_years = Years { min: Some(years.min), max: years.max };
            }
        }
    }
    let skills = skills::gather(taxonomy, document, mentions);
    let notes = notes(document, &skills);
    let (level, family) = rank(input, document, cues, &experience);
    Extraction {
        language: document.language().map(str::to_owned),
        level,
        family,
        years: role_years,
        skills,
        experience,
        activities,
        gates,
        facts: facts.facts(document),
        notes,
    }
}

/// Level and family, from title, structured fields and body.
fn rank(
    input: &Input<'_>,
    document: &Document,
    cues: &mut Vec<level::Cue>,
    experience: &[Experience],
) -> (LevelEstimate, Option<String>) {
    level::cues::read(document.visible(), document.tokens(), cues);
    for cue in cues.iter_mut() {
        let original = document.original(cue.start..cue.end);
        (cue.start, cue.end) = (original.start, original.end);
    }
    add_scope(experience, cues);
    let Input { title, company, fields, .. } = *input;
    let level = level::estimate(&level::Evidence { title, company, fields, cues });
    let department = fields.department.unwrap_or_default();
    let evidence = family::Evidence { title, company, department, body: Some(document) };
    let family = family::estimate(&evidence);
    (level, family.map(|family| family.id.to_owned()))
}

/// Years and people led that extraction found and the cues of level did not.
fn add_scope(experience: &[Experience], cues: &mut Vec<level::Cue>) {
    use level::CueKind;
    for found in experience.iter().filter(|found| found.strength == Strength::Required) {
        let kind = match found.kind {
            ExperienceKind::Years => CueKind::Years,
            ExperienceKind::PeopleLed => CueKind::PeopleLed,
            ExperienceKind::ManagersLed => CueKind::ManagersLed,
            _ => continue,
        };
        if cues.iter().all(|cue| cue.kind != kind) {
            let Span { start, end, surface, .. } = &found.span;
            let (value, origin) = (found.min.map(|min| min as f32), level::Origin::Description);
            cues.push(level::Cue { kind, value, origin, start: *start, end: *end, text: surface.clone() });
        }
    }
}

/// The mention is the employer's own name, and nothing says that it is asked for.
fn is_own_name(named: &Named, tokens: &[Token], company: &[Token], section: Section) -> bool {
    let own = &tokens[named.first..=named.last];
    let begins = own.len() <= company.len() && own.iter().zip(company).all(|(a, b)| a.hash == b.hash);
    let asked = matches!(section, Section::Required | Section::Preferred) && named.depth.is_some();
    !own.is_empty() && begins && !asked
}

/// Why the result is poorer than one would expect.
fn notes(document: &Document, skills: &[SkillClaim]) -> Vec<String> {
    let mut notes = Vec::new();
    let words = document.tokens().len();
    if words == 0 {
        notes.push("the body is empty".into());
        return notes;
    }
    if words < FEW_WORDS {
        notes.push(format!("the body has only {words} words"));
    }
    let has = |section: Section| document.blocks().iter().any(|b| b.section == section);
    if !has(Section::Required) && !has(Section::Preferred) {
        notes.push("no requirements section recognised".into());
    }
    if skills.is_empty() {
        notes.push("no skill of the vocabulary is named".into());
    } else if skills.iter().all(|s| s.strength == Strength::Context) {
        notes.push("skills are named, but none is asked for".into());
    }
    if document.blocks().iter().all(|b| b.kind == BlockKind::Heading) {
        notes.push("the body has headings only".into());
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(description: &str) -> Extraction {
        let input = Input { title: "Engineer", company: "Acme", description, ..Input::default() };
        extract(Taxonomy::builtin(), &input, &mut Scratch::default())
    }

    /// `id strength depth years` of every skill, in order.
    fn check(description: &str, expected: &[&str]) {
        let extraction = read(description);
        let shown: Vec<String> = extraction
            .skills
            .iter()
            .map(|s| {
                let depth = s.depth.map_or("-".into(), |d| d.to_string());
                let years = s.years.map_or("-".into(), |y| y.to_string());
                format!("{} {:?} {depth} {years}", s.id, s.strength).to_lowercase()
            })
            .collect();
        assert_eq!(shown, expected, "{description}");
        for skill in &extraction.skills {
            assert_eq!(&description[skill.span.start..skill.span.end], skill.span.surface);
        }
    }

    #[test]
    fn words_around_a_skill_say_how_strongly_and_how_deep() {
        for (line, expected) in [
            ("Expert in Python and familiar with Java", &["python required 4 -", "java required 1 -"][..]),
            ("5+ years of experience with Python", &["python required 3 5"]),
            ("Strong knowledge of Python; Java is a plus", &["python required 3 -", "java preferred - -"]),
            (
                "You must know Python (expert), Java (preferred)",
                &["python required 4 -", "java preferred - -"],
            ),
            ("Nice to have: Python, Java", &["python preferred - -", "java preferred - -"]),
            ("No prior Python experience needed", &["python context 2 -"]),
            (
                "Sehr gute Kenntnisse in Python, Java von Vorteil",
                &["python required 3 -", "java preferred 3 -"],
            ),
        ] {
            check(&format!("Requirements:\n- {line}"), expected);
        }
        let wishes = ["apache-kafka preferred 2 -", "rabbitmq preferred 2 -"];
        check("Bonus points:\n- Experience with Kafka, RabbitMQ is a plus", &wishes);
    }

    #[test]
    fn sections_decide_where_words_do_not() {
        check(
            "About us:\nWe are a company that builds tools with Python.\n\nBonus points:\n- Experience with Java",
            &["python context - -", "java preferred 2 -"],
        );
    }

    #[test]
    fn choices_and_examples_are_marked() {
        let found = read("Requirements:\n- Python or Java\n- Tools such as SQL");
        assert_eq!(found.skills[0].alternatives, ["java"]);
        assert!(!found.skills[0].example && found.skills[2].example);
    }

    #[test]
    fn what_is_negated_is_not_asked_for() {
        for line in [
            "No Kubernetes experience necessary",
            "Keine Kenntnisse in Kubernetes erforderlich",
            "You won't need Kubernetes",
        ] {
            let found = read(&format!("Requirements:\n- {line}"));
            assert!(
                found.skills.iter().all(|s| s.strength == Strength::Context),
                "{line}: {:?}",
                found.skills
            );
        }
        let found = read("Requirements:\n- No degree required");
        assert!(found.gates.iter().all(|g| g.strength == Strength::Context), "{:?}", found.gates);
        let found = read("Requirements:\n- You have built services before\n- Not just SQL but Python");
        assert!(found.skills.iter().all(|s| s.strength == Strength::Required), "{:?}", found.skills);
    }

    #[test]
    fn figures_that_are_no_years_and_no_pay_are_left() {
        for (line, years) in [
            ("Salary $120,000 a year", None),
            ("Two hackathons a year", None),
            ("Our 20 years of experience make us leaders", None),
            ("A year of experience with Python", Some(1.0)),
            ("3-jährige Berufserfahrung mit Python", Some(3.0)),
        ] {
            assert_eq!(read(&format!("Requirements:\n- {line}")).years.min, years, "{line}");
        }
        let pay = |body: &str| read(body).facts.pay.and_then(|pay| pay.value.min);
        assert_eq!(pay("Benefits:\n- $500 per month towards your gym"), None);
        assert_eq!(pay("Salary: 45 000 € to 55 000 € per year"), Some(45_000.0));
        let led = read("Requirements:\n- Lead a team of engineers in Austin, TX 78701.");
        assert!(led.experience.iter().all(|e| e.min.is_none_or(|min| min < 1000.0)), "{:?}", led.experience);
    }

    #[test]
    fn a_short_line_is_cut_at_its_headings() {
        let found = read(
            "Requirements: 5+ years Python. Nice to have: Java. Benefits: 30 days off and a pension; training in SQL.",
        );
        let strength = |id: &str| found.skills.iter().find(|s| s.id == id).map(|s| s.strength);
        assert_eq!(strength("python"), Some(Strength::Required));
        assert_eq!(strength("java"), Some(Strength::Preferred));
        assert_ne!(strength("sql"), Some(Strength::Required));
    }

    /// Twice the text may take twice the time, not four times: a bound loose enough for busy machines.
    #[test]
    fn time_grows_with_the_length() {
        for part in
            ["Python, Java, ", "Python or ", "Node.js/", "5+ years of ", "Bachelor ", "(", "Requirements: "]
        {
            let time = |times: usize| {
                let body = part.repeat(times);
                let start = std::time::Instant::now();
                let _ = read(&body);
                start.elapsed().as_secs_f64()
            };
            let short = time(1_500).max(0.005);
            let long = time(12_000);
            assert!(long < short * 40.0, "{part}: {short} s, then {long} s");
        }
        for title in ["Senior ", "Engineer/", "II/"] {
            let title = title.repeat(20_000);
            let start = std::time::Instant::now();
            let input = Input { title: &title, description: "Python", ..Input::default() };
            let _ = extract(Taxonomy::builtin(), &input, &mut Scratch::default());
            assert!(start.elapsed().as_secs() < 10, "{}", &title[..10]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// Every range lies on character boundaries and holds the words that it says.
        #[test]
        fn every_claim_is_where_it_says(
            parts in prop::collection::vec(
                prop_oneof![
                    Just("Python"), Just("C++"), Just("<b>Go</b>"), Just("R&amp;D"), Just("&nbsp;"), Just("\u{200b}"),
                    Just("🚀"), Just(" or "), Just(", "), Just(". "), Just("5+ years of experience with "),
                    Just("Requirements:\n- "), Just("Nice to have: "), Just("<li>"), Just("</li>"), Just("Bachelor's degree"),
                    Just("lead a team of 5 engineers "), Just("&lt;p&gt;"), Just("é"), Just("\n"), Just("fluent in "),
                    Just("You will design services. "), Just("Kuber\u{ad}netes"), Just("machine\u{a0}learning"),
                ],
                0..40,
            ),
            html in any::<bool>(),
        ) {
            let body = parts.concat();
            let markup = if html { Markup::Html } else { Markup::Text };
            let input = Input { title: "Engineer", description: &body, markup, ..Input::default() };
            let found = extract(Taxonomy::builtin(), &input, &mut Scratch::default());
            let mentions = found.skills.iter().flat_map(|s| s.more.iter().map(|m| &m.span).chain([&s.span]));
            let others = found.experience.iter().map(|e| &e.span).chain(found.gates.iter().map(|g| &g.span));
            for span in mentions.chain(others).chain(found.activities.iter().map(|a| &a.span)) {
                let words = body.get(span.start..span.end);
                prop_assert!(words.is_some(), "{span:?} in {body:?}");
                let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
                let shown = |words: &str| plain(Document::new(words, markup).visible());
                let (words, surface) = (words.unwrap_or_default(), plain(&span.surface));
                // Whether an escaped tag is a tag or the letter that it shows depends on the whole body.
                let as_tag = words.replace("&lt;p&gt;", " ");
                let as_letter = words.replace("&lt;p&gt;", " p ");
                let readings = [shown(words), shown(&as_tag), shown(&as_letter)];
                prop_assert!(readings.contains(&surface), "{surface:?} in {words:?}");
            }
        }
    }

    #[test]
    fn poor_input_says_why() {
        assert_eq!(read("").notes, ["the body is empty"]);
        assert!(read("Come and work with us").notes.iter().any(|n| n.contains("no skill")));
    }
}
