//! Throughput and memory of the fetcher against a server of our own on this machine, with
//! politeness off: `cargo bench --bench fetch`.
//!
//! The server is a process of its own and serves pages and boards that are made up here. It is
//! first measured with `wrk` where that is installed, so that the figures say how much of what the
//! server can give the fetcher takes. Each crawl, too, is a process of its own: its peak memory
//! is read from `/proc/self/status` at the end.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::unwrap_used)]

use jiff::Timestamp;
use rungs::corpus::Corpus;
use rungs::fetch::http::{Ask, Guard, Http, Limits};
use rungs::fetch::pace::Politeness;
use rungs::fetch::sources::{Address, Board, Step, listing_of};
use rungs::fetch::{self, Event, FetchOptions, Summary};
use std::env;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// Requests under way at once, for `wrk` and for the fetcher.
const IN_FLIGHT: usize = 32;

/// Pages of the career site whose crawl is timed.
const PAGES: usize = 20_000;

/// Boards whose crawl is timed, and postings on each.
const BOARDS: usize = 400;
const JOBS: usize = 40;

/// Bytes of a page, about: its posting takes a third, as on real sites.
const PAGE_BYTES: usize = 20_000;

/// Stands in what is served for the name of the page or board.
const ID: &str = "@@";

/// Addresses in one sitemap.
const SITEMAP: usize = 50_000;

/// Addresses that a run left to the next one, whose start is timed.
const LEFT: usize = 1_000_000;

/// Queued addresses at which peak memory is read.
const QUEUES: [usize; 3] = [100_000, 200_000, 300_000];

fn main() {
    let args: Vec<String> = env::args().collect();
    match args.get(1).map(String::as_str) {
        Some("serve") => serve(args[2].parse().unwrap()),
        Some("crawl") => crawl(&args[2..]),
        _ => measure(),
    }
}

fn measure() {
    let server = Server::start(PAGES);
    let wrk = wrk(&server.url);
    let http = http_alone(&server.url);
    match wrk {
        Some(wrk) => {
            println!("wrk, {IN_FLIGHT} connections:        {wrk:>8.0} pages/s");
            println!("one guarded request each:   {http:>8.0} pages/s = {:.0} % of wrk", http / wrk * 100.0);
        }
        None => println!("wrk is not installed; our own requests alone: {http:.0} pages/s"),
    }
    let reference = wrk.unwrap_or(http);
    let site = child(&["site", &server.url, "0", "0"]);
    println!(
        "site, parsed and stored:    {:>8.0} pages/s = {:.0} % of the above; {PAGES} pages in {:.1} s, peak {} MB",
        site.rate(PAGES),
        site.rate(PAGES) / reference * 100.0,
        site.seconds,
        site.peak_kb / 1024
    );
    // What a busy machine would have given had it been idle.
    println!(
        "  {:.2} ms of one core each: {:.0} pages/s a core",
        site.busy * 1e3 / PAGES as f64,
        PAGES as f64 / site.busy
    );
    let boards = child(&["boards", &server.url, &BOARDS.to_string(), "0"]);
    println!(
        "boards, parsed and stored:  {:>8.0} boards/s, {:.0} postings/s, peak {} MB",
        boards.rate(BOARDS),
        boards.rate(BOARDS * JOBS),
        boards.peak_kb / 1024
    );
    for queued in QUEUES {
        let server = Server::start(queued);
        let crawl = child(&["site", &server.url, "0", "2000"]);
        println!(
            "{queued:>7} addresses queued:  peak {:.1} MB ({} left), {:.1} s",
            crawl.peak_kb as f64 / 1024.0,
            crawl.left,
            crawl.seconds
        );
    }
    let start = child(&["resume", &server.url, &LEFT.to_string(), "0"]);
    println!(
        "{LEFT} addresses left by a run before: {:.2} s until the first request may leave, peak {:.1} MB",
        start.seconds,
        start.peak_kb as f64 / 1024.0
    );
}

/// What a crawl in a process of its own reports.
struct Figures {
    seconds: f64,
    peak_kb: u64,
    left: u64,
    /// Processor time, in seconds.
    busy: f64,
}

impl Figures {
    fn rate(&self, count: usize) -> f64 {
        count as f64 / self.seconds
    }
}

fn child(args: &[&str]) -> Figures {
    let exe = env::current_exe().unwrap();
    let output = Command::new(exe).arg("crawl").args(args).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "crawl {args:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut words = text.split_whitespace();
    let mut next = || words.next().unwrap().parse::<f64>().unwrap();
    Figures { seconds: next(), peak_kb: next() as u64, left: next() as u64, busy: next() }
}

