//! Joins what code reads with what declares and documents it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::read::{Read, Reads};
use super::table::{Form, TABLE};
use super::{Key, declared, documented};
use crate::facts::At;
use crate::snapshot::Snapshot;

/// So many places are kept of each kind.
const PLACES: usize = 20;

/// Reads the settings.
pub(super) fn read(snapshot: &Snapshot) -> Vec<Key> {
    let Reads { reads, prefixes, given } = super::read::read(snapshot);
    let mut by_name: BTreeMap<String, Vec<Read>> = BTreeMap::new();
    for read in reads {
        by_name.entry(canonical(&read.name)).or_default().push(read);
    }
    if by_name.is_empty() {
        return Vec::new();
    }
    let given: BTreeSet<String> = given.iter().map(|name| canonical(name)).collect();
    for (name, reads) in &mut by_name {
        reads.iter_mut().for_each(|read| read.has_default |= given.contains(name));
    }
    let names = Names::new(&by_name, &prefixes);
    let (declared, documented) = rayon::join(|| declared::read(snapshot, &names), || documented::read(snapshot, &names));
    let mut keys: Vec<Key> = by_name
        .into_iter()
        .map(|(name, reads)| {
            key(reads, declared.get(&name).cloned().unwrap_or_default(), documented.get(&name).cloned().unwrap_or_default())
        })
        .collect();
    keys.sort_by(|one, other| (&one.name, &one.file).cmp(&(&other.name, &other.file)));
    keys
}

fn key(mut reads: Vec<Read>, mut declared: Vec<declared::Declaration>, mut documented: Vec<At>) -> Key {
    reads.sort_by(|one, other| one.at.cmp(&other.at));
    declared.sort();
    documented.extend(declared.iter().filter(|declaration| declaration.tells).map(|declaration| declaration.at.clone()));
    documented.sort();
    documented.dedup();
    let loaded = declared.iter().any(|declaration| declaration.loaded);
    let has_default = loaded || reads.iter().any(|read| read.has_default);
    let mut declared_in: Vec<At> = declared.into_iter().map(|declaration| declaration.at).collect();
    declared_in.dedup();
    let name = reads.first().map(|read| read.name.clone()).unwrap_or_default();
    let first = reads.first().map_or_else(|| At::new("", 1), |read| read.at.clone());
    let mut places: Vec<At> = reads.into_iter().map(|read| read.at).collect();
    places.dedup();
    let told = !declared_in.is_empty() || !documented.is_empty();
    for list in [&mut places, &mut declared_in, &mut documented] {
        list.truncate(PLACES);
    }
    Key {
        provided: TABLE.names.is_provided(&name),
        name,
        file: first.file,
        line: first.line,
        reads: places,
        declared_in,
        documented_in: documented,
        has_default,
        told,
    }
}

/// The form in which names are compared: `A__B` and `A:B` and, in a settings file of Spring, `a.b` are one.
pub(super) fn canonical(name: &str) -> String {
    name.replace("__", ":").replace('.', ":").replace('-', "").to_lowercase()
}

/// The names that files are looked through for.
pub(super) struct Names {
    finder: Option<AhoCorasick>,
    /// By pattern: the canonical name, and the spelling where case matters.
    spellings: Vec<(String, Option<String>)>,
}

impl Names {
    fn new(by_name: &BTreeMap<String, Vec<Read>>, prefixes: &BTreeSet<String>) -> Self {
        let mut spellings: HashMap<String, (String, Option<String>)> = HashMap::new();
        for (canonical, reads) in by_name {
            let exact = reads.iter().all(|read| read.exact);
            for read in reads {
                for spelling in spellings_of(read, prefixes) {
                    let case = exact.then(|| spelling.clone());
                    spellings.entry(spelling.to_lowercase()).or_insert_with(|| (canonical.clone(), case));
                }
            }
        }
        let mut spellings: Vec<(String, (String, Option<String>))> = spellings.into_iter().collect();
        spellings.sort();
        let patterns: Vec<&String> = spellings.iter().map(|(pattern, _)| pattern).collect();
        let finder = AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(patterns).ok();
        Self { finder, spellings: spellings.into_iter().map(|(_, spelling)| spelling).collect() }
    }

    /// Finds the names in a text as whole words.
    pub(super) fn find(&self, bytes: &[u8], mut found: impl FnMut(&str, Range<usize>)) {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        for hit in self.finder.iter().flat_map(|finder| finder.find_iter(bytes)) {
            let whole = !bytes[..hit.start()].last().is_some_and(is_word) && !bytes[hit.end()..].first().is_some_and(is_word);
            let Some((name, case)) = self.spellings.get(hit.pattern().as_usize()).filter(|_| whole) else { continue };
            if case.as_ref().is_none_or(|case| case.as_bytes() == &bytes[hit.range()]) {
                found(name, hit.range());
            }
        }
    }
}

/// How a setting is written elsewhere.
fn spellings_of(read: &Read, prefixes: &BTreeSet<String>) -> Vec<String> {
    let mut all = vec![read.name.clone()];
    if read.form != Form::Variable {
        let flat = read.name.replace(':', "__");
        all.extend(prefixes.iter().map(|prefix| format!("{prefix}{flat}")));
        all.push(flat);
        // Spring: `a.b-c` is `A_BC` in the environment.
        all.extend(read.name.contains('.').then(|| read.name.replace('.', "_").replace('-', "")));
    } else if read.name.contains("__") {
        all.push(read.name.replace("__", ":"));
    }
    all
}
