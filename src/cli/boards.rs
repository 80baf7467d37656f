//! `rungs boards`: which boards there are, which are known, and which is behind a page.

use super::{CliError, Global, Home, Outcome, ui};
use crate::corpus::Corpus;
use crate::fetch::sources::{Board, SOURCES};
use crate::fetch::{self, FetchOptions, ProbeError};
use jiff::Timestamp;
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use url::Url;

/// Arguments of `rungs boards`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Search the boards that ship with rungs by employer
    Search {
        /// Employer, or part of a name or token
        #[arg(required = true)]
        text: Vec<String>,
    },
    /// Find the board behind a careers page
    Find {
        /// Address of the page
        url: String,
        /// Also connect to private and loopback addresses
        #[arg(long)]
        allow_private: bool,
    },
    /// Make boards known, to be fetched with `rungs fetch --all`
    Add {
        /// provider:token, or the address of a board or career site
        #[arg(required = true, value_name = "BOARD")]
        boards: Vec<String>,
    },
    /// List the boards that the corpus knows, and how the last look at each ended
    List {
        /// List the providers instead
        #[arg(long)]
        sources: bool,
    },
    /// Ask a board whether it is there and whose it is
    Check {
        /// provider:token, or the address of a board
        board: String,
        /// The employer it should belong to
        #[arg(long)]
        company: Option<String>,
        /// Send the request to a mirror: provider=http://127.0.0.1:8080
        #[arg(long, value_name = "PROVIDER=URL", value_parser = super::fetch::base_url)]
        base_url: Vec<(String, Url)>,
        /// Also connect to private and loopback addresses
        #[arg(long)]
        allow_private: bool,
    },
    /// Make the boards of a CSV file known: columns name, slug and url; or name, provider and token
    Import {
        /// CSV file
        path: PathBuf,
    },
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    match &args.command {
        Command::Search { text } => search(&text.join(" "), global),
        Command::Find { url, allow_private } => find(url, *allow_private, global),
        Command::Add { boards } => add(boards, global),
        Command::List { sources: true } => sources(global),
        Command::List { sources: false } => list(global),
        Command::Check { board, company, base_url, allow_private } => {
            let mut options = FetchOptions {
                base_urls: base_url.iter().cloned().collect(),
                allow_private: *allow_private,
                ..FetchOptions::default()
            };
            super::fetch::add_keys(&mut options);
            check(board, company.as_deref(), &options, global)
        }
        Command::Import { path } => import(path, global),
    }
}

/// Prints rows as JSON, one array, or as lines.
fn print<T: Serialize>(
    rows: &[T],
    global: &Global,
    line: impl Fn(&T) -> String,
) -> Result<Outcome, CliError> {
    let mut out = io::stdout().lock();
    let written = if global.json {
        serde_json::to_writer(&mut out, rows).map_err(io::Error::from).and_then(|()| writeln!(out))
    } else {
        rows.iter().try_for_each(|row| writeln!(out, "{}", line(row)))
    };
    written.map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
    Ok(if rows.is_empty() { Outcome::Nothing } else { Outcome::Done })
}

fn target(given: &str) -> Result<Board, CliError> {
    fetch::parse_target(given).map_err(|error| CliError::Input(error.to_string()))
}

fn search(text: &str, global: &Global) -> Result<Outcome, CliError> {
    let found = fetch::search_seed(text);
    if found.is_empty() {
        ui::say("none of the boards that ship with rungs matches; try `rungs boards find URL`");
    }
    print(&found, global, |b| format!("{:<40} {}:{}", b.name, b.source, b.token))
}

fn find(given: &str, allow_private: bool, global: &Global) -> Result<Outcome, CliError> {
    let url = fetch::address(given).ok_or_else(|| {
        CliError::Input(format!("`{given}` is not an address, such as https://acme.com/careers"))
    })?;
    let options = FetchOptions { allow_private, ..FetchOptions::default() };
    let found = match fetch::find_boards(&url, &options) {
        Err(error) => return negative(&error),
        Ok(found) => found,
    };
    if found.is_empty() {
        ui::say("no portal known to rungs; `rungs fetch URL` reads a site's own pages where it may");
    }
    print(&found, global, ToString::to_string)
}

/// "Not allowed" and "there is none" are answers; anything else is a failure.
fn negative(error: &ProbeError) -> Result<Outcome, CliError> {
    if !error.is_answer() {
        return Err(CliError::Stage(error.to_string()));
    }
    ui::say(error);
    Ok(Outcome::Nothing)
}

