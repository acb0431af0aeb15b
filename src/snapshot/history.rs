//! The past of a repository: every blob that its object database holds, and the commit that brought each in.
//!
//! Blobs are read in the order in which they are cheapest to decode (`history/pack.rs`), each once, whether a branch leads
//! to it or not. Where one came from is asked afterwards, of the few that matter ([`History::origins`]). What stands in a
//! blob is left to others.

mod commits;
mod delta;
mod loose;
mod pack;
mod store;
mod trees;

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use git2::Oid;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use super::Snapshot;
use super::authorship::Past;
use super::cache::Cache;
use super::printable::printable;
use crate::error::{Error, Result};
use commits::{Commits, Told};
use store::{Number, Store};
use trees::{Trees, Walk};

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
    refs: Vec<(String, Option<Number>)>,
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

/// Where a part of the past begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Since {
    /// After this commit and all that it is made on.
    Commit(Number),
    /// With this moment, in seconds since 1970, by the committer's clock.
    Moment(i64),
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
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct PastRead {
    /// How many blobs.
    pub(crate) blobs: u64,
    /// How many bytes they have together.
    pub(crate) bytes: u64,
    /// What could not be read, in words.
    pub(crate) unread: Vec<String>,
}

/// Where a blob came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Its place in the order of history: parents before children, then the older first. Nothing for a blob of no commit.
    pub(crate) rank: Option<usize>,
    /// It is a part of the commit at hand.
    pub(crate) in_tip: bool,
    /// It came in within the part of the past that is asked about.
    pub(crate) asked: bool,
    tree: Option<trees::Seen>,
}

/// The commit that brought a blob in, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Introduction {
    /// The commit's id.
    pub(crate) commit: String,
    /// Its author's name.
    pub(crate) author: String,
    /// The day it was written, as YYYY-MM-DD.
    pub(crate) date: String,
    /// The path of the blob in it, from the root of the snapshot; `None` where that lies elsewhere.
    pub(crate) path: Option<String>,
    /// The ref that leads to it, where the commit at hand does not: its name, or nothing where no ref does.
    pub(crate) elsewhere: Option<Option<String>>,
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
            let store = Store::open(repository.commondir());
            let refs = refs(repository, &store);
            let tip = tip.and_then(|tip| store.number(tip.as_bytes()));
            let since = since.map(|since| begin(repository, &store, since));
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

/// What `--history-since` names.
fn begin(repository: &git2::Repository, store: &Store, since: &str) -> Result<Since> {
    if let Ok(day) = since.parse::<jiff::civil::Date>() {
        let moment = day.to_zoned(jiff::tz::TimeZone::UTC).map(|moment| moment.timestamp().as_second());
        return moment.map(Since::Moment).map_err(|_| Error::UnknownRevision { revision: since.to_owned() });
    }
    let commit = super::revision::resolve(repository, since)?.id();
    store.number(commit.as_bytes()).map(Since::Commit).ok_or_else(|| Error::UnknownRevision { revision: since.to_owned() })
}

/// All refs, local branches first, then tags, then what was fetched, then all others.
fn refs(repository: &git2::Repository, store: &Store) -> Vec<(String, Option<Number>)> {
    let rank = |name: &str| ["refs/heads/", "refs/tags/", "refs/remotes/"].iter().position(|start| name.starts_with(start)).unwrap_or(3);
    let Ok(references) = repository.references() else { return Vec::new() };
    let mut refs: Vec<(String, Option<Number>)> = references
        .flatten()
        .filter_map(|reference| {
            let target = reference.target_peel().or_else(|| reference.target())?;
            let number = store.number(target.as_bytes());
            // What the list of packed refs does not peel is looked at itself.
            let commit = if reference.target_peel().is_none() && reference.is_tag() {
                reference.peel_to_commit().ok().and_then(|commit| store.number(commit.id().as_bytes())).or(number)
            } else {
                number
            };
            Some((printable(reference.name_bytes()), commit))
        })
        .collect();
    refs.sort_by(|a, b| (rank(&a.0), &a.0).cmp(&(rank(&b.0), &b.0)));
    refs
}

impl History {
    /// The repository's own folder.
    pub(crate) fn place(&self) -> &str {
        &self.place
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
        let (blobs, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        let told = Mutex::new(Vec::new());
        let store = &self.store;
        let see = |number: Number, content: &[u8]| {
            let Ok(id) = store.id(number).as_bytes().try_into() else { return };
            if known.contains(&id) {
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
            unread.push(format!("{} over {} MiB, or told as a change to such a one", objects(lost.large), pack::MOST_BYTES >> 20));
        }
        if self.shallow {
            unread.push("what lies before the shallow clone's oldest commits".into());
        }
        unread
    }

    /// Where these blobs came in, in their order. What trees name and is not here is told beside.
    pub(crate) fn origins(&self, blobs: &[u32]) -> Origins<'_> {
        let trees = Trees::read(&self.store, blobs);
        let tip = self.tip.and_then(|tip| self.commits.find(tip)).and_then(|commit| commit.tree);
        let in_tip: Vec<bool> = trees.first_seen([tip], blobs.len()).seen.iter().map(Option::is_some).collect();
        let roots = self.commits.list().iter().map(|commit| commit.tree);
        let Walk { above, seen } = trees.first_seen(roots, blobs.len());
        let asked = |seen: Option<trees::Seen>| self.since.is_none() || seen.is_some_and(|seen| !self.before[seen.commit]);
        let origin = |(seen, in_tip): (Option<trees::Seen>, bool)| Origin {
            rank: seen.map(|seen| seen.commit),
            in_tip,
            asked: asked(seen),
            tree: seen,
        };
        let list = seen.into_iter().zip(in_tip).map(origin).collect();
        let reached = self.commits.reached_by(std::iter::once(self.tip).chain(self.refs.iter().map(|(_, commit)| *commit)));
        Origins { history: self, list, trees, above, reached }
    }

    /// Reads one blob again.
    pub(crate) fn blob(&self, number: u32) -> Option<Vec<u8>> {
        self.store.read(number).map(|(_, bytes)| bytes)
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

/// The answer of [`History::origins`].
pub(crate) struct Origins<'a> {
    history: &'a History,
    /// In the order of the blobs that were asked about.
    pub(crate) list: Vec<Origin>,
    trees: Trees,
    above: Vec<u32>,
    /// By commit: the first tip that leads to it, the commit at hand being 0.
    reached: Vec<Option<usize>>,
}

impl Origins<'_> {
    /// How many objects trees name that are not here, as in a partial clone.
    pub(crate) fn missing(&self) -> usize {
        self.trees.missing
    }

    /// Tells of the commit that brought a blob in; `None` for one that no commit holds.
    pub(crate) fn introduction(&self, blob: u32, origin: &Origin) -> Option<Introduction> {
        let seen = origin.tree?;
        let store = &self.history.store;
        let commit = &self.history.commits.list()[seen.commit];
        let (author, date) = commits::author(&store.read(commit.number)?.1);
        let path = self.trees.path(&self.above, store.id(blob), seen, store);
        let elsewhere = match self.reached[seen.commit] {
            Some(0) => None,
            Some(at) => Some(self.history.refs.get(at - 1).map(|(name, _)| name.clone())),
            None => Some(None),
        };
        Some(Introduction {
            commit: store.id(commit.number).to_string(),
            author,
            date,
            path: path.and_then(|path| path.strip_prefix(self.history.folder.as_slice()).map(printable)),
            elsewhere,
        })
    }
}
