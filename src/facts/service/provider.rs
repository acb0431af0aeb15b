//! What starts a service on a developer's machine: compose files, hosts of development, containers of tests, scripts.

use rayon::prelude::*;
use regex::Regex;

use crate::facts::At;
use crate::snapshot::{File, PathClass, Snapshot};

use super::table::{Provider, Rule, TABLE};

/// Larger files start nothing.
const LIMIT: usize = 400_000;

/// How many places are named for one service.
const PLACES: usize = 5;

/// The places that start each of these services, in their order. Each file is read once for all of them.
pub(super) fn of(snapshot: &Snapshot, rules: &[&Rule]) -> Vec<Vec<At>> {
    // Containers in tests bring a package of their own, which some file names: without it no test is opened.
    let contained = !rules.is_empty() && snapshot.files().par_iter().any(|file| names_containers(snapshot, file));
    let mut places = vec![Vec::new(); rules.len()];
    if rules.is_empty() {
        return places;
    }
    for (at, provider) in TABLE.providers.iter().enumerate().filter(|(_, provider)| contained || !provider.only_tests) {
        let patterns: Vec<Option<&Regex>> = rules.iter().map(|rule| rule.patterns()[at].as_ref()).collect();
        let counts = |file: &&File| {
            let class = file.class != PathClass::Vendored && (!provider.only_tests || file.class == PathClass::Test);
            class && provider.files.matches(file) && !provider.except.matches(file)
        };
        let files: Vec<&File> = snapshot.files().iter().filter(counts).collect();
        let found: Vec<Vec<(usize, At)>> = files.into_par_iter().map(|file| in_file(snapshot, provider, &patterns, file)).collect();
        for (rule, place) in found.into_iter().flatten() {
            places[rule].push(place);
        }
    }
    for places in &mut places {
        places.sort();
        places.dedup();
        places.truncate(PLACES);
    }
    places
}

/// The first place in a file for each of the services, by their number.
fn in_file(snapshot: &Snapshot, provider: &Provider, patterns: &[Option<&Regex>], file: &File) -> Vec<(usize, At)> {
    let Some(text) = snapshot.read(file).filter(|text| text.bytes().len() <= LIMIT) else { return Vec::new() };
    let content = text.as_str();
    if !content.contains(provider.word.as_str()) {
        return Vec::new();
    }
    // Two spaces for a backslash and a line end, so that every byte keeps its place.
    let content = if provider.joined { content.replace("\\\n", "  ") } else { content.into_owned() };
    let hits = patterns.iter().enumerate().filter_map(|(rule, pattern)| Some((rule, (*pattern)?.find(&content)?)));
    hits.map(|(rule, hit)| {
        let start = hit.start() + hit.as_str().len() - hit.as_str().trim_start().len();
        (rule, At::new(&file.path, text.position(start).line))
    })
    .collect()
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
