//! The gap and its explanations.

use super::page::{Page, Side, Table, bold, clean};
use super::{
    bar, cohort_line, data, employers, experience_label, family_name, gate_standing, level_name,
    percent_or_few, shown_share, snapshot_line, word,
};
use crate::level::Track;
use crate::query::contrast::Tier;
use crate::query::explain::{CoverageExplained, Explanation, Quote};
use crate::query::gap::{
    AHEAD, Aim, Coverage, DEPTH_EMPLOYERS, GIVEN_LEVEL, Gap, GapKind, JUDGED_MUSTS, Measure, Reason,
    SetAside, SkillGap, Target, WayOfWorking,
};
use crate::query::scope::CohortCard;
use crate::query::stats::MIN_EMPLOYERS;

/// Columns of a bar.
const BAR: usize = 10;

/// What the columns and their words mean.
const LEGEND: &str = "shares are of postings, an employer counting for at most 5; intervals are 90 %. tier: level-defining = asked for more than at your level beyond chance, fading = less, core = common at both, common = by a quarter or more, other employers = the difference comes from who advertises, rare = the rest. need and have: depth, 1 awareness, 2 working, 3 practitioner, 4 expert; ? = fewer than three employers state one. missing = not in your profile; too shallow = held, less deep; unproven = held, and nothing in the profile proves it; a dash under experience = no words of your history show it.";

/// How an area is marked that has figures of kindred families.
pub(super) const KINDRED: &str = " (kindred families)";

/// Instead of a coverage of a thin cohort: a mean over few employers says more of them than of the person.
pub(super) const TOO_FEW_TO_COVER: &str = "too few employers to say how much of it you cover";

/// Instead of the sums behind a coverage.
const TOO_LITTLE_TO_COVER: &str =
    "too little data for a coverage; `rungs gap` shows what there is and what would help";

/// Lays out a gap with at most `limit` skills a target.
#[must_use]
pub fn gap(answer: &Gap, limit: usize) -> Page {
    let mut page = Page::default();
    data::gap(&mut page, answer);
    let place = &answer.place;
    page.title(format!(
        "you: level {} ({}), {}",
        place.level,
        level_name(place.level),
        answer.family.as_deref().map_or_else(|| "family unknown".to_owned(), family_name)
    ));
    page.line(format!("level {}; family {}", place.level_reason, place.family_reason));
    page.line(format!("your level in the market: {}", cohort_line(&answer.own)));
    page.line(snapshot_line(&answer.snapshot));
    widened(&mut page, answer);
    answer.targets.iter().filter_map(|target| target.warning.as_ref()).for_each(|warning| page.line(warning));
    for target in &answer.targets {
        lay_target(&mut page, target, &answer.own_coverage, limit);
    }
    if answer.targets.is_empty() {
        too_little(&mut page, answer, true);
    }
    for note in &answer.notes {
        page.line(format!("note: {note}"));
    }
    if !answer.targets.is_empty() {
        page.line(LEGEND);
    }
    if let Some((target, first)) = answer.targets.iter().find_map(|t| Some((t, t.skills.first()?))) {
        let options = cohort_options(answer, &target.cohort);
        page.next(format!("rungs explain {}{options}", super::quoted(&first.label)));
    }
    page
}

