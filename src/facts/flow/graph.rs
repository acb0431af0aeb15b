//! Holds files against each other: which router stands below which prefixes, over all files.

mod module;

use std::collections::{HashMap, HashSet};

use super::inherit::common;
use super::path;
use super::unit::{Child, Origin, Route, Unit};
use crate::facts::code::Language;
use crate::facts::code::value::{self, Constants, Piece, Value};

/// A router by its file and its place there.
type Id = (usize, usize);

/// How many prefixes one router is followed to, and how far up.
const WIDTH: usize = 12;
const HEIGHT: usize = 24;
/// How long a prefix may grow.
const LONGEST: usize = 2048;

/// A prefix of a router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prefix {
    pub path: String,
    /// Whether all of it is known.
    pub whole: bool,
}

/// Where a function gets a router from.
struct Given {
    from: Id,
    unit: usize,
    on: Option<String>,
    index: usize,
    pass: usize,
}

/// All files together.
pub(super) struct Graph<'u> {
    units: &'u [Unit],
    constants: &'u Constants,
    mounts: HashMap<Id, Vec<(Id, Value)>>,
    given: HashMap<String, Vec<Given>>,
    /// Functions that give the router that they are handed back, below a prefix: their file, themselves, the prefix.
    extensions: HashMap<&'u str, Vec<(usize, usize, Value)>>,
    known: HashMap<Id, Vec<Prefix>>,
    /// The names of all classes.
    classes: HashSet<&'u str>,
}

impl<'u> Graph<'u> {
    pub(super) fn new(units: &'u [Unit], constants: &'u Constants) -> Self {
        let classes = units.iter().flat_map(|unit| &unit.classes).map(|class| class.name.as_str()).collect();
        let (mounts, given, known) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut graph = Self { units, constants, mounts, given, extensions: extensions(units), known, classes };
        let modules = module::Modules::new(units);
        for (index, unit) in units.iter().enumerate() {
            for mount in &unit.mounts {
                for child in graph.targets(&modules, index, &mount.child, 0) {
                    graph.mounts.entry(child).or_default().push(((index, mount.parent), mount.prefix.clone()));
                }
                graph.mount_function(&modules, index, mount);
            }
            for (pass, found) in unit.passes.iter().enumerate() {
                let name = graph.name_of(&modules, index, &found.function);
                let given = Given { from: (index, found.router), unit: index, on: found.on.clone(), index: found.index, pass };
                graph.given.entry(name).or_default().push(given);
            }
        }
        graph
    }

    /// A mount of what turns out to be a function that takes the router: a plugin of Fastify.
    fn mount_function(&mut self, modules: &module::Modules<'_>, unit: usize, mount: &super::unit::Mount) {
        if let Child::Imported { module, name } = &mount.child
            && let Some((target, function)) = modules.function(self.units, unit, module, name)
        {
            let parameter = self.units[target].routers.iter().position(|router| {
                matches!(router.origin, Origin::Parameter { function: found, .. } if self.units[target].functions.get(found).is_some_and(|found| found.name == function))
            });
            if let Some(parameter) = parameter {
                self.mounts.entry((target, parameter)).or_default().push(((unit, mount.parent), mount.prefix.clone()));
            }
        }
    }

    /// The name by which passes of a function are found: that of the file where it is imported from, else its own.
    fn name_of(&self, modules: &module::Modules<'_>, unit: usize, function: &str) -> String {
        let import = self.units[unit].imports.iter().find(|import| import.local == function);
        let found = import.and_then(|import| modules.function(self.units, unit, &import.module, &import.name));
        match found {
            Some((target, name)) => key(target, &name),
            None if self.units[unit].language == Language::JavaScript => key(unit, function),
            None => function.to_owned(),
        }
    }

