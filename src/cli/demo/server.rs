//! Serves the bundled sample boards over loopback, as a real portal would.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Longest request that is read.
const MAX_REQUEST_BYTES: u64 = 16 << 10;
/// How long a client may take to send its request.
const PATIENCE: Duration = Duration::from_secs(5);

/// A server on a free port of the loopback interface; stops when dropped.
pub(super) struct Server {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
}

impl Server {
    /// Serves each body under its path, e.g. `/v1/boards/acme/jobs`; anything else is a 404.
    pub(super) fn start(pages: BTreeMap<String, Vec<u8>>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let pages = Arc::new(pages);
        thread::spawn(move || {
            for client in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let pages = Arc::clone(&pages);
                if let Ok(client) = client {
                    thread::spawn(move || {
                        // A client that goes away is its own affair.
                        let _ = answer(client, &pages);
                    });
                }
            }
        });
        Ok(Self { address, stop })
    }

    /// Where it listens, e.g. `http://127.0.0.1:40123`.
    pub(super) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // One last connection wakes the listener so that it sees the flag.
        let _ = TcpStream::connect_timeout(&self.address, PATIENCE);
    }
}

fn answer(client: TcpStream, pages: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(client.try_clone()?.take(MAX_REQUEST_BYTES));
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let path = request.split_whitespace().nth(1).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    let (status, body): (&str, &[u8]) = match pages.get(path) {
        Some(body) => ("200 OK", body),
        None => ("404 Not Found", b"{\"status\":404,\"error\":\"Job not found\"}"),
    };
    let mut client = client;
    write!(
        client,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    client.write_all(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(server: &Server, path: &str) -> String {
        let mut stream = TcpStream::connect(server.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn serves_pages_and_nothing_else() {
        let server = Server::start(BTreeMap::from([("/a".into(), b"{}".to_vec())])).unwrap();
        assert!(get(&server, "/a?content=true").ends_with("\r\n\r\n{}"));
        assert!(get(&server, "/b").starts_with("HTTP/1.1 404"));
    }
}
