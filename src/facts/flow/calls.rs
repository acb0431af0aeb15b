//! Routes that are declared by calls on a router: which names are routers here, and what the chains of calls on them say.
//!
//! A name is a router where it is made by a constructor of a framework, is derived from one, comes from another file, or is a
//! parameter of a router's type or conventional name. Where it stands below others is left to `graph`.

mod import;
mod mount;
mod route;

use std::collections::HashMap;
use std::ops::Range;

use super::function;
use super::table::{Dialect, Made, Role};
use super::unit::{Child, Origin, Pass, Router, Unit};
use crate::facts::code::value::{self, Value};
use crate::facts::code::{Code, Kind, Language};

/// Reads the routers, routes and mounts of a file.
pub(super) fn read(code: &Code<'_>, dialect: &Dialect, unit: &mut Unit) {
    import::read(code, unit);
    unit.speaks = unit.imports.iter().any(|import| dialect.constructors.iter().any(|made| is_from(made.package.as_str(), &import.module)))
        || dialect.constructors.iter().any(|made| made.package.is_empty() && unit.imports.iter().any(|import| import.name == made.export));
    let mut reader = Reader { code, dialect, unit, enclosing: code.enclosing(), names: HashMap::new(), bound: HashMap::new() };
    reader.parameters();
    for at in 0..code.len() {
        if code.kind(at) == Some(Kind::Word) {
            reader.word(at);
        }
    }
    import::exports(code, reader.unit);
}

/// Whether a module is this package or, for Go, a version or a part of it.
fn is_from(package: &str, module: &str) -> bool {
    !package.is_empty()
        && module.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') && package.contains('.'))
}

struct Reader<'r, 't> {
    code: &'r Code<'t>,
    dialect: &'r Dialect,
    unit: &'r mut Unit,
    enclosing: Vec<Option<usize>>,
    /// Routers by their names.
    names: HashMap<String, Vec<usize>>,
    /// Routers of parameters, by function and place.
    bound: HashMap<(usize, usize), usize>,
}

/// A chain of calls as far as it was followed.
struct Chain {
    router: usize,
    /// The path that `route("/x")` gave to what follows.
    path: Option<Value>,
    /// The route that was declared last.
    last: Option<Range<usize>>,
    at: usize,
}

impl Reader<'_, '_> {
    /// The whole file.
    fn everywhere(&self) -> Range<usize> {
        0..self.code.len()
    }

    fn declare(&mut self, name: &str, origin: Origin, scope: Range<usize>, at: usize) -> usize {
        let index = self.unit.routers.len();
        self.unit.routers.push(Router { name: name.to_owned(), origin, scope, line: self.code.line(at) });
        if !name.is_empty() {
            self.names.entry(name.to_owned()).or_default().push(index);
        }
        index
    }

    /// Parameters of functions that are routers by their type or, without one, by their name.
    fn parameters(&mut self) {
        for function in 0..self.unit.functions.len() {
            let head = self.unit.functions[function].head.clone();
            let params = head.start..head.end.min(self.unit.functions[function].body.start);
            let given_root = self.dialect.lambdas.iter().any(|name| self.is_argument_of(params.start, name));
            for (index, range) in function::split(self.code, params).into_iter().enumerate() {
                let (name, kind) = function::parameter(self.code, range);
                if name.is_empty() {
                    continue;
                }
                let typed = self.dialect.types.iter().any(|known| is_type(&kind, known));
                if given_root {
                    let scope = self.unit.functions[function].body.clone();
                    self.declare(name, Origin::App, scope, head.start);
                } else if typed || kind.is_empty() && self.dialect.parameters.iter().any(|known| known == name) {
                    self.bind(function, index, typed);
                }
            }
        }
    }

