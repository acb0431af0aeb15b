//! Pinned versions of compilers, runtimes and package managers.
//!
//! Only what names a version is a pin: a range (`>=18`) accepts what nobody tried, and a word such as `lts` changes its
//! meaning with time.

use super::table::{self, Format, TABLE};
use super::tree::{self, Node, Value};
use super::{ToolchainPin, is_product};
use crate::snapshot::{File, Snapshot, Text};

/// A pin with the stack that it belongs to.
pub(super) struct Pin {
    pub stack: String,
    pub pin: ToolchainPin,
}

/// A tool's version as found: line, tool where the file names one, version.
type Found = (usize, Option<String>, String);

/// All pins of the product.
pub(super) fn read(snapshot: &Snapshot) -> Vec<Pin> {
    let mut pins = Vec::new();
    for file in snapshot.files() {
        let product = is_product(file);
        for rule in TABLE.pins.iter().filter(|rule| (product || rule.vendored) && rule.files.matches(file)) {
            let Some(text) = snapshot.read(file) else { break };
            pins.extend(found(rule, &text).into_iter().filter_map(|found| pin(rule, file, found)));
        }
    }
    pins
}

fn found(rule: &table::Pin, text: &Text) -> Vec<Found> {
    let parsed = match rule.format {
        Format::Lines => return in_lines(rule, text),
        Format::Json => tree::json(text),
        Format::Toml => tree::toml(text),
    };
    let Ok(document) = parsed else { return Vec::new() };
    let Some(node) = rule.key.as_deref().and_then(|key| document.path(key)) else { return Vec::new() };
    match &node.value {
        Value::Text(version) => vec![(node.line, None, version.clone())],
        Value::Map(tools) if rule.tool == "*" => {
            tools.iter().filter_map(|(tool, node)| Some((node.line, Some(tool.clone()), version(node)?))).collect()
        }
        _ => Vec::new(),
    }
}

/// The version in one of the forms that tool tables allow: a string, a list of them, a map with `version`.
fn version(node: &Node) -> Option<String> {
    let plain = node.text().or_else(|| node.get("version")?.text());
    plain.or_else(|| node.items().first()?.text()).map(str::to_owned)
}

fn in_lines(rule: &table::Pin, text: &Text) -> Vec<Found> {
    let Some(pattern) = &rule.pattern else { return Vec::new() };
    let content = text.as_str();
    let lines = content.lines().zip(1..);
    let hits = lines.filter_map(|(line, number)| Some((pattern.captures(line)?, number)));
    hits.map(|(groups, number)| (number, groups.name("tool").map(|tool| tool.as_str().to_owned()), groups["version"].to_owned())).collect()
}

fn pin(rule: &table::Pin, file: &File, (line, tool, version): Found) -> Option<Pin> {
    let (tool, version) = match (tool, version.split_once('@')) {
        (Some(tool), _) => (tool, version),
        (None, Some((manager, rest))) if rule.tool == "package-manager" => {
            (manager.to_owned(), rest.split('+').next().unwrap_or(rest).to_owned())
        }
        (None, _) => (rule.tool.clone(), version),
    };
    let stack = rule.stack.clone().or_else(|| TABLE.tools.get(&tool).cloned())?;
    let known = TABLE.tools.contains_key(&tool) || rule.tool == tool;
    (known && names_a_version(&version)).then(|| Pin { stack, pin: ToolchainPin { file: file.path.clone(), line, tool, version } })
}

fn names_a_version(version: &str) -> bool {
    let version = version.trim();
    let range = version.starts_with(['^', '~', '>', '<', '!', '*', 'x']) || version.contains([' ', ',', '|', '*', '$']);
    !version.is_empty() && !range && !TABLE.floating.words.iter().any(|word| version.eq_ignore_ascii_case(word))
}
