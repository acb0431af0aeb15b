//! Tells whether a repository is ready to be handed to another team.
pub mod error;
pub mod facts;
pub mod snapshot;