    /// Makes a parameter of a function a router.
    fn bind(&mut self, function: usize, index: usize, typed: bool) -> usize {
        if let Some(router) = self.bound.get(&(function, index)) {
            return *router;
        }
        let found = &self.unit.functions[function];
        let (name, scope, at) = (found.parameters.get(index).cloned().unwrap_or_default(), found.body.clone(), found.head.start);
        let router = self.declare(&name, Origin::Parameter { function, index, typed }, scope, at);
        self.bound.insert((function, index), router);
        router
    }

    /// Whether a token stands in the arguments of a call of this name.
    fn is_argument_of(&self, at: usize, name: &str) -> bool {
        let mut open = self.enclosing.get(at).copied().flatten();
        for _ in 0..3 {
            let Some(bracket) = open else { return false };
            if bracket > 0 && self.code.is_word(bracket - 1, name) {
                return true;
            }
            open = self.enclosing.get(bracket).copied().flatten();
        }
        false
    }

    /// The router that a name stands for at a place: that of the innermost scope, the latest before it.
    fn lookup(&self, name: &str, at: usize) -> Option<usize> {
        let known = self.names.get(name)?.iter().copied().filter(|router| self.unit.routers[*router].scope.contains(&at));
        known.min_by_key(|router| (self.unit.routers[*router].scope.len(), usize::MAX - router))
    }

    /// What begins at a word, if a router does: a name of one or a constructor.
    fn word(&mut self, at: usize) {
        if let Some((mut chain, start)) = self.begin(at) {
            self.follow(&mut chain, start);
            self.conclude(&chain, start);
        }
    }

    /// The router at a word, and where the expression begins.
    fn begin(&mut self, at: usize) -> Option<(Chain, usize)> {
        let name = self.code.word(at)?;
        let member = at > 0 && matches!(self.code.text(at - 1), "." | "?." | "::");
        let own = member && at >= 2 && matches!(self.code.text(at - 2), "this" | "self") && !(at >= 3 && self.code.is_sign(at - 3, "."));
        if member && !own {
            return None;
        }
        let start = if own { at - 2 } else { at };
        if !own && let Some((router, end)) = self.constructed(at) {
            let start = if start > 0 && self.code.is_word(start - 1, "new") { start - 1 } else { start };
            return Some((Chain { router, path: None, last: None, at: end }, start));
        }
        let router = self.lookup(name, at).or_else(|| self.package(name, at))?;
        Some((Chain { router, path: None, last: None, at: at + 1 }, start))
    }

    /// The root router that a package stands for: `http.HandleFunc`.
    fn package(&mut self, name: &str, at: usize) -> Option<usize> {
        let import = self.unit.imports.iter().find(|import| import.local == name)?;
        let called = self.code.word(at + 2).filter(|_| self.code.is_sign(at + 1, "."))?;
        let routes = self.dialect.roles(called).iter().any(|role| matches!(role, Role::Route(_)));
        (routes && self.dialect.packages.contains(&import.module)).then_some(())?;
        let scope = self.everywhere();
        Some(self.declare("", Origin::App, scope, at))
    }

    /// A call of a constructor at a word: the router, and the token behind it.
    fn constructed(&mut self, at: usize) -> Option<(usize, usize)> {
        let (made, open) = self.constructor(at)?;
        let end = self.code.after(open);
        let origin = match made {
            Made::App => Origin::App,
            Made::Router => Origin::Made(self.own_prefix(open)),
        };
        let scope = self.everywhere();
        Some((self.declare("", origin, scope, at), end))
    }

    /// What the constructor at a word makes, and the bracket of its call.
    fn constructor(&self, at: usize) -> Option<(Made, usize)> {
        let code = self.code;
        let name = code.word(at)?;
        let member = (code.is_sign(at + 1, ".")).then(|| code.word(at + 2)).flatten();
        if name == "require" && code.is_sign(at + 1, "(") {
            return self.required(at);
        }
        let import = self.unit.imports.iter().find(|import| import.local == name);
        for made in &self.dialect.constructors {
            let from_package = import.is_some_and(|import| is_from(&made.package, &import.module));
            let by_name = made.package.is_empty();
            let direct = by_name && name == made.export || from_package && import.is_some_and(|import| import.name == made.export);
            if direct {
                if code.language == Language::CSharp {
                    return member.and_then(|_| code.call(at + 2)).map(|open| (made.is, open));
                }
                if let Some(open) = code.call(at) {
                    return Some((made.is, open));
                }
            }
            let through = from_package && import.is_some_and(|import| matches!(import.name.as_str(), "default" | "*"));
            let through = through || by_name && import.is_some_and(|import| import.name == "*");
            if through
                && member == Some(made.export.as_str())
                && let Some(open) = code.call(at + 2)
            {
                return Some((made.is, open));
            }
        }
        None
    }