fn lay_target(page: &mut Page, target: &Target, own: &Measure, limit: usize) {
    page.title(cohort_line(&target.cohort));
    if target.cohort.postings > 0 {
        page.line(super::places(&target.cohort));
    }
    if target.cohort.is_thin() {
        page.line(TOO_FEW_TO_COVER);
    } else {
        coverage(page, &target.coverage, own);
    }
    let mut open = Table { columns: skill_columns(), flexible: 8, ..Table::default() };
    let gaps = target.skills.iter().filter(|s| s.gap != GapKind::Met);
    open.rows = gaps.take(limit).map(skill_row).collect();
    page.table(open);
    let met: Vec<&str> = target
        .skills
        .iter()
        .filter(|s| s.gap == GapKind::Met)
        .take(limit)
        .map(|s| s.label.as_str())
        .collect();
    if !met.is_empty() {
        page.line(format!("held and shown: {}", met.join(", ")));
    }
    focus(page, target);
    kindred(page, target);
    if !target.set_aside.is_empty() {
        let named = target.set_aside.iter().map(set_aside);
        let named = named.collect::<Vec<_>>().join("; ");
        page.line(format!("in no area because you rated it −2: {named}"));
    }
    working(page, target);
    if !target.generic.is_empty() {
        let words = target.generic.iter().take(6);
        let named = words
            .map(|w| format!("{} {} (own level {})", w.label, shown_share(&w.asked), shown_share(&w.own)));
        page.line(format!("words that say too little to compare: {}", named.collect::<Vec<_>>().join(", ")));
    }
    let mut experience = Table {
        columns: vec![
            ("experience", Side::Left),
            ("asked", Side::Right),
            ("employers", Side::Right),
            ("own level", Side::Right),
            ("typical", Side::Right),
            ("your history shows", Side::Left),
        ],
        flexible: 5,
        ..Table::default()
    };
    let kindred = target.focus.iter().filter_map(|area| Some((KINDRED, &area.kindred.as_ref()?.figures)));
    for (whose, facet) in target.experience.iter().map(|facet| ("", facet)).chain(kindred) {
        experience.rows.push(vec![
            format!("{}{whose}", experience_label(facet.kind)),
            shown_share(&facet.asked),
            employers(&facet.asked),
            shown_share(&facet.own),
            facet
                .figure
                .map(|f| format!("{} ({} of {} employers)", f.median, f.employers_with, f.employers))
                .unwrap_or_default(),
            match (&facet.shown_by, &facet.begun_by) {
                (Some(words), _) => clean(words),
                (None, Some(skill)) => format!("begun: {}", clean(skill)),
                (None, None) => "–".to_owned(),
            },
        ]);
    }
    page.table(experience);
    let mut gates = Table {
        columns: vec![
            ("gate", Side::Left),
            ("required", Side::Right),
            ("employers", Side::Right),
            ("you", Side::Left),
        ],
        ..Table::default()
    };
    for gate in &target.gates {
        gates.rows.push(vec![
            clean(&gate.name.label()),
            shown_share(&gate.required),
            employers(&gate.required),
            gate_standing(gate),
        ]);
    }
    page.table(gates);
}

/// What is set aside, with who asks for it.
pub(super) fn set_aside(aside: &SetAside) -> String {
    let whose = if aside.kindred { KINDRED } else { "" };
    format!("{}, {}{whose}", aside.name, employers(&aside.asked))
}

fn coverage(page: &mut Page, coverage: &Coverage, own: &Measure) {
    let shown = |m: &Measure| match (m.share, m.low, m.high) {
        (Some(p), Some(low), Some(high)) => {
            format!("{:.0} % ({:.0}–{:.0})", p * 100.0, low * 100.0, high * 100.0)
        }
        _ => "–".to_owned(),
    };
    page.line(format!(
        "you cover {} of the musts, {} of all that is asked, {} with evidence",
        shown(&coverage.musts),
        shown(&coverage.all),
        shown(&coverage.evidenced)
    ));
    if own.share.is_some() {
        page.line(format!(
            "at your own level you cover {} of the musts: no profile names all that one can do",
            shown(own)
        ));
    }
    if coverage.postings == 0 {
        page.line(format!("no posting of these names {JUDGED_MUSTS} musts that can be compared"));
        return;
    }
    page.line(format!(
        "of {} postings with at least {JUDGED_MUSTS} musts ({} employers) you meet every must in {} ({} employers), all or all but one in {}, at least half in {}",
        coverage.postings,
        coverage.employers,
        coverage.all_met,
        coverage.all_met_employers,
        coverage.all_but_one,
        coverage.half_met
    ));
}

fn working(page: &mut Page, target: &Target) {
    let named = |rises: bool| -> Vec<String> {
        let tier = |w: &&WayOfWorking| w.contrast.is_some_and(|c| c.tier == Tier::LevelDefining) == rises;
        let shown = target.working.iter().filter(tier).take(6);
        shown
            .map(|w| format!("{} {} (own level {})", w.label, shown_share(&w.asked), shown_share(&w.own)))
            .collect()
    };
    let (rising, others) = (named(true), named(false));
    if !rising.is_empty() {
        page.line(format!("ways of working asked for more than at your level: {}", rising.join(", ")));
    }
    if !others.is_empty() {
        page.line(format!("ways of working asked for as much at your level: {}", others.join(", ")));
    }
}

