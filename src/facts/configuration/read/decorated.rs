//! Fields of a class of TypeScript that describe the settings by decorators: those that say that one may be absent.

use super::names::{is_own, is_upper};
use super::{Absence, Read};
use crate::facts::At;
use crate::facts::code::Code;
use crate::facts::configuration::table::{Form, TABLE};
use crate::snapshot::File;

/// How many tokens may stand between the decorator and the field.
const REACH: usize = 200;

/// Reads the fields in capitals that a decorator of the table stands before.
pub(super) fn read(file: &File, code: &Code<'_>, text: &str, found: &mut Vec<Read>) {
    let optional = &TABLE.schema.decorators;
    if !optional.iter().any(|name| text.contains(name.as_str())) {
        return;
    }
    for at in 1..code.len() {
        let says = code.is_sign(at - 1, "@") && optional.iter().any(|name| code.is_word(at, name));
        let Some(field) = says.then(|| field(code, at + 1)).flatten() else { continue };
        let Some(name) = code.word(field).filter(|name| is_upper(name) && is_own(name)) else { continue };
        let at = At::new(&file.path, code.line(field));
        found.push(Read { name: name.to_owned(), at, absence: Absence::Answered, form: Form::Variable, exact: true });
    }
}

/// The name of the field behind a decorator's own name: past its brackets, other decorators and modifiers.
fn field(code: &Code<'_>, from: usize) -> Option<usize> {
    let mut at = from;
    while at < from + REACH {
        if code.is_sign(at, "(") {
            at = code.after(at);
        } else if code.is_sign(at, "@") {
            at += 2;
        } else if ["public", "private", "protected", "readonly", "declare"].iter().any(|word| code.is_word(at, word)) {
            at += 1;
        } else {
            let ends = matches!(code.text(at + 1), ":" | "=" | "?" | "!" | ";");
            return ends.then_some(at);
        }
    }
    None
}
