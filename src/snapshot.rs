//! The files of a repository at one moment, and the only place that touches disk or git objects.
//!
//! A snapshot is taken of a working tree, the index, a revision or a plain folder (or of memory, for the examples of
//! rules). Every other stage reads files through [`Snapshot::read`], so whatever works on one kind works on all.
//! What a file *means* is left to `facts` and `matcher`.
//!
//! The root of a snapshot is the folder that was asked for. Where that is a subfolder of a repository, the snapshot holds
//! what is below it, paths start there, and files that have their place at the root are looked for there.

mod attributes;
mod authorship;
pub(crate) mod cache;
pub mod class;
mod content;
mod exclude;
mod file;
pub(crate) mod history;
mod ignore;
mod listing;
mod memory;
mod path_class;
mod pattern;
mod peek;
mod printable;
mod repository;
mod revision;
mod staged;
mod text;
mod walk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde::Serialize;

use crate::error::{Error, Result};

use authorship::Past;
pub use authorship::{Authorship, FileAuthors, Part, ToldCommit};
pub use cache::Cache;
use content::Contents;
pub(crate) use content::Locator;
pub use exclude::Exclude;
pub use file::File;
pub use history::PastRead;
use listing::Listing;
pub use path_class::PathClass;
pub(crate) use printable::misleads;
pub use repository::prepare_git;
use repository::{Git, Opened, Place};
pub use text::{Position, Text};
use walk::{Tracked, Walk};

/// What to take a snapshot of.
#[derive(Debug, Clone)]
pub struct Source {
    /// The folder of a repository, a folder in one, a plain folder or a single file.
    pub path: PathBuf,
    /// Which of its states.
    pub what: What,
}

/// A state of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The files as they lie on disk; in a bare repository, which has none, `HEAD`.
    WorkTree,
    /// What the index adds or changes against `HEAD`.
    Staged,
    /// Anything that git resolves to a commit.
    Revision(String),
}

/// What of it is read.
#[derive(Debug)]
pub struct Options {
    /// Paths to leave out; each such file is listed as skipped.
    pub exclude: Arc<Exclude>,
    /// Larger files are skipped with their size as the reason.
    pub max_bytes: u64,
}

/// 16 MiB: what people write stays far below, a line of ten megabytes still fits, and a database dump does not.
pub const DEFAULT_MAX_BYTES: u64 = 16 * 1024 * 1024;

impl Default for Options {
    fn default() -> Self {
        Self { exclude: Arc::default(), max_bytes: DEFAULT_MAX_BYTES }
    }
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
    /// The folder of the repository that was read, where it is not the whole repository.
    pub folder: Option<String>,
    /// For a staged snapshot: the lines that the change adds, by path. A file that is not listed adds none.
    pub added: Option<BTreeMap<String, AddedLines>>,
    /// Patterns of [`Options::exclude`] that matched no file. Empty for a staged snapshot, which shows too few files to tell.
    pub unused_excludes: Vec<String>,
    /// The folder, file or git directory that was asked for.
    pub(crate) root: PathBuf,
    files: Vec<File>,
    /// Links in the tree that lead to a file of it.
    links: BTreeMap<String, String>,
    left_out: Vec<Skipped>,
    contents: Contents,
    past: Option<Past>,
    excluded: Arc<Exclude>,
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
    /// Takes a snapshot.
    ///
    /// # Errors
    /// Nothing at the path, no repository where one is needed, an unknown revision, git objects that cannot be read, and
    /// a snapshot without any readable file, unless it is one of what is staged.
    pub fn take(source: &Source, options: &Options) -> Result<Self> {
        let place = repository::locate(&source.path)?;
        let mut snapshot = match (&source.what, &place.git) {
            (What::WorkTree, _) => Self::of_work_tree(&place, options)?,
            (What::Staged, Git::Open(opened)) => return staged::take(&place, opened, options),
            (What::Revision(revision), Git::Open(opened)) => revision::take(&place, opened, revision, options)?,
            (What::Staged | What::Revision(_), Git::Broken(message)) => {
                return Err(Error::Git { doing: "open the repository".into(), message: message.clone() });
            }
            (what @ (What::Staged | What::Revision(_)), Git::None) => {
                let wanted = if *what == What::Staged { "`--staged`" } else { "`--rev`" };
                return Err(Error::NotARepository { path: source.path.clone(), wanted: wanted.into() });
            }
        };
        snapshot.unused_excludes = options.exclude.unused();
        snapshot.excluded = Arc::clone(&options.exclude);
        snapshot.root.clone_from(&place.root);
        if snapshot.files.iter().any(|file| snapshot.content(file).is_ok()) {
            Ok(snapshot)
        } else {
            Err(Error::NothingToRead { subject: source.path.display().to_string() })
        }
    }

    fn of_work_tree(place: &Place, options: &Options) -> Result<Self> {
        match &place.git {
            _ if place.root.is_file() => Ok(Self::of_single_file(place, options)),
            Git::None => Ok(Self::of_folder(place, None, options)),
            Git::Broken(message) => Ok(Self::of_folder(place, Some(message), options)),
            Git::Open(opened) => match &opened.work_tree {
                None => revision::take(place, opened, "HEAD", options),
                Some(top) => Ok(Self::of_checkout(place, opened, top, options)),
            },
        }
    }

