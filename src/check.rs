//! Checks: the lines of the checklist, what they need, and how the rules that feed one decide its outcome.

pub mod load;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::facts::Area;
use crate::facts::profile::Profile;
use crate::finding::Finding;
use crate::finding::run::{Judged, PrintedFacts, RuleOutcome};
use crate::matcher::fact::{Condition, Selection, select};
use crate::rule::Declared;
use crate::severity::{Confidence, Severity};

/// One line of the checklist.
#[derive(Debug, Clone)]
pub struct Check {
    /// `area/name`, kebab case; stable for ever.
    pub id: String,
    /// The area that it counts in.
    pub area: Area,
    /// What is right when it passes, in a few words.
    pub title: String,
    /// The question for the team that hands over, asked when it is unknown.
    pub question: String,
    /// How bad a failure is; its weight.
    pub severity: Severity,
    /// The profiles that it applies to; all where empty.
    pub profiles: Vec<Profile>,
    /// What must be there for the question to make sense.
    pub needs: Vec<Need>,
    /// It is about what the past of the repository holds, and on the checklist only where that is read.
    pub of_history: bool,
    /// Where it is declared.
    pub declared: Declared,
}

/// Something that must be there for a check to apply.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// The path into the facts; some entry must be there.
    pub of: String,
    /// Conditions on fields of the entry, or of what holds it.
    #[serde(default, rename = "where")]
    pub conditions: BTreeMap<String, Condition>,
    /// Other things of which one is enough.
    #[serde(default)]
    pub or: Vec<Alternative>,
    /// The reason given when there is none, for example "no pipeline to judge".
    pub otherwise: String,
}

/// Something that may be there in place of what is needed first.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// The path into the facts; some entry must be there.
    pub of: String,
    /// Conditions on fields of the entry, or of what holds it.
    #[serde(default, rename = "where")]
    pub conditions: BTreeMap<String, Condition>,
}

/// What came out of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// As it should be.
    Pass,
    /// In part.
    Partial,
    /// Not as it should be.
    Fail,
    /// There is nothing to judge here.
    NotApplicable,
    /// It cannot be told; a question for the handover.
    Unknown,
}

/// A check, judged.
#[derive(Debug)]
pub struct Judgement {
    /// Its outcome.
    pub outcome: Outcome,
    /// Why it does not apply or is not known.
    pub reason: Option<String>,
    /// From 0 to 1, where it is decided.
    pub ratio: Option<f64>,
    /// The findings of all its rules, sorted by rule and place.
    pub findings: Vec<Finding>,
    /// What comments in the code ignore, sorted likewise.
    pub ignored: Vec<Finding>,
}

/// Thresholds of the judgement.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Findings below this confidence change no outcome.
    pub min_confidence: Confidence,
    /// A ratio under this fails, from it on is partial.
    pub fail_below: f64,
}

impl Check {
    /// Why the check does not apply or cannot be told, before any rule is asked.
    #[must_use]
    pub fn obstacle(&self, profile: Option<Profile>, facts: PrintedFacts<'_>) -> Option<Judgement> {
        if let Some(profile) = profile.filter(|profile| !self.profiles.is_empty() && !self.profiles.contains(profile)) {
            return Some(Judgement::undecided(Outcome::NotApplicable, format!("not asked of {}", profile.phrase())));
        }
        self.needs.iter().find_map(|need| need.obstacle(facts))
    }
}

impl Need {
    /// What stands in the way: nothing as soon as one of its parts is there, else that some part is not known.
    fn obstacle(&self, facts: PrintedFacts<'_>) -> Option<Judgement> {
        let mut unknown = None;
        for (of, conditions) in self.parts() {
            match select(facts.value, facts.unread, of, conditions) {
                Selection::Entries(entries, _) if !entries.is_empty() => return None,
                Selection::Unknown(reason) | Selection::Entries(_, Some(reason)) => _ = unknown.get_or_insert(reason),
                Selection::NotApplicable | Selection::Entries(_, None) => {}
            }
        }
        Some(match unknown {
            Some(reason) => Judgement::undecided(Outcome::Unknown, reason),
            None => Judgement::undecided(Outcome::NotApplicable, self.otherwise.clone()),
        })
    }

    /// Every path of which an entry is enough, with its conditions.
    pub fn parts(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, Condition>)> {
        let others = self.or.iter().map(|other| (other.of.as_str(), &other.conditions));
        std::iter::once((self.of.as_str(), &self.conditions)).chain(others)
    }
}

