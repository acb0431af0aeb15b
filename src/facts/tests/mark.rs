//! What in a file of tests shows that the application is driven from outside, by the frameworks of the table.

use std::collections::HashMap;
use std::ops::Range;

use super::case::attributes;
use super::outline::{Unit, begins_line};
use super::table::{self, Framework};
use crate::facts::code::{Code, Kind, Language, Part};

/// A token that shows a framework, by its place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) at: usize,
    pub(super) framework: usize,
}

/// Where each word of a file stands.
pub(super) type Words<'t> = HashMap<&'t str, Vec<usize>>;

/// The words of a file with their tokens, in order.
pub(super) fn words<'t>(code: &Code<'t>) -> Words<'t> {
    let mut words = Words::new();
    for at in 0..code.len() {
        if let Some(word) = code.word(at) {
            words.entry(word).or_default().push(at);
        }
    }
    words
}

/// The marks of a file, in the order of its tokens.
pub(super) fn marks(path: &str, code: &Code<'_>, words: &Words<'_>) -> Vec<Mark> {
    let places_of = |word: &str| words.get(word).map_or(&[][..], Vec::as_slice).iter().copied();
    let mut found = Vec::new();
    for (framework, row) in table::frameworks(code.language) {
        if !fits(path, words, row) {
            continue;
        }
        let mut places = Vec::new();
        places.extend(row.words.iter().flat_map(|word| places_of(word)).filter(|at| !is_import(code, *at)));
        for import in &row.imports {
            places.extend(uses(code, import));
        }
        for call in &row.calls {
            places.extend(places_of(table::last_part(call)).filter(|at| is_call(code, *at, call, row)));
        }
        found.extend(places.into_iter().map(|at| Mark { at, framework }));
    }
    found.sort_by_key(|mark| (mark.at, mark.framework));
    found
}

fn fits(path: &str, words: &Words<'_>, row: &Framework) -> bool {
    let has = |list: &[String]| list.iter().any(|word| word.split('.').all(|part| words.contains_key(part)));
    let rooted = || format!("/{path}");
    (row.within.is_empty() || row.within.iter().any(|part| rooted().contains(part.as_str())))
        && (row.beside.is_empty() || has(&row.beside))
        && !has(&row.without)
}

/// Whether a token stands in a line that imports: names there show what is used elsewhere, or not at all.
fn is_import(code: &Code<'_>, at: usize) -> bool {
    if code.language == Language::CSharp {
        return false;
    }
    let mut first = at;
    while first > 0 && !begins_line(code, first) {
        first -= 1;
    }
    matches!(code.text(first), "import" | "from" | "use")
}

/// Where a module is used that a file imports: the names that it is bound to, or the import where it is bound to none.
fn uses(code: &Code<'_>, module: &str) -> Vec<usize> {
    let mut found = Vec::new();
    for import in imports(code) {
        let same = import.module == module || import.module.strip_prefix(module).is_some_and(|rest| rest.starts_with(['/', '.']));
        if !same || import.only_types {
            continue;
        }
        let uses = (import.end..code.len()).filter(|at| code.word(*at).is_some_and(|word| import.names.contains(&word)));
        let before = found.len();
        found.extend(uses);
        if found.len() == before {
            found.push(import.end.saturating_sub(1));
        }
    }
    found
}

/// A module that a file imports.
#[derive(Debug)]
pub(super) struct Import<'t> {
    pub(super) module: String,
    /// The names that it, or parts of it, are bound to.
    pub(super) names: Vec<&'t str>,
    /// The token behind it.
    end: usize,
    only_types: bool,
}

/// What a file imports.
pub(super) fn imports<'t>(code: &Code<'t>) -> Vec<Import<'t>> {
    match code.language {
        Language::JavaScript => (0..code.len()).filter_map(|at| js_import(code, at)).collect(),
        Language::Python => (0..code.len()).filter_map(|at| python_import(code, at)).collect(),
        Language::Go => go_imports(code),
        Language::Rust => (0..code.len()).filter_map(|at| rust_path(code, at)).collect(),
        _ => Vec::new(),
    }
}

fn js_import<'t>(code: &Code<'t>, at: usize) -> Option<Import<'t>> {
    let module = code.literal(at)?;
    let mut before = at.checked_sub(1)?;
    let called = code.is_sign(before, "(") && before > 0 && (code.is_word(before - 1, "require") || code.is_word(before - 1, "import"));
    if !(called || code.is_word(before, "from") || code.is_word(before, "import")) {
        return None;
    }
    let end = if called { at + 2 } else { at + 1 };
    let mut names = Vec::new();
    while before > 0 && at - before < IMPORT {
        match code.text(before) {
            ";" => break,
            "import" | "const" | "let" | "var" | "export" if !(called && at - before <= 2) => break,
            "from" | "as" | "default" | "require" | "await" | "type" => {}
            word if code.kind(before) == Some(Kind::Word) => names.push(word),
            _ => {}
        }
        before -= 1;
    }
    let only_types = code.is_word(before, "import") && code.is_word(before + 1, "type");
    Some(Import { module: module.to_owned(), names, end, only_types })
}

/// How many tokens an import may have.
const IMPORT: usize = 200;

