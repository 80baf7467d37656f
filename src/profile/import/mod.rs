//! Profiles from what people have. Each format has one file; all end in [`Profile`].

mod archive;
mod docx;
mod europass;
mod json_resume;
mod linkedin;
mod rendercv;
mod text;
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

impl Imported {
    fn of(profile: Profile, format: &'static str, not_understood: Vec<String>) -> Self {
        Self { profile, format, from_history: Vec::new(), unknown_skills: Vec::new(), not_understood }
    }
}

/// Reads a profile of any known format; `name` is the file's name and helps to tell which.
///
/// rungs' own formats come back as they are. To others are added the skills that words of the
/// history name, with years, last use and those words as evidence.
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
    let (mut imported, own) = read(&name.to_ascii_lowercase(), bytes)?;
    if !own {
        imported.from_history = work::add_skills_of_history(&mut imported.profile, taxonomy, today);
    }
    imported.unknown_skills = imported.profile.resolve(taxonomy);
    Ok(imported)
}

/// Reads a file by what it is; whether it is one of rungs' own.
fn read(name: &str, bytes: &[u8]) -> Result<(Imported, bool), ProfileError> {
    if bytes.starts_with(b"PK\x03\x04") {
        let names = archive::Archive::open(bytes, "ZIP")?.names();
        if names.iter().any(|n| n == "word/document.xml") {
            return Ok((text::read(&docx::text(bytes)?, docx::FORMAT), false));
        }
        return Ok((linkedin::read(bytes)?, false));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Err(ProfileError::Unknown) };
    let text = text.trim_start_matches('\u{feff}');
    if name.ends_with(".toml") {
        return Ok((Imported::of(Profile::from_toml(text)?, "profile.toml", Vec::new()), true));
    }
    if text.trim_start().starts_with('{') {
        if europass::looks_like_json(text) {
            return Ok((europass::read_json(text)?, false));
        }
        if json_resume::looks_like(text) {
            return Ok((json_resume::read(text)?, false));
        }
        return Ok((Imported::of(Profile::from_json(text)?, "profile.json", Vec::new()), true));
    }
    if europass::looks_like_xml(text) {
        return Ok((europass::read_xml(text)?, false));
    }
    if rendercv::looks_like(text) {
        return Ok((rendercv::read(text)?, false));
    }
    let prose = text.chars().filter(|c| c.is_alphabetic()).count() > text.len() / 3;
    if !text.contains('\0') && prose && !text.trim_start().starts_with('<') {
        let format = if name.ends_with(".md") { "Markdown" } else { "plain text" };
        return Ok((text::read(text, format), false));
    }
    Err(ProfileError::Unknown)
}
