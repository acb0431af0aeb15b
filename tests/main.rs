//! One test target: end-to-end tests of the binary, and what must always hold; a module an area.

// The items of a test are read by its own target only; clippy takes none but functions marked as tests for tests.
#![allow(unreachable_pub, clippy::unwrap_used)]

mod architecture;
mod cli;
mod corpus;
mod documents;
mod fixtures;
mod generated;
mod history;
mod ignores;
mod mutations;
mod quiet;
mod rules;
mod score;
mod snapshot;
mod support;
