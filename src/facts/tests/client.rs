//! Whether tests call the application through a client with types, whose calls name no path, by
//! `rules/data/test-clients.toml`.
//!
//! Evidence counts in projects of tests and in those that tests refer to; what the application refers to is its own, and
//! calls others.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::project::Projects;
use super::suite::{self, Seen};
use crate::facts::At;
use crate::facts::stack::table::Files;
use crate::facts::stack::{self, xml};
use crate::facts::table;
use crate::snapshot::{File, PathClass, Snapshot};
use crate::table::Lazy;

/// The whole table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    except: Files,
    stubs: Vec<String>,
    generated: Vec<String>,
    made: Lazy<Regex>,
    client: Vec<Client>,
}

/// A kind of client.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Client {
    name: String,
    #[serde(default)]
    packages: Vec<String>,
    #[serde(default)]
    files: Files,
    #[serde(default)]
    items: Vec<String>,
    code: Option<Lazy<Regex>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| table("test-clients.toml", include_str!("../../../rules/data/test-clients.toml")));

impl Client {
    fn has_package(&self, name: &str) -> bool {
        self.packages.iter().any(|listed| match listed.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == listed,
        })
    }
}

/// A client that a test makes around that of a test server: its class, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Made {
    class: String,
    at: At,
}

/// The clients that a file of tests makes, where it drives the application.
pub(super) fn made(seen: &Seen<'_>) -> Vec<Made> {
    let text = String::from_utf8_lossy(seen.source.bytes());
    if seen.marks.is_empty() || is_stubbed(&text) {
        return Vec::new();
    }
    let found = TABLE.made.captures_iter(&text).filter_map(|found| {
        let (whole, class) = (found.get(0)?, found.get(1)?.as_str());
        let made = Made { class: class.to_owned(), at: At::new(&seen.source.path, line_of(&text, whole.start())) };
        (class != "HttpClient").then_some(made)
    });
    found.collect()
}

/// A client that tests call through, and which flows they may reach by it.
pub(crate) struct Through {
    /// Why it cannot be told which, in words.
    pub(crate) reason: String,
    /// By flow: whether its file may be reached.
    pub(crate) flows: Vec<bool>,
}

/// The clients that tests call through. `flows` are the files that declare the ways into the application.
///
/// Where projects tell what tests refer to, only what is declared there may be reached; tests that refer to no application
/// call one that runs, which may be any.
pub(crate) fn through(snapshot: &Snapshot, flows: &[&str], made: &[Made]) -> Vec<Through> {
    let (sources, _) = suite::sources(snapshot);
    if sources.is_empty() {
        return Vec::new();
    }
    let projects = Projects::of(snapshot, flows);
    let homes: Vec<Option<&str>> = flows.iter().map(|file| projects.of_file(file)).collect();
    let mut shown: Vec<(String, At)> = by_manifest(snapshot, &projects).into_iter().chain(by_file(snapshot, &projects)).collect();
    for source in sources.iter().filter(|source| snapshot.find(&source.path).is_some_and(|file| !TABLE.except.matches(file))) {
        let text = String::from_utf8_lossy(source.bytes());
        let hit = TABLE.client.iter().find_map(|client| Some((client, client.code.as_ref()?.find(&text)?)));
        if let Some((client, hit)) = hit.filter(|_| !is_stubbed(&text)) {
            shown.push((client.name.clone(), At::new(&source.path, line_of(&text, hit.start()))));
        }
    }
    let made = made.iter().filter(|made| !is_own(snapshot, &projects, &made.class));
    shown.extend(made.map(|made| (format!("the typed client {}", made.class), made.at.clone())));
    // What is shown twice for the same tests is told once.
    let mut told: Vec<(&str, BTreeSet<&str>)> = Vec::new();
    let mut found = Vec::new();
    for (name, at) in &shown {
        let around = projects.of_file(&at.file).map(|project| projects.around(project)).unwrap_or_default();
        let within = |home: &Option<&str>| home.is_some_and(|home| around.contains(home));
        let any = !homes.iter().any(within);
        if told.contains(&(name, around.clone())) {
            continue;
        }
        let reason = format!("tests call through {name} ({}:{}), and which flows it calls is not read", at.file, at.line);
        found.push(Through { reason, flows: homes.iter().map(|home| any || within(home)).collect() });
        told.push((name, around));
    }
    found
}

/// Packages and items in manifests of tests, or of what only tests refer to.
fn by_manifest(snapshot: &Snapshot, projects: &Projects) -> Vec<(String, At)> {
    let of_tests = |file: &File| !TABLE.except.matches(file) && (file.class == PathClass::Test || projects.serves_tests(&file.path));
    let mut found = Vec::new();
    for (dependency, path) in stack::packages_of_tests(snapshot, &of_tests) {
        let client = TABLE.client.iter().find(|client| client.has_package(&dependency.name));
        found.extend(client.map(|client| (client.name.clone(), At::new(path, dependency.line))));
    }
    for file in snapshot.files().iter().filter(|file| file.name().ends_with("proj") && of_tests(file)) {
        let Some(text) = snapshot.read(file) else { continue };
        let text = text.as_str();
        for element in xml::elements(&text) {
            let client = TABLE.client.iter().find(|client| client.items.iter().any(|item| item == element.name));
            found.extend(client.map(|client| (client.name.clone(), At::new(&file.path, element.line))));
        }
    }
    found
}

/// Files that tell a generator what to write, among tests or in a project that only they refer to.
fn by_file(snapshot: &Snapshot, projects: &Projects) -> Vec<(String, At)> {
    let files = snapshot.files().iter().filter(|file| !TABLE.except.matches(file));
    let found = files.filter_map(|file| {
        let client = TABLE.client.iter().find(|client| client.files.matches(file))?;
        let counts = file.class == PathClass::Test || projects.of_file(&file.path).is_some_and(|project| projects.serves_tests(project));
        counts.then(|| (client.name.clone(), At::new(&file.path, 1)))
    });
    found.collect()
}

/// Whether a class is written in the tests, whose calls are read, or is part of the application, which calls others by it.
fn is_own(snapshot: &Snapshot, projects: &Projects, class: &str) -> bool {
    let Ok(declares) = Regex::new(&format!(r"\b(?:class|record)\s+{class}\b")) else { return true };
    snapshot.files().iter().filter(|file| file.name().ends_with(".cs")).any(|file| {
        let written = file.class == PathClass::Test || projects.of_file(&file.path).is_none_or(|project| projects.is_application(project));
        written
            && file.class != PathClass::Generated
            && snapshot.read(file).is_some_and(|text| {
                let text = text.as_str();
                declares.is_match(&text) && !is_generated(&text)
            })
    })
}

/// How much of a file its head is, in lines.
const HEAD: usize = 15;

fn is_generated(text: &str) -> bool {
    let head = text.lines().take(HEAD).collect::<Vec<_>>().join("\n").to_lowercase();
    TABLE.generated.iter().any(|mark| head.contains(mark.as_str()))
}

fn is_stubbed(text: &str) -> bool {
    TABLE.stubs.iter().any(|stub| text.contains(stub.as_str()))
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests;
