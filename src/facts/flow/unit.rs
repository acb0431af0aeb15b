//! What one file says about routes, before files are held against each other.

use std::ops::Range;

use super::class::Class;
use crate::facts::code::value::{Constants, Value};
use crate::facts::code::{Language, LeftWhole};

/// What was read of one file.
#[derive(Debug)]
pub(super) struct Unit {
    pub file: String,
    pub language: Language,
    /// It is too large to be read.
    pub left_whole: Option<LeftWhole>,
    /// Whether it imports a framework whose routes are calls.
    pub speaks: bool,
    pub routers: Vec<Router>,
    pub routes: Vec<Route>,
    pub mounts: Vec<Mount>,
    pub passes: Vec<Pass>,
    pub imports: Vec<Import>,
    /// The name outside, and the name inside.
    pub exports: Vec<(String, Child)>,
    /// The function that gives a router back, and the router.
    pub returned: Vec<(usize, usize)>,
    pub functions: Vec<Function>,
    pub classes: Vec<Class>,
    pub constants: Constants,
    /// Types that are named beside a group whose prefix is made of a type's name.
    pub conventions: Vec<(Vec<String>, Value)>,
    /// Templates of routes by convention.
    pub templates: Vec<String>,
    /// Names of controllers and actions are written with hyphens here.
    pub slugs: bool,
    /// Jobs that are put on a clock by a call.
    pub schedules: Vec<Schedule>,
    /// The prefix that is given to all endpoints of a project.
    pub prefix: Option<Value>,
    /// Routes that are annotations.
    pub annotated: Vec<Annotated>,
}

/// A router, or the router below a prefix of another.
#[derive(Debug, Clone)]
pub(super) struct Router {
    pub name: String,
    pub origin: Origin,
    /// Where the name is known, in tokens.
    pub scope: Range<usize>,
    pub line: usize,
}

/// Where a router comes from.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// The root of all paths.
    App,
    /// Made here, with a prefix of its own.
    Made(Value),
    /// Another one of this file, below a prefix.
    Group(usize, Value),
    /// What a function of the repository makes of another one of this file: the pass hands it over.
    Extension { parent: usize, pass: usize },
    /// Handed to a function; `typed` where its type or its file shows that it is one.
    Parameter { function: usize, index: usize, typed: bool },
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Child {
    /// A router of this file.
    Router(usize),
    /// A function of this file, or the name of one of any file.
    Function(String),
    /// What a module gives out by this name.
    Imported { module: String, name: String },
}

/// A name from another module.
#[derive(Debug, Clone)]
pub(super) struct Import {
    pub local: String,
    pub module: String,
    /// Its name there; `default` for what a module is as a whole, `*` for all of it.
    pub name: String,
}

/// A route.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub router: usize,
    pub kind: Kind,
    /// Methods, upper case; none is any.
    pub methods: Vec<String>,
    pub path: Value,
    /// The path is a parameter of the function around it, by its place.
    pub wrapped: Option<(usize, usize)>,
    pub line: usize,
    pub name: Option<String>,
    pub handlers: Vec<String>,
}

/// What kind of route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Http,
    Hub,
    Service,
}

/// A router that is put below another.
#[derive(Debug, Clone)]
pub(super) struct Mount {
    pub parent: usize,
    pub prefix: Value,
    pub child: Child,
}

/// A router that is handed to a function.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    pub function: String,
    /// What the function is called on.
    pub on: Option<String>,
    pub index: usize,
    pub router: usize,
    /// All arguments, the receiver of an extension as the first.
    pub arguments: Vec<Value>,
    pub line: usize,
}

/// A function with what it hands on.
#[derive(Debug, Clone)]
pub(super) struct Function {
    pub name: String,
    pub class: Option<String>,
    /// Names of its parameters.
    pub parameters: Vec<String>,
    /// Its tokens from the first parameter to the end of the body.
    pub head: Range<usize>,
    pub body: Range<usize>,
}

/// A job that is put on a clock by a call.
#[derive(Debug, Clone)]
pub(super) struct Schedule {
    pub name: String,
    pub line: usize,
    pub handlers: Vec<String>,
}

/// A route, message or timer that an annotation of a method declares.
#[derive(Debug, Clone)]
pub(super) struct Annotated {
    pub kind: super::FlowKind,
    /// Methods, upper case; none is any.
    pub methods: Vec<String>,
    pub prefix: Value,
    pub path: Value,
    pub line: usize,
    pub name: Option<String>,
    pub handlers: Vec<String>,
}
