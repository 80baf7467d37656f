//! Storing what an answer held and what it leads to, in the batch it is given.

use super::cycle::{self, Look};
use super::keys;
use super::options::{BoardReport, Event, FetchOptions};
use super::pace::key_of;
use super::sources::{Board, Listing, Request, Source, Step, listing_of};
use super::visit::{Visited, is_conditional};
use crate::corpus::{Batch, Change, CloseReason, CorpusError, Progress, Validator};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use url::Url;

/// Redirects followed in a row.
const HOPS: u8 = 5;

/// Complete looks in a row that a posting must miss when the list had rows that could not be read.
const BLURRED_MISSES: u32 = 3;

/// A look at a board, as far as this run has it in mind. The corpus has the rest.
#[derive(Debug)]
pub(super) struct BoardRun {
    pub(super) board: Board,
    pub(super) source: &'static Source,
    pub(super) report: BoardReport,
    /// Requests waiting or in flight.
    pub(super) pending: u64,
    look: Option<Look>,
    /// Validator of the list, kept when the look ends well.
    validator: Option<([u8; 32], Validator)>,
}

/// What the rest of the run has to know about a stored answer.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// Requests queued, by host.
    pub(super) queued: Vec<String>,
    /// Events to tell once the batch is kept.
    pub(super) told: Vec<Told>,
}

/// An event that waits for its batch to be kept.
#[derive(Debug)]
pub(super) enum Told {
    Board(BoardReport),
    Rejected(Board, super::sources::Rejected),
    Note(String),
}

impl Told {
    pub(super) fn tell(&self, on: &mut dyn FnMut(Event<'_>)) {
        match self {
            Self::Board(report) => on(Event::Board(report)),
            Self::Rejected(board, rejected) => on(Event::Rejected(board, rejected)),
            Self::Note(note) => on(Event::Note(note.clone())),
        }
    }
}

impl BoardRun {
    /// A look that begins, or goes on where another run left `pending` requests.
    pub(super) fn new(board: Board, source: &'static Source, pending: u64) -> Self {
        let report = BoardReport {
            source: board.source.clone(),
            board: board.token.clone(),
            ..BoardReport::default()
        };
        Self { board, source, report, pending, look: None, validator: None }
    }

    fn names(&self) -> (&str, &str) {
        (&self.board.source, &self.board.token)
    }

    /// Queues a request; a redirect that leads back is a fault.
    pub(super) fn enqueue(
        &mut self,
        batch: &mut Batch<'_>,
        options: &FetchOptions,
        request: &Request,
        effects: &mut Effects,
    ) -> Result<bool, CorpusError> {
        let bare = match keys::without(&keys::secret(options, self.source.kind), &request.url) {
            Cow::Owned(url) => Some(Request { url, ..request.clone() }),
            Cow::Borrowed(_) => None,
        };
        let request = bare.as_ref().unwrap_or(request);
        let url = match target(options, self.source, &self.board, request) {
            Ok(url) => url,
            Err(why) => {
                batch.note_fault(&self.board.source, &self.board.token, &why)?;
                return Ok(false);
            }
        };
        let host = key_of(&url);
        let json = serde_json::to_string(request).unwrap_or_default();
        let names = (self.board.source.as_str(), self.board.token.as_str());
        let new = batch.enqueue(names, &fingerprint(&self.board, request), &host, &json)?;
        if new {
            self.pending += 1;
            effects.queued.push(host);
        }
        Ok(new)
    }

