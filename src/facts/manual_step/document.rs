//! Documents that tell a person what to do for a deployment, sentence by sentence.
//!
//! A sentence counts under a heading that speaks of a deployment, not where a developer's own machine, somebody else's
//! copy or the past is meant. Code blocks hold the commands of others and are left alone.

use rayon::prelude::*;

use super::ManualStep;
use super::table::{Instruction, TABLE, stem};
use crate::facts::markdown::{Block, Document, EXTENSIONS, extension};
use crate::snapshot::{File, PathClass, Snapshot};

/// How large a document may be, and how many steps of it are listed.
const SIZE_LIMIT: usize = 500_000;
const MOST_IN_A_FILE: usize = 10;

/// How long a sentence is quoted.
const QUOTE: usize = 120;

/// What documents ask of a person.
pub(super) fn instructions(snapshot: &Snapshot) -> Vec<ManualStep> {
    let documents: Vec<(&File, bool)> = snapshot.files().iter().filter_map(|file| Some((file, speaks_of_deployment(file)?))).collect();
    documents.par_iter().flat_map_iter(|(file, whole)| in_document(snapshot, file, *whole)).collect()
}

/// Whether a document is looked at, and then, whether it speaks of a deployment as a whole.
fn speaks_of_deployment(file: &File) -> Option<bool> {
    let readable = EXTENSIONS.contains(&extension(file.name()).as_str());
    let own = matches!(file.class, PathClass::Docs | PathClass::Source);
    let elsewhere =
        || file.folder().split('/').any(|folder| TABLE.documents.not_folders.iter().any(|known| known.eq_ignore_ascii_case(folder)));
    if !readable || !own || elsewhere() {
        return None;
    }
    let name = stem(file.name()).to_ascii_lowercase().replace(['_', ' '], "-");
    let whole = TABLE.documents.names.0.is_match(&name);
    (whole || (name == "readme" && file.folder().is_empty())).then_some(whole)
}

fn in_document(snapshot: &Snapshot, file: &File, whole: bool) -> Vec<ManualStep> {
    let Some(text) = snapshot.read(file).filter(|text| text.bytes().len() <= SIZE_LIMIT) else { return Vec::new() };
    let document = Document::parse(&file.path, &text.as_str());
    let mut found: Vec<ManualStep> = Vec::new();
    for (at, block) in document.blocks.iter().enumerate().filter(|(_, block)| block.is_prose()) {
        if found.len() >= MOST_IN_A_FILE {
            break;
        }
        if is_under_deployment(&document, at, whole)
            && let Some(step) = in_block(file, block)
        {
            found.push(step);
        }
    }
    found
}

fn is_under_deployment(document: &Document, at: usize, whole: bool) -> bool {
    let headings: Vec<String> = document.headings_above(at).map(|heading| document.blocks[heading].text()).collect();
    let title = document.title().map(|title| document.blocks[title].text());
    let below = headings.iter().filter(|heading| whole || Some(*heading) != title.as_ref());
    let mut speaks = whole;
    for heading in below {
        if TABLE.documents.not_heading.0.is_match(heading) {
            return false;
        }
        speaks |= TABLE.documents.heading.0.is_match(heading);
    }
    speaks
}

fn in_block(file: &File, block: &Block) -> Option<ManualStep> {
    let text = block.text();
    let mut offset = 0;
    for sentence in text.split_inclusive(['.', '!', '?', ';']) {
        let start = offset;
        offset += sentence.len();
        if let Some((instruction, at)) = instruction_in(sentence) {
            return Some(step(file, block.line_at(start + at), instruction, sentence.trim()));
        }
    }
    None
}

/// The instruction that a sentence gives, with where it starts.
fn instruction_in(sentence: &str) -> Option<(&'static Instruction, usize)> {
    let met = TABLE.instruction.iter().find_map(|instruction| {
        let at = instruction.text.iter().find_map(|pattern| pattern.0.find(sentence))?.start();
        (instruction.anywhere || is_order(sentence.get(..at)?)).then_some((instruction, at))
    })?;
    (!TABLE.documents.not_sentence.0.is_match(sentence)).then_some(met)
}

/// Whether a verb is an order after these words: none, a number, or a word that leads over to it.
fn is_order(before: &str) -> bool {
    let before = before.trim_end();
    let last = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let word = last.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    last.ends_with([',', ':', '-']) || word.chars().all(|c| c.is_ascii_digit()) || TABLE.documents.leads.contains(&word)
}

fn step(file: &File, line: usize, instruction: &Instruction, sentence: &str) -> ManualStep {
    let quote: String = sentence.chars().take(QUOTE).collect();
    let kind = if instruction.once { "setup-instruction" } else { "instruction" };
    ManualStep {
        file: file.path.clone(),
        line,
        kind: kind.into(),
        detail: format!("tells a person {}: \"{quote}\"", instruction.says),
        target: None,
        only_way: false,
    }
}
