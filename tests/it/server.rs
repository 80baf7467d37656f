//! A web server over raw TCP whose answers, and whose faults, are scripted.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use url::Url;

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    pub(crate) at: Instant,
    /// Path and query.
    pub(crate) path: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
    /// How often this path was asked for before.
    pub(crate) before: usize,
    /// Requests being answered when this one came, this one included.
    pub(crate) in_flight: usize,
}

/// What the server does with a connection after a scripted fault.
pub(crate) type Fault = Arc<dyn Fn(&mut dyn Stream) + Send + Sync>;

pub(crate) trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// An answer.
#[derive(Clone)]
pub(crate) enum Reply {
    Full {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// Bytes of our own making, then the connection is closed.
    Fault(Fault),
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Full { status, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::new(200, body)
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        if let Self::Full { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.into()));
        }
        self
    }

    /// Sends these bytes as they are and closes.
    pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::Fault(Arc::new(move |stream| {
            let _ = stream.write_all(&bytes);
            let _ = stream.flush();
        }))
    }

    /// Sends `start`, then `piece` every `pause`, for as long as anyone listens.
    pub(crate) fn drip(start: &str, piece: Vec<u8>, pause: Duration) -> Self {
        let start = start.to_owned();
        Self::Fault(Arc::new(move |stream| {
            let mut sent = stream.write_all(start.as_bytes());
            while sent.is_ok() {
                thread::sleep(pause);
                sent = stream.write_all(&piece).and_then(|()| stream.flush());
            }
        }))
    }
}

pub(crate) type Handler = Arc<dyn Fn(&Hit) -> Reply + Send + Sync>;

/// A server that runs until it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// Connections accepted.
    pub(crate) connections: Arc<AtomicUsize>,
    log: Arc<Mutex<Vec<Hit>>>,
    stop: Arc<AtomicBool>,
    scheme: &'static str,
}

struct Shared {
    handler: Handler,
    log: Arc<Mutex<Vec<Hit>>>,
    counts: Mutex<HashMap<String, usize>>,
    in_flight: AtomicUsize,
    tls: Option<Arc<rustls::ServerConfig>>,
}

impl Server {
    pub(crate) fn start(handler: impl Fn(&Hit) -> Reply + Send + Sync + 'static) -> Self {
        Self::at(IpAddr::V4(Ipv4Addr::LOCALHOST), 0, None, Arc::new(handler))
    }

    pub(crate) fn at(
        address: IpAddr,
        port: u16,
        tls: Option<Arc<rustls::ServerConfig>>,
        handler: Handler,
    ) -> Self {
        let listener = TcpListener::bind((address, port)).unwrap();
        let address = listener.local_addr().unwrap();
        let (log, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let scheme = if tls.is_some() { "https" } else { "http" };
        let shared = Arc::new(Shared {
            handler,
            log: Arc::clone(&log),
            counts: Mutex::default(),
            in_flight: AtomicUsize::new(0),
            tls,
        });
        let stopping = Arc::clone(&stop);
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stopping.load(Ordering::Relaxed) {
                    return;
                }
                counted.fetch_add(1, Ordering::SeqCst);
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(&shared, stream));
            }
        });
        Self { address, connections, log, stop, scheme }
    }

    pub(crate) fn url(&self) -> Url {
        Url::parse(&format!("{}://{}", self.scheme, self.address)).unwrap()
    }

    pub(crate) fn hits(&self) -> Vec<Hit> {
        self.log.lock().unwrap().clone()
    }

    /// Requests so far.
    pub(crate) fn asked(&self) -> usize {
        self.log.lock().unwrap().len()
    }

    /// Requests for paths that begin so.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.hits().iter().filter(|hit| hit.path.starts_with(path)).count()
    }

    pub(crate) fn forget(&self) {
        self.log.lock().unwrap().clear();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(shared: &Shared, tcp: TcpStream) {
    let _ = tcp.set_nodelay(true);
    let closer = tcp.try_clone().unwrap();
    match &shared.tls {
        None => converse(shared, tcp),
        Some(config) => {
            if let Ok(connection) = rustls::ServerConnection::new(Arc::clone(config)) {
                converse(shared, rustls::StreamOwned::new(connection, tcp));
            }
        }
    }
    let _ = closer.shutdown(Shutdown::Both);
}

fn converse(shared: &Shared, stream: impl Read + Write + Send) {
    let mut reader = BufReader::new(stream);
    while let Some(mut hit) = read_request(&mut reader) {
        hit.in_flight = shared.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        hit.before = {
            let mut counts = shared.counts.lock().unwrap();
            let count = counts.entry(hit.path.clone()).or_default();
            *count += 1;
            *count - 1
        };
        shared.log.lock().unwrap().push(hit.clone());
        let reply = (shared.handler)(&hit);
        let go_on = match reply {
            Reply::Full { status, headers, body } => {
                let mut head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n", body.len());
                for (name, value) in &headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                let bytes = [head.as_bytes(), b"\r\n", &body].concat();
                // Before the bytes leave: who reads them may ask again at once.
                shared.in_flight.fetch_sub(1, Ordering::SeqCst);
                reader.get_mut().write_all(&bytes).and_then(|()| reader.get_mut().flush()).is_ok()
            }
            Reply::Fault(fault) => {
                fault(reader.get_mut());
                shared.in_flight.fetch_sub(1, Ordering::SeqCst);
                false
            }
        };
        if !go_on {
            return;
        }
    }
}

fn read_request(reader: &mut impl BufRead) -> Option<Hit> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8_lossy(&body).into_owned();
    Some(Hit { at: Instant::now(), path, headers, body, before: 0, in_flight: 0 })
}
