//! What code does where a setting is absent: answers it, ends, or says nothing.

use super::{Absence, cast};
use crate::facts::code::{Code, Kind, Language};
use crate::facts::configuration::table::TABLE;

/// How many tokens behind a check are looked through for a word that ends the program.
const STOP_REACH: usize = 30;
/// How far the variable that a value was given to is followed.
const VARIABLE_REACH: usize = 150;
/// How many calls around a value are looked through.
const CALLS: usize = 3;

/// What becomes of the absence of the value between two places.
pub(super) fn of_read(code: &Code<'_>, start: usize, end: usize) -> Absence {
    if is_handed_on(code, start, end) {
        return Absence::HandedOn;
    }
    let answered = direct(code, start, end, 0).or_else(|| answered_later(code, assigned(code, start)?, end));
    Absence::from(answered == Some(true))
}

/// The same for a variable that holds the value, from a place on.
pub(super) fn of_variable(code: &Code<'_>, variable: &str, from: usize) -> Absence {
    Absence::from(answered_later(code, variable, from) == Some(true))
}

/// Whether the absence of what a variable holds is answered (`?? "x"`), ends the program, or neither.
fn answered_later(code: &Code<'_>, variable: &str, from: usize) -> Option<bool> {
    let own = |at: usize| at < 2 || !code.is_sign(at - 1, ".") || code.is_word(at - 2, "this") || code.is_word(at - 2, "self");
    let uses = (from..code.len().min(from + VARIABLE_REACH)).filter(|at| code.is_word(*at, variable) && own(*at));
    uses.take(4).find_map(|at| {
        if code.is_sign(at + 1, "=") && !code.is_sign(at + 2, "=") { None } else { direct(code, code.chain_start(at), at + 1, 0) }
    })
}

/// Words that stand for the whole environment: `const env = process.env`.
pub(super) fn aliases<'t>(code: &Code<'t>) -> Vec<&'t str> {
    let mut found = Vec::new();
    if code.language != Language::JavaScript {
        return found;
    }
    for at in 2..code.len() {
        let whole =
            code.is_word(at, "env") && code.is_sign(at - 1, ".") && (code.is_word(at - 2, "process") || code.is_word(at - 2, "meta"));
        let ends = !matches!(code.text(at + 1), "." | "?." | "[");
        if whole && ends {
            let start = code.chain_start(at);
            found.extend(assigned(code, start).filter(|name| *name != "env" || code.language == Language::JavaScript));
        }
    }
    found
}

/// The variable that the value from a place on is given to.
fn assigned<'t>(code: &Code<'t>, start: usize) -> Option<&'t str> {
    let mut equals = start.checked_sub(1)?;
    // What is around it, as in `int(os.environ["X"])`, and what is tried before it, as in `options.X ?? …`, is passed over.
    for _ in 0..CALLS {
        let last = equals.checked_sub(1)?;
        let around = code.is_sign(equals, "(") && code.kind(last) == Some(Kind::Word);
        let tried = matches!(code.text(equals), "??" | "||" | "or");
        if !around && !tried {
            break;
        }
        let name = if code.kind(last) == Some(Kind::Close) { code.opening(last).checked_sub(1)? } else { last };
        equals = code.chain_start(name).checked_sub(1)?;
    }
    if !(code.is_sign(equals, "=") || code.is_sign(equals, ":=")) || equals == 0 {
        return None;
    }
    let mut name = equals - 1;
    if name >= 2 && code.is_sign(name - 1, ":") {
        name -= 2;
    }
    code.word(name)
}

/// Whether a member of C# does no more than to give the value to its caller.
fn is_handed_on(code: &Code<'_>, start: usize, end: usize) -> bool {
    let given = start.checked_sub(1).is_some_and(|at| code.is_sign(at, "=>") || code.is_word(at, "return"));
    code.language == Language::CSharp && given && code.is_sign(end, ";")
}

fn direct(code: &Code<'_>, start: usize, end: usize, depth: usize) -> Option<bool> {
    let (start, end) = cast::around(code, start, end);
    behind(code, end).or_else(|| before(code, start, end)).or_else(|| around(code, start, end, depth))
}

