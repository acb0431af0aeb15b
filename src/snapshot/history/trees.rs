//! Which trees hold which of the blobs that are asked about, and the walk from the oldest commit on that finds where each
//! came in.
//!
//! Every tree is decoded once, together with the trees of the same pack, and what is kept of it are the numbers of the
//! trees below it: that is enough to see each tree once more in the order of history, without decoding.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use git2::Oid;

use super::Kind;
use super::store::{Number, Store};

/// Ids of trees whose number was looked up last: neighbours in a pack name mostly the same trees.
const REMEMBERED: usize = 1 << 14;
/// So many objects that are missing are told apart.
const MOST_MISSING: usize = 100_000;

/// The trees of a repository, as far as they matter.
pub(super) struct Trees {
    /// By number of the object: the place in `list`, or `NONE`.
    places: Vec<u32>,
    list: Vec<Tree>,
    below: Vec<Number>,
    blobs: Vec<u32>,
    /// Objects that trees name and that are not here.
    pub(super) missing: usize,
}

const NONE: u32 = u32::MAX;

/// A tree: ranges of `below` and `blobs`.
struct Tree {
    number: Number,
    below: Range<u32>,
    blobs: Range<u32>,
}

/// Where a blob was first seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// The commit, as its place in the order of history.
    pub(super) commit: usize,
    /// The place of the tree that holds it, in the list of trees.
    tree: u32,
}

/// What threads gather.
#[derive(Default)]
struct Part {
    list: Vec<Tree>,
    below: Vec<Number>,
    blobs: Vec<u32>,
    missing: HashSet<[u8; 20]>,
    remembered: Vec<([u8; 20], Number)>,
}

/// What is looked for in the entries of trees.
struct Wanted<'a> {
    store: &'a Store,
    blobs: HashMap<[u8; 20], u32>,
    /// Whether any wanted id begins with these two bytes.
    begins: Vec<bool>,
    /// Whether any object that is here begins with these three bytes; empty where all are here.
    here: Vec<bool>,
}

impl Trees {
    /// Reads all trees. Blobs are known by their place among those that are asked about.
    pub(super) fn read(store: &Store, blobs: &[Number]) -> Self {
        let wanted = Wanted::new(store, blobs);
        let parts: Vec<Mutex<Part>> = (0..=rayon::current_num_threads()).map(|_| Mutex::default()).collect();
        store.each(|_| &[Kind::Tree], &|object| {
            let at = rayon::current_thread_index().unwrap_or(parts.len() - 1).min(parts.len() - 1);
            parts[at].lock().unwrap_or_else(PoisonError::into_inner).add(object.number, object.bytes, &wanted);
        });
        let mut trees = Self { places: vec![NONE; store.len()], list: Vec::new(), below: Vec::new(), blobs: Vec::new(), missing: 0 };
        let mut missing = HashSet::new();
        for part in parts {
            let part = part.into_inner().unwrap_or_else(PoisonError::into_inner);
            let (below, blobs) = (length(&trees.below), length(&trees.blobs));
            trees.list.extend(part.list.into_iter().map(|tree| Tree {
                number: tree.number,
                below: tree.below.start + below..tree.below.end + below,
                blobs: tree.blobs.start + blobs..tree.blobs.end + blobs,
            }));
            trees.below.extend(part.below);
            trees.blobs.extend(part.blobs);
            missing.extend(part.missing);
        }
        for (at, tree) in trees.list.iter().enumerate() {
            trees.places[tree.number as usize] = u32::try_from(at).unwrap_or(NONE);
        }
        trees.missing = missing.len();
        trees
    }