    /// Stores the content of a body.
    pub(super) fn read(
        &mut self,
        batch: &mut Batch<'_>,
        options: &FetchOptions,
        request: &Request,
        mut visited: Visited,
        effects: &mut Effects,
    ) -> Result<(), CorpusError> {
        let now = Timestamp::now();
        if let Some(body) = &visited.body {
            batch.keep_body(&visited.validator.body_hash, body, now)?;
        }
        if let Some(name) = &visited.company {
            batch.add_board(&self.board.source, &self.board.token, Some(name), now)?;
            self.report.name = Some(name.clone());
        }
        let kept = self.keep(batch, request, &mut visited, now)?;
        let (listed, met_first) = self.list(batch, options, &mut visited, now, effects)?;
        let is_part = matches!(request.step, Step::Part { .. });
        let rows = if is_part { met_first } else { visited.rows };
        let single = visited.next.is_empty() && is_conditional(request);
        for next in &visited.next {
            self.enqueue(batch, options, next, effects)?;
        }
        self.report.rejected += visited.rejected.len() as u64;
        let is_detail = matches!(request.step, Step::Detail { .. });
        self.report.found += rows;
        let progress = Progress {
            found: rows,
            total: visited.advertised_total,
            changes: kept + listed,
            capped: options.filter.is_some(),
            rejected: if is_detail { 0 } else { visited.rejected.len() as u64 },
            unread: 0,
        };
        batch.note_progress(self.names(), &progress)?;
        if let Some(why) = &visited.truncated {
            batch.note_fault(&self.board.source, &self.board.token, why)?;
        }
        let rejected = visited.rejected.into_iter().map(|r| Told::Rejected(self.board.clone(), r));
        effects.told.extend(rejected);
        if single {
            match request.step {
                Step::Detail { .. } => {
                    batch.keep_validator(&fingerprint(&self.board, request), &visited.validator)?;
                }
                _ => self.validator = Some((fingerprint(&self.board, request), visited.validator)),
            }
        }
        Ok(())
    }

    /// Stores whole postings, and what is told of others. Returns how many changed.
    fn keep(
        &mut self,
        batch: &mut Batch<'_>,
        request: &Request,
        visited: &mut Visited,
        now: Timestamp,
    ) -> Result<u64, CorpusError> {
        let mut changes = 0;
        for posting in std::mem::take(&mut visited.postings) {
            let key = posting.key().clone();
            let change = batch.upsert_prepared(posting, now)?;
            changes += u64::from(self.count(change));
            if let Step::Detail { stamp, .. } = &request.step {
                batch.set_stamp(&key, stamp)?;
            }
        }
        for key in &visited.left_out {
            batch.touch(key, now)?;
        }
        for key in &visited.closed {
            self.report.closed += u64::from(batch.close(key, now, CloseReason::PageGone)?);
        }
        Ok(changes)
    }

    /// Deals with all postings that the list gave without their bodies. Returns how many changed, and
    /// how many this look had not met before.
    fn list(
        &mut self,
        batch: &mut Batch<'_>,
        options: &FetchOptions,
        visited: &mut Visited,
        now: Timestamp,
        effects: &mut Effects,
    ) -> Result<(u64, u64), CorpusError> {
        let (mut changes, mut met_first) = (0, 0);
        let listings = std::mem::take(&mut visited.listings);
        if !listings.is_empty() {
            let row = batch.board(&self.board.source, &self.board.token)?;
            let since = row.and_then(|row| row.cycle).unwrap_or(now);
            for listing in listings {
                let seen = batch.seen_since(&listing.posting.key, since)?;
                // Of several rows of one posting, the first counts.
                if seen == Some(true) {
                    continue;
                }
                let (changed, queued) = self.listing(batch, options, listing, now, effects)?;
                changes += u64::from(changed);
                met_first += u64::from(seen.is_some() || queued);
            }
        }
        for address in std::mem::take(&mut visited.addresses) {
            let listing = listing_of(&self.board, address);
            if options.filter.as_ref().is_some_and(|wanted| !wanted(&listing.posting)) {
                batch.touch(&listing.posting.key, now)?;
                continue;
            }
            changes += u64::from(self.listing(batch, options, listing, now, effects)?.0);
        }
        Ok((changes, met_first))
    }

