//! The areas with their bars, and the checklist itself.

use std::io;

use super::page::{Ink, Page, Span};
use super::{Detail, severity};
use crate::check::Outcome;
use crate::finding::printable;
use crate::report::{AreaReport, CheckReport, Report, words};
use crate::score::{NOT_READY_BELOW, READY_FROM};

/// The columns of an area's name, the longest with a space.
const NAME: usize = 10;
/// What stands in a line of an area beside its bar.
const BESIDE_BAR: usize = 36;
/// A longer bar says no more.
const LONGEST_BAR: usize = 30;
/// On a narrower page, severity and gain follow the title instead of standing at the right.
const TWO_COLUMNS_FROM: usize = 60;

/// A line an area: its bar, its score, how much of it is decided.
pub(super) fn areas(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    page.blank()?;
    let cells = page.width().saturating_sub(BESIDE_BAR).min(LONGEST_BAR);
    for area in &report.areas {
        let decided = words::decided(report, area.id).unwrap_or_else(|| "nothing applies".into());
        let mut line = vec![Span::new(format!("{:NAME$}", area.id.word()), Ink::Strong)];
        line.extend(bar(area, cells));
        line.push(Span::faint(format!("  {decided}")));
        page.cut(2, &line)?;
    }
    Ok(())
}

fn bar(area: &AreaReport, cells: usize) -> Vec<Span> {
    let Some(score) = area.score else {
        return vec![Span::faint("░".repeat(cells)), Span::plain("     –")];
    };
    let ink = match score {
        _ if score >= READY_FROM => Ink::Good,
        _ if score >= NOT_READY_BELOW => Ink::Fair,
        _ => Ink::Bad,
    };
    // Cut, not rounded: only 100 fills the bar.
    let full = ((score / 100.0 * cells as f64) as usize).min(cells);
    vec![Span::new("█".repeat(full), ink), Span::faint("░".repeat(cells - full)), Span::plain(format!(" {score:>5.1}"))]
}

/// The checklist, grouped by area.
pub(super) fn checks(report: &Report, detail: Detail, page: &mut Page<'_>) -> io::Result<()> {
    for area in &report.areas {
        let shown = |check: &&CheckReport| check.area == area.id && (detail == Detail::Verbose || check.outcome != Outcome::NotApplicable);
        let mut checks = report.checks.iter().filter(shown).peekable();
        if checks.peek().is_none() {
            continue;
        }
        page.blank()?;
        page.paragraph(0, 2, &[Span::new(area.id.word(), Ink::Strong), Span::faint(format!(": {}", area.question))])?;
        for check in checks {
            line(check, detail, page)?;
        }
    }
    let left_out = report.checks.iter().filter(|check| check.outcome == Outcome::NotApplicable).count();
    if left_out > 0 && detail != Detail::Verbose {
        page.blank()?;
        let verb = if left_out == 1 { "does" } else { "do" };
        page.paragraph(0, 2, &[Span::faint(format!("{} {verb} not apply here: --verbose shows why", words::count(left_out, "check")))])?;
    }
    Ok(())
}

/// Only what fails, with the ids that settings and `handover explain` use.
pub(super) fn failed(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    for check in report.checks.iter().filter(|check| check.outcome == Outcome::Fail) {
        let mut spans = title(check);
        spans.push(Span::faint(format!(" · {}", check.check)));
        with_costs(check, spans, page)?;
    }
    Ok(())
}

fn line(check: &CheckReport, detail: Detail, page: &mut Page<'_>) -> io::Result<()> {
    let mut spans = title(check);
    if let Some(reason) = check.reason.as_ref().filter(|_| !check.outcome.is_decided()) {
        spans.push(Span::faint(format!(": {}", printable(reason))));
    }
    if let Some(waived) = &check.waived {
        spans.push(Span::new(format!(" (waived: {})", printable(waived)), Ink::Fair));
    }
    if detail == Detail::Verbose {
        spans.push(Span::faint(format!(" · {}", check.check)));
    }
    with_costs(check, spans, page)
}

/// The line with what a failure weighs and what mending it gains: at the right, or after the title on a narrow page.
fn with_costs(check: &CheckReport, mut spans: Vec<Span>, page: &mut Page<'_>) -> io::Result<()> {
    let how_bad = match (check.outcome, check.ratio) {
        (Outcome::Fail, _) => severity(check.severity.word(), check.severity),
        (Outcome::Partial, Some(ratio)) => Span::new(words::percent(ratio), Ink::Fair),
        _ => return page.paragraph(2, 4, &spans),
    };
    let gain = if check.gain > 0.0 { format!("+{:.1}", check.gain) } else { String::new() };
    if page.width() < TWO_COLUMNS_FROM {
        let gain = if gain.is_empty() { gain } else { format!(", {gain}") };
        spans.extend([Span::plain(" ("), how_bad, Span::plain(format!("{gain})"))]);
        return page.paragraph(2, 4, &spans);
    }
    page.row(2, 4, &spans, &[how_bad, Span::plain(format!("{gain:>7}"))])
}

fn title(check: &CheckReport) -> Vec<Span> {
    vec![mark(check.outcome), Span::plain(format!(" {}", printable(&check.title)))]
}

/// The mark of an outcome, legible without colour.
pub(super) fn mark(outcome: Outcome) -> Span {
    let mark = match outcome {
        Outcome::Pass => "✔",
        Outcome::Partial => "◐",
        Outcome::Fail => "✘",
        Outcome::NotApplicable => "–",
        Outcome::Unknown => "?",
    };
    Span::new(mark, ink(outcome))
}

fn ink(outcome: Outcome) -> Ink {
    match outcome {
        Outcome::Pass => Ink::Good,
        Outcome::Partial => Ink::Fair,
        Outcome::Fail => Ink::Bad,
        Outcome::NotApplicable => Ink::Faint,
        Outcome::Unknown => Ink::Place,
    }
}
