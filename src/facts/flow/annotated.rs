//! Routes that are annotations or decorators of classes and methods: Spring, NestJS.

use std::ops::Range;

use super::table::{Annotations, Dialect};
use super::unit::{Annotated, Unit};
use super::{FlowKind, function};
use crate::facts::code::value::{self, Value};
use crate::facts::code::{Code, Kind};

/// An annotation in front of a declaration.
struct Annotation<'t> {
    name: &'t str,
    line: usize,
    arguments: Vec<Range<usize>>,
}

/// A class with what its annotations say.
struct Controller<'t> {
    name: &'t str,
    body: Range<usize>,
    prefixes: Vec<Value>,
}

/// Reads what annotations of a file declare.
pub(super) fn read(code: &Code<'_>, dialect: &Dialect, unit: &mut Unit) {
    for table in &dialect.annotations {
        let reader = Reader { code, table, unit };
        let found = reader.read();
        unit.annotated.extend(found);
    }
}

struct Reader<'r, 't> {
    code: &'r Code<'t>,
    table: &'r Annotations,
    unit: &'r Unit,
}

impl<'t> Reader<'_, 't> {
    fn read(&self) -> Vec<Annotated> {
        let code = self.code;
        let mut found = Vec::new();
        let mut pending: Vec<Annotation<'t>> = Vec::new();
        let mut classes: Vec<Controller<'t>> = Vec::new();
        let mut at = 0;
        while at < code.len() {
            if code.is_sign(at, "@") && code.kind(at + 1) == Some(Kind::Word) && !code.is_word(at + 1, "interface") {
                let (annotation, end) = self.annotation(at + 1);
                pending.push(annotation);
                at = end;
                continue;
            }
            if pending.is_empty() {
                at += 1;
                continue;
            }
            if code.is_word(at, "class") || code.is_word(at, "interface") {
                classes.extend(self.class(at, &pending));
                pending.clear();
            } else if matches!(code.text(at), ";" | "{" | "}" | "=" | ")" | ",") && code.kind(at) != Some(Kind::Text) {
                pending.clear();
            } else if code.is_sign(at, "(") && at > 0 && code.kind(at - 1) == Some(Kind::Word) {
                let class = classes.iter().rev().find(|class| class.body.contains(&at));
                self.method(at, class, &pending, &mut found);
                pending.clear();
            }
            at += 1;
        }
        found
    }

    fn annotation(&self, name: usize) -> (Annotation<'t>, usize) {
        let code = self.code;
        let mut last = name;
        while code.is_sign(last + 1, ".") && code.kind(last + 2) == Some(Kind::Word) {
            last += 2;
        }
        let open = code.is_sign(last + 1, "(").then_some(last + 1);
        let arguments = open.map(|open| code.arguments(open)).unwrap_or_default();
        (Annotation { name: code.text(last), line: code.line(last), arguments }, open.map_or(last + 1, |open| code.after(open)))
    }

    /// A class that is a controller; others hold no routes.
    fn class(&self, at: usize, annotations: &[Annotation<'t>]) -> Option<Controller<'t>> {
        let code = self.code;
        let has = |names: &[String]| annotations.iter().any(|annotation| names.iter().any(|name| name == annotation.name));
        let name = code.word(at + 1)?;
        let open = (at + 2..code.len().min(at + 120)).find(|at| code.is_sign(*at, "{"))?;
        if !has(&self.table.controllers) || has(&self.table.clients) || code.is_word(at, "interface") {
            return None;
        }
        let prefix = annotations.iter().find(|annotation| self.table.prefixes.iter().any(|name| name == annotation.name));
        let mut prefixes = prefix.map(|annotation| self.paths(annotation)).unwrap_or_default();
        if prefixes.is_empty() {
            prefixes.push(Value::default());
        }
        Some(Controller { name, body: code.inside(open), prefixes })
    }

    fn method(&self, open: usize, class: Option<&Controller<'t>>, annotations: &[Annotation<'t>], found: &mut Vec<Annotated>) {
        let code = self.code;
        let name = code.text(open - 1);
        let function = super::function::first_in(&self.unit.functions, &(open + 1..open + 2));
        let owner = class.map(|class| class.name.to_owned()).or_else(|| function.and_then(|function| function.class.clone()));
        let mut handlers = vec![owner.as_ref().map_or_else(|| name.to_owned(), |owner| format!("{owner}.{name}"))];
        handlers.extend(function.map(|function| function::sent(code, function.head.clone(), function.body.clone())).unwrap_or_default());
        for annotation in annotations {
            let put = |kind, methods: Vec<String>, prefix: Value, path: Value| Annotated {
                kind,
                methods,
                prefix,
                path,
                line: annotation.line,
                name: None,
                handlers: handlers.clone(),
            };
            let is_one_of = |names: &[String]| names.iter().any(|name| name == annotation.name);
            if let (Some(method), Some(class)) = (self.table.methods.get(annotation.name), class) {
                let methods = if method == "*" { self.methods(annotation) } else { vec![method.clone()] };
                let mut paths = self.paths(annotation);
                if paths.is_empty() {
                    paths.push(Value::default());
                }
                for prefix in &class.prefixes {
                    found.extend(paths.iter().map(|path| put(FlowKind::Http, methods.clone(), prefix.clone(), path.clone())));
                }
            } else if is_one_of(&self.table.timers) {
                found.push(put(FlowKind::Timer, Vec::new(), Value::default(), Value::known(handlers[0].clone())));
            } else if is_one_of(&self.table.messages) {
                let queue = annotation.arguments.iter().flat_map(|range| self.texts(range.clone())).next();
                found.push(put(
                    FlowKind::Message,
                    Vec::new(),
                    Value::default(),
                    queue.unwrap_or_else(|| Value::known(handlers[0].clone())),
                ));
            }
        }
    }

    /// The paths that an annotation names: without a name, or as `path` or `value`, one or a list.
    fn paths(&self, annotation: &Annotation<'_>) -> Vec<Value> {
        let code = self.code;
        let mut found = Vec::new();
        for argument in &annotation.arguments {
            if code.is_sign(argument.start, "{") && code.is_sign(argument.start + 2, ":") {
                let entries = code.arguments(argument.start).into_iter().filter(|entry| code.is_word(entry.start, "path"));
                found.extend(entries.flat_map(|entry| self.texts(entry.start + 2..entry.end)));
            } else if code.word(argument.start).is_some() && code.is_sign(argument.start + 1, "=") {
                if matches!(code.text(argument.start), "path" | "value") {
                    found.extend(self.texts(argument.start + 2..argument.end));
                }
            } else {
                found.extend(self.texts(argument.clone()));
            }
        }
        found
    }

    /// A string or a name of one, or several in a list.
    fn texts(&self, range: Range<usize>) -> Vec<Value> {
        let code = self.code;
        if matches!(code.text(range.start), "{" | "[") && code.kind(range.start) == Some(Kind::Open) {
            return code.arguments(range.start).into_iter().map(|range| value::of(code, range, &self.unit.constants)).collect();
        }
        let text =
            code.kind(range.start) == Some(Kind::Text) || code.kind(range.start) == Some(Kind::Word) && !code.is_sign(range.start + 1, "=");
        text.then(|| value::of(code, range, &self.unit.constants)).into_iter().collect()
    }

    /// The methods of `method = RequestMethod.GET` or a list of them.
    fn methods(&self, annotation: &Annotation<'_>) -> Vec<String> {
        let code = self.code;
        let named = annotation.arguments.iter().find(|range| code.is_word(range.start, "method"));
        let words = named.cloned().into_iter().flatten().filter_map(|at| code.word(at));
        words.filter(|word| matches!(*word, "GET" | "POST" | "PUT" | "DELETE" | "PATCH" | "HEAD" | "OPTIONS")).map(str::to_owned).collect()
    }
}
