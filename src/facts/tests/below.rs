//! Calls below HTTP: handlers that a test calls directly, and commands that it makes and sends.

use std::collections::HashSet;

use super::outline::{self, Unit};
use super::suite::Seen;
use crate::facts::code::{Code, Language};

/// Names of calls that a command is passed to.
const SENDS: [&str; 14] = [
    "Send",
    "SendAsync",
    "Publish",
    "PublishAsync",
    "ExecuteCommandAsync",
    "ExecuteQueryAsync",
    "ExecuteAsync",
    "InvokeAsync",
    "QueryAsync",
    "Handle",
    "HandleAsync",
    "dispatch",
    "execute",
    "send",
];

/// Handlers and commands that a file calls by their names, with the token of each.
pub(super) fn calls(seen: &Seen<'_>, names: &HashSet<&str>) -> Vec<(usize, String)> {
    let code = &seen.code;
    let mut found = Vec::new();
    let classes: HashSet<&str> = names.iter().filter_map(|name| name.split_once('.')).map(|(class, _)| class).collect();
    let mut holders: Vec<(&str, &str)> = Vec::new();
    for at in 0..code.len() {
        let Some(word) = code.word(at) else { continue };
        if classes.contains(word) {
            holders.extend(holder_of(code, at).map(|holder| (holder, word)));
        }
        if names.contains(word) && is_used(seen, at, word) {
            found.push((at, word.to_owned()));
        }
    }
    holders.sort_unstable();
    holders.dedup();
    for at in 0..code.len() {
        let Some(word) = code.word(at).filter(|_| code.call(at).is_some() && !holders.is_empty()) else { continue };
        let chain = code.chain_start(at)..at;
        let holder = chain
            .clone()
            .filter_map(|at| code.word(at))
            .find_map(|part| holders.iter().find(|(name, class)| *name == part || *class == part));
        if let Some((_, class)) = holder {
            let name = format!("{class}.{word}");
            if names.contains(name.as_str()) {
                found.push((at, name));
            }
        }
    }
    found
}

/// Whether a function of the source is called here, or a command is made in a test that sends.
fn is_used(seen: &Seen<'_>, at: usize, word: &str) -> bool {
    let code = &seen.code;
    let made = at > 0 && code.is_word(at - 1, "new") || code.call(at).is_some();
    if !made || at > 0 && matches!(code.text(at - 1), "def" | "class" | "func" | "." | "function") {
        return false;
    }
    if word.starts_with(|first: char| first.is_ascii_uppercase()) && code.language != Language::Go {
        let unit = outline::innermost(&seen.units, at).map(|unit| &seen.units[unit]);
        let sends =
            |unit: &Unit| unit.body.clone().any(|at| code.word(at).is_some_and(|word| SENDS.contains(&word)) && code.call(at).is_some());
        return seen.framework().is_some() && unit.is_some_and(sends);
    }
    seen.imports(word)
}

/// The variable that holds an object of the class named here.
fn holder_of<'t>(code: &Code<'t>, at: usize) -> Option<&'t str> {
    // `OrdersController sut`, `SutProvider<OrdersController> sut`.
    let mut next = at + 1;
    while code.is_sign(next, ">") || code.is_sign(next, "?") {
        next += 1;
    }
    if let Some(name) = code.word(next).filter(|_| !code.is_word(at.wrapping_sub(1), "class")) {
        return Some(name);
    }
    let mut before = at.checked_sub(1)?;
    if code.is_word(before, "new") || code.is_sign(before, "&") {
        before = before.checked_sub(1)?;
    }
    let gives = code.is_sign(before, "=") || code.is_sign(before, ":=") || code.is_sign(before, ":");
    before.checked_sub(1).filter(|_| gives).and_then(|name| code.word(name))
}
