//! The README: which topics it covers and which commands it gives.

use schemars::JsonSchema;
use serde::Serialize;

use super::At;

/// The README of the root.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Readme {
    /// Its path, or null where there is none.
    pub file: Option<String>,
    /// What it covers.
    pub topics: Topics,
    /// The commands it gives, in order.
    pub commands: Vec<Command>,
}

/// The topics of a README; each a place, `not-applicable`, or null where it is missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Topics {
    /// What must be installed first.
    pub prerequisites: Option<Topic>,
    /// How dependencies are installed.
    pub install: Option<Topic>,
    /// How it is configured.
    pub configure: Option<Topic>,
    /// How the services it needs are started.
    pub services: Option<Topic>,
    /// How the database schema is brought up to date.
    pub migrate: Option<Topic>,
    /// How it is run.
    pub run: Option<Topic>,
    /// How it is tested.
    pub test: Option<Topic>,
    /// How it is deployed.
    pub deploy: Option<Topic>,
}

/// Where a topic is covered, or that it does not apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Topic {
    /// Covered here.
    Covered(At),
    /// There is nothing to cover.
    NotApplicable(NotApplicable),
}

/// The word `not-applicable`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub enum NotApplicable {
    /// There is nothing to cover.
    #[serde(rename = "not-applicable")]
    NotApplicable,
}

/// A command that a document tells a person to type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Command {
    /// The document.
    pub file: String,
    /// The command's own line, not its fence's.
    pub line: usize,
    /// The command without its prompt.
    pub command: String,
    /// Whether the repository holds what it calls.
    pub status: CommandStatus,
    /// Why it is broken or unknown.
    pub reason: Option<String>,
}

/// Whether a command can work in this repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CommandStatus {
    /// What it names is there.
    Ok,
    /// What it names is missing.
    Broken,
    /// The repository cannot tell.
    Unknown,
}
