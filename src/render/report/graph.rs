//! The ways to a target as a small graph: roles by steps from here, lines for the steps between.
//!
//! Numbers stand in the drawing and names in the table below it, so that it fits a phone.

use super::html::{Html, at, esc};
use crate::level::family;
use crate::query::bridge::{Bridges, Node};
use crate::render::percent;
use std::fmt::Write as _;

/// Distance of rows, and what is left at the top, in pixels.
const ROW: usize = 64;
const TOP: usize = 34;

/// A role of the graph.
struct Spot<'b> {
    node: &'b Node,
    /// Steps from here.
    depth: usize,
    /// Row within its column.
    row: usize,
    /// A way ends here.
    goal: bool,
}

/// A step of the graph: from a spot (`None` is where one is) to another.
struct Edge {
    from: Option<usize>,
    to: usize,
    cost: f64,
    jump: bool,
}

/// A role in words.
pub(super) fn role(node: &Node) -> String {
    format!("{}, level {}", family::label(&node.family), node.level)
}

/// Draws the paths, with a table of their roles.
pub(super) fn graph(out: &mut Html, bridges: &Bridges) {
    let (spots, edges) = layout(bridges);
    let columns = spots.iter().map(|spot| spot.depth).max().unwrap_or(0);
    if columns == 0 {
        return;
    }
    let rows = spots.iter().map(|spot| spot.row).max().unwrap_or(0) + 1;
    let x = |depth: usize| 0.06 + 0.88 * depth as f64 / columns as f64;
    let y = |row: usize| TOP + row * ROW;
    out.figure(
        "Roles between here and the target. The percentage on a line is how much of what the next role asks for \
would be new. Dashed lines skip a level.",
    );
    let mut drawing = String::new();
    for edge in &edges {
        let (from, to) = (edge.from.and_then(|at| spots.get(at)), &spots[edge.to]);
        let (x1, y1) = from.map_or((x(0), y(0)), |spot| (x(spot.depth), y(spot.row)));
        let (x2, y2) = (x(to.depth), y(to.row));
        let dash = if edge.jump { " stroke-dasharray=\"6 4\"" } else { "" };
        let _ = write!(
            drawing,
            "<line class=\"edge\" x1=\"{}\" y1=\"{y1}\" x2=\"{}\" y2=\"{y2}\"{dash}/>\
<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            at(x1),
            at(x2),
            at((x1 + 2.0 * x2) / 3.0),
            (y1 + 2 * y2) / 3 - 8,
            percent(edge.cost)
        );
    }
    let mut mark = |x: f64, y: usize, class: &str, text: &str| {
        let _ = write!(
            drawing,
            "<circle class=\"{class}\" cx=\"{0}\" cy=\"{y}\" r=\"15\"/><text class=\"name\" x=\"{0}\" y=\"{1}\" text-anchor=\"middle\">{text}</text>",
            at(x),
            y + 4
        );
    };
    mark(x(0), y(0), "o-own", "you");
    for (i, spot) in spots.iter().enumerate() {
        let class = if spot.goal { "o-target" } else { "o-line" };
        mark(x(spot.depth), y(spot.row), class, &(i + 1).to_string());
    }
    let says = bridges.paths.iter().enumerate().map(|(i, path)| {
        let names: Vec<String> = path.steps.iter().map(|step| role(&step.to)).collect();
        format!("way {}: {}", i + 1, names.join(", then "))
    });
    let says = says.collect::<Vec<_>>().join("; ");
    out.raw(&format!(
        "<svg class=\"graph\" style=\"height:{}px\" role=\"img\" aria-label=\"{}\">{drawing}</svg>\n",
        TOP + rows * ROW - 20,
        esc(&says)
    ));
    table(out, bridges, &spots);
    out.end_figure();
}

fn layout(bridges: &Bridges) -> (Vec<Spot<'_>>, Vec<Edge>) {
    let mut spots: Vec<Spot<'_>> = Vec::new();
    let mut edges: Vec<Edge> = Vec::new();
    for path in &bridges.paths {
        let mut from = None;
        for (i, step) in path.steps.iter().enumerate() {
            let to = spots.iter().position(|spot| is_same(spot.node, &step.to)).unwrap_or_else(|| {
                spots.push(Spot { node: &step.to, depth: 0, row: 0, goal: false });
                spots.len() - 1
            });
            // A role on several ways stands where the longest reaches it, so that all lines lead on.
            spots[to].depth = spots[to].depth.max(i + 1);
            spots[to].goal |= i + 1 == path.steps.len();
            if !edges.iter().any(|edge| edge.from == from && edge.to == to) {
                edges.push(Edge { from, to, cost: step.cost, jump: step.jump });
            }
            from = Some(to);
        }
    }
    for at in 0..spots.len() {
        spots[at].row = spots[..at].iter().filter(|spot| spot.depth == spots[at].depth).count();
    }
    (spots, edges)
}

fn is_same(a: &Node, b: &Node) -> bool {
    a.family == b.family && a.level == b.level
}

fn table(out: &mut Html, bridges: &Bridges, spots: &[Spot<'_>]) {
    let number = |node: &Node| {
        let at = spots.iter().position(|spot| is_same(spot.node, node));
        at.map_or_else(String::new, |at| (at + 1).to_string())
    };
    let mut rows = Vec::new();
    for (i, path) in bridges.paths.iter().enumerate() {
        for step in &path.steps {
            rows.push(vec![
                format!("{}. {}", number(&step.to), role(&step.to)),
                if path.direct { "direct".to_owned() } else { (i + 1).to_string() },
                format!("{}{}", percent(step.cost), if step.jump { ", skips a level" } else { "" }),
                step.to.employers.to_string(),
                crate::render::bridge::added(step),
            ]);
        }
    }
    out.table("The roles of the drawing, way by way", &["role", "way", "new", "employers", "adds"], &rows);
}
