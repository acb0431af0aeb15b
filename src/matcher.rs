//! The code behind a rule's one table: one module a matcher. A matcher finds; it does not score.

pub mod fact;
pub mod file;
pub mod secret;
pub mod text;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a rule finds what it is about.
#[derive(Debug)]
pub enum Matcher {
    /// Credentials: keyword, then pattern, then validity.
    Secret(secret::SecretRule),
    /// Lines by a pattern.
    Text(text::TextRule),
    /// Files by their path.
    File(file::FileRule),
    /// Entries of the facts.
    Fact(fact::FactRule),
}

/// What a rule expects of what it matches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Expect {
    /// Any match is a finding.
    #[default]
    None,
    /// No match is a finding.
    Some,
    /// Each entry that does not hold is a finding; the ratio is good / judged.
    All,
}

/// Path globs: `*` stays within a folder, `**` crosses folders; a glob without `/` means a file name anywhere.
#[derive(Debug, Default)]
pub struct Paths(GlobSet);

impl Paths {
    /// Compiles the globs.
    ///
    /// # Errors
    /// The first glob that is none, in words for its author.
    pub fn new(globs: &[String]) -> Result<Self, String> {
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            let anywhere = if glob.contains('/') { glob.strip_prefix('/').unwrap_or(glob).to_owned() } else { format!("**/{glob}") };
            let anywhere = if anywhere.ends_with('/') { format!("{anywhere}**") } else { anywhere };
            set.add(GlobBuilder::new(&anywhere).literal_separator(true).build().map_err(|error| error.to_string())?);
        }
        set.build().map(Self).map_err(|error| error.to_string())
    }

    /// Whether one of the globs means this path.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.0.is_match(path)
    }
}
