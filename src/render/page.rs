//! A page: what every answer becomes, whatever it is written as.
//!
//! Answers are laid out once, as titles, lines, tables and items; [`Page::write`] turns them into
//! text for a terminal, Markdown or CSV. Text of postings is untrusted: control characters never
//! reach a terminal.

use std::io::{self, Write};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Marks the start of emphasised text within a string; a private-use character that is stripped
/// from everything else.
pub(super) const BOLD: char = '\u{e000}';
/// Marks its end.
pub(super) const PLAIN: char = '\u{e001}';

/// The column that gives way gets no narrower than this; a table that needs it narrower is stacked.
const SHORTEST_CELL: usize = 20;
/// Narrowest layout, in columns.
const NARROWEST: usize = 40;

/// How a page is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For people at a terminal or a pipe.
    Text {
        /// Columns.
        width: usize,
        /// Bold and dim.
        color: bool,
    },
    /// Markdown with pipe tables.
    Markdown,
    /// The tables as CSV, one after the other with an empty line between; no other text.
    Csv,
}

/// On which side a column's cells stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// A table.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) columns: Vec<(&'static str, Side)>,
    pub(super) rows: Vec<Vec<String>>,
    /// Column that is cut when the table is too wide; the first by default.
    pub(super) flexible: usize,
}

/// A table for programs: names of columns, and rows of plain values.
#[derive(Clone, Debug, Default)]
pub(super) struct Data {
    pub(super) columns: &'static [&'static str],
    pub(super) rows: Vec<Vec<String>>,
}

#[derive(Clone, Debug)]
enum Part {
    Title(String),
    Line(String),
    Table(Table),
    /// A table for programs: written as CSV and nowhere else.
    Data(Data),
    /// A heading with lines below it, e.g. a posting.
    Item(String, Vec<String>),
    Next(String),
}

/// An answer laid out.
#[derive(Clone, Debug, Default)]
pub struct Page {
    parts: Vec<Part>,
}

impl Page {
    pub(super) fn title(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Title(text.into()));
    }

    pub(super) fn line(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Line(text.into()));
    }

    /// Adds a table unless it has no rows.
    pub(super) fn table(&mut self, table: Table) {
        if !table.rows.is_empty() {
            self.parts.push(Part::Table(table));
        }
    }

    /// Adds the data that this page shows; written as CSV instead of its tables, be it without rows.
    pub(super) fn data(&mut self, columns: &'static [&'static str], rows: Vec<Vec<String>>) {
        self.parts.push(Part::Data(Data { columns, rows }));
    }

    pub(super) fn item(&mut self, heading: impl Into<String>, lines: Vec<String>) {
        self.parts.push(Part::Item(heading.into(), lines));
    }

    /// The next sensible command.
    pub(super) fn next(&mut self, command: impl Into<String>) {
        self.parts.push(Part::Next(command.into()));
    }

    /// The same without a next command, for callers that name another.
    #[must_use]
    pub fn without_next(mut self) -> Self {
        self.parts.retain(|part| !matches!(part, Part::Next(_)));
        self
    }

    /// The data of the page, or its tables where it has none.
    fn csv_tables(&self) -> Vec<(Vec<&str>, &Vec<Vec<String>>)> {
        let data = self.parts.iter().filter_map(|part| match part {
            Part::Data(data) => Some((data.columns.to_vec(), &data.rows)),
            _ => None,
        });
        let data: Vec<_> = data.collect();
        if !data.is_empty() {
            return data;
        }
        let tables = self.parts.iter().filter_map(|part| match part {
            Part::Table(table) => Some((table.columns.iter().map(|(name, _)| *name).collect(), &table.rows)),
            _ => None,
        });
        tables.collect()
    }

    /// The page as Markdown.
    pub(super) fn markdown(&self) -> String {
        let mut out = Vec::new();
        // Writing to memory does not fail.
        let _ = self.write(Style::Markdown, &mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    /// Writes the page.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        match style {
            Style::Text { width, color } => {
                let mut writer = Text { width: width.max(NARROWEST), color, out };
                self.parts.iter().enumerate().try_for_each(|(i, part)| writer.part(part, i == 0))
            }
            Style::Markdown => self.parts.iter().try_for_each(|part| markdown(part, out)),
            Style::Csv => {
                let tables: Vec<(Vec<&str>, &Vec<Vec<String>>)> = self.csv_tables();
                for (i, (columns, rows)) in tables.into_iter().enumerate() {
                    if i > 0 {
                        writeln!(out)?;
                    }
                    csv(&columns, rows, out)?;
                }
                Ok(())
            }
        }
    }
}

