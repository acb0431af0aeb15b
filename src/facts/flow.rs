//! Ways into the program: endpoints, messages, timers, and which tests run through them.
//!
//! How routes look in a framework is data (`rules/frameworks`). Files are read one by one (`read`, `calls`, `class`), then
//! held against each other (`graph`, `controller`). Tests are left to `tests`, and what a path is called in a test, too.

mod annotated;
mod aside;
mod calls;
mod class;
mod controller;
mod endpoint;
mod function;
mod graph;
mod inherit;
pub(crate) mod link;
mod page;
mod path;
mod read;
mod table;
mod trigger;
mod unit;

use schemars::JsonSchema;
use serde::Serialize;

use super::{At, Notes, Section, code};
use crate::snapshot::Snapshot;
use graph::{Graph, Prefix};
pub(crate) use read::constants;
use unit::{Kind, Route, Unit};

/// One way into the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Flow {
    /// The kind.
    pub kind: FlowKind,
    /// The HTTP method, upper case.
    pub method: Option<String>,
    /// The path, normalised: leading `/`, parameters as `{name}`, constraints dropped; or the name of queue or timer.
    pub path: String,
    /// The file that declares it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Whether a live test runs through it; null when unknown.
    pub tested: Option<bool>,
    /// How far from the outside the test starts.
    pub level: Level,
    /// The tests, a hundred at most.
    pub tests: Vec<At>,
    /// Whether it serves those who watch, index or describe the service, and none of its users.
    pub aside: bool,
}

/// A flow as its declaration shows it, before tests are held against it.
#[derive(Debug, Clone)]
pub(crate) struct Declared {
    /// The flow, not yet tested.
    pub flow: Flow,
    /// The name of the route, where routes are called by name.
    pub name: Option<String>,
    /// What handles it, by the names that a test below HTTP would use: `OrdersController.Get`, `create_user`, and the
    /// types of commands that it sends on, `CreateOrderCommand`.
    pub handlers: Vec<String>,
}

/// The kinds of flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FlowKind {
    /// An HTTP endpoint.
    Http,
    /// A consumer of messages.
    Message,
    /// Something that a clock starts.
    Timer,
    /// A remote procedure.
    Rpc,
    /// A page rendered by the server.
    Page,
}

/// How a flow is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Over HTTP.
    Http,
    /// Its handler is called directly.
    BelowHttp,
    /// Only by tests that are skipped.
    SkippedOnly,
    /// Not at all.
    None,
    /// The repository's form cannot be resolved.
    Unknown,
}

/// Reads the flows that the product declares.
pub(crate) fn declared(snapshot: &Snapshot, notes: &mut Notes) -> Section<Vec<Declared>> {
    let units = read::units(snapshot);
    let constants = read::constants(snapshot, &read::unknown_names(&units));
    let mut graph = Graph::new(&units, &constants);
    let mut found = Vec::new();
    let mut unknown = Vec::new();
    for (index, unit) in units.iter().enumerate() {
        for route in &unit.routes {
            called(&mut graph, index, unit, route, &mut found, &mut unknown);
        }
    }
    let global = units
        .iter()
        .enumerate()
        .find_map(|(index, unit)| Some(graph.fill(unit.prefix.as_ref().filter(|_| unit.language == code::Language::JavaScript)?, index)));
    for (index, unit) in units.iter().enumerate() {
        let global = global
            .as_ref()
            .filter(|_| unit.language == code::Language::JavaScript)
            .map(|value| path::of_value(value).0)
            .unwrap_or_default();
        unit.annotated.iter().for_each(|route| annotated_flow(&graph, index, unit, route, &global, &mut found));
    }
    let projects = projects(snapshot);
    let fill = |value: &code::value::Value, unit: usize| graph.fill(value, unit);
    let classes = inherit::Classes::new(&units, &projects);
    found.extend(controller::Controllers::new(&classes, &fill).flows());
    found.extend(endpoint::flows(&classes, &fill));
    found.extend(trigger::flows(snapshot, &classes, &fill));
    found.extend(page::flows(snapshot));
    found.iter_mut().for_each(|declared| declared.flow.aside = aside::is_aside(&declared.flow));
    note_unread(snapshot, notes);
    unread_files(&units, notes);
    unknown.sort();
    if let Some(first) = unknown.first() {
        let rest = if unknown.len() > 1 { format!(" and {} more", unknown.len() - 1) } else { String::new() };
        notes.unread("flows.path", format!("the whole path of {}:{}{rest} could not be told from the code", first.file, first.line));
    }
    found.sort_by(|one, other| order(&one.flow).cmp(&order(&other.flow)));
    found.dedup_by(|one, other| order(&one.flow) == order(&other.flow));
    Section::Known(found)
}

