//! The only place of the command line that writes to stderr.

#![allow(clippy::print_stderr)]

use super::CliError;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fmt::Display;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// `--quiet`: only results and errors.
static QUIET: AtomicBool = AtomicBool::new(false);
/// `--json`: errors, too.
static JSON: AtomicBool = AtomicBool::new(false);

/// Sets how this run speaks.
pub(super) fn speak(quiet: bool, json: bool) {
    QUIET.store(quiet, Ordering::Relaxed);
    JSON.store(json, Ordering::Relaxed);
}

/// Prints an error: for people, or as JSON where that was asked for.
pub(super) fn error(error: &CliError) {
    if JSON.load(Ordering::Relaxed) {
        eprintln!("{}", serde_json::json!({"error": error.to_string(), "exit_code": error.code()}));
    } else {
        eprintln!("error: {error}");
    }
}

/// Prints a message for people (progress, warnings, summaries), not data; silent when quiet.
pub(super) fn say(message: impl Display) {
    if !QUIET.load(Ordering::Relaxed) {
        eprintln!("{message}");
    }
}

/// Prints a question to somebody who is there to answer it.
pub(super) fn ask(question: impl Display) {
    eprintln!("{question}");
}

/// A progress bar over `total` units (a spinner when unknown); hidden when quiet or no terminal.
pub(super) fn progress(quiet: bool, total: Option<u64>, unit: &'static str) -> ProgressBar {
    let bar = match total {
        Some(total) => ProgressBar::new(total),
        None => ProgressBar::new_spinner(),
    };
    if quiet || !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
        return bar;
    }
    let template = match total {
        Some(_) => format!("{{msg}} {{wide_bar}} {{human_pos}}/{{human_len}} {unit} · {{eta}} left"),
        None => format!("{{spinner}} {{msg}} {{human_pos}} {unit} · {{per_sec}}"),
    };
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// The calendar day here and now; commands pass it on, the library never asks.
pub(super) fn today() -> jiff::civil::Date {
    jiff::Zoned::now().date()
}
