//! The report for a person at a terminal: verdict, areas, checklist, findings, questions, gate.
//!
//! Nothing is printed twice: a check's title stands in the checklist, its places among the findings, its reason for being
//! unknown beside its mark. What the words are is left to `report/words.rs`, how lines break to `page.rs`.

mod checklist;
mod findings;
pub(crate) mod page;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use self::page::{Ink, Page, Span};
use super::{Report, words};
use crate::check::Outcome;
use crate::finding::printable;
use crate::score::Verdict;
use crate::severity::Severity;
use crate::snapshot::Mode;

/// How the report is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Colours and bold.
    pub colour: bool,
    /// Columns of the terminal; 40 at least, 120 at most are used.
    pub width: usize,
    /// How much is said.
    pub detail: Detail,
}

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Verdict, score and what fails.
    Quiet,
    /// The checklist and the findings that count.
    Normal,
    /// Everything, findings of low confidence and skipped files too.
    Verbose,
}

/// Writes the report.
///
/// # Errors
/// What the writer reports.
pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(out, style.colour, style.width);
    if words::is_empty_commit(report) {
        return Ok(());
    }
    match (report.subject.mode, style.detail) {
        (Mode::Staged, detail) => staged(report, detail, page),
        (_, Detail::Quiet) => quiet(report, page),
        (_, detail) => whole(report, detail, page),
    }
}

fn whole(report: &Report, detail: Detail, page: &mut Page<'_>) -> io::Result<()> {
    verdict(report, page)?;
    subject(report, detail, page)?;
    checklist::areas(report, page)?;
    checklist::checks(report, detail, page)?;
    findings::all(report, detail, page)?;
    findings::ignored(report, detail, page)?;
    questions(report, page)?;
    page.blank()?;
    gate(report, page)
}

fn quiet(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    verdict(report, page)?;
    deviations(report, page)?;
    checklist::failed(report, page)?;
    gate(report, page)
}

/// A hook's report: what was read, what it found, whether the gate holds.
fn staged(report: &Report, detail: Detail, page: &mut Page<'_>) -> io::Result<()> {
    page.paragraph(0, 2, &[Span::plain(format!("read {}", words::read(report)))])?;
    deviations(report, page)?;
    if detail == Detail::Quiet {
        findings::one_line_each(report, page)?;
    } else {
        findings::all(report, detail, page)?;
        findings::ignored(report, detail, page)?;
        if report.checks.iter().any(|check| !check.findings.is_empty()) {
            page.blank()?;
        }
    }
    gate(report, page)
}

fn verdict(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let ink = match report.verdict {
        Some(Verdict::Ready) => Ink::Good,
        Some(Verdict::Conditional) => Ink::Fair,
        Some(Verdict::NotReady) => Ink::Bad,
        None => Ink::Plain,
    };
    let (word, rest) = words::headline(report);
    page.paragraph(0, 2, &[Span::new(word, ink).strong(), Span::plain(rest)])?;
    words::because(report).map_or(Ok(()), |because| page.paragraph(2, 4, &[Span::plain(because)]))
}

/// A word in the colour of how bad it is.
pub(crate) fn severity(word: impl Into<String>, severity: Severity) -> Span {
    match severity {
        Severity::Blocker => Span::new(word, Ink::Bad).strong(),
        Severity::Major => Span::new(word, Ink::Bad),
        Severity::Minor => Span::new(word, Ink::Fair),
        Severity::Info => Span::faint(word),
    }
}

fn subject(report: &Report, detail: Detail, page: &mut Page<'_>) -> io::Result<()> {
    page.blank()?;
    let name = Span::new(printable(&report.subject.name), Ink::Strong);
    page.paragraph(2, 4, &[name, Span::plain(format!(", {}", words::subject(&report.subject)))])?;
    page.paragraph(2, 4, &[Span::plain(format!("profile {}", words::profile(&report.subject)))])?;
    page.paragraph(2, 4, &[Span::plain(format!("read {}", words::read(report)))])?;
    if detail == Detail::Verbose {
        for skipped in &report.read.skipped {
            page.paragraph(4, 6, &[Span::faint(format!("{}: {}", printable(&skipped.path), printable(&skipped.reason)))])?;
        }
        page.paragraph(2, 4, &[Span::plain(format!("by {} {}, rules {}", report.tool.name, report.tool.version, report.tool.rules))])?;
    }
    deviations(report, page)
}

/// Every setting that loosens a default; in every form of the report.
fn deviations(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    for deviation in &report.subject.deviations {
        page.paragraph(2, 4, &[Span::new("deviation:", Ink::Fair), Span::plain(format!(" {}", printable(deviation)))])?;
    }
    Ok(())
}

fn questions(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    if report.questions.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.paragraph(0, 2, &[Span::new("Questions for the handover", Ink::Strong)])?;
    let digits = report.questions.len().to_string().len();
    let mut area = None;
    for (at, question) in report.questions.iter().enumerate() {
        if area != Some(question.area) {
            area = Some(question.area);
            page.paragraph(2, 4, &[Span::faint(question.area.word())])?;
        }
        let mut spans = vec![Span::plain(format!("{}. {}", at + 1, printable(&question.text)))];
        let told = report
            .checks
            .iter()
            .any(|check| check.area == question.area && check.outcome == Outcome::Unknown && check.reason.as_ref() == Some(&question.why));
        if !told && !question.why.is_empty() {
            spans.push(Span::faint(format!(" {}", printable(&question.why))));
        }
        if let Some(place) = &question.at {
            spans.push(Span::new(format!(" {}", printable(place)), Ink::Place));
        }
        let indent = 4 + digits - (at + 1).to_string().len();
        page.paragraph(indent, 6 + digits, &spans)?;
    }
    Ok(())
}

fn gate(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let ink = if report.gate.holds { Ink::Good } else { Ink::Bad };
    page.paragraph(0, 2, &[Span::new("Gate", ink).strong(), Span::plain(format!(" {}", words::gate(report)))])
}
