//! The files of a commit, read from the object database: no checkout, so bare repositories serve as well.

use git2::{ErrorCode, Oid, Repository, TreeEntry};

use super::authorship::Past;
use super::content::{Contents, Locator, Objects, unreadable_object};
use super::listing::{Listing, Target};
use super::pattern::ancestors;
use super::repository::{Opened, Place, author_date};
use super::walk::SUBMODULE;
use super::{Mode, Options, Snapshot};
use crate::error::{Error, Result};

/// More files than any repository has; trees that name each other many times over can pretend to hold billions.
const MAX_FILES: usize = 2_000_000;
/// The longest path that a walk goes down, as on most systems.
const MAX_PATH: usize = 4096;

const FOLDER: u32 = 0o040_000;
const LINK: u32 = 0o120_000;

/// Takes the snapshot of a revision.
pub(crate) fn take(place: &Place, opened: &Opened, revision: &str, options: &Options) -> Result<Snapshot> {
    let commit = resolve(&opened.repository, revision)?;
    let mut snapshot = Snapshot::empty(opened.name(&place.root), Mode::Revision);
    snapshot.revision = Some(commit.id().to_string());
    snapshot.date = author_date(&commit);
    snapshot.shallow = opened.is_shallow();
    snapshot.folder = opened.folder();
    snapshot.past = Some(Past::of(opened));
    snapshot.branch = opened.head().branch.filter(|_| revision == "HEAD");
    let listing = list(&opened.repository, &commit, &opened.prefix)?;
    let contents = Contents::of_git(options.max_bytes, Objects::of(&opened.repository));
    listing.fill(&mut snapshot, contents, &options.exclude);
    Ok(snapshot)
}

/// The commit that a revision names.
pub(crate) fn resolve<'a>(repository: &'a Repository, revision: &str) -> Result<git2::Commit<'a>> {
    let found = repository.revparse_single(revision).and_then(|object| object.peel_to_commit());
    found.map_err(|error| match error.code() {
        ErrorCode::NotFound | ErrorCode::Ambiguous | ErrorCode::InvalidSpec | ErrorCode::UnbornBranch | ErrorCode::Peel => {
            Error::UnknownRevision { revision: revision.to_owned() }
        }
        _ => Error::git(&format!("read `{revision}`"), &error),
    })
}

/// The files below the folder of this raw path, by their paths from there; all files where it is empty.
pub(crate) fn list(repository: &Repository, commit: &git2::Commit<'_>, folder: &[u8]) -> Result<Listing> {
    let mut walk = Walk { repository, listing: Listing::default(), folders: Vec::new() };
    let root = commit.tree().map_err(|error| Error::git("read the tree of the commit", &error))?.id();
    walk.folders.extend(down(repository, root, folder).map(|id| (id, Vec::new())));
    while let Some((id, folder)) = walk.folders.pop() {
        walk.folder(id, &folder);
    }
    Ok(walk.listing)
}

/// The content of the file at exactly this raw path.
pub(crate) fn blob_at(repository: &Repository, commit: &git2::Commit<'_>, path: &[u8]) -> Option<Oid> {
    let (folder, name) = match path.iter().rposition(|&byte| byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (b"".as_slice(), path),
    };
    let tree = repository.find_tree(down(repository, commit.tree_id(), folder)?).ok()?;
    let entry = tree.get_name_bytes(name).filter(|entry| !matches!(mode(entry), FOLDER | SUBMODULE | LINK))?;
    Some(entry.id())
}

/// The tree of a folder below another tree.
fn down(repository: &Repository, tree: Oid, folder: &[u8]) -> Option<Oid> {
    folder.split(|&byte| byte == b'/').filter(|name| !name.is_empty()).try_fold(tree, |tree, name| {
        let tree = repository.find_tree(tree).ok()?;
        tree.get_name_bytes(name).filter(|entry| mode(entry) == FOLDER).map(|entry| entry.id())
    })
}

/// A walk over trees with the folders still to be read, since trees may be nested deeper than any stack.
struct Walk<'a> {
    repository: &'a Repository,
    listing: Listing,
    folders: Vec<(Oid, Vec<u8>)>,
}

impl Walk<'_> {
    fn folder(&mut self, id: Oid, folder: &[u8]) {
        let tree = match self.repository.find_tree(id) {
            Ok(tree) if self.listing.len() < MAX_FILES && folder.len() < MAX_PATH => tree,
            Ok(_) => return self.listing.skip_folder(folder, "too many files, or nested too deep"),
            Err(error) => return self.listing.skip_folder(folder, unreadable_object(&error)),
        };
        for entry in &tree {
            let path = if folder.is_empty() { entry.name_bytes().to_vec() } else { [folder, b"/", entry.name_bytes()].concat() };
            self.entry(&entry, path);
        }
    }

    fn entry(&mut self, entry: &TreeEntry<'_>, path: Vec<u8>) {
        if is_no_name(entry.name_bytes()) {
            self.listing.skip(&path, "a name that no work tree could hold");
            return;
        }
        match mode(entry) {
            FOLDER => self.folders.push((entry.id(), path)),
            SUBMODULE => self.listing.skip_folder(&path, "submodule"),
            LINK => {
                let target = match self.repository.find_blob(entry.id()) {
                    Ok(blob) => link_target(&path, blob.content()),
                    Err(_) => Target::Nowhere,
                };
                self.listing.link(path, target);
            }
            _ => self.listing.file(path, Locator::Blob(entry.id())),
        }
    }
}

fn mode(entry: &TreeEntry<'_>) -> u32 {
    u32::try_from(entry.filemode()).unwrap_or(0)
}

/// Names that git itself refuses to check out.
fn is_no_name(name: &[u8]) -> bool {
    matches!(name, b"" | b"." | b"..") || name.eq_ignore_ascii_case(b".git") || name.contains(&b'/')
}

/// Where a link that lies at `path` leads, by its words alone.
fn link_target(path: &[u8], words: &[u8]) -> Target {
    if words.starts_with(b"/") || words.get(1) == Some(&b':') {
        return Target::Outside;
    }
    let folder = ancestors(path).next_back().unwrap_or_default();
    let mut parts: Vec<&[u8]> = folder.split(|&byte| byte == b'/').filter(|part| !part.is_empty()).collect();
    for part in words.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." if parts.pop().is_none() => return Target::Outside,
            b".." => {}
            part => parts.push(part),
        }
    }
    let target = parts.join(&b'/');
    if target == path { Target::Nowhere } else { Target::Inside(target) }
}

#[cfg(test)]
mod tests {
    use super::{Target, link_target};

    #[test]
    fn links_are_followed_by_their_words() {
        assert!(matches!(link_target(b"a/b/l", b"../c"), Target::Inside(path) if path == b"a/c"));
        assert!(matches!(link_target(b"l", b"./docs/README.md"), Target::Inside(path) if path == b"docs/README.md"));
        assert!(matches!(link_target(b"a/l", b"../../x"), Target::Outside));
        assert!(matches!(link_target(b"a/l", b"/etc/passwd"), Target::Outside));
        assert!(matches!(link_target(b"a/l", b"l"), Target::Nowhere));
    }
}
