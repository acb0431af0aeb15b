//! What a commit changed: two trees compared on their raw bytes, without a diff of libgit2, which costs ten times as much.
//!
//! Only folders whose ids differ are entered, each tree is decoded once as long as it is remembered, and folders that
//! cannot hold code of the project are left alone. What a change means is left to `trace`.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

use git2::{ObjectType, Odb, OdbObject, Oid};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::super::printable::printable;
use super::Wanted;
use super::commit::{Fault, NOT_READABLE};

/// More changes than any history that people wrote, and than one commit of it; trees that name each other many times over
/// can pretend to billions.
const MAX_ENTRIES: usize = 8_000_000;
const MAX_IN_COMMIT: usize = 500_000;
/// The longest path that is followed down, as on most systems.
const MAX_PATH: usize = 4096;
/// Bytes of trees that are remembered in each of two generations.
const REMEMBERED: usize = 8 * 1024 * 1024;
/// The length of an id in a tree.
const ID: usize = 20;

/// A path as a number, so that paths of many thousand commits cost nothing to keep and compare.
pub(super) type PathId = u64;

/// The number of an entry of a folder; the top has zero.
pub(super) fn path_id(folder: PathId, name: &[u8]) -> PathId {
    // The paths of a snapshot are as printed; so are these.
    let plain = name.iter().all(|byte| (0x20..0x7f).contains(byte));
    if plain { xxh3_64_with_seed(name, folder) } else { xxh3_64_with_seed(printable(name).as_bytes(), folder) }
}

/// The number of a path as a snapshot prints it.
pub(super) fn printed_path_id(path: &str) -> PathId {
    path.split('/').fold(0, |folder, name| xxh3_64_with_seed(name.as_bytes(), folder))
}

/// A file of code that a commit changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) path: PathId,
    /// The number of the file's own name.
    pub(super) name: u64,
    pub(super) kind: Kind,
}

/// What became of the file; where it came or went, with the id of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Added(Oid),
    Removed(Oid),
    Changed,
}

/// Compares the trees of commits of one repository.
pub(super) struct Comparer<'o> {
    odb: &'o Odb<'o>,
    wanted: &'o Wanted<'o>,
    /// How many entries were listed so far, by all comparers of this history.
    listed: &'o AtomicUsize,
    young: HashMap<Oid, Rc<OdbObject<'o>>>,
    old: HashMap<Oid, Rc<OdbObject<'o>>>,
    young_bytes: usize,
    /// How many entries of the commit at hand were listed.
    in_commit: usize,
    enters: HashMap<PathId, bool>,
}

/// A folder to look into: its tree before and after.
struct Folder {
    before: Option<Oid>,
    after: Option<Oid>,
    path: Vec<u8>,
    id: PathId,
}

impl<'o> Comparer<'o> {
    pub(super) fn new(odb: &'o Odb<'o>, wanted: &'o Wanted<'o>, listed: &'o AtomicUsize) -> Self {
        Self { odb, wanted, listed, young: HashMap::new(), old: HashMap::new(), young_bytes: 0, in_commit: 0, enters: HashMap::new() }
    }

    /// The files of code that differ between two root trees.
    pub(super) fn changes(&mut self, before: Option<Oid>, after: Oid) -> Result<Vec<Change>, Fault> {
        self.in_commit = 0;
        let before = before.map_or(Ok(None), |tree| self.below(tree))?;
        let after = self.below(after)?;
        let mut changes = Vec::new();
        let mut gone = Vec::new();
        if before == after {
            return Ok(changes);
        }
        let mut folders = vec![Folder { before, after, path: Vec::new(), id: 0 }];
        while let Some(folder) = folders.pop() {
            self.folder(&folder, &mut folders, &mut gone, &mut changes)?;
        }
        // What went with its whole folder matters only as where something that came may come from.
        if changes.iter().any(|change| matches!(change.kind, Kind::Added(_))) {
            while let Some(folder) = gone.pop() {
                self.folder(&folder, &mut Vec::new(), &mut gone, &mut changes)?;
            }
        }
        Ok(changes)
    }

    /// The tree of the folder that the snapshot is of, below a root tree.
    fn below(&mut self, root: Oid) -> Result<Option<Oid>, Fault> {
        let wanted = self.wanted;
        let mut tree = root;
        for name in wanted.folder.split(|&byte| byte == b'/').filter(|name| !name.is_empty()) {
            let object = self.tree(tree)?;
            match Entries(object.data()).find(|entry| entry.is_folder && entry.name == name) {
                Some(entry) => tree = entry.oid()?,
                None => return Ok(None),
            }
        }
        Ok(Some(tree))
    }

