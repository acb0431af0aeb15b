//! The documents of the repository that the README links, one hop away.

use std::collections::BTreeSet;

use super::topics::Guide;
use crate::facts::markdown::{Document, extension, resolve};
use crate::snapshot::{PathClass, Snapshot};

/// How many linked documents are read; an index of a manual would otherwise be the whole manual.
const FOLLOWED: usize = 24;

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The documents of the repository that the README links and that people write, in order.
pub(super) fn followed<'a>(snapshot: &'a Snapshot, guide: &Guide<'_>) -> Vec<Guide<'a>> {
    let mut seen = BTreeSet::from([guide.file.to_owned()]);
    let mut linked = Vec::new();
    for link in &guide.document.links {
        let Some(path) = resolve(folder(guide.file), &link.target) else { continue };
        if linked.len() >= FOLLOWED || !seen.insert(path.clone()) {
            continue;
        }
        let Some(file) = snapshot.find(&path).filter(|file| tells_how(&file.path) && file.class != PathClass::Generated) else { continue };
        if let Some(text) = snapshot.read(file) {
            linked.push(Guide::new(&file.path, Document::parse(&file.path, &text.as_str())));
        }
    }
    linked
}

/// A document that may say how to set the project up: no licence, no history, no code of conduct.
fn tells_how(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let record = folders.split('/').any(|folder| folder.starts_with("adr") || folder.ends_with("decisions"));
    let other =
        ["license", "licence", "changelog", "code_of_conduct", "code-of-conduct", "security", "history", "releases", "release-notes"];
    matches!(extension(path).as_str(), "md" | "markdown" | "rst" | "adoc" | "asciidoc" | "txt")
        && !record
        && !other.iter().any(|word| name.starts_with(word))
}
