//! Functions of a file: names, parameters and bodies, in all languages that are read.

use std::ops::Range;

use super::unit::Function;
use crate::facts::code::{Code, Kind, Language};

/// Words before a bracket that are no names of functions.
const CONTROL: [&str; 20] = [
    "if", "for", "foreach", "while", "switch", "catch", "using", "lock", "return", "new", "await", "fixed", "when", "function", "typeof",
    "nameof", "elif", "with", "in", "not",
];

/// How many tokens may stand between the parameters of a function and its body.
const SIGNATURE: usize = 60;

/// All functions of a file, in order of their parameters.
pub(super) fn of(code: &Code<'_>) -> Vec<Function> {
    let mut found: Vec<Function> = (0..code.len()).filter_map(|at| at_token(code, at)).collect();
    let classes = classes(code);
    for function in &mut found {
        let around = classes.iter().filter(|(_, body)| body.contains(&function.head.start));
        function.class = around.min_by_key(|(_, body)| body.len()).map(|(name, _)| name.clone());
    }
    found.sort_by_key(|function| function.head.start);
    found
}

/// The first function whose parameters begin in a range of tokens.
pub(super) fn first_in<'f>(functions: &'f [Function], range: &Range<usize>) -> Option<&'f Function> {
    let from = functions.partition_point(|function| function.head.start < range.start);
    functions.get(from).filter(|function| range.contains(&function.head.start))
}

fn at_token(code: &Code<'_>, at: usize) -> Option<Function> {
    if code.language == Language::Python {
        return python(code, at);
    }
    if code.is_sign(at, "=>") {
        return arrow(code, at);
    }
    (code.is_sign(at, "(") && at > 0).then(|| braced(code, at)).flatten()
}

fn function(code: &Code<'_>, name: &str, head: Range<usize>, body: Range<usize>) -> Function {
    let parameters = split(code, head.clone()).into_iter().map(|range| parameter(code, range).0.to_owned()).collect();
    Function { name: name.to_owned(), class: None, parameters, head, body }
}

/// `name(a, b) {`, `func name(a T) {`, `function (a) {`.
fn braced(code: &Code<'_>, open: usize) -> Option<Function> {
    let close = code.mate(open)?;
    let mut at = close + 1;
    while !code.is_sign(at, "{") {
        let stops =
            code.is_sign(at, ";") || code.is_sign(at, "=>") || code.is_sign(at, ")") || code.is_sign(at, "=") || code.is_sign(at, "}");
        let plain = matches!(code.language, Language::JavaScript) && at == close + 1 && !code.is_sign(at, ":");
        if stops || plain || at > close + SIGNATURE || at >= code.len() || code.is_sign(at, ".") && at == close + 1 {
            return None;
        }
        at = code.after(at);
    }
    let mut before = open - 1;
    if code.is_sign(before, ">") {
        before = (before.saturating_sub(SIGNATURE)..before).rev().find(|at| code.is_sign(*at, "<"))?.checked_sub(1)?;
    }
    let word = code.word(before).unwrap_or_default();
    let name = match (code.language, word) {
        (Language::JavaScript, "function") => assigned(code, before).unwrap_or("default"),
        (Language::Go, "func") => "",
        (Language::Go, word) if is_go_declaration(code, before) => word,
        (Language::Go, _) => return None,
        (_, word) if word.is_empty() || CONTROL.contains(&word) => return None,
        (Language::CSharp | Language::Java, _) if before == 0 || !is_type_end(code, before - 1) => return None,
        (_, word) => word,
    };
    Some(function(code, name, open + 1..close, code.inside(at)))
}

/// Whether what stands before the name of a method can be the end of its type or a modifier.
fn is_type_end(code: &Code<'_>, at: usize) -> bool {
    match code.kind(at) {
        Some(Kind::Word) => !matches!(code.text(at), "new" | "return" | "await" | "else" | "in" | "is" | "as" | "throw" | "case"),
        _ => matches!(code.text(at), ">" | "]" | "?" | ")"),
    }
}

fn is_go_declaration(code: &Code<'_>, name: usize) -> bool {
    let Some(before) = name.checked_sub(1) else { return false };
    code.is_word(before, "func")
        || code.is_sign(before, ")") && code.opening(before).checked_sub(1).is_some_and(|at| code.is_word(at, "func"))
}

