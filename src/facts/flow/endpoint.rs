//! Endpoints of FastEndpoints: a class an endpoint, whose `Configure` names verbs and routes.

use super::class::{Call, Class};
use super::controller::Fill;
use super::inherit::Classes;
use super::trigger::declared;
use super::{Declared, FlowKind, path};
use crate::facts::At;

const BASES: [&str; 5] = ["Endpoint", "EndpointWithoutRequest", "EndpointWithMapping", "EndpointWithMapper", "Ep"];

const VERBS: [(&str, &str); 7] =
    [("Get", "GET"), ("Post", "POST"), ("Put", "PUT"), ("Delete", "DELETE"), ("Patch", "PATCH"), ("Head", "HEAD"), ("Options", "OPTIONS")];

/// The flows of all endpoints.
pub(super) fn flows(all: &Classes<'_>, fill: Fill<'_>) -> Vec<Declared> {
    let mut found = Vec::new();
    for (index, unit) in all.units.iter().enumerate() {
        for class in unit.classes.iter().filter(|class| !class.is_abstract && !class.interface) {
            let is_endpoint =
                all.line(index, class).iter().any(|(_, class)| class.bases.iter().any(|base| BASES.contains(&base.name.as_str())));
            if is_endpoint && let Some(configure) = class.methods.iter().find(|method| method.name == "Configure") {
                endpoint(all, index, class, &configure.calls, fill, &mut found);
            }
        }
    }
    found
}

fn endpoint(all: &Classes<'_>, unit: usize, class: &Class, calls: &[Call], fill: Fill<'_>, found: &mut Vec<Declared>) {
    let texts = |call: &Call| -> Vec<String> {
        call.arguments.iter().filter(|argument| argument.text).map(|argument| path::of_value(&fill(&argument.value, unit)).0).collect()
    };
    let (mut prefix, mut methods, mut routes) = (project_prefix(all, unit, fill), Vec::new(), Vec::new());
    let mut line = class.line;
    for call in calls {
        if let Some((_, method)) = VERBS.iter().find(|(verb, _)| *verb == call.name) {
            methods.push((*method).to_owned());
            routes.extend(texts(call));
            line = call.line;
        }
        match call.name.as_str() {
            "Verbs" => methods.extend(call.arguments.iter().map(|argument| argument.word.to_ascii_uppercase())),
            "Routes" => {
                routes.extend(texts(call));
                line = call.line;
            }
            "RoutePrefixOverride" => prefix = texts(call).into_iter().next().unwrap_or_default(),
            "Group" => {
                let group = call.types.first().map(|name| group_prefix(all, name, unit, fill, 0)).unwrap_or_default();
                prefix = path::join(&prefix, &group);
            }
            _ => {}
        }
    }
    let mut handlers = vec![class.name.clone()];
    for method in class.methods.iter().filter(|method| matches!(method.name.as_str(), "HandleAsync" | "ExecuteAsync")) {
        handlers.push(format!("{}.{}", class.name, method.name));
        handlers.extend(method.sent.iter().cloned());
    }
    for method in &methods {
        for route in &routes {
            let full = path::normalise(&path::join(&prefix, route));
            found.push(declared(FlowKind::Http, Some(method.clone()), full, At::new(all.units[unit].file.clone(), line), handlers.clone()));
        }
    }
}

/// The prefix of a group, below that of the group that it is part of.
fn group_prefix(all: &Classes<'_>, name: &str, unit: usize, fill: Fill<'_>, depth: usize) -> String {
    let Some((at, class)) = all.find(name, &all.units[unit].file).filter(|_| depth < 6) else { return String::new() };
    let configure = class
        .methods
        .iter()
        .filter(|method| method.name == class.name)
        .flat_map(|method| &method.calls)
        .find(|call| call.name == "Configure");
    let own =
        configure.and_then(|call| call.arguments.first()).map(|argument| path::of_value(&fill(&argument.value, at)).0).unwrap_or_default();
    let above = class.bases.iter().find(|base| base.name == "SubGroup").and_then(|base| base.arguments.first());
    let above = above.map(|name| group_prefix(all, name, at, fill, depth + 1)).unwrap_or_default();
    path::join(&above, &own)
}

/// The prefix of all endpoints of the project.
fn project_prefix(all: &Classes<'_>, unit: usize, fill: Fill<'_>) -> String {
    let project = all.project(&all.units[unit].file);
    let of_project = all.units.iter().enumerate().find(|(_, unit)| unit.prefix.is_some() && all.project(&unit.file) == project);
    of_project.and_then(|(index, unit)| Some(path::of_value(&fill(unit.prefix.as_ref()?, index)).0)).unwrap_or_default()
}
