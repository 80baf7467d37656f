//! Career sites: sitemaps in every shape, pages in every markup and charset.

use crate::fetch::{corpus, options, run};
use crate::server::{Hit, Reply, Server};
use crate::shared;
use rungs::corpus::Corpus;
use rungs::fetch::FetchOptions;
use rungs::fetch::sources::{Address, Board, Step, listing_of, source};
use rungs::posting::Posting;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

/// A site served by `page`; `{host}` in a body stands for its address.
pub(crate) fn site(page: impl Fn(&Hit) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |hit| {
        let host = hit.headers.get("host").cloned().unwrap_or_default();
        match page(hit) {
            Reply::Full { status, headers, body } if body.windows(6).any(|part| part == b"{host}") => {
                let body = String::from_utf8(body).unwrap().replace("{host}", &host).into_bytes();
                Reply::Full { status, headers, body }
            }
            other => other,
        }
    })
}

fn board_of(server: &Server) -> Board {
    Board::new("site", format!("http~{}~{}", server.address.ip(), server.address.port()))
}

pub(crate) fn options_for(server: &Server) -> FetchOptions {
    FetchOptions { boards: vec![board_of(server)], ..options(server, &[]) }
}

pub(crate) fn titles(corpus: &Corpus) -> Vec<String> {
    let stored = corpus.changes_since(0, 1000).unwrap();
    let mut titles: Vec<String> = stored.into_iter().map(|stored| stored.posting.title).collect();
    titles.sort();
    titles
}

pub(crate) fn page(title: &str) -> String {
    format!(
        "<html><script type='application/ld+json'>{{\"@type\":\"JobPosting\",\"title\":\"{title}\",\
         \"description\":\"<p>Clay and fire.</p>\",\"hiringOrganization\":{{\"name\":\"Acme\"}}}}</script></html>"
    )
}

pub(crate) fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn urlset(pages: impl Iterator<Item = usize>, host: &str) -> String {
    let urls: String = pages
        .map(|n| format!("<url><loc>http://{host}/jobs/{n}</loc><lastmod>2026-01-02</lastmod></url>"))
        .collect();
    format!("<urlset>{urls}</urlset>")
}

#[test]
fn sitemap_indexes_in_a_circle_and_packed_sitemaps_are_each_read_once() {
    let server = site(|hit| match hit.path.as_str() {
        "/robots.txt" => Reply::ok("Sitemap: http://{host}/index.xml"),
        "/index.xml" => Reply::ok(
            "<sitemapindex><sitemap><loc>http://{host}/index.xml</loc></sitemap>\
             <sitemap><loc>http://{host}/other.xml</loc></sitemap>\
             <sitemap><loc>http://{host}/jobs.xml.gz</loc></sitemap></sitemapindex>",
        ),
        "/other.xml" => {
            Reply::ok("<sitemapindex><sitemap><loc>http://{host}/index.xml</loc></sitemap></sitemapindex>")
        }
        "/jobs.xml.gz" => Reply::ok(gzip(&urlset(0..3, &hit.headers["host"]))),
        path => Reply::ok(page(&format!("Potter {path}"))),
    });
    let (_folder, mut corpus) = corpus();
    let summary = run(&mut corpus, &options_for(&server));
    assert!(summary.is_complete(), "{:?}", summary.boards);
    assert_eq!(titles(&corpus), ["Potter /jobs/0", "Potter /jobs/1", "Potter /jobs/2"]);
    for path in ["/robots.txt", "/index.xml", "/other.xml", "/jobs.xml.gz"] {
        assert_eq!(server.count(path), 1, "{path}");
    }
    server.forget();
    assert!(run(&mut corpus, &options_for(&server)).is_complete());
    assert_eq!((server.count("/robots.txt"), server.count("/index.xml")), (0, 1), "it is believed for a day");
}

#[test]
fn a_sitemap_of_fifty_thousand_addresses_is_queued_whole() {
    let server = site(|hit| match hit.path.as_str() {
        "/robots.txt" => Reply::ok("Sitemap: http://{host}/all.xml"),
        "/all.xml" => Reply::ok(urlset(0..50_000, &hit.headers["host"])),
        path => Reply::ok(page(&format!("Potter {path}"))),
    });
    let (_folder, mut corpus) = corpus();
    let mut options = options_for(&server);
    options.budget = Some(40);
    let summary = run(&mut corpus, &options);
    assert!(summary.budget_spent && !summary.boards[0].complete);
    let read = corpus.stats().unwrap().open;
    assert_eq!(summary.left + read, 50_000, "{read} read");
}

