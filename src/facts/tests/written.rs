//! What the argument of a call is worth: what is written out, what the file assigns to its names, the rows of a table of
//! tests.

use std::ops::Range;

use super::call::{Argument, Target, is_endpoint, verb_in};
use super::mark::ROUTE_NAMES;
use super::outline;
use super::paths::Paths;
use super::suite::Seen;
use crate::facts::code::value::{self, Constants, Piece, Value};
use crate::facts::code::{Kind, Language};

/// Values of expressions in a file of tests.
pub(super) struct Eval<'e, 't> {
    pub(super) seen: &'e Seen<'t>,
    pub(super) paths: &'e Paths,
    pub(super) none: Constants,
}

/// How often a name is looked up.
const DEPTH: usize = 3;

impl Eval<'_, '_> {
    /// What an argument calls; several where it is a parameter of a table of tests.
    pub(super) fn targets(&self, argument: Argument, at: usize) -> Vec<(Option<String>, Target)> {
        let (range, sure) = match argument {
            Argument::Path(range) => (range, true),
            Argument::Open(range) => (range, false),
        };
        let endpoint = self.seen.code.literal(range.start).filter(|text| self.seen.code.language == Language::Python && is_endpoint(text));
        if let Some(name) = self.route(range.clone()).or_else(|| endpoint.map(str::to_owned)) {
            return vec![(None, Target::Route(name))];
        }
        let value = self.value(range, at, DEPTH);
        match value {
            Ok(value) if is_hole(&value) => {
                let rows = self.rows(at, &value);
                if rows.is_empty() { vec![(None, Target::Path(value))] } else { rows }
            }
            Ok(value) if sure || looks_like_path(&value) => vec![(None, Target::Path(value))],
            Ok(_) => Vec::new(),
            Err(route) => vec![(None, Target::Route(route))],
        }
    }

    /// The name of a route that is made a path: `reverse("users:list")`.
    fn route(&self, range: Range<usize>) -> Option<String> {
        let code = &self.seen.code;
        range.into_iter().find_map(|at| {
            let open = code.word(at).filter(|word| ROUTE_NAMES.contains(word)).and_then(|_| code.call(at))?;
            code.literal(open + 1).filter(|name| !name.starts_with('/')).map(str::to_owned)
        })
    }

    /// The value of an expression, or the name of the route that it is.
    fn value(&self, range: Range<usize>, at: usize, depth: usize) -> Result<Value, String> {
        let code = &self.seen.code;
        let value = value::of(code, range.clone(), &self.none);
        let Some(Piece::Hole(name)) = value.0.first().filter(|_| value.0.len() == 1).cloned() else {
            return Ok(self.fill(value, at, depth));
        };
        // `fmt.Sprintf("/a/%d", id)`, `new Uri("/a")`, `&format!("{}/a", b)`: the text among what is called.
        if let Some(text) = range.clone().find(|at| code.kind(*at) == Some(Kind::Text)) {
            let template = unformatted(value::of_string(code, text));
            if looks_like_path(&template) {
                return Ok(template);
            }
        }
        match self.assigned(&name, at).filter(|_| depth > 0) {
            Some(range) => match self.route(range.clone()) {
                Some(route) => Err(route),
                None => self.value(range.clone(), range.start, depth - 1),
            },
            None => Ok(self.paths.get(&name).cloned().unwrap_or(value)),
        }
    }

    /// Fills holes with what the file assigns to their names.
    fn fill(&self, value: Value, at: usize, depth: usize) -> Value {
        let mut full = Vec::new();
        for piece in value.0 {
            let Piece::Hole(name) = &piece else {
                full.push(piece);
                continue;
            };
            let range = self.assigned(name, at).filter(|_| depth > 0);
            match range.and_then(|range| self.value(range.clone(), range.start, depth - 1).ok()) {
                Some(value) if looks_like_path(&value) => full.extend(value.0),
                _ => match self.paths.get(name) {
                    Some(value) => full.extend(value.0.iter().cloned()),
                    None => full.push(piece),
                },
            }
        }
        Value(full)
    }

