//! The command line: arguments as typed, progress, exit codes. Thin functions over the library.
//!
//! One file per command. Each has its clap arguments and a `run` that returns an [`Outcome`];
//! errors are [`CliError`]s, printed here and nowhere else. stdout is data, stderr is progress
//! and messages.

mod about;
mod args;
mod bench;
mod boards;
mod bridge;
mod completions;
mod config;
mod demand;
mod demo;
mod error;
mod eval;
mod explain;
mod extract;
mod families;
mod fetch;
mod gap;
mod home;
mod import;
mod index;
mod io;
mod level;
mod man;
mod output;
mod plan;
mod profile;
mod rate;
mod report;
mod robots;
mod search;
mod skill;
mod snapshot;
mod source;
mod status;
mod stop;
mod taxonomy;
mod train;
mod ui;

pub use error::{CliError, Outcome};
pub use home::Home;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::process::ExitCode;

/// What the roles several levels ahead of you ask for, from real postings.
#[derive(Debug, Parser)]
#[command(name = "rungs", version, about, max_term_width = 100, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 done · 1 a negative answer (nothing found, not allowed, too little data) · \
2 wrong use or unreadable input · 3 done in part · 4 the disk or the network failed · 130 interrupted"
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Options that every command takes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// Folder that holds corpus, indexes and profile
    #[arg(long, global = true, env = "RUNGS_HOME", value_name = "DIR", hide_env = true, display_order = 900)]
    pub home: Option<std::path::PathBuf>,
    /// Add the concepts and names of a file to the vocabulary
    #[arg(
        long,
        global = true,
        env = "RUNGS_TAXONOMY",
        value_name = "FILE",
        value_delimiter = ',',
        hide_env = true,
        display_order = 901
    )]
    pub taxonomy: Vec<std::path::PathBuf>,
    /// Print JSON to stdout
    #[arg(long, global = true, display_order = 902)]
    pub json: bool,
    /// No progress, only results and errors
    #[arg(long, short, global = true, display_order = 903)]
    pub quiet: bool,
    /// Colour: auto, always or never
    #[arg(
        long,
        global = true,
        env = "RUNGS_COLOR",
        value_name = "WHEN",
        default_value = "auto",
        hide_env = true,
        hide_default_value = true,
        hide_possible_values = true,
        display_order = 904
    )]
    pub color: Color,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// At a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read postings (NDJSON) and write what each requires (NDJSON)
    Extract(extract::Args),
    /// Find, list and check employers' boards
    Boards(boards::Args),
    /// Collect postings from employers' boards
    Fetch(fetch::Args),
    /// Read postings from files into the corpus
    Import(import::Args),
    /// See the whole road on a bundled, fictional sample, without network
    Demo(demo::Args),
    /// Say what a robots.txt allows, and by which line
    Robots(robots::Args),
    /// Show what there is, how old it is, and what to do next
    Status(status::Args),
    /// Build the search index from the corpus
    Index(index::Args),
    /// Find postings
    Search(search::Args),
    /// What the roles ahead of you ask for, and what of it you lack
    Gap(gap::Args),
    /// Turn the gap into focus areas and actions, and keep track of them
    Plan(plan::Args),
    /// Write one HTML file with charts, to look at together
    Report(report::Args),
    /// The postings and sentences behind a number
    Explain(explain::Args),
    /// Tell how far up the 8-level scale roles are, their track and family, and why
    Level(level::Args),
    /// List the role families
    Families(families::Args),
    /// Show what is known of a skill, or turn names into concepts
    Skill(skill::Args),
    /// Count, check and extend the vocabulary of skills
    Taxonomy(taxonomy::Args),
    /// The market snapshot: what is in it, and how it is made
    Snapshot(snapshot::Args),
    /// Show versions and sources
    About(about::Args),
    /// How fast this machine extracts, and where the time goes
    Bench(bench::Args),
    /// Score extraction against a labelled file
    Eval(eval::Args),
    /// Make the weights of the models from labelled data, and measure them (for developers)
    #[command(hide = true)]
    Train(train::Args),
    /// Show every setting, where it comes from and what it does
    Config(config::Args),
    /// Print completions for a shell
    Completions(completions::Args),
    /// Print or write manual pages
    Man(man::Args),
    /// Roles between here and there, and targets you may not have thought of
    Bridge(bridge::Args),
    /// What a part of the market asks for
    Demand(demand::Args),
    /// Your profile: import, show, set, check
    Profile(profile::Args),
    /// Say what you would like to learn or do
    Rate(rate::Args),
}

/// The commands in the groups of `rungs --help`.
const GROUPS: &[(&str, &[&str])] = &[
    ("You", &["profile", "gap", "plan", "report", "rate", "bridge", "status"]),
    ("Postings", &["search", "demand", "explain", "families", "fetch", "import", "index", "boards"]),
    (
        "Tools",
        &[
            "demo",
            "extract",
            "level",
            "skill",
            "taxonomy",
            "snapshot",
            "robots",
            "config",
            "completions",
            "man",
            "about",
            "bench",
            "eval",
        ],
    ),
];

