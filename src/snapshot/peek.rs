//! A look at a few files before the snapshot is taken: the settings that decide how it is taken.

use std::path::Path;

use walkdir::WalkDir;

use super::content::{Contents, Locator, Objects};
use super::printable::{printable, raw_path};
use super::repository::{self, Git, Opened};
use super::{DEFAULT_MAX_BYTES, Snapshot, Source, What, revision};
use crate::error::{Error, Result};

impl Snapshot {
    /// The text of these files, and of all files in those of the paths that are folders, sorted by path; what is not there
    /// is left out. Settings are read as they lie on disk for a snapshot of what is staged, too.
    ///
    /// # Errors
    /// Nothing at the source's path, an unknown revision, or a file that is there but cannot be read.
    pub fn peek(source: &Source, paths: &[&str]) -> Result<Vec<(String, String)>> {
        let place = repository::locate(&source.path)?;
        let (mut found, contents) = match (&source.what, &place.git) {
            (What::Revision(revision), Git::Open(opened)) => in_revision(opened, revision, paths)?,
            (What::WorkTree, Git::Open(opened)) if opened.work_tree.is_none() => in_revision(opened, "HEAD", paths)?,
            _ => (on_disk(&place.root, paths), Contents::default()),
        };
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        found.into_iter().map(|(path, at)| text(path, &at, &contents)).collect()
    }
}

type Found = Vec<(String, Locator)>;

fn on_disk(root: &Path, paths: &[&str]) -> Found {
    let entries = paths.iter().flat_map(|path| WalkDir::new(root.join(path)).follow_root_links(false).into_iter().flatten());
    // A link on the way must not bring in the settings of somebody else.
    let inside = |path: &Path| path.canonicalize().is_ok_and(|path| path.starts_with(root));
    let files = entries.filter(|entry| entry.file_type().is_file() && inside(entry.path()));
    files
        .filter_map(|entry| {
            let path = printable(&raw_path(entry.path().strip_prefix(root).ok()?));
            Some((path, Locator::Disk(entry.into_path())))
        })
        .collect()
}

fn in_revision(opened: &Opened, revision: &str, paths: &[&str]) -> Result<(Found, Contents)> {
    let contents = Contents::of_git(DEFAULT_MAX_BYTES, Objects::of(&opened.repository));
    let commit = match revision::resolve(&opened.repository, revision) {
        // Whether an empty repository is an error is not decided here.
        Err(Error::UnknownRevision { .. }) if revision == "HEAD" => return Ok((Found::new(), contents)),
        commit => commit?,
    };
    let mut found = Found::new();
    for path in paths {
        let raw = [opened.prefix.as_slice(), path.as_bytes()].concat();
        if let Some(id) = revision::blob_at(&opened.repository, &commit, &raw) {
            found.push(((*path).to_owned(), Locator::Blob(id)));
        }
        for (below, at) in revision::list(&opened.repository, &commit, &raw)?.into_files() {
            found.push((format!("{path}/{}", printable(&below)), at));
        }
    }
    Ok((found, contents))
}

fn text(path: String, at: &Locator, contents: &Contents) -> Result<(String, String)> {
    match contents.bytes(at).and_then(super::Text::decode) {
        Ok(text) => Ok((path, text.as_str().into_owned())),
        Err(message) => Err(Error::Declaration { file: path, line: 1, message, help: None }),
    }
}
