//! GitHub Actions: workflows, the reusable workflows they call and the composite actions they use.
//!
//! Reviewers of an environment live on the server and are not seen here.

mod event;

use std::collections::{BTreeMap, BTreeSet};

use super::catalog;
use super::deeds::{Cues, Deeds, Setting};
use super::graph::{Board, Draft, JOB_LIMIT, Sheet, Start, gate};
use super::source::Source;
use super::{Job, ManualStop, Nature, Trigger, TriggerKind};
use crate::facts::Notes;
use crate::facts::yaml::{Node, Tree};
use crate::snapshot::Snapshot;
use event::{Events, Trying};

const PROVIDER: &str = "github-actions";

/// How deep composite actions may use each other.
const ACTION_DEPTH: usize = 3;

/// One workflow, read but not yet linked to the others.
struct Workflow<'s> {
    source: &'s Source,
    root: &'s Node,
    events: Events,
    sheet: usize,
    /// Jobs by id, and the local workflow that each calls.
    jobs: Vec<(String, usize, Option<String>)>,
}

/// Puts all workflows on the board.
pub(super) fn read(snapshot: &Snapshot, sources: &[Source], board: &mut Board, notes: &mut Notes) {
    let manual_names = names_started_by_hand(sources);
    let mut workflows = Vec::new();
    for source in sources {
        let Some(root) = source.tree.root().filter(|root| root.get("jobs").is_some()) else { continue };
        let events = Events::of(root, &manual_names);
        let triggers = events.triggers(root);
        let start = start_stop(root);
        let sheet = board.add_sheet(Sheet { file: source.path.clone(), provider: PROVIDER, triggers, start });
        let mut workflow = Workflow { source, root, events, sheet, jobs: Vec::new() };
        workflow.put_jobs(snapshot, board, notes);
        workflows.push(workflow);
    }
    link_calls(&workflows, board);
}

/// The names of workflows that nothing but a person starts.
fn names_started_by_hand(sources: &[Source]) -> BTreeSet<String> {
    let none = BTreeSet::new();
    let roots = sources.iter().filter_map(|source| source.tree.root());
    let by_hand = roots.filter(|root| Events::of(root, &none).only_by_hand());
    by_hand.filter_map(|root| root.text_of("name").map(str::to_owned)).collect()
}

