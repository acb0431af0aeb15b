//! Which units of a file are tests, and which of them are switched off, and why.

use std::ops::Range;

use super::outline::{Sort, Unit, begins_line};
use super::table::{self, Skip};
use crate::facts::code::{Code, Kind, Language};

/// An attribute, annotation or decorator.
#[derive(Debug)]
pub(super) struct Attribute<'t> {
    /// Its name, with dots where it has several parts.
    pub(super) name: String,
    /// Its last part.
    pub(super) last: &'t str,
    pub(super) line: usize,
    /// Its arguments.
    pub(super) arguments: Vec<Range<usize>>,
}

/// A marker that switches tests off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Off {
    pub(super) line: usize,
    pub(super) reason: Option<String>,
}

/// What a unit is to whoever runs the tests.
#[derive(Debug, Clone, Default)]
pub(super) struct Role {
    /// It is a test.
    pub(super) case: bool,
    /// A marker of its own.
    pub(super) off: Option<Off>,
}

/// The roles of all units of a file.
pub(super) fn roles(path: &str, code: &Code<'_>, units: &[Unit]) -> Vec<Role> {
    let mut roles: Vec<Role> = units.iter().map(|unit| role(path, code, unit)).collect();
    // A marker on a class without tests is something else: `[Ignore]` of a mapper.
    for at in (0..units.len()).rev() {
        let holds = (at + 1..units.len()).take_while(|inner| units[*inner].head.start < units[at].body.end).any(|inner| roles[inner].case);
        if !roles[at].case && !holds {
            roles[at].off = None;
        }
    }
    roles
}

/// Whether a unit is switched off, by itself or by what holds it.
pub(super) fn is_off(units: &[Unit], roles: &[Role], at: usize) -> bool {
    let mut at = Some(at);
    while let Some(unit) = at {
        if roles[unit].off.is_some() {
            return true;
        }
        at = units[unit].holder;
    }
    false
}

fn role(path: &str, code: &Code<'_>, unit: &Unit) -> Role {
    let attributes = attributes(code, unit);
    let case = is_case(path, code, unit, &attributes);
    let off = table::skips(code.language).find_map(|row| off(code, unit, &attributes, case, row));
    Role { case, off }
}

fn is_case(path: &str, code: &Code<'_>, unit: &Unit, attributes: &[Attribute<'_>]) -> bool {
    if unit.sort == Sort::Case {
        return true;
    }
    let says = || unit.sort == Sort::Function && code.language == Language::Php && says_test(code, unit);
    unit.sort == Sort::Function
        && table::cases(code.language).filter(|row| path.ends_with(row.file.as_str())).any(|row| {
            let marked = |attribute: &Attribute<'_>| {
                row.attributes.iter().any(|name| name == attribute.last)
                    || row.ends.iter().any(|end| attribute.last.ends_with(end.as_str()))
            };
            let named = |start: &String| {
                unit.name.strip_prefix(start.as_str()).is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_lowercase()))
            };
            attributes.iter().any(marked) || row.names.iter().any(named) && !attributes.iter().any(|found| found.last == "fixture")
        })
        || says()
}

/// Whether the comment above a method of PHPUnit says `@test`.
fn says_test(code: &Code<'_>, unit: &Unit) -> bool {
    let Some(first) = code.tokens.get(unit.head.start) else { return false };
    let before = code.comments.partition_point(|comment| comment.end <= first.start);
    let Some(comment) = before.checked_sub(1).and_then(|at| code.comments.get(at)) else { return false };
    let above = unit.head.start.checked_sub(1).and_then(|at| code.tokens.get(at)).is_none_or(|token| token.end <= comment.start);
    above && code.slice(comment.start..comment.end).split_whitespace().any(|word| word == "@test")
}

