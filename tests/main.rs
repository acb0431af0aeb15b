//! One test target: end-to-end tests of the binary, and what must always hold; a module an area.

mod architecture;
mod cli;
mod fixtures;
mod generated;
mod rules;
mod score;
mod support;
