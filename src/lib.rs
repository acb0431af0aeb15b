//! Tells whether a repository is ready to be handed to another team.
//!
//! One direction: arguments, snapshot, facts, rules, findings, checks, score, report. Each stage knows only those before
//! it; [`check`] below is the whole line.

pub mod catalog;
pub mod check;
pub mod cli;
pub mod config;
pub mod error;
pub mod facts;
pub mod finding;
pub mod matcher;
pub mod report;
pub mod rule;
pub mod run;
pub mod score;
pub mod severity;
pub mod snapshot;
mod table;

pub use run::{Plan, check, inspect};
