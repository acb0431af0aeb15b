//! What a run remembers of the past, so that the next one reads only what is new.
//!
//! Kept are the ids of the blobs that hold nothing, and of each secret the rule, the place and the blobs: never a value,
//! nor a hash of one. Values are had again by reading the one blob that tells of each secret.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Held, Teller, key};
use crate::matcher::Matcher;
use crate::rule::Rule;
use crate::snapshot::Text;
use crate::snapshot::cache::{Cache, PREFIX};
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
    /// Where it stands in the text of the blob that tells of it.
    pub(super) at: std::ops::Range<usize>,
    /// The blobs that hold it, as places in `loud`; the first tells of it.
    pub(super) blobs: Vec<u32>,
    pub(super) in_tip: bool,
    pub(super) introduction: Option<Introduction>,
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
        let rules: Vec<String> = rules
            .iter()
            .filter_map(|rule| match &rule.matcher {
                Matcher::Secret(secret) => Some(format!("{} {:?} {:?} {secret:?}", rule.id, rule.severity, rule.confidence)),
                _ => None,
            })
            .collect();
        let key = [history.place(), &program(), &rules.join("\n")].join("\0");
        Some(Self { cache, name: format!("{PREFIX}{:032x}", xxhash_rust::xxh3::xxh3_128(key.as_bytes())) })
    }

    pub(super) fn load(&self) -> Option<Remembered> {
        let content = self.cache.load(&self.name)?;
        let line = memchr::memchr(b'\n', &content)?;
        let mut remembered: Remembered = serde_json::from_slice(&content[..line]).ok()?;
        let (ids, rest) = content[line + 1..].as_chunks();
        remembered.quiet = ids.to_vec();
        let whole = rest.is_empty() && remembered.quiet.is_sorted();
        let known = |secret: &Secret| !secret.blobs.is_empty() && secret.blobs.iter().all(|at| (*at as usize) < remembered.loud.len());
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
    /// What a run found, to be remembered.
    pub(super) fn new(
        history: &History,
        read: PastRead,
        held: &Held,
        tellers: &[(Vec<u64>, Teller)],
        quiet: Vec<BlobId>,
        loud: &[u32],
    ) -> Self {
        let place = |blob: u32| loud.binary_search(&blob).ok().and_then(|at| u32::try_from(at).ok());
        let secrets = tellers.iter().flat_map(|(keys, teller)| keys.iter().map(move |key| (key, teller))).filter_map(|(key, teller)| {
            let held = held.get(key)?;
            let first = held.places.iter().find(|place| place.blob == teller.blob)?;
            let others = held.places.iter().filter(|place| place.blob != teller.blob);
            Some(Secret {
                rule: held.rule.clone(),
                at: first.at.clone(),
                blobs: std::iter::once(first).chain(others).filter_map(|held| place(held.blob)).collect(),
                in_tip: teller.in_tip,
                introduction: teller.introduction.clone(),
            })
        });
        let secrets = secrets.collect();
        Self { state: history.state(), read, secrets, loud: loud.iter().map(|blob| history.blob_id(*blob)).collect(), quiet }
    }

    /// The secrets by their keys, with the blobs that are still here: their values are read again.
    pub(super) fn held(&self, history: &History) -> Held {
        let loud: Vec<Option<u32>> = self.loud.iter().map(|id| history.blob_of(id)).collect();
        let mut all = Held::new();
        for secret in &self.secrets {
            let mut blobs = secret.blobs.iter().filter_map(|at| loud[*at as usize]);
            let Some((first, key)) = blobs.next().and_then(|first| Some((first, secret.key(&history.blob(first)?)?))) else { continue };
            let held = all.entry(key).or_insert_with(|| super::HeldSecret { rule: secret.rule.clone(), places: Vec::new() });
            held.places.extend(std::iter::once(first).chain(blobs).map(|blob| super::HeldPlace { blob, at: secret.at.clone() }));
        }
        all
    }

    /// What tells of each secret, as the run before found it; those that share a blob are together.
    pub(super) fn tellers(&self, history: &History) -> Vec<(Vec<u64>, Teller)> {
        let mut by_blob: BTreeMap<(u32, bool), Vec<&Secret>> = BTreeMap::new();
        for secret in &self.secrets {
            let blob = secret.blobs.first().and_then(|at| history.blob_of(self.loud.get(*at as usize)?));
            if let Some(blob) = blob {
                by_blob.entry((blob, secret.in_tip)).or_default().push(secret);
            }
        }
        let teller = |((blob, in_tip), secrets): ((u32, bool), Vec<&Secret>)| {
            let bytes = history.blob(blob)?;
            let keys = secrets.iter().filter_map(|secret| secret.key(&bytes)).collect();
            Some((keys, Teller { blob, in_tip, introduction: secrets.first()?.introduction.clone() }))
        };
        by_blob.into_par_iter().filter_map(teller).collect()
    }
}

impl Secret {
    /// The key of the value in the blob that tells of it.
    fn key(&self, bytes: &[u8]) -> Option<u64> {
        Some(key(&self.rule, Text::view(bytes)?.get(self.at.clone())?))
    }
}

/// This build of the program: another one may read the same text in another way.
fn program() -> String {
    let file = std::env::current_exe().and_then(|path| path.metadata());
    let build = file.ok().map(|about| (about.len(), about.modified().ok()));
    format!("{} {build:?}", env!("CARGO_PKG_VERSION"))
}
