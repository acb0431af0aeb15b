//! The tables of frameworks, `rules/frameworks/*.toml`: what routes, routers and their prefixes are called.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::facts::code::Language;

const FILES: &[(&str, &str)] = &[
    ("aspnet-core.toml", include_str!("../../../rules/frameworks/aspnet-core.toml")),
    ("express.toml", include_str!("../../../rules/frameworks/express.toml")),
    ("fastapi.toml", include_str!("../../../rules/frameworks/fastapi.toml")),
    ("fastify.toml", include_str!("../../../rules/frameworks/fastify.toml")),
    ("flask.toml", include_str!("../../../rules/frameworks/flask.toml")),
    ("koa.toml", include_str!("../../../rules/frameworks/koa.toml")),
    ("gin.toml", include_str!("../../../rules/frameworks/gin.toml")),
    ("chi.toml", include_str!("../../../rules/frameworks/chi.toml")),
    ("spring.toml", include_str!("../../../rules/frameworks/spring.toml")),
    ("spring-kotlin.toml", include_str!("../../../rules/frameworks/spring-kotlin.toml")),
    ("nestjs.toml", include_str!("../../../rules/frameworks/nestjs.toml")),
    ("go-http.toml", include_str!("../../../rules/frameworks/go-http.toml")),
    ("dotnet-triggers.toml", include_str!("../../../rules/frameworks/dotnet-triggers.toml")),
];

/// A framework.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Framework {
    pub language: Language,
    /// A file is cut into tokens where one of these stands in it.
    pub literals: Vec<String>,
    #[serde(default)]
    pub calls: Calls,
    #[serde(default)]
    pub triggers: Triggers,
    pub annotations: Option<Annotations>,
}

/// How routes look that are annotations of classes and methods.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Annotations {
    /// Annotations that make a class a controller.
    pub controllers: Vec<String>,
    /// Annotations of classes that call others: what they declare is no way in.
    #[serde(default)]
    pub clients: Vec<String>,
    /// Annotations of classes that hold the prefix.
    pub prefixes: Vec<String>,
    /// Annotations of methods, with the HTTP method; `*` is any.
    pub methods: BTreeMap<String, String>,
    /// Annotations of methods that a clock starts.
    pub timers: Vec<String>,
    /// Annotations of methods or classes that get messages.
    pub messages: Vec<String>,
}

/// What starts code other than a request.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Triggers {
    /// Bases whose type argument is a message that the class gets.
    pub messages: Vec<String>,
    /// Bases of classes that a clock or the start of the program sets going.
    pub timers: Vec<String>,
    /// Words in the names of such classes that wait for messages.
    pub listeners: Vec<String>,
    /// Attributes of methods whose argument names the message.
    pub subscriptions: Vec<String>,
    /// Attributes that make a method a function of its own.
    pub functions: Vec<String>,
    /// Attributes of such a function's parameter, with what starts it.
    pub kinds: BTreeMap<String, Trigger>,
}

/// What starts a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Trigger {
    Http,
    Message,
    Timer,
}

/// A framework whose routes are not read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unread {
    pub name: String,
    pub stack: String,
    pub packages: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnreadTable {
    framework: Vec<Unread>,
}

pub(super) static UNREAD: LazyLock<Vec<Unread>> =
    LazyLock::new(|| crate::facts::table::<UnreadTable>("unread.toml", include_str!("../../../rules/frameworks/unread.toml")).framework);

/// The triggers of all frameworks.
pub(super) fn triggers() -> impl Iterator<Item = &'static Triggers> {
    FRAMEWORKS.iter().map(|framework| &framework.triggers)
}

impl Unread {
    /// Whether a package is one of the framework's.
    pub(super) fn knows(&self, package: &str) -> bool {
        self.packages.iter().any(|known| match known.strip_suffix('*') {
            Some(start) => package.starts_with(start),
            None => package == known,
        })
    }
}