/// `(a, b) => …`, `a => …`, and a method of C# with `=>` for its body.
fn arrow(code: &Code<'_>, at: usize) -> Option<Function> {
    let mut close = at.checked_sub(1)?;
    if !code.is_sign(close, ")") && close > 1 {
        // A type between the parameters and the arrow.
        let typed =
            (close.saturating_sub(16)..close).rev().find(|back| code.is_sign(*back, ":") && code.is_sign(back.wrapping_sub(1), ")"));
        close = typed.map_or(close, |colon| colon - 1);
    }
    let (head, start) = match code.kind(close) {
        Some(Kind::Close) if code.is_sign(close, ")") => (code.mate(close)? + 1..close, code.mate(close)?),
        Some(Kind::Word) => (close..close + 1, close),
        _ => return None,
    };
    let body = if code.is_sign(at + 1, "{") { code.inside(at + 1) } else { expression(code, at + 1) };
    let name = match code.language {
        Language::CSharp => {
            start.checked_sub(1).filter(|before| *before > 0 && is_type_end(code, before - 1)).and_then(|before| code.word(before))
        }
        _ => assigned(code, start),
    };
    let name = name.filter(|name| !CONTROL.contains(name) && *name != "async" && *name != "static").unwrap_or_default();
    Some(function(code, name, head, body))
}

/// The tokens of the expression that begins at a place.
fn expression(code: &Code<'_>, from: usize) -> Range<usize> {
    let mut at = from;
    while at < code.len() && !matches!(code.text(at), ";" | "," | ")" | "]" | "}") {
        at = code.after(at);
    }
    from..at.min(code.len())
}

/// The name that a function expression gets: `const name = async (`, `module.exports = function (`, `export default (`.
fn assigned<'t>(code: &Code<'t>, start: usize) -> Option<&'t str> {
    let mut before = start.checked_sub(1)?;
    if code.is_word(before, "async") {
        before = before.checked_sub(1)?;
    }
    if code.is_word(before, "default") {
        return Some("default");
    }
    if code.is_sign(before, ":") {
        return code.word(before.checked_sub(1)?);
    }
    if !code.is_sign(before, "=") {
        return None;
    }
    let mut name = before.checked_sub(1)?;
    if code.is_word(name, "exports") {
        return Some("default");
    }
    // `const name: Type<X> = (`.
    let typed =
        (name.saturating_sub(12)..name).rev().find(|back| code.is_sign(*back, ":") || code.is_sign(*back, ";") || code.is_sign(*back, "="));
    if let Some(colon) = typed.filter(|colon| code.is_sign(*colon, ":")) {
        name = colon.checked_sub(1)?;
    }
    code.word(name)
}

/// `def name(a, b):` with the lines that are indented below it.
fn python(code: &Code<'_>, at: usize) -> Option<Function> {
    let name = code.word(at).filter(|_| at > 0 && code.is_word(at - 1, "def"))?;
    let open = code.call(at)?;
    let close = code.mate(open)?;
    let def = if at >= 2 && code.is_word(at - 2, "async") { at - 2 } else { at - 1 };
    let indent = code.column(def);
    let line = code.line(close);
    let mut end = close + 1;
    while end < code.len() && (code.line(end) == line || code.line(end) == code.line(end - 1) || code.column(end) > indent) {
        end = code.after(end);
    }
    Some(function(code, name, open + 1..close, close + 1..end.min(code.len())))
}

/// What stands between the commas of a range.
pub(super) fn split(code: &Code<'_>, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut from, mut at) = (range.start, range.start);
    let mut depth = 0_usize;
    while at < range.end {
        match code.text(at) {
            "<" => depth += 1,
            ">" => depth = depth.saturating_sub(1),
            "," if depth == 0 && code.kind(at) == Some(Kind::Sign) => {
                found.push(from..at);
                from = at + 1;
            }
            _ => {}
        }
        at = code.after(at);
    }
    if from < range.end {
        found.push(from..range.end);
    }
    found
}

