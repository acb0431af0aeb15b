//! Ways into the program: endpoints, messages, timers, and which tests run through them.

#[allow(dead_code)]
pub(crate) mod link;

use schemars::JsonSchema;
use serde::Serialize;

use super::At;

/// One way into the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Flow {
    /// The kind.
    pub kind: FlowKind,
    /// The HTTP method, upper case.
    pub method: Option<String>,
    /// The path, normalised: leading `/`, parameters as `{name}`, constraints dropped; or the name of queue or timer.
    pub path: String,
    /// The file that declares it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Whether a live test runs through it; null when unknown.
    pub tested: Option<bool>,
    /// How far from the outside the test starts.
    pub level: Level,
    /// The tests.
    pub tests: Vec<At>,
}

/// A flow as its declaration shows it, before tests are held against it.
#[derive(Debug, Clone)]
pub(crate) struct Declared {
    /// The flow, not yet tested.
    pub flow: Flow,
    /// The name of the route, where routes are called by name.
    pub name: Option<String>,
    /// What handles it, by the names that a test below HTTP would use: `OrdersController.Get`, `create_user`, and the
    /// types of commands that it sends on, `CreateOrderCommand`.
    pub handlers: Vec<String>,
}

/// The kinds of flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FlowKind {
    /// An HTTP endpoint.
    Http,
    /// A consumer of messages.
    Message,
    /// Something that a clock starts.
    Timer,
    /// A remote procedure.
    Rpc,
    /// A page rendered by the server.
    Page,
}

/// How a flow is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Over HTTP.
    Http,
    /// Its handler is called directly.
    BelowHttp,
    /// Only by tests that are skipped.
    SkippedOnly,
    /// Not at all.
    None,
    /// The repository's form cannot be resolved.
    Unknown,
}
