//! Which file is the README: the root's first, then where hosts look for it.

use crate::facts::markdown::extension;
use crate::snapshot::{File, Snapshot};

/// Folders in the order of preference; hosts also show a README from the others.
const FOLDERS: [&str; 3] = ["", ".github", "docs"];

/// Extensions in the order of preference; the empty one is a file called `README`.
const EXTENSIONS: [&str; 10] = ["md", "markdown", "mdown", "mkd", "rst", "adoc", "asciidoc", "txt", "", "org"];

/// The README of the repository.
pub(super) fn readme(snapshot: &Snapshot) -> Option<&File> {
    snapshot
        .files()
        .iter()
        .filter_map(|file| Some((rank(&file.path, file.name())?, file)))
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, file)| file)
}

/// The smaller the better; a translated README stands behind all others.
fn rank(path: &str, name: &str) -> Option<(usize, usize, usize)> {
    let folder = path.strip_suffix(name)?.trim_end_matches('/').to_ascii_lowercase();
    let folder = FOLDERS.iter().position(|known| *known == folder)?;
    let lower = name.to_ascii_lowercase();
    let rest = lower.strip_prefix("readme")?;
    let kind = EXTENSIONS.iter().position(|known| *known == extension(name))?;
    if rest.is_empty() || rest.strip_prefix('.') == Some(EXTENSIONS[kind]) {
        return Some((folder, 0, kind));
    }
    let language = rest.strip_suffix(EXTENSIONS[kind])?.trim_matches(['.', '-', '_']);
    let translated = (2..=5).contains(&language.len()) && language.chars().all(|c| c.is_ascii_alphabetic() || c == '-' || c == '_');
    translated.then_some((folder, 1, usize::from(!language.starts_with("en"))))
}
