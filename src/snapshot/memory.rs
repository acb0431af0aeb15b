//! A snapshot of files given in memory: what the examples of rules and the tests of readers run on.

use super::{File, Locator, Mode, PathClass, Reads, Snapshot};

impl Snapshot {
    /// A snapshot of these files, each a path and its content.
    #[must_use]
    pub fn of_memory<P: Into<String>, C: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, C)>) -> Self {
        let mut files: Vec<File> = files
            .into_iter()
            .map(|(path, content)| {
                let path = path.into();
                File { class: PathClass::of(&path), path, at: Locator::Memory(content.into()) }
            })
            .collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self {
            name: "example".into(),
            mode: Mode::Memory,
            revision: None,
            branch: None,
            date: None,
            shallow: false,
            added: None,
            unused_excludes: Vec::new(),
            files,
            left_out: Vec::new(),
            reads: Reads::default(),
        }
    }
}
