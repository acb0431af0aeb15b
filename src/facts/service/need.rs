//! What shows that a service is needed: a client among the dependencies of the product, a connection string in its settings.
//!
//! Where clients of several of a group are there, each may stand for the others, unless settings name one; beside something
//! that keeps data without a server a client is optional.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::literal;
use super::table::{SETTINGS_LIMIT, TABLE, is_listed};
use crate::facts::At;
use crate::facts::stack::{Stack, dependency, is_product};
use crate::snapshot::{File, PathClass, Snapshot};

/// How many places are named for one service.
const PLACES: usize = 5;

/// A service that is needed, by its place in the table.
pub(super) struct Need {
    pub service: usize,
    pub weight: Weight,
    pub evidence: Vec<At>,
}

/// How much a service is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// Nothing runs without it.
    Needed,
    /// Nothing runs without it or another of its group.
    Alternative,
    /// Only a client shows it, of a kind that programs often can do without, or beside what keeps data without a server.
    Optional,
}

/// Everything that clients and settings show.
#[derive(Default)]
struct Shown {
    clients: BTreeMap<usize, Vec<At>>,
    settings: BTreeMap<usize, Vec<At>>,
    /// What literals of code connect to, of services whose client is there.
    literals: BTreeMap<usize, Vec<At>>,
    /// Whether a package keeps data without a server, and whether a setting does.
    embedded: bool,
    embedded_setting: bool,
}

pub(super) fn read(snapshot: &Snapshot, stacks: &[Stack]) -> Vec<Need> {
    let mut shown = Shown::default();
    for stack in stacks {
        for file in stack.manifests.iter().filter_map(|path| snapshot.find(path)) {
            let Some(text) = snapshot.read(file) else { continue };
            for dependency in dependency::of(&stack.name, file, &text).into_iter().filter(|dependency| !dependency.development) {
                shown.client(&dependency.name, &At::new(&file.path, dependency.line));
            }
        }
    }
    for file in snapshot.files().iter().filter(|file| is_product(file) && TABLE.words.files.matches(file)) {
        shown.words(snapshot, file);
    }
    let settings = snapshot.files().par_iter().filter(|file| holds_settings(file));
    let found: Vec<(bool, Vec<(usize, At)>)> = settings.filter_map(|file| connections(snapshot, file)).collect();
    for (embedded, connections) in found {
        shown.embedded_setting |= embedded;
        for (service, at) in connections {
            shown.settings.entry(service).or_default().push(at);
        }
    }
    let known: Vec<usize> = shown.clients.keys().copied().collect();
    shown.literals = literal::read(snapshot, &known);
    shown.needs()
}

fn holds_settings(file: &File) -> bool {
    let product = is_product(file) || file.class == PathClass::Template;
    product && TABLE.settings.files.matches(file) && !TABLE.settings.except.matches(file)
}

/// The services that lines of a settings file connect to, and whether it names something that needs no server.
fn connections(snapshot: &Snapshot, file: &File) -> Option<(bool, Vec<(usize, At)>)> {
    let text = snapshot.read(file).filter(|text| text.bytes().len() <= SETTINGS_LIMIT)?;
    let (mut embedded, mut found) = (false, Vec::new());
    for (line, number) in text.as_str().lines().zip(1..) {
        if !line.contains(['=', ':']) || TABLE.settings.comment.is_match(line) {
            continue;
        }
        if TABLE.embedded.settings.is_match(line) {
            embedded = true;
            continue;
        }
        for (service, rule) in TABLE.services.iter().enumerate() {
            if rule.settings.as_ref().is_some_and(|pattern| pattern.is_match(line)) {
                found.push((service, At::new(&file.path, number)));
            }
        }
    }
    Some((embedded, found))
}

impl Shown {
    fn client(&mut self, name: &str, at: &At) {
        self.embedded |= is_listed(&TABLE.embedded.packages, name);
        for (service, _) in TABLE.services.iter().enumerate().filter(|(_, rule)| rule.has_package(name)) {
            self.clients.entry(service).or_default().push(at.clone());
        }
    }

    /// The words of a manifest that is not read in its own form, without those that are for tests.
    fn words(&mut self, snapshot: &Snapshot, file: &File) {
        let Some(text) = snapshot.read(file).filter(|text| text.bytes().len() <= SETTINGS_LIMIT) else { return };
        for (line, number) in text.as_str().lines().zip(1..) {
            let plain = line.split('#').next().unwrap_or_default();
            if plain.contains("test") || plain.contains("optional: true") || plain.trim_start().starts_with("--") {
                continue;
            }
            for word in plain.split(|c: char| !(c.is_alphanumeric() || "-_./@".contains(c))).filter(|word| !word.is_empty()) {
                self.client(&word.to_lowercase(), &At::new(&file.path, number));
            }
        }
    }

    fn needs(self) -> Vec<Need> {
        let of_group = |services: &BTreeMap<usize, Vec<At>>, group: &str, other: Option<&BTreeMap<usize, Vec<At>>>| {
            let named = services.keys().filter(|service| TABLE.services[**service].group.as_deref() == Some(group));
            named.filter(|service| other.is_none_or(|other| other.contains_key(service))).count()
        };
        let mut needs = Vec::new();
        for (service, rule) in TABLE.services.iter().enumerate() {
            let set = self.settings.get(&service).cloned().unwrap_or_default();
            let clients = self.clients.get(&service).cloned().unwrap_or_default();
            let literals = self.literals.get(&service).cloned().unwrap_or_default();
            let weight = match rule.group.as_deref() {
                None if clients.is_empty() && set.is_empty() => None,
                None => Some(if set.is_empty() && literals.is_empty() && !rule.database { Weight::Optional } else { Weight::Needed }),
                Some(group) => {
                    let drivers = of_group(&self.clients, group, None);
                    let decided = of_group(&self.settings, group, (drivers > 0).then_some(&self.clients)) == 1;
                    self.weight(!clients.is_empty(), !set.is_empty(), drivers, decided)
                }
            };
            if let Some(weight) = weight {
                let mut evidence: Vec<At> = clients.into_iter().chain(set).chain(literals).collect();
                evidence.sort();
                evidence.dedup();
                evidence.truncate(PLACES);
                needs.push(Need { service, weight, evidence });
            }
        }
        needs
    }

    /// How much one of a group is needed: whether its client and its settings are there, how many of the group have a
    /// client, and whether settings name exactly one.
    fn weight(&self, client: bool, set: bool, drivers: usize, decided: bool) -> Option<Weight> {
        match () {
            // A connection string in a form that several share is one of a service whose client is there.
            () if !client && drivers > 0 => None,
            () if decided && set => Some(Weight::Needed),
            () if self.embedded_setting || decided && drivers > 1 || !client => None,
            () if self.embedded => Some(Weight::Optional),
            () if drivers > 1 => Some(Weight::Alternative),
            () => Some(Weight::Needed),
        }
    }
}
