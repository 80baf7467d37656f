//! What extraction says of one posting. Serialises to the NDJSON contract of `rungs extract`.

use crate::level::LevelEstimate;
use crate::posting::{Pay, Workplace};
use crate::taxonomy::Kind;
use crate::text::Section;
use serde::{Deserialize, Serialize};

/// How strongly a skill is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// Named, but not asked for: company text, benefits, negation, mere example.
    Context,
    /// One would use or do it in the role.
    Duty,
    /// Welcome.
    Preferred,
    /// A must.
    Required,
}

/// How a claim came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provenance {
    /// The words say so.
    #[default]
    Explicit,
    /// Concluded from other words, never silently: C1 from "fluent". Skills are never inferred.
    Inferred,
}

/// The words a claim rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First byte in the description as given.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The same words as a reader sees them: entities decoded, tags dropped, spaces folded.
    pub surface: String,
}

/// One more place where a skill is named.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// Where.
    #[serde(flatten)]
    pub span: Span,
    /// How strongly this mention asks for it.
    pub strength: Strength,
    /// Depth this mention asks for, 1–4.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub depth: Option<u8>,
    /// Section it stands in.
    pub section: Section,
}

/// A skill that a posting names, with its strongest mention first and all others under `more`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SkillClaim {
    /// Taxonomy id, e.g. `kubernetes`.
    pub id: String,
    /// Display label.
    pub label: String,
    /// ESCO concept URI.
    pub esco: Option<String>,
    /// O*NET name or code.
    pub onet: Option<String>,
    /// Kind of concept.
    pub kind: Kind,
    /// The telling mention.
    #[serde(flatten)]
    pub span: Span,
    /// Strength over all mentions: the strongest.
    pub strength: Strength,
    /// Depth asked for, 1 awareness · 2 working · 3 practitioner · 4 expert.
    pub depth: Option<u8>,
    /// The words that set the depth.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub depth_cue: Option<Span>,
    /// Years of experience asked for with this skill (the minimum).
    pub years: Option<f32>,
    /// Section of the telling mention.
    pub section: Section,
    /// Explicit or inferred.
    pub provenance: Provenance,
    /// Probability that the skill is really asked for, 0–1.
    pub confidence: f32,
    /// Ids of skills that would do instead ("Go or Rust").
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub alternatives: Vec<String>,
    /// Named as an example ("such as", "e.g.").
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub example: bool,
    /// Other mentions, in order of the text.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub more: Vec<Mention>,
}

/// Kinds of scope that experience can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExperienceKind {
    /// Years of experience in the role's field.
    Years,
    /// People led or managed.
    PeopleLed,
    /// Managers led.
    ManagersLed,
    /// Mentoring or coaching others.
    Mentoring,
    /// Hiring.
    Hiring,
    /// Budget or profit and loss.
    Budget,
    /// Scale: users, requests, revenue, sites.
    Scale,
    /// On-call duty, shifts.
    OnCall,
    /// Stakeholders, with their rank.
    Stakeholders,
    /// Countries and regions.
    Geography,
    /// A regulated domain.
    Regulated,
    /// Travel.
    Travel,
    /// Company stage: start-up, scale-up, public.
    Stage,
    /// Strategy, roadmap, technical direction.
    Strategy,
    /// Working under guidance: the opposite of scope.
    Guided,
    /// Who the role reports to.
    ReportsTo,
}

/// A piece of experience that one must have or will gain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Experience {
    /// What kind of scope.
    pub kind: ExperienceKind,
    /// The figure stated, in the unit of `unit`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub min: Option<f64>,
    /// Upper figure of a range.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub max: Option<f64>,
    /// Unit of the figures: `years`, `people`, `USD`, `users`, `bytes`, `percent` …
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit: Option<String>,
    /// A normalised word, e.g. `executives`, `health`, `emea`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value: Option<String>,
    /// Asked for, welcome or part of the role.
    pub strength: Strength,
    /// Evidence.
    #[serde(flatten)]
    pub span: Span,
}

/// Something one would do all day: verb + object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Normalised phrase, lower case, verb in base form, e.g. `review designs`.
    pub phrase: String,
    /// The verb alone.
    pub verb: String,
    /// Evidence.
    #[serde(flatten)]
    pub span: Span,
}

/// Kinds of gates: met or not, never part of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateKind {
    /// Degree or other formal qualification.
    Degree,
    /// Licence to practise.
    Licence,
    /// Security clearance.
    Clearance,
    /// Work permit, citizenship or visa.
    WorkPermit,
    /// Human language, with a CEFR level where stated.
    Language,
    /// Certificate.
    Certificate,
    /// Driving licence.
    Driving,
    /// Background, drug or medical check.
    BackgroundCheck,
}

/// A yes-or-no condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Kind.
    pub kind: GateKind,
    /// Normalised value: `bachelor` (the lowest that will do), `ts-sci`; of languages and certificates
    /// the taxonomy id.
    pub value: String,
    /// Fields of study of a degree; CEFR level of a language, `a1` to `c2`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub detail: Option<String>,
    /// Other values that would do: `master` beside `bachelor`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub alternatives: Vec<String>,
    /// "Or equivalent experience" stands beside it.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub or_equivalent: bool,
    /// Required or preferred; context where the posting says that it is not needed.
    pub strength: Strength,
    /// Inferred where `detail` is concluded from other words: the level that "fluent" means.
    #[serde(default)]
    pub provenance: Provenance,
    /// Evidence.
    #[serde(flatten)]
    pub span: Span,
}

/// Years of experience that the role as a whole asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Years {
    /// Fewest.
    pub min: Option<f32>,
    /// Most.
    pub max: Option<f32>,
}

/// A fact and the words that state it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact<T> {
    /// What is stated.
    pub value: T,
    /// Evidence.
    #[serde(flatten)]
    pub span: Span,
}

/// Facts of the posting that its body states.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BodyFacts {
    /// Pay range.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pay: Option<Fact<Pay>>,
    /// Remote, hybrid or on site, as the body says it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub workplace: Option<Fact<Workplace>>,
    /// Employment type: `full-time`, `part-time`, `contract`, `temporary`, `internship` …
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub employment_type: Option<Fact<String>>,
}

/// Everything extraction says of one posting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extraction {
    /// Language code (ISO 639-1) of the body; `None` where too short to tell.
    pub language: Option<String>,
    /// How far up the role is.
    pub level: LevelEstimate,
    /// Role family id, e.g. `software-engineering`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub family: Option<String>,
    /// Years the role as a whole asks for.
    pub years: Years,
    /// Skills.
    pub skills: Vec<SkillClaim>,
    /// Experience facets.
    pub experience: Vec<Experience>,
    /// Day-to-day activities.
    pub activities: Vec<Activity>,
    /// Gates.
    pub gates: Vec<Gate>,
    /// Facts the body states.
    #[serde(default)]
    pub facts: BodyFacts,
    /// Why the result is poorer than one would expect, e.g. `no requirements found`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
}
