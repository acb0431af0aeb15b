//! The findings, by check and rule: the rule with its message, then the places with the line and its mark, then once why
//! it matters and how to mend it.

use std::io;
use std::ops::Range;

use super::checklist::mark;
use super::page::{Ink, Page, Span, fitting, width};
use super::{Detail, severity};
use crate::check::Outcome;
use crate::finding::{Finding, History, Place, State, printable};
use crate::report::evidence::{self, RuleEvidence};
use crate::report::{CheckReport, Report, words};
use crate::severity::{Confidence, Severity};
use crate::snapshot::Mode;

/// So many findings of a rule are shown unless everything is asked for.
const SHOWN: usize = 10;
/// So many further places of one finding likewise.
const ALSO: usize = 4;

/// The findings of the checks that fail in whole or in part; of all checks in a verbose report.
pub(super) fn all(report: &Report, detail: Detail, page: &mut Page<'_>) -> io::Result<()> {
    let verbose = detail == Detail::Verbose;
    let staged = report.subject.mode == Mode::Staged;
    let told = |check: &&CheckReport| !check.findings.is_empty() && (verbose || counts(check));
    let mut checks = report.checks.iter().filter(told).peekable();
    let any = checks.peek().is_some();
    if checks.peek().is_some() && !staged {
        page.blank()?;
        page.paragraph(0, 2, &[Span::new("Findings", Ink::Strong)])?;
    }
    for check in checks {
        page.blank()?;
        of_check(check, verbose, staged, page)?;
    }
    if any {
        page.blank()?;
        page.paragraph(0, 2, &[Span::faint("more on a rule or a check: handover explain ID")])?;
    }
    let elsewhere = report.checks.iter().filter(|check| !counts(check)).map(|check| check.findings.len()).sum();
    if !verbose && elsewhere > 0 {
        if !any {
            page.blank()?;
        }
        let them = if elsewhere == 1 { "it" } else { "them" };
        let text = format!("{} in checks that do not fail: --verbose shows {them}", words::count(elsewhere, "finding"));
        page.paragraph(0, 2, &[Span::faint(text)])?;
    }
    Ok(())
}

/// What comments in the code ignore, each with its reason; in a verbose report, for the deviation tells how many.
pub(super) fn ignored(report: &Report, detail: Detail, page: &mut Page<'_>) -> io::Result<()> {
    let mut ignored = words::ignored(report).peekable();
    if detail < Detail::Verbose || ignored.peek().is_none() {
        return Ok(());
    }
    page.blank()?;
    page.paragraph(0, 2, &[Span::new("Ignored by comments in the code", Ink::Strong)])?;
    for (finding, reason) in ignored {
        let at = finding.places.first().map(place).unwrap_or_default();
        let rule = Span::plain(format!(" {}: ", printable(&finding.rule)));
        page.paragraph(2, 4, &[Span::new(at, Ink::Place), rule, Span::faint(printable(reason))])?;
    }
    Ok(())
}

fn counts(check: &CheckReport) -> bool {
    matches!(check.outcome, Outcome::Fail | Outcome::Partial)
}

/// Each place of a finding that counts on one line, for hooks.
pub(super) fn one_line_each(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    for check in report.checks.iter().filter(|check| counts(check)) {
        for finding in evidence::of(check, false).rules.iter().flat_map(|rule| &rule.findings) {
            let rule = [Span::new(printable(&finding.rule), Ink::Strong), Span::plain(format!(": {}", printable(&finding.message)))];
            if finding.places.is_empty() {
                page.paragraph(0, 2, &rule)?;
            }
            for at in &finding.places {
                let place = [Span::new(place(at), Ink::Place), Span::plain(" ")];
                page.paragraph(0, 2, &[place.as_slice(), &rule].concat())?;
            }
        }
    }
    Ok(())
}

/// The check's id and severity; the checklist has said what it asks, but a staged report has no checklist.
fn head(check: &CheckReport, staged: bool, page: &mut Page<'_>) -> io::Result<()> {
    let title = if staged { format!(": {}", printable(&check.title)) } else { String::new() };
    let spans = [
        mark(check.outcome),
        Span::new(format!(" {}", check.check), Ink::Strong),
        Span::plain(format!("{title} (")),
        severity(check.severity.word(), check.severity),
        Span::plain(")"),
    ];
    page.paragraph(0, 2, &spans)
}

fn of_check(check: &CheckReport, verbose: bool, staged: bool, page: &mut Page<'_>) -> io::Result<()> {
    let evidence = evidence::of(check, verbose);
    head(check, staged, page)?;
    for (at, rule) in evidence.rules.iter().enumerate() {
        if at > 0 {
            page.blank()?;
        }
        of_rule(rule, check.severity, verbose, page)?;
    }
    if evidence.hidden > 0 {
        let them = if evidence.hidden == 1 { "it" } else { "them" };
        let text = format!("{} of low confidence or for information: --verbose shows {them}", evidence.hidden);
        page.paragraph(2, 4, &[Span::faint(text)])?;
    }
    Ok(())
}

/// The rule and its message, its places, why it matters and how to mend it: always in this order.
fn of_rule(rule: &RuleEvidence<'_>, usual: Severity, verbose: bool, page: &mut Page<'_>) -> io::Result<()> {
    let what = rule.message.map_or_else(|| words::count(rule.findings.len(), "finding"), printable);
    let mut spans = vec![Span::faint(format!("{}:", printable(rule.rule))), Span::plain(format!(" {what}"))];
    if let Some(first) = rule.findings.first().filter(|first| first.severity != usual) {
        spans.extend([Span::plain(" ("), severity(first.severity.word(), first.severity), Span::plain(")")]);
    }
    spans.extend(rule.confidence.and_then(doubt));
    page.paragraph(2, 4, &spans)?;
    let most = if verbose { rule.findings.len() } else { SHOWN };
    for finding in rule.findings.iter().take(most) {
        of_finding(finding, rule, verbose, page)?;
    }
    if rule.findings.len() > most {
        page.paragraph(4, 6, &[Span::faint(format!("… and {} more: --verbose shows them", rule.findings.len() - most))])?;
    }
    if !rule.why.is_empty() {
        page.paragraph(4, 6, &[Span::new("why:", Ink::Fair), Span::plain(format!(" {}", printable(rule.why)))])?;
    }
    page.paragraph(4, 6, &[Span::new("fix:", Ink::Good), Span::plain(format!(" {}", printable(rule.help)))])
}

