//! What starts an Azure pipeline. No `trigger` means every branch; `trigger: none` alone means a person.

use super::Source;
use crate::facts::pipeline::catalog;
use crate::facts::pipeline::condition::{Value, holds};
use crate::facts::pipeline::graph::{Start, gate};
use crate::facts::pipeline::{ManualStop, Nature, Trigger, TriggerKind};
use crate::facts::yaml::Node;

/// What starts a pipeline.
pub(super) struct Triggers {
    list: Vec<Trigger>,
    branches: Vec<String>,
}

/// Whether a file says what starts it, and so is no mere template.
pub(super) fn has_own(root: &Node) -> bool {
    ["trigger", "pr", "schedules"].iter().any(|key| root.get(key).is_some())
}

/// Whether a file that nobody uses is a template all the same: parameters, and nothing that only a pipeline has.
pub(super) fn is_bare_template(root: &Node, source: &Source) -> bool {
    let pipeline = ["trigger", "pr", "schedules", "pool", "resources", "variables", "name", "extends"];
    root.get("parameters").is_some() && !pipeline.iter().any(|key| root.get(key).is_some()) && !source.stem().starts_with("azure-pipeline")
}

impl Triggers {
    pub(super) fn of(root: &Node) -> Self {
        let mut list = Vec::new();
        let mut branches = Vec::new();
        match root.entry("trigger") {
            None => list.push(Trigger { kind: TriggerKind::Push, line: 1 }),
            Some(entry) if is_none(&entry.value) => {}
            Some(entry) => {
                branches = literal_branches(&entry.value);
                list.push(Trigger { kind: pushed(&entry.value), line: entry.line });
            }
        }
        if let Some(entry) = root.entry("pr").filter(|entry| !is_none(&entry.value)) {
            list.push(Trigger { kind: TriggerKind::PullRequest, line: entry.line });
        }
        if let Some(entry) = root.entry("schedules").filter(|entry| !entry.value.items().is_empty()) {
            list.push(Trigger { kind: TriggerKind::Schedule, line: entry.line });
        }
        list.extend(upstream(root).map(|line| Trigger { kind: TriggerKind::Upstream, line }));
        if list.is_empty() {
            let line = root.entry("trigger").map_or(1, |entry| entry.line);
            list.push(Trigger { kind: TriggerKind::Manual, line });
        }
        Self { list, branches }
    }

    /// The triggers of the model.
    pub(super) fn listed(&self) -> Vec<Trigger> {
        self.list.clone()
    }

    /// Whether nothing but a person starts it.
    pub(super) fn only_by_hand(&self) -> bool {
        self.list.iter().all(|trigger| trigger.kind == TriggerKind::Manual)
    }

    /// The stop of starting it by hand, where that is the only way.
    pub(super) fn stop(&self, root: &Node) -> Option<ManualStop> {
        let trigger = self.list.first().filter(|_| self.only_by_hand())?;
        Some(match typed_parameter(root) {
            Some(name) => ManualStop {
                nature: Nature::Work,
                ..gate(trigger.line, "required-input", format!("a person starts this pipeline and types `{name}`"))
            },
            None => gate(trigger.line, "trigger-none", "a person starts this pipeline"),
        })
    }

    /// How a job under this condition starts.
    pub(super) fn start(&self, condition: &str) -> Start {
        let condition = condition.trim();
        if condition == "false" || condition == "never()" {
            return Start::Never;
        }
        let admits = |trigger: &Trigger| {
            self.references(trigger.kind)
                .iter()
                .any(|reference| holds(condition, &|name| value(name, trigger.kind, reference)) != Some(false))
        };
        let by_itself = self.list.iter().filter(|trigger| trigger.kind != TriggerKind::Manual).any(admits);
        if by_itself { Start::Automatic } else { Start::Manual }
    }

    fn references(&self, kind: TriggerKind) -> Vec<Value> {
        match kind {
            TriggerKind::PullRequest => vec![Value::Prefix("refs/pull/".into())],
            TriggerKind::Tag => vec![Value::Prefix("refs/tags/".into())],
            TriggerKind::Push if !self.branches.is_empty() => {
                self.branches.iter().map(|name| Value::text(format!("refs/heads/{name}"))).collect()
            }
            _ => vec![Value::Prefix("refs/heads/".into())],
        }
    }
}

fn is_none(node: &Node) -> bool {
    node.text() == Some("none")
}

fn pushed(trigger: &Node) -> TriggerKind {
    if trigger.get("tags").is_some() && trigger.get("branches").is_none() { TriggerKind::Tag } else { TriggerKind::Push }
}

/// The branches of a trigger, if all are named in full.
fn literal_branches(trigger: &Node) -> Vec<String> {
    let branches = trigger.get("branches");
    let included = branches.and_then(|branches| branches.get("include")).or(branches).unwrap_or(trigger);
    let names: Vec<String> =
        included.items().iter().filter_map(Node::text).map(|name| name.trim_start_matches("refs/heads/").to_owned()).collect();
    if names.iter().any(|name| name.contains(['*', '?', '$'])) || trigger.get("tags").is_some() { Vec::new() } else { names }
}

/// The line at which another pipeline, image or webhook is said to start this one.
fn upstream(root: &Node) -> Option<usize> {
    let resources = root.get("resources")?;
    let starts = |item: &Node| {
        let trigger = item.entry("trigger")?;
        let off = is_none(&trigger.value) || trigger.value.bool() == Some(false);
        (!off).then_some(trigger.line)
    };
    let listed = ["pipelines", "containers", "repositories", "packages"].iter().filter_map(|key| resources.get(key)).flat_map(Node::items);
    listed.into_iter().find_map(starts).or_else(|| resources.entry("webhooks").map(|entry| entry.line))
}

/// The first parameter that a person has to type.
fn typed_parameter(root: &Node) -> Option<String> {
    let parameters = root.get("parameters")?.items();
    let found = parameters.iter().find(|parameter| {
        let kind = parameter.text_of("type").unwrap_or("string");
        let name = parameter.text_of("name").unwrap_or_default();
        catalog::STOPS.typed.is_typed(name, kind, true, parameter.get("default").is_some(), parameter.get("values").is_some())
    });
    found.and_then(|parameter| parameter.text_of("name")).map(str::to_owned)
}

fn value(name: &str, kind: TriggerKind, reference: &Value) -> Value {
    let bare: String = name.to_ascii_lowercase().chars().filter(|c| !matches!(c, '[' | ']' | '\'' | '"' | '(' | ')')).collect();
    let bare = bare.trim_start_matches("variables").trim_start_matches('.');
    match bare {
        "build.reason" => Value::text(match kind {
            TriggerKind::PullRequest => "PullRequest",
            TriggerKind::Schedule => "Schedule",
            TriggerKind::Upstream => "ResourceTrigger",
            // `BatchedCI` says the same of several pushes.
            _ => "IndividualCI",
        }),
        "build.sourcebranch" => reference.clone(),
        "build.sourcebranchname" => match reference {
            Value::Text(branch) => Value::text(branch.rsplit('/').next().unwrap_or(branch)),
            _ => Value::set(),
        },
        "system.pullrequest.pullrequestid" if kind != TriggerKind::PullRequest => Value::Null,
        _ => Value::Unknown,
    }
}