/// The attributes in a unit's head.
pub(super) fn attributes<'t>(code: &Code<'t>, unit: &Unit) -> Vec<Attribute<'t>> {
    let mut found = Vec::new();
    let mut at = unit.head.start;
    while at < unit.head.end {
        let bracketed = match code.language {
            Language::CSharp => code.is_sign(at, "["),
            Language::Rust | Language::Php => code.is_sign(at, "[") && at > 0 && code.is_sign(at - 1, "#"),
            _ => false,
        };
        if bracketed {
            found.extend(code.arguments(at).into_iter().filter_map(|range| attribute(code, range.start, range.end)));
        } else if code.is_sign(at, "@") {
            found.extend(attribute(code, at + 1, unit.head.end));
        }
        at = code.after(at);
    }
    found
}

fn attribute<'t>(code: &Code<'t>, from: usize, end: usize) -> Option<Attribute<'t>> {
    let mut at = from;
    // `[return: …]`, `[assembly: …]`.
    if code.is_sign(at + 1, ":") {
        at += 2;
    }
    let line = code.line(at);
    let mut name = code.word(at)?.to_owned();
    let mut last = code.word(at)?;
    while at + 2 < end && (code.is_sign(at + 1, ".") || code.is_sign(at + 1, "::")) {
        let Some(part) = code.word(at + 2) else { break };
        name = format!("{name}.{part}");
        last = part;
        at += 2;
    }
    let open = code.call(at).filter(|open| *open < end);
    Some(Attribute { name, last, line, arguments: open.map(|open| code.arguments(open)).unwrap_or_default() })
}

fn off(code: &Code<'_>, unit: &Unit, attributes: &[Attribute<'_>], case: bool, row: &Skip) -> Option<Off> {
    let by_attribute = attributes.iter().find_map(|attribute| by_attribute(code, attribute, row));
    by_attribute.or_else(|| by_name(code, unit, row)).or_else(|| if case { by_call(code, unit, row) } else { None })
}

fn by_attribute(code: &Code<'_>, attribute: &Attribute<'_>, row: &Skip) -> Option<Off> {
    let named = row.attributes.iter().any(|name| if name.contains('.') { *name == attribute.name } else { name == attribute.last });
    // `pytest.mark.skip` ends in `skip`; `mock.skip` is something else.
    let plain = named && (code.language != Language::Python || row.attributes.contains(&attribute.name));
    let ends = row.ends.iter().any(|end| attribute.last.ends_with(end.as_str()));
    if !(plain || ends && row.argument.is_some()) {
        return None;
    }
    let named_argument =
        |name: &str| attribute.arguments.iter().find(|range| code.is_word(range.start, name) && code.is_sign(range.start + 1, "="));
    if row.unless.iter().any(|name| named_argument(name).is_some()) {
        return None;
    }
    if let Some(name) = &row.argument {
        let range = named_argument(name)?;
        if code.is_word(range.start + 2, "false") || code.is_word(range.start + 2, "null") {
            return None;
        }
        return Some(Off { line: attribute.line, reason: literal(code, range.clone()) });
    }
    // A condition makes it something that happens sometimes.
    let conditional = code.language == Language::Python
        && attribute
            .arguments
            .first()
            .is_some_and(|range| code.kind(range.start) != Some(Kind::Text) && !code.is_sign(range.start + 1, "="));
    let reason = attribute.arguments.iter().find_map(|range| literal(code, range.clone()));
    (!conditional).then_some(Off { line: attribute.line, reason })
}