fn add(given: &[String], global: &Global) -> Result<Outcome, CliError> {
    let boards: Vec<Board> = given.iter().map(|given| target(given)).collect::<Result<_, _>>()?;
    store(boards.into_iter().map(|board| (board, None)), global)
}

fn store(
    boards: impl Iterator<Item = (Board, Option<String>)>,
    global: &Global,
) -> Result<Outcome, CliError> {
    let mut corpus = Corpus::open(&Home::find(global)?.corpus())?;
    let mut batch = corpus.batch()?;
    let (mut new, mut all) = (0, 0);
    for (board, name) in boards {
        all += 1;
        new += u64::from(batch.add_board(&board.source, &board.token, name.as_deref(), Timestamp::now())?);
    }
    batch.commit()?;
    ui::say(format_args!("{new} boards added, {} were known", all - new));
    Ok(Outcome::Done)
}

fn list(global: &Global) -> Result<Outcome, CliError> {
    let boards = Corpus::open_read_only(&Home::find(global)?.corpus())?.boards()?;
    print(&boards, global, |row| {
        let outcome = row.outcome.as_deref().unwrap_or("not looked at yet");
        let name = format!("{}:{}", row.source, row.board);
        format!("{name:<40} {:<30} {outcome}", row.name.as_deref().unwrap_or(""))
    })
}

fn sources(global: &Global) -> Result<Outcome, CliError> {
    #[derive(Serialize)]
    struct Row {
        kind: &'static str,
        name: &'static str,
        tier: fetch::sources::Tier,
    }
    let rows: Vec<Row> = SOURCES.iter().map(|s| Row { kind: s.kind, name: s.name, tier: s.tier }).collect();
    print(&rows, global, |row| format!("{:<16} {:<28} {:?}", row.kind, row.name, row.tier))
}

fn check(
    given: &str,
    company: Option<&str>,
    options: &FetchOptions,
    global: &Global,
) -> Result<Outcome, CliError> {
    let identity = match fetch::check_board(&target(given)?, company, options) {
        Err(error) => return negative(&error),
        Ok(identity) => identity,
    };
    let wrong = identity.matches == Some(false);
    print(&[identity], global, |found| {
        let company = found.company.as_deref().unwrap_or("(it does not name its employer)");
        let verdict = match found.matches {
            Some(true) => ", as expected",
            Some(false) => ", NOT as expected",
            None => "",
        };
        format!("{}: {company}{verdict}; {} rows on its first page", found.board, found.rows)
    })?;
    Ok(if wrong { Outcome::Nothing } else { Outcome::Done })
}

fn import(path: &Path, global: &Global) -> Result<Outcome, CliError> {
    let bad = |error: csv::Error| CliError::Input(format!("{}: {error}", path.display()));
    let mut reader = csv::Reader::from_path(path).map_err(bad)?;
    let headers = reader.headers().map_err(bad)?.clone();
    let column = |name: &str| headers.iter().position(|header| header.trim().eq_ignore_ascii_case(name));
    let (name, url) = (column("name"), column("url"));
    let (provider, token) = (column("provider"), column("token").or(column("slug")));
    if url.is_none() && (provider.is_none() || token.is_none()) {
        let message = "needs a column `url`, or the columns `provider` and `token`";
        return Err(CliError::Input(format!("{}: {message}", path.display())));
    }
    let mut boards = Vec::new();
    let mut unread = Vec::new();
    for record in reader.records() {
        let record = record.map_err(bad)?;
        let cell =
            |at: Option<usize>| at.and_then(|at| record.get(at)).map(str::trim).filter(|c| !c.is_empty());
        let given = match (cell(provider), cell(token), cell(url)) {
            (Some(provider), Some(token), _) => Some(format!("{provider}:{token}")),
            (.., Some(url)) => Some(url.to_owned()),
            _ => None,
        };
        match given.as_deref().map(fetch::parse_target) {
            Some(Ok(board)) => boards.push((board, cell(name).map(str::to_owned))),
            _ => unread.push(given.unwrap_or_else(|| "an empty row".to_owned())),
        }
    }
    let outcome = store(boards.into_iter(), global)?;
    if let Some(first) = unread.first() {
        ui::say(format_args!("left out, for rungs cannot fetch it: {first}, and {} more", unread.len() - 1));
        return Ok(Outcome::Partial);
    }
    Ok(outcome)
}
