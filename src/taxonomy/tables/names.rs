//! Names: their identity, the ids made from them, and whether they can be looked for in text.

use crate::text::tokens::{Token, TokenKind, fold_hash, tokenize};

/// Identity of a form regardless of case and gaps, and its number of tokens.
pub(crate) fn key(form: &str) -> (u64, usize) {
    let mut tokens = Vec::new();
    tokenize(form, &mut tokens);
    (sequence(&tokens), tokens.len())
}

/// Hash of a sequence of tokens.
pub(crate) fn sequence(tokens: &[Token]) -> u64 {
    tokens.iter().fold(0, |hash: u64, t| (hash ^ t.hash).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23))
}

/// The 32 bits of an id's hash by which statistics count (see `coded::SkillCode`): no two
/// concepts may share them.
pub(crate) fn code(id: &str) -> u32 {
    let hash = fold_hash(id);
    (hash ^ (hash >> 32)) as u32
}

/// An id made from a label: lower case, hyphens, `+` and `#` spelled out.
pub(crate) fn slug(label: &str) -> String {
    let spelled =
        label.replace("C#", "c-sharp").replace('#', " sharp ").replace('+', "plus").replace('&', " and ");
    let mut id = String::new();
    for c in spelled.chars() {
        if c.is_alphanumeric() {
            id.extend(c.to_lowercase().filter(|c| c.is_alphanumeric()));
        } else if !id.is_empty() && !id.ends_with('-') && c != '\'' && c != '\u{2019}' {
            id.push('-');
        }
    }
    id.truncate(id.trim_end_matches('-').len());
    id
}

/// Words that a label found in running text neither begins nor ends with.
const EDGE: [&str; 40] = [
    "a", "an", "the", "of", "in", "on", "for", "to", "and", "or", "with", "by", "at", "from", "as", "is",
    "are", "be", "being", "able", "have", "has", "having", "their", "its", "your", "one", "all", "any",
    "such", "other", "others", "this", "that", "not", "no", "etc", "into", "within", "about",
];

/// Words too general to make a skill between them.
const GENERAL: [&str; 60] = [
    "work",
    "working",
    "works",
    "manage",
    "managing",
    "management",
    "use",
    "using",
    "support",
    "supporting",
    "make",
    "making",
    "provide",
    "providing",
    "new",
    "team",
    "teams",
    "people",
    "person",
    "job",
    "jobs",
    "company",
    "business",
    "customer",
    "customers",
    "client",
    "clients",
    "service",
    "services",
    "product",
    "products",
    "project",
    "projects",
    "system",
    "systems",
    "process",
    "processes",
    "information",
    "data",
    "goal",
    "goals",
    "need",
    "needs",
    "time",
    "day",
    "good",
    "skills",
    "skill",
    "ability",
    "knowledge",
    "experience",
    "environment",
    "equipment",
    "tools",
    "materials",
    "material",
    "staff",
    "employees",
    "things",
    "activities",
];

/// Whether an ESCO label may be looked for in running text.
pub(crate) fn runs(label: &str, one_word_too: bool) -> bool {
    let mut tokens = Vec::new();
    tokenize(label, &mut tokens);
    if tokens.iter().any(|t| {
        t.kind == TokenKind::Symbol && !matches!(t.of(label), "&" | "/" | "'" | "\u{2019}" | "+" | "#" | ".")
    }) {
        return false;
    }
    let words: Vec<String> =
        tokens.iter().filter(|t| t.kind == TokenKind::Word).map(|t| t.of(label).to_lowercase()).collect();
    match words.len() {
        0 => false,
        1 => one_word_too && words[0].chars().count() >= 5,
        2..=5 => {
            let edge = |w: &String| EDGE.contains(&w.as_str());
            !edge(&words[0])
                && !words.last().is_some_and(edge)
                && !words.iter().all(|w| edge(w) || GENERAL.contains(&w.as_str()))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_readable() {
        for (label, id) in [
            ("C++", "cplusplus"),
            ("C#", "c-sharp"),
            ("Node.js", "node-js"),
            ("manage staff", "manage-staff"),
            ("driver's licence", "drivers-licence"),
            ("(.NET) R&D ", "net-r-and-d"),
        ] {
            assert_eq!(slug(label), id);
        }
    }

    #[test]
    fn general_words_do_not_run() {
        for (label, expected) in [
            ("manage staff", false),
            ("negotiate terms with suppliers", true),
            ("welding", true),
            ("act", false),
            ("history of the theatre in Europe and Asia", false),
            ("use of", false),
        ] {
            assert_eq!(runs(label, true), expected, "{label}");
        }
    }
}
