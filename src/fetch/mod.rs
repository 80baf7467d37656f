//! Collects postings from employers' boards over HTTP.

pub mod robots;
pub mod sources;
