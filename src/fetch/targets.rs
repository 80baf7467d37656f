//! What people name: `provider:token`, the address of a board or a career site, a list in a file.

use super::sources::{self, Board, SOURCES};
use serde::Deserialize;
use thiserror::Error;
use url::Url;

/// Sites whose terms forbid collecting; asked for by name, the refusal says so.
const FORBIDDEN: &[&str] = &["linkedin.com", "indeed.com", "glassdoor.com"];

/// Why something names no board.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TargetError {
    /// Never fetched.
    #[error(
        "{0} forbids collecting its postings, so rungs never does\n  Fetch the employer's own board instead: `rungs boards find URL`."
    )]
    Forbidden(String),
    /// The provider before the colon is unknown.
    #[error("unknown provider `{name}` in `{given}`\n  Known: {known}.")]
    Unknown {
        /// What stands before the colon.
        name: String,
        /// What was given.
        given: String,
        /// The providers there are.
        known: String,
    },
    /// Neither an address nor `provider:token`.
    #[error("`{0}` is neither an address nor provider:token (such as greenhouse:stripe)")]
    Unreadable(String),
    /// A list of boards that is no TOML, or not in our shape.
    #[error("{0}")]
    List(String),
}

/// A board by `provider:token` or by address.
///
/// # Errors
/// When it names no board, or one that is never fetched.
///
/// ```
/// use rungs::fetch::parse_target;
/// assert_eq!(parse_target("lever:acme").unwrap().to_string(), "lever:acme");
/// assert_eq!(parse_target("https://jobs.ashbyhq.com/acme").unwrap().to_string(), "ashby:acme");
/// assert!(parse_target("https://www.linkedin.com/jobs/").is_err());
/// ```
pub fn parse_target(given: &str) -> Result<Board, TargetError> {
    let given = given.trim();
    if let Some(url) = address(given) {
        return board_of(&url, given);
    }
    let Some((name, token)) = given.split_once(':').filter(|_| !given.contains("://")) else {
        return Err(TargetError::Unreadable(given.into()));
    };
    let name = name.to_lowercase();
    check_allowed(&format!("{name}.com"))?;
    let token = token.trim();
    if sources::source(&name).is_none() {
        let known = SOURCES.iter().map(|source| source.kind).collect::<Vec<_>>().join(", ");
        return Err(TargetError::Unknown { name, given: given.into(), known });
    }
    if token.is_empty() || token.contains(':') {
        return Err(TargetError::Unreadable(given.into()));
    }
    Ok(Board::new(&name, token))
}

/// An address as people write it, with or without its scheme.
///
/// ```
/// use rungs::fetch::address;
/// assert_eq!(address("acme.example/jobs").unwrap().as_str(), "https://acme.example/jobs");
/// assert_eq!(address("greenhouse:acme"), None);
/// ```
#[must_use]
pub fn address(given: &str) -> Option<Url> {
    if given.contains("://") {
        return Url::parse(given).ok();
    }
    let host = given.split(['/', '?']).next().unwrap_or("");
    let is_host = host.contains('.') && !host.contains([':', ' ']) && !host.starts_with('.');
    is_host.then(|| Url::parse(&format!("https://{given}")).ok()).flatten()
}

fn board_of(url: &Url, given: &str) -> Result<Board, TargetError> {
    check_allowed(&super::pace::key_of(url))?;
    sources::detect(url).ok_or_else(|| TargetError::Unreadable(given.into()))
}

/// Whether a registrable domain may be fetched at all, whatever its country's ending.
fn check_allowed(domain: &str) -> Result<(), TargetError> {
    let name = |domain: &str| domain.split('.').next().map(str::to_owned);
    match FORBIDDEN.iter().find(|forbidden| name(forbidden) == name(domain)) {
        Some(forbidden) => Err(TargetError::Forbidden((*forbidden).to_owned())),
        None => Ok(()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoardList {
    #[serde(default)]
    boards: Vec<String>,
    #[serde(default)]
    board: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    provider: String,
    token: String,
    name: Option<String>,
}

/// Reads a list of boards: `boards = ["greenhouse:stripe", "https://…"]`, and tables `[[board]]`
/// with `provider`, `token` and perhaps `name`. Returns boards with their names.
///
/// # Errors
/// When it is no TOML, in another shape, or names something that is no board.
pub fn read_board_list(text: &str) -> Result<Vec<(Board, Option<String>)>, TargetError> {
    let list: BoardList = toml::from_str(text).map_err(|error| TargetError::List(error.to_string()))?;
    let plain = list.boards.iter().map(|given| Ok((parse_target(given)?, None)));
    let tables = list
        .board
        .into_iter()
        .map(|entry| Ok((parse_target(&format!("{}:{}", entry.provider, entry.token))?, entry.name)));
    plain.chain(tables).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_boards() {
        for (given, expected) in [
            ("greenhouse:stripe", Ok("greenhouse:stripe")),
            ("Lever:acme@eu", Ok("lever:acme@eu")),
            ("https://job-boards.greenhouse.io/acme/jobs/1", Ok("greenhouse:acme")),
            ("nothing", Err("neither an address")),
            ("http://[", Err("neither an address")),
            ("jobs.lever.co/acme", Ok("lever:acme")),
            ("careers.acme.example/en", Ok("site:careers.acme.example/en")),
            ("www.linkedin.com/jobs", Err("forbids")),
            ("ftp:x", Err("unknown provider `ftp`")),
            ("ashby:", Err("neither an address")),
            ("https://uk.indeed.com/x", Err("forbids")),
            ("https://www.glassdoor.de/x", Err("forbids")),
            ("linkedin:acme", Err("forbids")),
        ] {
            match (parse_target(given), expected) {
                (Ok(board), Ok(expected)) => assert_eq!(board.to_string(), expected),
                (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{error}"),
                (got, _) => panic!("{given}: {got:?}"),
            }
        }
    }

    #[test]
    fn lists_of_boards() {
        let text = "boards = [\"lever:a\"]\n[[board]]\nprovider = \"ashby\"\ntoken = \"b\"\nname = \"B\"\n";
        let boards = read_board_list(text).unwrap();
        assert_eq!(boards[0], (Board::new("lever", "a"), None));
        assert_eq!(boards[1], (Board::new("ashby", "b"), Some("B".into())));
        assert!(read_board_list("board = 3").is_err());
        assert!(read_board_list("boards = [\"what\"]").is_err());
    }
}
