//! Holds paths and conditions against the shape of the facts, so that a misspelt one fails when it is loaded.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::{Condition, Scalar};
use crate::error::nearest;
use crate::facts::Facts;

/// What is wrong with a path or a condition, and the nearest right word.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// One sentence.
    pub message: String,
    /// The nearest right word.
    pub nearest: Option<String>,
}

static SCHEMA: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(Facts).to_value());

/// The tables and values that a path leads to.
pub(crate) struct Shape {
    /// The tables on the way, the innermost last.
    tables: Vec<&'static Value>,
    /// Whether the path ends at plain values.
    plain: bool,
}

impl Shape {
    /// Follows a path.
    pub(crate) fn of(path: &str) -> Result<Self, Mistake> {
        let mut here = tables(&SCHEMA);
        let mut shape = Self { tables: here.clone(), plain: false };
        for name in path.split('.') {
            let next: Vec<&Value> = here.iter().filter_map(|table| property(table, name)).collect();
            if next.is_empty() {
                let names = names(&here);
                let message = format!("the facts have no `{name}` in `{path}`");
                return Err(Mistake { message, nearest: nearest(name, names.iter().map(String::as_str)) });
            }
            here = next.into_iter().flat_map(tables).collect();
            shape.plain = here.is_empty();
            shape.tables.extend(here.iter().copied());
        }
        Ok(shape)
    }

    /// Checks the fields and values of conditions.
    pub(crate) fn conditions(&self, conditions: &BTreeMap<String, Condition>) -> Result<(), Mistake> {
        conditions.iter().try_for_each(|(name, condition)| {
            self.field(name)?;
            condition.values().into_iter().try_for_each(|value| self.value(name, value))
        })
    }

    /// Checks that there is such a field.
    pub(crate) fn field(&self, name: &str) -> Result<(), Mistake> {
        if self.plain && name == "value" || self.tables.iter().any(|table| property(table, name).is_some()) {
            return Ok(());
        }
        let names = names(&self.tables);
        Err(Mistake { message: format!("the entries have no field `{name}`"), nearest: nearest(name, names.iter().map(String::as_str)) })
    }

    fn value(&self, name: &str, value: &Scalar) -> Result<(), Mistake> {
        let Scalar::Text(text) = value else { return Ok(()) };
        let words: Vec<&str> = self.tables.iter().filter_map(|table| property(table, name)).flat_map(words).collect();
        if words.is_empty() || words.contains(&text.as_str()) {
            return Ok(());
        }
        let near = nearest(text, words.iter().copied()).or_else(|| Some(words.join("`, `")));
        Err(Mistake { message: format!("`{text}` is no value of `{name}`"), nearest: near })
    }
}

/// The tables that a schema stands for, whatever references, choices and lists lie around them.
fn tables(schema: &'static Value) -> Vec<&'static Value> {
    if schema.get("properties").is_some() {
        return vec![schema];
    }
    parts(schema).into_iter().flat_map(tables).collect()
}

/// The words of a closed list of values.
fn words(schema: &'static Value) -> Vec<&'static str> {
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    let own = listed.chain(schema.get("const")).filter_map(Value::as_str);
    own.chain(parts(schema).into_iter().filter(|part| part.get("properties").is_none()).flat_map(words)).collect()
}

/// What a schema is made of: its reference, choices and items. The types of the facts hold no circle.
fn parts(schema: &'static Value) -> Vec<&'static Value> {
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|target| SCHEMA.pointer(target.strip_prefix('#')?));
    let choices = ["anyOf", "oneOf", "allOf"].iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    target.into_iter().chain(choices).chain(schema.get("items")).collect()
}

fn property(table: &'static Value, name: &str) -> Option<&'static Value> {
    table.get("properties")?.get(name)
}

fn names(tables: &[&'static Value]) -> Vec<String> {
    tables.iter().filter_map(|table| table.get("properties")?.as_object()).flat_map(|map| map.keys().cloned()).collect()
}
