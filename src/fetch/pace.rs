//! Politeness: when the next request to a host may leave.
//!
//! Hosts are grouped by who runs them: the registrable domain (one portal serves thousands of
//! boards), or the address where there is no name. A [`Gate`] per group spaces requests, slows
//! down when the server does, halves its rate when told "too many", and stops for a while when
//! a host keeps failing. Pure but for the clock, which callers pass in.

use std::collections::VecDeque;
use std::time::{Duration, Instant};
use url::{Host, Url};

/// Longest `Crawl-delay` that is waited for; hosts that ask for more are left out.
pub const LONGEST_CRAWL_DELAY: Duration = Duration::from_secs(60);

/// Longest `Retry-After` believed.
pub const LONGEST_HOLD: Duration = Duration::from_secs(24 * 3600);

/// Slowest that "too many requests" can make a host: this many times its interval.
const SLOWEST: f64 = 32.0;

/// How a group of hosts is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Time from one request to the next.
    pub interval: Duration,
    /// Requests under way at once.
    pub in_flight: usize,
}

/// How politely to fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Politeness {
    /// For hosts that the table of portals does not name.
    pub default: Pace,
    /// Use the table of portals.
    pub portals: bool,
    /// Leave at least as much time as the last answer took.
    pub adapt: bool,
    /// How long a host is left alone that said "too many" without saying for how long.
    pub hold: Duration,
    /// This many failures within `breaker_window` open the breaker.
    pub breaker_failures: usize,
    /// See `breaker_failures`.
    pub breaker_window: Duration,
    /// How long an open breaker keeps a host alone before one request probes it.
    pub breaker_pause: Duration,
}

impl Default for Politeness {
    /// One request a second, two at once; breaker: 3 failures in 10 minutes, 30 minutes of rest.
    fn default() -> Self {
        Self {
            default: Pace { interval: Duration::from_secs(1), in_flight: 2 },
            portals: true,
            adapt: true,
            hold: Duration::from_secs(60),
            breaker_failures: 3,
            breaker_window: Duration::from_secs(600),
            breaker_pause: Duration::from_secs(1800),
        }
    }
}

impl Politeness {
    /// No spacing at all: for a mirror on this machine.
    #[must_use]
    pub fn unpaced(in_flight: usize) -> Self {
        Self {
            default: Pace { interval: Duration::ZERO, in_flight },
            portals: false,
            adapt: false,
            ..Self::default()
        }
    }

    /// The pace for a group of hosts.
    #[must_use]
    pub fn pace(&self, key: &str) -> Pace {
        let millis = match key {
            _ if !self.portals => return self.default,
            // Asks for one second in robots.txt, documents two requests a second.
            "lever.co" => 1_000,
            // Strict limits per address.
            "workable.com" => 2_000,
            // Documented: 100 requests in 10 minutes.
            "rippling.com" => 6_500,
            _ => return self.default,
        };
        Pace { interval: Duration::from_millis(millis), ..self.default }
    }
}

/// The group that a host belongs to: registrable domain, else address, else the name itself.
#[must_use]
pub fn key_of(url: &Url) -> String {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            psl::domain_str(&name).unwrap_or(&name).to_owned()
        }
        Some(Host::Ipv4(address)) => address.to_string(),
        Some(Host::Ipv6(address)) => address.to_string(),
        None => String::new(),
    }
}

/// How a request ended, as far as its host is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It answered properly (not found is proper).
    Fine,
    /// It said that there were too many, perhaps for how long to wait.
    Throttled(Option<Duration>),
    /// It failed.
    Failed,
    /// The request did not get as far as to it, which is not its fault.
    Unreached,
}

/// Lets requests to one group of hosts through.
#[derive(Debug)]
pub struct Gate {
    politeness: Politeness,
    pace: Pace,
    crawl_delay: Duration,
    slowness: f64,
    latency: Duration,
    next: Instant,
    in_flight: usize,
    failures: VecDeque<Instant>,
    probing: bool,
}

impl Gate {
    /// A gate that is open at `now`.
    #[must_use]
    pub fn new(politeness: Politeness, key: &str, now: Instant) -> Self {
        Self {
            politeness,
            pace: politeness.pace(key),
            crawl_delay: Duration::ZERO,
            slowness: 1.0,
            latency: Duration::ZERO,
            next: now,
            in_flight: 0,
            failures: VecDeque::new(),
            probing: false,
        }
    }

    /// Takes a robots file's `Crawl-delay` into account: one request at a time, and the delay
    /// counts from the end of the answer, so that it holds by the server's clock however long
    /// either request was on its way.
    pub fn obey_delay(&mut self, delay: Duration) {
        self.crawl_delay = self.crawl_delay.max(delay);
    }

    /// Nothing leaves before `until`.
    pub fn hold(&mut self, until: Instant) {
        self.next = self.next.max(until);
    }

    /// Time between requests as things are.
    #[must_use]
    pub fn interval(&self) -> Duration {
        let interval = self.pace.interval.max(self.crawl_delay).max(self.latency);
        interval.mul_f64(self.slowness)
    }

    /// Whether the gate spaces requests at all.
    #[must_use]
    pub fn is_paced(&self) -> bool {
        !self.interval().is_zero()
    }

    /// When the next request may leave; `None` while as many are under way as may be.
    #[must_use]
    pub fn opens(&self) -> Option<Instant> {
        let alone = self.probing || !self.crawl_delay.is_zero();
        let limit = if alone { 1 } else { self.pace.in_flight };
        (self.in_flight < limit).then_some(self.next)
    }

    /// A request leaves.
    pub fn sent(&mut self, now: Instant) {
        self.in_flight += 1;
        self.next = self.next.max(now + self.interval());
    }

