//! Text as a reader sees it, with the way back to the original bytes.
//!
//! [`Document`] is the visible text of a body (tags dropped, entities decoded), divided into
//! [`Block`]s (headings, list items, paragraphs) of a [`Section`]. Everything after this module
//! works on visible text; [`Document::original`] maps a range of it to the bytes of the string
//! the employer published, which is what evidence offsets mean.
//!
//! Pure functions: no I/O, nothing that can fail, no knowledge of skills.

mod blocks;
mod document;
mod entities;
pub(crate) mod filter;
mod headings;
mod html;
mod language;
mod lines;
mod map;
mod network;
mod outline;
mod phrases;
mod sections;
mod signs;
pub(crate) mod tables;
pub mod tokens;
mod weights;
mod welcome;

pub use blocks::{Block, BlockKind};
pub use document::Document;
pub use outline::{Outline, outline};
pub use phrases::Phrases;

use serde::{Deserialize, Serialize};

/// What a part of a posting is for. Decides whether a skill named there is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    /// About the employer, its mission, product or team.
    Company,
    /// The role and what one does in it.
    Duties,
    /// What one must have.
    Required,
    /// What is welcome but not a must.
    Preferred,
    /// Pay, perks, leave.
    Benefits,
    /// Equal opportunity, privacy, disclaimers.
    Legal,
    /// How to apply and what happens then.
    Apply,
    /// Anything else: metadata lines, separators.
    Other,
}

impl Section {
    /// Every section, in the order of their discriminants.
    pub const ALL: [Self; 8] = [
        Self::Company,
        Self::Duties,
        Self::Required,
        Self::Preferred,
        Self::Benefits,
        Self::Legal,
        Self::Apply,
        Self::Other,
    ];

    /// The section's name as it is written in JSON and in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Duties => "duties",
            Self::Required => "required",
            Self::Preferred => "preferred",
            Self::Benefits => "benefits",
            Self::Legal => "legal",
            Self::Apply => "apply",
            Self::Other => "other",
        }
    }

    /// The section of that [`name`](Self::name).
    ///
    /// ```
    /// use rungs::text::Section;
    /// assert_eq!(Section::from_name("legal"), Some(Section::Legal));
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.name() == name)
    }
}
