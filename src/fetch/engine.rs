//! The loop of a run: takes what is due, sends it, stores what comes back.
//!
//! One task owns the corpus and decides; others fetch and parse. Everything that a turn of the
//! loop learns and decides goes into one transaction, and requests leave only after it is kept.

use super::http::{Guard, Http};
use super::options::{Event, FetchError, FetchOptions, Summary};
use super::pace::{Answer, Gate, LONGEST_CRAWL_DELAY};
use super::settle::{BoardRun, Effects, Told, fingerprint, target};
use super::sources::{Board, Request, Source, Step, source};
use super::visit::{HostRules, Outcome, Visit, fetch_robots, is_conditional};
use crate::corpus::{Batch, Corpus, CorpusError, Hold, QueuedRequest, RobotsRow};
use jiff::Timestamp;
use reqwest::header::{HeaderName, HeaderValue};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::fs::{File, TryLockError};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use url::Url;

/// Answers stored in one transaction at most.
const GROUP: usize = 256;

/// Requests of an unpaced host taken from the queue at once.
const TAKEN: usize = 64;

/// Threads that fetch and parse.
const THREADS: usize = 2;

/// How often the loop looks whether it is to stop.
const TICK: Duration = Duration::from_millis(100);

/// A look that began longer ago is begun afresh: its first pages are old news.
const STALE: Duration = Duration::from_secs(24 * 3600);

/// How long a robots file is believed.
const ROBOTS_TRUST: Duration = Duration::from_secs(24 * 3600);

/// This many "too many requests" in a row leave a host for the next run.
const THROTTLES: u32 = 5;

