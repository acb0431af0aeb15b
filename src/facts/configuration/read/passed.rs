//! Values that code does no more with than to pass them on in an object: into an answer in JSON, or into the settings of a
//! bundler. Whether somebody needs the setting is not told there.

use crate::facts::code::{Code, Language};
use crate::facts::configuration::table::{Passed, TABLE};
use crate::snapshot::File;

/// How many objects and lists around a value are looked through.
const DEPTH: usize = 5;
/// How many tokens before a value its object may begin.
const REACH: usize = 400;

/// Whether the value whose name stands at a place is passed on.
pub(super) fn is_passed_on(file: &File, code: &Code<'_>, name: usize) -> bool {
    if code.language != Language::JavaScript {
        return false;
    }
    let member = if name > 0 && code.is_sign(name - 1, "[") { name - 1 } else { name };
    let start = if member == name { code.chain_start(name) } else { member.checked_sub(1).map_or(0, |word| code.chain_start(word)) };
    let own = TABLE.passed.iter().filter(|passed| passed.files.as_ref().is_none_or(|files| files.matches(file)));
    let own: Vec<&Passed> = own.collect();
    is_in(code, start, &own)
}

fn is_in(code: &Code<'_>, start: usize, own: &[&Passed]) -> bool {
    let mut at = start;
    for _ in 0..DEPTH {
        let Some(open) = opening_around(code, at) else { return false };
        let Some(before) = open.checked_sub(1) else { return false };
        match code.text(open) {
            "(" => return code.word(before).is_some_and(|name| own.iter().any(|passed| passed.calls.iter().any(|call| call == name))),
            _ if !matches!(code.text(before), ":" | "(" | "," | "[" | "=") => return false,
            _ => {}
        }
        let key = before.checked_sub(1).filter(|_| code.is_sign(before, ":")).and_then(|key| code.word(key).or_else(|| code.literal(key)));
        if key.is_some_and(|key| own.iter().any(|passed| passed.objects.iter().any(|object| object == key))) {
            return true;
        }
        at = open;
    }
    false
}

/// The bracket that a place stands in, where only what belongs to the same value or its neighbours lies between.
fn opening_around(code: &Code<'_>, place: usize) -> Option<usize> {
    let mut at = place;
    while at > place.saturating_sub(REACH) {
        at = code.opening(at.checked_sub(1)?);
        if matches!(code.text(at), "(" | "[" | "{") && code.mate(at).is_none_or(|mate| mate >= place) {
            return Some(at);
        }
        if code.is_sign(at, ";") {
            return None;
        }
    }
    None
}
