//! Files that declare settings: env files and their templates, settings files, containers, platforms, infrastructure.
//!
//! A name is declared where a value, or an empty slot for one, is given to it. Values are not kept.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use super::keys::{Names, canonical};
use super::table::TABLE;
use crate::facts::At;
use crate::facts::code::{Code, Kind, Language};
use crate::facts::yaml;
use crate::snapshot::{File, PathClass, Snapshot, Text};

/// Where a key is declared, and what kind of file that is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Declaration {
    /// Where.
    pub at: At,
    /// Whether the program loads the file by itself, and it gives the key a value.
    pub loaded: bool,
    /// Whether the file tells a person which settings there are: a template, an env file, a manifest of a platform.
    pub tells: bool,
}

/// Reads the declarations of these names, by their canonical form.
pub(super) fn read(snapshot: &Snapshot, names: &Names, code: &BTreeSet<String>) -> HashMap<String, Vec<Declaration>> {
    let own = |file: &&File| {
        !matches!(file.class, PathClass::Vendored | PathClass::Generated | PathClass::Test | PathClass::Docs | PathClass::Data)
    };
    let files: Vec<&File> = snapshot.files().iter().filter(own).filter(|file| is_declaring(file) || code.contains(&file.path)).collect();
    let found: Vec<(String, Declaration)> =
        files.par_iter().flat_map_iter(|file| of_file(snapshot, file, names, code.contains(&file.path))).collect();
    let mut all: HashMap<String, Vec<Declaration>> = HashMap::new();
    found.into_iter().for_each(|(name, declaration)| all.entry(name).or_default().push(declaration));
    all
}

fn is_declaring(file: &File) -> bool {
    TABLE.declared.slots.matches(file) && TABLE.language_of(file).is_none_or(|language| language == Language::Ruby)
        || TABLE.declared.trees.matches(file)
}

fn of_file(snapshot: &Snapshot, file: &File, names: &Names, code: bool) -> Vec<(String, Declaration)> {
    let Some(text) = snapshot.read(file) else { return Vec::new() };
    let declared = &TABLE.declared;
    let tells = file.class == PathClass::Template || declared.telling.matches(file);
    let loaded = declared.loaded.matches(file);
    let declaration = |line: usize, has_value: bool| Declaration { at: At::new(&file.path, line), loaded: loaded && has_value, tells };
    let mut found = Vec::new();
    if code || declared.slots.matches(file) {
        slots(&text, names, |name, line| found.push((name.to_owned(), declaration(line, true))));
    }
    if declared.trees.matches(file) {
        let mut sections = HashMap::new();
        for (path, line, has_value) in tree(file, &text) {
            let path = own_path(&path);
            // `A` is declared by `A:B` too.
            for (at, _) in path.match_indices(':') {
                sections.entry(path[..at].to_owned()).or_insert(line);
            }
            found.push((path, declaration(line, has_value)));
        }
        found.extend(sections.into_iter().map(|(section, line)| (section, declaration(line, true))));
    }
    found
}

/// Finds the names that a value or a slot is given to, line by line.
fn slots(text: &Text, names: &Names, mut found: impl FnMut(&str, usize)) {
    names.find(text.bytes(), |name, range| {
        let position = text.position(range.start).line;
        let start = text.line_start(position);
        let line = text.line(position);
        let (from, to) = (range.start - start, (range.end - start).min(line.len()));
        if is_slot(&line[..from.min(line.len())], &line[to..]) {
            found(name, position);
        }
    });
}

/// Whether a name between these parts of its line is given a value.
fn is_slot(before: &[u8], after: &[u8]) -> bool {
    let quote = |byte: u8| matches!(byte, b'"' | b'\'' | b'`');
    if matches!(before.last(), Some(b'$' | b'.' | b'/' | b'%')) || before.ends_with(b"${") {
        return false;
    }
    let after = after.strip_prefix(b"\"").or(after.strip_prefix(b"'")).unwrap_or(after).trim_ascii_start();
    if matches!(after.first(), Some(b'=' | b':')) && !after.starts_with(b"==") || after.starts_with(b"?=") || after.starts_with(b"+=") {
        return true;
    }
    let head: Vec<u8> = before.iter().copied().filter(|byte| !quote(*byte)).map(|byte| byte.to_ascii_lowercase()).collect();
    let head = head.trim_ascii();
    let is_item = after.is_empty() && head == b"-" || head.is_empty() && matches!(after, b"" | b",");
    is_item
        || [b"name:".as_slice(), b"name =", b"name=", b"key=", b"key:", b"env", b"arg", b"[", b"environment("]
            .iter()
            .any(|end| head.ends_with(end))
}