/// What may be typed, without what the configuration file says.
fn grammar() -> clap::Command {
    let grammar = each_ahead(Cli::command(), |arg| arg.env("RUNGS_AHEAD"));
    let groups = groups(&grammar);
    grammar.before_help(groups).help_template(
        "{about-with-newline}\n{usage-heading} {usage}\n\n{before-help}{options}\n{after-help}",
    )
}

/// Every command that is shown, with what it does, in its group.
fn groups(grammar: &clap::Command) -> String {
    let mut text = String::new();
    for (group, names) in GROUPS {
        text.push_str(&format!("{group}:\n"));
        for command in names.iter().filter_map(|name| grammar.find_subcommand(name)) {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            text.push_str(&format!("  {:<12} {about}\n", command.get_name()));
        }
        text.push('\n');
    }
    text.push_str("  rungs COMMAND --help shows the options of a command, with examples.");
    text
}

/// The grammar with the defaults that the configuration file sets.
fn configured(settings: &config::Settings) -> clap::Command {
    let mut grammar = grammar();
    if let Some(color) = settings.color.clone() {
        grammar = grammar.mut_arg("color", |arg| arg.default_value(color));
    }
    if let Some(contact) = settings.contact.clone() {
        grammar = grammar
            .mut_subcommand("fetch", |fetch| fetch.mut_arg("contact", |arg| arg.default_value(contact)));
    }
    match settings.ahead {
        Some(ahead) => each_ahead(grammar, |arg| arg.default_value(ahead.to_string())),
        None => grammar,
    }
}

/// Changes the option `--ahead` of every command that has it.
fn each_ahead(grammar: clap::Command, change: impl Fn(clap::Arg) -> clap::Arg) -> clap::Command {
    let has = |command: &&clap::Command| command.get_arguments().any(|arg| arg.get_id() == "ahead");
    let names: Vec<String> =
        grammar.get_subcommands().filter(has).map(|command| command.get_name().to_owned()).collect();
    names.into_iter().fold(grammar, |grammar, name| {
        grammar.mut_subcommand(name, |command| command.mut_arg("ahead", &change))
    })
}

/// The arguments of the process; `rungs help --help` means `rungs help`.
fn arguments() -> Vec<std::ffi::OsString> {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    let asks = arguments.get(1).is_some_and(|first| first == "help");
    if asks && arguments.get(2).is_some_and(|second| second == "--help" || second == "-h") {
        arguments.remove(2);
    }
    arguments
}

fn parse() -> Result<Cli, CliError> {
    let mut matches = configured(&config::Settings::load()?).get_matches_from(arguments());
    Cli::from_arg_matches_mut(&mut matches).map_err(|error| CliError::Input(error.to_string()))
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => {
            ui::error(&error);
            return error.exit_code();
        }
    };
    ui::speak(cli.global.quiet, cli.global.json);
    let command = cli.command.unwrap_or(Command::Status(status::Args::default()));
    match taxonomy::install(&cli.global.taxonomy).and_then(|()| run(&command, &cli.global)) {
        Ok(outcome) => outcome.exit_code(),
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            ui::error(&error);
            error.exit_code()
        }
    }
}

fn run(command: &Command, global: &Global) -> Result<Outcome, CliError> {
    match command {
        Command::Extract(args) => extract::run(args, global),
        Command::Fetch(args) => fetch::run(args, global),
        Command::Import(args) => import::run(args, global),
        Command::Index(args) => index::run(args, global),
        Command::Search(args) => search::run(args, global),
        Command::Gap(args) => gap::run(args, global),
        Command::Plan(args) => plan::run(args, global),
        Command::Report(args) => report::run(args, global),
        Command::Explain(args) => explain::run(args, global),
        Command::Demo(args) => demo::run(args, global),
        Command::Bridge(args) => bridge::run(args, global),
        Command::Demand(args) => demand::run(args, global),
        Command::Profile(args) => profile::run(args, global),
        Command::Rate(args) => rate::run(args, global),
        Command::Status(args) => status::run(args, global),
        Command::Level(args) => level::run(args, global),
        Command::Families(args) => families::run(args, global),
        Command::Boards(args) => boards::run(args, global),
        Command::Robots(args) => robots::run(args, global),
        Command::Skill(args) => skill::run(args, global),
        Command::Taxonomy(args) => taxonomy::run(args, global),
        Command::Snapshot(args) => snapshot::run(args, global),
        Command::About(args) => about::run(args, global),
        Command::Bench(args) => bench::run(args, global),
        Command::Eval(args) => eval::run(args, global),
        Command::Train(args) => train::run(args, global),
        Command::Config(args) => config::run(args, global),
        Command::Completions(args) => completions::run(args, global),
        Command::Man(args) => man::run(args, global),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_that_is_shown_stands_in_one_group() {
        let grammar = Cli::command();
        for command in grammar.get_subcommands().filter(|c| !c.is_hide_set()) {
            let groups = GROUPS.iter().filter(|(_, names)| names.contains(&command.get_name())).count();
            assert_eq!(groups, 1, "{}", command.get_name());
        }
        super::grammar().debug_assert();
    }
}
