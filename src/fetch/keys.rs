//! The user's own keys: where they are attached, and that they are stored nowhere.
//!
//! They go to the host that the source itself names, and to no other one: a redirect or a link
//! that leads elsewhere is followed without them. Servers repeat keys in redirects and links, so
//! addresses lose them before they are stored.

use super::options::FetchOptions;
use super::sources::{Board, Source};
use reqwest::header::{HeaderName, HeaderValue};
use std::borrow::Cow;
use url::Url;

/// A name and its value.
pub(super) type Pair = (String, String);

/// Shorter values than this, in bytes, are no keys wherever else they stand.
const TELLING: usize = 8;

/// Query parameters that `url` is asked with.
pub(super) fn params<'o>(options: &'o FetchOptions, source: &Source, board: &Board, url: &Url) -> &'o [Pair] {
    of(options.key_params.get(source.kind), source, board, url)
}

/// Headers that `url` is asked with; one that is no valid header is left out, and the portal says so.
pub(super) fn headers(
    options: &FetchOptions,
    source: &Source,
    board: &Board,
    url: &Url,
) -> Vec<(HeaderName, HeaderValue)> {
    let pairs = of(options.keys.get(source.kind), source, board, url).iter();
    pairs.filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?))).collect()
}

fn of<'o>(pairs: Option<&'o Vec<Pair>>, source: &Source, board: &Board, url: &Url) -> &'o [Pair] {
    let is_own = |own: &str| Url::parse(own).is_ok_and(|own| own.origin() == url.origin());
    match pairs {
        Some(pairs) if (source.start)(board).iter().any(|own| is_own(&own.url)) => pairs,
        _ => &[],
    }
}

/// All that must not be stored for a source.
pub(super) fn secret(options: &FetchOptions, kind: &str) -> Vec<Pair> {
    [&options.key_params, &options.keys].iter().filter_map(|keys| keys.get(kind)).flatten().cloned().collect()
}

/// An address without the parameters that are named like a key, or hold one.
pub(super) fn without<'a>(secret: &[Pair], address: &'a str) -> Cow<'a, str> {
    if secret.is_empty() {
        return Cow::Borrowed(address);
    }
    let Ok(mut url) = Url::parse(address) else { return Cow::Borrowed(address) };
    let is_key = |name: &str, value: &str| {
        secret.iter().any(|(key, known)| {
            name.eq_ignore_ascii_case(key) || known.len() >= TELLING && value.contains(known.as_str())
        })
    };
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let kept: Vec<_> = pairs.iter().filter(|(name, value)| !is_key(name, value)).collect();
    if kept.len() == pairs.len() {
        return Cow::Borrowed(address);
    }
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    Cow::Owned(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::sources::source;

    #[test]
    fn keys_go_to_the_host_that_the_source_names() {
        let mut options = FetchOptions::default();
        let pair = |name: &str| vec![(name.to_owned(), "0123456789".to_owned())];
        options.key_params.insert("adzuna".into(), pair("app_key"));
        options.keys.insert("usajobs".into(), pair("authorization-key"));
        for (kind, token, address, expected) in [
            ("adzuna", "gb/cook", "https://api.adzuna.com/v1/api/jobs/gb/search/2", (1, 0)),
            ("adzuna", "gb/cook", "http://api.adzuna.com/v1/api/jobs/gb/search/2", (0, 0)),
            ("adzuna", "gb/cook", "https://www.adzuna.com/x", (0, 0)),
            ("adzuna", "gb/cook", "https://api.adzuna.com.evil.example/x", (0, 0)),
            ("usajobs", "cook", "https://data.usajobs.gov/api/Search?Page=2", (0, 1)),
            ("usajobs", "cook", "https://data.usajobs.gov:8443/api/Search", (0, 0)),
            ("greenhouse", "acme", "https://api.adzuna.com/", (0, 0)),
        ] {
            let (source, board) = (source(kind).unwrap(), Board::new(kind, token));
            let url = Url::parse(address).unwrap();
            let found =
                (params(&options, source, &board, &url).len(), headers(&options, source, &board, &url).len());
            assert_eq!(found, expected, "{kind} {address}");
        }
    }

    #[test]
    fn addresses_lose_keys_and_nothing_else() {
        let secret = [("app_id", "1"), ("app_key", "0123456789")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        for (address, expected) in [
            ("https://a.example/x?page=1&what=a%20b", "https://a.example/x?page=1&what=a%20b"),
            ("https://a.example/x?app_id=1&page=1&APP_KEY=y", "https://a.example/x?page=1"),
            ("https://a.example/x?utm_source=0123456789#end", "https://a.example/x#end"),
            ("no address?app_id=1", "no address?app_id=1"),
        ] {
            assert_eq!(without(&secret, address), expected);
        }
    }
}
