//! What tests call: a method and a path over HTTP, the name of a route, or a handler or command below HTTP.
//!
//! A path is a value of pieces; what is not known before it runs stays a hole, and which flow it means is left to
//! `flow::link`.

use std::ops::Range;

use super::mark;
use super::paths::Paths;
use super::suite::Seen;
use super::written::Eval;
use crate::facts::At;
use crate::facts::code::value::{Constants, Value};
use crate::facts::code::{Code, Kind, Language};

/// What a test calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A path.
    Path(Value),
    /// A route by its name.
    Route(String),
    /// A handler or command by its name, below HTTP.
    Name(String),
}

/// A call that a test makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// Where.
    pub(crate) at: At,
    /// The HTTP method in upper case, where it is known.
    pub(crate) method: Option<String>,
    /// What is called.
    pub(crate) target: Target,
    /// Whether only tests that are switched off make it.
    pub(crate) off: bool,
}

/// A call as it stands in a file.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    /// The token of its name.
    pub(super) at: usize,
    pub(super) method: Option<String>,
    pub(super) target: Target,
}

/// The calls over HTTP in a file, in the order of its tokens.
pub(super) fn raws(seen: &Seen<'_>, paths: &Paths) -> Vec<Raw> {
    let code = &seen.code;
    let eval = Eval { seen, paths, none: Constants::default() };
    let mut found = Vec::new();
    for at in 0..code.len() {
        let Some(word) = code.word(at) else { continue };
        let verb = verb(word);
        if verb.is_none() && !REQUESTS.contains(&word) {
            continue;
        }
        let Some(open) = code.call(at).filter(|_| !declares(code, at)) else { continue };
        let arguments = code.arguments(open);
        if is_registration(code, at, &arguments) {
            continue;
        }
        let (method, argument) = match verb {
            Some(verb) => (Some(verb.to_owned()), Argument::of_verb(code, at, &arguments, word)),
            None => (method_of(code, at, &arguments, word), Argument::of_request(code, &arguments)),
        };
        let Some(argument) = argument else { continue };
        for (row, target) in eval.targets(argument, at) {
            found.push(Raw { at, method: row.or_else(|| method.clone()), target });
        }
    }
    found
}

/// Names of calls that take a method and a path, or a path with `GET` as default.
const REQUESTS: [&str; 22] = [
    "NewRequest",
    "NewRequestWithContext",
    "HttpRequestMessage",
    "request",
    "fetch",
    "inject",
    "goto",
    "visit",
    "exchange",
    "open",
    "json",
    "call",
    "uri",
    "Request",
    "AssertGetResponse",
    "method",
    "multipart",
    "target",
    "CreateRequest",
    "get_with_headers",
    "doRequest",
    "RestRequest",
];

const VERBS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// Whether a name is one of a call over HTTP, and no function of the tests is meant by it.
pub(super) fn is_request(name: &str) -> bool {
    REQUESTS.contains(&name) || verb(name).is_some_and(|verb| verb.len() == name.len())
}

/// The HTTP method that a name begins with: `GetFromJsonAsync`, `post_json`, `delete`.
fn verb(word: &str) -> Option<&'static str> {
    if word == "del" {
        return Some("DELETE");
    }
    VERBS.into_iter().find(|verb| {
        let Some(head) = word.get(..verb.len()).filter(|head| head.eq_ignore_ascii_case(verb)) else { return false };
        let rest = &word[verb.len()..];
        let capital = head.chars().skip(1).any(|letter| letter.is_ascii_uppercase());
        if capital { rest.is_empty() } else { rest.is_empty() || rest.starts_with(|next: char| next.is_ascii_uppercase() || next == '_') }
    })
}

fn literal_verb(text: &str) -> Option<&'static str> {
    VERBS.into_iter().find(|verb| verb.eq_ignore_ascii_case(text))
}

/// Whether a name stands where it is declared, or as a decorator.
fn declares(code: &Code<'_>, at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |before| code.text(before));
    if matches!(before, "def" | "function" | "func" | "fn" | "fun" | "@") {
        return true;
    }
    let start = code.chain_start(at);
    start > 0 && code.is_sign(start - 1, "@")
}

/// Whether a call declares a route, or stands in for another service.
fn is_registration(code: &Code<'_>, at: usize, arguments: &[Range<usize>]) -> bool {
    let start = code.chain_start(at);
    let stands_in = (start..at).filter_map(|at| code.word(at)).any(|word| {
        let word = word.to_ascii_lowercase();
        let mock = word.contains("mock") && !word.contains("mockmvc");
        mock || ["nock", "respx", "responses", "stub", "msw", "rest", "interceptor"].contains(&word.as_str())
    });
    let function = arguments.iter().skip(1).any(|range| {
        let mut at = range.start;
        while at < range.end {
            if code.is_sign(at, "=>") || code.word(at).is_some_and(|word| matches!(word, "function" | "func" | "lambda" | "async")) {
                return true;
            }
            at = code.after(at);
        }
        false
    });
    stands_in || function && code.text(at) != "inject"
}

/// The argument that names what is called.
pub(super) enum Argument {
    /// It is a path, or looks like one.
    Path(Range<usize>),
    /// It may be one; only its value tells.
    Open(Range<usize>),
}

/// Parts of names that hold a client.
const CLIENTS: [&str; 10] = ["client", "request", "api", "agent", "http", "app", "server", "axios", "browser", "fixture"];

