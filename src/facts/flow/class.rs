//! Classes with their bases, attributes and methods, for frameworks that tell by them what is a way in.

use std::ops::Range;

use super::function;
use crate::facts::code::value::{self, Constants, Value};
use crate::facts::code::{Code, Kind};

/// A class.
#[derive(Debug, Clone)]
pub(super) struct Class {
    pub name: String,
    pub line: usize,
    pub bases: Vec<Base>,
    pub attributes: Vec<Attribute>,
    pub is_abstract: bool,
    pub is_public: bool,
    /// Whether it takes types as parameters.
    pub generic: bool,
    pub interface: bool,
    pub methods: Vec<Method>,
    /// Strings that properties of it give: `RoutePrefix => "/a"`.
    pub properties: Vec<(String, Value)>,
}

/// What a class extends or implements.
#[derive(Debug, Clone)]
pub(super) struct Base {
    /// The first name of its dotted name: `EndpointBaseAsync` of `EndpointBaseAsync.WithRequest<X>`.
    pub name: String,
    /// All names of types in angle brackets.
    pub arguments: Vec<String>,
}

/// An attribute or annotation.
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    /// Its name, without namespace and `Attribute`.
    pub name: String,
    pub line: usize,
    pub arguments: Vec<Argument>,
}

/// An argument of an attribute.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    pub name: Option<String>,
    pub value: Value,
    /// Whether it is written as a string, or can be one.
    pub text: bool,
    /// The last name or string in it.
    pub word: String,
}

/// A method.
#[derive(Debug, Clone)]
pub(super) struct Method {
    pub name: String,
    pub line: usize,
    pub is_public: bool,
    pub is_static: bool,
    pub generic: bool,
    pub overrides: bool,
    pub attributes: Vec<Attribute>,
    pub parameters: Vec<Parameter>,
    /// Types of commands that it hands on.
    pub sent: Vec<String>,
    /// Whether it shows a page.
    pub shows: bool,
    /// Calls without a receiver, for frameworks that are configured by them.
    pub calls: Vec<Call>,
}

/// A parameter of a method.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub name: String,
    pub kind: String,
    pub attributes: Vec<Attribute>,
}

/// A call without a receiver.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub name: String,
    pub line: usize,
    pub types: Vec<String>,
    pub arguments: Vec<Argument>,
}

impl Attribute {
    /// The string that is its argument by one of these names, or the first without a name.
    pub(super) fn text(&self, names: &[&str]) -> Option<&Value> {
        let named = self.arguments.iter().find(|argument| argument.name.as_deref().is_some_and(|name| names.contains(&name)));
        let first = || self.arguments.iter().find(|argument| argument.name.is_none() && argument.text);
        named.or_else(first).map(|argument| &argument.value)
    }

    /// The string that is its argument by this name.
    pub(super) fn named(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|argument| argument.name.as_deref() == Some(name)).map(|argument| &argument.value)
    }
}

const MODIFIERS: [&str; 14] = [
    "public",
    "private",
    "protected",
    "internal",
    "sealed",
    "abstract",
    "static",
    "partial",
    "readonly",
    "unsafe",
    "file",
    "new",
    "final",
    "export",
];

/// All classes of a file of C#, nested ones too.
pub(super) fn of(code: &Code<'_>, constants: &Constants) -> Vec<Class> {
    let reader = Reader { code, constants };
    (1..code.len()).filter_map(|at| reader.class(at)).collect()
}

struct Reader<'r, 't> {
    code: &'r Code<'t>,
    constants: &'r Constants,
}

impl Reader<'_, '_> {
    fn class(&self, at: usize) -> Option<Class> {
        let code = self.code;
        let keyword = code.word(at).filter(|word| matches!(*word, "class" | "record" | "interface"))?;
        let before_is_head = at == 0 || !matches!(code.text(at - 1), "." | ":" | "<" | "(" | ",") || code.is_sign(at - 1, "]");
        let mut name = at + 1;
        if matches!(code.text(name), "class" | "struct") {
            name += 1;
        }
        let text = code.word(name).filter(|_| before_is_head)?;
        let (open, bases, generic) = self.head(name + 1)?;
        let (attributes, words) = self.before(at);
        let has = |word: &str| words.contains(&word);
        let (methods, properties) = open.map_or_else(Default::default, |open| self.members(code.inside(open), text));
        Some(Class {
            name: text.to_owned(),
            line: code.line(name),
            bases,
            attributes,
            is_abstract: has("abstract"),
            is_public: has("public"),
            generic,
            interface: keyword == "interface",
            methods,
            properties,
        })
    }

