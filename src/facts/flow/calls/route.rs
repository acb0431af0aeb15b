//! What a call that declares a route says: methods, path, handler.

use std::ops::Range;

use super::{Chain, Reader};
use crate::facts::code::value::{Piece, Value};
use crate::facts::code::{Kind, Language};
use crate::facts::flow::function;
use crate::facts::flow::unit::{self, Origin, Route};

/// How many tokens of other decorators may stand between a route and its function.
const DECORATORS: usize = 400;

const METHODS: [&str; 8] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"];

/// A pattern of net/http without the method that it begins with, and the host.
fn with_method(path: Value, methods: &mut Vec<String>) -> Value {
    let Some(Piece::Known(text)) = path.0.first() else { return path };
    let (method, rest) = text.split_once(' ').map_or(("", text.as_str()), |(method, rest)| (method, rest.trim_start()));
    if METHODS.contains(&method) {
        methods.push(method.to_owned());
    }
    let known = rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or(rest).replace("{$}", "");
    let mut whole = Value::known(known);
    whole.extend(Value(path.0.get(1..).unwrap_or_default().to_vec()));
    whole
}

impl Reader<'_, '_> {
    /// `get("/a", handler)`.
    pub(super) fn route(&mut self, chain: &mut Chain, start: usize, name: usize, open: usize, methods: &[String]) -> bool {
        let arguments = self.code.arguments(open);
        if let Some(path) = chain.path.clone() {
            if !arguments.is_empty() {
                let handlers = self.handlers(start, open, &arguments);
                self.put(chain, methods, path, name, open, handlers);
            }
            return true;
        }
        let decorates = start > 0 && self.code.is_sign(start - 1, "@");
        let enough = match self.code.language {
            Language::Python => decorates && !arguments.is_empty(),
            Language::CSharp => !arguments.is_empty(),
            _ => arguments.len() >= 2,
        };
        if !enough {
            return self.code.language == Language::CSharp;
        }
        let (paths, at) = self.paths(&arguments, self.is_made(chain.router));
        if paths.is_empty() {
            return false;
        }
        if self.is_no_flow(methods, &arguments) {
            return true;
        }
        let rest: Vec<Range<usize>> =
            arguments.iter().enumerate().filter(|(index, _)| Some(*index) != at).map(|(_, range)| range.clone()).collect();
        let handlers = self.handlers(start, open, &rest);
        for path in paths {
            self.put(chain, methods, path, name, open, handlers.clone());
        }
        true
    }

    /// Answers to the browser's question whether it may ask, and a lambda that sends elsewhere: nothing of the product runs.
    fn is_no_flow(&self, methods: &[String], arguments: &[Range<usize>]) -> bool {
        let preflight =
            methods.iter().all(|method| method == "OPTIONS") && arguments.iter().any(|range| self.code.is_word(range.start, "cors"));
        let Some(handler) = arguments.last().filter(|_| self.code.language == Language::CSharp) else { return preflight };
        let redirects = handler
            .clone()
            .any(|at| self.code.is_sign(at, "=>") && self.code.is_word(at + 1, "Results") && self.code.is_word(at + 3, "Redirect"));
        preflight || redirects && handler.len() < 12
    }

    fn put(&mut self, chain: &mut Chain, methods: &[String], path: Value, name: usize, open: usize, handlers: Vec<String>) {
        let from = self.unit.routes.len();
        let mut methods: Vec<String> = methods.iter().filter(|method| *method != "*").cloned().collect();
        let mut path = path;
        if self.code.language == Language::Go && methods.is_empty() {
            path = with_method(path, &mut methods);
        }
        let wrapped = self.parameter_around(name, &path);
        let named = self.keyword(open, "name").map(|range| self.value(range)).and_then(|value| value.whole().map(str::to_owned));
        self.unit.routes.push(Route {
            router: chain.router,
            kind: unit::Kind::Http,
            methods,
            path,
            wrapped,
            line: self.code.line(name),
            name: named.filter(|_| self.code.language == Language::Python),
            handlers,
        });
        let from = chain.last.take().filter(|last| last.end == from).map_or(from, |last| last.start);
        chain.last = Some(from..self.unit.routes.len());
    }

