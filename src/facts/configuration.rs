//! Settings that the code reads and where they are declared; env, key and certificate files under version control.

use schemars::JsonSchema;
use serde::Serialize;

use super::At;

/// Configuration, as code and files show it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Configuration {
    /// Settings that code reads; null until they are read.
    pub keys: Option<Vec<Key>>,
    /// Env, key and certificate files under version control.
    pub committed_files: Vec<CommittedFile>,
    /// Files that show which settings an environment needs, without their values: `.env.example` and its like.
    pub templates: Vec<String>,
}

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Key {
    /// Its name as the code writes it.
    pub name: String,
    /// Where it is read.
    pub reads: Vec<At>,
    /// Where a value or an empty slot for it stands.
    pub declared_in: Vec<At>,
    /// Where a person is told of it.
    pub documented_in: Vec<At>,
    /// Whether the program works without it.
    pub has_default: bool,
}

/// A file that seldom belongs under version control.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct CommittedFile {
    /// The file.
    pub file: String,
    /// `env`, `private-key`, `certificate`, `keystore`, `publish-settings`, `user-secrets`, `terraform-state` …
    pub kind: String,
}

/// Interim.
pub fn read(_: &crate::snapshot::Snapshot, _: &mut super::Notes) -> super::Section<Configuration> {
    super::Section::unknown("not read yet")
}
