//! One pack of objects: every object decoded once, the bases of deltas before what is made of them.
//!
//! The only file that knows `gix-pack`, which reads index and entries. The order of decoding is ours: packs are read from
//! repositories that nobody vouches for, so an object that is damaged or too large must cost no more than itself and what
//! is made of it, and each kind of object can be read alone.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use git2::Oid;
use gix_hash::oid;
use gix_pack::data::entry::Header;
use gix_pack::{data, index};
use gix_zlib::Inflate;
use rayon::prelude::*;

use super::delta;
use super::{Kind, Lost};

/// Larger objects are not decoded, nor is what is made of them: a base and its result are in memory at the same time.
pub(super) const MOST_BYTES: usize = 32 * 1024 * 1024;
/// Trees of deltas with more objects are shared among threads where they branch. See [`Pack::branch`].
const WORTH_SHARING: u32 = 2048;
/// No chain of bases is longer; git makes none beyond 4,095.
const LONGEST_CHAIN: usize = 10_000;

/// A place in [`Pack::entries`].
type At = u32;
/// In place of a base: the object stands for itself.
const NONE: At = At::MAX;

/// A pack and its index.
pub(super) struct Pack {
    index: index::File,
    data: data::File,
    /// The name of its file without extension, made of what it holds.
    pub(super) name: String,
}

/// How the objects of a pack are made of each other.
struct Forest {
    /// By order in the pack: where the entry stands, and its number in the index.
    entries: Vec<(u64, u32)>,
    /// What is made of each entry: the range in `made`, by start.
    starts: Vec<u32>,
    made: Vec<At>,
    /// How many objects hang on each, itself counted.
    weights: Vec<u32>,
    /// Entries that stand for themselves, with their kind.
    roots: Vec<(At, Kind)>,
    /// Entries that lead to no such entry.
    lost: u32,
}

/// An object of a pack, decoded.
pub(super) struct Object<'a> {
    /// Its number in the index.
    pub(super) number: u32,
    pub(super) kind: Kind,
    pub(super) bytes: &'a [u8],
}

/// Buffers that a thread uses again.
#[derive(Default)]
struct Scratch {
    inflate: Inflate,
    instructions: Vec<u8>,
    result: Vec<u8>,
}

/// One walk over the objects of a pack.
struct Walk<'a, F> {
    pack: &'a Pack,
    forest: &'a Forest,
    see: &'a F,
    idle: Mutex<Vec<Scratch>>,
    lost: Mutex<Lost>,
}

