//! `rungs rate`: would you like to learn or do these things?

use super::gap::TargetArgs;
use super::plan::Data;
use super::profile::{edit, save};
use super::{CliError, Global, Home, Outcome, output, ui};
use crate::extract::ExperienceKind;
use crate::plan::experience_name;
use crate::profile::{Edit, Profile};
use crate::query::gap::{GapKind, gap};
use crate::query::scope::Scope;
use crate::query::search::skill;
use crate::query::stats::Share;
use crate::taxonomy::Taxonomy;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal};
use std::path::Path;

/// Skills asked about.
const ASKED: usize = 15;
/// Activities asked about.
const ACTIVITIES: usize = 8;

/// Arguments of `rungs rate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  rungs rate                                # asks one by one; Enter skips, q stops
  rungs rate --set Kubernetes=2 --set \"leading people\"=-1")]
pub(super) struct Args {
    #[command(flatten)]
    target: TargetArgs,
    /// A rating without being asked: NAME=-2 … NAME=2
    #[arg(long, value_name = "NAME=N", value_parser = rating)]
    set: Vec<(String, i8)>,
}

fn rating(text: &str) -> Result<(String, i8), String> {
    let error = || format!("`{text}` is no rating; write NAME=-2 … NAME=2");
    let (name, value) = text.rsplit_once('=').ok_or_else(error)?;
    let value: i8 = value.trim().parse().map_err(|_| error())?;
    if (-2..=2).contains(&value) { Ok((name.trim().to_owned(), value)) } else { Err(error()) }
}

/// Something to rate.
enum Subject {
    /// A skill, by its taxonomy id.
    Skill(String),
    /// An activity, by its phrase.
    Activity(String),
}

/// A question: what is rated, and what of the market makes it worth asking.
struct Question {
    subject: Subject,
    name: String,
    why: String,
}

/// What was written, for `--json`.
#[derive(Serialize)]
struct Written<'a> {
    written: &'a Path,
    ratings: BTreeMap<String, i8>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Outcome, CliError> {
    let home = Home::find(global)?;
    let taxonomy = Taxonomy::builtin();
    let path = args.target.profile.clone().unwrap_or_else(|| home.profile());
    let profile = args.target.profile(&home)?;
    // Refused before anything is asked, not after.
    let mut edit = edit(&path)?;
    let mut ratings = BTreeMap::new();
    if args.set.is_empty() {
        if !std::io::stdin().is_terminal() {
            return Err(CliError::Input(
                "there is nobody to ask: stdin is no terminal\n  Give ratings as --set NAME=N.".into(),
            ));
        }
        let questions = questions(args, &home, &profile)?;
        for (at, value) in ask(&questions)? {
            let Question { subject, name, .. } = &questions[at];
            rate(&mut edit, subject, value)?;
            ratings.insert(name.clone(), value);
        }
    }
    for (name, value) in &args.set {
        // A name that the vocabulary knows is a skill; a phrase of several words may be an activity.
        let subject = match skill(taxonomy, name) {
            Ok(at) => Subject::Skill(taxonomy.skill(at).id.clone()),
            Err(_) if name.contains(' ') => Subject::Activity(name.clone()),
            Err(error) => return Err(error.into()),
        };
        rate(&mut edit, &subject, *value)?;
        ratings.insert(name.clone(), *value);
    }
    if ratings.is_empty() {
        ui::say("nothing rated");
        return Ok(Outcome::Nothing);
    }
    save(edit, &path)?;
    ui::say(format_args!("{} ratings written to {}", ratings.len(), path.display()));
    ui::say("next: rungs gap     the same comparison, with what you would like to do counted in");
    if global.json {
        output::json(&Written { written: &path, ratings })?;
    }
    Ok(Outcome::Done)
}

fn rate(edit: &mut Edit, subject: &Subject, value: i8) -> Result<(), CliError> {
    let taxonomy = Taxonomy::builtin();
    match subject {
        Subject::Skill(id) => edit.rate_skill(taxonomy, taxonomy.skill(skill(taxonomy, id)?), value),
        Subject::Activity(phrase) => edit.rate_activity(phrase, value),
    }
    Ok(())
}