/// The name and the type of a parameter.
pub(super) fn parameter<'t>(code: &Code<'t>, range: Range<usize>) -> (&'t str, String) {
    let mut from = range.start;
    while from < range.end && (code.is_sign(from, "[") || code.is_sign(from, "@")) {
        from = match code.is_sign(from, "[") {
            true => code.after(from),
            false => code.call(from + 1).map_or(from + 2, |open| code.after(open)),
        };
    }
    let mut end = from;
    while end < range.end && !code.is_sign(end, "=") {
        end = code.after(end);
    }
    let end = end.min(range.end);
    let text = |range: Range<usize>| -> String {
        range
            .filter(|at| !matches!(code.text(*at), "this" | "?" | "*" | "final" | "ref" | "in" | "params" | "scoped"))
            .map(|at| code.text(at))
            .collect()
    };
    match code.language {
        Language::CSharp | Language::Java => {
            let name = (from..end).rev().find(|at| code.kind(*at) == Some(Kind::Word));
            name.map_or(("", String::new()), |name| (code.text(name), text(from..name)))
        }
        _ => {
            let name =
                (from..end).find(|at| code.kind(*at) == Some(Kind::Word) && !matches!(code.text(*at), "private" | "public" | "readonly"));
            name.map_or(("", String::new()), |name| (code.text(name), text(name + 1..end).trim_start_matches(':').to_owned()))
        }
    }
}

/// The classes of a file with their bodies.
fn classes(code: &Code<'_>) -> Vec<(String, Range<usize>)> {
    let heads = (0..code.len()).filter(|at| matches!(code.word(*at), Some("class" | "record" | "struct" | "interface")));
    let body = |at: usize| {
        let name = code.word(at + 1)?.to_owned();
        let mut open = at + 2;
        while !code.is_sign(open, "{") {
            if open > at + 200 || code.is_sign(open, ";") || open >= code.len() {
                return None;
            }
            open = code.after(open);
        }
        Some((name, code.inside(open)))
    };
    heads.filter_map(body).collect()
}

/// How many tokens of a body are looked through for commands.
const LONGEST_BODY: usize = 4000;

/// The names of types that a function body hands to a dispatcher of commands or messages.
pub(super) fn sent(code: &Code<'_>, head: Range<usize>, body: Range<usize>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    // Handlers in handlers in handlers are read once for each that holds them.
    for at in body.clone().take(LONGEST_BODY) {
        if !code.word(at).is_some_and(dispatches) {
            continue;
        }
        let Some(open) = code.call(at).filter(|_| at > 0 && (code.is_sign(at - 1, ".") || code.is_sign(at - 1, "?."))) else { continue };
        if code.is_sign(at + 1, "<") {
            found.extend((at + 2..open).filter_map(|at| code.word(at)).filter(|name| is_type_name(name)).map(str::to_owned));
        }
        for argument in code.arguments(open) {
            found.extend(types_of(code, argument, head.clone(), body.start..at, 0));
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Whether methods of this name hand a command, a query or a message on.
fn dispatches(word: &str) -> bool {
    const STARTS: [&str; 10] = ["Send", "Publish", "Execute", "Dispatch", "Query", "Invoke", "send", "publish", "execute", "dispatch"];
    STARTS.iter().any(|start| word.starts_with(start)) || matches!(word, "HandleAsync" | "Handle" | "Request" | "Ask" | "Process")
}

fn is_type_name(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_uppercase()) && name.len() > 2
}

/// The types of what an argument makes, or of the parameter or variable that it is.
fn types_of(code: &Code<'_>, argument: Range<usize>, head: Range<usize>, before: Range<usize>, depth: usize) -> Vec<String> {
    let at = argument.start;
    if code.is_word(at, "new") {
        return (at + 1..argument.end)
            .take_while(|at| !matches!(code.text(*at), "(" | "{"))
            .filter_map(|at| code.word(at))
            .filter(|name| is_type_name(name))
            .map(str::to_owned)
            .collect();
    }
    let Some(name) = code.word(at).filter(|_| argument.len() == 1 && depth < 2) else { return Vec::new() };
    for range in split(code, head.clone()) {
        let (parameter, kind) = parameter(code, range);
        if parameter == name {
            let kind = kind.rsplit('.').next().unwrap_or_default().trim_end_matches('?');
            return if is_type_name(kind) && kind != "CancellationToken" { vec![kind.to_owned()] } else { Vec::new() };
        }
    }
    let assigned = before.clone().rev().find(|at| code.is_word(*at, name) && code.is_sign(at + 1, "="));
    let Some(assigned) = assigned else { return Vec::new() };
    // `X name = new(…)` tells the type before the name.
    if code.is_word(assigned + 2, "new") && code.is_sign(assigned + 3, "(") {
        return assigned
            .checked_sub(1)
            .and_then(|at| code.word(at))
            .filter(|kind| is_type_name(kind))
            .map(str::to_owned)
            .into_iter()
            .collect();
    }
    types_of(code, expression(code, assigned + 2), head, before.start..assigned, depth + 1)
}
