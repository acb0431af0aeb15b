//! What is staged: the files that the index adds or changes against `HEAD`, and the lines that they gain.
//!
//! Everything comes from the index and the object database. The work tree is not touched, so the time does not grow with
//! it, and what lies there unstaged cannot be mistaken for what is committed.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use git2::{Delta, Diff, DiffDelta, DiffFindOptions, DiffOptions, Index, Patch, Repository};

use super::attributes::Attributes;
use super::content::{Contents, Locator, Objects};
use super::listing::{ATTRIBUTES, Listing};
use super::pattern::ancestors;
use super::printable::printable;
use super::repository::{Opened, Place};
use super::walk::SUBMODULE;
use super::{AddedLines, Mode, Options, Snapshot};
use crate::error::{Error, Result};

const LINK: u32 = 0o120_000;

/// Takes the snapshot of what is staged. It may be empty.
pub(crate) fn take(place: &Place, opened: &Opened, options: &Options) -> Result<Snapshot> {
    let head = opened.head();
    let mut snapshot = Snapshot::at_head(place, opened, Mode::Staged);

    let objects = Objects::of(&opened.repository);
    let index = Index::open(&index_file(opened, |name| std::env::var_os(name))).map_err(|error| Error::git("read the index", &error))?;
    let staged = objects.with(|repository| {
        let diff = compare(repository, head.commit, &index)?;
        Ok(Staged::of(repository, &diff, &index, &opened.prefix))
    });
    let staged = staged.map_err(|error| Error::git("compare the index with `HEAD`", &error))?;

    let mut listing = staged.listing;
    let contents = Contents::of_git(options.max_bytes, objects);
    listing.attributes = Some(attributes(&listing, &index, &opened.prefix, &contents));
    snapshot.added = Some(staged.added);
    listing.fill(&mut snapshot, contents, &options.exclude);
    Ok(snapshot)
}

/// The index that git is working with. During `git commit -a` and `git commit FILE` a hook finds it under another name.
fn index_file(opened: &Opened, variable: impl Fn(&str) -> Option<OsString>) -> PathBuf {
    let own = opened.repository.path().join("index");
    let Some(named) = variable("GIT_INDEX_FILE") else { return own };
    // The variable may speak of another repository, whose hook happens to run us on this one.
    let ours = match variable("GIT_DIR") {
        Some(folder) => same_folder(Path::new(&folder), opened.repository.path()),
        None => std::env::current_dir()
            .and_then(|folder| folder.canonicalize())
            .is_ok_and(|folder| opened.work_tree.as_ref().is_some_and(|top| folder.starts_with(top))),
    };
    if ours { std::path::absolute(named).unwrap_or(own) } else { own }
}

fn same_folder(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

fn compare<'a>(repository: &'a Repository, head: Option<git2::Oid>, index: &Index) -> Result<Diff<'a>, git2::Error> {
    let tree = head.map(|id| repository.find_commit(id).and_then(|commit| commit.tree())).transpose()?;
    let mut diff = repository.diff_tree_to_index(tree.as_ref(), Some(index), None)?;
    diff.find_similar(Some(DiffFindOptions::new().renames(true)))?;
    Ok(diff)
}

#[derive(Default)]
struct Staged {
    listing: Listing,
    added: BTreeMap<String, AddedLines>,
}

impl Staged {
    fn of(repository: &Repository, diff: &Diff<'_>, index: &Index, prefix: &[u8]) -> Self {
        let mut staged = Self::default();
        for delta in diff.deltas() {
            let path = delta.new_file().path_bytes().or_else(|| delta.old_file().path_bytes());
            let Some(path) = path.and_then(|path| path.strip_prefix(prefix)) else { continue };
            staged.take_up(repository, &delta, path);
        }
        staged.list_conflicts(index, prefix);
        staged
    }

    fn take_up(&mut self, repository: &Repository, delta: &DiffDelta<'_>, path: &[u8]) {
        if !matches!(delta.status(), Delta::Added | Delta::Modified | Delta::Renamed | Delta::Copied | Delta::Typechange) {
            return;
        }
        match u32::from(delta.new_file().mode()) {
            SUBMODULE => self.listing.skip_folder(path, "submodule"),
            LINK => self.listing.skip(path, "a link"),
            _ => {
                let lines = added_lines(repository, delta);
                if !lines.is_empty() {
                    self.added.insert(printable(path), lines);
                }
                self.listing.file(path.to_vec(), Locator::Blob(delta.new_file().id()));
            }
        }
    }

