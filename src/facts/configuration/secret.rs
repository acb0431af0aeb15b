//! Which settings are secrets, and what the repository shows of where they come from.
//!
//! A manager, files that are encrypted, or a platform's or a pipeline's store is looked for in manifests, infrastructure and
//! pipelines, then in code, and only if the code needs a secret at all. What names and words count is data
//! (`rules/data/secret-sources.toml`). Why a bare environment is a question and no answer is told in `docs/adr/0011`.

mod table;

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use self::table::TABLE;
use super::Key;
use super::read::Absence;
use super::table::Form;
use crate::facts::code::Language;
use crate::facts::pipeline::words_of;
use crate::facts::{At, Notes};
use crate::snapshot::{File, PathClass, Snapshot};

pub use self::table::{SecretSource, SourceKind};

/// Larger files are data.
const LIMIT: usize = 400_000;
/// So many places are named of one kind and name.
const PLACES: usize = 3;

/// How a setting is a secret by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Secrecy {
    /// A credential: a committed value is no answer.
    Credential,
    /// An address or a connection string: one with a committed value need not hold a password.
    Address,
    /// None.
    Plain,
}

/// How this setting is a secret.
pub(super) fn secrecy(name: &str, form: Form) -> Secrecy {
    let words = words_of(name);
    let all = words.join(" ");
    let names = &TABLE.names;
    let ends = |wanted: &String| all.strip_suffix(wanted.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with(' '));
    let excepted = names.except.iter().any(|start| all.strip_prefix(start.as_str()).is_some_and(|rest| rest.starts_with(' ')));
    match () {
        () if excepted || form == Form::Section => Secrecy::Plain,
        () if words.last().is_some_and(|last| names.last.contains(last)) || names.last_two.iter().any(ends) => Secrecy::Credential,
        () if form == Form::Connection || names.addresses.iter().any(ends) => Secrecy::Address,
        () => Secrecy::Plain,
    }
}

/// Whether the code needs this secret from outside.
pub(super) fn is_needed(secrecy: Secrecy, absences: &[Absence], has_default: bool) -> bool {
    let answered = absences.contains(&Absence::Answered) || absences.iter().all(|absence| *absence == Absence::HandedOn);
    match secrecy {
        Secrecy::Credential => !answered,
        Secrecy::Address => !has_default,
        Secrecy::Plain => false,
    }
}

/// Everything that shows where the secrets of these settings come from. Code is only looked into where it needs one.
pub(super) fn read(snapshot: &Snapshot, keys: &[Key], notes: &mut Notes) -> Vec<SecretSource> {
    let needed: Vec<&Key> = keys.iter().filter(|key| key.secret).collect();
    let own = |file: &&File| is_own(file);
    let look =
        |files: Vec<&File>| -> Vec<SecretSource> { files.par_iter().flat_map_iter(|file| of_file(snapshot, file, &needed)).collect() };
    // Documents only hint, which is of no use where nothing is needed.
    let first = |file: &&File| match file.class {
        PathClass::Docs => !needed.is_empty(),
        _ => TABLE.look.files.matches(file),
    };
    let mut found = look(snapshot.files().iter().filter(own).filter(first).collect());
    if !needed.is_empty() && !found.iter().any(|source| source.sure) {
        let code = |file: &&File| Language::of(file.name()).is_some() && !first(file);
        found.extend(look(snapshot.files().iter().filter(own).filter(code).collect()));
    }
    found.extend(passed_on(snapshot, &needed));
    found.sort();
    found.dedup();
    if !needed.is_empty()
        && !found.iter().any(|source| source.sure)
        && let Some(unsure) = found.iter().min_by_key(|source| source.kind)
    {
        notes.unread("configuration.secret_sources", unsure.doubt(&needed));
    }
    let mut taken: HashMap<(SourceKind, String), usize> = HashMap::new();
    found.retain(|source| {
        let before = taken.entry((source.kind, source.name.clone())).or_default();
        *before += 1;
        *before <= PLACES
    });
    found
}

fn is_own(file: &File) -> bool {
    matches!(file.class, PathClass::Source | PathClass::Template | PathClass::Docs)
}

/// What one file shows, each thing once.
fn of_file(snapshot: &Snapshot, file: &File, needed: &[&Key]) -> Vec<SecretSource> {
    let mut found: Vec<SecretSource> = TABLE
        .sources
        .iter()
        .filter(|source| file.class != PathClass::Docs && source.files.matches(file))
        .map(|source| source.at(At::new(&file.path, 1)))
        .collect();
    let Some(text) = snapshot.read(file).filter(|text| text.bytes().len() <= LIMIT) else { return found };
    let mut seen: BTreeSet<usize> = BTreeSet::new();
    TABLE.find(text.bytes(), |number, offset| {
        let source = &TABLE.sources[number];
        if source.counts_in(file) && seen.insert(number) {
            found.push(source.at(At::new(&file.path, text.position(offset).line)));
        }
    });
    for pipeline in TABLE.pipelines.iter().filter(|pipeline| pipeline.files.matches(file)) {
        found.extend(pipeline.references(file, &text, needed));
    }
    found
}

/// Slots for the secrets where the environment of the running program is described.
fn passed_on(snapshot: &Snapshot, needed: &[&Key]) -> Vec<SecretSource> {
    let describes = |at: &At| {
        let file = snapshot.find(&at.file);
        file.is_some_and(|file| is_own(file) && TABLE.environment.files.matches(file) && !TABLE.environment.except.matches(file))
    };
    let slots = needed.iter().flat_map(|key| key.declared_in.iter().filter(|at| describes(at)).map(move |at| (key, at)));
    let source = |(key, at): (&&Key, &At)| SecretSource {
        kind: SourceKind::Environment,
        name: key.name.clone(),
        file: at.file.clone(),
        line: at.line,
        sure: false,
    };
    slots.map(source).collect()
}

impl SecretSource {
    /// Why this leaves open where the secrets come from.
    fn doubt(&self, needed: &[&Key]) -> String {
        /// So many settings are named.
        const NAMED: usize = 3;
        let at = format!("{}:{}", self.file, self.line);
        let names: Vec<&str> = needed.iter().take(NAMED).map(|key| key.name.as_str()).collect();
        let more = if needed.len() > NAMED { " and others" } else { "" };
        let names = format!("{}{more}", names.join(", "));
        match self.kind {
            SourceKind::Environment if needed.iter().any(|key| key.name == self.name) => {
                format!("the environment gives {names} ({at}), and what fills it is not in the repository")
            }
            SourceKind::Environment => format!("{names} may stand in {} ({at}), which are not in the repository", self.name),
            SourceKind::Pipeline => {
                format!("the pipeline takes secrets from a store of its server ({at}), but under no name that the code reads ({names})")
            }
            SourceKind::Developer => {
                format!("secrets of developers are kept out of the repository ({at}), and the place of {names} elsewhere is not in it")
            }
            _ => format!("only a document speaks of a place for secrets ({at}), and the code reads {names}"),
        }
    }
}

#[cfg(test)]
mod tests;
