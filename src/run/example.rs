//! Runs a rule on its own examples, that rule alone.

use crate::facts;
use crate::finding::Finding;
use crate::finding::run::{Asked, Judged, PrintedFacts, run as run_rules};
use crate::matcher;
use crate::rule::{Example, Rule, placeholder};
use crate::snapshot::{Snapshot, ToldCommit};

/// An example that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The rule.
    pub rule: String,
    /// Which example, from 1, in the order of the file.
    pub number: usize,
    /// What is wrong, in words for the rule's author.
    pub message: String,
}

/// Runs all examples of a rule.
#[must_use]
pub fn test(rule: &Rule) -> Vec<Broken> {
    let numbered = rule.examples.iter().enumerate();
    numbered
        .filter_map(|(index, example)| {
            let message = run(rule, example, index).err()?;
            Some(Broken { rule: rule.id.clone(), number: index + 1, message })
        })
        .collect()
}

/// The files of an example with their placeholders expanded.
///
/// # Errors
/// A placeholder that is none.
pub fn expand(rule: &Rule, example: &Example, index: usize) -> Result<Vec<(String, String)>, String> {
    example.files.iter().map(|(path, text)| Ok((path.clone(), placeholder::expand(text, &format!("{}#{index}", rule.id))?))).collect()
}

fn run(rule: &Rule, example: &Example, index: usize) -> Result<(), String> {
    let mut snapshot = Snapshot::of_memory(expand(rule, example, index)?);
    if !example.history.is_empty() {
        let commits = example.history.iter().flat_map(|commit| {
            let told = ToldCommit { by: vec![commit.by.clone()], files: commit.files.clone() };
            std::iter::repeat_n(told, commit.times)
        });
        snapshot = snapshot.with_history(commits.collect());
    }
    let facts = match &rule.matcher {
        matcher::Matcher::Fact(_) => facts::read(&snapshot),
        _ => facts::Facts::none(),
    };
    let value = serde_json::to_value(&facts).map_err(|error| error.to_string())?;
    let asked = Asked { rules: &[rule], guard: &[], ignores: false, cache: None };
    let mut ran = run_rules(&snapshot, PrintedFacts { value: &value, unread: &facts.unread }, asked, None);
    let outcome = ran.outcomes.pop().ok_or("the rule was not run")?;
    match (example.hit, outcome.findings.as_slice(), outcome.judged) {
        (true, [], Judged::Unknown(reason) | Judged::NotApplicable(reason)) => Err(format!("the hit is not judged: {reason}")),
        (true, [], _) => Err("the hit is not found".into()),
        (true, findings, _) => example.at.as_deref().map_or(Ok(()), |at| stands_at(findings, at)),
        (false, [], Judged::Unknown(reason)) => Err(format!("the miss is not judged: {reason}")),
        (false, [], _) => Ok(()),
        (false, [first, ..], _) => Err(format!("the miss is found: {} at {}", first.message, place(first))),
    }
}

fn stands_at(findings: &[Finding], at: &str) -> Result<(), String> {
    if findings.iter().any(|finding| place(finding) == at) {
        return Ok(());
    }
    let places: Vec<String> = findings.iter().map(place).collect();
    Err(format!("the hit is found at {}, not at {at}", places.join(", ")))
}

fn place(finding: &Finding) -> String {
    finding.places.first().map_or_else(|| "no place".into(), |place| format!("{}:{}", place.path, place.line))
}
