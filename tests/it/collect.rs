//! Collecting at the command line: `fetch`, `boards`, `robots`, with their exit codes, against a server
//! on this machine.

use crate::fetch::{greenhouse, site};
use crate::server::{Hit, Reply, Server};
use crate::sites;
use rungs::corpus::Corpus;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

/// `rungs`, in a home of its own.
fn rungs(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rungs"));
    command.arg("--home").arg(home).args(args).env("RUNGS_CONTACT", "bots@acme.example").current_dir(home);
    command
}

/// Runs it with requests sent to `server`.
fn at(home: &Path, server: &Server, args: &[&str]) -> Output {
    let mirrors = ["greenhouse", "breezy"].map(|kind| format!("--base-url={kind}={}", server.url()));
    let mirrors = mirrors.iter().map(String::as_str);
    rungs(home, &[args, &["--allow-private"]].concat()).args(mirrors).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A board whose list has no bodies; the page of the last posting says otherwise than the list.
fn breezy(hit: &Hit) -> Reply {
    let titles =
        ["Junior Engineer", "Senior Engineer", "Staff Engineer", "Head of Engineering", "Staff Designer"];
    if hit.path == "/json" {
        let row = |(n, title): (usize, &&str)| {
            json!({"id": format!("j{n}"), "name": title, "friendly_id": format!("j{n}"),
                "url": format!("https://acme.breezy.hr/p/j{n}"), "location": {"name": "Oslo"}})
        };
        return Reply::ok(json!(titles.iter().enumerate().map(row).collect::<Vec<_>>()).to_string());
    }
    let n: usize = hit.path.trim_start_matches("/p/j").parse().unwrap();
    Reply::ok(sites::page(if n == 4 { "Junior Designer" } else { titles[n] }))
}

#[test]
fn filters_spare_requests_and_what_they_left_out_is_read_later() {
    let home = tempfile::tempdir().unwrap();
    let server = site(breezy);
    let pages = || -> Vec<String> {
        let mut asked: Vec<String> = server
            .hits()
            .iter()
            .filter(|hit| hit.path.starts_with("/p/"))
            .map(|hit| hit.path.clone())
            .collect();
        asked.sort();
        server.forget();
        asked
    };
    let fetch = |more: &[&str]| {
        let output = at(home.path(), &server, &[&["fetch", "breezy:acme", "--json"], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
        (summary["boards"][0]["new"].as_u64().unwrap(), pages())
    };
    assert_eq!(fetch(&["--level", "senior..", "--title", "head"]), (1, vec!["/p/j3".into()]));
    // The page of the last one says that it is no such level: it is not stored.
    let (new, asked) = fetch(&["--level", "senior.."]);
    assert_eq!((new, asked), (2, vec!["/p/j1".into(), "/p/j2".into(), "/p/j4".into()]));
    assert_eq!(fetch(&["--location", "bergen"]), (0, vec![]));
    assert_eq!(fetch(&[]), (2, vec!["/p/j0".into(), "/p/j4".into()]));
    assert_eq!(fetch(&[]), (0, vec![]), "all is known");
}

#[test]
fn pages_that_a_sitemap_calls_older_are_not_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let server = sites::site(|hit| match hit.path.as_str() {
        "/sitemap.xml" => {
            Reply::ok(sites::urlset(0..2, &hit.headers["host"]).replacen("2026-01-02", "2025-12-30", 1))
        }
        path if path.starts_with("/jobs/") => Reply::ok(sites::page(path)),
        _ => Reply::new(404, ""),
    });
    let board = format!("site:http~127.0.0.1~{}", server.address.port());
    let mirror = format!("--base-url=site={}", server.url());
    let fetch = ["fetch", &board, "--since", "2026-01-01", "--allow-private", &mirror];
    let output = rungs(home.path(), &fetch).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!((server.count("/jobs/0"), server.count("/jobs/1")), (0, 1));
}

#[test]
fn events_are_json_and_the_summary_is_the_answer() {
    let home = tempfile::tempdir().unwrap();
    let server = site(|hit| match hit.path.contains("nobody") {
        true => Reply::new(404, "{}"),
        false => Reply::ok(greenhouse(&[1, 2])),
    });
    let boards = ["fetch", "greenhouse:acme", "greenhouse:nobody", "--json"];
    let output = at(home.path(), &server, &boards);
    assert_eq!(output.status.code(), Some(3), "one of two");
    let events: Vec<Value> =
        text(&output.stderr).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kind: &str| events.iter().filter(|event| event["event"] == kind).count();
    assert_eq!((of("start"), of("board")), (1, 2));
    assert!(of("progress") > 0);
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&summary["requests"], &summary["left"]), (&json!(3), &json!(0)));
    let agent = &server.hits()[0].headers["user-agent"];
    assert!(agent.ends_with("(+bots@acme.example)"), "{agent}");
    let quiet = at(home.path(), &server, &["--quiet", "fetch", "greenhouse:acme"]);
    assert_eq!((quiet.status.code(), text(&quiet.stderr)), (Some(0), String::new()));
}