    fn folder(
        &mut self,
        folder: &Folder,
        folders: &mut Vec<Folder>,
        gone: &mut Vec<Folder>,
        changes: &mut Vec<Change>,
    ) -> Result<(), Fault> {
        let before = folder.before.map(|id| self.tree(id)).transpose()?;
        let after = folder.after.map(|id| self.tree(id)).transpose()?;
        let pairs = Pairs {
            before: Entries(before.as_ref().map_or(&[], |tree| tree.data())),
            after: Entries(after.as_ref().map_or(&[], |tree| tree.data())),
        };
        let mut listed = 0;
        for (before, after) in pairs {
            let (Some(entry), both) = (after.or(before), before.is_some() && after.is_some()) else { continue };
            if both && before.map(|entry| (entry.id, entry.is_file)) == after.map(|entry| (entry.id, entry.is_file)) {
                continue;
            }
            listed += 1;
            if entry.is_folder {
                let Some(below) = self.enter(folder, before, after)? else { continue };
                if below.after.is_some() { folders.push(below) } else { gone.push(below) }
            } else if (self.wanted.is_code)(entry.name) {
                changes.extend(change(folder.id, before, after)?);
            }
        }
        self.in_commit += listed;
        if self.listed.fetch_add(listed, Ordering::Relaxed) > MAX_ENTRIES || self.in_commit > MAX_IN_COMMIT {
            return Err(Fault("its history changes more files than can be followed".into()));
        }
        Ok(())
    }

    /// A folder of a folder, unless it cannot hold code of the project.
    fn enter(&mut self, holder: &Folder, before: Option<Entry<'_>>, after: Option<Entry<'_>>) -> Result<Option<Folder>, Fault> {
        let Some(name) = after.or(before).map(|entry| entry.name) else { return Ok(None) };
        let path = if holder.path.is_empty() { name.to_vec() } else { [&holder.path, b"/".as_slice(), name].concat() };
        let id = path_id(holder.id, name);
        let wanted = self.wanted;
        if path.len() > MAX_PATH || !*self.enters.entry(id).or_insert_with(|| wanted.may_hold_code(id, &path)) {
            return Ok(None);
        }
        let oid = |entry: Option<Entry<'_>>| entry.map(|entry| entry.oid()).transpose();
        Ok(Some(Folder { before: oid(before)?, after: oid(after)?, path, id }))
    }

    fn tree(&mut self, id: Oid) -> Result<Rc<OdbObject<'o>>, Fault> {
        if let Some(known) = self.young.get(&id) {
            return Ok(Rc::clone(known));
        }
        let tree = match self.old.remove(&id) {
            Some(known) => known,
            None => Rc::new(self.odb.read(id).map_err(|error| Fault::object(&error))?),
        };
        if tree.kind() != ObjectType::Tree {
            return Err(Fault(NOT_READABLE.into()));
        }
        self.young_bytes += tree.len();
        if self.young_bytes > REMEMBERED {
            self.young_bytes = tree.len();
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(id, Rc::clone(&tree));
        Ok(tree)
    }
}

/// What a file that differs is taken for; links and submodules are no files.
fn change(folder: PathId, before: Option<Entry<'_>>, after: Option<Entry<'_>>) -> Result<Option<Change>, Fault> {
    let (before, after) = (before.filter(|entry| entry.is_file), after.filter(|entry| entry.is_file));
    let (name, kind) = match (before, after) {
        (Some(_), Some(after)) => (after.name, Kind::Changed),
        (None, Some(after)) => (after.name, Kind::Added(after.oid()?)),
        (Some(before), None) => (before.name, Kind::Removed(before.oid()?)),
        (None, None) => return Ok(None),
    };
    Ok(Some(Change { path: path_id(folder, name), name: path_id(0, name), kind }))
}

/// An entry of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry<'t> {
    name: &'t [u8],
    id: &'t [u8],
    is_folder: bool,
    is_file: bool,
}

