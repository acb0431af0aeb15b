//! What starts code of .NET other than a request that a router takes: functions with triggers, consumers, timers.

use super::class::{Attribute, Class, Method};
use super::controller::Fill;
use super::inherit::Classes;
use super::table::{self, Trigger};
use super::{Declared, Flow, FlowKind, Level, path};
use crate::facts::At;
use crate::facts::code::value::Value;
use crate::snapshot::Snapshot;

/// The flows that triggers, bases and schedules declare.
pub(super) fn flows(snapshot: &Snapshot, all: &Classes<'_>, fill: Fill<'_>) -> Vec<Declared> {
    let mut found = Vec::new();
    for (index, unit) in all.units.iter().enumerate() {
        for class in unit.classes.iter().filter(|class| !class.interface) {
            for method in &class.methods {
                function(snapshot, all, index, class, method, fill, &mut found);
                subscription(all, index, class, method, fill, &mut found);
            }
            if !class.is_abstract {
                by_base(all, index, class, &mut found);
            }
        }
        for schedule in &unit.schedules {
            let at = At::new(unit.file.clone(), schedule.line);
            found.push(declared(FlowKind::Timer, None, schedule.name.clone(), at, schedule.handlers.clone()));
        }
    }
    found
}

pub(super) fn declared(kind: FlowKind, method: Option<String>, path: String, at: At, handlers: Vec<String>) -> Declared {
    let flow =
        Flow { kind, method, path, file: at.file, line: at.line, tested: None, level: Level::Unknown, tests: Vec::new(), aside: false };
    Declared { flow, name: None, handlers }
}

fn handlers(class: &Class, method: &Method) -> Vec<String> {
    let mut handlers = vec![format!("{}.{}", class.name, method.name)];
    handlers.extend(method.sent.iter().cloned());
    handlers
}

/// A function of Azure: `[Function("Name")]` with a trigger at a parameter.
fn function(
    snapshot: &Snapshot,
    all: &Classes<'_>,
    unit: usize,
    class: &Class,
    method: &Method,
    fill: Fill<'_>,
    found: &mut Vec<Declared>,
) {
    for triggers in table::triggers() {
        let Some(named) = method.attributes.iter().find(|attribute| triggers.functions.contains(&attribute.name)) else { continue };
        let name = named.text(&["name"]).map(|value| fill(value, unit)).and_then(|value| value.whole().map(str::to_owned));
        let name = name.unwrap_or_else(|| method.name.clone());
        let attributes = method.parameters.iter().flat_map(|parameter| &parameter.attributes);
        let Some((attribute, trigger)) = attributes.filter_map(|attribute| Some((attribute, triggers.kinds.get(&attribute.name)?))).next()
        else {
            continue;
        };
        let file = all.units[unit].file.as_str();
        let at = At::new(file, named.line);
        let handlers = handlers(class, method);
        match trigger {
            Trigger::Http => {
                let route = attribute.named("Route").map(|value| path::of_value(&fill(value, unit)).0);
                let path = path::normalise(&path::join(&prefix(snapshot, file), &route.unwrap_or(name)));
                let methods = methods(attribute);
                for method in methods {
                    found.push(declared(FlowKind::Http, method, path.clone(), at.clone(), handlers.clone()));
                }
            }
            Trigger::Message => found.push(declared(FlowKind::Message, None, queue(attribute, unit, fill).unwrap_or(name), at, handlers)),
            Trigger::Timer => found.push(declared(FlowKind::Timer, None, name, at, handlers)),
        }
    }
}

fn methods(trigger: &Attribute) -> Vec<Option<String>> {
    const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];
    let words = trigger.arguments.iter().filter(|argument| argument.name.is_none()).map(|argument| argument.word.to_ascii_uppercase());
    let found: Vec<Option<String>> = words.filter(|word| METHODS.contains(&word.as_str())).map(Some).collect();
    if found.is_empty() { vec![None] } else { found }
}

/// What a trigger listens to: a queue, a topic with its subscription, a container.
fn queue(trigger: &Attribute, unit: usize, fill: Fill<'_>) -> Option<String> {
    let names = trigger.arguments.iter().filter(|argument| argument.name.is_none() && argument.text).take(2);
    let names: Vec<String> = names.filter_map(|argument| fill(&argument.value, unit).whole().map(str::to_owned)).collect();
    (!names.is_empty()).then(|| names.join("/"))
}

/// The prefix of all functions of a project: that of the nearest `host.json`, else `api`.
fn prefix(snapshot: &Snapshot, file: &str) -> String {
    let mut folder = file;
    while let Some((above, _)) = folder.rsplit_once('/').or(if folder.is_empty() { None } else { Some(("", "")) }) {
        folder = above;
        let path = if folder.is_empty() { "host.json".to_owned() } else { format!("{folder}/host.json") };
        if let Some(text) = snapshot.read_path(&path) {
            return prefix_of(&text.as_str()).unwrap_or_else(|| "api".to_owned());
        }
    }
    "api".to_owned()
}

fn prefix_of(host: &str) -> Option<String> {
    let (_, behind) = host.split_once("\"routePrefix\"")?;
    let value = behind.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    value.split('"').next().map(str::to_owned)
}

/// A method that subscribes to a message by an attribute.
fn subscription(all: &Classes<'_>, unit: usize, class: &Class, method: &Method, fill: Fill<'_>, found: &mut Vec<Declared>) {
    for attribute in &method.attributes {
        if !table::triggers().any(|triggers| triggers.subscriptions.contains(&attribute.name)) {
            continue;
        }
        let named = attribute.text(&["name"]).map(|value| fill(value, unit)).and_then(|value: Value| value.whole().map(str::to_owned));
        let kind = method.parameters.first().map(|parameter| parameter.kind.clone());
        if let Some(name) = named.filter(|name| !name.is_empty()).or(kind) {
            found.push(declared(
                FlowKind::Message,
                None,
                name,
                At::new(all.units[unit].file.clone(), attribute.line),
                handlers(class, method),
            ));
        }
    }
}

/// A class that gets messages, or that runs by a clock, by its bases.
fn by_base(all: &Classes<'_>, unit: usize, class: &Class, found: &mut Vec<Declared>) {
    let at = || At::new(all.units[unit].file.clone(), class.line);
    let sent = |wanted: &str| -> Vec<String> {
        let methods = class
            .methods
            .iter()
            .filter(|method| method.parameters.iter().any(|parameter| parameter.kind.contains(wanted)) || wanted.is_empty());
        methods.flat_map(|method| handlers(class, method)).collect()
    };
    for triggers in table::triggers() {
        for base in class.bases.iter().filter(|base| triggers.messages.contains(&base.name) && !class.generic) {
            if let Some(message) = base.arguments.first() {
                let mut handlers = sent(message);
                handlers.extend([class.name.clone(), message.clone()]);
                found.push(declared(FlowKind::Message, None, message.clone(), at(), handlers));
            }
        }
        let line = all.line(unit, class);
        let timed = line.iter().any(|(_, class)| class.bases.iter().any(|base| triggers.timers.contains(&base.name)));
        if timed {
            let mut handlers = vec![class.name.clone()];
            handlers.extend(
                class.methods.iter().filter(|method| method.name.starts_with("Execut")).flat_map(|method| self::handlers(class, method)),
            );
            let listens = triggers.listeners.iter().any(|word| class.name.contains(word.as_str()));
            let kind = if listens { FlowKind::Message } else { FlowKind::Timer };
            found.push(declared(kind, None, class.name.clone(), at(), handlers));
        }
    }
}
