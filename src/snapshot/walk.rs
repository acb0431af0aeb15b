//! The files of a folder as they lie on disk: of a work tree with what git tracks and ignores, or of a plain folder.
//!
//! The walk follows no link and enters no other repository. A work tree gives its tracked files and those that are
//! neither tracked nor ignored; folders of dependencies and build output are left out and listed unless something in them
//! is tracked.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use git2::IndexEntryExtendedFlag;
use walkdir::{DirEntry, WalkDir};

use super::class::SkippedFolder;
use super::content::Locator;
use super::ignore::Ignores;
use super::listing::{Listing, Target};
use super::pattern::ancestors;
use super::printable::raw_path;
use super::repository::Opened;

/// The mode of an index or tree entry that is a submodule.
pub(crate) const SUBMODULE: u32 = 0o160_000;

/// What the index holds, by raw paths from the top of the work tree.
#[derive(Debug, Default)]
pub(crate) struct Tracked {
    files: HashSet<Vec<u8>>,
    folders: HashSet<Vec<u8>>,
    submodules: HashSet<Vec<u8>>,
    not_checked_out: Vec<Vec<u8>>,
}

impl Tracked {
    /// Reads the index.
    pub(crate) fn of(opened: &Opened) -> Result<Self, git2::Error> {
        let mut tracked = Self::default();
        for entry in opened.repository.index()?.iter() {
            for folder in ancestors(&entry.path).rev() {
                if !tracked.folders.insert(folder.to_vec()) {
                    break;
                }
            }
            if entry.mode == SUBMODULE {
                tracked.submodules.insert(entry.path);
                continue;
            }
            if entry.flags_extended & IndexEntryExtendedFlag::SKIP_WORKTREE.bits() != 0 {
                tracked.not_checked_out.push(entry.path.clone());
            }
            tracked.files.insert(entry.path);
        }
        Ok(tracked)
    }
}

/// A walk below one folder.
pub(crate) struct Walk {
    /// The top of the tree, to which raw paths are relative while walking.
    top: PathBuf,
    prefix: Vec<u8>,
    tracked: Tracked,
    ignores: Option<Ignores>,
    listing: Listing,
}

impl Walk {
    /// A plain folder: nothing is tracked, nothing ignored.
    pub(crate) fn of_folder(root: &Path) -> Self {
        Self { top: root.to_owned(), prefix: Vec::new(), tracked: Tracked::default(), ignores: None, listing: Listing::default() }
    }

    /// The same, but what its `.gitignore` files name is left out: for a repository that cannot be opened.
    pub(crate) fn of_unopened(root: &Path) -> Self {
        Self { ignores: Some(Ignores::new(root, &[])), ..Self::of_folder(root) }
    }

    /// A work tree, or the part of it below the prefix.
    pub(crate) fn of_work_tree(opened: &Opened, top: &Path, tracked: Tracked) -> Self {
        let ignores = Some(Ignores::new(top, &opened.ignore_files()));
        Self { top: top.to_owned(), prefix: opened.prefix.clone(), tracked, ignores, listing: Listing::default() }
    }

    /// Whether git ignores the whole part that would be walked.
    pub(crate) fn is_ignored(&mut self) -> bool {
        let folder = self.prefix.strip_suffix(b"/").unwrap_or(&self.prefix).to_vec();
        !folder.is_empty() && !self.tracked.folders.contains(&folder) && self.ignored(&folder, true)
    }

