//! Which types, functions and blocks a file of tests is made of, by heads and brackets, or by indentation.
//!
//! No grammar: a head that is misread gives a unit too few or one with an odd name, which nobody asks for.

use std::ops::Range;

use super::table;
use crate::facts::code::{Code, Kind, Language};

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A class, record, struct, interface, object or trait.
    Type,
    /// A function or method; of JavaScript also a constant.
    Function,
    /// A call that holds a test: `it("…", () => …)`.
    Case,
    /// A call that holds tests: `describe("…", () => …)`.
    Group,
}

/// A part of a file with a name.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub(super) sort: Sort,
    pub(super) name: String,
    /// Line of its name.
    pub(super) line: usize,
    /// Attributes, modifiers, name and parameters; for a call its chain of names.
    pub(super) head: Range<usize>,
    /// Inside the brackets of its parameters.
    pub(super) parameters: Range<usize>,
    pub(super) body: Range<usize>,
    /// The unit around it.
    pub(super) holder: Option<usize>,
}

impl Unit {
    /// Whether a token is part of it, head included.
    pub(super) fn holds(&self, at: usize) -> bool {
        self.head.start <= at && at < self.body.end.max(self.head.end)
    }
}

/// The units of a file, outer ones before those they hold.
pub(super) fn outline(code: &Code<'_>) -> Vec<Unit> {
    let mut units = match code.language {
        Language::Python => indented(code),
        Language::Ruby => Vec::new(),
        _ => braced(code),
    };
    if matches!(code.language, Language::JavaScript | Language::Php | Language::Ruby) {
        units.extend(calls(code));
    }
    units.sort_by_key(|unit| (unit.head.start, std::cmp::Reverse(unit.body.end)));
    let mut open: Vec<usize> = Vec::new();
    for at in 0..units.len() {
        while open.last().is_some_and(|top| units[*top].body.end <= units[at].head.start) {
            open.pop();
        }
        units[at].holder = open.last().copied();
        open.push(at);
    }
    units
}

/// The innermost unit around a token.
pub(super) fn innermost(units: &[Unit], at: usize) -> Option<usize> {
    let mut found = units.partition_point(|unit| unit.head.start <= at).checked_sub(1)?;
    loop {
        if units[found].holds(at) {
            return Some(found);
        }
        found = units[found].holder?;
    }
}

/// How far back the head of a block may begin, in tokens.
const HEAD: usize = 400;

fn braced(code: &Code<'_>) -> Vec<Unit> {
    let mut units = Vec::new();
    for at in 0..code.len() {
        let arrow = code.language == Language::CSharp && code.is_sign(at, "=>");
        let equals = code.language == Language::Kotlin && code.is_sign(at, "=");
        if !(code.is_sign(at, "{") || arrow || equals) {
            continue;
        }
        let start = head_start(code, at);
        let head = start..at;
        let unit = if arrow || equals { None } else { type_of(code, &head) };
        if let Some((sort, name, parameters)) = unit.or_else(|| function_of(code, &head, arrow || equals)) {
            let line = code.line(name);
            let name = code.text(name).to_owned();
            let body = if arrow || equals { at + 1..statement_end(code, at + 1) } else { code.inside(at) };
            units.push(Unit { sort, name, line, head: from_attributes(code, head), parameters, body, holder: None });
        }
    }
    if code.language == Language::JavaScript {
        units.extend(constants(code));
    }
    units
}

fn head_start(code: &Code<'_>, brace: usize) -> usize {
    let mut at = brace;
    while at > 0 && brace - at < HEAD {
        let before = at - 1;
        match code.text(before) {
            ";" | "{" | "(" | "[" if code.kind(before) != Some(Kind::Text) => break,
            "}" if code.kind(before) == Some(Kind::Close) => break,
            "," if code.language == Language::JavaScript && code.kind(before) == Some(Kind::Sign) => break,
            ")" | "]" if code.kind(before) == Some(Kind::Close) => at = code.opening(before),
            _ => at = before,
        }
    }
    at
}

fn statement_end(code: &Code<'_>, from: usize) -> usize {
    let mut at = from;
    while at < code.len() && !code.is_sign(at, ";") && code.kind(at) != Some(Kind::Close) {
        if code.language == Language::Kotlin && at > from && code.line(at) > code.line(at - 1) && code.is_word(at, "fun") {
            break;
        }
        at = code.after(at);
    }
    at.min(code.len())
}