    /// `require('express')()` and `require('express').Router()`.
    fn required(&self, at: usize) -> Option<(Made, usize)> {
        let code = self.code;
        let module = code.literal(at + 2)?;
        let end = code.after(at + 1);
        for made in self.dialect.constructors.iter().filter(|made| is_from(&made.package, module)) {
            if made.export == "default" && code.is_sign(end, "(") {
                return Some((made.is, end));
            }
            if code.is_sign(end, ".")
                && code.is_word(end + 1, &made.export)
                && let Some(open) = code.call(end + 1)
            {
                return Some((made.is, open));
            }
        }
        None
    }

    /// The prefix among the arguments of a constructor.
    fn own_prefix(&self, open: usize) -> Value {
        let found = self.dialect.prefix.iter().find_map(|keyword| self.keyword(open, keyword));
        found.map(|range| self.value(range)).unwrap_or_default()
    }

    /// The value of an argument by its name: `name=x`, `name: x`, or the entry of an object among the arguments.
    fn keyword(&self, open: usize, keyword: &str) -> Option<Range<usize>> {
        let code = self.code;
        for argument in code.arguments(open) {
            let at = argument.start;
            if code.is_word(at, keyword) && (code.is_sign(at + 1, "=") || code.is_sign(at + 1, ":")) {
                return Some(at + 2..argument.end);
            }
            if code.is_sign(at, "{")
                && let Some(entry) = self.entry(at, keyword)
            {
                return Some(entry);
            }
        }
        None
    }

    /// The value of a key of the object whose bracket is at a place.
    fn entry(&self, open: usize, key: &str) -> Option<Range<usize>> {
        let code = self.code;
        code.arguments(open).into_iter().find_map(|entry| {
            let at = entry.start;
            let named = code.is_word(at, key) || code.literal(at) == Some(key);
            if named && code.is_sign(at + 1, ":") {
                return Some(at + 2..entry.end);
            }
            (code.is_word(at, key) && entry.len() == 1).then_some(entry)
        })
    }

    fn value(&self, range: Range<usize>) -> Value {
        value::of(self.code, range, &self.unit.constants)
    }

    /// Follows the calls on a router.
    fn follow(&mut self, chain: &mut Chain, start: usize) {
        while matches!(self.code.text(chain.at), "." | "?.") {
            let name = chain.at + 1;
            let (Some(word), Some(open)) = (self.code.word(name), self.code.call(name)) else { return };
            if !self.step(chain, start, name, word, open) {
                return;
            }
            chain.at = self.code.after(open);
        }
    }

    /// One call of a chain; whether what follows is still called on a router.
    fn step(&mut self, chain: &mut Chain, start: usize, name: usize, word: &str, open: usize) -> bool {
        let roles = self.dialect.roles(word);
        let mut known = false;
        for role in roles {
            let taken = match role {
                Role::Route(method) => self.route(chain, start, name, open, std::slice::from_ref(method)),
                Role::Listed(keyword) => self.listed(chain, start, name, open, keyword),
                Role::Chain => self.path_of_chain(chain, open),
                Role::Group => self.group(chain, open),
                Role::Scope => self.scope(chain, open),
                Role::Mount(keyword) => self.mount(chain, open, keyword),
                Role::Hub | Role::Service => self.procedure(chain, name, open, role == &Role::Hub),
                Role::Name => self.name_last(chain, open),
                Role::Methods => self.methods_of_last(chain, open),
                Role::Pass => true,
            };
            known = true;
            if taken {
                return true;
            }
        }
        if self.dialect.passes_on {
            if !known && !word.starts_with("With") && !word.starts_with("Has") && !word.starts_with("Require") {
                self.receive(chain, name, word, open);
                let (scope, pass) = (self.everywhere(), self.unit.passes.len() - 1);
                chain.router = self.declare("", Origin::Extension { parent: chain.router, pass }, scope, name);
            }
            return true;
        }
        false
    }

