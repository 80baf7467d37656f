//! `rungs robots`: what a robots.txt allows, and by which line.

use super::{CliError, Global, Outcome};
use crate::fetch::robots::Robots;
use crate::fetch::{self, FetchOptions};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `rungs robots`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address that one would like to fetch
    url: String,
    /// Read this robots.txt instead of fetching the site's
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Product token to ask for
    #[arg(long, default_value = fetch::AGENT, value_name = "NAME")]
    agent: String,
    /// Also connect to private and loopback addresses
    #[arg(long)]
    allow_private: bool,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let url = fetch::address(&args.url).ok_or_else(|| {
        CliError::Input(format!("`{}` is not an address, such as https://acme.com/jobs", args.url))
    })?;
    let robots = match &args.file {
        Some(path) => {
            let body = std::fs::read(path).map_err(|e| CliError::file("cannot read", path, e))?;
            Robots::parse(&body)
        }
        None => {
            let options = FetchOptions { allow_private: args.allow_private, ..FetchOptions::default() };
            fetch::robots_of(&url, &options).map_err(|error| CliError::Stage(error.to_string()))?
        }
    };
    let mut path = url.path().to_owned();
    if let Some(query) = url.query() {
        path.push('?');
        path.push_str(query);
    }
    let verdict = robots.check(&args.agent, &path);
    let mut out = std::io::stdout().lock();
    let written = if global.json {
        let delay = robots.crawl_delay(&args.agent).map(|delay| delay.as_secs_f64());
        let answer = json!({"url": url, "agent": args.agent, "allowed": verdict.allowed, "line": verdict.line,
            "rule": verdict.rule, "crawl_delay": delay, "sitemaps": robots.sitemaps()});
        writeln!(out, "{answer}")
    } else {
        let word = if verdict.allowed { "allowed" } else { "not allowed" };
        match (verdict.line, &verdict.rule) {
            (Some(line), Some(rule)) => writeln!(out, "{word}, by line {line}: {rule}"),
            _ => writeln!(out, "{word}: no rule matches"),
        }
    };
    written.map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
    Ok(if verdict.allowed { Outcome::Done } else { Outcome::Nothing })
}
