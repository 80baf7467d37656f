//! Answers to stdout, in the form asked for.

use super::{CliError, Color, Global};
use crate::render::{Page, Style};
use serde::Serialize;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

/// Columns when stdout is no terminal.
const PIPE_WIDTH: usize = 120;

/// The form of an answer; `--json` stands beside it for every command.
#[derive(Debug, Default, Clone, Copy, clap::Args)]
pub(super) struct Form {
    /// Print the tables as CSV
    #[arg(long, conflicts_with = "md")]
    csv: bool,
    /// Print Markdown
    #[arg(long)]
    md: bool,
}

impl Form {
    /// Plain text, for answers that have no tables.
    pub(super) const TEXT: Self = Self { csv: false, md: false };
}

/// Writes `answer` as JSON, or the page that `lay` makes of it.
pub(super) fn answer<T: Serialize>(
    global: &Global,
    form: Form,
    answer: &T,
    lay: impl FnOnce(&T) -> Page,
) -> Result<(), CliError> {
    if global.json && (form.csv || form.md) {
        return Err(CliError::Input("--json is one form and --csv or --md another; give one of them".into()));
    }
    let mut out = super::io::stdout();
    let written = if global.json {
        serde_json::to_writer_pretty(&mut out, answer).map_err(io::Error::from).and_then(|()| writeln!(out))
    } else {
        lay(answer).write(style(form, global.color), &mut out)
    };
    written.and_then(|()| out.flush()).map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))
}

/// Writes `value` as JSON to stdout.
pub(super) fn json(value: &impl Serialize) -> Result<(), CliError> {
    let mut out = super::io::stdout();
    let written = serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from);
    let written = written.and_then(|()| writeln!(out)).and_then(|()| out.flush());
    written.map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))
}

/// Columns to write for: `COLUMNS` where it is set, else what the terminal has.
fn width(terminal: bool) -> usize {
    let set = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse().ok());
    let seen = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    set.filter(|columns| *columns > 0).or_else(|| seen().filter(|_| terminal)).unwrap_or(PIPE_WIDTH)
}

/// Prints a page for people beside the result, to stderr.
pub(super) fn beside(page: &Page, global: &Global) -> Result<(), CliError> {
    let terminal = io::stderr().is_terminal();
    let style = Style::Text { width: width(terminal), color: colored(global.color, terminal) };
    let mut text = Vec::new();
    page.write(style, &mut text).map_err(|e| CliError::Stage(e.to_string()))?;
    super::ui::say(String::from_utf8_lossy(&text).trim_end());
    Ok(())
}

/// Colour and width as the terminal has them; `NO_COLOR` (<https://no-color.org>) is heard.
fn style(form: Form, color: Color) -> Style {
    if form.csv {
        return Style::Csv;
    }
    if form.md {
        return Style::Markdown;
    }
    let terminal = io::stdout().is_terminal();
    Style::Text { width: width(terminal), color: colored(color, terminal) }
}

fn colored(color: Color, terminal: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
    }
}
