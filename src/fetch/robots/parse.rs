//! Reading the lines of a robots.txt.

use super::{Group, Robots, Rule};
use std::time::Duration;

/// What a line says.
enum Line<'l> {
    Agent(&'l str),
    Rule { allow: bool, pattern: &'l str },
    CrawlDelay(&'l str),
    Sitemap(&'l str),
    Signal(&'l str),
}

/// The RFC's `disallow` and the misspellings that Google's parser accepts.
const DISALLOW: &[&str] = &["disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"];

/// Longest line read, in bytes; the rest of a longer one is ignored, as Google's parser does.
const LINE_CAP: usize = 2083 * 8 - 1;

pub(super) fn parse(body: &[u8]) -> Robots {
    let text = String::from_utf8_lossy(without_mark(body));
    let mut robots = Robots::default();
    // A group takes further agents until its first rule.
    let mut open = false;
    for (number, line) in (1u32..).zip(lines(&text)) {
        match read(line) {
            Some(Line::Agent(agent)) => {
                if !open {
                    robots.groups.push(Group::default());
                    open = true;
                }
                if let Some(group) = robots.groups.last_mut() {
                    group.agents.push(token(agent).to_owned());
                }
            }
            Some(Line::Sitemap(url)) => robots.sitemaps.push(url.to_owned()),
            Some(Line::Rule { allow, pattern }) => {
                open = false;
                if let Some(group) = robots.groups.last_mut() {
                    add_rule(group, allow, pattern, number);
                }
            }
            Some(Line::CrawlDelay(seconds)) => {
                open = false;
                if let Some(group) = robots.groups.last_mut() {
                    group.crawl_delay = delay(seconds).or(group.crawl_delay);
                }
            }
            Some(Line::Signal(signals)) => {
                open = false;
                let no = signals.split(',').any(|signal| {
                    let compact: String = signal.split_whitespace().collect();
                    compact.eq_ignore_ascii_case("ai-input=no")
                });
                if let Some(group) = robots.groups.last_mut().filter(|_| no) {
                    group.no_ai_input = Some(number);
                }
            }
            None => {}
        }
    }
    robots
}

/// Drops a UTF-8 byte order mark, also one that lost its end.
fn without_mark(mut body: &[u8]) -> &[u8] {
    for byte in [0xef, 0xbb, 0xbf] {
        match body.split_first() {
            Some((first, rest)) if *first == byte => body = rest,
            _ => break,
        }
    }
    body
}

/// Lines, ended by `\n`, `\r\n` or `\r`.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r')).map(|line| {
        let mut end = line.len().min(LINE_CAP);
        while !line.is_char_boundary(end) {
            end -= 1;
        }
        line.get(..end).unwrap_or("")
    })
}

fn read(line: &str) -> Option<Line<'_>> {
    let line = line.split('#').next()?.trim();
    let (key, value) = match line.split_once(':') {
        Some((key, value)) => (key.trim(), value.trim()),
        // A forgotten colon: exactly two words.
        None => {
            let mut words = line.split_whitespace();
            let (key, value) = (words.next()?, words.next()?);
            if words.next().is_some() {
                return None;
            }
            (key, value)
        }
    };
    let key = key.to_ascii_lowercase();
    Some(match key.as_str() {
        "user-agent" | "useragent" | "user agent" => Line::Agent(value),
        "allow" => Line::Rule { allow: true, pattern: value },
        "sitemap" | "site-map" => Line::Sitemap(value),
        "crawl-delay" => Line::CrawlDelay(value),
        "content-signal" => Line::Signal(value),
        key if DISALLOW.contains(&key) => Line::Rule { allow: false, pattern: value },
        _ => return None,
    })
}

/// The product token at the start of an agent line; `*` when it stands alone.
fn token(agent: &str) -> &str {
    if agent.starts_with('*')
        && agent.get(1..).is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    {
        return "*";
    }
    let end = agent.bytes().position(|byte| !(byte.is_ascii_alphabetic() || byte == b'_' || byte == b'-'));
    agent.get(..end.unwrap_or(agent.len())).unwrap_or("")
}

fn add_rule(group: &mut Group, allow: bool, pattern: &str, line: u32) {
    if pattern.is_empty() {
        return;
    }
    let pattern = escape(pattern);
    // Allowing a folder's index page allows the folder.
    if allow && let Some(folder) = folder_of_index(&pattern) {
        group.rules.push(Rule { allow, pattern: format!("{folder}$"), line });
    }
    group.rules.push(Rule { allow, pattern, line });
}

fn folder_of_index(pattern: &str) -> Option<&str> {
    let (folder, page) = pattern.split_at(pattern.rfind('/')? + 1);
    page.starts_with("index.htm").then_some(folder)
}

fn delay(seconds: &str) -> Option<Duration> {
    let seconds: f64 = seconds.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// Percent-encodes what is not ASCII and writes escapes in upper case, as addresses have them.
fn escape(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let bytes = pattern.as_bytes();
    let hex_after =
        |at: usize| bytes.get(at + 1..at + 3).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit));
    let mut upper = 0_u8;
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'%' && hex_after(at) {
            upper = 3;
        }
        if !byte.is_ascii() {
            out.push_str(&format!("%{byte:02X}"));
        } else if upper > 0 {
            out.push(char::from(byte.to_ascii_uppercase()));
        } else {
            out.push(char::from(*byte));
        }
        upper = upper.saturating_sub(1);
    }
    out
}
