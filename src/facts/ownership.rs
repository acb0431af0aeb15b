//! Who owns the code, which documents of operation there are, and whose knowledge it rests on.
//!
//! The owners file is read as its host reads it. Whether a repository owes such a file or such a document is left to the
//! rules, and who changed what to the snapshot.

mod codeowners;
mod documents;
pub mod knowledge;
mod pattern;

use schemars::JsonSchema;
use serde::Serialize;

use super::pipeline::Pipeline;
use super::{At, Notes, Section, Unread, pipeline};
use crate::snapshot::Snapshot;

/// Ownership, as files and history show it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Ownership {
    /// The owners file.
    pub codeowners: Codeowners,
    /// Documents of operation; each the path of the best one, or null.
    pub documents: Documents,
    /// Where a release is written down or made: the document, and jobs of pipelines.
    pub release: Vec<At>,
    /// Who knows the whole and its parts; null where history does not tell.
    pub knowledge: Option<Vec<Knowledge>>,
}

/// The owners file that the host uses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Codeowners {
    /// Its path, or null.
    pub file: Option<String>,
    /// Its lines that give owners.
    pub entries: Vec<OwnersEntry>,
}

/// A line of the owners file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OwnersEntry {
    /// The owners file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// The pattern as written.
    pub pattern: String,
    /// The owners as written.
    pub owners: Vec<String>,
}

/// Documents that a team in charge needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Documents {
    /// How it is operated.
    pub runbook: Option<String>,
    /// What to do when it fails, and whom to call.
    pub incident: Option<String>,
    /// How a release is made.
    pub release: Option<String>,
    /// What changed when.
    pub changelog: Option<String>,
    /// Where users get help.
    pub support: Option<String>,
    /// The terms of use.
    pub license: Option<String>,
    /// How to take part in development.
    pub contributing: Option<String>,
    /// What the system is made of.
    pub architecture: Option<String>,
}

/// Whose knowledge a part of the code rests on.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Knowledge {
    /// The part; empty for the whole.
    pub path: String,
    /// How many authors would have to leave for half of the files to have no author left.
    pub truck_factor: usize,
    /// How many files of code it has.
    pub files: usize,
    /// The author of most files.
    pub lead: String,
    /// Of how many percent of the files.
    pub lead_percent: usize,
    /// Of a part: it rests on the same one person as the whole.
    pub as_the_whole: bool,
    /// The authors, most files first; the first twenty.
    pub authors: Vec<Author>,
}

/// An author's share.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Author {
    /// The name.
    pub name: String,
    /// The share of files that they are an author of, from 0 to 1; a file may have several.
    pub share: f64,
}

/// Reads the owners file and the documents of operation, and which pipelines make a release. Who knows the code is
/// learnt from history beside it.
#[must_use]
pub fn read(snapshot: &Snapshot, pipelines: &Section<Vec<Pipeline>>, notes: &mut Notes) -> Section<Ownership> {
    let documents = documents::read(snapshot);
    let mut release: Vec<At> = documents.release.iter().map(|file| At::new(file, 1)).collect();
    match pipelines {
        Section::Known(pipelines) => release.extend(pipeline::releases(pipelines)),
        Section::Unknown { unknown } => notes.unread("ownership.release", unknown.clone()),
    }
    Section::Known(Ownership { codeowners: codeowners::read(snapshot, notes), documents, release, knowledge: None })
}

impl Ownership {
    /// Takes up what history says; gives what of it is not known, or not for sure.
    pub(super) fn learn(&mut self, reading: knowledge::Reading) -> Option<Unread> {
        self.knowledge = reading.knowledge;
        reading.doubt.map(|reason| Unread { part: "ownership.knowledge".into(), reason })
    }
}

#[cfg(test)]
mod tests;
