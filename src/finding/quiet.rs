//! Files in which no rule for secrets finds anything, remembered between runs: the next one scans only what changed.
//!
//! A file is known by a salted hash of its path and text, so it does not matter whether it lies on disk, in a commit or in
//! another branch, and what is written to disk tells nothing of it.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use xxhash_rust::xxh3::{xxh3_64_with_secret, xxh3_128_with_secret};

use super::declared;
use crate::matcher::secret::memory::{SALT, salt};
use crate::rule::Rule;
use crate::snapshot::cache::{Cache, Kind};
use crate::snapshot::{Mode, Snapshot, Text};

/// Of fewer files than this nothing is remembered: to scan them takes no longer than to read what was.
const FEWEST_FILES: usize = 100;
/// With less new text than this the memory is not written again.
const WORTH_WRITING: usize = 256 * 1024;

/// A file as one number, for these rules.
type Id = u128;

/// What is known to hold no secret.
#[derive(Debug)]
pub(super) struct Quiet {
    cache: Cache,
    name: String,
    salt: [u8; SALT],
    /// Those of the run before, sorted.
    known: Vec<Id>,
    /// Those of this run.
    met: Mutex<Met>,
}

#[derive(Debug, Default)]
struct Met {
    ids: HashSet<Id>,
    /// So many bytes of them were scanned.
    scanned: usize,
}

impl Quiet {
    /// What an earlier run remembered of this folder, or an empty memory. Nothing where it is not worth its while, or only a
    /// change is looked at.
    pub(super) fn of(snapshot: &Snapshot, rules: &[&Rule], cache: Option<&Cache>) -> Option<Self> {
        let worth = snapshot.files().len() >= FEWEST_FILES && snapshot.mode != Mode::Staged;
        let cache = cache.filter(|_| worth)?.clone();
        let name = Cache::name(Kind::Quiet, &[snapshot.root.to_string_lossy().as_ref(), &declared(rules)]);
        let (salt, known) = cache.load(&name).and_then(|content| decode(&content)).unwrap_or_else(|| (salt(), Vec::new()));
        Some(Self { cache, name, salt, known, met: Mutex::default() })
    }

    /// What `look` finds in a file; it is not asked of one that is known to hold nothing, and one it finds nothing in is known
    /// from then on.
    pub(super) fn or_look<T>(&self, path: &str, text: &Text, look: impl FnOnce() -> Vec<T>) -> Vec<T> {
        let of_path = xxh3_64_with_secret(path.as_bytes(), &self.salt);
        let id = xxh3_128_with_secret(text.bytes(), &self.salt) ^ Id::from(of_path);
        let known = self.known.binary_search(&id).is_ok();
        let found = if known { Vec::new() } else { look() };
        if found.is_empty() {
            let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
            let new = met.ids.insert(id) && !known;
            met.scanned += if new { text.bytes().len() } else { 0 };
        }
        found
    }

    /// Remembers what this run met, where that is much more than was known.
    pub(super) fn store(self) {
        let met = self.met.into_inner().unwrap_or_else(PoisonError::into_inner);
        if met.scanned < WORTH_WRITING {
            return;
        }
        let mut ids: Vec<Id> = met.ids.into_iter().collect();
        ids.sort_unstable();
        self.cache.store(&self.name, &[self.salt.to_vec(), ids.iter().flat_map(|id| id.to_le_bytes()).collect()].concat());
    }
}

/// The salt and the sorted ids of a memory.
fn decode(content: &[u8]) -> Option<([u8; SALT], Vec<Id>)> {
    let (salt, ids) = content.split_first_chunk()?;
    let (ids, rest) = ids.as_chunks();
    let ids: Vec<Id> = ids.iter().map(|id| Id::from_le_bytes(*id)).collect();
    (rest.is_empty() && ids.is_sorted()).then_some((*salt, ids))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_that_is_cut_off_or_out_of_order_is_none() {
        let salt = salt();
        let written = |ids: &[Id]| [salt.to_vec(), ids.iter().flat_map(|id| id.to_le_bytes()).collect()].concat();
        assert_eq!(decode(&written(&[1, 7])), Some((salt, vec![1, 7])));
        assert_eq!(decode(&written(&[7, 1])), None);
        assert_eq!(decode(&written(&[7])[..SALT + 15]), None);
        assert_eq!(decode(&salt[1..]), None);
    }
}
