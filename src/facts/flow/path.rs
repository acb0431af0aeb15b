//! Paths of routes in one form, whatever the framework: a leading `/`, parameters as `{name}`, no constraints.

use crate::facts::code::value::{Piece, Value};

/// The path that a template of any framework describes: `/users/:id(\\d+)?`, `users/<int:id>`, `{id:int}` and
/// `{**rest}` all name their parameter only. A trailing `/` goes.
pub(super) fn normalise(template: &str) -> String {
    let template = template.split(['?', '#']).next().filter(|_| !template.contains(['{', ':', '<'])).unwrap_or(template);
    let mut path = String::with_capacity(template.len() + 1);
    for segment in segments(template) {
        if !segment.is_empty() {
            path.push('/');
            path.push_str(&parameters(segment));
        }
    }
    if path.is_empty() { "/".to_owned() } else { path }
}

/// A prefix and what stands below it.
pub(super) fn join(prefix: &str, path: &str) -> String {
    match (prefix.trim_end_matches('/'), path.trim_start_matches('/')) {
        (prefix, "") => prefix.to_owned(),
        ("", path) => path.to_owned(),
        (prefix, path) => format!("{prefix}/{path}"),
    }
}

/// What is known of a value as a path, and whether all of it is. What is filled in becomes a parameter, unless it begins
/// the path: there it is an address or a prefix that nobody knows.
pub(super) fn of_value(value: &Value) -> (String, bool) {
    let mut text = String::new();
    let mut whole = true;
    for (at, piece) in value.0.iter().enumerate() {
        match piece {
            Piece::Known(known) => text.push_str(known),
            Piece::Hole(_) if at == 0 && begins_segment(value) => whole = false,
            Piece::Hole(expression) => {
                whole = false;
                let name = expression.trim_end_matches("()").rsplit(['.', ' ', '(']).next().unwrap_or_default();
                let name: String = name.chars().filter(|letter| letter.is_alphanumeric() || *letter == '_').collect();
                text.push_str(&format!("{{{}}}", if name.is_empty() { "value" } else { name.as_str() }));
            }
        }
    }
    (text, whole)
}

/// Whether what is filled in at the start is all of its segment, so that it can be an address or a prefix.
fn begins_segment(value: &Value) -> bool {
    !matches!(value.0.get(1), Some(Piece::Known(text)) if !text.starts_with('/'))
}

