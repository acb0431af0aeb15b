//! Relative links of a document that lead nowhere, for every reader of documents.

use std::collections::BTreeSet;

use super::markdown::{Link, resolve};
use crate::snapshot::{Mode, Snapshot};

/// The links whose target is clearly not in the snapshot, each with its line and what is wrong.
#[must_use]
pub fn broken(snapshot: &Snapshot, file: &str, links: &[Link]) -> Vec<(usize, String)> {
    let (mut seen, mut all) = (BTreeSet::new(), Vec::new());
    if snapshot.mode == Mode::Staged {
        return all;
    }
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    for link in links {
        let Some(path) = resolve(folder, &link.target) else { continue };
        if path.is_empty() || !seen.insert((link.line, path.clone())) || may_exist(snapshot, &path) {
            continue;
        }
        // Outside the README a target from the root is one of the site that is made of the documents.
        if link.target.starts_with('/') && !folder.is_empty() {
            continue;
        }
        let target = link.target.trim();
        all.push(match spelled_otherwise(snapshot, &path) {
            Some(other) => (link.line, format!("The link to `{target}` differs in case from `{other}`, which some systems do not forgive")),
            None => (link.line, format!("The link to `{target}` leads to no file of the repository")),
        });
    }
    all
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
