//! `rungs snapshot`: the market snapshot: what is in it, and how it is made.

use super::{CliError, Global, Home, Outcome, io, ui};
use crate::corpus::Corpus;
use crate::market::{Card, Market, SourceCard};
use crate::taxonomy::Taxonomy;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

/// Arguments of `rungs snapshot`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Show what a snapshot was made from: the bundled one, or FILE
    Info {
        /// A snapshot file
        file: Option<PathBuf>,
    },
    /// Make a snapshot of the corpus: figures only, no text of anyone
    Build {
        /// Write here
        #[arg(long, short, value_name = "FILE")]
        output: PathBuf,
        /// Only postings in this language; `all` takes every one
        #[arg(long, default_value = "en", value_name = "CODE")]
        language: String,
        /// Day the snapshot is dated, `YYYY-MM-DD`; today when left out
        #[arg(long, value_name = "DAY")]
        date: Option<jiff::civil::Date>,
    },
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    match &args.action {
        Action::Info { file: None } => show(&Market::bundled_card()?, global)?,
        Action::Info { file: Some(path) } => {
            let file = File::open(path).map_err(|e| CliError::file("cannot read", path, e))?;
            let market = Market::read(&mut BufReader::new(file))
                .map_err(|e| CliError::Input(format!("{}: {e}", path.display())))?;
            show(&market.card, global)?;
        }
        Action::Build { output, language, date } => {
            let made = date.unwrap_or_else(ui::today).to_string();
            let language = (language != "all").then_some(language.as_str());
            let card = build(output, language, &made, global)?;
            show(&card, global)?;
        }
    }
    Ok(Outcome::Done)
}

fn build(output: &Path, language: Option<&str>, made: &str, global: &Global) -> Result<Card, CliError> {
    let corpus = Corpus::open_read_only(&Home::find(global)?.corpus())?;
    let bar = ui::progress(global.quiet, Some(corpus.stats()?.seq), "postings");
    bar.set_message("coding");
    let market = Market::build(&corpus, Taxonomy::builtin(), language, made, |read| bar.set_position(read));
    bar.finish_and_clear();
    let mut market = market?;
    io::replace(output, |mut out| Ok(market.write(&mut out)?))?;
    Ok(market.card)
}

fn show(card: &Card, global: &Global) -> Result<(), CliError> {
    let mut out = io::stdout();
    let written = if global.json {
        serde_json::to_writer_pretty(&mut out, card)
            .map_err(std::io::Error::from)
            .and_then(|()| writeln!(out))
    } else {
        text(&mut out, card)
    };
    written.and_then(|()| out.flush()).map_err(|e| CliError::file("cannot write", Path::new("stdout"), e))
}

fn text(out: &mut dyn Write, card: &Card) -> std::io::Result<()> {
    let span = |months: &crate::market::MonthSpan| match (&months.first, &months.last) {
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => "undated".to_owned(),
    };
    writeln!(out, "snapshot   {}, made {} by rungs {}", card.id, card.made, card.program)?;
    writeln!(out, "postings   {} of {} employers, {}", card.postings, card.employers, span(&card.months))?;
    writeln!(out, "vocabulary {} concepts", card.concepts)?;
    writeln!(out, "\nsources")?;
    for source in &card.sources {
        let SourceCard { name, postings, employers, months } = source;
        writeln!(out, "  {name:<20} {postings:>7} postings {employers:>6} employers  {}", span(months))?;
    }
    writeln!(out, "\nlevels (0: unknown)")?;
    for (level, postings) in &card.levels {
        writeln!(out, "  {level}  {postings:>7}")?;
    }
    writeln!(out, "\nfamilies")?;
    for (family, postings) in &card.families {
        let family = if family.is_empty() { "(unknown)" } else { family };
        writeln!(out, "  {family:<34} {postings:>7}")?;
    }
    Ok(())
}
