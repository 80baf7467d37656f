//! `rungs skill`: what the vocabulary knows of a skill; and a list of names as concepts.

use super::source::Loaded;
use super::{CliError, Global, Home, Outcome, io, ui};
use crate::coded::{Filter, SkillCode};
use crate::extract::Strength;
use crate::query::scope::Scope;
use crate::taxonomy::{Counts, Form, Kind, Skill, SkillRef, Suggester, Taxonomy};
use rustc_hash::FxHashSet;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::path::Path;

/// How many suggestions stand beside an unknown name.
const SUGGESTIONS: usize = 5;

/// How many families are shown.
const FAMILIES: usize = 5;

/// A family of fewer postings has no share worth showing.
const FEWEST: usize = 30;

/// Smallest share that is not shown as nothing, in percent.
const SHOWN: f64 = 0.05;

/// Levels of the scale.
const LEVELS: std::ops::RangeInclusive<u8> = 1..=8;

/// Arguments of `rungs skill`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A name, an alias or an id, e.g. `k8s`
    #[arg(required_unless_present = "resolve")]
    name: Option<String>,
    /// Read names from stdin, one a line, and write the concept of each (tab-separated: name, id, label);
    /// several names in one line (AWS/GCP) give several lines
    #[arg(long, conflicts_with = "name")]
    resolve: bool,
}

#[derive(Serialize)]
struct Shown<'t> {
    id: &'t str,
    label: &'t str,
    kind: Kind,
    area: &'t str,
    esco: Option<&'t str>,
    onet: Option<&'t str>,
    broader: &'t [String],
    narrower: Vec<&'t str>,
    related: &'t [String],
    implies: &'t [String],
    version_of: &'t [String],
    forms: Vec<Form<'t>>,
    asked: Asked,
}

/// How often a source of postings asks for the skill.
#[derive(Serialize)]
struct Asked {
    /// What was counted.
    source: String,
    postings: usize,
    /// Postings that ask for it: as a duty, welcome or required.
    asking: usize,
    /// Employers of those.
    employers: usize,
    levels: Vec<AtLevel>,
    /// Families that ask for it most, by share of their postings.
    families: Vec<InFamily>,
}

/// Postings of one role family.
#[derive(Serialize)]
struct InFamily {
    family: String,
    postings: usize,
    asking: usize,
}

/// Postings of one level.
#[derive(Clone, Copy, Default, Serialize)]
struct AtLevel {
    level: u8,
    postings: usize,
    asking: usize,
    requiring: usize,
}

#[derive(Serialize)]
struct Resolved<'t> {
    name: &'t str,
    id: Option<&'t str>,
    label: Option<&'t str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<&'t str>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let taxonomy = Taxonomy::builtin();
    let mut out = io::stdout();
    let outcome = match &args.name {
        Some(name) => match taxonomy.by_id(name).or_else(|| taxonomy.resolve(name)) {
            Some(found) => {
                let shown = shown(taxonomy, found, asked(&taxonomy.skill(found).id, global)?);
                show(&shown, global, &mut out).map(|()| Outcome::Done)
            }
            None => suggest(taxonomy, name, global, &mut out).map(|()| Outcome::Nothing),
        },
        None => resolve(taxonomy, global, &mut out),
    };
    let failed = |e| CliError::file("cannot write", Path::new("stdout"), e);
    let outcome = outcome.map_err(failed)?;
    out.flush().map_err(failed)?;
    Ok(outcome)
}

/// Counts the postings of the user's index, or of the bundled snapshot.
fn asked(id: &str, global: &Global) -> Result<Asked, CliError> {
    let loaded = Loaded::open(&Home::find(global)?, None, &Scope::default(), &(1..=8))?;
    let source = loaded.source();
    let rows = source.rows(&Filter::default())?;
    let code = SkillCode::of(id);
    let mut levels: Vec<AtLevel> = LEVELS.map(|level| AtLevel { level, ..AtLevel::default() }).collect();
    let (mut asking, mut employers) = (0, FxHashSet::default());
    let mut families: BTreeMap<String, InFamily> = BTreeMap::new();
    for at in 0..rows.len() {
        let head = rows.head(at);
        let strength = rows.skills(at).find(|s| s.skill == code).map_or(Strength::Context, |s| s.strength);
        let asks = strength > Strength::Context;
        if asks {
            asking += 1;
            employers.insert(head.employer);
        }
        let family = rows.family(at);
        if !family.is_empty() {
            let new = || InFamily { family: family.to_owned(), postings: 0, asking: 0 };
            let here = families.entry(family.to_owned()).or_insert_with(new);
            here.postings += 1;
            here.asking += usize::from(asks);
        }
        if let Some(here) = levels.iter_mut().find(|l| Some(l.level) == head.facts.level()) {
            here.postings += 1;
            here.asking += usize::from(asks);
            here.requiring += usize::from(strength == Strength::Required);
        }
    }
    let source = source.snapshot()?;
    let source = format!("{} {}", source.source, source.id);
    let mut families: Vec<InFamily> =
        families.into_values().filter(|f| f.asking > 0 && f.postings >= FEWEST).collect();
    families.sort_by_key(|f| std::cmp::Reverse(f.asking * 1_000_000 / f.postings));
    families.truncate(FAMILIES);
    Ok(Asked { source, postings: rows.len(), asking, employers: employers.len(), levels, families })
}

