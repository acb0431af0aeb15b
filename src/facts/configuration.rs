//! Settings that the code reads and where they are declared; env, key and certificate files under version control.
//!
//! Which files seldom belong under version control is data (`rules/data/committed-files.toml`). The values in them are
//! left to the rules about secrets, and no value is kept here.

mod committed;

use schemars::JsonSchema;
use serde::Serialize;

use super::{At, Notes, Section};
use crate::snapshot::Snapshot;

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

/// Reads the env, key and certificate files under version control and the templates of env files.
pub fn read(snapshot: &Snapshot, notes: &mut Notes) -> Section<Configuration> {
    notes.unread("configuration.keys", "settings that code reads are not read yet");
    let (committed_files, templates) = committed::read(snapshot);
    Section::Known(Configuration { keys: None, committed_files, templates })
}
