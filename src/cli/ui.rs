//! The only place of the command line that writes to stderr.

#![allow(clippy::print_stderr)]

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fmt::Display;
use std::io::IsTerminal;
use std::time::Duration;

/// Prints an error for people.
pub(super) fn error(error: &dyn Display) {
    eprintln!("error: {error}");
}

/// Prints a message for people (progress, warnings, summaries), not data.
pub(super) fn say(message: impl Display) {
    eprintln!("{message}");
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