    /// What is assigned to a name, by the last assignment before a place.
    fn assigned(&self, name: &str, at: usize) -> Option<Range<usize>> {
        let code = &self.seen.code;
        let name = name.trim_start_matches("self.").trim_start_matches("this.").trim_start_matches("$this->");
        if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$') {
            return None;
        }
        let is = |at: &usize| code.is_word(*at, name) && ["=", ":=", "=>"].iter().any(|sign| code.is_sign(at + 1, sign));
        let property = |at: &usize| code.language == Language::CSharp && is(at) && !code.is_sign(at + 1, "=");
        let place = (at.saturating_sub(REACH)..at).rev().find(is).or_else(|| (at..code.len()).take(REACH).find(property))?;
        let from = place + 2;
        let mut to = from;
        while to < code.len() && !code.is_sign(to, ";") && !code.is_sign(to, ",") && code.kind(to) != Some(Kind::Close) {
            if to > from && outline::begins_line(code, to) && !code.is_sign(to, ".") && !code.is_sign(to, "+") && !code.is_sign(to - 1, "+")
            {
                break;
            }
            to = code.after(to);
        }
        let to = to.min(code.len());
        (from < to && !(from..to).contains(&at)).then_some(from..to)
    }

    /// Paths of a table of tests: rows of the test's attributes, or lists in the file.
    fn rows(&self, at: usize, value: &Value) -> Vec<(Option<String>, Target)> {
        let code = &self.seen.code;
        let [Piece::Hole(name)] = value.0.as_slice() else { return Vec::new() };
        let Some(unit) = outline::innermost(&self.seen.units, at).map(|unit| &self.seen.units[unit]) else { return Vec::new() };
        // The parameter of a table of tests, also where a format is made of it.
        let parameter = unit
            .parameters
            .clone()
            .filter_map(|at| code.word(at))
            .any(|known| name.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')).any(|part| part == known));
        let last = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
        let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.'));
        let named = plain && ["url", "path", "uri", "endpoint", "route", "target"].iter().any(|part| last.contains(part));
        if !parameter && !(named && (name.contains('.') || code.language == Language::JavaScript)) {
            return Vec::new();
        }
        let range = if parameter { unit.head.clone() } else { unit.head.start.saturating_sub(ROWS)..at };
        let enclosing = self.seen.enclosing();
        let mut found: Vec<(Option<String>, Target)> = Vec::new();
        for text in range {
            let relative = |path: &str| parameter && path.contains('/') && !path.contains(' ');
            let Some(path) = code.literal(text).filter(|path| path.starts_with('/') || relative(path)) else { continue };
            let Some(Some(open)) = enclosing.get(text) else { continue };
            let method = code.arguments(*open).iter().find_map(|range| {
                let value = if code.is_sign(range.start + 1, ":") { range.start + 2..range.end } else { range.clone() };
                verb_in(code, &value)
            });
            found.push((method.map(str::to_owned), Target::Path(unformatted(Value::known(path)))));
        }
        found.dedup();
        found
    }
}

/// How far back an assignment, and the rows of a table, are looked for, in tokens.
const REACH: usize = 20_000;
const ROWS: usize = 20_000;

fn is_hole(value: &Value) -> bool {
    matches!(value.0.as_slice(), [Piece::Hole(_)])
}

pub(super) fn looks_like_path(value: &Value) -> bool {
    match value.0.as_slice() {
        [Piece::Known(text), ..] => text.starts_with('/') || text.starts_with("http://") || text.starts_with("https://"),
        [Piece::Hole(_), Piece::Known(text), ..] => text.starts_with('/'),
        _ => false,
    }
}

/// A value whose places for arguments are holes: `%d`, `{}`, `{0}`.
pub(super) fn unformatted(value: Value) -> Value {
    let mut full = Value::default();
    for piece in value.0 {
        let Piece::Known(text) = piece else {
            full.0.push(piece);
            continue;
        };
        let mut rest = text.as_str();
        while let Some(start) = rest.find(['%', '{']) {
            let (before, from) = rest.split_at(start);
            let length = match from.as_bytes() {
                [b'%', b's' | b'd' | b'v' | b'q', ..] => 2,
                [b'{', ..] => from.find('}').map_or(0, |end| end + 1),
                _ => 0,
            };
            if !before.is_empty() {
                full.0.push(Piece::Known(before.to_owned()));
            }
            if length == 0 {
                full.0.push(Piece::Known(from[..1].to_owned()));
                rest = &from[1..];
            } else {
                full.0.push(Piece::Hole(from[..length].to_owned()));
                rest = &from[length..];
            }
        }
        if !rest.is_empty() {
            full.0.push(Piece::Known(rest.to_owned()));
        }
    }
    full
}