    /// `route("/a", methods=["GET"])`, `MapMethods("/a", ["GET"], handler)`.
    pub(super) fn listed(&mut self, chain: &mut Chain, start: usize, name: usize, open: usize, keyword: &str) -> bool {
        let range = if keyword.is_empty() {
            self.code.arguments(open).into_iter().skip(1).find(|range| !self.methods(range.clone()).is_empty())
        } else {
            self.keyword(open, keyword)
        };
        let mut methods = range.map(|range| self.methods(range)).unwrap_or_default();
        if methods.is_empty() && !keyword.is_empty() {
            methods.push("GET".to_owned());
        }
        if methods.is_empty() {
            methods.push("*".to_owned());
        }
        let decorates = start > 0 && self.code.is_sign(start - 1, "@");
        if self.code.language == Language::Python && !decorates {
            return self.added(chain, name, open, &methods);
        }
        self.route(chain, start, name, open, &methods)
    }

    /// `add_api_route("/a", handler, methods=["GET"])`, `add_url_rule("/a", "name", view_func=handler)`.
    fn added(&mut self, chain: &mut Chain, name: usize, open: usize, methods: &[String]) -> bool {
        let arguments = self.code.arguments(open);
        let (paths, _) = self.paths(&arguments, false);
        let handler = self.keyword(open, "view_func").or_else(|| self.keyword(open, "endpoint")).or_else(|| arguments.get(1).cloned());
        let handlers: Vec<String> = handler.into_iter().flat_map(|range| self.handler(range)).collect();
        for path in paths {
            self.put(chain, methods, path, name, open, handlers.clone());
        }
        true
    }

    /// The methods that are named in a range.
    fn methods(&self, range: Range<usize>) -> Vec<String> {
        let words = range.filter_map(|at| self.code.literal(at).or_else(|| self.code.word(at))).map(str::to_ascii_uppercase);
        let words = words.map(|word| word.strip_prefix("METHOD").map_or(word.clone(), str::to_owned));
        words.filter(|word| METHODS.contains(&word.as_str())).collect()
    }

    /// The paths among the arguments, and which argument they are.
    fn paths(&self, arguments: &[Range<usize>], made: bool) -> (Vec<Value>, Option<usize>) {
        let code = self.code;
        let named = arguments.iter().position(|range| {
            matches!(code.text(range.start), "pattern" | "path" | "rule" | "template")
                && matches!(code.text(range.start + 1), ":" | "=")
                && range.len() > 2
        });
        if let Some(at) = named {
            return (vec![self.value(arguments[at].start + 2..arguments[at].end)], Some(at));
        }
        let Some(first) = arguments.first().cloned() else { return (Vec::new(), None) };
        if code.is_sign(first.start, "[") && code.language == Language::JavaScript {
            let paths = code.arguments(first.start).into_iter().filter(|range| self.is_path(range.clone()));
            return (paths.map(|range| self.value(range)).collect(), Some(0));
        }
        if self.is_path(first.clone()) {
            return (vec![self.value(first)], Some(0));
        }
        if self.dialect.swapped {
            if let Some(at) = arguments.iter().skip(1).position(|range| code.kind(range.start) == Some(Kind::Text)) {
                return (vec![self.value(arguments[at + 1].clone())], Some(at + 1));
            }
            return (vec![Value::default()], None);
        }
        // A router of Koa lets a name stand before the path.
        let second =
            arguments.get(1).filter(|range| code.literal(range.start).is_some_and(|text| text.starts_with('/')) && range.len() == 1);
        match second.filter(|_| arguments.len() > 2) {
            Some(second) => (vec![self.value(second.clone())], Some(1)),
            // A path need not begin with a slash.
            None if made && code.kind(first.start) == Some(Kind::Text) && code.language == Language::JavaScript => {
                (vec![self.value(first)], Some(0))
            }
            None => (Vec::new(), None),
        }
    }

    /// Whether a router is made in this file.
    fn is_made(&self, mut router: usize) -> bool {
        for _ in 0..24 {
            match self.unit.routers.get(router).map(|router| &router.origin) {
                Some(Origin::App | Origin::Made(_)) => return true,
                Some(Origin::Group(parent, _) | Origin::Extension { parent, .. }) => router = *parent,
                _ => return false,
            }
        }
        false
    }

