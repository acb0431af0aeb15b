//! Manual steps outside of pipelines: scripts that ask, scripts that no pipeline calls, publish profiles, and documents
//! that tell a person what to do.
//!
//! Which commands deploy is asked of the pipelines' tables; whether such a step decides how a change reaches production
//! is left to `delivery`.

mod callers;
mod document;
mod publish;
mod script;
mod table;
mod target;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::pipeline::{self, Pipeline};
use super::{Notes, Section};
use crate::snapshot::Snapshot;
use callers::{Callers, Name};
use table::TABLE;

/// Why nothing is said of who calls a script where pipelines may lie beside what was read.
const ONLY_A_FOLDER: &str = "only a folder of the repository was read, and its pipelines may lie elsewhere";

/// A manual step outside of pipelines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct ManualStep {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// `prompting-script`, `uncalled-script`, `uncalled-target`, `publish-profile`, `instruction` or `setup-instruction`.
    pub kind: String,
    /// One sentence for a reader.
    pub detail: String,
    /// Where to, as the name says.
    pub target: Option<String>,
    /// No job of a pipeline deploys, and no platform is seen to: this is how it is done.
    pub only_way: bool,
}

impl ManualStep {
    /// Whether it deploys by itself, and does not only tell about it.
    #[must_use]
    pub fn deploys(&self) -> bool {
        !self.kind.ends_with("instruction")
    }
}

/// A script or target that deploys, and may be called by a machine.
struct Candidate {
    name: Name,
    step: ManualStep,
    /// By what it deploys.
    by: BTreeSet<String>,
}

/// Reads all manual steps.
#[must_use]
pub fn read(snapshot: &Snapshot, pipelines: &Section<Vec<Pipeline>>, unread: Option<&str>, notes: &mut Notes) -> Section<Vec<ManualStep>> {
    let known = pipelines.known().map(Vec::as_slice).unwrap_or_default();
    let deploys = known.iter().flat_map(|pipeline| &pipeline.jobs).any(|job| job.deploys);
    let unread = unread.or_else(|| snapshot.folder.as_ref().map(|_| ONLY_A_FOLDER));
    let only_way = !deploys && unread.is_none() && pipelines.is_known() && !has_platform(snapshot);
    let mut found = script::prompting(snapshot);
    let candidates = candidates(snapshot, &found, known);
    if !candidates.is_empty() || publish::has_profiles(snapshot) {
        let machines = callers::machine_texts(snapshot, known);
        found.extend(publish::profiles(snapshot, &machines));
        let uncalled = uncalled(snapshot, candidates, machines);
        match unread {
            Some(reason) if !uncalled.is_empty() => notes.unread("manual_steps", reason),
            _ => found.extend(uncalled),
        }
    }
    found.extend(document::instructions(snapshot));
    found.iter_mut().for_each(|step| step.only_way = only_way);
    found.sort();
    found.dedup();
    Section::Known(found)
}

/// Scripts and targets that deploy, without those that ask and those that do what a job does by itself.
fn candidates(snapshot: &Snapshot, prompting: &[ManualStep], pipelines: &[Pipeline]) -> Vec<Candidate> {
    let means = pipeline::automatic_means(pipelines);
    let mut all = script::deploying(snapshot);
    all.extend(target::deploying(snapshot));
    all.retain(|candidate| {
        let asks = prompting.iter().any(|step| step.file == candidate.step.file);
        !asks && candidate.by.iter().any(|by| !means.contains(by))
    });
    all
}

/// The candidates that no machine calls, and that none of the others calls.
fn uncalled(snapshot: &Snapshot, candidates: Vec<Candidate>, machines: Vec<String>) -> Vec<ManualStep> {
    if candidates.is_empty() {
        return Vec::new();
    }
    let called = Callers::new(snapshot, machines);
    let left: Vec<Candidate> = candidates.into_iter().filter(|candidate| !called.call(&candidate.name)).collect();
    let helps_another = |at: usize| {
        let name = &left[at].name;
        left.iter()
            .enumerate()
            .any(|(other, caller)| other != at && caller.step.file != left[at].step.file && called.names(&caller.step.file, name))
    };
    (0..left.len()).filter(|at| !helps_another(*at)).map(|at| left[at].step.clone()).collect()
}

fn has_platform(snapshot: &Snapshot) -> bool {
    let platforms = &TABLE.machines.platforms;
    snapshot.files().iter().any(|file| platforms.iter().any(|known| file.name() == known || file.path == *known))
}

#[cfg(test)]
mod tests;