    /// `group("/a")`: what follows stands below it. With a function among the arguments, only that does.
    fn group(&mut self, chain: &mut Chain, open: usize) -> bool {
        let arguments = self.code.arguments(open);
        let mut prefix = Value::default();
        if let Some(first) = arguments.first().cloned() {
            let first = self.unnamed(first);
            prefix = if self.code.is_word(first.start, "this") && first.len() == 1 {
                Value(vec![value::Piece::Hole("this".into())])
            } else {
                self.value(first.clone())
            };
            self.note_convention(first, open, &prefix);
            if prefix.0.first().is_some_and(|piece| matches!(piece, value::Piece::Hole(text) if text.starts_with("func"))) {
                return false;
            }
        }
        let scope = self.everywhere();
        chain.router = self.declare("", Origin::Group(chain.router, prefix), scope, open);
        true
    }

    /// Hands the router below a prefix to the function in the arguments.
    fn scope(&mut self, chain: &Chain, open: usize) -> bool {
        let arguments = self.code.arguments(open);
        let Some(last) = arguments.last().cloned() else { return false };
        let prefix = if arguments.len() > 1 { self.value(arguments[0].clone()) } else { Value::default() };
        self.hand_over(chain.router, prefix, last)
    }

    /// Makes the first parameter of the function that is an argument a router below another; false where there is none.
    fn hand_over(&mut self, parent: usize, prefix: Value, argument: Range<usize>) -> bool {
        let inside = |head: &Range<usize>| argument.contains(&head.start);
        let Some(function) = self.unit.functions.iter().position(|function| inside(&function.head)) else { return false };
        let router = self.bind(function, 0, true);
        self.unit.routers[router].origin = Origin::Group(parent, prefix);
        true
    }

    /// A call of C# that is no route may be an extension of the repository, which gets the router as its first argument.
    fn receive(&mut self, chain: &Chain, name: usize, word: &str, open: usize) {
        let mut arguments = vec![Value::default()];
        arguments.extend(self.code.arguments(open).into_iter().map(|range| self.value(self.unnamed(range))));
        let line = self.code.line(name);
        self.unit.passes.push(Pass { function: word.to_owned(), on: None, index: 0, router: chain.router, arguments, line });
    }

    fn function_around(&self, at: usize) -> Option<usize> {
        let around =
            self.unit.functions.iter().enumerate().filter(|(_, function)| function.body.contains(&at) && !function.name.is_empty());
        around.min_by_key(|(_, function)| function.body.len()).map(|(index, _)| index)
    }

    /// An argument without its name.
    fn unnamed(&self, range: Range<usize>) -> Range<usize> {
        let named = range.len() > 2 && self.code.kind(range.start) == Some(Kind::Word);
        let sign = if self.code.language == Language::Python { "=" } else { ":" };
        if named && self.code.language != Language::JavaScript && self.code.is_sign(range.start + 1, sign) {
            range.start + 2..range.end
        } else {
            range
        }
    }

    /// What becomes of the router at the end of a chain: it gets a name, is handed to a function, or given back.
    fn conclude(&mut self, chain: &Chain, start: usize) {
        let Some(before) = start.checked_sub(1) else { return };
        if chain.last.is_some() && self.dialect.passes_on {
            return;
        }
        if self.code.is_sign(before, "=") || self.code.is_sign(before, ":=") {
            self.assign(before, chain.router);
        } else if self.code.is_word(before, "return") || self.code.is_sign(before, "=>") {
            if let Some(function) = self.function_around(start) {
                self.unit.returned.push((function, chain.router));
            }
        } else if matches!(self.code.text(before), "(" | ",") && matches!(self.code.text(chain.at), ")" | ",") {
            self.hand_to_function(chain, start);
        }
    }