/// Words that open a type.
const TYPES: [&str; 9] = ["class", "record", "struct", "interface", "object", "trait", "impl", "mod", "enum"];

type Found = (Sort, usize, Range<usize>);

fn type_of(code: &Code<'_>, head: &Range<usize>) -> Option<Found> {
    let mut at = head.start;
    while at < head.end {
        let opens = code.word(at).is_some_and(|word| TYPES.contains(&word));
        if opens && code.word(at + 1).is_some() && at + 1 < head.end && !(at > 0 && code.is_sign(at - 1, ".")) {
            // `record struct X`, `enum class X`.
            let name = if code.word(at + 1).is_some_and(|word| TYPES.contains(&word)) { at + 2 } else { at + 1 };
            let parameters = if code.is_sign(name + 1, "(") { code.inside(name + 1) } else { name + 1..name + 1 };
            return Some((Sort::Type, name, parameters));
        }
        if code.language == Language::Go && code.is_word(at, "type") && code.is_word(head.end.saturating_sub(1), "struct") {
            return Some((Sort::Type, at + 1, at + 1..at + 1));
        }
        at = code.after(at);
    }
    None
}

/// Words before brackets that are no names of functions.
const KEYWORDS: [&str; 24] = [
    "if",
    "for",
    "foreach",
    "while",
    "switch",
    "catch",
    "using",
    "lock",
    "fixed",
    "return",
    "new",
    "synchronized",
    "when",
    "function",
    "match",
    "else",
    "do",
    "try",
    "async",
    "await",
    "func",
    "fn",
    "typeof",
    "nameof",
];

fn function_of(code: &Code<'_>, head: &Range<usize>, expression: bool) -> Option<Found> {
    match code.language {
        Language::JavaScript => js_function(code, head),
        Language::Go => {
            let func = head.clone().find(|at| code.is_word(*at, "func"))?;
            let name = if code.is_sign(func + 1, "(") { code.after(func + 1) } else { func + 1 };
            named(code, name)
        }
        Language::Rust | Language::Kotlin | Language::Php => {
            let words = ["fn", "fun", "function"];
            let keyword = head.clone().rev().find(|at| code.word(*at).is_some_and(|word| words.contains(&word)))?;
            let mut name = keyword + 1;
            if code.is_sign(name, "<") {
                name = code.generic_end(name)?;
            }
            named(code, name)
        }
        _ => method(code, head, expression),
    }
}

/// The function whose name and brackets stand at a place.
fn named(code: &Code<'_>, name: usize) -> Option<Found> {
    code.word(name)?;
    let open = code.call(name)?;
    Some((Sort::Function, name, code.inside(open)))
}

/// A method of C# or Java: the first name with brackets that is no attribute.
fn method(code: &Code<'_>, head: &Range<usize>, expression: bool) -> Option<Found> {
    let mut at = head.start;
    while at < head.end {
        if let (Some(word), Some(open)) = (code.word(at), code.call(at)) {
            let annotation = at > head.start && (code.is_sign(at - 1, "@") || code.is_sign(at - 1, "."));
            if annotation {
                at = code.after(open);
                continue;
            }
            let first = at == head.start;
            let value = !first && (code.is_sign(at - 1, "=") || code.is_word(at - 1, "new") || code.is_word(at - 1, "await"));
            let none = KEYWORDS.contains(&word) || value || expression && first;
            return (!none).then(|| (Sort::Function, at, code.inside(open)));
        }
        if code.is_sign(at, "=") || code.is_sign(at, "=>") {
            return None;
        }
        at = code.after(at);
    }
    None
}

