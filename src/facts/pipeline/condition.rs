//! Conditions of pipelines in three-valued logic: does this job run when *that* starts the pipeline?
//!
//! One small grammar takes in what the providers write: operators and property paths (`github.ref == 'x'`), functions
//! (`eq(variables['Build.Reason'], 'Manual')`) and GitLab's `$NAME =~ /x/`. What it does not understand is unknown, so
//! that a condition never turns a guess into a fact.

/// How deep a condition may nest.
const DEPTH: usize = 40;

/// How long a condition may be.
const LENGTH: usize = 4000;

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Known text.
    Text(String),
    /// Some text that is not empty and starts like this.
    Prefix(String),
    /// Unset.
    Null,
    /// A truth value.
    Bool(bool),
    /// Not to be told.
    Unknown,
}

impl Value {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Something that is set, whatever it is.
    pub(super) fn set() -> Self {
        Self::Prefix(String::new())
    }

    fn truth(&self) -> Option<bool> {
        match self {
            Self::Text(text) => Some(!text.is_empty() && !text.eq_ignore_ascii_case("false")),
            Self::Prefix(_) => Some(true),
            Self::Null => Some(false),
            Self::Bool(value) => Some(*value),
            Self::Unknown => None,
        }
    }

    fn from_truth(truth: Option<bool>) -> Self {
        truth.map_or(Self::Unknown, Self::Bool)
    }

    fn equals(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => Some(a.eq_ignore_ascii_case(b)),
            (Self::Prefix(start), Self::Text(text)) | (Self::Text(text), Self::Prefix(start)) => {
                if starts_with(text, start) && !text.is_empty() { None } else { Some(false) }
            }
            (Self::Null, Self::Null) => Some(true),
            (Self::Null, Self::Text(text)) | (Self::Text(text), Self::Null) => Some(text.is_empty()),
            (Self::Null, Self::Prefix(_)) | (Self::Prefix(_), Self::Null) => Some(false),
            (Self::Bool(a), Self::Bool(b)) => Some(a == b),
            (Self::Bool(a), Self::Text(b)) | (Self::Text(b), Self::Bool(a)) => {
                Some(b.eq_ignore_ascii_case(if *a { "true" } else { "false" }))
            }
            (Self::Bool(_), Self::Null) | (Self::Null, Self::Bool(_)) => Some(false),
            _ => None,
        }
    }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// What the names of a condition stand for.
pub(super) type Names<'a> = &'a dyn Fn(&str) -> Value;

/// Whether a condition holds; `None` where that cannot be told.
pub(super) fn holds(condition: &str, names: Names<'_>) -> Option<bool> {
    if condition.len() > LENGTH {
        return None;
    }
    let mut reader = Reader { tokens: tokens(condition), at: 0, names };
    let value = reader.either(DEPTH);
    if reader.at < reader.tokens.len() { None } else { value.truth() }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Text(String),
    Pattern,
    Name(String),
    Sign(&'static str),
}

const SIGNS: [&str; 15] = ["&&", "||", "==", "!=", "=~", "!~", "<=", ">=", "<", ">", "(", ")", ",", "!", "*"];

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = token(rest, first, found.last());
        found.extend(token);
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    found
}

/// The next token and its length in bytes.
fn token(rest: &str, first: char, before: Option<&Token>) -> (Option<Token>, usize) {
    if let Some(marker) = ["${{", "}}", "$["].iter().find(|marker| rest.starts_with(**marker)) {
        return (None, marker.len());
    }
    if first == ']' {
        return (None, 1);
    }
    if first == '\'' || first == '"' {
        let end = rest.get(1..).and_then(|inner| inner.find(first));
        return match end {
            Some(end) => (Some(Token::Text(rest[1..=end].to_owned())), end + 2),
            None => (Some(Token::Pattern), rest.len()),
        };
    }
    if first == '/' && matches!(before, Some(Token::Sign("=~" | "!~"))) {
        return (Some(Token::Pattern), pattern_length(rest));
    }
    if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
        return (Some(Token::Sign(sign)), sign.len());
    }
    let length = name_length(rest).max(first.len_utf8());
    (Some(Token::Name(rest[..length].to_owned())), length)
}

