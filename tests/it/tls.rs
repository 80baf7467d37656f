//! What goes wrong below HTTP: certificates and handshakes. A certificate that does not hold is
//! final, a handshake that breaks may go better next time; neither changes what is stored.

use crate::fetch::{corpus, greenhouse, options, run, site};
use crate::server::{Handler, Reply, Server, Stream};
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rungs::fetch::FetchOptions;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use url::Url;

/// Once, and again after each of these pauses.
const PAUSES: [Duration; 2] = [Duration::from_millis(30), Duration::from_millis(60)];
const TRIES: usize = 1 + PAUSES.len();

/// Whether the last tries, at these times, kept the pauses.
fn spaced(name: &str, times: &[Instant]) {
    let tries = &times[times.len() - TRIES..];
    for (pair, pause) in tries.windows(2).zip(PAUSES) {
        assert!(pair[1] - pair[0] >= pause, "{name}: {:?} is no pause of {pause:?}", pair[1] - pair[0]);
    }
}

/// An authority of our own: its certificate (PEM) is what the fetcher is told to trust.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: Vec<u8>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem().into_bytes();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A server's certificate for `name`, valid until the first day of a year.
    fn certify(&self, name: &str, until: i32) -> Arc<rustls::ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        config(params.signed_by(&key, &self.issuer).unwrap(), &key)
    }
}

/// A certificate for this machine that vouches for itself.
fn self_signed() -> Arc<rustls::ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    config(params.self_signed(&key).unwrap(), &key)
}

fn config(certificate: Certificate, key: &KeyPair) -> Arc<rustls::ServerConfig> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    Arc::new(config)
}

fn serve(tls: Arc<rustls::ServerConfig>, handler: Handler) -> Server {
    Server::at(IpAddr::V4(Ipv4Addr::LOCALHOST), 0, Some(tls), handler)
}

/// A board's answer, or another one in its place; robots.txt is not there.
fn board(reply: impl Fn() -> Reply + Send + Sync + 'static) -> Handler {
    Arc::new(move |hit| if hit.path == "/robots.txt" { Reply::new(404, "") } else { reply() })
}

fn good() -> Reply {
    Reply::ok(greenhouse(&[1, 2]))
}

fn quick(url: Url, authority: &Authority) -> FetchOptions {
    let any = site(|_| Reply::new(404, ""));
    let mut options = options(&any, &["greenhouse:acme"]);
    options.base_urls.insert("greenhouse".into(), url);
    options.roots = vec![authority.pem.clone()];
    options.retries = PAUSES.to_vec();
    options.politeness.breaker_failures = 99;
    options
}

/// A good run, one against `url` that must end with `outcome` and change nothing, and a good one.
/// A documented interface is asked although its robots file cannot be had.
fn meet(name: &str, url: Url, outcome: &str, authority: &Authority) {
    let fine = serve(authority.certify("127.0.0.1", 2099), board(good));
    let (_folder, mut corpus) = corpus();
    let options = quick(fine.url(), authority);
    let first = run(&mut corpus, &options);
    assert!(first.is_complete(), "{name}: TLS works to begin with: {:?}", first.boards);
    let before = corpus.snapshot_id().unwrap();
    let mut faulty = quick(url, authority);
    if outcome == "too slow" {
        faulty.limits.total = Duration::from_millis(400);
    }
    let summary = run(&mut corpus, &faulty);
    let found = &summary.boards[0].outcome;
    assert!(found.contains(outcome), "{name}: {found}");
    assert_eq!((summary.boards[0].complete, summary.boards[0].closed), (false, 0), "{name}");
    assert_eq!(corpus.snapshot_id().unwrap(), before, "{name}: nothing may change");
    assert!(run(&mut corpus, &options).is_complete(), "{name}: it must recover");
    assert_eq!(corpus.snapshot_id().unwrap(), before, "{name}");
}

