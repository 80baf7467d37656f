//! `rungs eval`: scores extraction against a labelled file.

mod named;
mod own;
mod public;
mod score;

use super::{CliError, Global, Outcome, io};
use score::Metric;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Arguments of `rungs eval`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What is labelled
    #[arg(value_enum)]
    set: Set,
    /// The labelled file
    path: PathBuf,
    /// Folder of the postings that own labels point into (NAME.jsonl.zst)
    #[arg(long, value_name = "DIR")]
    postings: Option<PathBuf>,
    /// Only labels of this split (dev, held); all when absent
    #[arg(long, value_name = "NAME")]
    split: Option<String>,
    /// How many of the worst errors to show
    #[arg(long, default_value_t = 10, value_name = "N")]
    errors: usize,
}

/// What a labelled file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Set {
    /// Own labels: the section of every block
    Sections,
    /// Own labels: skills found in company, benefits and legal text
    Boilerplate,
    /// Own labels: stated years of experience
    Years,
    /// Own labels: how deep a skill is asked for
    Depth,
    /// Own labels: how strongly a skill is asked for
    Strength,
    /// Duties, minimum and preferred as separate fields
    RequiredPreferred,
    /// The same without any headings
    RequiredPreferredBare,
    /// Whole ads, a relevance flag for every sentence
    SkillXl,
    /// Sentences with skill and knowledge spans
    Skillspan,
    /// Postings, or employers' requirements as fields: how much of them the vocabulary has a name for
    Named,
}

/// The outcome of scoring.
#[derive(Debug, Default, Serialize)]
struct Report {
    metrics: Vec<Metric>,
    /// The worst or most frequent errors, in words.
    errors: Vec<String>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let mut report = match args.set {
        Set::Sections | Set::Boilerplate | Set::Years | Set::Depth | Set::Strength => {
            let postings = args.postings.clone().unwrap_or_else(default_postings);
            let labels = own::read(&args.path, &postings, args.split.as_deref())?;
            match args.set {
                Set::Sections => own::sections(&labels),
                Set::Boilerplate => own::boilerplate(&labels),
                Set::Years => own::years(&labels),
                Set::Depth => own::depth(&labels),
                _ => own::strength(&labels),
            }
        }
        Set::RequiredPreferred => public::required_preferred(&lines(&args.path)?, true)?,
        Set::RequiredPreferredBare => public::required_preferred(&lines(&args.path)?, false)?,
        Set::SkillXl => public::skill_xl(&lines(&args.path)?)?,
        Set::Skillspan => public::skillspan(&lines(&args.path)?)?,
        Set::Named => named::named(&args.path)?,
    };
    report.errors.truncate(args.errors);
    if report.metrics.iter().all(|m| m.n == 0) {
        return Err(CliError::Input(format!("{} holds no labels of this kind", args.path.display())));
    }
    print(&report, args, global)?;
    Ok(Outcome::Done)
}

/// Where the shared postings are when nobody says.
fn default_postings() -> PathBuf {
    let root = std::env::var_os("RUNGS_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    root.join("data/postings/corpus")
}

fn lines(path: &Path) -> Result<Vec<serde_json::Value>, CliError> {
    let mut text = String::new();
    std::io::Read::read_to_string(&mut io::open(path)?, &mut text)
        .map_err(|e| CliError::file("cannot read", path, e))?;
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(i, line)| {
            serde_json::from_str(line)
                .map_err(|e| CliError::Input(format!("{} line {}: {e}", path.display(), i + 1)))
        })
        .collect()
}

fn print(report: &Report, args: &Args, global: &Global) -> Result<(), CliError> {
    let mut out = io::stdout();
    let failed = |e| CliError::file("cannot write", Path::new("stdout"), e);
    if global.json {
        serde_json::to_writer_pretty(&mut out, report).map_err(|e| failed(e.into()))?;
        writeln!(out).map_err(failed)?;
        return out.flush().map_err(failed);
    }
    let split = args.split.as_deref().unwrap_or("all");
    writeln!(out, "{} ({split})", args.path.display()).map_err(failed)?;
    for metric in &report.metrics {
        let Metric { name, value, low, high, n } = metric;
        writeln!(out, "  {name:<34} {value:.3}  [{low:.3}, {high:.3}]  n = {n}").map_err(failed)?;
    }
    for error in &report.errors {
        writeln!(out, "  · {error}").map_err(failed)?;
    }
    out.flush().map_err(failed)
}