impl Argument {
    fn of_verb(code: &Code<'_>, at: usize, arguments: &[Range<usize>], word: &str) -> Option<Self> {
        if let Some(path) = arguments.iter().take(2).find(|range| is_path(code, range)) {
            return Some(Self::Path(path.clone()));
        }
        let first = arguments.first()?.clone();
        if code.is_sign(first.start + 1, "=") || code.literal(first.start).is_some_and(|text| text.contains(' ')) {
            return None;
        }
        let chain = || (code.chain_start(at)..at).filter_map(|at| code.word(at)).map(str::to_ascii_lowercase).collect::<Vec<_>>();
        let client = chain().iter().any(|name| CLIENTS.iter().any(|part| name.contains(part)));
        let spring = code.language == Language::Java || code.language == Language::Kotlin;
        let relative = code.literal(first.start).is_some_and(|text| first.len() == 1 && text.contains('/') && !text.contains(' '));
        if (client || spring && code.chain_start(at) == at) && relative {
            return Some(Self::Path(first));
        }
        if client && code.language == Language::Python && first.len() == 1 && code.literal(first.start).is_some_and(is_endpoint) {
            return Some(Self::Path(first));
        }
        let text = code.kind(first.start) == Some(Kind::Text) && code.literal(first.start).is_some();
        let context =
            first.len() == 1 && code.word(first.start).is_some_and(|name| matches!(name, "ctx" | "context" | "cancellationToken"));
        (client && !text && !context && is_http(word)).then_some(Self::Open(first))
    }

    fn of_request(code: &Code<'_>, arguments: &[Range<usize>]) -> Option<Self> {
        let named = arguments.iter().find_map(|range| object_value(code, range, &["url", "path", "uri", "pathname"]));
        if let Some(range) = named {
            return Some(if is_path(code, &range) { Self::Path(range) } else { Self::Open(range) });
        }
        if let Some(path) = arguments.iter().take(3).find(|range| is_path(code, range)) {
            return Some(Self::Path(path.clone()));
        }
        // `NewRequest(test.method, test.url, body)`: what follows the method.
        let verb = arguments.iter().position(|range| verb_in(code, range).is_some() || names_last(code, range, &["method", "verb"]))?;
        arguments.get(verb + 1).cloned().map(Self::Open)
    }
}

/// Whether a name is one of an HTTP client, and not of something else that is got or deleted.
fn is_http(word: &str) -> bool {
    let Some(rest) = verb(word).and_then(|verb| word.get(verb.len()..)) else { return word == "del" };
    let plain = [
        "",
        "Async",
        "AsJsonAsync",
        "FromJsonAsync",
        "StringAsync",
        "StreamAsync",
        "ByteArrayAsync",
        "Json",
        "_json",
        "ForEntity",
        "ForObject",
    ];
    plain.contains(&rest) || rest.starts_with("And")
}

/// Whether a text is the name of an endpoint of Flask: `service.create`.
pub(super) fn is_endpoint(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    text.split_once('.').is_some_and(|(one, other)| part(one) && part(other))
}

fn names_last(code: &Code<'_>, range: &Range<usize>, names: &[&str]) -> bool {
    range.end > range.start && code.word(range.end - 1).is_some_and(|word| names.iter().any(|name| word.eq_ignore_ascii_case(name)))
}

/// The method that an argument is: `"GET"`, `HttpMethod.Get`, `http.MethodGet`.
pub(super) fn verb_in(code: &Code<'_>, range: &Range<usize>) -> Option<&'static str> {
    let last = range.end.checked_sub(1).filter(|last| *last >= range.start && range.len() <= 5)?;
    if range.len() == 1
        && let Some(text) = code.literal(last)
    {
        return literal_verb(text);
    }
    let word = code.word(last)?;
    literal_verb(word.strip_prefix("Method").unwrap_or(word))
}

/// The value of a key of an object that is an argument.
fn object_value(code: &Code<'_>, range: &Range<usize>, keys: &[&str]) -> Option<Range<usize>> {
    let open = range.clone().next().filter(|at| code.is_sign(*at, "{"))?;
    code.arguments(open).into_iter().find_map(|entry| {
        let key = code.word(entry.start).or_else(|| code.literal(entry.start))?;
        let known = keys.contains(&key);
        let value = if code.is_sign(entry.start + 1, ":") { entry.start + 2..entry.end } else { entry.clone() };
        (known && value.start < value.end).then_some(value)
    })
}

fn method_of(code: &Code<'_>, at: usize, arguments: &[Range<usize>], word: &str) -> Option<String> {
    let direct = arguments.iter().find_map(|range| verb_in(code, range));
    let keyed = || arguments.iter().find_map(|range| verb_in(code, &object_value(code, range, &["method"])?));
    // `client.post().uri("/x")`.
    let chained = || (code.chain_start(at)..at).rev().filter_map(|at| code.word(at)).find_map(verb);
    if let Some(found) = direct.or_else(keyed).or_else(chained) {
        return Some(found.to_owned());
    }
    let open =
        arguments.iter().any(|range| names_last(code, range, &["method", "verb"]) || object_value(code, range, &["method"]).is_some());
    (!open && word != "uri" && word != "exchange").then(|| "GET".to_owned())
}

/// Whether an argument is a path by how it is written.
fn is_path(code: &Code<'_>, range: &Range<usize>) -> bool {
    mark::holds_path(code, range.clone()) && !code.is_sign(range.start, "{") && !code.is_word(range.start, "new")
        || code.is_word(range.start, "new")
            && mark::holds_path(code, range.clone())
            && code.word(range.start + 1).is_some_and(|word| matches!(word, "Uri" | "URL" | "URI"))
}
