//! `rungs fetch`: postings from employers' boards into the corpus.

use super::args::levels;
use super::output::{self, Form};
use super::{CliError, Global, Home, Outcome, stop, ui};
use crate::corpus::Corpus;
use crate::extract::Input;
use crate::fetch::pace::Politeness;
use crate::fetch::sources::Board;
use crate::fetch::{self, Event, FetchError, FetchOptions, Filter, Summary};
use crate::level::{self, Evidence};
use crate::posting::Posting;
use crate::render;
use indicatif::ProgressBar;
use jiff::civil::Date;
use serde_json::json;
use std::collections::HashMap;
use std::io::{self, Write};
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// Requests under way at once to a mirror on this machine.
const MIRROR_IN_FLIGHT: usize = 32;

/// Arguments of `rungs fetch`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Boards: provider:token, or the address of a board or career site
    #[arg(value_name = "BOARD")]
    targets: Vec<String>,
    /// Boards listed in a TOML file
    #[arg(long, value_name = "FILE")]
    boards: Option<PathBuf>,
    /// Every board that the corpus knows and that is due, and what an earlier run left
    #[arg(long)]
    all: bool,
    /// Only postings published on or after this day, or within this many days (such as 30d)
    #[arg(long, value_name = "DATE|DAYS", value_parser = since)]
    since: Option<Date>,
    /// Only these levels, told from title and the employer's own fields: 4.., 3..5, 4 or senior..
    #[arg(long, short, value_parser = levels)]
    level: Option<RangeInclusive<u8>>,
    /// Only titles that contain this (upper and lower case alike); may be given more than once
    #[arg(long, value_name = "TEXT")]
    title: Vec<String>,
    /// Only locations that contain this; may be given more than once
    #[arg(long, value_name = "TEXT")]
    location: Vec<String>,
    /// Make at most this many requests
    #[arg(long, value_name = "N")]
    budget: Option<u64>,
    /// Say which requests would be made and how long they would take, and make none
    #[arg(long)]
    dry_run: bool,
    /// Where site operators can reach you (address or e-mail); goes into the user agent
    #[arg(long, env = "RUNGS_CONTACT", value_name = "TEXT")]
    contact: Option<String>,
    /// Keep raw answers in the corpus (they may hold names of people)
    #[arg(long)]
    keep_bodies: bool,
    /// Send requests of a provider to a mirror: provider=http://127.0.0.1:8080
    #[arg(long, value_name = "PROVIDER=URL", value_parser = base_url)]
    base_url: Vec<(String, Url)>,
    /// Also connect to private and loopback addresses
    #[arg(long)]
    allow_private: bool,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let mut corpus = Corpus::open(&Home::find(global)?.corpus())?;
    let options = options(args, &corpus)?;
    if options.boards.is_empty() && !options.due {
        return Err(CliError::Input(
            "nothing to fetch: name boards (such as greenhouse:stripe), --boards FILE or --all\n  \
             `rungs boards search NAME` finds boards."
                .into(),
        ));
    }
    if args.dry_run {
        return dry_run(&corpus, &options, global);
    }
    let bar = ui::progress(global.quiet || global.json, Some(0), "requests");
    let mut told = Told::default();
    let result = fetch::run(&mut corpus, &options, &mut |event| show(&bar, &mut told, global, &event));
    bar.finish_and_clear();
    let summary = result.map_err(|error| match error {
        FetchError::UnknownSource(_) => CliError::Input(error.to_string()),
        FetchError::Corpus(error) => error.into(),
        other => CliError::Stage(other.to_string()),
    })?;
    print(&summary, global)?;
    match &summary.no_network {
        Some(why) if !summary.interrupted => Err(CliError::Stage(format!(
            "no network (or no such name): {why}\n  What was to be asked is kept: run the same command again when there is one."
        ))),
        _ => Ok(outcome(&summary)),
    }
}

