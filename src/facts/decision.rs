//! Architecture decision records.

use schemars::JsonSchema;
use serde::Serialize;

use super::At;

/// The decision records of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Decisions {
    /// The folder that holds most of them.
    pub directory: Option<String>,
    /// Every folder that holds some.
    pub directories: Vec<String>,
    /// The records, sorted by path; templates, indexes and images are none.
    pub records: Vec<Record>,
    /// Technologies in use that no record names; null until they are read.
    pub undocumented: Option<Vec<Undocumented>>,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Record {
    /// The file.
    pub file: String,
    /// Its number, where it has one.
    pub number: Option<u32>,
    /// Its title without number.
    pub title: String,
    /// Its status as written.
    pub status: Option<String>,
    /// Its date as written.
    pub date: Option<String>,
    /// What supersedes it, as written.
    pub superseded_by: Option<String>,
    /// It only records that records are kept.
    pub ritual: bool,
}

/// A technology that no record names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Undocumented {
    /// The technology.
    pub technology: String,
    /// What shows its use.
    pub evidence: Vec<At>,
}

/// Interim.
pub fn read(_: &crate::snapshot::Snapshot, _: &mut super::Notes) -> super::Section<Decisions> {
    super::Section::unknown("not read yet")
}