/// What stands behind the value.
fn behind(code: &Code<'_>, end: usize) -> Option<bool> {
    let end = if code.is_sign(end, "!") && !code.is_sign(end + 1, "=") { end + 1 } else { end };
    match code.text(end) {
        _ if code.kind(end) == Some(Kind::Text) => None,
        "??" | "||" | "or" => Some(!stops_at(code, end + 1)),
        // `?:` of Kotlin and PHP, a choice elsewhere, and an error that is passed on in Rust.
        "?" if code.language == Language::Rust => Some(false),
        "?" => Some(!stops_at(code, end + if code.is_sign(end + 1, ":") { 2 } else { 1 })),
        "?." | "&&" | "and" | "??=" | "||=" => Some(true),
        // What is absent is not this text, and what follows is for where it is.
        "==" if is_some_text(code, end + 1 + usize::from(code.is_sign(end + 1, "="))) => Some(true),
        "==" | "!=" | "is" => Some(!stops(code, end)),
        "." if TABLE.defaults.methods.iter().any(|name| code.is_word(end + 1, name)) => Some(true),
        _ => None,
    }
}

fn is_some_text(code: &Code<'_>, at: usize) -> bool {
    code.kind(at) == Some(Kind::Text) && code.literal(at) != Some("")
}

/// What stands before the value.
fn before(code: &Code<'_>, start: usize, end: usize) -> Option<bool> {
    let at = start.checked_sub(1)?;
    match code.text(at) {
        _ if code.kind(at) == Some(Kind::Text) => None,
        "!" if at > 0 && code.is_sign(at - 1, "!") => Some(true),
        "!" | "not" | "unless" => Some(!stops(code, end)),
        "if" | "elif" | "while" | "and" | "&&" | "==" | "!=" => Some(true),
        "=" if at > 0 && matches!(code.text(at - 1), "==" | "!=") => Some(true),
        "(" if at > 0 && matches!(code.text(at - 1), "if" | "while" | "unless" | "elseif") => Some(true),
        _ => None,
    }
}

/// What the call around the value does with it.
fn around(code: &Code<'_>, start: usize, end: usize, depth: usize) -> Option<bool> {
    let open = start.checked_sub(1).filter(|open| code.is_sign(*open, "("))?;
    let close = code.mate(open)?;
    if depth >= CALLS || !(close == end || code.is_sign(end, ",")) {
        return None;
    }
    let Some(name) = open.checked_sub(1).filter(|name| code.kind(*name) == Some(Kind::Word)) else {
        return direct(code, open, close + 1, depth + 1);
    };
    let outer = code.chain_start(name);
    if TABLE.defaults.calls.iter().any(|known| code.is_word(name, known)) {
        let negated = outer > 0 && code.is_sign(outer - 1, "!");
        return Some(negated || !stops(code, close));
    }
    direct(code, outer, close + 1, depth + 1)
}

/// Whether what stands at a place ends the program.
fn stops_at(code: &Code<'_>, at: usize) -> bool {
    let at = if code.is_sign(at, "(") { at + 1 } else { at };
    (at..at + 3).any(|at| is_stop(code, at))
}

/// Whether what follows a check ends the program, before the block that follows is over.
fn stops(code: &Code<'_>, from: usize) -> bool {
    let mut depth = 0_usize;
    for at in from..code.len().min(from + STOP_REACH) {
        match code.text(at) {
            // Without a block, the statement behind a check is all that depends on it.
            ";" if depth == 0 => return false,
            "{" => depth += 1,
            "}" if depth <= 1 => return false,
            "}" => depth -= 1,
            _ if is_stop(code, at) => return true,
            _ => {}
        }
    }
    false
}

fn is_stop(code: &Code<'_>, at: usize) -> bool {
    // A program that ends with 0 says that nothing is wrong.
    let in_peace = code.is_sign(at + 1, "(") && code.text(at + 2) == "0";
    code.word(at).is_some_and(|word| TABLE.defaults.stops.iter().any(|stop| stop == word)) && !in_peace
}