fn suggest(taxonomy: &Taxonomy, name: &str, global: &Global, out: &mut impl Write) -> std::io::Result<()> {
    let close = Suggester::new(taxonomy).suggest(name, SUGGESTIONS);
    let names: Vec<&str> = close.iter().map(|s| taxonomy.skill(*s).label.as_str()).collect();
    if global.json {
        serde_json::to_writer(&mut *out, &Resolved { name, id: None, label: None, suggestions: names })?;
        return writeln!(out);
    }
    if names.is_empty() {
        ui::say(format_args!("`{name}` is no skill that is known, nor is anything like it"));
    } else {
        ui::say(format_args!("`{name}` is no skill that is known. Close to it: {}", names.join(", ")));
    }
    Ok(())
}

fn show(shown: &Shown<'_>, global: &Global, out: &mut impl Write) -> std::io::Result<()> {
    if global.json {
        serde_json::to_writer_pretty(&mut *out, shown)?;
        return writeln!(out);
    }
    print(shown, out)
}

fn shown(taxonomy: &Taxonomy, found: SkillRef, asked: Asked) -> Shown<'_> {
    let Skill { id, label, kind, area, esco, onet, broader, related, implies, version_of } =
        taxonomy.skill(found);
    let narrower =
        taxonomy.iter().filter(|(_, s)| s.broader.contains(id)).map(|(_, s)| s.id.as_str()).collect();
    let mut forms = taxonomy.forms(found);
    forms.sort_by_key(|f| (f.counts, f.source != "ours", f.text.to_lowercase()));
    Shown {
        id,
        label,
        kind: *kind,
        area,
        esco: esco.as_deref(),
        onet: onet.as_deref(),
        broader,
        narrower,
        related,
        implies,
        version_of,
        forms,
        asked,
    }
}

fn print(shown: &Shown<'_>, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "{}  ({} · {} · {})", shown.label, shown.id, shown.kind.name(), shown.area)?;
    for (name, code) in [("ESCO", shown.esco), ("O*NET", shown.onet)] {
        if let Some(code) = code {
            writeln!(out, "  {name}: {code}")?;
        }
    }
    let narrower: Vec<String> = shown.narrower.iter().map(|id| (*id).to_owned()).collect();
    for (name, ids) in [
        ("broader", shown.broader),
        ("narrower", &narrower),
        ("related", shown.related),
        ("implies", shown.implies),
        ("version of", shown.version_of),
    ] {
        if !ids.is_empty() {
            writeln!(out, "  {name}: {}", ids.join(", "))?;
        }
    }
    for (counts, title) in [
        (Counts::Always, "names"),
        (Counts::Exact, "names in exactly this case"),
        (Counts::Ambiguous, "names that the surroundings decide on"),
        (Counts::Name, "names that count in lists only"),
    ] {
        let names: Vec<&str> =
            shown.forms.iter().filter(|f| f.counts == counts && written(f)).map(|f| f.text).collect();
        if !names.is_empty() {
            writeln!(out, "  {title}: {}", names.join(" | "))?;
        }
    }
    for form in &shown.forms {
        if let Some(cues) = form.cues {
            writeln!(out, "  cues for `{}`: {}", form.text, cues.replace(';', "; "))?;
        }
    }
    print_asked(&shown.asked, out)
}

/// Whether people wrote the name: other numbers of it are made by rule, for finding and not for reading.
fn written(form: &Form<'_>) -> bool {
    !form.source.ends_with("other spelling")
}