/// The parts between slashes; a slash in braces or brackets, as constraints have it, parts nothing.
fn segments(template: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut depth, mut from) = (0_usize, 0);
    for (at, letter) in template.char_indices() {
        match letter {
            '{' | '(' | '<' => depth += 1,
            '}' | ')' | '>' => depth = depth.saturating_sub(1),
            '/' if depth == 0 => {
                found.push(template.get(from..at).unwrap_or_default());
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push(template.get(from..).unwrap_or_default());
    found
}

/// A segment with its parameters in one form.
fn parameters(segment: &str) -> String {
    let mut out = String::with_capacity(segment.len());
    let mut rest = segment;
    while let Some(letter) = rest.chars().next() {
        let parameter = match letter {
            '{' => braced(rest, '{', '}').map(|(inner, length)| (name_in_braces(inner), length)),
            '<' => braced(rest, '<', '>').map(|(inner, length)| (inner.rsplit(':').next().unwrap_or(inner), length)),
            ':' => colon(rest),
            '*' => Some(star(rest)),
            _ => None,
        };
        match parameter {
            Some((name, length)) => {
                out.push('{');
                out.push_str(name.trim());
                out.push('}');
                rest = rest.get(length..).unwrap_or_default();
            }
            None => {
                out.push(letter);
                rest = rest.get(letter.len_utf8()..).unwrap_or_default();
            }
        }
    }
    out
}

/// What stands between a bracket and its mate, and the length of all of it.
fn braced(text: &str, open: char, close: char) -> Option<(&str, usize)> {
    let mut depth = 0_usize;
    for (at, letter) in text.char_indices() {
        if letter == open {
            depth += 1;
        } else if letter == close {
            depth -= 1;
            if depth == 0 {
                return Some((text.get(1..at)?, at + 1));
            }
        }
    }
    None
}

/// `id:int`, `id?`, `*rest`, `**rest`, `id=5`, `id:path`, `file_path:path` to their names.
fn name_in_braces(inner: &str) -> &str {
    let inner = inner.trim_start_matches('*');
    inner.split([':', '?', '=']).next().unwrap_or(inner)
}

/// `:id`, `:id(\\d+)`, `:id?`.
fn colon(text: &str) -> Option<(&str, usize)> {
    let length = text.get(1..)?.find(|letter: char| !(letter.is_alphanumeric() || letter == '_')).unwrap_or(text.len() - 1);
    if length == 0 || text.get(1..2)?.starts_with(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let name = text.get(1..=length)?;
    let mut end = length + 1;
    if let Some((_, constraint)) = text.get(end..).filter(|rest| rest.starts_with('(')).and_then(|rest| braced(rest, '(', ')')) {
        end += constraint;
    }
    if text.get(end..).is_some_and(|rest| rest.starts_with(['?', '*', '+'])) {
        end += 1;
    }
    Some((name, end))
}

/// `*` and `*rest`.
fn star(text: &str) -> (&str, usize) {
    let stars = text.len() - text.trim_start_matches('*').len();
    let rest = text.get(stars..).unwrap_or_default();
    let length = rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '_')).unwrap_or(rest.len());
    let name = rest.get(..length).unwrap_or_default();
    (if name.is_empty() { "rest" } else { name }, stars + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_have_one_form() {
        for (template, path) in [
            ("", "/"),
            ("users", "/users"),
            ("/users/", "/users"),
            ("//a//b", "/a/b"),
            ("/users/:id", "/users/{id}"),
            ("/users/:id(\\d+)?", "/users/{id}"),
            ("/a/:from-:to", "/a/{from}-{to}"),
            ("/users/<int:user_id>", "/users/{user_id}"),
            ("/users/<slug>", "/users/{slug}"),
            ("items/{id:int}", "/items/{id}"),
            ("items/{id?}", "/items/{id}"),
            ("items/{code:regex(^\\d{{3}}/?$)}/x", "/items/{code}/x"),
            ("files/{**rest}", "/files/{rest}"),
            ("files/*", "/files/{rest}"),
            ("files/*path", "/files/{path}"),
            ("files/{file_path:path}", "/files/{file_path}"),
            ("v{version:apiVersion}/x", "/v{version}/x"),
            ("users:batchGet", "/users{batchGet}"),
        ] {
            assert_eq!(normalise(template), path, "{template}");
        }
    }

    #[test]
    fn prefixes_are_joined() {
        assert_eq!(join("/api", "/users"), "/api/users");
        assert_eq!(join("api/", "users"), "api/users");
        assert_eq!(join("/api", "/"), "/api");
        assert_eq!(join("", ""), "");
    }

    #[test]
    fn what_is_not_known_is_said() {
        let value = Value(vec![Piece::Hole("settings.V1".into()), Piece::Known("/users/".into()), Piece::Hole("user.id".into())]);
        assert_eq!(of_value(&value), ("/users/{id}".to_owned(), false));
        let value = Value(vec![Piece::Hole("config.id".into()), Piece::Known(".callback".into())]);
        assert_eq!(of_value(&value), ("{id}.callback".to_owned(), false));
        assert_eq!(of_value(&Value::known("/a")), ("/a".to_owned(), true));
    }

    proptest::proptest! {
        #[test]
        fn no_template_panics(template in "[a-z{}<>():*?=/#\u{e9}]{0,40}") {
            proptest::prop_assert!(normalise(&template).starts_with('/'));
        }
    }
}
