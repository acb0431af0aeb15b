//! What a string expression is worth, as far as it is written out: literals, what is filled in, sums, and constants by
//! their names.

use std::collections::HashMap;
use std::ops::Range;

use super::{Code, Kind, Part};

/// A piece of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Known text.
    Known(String),
    /// Not known before it runs; the expression as written.
    Hole(String),
}

/// The value of a string expression, piece by piece; two known pieces never stand side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Value(pub(crate) Vec<Piece>);

impl Value {
    /// Known text alone.
    pub(crate) fn known(text: impl Into<String>) -> Self {
        Self(vec![Piece::Known(text.into())])
    }

    /// The text, where all of it is known.
    pub(crate) fn whole(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Known(text)] => Some(text),
            _ => None,
        }
    }

    /// Adds a piece at the end.
    pub(crate) fn push(&mut self, piece: Piece) {
        match (self.0.last_mut(), piece) {
            (Some(Piece::Known(last)), Piece::Known(text)) => last.push_str(&text),
            (_, Piece::Known(text)) if text.is_empty() => {}
            (_, piece) => self.0.push(piece),
        }
    }

    /// Adds another value at the end.
    pub(crate) fn extend(&mut self, other: Self) {
        other.0.into_iter().for_each(|piece| self.push(piece));
    }
}

/// Constants of a repository by name: by `Type.Name` and, where only one value bears it, by `Name`.
#[derive(Debug, Default)]
pub(crate) struct Constants {
    values: HashMap<String, Option<Value>>,
}

impl Constants {
    /// Adds the constants of a file: `const string X = "…"`, `X = "…"` at the start of a statement of Python, `const X =
    /// '…'`, and entries `key: '…'` of an object that a constant holds.
    pub(crate) fn add(&mut self, code: &Code<'_>) {
        for at in 1..code.len() {
            if !code.is_sign(at, "=") || code.kind(at + 1) != Some(Kind::Text) || !ends_value(code, at + 1) {
                continue;
            }
            let Some(name) = declared_name(code, at) else { continue };
            let value = of_string(code, at + 1);
            if let Some(holder) = holder(code, at) {
                self.put(format!("{holder}.{name}"), &value);
            }
            self.put(name.to_owned(), &value);
        }
    }

    fn put(&mut self, name: String, value: &Value) {
        let entry = self.values.entry(name).or_insert_with(|| Some(value.clone()));
        if entry.as_ref() != Some(value) {
            // Two values under one name: nobody knows which is meant.
            *entry = None;
        }
    }

    /// Adds all constants of another set, as from a file that was read beside this one.
    pub(crate) fn merge(&mut self, other: Self) {
        for (name, value) in other.values {
            match value {
                Some(value) => self.put(name, &value),
                None => _ = self.values.insert(name, None),
            }
        }
    }

    /// The value of a name as it is written: `A.B.Name` is looked for as such, then as `B.Name`, then as `Name`.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        let mut rest = name;
        loop {
            if let Some(found) = self.values.get(rest) {
                return found.as_ref();
            }
            rest = rest.split_once('.')?.1;
        }
    }
}

/// The name that an `=` gives a value to, where that is a constant or can be one.
fn declared_name<'t>(code: &Code<'t>, equals: usize) -> Option<&'t str> {
    let mut at = equals - 1;
    // `name: str = "…"` and `name: string = '…'`.
    if at >= 2 && code.is_sign(at - 1, ":") {
        at -= 2;
    }
    let name = code.word(at)?;
    if at == 0 {
        return Some(name);
    }
    let before = code.text(at - 1);
    let begins_line = code.line(at - 1) < code.line(at);
    let declares = matches!(before, "const" | "let" | "var" | "string" | "String" | "readonly" | "final" | "val" | "static");
    (declares || begins_line && before != "." && before != ",").then_some(name)
}

/// Whether the string at a place is the whole value.
fn ends_value(code: &Code<'_>, at: usize) -> bool {
    match code.text(at + 1) {
        ";" | "," | "}" | "" => true,
        "+" | "." | "?" | "%" | "[" | "(" | "||" | "??" | "if" => false,
        _ => code.line(at + 1) > code.line(at),
    }
}

/// The class around a place, or the name of the object.
fn holder<'t>(code: &Code<'t>, at: usize) -> Option<&'t str> {
    let mut back = at;
    for _ in 0..HOLDER_REACH {
        back = back.checked_sub(1)?;
        if code.kind(back) == Some(Kind::Close) {
            back = code.opening(back);
        } else if code.is_sign(back, "{") {
            let mut name = back;
            while name > 0 && back - name < HEAD_REACH {
                name -= 1;
                if matches!(code.text(name), "class" | "record" | "struct" | "interface" | "object" | "enum") {
                    return code.word(name + 1);
                }
                if matches!(code.text(name), "}" | "{" | ";") {
                    break;
                }
            }
            return None;
        }
    }
    None
}