impl Workflow<'_> {
    fn put_jobs(&mut self, snapshot: &Snapshot, board: &mut Board, notes: &mut Notes) {
        let Some(jobs) = self.root.get("jobs") else { return };
        let mut entries = jobs.entries();
        if entries.len() > JOB_LIMIT {
            entries.truncate(JOB_LIMIT);
            notes.unread("pipelines", format!("{}: only the first {JOB_LIMIT} jobs were read", self.source.path));
        }
        for entry in &entries {
            if entry.value.own_entries().is_empty() {
                continue;
            }
            let (draft, calls) = self.draft(snapshot, &entry.key, entry.line, &entry.value);
            let at = board.add_job(self.sheet, draft);
            self.jobs.push((entry.key.clone(), at, calls));
        }
        for entry in entries {
            let Some(at) = self.place_of(&entry.key) else { continue };
            let needs = entry.value.get("needs").map(Node::one_or_many).unwrap_or_default();
            board.jobs[at].needs = needs.iter().filter_map(Node::text).filter_map(|id| self.place_of(id)).collect();
        }
    }

    fn place_of(&self, id: &str) -> Option<usize> {
        self.jobs.iter().find(|(known, ..)| known == id).map(|(_, at, _)| *at)
    }

    fn draft(&self, snapshot: &Snapshot, id: &str, line: usize, job: &Node) -> (Draft, Option<String>) {
        let condition = job.get("if").and_then(Node::text).unwrap_or("true");
        let environment = environment_of(job);
        let name = job.text_of("name").unwrap_or_default();
        let workflow_name = self.root.text_of("name").unwrap_or_default();
        let cues = Cues { own: &[id, name], around: &[self.source.stem(), workflow_name], environment: environment.is_some() };

        let gather = |only_automatic: bool| self.deeds(snapshot, job, condition, only_automatic);
        let (mut deeds, filtered) = gather(false);
        let mut start = self.events.start(condition);
        let calls = job.text_of("uses").map(|uses| self.call(&mut deeds, uses));
        let by = deeds.deploying(&cues);
        if filtered && !by.is_empty() && start == Start::Automatic && gather(true).0.deploying(&cues).is_empty() && self.events.has_manual()
        {
            start = Start::Manual;
        }
        let down = catalog::takes_down(&format!("{id} {name}")) && !catalog::says_deploy(id);
        let job = Job {
            id: id.to_owned(),
            line,
            deploys: !by.is_empty() && !down,
            target: target(environment, &[id, name], &[self.source.stem(), workflow_name]),
            environment: environment.map(str::to_owned),
            automatic: None,
            manual: deeds.stops,
            steps: deeds.steps,
        };
        let draft = Draft { job, by, start, needs: Vec::new(), callers: Vec::new(), may_be_twin: false };
        (draft, calls.flatten())
    }

    /// What the steps of a job do; with `only_automatic`, without those that only a person's start reaches.
    /// Also tells whether there are such steps.
    fn deeds<'a>(&self, snapshot: &'a Snapshot, job: &Node, condition: &str, only_automatic: bool) -> (Deeds<'a>, bool) {
        let mut deeds = Deeds::new(snapshot, PROVIDER);
        deeds.variables = variables(&[self.root, job]);
        let mut filtered = false;
        let lenient = is_true(job.get("continue-on-error"));
        for step in job.get("steps").map(Node::items).unwrap_or_default() {
            let own = step.text_of("if").unwrap_or("true");
            if self.events.never(own) {
                continue;
            }
            let both = format!("({}) && ({})", event::bare(condition), event::bare(own));
            if self.events.start(&both) != Start::Automatic {
                filtered = true;
                if only_automatic {
                    continue;
                }
            }
            let folder = folder_of(&[
                Some(step),
                job.get("defaults").and_then(|d| d.get("run")),
                self.root.get("defaults").and_then(|d| d.get("run")),
            ]);
            let setting = Setting { folder: &folder, can_fail: !lenient && !is_true(step.get("continue-on-error")) };
            take_step(snapshot, &mut deeds, step, setting, ACTION_DEPTH);
        }
        (deeds, filtered)
    }

    /// A job that is a call of another workflow: the local one's path, or what the name of a remote one says.
    fn call(&self, deeds: &mut Deeds<'_>, uses: &str) -> Option<String> {
        deeds.does_something = true;
        let path = uses.split('@').next().unwrap_or(uses);
        if let Some(local) = path.strip_prefix("./") {
            return Some(local.to_owned());
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        if catalog::says_deploy(name.trim_end_matches(".yml").trim_end_matches(".yaml")) {
            deeds.deploys_by([path.to_ascii_lowercase()]);
        }
        None
    }
}

/// The variables whose values these give, the later ones first in rank; a value that is itself an expression is not known.
fn variables(holders: &[&Node]) -> BTreeMap<String, String> {
    let given = holders.iter().filter_map(|holder| holder.get("env")).flat_map(Node::entries);
    let known = given.filter_map(|entry| Some((entry.key.clone(), entry.value.text()?.to_owned())));
    known.filter(|(_, value)| !value.contains("${{") && !value.contains('\n')).collect()
}

/// Takes in one step of a job or of a composite action.
fn take_step(snapshot: &Snapshot, deeds: &mut Deeds<'_>, step: &Node, setting: Setting<'_>, depth: usize) {
    if let Some(run) = step.get("run") {
        let other_language =
            step.text_of("shell").is_some_and(|shell| ["python", "node", "perl", "ruby"].iter().any(|known| shell.starts_with(known)));
        if !other_language {
            deeds.script(run, setting);
        }
        return;
    }
    let Some(entry) = step.entry("uses") else { return };
    let Some(uses) = entry.value.text() else { return };
    let name = uses.split('@').next().unwrap_or(uses);
    if name.starts_with("docker://") {
        return;
    }
    match name.strip_prefix("./") {
        Some(folder) => composite(snapshot, deeds, folder, entry.line, setting, depth),
        None => deeds.prepared(name, step.get("with"), entry.line, setting),
    }
}

/// Takes in what a composite action of the repository does, as one step.
fn composite(snapshot: &Snapshot, deeds: &mut Deeds<'_>, folder: &str, line: usize, setting: Setting<'_>, depth: usize) {
    deeds.local_step(&format!("./{folder}"), line, setting);
    let folder = folder.trim_end_matches('/');
    let paths = [format!("{folder}/action.yml"), format!("{folder}/action.yaml")];
    let Some(text) = paths.iter().find_map(|path| snapshot.read_path(path)).filter(|_| depth > 0) else { return };
    let tree = Tree::parse(&text.as_str());
    let steps = tree.root().and_then(|root| root.get("runs")).and_then(|runs| runs.get("steps"));
    let mut inner = Deeds::new(snapshot, PROVIDER);
    for step in steps.map(Node::items).unwrap_or_default() {
        take_step(snapshot, &mut inner, step, Setting { folder: "", can_fail: setting.can_fail }, depth - 1);
    }
    // A question within the action is asked where the action is used.
    inner.stops.iter_mut().for_each(|stop| stop.line = line);
    deeds.absorb(inner);
}

