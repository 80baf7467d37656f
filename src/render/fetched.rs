//! What a run of `rungs fetch` brought, board by board.

use super::page::{Page, Side, Table};

/// Lays out a run: for each board its name, rows listed, new, changed and closed postings and how its
/// look ended; then a line for all of them.
#[must_use]
pub fn fetched(boards: Vec<[String; 6]>, sum: String) -> Page {
    let mut page = Page::default();
    page.table(Table {
        columns: vec![
            ("board", Side::Left),
            ("listed", Side::Right),
            ("new", Side::Right),
            ("changed", Side::Right),
            ("closed", Side::Right),
            ("outcome", Side::Left),
        ],
        rows: boards.into_iter().map(Vec::from).collect(),
        // Looks that are not complete were told in full as they ended.
        flexible: 5,
    });
    page.line(sum);
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Style;

    #[test]
    fn lines_keep_to_the_width() {
        let outcome = "partial: ".to_owned() + &"the list lacks a page ".repeat(6);
        let boards = vec![["greenhouse:acme", "12", "3", "0", "1", &outcome].map(str::to_owned)];
        for width in [40, 80, 120] {
            let mut out = Vec::new();
            let page = fetched(boards.clone(), "0 of 1 boards complete: 3 new".into());
            page.write(Style::Text { width, color: false }, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
            assert!(text.contains("greenhouse:acme") && text.contains("0 of 1 boards"), "{text}");
        }
    }
}
