//! Documents of operation: by file name among documents, and by headings with substance in the README and in documents
//! that are named for operation.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use super::Documents;
use crate::facts::markdown::{Document, Kind, extension};
use crate::facts::table;
use crate::snapshot::{File, PathClass, Snapshot};
use crate::table::Lazy;

#[derive(Deserialize)]
struct Table {
    extensions: Vec<String>,
    bare: Vec<String>,
    document_folders: Vec<String>,
    record_folders: Vec<String>,
    depth: BTreeMap<String, (usize, usize)>,
    operational: String,
    document: BTreeMap<String, Declared>,
}

#[derive(Deserialize)]
struct Declared {
    names: String,
    folders: Option<String>,
    headings: Option<String>,
    #[serde(default)]
    words: usize,
}

struct Words {
    extensions: Vec<String>,
    bare: Vec<String>,
    document_folders: Vec<String>,
    record_folders: Vec<String>,
    depth: BTreeMap<String, (usize, usize)>,
    operational: Lazy<Regex>,
    kinds: BTreeMap<String, Patterns>,
}

struct Patterns {
    names: Lazy<Regex>,
    folders: Option<Lazy<Regex>>,
    headings: Option<Lazy<Regex>>,
    words: usize,
}

fn compiled(pattern: &str) -> Lazy<Regex> {
    Lazy::new(pattern, |pattern| {
        RegexBuilder::new(pattern).unicode(false).case_insensitive(true).build().map_err(|error| error.to_string())
    })
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let table: Table = table("documents.toml", include_str!("../../../rules/data/documents.toml"));
    let kind = |declared: &Declared| Patterns {
        names: compiled(&declared.names),
        folders: declared.folders.as_deref().map(compiled),
        headings: declared.headings.as_deref().map(compiled),
        words: declared.words,
    };
    Words {
        kinds: table.document.iter().map(|(name, declared)| (name.clone(), kind(declared))).collect(),
        extensions: table.extensions,
        bare: table.bare,
        document_folders: table.document_folders,
        record_folders: table.record_folders,
        depth: table.depth,
        operational: compiled(&table.operational),
    }
});

pub(super) fn read(snapshot: &Snapshot) -> Documents {
    let candidates: Vec<Candidate<'_>> = snapshot.files().iter().filter_map(Candidate::of).collect();
    let headings = headed(snapshot, &candidates);
    let best = |kind: &str| by_name(&candidates, kind).or_else(|| headings.get(kind).cloned());
    Documents {
        runbook: best("runbook"),
        incident: best("incident"),
        release: best("release"),
        changelog: best("changelog"),
        support: best("support"),
        license: best("license"),
        contributing: best("contributing"),
        architecture: best("architecture"),
    }
}

/// A file that may be a document, with its name and folders as the table writes them.
struct Candidate<'a> {
    file: &'a File,
    name: String,
    folders: Vec<String>,
    bare: bool,
    in_documents: bool,
}

fn slug(text: &str) -> String {
    text.to_lowercase().replace(['_', ' '], "-")
}

impl<'a> Candidate<'a> {
    fn of(file: &'a File) -> Option<Self> {
        if matches!(file.class, PathClass::Test | PathClass::Sample | PathClass::Vendored | PathClass::Generated) {
            return None;
        }
        let extension = extension(&file.path);
        let known = WORDS.extensions.contains(&extension);
        let bare = !file.name().contains('.') || !known && file.name().to_lowercase().starts_with("licen");
        let stem = if known { file.name().get(..file.name().len() - extension.len() - 1)? } else { file.name() };
        let folders: Vec<String> = file.folder().split('/').filter(|part| !part.is_empty()).map(slug).collect();
        let in_documents = folders.first().is_some_and(|first| WORDS.document_folders.contains(first));
        let record = folders.iter().any(|folder| WORDS.record_folders.contains(folder));
        ((known || bare) && !record).then(|| Self { file, name: slug(stem), folders, bare, in_documents })
    }
}

/// The shallowest document of this kind by its name; a folder that is named for it counts after that.
fn by_name(candidates: &[Candidate<'_>], kind: &str) -> Option<String> {
    let patterns = WORDS.kinds.get(kind)?;
    let depth = WORDS.depth.get(kind).or_else(|| WORDS.depth.get("default")).copied().unwrap_or((1, 3));
    let near = |candidate: &&Candidate<'_>| {
        let reach = if candidate.in_documents { depth.1 } else { depth.0 };
        candidate.folders.len() <= reach && (!candidate.bare || WORDS.bare.iter().any(|bare| bare == kind))
    };
    let named = candidates.iter().filter(near).filter(|candidate| patterns.names.is_match(candidate.name.as_bytes()));
    let rank = |candidate: &&Candidate<'_>| (candidate.folders.len(), candidate.file.path.clone());
    let filed = || {
        let folders = patterns.folders.as_ref()?;
        let inside =
            |candidate: &&Candidate<'_>| !candidate.bare && candidate.folders.last().is_some_and(|last| folders.is_match(last.as_bytes()));
        let first = |candidate: &&Candidate<'_>| {
            (!matches!(candidate.name.as_str(), "readme" | "index"), candidate.folders.len(), candidate.file.path.clone())
        };
        candidates.iter().filter(near).filter(inside).filter(|candidate| candidate.file.class != PathClass::Template).min_by_key(first)
    };
    named.min_by_key(rank).or_else(filed).map(|candidate| candidate.file.path.clone())
}

/// How many documents are read for their headings.
const READ: usize = 60;

/// The first document that has a heading of the kind with substance under it, by kind; the README comes first.
fn headed(snapshot: &Snapshot, candidates: &[Candidate<'_>]) -> BTreeMap<String, String> {
    let operational = |candidate: &&Candidate<'_>| {
        let deep = candidate.folders.is_empty() || candidate.in_documents;
        !candidate.bare
            && deep
            && WORDS.operational.is_match(candidate.name.as_bytes())
            && matches!(extension(&candidate.file.path).as_str(), "md" | "markdown" | "rst" | "adoc" | "asciidoc" | "txt")
    };
    let mut read: Vec<&Candidate<'_>> = candidates.iter().filter(operational).collect();
    read.sort_by_key(|candidate| (candidate.folders.len(), candidate.name != "readme"));
    let mut found = BTreeMap::new();
    for candidate in read.into_iter().take(READ) {
        let Some(text) = snapshot.read(candidate.file) else { continue };
        let document = Document::parse(&candidate.file.path, &text.as_str());
        for (kind, patterns) in &WORDS.kinds {
            if !found.contains_key(kind)
                && patterns.headings.as_ref().is_some_and(|headings| has_section(&document, headings, patterns.words))
            {
                found.insert(kind.clone(), candidate.file.path.clone());
            }
        }
    }
    found
}

/// A heading of the kind, with at least this many words under it; a command is worth as much as a sentence.
fn has_section(document: &Document, headings: &Lazy<Regex>, words: usize) -> bool {
    let title = document.title();
    document.blocks.iter().enumerate().any(|(at, block)| {
        let text = block.text();
        let name = text.trim_matches(|c: char| !c.is_alphanumeric());
        Some(at) != title && block.level().is_some() && headings.is_match(name.as_bytes()) && substance(document, at) >= words
    })
}

fn substance(document: &Document, heading: usize) -> usize {
    let section = document.under(heading).iter().filter(|block| block.level().is_none());
    section
        .map(|block| match block.kind {
            Kind::Code { .. } => 12,
            _ => block.text().split_whitespace().count(),
        })
        .sum()
}