/// The path of a key below what only holds it: `environmentVariables`, `env`, `Values`.
fn own_path(path: &str) -> String {
    let mut parts: Vec<&str> = path.split(':').collect();
    let holder = |part: &&str| matches!(*part, "environmentvariables" | "env" | "values" | "environment");
    if let Some(at) = parts.iter().rposition(holder).filter(|at| at + 1 < parts.len()) {
        parts.drain(..=at);
    }
    parts.join(":")
}

/// The keys of a file by their path in canonical form, with their lines and whether they have a value.
fn tree(file: &File, text: &Text) -> Vec<(String, usize, bool)> {
    let name = file.lower_path();
    if name.contains(".json") {
        json(&Code::lex(Language::JavaScript, text.bytes()))
    } else if name.ends_with(".properties") {
        properties(&text.as_str())
    } else {
        let mut found = Vec::new();
        for document in yaml::Tree::parse(&text.as_str()).documents {
            nested(&document, "", 0, &mut found);
        }
        found
    }
}

/// JSON with comments, read through the tokens of JavaScript.
fn json(code: &Code<'_>) -> Vec<(String, usize, bool)> {
    let mut found = Vec::new();
    // For each open bracket: what the paths of its keys begin with.
    let mut open: Vec<String> = Vec::new();
    let mut key: Option<String> = None;
    for at in 0..code.len() {
        match code.kind(at) {
            Some(Kind::Open) => {
                let path = key.take().unwrap_or_else(|| open.last().cloned().unwrap_or_default());
                open.push(path);
            }
            Some(Kind::Close) => _ = open.pop(),
            Some(Kind::Text) if code.is_sign(at + 1, ":") => {
                let name = canonical(code.literal(at).unwrap_or_default());
                let path = join(open.last().map_or("", String::as_str), &name);
                let has_value = !matches!(code.text(at + 2), "\"\"" | "null");
                found.push((path.clone(), code.line(at), has_value));
                key = Some(path);
            }
            Some(Kind::Sign) if code.is_sign(at, ",") => key = None,
            _ => {}
        }
    }
    found
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}:{name}") }
}

/// How deep keys nest.
const DEPTH: usize = 12;

fn nested(node: &yaml::Node, path: &str, depth: usize, found: &mut Vec<(String, usize, bool)>) {
    if depth > DEPTH {
        return;
    }
    for entry in node.own_entries() {
        let path = join(path, &canonical(&entry.key));
        let has_value = !entry.value.is_null() && entry.value.text() != Some("");
        found.push((path.clone(), entry.line, has_value));
        nested(&entry.value, &path, depth + 1, found);
    }
}

fn properties(text: &str) -> Vec<(String, usize, bool)> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if let Some((name, value)) = line.split_once(['=', ':']).filter(|_| !line.starts_with(['#', '!'])) {
            found.push((canonical(name.trim()), at + 1, !value.trim().is_empty()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_slot_in(line: &str) -> bool {
        let at = line.find("API_URL").unwrap();
        is_slot(&line.as_bytes()[..at], &line.as_bytes()[at + 7..])
    }

    #[test]
    fn a_slot_is_where_a_value_is_given() {
        for line in [
            "API_URL=x",
            "# API_URL=",
            "export API_URL='x'",
            "  API_URL: ${API_URL}",
            "  - API_URL",
            "  - API_URL=x",
            "- name: API_URL",
            "ENV API_URL x",
            "ARG API_URL",
            "name = \"API_URL\"",
            "{ name: 'API_URL', value: x }",
            "<add key=\"API_URL\" value=\"x\"/>",
            "\"API_URL\": \"x\",",
            "API_URL ?= x",
        ] {
            assert!(is_slot_in(line), "{line}");
        }
        for line in ["  URL: ${API_URL}", "curl $API_URL", "echo the API_URL is wrong", "  URL: ${API_URL:-x}"] {
            assert!(!is_slot_in(line), "{line}");
        }
    }

    #[test]
    fn nested_keys_have_paths() {
        let code = "{ // c\n \"A\": { \"B\": \"x\", \"C:D\": \"\" },\n \"L\": [ { \"E\": 1 } ], \"F__G\": null }";
        let found = json(&Code::lex(Language::JavaScript, code.as_bytes()));
        let paths: Vec<(&str, bool)> = found.iter().map(|(path, _, value)| (path.as_str(), *value)).collect();
        assert_eq!(paths, [("a", true), ("a:b", true), ("a:c:d", false), ("l", true), ("l:e", true), ("f:g", false)]);
        assert_eq!(own_path("profiles:web:environmentvariables:a:b"), "a:b");
    }
}
