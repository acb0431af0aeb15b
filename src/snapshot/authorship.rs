//! Who changed which file, by the commits behind a snapshot: merges and programs left out, one person under one name.
//!
//! One thread reads commits while others compare the trees of those already read; results are put together in the order
//! of the commits, so the answer is the same for any number of threads. What authorship is made of that is left to
//! `facts`.

mod commit;
mod person;
mod remember;
mod trace;
mod tree;

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, PoisonError};

use git2::{Mailmap, Oid, Repository};
use serde::{Deserialize, Serialize};

use super::cache::Cache;
use super::content::Objects;
use super::repository::Opened;
use super::{File, Mode, PathClass, Snapshot, revision};
use commit::{Commits, Fault, Step};
use person::People;
use remember::Memo;
use trace::Trace;
use tree::{Change, Comparer, Kind, PathId};

/// As many commits that are no merges are read, the newest; what is older has no say.
const MAX_COMMITS: usize = 50_000;
/// The history of so many commits is remembered: a shorter one is read as fast as what was remembered of it.
const WORTH_REMEMBERING: usize = 500;
/// How many commits one thread takes at a time.
const BATCH: usize = 256;

/// Who changed which files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Authorship {
    /// The names of people, fit to print. A number in [`Part`] is a place in this list.
    pub people: Vec<String>,
    /// The files that were asked for and that history knows, by path.
    pub files: BTreeMap<String, FileAuthors>,
    /// How many commits of people there are, merges left out.
    pub commits: usize,
    /// There is more history than was read.
    pub cut_off: bool,
}

/// Who changed a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FileAuthors {
    /// How many commits changed it; those that added it are not counted.
    pub changes: usize,
    /// Those who did, each once.
    pub by: Vec<Part>,
    /// The number of the one commit that ever touched it.
    pub only_commit: Option<usize>,
}

/// A person's part in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Whose.
    pub author: usize,
    /// Whether they added the file.
    pub added: bool,
    /// How many of their commits changed it.
    pub changes: usize,
}

/// Where the history of a snapshot is to be had.
#[derive(Debug)]
pub(super) enum Past {
    /// In these objects; with the raw path of the folder that the snapshot is of.
    Git { objects: Objects, folder: Vec<u8> },
    /// Told, the oldest commit first.
    Told(Vec<ToldCommit>),
}

/// A commit of a history that is told, for the examples of rules.
#[derive(Debug, Clone)]
pub struct ToldCommit {
    /// Its authors' names.
    pub by: Vec<String>,
    /// The files that it adds or changes; all where empty.
    pub files: Vec<String>,
}

impl Past {
    pub(super) fn of(opened: &Opened) -> Self {
        Self::Git { objects: Objects::of(&opened.repository), folder: opened.prefix.clone() }
    }
}

/// Which files of history matter.
struct Wanted<'a> {
    /// The raw path of the folder that the snapshot is of.
    folder: &'a [u8],
    is_code: &'a (dyn Fn(&[u8]) -> bool + Sync),
    /// Folders on the way to files that are asked for.
    folders: HashSet<PathId>,
}

impl Wanted<'_> {
    /// Whether a folder leads to a file that is asked for, or may have held one before it was moved.
    fn may_hold_code(&self, id: PathId, path: &[u8]) -> bool {
        self.folders.contains(&id)
            || std::str::from_utf8(path).is_ok_and(|path| matches!(PathClass::of_folder(path), PathClass::Source | PathClass::Test))
    }
}

impl Snapshot {
    /// A snapshot whose history is told: these commits, the oldest first.
    #[must_use]
    pub fn with_history(mut self, commits: Vec<ToldCommit>) -> Self {
        self.past = Some(Past::Told(commits));
        self
    }

    /// Who changed which of these files, by all commits behind the snapshot. `is_code` says by a file's name whether it
    /// may have been one of them under another path. A long history is remembered in `cache` for the next run.
    ///
    /// # Errors
    /// Why it cannot be told, in words for a reader.
    pub fn authorship(
        &self,
        files: &[&File],
        is_code: &(dyn Fn(&str) -> bool + Sync),
        cache: Option<&Cache>,
    ) -> Result<Authorship, String> {
        if self.shallow {
            return Err("the clone is shallow, so its history is cut off".into());
        }
        match &self.past {
            Some(Past::Told(commits)) => Ok(tell(files, &told(commits, files), &told_people(commits), None, false)),
            Some(Past::Git { objects, folder }) if self.mode != Mode::Staged => {
                let Some(tip) = self.revision.as_deref().and_then(|id| Oid::from_str(id).ok()) else {
                    return Err("there is no commit yet".into());
                };
                let mailmap = self.mailmap(objects, tip);
                let memo = cache.map(|cache| Memo::new(cache, &self.root, folder, tip, files, mailmap.as_deref()));
                if let Some(known) = memo.as_ref().and_then(Memo::load) {
                    return Ok(known);
                }
                let is_code = |name: &[u8]| std::str::from_utf8(name).is_ok_and(is_code);
                let wanted = Wanted { folder, is_code: &is_code, folders: folders_of(files) };
                let (steps, people, cut_off) = read(objects, tip, &wanted).map_err(|Fault(reason)| reason)?;
                // It is sorted as it is read, line by line; a larger one is no work of a person.
                let mailmap = mailmap.and_then(|text| Mailmap::from_buffer(text.get(..MAILMAP_LIMIT).unwrap_or(&text)).ok());
                let told = tell(files, &steps, &people, mailmap.as_ref(), cut_off);
                memo.filter(|_| steps.len() >= WORTH_REMEMBERING).inspect(|memo| memo.store(&told));
                Ok(told)
            }
            _ => Err("there is no history here".into()),
        }
    }

