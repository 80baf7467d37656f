//! Writing HTML: escaping, tables, figures.

use crate::render::page::clean;
use std::fmt::Write as _;

/// Fill patterns that tell parts apart without colour; referred to by charts.
pub(super) const PATTERNS: &str = "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\" focusable=\"false\"><defs>\
<pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
<rect class=\"f-partial\" width=\"6\" height=\"6\"/><rect class=\"f-page\" width=\"2\" height=\"6\"/></pattern>\
<pattern id=\"dots\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
<rect class=\"f-page\" width=\"6\" height=\"6\"/><circle class=\"f-missing\" cx=\"3\" cy=\"3\" r=\"1.6\"/></pattern>\
</defs></svg>\n";

/// Text of anyone as HTML text or attribute value: no markup, no control characters, one line.
pub(super) fn esc(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Longest cell of a column of figures, in characters.
const FIGURE_CHARS: usize = 24;

/// HTML on its way out.
#[derive(Default)]
pub(super) struct Html(String);

impl Html {
    /// Markup of ours; whatever is put into it was escaped.
    pub(super) fn raw(&mut self, html: &str) {
        self.0.push_str(html);
    }

    /// A paragraph of text.
    pub(super) fn p(&mut self, text: &str) {
        let _ = writeln!(self.0, "<p>{}</p>", esc(text));
    }

    /// A small paragraph of text.
    pub(super) fn small(&mut self, text: &str) {
        let _ = writeln!(self.0, "<p class=\"small\">{}</p>", esc(text));
    }

    /// A heading within a section.
    pub(super) fn h3(&mut self, text: &str) {
        let _ = writeln!(self.0, "<h3>{}</h3>", esc(text));
    }

    /// A list of texts.
    pub(super) fn list<'t>(&mut self, items: impl IntoIterator<Item = &'t String>) {
        let items: String = items.into_iter().map(|item| format!("<li>{}</li>\n", esc(item))).collect();
        if !items.is_empty() {
            let _ = writeln!(self.0, "<ul>\n{items}</ul>");
        }
    }

    /// A table of texts; columns of short cells are figures, the others are read as text.
    pub(super) fn table(&mut self, caption: &str, columns: &[&str], rows: &[Vec<String>]) {
        let _ = write!(
            self.0,
            "<section class=\"scroll stack\" aria-label=\"{0}\" tabindex=\"0\"><table><caption>{0}</caption>\n<thead><tr>",
            esc(caption)
        );
        let wordy = |i: usize| {
            let longest = rows.iter().filter_map(|row| row.get(i)).map(|cell| cell.chars().count()).max();
            longest.unwrap_or(0) > FIGURE_CHARS
        };
        let class = |i: usize| if wordy(i) { " class=\"t\"" } else { "" };
        for (i, column) in columns.iter().enumerate() {
            let _ = write!(self.0, "<th scope=\"col\"{}>{}</th>", class(i), esc(column));
        }
        self.raw("</tr></thead>\n<tbody>\n");
        for row in rows {
            self.raw("<tr>");
            for (i, cell) in row.iter().enumerate() {
                let _ = match i {
                    0 => write!(self.0, "<th scope=\"row\">{}</th>", esc(cell)),
                    _ => {
                        let column = columns.get(i).copied().unwrap_or_default();
                        write!(self.0, "<td{} data-label=\"{}\">{}</td>", class(i), esc(column), esc(cell))
                    }
                };
            }
            self.raw("</tr>\n");
        }
        self.raw("</tbody></table></section>\n");
    }

    /// The figures of a chart, folded away.
    pub(super) fn figures(&mut self, caption: &str, columns: &[&str], rows: &[Vec<String>]) {
        let _ = writeln!(self.0, "<details><summary>The figures: {}</summary>", esc(caption));
        self.table(caption, columns, rows);
        self.raw("</details>\n");
    }

    /// Begins a figure with its caption.
    pub(super) fn figure(&mut self, caption: &str) {
        let _ = writeln!(self.0, "<figure>\n<figcaption>{}</figcaption>", esc(caption));
    }

    pub(super) fn end_figure(&mut self) {
        self.raw("</figure>\n");
    }

    /// A row of a chart: its label, its drawing (SVG content in percentages) and what it says.
    pub(super) fn row(&mut self, label: &str, drawing: &str, says: &str, status: &str) {
        let _ = writeln!(
            self.0,
            "<div class=\"row\"><span class=\"label\">{}</span><svg class=\"strip\" role=\"img\" aria-label=\"{}\">{drawing}</svg><span class=\"status\">{status}</span></div>",
            esc(label),
            esc(says)
        );
    }

    /// The scale of a chart.
    pub(super) fn axis(&mut self, unit: &str, scale: Scale) {
        let mut marks = String::new();
        for (at, anchor) in [(0, "start"), (25, "middle"), (50, "middle"), (75, "middle"), (100, "end")] {
            let value = f64::from(at) * scale.0;
            let _ = write!(marks, "<text x=\"{at}%\" y=\"12\" text-anchor=\"{anchor}\">{value:.0} %</text>");
        }
        let _ = writeln!(
            self.0,
            "<div class=\"row axis\"><span class=\"label\">{}</span><svg class=\"strip\" aria-hidden=\"true\">{marks}</svg><span class=\"status\"></span></div>",
            esc(unit)
        );
    }

    pub(super) fn take(self) -> String {
        self.0
    }
}