/// How far back the class of a constant is looked for, and the word `class` before its brace, in tokens.
const HOLDER_REACH: usize = 4000;
const HEAD_REACH: usize = 40;

/// The value of a string token.
pub(crate) fn of_string(code: &Code<'_>, at: usize) -> Value {
    let mut value = Value::default();
    for part in code.parts(at) {
        value.push(match part {
            Part::Literal(range) => Piece::Known(code.slice(range.clone()).to_owned()),
            Part::Hole(range) => Piece::Hole(code.slice(range.clone()).trim().to_owned()),
        });
    }
    value
}

/// How many tokens an expression may have whose value is looked for.
const LONGEST: usize = 400;

/// The value of an expression: a string, a sum of them, or names of constants; what is unknown is a hole.
pub(crate) fn of(code: &Code<'_>, range: Range<usize>, constants: &Constants) -> Value {
    if range.len() > LONGEST {
        return Value(vec![Piece::Hole(String::new())]);
    }
    let mut value = Value::default();
    let mut at = range.start;
    let mut from = at;
    while from < range.end {
        while at < range.end && !code.is_sign(at, "+") {
            at = code.after(at);
        }
        value.extend(term(code, from..at.min(range.end), constants));
        at += 1;
        from = at;
    }
    value
}

fn term(code: &Code<'_>, range: Range<usize>, constants: &Constants) -> Value {
    if range.len() == 1 && code.kind(range.start) == Some(Kind::Text) {
        return filled(of_string(code, range.start), constants);
    }
    let text: String = range.clone().map(|at| code.text(at)).collect();
    if let Some(name) = text.strip_prefix("nameof(").and_then(|rest| rest.strip_suffix(')')) {
        return Value::known(name.rsplit('.').next().unwrap_or(name));
    }
    constants.get(&text).map_or_else(|| Value(vec![Piece::Hole(text)]), |value| filled(value.clone(), constants))
}

/// A value whose holes are filled where they name constants.
pub(crate) fn filled(value: Value, constants: &Constants) -> Value {
    let mut full = Value::default();
    for piece in value.0 {
        match piece {
            Piece::Hole(name) if name.starts_with("nameof(") => {
                let name = name.trim_start_matches("nameof(").trim_end_matches(')');
                full.push(Piece::Known(name.rsplit('.').next().unwrap_or_default().to_owned()));
            }
            Piece::Hole(name) => match constants.get(&name).and_then(Value::whole) {
                Some(text) => full.push(Piece::Known(text.to_owned())),
                None => full.push(Piece::Hole(name)),
            },
            known => full.push(known),
        }
    }
    full
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::code::Language;

    fn value(language: Language, text: &str) -> Vec<String> {
        let code = Code::lex(language, text.as_bytes());
        let mut constants = Constants::default();
        constants.add(&code);
        let open = (0..code.len()).rev().find(|at| code.is_sign(*at, "(") && code.is_word(at - 1, "f")).unwrap();
        let show = |piece: Piece| match piece {
            Piece::Known(text) => text,
            Piece::Hole(text) => format!("<{text}>"),
        };
        of(&code, code.inside(open), &constants).0.into_iter().map(show).collect()
    }

    #[test]
    fn sums_and_constants_are_one_value() {
        let text =
            "class Routes { public const string Base = \"/api\"; private const string X = $\"{Base}/x\"; } f(Routes.Base + \"/a/\" + id);";
        assert_eq!(value(Language::CSharp, text), ["/api/a/", "<id>"]);
        assert_eq!(value(Language::CSharp, "class A { const string R = \"/a\"; } f(N.A.R)"), ["/a"]);
        assert_eq!(value(Language::CSharp, "f($\"/{nameof(Order)}s/{id}\")"), ["/Orders/", "<id>"]);
        assert_eq!(value(Language::Python, "BASE = '/v1'\nf(BASE + f'/u/{BASE}')"), ["/v1/u//v1"]);
        assert_eq!(value(Language::JavaScript, "const p = '/a';\nf(`${p}/b`)"), ["/a/b"]);
    }

    #[test]
    fn a_name_with_two_values_has_none() {
        assert_eq!(value(Language::JavaScript, "const p = '/a';\nconst p = '/b';\nf(p)"), ["<p>"]);
        assert_eq!(value(Language::JavaScript, "const p = '/a' + q;\nf(p)"), ["<p>"]);
    }
}