    /// The text of `.mailmap` at the top of the repository.
    fn mailmap(&self, objects: &Objects, tip: Oid) -> Option<String> {
        match self.find(".mailmap").filter(|_| self.folder.is_none()) {
            Some(file) => Some(self.read(file)?.as_str().into_owned()),
            None => objects
                .with(|repository| {
                    let commit = repository.find_commit(tip)?;
                    let blob = revision::blob_at(repository, &commit, b".mailmap").map(|id| repository.find_blob(id));
                    Ok(blob.transpose()?.map(|blob| String::from_utf8_lossy(blob.content()).into_owned()))
                })
                .ok()?,
        }
    }
}

/// How much of a mailmap is read, in bytes.
const MAILMAP_LIMIT: usize = 512 * 1024;

/// What all steps together say of these files.
fn tell(files: &[&File], steps: &Steps, people: &People, mailmap: Option<&Mailmap>, cut_off: bool) -> Authorship {
    let mut weight = vec![0; people.len()];
    steps.iter().flat_map(|(step, _)| &step.authors).for_each(|id| weight[*id as usize] += 1);
    let folded = people.fold(mailmap, &weight);
    let mut trace = Trace::new(files.iter().map(|file| tree::printed_path_id(&file.path)), &folded);
    steps.iter().enumerate().for_each(|(number, (step, changes))| trace.step(number, step, changes));
    let (commits, found) = trace.finish();
    let known = files.iter().zip(found).filter(|(_, found)| !found.by.is_empty());
    let files = known.map(|(file, found)| (file.path.clone(), found)).collect();
    Authorship { people: folded.names, files, commits, cut_off }
}

/// The folders that lead to these files.
fn folders_of(files: &[&File]) -> HashSet<PathId> {
    let mut folders = HashSet::new();
    for file in files {
        let ends = file.path.match_indices('/').map(|(at, _)| at);
        // From the file up, until a folder is known.
        for end in ends.collect::<Vec<_>>().into_iter().rev() {
            if !folders.insert(tree::printed_path_id(&file.path[..end])) {
                break;
            }
        }
    }
    folders
}

/// Commits with what they changed, the newest first.
type Steps = Vec<(Step, Vec<Change>)>;

/// Reads all commits behind a tip and compares each with what was before it.
fn read(objects: &Objects, tip: Oid, wanted: &Wanted<'_>) -> Result<(Steps, People, bool), Fault> {
    let compared: Mutex<BTreeMap<usize, Result<Steps, Fault>>> = Mutex::default();
    let listed = AtomicUsize::new(0);
    let compare = |number: usize, batch: Vec<Step>| {
        let steps = with(objects, |repository| compare_all(repository, batch, wanted, &listed));
        compared.lock().unwrap_or_else(PoisonError::into_inner).insert(number, steps);
    };
    let compare = &compare;
    let (people, cut_off) = rayon::scope(|scope| {
        with(objects, |repository| {
            let odb = repository.odb().map_err(|error| Fault::object(&error))?;
            let mut commits = Commits::behind(&odb, tip)?;
            let (mut number, mut batch) = (0, Vec::with_capacity(BATCH));
            while number * BATCH + batch.len() < MAX_COMMITS
                && let Some(step) = commits.next()?
            {
                batch.push(step);
                if batch.len() == BATCH {
                    let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
                    scope.spawn(move |_| compare(number, full));
                    number += 1;
                }
            }
            scope.spawn(move |_| compare(number, batch));
            let cut_off = commits.goes_on();
            Ok((commits.into_people(), cut_off))
        })
    })?;
    let mut steps = Vec::new();
    for part in compared.into_inner().unwrap_or_else(PoisonError::into_inner).into_values() {
        steps.extend(part?);
    }
    Ok((steps, people, cut_off))
}

/// Works on an open repository of these objects.
fn with<T>(objects: &Objects, work: impl FnOnce(&Repository) -> Result<T, Fault>) -> Result<T, Fault> {
    objects.with(|repository| Ok(work(repository))).unwrap_or_else(|error| Err(Fault::object(&error)))
}

fn compare_all(repository: &Repository, batch: Vec<Step>, wanted: &Wanted<'_>, listed: &AtomicUsize) -> Result<Steps, Fault> {
    let odb = repository.odb().map_err(|error| Fault::object(&error))?;
    let mut comparer = Comparer::new(&odb, wanted, listed);
    batch
        .into_iter()
        .map(|step| {
            let changes = comparer.changes(step.before, step.after)?;
            Ok((step, changes))
        })
        .collect()
}

/// The steps of a history that is told.
fn told(commits: &[ToldCommit], files: &[&File]) -> Steps {
    let mut people = People::default();
    let mut seen = HashSet::new();
    let mut steps = Steps::new();
    for commit in commits {
        let authors = commit.by.iter().map(|name| people.intern(name.as_bytes(), b"")).collect();
        let meant = files.iter().filter(|file| commit.files.is_empty() || commit.files.contains(&file.path));
        let change = |file: &&File| {
            let (path, name) = (tree::printed_path_id(&file.path), tree::printed_path_id(file.name()));
            let kind = if seen.insert(path) { Kind::Added(Oid::ZERO_SHA1) } else { Kind::Changed };
            Change { path, name, kind }
        };
        let changes = meant.map(change).collect();
        steps.push((Step { before: None, after: Oid::ZERO_SHA1, authors }, changes));
    }
    steps.reverse();
    steps
}

fn told_people(commits: &[ToldCommit]) -> People {
    let mut people = People::default();
    commits.iter().flat_map(|commit| &commit.by).for_each(|name| {
        people.intern(name.as_bytes(), b"");
    });
    people
}
