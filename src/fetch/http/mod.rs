//! One request, one answer, within limits. No redirects are followed and nothing is retried
//! here: whoever asks decides, so that every hop passes the same gates.

mod body;
mod charset;
mod guard;
mod room;

pub use charset::to_utf8;
pub use guard::{Guard, Lookup, is_public};
pub use room::Share;

use body::Body;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, Method, redirect};
use room::{Room, STEP};
use std::error::Error;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::{Duration, Instant};
use thiserror::Error;
use url::Url;

/// What a single exchange may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// All response headers together, in bytes.
    pub header_bytes: usize,
    /// Body as sent, in bytes.
    pub wire_bytes: usize,
    /// Body unpacked, in bytes.
    pub decoded_bytes: usize,
    /// Unpacked to sent size.
    pub ratio: usize,
    /// For connecting.
    pub connect: Duration,
    /// From first byte sent to last byte read.
    pub total: Duration,
    /// Least bytes within every `rate_window`.
    pub rate_bytes: usize,
    /// See `rate_bytes`.
    pub rate_window: Duration,
}

impl Default for Limits {
    /// 64 KiB of headers, 20 MiB sent, 50 MiB unpacked, 200:1, 10 s to connect, 60 s in total,
    /// at least 1 kB/s over 20 s.
    fn default() -> Self {
        Self {
            header_bytes: 64 << 10,
            wire_bytes: 20 << 20,
            decoded_bytes: 50 << 20,
            ratio: 200,
            connect: Duration::from_secs(10),
            total: Duration::from_secs(60),
            rate_bytes: 20_000,
            rate_window: Duration::from_secs(20),
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HttpError {
    /// Not allowed to be fetched, or not in a form that is read. Trying again is no use.
    #[error("refused: {0}")]
    Refused(String),
    /// More than the limits allow. Trying again is no use.
    #[error("too large: {0}")]
    TooLarge(String),
    /// It took too long or came too slowly.
    #[error("too slow: {0}")]
    TooSlow(String),
    /// No connection, or it broke.
    #[error("{0}")]
    Network(String),
    /// The name could not be looked up, or there is no way to the network.
    #[error("{0}")]
    Unreached(String),
    /// The body came damaged or cut off.
    #[error("{0}")]
    Broken(String),
}

impl HttpError {
    /// Whether another attempt may go better.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::TooSlow(_) | Self::Network(_) | Self::Unreached(_) | Self::Broken(_))
    }
}

/// What to send.
#[derive(Clone, Debug, Default)]
pub struct Ask<'a> {
    /// JSON body; makes it a POST.
    pub body: Option<&'a str>,
    /// `If-None-Match`.
    pub etag: Option<&'a str>,
    /// `If-Modified-Since`.
    pub modified: Option<&'a str>,
    /// Further headers, e.g. a key.
    pub headers: &'a [(HeaderName, HeaderValue)],
    /// Only so many bytes of the body, unpacked, are wanted: a longer one is cut off there.
    pub first: Option<usize>,
}

/// A whole answer.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, unpacked.
    pub body: Vec<u8>,
    /// From asking to the last byte, without waiting for room.
    pub took: Duration,
    /// The memory that the body has: held until what was made of it is stored.
    pub share: Share,
}

impl Reply {
    /// A header as text.
    #[must_use]
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// An HTTP client that is guarded and limited.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client,
    guard: Guard,
    limits: Limits,
    room: Room,
}

