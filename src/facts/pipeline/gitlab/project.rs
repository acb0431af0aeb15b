//! The jobs of a project over several files, with `extends`, defaults and references resolved on lookup.

use std::collections::{BTreeSet, HashMap};

use globset::GlobBuilder;

use crate::facts::Notes;
use crate::facts::command::call::join;
use crate::facts::pipeline::catalog;
use crate::facts::pipeline::graph::JOB_LIMIT;
use crate::facts::pipeline::source::Source;
use crate::facts::yaml::{Entry, Node};
use crate::snapshot::Snapshot;

/// How deep files include each other, and jobs extend each other; GitLab allows eleven levels of the latter.
const INCLUDE_DEPTH: usize = 4;
const EXTENDS_DEPTH: usize = 11;

/// How many files a pipeline may have.
const FILE_LIMIT: usize = 100;

/// The root file and the local files that it includes, the root first.
pub(super) fn with_includes(snapshot: &Snapshot, root: Source, notes: &mut Notes) -> Vec<Source> {
    let mut sources = vec![root];
    let mut first = 0;
    let mut dropped = 0;
    for _ in 0..INCLUDE_DEPTH {
        let found: Vec<String> = sources[first..].iter().flat_map(|source| includes(snapshot, source, notes)).collect();
        first = sources.len();
        for path in found {
            match sources.iter().any(|source| source.path == path) {
                true => {}
                false if sources.len() < FILE_LIMIT => sources.extend(Source::read(snapshot, &path, notes)),
                false => dropped += 1,
            }
        }
    }
    let root = sources[0].path.clone();
    if dropped > 0 {
        notes.unread("pipelines", format!("{root}: of the files that it includes, only the first {FILE_LIMIT} were read"));
    }
    let deeper: Vec<String> = sources[first..].iter().flat_map(|source| includes(snapshot, source, notes)).collect();
    if deeper.iter().any(|path| !sources.iter().any(|source| source.path == *path)) {
        notes.unread("pipelines", format!("{root}: files that are included more than {INCLUDE_DEPTH} levels deep were not read"));
    }
    sources
}

/// The local files that a file includes; what lies elsewhere is noted.
fn includes(snapshot: &Snapshot, source: &Source, notes: &mut Notes) -> Vec<String> {
    let mut paths = Vec::new();
    for include in source.tree.documents.iter().filter_map(|document| document.get("include")).flat_map(Node::one_or_many) {
        let local = include.text().filter(|path| !path.contains("://")).or_else(|| include.text_of("local"));
        match local {
            Some(pattern) => paths.extend(matching(snapshot, pattern)),
            None if include.get("template").is_some() => {}
            None => notes.unread("pipelines", format!("{}:{}: includes a file that is not in this repository", source.path, include.line)),
        }
    }
    paths
}

fn matching(snapshot: &Snapshot, pattern: &str) -> Vec<String> {
    let pattern = join("", pattern);
    if !pattern.contains('*') {
        return vec![pattern];
    }
    let Ok(glob) = GlobBuilder::new(&pattern).literal_separator(true).build() else { return Vec::new() };
    let glob = glob.compile_matcher();
    snapshot.files().iter().filter(|file| glob.is_match(&file.path)).map(|file| file.path.clone()).collect()
}

/// What the files of a pipeline say together. What the root says beats what it includes.
pub(super) struct Project<'s> {
    /// Every top-level entry with the number of its file, the weakest first.
    entries: Vec<(usize, &'s Entry)>,
    /// Where the entries of a name stand.
    by_name: HashMap<&'s str, Vec<usize>>,
}