fn focus(page: &mut Page, target: &Target) {
    if target.focus.is_empty() {
        return;
    }
    let label = |id: &String| {
        target.skills.iter().find(|s| s.id == *id).map_or_else(|| id.clone(), |s| s.label.clone())
    };
    let mut table = Table {
        columns: vec![
            ("focus area", Side::Left),
            ("skills", Side::Left),
            ("build on", Side::Left),
            ("why", Side::Left),
        ],
        flexible: 1,
        ..Table::default()
    };
    for (i, area) in target.focus.iter().enumerate() {
        let skills: Vec<String> = area.skills.iter().map(label).collect();
        let mut ground: Vec<String> =
            area.after.iter().filter(|o| !area.skills.contains(&o.first)).map(|o| label(&o.first)).collect();
        ground.dedup();
        ground.truncate(3);
        table.rows.push(vec![
            format!("{}. {}{}", i + 1, bold(&area.name), if area.kindred.is_some() { KINDRED } else { "" }),
            skills.join(", "),
            ground.join(", "),
            match area.reason {
                Reason::Rises => "asked for more than at your level".to_owned(),
                Reason::Common => "common there".to_owned(),
            },
        ]);
    }
    page.table(table);
}

fn skill_columns() -> Vec<(&'static str, Side)> {
    vec![
        ("skill", Side::Left),
        ("", Side::Left),
        ("asked", Side::Right),
        ("employers", Side::Right),
        ("own level", Side::Right),
        ("tier", Side::Left),
        ("need", Side::Right),
        ("have", Side::Right),
        ("gap", Side::Left),
    ]
}

fn skill_row(skill: &SkillGap) -> Vec<String> {
    let tier = skill.contrast.map_or("rare".to_owned(), |c| match c.tier {
        Tier::LevelDefining => "level-defining".to_owned(),
        Tier::Composition => "other employers".to_owned(),
        other => word(other),
    });
    let via = skill.via.as_deref().map(|via| format!(" ({via})")).unwrap_or_default();
    vec![
        bold(&skill.label),
        bar(skill.asked.share.unwrap_or(0.0), BAR),
        shown_share(&skill.asked),
        employers(&skill.asked),
        shown_share(&skill.own),
        tier,
        format!("{}{}", skill.need, if skill.need_stated_by < DEPTH_EMPLOYERS { "?" } else { "" }),
        match skill.have {
            0 => "–".to_owned(),
            have if skill.derived => {
                let basis = skill.have_basis.split_once(':').map_or(&*skill.have_basis, |(kind, _)| kind);
                format!("{have} ({basis})")
            }
            have => have.to_string(),
        },
        match skill.gap {
            GapKind::Answered => "another will do".to_owned(),
            gap => format!("{}{via}", word(gap).replace('-', " ")),
        },
    ]
}

/// An honest "too little data", with what there is and what would help.
/// Says what is lacking and what helps; `levels` also how many employers there are by level.
pub(super) fn too_little(page: &mut Page, answer: &Gap, levels: bool) {
    page.title("too little data for an answer");
    for card in &answer.too_little {
        page.line(format!("{}; at least {MIN_EMPLOYERS} employers are needed", cohort_line(card)));
    }
    if answer.family.is_none() {
        page.line("the profile's role family is not known: give --family, or set `family` in the profile");
    }
    if answer.family.is_some() && levels {
        let mut table = Table {
            columns: vec![("level", Side::Left), ("employers", Side::Right), ("postings", Side::Right)],
            ..Table::default()
        };
        for count in &answer.levels {
            let name = count.level.map_or("unknown".to_owned(), |l| format!("{l} {}", level_name(l)));
            table.rows.push(vec![name, count.employers.to_string(), count.postings.to_string()]);
        }
        page.table(table);
    }
    let mut families = Table {
        columns: vec![("family", Side::Left), ("employers", Side::Right), ("postings", Side::Right)],
        ..Table::default()
    };
    // Other families help only who does not know theirs.
    let unknown = answer.family.is_none();
    for (family, employers, postings) in answer.families.iter().filter(|_| unknown).take(12) {
        families.rows.push(vec![family_name(family), employers.to_string(), postings.to_string()]);
    }
    page.table(families);
    let mut helps: Vec<String> =
        answer.scope.narrowed_by().iter().map(|option| format!("leaving out {option}")).collect();
    if answer.snapshot.source == "index" {
        helps.push("--from market".to_owned());
    }
    if answer.is_narrow() {
        helps.push("leaving out --level: the nearest levels ahead are then answered, or all of them where these have few employers".to_owned());
    }
    if let Some(family) = &answer.nearest {
        let again = asked_again(answer, Some(family));
        helps.push(format!("a kindred family, just once: `rungs gap{again}{}`", levels_asked(answer)));
    }
    helps.push(
        "postings of your own (`rungs boards find EMPLOYER`, `rungs fetch`, `rungs import`)".to_owned(),
    );
    page.line(format!("what helps: {}", helps.join(", ")));
    // The kindred family to stay with, where one's own has no answer: gap, plan and report then follow it.
    match &answer.nearest {
        _ if answer.is_narrow() => {
            page.next(format!("rungs gap{}", asked_again(answer, other_family(answer))));
        }
        Some(family) => page.next(format!("rungs profile set --family {family}")),
        None => {}
    }
}

