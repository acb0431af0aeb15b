//! Who stands behind the names and mails of commits: programs are told apart by `rules/data/bots.toml`, and the names
//! that one person uses are folded into one.
//!
//! Folded are equal mails, equal names (case, spaces and punctuation aside), and the mails that GitHub makes up of an
//! account's name. What the `.mailmap` says comes first. Mails never leave this module.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use git2::{Mailmap, Signature, Time};
use serde::Deserialize;

use super::super::printable::printable;
use crate::table::table;

/// The number of a name with a mail, as written.
pub(super) type PersonId = u32;

/// The longest name that is shown.
const LONGEST: usize = 60;
/// The mails that GitHub makes up: `123+account@users.noreply.github.com`, older ones without the number.
const MADE_UP: &str = "@users.noreply.github.com";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    ends: Vec<String>,
    names: HashSet<String>,
    mails: HashSet<String>,
    shared: Shared,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shared {
    names: HashSet<String>,
    mails: HashSet<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| table("bots.toml", include_str!("../../../rules/data/bots.toml")));

/// Names with mails as commits have them, each once.
#[derive(Debug, Default)]
pub(super) struct People {
    known: HashMap<(Vec<u8>, Vec<u8>), PersonId>,
    written: Vec<(String, String)>,
}

/// People, each once.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Folded {
    /// Who stands behind each of the written names; none for a program.
    pub(super) of: Vec<Option<usize>>,
    /// Their names, fit to print.
    pub(super) names: Vec<String>,
}

impl People {
    /// The number of a name with a mail.
    pub(super) fn intern(&mut self, name: &[u8], mail: &[u8]) -> PersonId {
        let key = (name.to_vec(), mail.to_vec());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let id = PersonId::try_from(self.written.len()).unwrap_or(PersonId::MAX);
        self.written.push((printable(name), printable(mail).to_lowercase()));
        self.known.insert(key, id);
        id
    }

    /// How many names with mails there are.
    pub(super) fn len(&self) -> usize {
        self.written.len()
    }

    /// Folds the names of one person. `weight` says how often each is used: the one used most is shown.
    pub(super) fn fold(&self, mailmap: Option<&Mailmap>, weight: &[usize]) -> Folded {
        let mapped: Vec<(String, String)> = self.written.iter().map(|(name, mail)| resolve(mailmap, name, mail)).collect();
        let mut groups = Groups::new(mapped.len());
        let mut keys: HashMap<String, usize> = HashMap::new();
        for (at, (name, mail)) in mapped.iter().enumerate() {
            for key in keys_of(name, mail) {
                let first = *keys.entry(key).or_insert(at);
                groups.join(first, at);
            }
        }
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in 0..mapped.len() {
            members.entry(groups.root(at)).or_default().push(at);
        }
        let mut folded = Folded { of: vec![None; mapped.len()], names: Vec::new() };
        for group in members.into_values() {
            let people: Vec<usize> = group.into_iter().filter(|&at| !is_program(&mapped[at]) && !is_program(&self.written[at])).collect();
            let used = |at: &usize| (weight.get(*at).copied().unwrap_or(0), std::cmp::Reverse(&mapped[*at]));
            let Some(shown) = people.iter().max_by_key(|at| used(at)) else { continue };
            people.iter().for_each(|&at| folded.of[at] = Some(folded.names.len()));
            folded.names.push(shown_name(&mapped[*shown].0));
        }
        folded
    }
}

/// What the mailmap makes of a name and a mail.
fn resolve(mailmap: Option<&Mailmap>, name: &str, mail: &str) -> (String, String) {
    let signature = Signature::new(name, mail, &Time::new(0, 0));
    let resolved = mailmap.zip(signature.ok()).and_then(|(mailmap, signature)| mailmap.resolve_signature(&signature).ok());
    match resolved {
        Some(resolved) => (printable(resolved.name_bytes()), printable(resolved.email_bytes()).to_lowercase()),
        None => (name.to_owned(), mail.to_owned()),
    }
}

fn is_program((name, mail): &(String, String)) -> bool {
    let name = name.trim().to_lowercase();
    let local = mail.split('@').next().unwrap_or_default();
    TABLE.names.contains(&name) || TABLE.mails.contains(mail) || TABLE.ends.iter().any(|end| name.ends_with(end) || local.ends_with(end))
}

/// By what somebody is known again.
fn keys_of(name: &str, mail: &str) -> Vec<String> {
    let mut keys = Vec::new();
    if mail.contains('@') && !TABLE.shared.mails.contains(mail) && !TABLE.mails.contains(mail) {
        keys.push(format!("<{mail}>"));
    }
    let account = mail.strip_suffix(MADE_UP).map(|account| account.split_once('+').map_or(account, |(_, account)| account));
    for name in [Some(name), account].into_iter().flatten() {
        let plain: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        if !plain.is_empty() && !TABLE.shared.names.contains(&name.trim().to_lowercase()) {
            keys.push(plain);
        }
    }
    keys
}

/// A name fit to be shown: of a mail that stands for a name, only what is no address.
fn shown_name(name: &str) -> String {
    let name = name.split('@').next().unwrap_or_default().trim();
    let words: Vec<String> = name.split(' ').map(no_token).collect();
    let short: String = words.join(" ").chars().take(LONGEST).collect();
    if short.is_empty() { "(no name)".into() } else { short }
}

/// A word of a name, cut where nobody is called so: long, and with digits in it. It may be a token that was pasted there.
fn no_token(word: &str) -> String {
    let long = word.chars().count() >= 16 && word.bytes().any(|byte| byte.is_ascii_digit());
    if long { word.chars().take(4).chain(['…']).collect() } else { word.to_owned() }
}

/// Disjoint sets of numbers.
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests;