impl<'s> Project<'s> {
    pub(super) fn of(sources: &'s [Source]) -> Self {
        let mut entries = Vec::new();
        for (at, source) in sources.iter().enumerate().rev() {
            entries.extend(source.tree.documents.iter().flat_map(Node::own_entries).map(|entry| (at, entry)));
        }
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, (_, entry)) in entries.iter().enumerate() {
            by_name.entry(entry.key.as_str()).or_default().push(at);
        }
        Self { entries, by_name }
    }

    /// The names of all jobs that can run, in order of their files.
    pub(super) fn jobs(&self, notes: &mut Notes) -> Vec<&'s str> {
        let reserved = &catalog::PROVIDERS.gitlab.reserved;
        let mut seen = BTreeSet::new();
        let mut names: Vec<&str> = Vec::new();
        for (_, entry) in &self.entries {
            let name = entry.key.as_str();
            let is_job = !name.starts_with('.') && !reserved.iter().any(|known| known == name) && !entry.value.own_entries().is_empty();
            let new = is_job && names.len() <= JOB_LIMIT && seen.insert(name);
            if new && ["script", "trigger", "run"].iter().any(|key| self.find(name, key).is_some()) {
                names.push(name);
            }
        }
        if names.len() > JOB_LIMIT {
            names.truncate(JOB_LIMIT);
            notes.unread("pipelines", format!("of the jobs for GitLab, only the first {JOB_LIMIT} were read"));
        }
        names
    }

    /// The file and the line of a job.
    pub(super) fn place(&self, name: &str) -> Option<(usize, usize)> {
        self.layers(name).next().map(|(source, entry)| (source, entry.line))
    }

    /// The definitions of a name, the strongest first.
    fn layers(&self, name: &str) -> impl Iterator<Item = (usize, &'s Entry)> + '_ {
        let places = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        places.iter().rev().map(|at| self.entries[*at])
    }

    /// A top-level value that is no job.
    pub(super) fn global(&self, key: &str) -> Option<&'s Node> {
        self.layers(key).next().map(|(_, entry)| &entry.value)
    }

    /// A default for all jobs, in its new or its old place.
    pub(super) fn default(&self, key: &str) -> Option<&'s Node> {
        self.layers("default").find_map(|(_, entry)| entry.value.get(key)).or_else(|| self.global(key))
    }

    pub(super) fn workflow_line(&self) -> Option<usize> {
        self.layers("workflow").next().map(|(_, entry)| entry.line)
    }

    /// The value of a job's key, what it extends included.
    pub(super) fn find(&self, name: &str, key: &str) -> Option<&'s Node> {
        self.path(name, &[key])
    }

    pub(super) fn text(&self, name: &str, key: &str) -> Option<&'s str> {
        self.find(name, key).and_then(Node::text)
    }

    /// The value under a path of keys, level by level: mappings of a job and of what it extends are merged.
    pub(super) fn path(&self, name: &str, path: &[&str]) -> Option<&'s Node> {
        // Each look costs one, so that jobs that extend each other in many ways end.
        let mut budget = 200;
        self.path_within(name, path, EXTENDS_DEPTH, &mut budget)
    }

    fn path_within(&self, name: &str, path: &[&str], depth: usize, budget: &mut usize) -> Option<&'s Node> {
        let depth = depth.checked_sub(1)?;
        *budget = budget.checked_sub(1)?;
        let descend = |entry: &'s Entry| path.iter().try_fold(&entry.value, |node, key| node.get(key));
        if let Some(found) = self.layers(name).find_map(|(_, entry)| descend(entry)) {
            return Some(found);
        }
        let extends = self.layers(name).find_map(|(_, entry)| entry.value.get("extends"))?;
        extends.one_or_many().iter().rev().filter_map(Node::text).find_map(|parent| self.path_within(parent, path, depth, budget))
    }

    /// What `!reference [job, key, …]` stands for.
    pub(super) fn referred(&self, node: &Node) -> Option<&'s Node> {
        if node.tag.as_deref() != Some("!reference") {
            return None;
        }
        let words: Vec<&str> = node.items().iter().filter_map(Node::text).collect();
        let (name, path) = words.split_first()?;
        self.path(name, path)
    }

    /// The value of a variable, where the files set it.
    pub(super) fn variable(&self, name: &str, variable: &str) -> Option<&'s str> {
        let global = || self.layers("variables").find_map(|(_, entry)| entry.value.get(variable));
        let node = self.path(name, &["variables", variable]).or_else(global)?;
        node.text().or_else(|| node.text_of("value"))
    }

    /// Text with its variables filled in once; those that the files do not set stay.
    pub(super) fn fill_in(&self, name: &str, text: &str) -> String {
        let mut parts = text.split('$');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let braced = part.strip_prefix('{').and_then(|rest| rest.split_once('}'));
            let (variable, rest) = braced.unwrap_or_else(|| {
                let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
                part.split_at(end)
            });
            match self.variable(name, variable).filter(|value| !value.contains('$')) {
                Some(value) => filled.extend([value, rest]),
                None => filled.extend(["$", part]),
            }
        }
        filled
    }
}