/// How routes look that are calls on a router.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub(super) struct Calls {
    /// Calls whose value is a router.
    pub constructors: Vec<Constructor>,
    /// Names of parameters without a type that are routers.
    pub parameters: Vec<String>,
    /// Types of parameters that are routers.
    pub types: Vec<String>,
    /// Calls whose function gets the root router.
    pub lambdas: Vec<String>,
    /// Calls that declare a route, with its method; `*` is any.
    pub routes: BTreeMap<String, String>,
    /// Calls that declare a route for a list of methods: the argument's name, or none where it is told by its form.
    pub listed: BTreeMap<String, String>,
    /// Calls whose value is the router below a prefix.
    pub groups: Vec<String>,
    /// Calls that hand the router below a prefix to the function in their arguments.
    pub scopes: Vec<String>,
    /// Calls that put another router below a prefix: the argument's name, or none where it is the first.
    pub mounts: BTreeMap<String, String>,
    /// Functions that say below which prefix their other argument is put: `app.use(mount("/a", router))`.
    pub wrappers: Vec<String>,
    /// Calls whose value takes the methods of one path.
    pub chains: Vec<String>,
    /// Calls that declare a hub of procedures at a path.
    pub hubs: Vec<String>,
    /// Calls that declare a service of procedures by its type.
    pub services: Vec<String>,
    /// Calls on a route that name it.
    pub names: Vec<String>,
    /// Calls on a route that name its methods.
    pub methods: Vec<String>,
    /// Packages whose functions are those of the root router.
    pub packages: Vec<String>,
    /// Other calls whose value is the same router.
    pub passes: Vec<String>,
    /// Whether the value of any other call is the same router.
    pub passes_on: bool,
    /// Whether the handler may stand before the path, as in wrappers of repositories.
    pub swapped: bool,
    /// Arguments of constructors that are a prefix.
    pub prefix: Vec<String>,
}

/// A call whose value is a router.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Constructor {
    /// The package it is imported from; empty where its name is enough.
    pub package: String,
    /// Its name there; `default` for what a module is as a whole.
    pub export: String,
    pub is: Made,
}

/// What a constructor makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Made {
    /// The root of all paths.
    App,
    /// A router that has to be put somewhere.
    Router,
}

/// What a call on a router does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    Route(String),
    Listed(String),
    Group,
    Scope,
    Mount(String),
    Chain,
    Hub,
    Service,
    Name,
    Methods,
    Pass,
}

/// All frameworks of one language together: one file may speak several.
#[derive(Debug, Default)]
pub(super) struct Dialect {
    pub constructors: Vec<Constructor>,
    pub parameters: Vec<String>,
    pub types: Vec<String>,
    pub lambdas: Vec<String>,
    pub packages: Vec<String>,
    pub annotations: Vec<&'static Annotations>,
    pub prefix: Vec<String>,
    pub wrappers: Vec<String>,
    pub roles: HashMap<String, Vec<Role>>,
    pub passes_on: bool,
    pub swapped: bool,
    pub literals: Vec<String>,
}

static FRAMEWORKS: LazyLock<Vec<Framework>> = LazyLock::new(|| FILES.iter().map(|(name, text)| crate::facts::table(name, text)).collect());

pub(super) static DIALECTS: LazyLock<BTreeMap<Language, Dialect>> = LazyLock::new(|| {
    let mut dialects: BTreeMap<Language, Dialect> = BTreeMap::new();
    for framework in FRAMEWORKS.iter() {
        dialects.entry(framework.language).or_default().add(framework);
    }
    dialects
});

impl Dialect {
    fn add(&mut self, framework: &'static Framework) {
        let calls = &framework.calls;
        self.literals.extend(framework.literals.iter().cloned());
        self.constructors.extend(calls.constructors.iter().cloned());
        self.parameters.extend(calls.parameters.iter().cloned());
        self.types.extend(calls.types.iter().cloned());
        self.lambdas.extend(calls.lambdas.iter().cloned());
        self.packages.extend(calls.packages.iter().cloned());
        self.annotations.extend(&framework.annotations);
        self.prefix.extend(calls.prefix.iter().cloned());
        self.wrappers.extend(calls.wrappers.iter().cloned());
        self.passes_on |= calls.passes_on;
        self.swapped |= calls.swapped;
        let lists = [
            (&calls.groups, Role::Group),
            (&calls.scopes, Role::Scope),
            (&calls.chains, Role::Chain),
            (&calls.hubs, Role::Hub),
            (&calls.services, Role::Service),
            (&calls.names, Role::Name),
            (&calls.passes, Role::Pass),
            (&calls.methods, Role::Methods),
        ];
        for (names, role) in lists {
            names.iter().for_each(|name| self.put(name, role.clone()));
        }
        calls.routes.iter().for_each(|(name, method)| self.put(name, Role::Route(method.clone())));
        calls.listed.iter().for_each(|(name, keyword)| self.put(name, Role::Listed(keyword.clone())));
        calls.mounts.iter().for_each(|(name, keyword)| self.put(name, Role::Mount(keyword.clone())));
    }

    fn put(&mut self, name: &str, role: Role) {
        let roles = self.roles.entry(name.to_owned()).or_default();
        if !roles.contains(&role) {
            roles.push(role);
        }
    }

    /// What calls of this name do; more than one thing where frameworks differ.
    pub(super) fn roles(&self, name: &str) -> &[Role] {
        self.roles.get(name).map_or(&[], Vec::as_slice)
    }
}