/// Looks at boards until nothing is left to do, and returns what came of it.
///
/// Work that an earlier run left for the same boards goes on. A run that is stopped, killed, or
/// out of budget leaves its requests in the corpus for the next one.
///
/// # Errors
/// When the corpus refuses or another run holds it. Trouble with hosts and boards is in the
/// summary instead.
pub fn run(
    corpus: &mut Corpus,
    options: &FetchOptions,
    on: &mut dyn FnMut(Event<'_>),
) -> Result<Summary, FetchError> {
    let started = Instant::now();
    let _lock = lock(corpus)?;
    let guard = Guard { allow_private: options.allow_private, lookup: options.lookup.clone() };
    let http = Http::new(&agent(options), guard, options.limits, &options.roots)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build()?;
    let mut batch = corpus.batch()?;
    let run = batch.begin_run("fetch", Timestamp::now())?;
    batch.commit()?;
    let (sender, receiver) = mpsc::unbounded_channel();
    let mut state = State::new(options, http, sender, &runtime);
    state.start(corpus, on)?;
    runtime.block_on(drive(corpus, &mut state, receiver, on))?;
    let mut summary = state.finish(corpus, on)?;
    summary.seconds = started.elapsed().as_secs_f64();
    let outcome = match () {
        () if summary.interrupted => "interrupted",
        () if summary.is_complete() => "done",
        () => "partial",
    };
    let json = serde_json::to_string(&summary).unwrap_or_default();
    let mut batch = corpus.batch()?;
    batch.end_run(run, Timestamp::now(), outcome, &json)?;
    batch.commit()?;
    Ok(summary)
}

/// How this program introduces itself.
pub(super) fn agent(options: &FetchOptions) -> String {
    let contact = options.contact.as_deref().filter(|contact| contact.is_ascii());
    let contact = contact.map(|contact| format!(" (+{contact})")).unwrap_or_default();
    format!("{}/{}{contact}", super::AGENT, env!("CARGO_PKG_VERSION"))
}

/// Makes sure that only one run works on a corpus. The system gives the lock back, however the
/// process ends.
fn lock(corpus: &Corpus) -> Result<File, FetchError> {
    let path = corpus.path().with_extension("fetch-lock");
    let file = File::create(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(FetchError::Running(corpus.path().to_owned())),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// A request on its way.
struct Job {
    queued: QueuedRequest,
    board: Board,
    request: Request,
    source: &'static Source,
    url: Url,
    host: Arc<str>,
}

/// What a task reports.
enum Done {
    Page { job: Box<Job>, outcome: Outcome, took: Duration },
    Robots { host: Arc<str>, origin: String, row: RobotsRow, took: Duration },
}

/// A task to start once the batch is kept.
enum Launch {
    Page(Box<(Job, Visit)>),
    Robots { host: Arc<str>, origin: String, url: Url, pause: Duration },
}

struct Host {
    gate: Gate,
    /// Taken from the queue, not sent yet.
    taken: VecDeque<Job>,
    /// Requests in the queue.
    waiting: u64,
    /// Earliest entry in the heap of wake-ups.
    scheduled: Option<Instant>,
    /// Asked to be left alone for longer than this run waits.
    left: bool,
    throttled: u32,
}

enum Origin {
    /// Its robots file is being fetched; these wait for it.
    Asking(Vec<Job>),
    Known(HostRules),
}

struct State<'o> {
    options: &'o FetchOptions,
    http: Http,
    sender: mpsc::UnboundedSender<Done>,
    runtime: &'o Runtime,
    hosts: HashMap<Arc<str>, Host>,
    wake: BinaryHeap<Reverse<(Instant, Arc<str>)>>,
    origins: HashMap<String, Origin>,
    boards: HashMap<Board, BoardRun>,
    launches: Vec<Launch>,
    told: Vec<Told>,
    flying: usize,
    sent: u64,
    summary: Summary,
}

async fn drive(
    corpus: &mut Corpus,
    state: &mut State<'_>,
    mut receiver: mpsc::UnboundedReceiver<Done>,
    on: &mut dyn FnMut(Event<'_>),
) -> Result<(), FetchError> {
    let mut arrived = Vec::new();
    loop {
        state.notice_stop();
        let more = std::iter::from_fn(|| receiver.try_recv().ok());
        arrived.extend(more.take(GROUP));
        if !arrived.is_empty() || state.is_due(Instant::now()) {
            let mut batch = corpus.batch()?;
            for done in arrived.drain(..) {
                state.settle(&mut batch, done)?;
            }
            state.dispatch(&mut batch)?;
            batch.commit()?;
            state.launch();
            state.tell(on);
        }
        if state.flying == 0 && (state.wake.is_empty() || state.is_ending()) {
            return Ok(());
        }
        let next = state.next_wake().min(Instant::now() + TICK);
        tokio::select! {
            done = receiver.recv() => arrived.extend(done),
            () = tokio::time::sleep_until(next.into()) => {}
        }
    }
}

impl<'o> State<'o> {
    fn new(
        options: &'o FetchOptions,
        http: Http,
        sender: mpsc::UnboundedSender<Done>,
        runtime: &'o Runtime,
    ) -> Self {
        Self {
            options,
            http,
            sender,
            runtime,
            hosts: HashMap::new(),
            wake: BinaryHeap::new(),
            origins: HashMap::new(),
            boards: HashMap::new(),
            launches: Vec::new(),
            told: Vec::new(),
            flying: 0,
            sent: 0,
            summary: Summary::default(),
        }
    }

    /// Begins a look at every board asked for, or goes on with one that was left.
    fn start(&mut self, corpus: &mut Corpus, on: &mut dyn FnMut(Event<'_>)) -> Result<(), FetchError> {
        let now = Timestamp::now();
        let mut wanted = self.options.boards.clone();
        let left: HashMap<Board, u64> = corpus
            .waiting_boards()?
            .into_iter()
            .map(|(source, board, count)| (Board::new(&source, board), count))
            .collect();
        if self.options.due {
            let due = corpus.boards()?.into_iter().filter(|row| row.due <= now || row.cycle.is_some());
            wanted.extend(due.map(|row| Board { source: row.source, token: row.board }));
        }
        wanted.sort();
        wanted.dedup();
        let mut batch = corpus.batch()?;
        batch.drop_holds(now)?;
        let mut resumed = 0;
        let mut fresh = Vec::new();
        for board in wanted {
            let source =
                source(&board.source).ok_or_else(|| FetchError::UnknownSource(board.source.clone()))?;
            batch.add_board(&board.source, &board.token, None, now)?;
            let row = batch.board(&board.source, &board.token)?;
            let began = row.and_then(|row| row.cycle);
            let stale = began.is_none_or(|began| age(began, now) > STALE);
            let pending = left.get(&board).copied().filter(|_| !stale);
            resumed += usize::from(pending.is_some());
            let run = BoardRun::new(board.clone(), source, pending.unwrap_or(0));
            if pending.is_none() {
                fresh.push(board.clone());
            }
            self.boards.insert(board, run);
        }
        let included: Vec<_> = self.boards.keys().cloned().collect();
        batch.restart_queue(included.iter().map(|b| (b.source.as_str(), b.token.as_str())))?;
        for board in fresh {
            batch.begin_cycle(&board.source, &board.token, now)?;
            self.begin(&mut batch, &board)?;
        }
        batch.commit()?;
        self.know_hosts(corpus)?;
        on(Event::Start { boards: self.boards.len(), resumed });
        self.tell(on);
        Ok(())
    }

    fn begin(&mut self, batch: &mut Batch<'_>, board: &Board) -> Result<(), CorpusError> {
        let options = self.options;
        self.with_board(batch, board, |run, batch, effects| {
            for request in (run.source.start)(&run.board) {
                run.enqueue(batch, options, &request, effects)?;
            }
            Ok(())
        })
    }

    /// Gates for every host with requests in the queue; those on hold stay closed.
    fn know_hosts(&mut self, corpus: &Corpus) -> Result<(), CorpusError> {
        let now = Instant::now();
        for (host, _, waiting) in corpus.waiting_hosts()? {
            let host: Arc<str> = host.into();
            self.host(&host).waiting = waiting;
            self.schedule(&host, now);
        }
        for hold in corpus.holds()? {
            let host: Arc<str> = hold.host.into();
            if self.hosts.contains_key(&host) {
                let wait = age(Timestamp::now(), hold.until);
                self.hold(&host, now + wait, &hold.reason);
            }
        }
        Ok(())
    }

    fn host(&mut self, host: &Arc<str>) -> &mut Host {
        let politeness = self.options.politeness;
        self.hosts.entry(Arc::clone(host)).or_insert_with(|| Host {
            gate: Gate::new(politeness, host, Instant::now()),
            taken: VecDeque::new(),
            waiting: 0,
            scheduled: None,
            left: false,
            throttled: 0,
        })
    }

    fn schedule(&mut self, name: &Arc<str>, at: Instant) {
        let host = self.host(name);
        if host.left || host.scheduled.is_some_and(|earlier| earlier <= at) {
            return;
        }
        host.scheduled = Some(at);
        self.wake.push(Reverse((at, Arc::clone(name))));
    }

    /// Leaves a host alone until then; beyond the run's patience, for the next run.
    fn hold(&mut self, name: &Arc<str>, until: Instant, reason: &str) {
        let patience = self.options.patience;
        let host = self.host(name);
        host.gate.hold(until);
        let wait = until.saturating_duration_since(Instant::now());
        if wait > patience && !host.left {
            host.left = true;
            let note = format!("{name}: {reason}; left for a later run, in {} s", wait.as_secs());
            self.told.push(Told::Note(note));
        }
    }

    fn is_full(&self) -> bool {
        self.flying >= self.options.in_flight
    }

    fn is_due(&self, now: Instant) -> bool {
        !self.is_ending() && !self.is_full() && self.wake.peek().is_some_and(|Reverse((at, _))| *at <= now)
    }

    fn next_wake(&self) -> Instant {
        let next = self.wake.peek().filter(|_| !self.is_full() && !self.is_ending());
        next.map_or_else(|| Instant::now() + TICK, |Reverse((at, _))| *at)
    }

    fn is_ending(&self) -> bool {
        self.summary.interrupted || self.summary.budget_spent
    }

    fn notice_stop(&mut self) {
        if self.options.stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            self.summary.interrupted = true;
        }
    }

    /// Sends what is due: decides here, starts when the batch is kept.
    fn dispatch(&mut self, batch: &mut Batch<'_>) -> Result<(), CorpusError> {
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
            if self.host(name).left || self.is_ending() {
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
        let Ok(url) = target(self.options, source, &request) else { return Ok(None) };
        Ok(Some(Job { queued, board, request, source, url, host: Arc::clone(host) }))
    }

    /// Sends a request, or first asks for the robots file of its host; false when the host has to
    /// wait for that.
    fn send(&mut self, batch: &mut Batch<'_>, job: Job, now: Instant) -> Result<bool, CorpusError> {
        let origin = job.url.origin().ascii_serialization();
        if !self.origins.contains_key(&origin)
            && let Some(row) = batch.robots(&origin)?
            && (200..500).contains(&row.status)
            && age(row.fetched, Timestamp::now()) < ROBOTS_TRUST
        {
            self.learn(&job.host, &origin, row, now);
        }
        match self.origins.get_mut(&origin) {
            Some(Origin::Asking(waiting)) => {
                waiting.push(job);
                return Ok(false);
            }
            Some(Origin::Known(rules)) => {
                let delay = rules.crawl_delay().unwrap_or_default();
                let verdict = match rules.check(job.source.tier, &job.url) {
                    Ok(()) if delay > LONGEST_CRAWL_DELAY => {
                        Err(format!("its robots.txt asks for {} s between requests", delay.as_secs()))
                    }
                    verdict => verdict,
                };
                if let Err(why) = verdict {
                    self.refuse(batch, &job, &why)?;
                    return Ok(true);
                }
            }
            None => {
                self.count_sent(&job.host, now);
                let pause = self.host(&job.host).gate.interval();
                let (host, url) = (Arc::clone(&job.host), job.url.clone());
                self.launches.push(Launch::Robots { host, origin: origin.clone(), url, pause });
                self.origins.insert(origin, Origin::Asking(vec![job]));
                return Ok(false);
            }
        }
        // Learning a crawl delay may have closed the gate.
        if self.host(&job.host).gate.opens().is_none_or(|opens| opens > now) {
            let host = Arc::clone(&job.host);
            self.host(&host).taken.push_front(job);
            return Ok(true);
        }
        self.count_sent(&job.host, now);
        let visit = self.visit(batch, &job)?;
        self.launches.push(Launch::Page(Box::new((job, visit))));
        Ok(true)
    }

    fn visit(&self, batch: &Batch<'_>, job: &Job) -> Result<Visit, CorpusError> {
        let validator = match is_conditional(&job.request) {
            true => batch.validator(&fingerprint(&job.request))?,
            false => None,
        };
        Ok(Visit {
            http: self.http.clone(),
            source: job.source,
            board: job.board.clone(),
            request: job.request.clone(),
            url: job.url.clone(),
            validator,
            headers: self.key_headers(job.source.kind),
            filter: self.options.filter.clone(),
            keep_body: self.options.keep_bodies,
        })
    }

    /// Headers with the user's key; one that is no valid header is left out, and the portal says so.
    fn key_headers(&self, kind: &str) -> Vec<(HeaderName, HeaderValue)> {
        let keys = self.options.keys.get(kind).into_iter().flatten();
        keys.filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?))).collect()
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

    fn learn(&mut self, host: &Arc<str>, origin: &str, row: RobotsRow, now: Instant) {
        let rules = HostRules::new(row);
        if let Some(delay) = rules.crawl_delay().filter(|delay| *delay <= LONGEST_CRAWL_DELAY) {
            let gate = &mut self.host(host).gate;
            gate.obey_delay(delay);
            // The delay counts from the robots file, too, when that was fetched just now.
            if age(rules.fetched(), Timestamp::now()) < delay {
                gate.hold(now + delay);
            }
        }
        self.origins.insert(origin.to_owned(), Origin::Known(rules));
    }

    fn launch(&mut self) {
        for launch in std::mem::take(&mut self.launches) {
            let sender = self.sender.clone();
            match launch {
                Launch::Page(page) => self.runtime.spawn(async move {
                    let (job, visit) = *page;
                    let (outcome, took) = visit.run().await;
                    let _ = sender.send(Done::Page { job: Box::new(job), outcome, took });
                }),
                Launch::Robots { host, origin, url, pause } => {
                    let http = self.http.clone();
                    self.runtime.spawn(async move {
                        let started = Instant::now();
                        let row = fetch_robots(&http, &url, pause).await;
                        let _ = sender.send(Done::Robots { host, origin, row, took: started.elapsed() });
                    })
                }
            };
        }
    }

    fn tell(&mut self, on: &mut dyn FnMut(Event<'_>)) {
        for told in std::mem::take(&mut self.told) {
            told.tell(on);
            if let Told::Board(report) = told {
                self.summary.boards.push(report);
            }
        }
        let waiting = self.hosts.values().map(|host| host.waiting + host.taken.len() as u64).sum();
        let (boards, requests) = (self.summary.boards.len(), self.summary.requests);
        on(Event::Progress { boards, requests, waiting });
    }

    /// Takes in what a task reports.
    fn settle(&mut self, batch: &mut Batch<'_>, done: Done) -> Result<(), CorpusError> {
        self.flying = self.flying.saturating_sub(1);
        self.summary.requests += 1;
        match done {
            Done::Robots { host, origin, row, took } => self.settle_robots(batch, &host, &origin, row, took),
            Done::Page { job, outcome, took } => self.settle_page(batch, &job, outcome, took),
        }
    }

    fn settle_robots(
        &mut self,
        batch: &mut Batch<'_>,
        host: &Arc<str>,
        origin: &str,
        row: RobotsRow,
        took: Duration,
    ) -> Result<(), CorpusError> {
        let now = Instant::now();
        batch.keep_robots(origin, &row)?;
        let answer = if row.status == 0 || row.status >= 500 { Answer::Failed } else { Answer::Fine };
        self.answered(batch, host, took, answer, "its robots.txt cannot be fetched")?;
        let waiting = match self.origins.remove(origin) {
            Some(Origin::Asking(waiting)) => waiting,
            _ => Vec::new(),
        };
        self.learn(host, origin, row, now);
        for job in waiting {
            self.host(host).taken.push_back(job);
        }
        self.schedule(host, now);
        Ok(())
    }

    fn settle_page(
        &mut self,
        batch: &mut Batch<'_>,
        job: &Job,
        outcome: Outcome,
        took: Duration,
    ) -> Result<(), CorpusError> {
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
                Outcome::Gone(why) => run.gone(batch, &job.request, &why, effects),
                Outcome::Blocked(why) | Outcome::Failed(why) | Outcome::Transient(why) => {
                    run.failed(batch, &job.request, &why, effects)
                }
                Outcome::Throttled(..) => Ok(()),
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
        if exhausted && !self.host(name).left {
            self.host(name).left = true;
            self.told.push(Told::Note(format!(
                "{name}: {reason} {THROTTLES} times in a row; left for a later run"
            )));
        }
        self.schedule(name, now);
        Ok(())
    }

    /// Does something to a board's look, queues what it leads to, and ends the look when nothing
    /// is pending any more.
    fn with_board(
        &mut self,
        batch: &mut Batch<'_>,
        board: &Board,
        act: impl FnOnce(&mut BoardRun, &mut Batch<'_>, &mut Effects) -> Result<(), CorpusError>,
    ) -> Result<(), CorpusError> {
        let Some(run) = self.boards.get_mut(board) else { return Ok(()) };
        let mut effects = Effects::default();
        act(run, batch, &mut effects)?;
        if run.pending == 0 {
            run.end(batch, &mut effects)?;
            self.boards.remove(board);
        }
        let now = Instant::now();
        for host in effects.queued {
            let host: Arc<str> = host.into();
            self.host(&host).waiting += 1;
            self.schedule(&host, now);
        }
        self.told.extend(effects.told);
        Ok(())
    }

    /// Reports the boards whose look did not end.
    fn finish(mut self, corpus: &mut Corpus, on: &mut dyn FnMut(Event<'_>)) -> Result<Summary, FetchError> {
        let why = match () {
            () if self.summary.interrupted => "interrupted",
            () if self.summary.budget_spent => "the budget is used up",
            () => "a host asked to be left alone",
        };
        let mut unfinished: Vec<BoardRun> = std::mem::take(&mut self.boards).into_values().collect();
        unfinished.sort_by(|a, b| a.board.cmp(&b.board));
        for mut run in unfinished {
            self.summary.left += run.pending;
            run.report.outcome = format!("left for the next run: {why}");
            on(Event::Board(&run.report));
            self.summary.boards.push(run.report);
        }
        let mut batch = corpus.batch()?;
        batch.restart_queue(std::iter::empty())?;
        batch.commit()?;
        Ok(self.summary)
    }
}

/// How long `later` is after `earlier`; zero when it is not.
fn age(earlier: Timestamp, later: Timestamp) -> Duration {
    Duration::try_from(later.duration_since(earlier)).unwrap_or(Duration::ZERO)
}

/// Half to one and a half times the pause, so that retries of many do not come all at once.
fn jitter(pause: Duration, seed: i64) -> Duration {
    let spread = seed.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54;
    pause.mul_f64(0.5 + spread as f64 / 1024.0)
}