fn js_function(code: &Code<'_>, head: &Range<usize>) -> Option<Found> {
    let last = head.end.checked_sub(1)?;
    let close = |from: usize| (from.saturating_sub(16).max(head.start)..=from).rev().find(|at| code.is_sign(*at, ")"));
    if code.is_sign(last, "=>") {
        let close = close(last.checked_sub(1)?)?;
        let open = code.opening(close);
        let name = name_before(code, open)?;
        return Some((Sort::Function, name, code.inside(open)));
    }
    let open = code.opening(close(last)?);
    let mut name = open.checked_sub(1)?;
    if code.is_word(name, "function") {
        return name_before(code, name).map(|name| (Sort::Function, name, code.inside(open)));
    }
    if code.is_sign(name, ">") {
        name = (name.saturating_sub(24)..name).rev().find(|at| code.is_sign(*at, "<"))?.checked_sub(1)?;
    }
    let word = code.word(name).filter(|word| !KEYWORDS.contains(word))?;
    let before = name.checked_sub(1);
    let called = before.is_some_and(|before| code.is_sign(before, ".") || code.is_word(before, "new") || code.is_sign(before, "="));
    (!called && !word.is_empty()).then(|| (Sort::Function, name, code.inside(open)))
}

/// The name that the function which begins at a place is given: `const name = async (`, `name: (`.
fn name_before(code: &Code<'_>, at: usize) -> Option<usize> {
    let mut before = at.checked_sub(1)?;
    if code.is_word(before, "async") {
        before = before.checked_sub(1)?;
    }
    if !(code.is_sign(before, "=") || code.is_sign(before, ":")) {
        return None;
    }
    let name = before.checked_sub(1)?;
    code.word(name).map(|_| name)
}

/// Constants of a module: `const server = getTestServer()`, each to the next statement at the top.
fn constants(code: &Code<'_>) -> Vec<Unit> {
    let mut found: Vec<Unit> = Vec::new();
    let mut at = 0;
    while at < code.len() {
        let begins = at == 0 || code.line(at) > code.line(at - 1);
        if begins && let Some(last) = found.last_mut().filter(|unit| unit.body.end == usize::MAX) {
            let goes_on = matches!(code.text(at), "." | "?" | ":" | "=>" | ")" | "}" | "||" | "&&" | "+" | "??");
            if !goes_on {
                last.body.end = at;
            }
        }
        let declares = matches!(code.text(at), "const" | "let" | "var") && code.kind(at) == Some(Kind::Word);
        if declares && code.word(at + 1).is_some() {
            let (name, line) = (code.text(at + 1).to_owned(), code.line(at + 1));
            let (head, none) = (at..at + 2, at + 2..at + 2);
            found.push(Unit { sort: Sort::Function, name, line, head, parameters: none, body: at + 2..usize::MAX, holder: None });
        }
        at = code.after(at);
    }
    for unit in &mut found {
        unit.body.end = unit.body.end.min(code.len()).max(unit.body.start);
    }
    found
}

/// A head without what stands before its attributes, where statements end without a sign.
fn from_attributes(code: &Code<'_>, head: Range<usize>) -> Range<usize> {
    if code.language != Language::Kotlin {
        return head;
    }
    let words = ["fun", "class", "object", "interface"];
    let Some(mut start) = head.clone().rev().find(|at| code.word(*at).is_some_and(|word| words.contains(&word))) else { return head };
    while start > head.start {
        let before = code.opening(start - 1);
        let modifier = code.word(before).is_some() && code.line(before) == code.line(start);
        if modifier && !code.is_sign(before.saturating_sub(1), "@") {
            start = before;
        } else if before > head.start && code.word(before).is_some() && code.is_sign(before - 1, "@") {
            start = before - 1;
        } else if before > head.start + 1 && code.is_sign(before, "(") && code.is_sign(before - 2, "@") {
            start = before - 2;
        } else {
            break;
        }
    }
    start..head.end
}

fn indented(code: &Code<'_>) -> Vec<Unit> {
    let mut units = Vec::new();
    for at in 0..code.len() {
        let keyword = code.is_word(at, "def") || code.is_word(at, "class");
        let first = if at > 0 && code.is_word(at - 1, "async") { at.saturating_sub(1) } else { at };
        if !keyword || !begins_line(code, first) || code.word(at + 1).is_none() {
            continue;
        }
        let column = code.column(first);
        let sort = if code.is_word(at, "def") { Sort::Function } else { Sort::Type };
        let open = at + 2;
        let parameters = if code.is_sign(open, "(") { code.inside(open) } else { open..open };
        let mut colon = code.after(open.saturating_sub(1)).max(open);
        while colon < code.len() && !code.is_sign(colon, ":") {
            colon = code.after(colon);
        }
        let mut end = colon + 1;
        while end < code.len() && !(begins_line(code, end) && code.column(end) <= column) {
            end = code.after(end);
        }
        let head = decorators(code, first, column)..colon.min(code.len());
        let body = (colon + 1).min(code.len())..end.min(code.len()).max((colon + 1).min(code.len()));
        units.push(Unit { sort, name: code.text(at + 1).to_owned(), line: code.line(at), head, parameters, body, holder: None });
    }
    units
}