    /// A request ended after `took`. Returns until when its host is to be left alone, if so.
    pub fn answered(&mut self, now: Instant, took: Duration, answer: Answer) -> Option<Instant> {
        self.in_flight = self.in_flight.saturating_sub(1);
        if !self.crawl_delay.is_zero() {
            self.hold(now + self.crawl_delay);
        }
        if self.politeness.adapt && answer != Answer::Unreached {
            self.latency = took;
        }
        match answer {
            Answer::Fine => {
                self.slowness = (self.slowness - 0.1).max(1.0);
                self.probing = false;
                self.failures.clear();
                None
            }
            Answer::Throttled(wait) => {
                self.slowness = (self.slowness * 2.0).min(SLOWEST);
                let until = now + wait.unwrap_or(self.politeness.hold).min(LONGEST_HOLD);
                self.hold(until);
                Some(until)
            }
            Answer::Failed => self.failed(now),
            Answer::Unreached => None,
        }
    }

    fn failed(&mut self, now: Instant) -> Option<Instant> {
        self.failures.push_back(now);
        while self.failures.front().is_some_and(|at| now - *at > self.politeness.breaker_window) {
            self.failures.pop_front();
        }
        if !self.probing && self.failures.len() < self.politeness.breaker_failures {
            return None;
        }
        self.failures.clear();
        self.probing = true;
        let until = now + self.politeness.breaker_pause;
        self.hold(until);
        Some(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const NOTHING: Duration = Duration::ZERO;

    fn gate(now: Instant) -> Gate {
        Gate::new(Politeness::default(), "acme.example", now)
    }

    #[test]
    fn one_operator_is_one_key() {
        for (url, key) in [
            ("https://boards-api.greenhouse.io/v1", "greenhouse.io"),
            ("https://acme.recruitee.com/api/offers/", "recruitee.com"),
            ("https://other.recruitee.com/", "recruitee.com"),
            ("https://acme.jobs.personio.de/xml", "personio.de"),
            ("https://acme.teamtailor.com/jobs.rss", "teamtailor.com"),
            ("https://acme.wd5.myworkdayjobs.com/x", "myworkdayjobs.com"),
            ("https://acme.breezy.hr/json", "breezy.hr"),
            ("https://acme.pinpointhq.com/x", "pinpointhq.com"),
            ("https://careers-acme.icims.com/x", "icims.com"),
            ("https://jobs.acme.co.uk/", "acme.co.uk"),
            ("http://127.0.0.7:8080/", "127.0.0.7"),
            ("http://localhost:8080/", "localhost"),
        ] {
            assert_eq!(key_of(&Url::parse(url).unwrap()), key);
        }
    }

    #[test]
    fn spaces_requests_and_limits_how_many_are_under_way() {
        let start = Instant::now();
        let mut gate = gate(start);
        assert_eq!(gate.opens(), Some(start));
        gate.sent(start);
        assert_eq!(gate.opens(), Some(start + SECOND));
        gate.sent(start + SECOND);
        assert_eq!(gate.opens(), None);
        gate.answered(start + 2 * SECOND, NOTHING, Answer::Fine);
        assert_eq!(gate.opens(), Some(start + 2 * SECOND));
    }

    #[test]
    fn obeys_crawl_delay_and_latency() {
        let start = Instant::now();
        let mut gate = gate(start);
        gate.obey_delay(5 * SECOND);
        gate.sent(start);
        assert_eq!(gate.opens(), None, "one at a time");
        gate.answered(start + 3 * SECOND, SECOND, Answer::Fine);
        assert_eq!(gate.opens(), Some(start + 8 * SECOND), "from the end of the answer");
        gate.sent(start + 8 * SECOND);
        gate.answered(start + 9 * SECOND, 9 * SECOND, Answer::Fine);
        assert_eq!((gate.interval(), gate.opens()), (9 * SECOND, Some(start + 14 * SECOND)));
    }

    #[test]
    fn too_many_halves_the_rate_and_fine_answers_bring_it_back() {
        let start = Instant::now();
        let mut gate = gate(start);
        gate.sent(start);
        let until = gate.answered(start, NOTHING, Answer::Throttled(Some(30 * SECOND)));
        assert_eq!(until, Some(start + 30 * SECOND));
        assert_eq!((gate.opens(), gate.interval()), (until, 2 * SECOND));
        for _ in 0..20 {
            gate.answered(start, NOTHING, Answer::Fine);
        }
        assert_eq!(gate.interval(), SECOND);
        let far = gate.answered(start, NOTHING, Answer::Throttled(Some(Duration::from_secs(999_999))));
        assert_eq!(far, Some(start + LONGEST_HOLD));
    }

    #[test]
    fn three_failures_open_the_breaker_and_one_probe_closes_it() {
        let start = Instant::now();
        let mut gate = gate(start);
        assert_eq!(gate.answered(start, NOTHING, Answer::Failed), None);
        assert_eq!(gate.answered(start, NOTHING, Answer::Failed), None);
        let until = start + 1800 * SECOND;
        assert_eq!(gate.answered(start, NOTHING, Answer::Failed), Some(until));
        gate.sent(until);
        assert_eq!(gate.opens(), None, "one probe at a time");
        assert_eq!(gate.answered(until, NOTHING, Answer::Failed), Some(until + 1800 * SECOND));
        gate.sent(until);
        gate.answered(until, NOTHING, Answer::Fine);
        gate.sent(until);
        assert!(gate.opens().is_some(), "closed again");
    }

    #[test]
    fn failures_far_apart_do_not_add_up() {
        let start = Instant::now();
        let mut gate = gate(start);
        for minutes in [0, 11, 22, 33] {
            assert_eq!(gate.answered(start + minutes * 60 * SECOND, NOTHING, Answer::Failed), None);
        }
    }
}