/// The most telling skills of the target, then what people in it do; what is rated already is left out.
fn questions(args: &Args, home: &Home, profile: &Profile) -> Result<Vec<Question>, CliError> {
    let request = args.target.request()?;
    let data = Data::of(args.target.open(home, profile, &request)?, home);
    let answer = gap(data.source(), Taxonomy::builtin(), profile, &request, ui::today())?;
    let mut questions: Vec<Question> = Vec::new();
    for skill in answer.targets.iter().flat_map(|t| t.skills.iter().take(ASKED)) {
        let known = questions.iter().any(|q| q.name == skill.label);
        if skill.interest.is_none() && !known && questions.len() < ASKED {
            let why = format!("{}; {}", asked(&skill.asked, &skill.own), word_of(skill.gap));
            let subject = Subject::Skill(skill.id.clone());
            questions.push(Question { subject, name: skill.label.clone(), why });
        }
    }
    for target in &answer.targets {
        let scope =
            Scope { family: answer.family.clone(), track: target.cohort.track, ..request.scope.clone() };
        let read = data.activities(&scope, target)?.into_iter();
        let read =
            read.map(|a| (a.phrase, format!("a duty at {} of {} employers", a.employers_with, a.employers)));
        // Without texts of postings, the kinds of experience that they ask for.
        let kindred = target.focus.iter().filter_map(|area| Some(&area.kindred.as_ref()?.figures));
        let own = target.experience.iter().map(|facet| (facet, ""));
        let facets = own.chain(kindred.map(|facet| (facet, " (kindred families)")));
        let facets = facets.filter(|(facet, _)| facet.kind != ExperienceKind::Years);
        let facets = facets.map(|(facet, whose)| {
            (experience_name(facet.kind).to_owned(), asked(&facet.asked, &facet.own) + whose)
        });
        let all: Vec<(String, String)> = read.chain(facets).collect();
        for (name, why) in all {
            let rated = profile.activities.keys().any(|known| known.eq_ignore_ascii_case(&name));
            let known = questions.iter().any(|q| q.name.eq_ignore_ascii_case(&name));
            if !rated && !known && questions.len() < ASKED + ACTIVITIES {
                questions.push(Question { subject: Subject::Activity(name.clone()), name, why });
            }
        }
    }
    Ok(questions)
}

/// Who asks, there and at one's own level.
fn asked(there: &Share, own: &Share) -> String {
    let percent = |share: &Share| {
        share.share.map_or_else(|| "few".to_owned(), |share| format!("{:.0} %", share * 100.0))
    };
    format!(
        "asked by {} of {} employers there ({} of postings), {} at your level",
        there.employers_with,
        there.employers,
        percent(there),
        percent(own)
    )
}

fn word_of(gap: GapKind) -> &'static str {
    match gap {
        GapKind::Missing => "not in your profile",
        GapKind::TooShallow => "held, not deep enough",
        GapKind::Unproven => "held, without evidence",
        GapKind::Answered => "not held, but a skill that you hold will do",
        GapKind::Met => "held",
    }
}

/// Asks every question; Enter skips, `q` stops. Gives the numbers of those answered.
fn ask(questions: &[Question]) -> Result<Vec<(usize, i8)>, CliError> {
    ui::ask(
        "Would you like to learn or do this?  -2 would drain me … 2 would love it · Enter skips · q stops",
    );
    let mut ratings = Vec::new();
    let mut lines = std::io::stdin().lock().lines();
    for (i, Question { name, why, .. }) in questions.iter().enumerate() {
        loop {
            ui::ask(format_args!("{}/{}  {name}\n       {why}", i + 1, questions.len()));
            let Some(line) = lines.next() else { return Ok(ratings) };
            let line = line.map_err(|e| CliError::Stage(format!("stdin cannot be read: {e}")))?;
            match (line.trim(), line.trim().parse::<i8>()) {
                ("q", _) => return Ok(ratings),
                ("", _) => break,
                (_, Ok(value)) if (-2..=2).contains(&value) => {
                    ratings.push((i, value));
                    break;
                }
                _ => ui::ask("a whole number from -2 to 2, Enter or q"),
            }
        }
    }
    Ok(ratings)
}
