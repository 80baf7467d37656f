//! The report: one file that loads nothing, escapes everything, and fits every width. Layout is
//! measured in headless Chromium; where there is none the test says so.

use crate::market::{self, FAMILY, TODAY};
use rungs::coded::Rows;
use rungs::level::Track;
use rungs::plan::ladder::ladder;
use rungs::plan::log::{Entry, Event};
use rungs::plan::{Coverage, Material, Plan, PlanQuote, delta::Delta};
use rungs::profile::Profile;
use rungs::query::bridge::bridges;
use rungs::query::scope::Scope;
use rungs::query::{Snapshot, Source};
use rungs::render::{self, Report};
use rungs::taxonomy::Taxonomy;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const EVIL: &str =
    "</td><script>alert(1)</script><img src=//evil.example/x onerror=alert(2)>\" onload=\"x\u{202e}&amp;";

/// A full report of the made-up market, with words of postings that mean harm.
fn html() -> String {
    let mut profile = market::usual();
    profile.skills[2].evidence = vec![EVIL.to_owned()];
    html_of(&market::rows(), &profile)
}

fn html_of(rows: &Rows, profile: &Profile) -> String {
    let answer = market::gap_of(rows, profile);
    let target = rungs::plan::target(&answer, None).unwrap();
    let scope = Scope { family: Some(FAMILY.into()), ..Scope::default() };
    let taxonomy = Taxonomy::builtin();
    let source = Source::Rows(rows, &Snapshot::of_rows("made-up", rows.len()));
    let labels: Vec<String> = target.skills.iter().map(|s| s.label.clone()).collect();
    let ids: Vec<&str> = target.skills.iter().map(|s| s.id.as_str()).collect();
    let quote =
        PlanQuote { posting: EVIL.into(), company: EVIL.into(), title: EVIL.into(), text: EVIL.into() };
    let material = Material {
        gap: &answer,
        scope: &scope,
        profile,
        taxonomy,
        hours_per_week: None,
        quotes: BTreeMap::new(),
        activities: Vec::new(),
        links: BTreeMap::new(),
        disliked: Vec::new(),
        others: Vec::new(),
        today: TODAY,
    };
    let plan = rungs::plan::make(&material, target);
    let from = (answer.place.family.clone(), answer.place.level);
    render::report(&Report {
        gap: &answer,
        target,
        rungs: &labels,
        ladder: &ladder(source, &scope, &ids).unwrap(),
        bridges: Some(&bridges(source, taxonomy, profile, from, FAMILY, &(5..=5), &scope).unwrap()),
        quotes: &[(EVIL.to_owned(), vec![quote])],
        plan: Some(&plan),
        log: &history(&plan),
        today: TODAY,
    })
}

#[test]
fn tracks_are_told_apart_by_what_they_are() {
    let rows = |managers: u64| {
        let mut rows = Rows::default();
        let groups = [(3, None, 40), (5, Some(Track::Ic), 40), (5, Some(Track::Management), managers)];
        let all = groups.into_iter().flat_map(|(level, track, n)| (0..n).map(move |at| (at, level, track)));
        for (id, (at, level, track)) in all.enumerate() {
            rows.push_coded(id as u64, &market::row(at, level, track, FAMILY, market::AHEAD), true);
        }
        rows
    };
    // A manager's own track is the first of the answer.
    let manager = Profile { track: Some(Track::Management), ..market::usual() };
    let report = html_of(&rows(30), &manager);
    assert!(report.contains("individual contributors, 40 employers"));
    assert!(report.contains("management, 30 employers"));
    assert!(!html_of(&rows(5), &manager).contains("The same levels on both tracks"), "too few to compare");
}

fn history(plan: &Plan) -> Vec<Entry> {
    let coverage = |all: f64| Coverage { must: Some(all), all: Some(all), proven: Some(all / 2.0) };
    let made = Event::Made { snapshot: "a".into(), coverage: coverage(0.2) };
    let delta = Delta {
        now: coverage(0.4),
        you: coverage(0.25),
        market: Coverage { must: Some(-0.05), all: Some(-0.05), proven: Some(0.0) },
        ..Delta::default()
    };
    let checked = Event::Checked { snapshot: "b".into(), delta: Box::new(delta) };
    [(0, made), (40, checked)]
        .into_iter()
        .map(|(days, event)| Entry { at: TODAY + jiff::Span::new().days(days), plan: plan.id.clone(), event })
        .collect()
}

#[test]
fn it_is_one_small_file_that_loads_nothing() {
    let html = html();
    assert!(html.len() < 600_000, "{} bytes", html.len());
    for word in ["<script", "<link", "<img", "<iframe", "<object", "@import", "url(http", "url(//"] {
        assert!(!html.contains(word), "{word}");
    }
    // Escaped text holds no `<`, so what follows one is a tag of ours.
    for tag in html.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        assert!(!tag.contains(" src=") && !tag.contains("://"), "{tag}");
        let target = tag.split(" href=\"").nth(1);
        assert!(target.is_none_or(|target| target.starts_with('#')), "{tag}");
    }
    for section in
        ["standing", "skills", "held", "levels", "experience", "tracks", "words", "plan", "progress"]
    {
        assert!(html.contains(&format!("<section id=\"{section}\"")), "{section}");
    }
    assert_eq!(html, self::html(), "the same question gives the same bytes");
}

#[test]
fn words_of_others_are_never_markup() {
    let html = html();
    assert!(html.contains("&lt;script&gt;alert(1)"));
    assert!(!html.contains("<script") && !html.contains("\" onload=") && !html.contains('\u{202e}'));
}

