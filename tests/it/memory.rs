//! What bodies cost in memory. Each run is a process of its own whose peak the system tells, so that
//! neither the server nor other tests count.

use crate::faults::{bomb, gzip};
use crate::fetch::{corpus, site};
use crate::server::{Hit, Reply, Server};
use rungs::fetch::http::Limits;
use rungs::fetch::pace::Politeness;
use rungs::fetch::sources::Board;
use rungs::fetch::{self, Event, FetchOptions};
use std::collections::HashMap;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// What a run in a process of its own is to do.
struct Order {
    boards: usize,
    /// Unpacked to sent, at most.
    ratio: usize,
    /// This many boards are enough.
    enough: usize,
}

/// What it tells.
struct Told {
    /// Resident at the peak, and how much of that the run itself took; in bytes.
    peak: usize,
    grown: usize,
    /// How boards ended.
    outcomes: Vec<String>,
}

fn in_a_process_of_its_own(server: &Server, order: &Order) -> Told {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "memory::a_run_that_tells_its_peak", "--ignored", "--nocapture"])
        .env("RUNGS_TEST_SERVER", server.url().as_str())
        .env("RUNGS_TEST_ORDER", format!("{} {} {}", order.boards, order.ratio, order.enough))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let of = |name: &str| -> Vec<String> {
        text.lines().filter_map(|line| Some(line.split_once(name)?.1.to_owned())).collect()
    };
    let number = |name: &str| of(name).first().unwrap_or_else(|| panic!("{text}")).parse().unwrap();
    Told { peak: number("peak: "), grown: number("grown: "), outcomes: of("outcome: ") }
}

/// A line of `/proc/self/status`, in bytes.
fn memory(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

#[test]
#[ignore = "run by the other tests here, in a process of its own"]
#[allow(clippy::print_stdout, clippy::exit)]
fn a_run_that_tells_its_peak() {
    let url: url::Url = std::env::var("RUNGS_TEST_SERVER").unwrap().parse().unwrap();
    let order = std::env::var("RUNGS_TEST_ORDER").unwrap();
    let [boards, ratio, enough] =
        order.split(' ').map(|n| n.parse::<usize>().unwrap()).collect::<Vec<_>>()[..]
    else {
        panic!("{order}")
    };
    let options = FetchOptions {
        boards: (0..boards).map(|n| Board::new("greenhouse", format!("acme{n}"))).collect(),
        base_urls: HashMap::from([("greenhouse".to_owned(), url)]),
        allow_private: true,
        politeness: Politeness { breaker_failures: usize::MAX, ..Politeness::unpaced(boards) },
        in_flight: boards,
        limits: Limits { ratio, total: Duration::from_secs(600), ..Limits::default() },
        ..FetchOptions::default()
    };
    let (folder, mut corpus) = corpus();
    let before = memory("VmRSS");
    let mut ended = 0;
    fetch::run(&mut corpus, &options, &mut |event| {
        let Event::Board(report) = event else { return };
        println!("outcome: {}", report.outcome);
        ended += 1;
        if ended == enough {
            let peak = memory("VmHWM");
            println!("peak: {peak}\ngrown: {}", peak - before);
            std::fs::remove_dir_all(folder.path()).unwrap();
            std::process::exit(0);
        }
    })
    .unwrap();
}

#[test]
#[allow(clippy::print_stdout)]
fn bombs_grow_memory_by_less_than_twice_the_cap() {
    let packed = Reply::ok(bomb(512)).with("Content-Encoding", "gzip");
    let endless = |head: &str| Reply::drip(head, vec![b' '; 1 << 16], Duration::ZERO);
    let of_two_gb = endless("HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n");
    let endless = endless("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    let cap = Limits::default().decoded_bytes;
    for (name, reply, ratio, boards) in [
        ("packed", packed.clone(), usize::MAX, 1),
        ("packed, by its ratio", packed.clone(), 200, 1),
        ("of two gigabytes", of_two_gb, 200, 1),
        ("without end", endless, 200, 1),
        ("packed", packed, usize::MAX, 8),
    ] {
        let server = site(move |_| reply.clone());
        let told = in_a_process_of_its_own(&server, &Order { boards, ratio, enough: boards });
        for outcome in &told.outcomes {
            assert!(outcome.contains("too large"), "{name}: {outcome}");
        }
        println!("{name}, {boards} at once: {} MB more at the peak", told.grown >> 20);
        assert!(told.grown < 2 * cap, "{name}, {boards} at once: {} MB", told.grown >> 20);
    }
}

/// Answers nobody before all have asked, so that every request is in flight with every other one.
fn all_at_once(count: usize, reply: Reply) -> Server {
    let asked = Arc::new((Mutex::new(0), Condvar::new()));
    site(move |_: &Hit| {
        let (number, all_are_here) = &*asked;
        let mut number = number.lock().unwrap();
        *number += 1;
        all_are_here.notify_all();
        drop(all_are_here.wait_while(number, |number| *number < count).unwrap());
        reply.clone()
    })
}

/// A board of so many megabytes, packed: postings of 8 kB each, all with other words.
fn large_board(megabytes: usize) -> Vec<u8> {
    let mut body = b"{\"jobs\":[".to_vec();
    let mut number = 1u64;
    for id in 0.. {
        let start = if id == 0 { "" } else { "," };
        body.extend_from_slice(
            format!("{start}{{\"id\":{id},\"title\":\"Cook {id}\",\"company_name\":\"Acme\",\"absolute_url\":\"https://boards.greenhouse.io/acme/jobs/{id}\",\"content\":\"&lt;p&gt;")
                .as_bytes(),
        );
        for _ in 0..900 {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            body.extend_from_slice(format!("clay{} ", number >> 50).as_bytes());
        }
        body.extend_from_slice(b"&lt;/p&gt;\"}");
        if body.len() > megabytes << 20 {
            break;
        }
    }
    body.extend_from_slice(b"]}");
    gzip(&body)
}

/// Requests in flight at once.
const AT_ONCE: usize = 256;

#[test]
#[allow(clippy::print_stdout)]
fn bodies_at_the_cap_in_256_requests_at_once_stay_below_120_mb() {
    let server = all_at_once(AT_ONCE, Reply::ok(bomb(64)).with("Content-Encoding", "gzip"));
    let order = Order { boards: AT_ONCE, ratio: usize::MAX, enough: 8 };
    let told = in_a_process_of_its_own(&server, &order);
    assert_eq!(told.outcomes.len(), 8);
    assert!(told.outcomes.iter().all(|outcome| outcome.contains("too large")), "{:?}", told.outcomes);
    println!("{AT_ONCE} at once: {} MB at the peak, {} of the run", told.peak >> 20, told.grown >> 20);
    assert!(told.peak < 120 << 20, "{} MB", told.peak >> 20);
}

#[test]
#[ignore = "takes minutes; run with --release -- --ignored"]
#[allow(clippy::print_stdout)]
fn boards_that_fill_the_cap_are_read_one_at_a_time() {
    let server = all_at_once(AT_ONCE, Reply::ok(large_board(49)).with("Content-Encoding", "gzip"));
    let told = in_a_process_of_its_own(&server, &Order { boards: AT_ONCE, ratio: 200, enough: 8 });
    assert_eq!(told.outcomes, ["complete"; 8]);
    println!("{AT_ONCE} boards of 49 MB at once: {} MB at the peak", told.peak >> 20);
    // Of the one that is read, what was parsed and what is made of it stand beside its body.
    assert!(told.peak < 8 * Limits::default().decoded_bytes, "{} MB", told.peak >> 20);
}
