//! Rules: declared expectations, one TOML table each, that find concrete places in a snapshot.
//!
//! This module holds what a rule *is*; `rule/load.rs` reads and validates declarations, `rule/placeholder.rs` expands
//! their examples, `rule/words.rs` puts in what the rules of a file share. How a rule finds something is left to
//! `matcher`, what became of it to `finding`.

pub mod load;
pub mod placeholder;
mod words;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::Area;
use crate::matcher::{Matcher, fact::FactRule, file::FileRule, secret::SecretRule, text::TextRule};
pub use crate::severity::{Confidence, Severity};

/// What a rule has to see in order to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// A line: runs on staged changes too, findings only on added lines.
    Line,
    /// A file: runs on staged changes too.
    File,
    /// The repository as a whole: never on staged changes.
    Repository,
}

/// A declared expectation, ready to match.
#[derive(Debug)]
pub struct Rule {
    /// `area/name`, kebab case, names the problem; stable for ever.
    pub id: String,
    /// The area of its check.
    pub area: Area,
    /// The check that it feeds.
    pub check: String,
    /// What it finds, in a few words.
    pub title: String,
    /// How bad a finding is; the check's severity unless stated.
    pub severity: Severity,
    /// How sure a finding is before its surroundings are weighed.
    pub confidence: Confidence,
    /// Why it matters to the team that takes over.
    pub why: String,
    /// What to do about it.
    pub fix: String,
    /// Pages that somebody has seen.
    pub links: Vec<String>,
    /// The message of a finding, with `{field}` of the entry; the title unless stated.
    pub message: Option<String>,
    /// What it has to see.
    pub scope: Scope,
    /// How it finds.
    pub matcher: Matcher,
    /// Its examples.
    pub examples: Vec<Example>,
    /// Where it is declared.
    pub declared: Declared,
}

/// Where something is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
}

/// An example that a rule must find, or must leave alone.
#[derive(Debug, Clone)]
pub struct Example {
    /// Whether the rule must find it.
    pub hit: bool,
    /// The files of the example, before placeholders are expanded.
    pub files: BTreeMap<String, String>,
    /// Where the finding must be, as `file:line`.
    pub at: Option<String>,
    /// The commits behind the files, the oldest first; no history where empty.
    pub history: Vec<ExampleCommit>,
}

impl Example {
    /// Its commits in words.
    #[must_use]
    pub(crate) fn history_in_words(&self) -> String {
        let commits = self.history.iter().map(|commit| {
            let times = if commit.times == 1 { "one commit".to_owned() } else { format!("{} commits", commit.times) };
            let files = if commit.files.is_empty() { "all files".to_owned() } else { commit.files.join(", ") };
            format!("{times} by {} to {files}", commit.by)
        });
        commits.collect::<Vec<_>>().join("; then ")
    }
}

/// Commits of an example's history, as written.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleCommit {
    /// The author's name.
    pub by: String,
    /// How many such commits, one after the other; one unless stated.
    #[serde(default = "one")]
    pub times: usize,
    /// The files that each adds or changes; all unless stated.
    #[serde(default)]
    pub files: Vec<String>,
}

fn one() -> usize {
    1
}

/// A file of rules as written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Words that its rules for secrets share: `(?&NAME)` in their keywords and patterns stands for them.
    #[serde(default)]
    pub words: BTreeMap<String, Words>,
    /// The rules of the file.
    #[serde(default)]
    #[schemars(with = "Vec<RuleDeclaration>")]
    pub rule: Vec<toml::Spanned<RuleDeclaration>>,
}

/// Words that rules share.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// As keywords: a keyword that calls them is one for each.
    pub keywords: Vec<String>,
    /// As a pattern.
    pub pattern: String,
}

/// A rule as written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleDeclaration {
    /// `area/name`, kebab case, names the problem.
    pub id: String,
    /// The check that it feeds.
    pub check: String,
    /// What it finds, in a few words.
    pub title: String,
    /// How bad a finding is; the check's severity unless stated.
    pub severity: Option<Severity>,
    /// How sure a finding is; `high` unless stated.
    pub confidence: Option<Confidence>,
    /// Why it matters to the team that takes over.
    pub why: String,
    /// What to do about it.
    pub fix: String,
    /// Pages that somebody has seen.
    #[serde(default)]
    pub links: Vec<String>,
    /// The message of a finding, with `{field}` of the entry; the title unless stated.
    pub message: Option<String>,
    /// `file` for a fact rule whose entries each come from one file alone, so that it runs on staged changes.
    pub scope: Option<Scope>,
    /// Finds credentials.
    pub secret: Option<SecretRule>,
    /// Finds lines by a pattern.
    pub text: Option<TextRule>,
    /// Finds files by their path.
    pub file: Option<FileRule>,
    /// Selects entries of the facts.
    pub fact: Option<FactRule>,
    /// Examples: at least one hit and one miss.
    #[serde(default)]
    pub example: Vec<ExampleDeclaration>,
}

/// An example as written: a hit or a miss.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExampleDeclaration {
    /// What the rule must find: one text, or a table of files.
    pub hit: Option<ExampleFiles>,
    /// What the rule must leave alone: one text, or a table of files.
    pub miss: Option<ExampleFiles>,
    /// Where the finding must be, as `file:line`.
    pub at: Option<String>,
    /// The commits behind the files, the oldest first.
    #[serde(default)]
    pub history: Vec<ExampleCommit>,
}

/// The files of an example.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ExampleFiles {
    /// The content of one file.
    One(String),
    /// Several files by path.
    Several(BTreeMap<String, String>),
}
