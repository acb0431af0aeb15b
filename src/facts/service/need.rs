//! What shows that a service is needed: a client among the dependencies of the product, a connection string in its settings.
//!
//! A client is a choice rather than a need where others of its group are there too, or something that keeps data without a
//! server: then only settings decide.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::table::{TABLE, is_listed};
use crate::facts::At;
use crate::facts::stack::{Stack, dependency, is_product};
use crate::snapshot::{File, PathClass, Snapshot};

/// How many places are named for one service.
const PLACES: usize = 5;

/// Larger files are data rather than settings.
const SETTINGS_LIMIT: usize = 200_000;

/// A service that is needed, by its place in the table.
pub(super) struct Need {
    pub service: usize,
    /// Only a client shows it, of a kind that programs often can do without.
    pub optional: bool,
    pub evidence: Vec<At>,
}

/// Everything that clients and settings show.
#[derive(Default)]
struct Shown {
    clients: BTreeMap<usize, Vec<At>>,
    settings: BTreeMap<usize, Vec<At>>,
    embedded: bool,
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
        shown.embedded |= embedded;
        for (service, at) in connections {
            shown.settings.entry(service).or_default().push(at);
        }
    }
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
        let groups = |services: &BTreeMap<usize, Vec<At>>, group: &str| {
            services.keys().filter(|service| TABLE.services[**service].group.as_deref() == Some(group)).count()
        };
        let mut needs = Vec::new();
        for (service, rule) in TABLE.services.iter().enumerate() {
            let set = self.settings.get(&service).cloned().unwrap_or_default();
            let choice = rule.group.as_deref().is_some_and(|group| self.embedded || groups(&self.clients, group) > 1);
            // Settings of several databases are those of several ways to run it.
            let decided = rule.group.as_deref().is_none_or(|group| groups(&self.settings, group) == 1);
            let clients = self.clients.get(&service).cloned().unwrap_or_default();
            // A connection string in a form that several share is one of a service whose client is there.
            let of_another = clients.is_empty() && rule.group.as_deref().is_some_and(|group| groups(&self.clients, group) > 0);
            let needed = if of_another {
                false
            } else if choice {
                !set.is_empty() && decided
            } else {
                !clients.is_empty() || (!set.is_empty() && decided)
            };
            if needed {
                let optional = set.is_empty() && rule.group.is_none() && !rule.database;
                let mut evidence: Vec<At> = clients.into_iter().chain(set).collect();
                evidence.sort();
                evidence.dedup();
                evidence.truncate(PLACES);
                needs.push(Need { service, optional, evidence });
            }
        }
        needs
    }
}
