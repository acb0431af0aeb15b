//! A pipeline file as read, before anybody asks what it means.

use crate::facts::yaml::Tree;
use crate::facts::{Area, At, Notes, ProblemKind};
use crate::snapshot::Snapshot;

/// How large a pipeline file may be.
const SIZE_LIMIT: usize = 1_000_000;

/// What is said of a file that is there and gives no text.
pub(super) const UNREADABLE: &str = "could not be read as text";

/// What is said of the file at this path, which is there and gives no text.
pub(super) fn unreadable(path: &str) -> String {
    format!("{path} {UNREADABLE}")
}

/// A pipeline file.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: String,
    pub(super) tree: Tree,
}

impl Source {
    /// Reads a file, and notes where it could not be parsed.
    pub(super) fn read(snapshot: &Snapshot, path: &str, notes: &mut Notes) -> Option<Self> {
        let source = Self::read_quietly(snapshot, path);
        match &source {
            Some(source) => source.note_fault(notes),
            None if snapshot.find(path).is_some() => notes.unread("pipelines", unreadable(path)),
            None => {}
        }
        source
    }

    /// Reads a file that may turn out to be something else.
    pub(super) fn read_quietly(snapshot: &Snapshot, path: &str) -> Option<Self> {
        let text = snapshot.read_path(path)?;
        if text.bytes().len() > SIZE_LIMIT {
            return None;
        }
        Some(Self { path: path.to_owned(), tree: Tree::parse(&text.as_str()) })
    }

    /// Notes where the file could not be parsed.
    pub(super) fn note_fault(&self, notes: &mut Notes) {
        let Some(fault) = &self.tree.fault else { return };
        let (path, line) = (&self.path, fault.line);
        notes.problem(
            Area::Deploy,
            ProblemKind::Unparsable,
            At::new(path, line),
            format!("cannot be read from line {line} on: {}", fault.message),
        );
        notes.unread("pipelines", format!("{path}: not read from line {line} on, it is no valid YAML"));
    }

    /// The file's name without its ending.
    pub(super) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.trim_end_matches(".yaml").trim_end_matches(".yml")
    }
}
