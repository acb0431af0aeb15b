//! Services that the code needs (databases, queues, caches) and what provides them on a developer's machine.

use schemars::JsonSchema;
use serde::Serialize;

use super::At;

/// A service that the code talks to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Service {
    /// `postgres`, `redis`, `service-bus` …
    pub kind: String,
    /// What shows that it is needed.
    pub evidence: Vec<At>,
    /// What starts it locally.
    pub provided_by: Vec<At>,
}
