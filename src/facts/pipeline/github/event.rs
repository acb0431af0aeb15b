//! What starts a workflow, and whether a condition lets a job run then.

use std::collections::BTreeSet;

use crate::facts::pipeline::TriggerKind;
use crate::facts::pipeline::catalog;
use crate::facts::pipeline::condition::{Value, holds};
use crate::facts::pipeline::graph::Start;
use crate::facts::yaml::Node;

/// One way in which a workflow may start.
#[derive(Debug, Clone)]
pub(super) struct Trying {
    pub(super) event: String,
    start: Start,
    reference: Value,
}

/// Every way in which a workflow may start.
#[derive(Debug)]
pub(super) struct Events {
    pub(super) tries: Vec<Trying>,
}

impl Events {
    /// Reads `on`. Workflows of these names are started by nobody but a person.
    pub(super) fn of(root: &Node, by_hand: &BTreeSet<String>) -> Self {
        let mut tries = Vec::new();
        if let Some(on) = root.get("on") {
            if on.own_entries().is_empty() {
                on.one_or_many().iter().filter_map(Node::text).for_each(|event| add(&mut tries, event, None, by_hand));
            }
            for entry in on.entries() {
                add(&mut tries, &entry.key, Some(&entry.value), by_hand);
            }
        }
        Self { tries }
    }

    /// Whether nothing but a person starts it.
    pub(super) fn only_by_hand(&self) -> bool {
        !self.tries.is_empty() && self.tries.iter().all(|trying| trying.start == Start::Manual)
    }

    /// Whether a person may start it.
    pub(super) fn has_manual(&self) -> bool {
        self.tries.iter().any(|trying| trying.start == Start::Manual)
    }

    /// Whether a condition is false whatever happens.
    pub(super) fn never(&self, condition: &str) -> bool {
        holds(condition, &|_| Value::Unknown) == Some(false) && !condition.contains('(')
    }

    /// The best way in which a job under this condition starts.
    pub(super) fn start(&self, condition: &str) -> Start {
        if self.never(condition) {
            return Start::Never;
        }
        let possible: Vec<Start> = self.tries.iter().filter(|trying| trying.admits(condition)).map(|trying| trying.start).collect();
        let best = [Start::Automatic, Start::Outside, Start::Manual, Start::Called].into_iter().find(|start| possible.contains(start));
        // Without a trigger, or behind a condition that no trigger meets, nobody can tell.
        best.unwrap_or(Start::Outside)
    }
}

/// A condition without the marks of an expression.
pub(super) fn bare(condition: &str) -> String {
    condition.replace("${{", "").replace("}}", "")
}

impl Trying {
    pub(super) fn is_tag(&self) -> bool {
        matches!(&self.reference, Value::Prefix(start) if start.starts_with("refs/tags/"))
    }

    fn admits(&self, condition: &str) -> bool {
        // A called workflow sees the event of its caller.
        self.start == Start::Called || holds(condition, &|name| self.value(name)) != Some(false)
    }

    fn value(&self, name: &str) -> Value {
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            "github.event_name" => Value::text(&self.event),
            "github.ref" => self.reference.clone(),
            "github.ref_name" => match &self.reference {
                Value::Text(reference) => Value::text(reference.trim_start_matches("refs/heads/")),
                _ => Value::set(),
            },
            "github.ref_type" => match &self.reference {
                Value::Text(_) => Value::text("branch"),
                Value::Prefix(start) if start.starts_with("refs/tags") => Value::text("tag"),
                Value::Prefix(start) if start.starts_with("refs/heads") => Value::text("branch"),
                _ => Value::Unknown,
            },
            "github.event.action" if self.event == "push" => Value::Null,
            _ if name.starts_with("github.event.pull_request") && !self.event.starts_with("pull_request") => Value::Null,
            _ if name.starts_with("github.event.release") && self.event != "release" => Value::Null,
            _ if name.starts_with("github.event.workflow_run") && self.event != "workflow_run" => Value::Null,
            _ if name.starts_with("inputs.") || name.starts_with("github.event.inputs") => {
                if self.event == "workflow_dispatch" {
                    Value::Unknown
                } else {
                    Value::Null
                }
            }
            _ => Value::Unknown,
        }
    }
}

fn add(tries: &mut Vec<Trying>, event: &str, filter: Option<&Node>, by_hand: &BTreeSet<String>) {
    let Some(kind) = catalog::github_trigger(event) else { return };
    let mut start = match kind {
        TriggerKind::Manual => Start::Manual,
        TriggerKind::Called => Start::Called,
        TriggerKind::Upstream if event == "workflow_run" => Start::Automatic,
        TriggerKind::Upstream => Start::Outside,
        _ => Start::Automatic,
    };
    if event == "workflow_run" {
        let upstream = filter.and_then(|filter| filter.get("workflows")).map(Node::one_or_many).unwrap_or_default();
        if !upstream.is_empty() && upstream.iter().all(|name| name.text().is_some_and(|name| by_hand.contains(name))) {
            start = Start::Manual;
        }
    }
    for reference in references(event, kind, filter) {
        tries.push(Trying { event: event.to_owned(), start, reference });
    }
}

/// The references that an event may come with.
fn references(event: &str, kind: TriggerKind, filter: Option<&Node>) -> Vec<Value> {
    let prefix = |start: &str| Value::Prefix(start.to_owned());
    match (event, kind) {
        ("push", _) => pushed(filter),
        ("release" | "registry_package", _) => vec![prefix("refs/tags/")],
        (_, TriggerKind::PullRequest) => vec![prefix("refs/pull/")],
        ("create" | "workflow_dispatch" | "workflow_call", _) => vec![Value::Unknown],
        _ => vec![prefix("refs/heads/")],
    }
}

fn pushed(filter: Option<&Node>) -> Vec<Value> {
    let has = |key: &str| filter.is_some_and(|filter| filter.get(key).is_some());
    let branches = filter.and_then(|filter| filter.get("branches")).map(Node::one_or_many).unwrap_or_default();
    let names: Vec<&str> = branches.iter().filter_map(Node::text).collect();
    let literal = !names.is_empty() && names.iter().all(|name| !name.contains(['*', '?', '[', '!', '+', '{']));
    let mut found = Vec::new();
    if literal {
        found.extend(names.iter().map(|name| Value::text(format!("refs/heads/{name}"))));
    } else if has("branches") || has("branches-ignore") || !(has("tags") || has("tags-ignore")) {
        found.push(Value::Prefix("refs/heads/".into()));
    }
    if has("tags") || has("tags-ignore") || !(has("branches") || has("branches-ignore")) {
        found.push(Value::Prefix("refs/tags/".into()));
    }
    found
}