    /// The routers that a name stands for.
    fn targets(&self, modules: &module::Modules<'_>, unit: usize, child: &Child, depth: usize) -> Vec<Id> {
        if depth > 6 {
            return Vec::new();
        }
        match child {
            Child::Router(router) => vec![(unit, self.made(unit, *router))],
            Child::Function(name) => {
                let named = |function: usize| self.units[unit].functions.get(function).is_some_and(|function| function.name == *name);
                let returned = self.units[unit].returned.iter().filter(|(function, _)| named(*function));
                returned.map(|(_, router)| (unit, self.made(unit, *router))).collect()
            }
            Child::Imported { module, name } => {
                let found = modules.resolve(self.units, unit, module, name);
                found.into_iter().flat_map(|(unit, child)| self.targets(modules, unit, &child, depth + 1)).collect()
            }
        }
    }

    /// The router that a name without a prefix was given.
    fn made(&self, unit: usize, mut router: usize) -> usize {
        for _ in 0..HEIGHT {
            match self.units[unit].routers.get(router).map(|router| &router.origin) {
                Some(Origin::Group(parent, prefix)) if prefix.0.is_empty() => router = *parent,
                Some(Origin::Extension { parent, .. }) => router = *parent,
                _ => break,
            }
        }
        router
    }

    /// The path of a file.
    pub(super) fn file(&self, unit: usize) -> &'u str {
        self.units.get(unit).map_or("", |unit| unit.file.as_str())
    }

    /// The prefixes that a router stands below; none where nothing shows that it is one.
    pub(super) fn prefixes(&mut self, id: Id) -> Vec<Prefix> {
        self.climb(id, 0)
    }

    fn climb(&mut self, id: Id, height: usize) -> Vec<Prefix> {
        if let Some(known) = self.known.get(&id) {
            return known.clone();
        }
        if height > HEIGHT {
            return Vec::new();
        }
        // A router below itself stops here.
        self.known.insert(id, Vec::new());
        let mut found = self.above(id, height);
        found.truncate(WIDTH);
        self.known.insert(id, found.clone());
        found
    }

    fn above(&mut self, id: Id, height: usize) -> Vec<Prefix> {
        let units = self.units;
        let Some(router) = units.get(id.0).and_then(|unit| unit.routers.get(id.1)) else { return Vec::new() };
        match &router.origin {
            Origin::App => {
                let mounted = self.mounted(id, height);
                if mounted.is_empty() { vec![root()] } else { mounted }
            }
            Origin::Made(own) => {
                let mut above = self.mounted(id, height);
                if above.is_empty() {
                    above.push(Prefix { path: String::new(), whole: false });
                }
                above.into_iter().map(|above| self.below(&above, own, id.0)).collect()
            }
            Origin::Group(parent, prefix) => {
                let prefix = self.of_class(id, prefix);
                self.climb((id.0, *parent), height + 1).into_iter().map(|above| self.below(&above, &prefix, id.0)).collect()
            }
            Origin::Extension { parent, pass } => {
                let prefix = self.extension(id.0, *pass);
                self.climb((id.0, *parent), height + 1).into_iter().map(|above| self.below(&above, &prefix, id.0)).collect()
            }
            Origin::Parameter { function, index, typed } => self.parameter(id, *function, *index, *typed, height),
        }
    }

    /// The prefix that a function of the repository puts below the router that it is called on, and gives back:
    /// `MapApi(this IEndpointRouteBuilder app, string name) => app.MapGroup($"api/{name}")`.
    fn extension(&self, unit: usize, pass: usize) -> Value {
        let Some(pass) = self.units[unit].passes.get(pass) else { return Value::default() };
        let Some(candidates) = self.extensions.get(pass.function.as_str()) else { return Value::default() };
        let nearest = candidates.iter().max_by_key(|(at, ..)| common(&self.units[*at].file, &self.units[unit].file));
        let Some((at, function, template)) = nearest else { return Value::default() };
        let Some(function) = self.units[*at].functions.get(*function) else { return Value::default() };
        let mut value = Value::default();
        for piece in &self.fill(template, *at).0 {
            let given = match piece {
                Piece::Hole(name) => {
                    function.parameters.iter().position(|parameter| parameter == name).and_then(|index| pass.arguments.get(index))
                }
                Piece::Known(_) => None,
            };
            match given {
                Some(given) => value.extend(self.fill(given, unit)),
                None => value.push(piece.clone()),
            }
        }
        value
    }

    fn mounted(&mut self, id: Id, height: usize) -> Vec<Prefix> {
        let Some(mounts) = self.mounts.get(&id).cloned() else { return Vec::new() };
        let mut found = Vec::new();
        for (parent, prefix) in mounts {
            for above in self.climb(parent, height + 1) {
                let prefix = self.below(&above, &prefix, parent.0);
                if !found.contains(&prefix) {
                    found.push(prefix);
                }
            }
        }
        found
    }

    /// `MapGroup(this)`: the prefix is made of the class's name.
    fn of_class(&self, id: Id, prefix: &Value) -> Value {
        if prefix.0 != [Piece::Hole("this".to_owned())] {
            return prefix.clone();
        }
        let unit = &self.units[id.0];
        let line = unit.routers[id.1].line;
        let class = unit.classes.iter().filter(|class| class.line <= line).max_by_key(|class| class.line);
        class.and_then(|class| self.convention(class)).unwrap_or_else(|| prefix.clone())
    }

    /// The prefix that the repository gives to classes of a base by their names.
    fn convention(&self, class: &super::class::Class) -> Option<Value> {
        let named = |types: &Vec<String>| class.bases.iter().any(|base| types.binary_search(&base.name).is_ok());
        let (_, template) = self.units.iter().flat_map(|unit| &unit.conventions).find(|(types, _)| named(types))?;
        let mut value = Value::default();
        for piece in &template.0 {
            value.push(match piece {
                Piece::Hole(_) => Piece::Known(class.name.clone()),
                known => known.clone(),
            });
        }
        Some(value)
    }

    /// The prefixes of a router that a function is handed.
    fn parameter(&mut self, id: Id, function: usize, index: usize, typed: bool, height: usize) -> Vec<Prefix> {
        let units = self.units;
        let unit = &units[id.0];
        let mounted = self.mounted(id, height);
        if !mounted.is_empty() {
            return mounted;
        }
        let Some(found) = unit.functions.get(function) else { return Vec::new() };
        let class = found.class.as_ref().and_then(|name| unit.classes.iter().find(|class| class.name == *name));
        let callers = self.callers(id.0, function, index);
        let mut above = Vec::new();
        for from in &callers {
            // No more of them are kept.
            if above.len() >= WIDTH {
                break;
            }
            for prefix in self.climb(*from, height + 1) {
                if !above.contains(&prefix) {
                    above.push(prefix);
                }
            }
        }
        // A call of the interface in a loop over all classes hands each of them what is made of its name.
        if let Some(class) = class {
            let own = class.properties.iter().find(|(name, _)| name.contains("Prefix")).map(|(_, value)| value.clone());
            if let Some(value) = self.convention(class).filter(|_| callers.is_empty()) {
                return vec![self.below(&root(), &own.unwrap_or(value), id.0)];
            }
        }
        if callers.is_empty() && (typed || unit.speaks) {
            // Called by a framework or by reflection.
            let by_framework = unit.language == Language::CSharp && class.is_some_and(|class| !class.bases.is_empty());
            return vec![Prefix { path: String::new(), whole: by_framework }];
        }
        above
    }

    /// What calls of a function hand it: those on its own class, else those that can be meant, the nearest folder first.
    fn callers(&self, unit: usize, function: usize, index: usize) -> Vec<Id> {
        let Some(found) = self.units[unit].functions.get(function) else { return Vec::new() };
        let name = if self.units[unit].language == Language::JavaScript { key(unit, &found.name) } else { found.name.clone() };
        let Some(given) = self.given.get(&name) else { return Vec::new() };
        let given: Vec<&Given> = given.iter().filter(|given| given.index == index || self.units[unit].language == Language::Go).collect();
        let exact: Vec<&&Given> = given.iter().filter(|given| given.on.is_some() && given.on == found.class).collect();
        let folder = self.units[unit].file.rsplit('/').nth(1);
        let package: Vec<&&Given> = given.iter().filter(|given| given.on.is_some() && given.on.as_deref() == folder).collect();
        let chosen: Vec<&&Given> = if !exact.is_empty() {
            exact
        } else if !package.is_empty() {
            package
        } else {
            given.iter().filter(|given| given.on.as_deref().is_none_or(|on| !self.classes.contains(on))).collect()
        };
        let mut near: HashMap<usize, usize> = HashMap::new();
        for given in &chosen {
            near.entry(given.unit).or_insert_with(|| common(&self.units[given.unit].file, &self.units[unit].file));
        }
        let nearest = near.values().max().copied().unwrap_or(0);
        let chosen = chosen.into_iter().filter(|given| near[&given.unit] == nearest);
        chosen.map(|given| given.from).filter(|from| !(from.0 == unit && self.is_own_parameter(*from, function))).collect()
    }

    fn is_own_parameter(&self, from: Id, function: usize) -> bool {
        matches!(self.units[from.0].routers[from.1].origin, Origin::Parameter { function: own, .. } if own == function)
    }

    fn below(&self, above: &Prefix, prefix: &Value, unit: usize) -> Prefix {
        if above.path.len() > LONGEST {
            return Prefix { path: above.path.clone(), whole: false };
        }
        let (path, whole) = path::of_value(&self.fill(prefix, unit));
        Prefix { path: path::join(&above.path, &path), whole: above.whole && whole }
    }

    /// A value with the constants of its file, then of the repository.
    pub(super) fn fill(&self, value: &Value, unit: usize) -> Value {
        let mut value = value.clone();
        for _ in 0..3 {
            let before = value.clone();
            value = value::filled(value::filled(value, &self.units[unit].constants), self.constants);
            if value == before {
                break;
            }
        }
        value
    }

    /// The paths of a route whose path is a parameter of the function around it, by the calls of that function.
    pub(super) fn wrapped(&self, unit: usize, route: &Route) -> Option<Vec<(Id, Value, usize)>> {
        let (function, index) = route.wrapped?;
        let found = self.units[unit].functions.get(function)?;
        let name = if self.units[unit].language == Language::JavaScript { key(unit, &found.name) } else { found.name.clone() };
        let given = self.given.get(&name).map(Vec::as_slice).unwrap_or_default();
        let paths = given.iter().filter_map(|given| {
            let pass = &self.units[given.unit].passes[given.pass];
            Some((given.from, pass.arguments.get(index)?.clone(), pass.line))
        });
        Some(paths.collect())
    }
}

