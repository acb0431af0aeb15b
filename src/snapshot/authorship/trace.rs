//! From what commits changed to who changed which file of the snapshot, followed back through renames.
//!
//! A file that comes and one that goes in the same commit are one where they have the same content, or a name that only
//! they have among what comes and goes there. Not followed are copies, a rename with a new name and new content, and
//! what only a merge did.

use std::collections::{HashMap, HashSet};

use git2::Oid;

use super::commit::Step;
use super::person::Folded;
use super::tree::{Change, Kind, PathId};
use super::{FileAuthors, Part};

/// A commit that changes more than this share of the files is taken for a reformat, a renaming of names or a change of
/// licence, which leaves no knowledge; what it adds counts. The published degree of authorship does not leave them out.
/// Without that, whoever runs a formatter once is an author of every file that was written in one go.
const MASS_SHARE: usize = 4;
/// No fewer files than this are many, even in a small repository.
const MASS_LEAST: usize = 20;
/// As many files are never changed one by one, even in a big repository.
const MASS_MOST: usize = 100;

/// Follows the files of a snapshot back through its history.
pub(super) struct Trace<'a> {
    /// Which file of the snapshot lay at a path at the time.
    at: HashMap<PathId, usize>,
    folded: &'a Folded,
    mass: usize,
    files: Vec<Touched>,
    commits: usize,
}

/// What is known of a file.
#[derive(Default, Clone)]
struct Touched {
    changes: usize,
    parts: Vec<Part>,
    only: Option<usize>,
    touches: usize,
}

impl<'a> Trace<'a> {
    /// A trace of files at these paths.
    pub(super) fn new(paths: impl ExactSizeIterator<Item = PathId>, folded: &'a Folded) -> Self {
        let count = paths.len();
        let mass = (count / MASS_SHARE).clamp(MASS_LEAST, MASS_MOST);
        let at = paths.enumerate().map(|(file, path)| (path, file)).collect();
        Self { at, folded, mass, files: vec![Touched::default(); count], commits: 0 }
    }

    /// Takes up a commit; newer ones come first.
    pub(super) fn step(&mut self, number: usize, step: &Step, changes: &[Change]) {
        let moved = self.moves(changes);
        let mut touched: Vec<(usize, bool)> = Vec::new();
        for (at, change) in changes.iter().enumerate() {
            let Some(&file) = self.at.get(&change.path) else { continue };
            match (change.kind, moved.get(&at)) {
                (Kind::Changed, _) | (Kind::Added(_), Some(Move { content_too: true, .. })) => touched.push((file, false)),
                (Kind::Added(_), None) => touched.push((file, true)),
                (Kind::Added(_), Some(_)) | (Kind::Removed(_), _) => {}
            }
        }
        let changed = touched.iter().filter(|(_, added)| !added).count();
        let mut authors: Vec<usize> = step.authors.iter().filter_map(|id| *self.folded.of.get(*id as usize)?).collect();
        authors.sort_unstable();
        authors.dedup();
        if !authors.is_empty() {
            self.commits += 1;
            for (file, added) in touched.into_iter().filter(|(_, added)| *added || changed <= self.mass) {
                self.files[file].take(number, &authors, added);
            }
        }
        // From here on back, the file lay where it came from.
        for (at, Move { from, .. }) in moved {
            if let Some(&file) = self.at.get(&changes[at].path) {
                self.at.insert(from, file);
            }
        }
    }

    /// Where the files of the snapshot that a commit added came from, by the place of the change.
    fn moves(&self, changes: &[Change]) -> HashMap<usize, Move> {
        let comes = |change: &Change| if let Kind::Added(id) = change.kind { Some(id) } else { None };
        let goes = |change: &Change| if let Kind::Removed(id) = change.kind { Some(id) } else { None };
        let ours = |change: &Change| comes(change).is_some() && self.at.contains_key(&change.path);
        if !changes.iter().any(ours) || !changes.iter().any(|change| goes(change).is_some()) {
            return HashMap::new();
        }
        let mut by_content: HashMap<Oid, Vec<&Change>> = HashMap::new();
        let mut by_name: HashMap<u64, (usize, Option<&Change>)> = HashMap::new();
        for change in changes {
            let named = by_name.entry(change.name).or_default();
            if let Some(id) = goes(change) {
                by_content.entry(id).or_default().push(change);
                *named = (named.0 + 1, Some(change));
            } else if comes(change).is_some() {
                named.0 += 1;
            }
        }
        let mut taken: HashSet<PathId> = HashSet::new();
        let mut moves = HashMap::new();
        for (at, change) in changes.iter().enumerate().filter(|(_, change)| ours(change)) {
            let same = comes(change).and_then(|id| by_content.get(&id)).map(Vec::as_slice).unwrap_or_default();
            let free = |from: &&&Change| !taken.contains(&from.path);
            let same = same.iter().filter(free).find(|from| from.name == change.name).or_else(|| same.iter().find(free));
            // One that comes, one that goes, and no other of the name.
            let named = by_name.get(&change.name).filter(|(count, _)| *count == 2).and_then(|(_, from)| *from);
            let found = same.map(|from| (from.path, false)).or_else(|| named.map(|from| (from.path, true)));
            if let Some((from, content_too)) = found.filter(|(from, _)| taken.insert(*from)) {
                moves.insert(at, Move { from, content_too });
            }
        }
        moves
    }

    /// How many commits of people there were, and what is known of each file, in order.
    pub(super) fn finish(self) -> (usize, Vec<FileAuthors>) {
        let file = |touched: Touched| FileAuthors {
            changes: touched.changes,
            by: touched.parts,
            only_commit: touched.only.filter(|_| touched.touches == 1),
        };
        (self.commits, self.files.into_iter().map(file).collect())
    }
}

/// Where a file came from.
struct Move {
    from: PathId,
    /// Its content changed on the way.
    content_too: bool,
}

impl Touched {
    fn take(&mut self, commit: usize, authors: &[usize], added: bool) {
        self.touches += 1;
        self.only = Some(commit);
        self.changes += usize::from(!added);
        for &author in authors {
            let at = match self.parts.iter().position(|part| part.author == author) {
                Some(at) => at,
                None => {
                    self.parts.push(Part { author, added: false, changes: 0 });
                    self.parts.len() - 1
                }
            };
            let part = &mut self.parts[at];
            part.added |= added;
            part.changes += usize::from(!added);
        }
    }
}
