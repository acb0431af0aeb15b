//! Technologies of the repository: manifests, lock files and pinned toolchains.

use schemars::JsonSchema;
use serde::Serialize;

/// One technology with what declares, locks and pins it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stack {
    /// `dotnet`, `node`, `python`, `java`, `go`, `rust`, `ruby`, `php`.
    pub name: String,
    /// Manifest files, sorted.
    pub manifests: Vec<String>,
    /// Lock files, sorted.
    pub lockfiles: Vec<String>,
    /// Whether this technology has a lock file that its projects are expected to commit; without one, none is missing.
    pub lock_expected: bool,
    /// Where the version of the toolchain is pinned.
    pub toolchain_pins: Vec<ToolchainPin>,
}

/// A pinned version of a compiler, runtime or package manager.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct ToolchainPin {
    /// The file that pins it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// The tool: `dotnet-sdk`, `node`, `python`, `rust` …
    pub tool: String,
    /// The version as written.
    pub version: String,
}

/// Interim.
pub fn read(_: &crate::snapshot::Snapshot, _: &mut super::Notes) -> super::Section<Vec<Stack>> {
    super::Section::unknown("not read yet")
}
