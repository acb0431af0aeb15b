//! What tests call: a method and a path over HTTP, the name of a route, or a handler or command below HTTP.
//!
//! A path is a value of pieces; what is not known before it runs stays a hole, and which flow it means is left to
//! `flow::link`.

use std::collections::HashSet;
use std::ops::Range;

use super::mark::ROUTE_NAMES;
use super::outline::{self, Unit};
use super::paths::Paths;
use super::suite::Seen;
use crate::facts::At;
use crate::facts::code::value::{self, Constants, Piece, Value};
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
enum Argument {
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
fn is_endpoint(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    text.split_once('.').is_some_and(|(one, other)| part(one) && part(other))
}

fn names_last(code: &Code<'_>, range: &Range<usize>, names: &[&str]) -> bool {
    range.end > range.start && code.word(range.end - 1).is_some_and(|word| names.iter().any(|name| word.eq_ignore_ascii_case(name)))
}

/// The method that an argument is: `"GET"`, `HttpMethod.Get`, `http.MethodGet`.
fn verb_in(code: &Code<'_>, range: &Range<usize>) -> Option<&'static str> {
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
    super::mark::holds_path(code, range.clone()) && !code.is_sign(range.start, "{") && !code.is_word(range.start, "new")
        || code.is_word(range.start, "new")
            && super::mark::holds_path(code, range.clone())
            && code.word(range.start + 1).is_some_and(|word| matches!(word, "Uri" | "URL" | "URI"))
}

/// Values of expressions in a file of tests.
struct Eval<'e, 't> {
    seen: &'e Seen<'t>,
    paths: &'e Paths,
    none: Constants,
}

/// How often a name is looked up.
const DEPTH: usize = 3;

impl Eval<'_, '_> {
    /// What an argument calls; several where it is a parameter of a table of tests.
    fn targets(&self, argument: Argument, at: usize) -> Vec<(Option<String>, Target)> {
        let (range, sure) = match argument {
            Argument::Path(range) => (range, true),
            Argument::Open(range) => (range, false),
        };
        let endpoint = self.seen.code.literal(range.start).filter(|text| self.seen.code.language == Language::Python && is_endpoint(text));
        if let Some(name) = self.route(range.clone()).or_else(|| endpoint.map(str::to_owned)) {
            return vec![(None, Target::Route(name))];
        }
        let value = self.value(range, at, DEPTH);
        match value {
            Ok(value) if is_hole(&value) => {
                let rows = self.rows(at, &value);
                if rows.is_empty() { vec![(None, Target::Path(value))] } else { rows }
            }
            Ok(value) if sure || looks_like_path(&value) => vec![(None, Target::Path(value))],
            Ok(_) => Vec::new(),
            Err(route) => vec![(None, Target::Route(route))],
        }
    }

    /// The name of a route that is made a path: `reverse("users:list")`.
    fn route(&self, range: Range<usize>) -> Option<String> {
        let code = &self.seen.code;
        range.into_iter().find_map(|at| {
            let open = code.word(at).filter(|word| ROUTE_NAMES.contains(word)).and_then(|_| code.call(at))?;
            code.literal(open + 1).filter(|name| !name.starts_with('/')).map(str::to_owned)
        })
    }

    /// The value of an expression, or the name of the route that it is.
    fn value(&self, range: Range<usize>, at: usize, depth: usize) -> Result<Value, String> {
        let code = &self.seen.code;
        let value = value::of(code, range.clone(), &self.none);
        let Some(Piece::Hole(name)) = value.0.first().filter(|_| value.0.len() == 1).cloned() else {
            return Ok(self.fill(value, at, depth));
        };
        // `fmt.Sprintf("/a/%d", id)`, `new Uri("/a")`, `&format!("{}/a", b)`: the text among what is called.
        if let Some(text) = range.clone().find(|at| code.kind(*at) == Some(Kind::Text)) {
            let template = unformatted(value::of_string(code, text));
            if looks_like_path(&template) {
                return Ok(template);
            }
        }
        match self.assigned(&name, at).filter(|_| depth > 0) {
            Some(range) => match self.route(range.clone()) {
                Some(route) => Err(route),
                None => self.value(range.clone(), range.start, depth - 1),
            },
            None => Ok(self.paths.get(&name).cloned().unwrap_or(value)),
        }
    }

    /// Fills holes with what the file assigns to their names.
    fn fill(&self, value: Value, at: usize, depth: usize) -> Value {
        let mut full = Vec::new();
        for piece in value.0 {
            let Piece::Hole(name) = &piece else {
                full.push(piece);
                continue;
            };
            let range = self.assigned(name, at).filter(|_| depth > 0);
            match range.and_then(|range| self.value(range.clone(), range.start, depth - 1).ok()) {
                Some(value) if looks_like_path(&value) => full.extend(value.0),
                _ => match self.paths.get(name) {
                    Some(value) => full.extend(value.0.iter().cloned()),
                    None => full.push(piece),
                },
            }
        }
        Value(full)
    }

    /// What is assigned to a name, by the last assignment before a place.
    fn assigned(&self, name: &str, at: usize) -> Option<Range<usize>> {
        let code = &self.seen.code;
        let name = name.trim_start_matches("self.").trim_start_matches("this.").trim_start_matches("$this->");
        if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$') {
            return None;
        }
        let is = |at: &usize| code.is_word(*at, name) && ["=", ":=", "=>"].iter().any(|sign| code.is_sign(at + 1, sign));
        let property = |at: &usize| code.language == Language::CSharp && is(at) && !code.is_sign(at + 1, "=");
        let place = (at.saturating_sub(REACH)..at).rev().find(is).or_else(|| (at..code.len()).take(REACH).find(property))?;
        let from = place + 2;
        let mut to = from;
        while to < code.len() && !code.is_sign(to, ";") && !code.is_sign(to, ",") && code.kind(to) != Some(Kind::Close) {
            if to > from && outline::begins_line(code, to) && !code.is_sign(to, ".") && !code.is_sign(to, "+") && !code.is_sign(to - 1, "+")
            {
                break;
            }
            to = code.after(to);
        }
        let to = to.min(code.len());
        (from < to && !(from..to).contains(&at)).then_some(from..to)
    }

    /// Paths of a table of tests: rows of the test's attributes, or lists in the file.
    fn rows(&self, at: usize, value: &Value) -> Vec<(Option<String>, Target)> {
        let code = &self.seen.code;
        let [Piece::Hole(name)] = value.0.as_slice() else { return Vec::new() };
        let Some(unit) = outline::innermost(&self.seen.units, at).map(|unit| &self.seen.units[unit]) else { return Vec::new() };
        // The parameter of a table of tests, also where a format is made of it.
        let parameter = unit
            .parameters
            .clone()
            .filter_map(|at| code.word(at))
            .any(|known| name.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')).any(|part| part == known));
        let last = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
        let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.'));
        let named = plain && ["url", "path", "uri", "endpoint", "route", "target"].iter().any(|part| last.contains(part));
        if !parameter && !(named && (name.contains('.') || code.language == Language::JavaScript)) {
            return Vec::new();
        }
        let range = if parameter { unit.head.clone() } else { unit.head.start.saturating_sub(ROWS)..at };
        let enclosing = self.seen.enclosing();
        let mut found: Vec<(Option<String>, Target)> = Vec::new();
        for text in range {
            let relative = |path: &str| parameter && path.contains('/') && !path.contains(' ');
            let Some(path) = code.literal(text).filter(|path| path.starts_with('/') || relative(path)) else { continue };
            let Some(Some(open)) = enclosing.get(text) else { continue };
            let method = code.arguments(*open).iter().find_map(|range| {
                let value = if code.is_sign(range.start + 1, ":") { range.start + 2..range.end } else { range.clone() };
                verb_in(code, &value)
            });
            found.push((method.map(str::to_owned), Target::Path(unformatted(Value::known(path)))));
        }
        found.dedup();
        found
    }
}

/// How far back an assignment, and the rows of a table, are looked for, in tokens.
const REACH: usize = 20_000;
const ROWS: usize = 20_000;

fn is_hole(value: &Value) -> bool {
    matches!(value.0.as_slice(), [Piece::Hole(_)])
}

pub(super) fn looks_like_path(value: &Value) -> bool {
    match value.0.as_slice() {
        [Piece::Known(text), ..] => text.starts_with('/') || text.starts_with("http://") || text.starts_with("https://"),
        [Piece::Hole(_), Piece::Known(text), ..] => text.starts_with('/'),
        _ => false,
    }
}

/// A value whose places for arguments are holes: `%d`, `{}`, `{0}`.
pub(super) fn unformatted(value: Value) -> Value {
    let mut full = Value::default();
    for piece in value.0 {
        let Piece::Known(text) = piece else {
            full.0.push(piece);
            continue;
        };
        let mut rest = text.as_str();
        while let Some(start) = rest.find(['%', '{']) {
            let (before, from) = rest.split_at(start);
            let length = match from.as_bytes() {
                [b'%', b's' | b'd' | b'v' | b'q', ..] => 2,
                [b'{', ..] => from.find('}').map_or(0, |end| end + 1),
                _ => 0,
            };
            if !before.is_empty() {
                full.0.push(Piece::Known(before.to_owned()));
            }
            if length == 0 {
                full.0.push(Piece::Known(from[..1].to_owned()));
                rest = &from[1..];
            } else {
                full.0.push(Piece::Hole(from[..length].to_owned()));
                rest = &from[length..];
            }
        }
        if !rest.is_empty() {
            full.0.push(Piece::Known(rest.to_owned()));
        }
    }
    full
}

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
pub(super) fn below(seen: &Seen<'_>, names: &HashSet<&str>) -> Vec<(usize, String)> {
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
