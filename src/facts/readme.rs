//! The README: which topics it covers and which commands it gives.
//!
//! Topics are decided by commands first, then by headings whose content fits, then by telling sentences; the words are
//! data (`rules/data/topics.toml`). Commands, also those of linked documents, are held against the repository
//! (`resolve`). Whether a topic is missed is left to the rules.

mod commands;
mod elsewhere;
mod find;
mod links;
mod resolve;
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
    /// The commands that it and the documents it links give, in order.
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
    let guides: Vec<&topics::Guide<'_>> = std::iter::once(&guide).chain(&linked).collect();
    let commands = resolve::resolve(snapshot, &guides);
    for command in commands.iter().filter(|command| command.status == CommandStatus::Broken) {
        let reason = command.reason.as_deref().unwrap_or_default();
        let message = format!("`{}` cannot work: {reason}", shortened(&command.command));
        notes.problem(Area::Setup, ProblemKind::BrokenCommand, At::new(&command.file, command.line), message);
    }
    let topics = topics::read(snapshot, stacks, &guide, &linked);
    elsewhere::note(&guide, &topics, notes);
    Section::Known(Readme { file: Some(file.path.clone()), topics, commands })
}

/// How much of a command a sentence shows.
const SHOWN: usize = 80;

fn shortened(command: &str) -> String {
    match command.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &command[..end]),
        None => command.to_owned(),
    }
}

#[cfg(test)]
mod tests;