#[test]
fn plans_ask_nothing_and_budgets_are_kept() {
    let home = tempfile::tempdir().unwrap();
    let server = site(breezy);
    let plan =
        at(home.path(), &server, &["fetch", "breezy:acme", "greenhouse:a", "greenhouse:b", "--dry-run"]);
    assert_eq!((plan.status.code(), server.asked()), (Some(0), 0));
    assert!(text(&plan.stdout).contains("3 boards"), "{}", text(&plan.stdout));
    let first = at(home.path(), &server, &["fetch", "breezy:acme", "--budget", "3"]);
    assert_eq!((first.status.code(), server.asked()), (Some(3), 3));
    let said = text(&first.stderr);
    assert!(said.contains("5 requests are left; run the same command again"), "{said}");
    let plan = at(home.path(), &server, &["fetch", "--all", "--dry-run", "--json"]);
    let plan: Value = serde_json::from_slice(&plan.stdout).unwrap();
    assert_eq!(plan["hosts"][0]["requests"], 7, "what is left, and perhaps the files of rules: {plan}");
    let rest = at(home.path(), &server, &["fetch", "--all"]);
    assert_eq!((rest.status.code(), server.asked()), (Some(0), 8));
    assert!(text(&rest.stdout).contains("complete"), "{}", text(&rest.stdout));
    let none = at(home.path(), &server, &["fetch", "--all", "--dry-run"]);
    assert!(text(&none.stderr).contains("no board is due"), "{}", text(&none.stderr));
}

