//! `rungs search`: find postings.

use super::args::{Levels, ScopeArgs, pay};
use super::output::{self, Form};
use super::{CliError, Global, Home, Outcome, ui};
use crate::corpus::Corpus;
use crate::index::{IndexError, PostingIndex, Sort};
use crate::posting::PostingKey;
use crate::query::QueryError;
use crate::query::facets::facets;
use crate::query::search::{Search, closest, search};
use crate::render;
use crate::taxonomy::Taxonomy;
use std::ops::RangeInclusive;

/// Arguments of `rungs search`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rungs search \"platform engineering\" --level 5.. --skill Kubernetes --since 90d
  rungs search '\"incident response\" AND (aws OR gcp) -intern' --region DE --sort date
  rungs search nurse --facets
  rungs search --similar ashby:acme:7f2")]
pub(super) struct Args {
    /// Words (all must occur), \"phrases\", AND, OR, NOT, -word, title:word
    #[arg(value_name = "WORDS", num_args = 0..)]
    words: Vec<String>,
    /// Levels: 5.., ..4, 3..5 (both included) or 4
    #[arg(long, short, value_parser = Levels, hide_possible_values = true)]
    level: Option<RangeInclusive<u8>>,
    #[command(flatten)]
    scope: ScopeArgs,
    /// A skill that is asked for, by any of its names; may be given several times
    #[arg(long, short, value_name = "NAME")]
    skill: Vec<String>,
    /// Employer, by words of its name
    #[arg(long, value_name = "NAME")]
    company: Option<String>,
    /// Yearly pay of at least this much, e.g. EUR80000
    #[arg(long, value_name = "PAY", value_parser = pay)]
    pay: Option<(String, u32)>,
    /// Words may differ by one letter
    #[arg(long)]
    fuzzy: bool,
    /// Postings like this one
    #[arg(long, value_name = "KEY", conflicts_with = "words")]
    similar: Option<String>,
    /// Closed postings, too
    #[arg(long)]
    all: bool,
    /// Order of results
    #[arg(long, value_enum, default_value = "relevance")]
    sort: Order,
    /// Count all that is found by company, family, level, region and workplace, instead of listing it
    #[arg(long, conflicts_with_all = ["pay", "similar"])]
    facets: bool,
    /// Most results
    #[arg(long, short = 'n', default_value_t = 10, value_name = "N", value_parser = limit)]
    limit: usize,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Order {
    Relevance,
    Date,
    Level,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let text = args.words.join(" ");
    let home = Home::find(global)?;
    let index = PostingIndex::open(&home.index()).map_err(|error| missing(error, &home))?;
    let corpus = Corpus::open_read_only(&home.corpus())?;
    let scope = args.scope.scope(ui::today())?;
    let similar = args.similar.as_deref().map(|key| {
        PostingKey::parse(key).ok_or_else(|| {
            CliError::Input(format!("`{key}` is no posting key; it looks like ashby:acme:7f2"))
        })
    });
    let question = Search {
        text,
        fuzzy: args.fuzzy,
        similar: similar.transpose()?,
        levels: args.level.clone(),
        track: scope.track,
        family: scope.family,
        region: scope.region,
        workplace: scope.workplace,
        since: scope.since,
        all: args.all,
        company: args.company.clone(),
        skills: args.skill.clone(),
        pay: args.pay.clone(),
        sort: match args.sort {
            Order::Relevance => Sort::Relevance,
            Order::Date => Sort::Date,
            Order::Level => Sort::Level,
        },
        limit: args.limit,
    };
    if args.facets {
        let answer = facets(&index, &corpus, Taxonomy::builtin(), &question)?;
        output::answer(global, args.form, &answer, render::facets)?;
        return Ok(if answer.postings == 0 { Outcome::Nothing } else { Outcome::Done });
    }
    let answer = search(&index, &corpus, Taxonomy::builtin(), &question)?;
    output::answer(global, args.form, &answer, render::search)?;
    if answer.matched == 0 && answer.snapshot.postings > 0 {
        let meant = meant(&question.text);
        if !meant.is_empty() {
            ui::say(format_args!("did you mean: {}", meant.join(", ")));
        }
    }
    Ok(if answer.total == 0 { Outcome::Nothing } else { Outcome::Done })
}

/// What to do when there is no index: where there are no postings either, indexing helps nobody.
fn missing(error: IndexError, home: &Home) -> CliError {
    match error {
        IndexError::Missing(_) if !home.corpus().exists() => CliError::Input(
            "search needs postings of your own: the bundled market has figures and no texts\n  Get some with `rungs fetch URL` or `rungs import PATH`, then run `rungs index`."
                .to_owned(),
        ),
        other => other.into(),
    }
}

/// Skills that a query without any hit may have meant.
fn meant(text: &str) -> Vec<&'static str> {
    let taxonomy = Taxonomy::builtin();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3);
    let unknown = words.filter(|word| taxonomy.resolve(word).is_none());
    let mut close: Vec<&str> =
        unknown.flat_map(|word| closest(taxonomy.iter().map(|(_, s)| s.label.as_str()), word)).collect();
    close.truncate(4);
    close
}

/// Most results of one search.
const MOST_RESULTS: usize = 10_000;

fn limit(text: &str) -> Result<usize, String> {
    let number: usize = text.parse().map_err(|_| format!("`{text}` is no whole number"))?;
    if (1..=MOST_RESULTS).contains(&number) { Ok(number) } else { Err(format!("write 1 to {MOST_RESULTS}")) }
}

impl From<QueryError> for CliError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Index(index) => index.into(),
            QueryError::Corpus(corpus) => (*corpus).into(),
            QueryError::Market(market) => market.into(),
            QueryError::Unknown(_) => Self::Input(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_results_has_bounds() {
        assert!(limit("0").is_err() && limit("10001").is_err() && limit("10000") == Ok(10_000));
    }
}
