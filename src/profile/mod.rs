//! A person: history, skills with depth and evidence, interests.
//!
//! One editable file, `profile.toml`, is the source of truth. Importers write it from what people
//! have (JSON Resume and others); what they do not understand they say. Nothing implicit is added
//! silently: a skill is in the profile because the person named it or because words of the
//! history name it, and those words are kept beside it.
//!
//! # Format
//! ```
//! let profile = rungs::profile::Profile::from_toml(r#"
//! headline = "Backend engineer"
//! level = 4                       # optional: your level on the scale of 1-8
//!
//! [[work]]
//! title = "Software engineer"
//! company = "Example Ltd"
//! start = "2019-03"               # end is left out while you are there
//! highlights = ["Ran the payment service on Kubernetes, on call every fourth week"]
//!
//! [[skills]]
//! name = "Kubernetes"
//! depth = 2                       # 1 awareness, 2 working, 3 practitioner, 4 expert; 0 not held
//! interest = 1                    # -2 would drain me ... +2 would love it
//!
//! [[languages]]
//! name = "English"
//! level = "c1"
//! "#).unwrap();
//! assert_eq!(profile.skills[0].name, "Kubernetes");
//! ```

mod date;
mod edit;
mod import;
mod leading;
mod place;

pub use date::{Month, years_covered};
pub use edit::{Edit, SkillChange};
pub use import::{Imported, import};
pub use place::{Held, Place};

use crate::level::Track;
use crate::taxonomy::Taxonomy;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// Largest profile file that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 32 << 20;

/// Why a profile cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// The file is no profile of the kind it seems to be.
    #[error("{format}: {problem}")]
    Format {
        /// What it was read as, e.g. `profile.toml`.
        format: &'static str,
        /// What is wrong, where, and what is expected.
        problem: String,
    },
    /// Nobody knows what the file is.
    #[error(
        "this is no profile that rungs can read\n  It reads its own profile.toml or .json, JSON Resume, LinkedIn's data export (ZIP), Europass (XML, JSON), RenderCV (YAML), Word (.docx){pdf}, Markdown and plain text.",
        pdf = if cfg!(feature = "pdf") { ", PDF" } else { "" }
    )]
    Unknown,
    /// The file is of a format that is known and not read.
    #[error("this is {what}, which is not supported: {instead}")]
    Unsupported {
        /// What it is.
        what: &'static str,
        /// What to do instead.
        instead: &'static str,
    },
    /// The file was read, and nothing of use is in it.
    #[error("read as {format}, and neither a job nor a skill was found: {why}")]
    Empty {
        /// What it was read as.
        format: &'static str,
        /// Why that may be.
        why: &'static str,
    },
    /// The file is too large to be a profile.
    #[error("the file is larger than 32 MiB, which no profile is")]
    TooLarge,
}

/// A person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    /// Name, if you like: it goes nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// One line on what you do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// Where you live, as you write it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Your level, 1–8; told from the history when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// Your track; told from the history when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track: Option<Track>,
    /// Your role family, e.g. `software-engineering`; told from the history when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// A few sentences about you.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Jobs, latest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub work: Vec<Job>,
    /// Skills.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<ProfileSkill>,
    /// Human languages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<SpokenLanguage>,
    /// Certificates and licences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<Certificate>,
    /// Degrees and other education.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub degrees: Vec<Degree>,
    /// Interest in skills that are not held, by taxonomy id, −2 to +2.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub interests: BTreeMap<String, i8>,
    /// Interest in activities, by phrase, −2 to +2.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub activities: BTreeMap<String, i8>,
}

/// A job held.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Job {
    /// Title.
    pub title: String,
    /// Employer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// First month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Month>,
    /// Last month; left out while the job lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Month>,
    /// What the job was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// What you did there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub highlights: Vec<String>,
}

/// A skill held.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProfileSkill {
    /// The name you use.
    pub name: String,
    /// Taxonomy id; found by name when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// 1 awareness · 2 working · 3 practitioner · 4 expert; 0: not held, whatever the history seems to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth: Option<u8>,
    /// Years of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years: Option<f32>,
    /// Last time of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used: Option<Month>,
    /// What proves it: sentences of yours, links, artefacts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// Would you like to do this? −2 would drain me … +2 would love it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interest: Option<i8>,
}

/// A language spoken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SpokenLanguage {
    /// Name, e.g. `English`.
    pub name: String,
    /// CEFR level `a1` … `c2`, or `native`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
}

/// A certificate or licence held.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Certificate {
    /// Name.
    pub name: String,
    /// Who issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// When it was awarded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Month>,
    /// Until when it is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Month>,
}

