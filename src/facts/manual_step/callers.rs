//! Who calls a script or a target: what machines run, and whatever that calls in turn.
//!
//! Names are looked for in the text, so that pipelines count whose form is not read. A name that is found anywhere is
//! taken to be called: a script that is called must never be said to wait for a person.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use rayon::prelude::*;

use super::table::{TABLE, extension};
use super::target::{self, Target};
use crate::facts::pipeline::{self, Pipeline};
use crate::snapshot::{File, PathClass, Snapshot};

/// How large a file may be that is looked through.
const SIZE_LIMIT: usize = 1_000_000;

/// How often calls are followed on.
const ROUNDS: usize = 10;

/// By what something is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    /// A file, by its name.
    File(String),
    /// A target of a file that a runner reads: the runner's place in the table, the target.
    Target(usize, String),
}

/// The text of everything that machines run: pipelines of any system, and files that a machine reads on its own.
pub(super) fn machine_texts(snapshot: &Snapshot, pipelines: &[Pipeline]) -> Vec<String> {
    let known: BTreeSet<&str> = pipeline::all_files(snapshot).iter().map(|file| file.path.as_str()).collect();
    let read: BTreeSet<&str> = pipelines.iter().map(|pipeline| pipeline.file.as_str()).collect();
    let wanted: Vec<&File> =
        snapshot.files().iter().filter(|file| known.contains(&*file.path) || read.contains(&*file.path) || runs_by_itself(file)).collect();
    wanted.par_iter().filter_map(|file| text_of(snapshot, file)).collect()
}

fn runs_by_itself(file: &File) -> bool {
    let machines = &TABLE.machines;
    if matches!(file.class, PathClass::Vendored | PathClass::Generated | PathClass::Data)
        || machines.except.iter().any(|name| name == file.name())
    {
        return false;
    }
    let in_folder = || file.folder().split('/').any(|folder| machines.folders.iter().any(|known| known == folder));
    let named = || machines.names.iter().any(|name| file.name() == name || file.name().starts_with(&format!("{name}.")));
    machines.extensions.contains(&extension(file.name())) || named() || (in_folder() && file.class != PathClass::Docs)
}

fn text_of(snapshot: &Snapshot, file: &File) -> Option<String> {
    let text = snapshot.read(file).filter(|text| text.bytes().len() <= SIZE_LIMIT)?;
    Some(text.as_str().into_owned())
}

/// What machines call.
pub(super) struct Callers {
    files: BTreeSet<String>,
    targets: Vec<Targets>,
    texts: BTreeMap<String, String>,
}

/// The targets that one runner is asked for.
#[derive(Default)]
struct Targets {
    names: BTreeSet<String>,
    /// Somewhere a variable says which.
    any: bool,
}

impl Callers {
    /// Follows calls from what machines run through the scripts and targets of the repository.
    pub(super) fn new(snapshot: &Snapshot, machines: Vec<String>) -> Self {
        let shell = |file: &&File| {
            TABLE.scripts.shell.contains(&extension(file.name()))
                || TABLE.scripts.strings.contains(&extension(file.name())) && TABLE.scripts.deploy(file.name())
        };
        let scripts: Vec<&File> = snapshot.files().iter().filter(|file| file.class != PathClass::Vendored).filter(shell).collect();
        let texts: BTreeMap<String, String> =
            scripts.par_iter().filter_map(|file| Some((file.path.clone(), text_of(snapshot, file)?))).collect();
        let mut all = Self { files: BTreeSet::new(), targets: TABLE.runner.iter().map(|_| Targets::default()).collect(), texts };
        all.follow(machines, &target::all(snapshot));
        all
    }

    fn follow(&mut self, machines: Vec<String>, targets: &[Target]) {
        let names: Vec<String> =
            self.texts.keys().map(|path| base(path).to_ascii_lowercase()).collect::<BTreeSet<_>>().into_iter().collect();
        let Ok(automaton) = AhoCorasick::builder().ascii_case_insensitive(true).build(&names) else { return };
        let mut done = vec![false; targets.len()];
        let mut fresh = machines;
        for _ in 0..ROUNDS {
            let mut called = BTreeSet::new();
            for text in &fresh {
                called.extend(named_in(&automaton, &names, text));
                self.note_targets(text);
            }
            let new: BTreeSet<String> = called.difference(&self.files).cloned().collect();
            self.files.extend(new.iter().cloned());
            fresh = self
                .texts
                .iter()
                .filter(|(path, _)| new.contains(&base(path).to_ascii_lowercase()))
                .map(|(_, text)| text.clone())
                .collect();
            for (at, target) in targets.iter().enumerate() {
                if !done[at] && self.call(&Name::Target(target.runner, target.name.clone())) {
                    done[at] = true;
                    self.targets[target.runner].names.extend(target.needs.iter().cloned());
                    fresh.push(target.recipe());
                }
            }
            if fresh.is_empty() {
                break;
            }
        }
    }

    /// Notes which targets the lines of a text ask their runners for.
    fn note_targets(&mut self, text: &str) {
        for line in text.lines() {
            for (runner, known) in TABLE.runner.iter().zip(&mut self.targets) {
                let mut words = words(line);
                if !words.any(|word| {
                    runner
                        .programs
                        .iter()
                        .any(|program| base(word) == program || word.trim_matches(['(', ')', '$', '{', '}']).eq_ignore_ascii_case(program))
                }) {
                    continue;
                }
                for word in words {
                    known.any |= word.starts_with('$') && !word.contains('=');
                    known.names.insert(word.to_owned());
                }
            }
        }
    }

    /// Whether a machine calls it.
    pub(super) fn call(&self, name: &Name) -> bool {
        match name {
            Name::File(file) => self.files.contains(&file.to_ascii_lowercase()),
            Name::Target(runner, target) => self.targets.get(*runner).is_some_and(|targets| targets.any || targets.names.contains(target)),
        }
    }

    /// Whether the text of a script names something.
    pub(super) fn names(&self, script: &str, name: &Name) -> bool {
        let Some(text) = self.texts.get(script) else { return false };
        match name {
            Name::File(file) => text.contains(file.as_str()),
            Name::Target(..) => false,
        }
    }
}

/// The names of files that stand in a text as words of their own.
fn named_in(automaton: &AhoCorasick, names: &[String], text: &str) -> BTreeSet<String> {
    let bytes = text.as_bytes();
    let part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let alone = |start: usize, end: usize| {
        let before = start.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(|byte| part(*byte));
        !before && !bytes.get(end).is_some_and(|byte| part(*byte))
    };
    let met = automaton.find_overlapping_iter(text).filter(|met| alone(met.start(), met.end()));
    met.filter_map(|met| names.get(met.pattern().as_usize()).cloned()).collect()
}

/// The words of a line, cut where no name of a target goes on.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | ';' | '&' | '|' | '[' | ']'))
        .filter(|word| !word.is_empty())
}

fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
