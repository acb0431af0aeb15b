//! What a new team must be given: names only, never values.

use schemars::JsonSchema;
use serde::Serialize;

use super::At;

/// One thing to be handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Access {
    /// The kind.
    pub kind: AccessKind,
    /// Its name.
    pub name: String,
    /// Where it is used.
    pub places: Vec<At>,
}

/// The kinds of access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccessKind {
    /// A secret of the pipeline's store.
    Secret,
    /// A variable of the pipeline's store.
    Variable,
    /// A service connection.
    ServiceConnection,
    /// A protected environment.
    Environment,
    /// An account.
    Account,
    /// A registry of images.
    Registry,
    /// A feed of packages.
    Feed,
    /// A domain.
    Domain,
    /// Another service.
    Service,
    /// A certificate.
    Certificate,
}