fn python_import<'t>(code: &Code<'t>, at: usize) -> Option<Import<'t>> {
    if !(begins_line(code, at) && (code.is_word(at, "from") || code.is_word(at, "import"))) {
        return None;
    }
    let mut next = at + 1;
    let mut module = String::new();
    while code.is_sign(next, ".") || code.word(next).is_some() && (module.is_empty() || code.is_sign(next - 1, ".")) {
        module.push_str(code.text(next));
        next += 1;
    }
    let from = next;
    let mut names = Vec::new();
    while next < code.len() && next - from < IMPORT && (code.line(next) == code.line(next - 1) || code.is_sign(from + 1, "(")) {
        if let Some(word) = code.word(next).filter(|word| !matches!(*word, "import" | "as")) {
            names.push(word);
        }
        next += 1;
        if code.is_sign(next - 1, ")") {
            break;
        }
    }
    if names.is_empty() {
        names.extend(code.word(from.checked_sub(1)?));
    }
    Some(Import { module, names, end: next, only_types: false })
}

fn go_imports<'t>(code: &Code<'t>) -> Vec<Import<'t>> {
    let Some(at) = (0..code.len()).find(|at| code.is_word(*at, "import")) else { return Vec::new() };
    let range = if code.is_sign(at + 1, "(") { code.inside(at + 1) } else { at + 1..(at + 3).min(code.len()) };
    let end = range.end;
    range
        .filter_map(|at| {
            let module = code.literal(at)?;
            let versioned = |part: &&str| !(part.starts_with('v') && part[1..].chars().all(|digit| digit.is_ascii_digit()));
            let name = code.word(at.wrapping_sub(1)).filter(|word| *word != "import");
            let name = name.or_else(|| module.rsplit('/').find(versioned))?;
            Some(Import { module: module.to_owned(), names: vec![name], end, only_types: false })
        })
        .collect()
}

fn rust_path<'t>(code: &Code<'t>, at: usize) -> Option<Import<'t>> {
    let whole = code.word(at).is_some() && code.is_sign(at + 1, "::") && !(at > 0 && code.is_sign(at - 1, "::"));
    let second = code.word(at + 2).filter(|_| whole)?;
    Some(Import { module: format!("{}::{second}", code.text(at)), names: Vec::new(), end: at + 3, only_types: false })
}

/// Whether the name at a place is the end of a call of this chain.
fn is_call(code: &Code<'_>, at: usize, call: &str, row: &Framework) -> bool {
    if !code.is_word(at, table::last_part(call)) || code.call(at).is_none() || !ends_in(code, at, call) {
        return false;
    }
    let Some(open) = code.call(at) else { return false };
    let arguments = code.inside(open);
    let start = code.chain_start(at);
    let rooted = row.root.is_empty() || (start..at).any(|at| row.root.iter().any(|root| code.is_word(at, root)));
    let barred = arguments.clone().any(|at| code.word(at).is_some_and(|word| row.unless.iter().any(|known| known == word)));
    let plain = row.arguments.is_none_or(|count| {
        code.arguments(open).len() == count && (start..at).all(|at| !matches!(code.kind(at), Some(Kind::Open | Kind::Close)))
    });
    rooted && plain && !barred && (!row.path || holds_path(code, arguments))
}

/// Whether what stands before the last name of a call is this chain, whose first part may be any where it begins with a sign.
fn ends_in(code: &Code<'_>, at: usize, call: &str) -> bool {
    let is_link = |at: usize| [".", "?.", "->", "::"].iter().any(|sign| code.is_sign(at, sign));
    let mut at = at;
    let mut parts = call.split(['.', ':', '>']).map(|part| part.trim_end_matches('-')).rev().filter(|part| !part.is_empty());
    parts.next();
    for part in parts {
        if at < 2 || !is_link(at - 1) || !code.is_word(at - 2, part) {
            return false;
        }
        at -= 2;
    }
    let linked = at > 0 && is_link(at - 1);
    let open = call.starts_with(['.', '-']);
    if open { linked } else { !linked || call.contains(['.', ':', '>']) }
}

/// Names of functions that make a path of a route's name.
pub(super) const ROUTE_NAMES: [&str; 6] = ["reverse", "url_for", "url_path_for", "route", "reverse_lazy", "get_url"];

/// Whether a path, or the name of a route, stands among tokens.
pub(super) fn holds_path(code: &Code<'_>, range: Range<usize>) -> bool {
    range.into_iter().any(|at| match code.kind(at) {
        Some(Kind::Text) => match code.parts(at) {
            [Part::Literal(text), ..] => is_path(code.slice(text.clone())),
            [Part::Hole(_), Part::Literal(text), ..] => code.slice(text.clone()).starts_with('/'),
            _ => false,
        },
        Some(Kind::Word) => ROUTE_NAMES.contains(&code.text(at)) && code.call(at).is_some(),
        _ => false,
    })
}

fn is_path(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//") || text.starts_with("http://") || text.starts_with("https://")
}

/// Whether a function is a fixture of pytest.
pub(super) fn is_fixture(code: &Code<'_>, unit: &Unit) -> bool {
    code.language == Language::Python && attributes(code, unit).iter().any(|found| found.last == "fixture" || found.last == "async_fixture")
}
