//! The integration tests, in one binary.

#![allow(clippy::unwrap_used)]

mod architecture;
mod collect;
mod complete;
mod copies;
mod crawl;
mod faults;
mod fetch;
mod forms;
mod gap;
mod import;
mod level;
mod market;
#[cfg(target_os = "linux")]
mod memory;
mod network;
mod person;
mod plan;
mod polite;
mod profiles;
mod query;
mod report;
mod resume;
mod robots;
mod rules;
mod server;
mod sites;
mod sources;
mod statistics;
mod taxonomy;
mod terminal;
mod thin;
mod tls;
mod walls;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// The folder with real postings and labelled sets, or `None` (said on stderr) where it is absent.
///
/// Looked for in `RUNGS_SHARED`, then in `../shared` beside the checkout.
#[allow(clippy::print_stderr)]
pub(crate) fn shared(what: &str) -> Option<PathBuf> {
    let root = std::env::var_os("RUNGS_SHARED")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    let path = root.join(what);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: no {} (set RUNGS_SHARED to the folder with the shared data)", path.display());
    None
}

/// Runs the program with something on its standard input.
pub(crate) fn rungs(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rungs"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}