/// Why more levels are answered than were asked about.
pub(super) fn widened(page: &mut Page, answer: &Gap) {
    answer.why_widened().into_iter().for_each(|sentence| page.line(sentence));
}

/// Whose figures the marked areas have.
pub(super) fn kindred(page: &mut Page, target: &Target) {
    let areas = || target.focus.iter().filter_map(|area| Some((&area.name, area.kindred.as_ref()?)));
    let Some((_, kindred)) = areas().next() else { return };
    let alone: Vec<String> =
        areas().map(|(name, kindred)| format!("{name} {}", employers(&kindred.alone))).collect();
    page.line(format!(
        "areas marked{KINDRED} have figures, at your level too, of {}, bundled market, since your own family has too few employers here ({}); they are no part of coverage",
        super::kindred_in_words(kindred),
        alone.join(", ")
    ));
}

/// The family given instead of the profile's.
pub(super) fn other_family(answer: &Gap) -> Option<&str> {
    answer.family.as_deref().filter(|family| answer.place.family.as_deref() != Some(*family))
}

/// Options with which `rungs gap` asks the same person's question again, of `family` where that is not the
/// profile's; levels apart.
pub(super) fn asked_again(answer: &Gap, family: Option<&str>) -> String {
    let mut options = family.map_or_else(String::new, |family| format!(" --family {family}"));
    options.push_str(&own_level(answer));
    options + &scope_options(answer, answer.scope.track)
}

/// The person's own level as an option, where it was given as one.
pub(super) fn own_level(answer: &Gap) -> String {
    let given = answer.place.level_reason == GIVEN_LEVEL;
    if given { format!(" --own-level {}", answer.place.level) } else { String::new() }
}

/// The levels that `answer` was asked about, as an option; empty where they are the usual ones.
pub(super) fn levels_asked(answer: &Gap) -> String {
    match &answer.asked {
        Aim::At(levels) => format!(" --level {}..{}", levels.start(), levels.end()),
        Aim::Ahead(AHEAD) => String::new(),
        Aim::Ahead(ahead) => format!(" --ahead {ahead}"),
    }
}

/// Options with which other commands mean the same cohort in the same source.
pub(super) fn cohort_options(answer: &Gap, cohort: &CohortCard) -> String {
    let family = answer.family.as_ref().map_or_else(String::new, |family| format!(" --family {family}"));
    let levels = format!(" --level {}..{}", cohort.from_level, cohort.to_level);
    let source = if answer.snapshot.source == "index" { " --from own" } else { " --from market" };
    family + &levels + &scope_options(answer, cohort.track) + source
}

/// The part of the market asked about, on `track`, as options; family and levels apart.
fn scope_options(answer: &Gap, track: Option<Track>) -> String {
    let mut options = String::new();
    match track {
        Some(Track::Ic) => options.push_str(" --track ic"),
        Some(Track::Management) => options.push_str(" --track management"),
        None => {}
    }
    if let Some(region) = answer.scope.region {
        options.push_str(&format!(" --region {region}"));
    }
    if answer.scope.workplace.is_some() {
        options.push_str(" --remote");
    }
    if let Some(since) = answer.scope.since {
        let day = jiff::civil::Date::constant(1970, 1, 1)
            .saturating_add(jiff::Span::new().try_days(since).unwrap_or_default());
        options.push_str(&format!(" --since {day}"));
    }
    options
}

/// Lays out an explanation.
#[must_use]
pub fn explanation(answer: &Explanation) -> Page {
    let mut page = Page::default();
    data::explanation(&mut page, answer);
    for one in std::iter::once(answer).chain(&answer.also) {
        lay_explanation(&mut page, one);
    }
    if answer.row == "experience" && !answer.also.is_empty() {
        page.line("the experience is read from what a sentence says, the skill from its name alone; areas and plans take the stronger of the two");
    }
    page.line(answer.formula);
    page.line(snapshot_line(&answer.snapshot));
    for quote in answer.quotes.iter().chain(answer.also.iter().flat_map(|other| &other.quotes)) {
        lay_quote(&mut page, quote);
    }
    if let Some(first) = answer.quotes.first() {
        page.next(format!("rungs search --similar {}", super::quoted(&first.posting.to_string())));
    }
    page
}