/// A degree or other education.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Degree {
    /// What it is called, e.g. `BSc`, `Apprenticeship`.
    pub name: String,
    /// Field of study.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub institution: Option<String>,
    /// When it ended; left out while it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Month>,
}

impl Profile {
    /// Reads `profile.toml`.
    ///
    /// # Errors
    /// [`ProfileError::Format`] with the line and what was expected there.
    pub fn from_toml(text: &str) -> Result<Self, ProfileError> {
        let format = |problem| ProfileError::Format { format: "profile.toml", problem };
        let profile: Self = toml::from_str(text).map_err(|e| format(e.to_string()))?;
        profile.check_ranges().map_err(format)?;
        Ok(profile)
    }

    /// Reads the same fields from JSON.
    ///
    /// # Errors
    /// [`ProfileError::Format`] with the line and what was expected there.
    pub fn from_json(text: &str) -> Result<Self, ProfileError> {
        let format = |problem| ProfileError::Format { format: "profile.json", problem };
        let profile: Self = serde_json::from_str(text).map_err(|e| format(e.to_string()))?;
        profile.check_ranges().map_err(format)?;
        Ok(profile)
    }

    /// Writes `profile.toml`.
    ///
    /// # Errors
    /// When a value cannot be written, which no value read by this module does.
    pub fn to_toml(&self) -> Result<String, ProfileError> {
        toml::to_string_pretty(self)
            .map_err(|e| ProfileError::Format { format: "profile.toml", problem: e.to_string() })
    }

    fn check_ranges(&self) -> Result<(), String> {
        if let Some(level) = self.level.filter(|l| !(1..=8).contains(l)) {
            return Err(format!("level is {level}; levels go from 1 to 8"));
        }
        for skill in &self.skills {
            if let Some(depth) = skill.depth.filter(|depth| *depth > 4) {
                return Err(format!(
                    "skill `{}` has depth {depth}; depths go from 1 to 4, and 0 says that you do not hold it",
                    skill.name
                ));
            }
            if let Some(interest) = skill.interest.filter(|i| !(-2..=2).contains(i)) {
                return Err(format!(
                    "skill `{}` has interest {interest}; interest goes from -2 to 2",
                    skill.name
                ));
            }
        }
        for (name, interest) in self.interests.iter().chain(&self.activities) {
            if !(-2..=2).contains(interest) {
                return Err(format!("`{name}` has interest {interest}; interest goes from -2 to 2"));
            }
        }
        Ok(())
    }

    /// Fills in ids of skills whose name the vocabulary knows, and gives the names it does not.
    pub fn resolve(&mut self, taxonomy: &Taxonomy) -> Vec<String> {
        let mut unknown = Vec::new();
        for skill in &mut self.skills {
            let known = skill.id.as_deref().and_then(|id| taxonomy.by_id(id));
            match known.or_else(|| taxonomy.resolve(&skill.name)) {
                Some(found) => skill.id = Some(taxonomy.skill(found).id.clone()),
                None => {
                    skill.id = None;
                    unknown.push(skill.name.clone());
                }
            }
        }
        unknown
    }

    /// Interest in the skill with this id, −2 to 2, whether held or not.
    #[must_use]
    pub fn interest(&self, id: &str) -> Option<i8> {
        self.skill(id).and_then(|s| s.interest).or_else(|| self.interests.get(id).copied())
    }

    /// What a person might want to add or mend, in plain words.
    #[must_use]
    pub fn check(&self, place: &Place, unknown_skills: &[String]) -> Vec<String> {
        let mut findings = Vec::new();
        if place.family.is_none() {
            findings.push("the role family is unknown: set `family`, one of `rungs families`".to_owned());
        }
        if self.level.is_none() {
            findings
                .push(format!("level {} is {}; set `level` if it is wrong", place.level, place.level_reason));
        }
        findings.extend(
            unknown_skills
                .iter()
                .map(|name| format!("`{name}` is not in the vocabulary and is not compared")),
        );
        let bare = self.skills.iter().filter(|s| s.held().depth.is_none()).count();
        if bare > 0 {
            findings.push(format!("{bare} skills have neither depth nor years and count as awareness"));
        }
        let unproven = self.skills.iter().filter(|s| s.depth != Some(0) && s.evidence.is_empty()).count();
        if unproven > 0 {
            findings.push(format!("{unproven} skills have no evidence"));
        }
        for job in self.work.iter().filter(|j| j.start.is_none()) {
            findings.push(format!("`{}` has no start, so its years do not count", job.title));
        }
        findings
    }
}
