//! What a run remembers of who changed what, for the next one on the same commit and files.
//!
//! It holds the names of people, but of files only their numbers among those that were asked for.

use std::path::Path;

use git2::Oid;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use super::super::cache::{Cache, Kind};
use super::{Authorship, File, FileAuthors};

/// Where it is remembered who changed these files of a folder, and of which commit it holds.
pub(super) struct Memo<'a> {
    cache: &'a Cache,
    files: &'a [&'a File],
    name: String,
    of: String,
}

/// What is written.
#[derive(Serialize, Deserialize)]
struct Remembered {
    /// All that the answer depends on.
    of: String,
    people: Vec<String>,
    files: Vec<(usize, FileAuthors)>,
    commits: usize,
    cut_off: bool,
}

impl<'a> Memo<'a> {
    /// The folder with its path in the repository, the commit, the files that are asked for and the mailmap.
    pub(super) fn new(cache: &'a Cache, root: &Path, folder: &[u8], tip: Oid, files: &'a [&'a File], mailmap: Option<&str>) -> Self {
        let mut hash = Xxh3::new();
        let paths = files.iter().map(|file| file.path.as_bytes());
        for part in [folder, mailmap.unwrap_or_default().as_bytes()].into_iter().chain(paths) {
            hash.update(&part.len().to_le_bytes());
            hash.update(part);
        }
        let name = Cache::name(Kind::Authorship, &[root.to_string_lossy().as_ref()]);
        Self { cache, files, name, of: format!("{tip} {:032x}", hash.digest128()) }
    }

    /// What is remembered, if it is of the same commit and files.
    pub(super) fn load(&self) -> Option<Authorship> {
        let content = self.cache.load(&self.name)?;
        let Remembered { of, people, files, commits, cut_off } = serde_json::from_slice(&content).ok()?;
        let known = files.iter().flat_map(|(_, file)| &file.by).all(|part| part.author < people.len());
        let named = |(at, found): (usize, FileAuthors)| Some((self.files.get(at)?.path.clone(), found));
        if of != self.of || !known {
            return None;
        }
        Some(Authorship { people, files: files.into_iter().map(named).collect::<Option<_>>()?, commits, cut_off })
    }

    pub(super) fn store(&self, Authorship { people, files, commits, cut_off }: &Authorship) {
        let found = |(at, file): (usize, &&File)| Some((at, files.get(&file.path)?.clone()));
        let files = self.files.iter().enumerate().filter_map(found).collect();
        let remembered = Remembered { of: self.of.clone(), people: people.clone(), files, commits: *commits, cut_off: *cut_off };
        if let Ok(content) = serde_json::to_vec(&remembered) {
            self.cache.store(&self.name, &content);
        }
    }
}