fn options(args: &Args, corpus: &Corpus) -> Result<FetchOptions, CliError> {
    let input = |error: &dyn std::fmt::Display| CliError::Input(error.to_string());
    let mut boards: Vec<Board> = args
        .targets
        .iter()
        .map(|target| fetch::parse_target(target).map_err(|e| input(&e)))
        .collect::<Result<_, _>>()?;
    if let Some(path) = &args.boards {
        let text = std::fs::read_to_string(path).map_err(|e| CliError::file("cannot read", path, e))?;
        let listed = fetch::read_board_list(&text)
            .map_err(|error| CliError::Input(format!("{}: {error}", path.display())))?;
        boards.extend(listed.into_iter().map(|(board, _)| board));
    }
    let base_urls: HashMap<String, Url> = args.base_url.iter().cloned().collect();
    let mut options = FetchOptions {
        due: args.all,
        contact: args.contact.clone(),
        allow_private: args.allow_private,
        budget: args.budget,
        filter: filter(args),
        keep_bodies: args.keep_bodies,
        stop: Some(stop::on_interrupt()),
        ..FetchOptions::default()
    };
    add_keys(&mut options);
    // A mirror on this machine has nobody to be polite to.
    let known = if args.all { corpus.boards()? } else { Vec::new() };
    let mut kinds = boards.iter().map(|b| &b.source).chain(known.iter().map(|row| &row.source));
    if args.allow_private && kinds.all(|kind| is_mirrored(kind, &base_urls)) {
        options.politeness = Politeness::unpaced(MIRROR_IN_FLIGHT);
        options.in_flight = MIRROR_IN_FLIGHT;
    }
    options.boards = boards;
    options.base_urls = base_urls;
    Ok(options)
}

/// The user's own keys, from the environment: they belong neither on a command line nor in a file.
pub(super) fn add_keys(options: &mut FetchOptions) {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let (Some(key), Some(email)) = (set("RUNGS_USAJOBS_KEY"), set("RUNGS_USAJOBS_EMAIL")) {
        let headers = vec![("authorization-key".into(), key), ("user-agent".into(), email)];
        options.keys.insert("usajobs".into(), headers);
    }
    if let (Some(id), Some(key)) = (set("RUNGS_ADZUNA_ID"), set("RUNGS_ADZUNA_KEY")) {
        options.key_params.insert("adzuna".into(), vec![("app_id".into(), id), ("app_key".into(), key)]);
    }
}

fn is_mirrored(kind: &str, base_urls: &HashMap<String, Url>) -> bool {
    base_urls.get(kind).is_some_and(|url| {
        url.host_str().is_some_and(|host| {
            let host = host.trim_matches(['[', ']']);
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        })
    })
}

fn filter(args: &Args) -> Option<Filter> {
    let lower = |texts: &[String]| texts.iter().map(|text| text.to_lowercase()).collect::<Vec<_>>();
    let (titles, locations, since) = (lower(&args.title), lower(&args.location), args.since);
    let wanted = args.level.clone();
    if titles.is_empty() && locations.is_empty() && since.is_none() && wanted.is_none() {
        return None;
    }
    Some(Arc::new(move |posting: &Posting| {
        let title = posting.title.to_lowercase();
        let fits = |wanted: &[String], text: &str| wanted.iter().any(|part| text.contains(part));
        // What a list does not say about a posting does not rule it out.
        let located = posting.locations.is_empty()
            || posting.locations.iter().any(|location| fits(&locations, &location.to_lowercase()));
        (titles.is_empty() || title.is_empty() || fits(&titles, &title))
            && (locations.is_empty() || located)
            && wanted.as_ref().is_none_or(|wanted| has_level(posting, wanted))
            && since.is_none_or(|since| posting.posted.is_none_or(|posted| posted >= since))
    }))
}

/// Whether a posting may be at one of these levels, by what a list says about it.
fn has_level(posting: &Posting, wanted: &RangeInclusive<u8>) -> bool {
    let estimate = level::estimate(&Evidence {
        title: &posting.title,
        company: posting.company.as_deref().unwrap_or_default(),
        fields: Input::of(posting).fields,
        cues: &[],
    });
    estimate.value.is_none_or(|value| wanted.contains(&value))
}

/// What the bar says beside its figures.
#[derive(Default)]
struct Told {
    /// Boards of the run.
    boards: usize,
    /// The board whose look ended last, and how.
    last: String,
}

/// Tells what happens: a bar and messages, or with `--json` one object a line, on stderr. The bar
/// counts requests, of which all that are known have their place in it, and names the board that
/// ended last.
fn show(bar: &ProgressBar, told: &mut Told, global: &Global, event: &Event<'_>) {
    if global.json {
        if !global.quiet {
            ui::say(as_json(event));
        }
        return;
    }
    let say = |text: String| {
        if !global.quiet {
            bar.suspend(|| ui::say(text));
        }
    };
    match event {
        Event::Start { boards, resumed } => {
            told.boards = *boards;
            if *resumed > 0 {
                say(format!("going on with {resumed} of {boards} boards where an earlier run stopped"));
            }
        }
        Event::Progress { boards, requests, waiting } => {
            bar.set_length(requests + waiting);
            bar.set_position(*requests);
            bar.set_message(format!("{boards} of {} boards{}", told.boards, told.last));
        }
        // One line at the end says why.
        Event::Board(report) if report.unreached => {}
        Event::Board(report) if !report.complete => {
            say(format!("{}:{}: {}", report.source, report.board, report.outcome));
        }
        Event::Board(report) => {
            let (source, board, outcome) = (&report.source, &report.board, &report.outcome);
            told.last = format!(", {source}:{board} {outcome}: {} found, {} new", report.found, report.new);
        }
        Event::Rejected(board, rejected) => {
            say(format!("{board}: not read: {}: {}", rejected.place, rejected.reason));
        }
        Event::Note(note) => say(note.clone()),
    }
}

