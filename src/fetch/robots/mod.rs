//! robots.txt by RFC 9309, with a matcher whose time is linear in rule and path.
//!
//! Follows Google's reference implementation where the RFC leaves room (all 145 of its allow and
//! deny assertions hold): known misspellings of `disallow`, a missing colon, `index.html` meaning
//! its folder, and no decoding of percent-encoded letters. The longest pattern decides; of two
//! equally long ones `Allow` does. Beyond the RFC it reads `Crawl-delay`, `Sitemap` and
//! `Content-Signal`; the first and the last are rules to us, so an agent line after one of them
//! begins a new group (to Google, which knows neither, it would join the old one).

mod parse;

use memchr::memmem;
use std::time::Duration;

/// Bytes of a file that are read; the RFC asks for at least 500 KiB.
pub const SIZE_CAP: usize = 500 << 10;

/// A rule: where it stands and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    allow: bool,
    /// Percent-encoded, escapes in upper case.
    pattern: String,
    line: u32,
}

/// Rules for a set of agents.
#[derive(Clone, Debug, Default, PartialEq)]
struct Group {
    /// Product tokens as written; `*` for all.
    agents: Vec<String>,
    rules: Vec<Rule>,
    crawl_delay: Option<Duration>,
    /// `ai-input=no` was signalled, on this line.
    no_ai_input: Option<u32>,
}

/// A parsed robots.txt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Robots {
    groups: Vec<Group>,
    sitemaps: Vec<String>,
}

/// Whether an address may be fetched, and which line says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// It may.
    pub allowed: bool,
    /// The line that decided, from 1; `None` when no rule matched.
    pub line: Option<u32>,
    /// The rule, as read.
    pub rule: Option<String>,
}

impl Robots {
    /// Reads a file. Never fails: what cannot be understood is skipped, as the RFC asks.
    #[must_use]
    pub fn parse(body: &[u8]) -> Self {
        parse::parse(body.get(..SIZE_CAP).unwrap_or(body))
    }

    /// Whether `agent` (a product token, e.g. `rungs`) may fetch `path` (with its query, as sent
    /// on the wire: percent-encoded, beginning with `/`).
    ///
    /// ```
    /// use rungs::fetch::robots::Robots;
    /// let robots = Robots::parse(b"User-agent: *\nDisallow: /private/\nAllow: /private/jobs$");
    /// assert!(robots.check("rungs", "/private/jobs").allowed);
    /// assert_eq!(robots.check("rungs", "/private/x").line, Some(2));
    /// ```
    #[must_use]
    pub fn check(&self, agent: &str, path: &str) -> Verdict {
        let path = path.split('#').next().unwrap_or("");
        let path = if path.starts_with('/') { path } else { "/" };
        let best = self
            .groups_of(agent)
            .flat_map(|group| &group.rules)
            .filter(|rule| matches(&rule.pattern, path))
            .max_by_key(|rule| (rule.pattern.len(), rule.allow));
        match best {
            Some(rule) => Verdict {
                allowed: rule.allow,
                line: Some(rule.line),
                rule: Some(format!("{}: {}", if rule.allow { "Allow" } else { "Disallow" }, rule.pattern)),
            },
            None => Verdict { allowed: true, line: None, rule: None },
        }
    }

    /// Seconds that the file asks `agent` to leave between requests.
    #[must_use]
    pub fn crawl_delay(&self, agent: &str) -> Option<Duration> {
        self.groups_of(agent).filter_map(|group| group.crawl_delay).max()
    }

    /// The line that asks `agent` not to feed texts to AI (`Content-Signal: ai-input=no`).
    #[must_use]
    pub fn no_ai_input(&self, agent: &str) -> Option<u32> {
        self.groups_of(agent).find_map(|group| group.no_ai_input)
    }

    /// Addresses of sitemaps, as written.
    #[must_use]
    pub fn sitemaps(&self) -> &[String] {
        &self.sitemaps
    }

    /// All groups that name the agent, else those for everyone.
    fn groups_of<'r>(&'r self, agent: &'r str) -> impl Iterator<Item = &'r Group> {
        let named = move |group: &&Group| {
            group.agents.iter().any(|name| name.eq_ignore_ascii_case(agent) && name != "*")
        };
        let specific = self.groups.iter().any(|group| named(&group));
        self.groups.iter().filter(move |group| {
            if specific { named(group) } else { group.agents.iter().any(|name| name == "*") }
        })
    }
}

