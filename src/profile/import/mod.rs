//! Profiles from what people have. Each format has one file; all end in [`Profile`].

mod archive;
mod docx;
mod europass;
mod headings;
mod jobs;
mod json_resume;
mod linkedin;
pub(super) mod named;
#[cfg(feature = "pdf")]
mod pdf;
mod rendercv;
mod span;
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
    /// Skills that words of the history may mean; they are not added.
    pub perhaps: Vec<String>,
    /// Names of skills that the vocabulary does not know; they are kept, but cannot be compared.
    pub unknown_skills: Vec<String>,
    /// Parts of the file that were not understood, with their place.
    pub not_understood: Vec<String>,
    /// Words about projects, volunteering and publications: a profile has no place for them, but they
    /// show skills.
    #[serde(skip)]
    pub(super) beside: Vec<String>,
}

impl Imported {
    fn of(profile: Profile, format: &'static str, not_understood: Vec<String>) -> Self {
        Self {
            profile,
            format,
            from_history: Vec::new(),
            perhaps: Vec::new(),
            unknown_skills: Vec::new(),
            not_understood,
            beside: Vec::new(),
        }
    }
}

/// Reads a profile of any known format; `name` is the file's name and helps to tell which.
///
/// rungs' own formats come back as they are. To others are added the skills that words of the
/// history name, with years, last use and those words as evidence.
///
/// # Errors
/// When the file is of no known format, is broken, or holds neither a job nor a skill.
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
        let beside = std::mem::take(&mut imported.beside);
        let read = work::add_skills_of_history(&mut imported.profile, &beside, taxonomy, today);
        (imported.from_history, imported.perhaps) = (read.added, read.perhaps);
        if imported.profile.work.is_empty() && imported.profile.skills.is_empty() {
            return Err(ProfileError::Empty { format: imported.format, why: why_empty(imported.format) });
        }
    }
    imported.unknown_skills = imported.profile.resolve(taxonomy);
    Ok(imported)
}

/// Reads a file by what it is; whether it is one of rungs' own.
fn read(name: &str, bytes: &[u8]) -> Result<(Imported, bool), ProfileError> {
    if bytes.starts_with(b"PK\x03\x04") {
        let names = archive::Archive::open(bytes, "ZIP")?.names();
        if names.iter().any(|n| n == "content.xml") && names.iter().any(|n| n == "mimetype") {
            return Err(ProfileError::Unsupported {
                what: "OpenDocument",
                instead: "save the CV as .docx or plain text and import that",
            });
        }
        if names.iter().any(|n| n == "word/document.xml") {
            return Ok((text::read(&docx::text(bytes)?, docx::FORMAT), false));
        }
        return Ok((linkedin::read(bytes)?, false));
    }
    if let Some(error) = unsupported(bytes) {
        return Err(error);
    }
    if bytes.starts_with(b"%PDF") {
        return Ok((read_pdf(bytes)?, false));
    }
    let text = decoded(bytes).ok_or(ProfileError::Unknown)?;
    let text = text.as_str();
    if text.trim().is_empty() {
        return Err(ProfileError::Unsupported {
            what: "an empty file",
            instead: "name the file with your CV",
        });
    }
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

/// Formats that people have and that are not read, told by their first bytes.
fn unsupported(bytes: &[u8]) -> Option<ProfileError> {
    const INSTEAD: &str = "save the CV as .docx or plain text and import that";
    let what = if bytes.starts_with(b"{\\rtf") {
        "RTF"
    } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        "the old Word format (.doc)"
    } else if bytes.starts_with(b"%PDF") && cfg!(not(feature = "pdf")) {
        "PDF"
    } else {
        return None;
    };
    Some(ProfileError::Unsupported { what, instead: INSTEAD })
}

#[cfg(feature = "pdf")]
fn read_pdf(bytes: &[u8]) -> Result<Imported, ProfileError> {
    Ok(text::read(&pdf::text(bytes)?, pdf::FORMAT))
}

#[cfg(not(feature = "pdf"))]
fn read_pdf(_bytes: &[u8]) -> Result<Imported, ProfileError> {
    Err(ProfileError::Unknown)
}

/// Text in UTF-8, in UTF-16 with a mark, or in the code page of Western Europe.
fn decoded(bytes: &[u8]) -> Option<String> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return Some(encoding.decode(bytes).0.into_owned());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(text.to_owned());
    }
    let control = |byte: &u8| *byte < 0x20 && !byte.is_ascii_whitespace();
    (!bytes.iter().any(control)).then(|| encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned())
}

/// What to try when a file holds neither a job nor a skill.
fn why_empty(format: &str) -> &'static str {
    match format {
        "plain text" | "Markdown" | "PDF" | docx::FORMAT => {
            "no heading such as Experience or Skills, and no line with the dates of a job, was found\n  Put headings on lines of their own, and the dates of each job on a line with its title or below it."
        }
        "JSON Resume" => "neither `work` with a `position` nor `skills` is in it",
        _ => "neither work nor skills are in it",
    }
}