/// `crawl site|boards URL COUNT BUDGET`: crawls once and prints seconds, peak kB, requests left,
/// processor seconds.
fn crawl(args: &[String]) {
    let [kind, url, count, budget] = args else { panic!("crawl KIND URL COUNT BUDGET") };
    let url = Url::parse(url).unwrap();
    let count: usize = count.parse().unwrap();
    if kind == "resume" {
        let (seconds, left) = resume(count);
        println!("{seconds} {} {left} 0", peak_kb());
        return;
    }
    let budget: u64 = budget.parse().unwrap();
    let port = url.port().unwrap();
    let boards = match kind.as_str() {
        "site" => vec![Board::new("site", format!("http~127.0.0.1~{port}"))],
        _ => (0..count).map(|n| Board::new("ashby", format!("board{n}"))).collect(),
    };
    let options = FetchOptions {
        base_urls: ["ashby", "site"].map(|kind| (kind.to_owned(), url.clone())).into(),
        boards,
        allow_private: true,
        politeness: Politeness::unpaced(IN_FLIGHT),
        in_flight: IN_FLIGHT,
        budget: (budget > 0).then_some(budget),
        ..FetchOptions::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let summary = run(&folder.path().join("corpus.sqlite"), &options);
    if budget == 0 {
        assert!(summary.is_complete(), "{:?}", summary.boards.first());
    }
    println!("{} {} {} {}", summary.seconds, peak_kb(), summary.left, busy());
}

/// Leaves `count` addresses to a run that is stopped before its first request. Returns the seconds
/// until it is ready, and how many it has.
fn resume(count: usize) -> (f64, u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut corpus = Corpus::open(&folder.path().join("corpus.sqlite")).unwrap();
    let board = Board::new("site", "acme.example");
    let mut batch = corpus.batch().unwrap();
    batch.add_board(&board.source, &board.token, None, Timestamp::now()).unwrap();
    batch.begin_cycle(&board.source, &board.token, Timestamp::now()).unwrap();
    for n in 0..count {
        let url = format!("https://acme.example/jobs/kiln-keeper-in-bergen-{n}");
        let listing = listing_of(&board, Address { url, modified: Some("2026-05-04T06:07:08Z".into()) });
        let mut request = listing.detail.unwrap();
        request.step = Step::Detail { posting: Box::new(listing.posting), stamp: format!("{n:016x}") };
        let json = serde_json::to_string(&request).unwrap();
        let mut fingerprint = [0; 32];
        // Scattered, as hashes are.
        fingerprint[..8].copy_from_slice(&(n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        batch.enqueue((&board.source, &board.token), &fingerprint, "acme.example", &json).unwrap();
    }
    batch.commit().unwrap();
    static STOP: AtomicBool = AtomicBool::new(true);
    let options = FetchOptions { boards: vec![board], stop: Some(&STOP), ..FetchOptions::default() };
    let started = Instant::now();
    let mut ready = None;
    let summary = fetch::run(&mut corpus, &options, &mut |event| {
        if matches!(event, Event::Start { .. }) {
            ready = Some(started.elapsed());
        }
    });
    (ready.unwrap().as_secs_f64(), summary.unwrap().left)
}

fn run(path: &Path, options: &FetchOptions) -> Summary {
    let mut corpus = Corpus::open(path).unwrap();
    fetch::run(&mut corpus, options, &mut |_| {}).unwrap()
}

/// Peak resident memory of this process; 0 where the system does not say.
fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

/// Processor time of this process in seconds, from its ticks of 10 ms; 0 where the system does not
/// say.
fn busy() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.rsplit(')').next().into_iter().flat_map(str::split_whitespace).skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Requests a second by `wrk`; `None` where it is not installed.
fn wrk(url: &str) -> Option<f64> {
    let connections = format!("-c{IN_FLIGHT}");
    let output =
        Command::new("wrk").args(["-t1", &connections, "-d5s", &format!("{url}jobs/7")]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let line = text.lines().find(|line| line.starts_with("Requests/sec"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Guarded, limited requests without parsing and storing.
fn http_alone(url: &str) -> f64 {
    let guard = Guard { allow_private: true, lookup: None };
    let http = Http::new("bench", guard, Limits::default(), &[]).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let url = Url::parse(&format!("{url}jobs/7")).unwrap();
    let done = Arc::new(AtomicUsize::new(0));
    let span = Duration::from_secs(5);
    let started = Instant::now();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..IN_FLIGHT)
            .map(|_| {
                let (http, url, done) = (http.clone(), url.clone(), Arc::clone(&done));
                tokio::spawn(async move {
                    while started.elapsed() < span {
                        let reply = http.send(&url, &Ask::default()).await.unwrap();
                        assert!(reply.body.len() > PAGE_BYTES / 2);
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64()
}

struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// A server with a career site of so many pages.
    fn start(pages: usize) -> Self {
        let exe = env::current_exe().unwrap();
        let mut child =
            Command::new(exe).args(["serve", &pages.to_string()]).stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { child, url: url.trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Serves on one thread until it is killed, so that the other core is the crawler's.
fn serve(pages: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("http://{}/", listener.local_addr().unwrap());
        let content = Arc::new(Content::new(listener.local_addr().unwrap().port(), pages));
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let _ = stream.set_nodelay(true);
            tokio::spawn(converse(stream, Arc::clone(&content)));
        }
    });
}

async fn converse(mut stream: TcpStream, content: Arc<Content>) {
    let (mut asked, mut answer) = (Vec::new(), Vec::new());
    loop {
        while let Some(end) = asked.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&asked[..end]).into_owned();
            let path = head.split(' ').nth(1).unwrap_or("/").to_owned();
            answer.clear();
            content.answer(&path, &mut answer);
            if stream.write_all(&answer).await.is_err() {
                return;
            }
            asked.drain(..end + 4);
        }
        match stream.read_buf(&mut asked).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// What the server serves, made up once.
struct Content {
    port: u16,
    pages: usize,
    /// A page and a board with [`ID`] where their own name belongs.
    page: String,
    board: String,
}

impl Content {
    fn new(port: u16, pages: usize) -> Self {
        let line = "<li class=\"nav-item\"><a href=\"/about/team\" data-track=\"nav\">Our teams</a></li>";
        let frame = line.repeat(PAGE_BYTES * 2 / 3 / line.len());
        let duties = "<p>You keep the kiln rooms of a small pottery running, plan firings and teach.</p>\
                      <ul><li>Three years with gas kilns</li><li>Fluent in glaze chemistry</li></ul>";
        let description = duties.repeat(PAGE_BYTES / 3 / duties.len());
        let job = serde_json::json!({"@context": "https://schema.org", "@type": "JobPosting",
            "title": format!("Kiln keeper {ID}"), "datePosted": "2026-05-04", "employmentType": "FULL_TIME",
            "hiringOrganization": {"@type": "Organization", "name": "Example Pottery"},
            "jobLocation": {"@type": "Place", "address": {"addressLocality": "Bergen", "addressCountry": "NO"}},
            "description": description});
        let jobs: Vec<_> = (0..JOBS)
            .map(|n| {
                serde_json::json!({"id": format!("{ID}-{n}"), "title": format!("Kiln keeper {n}"), "isListed": true,
                    "jobUrl": format!("https://jobs.ashbyhq.com/{ID}/{n}"), "location": "Bergen",
                    "descriptionHtml": duties.repeat(15)})
            })
            .collect();
        let page = format!(
            "<!doctype html><html><head><title>Kiln keeper {ID}</title><script type=\"application/ld+json\">{job}</script>\
             </head><body><ul>{frame}</ul></body></html>"
        );
        Self { port, pages, page, board: serde_json::json!({ "jobs": jobs }).to_string() }
    }

    fn answer(&self, path: &str, out: &mut Vec<u8>) {
        let body = self.body(path);
        let (status, body) = body.map_or(("404 Not Found", String::new()), |body| ("200 OK", body));
        let kind = if path.starts_with("/posting-api") { "application/json" } else { "text/html" };
        let head =
            format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", body.len());
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(body.as_bytes());
    }

    fn body(&self, path: &str) -> Option<String> {
        if path == "/robots.txt" {
            return Some(format!(
                "User-agent: *\nAllow: /\nSitemap: http://127.0.0.1:{}/index.xml\n",
                self.port
            ));
        }
        if let Some(name) = path.strip_prefix("/posting-api/job-board/") {
            return Some(self.board.replace(ID, name.split('?').next()?));
        }
        let (kind, id) = path.trim_start_matches('/').split_once('/').unwrap_or(("", path));
        match kind {
            "jobs" => Some(self.page.replace(ID, id)),
            "sitemap" => Some(self.sitemap(id.parse().ok()?)),
            "" => Some(self.index()),
            _ => None,
        }
    }

    fn index(&self) -> String {
        let maps = (0..self.pages.div_ceil(SITEMAP)).fold(String::new(), |mut all, n| {
            let port = self.port;
            let _ = write!(all, "<sitemap><loc>http://127.0.0.1:{port}/sitemap/{n}</loc></sitemap>");
            all
        });
        format!("<sitemapindex>{maps}</sitemapindex>")
    }

    fn sitemap(&self, at: usize) -> String {
        let urls = (at * SITEMAP..self.pages.min((at + 1) * SITEMAP)).fold(String::new(), |mut all, n| {
            let _ = write!(
                all,
                "<url><loc>http://127.0.0.1:{}/jobs/kiln-keeper-in-bergen-{n}</loc>\
                 <lastmod>2026-05-04T06:07:08Z</lastmod><changefreq>daily</changefreq></url>",
                self.port
            );
            all
        });
        format!("<urlset>{urls}</urlset>")
    }
}
