//! Names and networks: names that lead inside, names without address, and no network at all.

use crate::fetch::{corpus, greenhouse, options, run, site};
use crate::server::{Reply, Server};
use rungs::fetch::{self, FetchOptions, Summary};
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use url::Url;

#[test]
fn names_that_point_inside_are_never_connected_to() {
    let canary = Server::at(IpAddr::V4(Ipv4Addr::LOCALHOST), 0, None, Arc::new(|_| Reply::ok("{}")));
    for (name, answers) in [
        ("loopback", vec!["127.0.0.1"]),
        ("one public and one private address", vec!["93.184.216.34", "10.0.0.1"]),
        ("metadata service", vec!["169.254.169.254"]),
        ("mapped", vec!["::ffff:127.0.0.1"]),
    ] {
        let (_folder, mut corpus) = corpus();
        let addresses: Vec<IpAddr> = answers.iter().map(|a| a.parse().unwrap()).collect();
        let options = FetchOptions {
            boards: vec![fetch::parse_target("greenhouse:acme").unwrap()],
            lookup: Some(Arc::new(move |_| Ok(addresses.clone()))),
            politeness: rungs::fetch::pace::Politeness::unpaced(2),
            retries: Vec::new(),
            ..FetchOptions::default()
        };
        let summary = run(&mut corpus, &options);
        let outcome = &summary.boards[0].outcome;
        assert!(outcome.contains("not a public address"), "{name}: {outcome}");
    }
    assert_eq!(canary.hits().len(), 0);
}

#[test]
fn a_name_that_changes_its_address_is_checked_each_time() {
    let canary = Server::start(|_| Reply::ok("{}"));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let (_folder, mut corpus) = corpus();
    let options = FetchOptions {
        boards: vec![fetch::parse_target("greenhouse:acme").unwrap()],
        // Public at first (a reserved address that nothing answers on would do as well: the
        // second answer is the attack).
        lookup: Some(Arc::new(move |_| {
            let first = count.fetch_add(1, Ordering::SeqCst) == 0;
            if first {
                Err(std::io::Error::other("no answer yet"))
            } else {
                Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)])
            }
        })),
        retries: vec![Duration::ZERO; 2],
        politeness: rungs::fetch::pace::Politeness::unpaced(2),
        ..FetchOptions::default()
    };
    let summary = run(&mut corpus, &options);
    assert!(summary.boards[0].outcome.contains("not a public address"), "{:?}", summary.boards[0].outcome);
    assert!(asked.load(Ordering::SeqCst) >= 2);
    assert_eq!(canary.hits().len(), 0);
}

/// Options with the real name servers replaced by these.
fn with_names(lookup: impl Fn(&str) -> std::io::Result<Vec<IpAddr>> + Send + Sync + 'static) -> FetchOptions {
    FetchOptions {
        lookup: Some(Arc::new(lookup)),
        retries: vec![Duration::from_millis(5); 4],
        politeness: rungs::fetch::pace::Politeness::unpaced(2),
        ..FetchOptions::default()
    }
}

#[test]
fn without_network_everything_waits_and_no_host_is_blamed() {
    let boards = ["greenhouse:acme", "greenhouse:globex", "lever:initech", "site:careers.acme.example"];
    let boards: Vec<_> = boards.iter().map(|board| fetch::parse_target(board).unwrap()).collect();
    let offline = || FetchOptions {
        boards: boards.clone(),
        ..with_names(|_| Err(std::io::Error::other("no name server")))
    };
    let (_folder, mut corpus) = corpus();
    for run_number in 1..4 {
        let summary = run(&mut corpus, &offline());
        let why = summary.no_network.clone().unwrap_or_default();
        assert_eq!(why, "the name boards-api.greenhouse.io could not be looked up", "run {run_number}");
        assert_eq!((summary.left, summary.requests), (4, 0));
        for board in &summary.boards {
            assert!(board.unreached && !board.complete, "{board:?}");
            assert!(board.outcome.contains("could not be looked up"), "{board:?}");
        }
        assert!(corpus.holds().unwrap().is_empty(), "nobody asked to be left alone");
    }
    // With the network back the same requests are answered at once.
    let server = site(|hit| match hit.path.starts_with("/v1") {
        true => Reply::ok(greenhouse(&[1])),
        false => Reply::new(404, ""),
    });
    let summary = run(&mut corpus, &options(&server, &["greenhouse:acme", "greenhouse:globex"]));
    assert!(summary.is_complete() && summary.no_network.is_none(), "{summary:?}");
}

#[test]
fn a_name_that_is_gone_is_the_boards_fault_while_others_answer() {
    let server = site(|_| Reply::ok(greenhouse(&[1])));
    let boards = ["greenhouse:acme", "lever:initech", "site:careers.acme.example"];
    let options = FetchOptions {
        boards: boards.iter().map(|board| fetch::parse_target(board).unwrap()).collect(),
        base_urls: [("greenhouse".to_owned(), server.url())].into(),
        allow_private: true,
        ..with_names(|_| Err(std::io::Error::other("no such name")))
    };
    let (_folder, mut corpus) = corpus();
    let summary = run(&mut corpus, &options);
    assert_eq!((summary.no_network.clone(), summary.left), (None, 0), "{summary:?}");
    let complete = summary.boards.iter().filter(|board| board.complete).count();
    let named =
        summary.boards.iter().filter(|board| board.outcome.contains("could not be looked up")).count();
    assert_eq!((complete, named), (1, 2), "{summary:?}");
    assert!(corpus.holds().unwrap().is_empty());
}

/// A run whose name servers fail so often, each time after `delay`, and then know this machine.
fn lost(failures: usize, delay: Duration, retries: Vec<Duration>) -> (Summary, Duration, usize) {
    let server = site(|_| Reply::ok(greenhouse(&[1])));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let portal = Url::parse(&format!("http://portal.example:{}", server.address.port())).unwrap();
    let options = FetchOptions {
        boards: vec![fetch::parse_target("greenhouse:acme").unwrap()],
        base_urls: [("greenhouse".to_owned(), portal)].into(),
        allow_private: true,
        retries,
        ..with_names(move |_| {
            if count.fetch_add(1, Ordering::SeqCst) >= failures {
                return Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]);
            }
            thread::sleep(delay);
            Err(io::Error::other("no name server"))
        })
    };
    let (_folder, mut corpus) = corpus();
    let started = Instant::now();
    let summary = run(&mut corpus, &options);
    (summary, started.elapsed(), asked.load(Ordering::SeqCst))
}

#[test]
fn no_network_is_told_within_two_seconds_and_a_slow_one_is_waited_for() {
    let seconds = |pauses: &[u64]| pauses.iter().map(|n| Duration::from_secs(*n)).collect::<Vec<_>>();
    let usual = FetchOptions::default().retries;
    let (summary, took, asked) = lost(99, Duration::ZERO, usual.clone());
    assert!(summary.no_network.is_some() && took < Duration::from_secs(2), "{took:?}");
    assert_eq!((asked, summary.left), (3, 1));
    // It comes back between the first question and the last.
    let (summary, _, asked) = lost(2, Duration::ZERO, usual);
    assert!(summary.is_complete() && summary.no_network.is_none(), "{summary:?}");
    assert!(asked >= 3);
    // Failures that take their time are met with the usual pauses, of which jitter leaves half.
    let (summary, took, asked) = lost(99, Duration::from_millis(300), seconds(&[2, 2]));
    assert!(summary.no_network.is_some() && took >= Duration::from_millis(2900), "{took:?}");
    assert_eq!(asked, 3);
}
