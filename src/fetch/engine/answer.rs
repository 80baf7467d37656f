//! What comes back: how an answer is judged, stored, retried or given up.

use super::{Done, Job, Origin, RulesAsked, State};
use crate::corpus::{Batch, CorpusError, Hold};
use crate::fetch::pace::Answer;
use crate::fetch::rules::{HostRules, RobotsFile, reservations_of};
use crate::fetch::settle::Told;
use crate::fetch::sources::Step;
use crate::fetch::visit::Outcome;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// This many "too many requests" in a row leave a host for the next run.
const THROTTLES: u32 = 5;

/// This many requests in a row that met nobody, and the network is taken to be away.
const UNMET: usize = 3;

/// "Nobody there" within this time comes from this machine, which has no way out: waiting long
/// does not help. A network that is there but slow takes longer to say so.
const AT_ONCE: Duration = Duration::from_millis(250);

/// Pause before asking again a network that said so at once.
const AWAY: Duration = Duration::from_millis(500);

impl State<'_> {
    /// Takes in what a task reports.
    pub(super) fn settle(&mut self, batch: &mut Batch<'_>, done: Done) -> Result<(), CorpusError> {
        self.flying = self.flying.saturating_sub(1);
        match done {
            Done::Rules { asked, file: Err(why), took } => {
                self.answered(batch, &asked.host, took, Answer::Unreached, "")?;
                self.unmet += 1;
                // Whoever waits for the file asks for it again.
                for job in self.asking(&asked.origin) {
                    self.unreached(batch, job, &why.to_string(), took)?;
                }
                Ok(())
            }
            Done::Page { job, outcome: Outcome::Unreached(why), took } => {
                self.answered(batch, &job.host, took, Answer::Unreached, "")?;
                self.unmet += 1;
                self.unreached(batch, *job, &why, took)
            }
            Done::Rules { asked, file: Ok(file), took } => self.settle_rules(batch, asked, file, took),
            Done::Page { job, outcome, took } => self.settle_page(batch, &job, outcome, took),
        }
    }

    fn settle_rules(
        &mut self,
        batch: &mut Batch<'_>,
        asked: RulesAsked,
        file: RobotsFile,
        took: Duration,
    ) -> Result<(), CorpusError> {
        let now = Instant::now();
        let RulesAsked { host, origin, known } = asked;
        self.summary.requests += 1;
        if file.row.status > 0 {
            self.met();
        }
        let name = if known.is_some() { reservations_of(&origin) } else { origin.clone() };
        batch.keep_robots(&name, &file.row)?;
        let answer = match file.row.status {
            429 | 503 => Answer::Throttled(file.wait),
            0 | 500.. => Answer::Failed,
            _ => Answer::Fine,
        };
        let what = if known.is_some() { "tdmrep.json" } else { "robots.txt" };
        let reason = file.unknown().map(|why| format!("its {what} {why}")).unwrap_or_default();
        self.answered(batch, &host, took, answer, &reason)?;
        let waiting = self.asking(&origin);
        let rules = match known {
            Some(rules) => rules.reserving(&file.row.body),
            None => HostRules::new(file),
        };
        self.learn(&host, &origin, rules, now);
        for job in waiting {
            self.host(&host).taken.push_back(job);
        }
        self.schedule(&host, now);
        Ok(())
    }

    /// The requests that waited for a file of rules.
    fn asking(&mut self, origin: &str) -> Vec<Job> {
        match self.origins.remove(origin) {
            Some(Origin::Asking(waiting)) => waiting,
            _ => Vec::new(),
        }
    }

    /// Somebody answered: there is a network, and hosts that were not met are tried again.
    fn met(&mut self) {
        (self.answered, self.unmet) = (true, 0);
        let now = Instant::now();
        let parked = self.hosts.iter().filter(|(_, host)| host.unreached);
        let parked: Vec<Arc<str>> = parked.map(|(name, _)| Arc::clone(name)).collect();
        for name in parked {
            let host = self.host(&name);
            (host.left, host.unreached) = (None, false);
            self.schedule(&name, now);
        }
    }

    /// A request met neither its host nor a network. Where others answer and its host never did,
    /// the name is at fault and the request fails like any other; else the network is, and the
    /// host is left for the next run without a hold that would outlive this one.
    fn unreached(
        &mut self,
        batch: &mut Batch<'_>,
        job: Job,
        why: &str,
        took: Duration,
    ) -> Result<(), CorpusError> {
        let known = self.origins.get(&job.url.origin().ascii_serialization());
        let is_lost = !self.answered || matches!(known, Some(Origin::Known(_)));
        let tries = if is_lost { self.unmet.saturating_sub(1) } else { job.queued.attempts as usize };
        let mut pause = self.options.retries.get(tries).copied();
        if is_lost && took < AT_ONCE {
            pause = pause.map(|pause| pause.min(AWAY));
        }
        if is_lost && (self.unmet >= UNMET || pause.is_none()) {
            batch.retry(job.queued.id, Timestamp::now(), false, why)?;
            let host = self.host(&job.host);
            host.waiting += 1;
            if host.left.is_none() {
                (host.left, host.unreached) = (Some(why.to_owned()), true);
            }
            return Ok(());
        }
        if let Some(pause) = pause {
            let pause = jitter(pause, job.queued.id);
            let due = Timestamp::now().checked_add(pause).unwrap_or(Timestamp::MAX);
            batch.retry(job.queued.id, due, !is_lost, why)?;
            self.host(&job.host).waiting += 1;
            return Ok(());
        }
        self.conclude(batch, &job, Outcome::Failed(why.to_owned()))
    }

    fn settle_page(
        &mut self,
        batch: &mut Batch<'_>,
        job: &Job,
        outcome: Outcome,
        took: Duration,
    ) -> Result<(), CorpusError> {
        self.summary.requests += 1;
        if !matches!(outcome, Outcome::Transient(_)) {
            self.met();
        }
        let (answer, reason) = match &outcome {
            Outcome::Throttled(wait, status) => (Answer::Throttled(*wait), format!("status {status}")),
            Outcome::Transient(why) | Outcome::Blocked(why) => (Answer::Failed, why.clone()),
            _ => (Answer::Fine, String::new()),
        };
        self.answered(batch, &job.host, took, answer, &reason)?;
        self.with_board(batch, &job.board, |run, _, _| {
            run.report.requests += 1;
            run.report.details += u64::from(matches!(job.request.step, Step::Detail { .. }));
            Ok(())
        })?;
        let retry = match &outcome {
            Outcome::Throttled(..) => Some((Duration::ZERO, false)),
            Outcome::Transient(_) => self
                .options
                .retries
                .get(job.queued.attempts as usize)
                .map(|pause| (jitter(*pause, job.queued.id), true)),
            _ => None,
        };
        if let Some((pause, counted)) = retry {
            let due = Timestamp::now().checked_add(pause).unwrap_or(Timestamp::MAX);
            batch.retry(job.queued.id, due, counted, &reason)?;
            self.host(&job.host).waiting += 1;
            return Ok(());
        }
        self.conclude(batch, job, outcome)
    }

    /// Stores what a request came to that is not made again.
    pub(super) fn conclude(
        &mut self,
        batch: &mut Batch<'_>,
        job: &Job,
        outcome: Outcome,
    ) -> Result<(), CorpusError> {
        match &outcome {
            Outcome::Blocked(why) | Outcome::Failed(why) | Outcome::Transient(why) => {
                batch.give_up(job.queued.id, why)?;
            }
            _ => batch.finish(job.queued.id)?,
        }
        let options = self.options;
        self.with_board(batch, &job.board, |run, batch, effects| {
            run.pending = run.pending.saturating_sub(1);
            match outcome {
                Outcome::Read(visited) => run.read(batch, options, &job.request, *visited, effects),
                Outcome::NotModified => run.unchanged(batch, &job.request),
                Outcome::Moved(to) => run.moved(batch, options, &job.request, &to, effects),
                Outcome::Gone(why) => run.gone(batch, options, &job.request, &why, effects),
                Outcome::Blocked(why) | Outcome::Failed(why) | Outcome::Transient(why) => {
                    run.failed(batch, &job.request, &why, effects)
                }
                // Dealt with before.
                Outcome::Throttled(..) | Outcome::Unreached(_) => Ok(()),
            }
        })
    }

    /// Tells a host's gate how a request ended.
    fn answered(
        &mut self,
        batch: &mut Batch<'_>,
        name: &Arc<str>,
        took: Duration,
        answer: Answer,
        reason: &str,
    ) -> Result<(), CorpusError> {
        let now = Instant::now();
        let host = self.host(name);
        let until = host.gate.answered(now, took, answer);
        host.throttled = if matches!(answer, Answer::Throttled(_)) { host.throttled + 1 } else { 0 };
        let exhausted = host.throttled >= THROTTLES;
        if let Some(until) = until {
            let wait = until.saturating_duration_since(now);
            let until_wall = Timestamp::now().checked_add(wait).unwrap_or(Timestamp::MAX);
            batch.keep_hold(&Hold {
                host: name.to_string(),
                until: until_wall,
                reason: reason.to_owned(),
            })?;
            self.hold(name, until, reason);
        }
        if exhausted && self.host(name).left.is_none() {
            let why = format!("{reason} {THROTTLES} times in a row");
            self.told.push(Told::Note(format!("{name}: {why}; left for a later run")));
            self.host(name).left = Some(why);
        }
        self.schedule(name, now);
        Ok(())
    }
}

/// Half to one and a half times the pause, so that retries of many do not come all at once.
fn jitter(pause: Duration, seed: i64) -> Duration {
    let spread = seed.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54;
    pause.mul_f64(0.5 + spread as f64 / 1024.0)
}
