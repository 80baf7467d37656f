//! Collects postings from employers' boards over HTTP: politely, completely, and so that a run
//! that was killed goes on where it was.
//!
//! [`run`] looks at boards until nothing is left to do. Requests wait in the corpus, not in
//! memory; every answer is stored in one transaction with what it leads to. A posting is closed
//! only when a listing was proven complete without it, or its own page says so.
//!
//! - [`sources`]: what to ask each portal and how to read its answers; pure functions.
//! - [`http`]: one guarded, limited request.
//! - [`robots`]: what robots.txt allows.
//! - [`pace`]: when the next request to a host may leave.

mod cycle;
mod engine;
pub mod http;
mod keys;
mod options;
pub mod pace;
mod plan;
mod probe;
pub mod robots;
mod rules;
mod seed;
mod settle;
pub mod sources;
mod targets;
mod visit;

pub use engine::run;
pub use http::to_utf8;
pub use options::{BoardReport, Event, FetchError, FetchOptions, Filter, Summary};
pub use plan::{HostPlan, Plan, plan};
pub use probe::{Identity, ProbeError, check_board, find_boards, robots_of};
pub use seed::{SeedBoard, boards_in_page, search_seed, seed_boards};
pub use targets::{TargetError, address, parse_target, read_board_list};

/// The product token that robots files are asked about.
pub const AGENT: &str = "rungs";