impl Pack {
    /// Opens a pack by the path of its index; the error is in words.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let hash = gix_hash::Kind::Sha1;
        let index = index::File::at(path, hash).map_err(|error| error.to_string())?;
        let data = data::File::at(path.with_extension("pack"), hash).map_err(|error| error.to_string())?;
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { index, data, name })
    }

    /// How many objects it holds.
    pub(super) fn len(&self) -> u32 {
        self.index.num_objects()
    }

    /// The id of an object by its number.
    pub(super) fn id(&self, number: u32) -> Oid {
        Oid::from_bytes(self.index.oid_at_index(number).as_bytes()).unwrap_or(Oid::ZERO_SHA1)
    }

    /// The number of an object.
    pub(super) fn number(&self, id: &[u8]) -> Option<u32> {
        self.index.lookup(oid::try_from_bytes(id).ok()?)
    }

    /// Hands every object of the kinds that are wanted to `see`, in no order, from several threads.
    pub(super) fn each(&self, wanted: &[Kind], see: &(impl Fn(Object<'_>) + Sync)) -> Lost {
        let forest = self.forest();
        let walk = Walk { pack: self, forest: &forest, see, idle: Mutex::default(), lost: Mutex::default() };
        walk.lost().damaged += u64::from(forest.lost);
        // Few at a time: what hangs on them differs much in weight.
        forest.roots.par_chunks(16).for_each(|roots| {
            let mut scratch = walk.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            for (at, kind) in roots.iter().filter(|(_, kind)| wanted.contains(kind)) {
                walk.down(*at, *kind, None, &mut scratch);
            }
            walk.idle.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        });
        walk.lost.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads one object; `None` where it is damaged or too large.
    pub(super) fn read(&self, number: u32) -> Option<(Kind, Vec<u8>)> {
        let mut inflate = Inflate::default();
        let mut chain = Vec::new();
        let mut offset = self.index.pack_offset_at_index(number);
        let (kind, mut bytes) = loop {
            let entry = self.data.entry(offset).ok()?;
            let mut plain = Vec::new();
            self.inflate(&entry, &mut inflate, &mut plain)?;
            if let Some(kind) = kind_of(&entry.header) {
                break (kind, plain);
            }
            chain.push(plain);
            offset = self.base(&entry, offset).filter(|_| chain.len() < LONGEST_CHAIN)?;
        };
        let mut result = Vec::new();
        for instructions in chain.iter().rev() {
            if !delta::apply(&bytes, instructions, MOST_BYTES, &mut result) {
                return None;
            }
            std::mem::swap(&mut bytes, &mut result);
        }
        Some((kind, bytes))
    }

    fn inflate(&self, entry: &data::Entry, inflate: &mut Inflate, out: &mut Vec<u8>) -> Option<()> {
        let size = usize::try_from(entry.decompressed_size).ok().filter(|size| *size <= MOST_BYTES)?;
        out.resize(size, 0);
        self.data.decompress_entry(entry, inflate, out).ok().map(|_| ())
    }

    /// Where the entry stands that this one is made of.
    fn base(&self, entry: &data::Entry, offset: u64) -> Option<u64> {
        match &entry.header {
            Header::OfsDelta { base_distance } => offset.checked_sub(*base_distance).filter(|base| *base < offset),
            Header::RefDelta { base_id } => self.index.lookup(base_id).map(|number| self.index.pack_offset_at_index(number)),
            _ => None,
        }
    }

    fn forest(&self) -> Forest {
        let mut entries: Vec<(u64, u32)> = (0..self.len()).map(|number| (self.index.pack_offset_at_index(number), number)).collect();
        entries.par_sort_unstable();
        let heads: Vec<(At, Option<Kind>)> = entries
            .par_iter()
            .map(|(offset, _)| {
                let Ok(entry) = self.data.entry(*offset) else { return (NONE, None) };
                let base = self.base(&entry, *offset);
                let base = base.and_then(|base| entries.binary_search_by_key(&base, |(offset, _)| *offset).ok());
                (base.and_then(|base| At::try_from(base).ok()).unwrap_or(NONE), kind_of(&entry.header))
            })
            .collect();
        Forest::new(entries, &heads)
    }
}

impl Forest {
    fn new(entries: Vec<(u64, u32)>, heads: &[(At, Option<Kind>)]) -> Self {
        let mut starts = vec![0_u32; entries.len() + 1];
        let bases = || heads.iter().enumerate().filter(|(_, (base, _))| *base != NONE);
        bases().for_each(|(_, (base, _))| starts[*base as usize + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut made = vec![0; starts.last().map_or(0, |all| *all as usize)];
        for (at, (base, _)) in bases() {
            let slot = &mut next[*base as usize];
            made[*slot as usize] = number(at);
            *slot += 1;
        }
        let roots: Vec<(At, Kind)> =
            heads.iter().enumerate().filter_map(|(at, (base, kind))| Some((number(at), kind.filter(|_| *base == NONE)?))).collect();
        let mut forest = Self { entries, starts, made, weights: Vec::new(), roots, lost: 0 };
        forest.weigh();
        forest
    }

    fn made_of(&self, at: At) -> &[At] {
        &self.made[self.starts[at as usize] as usize..self.starts[at as usize + 1] as usize]
    }

    /// Counts what hangs on each, from the roots down, so that a ring of entries is not gone round: it hangs on none.
    fn weigh(&mut self) {
        let mut order: Vec<(At, At)> = self.roots.iter().map(|(at, _)| (*at, NONE)).collect();
        let mut done = 0;
        while let Some((at, _)) = order.get(done).copied() {
            order.extend(self.made_of(at).iter().map(|child| (*child, at)));
            done += 1;
        }
        self.weights = vec![0; self.entries.len()];
        for (at, base) in order.iter().rev() {
            self.weights[*at as usize] += 1;
            if *base != NONE {
                self.weights[*base as usize] += self.weights[*at as usize];
            }
        }
        self.lost = number(self.entries.len() - order.len());
    }
}

/// Packs hold fewer than 2^32 objects.
fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl<F: Fn(Object<'_>) + Sync> Walk<'_, F> {
    /// Decodes an entry and all that hang on it. Those that wait are kept in a list, since chains are longer than a stack.
    fn down(&self, at: At, kind: Kind, base: Option<Arc<Vec<u8>>>, scratch: &mut Scratch) {
        let mut waiting = vec![(at, base)];
        while let Some((at, base)) = waiting.pop() {
            let Some(bytes) = self.decode(at, base.as_ref().map(|base| base.as_slice()), scratch) else { continue };
            drop(base);
            (self.see)(Object { number: self.forest.entries[at as usize].1, kind, bytes: &bytes });
            let made = self.forest.made_of(at);
            if made.is_empty() {
                scratch.result = bytes;
                continue;
            }
            let base = Arc::new(bytes);
            if self.branch(made) {
                made.par_iter().for_each(|child| self.down(*child, kind, Some(Arc::clone(&base)), &mut Scratch::default()));
            } else {
                waiting.extend(made.iter().map(|child| (*child, Some(Arc::clone(&base)))));
            }
        }
    }

    /// Whether two or more heavy trees hang here. Each is a part of the pack, so this is so few times on one way down.
    fn branch(&self, made: &[At]) -> bool {
        let heavy = WORTH_SHARING.max(self.pack.len() / 64);
        made.iter().filter(|child| self.forest.weights[**child as usize] > heavy).nth(1).is_some()
    }

    /// The bytes of an entry; `None` where it cannot be had, and neither can what hangs on it.
    fn decode(&self, at: At, base: Option<&[u8]>, scratch: &mut Scratch) -> Option<Vec<u8>> {
        let (offset, _) = self.forest.entries[at as usize];
        let Scratch { inflate, instructions, result } = scratch;
        let Ok(entry) = self.pack.data.entry(offset) else { return self.lose(at, false) };
        if entry.decompressed_size > MOST_BYTES as u64 {
            return self.lose(at, true);
        }
        let Some(base) = base else {
            let mut bytes = std::mem::take(result);
            return self.pack.inflate(&entry, inflate, &mut bytes).map(|()| bytes).or_else(|| self.lose(at, false));
        };
        if self.pack.inflate(&entry, inflate, instructions).is_none() {
            return self.lose(at, false);
        }
        let mut bytes = std::mem::take(result);
        if delta::apply(base, instructions, MOST_BYTES, &mut bytes) {
            return Some(bytes);
        }
        self.lose(at, delta::result_size(instructions).is_some_and(|size| size > MOST_BYTES as u64))
    }

    fn lose(&self, at: At, large: bool) -> Option<Vec<u8>> {
        let count = u64::from(self.forest.weights[at as usize]);
        let mut lost = self.lost();
        if large {
            lost.large += count;
        } else {
            lost.damaged += count;
        }
        None
    }

    fn lost(&self) -> std::sync::MutexGuard<'_, Lost> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn kind_of(header: &Header) -> Option<Kind> {
    match header {
        Header::Commit => Some(Kind::Commit),
        Header::Tree => Some(Kind::Tree),
        Header::Blob => Some(Kind::Blob),
        Header::Tag => Some(Kind::Tag),
        Header::OfsDelta { .. } | Header::RefDelta { .. } => None,
    }
}
