//! Objects of JavaScript that describe the settings: Joi, zod, envalid and their like over the whole environment.

use super::Read;
use super::names::{is_own, is_upper};
use crate::facts::At;
use crate::facts::code::{Code, Kind};
use crate::facts::configuration::table::{Form, TABLE};
use crate::snapshot::File;

/// Reads the keys in capitals whose value describes them.
pub(super) fn read(file: &File, code: &Code<'_>, text: &str, found: &mut Vec<Read>) {
    if !TABLE.schema.marks.iter().any(|mark| text.contains(mark.as_str())) || !describes_environment(code) {
        return;
    }
    for at in 1..code.len() {
        let name = code.word(at).or_else(|| code.literal(at));
        let Some(name) = name.filter(|name| is_upper(name) && is_own(name)) else { continue };
        let is_key = code.is_sign(at + 1, ":") && matches!(code.text(at - 1), "{" | "," | "}");
        let is_type = code.word(at + 2).is_some_and(|word| TABLE.schema.types.iter().any(|known| known == word));
        if is_key && is_type && matches!(code.text(at + 3), "." | "(") {
            let has_default = is_optional(code, at + 2);
            let at = At::new(&file.path, code.line(at));
            found.push(Read { name: name.to_owned(), at, absence: has_default.into(), form: Form::Variable, exact: true });
        }
    }
}

/// Whether the environment as a whole is held against something here, or a framework does that.
fn describes_environment(code: &Code<'_>) -> bool {
    (2..code.len()).any(|at| match code.text(at) {
        "env" => {
            let environment = code.is_word(at - 2, "process") || code.is_word(at - 2, "meta");
            environment && !matches!(code.text(at + 1), "." | "?." | "[")
        }
        "validationSchema" | "createEnv" | "cleanEnv" => true,
        _ => false,
    })
}

/// Whether the value that begins at a place says that the setting may be absent.
fn is_optional(code: &Code<'_>, start: usize) -> bool {
    let schema = &TABLE.schema;
    let is_one = |words: &[String], at: usize| code.kind(at) == Some(Kind::Word) && words.iter().any(|word| code.is_word(at, word));
    let (mut at, mut depth_end) = (start, code.len());
    let mut required = false;
    while at < depth_end {
        if matches!(code.text(at), "," | "}" | ")") && code.kind(at) != Some(Kind::Text) {
            break;
        }
        if is_one(&schema.optional, at) {
            return true;
        }
        required |= is_one(&schema.required, at);
        // `str({ default: 'x' })`
        if code.is_sign(at, "(") && code.inside(at).take(REACH).any(|inner| is_one(&schema.optional, inner) && code.is_sign(inner + 1, ":"))
        {
            return true;
        }
        at = code.after(at);
        depth_end = depth_end.min(start + REACH);
    }
    is_one(&schema.lenient, start) && !required
}

/// How many tokens a description may have.
const REACH: usize = 200;
