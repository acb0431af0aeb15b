//! Finds lines by a pattern, in files chosen by path.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Expect, Paths};
use crate::snapshot::Text;

/// The table `[rule.text]`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextRule {
    /// Globs of the files to look into.
    pub paths: Vec<String>,
    /// The pattern, on bytes with ASCII classes; `^` and `$` stand at lines. Group 1, where there is one, is the place.
    pub pattern: String,
    /// `none`: each match is a finding. `some`: no match anywhere is a finding.
    #[serde(default)]
    pub expect: Expect,
    #[serde(skip)]
    #[schemars(skip)]
    pub(crate) globs: OnceLock<Paths>,
    #[serde(skip)]
    #[schemars(skip)]
    regex: OnceLock<Option<Regex>>,
}

impl TextRule {
    /// Checks the pattern, which is compiled for good only when first needed.
    pub(crate) fn validate(&self) -> Result<(), String> {
        if self.expect == Expect::All {
            return Err("`expect` of a text rule is `none` or `some`".into());
        }
        Paths::new(&self.paths)?;
        compile(&self.pattern).map(|_| ())
    }

    /// Whether the rule looks into this file.
    pub(crate) fn wants(&self, path: &str) -> bool {
        self.globs.get_or_init(|| Paths::new(&self.paths).unwrap_or_default()).contains(path)
    }

    /// The places of all matches.
    pub(crate) fn find(&self, text: &Text) -> Vec<std::ops::Range<usize>> {
        let Some(regex) = self.regex.get_or_init(|| compile(&self.pattern).ok()) else { return Vec::new() };
        regex.captures_iter(text.bytes()).filter_map(|found| Some(found.get(1).or_else(|| found.get(0))?.range())).collect()
    }
}

fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern).unicode(false).multi_line(true).crlf(true).build().map_err(|error| one_line(&error.to_string()))
}

/// The last line of a pattern's error, which says what is wrong; those before it draw the pattern.
pub(crate) fn one_line(error: &str) -> String {
    error.lines().last().map_or("the pattern is wrong", |line| line.trim().trim_start_matches("error: ")).to_owned()
}
