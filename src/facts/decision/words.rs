//! The words of decision records, from `rules/data/decisions.toml`.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::facts::table;

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
    pub(super) ritual: Regex,
    pub(super) placeholder: Regex,
    pub(super) superseded: Regex,
    pub(super) superseded_by: Regex,
    pub(super) supersedes: Regex,
}

fn compiled(pattern: &str) -> Regex {
    let built = RegexBuilder::new(pattern).case_insensitive(true).build();
    built.unwrap_or_else(|error| unreachable!("rules/data/decisions.toml is checked by a test: {error}"))
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
