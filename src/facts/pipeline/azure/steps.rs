//! The steps of a job: scripts, tasks and templates of steps.

use super::find::Template;
use super::{DEPTH, PROVIDER, expanded};
use crate::facts::pipeline::catalog;
use crate::facts::pipeline::deeds::{Deeds, Setting};
use crate::facts::pipeline::source::Source;
use crate::facts::yaml::Node;
use crate::snapshot::Snapshot;

/// The keys of steps that hold a script.
const SCRIPTS: [&str; 4] = ["script", "bash", "pwsh", "powershell"];

/// The inputs of tasks that name a script's file.
const SCRIPT_FILES: [&str; 4] = ["scriptPath", "filePath", "scriptFile", "bashScriptPath"];

/// How deep templates of steps use each other.
const TEMPLATE_DEPTH: usize = 3;

/// What a job does, in its steps or in those of its strategy.
pub(super) fn deeds<'s>(snapshot: &'s Snapshot, source: &Source, job: &Node) -> Deeds<'s> {
    let mut deeds = Deeds::new(snapshot, PROVIDER);
    let lenient = is_true(job.get("continueOnError"));
    let mut lists = Vec::new();
    lists.extend(job.get("steps"));
    if let Some(strategy) = job.get("strategy") {
        step_lists(strategy, DEPTH, &mut lists);
    }
    for list in lists {
        take_steps(snapshot, &mut deeds, list, &source.path, lenient, TEMPLATE_DEPTH);
    }
    deeds
}

/// Every `steps` under a strategy, whatever its lifecycle is called.
fn step_lists<'n>(node: &'n Node, depth: usize, found: &mut Vec<&'n Node>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for entry in node.own_entries() {
        if entry.key == "steps" {
            found.push(&entry.value);
        } else {
            step_lists(&entry.value, depth, found);
        }
    }
}

fn take_steps(snapshot: &Snapshot, deeds: &mut Deeds<'_>, list: &Node, file: &str, lenient: bool, depth: usize) {
    for step in expanded(list) {
        if step.get("enabled").and_then(Node::bool) == Some(false)
            || step.text_of("condition").is_some_and(|condition| condition.trim() == "false")
        {
            continue;
        }
        let can_fail = !lenient && !is_true(step.get("continueOnError"));
        let folder = step.text_of("workingDirectory").filter(|folder| !folder.contains('$')).unwrap_or_default();
        let setting = Setting { folder, can_fail };
        if let Some(script) = SCRIPTS.iter().find_map(|key| step.get(key)) {
            deeds.script(script, setting);
        } else if let Some(entry) = step.entry("task") {
            take_task(deeds, entry.value.text().unwrap_or_default(), step.get("inputs"), entry.line, setting);
        } else if depth > 0 {
            take_template(snapshot, deeds, step, file, lenient, depth - 1);
        }
    }
}

fn take_task(deeds: &mut Deeds<'_>, task: &str, inputs: Option<&Node>, line: usize, setting: Setting<'_>) {
    let name = task.split('@').next().unwrap_or(task);
    deeds.prepared(name, inputs, line, setting);
    let Some(inputs) = inputs else { return };
    for entry in inputs.entries() {
        if SCRIPT_FILES.iter().any(|key| key.eq_ignore_ascii_case(&entry.key))
            && let Some(path) = entry.value.text()
        {
            deeds.script_file(path, setting);
        }
    }
}

fn take_template(snapshot: &Snapshot, deeds: &mut Deeds<'_>, step: &Node, file: &str, lenient: bool, depth: usize) {
    match Template::of(step, file) {
        Template::Local(path) => {
            deeds.does_something = true;
            let Some(source) = Source::read_quietly(snapshot, &path) else { return };
            let line = step.line;
            let mut inner = Deeds::new(snapshot, PROVIDER);
            if let Some(steps) = source.tree.root().and_then(|root| root.get("steps")) {
                take_steps(snapshot, &mut inner, steps, &path, lenient, depth);
            }
            inner.stops.iter_mut().for_each(|stop| stop.line = line);
            // The steps are the job's own; their lines are those of the template, so the call's line stands for them.
            for mut taken in std::mem::take(&mut inner.steps) {
                taken.line = line;
                deeds.steps.push(taken);
            }
            deeds.absorb(inner);
        }
        Template::Elsewhere(name) => {
            deeds.does_something = true;
            if catalog::says_deploy(&name) {
                deeds.deploys_by([name]);
            }
        }
        Template::None => {}
    }
}

fn is_true(node: Option<&Node>) -> bool {
    node.and_then(Node::bool) == Some(true)
}
