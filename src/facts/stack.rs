//! Technologies of the repository: manifests, lock files and pinned toolchains.
//!
//! The names of the files are data (`rules/data/stacks.toml`). What the manifests say about the kind of repository is
//! left to `profile`, commands that they declare to the reader of the README.

pub(crate) mod dependency;
pub(crate) mod lock;
mod pin;
pub(crate) mod table;
pub(crate) mod tree;
pub(crate) mod xml;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Area, At, Notes, ProblemKind, Section};
use crate::snapshot::{File, PathClass, Snapshot};
use table::TABLE;

/// One technology with what declares, locks and pins it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stack {
    /// `dotnet`, `node`, `python`, `java`, `go`, `rust`, `ruby`, `php`.
    pub name: String,
    /// Manifest files, sorted.
    pub manifests: Vec<String>,
    /// Lock files, sorted.
    pub lockfiles: Vec<String>,
    /// Whether this technology has a lock file that its projects are expected to commit; without one, none is missing.
    pub lock_expected: bool,
    /// Where the version of the toolchain is pinned.
    pub toolchain_pins: Vec<ToolchainPin>,
}

/// A pinned version of a compiler, runtime or package manager.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct ToolchainPin {
    /// The file that pins it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// The tool: `dotnet-sdk`, `node`, `python`, `rust` …
    pub tool: String,
    /// The version as written.
    pub version: String,
}

/// Reads the technologies that the product is made of; those of tests, samples and vendored code are none of it.
pub fn read(snapshot: &Snapshot, notes: &mut Notes) -> Section<Vec<Stack>> {
    let mut stacks: Vec<Stack> = TABLE.stacks.iter().filter_map(|rule| stack(snapshot, rule)).collect();
    let pins = pin::read(snapshot);
    for stack in &mut stacks {
        stack.toolchain_pins = pins.iter().filter(|pin| pin.stack == stack.name).map(|pin| pin.pin.clone()).collect();
        stack.toolchain_pins.sort();
        stack.toolchain_pins.dedup();
        note_faults(snapshot, stack, notes);
    }
    Section::Known(stacks)
}

fn stack(snapshot: &Snapshot, rule: &table::Stack) -> Option<Stack> {
    let product = || snapshot.files().iter().filter(|file| is_product(file));
    let projects: Vec<&File> =
        product().filter(|file| rule.manifests.matches(file)).filter(|file| !only_tests(snapshot, rule, file)).collect();
    if projects.is_empty() {
        return None;
    }
    let mut manifests: Vec<String> =
        projects.iter().copied().chain(product().filter(|file| rule.beside.matches(file))).map(|file| file.path.clone()).collect();
    manifests.sort();
    manifests.dedup();
    let mut lockfiles: Vec<String> =
        snapshot.files().iter().filter(|file| rule.locks.matches(file) && locks_the_product(file)).map(|file| file.path.clone()).collect();
    lockfiles.extend(lock::resolved_requirements(snapshot, &projects));
    lockfiles.sort();
    let lock_expected = lock::expected(snapshot, &rule.name, &projects);
    Some(Stack { name: rule.name.clone(), manifests, lockfiles, lock_expected, toolchain_pins: Vec::new() })
}

/// The packages that the manifests of the product name, with the technology of each.
pub(crate) fn packages(snapshot: &Snapshot) -> Vec<(&'static str, dependency::Dependency, String)> {
    let mut found = Vec::new();
    for rule in &TABLE.stacks {
        for file in snapshot.files().iter().filter(|file| is_product(file) && rule.manifests.matches(file)) {
            let Some(text) = snapshot.read(file) else { continue };
            let named = dependency::of(&rule.name, file, &text).into_iter();
            found.extend(named.map(|dependency| (rule.name.as_str(), dependency, file.path.clone())));
        }
    }
    found
}

/// The packages that manifests of tests name, with the file of each: all of a manifest that is of tests, and of those of the
/// product what only tests are given, where a manifest tells it from what builds.
pub(crate) fn packages_of_tests(snapshot: &Snapshot, of_tests: &dyn Fn(&File) -> bool) -> Vec<(dependency::Dependency, String)> {
    let mut found = Vec::new();
    for rule in &TABLE.stacks {
        for file in snapshot.files().iter().filter(|file| rule.manifests.matches(file)) {
            let scoped = rule.name == "java" && is_product(file);
            let all = of_tests(file);
            let Some(text) = snapshot.read(file).filter(|_| all || scoped) else { continue };
            let named = dependency::of(&rule.name, file, &text).into_iter().filter(|dependency| all || dependency.development);
            found.extend(named.map(|dependency| (dependency, file.path.clone())));
        }
    }
    found
}

/// Whether a project of .NET only tests, by its marks.
pub(crate) fn only_tests_dotnet(snapshot: &Snapshot, file: &File) -> bool {
    TABLE.stacks.iter().find(|rule| rule.name == "dotnet").is_some_and(|rule| only_tests(snapshot, rule, file))
}

/// Whether a file belongs to the product rather than to its tests, samples, documents, tools or to others.
pub(crate) fn is_product(file: &File) -> bool {
    let is_of_tool = |folder: &str| TABLE.tool_folders.iter().any(|tool| tool == folder);
    file.class == PathClass::Source && !file.folder().split('/').any(is_of_tool)
}

/// Whether a lock file lies where the product does; by its name it is of the class of generated files everywhere.
fn locks_the_product(file: &File) -> bool {
    let folder = || PathClass::of(&format!("{}/manifest", file.folder()));
    is_product(file) || file.class == PathClass::Generated && folder() == PathClass::Source
}

fn only_tests(snapshot: &Snapshot, rule: &table::Stack, file: &File) -> bool {
    let Some(marks) = TABLE.tests.get(&rule.name) else { return false };
    snapshot.read(file).is_some_and(|text| {
        let text = text.as_str();
        marks.iter().any(|mark| text.contains(mark.as_str()))
    })
}

/// Notes the manifests that do not parse.
fn note_faults(snapshot: &Snapshot, stack: &Stack, notes: &mut Notes) {
    for path in &stack.manifests {
        let parse = match path.rsplit('.').next() {
            Some("json") => tree::json,
            Some("toml") => tree::toml,
            _ if path.ends_with("Pipfile") => tree::toml,
            _ => continue,
        };
        let Some(Err(fault)) = snapshot.read_path(path).map(|text| parse(&text)) else { continue };
        let message = format!("{path} could not be read as a manifest: {}", fault.message);
        notes.problem(Area::Setup, ProblemKind::Unparsable, At::new(path, fault.line), message);
    }
}

#[cfg(test)]
mod tests;
