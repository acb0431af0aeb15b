//! What `.gitattributes` says about the class of a path, by the attributes of GitHub's linguist.
//!
//! Read are `linguist-vendored`, `linguist-generated` and `linguist-documentation`, set (`name`, `name=true`) or taken
//! back (`-name`, `name=false`; `!name` leaves the question to the table).
//! Macros (`[attr]`) are not.

use std::collections::HashMap;

use super::path_class::{ClassSet, PathClass};
use super::pattern::{Pattern, PatternList, ancestors};

const NAMES: [(&str, PathClass); 3] =
    [("linguist-vendored", PathClass::Vendored), ("linguist-generated", PathClass::Generated), ("linguist-documentation", PathClass::Docs)];

/// The attributes of a tree, from all its `.gitattributes`.
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    folders: HashMap<Vec<u8>, Rules>,
}

#[derive(Debug)]
struct Rules {
    patterns: PatternList,
    settings: Vec<Vec<(PathClass, Setting)>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    Set,
    Unset,
    Unspecified,
}

/// What is said of one path.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said {
    /// Classes that it has.
    pub(crate) set: ClassSet,
    /// Classes that it has not, whatever the table of paths says.
    pub(crate) unset: ClassSet,
}

impl Attributes {
    /// Takes up the `.gitattributes` of a folder.
    pub(crate) fn add(&mut self, folder: &[u8], text: &[u8]) {
        let text = String::from_utf8_lossy(text);
        let (patterns, settings) = text.lines().filter_map(rule).unzip();
        let Ok(patterns) = PatternList::new(patterns) else { return };
        if !patterns.is_empty() {
            self.folders.insert(folder.to_vec(), Rules { patterns, settings });
        }
    }

    /// What is said of a file: for each attribute by the innermost folder that speaks of it, there by the last line.
    pub(crate) fn of(&self, path: &[u8]) -> Said {
        let mut said = Said::default();
        if self.folders.is_empty() {
            return said;
        }
        let mut open: Vec<PathClass> = NAMES.iter().map(|(_, class)| *class).collect();
        for folder in ancestors(path).rev().chain(std::iter::once(b"".as_slice())) {
            let Some(rules) = self.folders.get(folder) else { continue };
            let below = if folder.is_empty() { path } else { &path[folder.len() + 1..] };
            for at in rules.patterns.matches(below, false).into_iter().rev() {
                for (class, setting) in rules.settings[at].iter().rev() {
                    let Some(asked) = open.iter().position(|still| still == class) else { continue };
                    open.swap_remove(asked);
                    match setting {
                        Setting::Set => said.set.insert(*class),
                        Setting::Unset => said.unset.insert(*class),
                        Setting::Unspecified => {}
                    }
                }
            }
        }
        said
    }
}

/// One line, if it sets one of the attributes that are read.
fn rule(line: &str) -> Option<(Pattern, Vec<(PathClass, Setting)>)> {
    let line = line.trim();
    if line.is_empty() || line.starts_with(['#', '!']) || line.starts_with("[attr]") {
        return None;
    }
    let (pattern, attributes) = match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => line.split_once([' ', '\t'])?,
    };
    let settings: Vec<_> = attributes.split_ascii_whitespace().filter_map(setting).collect();
    if settings.is_empty() {
        return None;
    }
    Pattern::parse(pattern, false).ok().map(|pattern| (pattern, settings))
}

fn setting(attribute: &str) -> Option<(PathClass, Setting)> {
    let (name, value) = attribute.split_once('=').unwrap_or((attribute, "true"));
    let (name, setting) = match (name.strip_prefix('-'), name.strip_prefix('!')) {
        (Some(name), _) => (name, Setting::Unset),
        (_, Some(name)) => (name, Setting::Unspecified),
        _ if value.eq_ignore_ascii_case("false") => (name, Setting::Unset),
        _ => (name, Setting::Set),
    };
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, class)| (*class, setting))
}

#[cfg(test)]
mod tests {
    use crate::snapshot::{PathClass, Snapshot};

    fn class(files: &[(&str, &str)], path: &str) -> PathClass {
        let snapshot = Snapshot::of_memory(files.iter().copied().chain([(path, "")]));
        snapshot.find(path).unwrap().class
    }

    #[test]
    fn attributes_come_before_the_table() {
        let root = [(
            ".gitattributes",
            "generated/** linguist-generated\n/api/*.cs -diff linguist-generated=true text\n*.md -linguist-documentation\n",
        )];
        assert_eq!(class(&root, "api/Client.cs"), PathClass::Generated);
        assert_eq!(class(&root, "src/api/Client.cs"), PathClass::Source);
        assert_eq!(class(&root, "notes.md"), PathClass::Source);
        assert_eq!(class(&root, "tests/notes.md"), PathClass::Test, "unsetting one class leaves the others");
    }

    #[test]
    fn the_innermost_file_and_its_last_line_decide() {
        let files = [
            (".gitattributes", "*.js linguist-vendored\nown.js linguist-vendored=false\n"),
            ("ui/.gitattributes", "lib.js -linguist-vendored\nback.js !linguist-vendored\n"),
        ];
        assert_eq!(class(&files, "ui/x.js"), PathClass::Vendored);
        assert_eq!(class(&files, "ui/own.js"), PathClass::Source);
        assert_eq!(class(&files, "ui/lib.js"), PathClass::Source);
        assert_eq!(class(&files, "ui/back.js"), PathClass::Source);
        assert_eq!(class(&files, "lib.js"), PathClass::Vendored);
    }

    #[test]
    fn a_folder_with_a_slash_names_no_file() {
        assert_eq!(class(&[(".gitattributes", "copied/ linguist-vendored\n")], "copied/a.c"), PathClass::Source);
        assert_eq!(class(&[(".gitattributes", "\"copied here/**\" linguist-vendored\n")], "copied here/a.c"), PathClass::Vendored);
    }
}
