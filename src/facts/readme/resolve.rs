//! Whether the commands of a document can work in this repository: what each names is there, is missing, or cannot be told.
//!
//! The commands of a document are walked in order (`walk`): `cd` is followed, what an earlier command makes is not
//! missing, what runs on another machine is not judged. A command is broken only where what it names is nowhere in the
//! repository; everything that might be otherwise is unknown, with the reason. Which commands a document gives is left to
//! `commands`, what names what to `rules/data/calls.toml`.

mod builds;
mod containers;
mod dotnet;
mod node;
mod paths;
mod repository;
mod table;
mod tasks;
mod walk;

use super::topics::Guide;
use super::{Command, CommandStatus};
use crate::snapshot::{Mode, Snapshot};
use repository::Repository;
use walk::Walk;

/// What is known of one command.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    /// What it names is there.
    Ok,
    /// What it names is missing, for this reason.
    Broken(String),
    /// The repository cannot tell, for this reason.
    Unknown(String),
}

impl Verdict {
    fn unknown(reason: &str) -> Self {
        Self::Unknown(reason.to_owned())
    }

    /// The verdict on two parts of one line.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Broken(reason), _) | (_, Self::Broken(reason)) => Self::Broken(reason),
            (Self::Unknown(reason), Self::Unknown(_)) => Self::Unknown(reason),
            // Beside a part that is there, one that names nothing of the repository says nothing.
            (Self::Ok, _) | (_, Self::Ok) => Self::Ok,
        }
    }

    fn parts(self) -> (CommandStatus, Option<String>) {
        match self {
            Self::Ok => (CommandStatus::Ok, None),
            Self::Broken(reason) => (CommandStatus::Broken, Some(reason)),
            Self::Unknown(reason) => (CommandStatus::Unknown, Some(reason)),
        }
    }
}

/// Why a command that names nothing of the repository is unknown.
const NAMES_NOTHING: &str = "it names nothing of this repository";

/// How many commands of a document are judged.
const MOST: usize = 1000;

/// The commands of the documents, in order, each held against the repository.
pub(super) fn resolve(snapshot: &Snapshot, guides: &[&Guide<'_>]) -> Vec<Command> {
    let listed = |guide: &Guide<'_>, line: usize, command: &str, verdict: Verdict| {
        let (status, reason) = verdict.parts();
        Command { file: guide.file.to_owned(), line, command: command.to_owned(), status, reason }
    };
    // What is staged is too little to tell what is missing.
    if snapshot.mode == Mode::Staged {
        let verdict = || Verdict::unknown("only what is staged was read");
        return guides
            .iter()
            .flat_map(|guide| guide.commands.iter().map(|typed| listed(guide, typed.line, &typed.text, verdict())))
            .collect();
    }
    let repository = Repository::new(snapshot);
    let own = guides.iter().find_map(|guide| walk::first_clone(guide));
    let mut all = Vec::new();
    for guide in guides {
        let mut walk = Walk::new(&repository, guide, guides, own.as_deref());
        let (judged, rest) = guide.commands.split_at(guide.commands.len().min(MOST));
        all.extend(judged.iter().map(|typed| listed(guide, typed.line, &typed.text, walk.step(typed))));
        let verdict = || Verdict::unknown("the document gives too many commands to hold each against the repository");
        all.extend(rest.iter().map(|typed| listed(guide, typed.line, &typed.text, verdict())));
    }
    all
}

#[cfg(test)]
mod tests;
