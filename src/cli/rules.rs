//! `handover rules`: list, show and test rules.

use clap::{Args, Subcommand};
use rayon::prelude::*;
use serde_json::{Value, json};

use super::{ListFormat, RuleSources, print};
use crate::error::{Error, Result};
use crate::rule::Rule;
use crate::run::example::{self, Broken};

/// Subcommands of `handover rules`.
#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// List all rules with their severity and check.
    List(ListArgs),
    /// Show all that is declared of a rule.
    Show(ShowArgs),
    /// Run the examples of rules, each rule alone.
    Test(TestArgs),
}

/// Arguments of `handover rules list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    #[command(flatten)]
    rules: RuleSources,
    /// The form of the output.
    #[arg(long, short, value_enum, default_value_t = ListFormat::Text)]
    format: ListFormat,
}

/// Arguments of `handover rules show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The rule.
    id: String,
    #[command(flatten)]
    rules: RuleSources,
    /// The form of the output.
    #[arg(long, short, value_enum, default_value_t = ListFormat::Text)]
    format: ListFormat,
}

/// Arguments of `handover rules test`.
#[derive(Debug, Args)]
pub(super) struct TestArgs {
    /// Only these rules; all where none is named.
    ids: Vec<String>,
    #[command(flatten)]
    rules: RuleSources,
    /// The form of the output.
    #[arg(long, short, value_enum, default_value_t = ListFormat::Text)]
    format: ListFormat,
}

/// Runs the subcommand.
pub(super) fn run(command: &RulesCommand) -> Result<u8> {
    match command {
        RulesCommand::List(arguments) => list(arguments),
        RulesCommand::Show(arguments) => show(arguments),
        RulesCommand::Test(arguments) => test(arguments),
    }
}

fn list(arguments: &ListArgs) -> Result<u8> {
    let catalog = arguments.rules.catalog()?;
    print(|out| match arguments.format {
        ListFormat::Json => {
            let all: Vec<Value> = catalog.rules.iter().map(summary).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&all)?)
        }
        ListFormat::Text => {
            let width = catalog.rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
            catalog.rules.iter().try_for_each(|rule| writeln!(out, "{:<width$}  {:<7}  {}", rule.id, rule.severity.word(), rule.title))
        }
    })?;
    Ok(0)
}

fn show(arguments: &ShowArgs) -> Result<u8> {
    let catalog = arguments.rules.catalog()?;
    let rule = catalog.rule(&arguments.id).ok_or_else(|| catalog.unknown("rule", &arguments.id))?;
    let value = whole(rule);
    print(|out| match arguments.format {
        ListFormat::Json => writeln!(out, "{}", serde_json::to_string_pretty(&value)?),
        ListFormat::Text => value.as_object().into_iter().flatten().try_for_each(|(key, value)| match value {
            Value::Null => Ok(()),
            Value::String(text) => writeln!(out, "{key:<10}  {text}"),
            Value::Array(items) => items
                .iter()
                .try_for_each(|item| writeln!(out, "{key:<10}  {}", item.as_str().map_or_else(|| item.to_string(), str::to_owned))),
            other => writeln!(out, "{key:<10}  {other}"),
        }),
    })?;
    Ok(0)
}

fn test(arguments: &TestArgs) -> Result<u8> {
    let catalog = arguments.rules.catalog()?;
    if let Some(id) = arguments.ids.iter().find(|id| catalog.rule(id).is_none()) {
        return Err(catalog.unknown("rule", id));
    }
    let wanted: Vec<&Rule> = catalog.rules.iter().filter(|rule| arguments.ids.is_empty() || arguments.ids.contains(&rule.id)).collect();
    let results: Vec<(&Rule, Vec<Broken>)> = wanted.par_iter().map(|rule| (*rule, example::test(rule))).collect();
    let failed = results.iter().filter(|(_, broken)| !broken.is_empty()).count();
    let examples: usize = wanted.iter().map(|rule| rule.examples.len()).sum();
    print(|out| match arguments.format {
        ListFormat::Json => {
            let all: Vec<Value> = results.iter().map(|(rule, broken)| tested(rule, broken)).collect();
            writeln!(out, "{}", serde_json::to_string_pretty(&all)?)
        }
        ListFormat::Text => {
            for (rule, broken) in &results {
                for example in broken {
                    let at = &rule.declared;
                    writeln!(out, "{}:{}: {}, example {}: {}", at.file, at.line, rule.id, example.number, example.message)?;
                }
            }
            let counted = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
            writeln!(out, "{}, {}, {} failed", counted(wanted.len(), "rule"), counted(examples, "example"), counted(failed, "rule"))
        }
    })?;
    if failed > 0 { Err(Error::ExamplesFail { failed, total: wanted.len() }) } else { Ok(0) }
}

fn summary(rule: &Rule) -> Value {
    json!({"id": rule.id, "check": rule.check, "title": rule.title, "severity": rule.severity, "confidence": rule.confidence, "scope": rule.scope})
}

fn whole(rule: &Rule) -> Value {
    let examples: Vec<Value> = rule
        .examples
        .iter()
        .map(|example| json!({if example.hit { "hit" } else { "miss" }: example.files, "at": example.at, "history": example.history}))
        .collect();
    json!({
        "id": rule.id, "check": rule.check, "title": rule.title, "severity": rule.severity, "confidence": rule.confidence,
        "scope": rule.scope, "why": rule.why, "fix": rule.fix, "message": rule.message, "links": rule.links,
        "declared": format!("{}:{}", rule.declared.file, rule.declared.line), "examples": examples,
    })
}

fn tested(rule: &Rule, broken: &[Broken]) -> Value {
    let broken: Vec<Value> = broken.iter().map(|broken| json!({"example": broken.number, "message": broken.message})).collect();
    json!({"rule": rule.id, "examples": rule.examples.len(), "broken": broken})
}