#[test]
fn pages_in_every_markup_and_charset_are_read() {
    let microdata = "<div itemscope itemtype='https://schema.org/JobPosting'><h1 itemprop='title'>Microdata</h1>\
                     <div itemprop='description'><p>Clay.</p></div></div>";
    let rdfa = "<div vocab='https://schema.org/' typeof='JobPosting'><h1 property='title'>RDFa</h1>\
                <div property='description'><p>Clay.</p></div></div>";
    // Latin-1, and only the page itself says so.
    let latin: Vec<u8> = format!("<html><head><meta charset=iso-8859-1></head>{}", page("Töpfer"))
        .chars()
        .map(|c| u8::try_from(c).unwrap())
        .collect();
    let server = site(move |hit| match hit.path.as_str() {
        "/robots.txt" => Reply::ok("Sitemap: http://{host}/all.xml"),
        "/all.xml" => Reply::ok(urlset(0..5, &hit.headers["host"])),
        "/jobs/0" => Reply::ok(microdata),
        "/jobs/1" => Reply::ok(rdfa),
        "/jobs/2" => Reply::ok(latin.clone()).with("Content-Type", "text/html"),
        // A trailing comma and a raw line break: mended. No posting at all: nothing to say.
        "/jobs/3" => Reply::ok(page("Mended").replace("Clay and", "Clay\nand").replace("\"}}<", "\",}}<")),
        _ => Reply::ok("<p>About us</p>"),
    });
    let (_folder, mut corpus) = corpus();
    let summary = run(&mut corpus, &options_for(&server));
    assert!(summary.is_complete(), "{:?}", summary.boards);
    assert_eq!(titles(&corpus), ["Mended", "Microdata", "RDFa", "Töpfer"]);
}

/// Answers one connection after the other: robots.txt and reservations, which there are not, a page
/// that is reset half way, the page.
fn resetting() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for (number, mut stream) in listener.incoming().map_while(Result::ok).enumerate() {
            let body = page("Whole");
            let head =
                format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
            match number {
                // A connection closed before what came was read is reset, not ended.
                2 => {
                    stream.write_all(format!("{head}{}", &body[..body.len() / 2]).as_bytes()).unwrap();
                    thread::sleep(Duration::from_millis(50));
                    continue;
                }
                _ => assert!(stream.read(&mut [0; 4096]).unwrap() > 0),
            }
            let answer = if number < 2 {
                "HTTP/1.1 404 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".into()
            } else {
                head + &body
            };
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    port
}

#[test]
fn a_connection_reset_in_the_middle_of_a_body_is_tried_again() {
    let port = resetting();
    let server = site(move |hit| match hit.path.as_str() {
        "/robots.txt" => Reply::ok("Sitemap: http://{host}/all.xml"),
        _ => Reply::ok(urlset(0..1, &format!("127.0.0.1:{port}"))),
    });
    let (_folder, mut corpus) = corpus();
    let summary = run(&mut corpus, &options_for(&server));
    assert!(summary.is_complete(), "{:?}", summary.boards);
    assert_eq!((titles(&corpus), summary.total(|b| b.details)), (vec!["Whole".to_owned()], 2));
}

/// What the adapter of career sites reads from a page.
fn read_page(html: &str) -> Vec<Posting> {
    let source = source("site").unwrap();
    let board = Board::new("site", "pottery.example");
    let address = Address { url: "https://pottery.example/jobs/1".into(), modified: None };
    let mut request = listing_of(&board, address.clone()).detail.unwrap();
    let posting = Box::new(listing_of(&board, address).posting);
    request.step = Step::Detail { posting, stamp: String::new() };
    let page = (source.parse)(&board, &request, html.as_bytes()).unwrap();
    assert_eq!(page.rejected, [], "{html}");
    page.postings
}

#[test]
fn the_damage_of_recorded_scripts_is_mended() {
    let Some(folder) = shared("data/payloads/html_jsonld_invalid") else { return };
    let mut pages = 0;
    for file in fs::read_dir(folder).unwrap() {
        let html = fs::read_to_string(file.unwrap().path()).unwrap();
        // The pages are about something else: their damage stays, their subject becomes a posting.
        let start = html.find("ld+json").unwrap();
        let brace = start + html[start..].find('{').unwrap() + 1;
        let (head, tail) = html.split_at(brace);
        let tail = tail.replace("NewsArticle", "JobPosting").replace("\"data\"", "\"description\"");
        let found = read_page(&format!("{head}\"@type\": \"JobPosting\", \"title\": \"Potter\",{tail}"));
        assert_eq!(found.len(), 1, "{html}");
        assert_eq!(found[0].title, "Potter");
        pages += 1;
    }
    assert_eq!(pages, 3);
}

#[test]
fn the_examples_of_the_vocabulary_are_read_alike_in_each_markup() {
    let Some(file) = shared("data/payloads/html_jsonld/schemaorg_examples_jobposting.txt") else { return };
    let text = fs::read_to_string(file).unwrap();
    let first = text.split("TYPES:").nth(1).unwrap();
    for markup in ["MICRODATA:", "RDFA:", "JSON:"] {
        let part = first.split(markup).nth(1).unwrap();
        let part = part.split("\nRDFA:").next().unwrap().split("\nJSON:").next().unwrap();
        let found = read_page(part);
        assert_eq!(found.len(), 1, "{markup}");
        let posting = &found[0];
        assert_eq!(posting.title, "Software Engineer", "{markup}");
        assert!(posting.locations[0].contains("Kirkland"), "{markup}: {:?}", posting.locations);
        assert!(
            posting.description.contains("mid-level software engineer"),
            "{markup}: {}",
            posting.description
        );
        assert_eq!(posting.posted.unwrap().to_string(), "2011-10-31", "{markup}");
    }
}
