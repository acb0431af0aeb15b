//! Comments that say of a line that what a rule finds there is meant: our own, and for secrets those of other tools.
//!
//! `ignore/comment.rs` reads our own, `ignore/mark.rs` those of others; this module joins them for one file, tells which
//! finding is covered, and remembers which comment covered anything. What an ignored finding means for its check is left
//! to `check.rs`.

mod comment;
mod mark;

use std::sync::LazyLock;

use regex::bytes::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use self::comment::{Comment, Named};

use self::mark::Marks;
use super::printable;
use crate::matcher::Matcher;
use crate::matcher::secret::redact::Redactor;
use crate::rule::Rule;
use crate::snapshot::{PathClass, Text};

/// The comment that silences a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IgnoredBy {
    /// What it says, without the rule and the reason: `handover: ignore`, or the mark of another tool.
    pub comment: String,
    /// Its line.
    pub line: usize,
    /// The reason that it gives; null where the mark of another tool gives none.
    pub reason: Option<String>,
}

/// No reason is told longer.
const LONGEST_REASON: usize = 200;

impl IgnoredBy {
    /// The same with secrets cut out of the reason, which is then made short: of a part no secret is known.
    pub(super) fn printable(self, redactor: &Redactor) -> Self {
        let short = |reason: String| printable(&redactor.cut(&reason)).chars().take(LONGEST_REASON).collect();
        Self { reason: self.reason.map(short), ..self }
    }
}

/// What the comments of one file ignore.
#[derive(Debug)]
pub(crate) struct Ignores {
    /// The file.
    pub path: String,
    /// The class of its path.
    pub class: PathClass,
    /// Our own comments, by line.
    pub comments: Vec<Comment>,
    /// Those of other tools, looked for when a secret is found.
    marks: Option<Marks>,
}

/// What every comment of ours begins with.
static OWN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"handover:[ \t]*ignore\b").expect("the pattern is a constant"));

impl Ignores {
    /// Reads our own comments.
    pub(crate) fn read(path: &str, class: PathClass, text: &Text) -> Self {
        let comments = if OWN.is_match(text.bytes()) { comment::all(path, text, &OWN) } else { Vec::new() };
        Self { path: path.to_owned(), class, comments, marks: None }
    }

    /// The comment that covers a finding of this rule on these lines, which is then a comment that was of use.
    pub(crate) fn cover(&mut self, rule: &Rule, (first, last): (usize, usize), text: &Text) -> Option<IgnoredBy> {
        let mut by = None;
        // Later comments end later: what is about these lines stands together.
        let from = self.comments.partition_point(|comment| comment.last < first);
        for comment in self.comments[from..].iter_mut().take_while(|comment| comment.line <= last) {
            let Some(reason) = &comment.reason else { continue };
            for named in comment.names.iter_mut().filter(|named| names(&named.name, rule)) {
                named.used = true;
                by.get_or_insert_with(|| IgnoredBy {
                    comment: "handover: ignore".into(),
                    line: comment.line,
                    reason: Some(reason.clone()),
                });
            }
        }
        if by.is_some() || !matches!(rule.matcher, Matcher::Secret(_)) {
            return by;
        }
        let mark = self.marks.get_or_insert_with(|| Marks::read(text)).covering(first, last)?;
        let reason = comment::reason_behind(&self.path, text, mark.line, mark.end - mark.text.len()..mark.end);
        Some(IgnoredBy { comment: mark.text.to_owned(), line: mark.line, reason })
    }
}

/// Whether a name means this rule: its id, its check or its area, as on the command line.
pub(crate) fn names(name: &str, rule: &Rule) -> bool {
    name == rule.id || name == rule.check || name == rule.area.word()
}

/// The table `rules/data/ignores.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    comment: Vec<Sign>,
    mark: Vec<MarkEntry>,
}

/// Signs that open a comment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    opens: Vec<String>,
    closes: Option<String>,
    /// Endings of names, without the dot; any where empty.
    #[serde(default)]
    names: Vec<String>,
}

/// What another tool's comment says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkEntry {
    text: Vec<String>,
    covers: Covers,
}

/// Which lines a mark is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Covers {
    Line,
    NextLine,
    FromHere,
    UntilHere,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| crate::table::table("ignores.toml", include_str!("../../rules/data/ignores.toml")));

#[cfg(test)]
mod tests;
