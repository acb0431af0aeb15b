//! The one test target: a module an area.

mod snapshot;
mod support;
