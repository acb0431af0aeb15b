//! What tells the compiler of the type of a value and changes nothing: `X as string | undefined`, `<T>X`, `X!`.

use crate::facts::code::{Code, Kind, Language};

/// How many casts one behind the other are looked through: `X as unknown as T`.
const CASTS: usize = 3;

/// The range of a value with the casts around it.
pub(super) fn around(code: &Code<'_>, start: usize, end: usize) -> (usize, usize) {
    if code.language != Language::JavaScript {
        return (start, end);
    }
    let end = if code.is_sign(end, "!") && !code.is_sign(end + 1, "=") { end + 1 } else { end };
    (before(code, start), (0..CASTS).fold(end, |end, _| behind(code, end)))
}

/// Where a value begins with `<T>` before it.
fn before(code: &Code<'_>, start: usize) -> usize {
    let cast = start.checked_sub(1).filter(|close| code.is_sign(*close, ">")).and_then(|close| {
        let open = (close.saturating_sub(TYPE_REACH)..close).rev().find(|open| code.generic_end(*open) == Some(start))?;
        // Behind a name or a bracket it is a comparison, or the type of a call.
        let value = open.checked_sub(1).and_then(|before| code.kind(before));
        let begins = !matches!(value, Some(Kind::Word | Kind::Close | Kind::Number | Kind::Text)) || code.is_word(open - 1, "return");
        (code.is_sign(open, "<") && begins).then_some(open)
    });
    cast.unwrap_or(start)
}

/// How many tokens the type of a cast may have.
const TYPE_REACH: usize = 24;

/// Where a value ends with `as T` behind it.
fn behind(code: &Code<'_>, end: usize) -> usize {
    if !(code.is_word(end, "as") || code.is_word(end, "satisfies")) {
        return end;
    }
    let mut at = end + 1;
    loop {
        while ["keyof", "typeof", "readonly"].iter().any(|word| code.is_word(at, word)) {
            at += 1;
        }
        match code.kind(at) {
            Some(Kind::Word | Kind::Text) => at += 1,
            Some(Kind::Open) => at = code.after(at),
            _ => return at,
        }
        if code.is_sign(at, "<") {
            at = code.generic_end(at).unwrap_or(at);
        }
        while code.is_sign(at, "[") {
            at = code.after(at);
        }
        if !matches!(code.text(at), "|" | "." | "&") {
            return at;
        }
        at += 1;
    }
}