pub(super) fn begins_line(code: &Code<'_>, at: usize) -> bool {
    at == 0 || code.line(at) > code.line(at - 1)
}

/// Where the decorators above a definition begin.
fn decorators(code: &Code<'_>, definition: usize, column: usize) -> usize {
    let mut start = definition;
    while start > 0 {
        let mut at = code.opening(start - 1);
        while at > 0 && !begins_line(code, at) {
            at = code.opening(at - 1);
        }
        if !code.is_sign(at, "@") || code.column(at) != column {
            break;
        }
        start = at;
    }
    start
}

/// Tests and groups that are calls with a function.
fn calls(code: &Code<'_>) -> Vec<Unit> {
    let names: Vec<&str> = table::cases(code.language).flat_map(|row| &row.calls).map(String::as_str).collect();
    let groups: Vec<&str> = table::cases(code.language).flat_map(|row| &row.groups).map(String::as_str).collect();
    let mut found: Vec<Unit> = Vec::new();
    for at in 0..code.len() {
        let Some(word) = code.word(at).filter(|word| names.contains(word) || groups.contains(word)) else { continue };
        if at > 0 && (code.is_sign(at - 1, ".") || code.is_sign(at - 1, "->")) {
            continue;
        }
        let unit = if code.language == Language::Ruby { worded(code, at) } else { called(code, at, &groups) };
        if let Some(mut unit) = unit {
            if groups.contains(&word) {
                unit.sort = Sort::Group;
            }
            found.push(unit);
        }
    }
    found
}

fn called(code: &Code<'_>, at: usize, groups: &[&str]) -> Option<Unit> {
    let mut next = at + 1;
    let mut sort = Sort::Case;
    // `.skip`, `.each(table)`, `.each` with a table in a string.
    while (code.is_sign(next, ".") || code.is_sign(next, "->")) && code.word(next + 1).is_some() {
        match code.text(next + 1) {
            part if groups.contains(&part) => sort = Sort::Group,
            "skip" | "only" | "each" | "todo" | "fixme" | "concurrent" | "sequential" | "failing" | "fails" | "for" | "serial"
            | "parallel" | "skipIf" | "runIf" | "slow" => {}
            _ => return None,
        }
        next += 2;
        let table = code.is_sign(next, "(") && (code.is_sign(code.after(next), "(") || code.is_sign(code.after(next), "."));
        if table {
            next = code.after(next);
        } else if code.kind(next) == Some(Kind::Text) {
            next += 1;
        }
    }
    if !code.is_sign(next, "(") {
        return None;
    }
    let todo = (at..next).any(|at| code.is_word(at, "todo"));
    let holds = code.inside(next).any(|at| code.is_sign(at, "=>") || code.is_word(at, "function") || code.is_word(at, "fn"));
    let arguments = code.arguments(next);
    let titled = arguments.first().is_some_and(|first| code.kind(first.start) == Some(Kind::Text));
    if !(holds || todo && titled || titled && arguments.len() > 1) {
        return None;
    }
    let name = arguments.first().and_then(|first| code.literal(first.start)).unwrap_or_default().to_owned();
    let parameters = next..next;
    Some(Unit { sort, name, line: code.line(at), head: at..next, parameters, body: code.inside(next), holder: None })
}

/// A test of Ruby, which begins its line and goes on to the next one.
fn worded(code: &Code<'_>, at: usize) -> Option<Unit> {
    let follows = code.kind(at + 1) == Some(Kind::Text) || code.is_sign(at + 1, "{") || code.is_word(at + 1, "do");
    if !begins_line(code, at) || !follows {
        return None;
    }
    let column = code.column(at);
    let mut end = at + 1;
    while end < code.len() && !(begins_line(code, end) && code.column(end) <= column) {
        end += 1;
    }
    let name = code.literal(at + 1).unwrap_or_default().to_owned();
    Some(Unit { sort: Sort::Case, name, line: code.line(at), head: at..at + 1, parameters: at..at, body: at + 1..end, holder: None })
}