impl Entry<'_> {
    fn oid(&self) -> Result<Oid, Fault> {
        Oid::from_bytes(self.id).map_err(|error| Fault::object(&error))
    }

    /// Git sorts a folder as if its name ended in a slash.
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let common = self.name.len().min(other.name.len());
        self.name[..common].cmp(&other.name[..common]).then_with(|| self.byte(common).cmp(&other.byte(common)))
    }

    fn byte(&self, at: usize) -> u8 {
        self.name.get(at).copied().unwrap_or(if self.is_folder { b'/' } else { 0 })
    }
}

/// The entries of a tree's raw bytes, as far as they are well formed.
#[derive(Clone, Copy)]
struct Entries<'t>(&'t [u8]);

impl<'t> Entries<'t> {
    /// The first entry, and how many bytes it takes.
    fn first(self) -> Option<(Entry<'t>, usize)> {
        let space = self.0.iter().position(|&byte| byte == b' ')?;
        let (mode, rest) = (&self.0[..space], self.0.get(space + 1..)?);
        let end = rest.iter().position(|&byte| byte == 0)?;
        let id = rest.get(end + 1..end + 1 + ID)?;
        let entry = Entry { name: &rest[..end], id, is_folder: mode == b"40000", is_file: mode.starts_with(b"100") };
        Some((entry, space + 1 + end + 1 + ID))
    }

    fn pass(&mut self, bytes: usize) {
        self.0 = self.0.get(bytes..).unwrap_or_default();
    }
}

impl<'t> Iterator for Entries<'t> {
    type Item = Entry<'t>;

    fn next(&mut self) -> Option<Entry<'t>> {
        let (entry, bytes) = self.first()?;
        self.pass(bytes);
        Some(entry)
    }
}

/// The entries of two sorted trees side by side, but for those that are the same in both.
struct Pairs<'t> {
    before: Entries<'t>,
    after: Entries<'t>,
}

impl<'t> Iterator for Pairs<'t> {
    type Item = (Option<Entry<'t>>, Option<Entry<'t>>);

    fn next(&mut self) -> Option<Self::Item> {
        let mut first = self.before.first();
        // Nearly all entries are the same: their bytes are compared as they lie.
        while let Some((_, bytes)) = first.filter(|(_, bytes)| self.after.0.starts_with(&self.before.0[..*bytes])) {
            self.before.pass(bytes);
            self.after.pass(bytes);
            first = self.before.first();
        }
        let order = match (first, self.after.first()) {
            (Some((before, _)), Some((after, _))) => before.cmp(&after),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => return None,
        };
        Some((if order.is_le() { self.before.next() } else { None }, if order.is_ge() { self.after.next() } else { None }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Entries, Pairs, path_id, printed_path_id};

    fn tree(entries: &[(&str, &str, u8)]) -> Vec<u8> {
        entries.iter().flat_map(|(mode, name, id)| [mode.as_bytes(), b" ", name.as_bytes(), b"\0", &[*id; 20]].concat()).collect()
    }

    #[test]
    fn trees_are_read_in_the_order_of_git() {
        let before = tree(&[("100644", "a", 1), ("100644", "lib.rs", 1), ("40000", "lib", 1), ("100644", "z", 1)]);
        let after = tree(&[("100644", "lib", 2), ("100644", "lib.rs", 2), ("40000", "lib", 1)]);
        let pairs = Pairs { before: Entries(&before), after: Entries(&after) };
        let seen: Vec<(String, bool, bool)> = pairs
            .map(|(before, after)| {
                (String::from_utf8_lossy(after.or(before).unwrap().name).into_owned(), before.is_some(), after.is_some())
            })
            .collect();
        let expected = [("a", true, false), ("lib", false, true), ("lib.rs", true, true), ("z", true, false)];
        assert_eq!(seen, expected.map(|(name, before, after)| (name.to_owned(), before, after)));
    }

    #[test]
    fn a_broken_tree_ends_where_it_breaks() {
        let mut bytes = tree(&[("100644", "a", 1), ("100644", "b", 1)]);
        for length in 0..bytes.len() {
            assert!(Entries(&bytes[..length]).count() <= 1, "{length}");
        }
        bytes.truncate(bytes.len() - 1);
        assert_eq!(Entries(&bytes).count(), 1);
    }

    #[test]
    fn a_path_has_one_number_however_it_is_found() {
        let folder = path_id(path_id(0, b"src"), b"caf\xe9");
        assert_eq!(path_id(folder, b"a.rs"), printed_path_id(r"src/caf\xE9/a.rs"));
    }
}
