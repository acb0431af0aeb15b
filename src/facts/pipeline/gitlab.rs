//! GitLab CI: the root file with its local includes as one pipeline, each job reported in the file that defines it.
//!
//! Protected environments and approvals live on the server, included files of other projects elsewhere; neither is seen.

mod project;
mod rules;

use std::collections::BTreeSet;

use super::catalog;
use super::deeds::{Cues, Deeds, Setting};
use super::graph::{Board, Draft, Sheet, Start};
use super::source::Source;
use super::{Job, Trigger, TriggerKind};
use crate::facts::Notes;
use crate::facts::yaml::{Kind, Node};
use crate::snapshot::Snapshot;
use project::Project;
use rules::Running;

const PROVIDER: &str = "gitlab-ci";

/// How deep `!reference` and nested lists are followed.
const DEPTH: usize = 10;

/// The stages of a pipeline that names none.
const STAGES: [&str; 5] = [".pre", "build", "test", "deploy", ".post"];

/// A job on the board, with what its neighbours ask of it.
struct Placed {
    name: String,
    stage: usize,
    at: usize,
    /// It waits for a person and holds later stages back.
    holds: bool,
}

/// Puts the pipeline on the board.
pub(super) fn read(snapshot: &Snapshot, root: Source, board: &mut Board, notes: &mut Notes) {
    let sources = project::with_includes(snapshot, root, notes);
    let project = Project::of(&sources);
    let sheets: Vec<usize> = sources.iter().enumerate().map(|(at, source)| board.add_sheet(sheet(&project, source, at == 0))).collect();
    let stages = stages(&project);
    let mut placed = Vec::new();
    for name in project.jobs(notes) {
        let Some((source, line)) = project.place(name) else { continue };
        let running = rules::running(&project, name);
        let written = project.text(name, "stage");
        let stage = written.unwrap_or("test");
        let holds = running.stop.as_ref().is_some_and(|stop| !stop.twin) && running.blocks;
        // A stage that is not written says nothing of the job.
        let draft = draft(snapshot, &project, name, line, written.unwrap_or_default(), running);
        let at = board.add_job(sheets[source], draft);
        let stage = stages.iter().position(|known| known == stage).unwrap_or(stages.len());
        placed.push(Placed { name: name.to_owned(), stage, at, holds });
    }
    for job in &placed {
        board.jobs[job.at].needs = needs(&project, job, &placed, board);
    }
}

fn sheet(project: &Project<'_>, source: &Source, is_root: bool) -> Sheet {
    let line = if is_root { project.workflow_line().unwrap_or(1) } else { 1 };
    let kinds = if is_root { rules::triggers(project) } else { vec![TriggerKind::Called] };
    let triggers = kinds.into_iter().map(|kind| Trigger { kind, line }).collect();
    Sheet { file: source.path.clone(), provider: PROVIDER, triggers, start: None }
}

fn stages(project: &Project<'_>) -> Vec<String> {
    let written: Vec<String> =
        project.global("stages").map(Node::items).unwrap_or_default().iter().filter_map(Node::text).map(str::to_owned).collect();
    if written.is_empty() {
        return STAGES.iter().map(|stage| (*stage).to_owned()).collect();
    }
    std::iter::once(".pre".to_owned()).chain(written).chain([".post".to_owned()]).collect()
}

fn draft(snapshot: &Snapshot, project: &Project<'_>, name: &str, line: usize, stage: &str, running: Running) -> Draft {
    let environment = environment(project, name);
    let action = project.path(name, &["environment", "action"]).and_then(Node::text);
    let stopping = matches!(action, Some("stop" | "verify" | "prepare" | "access"));
    let mut deeds = deeds(snapshot, project, name);
    let cues = Cues { own: &[name, stage], around: &[], environment: environment.is_some() && !stopping };
    let mut by = deeds.deploying(&cues);
    if by.is_empty() {
        by = implied(project, name, &deeds, &cues);
    }
    let down = stopping || (catalog::takes_down(name) && !catalog::says_deploy(name));
    let stops = std::mem::take(&mut deeds.stops);
    let manual = running.stop.into_iter().chain(stops).filter(|_| !down).collect();
    let job = Job {
        id: name.to_owned(),
        line,
        deploys: !by.is_empty() && !down,
        target: target(environment.as_deref(), name, stage),
        environment: environment.filter(|_| !stopping),
        automatic: None,
        manual,
        steps: deeds.steps,
    };
    Draft { job, by, start: running.start, needs: Vec::new(), callers: Vec::new(), may_be_twin: true }
}

