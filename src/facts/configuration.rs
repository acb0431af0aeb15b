//! Settings that the code reads and where they are declared; env, key and certificate files under version control.
//!
//! How code reads settings, and what declares them, is data (`rules/data/settings.toml`). Which files seldom belong under
//! version control is data (`rules/data/committed-files.toml`). The values in them are left to the rules about secrets, and no
//! value is kept here.

mod committed;
mod declared;
mod documented;
mod keys;
mod read;
pub(crate) mod secret;
mod store;
mod table;

use schemars::JsonSchema;
use serde::Serialize;

pub use self::secret::{SecretSource, SourceKind};
use super::{At, Notes, Section};
use crate::snapshot::Snapshot;

/// Configuration, as code and files show it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Configuration {
    /// Settings that code reads, by name; null where they were not read.
    pub keys: Option<Vec<Key>>,
    /// What shows where the secrets among them come from.
    pub secret_sources: Vec<SecretSource>,
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
    /// The first file that reads it.
    pub file: String,
    /// The line there, from 1.
    pub line: usize,
    /// Where it is read.
    pub reads: Vec<At>,
    /// Where a value or an empty slot for it stands.
    pub declared_in: Vec<At>,
    /// Where a person is told of it.
    pub documented_in: Vec<At>,
    /// Whether the program works without it, as far as can be told: what only hands its value on is not held to need it.
    pub has_default: bool,
    /// Whether a framework or a platform gives it its meaning, so that nobody need declare it.
    pub provided: bool,
    /// Whether it is declared or documented anywhere.
    pub told: bool,
    /// Whether it is a credential by its name that the code cannot do without; a committed value of one is no answer.
    pub secret: bool,
}

/// A file that seldom belongs under version control.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct CommittedFile {
    /// The file.
    pub file: String,
    /// `env`, `private-key`, `certificate`, `keystore`, `publish-settings`, `user-secrets`, `terraform-state` …
    pub kind: String,
}

/// The kind of a store of keys, or of a key in DER, by its content: `keystore`, `certificate`, `private-key`.
pub(crate) fn store_of_keys(bytes: &[u8]) -> Option<&'static str> {
    match store::read(bytes)? {
        store::Store::Key(kind) => Some(kind),
        store::Store::Trust => None,
    }
}

/// What kind of file that seldom belongs under version control this is, by its path and content.
pub(crate) fn kind_of_file(path: &str, bytes: &[u8]) -> Option<String> {
    let (committed, _) = committed::read(&Snapshot::of_memory([(path, bytes)]));
    committed.into_iter().next().map(|file| file.kind)
}

/// Reads the settings, the env, key and certificate files under version control, and the templates of env files.
pub fn read(snapshot: &Snapshot, notes: &mut Notes) -> Section<Configuration> {
    let ((committed_files, templates), keys) = rayon::join(|| committed::read(snapshot), || keys::read(snapshot, notes));
    let secret_sources = secret::read(snapshot, &keys, notes);
    Section::Known(Configuration { keys: Some(keys), secret_sources, committed_files, templates })
}
