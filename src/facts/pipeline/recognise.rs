//! What other readers ask of the tables of pipelines: which commands of a script deploy, and what names say.

use std::collections::BTreeSet;

use super::catalog::{self, DEPLOYS, Weight};
use super::deeds::is_run;
use super::{Pipeline, StepKind};
use crate::facts::command::call::{self, Lookup};
use crate::facts::command::{Command, commands};
use crate::snapshot::{File, Snapshot};

/// A command that deploys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::facts) struct Deed {
    /// The line of the text, from 1.
    pub line: usize,
    /// By what, as the table has it: `kubectl apply`.
    pub name: String,
    /// What kind of thing is deployed to; see the table.
    pub group: Option<String>,
}

/// The commands of a script that deploy, what it calls in this repository included. Where the script's name says that
/// it deploys, commands count that also serve other ends.
pub(in crate::facts) fn deeds_of(snapshot: &Snapshot, text: &str, folder: &str, named: bool) -> Vec<Deed> {
    let own = commands(text);
    let mut found = Vec::new();
    let mut cancelled = BTreeSet::new();
    for command in &own {
        look_at(command, command.line + 1, named, &mut found, &mut cancelled);
        if let Lookup::Found(called) = call::look_up(snapshot, command, folder) {
            for inner in commands(&called.script) {
                look_at(&inner, command.line + 1, named, &mut found, &mut cancelled);
            }
        }
    }
    found.retain(|deed: &Deed| deed.group.as_ref().is_none_or(|group| !cancelled.contains(group.as_str())));
    found
}

fn look_at(command: &Command, line: usize, named: bool, found: &mut Vec<Deed>, cancelled: &mut BTreeSet<&str>) {
    for cancel in &DEPLOYS.cancel {
        if cancel.run.iter().any(|run| is_run(command, run)) {
            cancelled.extend(cancel.groups.iter().map(String::as_str));
        }
    }
    let counts = |weight: Weight| weight == Weight::Strong || named;
    let met = catalog::deploying(command).filter(|(_, rule)| counts(rule.weight));
    found.extend(met.map(|(name, rule)| Deed { line, name, group: rule.group.clone() }));
}

/// By what jobs deploy that need no person, as far as their own commands show it.
pub(in crate::facts) fn automatic_means(pipelines: &[Pipeline]) -> BTreeSet<String> {
    let jobs = pipelines.iter().flat_map(|pipeline| &pipeline.jobs).filter(|job| job.deploys && job.automatic == Some(true));
    let steps = jobs.flat_map(|job| &job.steps).filter(|step| step.kind == StepKind::Command);
    let run = steps.flat_map(|step| commands(&step.text));
    run.filter_map(|command| catalog::deploying(&command).map(|(name, _)| name)).collect()
}

/// The files of every pipeline system that is known by its files, read or not.
pub(in crate::facts) fn all_files(snapshot: &Snapshot) -> Vec<&File> {
    let of_a_system = |file: &&File| catalog::PROVIDERS.provider.iter().any(|provider| provider.files.is_match(&file.path));
    snapshot.files().iter().filter(of_a_system).collect()
}

/// The words of a name: cut at everything that is no letter or digit, and where small letters meet capital ones.
pub(in crate::facts) fn words_of(name: &str) -> Vec<String> {
    catalog::words_of(name)
}

/// The common name of the target that a name speaks of.
pub(in crate::facts) fn target_in(name: &str) -> Option<&'static str> {
    catalog::target_in(name)
}