/// The functions that give the router that they are handed back below a prefix, by name.
fn extensions(units: &[Unit]) -> HashMap<&str, Vec<(usize, usize, Value)>> {
    let mut found: HashMap<&str, Vec<(usize, usize, Value)>> = HashMap::new();
    for (index, unit) in units.iter().enumerate().filter(|(_, unit)| unit.language == Language::CSharp) {
        for (function, router) in &unit.returned {
            if let Some(prefix) = own_prefix(unit, *function, *router).filter(|prefix| !prefix.0.is_empty())
                && let Some(name) = unit.functions.get(*function).map(|function| function.name.as_str())
            {
                found.entry(name).or_default().push((index, *function, prefix));
            }
        }
    }
    found
}

/// The prefix between the first parameter of a function and a router.
fn own_prefix(unit: &Unit, function: usize, mut router: usize) -> Option<Value> {
    let mut prefixes = Vec::new();
    for _ in 0..HEIGHT {
        match &unit.routers.get(router)?.origin {
            Origin::Group(parent, prefix) => {
                prefixes.push(prefix);
                router = *parent;
            }
            Origin::Extension { parent, .. } => router = *parent,
            Origin::Parameter { function: own, index: 0, .. } if *own == function => {
                let mut value = Value::default();
                for prefix in prefixes.into_iter().rev().filter(|prefix| !prefix.0.is_empty()) {
                    if !value.0.is_empty() {
                        value.push(Piece::Known("/".to_owned()));
                    }
                    value.extend(prefix.clone());
                }
                return Some(value);
            }
            _ => return None,
        }
    }
    None
}

fn root() -> Prefix {
    Prefix { path: String::new(), whole: true }
}

fn key(unit: usize, function: &str) -> String {
    format!("{unit}:{function}")
}
