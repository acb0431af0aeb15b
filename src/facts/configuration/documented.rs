//! Documents that name a setting.
//!
//! A name of several words (`DATABASE_URL`) tells wherever it stands; one that is a plain word too (`HOST`) has to stand
//! as code or be given a value.

use std::collections::HashMap;

use rayon::prelude::*;

use super::keys::Names;
use super::table::TABLE;
use crate::facts::{At, markdown};
use crate::snapshot::{File, PathClass, Snapshot};

/// Reads the places at which documents name these settings, by the canonical form of the name.
pub(super) fn read(snapshot: &Snapshot, names: &Names) -> HashMap<String, Vec<At>> {
    let files: Vec<&File> = snapshot.files().iter().filter(|file| is_document(file)).collect();
    let found: Vec<(String, At)> = files.par_iter().flat_map_iter(|file| of_file(snapshot, file, names)).collect();
    let mut all: HashMap<String, Vec<At>> = HashMap::new();
    found.into_iter().for_each(|(name, at)| all.entry(name).or_default().push(at));
    all
}

fn is_document(file: &File) -> bool {
    let own = matches!(file.class, PathClass::Docs | PathClass::Source | PathClass::Sample | PathClass::Template);
    let text =
        matches!(markdown::extension(&file.path).as_str(), "md" | "mdx" | "markdown" | "rst" | "adoc" | "asciidoc" | "txt" | "" | "html");
    let kind =
        text && (file.class == PathClass::Docs || markdown::extension(&file.path) != "txt" && markdown::extension(&file.path) != "html");
    let other = markdown::extension(&file.path).is_empty() && file.class != PathClass::Docs;
    own && kind && !other && !TABLE.declared.histories.matches(file)
}

fn of_file(snapshot: &Snapshot, file: &File, names: &Names) -> Vec<(String, At)> {
    let Some(text) = snapshot.read(file) else { return Vec::new() };
    let mut found: Vec<(String, At)> = Vec::new();
    let bytes = text.bytes();
    names.find(bytes, |name, range| {
        let word = &bytes[range.clone()];
        let before = range.start.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b'\n');
        let after = bytes.get(range.end).copied().unwrap_or(b'\n');
        if is_telling(word, before, after) {
            let at = At::new(&file.path, text.position(range.start).line);
            if found.last().is_none_or(|(last, _)| last != name) {
                found.push((name.to_owned(), at));
            }
        }
    });
    // One place in a document is enough.
    found.sort();
    found.dedup_by(|next, first| next.0 == first.0);
    found
}

fn is_telling(word: &[u8], before: u8, after: u8) -> bool {
    let of_words = word.iter().any(|byte| matches!(byte, b'_' | b':' | b'.'));
    of_words || matches!(before, b'`' | b'$' | b'"' | b'{') || matches!(after, b'`' | b'=' | b'"')
}