fn literal(code: &Code<'_>, range: Range<usize>) -> Option<String> {
    let text = range.clone().find(|at| code.kind(*at) == Some(Kind::Text)).and_then(|at| code.literal(at));
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn by_name(code: &Code<'_>, unit: &Unit, row: &Skip) -> Option<Off> {
    if !matches!(unit.sort, Sort::Case | Sort::Group) {
        return None;
    }
    let mut head = unit.head.clone();
    let named = row.names.iter().any(|name| code.is_word(unit.head.start, name));
    let behind = head.any(|at| at > unit.head.start && code.word(at).is_some_and(|word| row.behind.iter().any(|part| part == word)));
    // Playwright's `test.skip(condition, "why")` skips where the condition holds; a title stands first in what is off.
    let titled = code.kind(unit.body.start) == Some(Kind::Text) || code.word(unit.body.start).is_some();
    // What Pest chains behind: `it("…", fn)->skip()`.
    let chained = code.language == Language::Php
        && code.is_sign(unit.body.end + 1, "->")
        && code.word(unit.body.end + 2).is_some_and(|word| row.behind.iter().any(|part| part == word))
        && code.is_sign(unit.body.end + 4, ")");
    (named || behind && titled || chained).then_some(Off { line: unit.line, reason: None })
}

/// A call at the top of the test's body, which nothing precedes but other statements.
fn by_call(code: &Code<'_>, unit: &Unit, row: &Skip) -> Option<Off> {
    let body = function_body(code, unit)?;
    let mut at = body.start;
    while at < body.end {
        let starts = at == body.start
            || code.is_sign(at - 1, ";")
            || code.is_sign(at - 1, "}")
            || code.is_word(at - 1, "await")
            || begins_line(code, at) && !code.is_sign(at - 1, ")") && !code.is_sign(at - 1, "else");
        let top = code.language != Language::Python || begins_line(code, at) && code.column(at) == code.column(body.start);
        if starts && top {
            for call in &row.calls {
                if let Some(open) = chain(code, at, call) {
                    // An argument that is no text is a condition.
                    let first = code.arguments(open).into_iter().next();
                    let conditional = first.as_ref().is_some_and(|range| {
                        code.kind(range.start) != Some(Kind::Text)
                            && !code.is_word(range.start, "true")
                            && code.language == Language::JavaScript
                    });
                    let function = code.inside(open).any(|at| code.is_sign(at, "=>"));
                    if !conditional && !function {
                        return Some(Off { line: code.line(at), reason: literal(code, code.inside(open)) });
                    }
                }
            }
        }
        at = code.after(at);
    }
    None
}

/// The statements of a unit; for a call those of the function that it is given.
fn function_body(code: &Code<'_>, unit: &Unit) -> Option<Range<usize>> {
    if unit.sort != Sort::Case {
        return Some(unit.body.clone());
    }
    let mut at = unit.body.start;
    while at < unit.body.end {
        let behind = at > 0 && (code.is_sign(at - 1, "=>") || code.is_sign(at - 1, ")"));
        if behind && code.is_sign(at, "{") {
            return Some(code.inside(at));
        }
        at = code.after(at);
    }
    None
}

/// The bracket of the call that a chain of names such as `t.Skip` or `$this->skip` is, where it begins at a place.
pub(super) fn chain(code: &Code<'_>, at: usize, chain: &str) -> Option<usize> {
    let mut next = at;
    let mut rest = chain;
    loop {
        let end = rest.find(['.', ':', '-', '(']).unwrap_or(rest.len());
        let (name, tail) = rest.split_at(end);
        if !name.is_empty() {
            if !code.is_word(next, name) {
                return None;
            }
            next += 1;
        }
        if tail.is_empty() {
            return code.is_sign(next, "(").then_some(next);
        }
        let sign = ["::", "->", "()", "."].into_iter().find(|sign| tail.starts_with(sign))?;
        if sign == "()" {
            if !code.is_sign(next, "(") {
                return None;
            }
            next = code.after(next);
        } else {
            if !code.is_sign(next, sign) {
                return None;
            }
            next += 1;
        }
        rest = &tail[sign.len()..];
    }
}

/// Tests whose attribute is commented out.
pub(super) fn commented(code: &Code<'_>) -> Vec<Off> {
    let starts = table::commented(code.language);
    let mut found = Vec::new();
    for comment in &code.comments {
        let text = code.slice(comment.start..comment.end);
        if text.starts_with("///") || text.starts_with("/**") {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_start_matches(['/', '*', ' ', '\t']);
            if starts.iter().any(|start| {
                line.strip_prefix(start.as_str()).filter(|rest| !rest.starts_with(char::is_alphanumeric)).is_some_and(ends_attribute)
            }) {
                found.push(Off { line: comment.line as usize + index, reason: None });
            }
        }
    }
    found
}

/// Whether nothing but an attribute stands on a line: prose goes on.
fn ends_attribute(rest: &str) -> bool {
    let rest = rest.trim();
    rest.is_empty() || rest.ends_with([']', ')', '{', ';', ','])
}