    /// Deals with a posting that the list gave without its body. Returns whether it changed, and
    /// whether its page was queued.
    fn listing(
        &mut self,
        batch: &mut Batch<'_>,
        options: &FetchOptions,
        listing: Listing,
        now: Timestamp,
        effects: &mut Effects,
    ) -> Result<(bool, bool), CorpusError> {
        let Some(mut detail) = listing.detail else {
            let change = batch.upsert(&listing.posting, now)?;
            return Ok((self.count(change), false));
        };
        let key = listing.posting.key.clone();
        let stamp = stamp(&listing.posting);
        let known = batch.touch(&key, now)?;
        if !listing.unsure && batch.stamp(&key)?.is_some_and(|known| known == stamp) {
            return Ok((known.is_some_and(|change| self.count(change)), false));
        }
        detail.step = Step::Detail { posting: Box::new(listing.posting), stamp };
        let queued = self.enqueue(batch, options, &detail, effects)?;
        Ok((false, queued))
    }

    fn count(&mut self, change: Change) -> bool {
        let slot = match change {
            Change::New => &mut self.report.new,
            Change::Changed => &mut self.report.changed,
            Change::Reopened => &mut self.report.reopened,
            Change::Unchanged => return false,
        };
        *slot += 1;
        true
    }

    /// The server says that nothing changed.
    pub(super) fn unchanged(&mut self, batch: &mut Batch<'_>, request: &Request) -> Result<(), CorpusError> {
        let now = Timestamp::now();
        match &request.step {
            Step::Detail { posting, stamp } => {
                batch.touch(&posting.key, now)?;
                batch.set_stamp(&posting.key, stamp)
            }
            _ => {
                self.look = Some(Look::Unchanged);
                self.report.found += batch.touch_board(&self.board.source, &self.board.token, now)?;
                Ok(())
            }
        }
    }

    /// A redirect: the request is queued again, so that the new address passes every gate.
    pub(super) fn moved(
        &mut self,
        batch: &mut Batch<'_>,
        options: &FetchOptions,
        request: &Request,
        to: &Url,
        effects: &mut Effects,
    ) -> Result<(), CorpusError> {
        let to = keys::without(&keys::secret(options, self.source.kind), to.as_str()).into_owned();
        let next = Request { url: to.clone(), hops: request.hops + 1, ..request.clone() };
        if next.hops > HOPS {
            return self.failed(batch, request, "more than 5 redirects in a row", effects);
        }
        if !self.enqueue(batch, options, &next, effects)? {
            return self.failed(batch, request, &format!("a redirect in a circle, to {to}"), effects);
        }
        Ok(())
    }

    /// The address is gone.
    pub(super) fn gone(
        &mut self,
        batch: &mut Batch<'_>,
        options: &FetchOptions,
        request: &Request,
        why: &str,
        effects: &mut Effects,
    ) -> Result<(), CorpusError> {
        match &request.step {
            Step::List { at: 0, .. } => {
                if let Some(other) = (self.source.elsewhere)(&self.board) {
                    for request in (self.source.start)(&other) {
                        if self.enqueue(batch, options, &request, effects)? {
                            return Ok(());
                        }
                    }
                }
                self.look = Some(Look::NoSuchBoard(why.to_owned()));
                Ok(())
            }
            Step::Detail { posting, .. } => {
                let closed = batch.close(&posting.key, Timestamp::now(), CloseReason::PageGone)?;
                self.report.closed += u64::from(closed);
                Ok(())
            }
            _ => self.failed(batch, request, why, effects),
        }
    }

    /// A request failed for good. A list that lacks a page is not complete; a posting that lacks
    /// its body is stored without, and asked for again in the next look.
    pub(super) fn failed(
        &mut self,
        batch: &mut Batch<'_>,
        request: &Request,
        why: &str,
        effects: &mut Effects,
    ) -> Result<(), CorpusError> {
        let Step::Detail { posting, .. } = &request.step else {
            let place = match &request.step {
                Step::List { at, .. } if *at > 0 => format!("page at {at}: "),
                Step::Part { at, .. } => format!("page at {at} of a part: "),
                _ => String::new(),
            };
            return batch.note_fault(&self.board.source, &self.board.token, &format!("{place}{why}"));
        };
        batch.note_progress(self.names(), &Progress { unread: 1, ..Progress::default() })?;
        if !posting.title.is_empty() {
            let change = batch.upsert(posting, Timestamp::now())?;
            self.count(change);
        }
        let rejected = super::sources::Rejected { place: posting.key.to_string(), reason: why.to_owned() };
        self.report.rejected += 1;
        effects.told.push(Told::Rejected(self.board.clone(), rejected));
        Ok(())
    }

