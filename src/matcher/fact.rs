//! Selects entries of the facts by a path and conditions on their fields.
//!
//! The path leads through the facts as `handover inspect` prints them and enters every list on the way; a condition
//! looks for its field in the entry first, then in what holds the entry.

pub(crate) mod schema;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Expect;
use crate::facts::Unread;

/// A condition on a field.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Condition {
    /// The field has this value.
    Is(Scalar),
    /// The field has one of these values.
    OneOf(Vec<Scalar>),
    /// Something else about the field.
    Test(Test),
}

/// A condition that is no comparison for equality.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// Whether the field is there: not null, not an empty list or text.
    pub present: Option<bool>,
    /// The field has none of these values.
    pub not: Option<Vec<Scalar>>,
}

/// A plain value.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
}

/// The table `[rule.fact]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactRule {
    /// The path into the facts, for example `pipelines.jobs.manual`.
    pub of: String,
    /// Conditions on fields of the entry, or of what holds it.
    #[serde(default, rename = "where")]
    pub conditions: BTreeMap<String, Condition>,
    /// `none`: each entry is a finding. `some`: that there is no entry is a finding. `all`: entries that do not `hold` are.
    #[serde(default)]
    pub expect: Expect,
    /// With `expect = "all"`: what must hold for each entry.
    #[serde(default)]
    pub holds: BTreeMap<String, Condition>,
    /// Of rules on files: a finding is doubtful where no rule for secrets is sure of anything in its file.
    #[serde(default)]
    pub doubtful_without_secret: bool,
}

/// An entry of the facts, with what holds it.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    value: &'a Value,
    holders: Vec<&'a Map<String, Value>>,
}

impl Entry<'_> {
    /// A field of the entry, or of the nearest holder that has it; `value` is the entry itself where it is no table.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value> {
        match self.value {
            Value::Object(map) if map.contains_key(name) => map.get(name),
            Value::Object(_) => None,
            value if name == "value" => Some(value),
            _ => None,
        }
        .or_else(|| self.holders.iter().rev().find_map(|holder| holder.get(name)))
    }

    /// The file it is about: its own, its holder's, or itself where it is a path.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.field("file").and_then(Value::as_str).or_else(|| self.value.as_str())
    }

    /// The line it is about.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.value.get("line").and_then(Value::as_u64).and_then(|line| usize::try_from(line).ok())
    }

    /// Fills `{field}` in a message.
    #[must_use]
    pub fn fill(&self, message: &str) -> String {
        let mut out = String::with_capacity(message.len());
        let mut rest = message;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            match after.split_once('}') {
                Some((name, after)) if self.field(name).is_some() => {
                    match self.field(name) {
                        // What is not known leaves no gap.
                        Some(Value::Null) | None => rest = after.strip_prefix(' ').unwrap_or(after),
                        Some(value) => {
                            out.push_str(&plain(value));
                            rest = after;
                        }
                    }
                }
                _ => {
                    out.push('{');
                    rest = after;
                }
            }
        }
        out + rest
    }

    pub(crate) fn meets(&self, conditions: &BTreeMap<String, Condition>) -> bool {
        conditions.iter().all(|(name, condition)| condition.holds(self.field(name)))
    }
}

/// What a selector finds.
#[derive(Debug)]
pub enum Selection<'a> {
    /// These entries; with a reason where some part could not be read.
    Entries(Vec<Entry<'a>>, Option<String>),
    /// The part is not known.
    Unknown(String),
    /// The facts say that it does not apply.
    NotApplicable,
}

/// Selects entries from the facts as printed.
#[must_use]
pub fn select<'a>(facts: &'a Value, unread: &[Unread], of: &str, conditions: &BTreeMap<String, Condition>) -> Selection<'a> {
    let incomplete = unread.iter().find(|part| of == part.part || of.strip_prefix(&part.part).is_some_and(|rest| rest.starts_with('.')));
    let mut found = Found::default();
    descend(facts, &of.split('.').collect::<Vec<_>>(), &mut Vec::new(), &mut found);
    if let Some(reason) = found.unknown {
        return Selection::Unknown(reason);
    }
    if found.not_applicable {
        return Selection::NotApplicable;
    }
    let entries: Vec<Entry<'a>> = found.entries.into_iter().filter(|entry| entry.meets(conditions)).collect();
    Selection::Entries(entries, incomplete.map(|part| part.reason.clone()))
}

#[derive(Default)]
struct Found<'a> {
    entries: Vec<Entry<'a>>,
    unknown: Option<String>,
    not_applicable: bool,
}

/// Follows the path; its depth is that of the path and of our own types, so recursion is bounded.
fn descend<'a>(value: &'a Value, path: &[&str], holders: &mut Vec<&'a Map<String, Value>>, found: &mut Found<'a>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| descend(item, path, holders, found)),
        Value::Null => {}
        Value::Object(map) => {
            if let Some(Value::String(reason)) = map.get("unknown").filter(|_| map.len() == 1) {
                found.unknown = Some(reason.clone());
            } else if let Some((name, rest)) = path.split_first() {
                holders.push(map);
                if let Some(value) = map.get(*name) {
                    descend(value, rest, holders, found);
                }
                holders.pop();
            } else {
                found.entries.push(Entry { value, holders: holders.clone() });
            }
        }
        Value::String(text) if text == "not-applicable" => found.not_applicable = true,
        _ if path.is_empty() => found.entries.push(Entry { value, holders: holders.clone() }),
        _ => {}
    }
}

impl Condition {
    fn holds(&self, field: Option<&Value>) -> bool {
        match self {
            Self::Is(wanted) => field.is_some_and(|value| wanted.is(value)),
            Self::OneOf(wanted) => field.is_some_and(|value| wanted.iter().any(|wanted| wanted.is(value))),
            Self::Test(test) => {
                let there = field.is_some_and(|value| {
                    !matches!(value, Value::Null) && value != "" && value.as_array().is_none_or(|list| !list.is_empty())
                });
                test.present.is_none_or(|wanted| wanted == there)
                    && test
                        .not
                        .as_ref()
                        .is_none_or(|unwanted| !field.is_some_and(|value| unwanted.iter().any(|unwanted| unwanted.is(value))))
            }
        }
    }

    /// The plain values that it names.
    pub(crate) fn values(&self) -> Vec<&Scalar> {
        match self {
            Self::Is(value) => vec![value],
            Self::OneOf(values) => values.iter().collect(),
            Self::Test(test) => test.not.iter().flatten().collect(),
        }
    }
}

impl Scalar {
    fn is(&self, value: &Value) -> bool {
        match self {
            Self::Bool(wanted) => value.as_bool() == Some(*wanted),
            Self::Number(wanted) => value.as_i64() == Some(*wanted),
            Self::Text(wanted) => value.as_str() == Some(wanted),
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
