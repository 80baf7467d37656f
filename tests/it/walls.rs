//! Server-side request forgery with real sockets. In a network of its own (Linux namespaces) this
//! machine has public addresses, as a portal, and private ones with a listener on each: the
//! portal sends the fetcher there, and no listener may ever see a connection.

use crate::fetch::{corpus, greenhouse};
use crate::server::{Reply, Server};
use rungs::fetch::pace::Politeness;
use rungs::fetch::{self, FetchOptions};
use std::io;
use std::net::{IpAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use url::Url;

const PORTAL: &str = "93.184.216.34";
const OTHER_PORTAL: &str = "93.184.216.35";
const INSIDE: [&str; 4] = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"];

#[test]
#[allow(clippy::print_stderr)]
fn no_redirect_and_no_name_leads_inside() {
    let set_up = format!(
        "ip link set lo up && for a in {PORTAL} {OTHER_PORTAL} 10.0.0.1 169.254.169.254; do ip addr add $a/32 dev lo || exit 9; \
         done || exit 9; exec \"$0\" --exact walls::within_a_network_of_its_own --ignored --nocapture"
    );
    let exe = std::env::current_exe().unwrap();
    let output = Command::new("unshare").args(["-rn", "sh", "-c", &set_up]).arg(exe).output();
    match output {
        Ok(output) if output.status.success() => {
            assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
        }
        Ok(output) if output.status.code() == Some(101) => {
            panic!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
        }
        other => eprintln!("skipped: no network namespace can be made here: {other:?}"),
    }
}

/// Listens on every inside address and counts connections.
fn canaries() -> Arc<AtomicUsize> {
    let met = Arc::new(AtomicUsize::new(0));
    for address in INSIDE {
        let listener = TcpListener::bind((address.parse::<IpAddr>().unwrap(), 80)).unwrap();
        let met = Arc::clone(&met);
        thread::spawn(move || {
            for _ in listener.incoming().map_while(Result::ok) {
                met.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    met
}

/// Resolves names of the test; `turning.example` is public when first asked for, then inside.
fn lookup(asked: &AtomicUsize, name: &str) -> io::Result<Vec<IpAddr>> {
    let address = match name {
        "portal.example" => PORTAL,
        "other.example" => OTHER_PORTAL,
        "inside.example" => "10.0.0.1",
        "turning.example" if asked.fetch_add(1, Ordering::SeqCst) == 0 => OTHER_PORTAL,
        "turning.example" => "127.0.0.1",
        _ => return Err(io::Error::other("no such name")),
    };
    Ok(vec![address.parse().unwrap()])
}

#[test]
#[ignore = "run by no_redirect_and_no_name_leads_inside, in a network of its own"]
fn within_a_network_of_its_own() {
    let met = canaries();
    let other = Server::at(OTHER_PORTAL.parse().unwrap(), 80, None, {
        // It says goodbye after each answer, so that the next one needs its address again.
        Arc::new(|hit| match hit.path.as_str() {
            "/robots.txt" => Reply::new(404, "").with("Connection", "close"),
            _ => Reply::ok(greenhouse(&[1])).with("Connection", "close"),
        })
    });
    for (target, outcome) in [
        ("http://other.example/jobs", "complete"),
        ("http://127.0.0.1/", "not a public address"),
        ("http://2130706433/", "not a public address"),
        ("http://0x7f.1/", "not a public address"),
        ("http://[::1]/", "not a public address"),
        ("http://[::ffff:10.0.0.1]/", "not a public address"),
        ("http://169.254.169.254/latest/meta-data", "not a public address"),
        ("http://inside.example/", "not a public address"),
        ("http://turning.example/", "not a public address"),
        ("http://93.184.216.34:8080/", "port 8080"),
    ] {
        let portal = Server::at(PORTAL.parse().unwrap(), 80, None, {
            Arc::new(move |hit| match hit.path.as_str() {
                "/robots.txt" => Reply::new(404, ""),
                _ => Reply::new(302, "").with("Location", target),
            })
        });
        other.forget();
        let (_folder, mut corpus) = corpus();
        let asked = AtomicUsize::new(0);
        let options = FetchOptions {
            boards: vec![fetch::parse_target("greenhouse:acme").unwrap()],
            base_urls: [("greenhouse".to_owned(), Url::parse("http://portal.example").unwrap())].into(),
            lookup: Some(Arc::new(move |name| lookup(&asked, name))),
            politeness: Politeness::unpaced(2),
            retries: vec![Duration::ZERO; 2],
            ..FetchOptions::default()
        };
        let summary = crate::fetch::run(&mut corpus, &options);
        let found = &summary.boards[0].outcome;
        assert!(found.contains(outcome), "{target}: {found}");
        assert_eq!(portal.count("/v1"), 1, "{target}");
        assert_eq!(met.load(Ordering::SeqCst), 0, "{target}");
        if target.contains("other.example") {
            // The other host's own rules were asked for before its page.
            let paths: Vec<String> = other.hits().into_iter().map(|hit| hit.path).collect();
            assert_eq!(paths, ["/robots.txt", "/jobs"]);
        }
        drop(portal);
        // The port is free again once the listener noticed.
        thread::sleep(Duration::from_millis(50));
    }
    // The canaries do sing.
    for address in INSIDE {
        drop(TcpStream::connect((address.parse::<IpAddr>().unwrap(), 80)).unwrap());
    }
    thread::sleep(Duration::from_millis(50));
    assert_eq!(met.load(Ordering::SeqCst), INSIDE.len());
}
