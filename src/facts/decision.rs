//! Architecture decision records: where they lie, what each states of itself, and what is wrong with their life cycle.
//!
//! Nygard's form, MADR 2 to 4 and log4brains are read alike. Whether records are owed, and whether an old proposal is a
//! fault, is left to the rules.

mod find;
mod lifecycle;
mod record;
mod words;

use schemars::JsonSchema;
use serde::Serialize;

use super::{At, Notes, Section};
use crate::snapshot::Snapshot;

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

/// Reads the decision records and notes what is wrong with them.
#[must_use]
pub fn read(snapshot: &Snapshot, notes: &mut Notes) -> Section<Decisions> {
    let read = find::records(snapshot);
    lifecycle::check(snapshot, &read, notes);
    notes.unread("decisions.undocumented", "technologies are not compared with the records yet");
    let records: Vec<Record> = read.into_iter().map(|read| read.record).collect();
    let folder = |record: &Record| record.file.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned());
    let mut directories: Vec<String> = records.iter().map(folder).collect();
    let count = |directory: &String| directories.iter().filter(|other| *other == directory).count();
    let directory = directories.iter().max_by_key(|directory| (count(directory), std::cmp::Reverse(directory.as_str()))).cloned();
    directories.sort();
    directories.dedup();
    Section::Known(Decisions { directory, directories, records, undocumented: None })
}

#[cfg(test)]
mod tests;