    fn list_conflicts(&mut self, index: &Index, prefix: &[u8]) {
        let Ok(conflicts) = index.conflicts() else { return };
        for conflict in conflicts.flatten() {
            let Some(entry) = conflict.our.or(conflict.their).or(conflict.ancestor) else { continue };
            if let Some(path) = entry.path.strip_prefix(prefix) {
                self.listing.skip(path, "in conflict; nothing of it can be committed before it is resolved");
            }
        }
    }
}

/// The lines that a change adds. Where git cannot tell, since the old content is not here, all of them are new.
///
/// The contents are compared as they are: a patch of the delta would look up attributes first, for which libgit2 reads
/// the index a second time, and they may call a file binary, which must not hide its lines.
fn added_lines(repository: &Repository, delta: &DiffDelta<'_>) -> AddedLines {
    let content = |id: git2::Oid| if id.is_zero() { Ok(Vec::new()) } else { repository.find_blob(id).map(|blob| blob.content().to_vec()) };
    let (Ok(old), Ok(new)) = (content(delta.old_file().id()), content(delta.new_file().id())) else { return vec![(1, usize::MAX)] };
    let mut options = DiffOptions::new();
    options.context_lines(0).interhunk_lines(0).force_text(true);
    let Ok(patch) = Patch::from_buffers(&old, None, &new, None, Some(&mut options)) else { return vec![(1, usize::MAX)] };
    let hunks = (0..patch.num_hunks()).filter_map(|number| patch.hunk(number).ok());
    let ranges = hunks.map(|(hunk, _)| (hunk.new_start() as usize, hunk.new_lines() as usize));
    ranges.filter(|(_, lines)| *lines > 0).map(|(start, lines)| (start, start + lines - 1)).collect()
}

/// The attributes that speak of staged files, as the index has them.
fn attributes(listing: &Listing, index: &Index, prefix: &[u8], contents: &Contents) -> Attributes {
    let mut folders: Vec<&[u8]> = listing.paths().flat_map(ancestors).chain([b"".as_slice()]).collect();
    folders.sort_unstable();
    folders.dedup();
    let mut attributes = Attributes::default();
    for folder in folders {
        let inside = if folder.is_empty() { ATTRIBUTES.to_vec() } else { [folder, b"/", ATTRIBUTES].concat() };
        let Ok(path) = String::from_utf8([prefix, &inside].concat()) else { continue };
        let Some(entry) = index.get_path(Path::new(&path), 0) else { continue };
        if let Ok(text) = contents.bytes(&Locator::Blob(entry.id)) {
            attributes.add(folder, &text);
        }
    }
    attributes
}

#[cfg(test)]
mod tests {
    use super::index_file;
    use crate::snapshot::repository::{Git, Opened, locate};

    fn opened(folder: &std::path::Path) -> Box<Opened> {
        match locate(folder).unwrap().git {
            Git::Open(opened) => opened,
            _ => panic!("no repository"),
        }
    }

    #[test]
    fn a_hook_names_the_index_of_its_own_repository_only() {
        let (mine, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for folder in [&mine, &other] {
            crate::snapshot::repository::locate(folder.path()).unwrap();
            git2::Repository::init(folder.path()).unwrap();
        }
        let opened = opened(mine.path());
        let named = mine.path().join(".git/index.lock");
        let with_git_dir = |git_dir: std::path::PathBuf| {
            index_file(&opened, |name| Some(if name == "GIT_DIR" { git_dir.clone().into() } else { named.clone().into() }))
        };
        assert_eq!(with_git_dir(mine.path().join(".git")), named);
        assert!(with_git_dir(other.path().join(".git")).ends_with("index"));
        assert!(index_file(&opened, |name| (name == "GIT_INDEX_FILE").then(|| named.clone().into())).ends_with("index"));
        assert!(index_file(&opened, |_| None).ends_with("index"));
    }
}
