//! Controllers of ASP.NET: routes by attributes, and by convention where there are none.
//!
//! As the framework does it: the attributes of the nearest class up the line of bases count, an action of a base class
//! belongs to each class below it, a template that begins with `/` or `~/` leaves the class's prefix out.

use std::collections::BTreeMap;

use super::class::{Attribute, Class, Method};
use super::inherit::Classes;
use super::unit::Unit;
use super::{Declared, Flow, FlowKind, path};
use crate::facts::code::value::Value;
use crate::facts::flow::Level;

/// Attributes that tell the method.
const VERBS: [(&str, &str); 7] = [
    ("HttpGet", "GET"),
    ("HttpPost", "POST"),
    ("HttpPut", "PUT"),
    ("HttpDelete", "DELETE"),
    ("HttpPatch", "PATCH"),
    ("HttpHead", "HEAD"),
    ("HttpOptions", "OPTIONS"),
];

/// Classes of frameworks below which a class is a controller, without any attribute.
const BASES: [&str; 9] = [
    "Controller",
    "ControllerBase",
    "ODataController",
    "ApiController",
    "AsyncController",
    "AbpController",
    "AbpControllerBase",
    "RavenController",
    "FeatureController",
];

/// Fills values with constants of the whole repository.
pub(super) type Fill<'f> = &'f dyn Fn(&Value, usize) -> Value;

/// All controllers of a repository.
pub(super) struct Controllers<'u> {
    all: &'u Classes<'u>,
    units: &'u [Unit],
    fill: Fill<'u>,
    /// Folders of projects whose names of controllers and actions are written with hyphens.
    slugs: Vec<&'u str>,
}

/// A selector of an action: what it answers to.
struct Selector {
    methods: Vec<String>,
    template: Option<Value>,
    name: Option<String>,
    line: usize,
}

impl<'u> Controllers<'u> {
    pub(super) fn new(all: &'u Classes<'u>, fill: Fill<'u>) -> Self {
        let slugs = all.units.iter().filter(|unit| unit.slugs).map(|unit| all.project(&unit.file)).collect();
        Self { all, units: all.units, fill, slugs }
    }

    pub(super) fn flows(&self) -> Vec<Declared> {
        let mut found = Vec::new();
        for (index, unit) in self.units.iter().enumerate() {
            for class in unit.classes.iter().filter(|class| !class.interface && !class.is_abstract && !class.generic) {
                let line = self.all.line(index, class);
                if self.is_controller(class, &line) {
                    self.controller(index, class, &line, &mut found);
                }
            }
        }
        found
    }

    fn is_controller(&self, class: &Class, line: &[(usize, &Class)]) -> bool {
        let has = |name: &str| line.iter().any(|(_, class)| class.attributes.iter().any(|attribute| attribute.name == name));
        if has("NonController") || !class.is_public && !class.name.ends_with("Controller") {
            return false;
        }
        let base = |name: &str| line.iter().any(|(_, class)| class.bases.iter().any(|base| base.name == name));
        let endpoint = line.iter().any(|(_, class)| {
            class
                .bases
                .iter()
                .any(|base| matches!(base.name.as_str(), "EndpointBaseAsync" | "EndpointBaseSync" | "BaseAsyncEndpoint" | "BaseEndpoint"))
        });
        let known = BASES.iter().any(|name| base(name));
        // A base from a package is a controller by its name.
        let foreign = line.last().is_some_and(|(_, class)| {
            class.bases.first().is_some_and(|base| base.name.ends_with("Controller") || base.name.ends_with("ControllerBase"))
        });
        let routed = || {
            class.attributes.iter().any(|attribute| attribute.name == "Route")
                || class.methods.iter().any(|method| method.attributes.iter().any(|attribute| is_verb(&attribute.name)))
        };
        endpoint || known || foreign || has("ApiController") || class.name.ends_with("Controller") && routed()
    }

    fn controller(&self, unit: usize, class: &Class, line: &[(usize, &Class)], found: &mut Vec<Declared>) {
        let prefixes = self.prefixes(line);
        let area = line.iter().find_map(|(at, class)| {
            let area = class.attributes.iter().find(|attribute| attribute.name == "Area")?.text(&[])?;
            (self.fill)(area, *at).whole().map(str::to_owned)
        });
        let mut seen: Vec<&str> = Vec::new();
        for (at, holder) in line {
            for method in &holder.methods {
                let overridden = method.overrides || std::ptr::eq(*holder, class);
                if !is_action(method, &holder.name) || seen.contains(&method.name.as_str()) && !overridden {
                    continue;
                }
                let action = Action {
                    unit: *at,
                    class,
                    method,
                    area: area.as_deref(),
                    slug: self.slugs.contains(&self.all.project(&self.units[unit].file)),
                };
                self.action(&action, &prefixes, line, found);
            }
            seen.extend(holder.methods.iter().map(|method| method.name.as_str()));
        }
    }

