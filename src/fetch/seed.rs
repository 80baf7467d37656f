//! The boards that ship with the program, and finding the board behind a page.

use super::pace::key_of;
use super::sources::{self, Board};
use crate::posting::employer_key;
use serde::Serialize;
use std::collections::BTreeMap;
use url::Url;

/// Made by `data/boards/build.py`; see `data/boards/README.md` for where it comes from.
const BOARDS: &str = include_str!("../../data/boards/boards.tsv");

/// A board that ships with the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SeedBoard {
    /// The employer, or the token where the name is not known.
    pub name: &'static str,
    /// Source kind.
    pub source: &'static str,
    /// The board's token.
    pub token: &'static str,
}

/// All boards that ship with the program, by name.
pub fn seed_boards() -> impl Iterator<Item = SeedBoard> {
    BOARDS.lines().skip(1).filter_map(|line| {
        let mut columns = line.split('\t');
        Some(SeedBoard { name: columns.next()?, source: columns.next()?, token: columns.next()? })
    })
}

/// Boards whose name or token holds every word of `text`; exact names first.
#[must_use]
pub fn search_seed(text: &str) -> Vec<SeedBoard> {
    let wanted = text.to_lowercase();
    let words: Vec<&str> = wanted.split_whitespace().collect();
    let holds = |board: &SeedBoard| {
        let all = format!("{} {}", board.name, board.token).to_lowercase();
        words.iter().all(|word| all.contains(word))
    };
    let mut found: Vec<SeedBoard> = seed_boards().filter(holds).collect();
    let key = employer_key(&wanted);
    found.sort_by_key(|board| (employer_key(board.name) != key, board.name.len(), board.token));
    found
}

/// Boards that a web page links to or embeds, most often named first.
///
/// Reads addresses wherever they stand: links, scripts, escaped JSON. Also reads the settings of
/// embedded lists (`boardToken`, Greenhouse's `for=`).
#[must_use]
pub fn boards_in_page(html: &str) -> Vec<Board> {
    let text = html.replace("\\/", "/").replace("&amp;", "&");
    let mut counts: BTreeMap<Board, usize> = BTreeMap::new();
    for (start, _) in text.match_indices("//") {
        let tail = text.get(start..).unwrap_or("");
        let end = tail.find(|c: char| c.is_whitespace() || "\"'<>\\)(`".contains(c)).unwrap_or(tail.len());
        let Ok(url) = Url::parse(&format!("https:{}", tail.get(..end).unwrap_or(""))) else { continue };
        if let Some(board) = portal_of(&url) {
            *counts.entry(board).or_default() += 1;
        }
    }
    for (setting, source) in [("boardToken", "greenhouse"), ("leverJobsOptions", "lever")] {
        for (at, _) in text.match_indices(setting) {
            let tail: String = text.get(at + setting.len()..).unwrap_or("").chars().take(120).collect();
            let after = tail.split_once("accountName").map_or(tail.as_str(), |(_, rest)| rest);
            let quoted = after.split(['"', '\'']).find(|part| is_token(part));
            if let Some(token) = quoted.filter(|_| sources::source(source).is_some()) {
                *counts.entry(Board::new(source, token)).or_default() += 1;
            }
        }
    }
    let mut found: Vec<(Board, usize)> = counts.into_iter().collect();
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    found.into_iter().map(|(board, _)| board).collect()
}

/// Pages of the same company that a web page links to and that are about jobs, by their address:
/// the shortest first.
pub(super) fn career_links(html: &str, base: &Url) -> Vec<Url> {
    let operator = key_of(base);
    let mut found: Vec<Url> = html
        .split("href=")
        .skip(1)
        .filter_map(|rest| {
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
            let link = match quote {
                Some(quote) => rest.get(1..)?.split(quote).next()?,
                None => rest.split([' ', '>']).next()?,
            };
            let mut url = base.join(&link.replace("&amp;", "&")).ok()?;
            url.set_fragment(None);
            Some(url)
        })
        .filter(|url| key_of(url) == operator && sources::is_about_jobs(url))
        .collect();
    found.sort_by_key(|url| (url.as_str().len(), url.to_string()));
    found.dedup();
    found
}

/// The board of a portal that an address belongs to; career sites and feeds are no portals.
#[must_use]
pub(super) fn portal_of(url: &Url) -> Option<Board> {
    sources::detect(url).filter(|board| board.source != "site" && board.source != "feed")
}

fn is_token(text: &str) -> bool {
    text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_and_every_entry_can_be_fetched() {
        assert!(seed_boards().count() > 7000);
        for board in seed_boards() {
            let given = format!("{}:{}", board.source, board.token);
            assert!(super::super::parse_target(&given).is_ok(), "{given}");
        }
    }

    #[test]
    fn finds_boards_by_name() {
        let found = search_seed("stripe");
        assert_eq!((found[0].source, found[0].token), ("greenhouse", "stripe"));
        assert!(search_seed("no such employer anywhere").is_empty());
    }

    #[test]
    fn finds_the_pages_about_jobs() {
        let html = "<a href='/about'>x</a><a href=\"https://www.acme.com/company/careers?a=1&amp;b=2#top\">\
                    <a href=/jobs>y</a><a href='https://jobs.acme.com/'><a href='https://other.com/jobs'><a href=\"";
        let base = Url::parse("https://acme.com/").unwrap();
        let found: Vec<String> = career_links(html, &base).into_iter().map(String::from).collect();
        let careers = "https://www.acme.com/company/careers?a=1&b=2";
        assert_eq!(found, ["https://acme.com/jobs", "https://jobs.acme.com/", careers]);
    }

    #[test]
    fn finds_boards_in_pages() {
        for (html, expected) in [
            ("<a href=\"https://jobs.lever.co/acme/1\">x</a>", Some("lever:acme")),
            (
                "<script src=\"https://boards.greenhouse.io/embed/job_board/js?for=acme\">",
                Some("greenhouse:acme"),
            ),
            ("{\"url\":\"https:\\/\\/jobs.ashbyhq.com\\/acme\"}", Some("ashby:acme")),
            ("<img src=\"//acme.recruitee.com/x.png\">", Some("recruitee:acme")),
            ("window.x = {boardToken: 'acme'}", Some("greenhouse:acme")),
            ("leverJobsOptions = { accountName: 'acme' }", Some("lever:acme")),
            ("<a href=\"https://acme.example/about\">", None),
        ] {
            let found = boards_in_page(html);
            assert_eq!(found.first().map(ToString::to_string).as_deref(), expected, "{html}");
        }
    }
}
