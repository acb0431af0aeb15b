//! When a job runs: `rules`, `only`, `when` and `workflow: rules`, tried against each way a pipeline starts.

use super::project::Project;
use crate::facts::pipeline::catalog::{self, words_of};
use crate::facts::pipeline::condition::{Value, holds};
use crate::facts::pipeline::graph::{Start, gate};
use crate::facts::pipeline::{ManualStop, TriggerKind};
use crate::facts::yaml::Node;

/// How a job starts, and where it waits.
pub(super) struct Running {
    pub(super) start: Start,
    pub(super) stop: Option<ManualStop>,
    /// The stop holds later stages back.
    pub(super) blocks: bool,
}

/// One way in which a pipeline starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Branch,
    Tag,
    Merge,
    Schedule,
    Web,
}

const AUTOMATIC: [Way; 4] = [Way::Branch, Way::Tag, Way::Merge, Way::Schedule];

/// What a rule makes of a job.
struct Outcome {
    when: String,
    line: usize,
    blocks: bool,
    /// The rule speaks of what is delivered: the default branch, a tag, production.
    delivers: bool,
    /// It holds only if a variable is set that the files do not set.
    by_variable: bool,
}

/// The triggers that `workflow: rules` lets through.
pub(super) fn triggers(project: &Project<'_>) -> Vec<TriggerKind> {
    let kind = |way: &Way| match way {
        Way::Branch => TriggerKind::Push,
        Way::Tag => TriggerKind::Tag,
        Way::Merge => TriggerKind::PullRequest,
        Way::Schedule => TriggerKind::Schedule,
        Way::Web => TriggerKind::Manual,
    };
    // Without rules for the whole, merge requests and schedules start what the jobs say; pushes start all.
    let ways: &[Way] = if workflow_rules(project).is_some() { &AUTOMATIC } else { &AUTOMATIC[..2] };
    ways.iter().filter(|way| admitted(project, **way)).map(kind).collect()
}

fn workflow_rules<'s>(project: &Project<'s>) -> Option<&'s Node> {
    project.global("workflow").and_then(|workflow| workflow.get("rules"))
}

fn admitted(project: &Project<'_>, way: Way) -> bool {
    let Some(rules) = workflow_rules(project) else { return true };
    outcomes(project, "", rules, way, "always").iter().any(|outcome| outcome.when != "never")
}

/// How a job starts.
pub(super) fn running(project: &Project<'_>, name: &str) -> Running {
    match project.find(name, "rules") {
        Some(rules) => by_rules(project, name, rules),
        None => by_keywords(project, name),
    }
}

fn by_keywords(project: &Project<'_>, name: &str) -> Running {
    let when = project.find(name, "when");
    let start = match when.and_then(Node::text) {
        Some("never") => Start::Never,
        _ => only(project, name),
    };
    let manual = when.filter(|when| when.text() == Some("manual"));
    // A manual job outside of rules holds nothing back unless it says so.
    let blocks = project.find(name, "allow_failure").and_then(Node::bool) == Some(false);
    let stop = match (manual, start) {
        (Some(when), _) => Some(when_manual(when.line, name, blocks)),
        (None, Start::Manual) => project
            .find(name, "only")
            .map(|only| gate(only.line, "only-web", format!("`{name}` runs only in a pipeline that a person starts"))),
        _ => None,
    };
    Running { start, stop, blocks }
}

/// The start by `only`: names of what starts the pipeline among names of branches.
fn only(project: &Project<'_>, name: &str) -> Start {
    let words = &catalog::PROVIDERS.gitlab;
    let Some(only) = project.find(name, "only") else { return Start::Automatic };
    let references: Vec<&str> = only.get("refs").unwrap_or(only).one_or_many().iter().filter_map(Node::text).collect();
    let has = |list: &[String], word: &&str| list.iter().any(|known| known == word);
    if references.is_empty()
        || references
            .iter()
            .any(|word| has(&words.automatic_refs, word) || !(has(&words.manual_refs, word) || has(&words.outside_refs, word)))
    {
        return Start::Automatic;
    }
    if references.iter().any(|word| has(&words.manual_refs, word)) { Start::Manual } else { Start::Outside }
}

