//! Snapshots of real repositories, the hostile ones included.

mod authorship;
mod folder;
mod hostile;
mod revision;
mod staged;
mod work_tree;

use std::path::Path;

use handover::error::{Error, Result};
use handover::snapshot::{Options, Snapshot, Source, What};

fn take(path: &Path, what: What) -> Result<Snapshot> {
    Snapshot::take(&Source { path: path.to_owned(), what }, &Options::default())
}

fn work_tree(path: &Path) -> Snapshot {
    take(path, What::WorkTree).unwrap()
}

fn revision(path: &Path, revision: &str) -> Snapshot {
    take(path, What::Revision(revision.into())).unwrap()
}

fn staged(path: &Path) -> Snapshot {
    take(path, What::Staged).unwrap()
}

fn paths(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.files().iter().map(|file| file.path.as_str()).collect()
}

/// The reason for which a path is left out, after everything was read.
fn skipped(snapshot: &Snapshot, path: &str) -> String {
    for file in snapshot.files() {
        let _ = snapshot.read(file);
    }
    let found = snapshot.skipped().into_iter().find(|skipped| skipped.path == path);
    found.unwrap_or_else(|| panic!("{path} is not among {:?}", snapshot.skipped())).reason
}

fn nothing_skipped(snapshot: &Snapshot) {
    assert_eq!(snapshot.skipped(), [], "in {:?}", paths(snapshot));
}

fn text(snapshot: &Snapshot, path: &str) -> String {
    snapshot.read_path(path).unwrap_or_else(|| panic!("{path} is not among {:?}", paths(snapshot))).as_str().into_owned()
}

fn exit_code(result: Result<Snapshot>) -> u8 {
    result.map(|snapshot| paths(&snapshot).len()).map_err(|error: Error| error.exit_code()).unwrap_err()
}