fn as_json(event: &Event<'_>) -> serde_json::Value {
    match event {
        Event::Start { boards, resumed } => json!({"event": "start", "boards": boards, "resumed": resumed}),
        Event::Progress { boards, requests, waiting } => {
            json!({"event": "progress", "boards": boards, "requests": requests, "waiting": waiting})
        }
        Event::Board(report) => json!({"event": "board", "report": report}),
        Event::Rejected(board, rejected) => {
            json!({"event": "rejected", "board": board.to_string(), "place": rejected.place, "reason": rejected.reason})
        }
        Event::Note(note) => json!({"event": "note", "text": note}),
    }
}

fn outcome(summary: &Summary) -> Outcome {
    if summary.interrupted {
        Outcome::Interrupted
    } else if summary.is_complete() {
        Outcome::Done
    } else {
        Outcome::Partial
    }
}

fn print(summary: &Summary, global: &Global) -> Result<(), CliError> {
    output::answer(global, Form::TEXT, summary, lay)?;
    if !global.json && summary.left > 0 && summary.no_network.is_none() {
        ui::say(format_args!(
            "{} requests are left; run the same command again (or `rungs fetch --all`) to go on",
            summary.left
        ));
    }
    Ok(())
}

/// Lays out a run. Boards that were not reached have no row: one line for all says why.
fn lay(summary: &Summary) -> render::Page {
    let rows = summary.boards.iter().filter(|board| !board.unreached).map(|board| {
        let name = format!("{}:{}", board.source, board.board);
        let numbers = [board.found, board.new, board.changed + board.reopened, board.closed];
        let [found, new, changed, closed] = numbers.map(|number| number.to_string());
        [name, found, new, changed, closed, board.outcome.clone()]
    });
    let complete = summary.boards.iter().filter(|board| board.complete).count();
    let sum = format!(
        "{complete} of {} boards complete: {} new, {} changed, {} closed; {} requests in {:.1} s",
        summary.boards.len(),
        summary.total(|b| b.new),
        summary.total(|b| b.changed + b.reopened),
        summary.total(|b| b.closed),
        summary.requests,
        summary.seconds
    );
    render::fetched(rows.collect(), sum)
}

fn dry_run(corpus: &Corpus, options: &FetchOptions, global: &Global) -> Result<Outcome, CliError> {
    let plan = fetch::plan(corpus, options)?;
    let mut out = io::stdout().lock();
    let written = if global.json {
        serde_json::to_writer(&mut out, &plan).map_err(io::Error::from).and_then(|()| writeln!(out))
    } else {
        plan.hosts.iter().try_for_each(|host| {
            writeln!(
                out,
                "{:<30} {:>6} boards {:>8} requests at least, about {}",
                host.host,
                host.boards,
                host.requests,
                span(host.seconds)
            )
        })
    };
    written.map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))?;
    ui::say(match plan.hosts.is_empty() {
        true => "no board is due; nothing would be fetched".to_owned(),
        false => format!(
            "nothing was fetched; {} requests at least, side by side in about {}",
            plan.hosts.iter().map(|host| host.requests).sum::<u64>(),
            span(plan.seconds)
        ),
    });
    Ok(Outcome::Done)
}

/// Seconds as people say them.
fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..6000 => format!("{:.0} min", seconds as f64 / 60.0),
        _ => format!("{:.1} h", seconds as f64 / 3600.0),
    }
}

fn since(text: &str) -> Result<Date, String> {
    if let Some(days) = text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok()) {
        let span = jiff::Span::new().try_days(-days).map_err(|error| error.to_string())?;
        return jiff::Zoned::now().date().checked_add(span).map_err(|error| error.to_string());
    }
    text.parse().map_err(|_| format!("`{text}` is neither a date (2026-05-31) nor a number of days (30d)"))
}

/// Reads `provider=url`.
pub(super) fn base_url(text: &str) -> Result<(String, Url), String> {
    let (provider, url) = text.split_once('=').ok_or("write provider=http://host:port")?;
    Ok((provider.to_owned(), Url::parse(url).map_err(|error| error.to_string())?))
}
