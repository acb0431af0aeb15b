//! Tells whether a repository is ready to be handed to another team.
pub mod check;
pub mod error;
pub mod facts;
pub mod finding;
pub mod matcher;
pub mod rule;
pub mod score;
pub mod snapshot;
