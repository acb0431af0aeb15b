//! The table `secret-sources.toml`: names of secrets, and what shows where they come from.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Key;
use crate::facts::At;
use crate::facts::stack::table::Files;
use crate::snapshot::{File, PathClass, Text};
use crate::table::Lazy;

/// Something that shows where secrets of the program come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct SecretSource {
    /// What kind of place it is.
    pub kind: SourceKind,
    /// What it is called, or the setting that it gives.
    pub name: String,
    /// The file that shows it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Whether it shows that secrets of the program are in it where the program runs; else it is a hint.
    pub sure: bool,
}

/// The kinds of places that secrets come from; the earlier says more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A secrets manager.
    Manager,
    /// Files of the repository that are encrypted.
    Encrypted,
    /// A store of the platform that the program runs on.
    Platform,
    /// The store of a pipeline.
    Pipeline,
    /// The environment, which something else fills.
    Environment,
    /// A store on developers' machines.
    Developer,
    /// A document that speaks of one.
    Document,
}

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table: Table = crate::facts::table("secret-sources.toml", include_str!("../../../../rules/data/secret-sources.toml"));
    let words: Vec<(String, usize)> =
        table.sources.iter().enumerate().flat_map(|(at, source)| source.words.iter().map(move |word| (word.clone(), at))).collect();
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest);
    table.finder = builder.build(words.iter().map(|(word, _)| word)).ok();
    table.by_word = words.into_iter().map(|(_, source)| source).collect();
    table
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) look: Look,
    pub(super) names: Names,
    #[serde(rename = "source")]
    pub(super) sources: Vec<Source>,
    #[serde(rename = "pipeline")]
    pub(super) pipelines: Vec<Pipeline>,
    pub(super) environment: Environment,
    #[serde(skip)]
    finder: Option<AhoCorasick>,
    #[serde(skip)]
    by_word: Vec<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Look {
    pub(super) files: Files,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    pub(super) last: Vec<String>,
    pub(super) last_two: Vec<String>,
    pub(super) addresses: Vec<String>,
    pub(super) except: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) kind: SourceKind,
    name: String,
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    pub(super) files: Files,
    #[serde(default, rename = "in")]
    only_in: Option<Files>,
    #[serde(default = "yes")]
    sure: bool,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pipeline {
    pub(super) files: Files,
    pattern: Lazy<Regex>,
    #[serde(default)]
    own: bool,
    #[serde(default)]
    except: Files,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Environment {
    pub(super) files: Files,
    pub(super) except: Files,
}

impl Table {
    /// Finds the words of sources: the number of the source, and where.
    pub(super) fn find(&self, bytes: &[u8], mut found: impl FnMut(usize, usize)) {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        for hit in self.finder.iter().flat_map(|finder| finder.find_iter(bytes)) {
            // A word that begins or ends with a sign has its border there.
            let before = hit.start().checked_sub(1).is_some_and(|at| is_word(bytes[at]) && is_word(bytes[hit.start()]));
            let after = bytes.get(hit.end()).is_some_and(|next| is_word(*next) && is_word(bytes[hit.end() - 1]));
            if !before && !after {
                found(self.by_word[hit.pattern().as_usize()], hit.start());
            }
        }
    }
}

impl Source {
    /// Whether its words count in a file; in a document only those that are about documents.
    pub(super) fn counts_in(&self, file: &File) -> bool {
        let document = file.class == PathClass::Docs;
        (self.kind == SourceKind::Document) == document && self.only_in.as_ref().is_none_or(|files| files.matches(file))
    }

    pub(super) fn at(&self, At { file, line }: At) -> SecretSource {
        SecretSource { kind: self.kind, name: self.name.clone(), file, line, sure: self.sure }
    }
}

impl Pipeline {
    /// What a pipeline takes from its store: what the code reads, and where names of its own count too the first of those.
    ///
    /// Of a pipeline that only tests, what it takes is a hint.
    pub(super) fn references(&self, file: &File, text: &Text, needed: &[&Key]) -> Vec<SecretSource> {
        let runs = !self.except.matches(file);
        let (mut found, mut other): (Vec<SecretSource>, Option<SecretSource>) = (Vec::new(), None);
        let content = text.as_str();
        let mut seen: Vec<&str> = Vec::new();
        for name in self.pattern.captures_iter(&content).filter_map(|captures| captures.get(1)) {
            let line = text.position(name.start()).line;
            let source =
                |name: &str, sure| SecretSource { kind: SourceKind::Pipeline, name: name.to_owned(), file: file.path.clone(), line, sure };
            match needed.iter().find(|key| is_same(&key.name, name.as_str())) {
                Some(key) if seen.contains(&key.name.as_str()) => {}
                Some(key) => {
                    seen.push(&key.name);
                    found.extend((self.own || !is_given(&content, name.as_str())).then(|| source(&key.name, runs)));
                }
                None if self.own && !name.as_str().eq_ignore_ascii_case("GITHUB_TOKEN") => {
                    other.get_or_insert_with(|| source("its own", false));
                }
                _ => {}
            }
        }
        found.extend(other);
        found
    }
}

/// Whether a variable of a pipeline is this setting: the same but for signs and case, or with more before it.
fn is_same(key: &str, variable: &str) -> bool {
    /// A shorter name says too little where more stands before it.
    const TELLING: usize = 8;
    let plain = |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let (key, variable) = (plain(key), plain(variable));
    let longer = |long: &str, short: &str| short.len() >= TELLING && long.ends_with(short);
    key == variable || longer(&variable, &key) || longer(&key, &variable)
}

/// Whether the pipeline gives the variable a value itself: one that is no reference, as `X: $(X)` hands a secret on.
fn is_given(content: &str, name: &str) -> bool {
    content.match_indices(name).any(|(at, _)| {
        let (before, after) = (&content[..at], &content[at + name.len()..]);
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$' | '{' | '(');
        if before.ends_with(part) {
            return false;
        }
        let named = before.trim_end().ends_with("name:") && after.trim_start_matches([' ', '\t', '\r']).starts_with('\n');
        let value = after.strip_prefix(':').or_else(|| after.strip_prefix('='));
        let written = value.map(|value| value.split(['\r', '\n']).next().unwrap_or_default().trim_start_matches([' ', '\t', '"', '\'']));
        named || written.is_some_and(|written| !written.starts_with('$'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_given_and_a_reference_is_handed_on() {
        for given in ["JWT_SECRET: abc", "  JWT_SECRET=abc", "- name: JWT_SECRET\r\n  value: abc", "- name: JWT_SECRET\n", "JWT_SECRET:\n"]
        {
            assert!(is_given(given, "JWT_SECRET"), "{given}");
        }
        for handed_on in [
            "JWT_SECRET: $(JWT_SECRET)",
            "docker run -e JWT_SECRET=$JWT_SECRET app",
            "JWT_SECRET: \"${JWT_SECRET}\"",
            "OTHER_JWT_SECRET: x",
            "echo $JWT_SECRET: set",
        ] {
            assert!(!is_given(handed_on, "JWT_SECRET"), "{handed_on}");
        }
    }
}
