//! Secrets of the past: what the blobs of a repository hold, each secret once, with the commit that brought it in.
//!
//! A secret is told by the oldest blob that holds it. Only rules that matter beyond the tip are asked: those of severity
//! major and above. How blobs are read and attributed is left to `snapshot/history.rs`, how texts are scanned to
//! `matcher/secret.rs`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::run::Eyes;
use super::{Draft, History, Shown};
use crate::matcher::secret::SecretHit;
use crate::rule::Rule;
use crate::severity::Severity;
use crate::snapshot::history::{self as past, Blob, Introduction, Origins, PastRead};
use crate::snapshot::{DEFAULT_MAX_BYTES, Text};

/// So many different secrets of one blob are told apart.
const MOST_IN_A_BLOB: usize = 1000;

/// A secret as one number: a hash of its rule and value, which never leaves the run.
pub(super) type Key = u64;

/// The key of a value that a rule found.
pub(super) fn key(rule: &Rule, value: &[u8]) -> Key {
    xxh3_64_with_seed(value, xxh3_64(rule.id.as_bytes()))
}

/// What the past holds.
pub(super) struct Looked<'a> {
    /// The rules that were asked; drafts name them by their place.
    pub(super) rules: Vec<&'a Rule>,
    /// What was read.
    pub(super) read: PastRead,
    /// One for each secret.
    pub(super) drafts: Vec<Draft>,
    /// Where each came from; nothing for one that no commit holds.
    pub(super) stories: HashMap<Key, History>,
    /// Values to cut out of everything that is shown.
    pub(super) secrets: Vec<Vec<u8>>,
}

/// By secret: the blobs that hold it.
type Held = BTreeMap<Key, Vec<u32>>;

/// A secret as it is told, with all values of its blob that must not be shown.
struct Told {
    key: Key,
    draft: Draft,
    story: Option<History>,
    secrets: Vec<Vec<u8>>,
}

/// The blob that tells of a secret.
struct Teller {
    blob: u32,
    in_tip: bool,
    introduction: Option<Introduction>,
}

/// Reads the past and finds its secrets. Paths for which `left_out` holds are passed over.
pub(super) fn look<'a>(
    history: &mut past::History,
    rules: &[&'a Rule],
    eyes: &Eyes,
    left_out: &(dyn Fn(&str) -> bool + Sync),
) -> Looked<'a> {
    let (read, held) = scan(history, rules, eyes);
    let mut blobs: Vec<u32> = held.values().flatten().copied().collect();
    blobs.sort_unstable();
    blobs.dedup();
    let origins = history.origins(&blobs);
    let mut looked = Looked { rules: rules.to_vec(), read, drafts: Vec::new(), stories: HashMap::new(), secrets: Vec::new() };
    if origins.missing() > 0 {
        looked.read.unread.push(format!("{} objects that are not in this clone", origins.missing()));
    }
    let tellers = tellers(&held, &blobs, &origins);
    let parts: Vec<Vec<Told>> = tellers
        .into_par_iter()
        .filter_map(|(keys, teller)| {
            let path = match &teller.introduction {
                Some(introduction) => introduction.path.clone().filter(|path| !left_out(path))?,
                None => format!("{}{}", NO_PATH, history.blob_id(teller.blob)),
            };
            Some(tell(history, &teller, &path, &keys, rules, eyes))
        })
        .collect();
    for told in parts.into_iter().flatten() {
        looked.drafts.push(told.draft);
        looked.stories.extend(told.story.map(|story| (told.key, story)));
        looked.secrets.extend(told.secrets);
    }
    looked
}

/// What stands in place of a path for a blob that no commit holds, before its id; `git cat-file -p` shows it.
const NO_PATH: &str = "blob:";

/// Scans every blob.
fn scan(history: &mut past::History, rules: &[&Rule], eyes: &Eyes) -> (PastRead, Held) {
    let held: Mutex<Held> = Mutex::default();
    let read = history.each_blob(&|Blob { number, bytes }| {
        let text = Text::view(bytes).filter(|_| bytes.len() as u64 <= DEFAULT_MAX_BYTES);
        let Some(text) = text else { return };
        let mut keys: HashSet<Key> = HashSet::new();
        for hit in eyes.glance(&text).iter().filter(|hit| matters(hit, rules)) {
            if keys.len() < MOST_IN_A_BLOB {
                keys.insert(key(rules[hit.rule], &text[hit.secret.clone()]));
            }
        }
        if !keys.is_empty() {
            let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
            keys.into_iter().for_each(|key| held.entry(key).or_default().push(number));
        }
    });
    (read, held.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// What opens nothing of weight is no worse for having been committed once.
fn matters(hit: &SecretHit, rules: &[&Rule]) -> bool {
    !hit.public && rules[hit.rule].severity >= Severity::Major
}

/// The oldest blob of each secret; those that share one are together.
fn tellers(held: &Held, blobs: &[u32], origins: &Origins<'_>) -> Vec<(Vec<Key>, Teller)> {
    let origin = |blob: &u32| &origins.list[blobs.partition_point(|other| other < blob)];
    let mut by_blob: BTreeMap<(u32, bool), Vec<Key>> = BTreeMap::new();
    for (key, held) in held {
        let oldest = held.iter().min_by_key(|blob| (origin(blob).rank.is_none(), origin(blob).rank, **blob));
        let in_tip = held.iter().any(|blob| origin(blob).in_tip);
        if let Some(blob) = oldest.filter(|blob| origin(blob).asked) {
            by_blob.entry((*blob, in_tip)).or_default().push(*key);
        }
    }
    by_blob
        .into_par_iter()
        .map(|((blob, in_tip), keys)| (keys, Teller { blob, in_tip, introduction: origins.introduction(blob, origin(&blob)) }))
        .collect()
}

/// Scans a blob once more, now under its path, and tells of the secrets that are asked about.
fn tell(history: &past::History, teller: &Teller, path: &str, keys: &[Key], rules: &[&Rule], eyes: &Eyes) -> Vec<Told> {
    let text = history.blob(teller.blob).and_then(|bytes| Text::decode(bytes).ok());
    let Some(text) = text else { return Vec::new() };
    let hits = eyes.look(&text, path);
    let (hidden, secrets) = eyes.hide(&text, path, &hits);
    let shown = Shown { path, text: &text, hidden: &hidden };
    let mut told = HashSet::new();
    let mut all = Vec::new();
    for hit in &hits {
        let key = key(rules[hit.rule], &text.bytes()[hit.secret.clone()]);
        if !keys.contains(&key) || !told.insert(key) {
            continue;
        }
        let message = hit.note.as_ref().map(|note| format!("{}; {note}", rules[hit.rule].title));
        let mut draft = Draft::at(hit.rule, hit.confidence, message, &shown, &hit.secret);
        draft.value = Some(key);
        all.push(Told { key, draft, story: teller.story(path), secrets: secrets.clone() });
    }
    all
}

impl Teller {
    fn story(&self, path: &str) -> Option<History> {
        let introduction = self.introduction.as_ref()?;
        Some(History {
            commit: introduction.commit.clone(),
            author: introduction.author.clone(),
            date: introduction.date.clone(),
            path: path.to_owned(),
            in_tip: self.in_tip,
            reached_by: match &introduction.elsewhere {
                None => Some("HEAD".to_owned()),
                Some(name) => name.clone(),
            },
        })
    }
}
