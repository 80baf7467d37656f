//! The files of a plan.

use super::super::{CliError, Home, Outcome, io, ui};
use crate::plan::log::{Entry, Event};
use crate::plan::markdown::{self, Document};
use crate::plan::{Plan, SCHEMA, log};
use crate::render;
use crate::taxonomy::Taxonomy;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Largest file of a plan that is read, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// Where a plan's files are.
pub(in crate::cli) struct Files {
    dir: PathBuf,
}

impl Files {
    pub(in crate::cli) fn at(home: &Home, dir: Option<&Path>) -> Self {
        Self { dir: dir.map_or_else(|| home.root().join("plan"), Path::to_owned) }
    }

    pub(in crate::cli) fn markdown(&self) -> PathBuf {
        self.dir.join("plan.md")
    }

    fn json(&self) -> PathBuf {
        self.dir.join("plan.json")
    }

    fn progress(&self) -> PathBuf {
        self.dir.join("progress.jsonl")
    }

    /// The plan as it was written last; `None` when there is none.
    pub(in crate::cli) fn plan(&self) -> Result<Option<Plan>, CliError> {
        let path = self.json();
        let Some(text) = read(&path)? else { return Ok(None) };
        let damaged = |problem: String| {
            CliError::Input(format!(
                "{}: {problem}\n  Move it away and run `rungs plan`: plan.md and its ticks are kept.",
                path.display()
            ))
        };
        let plan: Plan = serde_json::from_str(&text).map_err(|e| damaged(e.to_string()))?;
        if plan.schema != SCHEMA {
            return Err(damaged(format!("its schema is `{}`, this program reads `{SCHEMA}`", plan.schema)));
        }
        Ok(Some(plan))
    }

    /// As [`plan`](Self::plan), for steps that need one.
    pub(in crate::cli) fn needed(&self) -> Result<Plan, CliError> {
        self.plan()?.ok_or_else(|| {
            CliError::Input(format!("there is no plan in {}; `rungs plan` makes one", self.dir.display()))
        })
    }

    /// `plan.md` as it is; `None` when there is none.
    pub(in crate::cli) fn document(&self) -> Result<Option<Document>, CliError> {
        let Some(text) = read(&self.markdown())? else { return Ok(None) };
        // A plan that is damaged has been told of elsewhere, or is to be made anew.
        let plan = self.plan().ok().flatten();
        let written = plan.map(|plan| markdown::blocks(&plan)).unwrap_or_default();
        Ok(Some(markdown::read(&markdown::remarked(&text, &written))))
    }

    /// The user's own links by taxonomy id.
    pub(in crate::cli) fn links(&self) -> Result<BTreeMap<String, Vec<String>>, CliError> {
        let path = self.dir.join("links.toml");
        let Some(text) = read(&path)? else { return Ok(BTreeMap::new()) };
        let table: BTreeMap<String, Vec<String>> = toml::from_str(&text).map_err(|e| {
            CliError::Input(format!("{}: {e}\n  Write: \"Skill\" = [\"https://…\"]", path.display()))
        })?;
        let taxonomy = Taxonomy::builtin();
        let mut links = BTreeMap::new();
        for (name, list) in table {
            match taxonomy.by_id(&name).or_else(|| taxonomy.resolve(&name)) {
                Some(at) => {
                    links.insert(taxonomy.skill(at).id.clone(), list);
                }
                None => ui::say(format_args!("links.toml: `{name}` is not in the vocabulary")),
            }
        }
        Ok(links)
    }

    /// Writes `plan.md` and everything made from it.
    pub(in crate::cli) fn write_all(&self, plan: &Plan, text: &str, today: Date) -> Result<(), CliError> {
        fs::create_dir_all(&self.dir).map_err(|e| CliError::file("cannot make", &self.dir, e))?;
        io::replace_text(&self.markdown(), text)?;
        self.write_made(plan, today)
    }

    /// Writes what is made from the plan, and leaves `plan.md` alone.
    pub(in crate::cli) fn write_made(&self, plan: &Plan, today: Date) -> Result<(), CliError> {
        let mut json = serde_json::to_string_pretty(plan).map_err(|e| CliError::Stage(e.to_string()))?;
        json.push('\n');
        io::replace_text(&self.json(), &json)?;
        io::replace_text(&self.dir.join("plan.ics"), &render::calendar(plan))?;
        io::replace_text(&self.dir.join("manager.md"), &render::manager_page(plan, today))
    }

    /// Copies the files of the old plan to a folder of their own, and says where.
    pub(in crate::cli) fn archive(&self, today: Date) -> Result<(), CliError> {
        let mut turn = 1;
        let mut target = self.dir.join(format!("archive/{today}"));
        while target.exists() {
            turn += 1;
            target = self.dir.join(format!("archive/{today}-{turn}"));
        }
        for name in ["plan.md", "plan.json"] {
            let from = self.dir.join(name);
            if from.exists() {
                fs::create_dir_all(&target).map_err(|e| CliError::file("cannot make", &target, e))?;
                fs::copy(&from, target.join(name)).map_err(|e| CliError::file("cannot copy", &from, e))?;
            }
        }
        if target.exists() {
            ui::say(format_args!("the plan as it was is kept in {}", target.display()));
        }
        Ok(())
    }

    /// Adds `events` to the log.
    pub(in crate::cli) fn log(&self, plan: &Plan, today: Date, events: &[Event]) -> Result<(), CliError> {
        let path = self.progress();
        let failed = |e| CliError::file("cannot write", &path, e);
        let mut lines = String::new();
        for event in events {
            let entry = Entry { at: today, plan: plan.id.clone(), event: event.clone() };
            lines.push_str(&serde_json::to_string(&entry).map_err(|e| CliError::Stage(e.to_string()))?);
            lines.push('\n');
        }
        // A line that a crash cut short stays a line of its own.
        if read(&path)?.is_some_and(|text| !text.is_empty() && !text.ends_with('\n')) {
            lines.insert(0, '\n');
        }
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
        file.write_all(lines.as_bytes()).map_err(failed)
    }

    /// The log; lines that cannot be read are said and stay.
    pub(in crate::cli) fn entries(&self) -> Result<Vec<Entry>, CliError> {
        let (entries, unreadable) = log::read(&read(&self.progress())?.unwrap_or_default());
        for line in unreadable {
            ui::say(format_args!("{}: line {line} cannot be read", self.progress().display()));
        }
        Ok(entries)
    }
}

/// Reads a text file; `None` when it is not there.
fn read(path: &Path) -> Result<Option<String>, CliError> {
    match fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(CliError::file("cannot read", path, error)),
        Ok(meta) if meta.len() > MAX_BYTES => {
            return Err(CliError::Input(format!("{} is larger than 16 MiB", path.display())));
        }
        Ok(_) => {}
    }
    fs::read_to_string(path).map(Some).map_err(|e| CliError::file("cannot read", path, e))
}

/// Prints `text` to stdout.
pub(super) fn print(text: &str) -> Result<Outcome, CliError> {
    let mut out = io::stdout();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
    Ok(Outcome::Done)
}
