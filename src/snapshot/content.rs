//! Where the content of a file lies, and the reading of it: from memory, from disk, from git objects.
//!
//! Nothing is read that is too large, and whatever fails is a reason in words; whether the bytes are text is left to
//! `text`.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use git2::{Oid, Repository};

use super::DEFAULT_MAX_BYTES;

/// Where a file's content lies.
#[derive(Debug)]
pub(crate) enum Locator {
    /// Held in memory.
    Memory(Vec<u8>),
    /// On disk, at its real path.
    Disk(PathBuf),
    /// In the object database.
    Blob(Oid),
}

/// How every Git LFS pointer begins, by its specification.
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// Reads the files of one snapshot.
#[derive(Debug)]
pub(crate) struct Contents {
    max_bytes: u64,
    objects: Option<Objects>,
}

impl Default for Contents {
    fn default() -> Self {
        Self { max_bytes: DEFAULT_MAX_BYTES, objects: None }
    }
}

impl Contents {
    /// Files of memory and disk only.
    pub(crate) fn without_git(max_bytes: u64) -> Self {
        Self { max_bytes, objects: None }
    }

    /// Blobs of this repository as well.
    pub(crate) fn of_git(max_bytes: u64, objects: Objects) -> Self {
        Self { max_bytes, objects: Some(objects) }
    }

    /// The bytes of a file, or the reason why there are none.
    pub(crate) fn bytes(&self, at: &Locator) -> Result<Vec<u8>, String> {
        let bytes = match at {
            Locator::Memory(bytes) => bytes.clone(),
            Locator::Disk(path) => self.read_disk(path)?,
            Locator::Blob(id) => self.read_object(*id)?,
        };
        if bytes.starts_with(LFS_POINTER) {
            return Err("a Git LFS pointer; the content itself is not here".into());
        }
        Ok(bytes)
    }

    /// The first bytes of a file, so many at most; of one on disk no more is read.
    pub(crate) fn head(&self, at: &Locator, length: usize) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(length);
        match at {
            Locator::Disk(path) => File::open(path).ok()?.take(length as u64).read_to_end(&mut bytes).map(|_| bytes).ok(),
            Locator::Memory(all) => Some(all[..all.len().min(length)].to_vec()),
            Locator::Blob(id) => self.read_object(*id).ok().map(|mut all| {
                all.truncate(length);
                all
            }),
        }
    }

    fn read_disk(&self, path: &Path) -> Result<Vec<u8>, String> {
        let unreadable = |error: std::io::Error| format!("cannot be read: {}", error.kind());
        let file = File::open(path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        self.allow(size)?;
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0).saturating_add(1));
        // The file may grow while it is read, and some files give more than they say.
        file.take(self.max_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
        self.allow(bytes.len() as u64)?;
        Ok(bytes)
    }

    fn read_object(&self, id: Oid) -> Result<Vec<u8>, String> {
        let Some(objects) = &self.objects else { return Err("its object database is not open".into()) };
        // The size is looked at only now, since git2's `read_header` panics on the headers of some corrupt packs.
        let read = objects.with(|repository| {
            let odb = repository.odb()?;
            let object = odb.read(id)?;
            Ok(self.allow(object.len() as u64).map(|()| object.data().to_vec()))
        });
        read.unwrap_or_else(|error| Err(unreadable_object(&error)))
    }

    fn allow(&self, size: u64) -> Result<(), String> {
        if size <= self.max_bytes { Ok(()) } else { Err(format!("{} is over the limit of {}", mebibytes(size), mebibytes(self.max_bytes))) }
    }
}

/// Why an object cannot be had, in words.
pub(crate) fn unreadable_object(error: &git2::Error) -> String {
    if error.code() == git2::ErrorCode::NotFound {
        "its content is not in this clone".into()
    } else {
        format!("git cannot read it: {}", error.message().trim_end_matches('.'))
    }
}

fn mebibytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10) / (1024 * 1024);
    if tenths < 1 { format!("{bytes} bytes") } else { format!("{}.{} MiB", tenths / 10, tenths % 10) }
}

/// The object database of a repository, open once for each thread that reads at the same time.
pub(crate) struct Objects {
    folder: PathBuf,
    idle: Mutex<Vec<Repository>>,
}

impl Objects {
    /// The objects of a repository.
    pub(crate) fn of(repository: &Repository) -> Self {
        Self { folder: repository.commondir().to_owned(), idle: Mutex::default() }
    }

    /// Lends a repository that sees objects only: opened as bare, it touches no work tree and none of its settings.
    pub(crate) fn with<T>(&self, ask: impl FnOnce(&Repository) -> Result<T, git2::Error>) -> Result<T, git2::Error> {
        let waiting = self.lock().pop();
        let repository = match waiting {
            Some(repository) => repository,
            None => Repository::open_bare(&self.folder)?,
        };
        let answer = ask(&repository);
        self.lock().push(repository);
        answer
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Repository>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Objects {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Objects").field("folder", &self.folder).finish_non_exhaustive()
    }
}