    /// Walks below `root`.
    pub(crate) fn run(mut self, root: &Path) -> Listing {
        let mut entries = WalkDir::new(root).min_depth(1).into_iter();
        while let Some(entry) = entries.next() {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {
                    if !self.enters(&entry) {
                        entries.skip_current_dir();
                    }
                }
                Ok(entry) => self.visit(&entry),
                Err(error) => self.unreadable(&error, root),
            }
        }
        self.list_not_checked_out();
        self.listing
    }

    fn visit(&mut self, entry: &DirEntry) {
        let Some(path) = self.path_in_tree(entry.path()) else { return };
        let in_repository = self.ignores.is_some();
        if entry.file_name() == ".git" {
            if !in_repository {
                self.listing.skip(&path, "data of the version control system");
            }
            return;
        }
        if !self.tracked.files.contains(&path) && self.ignored(&path, false) {
            return;
        }
        let own = path[self.prefix.len()..].to_vec();
        if entry.file_type().is_symlink() {
            let target = self.target(entry.path());
            self.listing.link(own, target);
        } else if entry.file_type().is_file() {
            self.listing.file(own, Locator::Disk(entry.path().to_owned()));
        } else {
            self.listing.skip(&own, "not a regular file");
        }
    }

    /// Decides about a folder, and lists it if it is left out for a reason that a reader should know.
    fn enters(&mut self, entry: &DirEntry) -> bool {
        let Some(path) = self.path_in_tree(entry.path()) else { return false };
        if self.tracked.folders.contains(&path) {
            return true;
        }
        let in_repository = self.ignores.is_some();
        let reason = if self.tracked.submodules.contains(&path) {
            Some("submodule")
        } else if self.ignored(&path, true) || (in_repository && entry.file_name() == ".git") {
            return false;
        } else if let Some(reason) = left_out(entry) {
            Some(reason)
        } else if in_repository && entry.path().join(".git").exists() {
            Some("another repository")
        } else {
            None
        };
        if let Some(reason) = reason {
            self.listing.skip_folder(&path[self.prefix.len()..], reason);
        }
        reason.is_none()
    }

    fn ignored(&mut self, path: &[u8], is_folder: bool) -> bool {
        self.ignores.as_mut().is_some_and(|ignores| ignores.ignored(path, is_folder))
    }

    fn path_in_tree(&self, path: &Path) -> Option<Vec<u8>> {
        path.strip_prefix(&self.top).ok().map(raw_path)
    }

    /// Where a link leads, as seen from the folder that is walked.
    fn target(&self, link: &Path) -> Target {
        let Ok(target) = link.canonicalize() else { return Target::Nowhere };
        match self.path_in_tree(&target) {
            None => Target::Outside,
            Some(path) => path.strip_prefix(self.prefix.as_slice()).map_or(Target::Outside, |below| Target::Inside(below.to_vec())),
        }
    }

    fn unreadable(&mut self, error: &walkdir::Error, root: &Path) {
        let path = error.path().unwrap_or(root);
        let reason = error.io_error().map_or_else(|| "cannot be read".to_owned(), |error| format!("cannot be read: {}", error.kind()));
        let Ok(below) = path.strip_prefix(root) else { return };
        if path.is_dir() {
            self.listing.skip_folder(&raw_path(below), reason);
        } else {
            self.listing.skip(&raw_path(below), reason);
        }
    }

    /// Lists what a sparse checkout lacks: whole folders where nothing of them is here, else files.
    fn list_not_checked_out(&mut self) {
        if self.tracked.not_checked_out.is_empty() {
            return;
        }
        let here: HashSet<Vec<u8>> = self.listing.paths().map(|path| [&self.prefix, path].concat()).collect();
        let inhabited: HashSet<&[u8]> = here.iter().flat_map(|path| ancestors(path)).collect();
        let mut absent = HashSet::new();
        for path in self.tracked.not_checked_out.iter().filter(|path| path.starts_with(&self.prefix) && !here.contains(*path)) {
            let folder = ancestors(path).filter(|folder| folder.len() > self.prefix.len()).find(|folder| !inhabited.contains(folder));
            absent
                .insert(folder.map_or_else(|| path[self.prefix.len()..].to_vec(), |folder| [&folder[self.prefix.len()..], b"/"].concat()));
        }
        for path in absent {
            self.listing.skip(&path, "not checked out (sparse checkout)");
        }
    }
}

/// The reason from the table of paths for not entering a folder.
fn left_out(entry: &DirEntry) -> Option<&'static str> {
    let named = SkippedFolder::named(entry.file_name().to_str()?);
    let hit = named.iter().find(|skipped| !skipped.needs_neighbour() || has_neighbour(entry, skipped));
    hit.map(|skipped| skipped.reason.as_str())
}

fn has_neighbour(folder: &DirEntry, skipped: &SkippedFolder) -> bool {
    let neighbours = folder.path().parent().and_then(|parent| parent.read_dir().ok());
    neighbours.is_some_and(|mut entries| {
        entries.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_str().is_some_and(|name| skipped.shown_by(name))))
    })
}