    /// The templates of the nearest class that has any.
    fn prefixes(&self, line: &[(usize, &Class)]) -> Vec<Value> {
        for (at, class) in line {
            let routes = class.attributes.iter().filter(|attribute| matches!(attribute.name.as_str(), "Route" | "RoutePrefix"));
            let found: Vec<Value> = routes.filter_map(|route| route.text(&["template"])).map(|value| (self.fill)(value, *at)).collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    fn action(&self, action: &Action<'_>, prefixes: &[Value], line: &[(usize, &Class)], found: &mut Vec<Declared>) {
        let attributes = self.attributes(action, line);
        if attributes.iter().any(|attribute| attribute.name == "NonAction") {
            return;
        }
        for selector in selectors(attributes, action) {
            let template = selector.template.as_ref().map(|value| (self.fill)(value, action.unit));
            match (&template, prefixes.is_empty()) {
                (None, true) => self.by_convention(action, &selector, line, found),
                (Some(own), true) => self.put(action, &selector, own, found),
                (own, false) => {
                    let own = own.clone().unwrap_or_default();
                    if is_absolute(&own) {
                        self.put(action, &selector, &own, found);
                        continue;
                    }
                    for prefix in prefixes {
                        self.put(action, &selector, &joined(prefix, &own), found);
                    }
                }
            }
        }
    }

    /// The attributes of a method, or those of the method of a base that it overrides.
    fn attributes<'a>(&self, action: &Action<'a>, line: &[(usize, &'a Class)]) -> &'a [Attribute] {
        let routed = |method: &Method| method.attributes.iter().any(|attribute| is_verb(&attribute.name) || attribute.name == "Route");
        if !action.method.overrides || routed(action.method) {
            return &action.method.attributes;
        }
        let above = line.iter().flat_map(|(_, class)| &class.methods).find(|method| method.name == action.method.name && routed(method));
        above.map_or(&action.method.attributes, |method| &method.attributes)
    }

    fn put(&self, action: &Action<'_>, selector: &Selector, template: &Value, found: &mut Vec<Declared>) {
        let (text, _) = path::of_value(template);
        let path = action.replaced(text.trim_start_matches("~/"));
        self.declare(action, selector, &path, found);
    }

    fn declare(&self, action: &Action<'_>, selector: &Selector, path: &str, found: &mut Vec<Declared>) {
        let mut handlers = vec![format!("{}.{}", action.class.name, action.method.name)];
        handlers.extend(action.method.sent.iter().cloned());
        let methods: Vec<Option<String>> =
            if selector.methods.is_empty() { vec![None] } else { selector.methods.iter().cloned().map(Some).collect() };
        let page = action.method.shows && !methods.iter().flatten().any(|method| method != "GET");
        for method in methods {
            let flow = Flow {
                kind: if page { FlowKind::Page } else { FlowKind::Http },
                method,
                path: path::normalise(path),
                file: self.units[action.unit].file.clone(),
                line: selector.line,
                tested: None,
                level: Level::Unknown,
                tests: Vec::new(),
                aside: false,
            };
            found.push(Declared { flow, name: selector.name.clone(), handlers: handlers.clone() });
        }
    }

    /// The path that the route by convention gives to an action without a template.
    fn by_convention(&self, action: &Action<'_>, selector: &Selector, line: &[(usize, &Class)], found: &mut Vec<Declared>) {
        let api = line.iter().any(|(_, class)| class.attributes.iter().any(|attribute| attribute.name == "ApiController"));
        let templates = self.templates(action);
        let fits = |template: &&&str| template.contains("{area") == action.area.is_some();
        let Some(template) = templates.iter().find(fits).or(templates.first().filter(|_| action.area.is_none())) else { return };
        if api {
            return;
        }
        let default = |name: &str| {
            let (_, rest) = template.split_once(&format!("{{{name}"))?;
            let inner = rest.split('}').next()?;
            inner.split_once('=').map(|(_, value)| value.to_owned())
        };
        let controller = action.controller();
        let mut segments: Vec<String> = Vec::new();
        for segment in template.split('/').filter(|segment| !segment.is_empty()) {
            let name = segment.trim_start_matches('{').split([':', '=', '}', '?']).next().unwrap_or_default();
            match name {
                "controller" if segment.starts_with('{') => segments.push(controller.to_owned()),
                "action" if segment.starts_with('{') => segments.push(action.name()),
                "area" if segment.starts_with('{') => segments.extend(action.area.map(str::to_owned)),
                _ if segment.starts_with('{') && (segment.contains('?') || segment.contains('=')) => {
                    if action.method.parameters.iter().any(|parameter| parameter.name == name) {
                        segments.push(format!("{{{name}}}"));
                    }
                }
                _ => segments.push(segment.to_owned()),
            }
        }
        // What is left out has its default.
        for name in ["action", "controller"] {
            if segments.last().is_some_and(|last| default(name).is_some_and(|default| default.eq_ignore_ascii_case(last))) {
                segments.pop();
            } else {
                break;
            }
        }
        let path = if template.contains(":slugify") || action.slug {
            segments.iter().map(|text| slug(text)).collect::<Vec<_>>().join("/")
        } else {
            segments.join("/")
        };
        self.declare(action, selector, &path, found);
    }

    /// The templates of routes by convention of the action's project, else of all.
    fn templates(&self, action: &Action<'_>) -> Vec<&'u str> {
        let project = self.all.project(&self.units[action.unit].file);
        let mut by_project: BTreeMap<bool, Vec<&str>> = BTreeMap::new();
        for unit in self.units {
            let own = self.all.project(&unit.file) == project;
            by_project.entry(own).or_default().extend(unit.templates.iter().map(String::as_str));
        }
        let own = by_project.remove(&true).filter(|own| !own.is_empty());
        own.or_else(|| by_project.remove(&false)).unwrap_or_default()
    }
}

/// A method of a controller that answers.
struct Action<'a> {
    unit: usize,
    class: &'a Class,
    method: &'a Method,
    area: Option<&'a str>,
    slug: bool,
}

impl Action<'_> {
    fn controller(&self) -> &str {
        self.class.name.strip_suffix("Controller").unwrap_or(&self.class.name)
    }

    fn name(&self) -> String {
        let given = self.method.attributes.iter().find(|attribute| attribute.name == "ActionName");
        if let Some(name) = given.and_then(|attribute| attribute.text(&["name"])).and_then(Value::whole) {
            return name.to_owned();
        }
        let name = self.method.name.as_str();
        name.strip_suffix("Async").filter(|name| !name.is_empty()).unwrap_or(name).to_owned()
    }

    /// A template with its tokens replaced; case does not matter.
    fn replaced(&self, template: &str) -> String {
        let written = |name: &str| if self.slug { slug(name) } else { name.to_owned() };
        let mut out = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('[') {
            out.push_str(before);
            let Some((token, behind)) = after.split_once(']') else {
                rest = after;
                break;
            };
            match token.to_ascii_lowercase().as_str() {
                "controller" => out.push_str(&written(self.controller())),
                "action" => out.push_str(&written(&self.name())),
                "area" => out.push_str(&written(self.area.unwrap_or_default())),
                _ => out.push_str(&format!("[{token}]")),
            }
            rest = behind;
        }
        out.push_str(rest);
        out
    }
}

fn is_verb(name: &str) -> bool {
    name == "AcceptVerbs" || VERBS.iter().any(|(verb, _)| *verb == name)
}

fn is_action(method: &Method, class: &str) -> bool {
    method.is_public
        && !method.is_static
        && !method.generic
        && method.name != class
        && !matches!(
            method.name.as_str(),
            "Dispose"
                | "DisposeAsync"
                | "ToString"
                | "Equals"
                | "GetHashCode"
                | "OnActionExecuting"
                | "OnActionExecuted"
                | "OnActionExecutionAsync"
        )
}

fn is_absolute(template: &Value) -> bool {
    path::of_value(template).0.starts_with(['/', '~'])
}

fn joined(prefix: &Value, own: &Value) -> Value {
    let (prefix, _) = path::of_value(prefix);
    let (own, _) = path::of_value(own);
    Value::known(path::join(&prefix, &own))
}

/// What an action answers to: an attribute with a template makes a selector of its own, the verbs without one go with
/// every template of `[Route]`, or make one together.
fn selectors(attributes: &[Attribute], action: &Action<'_>) -> Vec<Selector> {
    let name = |attribute: &Attribute| attribute.named("Name").and_then(Value::whole).map(str::to_owned);
    let (mut found, mut routes, mut verbs) = (Vec::new(), Vec::new(), Vec::new());
    let mut line = action.method.line;
    let mut named = None;
    for attribute in attributes {
        if attribute.name == "Route" {
            routes.push(attribute);
        } else if is_verb(&attribute.name) {
            let (methods, template) = verb(attribute);
            match template {
                Some(template) => found.push(Selector { methods, template: Some(template), name: name(attribute), line: attribute.line }),
                None => {
                    if verbs.is_empty() {
                        line = attribute.line;
                    }
                    named = named.or_else(|| name(attribute));
                    verbs.extend(methods);
                }
            }
        }
    }
    for route in &routes {
        let template = route.text(&["template"]).cloned();
        let line = if verbs.is_empty() { route.line } else { line };
        found.push(Selector { methods: verbs.clone(), template, name: name(route).or_else(|| named.clone()), line });
    }
    if routes.is_empty() && (found.is_empty() || !verbs.is_empty()) {
        found.push(Selector { methods: verbs, template: None, name: named, line });
    }
    found
}

fn verb(attribute: &Attribute) -> (Vec<String>, Option<Value>) {
    if attribute.name == "AcceptVerbs" {
        let methods =
            attribute.arguments.iter().filter(|argument| argument.name.is_none()).map(|argument| argument.word.to_ascii_uppercase());
        return (methods.collect(), attribute.named("Route").cloned());
    }
    let method = VERBS.iter().find(|(verb, _)| *verb == attribute.name).map(|(_, method)| (*method).to_owned());
    (method.into_iter().collect(), attribute.text(&["template"]).cloned())
}

/// `MyOrders` as `my-orders`.
fn slug(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut before_is_small = false;
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && before_is_small {
            out.push('-');
        }
        before_is_small = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        out.extend(letter.to_lowercase());
    }
    out
}