    /// Gives a router a name. What is assigned inside of a function is known there.
    fn assign(&mut self, equals: usize, router: usize) {
        let code = self.code;
        let Some(mut target) = equals.checked_sub(1) else { return };
        // `name: Type = …`.
        let typed =
            (target.saturating_sub(8)..target).rev().find(|at| !matches!(code.kind(*at), Some(Kind::Word)) && !code.is_sign(*at, "."));
        if let Some(colon) = typed.filter(|at| code.is_sign(*at, ":") && *at > 0 && code.line(*at) == code.line(target)) {
            target = colon - 1;
        }
        let Some(name) = code.word(target).filter(|name| *name != "exports") else { return };
        let own = target >= 2 && matches!(code.text(target - 2), "this" | "self");
        let block =
            std::iter::successors(self.enclosing.get(target).copied().flatten(), |open| self.enclosing.get(*open).copied().flatten());
        let block = block.into_iter().find(|open| code.is_sign(*open, "{"));
        let scope = match block {
            Some(open) if !own => code.inside(open),
            _ => self.everywhere(),
        };
        let name = name.to_owned();
        self.declare(&name, Origin::Group(router, Value::default()), scope, target);
    }

    /// The router is an argument of a call.
    fn hand_to_function(&mut self, chain: &Chain, start: usize) {
        let code = self.code;
        let Some(open) = self.enclosing.get(start).copied().flatten().filter(|open| code.is_sign(*open, "(") && *open > 0) else { return };
        let arguments = code.arguments(open);
        let Some(place) = arguments.iter().position(|range| range.contains(&start)) else { return };
        let mut name = open - 1;
        if code.is_sign(name, ">") {
            let Some(generic) = (name.saturating_sub(32)..name).rev().find(|at| code.is_sign(*at, "<") && *at > 0) else { return };
            name = generic - 1;
        }
        let on = (name >= 2 && matches!(code.text(name - 1), "." | "?.")).then(|| code.word(name - 2)).flatten().map(str::to_owned);
        let function = match code.word(name) {
            Some(word) if self.dialect.roles(word).is_empty() || on.as_deref().is_some_and(|on| self.lookup(on, name).is_none()) => {
                word.to_owned()
            }
            // `require('./routes')(app)`.
            None if code.is_sign(name, ")") => {
                let Some(required) = code.mate(name).filter(|at| *at > 0 && code.is_word(at - 1, "require")) else { return };
                let Some(module) = code.literal(required + 1) else { return };
                let local = format!("require {module}");
                self.unit.imports.push(super::unit::Import { local: local.clone(), module: module.to_owned(), name: "default".into() });
                local
            }
            _ => return,
        };
        let values = arguments.into_iter().map(|range| self.value(self.unnamed(range))).collect();
        let pass = Pass { function, on, index: place, router: chain.router, arguments: values, line: code.line(start) };
        self.unit.passes.push(pass);
    }

    /// What a name stands for, where it is not made here.
    fn child_of_name(&self, name: &str, at: usize) -> Option<Child> {
        if let Some(router) = self.lookup(name, at) {
            return Some(Child::Router(router));
        }
        if let Some(import) = self.unit.imports.iter().find(|import| import.local == name) {
            return Some(Child::Imported { module: import.module.clone(), name: import.name.clone() });
        }
        self.unit.functions.iter().any(|function| function.name == name).then(|| Child::Function(name.to_owned()))
    }
}

/// Whether a type as written is a known one: `this IEndpointRouteBuilder`, `*gin.RouterGroup`, `express.Router`, `Hono<X>`.
fn is_type(written: &str, known: &str) -> bool {
    written.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with(['<', '?', '|']))
}