    /// Whether an argument can be a path: text, or a name that is no handler of this file.
    fn is_path(&self, range: Range<usize>) -> bool {
        let code = self.code;
        if code.kind(range.start) == Some(Kind::Text) {
            let value = self.value(range);
            return match value.0.first() {
                None => true,
                Some(Piece::Known(text)) => matches!(code.language, Language::CSharp | Language::Go) || text.starts_with(['/', '*', '{']),
                Some(Piece::Hole(text)) => !text.starts_with('/'),
            };
        }
        let Some(name) = code.word(range.start) else { return false };
        if code.is_word(range.start, "nameof") {
            return true;
        }
        let plain = range
            .clone()
            .all(|at| code.kind(at) == Some(Kind::Word) || matches!(code.text(at), "." | "+" | "::") || code.kind(at) == Some(Kind::Text));
        let known = || self.value(range.clone()).whole().is_some();
        let here = self.unit.functions.iter().any(|function| function.name == name);
        match code.language {
            // A name alone is rather the method that handles the route, as wrappers have it.
            Language::CSharp => {
                plain
                    && !here
                    && !matches!(name, "async" | "static" | "new")
                    && (range.len() > 1
                        || known()
                        || self.is_own_parameter(range.start, name)
                        || name.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_'))
            }
            _ => plain && !here && !matches!(name, "async" | "function" | "func" | "lambda" | "new" | "await"),
        }
    }

    fn is_own_parameter(&self, at: usize, name: &str) -> bool {
        self.function_around(at).is_some_and(|function| self.unit.functions[function].parameters.iter().any(|parameter| parameter == name))
    }

    /// The parameter of the function around a call that is its path.
    fn parameter_around(&self, at: usize, path: &Value) -> Option<(usize, usize)> {
        let [Piece::Hole(name)] = path.0.as_slice() else { return None };
        let function = self.function_around(at)?;
        let index = self.unit.functions[function].parameters.iter().position(|parameter| parameter == name)?;
        Some((function, index))
    }

    /// The names by which the handler of a route is called in tests, and what it sends on.
    fn handlers(&self, start: usize, open: usize, arguments: &[Range<usize>]) -> Vec<String> {
        if start > 0 && self.code.is_sign(start - 1, "@") {
            let from = self.code.after(open);
            let def = (from..from + DECORATORS).find(|at| self.code.is_word(*at, "def"));
            return def.and_then(|def| self.code.word(def + 1)).map(str::to_owned).into_iter().collect();
        }
        let mut found = Vec::new();
        let handlers: Vec<&Range<usize>> = match self.code.language {
            Language::CSharp => arguments.iter().collect(),
            // Before the handler stand those that check or prepare.
            _ => arguments.last().into_iter().collect(),
        };
        for range in handlers {
            found.extend(self.handler(range.clone()));
        }
        found.sort();
        found.dedup();
        found
    }

    /// A handler by name, or what the function that stands there sends on.
    pub(super) fn handler(&self, range: Range<usize>) -> Vec<String> {
        let code = self.code;
        let range = self.unnamed(range);
        if range.clone().all(|at| code.kind(at) == Some(Kind::Word) || code.is_sign(at, ".")) {
            let dotted: String = range.clone().map(|at| code.text(at)).collect();
            return self.named_handler(&dotted, range.start);
        }
        let inline = function::first_in(&self.unit.functions, &range);
        if let Some(function) = inline
            .filter(|_| matches!(code.text(range.start), "async" | "(" | "static" | "function") || code.is_sign(range.start + 1, "=>"))
        {
            return function::sent(code, function.head.clone(), function.body.clone());
        }
        // `wrap(controller.create)`.
        match code.call(range.start).map(|open| code.arguments(open)).as_deref() {
            Some([argument]) => {
                let argument = argument.clone();
                if argument.clone().all(|at| code.kind(at) == Some(Kind::Word) || code.is_sign(at, ".")) {
                    let dotted: String = argument.clone().map(|at| code.text(at)).collect();
                    return self.named_handler(&dotted, argument.start);
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn named_handler(&self, dotted: &str, at: usize) -> Vec<String> {
        let dotted = dotted.trim_start_matches("this.").trim_start_matches("self.");
        let name = dotted.rsplit('.').next().unwrap_or(dotted);
        let class = self.function_around(at).and_then(|function| self.unit.functions[function].class.clone());
        let mut found = match (&class, dotted.contains('.')) {
            (_, true) => vec![dotted.to_owned(), name.to_owned()],
            (Some(class), false) => vec![format!("{class}.{name}")],
            (None, false) => vec![name.to_owned()],
        };
        let here = self.unit.functions.iter().find(|function| function.name == name && (function.class == class || class.is_none()));
        if let Some(function) = here {
            found.extend(function::sent(self.code, function.head.clone(), function.body.clone()));
        }
        found
    }

    /// `route("/a")`, whose value takes the methods; or a route as an object.
    pub(super) fn path_of_chain(&mut self, chain: &mut Chain, open: usize) -> bool {
        let arguments = self.code.arguments(open);
        let Some(first) = arguments.first().cloned() else { return false };
        if self.code.is_sign(first.start, "{") {
            return self.object(chain, first.start);
        }
        if arguments.len() != 1 || !self.is_path(first.clone()) {
            return false;
        }
        chain.path = Some(self.value(first));
        true
    }

    /// `route({ method: 'GET', url: '/a', handler })`.
    fn object(&mut self, chain: &mut Chain, open: usize) -> bool {
        let Some(path) = self.entry(open, "url").or_else(|| self.entry(open, "path")) else { return false };
        let methods = self.entry(open, "method").map(|range| self.methods(range)).unwrap_or_default();
        let handlers = self.entry(open, "handler").map(|range| self.handler(range)).unwrap_or_default();
        let path = self.value(path);
        self.put(chain, &methods, path, open, open, handlers);
        true
    }

    /// `MapHub<X>("/a")`, `MapGrpcService<X>()`.
    pub(super) fn procedure(&mut self, chain: &mut Chain, name: usize, open: usize, hub: bool) -> bool {
        let kind = (name + 1..open).filter_map(|at| self.code.word(at)).next_back().unwrap_or_default();
        let argument = self.code.arguments(open).into_iter().next().filter(|_| hub);
        let path = argument.map_or_else(|| Value::known(kind), |range| self.value(range));
        if path.0.is_empty() {
            return true;
        }
        self.put(chain, &[], path, name, open, vec![kind.to_owned()]);
        if let Some(route) = self.unit.routes.last_mut() {
            route.kind = if hub { unit::Kind::Hub } else { unit::Kind::Service };
        }
        true
    }

    /// `WithName("x")` behind a route.
    pub(super) fn name_last(&mut self, chain: &Chain, open: usize) -> bool {
        let value = self.code.arguments(open).into_iter().next().map(|range| self.value(range));
        if let (Some(last), Some(value)) = (chain.last.clone(), value) {
            for route in self.unit.routes.get_mut(last).unwrap_or_default() {
                route.name = value.whole().map(str::to_owned);
            }
        }
        true
    }

    /// `Methods("GET", "POST")` behind a route.
    pub(super) fn methods_of_last(&mut self, chain: &Chain, open: usize) -> bool {
        let methods = self.methods(self.code.inside(open));
        if let Some(last) = chain.last.clone() {
            for route in self.unit.routes.get_mut(last).unwrap_or_default() {
                route.methods.clone_from(&methods);
            }
        }
        true
    }

    /// Remembers a prefix that is made of a type's name, with the types that are named around it: `$"/api/{groupName}"`.
    pub(super) fn note_convention(&mut self, argument: Range<usize>, open: usize, prefix: &Value) {
        let code = self.code;
        if code.language != Language::CSharp {
            return;
        }
        let mut template = prefix.clone();
        if let ([Piece::Hole(name)], 1) = (prefix.0.as_slice(), argument.len()) {
            // The variable's value, of which the last text counts: `… ?? $"/api/{name}"`.
            let Some(at) = (0..open).rev().find(|at| code.is_word(*at, name) && code.is_sign(at + 1, "=")) else { return };
            let end = (at..open).find(|at| code.is_sign(*at, ";")).unwrap_or(open);
            let Some(text) = (at..end).rev().find(|at| code.kind(*at) == Some(Kind::Text)) else { return };
            template = self.value(text..text + 1);
        }
        let is_template = template.0.iter().filter(|piece| matches!(piece, Piece::Hole(_))).count() == 1 && template.0.len() > 1;
        if is_template {
            let mut types: Vec<String> = (0..code.len())
                .filter_map(|at| code.word(at))
                .filter(|word| word.len() > 4 && word.starts_with(char::is_uppercase))
                .map(str::to_owned)
                .collect();
            types.sort();
            types.dedup();
            self.unit.conventions.push((types, template));
        }
    }
}
