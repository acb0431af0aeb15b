//! The classes of paths, and sets of them.

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

/// A set of classes.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClassSet(u8);

impl ClassSet {
    pub(crate) fn insert(&mut self, class: PathClass) {
        self.0 |= 1 << class as u8;
    }

    pub(super) fn contains(self, class: PathClass) -> bool {
        self.0 & (1 << class as u8) != 0
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