    /// What stands between the name of a class and its body: the bracket of the body, the bases.
    fn head(&self, from: usize) -> Option<(Option<usize>, Vec<Base>, bool)> {
        let code = self.code;
        let generic = code.is_sign(from, "<");
        let mut at = if generic { code.generic_end(from)? } else { from };
        if code.is_sign(at, "(") {
            at = code.after(at);
        }
        let mut bases = Vec::new();
        if code.is_sign(at, ":") {
            let start = at + 1;
            while at < code.len() && !code.is_sign(at, "{") && !code.is_sign(at, ";") && !code.is_word(at, "where") {
                at = code.after(at);
            }
            bases = function::split(code, start..at.min(code.len())).into_iter().filter_map(|range| self.base(range)).collect();
        }
        while at < code.len() && !code.is_sign(at, "{") {
            if code.is_sign(at, ";") {
                return Some((None, bases, generic));
            }
            if at > from + 400 {
                return None;
            }
            at = code.after(at);
        }
        (at < code.len()).then_some((Some(at), bases, generic))
    }

    fn base(&self, range: Range<usize>) -> Option<Base> {
        let code = self.code;
        let mut words = range.clone().filter(|at| code.kind(*at) == Some(Kind::Word));
        let first = words.next()?;
        let generic = range.clone().find(|at| code.is_sign(*at, "<")).unwrap_or(range.end);
        // A namespace in front of the name is passed over, a type in the type is not.
        let mut name = first;
        while code.is_sign(name + 1, ".")
            && name + 2 < generic
            && !code.text(name).starts_with("Endpoint")
            && !matches!(code.text(name), "Ep" | "BaseAsyncEndpoint")
        {
            name += 2;
        }
        let arguments = (generic..range.end).filter_map(|at| code.word(at)).map(str::to_owned).collect();
        Some(Base { name: code.text(name).to_owned(), arguments })
    }

    /// Attributes and modifiers before a place.
    fn before(&self, at: usize) -> (Vec<Attribute>, Vec<&str>) {
        let code = self.code;
        let mut words = Vec::new();
        let mut lists = Vec::new();
        let mut back = at;
        while let Some(before) = back.checked_sub(1) {
            match code.word(before) {
                Some(word) if MODIFIERS.contains(&word) => words.push(word),
                None if code.is_sign(before, "]") => {
                    let open = code.opening(before);
                    lists.push(open);
                    back = open;
                    continue;
                }
                _ => break,
            }
            back = before;
        }
        (lists.into_iter().rev().flat_map(|open| self.attributes(open)).collect(), words)
    }

    /// The attributes in a bracket: `[A, B("x")]`.
    fn attributes(&self, open: usize) -> Vec<Attribute> {
        let code = self.code;
        code.arguments(open).into_iter().filter_map(|range| self.attribute(range)).collect()
    }

    fn attribute(&self, range: Range<usize>) -> Option<Attribute> {
        let code = self.code;
        let mut name = range.start;
        while code.is_sign(name + 1, ".") || code.is_sign(name + 1, ":") {
            name += 2;
        }
        let text = code.word(name).filter(|_| name < range.end)?;
        let arguments = code.call(name).map(|open| code.arguments(open)).unwrap_or_default();
        let arguments = arguments.into_iter().map(|range| self.argument(range)).collect();
        Some(Attribute { name: text.strip_suffix("Attribute").unwrap_or(text).to_owned(), line: code.line(name), arguments })
    }

    fn argument(&self, range: Range<usize>) -> Argument {
        let code = self.code;
        let named = range.len() > 2 && code.word(range.start).is_some() && matches!(code.text(range.start + 1), "=" | ":");
        let name = named.then(|| code.text(range.start).to_owned());
        let range = if named { range.start + 2..range.end } else { range };
        let text = code.kind(range.start) == Some(Kind::Text)
            || code.is_word(range.start, "nameof")
            || range.clone().all(|at| code.kind(at) == Some(Kind::Word) || code.is_sign(at, "."));
        let word = range.clone().rev().find_map(|at| code.word(at).or_else(|| code.literal(at))).unwrap_or_default().to_owned();
        Argument { name, value: value::of(code, range, self.constants), text, word }
    }

