//! The integration tests, in one binary.

#![allow(clippy::unwrap_used)]

mod architecture;
mod complete;
mod crawl;
mod faults;
mod fetch;
mod gap;
mod import;
mod level;
mod market;
mod person;
mod plan;
mod profiles;
mod query;
mod report;
mod robots;
mod server;
mod sites;
mod sources;
mod statistics;
mod taxonomy;
mod terminal;
mod tls;
mod walls;

use std::path::PathBuf;

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
