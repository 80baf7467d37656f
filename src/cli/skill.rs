//! `rungs skill`: what the vocabulary knows of a skill; and a list of names as concepts.

use super::{CliError, Global, Outcome, io, ui};
use crate::taxonomy::{Counts, Form, Kind, Skill, SkillRef, Suggester, Taxonomy};
use serde::Serialize;
use std::io::{BufRead, Write};
use std::path::Path;

/// How many suggestions stand beside an unknown name.
const SUGGESTIONS: usize = 5;

/// Arguments of `rungs skill`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A name, an alias or an id, e.g. `k8s`
    #[arg(required_unless_present = "resolve")]
    name: Option<String>,
    /// Read names from stdin, one a line, and write the concept of each (tab-separated: name, id, label)
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
    let done = match &args.name {
        Some(name) => show(taxonomy, name, global, &mut out),
        None => resolve(taxonomy, global, &mut out),
    };
    let outcome = done.map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
    out.flush().map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
    Ok(outcome)
}

fn show(taxonomy: &Taxonomy, name: &str, global: &Global, out: &mut impl Write) -> std::io::Result<Outcome> {
    let Some(found) = taxonomy.by_id(name).or_else(|| taxonomy.resolve(name)) else {
        let close = Suggester::new(taxonomy).suggest(name, SUGGESTIONS);
        let names: Vec<&str> = close.iter().map(|s| taxonomy.skill(*s).label.as_str()).collect();
        if global.json {
            serde_json::to_writer(&mut *out, &Resolved { name, id: None, label: None, suggestions: names })?;
            writeln!(out)?;
        } else if names.is_empty() {
            ui::say(format_args!("`{name}` is no skill that is known, nor is anything like it"));
        } else {
            ui::say(format_args!("`{name}` is no skill that is known. Close to it: {}", names.join(", ")));
        }
        return Ok(Outcome::Nothing);
    };
    let shown = shown(taxonomy, found);
    if global.json {
        serde_json::to_writer_pretty(&mut *out, &shown)?;
        writeln!(out)?;
    } else {
        print(&shown, out)?;
    }
    Ok(Outcome::Done)
}

fn shown(taxonomy: &Taxonomy, found: SkillRef) -> Shown<'_> {
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
        let names: Vec<&str> = shown.forms.iter().filter(|f| f.counts == counts).map(|f| f.text).collect();
        if !names.is_empty() {
            writeln!(out, "  {title}: {}", names.join(" | "))?;
        }
    }
    for form in &shown.forms {
        if let Some(cues) = form.cues {
            writeln!(out, "  cues for `{}`: {}", form.text, cues.replace(';', "; "))?;
        }
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
        let found = taxonomy.resolve(name).or_else(|| taxonomy.by_id(name)).map(|s| taxonomy.skill(s));
        let close = match found {
            Some(_) => Vec::new(),
            None => suggester.get_or_insert_with(|| Suggester::new(taxonomy)).suggest(name, SUGGESTIONS),
        };
        let suggestions: Vec<&str> = close.iter().map(|s| taxonomy.skill(*s).label.as_str()).collect();
        *(if found.is_some() { &mut known } else { &mut unknown }) += 1;
        let (id, label) = (found.map(|s| s.id.as_str()), found.map(|s| s.label.as_str()));
        if global.json {
            serde_json::to_writer(&mut *out, &Resolved { name, id, label, suggestions })?;
            writeln!(out)?;
        } else {
            writeln!(out, "{name}\t{}\t{}", id.unwrap_or_default(), label.unwrap_or_default())?;
            if !suggestions.is_empty() && !global.quiet {
                ui::say(format_args!("`{name}` is unknown; close to it: {}", suggestions.join(", ")));
            }
        }
    }
    Ok(match (known, unknown) {
        (_, 0) => Outcome::Done,
        (0, _) => Outcome::Nothing,
        _ => Outcome::Partial,
    })
}