    /// Ends the look: nothing is pending any more.
    pub(super) fn end(&mut self, batch: &mut Batch<'_>, effects: &mut Effects) -> Result<(), CorpusError> {
        let (source, board) = (self.board.source.clone(), self.board.token.clone());
        let Some(row) = batch.board(&source, &board)? else { return Ok(()) };
        let now = Timestamp::now();
        let since = row.cycle.unwrap_or(now);
        let open = batch.open_since_before(&source, &board, since)?;
        let look = match (&row.cycle_fault, self.look.take()) {
            (_, Some(look)) => look,
            (fault, None) => Look::Listed { fault: fault.clone() },
        };
        let mut judged = cycle::judge(&row, &look, open, now);
        if judged.settle {
            // A row that could not be read may be a posting that is still open.
            let least = if row.cycle_rejected > 0 { BLURRED_MISSES } else { 1 };
            let misses = self.source.misses_to_close.max(least);
            self.report.closed += batch.settle_listing(&source, &board, since, now, misses)?;
        }
        if judged.gone {
            self.report.closed += batch.close_board(&source, &board, now)?;
        }
        // Only of a list that was read to the last row.
        let is_whole = judged.end.complete && !row.cycle_capped && row.cycle_rejected + row.cycle_unread == 0;
        if let Some((fingerprint, validator)) = self.validator.take().filter(|_| is_whole) {
            batch.keep_validator(&fingerprint, &validator)?;
        }
        if row.cycle_unread > 0 {
            judged.end.outcome.push_str(&format!(", {} postings could not be read", row.cycle_unread));
        }
        batch.end_cycle(&source, &board, now, &judged.end)?;
        self.report.found = self.report.found.max(row.cycle_found);
        self.report.complete = judged.end.complete && row.cycle_unread == 0;
        self.report.state = Some(judged.end.state);
        self.report.name = self.report.name.take().or(row.name);
        self.report.outcome = judged.end.outcome;
        effects.told.push(Told::Board(self.report.clone()));
        Ok(())
    }
}

/// Where a request really goes: its own address, or the same path on a mirror. Redirects are
/// not sent to the mirror again. With the user's keys where they belong.
pub(super) fn target(
    options: &FetchOptions,
    source: &Source,
    board: &Board,
    request: &Request,
) -> Result<Url, String> {
    let bad = |error: url::ParseError| format!("not an address: {}: {error}", request.url);
    let mut url = Url::parse(&request.url).map_err(bad)?;
    for (name, value) in keys::params(options, source, board, &url) {
        url.query_pairs_mut().append_pair(name, value);
    }
    match options.base_urls.get(source.kind).filter(|_| request.hops == 0) {
        Some(base) => {
            let mut path = url.path().to_owned();
            if let Some(query) = url.query() {
                path.push('?');
                path.push_str(query);
            }
            base.join(&path).map_err(bad)
        }
        None => Ok(url),
    }
}

/// What makes two requests the same: board, and the posting (lists show some at several addresses)
/// or address and body. What one board has read, another one that leads to the same page has not.
pub(super) fn fingerprint(board: &Board, request: &Request) -> [u8; 32] {
    let hash = Sha256::new().chain_update(board.to_string()).chain_update([0]);
    if let (Step::Detail { posting, .. }, 0) = (&request.step, request.hops) {
        return hash.chain_update(&posting.key.native_id).finalize().into();
    }
    let hash = hash.chain_update(&request.url).chain_update([0]);
    hash.chain_update(request.body.as_deref().unwrap_or("")).finalize().into()
}

/// A digest of what a list says about a posting: another one means that its page is worth a look.
fn stamp(posting: &crate::posting::Posting) -> String {
    let json = serde_json::to_vec(posting).unwrap_or_default();
    Sha256::digest(json).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
