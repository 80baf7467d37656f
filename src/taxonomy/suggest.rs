//! Names close to a misspelt one.

use super::{SkillRef, Taxonomy};

/// Finds names close to others. Made once, asked often.
#[derive(Debug)]
pub struct Suggester<'t> {
    taxonomy: &'t Taxonomy,
    /// Letters of each form as bits, its length in characters, its index.
    forms: Vec<(u64, usize, usize)>,
}

impl<'t> Suggester<'t> {
    /// Looks at every name of `taxonomy`.
    #[must_use]
    pub fn new(taxonomy: &'t Taxonomy) -> Self {
        let forms =
            taxonomy.names().map(|(form, text)| (letters(text), text.chars().count(), form)).collect();
        Self { taxonomy, forms }
    }

    /// Up to `count` concepts whose names are closest to `name`, best first; empty when none is close.
    /// Of names as close, those with the same first letter and those of our own tables come first.
    ///
    /// Close is an edit distance (optimal string alignment, case folded) of 1 up to four
    /// characters, 2 up to eight, 3 beyond; or a name that begins with `name`.
    #[must_use]
    pub fn suggest(&self, name: &str, count: usize) -> Vec<SkillRef> {
        let wanted: Vec<char> = name.trim().to_lowercase().chars().collect();
        let limit = match wanted.len() {
            0 | 1 => return Vec::new(),
            2..=4 => 1,
            5..=8 => 2,
            _ => 3,
        };
        let mask = letters(name);
        let mut close: Vec<(usize, [bool; 2], usize, SkillRef)> = Vec::new();
        for &(letters, length, form) in &self.forms {
            let candidate =
                length.abs_diff(wanted.len()) <= limit && (letters ^ mask).count_ones() as usize <= 2 * limit;
            let begins = wanted.len() >= 4 && length > wanted.len() && mask & !letters == 0;
            if !candidate && !begins {
                continue;
            }
            let text: Vec<char> = self.taxonomy.name(form).to_lowercase().chars().collect();
            let distance = if begins && text.starts_with(&wanted) { limit } else { distance(&wanted, &text) };
            if distance <= limit {
                let doubts = [text.first() != wanted.first(), !self.taxonomy.is_ours(form)];
                close.push((distance, doubts, length.abs_diff(wanted.len()), self.taxonomy.named(form)));
            }
        }
        close.sort_unstable();
        let mut found: Vec<SkillRef> = Vec::new();
        for (.., skill) in close {
            if found.len() < count && !found.contains(&skill) {
                found.push(skill);
            }
        }
        found
    }
}

/// Which letters and digits a name has.
fn letters(name: &str) -> u64 {
    name.chars().flat_map(char::to_lowercase).fold(0, |bits, c| bits | 1 << (u32::from(c) % 64))
}

/// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = change.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "", 0),
            ("a", "", 1),
            ("kubernets", "kubernetes", 1),
            ("pyhton", "python", 1),
            ("abc", "xyz", 3),
        ] {
            let chars = |s: &str| s.chars().collect::<Vec<_>>();
            assert_eq!(distance(&chars(a), &chars(b)), expected, "{a} {b}");
        }
    }

    #[test]
    fn misspelt_names_are_understood() {
        let taxonomy = Taxonomy::builtin();
        let suggester = Suggester::new(taxonomy);
        for (name, id) in [
            ("kuberntes", "kubernetes"),
            ("Pythno", "python"),
            ("javasrcipt", "javascript"),
            ("exel", "microsoft-excel"),
            ("projekt management", "project-management"),
        ] {
            let ids: Vec<&str> =
                suggester.suggest(name, 3).into_iter().map(|s| taxonomy.skill(s).id.as_str()).collect();
            assert!(ids.contains(&id), "{name}: {ids:?}");
        }
        assert!(suggester.suggest("", 3).is_empty());
        assert!(suggester.suggest("qqqqzzzzxxxx", 3).is_empty());
    }
}
