//! The README: which topics it covers and which commands it gives.
//!
//! Topics are decided by commands first, then by headings whose content fits, then by telling sentences; the words are
//! data (`rules/data/topics.toml`). Whether a command works is left to whoever resolves it, whether a topic is missed to
//! the rules.

mod commands;
mod elsewhere;
mod find;
mod links;
mod topics;
mod words;

use schemars::JsonSchema;
use serde::Serialize;

use super::links::broken;
use super::markdown::Document;
use super::stack::Stack;
use super::{Area, At, Notes, ProblemKind, Section};
use crate::snapshot::Snapshot;

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

/// Why the status of every command is unknown.
const UNRESOLVED: &str = "the commands of the README are not resolved against the repository yet";

/// Reads the README of the root, and the documents that it links for what it leaves to them.
#[must_use]
pub fn read(snapshot: &Snapshot, stacks: &[Stack], notes: &mut Notes) -> Section<Readme> {
    let Some(file) = find::readme(snapshot) else { return Section::Known(Readme::default()) };
    let Some(text) = snapshot.read(file) else {
        return Section::unknown(format!("`{}` could not be read as text", file.path));
    };
    let guide = topics::Guide::new(&file.path, Document::parse(&file.path, &text.as_str()));
    for (line, message) in broken(snapshot, &file.path, &guide.document.links) {
        notes.problem(Area::Setup, ProblemKind::BrokenLink, At::new(&file.path, line), message);
    }
    let linked = links::followed(snapshot, &guide);
    let commands = guide
        .commands
        .iter()
        .map(|typed| Command {
            file: file.path.clone(),
            line: typed.line,
            command: typed.text.clone(),
            status: CommandStatus::Unknown,
            reason: Some(UNRESOLVED.into()),
        })
        .collect();
    notes.unread("readme.commands", UNRESOLVED);
    let topics = topics::read(snapshot, stacks, &guide, &linked);
    elsewhere::note(&guide, &topics, notes);
    Section::Known(Readme { file: Some(file.path.clone()), topics, commands })
}

#[cfg(test)]
mod tests;
