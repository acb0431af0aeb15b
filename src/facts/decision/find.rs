//! Where decision records lie: in folders named for them, in the folder that a tool's settings name, or in one whose
//! numbered documents have their shape.

use std::collections::{BTreeMap, BTreeSet};

use super::record::{self, Name, Read};
use super::words::WORDS;
use crate::facts::markdown::extension;
use crate::snapshot::{File, PathClass, Snapshot};

/// How many numbered documents outside known folders are read in search of records.
const LOOKED_AT: usize = 400;

/// All records, sorted by path.
pub(super) fn records(snapshot: &Snapshot) -> Vec<Read> {
    let configured = configured_folders(snapshot);
    let known = |folder: &str| configured.contains(folder) || named_for_records(folder);
    let mut by_folder: BTreeMap<&str, Vec<(&File, Name)>> = BTreeMap::new();
    for file in snapshot.files().iter().filter(|file| is_document(file)) {
        if let Some(name) = Name::of(file.name()) {
            by_folder.entry(file.folder()).or_default().push((file, name));
        }
    }
    let mut found = Vec::new();
    let mut looked_at = 0;
    for (folder, files) in by_folder {
        if known(folder) {
            found.extend(in_known_folder(snapshot, &files));
        } else if !is_other(folder) && files.iter().any(|(_, name)| name.is_numbered()) && looked_at < LOOKED_AT {
            looked_at += files.len();
            found.extend(by_shape(snapshot, &files));
        }
    }
    found.sort_by(|a, b| a.record.file.cmp(&b.record.file));
    found
}

fn is_document(file: &File) -> bool {
    let kept = !matches!(file.class, PathClass::Test | PathClass::Sample | PathClass::Vendored | PathClass::Generated);
    kept && matches!(extension(&file.path).as_str(), "md" | "markdown" | "adoc" | "asciidoc" | "rst")
}

fn parts(folder: &str) -> impl Iterator<Item = String> + '_ {
    folder.split('/').map(|part| part.to_lowercase().replace(['_', ' '], "-"))
}

/// The folder, or one above it, is called as folders of records are; a folder of templates in it is none.
fn named_for_records(folder: &str) -> bool {
    parts(folder).any(|part| WORDS.folders.contains(&part)) && !parts(folder).any(|part| part.starts_with("template"))
}

fn is_other(folder: &str) -> bool {
    parts(folder)
        .any(|part| WORDS.other_folders.contains(&part) || part.starts_with("test") || part.contains("fixture") || part.contains("example"))
}

/// Folders that `.adr-dir` (adr-tools) and `.log4brains.yml` name.
fn configured_folders(snapshot: &Snapshot) -> BTreeSet<String> {
    let mut folders = BTreeSet::new();
    for file in snapshot.files() {
        let named = match file.name() {
            ".adr-dir" => snapshot.read(file).map(|text| vec![text.as_str().lines().next().unwrap_or_default().to_owned()]),
            ".log4brains.yml" => snapshot.read(file).map(|text| {
                let named = |line: &str| line.trim().trim_start_matches("- ").strip_prefix("adrFolder:").map(str::to_owned);
                text.as_str().lines().filter_map(named).collect()
            }),
            _ => None,
        };
        for folder in named.into_iter().flatten() {
            let folder = folder.trim().trim_matches(['"', '\'']);
            folders.extend(crate::facts::markdown::resolve(file.folder(), folder).filter(|path| !path.is_empty()));
        }
    }
    folders
}

/// In a folder named for records everything numbered or dated counts, once one document there has the shape of a record.
fn in_known_folder(snapshot: &Snapshot, files: &[(&File, Name)]) -> Vec<Read> {
    let read: Vec<Read> = files.iter().filter_map(|(file, name)| record::read(snapshot, file, name)).collect();
    if !read.iter().any(|read| read.shape.is_record()) {
        return Vec::new();
    }
    read.into_iter().filter(|read| read.numbered || read.shape.is_record()).collect()
}

/// Elsewhere only what is numbered or dated and states its status, its context and its decision.
fn by_shape(snapshot: &Snapshot, files: &[(&File, Name)]) -> Vec<Read> {
    let numbered = files.iter().filter(|(_, name)| name.is_numbered());
    numbered.filter_map(|(file, name)| record::read(snapshot, file, name)).filter(|read| read.shape.is_surely_record()).collect()
}
