//! One file of a snapshot: its path as it is printed, its class, and where its content lies.

use std::sync::OnceLock;

use super::content::Locator;
use super::path_class::PathClass;

/// One file of a snapshot.
#[derive(Debug)]
pub struct File {
    /// The path from the root, with `/`, ready to print: bytes that are no UTF-8 or no printable character stand as `\xNN`.
    pub path: String,
    /// What kind of file it is by its path; see [`PathClass`].
    pub class: PathClass,
    /// Where its content is to be had; opaque to all but the snapshot layer.
    pub(crate) at: Locator,
    /// The path in ASCII lower case, for comparisons that do not mind case, and where the name begins in it; made when first
    /// asked for.
    lower: OnceLock<(Box<str>, usize)>,
}

impl File {
    pub(crate) fn new(path: String, class: PathClass, at: Locator) -> Self {
        Self { path, class, at, lower: OnceLock::new() }
    }

    /// The path in ASCII lower case.
    pub(crate) fn lower_path(&self) -> &str {
        &self.lower().0
    }

    /// The last part of the path in ASCII lower case.
    pub(crate) fn lower_name(&self) -> &str {
        let (path, name) = self.lower();
        &path[*name..]
    }

    fn lower(&self) -> &(Box<str>, usize) {
        let name = || self.path.rfind('/').map_or(0, |slash| slash + 1);
        self.lower.get_or_init(|| (self.path.to_ascii_lowercase().into_boxed_str(), name()))
    }

    /// The last part of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The folder that holds the file, without a trailing slash; empty at the root.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}