/// The whole road of an employer with thousands of boards: how long would it take?
#[test]
fn a_sweep_of_many_boards_says_how_long_it_takes() {
    let home = tempfile::tempdir().unwrap();
    let rows: String = (0..6031).map(|n| format!("greenhouse,g{n}\n")).collect();
    let rows = rows + &(0..4268).map(|n| format!("workable,w{n}\n")).collect::<String>();
    fs::write(home.path().join("boards.csv"), format!("provider,token\n{rows}")).unwrap();
    assert!(rungs(home.path(), &["boards", "import", "boards.csv"]).output().unwrap().status.success());
    let plan = rungs(home.path(), &["fetch", "--all", "--dry-run"]).output().unwrap();
    let (out, said) = (text(&plan.stdout), text(&plan.stderr));
    assert!(out.contains("6032 requests at least, about 1.7 h"), "{out}");
    assert!(out.contains("4269 requests at least, about 2.4 h"), "{out}");
    assert!(said.contains("10301 requests at least, side by side in about 2.4 h"), "{said}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_ends_what_is_in_flight_and_says_how_to_go_on() {
    let home = tempfile::tempdir().unwrap();
    let pages = 400;
    let server = sites::site(move |hit| match hit.path.as_str() {
        "/robots.txt" => Reply::new(404, ""),
        "/sitemap.xml" => Reply::ok(sites::urlset(0..pages, &hit.headers["host"])),
        path => {
            thread::sleep(Duration::from_millis(20));
            Reply::ok(sites::page(path))
        }
    });
    let board = format!("site:http~127.0.0.1~{}", server.address.port());
    let mirror = format!("--base-url=site={}", server.url());
    let fetch = ["fetch", &board, "--allow-private", &mirror];
    let child = rungs(home.path(), &fetch).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while server.count("/jobs/") < 40 {
        thread::sleep(Duration::from_millis(2));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(
        said.contains("finishing what is in flight") && said.contains("run the same command again"),
        "{said}"
    );
    let asked = server.count("/jobs/");
    let stored = || {
        let corpus = Corpus::open_read_only(&home.path().join("data/corpus/rungs.sqlite")).unwrap();
        corpus.stats().unwrap().open
    };
    assert_eq!(stored(), asked as u64, "every answer is kept");
    assert!(asked < pages, "it was interrupted in the middle");
    let output = rungs(home.path(), &fetch).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("going on with 1 of 1 boards"), "{}", text(&output.stderr));
    assert_eq!((stored(), server.count("/jobs/")), (pages as u64, pages), "nothing is asked for twice");
}

#[test]
fn a_check_sends_the_users_own_keys() {
    let home = tempfile::tempdir().unwrap();
    let server = site(|hit| {
        let of = |name: &str| hit.headers.get(name).map_or("", String::as_str);
        match hit.path.starts_with("/api/Search") {
            true if (of("authorization-key"), of("user-agent")) != ("sesame", "bots@acme.example") => {
                Reply::new(401, "")
            }
            true => Reply::ok(json!({"SearchResult": {"SearchResultItems": []}}).to_string()),
            false if !hit.path.contains("app_id=me&app_key=sesame") => Reply::new(401, ""),
            false => Reply::ok(json!({"results": [], "count": 0}).to_string()),
        }
    });
    let check = |board: &str, keys: &[(&str, &str)]| {
        let mirror = format!("--base-url={}={}", board.split(':').next().unwrap(), server.url());
        let mut command = rungs(home.path(), &["boards", "check", board, "--allow-private", &mirror]);
        let output = command.envs(keys.iter().copied()).output().unwrap();
        (output.status.code().unwrap(), text(&output.stdout) + &text(&output.stderr))
    };
    let usajobs = [("RUNGS_USAJOBS_KEY", "sesame"), ("RUNGS_USAJOBS_EMAIL", "bots@acme.example")];
    let adzuna = [("RUNGS_ADZUNA_ID", "me"), ("RUNGS_ADZUNA_KEY", "sesame")];
    for (board, keys) in [("usajobs:cook", usajobs), ("adzuna:gb/cook", adzuna)] {
        let (code, said) = check(board, &keys);
        assert!(code == 0 && said.contains("0 rows on its first page"), "{board}: {said}");
        let (code, said) = check(board, &[]);
        assert!(code == 4 && said.contains("answers 401") && !said.contains("sesame"), "{board}: {said}");
    }
}

#[test]
fn every_answer_has_its_exit_code() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(|hit| match hit.path.as_str() {
        "/robots.txt" => Reply::ok("User-agent: *\nDisallow: /private"),
        "/careers" => Reply::ok("<a href='https://jobs.lever.co/acme/1'>Jobs</a>"),
        "/home" => Reply::ok(
            "<a href='/about'>About</a><a href='/gone/jobs'>x</a><a href='/our/careers'>Work here</a>",
        ),
        "/our/careers" => Reply::new(301, "").with("Location", "/careers"),
        "/moved" => Reply::new(302, "").with("Location", "/careers"),
        "/bare" => Reply::ok("<p>Nothing here</p>"),
        path if path.starts_with("/v1/boards/acme") => Reply::ok(greenhouse(&[1])),
        _ => Reply::new(404, ""),
    });
    let url = server.url();
    let page = |path: &str| format!("{url}{path}");
    fs::write(home.path().join("robots.txt"), "User-agent: *\nDisallow: /a\nAllow: /a/b\n").unwrap();
    fs::write(home.path().join("good.csv"), "name,url\nAcme,https://jobs.ashbyhq.com/acme\n").unwrap();
    fs::write(home.path().join("part.csv"), "provider,token\nlever,acme\nbogus,x\n").unwrap();
    fs::write(home.path().join("bad.csv"), "a,b\n1,2\n").unwrap();
    let mirror = format!("--base-url=greenhouse={url}");
    let home_page = page("home");
    let (careers, moved, bare, private, gone) =
        (page("careers"), page("moved"), page("bare"), page("private/x"), page("gone"));
    let closed = "http://127.0.0.1:9/x";
    let private_too = "--allow-private";
    for (args, code, said) in [
        (&["boards", "find", &careers, private_too][..], 0, "lever:acme"),
        (&["boards", "find", &moved, private_too], 0, "lever:acme"),
        (&["boards", "find", &home_page, private_too], 0, "lever:acme"),
        (&["boards", "find", "jobs.lever.co/acme"], 0, "lever:acme"),
        (&["boards", "find", &bare, private_too], 1, "no portal known to rungs"),
        (&["boards", "find", &private, private_too], 1, "robots.txt line 2: Disallow: /private"),
        (&["boards", "find", &gone, private_too], 1, "answers 404"),
        (&["boards", "find", &careers], 1, "is not for web sites"),
        (&["boards", "find", "what"], 2, "is not an address"),
        (&["boards", "find", closed, private_too], 1, "robots.txt cannot be had"),
        (
            &["boards", "check", "greenhouse:acme", "--company", "Acme Inc", private_too, &mirror],
            0,
            "as expected",
        ),
        (
            &["boards", "check", "greenhouse:acme", "--company", "Globex", private_too, &mirror],
            1,
            "NOT as expected",
        ),
        (&["boards", "check", "greenhouse:nobody", private_too, &mirror], 1, "answers 404"),
        (&["boards", "add", "greenhouse:acme", "https://jobs.lever.co/acme"], 0, "2 boards added"),
        (&["boards", "add", "greenhouse:acme"], 0, "0 boards added, 1 were known"),
        (&["boards", "add", "linkedin:acme"], 2, "linkedin.com forbids"),
        (&["boards", "list"], 0, "greenhouse:acme"),
        (&["boards", "list", "--sources"], 0, "Any career site"),
        (&["boards", "import", "good.csv"], 0, "1 boards added"),
        (&["boards", "import", "part.csv"], 3, "bogus:x, and 0 more"),
        (&["boards", "import", "bad.csv"], 2, "needs a column `url`"),
        (&["boards", "import", "none.csv"], 2, "none.csv"),
        (&["boards", "search", "stripe"], 0, "greenhouse:stripe"),
        (&["boards", "search", "no such employer"], 1, "boards find URL"),
        (&["boards", "search"], 2, "required"),
        (
            &["robots", "--file", "robots.txt", "https://acme.example/a/x"],
            1,
            "not allowed, by line 2: Disallow: /a",
        ),
        (&["robots", "--file", "robots.txt", "acme.example/a/b"], 0, "allowed, by line 3: Allow: /a/b"),
        (&["robots", "--file", "none.txt", "https://acme.example/"], 2, "none.txt"),
        (&["robots", "what"], 2, "is not an address"),
        (&["robots", &private, private_too], 1, "not allowed, by line 2"),
        (&["robots", &careers, private_too], 0, "allowed: no rule matches"),
        (&["robots", closed, private_too], 4, "cannot be had: Connection refused"),
        (&["fetch"], 2, "nothing to fetch"),
        (&["fetch", "bogus:x"], 2, "unknown provider `bogus`"),
        (&["fetch", "https://www.indeed.com/x"], 2, "indeed.com forbids"),
        (&["fetch", "--boards", "none.toml"], 2, "none.toml"),
        (&["fetch", "greenhouse:acme", "--since", "yesterday"], 2, "neither a date"),
        (&["fetch", "greenhouse:acme", "--level", "boss"], 2, "no range of levels"),
    ] {
        let output = rungs(home.path(), args).output().unwrap();
        let all = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {all}");
        assert!(all.contains(said), "{args:?}: {all}");
    }
}
