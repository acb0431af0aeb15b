//! The past of a repository: every blob that its object database holds, and the commit that brought each in.
//!
//! Blobs are read in the order in which they are cheapest to decode (`history/pack.rs`), each once, whether a branch leads
//! to it or not. Where one came from is asked afterwards, of the few that matter (`history/origin.rs`). What stands in a
//! blob is left to others.

mod commits;
mod delta;
mod loose;
mod origin;
mod pack;
mod refs;
mod store;
mod trees;

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use git2::Oid;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use super::authorship::Past;
use super::cache::Cache;
use super::{DEFAULT_MAX_BYTES, Snapshot, Text};
use crate::error::{Error, Result};
use commits::{Commits, Told};
pub(crate) use origin::{Introduction, Origins};
use refs::{Ref, Since};
use store::{Number, Store};
use trees::Trees;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A commit.
    Commit,
    /// A folder.
    Tree,
    /// The content of a file.
    Blob,
    /// An annotated tag.
    Tag,
}

/// How many objects could not be read, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Lost {
    /// Damaged, or made of an object that is.
    pub(crate) damaged: u64,
    /// Larger than is decoded, or made of such an object.
    pub(crate) large: u64,
}

impl Lost {
    fn add(&mut self, other: &Self) {
        self.damaged += other.damaged;
        self.large += other.large;
    }
}

/// The past of a repository.
pub(crate) struct History {
    store: Store,
    folder: Vec<u8>,
    /// The commit that the snapshot is of.
    tip: Option<Number>,
    /// The other refs by their names, those that a reader knows best in front.
    refs: Vec<Ref>,
    commits: Commits,
    shallow: bool,
    /// Where the part of the past begins that is asked about; all of it where there is nothing.
    since: Option<Since>,
    /// By commit: whether it lies before that part.
    before: Vec<bool>,
    /// The repository's own folder.
    place: String,
    cache: Option<Cache>,
}

/// A blob of the past.
pub(crate) struct Blob<'a> {
    /// Names it within one [`History`].
    pub(crate) number: u32,
    /// Its id.
    pub(crate) id: BlobId,
    /// Its content.
    pub(crate) bytes: &'a [u8],
}

/// The id of a blob.
pub(crate) type BlobId = [u8; 20];

/// An id from its hexadecimal digits.
pub(crate) fn blob_id(digits: &str) -> Option<BlobId> {
    Oid::from_str(digits).ok()?.as_bytes().try_into().ok()
}

/// What a repository holds, to be compared with what it held before.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct State {
    /// The packs by their names, which are made of what they hold.
    packs: Vec<String>,
    /// A hash of the ids of loose objects.
    loose: u64,
    /// A hash of all refs, and of the commit at hand.
    refs: u64,
}

/// What was read of the past.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct PastRead {
    /// How many contents of files, each counted once.
    pub blobs: u64,
    /// How many bytes they have together.
    pub bytes: u64,
    /// What could not be read, in words.
    pub unread: Vec<String>,
}

impl Snapshot {
    /// The past behind the snapshot, or the part of it since a revision or a day (`YYYY-MM-DD`).
    ///
    /// # Errors
    /// There is no repository, git cannot read its refs, or there is no such revision.
    pub(crate) fn history(&self, since: Option<&str>, cache: Option<&Cache>) -> Result<History> {
        let Some(Past::Git { objects, folder }) = &self.past else {
            return Err(Error::NotARepository { path: self.name.clone().into(), wanted: "`--history`".into() });
        };
        let tip = self.revision.as_deref().and_then(|id| Oid::from_str(id).ok());
        let history = objects.with(|repository| {
            let mut store = Store::open(repository.commondir());
            let refs = refs::list(repository, &store).unwrap_or_else(|error| {
                store.unread.push(format!("the refs ({})", error.message().trim_end_matches('.')));
                Vec::new()
            });
            let tip = tip.and_then(|tip| store.number(tip.as_bytes()));
            let since = since.map(|since| Since::parse(since, repository, &store));
            let (folder, shallow) = (folder.clone(), self.shallow);
            let place = repository.commondir().to_string_lossy().into_owned();
            // What a part of the past holds says nothing of the whole.
            let cache = cache.filter(|_| since.is_none()).cloned();
            Ok(since.transpose().map(|since| History {
                store,
                folder,
                tip,
                refs,
                commits: Commits::default(),
                shallow,
                since,
                before: Vec::new(),
                place,
                cache,
            }))
        });
        history.map_err(|error| Error::git("read the history", &error))?
    }
}

impl History {
    /// Tells this past from those of other repositories, and of other folders of this one: paths start there.
    pub(crate) fn place(&self) -> String {
        format!("{}\0{}", self.place, String::from_utf8_lossy(&self.folder))
    }