/// A deployment that no command shows: by the environment, the pages, or a pipeline that is started elsewhere.
fn implied(project: &Project<'_>, name: &str, deeds: &Deeds<'_>, cues: &Cues<'_>) -> BTreeSet<String> {
    let pages = project.find(name, "pages").is_some_and(|pages| pages.bool() != Some(false)) || name == "pages";
    let starts_other = project.find(name, "trigger").is_some();
    let found = if cues.environment && !catalog::only_builds(cues.own) && (deeds.does_something || starts_other) {
        Some("environment")
    } else if pages && deeds.does_something {
        Some("pages")
    } else if starts_other && catalog::says_deploy(name) {
        Some("trigger")
    } else {
        None
    };
    found.map(str::to_owned).into_iter().collect()
}

fn deeds<'s>(snapshot: &'s Snapshot, project: &Project<'_>, name: &str) -> Deeds<'s> {
    let mut deeds = Deeds::new(snapshot, PROVIDER);
    let lenient = project.find(name, "allow_failure").and_then(Node::bool) == Some(true);
    let setting = Setting { folder: "", can_fail: !lenient };
    let before = project.find(name, "before_script").or_else(|| project.default("before_script"));
    for script in before.into_iter().chain(project.find(name, "script")) {
        take_script(project, &mut deeds, script, setting, DEPTH);
    }
    deeds
}

/// Takes in a script: text, a list of them, lists within, and `!reference [job, script]`.
fn take_script(project: &Project<'_>, deeds: &mut Deeds<'_>, node: &Node, setting: Setting<'_>, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if let Some(referred) = project.referred(node) {
        return take_script(project, deeds, referred, setting, depth);
    }
    match &node.kind {
        Kind::Sequence(items) => items.iter().for_each(|item| take_script(project, deeds, item, setting, depth)),
        Kind::Scalar { .. } => deeds.script(node, setting),
        Kind::Mapping(_) => {}
    }
}

/// The environment's name, its variables filled in where they are known.
fn environment(project: &Project<'_>, name: &str) -> Option<String> {
    let environment = project.find(name, "environment")?;
    let written = environment.text().or_else(|| project.path(name, &["environment", "name"]).and_then(Node::text))?;
    (!written.is_empty()).then(|| project.fill_in(name, written))
}

fn target(environment: Option<&str>, name: &str, stage: &str) -> Option<String> {
    match environment {
        Some(environment) if !environment.contains('$') => Some(environment.to_owned()),
        _ => catalog::target_in(name).or_else(|| catalog::target_in(stage)).map(str::to_owned),
    }
}

/// What holds a job back: what it needs, or what waits for a person in earlier stages.
fn needs(project: &Project<'_>, job: &Placed, all: &[Placed], board: &Board) -> Vec<usize> {
    let Some(written) = project.find(&job.name, "needs") else {
        return all.iter().filter(|other| other.stage < job.stage && other.holds).map(|other| other.at).collect();
    };
    let names: Vec<&str> = written
        .one_or_many()
        .iter()
        .filter(|need| need.get("optional").and_then(Node::bool) != Some(true))
        .filter_map(|need| need.text().or_else(|| need.text_of("job")))
        .collect();
    // A job that is not part of an automatic pipeline cannot be needed in one.
    all.iter()
        .filter(|other| names.contains(&other.name.as_str()) && board.jobs[other.at].start == Start::Automatic)
        .map(|other| other.at)
        .collect()
}

#[cfg(test)]
mod tests;
