//! Finds files by their path.

use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Expect, Paths};

/// The table `[rule.file]`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileRule {
    /// Globs of the files that are meant.
    pub paths: Vec<String>,
    /// `none`: each such file is a finding. `some`: that there is none is a finding.
    #[serde(default)]
    pub expect: Expect,
    #[serde(skip)]
    #[schemars(skip)]
    globs: OnceLock<Paths>,
}

impl FileRule {
    /// Checks the globs.
    pub(crate) fn validate(&self) -> Result<(), String> {
        if self.expect == Expect::All {
            return Err("`expect` of a file rule is `none` or `some`".into());
        }
        Paths::new(&self.paths).map(|_| ())
    }

    /// Whether the rule means this file.
    pub(crate) fn wants(&self, path: &str) -> bool {
        self.globs.get_or_init(|| Paths::new(&self.paths).unwrap_or_default()).contains(path)
    }
}