fn by_rules(project: &Project<'_>, name: &str, rules: &Node) -> Running {
    let own = project.text(name, "when").unwrap_or("on_success");
    let tried =
        |ways: &mut dyn Iterator<Item = Way>| -> Vec<Outcome> { ways.flat_map(|way| outcomes(project, name, rules, way, own)).collect() };
    let mut found = tried(&mut AUTOMATIC.into_iter().filter(|way| admitted(project, *way)));
    if found.iter().all(|outcome| outcome.when == "never") {
        // Rules for the whole that leave a job no way at all are a slip, and do not tell what the job is meant to do.
        found = tried(&mut AUTOMATIC.into_iter());
    }
    let allows_failure = project.find(name, "allow_failure").and_then(Node::bool) == Some(true);
    let runs = |outcome: &&Outcome| matches!(outcome.when.as_str(), "on_success" | "always" | "delayed");
    let automatic: Vec<&Outcome> = found.iter().filter(runs).collect();
    let manual = found
        .iter()
        .find(|outcome| outcome.when == "manual" && outcome.delivers)
        .or_else(|| found.iter().find(|outcome| outcome.when == "manual"));
    let certain = automatic.iter().any(|outcome| !outcome.by_variable);
    if let Some(manual) = manual {
        let delivered = automatic.iter().any(|outcome| outcome.delivers);
        let twin = certain && (delivered || !manual.delivers);
        let blocks = manual.blocks && !allows_failure;
        let stop = ManualStop { twin, ..when_manual(manual.line, name, blocks) };
        return Running { start: Start::Automatic, stop: Some(stop), blocks };
    }
    if !automatic.is_empty() {
        let start = if certain { Start::Automatic } else { Start::Outside };
        return Running { start, stop: None, blocks: false };
    }
    by_hand(project, name, rules, own)
}

/// No way that needs no person runs the job: does a person's way?
fn by_hand(project: &Project<'_>, name: &str, rules: &Node, own: &str) -> Running {
    let found = outcomes(project, name, rules, Way::Web, own);
    match found.iter().find(|outcome| outcome.when != "never") {
        Some(outcome) => {
            let stop = gate(outcome.line, "rule-web", format!("`{name}` runs only in a pipeline that a person starts"));
            Running { start: Start::Manual, stop: Some(stop), blocks: false }
        }
        None => Running { start: Start::Outside, stop: None, blocks: false },
    }
}

fn when_manual(line: usize, name: &str, blocks: bool) -> ManualStop {
    let effect = if blocks { "what comes after it waits" } else { "what comes after it does not wait" };
    gate(line, "when-manual", format!("`{name}` waits until a person starts it, {effect}"))
}

/// What the rules may make of a job when the pipeline starts in this way.
fn outcomes(project: &Project<'_>, name: &str, rules: &Node, way: Way, own: &str) -> Vec<Outcome> {
    let mut found = Vec::new();
    for rule in flat(project, rules, 6) {
        let condition = rule.text_of("if").unwrap_or("true");
        let answer = holds(condition, &|variable| value(project, name, variable, way, Value::Unknown));
        if answer == Some(false) {
            continue;
        }
        let unset = holds(condition, &|variable| value(project, name, variable, way, Value::Null));
        let when = rule.entry("when");
        let words = words_of(condition);
        found.push(Outcome {
            when: when.and_then(|when| when.value.text()).unwrap_or(own).to_owned(),
            line: when.map_or(rule.line, |when| when.line),
            blocks: rule.get("allow_failure").and_then(Node::bool) != Some(true),
            delivers: words
                .iter()
                .any(|word| matches!(word.as_str(), "default" | "main" | "master" | "tag" | "prod" | "production" | "release")),
            by_variable: unset == Some(false),
        });
        let sometimes = rule.get("changes").is_some() || rule.get("exists").is_some();
        if answer == Some(true) && !sometimes {
            break;
        }
    }
    found
}

/// The rules in order, with references and nested lists resolved.
fn flat<'n>(project: &Project<'n>, node: &'n Node, depth: usize) -> Vec<&'n Node> {
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    if let Some(referred) = project.referred(node) {
        return flat(project, referred, depth);
    }
    if node.own_entries().is_empty() { node.items().iter().flat_map(|item| flat(project, item, depth)).collect() } else { vec![node] }
}

/// What a variable holds when the pipeline starts in this way.
fn value(project: &Project<'_>, name: &str, variable: &str, way: Way, unset: Value) -> Value {
    let when = |set: bool| if set { Value::set() } else { Value::Null };
    match variable {
        "CI_PIPELINE_SOURCE" => Value::text(match way {
            Way::Branch | Way::Tag => "push",
            Way::Merge => "merge_request_event",
            Way::Schedule => "schedule",
            Way::Web => "web",
        }),
        "CI_COMMIT_BRANCH" => when(matches!(way, Way::Branch | Way::Schedule | Way::Web)),
        "CI_COMMIT_TAG" => when(way == Way::Tag),
        "CI_COMMIT_REF_NAME" | "CI_COMMIT_REF_SLUG" | "CI_DEFAULT_BRANCH" | "CI_PROJECT_NAME" | "CI_PROJECT_PATH" | "CI_COMMIT_SHA" => {
            Value::set()
        }
        "CI" | "GITLAB_CI" => Value::text("true"),
        _ if variable.starts_with("CI_MERGE_REQUEST") => when(way == Way::Merge),
        _ if variable.starts_with("CI_") || variable.starts_with("GITLAB_") => Value::Unknown,
        _ => match project.variable(name, variable) {
            Some(text) if text.contains('$') => Value::Unknown,
            Some(text) => Value::text(text),
            None => unset,
        },
    }
}
