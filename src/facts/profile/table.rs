//! The table of what shows the kind of a repository, `rules/data/profiles.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use crate::facts::stack::table::Files;
use crate::table::Lazy;

pub(super) static TABLE: LazyLock<Table> =
    LazyLock::new(|| crate::facts::table("profiles.toml", include_str!("../../../rules/data/profiles.toml")));

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    /// Packages whose dependents serve, by stack.
    pub frameworks: BTreeMap<String, Vec<String>>,
    pub build: Build,
    pub aside: Aside,
    #[serde(rename = "entry")]
    pub entries: Vec<Entry>,
    /// Scripts of `package.json` that start a program.
    pub scripts: Vec<String>,
    pub serves: Vec<Serves>,
    pub infrastructure: Vec<Sign>,
    /// Extensions of program code.
    pub code: Vec<String>,
    pub sample: Sample,
    #[serde(rename = "deployable")]
    pub deployables: Vec<Deployable>,
    pub images: Images,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Build {
    pub java_starts: Vec<String>,
    pub java_publishes: Vec<String>,
    pub dotnet_publishes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Aside {
    pub tools: Vec<String>,
    pub infrastructure: Vec<String>,
    pub folders: Vec<String>,
}

/// A file with which a program of a stack starts (`*`: of any).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub stack: String,
    pub files: Files,
    pub content: Option<Lazy<Regex>>,
}

/// A sign of a service outside the manifests.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Serves {
    pub files: Files,
    pub content: Option<Lazy<Regex>>,
    /// The sign in words.
    pub what: String,
    /// The sign counts only where a component of this stack starts.
    pub needs_start: Option<String>,
}

/// A file, by name and, where needed, content.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sign {
    pub files: Files,
    pub content: Option<Lazy<Regex>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sample {
    pub words: Vec<String>,
    pub nouns: Vec<String>,
    pub connectors: Vec<String>,
    pub not_before: Vec<String>,
    pub not_after: Vec<String>,
    pub phrases: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deployable {
    pub kind: String,
    pub files: Files,
    #[serde(default)]
    pub except: Files,
    /// The line to point at; a file without one is none of it.
    pub line: Option<Lazy<Regex>>,
    /// What else has to stand in the file.
    pub needs: Option<Lazy<Regex>>,
    /// Whether the files of a folder make one thing.
    #[serde(default)]
    pub once_a_folder: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Images {
    pub services: Vec<String>,
}

/// Whether a name stands in a list, where a `*` at the end stands for any rest.
pub(super) fn listed(list: &[String], name: &str) -> bool {
    list.iter().any(|entry| match entry.strip_suffix('*') {
        Some(start) => name.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)),
        None => entry.eq_ignore_ascii_case(name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert!(TABLE.frameworks.len() == 8 && TABLE.deployables.iter().all(|rule| rule.line.is_some()));
        assert!(listed(&TABLE.frameworks["java"], "quarkus-resteasy") && !listed(&TABLE.frameworks["node"], "expressive"));
    }
}