fn print_asked(asked: &Asked, out: &mut impl Write) -> std::io::Result<()> {
    let Asked { source, postings, asking, employers, levels, families } = asked;
    writeln!(out, "  asked for in {asking} of {postings} postings, by {employers} employers ({source})")?;
    if *asking == 0 {
        return Ok(());
    }
    let share = |part: usize, whole: usize| part as f64 * 100.0 / whole.max(1) as f64;
    if !families.is_empty() {
        writeln!(out, "  asked for most in:")?;
    }
    for InFamily { family, postings, asking } in families {
        let label = crate::level::family::label(family);
        writeln!(out, "  {:>6.1} %  {label} ({asking} of {postings})", share(*asking, *postings))?;
    }
    let mut levels = levels.iter().filter(|l| share(l.asking, l.postings) >= SHOWN).peekable();
    if levels.peek().is_some() {
        writeln!(out, "  {:>7} {:>9} {:>8} {:>9}", "level", "postings", "asking", "requiring")?;
    }
    for AtLevel { level, postings, asking, requiring } in levels {
        let (asking, requiring) = (share(*asking, *postings), share(*requiring, *postings));
        writeln!(out, "  {level:>7} {postings:>9} {asking:>6.1} % {requiring:>7.1} %")?;
    }
    Ok(())
}

fn resolve(taxonomy: &Taxonomy, global: &Global, out: &mut impl Write) -> std::io::Result<Outcome> {
    let mut suggester = None;
    let (mut known, mut unknown) = (0u64, 0u64);
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let name = line.trim();
        if name.is_empty() {
            continue;
        }
        let mut found = taxonomy.resolve_all(name);
        found.extend(taxonomy.by_id(name).filter(|_| found.is_empty()));
        for skill in found.iter().map(|s| taxonomy.skill(*s)) {
            let (id, label) = (skill.id.as_str(), skill.label.as_str());
            resolved(
                &Resolved { name, id: Some(id), label: Some(label), suggestions: Vec::new() },
                global,
                out,
            )?;
        }
        *(if found.is_empty() { &mut unknown } else { &mut known }) += 1;
        if found.is_empty() {
            let suggester = suggester.get_or_insert_with(|| Suggester::new(taxonomy));
            let close = suggester.suggest(name, SUGGESTIONS);
            let suggestions = close.iter().map(|s| taxonomy.skill(*s).label.as_str()).collect();
            resolved(&Resolved { name, id: None, label: None, suggestions }, global, out)?;
        }
    }
    Ok(match (known, unknown) {
        (_, 0) => Outcome::Done,
        (0, _) => Outcome::Nothing,
        _ => Outcome::Partial,
    })
}

fn resolved(row: &Resolved<'_>, global: &Global, out: &mut impl Write) -> std::io::Result<()> {
    let Resolved { name, id, label, suggestions } = row;
    if global.json {
        serde_json::to_writer(&mut *out, row)?;
        return writeln!(out);
    }
    if !suggestions.is_empty() && !global.quiet {
        ui::say(format_args!("`{name}` is unknown; close to it: {}", suggestions.join(", ")));
    }
    writeln!(out, "{name}\t{}\t{}", id.unwrap_or_default(), label.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(asked: &Asked) -> String {
        let mut out = Vec::new();
        print_asked(asked, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn families_that_ask_come_first_and_rows_of_nothing_are_left_out() {
        let level = |level, asking| AtLevel { level, postings: 10_000, asking, requiring: 0 };
        let family = InFamily { family: "nursing".to_owned(), postings: 100, asking: 20 };
        let mut asked = Asked {
            source: "market x".to_owned(),
            postings: 20_000,
            asking: 501,
            employers: 9,
            levels: vec![level(3, 1), level(4, 500)],
            families: vec![family],
        };
        let text = printed(&asked);
        assert!(text.contains("20.0 %") && text.contains("5.0 %") && !text.contains(" 0.0 %  "), "{text}");
        assert!(!text.contains("        3 "), "{text}");
        asked.levels.pop();
        assert!(!printed(&asked).contains("requiring"));
    }

    #[test]
    fn names_made_by_rule_are_not_shown() {
        let taxonomy = Taxonomy::builtin();
        let forms = taxonomy.forms(taxonomy.resolve("quality management").unwrap());
        let made = forms.iter().find(|form| form.text == "manageing quality");
        assert!(made.is_none_or(|form| !written(form)));
        assert!(forms.iter().any(|form| written(form) && form.text == "quality management"));
    }
}
