//! Profiles from what people have. Each format has one file; all end in [`Profile`].

mod json_resume;
mod work;

use super::{MAX_FILE_BYTES, Profile, ProfileError};
use crate::taxonomy::Taxonomy;
use serde::Serialize;

/// A profile read from a file, and how that went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Imported {
    /// The profile, skills resolved.
    pub profile: Profile,
    /// What the file was taken for, e.g. `JSON Resume`.
    pub format: &'static str,
    /// Skills that words of the history name, added with those words as evidence.
    pub from_history: Vec<String>,
    /// Names of skills that the vocabulary does not know; they are kept, but cannot be compared.
    pub unknown_skills: Vec<String>,
    /// Parts of the file that were not understood, with their place.
    pub not_understood: Vec<String>,
}

/// Reads a profile of any known format; `name` is the file's name and helps to tell which.
///
/// rungs' own formats come back as they are; skills found in the history are added to others.
///
/// # Errors
/// When the file is of no known format, or is broken.
pub fn import(
    taxonomy: &Taxonomy,
    name: &str,
    bytes: &[u8],
    today: jiff::civil::Date,
) -> Result<Imported, ProfileError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ProfileError::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map(|t| t.trim_start_matches('\u{feff}'));
    let own = |format, profile| Imported {
        profile,
        format,
        from_history: Vec::new(),
        unknown_skills: Vec::new(),
        not_understood: Vec::new(),
    };
    let lower = name.to_ascii_lowercase();
    let mut imported = match text {
        Ok(text) if lower.ends_with(".toml") => own("profile.toml", Profile::from_toml(text)?),
        Ok(text) if text.trim_start().starts_with('{') => {
            if json_resume::looks_like(text) {
                let mut imported = json_resume::read(text)?;
                imported.from_history = work::add_skills_of_history(&mut imported.profile, taxonomy, today);
                imported
            } else {
                own("profile.json", Profile::from_json(text)?)
            }
        }
        _ => return Err(ProfileError::Unknown),
    };
    imported.unknown_skills = imported.profile.resolve(taxonomy);
    Ok(imported)
}