impl Http {
    /// A client that introduces itself as `agent`.
    ///
    /// `roots` are further certificates (PEM) to trust besides the system's.
    ///
    /// # Errors
    /// When TLS cannot be set up or a certificate cannot be read.
    pub fn new(agent: &str, guard: Guard, limits: Limits, roots: &[Vec<u8>]) -> Result<Self, HttpError> {
        // Fails only when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let refused = |error: reqwest::Error| HttpError::Refused(explain(&error));
        let roots: Vec<Certificate> =
            roots.iter().map(|pem| Certificate::from_pem(pem)).collect::<Result<_, _>>().map_err(refused)?;
        let client = Client::builder()
            .user_agent(agent)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(guard::GuardedDns(guard.clone())))
            .connect_timeout(limits.connect)
            .pool_idle_timeout(Duration::from_secs(30))
            .http2_max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX))
            .tls_certs_merge(roots)
            .build()
            .map_err(refused)?;
        Ok(Self { client, guard, limits, room: Room::new() })
    }

    /// Sends one request and reads the whole answer.
    ///
    /// # Errors
    /// See [`HttpError`]. An answer with any status is no error.
    pub async fn send(&self, url: &Url, ask: &Ask<'_>) -> Result<Reply, HttpError> {
        self.guard.check(url).map_err(HttpError::Refused)?;
        let started = Instant::now();
        let mut response = tokio::time::timeout(self.limits.total, self.request(url, ask).send())
            .await
            .map_err(|_| self.too_slow())?
            .map_err(|error| network(&error))?;
        if let Some(address) = response.remote_addr() {
            self.guard.check_address(address.ip()).map_err(HttpError::Refused)?;
        }
        let headers = std::mem::take(response.headers_mut());
        let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        if size > self.limits.header_bytes {
            return Err(HttpError::TooLarge(format!("{size} bytes of headers")));
        }
        let status = response.status().as_u16();
        let (body, share) = self.read(&mut response, &headers, ask.first, started).await?;
        let took = started.elapsed().saturating_sub(share.waited);
        Ok(Reply { status, headers, body, took, share })
    }

    fn too_slow(&self) -> HttpError {
        HttpError::TooSlow(format!("not done after {:?}", self.limits.total))
    }

    fn request(&self, url: &Url, ask: &Ask<'_>) -> reqwest::RequestBuilder {
        let method = if ask.body.is_some() { Method::POST } else { Method::GET };
        let mut request = self.client.request(method, url.clone()).header(header::ACCEPT_ENCODING, "gzip");
        if let Some(body) = ask.body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_owned());
        }
        if let Some(etag) = ask.etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(modified) = ask.modified {
            request = request.header(header::IF_MODIFIED_SINCE, modified);
        }
        for (name, value) in ask.headers {
            request = request.header(name.clone(), value.clone());
        }
        request
    }

    /// The body, or the `first` bytes of it, of an answer that was asked for at `started`.
    async fn read(
        &self,
        response: &mut reqwest::Response,
        headers: &HeaderMap,
        first: Option<usize>,
        started: Instant,
    ) -> Result<(Vec<u8>, Share), HttpError> {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let length = text(header::CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
        if first.is_none() && length.is_some_and(|length| length > self.limits.wire_bytes) {
            return Err(HttpError::TooLarge(format!("it says it has {} bytes", length.unwrap_or(0))));
        }
        let encoding = text(header::CONTENT_ENCODING).unwrap_or("");
        let mut share = Share::default();
        self.room.cover(&mut share, STEP).await;
        let mut body = Body::new(encoding, length, first, self.limits)?;
        let (mut window, mut in_window) = (Instant::now(), 0);
        loop {
            // Waiting for room is none of the server's slowness.
            let deadline = started + self.limits.total + share.waited;
            let left = self.limits.rate_window.saturating_sub(window.elapsed());
            let left = left.min(deadline.saturating_duration_since(Instant::now()));
            match tokio::time::timeout(left, response.chunk()).await {
                Ok(Ok(Some(chunk))) => {
                    in_window += chunk.len();
                    let waited = share.waited;
                    self.take(&mut body, &mut share, &chunk).await?;
                    window += share.waited - waited;
                    if body.is_full() {
                        return Ok((body.finish()?, share));
                    }
                }
                Ok(Ok(None)) => return Ok((body.finish()?, share)),
                Ok(Err(error)) => return Err(network(&error)),
                Err(_) if Instant::now() >= deadline => return Err(self.too_slow()),
                Err(_) => {}
            }
            if window.elapsed() >= self.limits.rate_window {
                if in_window < self.limits.rate_bytes {
                    let span = self.limits.rate_window;
                    return Err(HttpError::TooSlow(format!("{in_window} bytes within {span:?}")));
                }
                (window, in_window) = (Instant::now(), 0);
            }
        }
    }

    /// Adds a chunk to a body, as there is room for it.
    async fn take(&self, body: &mut Body, share: &mut Share, chunk: &[u8]) -> Result<(), HttpError> {
        let mut rest = chunk;
        while !rest.is_empty() && !body.is_full() {
            self.room.cover(share, body.held() + STEP).await;
            let taken = body.push(rest)?;
            rest = rest.get(taken..).unwrap_or_default();
        }
        Ok(())
    }
}

fn network(error: &reqwest::Error) -> HttpError {
    let text = explain(error);
    if is_bad_certificate(error) {
        return HttpError::Refused(text);
    }
    if is_unreached(error) {
        return HttpError::Unreached(text);
    }
    let refused = std::iter::successors(error.source(), |&cause| cause.source()).any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|e| e.kind() == std::io::ErrorKind::PermissionDenied)
    });
    // The guarded resolver's refusal is final; anything else on the way may pass.
    if refused && text.contains("is not a public address") {
        HttpError::Refused(text)
    } else if error.is_body() || error.is_decode() {
        HttpError::Broken(text)
    } else {
        HttpError::Network(text)
    }
}

/// A certificate that does not hold now does not hold in a minute either.
fn is_bad_certificate(error: &reqwest::Error) -> bool {
    fn says_so(cause: &(dyn Error + 'static)) -> bool {
        // What an I/O error wraps is not among its sources.
        let wrapped = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        matches!(cause.downcast_ref::<rustls::Error>(), Some(rustls::Error::InvalidCertificate(_)))
            || wrapped.is_some_and(|wrapped| says_so(wrapped))
    }
    std::iter::successors(error.source(), |&cause| cause.source()).any(says_so)
}

/// Nobody was met on the way: no address for the name, or no way out of this machine.
fn is_unreached(error: &reqwest::Error) -> bool {
    let says_so = |cause: &(dyn Error + 'static)| {
        let kind = cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        cause.is::<guard::NoAddress>()
            || matches!(kind, Some(ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown))
    };
    std::iter::successors(error.source(), |&cause| cause.source()).any(says_so)
}

/// The innermost cause says most; the outer layers only repeat the address.
fn explain(error: &reqwest::Error) -> String {
    let innermost = std::iter::successors(error.source(), |&cause| cause.source()).last();
    innermost.map_or_else(|| error.to_string(), ToString::to_string)
}