fn lay_explanation(page: &mut Page, answer: &Explanation) {
    page.title(match answer.row {
        "gate" => format!("{} (gate)", answer.label),
        row => format!("{} ({row} {})", answer.label, answer.id),
    });
    page.line(cohort_line(&answer.cohort));
    let mut shares = Table {
        columns: vec![
            ("", Side::Left),
            ("share", Side::Right),
            ("employers", Side::Right),
            ("postings", Side::Right),
        ],
        ..Table::default()
    };
    let named = [
        ("asked for", &answer.asked),
        ("required", &answer.required),
        ("as a duty", &answer.duty),
        ("welcome", &answer.preferred),
    ];
    for (name, share) in named {
        let postings = format!("{}/{}", share.postings_with, share.postings);
        shares.rows.push(vec![name.to_owned(), shown_share(share), employers(share), postings]);
    }
    page.table(shares);
    let depth = answer.depths;
    if depth.iter().any(|employers| *employers > 0) {
        page.line(format!(
            "depth stated by employers: awareness {}, working {}, practitioner {}, expert {}",
            depth[0], depth[1], depth[2], depth[3]
        ));
    }
    if let Some(figure) = answer.figure {
        page.line(format!(
            "figure: median {} of {} employers that state one, of {}; of a posting the largest, of an employer the median",
            figure.median, figure.employers_with, figure.employers
        ));
    }
    if !answer.figures.is_empty() {
        let figures: Vec<String> =
            answer.figures.iter().map(|(figure, employers)| format!("{figure} ×{employers}")).collect();
        page.line(format!("figures × employers: {}", figures.join(", ")));
    }
    let mut beside = Table {
        columns: vec![
            ("asked for beside it", Side::Left),
            ("of these postings", Side::Right),
            ("employers", Side::Right),
            ("of all", Side::Right),
        ],
        ..Table::default()
    };
    for other in &answer.beside {
        beside.rows.push(vec![
            other.label.clone(),
            shown_share(&other.given),
            employers(&other.given),
            shown_share(&other.overall),
        ]);
    }
    page.table(beside);
}

fn lay_quote(page: &mut Page, quote: &Quote) {
    let mut how = vec![word(quote.strength)];
    how.extend(quote.depth.map(|d| format!("depth {d}")));
    how.extend(quote.years.map(|y| format!("{y} years")));
    how.extend(quote.level.map(|l| format!("level {l}")));
    let company =
        if quote.company.is_empty() { String::new() } else { format!(" · {}", clean(&quote.company)) };
    let place = quote.url.as_deref().map_or_else(|| quote.posting.clone(), clean);
    page.item(
        format!("{}{company}", bold(&quote.title)),
        vec![format!("“{}”", clean(&quote.sentence)), format!("{} · {place}", how.join(", "))],
    );
}

/// Lays out the sums behind coverage.
#[must_use]
pub fn coverage_explained(answer: &[CoverageExplained]) -> Page {
    let mut page = Page::default();
    data::coverage(&mut page, answer);
    for explained in answer {
        page.title(format!("coverage: {}", cohort_line(&explained.cohort)));
        page.line(snapshot_line(&explained.snapshot));
        if !explained.cohort.is_enough() {
            page.line(TOO_LITTLE_TO_COVER);
            continue;
        }
        coverage(&mut page, &explained.coverage, &Measure::default());
        for (name, (held, all)) in ["musts", "all that is asked"].into_iter().zip(explained.sums) {
            let measure = if name == "musts" { &explained.coverage.musts } else { &explained.coverage.all };
            let share = percent_or_few(measure.share.map(|_| held / all.max(1e-9)));
            page.line(format!("{name}: {held:.3} held / {all:.3} asked = {share}"));
        }
        page.line(format!("the heaviest {} of {} things asked for:", explained.rows.len(), explained.asks));
        let mut table = Table {
            columns: vec![
                ("asked for", Side::Left),
                ("weight", Side::Right),
                ("as a must", Side::Right),
                ("need", Side::Right),
                ("have", Side::Right),
                ("credit", Side::Right),
                ("through", Side::Left),
            ],
            flexible: 0,
            ..Table::default()
        };
        for row in &explained.rows {
            table.rows.push(vec![
                row.any_of.join(" or "),
                format!("{:.3}", row.weight),
                format!("{:.3}", row.required),
                row.depth.0.to_string(),
                row.depth.1.to_string(),
                format!("{:.2}", row.credit),
                row.via.clone().unwrap_or_default(),
            ]);
        }
        page.table(table);
        page.line(explained.formula);
    }
    if answer.is_empty() {
        page.line(TOO_LITTLE_TO_COVER);
    }
    page
}
