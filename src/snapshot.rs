//! The files of a repository at one moment, and the only place that touches disk or git objects.
//!
//! A snapshot is taken of a working tree, the index, a revision or a plain folder (or of memory, for the examples of
//! rules). Every other stage reads files through [`Snapshot::read`], so whatever works on one kind works on all.
//! What a file *means* is left to `facts` and `matcher`.

pub mod class;
mod interim;
mod memory;
mod text;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use serde::Serialize;

pub use class::PathClass;
pub use interim::{Options, Source, What};
pub use text::{Position, Text};

/// One file of a snapshot.
#[derive(Debug)]
pub struct File {
    /// The path from the root, with `/`, ready to print: bytes that are no UTF-8 or no printable character stand as `\xNN`.
    pub path: String,
    /// What kind of file it is by its path; see [`PathClass`].
    pub class: PathClass,
    /// Where its content is to be had; opaque to all but the snapshot layer.
    pub(crate) at: Locator,
}

impl File {
    /// The last part of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The folder that holds the file, without a trailing slash; empty at the root.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// Where a file's content lies.
#[derive(Debug)]
pub(crate) enum Locator {
    /// Held in memory.
    Memory(Vec<u8>),
}

/// A file or folder that was left out, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
pub struct Skipped {
    /// Path from the root; a folder ends in `/`.
    pub path: String,
    /// Why it was not read, in words for a reader.
    pub reason: String,
}

/// What kind of snapshot this is; `subject.mode` of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Tracked files as they lie on disk, and untracked ones that are not ignored.
    WorkTree,
    /// A folder that is no repository.
    Folder,
    /// What is staged, and only that.
    Staged,
    /// A commit, read from the object database.
    Revision,
    /// Files given in memory.
    Memory,
}

/// The lines that a change adds to a file, as ranges of lines from 1, both ends included.
pub type AddedLines = Vec<(usize, usize)>;

/// The files of a repository at one moment.
#[derive(Debug)]
pub struct Snapshot {
    /// The name of the repository's folder.
    pub name: String,
    /// What kind of snapshot this is.
    pub mode: Mode,
    /// The commit it was taken at (full hex id), where there is one.
    pub revision: Option<String>,
    /// The branch that was checked out, where one was.
    pub branch: Option<String>,
    /// The commit's author date as `YYYY-MM-DD`, where there is a commit.
    pub date: Option<String>,
    /// History does not reach to the roots here: nothing may be concluded from what it lacks.
    pub shallow: bool,
    /// For a staged snapshot: the lines that the change adds, by path. A file that is not listed adds none.
    pub added: Option<BTreeMap<String, AddedLines>>,
    /// Globs of what to leave out that matched nothing.
    pub unused_excludes: Vec<String>,
    files: Vec<File>,
    left_out: Vec<Skipped>,
    reads: Reads,
}

/// What has been read so far, and what turned out to be unreadable.
#[derive(Debug, Default)]
struct Reads {
    files: AtomicUsize,
    bytes: AtomicU64,
    seen: Mutex<BTreeMap<String, Option<String>>>,
}

impl Snapshot {
    /// Every file that can be read, sorted by path.
    #[must_use]
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The file at exactly this path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&File> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok().map(|at| &self.files[at])
    }

    /// Reads a file as text. `None` where it is binary, too large or unreadable: then it stands in [`Self::skipped`].
    #[must_use]
    pub fn read(&self, file: &File) -> Option<Text> {
        let content = match &file.at {
            Locator::Memory(bytes) => Text::decode(bytes.clone()),
        };
        self.note(file, content)
    }

    /// Reads the file at this path, if it is there and text.
    #[must_use]
    pub fn read_path(&self, path: &str) -> Option<Text> {
        self.find(path).and_then(|file| self.read(file))
    }

    /// Everything that was left out or could not be read, sorted by path.
    #[must_use]
    pub fn skipped(&self) -> Vec<Skipped> {
        let seen = self.reads.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let unreadable = seen.iter().filter_map(|(path, reason)| Some(Skipped { path: path.clone(), reason: reason.clone()? }));
        let mut all: Vec<Skipped> = self.left_out.iter().cloned().chain(unreadable).collect();
        all.sort();
        all.dedup();
        all
    }

    /// How many files were read, and how many bytes of them, each file once.
    #[must_use]
    pub fn read_so_far(&self) -> (usize, u64) {
        (self.reads.files.load(Ordering::Relaxed), self.reads.bytes.load(Ordering::Relaxed))
    }

    fn note(&self, file: &File, content: Result<Text, String>) -> Option<Text> {
        let mut seen = self.reads.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let first = seen.insert(file.path.clone(), content.as_ref().err().cloned()).is_none();
        drop(seen);
        let text = content.ok()?;
        if first {
            self.reads.files.fetch_add(1, Ordering::Relaxed);
            self.reads.bytes.fetch_add(text.bytes().len() as u64, Ordering::Relaxed);
        }
        Some(text)
    }
}