    fn of_single_file(place: &Place, options: &Options) -> Self {
        let mut listing = Listing::default();
        let name = place.root.file_name().map(|name| name.as_encoded_bytes().to_vec()).unwrap_or_default();
        listing.file(name, Locator::Disk(place.root.clone()));
        let folder = place.root.parent().unwrap_or(&place.root);
        let mut snapshot = Self::empty(repository::folder_name(folder), Mode::Folder);
        listing.fill(&mut snapshot, Contents::without_git(options.max_bytes), &options.exclude);
        snapshot
    }

    /// A folder that is no repository, or one that cannot be opened, for which there is a message.
    fn of_folder(place: &Place, unopened: Option<&String>, options: &Options) -> Self {
        let walk = if unopened.is_some() { Walk::of_unopened(&place.root) } else { Walk::of_folder(&place.root) };
        let mut listing = walk.run(&place.root);
        if let Some(message) = unopened {
            listing.skip(b".git", format!("git cannot open this repository ({message}), so the folder was read as it lies here"));
        }
        let mut snapshot = Self::empty(repository::folder_name(&place.root), Mode::Folder);
        listing.fill(&mut snapshot, Contents::without_git(options.max_bytes), &options.exclude);
        snapshot
    }

    fn of_checkout(place: &Place, opened: &Opened, top: &Path, options: &Options) -> Self {
        let (tracked, unread) = match Tracked::of(opened) {
            Ok(tracked) => (tracked, None),
            Err(error) => (Tracked::default(), Some(error.message().trim_end_matches('.').to_owned())),
        };
        let mut walk = Walk::of_work_tree(opened, top, tracked);
        if walk.is_ignored() {
            return Self::of_folder(place, None, options);
        }
        let mut listing = walk.run(&place.root);
        if let Some(message) = unread {
            listing.skip(b".git/index", format!("git cannot read the index ({message}), so all files that are not ignored were read"));
        }
        let mut snapshot = Self::at_head(place, opened, Mode::WorkTree);
        listing.fill(&mut snapshot, Contents::without_git(options.max_bytes), &options.exclude);
        snapshot
    }

    /// A snapshot without files yet, at the commit and branch that are checked out.
    fn at_head(place: &Place, opened: &Opened, mode: Mode) -> Self {
        let head = opened.head();
        let broken = head.broken.map(|message| Skipped {
            path: ".git/HEAD".into(),
            reason: format!("git cannot read it ({message}), so the commit that is checked out is not known"),
        });
        Self {
            left_out: broken.into_iter().collect(),
            revision: head.commit.map(|id| id.to_string()),
            date: head.date,
            branch: head.branch,
            shallow: opened.is_shallow(),
            folder: opened.folder(),
            past: Some(Past::of(opened)),
            ..Self::empty(opened.name(&place.root), mode)
        }
    }

    fn empty(name: String, mode: Mode) -> Self {
        Self {
            name,
            mode,
            revision: None,
            branch: None,
            date: None,
            shallow: false,
            folder: None,
            added: None,
            unused_excludes: Vec::new(),
            root: PathBuf::new(),
            files: Vec::new(),
            links: BTreeMap::new(),
            left_out: Vec::new(),
            contents: Contents::default(),
            past: None,
            excluded: Arc::default(),
            reads: Reads::default(),
        }
    }

    /// Every file that can be read, sorted by path.
    #[must_use]
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The file at exactly this path, or the one that a link at this path leads to.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&File> {
        let exactly = |path: &str| {
            let at = self.files.partition_point(|file| file.path.as_str() < path);
            self.files.get(at).filter(|file| file.path == path)
        };
        exactly(path).or_else(|| self.links.get(path).and_then(|target| exactly(target)))
    }

    /// Links in the tree that lead to a file of it, with that file's path. [`Self::files`] holds no link.
    #[must_use]
    pub fn links(&self) -> &BTreeMap<String, String> {
        &self.links
    }

    /// Whether a file at this path, were it here, would be left out.
    pub(crate) fn leaves_out(&self, path: &str) -> bool {
        self.excluded.matches(path)
    }

    /// Reads a file as text. `None` where it is binary, too large or unreadable: then it stands in [`Self::skipped`].
    #[must_use]
    pub fn read(&self, file: &File) -> Option<Text> {
        self.note(file, self.content(file))
    }

    fn content(&self, file: &File) -> Result<Text, String> {
        self.contents.bytes(&file.at).and_then(Text::decode)
    }

    /// The bytes of a file, also of one that is no text; `None` where it is too large or unreadable. Nothing is noted of it.
    pub(crate) fn raw(&self, file: &File) -> Option<Vec<u8>> {
        self.contents.bytes(&file.at).ok()
    }

    /// The first bytes of a file, so many at most. Nothing is noted of it.
    pub(crate) fn head(&self, file: &File, length: usize) -> Option<Vec<u8>> {
        self.contents.head(&file.at, length)
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
