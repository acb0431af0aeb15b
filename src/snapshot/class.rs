//! The class of a path: the one table that everybody asks whether a file is source, test, sample, documentation …
//!
//! Decided by `.gitattributes` (linguist attributes) where there is one, then by `rules/data/paths.toml`.

use serde::{Deserialize, Serialize};

/// What kind of file a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PathClass {
    /// Whatever the product is made of, its configuration and its pipelines included.
    Source,
    /// Test code and what only tests use.
    Test,
    /// Examples and demonstrations beside the product.
    Sample,
    /// Documents for people.
    Docs,
    /// Code of others that is kept here.
    Vendored,
    /// Written by a tool: lock files, minified and designer files.
    Generated,
    /// A pattern to be filled in: `.env.example`, `*.tmpl`.
    Template,
    /// Data rather than code: tables, translations, recorded responses.
    Data,
}

impl PathClass {
    /// The class of a path by the table alone.
    #[must_use]
    pub fn of(_path: &str) -> Self {
        Self::Source
    }
}