    /// Where each of so many blobs was first seen, going through these trees in their order.
    pub(super) fn first_seen(&self, roots: impl IntoIterator<Item = Option<Number>>, blobs: usize) -> Walk {
        let mut walk = Walk { above: vec![NONE; self.list.len()], seen: vec![None; blobs] };
        let mut visited = vec![false; self.list.len()];
        let mut waiting = Vec::new();
        for (commit, root) in roots.into_iter().enumerate() {
            waiting.extend(root.and_then(|root| self.place(root)));
            while let Some(at) = waiting.pop() {
                if std::mem::replace(&mut visited[at as usize], true) {
                    continue;
                }
                let tree = &self.list[at as usize];
                for blob in &self.blobs[range(&tree.blobs)] {
                    walk.seen[*blob as usize].get_or_insert(Seen { commit, tree: at });
                }
                for below in self.below[range(&tree.below)].iter().filter_map(|below| self.place(*below)) {
                    if !visited[below as usize] {
                        walk.above[below as usize] = at;
                        waiting.push(below);
                    }
                }
            }
        }
        walk
    }

    /// The trees that are below some of the new roots and below none of the old ones.
    pub(super) fn only_below(&self, new: impl IntoIterator<Item = Number>, old: impl IntoIterator<Item = Number>) -> Vec<Number> {
        let mut visited = vec![false; self.list.len()];
        self.below(old, &mut visited);
        self.below(new, &mut visited)
    }

    /// Visits all trees below these roots that were not visited yet, and names them.
    fn below(&self, roots: impl IntoIterator<Item = Number>, visited: &mut [bool]) -> Vec<Number> {
        let mut found = Vec::new();
        let mut waiting: Vec<u32> = roots.into_iter().filter_map(|root| self.place(root)).collect();
        while let Some(at) = waiting.pop() {
            if !std::mem::replace(&mut visited[at as usize], true) {
                let tree = &self.list[at as usize];
                found.push(tree.number);
                waiting.extend(self.below[range(&tree.below)].iter().filter_map(|below| self.place(*below)));
            }
        }
        found
    }

    /// The raw path of a blob where it was first seen, by the trees above each on the walk that saw it.
    pub(super) fn path(&self, above: &[u32], blob: Oid, seen: Seen, store: &Store) -> Option<Vec<u8>> {
        let mut path = Vec::new();
        let (mut id, mut at) = (blob, seen.tree);
        loop {
            let number = self.list[at as usize].number;
            let (_, bytes) = store.read(number)?;
            let name = entries(&bytes).find(|(_, _, other)| other.as_slice() == id.as_bytes()).map(|(_, name, _)| name.to_vec())?;
            path = if path.is_empty() { name } else { [name.as_slice(), b"/", &path].concat() };
            id = store.id(number);
            at = above[at as usize];
            if at == NONE {
                return Some(path);
            }
        }
    }

    fn place(&self, number: Number) -> Option<u32> {
        self.places.get(number as usize).copied().filter(|place| *place != NONE)
    }
}

/// What a walk through trees came by.
pub(super) struct Walk {
    /// By tree: the one above it on the way there.
    pub(super) above: Vec<u32>,
    /// By blob.
    pub(super) seen: Vec<Option<Seen>>,
}

impl<'a> Wanted<'a> {
    fn new(store: &'a Store, blobs: &[Number]) -> Self {
        let ids = blobs.iter().enumerate().filter_map(|(at, number)| {
            let id: [u8; 20] = store.id(*number).as_bytes().try_into().ok()?;
            Some((id, u32::try_from(at).ok()?))
        });
        let blobs: HashMap<[u8; 20], u32> = ids.collect();
        let mut begins = vec![false; 1 << 16];
        blobs.keys().for_each(|id| begins[usize::from(u16::from_be_bytes([id[0], id[1]]))] = true);
        let mut here = Vec::new();
        if store.partial {
            here = vec![false; 1 << 24];
            (0..store.len())
                .filter_map(|number| Number::try_from(number).ok())
                .for_each(|number| here[first_three(store.id(number).as_bytes())] = true);
        }
        Self { store, blobs, begins, here }
    }

