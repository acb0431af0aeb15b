//! Secrets of the past: what the blobs of a repository hold, each secret once, with the commit that brought it in.
//!
//! A secret is told by the oldest blob that holds it, and a store of keys is a secret as a whole. Only rules that matter beyond
//! the tip are asked: those of severity major and above. How blobs are read and attributed is left to `snapshot/history.rs`,
//! how texts are scanned to `matcher/secret.rs`.

mod remember;
pub(super) mod store;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use self::remember::{Memo, Remembered};
use super::run::Eyes;
use super::{Draft, History, Shown};
use crate::facts::configuration;
use crate::matcher::Matcher;
use crate::matcher::secret::SecretHit;
use crate::rule::Rule;
use crate::severity::Severity;
use crate::snapshot::history::{self as past, Blob, BlobId, Introduction, Origins, PastRead};
use crate::snapshot::{Snapshot, Text};

/// So many different secrets of one blob are told apart.
const MOST_IN_A_BLOB: usize = 1000;

/// A secret as one number: a hash of its rule and value, which never leaves the run.
pub(super) type Key = u64;

/// The key of a value that a rule found.
pub(super) fn key(rule: &str, value: &[u8]) -> Key {
    xxh3_64_with_seed(value, xxh3_64(rule.as_bytes()))
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
type Held = BTreeMap<Key, HeldSecret>;

/// A secret and where it stands.
struct HeldSecret {
    /// The id of its rule.
    rule: String,
    places: Vec<HeldPlace>,
}

/// A blob that holds a secret, and where the value stands in its text.
struct HeldPlace {
    blob: u32,
    at: Range<usize>,
}

/// A secret as it is told; the first of a blob with all values of it that must not be shown.
struct Told {
    key: Key,
    draft: Draft,
    story: Option<History>,
    secrets: Vec<Vec<u8>>,
}

/// Secrets, and the blob that tells of them.
type Tellers = (Vec<Key>, Teller);

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
    let memo = Memo::new(history, rules);
    let remembered = memo.as_ref().and_then(Memo::load);
    let same = remembered.as_ref().filter(|same| same.state == history.state());
    let told = same.and_then(|same| Some((same.read.clone(), same.tellers(history)?)));
    let (read, tellers) = told.unwrap_or_else(|| read(history, rules, eyes, remembered, memo.as_ref()));
    let mut looked = Looked { rules: rules.to_vec(), read, drafts: Vec::new(), stories: HashMap::new(), secrets: Vec::new() };
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

/// Reads what no earlier run read, and finds where each secret came in.
fn read(
    history: &mut past::History,
    rules: &[&Rule],
    eyes: &Eyes,
    remembered: Option<Remembered>,
    memo: Option<&Memo>,
) -> (PastRead, Vec<Tellers>) {
    let whole = remembered.filter(|remembered| remembered.is_all_here(history));
    let (remembered, before) =
        whole.and_then(|whole| Some((whole.held(history)?, whole))).map(|(held, whole)| (whole, held)).unwrap_or_default();
    let known: HashSet<BlobId> =
        remembered.quiet.iter().copied().chain(remembered.loud.iter().filter_map(|id| past::blob_id(id))).collect();
    let Scanned { mut read, mut held, quiet, loud } = scan(history, rules, eyes, &known, &remembered.state);
    read.blobs += remembered.read.blobs;
    read.bytes += remembered.read.bytes;
    for (key, secret) in before {
        held.entry(key).or_insert_with(|| HeldSecret { rule: secret.rule, places: Vec::new() }).places.extend(secret.places);
    }
    let mut blobs: Vec<u32> = held.values().flat_map(|held| &held.places).map(|place| place.blob).collect();
    blobs.sort_unstable();
    blobs.dedup();
    let origins = history.origins(&blobs);
    read.unread.extend(origins.unread());
    let tellers = tellers(&held, &blobs, &origins);
    // What could not be read may be mended, and is then no longer new.
    if let Some(memo) = memo.filter(|_| read.unread.is_empty()) {
        let mut all_loud: Vec<u32> = remembered.loud.iter().filter_map(|id| history.blob_of(id)).chain(loud).collect();
        all_loud.sort_unstable();
        all_loud.dedup();
        let mut quiet: Vec<BlobId> = remembered.quiet.into_iter().chain(quiet).collect();
        quiet.sort_unstable();
        memo.store(&Remembered::new(history, read.clone(), &held, &tellers, quiet, &all_loud));
    }
    (read, tellers)
}

/// What a scan of blobs came by.
#[derive(Default)]
struct Scanned {
    read: PastRead,
    held: Held,
    /// Blobs in which no rule finds anything.
    quiet: Vec<BlobId>,
    /// The others.
    loud: Vec<u32>,
}

impl Scanned {
    /// Takes up that a blob holds a value at a place.
    fn hold(&mut self, blob: u32, rule: &str, value: &[u8], at: Range<usize>) {
        let held = self.held.entry(key(rule, value)).or_insert_with(|| HeldSecret { rule: rule.to_owned(), places: Vec::new() });
        held.places.push(HeldPlace { blob, at });
    }
}

/// What of a blob the places of secrets count in: its text, or all of a store of keys.
fn readable(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    if configuration::store_of_keys(bytes).is_some() { Some(Cow::Borrowed(bytes)) } else { Text::view(bytes) }
}

/// Whether a rule is asked of the past: those for secrets are, and those about files that may be stores of keys.
pub(crate) fn asks(rule: &Rule) -> bool {
    matches!(rule.matcher, Matcher::Secret(_)) || store::judges(rule).is_some()
}

/// Gives the stores of keys among what a rule found in the files at hand their value: one in several places is one finding, and
/// the past knows it again.
pub(super) fn value_stores(snapshot: &Snapshot, rule: &Rule, drafts: &mut [Draft]) {
    for draft in drafts.iter_mut().filter(|_| store::judges(rule).is_some()) {
        let file = draft.place.as_ref().and_then(|place| snapshot.find(&place.path));
        let bytes = file.and_then(|file| snapshot.raw(file)).filter(|bytes| configuration::store_of_keys(bytes).is_some());
        draft.value = bytes.map(|bytes| key(&rule.id, &bytes));
    }
}

/// Scans every blob that is not known.
fn scan(history: &mut past::History, rules: &[&Rule], eyes: &Eyes, known: &HashSet<BlobId>, state: &past::State) -> Scanned {
    let scanned: Mutex<Scanned> = Mutex::default();
    let read = history.each_blob(state, known, &|Blob { number, id, bytes }| {
        if let Some(rule) = store::rule_of(bytes, rules) {
            let mut scanned = scanned.lock().unwrap_or_else(PoisonError::into_inner);
            scanned.hold(number, &rules[rule].id, bytes, 0..bytes.len());
            scanned.loud.push(number);
            return;
        }
        let text = Text::view(bytes);
        let hits = text.as_deref().map(|text| eyes.glance(text)).unwrap_or_default();
        if hits.is_empty() {
            scanned.lock().unwrap_or_else(PoisonError::into_inner).quiet.push(id);
            return;
        }
        let mut told: HashSet<Key> = HashSet::new();
        let mut scanned = scanned.lock().unwrap_or_else(PoisonError::into_inner);
        scanned.loud.push(number);
        for hit in hits.iter().filter(|hit| matters(hit, rules)) {
            let (rule, value) = (&rules[hit.rule].id, &text.as_deref().unwrap_or_default()[hit.secret.clone()]);
            if told.len() < MOST_IN_A_BLOB && told.insert(key(rule, value)) {
                scanned.hold(number, rule, value, hit.secret.clone());
            }
        }
    });
    Scanned { read, ..scanned.into_inner().unwrap_or_else(PoisonError::into_inner) }
}

/// What opens nothing of weight is no worse for having been committed once.
fn matters(hit: &SecretHit, rules: &[&Rule]) -> bool {
    !hit.public && weighs(rules[hit.rule])
}

fn weighs(rule: &Rule) -> bool {
    rule.severity >= Severity::Major
}

/// The oldest blob of each secret; those that share one are together.
fn tellers(held: &Held, blobs: &[u32], origins: &Origins<'_>) -> Vec<Tellers> {
    let origin = |blob: &u32| &origins.list[blobs.partition_point(|other| other < blob)];
    let mut by_blob: BTreeMap<(u32, bool), Vec<Key>> = BTreeMap::new();
    for (key, held) in held {
        let blobs = || held.places.iter().map(|place| &place.blob);
        let oldest = blobs().min_by_key(|blob| (origin(blob).rank.is_none(), origin(blob).rank, **blob));
        let in_tip = blobs().any(|blob| origin(blob).in_tip);
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
    let Some(bytes) = history.blob(teller.blob) else { return Vec::new() };
    if let Some((key, draft)) = store::told(path, &bytes, rules) {
        let story = teller.story(path);
        return if keys.contains(&key) { vec![Told { key, draft, story, secrets: Vec::new() }] } else { Vec::new() };
    }
    let Ok(text) = Text::decode(bytes) else { return Vec::new() };
    let hits = eyes.look_closely(&text, path);
    let hidden = eyes.hide(&text, path, &hits);
    let (shown, mut secrets) = (Shown { path, text: &text, hidden: &hidden.ranges }, hidden.values);
    let mut told = HashSet::new();
    let mut all = Vec::new();
    for hit in &hits {
        let key = key(&rules[hit.rule].id, &text.bytes()[hit.secret.clone()]);
        if !keys.contains(&key) || !told.insert(key) {
            continue;
        }
        let message = hit.note.as_ref().map(|note| format!("{}; {note}", rules[hit.rule].title));
        let mut draft = Draft::at(hit.rule, hit.confidence, message, &shown, &hit.secret);
        draft.value = Some(key);
        all.push(Told { key, draft, story: teller.story(path), secrets: std::mem::take(&mut secrets) });
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
