//! Services that the code needs (databases, queues, caches) and what provides them on a developer's machine.
//!
//! A need is shown by a client in a manifest of the product or by a connection string in its settings; what starts the
//! service is looked for in compose files, hosts of development, tests and documents. Names are data
//! (`rules/data/services.toml`); whether a service that nothing starts is a fault is left to the rules.

mod literal;
mod need;
mod provider;
mod table;

use schemars::JsonSchema;
use serde::Serialize;

use super::stack::Stack;
use super::{At, Section};
use crate::snapshot::{Mode, Snapshot};
use table::TABLE;

/// A service that the code talks to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Service {
    /// `postgres`, `redis`, `service-bus` …
    pub kind: String,
    /// Whether developers start one of their own; false for services of a cloud that are commonly used in an account.
    pub local: bool,
    /// Whether the program may do without it: only a client library shows it, and it is no database, or something that
    /// keeps data without a server is there too.
    pub optional: bool,
    /// Another service that does as well and that something here starts: where the code has drivers of several databases,
    /// one is enough.
    pub instead: Option<String>,
    /// What shows that it is needed.
    pub evidence: Vec<At>,
    /// What starts it locally.
    pub provided_by: Vec<At>,
}

/// Reads the services that the product needs, and what starts each of them.
#[must_use]
pub fn read(snapshot: &Snapshot, stacks: &[Stack]) -> Section<Vec<Service>> {
    if snapshot.mode == Mode::Staged {
        return Section::unknown("only what is staged was read");
    }
    let needs = need::read(snapshot, stacks);
    let rules: Vec<&table::Rule> = needs.iter().map(|need| &TABLE.services[need.service]).collect();
    let places = provider::of(snapshot, &rules);
    let mut services: Vec<Service> = needs
        .iter()
        .zip(&rules)
        .zip(places)
        .map(|((need, rule), provided_by)| Service {
            kind: rule.kind.clone(),
            local: rule.local,
            optional: need.weight == need::Weight::Optional,
            instead: None,
            evidence: need.evidence.clone(),
            provided_by,
        })
        .collect();
    for (at, instead) in instead(&needs, &rules, &services).into_iter().enumerate() {
        services[at].instead = instead;
    }
    services.sort_by(|a, b| a.kind.cmp(&b.kind));
    Section::Known(services)
}

/// For each service that another of its group may stand for, and that nothing starts, the first of those that something
/// does start.
fn instead(needs: &[need::Need], rules: &[&table::Rule], services: &[Service]) -> Vec<Option<String>> {
    let alternative = |at: usize| needs[at].weight == need::Weight::Alternative;
    let other = |at: usize| {
        (0..needs.len())
            .find(|other| alternative(*other) && rules[*other].group == rules[at].group && !services[*other].provided_by.is_empty())
    };
    let open = |at: usize| alternative(at) && services[at].provided_by.is_empty();
    (0..needs.len()).map(|at| other(at).filter(|_| open(at)).map(|other| rules[other].kind.clone())).collect()
}

#[cfg(test)]
mod tests;
