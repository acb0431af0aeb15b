//! Reports built by hand, for the tests of formats.

use super::{AreaReport, CheckReport, Gate, Question, Read, Report, SCHEMA, Subject, Tool};
use crate::check::Outcome;
use crate::facts::Area;
use crate::facts::profile::Profile;
use crate::finding::ignore::IgnoredBy;
use crate::finding::{Finding, Place};
use crate::score::Verdict;
use crate::severity::{Confidence, Severity};
use crate::snapshot::{Mode, Skipped};

/// A finding at a line, its mark on the quoted part of the snippet.
pub(crate) fn finding(rule: &str, message: &str, path: &str, line: usize) -> Finding {
    let snippet = r#""Password": "hunter…","#;
    Finding {
        rule: rule.into(),
        severity: Severity::Blocker,
        confidence: Confidence::High,
        fingerprint: "0123456789abcdef".into(),
        message: message.into(),
        why: "It matters.".into(),
        help: "Revoke it, then read it from the secrets manager.".into(),
        places: vec![Place { path: path.into(), line, column: 5, end_line: line, end_column: 12 }],
        snippet: Some(snippet.into()),
        marked: Some(13..20),
        history: None,
        state: None,
        ignored_by: None,
        revoked: None,
    }
}

/// A check of this outcome without findings.
pub(crate) fn check(id: &str, area: Area, title: &str, outcome: Outcome) -> CheckReport {
    let ratio = match outcome {
        Outcome::Pass => Some(1.0),
        Outcome::Partial => Some(0.625),
        Outcome::Fail => Some(0.0),
        Outcome::NotApplicable | Outcome::Unknown => None,
    };
    CheckReport {
        check: id.into(),
        area,
        title: title.into(),
        severity: Severity::Blocker,
        outcome,
        reason: ratio.is_none().then(|| "the reader of settings has not looked".into()),
        ratio,
        weight: 8,
        gain: ratio.map_or(0.0, |ratio| 12.3 * (1.0 - ratio)),
        waived: None,
        findings: Vec::new(),
        ignored: Vec::new(),
    }
}

/// A report with one check of each outcome, and `findings` findings of one rule under the one that fails.
pub(crate) fn report(findings: usize) -> Report {
    let mut failed = check("secrets/live-credentials", Area::Secrets, "No live credential is committed", Outcome::Fail);
    failed.findings = (1..=findings).map(|line| finding("secrets/password", "A password in the open", "src/settings.json", line)).collect();
    let mut partial = check("tests/core-flows", Area::Tests, "Integration tests cover the core flows", Outcome::Partial);
    partial.findings = vec![finding("tests/untested-flow", "No test calls `GET /orders`", "src/orders.rs", 7)];
    partial.findings.push(finding("tests/untested-flow", "No test calls `POST /orders`", "src/orders.rs", 9));
    Report {
        schema: SCHEMA,
        tool: Tool { name: "handover", version: "0.0.0", rules: "00ff".into() },
        subject: Subject {
            name: "shop".into(),
            revision: Some("0123456789abcdef0123456789abcdef01234567".into()),
            branch: Some("main".into()),
            mode: Mode::WorkTree,
            profile: Some(Profile::Service),
            profile_reason: Some("a web project with a container image".into()),
            as_of: Some("2024-05-06".into()),
            deviations: vec!["the check `tests/flaky` is switched off".into()],
        },
        read: Read {
            files: 1204,
            bytes: 5_140_000,
            skipped: vec![Skipped { path: "logo.png".into(), reason: "binary".into() }],
            history: None,
        },
        score: Some(46.3),
        decided: 0.834,
        verdict: Some(Verdict::NotReady),
        verdict_reasons: vec!["1 blocker failed".into()],
        areas: vec![area(Area::Secrets, Some(40.0)), area(Area::Tests, Some(62.5)), area(Area::Ownership, None)],
        checks: vec![
            failed,
            check("secrets/private-keys", Area::Secrets, "No private key is committed", Outcome::Pass),
            partial,
            check("tests/flaky", Area::Tests, "No test is switched off", Outcome::NotApplicable),
            check("ownership/knowledge", Area::Ownership, "The knowledge rests on several people", Outcome::Unknown),
        ],
        questions: vec![Question {
            area: Area::Ownership,
            text: "Who else knows the code?".into(),
            why: "the reader of settings has not looked".into(),
            at: None,
        }],
        ignore_problems: Vec::new(),
        gate: Gate {
            holds: false,
            fail_on: Severity::Blocker,
            min_score: None,
            reasons: vec!["blocker failed: secrets/live-credentials".into()],
        },
    }
}

fn area(id: Area, score: Option<f64>) -> AreaReport {
    AreaReport { id, question: "Is everything that another team needs where that team would look for it?".into(), score, weight: 20.0 }
}

/// The same report for what is staged.
pub(crate) fn staged(findings: usize) -> Report {
    let mut report = report(findings);
    report.subject.mode = Mode::Staged;
    (report.score, report.verdict) = (None, None);
    report.areas.iter_mut().for_each(|area| area.score = None);
    report.questions.clear();
    report.read = Read { files: 3, bytes: 2_100, skipped: Vec::new(), history: None };
    report
}

/// Puts a text into every place of a report that the repository under test can fill.
pub(crate) fn poison(report: &mut Report, text: &str) {
    let poison = |place: &mut String| *place = text.to_owned();
    poison(&mut report.subject.name);
    report.subject.branch = Some(text.into());
    report.subject.profile_reason = Some(text.into());
    report.subject.deviations = vec![text.into()];
    report.verdict_reasons = vec![text.into()];
    report.read.skipped = vec![Skipped { path: text.into(), reason: text.into() }];
    for check in &mut report.checks {
        poison(&mut check.title);
        check.reason = check.reason.as_ref().map(|_| text.into());
        check.waived = Some(text.into());
        for finding in check.findings.iter_mut().chain(&mut check.ignored) {
            poison(&mut finding.message);
            poison(&mut finding.help);
            poison(&mut finding.why);
            poison(&mut finding.rule);
            finding.snippet = Some(text.into());
            finding.marked = Some(1..text.chars().count().max(2));
            finding.ignored_by = finding.ignored_by.take().map(|by| IgnoredBy { reason: Some(text.into()), ..by });
            finding.places.iter_mut().for_each(|at| poison(&mut at.path));
        }
    }
    for question in &mut report.questions {
        poison(&mut question.text);
        poison(&mut question.why);
        question.at = Some(text.into());
    }
    report.gate.reasons = vec![text.into()];
}
