//! What is to be said of comments that ignore findings: how many they silence, and which do nothing.

use std::collections::BTreeMap;

use super::{Judged, Plan};
use crate::catalog::Catalog;
use crate::error::Error;
use crate::finding::ignore::{Comment, Ignores, Named, names};
use crate::finding::printable;
use crate::finding::run::{Judged as RuleJudged, RuleOutcome};
use crate::matcher::Matcher;
use crate::report::{IgnoreProblem, IgnoreProblemKind as Kind};
use crate::rule::Rule;
use crate::snapshot::PathClass;

/// Of so many different names the nearest that exists is looked for; a file may hold thousands.
const MOST_NEAREST: usize = 100;

/// The rules of a run that can be said to have looked into a file.
pub(super) struct Ran<'a> {
    catalog: &'a Catalog,
    /// By id, those that were run and could judge.
    rules: BTreeMap<&'a str, &'a Rule>,
}

impl<'a> Ran<'a> {
    pub(super) fn new(plan: &'a Plan, rules: &[&'a Rule], outcomes: &[RuleOutcome]) -> Self {
        let judged = rules.iter().zip(outcomes).filter(|(_, outcome)| !matches!(outcome.judged, RuleJudged::Unknown(_)));
        Self { catalog: &plan.catalog, rules: judged.map(|(rule, _)| (rule.id.as_str(), *rule)).collect() }
    }

    /// Everything that is wrong with the comments of these files.
    ///
    /// Documents show how such a comment is written, and what others wrote is not ours to mend.
    pub(super) fn problems(&self, files: &[Ignores]) -> Vec<IgnoreProblem> {
        let told = |file: &&Ignores| !matches!(file.class, PathClass::Docs | PathClass::Vendored | PathClass::Generated);
        let mut unknown: BTreeMap<&str, Option<String>> = BTreeMap::new();
        let comments = files.iter().filter(told).flat_map(|file| file.comments.iter().map(move |comment| (file, comment)));
        comments.flat_map(|(file, comment)| self.of_comment(&file.path, comment, &mut unknown)).collect()
    }

    fn of_comment<'c>(&self, path: &str, comment: &'c Comment, unknown: &mut BTreeMap<&'c str, Option<String>>) -> Vec<IgnoreProblem> {
        let problem =
            |kind: Kind, message: String| IgnoreProblem { path: path.to_owned(), line: comment.line, kind, message: printable(&message) };
        if comment.names.is_empty() {
            return vec![problem(Kind::NoRule, "it names no rule; write `handover: ignore[rule-id] reason`".into())];
        }
        let mut problems: Vec<IgnoreProblem> = Vec::new();
        for Named { name, used } in &comment.names {
            let near = unknown.len() < MOST_NEAREST;
            if let Some(near) = unknown.entry(name).or_insert_with(|| self.unknown(name, near)) {
                problems.push(problem(Kind::UnknownRule, format!("there is no area, check or rule `{name}`{near}")));
            } else if comment.reason.is_some() && !used && self.looked(name, path) {
                problems.push(problem(Kind::Unused, format!("`{name}` finds nothing here that it could ignore")));
            }
        }
        if comment.reason.is_none() {
            problems.push(problem(Kind::NoReason, "it gives no reason, and ignores nothing".into()));
        }
        problems
    }

    /// The nearest name if that is asked, where there is nothing of this one.
    fn unknown(&self, name: &str, near: bool) -> Option<String> {
        let area = crate::facts::Area::ALL.into_iter().any(|area| area.word() == name);
        if area || self.catalog.check(name).is_some() || self.catalog.rule(name).is_some() {
            return None;
        }
        if !near {
            return Some(String::new());
        }
        match self.catalog.unknown("area, check or rule", name) {
            Error::UnknownName { nearest: Some(nearest), .. } => Some(format!("; did you mean `{nearest}`?")),
            _ => Some(String::new()),
        }
    }

    /// Whether every rule of this name was run and could judge, and one of them looked into the file.
    fn looked(&self, name: &str, path: &str) -> bool {
        let named: Vec<&Rule> = self.catalog.rules.iter().filter(|rule| names(name, rule)).collect();
        let looked_into = |rule: &&Rule| match &rule.matcher {
            Matcher::Text(text) => text.wants(path),
            Matcher::File(file) => file.wants(path),
            Matcher::Secret(_) | Matcher::Fact(_) => true,
        };
        named.iter().all(|rule| self.rules.contains_key(rule.id.as_str())) && named.iter().any(looked_into)
    }
}

/// How many findings are ignored, by rule, as a deviation; none where none is.
pub(super) fn deviation(judged: &Judged<'_>) -> Option<String> {
    /// So many rules are named.
    const NAMED: usize = 5;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in judged.checks.iter().flat_map(|(_, judgement)| &judgement.ignored) {
        *counts.entry(&finding.rule).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    let named: Vec<String> = counts.iter().take(NAMED).map(|(rule, count)| format!("{rule} ({count})")).collect();
    let more = counts.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more rules") } else { String::new() };
    match all {
        0 => None,
        1 => Some(format!("a comment in the code ignores 1 finding: {}", named.join(""))),
        all => Some(format!("comments in the code ignore {all} findings: {}{more}", named.join(", "))),
    }
}
