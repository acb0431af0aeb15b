//! Paths that tests name and do not write out: constants, and functions that give back a path.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::outline::{Sort, Unit};
use super::written::{looks_like_path, unformatted};
use crate::facts::code::value::{self, Constants, Value};
use crate::facts::code::{Code, Kind};

/// Paths by name. What functions are called with stays a hole.
#[derive(Debug, Default)]
pub(super) struct Paths {
    constants: Constants,
    functions: HashMap<String, Option<Value>>,
}

impl Paths {
    /// The paths of a file.
    pub(super) fn of(code: &Code<'_>, units: &[Unit]) -> Self {
        let mut paths = Self::default();
        paths.constants.add(code);
        let none = Constants::default();
        for unit in units.iter().filter(|unit| unit.sort == Sort::Function) {
            let start = unit.body.clone().find(|at| code.is_word(*at, "return")).map_or(unit.body.start, |at| at + 1);
            let short = unit.body.len() < SHORT && unit.parameters.start > 0;
            let end = (start..unit.body.end).find(|at| code.is_sign(*at, ";")).unwrap_or(unit.body.end);
            let literal = code.kind(start) == Some(Kind::Text) || code.is_word(start, "format") || code.is_sign(start, "&");
            if !(short && literal) {
                continue;
            }
            let value = unformatted(value::of(code, start..end, &none));
            if looks_like_path(&value) {
                paths.put(unit.name.clone(), value);
            }
        }
        paths
    }

    fn put(&mut self, name: String, value: Value) {
        match self.functions.entry(name) {
            Entry::Vacant(entry) => _ = entry.insert(Some(value)),
            Entry::Occupied(mut entry) if entry.get().as_ref() != Some(&value) => *entry.get_mut() = None,
            Entry::Occupied(_) => {}
        }
    }

    /// Adds the paths of another file.
    pub(super) fn merge(&mut self, other: Self) {
        self.constants.merge(other.constants);
        for (name, value) in other.functions {
            match value {
                Some(value) => self.put(name, value),
                None => _ = self.functions.insert(name, None),
            }
        }
    }

    /// The path behind a name or a call as it is written, where it is one. A plain name of small letters is a variable.
    pub(super) fn get(&self, written: &str) -> Option<&Value> {
        let (name, called) = written.split_once('(').map_or((written, false), |(name, _)| (name, true));
        if name.starts_with("self.") || name.starts_with("this.") {
            return None;
        }
        let last = name.rsplit('.').next().unwrap_or(name);
        if called {
            return self.functions.get(last)?.as_ref();
        }
        let shared = name.contains('.') || name.chars().any(|letter| letter.is_ascii_uppercase());
        self.constants.get(name).filter(|value| shared && looks_like_path(value))
    }
}

/// A function that gives back a path is short.
const SHORT: usize = 60;
