//! The loop of a run: takes what is due, sends it, stores what comes back.
//!
//! One task owns the corpus and decides; others fetch and parse. Everything that a turn of the
//! loop learns and decides goes into one transaction, and requests leave only after it is kept.

mod answer;
mod dispatch;

use super::http::{Guard, Http, HttpError};
use super::options::{Event, FetchError, FetchOptions, Summary};
use super::pace::Gate;
use super::rules::{HostRules, RobotsFile};
use super::settle::{BoardRun, Effects, Told};
use super::sources::{Board, Request, Source, source};
use super::visit::{Outcome, Visit};
use crate::corpus::{Batch, Corpus, CorpusError, QueuedRequest};
use jiff::Timestamp;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::fs::{File, TryLockError};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use url::Url;

/// Answers stored in one transaction at most.
const GROUP: usize = 256;

/// Threads that fetch and parse.
const THREADS: usize = 2;

/// How often the loop looks whether it is to stop.
const TICK: Duration = Duration::from_millis(100);

/// A look that began longer ago is begun afresh: its first pages are old news.
const STALE: Duration = Duration::from_secs(24 * 3600);

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
    Rules { asked: RulesAsked, file: Result<RobotsFile, HttpError>, took: Duration },
}

/// A file of rules on its way.
struct RulesAsked {
    host: Arc<str>,
    origin: String,
    /// What its robots file says, when it is asked for its reservations.
    known: Option<HostRules>,
}

/// A task to start once the batch is kept.
enum Launch {
    Page(Box<(Job, Visit)>),
    Rules { asked: RulesAsked, url: Url, pause: Duration },
}

struct Host {
    gate: Gate,
    /// Taken from the queue, not sent yet.
    taken: VecDeque<Job>,
    /// Requests in the queue.
    waiting: u64,
    /// Earliest entry in the heap of wake-ups.
    scheduled: Option<Instant>,
    /// Why this run asks it nothing more.
    left: Option<String>,
    /// Left because neither it nor the network was met; an answer from anybody ends that.
    unreached: bool,
    throttled: u32,
}

enum Origin {
    /// Its robots file, or that of its reservations, is being fetched; these wait for it.
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
    /// Somebody answered in this run.
    answered: bool,
    /// Requests in a row, whoever they were for, that met neither host nor network.
    unmet: usize,
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
            answered: false,
            unmet: 0,
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
        let waiting = left.keys().map(|b| (b.source.as_str(), b.token.as_str(), self.boards.contains_key(b)));
        batch.restart_queue(waiting)?;
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
        let mut unfinished: Vec<BoardRun> = std::mem::take(&mut self.boards).into_values().collect();
        unfinished.sort_by(|a, b| a.board.cmp(&b.board));
        for mut run in unfinished {
            self.summary.left += run.pending;
            let (source, board) = (&run.board.source, &run.board.token);
            let hosts = corpus.hosts_of(source, board)?;
            let (unreached, why) = self.why_left(&hosts);
            run.report.outcome = format!("left for the next run: {why}");
            run.report.unreached = unreached;
            on(Event::Board(&run.report));
            if unreached {
                self.summary.no_network.get_or_insert(why);
            }
            self.summary.boards.push(run.report);
        }
        Ok(self.summary)
    }
}

impl State<'_> {
    /// Why requests to these hosts wait for the next run, and whether that is because the network
    /// seems to be away.
    fn why_left(&self, hosts: &[String]) -> (bool, String) {
        if self.summary.interrupted {
            return (false, "interrupted".into());
        }
        if self.summary.budget_spent {
            return (false, "the budget is used up".into());
        }
        let mut left = hosts.iter().filter_map(|name| {
            let host = self.hosts.get(name.as_str())?;
            Some((name, host.unreached, host.left.as_deref()?))
        });
        match left.next() {
            Some((_, true, why)) => (true, why.to_owned()),
            Some((name, false, why)) => (false, format!("{name}: {why}")),
            None => (false, "its turn did not come".into()),
        }
    }
}

/// How long `later` is after `earlier`; zero when it is not.
fn age(earlier: Timestamp, later: Timestamp) -> Duration {
    Duration::try_from(later.duration_since(earlier)).unwrap_or(Duration::ZERO)
}
