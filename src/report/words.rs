//! Numbers, groups and sentences of the report in words, shared by the formats that people read.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{AreaReport, Gate, Report, Subject};
use crate::check::Outcome;
use crate::facts::Area;
use crate::finding::{Finding, History, Revocation, printable};
use crate::score::Verdict;
use crate::severity::Severity;
use crate::snapshot::{Mode, Skipped};

/// The verdict as it is announced, and what follows it: the score and how much of the weight it rests on.
///
/// A part of the checklist has a score and no verdict.
pub(super) fn headline(report: &Report) -> (&'static str, String) {
    let decided = if report.decided < 1.0 { format!(", with {} of the weight decided", percent(report.decided)) } else { String::new() };
    match (report.verdict, report.score) {
        (Some(verdict), Some(score)) => (announced(verdict), format!(": {score:.1} of 100{decided}")),
        (None, Some(score)) => ("SCORE", format!(" {score:.1} of 100, for the part that was judged{decided}")),
        (_, None) => ("NOT DECIDED", ": nothing here could be scored".into()),
    }
}

fn announced(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ready => "READY",
        Verdict::Conditional => "CONDITIONAL",
        Verdict::NotReady => "NOT READY",
    }
}

/// What keeps the verdict from ready; nothing to say where it is, or where there is none.
pub(super) fn because(report: &Report) -> Option<String> {
    let reasons: Vec<String> = report.verdict_reasons.iter().map(|reason| printable(reason)).collect();
    (report.verdict.is_some() && !reasons.is_empty()).then(|| format!("because {}", reasons.join("; ")))
}

/// Whether nothing was staged: standard error says so, and there is nothing to report.
pub(super) fn is_empty_commit(report: &Report) -> bool {
    let read = &report.read;
    let found = report.checks.iter().any(|check| !check.findings.is_empty());
    report.subject.mode == Mode::Staged && read.files == 0 && read.skipped.is_empty() && !found
}

/// What was judged: name, commit, branch and day.
pub(super) fn subject(subject: &Subject) -> String {
    let mut at = match (&subject.revision, subject.mode) {
        (_, Mode::Folder) => "a folder that is no repository".to_owned(),
        (_, Mode::Memory) => "files in memory".to_owned(),
        (Some(revision), Mode::Revision) => format!("revision {}", short(revision)),
        (None, Mode::Revision) => "a revision".to_owned(),
        (Some(revision), Mode::WorkTree) => format!("the working tree at {}", short(revision)),
        (None, Mode::WorkTree) => "the working tree, with no commit yet".to_owned(),
        (Some(revision), Mode::Staged) => format!("what is staged on {}", short(revision)),
        (None, Mode::Staged) => "what is staged for the first commit".to_owned(),
    };
    if let Some(branch) = &subject.branch {
        at.push_str(&format!(" ({})", printable(branch)));
    }
    if let Some(day) = &subject.as_of {
        at.push_str(&format!(", as of {}", printable(day)));
    }
    at
}

/// The profile with its reason.
pub(super) fn profile(subject: &Subject) -> String {
    match (subject.profile, &subject.profile_reason) {
        (Some(profile), Some(reason)) => format!("{}: {}", profile.word(), printable(reason)),
        (Some(profile), None) => profile.word().to_owned(),
        (None, _) => "not found".to_owned(),
    }
}

/// What was read and how much was left out, by reason.
pub(super) fn read(report: &Report) -> String {
    let noun = if report.subject.mode == Mode::Staged { "staged file" } else { "file" };
    let read = format!("{}, {}{}", count(report.read.files, noun), size(report.read.bytes), past(report));
    match left_out(&report.read.skipped) {
        Some(left_out) => format!("{read}; {left_out}"),
        None => read,
    }
}

/// What was read of the past, behind what was read of the files at hand.
fn past(report: &Report) -> String {
    let Some(past) = &report.read.history else { return String::new() };
    let noun = if past.blobs == 1 { "content" } else { "contents" };
    format!(", and {} {noun} of the history, {}", thousands(past.blobs), size(past.bytes))
}

/// That a secret was revoked, or how to say so.
pub(super) fn revoked(finding: &Finding) -> Option<String> {
    let gone = finding.history.as_ref().is_some_and(|history| !history.in_tip);
    match &finding.revoked {
        Some(Revocation { on, by }) => Some(format!("revoked on {on} by {}", printable(by))),
        None if gone => Some(format!("fingerprint {}", finding.fingerprint)),
        None => None,
    }
}

/// How a finding of the past goes on: where it is still to be had.
pub(super) fn still(history: &History) -> String {
    let gone = if history.in_tip { "" } else { ", no longer in the tip but in every clone" };
    let by = match history.reached_by.as_deref() {
        Some("HEAD") => String::new(),
        Some(name) => format!(", by way of {}", printable(name)),
        None => ", on no branch or tag".to_owned(),
    };
    format!("{gone}{by}")
}

/// How many reasons one line names.
const REASONS: usize = 3;

fn left_out(skipped: &[Skipped]) -> Option<String> {
    let groups = by_reason(skipped);
    let named = |group: &(&str, Vec<&Skipped>)| format!("{} ({})", printable(group.0), thousands(group.1.len() as u64));
    match groups.as_slice() {
        [] => None,
        [only] => Some(format!("left out {}: {}", thousands(only.1.len() as u64), printable(only.0))),
        _ => {
            let mut parts: Vec<String> = groups.iter().take(REASONS).map(named).collect();
            let rest: usize = groups.iter().skip(REASONS).map(|group| group.1.len()).sum();
            parts.extend((rest > 0).then(|| format!("for other reasons ({})", thousands(rest as u64))));
            Some(format!("left out {}: {}", thousands(skipped.len() as u64), parts.join(", ")))
        }
    }
}

