//! The plan: a gap turned into three or four focus areas with actions, kept in a file that people
//! edit.
//!
//! [`make`] computes a [`Plan`]; [`markdown`] writes it as `plan.md`, which is the source of truth
//! for people, and reads it back; [`sync`] carries ticks from there into the plan and its log;
//! [`delta`] tells one's own progress from the market's drift. No course, price, duration or quote
//! is ever made up: links come from the user, quotes from the user's own corpus.
//!
//! Pure, but for [`evidence`], which reads index and corpus. The day is an argument.

mod actions;
pub mod coverage;
pub mod delta;
pub mod evidence;
pub mod focus;
pub mod id;
pub mod ladder;
pub mod log;
mod make;
mod maker;
pub mod markdown;
pub mod other;
pub mod sync;
mod types;
mod words;

pub use crate::query::gap::experience_name;
pub use make::{Material, make, target};
pub use types::*;
pub use words::{depth_name, level_means};

/// Schema of `plan.json`, published under `data/plan/`.
pub const SCHEMA: &str = "rungs/plan/2";
/// The JSON Schema of `plan.json` itself.
pub const JSON_SCHEMA: &str = include_str!("../../data/plan/plan.schema.json");
