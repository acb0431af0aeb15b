//! Which files are Azure pipelines, and which templates they use.

use std::collections::BTreeSet;

use crate::facts::Notes;
use crate::facts::command::call::join;
use crate::facts::pipeline::source::Source;
use crate::facts::yaml::{Kind, Node};
use crate::snapshot::Snapshot;

/// How many files are read because others use them, and how deep.
const FILE_LIMIT: usize = 300;
const TEMPLATE_DEPTH: usize = 4;

/// What a `template:` names.
pub(super) enum Template {
    /// A file of this repository.
    Local(String),
    /// A file of another repository, by its name without ending.
    Elsewhere(String),
    /// None, or one that only an expression tells.
    None,
}

impl Template {
    /// The template that an item names, seen from the file that holds it.
    pub(super) fn of(item: &Node, file: &str) -> Self {
        let Some(written) = item.text_of("template") else { return Self::None };
        let (path, repository) = written.split_once('@').unwrap_or((written, "self"));
        if repository != "self" {
            return Self::Elsewhere(stem(path).to_owned());
        }
        if path.contains('$') {
            return Self::None;
        }
        let folder = if path.starts_with('/') { "" } else { file.rsplit_once('/').map_or("", |(folder, _)| folder) };
        Self::Local(join(folder, path))
    }
}

/// The name of a path without folder and ending.
pub(super) fn stem(path: &str) -> &str {
    let path = path.split('@').next().unwrap_or(path);
    let name = path.rsplit('/').next().unwrap_or(path);
    name.trim_end_matches(".yaml").trim_end_matches(".yml")
}

pub(super) fn is_template_path(name: &str) -> bool {
    name.contains(".yml") || name.contains(".yaml")
}

/// Whether a document is a pipeline or a template of Azure by its shape. Text is asked first, to parse few files.
pub(in crate::facts::pipeline) fn looks_like_azure(text: &str) -> bool {
    let has = |key: &str| text.starts_with(key) || text.contains(&format!("\n{key}"));
    let body = ["steps:", "jobs:", "stages:", "extends:"].into_iter().any(has);
    let telling = ["trigger:", "pool:", "pr:", "resources:", "parameters:"].into_iter().any(has);
    let speaks = ["- task:", "vmImage", "- deployment:", "- job:", "- stage:", "- template:"].iter().any(|word| text.contains(word));
    body && telling && speaks
}

/// Whether a root holds what Azure's pipelines and templates hold.
pub(super) fn has_shape(root: &Node) -> bool {
    let any = |key: &str, kinds: &[&str]| {
        let list = root.get(key).filter(|list| matches!(list.kind, Kind::Sequence(_)));
        list.is_some_and(|list| super::expanded(list).iter().any(|item| kinds.iter().any(|kind| item.get(kind).is_some())))
    };
    any("stages", &["stage", "template"])
        || any("jobs", &["job", "deployment", "template"])
        || any("steps", &["task", "script", "bash", "pwsh", "powershell", "checkout", "template", "publish", "download"])
        || root.get("extends").is_some_and(|extends| extends.get("template").is_some())
}

/// The files found, with the local templates that they use and those use again.
pub(super) fn with_templates(snapshot: &Snapshot, found: Vec<Source>, notes: &mut Notes) -> Vec<Source> {
    let mut sources: Vec<Source> = found.into_iter().filter(|source| source.tree.root().is_some_and(has_shape)).collect();
    sources.iter().for_each(|source| source.note_fault(notes));
    for _ in 0..TEMPLATE_DEPTH {
        let missing: Vec<String> = used(&sources).into_iter().filter(|path| !sources.iter().any(|source| source.path == *path)).collect();
        if missing.is_empty() || sources.len() > FILE_LIMIT {
            break;
        }
        sources.extend(missing.iter().filter_map(|path| Source::read(snapshot, path, notes)));
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

/// The local templates for stages and jobs that files use, by path. Templates of steps are read where they are used.
pub(super) fn used(sources: &[Source]) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for source in sources {
        for root in &source.tree.documents {
            collect(root, &source.path, 30, &mut paths);
        }
    }
    paths
}

fn collect(node: &Node, file: &str, depth: usize, paths: &mut BTreeSet<String>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match &node.kind {
        Kind::Sequence(items) => items.iter().for_each(|item| collect(item, file, depth, paths)),
        Kind::Mapping(entries) => {
            if let Template::Local(path) = Template::of(node, file) {
                paths.insert(path);
            }
            entries.iter().for_each(|entry| collect(&entry.value, file, depth, paths));
        }
        Kind::Scalar { .. } => {}
    }
}
