//! Relative links of the README: those that lead nowhere, and the documents one hop away.

use std::collections::BTreeSet;

use super::topics::Guide;
use crate::facts::markdown::{Document, extension, resolve};
use crate::facts::{Area, At, Notes, ProblemKind};
use crate::snapshot::{Mode, Snapshot};

/// How many linked documents are read; an index of a manual would otherwise be the whole manual.
const FOLLOWED: usize = 24;

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Notes links whose target is clearly not in the snapshot.
pub(super) fn check(snapshot: &Snapshot, guide: &Guide<'_>, notes: &mut Notes) {
    if snapshot.mode == Mode::Staged {
        return;
    }
    let mut seen = BTreeSet::new();
    for link in &guide.document.links {
        let Some(path) = resolve(folder(guide.file), &link.target) else { continue };
        if path.is_empty() || !seen.insert((link.line, path.clone())) || may_exist(snapshot, &path) {
            continue;
        }
        let message = match spelled_otherwise(snapshot, &path) {
            Some(other) => {
                format!("The link to `{}` differs in case from `{other}`, which some systems do not forgive", link.target.trim())
            }
            None => format!("The link to `{}` leads to no file of the repository", link.target.trim()),
        };
        notes.problem(Area::Setup, ProblemKind::BrokenLink, At::new(guide.file, link.line), message);
    }
}

/// The target is there, was left out of the snapshot, or is a page that a site generator makes of a file that is there.
fn may_exist(snapshot: &Snapshot, path: &str) -> bool {
    let inside = format!("{path}/");
    let here = |other: &str| other == path || other.starts_with(&inside);
    let page = |other: &str| other.strip_prefix(path).is_some_and(|rest| rest == ".md" || rest == ".mdx");
    snapshot.files().iter().any(|file| here(&file.path) || page(&file.path))
        || snapshot.skipped().iter().any(|skipped| {
            let left_out = skipped.path.trim_end_matches('/');
            here(left_out) || path.strip_prefix(left_out).is_some_and(|rest| rest.starts_with('/'))
        })
}

fn spelled_otherwise<'a>(snapshot: &'a Snapshot, path: &str) -> Option<&'a str> {
    let wanted = path.to_lowercase();
    snapshot.files().iter().find_map(|file| {
        let head = file.path.get(..path.len())?;
        let ends = file.path.len() == path.len() || file.path.as_bytes().get(path.len()) == Some(&b'/');
        (ends && head.to_lowercase() == wanted).then_some(head)
    })
}

/// The documents of the repository that the README links, in order.
pub(super) fn followed<'a>(snapshot: &'a Snapshot, guide: &Guide<'_>) -> Vec<Guide<'a>> {
    let mut seen = BTreeSet::from([guide.file.to_owned()]);
    let mut linked = Vec::new();
    for link in &guide.document.links {
        let Some(path) = resolve(folder(guide.file), &link.target) else { continue };
        if linked.len() >= FOLLOWED || !seen.insert(path.clone()) {
            continue;
        }
        let Some(file) = snapshot.find(&path).filter(|file| tells_how(&file.path)) else { continue };
        if let Some(text) = snapshot.read(file) {
            linked.push(Guide::new(&file.path, Document::parse(&file.path, &text.as_str())));
        }
    }
    linked
}

/// A document that may say how to set the project up: no licence, no history, no code of conduct.
fn tells_how(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let other =
        ["license", "licence", "changelog", "code_of_conduct", "code-of-conduct", "security", "history", "releases", "release-notes"];
    matches!(extension(path).as_str(), "md" | "markdown" | "rst" | "adoc" | "asciidoc" | "txt")
        && !other.iter().any(|word| name.starts_with(word))
}
