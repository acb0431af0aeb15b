//! All objects of a repository under one numbering: its packs, those of its alternates, and loose ones.
//!
//! A multi-pack index only repeats what the indexes of its packs say, and replace refs only stand in for objects that are
//! here as well, so neither is asked: everything that is stored is read as it was stored.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use git2::Oid;
use rayon::prelude::*;

use super::super::printable::printable;
use super::loose::{self, Fault};
use super::pack::{Object as Packed, Pack};
use super::{Kind, Lost};

/// Folders of objects that are read, alternates of alternates included; git goes five deep.
const MOST_FOLDERS: usize = 64;

/// An object by its number in a [`Store`]. The same object in two packs has one number.
pub(super) type Number = u32;

/// Where objects lie.
pub(super) struct Store {
    packs: Vec<Pack>,
    /// The number of each pack's first object; the last is that of the first loose one.
    starts: Vec<Number>,
    loose: Vec<(Oid, PathBuf)>,
    /// What cannot be read at all, in words.
    pub(super) unread: Vec<String>,
    /// A part of the objects was promised by another repository, so some may not be here.
    pub(super) partial: bool,
}

/// An object that is read.
pub(super) struct Object<'a> {
    pub(super) number: Number,
    pub(super) kind: Kind,
    pub(super) bytes: &'a [u8],
}

impl Store {
    /// Opens the objects below the common folder of a repository.
    pub(super) fn open(common: &Path) -> Self {
        let mut store = Self { packs: Vec::new(), starts: vec![0], loose: Vec::new(), unread: Vec::new(), partial: false };
        for folder in store.folders(common.join("objects")) {
            store.packs_of(&folder.join("pack"));
            store.loose.extend(loose::list(&folder));
        }
        store.loose.sort_unstable();
        store.loose.dedup_by_key(|(id, _)| *id);
        store
    }

    /// The folder of objects and its alternates, each once.
    fn folders(&mut self, first: PathBuf) -> Vec<PathBuf> {
        let mut folders = vec![first];
        let mut at = 0;
        while let Some(folder) = folders.get(at).cloned() {
            at += 1;
            let named = fs::read(folder.join("info/alternates")).unwrap_or_default();
            for line in String::from_utf8_lossy(&named).lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
                let alternate = folder.join(line);
                match alternate.canonicalize() {
                    Ok(found) if folders.len() < MOST_FOLDERS => {
                        if !folders.iter().any(|known| known.canonicalize().is_ok_and(|known| known == found)) {
                            folders.push(found);
                        }
                    }
                    Ok(_) => self.unread.push(format!("more than {MOST_FOLDERS} folders of alternates")),
                    Err(_) => self.unread.push(format!("the alternate `{}`, which is not there", printable(line.as_bytes()))),
                }
            }
        }
        folders
    }

    fn packs_of(&mut self, folder: &Path) {
        let mut names: Vec<PathBuf> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        names.sort();
        let ends = |path: &Path, with: &str| path.extension().is_some_and(|extension| extension == with);
        self.partial |= names.iter().any(|path| ends(path, "promisor"));
        for path in names.iter().filter(|path| ends(path, "idx")) {
            match Pack::open(path) {
                Ok(pack) => {
                    let Some(end) = self.starts.last().and_then(|start| start.checked_add(pack.len())) else { continue };
                    self.starts.push(end);
                    self.packs.push(pack);
                }
                Err(reason) => self.unread.push(format!("{}: {}", file_name(path), printable(reason.as_bytes()))),
            }
        }
        for path in names.iter().filter(|path| ends(path, "pack") && !names.contains(&path.with_extension("idx"))) {
            self.unread.push(format!("{}: it has no index", file_name(path)));
        }
    }

    /// One more than the largest number.
    pub(super) fn len(&self) -> usize {
        self.first_loose() as usize + self.loose.len()
    }

    fn first_loose(&self) -> Number {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The number of an object.
    pub(super) fn number(&self, id: &[u8]) -> Option<Number> {
        let packed = self.packs.iter().zip(&self.starts).find_map(|(pack, start)| Some(start + pack.number(id)?));
        packed.or_else(|| {
            let at = self.loose.binary_search_by(|(other, _)| other.as_bytes().cmp(id)).ok()?;
            Some(self.first_loose() + Number::try_from(at).ok()?)
        })
    }

    /// The id of an object.
    pub(super) fn id(&self, number: Number) -> Oid {
        match self.pack_of(number) {
            Some((pack, number)) => pack.id(number),
            None => self.loose.get((number - self.first_loose()) as usize).map_or(Oid::ZERO_SHA1, |(id, _)| *id),
        }
    }

    fn pack_of(&self, number: Number) -> Option<(&Pack, u32)> {
        let at = self.starts.partition_point(|start| *start <= number).checked_sub(1)?;
        self.packs.get(at).map(|pack| (pack, number - self.starts[at]))
    }

    /// Reads one object.
    pub(super) fn read(&self, number: Number) -> Option<(Kind, Vec<u8>)> {
        match self.pack_of(number) {
            Some((pack, number)) => pack.read(number),
            None => loose::read(&self.loose.get((number - self.first_loose()) as usize)?.1).ok(),
        }
    }

    /// Hands each object to `see` once, in no order, from several threads: those of the kinds that are wanted of a pack by
    /// its name, or of what is in none.
    pub(super) fn each<'k>(&self, kinds: impl Fn(Option<&str>) -> &'k [Kind], see: &(impl Fn(Object<'_>) + Sync)) -> Lost {
        let mut lost = Lost::default();
        for (at, (pack, start)) in self.packs.iter().zip(&self.starts).enumerate() {
            let found = pack.each(kinds(Some(&pack.name)), &|Packed { number, kind, bytes }| {
                // What an earlier pack holds as well was seen there.
                let again = at > 0 && self.packs[..at].iter().any(|other| other.number(pack.id(number).as_bytes()).is_some());
                if !again {
                    see(Object { number: start + number, kind, bytes });
                }
            });
            lost.add(&found);
        }
        let more = Mutex::new(&mut lost);
        let kinds = kinds(None);
        self.loose.par_iter().enumerate().for_each(|(at, (id, path))| {
            if self.packs.iter().any(|pack| pack.number(id.as_bytes()).is_some()) {
                return;
            }
            let number = self.first_loose() + Number::try_from(at).unwrap_or(0);
            match loose::read(path) {
                Ok((kind, bytes)) if kinds.contains(&kind) => see(Object { number, kind, bytes: &bytes }),
                Ok(_) => {}
                Err(fault) => {
                    let mut lost = more.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    match fault {
                        Fault::Large => lost.large += 1,
                        Fault::Damaged => lost.damaged += 1,
                    }
                }
            }
        });
        lost
    }

    /// The names of its packs.
    pub(super) fn pack_names(&self) -> impl Iterator<Item = &str> {
        self.packs.iter().map(|pack| pack.name.as_str())
    }

    /// The ids of its loose objects, sorted.
    pub(super) fn loose_ids(&self) -> impl Iterator<Item = Oid> + '_ {
        self.loose.iter().map(|(id, _)| *id)
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| printable(name.as_encoded_bytes())).unwrap_or_default()
}
