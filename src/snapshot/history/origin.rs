//! Where blobs came in: the commit that brought each, found by going through the trees in the order of history.

use serde::{Deserialize, Serialize};

use super::super::printable::printable;
use super::trees::{Seen, Trees, Walk};
use super::{History, commits, objects};

/// Where a blob came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Its place in the order of history: parents before children, then the older first. Nothing for a blob of no commit.
    pub(crate) rank: Option<usize>,
    /// It is a part of the commit at hand.
    pub(crate) in_tip: bool,
    /// It came in within the part of the past that is asked about.
    pub(crate) asked: bool,
    tree: Option<Seen>,
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

impl History {
    /// Where these blobs came in, in their order.
    pub(crate) fn origins(&self, blobs: &[u32]) -> Origins<'_> {
        let trees = Trees::read(&self.store, blobs);
        let tip = self.tip.and_then(|tip| self.commits.find(tip)).and_then(|commit| commit.tree);
        let in_tip: Vec<bool> = trees.first_seen([tip], blobs.len()).seen.iter().map(Option::is_some).collect();
        let roots = self.commits.list().iter().map(|commit| commit.tree);
        let Walk { above, seen } = trees.first_seen(roots, blobs.len());
        let asked = |seen: Option<Seen>| self.since.is_none() || seen.is_some_and(|seen| !self.before[seen.commit]);
        let origin =
            |(seen, in_tip): (Option<Seen>, bool)| Origin { rank: seen.map(|seen| seen.commit), in_tip, asked: asked(seen), tree: seen };
        let list = seen.into_iter().zip(in_tip).map(origin).collect();
        let reached = self.commits.reached_by(std::iter::once(self.tip).chain(self.refs.iter().map(|(_, commit)| *commit)));
        Origins { history: self, list, trees, above, reached }
    }
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
    /// What trees name and is not here, as in a partial clone, in words.
    pub(crate) fn unread(&self) -> Option<String> {
        let missing = self.trees.missing as u64;
        (missing > 0).then(|| format!("{} that trees name and this clone lacks", objects(missing)))
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