/// `text` emphasised.
pub(super) fn bold(text: &str) -> String {
    format!("{BOLD}{}{PLAIN}", clean(text))
}

/// `text` without control and private marks, white space folded.
pub(super) fn clean(text: &str) -> String {
    let kept: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| {
            !c.is_control() && !matches!(*c, BOLD | PLAIN | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .collect();
    kept.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

fn unmarked(text: &str) -> String {
    text.chars().filter(|c| !matches!(*c, BOLD | PLAIN)).collect()
}

fn columns(text: &str) -> usize {
    unmarked(text).width()
}

struct Text<'o> {
    width: usize,
    color: bool,
    out: &'o mut dyn Write,
}

impl Text<'_> {
    fn part(&mut self, part: &Part, first: bool) -> io::Result<()> {
        match part {
            Part::Title(text) => {
                if !first {
                    writeln!(self.out)?;
                }
                self.wrapped(&format!("{BOLD}{text}{PLAIN}"), "")
            }
            Part::Line(text) => self.wrapped(text, ""),
            Part::Table(table) => self.table(table),
            Part::Data(_) => Ok(()),
            Part::Item(heading, lines) => {
                writeln!(self.out)?;
                self.wrapped(heading, "")?;
                lines.iter().try_for_each(|line| self.wrapped(line, "    "))
            }
            Part::Next(command) => {
                writeln!(self.out)?;
                let line = self.painted(&format!("next: {command}"), "\u{1b}[2m");
                writeln!(self.out, "{line}")
            }
        }
    }

    fn painted(&self, text: &str, code: &str) -> String {
        if self.color { format!("{code}{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// Marks become escape codes, or vanish.
    fn styled(&self, text: &str) -> String {
        if self.color { text.replace(BOLD, "\u{1b}[1m").replace(PLAIN, "\u{1b}[0m") } else { unmarked(text) }
    }

    fn wrapped(&mut self, text: &str, indent: &str) -> io::Result<()> {
        let room = self.width - indent.len();
        let mut line = String::new();
        let mut used = 0;
        for word in text.split(' ') {
            let wide = columns(word);
            if used > 0 && used + 1 + wide > room {
                writeln!(self.out, "{indent}{}", self.styled(&line))?;
                line.clear();
                used = 0;
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += wide;
        }
        writeln!(self.out, "{indent}{}", self.styled(&line))
    }

    fn table(&mut self, table: &Table) -> io::Result<()> {
        let cell = |row: &[String], i: usize| row.get(i).cloned().unwrap_or_default();
        let mut widths: Vec<usize> = table
            .columns
            .iter()
            .enumerate()
            .map(|(i, (name, _))| {
                table.rows.iter().map(|row| columns(&cell(row, i))).max().unwrap_or(0).max(name.width())
            })
            .collect();
        let total: usize = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
        if total > self.width
            && let Some(wide) = widths.get_mut(table.flexible)
        {
            *wide = wide.saturating_sub(total - self.width).max(SHORTEST_CELL.min(*wide));
        }
        if widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1) > self.width {
            return self.stacked(table);
        }
        let names: Vec<String> = table.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        let header = self.row(&names, table, &widths);
        let header = self.painted(&header, "\u{1b}[2m");
        writeln!(self.out, "{header}")?;
        for row in &table.rows {
            self.broken(row, table, &widths)?;
        }
        Ok(())
    }

    /// One row, on as many lines as its flexible cell takes.
    fn broken(&mut self, cells: &[String], table: &Table, widths: &[usize]) -> io::Result<()> {
        let width = widths.get(table.flexible).copied().unwrap_or(0);
        let mut cells = cells.to_vec();
        loop {
            let rest = cells.get_mut(table.flexible).and_then(|cell| split(cell, width));
            let line = self.row(&cells, table, widths);
            writeln!(self.out, "{}", self.styled(&line))?;
            let Some(rest) = rest else { return Ok(()) };
            cells = vec![String::new(); cells.len()];
            cells[table.flexible] = format!("  {rest}");
        }
    }

    /// A table too wide for its columns: an item for every row, its cells named.
    fn stacked(&mut self, table: &Table) -> io::Result<()> {
        for row in &table.rows {
            self.wrapped(row.first().map_or("", String::as_str), "")?;
            let named = table.columns.iter().zip(row).skip(1).filter(|((name, _), cell)| {
                // Columns without a name hold bars.
                !name.is_empty() && !cell.is_empty()
            });
            let cells: Vec<String> = named.map(|((name, _), cell)| format!("{name}: {cell}")).collect();
            self.wrapped(&cells.join(" · "), "    ")?;
        }
        Ok(())
    }

    fn row(&self, cells: &[String], table: &Table, widths: &[usize]) -> String {
        let mut line = String::new();
        for (i, ((_, side), width)) in table.columns.iter().zip(widths).enumerate() {
            let text = fit(cells.get(i).map_or("", String::as_str), *width);
            let pad = " ".repeat(width.saturating_sub(columns(&text)));
            if i > 0 {
                line.push_str("  ");
            }
            match side {
                Side::Left => line.extend([text, pad]),
                Side::Right => line.extend([pad, text]),
            }
        }
        line.trim_end().to_owned()
    }
}

/// Cuts `cell` after the last word that `width` columns hold, and gives what follows; `None` when all of it
/// fits, or not even a word does.
fn split(cell: &mut String, width: usize) -> Option<String> {
    if columns(cell) <= width {
        return None;
    }
    let ends = cell.char_indices().filter(|(at, c)| *c == ' ' && !cell[..*at].trim().is_empty());
    let end = ends.map(|(at, _)| at).take_while(|at| columns(&cell[..*at]) <= width).last()?;
    let rest = cell.split_off(end);
    let open = cell.contains(BOLD) && !cell.contains(PLAIN);
    if open {
        cell.push(PLAIN);
    }
    Some(format!("{}{}", if open { String::from(BOLD) } else { String::new() }, rest.trim_start()))
}

/// Cuts `text` to `width` columns, with an ellipsis where something is lost.
fn fit(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    let mut open = false;
    for c in text.chars() {
        if matches!(c, BOLD | PLAIN) {
            open = c == BOLD;
            out.push(c);
            continue;
        }
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > width {
            break;
        }
        out.push(c);
        used += wide;
    }
    out.push('…');
    if open {
        out.push(PLAIN);
    }
    out
}

fn markdown(part: &Part, out: &mut dyn Write) -> io::Result<()> {
    let text = |s: &str| s.replace([BOLD, PLAIN], "**");
    match part {
        Part::Title(title) => writeln!(out, "## {}\n", unmarked(title)),
        Part::Line(line) => writeln!(out, "{}\n", text(line)),
        Part::Item(heading, lines) => {
            writeln!(out, "- {}", text(heading))?;
            for line in lines {
                writeln!(out, "  {}", text(line))?;
            }
            writeln!(out)
        }
        Part::Data(_) => Ok(()),
        Part::Next(command) => writeln!(out, "Next: `{command}`\n"),
        Part::Table(table) => {
            let escape = |s: &str| text(s).replace('|', "\\|");
            let names: Vec<String> = table.columns.iter().map(|(name, _)| escape(name)).collect();
            writeln!(out, "| {} |", names.join(" | "))?;
            let rule: Vec<&str> = table
                .columns
                .iter()
                .map(|(_, side)| if *side == Side::Right { "---:" } else { "---" })
                .collect();
            writeln!(out, "| {} |", rule.join(" | "))?;
            for row in &table.rows {
                let cells: Vec<String> = row.iter().map(|cell| escape(cell)).collect();
                writeln!(out, "| {} |", cells.join(" | "))?;
            }
            writeln!(out)
        }
    }
}

fn csv(columns: &[&str], rows: &[Vec<String>], out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(columns)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| no_formula(unmarked(cell))))?;
    }
    writer.flush()
}

/// A cell that no spreadsheet runs: what others wrote may begin like a formula.
fn no_formula(cell: String) -> String {
    let is_number = || cell.trim_end_matches(" %").parse::<f64>().is_ok();
    match cell.starts_with(['=', '+', '-', '@']) && !is_number() {
        true => format!("'{cell}"),
        false => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        let mut page = Page::default();
        page.title("Two");
        page.table(Table {
            columns: vec![("name", Side::Left), ("n", Side::Right)],
            rows: vec![vec![bold("a|b"), "1".into()], vec!["日本".into(), "20".into()]],
            flexible: 0,
        });
        page.next("rungs gap");
        page
    }

    fn written(style: Style) -> String {
        let mut out = Vec::new();
        page().write(style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_page_three_ways() {
        assert_eq!(
            written(Style::Text { width: 80, color: false }),
            "Two\nname   n\na|b    1\n日本  20\n\nnext: rungs gap\n"
        );
        assert!(written(Style::Markdown).contains("| **a\\|b** | 1 |"));
        assert_eq!(written(Style::Csv), "name,n\na|b,1\n日本,20\n");
    }

    #[test]
    fn data_is_what_programs_get_and_narrow_tables_become_items() {
        let mut page = Page::default();
        page.table(Table {
            columns: vec![
                ("skill", Side::Left),
                ("", Side::Left),
                ("asked", Side::Right),
                ("employers", Side::Right),
            ],
            rows: vec![vec!["Kubernetes".into(), "████".into(), "42 % (30–55)".into(), "50/124".into()]],
            flexible: 0,
        });
        page.data(&["id", "share"], vec![vec!["kubernetes".into(), "0.42".into()]]);
        let write = |style| {
            let mut out = Vec::new();
            page.write(style, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(write(Style::Csv), "id,share\nkubernetes,0.42\n");
        assert_eq!(
            write(Style::Text { width: 40, color: false }),
            "Kubernetes\n    asked: 42 % (30–55) · employers:\n    50/124\n"
        );
        assert_eq!(split(&mut "one two three".into(), 8), Some("three".into()));
        assert_eq!(split(&mut "unbroken word".into(), 4), None);
        let mut cell = bold("one two") + " three";
        assert_eq!(split(&mut cell, 4), Some(format!("{BOLD}two{PLAIN} three")));
        assert_eq!(cell, bold("one"));
        for width in [40, 60, 80] {
            assert!(write(Style::Text { width, color: false }).lines().all(|line| line.width() <= width));
        }
        assert!(!write(Style::Markdown).contains("0.42"));
    }

    #[test]
    fn text_of_others_cannot_steer_the_terminal() {
        assert_eq!(clean("a\u{1b}[31m\u{202e}b\n\u{e000}c"), "a[31mb c");
    }

    #[test]
    fn text_of_others_is_no_formula_in_a_spreadsheet() {
        for (cell, expected) in [
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("-2+3+cmd|'/C calc'!A0", "'-2+3+cmd|'/C calc'!A0"),
            ("@SUM(1)", "'@SUM(1)"),
            ("- Cook", "'- Cook"),
            ("-0.12", "-0.12"),
            ("+3 %", "+3 %"),
            ("Cook = chef", "Cook = chef"),
        ] {
            assert_eq!(no_formula(cell.into()), expected);
        }
    }

    #[test]
    fn long_cells_are_cut_at_columns_not_bytes() {
        assert_eq!(fit("日本語です", 5), "日本…");
        assert_eq!(fit("short", 5), "short");
    }
}
