//! Addresses as board tokens: a token must hold no colon.

use url::Url;

/// An address as a token: `https://jobs.acme.com/en` is `jobs.acme.com/en`; with another scheme
/// or port it is `http~host~8080/en`.
pub(super) fn token_of(url: &Url) -> Option<String> {
    let host = url.host_str()?.trim_matches(['[', ']']).replace(':', "_");
    let mut token = match (url.scheme(), url.port()) {
        ("https", None) => host,
        (scheme, port) => format!("{scheme}~{host}~{}", port.or(url.port_or_known_default())?),
    };
    token.push_str(url.path().trim_end_matches('/'));
    if let Some(query) = url.query() {
        token.push('?');
        token.push_str(query);
    }
    (!token.contains(':')).then_some(token)
}

/// The address that a token stands for.
pub(super) fn url_of(token: &str) -> Option<Url> {
    let address = match token.split_once('~') {
        None => format!("https://{token}"),
        Some((scheme, rest)) => {
            let (host, rest) = rest.split_once('~')?;
            format!("{scheme}://{host}:{rest}")
        }
    };
    Url::parse(&address).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_lead_back_to_their_addresses() {
        for (url, token) in [
            ("https://jobs.acme.com/en/", "jobs.acme.com/en"),
            ("https://acme.com/", "acme.com"),
            ("http://127.0.0.7:8080/", "http~127.0.0.7~8080"),
            ("http://acme.com/jobs?x=1", "http~acme.com~80/jobs?x=1"),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(token_of(&url).as_deref(), Some(token));
            let back = url_of(token).unwrap();
            assert_eq!((back.origin(), back.query()), (url.origin(), url.query()));
            assert_eq!(back.path().trim_end_matches('/'), url.path().trim_end_matches('/'));
        }
    }
}
