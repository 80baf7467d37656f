//! The small network that tells sections: what a block says, what its neighbours and the heading above say.
//!
//! The vectors of a block's features add up to what it says. What the two blocks before and after it and the heading
//! above say, each by its own weights, make its surroundings; the surroundings of the neighbours add to them once more.
//! Both together speak for the sections. Negative numbers of a layer count as nothing. Weights:
//! `data/text/network.tsv`, learned by `data/text/build/sections.py`.

use super::weights::WIDTH;

/// One number for each section.
pub(super) const CLASSES: usize = 8;
/// Blocks on either side that count.
const REACH: usize = 2;
/// A block with its neighbours.
const WINDOW: usize = 2 * REACH + 1;
/// Numbers of the surroundings.
const CONTEXT: usize = 24;

const TABLE: &str = include_str!("../../data/text/network.tsv");

/// What a block says.
pub(super) type Says = [f32; WIDTH];
/// Its surroundings.
pub(super) type Near = [f32; CONTEXT];

/// The weights.
#[derive(Debug)]
pub(super) struct Network {
    /// What one unit of a feature's vector is worth.
    unit: Says,
    around: [[Near; WIDTH]; WINDOW],
    from_heading: [Near; WIDTH],
    around_bias: Near,
    further: [[Near; CONTEXT]; WINDOW],
    further_bias: Near,
    from_near: [[f32; CLASSES]; CONTEXT],
    from_own: [[f32; CLASSES]; WIDTH],
    bias: [f32; CLASSES],
}

impl Network {
    /// The table, read: rows of numbers after a name, in the order of the fields.
    pub(super) fn builtin() -> Box<Self> {
        let mut rows = TABLE.lines().filter(|line| !line.starts_with('#'));
        let rows = &mut rows;
        let network = Self {
            unit: row(rows),
            around: std::array::from_fn(|_| std::array::from_fn(|_| row(rows))),
            from_heading: std::array::from_fn(|_| row(rows)),
            around_bias: row(rows),
            further: std::array::from_fn(|_| std::array::from_fn(|_| row(rows))),
            further_bias: row(rows),
            from_near: std::array::from_fn(|_| row(rows)),
            from_own: std::array::from_fn(|_| row(rows)),
            bias: row(rows),
        };
        Box::new(network)
    }

    /// What a block says, of the sum of its features' vectors.
    pub(super) fn says(&self, sums: &[i32; WIDTH]) -> Says {
        std::array::from_fn(|i| (sums[i] as f32 * self.unit[i]).max(0.0))
    }

    /// What `heading` says of the surroundings of each block below it.
    pub(super) fn above(&self, heading: Option<&Says>) -> Near {
        let mut near = self.around_bias;
        if let Some(heading) = heading {
            add(&mut near, heading, &self.from_heading);
        }
        near
    }

    /// The surroundings of block `at`, whose heading says what `above` says.
    pub(super) fn near(&self, blocks: &[Says], at: usize, above: &Near) -> Near {
        let mut near = *above;
        add_window(&mut near, blocks, at, &self.around);
        near.map(|number| number.max(0.0))
    }

    /// The likeliest section of block `at`.
    pub(super) fn section(&self, blocks: &[Says], near: &[Near], at: usize) -> usize {
        let mut further = self.further_bias;
        add_window(&mut further, near, at, &self.further);
        let near: Near = std::array::from_fn(|i| near[at][i] + further[i].max(0.0));
        let mut scores = self.bias;
        add(&mut scores, &near, &self.from_near);
        add(&mut scores, &blocks[at], &self.from_own);
        (0..CLASSES).fold(0, |best, class| if scores[class] > scores[best] { class } else { best })
    }
}

/// The numbers of the next row.
fn row<'l, const N: usize>(rows: &mut impl Iterator<Item = &'l str>) -> [f32; N] {
    let mut numbers = [0.0; N];
    let cells = rows.next().unwrap_or_default().split('\t').skip(1);
    numbers.iter_mut().zip(cells).for_each(|(number, cell)| *number = cell.parse().unwrap_or(0.0));
    numbers
}

/// Adds what block `at` and its neighbours say.
fn add_window<const N: usize, const M: usize>(
    sums: &mut [f32; M],
    blocks: &[[f32; N]],
    at: usize,
    weights: &[[[f32; M]; N]; WINDOW],
) {
    for (place, weights) in weights.iter().enumerate() {
        let neighbour = (at + place).checked_sub(REACH).and_then(|other| blocks.get(other));
        if let Some(numbers) = neighbour {
            add(sums, numbers, weights);
        }
    }
}

/// Adds the rows of `weights`, each as often as `numbers` says.
#[inline]
fn add<const N: usize, const M: usize>(sums: &mut [f32; M], numbers: &[f32; N], weights: &[[f32; M]; N]) {
    for (number, row) in numbers.iter().zip(weights) {
        for (sum, weight) in sums.iter_mut().zip(row) {
            *sum += number * weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_row_for_every_field_in_order() {
        let rows = || TABLE.lines().filter(|line| !line.starts_with('#'));
        let found: Vec<(&str, usize)> =
            rows().map(|row| (row.split('\t').next().unwrap(), row.split('\t').count() - 1)).collect();
        let layer = |name: &'static str, rows: usize, numbers: usize| {
            (0..rows).map(move |n| (format!("{name} {n}"), numbers))
        };
        let expected = layer("unit", 1, WIDTH)
            .chain(layer("around", (WINDOW + 1) * WIDTH, CONTEXT))
            .chain(layer("around bias", 1, CONTEXT))
            .chain(layer("further", WINDOW * CONTEXT, CONTEXT))
            .chain(layer("further bias", 1, CONTEXT))
            .chain(layer("out", CONTEXT + WIDTH, CLASSES))
            .chain(layer("out bias", 1, CLASSES));
        assert!(expected.eq(found.iter().map(|(name, numbers)| ((*name).to_owned(), *numbers))));
    }
}