    fn blob(&self, id: &[u8; 20]) -> Option<u32> {
        self.begins[usize::from(u16::from_be_bytes([id[0], id[1]]))].then(|| self.blobs.get(id).copied()).flatten()
    }

    fn is_missing(&self, id: &[u8; 20]) -> bool {
        !self.here.is_empty() && !self.here[first_three(id)]
    }
}

fn first_three(id: &[u8]) -> usize {
    usize::from(id[0]) << 16 | usize::from(id[1]) << 8 | usize::from(id[2])
}

impl Part {
    fn add(&mut self, number: Number, bytes: &[u8], wanted: &Wanted<'_>) {
        let (below, blobs) = (length(&self.below), length(&self.blobs));
        for (mode, _, id) in entries(bytes) {
            match mode {
                [b'4', ..] => {
                    let number = self.number(id, wanted.store);
                    self.below.extend(number);
                }
                // A submodule is a commit of another repository.
                b"160000" => {}
                _ => {
                    self.blobs.extend(wanted.blob(id));
                    if wanted.is_missing(id) && self.missing.len() < MOST_MISSING {
                        self.missing.insert(*id);
                    }
                }
            }
        }
        self.list.push(Tree { number, below: below..length(&self.below), blobs: blobs..length(&self.blobs) });
    }

    fn number(&mut self, id: &[u8; 20], store: &Store) -> Option<Number> {
        if self.remembered.is_empty() {
            self.remembered = vec![([0; 20], NONE); REMEMBERED];
        }
        let slot = (usize::from(id[0]) << 8 | usize::from(id[1])) % REMEMBERED;
        if self.remembered[slot].0 != *id {
            self.remembered[slot] = (*id, store.number(id).unwrap_or(NONE));
        }
        Some(self.remembered[slot].1).filter(|number| *number != NONE)
    }
}

/// The blobs that a tree names and that are here.
pub(super) fn blobs(tree: &[u8], store: &Store) -> Vec<Number> {
    let is_blob = |mode: &[u8]| mode.first() != Some(&b'4') && mode != b"160000";
    entries(tree).filter(|(mode, _, _)| is_blob(mode)).filter_map(|(_, _, id)| store.number(id)).collect()
}

/// Mode, name and id of each entry of a tree; what follows a damaged one is left out.
fn entries(tree: &[u8]) -> impl Iterator<Item = (&[u8], &[u8], &[u8; 20])> {
    let mut rest = tree;
    std::iter::from_fn(move || {
        let blank = rest.iter().take(8).position(|byte| *byte == b' ')?;
        let (mode, after) = (&rest[..blank], &rest[blank + 1..]);
        let end = memchr::memchr(0, after)?;
        let (id, next) = after[end + 1..].split_first_chunk::<20>()?;
        rest = next;
        Some((mode, &after[..end], id))
    })
}

fn length<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(NONE)
}

fn range(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn entries_end_where_one_is_damaged() {
        let whole = [b"100644 a.txt\0".as_slice(), &[1; 20], b"40000 b c\0", &[2; 20]].concat();
        let names = |tree: &[u8]| entries(tree).map(|(mode, name, id)| (mode.to_vec(), name.to_vec(), id[0])).collect::<Vec<_>>();
        let first = (b"100644".to_vec(), b"a.txt".to_vec(), 1);
        assert_eq!(names(&whole), [first.clone(), (b"40000".to_vec(), b"b c".to_vec(), 2)]);
        assert_eq!(names(&whole[..whole.len() - 1]), [first]);
    }

    proptest! {
        #[test]
        fn whatever_the_bytes_entries_lie_inside(bytes in prop::collection::vec(prop_oneof![Just(0_u8), Just(b' '), Just(b'4'), any::<u8>()], 0..300)) {
            let read: usize = entries(&bytes).map(|(mode, name, id)| mode.len() + name.len() + id.len() + 2).sum();
            prop_assert!(read <= bytes.len());
        }
    }
}
