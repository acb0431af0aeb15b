//! Tags of the fields of Go's structs: `env:"X"`.

use super::Read;
use super::names::{is_own, is_upper};
use crate::facts::At;
use crate::facts::code::{Code, Kind};
use crate::facts::configuration::table::{Form, TABLE};
use crate::snapshot::File;

/// Reads the tags that name a variable.
pub(super) fn read(file: &File, code: &Code<'_>, found: &mut Vec<Read>) {
    for at in 1..code.len() {
        if code.kind(at) != Some(Kind::Text) || !code.text(at).starts_with('`') {
            continue;
        }
        let Some(tags) = code.literal(at) else { continue };
        let Some(tag) = TABLE.tags.names.iter().find_map(|name| value(tags, name)) else { continue };
        let mut words = tag.split(',').map(str::trim);
        let name = words.next().unwrap_or_default();
        if is_upper(name) && is_own(name) {
            let required = words.any(|word| word == "required" || word == "notEmpty") || value(tags, "required") == Some("true");
            let given = tag.contains("default=") || TABLE.tags.defaults.iter().any(|name| value(tags, name).is_some());
            let at = At::new(&file.path, code.line(at));
            found.push(Read { name: name.to_owned(), at, absence: (given || !required).into(), form: Form::Variable, exact: true });
        }
    }
}

/// The value of a tag: `name:"value"`.
fn value<'t>(tags: &'t str, name: &str) -> Option<&'t str> {
    let at = tags.match_indices(name).map(|(at, _)| at).find(|at| {
        let begins = tags[..*at].chars().next_back().is_none_or(char::is_whitespace);
        begins && tags[*at + name.len()..].starts_with(":\"")
    })?;
    tags.get(at + name.len() + 2..)?.split('"').next()
}