/// Where the scale of a chart ends: a share of 0.2, 0.4, 0.6, 0.8 or 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale(f64);

impl Scale {
    /// From 0 to 100 %.
    pub(super) const WHOLE: Self = Self(1.0);

    /// The scale that holds every one of `shares`.
    pub(super) fn over(shares: impl Iterator<Item = f64>) -> Self {
        let most = shares.fold(0.0, f64::max);
        Self(((most * 5.0).ceil() / 5.0).clamp(0.2, 1.0))
    }

    /// A share as its place on the scale, 0–1.
    pub(super) fn of(self, share: f64) -> f64 {
        share / self.0
    }
}

/// A share 0–1 as a coordinate: `42.3%`.
pub(super) fn at(share: f64) -> String {
    format!("{:.1}%", share.clamp(0.0, 1.0) * 100.0)
}

/// The faint lines of a strip behind its marks.
pub(super) fn grid() -> String {
    [0, 25, 50, 75, 100]
        .iter()
        .map(|x| format!("<line class=\"grid\" x1=\"{x}%\" x2=\"{x}%\" y1=\"0\" y2=\"28\"/>"))
        .collect()
}

/// A whisker over an interval.
pub(super) fn whisker(class: &str, low: f64, high: f64, y: f64) -> String {
    let (low, high) = (at(low), at(high));
    let (top, bottom) = (y - 4.0, y + 4.0);
    format!(
        "<line class=\"{class}\" x1=\"{low}\" x2=\"{high}\" y1=\"{y}\" y2=\"{y}\"/>\
<line class=\"{class}\" x1=\"{low}\" x2=\"{low}\" y1=\"{top}\" y2=\"{bottom}\"/>\
<line class=\"{class}\" x1=\"{high}\" x2=\"{high}\" y1=\"{top}\" y2=\"{bottom}\"/>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_just_above_its_data() {
        for (shares, end) in
            [(&[0.05][..], 0.2), (&[0.1, 0.43], 0.6), (&[0.6], 0.6), (&[1.0], 1.0), (&[], 0.2)]
        {
            let scale = Scale::over(shares.iter().copied());
            assert!((scale.0 - end).abs() < 1e-9, "{shares:?}: {scale:?}");
        }
        assert_eq!(at(Scale(0.4).of(0.2)), "50.0%");
    }

    #[test]
    fn nothing_of_others_is_markup() {
        assert_eq!(
            esc("<script>alert('x')</script>\u{202e}\u{0}&\"\nend"),
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot; end"
        );
    }
}
