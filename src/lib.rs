//! What the roles several levels ahead of you ask for, from real postings.
//!
//! Data flows one way; a stage reads only what the stage before it left on disk:
//!
//! ```text
//! fetch, import ─► corpus ─► extract ─► index ─► query ─► render
//!                               ▲                  ▲
//!                       taxonomy, level         profile
//! ```
//!
//! # Layout
//! - [`posting`]: what an employer published; identity, facts, content hash.
//! - [`text`]: visible text with the way back to the original bytes; the one tokeniser.
//! - [`taxonomy`]: the vocabulary of skills and its matcher.
//! - [`level`]: the 8-level scale.
//! - [`extract`]: what a posting requires, with the words that say so.
//! - [`coded`]: what statistics count of a posting.
//! - [`corpus`]: the store: postings, boards, crawl state; what changed when.
//! - [`fetch`]: postings over HTTP, one pure adapter per source.
//! - [`import`]: postings from files.
//! - [`market`]: figures of many postings in one small file.
//! - [`index`]: the search index, built from the corpus.
//! - [`profile`]: a person: history, skills, interests.
//! - [`query`]: search, cohorts, demand, gap.
//! - [`plan`]: a gap turned into focus areas and actions, kept in a file that people edit.
//! - [`render`]: answers as text, Markdown and CSV.
//! - [`cli`]: the command line.

pub mod cli;
pub mod coded;
pub mod corpus;
pub mod extract;
pub mod fetch;
pub mod import;
pub mod index;
pub mod level;
pub mod market;
pub mod plan;
pub mod posting;
pub mod profile;
pub mod query;
pub mod render;
pub mod taxonomy;
pub mod text;