/// What comments in the code ignore, each with its reason or, where it gives none, the comment.
pub(super) fn ignored(report: &Report) -> impl Iterator<Item = (&Finding, &str)> {
    let ignored = report.checks.iter().flat_map(|check| &check.ignored);
    ignored.filter_map(|finding| {
        let by = finding.ignored_by.as_ref()?;
        Some((finding, by.reason.as_deref().unwrap_or(&by.comment)))
    })
}

/// What was left out, by reason; the most frequent reason first.
pub(super) fn by_reason(skipped: &[Skipped]) -> Vec<(&str, Vec<&Skipped>)> {
    let mut groups: BTreeMap<&str, Vec<&Skipped>> = BTreeMap::new();
    for left_out in skipped {
        groups.entry(&left_out.reason).or_default().push(left_out);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, paths)| Reverse(paths.len()));
    groups
}

/// How many of the checks that apply in an area are decided; nothing to say where none applies.
pub(super) fn decided(report: &Report, area: Area) -> Option<String> {
    let applies = |outcome: Outcome| outcome != Outcome::NotApplicable;
    let outcomes: Vec<Outcome> =
        report.checks.iter().filter(|check| check.area == area && applies(check.outcome)).map(|check| check.outcome).collect();
    let decided = outcomes.iter().filter(|outcome| outcome.is_decided()).count();
    match outcomes.len() {
        0 => None,
        all if decided == all => Some(count(all, "check")),
        all => Some(format!("{decided} of {all} decided")),
    }
}

/// The score of an area, and how much of it is not known.
pub(super) fn area_score(report: &Report, area: &AreaReport) -> String {
    let unknown = report.checks.iter().any(|check| check.area == area.id && check.outcome == Outcome::Unknown);
    let decided = decided(report, area.id);
    match (area.score, decided) {
        (Some(score), Some(decided)) if unknown => format!("{score:.1}, {decided}"),
        (Some(score), _) => format!("{score:.1}"),
        (None, Some(decided)) if unknown => decided,
        (None, Some(_)) => "no score".into(),
        (None, None) => "nothing applies".into(),
    }
}

/// Why the gate does not hold: checks of one severity together, each named once.
pub(super) fn gate_reasons(gate: &Gate) -> Vec<String> {
    let mut failed: BTreeMap<Reverse<Severity>, Vec<String>> = BTreeMap::new();
    let mut others = Vec::new();
    for reason in &gate.reasons {
        let named = [Severity::Blocker, Severity::Major, Severity::Minor]
            .into_iter()
            .find_map(|severity| Some((severity, reason.strip_prefix(severity.word())?.strip_prefix(" failed: ")?)));
        match named {
            Some((severity, check)) => failed.entry(Reverse(severity)).or_default().push(printable(check)),
            None => others.push(printable(reason)),
        }
    }
    let mut reasons: Vec<String> =
        failed.iter().map(|(severity, checks)| format!("{} failed: {}", noun(severity.0, checks.len()), checks.join(", "))).collect();
    reasons.append(&mut others);
    reasons
}

fn noun(severity: Severity, number: usize) -> String {
    let plural = if number == 1 { "" } else { "s" };
    if severity == Severity::Blocker { format!("blocker{plural}") } else { format!("{} check{plural}", severity.word()) }
}

/// Whether the gate holds, and why.
pub(super) fn gate(report: &Report) -> String {
    let gate = &report.gate;
    if !gate.holds {
        return format!("does not hold: {}", gate_reasons(gate).join("; "));
    }
    let severity = match gate.fail_on {
        Severity::Blocker => "no blocker failed".to_owned(),
        least => format!("no check of severity {} or above failed", least.word()),
    };
    match gate.min_score {
        Some(least) => format!("holds: {severity}, and the score is not under {least}"),
        None if report.verdict == Some(Verdict::NotReady) => {
            format!("holds: {severity} (the verdict is no gate: a low score fails it only with --min-score)")
        }
        None => format!("holds: {severity}"),
    }
}

/// The first characters of a commit's id.
pub(super) fn short(revision: &str) -> String {
    printable(&revision.chars().take(9).collect::<String>())
}

/// A number and its noun, in the plural where it is not one.
pub(super) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(number as u64))
}

/// A share in whole percent, cut and not rounded, so that only the whole is 100 %.
pub(super) fn percent(share: f64) -> String {
    format!("{}%", ((share * 1000.0).round() / 10.0).floor())
}

/// A number of bytes, in units of a thousand.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// A number with commas between its thousands.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1, "file"), "1 file");
        assert_eq!(count(1204, "file"), "1,204 files");
        assert_eq!([size(0), size(2_100), size(5_140_000), size(7_000_000_000)], ["0 B", "2.1 kB", "5.1 MB", "7.0 GB"]);
        assert_eq!([percent(0.999), percent(1.0), percent(0.29)], ["99%", "100%", "29%"]);
    }

    #[test]
    fn reasons_are_counted_most_frequent_first() {
        let skipped = |path: &str, reason: &str| Skipped { path: path.into(), reason: reason.into() };
        let all = [skipped("a.png", "binary"), skipped("b.png", "binary"), skipped("c/", "a dependency folder")];
        assert_eq!(left_out(&all).as_deref(), Some("left out 3: binary (2), a dependency folder (1)"));
        assert_eq!(left_out(&all[..1]).as_deref(), Some("left out 1: binary"));
        assert_eq!(left_out(&[]), None);
    }
}