/// Says how sure a finding is only where it is not sure.
fn doubt(confidence: Confidence) -> Option<Span> {
    (confidence < Confidence::High).then(|| Span::faint(format!(" ({} confidence)", confidence.word())))
}

/// A finding's place, with what the line of its rule could not say for all.
fn of_finding(finding: &Finding, rule: &RuleEvidence<'_>, verbose: bool, page: &mut Page<'_>) -> io::Result<()> {
    let message = rule.message.is_none().then(|| printable(&finding.message));
    let mut spans = match (finding.places.first(), message) {
        (Some(at), Some(message)) => vec![Span::new(place(at), Ink::Place), Span::plain(format!(": {message}"))],
        (Some(at), None) => vec![Span::new(place(at), Ink::Place)],
        (None, Some(message)) => vec![Span::plain(message)],
        (None, None) => Vec::new(),
    };
    if let Some(state) = finding.state {
        spans.push(Span::faint(state_words(state)));
    }
    if rule.confidence.is_none() {
        spans.extend(doubt(finding.confidence));
    }
    if !spans.is_empty() {
        page.paragraph(4, 6, &spans)?;
    }
    if let (Some(at), Some(snippet)) = (finding.places.first(), &finding.snippet) {
        self::snippet(at.line, snippet, finding.marked.as_ref(), page)?;
    }
    let others = finding.places.len().saturating_sub(1);
    let most = if verbose { others } else { ALSO };
    for at in finding.places.iter().skip(1).take(most) {
        page.paragraph(6, 8, &[Span::faint("also "), Span::new(place(at), Ink::Place)])?;
    }
    if others > most {
        page.paragraph(6, 8, &[Span::faint(format!("also in {} more: --verbose shows them", words::count(others - most, "place")))])?;
    }
    let past = finding.history.as_ref().map(past).into_iter().chain(words::revoked(finding)).collect::<Vec<_>>().join("; ");
    if past.is_empty() { Ok(()) } else { page.paragraph(6, 8, &[Span::faint(past)]) }
}

fn place(at: &Place) -> String {
    format!("{}:{}:{}", printable(&at.path), at.line, at.column)
}

fn state_words(state: State) -> &'static str {
    match state {
        State::New => " (new)",
        State::Known => " (known)",
        State::Waived => " (waived)",
    }
}

fn past(history: &History) -> String {
    let (author, date, path) = (printable(&history.author), printable(&history.date), printable(&history.path));
    format!("came with {} by {author} on {date}, as {path}{}", words::short(&history.commit), words::still(history))
}

/// The line with its number, and carets under the marked characters.
fn snippet(number: usize, line: &str, marked: Option<&Range<usize>>, page: &mut Page<'_>) -> io::Result<()> {
    const INDENT: usize = 6;
    let gutter = number.to_string();
    let bar = Span::faint(format!("{gutter} │ "));
    let room = page.width().saturating_sub(INDENT + gutter.len() + 3);
    let (line, marked) = window(line, marked, room);
    page.cut(INDENT, &[bar, Span::plain(line.as_str())])?;
    let Some(marked) = marked else { return Ok(()) };
    let part = |skip: usize, take: usize| width(&line.chars().skip(skip).take(take).collect::<String>());
    let (before, under) = (part(0, marked.start), part(marked.start, marked.len()));
    let bar = Span::faint(format!("{:1$} │ ", "", gutter.len()));
    page.cut(INDENT, &[bar, Span::plain(" ".repeat(before)), Span::new("^".repeat(under.max(1)), Ink::Bad)])
}

/// The part of a line that fits, so that the mark is in it, and the mark in that part.
fn window(line: &str, marked: Option<&Range<usize>>, room: usize) -> (String, Option<Range<usize>>) {
    let line = printable(line);
    if width(&line) <= room {
        return (line, marked.cloned());
    }
    let start = marked.map_or(0, |marked| first_shown(&line, marked, room));
    let (lead, room) = if start > 0 { ("…", room.saturating_sub(1)) } else { ("", room) };
    let rest: String = line.chars().skip(start).collect();
    let shown = if width(&rest) <= room { rest } else { format!("{}…", fitting(&rest, room.saturating_sub(1))) };
    let length = shown.chars().count();
    let moved = |at: usize| at.saturating_sub(start).min(length) + lead.chars().count();
    let marked = marked.map(|marked| moved(marked.start)..moved(marked.end)).filter(|marked| !marked.is_empty());
    (format!("{lead}{shown}"), marked)
}

/// The first character shown of a line that does not fit: its own first where the mark is seen from there, else one
/// that leaves a quarter of the room before the mark, or more where the line ends soon after it.
fn first_shown(line: &str, marked: &Range<usize>, room: usize) -> usize {
    let part = |from: usize, to: usize| width(&line.chars().take(to).skip(from).collect::<String>());
    let length = line.chars().count();
    if part(0, marked.end) < room {
        return 0;
    }
    let mut start = marked.start.saturating_sub(room / 4).min(length);
    while start > 0 && part(start - 1, length) < room {
        start -= 1;
    }
    start
}