/// Lets calling jobs deploy what the called workflows deploy, and lets these start when they are called.
fn link_calls(workflows: &[Workflow<'_>], board: &mut Board) {
    let calls: Vec<(usize, usize)> = workflows
        .iter()
        .flat_map(|workflow| &workflow.jobs)
        .filter_map(|(_, at, calls)| Some((*at, calls.as_ref()?)))
        .filter_map(|(at, path)| Some((at, workflows.iter().find(|workflow| workflow.source.path == *path)?.sheet)))
        .collect();
    board.link_calls(&calls);
}

/// The stop of starting the workflow by hand, where that is a way.
fn start_stop(root: &Node) -> Option<ManualStop> {
    let on = root.entry("on")?;
    let (line, inputs) = match on.value.entry("workflow_dispatch") {
        Some(entry) => (entry.line, entry.value.get("inputs")),
        None => (on.value.one_or_many().iter().find(|event| event.text() == Some("workflow_dispatch"))?.line, None),
    };
    let typed = inputs.and_then(typed_input);
    Some(match typed {
        Some(name) => {
            ManualStop { nature: Nature::Work, ..gate(line, "required-input", format!("a person starts this workflow and types `{name}`")) }
        }
        None => gate(line, "workflow-dispatch", "a person starts this workflow"),
    })
}

/// The first input that a person has to type.
fn typed_input(inputs: &Node) -> Option<String> {
    let typed = &catalog::STOPS.typed;
    let found = inputs.entries().into_iter().find(|entry| {
        let input = &entry.value;
        let kind = input.text_of("type").unwrap_or("string");
        let has_default = input.get("default").is_some_and(|default| default.text().is_some_and(|text| !text.is_empty()));
        typed.is_typed(&entry.key, kind, is_true(input.get("required")), has_default, input.get("options").is_some())
    });
    found.map(|entry| entry.key.clone())
}

/// The name of the environment, as written.
fn environment_of(job: &Node) -> Option<&str> {
    let environment = job.get("environment")?;
    environment.text().or_else(|| environment.text_of("name")).filter(|name| !name.is_empty())
}

/// The target: the environment as named, else what the names of job or workflow say.
fn target(environment: Option<&str>, job: &[&str], workflow: &[&str]) -> Option<String> {
    match environment {
        Some(name) if !name.contains("${{") => Some(name.to_owned()),
        Some(name) if name.contains("inputs") || name.contains("matrix") => None,
        Some(name) => catalog::target_in(name).map(str::to_owned),
        None => [job, workflow].into_iter().find_map(|names| catalog::target_in(&names.join(" "))).map(str::to_owned),
    }
}

/// The folder that a step runs in, from the nearest setting.
fn folder_of(settings: &[Option<&Node>]) -> String {
    let folder = settings.iter().flatten().find_map(|setting| setting.text_of("working-directory")).unwrap_or_default();
    if folder.contains('$') { String::new() } else { crate::facts::command::call::join("", folder) }
}

fn is_true(node: Option<&Node>) -> bool {
    node.and_then(Node::bool) == Some(true)
}

impl Events {
    /// The triggers of the model, each at its line.
    fn triggers(&self, root: &Node) -> Vec<Trigger> {
        let Some(on) = root.entry("on") else { return Vec::new() };
        let named: Vec<(&str, usize)> = if on.value.own_entries().is_empty() {
            on.value.one_or_many().iter().filter_map(|event| Some((event.text()?, event.line))).collect()
        } else {
            on.value.entries().into_iter().map(|entry| (entry.key.as_str(), entry.line)).collect()
        };
        let kind = |event: &str| {
            let tags_only = event == "push" && self.trying().iter().all(|trying| trying.event != "push" || trying.is_tag());
            if tags_only { Some(TriggerKind::Tag) } else { catalog::github_trigger(event) }
        };
        named.into_iter().filter_map(|(event, line)| Some(Trigger { kind: kind(event)?, line })).collect()
    }

    fn trying(&self) -> &[Trying] {
        &self.tries
    }
}

#[cfg(test)]
mod tests;