fn pattern_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '/' => return at + 1 + rest[at + 1..].chars().take_while(char::is_ascii_alphabetic).count(),
            _ => {}
        }
    }
    rest.len()
}

/// A name with its path: `github.ref`, `$CI_COMMIT_TAG`, `variables['Build.Reason']`, `needs.a.outputs.b`.
fn name_length(rest: &str) -> usize {
    let mut end = 0;
    let mut bracket = false;
    for (at, c) in rest.char_indices() {
        let part = c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '$' | '{' | ':' | '[');
        match c {
            '[' if end > 0 => bracket = true,
            ']' if bracket => bracket = false,
            '}' if rest.starts_with("${") => {}
            '*' if end > 0 && rest[..at].ends_with('.') => {}
            _ if bracket => {}
            _ if !part => return at,
            _ => {}
        }
        end = at + c.len_utf8();
    }
    end
}

struct Reader<'a> {
    tokens: Vec<Token>,
    at: usize,
    names: Names<'a>,
}

impl Reader<'_> {
    fn takes(&mut self, sign: &str) -> bool {
        let there = matches!(self.tokens.get(self.at), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(there);
        there
    }

    fn either(&mut self, depth: usize) -> Value {
        let mut value = self.both(depth);
        while self.takes("||") {
            let other = self.both(depth);
            value = or(&value, &other);
        }
        value
    }

    fn both(&mut self, depth: usize) -> Value {
        let mut value = self.comparison(depth);
        while self.takes("&&") {
            let other = self.comparison(depth);
            value = and(&value, &other);
        }
        value
    }

    fn comparison(&mut self, depth: usize) -> Value {
        let value = self.single(depth);
        for sign in ["==", "!=", "=~", "!~", "<=", ">=", "<", ">"] {
            if self.takes(sign) {
                let other = self.single(depth);
                return compare(sign, &value, &other);
            }
        }
        value
    }

    fn single(&mut self, depth: usize) -> Value {
        let Some(depth) = depth.checked_sub(1) else {
            self.at = self.tokens.len();
            return Value::Unknown;
        };
        if self.takes("!") {
            let value = self.single(depth);
            return Value::from_truth(value.truth().map(|truth| !truth));
        }
        if self.takes("(") {
            let value = self.either(depth);
            self.takes(")");
            return value;
        }
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        match token {
            Some(Token::Text(text)) => Value::Text(text),
            Some(Token::Name(name)) if self.takes("(") => self.call(&name.to_ascii_lowercase(), depth),
            Some(Token::Name(name)) => match name.to_ascii_lowercase().as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                _ => (self.names)(name.trim_start_matches('$').trim_start_matches('{').trim_end_matches('}')),
            },
            _ => Value::Unknown,
        }
    }

    fn call(&mut self, function: &str, depth: usize) -> Value {
        let mut arguments = Vec::new();
        while self.at < self.tokens.len() && !self.takes(")") {
            arguments.push(self.either(depth));
            // Anything but a comma or the closing bracket is not understood and passed over.
            if !self.takes(",") && !matches!(self.tokens.get(self.at), Some(Token::Sign(")"))) {
                self.at += 1;
            }
        }
        apply(function, &arguments)
    }
}

fn apply(function: &str, arguments: &[Value]) -> Value {
    match (function, arguments) {
        ("always" | "success" | "succeeded" | "succeededorfailed", _) => Value::Bool(true),
        ("failure" | "failed" | "cancelled" | "canceled" | "never", _) => Value::Bool(false),
        ("and", all) => all.iter().fold(Value::Bool(true), |a, b| and(&a, b)),
        ("or", all) => all.iter().fold(Value::Bool(false), |a, b| or(&a, b)),
        ("not", [value]) => Value::from_truth(value.truth().map(|truth| !truth)),
        ("eq", [a, b]) => Value::from_truth(a.equals(b)),
        ("ne", [a, b]) => Value::from_truth(a.equals(b).map(|same| !same)),
        ("in", [value, rest @ ..]) => rest.iter().fold(Value::Bool(false), |found, b| or(&found, &Value::from_truth(value.equals(b)))),
        ("notin", [value, rest @ ..]) => {
            let found = rest.iter().fold(Value::Bool(false), |found, b| or(&found, &Value::from_truth(value.equals(b))));
            Value::from_truth(found.truth().map(|truth| !truth))
        }
        ("startswith", [text, Value::Text(start)]) => Value::from_truth(begins(text, start)),
        ("contains", [Value::Text(text), Value::Text(part)]) => Value::Bool(text.to_ascii_lowercase().contains(&part.to_ascii_lowercase())),
        ("contains" | "endswith", [Value::Null, _]) => Value::Bool(false),
        _ => Value::Unknown,
    }
}

