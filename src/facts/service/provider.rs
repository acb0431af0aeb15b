//! What starts a service on a developer's machine: compose files, hosts of development, containers of tests, scripts.

use crate::facts::At;
use crate::snapshot::{File, PathClass, Snapshot};

use super::table::{Rule, TABLE};

/// Larger files start nothing.
const LIMIT: usize = 400_000;

/// How many places are named for one service.
const PLACES: usize = 5;

/// The files that may start services, by provider.
pub(super) struct Providers<'a> {
    snapshot: &'a Snapshot,
    files: Vec<Vec<&'a File>>,
}

impl<'a> Providers<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        // Containers in tests bring a package of their own, which some file names: without it no test is opened.
        let contained = snapshot.files().iter().any(|file| names_containers(snapshot, file));
        let files = TABLE
            .providers
            .iter()
            .map(|provider| {
                let counts = |file: &&File| {
                    file.class != PathClass::Vendored && provider.only_tests == (provider.only_tests && file.class == PathClass::Test)
                };
                let asked = !provider.only_tests || contained;
                snapshot
                    .files()
                    .iter()
                    .filter(|file| asked && counts(file) && provider.files.matches(file) && !provider.except.matches(file))
                    .collect()
            })
            .collect();
        Self { snapshot, files }
    }

    /// The places that start a service.
    pub(super) fn of(&self, rule: &Rule) -> Vec<At> {
        let mut found = Vec::new();
        for ((pattern, provider), files) in rule.patterns().iter().zip(&TABLE.providers).zip(&self.files) {
            let Some(pattern) = pattern else { continue };
            for file in files {
                let Some(text) = self.snapshot.read(file).filter(|text| text.bytes().len() <= LIMIT) else { continue };
                let content = text.as_str();
                // Two spaces for a backslash and a line end, so that every byte keeps its place.
                let content = if provider.joined { content.replace("\\\n", "  ") } else { content.into_owned() };
                if let Some(hit) = pattern.find(&content) {
                    let start = hit.start() + hit.as_str().len() - hit.as_str().trim_start().len();
                    found.push(At::new(&file.path, text.position(start).line));
                }
            }
            if found.len() >= PLACES {
                break;
            }
        }
        found.sort();
        found.dedup();
        found.truncate(PLACES);
        found
    }
}

/// Whether a manifest names the library that starts containers in tests.
fn names_containers(snapshot: &Snapshot, file: &File) -> bool {
    let name = file.name();
    let manifest = matches!(
        name,
        "package.json"
            | "pom.xml"
            | "go.mod"
            | "Cargo.toml"
            | "pyproject.toml"
            | "Gemfile"
            | "mix.exs"
            | "build.sbt"
            | "libs.versions.toml"
            | "Directory.Packages.props"
    ) || name.ends_with(".csproj")
        || name.ends_with(".fsproj")
        || name.ends_with(".gradle")
        || name.ends_with(".gradle.kts")
        || (name.contains("requirements") && name.ends_with(".txt"));
    manifest && snapshot.read(file).is_some_and(|text| text.as_str().to_ascii_lowercase().contains("testcontainers"))
}