/// Says which frameworks the product rests on whose routes are not read.
fn note_unread(snapshot: &Snapshot, notes: &mut Notes) {
    let packages = crate::facts::stack::packages(snapshot);
    for framework in table::UNREAD.iter() {
        let shown =
            packages.iter().find(|(stack, package, _)| *stack == framework.stack && !package.development && framework.knows(&package.name));
        if let Some((_, package, file)) = shown {
            notes.unread(
                "flows",
                format!("{file}:{} depends on {}, and routes of {} are not read yet", package.line, package.name, framework.name),
            );
        }
    }
}

/// Says which files that may declare flows are too large to be read.
fn unread_files(units: &[Unit], notes: &mut Notes) {
    units.iter().filter_map(|unit| unit.left_whole.as_ref()).for_each(|left| left.note("flows", notes));
}

fn order(flow: &Flow) -> (&str, usize, &str, Option<&str>) {
    (&flow.file, flow.line, &flow.path, flow.method.as_deref())
}

/// The folders that hold projects of .NET.
fn projects(snapshot: &Snapshot) -> Vec<String> {
    let projects = snapshot.files().iter().filter(|file| file.path.ends_with("proj"));
    projects.map(|file| file.folder().to_owned()).collect()
}

/// The flows of an annotation.
fn annotated_flow(graph: &Graph<'_>, index: usize, unit: &Unit, route: &unit::Annotated, global: &str, found: &mut Vec<Declared>) {
    let text = |value: &code::value::Value| path::of_value(&graph.fill(value, index)).0;
    let own = text(&route.path);
    let full = match route.kind {
        FlowKind::Http => path::normalise(&path::join(&path::join(global, &text(&route.prefix)), &own)),
        _ => own,
    };
    let methods = if route.methods.is_empty() { vec![None] } else { route.methods.iter().cloned().map(Some).collect() };
    for method in methods {
        let mut flow = trigger::declared(route.kind, method, full.clone(), At::new(unit.file.clone(), route.line), route.handlers.clone());
        flow.name.clone_from(&route.name);
        found.push(flow);
    }
}

/// The flows of a route that is a call.
fn called(graph: &mut Graph<'_>, index: usize, unit: &Unit, route: &Route, found: &mut Vec<Declared>, unknown: &mut Vec<At>) {
    let places = match graph.wrapped(index, route) {
        Some(calls) => calls,
        None => vec![((index, route.router), route.path.clone(), route.line)],
    };
    for (router, value, line) in places {
        let value = graph.fill(&value, router.0);
        let (own, whole) = path::of_value(&value);
        if own.is_empty() && !whole {
            unknown.push(At::new(unit.file.clone(), line));
            continue;
        }
        let file = if router.0 == index { &unit.file } else { graph.file(router.0) }.to_owned();
        for prefix in graph.prefixes(router) {
            if !(whole && prefix.whole) {
                unknown.push(At::new(file.clone(), line));
            }
            push(route, &prefix, &own, &At::new(file.clone(), line), found);
        }
    }
}

fn push(route: &Route, prefix: &Prefix, own: &str, at: &At, found: &mut Vec<Declared>) {
    let methods: Vec<Option<String>> =
        if route.methods.is_empty() { vec![None] } else { route.methods.iter().cloned().map(Some).collect() };
    let full = match route.kind {
        Kind::Service => own.to_owned(),
        _ => path::normalise(&path::join(&prefix.path, own)),
    };
    for method in methods {
        let flow = Flow {
            kind: if route.kind == Kind::Http { FlowKind::Http } else { FlowKind::Rpc },
            method,
            path: full.clone(),
            file: at.file.clone(),
            line: at.line,
            tested: None,
            level: Level::Unknown,
            tests: Vec::new(),
            aside: false,
        };
        found.push(Declared { flow, name: route.name.clone(), handlers: route.handlers.clone() });
    }
}

#[cfg(test)]
mod tests;
