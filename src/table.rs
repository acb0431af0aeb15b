//! Tables of `rules/data`: file names, words and commands as data, embedded by the reader that uses them.

pub(crate) mod glob;

use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use regex::{Regex, bytes};
use serde::{Deserialize, Deserializer};

/// Parses a table of `rules/data`, which is embedded in the binary and held right by a test.
pub(crate) fn table<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> T {
    toml::from_str(text).unwrap_or_else(|error| unreachable!("rules/data/{name} is checked by a test: {error}"))
}

/// A pattern of a table, compiled when it is first needed: a run uses few of them, and must start fast.
pub(crate) struct Lazy<R> {
    pattern: String,
    compile: fn(&str) -> Result<R, String>,
    compiled: OnceLock<R>,
}

impl<R> Lazy<R> {
    /// A pattern and how it is compiled. Tests compile it at once, so that a wrong one is found before it is used.
    pub(crate) fn new(pattern: impl Into<String>, compile: fn(&str) -> Result<R, String>) -> Self {
        let lazy = Self { pattern: pattern.into(), compile, compiled: OnceLock::new() };
        if cfg!(test) {
            let _ = lazy.deref();
        }
        lazy
    }
}

impl<R> Deref for Lazy<R> {
    type Target = R;

    fn deref(&self) -> &R {
        let compile =
            || (self.compile)(&self.pattern).unwrap_or_else(|error| unreachable!("patterns of tables are checked by tests: {error}"));
        self.compiled.get_or_init(compile)
    }
}

impl<R> fmt::Debug for Lazy<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lazy").field(&self.pattern).finish()
    }
}

impl<'de> Deserialize<'de> for Lazy<Regex> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(String::deserialize(deserializer)?, |pattern| Regex::new(pattern).map_err(|error| error.to_string())))
    }
}

impl<'de> Deserialize<'de> for Lazy<bytes::Regex> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(String::deserialize(deserializer)?, |pattern| bytes::Regex::new(pattern).map_err(|error| error.to_string())))
    }
}

#[cfg(test)]
mod tests {
    /// A table that does not parse would stop the program at its first use; this finds it before.
    #[test]
    fn every_table_is_toml() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/data");
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            toml::from_str::<toml::Table>(&text).unwrap_or_else(|error| panic!("{}: {error}", entry.path().display()));
        }
    }
}
