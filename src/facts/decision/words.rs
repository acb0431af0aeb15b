//! The words of decision records, from `rules/data/decisions.toml`.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::facts::table;
use crate::table::Lazy;

#[derive(Deserialize)]
struct Table {
    folders: Vec<String>,
    other_folders: Vec<String>,
    no_records: Vec<String>,
    template_words: Vec<String>,
    sections: Sections,
    status_keys: Vec<String>,
    date_keys: Vec<String>,
    ritual: Vec<String>,
    placeholder: Vec<String>,
    superseded: String,
    superseded_by: String,
    supersedes: String,
}

#[derive(Deserialize)]
pub(super) struct Sections {
    pub(super) context: Vec<String>,
    pub(super) decision: Vec<String>,
    pub(super) consequences: Vec<String>,
}

/// The table with its patterns compiled.
pub(super) struct Words {
    pub(super) folders: Vec<String>,
    pub(super) other_folders: Vec<String>,
    pub(super) no_records: Vec<String>,
    pub(super) template_words: Vec<String>,
    pub(super) sections: Sections,
    pub(super) status_keys: Vec<String>,
    pub(super) date_keys: Vec<String>,
    pub(super) ritual: Lazy<Regex>,
    pub(super) placeholder: Lazy<Regex>,
    pub(super) superseded: Lazy<Regex>,
    pub(super) superseded_by: Lazy<Regex>,
    pub(super) supersedes: Lazy<Regex>,
}

fn compiled(pattern: &str) -> Lazy<Regex> {
    Lazy::new(pattern, |pattern| RegexBuilder::new(pattern).case_insensitive(true).build().map_err(|error| error.to_string()))
}

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let table: Table = table("decisions.toml", include_str!("../../../rules/data/decisions.toml"));
    Words {
        folders: table.folders,
        other_folders: table.other_folders,
        no_records: table.no_records,
        template_words: table.template_words,
        sections: table.sections,
        status_keys: table.status_keys,
        date_keys: table.date_keys,
        ritual: compiled(&table.ritual.join("|")),
        placeholder: compiled(&table.placeholder.join("|")),
        superseded: compiled(&table.superseded),
        superseded_by: compiled(&table.superseded_by),
        supersedes: compiled(&table.supersedes),
    }
});
