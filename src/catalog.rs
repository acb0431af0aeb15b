//! The catalog: areas, checks and rules of a run; ours are embedded, a user's are added.
//!
//! `catalog/document.rs` writes the pages of `docs/rules` from it.

pub mod document;

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use crate::check::Check;
use crate::check::load::{self as checks, AreaDeclaration};
use crate::error::{Error, Result, nearest};
use crate::facts::Area;
use crate::finding::history;
use crate::matcher::Matcher;
use crate::rule::{Rule, RuleFile, load};
use crate::severity::Severity;

const CHECKS: &str = include_str!("../rules/checks.toml");
const RULES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The folder of a repository's own rules.
pub const OWN_RULES: &str = ".handover/rules";

/// All areas, checks and rules of a run.
#[derive(Debug)]
pub struct Catalog {
    /// The areas, in the order of the checklist.
    pub areas: Vec<AreaDeclaration>,
    /// The checks, in the order of the checklist.
    pub checks: Vec<Check>,
    /// The rules, sorted by id.
    pub rules: Vec<Rule>,
}

impl Catalog {
    /// What is built in.
    ///
    /// # Errors
    /// None in a released program: a test loads it.
    pub fn built_in() -> Result<Self> {
        let (areas, checks) = checks::read("rules/checks.toml", CHECKS)?;
        let mut catalog = Self { areas, checks, rules: Vec::new() };
        let severities = catalog.severities();
        let read: Vec<Vec<Rule>> = RULES.par_iter().map(|(file, text)| load::rules(file, text, &severities)).collect::<Result<_>>()?;
        catalog.rules = read.into_iter().flatten().collect();
        catalog.settle()?;
        Ok(catalog)
    }

    /// Adds files of rules, each a name for messages and its text.
    ///
    /// # Errors
    /// The first thing that is wrong with one of them.
    pub fn add(&mut self, files: &[(String, String)]) -> Result<()> {
        let before = self.rules.len();
        files.iter().try_for_each(|(file, text)| self.add_text(file, text))?;
        for rule in &self.rules[before..] {
            if let Matcher::Secret(secret) = &rule.matcher {
                secret.validate_pattern().map_err(|message| load::wrong(&rule.declared, format!("rule `{}`: {message}", rule.id), None))?;
            }
        }
        self.settle()
    }

    /// Adds every `*.toml` of a folder, and gives back how many rules came.
    ///
    /// # Errors
    /// A folder or file that cannot be read, or the first thing that is wrong with a declaration.
    pub fn add_folder(&mut self, folder: &Path) -> Result<usize> {
        let before = self.rules.len();
        self.add(&read_folder(folder)?)?;
        Ok(self.rules.len() - before)
    }

    /// The rule of this id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok().map(|at| &self.rules[at])
    }

    /// All rules for secrets.
    #[must_use]
    pub fn secret_rules(&self) -> Vec<&Rule> {
        self.rules.iter().filter(|rule| matches!(rule.matcher, Matcher::Secret(_))).collect()
    }

    /// All rules that are asked of the past.
    #[must_use]
    pub(crate) fn rules_of_the_past(&self) -> Vec<&Rule> {
        self.rules.iter().filter(|rule| history::asks(rule)).collect()
    }

    /// The check of this id.
    #[must_use]
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// An error that names the nearest rule or check.
    #[must_use]
    pub fn unknown(&self, kind: &'static str, name: &str) -> Error {
        let mut names: Vec<&str> = if kind.contains("area") { Area::ALL.into_iter().map(Area::word).collect() } else { Vec::new() };
        names.extend(self.rules.iter().map(|rule| rule.id.as_str()));
        names.extend(self.checks.iter().map(|check| check.id.as_str()));
        let named = names.iter().find(|known| known.split('/').nth(1) == Some(name)).map(|known| (*known).to_owned());
        Error::UnknownName {
            kind,
            name: name.to_owned(),
            nearest: named.or_else(|| nearest(name, names.into_iter().filter(|known| *known != name))),
        }
    }

    /// A digest of the rules, so that reports of different rules are not compared.
    #[must_use]
    pub fn digest(&self) -> String {
        let ids: Vec<&str> = self.rules.iter().map(|rule| rule.id.as_str()).collect();
        let built_in: Vec<&str> = RULES.iter().map(|(_, text)| *text).chain([CHECKS]).collect();
        format!("{:016x}", xxhash_rust::xxh3::xxh3_64([ids.join("\n"), built_in.join("\n")].join("\0").as_bytes()))
    }

    fn add_text(&mut self, file: &str, text: &str) -> Result<()> {
        let rules = load::rules(file, text, &self.severities())?;
        self.rules.extend(rules);
        Ok(())
    }

    /// How bad what each check finds is, unless a rule says otherwise.
    fn severities(&self) -> BTreeMap<&str, Severity> {
        self.checks.iter().map(|check| (check.id.as_str(), check.severity)).collect()
    }

    fn settle(&mut self) -> Result<()> {
        self.rules.sort_by(|a, b| a.id.cmp(&b.id));
        load::unique(&self.rules)
    }
}

/// The schema of a file of rules.
#[must_use]
pub fn rules_schema() -> schemars::Schema {
    schemars::schema_for!(RuleFile)
}

fn read_folder(folder: &Path) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| Error::Io { doing: "list", path: folder.to_owned(), source: error.into() })?;
        if entry.file_type().is_file() && entry.path().extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(entry.path()).map_err(|source| Error::Io {
                doing: "read",
                path: entry.path().to_owned(),
                source,
            })?;
            files.push((entry.path().display().to_string(), text));
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_that_is_built_in_is_right() {
        let catalog = Catalog::built_in().unwrap();
        for rule in catalog.secret_rules() {
            let Matcher::Secret(secret) = &rule.matcher else { continue };
            assert_eq!(secret.validate_pattern(), Ok(()), "{}", rule.id);
        }
    }
}