impl Check {
    /// Why no rule judges the check: what it needs is not read yet.
    #[must_use]
    pub fn not_read(&self, facts: PrintedFacts<'_>) -> String {
        let unread = |need: &Need| facts.unread.iter().find(|part| part.part == need.of).map(|part| part.reason.clone());
        self.needs.iter().find_map(unread).unwrap_or_else(|| "no rule judges this yet".into())
    }
}

impl Judgement {
    /// A judgement that decides nothing.
    #[must_use]
    pub fn undecided(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self { outcome, reason: Some(reason.into()), ratio: None, findings: Vec::new(), ignored: Vec::new() }
    }

    /// Judges a check by what its rules found: the lowest ratio decides; a failure stands whatever is unknown beside it.
    #[must_use]
    pub fn of(outcomes: Vec<RuleOutcome>, bounds: Bounds) -> Self {
        let mut ratio: Option<f64> = None;
        let (mut unknown, mut not_applicable) = (None, None);
        let (mut findings, mut ignored) = (Vec::new(), Vec::new());
        for outcome in outcomes {
            match outcome.judged {
                Judged::Unknown(reason) => {
                    unknown.get_or_insert(reason);
                }
                Judged::NotApplicable(reason) => {
                    not_applicable.get_or_insert(reason);
                }
                Judged::ByFindings | Judged::Ratio { .. } => {
                    let this = ratio_of(&outcome, bounds);
                    ratio = Some(ratio.map_or(this, |lowest| lowest.min(this)));
                }
            }
            findings.extend(outcome.findings);
            ignored.extend(outcome.ignored);
        }
        let (outcome, reason) = match (ratio, unknown, not_applicable) {
            (Some(ratio), _, _) if ratio < bounds.fail_below => (Outcome::Fail, None),
            (_, Some(reason), _) => (Outcome::Unknown, Some(reason)),
            (Some(ratio), None, _) if ratio < 1.0 => (Outcome::Partial, None),
            (Some(_), None, _) => (Outcome::Pass, None),
            (None, None, reason) => (Outcome::NotApplicable, reason),
        };
        let (outcome, reason) = match (outcome, ignored_in_words(&ignored, bounds)) {
            (Outcome::Pass, Some(words)) => (Outcome::Unknown, Some(words)),
            _ => (outcome, reason),
        };
        let ratio = ratio.filter(|_| outcome.is_decided());
        Self { outcome, reason, ratio, findings, ignored }
    }
}

/// How many ignored findings are named where a check is not decided for them.
const NAMED: usize = 3;

/// Why a check that passes without what comments ignore does not pass: nothing but the word of an author speaks for it.
fn ignored_in_words(ignored: &[Finding], bounds: Bounds) -> Option<String> {
    let counting: Vec<&Finding> = ignored.iter().filter(|finding| counts(finding, bounds)).collect();
    let named = counting.iter().take(NAMED).filter_map(|finding| {
        let (place, by) = (finding.places.first()?, finding.ignored_by.as_ref()?);
        Some(format!("{}:{} ({})", place.path, place.line, by.reason.as_ref().unwrap_or(&by.comment)))
    });
    let named: Vec<String> = named.collect();
    let more = counting.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    match counting.len() {
        0 => None,
        1 => Some(format!("the only finding that counts is ignored by a comment: {}", named.join(""))),
        number => Some(format!("all {number} findings that count are ignored by comments: {}{more}", named.join(", "))),
    }
}

/// Whether a finding is sure enough, and more than information.
fn counts(finding: &Finding, bounds: Bounds) -> bool {
    finding.confidence >= bounds.min_confidence && finding.severity > Severity::Info
}

/// Findings that are too unsure, or only information, change nothing.
fn ratio_of(outcome: &RuleOutcome, bounds: Bounds) -> f64 {
    let counts = outcome.findings.iter().any(|finding| counts(finding, bounds));
    match outcome.judged {
        Judged::Ratio { good, of } if counts && of > 0 => good as f64 / of as f64,
        Judged::ByFindings if counts => 0.0,
        _ => 1.0,
    }
}

impl Outcome {
    /// Whether the score counts it.
    #[must_use]
    pub fn is_decided(self) -> bool {
        matches!(self, Self::Pass | Self::Partial | Self::Fail)
    }

    /// The word used in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Partial => "partial",
            Self::Fail => "fail",
            Self::NotApplicable => "not-applicable",
            Self::Unknown => "unknown",
        }
    }
}
