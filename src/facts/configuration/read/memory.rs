//! Settings that a program of .NET gives itself: pairs of a key and a value that its configuration begins with.

use crate::facts::At;
use crate::facts::code::{Code, Kind};
use crate::facts::configuration::table::TABLE;
use crate::snapshot::File;

/// Where the configuration is filled from a place of the program's own.
pub(super) fn source(file: &File, code: &Code<'_>, text: &str) -> Option<At> {
    let mark = TABLE.memory.sources.iter().find(|mark| text.contains(mark.as_str()))?;
    let name = mark.trim_start_matches([':', ' ']);
    let at = (1..code.len()).find(|at| code.is_word(*at, name) && code.is_sign(at - 1, ":"))?;
    Some(At::new(&file.path, code.line(at)))
}

/// Reads the keys of the pairs, as literals in quotes or names of constants.
pub(super) fn read(code: &Code<'_>, text: &str, found: &mut Vec<String>) {
    if !TABLE.memory.marks.iter().any(|mark| text.contains(mark.as_str())) {
        return;
    }
    for open in (0..code.len()).filter(|at| code.is_sign(*at, "{") || code.is_sign(*at, "[")) {
        let inside = code.inside(open);
        let pair = code.is_sign(open, "{") && code.is_sign(open.wrapping_sub(1), "{") | code.is_sign(open.wrapping_sub(1), ",");
        let entry = code.is_sign(open, "[") && code.is_sign(inside.end + 1, "=");
        let arguments = if pair { code.arguments(open) } else { Vec::new() };
        let key = match arguments.as_slice() {
            [key, _] => key.clone(),
            _ if entry => inside,
            _ => continue,
        };
        match code.kind(key.start) {
            Some(Kind::Text) if key.len() == 1 => found.extend(code.literal(key.start).map(|name| format!("\"{name}"))),
            Some(Kind::Word) => found.push(key.map(|at| code.text(at)).collect()),
            _ => {}
        }
    }
}
