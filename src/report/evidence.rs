//! The findings of a check as people read them: grouped by rule, those that change no outcome only counted.

use super::CheckReport;
use crate::finding::Finding;
use crate::severity::{Confidence, Severity};

/// What the rules of one check found.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    /// By rule, in the order of the report.
    pub(super) rules: Vec<RuleEvidence<'a>>,
    /// How many findings are only counted.
    pub(super) hidden: usize,
}

/// What one rule found.
#[derive(Debug)]
pub(super) struct RuleEvidence<'a> {
    /// The rule.
    pub(super) rule: &'a str,
    /// Why it matters.
    pub(super) why: &'a str,
    /// How to fix it.
    pub(super) help: &'a str,
    /// The message, where all findings say the same.
    pub(super) message: Option<&'a str>,
    /// How sure the findings are, where all are equally sure.
    pub(super) confidence: Option<Confidence>,
    /// The findings, sorted by place.
    pub(super) findings: Vec<&'a Finding>,
}

/// The evidence of a check; with `all`, findings of low confidence and for information are listed too.
///
/// Where nothing else is there to show, they are listed in any case: the settings let them count.
pub(super) fn of(check: &CheckReport, all: bool) -> Evidence<'_> {
    let counts = |finding: &&Finding| finding.confidence > Confidence::Low && finding.severity > Severity::Info;
    let listed: Vec<&Finding> = check.findings.iter().filter(|finding| all || counts(finding)).collect();
    let listed = if listed.is_empty() && check.outcome.is_decided() { check.findings.iter().collect() } else { listed };
    Evidence { hidden: check.findings.len() - listed.len(), rules: by_rule(&listed) }
}

fn by_rule<'a>(findings: &[&'a Finding]) -> Vec<RuleEvidence<'a>> {
    let mut rules: Vec<RuleEvidence<'a>> = Vec::new();
    for finding in findings {
        match rules.iter_mut().find(|rule| rule.rule == finding.rule) {
            Some(rule) => {
                rule.message = rule.message.filter(|message| *message == finding.message);
                rule.confidence = rule.confidence.filter(|confidence| *confidence == finding.confidence);
                rule.findings.push(finding);
            }
            None => rules.push(RuleEvidence {
                rule: &finding.rule,
                why: &finding.why,
                help: &finding.help,
                message: Some(&finding.message),
                confidence: Some(finding.confidence),
                findings: vec![finding],
            }),
        }
    }
    rules
}
