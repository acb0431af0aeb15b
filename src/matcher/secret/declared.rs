//! The table `[rule.secret]`: what a rule for secrets declares, and what is refused of it.

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use schemars::JsonSchema;
use serde::Deserialize;

use super::check::Check;
use super::host::HostKind;
use super::window::Reach;
use crate::snapshot::PathClass;

/// How far a pattern looks around its keyword unless the rule says otherwise.
const REACH: usize = 512;
/// The same for rules over several lines.
const REACH_OVER_LINES: usize = 2048;
/// The most that a rule may ask for; a window is read once for each rule, so this bounds the time for a single keyword.
const MOST_REACH: usize = 64 * 1024;

/// The table `[rule.secret]`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretRule {
    /// Literals of which one must be near; ASCII case is ignored.
    pub keywords: Vec<String>,
    /// Literals of which one must stand in the stretch that the pattern looks at, ASCII case ignored: where keywords are words
    /// of everyday use, this spares the pattern most of them.
    #[serde(default)]
    pub near: Vec<String>,
    /// What the line of the keyword must match where the pattern looks over lines: the start of what it looks for, most of
    /// the time. A line is judged once, where the lines around it differ in each version of a file. A keyword that is ruled
    /// out widens no window, so `reach` has to span the whole pattern.
    pub line: Option<String>,
    /// The pattern, on bytes with ASCII classes; `^` and `$` match at lines. The group `secret`, or else the last group
    /// that took part, is the secret. A group `name` at its start is taken to reach back to where the name begins, so a
    /// pattern starts with what is sure, and is fast.
    pub pattern: String,
    /// A second pattern, where one match of the first holds several secrets: it is tried on the group `secret` of that, and
    /// each of its own matches is a secret.
    pub entries: Option<String>,
    /// Checks of validity, in order.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// How random the secret must look, from 0 to 1, as a share of what its length and alphabet allow.
    pub min_entropy: Option<f64>,
    /// Whether the pattern may look beyond the keyword's line.
    #[serde(default)]
    pub multiline: bool,
    /// How many bytes to each side of the keyword the pattern may look at.
    pub reach: Option<usize>,
    /// Which hosts the rule is about, by the group `host`.
    pub host: Option<HostKind>,
    /// Words that make a finding doubtful where they are a part of the path.
    #[serde(default)]
    pub doubtful_in: Vec<String>,
    /// Classes of paths that the rule has nothing to say about.
    #[serde(default)]
    pub passes_over: Vec<PathClass>,
    /// What it finds is no secret: it is shown whole.
    #[serde(default)]
    pub public: bool,
    /// Stands back where another rule finds the same secret.
    #[serde(default)]
    pub gives_way: bool,
    /// Whether it also reads what stands encoded: in base 64, with percent signs, with escapes. By default a rule does
    /// whose form is its own: one that neither gives way, nor is public, nor judges what is assigned to a name.
    pub encoded: Option<bool>,
    /// Whether the parts of its form may be literals on lines of their own.
    #[serde(default)]
    pub joined: bool,
}

impl SecretRule {
    /// Checks keywords, pattern and what the checks need of it; the pattern is compiled only when first needed.
    pub(crate) fn validate(&self) -> Result<(), String> {
        let refuse = |message: &str| Err(message.to_owned());
        if self.keywords.is_empty() || self.keywords.iter().any(|keyword| keyword.trim().len() < 2) {
            return refuse("`keywords` needs at least one literal, each of two characters or more");
        }
        if self.keywords.iter().any(|keyword| keyword.contains(['\n', '\r'])) {
            return refuse("a keyword holds no line end");
        }
        if self.near.iter().any(String::is_empty) {
            return refuse("a literal of `near` is empty");
        }
        if self.line.is_some() && (!self.multiline || self.joined) {
            return refuse("`line` is for patterns that are `multiline`, and not `joined`");
        }
        if self.min_entropy.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            return refuse("`min_entropy` is a share from 0 to 1");
        }
        if self.reach.is_some_and(|reach| reach == 0 || reach > MOST_REACH) {
            return Err(format!("`reach` is from 1 to {MOST_REACH}"));
        }
        Ok(())
    }

    /// Checks the pattern, and that it can be compiled: one that is too large would never match.
    ///
    /// Of the rules that are built in a test does this, so that the program need not at every start.
    pub(crate) fn validate_pattern(&self) -> Result<(), String> {
        let refuse = |message: &str| Err(message.to_owned());
        for written in self.patterns() {
            let mut parser = ParserBuilder::new().unicode(false).utf8(false).multi_line(true).build();
            let pattern = parser.parse(written).map_err(|error| format!("bad pattern: {error}"))?;
            if pattern.properties().explicit_captures_len() == 0 {
                return refuse("the pattern needs a group around the secret");
            }
            compile(written).map_err(|error| format!("bad pattern: {error}"))?;
        }
        if let Some(line) = &self.line {
            compile(line).map_err(|error| format!("bad pattern `line`: {error}"))?;
        }
        if self.host.is_some() && !self.has_group("host") {
            return refuse("`host` needs a group `host` in the pattern");
        }
        if self.judges_names() && !self.has_group("name") {
            return refuse("checks of assigned values need a group `name` in the pattern");
        }
        Ok(())
    }

    fn patterns(&self) -> impl Iterator<Item = &str> {
        [Some(&self.pattern), self.entries.as_ref()].into_iter().flatten().map(String::as_str)
    }

    /// Whether what it finds is known by the name that it is assigned to.
    pub(super) fn judges_names(&self) -> bool {
        self.checks
            .iter()
            .any(|check| matches!(check, Check::AssignedPassword | Check::AssignedToken | Check::AssignedSetting | Check::ServiceKey))
    }

    /// Whether it reads what stands encoded, too.
    pub(super) fn reads_encoded(&self) -> bool {
        self.encoded.unwrap_or(!self.gives_way && !self.public && !self.judges_names())
    }

    fn has_group(&self, name: &str) -> bool {
        self.patterns().any(|pattern| pattern.contains(&format!("?P<{name}>")) || pattern.contains(&format!("?<{name}>")))
    }

    pub(super) fn reach(&self) -> Reach {
        let bytes = self.reach.unwrap_or(if self.multiline { REACH_OVER_LINES } else { REACH });
        Reach { bytes, line: !self.multiline }
    }

    /// The stretch that `line` is tried on.
    pub(super) fn reach_of_line(&self) -> Reach {
        Reach { line: true, ..self.reach() }
    }
}

/// Compiles a pattern, on bytes with ASCII classes and lines.
pub(super) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).unicode(false).multi_line(true).build()
}
