//! What a run remembers of the past, so that the next one reads only what is new.
//!
//! Kept are the ids of the blobs that hold nothing, and of each secret the rule, the place and the blobs: never a value,
//! nor a hash of one. Values are had again by reading the one blob that tells of each secret.

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::declared;
use super::{Held, HeldPlace, HeldSecret, Key, Teller, Tellers, key, readable};
use crate::rule::Rule;
use crate::snapshot::cache::{Cache, Kind};
use crate::snapshot::history::{BlobId, History, Introduction, PastRead, State};

/// What is remembered of the past of one repository.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Remembered {
    /// The objects and refs that were there.
    pub(super) state: State,
    /// What was read of them.
    pub(super) read: PastRead,
    /// Each secret that was told.
    pub(super) secrets: Vec<Secret>,
    /// Blobs that hold secrets, or what else rules find, as hexadecimal ids.
    pub(super) loud: Vec<String>,
    /// Blobs in which no rule finds anything, sorted.
    #[serde(skip)]
    pub(super) quiet: Vec<BlobId>,
}

/// A secret without its value.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Secret {
    /// The id of the rule.
    pub(super) rule: String,
    /// The blobs that hold it, the one that tells of it in front.
    pub(super) places: Vec<Place>,
    pub(super) in_tip: bool,
    pub(super) introduction: Option<Introduction>,
}

/// A secret in a blob.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Place {
    /// The blob, as its place in `loud`.
    loud: u32,
    /// Where the value stands in the blob's text.
    at: Range<usize>,
}

/// Where the past of one repository is remembered, for these rules and this program.
pub(super) struct Memo {
    cache: Cache,
    name: String,
}

impl Memo {
    /// Nothing where nothing is to be remembered: there is no place for it, or only a part of the past is read.
    pub(super) fn new(history: &History, rules: &[&Rule]) -> Option<Self> {
        let cache = history.cache()?.clone();
        Some(Self { cache, name: Cache::name(Kind::History, &[&history.place(), &declared(rules)]) })
    }

    pub(super) fn load(&self) -> Option<Remembered> {
        let content = self.cache.load(&self.name)?;
        let line = memchr::memchr(b'\n', &content)?;
        let mut remembered: Remembered = serde_json::from_slice(&content[..line]).ok()?;
        let (ids, rest) = content[line + 1..].as_chunks();
        remembered.quiet = ids.to_vec();
        let whole = rest.is_empty() && remembered.quiet.is_sorted();
        let known =
            |secret: &Secret| !secret.places.is_empty() && secret.places.iter().all(|place| (place.loud as usize) < remembered.loud.len());
        (whole && remembered.secrets.iter().all(known)).then_some(remembered)
    }

    pub(super) fn store(&self, remembered: &Remembered) {
        let Ok(mut content) = serde_json::to_vec(remembered) else { return };
        content.push(b'\n');
        content.extend(remembered.quiet.iter().flatten());
        self.cache.store(&self.name, &content);
    }
}

impl Remembered {
    /// What a run found, to be remembered. The loud blobs are sorted.
    pub(super) fn new(history: &History, read: PastRead, held: &Held, tellers: &[Tellers], quiet: Vec<BlobId>, loud: &[u32]) -> Self {
        let place = |place: &HeldPlace| {
            let loud = loud.binary_search(&place.blob).ok().and_then(|at| u32::try_from(at).ok())?;
            Some(Place { loud, at: place.at.clone() })
        };
        let secret = |key: &Key, teller: &Teller| {
            let held = held.get(key)?;
            let (first, others): (Vec<&HeldPlace>, Vec<&HeldPlace>) = held.places.iter().partition(|place| place.blob == teller.blob);
            Some(Secret {
                rule: held.rule.clone(),
                places: first.into_iter().chain(others).filter_map(place).collect(),
                in_tip: teller.in_tip,
                introduction: teller.introduction.clone(),
            })
        };
        let secrets = tellers.iter().flat_map(|(keys, teller)| keys.iter().filter_map(|key| secret(key, teller))).collect();
        Self { state: history.state(), read, secrets, loud: loud.iter().map(|blob| history.blob_id(*blob)).collect(), quiet }
    }

    /// Whether all that was read is still here. What git collected is no part of the past any more.
    pub(super) fn is_all_here(&self, history: &History) -> bool {
        self.quiet.par_iter().all(|id| history.has(id)) && self.loud.iter().all(|id| history.blob_of(id).is_some())
    }

    /// The secrets by their keys: their values are read again. Nothing where one cannot be read.
    pub(super) fn held(&self, history: &History) -> Option<Held> {
        let mut all = Held::new();
        for (keys, secrets) in self.by_teller(history)? {
            for (key, secret) in keys.into_iter().zip(secrets) {
                let places = secret.places.iter().map(|place| {
                    let blob = history.blob_of(&self.loud[place.loud as usize])?;
                    Some(HeldPlace { blob, at: place.at.clone() })
                });
                let held = HeldSecret { rule: secret.rule.clone(), places: places.collect::<Option<_>>()? };
                all.insert(key, held);
            }
        }
        Some(all)
    }

    /// What tells of each secret, as the run before found it. Nothing where a value cannot be read.
    pub(super) fn tellers(&self, history: &History) -> Option<Vec<Tellers>> {
        let told = self.by_teller(history)?.into_iter().filter_map(|(keys, secrets)| {
            let first = secrets.first()?;
            let blob = history.blob_of(&self.loud[first.places.first()?.loud as usize])?;
            Some((keys, Teller { blob, in_tip: first.in_tip, introduction: first.introduction.clone() }))
        });
        Some(told.collect())
    }

    /// The secrets that share the blob that tells of them, with their keys; each such blob is read once.
    fn by_teller(&self, history: &History) -> Option<Vec<Shared<'_>>> {
        let mut by_blob: BTreeMap<(u32, bool), Vec<&Secret>> = BTreeMap::new();
        for secret in &self.secrets {
            by_blob.entry((secret.places.first()?.loud, secret.in_tip)).or_default().push(secret);
        }
        let groups: Vec<(u32, Vec<&Secret>)> = by_blob.into_iter().map(|((loud, _), secrets)| (loud, secrets)).collect();
        groups.into_par_iter().map(|(loud, secrets)| Some((self.keys(history, loud, &secrets)?, secrets))).collect()
    }

    /// The keys of secrets whose first place is in this blob.
    fn keys(&self, history: &History, loud: u32, secrets: &[&Secret]) -> Option<Vec<Key>> {
        let bytes = history.blob(history.blob_of(&self.loud[loud as usize])?)?;
        let text = readable(&bytes)?;
        secrets.iter().map(|secret| Some(key(&secret.rule, text.get(secret.places.first()?.at.clone())?))).collect()
    }
}

/// Secrets of one blob with their keys.
type Shared<'a> = (Vec<Key>, Vec<&'a Secret>);