    /// The methods in the body of a class, and strings that its properties give.
    fn members(&self, body: Range<usize>, class: &str) -> (Vec<Method>, Vec<(String, Value)>) {
        let code = self.code;
        let (mut methods, mut properties) = (Vec::new(), Vec::new());
        let mut at = body.start;
        while at < body.end {
            let start = at;
            let mut attributes = Vec::new();
            while code.is_sign(at, "[") && at < body.end {
                attributes.extend(self.attributes(at));
                at = code.after(at);
            }
            let head = at;
            // A member ends with its body, or with `;`.
            while at < body.end && !matches!(code.text(at), "{" | ";" | "=>" | "=") {
                at = code.after(at);
            }
            let sign = at.min(body.end);
            let member = match code.text(at) {
                "{" => code.inside(at),
                "=>" | "=" => at + 1..self.statement_end(at + 1, body.end),
                _ => at..at,
            };
            at = if code.is_sign(at, "{") { code.after(at) } else { member.end + 1 };
            if code.is_sign(sign, "=>")
                && member.len() == 1
                && let Some(name) = code.word(sign.saturating_sub(1))
            {
                properties.push((name.to_owned(), value::of(code, member.clone(), self.constants)));
            }
            if !code.is_sign(sign, "=") {
                methods.extend(self.method(head..sign, attributes, member, class));
            }
            at = at.max(start + 1);
        }
        (methods, properties)
    }

    fn statement_end(&self, from: usize, end: usize) -> usize {
        let mut at = from;
        while at < end && !self.code.is_sign(at, ";") {
            at = self.code.after(at);
        }
        at.min(end)
    }

    fn method(&self, head: Range<usize>, attributes: Vec<Attribute>, body: Range<usize>, class: &str) -> Option<Method> {
        let code = self.code;
        let mut at = head.start;
        let mut words = Vec::new();
        while at < head.end && !code.is_sign(at, "(") {
            if matches!(code.text(at), "class" | "record" | "struct" | "interface" | "enum" | "delegate" | "event" | "operator") {
                return None;
            }
            words.push(code.text(at));
            at = code.after(at);
        }
        // A tuple as the type: the bracket of the parameters is the last one.
        let open = (at..head.end)
            .rev()
            .find(|at| code.is_sign(*at, "(") && (*at > 0 && (code.kind(at - 1) == Some(Kind::Word) || code.is_sign(at - 1, ">"))));
        let open = if code.is_sign(at, "(") && at > 0 && code.kind(at - 1) == Some(Kind::Word) { at } else { open.unwrap_or(at) };
        if !code.is_sign(open, "(") || open == 0 || open >= head.end {
            return None;
        }
        let generic = code.is_sign(open - 1, ">");
        let name =
            if generic { (head.start..open).rev().find(|at| code.is_sign(*at, "<")).and_then(|at| at.checked_sub(1))? } else { open - 1 };
        let text = code.word(name)?;
        let parameters = code.inside(open);
        Some(Method {
            name: text.to_owned(),
            line: code.line(name),
            is_public: words.contains(&"public"),
            is_static: words.contains(&"static"),
            generic,
            overrides: words.contains(&"override"),
            attributes,
            parameters: function::split(code, parameters.clone()).into_iter().map(|range| self.parameter(range)).collect(),
            sent: function::sent(code, parameters, body.clone()),
            shows: body.clone().any(|at| matches!(code.text(at), "View" | "PartialView" | "Page") && code.call(at).is_some()),
            calls: if matches!(text, "Configure") || text == class { self.calls(body) } else { Vec::new() },
        })
    }

    fn parameter(&self, range: Range<usize>) -> Parameter {
        let code = self.code;
        let mut at = range.start;
        let mut attributes = Vec::new();
        while code.is_sign(at, "[") && at < range.end {
            attributes.extend(self.attributes(at));
            at = code.after(at);
        }
        let (name, kind) = function::parameter(code, at..range.end);
        Parameter { name: name.to_owned(), kind, attributes }
    }

    fn calls(&self, body: Range<usize>) -> Vec<Call> {
        let code = self.code;
        let bare = |at: usize| at > 0 && !matches!(code.text(at - 1), "." | "?." | "new");
        let call = |at: usize| {
            let open = code.call(at).filter(|_| code.kind(at) == Some(Kind::Word) && bare(at))?;
            let types = (at + 1..open).filter_map(|at| code.word(at)).map(str::to_owned).collect();
            let arguments = code.arguments(open).into_iter().map(|range| self.argument(range)).collect();
            Some(Call { name: code.text(at).to_owned(), line: code.line(at), types, arguments })
        };
        body.filter_map(call).collect()
    }
}