#[test]
fn certificates_that_do_not_hold_are_final() {
    let ours = Authority::new("Ours");
    let (stranger, namesake) = (Authority::new("Stranger"), Authority::new("Ours"));
    for (name, config, outcome) in [
        ("expired", ours.certify("127.0.0.1", 2021), "certificate expired"),
        ("for another name", ours.certify("other.example", 2099), "not valid for name"),
        ("by an unknown authority", stranger.certify("127.0.0.1", 2099), "UnknownIssuer"),
        ("forged in our name", namesake.certify("127.0.0.1", 2099), "BadSignature"),
        ("signed by itself", self_signed(), "UnknownIssuer"),
    ] {
        let server = serve(config, board(good));
        meet(name, server.url(), outcome, &ours);
        assert_eq!(server.hits().len(), 0, "{name}: nothing is asked for over it");
        let connections = server.connections.load(Ordering::SeqCst);
        assert_eq!(connections, 2, "{name}: one for robots.txt, one for the board, none again");
    }
}

/// Listens, treats every connection alike, and notes when they came.
fn raw(treat: impl Fn(TcpStream) + Send + Sync + 'static) -> (Url, Arc<Mutex<Vec<Instant>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("https://{}", listener.local_addr().unwrap())).unwrap();
    let (times, treat) = (Arc::new(Mutex::new(Vec::new())), Arc::new(treat));
    let noted = Arc::clone(&times);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            noted.lock().unwrap().push(Instant::now());
            let treat = Arc::clone(&treat);
            thread::spawn(move || treat(stream));
        }
    });
    (url, times)
}

fn hello(stream: &mut TcpStream) {
    let _ = stream.read(&mut [0; 2048]);
}

#[test]
fn handshakes_that_break_are_tried_again() {
    let ours = Authority::new("Ours");
    type Treat = Box<dyn Fn(TcpStream) + Send + Sync>;
    let faults: [(&str, Treat, &str); 4] = [
        ("cut off at the hello", Box::new(|mut stream| hello(&mut stream)), ""),
        (
            "plain HTTP in answer to the hello",
            Box::new(|mut stream| {
                hello(&mut stream);
                let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            }),
            "",
        ),
        (
            "never answered",
            Box::new(|mut stream| {
                hello(&mut stream);
                thread::sleep(Duration::from_millis(600));
            }),
            "too slow",
        ),
        (
            "byte by byte",
            Box::new(|mut stream| {
                hello(&mut stream);
                // The head of a record of 16 kB that never gets full.
                let mut sent = stream.write_all(&[22, 3, 3, 63, 0]);
                while sent.is_ok() {
                    thread::sleep(Duration::from_millis(50));
                    sent = stream.write_all(&[2]);
                }
            }),
            "too slow",
        ),
    ];
    for (name, treat, outcome) in faults {
        let (url, connections) = raw(treat);
        meet(name, url, outcome, &ours);
        // The robots file is asked for once, the board once and again after each pause.
        let times = connections.lock().unwrap();
        assert_eq!(times.len(), 1 + TRIES, "{name}");
        spaced(name, &times);
    }
}

#[test]
fn bodies_cut_off_within_tls_are_never_taken_for_whole() {
    let ours = Authority::new("Ours");
    // Whole JSON, no length, and no word that it is all: only TLS can tell that it was cut.
    let cut: Reply = Reply::Fault(Arc::new(|stream: &mut dyn Stream| {
        let body = greenhouse(&[1]);
        let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{body}").as_bytes());
        let _ = stream.flush();
    }));
    let server = serve(ours.certify("127.0.0.1", 2099), board(move || cut.clone()));
    meet("no close_notify", server.url(), "", &ours);
    assert_eq!(server.count("/v1"), TRIES);
    spaced("no close_notify", &server.hits().iter().map(|hit| hit.at).collect::<Vec<_>>());
}

#[test]
fn a_redirect_from_https_to_http_is_not_followed() {
    let ours = Authority::new("Ours");
    let plain = Server::start(|_| good());
    let to = plain.url();
    let away = board(move || Reply::new(302, "").with("Location", to.to_string()));
    let server = serve(ours.certify("127.0.0.1", 2099), away);
    meet("https to http", server.url(), "a redirect from https", &ours);
    assert_eq!((server.count("/v1"), plain.hits().len()), (1, 0));
}