fn begins(text: &Value, start: &str) -> Option<bool> {
    match text {
        Value::Text(text) => Some(starts_with(text, start)),
        Value::Prefix(known) if starts_with(known, start) => Some(true),
        Value::Prefix(known) if starts_with(start, known) => None,
        Value::Prefix(_) | Value::Null => Some(false),
        Value::Bool(_) | Value::Unknown => None,
    }
}

fn compare(sign: &str, a: &Value, b: &Value) -> Value {
    match (sign, a) {
        ("==", _) => Value::from_truth(a.equals(b)),
        ("!=", _) => Value::from_truth(a.equals(b).map(|same| !same)),
        // Nothing matches a pattern where there is nothing.
        ("=~", Value::Null) => Value::Bool(false),
        ("!~", Value::Null) => Value::Bool(true),
        _ => Value::Unknown,
    }
}

fn and(a: &Value, b: &Value) -> Value {
    match (a.truth(), b.truth()) {
        (Some(false), _) | (_, Some(false)) => Value::Bool(false),
        (Some(true), Some(true)) => b.clone(),
        _ => Value::Unknown,
    }
}

fn or(a: &Value, b: &Value) -> Value {
    match (a.truth(), b.truth()) {
        (Some(true), _) => a.clone(),
        (_, Some(true)) => b.clone(),
        (Some(false), Some(false)) => Value::Bool(false),
        _ => Value::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_push(name: &str) -> Value {
        match name {
            "github.event_name" | "CI_PIPELINE_SOURCE" => Value::text("push"),
            "github.ref" => Value::Prefix("refs/heads/".into()),
            "variables['Build.Reason']" | "variables.Build.Reason" => Value::text("IndividualCI"),
            "CI_COMMIT_BRANCH" => Value::set(),
            "CI_COMMIT_TAG" => Value::Null,
            _ => Value::Unknown,
        }
    }

    #[test]
    fn decides_what_the_event_decides() {
        let holds = |text: &str| holds(text, &on_push);
        assert_eq!(holds("github.event_name == 'workflow_dispatch'"), Some(false));
        assert_eq!(holds("${{ github.event_name != 'pull_request' && success() }}"), Some(true));
        assert_eq!(holds("startsWith(github.ref, 'refs/tags/v')"), Some(false));
        assert_eq!(holds("github.ref == 'refs/heads/main'"), None);
        assert_eq!(holds("github.ref == 'refs/tags/x' || (always() && !cancelled())"), Some(true));
        assert_eq!(holds("and(succeeded(), eq(variables['Build.Reason'], 'Manual'))"), Some(false));
        assert_eq!(holds("ne(variables['Build.Reason'], 'PullRequest')"), Some(true));
        assert_eq!(holds("$CI_PIPELINE_SOURCE == \"web\""), Some(false));
        assert_eq!(holds("$CI_COMMIT_TAG =~ /^v[0-9]+/ && $CI_COMMIT_BRANCH"), Some(false));
        assert_eq!(holds("$CI_COMMIT_TAG"), Some(false));
        assert_eq!(holds("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"), None);
        assert_eq!(holds("false"), Some(false));
        assert_eq!(holds("needs.a.outputs.b == 'true'"), None);
    }

    #[test]
    fn survives_anything() {
        for text in ["", "(", "((((", "!", "a b c", "'", "/", "eq(", "eq(,,)", "&& ||", "\u{1F600} == 'x'", "$", "x['", "*"] {
            let _ = holds(text, &on_push);
        }
        assert_eq!(holds(&"(".repeat(3000), &on_push), None);
    }
}