    /// Where this past may be remembered.
    pub(crate) fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    /// What is here now.
    pub(crate) fn state(&self) -> State {
        let mut loose = Xxh3::new();
        self.store.loose_ids().for_each(|id| loose.update(id.as_bytes()));
        let mut refs = Xxh3::new();
        let tip = std::iter::once(("", self.tip));
        for (name, commit) in tip.chain(self.refs.iter().map(|(name, commit)| (name.as_str(), *commit))) {
            refs.update(name.as_bytes());
            refs.update(commit.map_or(Oid::ZERO_SHA1, |commit| self.store.id(commit)).as_bytes());
        }
        let mut packs: Vec<String> = self.store.pack_names().map(str::to_owned).collect();
        packs.sort();
        State { packs, loose: loose.digest(), refs: refs.digest() }
    }

    /// Hands every blob of the part that is asked about to `see`, each once, in no order, from several threads. Those that
    /// are known are passed over, and packs that were read before are not looked into for others.
    pub(crate) fn each_blob(&mut self, read: &State, known: &HashSet<BlobId>, see: &(impl Fn(Blob<'_>) + Sync)) -> PastRead {
        let [blobs, bytes, large] = [const { AtomicU64::new(0) }; 3];
        let told = Mutex::new(Vec::new());
        let store = &self.store;
        let see = |number: Number, content: &[u8]| {
            let Ok(id) = store.id(number).as_bytes().try_into() else { return };
            if known.contains(&id) {
                return;
            }
            if content.len() as u64 > DEFAULT_MAX_BYTES {
                large.fetch_add(u64::from(Text::view(content).is_some()), Ordering::Relaxed);
                return;
            }
            blobs.fetch_add(1, Ordering::Relaxed);
            bytes.fetch_add(content.len() as u64, Ordering::Relaxed);
            see(Blob { number, id, bytes: content });
        };
        let kinds = |pack: Option<&str>| -> &[Kind] {
            let was_read = pack.is_some_and(|pack| read.packs.iter().any(|other| other == pack));
            if self.since.is_none() && !was_read { &[Kind::Commit, Kind::Blob] } else { &[Kind::Commit] }
        };
        let mut lost = store.each(kinds, &|object| match object.kind {
            Kind::Commit => {
                let commit = Told::parse(object.number, object.bytes, store);
                told.lock().unwrap_or_else(PoisonError::into_inner).extend(commit);
            }
            _ => see(object.number, object.bytes),
        });
        self.commits = Commits::new(told.into_inner().unwrap_or_else(PoisonError::into_inner), store);
        if let Some(since) = self.since {
            self.before = self.before(since);
            let unread = self.blobs_since().into_par_iter().filter(|blob| match store.read(*blob) {
                Some((_, content)) => {
                    see(*blob, &content);
                    false
                }
                None => true,
            });
            lost.damaged += unread.count() as u64;
        }
        lost.large += large.into_inner();
        PastRead { blobs: blobs.into_inner(), bytes: bytes.into_inner(), unread: self.unread(lost) }
    }

    /// By commit: whether it lies before the part that is asked about.
    fn before(&self, since: Since) -> Vec<bool> {
        match since {
            Since::Commit(number) => self.commits.reached_by([Some(number)]).iter().map(Option::is_some).collect(),
            Since::Moment(moment) => self.commits.list().iter().map(|commit| commit.time < moment).collect(),
        }
    }

    /// The blobs of trees that no earlier commit has.
    fn blobs_since(&self) -> Vec<Number> {
        let trees = Trees::read(&self.store, &[]);
        let roots = |before: bool| {
            let commits = self.commits.list().iter().zip(&self.before);
            commits.filter(move |(_, this)| **this == before).filter_map(|(commit, _)| commit.tree)
        };
        let new = trees.only_below(roots(false), roots(true));
        let blobs = |tree: &Number| self.store.read(*tree).map(|(_, bytes)| trees::blobs(&bytes, &self.store)).unwrap_or_default();
        let mut all: Vec<Number> = new.par_iter().flat_map_iter(blobs).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What could not be read, in words.
    fn unread(&self, lost: Lost) -> Vec<String> {
        let mut unread = self.store.unread.clone();
        if lost.damaged > 0 {
            unread.push(format!("{}, which cannot be decoded", objects(lost.damaged)));
        }
        if lost.large > 0 {
            let (text, any) = (DEFAULT_MAX_BYTES >> 20, pack::MOST_BYTES >> 20);
            unread
                .push(format!("{} too large (text over {text} MiB, and what is over {any} MiB or a change to such)", objects(lost.large)));
        }
        if self.shallow {
            unread.push("what lies before the shallow clone's oldest commits".into());
        }
        unread
    }

    /// Reads one blob again.
    pub(crate) fn blob(&self, number: u32) -> Option<Vec<u8>> {
        self.store.read(number).map(|(_, bytes)| bytes)
    }

    /// Whether a blob is here.
    pub(crate) fn has(&self, id: &BlobId) -> bool {
        self.store.number(id).is_some()
    }

    /// The blob with an id in hexadecimal digits, if it is here.
    pub(crate) fn blob_of(&self, digits: &str) -> Option<u32> {
        self.store.number(&blob_id(digits)?)
    }

    /// The id of a blob, in hexadecimal digits.
    pub(crate) fn blob_id(&self, number: u32) -> String {
        self.store.id(number).to_string()
    }
}

fn objects(count: u64) -> String {
    if count == 1 { "1 object".into() } else { format!("{count} objects") }
}
