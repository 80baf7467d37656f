//! From readable tables to the compiled form.
//!
//! `build.rs` shares these files with the library: it reads the tables under `data/taxonomy/`
//! ([`read`]), joins them into concepts ([`merge`]), adds other spellings ([`variants`])
//! and packs everything into flat arrays ([`pack`]). The library packs again only when a user's
//! own tables are added. Standard library only; nothing here knows a posting.

#[allow(dead_code, reason = "build.rs alone joins whole registries")]
pub(crate) mod merge;
pub(crate) mod names;
pub(crate) mod pack;
pub(crate) mod read;
pub(crate) mod variants;

/// Names of the kinds of concepts, in the order of `Kind`.
pub(crate) const KINDS: [&str; 10] = [
    "technology",
    "tool",
    "knowledge",
    "method",
    "skill",
    "attitude",
    "language",
    "certificate",
    "degree",
    "domain",
];

/// Where a form comes from. The smaller one wins where two concepts claim the same words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Rank {
    /// Written by hand.
    Hand,
    /// Another spelling of a form written by hand.
    HandVariant,
    /// ESCO's preferred label.
    EscoLabel,
    /// ESCO's alternative label.
    EscoAlternative,
    /// Another spelling of an ESCO label.
    EscoVariant,
    /// O*NET's name of a technology.
    Onet,
    /// Name or alias of a technology in a package registry.
    Registry,
    /// Words that are no skill, and that no shorter form may be read from.
    Block,
}

impl Rank {
    pub(crate) const ALL: [Self; 8] = [
        Self::Hand,
        Self::HandVariant,
        Self::EscoLabel,
        Self::EscoAlternative,
        Self::EscoVariant,
        Self::Onet,
        Self::Registry,
        Self::Block,
    ];

    /// The rank of other spellings of a form of this rank.
    fn variant(self) -> Self {
        match self {
            Self::Hand => Self::HandVariant,
            Self::EscoLabel | Self::EscoAlternative => Self::EscoVariant,
            other => other,
        }
    }
}

/// A surface form and how it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// As written.
    pub(crate) text: String,
    /// Only in exactly this case.
    pub(crate) exact: bool,
    /// Only where the surroundings speak for it.
    pub(crate) ambiguous: bool,
    /// Looked for in running text; otherwise known only as a name that stands alone.
    pub(crate) running: bool,
    /// Origin.
    pub(crate) rank: Rank,
}

/// One concept with everything the tables say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Concept {
    pub(crate) id: String,
    pub(crate) label: String,
    /// Index into [`KINDS`].
    pub(crate) kind: u8,
    pub(crate) area: String,
    /// Last part of the ESCO URI, empty when none.
    pub(crate) esco: String,
    /// O*NET name, empty when none.
    pub(crate) onet: String,
    pub(crate) broader: Vec<String>,
    pub(crate) related: Vec<String>,
    pub(crate) implies: Vec<String>,
    pub(crate) version_of: Vec<String>,
    pub(crate) forms: Vec<Form>,
}

impl Concept {
    pub(crate) fn new(id: &str, label: &str, kind: u8, area: &str) -> Self {
        Self {
            id: id.to_owned(),
            label: label.to_owned(),
            kind,
            area: area.to_owned(),
            esco: String::new(),
            onet: String::new(),
            broader: Vec::new(),
            related: Vec::new(),
            implies: Vec::new(),
            version_of: Vec::new(),
            forms: Vec::new(),
        }
    }
}

/// Index of a kind's name.
pub(crate) fn kind(name: &str) -> Option<u8> {
    KINDS.iter().position(|k| *k == name).and_then(|i| u8::try_from(i).ok())
}
