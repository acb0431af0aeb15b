//! Routers that are put below others: `app.use("/a", router)`, `include_router(users.router, prefix="/a")`, tables of
//! prefixes that a loop goes through.

use std::ops::Range;

use super::{Chain, Reader};
use crate::facts::code::value::Value;
use crate::facts::code::{Kind, Language};
use crate::facts::flow::unit::{Child, Mount, Origin, Pass};

impl Reader<'_, '_> {
    /// A call that puts the routers in its arguments below this one.
    pub(super) fn mount(&mut self, chain: &Chain, open: usize, keyword: &str) -> bool {
        let mut arguments = self.code.arguments(open);
        if arguments.is_empty() {
            return false;
        }
        if self.looped(chain, open, &arguments) {
            return true;
        }
        if let [only] = arguments.as_slice()
            && self.code.word(only.start).is_some_and(|name| self.dialect.wrappers.iter().any(|wrapper| wrapper == name))
            && let Some(inner) = self.code.call(only.start)
        {
            arguments = self.code.arguments(inner);
            if arguments.is_empty() {
                return true;
            }
        }
        let mut prefix = Value::default();
        if keyword.is_empty() {
            let first = arguments[0].clone();
            let text = self.code.kind(first.start) == Some(Kind::Text);
            if text || arguments.len() > 1 && self.child(first.clone()).is_none() && self.is_name(first.clone()) {
                prefix = self.value(first);
                arguments.remove(0);
            }
        } else if let Some(range) = self.keyword(open, keyword) {
            prefix = self.value(range);
        }
        let mut mounted = false;
        for argument in arguments {
            mounted |= self.put_below(chain.router, &prefix, argument, 0);
        }
        mounted || self.code.language == Language::JavaScript
    }

    fn is_name(&self, range: Range<usize>) -> bool {
        range.clone().all(|at| self.code.kind(at) == Some(Kind::Word) || matches!(self.code.text(at), "." | "+"))
    }

    /// Puts what an argument stands for below a router; an array stands for all that it holds.
    fn put_below(&mut self, parent: usize, prefix: &Value, argument: Range<usize>, depth: usize) -> bool {
        if self.code.is_sign(argument.start, "[") && depth == 0 {
            let items = self.code.arguments(argument.start);
            let mut any = false;
            for item in items {
                any |= self.put_below(parent, prefix, item, 1);
            }
            return any;
        }
        let called = self.code.call(argument.start).is_some();
        match self.child(argument.clone()) {
            Some(Child::Function(function)) if !called || self.is_argument_of(argument.start, "register") => {
                let line = self.code.line(argument.start);
                let scope = self.everywhere();
                let router = self.declare("", Origin::Group(parent, prefix.clone()), scope, argument.start);
                self.unit.passes.push(Pass { function, on: None, index: 0, router, arguments: Vec::new(), line });
                true
            }
            Some(child) => {
                self.unit.mounts.push(Mount { parent, prefix: prefix.clone(), child });
                true
            }
            None => self.hand_over_function(parent, prefix, argument),
        }
    }

    /// `register(async (instance) => { … })`.
    fn hand_over_function(&mut self, parent: usize, prefix: &Value, argument: Range<usize>) -> bool {
        let begins =
            matches!(self.code.text(argument.start), "async" | "(" | "function" | "func") || self.code.is_sign(argument.start + 1, "=>");
        begins && self.is_argument_of(argument.start, "register") && self.hand_over(parent, prefix.clone(), argument)
    }

    /// The router that an expression stands for.
    pub(super) fn child(&self, range: Range<usize>) -> Option<Child> {
        let code = self.code;
        let mut at = range.start;
        if code.is_word(at, "await") {
            at += 1;
        }
        let name = code.word(at)?;
        if matches!(name, "require" | "import") && code.is_sign(at + 1, "(") {
            let module = code.literal(at + 2)?.to_owned();
            let end = code.after(at + 1);
            let member = (code.is_sign(end, ".")).then(|| code.word(end + 1)).flatten().unwrap_or("default");
            return Some(Child::Imported { module, name: member.to_owned() });
        }
        if matches!(name, "this" | "self") {
            return self.lookup(code.word(at + 2)?, at + 2).map(Child::Router);
        }
        // `router()`, `createRouter()`: what a function gives back.
        match (self.child_of_name(name, at)?, code.is_sign(at + 1, ".")) {
            (Child::Imported { module, name }, true) => {
                let member = code.word(at + 2)?;
                let through = matches!(name.as_str(), "*" | "default") || code.language == Language::Python;
                let module = if code.language == Language::Python && name != "*" { format!("{module}.{name}") } else { module };
                // `x.routes()` of Koa is the router itself.
                let itself = code.language == Language::JavaScript && member == "routes" && code.call(at + 2).is_some();
                let member = if itself { "default" } else { member };
                through.then(|| Child::Imported { module, name: member.to_owned() })
            }
            (Child::Router(router), _) => Some(Child::Router(router)),
            (child, false) => Some(child),
            _ => None,
        }
    }

    /// `routes.forEach((route) => router.use(route.path, route.route))`, and the same as a loop.
    fn looped(&mut self, chain: &Chain, open: usize, arguments: &[Range<usize>]) -> bool {
        let code = self.code;
        let [path, .., child] = arguments else { return false };
        let (variable, path, child) = match (path.len(), child.len()) {
            (3, 3) if code.text(path.start) == code.text(child.start) => {
                (code.word(path.start), code.text(path.start + 2), code.text(child.start + 2))
            }
            (1, 1) => (None, code.text(path.start), code.text(child.start)),
            _ => return false,
        };
        let Some(table) = self.table_of(open, variable) else { return false };
        let rows: Vec<usize> = code.arguments(table).into_iter().map(|row| row.start).filter(|at| code.is_sign(*at, "{")).collect();
        let mut found = false;
        for row in rows {
            let (Some(prefix), Some(child)) = (self.entry(row, path), self.entry(row, child)) else { continue };
            let prefix = self.value(prefix);
            found |= self.put_below(chain.router, &prefix, child, 0);
        }
        found
    }

    /// The bracket of the list that the loop around a place goes through.
    fn table_of(&self, at: usize, variable: Option<&str>) -> Option<usize> {
        let code = self.code;
        let around = self.unit.functions.iter().filter(|function| function.body.contains(&at));
        let function = around.min_by_key(|function| function.body.len());
        let in_function = function.and_then(|function| {
            let named = variable.is_none() || function.parameters.first().map(String::as_str) == variable;
            let call = (function.head.start.saturating_sub(4)..function.head.start)
                .rev()
                .find(|at| matches!(code.text(*at), "forEach" | "map"))?;
            named.then(|| code.word(call.checked_sub(2)?)).flatten()
        });
        let name = in_function.or_else(|| {
            // `for (const route of routes) {`.
            let near = at.saturating_sub(30)..at;
            let of = near.rev().find(|at| code.is_word(*at, "of"))?;
            code.word(of + 1)
        })?;
        let declared =
            (0..code.len()).find(|at| code.is_word(*at, name) && *at > 0 && matches!(code.text(at - 1), "const" | "let" | "var"))?;
        (declared..declared + 20).find(|at| code.is_sign(*at, "=")).map(|equals| equals + 1).filter(|open| code.is_sign(*open, "["))
    }
}
