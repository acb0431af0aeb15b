//! Stores of keys in the past: known by their content, told by the rules about committed files.

use serde_json::json;

use super::Key;
use crate::facts::configuration;
use crate::finding::Draft;
use crate::finding::run::lowered;
use crate::matcher::fact::{FactRule, Selection, select};
use crate::matcher::{Expect, Matcher};
use crate::rule::Rule;
use crate::snapshot::PathClass;

/// The facts that rules about committed files judge.
const COMMITTED: &str = "configuration.committed_files";

/// What such a rule judges, if it is one.
pub(in crate::finding) fn judges(rule: &Rule) -> Option<&FactRule> {
    match &rule.matcher {
        Matcher::Fact(fact) if fact.of == COMMITTED && fact.expect == Expect::None => Some(fact),
        _ => None,
    }
}

/// The rule that judges a store of keys with this content, by its place among the rules.
pub(super) fn rule_of(bytes: &[u8], rules: &[&Rule]) -> Option<usize> {
    told_by(rules, configuration::store_of_keys(bytes)?, "").map(|(rule, _)| rule)
}

/// How a store of keys is told under a path: not at all where its name says that everybody has it.
pub(super) fn told(path: &str, bytes: &[u8], rules: &[&Rule]) -> Option<(Key, Draft)> {
    configuration::store_of_keys(bytes)?;
    let (rule, message) = told_by(rules, &configuration::kind_of_file(path, bytes)?, path)?;
    let value = super::key(&rules[rule].id, bytes);
    let confidence = lowered(rules[rule].confidence, PathClass::of(path));
    let draft = Draft::at_line(rule, confidence, message, path, None, 1);
    Some((value, Draft { value: Some(value), ..draft }))
}

/// The first rule that a committed file of this kind is a finding of, with its message.
fn told_by(rules: &[&Rule], kind: &str, path: &str) -> Option<(usize, Option<String>)> {
    let facts = json!({ "configuration": { "committed_files": [{ "file": path, "kind": kind }] } });
    rules.iter().enumerate().filter(|(_, rule)| super::weighs(rule)).find_map(|(index, rule)| {
        let fact = judges(rule)?;
        match select(&facts, &[], &fact.of, &fact.conditions) {
            Selection::Entries(entries, _) => {
                entries.first().map(|entry| (index, rule.message.as_ref().map(|message| entry.fill(message))))
            }
            _ => None,
        }
    })
}
