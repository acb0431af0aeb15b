//! The findings, by check and rule: place, message, the line with its mark, and once a rule how to mend it.

use std::io;
use std::ops::Range;

use super::Detail;
use super::checklist::mark;
use super::page::{Ink, Page, Span, fitting, width};
use crate::check::Outcome;
use crate::finding::{Finding, History, Place, State, printable};
use crate::report::evidence::{self, RuleEvidence};
use crate::report::{CheckReport, Report, words};
use crate::snapshot::Mode;

/// So many findings of a rule are shown unless everything is asked for.
const SHOWN: usize = 10;

/// The findings of the checks that fail in whole or in part; of all checks in a verbose report.
pub(super) fn all(report: &Report, detail: Detail, page: &mut Page<'_>) -> io::Result<()> {
    let verbose = detail == Detail::Verbose;
    let staged = report.subject.mode == Mode::Staged;
    let told = |check: &&CheckReport| !check.findings.is_empty() && (verbose || counts(check));
    let mut checks = report.checks.iter().filter(told).peekable();
    if checks.peek().is_some() && !staged {
        page.blank()?;
        page.paragraph(0, 2, &[Span::new("Findings", Ink::Strong)])?;
    }
    for check in checks {
        page.blank()?;
        of_check(check, verbose, staged, page)?;
    }
    let elsewhere = report.checks.iter().filter(|check| !counts(check)).map(|check| check.findings.len()).sum();
    if !verbose && elsewhere > 0 {
        page.blank()?;
        let them = if elsewhere == 1 { "it" } else { "them" };
        let text = format!("{} in checks that do not fail: --verbose shows {them}", words::count(elsewhere, "finding"));
        page.paragraph(0, 2, &[Span::faint(text)])?;
    }
    Ok(())
}

fn counts(check: &CheckReport) -> bool {
    matches!(check.outcome, Outcome::Fail | Outcome::Partial)
}

/// The check's id, and the message where there is but one; the checklist has said what the check asks, but a staged
/// report has no checklist.
fn head(check: &CheckReport, message: Option<&str>, staged: bool, page: &mut Page<'_>) -> io::Result<()> {
    let mut spans = vec![mark(check.outcome), Span::new(format!(" {}", check.check), Ink::Strong)];
    if staged {
        spans.push(Span::plain(format!(": {} ({})", printable(&check.title), check.severity.word())));
        page.paragraph(0, 2, &spans)?;
        return message.map_or(Ok(()), |message| page.paragraph(2, 4, &[Span::plain(printable(message))]));
    }
    spans.extend(message.map(|message| Span::plain(format!(": {}", printable(message)))));
    page.paragraph(0, 2, &spans)
}

fn of_check(check: &CheckReport, verbose: bool, staged: bool, page: &mut Page<'_>) -> io::Result<()> {
    let evidence = evidence::of(check, verbose);
    if let [rule] = evidence.rules.as_slice() {
        head(check, rule.message, staged, page)?;
        of_rule(rule, verbose, page)?;
    } else {
        head(check, None, staged, page)?;
        for (at, rule) in evidence.rules.iter().enumerate() {
            if at > 0 {
                page.blank()?;
            }
            rule.message.map_or(Ok(()), |message| page.paragraph(2, 4, &[Span::plain(printable(message))]))?;
            of_rule(rule, verbose, page)?;
        }
    }
    if evidence.hidden > 0 {
        let text = format!("{} of low confidence or for information: --verbose shows them", evidence.hidden);
        page.paragraph(4, 6, &[Span::faint(text)])?;
    }
    Ok(())
}

fn of_rule(rule: &RuleEvidence<'_>, verbose: bool, page: &mut Page<'_>) -> io::Result<()> {
    let most = if verbose { rule.findings.len() } else { SHOWN };
    for finding in rule.findings.iter().take(most) {
        of_finding(finding, rule.message.is_none(), verbose, page)?;
    }
    if rule.findings.len() > most {
        page.paragraph(4, 6, &[Span::faint(format!("… and {} more: --verbose shows them", rule.findings.len() - most))])?;
    }
    page.paragraph(4, 6, &[Span::new("fix:", Ink::Good), Span::plain(format!(" {}", printable(rule.help)))])?;
    page.paragraph(4, 6, &[Span::faint(format!("more: handover explain {}", printable(rule.rule)))])
}

fn of_finding(finding: &Finding, with_message: bool, verbose: bool, page: &mut Page<'_>) -> io::Result<()> {
    let message = with_message.then(|| printable(&finding.message));
    let mut spans = match (finding.places.first(), message) {
        (Some(at), Some(message)) => vec![Span::new(place(at), Ink::Place), Span::plain(format!(": {message}"))],
        (Some(at), None) => vec![Span::new(place(at), Ink::Place)],
        (None, Some(message)) => vec![Span::plain(message)],
        (None, None) => Vec::new(),
    };
    if let Some(state) = finding.state {
        spans.push(Span::faint(state_words(state)));
    }
    if verbose {
        spans.push(Span::faint(format!(" ({} confidence)", finding.confidence.word())));
    }
    if !spans.is_empty() {
        page.paragraph(4, 6, &spans)?;
    }
    if let (Some(at), Some(snippet)) = (finding.places.first(), &finding.snippet) {
        self::snippet(at.line, snippet, finding.marked.as_ref(), page)?;
    }
    for at in finding.places.iter().skip(1) {
        page.paragraph(6, 8, &[Span::faint("also "), Span::new(place(at), Ink::Place)])?;
    }
    finding.history.as_ref().map_or(Ok(()), |history| page.paragraph(6, 8, &[Span::faint(past(history))]))
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
    let gone = if history.in_tip { "" } else { ", no longer in the tip" };
    let (author, date, path) = (printable(&history.author), printable(&history.date), printable(&history.path));
    format!("came with {} by {author} on {date}, as {path}{gone}", words::short(&history.commit))
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
