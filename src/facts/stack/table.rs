//! The table of technologies, `rules/data/stacks.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Deserializer, de::Error};

use crate::snapshot::File;
use crate::table::Lazy;
use crate::table::glob::Globs;

pub(super) static TABLE: LazyLock<Table> =
    LazyLock::new(|| crate::facts::table("stacks.toml", include_str!("../../../rules/data/stacks.toml")));

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub tool_folders: Vec<String>,
    #[serde(rename = "stack")]
    pub stacks: Vec<Stack>,
    #[serde(rename = "pin")]
    pub pins: Vec<Pin>,
    pub floating: Floating,
    /// The stack that each tool belongs to, by the names that version files give tools.
    pub tools: BTreeMap<String, String>,
    /// Marks of a project that only tests, by stack.
    pub tests: BTreeMap<String, Vec<String>>,
    pub python: Python,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stack {
    pub name: String,
    pub manifests: Files,
    #[serde(default)]
    pub beside: Files,
    pub locks: Files,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pin {
    /// The stack, where the file is of one stack only.
    pub stack: Option<String>,
    /// The tool; `*` where the file names it.
    pub tool: String,
    pub files: Files,
    pub format: Format,
    /// Whether the file may lie among the code of others, as wrappers of build tools do.
    #[serde(default)]
    pub vendored: bool,
    /// For JSON and TOML: the dotted path to a version or, with the tool `*`, to a map of tools.
    pub key: Option<String>,
    /// For lines: what a line that pins looks like.
    pub pattern: Option<Lazy<Regex>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Format {
    Json,
    Toml,
    Lines,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Floating {
    pub words: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Python {
    pub resolved: Vec<String>,
    pub indirect: Vec<String>,
    pub locking_tools: Vec<String>,
}

/// File patterns: against the name, or against the path where they hold a `/` (`/x` lies at the root); case does not matter.
#[derive(Debug, Default)]
pub(crate) struct Files {
    names: Globs,
    paths: Globs,
}

impl Files {
    /// Whether one of the patterns fits.
    pub(crate) fn matches(&self, file: &File) -> bool {
        // Patterns in lower case against lower case take globset's fast ways for whole names and extensions.
        self.names.is_match(file.lower_name()) || !self.paths.is_empty() && self.paths.is_match(file.lower_path())
    }
}

impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (paths, names) = Vec::<String>::deserialize(deserializer)?.into_iter().partition::<Vec<_>, _>(|pattern| pattern.contains('/'));
        let [names, paths] = [names, paths].map(|patterns| Globs::new(patterns.iter().map(|pattern| lower(pattern))));
        if cfg!(test) {
            names.validate().and_then(|()| paths.validate()).map_err(D::Error::custom)?;
        }
        Ok(Self { names, paths })
    }
}

fn lower(pattern: &str) -> String {
    pattern.trim_start_matches('/').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(TABLE.stacks.len(), 8);
        for pin in &TABLE.pins {
            assert!(pin.stack.is_some() || pin.tool == "*", "a pin needs a stack or names its tool");
            assert_eq!(pin.format == Format::Lines, pin.pattern.is_some(), "lines need a pattern, and nothing else does");
            assert_eq!(pin.format == Format::Lines, pin.key.is_none(), "a tree needs a key");
            let named = pin.pattern.iter().flat_map(|pattern| pattern.capture_names()).flatten().collect::<Vec<_>>();
            assert!(pin.pattern.is_none() || named.contains(&"version"));
        }
        let names: Vec<&str> = TABLE.stacks.iter().map(|stack| stack.name.as_str()).collect();
        assert!(TABLE.tools.values().all(|stack| names.contains(&stack.as_str())));
    }
}
