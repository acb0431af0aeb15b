//! The report: the contract `handover-report/1`, and one module a format. Formats print what stands here and compute nothing.

mod evidence;
pub mod json;
pub mod markdown;
#[cfg(test)]
mod sample;
pub mod text;
mod words;

use schemars::JsonSchema;
use serde::Serialize;

use crate::check::Outcome;
use crate::facts::Area;
use crate::facts::profile::Profile;
use crate::finding::Finding;
use crate::score::Verdict;
use crate::severity::Severity;
use crate::snapshot::{Mode, PastRead, Skipped};

/// The name and version of the contract; raised when a field is renamed or dropped.
pub const SCHEMA: &str = "handover-report/1";

/// The outcome of `handover check`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Report {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// The program that made it.
    pub tool: Tool,
    /// What was judged.
    pub subject: Subject,
    /// What was read.
    pub read: Read,
    /// From 0 to 100, one decimal; null where nothing was decided, or nothing is scored.
    pub score: Option<f64>,
    /// The share of the weight that was decided, from 0 to 1, three decimals.
    pub decided: f64,
    /// The verdict; null without a score.
    pub verdict: Option<Verdict>,
    /// Why the verdict is not `ready`, or why there is none.
    pub verdict_reasons: Vec<String>,
    /// The areas, in the order of the checklist.
    pub areas: Vec<AreaReport>,
    /// The checks, in the order of the checklist.
    pub checks: Vec<CheckReport>,
    /// What the repository cannot answer.
    pub questions: Vec<Question>,
    /// Comments that should ignore something and do not, sorted by place.
    pub ignore_problems: Vec<IgnoreProblem>,
    /// Whether the gate holds, and the words for it.
    pub gate: Gate,
}

/// The program.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Tool {
    /// `handover`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// A digest of the rules: scores of different rules are not compared.
    pub rules: String,
}

/// What was judged.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Subject {
    /// The name of the repository's folder.
    pub name: String,
    /// The commit.
    pub revision: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// Working tree, staged, revision or plain folder.
    pub mode: Mode,
    /// The kind of repository; null where it could not be found.
    pub profile: Option<Profile>,
    /// Why it was taken for that.
    pub profile_reason: Option<String>,
    /// The day that dates are compared with.
    pub as_of: Option<String>,
    /// Every setting that loosens a default.
    pub deviations: Vec<String>,
}

/// What was read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Read {
    /// How many files.
    pub files: usize,
    /// How many bytes of text.
    pub bytes: u64,
    /// What was left out, and why.
    pub skipped: Vec<Skipped>,
    /// What was read of the past; null where it was not asked for.
    pub history: Option<PastRead>,
}

/// An area of the checklist.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AreaReport {
    /// Its id.
    pub id: Area,
    /// Its question.
    pub question: String,
    /// From 0 to 100, one decimal; null where nothing was decided.
    pub score: Option<f64>,
    /// Its weight in the total.
    pub weight: f64,
}

/// A line of the checklist.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckReport {
    /// Its id.
    pub check: String,
    /// Its area.
    pub area: Area,
    /// What is right when it passes.
    pub title: String,
    /// Its severity.
    pub severity: Severity,
    /// Its outcome.
    pub outcome: Outcome,
    /// Why it does not apply or is not known.
    pub reason: Option<String>,
    /// From 0 to 1 where it is decided.
    pub ratio: Option<f64>,
    /// Its weight within its area.
    pub weight: u32,
    /// What the total would gain if it passed, one decimal.
    pub gain: f64,
    /// The waiver that covers it; null where none does.
    pub waived: Option<String>,
    /// What its rules found.
    pub findings: Vec<Finding>,
    /// What its rules found and comments in the code ignore; it decides nothing, and earns nothing.
    pub ignored: Vec<Finding>,
}

/// A comment that should ignore something and does not.
#[derive(Debug, Serialize, JsonSchema)]
pub struct IgnoreProblem {
    /// The file.
    pub path: String,
    /// Its line.
    pub line: usize,
    /// What is wrong.
    pub kind: IgnoreProblemKind,
    /// The same in a sentence.
    pub message: String,
}

/// What is wrong with a comment that should ignore something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IgnoreProblemKind {
    /// It names no rule.
    NoRule,
    /// It gives no reason, and ignores nothing.
    NoReason,
    /// It names a rule that does not exist.
    UnknownRule,
    /// The rule found nothing there.
    Unused,
}

/// A question for the team that hands over.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Question {
    /// The area.
    pub area: Area,
    /// The question.
    pub text: String,
    /// Why the repository does not answer it.
    pub why: String,
    /// The place that raises it.
    #[serde(rename = "where")]
    pub at: Option<String>,
}

/// The gate.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Gate {
    /// Whether it holds: exit code 0.
    pub holds: bool,
    /// The severity from which on a failed check fails it.
    pub fail_on: Severity,
    /// The score under which it fails.
    pub min_score: Option<f64>,
    /// Why it does not hold.
    pub reasons: Vec<String>,
}

/// Rounds to one decimal, for print only.
#[must_use]
pub fn one_decimal(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}