#[test]
fn every_figure_has_a_caption_and_its_figures_as_a_table() {
    let html = html();
    for figure in html.split("<figure>").skip(1) {
        let figure = figure.split("</figure>").next().unwrap();
        assert!(figure.starts_with("\n<figcaption>"), "{}", &figure[..80]);
        assert!(figure.contains("<table>"), "{}", &figure[..200]);
    }
    assert!(html.matches("<figure>").count() >= 6);
    let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let distinct: std::collections::BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "an id is there twice");
}

#[test]
fn ways_are_a_graph_and_milestones_begin_with_capitals() {
    let html = html();
    assert!(!html.contains("<b>You:"));
    if let Some(ways) = html.split("<section id=\"ways\"").nth(1) {
        let ways = ways.split("</section>\n<section id").next().unwrap();
        assert!(ways.contains("class=\"graph\"") == ways.contains("The roles of the drawing"), "{ways}");
    }
    let days = html.split("<div class=\"days\">").nth(1).unwrap();
    for goal in days.split("</div>\n</div>").next().unwrap().split("<li>").skip(1) {
        assert!(!goal.starts_with(char::is_lowercase), "{}", &goal[..goal.len().min(60)]);
    }
}

/// Chromium, or `None` (said on stderr) where there is none.
#[allow(clippy::print_stderr)]
fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = std::env::var_os("PATH").and_then(|path| {
        std::env::split_paths(&path)
            .flat_map(|dir| names.map(|name| dir.join(name)))
            .find(|file| file.is_file())
    });
    if found.is_none() {
        eprintln!("skipped: no chromium in PATH (apt-get install chromium)");
    }
    found
}

/// What Chromium prints of `page` after its scripts ran.
fn dump(chromium: &Path, page: &Path) -> String {
    let profile = tempfile::tempdir().unwrap();
    let out = profile.path().join("dom");
    let mut child = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"])
        .args(["--disable-background-networking", "--disable-component-update", "--hide-scrollbars"])
        .args(["--allow-file-access-from-files", "--virtual-time-budget=10000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", page.display()))
        .stdout(std::fs::File::create(&out).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(120) {
            child.kill().unwrap();
            panic!("chromium did not end within two minutes");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    std::fs::read_to_string(out).unwrap()
}

#[test]
fn it_fits_phones_tablets_and_desks_and_asks_for_nothing() {
    let Some(chromium) = chromium() else { return };
    let folder = tempfile::tempdir().unwrap();
    // The policy is for readers; the probe has to run its script within the frames.
    let report = html();
    std::fs::write(folder.path().join("report.html"), &report).unwrap();
    let probe = r#"<!DOCTYPE html><body><pre id=out></pre><script>
const widths = [360, 768, 1280];
const out = document.getElementById('out');
Promise.all(widths.map(width => new Promise(done => {
  const frame = document.createElement('iframe');
  frame.style.width = width + 'px'; frame.style.height = '900px'; frame.src = 'report.html';
  frame.onload = () => {
    const page = frame.contentDocument, root = page.documentElement;
    page.querySelectorAll('details').forEach(d => d.open = true);
    const wide = [...page.querySelectorAll('body *')].filter(e =>
      !e.closest('.scroll') && !e.closest('svg') && !e.matches('.skip') && e.getBoundingClientRect().right > width + 0.5);
    const cut = [...page.querySelectorAll('.stack')].filter(e => e.scrollWidth > e.clientWidth + 1 && width < 640);
    const loaded = frame.contentWindow.performance.getEntriesByType('resource').length;
    const small = [...page.querySelectorAll('p,li,td,th,span,summary')].filter(e =>
      e.textContent.trim() && parseFloat(frame.contentWindow.getComputedStyle(e).fontSize) < 11);
    done(`${width}: scroll ${root.scrollWidth} wide ${wide.length} loaded ${loaded} small ${small.length} cut ${cut.length} ` +
      wide.slice(0, 3).map(e => e.tagName + '.' + e.className).join(' '));
  };
  document.body.append(frame);
}))).then(lines => out.textContent = 'MEASURED\n' + lines.join('\n') + '\nEND');
</script></body>"#;
    let page = folder.path().join("probe.html");
    std::fs::write(&page, probe).unwrap();
    let dom = dump(&chromium, &page);
    let measured = dom.split("MEASURED\n").nth(1).and_then(|rest| rest.split("\nEND").next());
    let measured = measured.unwrap_or_else(|| panic!("nothing was measured: {}", &dom[..dom.len().min(400)]));
    for (line, width) in measured.lines().zip([360, 768, 1280]) {
        let expected = format!("{width}: scroll {width} wide 0 loaded 0 small 0 cut 0");
        assert_eq!(line.trim(), expected);
    }
    assert_eq!(measured.lines().count(), 3);
}

#[test]
fn a_folder_that_is_not_there_is_named_and_not_made() {
    let home = tempfile::tempdir().unwrap();
    let (folder, root) = (home.path().join("nowhere"), home.path().to_string_lossy().into_owned());
    let profile = concat!(env!("CARGO_MANIFEST_DIR"), "/data/profiles/nurse.toml");
    let file = folder.join("x.html").to_string_lossy().into_owned();
    let out = crate::rungs(&["--home", &root, "report", "--profile", profile, "-o", &file], "");
    let said = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(2), "{said}");
    assert!(said.contains("nowhere does not exist"), "{said}");
    assert!(!folder.exists());
}
