//! Classes of Python whose fields are settings: pydantic.

use std::collections::BTreeSet;
use std::ops::Range;

use super::names::{is_own, is_upper};
use super::{Absence, Read};
use crate::facts::At;
use crate::facts::code::{Code, Kind};
use crate::facts::configuration::table::{Form, TABLE};
use crate::snapshot::File;

/// Reads the fields of the classes that stand on one of the bases of the table, or on such a class of the file.
pub(super) fn read(file: &File, code: &Code<'_>, found: &mut Vec<Read>) {
    let mut settings: BTreeSet<&str> = TABLE.classes.bases.iter().map(String::as_str).collect();
    for at in 0..code.len() {
        if !code.is_word(at, "class") || !code.is_sign(at + 2, "(") {
            continue;
        }
        let is_settings = code.inside(at + 2).any(|base| code.word(base).is_some_and(|base| settings.contains(base)));
        let colon = code.after(at + 2);
        if let Some(name) = code.word(at + 1).filter(|_| is_settings && code.is_sign(colon, ":")) {
            settings.insert(name);
            let first = found.len();
            fields(file, code, body(code, at, colon + 1), found);
            let given = if settings.len() < CLASSES { given(code, name) } else { BTreeSet::new() };
            let own = found.iter_mut().skip(first).filter(|read| given.contains(&read.name));
            own.for_each(|read| read.absence = Absence::Answered);
        }
    }
}

/// The fields that the program gives where it makes the settings: `Settings(url=…)` and `Settings(**{"URL": …})`.
fn given(code: &Code<'_>, class: &str) -> BTreeSet<String> {
    let made = (1..code.len()).filter(|at| code.is_word(*at, class) && code.is_sign(at + 1, "(") && !code.is_word(at - 1, "class"));
    let calls: Vec<Range<usize>> = made.map(|at| code.inside(at + 1)).collect();
    // Behind `**` stands a table that was filled before.
    let from_table = calls.iter().any(|call| call.clone().any(|at| code.is_sign(at, "*") && code.is_sign(at + 1, "*")));
    let in_calls = calls.into_iter().flatten().filter(|at| code.is_sign(at + 1, "="));
    let in_tables = (0..code.len()).filter(|at| from_table && code.literal(*at).is_some() && code.is_sign(at + 1, ":"));
    in_calls.chain(in_tables).filter_map(|at| code.word(at).or_else(|| code.literal(at))).map(str::to_ascii_uppercase).collect()
}

/// The tokens of a class: all that is indented deeper than its head.
fn body(code: &Code<'_>, class: usize, start: usize) -> Range<usize> {
    let depth = column(code, class);
    let outside = |at: &usize| code.line(*at) > code.line(at - 1) && column(code, *at) <= depth;
    start..(start.max(1)..code.len()).find(outside).unwrap_or(code.len())
}

/// How far from the start of its line a token stands, up to the last few tokens of it.
fn column(code: &Code<'_>, at: usize) -> usize {
    let Some(token) = code.tokens.get(at) else { return 0 };
    // A character of several bytes may be cut where that begins.
    let from = token.start.saturating_sub(COLUMNS);
    let before = (from..from + 4).map(|from| code.slice(from..token.start)).find(|before| !before.is_empty()).unwrap_or_default();
    before.rsplit('\n').next().unwrap_or_default().len()
}

/// In a file of more classes than this, where they are made is not looked for.
const CLASSES: usize = 64;

/// Deeper than this nothing is indented.
const COLUMNS: u32 = 60;

fn fields(file: &File, code: &Code<'_>, body: Range<usize>, found: &mut Vec<Read>) {
    let prefix = prefix(code, body.clone());
    let depth = body.clone().next().map_or(0, |first| column(code, first));
    let mut at = body.start;
    while at < body.end {
        let begins = at == body.start || code.line(at) > code.line(at - 1);
        let name = code.word(at).filter(|name| *name != "model_config" && !name.starts_with('_'));
        if let Some(name) = name.filter(|_| begins && column(code, at) == depth && code.is_sign(at + 1, ":")) {
            field(file, code, name, at, &prefix, found);
        }
        at = code.after(at);
    }
}

fn field(file: &File, code: &Code<'_>, name: &str, at: usize, prefix: &str, found: &mut Vec<Read>) {
    let end = (at + 1..code.len()).find(|next| ends_line(code, at, *next)).unwrap_or(code.len());
    let equals = top_level(code, at + 2..end).find(|at| code.is_sign(*at, "="));
    if (at..end).any(|at| code.is_word(at, "ClassVar")) {
        return;
    }
    let call = (at + 2..end).find(|at| code.is_word(*at, "Field") && code.is_sign(at + 1, "("));
    let arguments = call.map(|call| code.arguments(call + 1)).unwrap_or_default();
    let given = |range: &Range<usize>, names: &[String]| {
        names.iter().any(|name| code.is_word(range.start, name)) && code.is_sign(range.start + 1, "=")
    };
    let alias =
        arguments.iter().find(|range| given(range, &TABLE.classes.aliases)).and_then(|range| range.clone().find_map(|at| code.literal(at)));
    let first = arguments.first().filter(|range| !(code.kind(range.start) == Some(Kind::Word) && code.is_sign(range.start + 1, "=")));
    let in_call = first.is_some_and(|range| code.text(range.start) != ".")
        || arguments.iter().any(|range| code.is_word(range.start, "default") || code.is_word(range.start, "default_factory"));
    let has_default = match (equals, call) {
        (Some(equals), Some(call)) if call > equals => in_call,
        (Some(_), _) => true,
        (None, _) => false,
    };
    let name = alias.map_or_else(|| format!("{prefix}{name}").to_ascii_uppercase(), str::to_owned);
    if is_upper(&name) && is_own(&name) {
        found.push(Read { name, at: At::new(&file.path, code.line(at)), absence: has_default.into(), form: Form::Variable, exact: false });
    }
}

/// Whether a token begins a statement behind the one at a place.
fn ends_line(code: &Code<'_>, from: usize, at: usize) -> bool {
    code.line(at) > code.line(at - 1) && column(code, at) <= column(code, from)
}

fn top_level<'a>(code: &'a Code<'_>, range: Range<usize>) -> impl Iterator<Item = usize> + 'a {
    std::iter::successors(Some(range.start), |at| Some(code.after(*at))).take_while(move |at| *at < range.end)
}

/// What the names of a class's fields begin with in the environment.
fn prefix(code: &Code<'_>, body: Range<usize>) -> String {
    let mut places = body.filter(|at| code.is_word(*at, "env_prefix") && code.is_sign(at + 1, "="));
    places.next().and_then(|at| code.literal(at + 2)).unwrap_or_default().to_owned()
}