/// Whether `pattern` matches the beginning of `path`, or all of it when it ends in `$`.
///
/// `*` stands for anything. The pieces between stars are looked for one after the other, each
/// from where the one before ended, so no byte is looked at twice for one piece.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, anchored) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let path = path.as_bytes();
    let mut pieces = pattern.split('*').map(str::as_bytes).peekable();
    let Some(mut rest) = pieces.next().and_then(|first| path.strip_prefix(first)) else { return false };
    if pieces.peek().is_none() {
        return !anchored || rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() && anchored {
            return rest.ends_with(piece);
        }
        let Some(after) = memmem::find(rest, piece).and_then(|at| rest.get(at + piece.len()..)) else {
            return false;
        };
        rest = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn wildcards() {
        for (pattern, path, expected) in [
            ("/", "/any", true),
            ("/a*b", "/axxb/more", true),
            ("/a*b$", "/axxb/more", false),
            ("/a*b$", "/axxbxb", true),
            ("/a*", "/a", true),
            ("/*$", "/x", true),
            ("/ab*ba$", "/aba", false),
            ("/$", "/", true),
            ("*/x", "/a/x", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn reads_delay_sitemaps_and_signals() {
        let robots = Robots::parse(
            b"Sitemap: https://a.example/s.xml\nUser-agent: *\nCrawl-delay: 2.5\nContent-Signal: search=yes, ai-input=no\n\
              User-agent: rungs\nCrawl-delay: 1\n",
        );
        assert_eq!(robots.crawl_delay("other"), Some(Duration::from_millis(2500)));
        assert_eq!(robots.crawl_delay("Rungs"), Some(Duration::from_secs(1)));
        assert_eq!((robots.no_ai_input("other"), robots.no_ai_input("rungs")), (Some(4), None));
        assert_eq!(robots.sitemaps(), ["https://a.example/s.xml"]);
    }

    /// The least of several measurements: others use the machine, too.
    fn least(mut act: impl FnMut()) -> Duration {
        let once = |_| {
            let start = Instant::now();
            act();
            start.elapsed()
        };
        (0..20).map(once).min().unwrap()
    }

    /// Rules of so many stars, the letters between which nearly match everywhere in the path.
    fn hostile(rules: usize, stars: usize) -> String {
        format!("User-agent: *\n{}", format!("Disallow: /{}x\n", "*aab".repeat(stars)).repeat(rules))
    }

    #[test]
    fn a_hostile_file_costs_no_time() {
        // 8 kB of wildcards, and the larger file of a thousand rules of 80 stars.
        for (rules, stars) in [(80, 25), (1000, 80)] {
            let body = hostile(rules, stars);
            let path = format!("/{}", "a".repeat(2000));
            let spent = least(|| {
                assert!(Robots::parse(body.as_bytes()).check("rungs", &path).allowed);
            });
            // Ten milliseconds is the goal in a release build; debug builds are slower.
            let limit = if cfg!(debug_assertions) { 300 } else { 10 };
            assert!(spent < Duration::from_millis(limit), "{rules} rules of {stars} stars: {spent:?}");
        }
    }

    #[test]
    fn time_grows_with_the_file_and_the_path_and_not_faster() {
        let path = |length: usize| format!("/{}", "aab".repeat(length / 3));
        let time = |rules: usize, stars: usize, length: usize| {
            let robots = Robots::parse(hostile(rules, stars).as_bytes());
            let path = path(length);
            least(|| {
                assert!(robots.check("rungs", &path).allowed);
            })
        };
        // So little that it is done before others get their turn.
        let base = time(3, 40, 2000);
        for (name, larger) in [
            ("eight times the rules", time(24, 40, 2000)),
            ("eight times the stars", time(3, 320, 2000)),
            ("eight times the path", time(3, 40, 16_000)),
        ] {
            // Eight times the work, and as much again for a busy machine; were time the square
            // of the work, it would be 64 times.
            assert!(larger < base * 24, "{name}: {larger:?} after {base:?}");
        }
    }

    #[test]
    fn parsing_any_bytes_is_harmless() {
        for body in [
            b"\xff\xfe\0User-agent".as_slice(),
            b"\r\r\n\n:",
            b"disallow: /",
            b"User-agent: \xf0\nDisallow: /\xff",
        ] {
            let _ = Robots::parse(body).check("rungs", "/x");
        }
    }
}
