//! Interim: everything into memory, until the layers of the snapshot land.
use super::*;
use crate::error::{Error, Result};
use std::path::PathBuf;

/// What to read.
#[derive(Debug, Clone)]
pub struct Source {
    /// The folder.
    pub path: PathBuf,
    /// Which state.
    pub what: What,
}
/// Which state.
#[derive(Debug, Clone)]
pub enum What {
    /// Work tree.
    WorkTree,
    /// Staged.
    Staged,
    /// Revision.
    Revision(String),
}
/// Options.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Globs.
    pub exclude: Vec<String>,
}
impl Snapshot {
    /// Takes it.
    pub fn take(source: &Source, _options: &Options) -> Result<Self> {
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        if let What::Revision(rev) = &source.what {
            let repo = git2::Repository::open(&source.path).map_err(|e| Error::git("open", &e))?;
            let tree = repo.revparse_single(rev).and_then(|o| o.peel_to_tree()).map_err(|e| Error::git("read", &e))?;
            tree.walk(git2::TreeWalkMode::PreOrder, |dir, entry| {
                if let Ok(blob) = repo.find_blob(entry.id()) {
                    files.push((format!("{dir}{}", entry.name().unwrap_or("?")), blob.content().to_vec()));
                }
                git2::TreeWalkResult::Ok
            })
            .map_err(|e| Error::git("read", &e))?;
        } else {
            for entry in walkdir::WalkDir::new(&source.path)
                .into_iter()
                .filter_entry(|e| e.file_name() != ".git" && e.file_name() != "target")
                .flatten()
            {
                if entry.file_type().is_file()
                    && let Ok(bytes) = std::fs::read(entry.path())
                {
                    let path = entry.path().strip_prefix(&source.path).unwrap_or(entry.path()).to_string_lossy().replace('\\', "/");
                    files.push((path, bytes));
                }
            }
        }
        let mut snapshot = Self::of_memory(files);
        snapshot.name = source.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(snapshot)
    }
    /// Peeks.
    pub fn peek(source: &Source, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<(String, String)>> {
        let snapshot = Self::take(source, &Options::default())?;
        Ok(snapshot
            .files()
            .iter()
            .filter(|f| wanted(&f.path))
            .filter_map(|f| Some((f.path.clone(), snapshot.read(f)?.as_str().into_owned())))
            .collect())
    }
}
