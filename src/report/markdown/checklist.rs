//! The checklist as task lists, an area each, with the evidence under every check that fails.

use super::escape::{code, prose};
use super::{Document, name};
use crate::check::Outcome;
use crate::finding::{Finding, State};
use crate::report::evidence::{self, RuleEvidence};
use crate::report::{CheckReport, Report, words};

/// So many findings of a rule are listed.
const SHOWN: usize = 50;
/// No finding is listed once the document has this many bytes: a job summary holds 1 MiB.
const FULL: usize = 384 * 1024;

/// The checklist by area.
pub(super) fn write(report: &Report, document: &mut Document) {
    document.blank();
    document.line("## Checklist");
    for area in &report.areas {
        document.blank();
        document.line(format!("### {}: {}", name(area.id), words::area_score(report, area)));
        document.blank();
        report.checks.iter().filter(|check| check.area == area.id).for_each(|check| item(check, document));
    }
}

/// Only what fails: staged changes have no checklist.
pub(super) fn staged(report: &Report, document: &mut Document) {
    document.blank();
    let mut failed = report.checks.iter().filter(|check| counts(check)).peekable();
    if failed.peek().is_none() {
        document.line("Nothing that fails was found.");
    }
    failed.for_each(|check| item(check, document));
}

fn counts(check: &CheckReport) -> bool {
    matches!(check.outcome, Outcome::Fail | Outcome::Partial)
}

fn item(check: &CheckReport, document: &mut Document) {
    let title = prose(&check.title);
    let reason = check.reason.as_deref().map(|reason| format!(": {}", prose(reason))).unwrap_or_default();
    let waived = check.waived.as_deref().map(|waived| format!(", waived: {}", prose(waived))).unwrap_or_default();
    let gain = if check.gain > 0.0 { format!(", +{:.1}", check.gain) } else { String::new() };
    let ratio = check.ratio.map(|ratio| format!(" {}", words::percent(ratio))).unwrap_or_default();
    let severity = check.severity.word();
    match check.outcome {
        Outcome::Pass => document.line(format!("- [x] {title}{waived}")),
        Outcome::Partial => document.line(format!("- [ ] ◐ **{title}** – partial{ratio} ({severity}{gain}){waived}")),
        Outcome::Fail => document.line(format!("- [ ] ✘ **{title}** – fails ({severity}{gain}){waived}")),
        // Its reason stands with the question.
        Outcome::Unknown => document.line(format!("- [ ] ? {title} – unknown, see the questions{waived}")),
        Outcome::NotApplicable => document.line(format!("- {title} – not applicable{reason}")),
    }
    if counts(check) {
        evidence(check, document);
    }
}

fn evidence(check: &CheckReport, document: &mut Document) {
    let evidence = evidence::of(check, false);
    for (at, rule) in evidence.rules.iter().enumerate() {
        if document.length() >= FULL {
            document.line(format!("  - … and {}", words::count(evidence.rules.len() - at, "more rule")));
            break;
        }
        of_rule(rule, document);
    }
    if evidence.hidden > 0 {
        document.line(format!("  - {} of low confidence not listed", words::count(evidence.hidden, "finding")));
    }
}

fn of_rule(rule: &RuleEvidence<'_>, document: &mut Document) {
    let what = rule.message.map(|message| format!("{} ", prose(message))).unwrap_or_default();
    let why = if rule.why.is_empty() { String::new() } else { format!(" Why: {}", sentence(rule.why)) };
    document.line(format!("  - {what}({}).{why} Fix: {}", code(rule.rule), sentence(rule.help)));
    let mut listed = 0;
    while listed < rule.findings.len().min(SHOWN) && document.length() < FULL {
        of_finding(rule.findings[listed], rule.message.is_none(), document);
        listed += 1;
    }
    let more = rule.findings.len() - listed;
    if more > 0 {
        document.line(format!("    - … and {more} more"));
    }
}

/// Prose that ends as a sentence.
fn sentence(text: &str) -> String {
    let end = if text.trim_end().ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{end}", prose(text))
}

fn of_finding(finding: &Finding, with_message: bool, document: &mut Document) {
    let places: Vec<String> = finding.places.iter().take(SHOWN).map(|at| code(&format!("{}:{}:{}", at.path, at.line, at.column))).collect();
    let more = finding.places.len() - places.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let mut parts = format!("{}{more}", places.join(", "));
    let mut add = |part: String| {
        if !parts.is_empty() {
            parts.push_str(" – ");
        }
        parts.push_str(&part);
    };
    if with_message {
        add(prose(&finding.message));
    }
    if let Some(snippet) = finding.snippet.as_deref().filter(|snippet| !snippet.trim().is_empty()) {
        add(code(snippet));
    }
    if let Some(history) = &finding.history {
        let (commit, author, date) = (code(&words::short(&history.commit)), prose(&history.author), prose(&history.date));
        add(format!("came with {commit} by {author} on {date}{}", prose(&words::still(history))));
    }
    words::revoked(finding).into_iter().for_each(|words| add(prose(&words)));
    match finding.state {
        Some(State::New) => add("new".into()),
        Some(State::Known) => add("known".into()),
        Some(State::Waived) => add("waived".into()),
        None => {}
    }
    if !parts.is_empty() {
        document.line(format!("    - {parts}"));
    }
}
