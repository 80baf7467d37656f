//! What leaves, and when: gates of hosts, robots rules, leases.

use super::{Done, Host, Job, Launch, Origin, RulesAsked, State, TICK, age};
use crate::corpus::{Batch, BoardState, CorpusError, QueuedRequest, RobotsRow};
use crate::fetch::keys;
use crate::fetch::pace::{Gate, LONGEST_CRAWL_DELAY};
use crate::fetch::rules::{HostRules, fetch_reservations, fetch_robots, is_readable, reservations_of};
use crate::fetch::settle::{Told, fingerprint, target};
use crate::fetch::sources::{Board, Request, Step};
use crate::fetch::visit::{Visit, is_conditional};
use jiff::Timestamp;
use std::cmp::Reverse;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use url::Url;

/// Requests of an unpaced host taken from the queue at once.
const TAKEN: usize = 64;

/// How long a robots file is believed.
const ROBOTS_TRUST: Duration = Duration::from_secs(24 * 3600);

impl State<'_> {
    pub(super) fn host(&mut self, host: &Arc<str>) -> &mut Host {
        let politeness = self.options.politeness;
        self.hosts.entry(Arc::clone(host)).or_insert_with(|| Host {
            gate: Gate::new(politeness, host, Instant::now()),
            taken: VecDeque::new(),
            waiting: 0,
            scheduled: None,
            left: None,
            unreached: false,
            throttled: 0,
        })
    }

    pub(super) fn schedule(&mut self, name: &Arc<str>, at: Instant) {
        let host = self.host(name);
        if host.left.is_some() || host.scheduled.is_some_and(|earlier| earlier <= at) {
            return;
        }
        host.scheduled = Some(at);
        self.wake.push(Reverse((at, Arc::clone(name))));
    }

    /// Leaves a host alone until then; beyond the run's patience, for the next run.
    pub(super) fn hold(&mut self, name: &Arc<str>, until: Instant, reason: &str) {
        let patience = self.options.patience;
        let host = self.host(name);
        host.gate.hold(until);
        let wait = until.saturating_duration_since(Instant::now());
        if wait > patience && host.left.is_none() {
            host.left = Some(format!("{reason}; it is asked again in {} s", wait.as_secs()));
            let note = format!("{name}: {reason}; left for a later run, in {} s", wait.as_secs());
            self.told.push(Told::Note(note));
        }
    }

    fn is_full(&self) -> bool {
        self.flying >= self.options.in_flight
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        !self.is_ending() && !self.is_full() && self.wake.peek().is_some_and(|Reverse((at, _))| *at <= now)
    }

    pub(super) fn next_wake(&self) -> Instant {
        let next = self.wake.peek().filter(|_| !self.is_full() && !self.is_ending());
        next.map_or_else(|| Instant::now() + TICK, |Reverse((at, _))| *at)
    }

    pub(super) fn is_ending(&self) -> bool {
        self.summary.interrupted || self.summary.budget_spent
    }

    pub(super) fn notice_stop(&mut self) {
        if self.options.stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            self.summary.interrupted = true;
        }
    }

    /// Sends what is due: decides here, starts when the batch is kept.
    pub(super) fn dispatch(&mut self, batch: &mut Batch<'_>) -> Result<(), CorpusError> {
        let now = Instant::now();
        while self.is_due(now) {
            let Some(Reverse((at, host))) = self.wake.pop() else { break };
            let state = self.host(&host);
            if state.scheduled != Some(at) {
                continue;
            }
            state.scheduled = None;
            self.serve(batch, &host, now)?;
        }
        Ok(())
    }

    fn serve(&mut self, batch: &mut Batch<'_>, name: &Arc<str>, now: Instant) -> Result<(), CorpusError> {
        loop {
            if self.host(name).left.is_some() || self.is_ending() {
                return Ok(());
            }
            let Some(opens) = self.host(name).gate.opens() else { return Ok(()) };
            if opens > now {
                self.schedule(name, opens);
                return Ok(());
            }
            if self.is_full() {
                self.schedule(name, now);
                return Ok(());
            }
            let Some(job) = self.take(batch, name)? else { return Ok(()) };
            if !self.send(batch, job, now)? {
                return Ok(());
            }
        }
    }

    /// The next request of a host, from those taken or from the queue.
    fn take(&mut self, batch: &mut Batch<'_>, name: &Arc<str>) -> Result<Option<Job>, CorpusError> {
        let host = self.host(name);
        if let Some(job) = host.taken.pop_front() {
            return Ok(Some(job));
        }
        if host.waiting == 0 {
            return Ok(None);
        }
        let limit = if host.gate.is_paced() { 1 } else { TAKEN };
        let now = Timestamp::now();
        let claimed = batch.claim(name, now, limit)?;
        if claimed.is_empty() {
            if let Some(due) = batch.next_due(name)? {
                self.schedule(name, Instant::now() + age(now, due).max(Duration::from_millis(1)));
            }
            return Ok(None);
        }
        self.host(name).waiting -= claimed.len() as u64;
        for queued in claimed {
            if let Some(job) = self.job(batch, queued, name)? {
                self.host(name).taken.push_back(job);
            }
        }
        Ok(self.host(name).taken.pop_front())
    }

    fn job(
        &self,
        batch: &mut Batch<'_>,
        queued: QueuedRequest,
        host: &Arc<str>,
    ) -> Result<Option<Job>, CorpusError> {
        let board = Board::new(&queued.source, queued.board.clone());
        let source = self.boards.get(&board).map(|run| run.source);
        let request = serde_json::from_str::<Request>(&queued.request);
        let (Some(source), Ok(request)) = (source, request) else {
            batch.give_up(queued.id, "written by another version")?;
            return Ok(None);
        };
        let Ok(url) = target(self.options, source, &board, &request) else { return Ok(None) };
        Ok(Some(Job { queued, board, request, source, url, host: Arc::clone(host) }))
    }

    /// Sends a request, or first asks for the rules of its host; false when the host has to wait for
    /// them.
    fn send(&mut self, batch: &mut Batch<'_>, job: Job, now: Instant) -> Result<bool, CorpusError> {
        let origin = job.url.origin().ascii_serialization();
        if !self.origins.contains_key(&origin)
            && let Some(rules) = remembered(batch, &origin)?
        {
            self.learn(&job.host, &origin, rules, now);
        }
        match self.origins.get_mut(&origin) {
            Some(Origin::Asking(waiting)) => {
                waiting.push(job);
                return Ok(false);
            }
            Some(Origin::Known(rules)) => {
                if let Err(why) = rules.check(job.source.tier, &job.url) {
                    self.refuse(batch, &job, &why)?;
                    return Ok(true);
                }
                if let Some(reply) = rules.answer_to(&job.url) {
                    let outcome = self.visit(batch, &job)?.judge(reply);
                    self.conclude(batch, &job, outcome)?;
                    return Ok(true);
                }
            }
            None => {
                self.ask_rules(job, origin, None, now);
                return Ok(false);
            }
        }
        // Learning a crawl delay may have closed the gate.
        if self.host(&job.host).gate.opens().is_none_or(|opens| opens > now) {
            let host = Arc::clone(&job.host);
            self.host(&host).taken.push_front(job);
            return Ok(true);
        }
        if let Some(Origin::Known(rules)) = self.origins.get(&origin)
            && rules.lacks_reservations(job.source.tier)
        {
            let known = Some(rules.clone());
            self.ask_rules(job, origin, known, now);
            return Ok(false);
        }
        self.count_sent(&job.host, now);
        let visit = self.visit(batch, &job)?;
        self.launches.push(Launch::Page(Box::new((job, visit))));
        Ok(true)
    }

    /// Asks for the robots file of a request's host, or, where that is known, for its reservations.
    fn ask_rules(&mut self, job: Job, origin: String, known: Option<HostRules>, now: Instant) {
        self.count_sent(&job.host, now);
        let pause = self.host(&job.host).gate.interval();
        let url = job.url.clone();
        let asked = RulesAsked { host: Arc::clone(&job.host), origin: origin.clone(), known };
        self.launches.push(Launch::Rules { asked, url, pause });
        self.origins.insert(origin, Origin::Asking(vec![job]));
    }

    fn visit(&self, batch: &Batch<'_>, job: &Job) -> Result<Visit, CorpusError> {
        let validator = match &job.request.step {
            // A page is read again whose posting a filter left out, or which is closed.
            Step::Detail { posting, .. } if batch.stamp(&posting.key)?.is_none() => None,
            // So is the list of a board that was gone: all that it held is closed.
            Step::List { .. } if self.is_gone(batch, &job.board)? => None,
            _ if is_conditional(&job.request) => batch.validator(&fingerprint(&job.board, &job.request))?,
            _ => None,
        };
        Ok(Visit {
            http: self.http.clone(),
            source: job.source,
            board: job.board.clone(),
            request: job.request.clone(),
            url: job.url.clone(),
            validator,
            headers: match Url::parse(&job.request.url) {
                Ok(url) => keys::headers(self.options, job.source, &job.board, &url),
                Err(_) => Vec::new(),
            },
            secret: keys::secret(self.options, job.source.kind),
            filter: self.options.filter.clone(),
            keep_body: self.options.keep_bodies,
        })
    }

    fn is_gone(&self, batch: &Batch<'_>, board: &Board) -> Result<bool, CorpusError> {
        Ok(batch.board(&board.source, &board.token)?.is_some_and(|row| row.state == BoardState::Gone))
    }

    fn count_sent(&mut self, host: &Arc<str>, now: Instant) {
        self.host(host).gate.sent(now);
        self.flying += 1;
        self.sent += 1;
        if self.options.budget.is_some_and(|budget| self.sent >= budget) {
            self.summary.budget_spent = true;
        }
    }

    /// A request that robots rules forbid.
    fn refuse(&mut self, batch: &mut Batch<'_>, job: &Job, why: &str) -> Result<(), CorpusError> {
        batch.give_up(job.queued.id, why)?;
        self.with_board(batch, &job.board, |run, batch, effects| {
            run.pending = run.pending.saturating_sub(1);
            run.failed(batch, &job.request, why, effects)
        })
    }

    pub(super) fn learn(&mut self, host: &Arc<str>, origin: &str, rules: HostRules, now: Instant) {
        if let Some(delay) = rules.crawl_delay().filter(|delay| *delay <= LONGEST_CRAWL_DELAY) {
            let gate = &mut self.host(host).gate;
            gate.obey_delay(delay);
            // It counts from the robots file, too, and from whatever an earlier run did last.
            gate.hold(now + delay);
        }
        self.origins.insert(origin.to_owned(), Origin::Known(rules));
    }

    pub(super) fn launch(&mut self) {
        for launch in std::mem::take(&mut self.launches) {
            let sender = self.sender.clone();
            match launch {
                Launch::Page(page) => self.runtime.spawn(async move {
                    let (job, visit) = *page;
                    let (outcome, took) = visit.run().await;
                    let _ = sender.send(Done::Page { job: Box::new(job), outcome, took });
                }),
                Launch::Rules { asked, url, pause } => {
                    let http = self.http.clone();
                    self.runtime.spawn(async move {
                        let started = Instant::now();
                        let file = match &asked.known {
                            None => fetch_robots(&http, &url, pause).await,
                            Some(_) => Ok(fetch_reservations(&http, &url).await),
                        };
                        let _ = sender.send(Done::Rules { asked, file, took: started.elapsed() });
                    })
                }
            };
        }
    }
}

/// What is known of an origin's rules from a day ago or less.
fn remembered(batch: &Batch<'_>, origin: &str) -> Result<Option<HostRules>, CorpusError> {
    let file = |name: &str| -> Result<Option<RobotsRow>, CorpusError> {
        let row = batch.robots(name)?.filter(|row| is_readable(row.status));
        Ok(row.filter(|row| age(row.fetched, Timestamp::now()) < ROBOTS_TRUST))
    };
    let Some(rules) = file(origin)?.map(HostRules::known) else { return Ok(None) };
    Ok(Some(match file(&reservations_of(origin))? {
        Some(row) => rules.reserving(&row.body),
        None => rules,
    }))
}
