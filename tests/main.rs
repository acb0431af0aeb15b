//! One test target: end-to-end tests of the binary, and what must always hold; a module an area.

// The items of a test are read by its own target only.
#![allow(unreachable_pub)]

mod architecture;
mod cli;
mod documents;
mod fixtures;
mod generated;
mod rules;
mod score;
mod snapshot;
mod support;
