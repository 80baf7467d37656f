//! Text as a reader sees it, with the way back to the original bytes.
//!
//! [`Document`] is the visible text of a body (tags dropped, entities decoded), divided into
//! [`Block`]s (headings, list items, paragraphs) of a [`Section`]. Everything after this module
//! works on visible text; [`Document::original`] maps a range of it to the bytes of the string
//! the employer published, which is what evidence offsets mean.
//!
//! Pure functions: no I/O, nothing that can fail, no knowledge of skills.

pub mod tokens;

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
