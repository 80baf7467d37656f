//! Collects postings from employers' boards over HTTP.

pub mod sources;
